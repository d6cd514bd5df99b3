"""Verdicts come from the interval and n, never from the point: properties, and what more it takes."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeykit.claims import decide
from journeykit.claims.verdict import more_needed
from journeykit.numbers import wilson

ONE_SIDED = ("at least", "at most", "above", "below")
RANK = {"refuted": 0, "undecided": 1, "supported": 2}
shares = st.floats(0.01, 0.99)
sizes = st.integers(30, 20_000)


def of_share(p: float, n: int, comparison: str, *limits: float) -> str:
    return decide(*wilson(p * n, n), n, comparison, limits)


@given(st.floats(-50, 50), st.floats(0, 20), sizes, st.sampled_from(ONE_SIDED), st.floats(-50, 50))
def test_never_decided_with_an_interval_that_holds_the_threshold(
    low, width, n, comparison, limit
) -> None:
    high = low + width
    if low < limit < high:
        assert decide(low, high, n, comparison, (limit,)) == "undecided"
    supported = decide(low, high, n, comparison, (limit,)) == "supported"
    claimed = {
        "at least": low >= limit,
        "above": low > limit,
        "at most": high <= limit,
        "below": high < limit,
    }
    assert supported == claimed[comparison]


@given(st.floats(-9, 9), st.floats(0, 9), st.floats(-9, 9), st.floats(0, 9))
def test_between_needs_the_whole_interval_inside_or_outside(low, width, first, gap) -> None:
    high, last = low + width, first + gap
    found = decide(low, high, 100, "between", (first, last))
    assert (found == "supported") == (first <= low and high <= last)
    assert (found == "refuted") == (high < first or low > last)


@given(shares, sizes, st.integers(2, 50), st.sampled_from(ONE_SIDED), shares)
def test_more_customers_with_the_same_share_never_take_a_verdict_back(
    p, n, more, comparison, limit
) -> None:
    before, after = (of_share(p, size, comparison, limit) for size in (n, n * more))
    assert before in ("undecided", after)


@given(shares, shares, sizes, shares)
def test_a_larger_effect_is_never_worse_for_the_claim(one, other, n, limit) -> None:
    small, large = sorted((one, other))
    for comparison in ("at least", "above"):
        assert (
            RANK[of_share(small, n, comparison, limit)]
            <= RANK[of_share(large, n, comparison, limit)]
        )
    for comparison in ("at most", "below"):
        assert (
            RANK[of_share(large, n, comparison, limit)]
            <= RANK[of_share(small, n, comparison, limit)]
        )


@given(shares, sizes, shares, st.sampled_from(["at least", "at most"]))
def test_a_claim_and_its_opposite_are_never_both_true(p, n, limit, comparison) -> None:
    opposite = {"at least": "below", "at most": "above"}[comparison]
    verdicts = {of_share(p, n, comparison, limit), of_share(p, n, opposite, limit)}
    assert verdicts in ({"supported", "refuted"}, {"undecided"})


@given(st.integers(0, 29), st.floats(0, 1), st.sampled_from(ONE_SIDED), shares)
def test_fewer_than_thirty_decide_nothing(n, p, comparison, limit) -> None:
    assert decide(p, p, n, comparison, (limit,)) == "undecided"


@pytest.mark.parametrize("ends", [(math.nan, math.nan), (0.1, math.nan), (math.nan, 0.9)])
def test_no_interval_decides_nothing(ends: tuple[float, float]) -> None:
    assert decide(*ends, 1000, "at least", (0.5,)) == "undecided"


@given(st.floats(0.05, 0.95), st.integers(30, 3000), st.floats(0.02, 0.98))
def test_so_many_more_decide_it_and_a_tenth_fewer_do_not(p, n, place) -> None:
    low, high = wilson(p * n, n)
    limit = low + place * (high - low)
    assert of_share(p, n, "at least", limit) == "undecided"
    more = more_needed(p, low, high, n, (limit,), share=True)
    if more is None:  # a hundred times as many would not do
        assert of_share(p, 90 * n, "at least", limit) == "undecided"
        return
    assert more > 0
    assert of_share(p, n + more + 2, "at least", limit) != "undecided"
    if more > 20:
        assert of_share(p, n + int(0.9 * more), "at least", limit) == "undecided"


def test_a_value_on_its_threshold_is_not_promised_a_verdict() -> None:
    assert more_needed(0.5, 0.4, 0.6, 100, (0.5,), share=True) is None
    assert more_needed(0.5001, 0.4, 0.6, 100, (0.5,), share=True) is None


@pytest.mark.parametrize(
    ("value", "ends", "n", "limits", "more"),
    [
        (
            10.0,
            (0.0, 20.0),
            100,
            (5.0,),
            300,
        ),  # half as far as the interval reaches: four times as many
        (10.0, (0.0, 20.0), 100, (15.0,), 300),
        (10.0, (0.0, 20.0), 100, (5.0, 15.0), 300),  # between, and inside
        (10.0, (0.0, 20.0), 100, (15.0, 40.0), 300),  # between, and outside: the nearer end
        (10.0, (9.0, 11.0), 12, (40.0,), 18),  # too few, whatever the interval
    ],
)
def test_how_many_more_of_what_is_no_share(
    value: float, ends: tuple[float, float], n: int, limits: tuple[float, ...], more: int
) -> None:
    assert more_needed(value, *ends, n, limits, share=False) == more


def test_verdicts_of_claims_at_their_threshold_come_out_right_by_chance_as_the_notebook_says() -> (
    None
):
    """Both sides of a threshold that is the truth get 2.5 % each: what `w.test.claims()` expects."""
    import numpy as np

    rng: Any = np.random.default_rng(5)
    k = rng.binomial(800, 0.4, size=4000)
    low, high = wilson(k, 800)
    found = [decide(a, b, 800, "at least", (0.4,)) for a, b in zip(low, high, strict=True)]
    assert 0.015 < found.count("supported") / 4000 < 0.035
    assert 0.015 < found.count("refuted") / 4000 < 0.035
