"""What chart functions share beside the marks: the frame around them, words for numbers."""

from __future__ import annotations

import functools
import re
import textwrap
from collections.abc import Callable, Sequence
from typing import Any

import altair as alt
import pandas as pd

from journeykit.charts import theme
from journeykit.charts.theme import GREY, label

MOST = 50
"""Rows that are drawn at most, whatever is asked for."""
ENDED = "(ended)"
Made = tuple[alt.TopLevelMixin, str]


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


def picture(title: str, nothing: str) -> Callable[[Callable[..., Made]], Callable[..., Any]]:
    """Make a chart function of one that answers (chart, subtitle).

    Sees to the theme, the title (the caller may give another; "" for none), the subtitle's line
    breaks, and a frame with no rows, which becomes a picture that says so.
    """

    def wrap(make: Callable[..., Made]) -> Callable[..., Any]:
        make.__doc__ = (make.__doc__ or "") + _DOC.format(name=make.__name__, title=title)

        @functools.wraps(make)
        def draw(frame: pd.DataFrame, *, title: str = title, **options: Any) -> alt.TopLevelMixin:
            theme.use()
            chart, subtitle = make(frame, **options) if len(frame) else blank(nothing)
            if isinstance(chart, alt.VConcatChart):
                chart = chart.properties(autosize="pad")  # only a single view can be made to fit
            lines = textwrap.wrap(subtitle, 100)
            if len(lines) == 2:  # no lonely word in the second
                lines = textwrap.wrap(subtitle, max(60, len(subtitle) // 2 + 10))
            head = textwrap.wrap(title, 70) or [""]
            if head == [""] and not lines:
                return chart
            return chart.properties(title=alt.TitleParams(text=head, subtitle=lines))

        return draw

    return wrap


def blank(words: str) -> Made:
    """Say in a picture that there is nothing to show."""
    once = alt.Chart(alt.InlineData(values=[{}]))
    text = once.mark_text(align="left", x=0, y=20, fontSize=14, color=GREY, limit=600, text=words)
    return text.properties(width=theme.WIDTH, height=40), ""


def percent(share: float) -> str:
    """0.4512 → '45%', 0.042 → '4.2%'; an unknown share is a dash."""
    if pd.isna(share):
        return "–"
    return f"{share:.1%}" if 0 < abs(share) < 0.0995 else f"{share:.0%}"


def points(share: float) -> str:
    """0.042 → '+4.2', in percentage points."""
    return "–" if pd.isna(share) else f"{share * 100:+.1f}".replace("-", "−")


def number(value: float, digits: int = 1) -> str:
    """1234.0 → '1,234', 3.14 → '3.1'."""
    if pd.isna(value):
        return "–"
    whole = float(value).is_integer() or abs(value) >= 1000
    return f"{value:,.0f}".replace("-", "−") if whole else f"{value:,.{digits}f}".replace("-", "−")


def duration(hours: float) -> str:
    """0.5 → '30 min', 30 → '30 h', 100 → '4.2 days'."""
    if pd.isna(hours):
        return "–"
    if hours < 1 / 60:
        return f"{hours * 3600:.0f} s"
    if hours < 1:
        return f"{hours * 60:.0f} min"
    if hours < 48:
        return f"{hours:.1f} h" if hours < 10 else f"{hours:.0f} h"
    return f"{hours / 24:.1f} days" if hours < 240 else f"{hours / 24:.0f} days"


def between(low: float, high: float, words: Callable[[float], str] = percent) -> str:
    """'41% to 49%', or a dash where there is no interval."""
    return "–" if pd.isna(low) or pd.isna(high) else f"{words(low)} to {words(high)}"


def names(values: Sequence[Any] | pd.Series) -> list[str]:
    """Words for ids; where two ids would read alike, the ids themselves."""
    raw = [ENDED if pd.isna(v) else str(v) for v in values]
    said = {text: " → ".join(map(label, text.split(" → "))) for text in raw}
    taken = list(said.values())
    return [said[text] if taken.count(said[text]) == 1 else text for text in raw]


def sentence(text: object) -> str:
    """Write a sentence of the analysis with words instead of ids in it."""
    if text is None or text != text:
        return ""
    return re.sub(r"\b\w+_\w+\b", lambda m: f"“{label(m[0])}”", str(text))


def counted(frame: pd.DataFrame) -> tuple[str, str]:
    """The column that says how many, and the word for what it counts."""
    known = (
        "users",
        "sessions",
        "n",
        "people",
        "answers",
        "comments",
        "contacts",
        "orders",
        "customers",
        "sent",
        "active",
    )
    said = str(frame.attrs.get("counts") or "")
    column = said if said in frame else next((c for c in known if c in frame), "n")
    return column, said or {"n": "answers"}.get(column, column)


def small(frame: pd.DataFrame) -> list[bool]:
    """Whether each row rests on few observations."""
    flags = frame.get("small_n", pd.Series(False, index=frame.index))
    return [bool(flag) for flag in flags.fillna(False)]


def footnote(
    frame: pd.DataFrame, *, left_out: int = 0, what: str = "more", counts: str = ""
) -> str:
    """What the reader has to know: small n, what is not drawn."""
    parts = []
    if any(small(frame)):
        parts.append(f"Hollow, *: fewer than 30 {counts or counted(frame)[1]}.")
    if left_out:
        parts.append(f"{left_out:,} {what} not shown.")
    return " ".join(parts)


def top(frame: pd.DataFrame, most: int, by: str | None = None) -> tuple[pd.DataFrame, int]:
    """The first `most` rows (the largest by `by`) and how many were left out."""
    if by:
        frame = frame.sort_values(by, ascending=False, kind="stable")
    most = min(most, MOST)
    kept = frame.head(most)
    kept.attrs = frame.attrs
    return kept, max(0, len(frame) - most)


def each(words: Callable[..., str], *columns: Any) -> list[str]:
    """Words of each row, from its values."""
    return [words(*values) for values in zip(*columns, strict=True)]


__all__ = [
    "ENDED",
    "MOST",
    "Made",
    "between",
    "blank",
    "counted",
    "duration",
    "each",
    "footnote",
    "names",
    "number",
    "percent",
    "picture",
    "points",
    "sentence",
    "small",
    "top",
]
