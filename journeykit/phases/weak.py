"""03 Weak spots: where customers are lost, what hurts, and what to mend first."""

from __future__ import annotations

from typing import Any

import pandas as pd

from journeykit import charts
from journeykit.phases.board import board
from journeykit.phases.panel import Panel
from journeykit.phases.phase import Phase
from journeykit.phases.rounds import losses
from journeykit.widgets import Field


class WeakSpots(Phase):
    """The third phase."""

    id = "weak-spots"
    topic = "What hurts?"
    numbers = (
        "funnel funnel_by funnel_change last_before_loss instead friction "
        "themes=comment_themes ranking=weak_spots"
    )

    def guess(self) -> Any:
        """Guess how many are lost at each step, before the numbers are shown."""
        return losses(self)

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
        said = (
            f"{ours} is behind the best competitor in {int((gap > 0).sum())} of {len(frame)} "
            "criteria"
        )
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
