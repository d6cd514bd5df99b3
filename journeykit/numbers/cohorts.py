"""Retention: who comes back, by the time that they came first."""

from typing import Any

import pandas as pd
from pandas import DataFrame

from journeykit.engine import run
from journeykit.errors import AnalysisError
from journeykit.tables import Events

from .catalogue import number
from .claimed import Found, Of, rate
from .steps import ask, clustered_rates, condition, finish, one_of, rates


def _back(frame: DataFrame, after: int = 1) -> Found:
    """Of those for whom a period has begun, measure how many are there in it."""
    return rate(*frame.loc[frame["period"] == after, ["active", "users"]].sum())


def _back_after(frame: DataFrame, of: Of) -> Found:
    found = _back(frame[frame["complete"].astype(bool)], int(of[0]))
    if not found[-1]:
        raise AnalysisError(f"no month's customers have been there for {of[0]} whole months more")
    return found


@number(
    result=lambda frame: {"back_after_a_month": _back(frame)[0]}, claims={"retention": _back_after}
)
def retention(
    events: Events, period: str = "month", goal: Any = None, *, rolling: bool = False
) -> DataFrame:
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
    one_of("period", period, ("day", "week", "month", "quarter"))
    does = condition(events, goal, "TRUE")
    trunc = f"date_trunc('{period}', {events.local()})"
    seen = "max(period) AS period" if rolling else "period"
    group = "user_number, cohort" if rolling else "user_number, cohort, period"
    found = ask(
        events,
        f"""
    WITH firsts AS (SELECT user_number, {trunc} AS cohort FROM {{journey}} WHERE position = 1),
    seen AS (SELECT DISTINCT user_number, {trunc} AS day FROM {{journey}} WHERE {does.sql}),
    numbered AS (SELECT user_number, cohort,
        CAST(date_diff('{period}', cohort, day) AS INTEGER) AS period
      FROM seen JOIN firsts USING (user_number)),
    marks AS (SELECT user_number, cohort, {seen} FROM numbered GROUP BY {group})
    SELECT cohort, period, count(*) AS active FROM marks GROUP BY cohort, period
    UNION ALL SELECT cohort, -1, count(*) FROM firsts GROUP BY cohort""",
        does.params,
    )
    # Every period of a cohort to the end of the data, also one in which nobody came.
    frame = run(
        f"""
    SELECT begun.cohort, nth AS period, users, coalesce(sum(active), 0)::BIGINT AS active,
      begun.cohort + (nth + 1) * INTERVAL 1 {period} <= CAST(? AS TIMESTAMP) AS complete
    FROM (SELECT CAST(cohort AS TIMESTAMP) AS cohort, active AS users,
        unnest(range(date_diff('{period}', cohort, CAST(? AS TIMESTAMP)) + 1)) AS nth
      FROM {{found}} WHERE period = -1) AS begun
    LEFT JOIN {{found}} AS told ON told.cohort = begun.cohort
      AND told.period {">=" if rolling else "="} nth
    GROUP BY ALL ORDER BY begun.cohort, nth""",
        [(events.whole or events).end] * 2,
        found=found,
    )
    return finish(
        rates(frame, "active", "users"),
        "users",
        "cohort period users active share low high small_n complete",
        sql=[found],
    )


@number(show=lambda frame: frame.assign(month=pd.to_datetime(frame["month"]).dt.strftime("%B %Y")))
def stickiness(events: Events, goal: Any = None) -> DataFrame:
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
    does = condition(events, goal, "TRUE")
    frame = ask(
        events,
        f"""
    WITH days AS (SELECT DISTINCT user_number, CAST({events.local()} AS DATE) AS day
      FROM {{journey}} WHERE {does.sql}),
    each AS (SELECT date_trunc('month', day) AS month, user_number, count(*) AS y
      FROM days GROUP BY date_trunc('month', day), user_number)
    SELECT month, count(*) AS users, sum(y) AS user_days, sum(y * y) AS yy FROM each
    GROUP BY month ORDER BY month""",
        does.params,
    )
    data = events.whole or events  # a persona's quiet days are days of the data, too
    first, last = (pd.Timestamp(str(t)).normalize() for t in (data.start, data.end))
    starts = pd.to_datetime(frame["month"])
    ends = (starts + pd.offsets.MonthEnd(0)).clip(upper=last)
    frame["days"] = (ends - starts.clip(lower=first)).dt.days + 1
    n, y, days = (frame[name].to_numpy(float) for name in ("users", "user_days", "days"))
    frame = frame.assign(daily_users=y / days, active_days=y / n)
    frame = frame.assign(m=n * days, ym=y * days, mm=n * days * days)
    frame = clustered_rates(frame, "user_days m yy ym mm users", "stickiness")
    return finish(
        frame, "users", "month users days daily_users stickiness low high active_days small_n"
    )
