"""04 UX analysis: is the path clear, are promises kept, how does it feel."""

from __future__ import annotations

from typing import Any, ClassVar

from journeykit import charts, numbers
from journeykit.phases.board import board
from journeykit.phases.panel import Panel
from journeykit.phases.picture import emotion_frame
from journeykit.phases.reviews import Reviews
from journeykit.phases.rounds import feelings
from journeykit.words import label, people, percent, span

__all__ = ["UxAnalysis"]


class UxAnalysis(Reviews):
    """The fourth phase."""

    id = "ux-analysis"
    numbers: ClassVar = {
        "promises": "promises",
        "surveys": "survey_scores",
        "touchpoints": "touchpoints",
        "service": "service",
    }
    topic = "Where does it feel bad, and why?"

    def guess(self) -> Any:
        """Guess what customers feel in each stage, before their answers are shown."""
        return feelings(self)

    def order(self) -> Panel:
        """Check whether the real journey follows the designed order of the stages."""
        if self.w.events is None or len(self.w.stages) < 2:
            return self.needs(
                "order", "Does the real journey follow the map?", "events", "stages with events"
            )
        frame = numbers.order_conformance(self.w.events, self.w.stages)
        overall = frame.attrs.get("overall", {})
        names = self.w.stage_names
        frame = frame.assign(stage=[names.get(s, s) for s in frame["stage"]])
        worst = frame.sort_values("share").iloc[0] if len(frame) else None
        said = ""
        if overall:
            said = (
                f"{percent(overall['share'])} of {people(overall['users'])} meet the stages in the order "
                "of the map. "
            )
        if worst is not None:
            said += f"It breaks most often at “{worst['stage']}” ({percent(1 - worst['share'])} out of order)."
        return self.panel(
            "order",
            "Does the real journey follow the map?",
            said,
            counts="Customers who were in the stage, by their first time in it",
            frame=frame,
            columns=["stage", "users", "in_order", "share", "low", "high", "small_n"],
            chart=charts.order_conformance(frame),
            numbers={"in_order": overall.get("share")},
        )

    def transitions(self) -> Panel:
        """Show the movement from step to step, with the time it takes."""
        if self.w.events is None:
            return self.needs("transitions", "How do they move?", "events", "event and timestamp")
        frame = numbers.transitions(self.w.events)
        top = frame.iloc[0] if len(frame) else None
        said = "Nobody has more than one event."
        if top is not None:
            said = (
                f"The most frequent move is from “{label(top['from_event'])}” to "
                f"“{label(top['to_event'])}”: {top['transitions']:,.0f} times, "
                f"{span(top['median_seconds'])} in the middle."
            )
        return self.panel(
            "transitions",
            "How do they move from step to step?",
            said,
            counts="Moves from one event to the next of the same customer",
            frame=frame,
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
            chart=charts.transitions(frame),
        )

    def stage_times(self) -> Panel:
        """Show how long it takes from stage to stage."""
        if self.w.events is None or len(self.w.stages) < 2:
            return self.needs(
                "stage-times", "How long does it take?", "events", "stages with events"
            )
        names = self.w.stage_names
        frame = numbers.stage_times(self.w.events, self.w.stages)
        frame = frame.assign(
            from_stage=[names.get(s, s) for s in frame["from_stage"]],
            to_stage=[names.get(s, s) for s in frame["to_stage"]],
        )
        told = frame[frame["median_hours"].notna()]
        said = "No two stages have times."
        if len(told):
            slow = told.loc[told["median_hours"].idxmax()]
            said = (
                f"The longest way is from “{slow['from_stage']}” to “{slow['to_stage']}”: half of "
                f"{people(slow['users'])} need {span(3600 * slow['median_hours'])} or more."
            )
        return self.panel(
            "stage-times",
            "How long does it take from stage to stage?",
            said,
            counts="Customers who reached both stages, from the first time in one to the first time in the next",
            frame=frame,
            columns=[
                "from_stage",
                "to_stage",
                "users",
                "median_hours",
                "q1_hours",
                "q3_hours",
                "not_yet",
                "small_n",
            ],
            chart=charts.stage_times(frame),
        )

    def ask_emotions(self) -> Any:
        """Ask what the team thinks the customer feels in each stage; saved to the map.

        What surveys say stays hidden until somebody asks for it, so that the team guesses first.
        """
        title = "What do they feel? (our guess)"
        return board(self, "emotions-asked", title, lanes=["emotions"], data=False)

    def emotions(self) -> Panel:
        """Draw the emotion curve: what the team feels and what surveys measured."""
        frame = emotion_frame(self.w)
        both = frame[frame["team"].notna() & frame["measured"].notna() & ~frame["small_n"]]
        moments = [c.text for c in self.w.journey.cards if c.moment]
        said = "There is no stage that both the team and a survey speak of."
        if len(both):
            gap = both["team"].astype(float) - both["measured"].astype(float)
            row = both.loc[gap.abs().idxmax()]
            way = "better" if row["team"] > row["measured"] else "worse"
            said = (
                f"We are furthest off at “{row['stage']}”: we think it feels {way} than customers say "
                f"({row['team']:+.1f} against {row['measured']:+.1f}, {row['n']:,.0f} answers)."
            )
        if moments:
            said += f" Moments that matter on the map: {len(moments)}."
        return self.panel(
            "emotions",
            "How does it feel?",
            said,
            counts="From -2 (angry) to 2 (delighted); surveys are turned to the same scale",
            frame=frame,
            columns=["stage", "team", "measured", "low", "high", "n"],
            formats={"stage": "text", "low": "", "high": ""},
            chart=charts.emotions(frame),
            notes=[f"Moment that matters: {text}" for text in moments],
            numbers={r.stage: {"team": r.team, "measured": r.measured} for r in frame.itertuples()},
        )

    def devices(self) -> Panel:
        """Compare mobile and desktop: who reaches the goal."""
        title = "Mobile against desktop"
        if self.w.all_events is None or "device" not in self.w.all_events.columns:
            return self.needs("devices", title, "events", "a device column")
        frame = numbers.channels(self.w.all_events, self.w.goal, by="device").rename(
            columns={"channel": "device"}
        )
        told = frame[~frame["small_n"]].sort_values("conversion", ascending=False)
        said = "; ".join(
            f"{label(r.device)} {percent(r.conversion)} of {r.users:,.0f}"
            for r in told.itertuples()
        )
        return self.panel(
            "devices",
            title,
            f"{said} reach the goal.",
            counts="All customers, not only this persona, by the device of their first event",
            frame=frame,
            columns=[
                "device",
                "users",
                "sessions",
                "converted",
                "conversion",
                "low",
                "high",
                "small_n",
            ],
            formats={"device": "name"},
            chart=charts.channels(frame),
        )
