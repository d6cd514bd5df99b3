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
    inner = [
        0.0 if a * b <= 0 else 2 * a * b / (a + b) for a, b in pairwise(steps)
    ]
    return [steps[0], *inner, steps[-1]]


def curve_path(points: Sequence[Point]) -> str:
    """Return SVG path data of a smooth line through points; empty for fewer than two.

    Examples
    --------
    >>> curve_path([(0, 0), (30, 30)])
    'M0 0C10 10 20 20 30 30'
    """
    if len(points) < 2:
        return ""
    slopes = _slopes(points)
    out = f"M{pen.number(points[0][0])} {pen.number(points[0][1])}"
    for i, ((x0, y0), (x1, y1)) in enumerate(pairwise(points)):
        third = (x1 - x0) / 3
        numbers = (x0 + third, y0 + slopes[i] * third, x1 - third, y1 - slopes[i + 1] * third, x1, y1)
        out += "C" + " ".join(pen.number(value) for value in numbers)
    return out


def emotion_band(
    grid: Grid, name: str, first: Curve, second: Curve, moments: Sequence[int], cards: Band | None,
    rules: Rules,
) -> Band:  # fmt: skip
    """Lay out the panel of the two curves and, below them, the emotion cards."""
    below = cards.height if cards else 0.0

    def paint(y: float, height: float) -> str:
        tall = height - below
        top, bottom = y + 44, y + tall - 34
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
        return self.middle - max(-2.0, min(2.0, value)) * self.unit

    def places(self, curve: Curve, side: float) -> dict[int, Point]:
        return {
            i: (self.grid.middle(i) + side * self.apart, self.y(curve.points[i][0]))
            for i in sorted(curve.points)
        }


def _levels(scale: _Scale) -> str:
    parts, left = [], scale.grid.left
    for value in (2, 1, 0, -1, -2):
        y, plain = scale.y(value), value == 0
        parts.append(pen.line(left, y, scale.grid.right - 6, y, stroke=theme.GREY if plain else theme.LINE,
                          stroke_width=0.8, stroke_dasharray=None if plain else "2 4"))  # fmt: skip
        parts.append(pen.face(value, left - 20, y, min(8, scale.unit * 0.45)))
        parts.append(pen.text(pen.feeling(value), left - 33, y + 3.5, SMALL, fill=theme.GREY, text_anchor="end"))
    return pen.group(*parts)


def _drawn(scale: _Scale, first: Curve, second: Curve, moments: Sequence[int]) -> list[str]:
    """Draw lines, then signs, then words, so that no line runs through a word."""
    side = 1.0 if second.points else 0.0
    ours, theirs = scale.places(first, -side), scale.places(second, side)
    lines, signs, words = [], [], []
    if drawn := curve_path(list(ours.values())):
        start = next(iter(ours.values()))[0]
        lines.append(pen.path(f"{drawn}V{pen.number(scale.middle)}H{pen.number(start)}z", fill=theme.VERMILLION,
                          fill_opacity=0.1))  # fmt: skip
        lines.append(pen.path(drawn, fill="none", stroke=theme.VERMILLION, stroke_width=3, stroke_linecap="round"))
    if drawn := curve_path(list(theirs.values())):
        lines.append(pen.path(drawn, fill="none", stroke=theme.BLUE, stroke_width=2, stroke_dasharray="7 4"))
    for i, (x, y) in ours.items():
        value, _, _, label = first.points[i]
        up = i not in second.points or value >= second.points[i][0]
        signs.append(pen.face(value, x, y, 11, fill="#ffe9b8" if value >= 0 else "#ffd2bd"))
        if i in moments:
            signs.append(pen.star(x + 13, y + (9 if up else -9), 8))
        words.append(_label(scale, label, x, y, up, 17, theme.INK))
    for i, (x, y) in theirs.items():
        value, low, high, label = second.points[i]
        up = i in first.points and value > first.points[i][0]
        signs.append(_diamond(scale, x, y, low, high))
        bound = (high if up else low) if low is not None and high is not None else value
        words.append(_label(scale, label, x, y, up, max(8, abs(scale.y(bound) - y)) + 5, pen.dark(theme.BLUE)))
    return [*lines, *signs, *words]


def _diamond(scale: _Scale, x: float, y: float, low: float | None, high: float | None) -> str:
    """Draw a measured point with its interval as a bar."""
    bar = ""
    if low is not None and high is not None:
        ends = (pen.number(scale.y(high)), pen.number(scale.y(low)))
        caps = "".join(f"M{pen.number(x - 4)} {end}h8" for end in ends)
        bar = pen.path(f"M{pen.number(x)} {ends[0]}V{ends[1]}{caps}", stroke=theme.BLUE, stroke_width=1.4)
    shape = f"M{pen.number(x)} {pen.number(y - 6)}l6 6-6 6-6-6z"
    return bar + pen.path(shape, fill="#fff", stroke=theme.BLUE, stroke_width=2)


def _label(scale: _Scale, words: str, x: float, y: float, up: bool, away: float, ink: str) -> str:
    """Write one or two short lines above or below a point, on a ground that hides the lines."""
    grid = scale.grid
    lines = [part for part in words.split("\n") if text_width(part, SMALL) <= grid.column - 8] or [""]
    y = y - away - 12 * (len(lines) - 1) if up else y + away + 8
    wide = max(text_width(part, SMALL, True) for part in lines) / 2
    x = min(max(x, grid.left + wide + 2), grid.right - wide - 2)
    ground = pen.box(x - wide * 0.92, y - 9.5, wide * 1.84, 12 * len(lines), rx=3, fill=_PAPER, fill_opacity=0.8)
    return ground + pen.text(lines[0], x, y, SMALL, bold=True, fill=ink, text_anchor="middle") + "".join(
        pen.text(part, x, y + 12 * n, SMALL, fill=ink, text_anchor="middle") for n, part in enumerate(lines[1:], 1)
    )


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
        points[i] = (float(row["emotion"]), low, high, words + ("\n" + ", ".join(more) if more else ""))
    return Curve("survey, with 95 % interval", points)


def team_curve(stages: Sequence[str], felt: dict[str, float], name: str = "team") -> Curve:
    """Read the team's feelings as a curve with the word for each."""
    points: dict[int, tuple[float, float | None, float | None, str]] = {
        i: (felt[stage], None, None, f"{name} {signed(felt[stage])}\n{pen.feeling(felt[stage])}")
        for i, stage in enumerate(stages)
        if stage in felt
    }
    return Curve(f"{name}'s feeling" if name == "team" else name, points)
