"""At which hours of the day a promise is broken."""

from collections.abc import Iterable

import numpy as np
from pandas import DataFrame, to_datetime

from journeykit.errors import AnalysisError, UnknownName, did_you_mean
from journeykit.model import Promise

from .catalogue import number
from .frames import Row, clustered_share, one_row, three, tidy, two_proportions
from .promises import Tables, promise_cases
from .stats import newcombe, small

_WIDTHS = range(2, 13)  # hours
_FEWEST = 10  # cases inside of a window, and outside


@number()
def promise_hours(
    promised: Iterable[Promise],
    support: DataFrame | None = None,
    orders: DataFrame | None = None,
    events: DataFrame | None = None,
) -> DataFrame:
    """Find the hours of the day at which each promise is kept least.

    All windows of 2 to 12 hours in a row are looked at, over midnight too, and the one is named
    whose share of kept cases lies furthest below that of the other hours, by the p-value of two
    proportions. As it is the most conspicuous of many windows, its p-value is multiplied by their
    number (C. E. Bonferroni, 1936); the difference is on average a little too large.

    Parameters
    ----------
    promised : iterable of Promise
        As in `promises`.
    support, orders, events : DataFrame, optional
        As in `promises`; a table without ``timestamp`` tells nothing about hours.

    Returns
    -------
    DataFrame
        promise (id), text, from_hour (0..23), to_hour (the first hour after it), n (cases within
        these hours), share (of them kept), other_n, other_share, difference, diff_low, diff_high
        (points between shares, Newcombe 1998), p, significant (p < 0.05), small_n. A promise of
        which no window has ten cases inside and outside has no row.

    Examples
    --------
    >>> import pandas as pd
    >>> from journeykit.model import Promise
    >>> chat = Promise(id="chat", text="Quick", stage="help",
    ...     measure="first_answer_minutes", limit=2)
    >>> times = pd.date_range("2026-01-01", periods=480, freq="h")
    >>> slow = (times.hour >= 18) & (times.hour < 22)
    >>> contacts = pd.DataFrame({"timestamp": times,
    ...     "first_answer_minutes": np.where(slow, 9.0, 1.0)})
    >>> row = promise_hours([chat], contacts).iloc[0]
    >>> int(row.from_hour), int(row.to_hour), float(row.share), float(row.other_share)
    (18, 22, 0.0, 1.0)
    """
    tables = {"support": support, "orders": orders, "events": events}
    rows = [row for promise in promised if (row := _worst(promise, tables)) is not None]
    # whether it is significant is yes or no, also where there is no row
    return tidy(
        rows,
        "cases",
        ["The hours were chosen because they look bad, out of many windows; p accounts for that."],
        "promise text from_hour to_hour n share other_n other_share difference diff_low diff_high "
        "p significant small_n",
    ).astype({"significant": bool})


def _timed(promise: Promise, tables: Tables) -> DataFrame | None:
    """Give the cases that were kept or not, with the hour; None where they have no times."""
    cases = promise_cases(promise, tables, [])
    if cases is None or "timestamp" not in cases.columns:
        return None
    cases = cases.dropna(subset=["kept", "timestamp"])
    return cases.assign(hour=to_datetime(cases["timestamp"]).dt.hour)


def _worst(promise: Promise, tables: Tables) -> Row | None:
    if (cases := _timed(promise, tables)) is None:
        return None
    hours = cases["hour"]
    kept = np.bincount(hours, cases["kept"], minlength=24)
    n = np.bincount(hours, minlength=24)
    first, width = (grid.ravel() for grid in np.meshgrid(range(24), _WIDTHS))
    inside = (np.arange(24) - first[:, None]) % 24 < width[:, None]
    k_in, n_in = inside @ kept, inside @ n
    k_out, n_out = kept.sum() - k_in, n.sum() - n_in
    usable = (n_in >= _FEWEST) & (n_out >= _FEWEST)
    usable &= k_in * n_out < k_out * n_in  # worse than the other hours
    if not usable.any():
        return None
    both = k_in, np.maximum(n_in, 1), k_out, np.maximum(n_out, 1)
    p = np.where(usable, two_proportions(*both), 2.0)
    best = int(p.argmin())
    k, of, other_k, other_n = (counts[best] for counts in both)
    corrected = float(min(1.0, p[best] * usable.sum()))
    return {
        "promise": promise.id,
        "text": promise.text,
        "from_hour": first[best],
        "to_hour": (first + width)[best] % 24,
        "n": int(of),
        "share": k / of,
        "other_n": int(other_n),
        "other_share": other_k / other_n,
        **three("difference diff_low diff_high", newcombe(k, of, other_k, other_n)),
        "p": corrected,
        "significant": corrected < 0.05,
        "small_n": small(of),
    }


@number()
def promise_in_hours(
    promised: Iterable[Promise],
    promise: str,
    hours: str,
    support: DataFrame | None = None,
    orders: DataFrame | None = None,
) -> DataFrame:
    """Measure how often a promise is kept between two hours of the day.

    Parameters
    ----------
    promised : iterable of Promise
    promise : str
        The id of one of them.
    hours : str
        As in ``18 to 22``; ``22 to 6`` goes over midnight.
    support, orders : DataFrame, optional
        The tables that have its measure.

    Returns
    -------
    DataFrame
        One row: promise, hours, value (share), low, high, n (cases), small_n.

    Raises
    ------
    UnknownName
        No such promise.
    AnalysisError
        No case of it, with its time, is in the data.

    Examples
    --------
    >>> import pandas as pd
    >>> from journeykit.model import Promise
    >>> quick = Promise(id="quick", text="Quick", stage="a", measure="hold_minutes", limit=2)
    >>> times = ["2026-01-01 09:00", "2026-01-01 19:00", "2026-01-02 20:00"]
    >>> contacts = pd.DataFrame({"hold_minutes": [1, 5, 1], "timestamp": pd.to_datetime(times)})
    >>> found = promise_in_hours([quick], "quick", "18 to 22", support=contacts)
    >>> found[["value", "n"]].values.tolist()
    [[0.5, 2.0]]
    """
    known = {each.id: each for each in promised}
    if promise not in known:
        raise UnknownName(f"there is no promise {promise!r}. {did_you_mean(promise, known)}")
    cases = _timed(known[promise], {"support": support, "orders": orders})
    if cases is None:
        raise AnalysisError(f"no case of {promise!r} with its time is in the data")
    first, end = (int(hour) for hour in hours.split(" to "))
    at = cases["hour"]
    inside = at.between(first, end - 1) if first < end else (at >= first) | (at < end)
    cases = cases[inside]
    found = clustered_share(cases, cases["kept"])
    return one_row(found, len(cases), "cases", promise=promise, hours=hours)
