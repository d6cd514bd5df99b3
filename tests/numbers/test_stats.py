"""Intervals and tests against published numbers, other implementations and known truth."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as peer

from journeykit.errors import AnalysisError
from journeykit.numbers.frames import benjamini_hochberg, homogeneity, two_proportions
from journeykit.numbers.means import effective_n, mean_interval, median_interval
from journeykit.numbers.stats import (
    clustered,
    clustered_rows,
    difference,
    newcombe,
    small,
    user_codes,
    wilson,
)

counts = st.integers(0, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(counts)
def test_wilson_agrees_with_scipy_and_holds_the_share(count):
    k, n = count
    low, high = wilson(k, n)
    if n == 0:
        assert np.isnan(low)
        assert np.isnan(high)
        return
    theirs = peer.binomtest(k, n).proportion_ci(method="wilson")
    assert (low, high) == (
        pytest.approx(theirs.low, abs=1e-9),
        pytest.approx(theirs.high, abs=1e-9),
    )
    assert 0 <= low <= k / n <= high <= 1
    assert high - low > 0


def test_wilson_takes_arrays_and_refuses_a_part_larger_than_the_whole():
    low, high = wilson([0, 5, 10], [10, 10, 10])
    assert low[0] == 0.0
    assert high[2] == 1.0
    assert np.all(np.diff(low) > 0)
    with pytest.raises(AnalysisError, match="11 of 10 is no share"):
        wilson([3, 11], 10)


# R. G. Newcombe, Statistics in Medicine 17 (1998), table II, method 10
@pytest.mark.parametrize(
    ("table", "low", "high"),
    [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((10, 10, 0, 20), 0.6791, 1.0),
    ],
)
def test_newcombe_published_table(table, low, high):
    effect, ours_low, ours_high = newcombe(*table)
    assert effect == pytest.approx(table[0] / table[1] - table[2] / table[3])
    assert (round(ours_low, 4), round(ours_high, 4)) == (low, high)


def test_difference_is_antisymmetric():
    one = difference(0.4, 0.3, 0.55, 0.2, 0.1, 0.35)
    other = difference(0.2, 0.1, 0.35, 0.4, 0.3, 0.55)
    assert one == pytest.approx((-other[0], -other[2], -other[1]))


@given(counts, counts)
def test_two_proportions_agrees_with_scipy(one, other):
    (k, n), (j, m) = one, other
    p = two_proportions(k, n, j, m)
    if n == 0 or m == 0:
        assert np.isnan(p)
        return
    table = np.array([[k, n - k], [j, m - j]])
    if k + j in (0, n + m):
        expected = 1.0
    elif peer.contingency.expected_freq(table).min() < 5:
        expected = peer.fisher_exact(table)[1]
    else:
        expected = peer.chi2_contingency(table, correction=False)[1]
    assert p == pytest.approx(expected, abs=1e-9)


def test_two_proportions_takes_arrays():
    p = two_proportions([56, 9, 0], [70, 10, 5], [48, 3, 0], [80, 10, 5])
    assert p[0] == pytest.approx(0.00804508)
    assert p[1] == pytest.approx(peer.fisher_exact([[9, 1], [3, 7]])[1])
    assert p[2] == 1.0


def test_homogeneity_agrees_with_scipy_and_skips_empty_groups():
    table = [[105, 64], [51, 44], [115, 104]]
    expected = peer.chi2_contingency(table, correction=False)[1]
    assert homogeneity([105, 0, 51, 115], [169, 0, 95, 219]) == pytest.approx(expected)
    assert np.isnan(homogeneity([3], [10]))
    assert homogeneity([0, 0], [10, 20]) == 1.0


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_benjamini_hochberg_agrees_with_scipy(values):
    ours = benjamini_hochberg(values)
    assert ours == pytest.approx(peer.false_discovery_control(values), abs=1e-12)
    assert np.all(ours >= np.asarray(values) - 1e-12)


def test_benjamini_hochberg_does_not_count_what_was_not_tested():
    q = benjamini_hochberg([0.01, np.nan, 0.02])
    assert q[0] == pytest.approx(0.02)
    assert np.isnan(q[1])
    assert len(benjamini_hochberg([])) == 0


def test_one_row_per_user_is_nearly_wilson():
    hit = np.arange(200) % 4 == 0
    share, low, high = clustered_rows(hit, np.arange(200))
    assert share == 0.25
    assert (low, high) == pytest.approx(wilson(50, 200), abs=0.002)


def test_forty_copies_of_a_user_are_one_user():
    hit = np.repeat([1, 0, 1, 1, 0, 0, 1, 0, 1, 0], 40)
    users = np.repeat(np.arange(10), 40)
    share, low, high = clustered_rows(hit, users)
    plain_low, plain_high = wilson(200, 400)
    assert share == 0.5
    assert high - low > 5 * (plain_high - plain_low)


def test_clustered_is_vectorised_and_says_nothing_of_one_user():
    low, high = clustered([5, 0, 3], [10, 0, 4], [25, 0, 5], [50, 0, 6], [100, 0, 8], [1, 0, 3])
    assert (low[0], high[0]) == (0.0, 1.0)
    assert np.isnan(low[1])
    assert 0 < low[2] < 0.75 < high[2] < 1


def test_clustered_without_spread_counts_users_not_rows():
    low, high = clustered(60, 60, 360, 360, 360, 10)
    assert high == 1.0
    assert low == pytest.approx(wilson(10, 10, z=peer.t.ppf(0.975, 9))[0])


def test_rows_without_a_user_stand_alone():
    assert user_codes(["a", None, "a", float("nan")]).tolist() == [0, 1, 0, 2]
    assert np.isnan(clustered_rows([], [])[0])


def test_small():
    assert small(29) is True
    assert small(30) is False
    assert small(np.array([1, 99])).tolist() == [True, False]


def test_mean_interval_of_shares_is_nearly_wilson():
    x = np.r_[np.ones(60), np.zeros(40)]
    assert mean_interval(x, 0, 1)[1:] == pytest.approx(wilson(60, 100), abs=0.003)


def test_mean_interval_for_many_answers_is_the_t_interval():
    x = np.random.default_rng(1).integers(1, 6, 2000)
    mean, low, high = mean_interval(x, 1, 5)
    assert (low, high) == pytest.approx(peer.t.interval(0.95, 1999, mean, peer.sem(x)), abs=0.002)


@pytest.mark.parametrize("answers", [[5], [5, 5, 5], [1, 1, 1, 1]])
def test_mean_interval_of_answers_that_are_alike_is_wide_and_on_the_scale(answers):
    mean, low, high = mean_interval(answers, 1, 5)
    assert mean == answers[0]
    assert 1 <= low <= mean <= high <= 5
    assert high - low > 1
    assert np.isnan(mean_interval([], 1, 5)[0])


def test_effective_n_of_copies_is_the_number_of_people():
    x = np.repeat([1.0, 5, 3, 2, 4, 4], 10)
    n, df = effective_n(x, np.repeat(np.arange(6), 10))
    assert n == pytest.approx(6, rel=0.25)
    assert df == pytest.approx(5)
    assert effective_n(x) == (60, 59)
    assert effective_n(x, np.arange(60))[0] == pytest.approx(60)


def test_median_interval_ranks():
    assert median_interval(range(1, 26)) == (13.0, 8.0, 18.0)
    middle, low, high = median_interval([1, 2, 3, 4, 5])
    assert middle == 3
    assert np.isnan(low)
    assert np.isnan(high)
    assert np.isnan(median_interval([np.nan])[0])
