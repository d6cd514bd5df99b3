"""05 Test the journey: walk it, claim and check, ask what a change would do, plan the
experiment.
"""

import datetime as dt
from typing import Any

from pandas import DataFrame

from journeykit.errors import Refused
from journeykit.model import Journey
from journeykit.numbers.catalogue import CATALOGUE
from journeykit.numbers.experiment import sample_size
from journeykit.widgets import JourneyWalk, walk_html, walk_view
from journeykit.words import label, people, percent, points

from .asking import Row
from .board import board
from .panel import Found, asks, says
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

    def _walks(self, journey: Journey) -> tuple[Row, str]:
        w = self.w
        view = walk_view(w.workshop, w.persona, journey, w.folder.records("walks"))
        return view, people(len(view["walks"]), "walkers")

    @asks
    def _walk_sheet(self, journey: Journey) -> Found:
        view, walkers = self._walks(journey)
        steps = len(view["script"])
        return says(f"{steps} steps from A to B, {walkers} so far.", html=walk_html(view))

    @asks
    def walk(self, journey: Journey) -> Found:
        """Show the coverage of the walks: was every touchpoint seen, how it felt, what was
        found.
        """
        view, walkers = self._walks(journey)
        rows = [_walked(step, view) for step in view["script"]]
        frame = DataFrame(rows, columns="stage step seen seen_by felt finding on_the_map".split())
        covered = int(frame["seen"].str.startswith("●").sum())
        found, mapped = (int((frame[name] != "").sum()) for name in ("finding", "on_the_map"))
        said = (
            f"{covered} of {len(rows)} steps were walked by {walkers}, {found} things were found."
        )
        last = max((walk["date"] for walk in view["walks"].values()), default="")
        if last:
            age = (self.w.workshop.now().date() - dt.date.fromisoformat(last)).days
            stale = age > self.w.workshop.review_days
            late = " That is longer ago than the review interval." if stale else ""
            said += f" Last walk: {last}.{late}"
        return says(
            said,
            frame=frame,
            numbers={
                "steps": len(rows),
                "seen": covered,
                "findings": found,
                "walkers": len(view["walks"]),
                "on_the_map": mapped,
            },
        )

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
        longest = max((row["days"] for row in rows if row.get("days")), default=None)
        verb = "is" if len(records) == 1 else "are"
        said = f"{people(len(records), 'experiments')} {verb} planned"
        if longest is not None:
            said += f"; it takes up to {longest:,.0f} days at today's traffic of this persona"
        return says(f"{said}.", frame=rows, numbers={"planned": len(records)})

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
        rows = [
            {
                "idea": idea.text,
                "stage": w.stage_names.get(idea.stage, "–"),
                "serves": goals.get(idea.serves, "⚠ no goal of this persona"),
            }
            for idea in w.folder.records("ideas")
            if idea.persona in (None, w.persona_id)
        ]
        loose = sum(row["serves"][0] == "⚠" for row in rows)
        return says(
            f"{loose} of {len(rows)} ideas serve no stated goal of {w.persona.name}.",
            frame=rows,
            numbers={"ideas": len(rows), "without_goal": loose},
        )

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


def _walked(step: Row, view: Row) -> Row:
    """One step of the map with what all walkers say about it."""
    walks, cards = view["walks"].values(), view["cards"]
    took = [(w["author"], w["steps"][step["id"]]) for w in walks if step["id"] in w["steps"]]
    hows = [how for _, how in took]
    seen = [author for author, how in took if how["seen"]]
    stuck = any(how.get("why") == "not-possible" for how in hows)
    felt = [how["felt"] for how in hows if "felt" in how]
    lanes = {label(cards[m]["lane"]) for how in hows if (m := how.get("made")) in cards}
    return {
        "stage": step["stage_name"],
        "step": step["text"],
        "seen": "● seen" if seen else "✗ not possible" if stuck else "○ not seen",
        "seen_by": ", ".join(seen),
        "felt": f"{sum(felt) / len(felt):+.1f} (n = {len(felt)})" if felt else "",
        "finding": "; ".join(
            f"{author}: {how['finding']}" if len(walks) > 1 else how["finding"]
            for author, how in took
            if how.get("finding")
        ),
        "on_the_map": ", ".join(sorted(lanes)),
    }
