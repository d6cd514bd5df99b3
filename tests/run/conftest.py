"""Tiny workshop folders: personas without content, notebooks of two or three cells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import nbformat
import pytest

PARAMETERS = 'workshop = ".."\npersona = "nobody"\ndata = ""'


def _write(path: Path, cells: Sequence[str], parameters: str | None = "") -> None:
    code = [nbformat.v4.new_code_cell(source) for source in cells]
    if parameters is not None:
        source = f"{PARAMETERS}\n{parameters}"
        code.insert(0, nbformat.v4.new_code_cell(source, metadata={"tags": ["parameters"]}))
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Why"), *code])
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)


@pytest.fixture(scope="session")
def write_notebook() -> Callable[..., None]:
    """Write a notebook: ``write(path, [cell, ...], more_parameters)``; None: no such cell."""
    return _write


@pytest.fixture(scope="session")
def write_workshop() -> Callable[..., Path]:
    """Write a workshop: ``write(folder, personas, {notebook: [cell, ...]})``."""

    def write(folder: Path, personas: Sequence[str], notebooks: dict[str, Sequence[str]]) -> Path:
        for persona in personas:
            file = folder / "personas" / f"{persona}.yaml"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"id: {persona}\n")
        for name, cells in notebooks.items():
            compares = "results = ''" if "compare" in name else ""
            _write(folder / "notebooks" / f"{name}.ipynb", cells, compares)
        return folder

    return write


@pytest.fixture
def make_workshop(tmp_path: Path, write_workshop: Callable[..., Path]) -> Callable[..., Path]:
    """Make a workshop in a folder of the test: ``make({notebook: [cell, ...]}, personas)``."""

    def make(
        notebooks: dict[str, Sequence[str]] | None = None, personas: Sequence[str] = ("ann", "bob")
    ) -> Path:
        return write_workshop(tmp_path / "shop", personas, notebooks or {"00_start": ["1 + 1"]})

    return make
