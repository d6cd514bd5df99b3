"""What the data says under each stage, in numbers, in a ribbon and in plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pandas as pd

from journeykit.charts import map_svg as pen
from journeykit.charts import theme
from journeykit.charts.map_sheet import SMALL, Band, Grid, Rules, lane_head
from journeykit.charts.map_text import escaped, text_width, wrap
from journeykit.model import Persona, Workshop

__all__ = ["Numbers", "data_band", "loss_words", "range_words", "stage_rows"]

_WATER = pen.mix(theme.BLUE, "#ffffff", 0.62)
Row = dict[str, Any]


def _rows(frame: pd.DataFrame | None, key: str) -> dict[str, Row]:
    """Read a frame as key to row, with what is missing left out."""
    if frame is None:
        return {}
    rows = frame.to_dict("records")
    return {str(row[key]): {str(k): v for k, v in row.items() if not pd.isna(v)} for row in rows}


@dataclass(frozen=True)
class Numbers:
    """The numbers that the map is held against, by stage, promise, persona and card."""

    drop_off: dict[str, Row] = field(default_factory=dict)
    measured: dict[str, Row] = field(default_factory=dict)
    promises: dict[str, Row] = field(default_factory=dict)
    coverage: Row = field(default_factory=dict)
    counts: str = "users"
    claims: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @classmethod
    def read(
        cls, persona: Persona, *frames: pd.DataFrame | None, claims: Mapping[str, tuple[str, str]]
    ) -> Numbers:
        """Take the frames drop_off, measured, promises and coverage; each may be missing."""
        drop_off, measured, promises, coverage = frames
        if drop_off is not None:  # a funnel as it is has columns of its own meaning, such as `lost`
            kept = [c for c in _DROP_OFF if c in drop_off]
            drop_off = drop_off.rename(columns={"step": "stage"} if "stage" not in drop_off else {})
            drop_off = drop_off[["stage", *kept]]
        lost = _rows(drop_off, "stage")
        told = [row["counts"] for row in lost.values() if "counts" in row]
        told += [drop_off.attrs.get("counts", "users")] if drop_off is not None else ["users"]
        share = _rows(coverage, "persona").get(persona.id, {})
        return cls(
            lost, _rows(measured, "stage"), _rows(promises, "promise"), share, str(told[0]), claims
        )


_DROP_OFF = ("users", "sessions", "of_previous", "low", "high", "drop_off", "small_n", "counts")


def _percent(share: float, digits: int = 1) -> str:
    return f"{100 * share:.{digits}f}"


def range_words(low: float | None, high: float | None) -> str:
    """Write an interval of a share as ``62–65%``, finer where whole numbers would be equal."""
    if low is None or high is None:
        return ""
    digits = 0 if round(100 * high) - round(100 * low) >= 2 else 1
    return f"{_percent(low, digits)}–{_percent(high, digits)}%"


def _loss(before: Row, after: Row) -> Row:
    """What is lost from one stage to the next, its sentence included."""
    here, there = int(before.get("users", 0)), int(after.get("users", 0))
    passed = after.get("of_previous", there / here if here else None)
    if passed is None:
        return {}
    lost = after.get("drop_off", 1 - passed)
    if there > here or lost < 0:
        return {"words": f"{there:,} are seen in the next stage: more than here"}
    low, high = after.get("low"), after.get("high")
    span = range_words(1 - high, 1 - low) if low is not None and high is not None else ""
    words = f"{there:,} of {here:,} go on · {_percent(lost)}% lost" + (f" ({span})" if span else "")
    return {"lost": lost, "gone": here - there, "words": words}


def stage_rows(stages: Sequence[str], numbers: Numbers) -> list[Row]:
    """Give one row per stage: users, and in words what is lost on the way to the next one that has any."""
    out: list[Row] = [dict(numbers.drop_off.get(stage, {})) for stage in stages]
    known = [i for i, row in enumerate(out) if "users" in row]
    for here, there in pairwise(known):
        out[here] = {**out[here], **_loss(out[here], out[there]), "next": there}
    losses = [(row["gone"], -i) for i, row in enumerate(out) if row.get("lost")]
    if len(losses) > 1:
        out[-max(losses)[1]]["worst"] = True
    for i in known:
        users = out[i]["users"]
        out[i]["small"] = users < 30 or bool(out[i].get("small_n"))
    return out


def loss_words(workshop: Workshop, numbers: Numbers) -> list[str]:
    """Say where most people are lost, for those who do not see the picture."""
    columns = stage_rows([stage.id for stage in workshop.stages], numbers)
    return [
        f"Most {numbers.counts} are lost after {stage.name}: {row['words']}"
        for stage, row in zip(workshop.stages, columns, strict=True)
        if row.get("worst")
    ]


def data_band(grid: Grid, workshop: Workshop, numbers: Numbers, rules: Rules) -> Band | None:
    """Lay out the ribbon of users under the stages; nothing without numbers."""
    if not numbers.drop_off:
        return None
    columns = stage_rows([stage.id for stage in workshop.stages], numbers)
    words = [_words(row, grid.inner) for row in columns]
    notes = [_note(row, numbers.counts) for row in columns]
    noted = [wrap(note, grid.inner, SMALL) for note in notes]
    below = max(15 * len(w) + 13 * len(n) for w, n in zip(words, noted, strict=True))
    height = 38 + rules.ribbon + 18 + below

    def paint(y: float, height: float) -> str:
        parts = [
            pen.box(
                grid.margin,
                y,
                grid.width - 2 * grid.margin,
                height,
                rx=6,
                fill="#fff",
                stroke=theme.LINE,
                stroke_width=0.8,
            ),
            lane_head(
                grid,
                y + 4,
                "data",
                "What the data says",
                rules.name,
                f"{numbers.counts}, with 95% interval",
            ),
            _ribbon(grid, y + 38, rules.ribbon, columns),
        ]
        for i, row in enumerate(columns):
            x, top = grid.x(i), y + 38 + rules.ribbon + 17
            parts.append(_head_count(row, numbers.counts, x, y + 27, grid.inner))
            parts.append(pen.text(words[i], x, top, 11.5, width=grid.inner, leading=1.3))
            top += 15 * len(words[i])
            parts.append(pen.text(noted[i], x, top, SMALL, fill=pen.dark(theme.VERMILLION)))
        return pen.group(*parts, title="What the data says under each stage")

    return Band(height, paint, 0.4)


def _words(row: Row, width: float) -> tuple[str, ...]:
    if "users" not in row:
        return wrap("not seen in the data: no events are tied to this stage", width, 11.5)
    return wrap(row.get("words", "the last stage that the data sees"), width, 11.5)


def _note(row: Row, counts: str) -> str:
    return f"few {counts}: read with care" if row.get("small") else ""


def _head_count(row: Row, counts: str, x: float, y: float, width: float) -> str:
    if "users" not in row:
        return pen.text("–", x, y, 21, fill=theme.GREY, bold=True)
    shown, words = f"{int(row['users']):,}", f"{counts} get here"
    if text_width(shown, 21, True) + 6 + text_width(words, 11) > width:
        return pen.text(shown, x, y, 21, bold=True)
    parts = pen.tag("tspan", shown, font_size=21, font_weight="bold", fill=theme.INK)
    parts += pen.tag("tspan", escaped(words), dx=6)
    return pen.tag("text", parts, x=x, y=y, font_size=11, fill=theme.GREY)


def _ribbon(grid: Grid, y: float, tall: float, columns: list[Row]) -> str:
    """Draw a ribbon as high as the users; what is lost falls off it on the way to the next stage."""
    most = max((row.get("users", 0) for row in columns), default=0) or 1
    floor = y + tall
    tops = [floor - max(tall * row.get("users", 0) / most, 1.5) for row in columns]
    parts, pills = [], []
    for i, row in enumerate(columns):
        if "users" not in row:
            continue
        start, end = grid.left + i * grid.column, grid.left + (i + 1) * grid.column
        top, turn = tops[i], start + grid.column * 0.3
        parts.append(pen.box(start, top, grid.column, floor - top, fill=_WATER))
        if row.get("lost"):
            after, half = tops[row["next"]], (turn + end) / 2
            bend = pen.d(
                "M", turn, top, "H", end, "V", after, "C", half, after, half, top, turn, top, "z"
            )
            parts.append(pen.path(bend, fill=pen.mix(theme.VERMILLION, "#ffffff", 0.28)))
            pills.append(_pill(row, end, min(top + 13, floor - 13), grid.column))
    rule = pen.line(grid.left, floor, grid.right, floor, stroke=theme.INK, stroke_width=1)
    return pen.group(*parts, rule, *pills)


def _pill(row: Row, right: float, y: float, room: float) -> str:
    """Mark a loss where it happens; where most people are lost, it is filled and says how many."""
    shown, ink = f"−{_percent(row['lost'], 0)}%", pen.dark(theme.VERMILLION)
    worst = bool(row.get("worst"))
    label = f"most lost: {row['gone']:,} ({shown})" if worst and room > 160 else shown
    width = text_width(label, 11, True) + 12
    frame = pen.box(
        right - width - 6, y - 9, width, 18, rx=9, fill=ink if worst else "#fff", stroke=ink
    )
    ink = "#fff" if worst else ink
    return frame + pen.text(
        label, right - 6 - width / 2, y + 4, 11, fill=ink, bold=True, text_anchor="middle"
    )
