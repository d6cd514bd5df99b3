"""Intervals of means and medians; the rules are those of `stats`."""

from typing import Any

import numpy as np

from .stats import NONE, Interval, student, user_codes, wilson


def effective_n(values: Any, users: Any = None) -> tuple[float, float]:
    """Count what answers are worth when some people gave several.

    ``n / design effect``, the design effect being the variance of the mean by people
    (``G/(G-1)·Σ(Σ(x - mean))²/n²`` over G people) over its variance by answers, at least 1
    (L. Kish, Survey Sampling, 1965).

    Parameters
    ----------
    values : sequence of float
    users : sequence, optional
        Who gave each; None when each is a person of its own.

    Returns
    -------
    n, df : float
        Effective number of values, degrees of freedom for Student's t.

    Examples
    --------
    >>> n, df = effective_n([1, 1, 5, 5, 2, 2], ["a", "a", "b", "b", "c", "c"])
    >>> round(n, 3), round(df, 3)
    (2.4, 2.0)
    """
    x = np.asarray(values, dtype=float)
    n = len(x)
    if users is None or n < 2:
        return float(n), float(n - 1)
    code = user_codes(users)
    size = np.bincount(code).astype(float)
    away = np.bincount(code, weights=x - x.mean())
    df = float(n**2 / (size**2).sum() - 1)
    alike = float(((x - x.mean()) ** 2).sum())
    if len(size) < 2 or alike < 1e-12:
        return float(len(size)), df
    by_people = len(size) / (len(size) - 1) * float((away**2).sum()) / n**2
    return n / max(1.0, by_people / (alike / (n - 1) / n)), df


def mean_interval(values: Any, lowest: float, highest: float, users: Any = None) -> Interval:
    """Mean of ratings on a bounded scale with its interval.

    A rating has a place m on its scale, 0..1, as a share has. With s² the variance of the
    places, ``m(1-m)/(s²/n)`` yes-or-no answers would tell as much: Wilson's interval for that
    many, with Student's t of n - 1 degrees of freedom, as for clustered shares (see
    `stats.clustered`). The usual t interval (J. Sauro & J. R. Lewis, 2016, ch. 3) is the same for
    many answers; for twenty answers of mostly fives it covers 88 % where this one covers 94 %.
    Answers that are all alike have no spread to measure and count as yes-or-no answers.

    Parameters
    ----------
    values : sequence of float
        Without NaN.
    lowest, highest : float
        Ends of the scale.
    users : sequence, optional
        Who gave each answer, where people may have given several; see `effective_n`.

    Returns
    -------
    mean, low, high : float
        In the units of the scale; NaN without values.

    Examples
    --------
    >>> [round(number, 2) for number in mean_interval([3, 4, 5, 4, 2], 1, 5)]
    [3.6, 2.23, 4.54]
    """
    x = np.asarray(values, dtype=float)
    if not len(x):
        return NONE
    (n, df), mean, width = effective_n(x, users), float(x.mean()), highest - lowest
    place = min(max((mean - lowest) / width, 0.0), 1.0)
    spread = float(x.var(ddof=1)) / width**2 if len(x) > 1 else 0.0
    if spread < 1e-12 or df <= 0:
        low, high = wilson(place * n, n)
    else:
        worth = place * (1 - place) * n / spread
        low, high = wilson(place * worth, worth, student(df))
    return mean, lowest + width * low, lowest + width * high


def plain_mean(values: Any, users: Any = None) -> Interval:
    """Mean of what has no scale (hand-overs per contact) with Student's t, clustered by user.

    ``mean ± t·s/√n`` with the effective number of values; see `effective_n`.

    Returns
    -------
    mean, low, high : float
        NaN without values; low and high NaN with one only.

    Examples
    --------
    >>> [round(number, 2) for number in plain_mean([0, 1, 0, 2, 1])]
    [0.8, -0.24, 1.84]
    """
    x = np.asarray(values, dtype=float)
    n, df = effective_n(x, users)
    if len(x) < 2 or df <= 0:
        return (float(x.mean()), *NONE[1:]) if len(x) else NONE
    mean, half = float(x.mean()), float(student(df) * x.std(ddof=1) / np.sqrt(n))
    return mean, mean - half, mean + half


def median_interval(values: Any) -> Interval:
    """Median with its interval from order statistics, whatever the distribution.

    The ranks are those of the binomial(n, 1/2) distribution (W. J. Conover, Practical
    Nonparametric Statistics, 1999, ch. 3.2), so the cover is at least 95 %.

    Returns
    -------
    median, low, high : float
        Low and high are NaN below six values: no pair of ranks covers 95 % there.

    Examples
    --------
    >>> median_interval(range(1, 26))
    (13.0, 8.0, 18.0)
    """
    from scipy.special import bdtr

    x = np.sort(np.asarray(list(values), dtype=float))
    x = x[~np.isnan(x)]
    n = len(x)
    if not n:
        return NONE
    below = np.flatnonzero(bdtr(np.arange(n // 2 + 1), n, 0.5) <= 0.025)
    middle = float(np.median(x))
    if not len(below):
        return middle, *NONE[1:]
    rank = int(below[-1])
    return middle, float(x[rank]), float(x[n - 1 - rank])
