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
from journeykit.claims.cards import card_changes
from journeykit.model import Journey, Persona, Workshop

__all__ = ["compare_text", "journey_compare", "notes_of"]


def notes_of(workshop: Workshop, as_is: Journey, to_be: Journey) -> list[Note]:
    """Make a note of every card of either journey; ``change`` is empty where nothing changed."""
    names = {**workshop.lane_names(), **{stage.id: stage.name for stage in workshop.stages}}
    return [
        Note(each.card, change=each.change, change_words=each.words)
        for each in card_changes(as_is, to_be, names)
    ]


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
            header_band(grid, persona, "compare", workshop.name, facts),
            heads_band(grid, workshop),
        ]
        for lane in shown:
            cells = cells_of(workshop, changed, lane)
            stays = [
                len([n for n in cell if not n.change]) for cell in cells_of(workshop, notes, lane)
            ]
            more = [f"{n} as before" if n else "" for n in stays]
            emotions = lane == "emotions"
            cards = cards_band(grid, workshop, lane, cells, rules, more=more, bare=emotions)
            bands.append(
                _feelings(grid, workshop, as_is, to_be, cards, rules) if emotions else cards
            )
        return [
            *bands,
            legend_band(grid, signs, ["Cards that stay as they are are counted, not drawn."]),
        ]

    return compose(
        layout,
        len(workshop.stages),
        width=width,
        format=format,
        title=f"What changes for {persona.name}: {as_is.name} against {to_be.name}",
        desc=f"Cards: {tally or 'none'}.",
    )


def _feelings(
    grid: Grid, workshop: Workshop, as_is: Journey, to_be: Journey, cards: Band, rules: Rules
) -> Band:
    stages = [stage.id for stage in workshop.stages]
    moments = sorted({stages.index(c.stage) for c in to_be.cards if c.moment and c.stage in stages})
    after, before = (
        team_curve(stages, to_be.emotions(), "to-be"),
        team_curve(stages, as_is.emotions(), "as-is"),
    )
    return emotion_band(
        grid, workshop.lane_names()["emotions"], after, before, moments, cards, rules
    )


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
        key=lambda n: (
            order.get(n.card.stage, 99),
            order.get(n.card.lane, 99),
            n.card.order,
            n.card.id,
        )
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
