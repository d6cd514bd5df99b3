"""Retention: who comes back, by the time that they came first."""

from __future__ import annotations

from typing import Any

import pandas as pd

from journeykit.errors import AnalysisError, did_you_mean
from journeykit.numbers.stats import clustered, small
from journeykit.numbers.steps import ask, condition, finish, rates
from journeykit.tables import Events

__all__ = ["retention", "stickiness"]

_PERIODS = ("day", "week", "month", "quarter")


def retention(
    events: Events, period: str = "month", goal: Any = None, *, rolling: bool = False
) -> pd.DataFrame:
    """Count who is active again, by cohort.

    Parameters
    ----------
    events : Events
    period : {"day", "week", "month", "quarter"}
        Calendar periods; a user's cohort is the period of the first event.
    goal : step, optional
        What counts as active; anything without it.
    rolling : bool
        Active in this period or any later one, instead of in this very period.

    Returns
    -------
    pandas.DataFrame
        ``cohort`` (first day), ``period`` (0 is the cohort's own), ``users`` (of the cohort),
        ``active, share, low, high, small_n, complete`` (False where the data ends before the
        period does, so that the share can only grow).

    Examples
    --------
    >>> import pandas as pd, journeykit as jk
    >>> log = pd.DataFrame({"user_id": list("aaab"), "event": ["visit", "cart", "pay", "visit"],
    ...     "timestamp": pd.date_range("2026-01-01", periods=4, freq="min")})
    >>> retention(jk.read_events(log))[["period", "users", "active"]].values.tolist()
    [[0, 2, 2]]
    """
    if period not in _PERIODS:
        raise AnalysisError(f"period={period!r} is not known. {did_you_mean(period, _PERIODS)}")
    target = condition(events, goal) if goal is not None else None
    does, params = (target.sql, target.params) if target else ("TRUE", ())
    trunc = f"date_trunc('{period}', timestamp)"
    nth = f"CAST(date_diff('{period}', cohort, day) AS INTEGER)"
    seen = "max(period) AS period" if rolling else "period"
    group = "user_number, cohort" if rolling else "user_number, cohort, period"
    sql = f"""
    WITH firsts AS (SELECT user_number, {trunc} AS cohort FROM {{journey}} WHERE position = 1),
    seen AS (SELECT DISTINCT user_number, {trunc} AS day FROM {{journey}} WHERE {does}),
    numbered AS (SELECT user_number, cohort, {nth} AS period FROM seen JOIN firsts USING (user_number)),
    marks AS (SELECT user_number, cohort, {seen} FROM numbered GROUP BY {group})
    SELECT cohort, period, count(*) AS active FROM marks GROUP BY cohort, period
    UNION ALL SELECT cohort, -1, count(*) FROM firsts GROUP BY cohort"""
    found = ask(events, sql, params)
    sql = found.attrs["sql"]
    end = (events.whole or events).end
    code = {"day": "D", "week": "W", "month": "M", "quarter": "Q"}[period]
    rows = []
    for cohort, part in found.groupby("cohort"):
        active = part.set_index("period")["active"]
        first = pd.Period(str(cohort), code)
        for k in range((pd.Period(str(end), code) - first).n + 1):
            n = active[active.index >= max(k, 0)].sum() if rolling else active.get(k, 0)
            rows.append(
                {
                    "cohort": cohort,
                    "period": k,
                    "users": int(active[-1]),
                    "active": int(n),
                    "complete": (first + k).end_time <= pd.Timestamp(str(end)),
                }
            )
    frame = pd.DataFrame(rows, columns=["cohort", "period", "users", "active", "complete"])
    frame = rates(frame, "active", "users")
    keep = ["cohort", "period", "users", "active", "share", "low", "high", "small_n", "complete"]
    return finish(frame[keep], "users", sql)


def stickiness(events: Events, goal: Any = None) -> pd.DataFrame:
    """Measure regular use: of the users active in a month, the share active on a day of it.

    Parameters
    ----------
    events : Events
    goal : step, optional
        What counts as active; anything without it.

    Returns
    -------
    pandas.DataFrame
        ``month, users`` (active in the month), ``days`` (days of the month in the data),
        ``daily_users`` (mean over these days), ``stickiness`` (daily_users / users), ``low, high``
        (95 %, days clustered by user), ``active_days`` (mean per active user), ``small_n``.

    Examples
    --------
    >>> import pandas as pd, journeykit as jk
    >>> log = pd.DataFrame({"user_id": list("aaab"), "event": ["visit", "cart", "pay", "visit"],
    ...     "timestamp": pd.date_range("2026-01-01", periods=4, freq="min")})
    >>> stickiness(jk.read_events(log))[["users", "stickiness"]].values.tolist()
    [[2.0, 1.0]]
    """
    target = condition(events, goal) if goal is not None else None
    does, params = (target.sql, target.params) if target else ("TRUE", ())
    sql = f"""
    WITH days AS (SELECT DISTINCT user_number, CAST(timestamp AS DATE) AS day FROM {{journey}} WHERE {does}),
    each AS (SELECT date_trunc('month', day) AS month, user_number, count(*) AS y
      FROM days GROUP BY date_trunc('month', day), user_number)
    SELECT month, count(*) AS users, sum(y) AS user_days, sum(y * y) AS yy FROM each
    GROUP BY month ORDER BY month"""
    frame = ask(events, sql, params)
    data = events.whole or events  # a persona's quiet days are days of the data, too
    first, last = (pd.Timestamp(str(t)).normalize() for t in (data.start, data.end))
    starts = pd.to_datetime(frame["month"])
    ends = (starts + pd.offsets.MonthEnd(0)).where(lambda day: day < last, last)
    frame["days"] = (ends - starts.where(starts > first, first)).dt.days + 1
    frame["daily_users"] = frame["user_days"] / frame["days"]
    frame["stickiness"] = frame["daily_users"] / frame["users"]
    n, y, yy, m = (frame[name].to_numpy(float) for name in ("users", "user_days", "yy", "days"))
    frame["low"], frame["high"] = clustered(y, n * m, yy, y * m, n * m * m, n)
    frame["active_days"], frame["small_n"] = y / n, small(n)
    keep = [
        "month",
        "users",
        "days",
        "daily_users",
        "stickiness",
        "low",
        "high",
        "active_days",
        "small_n",
    ]
    return finish(frame[keep], "users", frame.attrs["sql"])
