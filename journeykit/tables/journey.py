"""The journey table: the one heavy pass over the events, done once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from journeykit import engine
from journeykit.engine import Table, quote
from journeykit.tables.columns import lifecycle_word
from journeykit.tables.sources import ROW

__all__ = ["JOURNEY_COLUMNS", "Keep", "filled", "pair_lifecycle", "prepare"]

#: What every journey table has, in this order; the other columns of the source follow.
JOURNEY_COLUMNS = (
    "user_id",
    "user_number",
    "position",
    "event",
    "timestamp",
    "next_event",
    "seconds_to_next",
    "session",
    "session_position",
    "duration_seconds",
)
#: Up to so many different texts, a column is dictionary-encoded.
_ENUM_EVENTS, _ENUM_OTHERS = 65_000, 2_000

# Whatever the queries below make for themselves is called jk_…: a column of the data may be called anything.

#: Writes the result of a query as a table: into memory or into the cache file.
Keep = Callable[..., Table]


def pair_lifecycle(typed: Table, others: Sequence[str]) -> Table:
    """Start and complete of one activity as one event at the start, with its duration.

    They belong together by user, event and `instance`; without an instance the first start
    goes with the first complete of the same event, and so on. An event with only one of the
    two stands at that time and has no duration.
    """
    words = engine.run("SELECT DISTINCT lifecycle::VARCHAR AS jk_word FROM {typed}", typed=typed)
    words["jk_stage"] = words["jk_word"].map(lifecycle_word)
    instance = "instance::VARCHAR" if "instance" in others else "''"
    kept = "".join(
        f", arg_min({quote(name)}, (jk_stage <> 'start', {ROW})) AS {quote(name)}" for name in others
    )
    seconds = engine.default().seconds("jk_started", "jk_completed")
    return engine.default().materialize(
        f"""
        WITH staged AS (
          SELECT typed.*, jk_stage, {instance} AS jk_instance_key
          FROM {{typed}} AS typed JOIN {{words}} AS words ON lifecycle::VARCHAR = jk_word
        ), counted AS (
          SELECT *, row_number() OVER (
            PARTITION BY user_id, event, jk_instance_key, jk_stage ORDER BY timestamp, {ROW}) AS jk_turn
          FROM staged
        ), paired AS (
          SELECT user_id, event, min({ROW}) AS {ROW},
            min(timestamp) FILTER (jk_stage = 'start') AS jk_started,
            min(timestamp) FILTER (jk_stage = 'complete') AS jk_completed{kept}
          FROM counted GROUP BY user_id, event, jk_instance_key, jk_turn
        )
        SELECT * EXCLUDE (jk_started, jk_completed), coalesce(jk_started, jk_completed) AS timestamp,
          CASE WHEN jk_completed >= jk_started THEN {seconds} END AS duration_seconds,
          (jk_started IS NULL) AS jk_no_start, (jk_completed IS NULL) AS jk_no_complete,
          coalesce(jk_completed < jk_started, false) AS jk_backwards
        FROM paired""",
        typed=typed,
        words=words[["jk_word", "jk_stage"]].astype("str"),
    )


def prepare(
    typed: Table,
    others: Sequence[str],
    texts: Mapping[str, int],
    keep: Keep,
    gap: float | None,
) -> Table:
    """From typed events to the journey table.

    Parameters
    ----------
    typed : engine.Table
        user_id, event, timestamp, duration_seconds, row_in_source and the other columns.
    others : sequence of str
        The other columns to keep.
    texts : dict
        Text column to about how many different texts it has.
    keep : callable
        Writes the table: ``keep(sql, params, **tables)``.
    gap : float or None
        Seconds of pause after which a new session begins; None for the source's session_id.
    """
    store = typed.engine
    types = _encoded(typed, {n: c for n, c in texts.items() if n == "event" or n in others})
    users = store.materialize(
        """
        SELECT user_id, jk_n, (row_number() OVER (ORDER BY user_id))::INTEGER AS user_number,
          (sum(jk_n) OVER (ORDER BY user_id))::BIGINT - jk_n AS jk_before
        FROM (SELECT user_id, count(*) AS jk_n FROM {typed} GROUP BY user_id)""",
        typed=typed,
    )
    kept = "".join(f", {quote(name)}{types.get(name, '')} AS {quote(name)}" for name in others)
    # Sorting by a number is several times cheaper than by the text of an id.
    ordered = store.materialize(
        f"""
        SELECT user_number, event{types.get("event", "")} AS event, timestamp,
          duration_seconds::DOUBLE AS duration_seconds{kept}
        FROM {{typed}} JOIN {{users}} USING (user_id)
        ORDER BY user_number, timestamp, {ROW}""",
        typed=typed,
        users=users,
    )
    sql = _by_source(others) if gap is None else _by_gap(others)
    return keep(sql, [] if gap is None else [gap], ordered=ordered, users=users)


def _steps(others: Sequence[str], opens: str) -> str:
    """The steps from ordered events to numbered ones.

    The windows have no ORDER BY: they run over the rows as they were stored, in one stream.
    """
    kept = "".join(f", {quote(name)}" for name in others)
    return f"""
    WITH neighbours AS (
      SELECT *, row_number() OVER () AS jk_overall, lag(user_number) OVER () AS jk_previous_user,
        lag(timestamp) OVER () AS jk_previous_time, lead(event) OVER () AS jk_following,
        lead(timestamp) OVER () AS jk_following_time
      FROM {{ordered}}
    ), opened AS (
      SELECT *, jk_previous_user IS DISTINCT FROM user_number OR {opens} AS jk_opens FROM neighbours
    ), numbered AS (
      SELECT *, sum(jk_opens::INTEGER) OVER so_far AS session,
        max(CASE WHEN jk_opens THEN jk_overall END) OVER so_far AS jk_opened
      FROM opened WINDOW so_far AS (ROWS UNBOUNDED PRECEDING)
    ), journeys AS (
      SELECT user_number, jk_overall, event, timestamp, jk_following, jk_following_time,
        session::BIGINT AS session, (jk_overall - jk_opened + 1)::INTEGER AS session_position,
        duration_seconds{kept}
      FROM numbered
    )"""


def _final(others: Sequence[str], source: str) -> str:
    """The journey table from numbered events: positions count from the first event of a user."""
    kept = "".join(f", {source}.{quote(name)}" for name in others)
    follows = "jk_overall < jk_before + jk_n"
    return f"""
    SELECT users.user_id, users.user_number, (jk_overall - jk_before)::INTEGER AS position, event,
      timestamp, CASE WHEN {follows} THEN jk_following END AS next_event,
      CASE WHEN {follows} THEN {engine.default().seconds("timestamp", "jk_following_time")} END
        AS seconds_to_next,
      session, session_position, duration_seconds{kept}
    FROM {source} JOIN {{users}} AS users ON users.user_number = {source}.user_number"""


def _by_gap(others: Sequence[str]) -> str:
    pause = engine.default().seconds("jk_previous_time", "timestamp")
    return _steps(others, f"{pause} > ?") + _final(others, "journeys")


def _by_source(others: Sequence[str]) -> str:
    """Sessions as the source has them, also where two of one user overlap in time."""
    return (
        _steps(others, "false")
        + """, begun AS (
      SELECT *, min(jk_overall) OVER (PARTITION BY user_number, session_id) AS jk_begin FROM journeys
    ), renumbered AS (
      SELECT * REPLACE (
        dense_rank() OVER (ORDER BY jk_begin) AS session,
        (row_number() OVER (PARTITION BY jk_begin ORDER BY jk_overall))::INTEGER AS session_position)
      FROM begun
    )"""
        + _final(others, "renumbered")
    )


def filled(typed: Table) -> tuple[list[str], list[str], dict[str, int]]:
    """The other columns that hold anything, those that do not, and how many texts there are.

    Returns
    -------
    tuple
        Two lists of names, and text column (the event as well) to about how many different
        texts it has.
    """
    kinds = typed.engine.columns(typed.name)
    names = [name for name in kinds if name == "event" or name not in (*JOURNEY_COLUMNS, ROW)]
    looked = ", ".join(
        f"approx_count_distinct({quote(name)}) AS c{i}"
        if kinds[name] == "VARCHAR"
        else f"bool_or({quote(name)} IS NOT NULL)::INTEGER AS c{i}"
        for i, name in enumerate(names)
    )
    seen = engine.run(f"SELECT {looked} FROM {{typed}}", typed=typed).iloc[0]
    counts = {name: int(seen[f"c{i}"]) for i, name in enumerate(names)}
    others = [name for name in names if counts[name] and name != "event"]
    empty = [name for name in names if not counts[name]]
    return others, empty, {name: n for name, n in counts.items() if kinds[name] == "VARCHAR"}


def _encoded(typed: Table, texts: Mapping[str, int]) -> dict[str, str]:
    """For columns of few different texts, the cast to a dictionary of them."""
    limits = {name: _ENUM_EVENTS if name == "event" else _ENUM_OTHERS for name in texts}
    # The counts are only about right, so that the limit is checked again below.
    few = [name for name in texts if 0 < texts[name] <= 1.2 * limits[name]]
    listed = ", ".join(f"list(DISTINCT {quote(name)}) AS c{i}" for i, name in enumerate(few))
    if not few:
        return {}
    words: Any = typed.engine.run(f"SELECT {listed} FROM {{typed}}", typed=typed).iloc[0]
    casts = {}
    for i, name in enumerate(few):
        known = sorted(word for word in words[f"c{i}"] if word is not None)
        if 0 < len(known) <= limits[name]:
            quoted = ", ".join("'" + word.replace("'", "''") + "'" for word in known)
            casts[name] = f"::ENUM({quoted})"
    return casts
