"""The clock of a session: pure operations on a :class:`~journeykit.model.records.Meeting`.

The browser says when somebody pressed a button, and what shall be then; so an operation that
comes late, or twice, means the same.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from pydantic import AwareDatetime, TypeAdapter

from journeykit.errors import Refused
from journeykit.model.base import Word
from journeykit.model.records import Meeting

__all__ = ["go", "pause", "set_end", "stop", "turn"]

_TIME = TypeAdapter(AwareDatetime)


def turn(word: Word, data: dict[str, Any]) -> Meeting:
    """Turn to a ``part`` that has so many ``minutes``; ``at`` is when. The first turn is the start.

    Who comes back to a part gets what is left of its minutes.

    Examples
    --------
    >>> begun = turn(Meeting(id="today"), {"part": "hello", "minutes": 10, "at": "2026-06-01T09:00:00Z"})
    >>> begun.ends.isoformat()
    '2026-06-01T09:10:00+00:00'
    """
    meeting, at, part = _meeting(word), _time(data["at"]), str(data["part"])
    if not part:
        raise Refused("a part of the agenda needs a name.")
    if meeting.part == part and meeting.ends:
        return meeting  # somebody else pressed the button, too
    spent = _spent(meeting, at)
    left = dt.timedelta(minutes=float(data["minutes"]) - spent.get(part, 0))
    stands = meeting.paused is not None
    return _with(
        meeting,
        part=part,
        ends=at + left,
        spent=spent,
        started=meeting.started or at,
        since=None if stands else at,
        paused=at if stands else None,
    )


def pause(word: Word, data: dict[str, Any]) -> Meeting:
    """Stop the clock for a while, from ``at`` on."""
    meeting, at = _running(word), _time(data["at"])
    if meeting.paused:
        return meeting
    return _with(meeting, paused=at, since=None, spent=_spent(meeting, at))


def go(word: Word, data: dict[str, Any]) -> Meeting:
    """Let the clock go on at ``at``; the end moves by as long as it stood."""
    meeting, at = _running(word), _time(data["at"])
    if meeting.paused is None or meeting.ends is None:
        return meeting
    stood = max(at - meeting.paused, dt.timedelta())
    return _with(meeting, paused=None, since=at, ends=meeting.ends + stood)


def set_end(word: Word, data: dict[str, Any]) -> Meeting:
    """Say when the time of this part is up."""
    return _with(_running(word), ends=_time(data["ends"]))


def stop(word: Word, data: dict[str, Any]) -> Meeting:
    """End the session."""
    meeting, at = _meeting(word), _time(data["at"])
    if meeting.finished:
        return meeting
    gone = dict.fromkeys(("since", "paused", "ends"))
    return _with(meeting, **gone, part="", spent=_spent(meeting, at), finished=at)


def _meeting(word: Word) -> Meeting:
    if not isinstance(word, Meeting):
        raise Refused("this operation belongs to a session.")
    return word


def _running(word: Word) -> Meeting:
    meeting = _meeting(word)
    if meeting.ends is None:
        raise Refused("the clock has not been started.")
    return meeting


def _time(value: Any) -> dt.datetime:
    return _TIME.validate_python(value).replace(microsecond=0)


def _spent(meeting: Meeting, at: dt.datetime) -> dict[str, float]:
    """Minutes by part, those that run now included."""
    spent = dict(meeting.spent)
    if meeting.since is not None:
        ran = max((at - meeting.since).total_seconds(), 0) / 60
        spent[meeting.part] = round(spent.get(meeting.part, 0) + ran, 2)
    return spent


def _with(meeting: Meeting, **changes: Any) -> Meeting:
    fields = {**meeting.plain(), **changes}
    return Meeting.model_validate(
        {key: value for key, value in fields.items() if value not in (None, "")}
    )
