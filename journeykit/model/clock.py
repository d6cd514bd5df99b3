"""The clock of a session: pure operations on a :class:`~journeykit.model.records.Meeting`.

The browser says when somebody pressed a button, and what shall be then; so an operation that
comes late, or twice, means the same.
"""

import datetime as dt

from pydantic import AwareDatetime, TypeAdapter

from journeykit.errors import Refused

from .base import Data
from .records import Meeting

_TIME = TypeAdapter(AwareDatetime)


def act(verb: str, meeting: Meeting, data: Data) -> Meeting:
    """Do what somebody asks of the clock; ``at`` is when, and ``ends`` when it shall be over.

    ``turn`` to a ``part`` that has so many ``minutes`` (the first one is the start; who comes back
    to a part gets what is left of its minutes), ``pause`` for a while, ``go`` on, when the end
    moves by as long as it stood, say when this part ``ends``, or ``stop``, which ends the session.

    Examples
    --------
    >>> first = {"part": "hello", "minutes": 10, "at": "2026-06-01T09:00:00Z"}
    >>> begun = act("turn", Meeting(id="today"), first)
    >>> begun.ends.isoformat()
    '2026-06-01T09:10:00+00:00'
    """
    if meeting.ends is None and verb not in ("turn", "stop"):
        raise Refused("the clock has not been started.")
    at = _TIME.validate_python(data["ends" if verb == "ends" else "at"]).replace(microsecond=0)
    match verb:
        case "turn":
            return _turned(meeting, data, at)
        case "ends":
            return meeting.with_(ends=at)
        case "pause" if not meeting.paused:
            return meeting.with_(paused=at, since=None, spent=_spent(meeting, at))
        case "go" if meeting.paused and meeting.ends:
            stood = max(at - meeting.paused, dt.timedelta())
            return meeting.with_(paused=None, since=at, ends=meeting.ends + stood)
        case "stop" if not meeting.finished:
            gone = dict.fromkeys(("since", "paused", "ends", "part"))
            return meeting.with_(**gone, spent=_spent(meeting, at), finished=at)
    return meeting


def _turned(meeting: Meeting, data: Data, at: dt.datetime) -> Meeting:
    part = str(data["part"])
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


def _spent(meeting: Meeting, at: dt.datetime) -> dict[str, float]:
    """Minutes by part, those that run now included."""
    spent = dict(meeting.spent)
    if meeting.since is not None:
        ran = max((at - meeting.since).total_seconds(), 0) / 60
        spent[meeting.part] = round(spent.get(meeting.part, 0) + ran, 2)
    return spent
