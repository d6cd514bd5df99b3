"""Time and order: how long it takes from stage to stage, and whether in the designed order."""

from typing import Any

from pandas import DataFrame

from journeykit.errors import AnalysisError
from journeykit.model import Facts
from journeykit.tables import Events

from .catalogue import number
from .claimed import Found, Of, from_row, row_of, step_before
from .frames import Row, share_of
from .stats import Z, small
from .steps import Condition, ask, conditions, finish, numbered, rates, tagged

# The first event of each stage, `#` being its number.
FIRST = "min(CASE WHEN s# THEN position END) AS p#"
_WHEN = "min(CASE WHEN s# THEN timestamp END) AS t#"


def seen_stages(events: Events, stages: Any) -> list[Condition]:
    """The stages that name events: a stage without them cannot be seen in the data."""
    known = isinstance(stages, dict | str)
    told = stages if known else [stage for stage in stages if getattr(stage, "events", True)]
    return conditions(events, told, least=2)


def _next(view: Any, stage: str) -> str:
    seen = list(view.stages)
    if stage not in seen[:-1]:
        raise AnalysisError(
            f"from {stage!r} the data sees no way on: the stages that have events are "
            f"{', '.join(seen)}"
        )
    return seen[seen.index(stage) + 1]


def _went_on(frame: DataFrame, stage: str, view: Any) -> Found:
    _next(view, stage)
    row = row_of(frame, "stage", {"from_stage": stage})
    return from_row(row, "share low high", row["users"] + row["not_yet"])


@number(claims={"stage-rate": _went_on})
def stage_times(events: Events, stages: Any) -> DataFrame:
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
    >>> result = stage_times(jk.read_events(log), {"look": "visit", "buy": "pay"})
    >>> result["median_hours"].round(3).tolist()
    [0.033]
    """
    found = seen_stages(events, stages)
    sql, params = tagged(found)
    numbers = range(1, len(found) + 1)
    firsts, keep = numbered(f"{FIRST}, {_WHEN}", numbers), numbered("f.t#", numbers[:-1])
    nexts = ", ".join(
        f"min(CASE WHEN e.s{k + 1} AND e.position > f.p{k} THEN e.timestamp END) AS n{k}"
        for k in numbers[:-1]
    )
    gap = events.seconds("t#", "n#")
    measures = f"""count(n#) AS users#, count(t#) - count(n#) AS not_yet#,
        median({gap}) / 3600 AS median_hours#,
        quantile_cont({gap}, 0.25) / 3600 AS q1_hours#,
        quantile_cont({gap}, 0.75) / 3600 AS q3_hours#"""
    sql = f"""
    WITH tagged AS ({sql}),
    firsts AS (SELECT user_number, {firsts} FROM tagged GROUP BY user_number),
    went AS (SELECT {keep}, {nexts} FROM tagged AS e
      JOIN firsts AS f ON e.user_number = f.user_number
      GROUP BY f.user_number, {keep})
    SELECT {numbered(measures, numbers[:-1])} FROM went"""
    wide, stages = ask(events, sql, params), [stage.name for stage in found]
    frame = DataFrame({"from_stage": stages[:-1], "to_stage": stages[1:]})
    for name in "users not_yet median_hours q1_hours q3_hours".split():
        frame[name] = [wide[f"{name}{k}"].iloc[0] for k in numbers[:-1]]
    frame = rates(frame.assign(of=frame["users"] + frame["not_yet"]), "users", "of")
    frame["small_n"] = small(frame["users"])
    keep = "from_stage to_stage users median_hours q1_hours q3_hours not_yet share low high small_n"
    return finish(
        frame,
        "users",
        keep,
        ["Customers who never went on have no time: they are counted in not_yet."],
        [wide],
    )


def _pair(places: Facts, first: str, then: str) -> Row:
    return {"first": (first, places[first]), "then": (then, places[then])}


def _from_first(of: Of, view: Any) -> Row:
    step_before(view.steps, of[0])
    return _pair(view.steps, next(iter(view.steps)), *of)


@number(
    claims={
        "step-time": {
            "options": lambda of, view: _pair(view.steps, step_before(view.steps, of[0]), *of)
        },
        "reach-time": {"options": _from_first},
        "stage-time": {
            "options": lambda stage, view: _pair(view.stages, stage, _next(view, stage))
        },
    }
)
def time_between(events: Events, first: Any, then: Any) -> DataFrame:
    """Measure the median time from a user's first `first` to the first `then` after it, as an
    interval.

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
    >>> result = time_between(jk.read_events(log), "visit", "pay")
    >>> result[["median_hours", "small_n"]].values.tolist()
    [[2.0, True]]
    """
    steps = conditions(events, [first, then])
    sql, params = tagged(steps)
    gap = events.seconds("t1", "n")
    gaps = f"""
    WITH tagged AS ({sql}),
    firsts AS (SELECT user_number, {numbered(f"{FIRST}, {_WHEN}", [1])}
      FROM tagged GROUP BY user_number),
    went AS (SELECT f.user_number, f.t1, min(e.timestamp) AS n FROM tagged AS e JOIN firsts AS f
      ON e.user_number = f.user_number WHERE e.s2 AND e.position > f.p1
      GROUP BY f.user_number, f.t1)"""
    n = int(ask(events, f"{gaps} SELECT count(*) AS n FROM went", params)["n"].iloc[0])
    half = min(Z / 2 / n**0.5, 0.5) if n else 0.0
    sql = f"""{gaps}
    SELECT count(*) AS users, median({gap}) / 3600 AS median_hours,
      quantile_cont({gap}, {0.5 - half!r}) / 3600 AS low,
      quantile_cont({gap}, {0.5 + half!r}) / 3600 AS high FROM went"""
    frame = ask(events, sql, params)
    frame["from_stage"], frame["to_stage"] = (step.name for step in steps)
    frame.loc[frame["users"] < 6, ["low", "high"]] = float("nan")
    frame["small_n"] = small(frame["users"])
    return finish(frame, "users", "from_stage to_stage users median_hours low high small_n")


@number(
    result=lambda frame: {"in_order": frame.attrs["overall"]["share"]},
    claims={
        "order-conformance": lambda frame: from_row(
            frame.attrs["overall"], "share low high", frame.attrs["overall"]["users"]
        )
    },
)
def order_conformance(events: Events, stages: Any) -> DataFrame:
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
    found = seen_stages(events, stages)
    sql, params = tagged(found)
    numbers = range(1, len(found) + 1)
    firsts = numbered(FIRST, numbers)
    pairs = [(i, j) for i in numbers for j in numbers if i < j]
    swaps = ", ".join(f"count(*) FILTER (WHERE p{j} < p{i}) AS swap_{i}_{j}" for i, j in pairs)
    wrong = {i: " OR ".join(f"p{j} < p{i}" for j in numbers if j > i) for i in numbers[:-1]}
    sides = ", ".join(
        f"""count(p{i}) AS of{i},
      count(*) FILTER (WHERE coalesce({wrong.get(i, "FALSE")}, FALSE)) AS wrong{i}"""
        for i in numbers
    )
    several = f"{numbered('CASE WHEN p# IS NULL THEN 0 ELSE 1 END', numbers, ' + ')} > 1"
    any_wrong = " OR ".join(wrong.values())
    sql = f"""
    WITH firsts AS (SELECT user_number, {firsts} FROM ({sql}) AS tagged GROUP BY user_number)
    SELECT {sides}, {swaps}, count(*) FILTER (WHERE {several}) AS several,
      count(*) FILTER (WHERE {several} AND NOT coalesce({any_wrong}, FALSE)) AS straight
    FROM firsts"""
    wide = ask(events, sql, params)
    row = wide.iloc[0].astype(int)
    rows = []
    for i, stage in enumerate(found, 1):
        later = {found[j - 1].name: row[f"swap_{i}_{j}"] for j in numbers if j > i}
        worst, broken = max(later.items(), key=lambda swap: swap[1], default=("", 0))
        entered = row[f"of{i}"], row[f"of{i}"] - row[f"wrong{i}"]
        rows.append((stage.name, *entered, worst if broken else None, broken))
    frame = DataFrame(rows, columns="stage users in_order broken_by broken".split())
    overall = {"users": row["several"], "in_order": row["straight"]}
    overall |= share_of(row["straight"], row["several"])
    frame = rates(frame, "in_order", "users")
    return finish(
        frame,
        "users",
        "stage users in_order share low high small_n broken_by broken",
        sql=[wide],
        overall=overall,
    )
