"""The timer: which part of the agenda is on, minutes left, what comes next, planned and real."""

import datetime as dt
from collections.abc import Iterable, Sequence

from journeykit.declared import template
from journeykit.model import AgendaItem, Data, Meeting, Workshop, free_name, new_id
from journeykit.store import Desk

from .live import Live

STALE = dt.timedelta(hours=12)
"""A session that nobody has touched for so long is over."""


class Timer(Live):
    """The clock of the session, the same for all browsers and all notebooks.

    Its state are absolute times in a record (``records/sessions/<day>``), so that it outlives the
    cell, the page and the kernel. A browser whose clock goes wrong is told the kernel's time.

    Parameters
    ----------
    desk : Desk
    phase : str, optional
        Show only a slim bar, for the notebook of this phase.
    """

    name = "timer"

    def __init__(self, desk: Desk, phase: str = "") -> None:
        doc = "records/sessions"
        super().__init__(desk, ["workshop", doc], {"phase": phase, "doc": doc})

    def view(self) -> Data:
        """Say what is on, since when and until when, and the parts of the agenda."""
        day, meeting = current(self.desk.records("sessions"), self.desk.get("workshop").now())
        return {
            "doc": f"records/sessions/{day}",
            "clock": meeting.plain() if meeting else {},
            "parts": parts_of(self.desk.get("workshop")),
        }


def current(meetings: Sequence[Meeting], now: dt.datetime) -> tuple[str, Meeting | None]:
    """Find the session that is on, with its id; without one, the id that a new one gets.

    Examples
    --------
    >>> current([], dt.datetime(2026, 6, 1, 9, tzinfo=dt.UTC))[1] is None
    True
    """
    for meeting in reversed(meetings):
        times = filter(None, (meeting.started, meeting.since, meeting.paused, meeting.ends))
        if meeting.finished is None and now - max(times, default=now) < STALE:
            return meeting.id, meeting
    return free_name(f"{now:%Y-%m-%d}", {meeting.id for meeting in meetings}), None


def parts_of(workshop: Workshop) -> list[Data]:
    """List the parts of the agenda with an id each; without an agenda, half an hour for all.

    The ids are made of the words, so that a session's file reads by itself.
    """
    parts = dict[str, Data]()
    for item in workshop.agenda or [AgendaItem(what="Our time", minutes=30)]:
        told = item.model_dump(include={"what", "minutes", "phase", "notes"})
        id = new_id(item.what, parts, "part")
        parts[id] = {"id": id, **told, "phase": item.phase or ""}
    return [*parts.values()]


def slim_html(parts: Iterable[Data], phase: str) -> str:
    """Say in a line how long a phase takes in the agenda; empty where it has no part."""
    return str(template(__file__).render(parts=parts, phase=phase))
