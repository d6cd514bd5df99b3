"""The timer: which part of the agenda is on, minutes left, what comes next, planned against real."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from html import escape
from typing import Any

from journeykit.model import Meeting, Workshop, free_name, new_id
from journeykit.store import Desk
from journeykit.widgets.live import Live

__all__ = ["Timer", "agenda_html", "parts_of", "slim_html"]

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

    def __init__(self, desk: Desk, phase: str = "", workshop: str = "") -> None:
        facts = {"phase": phase, "workshop": workshop, "doc": "records/sessions"}
        self._phase = phase
        super().__init__(desk, ["workshop", "records/sessions"], facts)

    def view(self) -> dict[str, Any]:
        """Say what is on, since when and until when, and the parts of the agenda."""
        workshop = self.desk.word("workshop")
        doc, meeting = current(self.desk.records("sessions"), dt.datetime.now(dt.UTC))
        return {
            "doc": f"records/sessions/{doc}",
            "clock": meeting.plain() if meeting else {},
            "parts": parts_of(workshop) if isinstance(workshop, Workshop) else [],
        }

    def still(self) -> str:
        """Draw the agenda; for the slim bar, how long its phase takes."""
        parts, clock = (self.view()[key] for key in ("parts", "clock"))
        return slim_html(parts, self._phase) if self._phase else agenda_html(parts, clock)

    def files(self) -> Iterable[str]:
        """Look at the session's own file: another notebook may have started the clock."""
        today = f"records/sessions/{dt.date.today().isoformat()}"
        return {"workshop", today, self._sent["doc"]}

    def _heard(self, widget: Any, content: Any, buffers: Any) -> None:
        super()._heard(widget, content, buffers)
        if isinstance(content, dict) and ("hello" in content or "need" in content):
            self.send({"now": dt.datetime.now(dt.UTC).timestamp() * 1000})


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
    taken: set[str] = set()
    parts = []
    for item in workshop.agenda:
        name = new_id(item.what, taken, "part")
        taken.add(name)
        phase = item.phase or ""
        parts.append(
            {
                "id": name,
                "what": item.what,
                "minutes": item.minutes,
                "phase": phase,
                "notes": item.notes,
            }
        )
    return parts or [
        {"id": "our-time", "what": "Our time", "minutes": 30, "phase": "", "notes": ""}
    ]


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
    return (
        "<table><thead><tr>"
        + "".join(f"<th scope='col'>{head}</th>" for head in heads)
        + "</tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table><p>{minute} minutes in all.</p>"
    )


def slim_html(parts: Iterable[dict[str, Any]], phase: str) -> str:
    """Say in a line how long a phase takes in the agenda; empty where it has no part."""
    mine = [part for part in parts if part["phase"] == phase]
    minutes = sum(part["minutes"] for part in mine)
    words = escape("; ".join(part["what"] for part in mine))
    return f"<p><small>⏱ {minutes} minutes in the agenda: {words}</small></p>" if mine else ""
