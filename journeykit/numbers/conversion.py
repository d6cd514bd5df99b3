"""Visits and conversion: how many ever reach the goal, of all, and by where people come from; one
row for each session.
"""

from typing import Any

from pandas import DataFrame

from journeykit.engine import quote
from journeykit.tables import Events

from .accounts import counted
from .catalogue import number
from .claimed import rate, row_of
from .frames import of_group
from .steps import UNITS, ask, clustered_rates, column, condition, finish, rates, seconds


@number()
def conversion(events: Events, goal: Any) -> DataFrame:
    """Measure how many users ever did the goal, in whatever order.

    Parameters
    ----------
    events : Events
    goal : step, or list of them
        Any of these counts.

    Returns
    -------
    pandas.DataFrame
        One row: ``users`` (who did), ``of`` (all), ``share, low, high, small_n``.

    Examples
    --------
    >>> import pandas as pd, journeykit as jk
    >>> log = pd.DataFrame({"user_id": list("aab"), "event": ["visit", "pay", "visit"],
    ...     "timestamp": pd.date_range("2026-01-01", periods=3, freq="min")})
    >>> conversion(jk.read_events(log), "pay")[["users", "of", "share"]].values.tolist()
    [[1.0, 2.0, 0.5]]
    """
    wanted = condition(events, goal)
    frame = ask(
        events,
        f"SELECT count(DISTINCT user_number) AS users FROM {{journey}} WHERE {wanted.sql}",
        wanted.params,
    ).assign(of=events.users)
    return finish(rates(frame, "users", "of"), "users", "users of share low high small_n")


def reached(events: Events, goal: Any) -> int:
    """Count the users who ever did the goal, in whatever order.

    Parameters
    ----------
    events : Events
    goal : step, or list of them
        Any of these counts.

    Returns
    -------
    int
        Users.

    Examples
    --------
    >>> import pandas as pd, journeykit as jk
    >>> log = pd.DataFrame({"user_id": list("aab"), "event": ["visit", "pay", "visit"],
    ...     "timestamp": pd.date_range("2026-01-01", periods=3, freq="min")})
    >>> reached(jk.read_events(log), "pay")
    1
    """
    return int(conversion(events, goal)["users"].iloc[0])


_SHOWN = "users sessions converted conversion low high small_n"


@number(
    claims={
        "channel-share": lambda frame, of: rate(
            row_of(frame, "channel", {"channel": of[0]})["users"], frame["users"].sum()
        )
    }
)
def channels(events: Events, goal: Any, *, by: str = "channel", unit: str = "user") -> DataFrame:
    """Count users, sessions and conversion per channel.

    A user belongs to the channel of the first event, a session to that of its own first event.

    Parameters
    ----------
    events : Events
    goal : step
    by : str
        The column of the channel.
    unit : {"user", "session", "account"}
        What converts: a user at any time, a session that has the goal in it, or an account.

    Returns
    -------
    pandas.DataFrame
        ``channel, users|accounts, sessions, converted`` (what the unit is), ``conversion``
        (converted / users, or / sessions, / accounts), ``low, high`` (sessions: clustered by user),
        ``small_n``.

    Examples
    --------
    >>> import pandas as pd, journeykit as jk
    >>> log = pd.DataFrame({"user_id": list("aaab"), "event": ["visit", "cart", "pay", "visit"],
    ...     "channel": ["ad", "ad", "mail", "ad"],
    ...     "timestamp": pd.date_range("2026-01-01", periods=4, freq="min")})
    >>> channels(jk.read_events(log), "pay")[["channel", "users", "conversion"]].values.tolist()
    [['ad', 2, 0.5]]
    """
    events, notes = counted(events, unit)
    target, name = condition(events, goal), quote(column(events, by))
    key, first = UNITS[unit]
    frame = ask(
        events,
        f"""
    WITH each AS (SELECT {key} AS unit, min(user_number) AS user_number,
        count(DISTINCT session) AS sessions,
        max(CASE WHEN {first} = 1 THEN coalesce(CAST({name} AS VARCHAR), '(none)') END) AS channel,
        max(CASE WHEN {target.sql} THEN 1 ELSE 0 END) AS hit FROM {{journey}} GROUP BY {key}),
    people AS (SELECT channel, user_number, sum(sessions) AS sessions, count(*) AS m, sum(hit) AS y
      FROM each GROUP BY channel, user_number)
    SELECT channel, count(*) AS users, sum(sessions) AS sessions, sum(y) AS converted, sum(m) AS m,
      sum(y * y) AS yy, sum(y * m) AS ym, sum(m * m) AS mm
    FROM people GROUP BY channel ORDER BY users DESC, channel""",
        target.params,
    )
    if unit == "session":
        frame = clustered_rates(frame, "converted m yy ym mm users", "conversion")
    else:
        frame = rates(frame, "converted", "m", "conversion")
    keep = f"channel {_SHOWN}"
    if unit == "account":
        frame, keep = frame.rename(columns={"users": "accounts"}), keep.replace("users", "accounts")
    return finish(frame, f"{unit}s", keep, notes)


@number()
def devices(everybody: Events, goal: Any, by: str = "device") -> DataFrame:
    """Compare who reaches the goal, of all customers, by device or another column.

    Parameters
    ----------
    everybody : Events
    goal : step
    by : str
        The column.

    Returns
    -------
    pandas.DataFrame
        As of `channels`, with the column's own name.

    Examples
    --------
    >>> import pandas as pd, journeykit as jk
    >>> log = pd.DataFrame({"user_id": list("aab"), "event": ["visit", "pay", "visit"],
    ...     "device": "phone", "timestamp": pd.date_range("2026-01-01", periods=3, freq="min")})
    >>> devices(jk.read_events(log), "pay")[["device", "users", "conversion"]].values.tolist()
    [['phone', 2, 0.5]]
    """
    frame = channels(everybody, goal, by=by)
    return frame.rename(columns={"channel": of_group(by, frame.columns[1:])})


@number()
def sessions(events: Events, gap: Any = "30min") -> DataFrame:
    """List the sessions: one row for each, as long as no pause is longer than `gap`.

    Parameters
    ----------
    events : Events
    gap : str, timedelta or number of seconds

    Returns
    -------
    pandas.DataFrame
        ``user_id, session`` (a number), ``start, end, events, seconds, [channel, device,]
        first_event, last_event``. With the default gap the sessions are those of the journey
        table, which may come from a column of the source.

    Examples
    --------
    >>> import pandas as pd, journeykit as jk
    >>> log = pd.DataFrame({"user_id": list("aaab"), "event": ["visit", "cart", "pay", "visit"],
    ...     "timestamp": pd.date_range("2026-01-01", periods=4, freq="min")})
    >>> result = sessions(jk.read_events(log))
    >>> result[["user_id", "events", "seconds", "last_event"]].values.tolist()
    [['a', 3, 120.0, 'pay'], ['b', 1, 0.0, 'visit']]
    """
    known = [name for name in ("channel", "device") if name in events.columns]
    extra = "".join(f"{quote(name)}, " for name in known)
    log, begin, params = "{journey}", "", []
    if (pause := seconds(gap, "gap")) != 1800:
        log, begin, params = "log", f"{_regrouped(extra)}, ", [pause, pause]
    sql = f"""
    WITH {begin}firsts AS (SELECT user_number, position, session, {extra}timestamp AS start,
        event AS first_event FROM {log} WHERE session_position = 1),
    lasts AS (SELECT session, timestamp AS "end", CAST(session_position AS BIGINT) AS events,
        event AS last_event
      FROM {log} WHERE last_in_session)
    SELECT user_number AS user_id, session, {events.local("start")} AS start,
      {events.local('"end"')} AS "end", events,
      {events.seconds("start", '"end"')} AS seconds, {extra}first_event, last_event
    FROM firsts JOIN lasts USING (session) ORDER BY user_number, position"""
    frame = ask(events, sql, params)
    asked = [frame]
    for name in (name for name in known if frame[name].isna().any()):
        # Where the first event has none, the session has the first channel (or device) that comes.
        sql = f"""
        {begin and f"WITH {begin[:-2]}"}
        SELECT session, arg_min({quote(name)}, position) AS value FROM {log}
        WHERE {quote(name)} IS NOT NULL AND session IN (SELECT session FROM {log}
          WHERE session_position = 1 AND {quote(name)} IS NULL) GROUP BY session"""
        later = ask(events, sql, params)
        frame[name] = frame[name].fillna(frame["session"].map(later.set_index("session")["value"]))
        asked.append(later)
    # Each id is made once, not once a session.
    frame["user_id"] = frame["user_id"].map(
        ask(events, "SELECT user_number, user_id FROM {journey} WHERE position = 1").set_index(
            "user_number"
        )["user_id"]
    )
    frame["session"] = range(1, len(frame) + 1)
    return finish(frame, "sessions", sql=asked)


def _regrouped(extra: str) -> str:
    """The CTEs that find sessions by another pause, up to `log`."""
    return f"""paused AS (SELECT user_number, position, timestamp, event, {extra}seconds_to_next,
        lag(seconds_to_next) OVER (PARTITION BY user_number ORDER BY position) AS pause
      FROM {{journey}}),
    numbered AS (SELECT *, sum(CASE WHEN pause <= ? THEN 0 ELSE 1 END)
        OVER (ORDER BY user_number, position) AS session FROM paused),
    log AS (SELECT *,
        row_number() OVER (PARTITION BY session ORDER BY position) AS session_position,
        coalesce(seconds_to_next > ?, TRUE) AS last_in_session FROM numbered)"""
