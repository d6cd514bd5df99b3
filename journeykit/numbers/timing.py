"""Time and order: how long it takes from stage to stage, and whether in the designed order."""

from __future__ import annotations

from typing import Any

import pandas as pd

from journeykit.numbers.stats import Z, small, wilson
from journeykit.numbers.steps import Condition, ask, conditions, finish, rates, tagged
from journeykit.tables import Events

__all__ = ["order_conformance", "stage_times", "time_between"]


def _stages(events: Events, stages: Any) -> list[Condition]:
    """The stages that name events: a stage without them cannot be seen in the data."""
    if not isinstance(stages, dict | str):
        stages = [stage for stage in stages if getattr(stage, "events", True)]
    return conditions(events, stages, least=2)


def stage_times(events: Events, stages: Any) -> pd.DataFrame:
    """Measure the time from the first event of a stage to the first one of the next after it.

    Parameters
    ----------
    events : Events
    stages : list of steps or ``model.Stage``
        In the designed order; stages without events are passed over.

    Returns
    -------
    pandas.DataFrame
        ``from_stage, to_stage, users`` (who went on), ``median_hours, q1_hours, q3_hours`` (of
        them), ``not_yet`` (users of the first stage who never went on), ``share`` (who went on, of
        both), ``low, high`` (95 % of the share), ``small_n``.

    Examples
    --------
    >>> import pandas as pd, journeykit as jk
    >>> log = pd.DataFrame({"user_id": list("aaab"), "event": ["visit", "cart", "pay", "visit"],
    ...     "timestamp": pd.date_range("2026-01-01", periods=4, freq="min")})
    >>> stage_times(jk.read_events(log), {"look": "visit", "buy": "pay"})["median_hours"].round(3).tolist()
    [0.033]
    """
    found = _stages(events, stages)
    sql, params = tagged(found)
    engine, numbers = events.journey.engine, range(1, len(found) + 1)
    firsts = ", ".join(f"min(CASE WHEN s{k} THEN position END) AS p{k}" for k in numbers)
    starts = ", ".join(f"min(CASE WHEN s{k} THEN timestamp END) AS t{k}" for k in numbers)
    nexts = ", ".join(
        f"min(CASE WHEN e.s{k + 1} AND e.position > f.p{k} THEN e.timestamp END) AS n{k}"
        for k in numbers[:-1]
    )
    keep = ", ".join(f"f.t{k}" for k in numbers[:-1])
    gaps = {k: engine.seconds(f"t{k}", f"n{k}") for k in numbers[:-1]}
    measures = ", ".join(
        f"count(n{k}) AS users{k}, count(t{k}) AS of{k}, {engine.median(gap)} AS median{k}, "
        f"quantile_cont({gap}, 0.25) AS low{k}, quantile_cont({gap}, 0.75) AS high{k}"
        for k, gap in gaps.items()
    )
    sql = f"""
    WITH tagged AS ({sql}), firsts AS (SELECT user_number, {firsts}, {starts} FROM tagged GROUP BY user_number),
    went AS (SELECT {keep}, {nexts} FROM tagged AS e JOIN firsts AS f ON e.user_number = f.user_number
      GROUP BY f.user_number, {keep})
    SELECT {measures} FROM went"""
    wide = ask(events, sql, params)
    row = wide.iloc[0]
    frame = pd.DataFrame(
        {
            "from_stage": [stage.name for stage in found[:-1]],
            "to_stage": [stage.name for stage in found[1:]],
            "users": [int(row[f"users{k}"]) for k in gaps],
            "median_hours": [row[f"median{k}"] / 3600 for k in gaps],
            "q1_hours": [row[f"low{k}"] / 3600 for k in gaps],
            "q3_hours": [row[f"high{k}"] / 3600 for k in gaps],
            "not_yet": [int(row[f"of{k}"] - row[f"users{k}"]) for k in gaps],
        }
    )
    frame = rates(frame, "users", (frame["users"] + frame["not_yet"]).to_numpy(float))
    frame["small_n"] = small(frame["users"])
    note = "Users who never went on have no time: they are counted in not_yet."
    return finish(frame, "users", wide.attrs["sql"], [note])


def time_between(events: Events, first: Any, then: Any) -> pd.DataFrame:
    """Measure the median time from a user's first `first` to the first `then` after it, as an interval.

    The interval is that of order statistics: the values at the ranks n/2 ± 0.98·√n (the normal
    approximation to W. J. Conover, Practical Nonparametric Statistics, 1999, ch. 3.2), whatever the
    distribution.

    Parameters
    ----------
    events : Events
    first, then : step

    Returns
    -------
    pandas.DataFrame
        One row: ``from_stage, to_stage, users`` (who went on), ``median_hours, low, high`` (hours;
        NaN below six users), ``small_n``.

    Examples
    --------
    >>> import pandas as pd, journeykit as jk
    >>> log = pd.DataFrame({"user_id": list("aaab"), "event": ["visit", "cart", "pay", "visit"],
    ...     "timestamp": pd.date_range("2026-01-01", periods=4, freq="h")})
    >>> time_between(jk.read_events(log), "visit", "pay")[["median_hours", "small_n"]].values.tolist()
    [[2.0, True]]
    """
    steps = conditions(events, [first, then])
    sql, params = tagged(steps)
    engine = events.journey.engine
    gaps = f"""
    WITH tagged AS ({sql}),
    firsts AS (SELECT user_number, min(CASE WHEN s1 THEN position END) AS p,
      min(CASE WHEN s1 THEN timestamp END) AS t FROM tagged GROUP BY user_number),
    went AS (SELECT f.user_number, f.t, min(e.timestamp) AS n FROM tagged AS e JOIN firsts AS f
      ON e.user_number = f.user_number WHERE e.s2 AND e.position > f.p GROUP BY f.user_number, f.t)"""
    n = int(ask(events, f"{gaps} SELECT count(*) AS n FROM went", params)["n"].iloc[0])
    half = Z / 2 / n**0.5 if n else 0.0
    gap = engine.seconds("t", "n")
    ends = ", ".join(
        f"quantile_cont({gap}, {place!r}) AS {name}"
        for name, place in (("low", max(0.0, 0.5 - half)), ("high", min(1.0, 0.5 + half)))
    )
    found = ask(events, f"{gaps} SELECT {engine.median(gap)} AS median, {ends} FROM went", params)
    hours = found.iloc[0].astype(float) / 3600
    row = {
        "from_stage": steps[0].name,
        "to_stage": steps[1].name,
        "users": n,
        "median_hours": hours["median"],
        "low": hours["low"] if n > 5 else float("nan"),
        "high": hours["high"] if n > 5 else float("nan"),
        "small_n": small(n),
    }
    return finish(pd.DataFrame([row]), "users", found.attrs["sql"])


def order_conformance(events: Events, stages: Any) -> pd.DataFrame:
    """Measure how many users enter the stages in the designed order.

    A user enters a stage in order when no later stage was entered before; a stage may be left
    out. What counts is the first event of each stage.

    Parameters
    ----------
    events : Events
    stages : list of steps or ``model.Stage``
        In the designed order; stages without events are passed over.

    Returns
    -------
    pandas.DataFrame
        ``stage, users`` (who entered it), ``in_order, share, low, high, small_n, broken_by`` (the
        later stage that most often came first) and ``broken`` (users for whom it did).
        ``attrs["overall"]`` has users (of two stages or more), in_order, share, low, high.

    Examples
    --------
    >>> import pandas as pd, journeykit as jk
    >>> log = pd.DataFrame({"user_id": list("aaab"), "event": ["visit", "cart", "pay", "visit"],
    ...     "timestamp": pd.date_range("2026-01-01", periods=4, freq="min")})
    >>> order_conformance(jk.read_events(log), ["visit", "pay"])[["stage", "share"]].values.tolist()
    [['visit', 1.0], ['pay', 1.0]]
    """
    found = _stages(events, stages)
    sql, params = tagged(found)
    numbers = range(1, len(found) + 1)
    firsts = ", ".join(f"min(CASE WHEN s{k} THEN position END) AS p{k}" for k in numbers)
    pairs = [(i, j) for i in numbers for j in numbers if i < j]
    swaps = ", ".join(f"count(*) FILTER (WHERE p{j} < p{i}) AS swap_{i}_{j}" for i, j in pairs)
    wrong = {i: " OR ".join(f"p{j} < p{i}" for j in numbers if j > i) for i in numbers[:-1]}
    sides = ", ".join(
        f"count(p{i}) AS of{i}, count(*) FILTER (WHERE coalesce({wrong.get(i, 'FALSE')}, FALSE)) AS wrong{i}"
        for i in numbers
    )
    several = " + ".join(f"CASE WHEN p{i} IS NULL THEN 0 ELSE 1 END" for i in numbers) + " > 1"
    any_wrong = f"coalesce({' OR '.join(wrong.values())}, FALSE)"
    sql = f"""
    WITH firsts AS (SELECT user_number, {firsts} FROM ({sql}) AS tagged GROUP BY user_number)
    SELECT {sides}, {swaps}, count(*) FILTER (WHERE {several}) AS several,
      count(*) FILTER (WHERE {several} AND NOT {any_wrong}) AS straight FROM firsts"""
    wide = ask(events, sql, params)
    row = wide.iloc[0]
    rows = []
    for i, stage in enumerate(found, 1):
        later = {j: int(row[f"swap_{i}_{j}"]) for j in numbers if j > i}
        worst = max(later, key=lambda j: later[j], default=None)
        broken = later[worst] if worst else 0
        rows.append(
            {
                "stage": stage.name,
                "users": int(row[f"of{i}"]),
                "in_order": int(row[f"of{i}"] - row[f"wrong{i}"]),
                "broken_by": found[worst - 1].name if worst and broken else None,
                "broken": broken,
            }
        )
    frame = rates(pd.DataFrame(rows), "in_order", "users")
    keep = ["stage", "users", "in_order", "share", "low", "high", "small_n", "broken_by", "broken"]
    frame = finish(frame[keep], "users", wide.attrs["sql"])
    n, k = int(row["several"]), int(row["straight"])
    low, high = wilson(k, n)
    share = k / n if n else float("nan")
    frame.attrs["overall"] = {"users": n, "in_order": k, "share": share, "low": low, "high": high}
    return frame
