"""04 UX analysis, second half: is the map complete, and what do other eyes see."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pandas as pd

from journeykit.widgets import Field

from .panel import Found, asks, says
from .phase import Phase

# The ten usability heuristics of Jakob Nielsen (1994), in our own words.
HEURISTICS = {
    "status": "It shows what is going on",
    "real-world": "It speaks the customer's language",
    "control": "There is a way back and a way out",
    "consistency": "The same thing looks and works the same everywhere",
    "prevention": "It keeps people from making mistakes",
    "recognition": "What is needed can be seen, not remembered",
    "flexibility": "It is quick for those who come often",
    "minimal": "Nothing is there that is not needed",
    "recovery": "Errors say what is wrong and what to do",
    "help": "Help is there where it is needed",
}


class Reviews(Phase):
    """What people see, besides the data."""

    id = "ux-analysis"

    @asks("Is the map complete?")
    def completeness(self) -> Found:
        """Show which fields of the map are still empty."""
        journey, stages = self.w.journey, self.w.stage_names
        rows = [
            {
                "lane": name,
                **{stage: "●" if journey.at(id, lane) else "○" for id, stage in stages.items()},
            }
            for lane, name in self.w.workshop.lane_names().items()
        ]
        empty = sum([*row.values()].count("○") for row in rows)
        total = len(rows) * len(stages)
        return says(
            f"{empty} of {total} fields are empty (○).",
            frame=rows,
            numbers={"empty": empty, "of": total},
        )

    def ask_blind(self) -> Any:
        """Ask somebody from outside to grade each stage, without seeing our grades."""
        return self._review("blind-reviews", "The outsider's view", self.w.stage_names)

    def ask_heuristics(self) -> Any:
        """Ask for a heuristic review: ten rules, each graded 1 to 5."""
        return self._review("heuristics", "Heuristic review", HEURISTICS)

    def _review(self, kind: str, title: str, items: Mapping[str, str]) -> Any:
        who, today = [Field("author", "Who grades?")], dt.date.today()
        return self.ask_grades(kind, title, who, items, persona=self.w.persona_id, date=today)

    @asks("What outsiders see")
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
        frame = pd.DataFrame(rows)
        low = frame.sort_values("grade").iloc[0]
        return says(
            f"{len(frame)} grades. Lowest: “{low['of']}”, {low['grade']} of 5 ({low['by']}).",
            frame=frame,
            numbers={"grades": len(frame)},
        )
