"""Numbers and names as a person reads them."""

import datetime as dt
import re
from collections.abc import Callable, Iterable
from typing import Any

from journeykit.declared import beside

UNKNOWN = "–"
_ACRONYMS, _SPANS, _SECONDS = beside(__file__).values()


def cell(text: str) -> str:
    """Write a text for a CSV so that no spreadsheet takes it for a formula.

    Examples
    --------
    >>> cell("=1+1"), cell("＠SUM(A1)"), cell("1+1")
    ("'=1+1", "'＠SUM(A1)", '1+1')
    """
    return re.sub(r"^(?=\s*[=+@＝＋－＠-]|[\t\r\n])", "'", text)


def _missing(value: Any) -> bool:
    if type(value).__name__ in ("NoneType", "NAType", "NaTType"):  # pandas' are not equal to itself
        return True
    return hasattr(value, "__float__") and bool(value != value)


def _signed(said: str) -> str:
    """Write the minus sign; what is rounded to nothing is below nothing no more."""
    return said.replace("-", "−" if re.search("[1-9]|inf", said) else "")


def percent(share: Any) -> str:
    """Write a share.

    Examples
    --------
    >>> percent(0.1234), percent(-0.05), percent(-0.0001), percent(None)
    ('12.3%', '−5.0%', '0.0%', '–')
    """
    return UNKNOWN if _missing(share) else _signed(f"{100 * share:.1f}%")


def points(share: Any, unit: str = " points") -> str:
    """Write a difference of two shares.

    Examples
    --------
    >>> points(0.042), points(-0.1, "")
    ('+4.2 points', '−10.0')
    """
    return UNKNOWN if _missing(share) else _signed(f"{100 * share:+.1f}{unit}")


def number(value: Any) -> str:
    """Write a number: whole ones whole, small ones with two decimals, large ones with one.

    Examples
    --------
    >>> number(1234.0), number(3.14159), number(-42.52), number(7.0)
    ('1,234', '3.14', '−42.5', '7')
    """
    if _missing(value):
        return UNKNOWN
    places = 0 if float(value).is_integer() else 2 if abs(value) < 10 else 1
    return _signed(f"{value:,.{places}f}")


def score(value: Any, unit: str = "") -> str:
    """Write the score of a survey: one decimal, wherever it stands.

    Examples
    --------
    >>> score(6.96), score(-5.49), score(47.36, "%"), score(4.136, "points")
    ('7.0', '−5.5', '47.4%', '4.1')
    """
    return UNKNOWN if _missing(value) else _signed(f"{value:,.1f}{unit.removeprefix('points')}")


def money(value: Any) -> str:
    """Write an amount in the currency of the data.

    Examples
    --------
    >>> money(12345.6)
    '12,346'
    """
    return UNKNOWN if _missing(value) else _signed(f"{value:,.0f}")


def span(seconds: Any) -> str:
    """Write a length of time in the unit that suits it.

    Examples
    --------
    >>> span(42), span(600), span(7200), span(864_000)
    ('42 s', '10 min', '2.0 h', '10.0 days')
    """
    if _missing(seconds):
        return UNKNOWN
    for limit, size, unit, places in _SPANS:
        if abs(seconds) < limit:
            return _signed(f"{seconds / size:.{places}f} {unit}")
    return _signed(f"{seconds / 86_400:,.1f} days")


def day(stamp: Any) -> str:
    """Write a day so that nobody mistakes the month; what is no date stays as it is.

    Examples
    --------
    >>> day("2026-01-05T00:12:44")
    '5 Jan 2026'
    """
    try:
        found = dt.date.fromisoformat(str(stamp)[:10])
    except ValueError:
        return str(stamp)
    return f"{found.day} {found:%b %Y}"


def people(n: Any, what: str = "customers") -> str:
    """Count people, or what else is counted; a single one is said as such.

    Examples
    --------
    >>> people(1), people(1204), people(2, "sessions")
    ('1 customer', '1,204 customers', '2 sessions')
    """
    said = money(n)
    return f"{said} {what.removesuffix('s') if said == '1' else what}"


def between(low: Any, high: Any, said: Callable[[Any], str] = percent) -> str:
    """Write an interval.

    Examples
    --------
    >>> between(0.41, 0.49), between(None, None)
    ('41.0% to 49.0%', '–')
    """
    return UNKNOWN if _missing(low) or _missing(high) else f"{said(low)} to {said(high)}"


def label(text: object) -> str:
    """Turn the name of an event, a column or an id into words; what is no such name stays.

    Examples
    --------
    >>> label("add_to_cart"), label("it-manager"), label("nps"), label("look at it")
    ('Add to cart', 'It manager', 'NPS', 'Look at it')
    >>> [label(name) for name in ("18-24", "A+", "/checkout_2", "iOS", "home or add_to_cart")]
    ['18-24', 'A+', '/checkout_2', 'iOS', 'Home or add to cart']
    """
    said = str(text).strip()
    if re.fullmatch(r"[\w-]+( [\w-]+)+", said):
        said = said.replace("_", " ")
    if re.fullmatch(r"[^\W\d]\w*([_-][^\W_]+)*", said) and (said == said.lower()):
        parts = re.split(r"[_-]+", said.strip("_"))
        said = " ".join(part.upper() if part in _ACRONYMS else part for part in parts)
    return said[:1].upper() + said[1:] if said.split(" ")[0].islower() else said


def spoken(text: object, names: Iterable[str] = ()) -> str:
    """Write the names of the data in a sentence as words; those that are words already stay.

    Any word with an underscore is such a name; ``names`` tells those that hold other signs.

    Examples
    --------
    >>> spoken("26% went from search to product_view", ["search", "product_view"])
    '26% went from search to “Product view”'
    """
    found = re.findall(r"(?<!\w)[^\W_]+(?:_[^\W_]+)+(?!\w)", str(text))
    odd = sorted({*found, *(each for each in names if "_" in each)}, key=len, reverse=True)
    if not odd:
        return str(text)
    pattern = rf"“?(?<!\w)({'|'.join(map(re.escape, odd))})(?!\w)”?"
    return re.sub(pattern, lambda match: f"“{label(match[1])}”", str(text))


_WRITERS = {
    "share": percent,
    "points": points,
    "percent": lambda value: percent(value / 100),
    "score": score,
    "int": money,
    "money": money,
    "p": lambda value: "< 0.001" if value < 0.001 else f"{value:.3f}",
}


def write(value: Any, unit: str = "") -> str:
    """Write a value of a column or a metric in its unit.

    Parameters
    ----------
    value : object
    unit : str
        ``share`` (0..1), ``points`` (a difference of shares), ``percent`` (0..100), ``seconds``,
        ``minutes``, ``hours``, ``days``, ``score``, ``int``, ``money``, ``p``, ``flag``,
        ``day``, ``name`` (of
        an event or an id); any other is a number, or text as it stands.

    Examples
    --------
    >>> write(0.1234, "share"), write(0.5, "hours"), write("18-24"), write("add_to_cart", "name")
    ('12.3%', '30 min', '18-24', 'Add to cart')
    >>> write(True, "flag"), write(None), write(["a", "b"]), write(1234567)
    ('yes', '–', 'a, b', '1,234,567')
    """
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    if _missing(value):
        return UNKNOWN
    if unit == "flag" or type(value).__name__ == "bool":  # NumPy has one, too
        return "yes" if value else ""
    if isinstance(value, str):
        return label(value) if unit == "name" else day(value) if unit == "day" else value
    if not hasattr(value, "__float__"):
        return str(value)
    if unit in _SECONDS:
        return span(value * _SECONDS[unit])
    return _WRITERS.get(unit, number)(value)
