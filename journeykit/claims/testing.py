"""Journey tests: claims that must hold, and walks, a test with a person as the instrument."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from journeykit.claims.scope import Evidence
from journeykit.claims.verdict import Verdict, verdict
from journeykit.model import WALKED, Card, Claim, Journey, Record, Workshop

COLOURS = {"supported": "green", "refuted": "red", "undecided": "amber"}
"""A verdict as the light of a test."""


@dataclass(frozen=True)
class JourneyTest:
    """One test of one persona, done.

    ``colour`` is ``green``, ``red``, ``amber`` (nothing is proven either way) or ``wrong`` (the
    claim names what nobody in the data has); ``said`` gives the numbers, ``why`` the reason.
    """

    id: str
    persona: str
    name: str
    colour: str
    said: str
    why: str
    kind: str = "claim"
    file: str = ""
    verdict: Verdict | None = None


@dataclass(frozen=True)
class Planned:
    """A journey test before it is run: a claim of a card, or (without a card) the walk."""

    id: str
    persona: str
    journey: Journey
    card: Card | None = None

    def run(self, evidence: Evidence) -> JourneyTest:
        """Hold it against the data of its persona, or against the walks."""
        session = evidence.persona(self.persona)
        if self.card is None or self.card.claim is None:
            mine = [w for w in session.folder.records("walks") if w.persona in (None, self.persona)]
            walks = [w for w in mine if w.journey == self.journey.id]
            return walk_test(session.workshop, self.journey, walks, self.persona)
        return _claimed(Evidence.of(session), self.card, self.card.claim, self.journey)


def planned_tests(folder: Any, personas: Sequence[str] | None = None) -> list[Planned]:
    """List what would be tested, persona by persona, from the files alone: no data is read.

    Claims marked ``must`` on the as-is map of each persona, and the walk of each map that has
    touchpoints or actions.
    """
    found = []
    for persona in personas or folder.persona_ids():
        journey = folder.journey_of(persona)
        if journey is None:
            continue
        for card in journey.cards:
            if card.claim and card.claim.must:
                found.append(Planned(f"{journey.id}/{card.id}", persona, journey, card))
        if any(card.lane in WALKED for card in journey.cards):
            found.append(Planned(f"{journey.id}/walk", persona, journey))
    return found


def journey_tests(evidence: Evidence, personas: Sequence[str] | None = None) -> list[JourneyTest]:
    """Run the journey tests of some personas, or of all.

    Parameters
    ----------
    evidence : Evidence
        The open workshop, of whichever persona.
    personas : sequence of str, optional
        Persona ids.

    Returns
    -------
    list of JourneyTest
    """
    return [test.run(evidence) for test in planned_tests(evidence.session.folder, personas)]


def _claimed(evidence: Evidence, card: Card, claim: Claim, journey: Journey) -> JourneyTest:
    found = verdict(evidence, claim, card, journey.id)
    colour = "wrong" if found.mistake else COLOURS[found.verdict]
    return JourneyTest(
        found.id,
        evidence.session.persona_id,
        f"{card.text.rstrip('.')}: {found.sentence}",
        colour,
        found.value_words,
        found.why,
        file=f"journeys/{journey.id}.yaml",
        verdict=found,
    )


def walk_test(
    workshop: Workshop,
    journey: Journey,
    walks: Sequence[Record],
    persona: str,
    today: dt.date | None = None,
) -> JourneyTest:
    """Read the walks of a map as a test.

    Green where every touchpoint and action was seen, nothing was found, and the last walk is no
    older than the review interval; else amber. Never red: what one person found is a reason to
    look, and a claim can prove it.
    """
    script = [card.id for card in journey.cards if card.lane in WALKED]
    steps = [step for walk in walks for step in getattr(walk, "steps", ()) if step.card in script]
    seen = {step.card for step in steps if step.seen}
    findings = sum(bool(step.finding) for step in steps)
    last = max((walk.date for walk in walks if walk.date), default=None)
    age = ((today or dt.date.today()) - last).days if last else None
    reasons = [
        "nobody has walked it yet" if not steps else "",
        f"{len(script) - len(seen)} of {len(script)} steps were not seen"
        if steps and seen != {*script}
        else "",
        f"{findings} {'thing was' if findings == 1 else 'things were'} found" if findings else "",
        "the walk has no date" if steps and age is None else "",
        f"the last walk is {age} days old, the review interval is {workshop.review_days} days"
        if age is not None and age > workshop.review_days
        else "",
    ]
    why = "; ".join(filter(None, reasons))
    said = f"{len(seen)} of {len(script)} steps seen, {findings} found" + (
        f", on {last}" if last else ""
    )
    return JourneyTest(
        f"{journey.id}/walk",
        persona,
        "The journey can be walked from A to B",
        "amber" if why else "green",
        said,
        f"{why[0].upper()}{why[1:]}." if why else "Every step was seen and nothing was found.",
        kind="walk",
        file="records/walks",
    )
