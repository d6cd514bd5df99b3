"""Both ends of the path: where people come in, where they are lost, and what they did between."""

from collections.abc import Iterable
from itertools import chain
from typing import Any

import numpy as np
from pandas import DataFrame

from journeykit.tables import Events

from .catalogue import number
from .claimed import rate
from .frames import add_q, two_proportions
from .stats import newcombe, small
from .steps import ask, condition, conditions, finish, highest, rates, tagged, won


@number(
    claims={
        "last-before-loss": lambda frame, of: rate(
            frame.loc[frame["event"] == of[0], "users"].sum(), frame["users"].sum()
        )
    }
)
def last_before_loss(events: Events, goal: Any, *, after: Any = None) -> DataFrame:
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
    target, more, params = condition(events, goal), "", ()
    if after is not None:
        reached = condition(events, after)
        far, params = f"SELECT user_number FROM {{journey}} WHERE {reached.sql}", reached.params
        more = f"SEMI JOIN ({far}) AS far USING (user_number)"
    sql = f"""WITH won AS ({won(target)})
    SELECT event, count(*) AS users
    FROM {{journey}} AS last ANTI JOIN won USING (user_number) {more}
    WHERE next_event IS NULL GROUP BY event ORDER BY users DESC, CAST(event AS VARCHAR)"""
    frame = ask(events, sql, [*target.params, *params])
    note = f"Customers who never did {target.name} in the time of the data; some may do so later."
    return finish(rates(frame, "users", float(frame["users"].sum())), "users", notes=[note])


@number(
    show=lambda frame: frame.assign(low=frame["conversion_low"], high=frame["conversion_high"]),
    claims={
        "entry-conversion": lambda frame, of: rate(
            *frame.loc[frame["event"] == of[0], ["converted", "users"]].sum()
        )
    },
)
def entry_points(events: Events, goal: Any = None) -> DataFrame:
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
    target = condition(events, goal, "FALSE")
    sql = f"""
    WITH won AS ({won(target)}),
    firsts AS (SELECT user_number, event{some} FROM {{journey}} WHERE position = 1)
    SELECT {head}, count(*) AS users, count(won.position) AS converted
    FROM firsts LEFT JOIN won USING (user_number) GROUP BY {head} ORDER BY users DESC, {head}"""
    frame = ask(events, sql, target.params)
    frame = rates(frame, "users", float(frame["users"].sum()))
    frame = rates(frame, "converted", "users", "conversion", "conversion_")
    reached = " converted conversion conversion_low conversion_high" if goal is not None else ""
    keep = f"{head.replace(',', '')} users share low high small_n{reached}"
    return finish(frame, "users", keep)


@number()
def differences(
    events: Events, goal: Any, *, without: Iterable[Any] = (), least: int = 10
) -> DataFrame:
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
    did AS (SELECT e.user_number, e.event,
        max(CASE WHEN won.position IS NULL THEN 0 ELSE 1 END) AS won
      FROM log AS e LEFT JOIN won ON e.user_number = won.user_number
      WHERE won.position IS NULL OR e.position < won.position GROUP BY e.user_number, e.event)
    SELECT event, count(*) AS users, sum(won) AS won, (SELECT count(*) FROM won) AS winners,
      (SELECT count(DISTINCT user_number) FROM {{journey}}) AS everyone
    FROM did GROUP BY event HAVING count(*) >= ?"""
    frame = ask(events, sql, [*target.params, *chain(*(step.params for step in apart)), least])
    columns = ["won", "winners", "users", "everyone"]
    k, n, users, everyone = (frame[name].astype(float) for name in columns)
    numbers = k, n, users - k, everyone - n
    # where all of them reached it, or nobody, there is no share
    frame["converted"], frame["lost"] = k / n, (users - k) / (everyone - n)
    frame["effect"], frame["low"], frame["high"] = newcombe(*numbers)
    frame["p"] = two_proportions(*numbers)
    add_q(frame)
    frame["small_n"] = small(np.minimum(n, everyone - n))
    frame = frame.sort_values("effect", key=abs, ascending=False, kind="stable")
    return finish(
        frame,
        "users",
        "event users converted lost effect low high p q small_n",
        ["An association; it does not say what causes what."],
    )


@number()
def typical_path(events: Events, goal: Any, stages: Any, steps: Any = ()) -> DataFrame:
    """Draft a journey from what those did who reached the goal: two events a stage.

    Parameters
    ----------
    events : Events
    goal : step
    stages : mapping of stage to steps
        In their order.
    steps : list or mapping of steps
        The funnel, which is left out of what tells apart: it is only the way to the goal.

    Returns
    -------
    pandas.DataFrame
        ``stage`` and as of `differences`. ``attrs["drawn"]`` has the differences without the
        funnel, and without what all who reached the goal did.

    Examples
    --------
    >>> import pandas as pd, journeykit as jk
    >>> log = pd.DataFrame({"event": ["visit", "pay"] * 15, "user_id": [i // 2 for i in range(30)],
    ...     "timestamp": pd.date_range("2026-01-01", periods=30, freq="min")})
    >>> result = typical_path(jk.read_events(log), "pay", {"look": "visit"})
    >>> result[["stage", "event"]].values.tolist()
    [['look', 'visit']]
    """
    found = conditions(events, stages)
    sql, params = tagged(found, more=", event")
    sql = f"SELECT event, max({highest(found)}) AS place FROM ({sql}) AS found GROUP BY event"
    places, every = ask(events, sql, params), differences(events, goal)
    told = every.merge(places, on="event")
    told["stage"] = [found[place - 1].name for place in told["place"]]
    draft = told.sort_values("converted", ascending=False).groupby("place").head(2)
    draft = draft.sort_values("place", kind="stable")
    apart = differences(events, goal, without=steps)
    drawn, about = apart[apart["converted"] < 0.98].reset_index(drop=True), every.attrs
    return finish(
        draft,
        "users",
        "stage event users converted lost effect low high p q small_n",
        about["notes"],
        [about["sql"]],
        drawn=drawn,
    )
