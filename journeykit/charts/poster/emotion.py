"""The emotion curve: what the team feels that the customer feels, and what surveys measured."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from ..drawing.text import text_width
from ..drawing.theme import BLUE, INK
from .data import Row
from .svg import LOOKS, SMALL, Band, Grid, dark, feeling, pen

LINES = LOOKS["lines"]
"""How each line is drawn, by its name in the legend."""
Point = tuple[float, float]
WEIGHTS = [(t / 24, (1 - t / 24) ** 2, (t / 24) ** 2) for t in range(24)]
"""Where the points on a piece of a curve lie, and the squares of how near they are to its ends."""


class Felt(NamedTuple):
    """A feeling, its interval, and its words."""

    value: float
    low: float | None
    high: float | None
    words: str


class Curve(NamedTuple):
    """One line of the panel: its name, and stage index to feeling."""

    name: str
    points: dict[int, Felt]


def smooth(points: Sequence[Point]) -> tuple[str, list[Point]]:
    """Return path data of a smooth line through points, and points along it.

    Fritsch and Carlson's monotone cubic, which never swings past a point, in Bézier pieces; empty
    for fewer than two points.
    """
    steps = [(y1 - y0) / (x1 - x0) for (x0, y0), (x1, y1) in pairwise(points)]
    inner = [2 * a * b / (a + b) if a * b > 0 else 0.0 for a, b in pairwise(steps)]
    slopes = pairwise([*steps[:1], *inner, *steps[-1:]])
    data, along = "", list[Point]()
    for ((x0, y0), (x1, y1)), (start, end) in zip(pairwise(points), slopes):
        wide = x1 - x0
        near, far = y0 + start * wide / 3, y1 - end * wide / 3
        data += f"L{x0} {y0}C{x0 + wide / 3} {near} {x1 - wide / 3} {far} {x1} {y1}"
        for t, s, e in WEIGHTS:
            curved = s * (1 - t) * y0 + 3 * s * t * near + 3 * e * (1 - t) * far + e * t * y1
            along.append((x0 + t * wide, curved))
    return data.replace("L", "M", 1), along


class _Scale(NamedTuple):
    """Where a feeling of a stage is drawn. The lines stand apart, so equal values show both."""

    grid: Grid
    middle: float
    unit: float

    def y(self, value: float) -> float:
        """Height of a feeling, kept inside the panel."""
        return self.middle - max(-2.0, min(2.0, value)) * self.unit


def emotion_band(
    grid: Grid, first: Curve, second: Curve, moments: set[str], cards: Band | None
) -> Band:
    """Lay out the panel of the two curves and, below them, the emotion cards."""
    below = cards.height if cards else 0.0
    shown = " and ".join(curve.name for curve in (first, second) if curve.points)

    def paint(height: float) -> str:
        tall = height - below
        scale = _Scale(grid, tall / 2, tall / 4 - 23)
        parts, lower = _drawn(scale, first, second, moments), cards.paint(below) if cards else ""
        return str(pen(__file__).panel(grid, parts, lower, tall, height, shown))

    return Band(grid.rules.curve + below, paint, 3.0)


def _drawn(scale: _Scale, first: Curve, second: Curve, moments: set[str]) -> list[str]:
    """Draw lines, then signs, then words, each word on the side where fewer lines run."""
    grid, lines, signs, words = scale.grid, list[str](), list[str](), list[str]()
    taken, spots, draw = list[Point](), list[dict[int, Point]](), pen(__file__)
    apart = min(grid.column * 0.17, 40) if second.points else 0.0
    for curve, side, look in ((first, -apart, LINES["team"]), (second, apart, LINES["survey"])):
        places = {i: (grid.x(i + 0.5) + side, scale.y(f.value)) for i, f in curve.points.items()}
        line, along = smooth(list(places.values()))
        under = f"{line}V{scale.middle}H{along[0][0]}z" if line and curve is first else ""
        lines.append(draw.line(line, under, look))
        spots.append(places)
        taken += along
    for curve, other, places in zip((first, second), (second, first), spots):
        ours = curve is first
        for i, (x, y) in places.items():
            value, low, high, label = curve.points[i]
            top, bottom = (scale.y(value if end is None else end) for end in (high, low))
            there = other.points[i].value if i in other.points else -3 if ours else 3
            up = value > there or (ours and value == there)
            reach = (max(y - top + 6, 17), max(bottom - y + 6, 17))
            ink = INK if ours else dark(BLUE)
            up, written = _label(grid, label, (x, y), up, reach, taken, ink)
            words.append(written)
            moment = grid.stages[i] in moments
            signs.append(draw.sign_of(ours, x, y, value, moment, up, top, bottom))
    return [draw.levels(scale), *lines, *signs, *words]


def _label(
    grid: Grid, words: str, spot: Point, up: bool, reach: Point, taken: Sequence[Point], ink: str
) -> tuple[bool, str]:
    """Write up to two short lines above or below a point, and tell which.

    ``up`` is where they go unless a line runs through there and not through the other side;
    ``reach`` is how far the sign goes up and down.
    """
    x, y = spot
    lines = [part for part in words.split("\n") if text_width(part, SMALL) <= grid.column - 8]
    lines = lines or [""]
    wide, tall = max(text_width(part, SMALL, True) for part in lines) * 0.46, 12.0 * len(lines)
    x = min(max(x, grid.left + wide + 4), grid.right - wide - 4)
    tops = {True: y - reach[0] - tall, False: y + reach[1]}
    hits = {
        above: sum(abs(px - x) < wide + 3 and top - 1 < py < top + tall + 1 for px, py in taken)
        for above, top in tops.items()
    }
    up = up != (hits[up] > hits[not up])
    return up, pen(__file__).said(x, tops[up], wide, tall, lines, ink)


def signed(value: float) -> str:
    """Write a feeling with its sign, as in −0.7."""
    return f"{value:+.1f}".replace("-", "−")


def measured_curve(stages: Iterable[str], rows: dict[str, Row]) -> Curve:
    """Read the survey's rows as a curve with its interval and n in words."""
    points = {}
    for i, stage in enumerate(stages):
        row = rows.get(stage, {})
        if "emotion" in row:
            low, high, n = map(row.get, ("low", "high", "n"))
            more = [] if low is None or high is None else [f"{signed(low)} to {signed(high)}"]
            if n is not None:
                more.append(f"n {int(n):,}" + ", few" * bool(row.get("small_n", n < 30)))
            words = [f"survey {signed(row['emotion'])}", ", ".join(more)]
            points[i] = Felt(float(row["emotion"]), low, high, "\n".join(filter(None, words)))
    return Curve("survey, with 95% interval", points)


def team_curve(stages: Iterable[str], felt: dict[str, float], name: str = "team") -> Curve:
    """Read the team's feelings as a curve with the word for each."""
    points = {
        i: Felt(felt[s], None, None, f"{name} {signed(felt[s])}\n{feeling(felt[s])}")
        for i, s in enumerate(stages)
        if s in felt
    }
    return Curve(f"{name}'s feeling" if name == "team" else name, points)
