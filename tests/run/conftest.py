"""Tiny workshop folders: personas without content, notebooks of two or three cells."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import nbformat
import pytest

PARAMETERS = 'workshop = ".."\npersona = "nobody"\ndata = ""'
MIME = "application/vnd.journeykit.panel+json"

MakeWorkshop = Callable[..., Path]


def show(panel: dict[str, Any]) -> str:
    """The source of a cell that displays `panel`; its numbers may use the notebook's names."""
    numbers = panel.pop("numbers", "{}")
    return (
        "from IPython.display import display\n"
        f"panel = {json.dumps(panel)}\npanel['numbers'] = {numbers}\n"
        f"display({{{MIME!r}: panel, 'text/plain': panel['id']}}, raw=True)"
    )


def write_notebook(path: Path, cells: Sequence[str], parameters: str | None = PARAMETERS) -> None:
    """Write a notebook with a parameters cell and `cells`."""
    code = [nbformat.v4.new_code_cell(source) for source in cells]
    if parameters is not None:
        first = nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]})
        code.insert(0, first)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Why"), *code])
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)


@pytest.fixture
def make_workshop(tmp_path: Path) -> MakeWorkshop:
    """Make a workshop folder: ``make(personas, notebook=[cell, ...], ...)``."""

    def make(personas: Sequence[str] = ("ann", "bob"), **notebooks: Sequence[str]) -> Path:
        workshop = tmp_path / "shop"
        for persona in personas:
            file = workshop / "personas" / f"{persona}.yaml"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"id: {persona}\n")
        for name, cells in (notebooks or {"n00_start": ["1 + 1"]}).items():
            write_notebook(workshop / "notebooks" / f"{name.lstrip('n')}.ipynb", cells)
        return workshop

    return make
