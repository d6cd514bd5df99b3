"""Words and units for the columns of tables: nobody should read a column's name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

__all__ = ["column_of", "people", "percent", "show", "span", "spoken", "words", "written"]

_LABELS: dict[str, tuple[str, str]] = {
    "step": ("Step", "name"),
    "step_number": ("Number", "int"),
    "users": ("Customers", "int"),
    "users_before": ("Customers before", "int"),
    "sessions": ("Sessions", "int"),
    "of_start": ("Of all who began", "percent"),
    "of_previous": ("Of the step before", "percent"),
    "of_previous_before": ("The same before", "percent"),
    "difference": ("Difference", "points"),
    "of_users": ("Of customers who ordered again", "int"),
    "base_share": ("Of all repeat orders", "percent"),
    "month": ("Month", "text"),
    "days": ("Days", "int"),
    "daily_users": ("Customers on a day", "decimal"),
    "stickiness": ("Of the month's customers", "percent"),
    "active_days": ("Days here", "decimal"),
    "drop_off": ("Lost since the step before", "percent"),
    "lost": ("Customers lost", "int"),
    "censored": ("Still within the time limit", "int"),
    "low": ("Interval from", "percent"),
    "high": ("to (95%)", "percent"),
    "share": ("Share", "percent"),
    "share_all": ("Share of all customers", "percent"),
    "conversion": ("Reach the goal", "percent"),
    "converted": ("Customers who reach it", "int"),
    "n": ("Count", "int"),
    "small_n": ("Few (under 30)", "flag"),
    "median_seconds": ("Median time", "seconds"),
    "median_hours": ("Median hours", "decimal"),
    "not_yet": ("Not yet", "int"),
    "q1_hours": ("Quarter under (hours)", "decimal"),
    "q3_hours": ("Three quarters under (hours)", "decimal"),
    "from_event": ("From", "name"),
    "to_event": ("To", "name"),
    "from_stage": ("From", "name"),
    "to_stage": ("To", "name"),
    "event": ("Event", "name"),
    "stage": ("Stage", "name"),
    "score": ("Score", "decimal"),
    "emotion": ("Feeling (-2 to 2)", "decimal"),
    "team": ("The team feels (-2 to 2)", "decimal"),
    "measured": ("Surveys say (-2 to 2)", "decimal"),
    "measure": ("Measure", "upper"),
    "effect": ("Effect", "points"),
    "revenue_at_risk": ("Revenue at risk", "int"),
    "p": ("p", "p"),
    "q": ("q (many looks)", "p"),
    "lift": ("Lift", "decimal"),
    "support": ("Share of orders with both", "percent"),
    "confidence": ("Also buy the second", "percent"),
    "median_first_answer_minutes": ("Median first answer (minutes)", "decimal"),
    "median_hold_minutes": ("Median hold (minutes)", "decimal"),
    "median_resolution_hours": ("Median resolution (hours)", "decimal"),
    "solved_share": ("Solved", "percent"),
    "q3_first_answer_minutes": ("Three quarters within (minutes)", "decimal"),
    "rate_sent": ("Who received it", "percent"),
    "rate_holdout": ("Held back", "percent"),
    "overlap_share": ("Shared audience", "percent"),
    "overlap_with": ("Overlaps with", "name"),
    "target": ("Target", "decimal"),
    "kept": ("Kept", "int"),
    "limit": ("Limit", "decimal"),
    "what": ("What", "text"),
    "why": ("Why", "text"),
    "path": ("Path", "text"),
    "compared_with": ("Compared with", "text"),
    "opportunity": ("Opportunity (2 to 20)", "int"),
    "importance": ("Importance (1 to 10)", "int"),
    "satisfaction": ("Satisfaction (1 to 10)", "int"),
    "n_per_arm": ("Customers per group", "int"),
    "minutes": ("Minutes", "int"),
    "text": ("What", "text"),
}
_TEXT_FORMATS = ("text", "name", "upper", "flag")
_TEXT_COLUMNS = {"text", "quote", "terms", "sentence", "finding", "message"}


def words(name: object) -> str:
    """Turn a name of the data into words, for showing only.

    Examples
    --------
    >>> words("add_to_cart")
    'Add to cart'
    """
    text = str(name).replace("_", " ").replace("-", " ").strip()
    return text[:1].upper() + text[1:]


def spoken(text: object, names: Iterable[str] = ()) -> str:
    """Write the names of the data in a sentence as words; those that are words already stay.

    Any word with an underscore is such a name; ``names`` tells those that hold other signs.

    Examples
    --------
    >>> spoken("26% went from search to product_view", ["search", "product_view"])
    '26% went from search to “Product view”'
    """
    found = re.findall(r"(?<!\w)[^\W_]+(?:_[^\W_]+)+(?!\w)", str(text))
    odd = sorted({*found, *(name for name in names if "_" in name)}, key=len, reverse=True)
    if not odd:
        return str(text)
    pattern = "|".join(map(re.escape, odd))
    return re.sub(rf"“?(?<!\w)({pattern})(?!\w)”?", lambda found: f"“{words(found[1])}”", str(text))


def column_of(name: str) -> dict[str, str]:
    """Return key, label and format of a column."""
    label, form = _LABELS.get(name, (words(name), "text" if name in _TEXT_COLUMNS else "auto"))
    return {"key": name, "label": label, "format": form}


def show(value: Any, form: str) -> str:
    """Write a value as a person reads it."""
    if value is None or value != value:
        return "–"
    if form == "flag" or isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, int) and form in ("text", "auto"):
        return f"{value:,}"
    if isinstance(value, int | float):
        return _number(float(value), form)
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value)
    if form == "upper":
        return str(value).upper() if len(str(value)) <= 4 else words(value)
    return words(value) if form == "name" else str(value)


def written(table: Mapping[str, Any]) -> dict[str, Any]:
    """Write a panel's table as it reads: heads, rows of text, and how many rows are left out.

    The two ends of an interval share a column, and a flag that no row carries has none.

    Parameters
    ----------
    table : mapping
        ``columns`` (key, label, format), ``rows`` and ``total``, as `Panel.table` makes it.

    Returns
    -------
    dict
        ``heads``: label, and whether it is text (left) or a number (right); ``rows``;
        ``left_out``.

    Examples
    --------
    >>> columns = [column_of("step"), column_of("low"), column_of("high"), column_of("small_n")]
    >>> written({"columns": columns, "rows": [["visit", 0.1, 0.2, False]], "total": 3})["rows"]
    [['Visit', '10.0% to 20.0%']]
    """
    rows, heads, cells = table["rows"], [], []
    columns = [(c, [row[i] for row in rows]) for i, c in enumerate(table["columns"])]
    held = {c["key"]: (c, values) for c, values in columns}
    paired = {"low", "high"} <= set(held)
    for column, values in columns:
        form, label = column["format"], column["label"]
        if (form == "flag" and not any(values)) or (paired and column["key"] == "high"):
            continue
        text = form in _TEXT_FORMATS or (form == "auto" and any(isinstance(v, str) for v in values))
        said = [show(value, form) for value in values]
        if paired and column["key"] == "low":
            high, ends = held["high"]
            said = [_between(a, show(v, high["format"])) for a, v in zip(said, ends)]
            text, label = False, "95% interval"
        heads.append({"label": label, "text": text})
        cells.append(
            [re.sub(r"^(\W) ", "\\1\u00a0", words) for words in said]
        )  # a sign stays with its word
    return {
        "heads": heads,
        "rows": [list(row) for row in zip(*cells)],
        "left_out": table["total"] - len(rows),
    }


def _between(low: str, high: str) -> str:
    return "–" if low == high == "–" else f"{low} to {high}"


def _number(value: float, form: str) -> str:
    if form == "percent":
        return percent(value)
    if form == "points":
        return f"{100 * value:+.1f} points"
    if form == "seconds":
        return span(value)
    if form == "p":
        return "< 0.001" if value < 0.001 else f"{value:.3f}"
    if form == "int" or (value == int(value) and abs(value) >= 10):
        return f"{value:,.0f}"
    return f"{value:,.2f}" if form == "decimal" or abs(value) < 10 else f"{value:,.1f}"


def percent(value: Any) -> str:
    """Write a share.

    Examples
    --------
    >>> percent(0.1234), percent(None)
    ('12.3%', '–')
    """
    return "–" if value is None or value != value else f"{100 * value:.1f}%"


def span(seconds: Any) -> str:
    """Write a length of time in the unit that suits it.

    Examples
    --------
    >>> span(42), span(600), span(7200), span(864000)
    ('42 s', '10 min', '2.0 h', '10.0 days')
    """
    if seconds is None or seconds != seconds:
        return "–"
    for limit, size, unit, places in (
        (90, 1, "s", 0),
        (5400, 60, "min", 0),
        (172800, 3600, "h", 1),
    ):
        if seconds < limit:
            return f"{seconds / size:.{places}f} {unit}"
    return f"{seconds / 86400:,.1f} days"


def people(n: Any, what: str = "customers") -> str:
    """Count people; a single one is said as such.

    Examples
    --------
    >>> people(1), people(1204)
    ('1 customer', '1,204 customers')
    """
    return f"{n:,.0f} {what.removesuffix('s') if n == 1 else what}"
