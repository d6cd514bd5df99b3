"""Who changed what, for undo and redo. Pure; no I/O."""

from typing import NamedTuple

from pydantic import ValidationError

from journeykit.errors import Refused

from .base import Doc, Model
from .merging import Changes, difference, settle

_MOST_UNDONE = 200


class _Step(NamedTuple):
    by: str
    doc: str
    changes: Changes
    stale: bool = False
    """Whether somebody else has put it there or taken it away since, though it may look the
    same."""


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

    def __init__(self, done: list[_Step] | None = None, undone: list[_Step] | None = None) -> None:
        self._done, self._undone = done or [], undone or []

    def copy(self) -> "History":
        """Return a copy, to come back to."""
        return History(self._done[:], self._undone[:])

    def note(self, by: str, doc: str, changes: Changes) -> None:
        """Remember a change; what the same person had undone there can not be done again then."""
        if not changes:
            return
        self._outdate(by, doc, changes)
        self._done = [*self._done, _Step(by, doc, changes)][-_MOST_UNDONE:]
        self._undone = [step for step in self._undone if step[:2] != (by, doc)]

    def _outdate(self, by: str, doc: str, changes: Changes) -> None:
        """Mark what others did to a card that somebody has taken away, or put there anew."""
        for steps in (self._done, self._undone):
            steps[:] = [
                step._replace(stale=True)
                if step.doc == doc
                and step.by != by
                and any(None in changes[part] for part in step.changes.keys() & changes.keys())
                else step
                for step in steps
            ]

    def step(self, which: str, by: str, doc: str, now: Doc, kind: type[Model]) -> Doc:
        """Return the document after somebody's last change is taken back ("undo") or done again.

        Raises
        ------
        Refused
            Where there is none, where somebody else has changed the same since, or where nothing
            would change. The step is forgotten then, so that the one before it is next.
        """
        undo = which == "undo"
        source, target = (self._done, self._undone) if undo else (self._undone, self._done)
        mine = [at for at, step in enumerate(source) if step[:2] == (by, doc)]
        if not mine:
            said = "nothing of yours to take back" if undo else "nothing to do again"
            raise Refused(f"there is {said}.")
        step = source.pop(mine[-1])
        try:
            new, lost = settle(now, _turned(step.changes, undo), kind, win=False)
        except ValidationError:
            new, lost = now, {"": None}
        # The place in a row is anybody's: others may have put notes there since.
        if step.stale or any(not place.endswith("/order") for place in lost):
            raise Refused("somebody has changed it since, so that it stays as it is.")
        changes = difference(now, new)
        if not changes:
            raise Refused("it is so already: there is nothing to change.")
        self._outdate(by, doc, changes)
        target.append(_Step(by, doc, _turned(changes, undo)))
        return new


def _turned(changes: Changes, back: bool) -> Changes:
    return {part: (now, was) if back else (was, now) for part, (was, now) in changes.items()}
