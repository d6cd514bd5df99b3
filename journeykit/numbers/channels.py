"""Channels: where people come from, and which of them deserve the credit for a conversion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from journeykit.engine import quote
from journeykit.errors import AnalysisError, DataError, UnknownName, did_you_mean
from journeykit.numbers.credit import (
    Path,
    markov,
    path_credits,
    path_edges,
    path_sets,
    shapley,
    spread,
)
from journeykit.numbers.stats import clustered, small, wilson
from journeykit.numbers.steps import ask, column, condition, finish, seconds
from journeykit.tables import Events

__all__ = ["attribution", "attribution_from_paths", "channels"]


def channels(events: Events, goal: Any, *, by: str = "channel", unit: str = "user") -> pd.DataFrame:
    """Count users, sessions and conversion per channel.

    A user belongs to the channel of the first event, a session to that of its own first event.

    Parameters
    ----------
    events : Events
    goal : step
    by : str
        The column of the channel.
    unit : {"user", "session"}
        What converts: a user at any time, or a session that has the goal in it.

    Returns
    -------
    pandas.DataFrame
        ``channel, users, sessions, converted`` (users or sessions), ``conversion``
        (converted / users, or / sessions), ``low, high`` (sessions: clustered by user), ``small_n``.

    Examples
    --------
    >>> import pandas as pd, journeykit as jk
    >>> log = pd.DataFrame({"user_id": list("aaab"), "event": ["visit", "cart", "pay", "visit"],
    ...     "channel": ["ad", "ad", "mail", "ad"],
    ...     "timestamp": pd.date_range("2026-01-01", periods=4, freq="min")})
    >>> channels(jk.read_events(log), "pay")[["channel", "users", "conversion"]].values.tolist()
    [['ad', 2, 0.5]]
    """
    if unit not in ("user", "session"):
        raise AnalysisError(f"unit={unit!r} is not known. Allowed: 'user', 'session'.")
    target, name = condition(events, goal), quote(column(events, by))
    key, first = ("user_number", "position") if unit == "user" else ("session", "session_position")
    sql = f"""
    WITH each AS (SELECT {key} AS unit, min(user_number) AS user_number, count(DISTINCT session) AS sessions,
        max(CASE WHEN {first} = 1 THEN coalesce(CAST({name} AS VARCHAR), '(none)') END) AS channel,
        max(CASE WHEN {target.sql} THEN 1 ELSE 0 END) AS hit FROM {{journey}} GROUP BY {key}),
    people AS (SELECT channel, user_number, sum(sessions) AS sessions, count(*) AS m, sum(hit) AS y
      FROM each GROUP BY channel, user_number)
    SELECT channel, count(*) AS users, sum(sessions) AS sessions, sum(y) AS converted, sum(m) AS m,
      sum(y * y) AS yy, sum(y * m) AS ym, sum(m * m) AS mm
    FROM people GROUP BY channel ORDER BY users DESC, channel"""
    frame = ask(events, sql, target.params)
    frame["conversion"] = frame["converted"] / frame["m"]
    if unit == "user":
        frame["low"], frame["high"] = wilson(frame["converted"].to_numpy(), frame["m"].to_numpy())
    else:
        sums = (frame[c].to_numpy(float) for c in ("converted", "m", "yy", "ym", "mm", "users"))
        frame["low"], frame["high"] = clustered(*sums)
    frame["small_n"] = small(frame["users"])
    keep = ["channel", "users", "sessions", "converted", "conversion", "low", "high", "small_n"]
    return finish(frame[keep], f"{unit}s", frame.attrs["sql"])


def attribution(
    events: Events,
    conversion: Any,
    *,
    model: str = "markov",
    by: str = "channel",
    lookback: Any = None,
    half_life: Any = "7 days",
    order: int = 1,
    nulls: bool = True,
) -> pd.DataFrame:
    """Share the conversions out among the channels that people came through.

    A touch is a session's channel, at its first event. A user's path is the touches up to the
    session of the first conversion: what comes after it, a second conversion too, is in no path
    of any model. A user who never converted has a path without one.

    Parameters
    ----------
    events : Events
    conversion : step
        Counted once per user, at its first occurrence.
    model : {"first", "last", "linear", "position", "time-decay", "markov", "shapley"}
        ``position``: 40 % first, 40 % last, 20 % between. ``time-decay``: a touch is worth half
        as much per `half_life` before the conversion. ``markov``: removal effect of the exact
        absorbing chain. ``shapley``: exact, over sets of channels, up to 12 of them.
    by : str
        The column of the channel.
    lookback : str or timedelta, optional
        Touches earlier than this before the conversion do not count; the converting session does.
    half_life : str or timedelta
    order : {1, 2}
        How many touches the Markov chain remembers.
    nulls : bool
        Whether the Markov chain also learns from users who did not convert.

    Returns
    -------
    pandas.DataFrame
        ``channel, model, conversions`` (credited; they sum to the users who converted), ``share,
        low, high`` (of the share; for credit that is split between channels the interval is on
        the safe side, for markov the wider one of that and what leaving out a sixteenth of the
        users at a time gives), ``small_n`` (fewer than 30 conversions in all).

    Raises
    ------
    AnalysisError
        Nobody converted, the model is not known, or more than 12 channels for shapley.

    Examples
    --------
    >>> import pandas as pd, journeykit as jk
    >>> log = pd.DataFrame({"user_id": list("aaab"), "event": ["visit", "cart", "pay", "visit"],
    ...     "channel": ["ad", "ad", "mail", "ad"],
    ...     "timestamp": pd.date_range("2026-01-01", periods=4, freq="min")})
    >>> attribution(jk.read_events(log), "pay", model="last")[["channel", "conversions"]].values.tolist()
    [['ad', 1.0]]
    """
    _check(model, order, MODELS)
    target, name = condition(events, conversion), quote(column(events, by))
    params, engine = list(target.params), events.journey.engine
    ago, near = engine.seconds("j.timestamp", "won.timestamp"), ""
    if lookback is not None:
        near = f" AND (won.position IS NULL OR j.session = won.session OR {ago} <= ?)"
        params.append(seconds(lookback, "lookback"))
    touches = f"""
    WITH won AS (SELECT user_number, min(position) AS position, min(timestamp) AS timestamp,
        arg_min(session, position) AS session FROM {{journey}} WHERE {target.sql} GROUP BY user_number),
    touch AS (SELECT j.user_number, j.position, coalesce(CAST(j.{name} AS VARCHAR), '(none)') AS channel,
        won.position IS NOT NULL AS hit, {ago} AS ago, {_GROUP} AS part
      FROM {{journey}} AS j LEFT JOIN won ON j.user_number = won.user_number
      WHERE j.session_position = 1 AND (won.position IS NULL OR j.position <= won.position){near})"""
    wide = None
    if model == "markov":
        result, wide, sql = _markov(events, touches, params, order, nulls)
    elif model == "shapley":
        result, sql = _shapley(events, touches, params)
    else:
        weight = _WEIGHTS[model].replace("#", repr(seconds(half_life, "half_life")))
        sql = (
            f"{touches}, placed AS (SELECT *, row_number() OVER (PARTITION BY user_number ORDER BY position) "
            "AS i, count(*) OVER (PARTITION BY user_number) AS n FROM touch),\n    "
            f"weighed AS (SELECT *, {weight} AS weight FROM placed)\n    SELECT channel, "
            "sum(CASE WHEN hit THEN weight ELSE 0 END) AS credit FROM (SELECT channel, hit, weight / "
            "sum(weight) OVER (PARTITION BY user_number) AS weight FROM weighed) AS shares GROUP BY channel"
        )
        frame = ask(events, sql, params)
        result, sql = dict(zip(frame["channel"], frame["credit"], strict=True)), frame.attrs["sql"]
    nothing = f"Nobody did {target.name!r} in these events"
    far = "however long before" if lookback is None else f"at most {lookback} before"
    notes = [f"A touch is the channel of a session, {far} the conversion."]
    notes += [f"A touch is worth half as much every {half_life}."] if model == "time-decay" else []
    return _attributed(result, model, f"users who did {target.name}", nothing, sql, notes, wide)


# What a touch is worth before a user's touches are made to sum to 1; `#` is the half-life.
_WEIGHTS = {
    "first": "CASE WHEN i = 1 THEN 1.0 ELSE 0.0 END",
    "last": "CASE WHEN i = n THEN 1.0 ELSE 0.0 END",
    "linear": "1.0",
    "position": "CASE WHEN n <= 2 THEN 1.0 WHEN i IN (1, n) THEN 0.4 ELSE 0.2 / (n - 2) END",
    "time-decay": "power(0.5, (ago - min(ago) OVER (PARTITION BY user_number)) / #)",
}
MODELS = (*_WEIGHTS, "markov", "shapley")
# One of 16 groups of users, drawn by chance, and in each engine the same.
_GROUP = "substr(md5(CAST(user_id AS VARCHAR)), 1, 1)"


def _markov(
    events: Events, touches: str, params: list[Any], order: int, nulls: bool
) -> tuple[dict[str, float], dict[str, float], str]:
    before = [f"lag(channel, {back}) OVER way AS c{back}" for back in range(1, order + 1)]
    names = ", ".join(f"c{back}" for back in range(order, 0, -1))
    sql = f"""{touches},
    steps AS (SELECT channel, hit, part, lead(position) OVER way IS NULL AS is_last, {", ".join(before)} FROM touch
      {"" if nulls else "WHERE hit"} WINDOW way AS (PARTITION BY user_number ORDER BY position))
    SELECT part, {names}, channel, count(*) AS moves, count(*) FILTER (WHERE is_last AND hit) AS hits,
      count(*) FILTER (WHERE is_last AND NOT hit) AS ends FROM steps GROUP BY part, {names}, channel"""
    frame = ask(events, sql, params)
    parts: dict[str, list[Any]] = {}
    for part, *way, moves, hits, ends in frame.itertuples(index=False):
        known = [None if pd.isna(channel) else channel for channel in way]
        came = tuple(known[:-1]) if known[-2] is not None else None
        parts.setdefault(part, []).append((came, tuple(known[1:]), moves, hits, ends))
    credit = markov(edge for edges in parts.values() for edge in edges) if parts else {}
    return credit, spread(parts.values()), frame.attrs["sql"]


def _shapley(events: Events, touches: str, params: list[Any]) -> tuple[dict[str, float], str]:
    sets = events.journey.engine.path("channel", "channel", "\x1f")
    sql = f"""{touches},
    once AS (SELECT DISTINCT user_number, channel, hit FROM touch),
    sets AS (SELECT user_number, {sets} AS channels, max(CASE WHEN hit THEN 1 ELSE 0 END) AS hit
      FROM once GROUP BY user_number)
    SELECT channels, sum(hit) AS n FROM sets GROUP BY channels"""
    frame = ask(events, sql, params)
    members = [frozenset(text.split("\x1f")) for text in frame["channels"]]
    return shapley(dict(zip(members, frame["n"].astype(float), strict=True))), frame.attrs["sql"]


def _check(model: str, order: int, allowed: tuple[str, ...]) -> None:
    if model not in allowed:
        raise AnalysisError(f"model={model!r} is not known. {did_you_mean(model, allowed)}")
    if order not in (1, 2):
        raise AnalysisError(f"order={order!r}: the chain can remember 1 or 2 touches.")


def _attributed(
    credit: dict[str, float],
    model: str,
    counts: str,
    nothing: str,
    sql: str,
    notes: Iterable[str] = (),
    wide: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    frame = pd.DataFrame(
        {"channel": list(credit), "model": model, "conversions": list(credit.values())}
    )
    total = float(frame["conversions"].sum())
    if not total:
        raise AnalysisError(f"{nothing}: there is nothing to credit.")
    frame["share"] = frame["conversions"] / total
    low, high = wilson(frame["conversions"].clip(0, total).to_numpy(), total)
    if model == "markov":
        half = frame["channel"].map(wide or {}).astype(float)
        low = np.minimum(low, (frame["share"] - half).clip(lower=0))
        high = np.maximum(high, (frame["share"] + half).clip(upper=1))
    frame["low"], frame["high"] = low, high
    frame["small_n"] = small(total)
    frame = frame.sort_values(["conversions", "channel"], ascending=[False, True])
    return finish(
        frame, counts, sql, ["Credit is a rule of sharing, not a proof of effect.", *notes]
    )


def attribution_from_paths(
    frame: pd.DataFrame,
    *,
    path: str,
    conversions: str,
    nulls: str | None = None,
    model: str = "markov",
    separator: str = ">",
    order: int = 1,
) -> pd.DataFrame:
    """Share conversions out among channels from a table of paths and their counts.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row per path.
    path : str
        The column with the channels in order: a text ("ads > email") or a list.
    conversions, nulls : str
        The columns with how many people converted on the path and how many did not.
    model : {"first", "last", "linear", "position", "markov", "shapley"}
        See `attribution`; ``time-decay`` needs times, which paths do not have.
    separator : str
    order : {1, 2}

    Returns
    -------
    pandas.DataFrame
        As `attribution`; for markov without ``low, high``: counts do not say who the users were.

    Examples
    --------
    >>> table = pd.DataFrame({"path": ["ads > email", "email"], "won": [3, 1], "lost": [1, 5]})
    >>> result = attribution_from_paths(table, path="path", conversions="won", model="linear")
    >>> result[["channel", "conversions"]].values.tolist()
    [['email', 2.5], ['ads', 1.5]]
    """
    if model == "time-decay":
        raise AnalysisError(
            "time-decay needs the time of every touch, and a table of paths has none. "
            "Use attribution(events, …), or model='position'."
        )
    _check(model, order, tuple(name for name in MODELS if name != "time-decay"))
    for name in (path, conversions, *([nulls] if nulls else [])):
        if name not in frame.columns:
            raise UnknownName(
                f"The table has no column {name!r}. {did_you_mean(name, frame.columns)}"
            )
    rows: list[Path] = []
    columns = [frame[name].tolist() for name in (conversions, *([nulls] if nulls else []))]
    for place, (text, *counts) in enumerate(zip(frame[path], *columns, strict=True)):
        told = text.split(separator) if isinstance(text, str) else text
        way = tuple(str(channel).strip() for channel in told) if isinstance(told, Iterable) else ()
        numbers = (
            pd.to_numeric(pd.Series(counts, dtype=object), errors="coerce").astype(float).tolist()
        )
        if not all(way) or not way or not all(0 <= number < np.inf for number in numbers):
            raise DataError(
                f"Row {place} of the paths ({text!r}, {counts}) needs channels between "
                f"{separator!r} and counts of 0 or more."
            )
        rows.append((way, numbers[0], numbers[1] if nulls else 0.0))
    rows = [row for row in rows if row[1] + row[2]]
    if model == "markov":
        credit = markov(path_edges(rows, order)) if rows else {}
    elif model == "shapley":
        credit = shapley(path_sets(rows))
    else:
        credit = path_credits(rows, model)
    return _attributed(credit, model, "conversions", f"The column {conversions!r} sums to 0", "")
