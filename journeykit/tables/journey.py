"""The journey table: the one heavy pass over the events, done once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from journeykit import engine
from journeykit.engine import Table, quote
from journeykit.tables.sources import ROW

__all__ = ["JOURNEY_COLUMNS", "Keep", "extent", "filled", "prepare"]

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
    "last_in_session",
    "duration_seconds",
)
#: Up to so many different texts, a column is dictionary-encoded.
_ENUM_EVENTS, _ENUM_OTHERS = 65_000, 2_000

# Whatever the queries below make for themselves is called jk_…: a column of the data may be called anything.

#: Events that are numbered in one stream. The sessions of each such piece are numbered from its own
#: first event on, so that pieces need not wait for each other.
_PIECE_EVENTS = 1_000_000

#: Writes the result of a query as a table: into memory or into the cache file.
Keep = Callable[..., Table]


def extent(journey: Table) -> dict[str, Any]:
    """Say how many users and events there are in a journey table, from when to when."""
    sql = (
        "SELECT count(*) AS events, count(*) FILTER (WHERE position = 1) AS users, "
        "min(timestamp) AS first, max(timestamp) AS last FROM {j}"
    )
    seen: Any = engine.run(sql, j=journey).iloc[0]
    first, last = seen["first"].to_pydatetime(), seen["last"].to_pydatetime()
    return {"users": int(seen.users), "events": int(seen.events), "start": first, "end": last}


def prepare(
    typed: Table, others: Sequence[str], texts: Mapping[str, int], keep: Keep, gap: float | None
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
    # Sorting by a number is several times cheaper than by the text of an id, and narrow rows than wide ones.
    paired = typed.engine.columns(typed.name)["duration_seconds"] == "DOUBLE"
    sorted_ = "".join(f", {quote(n)}{types.get(n, '')} AS {quote(n)}" for n in ("event", *others))
    ordered = store.materialize(
        f"""
        SELECT user_number, timestamp{sorted_}{", duration_seconds" if paired else ""}
        FROM {{typed}} JOIN {{users}} USING (user_id)
        ORDER BY user_number, timestamp, {ROW}""",
        typed=typed,
        users=users,
    )
    duration = "duration_seconds" if paired else "NULL::DOUBLE AS duration_seconds"
    pause = (
        "false" if gap is None else f"{store.seconds('jk_previous_time', 'timestamp')} > {gap!r}"
    )
    kept = "".join(f", {quote(name)}" for name in others)
    pieces = [_piece(first, last, before, pause) for first, last, before in _cuts(users)]
    steps = f"""
    WITH steps AS ({" UNION ALL ".join(pieces)}), journeys AS (
      SELECT user_number, jk_overall, event, timestamp, jk_following, jk_following_time,
        session::BIGINT AS session, session_position, last_in_session, {duration}{kept}
      FROM steps
    )"""
    sql = steps + (
        _by_source() + _final(kept, "renumbered") if gap is None else _final(kept, "journeys")
    )
    # Pieces may be written in any order, so several at a time; each stays in order.
    with store.any_order():
        return keep(sql, [], ordered=ordered, users=users)


def _cuts(users: Table) -> list[tuple[int, int, int]]:
    """Users in pieces of about so many events: first and last number, and the events before."""
    cuts = engine.run(
        f"SELECT min(user_number) AS first, max(user_number) AS last, min(jk_before) AS before "
        f"FROM {{users}} GROUP BY jk_before // {_PIECE_EVENTS} ORDER BY first",
        users=users,
    )
    return [(int(row.first), int(row.last), int(row.before)) for row in cuts.itertuples()]


def _piece(first: int, last: int, before: int, pause: str) -> str:
    """The steps of some users, from ordered events to numbered ones.

    The windows have no ORDER BY: they run over the rows as they were stored, in one stream for
    each piece, several pieces at a time.
    """
    return f"""
      SELECT *, {before} + sum(jk_opens::INTEGER) OVER so_far AS session,
        (jk_overall - max(CASE WHEN jk_opens THEN jk_overall END) OVER so_far + 1)::INTEGER
          AS session_position,
        coalesce(lead(jk_opens) OVER (), true) AS last_in_session
      FROM (
        SELECT *, jk_previous_user IS DISTINCT FROM user_number OR {pause} AS jk_opens
        FROM (
          SELECT *, {before} + row_number() OVER () AS jk_overall,
            lag(user_number) OVER () AS jk_previous_user, lag(timestamp) OVER () AS jk_previous_time,
            lead(event) OVER () AS jk_following, lead(timestamp) OVER () AS jk_following_time
          FROM {{ordered}} WHERE user_number BETWEEN {first} AND {last}))
      WINDOW so_far AS (ROWS UNBOUNDED PRECEDING)"""


def _final(kept: str, source: str) -> str:
    """The journey table from numbered events: positions count from the first event of a user."""
    follows = "jk_overall < jk_before + jk_n"
    return f"""
    SELECT users.user_id, users.user_number, (jk_overall - jk_before)::INTEGER AS position, event,
      timestamp, CASE WHEN {follows} THEN jk_following END AS next_event,
      CASE WHEN {follows} THEN {engine.default().seconds("timestamp", "jk_following_time")} END
        AS seconds_to_next,
      session, session_position, last_in_session, duration_seconds{kept}
    FROM {source} JOIN {{users}} AS users ON users.user_number = {source}.user_number"""


def _by_source() -> str:
    """Sessions as the source has them, also where two of one user overlap in time."""
    return """, begun AS (
      SELECT *, min(jk_overall) OVER (PARTITION BY user_number, session_id) AS jk_begin FROM journeys
    ), renumbered AS (
      SELECT * REPLACE (
        dense_rank() OVER (ORDER BY jk_begin) AS session,
        (row_number() OVER (PARTITION BY jk_begin ORDER BY jk_overall))::INTEGER AS session_position,
        lead(jk_overall) OVER (PARTITION BY jk_begin ORDER BY jk_overall) IS NULL AS last_in_session)
      FROM begun
    )"""


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
