"""Hooks before a commit: local ones, and the tool that strips notebooks."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[2]
TOOL = ROOT / "tools" / "strip_notebooks.py"
HOOKS = ROOT / ".pre-commit-config.yaml"


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    """Load the tool as a module."""
    spec = importlib.util.spec_from_file_location("strip_notebooks", TOOL)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def used(tmp_path: Path) -> Path:
    """Write a notebook that was run, with what a team set in it."""
    cell = new_code_cell(
        "1 + 1  # größer", execution_count=7, outputs=[new_output("stream", text="2")]
    )
    cell.metadata = {
        "tags": ["parameters"],
        "jupyter": {"source_hidden": True},
        "execution": {"a": "b"},
    }
    notebook = new_notebook(cells=[new_markdown_cell("# Why"), cell])
    notebook.metadata = {
        "kernelspec": {"name": "python3", "display_name": "P"},
        "papermill": {"x": 1},
    }
    path = tmp_path / "used.ipynb"
    nbformat.write(notebook, path)
    return path


def test_outputs_go_and_what_people_wrote_stays(tool: ModuleType, used: Path) -> None:
    assert tool.main([str(used)]) == 1
    notebook = nbformat.read(used, as_version=4)
    nbformat.validate(notebook)
    why, cell = notebook.cells
    assert (cell.outputs, cell.execution_count) == ([], None)
    assert (why.source, cell.source) == ("# Why", "1 + 1  # größer")
    assert cell.metadata == {"tags": ["parameters"], "jupyter": {"source_hidden": True}}
    assert notebook.metadata == {"kernelspec": {"name": "python3", "display_name": "P"}}
    assert "größer" in used.read_text("utf-8")


def test_a_stripped_notebook_is_left_alone(tool: ModuleType, used: Path) -> None:
    tool.main([str(used)])
    before = used.read_bytes()
    assert tool.main([str(used)]) == 0
    assert used.read_bytes() == before


def test_a_clean_notebook_keeps_its_own_layout(tool: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "tight.ipynb"
    path.write_text(json.dumps(new_notebook(cells=[new_code_cell("1")])), "utf-8")
    before = path.read_bytes()
    assert tool.main([str(path)]) == 0
    assert path.read_bytes() == before


def test_check_tells_and_writes_nothing(used: Path) -> None:
    before = used.read_bytes()
    command = [sys.executable, str(TOOL), "--check", str(used)]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert said.returncode == 1
    assert str(used) in said.stdout
    assert used.read_bytes() == before


def test_the_kits_own_notebooks_are_stripped(tool: ModuleType) -> None:
    notebooks = sorted(map(str, (ROOT / "notebooks").glob("*.ipynb")))
    assert tool.main(["--check", *notebooks]) == 0


def test_hooks_are_local_and_valid() -> None:
    hooks = YAML(typ="safe").load(HOOKS.read_text("utf-8"))
    assert [repo["repo"] for repo in hooks["repos"]] == ["local"]
    assert {hook["language"] for repo in hooks["repos"] for hook in repo["hooks"]} == {"system"}
    command = [sys.executable, "-m", "pre_commit", "validate-config", str(HOOKS)]
    valid = subprocess.run(command, capture_output=True, text=True, check=False)
    assert valid.returncode == 0, valid.stdout + valid.stderr
