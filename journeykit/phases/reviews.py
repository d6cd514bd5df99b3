"""04 UX analysis, second half: is the map complete, and what do other eyes see."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from journeykit.phases.panel import Panel
from journeykit.phases.phase import Phase
from journeykit.widgets import Field

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

    def completeness(self) -> Panel:
        """Show which fields of the map are still empty."""
        journey, lanes = self.w.journey, self.w.workshop.lane_names()
        rows = [
            {
                "lane": name,
                **{
                    stage: "●" if journey.at(id, lane) else "○"
                    for id, stage in self.w.stage_names.items()
                },
            }
            for lane, name in lanes.items()
        ]
        frame = pd.DataFrame(rows)
        empty = int((frame.drop(columns="lane") == "○").sum().sum())
        total = frame.shape[0] * (frame.shape[1] - 1)
        return self.panel(
            "completeness",
            "Is the map complete?",
            f"{empty} of {total} fields are empty (○).",
            frame=frame,
            numbers={"empty": empty, "of": total},
        )

    def ask_blind(self) -> Any:
        """Ask somebody from outside to grade each stage, without seeing our grades."""
        return self._ask_grades("blind-reviews", "The outsider's view", self.w.stage_names)

    def ask_heuristics(self) -> Any:
        """Ask for a heuristic review: ten rules, each graded 1 to 5."""
        return self._ask_grades("heuristics", "Heuristic review", HEURISTICS)

    def _ask_grades(self, kind: str, title: str, items: dict[str, str]) -> Any:
        fields = [Field("author", "Who grades?")]
        fields += [Field(key, f"{label} (1 to 5)", "scale", (1, 5)) for key, label in items.items()]
        records = self.w.folder.records(kind)
        rows = [{"id": r.id, "author": r.author, **r.grades} for r in records]

        def save(told: list[dict[str, Any]]) -> None:
            own = {"persona": self.w.persona_id, "date": dt.date.today()}
            self.save_grades(kind, told, items, "author", **own)

        return self.ask_rows(
            f"{kind}-asked", title, fields, rows, save, add="Add a reviewer", fixed=["id"]
        )

    def reviews(self) -> Panel:
        """Show the grades of outsiders and of the heuristic review."""
        rows = []
        for kind, items in (("blind-reviews", self.w.stage_names), ("heuristics", HEURISTICS)):
            for record in self.w.folder.records(kind):
                rows += [
                    {
                        "review": "Outsider" if kind == "blind-reviews" else "Heuristic",
                        "by": record.author or record.id,
                        "of": items.get(key, key),
                        "grade": grade,
                    }
                    for key, grade in record.grades.items()
                ]
        if not rows:
            return self.panel(
                "reviews", "What outsiders see", "Nobody has reviewed the journey yet."
            )
        frame = pd.DataFrame(rows)
        low = frame.sort_values("grade").iloc[0]
        return self.panel(
            "reviews",
            "What outsiders see",
            f"{len(frame)} grades. Lowest: “{low['of']}”, {low['grade']} of 5 ({low['by']}).",
            frame=frame,
            numbers={"grades": len(frame)},
        )
