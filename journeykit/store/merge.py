"""Three versions of one file joined: for git, and never with a result that is no YAML.

What only one side changed is taken. Where both changed the same field, ours stays and theirs is
kept beside it under a key that begins with ``x-conflict``, so that nothing is lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

from journeykit.errors import FileProblem
from journeykit.model import RECORD_KINDS, Journey, Persona, Word, Workshop, merge_fields
from journeykit.store import yaml
from journeykit.store.comments import keep_comments

__all__ = ["CONFLICT", "Merged", "merge_texts"]

CONFLICT = "x-conflict"
"""Keys that begin so hold what the other side wrote."""
_FREE = {"segment", "columns", "scales", "dots", "grades", "silence", "data"}
"""Mappings whose keys are the team's own: no key of ours may be put into them."""
_WHOLE = {"threshold", "counts"}
"""Lists whose items mean nothing alone."""
_NAMED_BY = ("id", "card", "name", "what")
Unresolved = list[tuple[str, Any]]


@dataclass
class Merged:
    """The joined text, and a sentence for each place that a person must look at."""

    text: str
    conflicts: list[str] = field(default_factory=list)


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
    >>> merged = merge_texts("name: A\nowner: Ada\n", "name: B\nowner: Ada\n", "name: A\nowner: Bo\n", "x")
    >>> merged.text, merged.conflicts
    ('name: B\nowner: Bo\n', [])
    """
    trees: list[CommentedMap | None] = [_read(text, file) for text in (base, ours, theirs)]
    if trees[1] is None or trees[2] is None:
        return _unreadable(ours, theirs, trees[1], trees[2], file)
    merger = _Merger(file)
    merger.word(trees[0] or CommentedMap(), trees[1], trees[2], "")
    clean = _read(joined, file) if joined is not None and not merger.conflicts else None
    if joined is not None and clean is not None and clean == trees[1]:
        text = joined
    else:
        text, tree = yaml.dump(trees[1]), trees[1]
        text = keep_comments(text, theirs, base, lambda tried: _read(tried, file) == tree)
    if _read(text, file) is None:  # whatever it is, a person gets both
        return _unreadable(ours, theirs, _read(ours, file), None, file)
    if _valid(ours, file) and _valid(theirs, file) and not _valid(text, file):
        return _side_by_side(ours, theirs, file)
    return Merged(text, merger.conflicts)


class _Merger:
    """Joins trees: ours is changed in place, so that its comments stay where they are."""

    def __init__(self, file: str) -> None:
        self.file, self.conflicts = file, list[str]()

    def word(self, base: Any, ours: CommentedMap, theirs: Any, name: str) -> None:
        """Join two changes of something that may carry a key of ours."""
        for key, value in self._fields(base, ours, theirs, name):
            free, number = f"{CONFLICT}-{key}", 2
            while free in ours and ours[free] != value:
                free, number = f"{CONFLICT}-{key}-{number}", number + 1
            ours[free] = value
            self.conflicts.append(
                f"{self.file}: {key!r}{f' of {name}' if name else ''} was changed on both sides; "
                f"look at {free!r}, keep one and take that key away"
            )

    def _fields(self, base: Any, ours: CommentedMap, theirs: Any, name: str) -> Unresolved:
        """Join field by field; return what both changed, with what theirs says."""
        left: Unresolved = []
        before = dict(ours)
        merged = merge_fields(base, before, theirs, name, partial(self._clash, left, name))
        for key in [key for key in ours if key not in merged and ours[key] is not None]:
            del ours[key]
        for key, value in merged.items():
            if key in ours:
                if ours[key] is not value:
                    ours[key] = value
            else:
                ours.insert(_place(key, list(theirs), list(ours)), key, value)
        return left

    def _clash(
        self, left: Unresolved, name: str, key: str, was: Any, mine: Any, theirs: Any
    ) -> Any:
        """Say what stays of a field that both changed."""
        if isinstance(mine, CommentedMap) and isinstance(theirs, Mapping):
            inside = was if isinstance(was, Mapping) else {}
            deeper = f"{key} of {name}" if name else key
            if key in _FREE:
                left += [(f"{key}-{k}", v) for k, v in self._fields(inside, mine, theirs, deeper)]
            else:
                self.word(inside, mine, theirs, deeper)
            return mine
        lists = isinstance(mine, CommentedSeq) and isinstance(theirs, list) and key not in _WHOLE
        if lists and self._lists(was if isinstance(was, list) else [], mine, theirs):
            return mine
        if mine is None or theirs is None:
            left.append((key, f"(removed {'here' if mine is None else 'there'})"))
            return theirs if mine is None else mine
        left.append((key, theirs))
        return mine

    def _lists(self, was: list[Any], mine: CommentedSeq, theirs: Sequence[Any]) -> bool:
        """Join two changes of a list in place; False where only a person can."""
        by = next(
            (k for k in _NAMED_BY if all(_names(items, k) for items in (was, mine, theirs))), None
        )
        if by is None:
            return _joined_items(was, mine, theirs)
        sides = [{item[by]: item for item in items} for items in (was, mine, theirs)]

        def clash(name: str, old: Any, my: Any, their: Any) -> Any:
            if my is not None and their is not None:
                self.word(old or {}, my, their, f"{name!r}")
                return my
            kept, where = (their, "here") if my is None else (my, "there")
            kept[f"{CONFLICT}-removed"] = f"(removed {where}, changed on the other side)"
            self.conflicts.append(
                f"{self.file}: {name!r} was removed {where} and changed on the other side"
            )
            return kept

        merged = merge_fields(sides[0], sides[1], sides[2], "the list", clash)
        names = [name for name in sides[1] if name in merged]
        for name in sides[2]:
            if name in merged and name not in names:
                names.insert(_place(name, list(sides[2]), names), name)
        mine[:] = [merged[name] for name in names]
        return True


def _joined_items(was: list[Any], mine: CommentedSeq, theirs: Sequence[Any]) -> bool:
    """Join lists of plain texts: what one side added or took away; False where both reworded one."""
    gone = [item for item in was if item not in mine and item not in theirs]
    new = [[item for item in side if item not in was] for side in (mine, theirs)]
    if gone and all(new) and new[0] != new[1]:
        return False
    kept = [item for item in mine if item not in was or item in theirs]
    for item in new[1]:
        if item not in kept:
            kept.insert(_place(item, list(theirs), kept), item)
    mine[:] = kept
    return True


def _names(items: Sequence[Any], by: str) -> bool:
    """Tell whether all items are mappings with a name of their own."""
    named = [item.get(by) for item in items if isinstance(item, Mapping)]
    return (
        len(named) == len(items) and None not in named and len(set(map(str, named))) == len(named)
    )


def _place(name: Any, order: list[Any], there: list[Any]) -> int:
    """Where to put something new: after the nearest one before it that is there."""
    for before in reversed(order[: order.index(name)]):
        if before in there:
            return there.index(before) + 1
    return 0


# --- files that cannot be joined ------------------------------------------------------------------


def _read(text: str, file: str) -> CommentedMap | None:
    try:
        return yaml.read(text, file)
    except FileProblem:
        return None


def _unreadable(
    ours: str,
    theirs: str,
    our_tree: CommentedMap | None,
    their_tree: CommentedMap | None,
    file: str,
) -> Merged:
    """Keep the side that is YAML, and the other one as a text in it."""
    good, other, whose = (
        (our_tree, theirs, "theirs") if our_tree is not None else (their_tree, ours, "ours")
    )
    if good is None:
        good, whose = CommentedMap({f"{CONFLICT}-ours": _as_text(ours)}), "both sides"
        other = theirs
    good[f"{CONFLICT}-file"] = _as_text(other)
    return Merged(
        yaml.dump(good), [f"{file}: {whose} is no YAML; its text stands in '{CONFLICT}-file'"]
    )


def _as_text(text: str) -> str:
    """Hold any text in YAML: readable where it can be, escaped where it must."""
    plain = all(sign.isprintable() or sign in "\n\t" for sign in text)
    return LiteralScalarString(text) if plain else DoubleQuotedScalarString(text)


def _side_by_side(ours: str, theirs: str, file: str) -> Merged:
    """Keep ours as it is and theirs beside it, key by key: joined they would contradict each other."""
    tree, other = yaml.read(ours, file), yaml.read(theirs, file)
    for key, value in other.items():
        if tree.get(key) != value:
            tree[f"{CONFLICT}-{key}"] = value
    return Merged(
        yaml.dump(tree),
        [
            f"{file}: the two changes contradict each other; ours stays, theirs "
            f"stands under the keys that begin with '{CONFLICT}'"
        ],
    )


def _valid(text: str, file: str) -> bool:
    kind, name = _kind(file), PurePosixPath(file).stem
    fixed = {} if kind in (None, Workshop) else {"id": name}
    return kind is None or not yaml.problems(kind, text, file, **fixed)[1]


def _kind(file: str) -> type[Word] | None:
    parts = PurePosixPath(file).parts
    if parts[-1] == "workshop.yaml":
        return Workshop
    if len(parts) > 2 and parts[-3] == "records":
        return RECORD_KINDS.get(parts[-2])
    kinds: dict[str, type[Word]] = {"personas": Persona, "journeys": Journey}
    return kinds.get(parts[-2]) if len(parts) > 1 else None
