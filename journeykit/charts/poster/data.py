"""What the data says under each stage, in numbers, in a ribbon and in plain words."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import pandas as pd

from journeykit.charts.drawing.text import escaped, text_width
from journeykit.charts.drawing.theme import BLUE, GREY, INK, LINE, VERMILLION
from journeykit.charts.poster.sheet import SMALL, Band, Grid, lane_head
from journeykit.charts.poster.svg import Block, at, box, dark, group, line, path, tag, text, tint
from journeykit.model import Persona, Workshop
from journeykit.words import between, percent

Row = dict[str, Any]


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
    claims: Mapping[str, tuple[str, str]]

    @classmethod
    def read(
        cls, persona: Persona, *frames: pd.DataFrame | None, claims: Mapping[str, tuple[str, str]]
    ) -> "Numbers":
        """Take the frames drop_off, measured, promises and coverage; each may be missing."""
        drop_off, measured, promises, coverage = frames
        counts = "users"
        if drop_off is not None:  # a funnel as it is has columns of its own meaning, such as `lost`
            counts = drop_off.attrs.get("counts", counts)
            drop_off = drop_off.rename(columns={"step": "stage"} if "stage" not in drop_off else {})
            drop_off = drop_off.drop(columns="lost", errors="ignore")
        lost = _rows(drop_off, "stage")
        counts = next((row["counts"] for row in lost.values() if "counts" in row), counts)
        return cls(
            lost,
            _rows(measured, "stage"),
            _rows(promises, "promise"),
            _rows(coverage, "persona").get(persona.id, {}),
            "customers" if counts == "users" else str(counts),
            claims,
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
    words = f"{there:,} of {here:,} go on · {percent(lost)} lost{span}"
    return {"lost": lost, "gone": here - there, "words": words}


def stage_rows(stages: Sequence[str], numbers: Numbers) -> list[Row]:
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


def loss_words(workshop: Workshop, numbers: Numbers) -> list[str]:
    """Say where most people are lost, for those who do not see the picture."""
    columns = stage_rows([stage.id for stage in workshop.stages], numbers)
    return [
        f"Most {numbers.counts} are lost after {stage.name}: {row['words']}"
        for stage, row in zip(workshop.stages, columns, strict=True)
        if row.get("worst")
    ]


def data_band(grid: Grid, numbers: Numbers) -> Band | None:
    """Lay out the ribbon of users under the stages; nothing without numbers."""
    if not numbers.drop_off:
        return None
    columns, ribbon = stage_rows(grid.stages, numbers), grid.rules.ribbon
    few = f"few {numbers.counts}: read with care"
    words = [Block(_words(row), grid.inner, 11.5, 15) for row in columns]
    notes = [
        Block(few if row.get("small") else "", grid.inner, SMALL, 13, fill=dark(VERMILLION))
        for row in columns
    ]
    below = max(word.height + note.height for word, note in zip(words, notes, strict=True))

    def paint(height: float) -> str:
        look = {"rx": 6, "fill": "#fff", "stroke": LINE, "stroke_width": 0.8}
        told = f"{numbers.counts}, with 95% interval"
        parts = [
            box(grid.margin, 0, grid.right - grid.margin, height, **look),
            at(0, 4, lane_head(grid, "data", "What the data says", told)),
            at(0, 38, _ribbon(grid, columns)),
        ]
        for i, row in enumerate(columns):
            count = _head_count(row, numbers.counts, grid.inner)
            note = notes[i].at(0, 55 + ribbon + words[i].height)
            parts.append(at(grid.x(i) + 8, 0, count, words[i].at(0, 55 + ribbon), note))
        return group(*parts, title="What the data says under each stage")

    return Band(38 + ribbon + 18 + below, paint, 0.4)


def _words(row: Row) -> str:
    if "users" not in row:
        return "not seen in the data: no events are tied to this stage"
    return row.get("words", "the last stage that the data sees")


def _head_count(row: Row, counts: str, width: float) -> str:
    if "users" not in row:
        return text("–", 0, 27, 21, fill=GREY, bold=True)
    shown, words = f"{int(row['users']):,}", f"{counts} get here"
    if text_width(shown, 21, True) + 6 + text_width(words, 11) > width:
        return text(shown, 0, 27, 21, bold=True)
    parts = tag("tspan", shown, font_size=21, font_weight="bold", fill=INK)
    parts += tag("tspan", escaped(words), dx=6)
    return tag("text", parts, x=0, y=27, font_size=11, fill=GREY)


def _ribbon(grid: Grid, columns: list[Row]) -> str:
    """Draw a ribbon as high as the users; what is lost falls off it on the way to the next."""
    floor, most = grid.rules.ribbon, max(row.get("users", 0) for row in columns) or 1
    tops = [floor - max(floor * row.get("users", 0) / most, 1.5) for row in columns]
    parts, pills = [], []
    for i, row in enumerate(columns):
        if "users" not in row:
            continue
        start, end, top = grid.x(i), grid.x(i + 1), tops[i]
        parts.append(box(start, top, grid.column, floor - top, fill=tint(BLUE, 0.62)))
        if row.get("lost"):
            after, turn = tops[row["next"]], start + grid.column * 0.3
            half = (turn + end) / 2
            bend = ("C", half, after, half, top, turn, top, "z")
            fall = ("M", turn, top, "H", end, "V", after, *bend)
            parts.append(path(*fall, fill=tint(VERMILLION, 0.28)))
            pills.append(_pill(row, end, min(top + 13, floor - 13), grid.column))
    rule = line(grid.left, floor, grid.right, floor, stroke=INK, stroke_width=1)
    return group(*parts, rule, *pills)


def _pill(row: Row, right: float, y: float, room: float) -> str:
    """Mark a loss where it happens; where most people are lost, it is filled and says how many."""
    shown, ink = percent(-row["lost"]), dark(VERMILLION)
    worst = bool(row.get("worst"))
    label = f"most lost: {row['gone']:,} ({shown})" if worst and room > 160 else shown
    width = text_width(label, 11, True) + 12
    fill, ink_of_words = (ink, "#fff") if worst else ("#fff", ink)
    return at(
        right - width / 2 - 6,
        y,
        box(-width / 2, -9, width, 18, rx=9, fill=fill, stroke=ink),
        text(label, 0, 4, 11, fill=ink_of_words, bold=True, text_anchor="middle"),
    )
