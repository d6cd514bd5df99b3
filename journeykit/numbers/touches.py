"""Conversions shared out among the touches before them, by each rule."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from pandas import DataFrame, isna

from journeykit.engine import default, run
from journeykit.errors import AnalysisError

from .stats import student
from .steps import numbered, one_of, rates, seconds

# What a touch is worth before a path's touches are made to sum to 1; `#` is the half-life.
_WEIGHTS = {
    "first": "CASE WHEN i = 1 THEN 1.0 ELSE 0.0 END",
    "last": "CASE WHEN i = n THEN 1.0 ELSE 0.0 END",
    "linear": "1.0",
    "position": "CASE WHEN n <= 2 THEN 1.0 WHEN i IN (1, n) THEN 0.4 ELSE 0.2 / (n - 2) END",
    "time-decay": "power(0.5, (ago - min(ago) OVER (PARTITION BY path)) / #)",
}
MODELS = (*_WEIGHTS, "markov", "shapley")
_SPLIT = "\x1f"

Credit = dict[str, float]
"""Channel to what is credited to it."""
State = tuple[str | None, ...]
Edge = tuple[State | None, State, float, float, float]
"""From (None: start), to, how often, of these how many convert next, how many end there."""


# All read `touch`: path, place, channel, hits and misses (how many on the path converted, or did
# not), worth (of all their conversions), ago (seconds before the conversion), part (the group that
# a user was drawn into).
_WEIGHED = """,
    placed AS (SELECT *, row_number() OVER (PARTITION BY path ORDER BY place) AS i,
      count(*) OVER (PARTITION BY path) AS n FROM touch),
    weighed AS (SELECT *, ! AS weight FROM placed),
    shares AS (SELECT channel, CASE WHEN hits > 0
      THEN weight / sum(weight) OVER (PARTITION BY path) ELSE 0 END AS piece, hits, worth
      FROM weighed)
    SELECT channel, sum(piece * hits) AS credit, sum(piece * worth) AS revenue
    FROM shares GROUP BY channel"""


def _chain(order: int, nulls: bool) -> str:
    back = range(order, 0, -1)
    before, names = numbered("lag(channel, #) OVER way AS c#", back), numbered("c#", back)
    return f""",
    steps AS (SELECT channel, hits, misses, worth, part,
      lead(place) OVER way IS NULL AS is_last, {before}
      FROM touch {"" if nulls else "WHERE hits > 0"}
      WINDOW way AS (PARTITION BY path ORDER BY place))
    SELECT part, {names}, channel, sum(hits + misses) AS moves,
      sum(CASE WHEN is_last THEN hits ELSE 0 END) AS hits,
      sum(CASE WHEN is_last THEN misses ELSE 0 END) AS ends,
      sum(CASE WHEN is_last AND hits > 0 THEN worth ELSE 0 END) AS worth
    FROM steps GROUP BY part, {names}, channel"""


def _sets(engine: Any) -> str:
    return f""",
    once AS (SELECT DISTINCT path, channel, hits, worth FROM touch),
    sets AS (SELECT path, {engine.path("channel", "channel", _SPLIT)} AS channels,
      max(hits) AS hits, max(worth) AS worth FROM once GROUP BY path)
    SELECT channels, sum(hits) AS n, sum(CASE WHEN hits > 0 THEN worth ELSE 0 END) AS worth
    FROM sets GROUP BY channels"""


def _chained(frame: DataFrame) -> tuple[Credit, Credit, Credit]:
    """Give the credit by removal effect, that of the revenue, and half of each interval."""
    parts: dict[str, list[Edge]] = {}
    values: dict[State, float] = defaultdict(float)
    for part, *way, moves, hits, ends, worth in frame.itertuples(index=False):
        known = [None if isna(channel) else channel for channel in way]
        came = tuple(known[:-1]) if known[-2] is not None else None
        parts.setdefault(part, []).append((came, tuple(known[1:]), moves, hits, ends))
        values[tuple(known[1:])] += worth
    edges = [edge for each in parts.values() for edge in each]
    if not edges:
        return {}, {}, {}
    return markov(edges), markov(edges, values), spread(parts.values())


def attributed(
    touches: str,
    table: Any,
    params: Iterable[Any] = (),
    *,
    model: str,
    order: int,
    nulls: bool = True,
    half_life: Any = "7 days",
    nothing: str,
) -> DataFrame:
    """Share out the conversions of `touch`, the last of the CTEs of `touches`."""
    one_of("model", model, MODELS)
    if order not in (1, 2):
        raise AnalysisError(f"{order=}: the chain can remember 1 or 2 touches.")
    half: Credit = {}
    if model == "markov":
        found = run(touches + _chain(order, nulls), list(params), table=table)
        credit, revenue, half = _chained(found)
    elif model == "shapley":
        sql = _sets(getattr(table, "engine", default()))
        found = run(touches + sql, list(params), table=table)
        sets = [frozenset(names.split(_SPLIT)) for names in found["channels"]]
        credit, revenue = (shapley(dict(zip(sets, found[n].astype(float)))) for n in ("n", "worth"))
    else:
        weight = _WEIGHTS[model].replace("#", repr(seconds(half_life, "half_life")))
        found = run(touches + _WEIGHED.replace("!", weight), list(params), table=table)
        credit, revenue = (
            dict(zip(found["channel"], found[part].astype(float))) for part in ("credit", "revenue")
        )
    total = sum(credit.values())
    if not total:
        raise AnalysisError(f"{nothing}: there is nothing to credit.")
    frame = DataFrame({"channel": credit.keys(), "conversions": credit.values(), "model": model})
    frame = rates(frame.assign(most=frame["conversions"].clip(0, total)), "most", total)
    frame["revenue"] = frame["channel"].map(revenue)
    if model == "markov":
        wide = frame["channel"].map(half).astype(float)
        frame["low"] = np.minimum(frame["low"], (frame["share"] - wide).clip(lower=0))
        frame["high"] = np.maximum(frame["high"], (frame["share"] + wide).clip(upper=1))
    frame.attrs["sql"] = found.attrs["sql"]
    return frame.sort_values(["conversions", "channel"], ascending=[False, True])


# The arithmetic of attribution, on counts: no events, no SQL, nothing simulated. Every model shares
# the conversions out among channels so that the credits sum to the conversions.


def markov(edges: Iterable[Edge], worth: Mapping[State, float] | None = None) -> Credit:
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


def spread(groups: Iterable[Iterable[Edge]]) -> Credit:
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


def shapley(sets: Mapping[frozenset[str], float]) -> Credit:
    """Credit by Shapley value (L. Shapley, 1953): the mean marginal gain over all coalitions.

    A coalition of channels is worth the conversions of people who touched no other channel. Such a
    worth is a sum over the sets of channels that people touched, and of each set the mean gain is
    an equal part for each of its channels (J. Harsanyi's dividends, 1963).
    """
    credit = dict.fromkeys(sorted(set().union(*sets)), 0.0)
    for members, conversions in sets.items():
        for name in members:
            credit[name] += conversions / len(members)
    return credit
