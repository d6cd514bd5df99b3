"""The timer: which part of the agenda is on, minutes left, what comes next, planned against real."""

import datetime as dt
from collections.abc import Iterable
from html import escape
from typing import Any

from journeykit.model import AgendaItem, Meeting, Workshop, free_name, new_id
from journeykit.store import Desk
from journeykit.widgets.live import Live, table_html

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
        self._phase, docs = phase, ["workshop", "records/sessions"]
        super().__init__(desk, docs, {"phase": phase, "doc": docs[1]})

    def view(self) -> dict[str, Any]:
        """Say what is on, since when and until when, and the parts of the agenda."""
        workshop: Any = self.desk.word("workshop")
        day, meeting = current(self.desk.records("sessions"), dt.datetime.now(dt.UTC))
        clock = meeting.plain() if meeting else {}
        return {"doc": f"records/sessions/{day}", "clock": clock, "parts": parts_of(workshop)}

    def still(self) -> str:
        """Draw the agenda; for the slim bar, how long its phase takes."""
        view = self.view()
        parts, clock = view["parts"], view["clock"]
        return slim_html(parts, self._phase) if self._phase else agenda_html(parts, clock)


def current(meetings: Iterable[Meeting], now: dt.datetime) -> tuple[str, Meeting | None]:
    """Find the session that is on, with its id; without one, the id that a new one gets.

    Examples
    --------
    >>> current([], dt.datetime(2026, 6, 1, 9, tzinfo=dt.UTC))[1] is None
    True
    """
    known = list(meetings)
    for meeting in reversed(known):
        times = [t for t in (meeting.started, meeting.since, meeting.paused, meeting.ends) if t]
        if meeting.finished is None and (not times or now - max(times) < STALE):
            return meeting.id, meeting
    return free_name(now.astimezone().date().isoformat(), {meeting.id for meeting in known}), None


def parts_of(workshop: Workshop) -> list[dict[str, Any]]:
    """List the parts of the agenda with an id each; without an agenda, half an hour for all.

    The ids are made of the words, so that a session's file reads by itself.
    """
    parts: dict[str, dict[str, Any]] = {}
    for item in workshop.agenda or [AgendaItem(what="Our time", minutes=30)]:
        told = item.model_dump(include={"what", "minutes", "phase", "notes"})
        id = new_id(item.what, parts, "part")
        parts[id] = {"id": id, **told, "phase": item.phase or ""}
    return [*parts.values()]


# --- the same, still ------------------------------------------------------------------------------


def agenda_html(parts: Iterable[dict[str, Any]], clock: dict[str, Any]) -> str:
    """Draw the agenda with planned and real minutes as HTML."""
    spent, rows, minute = clock.get("spent", {}), [], 0
    for part in parts:
        now = part["id"] == clock.get("part")
        real = f"{spent[part['id']]:.0f}" if part["id"] in spent else "–"
        sign = "● now" if now else "✓" if part["id"] in spent else "○"
        rows.append(
            f"<tr><td>{sign}</td><td>{minute // 60}:{minute % 60:02d}</td><td style='text-align:left'>"
            f"{escape(part['what'])}</td><td>{part['minutes']}</td><td>{real}</td></tr>"
        )
        minute += part["minutes"]
    heads = ("", "From", "Part", "Planned (minutes)", "Real (minutes)")
    return f"{table_html(heads, rows)}<p>{minute} minutes in all.</p>"


def slim_html(parts: Iterable[dict[str, Any]], phase: str) -> str:
    """Say in a line how long a phase takes in the agenda; empty where it has no part."""
    mine = [part for part in parts if part["phase"] == phase]
    minutes = sum(part["minutes"] for part in mine)
    words = escape("; ".join(part["what"] for part in mine))
    return f"<p><small>⏱ {minutes} minutes in the agenda: {words}</small></p>" if mine else ""
