"""What happened to the cards between two versions of a map: joined by id, and then by text."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from journeykit.model import Card, Facts, Journey

from .words import tell

_NO_CHANGE = "id order reviewed author source image claim silence".split()
"""What a plan need not repeat: who wrote a card when, its picture (the name of whose file stays at
home), and what the card of today claims."""
Pair = tuple[Card | None, Card | None]


@dataclass(frozen=True)
class CardChange:
    """One card, before and after.

    ``change`` is ``added``, ``removed``, ``moved``, ``changed``, or empty where it stayed;
    ``fields``
    holds the words for each field that changed, ``place`` where it came from, ``words`` all of it.
    """

    old: Card | None
    new: Card | None
    change: str = ""
    place: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def card(self) -> Card:
        """The card as it is now, or was."""
        found: Any = self.new or self.old
        return found

    @property
    def words(self) -> str:
        """What it was, and where it came from."""
        return "; ".join(filter(None, (self.place, *self.fields.values())))


def card_changes(
    before: Journey, after: Journey, names: Mapping[str, str], ignore: Collection[str] = _NO_CHANGE
) -> list[CardChange]:
    """Say what happened to each card of two maps.

    Parameters
    ----------
    before, after : Journey
    names : mapping
        Stage and lane ids to what people read.
    ignore : collection of str
        Fields whose change does not count.

    Returns
    -------
    list of CardChange
        The cards of `after` in their order, then those that are gone; each card once.

    Examples
    --------
    >>> now = Journey(id="maya", name="Today", persona="maya")
    >>> now = now.add("Pay", stage="buy", lane="actions")
    >>> then = now.change("pay", text="Pay fast", stage="see")
    >>> [(each.change, each.words) for each in card_changes(now, then, {"buy": "Buying"})]
    [('moved', 'from Buying; was: “Pay”')]
    """
    return [_change(old, new, names, ignore) for old, new in _pairs(before, after)]


def _pairs(as_is: Journey, to_be: Journey) -> list[Pair]:
    """Join the cards of both by id; those left over by text, at the same place or in the same
    lane.
    """
    before = {card.id: card for card in as_is.cards}
    pairs: dict[str, Pair] = {card.id: (before.pop(card.id, None), card) for card in to_be.cards}
    for near in (("stage", "lane"), ("lane",)):
        waiting = {_key(card, near): card for card in reversed(before.values())}
        for new in to_be.cards:
            if pairs[new.id][0] is None and (old := waiting.pop(_key(new, near), None)):
                pairs[new.id] = (before.pop(old.id), new)
    return [*pairs.values(), *((card, None) for card in before.values())]


def _key(card: Card, near: Sequence[str]) -> tuple[str, ...]:
    return (card.text.casefold(), *(getattr(card, name) for name in near))


def _change(
    old: Card | None, new: Card | None, names: Mapping[str, str], ignore: Collection[str]
) -> CardChange:
    if old is None or new is None:
        return CardChange(old, new, "added" if old is None else "removed")
    fields = {"text": f"was: “{old.text}”"} if old.text != new.text else {}
    fields |= field_words(old.plain(), new.plain(), {*ignore, "stage", "lane", "text"})
    places = [names.get(o, o) for o, n in ((old.lane, new.lane), (old.stage, new.stage)) if o != n]
    place = f"from {', '.join(places)}" if places else ""
    return CardChange(old, new, "moved" if place else "changed" if fields else "", place, fields)


def field_words(old: Facts, new: Facts, ignore: Collection[str] = ()) -> dict[str, str]:
    """Say what changed, field by field: texts with what they were, lists with what came and went.

    Examples
    --------
    >>> field_words({"owner": "Ada", "events": ["a"]}, {"owner": "Bo", "events": ["a", "b"]})
    {'owner': 'owner was Ada, is Bo', 'events': 'events: + b'}
    """
    keys = [key for key in {**old, **new} if key not in ignore and old.get(key) != new.get(key)]
    said = {key: (key.replace("_", " "), old.get(key), new.get(key)) for key in keys}
    return {key: tell("field", *each, field_words) for key, each in said.items()}
