"""The map itself: cards on stages and lanes, and the pure operations on them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from journeykit.errors import UnknownName, did_you_mean
from journeykit.model.base import Id, Silence, Text, Word, merge_fields, new_id, one_of
from journeykit.model.change import Change
from journeykit.model.claim import Claim
from journeykit.model.match import Matches
from journeykit.model.presets import EVIDENCE, LANES

__all__ = ["Card", "Comment", "Journey", "Stage", "merge_cards", "merge_words"]


class Stage(Word):
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


class Comment(Word):
    """What somebody says about a card."""

    id: Id
    text: Text
    author: Text = ""
    date: dt.date | None = None


class Card(Word):
    """A sticky note.

    ``emotion`` is -2 (angry) to 2 (delighted) and belongs to the lane ``emotions``;
    ``importance`` and ``satisfaction`` (1 to 10) belong to goals; ``serves`` names the
    card whose goal this step serves; ``promise`` names a promise of the workshop;
    ``moment`` marks a moment that matters; ``claim`` says what the data must show.
    """

    id: Id
    stage: Id
    lane: Id
    text: Text
    order: int = 0
    evidence: Annotated[str, AfterValidator(one_of(*EVIDENCE))] = "assumed"
    emotion: Annotated[float, Field(ge=-2, le=2)] | None = None
    importance: Annotated[int, Field(ge=1, le=10)] | None = None
    satisfaction: Annotated[int, Field(ge=1, le=10)] | None = None
    serves: Id | None = None
    promise: Id | None = None
    moment: bool = False
    channel: Text = ""
    owner: Text = ""
    author: Text = ""
    department: Text = ""
    source: Text = ""
    reviewed: dt.date | None = None
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


class Journey(Word):
    """The map of one persona: as it is, or as it is meant to be.

    ``changes`` of a to-be map say what it does differently, so that the data can be asked.
    """

    id: Id
    name: Text
    persona: Id
    kind: Annotated[str, AfterValidator(one_of("as-is", "to-be"))] = "as-is"
    based_on: Id | None = None
    owner: Text = ""
    reviewed: dt.date | None = None
    changes: tuple[Change, ...] = ()
    silence: Silence = {}
    cards: tuple[Card, ...] = ()

    @model_validator(mode="after")
    def _ids_once(self) -> Self:
        seen: set[str] = set()
        for place, card in enumerate(self.cards):
            if card.id in seen:
                raise PydanticCustomError(
                    "twice",
                    "two cards have the id '{id}': give one of them another",
                    {"id": card.id, "place": f"cards.{place}.id"},
                )
            seen.add(card.id)
        return self

    def card(self, card_id: str) -> Card:
        """Return the card with this id; raises UnknownName."""
        for card in self.cards:
            if card.id == card_id:
                return card
        hint = did_you_mean(card_id, [card.id for card in self.cards])
        raise UnknownName(f"no card {card_id!r} in the journey {self.id!r}. {hint}")

    def at(self, stage: str | None = None, lane: str | None = None) -> tuple[Card, ...]:
        """Return the cards of a stage, a lane, or both."""
        return tuple(
            card for card in self.cards if stage in (None, card.stage) and lane in (None, card.lane)
        )

    def with_cards(self, cards: Iterable[Card]) -> Journey:
        """Return a copy that holds these cards instead; each was checked when it was made."""
        held = tuple(cards)
        if len({card.id for card in held}) < len(held):
            return self.with_(cards=[card.plain() for card in held])  # which says what stands twice
        return self.model_copy(update={"cards": held})

    def add(
        self, text: str, *, stage: str, lane: str, id: str | None = None, **more: Any
    ) -> Journey:
        """Return a copy with one more card; without ``id`` one is made from the text."""
        made = id or new_id(text, {card.id for card in self.cards}, "card")
        card = Card(id=made, stage=stage, lane=lane, text=text, **more)
        return self.with_cards([*self.cards, card])

    def change(self, card_id: str, **changes: Any) -> Journey:
        """Return a copy in which one card has these fields changed."""
        changed = self.card(card_id).with_(**changes)
        return self.with_cards(changed if card.id == card_id else card for card in self.cards)

    def remove(self, card_id: str) -> Journey:
        """Return a copy without that card."""
        gone = self.card(card_id)
        return self.with_cards(card for card in self.cards if card is not gone)

    def sorted(self, stages: Iterable[str], lanes: Iterable[str] = LANES) -> Journey:
        """Return a copy ordered by stage, lane, order and id, so that git diffs read well."""
        columns, rows = list(stages), list(lanes)

        def place(card: Card) -> tuple[int, str, int, str, int, str]:
            column = columns.index(card.stage) if card.stage in columns else len(columns)
            row = rows.index(card.lane) if card.lane in rows else len(rows)
            return column, card.stage, row, card.lane, card.order, card.id

        return self.with_cards(sorted(self.cards, key=place))

    def emotions(self) -> dict[str, float]:
        """Return what the team feels per stage: the mean of the emotion cards, -2 to 2."""
        felt: dict[str, list[float]] = {}
        for card in self.at(lane="emotions"):
            if card.emotion is not None:
                felt.setdefault(card.stage, []).append(card.emotion)
        return {stage: sum(values) / len(values) for stage, values in felt.items()}


def merge_cards(base: Journey, mine: Journey, theirs: Journey) -> Journey:
    """Join two changes of one journey, card by card.

    Parameters
    ----------
    base, mine, theirs : Journey
        What both began with, what one has now, and what the other has now.

    Returns
    -------
    Journey
        Theirs, with every card (and field of the journey) that only ``mine`` changed.

    Raises
    ------
    MergeConflict
        Where both changed the same field in different ways, or one removed what the other changed.
    """
    was, own, other = (journey.plain() for journey in (base, mine, theirs))
    cards = [{card["id"]: card for card in side.pop("cards", [])} for side in (was, own, other)]
    head = merge_fields(was, own, other, f"the journey {base.id!r}")
    for card_id in set(cards[0]) & set(cards[1]) & set(cards[2]):
        # Changed by both: field by field, so that one may move what the other rewords.
        sides = [side[card_id] for side in cards]
        if sides[1] != sides[0] and sides[2] not in sides[:2]:
            both = merge_fields(
                sides[0], sides[1], sides[2], f"the card {card_id!r} of the journey {base.id!r}"
            )
            cards[1][card_id] = cards[2][card_id] = both
    merged = merge_fields(cards[0], cards[1], cards[2], f"the cards of the journey {base.id!r}")
    return Journey.model_validate({**head, "cards": list(merged.values())})


def merge_words(base: Any, mine: Any, theirs: Any, what: str) -> Any:
    """Join two changes of one document: a journey card by card, anything else field by field."""
    if isinstance(mine, Journey):
        return merge_cards(base, mine, theirs)
    return type(mine).model_validate(merge_fields(base.plain(), mine.plain(), theirs.plain(), what))
