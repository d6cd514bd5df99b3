"""What changed between two versions of a workshop, or between two runs, in the words of the
field.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from journeykit.declared import beside
from journeykit.model import RECORD_KINDS, Journey, Model, Workshop

from .cards import CardChange, card_changes, field_words
from .numbers import Result, compare_numbers, main_numbers, name_of
from .words import tell

SECTIONS, SIGNS, _LISTS, _APART = beside(__file__).values()


class Difference(NamedTuple):
    """One thing that is not as it was.

    ``section`` is a key of `SECTIONS`; ``change`` says what happened (added, removed, moved,
    changed, flipped …); ``of`` whose it is, ``where`` in the map, ``what`` it is called, and
    ``said`` the details.
    """

    section: str
    change: str
    of: str
    where: str
    what: str
    said: str = ""

    def row(self) -> dict[str, str]:
        """Return it as plain data."""
        return self._asdict()


def _both(
    before: Mapping[Any, Any], after: Mapping[Any, Any]
) -> Iterator[tuple[Any, str, Any, Any]]:
    """Pair what has one name: the name, ``added``, ``removed`` or nothing, and both sides."""
    for name in dict.fromkeys([*after, *before]):
        old, new = before.get(name), after.get(name)
        yield name, "added" if old is None else "removed" if new is None else "", old, new


def _in_order(found: Iterable[Difference]) -> list[Difference]:
    order = list(SECTIONS)
    return sorted(found, key=lambda each: order.index(each.section))


# --- two versions of a folder ---------------------------------------------------------------------


def diff_folders(before: Any, after: Any) -> list[Difference]:
    """Compare two workshop folders: maps card by card, stages, promises, personas, records.

    Parameters
    ----------
    before, after : Folder

    Returns
    -------
    list of Difference
        In the order of `SECTIONS`; empty where nothing changed.
    """
    old, new = before.workshop(), after.workshop()
    found = [*_workshop(old, new)]
    found += _words("personas", "persona", before.personas(), after.personas())
    maps = ({i: f.journey(i) for i in f.journey_ids()} for f in (before, after))
    for _, _, was, now in _both(*maps):
        found += diff_journeys(was, now, old, new)
    for kind in RECORD_KINDS:
        records = ({r.id: r for r in f.records(kind)} for f in (before, after))
        found += _words("records", kind.removesuffix("s").replace("-", " "), *records)
    return _in_order(found)


def diff_journeys(
    before: Journey | None, after: Journey | None, old: Workshop, new: Workshop
) -> Iterator[Difference]:
    """Compare two versions of one map; a map that is new or gone is told as a whole."""
    journey: Any = after or before
    told = partial(Difference, "maps", of=journey.persona, where="", what=journey.name)
    if before is None or after is None:
        change = "added" if before is None else "removed"
        yield told(change, said=f"{len(journey.cards)} cards")
        return
    names = old.names() | new.names()
    yield from _word("maps", "map", before, after, {"cards", "silence"}, journey.name)
    for each in card_changes(before, after, names, {"id", "order", "reviewed"}):
        yield from _card(each, journey, names)
    for stage, _, was, now in _both(before.emotions(), after.emotions()):
        if was == now:
            continue
        place, said = names.get(stage, stage), tell("feeling", was, now)
        yield Difference("feelings", "changed", journey.name, place, "How the stage feels", said)
    seen = {card.id: card.reviewed for card in before.cards}
    again = sum(bool(c.reviewed) and c.id in seen and c.reviewed != seen[c.id] for c in after.cards)
    if again:
        yield told("changed", said=f"{again} cards were reviewed")


def _card(each: CardChange, journey: Journey, names: Mapping[str, str]) -> Iterator[Difference]:
    card = each.card
    told = partial(
        Difference,
        of=journey.name,
        where=f"{names.get(card.stage, card.stage)}, {names.get(card.lane, card.lane)}",
        what=card.text,
    )
    rest = [words for key, words in each.fields.items() if key not in _APART]
    if each.change in ("added", "removed") or each.place or rest:
        said = "; ".join(filter(None, (each.place, *rest)))
        yield told("cards", each.change, said=said)
    for key, section in _APART.items():
        if key in each.fields:
            said = each.fields[key].replace("emotion was", "feeling was")
            yield told(section, "changed", said=said)


def _workshop(old: Workshop, new: Workshop) -> Iterator[Difference]:
    yield from _word("workshop", "workshop", old, new, {*_LISTS, "silence"}, new.name)
    for key, kind in _LISTS.items():
        before, after = (
            {_called(i, by="id name what"): i for i in getattr(each, key)} for each in (old, new)
        )
        yield from _words("workshop", kind, before, after)
        stayed = [name for name in after if name in before]
        if stayed != [name for name in before if name in after]:
            called = ", ".join(_called(after[name], name) for name in stayed)
            yield Difference("workshop", "moved", "", kind, "In another order", called)


def _words(
    section: str, kind: str, before: Mapping[str, Model], after: Mapping[str, Model]
) -> Iterator[Difference]:
    """Compare things that have a name: which came, which went, which changed."""
    for name, change, old, new in _both(before, after):
        if old is None or new is None:
            yield Difference(section, change, "", kind, _called(new or old, name))
        else:
            yield from _word(section, kind, old, new, {"silence"})


def _word(
    section: str, kind: str, old: Model, new: Model, ignore: set[str], of: str = ""
) -> Iterator[Difference]:
    fields = field_words(old.plain(), new.plain(), ignore)
    told = partial(Difference, change="changed", of=of, where=kind, what=_called(new, kind))
    if "owner" in fields:
        yield told("owners", said=fields.pop("owner"))
    if fields:
        yield told(section, said="; ".join(fields.values()))


def _called(word: Any, otherwise: str = "", by: str = "name text title goal what topic") -> str:
    names = (getattr(word, key, "") for key in by.split())
    return next((str(name) for name in names if name), otherwise)


# --- two runs -------------------------------------------------------------------------------------


def diff_results(before: Sequence[Result], after: Sequence[Result]) -> list[Difference]:
    """Compare two runs, persona by persona: verdicts that flipped, numbers beyond their interval.

    Parameters
    ----------
    before, after : sequence of mapping
        The results (``result.json``) of the personas of each run.

    Returns
    -------
    list of Difference
    """
    sides = (
        {each.get("persona"): each for each in side if each.get("kind") != "compare"}
        for side in (before, after)
    )
    found: list[Difference] = []
    for _, change, was, now in _both(*sides):
        if was is None or now is None:
            found.append(Difference("personas", change, "", "run", name_of(now or was or {})))
        elif shut := [*_gate("before", was), *_gate("now", now)]:
            found += shut
        else:
            found += [*_claims(was, now), *_numbers(was, now)]
    return _in_order(found)


def _gate(when: str, result: Result) -> Iterator[Difference]:
    """Say why a run drew no verdict: nothing is compared with it."""
    gate = result["data"].get("gate") or {}
    if gate.get("broken") and not gate.get("accepted"):
        said, why = f"{when}, no verdict was drawn; nothing is compared", " ".join(gate["broken"])
        yield Difference("gate", "changed", name_of(result), str(result.get("run_id")), said, why)


def _claims(was: Result, now: Result) -> Iterator[Difference]:
    sides = ({row["id"]: row for row in side.get("claims") or ()} for side in (was, now))
    for name, change, first, second in _both(*sides):
        row = second or first
        said = row["verdict"]
        if first and second:
            words = {first["verdict"], second["verdict"]}
            change = "flipped" if words == {"supported", "refuted"} else "changed"
            said = tell("flipped", first, second)
            if len(words) == 1:
                continue
        yield Difference("claims", change, name_of(now), name, row["sentence"], said)


def _numbers(was: Result, now: Result) -> Iterator[Difference]:
    frame = compare_numbers(main_numbers(was), main_numbers(now))
    for row in frame[frame["moved"]].itertuples():
        change = "higher" if row.difference > 0 else "lower"
        of = name_of(now)
        yield Difference("numbers", change, of, row.group, row.label, tell("moved", row))
