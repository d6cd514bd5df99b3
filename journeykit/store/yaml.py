"""YAML that a person edits: every scalar is text until the model says otherwise.

YAML's own guessing turns ``NO``, ``12:30`` and ``007`` into something else. Here the file
is read as text only, the model gives types, and what is written reads back the same.
Comments, key order and quotes survive a save.
"""

import io
import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML, YAMLError
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.composer import MaxDepthExceededError
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.scalarstring import DoubleQuotedScalarString
from ruamel.yaml.tag import Tag

from journeykit.declared import beside
from journeykit.errors import FileProblem
from journeykit.model import Data, Facts, Model

from .files import text_of

M = TypeVar("M", bound=Model)
_TEXT, _NULL = Tag(suffix="tag:yaml.org,2002:str"), Tag(suffix="tag:yaml.org,2002:null")
_MOST_NODES, _DEEPEST = 200_000, 50
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
    yaml.max_depth = _DEEPEST
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
    except YAMLError as problem:
        raise _no_yaml(problem, text, file) from None
    except (ValueError, AttributeError, TypeError, RecursionError) as problem:  # odd tags, depth
        raise FileProblem(f"this YAML cannot be read safely: {problem}", file) from None
    if tree is not None and not isinstance(tree, CommentedMap):
        raise FileProblem("the file must hold keys and values, as in `name: Spring session`", file)
    return CommentedMap() if tree is None else tree


looked = lru_cache(128)(read)
"""The same tree for all who only look: to parse takes long. Who changes it reads one of its own."""


def _no_yaml(problem: YAMLError, text: str, file: str) -> FileProblem:
    mark = getattr(problem, "problem_mark", None)
    line = mark.line + 1 if mark else None
    reason = getattr(problem, "problem", None) or str(problem).splitlines()[0]
    said = (
        f"this is not YAML: {reason}. Often a missing space after a colon, a tab, "
        "or a text with ': ' that needs quotes"
    )
    if both := _BOTH_SIDES.search(text):
        line, last = (text[:place].count("\n") + 1 for place in both.span())
        said = (
            f"git left two changes here, down to line {last}: keep one of them and take away the "
            "lines that begin with <<<<<<<, ======= and >>>>>>>. `journeykit merge-driver "
            "--install DIR` lets git join them card by card"
        )
    elif isinstance(problem, MaxDepthExceededError):
        said = f"this is nested more than {_DEEPEST} deep; no file of a workshop needs that"
    elif isinstance(problem, DuplicateKeyError):
        key = re.search(r'key "(.*?)" with', reason, re.S)
        said = f"a key stands twice: {key[1] if key else reason!r}; keep one of the two"
    return FileProblem(said, file, line)


def plain(tree: CommentedMap, file: str) -> Data:
    """Reduce what was read to dict, list and text; raises FileProblem where that is not safe."""
    left, at = _MOST_NODES, tuple[str | int, ...]()

    def reduced(node: Any, *path: str | int) -> Any:
        nonlocal left, at
        left, at = left - 1, path
        if left < 0 or len(path) > _DEEPEST:  # aliases multiply themselves, or name what holds them
            said = f"more than {_MOST_NODES:,} values, or nested more than {_DEEPEST} deep"
            raise ValueError(f"{said}, probably aliases of aliases")
        if isinstance(node, Mapping):
            return {str(key): reduced(value, *path, key) for key, value in node.items()}
        if isinstance(node, list | tuple):
            return [reduced(value, *path, n) for n, value in enumerate(node)]
        if node is None or isinstance(node, str):
            # Two halves of a character are one; half of one alone no file can hold.
            return node and str(node).encode("utf-16", "surrogatepass").decode("utf-16")
        raise ValueError(f"a tag such as !{type(node).__name__} is not allowed")

    try:
        return reduced(tree)  # type: ignore[no-any-return]
    except ValueError as problem:
        half = isinstance(problem, UnicodeError) and "a text holds half of a character"
        said = f"this YAML cannot be read safely: {half or problem}"
        raise FileProblem(said, file, *place(tree, at)) from None


def place(tree: Any, path: Iterable[str | int]) -> tuple[int | None, str]:
    """Find the line of a path, or of the nearest thing above it, and write it with dots.

    An item of a list is named by its id: nobody counts to the 33rd card.
    """
    found, said = 1, list[str]()
    for part in path:
        name: Any = part
        try:
            found = (tree.lc.key if isinstance(tree, CommentedMap) else tree.lc.item)(part)[0] + 1
            tree = tree[part]
            name = (isinstance(part, int) and tree.get("id")) or part
        except (KeyError, IndexError, TypeError, AttributeError):
            tree = None
        said.append(str(name))
    return found, ".".join(said)


_LIMITS, _NEEDED = beside(__file__).values()


def _problem(error: ErrorDetails, tree: CommentedMap, file: str) -> FileProblem:
    kind, found, context = error["type"], error["input"], error.get("ctx", {})
    # A rule over the whole names its place.
    path = [part for part in error["loc"] if part != "[key]"] + [*context.get("place", ())]
    limit = next((f"{said} {context[key]}" for key, said in _LIMITS.items() if key in context), "")
    needed = next((said for start, said in _NEEDED.items() if kind.startswith(start)), "")
    said = error["msg"]
    if kind == "missing":
        said = f"the key {path[-1]!r} is missing; it must be filled in"
    elif limit:
        said = f"found {found!r}; it must be {limit}"
    elif kind == "too_short":
        said = "the list is empty; at least one is needed"
    elif needed:
        said = f"found {found!r}; {needed} needed"
    return FileProblem(said, file, *place(tree, path))


@lru_cache(256)  # what is looked over is read next, and a large folder has many maps
def problems(
    kind: type[M], text: str, file: str, id: str | None = None
) -> tuple[M | None, list[FileProblem]]:
    """Read a file as one kind of model; return it, or all that is wrong with it.

    ``id`` is what the file's name says, for a model that has one.
    """
    try:
        tree = looked(text, file)
        data = plain(tree, file)
    except FileProblem as problem:
        return None, [problem]
    if id is not None and "id" in kind.model_fields and data.setdefault("id", id) != id:
        said = f"found {data['id']!r}, but the file is called {id!r}; rename one of them, "
        said += "or remove the file where it is a copy that a sync client left"
        return None, [FileProblem(said, file, *place(tree, ["id"]))]
    try:
        return kind.model_validate(data), []
    except ValidationError as wrong:
        return None, [_problem(error, tree, file) for error in wrong.errors()]


def parse(kind: type[M], text: str, file: str, id: str | None = None) -> M:
    """Read a file as one kind of model; raises FileProblem for the first thing wrong."""
    model, wrong = problems(kind, text, file, id)
    if model is not None:
        return model
    first, more = wrong[0], len(wrong) - 1
    said = f" (and {more} more in this file; `journeykit check` lists them)" if more else ""
    raise FileProblem(f"{first.message}{said}", first.file, first.line, first.key)


def _text(value: Any) -> Any:
    """Turn plain data into what the file holds: text, lists and mappings."""
    if isinstance(value, Mapping):
        return CommentedMap({str(key): _text(item) for key, item in value.items()})
    if isinstance(value, list | tuple):
        return CommentedSeq(map(_text, value))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if value is None:
        return None
    # Line breaks that only Unicode knows would be folded into spaces unless they are escaped.
    text = str(value)
    return DoubleQuotedScalarString(text) if _ODD_BREAKS & {*text} else text


def update(tree: CommentedMap, data: Facts) -> CommentedMap:
    """Make the mapping say what ``data`` says, and leave comments and order where they are."""
    for key in [key for key in tree if key not in data and tree[key] is not None]:
        del tree[key]  # one that waits to be filled in stays
    for key, value in data.items():
        tree[key] = _updated(tree.get(key), value)
    return tree


def _updated(old: Any, new: Any) -> Any:
    if isinstance(old, CommentedMap) and isinstance(new, Mapping):
        return update(old, new)
    if isinstance(old, CommentedSeq) and isinstance(new, list | tuple):
        return _updated_list(old, list(new))
    # One word stands for a list of one: what the file says already stays.
    said = new[0] if isinstance(new, list | tuple) and len(new) == 1 else new
    return old if old == _text(said) else _text(new)


def _updated_list(old: CommentedSeq, new: list[Any]) -> CommentedSeq:
    """Match items by id (or place), so that a comment stays with its card."""
    by_id = {item["id"]: item for item in old if isinstance(item, Mapping) and "id" in item}
    items = []
    for place, value in enumerate(new):
        if isinstance(value, Mapping) and "id" in value:
            before = by_id.get(str(value["id"]))
        else:
            before = old[place] if place < len(old) else None
        items.append(_updated(before, value))
    if [*map(id, items)] != [*map(id, old)]:
        # What stands behind an item on its line hangs on its place in the list: it moves along.
        said = {id(old[place]): comment for place, comment in old.ca.items.items()}
        old[:] = items
        old.ca.items.clear()
        old.ca.items.update({n: said[id(i)] for n, i in enumerate(items) if id(i) in said})
    return old


def dump(tree: CommentedMap) -> str:
    """Write a mapping as YAML text."""
    out = io.StringIO()
    _yaml().dump(tree if isinstance(tree, CommentedMap) else _text(tree), out)
    return out.getvalue()


# --- JSON that the kit wrote, and somebody may have mended, cut off or made up since --------------


def read_json(path: Path, kind: type[BaseModel]) -> Data:
    """Read a JSON file as it is, where it is what ``kind`` says.

    Raises
    ------
    FileProblem
        With file and line, where it cannot be read, is no JSON, or holds something else.
    """
    path = path.resolve()  # runs may lie wherever a link leads
    file = "/".join(path.parts[-3:])
    text = text_of(Path(*path.parts[:-3]), file)
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as problem:  # cut off, a number without end, too deep
        line = getattr(problem, "lineno", 1)
        raise FileProblem(f"this is not JSON that can be read: {problem}", file, line) from None
    try:
        kind.model_validate(found)
    except ValidationError as problem:
        try:
            tree = looked(text, file)
        except FileProblem:
            tree = CommentedMap()
        raise _problem(problem.errors()[0], tree, file) from None
    return found  # type: ignore[no-any-return]
