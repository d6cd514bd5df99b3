"""Attribution: which channels deserve the credit for a conversion, by seven rules."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from pandas import DataFrame

from journeykit.declared import Metric
from journeykit.engine import default, quote, run
from journeykit.errors import AnalysisError
from journeykit.tables import Events
from journeykit.words import percent

from .catalogue import number
from .claimed import take
from .credit import Edge, markov, shapley, spread
from .steps import column, condition, finish, one_of, rates, seconds

# What a touch is worth before a path's touches are made to sum to 1; `#` is the half-life.
_WEIGHTS = {
    "first": "CASE WHEN i = 1 THEN 1.0 ELSE 0.0 END",
    "last": "CASE WHEN i = n THEN 1.0 ELSE 0.0 END",
    "linear": "1.0",
    "position": "CASE WHEN n <= 2 THEN 1.0 WHEN i IN (1, n) THEN 0.4 ELSE 0.2 / (n - 2) END",
    "time-decay": "power(0.5, (ago - min(ago) OVER (PARTITION BY path)) / #)",
}
MODELS = (*_WEIGHTS, "markov", "shapley")
COMPARED = MODELS[:-1]
# One of 16 groups of users, drawn by chance, and in each engine the same.
_GROUP = "substr(md5(CAST(user_id AS VARCHAR)), 1, 1)"
_SPLIT = "\x1f"
RULE = "Credit is a convention, not a cause: only an experiment shows what a channel adds."
SHOWN = "channel model conversions share low high small_n"


# Both read `touch`: path, place, channel, hits and misses (how many on the path converted, or did
# not), ago (seconds before the conversion), part (the group that a user was drawn into).
_WEIGHED = """,
    placed AS (SELECT *, row_number() OVER (PARTITION BY path ORDER BY place) AS i,
      count(*) OVER (PARTITION BY path) AS n FROM touch),
    weighed AS (SELECT *, ! AS weight FROM placed),
    shares AS (SELECT channel, CASE WHEN hits > 0
      THEN hits * weight / sum(weight) OVER (PARTITION BY path) ELSE 0 END AS credit FROM weighed)
    SELECT channel, sum(credit) AS credit FROM shares GROUP BY channel"""


def _chain(order: int, nulls: bool) -> str:
    before = ", ".join(f"lag(channel, {back}) OVER way AS c{back}" for back in range(order, 0, -1))
    names = ", ".join(f"c{back}" for back in range(order, 0, -1))
    return f""",
    steps AS (SELECT channel, hits, misses, part, lead(place) OVER way IS NULL AS is_last, {before}
      FROM touch {"" if nulls else "WHERE hits > 0"}
      WINDOW way AS (PARTITION BY path ORDER BY place))
    SELECT part, {names}, channel, sum(hits + misses) AS moves,
      sum(CASE WHEN is_last THEN hits ELSE 0 END) AS hits,
      sum(CASE WHEN is_last THEN misses ELSE 0 END) AS ends
    FROM steps GROUP BY part, {names}, channel"""


def _sets(engine: Any) -> str:
    return f""",
    once AS (SELECT DISTINCT path, channel, hits FROM touch),
    sets AS (SELECT path, {engine.path("channel", "channel", _SPLIT)} AS channels, max(hits) AS hits
      FROM once GROUP BY path)
    SELECT channels, sum(hits) AS n FROM sets GROUP BY channels"""


def _chained(frame: DataFrame) -> tuple[dict[str, float], dict[str, float]]:
    """Give the credit by removal effect, and half of each interval."""
    parts: dict[str, list[Edge]] = {}
    for part, *way, moves, hits, ends in frame.itertuples(index=False):
        known = [None if pd.isna(channel) else channel for channel in way]
        came = tuple(known[:-1]) if known[-2] is not None else None
        parts.setdefault(part, []).append((came, tuple(known[1:]), moves, hits, ends))
    edges = [edge for each in parts.values() for edge in each]
    return (markov(edges) if edges else {}), spread(parts.values())


def attributed(
    touches: str,
    table: Any,
    params: Iterable[Any] = (),
    *,
    model: str,
    order: int,
    nulls: bool = True,
    half_life: Any = "7 days",
    nothing: str,
) -> DataFrame:
    """Share out the conversions of `touch`, the last of the CTEs of `touches`."""
    one_of("model", model, MODELS)
    if order not in (1, 2):
        raise AnalysisError(f"{order=}: the chain can remember 1 or 2 touches.")
    half: dict[str, float] = {}
    if model == "markov":
        found = run(touches + _chain(order, nulls), list(params), table=table)
        credit, half = _chained(found)
    elif model == "shapley":
        sql = _sets(getattr(table, "engine", default()))
        found = run(touches + sql, list(params), table=table)
        credit = shapley({frozenset(sets.split(_SPLIT)): n for sets, n in found.to_numpy()})
    else:
        weight = _WEIGHTS[model].replace("#", repr(seconds(half_life, "half_life")))
        found = run(touches + _WEIGHED.replace("!", weight), list(params), table=table)
        credit = dict(zip(found["channel"], found["credit"].astype(float)))
    total = sum(credit.values())
    if not total:
        raise AnalysisError(f"{nothing}: there is nothing to credit.")
    frame = pd.DataFrame({"channel": credit.keys(), "conversions": credit.values(), "model": model})
    frame = rates(frame.assign(most=frame["conversions"].clip(0, total)), "most", total)
    if model == "markov":
        wide = frame["channel"].map(half).astype(float)
        frame["low"] = np.minimum(frame["low"], (frame["share"] - wide).clip(lower=0))
        frame["high"] = np.maximum(frame["high"], (frame["share"] + wide).clip(upper=1))
    frame.attrs["sql"] = found.attrs["sql"]
    return frame.sort_values(["conversions", "channel"], ascending=[False, True])


_credited = take("share", lambda frame: round(frame["conversions"].sum()), where="channel")


@number(
    "Which channel deserves the credit?",
    "Customers who reached the goal; a touch is the channel of a session",
    SHOWN,
    chart="attribution",
    given={"conversion": "goal"},
    claims={
        f"attribution-{model}": Metric(
            f"conversions credited to {{of}} by {words}",
            _credited,
            "channel",
            options={"model": model},
            counts="conversions",
        )
        for model, words in {
            "first": "first touch",
            "last": "last touch",
            "linear": "equal parts",
            "position": "position",
            "time-decay": "time decay",
            "markov": "removal effect",
            "shapley": "Shapley value",
        }.items()
    },
    names="channel=by",
)
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
) -> DataFrame:
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
    >>> result = attribution(jk.read_events(log), "pay", model="last")
    >>> result[["channel", "conversions"]].values.tolist()
    [['ad', 1.0]]
    """
    target, name = condition(events, conversion), quote(column(events, by))
    params, near = list(target.params), ""
    ago = events.journey.engine.seconds("j.timestamp", "won.timestamp")
    hits, misses = (
        f"CAST(CASE WHEN won.position IS {which} THEN 0 ELSE 1 END AS DOUBLE)"
        for which in ("NULL", "NOT NULL")
    )
    if lookback is not None:
        near = f" AND (won.position IS NULL OR j.session = won.session OR {ago} <= ?)"
        params.append(seconds(lookback, "lookback"))
    answer = attributed(
        f"""
    WITH won AS (SELECT user_number, min(position) AS position, min(timestamp) AS timestamp,
        arg_min(session, position) AS session
      FROM {{table}} WHERE {target.sql} GROUP BY user_number),
    touch AS (SELECT j.user_number AS path, j.position AS place, {ago} AS ago, {_GROUP} AS part,
        coalesce(CAST(j.{name} AS VARCHAR), '(none)') AS channel,
        {hits} AS hits, {misses} AS misses
      FROM {{table}} AS j LEFT JOIN won ON j.user_number = won.user_number
      WHERE j.session_position = 1
        AND (won.position IS NULL OR j.position <= won.position){near})""",
        events.journey,
        params,
        model=model,
        order=order,
        nulls=nulls,
        half_life=half_life,
        nothing=f"Nobody did {target.name!r} in these events",
    )
    far = "however long before" if lookback is None else f"at most {lookback} before"
    half = f"A touch is worth half as much every {half_life}." if model == "time-decay" else ""
    notes = [RULE, f"A touch is the channel of a session, {far} the conversion.", half]
    return finish(answer, f"users who did {target.name}", SHOWN, notes)


def _flattered(frame: DataFrame) -> str:
    gap = (frame["last"] - frame["markov"]).fillna(0)
    said = (
        f"{row['channel']} ({percent(row['last'])} against {percent(row['markov'])}"
        for row in (frame.loc[gap.idxmax()], frame.loc[gap.idxmin()])
    )
    return "Last touch flatters {} by removal effect) and overlooks {}).".format(*said)


@number(
    "Which channel earns it?",
    lambda frame: (
        f"{frame.attrs['drawn']['conversions'].sum() / len(COMPARED):,.0f} conversions; a touch is "
        "the channel of a session"
    ),
    f"channel {' '.join(f'{model}:share' for model in COMPARED)}",
    id="attribution",
    chart="attribution",
    say=_flattered,
    given={"conversion": "goal"},
    names="channel=by",
)
def attribution_models(events: Events, conversion: Any, by: str = "channel") -> DataFrame:
    """Put the shares that six models of attribution credit beside each other.

    Parameters
    ----------
    events : Events
    conversion : step
    by : str
        As for `attribution`.

    Returns
    -------
    pandas.DataFrame
        ``channel``, and the shares by each model: ``first, last, linear, position, time-decay,
        markov``. ``attrs["drawn"]`` has the rows of `attribution`.

    Examples
    --------
    >>> import pandas as pd, journeykit as jk
    >>> log = pd.DataFrame({"user_id": list("aaab"), "event": ["visit", "cart", "pay", "visit"],
    ...     "channel": ["ad", "ad", "mail", "ad"],
    ...     "timestamp": pd.date_range("2026-01-01", periods=4, freq="min")})
    >>> attribution_models(jk.read_events(log), "pay")[["channel", "last"]].values.tolist()
    [['ad', 1.0]]
    """
    found = [attribution(events, conversion, model=model, by=by) for model in COMPARED]
    every, about = pd.concat(found, ignore_index=True), found[0].attrs
    every.attrs = {}
    wide = every.pivot_table(index="channel", columns="model", values="share", aggfunc="sum")
    told = wide[list(COMPARED)].reset_index()
    return finish(told, "conversions", "", about["notes"], [about["sql"]], drawn=every)
