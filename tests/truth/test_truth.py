"""A small, seeded `make truth`: what is planted is found, what is not there is not, intervals hold.

The thresholds leave room for a few seeds only: a ranking by users, by effect or by chance fails them.
"""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from journeykit.numbers.compare import Cells, gaps
from journeykit.numbers.stats import clustered, wilson

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
SEEDS = range(8)
RUNS = 2000

pytestmark = pytest.mark.all


@pytest.fixture(scope="module")
def truth():
    """Give the script behind `make truth`, which lies beside the package."""
    sys.path.insert(0, str(BENCHMARKS))
    try:
        import truth
    finally:
        sys.path.remove(str(BENCHMARKS))
    return truth


@pytest.mark.parametrize("step", range(4))
def test_eight_points_at_any_step_are_in_the_top_three(truth, step):
    told = [truth.tell("booking", truth.Plant(step), seed) for seed in SEEDS]
    assert sum(one["top3"] for one in told) >= 7
    assert sum(one["top1"] for one in told) >= 5


@pytest.mark.parametrize("plant", [("channel", "social"), ("time", "", (12, 24))])
def test_so_are_those_of_a_channel_and_of_a_time(truth, plant):
    told = [truth.tell("booking", truth.Plant(2, *plant), seed) for seed in SEEDS[:6]]
    assert sum(one["top3"] for one in told) >= 5


@pytest.mark.parametrize("journey", ["booking", "shop"])
def test_where_nothing_is_planted_hardly_anything_is_significant(truth, journey):
    told = [truth.tell(journey, None, seed) for seed in range(100, 108)]
    assert sum(one["flagged"] for one in told) <= 1
    assert all(one["looked_at"] > 50 for one in told)


def test_the_generator_plants_what_it_says(truth):
    _, stood = truth.story(1, truth.BOOKING, truth.Plant(1), users=40_000)
    there = stood[stood["step"] == 1]
    lost = 1 - there.groupby(there["device"] == "phone")["went"].mean()
    assert lost[True] - lost[False] == pytest.approx(0.08, abs=0.01)
    before = stood[stood["step"] == 0]
    assert before.groupby(before["device"] == "phone")["went"].mean().diff().abs().max() < 0.01


def test_the_chance_of_few_losses_is_that_of_the_exact_distribution():
    """Of 40 of 300, 14 are lost, 24 of the others: by the plain normal curve twenty times too sure."""
    from scipy.stats import hypergeom

    found = gaps(cells([("b", 260, 236), ("a", 40, 26)]), windows=False)
    gap = next(gap for gap in found if gap.value == "a")
    exact = float(hypergeom.sf(13, 300, 38, 40))
    assert exact / 2 < gap.p / 2 < exact


def test_the_worst_of_many_weeks_is_no_surprise():
    dice = np.random.default_rng(1)
    found = []
    for _ in range(800):
        n = dice.poisson(40, 24)
        weeks = [("x", of, dice.binomial(of, 0.8)) for of in n]
        found += [gap.p for gap in gaps(cells(weeks, weekly=True)) if gap.window]
    assert 0.02 < np.mean(np.array(found) < 0.05) < 0.06


def cells(rows, weekly=False):
    import pandas as pd

    frame = pd.DataFrame(rows, columns=["d0", "n", "hits"]).assign(place=1, mine=True)
    frame["bucket"] = range(len(rows)) if weekly else 0
    return Cells(frame, [] if weekly else ["d0"])


# -- intervals ------------------------------------------------------------------------------


@cache
def kinds():
    sys.path.insert(0, str(BENCHMARKS))
    try:
        from cover import KINDS
    finally:
        sys.path.remove(str(BENCHMARKS))
    return KINDS


SLOW = {
    "A/B test, difference (Newcombe)": 150,
    "what-if, difference": 60,
    "lift of two products": 250,
}


@pytest.mark.parametrize("kind", kinds())
def test_intervals_hold_the_truth(kind):
    runs = SLOW.get(kind, 600)
    held = kinds()[kind](np.random.default_rng(7), runs)
    room = 3.3 * np.sqrt(0.95 * 0.05 / len(held))  # as far as chance goes
    assert abs(np.mean(held) - 0.95) < room + 0.012


def test_clustered_covers_where_wilson_does_not():
    """Users have one to many sessions each, and their own inclination."""
    dice = np.random.default_rng(3)
    m = dice.geometric(0.3, (RUNS, 200))
    y = dice.binomial(m, dice.beta(0.3, 2.7, m.shape))
    sums = y.sum(1), m.sum(1), (y * y).sum(1), (y * m).sum(1), (m * m).sum(1), np.full(RUNS, 200)
    (low, high), (bold_low, bold_high) = clustered(*sums), wilson(sums[0], sums[1])
    assert 0.93 < np.mean((low <= 0.1) & (high >= 0.1)) < 0.97
    assert np.mean((bold_low <= 0.1) & (bold_high >= 0.1)) < 0.9
