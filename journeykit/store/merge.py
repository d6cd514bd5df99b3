"""Three versions of one file joined: for git, and never with a result that is no YAML.

What only one side changed is taken. Where both changed the same field, ours stays and theirs is
kept beside it under a key that begins with ``x-conflict``, so that nothing is lost.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

from journeykit.errors import FileProblem
from journeykit.model import Model, merge
from journeykit.model.merging import NAMED_BY, Place

from . import yaml
from .joined import DOCUMENTS

CONFLICT = "x-conflict"
"""Keys that begin so hold what the other side wrote."""
_FREE = "segment columns scales dots grades silence data".split()
"""Mappings whose keys are the team's own: no key of ours may be put into them."""
_ALONE = re.compile(r"\s*#")
_BEHIND = re.compile(r"(.*\S)(\s+#.*)")


@dataclass
class Merged:
    """The joined text, and a sentence for each place that a person must look at."""

    text: str
    conflicts: list[str]


def merge_texts(base: str, ours: str, theirs: str, file: str, joined: str | None = None) -> Merged:
    r"""Join two changes of one file of a workshop folder.

    Parameters
    ----------
    base, ours, theirs : str
        The text that both began with (empty where there was none), and what each made of it.
    file : str
        Its path, whose last parts say what it holds.
    joined : str, optional
        The same three joined line by line, where that went without a conflict: taken, with all
        comments of both, if it says the same.

    Returns
    -------
    Merged

    Examples
    --------
    >>> base, ours = "name: A\nowner: Ada\n", "name: B\nowner: Ada\n"
    >>> merged = merge_texts(base, ours, "name: A\nowner: Bo\n", "x")
    >>> merged.text, merged.conflicts
    ('name: B\nowner: Bo\n', [])
    """
    was, mine, other = (_read(text, file) for text in (base, ours, theirs))
    if mine is None or other is None:
        return _unreadable(ours, theirs, mine, other, file)
    clashes = list[tuple[Place, Any, Any]]()

    def clash(path: Place, wish: Any, found: Any) -> Any:
        clashes.append((path, wish, found))
        return found if wish is None else wish

    sides = [yaml.plain(tree, file) for tree in (was or CommentedMap(), mine, other)]
    result = merge(sides[:1], sides[1], sides[2], clash)
    conflicts = [f"{file}: {_mark(result, *each)}" for each in clashes]
    tree = yaml.update(mine, result)
    if joined is not None and not conflicts and _read(joined, file) == tree:
        text = joined
    else:
        text = keep_comments(
            yaml.dump(tree), theirs, base, lambda tried: _read(tried, file) == tree
        )
    if _read(text, file) is None:  # whatever it is, a person gets both
        return _unreadable(ours, theirs, _read(ours, file), None, file)
    if _valid(ours, file) and _valid(theirs, file) and not _valid(text, file):
        return _side_by_side(ours, theirs, file)
    return Merged(text, conflicts)


def _mark(tree: Any, path: Place, wish: Any, found: Any) -> str:
    """Put what the other side wrote beside what stands, and say so."""
    owner, key, above, names, node = tree, "", "", list[str](), tree
    for part in path:
        if isinstance(node, list):
            node = next(item for item in node if part in [item.get(by) for by in NAMED_BY])
            owner, key = node, "removed"
        else:
            owner, key = (owner, f"{above}-{part}") if above in _FREE else (node, part)
            node = node.get(part)
        if not isinstance(node, list) or part == path[-1]:
            names.insert(0, repr(part))
        above = part
    did = "changed on both sides"
    if wish is None or found is None:
        did = f"removed {'here' if wish is None else 'there'} and changed on the other side"
        found = f"({did})"
    free, number = f"{CONFLICT}-{key}", 2
    while owner.get(free, found) != found:
        free, number = f"{CONFLICT}-{key}-{number}", number + 1
    owner[free] = found
    said = " of ".join(names)
    return f"{said} was {did}; look at {free!r}, keep one and take that key away"


# --- files that cannot be joined ------------------------------------------------------------------


def _read(text: str, file: str) -> CommentedMap | None:
    try:
        tree = yaml.read(text, file)
        yaml.plain(tree, file)
    except FileProblem:
        return None
    return tree


def _unreadable(
    ours: str, theirs: str, mine: CommentedMap | None, other: CommentedMap | None, file: str
) -> Merged:
    """Keep the side that is YAML, and the other one as a text in it."""
    tree, text, whose = (other, ours, "ours") if mine is None else (mine, theirs, "theirs")
    if tree is None:
        tree, text = CommentedMap({f"{CONFLICT}-ours": _as_text(ours)}), theirs
        whose = "both sides"
    tree[f"{CONFLICT}-file"] = _as_text(text)
    said = f"{file}: {whose} is no YAML; its text stands in '{CONFLICT}-file'"
    return Merged(yaml.dump(tree), [said])


def _as_text(text: str) -> str:
    """Hold any text in YAML: readable where it can be, escaped where it must."""
    plain = all(sign.isprintable() or sign in "\n\t" for sign in text)
    return LiteralScalarString(text) if plain else DoubleQuotedScalarString(text)


def _side_by_side(ours: str, theirs: str, file: str) -> Merged:
    """Keep ours as it is and theirs beside it, key by key: joined they would contradict each
    other.
    """
    tree, other = yaml.read(ours, file), yaml.read(theirs, file)
    for key, value in other.items():
        if tree.get(key) != value:
            tree[f"{CONFLICT}-{key}"] = value
    said = (
        f"{file}: the two changes contradict each other; ours stays, theirs "
        f"stands under the keys that begin with '{CONFLICT}'"
    )
    return Merged(yaml.dump(tree), [said])


def _valid(text: str, file: str) -> bool:
    kind = kind_at(file)
    return kind is None or not yaml.problems(kind, text, file, file.split("/")[-1][:-5])[1]


def kind_at(file: str) -> type[Model] | None:
    """Tell what a file holds by the end of its path."""
    *folders, name = file.removesuffix(".yaml").split("/")
    where = next((w for n in (2, 1) if (w := "/".join(folders[-n:])) in DOCUMENTS), name)
    return DOCUMENTS.get(where) if where != name or where == "workshop" else None


# --- comments of the other side -------------------------------------------------------------------


def keep_comments(text: str, theirs: str, base: str, same: Callable[[str], bool]) -> str:
    r"""Put the comments that are new in `theirs` into `text`, each before or behind its line.

    Parameters
    ----------
    text : str
        The joined file, which has the comments of ours.
    theirs, base : str
        What the other side made of what both began with.
    same : callable
        Tells whether a text still says the same; what would change that is left out.

    Examples
    --------
    >>> keep_comments("a: 1\nb: 3\n", "a: 1\n# why\nb: 2\n", "a: 1\nb: 1\n", lambda text: True)
    'a: 1\n# why\nb: 3\n'
    """
    old = base.splitlines()
    lines = theirs.splitlines()
    for number, line in enumerate(lines):
        here = text.splitlines()
        if line in old or line in here:
            continue
        if _ALONE.match(line):
            kept = _before(here, line, [x for x in lines[number + 1 :] if not _ALONE.match(x)])
        elif behind := _BEHIND.fullmatch(line):
            kept = [f"{x}{behind[2]}" if x == behind[1] else x for x in here]
        else:
            continue
        tried = "\n".join(kept) + "\n"
        text = tried if same(tried) else text
    return text


def _before(lines: list[str], comment: str, following: list[str]) -> list[str]:
    """Insert a comment before the first of the lines that follow it and is there once, or at the
    end.
    """
    for line in following:
        for place in (lambda x: x, _key):
            found = [n for n, there in enumerate(lines) if place(there) == place(line)]
            if len(found) == 1:
                return [*lines[: found[0]], comment, *lines[found[0] :]]
    return [*lines, comment.strip()]


def _key(line: str) -> str:
    """A line without its value, for a field that the other side changed, too."""
    return line.partition(":")[0]
