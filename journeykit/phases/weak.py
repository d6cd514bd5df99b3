"""03 Weak spots: where customers are lost, what hurts, and what to mend first."""

from __future__ import annotations

from typing import Any, ClassVar

import pandas as pd

from journeykit import charts, numbers
from journeykit.phases.board import board
from journeykit.phases.measures import promise_table
from journeykit.phases.panel import Panel, plain
from journeykit.phases.phase import Phase
from journeykit.phases.rounds import losses
from journeykit.widgets import Field
from journeykit.words import label, people, percent, spoken

__all__ = ["WeakSpots"]


class WeakSpots(Phase):
    """The third phase."""

    id = "weak-spots"
    topic = "What hurts?"
    numbers: ClassVar = {"funnel": "funnel", "funnel_by": "funnel_by", "themes": "comment_themes"}

    def guess(self) -> Any:
        """Guess how many are lost at each step, before the numbers are shown."""
        return losses(self)

    def funnel_change(self) -> Panel:
        """Show at which steps more or fewer go on than in the period before."""
        title = "Is it better or worse than before?"
        if self.w.events is None or len(self.w.steps) < 2:
            return self.needs("funnel-change", title, "events", "the steps of the funnel")
        frame = numbers.funnel_change(self.w.events, self.w.steps)
        moved = frame[frame["q"] < 0.05]
        said = "".join(
            f"To “{r.step}” {percent(r.of_previous)} went on, {percent(r.of_previous_before)} in the period "
            "before. "
            for r in moved.itertuples()
        )
        return self.panel(
            "funnel-change",
            title,
            said.strip() or f"0 of {len(frame) - 1} steps changed beyond chance.",
            counts="Customers, by the period in which their attempt began; both are cut off alike",
            frame=frame,
            columns=[
                "step",
                "users",
                "users_before",
                "of_previous",
                "of_previous_before",
                "difference",
                "low",
                "high",
                "q",
                "small_n",
            ],
            formats={"low": "points", "high": "points", "difference": "points"},
            chart=charts.funnel_change(frame),
            numbers={"changed": moved["step"].tolist()},
        )

    def last_before_loss(self) -> Panel:
        """Show what those who never reached the goal did last."""
        if self.w.events is None:
            return self.needs("last", "What did they do last?", "events", "event")
        frame = numbers.last_before_loss(self.w.events, self.w.goal)
        lost = int(frame["users"].sum())
        top = frame.iloc[0]
        return self.panel(
            "last",
            "What did they do last before they left?",
            f"{people(lost)} never reached the goal. For {percent(top['share'])} of them the last thing "
            f"we saw was “{label(top['event'])}”.",
            counts="Customers who never reached the goal, by their last event",
            frame=frame,
            columns=["event", "users", "share", "low", "high", "small_n"],
            chart=charts.last_before_loss(frame),
        )

    def instead(self) -> Panel:
        """Show what customers did next who stood before the narrowest step."""
        if self.w.events is None or len(self.w.steps) < 2:
            return self.needs("instead", "What did they choose instead?", "events", "event")
        frame = numbers.funnel(self.w.events, self.w.steps)
        worst = int(frame.iloc[1:]["of_previous"].idxmin())
        name = frame.loc[worst - 1, "step"]
        moves = numbers.transitions(self.w.events)
        here = {n for m in self.w.steps[name] for n in m.names(self.w.events.names)}
        goes = moves[moves["from_event"].isin(here)].sort_values("transitions", ascending=False)
        top = goes.head(3)
        listed = ", ".join(f"“{label(r.to_event)}” ({percent(r.share)})" for r in top.itertuples())
        return self.panel(
            "instead",
            "What did they choose instead?",
            f"Right after “{name}” most go to {listed}.",
            counts="Moves from one event to the next; intervals are clustered by customer",
            frame=goes,
            columns=[
                "from_event",
                "to_event",
                "transitions",
                "users",
                "share",
                "low",
                "high",
                "median_seconds",
                "small_n",
            ],
            chart=charts.transitions(goes),
        )

    def friction(self) -> Panel:
        """Show loops, ways back, excess steps and dead ends."""
        if self.w.events is None:
            return self.needs("friction", "What makes it hard?", "events", "event")
        frame = numbers.friction(self.w.events, self.w.goal)
        frame = self._spoken(frame)
        said = (
            f"{frame.iloc[0]['what']}"
            if len(frame)
            else "No loops, ways back or dead ends stand out."
        )
        return self.panel(
            "friction",
            "What makes it hard?",
            f"{said.rstrip('.')}.",
            counts="Customers of this persona",
            frame=frame,
            columns=["kind", "what", "users", "share", "low", "high", "small_n"],
            chart=charts.friction(frame),
        )

    def _groups(self) -> list[str]:
        """The columns that tell customers apart: device, channel, and what personas are made of."""
        own = [c for persona in self.w.folder.personas().values() for c in persona.segment]
        return list(dict.fromkeys(["device", "channel", *own]))

    def _spoken(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Write event names as words in the sentences of a frame."""
        names = self.w.events.names if self.w.events is not None else []
        told = [column for column in ("what", "why", "place", "compared_with") if column in frame]
        return frame.assign(**{c: [spoken(text, names) for text in frame[c]] for c in told})

    def ranking(self) -> Panel:
        """Rank the weak spots: what to mend first."""
        if self.w.events is None or len(self.w.steps) < 2:
            return self.needs("weak-spots", "What to mend first?", "events", "event")
        frame = numbers.weak_spots(
            self.w.events,
            self.w.workshop,
            surveys=self.w.table("surveys"),
            support=self.w.table("support"),
            orders=self.w.table("orders"),
            goal=self.w.goal,
            promises=promise_table(self.w),
            comparisons=self._groups(),
        )
        frame = self._spoken(frame)
        sure = frame[frame["significant"]] if len(frame) else frame
        said = "Nothing stands out beyond chance."
        if len(sure):
            said = f"{len(sure)} weak spots stand out beyond chance. First: {sure.iloc[0]['what']}"
        columns = [
            "rank",
            "kind",
            "what",
            "compared_with",
            "users",
            "effect",
            "low",
            "high",
            "q",
            "revenue_at_risk",
            "why",
        ]
        return self.panel(
            "weak-spots",
            "What to mend first?",
            said,
            counts="Every comparison looked at is counted in q (Benjamini-Hochberg)",
            frame=frame,
            columns=columns,
            formats={"kind": "text", "rank": "int", "low": "points", "high": "points"},
            chart=charts.weak_spots(frame),
            numbers={"rows": plain(frame.head(10).to_dict("records"))},
        )

    def ask_pains(self) -> Any:
        """Ask for pains and remedies; each becomes a card on the map."""
        title, lanes = "Pains and remedies on the map", ["pain-points", "opportunities"]
        return board(self, "pains-asked", title, lanes=lanes)

    def ask_competitors(self) -> Any:
        """Ask for grades of ourselves and competitors, criterion by criterion."""
        criteria = list(self.w.workshop.criteria)
        fields = [Field("name", "Who"), Field("ours", "Is it us?", "check")]
        fields += [Field(c, f"{c} (1 to 5)", "scale", (1, 5)) for c in criteria]
        rows = [
            {"id": r.id, "name": r.name, "ours": r.ours, **r.grades}
            for r in self.w.folder.records("competitors")
        ]

        def save(told: list[dict[str, Any]]) -> None:
            self.save_grades("competitors", told, criteria, "name")

        return self.ask_rows("competitors-asked", "Side by side", fields, rows, save, fixed=["id"])

    def competitors(self) -> Panel:
        """Put ourselves beside the competitors."""
        records = self.w.folder.records("competitors")
        if not records:
            return self.panel(
                "competitors", "Where are others better?", "Nobody has been graded yet."
            )
        frame = pd.DataFrame(
            [
                {"criterion": c, **{r.name: r.grades.get(c) for r in records}}
                for c in self.w.workshop.criteria
            ]
        )
        ours = next((r.name for r in records if r.ours), records[0].name)
        others = [r.name for r in records if r.name != ours]
        gap = frame[others].max(axis=1) - frame[ours]
        said = f"{ours} is behind the best competitor in {int((gap > 0).sum())} of {len(frame)} criteria"
        if len(frame) and gap.max() > 0:
            said += f", most in “{frame.loc[gap.idxmax(), 'criterion']}” ({gap.max():.0f} points)"
        return self.panel(
            "competitors",
            "Where are others better?",
            f"{said}.",
            counts="Grades from 1 to 5, given by the team",
            frame=frame,
            chart=charts.competitors(frame, ours=ours),
            numbers={"behind_in": int((gap > 0).sum())},
        )
