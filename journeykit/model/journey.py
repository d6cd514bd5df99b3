"""The map itself: cards on stages and lanes, and the pure operations on them."""

from collections.abc import Iterable
from typing import Annotated, Any, Self

from pydantic import Field

from journeykit.errors import UnknownName, did_you_mean

from .base import (
    Day,
    Feeling,
    Id,
    Keys,
    Link,
    Model,
    Ref,
    Silence,
    Text,
    check_once,
    new_id,
    one_of,
    rule,
)
from .claim import Change, Claim
from .match import Matches
from .presets import EVIDENCE, LANES

_Rating = Annotated[int, Field(ge=1, le=10)] | None


class Stage(Model):
    """A column of the map.

    ``events`` says which events of the data happen in this stage; ``silence`` holds codes of
    findings of `journeykit check` with the reason why they do not matter here.
    """

    id: Id
    name: Text
    goal: Text = ""
    owner: Text = ""
    events: Matches = ()
    silence: Silence = {}


class Comment(Model):
    """What somebody says about a card."""

    id: Id
    text: Text
    author: Text = ""
    date: Day = None


class Card(Model):
    """A sticky note.

    ``emotion`` is -2 (angry) to 2 (delighted) and belongs to the lane ``emotions``;
    ``importance`` and ``satisfaction`` (1 to 10) belong to goals; ``serves`` names the
    card whose goal this step serves; ``promise`` names a promise of the workshop;
    ``moment`` marks a moment that matters; ``claim`` says what the data must show. ``image`` is a
    picture in the workshop folder, ``link`` an address or a file there.
    """

    id: Id
    stage: Id
    lane: Id
    text: Text
    order: int = 0
    evidence: Annotated[str, one_of(*EVIDENCE)] = "assumed"
    emotion: Feeling = None
    importance: _Rating = None
    satisfaction: _Rating = None
    serves: Ref = None
    promise: Ref = None
    moment: bool = False
    channel: Text = ""
    owner: Text = ""
    author: Text = ""
    department: Text = ""
    source: Text = ""
    image: Text = ""
    link: Link = ""
    reviewed: Day = None
    events: Matches = ()
    claim: Claim | None = None
    silence: Silence = {}
    comments: tuple[Comment, ...] = ()

    @property
    def opportunity(self) -> int | None:
        """Importance + max(importance - satisfaction, 0), Ulwick's opportunity score (2 to 20)."""
        if self.importance is None or self.satisfaction is None:
            return None
        return self.importance + max(self.importance - self.satisfaction, 0)


class Under(Model):
    """Where a journey stands: under a stage of another."""

    journey: Id
    stage: Id


class Journey(Model):
    """The map of one persona: as it is, or as it is meant to be.

    ``parent`` puts it under a stage of another journey. ``changes`` of a to-be map say what it
    does differently, so that the data can be asked.
    """

    id: Id
    name: Text
    persona: Id
    kind: Annotated[str, one_of("as-is", "to-be")] = "as-is"
    based_on: Ref = None
    parent: Under | None = None
    owner: Text = ""
    reviewed: Day = None
    changes: tuple[Change, ...] = ()
    silence: Silence = {}
    cards: tuple[Card, ...] = ()

    @rule
    def _ids_once(self) -> Self:
        check_once("cards", self.cards)
        return self

    def card(self, card_id: str) -> Card:
        """Return the card with this id; raises UnknownName."""
        known = {card.id: card for card in self.cards}
        if card_id not in known:
            raise UnknownName(
                f"no card {card_id!r} in the journey {self.id!r}. {did_you_mean(card_id, known)}"
            )
        return known[card_id]

    def at(self, stage: str | None = None, lane: str | None = None) -> tuple[Card, ...]:
        """Return the cards of a stage, a lane, or both."""
        return tuple(
            card for card in self.cards if stage in (None, card.stage) and lane in (None, card.lane)
        )

    def with_cards(self, cards: Iterable[Card]) -> Self:
        """Return a copy that holds these cards instead."""
        return self.with_(cards=tuple(cards))

    def add(self, text: str, *, stage: str, lane: str, id: str | None = None, **more: Any) -> Self:
        """Return a copy with one more card; without ``id`` one is made from the text."""
        id = id or new_id(text, {card.id for card in self.cards}, "card")
        made = Card(id=id, stage=stage, lane=lane, text=text, **more)
        return self.with_cards([*self.cards, made])

    def change(self, card_id: str, **changes: Any) -> Self:
        """Return a copy in which one card has these fields changed."""
        old = self.card(card_id)
        return self.with_cards(c.with_(**changes) if c is old else c for c in self.cards)

    def remove(self, card_id: str) -> Self:
        """Return a copy without that card."""
        gone = self.card(card_id)
        return self.with_cards(card for card in self.cards if card is not gone)

    def sorted(self, stages: Iterable[str], lanes: Iterable[str] = LANES) -> Self:
        """Return a copy ordered by stage, lane, order and id, so that git diffs read well."""
        columns, rows = ({name: n for n, name in enumerate(names)} for names in (stages, lanes))

        def place(card: Card) -> Keys:
            column, row = columns.get(card.stage, len(columns)), rows.get(card.lane, len(rows))
            return column, card.stage, row, card.lane, card.order, card.id

        return self.with_cards(sorted(self.cards, key=place))

    def emotions(self) -> dict[str, float]:
        """Return what the team feels per stage: the mean of the emotion cards, -2 to 2."""
        felt = dict[str, list[float]]()
        for card in self.at(lane="emotions"):
            if card.emotion is not None:
                felt.setdefault(card.stage, []).append(card.emotion)
        return {stage: sum(values) / len(values) for stage, values in felt.items()}
