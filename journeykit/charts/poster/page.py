"""The poster as a whole: which lanes it has, and its bands from top to bottom."""

from collections.abc import Sequence
from typing import Any

from journeykit.errors import UnknownName, did_you_mean
from journeykit.model import Journey, Persona, Workshop

from .cards import cards_band
from .data import Numbers, data_band
from .emotion import Curve, emotion_band
from .header import Fact, header_band, heads_band, legend_band
from .notes import Note
from .sheet import Band, Grid, compose

BLANK_LANES = "goals actions touchpoints thoughts emotions pain-points opportunities".split()
"""What an empty map offers to be filled in with a pen."""


def lanes_shown(workshop: Workshop, used: set[str], lanes: Sequence[str] | str | None) -> list[str]:
    """List the lanes of a map: those asked for, or those that have something in them.

    Raises
    ------
    UnknownName
        For a lane that the workshop does not have.
    """
    known = list(workshop.lane_names())
    if lanes == "all":
        return known
    if lanes is None:
        return [lane for lane in [*known, *sorted(used - set(known))] if lane in used]
    for lane in lanes:
        if lane not in known and lane not in used:
            raise UnknownName(f"no lane {lane!r} on this map. {did_you_mean(lane, known, show=20)}")
    return list(lanes)


def draw(
    workshop: Workshop,
    persona: Persona,
    journey: Journey,
    notes: Sequence[Note],
    curves: tuple[Curve, Curve],
    *,
    kind: str,
    subject: str,
    facts: Sequence[Fact],
    signs: Sequence[str],
    footnotes: Sequence[str],
    lanes: Sequence[str] | str | None,
    format: str | None,
    numbers: Numbers | None = None,
    **sheet: Any,
) -> str:
    """Draw a map, or, as the kind "compare", only those of its cards that change.

    Raises
    ------
    UnknownName
        For an unknown lane or format.
    """
    if format not in (None, "a3"):
        raise UnknownName(f"no format {format!r}. {did_you_mean(format, ['a3'])}")
    compared, (first, second) = kind == "compare", curves
    felt = first.points != second.points if compared else second.points
    used = {note.card.lane for note in notes if note.change or not compared}
    shown = lanes_shown(workshop, used | ({"emotions"} if felt else set()), lanes)
    if not (shown or compared):
        shown = BLANK_LANES
    ordered = sorted(notes, key=lambda note: (note.card.order, note.card.id))
    moments = {card.stage for card in journey.cards if card.moment}

    def lane_band(grid: Grid, lane: str) -> Band:
        mine = [note for note in ordered if note.card.lane == lane]
        if lane != "emotions":
            return cards_band(grid, lane, mine, compared, blank=0.0 if notes else 64.0)
        cards = cards_band(grid, lane, mine, compared, bare=True) if mine else None
        return emotion_band(grid, first, second, moments, cards)

    def layout(grid: Grid) -> list[Band | None]:
        return [
            header_band(grid, persona, kind, subject, facts),
            heads_band(grid),
            data_band(grid, numbers) if numbers else None,
            *(lane_band(grid, lane) for lane in shown),
            legend_band(grid, signs, footnotes),
        ]

    return compose(layout, workshop, format=format, **sheet)
