"""Since when: the nights from which on the mean of a claim is another one.

For each night it is asked how much better two means explain what was seen, one for the nights up to
it and one for those after, than a single one: the likelihood ratio of means that are near enough
normal, ``gain(k) = (S_k - n_k·S/n)² / (n_k (1 - n_k/n))``, S being sums and n customers, k those up
to the night. The most likely change is where the gain is highest (Hinkley, 1970).

Whether there is one at all: the log is cut into weeks (where it is shorter than 28 weeks into
shorter pieces, 28 of them), and these are shuffled 999 times. Each time the highest gain is divided
by how far neighbouring pieces lie apart (`design_effect`), which a fault, that comes once, hardly
changes. Where nothing changed, the order of the pieces says nothing, so that this figure is among
the largest 4 % with a chance of 4 %, however far nights lie apart and whatever the days of a week
are like. Where a day is like the one before it, in spells that are not much shorter than a piece,
it is more often.

When it was: all nights beside each other whose gain, divided by the variance, is less than 7.35
below the highest. Under a small change two independent walks lead away from the true night, and
7.35 is what the higher of their summits stays below with 95 %: (1 - exp(-c/2))² = 0.95 (Hansen,
2000, theorem 2; Eo & Morley, 2015); where the change is large it is on the safe side. The variance
is that of customers, times how much further nights lie apart.

A fault and its mending are two changes. Before and after the days of the strongest the search goes
on, each with half the level (binary segmentation: Vostrikova, 1981): of the parts in which nothing
changed none lies in another, so that their levels add up to 4 % at most. At the end those that are
not beyond luck between their neighbours are left out (the edge of another that was placed wrongly),
and each is placed anew between them (Bai, 1997).
"""

from typing import Any

import numpy as np

from .alarm import ALPHA, design_effect

LEAST = 14
"""Nights that are needed to say anything."""
LEVEL = 0.04
"""The chance of a change where there is none, a little below 5 of 100."""
_SHUFFLES = 999
_DROP = -2 * np.log(1 - np.sqrt(1 - ALPHA))


def gains(n: Any, hits: Any) -> Any:
    """Say of each night but the last how much better a change after it explains what was seen.

    Examples
    --------
    >>> gains(np.array([10, 10, 10]), np.array([5, 5, 1])).round(1).tolist()
    [0.3, 1.1]
    """
    n, hits = n.cumsum(-1), hits.cumsum(-1)
    part = n / n[..., -1:]
    return ((hits - part * hits[..., -1:]) ** 2)[..., :-1] / (n * (1 - part))[..., :-1]


def change_points(nights: Any, variance: float) -> Any:
    """Find the nights from which on the mean of some values is another one.

    Parameters
    ----------
    nights : array
        Of each night how many values it had, and their sum.
    variance : float
        Of single values; of yes and no ``p (1 - p)``.

    Returns
    -------
    array of int
        A row for each change, in the order of time: the first night of the new mean, between those
        which it is not before and not after (95 %). Empty where nothing is beyond luck.

    Examples
    --------
    >>> change_points(np.array([[100, 30]] * 20 + [[100, 10]] * 20), 0.16).tolist()
    [[20, 20, 20]]
    """
    drop = _DROP * variance * _apart(nights, 1, variance)
    cuts = [0, *_search(nights, variance, drop, LEVEL), len(nights)]
    for at in cuts[1:-1]:
        i = cuts.index(at)
        if not _beyond_luck(nights[cuts[i - 1] : cuts[i + 1]], variance, LEVEL):
            cuts.remove(at)
    placed = [start + _placed(nights[start:end], drop) for start, end in zip(cuts, cuts[2:])]
    return np.array(placed, int).reshape(-1, 3)


def _search(nights: Any, variance: float, drop: float, level: float) -> list[int]:
    """The strongest change, and those before and after its days."""
    if not _beyond_luck(nights, variance, level):
        return []
    low, at, high = _placed(nights, drop)
    left, right = (
        _search(part, variance, drop, level / 2) for part in (nights[:low], nights[high:])
    )
    return [*left, at, *(high + each for each in right)]


def _beyond_luck(nights: Any, variance: float, level: float) -> Any:
    """Whether the order of the nights says that something changed."""
    if len(nights) < LEAST:
        return False
    size = np.clip(len(nights) // 28, 1, 7)
    dice = np.random.default_rng(len(nights)).random((len(nights), _SHUFFLES))
    shuffled = nights[dice[np.arange(len(nights)) // size].argsort(0, "stable")]
    strength, luck = (
        gains(*each.T).max(-1) / _apart(each, size, variance) for each in (nights, shuffled)
    )
    return 1 + (luck >= strength).sum() <= level * (1 + _SHUFFLES)


def _placed(nights: Any, drop: float) -> Any:
    """The most likely first night of a new mean, between those that are nearly as likely."""
    gain = np.r_[-np.inf, gains(*nights.T), -np.inf]
    far = np.flatnonzero(gain < gain.max() - drop)
    after = np.searchsorted(far, gain.argmax())
    return np.array([far[after - 1] + 1, gain.argmax(), far[after] - 1])


def _apart(nights: Any, size: int, variance: float) -> Any:
    """How much further pieces of so many nights lie apart than customers would."""
    pieces = np.add.reduceat(nights, np.arange(0, len(nights), size))
    n, hits = pieces[..., 0], pieces[..., 1]
    return design_effect(n, hits / n, variance)
