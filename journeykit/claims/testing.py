"""Journey tests: claims that must hold, and walks, a test with a person as the instrument."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from journeykit.errors import JourneykitError
from journeykit.model import WALKED, Card, Journey, Record, Workshop
from journeykit.numbers.alarm import replay
from journeykit.numbers.few import least_of
from journeykit.numbers.nights import bounds

from .deliveries import delivered
from .scope import Evidence
from .verdict import Verdict, verdict
from .words import tell

COLOURS = {"supported": "green", "refuted": "red", "undecided": "amber", "covered": "amber"}
"""A verdict as the light of a test."""
LIGHTS = {"green": "▲", "red": "▼", "amber": "◊", "wrong": "✗"}
"""The sign of a light, as `SIGNS` has that of a verdict; the word always stands beside it."""


@dataclass(frozen=True)
class JourneyTest:
    """One test of one persona, done.

    ``colour`` is ``green``, ``red``, ``amber`` (nothing is proven either way) or ``wrong`` (the
    claim names what nobody in the data has); ``said`` gives the numbers, ``why`` the reason;
    ``alarm`` is what looking every night says (:mod:`journeykit.numbers.alarm`), empty where that
    is not known; ``path`` holds its nights where it ever was red, ``late`` why what was read last
    is not counted.
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
    alarm: dict[str, Any] = field(default_factory=dict)
    path: list[Any] = field(default_factory=list)
    late: list[str] = field(default_factory=list)

    @property
    def every_night(self) -> str:
        """The alarm in words, and what an amber would need where that can be told."""
        return tell("every_night", self)

    @property
    def light(self) -> str:
        """A red or green alarm in short: ``▼ alarm red since 2026-07-14``."""
        return "{} alarm {colour} since {turned}".format(LIGHTS[self.alarm["colour"]], **self.alarm)

    @property
    def worst(self) -> str:
        """Its colour; red as well where only the alarm is."""
        alarm = self.alarm.get("colour") == "red" and self.colour != "wrong"
        return "red" if alarm else self.colour

    @property
    def journey(self) -> str:
        """The id of its map."""
        return self.id.partition("/")[0]


@dataclass(frozen=True)
class Planned:
    """A journey test before it is run: a claim of a card, or (without a card) the walk."""

    id: str
    persona: str
    journey: Journey
    card: Card | None = None

    def run(self, evidence: Evidence) -> JourneyTest:
        """Hold it against the data of its persona, or against the walks."""
        session, journey, card = evidence.persona(self.persona), self.journey, self.card
        if card is None or card.claim is None:
            mine = [w for w in session.folder.records("walks") if w.persona in (None, self.persona)]
            walks = [w for w in mine if w.journey == journey.id]
            return walk_test(session.workshop, journey, walks, self.persona)
        found = verdict(Evidence.of(session), card.claim, card, journey.id)
        return JourneyTest(
            found.id,
            self.persona,
            f"{card.text.rstrip('.')}: {found.sentence}",
            "wrong" if found.mistake else COLOURS[found.verdict],
            found.value_words,
            found.why,
            file=f"journeys/{journey.id}.yaml",
            verdict=found,
        )


def planned_tests(
    folder: Any, personas: Sequence[str] | None = None, every: bool = False
) -> list[Planned]:
    """List what would be tested, persona by persona, from the files alone: no data is read.

    Claims marked ``must`` (or every one) on every as-is map of each persona, and the walk of each
    map that has touchpoints or actions.
    """
    found = []
    for persona in personas or folder.persona_ids():
        for journey in folder.journeys_of(folder.persona(persona).id):  # an unknown one is refused
            for card in journey.cards:
                if card.claim and (card.claim.must or every):
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
    tests = [test.run(evidence) for test in planned_tests(evidence.session.folder, personas)]
    nights, session = partial(nights_of, evidence), evidence.session
    least = least_of(session)
    if session.workshop.sources.deliveries:
        held = [] if session.gate.shut else [*delivered(evidence, tests, nights)]
    else:
        held = [(test, each) for test in tests for each in nights(test)]
    for (test, _), alarm in zip(held, replay([each for _, each in held]) if held else ()):
        if alarm["state"] <= test.alarm.get("state", 1):  # of two limits that which is worse off
            test.alarm.clear()
            test.path[:] = alarm.pop("path")
            test.alarm.update(alarm)
            if alarm.get("n", least) < least:
                del test.alarm["n"]
    return tests


def nights_of(evidence: Evidence, test: JourneyTest) -> Any:
    """What is held against a claim night by night; without any, ``late`` says why.

    A claim over the last days looks at all nights: an alarm has a memory of its own.
    """
    deliveries, found = evidence.session.workshop.sources.deliveries, test.verdict
    if found and found.claim.about.nights and (found.measured or deliveries):
        claim = found.claim.model_copy(update={"period": ""})
        session = evidence.persona(found.persona)
        view = Evidence.of(session).scope(claim)
        key = claim.model_dump_json(), found.stage
        try:
            return view.once(key, lambda: bounds(view, claim, found.stage, deliveries))
        except JourneykitError as problem:
            test.late.append(problem.told(session))
    return []


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
    script = {card.id for card in journey.cards if card.lane in WALKED}
    steps = [step for walk in walks for step in getattr(walk, "steps", ()) if step.card in script]
    seen = {step.card for step in steps if step.seen}
    findings = sum(bool(step.finding) for step in steps)
    last = max((walk.date for walk in walks if walk.date), default=None)
    age = ((today or workshop.now().date()) - last).days if last else 0
    reasons = steps, len(script), len(seen), findings, last, age, workshop.review_days
    why = tell("walk", *reasons)
    said = f"{len(seen)} of {len(script)} steps seen, {findings} found"
    return JourneyTest(
        f"{journey.id}/walk",
        persona,
        f"“{journey.name}” can be walked from A to B",
        "amber" if why else "green",
        f"{said}, on {last}" if last else said,
        why or "Every step was seen and nothing was found.",
        kind="walk",
        file="records/walks",
    )
