"""The emotion curve: what the team feels that the customer feels, and what surveys measured."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from journeykit.charts.drawing.text import text_width
from journeykit.charts.drawing.theme import BLUE, GREY, INK, LINE, VERMILLION
from journeykit.charts.poster.sheet import SMALL, Band, Grid, ground, lane_head
from journeykit.charts.poster.svg import (
    at,
    box,
    d,
    dark,
    face,
    feeling,
    group,
    line,
    path,
    star,
    text,
    tint,
)

OURS = {"stroke": VERMILLION, "stroke_width": 3}
THEIRS = {"stroke": BLUE, "stroke_width": 2, "stroke_dasharray": "7 4"}
"""How the two lines are drawn."""
Point = tuple[float, float]


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


def _pieces(points: Sequence[Point]) -> list[tuple[Point, Point, Point, Point]]:
    """The Bézier pieces of a smooth line: Fritsch and Carlson's monotone cubic.

    It never swings past a point.
    """
    steps = [(y1 - y0) / (x1 - x0) for (x0, y0), (x1, y1) in pairwise(points)]
    inner = [0.0 if a * b <= 0 else 2 * a * b / (a + b) for a, b in pairwise(steps)]
    slopes = [*steps[:1], *inner, *steps[-1:]]
    out = []
    for ((x0, y0), (x1, y1)), (start, end) in zip(pairwise(points), pairwise(slopes)):
        third = (x1 - x0) / 3
        near, far = (x0 + third, y0 + start * third), (x1 - third, y1 - end * third)
        out.append(((x0, y0), near, far, (x1, y1)))
    return out


def curve_path(points: Sequence[Point]) -> str:
    """Return SVG path data of a smooth line through points; empty for fewer than two."""
    drawn = [d("C", *first, *second, *end) for _, first, second, end in _pieces(points)]
    return d("M", *points[0]) + "".join(drawn) if drawn else ""


def _along(points: Sequence[Point], steps: int = 24) -> list[Point]:
    """Points on the smooth line, close enough to see what it runs through."""
    return [
        (
            x0 + t * (x3 - x0),
            (1 - t) ** 3 * y0 + 3 * t * (1 - t) ** 2 * y1 + 3 * t * t * (1 - t) * y2 + t**3 * y3,
        )
        for (x0, y0), (_, y1), (_, y2), (x3, y3) in _pieces(points)
        for t in (step / steps for step in range(steps))
    ]


def emotion_band(
    grid: Grid, first: Curve, second: Curve, moments: set[str], cards: Band | None
) -> Band:
    """Lay out the panel of the two curves and, below them, the emotion cards."""
    below = cards.height if cards else 0.0

    def paint(height: float) -> str:
        tall = height - below
        scale = _Scale(grid, tall / 2, tall / 4 - 23, min(grid.column * 0.17, 40))
        shown = " and ".join(curve.name for curve in (first, second) if curve.points)
        return group(
            ground(grid, height, VERMILLION),
            lane_head(grid, "emotions", grid.names["emotions"]),
            _levels(scale),
            *_drawn(scale, first, second, moments),
            at(0, tall - grid.rules.air / 2, cards.paint(below)) if cards else "",
            title=f"Emotion curve: {shown}" if shown else "Emotion curve",
        )

    return Band(grid.rules.curve + below, paint, 3.0)


class _Scale(NamedTuple):
    """Where a feeling of a stage is drawn. The lines stand apart, so equal values show both."""

    grid: Grid
    middle: float
    unit: float
    apart: float

    def y(self, value: float) -> float:
        """Height of a feeling, kept inside the panel."""
        return self.middle - max(-2.0, min(2.0, value)) * self.unit

    def places(self, curve: Curve, side: float) -> dict[int, Point]:
        """Where the points of a curve lie, stage index to x and y."""
        return {
            i: (self.grid.x(i + 0.5) + side * self.apart, self.y(felt.value))
            for i, felt in sorted(curve.points.items())
        }


def _levels(scale: _Scale) -> str:
    parts, left = [], scale.grid.left
    step = 1 if scale.unit >= 12 else 2
    for value in range(2, -3, -step):
        y, dots = scale.y(value), {"stroke": LINE, "stroke_dasharray": "2 4"}
        look = dots if value else {"stroke": GREY}
        parts += [
            line(left, y, scale.grid.right - 6, y, stroke_width=0.8, **look),
            face(value, left - 20, y, min(8, scale.unit * step * 0.45)),
            text(feeling(value), left - 33, y + 3.5, SMALL, fill=GREY, text_anchor="end"),
        ]
    return group(*parts)


def _drawn(scale: _Scale, first: Curve, second: Curve, moments: set[str]) -> list[str]:
    """Draw lines, then signs, then words, each word on the side where fewer lines run."""
    side = 1.0 if second.points else 0.0
    ours, theirs = scale.places(first, -side), scale.places(second, side)
    lines = list(ours.values()), list(theirs.values())
    parts, taken, words = _lines(scale, *lines), _along(lines[0]) + _along(lines[1]), list[str]()
    for i, (x, y) in ours.items():
        value, _, _, label = first.points[i]
        up = i not in second.points or value >= second.points[i].value
        up, written = _label(scale.grid, label, (x, y), up, (17, 17), taken, INK)
        parts.append(face(value, x, y, 11, fill="#ffe9b8" if value >= 0 else "#ffd2bd"))
        if scale.grid.stages[i] in moments:
            parts.append(star(x + 13, y + (9 if up else -9)))
        words.append(written)
    for i, (x, y) in theirs.items():
        value, low, high, label = second.points[i]
        top, bottom = (scale.y(value if end is None else end) for end in (high, low))
        up = i in first.points and value > first.points[i].value
        parts.append(_diamond(x, y, None if low is None else (top, bottom)))
        reach = (max(y - top + 6, 12), max(bottom - y + 6, 12))
        words.append(_label(scale.grid, label, (x, y), up, reach, taken, dark(BLUE))[1])
    return [*parts, *words]


def _lines(scale: _Scale, ours: Sequence[Point], theirs: Sequence[Point]) -> list[str]:
    parts, first, second = list[str](), curve_path(ours), curve_path(theirs)
    if first:
        area = (first, "V", scale.middle, "H", ours[0][0], "z")
        parts.append(path(*area, fill=VERMILLION, fill_opacity=0.1))
        parts.append(path(first, fill="none", **OURS))
    if second:
        parts.append(path(second, fill="none", **THEIRS))
    return parts


def _diamond(x: float, y: float, ends: Point | None) -> str:
    """Draw a measured point with its interval as a bar."""
    bar = ""
    if ends:
        caps = [part for end in ends for part in ("M-4", end - y, "h8")]
        bar = path("M0", ends[0] - y, "V", ends[1] - y, *caps, stroke=BLUE, stroke_width=1.4)
    shape = path("M0-6l6 6-6 6-6-6z", fill="#fff", stroke=BLUE, stroke_width=2)
    return at(x, y, bar, shape)


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
    paper = tint(VERMILLION, 0.055)
    parts = [box(-wide, 0, 2 * wide, tall, rx=3, fill=paper, fill_opacity=0.8)]
    for n, part in enumerate(lines):
        parts.append(text(part, 0, 9.5 + 12 * n, SMALL, fill=ink, bold=not n, text_anchor="middle"))
    return up, at(x, tops[up], *parts)


def signed(value: float) -> str:
    """Write a feeling with its sign, as in −0.7."""
    return f"{value:+.1f}".replace("-", "−")


def measured_curve(stages: Sequence[str], rows: dict[str, dict[str, Any]]) -> Curve:
    """Read the survey's rows as a curve with its interval and n in words."""
    points = {}
    for i, stage in enumerate(stages):
        row = rows.get(stage, {})
        if "emotion" in row:
            low, high, n = row.get("low"), row.get("high"), row.get("n")
            more = [] if low is None or high is None else [f"{signed(low)} to {signed(high)}"]
            if n is not None:
                more.append(f"n {int(n):,}" + ", few" * bool(row.get("small_n", n < 30)))
            words = [f"survey {signed(row['emotion'])}", ", ".join(more)]
            points[i] = Felt(float(row["emotion"]), low, high, "\n".join(filter(None, words)))
    return Curve("survey, with 95% interval", points)


def team_curve(stages: Sequence[str], felt: dict[str, float], name: str = "team") -> Curve:
    """Read the team's feelings as a curve with the word for each."""
    points = {
        i: Felt(felt[s], None, None, f"{name} {signed(felt[s])}\n{feeling(felt[s])}")
        for i, s in enumerate(stages)
        if s in felt
    }
    return Curve(f"{name}'s feeling" if name == "team" else name, points)
