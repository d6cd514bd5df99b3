"""Operations: what a widget asks of a document, one small change each. Pure; no I/O.

Every operation says what the outcome shall be (this text, that place), never "one more", and
the ids of new things are made by whoever asks. So an operation that arrives twice changes
nothing the second time, and two people who change different things never disturb each other.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NoReturn, get_args

from pydantic import ValidationError

from journeykit.declared import beside
from journeykit.errors import Refused, did_you_mean, first_line

from . import clock
from .base import Data, Doc, Model, Names, Text, slug
from .journey import Card, Journey, Stage
from .merging import join_lists
from .records import Guess, Meeting, Note


class Operation(Model):
    """One change that somebody asks for.

    ``doc`` is the document, as in ``journeys/mobile-maya``; ``kind`` a word of `OPERATIONS`, and
    ``at`` the path in the document that it is for, as in ``cards/c1``, where the word does not
    say it; ``by`` is the alias of who asks, if they gave one.
    """

    id: Text
    kind: Text
    doc: Text
    by: Text = ""
    at: Text = ""
    data: Data = {}


def apply(doc: Doc, operation: Operation, kind: type[Model] = Model) -> Doc:
    """Return the document as it is after an operation; None where there is none (any more).

    ``kind`` is what a document becomes that is not there yet.

    Raises
    ------
    Refused
        With the reason, in words for whoever asked.

    Examples
    --------
    >>> map_ = Journey(id="maya", name="Maya", persona="maya")
    >>> asked = Operation(id="1", kind="insert", doc="journeys/maya", at="cards/c1",
    ...     data={"id": "c1", "stage": "buy", "lane": "actions", "text": "pays"})
    >>> apply(map_, asked).card("c1").text
    'pays'
    """
    which, data = operation.kind, dict(operation.data)
    verb, *said = ALIASES.get(which, which).split()
    act = OPERATIONS.get(verb)
    if act is None:
        raise Refused(
            f"there is no operation {which!r}. {did_you_mean(which, [*ALIASES, *OPERATIONS])}"
        )
    try:
        if doc is None and which != "remove":
            if which not in ("set", "begin"):
                raise Refused(f"there is no {operation.doc!r} to change.")
            name = operation.doc.rpartition("/")[2]
            return _same(kind.model_validate({"id": name, **data}), name)
        if not isinstance(doc, _OWNERS.get(which.split(".")[0], object)):
            raise Refused(f"{which!r} cannot be asked of a {type(doc).__name__.lower()}.")
        if said[1:]:
            data["value"] = data[said[1]]
        path = [*filter(None, (said[0].format(**data) if said else operation.at).split("/"))]
        if (act in (insert, put, move) and not path[1:]) or (operation.at and not path):
            raise Refused(f"the operation {which!r} lacks `at`, the path that it is for.")
        if path:
            _field(doc, path[0])
        return _same(act(doc, data, *path), getattr(doc, "id", ""))
    except ValidationError as problem:
        raise Refused(first_line(problem)) from None
    except KeyError as missing:
        raise Refused(f"the operation {which!r} lacks {missing}.") from None


# --- set, insert, move and remove at a path -----------------------------------------------------

_STABLE = "an id stays as it is: others name it."
_NEEDED = {
    Card: ("text", "a card without words is no card: write something on it, or remove it."),
    Stage: ("name", "a stage needs a name."),
}


def _at(doc: Any, path: Sequence[str], act: Callable[[Any, Any], Any], before: Any = None) -> Any:
    """Return a copy of a document in which `act` has made something of what stands at a path.

    It is called with what is there (None for an item that is not) and the model of such an item,
    and returns what shall be there; None takes it away. ``before`` names the item before which it
    then stands.
    """
    name, *rest = path
    field = _field(doc, name)
    new = getattr(doc, name)
    kind: Any = next(iter(get_args(field.annotation)), None)
    many = isinstance(new, tuple | list) and isinstance(kind, type) and issubclass(kind, Model)
    if not rest:
        if many:
            raise Refused(f"{name} are changed one by one.")
        new = act(new, None)
    elif isinstance(new, Model):
        new = _at(new, rest, act)
    elif isinstance(new, dict):
        new = {**new, rest[0]: act(new.get(rest[0]), None)}
        new = {key: new[key] for key in new if new[key]}
    elif not many:
        raise Refused(f"{name!r} holds nothing that is named {rest[0]!r}.")
    else:
        old = next((item for item in new if _name(item) == rest[0]), None)
        made = _at(old or _gone(kind), rest[1:], act) if rest[1:] else act(old, kind)
        if made is not None and _name(made) != rest[0]:
            raise Refused(_STABLE)
        if old is None or before is not None:
            new = _placed([item for item in new if item is not old], made, before)
        new = [made if item is old else item for item in new]
        new = [item for item in new if item is not None]
    return doc.with_cards(new) if name == "cards" else doc.with_(**{name: new})


def _name(item: Any) -> str:
    """The name of an item among its like: what its model begins with."""
    return str(getattr(item, next(iter(type(item).model_fields))))


def _same(doc: Any, name: str) -> Any:
    if getattr(doc, "id", name) != name:
        raise Refused(_STABLE)
    return doc


def _placed(items: Sequence[Any], item: Any, before: Any) -> list[Any]:
    """Put an item before the one of this name, or last."""
    place = next((at for at, other in enumerate(items) if _name(other) == before), len(items))
    return [*items[:place], item, *items[place:]]


def _field(doc: Any, name: str) -> Any:
    fields = type(doc).model_fields
    if name not in fields:
        hint = did_you_mean(name, fields, show=0)
        raise Refused(f"a {type(doc).__name__.lower()} has no {name!r}. {hint}".strip())
    return fields[name]


def _gone(kind: type[Model]) -> NoReturn:
    raise Refused(f"this {kind.__name__.lower()} is gone: somebody has removed it.")


def _filled(old: Doc, kind: type[Model], data: Data) -> Model:
    """Set fields of a thing, or make it; an empty value takes a field away."""
    thing = kind.model_construct() if old is None else old
    field, said = _NEEDED.get(kind, ("", ""))
    if field and not str({**thing.plain(), **data}.get(field) or "").strip():
        raise Refused(said)
    return thing.with_(**data)


def insert(doc: Any, data: Data, *path: str) -> Any:
    """Put a new thing into a list, a card last in its row; one that is there stays as it is."""
    if path[0] == "cards" and not path[2:]:
        row = (card.order for card in doc.at(data["stage"], data["lane"]))
        data.setdefault("order", 1 + max(row, default=0))
    data = data.get("value", data)
    return _at(doc, path, lambda old, kind: _filled(None, kind, data) if old is None else old)


def put(doc: Any, data: Data, *path: str) -> Any:
    """Set fields of a thing in a list, or put it there; ``before`` another one, ``""`` is last."""
    before = data.pop("before", None)
    return _at(doc, path, lambda old, kind: _filled(old, kind, data), before)


def assign(doc: Any, data: Data, *path: str) -> Any:
    """Set fields of a document, or of a thing in it that is there, or one ``value``.

    Of a list, ``was`` is what whoever asks had before them: what others have added since stays,
    and what they took away stays away.
    """

    def act(old: Any, kind: Any) -> Any:
        if isinstance(old, Model) or kind:
            return _filled(old or _gone(kind), type(old), data)
        if not isinstance(data["value"], list):
            return str(data["value"]).strip()
        texts = [*dict.fromkeys(text for item in data["value"] if (text := str(item).strip()))]
        return join_lists(data["was"], texts, [*old]) if "was" in data else texts

    if path:
        return _at(doc, path, act)
    if "cards" in data and isinstance(doc, Journey):
        raise Refused("cards are changed one by one.")
    return doc.with_(**data)


def move(doc: Any, data: Data, *path: str) -> Any:
    """Put a thing before another one, or last; a card may go into another stage and lane."""
    before = data.get("before", "")
    if path[0] != "cards":
        return _at(doc, path, lambda old, kind: old or _gone(kind), before)
    card = next((card for card in doc.cards if card.id == path[1]), None) or _gone(Card)
    moved = card.with_(**{key: data[key] for key in ("stage", "lane") if key in data})
    there = [c for c in doc.at(moved.stage, moved.lane) if c is not card]
    row = _placed(sorted(there, key=lambda c: (c.order, c.id)), moved, before)
    new = {c.id: c if c.order == n else c.with_(order=n) for n, c in enumerate(row, 1)}
    return doc.with_cards(new.get(c.id, c) for c in doc.cards)


def remove(doc: Any, data: Data, *path: str) -> Any:
    """Take a thing away, or the whole document; what served a card as its goal serves none then."""
    if not path:
        return None
    if path[0] == "stages" and [*doc.stage_names()] == [*path[1:]]:
        raise Refused("the last stage stays: a map needs one.")
    left = _at(doc, path, lambda old, kind: None)
    if path[0] != "cards":
        return left
    return left.with_cards(c.with_(serves=None) if c.serves == path[1] else c for c in left.cards)


# --- what says more than a path -----------------------------------------------------------------


def add_cards(journey: Journey, data: Data) -> Journey:
    """Put many new cards there at once; those that are there stay as they are."""
    there = {card.id for card in journey.cards}
    new = [_filled(None, Card, card) for card in data["cards"] if card["id"] not in there]
    return journey.with_(cards=[*journey.cards, *new])


def feel(journey: Journey, data: Data) -> Journey:
    """Set what the team feels in a stage: one card of the lane ``emotions`` carries it."""
    stage, value = str(data["stage"]), round(float(data["value"]), 1)
    was = {c.id: c.emotion for c in journey.at(stage, "emotions") if c.emotion is not None}
    if not was:
        text, new = data.get("text") or "How it feels", f"feels-{slug(stage)}"
        return journey.add(text, stage=stage, lane="emotions", id=new, emotion=value)
    # Several cards move by the same, so that their mean is what was drawn; the ends of the scale
    # stop some of them, so it takes a few rounds.
    now = was
    # What is sent again finds a mean of rounded feelings.
    rounds = 0 if abs(value - sum(was.values()) / len(was)) < 0.0101 else 40
    for _ in range(rounds):
        by = value - sum(now.values()) / len(now)
        if abs(by) < 0.005:
            break
        now = {card: max(-2.0, min(2.0, felt + by)) for card, felt in now.items()}
    for card, felt in now.items():
        if round(felt, 2) != was[card]:
            journey = journey.change(card, emotion=round(felt, 2))
    return journey


def reveal(record: Note | Guess, data: Data) -> Note | Guess:
    """Show what was private: it loses its author unless it is signed; the first time counts."""
    if record.revealed:
        return record
    signed = isinstance(record, Guess) and record.signed
    return record.with_(**data, revealed=True, author=record.author if signed else None)


_OWNERS: Data = {"emotion": Journey, "cards": Journey, "reveal": Note | Guess, "clock": Meeting}
OPERATIONS: dict[str, Callable[..., Any]] = {
    "insert": insert,
    "put": put,
    "set": assign,
    "move": move,
    "remove": remove,
    "begin": lambda doc, data: doc,  # one that is there stays as it is
    "cards.add": add_cards,
    "emotion.set": feel,
    "reveal": reveal,
    **{f"clock.{verb}": partial(clock.act, verb) for verb in "ends go pause stop turn".split()},
}
"""Kind of operation to the pure function that carries it out."""
ALIASES: Names = beside(__file__)
"""What browsers call an operation, to what it does where, and the key that holds its value."""
