"""The journey table: the one heavy pass over the events, done once."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from journeykit.engine import Columns, Table, quote, run, text

from .raw import ROW, moment

#: What every journey table has, in this order; the other columns of the source follow.
JOURNEY_COLUMNS = (
    "user_id user_number position event timestamp next_event seconds_to_next session "
    "session_position last_in_session duration_seconds"
).split()
#: Up to so many different texts, the event is dictionary-encoded, and any other column.
_ENUMS, _ENUM = {"event": 65_000}, 2_000
#: The texts of so many columns are listed at once: each takes 9 MB, of nine rows as well.
_AT_ONCE = 20

# Whatever the queries below make for themselves is called jk_…: a column of the data may be
# called anything.

#: Events that are numbered in one stream. The sessions of each such piece are numbered from its own
#: first event on, so that pieces need not wait for each other.
_PIECE_EVENTS = 1_000_000

#: Writes the result of a query as a table: into memory, into the cache file or in its engine.
Keep = Callable[..., Table]


def extent(journey: Table, zone: str) -> dict[str, Any]:
    """Say how much there is in a journey table: users, events, sessions; start and end, or None.

    Start and end are as a clock in the zone shows them.
    """
    start, end = (journey.engine.local(f"{at}(timestamp)", zone) for at in ("min", "max"))
    seen = run(
        "SELECT count(*) FILTER (WHERE position = 1) AS users, count(*) AS events, "
        f"count(*) FILTER (WHERE session_position = 1) AS sessions, {start} AS start, "
        f'{end} AS "end" FROM {{j}}',
        j=journey,
    ).iloc[0]
    counts = {name: int(seen[name]) for name in ("users", "events", "sessions")}
    return {**counts, "start": moment(seen["start"]), "end": moment(seen["end"])}


def prepare(
    typed: Table, others: Sequence[str], counts: Mapping[str, int], keep: Keep, gap: float | None
) -> Table:
    """From typed events to the journey table.

    Parameters
    ----------
    typed : engine.Table
        user_id, event, timestamp, duration_seconds, jk_row and the other columns.
    others : sequence of str
        The other columns to keep.
    counts : dict
        Column to about how many different texts it has; see :func:`filled`.
    keep : callable
        Writes the table: ``keep(sql, **tables)``.
    gap : float or None
        Seconds of pause after which a new session begins; None for the source's session_id.
    """
    store, kept = typed.engine, "".join(f", {quote(name)}" for name in others)
    if not store.here:
        return keep(_elsewhere(store, kept, gap), typed=typed)
    types = _encoded(typed, {name: counts[name] for name in ("event", *others)})
    users = store.materialize(
        """
        SELECT user_id, jk_n, (row_number() OVER (ORDER BY user_id))::INTEGER AS user_number,
          (sum(jk_n) OVER (ORDER BY user_id))::BIGINT - jk_n AS jk_before
        FROM (SELECT user_id, count(*) AS jk_n FROM {typed} GROUP BY user_id)""",
        typed=typed,
    )
    # Sorting by a number is several times cheaper than by the text of an id, and narrow rows
    # than wide ones.
    wanted = ("event", "duration_seconds", *others)
    ordered = store.materialize(
        f"""
        SELECT user_number, timestamp, {", ".join(quote(n) + types.get(n, "") for n in wanted)}
        FROM {{typed}} JOIN {{users}} USING (user_id)
        ORDER BY user_number, timestamp, {ROW}""",
        typed=typed,
        users=users,
    )
    pause = (
        "false" if gap is None else f"{store.seconds('jk_previous_time', 'timestamp')} > {gap!r}"
    )
    pieces = " UNION ALL ".join(_piece(*cut, pause) for cut in _cuts(users))
    source = "steps" if gap is not None else "renumbered"
    follows = "jk_overall < jk_before + jk_n"
    sql = f"""
    WITH steps AS ({pieces}){_BY_SOURCE if gap is None else ""}
    SELECT users.user_id, users.user_number, (jk_overall - jk_before)::INTEGER AS position, event,
      timestamp, CASE WHEN {follows} THEN jk_following END AS next_event,
      CASE WHEN {follows} THEN {store.seconds("timestamp", "jk_following_time")} END
        AS seconds_to_next,
      session::BIGINT AS session, session_position, last_in_session, duration_seconds{kept}
    FROM {source} JOIN {{users}} AS users ON users.user_number = {source}.user_number"""
    # Pieces may be written in any order, so several at a time; each stays in order.
    with store.any_order():
        return keep(sql, ordered=ordered, users=users)


def _cuts(users: Table) -> list[tuple[int, int, int]]:
    """Users in pieces of about so many events: first and last number, and the events before."""
    cuts = run(
        f"SELECT min(user_number) AS first, max(user_number) AS last, min(jk_before) AS before "
        f"FROM {{users}} GROUP BY jk_before // {_PIECE_EVENTS} ORDER BY first",
        users=users,
    )
    return list(cuts.itertuples(index=False, name=None))


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
            lag(user_number) OVER () AS jk_previous_user,
            lag(timestamp) OVER () AS jk_previous_time,
            lead(event) OVER () AS jk_following, lead(timestamp) OVER () AS jk_following_time
          FROM {{ordered}} WHERE user_number BETWEEN {first} AND {last}))
      WINDOW so_far AS (ROWS UNBOUNDED PRECEDING)"""


#: Sessions as the source has them, also where two of one user overlap in time.
_BY_SOURCE = """, begun AS (
      SELECT *, min(jk_overall) OVER (PARTITION BY user_number, session_id) AS jk_begin FROM steps
    ), renumbered AS (
      SELECT * REPLACE (
        dense_rank() OVER (ORDER BY jk_begin) AS session,
        (row_number() OVER (PARTITION BY jk_begin ORDER BY jk_overall))::INTEGER
            AS session_position,
        lead(jk_overall) OVER (PARTITION BY jk_begin ORDER BY jk_overall) IS NULL
            AS last_in_session)
      FROM begun
    )"""


def _elsewhere(store: Any, kept: str, gap: float | None) -> str:
    """The journey table with windows per user: an engine spreads users over its machines."""
    session = "CAST(session_id AS VARCHAR)"
    if gap is not None:
        opens = f"jk_before IS NULL OR {store.seconds('jk_before', 'timestamp')} > {gap!r}"
        session = (
            f"CAST(sum(CASE WHEN {opens} THEN 1 ELSE 0 END) OVER (PARTITION BY user_id "
            "ORDER BY position ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS VARCHAR)"
        )
    return f"""
    WITH numbered AS (
      SELECT *, row_number() OVER seen AS position, lead(event) OVER seen AS next_event,
        lead(timestamp) OVER seen AS jk_after, lag(timestamp) OVER seen AS jk_before
      FROM {{typed}} WINDOW seen AS (PARTITION BY user_id ORDER BY timestamp, {ROW})
    ), opened AS (SELECT *, {session} AS jk_session FROM numbered)
    SELECT user_id, user_id AS user_number, position, event, timestamp, next_event,
      {store.seconds("timestamp", "jk_after")} AS seconds_to_next,
      concat(user_id, ' ', coalesce(jk_session, '')) AS session,
      row_number() OVER (PARTITION BY user_id, jk_session ORDER BY position) AS session_position,
      lead(position) OVER (PARTITION BY user_id, jk_session ORDER BY position) IS NULL
        AS last_in_session,
      duration_seconds{kept}
    FROM opened"""


def filled(typed: Table) -> dict[str, int]:
    """The event and the other columns, and about how many different texts each holds.

    Nothing is 0, and what is no text -1; of a table in another engine nothing is counted.
    """
    names = ["event", *(n for n in typed.columns if n not in (*JOURNEY_COLUMNS, ROW))]
    if not typed.engine.here:
        return dict.fromkeys(names, -1)
    kinds = typed.engine.columns(typed.name)
    looked = ", ".join(
        f"approx_count_distinct({quote(name)})"
        if kinds[name] == "VARCHAR"
        else f"-bool_or({quote(name)} IS NOT NULL)::INTEGER"
        for name in names
    )
    seen = run(f"SELECT {looked} FROM {{typed}}", typed=typed).iloc[0]
    return dict(zip(names, map(int, seen), strict=True))


def _encoded(typed: Table, counts: Mapping[str, int]) -> Columns:
    """For columns of few different texts, the cast to a dictionary of them."""
    # The counts are only about right, so that the limit is checked again below.
    few = [name for name, n in counts.items() if 0 < n <= 1.2 * _ENUMS.get(name, _ENUM)]
    types = {}
    while few:
        some, few = few[:_AT_ONCE], few[_AT_ONCE:]
        lists = (
            f"list_sort(list(DISTINCT {name}) FILTER ({name} IS NOT NULL))"
            for name in map(quote, some)
        )
        words = typed.engine.run(f"SELECT {', '.join(lists)} FROM {{typed}}", typed=typed).iloc[0]
        for name, known in zip(some, words):
            if len(known) <= _ENUMS.get(name, _ENUM):
                types[name] = f"::ENUM({', '.join(map(text, known))}) AS {quote(name)}"
    return types
