"""Private names of other libraries stand in one module, and are there in what is installed.

A private name is whatever begins with one underscore. The kit's own are fine wherever they are; so
are those that a library documents although they look private (`PUBLIC`).
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

import journeykit
from journeykit import private

PACKAGE = Path(__file__).resolve().parents[2] / "journeykit"
HOME = PACKAGE / "private.py"
# Documented by those who made them: named tuples, os, anywidget, IPython.
PUBLIC = {"_asdict", "_fields", "_make", "_replace", "_exit", "_getframe", "_esm", "_css"}


def is_private(name: str) -> bool:
    documented = name in PUBLIC or (name.startswith("_repr_") or name.startswith("_ipython_"))
    return name.startswith("_") and not name.startswith("__") and name != "_" and not documented


def trees() -> dict[Path, ast.Module]:
    return {path: ast.parse(path.read_text("utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}


def defined(tree: ast.Module) -> Iterator[str]:
    """Yield the names that a file gives to things of its own."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.ClassDef(name=name):
                yield name
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name, ctx=ast.Store()):
                yield name
            case ast.keyword(arg=str(name)):
                yield name


def foreign(tree: ast.Module, own: set[str]) -> list[str]:
    """Name line and name of each private thing that nobody in the kit has made."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and is_private(node.attr) and node.attr not in own:
            found.append(f"{node.lineno}: {ast.unparse(node)}")
        elif isinstance(node, ast.ImportFrom) and not (
            node.level or str(node.module).startswith("journeykit")
        ):
            parts = str(node.module).split(".") + [alias.name for alias in node.names]
            found += [f"{node.lineno}: {part}" for part in parts if is_private(part)]
        elif isinstance(node, ast.Import):
            parts = [part for alias in node.names for part in alias.name.split(".")]
            found += [f"{node.lineno}: {part}" for part in parts if is_private(part)]
    return found


def test_private_names_of_other_libraries_stand_in_one_module() -> None:
    own = {name for tree in trees().values() for name in defined(tree) if is_private(name)}
    found = {
        path.relative_to(PACKAGE).as_posix(): lines
        for path, tree in trees().items()
        if path != HOME and (lines := foreign(tree, own))
    }
    assert found == {}, "put it into journeykit/private.py, with the versions that it holds for"


@pytest.mark.parametrize(
    "source",
    [
        "widget.comm._reply_later = 1",
        "from altair._magics import x",
        "import numpy._core",
        "from pandas import _libs",
        "frame._mgr",
    ],
)
def test_a_private_name_is_found(source: str) -> None:
    assert foreign(ast.parse(source), {"_own"}) != []


@pytest.mark.parametrize(
    "source", ["self._own", "row._replace(a=1)", "os._exit(1)", "from journeykit.words import _x"]
)
def test_what_is_ones_own_or_documented_is_not(source: str) -> None:
    assert foreign(ast.parse(source), {"_own"}) == []


def classes() -> Iterator[type]:
    for found in pkgutil.walk_packages(journeykit.__path__, "journeykit."):
        if ".assets" in found.name:
            continue
        module = importlib.import_module(found.name)
        for _, each in inspect.getmembers(module, inspect.isclass):
            if each.__module__ == module.__name__:
                yield each


def test_no_class_overrides_a_private_name_of_a_foreign_base() -> None:
    found = set()
    for each in classes():
        home = sys.modules[each.__module__]
        named = {
            node.name: node
            for node in ast.walk(ast.parse(inspect.getsource(home)))
            if isinstance(node, ast.ClassDef)
        }
        if each.__name__ not in named:
            continue
        body = ast.Module(named[each.__name__].body, [])
        foreign_bases = [
            base for base in each.__mro__ if not base.__module__.startswith("journeykit")
        ]
        for name in filter(is_private, set(defined(body))):
            if any(name in vars(base) for base in foreign_bases):
                found.add(f"{each.__module__}.{each.__qualname__}.{name}")
    assert found == set()


@pytest.mark.parametrize("name", private.NAMES)
def test_a_private_name_is_there_in_the_version_that_was_looked_at(name: str) -> None:
    module, _, dotted = name.partition(":")
    found = importlib.import_module(module)
    for part in dotted.split("."):
        found = getattr(found, part)
    installed = version(module.partition(".")[0])
    assert installed in SpecifierSet(private.NAMES[name]), "look again, then widen the versions"


def test_every_private_name_that_is_used_is_listed() -> None:
    used = set(foreign(ast.parse(HOME.read_text("utf-8")), set()))
    listed = {name.rpartition(".")[2] for name in private.NAMES}
    assert {line.rpartition(".")[2] for line in used} == listed


def test_a_comm_answers_the_browser_that_spoke() -> None:
    from ipykernel.comm.comm import BaseComm

    class Line(BaseComm):
        def publish_msg(self, *_: object, **__: object) -> None:
            pass

    line, other = Line(), Line()
    private.answer_each_browser_itself(line)
    line._reply_subshell_id = "of another browser"  # type: ignore[attr-defined]
    assert line._reply_subshell_for({}, "of this one") == "of this one"
    assert "_reply_subshell_for" not in vars(other)
