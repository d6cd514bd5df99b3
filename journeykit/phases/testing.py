"""05 Test the journey: walk it, claim and check, ask what a change would do, plan the experiment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, ClassVar

import pandas as pd

from journeykit import numbers
from journeykit.phases.board import board
from journeykit.phases.panel import Panel
from journeykit.phases.planning import Planning
from journeykit.widgets import Field, JourneyWalk, walk_html, walk_view
from journeykit.words import label, people, percent

__all__ = ["TestTheJourney"]


class TestTheJourney(Planning):
    """The fifth phase."""

    __test__ = False  # not a class of tests, whatever its name
    id = "test-the-journey"
    numbers: ClassVar = {"results": "experiment_results"}

    # --- the walk -------------------------------------------------------------------------

    def ask_walk(self) -> Any:
        """Walk the journey in the customer's shoes; saved under ``records/walks``, by walker."""
        w = self.w
        return self.touch(lambda: JourneyWalk(w.desk, w.journey.id, w.persona_id), self._walk_sheet)

    def _walks(self) -> dict[str, Any]:
        return walk_view(
            self.w.workshop, self.w.persona, self.w.journey, self.w.folder.records("walks")
        )

    def _walk_sheet(self) -> Panel:
        view = self._walks()
        return self.panel(
            "walk-asked",
            f"Walk it as {self.w.persona.name}",
            f"{len(view['script'])} steps from A to B, {people(len(view['walks']), 'walkers')} so far.",
            html=walk_html(view),
        )

    def walk(self) -> Panel:
        """Show the coverage of the walks: was every touchpoint seen, how it felt, what was found."""
        view = self._walks()
        rows = [_walked(step, view) for step in view["script"]]
        columns = ["stage", "step", "seen", "seen_by", "felt", "finding", "on_the_map"]
        frame = pd.DataFrame(rows, columns=columns)
        covered = int(frame["seen"].str.startswith("●").sum())
        found = int((frame["finding"] != "").sum())
        said = (
            f"{covered} of {len(rows)} steps were walked by {people(len(view['walks']), 'walkers')}, "
            f"{found} things were found."
        )
        last = max((walk["date"] for walk in view["walks"].values()), default="")
        if last:
            age = (dt.date.today() - dt.date.fromisoformat(last)).days
            stale = age > self.w.workshop.review_days
            said += f" Last walk: {last}.{' That is longer ago than the review interval.' if stale else ''}"
        return self.panel(
            "walk",
            "Does the journey work from A to B?",
            said,
            counts="Touchpoints and actions on the map; feelings from -2 to 2, the mean over the walkers",
            frame=frame,
            formats=dict.fromkeys(frame.columns, "text"),
            numbers={
                "steps": len(rows),
                "seen": covered,
                "findings": found,
                "walkers": len(view["walks"]),
                "on_the_map": int((frame["on_the_map"] != "").sum()),
            },
        )

    # --- experiments --------------------------------------------------------------------------

    def ask_experiments(self) -> Any:
        """Ask for experiments: on which step, for which effect, what would change our mind."""
        fields = [
            Field("title", "What do we try?", "long"),
            Field(
                "idea",
                "For which idea",
                "choice",
                [(i.text, i.id) for i in self.w.folder.records("ideas")],
            ),
            Field("step", "Which step should move", "choice", list(self.w.steps)[1:]),
            Field("lift", "By how much", "number", help="0.03 means 3 points"),
            Field("changes_our_mind", "What would change our mind?", "long"),
        ]
        rows = [r.plain() for r in self.w.folder.records("experiments")]
        return self.ask_rows(
            "experiments-asked",
            "Experiments",
            fields,
            rows,
            lambda told: self.save_rows("experiments", told, "title"),
            add="Add an experiment",
            fixed=["id", "persona"],
        )

    def experiments(self) -> Panel:
        """Compute sample size and duration of each experiment from the base rate in the data."""
        records = self.w.folder.records("experiments")
        if self.w.events is None or not records:
            return self.panel(
                "experiments", "How would we find out?", "No experiment is planned yet."
            )
        funnel = numbers.funnel(self.w.events, self.w.steps).set_index("step")
        rows = []
        for record in records:
            if record.step not in funnel.index or not record.lift:
                rows.append(
                    {
                        "experiment": record.title,
                        "step": record.step or "–",
                        "changes our mind": record.changes_our_mind,
                    }
                )
                continue
            place = int(funnel.loc[record.step, "step_number"])
            before = funnel[funnel["step_number"] == place - 1]["users"]
            base, arriving = funnel.loc[record.step, "of_previous"], int(before.iloc[0])
            plan = numbers.sample_size(base, record.lift, per_day=arriving / self.w.days).iloc[0]
            rows.append(
                {
                    "experiment": record.title,
                    "step": record.step,
                    "today": percent(base),
                    "to find": f"{100 * record.lift:+.1f} points",
                    "per_group": plan["n_per_arm"],
                    "days": plan["days"],
                    "changes our mind": record.changes_our_mind,
                }
            )
        frame = pd.DataFrame(rows)
        longest = frame["days"].max() if "days" in frame else None
        said = (
            "1 experiment is planned"
            if len(records) == 1
            else f"{len(records)} experiments are planned"
        )
        if longest == longest and longest is not None:
            said += f"; it takes up to {longest:,.0f} days at today's traffic of this persona"
        return self.panel(
            "experiments",
            "How would we find out?",
            f"{said}.",
            counts="Two groups of equal size, power 80%, 5% two-sided",
            frame=frame,
            formats={**dict.fromkeys(frame.columns, "text"), "per_group": "int", "days": "int"},
            numbers={"planned": len(records)},
        )

    # --- ideas ----------------------------------------------------------------

    def ask_ideas(self) -> Any:
        """Ask for ideas, and which goal of the customer each one serves."""
        fields = [
            Field("text", "Idea", "long"),
            Field("stage", "Stage", "choice", [(n, i) for i, n in self.w.stage_names.items()]),
            Field(
                "serves",
                "Serves the goal",
                "choice",
                [(c.text, c.id) for c in self.w.journey.at(lane="goals")],
            ),
        ]
        rows = [r.plain() for r in self.w.folder.records("ideas")]
        return self.ask_rows(
            "ideas-asked",
            "Ideas",
            fields,
            rows,
            lambda told: self.save_rows("ideas", told, "text"),
            add="Add an idea",
            fixed=["id", "persona"],
        )

    def ideas(self) -> Panel:
        """Check each idea against the customer's goals."""
        goals = {c.id: c.text for c in self.w.journey.at(lane="goals")}
        records = [
            r for r in self.w.folder.records("ideas") if r.persona in (None, self.w.persona_id)
        ]
        frame = pd.DataFrame(
            [
                {
                    "idea": r.text,
                    "stage": self.w.stage_names.get(r.stage or "", "–"),
                    "serves": goals.get(r.serves or "", "⚠ no goal of this persona"),
                }
                for r in records
            ],
            columns=["idea", "stage", "serves"],
        )
        loose = int(frame["serves"].str.startswith("⚠").sum()) if len(frame) else 0
        return self.panel(
            "ideas",
            "Do our ideas serve the customer?",
            f"{loose} of {len(frame)} ideas serve no stated goal of {self.w.persona.name}.",
            frame=frame,
            formats=dict.fromkeys(frame.columns, "text"),
            numbers={"ideas": len(frame), "without_goal": loose},
        )

    def ask_to_be(self) -> Any:
        """Change the map into what it is meant to be, beside the map as it is."""
        title = "The map as it is, and as it is meant to be"
        return board(self, "to-be-asked", title, show="both")


def _walked(step: Mapping[str, Any], view: Mapping[str, Any]) -> dict[str, Any]:
    """One step of the map with what all walkers say about it."""
    took = [
        (w["author"], w["steps"][step["id"]])
        for w in view["walks"].values()
        if step["id"] in w["steps"]
    ]
    seen = [author for author, how in took if how["seen"]]
    stuck = any(how.get("why") == "not-possible" for _, how in took)
    felt = [how["felt"] for _, how in took if "felt" in how]
    found = [(author, how["finding"]) for author, how in took if how.get("finding")]
    lanes = [
        view["cards"][how["made"]]["lane"] for _, how in took if how.get("made") in view["cards"]
    ]
    return {
        "stage": step["stage_name"],
        "step": step["text"],
        "seen": "● seen" if seen else "✗ not possible" if stuck else "○ not seen",
        "seen_by": ", ".join(seen),
        "felt": f"{sum(felt) / len(felt):+.1f} (n = {len(felt)})" if felt else "",
        "finding": "; ".join(
            f"{author}: {text}" if len(view["walks"]) > 1 else text for author, text in found
        ),
        "on_the_map": ", ".join(sorted({label(lane) for lane in lanes})),
    }
