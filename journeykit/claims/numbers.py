"""The main numbers of a result, and how two of them are compared: tested, not eyeballed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pandas as pd

from journeykit.numbers import wilson
from journeykit.numbers.frames import tidy
from journeykit.numbers.significance import benjamini_hochberg, p_of_interval
from journeykit.numbers.stats import SMALL, difference

Result = Mapping[str, Any]
"""The `result.json` of a run for one persona, or a part of it."""


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
        about = {"kind": row.get("kind", "share"), "verdict": row["verdict"]}
        yield _row(
            f"claim-{row['id']}",
            row["sentence"],
            row,
            "value",
            group="tests" if row.get("must") else "claims",
            **about,
        )


def _row(key: str, label: str, row: Result, value: str, **more: str) -> Number:
    number, low, high = (_float(row.get(name)) for name in (value, "low", "high"))
    return Number(key, label, number, low, high, int(row.get("n") or 0), **more)


def _float(value: Any) -> float:
    return float("nan") if value is None else float(value)


def compare_numbers(before: Sequence[Number], now: Sequence[Number]) -> pd.DataFrame:
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
        effect, low, high = difference(new.value, new.low, new.high, old.value, old.low, old.high)
        p, few = p_of_interval(effect, low, high), min(old.n, new.n) < SMALL
        about = (new.key, new.label, new.kind, new.group)
        rows.append((*about, old.value, new.value, effect, low, high, p, few))
    frame = pd.DataFrame(
        rows, columns="key label kind group before now difference low high p small_n".split()
    )
    frame["q"] = benjamini_hochberg(frame["p"].to_numpy(float))
    frame["moved"] = (frame["q"] < 0.05) & ~frame["small_n"].astype(bool)
    return tidy(frame, "users", ["Adjusted for how many numbers are compared."])
