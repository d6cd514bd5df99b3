"""The main numbers of a result, shares of customers, and how those of two runs are compared.

Tested, not eyeballed: numbers by their intervals, shares of channels, devices and events by
customer.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pandas import DataFrame, Series, concat

from journeykit.engine import quote
from journeykit.numbers.conversion import channels
from journeykit.numbers.frames import Row, add_q, p_of_interval, tidy, two_proportions
from journeykit.numbers.stats import SMALL, difference, newcombe, wilson
from journeykit.numbers.steps import ask, finish
from journeykit.tables import Events

Result = Mapping[str, Any]
"""The `result.json` of a run for one persona, or a part of it."""


def name_of(result: Result) -> str:
    """Say whose result it is.

    Examples
    --------
    >>> name_of({"persona": "maya", "persona_name": "Mobile Maya"}), name_of({"persona": None})
    ('Mobile Maya', 'Compare personas')
    """
    return str(result.get("persona_name") or result.get("persona") or "Compare personas")


@dataclass(frozen=True)
class Number:
    """One number of one result: ``key`` is the same in every run."""

    key: str
    label: str
    value: float
    low: float
    high: float
    n: int
    kind: str = "share"
    group: str = "main"
    verdict: str = ""


def main_numbers(result: Result) -> list[Number]:
    """List the main numbers of a ``result.json``: conversion, steps, scores, promises, claims.

    Examples
    --------
    >>> found = main_numbers({"data": {"users": 200, "converted": 20}})
    >>> found[0].label, found[0].value, round(found[0].low, 3)
    ('Customers who reach the goal', 0.1, 0.066)
    """
    return [number for number in _numbers(result) if number.value == number.value]


def _numbers(result: Result) -> Iterator[Number]:
    data = result.get("data") or {}
    users, reached = data.get("users"), data.get("converted")
    if users and reached is not None:
        label, (low, high) = "Customers who reach the goal", wilson(reached, users)
        yield Number("conversion", label, reached / users, low, high, users)
    repeat = (result.get("phases") or {}).get("after-the-purchase", {}).get("repeat", {})
    if repeat.get("share") is not None:
        yield _row("repeat", "Customers who buy again", repeat, "share")
    for row in result.get("surveys") or ():
        name = row["measure"]
        yield _row(f"survey-{name}", name.upper(), row, "score", kind="score")
    for row in result.get("promises") or ():
        if row.get("share") is not None:
            yield _row(f"promise-{row['promise']}", f"Promise kept: {row['text']}", row, "share")
    for before, step in pairwise(result.get("funnel") or ()):
        key, said = f"step-{step['step']}", f"Go on to “{step['step']}”"
        yield _row(key, said, {**step, "n": before["users"]}, "of_previous", group="steps")
    for row in result.get("claims") or ():
        yield _row(
            f"claim-{row['id']}",
            row["sentence"],
            row,
            "value",
            group="tests" if row.get("must") else "claims",
            kind=row.get("kind", "share"),
            verdict=row["verdict"],
        )


def _row(key: str, label: str, row: Result, value: str, **more: str) -> Number:
    number, low, high = (
        float("nan") if row.get(name) is None else float(row[name])
        for name in (value, "low", "high")
    )
    return Number(key, label, number, low, high, int(row.get("n") or 0), **more)


def compare_numbers(before: Sequence[Number], now: Sequence[Number]) -> DataFrame:
    """Compare two lists of numbers, key by key.

    The difference has the interval of the square-and-add rule (G. Y. Zou & A. Donner, 2008); its p
    is read off that interval as from a normal one, and adjusted for how many numbers are compared
    (Benjamini & Hochberg, 1995). Numbers of the same customers are more alike than of others, so
    for runs whose data overlaps the test is on the safe side.

    Parameters
    ----------
    before, now : sequence of Number

    Returns
    -------
    DataFrame
        key, label, kind, group, before, now, difference, low, high, p, q, moved (q < 0.05),
        small_n.

    Examples
    --------
    >>> old = Number("a", "A", 0.5, 0.46, 0.54, 600)
    >>> new = Number("a", "A", 0.3, 0.26, 0.34, 600)
    >>> compare_numbers([old], [new])["moved"].tolist()
    [True]
    """
    was, rows = {number.key: number for number in before}, []
    for new in now:
        old = was.get(new.key)
        if old is None or old.kind != new.kind:
            continue
        moved = difference(new.value, new.low, new.high, old.value, old.low, old.high)
        p, few = p_of_interval(*moved), min(old.n, new.n) < SMALL
        about = (new.key, new.label, new.kind, new.group)
        rows.append((*about, old.value, new.value, *moved, p, few))
    frame = DataFrame(
        rows, columns="key label kind group before now difference low high p small_n".split()
    )
    frame["moved"] = _surely(frame)
    return tidy(frame, "users", ["Adjusted for how many numbers are compared."])


COLUMNS = ("channel", "device")
"""Columns whose first value a customer is counted by."""
_MOST = 200
"""So many values of a column are kept for the next run; the rest is one value."""


def user_shares(events: Events) -> list[Row]:
    """Count customers by channel and device of their first event, and those who did each event.

    This is what a run leaves for the next one: counts only, of nobody in particular.

    Parameters
    ----------
    events : Events
    columns : sequence of str
        Those of them that the events have.

    Returns
    -------
    list of dict
        ``kind`` (the column, or ``event``), ``value``, ``users``, ``of`` (customers in all).
    """
    parts = [
        f"SELECT '{name}' AS kind, coalesce(CAST({quote(name)} AS VARCHAR), '(none)') AS value, "
        "count(*) AS users "
        f"FROM {{journey}} WHERE position = 1 GROUP BY 2"
        for name in COLUMNS
        if name in events.columns
    ]
    parts.append(
        "SELECT 'event' AS kind, CAST(event AS VARCHAR) AS value, count(DISTINCT user_id) AS users "
        "FROM {journey} GROUP BY 2"
    )
    return (
        ask(events, f"{' UNION ALL '.join(parts)} ORDER BY kind, users DESC, value")
        .groupby("kind", sort=False)
        .head(_MOST)
        .assign(of=events.users)
        .to_dict("records")
    )


def share_drift(before: Sequence[Result], now: Sequence[Result]) -> DataFrame:
    """Test which shares of customers changed between two runs.

    Two-sample test of each share (Fisher's where few are expected), q over all of them (Benjamini
    & Hochberg, 1995). The two runs are taken as different customers; where they share some, the
    test is on the safe side.

    Parameters
    ----------
    before, now : sequence of mapping
        What `user_shares` gave in each run.

    Returns
    -------
    DataFrame
        kind, value, users_before, before, users, now (shares, 0..1), difference, low, high
        (Newcombe, 1998), p, q, moved (q < 0.05), small_n; the surest first.

    Examples
    --------
    >>> old = [{"kind": "device", "value": "phone", "users": 300, "of": 1000}]
    >>> new = [{"kind": "device", "value": "phone", "users": 450, "of": 1000}]
    >>> share_drift(old, new)[["value", "moved"]].values.tolist()
    [['phone', True]]
    """
    keys = ["kind", "value"]
    old, new = (DataFrame([*side], columns=[*keys, "users", "of"]) for side in (before, now))
    frame = old.merge(new, "outer", keys, suffixes=("_before", ""))
    # A column that one of them lacks cannot move.
    frame = frame[frame["kind"].isin({*old["kind"]} & {*new["kind"]})].reset_index(drop=True)
    for name in ("users_before", "users"):
        frame[name] = frame[name].fillna(0).astype(int)
    was, of = old["of"].max(), new["of"].max()
    sides = frame["users"], of, frame["users_before"], was
    frame["before"], frame["now"] = frame["users_before"] / was, frame["users"] / of
    frame["difference"], frame["low"], frame["high"] = newcombe(*sides)
    frame["p"], frame["small_n"] = two_proportions(*sides), min(was, of) < SMALL
    frame["moved"] = _surely(frame)
    return finish(
        frame.sort_values(["q", "p", "kind", "value"]),
        "users",
        "kind value users_before before users now difference low high p q moved small_n",
        ["Tested for all shares together (Benjamini and Hochberg)."],
    )


def room_to_grow(events: Events, goal: Any, columns: Sequence[str] = COLUMNS) -> DataFrame:
    """Compare customers of each channel and device with all others: who reaches the goal more
    often.

    A channel that brings few and of whom many reach the goal has room to grow. It need not be the
    cause: other people come by it.

    Parameters
    ----------
    events : Events
    goal : step
    columns : sequence of str
        Those of them that the events have.

    Returns
    -------
    DataFrame
        kind (the column), value, users, share (of all customers), converted, conversion, low, high
        (Wilson), difference (from all others), diff_low, diff_high, p, q, grow (surely more often),
        small_n; the most promising first.
    """
    parts = []
    for name in [column for column in columns if column in events.columns]:
        found = channels(events, goal, by=name).rename(columns={"channel": "value"})
        k, n = (found[c].to_numpy(float) for c in ("converted", "users"))
        others = (k.sum() - k, n.sum() - n)
        gaps = dict(zip(("difference", "diff_low", "diff_high"), newcombe(k, n, *others)))
        parts.append(
            found.assign(kind=name, share=n / n.sum(), **gaps, p=two_proportions(k, n, *others))
        )
    order = (
        "kind value users share converted conversion low high difference diff_low diff_high p q "
        "grow small_n"
    )
    if not parts:
        return tidy([], "users", columns=order.split())
    frame = concat(parts, ignore_index=True)
    frame["grow"] = _surely(frame) & (frame["difference"] > 0)
    frame = frame.sort_values(["grow", "conversion", "value"], ascending=[False, False, True])
    return finish(frame, "users", order, ["Coming by a channel need not be the cause."])


def _surely(frame: DataFrame) -> Series:
    """Add q; say which rows moved beyond chance."""
    add_q(frame)
    return (frame["q"] < 0.05) & ~frame["small_n"].astype(bool)
