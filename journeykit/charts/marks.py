"""The marks that charts are made of: rows with intervals, groups of dots, heat maps.

A chart function turns its frame into a small frame of words and numbers for display and hands
it to one of these. Only what is drawn is embedded, so no other column can leak into a report.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from journeykit.charts import theme
from journeykit.charts.parts import percent, small
from journeykit.charts.theme import BLUE, GREY, HEAT, INK, PAPER


def inline(data: pd.DataFrame) -> alt.InlineData:
    """Embed a small frame as it is, unknown numbers as null."""
    return alt.InlineData(values=json.loads(data.to_json(orient="records")))


def table(frame: pd.DataFrame, name: Any, value: Any, **columns: Any) -> pd.DataFrame:
    """The small frame that `rows` draws: name, value, low, high, text, stroke, fill and more.

    Few observations are hollow, and a star follows their text. ``colour`` is one for all or one
    for each row.
    """
    data = pd.DataFrame({"name": list(name), "value": pd.to_numeric(list(value), errors="coerce")})
    for column in ("low", "high"):  # None where nothing was measured
        found = list(frame[column]) if column in frame else float("nan")
        data[column] = pd.to_numeric(pd.Series(found, data.index, dtype=object), errors="coerce")
    columns = {"colour": BLUE, "text": [percent(v) for v in data["value"]]} | columns
    for column, values in columns.items():
        data[column] = values if isinstance(values, str) else list(values)
    few = [flag and pd.notna(v) for flag, v in zip(small(frame), data["value"], strict=True)]
    data["text"] = [f"{t} *" if s else t for t, s in zip(data["text"], few, strict=True)]
    data["fill"] = [PAPER if flag else paint for flag, paint in zip(few, data["colour"], strict=True)]
    return data.round(4)


def rows(
    data: pd.DataFrame,
    axis: str,
    *,
    mark: str = "bar",
    above: bool = False,
    scale: dict[str, Any] | None = None,
    ticks: dict[str, Any] | None = None,
    columns: Sequence[tuple[str, str, int]] = (),
    room: int = 58,
    extra: Sequence[tuple[str, str]] = (),
    step: int | None = None,
    panel: bool = False,
    more: Sequence[alt.Chart] = (),
) -> Any:
    """One row per name: a bar or a dot, its interval, its number in words.

    Parameters
    ----------
    data : pandas.DataFrame
        From `table`; with a `line2` column, names over the bars get a grey second line.
    axis : str
        Title of the value axis: what is counted, and its unit.
    above : bool
        Names over the bars instead of left of them, for long ones.
    scale, ticks : dict
        More for the value's scale and axis; shares in percent unless said otherwise.
    columns : sequence of (column, heading, pixels)
        Words set in columns at the right, in the colours of ``<column>_colour`` if there.
    room : int
        Pixels kept free for the number after the bar; 20 or less for none.
    extra : sequence of (column, title)
        More for the tooltip.
    panel : bool
        One of several under each other: a fixed width, names in a column of a fixed width.
    more : charts without data
        Further layers over the same rows.
    """
    width = theme.WIDTH - 176 if panel else None
    step = step or (30 if not above else 66 if "line2" in data else 48)
    drop = 0 if not above else 19 if "line2" in data else 10
    free = room + sum(pixels for *_, pixels in columns)
    end: Any = width - free if width else {"expr": f"max(width - {free}, width * 0.4)"}
    align: Any = "center"
    if above and not (data["low"] < 0).any():  # nothing may stick out left of the names
        align = {"condition": {"test": "datum.index === 0", "value": "left"}, "value": "center"}
    plot: dict[str, Any] = {"range": [0, end], "nice": True}
    x = alt.X("value:Q", title=axis, scale=alt.Scale(**plot | (scale or {})),
              axis=alt.Axis(**{"format": "%", "tickCount": 5, "labelAlign": align} | (ticks or {})),
              )  # fmt: skip
    side = alt.Axis(minExtent=160, maxExtent=160, labelLimit=150) if panel else alt.Axis()
    y = alt.Y("name:N", sort=None, title=None, axis=None if above else side)
    tips = [("name", "What"), ("text", "Value"), *extra]
    base = alt.Chart().encode(y=y, tooltip=[alt.Tooltip(f"{c}:N", title=t) for c, t in tips])
    layers = _marks(base, x, mark, drop, step)
    if room > 20:
        after = base.mark_text(align="left", dx=9, fontWeight=600, yOffset=drop, limit=room - 4)
        layers.append(after.encode(x=alt.X("end:Q"), text="text:N"))
    layers += _columns(base, data, columns, drop, width)
    if above:
        layers += _above(base, data)
    data = data.assign(end=data[["value", "high"]].max(axis=1))
    whole = alt.layer(*layers, *more, data=inline(data))
    return whole.properties(width=width or theme.WIDTH, height=step * len(data))


def _marks(base: alt.Chart, x: alt.X, mark: str, drop: int, step: int) -> list[alt.Chart]:
    """The bar or the dot, and its interval."""
    fill = alt.Fill("fill:N", scale=None, legend=None)
    stroke = alt.Stroke("colour:N", scale=None, legend=None)
    ends = {"x": alt.X("low:Q"), "x2": alt.X2("high:Q")}
    if mark == "dot":
        rule = base.mark_rule(strokeWidth=3, yOffset=drop).encode(**ends, stroke=stroke)
        dot = base.mark_point(size=110, opacity=1, strokeWidth=2.5, yOffset=drop)
        return [rule, dot.encode(x=x, fill=fill, stroke=stroke)]
    thick = 14 if drop else min(18, step - 10)
    bar = base.mark_bar(height=thick, yOffset=drop, strokeWidth=1.5, fillOpacity=0.8)
    rule = base.mark_rule(strokeWidth=1.5, yOffset=drop, color=INK).encode(**ends)
    ticks = [
        base.mark_tick(thickness=1.5, size=9, yOffset=drop, color=INK).encode(x=alt.X(f"{end}:Q"))
        for end in ("low", "high")
    ]
    return [bar.encode(x=x, fill=fill, stroke=stroke), rule, *ticks]


def _columns(
    base: alt.Chart, data: pd.DataFrame, columns: Sequence[tuple[str, str, int]], drop: int,
    width: int | None,
) -> list[alt.Chart]:  # fmt: skip
    """Words in columns at the right edge, each with its heading."""
    layers, right = [], 0
    for column, heading, pixels in reversed(columns):
        x = width - right if width else {"expr": f"width - {right}"}
        place: dict[str, Any] = {"align": "right", "x": x}
        text = base.mark_text(**place, yOffset=drop, limit=pixels - 8).encode(text=f"{column}:N")
        if f"{column}_colour" in data:
            text = text.encode(color=alt.Color(f"{column}_colour:N", scale=None, legend=None))
        once = alt.Chart(alt.InlineData(values=[{}]))
        head = once.mark_text(**place, y=-6, baseline="bottom", color=GREY, text=heading)
        layers += [text, head]
        right += pixels
    return layers


def _above(base: alt.Chart, data: pd.DataFrame) -> list[alt.Chart]:
    """Names over the bars, cut where the paper ends."""
    lines = [("name", -20 if "line2" in data else -12, INK)]
    lines += [("line2", -3, GREY)] if "line2" in data else []
    marks = []
    for column, dy, colour in lines:
        # cut roughly here, where it is cheap, and to the pixel where the width is known
        data[f"{column}_cut"] = data[column].str.slice(0, 115)
        mark = base.mark_text(align="left", x=0, dy=dy, color=colour, limit={"expr": "width"})
        marks.append(mark.encode(text=f"{column}_cut:N"))
    return marks


def stack(panels: Sequence[Any]) -> Any:
    """Panels under each other; one alone stays a single view, which can fit its page."""
    return alt.vconcat(*panels, spacing=18) if len(panels) > 1 else panels[0]


def reference(column: str = "", at: float = 0, *, step: int = 30, drop: int = 0) -> alt.Chart:
    """A tick per row at what to compare with: a column's value, or the same for all."""
    tick = alt.Chart().mark_tick(thickness=2.5 if column else 1.5, size=step - 8, color=INK)
    x = alt.X(f"{column}:Q") if column else alt.XDatum(at)
    tick.mark.yOffset = drop
    return tick.encode(x=x, y=alt.Y("name:N", sort=None))


def signed(form: str) -> dict[str, Any]:
    """Axis of differences: +5, −5, and 0 without a sign."""
    return {"format": form, "tickCount": 4, "labelExpr": "datum.value == 0 ? '0' : datum.label"}


def groups(
    field: str, order: Sequence[str], colours: Sequence[str] = (), shapes: Sequence[str] = ()
) -> dict[str, Any]:
    """Colour and shape by group, with one legend for both."""
    legend = alt.Legend(columns=min(len(order), 4))
    paint = list(colours or theme.SERIES * 4)[: len(order)]
    forms = list(shapes or theme.SHAPES * 4)[: len(order)]
    return {
        "stroke": alt.Stroke(field, legend=legend, scale=alt.Scale(domain=order, range=paint)),
        "shape": alt.Shape(field, legend=legend, scale=alt.Scale(domain=order, range=forms)),
    }


def dots(data: pd.DataFrame, axis: str, order: list[str], what: str) -> Any:
    """Groups side by side within each row: a dot of its own colour and shape, its interval.

    `data` has name, group, value, low, high, text, small.
    """
    paint = dict(zip(order, theme.SERIES * 4, strict=False))
    fill = [PAPER if few else paint[g] for g, few in zip(data["group"], data["small"], strict=True)]
    tips = [("name", what), ("group", "Group"), ("text", "Value")]
    base = alt.Chart().encode(
        y=alt.Y("name:N", sort=None, title=None, scale=alt.Scale(paddingInner=0.25)),
        yOffset=alt.YOffset("group:N", sort=order),
        tooltip=[alt.Tooltip(f"{column}:N", title=title) for column, title in tips],
    )
    signs = groups("group:N", order)
    rule = base.mark_rule(strokeWidth=2.5, opacity=0.55)
    dot = base.mark_point(size=100, opacity=1, strokeWidth=2).encode(
        x=alt.X("value:Q", title=axis, axis=alt.Axis(format="%", tickCount=5)),
        fill=alt.Fill("fill:N", scale=None, legend=None),
        **signs,
    )
    rule = rule.encode(x=alt.X("low:Q"), x2=alt.X2("high:Q"), stroke=signs["stroke"])
    whole = alt.layer(rule, dot, data=inline(data.drop(columns="small").assign(fill=fill)))
    tall = max(34, 14 * len(order) + 10) * data["name"].nunique()
    return whole.properties(width=theme.WIDTH, height=tall)


def heat(
    data: pd.DataFrame, x: alt.X, y: alt.Y, tooltip: Sequence[tuple[str, str]],
    most: float | None = None,
) -> Any:  # fmt: skip
    """Cells coloured by `value` up to `most`, with `text` in them; `data` has x and y beside."""
    most = most or float(data["value"].max()) or 1.0
    ink = [PAPER if v > 0.55 * most else INK for v in data["value"]]
    tips = [alt.Tooltip(f"{column}:N", title=title) for column, title in tooltip]
    base = alt.Chart().encode(x=x, y=y, tooltip=tips)
    scale = alt.Scale(domain=[0, most], range=HEAT, interpolate="rgb", clamp=True)
    cells = base.mark_rect(stroke=PAPER, strokeWidth=2).encode(
        color=alt.Color("value:Q", scale=scale, legend=None)
    )
    words = base.mark_text(fontSize=11).encode(
        text="text:N", color=alt.Color("ink:N", scale=None, legend=None)
    )
    whole = alt.layer(cells, words, data=inline(data.assign(ink=ink)))
    whole = whole.resolve_scale(color="independent")
    return whole.properties(width=theme.WIDTH, height=28 * data["y"].nunique())


__all__ = ["dots", "groups", "heat", "inline", "reference", "rows", "signed", "stack", "table"]
