"""A good analyst's SQL, by hand, on the Parquet file as it lies: one query for each question.

It counts what the kit counts. It leaves out intervals, and the order of events of one user at the
same instant, which the kit takes from the file.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import duckdb
from chain import removal_effect
from shop import GOAL, MATRIX_STEPS, SESSION_SECONDS, STEPS, TOP_PATHS

_ORDERED = "OVER (PARTITION BY user_id ORDER BY timestamp)"
# Every event with the number of its session within the user.
_SESSIONS = f"""
WITH gaps AS (
  SELECT *, date_diff('microseconds', lag(timestamp) {_ORDERED}, timestamp) / 1e6 AS pause FROM log
), numbered AS (
  SELECT *, sum(CASE WHEN pause <= {SESSION_SECONDS} THEN 0 ELSE 1 END) {_ORDERED} AS session FROM gaps
)"""
_SECONDS = "date_diff('microseconds', {}, {}) / 1e6"


def load(log: Path, cache: Path | None = None) -> Any:
    """Open the file: there is nothing to prepare."""
    store = duckdb.connect(
        config={"temp_directory": str(Path(tempfile.gettempdir()) / f"sql-{os.getpid()}")}
    )
    store.execute(f"SET memory_limit = '{os.environ.get('JOURNEYKIT_MEMORY_LIMIT', '4GB')}'")
    store.execute(f"CREATE VIEW log AS FROM read_parquet('{log}')")
    return store


def _sessions(store: Any) -> Any:
    first, last = "arg_min({}, timestamp)", "arg_max({}, timestamp)"
    return store.execute(f"""{_SESSIONS}
    SELECT user_id, session, min(timestamp) AS start, max(timestamp) AS "end", count(*) AS events,
      {first.format("channel")} AS channel, {first.format("device")} AS device,
      {first.format("event")} AS first_event, {last.format("event")} AS last_event
    FROM numbered GROUP BY user_id, session ORDER BY user_id, session""").df()


def funnel(store: Any, by: str = "''", user: str = "user_id") -> Any:
    """Count the six steps, with the median time of each."""
    parts = [
        f"step1 AS (SELECT {user}, min(timestamp) AS t, arg_min({by}, timestamp) AS value FROM log "
        f"WHERE event = '{STEPS[0]}' GROUP BY {user})"
    ]
    for k, step in enumerate(STEPS[1:], 2):
        parts.append(
            f"step{k} AS (SELECT log.{user}, min(timestamp) AS t FROM log JOIN step{k - 1} AS b "
            f"USING ({user}) WHERE event = '{step}' AND timestamp > b.t GROUP BY log.{user})"
        )
    joins = " ".join(f"LEFT JOIN step{k} USING ({user})" for k in range(2, len(STEPS) + 1))
    counts = ", ".join(
        f"count(step{k}.t) AS n{k}, median({_SECONDS.format(f'step{k - 1}.t', f'step{k}.t')}) AS m{k}"
        for k in range(2, len(STEPS) + 1)
    )
    made = (
        f"SELECT value, count(*) AS n1, {counts} FROM step1 {joins} GROUP BY value ORDER BY value"
    )
    return store.execute(f"WITH {', '.join(parts)} {made}").df()


def _transitions(store: Any) -> Any:
    return store.execute(f"""
    WITH moves AS (
      SELECT user_id, event, lead(event) {_ORDERED} AS next_event,
        {_SECONDS.format("timestamp", f"lead(timestamp) {_ORDERED}")} AS seconds FROM log
    )
    SELECT event AS from_event, next_event AS to_event, count(*) AS transitions,
      count(DISTINCT user_id) AS users, median(seconds) AS median_seconds
    FROM moves WHERE next_event IS NOT NULL GROUP BY ALL ORDER BY transitions DESC""").df()


def _matrix(store: Any) -> Any:
    return store.execute(f"""
    WITH placed AS (SELECT event, row_number() {_ORDERED} AS step FROM log)
    SELECT step, event, count(*) AS users FROM placed WHERE step <= {MATRIX_STEPS}
    GROUP BY ALL ORDER BY step, users DESC, event""").df()


def _paths(store: Any) -> Any:
    return store.execute(f"""{_SESSIONS}, each AS (
      SELECT string_agg(event, ' → ' ORDER BY timestamp) AS path
      FROM numbered GROUP BY user_id, session
    )
    SELECT path, count(*) AS sessions FROM each
    GROUP BY path ORDER BY sessions DESC, path LIMIT {TOP_PATHS}""").df()


def _last(store: Any) -> Any:
    return store.execute(f"""
    WITH lasts AS (
      SELECT user_id, arg_max(event, timestamp) AS event,
        bool_or(event = '{GOAL}') AS won FROM log GROUP BY user_id
    )
    SELECT event, count(*) AS users FROM lasts WHERE NOT won GROUP BY ALL ORDER BY users DESC, event""").df()


def _markov(store: Any) -> Any:
    moves = store.execute(f"""{_SESSIONS}, touches AS (
      SELECT user_id, session, arg_min(channel, timestamp) AS channel,
        bool_or(event = '{GOAL}') AS hit FROM numbered GROUP BY user_id, session
    ), kept AS (
      SELECT *, min(CASE WHEN hit THEN session END) OVER (PARTITION BY user_id) AS won FROM touches
    ), steps AS (
      SELECT channel, won, lag(channel) OVER way AS before, lead(channel) OVER way AS after
      FROM kept WHERE won IS NULL OR session <= won
      WINDOW way AS (PARTITION BY user_id ORDER BY session)
    )
    SELECT coalesce(before, '(start)') AS source, channel AS target, count(*) AS n
    FROM steps GROUP BY ALL
    UNION ALL
    SELECT channel, CASE WHEN won IS NULL THEN '(null)' ELSE '(conversion)' END, count(*)
    FROM steps WHERE after IS NULL GROUP BY ALL""").df()
    return removal_effect(moves)


WAYS = {
    "sessions": _sessions,
    "funnel": funnel,
    "funnel by channel": lambda store: funnel(store, "channel"),
    "transitions with medians": _transitions,
    "step matrix": _matrix,
    "top paths": _paths,
    "last before loss": _last,
    "markov": _markov,
}
