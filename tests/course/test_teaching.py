"""What the course says of intervals, drawn."""

from __future__ import annotations

import numpy as np

from journeykit.numbers import wilson


def test_of_twenty_intervals_nineteen_hold_the_true_share_and_another_share_lies_in_fewer() -> None:
    rng, true, n, draws = np.random.default_rng(20), 0.3, 400, 4_000
    first, second = rng.binomial(n, true, size=(2, draws))
    ends = {hits: wilson(int(hits), n)[:2] for hits in np.unique(first)}
    low, high = np.array([ends[hits] for hits in first]).T
    assert 0.94 < ((low <= true) & (true <= high)).mean() < 0.96
    assert 0.80 < ((low <= second / n) & (second / n <= high)).mean() < 0.86
