"""What changed between two versions of a workshop, or between two runs, in the words of the
field.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from journeykit.claims.cards import CardChange, card_changes, field_words
from journeykit.claims.numbers import compare_numbers, main_numbers
from journeykit.claims.words import value_words
from journeykit.model import RECORD_KINDS, Journey, Model, Workshop

SECTIONS = {
    "workshop": "Workshop",
    "personas": "Personas",
    "maps": "Maps",
    "cards": "Cards",
    "feelings": "Feelings",
    "owners": "Owners",
    "claims": "Claims",
    "numbers": "Numbers beyond chance",
    "records": "Records",
}
"""Where a difference is told, in this order."""
_APART = {"owner": "owners", "emotion": "feelings", "claim": "claims"}
"""Fields that have a section of their own."""
_LISTS = {
    "stages": "stage",
    "objectives": "objective",
    "promises": "promise",
    "lanes": "lane",
    "funnel": "funnel step",
    "agenda": "part of the agenda",
}


@dataclass(frozen=True)
class Difference:
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
        return asdict(self)


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
    personas = [{i: f.persona(i) for i in f.persona_ids()} for f in (before, after)]
    found += _words("personas", "persona", "", *personas)
    maps = [{i: f.journey(i) for i in f.journey_ids()} for f in (before, after)]
    for name in dict.fromkeys([*maps[1], *maps[0]]):
        found += diff_journeys(maps[0].get(name), maps[1].get(name), old, new)
    for kind in RECORD_KINDS:
        records = [{r.id: r for r in f.records(kind)} for f in (before, after)]
        found += _words("records", kind.removesuffix("s").replace("-", " "), "", *records)
    order = list(SECTIONS)
    return sorted(found, key=lambda each: order.index(each.section))


def diff_journeys(
    before: Journey | None, after: Journey | None, old: Workshop, new: Workshop
) -> Iterator[Difference]:
    """Compare two versions of one map; a map that is new or gone is told as a whole."""
    journey = after or before
    assert journey is not None
    if before is None or after is None:
        change = "added" if before is None else "removed"
        yield Difference(
            "maps", change, journey.persona, "", journey.name, f"{len(journey.cards)} cards"
        )
        return
    names = {**_names(old), **_names(new)}
    yield from _word("maps", "map", journey.name, before, after, {"cards", "silence"})
    for each in card_changes(before, after, names, {"id", "order", "reviewed"}):
        yield from _card(each, journey, names)
    yield from _stage_feelings(before, after, names, journey)
    seen = [{c.id: c.reviewed for c in side.cards} for side in (before, after)]
    again = sum(
        1 for name, day in seen[1].items() if day and name in seen[0] and day != seen[0][name]
    )
    if again:
        yield Difference(
            "maps", "changed", journey.persona, "", journey.name, f"{again} cards were reviewed"
        )


def _names(workshop: Workshop) -> dict[str, str]:
    return {**workshop.lane_names(), **{stage.id: stage.name for stage in workshop.stages}}


def _card(each: CardChange, journey: Journey, names: Mapping[str, str]) -> Iterator[Difference]:
    card = each.card
    where = f"{names.get(card.stage, card.stage)}, {names.get(card.lane, card.lane)}"

    def told(section: str, change: str, said: str = "") -> Difference:
        return Difference(section, change, journey.name, where, card.text, said)

    if each.change in ("added", "removed"):
        yield told("cards", each.change)
        return
    apart = {key: words for key, words in each.fields.items() if key in _APART}
    rest = [words for key, words in each.fields.items() if key not in _APART]
    if each.place or rest:
        yield told("cards", each.change, "; ".join(filter(None, (each.place, *rest))))
    for key, words in apart.items():
        yield told(_APART[key], "changed", words.replace("emotion was", "feeling was"))


def _stage_feelings(
    before: Journey, after: Journey, names: Mapping[str, str], journey: Journey
) -> Iterator[Difference]:
    first, second = before.emotions(), after.emotions()
    for stage in dict.fromkeys([*first, *second]):
        if first.get(stage) != second.get(stage):
            was, now = (
                f"{x:+.1f}" if x is not None else "–" for x in (first.get(stage), second.get(stage))
            )
            name = names.get(stage, stage)
            yield Difference(
                "feelings",
                "changed",
                journey.name,
                name,
                "How the stage feels",
                f"was {was}, is {now}, between -2 and 2",
            )


def _workshop(old: Workshop, new: Workshop) -> Iterator[Difference]:
    yield from _word("workshop", "workshop", new.name, old, new, {*_LISTS, "silence"})
    for key, kind in _LISTS.items():
        sides = []
        for workshop in (old, new):
            items = getattr(workshop, key)
            sides.append(
                {getattr(i, "id", None) or getattr(i, "name", "") or i.what: i for i in items}
            )
        yield from _words("workshop", kind, "", *sides)
        orders = [[name for name in side if name in sides[1 - n]] for n, side in enumerate(sides)]
        if orders[0] != orders[1]:
            called = ", ".join(_called(sides[1][name], name) for name in orders[1])
            yield Difference("workshop", "moved", "", kind, "In another order", called)


def _words(
    section: str, kind: str, of: str, before: Mapping[str, Model], after: Mapping[str, Model]
) -> Iterator[Difference]:
    """Compare things that have a name: which came, which went, which changed."""
    for name in dict.fromkeys([*after, *before]):
        old, new = before.get(name), after.get(name)
        if old is None or new is None:
            word = new or old
            yield Difference(
                section, "added" if old is None else "removed", of, kind, _called(word, name)
            )
        else:
            yield from _word(section, kind, of, old, new, {"silence"})


def _word(
    section: str, kind: str, of: str, old: Model, new: Model, ignore: Iterable[str]
) -> Iterator[Difference]:
    fields = field_words(old.plain(), new.plain(), {*ignore})
    what = _called(new, kind)
    if "owner" in fields:
        yield Difference("owners", "changed", of, kind, what, fields.pop("owner"))
    if fields:
        yield Difference(section, "changed", of, kind, what, "; ".join(fields.values()))


def _called(word: Any, otherwise: str) -> str:
    for name in ("name", "text", "title", "goal", "what", "topic"):
        if getattr(word, name, ""):
            return str(getattr(word, name))
    return otherwise


# --- two runs -------------------------------------------------------------------------------------


def diff_results(
    before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]
) -> list[Difference]:
    """Compare two runs, persona by persona: verdicts that flipped, numbers beyond their interval.

    Parameters
    ----------
    before, after : sequence of mapping
        The results (``result.json``) of the personas of each run.

    Returns
    -------
    list of Difference
    """
    old = {result.get("persona"): result for result in before if result.get("kind") != "compare"}
    new = {result.get("persona"): result for result in after if result.get("kind") != "compare"}
    found: list[Difference] = []
    for persona in dict.fromkeys([*new, *old]):
        was, now = old.get(persona), new.get(persona)
        if was is None or now is None:
            change = "added" if was is None else "removed"
            found.append(Difference("personas", change, "", "run", _persona(now or was or {})))
            continue
        found += [*_claims(was, now), *_numbers(was, now)]
    order = list(SECTIONS)
    return sorted(found, key=lambda each: order.index(each.section))


def _persona(result: Mapping[str, Any]) -> str:
    return str(result.get("persona_name") or result.get("persona"))


def _claims(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Difference]:
    old, new = ({row["id"]: row for row in side.get("claims") or ()} for side in (was, now))
    for name in dict.fromkeys([*new, *old]):
        first, second = old.get(name), new.get(name)
        row = second or first
        assert row is not None
        if first is None or second is None:
            change = "added" if first is None else "removed"
            yield Difference("claims", change, _persona(now), name, row["sentence"], row["verdict"])
        elif first["verdict"] != second["verdict"]:
            sides = {first["verdict"], second["verdict"]}
            change = "flipped" if sides == {"supported", "refuted"} else "changed"
            said = (
                f"was {first['verdict']}, is {second['verdict']}; {_value(first)} before, "
                f"{_value(second)} now"
            )
            yield Difference("claims", change, _persona(now), name, row["sentence"], said)


def _value(row: Mapping[str, Any]) -> str:
    value = row.get("value")
    return "not measured" if value is None else value_words(value, row.get("kind", "share"))


def _numbers(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Difference]:
    frame = compare_numbers(main_numbers(was), main_numbers(now))
    for row in frame[frame["moved"]].itertuples():
        old, new = (value_words(x, row.kind) for x in (row.before, row.now))
        kind = "points" if row.kind == "share" else row.kind
        ends = " to ".join(value_words(x, kind) for x in (row.low, row.high))
        change = "higher" if row.difference > 0 else "lower"
        said = f"{old} before, {new} now (difference {ends}, 95%)"
        yield Difference("numbers", change, _persona(now), row.group, row.label, said)
