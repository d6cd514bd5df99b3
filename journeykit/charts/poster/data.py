"""What the map is held against: under each stage what the data says, in numbers, in a ribbon and in
plain words; and the emotion curve, of what the team feels that the customer feels and what surveys
measured.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple

import pandas as pd

from journeykit.model import Persona
from journeykit.words import between, percent

from ..drawing.theme import BLUE, INK, VERMILLION, text_width, wrap
from .svg import LOOKS, SMALL, Band, Block, Grid, dark, feeling, pen

Row = dict[str, Any]
Verdicts = Mapping[str, tuple[str, str]]
"""Card to the verdict on its claim, and that in words."""


def _rows(frame: pd.DataFrame | None, key: str) -> dict[str, Row]:
    """Read a frame as key to row, with what is missing left out."""
    rows = [] if frame is None else frame.to_dict("records")
    return {str(row[key]): {str(k): v for k, v in row.items() if not pd.isna(v)} for row in rows}


class Numbers(NamedTuple):
    """The numbers that the map is held against, by stage, promise, persona and card."""

    drop_off: dict[str, Row]
    measured: dict[str, Row]
    promises: dict[str, Row]
    coverage: Row
    counts: str
    claims: Verdicts

    @classmethod
    def read(
        cls,
        persona: Persona,
        drop_off: pd.DataFrame | None = None,
        measured: pd.DataFrame | None = None,
        promises: pd.DataFrame | None = None,
        coverage: pd.DataFrame | None = None,
        claims: Verdicts | None = None,
    ) -> "Numbers":
        """Take the frames of :func:`journey_map`; each may be missing."""
        counts = "users"
        if drop_off is not None:  # a funnel as it is has columns of its own meaning, such as `lost`
            counts = drop_off.attrs.get("counts", counts)
            drop_off = drop_off.rename(columns={"step": "stage"} if "stage" not in drop_off else {})
            drop_off = drop_off.drop(columns="lost", errors="ignore")
        return cls(
            _rows(drop_off, "stage"),
            _rows(measured, "stage"),
            _rows(promises, "promise"),
            _rows(coverage, "persona").get(persona.id, {}),
            "customers" if counts == "users" else str(counts),
            claims or {},
        )


def _loss(before: Row, after: Row) -> Row:
    """What is lost from one stage to the next, its sentence included."""
    here, there = int(before.get("users", 0)), int(after.get("users", 0))
    passed = after.get("of_previous", there / here if here else None)
    if passed is None:
        return {}
    lost = after.get("drop_off", 1 - passed)
    if there > here or lost < 0:
        return {"words": f"{there:,} are seen in the next stage: more than here"}
    span = ""
    if "low" in after and "high" in after:
        span = f" ({between(1 - after['high'], 1 - after['low'])})"
    return {
        "lost": lost,
        "gone": here - there,
        "words": f"{there:,} of {here:,} go on · {percent(lost)} lost{span}",
    }


def stage_rows(stages: Iterable[str], numbers: Numbers) -> list[Row]:
    """Give one row per stage: users, and in words what is lost on the way to the next with any."""
    out: list[Row] = [dict(numbers.drop_off.get(stage, {})) for stage in stages]
    known = [i for i, row in enumerate(out) if "users" in row]
    for here, there in pairwise(known):
        out[here] |= {**_loss(out[here], out[there]), "next": there}
    losses = [(row["gone"], -i) for i, row in enumerate(out) if row.get("lost")]
    if len(losses) > 1:
        out[-max(losses)[1]]["worst"] = True
    for i in known:
        out[i]["small"] = out[i]["users"] < 30 or bool(out[i].get("small_n"))
    return out


def data_band(grid: Grid, numbers: Numbers) -> Band | None:
    """Lay out the ribbon of users under the stages; nothing without numbers."""
    if not numbers.drop_off:
        return None
    stages, ribbon = [*grid.workshop.stage_names()], grid.rules.ribbon
    # What is lost on the way to a stage of the next sheet is lost here.
    every = stage_rows(stages, numbers)
    most = max(row.get("users", 0) for row in every) or 1
    for row in every:
        row["top"] = ribbon - max(ribbon * row.get("users", 0) / most, 1.5)
    for row in every:
        row["under"] = every[row["next"]]["top"] if "next" in row else ribbon
    columns = [every[stages.index(stage)] for stage in grid.stages]
    few, red = f"few {numbers.counts}: read with care", dark(VERMILLION)
    blocks = [
        (
            Block(
                row.get("words", "the last stage that the data sees")
                if "users" in row
                else "not seen in the data: no events are tied to this stage",
                grid.inner,
                11.5,
                15,
            ),
            Block(few if row.get("small") else "", grid.inner, SMALL, 13, fill=red),
        )
        for row in columns
    ]
    rows = [(row, *block) for row, block in zip(columns, blocks)]
    below = max(words.height + note.height for words, note in blocks)
    paint = partial(pen(__file__).band, grid, rows, numbers.counts)
    return Band(56 + ribbon + below, paint, 0.4)


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
    """One line of the panel: its name, and stage to feeling."""

    name: str
    points: dict[str, Felt]


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


def emotion_band(
    grid: Grid, first: Curve, second: Curve, moments: set[str], cards: Band | None
) -> Band:
    """Lay out the panel of the two curves and, below them, the emotion cards."""
    below = cards.height if cards else 0.0
    shown = " and ".join(curve.name for curve in (first, second) if curve.points)

    def paint(height: float) -> str:
        tall = height - below

        def y(value: float) -> float:  # kept inside the panel
            return tall / 2 - max(-2.0, min(2.0, value)) * (tall / 4 - 23)

        parts, lower = _drawn(grid, y, first, second, moments), cards.paint(below) if cards else ""
        return pen(__file__).panel(grid, y, parts, lower, tall, height, shown)

    def cut(room: float) -> tuple[Band, Band] | None:
        parts = cards.cut(room - grid.rules.curve) if cards else None
        return parts and (emotion_band(grid, first, second, moments, parts[0]), parts[1])

    # A single point needs no more room.
    return Band(grid.rules.curve + below, paint, 3.0 * (len(grid.stages) > 1), cut)


def _drawn(grid: Grid, height: Any, first: Curve, second: Curve, moments: set[str]) -> list[str]:
    """Draw lines, then signs, then words, each word on the side where fewer lines run."""
    lines, signs, words = list[str](), list[str](), list[str]()
    taken, spots, draw = list[Point](), list[dict[int, Point]](), pen(__file__)
    apart = min(grid.column * 0.17, 40) if second.points else 0.0
    for curve, side, look in ((first, -apart, LINES["team"]), (second, apart, LINES["survey"])):
        felt = {i: curve.points[s] for i, s in enumerate(grid.stages) if s in curve.points}
        places = {i: (grid.x(i + 0.5) + side, height(f.value)) for i, f in felt.items()}
        line, along = smooth(list(places.values()))
        under = f"{line}V{height(0)}H{along[0][0]}z" if line and curve is first else ""
        lines.append(draw.line(line, under, look))
        spots.append(places)
        taken += along
    for curve, other, places in zip((first, second), (second, first), spots):
        ours = curve is first
        for i, (x, y) in places.items():
            stage = grid.stages[i]
            value, low, high, label = curve.points[stage]
            top, bottom = (height(value if end is None else end) for end in (high, low))
            there = other.points[stage].value if stage in other.points else -3 if ours else 3
            up = value > there or (ours and value == there)
            reach = (max(y - top + 6, 17), max(bottom - y + 6, 17))
            ink = INK if ours else dark(BLUE)
            up, written = _label(grid, label, (x, y), up, reach, taken, ink)
            words.append(written)
            signs.append(draw.sign_of(ours, x, y, value, stage in moments, up, top, bottom))
    return [*lines, *signs, *words]


def _label(
    grid: Grid, words: str, spot: Point, up: bool, reach: Point, taken: Sequence[Point], ink: str
) -> tuple[bool, str]:
    """Write a few short lines above or below a point, and tell which.

    ``up`` is where they go unless a line runs through there and not through the other side;
    ``reach`` is how far the sign goes up and down.
    """
    x, y = spot
    lines = wrap(words, grid.column - 8, SMALL, True)
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
    for stage in stages:
        row = rows.get(stage, {})
        if "emotion" in row:
            low, high, n = map(row.get, ("low", "high", "n"))
            more = [] if low is None or high is None else [f"{signed(low)} to {signed(high)}"]
            if n is not None:
                more.append(f"n {int(n):,}" + ", few" * bool(row.get("small_n", n < 30)))
            words = [f"survey {signed(row['emotion'])}", ", ".join(more)]
            points[stage] = Felt(float(row["emotion"]), low, high, "\n".join(filter(None, words)))
    return Curve("survey, with 95% interval", points)


def team_curve(stages: Iterable[str], felt: dict[str, float], name: str = "team") -> Curve:
    """Read the team's feelings as a curve with the word for each."""
    points = {
        s: Felt(felt[s], None, None, f"{name} {signed(felt[s])}\n{feeling(felt[s])}")
        for s in stages
        if s in felt
    }
    return Curve(f"{name}'s feeling" if name == "team" else name, points)
