"""The poster as a whole: which lanes it has, and its bands from top to bottom."""

from collections.abc import Sequence
from typing import Any

from journeykit.charts.poster.cards import cards_band
from journeykit.charts.poster.data import Numbers, data_band
from journeykit.charts.poster.emotion import Curve, emotion_band
from journeykit.charts.poster.header import Fact, header_band, heads_band, legend_band
from journeykit.charts.poster.notes import Note
from journeykit.charts.poster.sheet import Band, Grid, compose
from journeykit.errors import UnknownName, did_you_mean
from journeykit.model import Journey, Persona, Workshop

BLANK_LANES = [
    "goals",
    "actions",
    "touchpoints",
    "thoughts",
    "emotions",
    "pain-points",
    "opportunities",
]
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
    asked = [lanes] if isinstance(lanes, str) else list(lanes)
    for lane in asked:
        if lane not in known and lane not in used:
            raise UnknownName(f"no lane {lane!r} on this map. {did_you_mean(lane, known, show=20)}")
    return asked


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
    compared = kind == "compare"
    drawn = [note for note in notes if note.change or not compared]
    felt = curves[0].points != curves[1].points if compared else curves[1].points
    used = {note.card.lane for note in drawn} | ({"emotions"} if felt else set())
    shown = lanes_shown(workshop, used, lanes)
    if not (shown or compared):
        shown = BLANK_LANES
    ordered = sorted(notes, key=lambda note: (note.card.order, note.card.id))
    moments = {card.stage for card in journey.cards if card.moment}

    def lane_band(grid: Grid, lane: str) -> Band:
        mine = [note for note in ordered if note.card.lane == lane]
        every = [[n for n in mine if n.card.stage == stage] for stage in grid.stages]
        cells = [[n for n in cell if n.change or not compared] for cell in every]
        stay = [len(all_) - len(cell) for all_, cell in zip(every, cells, strict=True)]
        more = [f"{n} as before" if n else "" for n in stay]
        if lane != "emotions":
            return cards_band(grid, lane, cells, more=more, blank=0.0 if notes else 64.0)
        cards = cards_band(grid, lane, cells, more=more, bare=True) if any(every) else None
        return emotion_band(grid, *curves, moments, cards)

    def layout(grid: Grid) -> list[Band | None]:
        return [
            header_band(grid, persona, kind, subject, facts),
            heads_band(grid),
            data_band(grid, numbers) if numbers else None,
            *(lane_band(grid, lane) for lane in shown),
            legend_band(grid, signs, footnotes),
        ]

    return compose(layout, workshop, format=format, **sheet)
