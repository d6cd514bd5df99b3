"""The journey as it is against the journey as it is meant to be: only what changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from journeykit.charts.map_cards import Note, cards_band
from journeykit.charts.map_emotion import emotion_band, team_curve
from journeykit.charts.map_header import header_band, heads_band, legend_band
from journeykit.charts.map_page import cells_of, lanes_shown
from journeykit.charts.map_sheet import Band, Grid, Rules, compose
from journeykit.charts.map_svg import CHANGES
from journeykit.model import Card, Journey, Persona, Workshop

__all__ = ["compare_text", "journey_compare", "notes_of"]

_NO_CHANGE = {"id", "order", "reviewed", "author", "source"}
Pair = tuple[Card | None, Card | None]


def _pairs(as_is: Journey, to_be: Journey) -> list[Pair]:
    """Join the cards of both by id; those left over by text, at the same place or in the same lane."""
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


def _change(old: Card | None, new: Card | None, names: dict[str, str]) -> tuple[str, str]:
    """Name what happened to a card, and say it in a few words."""
    if old is None or new is None:
        return ("added" if old is None else "removed"), ""
    was = f"was: “{old.text}”" if old.text != new.text else ""
    if (old.stage, old.lane) != (new.stage, new.lane):
        places = [names.get(o, o) for o, n in ((old.lane, new.lane), (old.stage, new.stage)) if o != n]
        return "moved", "; ".join(filter(None, (f"from {', '.join(places)}", was)))
    first, second = old.plain(), new.plain()
    keys = [k for k in {**first, **second} if k not in _NO_CHANGE and first.get(k) != second.get(k)]
    plain = [key for key in keys if key not in ("text", "events")]
    others = ", ".join(f"{key} was {first.get(key, 'not set')}" for key in plain)
    return ("changed" if keys else ""), "; ".join(filter(None, (was, others)))


def notes_of(workshop: Workshop, as_is: Journey, to_be: Journey) -> list[Note]:
    """Make a note of every card of either journey; ``change`` is empty where nothing changed."""
    names = {**workshop.lane_names(), **{stage.id: stage.name for stage in workshop.stages}}
    notes = []
    for old, new in _pairs(as_is, to_be):
        change, words = _change(old, new, names)
        card = new or old
        assert card is not None
        notes.append(Note(card, change=change, change_words=words))
    return notes


def journey_compare(
    workshop: Workshop,
    persona: Persona,
    as_is: Journey,
    to_be: Journey,
    *,
    width: int = 1280,
    lanes: Sequence[str] | str | None = None,
    format: str | None = None,
) -> str:
    """Draw what changes between two journeys: cards added (+), removed (−), moved (→), changed (~).

    Parameters
    ----------
    workshop, persona : Workshop, Persona
        Stages and lanes, and who it is about.
    as_is, to_be : Journey
        Cards are joined by id; those without a partner by lane and text.
    width, lanes, format
        As for :func:`journey_map`; without ``lanes``, those in which something changes.

    Returns
    -------
    str
        SVG. Cards that stay are counted in each cell, not drawn.

    Raises
    ------
    UnknownName
        For an unknown lane or format.

    Examples
    --------
    >>> from journeykit.model import Journey, Persona, Workshop
    >>> shop = Workshop(name="Shop", stages=[{"id": "buy", "name": "Buy"}])
    >>> now = Journey(id="maya", name="Today", persona="maya")
    >>> then = now.add("Pays with a wallet", stage="buy", lane="actions")
    >>> "1 added" in journey_compare(shop, Persona(id="maya", name="Maya"), now, then)
    True
    """
    notes = notes_of(workshop, as_is, to_be)
    changed = [note for note in notes if note.change]
    felt = (as_is.emotions(), to_be.emotions())
    used = {note.card.lane for note in changed} | ({"emotions"} if felt[0] != felt[1] else set())
    shown = lanes_shown(workshop, used, lanes)
    counts = Counter(note.change or "as before" for note in notes)
    tally = ", ".join(f"{counts[word]} {word}" for word in (*CHANGES, "as before") if counts[word])
    facts = [("Cards", tally or "none"), ("As-is", as_is.name), ("To-be", to_be.name)]
    signs = [*(c for c in CHANGES if counts[c]), *(["before", "after"] if any(felt) else [])]

    def layout(grid: Grid, rules: Rules) -> list[Band | None]:
        bands: list[Band | None] = [
            header_band(grid, persona, "compare", workshop.name, facts), heads_band(grid, workshop),
        ]  # fmt: skip
        for lane in shown:
            cells = cells_of(workshop, changed, lane)
            stays = [len([n for n in cell if not n.change]) for cell in cells_of(workshop, notes, lane)]
            more = [f"{n} as before" if n else "" for n in stays]
            emotions = lane == "emotions"
            cards = cards_band(grid, workshop, lane, cells, rules, more=more, bare=emotions)
            bands.append(_feelings(grid, workshop, as_is, to_be, cards, rules) if emotions else cards)
        return [*bands, legend_band(grid, signs, ["Cards that stay as they are are counted, not drawn."])]

    return compose(
        layout, len(workshop.stages), width=width, format=format,
        title=f"What changes for {persona.name}: {as_is.name} against {to_be.name}",
        desc=f"Cards: {tally or 'none'}.",
    )  # fmt: skip


def _feelings(
    grid: Grid, workshop: Workshop, as_is: Journey, to_be: Journey, cards: Band, rules: Rules
) -> Band:
    stages = [stage.id for stage in workshop.stages]
    moments = sorted({stages.index(c.stage) for c in to_be.cards if c.moment and c.stage in stages})
    after, before = (
        team_curve(stages, to_be.emotions(), "to-be"),
        team_curve(stages, as_is.emotions(), "as-is"),
    )
    return emotion_band(grid, workshop.lane_names()["emotions"], after, before, moments, cards, rules)


def compare_text(workshop: Workshop, as_is: Journey, to_be: Journey) -> list[dict[str, Any]]:
    """Return what changes as rows of text.

    Returns
    -------
    list of dict
        ``change`` ("added", "removed", "moved", "changed"), ``stage``, ``lane``, ``card``,
        ``what`` (where from, or what it was), in the order of the map.

    Examples
    --------
    >>> from journeykit.model import Journey, Workshop
    >>> shop = Workshop(name="Shop", stages=[{"id": "buy", "name": "Buy"}])
    >>> now = Journey(id="maya", name="Today", persona="maya")
    >>> then = now.add("Pays with a wallet", stage="buy", lane="actions")
    >>> compare_text(shop, now, then)[0]["change"]
    'added'
    """
    stages = {stage.id: stage.name for stage in workshop.stages}
    lanes = workshop.lane_names()
    order = {name: i for i, name in enumerate([*stages, *lanes])}
    changed = [note for note in notes_of(workshop, as_is, to_be) if note.change]
    changed.sort(
        key=lambda n: (order.get(n.card.stage, 99), order.get(n.card.lane, 99), n.card.order, n.card.id)
    )
    return [
        {
            "change": note.change,
            "stage": stages.get(note.card.stage, note.card.stage),
            "lane": lanes.get(note.card.lane, note.card.lane),
            "card": note.card.text,
            "what": note.change_words,
        }
        for note in changed
    ]
