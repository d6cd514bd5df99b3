"""05, second half: what the map lacks, what a change would bring, and what to talk about next."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import accumulate

from pandas import DataFrame, concat

from journeykit import charts
from journeykit.claims import Evidence, lint, verdicts
from journeykit.claims.agenda import MOST_MINUTES, Ground, next_agenda, of_records, whose
from journeykit.claims.changes import KEPT, change_words, planned_changes
from journeykit.claims.diff import SIGNS
from journeykit.claims.numbers import compare_numbers, main_numbers
from journeykit.claims.testing import journey_tests
from journeykit.errors import NoTable
from journeykit.model import Journey, ranking
from journeykit.numbers.catalogue import CATALOGUE

from .after import last_result, now_as_result
from .asking import Row
from .claiming import Claiming
from .measures import alarms, promise_table
from .panel import Found, Panel, asks, says
from .rounds import knew, recorded


class Planning(Claiming):
    """What follows from the map and the claims."""

    # --- the map read by a second reader ----------------------------------------------------

    @asks
    def lint(self) -> Found:
        """Read the map as a second reader would: gaps, stale evidence, steps without a purpose."""
        found = lint(self.w.folder, self.w, personas=[self.w.persona_id])
        open_ = [finding for finding in found if not finding.because]
        numbers = {"rows": [each.row() for each in open_], "silenced": len(found) - len(open_)}
        return {"rows": open_, "numbers": numbers}

    @asks
    def to_be(self) -> Found | str:
        """Compare the map as it is with the map as it is meant to be, each with its own."""
        w, first = self.w, self.w.to_be
        if not w.planned:
            return "There is no to-be map of this persona yet."
        none = says("There is no to-be map of this journey yet.")
        return {
            **(self._compared(first) if first else none),
            "more": [
                self.panel(
                    f"to-be-{each.id}", f"As it is meant to be: {each.name}", **self._compared(each)
                )
                for each in w.planned
                if each != first
            ],
        }

    def _compared(self, planned: Journey) -> Found:
        w = self.w
        now = w.folder.as_is_of(planned) or w.journey
        frame = DataFrame(
            charts.compare_text(w.workshop, now, planned),
            columns=["change", "stage", "lane", "card", "what"],
        )
        counted = frame["change"].value_counts().to_dict()
        frame["change"] = [f"{SIGNS[word]} {word}" for word in frame["change"]]
        said = ", ".join(f"{n} {word}" for word, n in counted.items()) or "nothing changes"
        changes = "; ".join(change_words(change, w.stage_names) for change in planned.changes)
        shown, folder = (w.workshop, w.persona, now, planned), w.folder.root
        return says(
            f"Notes: {said}.{f' What changes: {changes}.' if changes else ''}",
            svg=charts.journey_compare(*shown, folder=folder),
            sheets=charts.compare_sheets(*shown, folder=folder),
            frame=frame,
            numbers=counted,
        )

    # --- what if ----------------------------------------------------------------------------

    def what_if(self, change: float | str = "50%") -> Panel:
        """Show what the planned changes, and mending any one step, would do to the end result."""
        made, panel = CATALOGUE["mend_steps"], self.mend_steps(change)
        planned = None if "steps" in self.w.covered or not self.w.events else self._planned()
        if planned is not None and planned["difference"].notna().any():
            told = planned[planned["difference"].notna()]
            told = told.assign(scenario=[f"Planned: {each}" for each in told["change"]])
            mended = made.answer(self.w, change=change) if panel.chart else told[:0]
            frame = concat([mended, told], ignore_index=True)
            frame.attrs = {**mended.attrs, "drawn": frame.copy()}
            panel = self._panel_of(made, made.id, made.ask, frame, "")
        red = [
            f"{test.name} ({test.light}). The shares here are of all nights, also those before."
            for test in alarms(self.w).values()
            if test.alarm["colour"] == "red"
        ]
        return replace(panel, notes=(*panel.notes, *red))

    def _planned(self) -> DataFrame | None:
        planned = self.w.to_be
        if planned is None or not planned.changes:
            return None
        return planned_changes(Evidence.of(self.w), planned, self.w.journey)

    @asks
    def plan(self) -> Found | str:
        """Show what each planned change would bring, how to find out, and what is known by now."""
        if self.w.events is None:
            raise NoTable("events", "the steps of the funnel")
        frame = self._planned()
        if frame is None:
            return (
                "The to-be map states no change yet. Write into the form above what it "
                "changes: what, which step, by how much."
            )
        return {
            "plan": frame,
            "rows": frame.to_dict("records"),
            "sql": frame.attrs["sql"],
            "notes": [*frame.attrs["notes"], *frame["change"] + ". " + frame["assumptions"]],
            "numbers": {"rows": frame[KEPT].to_dict("records")},
        }

    @asks
    def beliefs(self) -> Found | str:
        """Show how well the team knew its numbers before it saw them, over all rounds and
        sessions.
        """
        return knew(self.w)

    @asks
    def notes(self) -> Found | str:
        """Show what the team wrote, question by question, over all sessions."""
        rows = []
        for each in recorded(self.w, "rounds"):
            notes = [note for note in self._of("notes", each.id) if note.revealed]
            if notes and each.persona == self.w.persona_id:
                ranked = ranking(notes, self._of("votes", each.id), each.groups)
                rows.append({"round": each, "notes": notes, "ranked": ranked})
        return {"rows": rows} if rows else "Nobody has revealed a note yet."

    # --- the next session -------------------------------------------------------------------

    @asks
    def next_agenda(self, minutes: int = MOST_MINUTES) -> Found:
        """Propose the next session from what was refuted, flipped, moved or has gone stale."""
        w, last = self.w, last_result(self.w)
        lights = {id: {"light": test.light} for id, test in alarms(w).items()}
        agenda, left = next_agenda(
            [found.row() | lights.get(found.id, {}) for found in verdicts(Evidence.of(w))],
            (last or {}).get("claims") or [],
            lint(w.folder, w, personas=[w.persona_id]),
            self._more(last),
            minutes,
            names=whose(w.folder) | {w.persona_id: ""},
        )
        if not agenda:
            seen = w.journey.reviewed or w.workshop.now().date()
            return {"due": w.workshop.review_due(seen), "numbers": {"rows": [], "minutes": 0}}
        begun = [*accumulate((item.minutes for item in agenda), initial=0)]
        return {
            "rows": [*zip(begun, agenda)],
            "left": left,
            "most": minutes,
            "numbers": {
                "rows": [item.row() for item in agenda],
                "minutes": begun[-1],
                "left_out": [item.row() for item in left],
            },
        }

    def _more(self, last: Row | None) -> Iterator[Ground]:
        """Evidence beside claims and lint: promises, numbers that fell, walks, experiments,
        decisions.
        """
        w, promises = self.w, promise_table(self.w)
        if promises is not None:
            for row in promises[promises["verdict"] == "broken"].itertuples():
                yield "broken", str(row.text), ""
        if last is not None and w.events is not None:
            moved = compare_numbers(main_numbers(last), main_numbers(now_as_result(w)))
            for row in moved[moved["moved"] & (moved["difference"] < 0)].itertuples():
                if row.group in ("main", "steps") and not row.key.startswith("promise-"):
                    yield "worse", str(row.label), ""
        for test in journey_tests(Evidence.of(w), [w.persona_id]):
            if test.kind == "walk" and test.colour == "amber":
                yield "walk", test.why, ""
        for record in w.folder.records("experiments"):
            if record.counts and record.persona in (None, w.persona_id):
                yield "experiment", record.title, ""
        yield from of_records(w.folder)
