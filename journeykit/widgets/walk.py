"""The walk: the map as a script, walked step by step in the customer's shoes."""

from collections.abc import Sequence
from typing import Any

from journeykit.declared import template
from journeykit.model import WALKED, Card, Data, Journey, Persona, Walk, Workshop
from journeykit.store import Desk

from .live import Live

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

    def __init__(self, desk: Desk, journey_id: str, persona_id: str) -> None:
        docs = ["workshop", f"personas/{persona_id}", f"journeys/{journey_id}", "records/walks"]
        facts = {
            "doc": docs[2],
            "journey": journey_id,
            "persona": persona_id,
            "felt": [*FELT.items()],
        }
        super().__init__(desk, docs, facts)

    def view(self) -> Data:
        """Say what the script is, who has walked how far, and which findings are on the map."""
        workshop, persona, journey = map(self.desk.get, self.docs[:3])
        return walk_view(workshop, persona, journey, self.desk.records("walks"))

    def still(self) -> str:
        """Draw the script with what was found."""
        return walk_html(self.view())


def walk_view(workshop: Any, persona: Any, journey: Any, walks: Sequence[Walk]) -> Data:
    """Gather what a walk shows, as plain data: ``who``, ``script``, ``walks`` and ``cards``.

    The script are touchpoints and actions of the map, in the order in which they are walked.
    Walks of other sessions stand apart, as ``earlier``. Without the persona or the map there is
    nothing to walk.
    """
    if persona is None or journey is None:
        return {"script": [], "walks": {}, "cards": {}, "who": _who(persona) if persona else {}}
    stages = [*workshop.stage_names()]
    script = [card for card in journey.cards if card.lane in WALKED and card.stage in stages]
    script.sort(key=lambda c: (stages.index(c.stage), WALKED.index(c.lane), c.order, c.id))
    every = [w for w in walks if w.persona in (None, persona.id) and w.journey == journey.id]
    mine = [w for w in every if w.session == workshop.session]
    made = {step.made for walk in mine for step in walk.steps if step.made}
    return {
        "who": _who(persona),
        "session": workshop.session,
        "earlier": [w.model_dump(mode="json") for w in every if w not in mine],
        "script": [_step(card, workshop, journey) for card in script],
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


def _who(persona: Persona) -> Data:
    return {
        **persona.model_dump(include={"name", "tagline", "quote"}),
        "device": ", ".join(persona.segment.get("device", ())),
        "goal": next(iter(persona.canvas.goals), ""),
    }


def _step(card: Card, workshop: Workshop, journey: Journey) -> Data:
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


def walk_html(view: Data) -> str:
    """Draw the script with what the walkers found as HTML; without a walk, a sheet to fill in."""
    walks = view["walks"].values()
    steps = [
        (s, [w["steps"][s["id"]] | {"author": w["author"]} for w in walks if s["id"] in w["steps"]])
        for s in view["script"]
    ]
    return template(__file__).render(steps=steps, felt=FELT)
