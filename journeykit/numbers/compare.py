"""Fair comparisons: the same place for one group and for others like it, worst first.

A place is somewhere that people go on or not (a step of the funnel). Counts come per cell: place,
value of every dimension, week. A group is a value of a dimension, all of us against the rest, or a
window of weeks, of everybody or of one value. Each is compared with others *at the same place*,
adjusted for the mix of all other dimensions and of the time: risk difference of N. Mantel & W.
Haenszel (JNCI 22, 1959), variance of T. Sato (Biometrics 45, 1989), test of W. G. Cochran (1954),
its z corrected for the skewness of small counts (E. B. Wilson & M. M. Hilferty, PNAS 17, 1931).
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from .stats import QUIET

_LEAST_VARIANCE = 3.0  # below this the normal curve is no good picture of the counts
_MONTH = 4  # buckets that make a stratum of time
_NEARLY_ALL = 0.9
_LEVEL = 0.05  # what is below stands for more than chance
_LONGEST = 0.5  # a window covers at most this part of the time

Numbers = np.ndarray[Any, Any]


class Gap(NamedTuple):
    """One group against others at one place; `effect` is the extra share lost, -1..1.

    `error` and `p` of a window count how many windows were looked at to find it: `looks` times as
    many as one.
    """

    place: Any
    column: str
    value: str
    window: tuple[int, int] | None
    n: int
    lost: float
    base: float
    effect: float
    error: float
    p: float
    inside: Numbers
    others: Numbers
    strata: Numbers
    looks: float
    echo: bool = False


@QUIET
def _difference(hit: Numbers, of: Numbers, hit0: Numbers, of0: Numbers) -> tuple[Numbers, ...]:
    """Mantel-Haenszel over axis 0: difference of shares, its variance, normal score, Cochran's
    variance.
    """
    whole = of + of0
    safe = np.where(whole > 0, whole, np.nan)
    weight = np.nansum(of * of0 / safe, axis=0)
    rd = np.nansum((hit * of0 - hit0 * of) / safe, axis=0) / weight
    p = np.nansum((of**2 * hit0 - of0**2 * hit + of * of0 * (of0 - of) / 2) / safe**2, axis=0)
    q = np.nansum((hit * (of0 - hit0) + hit0 * (of - hit)) / (2 * safe), axis=0)
    all_hits = hit + hit0
    spread = of * of0 * all_hits * (whole - all_hits) / (safe**2 * np.maximum(whole - 1, 1))
    spread = np.where(whole > 1, spread, 0)
    skew = (whole - 2 * all_hits) * (whole - 2 * of) / (safe * np.maximum(whole - 2, 1))
    variance, third = np.nansum(spread, axis=0), np.nansum(spread * skew, axis=0)
    z = np.nansum(hit - of * all_hits / safe, axis=0) / np.sqrt(variance)
    return rd, (rd * p + q) / weight**2, _normal(z, third / variance**1.5), variance


def _normal(z: Numbers, skewness: Numbers) -> Numbers:
    """Turn a standardised sum into a normal score by its skewness.

    A few weeks of few losses are skewed: by the plain normal curve, chance alone would make four
    times as many of them look as bad as z = -3.7. The gamma curve with the same three moments
    (Pearson's type III) becomes normal by the cube root of Wilson & Hilferty.
    """
    g = np.where(np.abs(skewness) < 1e-4, 1e-4, skewness)
    return 6 / g * (np.cbrt(np.maximum(g * z / 2 + 1, 0)) - 1) + g / 6


class Cells:
    """The counts of one place as arrays.

    Parameters
    ----------
    frame : DataFrame
        place, the columns to compare by, bucket (week number from 0), mine (whether these are our
        users), n, hits.
    dims : sequence of str
        The columns to compare by.
    """

    def __init__(self, frame: pd.DataFrame, dims: Sequence[str]) -> None:
        self.place = frame["place"].iloc[0]
        self.n, self.hits = frame["n"].to_numpy(float), frame["hits"].to_numpy(float)
        self.bucket, self.mine = frame["bucket"].to_numpy(int), frame["mine"].to_numpy(bool)
        self.codes, self.values = {"month": self.bucket // _MONTH}, dict[str, Any]()
        for dim in dims:
            self.codes[dim], self.values[dim] = pd.factorize(frame[dim], sort=True)
        # A value that nearly all of us have (a persona's own channel) leaves nobody to compare.
        ours = max(self.n[self.mine].sum(), 1)
        self.varied = [
            dim
            for dim in dims
            if np.bincount(self.codes[dim][self.mine], self.n[self.mine]).max(initial=0)
            < _NEARLY_ALL * ours
        ]

    def strata(self, dims: Sequence[str]) -> Numbers:
        """One number for every combination of these columns."""
        number = np.zeros(len(self.n), dtype=int)
        for code in map(self.codes.__getitem__, dims):
            number = number * (int(code.max(initial=0)) + 1) + code
        # Where values are many, hardly any combination is there: only those that are take room.
        sparse = number.max(initial=0) > len(number)
        return np.unique(number, return_inverse=True)[1] if sparse else number

    def sums(self, mask: Numbers, strata: Numbers, size: int) -> tuple[Numbers, Numbers]:
        """Hits and numbers per stratum."""
        where = strata[mask]
        return np.bincount(where, self.hits[mask], size), np.bincount(where, self.n[mask], size)


def _gap(
    cells: Cells,
    inside: Numbers,
    others: Numbers,
    strata: Numbers,
    column: str,
    value: str,
    window: tuple[int, int] | None = None,
    found: float | None = None,
) -> Gap | None:
    """Compare two sets of cells; None where there is too little. `found` is p where it was looked
    for.
    """
    from scipy.special import ndtr, ndtri

    size = int(strata.max(initial=0)) + 1
    sums = (*cells.sums(inside, strata, size), *cells.sums(others, strata, size))
    rd, variance, z, information = (float(part) for part in _difference(*sums))
    if not information >= _LEAST_VARIANCE:
        return None
    once, error = float(2 * ndtr(-abs(z))), float(np.sqrt(max(variance, 1e-12)))
    p = once if found is None else found
    if found is not None:
        error = max(error, abs(rd) / max(-float(ndtri(max(p, 1e-300) / 2)), 1e-9))
    n, looks = sums[1].sum(), p / max(once, 1e-300)
    lost = 1 - float(sums[0].sum() / n)
    about, seen = (cells.place, column, value, window), (inside, others, strata)
    return Gap(*about, int(n), lost, lost + rd, -rd, error, p, *seen, looks)


def gaps(cells: Cells, *, windows: bool = True) -> list[Gap]:
    """Compare everything that can be compared fairly at one place, windows of weeks if asked."""
    mine, varied = cells.mine, cells.varied
    found = []
    if not mine.all():
        found.append(_gap(cells, mine, ~mine, cells.strata([*varied, "month"]), "", ""))
    for dim in varied:
        code = cells.codes[dim]
        rest = cells.strata([*(other for other in varied if other != dim), "month"])
        for number in np.unique(code[mine]):
            here, value = mine & (code == number), cells.values[dim][number]
            found.append(_gap(cells, here, mine & ~here, rest, dim, value))
            if windows:
                found.append(_worst_window(cells, here, dim, value))
    if windows:
        found.append(_worst_window(cells, mine, "", ""))
    return [gap for gap in found if gap]


def _worst_window(cells: Cells, here: Numbers, column: str, value: str) -> Gap | None:
    """The weeks in a row in which a group lost most against its own other weeks."""
    first, length = int(cells.bucket.min()), int(np.ptp(cells.bucket)) + 1
    if length < 3:
        return None
    edges = np.array(np.triu_indices(length + 1, 1))
    starts, ends = edges[:, np.diff(edges, axis=0)[0] <= length * _LONGEST]
    strata = cells.strata(cells.varied)
    size = int(strata.max(initial=0)) + 1
    flat = cells.sums(here, strata * length + cells.bucket - first, size * length)
    runs = np.pad(np.reshape(flat, (2, size, length)).cumsum(axis=2), ((0, 0), (0, 0), (1, 0)))
    whole, during = runs[:, :, -1:], runs[:, :, ends] - runs[:, :, starts]
    _, _, z, information = _difference(*during, *(whole - during))
    z = np.where(information >= _LEAST_VARIANCE, z, np.inf)
    if not np.isfinite(z).any():
        return None
    best = int(np.argmin(z))
    window = int(first + starts[best]), int(first + ends[best])
    inside = here & (cells.bucket >= window[0]) & (cells.bucket < window[1])
    part = (during[1].sum(axis=0) / whole[1].sum())[np.isfinite(z)]
    found = _chance_of_worst(float(z[best]), part, length)
    return _gap(cells, inside, here & ~inside, strata, column, value, window, found)


def _chance_of_worst(z: float, part: Numbers, length: int) -> float:
    """Give the chance that the worst of many windows is as bad as z by accident.

    Windows overlap, so they are fewer than their number: tail of the largest of them after D.
    Siegmund (as used by A. Olshen et al., Biostatistics 5, 2004, for windows against the rest),
    summed over those looked at; `part` is how much of all cases each covers. Never more than
    Šidák's for all of them, as if each stood alone, nor less than his for those side by side,
    thrice: the tail formula is too small where few windows are long enough to be looked at.
    """
    from scipy.special import ndtr

    one = np.log1p(-min(float(ndtr(z)), 1 - 1e-12))
    sidak, apart = (float(-np.expm1(m * one)) for m in (len(part), min(3 / part.min(), len(part))))
    b, open_ = max(-z, 0.0), part * (1 - part)
    overshoot = np.exp(-2 * 0.583 * b / np.sqrt(length * open_))
    tail = b**3 * np.exp(-(b**2) / 2) / np.sqrt(2 * np.pi) / 4
    return min(sidak, max(apart, tail * float((overshoot / (part * open_)).sum()) / length**2))


def without_echoes(cells: Cells, found: Sequence[Gap]) -> dict[int, Gap]:
    """Leave out gains, and what is another loss seen from elsewhere: gone without its cells.

    All gaps of one place are given; the clearest stands, and the others are looked at again
    without its users. What remains clear is as sure as it is without them. Gives the number of a
    gap in `found`, and the gap as it stands.
    """
    kept: dict[int, Gap] = {}
    for place, gap in sorted(enumerate(found), key=lambda each: each[1].p):
        seen, sure = gap.inside | gap.others, [each for each in kept.values() if each.p < _LEVEL]
        clear = [other.inside for other in sure if (other.inside & seen).any()]
        if gap.effect <= 0:
            continue
        if clear:
            out = ~np.any(clear, axis=0)
            again = _gap(cells, gap.inside & out, gap.others & out, gap.strata, "", "", gap.window)
            if again is None or again.effect < gap.effect / 2 or again.p * gap.looks > _LEVEL:
                continue
            gap = gap._replace(p=max(gap.p, again.p * gap.looks), error=max(gap.error, again.error))
        kept[place] = gap
    return kept
