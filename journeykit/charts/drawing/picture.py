"""The frame around every chart: its title, what it says of no rows, of few, of those left out."""

import functools
import textwrap
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import altair as alt
from pandas import DataFrame, Series, isna

from journeykit.words import between, column_of, label, percent, points, write

from ..renderer import use
from .theme import GREY, WIDTH, looks

MOST = 50
"""Rows that are drawn at most, whatever is asked for."""
ENDED = "(ended)"
LINES, WHISKERS = "Lines: 95% interval.", "Whiskers: 95% interval."
ONCE = alt.InlineData(values=[{}])
"""Data for what is drawn once."""
Made = tuple[Any, str]
"""A chart and its subtitle."""

SAID = looks(Path(__file__).parents[1] / "charts")
"""What each chart says, by the name of its function."""
_DOC = """
    Parameters
    ----------
    frame : DataFrame
        As above; with no rows the picture says in words that there is nothing to show.
    title : str
        Another title; "" for none.

    Returns
    -------
    altair chart

    Examples
    --------
    >>> import pandas as pd
    >>> from journeykit import charts
    >>> charts.{name}(pd.DataFrame()).to_dict()["title"]["text"]
    ['{title}']
    """
"""What every chart function says of itself, after its own words."""


def picture(make: Callable[..., Made | None]) -> Callable[..., Any]:
    """Make a chart function of one that answers (chart, subtitle), or None for nothing to show.

    Sees to the theme, the title (the caller may give another; "" for none), the subtitle's line
    breaks, and a frame with no rows, which becomes a picture that says so. What else
    ``charts.toml`` says of it, it is given.
    """
    look = dict(SAID[make.__name__])
    usual, nothing = look.pop("title"), look.pop("nothing")
    make.__doc__ = (make.__doc__ or "") + _DOC.format(name=make.__name__, title=usual)

    @functools.wraps(make)
    def draw(frame: DataFrame, *, title: str = usual, **options: Any) -> Any:
        use()
        made = make(frame, **look, **options) if len(frame) else None
        chart, subtitle = made or blank(nothing)
        if isinstance(chart, alt.VConcatChart):
            chart = chart.properties(autosize="pad")  # only a single view can be made to fit
        lines = textwrap.wrap(subtitle, 100)
        if len(lines) == 2:  # no lonely word in the second
            lines = textwrap.wrap(subtitle, max(60, len(subtitle) // 2 + 10))
        head = textwrap.wrap(title, 70) or [""]
        if head == [""] and not lines:
            return chart
        return chart.properties(title={"text": head, "subtitle": lines})

    return draw


def blank(words: str) -> Made:
    """Say in a picture that there is nothing to show."""
    return alt.Chart(ONCE).mark_text(
        align="left", x=0, y=20, fontSize=14, color=GREY, limit=600, text=words
    ).properties(width=WIDTH, height=40), ""


def counted(frame: DataFrame) -> tuple[str, str]:
    """The column that says how many, and the word for what it counts."""
    said = str(frame.attrs.get("counts") or "users")
    column = next((c for c in (said, "users", "n") if c in frame), said)
    return column, "customers" if said == "users" else said


def few(frame: DataFrame) -> Series:
    """Whether each row rests on few observations."""
    return frame.get("small_n", Series(False, frame.index)).fillna(False).astype(bool)


def footnote(frame: DataFrame, *, left: int = 0, rest: str = "more", counts: str = "") -> str:
    """What the reader has to know: small n, what is not drawn."""
    said = [f"Hollow, *: fewer than 30 {counts or counted(frame)[1]}."] * int(few(frame).any())
    said += [f"{left:,} {rest} not shown."] * bool(left)
    return " ".join(said)


def top(frame: DataFrame, most: int, by: str = "") -> tuple[DataFrame, int]:
    """The first `most` rows (the largest by `by`) and how many were left out."""
    if by:
        frame = frame.sort_values(by, ascending=False, kind="stable")
    kept = frame.head(min(most, MOST))
    return kept, len(frame) - len(kept)


def each(words: Callable[..., str], *columns: Iterable[Any]) -> list[str]:
    """Words of each row, from its values."""
    return [words(*values) for values in zip(*columns, strict=True)]


def names(values: Iterable[Any]) -> list[str]:
    """Words for ids; where two of them would read alike, the ids themselves."""
    raw = [ENDED if isna(value) else str(value) for value in values]
    said = {text: " → ".join(map(label, text.split(" → "))) for text in raw}
    taken = Counter(said.values())
    return [said[text] if taken[said[text]] == 1 else text for text in raw]


def told(frame: DataFrame, what: Any) -> list[str]:
    """Words of each row: a column in its unit, ``name:unit`` in another; a list as it is.

    Of several columns as in ``"{product_a} + {product_b}"``, each as it stands.
    """
    if not isinstance(what, str):
        return list(what)
    if "{" in what and what not in frame:
        return [what.format_map(row) for row in frame.to_dict("records")]
    key, _, unit = column_of(what)
    if unit == "name" and key in frame:
        return names(frame[key])
    return [write(value, unit) for value in frame.get(key, ())]


def cell(share: float) -> str:
    """Write a share into a cell of a heat map, whose title has the unit; nothing for next to
    none.
    """
    return f"{100 * share:.1f}" if share >= 0.0005 else ""


def delta(share: float) -> str:
    """Write a difference of two shares beside a title that has the unit, as in "+4.2"."""
    return points(share, "")


def intervals(
    frame: DataFrame, said: Callable[[float], str], ends: Sequence[str] = ("low", "high")
) -> list[str]:
    """The interval of each row, as in "10.1% to 14.6%"."""
    return each(lambda a, b: between(a, b, said), *(frame[end] for end in ends))


def with_ends(
    frame: DataFrame,
    column: str = "share",
    said: Callable[[float], str] = percent,
    ends: Sequence[str] = ("low", "high"),
) -> list[str]:
    """A number of each row with its interval behind it, as in "12.3% (10.1% to 14.6%)"."""
    return each(
        lambda value, sure: f"{said(value)} ({sure})" if value == value else "–",
        frame[column],
        intervals(frame, said, ends),
    )
