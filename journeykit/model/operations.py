"""Operations: what a widget asks of the map, one small change each. Pure; no I/O.

Every operation says what the outcome shall be (this text, that place), never "one more", and
the ids of new things are made by whoever asks. So an operation that arrives twice changes
nothing the second time, and two people who change different things never disturb each other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from journeykit.errors import Refused, did_you_mean, first_line
from journeykit.model import clock
from journeykit.model.base import Text, Word, slug
from journeykit.model.journey import Card, Journey
from journeykit.model.records import Guess, Note, Round, Walk, WalkStep
from journeykit.model.workshop import Persona, Workshop

__all__ = ["OPERATIONS", "Change", "Operation", "apply", "difference", "parts_of", "put"]

#: Part of a document to what was there before and what is there now; None is "not there".
Change = dict[str, tuple[Any, Any]]


class Operation(Word):
    """One change that somebody asks for.

    ``doc`` is the document, as in ``journeys/mobile-maya``; ``kind`` one of `OPERATIONS`;
    ``by`` the alias of who asks, if they gave one.
    """

    id: Text
    kind: Text
    doc: Text
    by: Text = ""
    data: dict[str, Any] = {}


def apply(word: Word | None, operation: Operation, kind: type[Word] = Word) -> Word | None:
    """Return the document as it is after an operation; None where there is none (any more).

    ``kind`` is what a document becomes that is not there yet.

    Raises
    ------
    Refused
        With the reason, in words for whoever asked.

    Examples
    --------
    >>> map_ = Journey(id="maya", name="Maya", persona="maya")
    >>> asked = Operation(id="1", kind="card.add", doc="journeys/maya",
    ...     data={"id": "c1", "stage": "buy", "lane": "actions", "text": "pays"})
    >>> apply(map_, asked).card("c1").text
    'pays'
    """
    act = OPERATIONS.get(operation.kind)
    if act is None:
        raise Refused(f"there is no operation {operation.kind!r}. {did_you_mean(operation.kind, OPERATIONS)}")
    try:
        if word is None and operation.kind != "remove":
            if operation.kind not in ("set", "begin"):
                raise Refused(f"there is no {operation.doc!r} to change.")
            return kind.model_validate({"id": operation.doc.rpartition("/")[2], **operation.data})
        return act(word, dict(operation.data))
    except ValidationError as wrong:
        raise Refused(first_line(wrong)) from None
    except KeyError as missing:
        raise Refused(f"the operation {operation.kind!r} lacks {missing}.") from None


def difference(old: Word | None, new: Word | None) -> Change:
    """List which parts of a document differ: its fields, and for a journey each card.

    Examples
    --------
    >>> was = Journey(id="maya", name="Maya", persona="maya")
    >>> sorted(difference(was, was.add("pays", stage="buy", lane="actions", id="c1")))
    ['cards/c1']
    """
    if isinstance(old, Journey) and isinstance(new, Journey):
        return _journeys_differ(old, new)
    return _differ(parts_of(old), parts_of(new))


def _differ(before: Mapping[str, Any], after: Mapping[str, Any]) -> Change:
    return {
        part: (before.get(part), after.get(part))
        for part in dict.fromkeys([*before, *after])
        if before.get(part) != after.get(part)
    }


def _journeys_differ(old: Journey, new: Journey) -> Change:
    """Look only into cards that are not the very same object: most of 200 are."""
    was, now = ({card.id: card for card in journey.cards} for journey in (old, new))
    touched = [name for name in dict.fromkeys([*was, *now]) if was.get(name) is not now.get(name)]
    before, after = (
        {**_head(journey), **{f"cards/{name}": cards[name].plain() for name in touched if name in cards}}
        for journey, cards in ((old, was), (new, now))
    )
    return _differ(before, after)


def put(word: Word | None, parts: Mapping[str, Any], kind: type[Word]) -> Word | None:
    """Return the document with these parts set; None takes a part away, the last one all of it."""
    now = {**parts_of(word), **parts}
    if all(value is None for value in now.values()):
        return None
    fields = {part: value for part, value in now.items() if value is not None and "/" not in part}
    if kind is Journey:
        fields["cards"] = [v for part, v in now.items() if part.startswith("cards/") and v is not None]
    return kind.model_validate(fields)


def parts_of(word: Word | None) -> dict[str, Any]:
    """Return the parts of a document: its fields, and for a journey each card.

    Examples
    --------
    >>> sorted(parts_of(Journey(id="m", name="M", persona="maya")))
    ['id', 'name', 'persona']
    """
    if not isinstance(word, Journey):
        return word.plain() if word is not None else {}
    return {**_head(word), **{f"cards/{card.id}": card.plain() for card in word.cards}}


def _head(journey: Journey) -> dict[str, Any]:
    return journey.model_dump(mode="json", exclude_unset=True, exclude={"cards"})


# --- what can be asked ------------------------------------------------------------------


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


def _add(word: Word, data: dict[str, Any]) -> Journey:
    journey = _journey(word)
    if any(card.id == data["id"] for card in journey.cards):
        return journey  # sent twice
    if not str(data.get("text", "")).strip():
        raise Refused("a card without words is no card: write something on it.")
    data.setdefault("order", 1 + max((c.order for c in journey.at(data["stage"], data["lane"])), default=0))
    return journey.with_cards([*journey.cards, Card.model_validate(data)])


def _change(word: Word, data: dict[str, Any]) -> Journey:
    journey, card = _card(word, data)
    changes = {key: value for key, value in data.items() if key != "id"}
    if "text" in changes and not str(changes["text"]).strip():
        raise Refused("a card without words is no card: remove it instead.")
    fields = {key: value for key, value in {**card.plain(), **changes}.items() if value not in (None, "")}
    changed = Card.model_validate(fields)
    return journey.with_cards(changed if old is card else old for old in journey.cards)


def _move(word: Word, data: dict[str, Any]) -> Journey:
    """Put a card into a stage and lane, before another one there or at the end."""
    journey, card = _card(word, data)
    stage, lane = data.get("stage", card.stage), data.get("lane", card.lane)
    there = sorted((c for c in journey.at(stage, lane) if c is not card), key=lambda c: (c.order, c.id))
    place = next((at for at, c in enumerate(there) if c.id == data.get("before")), len(there))
    row = [*there[:place], card.with_(stage=stage, lane=lane), *there[place:]]
    moved = {c.id: c if c.order == number else c.with_(order=number) for number, c in enumerate(row, 1)}
    return journey.with_cards(moved.get(c.id, c) for c in journey.cards)


def _remove(word: Word, data: dict[str, Any]) -> Journey:
    """Take a card away; what served it as a goal serves none then."""
    left = [card for card in _journey(word).cards if card.id != data["id"]]
    return _journey(word).with_cards(c.with_(serves=None) if c.serves == data["id"] else c for c in left)


def _comment(word: Word, data: dict[str, Any]) -> Journey:
    journey, card = _card(word, data)
    if any(comment.id == data["comment"]["id"] for comment in card.comments):
        return journey
    return journey.change(card.id, comments=[*(c.plain() for c in card.comments), data["comment"]])


def _feel(word: Word, data: dict[str, Any]) -> Journey:
    """Set what the team feels in a stage: one card of the lane ``emotions`` carries it."""
    journey, stage = _journey(word), str(data["stage"])
    felt = [card for card in journey.at(stage, "emotions") if card.emotion is not None]
    value = round(float(data["value"]), 1)
    if not felt:
        card_id = f"feels-{slug(stage)}"
        return journey.add(
            data.get("text") or "How it feels", stage=stage, lane="emotions", id=card_id, emotion=value
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


def _begin(word: Word, data: dict[str, Any]) -> Word:
    """Make a document with what it holds at first; one that is there stays as it is."""
    return word


def _stages(word: Word) -> list[dict[str, Any]]:
    if not isinstance(word, Workshop):
        raise Refused("this operation belongs to the workshop.")
    return [stage.plain() for stage in word.stages]


def _stage(word: Word, data: dict[str, Any]) -> Word:
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


def _stage_away(word: Word, data: dict[str, Any]) -> Word:
    left = [stage for stage in _stages(word) if stage["id"] != data["id"]]
    if not left:
        raise Refused("the last stage stays: a map needs one.")
    return word.with_(stages=left)


def _remove_it(word: Word, data: dict[str, Any]) -> None:
    """Take a record away, whole."""


def _set(word: Word, data: dict[str, Any]) -> Word:
    """Set fields of a document that is no journey; an empty value takes a field away."""
    if isinstance(word, Journey) and "cards" in data:
        raise Refused("cards are changed one by one.")
    fields = {key: v for key, v in {**word.plain(), **data}.items() if v not in (None, "", [])}
    return type(word).model_validate(fields)


def _canvas(word: Word, data: dict[str, Any]) -> Persona:
    """Set one field of a persona's canvas to a list of texts.

    ``was`` is the list that whoever asks had before them: what others have added since stays, and
    what they took away stays away.
    """
    if not isinstance(word, Persona):
        raise Refused("this operation belongs to a persona.")
    field = str(data["field"])
    if field not in type(word.canvas).model_fields:
        hint = did_you_mean(field, type(word.canvas).model_fields)
        raise Refused(f"the canvas has no field {field!r}. {hint}")
    items = list(dict.fromkeys(text for item in data["items"] if (text := str(item).strip())))
    now = list(getattr(word.canvas, field))
    joined = _joined(list(map(str, data["was"])), items, now) if "was" in data else items
    canvas = {**word.canvas.plain(), field: joined}
    return word.with_(canvas={key: texts for key, texts in canvas.items() if texts})


def _joined(was: list[str], mine: list[str], theirs: list[str]) -> list[str]:
    """Join two changes of a list: my order, with what they added, without what either took away."""
    result = [text for text in mine if text in theirs or text not in was]
    for place, text in enumerate(theirs):
        if text not in was and text not in result:
            before = next((t for t in reversed(theirs[:place]) if t in result), None)
            result.insert(result.index(before) + 1 if before is not None else 0, text)
    return result


def _walk_step(word: Word, data: dict[str, Any]) -> Walk:
    """Set fields of one step of a walk; an empty value takes a field away."""
    if not isinstance(word, Walk):
        raise Refused("this operation belongs to a walk.")
    old = next((step for step in word.steps if step.card == data["card"]), None)
    fields = {**(old.plain() if old else {}), **data}
    if data.get("seen"):
        fields["why"] = None
    elif data.get("why"):
        fields["seen"] = False
    made = WalkStep.model_validate({key: v for key, v in fields.items() if v not in (None, "")})
    steps = [made if step is old else step for step in word.steps] + ([] if old else [made])
    return word.with_(steps=[step.plain() for step in steps])


def _reveal(word: Word, data: dict[str, Any]) -> Word:
    """Show what was private: it loses its author unless it is signed; the first time counts."""
    if not isinstance(word, Note | Guess):
        raise Refused("only notes and guesses are revealed.")
    if word.revealed:
        return word
    fields = word.plain()
    if not fields.get("signed"):
        fields.pop("author", None)
    return type(word).model_validate({**fields, **data, "revealed": True})


def _name_group(word: Word, data: dict[str, Any]) -> Round:
    """Name a group of notes; an empty name takes it away."""
    if not isinstance(word, Round):
        raise Refused("this operation belongs to a round.")
    named = {**word.groups, data["group"]: str(data["name"]).strip()}
    return word.with_(groups={group: name for group, name in named.items() if name})


OPERATIONS: dict[str, Callable[[Any, dict[str, Any]], Word | None]] = {
    "card.add": _add,
    "card.change": _change,
    "card.move": _move,
    "card.remove": _remove,
    "card.comment": _comment,
    "emotion.set": _feel,
    "canvas.set": _canvas,
    "stage.put": _stage,
    "stage.remove": _stage_away,
    "begin": _begin,
    "group.name": _name_group,
    "reveal": _reveal,
    "clock.ends": clock.set_end,
    "clock.go": clock.go,
    "clock.pause": clock.pause,
    "clock.stop": clock.stop,
    "clock.turn": clock.turn,
    "set": _set,
    "remove": _remove_it,
    "walk.step": _walk_step,
}
"""Kind of operation to the pure function that carries it out."""
