"""The arithmetic of attribution, on counts: no events, no SQL, nothing simulated.

Every model shares the conversions out among channels so that the credits sum to the conversions.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping

import numpy as np

from journeykit.errors import AnalysisError

from .stats import student

MOST_CHANNELS = 12

State = tuple[str | None, ...]
Edge = tuple[State | None, State, float, float, float]
"""From (None: start), to, how often, of these how many convert next, how many end there."""


def markov(edges: Iterable[Edge], worth: Mapping[State, float] | None = None) -> dict[str, float]:
    """Credit by removal effect: how much less the chain converts without the channel.

    With `worth`, what the conversions after each state are worth, the credits sum to that.

    States are what a person touched last (with order 2 the last two), conversion and end absorb.
    With Q the moves between states, ``G = (I - Q)^-1``, start s and the chance x of converting
    from each state, a removed channel's states S lose ``(s·G)_S · G_SS^-1 · x_S``: exact, one
    inverse for all channels (after E. Anderl et al., Int. J. of Research in Marketing 33, 2016,
    who simulate it).
    """
    rows = list(edges)
    states = {state: place for place, state in enumerate(dict.fromkeys(row[1] for row in rows))}
    size = len(states)
    moves, (start, hits, ends) = np.zeros((size, size)), np.zeros((3, size))
    for before, state, n, converted, ended in rows:
        here = states[state]
        into = start if before is None else moves[states[before]]
        into[here] += n
        hits[here] += converted
        ends[here] += ended
    leaving = moves.sum(axis=1) + hits + ends
    if worth is not None:
        hits = np.array([worth.get(state, 0.0) for state in states])
    visits = np.linalg.inv(np.eye(size) - moves / leaving[:, None])
    chance, ever = visits @ (hits / leaving), (start / start.sum()) @ visits
    effect = {}
    for channel in sorted({str(state[-1]) for state in states}):
        gone = [place for state, place in states.items() if state[-1] == channel]
        effect[channel] = ever[gone] @ np.linalg.solve(visits[np.ix_(gone, gone)], chance[gone])
    whole = sum(effect.values()) or 1.0
    return {channel: hits.sum() * value / whole for channel, value in effect.items()}


def spread(groups: Iterable[Iterable[Edge]]) -> dict[str, float]:
    """Half the 95% interval of each channel's share of the credit that `markov` gives.

    The edges come in groups of people drawn by chance; each group is left out once (delete-a-group
    jackknife: P. Kott, Journal of Official Statistics 17, 2001). Empty where one group converts
    alone.
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
    for bit in 1 << np.arange(n):
        has = masks & bit > 0
        worth[has] += worth[masks[has] ^ bit]
    sizes = np.array([mask.bit_count() for mask in range(2**n)])
    weight = 1 / np.array([n * math.comb(n - 1, k) for k in range(n)])
    credit = {}
    for bit, name in enumerate(names):
        without = masks[masks >> bit & 1 == 0]
        gain = worth[without | 1 << bit] - worth[without]
        credit[name] = float((weight[sizes[without]] * gain).sum())
    return credit
