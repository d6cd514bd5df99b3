"""Rules that need nothing but the map: what is missing, stale, double or without a purpose."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from journeykit.claims.findings import Finding, Place
from journeykit.model import Card, Journey, Workshop

_ALIKE = 0.9
"""From this share of equal letters two texts say the same."""
_OF_CUSTOMER = ("touchpoints", "actions", "key-actions", "campaigns")


@dataclass(frozen=True)
class Map:
    """One journey with what stands around it: all that a rule may look at."""

    workshop: Workshop
    journey: Journey
    file: str
    as_is: Journey | None = None
    ideas: Sequence[Any] = ()
    sent: frozenset[str] = frozenset()
    today: dt.date = field(default_factory=dt.date.today)

    def at(self, card: Card) -> Place:
        """Where a card stands."""
        return Place(
            self.file, ("cards", self.journey.cards.index(card)), card.id, self.journey.persona
        )

    def top(self, *path: str | int) -> Place:
        """Where a key of the journey stands."""
        return Place(self.file, path, "", self.journey.persona)

    @property
    def names(self) -> dict[str, str]:
        """Stage id to name."""
        return {stage.id: stage.name for stage in self.workshop.stages}

    @property
    def is_now(self) -> bool:
        """Whether it is the map as it is; a plan need not have evidence."""
        return self.journey.kind == "as-is"


Rule = Callable[[Map], Iterator[Finding]]


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
        ("stages", [s.name for s in workshop.stages]),
        ("objectives", [o.goal for o in workshop.objectives]),
    ):
        for first, again in _twice(texts):
            said = f"“{texts[again]}” says the same as “{texts[first]}”."
            yield Finding("JK120", said, Place("workshop.yaml", (kind, again)))


def campaigns(workshop: Workshop, maps: Sequence[Map]) -> Iterator[Finding]:
    """Stages in which no map has a campaign and none was sent."""
    planned = {c.stage for m in maps for c in m.journey.at(lane="campaigns")}
    sent = {stage for m in maps for stage in m.sent}
    if not planned | sent:
        return  # a team that has no campaigns at all need not hear it stage by stage
    for n, stage in enumerate(workshop.stages):
        if stage.id not in planned | sent:
            said = (
                f"No campaign speaks to customers in “{stage.name}”: none is on a map, none "
                "was sent."
            )
            yield Finding("JK122", said, Place("workshop.yaml", ("stages", n)))


# --- of one journey -----------------------------------------------------------------------------


def _entry(m: Map) -> Iterator[Finding]:
    first = m.workshop.stages[0]
    ways = [*m.journey.at(first.id, "touchpoints"), *m.journey.at(first.id, "channels")]
    if m.is_now and not ways and m.journey.cards:
        yield Finding("JK112", f"The map does not say how they come into “{first.name}”.", m.top())


def _touchpoints(m: Map) -> Iterator[Finding]:
    for card in m.journey.at(lane="touchpoints") if m.is_now else ():
        if card.evidence == "assumed" and not (card.events or card.claim or card.source):
            yield Finding(
                "JK113", f"Nothing shows that “{card.text}” is there for anybody.", m.at(card)
            )


def _measured(m: Map) -> Iterator[Finding]:
    for card in m.journey.cards:
        if card.evidence == "measured" and not (card.source or card.claim):
            said = f"“{card.text}” is called measured, and nothing says where."
            yield Finding("JK118", said, m.at(card))


def _gaps(m: Map) -> Iterator[Finding]:
    for stage, name in m.names.items():
        acts = m.journey.at(stage, "actions")
        if m.is_now and acts and not m.journey.at(stage, "touchpoints"):
            said = f"In “{name}” they act (“{acts[0].text}”), and no touchpoint is there for it."
            yield Finding("JK115", said, m.at(acts[0]))


def _pains(m: Map) -> Iterator[Finding]:
    mine = {i.stage for i in m.ideas if i.persona in (None, m.journey.persona)}
    for card in m.journey.at(lane="pain-points") if m.is_now else ():
        if card.stage not in mine and not m.journey.at(card.stage, "opportunities"):
            said = (
                f"“{card.text}” hurts, and in “{m.names.get(card.stage, card.stage)}” nobody "
                "has an idea."
            )
            yield Finding("JK116", said, m.at(card))


def _stale(m: Map) -> Iterator[Finding]:
    for card in m.journey.cards if m.is_now else ():
        age = (m.today - card.reviewed).days if card.reviewed else None
        if age is not None and age > m.workshop.review_days:
            said = (
                f"“{card.text}” was looked at {age} days ago; the interval is "
                f"{m.workshop.review_days}."
            )
            yield Finding("JK117", said, m.at(card))


def _steps(m: Map) -> Iterator[Finding]:
    if m.is_now and m.journey.at(lane="goals"):  # without goals no step can serve one
        for card in m.journey.at(lane="actions"):
            if not card.serves:
                said = f"“{card.text}” serves no goal of the customer: is it in the way?"
                yield Finding("JK121", said, m.at(card))


def _serves(m: Map) -> Iterator[Finding]:
    if m.is_now:
        return
    goals = {c.id for j in (m.journey, m.as_is) if j for c in j.at(lane="goals")}
    ideas = {idea.id for idea in m.ideas if idea.serves}
    before = {card.id for card in m.as_is.cards} if m.as_is else set()
    for card in m.journey.cards:
        if card.lane in _OF_CUSTOMER and card.id not in before and not card.serves:
            said = f"“{card.text}” is new, and serves no goal that a customer has."
            yield Finding("JK119", said, m.at(card))
    for n, change in enumerate(m.journey.changes):
        if not (change.serves in goals or change.idea in ideas):
            said = (
                f"The change at “{change.step or change.stage}” serves no goal that a customer has."
            )
            yield Finding("JK119", said, m.top("changes", n))


def ideas(records: Sequence[Any], maps: Sequence[Map]) -> Iterator[Finding]:
    """Ideas that serve no goal card of their persona's maps; of all maps where they name no
    persona.
    """
    for idea in records:
        mine = [m.journey for m in maps if idea.persona in (None, m.journey.persona)]
        if idea.serves not in {card.id for journey in mine for card in journey.at(lane="goals")}:
            said = f"The idea “{idea.text}” serves no goal that a customer has."
            yield Finding(
                "JK119", said, Place(f"records/ideas/{idea.id}.yaml", (), "", idea.persona or "")
            )


def _duplicates(m: Map) -> Iterator[Finding]:
    places = sorted({(card.stage, card.lane) for card in m.journey.cards})
    for stage, lane in places:
        cards = m.journey.at(stage, lane)
        for first, again in _twice([card.text for card in cards]):
            said = f"“{cards[again].text}” says the same as “{cards[first].text}”."
            yield Finding("JK120", said, m.at(cards[again]))


def _twice(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    folded = [" ".join(text.casefold().split()) for text in texts]
    for again, text in enumerate(folded):
        for first in range(again):
            same = text == folded[first]
            if text and (
                same or difflib.SequenceMatcher(None, folded[first], text).ratio() >= _ALIKE
            ):
                yield first, again
                break


def leftovers(word: Any, place: Place, name: str) -> Iterator[Finding]:
    """Find what a merge of two changes left: keys that begin with ``x-conflict``."""
    for key in word.model_extra or {}:
        if key.startswith("x-conflict"):
            said = (
                f"Two people changed {name} at the same time; `{key}` holds what the other wrote."
            )
            yield Finding(
                "JK103", said, Place(place.file, (*place.path, key), place.card, place.persona)
            )


def _merged(m: Map) -> Iterator[Finding]:
    yield from leftovers(m.journey, m.top(), "the journey")
    for card in m.journey.cards:
        yield from leftovers(card, m.at(card), f"“{card.text}”")


MAP_RULES: Mapping[str, Rule] = {
    "JK103": _merged,
    "JK112": _entry,
    "JK113": _touchpoints,
    "JK115": _gaps,
    "JK116": _pains,
    "JK117": _stale,
    "JK118": _measured,
    "JK119": _serves,
    "JK120": _duplicates,
    "JK121": _steps,
}
"""Code to the rule that looks at one journey."""
