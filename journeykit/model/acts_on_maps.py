"""What can be asked of a map and its stages."""

from __future__ import annotations

from typing import Any

from journeykit.errors import Refused
from journeykit.model.base import Word, slug
from journeykit.model.journey import Card, Journey
from journeykit.model.workshop import Workshop


def _journey(word: Word) -> Journey:
    if not isinstance(word, Journey):
        raise Refused("this operation belongs to a journey.")
    return word


def _card(word: Word, data: dict[str, Any]) -> tuple[Journey, Card]:
    journey, card_id = _journey(word), str(data["id"])
    found = next((card for card in journey.cards if card.id == card_id), None)
    if found is None:
        raise Refused("this card is gone: somebody has removed it.")
    return journey, found


def add(word: Word, data: dict[str, Any]) -> Journey:
    """Put a new card on the map, last in its stage and lane."""
    journey = _journey(word)
    if any(card.id == data["id"] for card in journey.cards):
        return journey  # sent twice
    if not str(data.get("text", "")).strip():
        raise Refused("a card without words is no card: write something on it.")
    data.setdefault(
        "order", 1 + max((c.order for c in journey.at(data["stage"], data["lane"])), default=0)
    )
    return journey.with_cards([*journey.cards, Card.model_validate(data)])


def change(word: Word, data: dict[str, Any]) -> Journey:
    """Set fields of a card; an empty value takes a field away."""
    journey, card = _card(word, data)
    changes = {key: value for key, value in data.items() if key != "id"}
    if "text" in changes and not str(changes["text"]).strip():
        raise Refused("a card without words is no card: remove it instead.")
    fields = {
        key: value for key, value in {**card.plain(), **changes}.items() if value not in (None, "")
    }
    changed = Card.model_validate(fields)
    return journey.with_cards(changed if old is card else old for old in journey.cards)


def move(word: Word, data: dict[str, Any]) -> Journey:
    """Put a card into a stage and lane, before another one there or at the end."""
    journey, card = _card(word, data)
    stage, lane = data.get("stage", card.stage), data.get("lane", card.lane)
    there = sorted(
        (c for c in journey.at(stage, lane) if c is not card), key=lambda c: (c.order, c.id)
    )
    place = next((at for at, c in enumerate(there) if c.id == data.get("before")), len(there))
    row = [*there[:place], card.with_(stage=stage, lane=lane), *there[place:]]
    moved = {
        c.id: c if c.order == number else c.with_(order=number) for number, c in enumerate(row, 1)
    }
    return journey.with_cards(moved.get(c.id, c) for c in journey.cards)


def remove(word: Word, data: dict[str, Any]) -> Journey:
    """Take a card away; what served it as a goal serves none then."""
    left = [card for card in _journey(word).cards if card.id != data["id"]]
    return _journey(word).with_cards(
        c.with_(serves=None) if c.serves == data["id"] else c for c in left
    )


def comment(word: Word, data: dict[str, Any]) -> Journey:
    """Say something about a card."""
    journey, card = _card(word, data)
    if any(comment.id == data["comment"]["id"] for comment in card.comments):
        return journey
    return journey.change(card.id, comments=[*(c.plain() for c in card.comments), data["comment"]])


def feel(word: Word, data: dict[str, Any]) -> Journey:
    """Set what the team feels in a stage: one card of the lane ``emotions`` carries it."""
    journey, stage = _journey(word), str(data["stage"])
    felt = [card for card in journey.at(stage, "emotions") if card.emotion is not None]
    value = round(float(data["value"]), 1)
    if not felt:
        card_id = f"feels-{slug(stage)}"
        return journey.add(
            data.get("text") or "How it feels",
            stage=stage,
            lane="emotions",
            id=card_id,
            emotion=value,
        )
    # Several cards move by the same, so that their mean is what was drawn; the ends of the scale
    # stop some of them, so it takes a few rounds.
    now = {card.id: card.emotion or 0.0 for card in felt}
    for _ in range(40):
        by = value - sum(now.values()) / len(now)
        if abs(by) < 0.005:
            break
        now = {card_id: max(-2.0, min(2.0, was + by)) for card_id, was in now.items()}
    for card in felt:
        if round(now[card.id], 2) != card.emotion:
            journey = journey.change(card.id, emotion=round(now[card.id], 2))
    return journey


def begin(word: Word, data: dict[str, Any]) -> Word:
    """Make a document with what it holds at first; one that is there stays as it is."""
    return word


def _stages(word: Word) -> list[dict[str, Any]]:
    if not isinstance(word, Workshop):
        raise Refused("this operation belongs to the workshop.")
    return [stage.plain() for stage in word.stages]


def put_stage(word: Word, data: dict[str, Any]) -> Word:
    """Name a stage, add one, or put it before another one (or, with ``""``, at the end)."""
    stages, stage_id = _stages(word), str(data["id"])
    place = next((at for at, stage in enumerate(stages) if stage["id"] == stage_id), len(stages))
    was = stages.pop(place) if place < len(stages) else {}
    if "before" in data:
        ids = [stage["id"] for stage in stages]
        place = ids.index(data["before"]) if data["before"] in ids else len(ids)
    told = {**was, **{key: value for key, value in data.items() if key != "before"}}
    if not str(told.get("name", "")).strip():
        raise Refused("a stage needs a name.")
    stages.insert(place, {key: value for key, value in told.items() if value not in (None, "")})
    return word.with_(stages=stages)


def remove_stage(word: Word, data: dict[str, Any]) -> Word:
    """Take a stage away that no card stands on."""
    left = [stage for stage in _stages(word) if stage["id"] != data["id"]]
    if not left:
        raise Refused("the last stage stays: a map needs one.")
    return word.with_(stages=left)
