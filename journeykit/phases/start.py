"""00 Start here: who, what, with which data, how far we are, and the map as it stands."""

import hashlib
from collections import Counter
from dataclasses import replace
from typing import Any

from pandas import DataFrame

from journeykit import charts
from journeykit.claims import Evidence, atlas_row, verdicts
from journeykit.errors import Covered, DataError, JourneykitError, NoTable
from journeykit.model import PHASES, Journey
from journeykit.numbers import reached
from journeykit.numbers.audience import coverage
from journeykit.store.kept import texts
from journeykit.widgets import Timer, current, parts_of, stacked
from journeykit.words import people

from .asking import Row
from .board import board
from .measures import claim_marks, measured_emotion, stage_funnel
from .panel import Found, Panel, asks, says, unmeasured
from .phase import Phase

_NO_DATA = (
    "There is no data yet, and the map, goals, feelings, walk and decisions need none. What would "
    "need some waits; to measure it, put a log into data/ and name it in workshop.yaml under "
    "`data:`."
)


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

    def _agenda(self, parts: list[Row], clock: Row) -> Panel:
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
        said = f"{len(parts)} parts, {minute} minutes in all."
        return self.panel(
            "agenda",
            "Agenda",
            said if parts else "No agenda yet. Add one to workshop.yaml under `agenda:`.",
            frame=rows,
        )

    def choices(self) -> Row:
        """Say as plain data what can be shown: the agenda, and which personas and journeys."""
        w, folder = self.w, self.w.folder
        on = current(folder.records("sessions"), w.workshop.now())[1]
        personas = folder.personas()
        return {
            "parts": parts_of(w.workshop),
            "now": on.part if on else "",
            "persona": w.persona_id,
            "journey": w.journey.id,
            "personas": {id: each.name for id, each in personas.items()},
            "journeys": [
                each.model_dump(include={"id", "name", "persona"})
                for id in personas
                for each in folder.journeys_of(id)
            ],
        }

    def mark(self) -> str:
        """Mark what the folder says, but for the clock, and what is covered: what was computed
        under another mark may say something else now.
        """
        self.w.desk.save()  # what waits to be written is said, too
        told = [each for each in texts(self.w.folder.root).items() if "sessions/" not in each[0]]
        return hashlib.sha256(repr((told, [*self.w.covered])).encode()).hexdigest()

    def ask_workshop(self) -> Any:
        """Ask what the workshop is called, what its stages are, and whom it is about."""
        folder = self.w.folder

        def save(rows: list[Row]) -> None:
            folder.save(self.w.workshop.with_(**rows[0]))

        asked = [
            self.ask_rows("workshop", self.fields("workshop"), [self.w.workshop], save, ()),
            self.ask_listed("stages"),
            self.ask_models("personas", folder.personas, lambda _, made: [*map(folder.save, made)]),
        ]
        return stacked(*asked) if self.w.live else replace(asked[0], more=asked[1:])

    @asks
    def data(self) -> Found | str:
        """Say which data we look at, what was assumed, and what is odd about it."""
        events, everybody = self.w.events, self.w.all_events
        if events is None or everybody is None:
            if unmeasured(self.w):
                return _NO_DATA
            raise NoTable("events", "user_id, event and timestamp")
        contract = everybody.contract
        rows = [(f.level, f.told if self.w.live else f.message) for f in contract.findings]
        return {
            "events": events,
            "everybody": everybody,
            "frame": DataFrame(rows, columns=["level", "message"]),
            "notes": [*self.w.gate.broken, *contract.assumptions],
            "numbers": self._data_numbers(events, everybody),
        }

    def _data_numbers(self, events: Any, everybody: Any) -> Row:
        try:
            goal = self.w.goal
        except DataError:
            goal = []

        def counted(log: Any) -> Row:
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
            "goal": " or ".join(map(str, goal)),
            "all": counted(everybody),
        }

    @asks
    def personas(self) -> Found:
        """Show how many customers each persona is, where they overlap, and whom none covers."""
        everybody, title, segments = self.w.all_events, "Our personas", self.w.segments
        if everybody is None:
            rows = [
                {"persona": p.name, "who": p.tagline} for p in self.w.folder.personas().values()
            ]
            return {"title": title, "frame": rows}
        if not segments:
            return {"title": title}
        frame = coverage(everybody, segments)
        return {
            "everybody": everybody,
            "frame": frame,
            "columns": "persona users share low high small_n".split(),
            "chart": charts.coverage(frame),
        }

    @asks
    def progress(self) -> Found:
        """Show which phases are done, which is what has a decision, and what was decided."""
        decided: dict[str, list[str]] = {id: [] for id in list(PHASES)[1:-1]}
        for each in self.w.folder.records("decisions"):
            if each.text and each.state != "dropped":
                decided.get(each.phase, []).append(each.text)
        return {"rows": decided.items(), "phases": PHASES}

    @asks
    def map(self) -> Found:
        """Draw the map of this persona, with what the data says under each stage; below it the
        maps of its further journeys.
        """
        w, evidence = self.w, Evidence.of(self.w)
        first, *further = w.journeys or [w.journey]
        displaced, notes, measured = "journal/displaced.txt", list[str](), Row()
        for what, call in (("drop_off", stage_funnel), ("measured", measured_emotion)):
            try:
                measured[what] = call(w)
            except JourneykitError as problem:  # without it a map is still one
                covered = isinstance(problem, Covered)
                notes.append(f"{'' if covered else 'Not on the map: '}{problem}")
        if (w.folder.root / displaced).exists():
            notes.append(f"What two people wrote over one another is kept in {displaced}.")
        if further:
            names = ", ".join(f"“{each.name}” ({each.id})" for each in further)
            notes.append(
                f"{w.persona.name} has further journeys, whose maps stand below: {names}. Their "
                "claims are held as well, and goals, content, feelings, walk and playbook are "
                "asked of each. Notes, forms and the plan are about this one: `journey` chooses."
            )
        rows = [
            {
                **atlas_row(w.workshop, each, verdicts(evidence, each) if place == "map" else ()),
                "under": w.folder.under(each),
                "anchor": f"{phase}-{place}" + f"-{each.id}" * (each not in (first, w.to_be)),
            }
            for phase, place, maps in (
                ("start-here", "map", (first, *further)),
                ("test-the-journey", "to-be", w.planned),
            )
            for each in maps
        ]
        drawn = self._drawn(first, measured)
        return {
            **drawn,
            "notes": [*notes, *drawn["notes"]],
            "numbers": {**drawn["numbers"], "journeys": rows},
            "more": [
                self.panel(f"map-{each.id}", **self._drawn(each, measured)) for each in further
            ],
        }

    def _drawn(self, journey: Journey, measured: Row) -> Found:
        w, marks = self.w, Counter(card.evidence for card in journey.cards)
        every = map(w.folder.journey, w.folder.journey_ids())
        below = [j for j in every if j.parent and j.parent.journey == journey.id]
        said = ", ".join(f"{marks[each]} {each}" for each in ("assumed", "heard", "measured"))
        shown = (w.workshop, w.persona, journey)
        held = {"claims": claim_marks(w, journey), "folder": w.folder.root, **measured}
        where = f" This journey stands {up}." if (up := w.folder.under(journey)) else ""
        name = f"{w.persona.name}: {journey.name}"
        return says(
            f"{people(len(journey.cards), 'notes')}: {said}.{where}",
            title=name if w.journeys[1:] else f"The journey of {w.persona.name}",
            notes=[f"“{each.name}” stands {w.folder.under(each)}." for each in below],
            svg=charts.journey_map(*shown, **held),
            sheets=charts.journey_sheets(*shown, **held),
            booklet=charts.journey_sheets(*shown, format="a4", **held),
            frame=DataFrame(charts.journey_text(w.workshop, w.persona, journey)),
            numbers={"cards": len(journey.cards), **marks},
        )

    def board(self) -> Any:
        """Work on the map: the board, with what the data says under each stage."""
        return board(self, "board-asked", "The board")
