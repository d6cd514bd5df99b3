"""No two files import each other in a circle, however long and wherever the imports stand.

Imports inside of functions count: a circle that is put off is still one, and whoever reads one file
must know the other. Only what stands under ``TYPE_CHECKING`` does not run and does not count.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "journeykit"


class Imports(ast.NodeVisitor):
    """Collects the names that a file imports from the kit: module, or module and name."""

    def __init__(self, module: str, is_package: bool) -> None:
        self.parts = module.split(".") if is_package else module.split(".")[:-1]
        self.found: set[str] = set()

    def visit_If(self, node: ast.If) -> None:
        if ast.unparse(node.test) not in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
            self.generic_visit(node)
        else:
            for other in node.orelse:
                self.visit(other)

    def visit_Import(self, node: ast.Import) -> None:
        self.found |= {alias.name for alias in node.names}

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        base = self.parts[: len(self.parts) - node.level + 1] if node.level else []
        module = ".".join([*base, *([node.module] if node.module else [])])
        self.found |= {f"{module}.{alias.name}" for alias in node.names}

    def visit_Call(self, node: ast.Call) -> None:
        called = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if called == "import_module" and node.args and isinstance(node.args[0], ast.Constant):
            self.found.add(str(node.args[0].value))
        self.generic_visit(node)


def graph(sources: Mapping[str, tuple[str, bool]]) -> dict[str, set[str]]:
    """Say which modules each module imports; ``sources`` has text, and whether it is a package."""
    found = {}
    for module, (text, is_package) in sources.items():
        reader = Imports(module, is_package)
        reader.visit(ast.parse(text))
        # `from a.b import c` means the module a.b.c where there is one, else a name of a.b.
        named = (name if name in sources else name.rpartition(".")[0] for name in reader.found)
        found[module] = {name for name in named if name in sources} - {module}
    return found


def circles(edges: Mapping[str, Iterable[str]]) -> Iterator[list[str]]:
    """Yield groups of modules that reach each other (Tarjan 1972)."""
    low: dict[str, int] = {}
    seen: dict[str, int] = {}
    stack: list[str] = []

    def visit(module: str) -> Iterator[list[str]]:
        seen[module] = low[module] = len(seen)
        stack.append(module)
        for other in sorted(edges[module]):
            if other not in seen:
                yield from visit(other)
                low[module] = min(low[module], low[other])
            elif other in stack:
                low[module] = min(low[module], seen[other])
        if low[module] == seen[module]:
            group = stack[stack.index(module) :]
            del stack[stack.index(module) :]
            if len(group) > 1:
                yield sorted(group)

    for module in sorted(edges):
        if module not in seen:
            yield from visit(module)


def sources() -> dict[str, tuple[str, bool]]:
    found = {}
    for path in PACKAGE.rglob("*.py"):
        parts = ["journeykit", *path.relative_to(PACKAGE).with_suffix("").parts]
        is_package = parts[-1] == "__init__"
        found[".".join(parts[:-1] if is_package else parts)] = path.read_text("utf-8"), is_package
    return found


def test_no_two_files_import_each_other() -> None:
    edges = graph(sources())
    assert sum(map(len, edges.values())) > 300, "imports are seen"
    assert list(circles(edges)) == []


def files(**texts: str) -> dict[str, tuple[str, bool]]:
    return {f"kit.{name}": (text, False) for name, text in texts.items()} | {"kit": ("", True)}


@pytest.mark.parametrize(
    "made",
    [
        files(a="import kit.b", b="from kit import a"),
        files(a="from kit.b import x", b="def f():\n    from kit.a import y"),
        files(a="from .b import x", b="from . import c", c="from kit.a import z"),
        files(a="import_module('kit.b')", b="from kit.a import y"),
    ],
)
def test_a_circle_is_found(made: dict[str, tuple[str, bool]]) -> None:
    (found,) = circles(graph(made))
    assert {"kit.a", "kit.b"} <= set(found)


@pytest.mark.parametrize(
    "made",
    [
        files(a="from kit.b import x", b="import json"),
        files(a="from kit.b import x", b="if TYPE_CHECKING:\n    from kit.a import Y"),
        files(a="from kit.b import x\nfrom kit.c import y", b="from kit.c import y", c=""),
    ],
)
def test_what_is_no_circle_passes(made: dict[str, tuple[str, bool]]) -> None:
    assert list(circles(graph(made))) == []
