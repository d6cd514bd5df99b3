"""04 UX analysis: is the path clear, are promises kept, how does it feel, what do others see."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from pandas import DataFrame

from journeykit import charts
from journeykit.model import BLUEPRINT, Journey, slug
from journeykit.model.workshop import PROMISE_MEASURES
from journeykit.widgets import Question, Sheet
from journeykit.words import label

from .asking import FORMS
from .board import board
from .measures import emotion_frame, measured
from .panel import Found, asks
from .phase import Phase
from .rounds import Measured

HEURISTICS = FORMS["heuristics"]["items"]
"""The ten usability heuristics of Jakob Nielsen (1994), in our own words."""


class UxAnalysis(Phase):
    """The fourth phase."""

    id = "ux-analysis"
    numbers = (
        "order=order_conformance transitions stage_times devices promises "
        "surveys=survey_scores touchpoints service"
    )
    topic = "Where does it feel bad, and why?"

    @asks
    def guess(self) -> Any:
        """Guess what customers said they feel in each stage, and if they would recommend us."""

        def measure() -> dict[str, Measured]:
            rows, nps = self.w.feelings, measured(self.w, "nps", covered=False)
            told = {} if nps["value"] is None else {"nps": (nps["value"], nps["low"], nps["high"])}
            for row in rows[rows["n"] > 0].itertuples() if rows is not None else ():
                told[f"feels-{slug(row.stage)}"] = (row.emotion, row.low, row.high)
            return told

        known = measure()
        nps = Question("nps", "Would they recommend us? NPS, from -100 to 100", "NPS", -100, 100)
        questions = [*self._stages(), nps]
        return self._guess("feelings", [q for q in questions if q.id in known], measure)

    def _feel(self) -> Any:
        """Draw what they feel in each stage, as everybody sees it; no survey is needed for it."""
        return self._guess("What do they feel, stage by stage?", self._stages(), dict)

    def _stages(self) -> list[Question]:
        return [
            Question(
                f"feels-{slug(id)}", f"“{name}”: from -2 (angry) to 2 (delighted)", "", -2, 2, 0.1
            )
            for id, name in self.w.stage_names.items()
        ]

    def ask_promises(self) -> Any:
        """Ask what we promise, and by what a customer sees that it is kept."""
        return self.ask_listed("promises", measure=[(label(m), m) for m in PROMISE_MEASURES])

    def ask_emotions(self) -> Any:
        """Ask what the team thinks the customer feels in each stage; saved to the map.

        What surveys say stays hidden until somebody asks for it, so that the team guesses first.
        """
        return board(
            self, "emotions-asked", "What do they feel? (our guess)", lanes=["emotions"], data=False
        )

    @asks
    def emotions(self, journey: Journey) -> Found:
        """Draw the emotion curve: what the team feels and what surveys measured."""
        frame = emotion_frame(self.w, journey)
        felt = frame[["team", "measured"]].notna()
        both = frame[felt.all(axis=1) & ~frame["small_n"]]
        moments = [c.text for c in journey.cards if c.moment]
        furthest = (both["team"] - both["measured"]).astype(float).abs().nlargest(1).index
        return {
            "furthest": both.loc[furthest].to_dict("records"),
            "frame": frame,
            "chart": charts.emotions(frame) if felt.any(axis=None) else None,
            "moments": moments,
            "notes": [f"Moment that matters: {text}" for text in moments],
            "numbers": frame.set_index("stage")[["team", "measured"]].to_dict("index"),
        }

    # --- is the map complete, and what do other eyes see ------------------------------------

    @asks
    def completeness(self, journey: Journey) -> Found:
        """Show which fields of the map are still empty."""
        stages = self.w.stage_names
        rows = [
            {
                "lane": name,
                **{stage: "●" if journey.at(id, lane) else "○" for id, stage in stages.items()},
            }
            for lane, name in self.w.workshop.lane_names().items()
            if lane not in BLUEPRINT or journey.at(lane=lane)
        ]
        empty = sum([*row.values()].count("○") for row in rows)
        return {"frame": rows, "numbers": {"empty": empty, "of": len(rows) * len(stages)}}

    def ask_blind(self) -> Any:
        """Ask somebody from outside to grade each stage, without seeing our grades."""
        return self._review("blind-reviews", self.w.stage_names)

    def ask_heuristics(self) -> Any:
        """Ask for a heuristic review: ten rules, each graded 1 to 5."""
        return self._review("heuristics", HEURISTICS)

    def _sheet(self, kind: str) -> Sheet:
        """Give a sheet of one's own for a review, as phones have it."""
        items = HEURISTICS if kind == "heuristics" else self.w.stage_names
        told = {"topic": FORMS[kind]["title"], "items": [*items.items()], "doc": f"records/{kind}"}
        own = {"persona": self.w.persona_id}
        return Sheet(self.w.desk, [told["doc"]], {**told, "own": own})

    def _review(self, kind: str, items: Mapping[str, str]) -> Any:
        return self.ask_grades(kind, items, persona=self.w.persona_id, date=dt.date.today())

    @asks
    def reviews(self) -> Found | str:
        """Show the grades of outsiders and of the heuristic review."""
        rows = [
            {
                "review": review,
                "by": record.author or record.id,
                "of": items.get(key, key),
                "grade": grade,
            }
            for kind, review, items in (
                ("blind-reviews", "Outsider", self.w.stage_names),
                ("heuristics", "Heuristic", HEURISTICS),
            )
            for record in self.w.folder.records(kind)
            for key, grade in record.grades.items()
        ]
        if not rows:
            return "Nobody has reviewed the journey yet."
        return {"frame": DataFrame(rows)}
