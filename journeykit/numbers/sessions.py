"""Sessions: one row for each visit."""

from typing import Any

from pandas import DataFrame

from journeykit.engine import quote
from journeykit.tables import Events

from .catalogue import number
from .steps import ask, finish, seconds


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
    kept = f"user_number, position, timestamp, event, {extra}seconds_to_next"
    return f"""paused AS (SELECT {kept},
        lag(seconds_to_next) OVER (PARTITION BY user_number ORDER BY position) AS pause
      FROM {{journey}}),
    numbered AS (SELECT *, sum(CASE WHEN pause <= ? THEN 0 ELSE 1 END)
        OVER (ORDER BY user_number, position) AS session FROM paused),
    log AS (SELECT *,
        row_number() OVER (PARTITION BY session ORDER BY position) AS session_position,
        coalesce(seconds_to_next > ?, TRUE) AS last_in_session FROM numbered)"""
