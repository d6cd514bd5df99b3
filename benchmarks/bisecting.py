"""`journeykit bisect` on logs whose truth is known: part of `make truth`.

Each log has a share of 31 % or, with a fault that begins on a random night, of 23 % from then on.
What the kit itself uses (`change_points`, and for whole logs `bounds`) says since when.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from alarms import START, Row, shop, table

from journeykit.model import Claim
from journeykit.numbers.change_points import change_points
from journeykit.numbers.nights import bounds
from journeykit.tables import read_events

SHARE, FAULT = 0.31, 0.08
NEAR, EDGE = 2, 10
KINDS = {
    "independent customers": {},
    "design effect 1.5": {"effect": 1.5},
    "weekends, 4 points lower, of fewer": {"weekend": 0.04},
    "design effect 1.5, a day is half like the one before": {"effect": 1.5, "like": 0.5},
}
"""How the days of a log hang together."""


def log(
    dice: Any, per: int, share: Any, effect: float = 1, weekend: float = 0, like: float = 0
) -> Any:
    """Draw customers and hits of each night."""
    many = len(share)
    free = np.arange(many) % 7 >= 5
    n = np.maximum(dice.poisson(per * np.where(free & (weekend > 0), 0.6, 1), many), 1)
    share = share - weekend * free
    if effect > 1:  # a night has a share of its own; how far from the others, by the design effect
        steps = dice.normal(0, 1, many)
        for i in range(1, many):
            steps[i] = like * steps[i - 1] + np.sqrt(1 - like**2) * steps[i]
        share = share + np.sqrt((effect - 1) * SHARE * (1 - SHARE) / per) * steps
    return np.c_[n, dice.binomial(n, np.clip(share, 0.001, 0.999))]


def found_in(nights: Any) -> Any:
    """Ask the kit."""
    mean = nights[:, 1].sum() / nights[:, 0].sum()
    return change_points(nights, mean * (1 - mean))


def calm(dice: Any, logs: int) -> Iterator[Row]:
    """Nothing changed."""
    for kind, how in KINDS.items():
        for many in (60, 365):
            for per in (50, 500):
                none = [
                    not len(found_in(log(dice, per, np.full(many, SHARE), **how)))
                    for _ in range(logs)
                ]
                said = f"{many} nights without a fault, {kind}: “no change”"
                yield said, f"{per} a night", 100 * float(np.mean(none)), 95, "least"


def planted(dice: Any, logs: int) -> Iterator[Row]:
    """A fault of 8 points that stays."""
    for kind, how in KINDS.items():
        for many in (60, 365):
            for per in (50, 500):
                near, held, short, alone = [], [], [], []
                for _ in range(logs):
                    at = dice.integers(EDGE, many - EDGE)
                    share = SHARE - FAULT * (np.arange(many) >= at)
                    rows = found_in(log(dice, per, share, **how))
                    best = rows[np.abs(rows[:, 1] - at).argsort()[:1]]
                    near.append(bool((np.abs(best[:, 1] - at) <= NEAR).any()))
                    alone.append(len(rows) == 1)
                    if len(best):
                        held.append(best[0, 0] <= at <= best[0, 2])
                        short.append(best[0, 2] - best[0, 0] <= 2 * NEAR)
                said, who = f"{many} nights, a fault of 8 points, {kind}", f"{per} a night"
                asked = (90, "least") if per >= 500 else (-1, "")
                yield f"{said}: within 2 days", who, 100 * float(np.mean(near)), *asked
                yield f"{said}: it alone is named", who, 100 * float(np.mean(alone)), -1, ""
                yield (
                    f"{said}: where one is named, it lies in the interval",
                    who,
                    100 * float(np.mean(held)),
                    95,
                    "least",
                )
                if per >= 500:
                    few = 100 * float(np.mean(short))
                    yield f"{said}: which is at most 5 days long", who, few, 90, "least"


def mended(dice: Any, logs: int) -> Iterator[Row]:
    """A fault of 8 points in a year, and its mending after 40 nights."""
    for per in (50, 500):
        both = []
        for _ in range(logs):
            at = dice.integers(30, 365 - 70)
            nights = np.arange(365)
            share = SHARE - FAULT * ((nights >= at) & (nights < at + 40))
            first = found_in(log(dice, per, share))[:, 1]
            both.append(len(first) == 2 and np.abs(first - [at, at + 40]).max() <= NEAR)
        said = "365 nights, a fault of 40 nights: its beginning and its end, each within 2 days"
        asked = (90, "least") if per >= 500 else (-1, "")
        yield said, f"{per} a night", 100 * float(np.mean(both)), *asked


def late(dice: Any, logs: int) -> Iterator[Row]:
    """The fault is only a few nights old."""
    for nights in (3, 7):
        near = []
        for _ in range(logs):
            share = SHARE - FAULT * (np.arange(365) >= 365 - nights)
            near.append(
                (np.abs(found_in(log(dice, 500, share))[:, 1] - 365 + nights) <= NEAR).any()
            )
        said = f"365 nights, a fault of 8 points that is {nights} nights old: within 2 days"
        yield said, "500 a night", 100 * float(np.mean(near)), -1, ""


def read(dice: Any, logs: int) -> Iterator[Row]:
    """Whole logs, read by the kit: people think for hours to weeks, and it names when they came."""
    steps = {"visit": "visit", "pay": "pay"}
    claim = Claim.model_validate(
        {"metric": "step-rate", "of": "pay", "is": "at least", "threshold": "30%"}
    )
    for low in (0.3, 0.22) if logs else ():
        good = []
        for _ in range(logs):
            at = int(dice.integers(30, 200))
            rows = shop(dice, 500, at, low=low).drop(columns="told")
            rows = rows[rows["timestamp"] < START + pd.Timedelta(days=240)]
            view = SimpleNamespace(events=read_events(rows), steps=steps)
            held = bounds(view, claim, "")[0][0]
            days = (held.index - held.attrs["wide"] - START).days
            x = held.columns.to_numpy(float)
            first = found_in(held.to_numpy() @ np.c_[np.ones_like(x), x])[:, 1]
            good.append((np.abs(days[first] - at) <= NEAR).any() if low < 0.3 else not len(first))
        said = "a fault from 30 to 22 %: within 2 days" if low < 0.3 else "no fault: “no change”"
        asked = 90 if low < 0.3 else 95
        yield (
            f"a whole log of 240 days, {said}",
            "500 a night",
            100 * float(np.mean(good)),
            asked,
            "least",
        )


def measured(logs: int, whole: int = 0, seed: int = 17) -> list[Row]:
    """Play all of it."""
    parts = ((calm, 3 * logs), (planted, logs), (mended, logs), (late, logs), (read, whole))
    return [
        row
        for at, (part, many) in enumerate(parts)
        for row in part(np.random.default_rng([seed, at]), many)
    ]


def main() -> None:
    """Print the table alone: python benchmarks/bisecting.py."""
    asked = argparse.ArgumentParser(description="Planted changes, and since when the kit says.")
    asked.add_argument("--logs", type=int, default=100)
    asked.add_argument("--whole", type=int, default=10)
    options = asked.parse_args()
    print(table(measured(options.logs, options.whole)))


if __name__ == "__main__":
    main()
