"""Chance with a seed: the few draws that the simulated people need."""

from __future__ import annotations

import math
from bisect import bisect
from collections.abc import Mapping
from itertools import accumulate

import numpy as np


class Dice:
    """Draws from one seeded generator.

    Examples
    --------
    >>> Dice(1, 2).pick({"a": 1.0, "b": 0.0})
    'a'
    """

    def __init__(self, *seed: int) -> None:
        self.rng = np.random.default_rng(seed)

    def chance(self, p: float) -> bool:
        """Return True with probability ``p``; below 0 is never, above 1 is always."""
        return bool(self.rng.random() < p)

    def pick(self, weights: Mapping[str, float]) -> str:
        """Return one key, in proportion to its weight."""
        names = list(weights)
        sums = list(accumulate(weights.values()))
        return names[min(bisect(sums, self.rng.random() * sums[-1]), len(names) - 1)]

    def one(self, options: list[str] | tuple[str, ...]) -> str:
        """Return one of the options, all equally likely."""
        return options[int(self.rng.integers(len(options)))]

    def whole(self, low: int, high: int) -> int:
        """Return a whole number from ``low`` to ``high``, both possible."""
        return int(self.rng.integers(low, high + 1))

    def between(self, low: float, high: float) -> float:
        """Return a number from ``low`` to below ``high``."""
        return float(low + (high - low) * self.rng.random())

    def normal(self, mean: float = 0.0, spread: float = 1.0) -> float:
        """Return a normally distributed number."""
        return float(self.rng.normal(mean, spread))

    def around(self, median: float, spread: float = 0.6) -> float:
        """Return a positive, right-skewed number with this median (log-normal)."""
        return float(median * math.exp(self.rng.normal(0.0, spread)))

    def score(self, mean: float, low: int, high: int, spread: float) -> int:
        """Return a rating near ``mean`` on the scale ``low`` to ``high``."""
        return int(min(high, max(low, round(self.rng.normal(mean, spread)))))


def logistic(x: float) -> float:
    """Turn a score on the log-odds scale into a probability."""
    return 1.0 / (1.0 + math.exp(-x))
