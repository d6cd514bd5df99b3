"""Rooms and floors: a room imports only from floors below it, and heavy libraries stay in one room.

The imports are read from the syntax tree, so that those inside of functions and under
``TYPE_CHECKING`` count like all others.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "journeykit"
DOOR = "(the door)"
FLOORS = (
    {"errors", "kernel", "private", "version", "declared"},
    {"model", "engine", "words"},
    {"store", "tables"},
    {"numbers"},
    {"propose", "boards", "claims"},
    {"charts"},
    {"widgets"},
    {"phases"},
    {"run", "report", "export", "course", "room"},
    {"cli", "pytest_plugin", "server"},
    {DOOR},
)
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
ABOVE_1 = {room for room, number in FLOOR.items() if number >= 2}
# Rooms that alone may import a library. The store turns pydantic's errors into lines of a file;
# the engine hands out pandas frames, though it lives below the floor from which pandas is free.
GUARDED = {
    "PIL": {"store"},
    "altair": {"charts"},
    "anywidget": {"widgets"},
    "duckdb": {"engine"},
    "filelock": {"store"},
    "ipywidgets": {"widgets"},
    "jinja2": {"declared", "report"},
    "pandas": ABOVE_1 | {"engine"},
    "papermill": {"run"},
    "platformdirs": {"engine"},
    "pydantic": {"model", "store"},
    "pptx": {"export"},
    "pydantic_core": {"model", "store"},
    "pytest": {"pytest_plugin"},
    "rich": {"cli", "run"},
    "ruamel": {"store"},
    "scipy": {"numbers"},
    "segno": {"room"},
    "sklearn": {"numbers"},
    "sqlglot": {"engine"},
    "tornado": {"room"},
    "typer": {"cli"},
    "typst": {"charts"},
    "vl_convert": {"charts"},
    "xlsxwriter": {"export"},
}
MODULES = sorted(PACKAGE.rglob("*.py"))
ROOMS = {path.stem if path.is_file() else path.name for path in PACKAGE.iterdir()}


def room_of(module: str) -> str:
    """Name the room of a dotted module; the package itself is the door."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else DOOR


def imported(tree: ast.AST, module: str, is_package: bool = False) -> Iterator[tuple[int, str]]:
    """Yield line and dotted name of everything that a module imports, relative names made whole."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = module.split(".")
                parts = parts[: len(parts) - node.level + is_package]
                base = ".".join([*parts, base] if base else parts)
            if (
                base == "journeykit"
            ):  # `from journeykit import charts` asks for a room, not the door
                yield from (
                    (node.lineno, f"{base}.{a.name}" if a.name in ROOMS else base)
                    for a in node.names
                )
            else:
                yield node.lineno, base
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if called in ("import_module", "__import__") and isinstance(node.args[0].value, str):
                yield node.lineno, node.args[0].value


def breaches(source: str, module: str, is_package: bool = False) -> list[str]:
    """Say in sentences which imports of a module break the plan of the house."""
    room, found = room_of(module), []
    if room not in FLOOR:
        return [f"{module}: the room {room!r} stands on no floor; give it one in this test"]
    for line, name in imported(ast.parse(source), module, is_package):
        library = name.partition(".")[0]
        if library == "journeykit":
            other = room_of(name)
            if other not in FLOOR:
                found.append(f"{module}:{line} imports {name}, which stands on no floor")
            elif other != room and FLOOR[other] >= FLOOR[room]:
                found.append(
                    f"{module}:{line} imports {name}: {room} (floor {FLOOR[room]}) may not use "
                    f"{other} (floor {FLOOR[other]})"
                )
        elif room not in GUARDED.get(library, {room}):
            allowed = ", ".join(sorted(GUARDED[library]))
            found.append(f"{module}:{line} imports {name}, which is for {allowed} alone")
    return found


def dotted(path: Path) -> tuple[str, bool]:
    """Name a file as Python does, and say whether it is a package."""
    parts = ["journeykit", *path.relative_to(PACKAGE).with_suffix("").parts]
    is_package = parts[-1] == "__init__"
    return ".".join(parts[:-1] if is_package else parts), is_package


@pytest.mark.parametrize("path", MODULES, ids=lambda path: dotted(path)[0])
def test_module_keeps_to_its_floor(path: Path) -> None:
    assert breaches(path.read_text("utf-8"), *dotted(path)) == []


def test_every_room_stands_on_a_floor() -> None:
    there = {dotted(path)[0].partition(".")[2].partition(".")[0] for path in MODULES} - {""}
    assert len(there) > 8
    assert there <= set(FLOOR)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("journeykit.numbers.funnel", "from journeykit import charts"),
        ("journeykit.numbers.funnel", "from journeykit.charts.theme import colours"),
        ("journeykit.numbers.funnel", "from ..charts import theme"),
        ("journeykit.numbers.funnel", "from .. import charts"),
        ("journeykit.numbers.funnel", "import journeykit"),
        ("journeykit.numbers.funnel", "from journeykit import funnel"),
        ("journeykit.numbers.funnel", "from journeykit.garage import car"),
        ("journeykit.store.yaml", "from journeykit.tables import Events"),
        ("journeykit.report.page", "import journeykit.run"),
        ("journeykit.phases.ux", "def f():\n    import altair as alt"),
        ("journeykit.phases.ux", "if TYPE_CHECKING:\n    from scipy.special import erf"),
        ("journeykit.phases.ux", "import_module('sklearn.cluster')"),
        ("journeykit.model.journey", "import pandas as pd"),
        ("journeykit.tables.read", "import duckdb"),
        ("journeykit.attic.box", "import json"),
    ],
)
def test_a_breach_is_found(module: str, source: str) -> None:
    assert len(breaches(source, module)) == 1


@pytest.mark.parametrize(
    ("module", "source", "is_package"),
    [
        ("journeykit.phases.ux", "from journeykit import numbers, charts", False),
        ("journeykit.numbers.funnel", "from .stats import wilson\nfrom ..engine import run", False),
        (
            "journeykit.tables",
            "from .contract import Contract\nfrom ..errors import DataError",
            True,
        ),
        ("journeykit.numbers.stats", "import numpy as np\nfrom scipy.special import ndtri", False),
        ("journeykit.propose", "from journeykit.engine import run\nimport pandas as pd", False),
    ],
)
def test_what_is_allowed_passes(module: str, source: str, is_package: bool) -> None:
    assert breaches(source, module, is_package) == []
