"""05 Test the journey: walk it, ask what a change would do, plan the experiment."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from journeykit import analysis, charts
from journeykit.errors import AnalysisError
from journeykit.model import RECORD_KINDS
from journeykit.phases.board import board
from journeykit.phases.labels import percent
from journeykit.phases.panel import Panel
from journeykit.phases.phase import Phase
from journeykit.widgets import Field

__all__ = ["TestTheJourney"]

_WALKED = ("touchpoints", "actions")


class TestTheJourney(Phase):
    """The fifth phase."""

    __test__ = False  # not a class of tests, whatever its name
    id = "test-the-journey"

    # --- the walk -------------------------------------------------------------------------

    def _script(self) -> list[Any]:
        """The touchpoints and actions of the map, in the order of the stages."""
        stages = list(self.w.stage_names)
        cards = [c for c in self.w.journey.cards if c.lane in _WALKED and c.stage in stages]
        return sorted(cards, key=lambda c: (stages.index(c.stage), _WALKED.index(c.lane), c.order))

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

    # --- what if ----------------------------------------------------------------------------

    def what_if(self, change: str = "50%") -> Panel:
        """Show what it would do to the end result if a step lost half as many customers."""
        title = "What would mending a step do?"
        if self.w.events is None or len(self.w.steps) < 3:
            return self.needs("what-if", title, "events", "three funnel steps or more")
        frame, refused = self._what_if(change)
        if frame is None:
            return self.panel("what-if", title, f"Not computed: {refused}")
        changed = frame[frame["difference"] != 0]
        best = changed.loc[changed["difference"].idxmax()]
        return self.panel(
            "what-if",
            title,
            f"{best['scenario']}: the share that reaches the end would change by "
            f"{100 * best['diff_low']:+.1f} to {100 * best['diff_high']:+.1f} points, "
            "if nothing else changes.",
            counts="Each row mends one step: half of those lost there go on. The range runs from “they "
            "go on half as well as the others” to “just as well”",
            frame=changed,
            columns=["scenario", "difference", "diff_low", "diff_high", "assumptions"],
            formats={"scenario": "text", "difference": "points", "diff_low": "points",
                     "diff_high": "points", "assumptions": "text"},
            chart=charts.what_if(frame),
            numbers={r.scenario: [r.diff_low, r.diff_high] for r in changed.itertuples()},
        )  # fmt: skip

    def _what_if(self, change: str) -> tuple[pd.DataFrame | None, str]:
        """One row per step that can be mended, as a range over the scenarios; or why not."""
        rows: list[dict[str, Any]] = []
        notes, refused = [], "No step loses anybody."
        assert self.w.events is not None
        for name in list(self.w.steps)[1:]:
            try:
                found = analysis.what_if(self.w.events, self.w.steps, step=name, change=change)
            except AnalysisError as problem:
                refused = str(problem)
                continue
            today, best, worst = (found.iloc[place].to_dict() for place in range(3))
            notes = found.attrs["notes"]
            rows += [] if rows else [today]
            rows.append(
                {**best, "scenario": f"Half of those lost before “{name}” stay",
                 "difference": (best["difference"] + worst["difference"]) / 2,
                 "diff_low": worst["diff_low"], "diff_high": best["diff_high"]}
            )  # fmt: skip
        frame = pd.DataFrame(rows)
        frame.attrs["notes"] = notes
        return (frame if rows else None), refused

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

    # --- ideas and the map to be ----------------------------------------------------------------

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

    def to_be(self) -> Panel:
        """Compare the map as it is with the map as it is meant to be."""
        planned = self.w.to_be
        if planned is None:
            return self.panel("to-be", "As it is, as it is meant to be",
                              "There is no to-be map of this persona yet.")  # fmt: skip
        rows = charts.compare_text(self.w.workshop, self.w.journey, planned)
        frame = pd.DataFrame(rows, columns=["change", "stage", "lane", "card", "what"])
        counted = frame["change"].value_counts()
        said = ", ".join(f"{n} {word}" for word, n in counted.items()) or "nothing changes"
        maps = (self.w.workshop, self.w.persona, self.w.journey, planned)
        return self.panel(
            "to-be", "As it is, as it is meant to be", f"Cards: {said}.",
            svg=charts.journey_compare(*maps),
            sheet=charts.journey_compare(*maps, format="a3"),
            frame=frame, formats=dict.fromkeys(frame.columns, "text"),
            numbers={word: int(n) for word, n in counted.items()},
        )  # fmt: skip
