"""YAML that a person edits: every scalar is text until the model says otherwise.

YAML's own guessing turns ``NO``, ``12:30`` and ``007`` into something else. Here the file
is read as text only, the model gives types, and what is written reads back the same.
Comments, key order and quotes survive a save.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML, YAMLError
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.scalarstring import DoubleQuotedScalarString
from ruamel.yaml.tag import Tag

from journeykit.errors import FileProblem, did_you_mean
from journeykit.model import Word

__all__ = ["dump", "line", "parse", "problems", "read", "update"]

W = TypeVar("W", bound=Word)
_TEXT, _NULL = Tag(suffix="tag:yaml.org,2002:str"), Tag(suffix="tag:yaml.org,2002:null")
_MOST_NODES = 200_000
_ODD_BREAKS = set("\r\x85\u2028\u2029")
_BOTH_SIDES = re.compile(r"^<{7} .*?^={7}$.*?^>{7} ", re.M | re.S)
"""What git leaves where it could not join two changes line by line."""


class _TextResolver(VersionedResolver):
    """Plain scalars are text; only an empty value, ``~`` and ``null`` are nothing."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
        if kind is ScalarNode and implicit[0]:
            return _TEXT if value not in ("", "~", "null") else _NULL
        return super().resolve(kind, value, implicit)


def _yaml() -> YAML:
    yaml = YAML(typ="rt", pure=True)
    yaml.Resolver = _TextResolver
    yaml.preserve_quotes = True
    yaml.width = 100
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def read(text: str, file: str) -> CommentedMap:
    """Read YAML into a mapping that remembers lines and comments.

    Raises
    ------
    FileProblem
        With file and line, where the text is no YAML or not a mapping.
    """
    try:
        tree = _yaml().load(text)
    except DuplicateKeyError as problem:
        line = problem.problem_mark.line + 1 if problem.problem_mark else None
        key = re.search(r'key "(.*?)" with', str(problem.problem), re.S)
        said = f"a key stands twice: {key[1] if key else problem.problem!r}; keep one of the two"
        raise FileProblem(said, file, line) from None
    except YAMLError as problem:
        raise _no_yaml(problem, text, file) from None
    except (ValueError, AttributeError, TypeError) as problem:  # odd tags fail so in ruamel
        raise FileProblem(f"this YAML cannot be read safely: {problem}", file) from None
    if tree is None:
        return CommentedMap()
    if not isinstance(tree, CommentedMap):
        raise FileProblem("the file must hold keys and values, as in `name: Spring session`", file)
    return tree


def _no_yaml(problem: YAMLError, text: str, file: str) -> FileProblem:
    if both := _BOTH_SIDES.search(text):
        first, last = (text[:place].count("\n") + 1 for place in both.span())
        return FileProblem(
            f"git left two changes here, down to line {last}: keep one of them and take away the lines that "
            "begin with <<<<<<<, ======= and >>>>>>>. `journeykit merge-driver --install DIR` lets git join "
            "them card by card",
            file,
            first,
        )
    mark = getattr(problem, "problem_mark", None)
    reason = getattr(problem, "problem", None) or str(problem).splitlines()[0]
    return FileProblem(
        f"this is not YAML: {reason}. Often a missing space after a colon, a tab, "
        "or a text with ': ' that needs quotes",
        file,
        mark.line + 1 if mark else None,
    )


def _plain(node: Any, budget: list[int]) -> Any:
    """Reduce to dict, list and text; the budget stops aliases that multiply themselves."""
    budget[0] -= 1
    if budget[0] < 0:
        raise ValueError(f"more than {_MOST_NODES:,} values, probably aliases of aliases")
    if isinstance(node, Mapping):
        return {str(key): _plain(value, budget) for key, value in node.items()}
    if isinstance(node, list | tuple):
        return [_plain(value, budget) for value in node]
    if node is None or isinstance(node, str):
        return None if node is None else str(node)
    raise ValueError(f"a tag such as !{type(node).__name__} is not allowed")


def line(tree: Any, path: Sequence[str | int]) -> int | None:
    """Find the line of a path, or of the nearest thing above it."""
    found: int | None = 1
    for part in path:
        try:
            if isinstance(tree, CommentedMap):
                found = tree.lc.key(part)[0] + 1
            elif isinstance(tree, CommentedSeq):
                found = tree.lc.item(part)[0] + 1
            tree = tree[part]
        except (KeyError, IndexError, TypeError, AttributeError):
            break
    return found


_NEEDED = {
    "int": "a whole number",
    "float": "a number",
    "date": "a date such as 2026-06-30",
    "bool": "`true` or `false`",
    "string": "a text",
    "tuple": "a list",
    "dict": "keys and values",
    "model": "keys and values",
}


def _words(error: ErrorDetails, path: tuple[str | int, ...]) -> str:
    kind, found = error["type"], error["input"]
    if kind == "missing":
        return f"the key {path[-1]!r} is missing; it must be filled in"
    limits = error.get("ctx", {})
    for name, rule in (("le", "at most"), ("ge", "at least"), ("gt", "more than"), ("lt", "under")):
        if name in limits:
            return f"found {found!r}; it must be {rule} {limits[name]}"
    if kind == "too_short":
        return "the list is empty; at least one is needed"
    needed = next((words for start, words in _NEEDED.items() if kind.startswith(start)), None)
    verb = "are" if needed == "keys and values" else "is"
    return f"found {found!r}; {needed} {verb} needed" if needed else error["msg"]


def _problem(error: ErrorDetails, tree: CommentedMap, file: str) -> FileProblem:
    path = tuple(part for part in error["loc"] if part != "[key]")
    context = error.get("ctx", {})
    if error["type"] == "unknown_key":
        path = (*path, context["key"])
    for part in str(context.get("place", "")).split("."):  # a rule over the whole names its place
        path = (*path, int(part) if part.isdigit() else part) if part else path
    if error["type"] == "missing":
        return FileProblem(_words(error, path), file, line(tree, path[:-1]), _dotted(tree, path))
    return FileProblem(_words(error, path), file, line(tree, path), _dotted(tree, path))


def _dotted(tree: Any, path: Sequence[str | int]) -> str:
    """Write a path, an item of a list by its id: nobody counts to the 33rd card."""
    said = []
    for part in path:
        try:
            tree = tree[part]
        except (KeyError, IndexError, TypeError):
            tree = None
        name = tree.get("id") if isinstance(part, int) and isinstance(tree, Mapping) else None
        said.append(str(name or part))
    return ".".join(said)


def problems(
    kind: type[W], text: str, file: str, **fixed: Any
) -> tuple[W | None, list[FileProblem]]:
    """Read a file as one kind of word; return it, or all that is wrong with it.

    ``fixed`` gives fields that the file does not hold, such as the id in its name.
    """
    try:
        tree = read(text, file)
        data = _plain(tree, [_MOST_NODES])
    except FileProblem as problem:
        return None, [problem]
    except ValueError as problem:
        return None, [FileProblem(f"this YAML cannot be read safely: {problem}", file)]
    for key, value in fixed.items():
        if data.setdefault(key, value) != value:
            return None, [
                FileProblem(
                    f"found {data[key]!r}, but the file is called {value!r}; rename one of them. "
                    + did_you_mean(data[key], [value]),
                    file,
                    line(tree, [key]),
                    key,
                )
            ]
    try:
        return kind.model_validate(data), []
    except ValidationError as wrong:
        return None, [_problem(error, tree, file) for error in wrong.errors()]


def parse(kind: type[W], text: str, file: str, **fixed: Any) -> W:
    """Read a file as one kind of word; raises FileProblem for the first thing wrong."""
    word, wrong = problems(kind, text, file, **fixed)
    if word is None:
        first = wrong[0]
        if len(wrong) > 1:
            first = FileProblem(
                f"{first.message} (and {len(wrong) - 1} more in this file; `journeykit check` lists them)",
                first.file,
                first.line,
                first.key,
            )
        raise first
    return word


def _text(value: Any) -> Any:
    """Turn plain data into what the file holds: text, lists and mappings."""
    if isinstance(value, Mapping):
        return CommentedMap({str(key): _text(item) for key, item in value.items()})
    if isinstance(value, list | tuple):
        return CommentedSeq([_text(item) for item in value])
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = value if value is None else str(value)
    # Line breaks that only Unicode knows would be folded into spaces unless they are escaped.
    return DoubleQuotedScalarString(text) if text and _ODD_BREAKS & set(text) else text


def _same(old: Any, new: Any) -> bool:
    """Tell whether the file says this already; one word stands for a list of one."""
    if isinstance(new, list | tuple) and len(new) == 1 and not isinstance(old, list):
        new = new[0]
    if isinstance(old, Mapping | list) or isinstance(new, Mapping | list | tuple):
        return False
    return bool(old == _text(new))


def update(tree: CommentedMap, data: Mapping[str, Any]) -> CommentedMap:
    """Make the mapping say what ``data`` says, and leave comments and order where they are."""
    for key in [key for key in tree if key not in data]:
        del tree[key]
    for key, value in data.items():
        tree[key] = _updated(tree.get(key), value)
    return tree


def _updated(old: Any, new: Any) -> Any:
    if isinstance(old, CommentedMap) and isinstance(new, Mapping):
        return update(old, new)
    if isinstance(old, CommentedSeq) and isinstance(new, list | tuple):
        return _updated_list(old, list(new))
    return old if _same(old, new) else _text(new)


def _updated_list(old: CommentedSeq, new: list[Any]) -> CommentedSeq:
    """Match items by id (or place), so that a comment stays with its card."""
    by_id = {item.get("id"): item for item in old if isinstance(item, Mapping) and "id" in item}
    items = []
    for place, value in enumerate(new):
        if isinstance(value, Mapping) and "id" in value:
            before = by_id.get(str(value["id"]))
        else:
            before = old[place] if place < len(old) else None
        items.append(_updated(before, value))
    unmoved = len(items) == len(old) and all(a is b for a, b in zip(items, old, strict=True))
    if not unmoved:
        # What stands behind an item on its line hangs on its place in the list: it moves along.
        said = {
            id(item): old.ca.items[place] for place, item in enumerate(old) if place in old.ca.items
        }
        old[:] = items
        old.ca.items.clear()
        old.ca.items.update(
            {at: said[id(item)] for at, item in enumerate(items) if id(item) in said}
        )
    return old


def dump(tree: CommentedMap) -> str:
    """Write a mapping as YAML text."""
    out = io.StringIO()
    _yaml().dump(tree if isinstance(tree, CommentedMap) else _text(tree), out)
    return out.getvalue()
