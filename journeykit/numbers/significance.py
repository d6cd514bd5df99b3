"""Tests of differences, and the correction for many of them; each with its source."""

from typing import Any

import numpy as np
from pandas import DataFrame

from .stats import QUIET, Number, Z, answer, floats


@QUIET
def two_sided(effect: Number, error: Number) -> Any:
    """Give the two-sided p of an effect by the normal curve; 1 where it has no error."""
    from scipy.special import ndtr

    return np.where(error > 0, 2 * ndtr(-np.abs(effect) / error), 1.0)


@QUIET
def two_proportions(k1: Number, n1: Number, k2: Number, n2: Number) -> Any:
    """Two-sided p of "the two shares are the same".

    Pooled z test (K. Pearson's chi-square of the 2x2 table); where a cell expects fewer than 5,
    Fisher's exact test instead (W. G. Cochran's rule, 1954).

    Returns
    -------
    p : float or ndarray
        NaN where a side has nobody; 1 where all or none of both did it.

    Examples
    --------
    >>> round(two_proportions(56, 70, 48, 80), 4)
    0.008
    """
    k1, n1, k2, n2 = floats(k1, n1, k2, n2)
    pooled = (k1 + k2) / (n1 + n2)
    error = np.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
    p = two_sided(k1 / n1 - k2 / n2, error)
    thin = np.minimum(n1, n2) * np.minimum(pooled, 1 - pooled) < 5
    known = (n1 > 0) & (n2 > 0)
    p = np.atleast_1d(np.where(known, p, np.nan))
    places = np.flatnonzero(np.atleast_1d(known & thin & (error > 0)))
    if len(places):  # scipy.stats is slow to import, and seldom needed
        from scipy.stats import fisher_exact

        # Among thousands of rare events most have the same counts: each table is tested once.
        counts = np.stack([np.atleast_1d(v).flat[places] for v in (k1, n1, k2, n2)], axis=1)
        tables, which = np.unique(counts, axis=0, return_inverse=True)
        exact = [fisher_exact(np.array([[a, m - a], [b, n - b]]))[1] for a, m, b, n in tables]
        p.flat[places] = np.array(exact)[which.ravel()]
    return answer(p.reshape(k1.shape))[0]


def p_of_interval(effect: float, low: float, high: float) -> float:
    """How often chance alone would move it so far: from the side of the interval that faces 0."""
    half = effect - low if effect > 0 else high - effect
    if not half > 0:
        return float("nan") if half != half else float(effect == 0)
    return float(two_sided(effect, half / Z))


def homogeneity(k: Any, n: Any) -> float:
    """Give p of "all groups have the same share" (Pearson's chi-square, groups - 1 df).

    Examples
    --------
    >>> round(homogeneity([105, 51, 115], [169, 95, 219]), 3)
    0.145
    """
    from scipy.special import chdtrc

    hits, of = np.asarray(k, dtype=float), np.asarray(n, dtype=float)
    hits, of = hits[of > 0], of[of > 0]
    if len(of) < 2:
        return float("nan")
    share = hits.sum() / of.sum()
    if share in (0.0, 1.0):
        return 1.0
    return float(chdtrc(len(of) - 1, ((hits - of * share) ** 2 / (of * share * (1 - share))).sum()))


def benjamini_hochberg(p: Any, looked_at: int = 0) -> np.ndarray:
    """Adjust p values for how many were looked at (false discovery rate).

    Step-up procedure of Y. Benjamini & Y. Hochberg, JRSS B 57, 1995:
    ``q(i) = min over j ≥ i of p(j)·m/j``. NaN stays NaN and is not counted in m; where more were
    `looked_at` than are given (the others had p = 1), m is that number.

    Returns
    -------
    q : ndarray
        In the order given; what is below 0.05 holds at a false discovery rate of 5 %.

    Examples
    --------
    >>> benjamini_hochberg([0.01, 0.04, 0.03, 0.5]).round(3).tolist()
    [0.04, 0.053, 0.053, 0.5]
    """
    given = np.asarray(p, dtype=float)
    q = np.full(given.shape, np.nan)
    known = np.flatnonzero(~np.isnan(given))
    order = known[np.argsort(given[known], kind="stable")]
    if len(order):
        m = max(len(order), looked_at)
        steps = given[order] * m / np.arange(1, len(order) + 1)
        q[order] = np.minimum(np.minimum.accumulate(steps[::-1])[::-1], 1.0)
    return q


def add_q(frame: DataFrame) -> None:
    """Add ``q`` to a frame: its p values, adjusted for how many there are.

    Examples
    --------
    >>> frame = DataFrame({"p": [0.01, 0.04]})
    >>> add_q(frame)
    >>> frame["q"].tolist()
    [0.02, 0.04]
    """
    frame["q"] = benjamini_hochberg(frame["p"].to_numpy(float))
