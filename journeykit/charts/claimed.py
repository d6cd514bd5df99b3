"""The picture of claims: each value's interval against its threshold."""

from typing import Any

import pandas as pd

from journeykit.charts.drawing.picture import Made, each, picture
from journeykit.charts.drawing.rows import rows
from journeykit.claims.words import value_words

_EDGE = 4.0
"""Where the picture ends, in half-widths of the interval."""


@picture("What we claim, held against the data", "No card carries a claim yet.")
def claims(frame: pd.DataFrame) -> Made:
    """Draw each claim's value and interval against its threshold, and the verdict.

    Frame: text, sentence, verdict, value, low, high, n, kind, is, threshold (list), as
    `Verdict.row` gives them. Claims have many units, so the axis counts in widths of the claim's
    own interval; right of the line is the side that is claimed. 20 are drawn.
    """
    places = pd.DataFrame([_placed(row) for row in frame.to_dict("records")], frame.index)
    few = (pd.to_numeric(frame["n"]) < 30) & frame["value"].notna()
    return rows(
        places.assign(verdict=frame["verdict"], n=frame["n"], small_n=few),
        frame["text"],
        "value",
        "← the data says no · the data says yes →",
        ticks={"values": [0], "labelExpr": "'threshold'"},
        mark="dot",
        above=True,
        most=20,
        rest="more claims",
        counts="cases",
        room=16,
        letters=46,
        said="Lines: 95% intervals, equally wide. ▲ supported, ▼ refuted: the whole line is on one side.",
        scale={"domain": [-_EDGE, _EDGE], "nice": False},
        columns={"Value": None, "Verdict": "verdict", "n": "n"},
        against=0,
        words={
            "text": each(value_words, frame["value"], frame["kind"]),
            "line2": frame["sentence"],
        },
    )


def _placed(row: dict[str, Any]) -> dict[str, float]:
    """Where value and interval lie from the threshold, in half-widths of the interval."""
    value, low, high = (
        float("nan") if row[k] is None else row[k] for k in ("value", "low", "high")
    )
    limits, half = list(row["threshold"]), (high - low) / 2
    limit = min(limits, key=lambda t: abs(t - value)) if value == value else limits[0]
    above = row["is"] in ("at least", "above") or (row["is"] == "between" and limit == limits[0])
    if not half > 0:
        half = abs(value - limit) or 1.0
    side = 1 if above else -1
    place = [side * (x - limit) / half for x in (value, *(low, high)[::side])]
    # What lies far off stays whole at the edge of the picture; the words tell its numbers.
    reach = max(0.0, max(place[2], -place[1]) - _EDGE) if value == value else 0.0
    shift = -reach if place[0] > 0 else reach
    return dict(zip(("value", "low", "high"), (x + shift for x in place), strict=True))
