"""04 UX analysis: is the path clear, are promises kept, how does it feel."""

from typing import Any

from journeykit import charts
from journeykit.model import slug
from journeykit.widgets import Question

from .board import board
from .measures import measured
from .panel import Found, asks, says
from .picture import emotion_frame, measured_emotion
from .reviews import Reviews
from .rounds import Measured


class UxAnalysis(Reviews):
    """The fourth phase."""

    id = "ux-analysis"
    numbers = (
        "order=order_conformance transitions stage_times devices promises "
        "surveys=survey_scores touchpoints service"
    )
    topic = "Where does it feel bad, and why?"

    @asks("How does it feel?", "beliefs")
    def guess(self) -> Any:
        """Guess what customers said they feel in each stage, and if they would recommend us."""

        def measure() -> dict[str, Measured]:
            rows, nps = measured_emotion(self.w), measured(self.w, "nps")
            told = {} if nps["value"] is None else {"nps": (nps["value"], nps["low"], nps["high"])}
            for row in rows[rows["n"] > 0].itertuples() if rows is not None else ():
                told[f"feels-{slug(row.stage)}"] = (row.emotion, row.low, row.high)
            return told

        known = measure()
        scale = "from -2 (angry) to 2 (delighted)"
        questions = [
            Question(f"feels-{slug(id)}", f"“{name}”: {scale}", "", -2, 2, 0.1)
            for id, name in self.w.stage_names.items()
        ]
        nps = "Would they recommend us? NPS, from -100 to 100"
        questions.append(Question("nps", nps, "NPS", -100, 100))
        return self._guess("How does it feel?", [q for q in questions if q.id in known], measure)

    def ask_emotions(self) -> Any:
        """Ask what the team thinks the customer feels in each stage; saved to the map.

        What surveys say stays hidden until somebody asks for it, so that the team guesses first.
        """
        return board(
            self, "emotions-asked", "What do they feel? (our guess)", lanes=["emotions"], data=False
        )

    @asks("How does it feel?")
    def emotions(self) -> Found:
        """Draw the emotion curve: what the team feels and what surveys measured."""
        frame = emotion_frame(self.w)
        both = frame[frame["team"].notna() & frame["measured"].notna() & ~frame["small_n"]]
        moments = [c.text for c in self.w.journey.cards if c.moment]
        said = "There is no stage that both the team and a survey speak of."
        if len(both):
            row = both.loc[(both["team"] - both["measured"]).astype(float).abs().idxmax()]
            way = "better" if row["team"] > row["measured"] else "worse"
            said = (
                f"We are furthest off at “{row['stage']}”: we think it feels {way} than customers "
                f"say ({row['team']:+.1f} against {row['measured']:+.1f}, {row['n']:,.0f} answers)."
            )
        if moments:
            said += f" Moments that matter on the map: {len(moments)}."
        return says(
            said,
            counts="From -2 (angry) to 2 (delighted); surveys are turned to the same scale",
            frame=frame,
            columns="stage team measured low:number high:number n".split(),
            chart=charts.emotions(frame),
            notes=[f"Moment that matters: {text}" for text in moments],
            numbers={r.stage: {"team": r.team, "measured": r.measured} for r in frame.itertuples()},
        )
