"""The clock of a session: pure operations on a :class:`~journeykit.model.records.Meeting`.

The browser says when somebody pressed a button, and what shall be then; so an operation that
comes late, or twice, means the same.
"""

import datetime as dt
from typing import Any

from pydantic import AwareDatetime, TypeAdapter

from journeykit.errors import Refused

from .base import Data
from .records import Meeting

_TIME = TypeAdapter(AwareDatetime)


def turn(meeting: Meeting, data: Data) -> Meeting:
    """Turn to a ``part`` that has so many ``minutes``; ``at`` is when. The first turn is the start.

    Who comes back to a part gets what is left of its minutes.

    Examples
    --------
    >>> first = {"part": "hello", "minutes": 10, "at": "2026-06-01T09:00:00Z"}
    >>> begun = turn(Meeting(id="today"), first)
    >>> begun.ends.isoformat()
    '2026-06-01T09:10:00+00:00'
    """
    at, part = _time(data["at"]), str(data["part"])
    if not part:
        raise Refused("a part of the agenda needs a name.")
    if meeting.part == part and meeting.ends:
        return meeting  # somebody else pressed the button, too
    spent = _spent(meeting, at)
    left = dt.timedelta(minutes=float(data["minutes"]) - spent.get(part, 0))
    stands = {"paused" if meeting.paused else "since": at}
    return meeting.with_(
        part=part, ends=at + left, spent=spent, started=meeting.started or at, **stands
    )


def pause(meeting: Meeting, data: Data) -> Meeting:
    """Stop the clock for a while, from ``at`` on."""
    _end_of(meeting)
    at = _time(data["at"])
    if meeting.paused:
        return meeting
    return meeting.with_(paused=at, since=None, spent=_spent(meeting, at))


def go(meeting: Meeting, data: Data) -> Meeting:
    """Let the clock go on at ``at``; the end moves by as long as it stood."""
    ends, at = _end_of(meeting), _time(data["at"])
    if meeting.paused is None:
        return meeting
    stood = max(at - meeting.paused, dt.timedelta())
    return meeting.with_(paused=None, since=at, ends=ends + stood)


def set_end(meeting: Meeting, data: Data) -> Meeting:
    """Say when the time of this part is up."""
    _end_of(meeting)
    return meeting.with_(ends=_time(data["ends"]))


def stop(meeting: Meeting, data: Data) -> Meeting:
    """End the session."""
    at = _time(data["at"])
    if meeting.finished:
        return meeting
    gone = dict.fromkeys(("since", "paused", "ends", "part"))
    return meeting.with_(**gone, spent=_spent(meeting, at), finished=at)


def _end_of(meeting: Meeting) -> dt.datetime:
    if meeting.ends is None:
        raise Refused("the clock has not been started.")
    return meeting.ends


def _time(value: Any) -> dt.datetime:
    return _TIME.validate_python(value).replace(microsecond=0)


def _spent(meeting: Meeting, at: dt.datetime) -> dict[str, float]:
    """Minutes by part, those that run now included."""
    spent = dict(meeting.spent)
    if meeting.since is not None:
        ran = max((at - meeting.since).total_seconds(), 0) / 60
        spent[meeting.part] = round(spent.get(meeting.part, 0) + ran, 2)
    return spent
