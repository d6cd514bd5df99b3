"""How the service is, by channel, and whether promises are kept."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from journeykit.errors import AnalysisError, UnknownName, did_you_mean
from journeykit.numbers.frames import each, need, say, tidy, yes
from journeykit.numbers.means import median_interval
from journeykit.numbers.stats import clustered_rows, small

__all__ = ["promise_cases", "promises", "service"]

WAITS = ("first_answer_minutes", "hold_minutes", "resolution_hours")
AT_LEAST = ("satisfaction", "solved")  # of these, more is better; of all others, less is
UNRECORDED = 0.2  # above this share of unknown deliveries, empty means "not written down"


def service(support: pd.DataFrame, by: str | None = "channel") -> pd.DataFrame:
    """Waiting and resolution times, solved share and hand-overs of support contacts.

    Parameters
    ----------
    support : DataFrame
        One row per contact: `by`, and what there is of first_answer_minutes, hold_minutes,
        resolution_hours, solved (yes/no), handovers, satisfaction, user_id.
    by : str or None
        Column to break down by: channel, topic, …

    Returns
    -------
    DataFrame
        [by,] contacts, median_first_answer_minutes, q3_first_answer_minutes, median_hold_minutes,
        q3_hold_minutes, median_resolution_hours, q3_resolution_hours, solved_share, low, high (of
        the contacts whose outcome is known, clustered by user where there are ids), handovers (mean
        per contact), satisfaction (mean), small_n (fewer than 30 contacts). Most contacts first. What
        the table does not have is NaN.

    Examples
    --------
    >>> frame = pd.DataFrame({"channel": ["chat", "chat", "phone"], "solved": [True, False, True],
    ...     "first_answer_minutes": [1.0, 3.0, None]})
    >>> service(frame)[["channel", "contacts", "median_first_answer_minutes"]].values.tolist()
    [['chat', 2, 2.0], ['phone', 1, nan]]
    """
    need(support, "support", *([by] if by else []))
    table = support.reset_index(drop=True)
    for column in ("solved", "handovers", "satisfaction", *WAITS):
        if column not in table.columns:
            table[column] = np.nan
    table["solved"] = yes(table["solved"])
    notes = []
    for wait in WAITS:
        odd = table[wait] < 0
        table[wait] = table[wait].mask(odd)
        notes += _no_times(odd, wait)
    found = each(table, by, _service).sort_values("contacts", ascending=False, kind="stable")
    unknown = int(table["solved"].isna().sum())
    if 0 < unknown < len(table):
        notes.append(f"{say(unknown, 'contact')} of {len(table):,} have no known outcome.")
    return tidy(found, "contacts", notes)


def _no_times(odd: pd.Series, measure: str) -> list[str]:
    return (
        [f"{say(int(odd.sum()), 'row')} with a {measure} below 0 left out: no time is."]
        if odd.any()
        else []
    )


def _service(piece: pd.DataFrame) -> dict[str, Any]:
    """Sum up one group of contacts."""
    row: dict[str, Any] = {"contacts": len(piece)}
    for wait in WAITS:
        row["median_" + wait], row["q3_" + wait] = piece[wait].quantile([0.5, 0.75])
    share, low, high = _share(piece, piece["solved"])
    row |= {"solved_share": share, "low": low, "high": high}
    row |= {name: piece[name].mean() for name in ("handovers", "satisfaction")}
    return row | {"small_n": small(len(piece))}


def promises(
    promised: Iterable[Any],
    support: pd.DataFrame | None = None,
    orders: pd.DataFrame | None = None,
    events: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Hold each promise against what was measured.

    A case keeps the promise when its measure is at most the limit (for satisfaction and solved:
    at least). The promise is *kept* when the whole interval of that share lies at or above its
    target, *broken* when it lies below, *undecided* when the target lies inside.

    Deliveries count per order, by its slowest line, and only once their time is over by the end
    of the data: what has not arrived by then broke the promise, and recent quick ones do not
    flatter it.

    Parameters
    ----------
    promised : iterable of Promise
        With id, measure, limit or limit_column, share (target), channel (or empty), text.
    support, orders, events : DataFrame, optional
        The first of them that has the measure as a column is used; user_id, where there,
        clusters the interval.

    Returns
    -------
    DataFrame
        promise (id), text, stage, channel, measure, limit, unit, target (share), kept (cases),
        n (cases), share, low, high, verdict ("kept", "broken", "undecided", "not measured"),
        median (of the measure), median_low, median_high, table, small_n.

    Raises
    ------
    AnalysisError
        A promise with neither limit nor limit_column.
    UnknownName
        A limit_column that the table does not have.

    Examples
    --------
    >>> from types import SimpleNamespace as Promise
    >>> chat = Promise(id="fast-chat", measure="first_answer_minutes", limit=2, share=0.8)
    >>> contacts = pd.DataFrame({"first_answer_minutes": [1.0] * 20 + [9.0] * 20})
    >>> promises([chat], contacts)[["promise", "kept", "n", "share", "verdict"]].values.tolist()
    [['fast-chat', 20, 40, 0.5, 'broken']]
    """
    tables = {"support": support, "orders": orders, "events": events}
    notes: list[str] = []
    rows = [_promise(promise, tables, notes) for promise in promised]
    columns = [
        "promise",
        "text",
        "stage",
        "channel",
        "measure",
        "limit",
        "unit",
        "target",
        "kept",
        "n",
        "share",
        "low",
        "high",
        "verdict",
        "median",
        "median_low",
        "median_high",
        "table",
        "small_n",
    ]
    return tidy(rows, "cases", notes, columns)


def _promise(
    promise: Any, tables: dict[str, pd.DataFrame | None], notes: list[str]
) -> dict[str, Any]:
    """Measure one promise."""
    measure, target = promise.measure, getattr(promise, "share", 0.8)
    limit, own = getattr(promise, "limit", None), getattr(promise, "limit_column", "") or ""
    row = {
        "promise": promise.id,
        "text": getattr(promise, "text", promise.id),
        "stage": getattr(promise, "stage", ""),
        "channel": getattr(promise, "channel", "") or "",
        "measure": measure or "",
        "limit": limit,
        "unit": str(measure or "").rpartition("_")[2],
        "target": target,
        "kept": 0,
        "n": 0,
        "verdict": "not measured",
        "small_n": True,
    }
    if measure in AT_LEAST:
        row["unit"] = ""
    row |= dict.fromkeys(("share", "low", "high", "median", "median_low", "median_high"), np.nan)
    row["table"] = next(
        (name for name, frame in tables.items() if frame is not None and measure in frame.columns),
        "",
    )
    if not row["table"]:
        notes.append(
            f"{promise.id!r} is not measured: "
            + (f"no table has a column {measure!r}." if measure else "it names no measure.")
        )
        return row
    if limit is None and not own:
        raise AnalysisError(
            f"the promise {promise.id!r} has no limit: give it limit (a number) or limit_column "
            "(a column with each row's own)."
        )
    cases = _cases(promise, tables[row["table"]], own, notes)
    known = cases["kept"].notna()
    kept, n = int(cases.loc[known, "kept"].sum()), int(known.sum())
    if not n:
        return row
    share, low, high = _share(cases, cases["kept"])
    row |= {"kept": kept, "n": n, "share": share, "low": low, "high": high, "small_n": small(n)}
    middle = median_interval(cases["measured"].dropna())
    row |= dict(zip(("median", "median_low", "median_high"), middle, strict=True))
    row["verdict"] = "kept" if low >= target else "broken" if high < target else "undecided"
    return row


def promise_cases(promise: Any, tables: dict[str, pd.DataFrame | None]) -> pd.DataFrame | None:
    """Give the cases of a promise, as `_cases`; None where no table measures it."""
    table = next(
        (t for t in tables.values() if t is not None and promise.measure in t.columns), None
    )
    own = getattr(promise, "limit_column", "") or ""
    if table is None or (getattr(promise, "limit", None) is None and not own):
        return None
    return _cases(promise, table, own, [])


def _cases(promise: Any, table: Any, own: str, notes: list[str]) -> pd.DataFrame:
    """Give the cases of a promise: measured, kept (1, 0 or NaN), user_id."""
    if own and own not in table.columns:
        raise UnknownName(
            f"the promise {promise.id!r} takes its limit from {own!r}, which the data does not "
            f"have. {did_you_mean(own, table.columns)}"
        )
    channel = getattr(promise, "channel", "")
    if channel and "channel" in table.columns:
        table = table[table["channel"].astype(str) == channel]
    solved = promise.measure == "solved"
    measured = yes(table["solved"]) if solved else pd.to_numeric(table[promise.measure])
    limit = pd.to_numeric(table[own]) if own else pd.Series(float(promise.limit), table.index)
    good = measured >= limit if promise.measure in AT_LEAST else measured <= limit
    cases = pd.DataFrame({"measured": measured, "limit": limit})
    cases["kept"] = good.astype(float).where(measured.notna() & limit.notna())
    if promise.measure not in AT_LEAST:
        notes += _no_times(measured < 0, promise.measure)
        cases = cases[~(measured < 0)].copy()
    for column in ("user_id", "order_id", "timestamp"):
        if column in table.columns:
            cases[column] = table[column]
    if promise.measure == "delivered_days" and {"order_id", "timestamp"} <= set(cases.columns):
        return _deliveries(cases, notes)
    return cases


def _deliveries(cases: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    """Judge orders whose time is over; what has not come by then is late."""
    end = cases["timestamp"].max()
    cases = cases[cases["limit"].notna()]  # a line to which no day was named breaks no promise
    cases = cases.sort_values("measured", kind="stable", na_position="last")
    cases = cases.drop_duplicates("order_id", keep="last")
    due = cases["timestamp"] + pd.to_timedelta(cases["limit"], unit="D")
    cases = cases[due <= end].copy()
    missing = cases["measured"].isna()
    if missing.mean() > UNRECORDED:
        notes.append(f"{say(int(missing.sum()), 'order')} without a delivery on record left out.")
        return cases
    cases.loc[missing, "kept"] = 0.0
    if missing.any():
        notes.append(f"{say(int(missing.sum()), 'order')} had not arrived when due: late.")
    return cases


def _share(cases: pd.DataFrame, hit: pd.Series) -> tuple[float, float, float]:
    """Share of yes among the known, clustered by user where there are ids."""
    known = hit.notna()
    users = cases["user_id"] if "user_id" in cases.columns else pd.Series(None, cases.index, object)
    return clustered_rows(hit[known], users[known])
