"""05 Test the journey: walk it, claim and check, ask what a change would do, plan the
experiment.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from pandas import DataFrame

from journeykit.errors import Refused
from journeykit.model import Journey
from journeykit.numbers.catalogue import CATALOGUE
from journeykit.numbers.experiment import sample_size
from journeykit.widgets import JourneyWalk, walk_html, walk_view
from journeykit.words import label, percent, points

from .asking import Row
from .board import board
from .panel import Found, asks
from .planning import Planning


class TestTheJourney(Planning):
    """The fifth phase."""

    __test__ = False  # not a class of tests, whatever its name
    id = "test-the-journey"
    numbers = "results=experiment_results"

    # --- the walk -------------------------------------------------------------------------

    def ask_walk(self) -> Any:
        """Walk the journey in the customer's shoes; saved under ``records/walks``, by walker."""
        w = self.w
        return JourneyWalk(w.desk, w.journey.id, w.persona_id) if w.live else self._walk_sheet()

    def _walks(self, journey: Journey) -> Row:
        w = self.w
        return walk_view(w.workshop, w.persona, journey, w.folder.records("walks"))

    @asks
    def _walk_sheet(self, journey: Journey) -> Found:
        view = self._walks(journey)
        return {"view": view, "html": walk_html(view)}

    @asks
    def walk(self, journey: Journey) -> Found:
        """Show the coverage of the walks: was every touchpoint seen, how it felt, what was
        found.
        """
        view = self._walks(journey)
        last = max((walk["date"] for walk in view["walks"].values()), default="")
        today = self.w.workshop.now().date()
        age = (today - dt.date.fromisoformat(last)).days if last else 0
        return {"view": view, "rows": [*_walked(view)], "last": last, "age": age}

    # --- experiments --------------------------------------------------------------------------

    def ask_experiments(self) -> Any:
        """Ask for experiments: on which step, for which effect, what would change our mind."""
        ideas = [(idea.text, idea.id) for idea in self.w.folder.records("ideas")]
        told = [
            {**each.plain(), "counts": "; ".join(map(_group, each.counts.items()))}
            for each in self.w.experiments
        ]
        return self.ask_records("experiments", known=told, idea=ideas, step=list(self.w.steps)[1:])

    @asks
    def experiments(self) -> Found | str:
        """Compute sample size and duration of each experiment from the base rate in the data."""
        records = self.w.folder.records("experiments")
        if self.w.events is None or not records:
            return "No experiment is planned yet."
        steps = CATALOGUE["funnel"].answer(self.w).set_index("step")
        rows = [self._sized(record, steps) for record in records]
        return {"frame": rows, "days": [row["days"] for row in rows if row.get("days")]}

    def _sized(self, record: Any, steps: DataFrame) -> Row:
        """One experiment with its sample size, where the data has its step."""
        row = {"experiment": record.title, "step": record.step or "–"}
        if record.step in steps.index and record.lift:
            base, place = steps.loc[record.step, ["of_previous", "step_number"]]
            arriving = int(steps.loc[steps["step_number"] == place - 1, "users"].iloc[0])
            plan = sample_size(base, record.lift, per_day=arriving / self.w.days).iloc[0]
            row |= {"today": percent(base), "to find": points(record.lift)}
            row |= {"per_group": plan["n_per_arm"], "days": plan["days"]}
        return {**row, "changes our mind": record.changes_our_mind}

    # --- ideas ----------------------------------------------------------------

    def ask_ideas(self) -> Any:
        """Ask for ideas, and which goal of the customer each one serves."""
        goals = [(c.text, c.id) for j in self.w.journeys for c in j.at(lane="goals")]
        return self.ask_records("ideas", serves=goals)

    @asks
    def ideas(self) -> Found:
        """Check each idea against the customer's goals."""
        w = self.w
        goals = {card.id: card.text for j in w.journeys for card in j.at(lane="goals")}
        ideas = w.folder.records("ideas")
        return {
            "rows": [idea for idea in ideas if idea.persona in (None, w.persona_id)],
            "goals": goals,
        }

    def ask_changes(self) -> Any:
        """Ask what the to-be map does differently, so that the data can say what it would bring."""
        w = self.w
        ideas = [(idea.text, idea.id) for idea in w.folder.records("ideas")]
        goals = [(card.text, card.id) for card in w.journey.at(lane="goals")]

        def known() -> Row:
            changes = self.w.to_be.changes if self.w.to_be else ()
            named = [(each.id or f"change-{n}", each) for n, each in enumerate(changes)]
            return {id: each.with_(id=id) for id, each in named}

        def keep(changes: list[Row], _: Any) -> None:
            if not self.w.to_be:
                raise Refused("start the to-be map first, on the board above")
            w.folder.save(self.w.to_be.with_(changes=changes))

        steps = [*w.workshop.steps()]
        return self.ask_models("changes", known, keep, step=steps, idea=ideas, serves=goals)

    def ask_to_be(self) -> Any:
        """Change the map into what it is meant to be, beside the map as it is."""
        return board(self, "to-be-asked", "The map as it is, and as it is meant to be", show="both")


def _group(counts: tuple[str, tuple[int, int]]) -> str:
    """Write one group of an experiment as people do."""
    return f"{counts[0]}: {counts[1][1]} of {counts[1][0]}"


def _walked(view: Row) -> Iterator[Row]:
    """Each step of the map with what all walkers say about it."""
    walks, cards = view["walks"].values(), view["cards"]
    said = "{author}: {finding}" if len(walks) > 1 else "{finding}"
    for step in view["script"]:
        took = [{**w, **w["steps"][step["id"]]} for w in walks if step["id"] in w["steps"]]
        made = [cards[how["made"]] for how in took if how.get("made") in cards]
        yield {
            "step": step,
            "took": took,
            "felt": [how["felt"] for how in took if "felt" in how],
            "found": [said.format(**how) for how in took if how.get("finding")],
            "lanes": sorted({label(card["lane"]) for card in made}),
        }
