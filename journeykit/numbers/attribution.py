"""Attribution: which channels deserve the credit for a conversion, by seven rules; of a log, or of
a table of paths and how often each was gone.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
from pandas import DataFrame, concat, to_numeric

from journeykit.engine import quote
from journeykit.errors import AnalysisError, DataError, UnknownName, did_you_mean
from journeykit.tables import Events

from .catalogue import number
from .claimed import take
from .frames import noted
from .steps import Condition, ask, column, condition, finish, seconds
from .touches import MODELS, attributed

COMPARED = MODELS[:-1]
# One of 16 groups of users, drawn by chance, and in each engine the same.
_GROUP = "substr(md5(CAST(user_id AS VARCHAR)), 1, 1)"
RULE = "Credit is a convention, not a cause: only an experiment shows what a channel adds."
SHOWN = "channel model conversions share low high small_n"
VALUED = f"{SHOWN} revenue"


_credited = take("share", lambda frame: round(frame["conversions"].sum()), where="channel")


@number(claims=dict.fromkeys((f"attribution-{model}" for model in MODELS), _credited))
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
    value: str | None = None,
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
        absorbing chain. ``shapley``: exact, over sets of channels.
    by : str
        The column of the channel.
    lookback : str or timedelta, optional
        Touches earlier than this before the conversion do not count; the converting session does.
    half_life : str or timedelta
    order : {1, 2}
        How many touches the Markov chain remembers.
    nulls : bool
        Whether the Markov chain also learns from users who did not convert.
    value : str, optional
        The column with what a conversion is worth: adds ``revenue``, shared out by the same rule.
        Of a user all conversions count, credited to the touches before the first.

    Returns
    -------
    pandas.DataFrame
        ``channel, model, conversions`` (credited; they sum to the users who converted), ``share,
        low, high`` (of the share; for credit that is split between channels the interval is on
        the safe side, for markov the wider one of that and what leaving out a sixteenth of the
        users at a time gives), ``small_n`` (fewer than 30 conversions in all)[, revenue]; it sums
        to the value of all conversions.

    Raises
    ------
    AnalysisError
        Nobody converted, or the model is not known.

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
    params, near, worth = list(target.params), "", "0"
    if value is not None:  # NaN and infinity are beyond every bound, in every engine
        cell = f"TRY_CAST({quote(column(events, value))} AS DOUBLE)"
        worth = f"CASE WHEN abs({cell}) < 1e300 THEN {cell} END"
    valued = [] if value is None else [_valued(events, target, worth, value)]
    ago = events.seconds("j.timestamp", "won.timestamp")
    if lookback is not None:
        near = f" AND (won.position IS NULL OR j.session = won.session OR {ago} <= ?)"
        params.append(seconds(lookback, "lookback"))
    answer = attributed(
        f"""
    WITH won AS (SELECT user_number, min(position) AS position, min(timestamp) AS timestamp,
        arg_min(session, position) AS session, coalesce(sum({worth}), 0) AS worth
      FROM {{table}} WHERE {target.sql} GROUP BY user_number),
    touch AS (SELECT j.user_number AS path, j.position AS place, {ago} AS ago, {_GROUP} AS part,
        coalesce(CAST(j.{name} AS VARCHAR), '(none)') AS channel,
        CAST(CASE WHEN won.position IS NULL THEN 0 ELSE 1 END AS DOUBLE) AS hits,
        CAST(CASE WHEN won.position IS NULL THEN 1 ELSE 0 END AS DOUBLE) AS misses,
        CAST(coalesce(won.worth, 0) AS DOUBLE) AS worth
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
    shown = VALUED if valued else SHOWN
    return finish(answer, f"users who did {target.name}", shown, [*notes, *valued])


def _valued(events: Events, target: Condition, worth: str, name: str) -> str:
    """Note what the conversions are worth; refuse a column that holds no number of any."""
    sql = f"SELECT count(*) AS n, count({worth}) AS known, sum({worth}) AS total FROM {{journey}}"
    seen = ask(events, f"{sql} WHERE {target.sql}", target.params).iloc[0]
    if seen["n"] and not seen["known"]:
        raise AnalysisError(f"No {target.name!r} has a number in {name!r}: there is no revenue.")
    none = noted(seen["n"] - seen["known"], "conversions", "without a value count as 0.")
    said = f"Revenue is {name} of all conversions, also of those after the first of a customer."
    return f"{said} {none}".strip()


@number(
    counts=lambda frame: (
        f"{frame.attrs['drawn']['conversions'].sum() / len(COMPARED):,.0f} conversions; a touch is "
        "the channel of a session"
    )
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
    every, about = concat(found, ignore_index=True), found[0].attrs
    every.attrs = {}
    wide = every.pivot_table(index="channel", columns="model", values="share", aggfunc="sum")
    told = wide[list(COMPARED)].reset_index()
    return finish(told, "conversions", "", about["notes"], [about["sql"]], drawn=every)


@number()
def attribution_from_paths(
    frame: DataFrame,
    *,
    path: str,
    conversions: str,
    nulls: str | None = None,
    value: str | None = None,
    model: str = "markov",
    separator: str = ">",
    order: int = 1,
) -> DataFrame:
    """Share conversions out among channels from a table of paths and their counts.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row per path.
    path : str
        The column with the channels in order: a text ("ads > email") or a list.
    conversions, nulls : str
        The columns with how many people converted on the path and how many did not.
    value : str, optional
        The column with what the conversions of the path are worth together: adds ``revenue``.
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
    >>> import pandas as pd
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
    counts = [name for name in (conversions, nulls, value) if name]
    for name in (path, *counts):
        if name not in frame.columns:
            raise UnknownName(
                f"The table has no column {name!r}. {did_you_mean(name, frame.columns)}"
            )
    # What is no number is refused below, with its row.
    number_of = frame[counts].astype(object).apply(to_numeric, errors="coerce").astype(float)
    rows = []
    for place, (told, *numbers) in enumerate(zip(frame[path], *number_of.to_numpy().T)):
        way = told.split(separator) if isinstance(told, str) else told
        way = [str(name).strip() for name in way] if isinstance(way, Iterable) else []
        if not way or not all(way) or not all(0 <= n < np.inf for n in numbers):
            raise DataError(
                f"Row {place} of the paths ({told!r}, {frame[counts].iloc[place].tolist()}) needs "
                f"channels between {separator!r} and counts of 0 or more."
            )
        hits, misses, worth = (
            numbers[0],
            numbers[1] if nulls else 0.0,
            numbers[-1] if value else 0.0,
        )
        if hits + misses:
            rows += [(place, at, name, hits, misses, worth) for at, name in enumerate(way)]
    touch = DataFrame(rows, columns="path place channel hits misses worth".split())
    answer = attributed(
        "WITH touch AS (SELECT *, '' AS part FROM {table})",
        touch,
        model=model,
        order=order,
        nothing=f"The column {conversions!r} sums to 0",
    )
    return finish(answer, "conversions", VALUED if value else SHOWN, [RULE])
