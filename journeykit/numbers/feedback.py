"""What people say and what was promised them, as rows of the weak spots."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from pandas import DataFrame

from journeykit.model import Names
from journeykit.words import percent

from .frames import Row, clustered_share, folded, p_of_interval, three
from .likert import numbers, parse_scale
from .promises import promises
from .scores import SCALES, Scales
from .stats import difference

_ASKED = ("emotion", "csat", "ces")
_LEAST = 10


def feedback_rows(
    surveys: DataFrame | None, dims: Sequence[str], scales: Scales, called: Names
) -> list[Row]:
    """Compare the unhappy answers of a stage with the other stages, and within it by column.

    An answer is unhappy when it lies below the middle of its scale.
    """
    if surveys is None or not {"stage", "measure", "score"} <= set(surveys.columns):
        return []
    rows = []
    for name in _ASKED:
        asked = surveys[folded(surveys["measure"]) == name]
        scale = (scales or {}).get(name, SCALES[name])
        low, high = parse_scale(scale)
        score = numbers(asked["score"], scale, name)
        asked = asked.assign(unhappy=score < (low + high) / 2)[~np.isnan(score)]
        for stage, here in asked.groupby("stage"):
            rows += _against(name, stage, asked, "stage", stage, "", "the other stages", called)
            for dim in here.columns.intersection(dims):
                for value in sorted(here[dim].dropna().unique()):
                    told = f" with {dim} {value}", f"those with another {dim}", called
                    rows += _against(name, stage, here, dim, value, *told)
    return rows


def _against(
    measure: str,
    stage: Any,
    asked: DataFrame,
    column: str,
    value: Any,
    who: str,
    others: str,
    called: Names,
) -> list[Row]:
    """Compare the answers with a value with those that have another one, where there are enough."""
    here, rest = (
        asked[asked[column].notna() & same]
        for same in (asked[column] == value, asked[column] != value)
    )
    if min(len(here), len(rest)) < _LEAST:
        return []
    mine, theirs = (clustered_share(part, part["unhappy"]) for part in (here, rest))
    return [
        {
            "kind": "feedback",
            "place": f"{stage}{who}",
            "stage": str(stage),
            "what": f"{percent(mine[0])} of the {measure.upper()} answers{who} in the stage "
            f"“{called.get(stage, stage)}” are below "
            f"the middle of the scale; for {others} it is {percent(theirs[0])}.",
            "compared_with": others,
            "n": len(here),
            "evidence": "emotion_by_stage",
            **_effect(*difference(*mine, *theirs)),
        }
    ]


def _effect(*told: float) -> Row:
    """Name an effect, its interval, and its p."""
    return three("effect low high", told) | {"p": p_of_interval(*told)}


def promise_rows(promised: Any, support: DataFrame | None, orders: DataFrame | None) -> list[Row]:
    """Compare what was kept of each promise with what was promised."""
    if not isinstance(promised, DataFrame):
        promised = promises(promised or (), support, orders)
    return [
        {
            "kind": "promise",
            "place": row.promise,
            "stage": row.stage,
            "what": f"“{row.text}” was kept in {percent(row.share)} of {row.n:,} cases; "
            f"promised are {percent(row.target)}.",
            "compared_with": "what was promised",
            "n": row.n,
            "evidence": "promises",
            **_effect(row.target - row.share, row.target - row.high, row.target - row.low),
        }
        for row in promised[promised["n"] > 0].itertuples()
    ]
