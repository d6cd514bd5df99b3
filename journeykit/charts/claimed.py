"""The picture of claims: each value's interval against its threshold."""

from __future__ import annotations

from typing import Any

import pandas as pd

from journeykit.charts.marks import rows, table
from journeykit.charts.parts import Made, number, picture, top
from journeykit.charts.theme import SYMBOLS
from journeykit.claims.words import value_words

_EDGE = 4.0
_SHAPES = {"supported": "triangle-up", "refuted": "triangle-down", "undecided": "diamond"}


@picture("What we claim, held against the data", "No card carries a claim yet.")
def claims(frame: pd.DataFrame) -> Made:
    """Draw each claim's value and interval against its threshold, and the verdict.

    Frame: text, sentence, verdict, value, low, high, n, kind, is, threshold (list), as
    `Verdict.row` gives them. Claims have many units, so the axis counts in widths of the claim's own
    interval; right of the line is the side that is claimed. 20 are drawn.
    """
    shown, left = top(frame, 20)
    places = pd.DataFrame([_placed(row) for row in shown.to_dict("records")], index=shown.index)
    few = (pd.to_numeric(shown["n"]) < 30) & shown["value"].notna()
    signs = [SYMBOLS[verdict] for verdict in shown["verdict"]]
    data = table(
        places.assign(small_n=few),
        shown["text"],
        places["value"],
        line2=shown["sentence"],
        text=[value_words(v, k) for v, k in zip(shown["value"], shown["kind"], strict=True)],
        colour=[colour for _, colour in signs],
        word_colour=[colour for _, colour in signs],
        word=[f"{sign} {word}" for (sign, _), word in zip(signs, shown["verdict"], strict=True)],
        shape=shown["verdict"].map(_SHAPES),
        n=shown["n"].map(number),
    )
    chart = rows(
        data,
        "← the data says no · the data says yes →",
        mark="dot",
        above=True,
        room=16,
        scale={"domain": [-_EDGE, _EDGE], "nice": False},
        ticks={"values": [0], "labelExpr": "'threshold'"},
        against=0,
        letters=46,
        columns=[("text", "Value", 92), ("word", "Verdict", 100), ("n", "n", 56)],
    )
    said = (
        "Lines: 95% intervals, equally wide. ▲ supported, ▼ refuted: the whole line is on one side."
    )
    hollow = " Hollow, *: fewer than 30." if few.any() else ""
    more = f" {left:,} more claims are in the table." if left else ""
    return chart, f"{said}{hollow}{more}"


def _placed(row: dict[str, Any]) -> dict[str, float]:
    """Where value and interval lie from the threshold, in half-widths of the interval."""
    value, low, high = (
        float("nan") if row[k] is None else row[k] for k in ("value", "low", "high")
    )
    limits, half = list(row["threshold"]), (high - low) / 2
    limit = min(limits, key=lambda t: abs(t - value)) if value == value else limits[0]
    above = row["is"] in ("at least", "above") or (row["is"] == "between" and limit == limits[0])
    side = 1.0 if above else -1.0
    if not half > 0:
        half = abs(value - limit) or 1.0
    place = {
        name: side * (x - limit) / half
        for name, x in (("value", value), ("low", low), ("high", high))
    }
    if not side > 0:
        place["low"], place["high"] = place["high"], place["low"]
    # What lies far off stays whole at the edge of the picture; the words tell its numbers.
    reach = max(0.0, max(place["high"], -place["low"]) - _EDGE) if value == value else 0.0
    shift = -reach if place["value"] > 0 else reach
    return {name: x + shift for name, x in place.items()}


__all__ = ["claims"]
