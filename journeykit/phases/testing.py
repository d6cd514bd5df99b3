"""05 Test the journey: walk it, claim and check, ask what a change would do, plan the experiment."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from journeykit import analysis, charts
from journeykit.claims.testing import WALKED
from journeykit.model import RECORD_KINDS
from journeykit.phases.board import board
from journeykit.phases.labels import percent
from journeykit.phases.panel import Panel
from journeykit.phases.planning import Planning
from journeykit.widgets import Field

__all__ = ["TestTheJourney"]


class TestTheJourney(Planning):
    """The fifth phase."""

    __test__ = False  # not a class of tests, whatever its name
    id = "test-the-journey"

    # --- the walk -------------------------------------------------------------------------

    def _script(self) -> list[Any]:
        """The touchpoints and actions of the map, in the order of the stages."""
        stages = list(self.w.stage_names)
        cards = [c for c in self.w.journey.cards if c.lane in WALKED and c.stage in stages]
        return sorted(cards, key=lambda c: (stages.index(c.stage), WALKED.index(c.lane), c.order))

    def ask_walk(self) -> Any:
        """Walk the journey in the customer's shoes; saved under ``records/walks``."""
        walk_id = f"walk-{self.w.persona_id}"
        known = self.w.folder.record("walks", walk_id)
        steps = {s.card: s for s in known.steps} if known else {}
        names = self.w.stage_names
        rows = [
            {
                "card": card.id,
                "step": f"{names[card.stage]}: {card.text}",
                "seen": card.id in steps and steps[card.id].seen,
                "finding": steps[card.id].finding if card.id in steps else "",
            }
            for card in self._script()
        ]
        fields = [
            Field("step", "Do this", "long"),
            Field("seen", "Seen", "check", help="done"),
            Field("finding", "What did you find?", "long"),
        ]

        def save(told: list[dict[str, Any]]) -> None:
            now = self.w.folder.record("walks", walk_id)
            walked: dict[str, Any] = {card.id: {"card": card.id} for card in self._script()}
            walked |= {step.card: step.plain() for step in now.steps} if now else {}
            for row in told:
                news = {key: row[key] for key in ("card", "seen", "finding") if key in row}
                walked[row["card"]] = {**walked.get(row["card"], {}), **news}
            record = {
                **(now.plain() if now else {"id": walk_id, "persona": self.w.persona_id}),
                "journey": self.w.journey.id,
                "date": dt.date.today(),
                "steps": list(walked.values()),
            }
            self.w.folder.save_record("walks", RECORD_KINDS["walks"].model_validate(record))

        return self.ask_rows(
            "walk-asked", f"Walk it as {self.w.persona.name}", fields, rows, save, add=None, fixed=["card"]
        )

    def walk(self) -> Panel:
        """Show the coverage of the walks: was every touchpoint seen, what was found."""
        script = self._script()
        walks = [w for w in self.w.folder.records("walks") if w.persona in (None, self.w.persona_id)]
        seen = {s.card for walk in walks for s in walk.steps if s.seen}
        findings = {s.card: s.finding for walk in walks for s in walk.steps if s.finding}
        names = self.w.stage_names
        frame = pd.DataFrame(
            [
                {"stage": names[c.stage], "step": c.text, "seen": "● seen" if c.id in seen else "○ not seen",
                 "finding": findings.get(c.id, "")}
                for c in script
            ]
        )  # fmt: skip
        covered = sum(c.id in seen for c in script)
        last = max((w.date for w in walks if w.date), default=None)
        said = f"{covered} of {len(script)} steps were walked, {len(findings)} things were found."
        if last:
            age = (dt.date.today() - last).days
            stale = (
                " That is longer ago than the review interval." if age > self.w.workshop.review_days else ""
            )
            said += f" Last walk: {last}.{stale}"
        return self.panel(
            "walk", "Does the journey work from A to B?", said,
            counts="Touchpoints and actions on the map",
            frame=frame, formats=dict.fromkeys(frame.columns, "text"),
            numbers={"steps": len(script), "seen": covered, "findings": len(findings)},
        )  # fmt: skip

    # --- experiments --------------------------------------------------------------------------

    def ask_experiments(self) -> Any:
        """Ask for experiments: on which step, for which effect, what would change our mind."""
        fields = [
            Field("title", "What do we try?", "long"),
            Field("idea", "For which idea", "choice",
                  [(i.text, i.id) for i in self.w.folder.records("ideas")]),
            Field("step", "Which step should move", "choice", list(self.w.steps)[1:]),
            Field("lift", "By how much", "number", help="0.03 means 3 points"),
            Field("changes_our_mind", "What would change our mind?", "long"),
        ]  # fmt: skip
        rows = [r.plain() for r in self.w.folder.records("experiments")]
        return self.ask_rows(
            "experiments-asked", "Experiments", fields, rows,
            lambda told: self.save_rows("experiments", told, "title"), add="Add an experiment",
            fixed=["id", "persona"],
        )  # fmt: skip

    def experiments(self) -> Panel:
        """Compute sample size and duration of each experiment from the base rate in the data."""
        records = self.w.folder.records("experiments")
        if self.w.events is None or not records:
            return self.panel("experiments", "How would we find out?", "No experiment is planned yet.")
        funnel = analysis.funnel(self.w.events, self.w.steps).set_index("step")
        rows = []
        for record in records:
            if record.step not in funnel.index or not record.lift:
                rows.append({"experiment": record.title, "step": record.step or "–",
                             "changes our mind": record.changes_our_mind})  # fmt: skip
                continue
            place = int(funnel.loc[record.step, "step_number"])
            before = funnel[funnel["step_number"] == place - 1]["users"]
            base, arriving = funnel.loc[record.step, "of_previous"], int(before.iloc[0])
            plan = analysis.sample_size(base, record.lift, per_day=arriving / self.w.days).iloc[0]
            rows.append(
                {"experiment": record.title, "step": record.step, "today": percent(base),
                 "to find": f"{100 * record.lift:+.1f} points", "per_group": plan["n_per_arm"],
                 "days": plan["days"], "changes our mind": record.changes_our_mind}
            )  # fmt: skip
        frame = pd.DataFrame(rows)
        longest = frame["days"].max() if "days" in frame else None
        said = "1 experiment is planned" if len(records) == 1 else f"{len(records)} experiments are planned"
        if longest == longest and longest is not None:
            said += f"; it takes up to {longest:,.0f} days at today's traffic of this persona"
        return self.panel(
            "experiments", "How would we find out?", f"{said}.",
            counts="Two groups of equal size, power 80%, 5% two-sided",
            frame=frame,
            formats={**dict.fromkeys(frame.columns, "text"), "per_group": "int", "days": "int"},
            numbers={"planned": len(records)},
        )  # fmt: skip

    def results(self) -> Panel:
        """Read the experiments whose counts have been written down."""
        title, frames = "What did they find?", []
        for record in self.w.folder.records("experiments"):
            if record.counts:
                counts = zip(*record.counts.values(), strict=True)
                users, converted = (dict(zip(record.counts, numbers, strict=True)) for numbers in counts)
                found = analysis.read_ab(users, converted)
                frames.append(found.assign(experiment=record.title))
        if not frames:
            return self.panel("results", title, "No experiment has counts yet. Write them in its file under "
                              "`counts:`, each group with how many were in it and how many did it.")  # fmt: skip
        frame = pd.concat(frames, ignore_index=True)
        told = frame[frame["verdict"] != "control"]
        said = "; ".join(f"{r.experiment}, “{r.arm}”: {r.verdict}" for r in told.itertuples())
        return self.panel(
            "results", title, f"{said}.", counts="Customers by the group that they were put in",
            frame=frame,
            columns=["experiment", "arm", "users", "converted", "conversion", "low", "high", "difference",
                     "diff_low", "diff_high", "verdict", "small_n"],
            formats={**dict.fromkeys(("experiment", "arm", "verdict"), "text"),
                     **dict.fromkeys(("difference", "diff_low", "diff_high"), "points")},
            chart=charts.read_ab(frames[-1]),
            notes=[note for found in frames for note in found.attrs["notes"]],
            numbers={f"{r.experiment}: {r.arm}": r.verdict for r in told.itertuples()},
        )  # fmt: skip

    # --- ideas ----------------------------------------------------------------

    def ask_ideas(self) -> Any:
        """Ask for ideas, and which goal of the customer each one serves."""
        fields = [
            Field("text", "Idea", "long"),
            Field("stage", "Stage", "choice", [(n, i) for i, n in self.w.stage_names.items()]),
            Field("serves", "Serves the goal", "choice",
                  [(c.text, c.id) for c in self.w.journey.at(lane="goals")]),
        ]  # fmt: skip
        rows = [r.plain() for r in self.w.folder.records("ideas")]
        return self.ask_rows(
            "ideas-asked", "Ideas", fields, rows, lambda told: self.save_rows("ideas", told, "text"),
            add="Add an idea", fixed=["id", "persona"],
        )  # fmt: skip

    def ideas(self) -> Panel:
        """Check each idea against the customer's goals."""
        goals = {c.id: c.text for c in self.w.journey.at(lane="goals")}
        records = [r for r in self.w.folder.records("ideas") if r.persona in (None, self.w.persona_id)]
        frame = pd.DataFrame(
            [
                {"idea": r.text, "stage": self.w.stage_names.get(r.stage or "", "–"),
                 "serves": goals.get(r.serves or "", "⚠ no goal of this persona")}
                for r in records
            ],
            columns=["idea", "stage", "serves"],
        )  # fmt: skip
        loose = int(frame["serves"].str.startswith("⚠").sum()) if len(frame) else 0
        return self.panel(
            "ideas", "Do our ideas serve the customer?",
            f"{loose} of {len(frame)} ideas serve no stated goal of {self.w.persona.name}.",
            frame=frame, formats=dict.fromkeys(frame.columns, "text"),
            numbers={"ideas": len(frame), "without_goal": loose},
        )  # fmt: skip

    def ask_to_be(self) -> Any:
        """Change the map into what it is meant to be, beside the map as it is."""
        return self.touch(lambda: board(self.w, show="both"), self.to_be)
