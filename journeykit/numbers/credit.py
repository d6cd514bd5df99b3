"""The arithmetic of attribution, on counts: no events, no SQL, nothing simulated.

Every model shares the conversions out among channels so that the credits sum to the conversions.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping

import numpy as np

from journeykit.errors import AnalysisError
from journeykit.numbers.stats import student

__all__ = [
    "MOST_CHANNELS",
    "Edge",
    "Path",
    "markov",
    "path_credits",
    "path_edges",
    "path_sets",
    "shapley",
    "spread",
]

MOST_CHANNELS = 12

State = tuple[str | None, ...]
Edge = tuple[State | None, State, float, float, float]
"""From (None: start), to, how often, of these how many convert next, how many end there."""
Path = tuple[tuple[str, ...], float, float]
"""Channels in order, conversions, paths without a conversion."""


def markov(edges: Iterable[Edge]) -> dict[str, float]:
    """Credit by removal effect: how much less the chain converts without the channel.

    States are what a person touched last (with order 2 the last two), conversion and end absorb.
    With Q the moves between states, ``G = (I - Q)^-1``, start s and the chance x of converting
    from each state, a removed channel's states S lose ``(s·G)_S · G_SS^-1 · x_S``: exact, one
    inverse for all channels (after E. Anderl et al., Int. J. of Research in Marketing 33, 2016,
    who simulate it).
    """
    rows = list(edges)
    states = {state: place for place, state in enumerate(dict.fromkeys(row[1] for row in rows))}
    size = len(states)
    moves, start, hits, ends = (
        np.zeros((size, size)),
        np.zeros(size),
        np.zeros(size),
        np.zeros(size),
    )
    for before, state, n, converted, ended in rows:
        here = states[state]
        if before is None:
            start[here] += n
        else:
            moves[states[before], here] += n
        hits[here] += converted
        ends[here] += ended
    leaving = moves.sum(axis=1) + hits + ends
    visits = np.linalg.inv(np.eye(size) - moves / leaving[:, None])
    chance, ever = visits @ (hits / leaving), (start / start.sum()) @ visits
    effect: dict[str, float] = {}
    conversions = float(hits.sum())
    for channel in sorted({str(state[-1]) for state in states}):
        gone = [place for state, place in states.items() if state[-1] == channel]
        effect[channel] = ever[gone] @ np.linalg.solve(visits[np.ix_(gone, gone)], chance[gone])
    whole = sum(effect.values())
    return {
        channel: conversions * value / whole if whole else 0.0 for channel, value in effect.items()
    }


def spread(groups: Iterable[Iterable[Edge]]) -> dict[str, float]:
    """Half the 95% interval of each channel's share of the credit that `markov` gives.

    The edges come in groups of people drawn by chance; each group is left out once (delete-a-group
    jackknife: P. Kott, Journal of Official Statistics 17, 2001). Empty where one group converts alone.
    """
    each = [list(edges) for edges in groups]
    if len(each) < 2:
        return {}
    whole: dict[tuple[State | None, State], np.ndarray] = defaultdict(lambda: np.zeros(3))
    for before, state, *counts in (edge for edges in each for edge in edges):
        whole[before, state] += counts
    shares: dict[str, list[float]] = {str(state[-1]): [] for _, state in whole}
    for edges in each:
        rest = {key: counts.copy() for key, counts in whole.items()}
        for before, state, *counts in edges:
            rest[before, state] -= counts
        credit = markov([(*key, *counts) for key, counts in rest.items() if counts[0] > 0])
        total = sum(credit.values())
        if not total:
            return {}
        for channel, found in shares.items():
            found.append(credit.get(channel, 0.0) / total)
    wide = float(student(len(each) - 1)) * math.sqrt(len(each) - 1)
    return {channel: wide * float(np.std(found)) for channel, found in shares.items()}


def shapley(sets: Mapping[frozenset[str], float]) -> dict[str, float]:
    """Credit by Shapley value (L. Shapley, 1953): the mean marginal gain over all coalitions.

    A coalition of channels is worth the conversions of people who touched no other channel.

    Raises
    ------
    AnalysisError
        More than 12 channels: the coalitions double with every channel.
    """
    names = sorted(set().union(*sets))
    n = len(names)
    if n > MOST_CHANNELS:
        raise AnalysisError(
            f"{n} channels make 2^{n} coalitions; shapley is exact up to {MOST_CHANNELS} channels. "
            "Group the small channels, or use model='markov'."
        )
    worth = np.zeros(2**n)
    for members, conversions in sets.items():
        worth[sum(1 << names.index(name) for name in members)] += conversions
    masks = np.arange(2**n)
    for bit in range(n):
        has = (masks >> bit) & 1 == 1
        worth[has] += worth[masks[has] ^ (1 << bit)]
    sizes = np.array([mask.bit_count() for mask in range(2**n)])
    weight = np.array([math.factorial(k) * math.factorial(n - k - 1) for k in range(n)])
    credit = {}
    for bit, name in enumerate(names):
        without = masks[(masks >> bit) & 1 == 0]
        gain = worth[without | (1 << bit)] - worth[without]
        credit[name] = float((weight[sizes[without]] * gain).sum() / math.factorial(n))
    return credit


def _weights(model: str, n: int) -> list[float]:
    """What each of n touches gets of one conversion."""
    if model == "first":
        return [1.0] + [0.0] * (n - 1)
    if model == "last":
        return [0.0] * (n - 1) + [1.0]
    if model == "linear" or n == 1:
        return [1 / n] * n
    return [0.5, 0.5] if n == 2 else [0.4, *[0.2 / (n - 2)] * (n - 2), 0.4]


def path_credits(paths: Iterable[Path], model: str) -> dict[str, float]:
    """Credit by place in the path: first, last, linear or position."""
    credit: dict[str, float] = defaultdict(float)
    for path, conversions, _ in paths:
        for channel, weight in zip(path, _weights(model, len(path)), strict=True):
            credit[channel] += weight * conversions
    return dict(credit)


def path_edges(paths: Iterable[Path], order: int) -> list[Edge]:
    """Read the steps of paths as edges of a chain that remembers `order` touches."""
    edges: list[Edge] = []
    for path, conversions, nulls in paths:
        padded = (*[None] * (order - 1), *path)
        before: State | None = None
        for place in range(len(path)):
            state = padded[place : place + order]
            last = place == len(path) - 1
            edges.append((before, state, conversions + nulls, conversions * last, nulls * last))
            before = state
    return edges


def path_sets(paths: Iterable[Path]) -> dict[frozenset[str], float]:
    """Count conversions per set of channels touched."""
    sets: dict[frozenset[str], float] = defaultdict(float)
    for path, conversions, _ in paths:
        sets[frozenset(path)] += conversions
    return dict(sets)
