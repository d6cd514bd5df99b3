"""The picture of a trend: one small line for each number, over all runs, with its intervals."""

from __future__ import annotations

import textwrap
from typing import Any

import altair as alt
import pandas as pd

from journeykit.charts import theme
from journeykit.charts.marks import inline, stack
from journeykit.charts.parts import Made, between, each, footnote, number, percent, picture
from journeykit.charts.theme import BLUE, GREY, INK, SYMBOLS

_MOST, _TALL, _WIDE = 10, 74, theme.WIDTH - 120
_SHAPES = {"supported": "triangle-up", "refuted": "triangle-down", "undecided": "diamond"}


@picture("How it went, run by run", "No run to look back at yet.")
def trend(frame: pd.DataFrame) -> Made:
    """Draw each number over the runs, with its 95% interval; a verdict has its shape and colour.

    As `claims.trend` gives it; the first 10 numbers are drawn.
    """
    keys = list(dict.fromkeys(frame["key"]))
    days = sorted(dict.fromkeys(each("{}|{}".format, frame["at"], frame["run_id"])))
    shown = keys[:_MOST]
    panels = [_panel(frame[frame["key"] == key], days, last=key == shown[-1]) for key in shown]
    kept = frame[frame["key"].isin(shown)]
    said = (
        "Band: 95% interval. ▲ supported, ▼ refuted, ◊ undecided."
        if kept["verdict"].any()
        else ("Band: 95% interval.")
    )
    left = footnote(kept, left_out=len(keys) - len(shown), what="more numbers", counts="cases")
    return stack(panels).properties(usermeta={"fits": True}), f"{said} {left}"


def _panel(mine: pd.DataFrame, days: list[str], *, last: bool) -> Any:
    """One number over the runs."""
    words = _words(str(mine.iloc[0]["kind"]))
    signs = [SYMBOLS.get(verdict, ("", BLUE)) for verdict in mine["verdict"]]
    data = pd.DataFrame(
        {
            "x": each("{}|{}".format, mine["at"], mine["run_id"]),
            "value": mine["value"],
            "low": mine["low"],
            "high": mine["high"],
            "text": [words(v) for v in mine["value"]],
            "sure": each(lambda a, b: between(a, b, words), mine["low"], mine["high"]),
            "paint": [colour for _, colour in signs],
            "fill": [
                theme.PAPER if few else colour
                for few, (_, colour) in zip(mine["small_n"], signs, strict=True)
            ],
            "shape": [_SHAPES.get(verdict, "circle") for verdict in mine["verdict"]],
            "verdict": [
                f"{sign} {word}".strip()
                for (sign, _), word in zip(signs, mine["verdict"], strict=True)
            ],
            "n": mine["n"].map(number),
        }
    )
    data["end"] = [
        t if d == data["x"].iloc[-1] else "" for t, d in zip(data["text"], data["x"], strict=True)
    ]
    axis = alt.Axis(
        labelExpr="split(datum.label, '|')[0]", labelAngle=0, labelOverlap=True, labels=last
    )
    tips = {
        "x": "Data until | run",
        "text": "Value",
        "sure": "95% interval",
        "n": "Cases",
        "verdict": "Verdict",
    }
    base = alt.Chart().encode(
        x=alt.X("x:O", title=None, axis=axis, scale=alt.Scale(domain=days, padding=0.4)),
        tooltip=[alt.Tooltip(f"{column}:N", title=title) for column, title in tips.items()],
    )
    y: Any = alt.Y("value:Q", title=None, scale=alt.Scale(zero=False, nice=True), axis=_axis(mine))
    point = base.mark_point(size=90, opacity=1, strokeWidth=2).encode(
        y=y,
        stroke=alt.Stroke("paint:N", scale=None, legend=None),
        fill=alt.Fill("fill:N", scale=None, legend=None),
        shape=alt.Shape("shape:N", scale=None, legend=None),
    )
    layers = [
        base.mark_area(color=GREY, opacity=0.16).encode(y=alt.Y("low:Q"), y2=alt.Y2("high:Q")),
        base.mark_rule(color=GREY, strokeWidth=1.5).encode(y=alt.Y("low:Q"), y2=alt.Y2("high:Q")),
        base.mark_line(color=GREY, strokeWidth=1.5).encode(y=y),
        point,
        base.mark_text(align="left", dx=10, fontWeight=600, color=INK).encode(y=y, text="end:N"),
    ]
    title = alt.TitleParams(
        text=textwrap.wrap(str(mine.iloc[0]["label"]), 92), fontSize=12.5, offset=6
    )
    whole: Any = alt.layer(*layers, data=inline(data.round(4)))
    return whole.properties(width=_WIDE, height=_TALL, title=title)


def by_date(data: pd.DataFrame, title: str) -> Any:
    """Dots with intervals along dates, and a dashed line at the share of all rows together.

    `data` is the table of `rate_by` with name (a date), value, low, high, text, fill, colour, hits and n.
    """
    data = data.sort_values("name").assign(sure=each(between, data["low"], data["high"]))
    tips = {"name": title, "text": "Share", "sure": "95% interval", "hits": "Yes", "n": "Rows"}
    axis = alt.Axis(
        labelExpr="timeFormat(toDate(datum.label), '%d %b')", labelAngle=-45, labelOverlap=True
    )
    base = alt.Chart().encode(
        x=alt.X("name:O", title=title, axis=axis),
        tooltip=[alt.Tooltip(f"{column}:N", title=words) for column, words in tips.items()],
    )
    y: Any = alt.Y(
        "value:Q",
        title="Share of rows with a yes",
        scale=alt.Scale(zero=False, nice=True),
        axis=alt.Axis(format="%", tickCount=5),
    )
    level = alt.Chart(alt.InlineData(values=[{"value": data["all"].iloc[0]}]))
    whole: Any = alt.layer(
        level.mark_rule(color=GREY, strokeDash=[5, 4], strokeWidth=1.5).encode(y=y),
        base.mark_rule(color=BLUE, strokeWidth=2).encode(y=alt.Y("low:Q"), y2=alt.Y2("high:Q")),
        base.mark_point(size=80, opacity=1, strokeWidth=2, color=BLUE).encode(
            y=y, fill=alt.Fill("fill:N", scale=None, legend=None)
        ),
        data=inline(data.round(4)),
    )
    return whole.properties(width=theme.WIDTH, height=240)


def _axis(mine: pd.DataFrame) -> alt.Axis:
    whole = mine[["low", "high"]].abs().max().max() > 10
    form = "%" if mine.iloc[0]["kind"] == "share" else ".0f" if whole else ".1f"
    return alt.Axis(format=form, tickCount=3, minExtent=44, maxExtent=44)


def _words(kind: str) -> Any:
    return percent if kind == "share" else number


__all__ = ["by_date", "trend"]
