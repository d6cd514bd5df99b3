"""Paths: how people move from event to event."""

from typing import Any

import numpy as np
from pandas import DataFrame, concat

from journeykit.engine import quote
from journeykit.errors import AnalysisError
from journeykit.tables import Events

from .accounts import counted
from .catalogue import number
from .claimed import Found, Of, from_row, rate
from .frames import of_group, whole
from .steps import UNITS, ask, clustered_rates, column, condition, finish, rates

_CLUSTERED = "A customer may be in there several times: intervals are clustered by customer."
MOVES = "from_event to_event transitions users share low high median_seconds small_n"


def _moved(frame: DataFrame, of: Of) -> Found:
    first, then = of
    n = frame.attrs["leaving"].get(first, 0)
    move = frame[(frame["from_event"] == first) & (frame["to_event"] == then)]
    return rate(0, n) if move.empty else from_row(move.iloc[0], "share low high", n)


@number(claims={"transition-share": _moved})
def transitions(events: Events, by: str | None = None, *, intervals: bool = True) -> DataFrame:
    """Count the moves from each event to the next one of the same user.

    Parameters
    ----------
    events : Events
    by : str, optional
        A column; its value at the event that is left.
    intervals : bool
        False leaves `low` and `high` empty and saves what they take, which counts from some ten
        million events on.

    Returns
    -------
    pandas.DataFrame
        ``[by,] from_event, to_event, transitions, users, share`` (of what leaves from_event),
        ``low, high`` (95 %, clustered by user), ``median_seconds, small_n``. The transitions
        sum to events minus users.

    Examples
    --------
    >>> import pandas as pd, journeykit as jk
    >>> log = pd.DataFrame({"user_id": list("aaab"), "event": ["visit", "cart", "pay", "visit"],
    ...     "timestamp": pd.date_range("2026-01-01", periods=4, freq="min")})
    >>> result = transitions(jk.read_events(log))
    >>> result[["from_event", "to_event", "users", "share"]].values.tolist()
    [['cart', 'pay', 1, 1.0], ['visit', 'cart', 1, 1.0]]
    """
    head = [] if by is None else [column(events, by)]
    b = "by_value, " if head else ""
    plain = f"{b}event, next_event"
    # One sort by user serves for the users and for the intervals: over the rows of a move, m (how
    # often the user left the event) sums to Σy·m, and 2·nth - 1 to Σy².
    leaving = f"PARTITION BY user_number, {b}event"
    often = f"count(*) OVER ({leaving})" if intervals else "0"
    sql = f"""
    WITH ranked AS (SELECT {plain}, {often} AS m, row_number() OVER onward AS place,
        rank() OVER onward AS first_place
      FROM {{journey}} WHERE next_event IS NOT NULL
      WINDOW onward AS ({leaving} ORDER BY next_event)),
    moves AS (SELECT {plain}, count(*) AS y, count(*) FILTER (WHERE place = first_place) AS users,
        sum(2 * (place - first_place) + 1) AS yy, sum(m) AS ym,
        count(*) FILTER (WHERE place = 1) AS starts
      FROM ranked GROUP BY {plain}),
    total AS (SELECT {b}event, sum(y) AS m, sum(ym) AS mm, sum(starts) AS g
      FROM moves GROUP BY {b}event),
    times AS (SELECT {plain}, median(seconds_to_next) AS median_seconds
      FROM {{journey}} WHERE next_event IS NOT NULL GROUP BY {plain})
    SELECT * FROM moves JOIN total USING ({b}event) JOIN times USING ({plain})"""
    # A value that is missing joins nothing, so it gets a word first.
    if head:
        first = f"""WITH known AS (SELECT user_number, event, next_event, seconds_to_next,
        coalesce(CAST({quote(head[0])} AS VARCHAR), '(none)') AS by_value FROM {{journey}}),
    """
        sql = sql.replace("{journey}", "known").replace("WITH ", first, 1)
    frame = clustered_rates(ask(events, sql))
    if not intervals:
        frame["low"] = frame["high"] = np.nan
    head = [of_group(name, MOVES.split()) for name in head]
    frame = frame.rename(
        columns={"event": "from_event", "next_event": "to_event", "y": "transitions"}
        | dict.fromkeys(["by_value"], "".join(head))
    )
    order = [*head, "transitions", "from_event", "to_event"]
    frame = frame.sort_values(order, ascending=[name != "transitions" for name in order])
    onward = dict(zip(frame["from_event"], frame["g"].astype(int)))
    notes = [_CLUSTERED if intervals else ""]
    return finish(frame, "transitions", [*head, *MOVES.split()], notes, leaving=onward)


def _placed(frame: DataFrame, of: Of, view: Any) -> Found:
    """Measure who did it as the n-th event; as the first, without a number."""
    place = int(of[1]) if of[1:] else 1
    return rate(
        frame[(frame["event"] == of[0]) & (frame["step"] == place)]["users"].sum(),
        view.events.users,
    )


@number(
    claims={
        "entry-share": _placed,
        "position-share": {"take": _placed, "options": lambda of: {"steps": int(of[1])}},
    }
)
def step_matrix(events: Events, steps: int = 15) -> DataFrame:
    """Count which event users do first, second, third and so on.

    Parameters
    ----------
    events : Events
    steps : int
        How far to look.

    Returns
    -------
    pandas.DataFrame
        ``step`` (1 …), ``event`` ("(ended)" for users who had stopped before), ``users, share``
        (of all users), ``low, high, small_n``.

    Examples
    --------
    >>> import pandas as pd, journeykit as jk
    >>> log = pd.DataFrame({"user_id": list("aaab"), "event": ["visit", "cart", "pay", "visit"],
    ...     "timestamp": pd.date_range("2026-01-01", periods=4, freq="min")})
    >>> step_matrix(jk.read_events(log), 2)[["step", "event", "share"]].values.tolist()
    [[1, 'visit', 1.0], [2, 'cart', 0.5], [2, '(ended)', 0.5]]
    """
    frame = ask(
        events,
        """
    SELECT position AS step, event, count(*) AS users FROM {journey} WHERE position <= ?
    GROUP BY position, event ORDER BY step, users DESC, CAST(event AS VARCHAR)""",
        [whole(steps, "steps")],
    )
    here = frame.groupby("step")["users"].sum().reindex(range(1, steps + 1), fill_value=0)
    everyone = int(here[1])
    rows = concat(
        [frame, (everyone - here[here < everyone]).reset_index().assign(event="(ended)")],
        ignore_index=True,
    )
    rows = rates(rows.sort_values("step", kind="stable"), "users", everyone)
    return finish(rows, "users", sql=[frame])


def _path(frame: DataFrame, of: Of, view: Any) -> Found:
    path = " → ".join(of)
    row = frame[frame["path"] == path]
    if row.empty:
        raise AnalysisError(f"{path!r} is not among the thousand most frequent paths of a session")
    return from_row(row.iloc[0], "share low high", view.events.users)


@number(claims={"path-share": _path})
def paths(
    events: Events,
    top: int = 20,
    unit: str = "session",
    *,
    first: int | None = None,
    goal: Any = None,
) -> DataFrame:
    """List the most frequent whole paths.

    Parameters
    ----------
    events : Events
    top : int
        How many.
    unit : {"session", "user", "account"}
        What a path is of.
    first : int, optional
        Look at the first so many events only.
    goal : step, optional
        Adds `converted`, the share of these units in which it happens.

    Returns
    -------
    pandas.DataFrame
        ``path`` ("a → b"), ``length`` (events), ``sessions|users|accounts, share`` (of all units),
        ``low, high`` (95 %, clustered by user), ``small_n[, converted]``.

    Examples
    --------
    >>> import pandas as pd, journeykit as jk
    >>> log = pd.DataFrame({"user_id": list("aaab"), "event": ["visit", "cart", "pay", "visit"],
    ...     "timestamp": pd.date_range("2026-01-01", periods=4, freq="min")})
    >>> paths(jk.read_events(log), goal="pay")[["path", "sessions", "converted"]].values.tolist()
    [['visit', 1, 0.0], ['visit → cart → pay', 1, 1.0]]
    """
    events, said = counted(events, unit)
    key, place = UNITS[unit]
    found = condition(events, goal, "FALSE")
    near = "TRUE" if first is None else f"{place} <= {whole(first, 'first')}"
    event = "event" if first is None else f"CASE WHEN {near} THEN event END"
    engine = events.journey.engine
    sql = f"""
    WITH each AS (SELECT {key} AS unit, min(user_number) AS user_number,
        {engine.path_mark(event, place)} AS mark,
        max(CASE WHEN {found.sql} THEN 1 ELSE 0 END) AS hit,
        count(*) FILTER (WHERE {near}) AS length FROM {{journey}} GROUP BY {key}),
    counted AS (SELECT mark, count(*) AS n, min(unit) AS example FROM each GROUP BY mark),
    often AS (SELECT mark, n, example
      FROM (SELECT *, rank() OVER (ORDER BY n DESC) AS place FROM counted) AS ranked
      WHERE place <= ?),
    top AS (SELECT mark, path FROM (SELECT {key} AS example, {engine.path(event, place)} AS path
        FROM {{journey}} WHERE {key} IN (SELECT example FROM often) GROUP BY {key}) AS named
      JOIN often USING (example) ORDER BY n DESC, path LIMIT ?),
    units AS (SELECT user_number, count(*) AS m FROM each GROUP BY user_number),
    hits AS (SELECT user_number, mark, length, count(*) AS y, sum(hit) AS hit
      FROM each SEMI JOIN top USING (mark) GROUP BY user_number, mark, length)
    SELECT path, min(length) AS length, sum(y) AS y, sum(y * y) AS yy, sum(y * m) AS ym,
      count(*) AS people, sum(hit) AS hit, (SELECT sum(m) FROM units) AS m,
      (SELECT sum(m * m) FROM units) AS mm,
      (SELECT count(*) FROM units) AS g
    FROM hits JOIN top USING (mark) JOIN units USING (user_number)
    GROUP BY mark, path ORDER BY y DESC, path"""
    frame = clustered_rates(ask(events, sql, [*found.params, *[whole(top, "top")] * 2]))
    frame = frame.assign(converted=frame["hit"] / frame["y"]).rename(columns={"y": f"{unit}s"})
    keep = f"path length {unit}s share low high small_n{'' if goal is None else ' converted'}"
    some, people = [_CLUSTERED if unit == "session" else "", *said], frame["people"].tolist()
    return finish(frame, f"{unit}s", keep, some, people=people)
