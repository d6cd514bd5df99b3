"""00 Start here: who, what, with which data, how far we are, and the map as it stands."""

from __future__ import annotations

from typing import Any

import pandas as pd

from journeykit import charts
from journeykit.errors import DataError
from journeykit.model import PHASES
from journeykit.numbers.audience import coverage
from journeykit.numbers.funnel import reached
from journeykit.phases.board import board
from journeykit.phases.panel import Panel
from journeykit.phases.phase import Phase
from journeykit.phases.picture import map_svg
from journeykit.widgets import Timer, parts_of
from journeykit.words import people, percent


class StartHere(Phase):
    """The first notebook."""

    id = "start-here"

    def agenda(self) -> Any:
        """Keep the time of the session; in a batch run show the agenda as a table."""
        w = self.w
        if not w.live:
            return self._agenda(parts_of(w.workshop) if w.workshop.agenda else [], {})
        made = Timer(w.desk)
        made.still = lambda: self._agenda(made.view()["parts"], made.view()["clock"]).page()
        return made

    def _agenda(self, parts: list[dict[str, Any]], clock: dict[str, Any]) -> Panel:
        """The agenda with the minute at which each part begins; once it is on, how far it is."""
        rows, minute, spent = [], 0, clock.get("spent", {})
        for part in parts:
            row = {
                "from": f"{minute // 60}:{minute % 60:02d}",
                "minutes": part["minutes"],
                "part": part["what"],
                "for the facilitator": part["notes"],
            }
            if clock:
                took = f"✓ {spent[part['id']]:.0f} min" if part["id"] in spent else "○"
                row["so far"] = "● now" if part["id"] == clock.get("part") else took
            rows.append(row)
            minute += part["minutes"]
        said = (
            f"{len(parts)} parts, {minute} minutes in all."
            if parts
            else ("No agenda yet. Add one to workshop.yaml under `agenda:`.")
        )
        return self.panel("agenda", "Agenda", said, rows=rows)

    def data(self) -> Panel:
        """Say which data we look at, what was assumed, and what is odd about it."""
        events, everybody = self.w.events, self.w.all_events
        if events is None or everybody is None:
            return self.needs("data", "The data", "events", "user_id, event and timestamp")
        contract = everybody.contract
        rows = [{"level": f.level, "message": f.message} for f in contract.findings]
        said = (
            f"{people(events.users)} of {everybody.users:,} are {self.w.persona.name}: "
            f"{events.count:,} events in {events.sessions_count:,} sessions, "
            f"from {events.start:%Y-%m-%d} to {events.end:%Y-%m-%d}."
        )
        return self.panel(
            "data",
            "The data",
            said,
            counts=f"{contract.rows:,} rows read, {contract.set_aside:,} set aside; "
            "a session ends after 30 minutes without an event",
            frame=pd.DataFrame(rows, columns=["level", "message"]),
            notes=contract.assumptions,
            numbers=self._data_numbers(events, everybody),
        )

    def _data_numbers(self, events: Any, everybody: Any) -> dict[str, Any]:
        try:
            goal = self.w.goal
        except DataError:
            goal = []

        def counted(log: Any) -> dict[str, Any]:
            return {
                "events": log.count,
                "users": log.users,
                "sessions": log.sessions_count,
                "converted": reached(log, goal) if goal else None,
            }

        return {
            "source": self.w.data_name,
            "fingerprint": everybody.fingerprint,
            "rows": everybody.contract.rows,
            "set_aside": everybody.contract.set_aside,
            **counted(events),
            "from": events.start,
            "to": events.end,
            "goal": " or ".join(str(match) for match in goal),
            "all": counted(everybody),
        }

    def personas(self) -> Panel:
        """Show how many customers each persona is, where they overlap, and whom none covers."""
        everybody = self.w.all_events
        personas = self.w.folder.personas()
        if everybody is None:
            rows = [{"persona": p.name, "who": p.tagline} for p in personas.values()]
            said = (
                f"{people(len(rows), 'personas')} on paper; without an event log nobody is counted."
            )
            return self.panel("personas", "Our personas", said, frame=pd.DataFrame(rows))
        segments = {p.name: p.segment for p in personas.values() if p.segment}
        if not segments:
            return self.panel(
                "personas", "Our personas", "There is one persona, everyone, for all customers."
            )
        frame = coverage(everybody, segments)
        left = frame[frame["persona"] == "(no persona)"]["share"].sum()
        overlap = frame.attrs.get("overlap")
        twice = int(overlap["users"].sum()) if overlap is not None and len(overlap) else 0
        return self.panel(
            "personas",
            "Our personas in the data",
            f"{percent(left)} of {people(everybody.users)} belong to no persona; "
            f"{people(twice)} belong to two.",
            counts="Customers, by the most frequent value of each column over their events",
            frame=frame,
            columns=["persona", "users", "share", "low", "high", "small_n"],
            chart=charts.coverage(frame),
            numbers={"without_persona": left, "in_two": twice},
        )

    def progress(self) -> Panel:
        """Show which phases are done, begun or still open."""
        decisions = {record.id: record for record in self.w.folder.records("decisions")}
        rows = []
        for phase_id, name in list(PHASES.items())[1:-1]:
            record = decisions.get(phase_id)
            state = "open" if record is None else "done" if record.done else "begun"
            mark = {"open": "○", "begun": "◐", "done": "●"}[state]
            rows.append(
                {
                    "phase": name,
                    "state": f"{mark} {state}",
                    "decided": record.text if record else "",
                }
            )
        done = sum(row["state"].endswith("done") for row in rows)
        frame = pd.DataFrame(rows)
        return self.panel(
            "progress",
            "How far we are",
            f"{done} of {len(rows)} phases are done.",
            frame=frame,
            numbers={
                "done": done,
                "of": len(rows),
                "states": {r["phase"]: r["state"] for r in rows},
            },
        )

    def map(self) -> Panel:
        """Draw the map of this persona, with what the data says under each stage."""
        journey = self.w.journey
        marks = pd.Series([card.evidence for card in journey.cards]).value_counts()
        said = ", ".join(f"{marks.get(e, 0)} {e}" for e in ("assumed", "heard", "measured"))
        return self.panel(
            "map",
            f"The journey of {self.w.persona.name}",
            f"{len(journey.cards)} cards: {said}.",
            svg=map_svg(self.w),
            sheet=map_svg(self.w, format="a3"),
            frame=pd.DataFrame(charts.journey_text(self.w.workshop, self.w.persona, journey)),
            numbers={"cards": len(journey.cards), **{k: int(v) for k, v in marks.items()}},
        )

    def board(self) -> Any:
        """Work on the map: the board, with what the data says under each stage."""
        return board(self, "board-asked", "The board")
