"""02 Buyer goals: what they want, how those who bought came, and what we have to say to them."""

from typing import Any

from pandas import DataFrame

from journeykit import charts
from journeykit.model import Journey

from .asking import Row, filled
from .panel import Found, asks, says
from .phase import Phase, texts


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
        steps = [*journey.at(lane="actions"), *journey.at(lane="touchpoints")]
        loose = sum(card.serves is None for card in steps)
        said = "Nobody has rated the goals yet."
        if len(rated):
            goal, stage, score = rated.loc[0, ["goal", "stage", "opportunity"]]
            said = f"The widest gap: “{goal}” ({stage}), {score:.0f} of 20."
        return says(
            f"{said} {loose} steps on the map serve no goal.",
            frame=frame,
            chart=charts.goals(rated) if len(rated) else None,
            numbers={"goals": len(frame), "rated": len(rated), "steps_without_goal": loose},
        )

    def ask_content(self) -> Any:
        """Ask which content there is, and which need it answers."""
        needs = [(card.text, card.id) for card in self.w.journey.at(lane="needs")]
        first = next(iter(self.w.stage_names))
        return self.ask_records("content", {"stage": first}, answers=needs)

    @asks
    def content_gaps(self, journey: Journey) -> Found:
        """Hold the needs of each stage against the content there is."""
        content, names, rows = self.w.folder.records("content"), self.w.stage_names, []
        for card in journey.at(lane="needs"):
            answered = ", ".join(piece.title for piece in content if piece.answers == card.id)
            rows.append(
                {
                    "stage": names.get(card.stage, card.stage),
                    "need": card.text,
                    "state": "● answered" if answered else "○ gap",
                    "answered by": answered,
                }
            )
        gaps = sum(not row["answered by"] for row in rows)
        return says(
            f"{gaps} of {len(rows)} needs on the map have no content that answers them.",
            frame=rows,
            numbers={"needs": len(rows), "gaps": gaps},
        )

    @asks
    def messages(self, journey: Journey) -> Found:
        """Put together what we say to this persona in each stage."""
        form = ", ".join(self.w.persona.canvas.preferred_form)
        rows = [
            {
                "stage": name,
                "they need": texts(journey, stage, "needs"),
                "we want them to": texts(journey, stage, "key-actions"),
                "we send": texts(journey, stage, "campaigns") or "○ nothing",
            }
            for stage, name in self.w.stage_names.items()
        ]
        silent = sum(row["we send"] == "○ nothing" for row in rows)
        return says(
            f"In {silent} of {len(rows)} stages we send nothing."
            + (f" They like it as: {form}." if form else ""),
            frame=rows,
            numbers={"silent_stages": silent},
        )
