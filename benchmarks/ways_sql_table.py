"""A good analyst's SQL, by hand, with one table made first: numbers for users, ENUMs, sessions, what comes next.

It counts what `ways_sql` counts, and leaves out what that leaves out.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ways_sql
from chain import removal_effect
from shop import GOAL, MATRIX_STEPS, SESSION_SECONDS, TOP_PATHS

_WAY = "OVER (PARTITION BY user_number ORDER BY timestamp)"


def load(log: Path, cache: Path | None = None) -> Any:
    """Make the table, in memory."""
    store = ways_sql.load(log)
    store.execute("ALTER VIEW log RENAME TO raw")
    for name in ("event", "channel", "device"):
        store.execute(f"CREATE TYPE {name}_name AS ENUM (SELECT DISTINCT {name} FROM raw)")
    store.execute(
        "CREATE TABLE users AS SELECT user_id, row_number() OVER ()::INTEGER AS user_number "
        "FROM (SELECT DISTINCT user_id FROM raw)"
    )
    store.execute(f"""CREATE TABLE log AS
    WITH named AS (
      SELECT user_number, event::event_name AS event, timestamp, channel::channel_name AS channel,
        device::device_name AS device FROM raw JOIN users USING (user_id)
    ), placed AS (
      SELECT *, row_number() {_WAY} AS position, lead(event) {_WAY} AS next_event,
        date_diff('microseconds', timestamp, lead(timestamp) {_WAY}) / 1e6 AS seconds,
        date_diff('microseconds', lag(timestamp) {_WAY}, timestamp) / 1e6 AS pause FROM named
    )
    SELECT * EXCLUDE (pause),
      sum(CASE WHEN pause <= {SESSION_SECONDS} THEN 0 ELSE 1 END) {_WAY}::INTEGER AS session FROM placed""")
    return store


def _sessions(store: Any) -> Any:
    first, last = "arg_min({}, position)", "arg_max({}, position)"
    return store.execute(f"""
    WITH each AS (
      SELECT user_number, session, min(timestamp) AS start, max(timestamp) AS "end", count(*) AS events,
        {first.format("channel")} AS channel, {first.format("device")} AS device,
        {first.format("event")} AS first_event, {last.format("event")} AS last_event
      FROM log GROUP BY user_number, session
    )
    SELECT user_id, each.* EXCLUDE (user_number) FROM each JOIN users USING (user_number)
    ORDER BY user_number, session""").df()


def _transitions(store: Any) -> Any:
    return store.execute("""
    SELECT event AS from_event, next_event AS to_event, count(*) AS transitions,
      count(DISTINCT user_number) AS users, median(seconds) AS median_seconds
    FROM log WHERE next_event IS NOT NULL GROUP BY ALL ORDER BY transitions DESC""").df()


def _matrix(store: Any) -> Any:
    return store.execute(f"""
    SELECT position AS step, event, count(*) AS users FROM log WHERE position <= {MATRIX_STEPS}
    GROUP BY ALL ORDER BY step, users DESC, event""").df()


def _paths(store: Any) -> Any:
    return store.execute(f"""
    WITH each AS (SELECT list(event ORDER BY position) AS path FROM log GROUP BY user_number, session)
    SELECT array_to_string(path::VARCHAR[], ' → ') AS path, count(*) AS sessions FROM each
    GROUP BY each.path ORDER BY sessions DESC, path LIMIT {TOP_PATHS}""").df()


def _last(store: Any) -> Any:
    return store.execute(f"""
    SELECT event, count(*) AS users FROM log ANTI JOIN
      (SELECT DISTINCT user_number FROM log WHERE event = '{GOAL}') AS won USING (user_number)
    WHERE next_event IS NULL GROUP BY ALL ORDER BY users DESC, event""").df()


def _markov(store: Any) -> Any:
    moves = store.execute(f"""
    WITH touches AS (
      SELECT user_number, session, arg_min(channel, position) AS channel,
        bool_or(event = '{GOAL}') AS hit FROM log GROUP BY user_number, session
    ), kept AS (
      SELECT *, min(CASE WHEN hit THEN session END) OVER (PARTITION BY user_number) AS won FROM touches
    ), steps AS (
      SELECT channel, won, lag(channel) OVER way AS before, lead(channel) OVER way AS after
      FROM kept WHERE won IS NULL OR session <= won
      WINDOW way AS (PARTITION BY user_number ORDER BY session)
    )
    SELECT coalesce(before::VARCHAR, '(start)') AS source, channel::VARCHAR AS target, count(*) AS n
    FROM steps GROUP BY ALL
    UNION ALL
    SELECT channel::VARCHAR, CASE WHEN won IS NULL THEN '(null)' ELSE '(conversion)' END, count(*)
    FROM steps WHERE after IS NULL GROUP BY ALL""").df()
    return removal_effect(moves)


WAYS = {
    "sessions": _sessions,
    "funnel": lambda store: ways_sql.funnel(store, user="user_number"),
    "funnel by channel": lambda store: ways_sql.funnel(store, "channel", "user_number"),
    "transitions with medians": _transitions,
    "step matrix": _matrix,
    "top paths": _paths,
    "last before loss": _last,
    "markov": _markov,
}
