"""02 Buyer goals: what they want, how those who bought came, and what we have to say to them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from journeykit import charts
from journeykit.phases.panel import Panel
from journeykit.phases.phase import Phase
from journeykit.widgets import Field

MODELS = ("first", "last", "linear", "position", "time-decay", "markov")


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
        fields = [
            Field("text", "Goal", "long"),
            Field("stage", "Stage", "choice", [(n, i) for i, n in self.w.stage_names.items()]),
            Field("importance", "How important to them (1 to 10)", "scale", (1, 10)),
            Field("satisfaction", "How well served today (1 to 10)", "scale", (1, 10)),
        ]
        keys = ("id", "text", "stage", "importance", "satisfaction")
        rows = [{key: getattr(card, key) for key in keys} for card in cards]
        return self.ask_rows(
            "goals-asked",
            "Goals and how well they are served",
            fields,
            rows,
            self._save,
            add="Add a goal",
            fixed=["id"],
        )

    def _save(self, rows: list[dict[str, Any]]) -> None:
        self.save_cards(rows, {"lane": "goals", "stage": next(iter(self.w.stage_names))})

    def ranking(self) -> Panel:
        """Rank the goals by Ulwick's opportunity score."""
        names = self.w.stage_names
        rows = [
            {
                "goal": card.text,
                "stage": names.get(card.stage, card.stage),
                "importance": card.importance,
                "satisfaction": card.satisfaction,
                "opportunity": card.opportunity,
                "steps": sum(other.serves == card.id for other in self.w.journey.cards),
            }
            for card in self.w.journey.at(lane="goals")
        ]
        if not rows:
            return self.panel("goals", "Which goals are served worst?", "No goals on the map yet.")
        frame = pd.DataFrame(rows).sort_values("opportunity", ascending=False, ignore_index=True)
        rated = frame[frame["opportunity"].notna()]
        loose = sum(
            card.serves is None
            for lane in ("actions", "touchpoints")
            for card in self.w.journey.at(lane=lane)
        )
        said = "Nobody has rated the goals yet."
        if len(rated):
            top = rated.iloc[0]
            said = (
                f"The widest gap: “{top['goal']}” ({top['stage']}), {top['opportunity']:.0f} of 20."
            )
        return self.panel(
            "goals",
            "Which goals are served worst?",
            f"{said} {loose} steps on the map serve no goal.",
            counts="Opportunity is importance plus what is missing to it in satisfaction (Ulwick)",
            frame=frame,
            chart=charts.goals(rated) if len(rated) else None,
            numbers={"goals": len(frame), "rated": len(rated), "steps_without_goal": loose},
        )

    def ask_content(self) -> Any:
        """Ask which content there is, and which need it answers."""
        needs = [(card.text, card.id) for card in self.w.journey.at(lane="needs")]
        fields = [
            Field("title", "Content"),
            self._stage_field(),
            Field("answers", "Answers", "choice", needs),
            Field("form", "Form", help="page, video, mail, talk"),
        ]
        title = "The content that we have"
        first = next(iter(self.w.stage_names))
        return self.ask_records("content", title, fields, "title", "Add content", stage=first)

    def content_gaps(self) -> Panel:
        """Hold the needs of each stage against the content there is."""
        content = self.w.folder.records("content")
        names = self.w.stage_names
        rows = []
        for card in self.w.journey.at(lane="needs"):
            answered = [piece.title for piece in content if piece.answers == card.id]
            rows.append(
                {
                    "stage": names.get(card.stage, card.stage),
                    "need": card.text,
                    "state": "● answered" if answered else "○ gap",
                    "answered by": ", ".join(answered),
                }
            )
        gaps = sum(row["state"] == "○ gap" for row in rows)
        frame = pd.DataFrame(rows)
        return self.panel(
            "content-gaps",
            "Which questions do we leave open?",
            f"{gaps} of {len(rows)} needs on the map have no content that answers them.",
            frame=frame,
            numbers={"needs": len(rows), "gaps": gaps},
        )

    def messages(self) -> Panel:
        """Put together what we say to this persona in each stage."""
        journey, canvas = self.w.journey, self.w.persona.canvas
        rows = [
            {
                "stage": name,
                "they need": "; ".join(c.text for c in journey.at(stage, "needs")),
                "we want them to": "; ".join(c.text for c in journey.at(stage, "key-actions")),
                "we send": "; ".join(c.text for c in journey.at(stage, "campaigns")) or "○ nothing",
            }
            for stage, name in self.w.stage_names.items()
        ]
        silent = sum(row["we send"] == "○ nothing" for row in rows)
        frame = pd.DataFrame(rows)
        form = ", ".join(canvas.preferred_form)
        return self.panel(
            "messages",
            f"What we say to {self.w.persona.name}",
            f"In {silent} of {len(rows)} stages we send nothing."
            + (f" They like it as: {form}." if form else ""),
            frame=frame,
            numbers={"silent_stages": silent},
        )
