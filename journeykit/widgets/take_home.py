"""A list of kinds and a button: what `journeykit export` makes, from a notebook."""

import subprocess
import sys
from html import escape
from typing import Any

from ipywidgets import HTML, Button, Dropdown, HBox, VBox

from journeykit.store import Desk

from .room import COMMAND

_KINDS = {
    "Slides (PowerPoint)": "pptx",
    "Workbook (Excel)": "xlsx",
    "Maps on paper (PDF)": "pdf",
    "Text (Markdown)": "md",
    "The whole folder (JSON)": "json",
}


def take_home(desk: Desk) -> Any:
    """Give the list and the button; what was made, and why not, is said below them."""
    kind, save, said = Dropdown(options=_KINDS), Button(description="Save as …"), HTML()

    def saved(_: Any) -> None:
        save.disabled, said.value = True, "Saving …"
        desk.save()  # what waits to be written goes along
        order = [sys.executable, "-P", "-c", COMMAND, "export", f"{desk.folder.root}"]
        done = subprocess.run([*order, "--to", kind.value], capture_output=True, text=True)
        said.value = f"<pre>{escape(done.stderr + done.stdout)}</pre>"
        save.disabled = False

    save.on_click(saved)
    return VBox([HBox([kind, save]), said])
