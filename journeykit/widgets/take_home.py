"""A list of kinds and a button: what `journeykit export` makes, from a notebook."""

import subprocess
import sys
from html import escape
from typing import Any

from ipywidgets import HTML, Button, Dropdown, HBox, VBox

from journeykit.store import Desk

from .room import COMMAND

KINDS = {
    "Slides (PowerPoint)": "pptx",
    "Two pages (PDF)": "pdf --part summary",
    "Maps on paper (PDF)": "pdf",
    "Workbook (Excel)": "xlsx",
    "Text (Markdown)": "md",
    "The whole folder (JSON)": "json",
}


def exported(desk: Desk, kind: str) -> str:
    """Make the files of one of the `KINDS`; give what the command said of them."""
    desk.save()  # what waits to be written goes along
    order = [sys.executable, "-P", "-c", COMMAND, "export", f"{desk.folder.root}"]
    done = subprocess.run([*order, "--to", *kind.split()], capture_output=True, text=True)
    return done.stderr + done.stdout


def take_home(desk: Desk) -> Any:
    """Give the list and the button; what was made, and why not, is said below them."""
    kind, save, said = Dropdown(options=KINDS), Button(description="Save as …"), HTML()

    def saved(_: Any) -> None:
        save.disabled, said.value = True, "Saving …"
        said.value = f"<pre>{escape(exported(desk, kind.value))}</pre>"
        save.disabled = False

    save.on_click(saved)
    return VBox([HBox([kind, save]), said])
