"""Conversion: how many ever reach the goal."""

from typing import Any

from pandas import DataFrame

from journeykit.tables import Events
from journeykit.words import between, people, percent

from .catalogue import Metric, number
from .claimed import known, take
from .steps import ask, condition, finish, rates


@number(
    "How many reach the goal?",
    "Customers of this persona",
    "users share low high small_n",
    say=lambda frame: "; ".join(
        f"{people(r.users)} reach the goal: {percent(r.share)} of {r.of:,} (95%: "
        f"{between(r.low, r.high)})."
        for r in frame.itertuples()
    ),
    claims={
        "conversion": Metric("customers who reach the goal", take("share", "of")),
        "did": Metric(
            "customers who do {of}",
            take("share", "of"),
            "event",
            options=lambda of, view: {"goal": known(view, *of)},
        ),
    },
)
def conversion(events: Events, goal: Any) -> DataFrame:
    """Measure how many users ever did the goal, in whatever order.

    Parameters
    ----------
    events : Events
    goal : step, or list of them
        Any of these counts.

    Returns
    -------
    pandas.DataFrame
        One row: ``users`` (who did), ``of`` (all), ``share, low, high, small_n``.

    Examples
    --------
    >>> import pandas as pd, journeykit as jk
    >>> log = pd.DataFrame({"user_id": list("aab"), "event": ["visit", "pay", "visit"],
    ...     "timestamp": pd.date_range("2026-01-01", periods=3, freq="min")})
    >>> conversion(jk.read_events(log), "pay")[["users", "of", "share"]].values.tolist()
    [[1.0, 2.0, 0.5]]
    """
    wanted = condition(events, goal)
    frame = ask(
        events,
        f"SELECT count(DISTINCT user_number) AS users FROM {{journey}} WHERE {wanted.sql}",
        wanted.params,
    ).assign(of=events.users)
    return finish(rates(frame, "users", "of"), "users", "users of share low high small_n")


def reached(events: Events, goal: Any) -> int:
    """Count the users who ever did the goal, in whatever order.

    Parameters
    ----------
    events : Events
    goal : step, or list of them
        Any of these counts.

    Returns
    -------
    int
        Users.

    Examples
    --------
    >>> import pandas as pd, journeykit as jk
    >>> log = pd.DataFrame({"user_id": list("aab"), "event": ["visit", "pay", "visit"],
    ...     "timestamp": pd.date_range("2026-01-01", periods=3, freq="min")})
    >>> reached(jk.read_events(log), "pay")
    1
    """
    return int(conversion(events, goal)["users"].iloc[0])
