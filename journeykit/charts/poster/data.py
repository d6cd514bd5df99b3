"""What the data says under each stage, in numbers, in a ribbon and in plain words."""

from collections.abc import Iterable, Mapping
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple

import pandas as pd

from journeykit.model import Persona, Workshop
from journeykit.words import between, percent

from ..drawing.theme import VERMILLION
from .svg import SMALL, Band, Block, Grid, dark, pen

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

    most = max(row.get("users", 0) for row in columns) or 1
    tops = [ribbon - max(ribbon * row.get("users", 0) / most, 1.5) for row in columns]
    rows = [(row, top, *block) for row, top, block in zip(columns, tops, blocks)]
    below = max(words.height + note.height for words, note in blocks)
    paint = partial(pen(__file__).band, grid, rows, numbers.counts, percent)
    return Band(56 + ribbon + below, paint, 0.4)
