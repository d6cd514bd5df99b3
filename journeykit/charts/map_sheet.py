"""The sheet that the map is laid out on: columns, bands from edge to edge, and its size."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from journeykit.charts import map_svg as pen
from journeykit.charts import theme
from journeykit.charts.map_text import wrap

__all__ = ["SMALL", "Band", "Grid", "Rules", "compose", "ground", "lane_head", "lane_height"]

SMALL = 10.0
"""Font size of the small print, in px. On an A3 sheet it is what must not fall below 7 pt."""
A3 = 420 / 297
WIDEST = SMALL * (420 / 25.4 * 72) / 7
"""Layout width in px at which the small print is 7 pt high on an A3 sheet (about 1,700)."""


@dataclass(frozen=True)
class Rules:
    """How tight the map is: sizes in px, lines of a card, and cards to a cell."""

    lines: int = 14
    cards: int | None = None
    words: bool = True  # the evidence as a word on each card, or its sign alone
    text: float = 12.0
    lead: float = 15.0
    pad: float = 7.5
    gap: float = 7.0
    air: float = 16.0
    between: float = 8.0
    curve: float = 224.0
    ribbon: float = 54.0
    name: float = 11.5
    edge: float = 26.0


def _dense(lines: int, cards: int | None = None, words: bool = False) -> Rules:
    """Text near 7 pt on A3; the sign alone on the card (the legend has its word) saves a third."""
    return Rules(
        lines,
        cards,
        words,
        text=10.4,
        lead=12.4,
        pad=4.2,
        gap=4,
        air=7,
        between=3.5,
        curve=164,
        ribbon=38,
        name=10.5,
        edge=20,
    )


TIGHTER = (
    Rules(),
    _dense(14, None, True),
    _dense(14),
    _dense(4),
    _dense(3),
    _dense(2),
    _dense(1),
    *(_dense(2, cards) for cards in (8, 6, 5, 4, 3, 2)),
    _dense(1, 2),
    _dense(1, 1),
    replace(_dense(1, 1), curve=118, ribbon=24),
)


class Band(NamedTuple):
    """A part of the poster from edge to edge: how high, how to paint it, and its share of air."""

    height: float
    paint: Callable[[float, float], str]
    stretch: float = 0.0


@dataclass(frozen=True)
class Grid:
    """Where the columns are: a margin, a column of labels, then one column per stage."""

    width: float
    columns: int
    margin: float = 28.0
    label: float = 132.0

    @property
    def left(self) -> float:
        """Where the first column begins."""
        return self.margin + self.label

    @property
    def right(self) -> float:
        """Where the last column ends."""
        return self.width - self.margin

    @property
    def column(self) -> float:
        """Width of a column, gutters included."""
        return (self.right - self.left) / self.columns

    @property
    def inner(self) -> float:
        """Room inside a column, between its gutters."""
        return self.column - 16

    def x(self, i: int) -> float:
        """Left edge of what stands in column ``i``."""
        return self.left + i * self.column + 8

    def middle(self, i: int) -> float:
        """Middle of column ``i``."""
        return self.left + (i + 0.5) * self.column


def lane_height(grid: Grid, name: str, size: float) -> float:
    """Return how high a row must be for its label."""
    return size * (1.4 + 1.2 * len(wrap(name, grid.label - 38, size, True, 4)))


def lane_head(grid: Grid, y: float, lane: str, name: str, size: float, below: str = "") -> str:
    """Draw the label of a row: icon, name and a small line."""
    x, width, r = grid.margin + 29, grid.label - 38, size * 0.9
    lines, notes = wrap(name, width, size, True, 4), wrap(below, width, SMALL, False, 4)
    under = y + r + 9 + size * 1.2 * len(lines)
    return pen.group(
        pen.icon(lane, grid.margin + 15, y + r + 5, r),
        pen.text(lines, x, y + r + 8.5, size, bold=True, width=width, leading=1.2),
        pen.text(notes, x, under, SMALL, fill=theme.GREY, width=width),
    )


def ground(grid: Grid, y: float, height: float, colour: str) -> str:
    """Draw the tinted row behind a lane, with faint lines between the stages."""
    pale, wide = pen.mix(colour, "#ffffff", 0.25), grid.right - grid.margin
    parts = [
        pen.box(grid.margin, y, wide, height, rx=6, fill=pen.mix(colour, "#ffffff", 0.055)),
        pen.box(
            grid.margin, y, grid.label - 6, height, rx=6, fill=pen.mix(colour, "#ffffff", 0.13)
        ),
    ]
    for i in range(1, grid.columns):
        x = grid.left + i * grid.column
        parts.append(pen.line(x, y + 5, x, y + height - 5, stroke=pale, stroke_dasharray="1 4"))
    return "".join(parts)


Layout = Callable[[Grid, Rules], Sequence[Band | None]]


def _bands(layout: Layout, width: float, columns: int, rules: Rules) -> list[Band]:
    return [band for band in layout(Grid(width, columns), rules) if band]


def _height(bands: Sequence[Band], rules: Rules) -> float:
    return 2 * rules.edge + sum(band.height for band in bands) + rules.between * (len(bands) - 1)


def _a3(layout: Layout, columns: int) -> tuple[float, Rules]:
    """Find the largest text at which everything fits the sheet; tighten the rules before 7 pt."""

    def fits(width: float, rules: Rules) -> bool:
        return _height(_bands(layout, width, columns, rules), rules) <= width / A3

    low = max(980.0, 170 + 104.0 * columns)
    high = max(WIDEST, low)
    tight = bisect_left(TIGHTER[:-1], True, key=lambda rules: fits(high, rules))
    rules = TIGHTER[tight]
    while not fits(high, rules):  # even so too much: small text is better than text cut off
        low, high = high, high * 1.1
    while high - low > 12:
        half = (low + high) / 2
        low, high = (low, half) if fits(half, rules) else (half, high)
    return high, rules


def _painted(bands: Sequence[Band], rules: Rules, spare: float) -> Iterator[str]:
    """Paint band under band; spare room goes to those that can use it."""
    weight, y = sum(band.stretch for band in bands) or 1.0, rules.edge
    for band in bands:
        height = band.height + spare * band.stretch / weight
        yield band.paint(y, height)
        y += height + rules.between


def compose(
    layout: Layout, columns: int, *, title: str, desc: str, width: float, format: str | None
) -> str:
    """Lay bands out for a width, or for one A3 sheet in landscape, and paint the picture.

    Narrower than the columns need, the layout stays as wide as needed and is scaled.
    """
    rules, wide = Rules(), max(float(width), 170 + 150.0 * columns)
    if format == "a3":
        wide, rules = _a3(layout, columns)
    bands = _bands(layout, wide, columns, rules)
    natural = _height(bands, rules)
    high = wide / A3 if format == "a3" else natural
    size = (
        ("420mm", "297mm")
        if format == "a3"
        else (pen.number(width), pen.number(high * width / wide))
    )
    return pen.poster(
        "".join(_painted(bands, rules, high - natural)), wide, high, title, desc, size
    )
