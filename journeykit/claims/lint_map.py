"""Rules that need nothing but the map and its pictures: what is missing, stale or double."""

import datetime as dt
import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from journeykit.model import Card, Journey, Workshop
from journeykit.store import linked, picture

from .findings import CODES, Finding, Place

_ALIKE = 0.9
"""From this share of equal letters two texts say the same."""
_OF_CUSTOMER = ("touchpoints", "actions", "key-actions", "campaigns")


class Map(NamedTuple):
    """One journey with what stands around it: all that a rule may look at."""

    workshop: Workshop
    journey: Journey
    file: str
    as_is: Journey | None
    ideas: Sequence[Any]
    sent: frozenset[str]
    today: dt.date
    root: Path

    def at(self, card: Card) -> Place:
        """Where a card stands."""
        return Place(
            self.file, ("cards", self.journey.cards.index(card)), card.id, self.journey.persona
        )

    def top(self, *path: str | int) -> Place:
        """Where a key of the journey stands."""
        return Place(self.file, path, "", self.journey.persona)

    def days(self, card: Card) -> int:
        """How many days ago somebody looked at a card; 0 where nobody says so."""
        return (self.today - card.reviewed).days if card.reviewed else 0

    @property
    def is_now(self) -> bool:
        """Whether it is the map as it is; a plan need not have evidence."""
        return self.journey.kind == "as-is"


# --- of the workshop ----------------------------------------------------------------------------


def stages(workshop: Workshop) -> Iterator[Finding]:
    """Stages without goal or owner, promises without a measure; texts that stand twice."""
    for n, stage in enumerate(workshop.stages):
        place = Place("workshop.yaml", ("stages", n))
        if not stage.goal:
            yield Finding("JK110", f"Nobody says what the stage “{stage.name}” is good for.", place)
        if not stage.owner:
            yield Finding("JK111", f"Nobody is in charge of the stage “{stage.name}”.", place)
    for n, promise in enumerate(workshop.promises):
        if promise.measure is None:
            said = f"Nothing shows whether “{promise.text}” is kept."
            yield Finding("JK114", said, Place("workshop.yaml", ("promises", n)))
    for kind, texts in (
        ("promises", [p.text for p in workshop.promises]),
        ("stages", [*workshop.stage_names().values()]),
        ("objectives", [o.goal for o in workshop.objectives]),
    ):
        yield from _twice(texts, [Place("workshop.yaml", (kind, n)) for n in range(len(texts))])


def campaigns(workshop: Workshop, maps: Sequence[Map]) -> Iterator[Finding]:
    """Stages in which no map has a campaign and none was sent."""
    planned = {c.stage for m in maps for c in m.journey.at(lane="campaigns")}
    sent = {stage for m in maps for stage in m.sent}
    if not planned | sent:
        return  # a team that has no campaigns at all need not hear it stage by stage
    for n, stage in enumerate(workshop.stages):
        if stage.id not in planned | sent:
            said = f"No campaign speaks to customers in “{stage.name}”"
            place = Place("workshop.yaml", ("stages", n))
            yield Finding("JK122", f"{said}: none is on a map, none was sent.", place)


# --- of one journey -----------------------------------------------------------------------------


def _painful(m: Map, card: Card) -> bool:
    mine = {idea.stage for idea in m.ideas if idea.persona in (None, m.journey.persona)}
    return card.stage not in mine and not m.journey.at(card.stage, "opportunities")


def _new(m: Map, card: Card) -> bool:
    before = {each.id for each in m.as_is.cards} if m.as_is else set()
    return not m.is_now and card.lane in _OF_CUSTOMER and card.id not in before and not card.serves


_WRONG: Mapping[str, Callable[[Map, Card], Any]] = {
    "JK113": lambda m, c: c.evidence == "assumed" and not (c.events or c.claim or c.source),
    "JK116": _painful,
    "JK117": lambda m, c: m.days(c) > m.workshop.review_days,
    "JK118": lambda m, c: c.evidence == "measured" and not (c.source or c.claim),
    "JK119": _new,
    # Without goals no step can serve one.
    "JK121": lambda m, c: m.journey.at(lane="goals") and not c.serves,
    "JK123": lambda m, c: picture(m.root, c.image)[1],
    "JK125": lambda m, c: linked(m.root, c.link)[1],
}
"""Code to what a card may not be."""


def of_map(m: Map) -> Iterator[Finding]:
    """Look at one map, card by card and as a whole."""
    for code, wrong in _WRONG.items():
        rule = CODES[code]
        for card in m.journey.at(lane=rule.lane) if m.is_now or rule.plans else ():
            if why := wrong(m, card):
                said = rule.said.format(
                    card=card,
                    why=why,
                    stage=m.workshop.stage_names().get(card.stage, card.stage),
                    days=m.days(card),
                    workshop=m.workshop,
                )
                yield Finding(code, said, m.at(card))
    yield from _duplicates(m)
    yield from _holes(m) if m.is_now else _changes(m)


def _holes(m: Map) -> Iterator[Finding]:
    first = m.workshop.stages[0]
    ways = [*m.journey.at(first.id, "touchpoints"), *m.journey.at(first.id, "channels")]
    if not (ways or m.journey.parent) and m.journey.cards:  # a stage of another leads into it
        yield Finding("JK112", f"The map does not say how they come into “{first.name}”.", m.top())
    for stage, name in m.workshop.stage_names().items():
        acts = m.journey.at(stage, "actions")
        if acts and not m.journey.at(stage, "touchpoints"):
            yield Finding(
                "JK115",
                f"In “{name}” they act (“{acts[0].text}”), and no touchpoint is there for it.",
                m.at(acts[0]),
            )


def _changes(m: Map) -> Iterator[Finding]:
    goals = {c.id for j in (m.journey, m.as_is) if j for c in j.at(lane="goals")}
    serving = {idea.id for idea in m.ideas if idea.serves}
    for n, change in enumerate(m.journey.changes):
        if not (change.serves in goals or change.idea in serving):
            place = change.step or change.stage
            yield Finding(
                "JK119",
                f"The change at “{place}” serves no goal that a customer has.",
                m.top("changes", n),
            )


def ideas(records: Sequence[Any], maps: Sequence[Map]) -> Iterator[Finding]:
    """Ideas that serve no goal card of their persona's maps; of all maps where they name no
    persona.
    """
    for idea in records:
        mine = [m.journey for m in maps if idea.persona in (None, m.journey.persona)]
        if idea.serves not in {card.id for journey in mine for card in journey.at(lane="goals")}:
            place = Place(f"records/ideas/{idea.id}.yaml", (), "", idea.persona or "")
            yield Finding(
                "JK119", f"The idea “{idea.text}” serves no goal that a customer has.", place
            )


def _duplicates(m: Map) -> Iterator[Finding]:
    for stage, lane in sorted({(card.stage, card.lane) for card in m.journey.cards}):
        cards = m.journey.at(stage, lane)
        yield from _twice([card.text for card in cards], [m.at(card) for card in cards])


def _twice(texts: Sequence[str], places: Sequence[Place]) -> Iterator[Finding]:
    """Find texts that say what one before them says."""
    folded = [" ".join(text.casefold().split()) for text in texts]
    for again, text in enumerate(folded):
        for first in range(again):
            same = text == folded[first]
            alike = difflib.SequenceMatcher(None, folded[first], text)
            if text and (same or alike.ratio() >= _ALIKE):
                said = f"“{texts[again]}” says the same as “{texts[first]}”."
                yield Finding("JK120", said, places[again])
                break


def leftovers(word: Any, place: Place) -> Iterator[Finding]:
    """Find what a merge of two changes left: keys that begin with ``x-conflict``."""
    called = getattr(word, "text", "") or getattr(word, "name", "") or word.id
    said = f"Two people changed “{called}” at the same time"
    for key in word.model_extra or {}:
        if key.startswith("x-conflict"):
            at = replace(place, path=(*place.path, key))
            yield Finding("JK103", f"{said}; `{key}` holds what the other wrote.", at)
