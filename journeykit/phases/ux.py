"""04 UX analysis: is the path clear, are promises kept, how does it feel."""

from __future__ import annotations

from typing import Any

import pandas as pd

from journeykit import charts, numbers
from journeykit.phases.board import board, board_panel
from journeykit.phases.measures import promise_table, score_frame, worst_hours
from journeykit.phases.panel import Panel
from journeykit.phases.picture import emotion_frame
from journeykit.phases.reviews import Reviews
from journeykit.phases.rounds import feelings
from journeykit.words import label, people, percent, span

__all__ = ["UxAnalysis"]


class UxAnalysis(Reviews):
    """The fourth phase."""

    id = "ux-analysis"
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
            formats={"stage": "text", "in_order": "int"},
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
            formats={"from_stage": "text", "to_stage": "text"},
            chart=charts.stage_times(frame),
        )

    def promises(self) -> Panel:
        """Hold each promise of the brand against what customers got."""
        frame = promise_table(self.w)
        if frame is None:
            return self.panel(
                "promises",
                "Do we keep our promises?",
                "The workshop makes no promise yet; add one to workshop.yaml.",
            )
        verdicts = frame["verdict"].value_counts()
        broken = frame[frame["verdict"] == "broken"]
        said = f"{verdicts.get('kept', 0)} of {len(frame)} promises are kept, {len(broken)} broken."
        if len(broken):
            row = broken.sort_values("share").iloc[0]
            said += (
                f" Worst: “{row['text']}”, kept for {percent(row['share'])} of {row['n']:,.0f} "
                f"(promised for {percent(row['target'])})."
            )
        said += worst_hours(self.w)
        return self.panel(
            "promises",
            "Do we keep our promises?",
            said,
            counts="Contacts or orders of this persona; a verdict needs the whole interval on one side",
            frame=frame,
            columns=[
                "text",
                "measure",
                "limit",
                "kept",
                "n",
                "share",
                "low",
                "high",
                "target",
                "verdict",
            ],
            formats={"text": "text", "measure": "name", "target": "share", "verdict": "text"},
            chart=charts.promises(frame),
            numbers={
                "rows": frame[
                    ["promise", "text", "verdict", "share", "low", "high", "n", "target"]
                ].to_dict("records")
            },
        )

    def ask_emotions(self) -> Any:
        """Ask what the team thinks the customer feels in each stage; saved to the map.

        What surveys say stays hidden until somebody asks for it, so that the team guesses first.
        """
        title = "What do they feel? (our guess)"
        return self.touch(
            lambda: board(self.w, lanes=["emotions"], data=False, title=title),
            lambda: board_panel(self, "emotions-asked", title, lanes=["emotions"]),
        )

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

    def surveys(self) -> Panel:
        """Show NPS, CSAT, CES and SUS with their intervals."""
        surveys = self.w.table("surveys")
        if surveys is None or "measure" not in surveys.columns or surveys.empty:
            return self.needs("surveys", "What do they tell us?", "surveys", "measure and score")
        asked = surveys["measure"].astype(str).str.lower()
        found = [
            score_frame(self.w, measure, surveys[asked == measure]).assign(measure=measure)
            for measure in ("nps", "csat", "ces", "sus")
            if (asked == measure).any()
        ]
        if not found:
            return self.needs(
                "surveys", "What do they tell us?", "surveys", "nps, csat, ces or sus answers"
            )
        frame = pd.concat(found, ignore_index=True)
        said = "; ".join(
            f"{r.measure.upper()} {r.score:.1f} ({r.low:.1f} to {r.high:.1f}, {r.n:,.0f} answers)"
            for r in frame.itertuples()
        )
        for_all = (
            " Shown for everybody: the answers name no customer."
            if surveys.attrs.get("for_all")
            else ""
        )
        return self.panel(
            "surveys",
            "What do they tell us?",
            f"{said}.{for_all}",
            counts="Answers; 95% intervals",
            frame=frame,
            columns=["measure", "score", "low", "high", "n", "scale", "small_n"],
            formats={"low": "", "high": "", "scale": "text"},
            chart=charts.scores(frame),
            numbers={"rows": frame[["measure", "score", "low", "high", "n"]].to_dict("records")},
        )

    def touchpoints(self, column: str = "channel") -> Panel:
        """Compare how satisfied customers are channel by channel (or by another column)."""
        surveys = self.w.table("surveys")
        title = f"Is the quality the same in every {column}?"
        if surveys is None or column not in surveys.columns or surveys.empty:
            return self.needs("touchpoints", title, "surveys", f"measure, score and {column}")
        frame = numbers.survey_by(surveys, column)
        frame = frame[frame["measure"].astype(str).str.lower() == "csat"]
        told = frame[~frame["small_n"]].sort_values("score")
        said = "No group has 30 answers."
        if len(told):
            said = (
                f"Lowest: {label(told.iloc[0][column])} ({told.iloc[0]['score']:.1f}), highest: "
                f"{label(told.iloc[-1][column])} ({told.iloc[-1]['score']:.1f})."
            )
        return self.panel(
            "touchpoints",
            title,
            said,
            counts="Answers to the satisfaction question (CSAT)",
            frame=frame,
            columns=[column, "score", "low", "high", "n", "small_n"],
            formats={column: "name", "low": "", "high": ""},
            chart=charts.survey_by(frame),
        )

    def service(self) -> Panel:
        """Show first answer, hold and resolution by service channel."""
        support = self.w.table("support")
        if support is None or support.empty:
            return self.needs(
                "service",
                "How quickly do we help?",
                "support",
                "timestamp, channel and first_answer_minutes",
            )
        frame = numbers.service(support)
        slow = frame.loc[frame["median_first_answer_minutes"].idxmax()]
        return self.panel(
            "service",
            "How quickly do we help?",
            f"{people(frame['contacts'].sum(), 'contacts')}. Slowest to answer first: "
            f"{label(slow['channel'])}, {slow['median_first_answer_minutes']:.1f} minutes in the middle.",
            counts="Support contacts of this persona",
            frame=frame,
            formats={"channel": "name", "contacts": "int"},
            chart=charts.service(frame),
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
