"""The marks that charts are made of: rows with intervals, groups of dots, heat maps.

A chart function turns its frame into a small frame of words and numbers for display and hands
it to one of these. Only what is drawn is embedded, so no other column can leak into a report.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

import altair as alt
import pandas as pd

from journeykit.charts import theme
from journeykit.charts.map_text import text_width
from journeykit.charts.parts import percent, small
from journeykit.charts.theme import BLUE, GREY, HEAT, INK, PAPER

NARROW = 420
"""Below this many pixels (a phone), columns of words give way to the picture."""


def inline(data: pd.DataFrame) -> alt.InlineData:
    """Embed a small frame as it is, unknown numbers as null."""
    return alt.InlineData(values=json.loads(data.to_json(orient="records")))


def beside(names: Iterable[str]) -> alt.Axis:
    """An axis of names with room for the widest font: what draws the SVG measures a narrow one."""
    return alt.Axis(
        minExtent=min(196, 6 + round(max((text_width(str(n), 12) for n in names), default=0)))
    )


def table(frame: pd.DataFrame, name: Any, value: Any, **columns: Any) -> pd.DataFrame:
    """The small frame that `rows` draws: name, value, low, high, text, stroke, fill and more.

    Few observations are hollow, and a star follows their text. ``colour`` is one for all or one
    for each row.
    """
    seen = pd.Series(list(name), dtype=object)
    twice = seen.groupby(seen).cumcount()  # a blank of no width keeps rows of one name apart
    data = pd.DataFrame(
        {
            "name": [n + "\u200b" * k for n, k in zip(seen, twice, strict=True)],
            "value": pd.to_numeric(list(value), errors="coerce"),
        }
    )
    for column in ("low", "high"):  # None where nothing was measured
        found = list(frame[column]) if column in frame else float("nan")
        data[column] = pd.to_numeric(pd.Series(found, data.index, dtype=object), errors="coerce")
    columns = {"colour": BLUE, "text": [percent(v) for v in data["value"]]} | columns
    for column, values in columns.items():
        data[column] = values if isinstance(values, str) else list(values)
    few = [flag and pd.notna(v) for flag, v in zip(small(frame), data["value"], strict=True)]
    data["text"] = [f"{t} *" if s else t for t, s in zip(data["text"], few, strict=True)]
    data["fill"] = [
        PAPER if flag else paint for flag, paint in zip(few, data["colour"], strict=True)
    ]
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
    against: str | float | None = None,
    step: int = 30,
    letters: int = 98,
    panel: bool = False,
    more: Sequence[alt.Chart] = (),
) -> Any:
    """One row per name: a bar or a dot, its interval, its number in words.

    Parameters
    ----------
    data : pandas.DataFrame
        From `table`; a `line2` column puts grey words under the names that stand above.
    axis : str
        Title of the value axis: what is counted, and its unit.
    above : bool
        Names over the bars instead of left of them, for long ones: up to two lines each.
    scale, ticks : dict
        More for the value's scale and axis; shares in percent unless said otherwise.
    columns : sequence of (column, heading, pixels)
        Words set in columns at the right, in the colours of ``<column>_colour`` if there; on a
        phone they give way to the bars.
    room : int
        Pixels kept free for the number after the bar; 20 or less for none.
    against : str or number, optional
        A black tick in every row to compare with: a column's value, or the same for all.
    letters : int
        How long a line above the bars may be; 46 fit a phone.
    panel : bool
        One of several under each other: a fixed width, names in a column of a fixed width.
    more : charts without data
        Further layers over the same rows.
    """
    width = theme.WIDTH - 176 if panel else None
    data = data.assign(row=range(len(data)), end=data[["value", "high"]].max(axis=1))
    heads, lines = _heads(data, letters) if above else ([], 0)
    step = 32 + 16 * lines if above else step
    drop = step / 2 - 13 if above else 0
    x = _value_axis(data, axis, room, columns, width, above, scale or {}, ticks or {})
    side = alt.Axis(minExtent=160, maxExtent=160, labelLimit=150) if panel else beside(data["name"])
    y = alt.Y("row:O" if above else "name:N", sort=None, title=None, axis=None if above else side)
    tips = {"name": "What", "line2": "Also", "text": "Value", **{c: h for c, h, _ in columns}}
    base = alt.Chart().encode(
        y=y, tooltip=[alt.Tooltip(f"{c}:N", title=t) for c, t in tips.items() if c in data]
    )
    layers = _marks(base, x, mark, drop, step, "shape" in data)
    if data["low"].isna().all():
        layers = [layer for layer in layers if layer.encoding.x is x]
    if against is not None:
        tick = base.mark_tick(thickness=2.5, size=20, color=INK, yOffset=drop)
        at = alt.X(f"{against}:Q") if isinstance(against, str) else alt.XDatum(against)
        layers.append(tick.encode(x=at))
    if room > 20:
        after = base.mark_text(align="left", dx=9, fontWeight=600, yOffset=drop)
        layers.append(after.encode(x=alt.X("end:Q"), text="text:N"))
    layers += _columns(base, data, columns, drop, width)
    layers += _above(base, heads, drop)
    whole = alt.layer(*layers, *more, data=inline(data))
    return whole.properties(width=width or theme.WIDTH, height=step * len(data))


def _value_axis(
    data: pd.DataFrame,
    axis: str,
    room: int,
    columns: Sequence[tuple[str, str, int]],
    width: int | None,
    above: bool,
    scale: dict[str, Any],
    ticks: dict[str, Any],
) -> alt.X:
    """The value's axis, which leaves room at the right for words."""
    free = room + sum(pixels for *_, pixels in columns)
    narrow = f"width < {NARROW} ? width - {room}"
    end: Any = width - free if width else {"expr": f"{narrow} : max(width - {free}, width * 0.3)"}
    align: Any = "center"
    if above and not (data["low"] < 0).any():  # nothing may stick out left of the names
        align = {"condition": {"test": "datum.index === 0", "value": "left"}, "value": "center"}
    plot: dict[str, Any] = {"range": [0, end], "nice": True} | scale
    marks: dict[str, Any] = {"format": "%", "tickCount": 5, "labelAlign": align} | ticks
    return alt.X("value:Q", title=axis, scale=alt.Scale(**plot), axis=alt.Axis(**marks))


def _marks(
    base: alt.Chart, x: alt.X, mark: str, drop: float, step: int, shaped: bool
) -> list[alt.Chart]:
    """The bar or the dot, and its interval."""
    fill = alt.Fill("fill:N", scale=None, legend=None)
    stroke = alt.Stroke("colour:N", scale=None, legend=None)
    ends = {"x": alt.X("low:Q"), "x2": alt.X2("high:Q")}
    if mark == "dot":
        rule = base.mark_rule(strokeWidth=3, yOffset=drop).encode(**ends, stroke=stroke)
        dot = base.mark_point(size=110, opacity=1, strokeWidth=2.5, yOffset=drop)
        dot = dot.encode(x=x, fill=fill, stroke=stroke)
        return [rule, dot.encode(shape=alt.Shape("shape:N", scale=None)) if shaped else dot]
    thick = 14 if drop else min(18, step - 10)
    bar = base.mark_bar(height=thick, yOffset=drop, strokeWidth=1.5, fillOpacity=0.8)
    rule = base.mark_rule(strokeWidth=1.5, yOffset=drop, color=INK).encode(**ends)
    ticks = [
        base.mark_tick(thickness=1.5, size=9, yOffset=drop, color=INK).encode(x=alt.X(f"{end}:Q"))
        for end in ("low", "high")
    ]
    return [bar.encode(x=x, fill=fill, stroke=stroke), rule, *ticks]


def _columns(
    base: alt.Chart,
    data: pd.DataFrame,
    columns: Sequence[tuple[str, str, int]],
    drop: float,
    width: int | None,
) -> list[alt.Chart]:
    """Words in columns at the right edge, each with its heading."""
    layers, right = [], 0
    for column, heading, pixels in reversed(columns):
        place: dict[str, Any] = {"align": "right", "x": {"expr": f"width - {right}"}}
        place["opacity"] = {"expr": f"width < {NARROW} ? 0 : 1"}
        if width:
            place = {"align": "right", "x": width - right}
        # cut here and not by `limit`, which measures every text: a quarter of the drawing time
        data[column] = [
            w if len(w) <= pixels // 6 else w[: pixels // 6 - 1] + "…" for w in data[column]
        ]
        text = base.mark_text(**place, yOffset=drop).encode(text=f"{column}:N")
        if f"{column}_colour" in data:
            text = text.encode(color=alt.Color(f"{column}_colour:N", scale=None, legend=None))
        once = alt.Chart(alt.InlineData(values=[{}]))
        head = once.mark_text(**place, y=-6, baseline="bottom", color=GREY, text=heading)
        layers += [text, head]
        right += pixels
    return layers


def _heads(data: pd.DataFrame, letters: int) -> tuple[list[str], int]:
    """Break the words above the bars into lines; which columns, and how many lines a row takes."""
    heads, offset = [], pd.Series(-12, index=data.index)
    for column in ("line2", "name"):  # from the bar upwards
        if column in data:
            broken = [
                textwrap.wrap(str(words), letters, max_lines=2, placeholder=" …")
                for words in data[column]
            ]
            lines = pd.Series([max(1, len(part)) for part in broken], data.index)
            data[f"{column}_lines"] = ["".join(part) if len(part) < 2 else part for part in broken]
            data[f"{column}_dy"] = offset - 16 * (lines - 1)
            offset = offset - 16 * lines
            heads.append(column)
    return heads, int(-offset.min() - 12) // 16


def _above(base: alt.Chart, heads: list[str], drop: float) -> list[alt.Chart]:
    """Names over the bars, and grey words between the two."""
    marks: list[alt.Chart] = []
    for column in heads:
        mark = base.mark_text(
            align="left",
            baseline="bottom",
            x=0,
            dy={"expr": f"datum.{column}_dy + {drop}"},
            lineHeight=16,
            limit={"expr": "width < 600 ? width : 0"},
            color=INK if column == "name" else GREY,
        )
        marks.append(mark.encode(text=f"{column}_lines:N"))
    return marks


def stack(panels: Sequence[Any]) -> Any:
    """Panels under each other; one alone stays a single view, which can fit its page."""
    return alt.vconcat(*panels, spacing=18) if len(panels) > 1 else panels[0]


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
        y=alt.Y(
            "name:N",
            sort=None,
            title=None,
            axis=beside(data["name"]),
            scale=alt.Scale(paddingInner=0.25),
        ),
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
    data: pd.DataFrame,
    x: alt.X,
    y: alt.Y,
    tooltip: Sequence[tuple[str, str]],
    most: float | None = None,
) -> Any:
    """Cells coloured by `value` up to `most`, with `text` in them; `data` has x and y beside."""
    most = most or float(data["value"].max()) or 1.0
    ink = [PAPER if v > 0.55 * most else INK for v in data["value"]]
    tips = [alt.Tooltip(f"{column}:N", title=title) for column, title in tooltip]
    base = alt.Chart().encode(x=x, y=y, tooltip=tips)
    scale = alt.Scale(domain=[0, most], range=HEAT, interpolate="rgb", clamp=True)
    cells = base.mark_rect(stroke=PAPER, strokeWidth=2).encode(
        color=alt.Color("value:Q", scale=scale, legend=None)
    )
    words = base.mark_text().encode(
        text="text:N", color=alt.Color("ink:N", scale=None, legend=None)
    )
    whole = alt.layer(cells, words, data=inline(data.assign(ink=ink)))
    whole = whole.resolve_scale(color="independent")
    return whole.properties(width=theme.WIDTH, height=28 * data["y"].nunique())


__all__ = ["beside", "dots", "groups", "heat", "inline", "rows", "signed", "stack", "table"]
