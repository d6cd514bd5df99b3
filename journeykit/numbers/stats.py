"""Intervals, each with its formula and source; no resampling anywhere.

All functions take numbers or arrays of equal length and answer in kind. Rates are 0..1,
intervals are two-sided 95 %. Nothing observed (n = 0) gives NaN, never a made-up number.
"""

from typing import Any

import numpy as np

from journeykit.errors import AnalysisError

Z = 1.959963984540054
"""The 97.5 % point of the normal distribution."""

SMALL = 30
"""Below this many, a number is flagged as resting on few observations."""

NONE = (np.nan, np.nan, np.nan)
"""A value and its interval, where nothing was measured."""
Interval = tuple[float, float, float]
"""A value and the ends of its 95% interval."""
Number = Any  # a float, or an array of floats: what goes in comes out
QUIET = np.errstate(invalid="ignore", divide="ignore")
"""Decorates what has an answer of its own where nothing can be divided."""


def small(n: Number) -> Any:
    """Flag what rests on fewer than 30 observations.

    Examples
    --------
    >>> small(29), small([12, 300]).tolist()
    (True, [True, False])
    """
    flags = np.asarray(n, dtype=float) < SMALL
    return bool(flags) if flags.ndim == 0 else flags


def floats(*values: Number) -> tuple[np.ndarray, ...]:
    """Take numbers, or arrays of them, as floats of one shape."""
    return np.broadcast_arrays(*(np.asarray(value, dtype=float) for value in values))


def answer(*parts: np.ndarray) -> Any:
    """Scalars for scalars, arrays for arrays."""
    return tuple(float(part) if np.ndim(part) == 0 else part for part in parts)


@QUIET
def wilson(k: Number, n: Number, z: Number = Z) -> Any:
    """Interval of a share: `k` of `n`.

    Wilson's score interval (E. B. Wilson, JASA 22, 1927): with p = k/n,
    ``(p + z²/2n ± z·sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n)``.

    Parameters
    ----------
    k, n : number or array
        How many did it, and how many could have; fractions for an effective sample size.
    z : number or array
        Quantile, where it is not the normal one.

    Returns
    -------
    low, high : float or ndarray
        0..1; NaN where n = 0. A part that is no part of its whole is an `AnalysisError`.

    Examples
    --------
    >>> low, high = wilson(8, 10)
    >>> round(low, 4), round(high, 4)
    (0.4902, 0.9433)
    """
    k, n, z = floats(k, n, z)
    bad = (k < -1e-9) | (k > n + 1e-9)
    if bad.any():
        raise AnalysisError(
            f"{k[bad].flat[0]:g} of {n[bad].flat[0]:g} is no share: "
            "the part must be between 0 and the whole. Check what is counted."
        )
    p = np.clip(k / n, 0, 1)
    middle = p + z**2 / (2 * n)
    half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    scale = 1 + z**2 / n
    # at 0 and 1 rounding would leave the interval a hair away from the share itself
    low = np.where(p == 0, 0.0, (middle - half) / scale)
    high = np.where(p == 1, 1.0, (middle + half) / scale)
    return answer(np.where(n > 0, low, np.nan), np.where(n > 0, high, np.nan))


def student(df: Number) -> np.ndarray:
    """Give the 97.5 % point of Student's t; fewer than one degree of freedom counts as one."""
    from scipy.special import stdtrit

    return np.where(np.asarray(df) > 0, stdtrit(np.maximum(df, 1), 0.975), np.nan)


@QUIET
def clustered(y: Number, m: Number, yy: Number, ym: Number, mm: Number, g: Number) -> Any:
    """Interval of a share whose rows come in clusters, from sums over the clusters.

    A user with forty sessions is one person, not forty. For each user u let y be the hits and
    m the trials; the share is R = Σy/Σm, a ratio. Its variance is Taylor's linearisation
    (W. G. Cochran, Sampling Techniques, 1977, ch. 6): ``G/(G-1)·Σ(y - R·m)²/(Σm)²`` over G
    users. The effective sample size ``R(1-R)/variance``, never above Σm, enters Wilson's
    interval (after E. L. Korn & B. I. Graubard, Survey Methodology 24, 1998) with Student's t
    of ``(Σm)²/Σm² - 1`` degrees of freedom: how many users of equal weight there would be
    (L. Kish, Survey Sampling, 1965). The sums are what one SQL ``group by`` gives.

    Parameters
    ----------
    y, m, yy, ym, mm : number or array
        Σy, Σm, Σy², Σy·m, Σm².
    g : number or array
        Users with at least one trial.

    Returns
    -------
    low, high : float or ndarray
        0..1; NaN without a trial, 0 and 1 where there is one user only.

    Examples
    --------
    Three users with 10, 10 and 1 sessions; 9, 0 and 1 of them converted:

    >>> low, high = clustered(10, 21, 82, 91, 201, 3)
    >>> round(low, 2), round(high, 2)
    (0.01, 0.99)
    """
    y, m, yy, ym, mm, g = floats(y, m, yy, ym, mm, g)
    share = np.clip(y / m, 0, 1)
    spread = np.maximum(yy - 2 * share * ym + share**2 * mm, 0)
    variance = g / (g - 1) * spread / m**2
    # no spread at all says nothing about the next user: count users then
    n = np.where(spread > 1e-12, share * (1 - share) / variance, g)
    n = np.where(g > 1, np.clip(n, 1e-9, m), np.nan)
    like = m**2 / mm
    low, high = wilson(np.where(n > 0, share * n, 0), np.where(n > 0, n, 0), student(like - 1))
    one = (g == 1) & (m > 0)
    return answer(np.where(one, 0.0, low), np.where(one, 1.0, high))


def clustered_rows(hit: Any, user: Any) -> Interval:
    """Share and interval of a yes/no per row, rows clustered by user; see `clustered`.

    Parameters
    ----------
    hit : sequence of bool
        One answer per row (a session, a contact, an order line).
    user : sequence
        Whose row it is. Rows without a user are each taken as a user of their own.

    Returns
    -------
    share, low, high : float

    Examples
    --------
    >>> share, low, high = clustered_rows([1, 1, 0, 1], ["a", "a", "b", "c"])
    >>> share, round(low, 2), round(high, 2)
    (0.75, 0.04, 0.99)
    """
    y, code = np.asarray(hit, dtype=float), user_codes(user)
    if not len(y):
        return NONE
    k, n = np.bincount(code, weights=y), np.bincount(code).astype(float)
    low, high = clustered(k.sum(), n.sum(), (k * k).sum(), (k * n).sum(), (n * n).sum(), len(k))
    return float(y.mean()), low, high


def user_codes(user: Any) -> np.ndarray:
    """Number the users from 0; each row without a user becomes a user of its own."""
    import pandas as pd

    code, known = pd.factorize(np.asarray(user, dtype=object))
    alone = code < 0
    return np.where(alone, len(known) + np.cumsum(alone) - 1, code)


def difference(*ends: Number) -> Any:
    """Interval of `first` - `second`, each given as a value and the ends of its interval.

    The square-and-add rule (R. G. Newcombe, Statistics in Medicine 17, 1998, method 10, for
    Wilson intervals; G. Y. Zou & A. Donner, 2008, for any pair of independent estimates).

    Returns
    -------
    effect, low, high : float or ndarray

    Examples
    --------
    >>> effect, low, high = difference(0.5, 0.4, 0.6, 0.3, 0.2, 0.4)
    >>> round(effect, 2), round(low, 3), round(high, 3)
    (0.2, 0.059, 0.341)
    """
    a, al, ah, b, bl, bh = floats(*ends)
    effect = a - b
    low = effect - np.sqrt((a - al) ** 2 + (bh - b) ** 2)
    high = effect + np.sqrt((ah - a) ** 2 + (b - bl) ** 2)
    return answer(effect, low, high)


@QUIET
def newcombe(k1: Number, n1: Number, k2: Number, n2: Number) -> Any:
    """Difference of two independent shares, k1/n1 - k2/n2, with its interval.

    Newcombe's hybrid score interval (Statistics in Medicine 17, 1998, method 10).

    Returns
    -------
    effect, low, high : float or ndarray

    Examples
    --------
    Newcombe's own table, 56/70 against 48/80:

    >>> effect, low, high = newcombe(56, 70, 48, 80)
    >>> round(effect, 4), round(low, 4), round(high, 4)
    (0.2, 0.0524, 0.3339)
    """
    k1, n1, k2, n2 = floats(k1, n1, k2, n2)
    return difference(k1 / n1, *wilson(k1, n1), k2 / n2, *wilson(k2, n2))
