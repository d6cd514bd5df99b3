"""Whether people take the stages in the order of the map."""

from typing import Any

from pandas import DataFrame

from journeykit.tables import Events
from journeykit.words import people, percent

from .catalogue import number
from .claimed import from_row
from .frames import share_of
from .steps import ask, finish, numbered, rates, tagged
from .timing import FIRST, seen_stages


def _in_order(frame: DataFrame) -> str:
    whole, worst = frame.attrs["overall"], frame.sort_values("share").iloc[0]
    return (
        f"{percent(whole['share'])} of {people(whole['users'])} meet the stages in the order of the"
        f" map. It breaks most often at “{worst['stage']}” ({percent(1 - worst['share'])} out of "
        "order)."
    )


@number(
    say=_in_order,
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
    any_wrong = f"coalesce({' OR '.join(wrong.values())}, FALSE)"
    sql = f"""
    WITH firsts AS (SELECT user_number, {firsts} FROM ({sql}) AS tagged GROUP BY user_number)
    SELECT {sides}, {swaps}, count(*) FILTER (WHERE {several}) AS several,
      count(*) FILTER (WHERE {several} AND NOT {any_wrong}) AS straight FROM firsts"""
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
