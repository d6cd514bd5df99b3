"""The emotion curve: what the team feels that the customer feels, and what surveys measured."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from journeykit.charts import map_svg as pen
from journeykit.charts import theme
from journeykit.charts.map_sheet import SMALL, Band, Grid, Rules, ground, lane_head
from journeykit.charts.map_text import text_width

__all__ = ["Curve", "curve_path", "emotion_band", "measured_curve", "team_curve"]

_PAPER = pen.mix(theme.VERMILLION, "#ffffff", 0.055)
Point = tuple[float, float]


class Curve(NamedTuple):
    """One line of the panel: its name, and stage index to (value, low, high, words)."""

    name: str
    points: dict[int, tuple[float, float | None, float | None, str]]


def _slopes(points: Sequence[Point]) -> list[float]:
    """Tangents of Fritsch and Carlson's monotone cubic: the line never swings past a point."""
    steps = [(y1 - y0) / (x1 - x0) for (x0, y0), (x1, y1) in pairwise(points)]
    inner = [0.0 if a * b <= 0 else 2 * a * b / (a + b) for a, b in pairwise(steps)]
    return [steps[0], *inner, steps[-1]]


def _pieces(points: Sequence[Point]) -> list[tuple[Point, Point, Point, Point]]:
    """The Bézier pieces of a smooth line through points."""
    if len(points) < 2:
        return []
    slopes, out = _slopes(points), []
    for i, ((x0, y0), (x1, y1)) in enumerate(pairwise(points)):
        third = (x1 - x0) / 3
        out.append(
            (
                (x0, y0),
                (x0 + third, y0 + slopes[i] * third),
                (x1 - third, y1 - slopes[i + 1] * third),
                (x1, y1),
            )
        )
    return out


def curve_path(points: Sequence[Point]) -> str:
    """Return SVG path data of a smooth line through points; empty for fewer than two."""
    pieces = _pieces(points)
    drawn = (pen.d("C", *first, *second, *end) for _, first, second, end in pieces)
    return pen.d("M", *points[0]) + "".join(drawn) if pieces else ""


def _along(points: Sequence[Point], steps: int = 24) -> list[Point]:
    """Points on the smooth line, close enough to see what it runs through."""
    out = []
    for piece in _pieces(points):
        for step in range(steps):
            t = step / steps
            weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
            x, y = (sum(w * p[axis] for w, p in zip(weights, piece)) for axis in (0, 1))
            out.append((x, y))
    return out


def emotion_band(
    grid: Grid,
    name: str,
    first: Curve,
    second: Curve,
    moments: Sequence[int],
    cards: Band | None,
    rules: Rules,
) -> Band:
    """Lay out the panel of the two curves and, below them, the emotion cards."""
    below = cards.height if cards else 0.0

    def paint(y: float, height: float) -> str:
        tall = height - below
        top, bottom = y + 46, y + tall - 46
        scale = _Scale(grid, (top + bottom) / 2, (bottom - top) / 4, min(grid.column * 0.17, 40))
        shown = " and ".join(curve.name for curve in (first, second) if curve.points)
        return pen.group(
            ground(grid, y, height, theme.VERMILLION),
            lane_head(grid, y, "emotions", name, rules.name),
            _levels(scale),
            *_drawn(scale, first, second, moments),
            cards.paint(y + tall - rules.air / 2, below) if cards else "",
            title=f"Emotion curve: {shown}" if shown else "Emotion curve",
        )

    return Band(rules.curve + below, paint, 3.0)


class _Scale(NamedTuple):
    """Where a feeling of a stage is drawn. The lines stand apart, so that equal values show both."""

    grid: Grid
    middle: float
    unit: float
    apart: float

    def y(self, value: float) -> float:
        """Height of a feeling, kept inside the panel."""
        return self.middle - max(-2.0, min(2.0, value)) * self.unit

    def places(self, curve: Curve, side: float) -> dict[int, Point]:
        """Where the points of a curve lie, stage index to x and y."""
        x = {i: self.grid.middle(i) + side * self.apart for i in sorted(curve.points)}
        return {i: (x[i], self.y(curve.points[i][0])) for i in x}


def _levels(scale: _Scale) -> str:
    parts, left = [], scale.grid.left
    step = 1 if scale.unit >= 12 else 2
    for value in range(2, -3, -step):
        y, plain = scale.y(value), value == 0
        look = (
            {"stroke": theme.GREY} if plain else {"stroke": theme.LINE, "stroke_dasharray": "2 4"}
        )
        parts.append(pen.line(left, y, scale.grid.right - 6, y, stroke_width=0.8, **look))
        parts.append(pen.face(value, left - 20, y, min(8, scale.unit * step * 0.45)))
        word = pen.feeling(value)
        parts.append(pen.text(word, left - 33, y + 3.5, SMALL, fill=theme.GREY, text_anchor="end"))
    return pen.group(*parts)


def _drawn(scale: _Scale, first: Curve, second: Curve, moments: Sequence[int]) -> list[str]:
    """Draw lines, then signs, then words, each word on the side where fewer lines run."""
    side = 1.0 if second.points else 0.0
    ours, theirs = scale.places(first, -side), scale.places(second, side)
    lines = list(ours.values()), list(theirs.values())
    parts, taken, words = _lines(scale, *lines), _along(lines[0]) + _along(lines[1]), list[str]()
    for i, (x, y) in ours.items():
        value, _, _, label = first.points[i]
        up = i not in second.points or value >= second.points[i][0]
        up, written = _label(scale, label, (x, y), up, (17, 17), taken, theme.INK)
        parts.append(pen.face(value, x, y, 11, fill="#ffe9b8" if value >= 0 else "#ffd2bd"))
        if i in moments:
            parts.append(pen.star(x + 13, y + (9 if up else -9), 8))
        words.append(written)
    for i, (x, y) in theirs.items():
        value, low, high, label = second.points[i]
        ends = [abs(scale.y(value if end is None else end) - y) + 6 for end in (high, low)]
        up = i in first.points and value > first.points[i][0]
        parts.append(_diamond(scale, x, y, low, high))
        reach = (max(ends[0], 12), max(ends[1], 12))
        words.append(_label(scale, label, (x, y), up, reach, taken, pen.dark(theme.BLUE))[1])
    return [*parts, *words]


def _lines(scale: _Scale, ours: Sequence[Point], theirs: Sequence[Point]) -> list[str]:
    parts, first, second = list[str](), curve_path(ours), curve_path(theirs)
    if first:
        area = first + pen.d("V", scale.middle, "H", ours[0][0], "z")
        parts.append(pen.path(area, fill=theme.VERMILLION, fill_opacity=0.1))
        parts.append(pen.path(first, fill="none", stroke=theme.VERMILLION, stroke_width=3))
    if second:
        look = {"stroke": theme.BLUE, "stroke_width": 2, "stroke_dasharray": "7 4"}
        parts.append(pen.path(second, fill="none", **look))
    return parts


def _diamond(scale: _Scale, x: float, y: float, low: float | None, high: float | None) -> str:
    """Draw a measured point with its interval as a bar."""
    bar = ""
    if low is not None and high is not None:
        top, bottom = scale.y(high), scale.y(low)
        caps = pen.d("M", x, top, "V", bottom, "M", x - 4, top, "h", 8, "M", x - 4, bottom, "h", 8)
        bar = pen.path(caps, stroke=theme.BLUE, stroke_width=1.4)
    shape = pen.d("M", x, y - 6, "l6 6-6 6-6-6z")
    return bar + pen.path(shape, fill="#fff", stroke=theme.BLUE, stroke_width=2)


def _label(
    scale: _Scale, words: str, at: Point, up: bool, reach: Point, taken: Sequence[Point], ink: str
) -> tuple[bool, str]:
    """Write up to two short lines above or below a point, and tell which.

    ``up`` is where they go unless a line runs through there and not through the other side;
    ``reach`` is how far the sign goes up and down.
    """
    grid, (x, y) = scale.grid, at
    lines = [part for part in words.split("\n") if text_width(part, SMALL) <= grid.column - 8] or [
        ""
    ]
    wide, tall = max(text_width(part, SMALL, True) for part in lines) * 0.46, 12.0 * len(lines)
    x = min(max(x, grid.left + wide + 4), grid.right - wide - 4)
    tops = {True: y - reach[0] - tall, False: y + reach[1]}

    def hits(above: bool) -> int:
        top = tops[above]
        return sum(abs(px - x) < wide + 3 and top - 1 < py < top + tall + 1 for px, py in taken)

    up = not up if hits(up) > hits(not up) else up
    first = tops[up] + 9.5
    parts = [pen.box(x - wide, tops[up], 2 * wide, tall, rx=3, fill=_PAPER, fill_opacity=0.8)]
    for n, part in enumerate(lines):
        parts.append(
            pen.text(part, x, first + 12 * n, SMALL, fill=ink, bold=not n, text_anchor="middle")
        )
    return up, "".join(parts)


def signed(value: float) -> str:
    """Write a feeling with its sign, as in −0.7."""
    return f"{value:+.1f}".replace("-", "−")


def measured_curve(stages: Sequence[str], rows: dict[str, dict[str, Any]]) -> Curve:
    """Read the survey's rows as a curve with its interval and n in words."""
    points = {}
    for i, stage in enumerate(stages):
        row = rows.get(stage, {})
        if "emotion" not in row:
            continue
        low, high, n = row.get("low"), row.get("high"), row.get("n")
        few = ", few" if row.get("small_n", n is not None and n < 30) else ""
        words = f"survey {signed(row['emotion'])}"
        more = [f"{signed(low)} to {signed(high)}"] if low is not None and high is not None else []
        more += [f"n {int(n):,}{few}"] if n is not None else []
        points[i] = (
            float(row["emotion"]),
            low,
            high,
            words + ("\n" + ", ".join(more) if more else ""),
        )
    return Curve("survey, with 95% interval", points)


def team_curve(stages: Sequence[str], felt: dict[str, float], name: str = "team") -> Curve:
    """Read the team's feelings as a curve with the word for each."""
    points: dict[int, tuple[float, float | None, float | None, str]] = {
        i: (felt[stage], None, None, f"{name} {signed(felt[stage])}\n{pen.feeling(felt[stage])}")
        for i, stage in enumerate(stages)
        if stage in felt
    }
    return Curve(f"{name}'s feeling" if name == "team" else name, points)
