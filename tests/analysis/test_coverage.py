"""Do 95 % intervals hold the truth 95 times in 100? A small, seeded run of `make truth`."""

from __future__ import annotations

import numpy as np
import pytest

from journeykit.analysis.means import mean_interval, median_interval
from journeykit.analysis.scores import nps
from journeykit.analysis.stats import clustered, newcombe, wilson

RUNS = 4000


def cover(low, high, truth):
    return float(np.mean((low <= truth) & (truth <= high)))


def check(share):
    assert 0.93 <= share <= 0.97, f"covers {share:.3f}"


def test_wilson_covers():
    dice = np.random.default_rng(1)
    p, n = dice.uniform(0.03, 0.97, RUNS), dice.integers(20, 1500, RUNS)
    check(cover(*wilson(dice.binomial(n, p), n), p))


def test_difference_covers():
    dice = np.random.default_rng(2)
    p, q = dice.uniform(0.03, 0.97, (2, RUNS))
    n, m = dice.integers(20, 1500, (2, RUNS))
    _, low, high = newcombe(dice.binomial(n, p), n, dice.binomial(m, q), m)
    check(cover(low, high, p - q))


@pytest.mark.parametrize(("users", "base", "alike"), [(40, 0.4, 2), (200, 0.1, 3), (200, 0.6, 100)])
def test_clustered_covers_where_wilson_does_not(users, base, alike):
    """Users have 1 to many sessions each, and their own inclination."""
    dice = np.random.default_rng(3)
    m = dice.geometric(0.3, (RUNS, users)).astype(float)
    y = dice.binomial(m.astype(int), dice.beta(base * alike, (1 - base) * alike, m.shape)).astype(float)
    sums = y.sum(1), m.sum(1), (y * y).sum(1), (y * m).sum(1), (m * m).sum(1)
    check(cover(*clustered(*sums, np.full(RUNS, users)), base))
    if alike < 10:
        assert cover(*wilson(sums[0], sums[1]), base) < 0.9


def test_nps_covers():
    dice = np.random.default_rng(4)
    chances = np.array([2, 1, 2, 2, 3, 5, 6, 14, 20, 21, 24]) / 100
    truth = 100 * (chances[9:].sum() - chances[:7].sum())
    found = [
        nps(dice.choice(11, n, p=chances)).loc[0, ["low", "high"]].tolist()
        for n in dice.choice([15, 60, 300], 1000)
    ]
    check(cover(*np.array(found).T, truth))


@pytest.mark.parametrize("chances", [(2, 3, 5, 20, 70), (10, 10, 20, 30, 30), (30, 10, 10, 10, 40)])
def test_mean_of_ratings_covers(chances):
    dice = np.random.default_rng(5)
    chances = np.array(chances) / 100
    found = [mean_interval(dice.choice(5, 30, p=chances) + 1, 1, 5)[1:] for _ in range(RUNS)]
    check(cover(*np.array(found).T, chances @ np.arange(1, 6)))


def test_mean_of_ratings_by_the_same_people_covers():
    dice = np.random.default_rng(6)
    people, places = 50, np.arange(5)
    found = []
    for _ in range(1500):
        times = dice.geometric(0.4, people)
        mood = np.repeat(dice.choice([0.2, 0.5, 0.8], people), times)
        answers = dice.binomial(4, mood)
        found.append(mean_interval(answers, 0, 4, np.repeat(np.arange(people), times))[1:])
    assert places[-1] == 4
    check(cover(*np.array(found).T, 2.0))


def test_median_covers_at_least():
    dice = np.random.default_rng(7)
    found = np.array([median_interval(np.exp(dice.normal(0, 1, 60)))[1:] for _ in range(2000)])
    assert cover(*found.T, 1.0) >= 0.95
