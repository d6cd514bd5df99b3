"""The walk: the map as a script, walked step by step in the customer's shoes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from journeykit.model import WALKED, Card, Journey, Persona, Walk, Workshop
from journeykit.store import Desk
from journeykit.widgets.live import Live

__all__ = ["FELT", "JourneyWalk", "script_of", "walk_html", "walk_view"]

FELT = {-2: "Angry", -1: "Annoyed", 0: "Neither", 1: "Pleased", 2: "Delighted"}


class JourneyWalk(Live):
    """The map to walk; one record (``records/walks/<id>``) per walker, findings become cards.

    Parameters
    ----------
    desk : Desk
    journey_id, persona_id : str
        Which map, and in whose shoes.
    """

    name = "walk"

    def __init__(self, desk: Desk, journey_id: str, persona_id: str, workshop: str = "") -> None:
        self.persona_id, self.journey = persona_id, f"journeys/{journey_id}"
        facts = {
            "doc": self.journey,
            "workshop": workshop,
            "journey": journey_id,
            "persona": persona_id,
            "felt": [{"value": value, "words": words} for value, words in FELT.items()],
        }
        docs = ["workshop", f"personas/{persona_id}", self.journey, "records/walks"]
        super().__init__(desk, docs, facts)

    def view(self) -> dict[str, Any]:
        """Say what the script is, who has walked how far, and which findings are on the map."""
        workshop, persona = (
            self.desk.word("workshop"),
            self.desk.word(f"personas/{self.persona_id}"),
        )
        journey = self.desk.word(self.journey)
        if not isinstance(workshop, Workshop) or not isinstance(persona, Persona):
            return {"script": [], "walks": {}, "cards": {}, "who": {}}
        return walk_view(
            workshop,
            persona,
            journey if isinstance(journey, Journey) else None,
            self.desk.records("walks"),
        )

    def still(self) -> str:
        """Draw the script with what was found."""
        return walk_html(self.view())

    def files(self) -> Iterable[str]:
        """Look at the walks that others write, too."""
        walks = {f"records/walks/{record.id}" for record in self.desk.records("walks")}
        return [*(doc for doc in self.docs if doc != "records/walks"), *sorted(walks)]


def script_of(workshop: Workshop, journey: Journey) -> list[Card]:
    """List the touchpoints and actions of a map, in the order in which they are walked."""
    stages = [stage.id for stage in workshop.stages]
    cards = [card for card in journey.cards if card.lane in WALKED and card.stage in stages]
    return sorted(cards, key=lambda c: (stages.index(c.stage), WALKED.index(c.lane), c.order, c.id))


def walk_view(
    workshop: Workshop, persona: Persona, journey: Journey | None, walks: Sequence[Walk]
) -> dict[str, Any]:
    """Gather what a walk shows, as plain data: ``who``, ``script``, ``walks`` and ``cards``."""
    device = persona.segment.get("device", "")
    who = {
        "name": persona.name,
        "tagline": persona.tagline,
        "quote": persona.quote,
        "device": ", ".join(map(str, device)) if isinstance(device, list | tuple) else str(device),
        "goal": persona.canvas.goals[0] if persona.canvas.goals else "",
    }
    if journey is None:
        return {"script": [], "walks": {}, "cards": {}, "who": who}
    mine = [w for w in walks if w.persona in (None, persona.id) and w.journey == journey.id]
    made = {step.made for walk in mine for step in walk.steps if step.made}
    return {
        "who": who,
        "script": [_step(card, workshop, journey) for card in script_of(workshop, journey)],
        "walks": {
            walk.id: {
                "author": walk.author or walk.id,
                "date": walk.date.isoformat() if walk.date else "",
                "steps": {step.card: {"seen": step.seen, **step.plain()} for step in walk.steps},
            }
            for walk in mine
        },
        "cards": {c.id: {"lane": c.lane, "text": c.text} for c in journey.cards if c.id in made},
    }


def _step(card: Card, workshop: Workshop, journey: Journey) -> dict[str, Any]:
    """A step with what the customer wants, thinks and uses at this point."""
    stage = workshop.stage(card.stage)

    def said(lane: str) -> list[str]:
        return [c.text for c in journey.at(card.stage, lane)]

    return {
        "id": card.id,
        "stage": card.stage,
        "stage_name": stage.name,
        "kind": workshop.lane_names()[card.lane].removesuffix("s"),
        "text": card.text,
        "channel": card.channel or "; ".join(said("channels")),
        "goal": next(iter(said("goals")), stage.goal),
        "thought": next(iter(said("thoughts")), ""),
    }


# --- the same, still ------------------------------------------------------------------------------


def walk_html(view: Mapping[str, Any]) -> str:
    """Draw the script with what the walkers found as HTML; without a walk, a sheet to fill in."""
    walks = list(view["walks"].values())
    rows, stage = [], ""
    for number, step in enumerate(view["script"], 1):
        if step["stage_name"] != stage:
            stage = step["stage_name"]
            goal = f" <em>{escape(step['goal'])}</em>" if step["goal"] else ""
            rows.append(
                f"<tr><th scope='colgroup' colspan='4' style='text-align:left'>{escape(stage)}{goal}</th></tr>"
            )
        took = [
            (walk["author"], walk["steps"][step["id"]])
            for walk in walks
            if step["id"] in walk["steps"]
        ]
        rows.append(
            f"<tr><td>{number}</td><td style='text-align:left'>{escape(step['text'])}</td>"
            f"<td style='text-align:left'>{escape(_how([how for _, how in took]))}</td>"
            f"<td style='text-align:left'>{_found(took)}</td></tr>"
        )
    if not rows:
        return (
            "<p>The map has no touchpoint and no action yet, so that there is nothing to walk.</p>"
        )
    heads = "".join(
        f"<th scope='col'>{head}</th>" for head in ("", "Do this", "Seen", "What was found")
    )
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _how(steps: Sequence[Mapping[str, Any]]) -> str:
    if any(step["seen"] for step in steps):
        return "● seen"
    reasons = {step.get("why") for step in steps}
    return (
        "✗ not possible"
        if "not-possible" in reasons
        else "↷ skipped"
        if "skipped" in reasons
        else "☐"
    )


def _found(took: Iterable[tuple[str, Mapping[str, Any]]]) -> str:
    said = []
    for author, step in took:
        felt = f" ({FELT[round(step['felt'])].lower()})" if "felt" in step else ""
        if step.get("finding") or felt:
            said.append(f"{escape(author)}{felt}: {escape(step.get('finding', '')) or '–'}")
    return "<br>".join(said)
