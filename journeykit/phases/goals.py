"""02 Buyer goals: what they want, how those who bought came, and what we have to say to them."""

from typing import Any

from pandas import DataFrame

from journeykit import charts
from journeykit.model import Journey

from .asking import Row, filled
from .panel import Found, asks
from .phase import Phase


class BuyerGoals(Phase):
    """The second phase."""

    id = "buyer-goals"
    numbers = (
        "how_they_came=entry_points typical_path channels leads=leads_by_source "
        "attribution=attribution_models"
    )

    def ask_goals(self) -> Any:
        """Ask how important each goal is, and how well it is served today; saved to the map."""
        cards = self.w.journey.at(lane="goals")
        return self.ask_rows("goals", self.fields("goals"), cards, self._save)

    def _save(self, rows: list[Row]) -> None:
        """Save them as cards of the as-is map; new ones get an id, which is told back."""
        journey, first = self.w.journey, next(iter(self.w.stage_names))
        for row in rows:
            told = {key: value for key, value in row.items() if key != "id"}
            if row.get("id"):
                journey = journey.change(row["id"], **told)
            elif row.get("text"):
                journey = journey.add(**{"lane": "goals", "stage": first, **filled(told)})
                row["id"] = journey.cards[-1].id
        self.w.folder.save(journey)

    @asks
    def ranking(self, journey: Journey) -> Found | str:
        """Rank the goals by Ulwick's opportunity score."""
        names = self.w.stage_names
        rows = [
            {
                "goal": card.text,
                "stage": names.get(card.stage, card.stage),
                "importance": card.importance,
                "satisfaction": card.satisfaction,
                "opportunity": card.opportunity,
                "steps": sum(other.serves == card.id for other in journey.cards),
            }
            for card in journey.at(lane="goals")
        ]
        if not rows:
            return "No goals on the map yet."
        frame = DataFrame(rows).sort_values("opportunity", ascending=False, ignore_index=True)
        rated = frame[frame["opportunity"].notna()]
        return {
            "journey": journey,
            "rated": rated,
            "frame": frame,
            "chart": charts.goals(rated) if len(rated) else None,
        }

    def ask_content(self) -> Any:
        """Ask which content there is, and which need it answers."""
        needs = [(card.text, card.id) for card in self.w.journey.at(lane="needs")]
        first = next(iter(self.w.stage_names))
        return self.ask_records("content", {"stage": first}, answers=needs)

    @asks
    def content_gaps(self, journey: Journey) -> Found:
        """Hold the needs of each stage against the content there is."""
        return {"rows": journey.at(lane="needs"), "content": self.w.folder.records("content")}

    @asks
    def messages(self, journey: Journey) -> Found:
        """Put together what we say to this persona in each stage."""
        return {"rows": self.w.stage_names.items(), "journey": journey}
