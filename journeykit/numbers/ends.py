"""Both ends of the path: where people come in, where they are lost, and what they did between."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from journeykit.numbers.significance import benjamini_hochberg, two_proportions
from journeykit.numbers.stats import newcombe, small
from journeykit.numbers.steps import ask, condition, conditions, finish, rates, won
from journeykit.tables import Events

__all__ = ["differences", "entry_points", "last_before_loss"]


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

    Examples
    --------
    >>> import pandas as pd, journeykit as jk
    >>> log = pd.DataFrame({"user_id": list("aaab"), "event": ["visit", "cart", "pay", "visit"],
    ...     "timestamp": pd.date_range("2026-01-01", periods=4, freq="min")})
    >>> last_before_loss(jk.read_events(log), "pay")[["event", "users"]].values.tolist()
    [['visit', 1]]
    """
    target, more, params = condition(events, goal), "", []
    if after is not None:
        reached = condition(events, after)
        more = f"SEMI JOIN (SELECT user_number FROM {{journey}} WHERE {reached.sql}) AS far USING (user_number)"
        params = list(reached.params)
    sql = (
        f"WITH won AS ({won(target)})\n"
        "SELECT event, count(*) AS users FROM {journey} AS last ANTI JOIN won USING (user_number) "
        f"{more} WHERE next_event IS NULL GROUP BY event ORDER BY users DESC, CAST(event AS VARCHAR)"
    )
    frame = ask(events, sql, [*target.params, *params])
    note = f"Users who never did {target.name} in the time of the data; some may do so later."
    return finish(
        rates(frame, "users", float(frame["users"].sum())), "users", frame.attrs["sql"], [note]
    )


def entry_points(events: Events, goal: Any = None) -> pd.DataFrame:
    """Count where users come in: their first event and its channel.

    Parameters
    ----------
    events : Events
    goal : step, optional

    Returns
    -------
    pandas.DataFrame
        ``event, [channel,] users, share`` (of all users), ``low, high, small_n``; with `goal` also
        ``converted, conversion, conversion_low, conversion_high``.

    Examples
    --------
    >>> import pandas as pd, journeykit as jk
    >>> log = pd.DataFrame({"user_id": list("aaab"), "event": ["visit", "cart", "pay", "visit"],
    ...     "timestamp": pd.date_range("2026-01-01", periods=4, freq="min")})
    >>> entry_points(jk.read_events(log), "pay")[["event", "users", "conversion"]].values.tolist()
    [['visit', 2, 0.5]]
    """
    named = "coalesce(CAST(channel AS VARCHAR), '(none)') AS channel"
    head, some = ("event, channel", f", {named}") if "channel" in events.columns else ("event", "")
    target = None if goal is None else condition(events, goal)
    wins = won(target) if target else "SELECT user_number, position FROM {journey} WHERE FALSE"
    sql = f"""
    WITH won AS ({wins}), firsts AS (SELECT user_number, event{some} FROM {{journey}} WHERE position = 1)
    SELECT {head}, count(*) AS users, count(won.position) AS converted
    FROM firsts LEFT JOIN won USING (user_number) GROUP BY {head} ORDER BY users DESC, {head}"""
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


def differences(
    events: Events, goal: Any, *, without: Iterable[Any] = (), least: int = 10
) -> pd.DataFrame:
    """Compare what users who reached the goal had done before it with what the others did.

    Parameters
    ----------
    events : Events
    goal : step
    without : list or mapping of steps
        Events to leave out, such as the goal's own funnel: that those who finish had been on the
        way to it says nothing.
    least : int
        Events that fewer users did are left out.

    Returns
    -------
    pandas.DataFrame
        ``event, users, converted, lost`` (shares of those who reached it and those who did not),
        ``effect`` (converted - lost), ``low, high, p, q`` (Benjamini-Hochberg over all events),
        ``small_n``. An association: it does not say that the event causes the goal.

    Examples
    --------
    >>> import pandas as pd, journeykit as jk
    >>> log = pd.DataFrame({"user_id": list("aaab"), "event": ["visit", "cart", "pay", "visit"],
    ...     "timestamp": pd.date_range("2026-01-01", periods=4, freq="min")})
    >>> differences(jk.read_events(log), "pay", least=1)[["event", "effect"]].values.tolist()
    [['cart', 1.0], ['visit', 0.0]]
    """
    target, apart = condition(events, goal), conditions(events, without, least=0)
    rest = "".join(f" AND NOT {step.sql}" for step in apart)
    sql = f"""
    WITH won AS ({won(target)}),
    log AS (SELECT user_number, event, position FROM {{journey}} WHERE position > 0{rest}),
    did AS (SELECT e.user_number, e.event, max(CASE WHEN won.position IS NULL THEN 0 ELSE 1 END) AS won
      FROM log AS e LEFT JOIN won ON e.user_number = won.user_number
      WHERE won.position IS NULL OR e.position < won.position GROUP BY e.user_number, e.event)
    SELECT event, count(*) AS users, sum(won) AS won, (SELECT count(*) FROM won) AS winners,
      (SELECT count(DISTINCT user_number) FROM {{journey}}) AS everyone
    FROM did GROUP BY event HAVING count(*) >= ?"""
    frame = ask(
        events, sql, [*target.params, *(value for step in apart for value in step.params), least]
    )
    sql_text, side = frame.attrs["sql"], frame["everyone"] - frame["winners"]
    numbers = [frame[c].to_numpy(float) for c in ("won", "winners")]
    others = [(frame["users"] - frame["won"]).to_numpy(float), side.to_numpy(float)]
    with np.errstate(invalid="ignore"):  # all of them reached it, or nobody: there is no share
        frame["converted"], frame["lost"] = numbers[0] / numbers[1], others[0] / others[1]
    frame["effect"], frame["low"], frame["high"] = newcombe(*numbers, *others)
    frame["p"] = two_proportions(*numbers, *others)
    frame["q"] = benjamini_hochberg(frame["p"].to_numpy())
    frame["small_n"] = small(np.minimum(frame["winners"], side))
    keep = ["event", "users", "converted", "lost", "effect", "low", "high", "p", "q", "small_n"]
    frame = frame[keep].sort_values("effect", key=abs, ascending=False, kind="stable")
    return finish(frame, "users", sql_text, ["An association; it does not say what causes what."])
