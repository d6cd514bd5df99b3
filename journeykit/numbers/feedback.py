"""What people say and what was promised them, as rows of the weak spots."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from journeykit.numbers.likert import numbers, parse_scale
from journeykit.numbers.scores import SCALES
from journeykit.numbers.service import promises as measure_promises
from journeykit.numbers.stats import Z, clustered_rows, difference

_ASKED = ("emotion", "csat", "ces")
_LEAST = 10


def feedback_rows(
    surveys: pd.DataFrame | None, dims: Sequence[str], scales: Mapping[str, Any] | None
) -> list[dict[str, Any]]:
    """Compare the unhappy answers of a stage with the other stages, and within it by column.

    An answer is unhappy when it lies below the middle of its scale.
    """
    if surveys is None or not {"stage", "measure", "score"} <= set(surveys.columns):
        return []
    rows = []
    for name in _ASKED:
        asked = surveys[surveys["measure"].astype("string").str.strip().str.lower() == name]
        if not len(asked):
            continue
        low, high = parse_scale((scales or {}).get(name, SCALES[name]))
        score = numbers(asked["score"], (low, high), name)
        asked = asked.assign(unhappy=score < (low + high) / 2)[~np.isnan(score)]
        for stage, here in asked.groupby("stage"):
            rest = asked[asked["stage"].notna() & (asked["stage"] != stage)]
            rows.append(_row(name, str(stage), "", here, rest, "the other stages"))
            for dim in (dim for dim in dims if dim in here.columns):
                for value in sorted(here[dim].dropna().unique()):
                    mine, other = (
                        here[here[dim] == value],
                        here[here[dim].notna() & (here[dim] != value)],
                    )
                    who, others = f" with {dim} {value}", f"those with another {dim}"
                    rows.append(_row(name, str(stage), who, mine, other, others))
    return [row for row in rows if row]


def _row(
    measure: str, stage: str, who: str, here: pd.DataFrame, rest: pd.DataFrame, others: str
) -> dict[str, Any]:
    if min(len(here), len(rest)) < _LEAST:
        return {}
    shares = [
        clustered_rows(
            part["unhappy"], part["user_id"] if "user_id" in part.columns else [None] * len(part)
        )
        for part in (here, rest)
    ]
    effect, low, high = difference(*shares[0], *shares[1])
    what = (
        f"{shares[0][0]:.0%} of the {measure.upper()} answers{who} in the stage {stage} are "
        "below the "
        f"middle of the scale; for {others} it is {shares[1][0]:.0%}."
    )
    return {
        "kind": "feedback",
        "place": f"{stage}{who}",
        "stage": stage,
        "what": what,
        "compared_with": others,
        "n": len(here),
        "effect": effect,
        "low": low,
        "high": high,
        "p": _p(effect, low, high),
        "evidence": "emotion_by_stage",
    }


def _p(effect: float, low: float, high: float) -> float:
    """Two-sided p of an effect, from its interval on the side of zero."""
    from scipy.special import ndtr

    half = effect - low if effect > 0 else high - effect
    return float(2 * ndtr(-abs(effect) / (half / Z))) if half > 0 else 1.0


def promise_rows(
    promised: Any, support: pd.DataFrame | None, orders: pd.DataFrame | None
) -> list[dict[str, Any]]:
    """Compare what was kept of each promise with what was promised."""
    if not isinstance(promised, pd.DataFrame):
        listed: Iterable[Any] = list(promised or ())
        if not listed or (support is None and orders is None):
            return []
        promised = measure_promises(listed, support, orders)
    rows = []
    for row in promised[promised["n"] > 0].to_dict("records"):
        effect, low, high = (row["target"] - row[name] for name in ("share", "high", "low"))
        name = row.get("text") or row["promise"]
        rows.append(
            {
                "kind": "promise",
                "place": row["promise"],
                "stage": row.get("stage", ""),
                "what": f"“{name}” was kept in {row['share']:.0%} of {row['n']:,} cases; "
                "promised are "
                f"{row['target']:.0%}.",
                "compared_with": "what was promised",
                "n": int(row["n"]),
                "effect": effect,
                "low": low,
                "high": high,
                "p": _p(effect, low, high),
                "evidence": "promises",
            }
        )
    return rows
