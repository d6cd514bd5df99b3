"""The shape of most charts: one row per name, a bar or a dot, its interval, its number in words."""

import textwrap
from collections.abc import Sequence
from functools import partial
from typing import Any

import altair as alt
import numpy as np
from pandas import DataFrame, Series, to_numeric

from journeykit.model import Facts
from journeykit.words import column_of, write

from .marks import AXES, base, beside, layers, marked, paint, shapes
from .picture import LINES, MOST, ONCE, WHISKERS, Made, delta, few, footnote, told, top
from .theme import PAPER, UNITS, WIDTH, Spec, text_width, wrap

WIDEST = 160
"""Pixels that a column of words takes at most."""
NARROW = 420
"""Below this many pixels (a phone), columns of words give way to the picture."""


def rows(
    frame: DataFrame,
    name: Any,
    value: str,
    axis: str,
    *,
    mark: str = "dot",
    most: int = MOST,
    by: str = "",
    rest: str = "more",
    left: int = 0,
    counts: str = "",
    said: str | None = None,
    columns: str | Facts = "",
    against: str | float | None = None,
    words: Facts | None = None,
    ends: Sequence[str] = ("low", "high"),
    **look: Any,
) -> Made:
    """Draw a frame row by row. Few observations are hollow, and a star follows their text.

    A column `verdict` gives its sign and its colour. Numbers are written in the unit of their
    column (`journeykit.words.column_of`); where it is another one, as in ``target:share``.

    Parameters
    ----------
    name, value : str
        Columns; `name` may be a list of words.
    axis : str
        Title of the value axis: what is counted, and its unit.
    mark : str
        "dot" or "bar".
    most, by, rest, left : int, str, str, int
        How many rows are drawn at most, by which column the largest; the word for those that are
        not, and how many were left out before.
    counts, said : str
        What is counted, for the note on few; what stands before that note.
    columns : str, or mapping of heading to column or words
        Columns set at the right; on a phone they give way to the bars. ``shown`` is the value as
        it is written; a column that the frame does not have is left out.
    against : str or number, optional
        A black tick in every row to compare with: a column's value, or the same for all.
    words : mapping
        More of each row, columns or words: `text` after the bar, `line2` in grey under a name
        that stands above, `colour`, `shape`, and what further layers ask for.
    ends : sequence of two str
        Columns of the interval; none where that is of another number.
    **look
        As for `_drawn`.
    """
    frame = marked(frame.reset_index(drop=True))
    unit = column_of(value).unit
    data = _table(frame, value, ends, {"name": name, **(words or {})})
    data["against"] = frame[against] if isinstance(against, str) else against
    if isinstance(columns, str):
        columns = {column_of(c).label: c for c in columns.split()}
    frame["shown"] = data["text"]
    aside = {
        heading: written for heading, what in columns.items() if (written := told(frame, what))
    }
    data = data.assign(**{f"c{i}": written for i, written in enumerate(aside.values())})
    shown, hidden = top(frame, most, by)
    if said is None:
        said = "" if data["low"].isna().all() else LINES if mark == "dot" else WHISKERS
    note = footnote(shown, left=left + hidden, rest=rest, counts=counts)
    look = {"ticks": UNITS.get(unit, {"format": ",~f"})} | look
    return _drawn(
        data.loc[shown.index].assign(row=range(len(shown))), axis, mark, list(aside), **look
    ), f"{said} {note}"


bars = partial(rows, mark="bar")
"""The same with a bar from zero, and whiskers."""


def _table(frame: DataFrame, value: str, ends: Sequence[str], words: Facts) -> DataFrame:
    """What is drawn of a frame: numbers, words, colour and shape of each row."""
    key, _, unit = column_of(value)
    spots = {"value": key, **dict(zip(("low", "high"), ends))}
    data = DataFrame(
        {
            "colour": frame["verdict_colour"],
            "shape": frame["verdict_shape"],
            "low": None,
            "high": None,
            **{c: to_numeric(frame[f]) for c, f in spots.items() if f in frame},
            **{c: told(frame, what) for c, what in words.items()},
        },
        frame.index,
    )
    if "text" not in data:
        data["text"] = [delta(v) if unit == "points" else write(v, unit) for v in data["value"]]
    hollow = few(frame) & data["value"].notna()
    data["text"] += np.where(hollow, " *", "")
    data["fill"] = data["colour"].mask(hollow, PAPER)
    data["name"] += data.groupby("name").cumcount().map("\u200b".__mul__)  # rows of one name
    return data.assign(end=data[["value", "high"]].max(axis=1))


def _drawn(
    data: DataFrame,
    axis: str,
    mark: str,
    headings: list[str],
    *,
    ticks: Spec,
    above: bool = False,
    scale: Spec | None = None,
    bare: bool = False,
    step: int = 30,
    letters: int = 84,
    panel: bool = False,
    under: str = "none",
) -> Any:
    """The layers over each other.

    Parameters
    ----------
    above : bool
        Names over the bars instead of left of them, for long ones, up to three lines each; always
        where grey words stand below them.
    ticks, scale : dict
        The axis of the value; more for its scale, which has a zero unless said otherwise.
    bare : bool
        No number after the bar.
    step : int
        Pixels from row to row where names stand beside.
    letters : int
        How long a line above the bars may be; 46 fit a phone.
    panel : bool
        One of several under each other: a fixed width, names in a column of a fixed width.
    under : str
        Further layers, by their name in ``marks.toml``, drawn first.
    """
    above = above or "line2" in data
    if above:
        step = 32 + 16 * _broken(data, letters)
    tips = {"name": "What", "line2": "Also", "text": "Value"}
    tips |= {f"c{i}": heading for i, heading in enumerate(headings)}
    along = base({column: said for column, said in tips.items() if column in data})
    if above:
        along = along.encode(
            y=alt.Y("row:O", axis=None, scale={"padding": 0}), yOffset=alt.value(step - 13)
        )
    else:
        side = AXES["panel"] if panel else beside(data["name"])
        along = along.encode(y=alt.Y("name:N", sort=None, title=None, axis=side))
    room = 12 if bare else 24 + round(max(text_width(words, 12, True) for words in data["text"]))
    wide = str(WIDTH - 176) if panel else "width"
    aside, free = _aside(along, data, headings, wide)
    end = f"{wide} < {NARROW} ? {wide} - {room} : max({wide} - {room + free}, {wide} * 0.3)"
    more = {"range": [0, {"expr": end}], "nice": True} | (scale or {"zero": True})
    ticks = AXES["value"] | (AXES["flush"] if above else {}) | ticks
    measured = along.encode(x=alt.X("value:Q", title=axis, scale=more, axis=ticks))
    parts = shapes(along, under)
    if mark == "dot":
        parts += shapes(measured, "dot")
    else:
        parts += shapes(measured, "bar", height=14 if above else 18) + shapes(along, "whiskers")
    parts += shapes(along, "against" if data["against"].notna().any() else "none")
    parts += shapes(along, "none" if bare else "text") + aside
    parts += shapes(along, "both" if "line2" in data else "name" if above else "none")
    return layers(data, step * len(data), *parts, width=int(wide) if panel else WIDTH)


def _aside(
    along: alt.Chart, data: DataFrame, headings: list[str], wide: str
) -> tuple[list[alt.Chart], int]:
    """Words in columns at the right edge, each with its heading; and the pixels that they take.

    A verdict has the colour of its row.
    """
    layers, right = list[alt.Chart](), 0
    for i, heading in reversed(list(enumerate(headings))):
        place: Spec = {
            "x": {"expr": f"{wide} - {right}"},
            "opacity": {"expr": f"{wide} < {NARROW} ? 0 : 1"},
        }
        # cut here and not by `limit`, which measures every text: a quarter of the drawing time
        cut = ["".join(wrap(words, WIDEST, 12, False, 1)) for words in data[f"c{i}"]]
        data[f"c{i}"] = cut
        ink = paint(color="colour") if heading == "Verdict" else {}
        layers += shapes(along.encode(text=f"c{i}:N", **ink), "aside", **place)
        layers += shapes(alt.Chart(ONCE), "heading", **place, text=heading)
        right += 16 + round(max(text_width(words, 12) for words in [heading, *cut]))
    return layers, right


def _broken(data: DataFrame, letters: int) -> int:
    """Break the words above the bars, from the bar upwards; how many lines a row takes at most."""
    offset = Series(-12, data.index)
    for column in [c for c in ("line2", "name") if c in data]:
        data[f"{column}_lines"] = [
            textwrap.wrap(str(words), letters, max_lines=3, placeholder=" …") or [""]
            for words in data[column]
        ]
        lines = data[f"{column}_lines"].map(len)
        data[f"{column}_dy"] = offset - 16 * (lines - 1)
        offset -= 16 * lines
    return int(-offset.min() - 12) // 16
