"""Stand-in until journeykit.words has landed."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

ENDED = "(ended)"
ACRONYMS = {
    "ab",
    "api",
    "b2b",
    "b2c",
    "ces",
    "crm",
    "csat",
    "faq",
    "id",
    "nps",
    "pdf",
    "qr",
    "sms",
    "sus",
    "ui",
    "url",
    "ux",
}


def label(name: object) -> str:
    """Turn an id or an event's name into words, for display only.

    What already reads as words (it has a space) only gets its capital letter, and spaces for its
    underscores; an address is left as it is.

    Parameters
    ----------
    name : object
        An id, an event's name, a value of a column.

    Returns
    -------
    str

    Examples
    --------
    >>> label("add_to_cart"), label("it-manager"), label("addToCart"), label("nps")
    ('Add to cart', 'It manager', 'Add to cart', 'NPS')
    >>> label("18-39"), label("look at a product"), label("/checkout_2")
    ('18-39', 'Look at a product', '/checkout_2')
    """
    text = str(name).strip()
    if not text or "/" in text or "@" in text:
        return text
    if " " in text:
        return text[0].upper() + re.sub(r"(?<=[^\W_])_(?=[^\W_])", " ", text[1:])
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    text = re.sub(r"(?<=[^\W\d])-(?=[^\W\d])|_+", " ", text).strip()
    words = [w.upper() if w.lower() in ACRONYMS else w for w in text.split()]
    if len(words) > 1:
        words = [w if w.isupper() and len(w) > 1 else w.lower() for w in words]
    return " ".join([words[0][:1].upper() + words[0][1:], *words[1:]]) if words else str(name)


def percent(share: float) -> str:
    """0.4512 → '45%', 0.042 → '4.2%'; an unknown share is a dash."""
    if pd.isna(share):
        return "–"
    return f"{share:.1%}".replace("-", "−")


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


def write(column: str, value: Any) -> str:
    """Write a value."""
    if value is None or value != value:
        return "–"
    if isinstance(value, str):
        return label(value)
    if column in (
        "conversion",
        "share_all",
        "of_previous",
        "of_previous_before",
        "of_start",
        "confidence",
        "target",
        "share",
        "other_share",
        "base_share",
    ):
        return percent(value)
    return number(value)
