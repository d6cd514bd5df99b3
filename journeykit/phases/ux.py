"""04 UX analysis: is the path clear, are promises kept, how does it feel."""

from __future__ import annotations

from typing import Any

from journeykit import charts
from journeykit.phases.board import board
from journeykit.phases.panel import Panel
from journeykit.phases.picture import emotion_frame
from journeykit.phases.reviews import Reviews
from journeykit.phases.rounds import feelings


class UxAnalysis(Reviews):
    """The fourth phase."""

    id = "ux-analysis"
    numbers = (
        "order=order_conformance transitions stage_times devices promises "
        "surveys=survey_scores touchpoints service"
    )
    topic = "Where does it feel bad, and why?"

    def guess(self) -> Any:
        """Guess what customers feel in each stage, before their answers are shown."""
        return feelings(self)

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
                f"We are furthest off at “{row['stage']}”: we think it feels {way} than "
                "customers say "
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
            columns=["stage", "team", "measured", "low:number", "high:number", "n"],
            chart=charts.emotions(frame),
            notes=[f"Moment that matters: {text}" for text in moments],
            numbers={r.stage: {"team": r.team, "measured": r.measured} for r in frame.itertuples()},
        )
