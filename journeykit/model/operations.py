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
from journeykit.model import acts_on_maps, acts_on_records, clock
from journeykit.model.base import Text, Word
from journeykit.model.journey import Journey

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
        raise Refused(
            f"there is no operation {operation.kind!r}. {did_you_mean(operation.kind, OPERATIONS)}"
        )
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
        {
            **_head(journey),
            **{f"cards/{name}": cards[name].plain() for name in touched if name in cards},
        }
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
        fields["cards"] = [
            v for part, v in now.items() if part.startswith("cards/") and v is not None
        ]
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


OPERATIONS: dict[str, Callable[[Any, dict[str, Any]], Word | None]] = {
    "card.add": acts_on_maps.add,
    "card.change": acts_on_maps.change,
    "card.move": acts_on_maps.move,
    "card.remove": acts_on_maps.remove,
    "card.comment": acts_on_maps.comment,
    "emotion.set": acts_on_maps.feel,
    "canvas.set": acts_on_records.set_canvas,
    "stage.put": acts_on_maps.put_stage,
    "stage.remove": acts_on_maps.remove_stage,
    "begin": acts_on_maps.begin,
    "group.name": acts_on_records.name_group,
    "reveal": acts_on_records.reveal,
    "clock.ends": clock.set_end,
    "clock.go": clock.go,
    "clock.pause": clock.pause,
    "clock.stop": clock.stop,
    "clock.turn": clock.turn,
    "set": acts_on_records.set_fields,
    "remove": acts_on_records.remove,
    "walk.step": acts_on_records.walk_step,
}
"""Kind of operation to the pure function that carries it out."""
