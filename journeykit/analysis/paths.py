"""Paths: how people move from event to event, where they come in and where they leave."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from journeykit.analysis.stats import benjamini_hochberg, clustered, newcombe, small, two_proportions
from journeykit.analysis.steps import ask, column, condition, finish, rates, seconds, won
from journeykit.engine import quote
from journeykit.errors import AnalysisError
from journeykit.tables import Events

__all__ = [
    "differences",
    "entry_points",
    "last_before_loss",
    "paths",
    "sessions",
    "step_matrix",
    "transitions",
]

_CLUSTERED = "A user may be in there several times: intervals are clustered by user."


def transitions(events: Events, by: str | None = None, *, intervals: bool = True) -> pd.DataFrame:
    """Count the moves from each event to the next one of the same user.

    Parameters
    ----------
    events : Events
    by : str, optional
        A column; its value at the event that is left.
    intervals : bool
        False leaves `low` and `high` empty and saves the pass per user that they need, which
        counts from some ten million events on.

    Returns
    -------
    pandas.DataFrame
        ``[by,] from_event, to_event, transitions, users, share`` (of what leaves from_event),
        ``low, high`` (95 %, clustered by user), ``median_seconds, small_n``. The transitions
        sum to events minus users.
    """
    b = "" if by is None else f"{quote(column(events, by))}, "
    plain = f"{b}event, next_event"
    counted = f"SELECT user_id, {plain}, count(*) AS y FROM {{journey}} WHERE next_event IS NOT NULL"
    spread = f"SELECT {plain}, sum(y) AS y, count(*) AS users FROM moves GROUP BY {plain}"
    if intervals:
        spread = (
            f"SELECT {plain}, sum(y) AS y, count(*) AS users, sum(y * y) AS yy, sum(y * m) AS ym, "
            f"FROM moves JOIN leaving USING (user_id, {b}event) GROUP BY {plain}"
        )
    sql = f"""
    WITH moves AS ({counted} GROUP BY user_id, {plain}),
    leaving AS (SELECT user_id, {b}event, sum(y) AS m FROM moves GROUP BY user_id, {b}event),
    total AS (SELECT {b}event, sum(m) AS m, sum(m * m) AS mm, count(*) AS g
      FROM leaving GROUP BY {b}event),
    spread AS ({spread}),
    times AS (SELECT {plain}, {events.journey.engine.median("seconds_to_next")} AS median_seconds
      FROM {{journey}} WHERE next_event IS NOT NULL GROUP BY {plain})
    SELECT * FROM spread JOIN total USING ({b}event) JOIN times USING ({plain})"""
    # A value that is missing joins nothing, so it gets a word first.
    if by is not None:
        sql = sql.replace("{journey}", "known").replace("WITH ", _known(column(events, by)), 1)
    frame = ask(events, sql).rename(columns={"y": "transitions"})
    frame["share"] = frame["transitions"] / frame["m"]
    frame["low"] = frame["high"] = np.nan
    if intervals:
        sums = (frame[c].to_numpy(float) for c in ("transitions", "m", "yy", "ym", "mm", "g"))
        frame["low"], frame["high"] = clustered(*sums)
    frame["small_n"] = small(frame["g"])
    frame = frame.rename(columns={"event": "from_event", "next_event": "to_event"})
    head = [] if by is None else [column(events, by)]
    frame = frame.sort_values(
        [*head, "transitions", "from_event", "to_event"],
        ascending=[*(True for _ in head), False, True, True],
    )
    keep = ["from_event", "to_event", "transitions", "users", "share", "low", "high"]
    answer = frame[[*head, *keep, "median_seconds", "small_n"]]
    return finish(answer, "transitions", frame.attrs["sql"], [_CLUSTERED if intervals else ""])


def _known(name: str) -> str:
    value = f"coalesce(CAST({quote(name)} AS VARCHAR), '(none)') AS {quote(name)}"
    return (
        f"WITH known AS (SELECT user_id, event, next_event, seconds_to_next, {value} "
        "FROM {journey}),\n    "
    )


def step_matrix(events: Events, steps: int = 15) -> pd.DataFrame:
    """Count which event users do first, second, third …

    Returns
    -------
    pandas.DataFrame
        ``step`` (1 …), ``event`` ("(ended)" for users who had stopped before), ``users, share``
        (of all users), ``low, high, small_n``.
    """
    sql = (
        "SELECT position AS step, event, count(*) AS users FROM {journey} "
        "WHERE position <= ? GROUP BY position, event ORDER BY step, users DESC, CAST(event AS VARCHAR)"
    )
    frame = ask(events, sql, [_whole(steps, "steps")])
    everyone = int(frame.loc[frame["step"] == 1, "users"].sum())
    here = frame.groupby("step")["users"].sum().reindex(range(1, steps + 1), fill_value=0)
    gone = (everyone - here[here < everyone]).rename("users").reset_index()
    rows = pd.concat([frame, gone.assign(event="(ended)")], ignore_index=True)
    rows = rates(rows.sort_values("step", kind="stable"), "users", everyone)
    return finish(rows, "users", frame.attrs["sql"])


def _whole(value: Any, what: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        raise AnalysisError(f"{what}={value!r} must be a whole number of at least 1.")
    return int(value)


def paths(
    events: Events,
    top: int = 20,
    unit: str = "session",
    *,
    first: int | None = None,
    goal: Any = None,
) -> pd.DataFrame:
    """List the most frequent whole paths.

    Parameters
    ----------
    events : Events
    top : int
        How many.
    unit : {"session", "user"}
        What a path is of.
    first : int, optional
        Look at the first so many events only.
    goal : step, optional
        Adds `converted`, the share of these units in which it happens.

    Returns
    -------
    pandas.DataFrame
        ``path`` ("a → b"), ``length`` (events), ``sessions|users, share`` (of all units),
        ``low, high`` (95 %, clustered by user), ``small_n[, converted]``.
    """
    if unit not in ("session", "user"):
        raise AnalysisError(f"unit={unit!r} is not known. Allowed: 'session', 'user'.")
    key, place = ("session", "session_position") if unit == "session" else ("user_id", "position")
    found = None if goal is None else condition(events, goal)
    hit = f"max(CASE WHEN {found.sql} THEN 1 ELSE 0 END)" if found else "0"
    params: list[Any] = list(found.params) if found else []
    near = "TRUE" if first is None else f"{place} <= {_whole(first, 'first')}"
    path = events.journey.engine.path(f"CASE WHEN {near} THEN event END", place)
    sql = f"""
    WITH each AS (SELECT min(user_id) AS user_id, {path} AS path, {hit} AS hit,
        count(*) FILTER (WHERE {near}) AS length FROM {{journey}} GROUP BY {key}),
    top AS (SELECT path, count(*) AS n FROM each GROUP BY path ORDER BY n DESC, path LIMIT ?),
    units AS (SELECT user_id, count(*) AS m FROM each GROUP BY user_id),
    hits AS (SELECT user_id, path, length, count(*) AS y, sum(hit) AS hit
      FROM each SEMI JOIN top USING (path) GROUP BY user_id, path, length)
    SELECT path, min(length) AS length, sum(y) AS y, sum(y * y) AS yy, sum(y * m) AS ym,
      sum(hit) AS hit, (SELECT sum(m) FROM units) AS m, (SELECT sum(m * m) FROM units) AS mm,
      (SELECT count(*) FROM units) AS g
    FROM hits JOIN units USING (user_id) GROUP BY path ORDER BY y DESC, path"""
    frame = ask(events, sql, [*params, _whole(top, "top")])
    frame["share"] = frame["y"] / frame["m"]
    frame["low"], frame["high"] = clustered(
        *(frame[c].to_numpy(float) for c in ("y", "m", "yy", "ym", "mm", "g"))
    )
    frame["small_n"], frame["converted"] = small(frame["g"]), frame["hit"] / frame["y"]
    keep = ["path", "length", "y", "share", "low", "high", "small_n", *(["converted"] if found else [])]
    answer = frame[keep].rename(columns={"y": f"{unit}s"})
    return finish(answer, f"{unit}s", frame.attrs["sql"], [_CLUSTERED if unit == "session" else ""])


def sessions(events: Events, gap: Any = "30min") -> pd.DataFrame:
    """List the sessions: one row for each, as long as no pause is longer than `gap`.

    Returns
    -------
    pandas.DataFrame
        ``user_id, session`` (a number), ``start, end, events, seconds, [channel, device,]
        first_event, last_event``. With the default gap the sessions are those of the journey
        table, which may come from a column of the source.
    """
    known = [name for name in ("channel", "device") if name in events.columns]
    extra = "".join(f"arg_min({quote(n)}, position) AS {quote(n)}, " for n in known)
    source, pause = "{journey}", seconds(gap, "gap")
    if pause != 1800:
        kept = ", ".join(["user_id", "position", "timestamp", "event", *map(quote, known)])
        source = (
            f"(SELECT {kept}, sum(CASE WHEN pause <= ? THEN 0 ELSE 1 END) OVER (ORDER BY user_id, "
            f"position) AS session FROM (SELECT {kept}, lag(seconds_to_next) OVER "
            "(PARTITION BY user_id ORDER BY position) AS pause FROM {journey}) AS paused)"
        )
    sql = f"""
    SELECT min(user_id) AS user_id, session, min(timestamp) AS start, max(timestamp) AS "end",
      count(*) AS events, {events.journey.engine.seconds("min(timestamp)", "max(timestamp)")} AS seconds,
      {extra}arg_min(event, position) AS first_event, arg_max(event, position) AS last_event
    FROM {source} AS log GROUP BY session ORDER BY user_id, start, session"""
    frame = ask(events, sql, [] if pause == 1800 else [pause])
    frame["session"] = frame["session"].astype("int64")
    return finish(frame, "sessions", frame.attrs["sql"])


def last_before_loss(events: Events, goal: Any, *, after: Any = None) -> pd.DataFrame:
    """Count the last thing that users did who never reached the goal.

    Parameters
    ----------
    events : Events
    goal : step
    after : step, optional
        Only users who got as far as this (the basket, say).

    Returns
    -------
    pandas.DataFrame
        ``event, users, share`` (of the lost users), ``low, high, small_n``.
    """
    target, more, params = condition(events, goal), "", []
    if after is not None:
        reached = condition(events, after)
        more = f"SEMI JOIN (SELECT user_id FROM {{journey}} WHERE {reached.sql}) AS far USING (user_id)"
        params = list(reached.params)
    sql = (
        f"WITH won AS ({won(target)})\n"
        "SELECT event, count(*) AS users FROM {journey} AS last ANTI JOIN won USING (user_id) "
        f"{more} WHERE next_event IS NULL GROUP BY event ORDER BY users DESC, CAST(event AS VARCHAR)"
    )
    frame = ask(events, sql, [*target.params, *params])
    note = f"Users who never did {target.name} in the time of the data; some may do so later."
    return finish(rates(frame, "users", float(frame["users"].sum())), "users", frame.attrs["sql"], [note])


def entry_points(events: Events, goal: Any = None) -> pd.DataFrame:
    """Count where users come in: their first event and its channel.

    Returns
    -------
    pandas.DataFrame
        ``event, [channel,] users, share`` (of all users), ``low, high, small_n``; with `goal` also
        ``converted, conversion, conversion_low, conversion_high``.
    """
    named = "coalesce(CAST(channel AS VARCHAR), '(none)') AS channel"
    head, some = ("event, channel", f", {named}") if "channel" in events.columns else ("event", "")
    target = None if goal is None else condition(events, goal)
    wins = won(target) if target else "SELECT user_id, position FROM {journey} WHERE FALSE"
    sql = f"""
    WITH won AS ({wins}), firsts AS (SELECT user_id, event{some} FROM {{journey}} WHERE position = 1)
    SELECT {head}, count(*) AS users, count(won.position) AS converted
    FROM firsts LEFT JOIN won USING (user_id) GROUP BY {head} ORDER BY users DESC, {head}"""
    frame = ask(events, sql, target.params if target else ())
    if target:
        frame = rates(frame, "converted", "users", "conversion", "conversion_")
    else:
        frame = frame.drop(columns="converted")
    frame = rates(frame, "users", float(frame["users"].sum()))
    frame["small_n"] = small(frame["users"])
    reached = ["converted", "conversion", "conversion_low", "conversion_high"] if target else []
    keep = [*head.split(", "), "users", "share", "low", "high", "small_n", *reached]
    return finish(frame[keep], "users", frame.attrs["sql"])


def differences(events: Events, goal: Any, *, least: int = 10) -> pd.DataFrame:
    """Compare what users who reached the goal had done before it with what the others did.

    Parameters
    ----------
    events : Events
    goal : step
    least : int
        Events that fewer users did are left out.

    Returns
    -------
    pandas.DataFrame
        ``event, users, converted, lost`` (shares of those who reached it and those who did not),
        ``effect`` (converted - lost), ``low, high, p, q`` (Benjamini-Hochberg over all events),
        ``small_n``. An association: it does not say that the event causes the goal.
    """
    target = condition(events, goal)
    sql = f"""
    WITH won AS ({won(target)}),
    did AS (SELECT e.user_id, e.event, max(CASE WHEN won.position IS NULL THEN 0 ELSE 1 END) AS won
      FROM {{journey}} AS e LEFT JOIN won ON e.user_id = won.user_id
      WHERE won.position IS NULL OR e.position < won.position GROUP BY e.user_id, e.event)
    SELECT event, count(*) AS users, sum(won) AS won, (SELECT count(*) FROM won) AS winners,
      (SELECT count(DISTINCT user_id) FROM {{journey}}) AS everyone
    FROM did GROUP BY event HAVING count(*) >= ?"""
    frame = ask(events, sql, [*target.params, least])
    sql_text, side = frame.attrs["sql"], frame["everyone"] - frame["winners"]
    numbers = [frame[c].to_numpy(float) for c in ("won", "winners")]
    others = [(frame["users"] - frame["won"]).to_numpy(float), side.to_numpy(float)]
    frame["converted"], frame["lost"] = numbers[0] / numbers[1], others[0] / others[1]
    frame["effect"], frame["low"], frame["high"] = newcombe(*numbers, *others)
    frame["p"] = two_proportions(*numbers, *others)
    frame["q"] = benjamini_hochberg(frame["p"].to_numpy())
    frame["small_n"] = small(np.minimum(frame["winners"], side))
    keep = ["event", "users", "converted", "lost", "effect", "low", "high", "p", "q", "small_n"]
    frame = frame[keep].sort_values("effect", key=abs, ascending=False, kind="stable")
    return finish(frame, "users", sql_text, ["An association; it does not say what causes what."])
