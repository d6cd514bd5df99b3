"""Two changes of one document made one, part by part and field by field; and undo. Pure; no I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import ValidationError

from journeykit.errors import Refused
from journeykit.model.base import Word
from journeykit.model.operations import Change, difference, parts_of, put

__all__ = ["Chains", "History", "join", "settle"]

#: Part of a document to all that it was, in order; the last one is what is wished for.
Chains = Mapping[str, Sequence[Any]]
_MOST_UNDONE = 200


def settle(
    word: Word | None, chains: Chains, kind: type[Word], *, win: bool
) -> tuple[Word | None, dict[str, Any]]:
    """Bring a document to what is wished for, and keep what somebody else made of it meanwhile.

    Parameters
    ----------
    word : Word or None
        The document as it is now.
    chains : mapping
        Part to all that the wisher saw it be, ending in the wish. Only fields that change along
        the chain are touched.
    kind : type of Word
        What the document is.
    win : bool
        Who stands where somebody else made something of a field that the wisher never saw: the
        wish (True), or what is there (False).

    Returns
    -------
    tuple of (Word or None, dict)
        The document, and what did not stand: place to the value that was put aside.

    Examples
    --------
    >>> from journeykit.model import Journey
    >>> now = Journey(id="m", name="Theirs", persona="maya", owner="Ada")
    >>> word, lost = settle(now, {"name": ["First", "Mine"], "owner": ["", "Bo"]}, Journey, win=False)
    >>> word.name, word.owner, lost
    ('Theirs', 'Ada', {'name': 'Mine', 'owner': 'Bo'})
    """
    there, wanted = parts_of(word), {}
    lost: dict[str, Any] = {}
    for part, chain in chains.items():
        wanted[part] = _one(part, list(chain[:-1]), chain[-1], there.get(part), win, lost)
    return put(word, wanted, kind), lost


def join(
    base: Word | None, mine: Word | None, theirs: Word | None, kind: type[Word]
) -> tuple[Word | None, dict[str, Any]]:
    """Join two changes of one document; of a field that both changed, mine stands and theirs is told.

    Examples
    --------
    >>> from journeykit.model import Journey
    >>> base = Journey(id="m", name="First", persona="maya")
    >>> mine, theirs = base.with_(name="Mine"), base.with_(name="Theirs", owner="Ada")
    >>> word, lost = join(base, mine, theirs, Journey)
    >>> word.name, word.owner, lost
    ('Mine', 'Ada', {'name': 'Theirs'})
    """
    if mine == base:
        return theirs, {}
    if mine is None or theirs is None:  # taken away by one of the two: mine stands whole
        lost = {
            part: now for part, (_, now) in difference(base, theirs).items() if theirs is not None
        }
        return mine, lost
    wished = {part: list(pair) for part, pair in difference(base, mine).items()}
    try:
        return settle(theirs, wished, kind, win=True)
    except ValidationError:  # each is right, both together are not
        return mine, {part: now for part, (_, now) in difference(base, theirs).items()}


def _one(
    place: str, seen: list[Any], wish: Any, found: Any, win: bool, lost: dict[str, Any]
) -> Any:
    if seen and all(value == wish for value in seen):
        return found  # not the wisher's change
    if found == wish or found in seen:
        return wish
    values = [value for value in (*seen, wish, found) if value is not None]
    # Without a mapping now and before there is nothing to join within.
    if (
        isinstance(found, dict)
        and isinstance(wish, dict)
        and all(isinstance(v, dict) for v in values)
    ):
        before = [value or {} for value in seen]
        keys = dict.fromkeys(key for side in (found, *before, wish) for key in side)
        each = {
            key: _one(
                f"{place}.{key}",
                [b.get(key) for b in before],
                wish.get(key),
                found.get(key),
                win,
                lost,
            )
            for key in keys
        }
        return {key: value for key, value in each.items() if value is not None}
    if all(isinstance(value, list) and _ids(value) is not None for value in values) and values:
        *before, mine, theirs = (
            (_ids(value) or {}) if value else {} for value in (*seen, wish, found)
        )
        joined = _one(place, before, mine, theirs, win, lost)
        # Who put them into another order says the order; the other one's new things come last.
        lead = mine if before and _turned(mine, before[-1]) else theirs
        return [joined[name] for name in dict.fromkeys([*lead, *joined]) if name in joined]
    lost[place] = found if win else wish
    return wish if win else found


def _ids(items: list[Any]) -> dict[str, Any] | None:
    """Key a list of things by their ids; None where they have none."""
    if not all(isinstance(item, dict) and "id" in item for item in items):
        return None
    return {str(item["id"]): item for item in items}


def _turned(now: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    """Whether what both have stands in another order."""
    return [name for name in now if name in before] != [name for name in before if name in now]


class _Step(NamedTuple):
    by: str
    doc: str
    change: Change


class History:
    """Who changed what, for undo and redo: each takes back the last of their own.

    Examples
    --------
    >>> from journeykit.model import Journey
    >>> map_ = Journey(id="m", name="First", persona="maya")
    >>> history, renamed = History(), map_.with_(name="Second")
    >>> history.note("ada", "journeys/m", difference(map_, renamed))
    >>> history.step("undo", "ada", "journeys/m", renamed, Journey).name
    'First'
    """

    def __init__(self) -> None:
        self._done: list[_Step] = []
        self._undone: list[_Step] = []

    def copy(self) -> History:
        """Return a copy, to come back to."""
        made = History()
        made._done, made._undone = self._done[:], self._undone[:]
        return made

    def note(self, by: str, doc: str, change: Change) -> None:
        """Remember a change; what the same person had undone there can not be done again then."""
        self._done = [*self._done, _Step(by, doc, change)][-_MOST_UNDONE:]
        self._undone = [step for step in self._undone if step[:2] != (by, doc)]

    def step(
        self, which: str, by: str, doc: str, word: Word | None, kind: type[Word]
    ) -> Word | None:
        """Return the document after somebody's last change is taken back ("undo") or done again.

        Raises
        ------
        Refused
            Where there is none, or where somebody else has changed the same field since.
        """
        undo = which == "undo"
        source, target = (self._done, self._undone) if undo else (self._undone, self._done)
        mine = [at for at, step in enumerate(source) if step[:2] == (by, doc)]
        if not mine:
            raise Refused(
                "there is nothing of yours to take back."
                if undo
                else "there is nothing to do again."
            )
        step = source.pop(mine[-1])
        wished = {
            part: [now, was] if undo else [was, now] for part, (was, now) in step.change.items()
        }
        try:
            new, lost = settle(word, wished, kind, win=False)
        except ValidationError:
            new, lost = None, {"": None}
        # The place in a row is anybody's: others may have put notes there since.
        if any(not place.endswith(".order") for place in lost):
            raise Refused("somebody has changed it since, so that it stays as it is.")
        target.append(step)
        return new
