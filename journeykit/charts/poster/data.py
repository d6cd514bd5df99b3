"""What the data says under each stage, in numbers, in a ribbon and in plain words."""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

import pandas as pd

from journeykit.model import Persona, Workshop
from journeykit.words import between, percent

from ..drawing.text import text_width
from ..drawing.theme import BLUE, GREY, INK, VERMILLION
from .sheet import Band, Grid, lane_head
from .svg import SMALL, STYLES, Block, at, box, dark, group, path, text, tint

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
    def read(cls, persona: Persona, *frames: pd.DataFrame | None, claims: Verdicts) -> "Numbers":
        """Take the frames drop_off, measured, promises and coverage; each may be missing."""
        drop_off, measured, promises, coverage = frames
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


def loss_words(workshop: Workshop, numbers: Numbers) -> list[str]:
    """Say where most people are lost, for those who do not see the picture."""
    columns = stage_rows(workshop.stage_names(), numbers)
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
    few, red = f"few {numbers.counts}: read with care", dark(VERMILLION)
    blocks = [
        (
            Block(row.get("words", LAST) if "users" in row else UNSEEN, grid.inner, 11.5, 15),
            Block(few if row.get("small") else "", grid.inner, SMALL, 13, fill=red),
        )
        for row in columns
    ]

    def paint(height: float) -> str:
        told, y = f"{numbers.counts}, with 95% interval", 55 + ribbon
        parts = [
            box(grid.margin, 0, grid.right - grid.margin, height, **STYLES["panel"]),
            at(0, 4, lane_head(grid, "data", "What the data says", told)),
            at(0, 38, _ribbon(grid, columns)),
        ]
        for i, (row, (words, note)) in enumerate(zip(columns, blocks, strict=True)):
            count = _head_count(row, numbers.counts, grid.inner)
            said = words.at(0, y) + note.at(0, y + words.height)
            parts.append(at(grid.x(i) + 8, 0, count, said))
        return group(*parts, title="What the data says under each stage")

    below = max(words.height + note.height for words, note in blocks)
    return Band(56 + ribbon + below, paint, 0.4)


UNSEEN = "not seen in the data: no events are tied to this stage"
LAST = "the last stage that the data sees"


def _head_count(row: Row, counts: str, width: float) -> str:
    if "users" not in row:
        return text("–", 0, 27, 21, fill=GREY, bold=True)
    shown, words = f"{int(row['users']):,}", f"{counts} get here"
    beside = text_width(shown, 21, True) + 2
    fits = beside + text_width(words, 11) <= width
    return text(shown, 0, 27, 21, bold=True) + text(words * fits, beside, 27, 11, fill=GREY)


def _ribbon(grid: Grid, columns: list[Row]) -> str:
    """Draw a ribbon as high as the users; what is lost falls off it on the way to the next."""
    floor, most = grid.rules.ribbon, max(row.get("users", 0) for row in columns) or 1
    tops = [floor - max(floor * row.get("users", 0) / most, 1.5) for row in columns]
    parts, pills = list[str](), list[str]()
    for i, (row, top) in enumerate(zip(columns, tops, strict=True)):
        if "users" not in row:
            continue
        start, end = grid.x(i), grid.x(i + 1)
        parts.append(box(start, top, grid.column, floor - top, fill=tint(BLUE, 0.62)))
        if row.get("lost"):
            turn = start + grid.column * 0.3
            half = (turn + end) / 2
            fall = f"M{turn} {top}H{end}V{tops[row['next']]}C{half} {tops[row['next']]}"
            bend = f" {half} {top} {turn} {top}z"
            parts.append(path(fall + bend, fill=tint(VERMILLION, 0.28)))
            pills.append(_pill(row, end, min(top + 13, floor - 13), grid.column))
    return group(*parts, path(f"M{grid.left} {floor}H{grid.right}", stroke=INK), *pills)


def _pill(row: Row, right: float, y: float, room: float) -> str:
    """Mark a loss where it happens; where most people are lost, it is filled and says how many."""
    shown, red, worst = percent(-row["lost"]), dark(VERMILLION), bool(row.get("worst"))
    words = f"most lost: {row['gone']:,} ({shown})" if worst and room > 160 else shown
    paper, ink = (red, "#fff") if worst else ("#fff", red)
    width = text_width(words, 11, True) + 12
    return at(
        right - width / 2 - 6,
        y,
        box(-width / 2, -9, width, 18, rx=9, fill=paper, stroke=red),
        text(words, 0, 4, 11, fill=ink, bold=True, text_anchor="middle"),
    )
