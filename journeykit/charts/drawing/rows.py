"""The shape of most charts: one row per name, a bar or a dot, its interval, its number in words."""

import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from journeykit.charts.drawing.marks import ENDS, base, beside, inline, paint
from journeykit.charts.drawing.picture import LINES, MOST, ONCE, WHISKERS, Made, few, footnote, top
from journeykit.charts.drawing.text import text_width, wrap
from journeykit.charts.drawing.theme import BLUE, GREY, INK, PAPER, SYMBOLS, WIDTH
from journeykit.charts.drawing.words import names, number, percent, points, write

WIDEST = 160
"""Pixels that a column of words takes at most."""
NARROW = 420
"""Below this many pixels (a phone), columns of words give way to the picture."""
FORMS: dict[str, tuple[Any, dict[str, Any]]] = {
    "share": (percent, {"format": "%"}),
    "count": (number, {"format": ",.0f"}),
    "number": (number, {"format": ",~f"}),
    "times": ("{:,.1f} ×".format, {"format": ".1f"}),
    "points": (
        points,
        {"tickCount": 4, "labelExpr": "datum.value ? format(100 * datum.value, '+.1~f') : '0'"},
    ),
}
"""How a value is written after its bar, and along its axis."""


def rows(
    frame: pd.DataFrame,
    name: Any,
    value: str,
    axis: str,
    *,
    form: Any = "share",
    mark: str = "bar",
    most: int = MOST,
    by: str = "",
    rest: str = "more",
    left: int = 0,
    counts: str = "",
    said: str | None = None,
    columns: Mapping[str, Any] | None = None,
    against: str | float | None = None,
    words: Mapping[str, Any] | None = None,
    ends: Sequence[str] = ("low", "high"),
    **look: Any,
) -> Made:
    """Draw a frame row by row. Few observations are hollow, and a star follows their text.

    A column `verdict` gives its sign and its colour.

    Parameters
    ----------
    name, value : str
        Columns; `name` may be a list of words.
    axis : str
        Title of the value axis: what is counted, and its unit.
    form : str, or how to write a value and what its axis looks like
        A key of `FORMS`.
    mark : str
        "bar" or "dot".
    most, by, rest, left : int, str, str, int
        How many rows are drawn at most, by which column the largest; the word for those that are
        not, and how many were left out before.
    counts, said : str
        What is counted, for the note on few; what stands before that note.
    columns : mapping of heading to column or words
        Set at the right; on a phone they give way to the bars. None is the value itself; a column
        that the frame does not have is left out.
    against : str or number, optional
        A black tick in every row to compare with: a column's value, or the same for all.
    words : mapping
        More of each row: `text` after the bar, `line2` in grey under a name that stands above,
        `colour`, `shape`, and what further layers ask for.
    ends : sequence of two str
        Columns of the interval; none where that is of another number.
    **look
        As for `_drawn`.
    """
    write_value, ticks = FORMS[form] if isinstance(form, str) else form
    frame = frame.reset_index(drop=True)
    spots = {"value": value, **dict(zip(("low", "high"), ends))}
    signs = [SYMBOLS.get(str(word), ("", BLUE)) for word in frame.get("verdict", ())]
    data = pd.DataFrame(
        {
            "name": names(frame[name]) if isinstance(name, str) else list(name),
            "colour": [colour for _, colour in signs] or BLUE,
            "low": None,
            "high": None,
            **{c: pd.to_numeric(frame[f]) for c, f in spots.items() if f in frame},
            **{c: v if isinstance(v, str) else list(v) for c, v in (words or {}).items()},
        },
        frame.index,
    )
    if "text" not in data:
        data["text"] = data["value"].map(write_value)
    if isinstance(against, str):
        data["against"] = frame[against]
    hollow = few(frame) & data["value"].notna()
    data["text"] += np.where(hollow, " *", "")
    data["fill"] = data["colour"].mask(hollow, PAPER)
    data["name"] += data.groupby("name").cumcount().map("\u200b".__mul__)  # rows of one name
    aside = {h: c for h, c in (columns or {}).items() if not isinstance(c, str) or c in frame}
    for i, column in enumerate(aside.values()):
        data[f"c{i}"] = _written(frame, data, column)
        if isinstance(column, str) and column == "verdict":
            data[f"c{i}_colour"] = data["colour"]
    shown, hidden = top(frame, most, by)
    data = data.loc[shown.index]
    if said is None:
        said = "" if data["low"].isna().all() else LINES if mark == "dot" else WHISKERS
    note = footnote(shown, left=left + hidden, rest=rest, counts=counts)
    whole = _drawn(data, axis, ticks, mark, list(aside), against, **look)
    return whole, f"{said} {note}"


def _written(frame: pd.DataFrame, data: pd.DataFrame, column: Any) -> list[str]:
    """Words for a column: its numbers written, a verdict with its sign."""
    if not isinstance(column, str):
        return list(data["text"] if column is None else column)
    if column == "verdict":
        return [f"{SYMBOLS.get(str(v), ' ')[0]} {v}".strip() for v in frame[column]]
    return [write(column, v) for v in frame[column]]


def _drawn(
    data: pd.DataFrame,
    axis: str,
    ticks: dict[str, Any],
    mark: str,
    headings: list[str],
    against: str | float | None,
    *,
    above: bool = False,
    scale: dict[str, Any] | None = None,
    room: int = 58,
    step: int = 30,
    letters: int = 98,
    panel: bool = False,
    under: Callable[[alt.Chart], list[alt.Chart]] = lambda along: [],
) -> Any:
    """The layers over each other.

    Parameters
    ----------
    above : bool
        Names over the bars instead of left of them, for long ones: up to two lines each.
    scale : dict
        More for the value's scale, which has its zero unless said otherwise.
    room : int
        Pixels kept free for the number after the bar; 20 or less for none.
    step : int
        Pixels from row to row where names stand beside.
    letters : int
        How long a line above the bars may be; 46 fit a phone.
    panel : bool
        One of several under each other: a fixed width, names in a column of a fixed width.
    under : function of a chart that knows the rows
        Further layers, drawn first.
    """
    data = data.assign(row=range(len(data)), end=data[["value", "high"]].max(axis=1))
    if above:
        step = 32 + 16 * _broken(data, letters)
    width = WIDTH - 176 if panel else None
    side = (
        {"minExtent": 160, "maxExtent": 160, "labelLimit": 150} if panel else beside(data["name"])
    )
    place: dict[str, Any] = {"y": alt.Y("name:N", sort=None, title=None, axis=side)}
    if above:
        place = {"y": alt.Y("row:O", axis=None, scale={"padding": 0})}
        place["yOffset"] = alt.value(step - 13)
    tips = {"name": "What", "line2": "Also", "text": "Value"}
    tips |= {f"c{i}": heading for i, heading in enumerate(headings)}
    along = base({column: said for column, said in tips.items() if column in data}, **place)
    aside, free = _aside(along, data, headings, width)
    end: Any = {
        "expr": f"width < {NARROW} ? width - {room} : max(width - {room + free}, width * 0.3)"
    }
    plot = {"range": [0, width - room - free if width else end], "nice": True, "zero": True}
    # Nothing may stick out left of names that stand above.
    flush = {"test": "datum.index === 0 && datum.value >= 0", "value": "left"}
    align = {"condition": flush, "value": "center"} if above else "center"
    x = alt.X(
        "value:Q",
        title=axis,
        scale=plot | (scale or {}),
        axis={"tickCount": 5, "labelAlign": align} | ticks,
    )
    layers = _dots(along, x, data) if mark == "dot" else _bars(along, x, 14 if above else 18)
    if against is not None:
        at = "against:Q" if isinstance(against, str) else alt.XDatum(against)
        layers.append(along.mark_tick(thickness=2.5, size=20, color=INK).encode(x=at))
    if room > 20:
        after = along.mark_text(align="left", dx=9, fontWeight=600)
        layers.append(after.encode(x="end:Q", text="text:N"))
    whole: Any = alt.layer(*under(along), *layers, *aside, *_over(along, data), data=inline(data))
    return whole.properties(width=width or WIDTH, height=step * len(data))


def _dots(along: alt.Chart, x: alt.X, data: pd.DataFrame) -> list[alt.Chart]:
    stroke, fill = paint(stroke="colour"), paint(fill="fill")
    shape = paint(shape="shape") if "shape" in data else {}
    dot = along.mark_point(size=110, opacity=1, strokeWidth=2.5)
    return [
        along.mark_rule(strokeWidth=3).encode(**ENDS, **stroke),
        dot.encode(x=x, **fill, **stroke, **shape),
    ]


def _bars(along: alt.Chart, x: alt.X, thick: int) -> list[alt.Chart]:
    bar = along.mark_bar(height=thick, strokeWidth=1.5, fillOpacity=0.8)
    tick = along.mark_tick(thickness=1.5, size=9, color=INK)
    return [
        bar.encode(x=x, **paint(fill="fill", stroke="colour")),
        along.mark_rule(strokeWidth=1.5, color=INK).encode(**ENDS),
        tick.encode(x="low:Q"),
        tick.encode(x="high:Q"),
    ]


def _aside(
    along: alt.Chart, data: pd.DataFrame, headings: list[str], width: int | None
) -> tuple[list[alt.Chart], int]:
    """Words in columns at the right edge, each with its heading; and the pixels that they take."""
    layers, right = list[alt.Chart](), 0
    for i, heading in reversed(list(enumerate(headings))):
        place: dict[str, Any] = {"align": "right", "x": {"expr": f"width - {right}"}}
        place["opacity"] = {"expr": f"width < {NARROW} ? 0 : 1"}
        if width:
            place = {"align": "right", "x": width - right}
        # cut here and not by `limit`, which measures every text: a quarter of the drawing time
        data[f"c{i}"] = ["".join(wrap(words, WIDEST, 12, False, 1)) for words in data[f"c{i}"]]
        ink = paint(color=f"c{i}_colour") if f"c{i}_colour" in data else {}
        head = alt.Chart(ONCE).mark_text(**place, y=-6, baseline="bottom", color=GREY, text=heading)
        layers += [along.mark_text(**place).encode(text=f"c{i}:N", **ink), head]
        right += 16 + round(max(text_width(words, 12) for words in [heading, *data[f"c{i}"]]))
    return layers, right


def _broken(data: pd.DataFrame, letters: int) -> int:
    """Break the words above the bars, from the bar upwards; how many lines a row takes at most."""
    offset = pd.Series(-12, data.index)
    for column in [c for c in ("line2", "name") if c in data]:
        data[f"{column}_lines"] = [
            textwrap.wrap(str(words), letters, max_lines=2, placeholder=" …") or [""]
            for words in data[column]
        ]
        lines = data[f"{column}_lines"].map(len)
        data[f"{column}_dy"] = offset - 16 * (lines - 1)
        offset -= 16 * lines
    return int(-offset.min() - 12) // 16


def _over(along: alt.Chart, data: pd.DataFrame) -> list[alt.Chart]:
    """Names over the bars, and grey words between the two."""
    return [
        along.mark_text(
            align="left",
            baseline="bottom",
            x=0,
            dy={"expr": f"datum.{column}_dy"},
            lineHeight=16,
            limit={"expr": "width < 600 ? width : 0"},
            color=colour,
            fontWeight=600 if column == "name" and "line2" in data else 400,
        ).encode(text=f"{column}_lines:N")
        for column, colour in (("line2", GREY), ("name", INK))
        if f"{column}_dy" in data
    ]
