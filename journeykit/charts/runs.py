"""The picture of a trend: one small line for each number, over all runs, with its intervals."""

import textwrap
from typing import Any

import altair as alt
import pandas as pd

from journeykit.charts.drawing.marks import curve, stack
from journeykit.charts.drawing.picture import Made, each, footnote, picture
from journeykit.charts.drawing.theme import GREY, WIDTH
from journeykit.words import number, percent

_MOST = 10


@picture("How it went, run by run", "No run to look back at yet.")
def trend(frame: pd.DataFrame) -> Made:
    """Draw each number over the runs, with its 95% interval; a verdict has its shape and colour.

    As `claims.trend` gives it; the first 10 numbers are drawn.
    """
    frame = frame.assign(x=each("{}|{}".format, frame["at"], frame["run_id"]))
    keys, days = list(dict.fromkeys(frame["key"])), sorted(set(frame["x"]))
    shown = keys[:_MOST]
    panels = [_panel(frame[frame["key"] == key], days, last=key == shown[-1]) for key in shown]
    kept = frame[frame["key"].isin(shown)]
    said = "Band: 95% interval. " + "▲ supported, ▼ refuted, ◊ undecided. " * any(kept["verdict"])
    left = footnote(kept, left=len(keys) - len(shown), rest="more numbers", counts="cases")
    return stack(panels).properties(usermeta={"fits": True}), said + left


def _panel(mine: pd.DataFrame, days: list[str], *, last: bool) -> Any:
    """One number over the runs."""
    share = mine["kind"].iloc[0] == "share"
    form = "%" if share else ".0f" if mine[["low", "high"]].abs().max().max() > 10 else ".1f"
    across = {"labelExpr": "split(datum.label, '|')[0]", "labelAngle": 0, "labelOverlap": True}
    up = {"format": form, "tickCount": 3, "minExtent": 44, "maxExtent": 44}
    chart = curve(
        mine,
        alt.X("x:O", title=None, axis=across | {"labels": last}, scale={"domain": days}),
        alt.Y("value:Q", title=None, axis=up, scale={"zero": False, "nice": True}),
        {"x": "Data until | run", "n": "Cases", "verdict": "Verdict"},
        said=percent if share else number,
        band=GREY,
        say="last",
    )
    title = {"text": textwrap.wrap(str(mine["label"].iloc[0]), 92), "fontSize": 12.5, "offset": 6}
    return chart.properties(width=WIDTH - 120, height=74, title=title)
