"""Verdicts that are looked at every night: evidence that may be read at any time.

A value x of a customer lies between 0 and 1: yes or no, an answer on its scale, whether it took
longer than a limit. The claim says that its mean is at least t. For each of eight lower means q, a
stake of 1 is multiplied, customer by customer, by ``b(x) = x·q/t + (1-x)·(1-q)/(1-t)``. While the
claim is true, whatever else holds, the mean of b is at most 1 (b falls in x and is 1 at t), so that
nobody gains in the long run by betting against it (Waudby-Smith & Ramdas, 2024; for yes and no it
is the likelihood ratio of q to t).

A fault may begin on any night. So each night a new stake is laid down: ``M = (M + 1)·B``, B being
the night's product of b, averaged over the q (Shiryaev and Roberts; as an e-detector Shin, Ramdas &
Rinaldo, 2023). M itself is no e-value: while the claim is true its mean is at most n after n
nights. But then ``e = (M + N - n) / N`` with N = 365 nights is never below 0, begins at 1, and
tomorrow's expectation of it is at most what it is today: E[(M + 1)·B] - (n + 1) <= M - n. It is
therefore an e-process for a year of nights, and by Ville's inequality passes 20 in at most 5 of 100
years. After the first year N is n: at each night M / n has a mean of at most 1, an e-value still.
Where a detector begins again from 0, M is smaller than without, and all of this holds.

Of K claims that are looked at together those j with the highest e turn red where the least of them
is K / (0.05·j) or more: at most 5 % of what a night refutes so is true on average, however the
claims hang together (e-BH: Wang & Ramdas, 2022). Red stays until the detector of the other
direction says that it is mended; that holding on is not in the proof, and measured in
benchmarks/TRUTH.md. Green is said at first where that detector passes 365 / 0.05, and after a red
where it passes 100: a claim that is still wrong, however near to its threshold, is called mended
once in 100 nights at most on average.

All this is for customers who are independent of each other. Where nights differ more than these
would, the logarithm of each bet is divided by how much more (`design_effect`): near enough
where many customers make a night, and measured as well.
"""

from typing import Any

import numpy as np
from pandas import DataFrame, concat

from .stats import SMALL

COLOURS = "amber", "green", "red"
"""By the state: 0, 1 and -1."""
YEAR, ALPHA = 365, 0.05
"""Nights in which a true claim turns red with a chance of at most this."""
MENDED = 100
"""Green: where a claim is still at its threshold, said on one night in so many, or fewer."""
SHARED = 1.2
"""So far apart nights may be before customers count as fewer than they are."""
_ODDS = np.geomspace(0.04, 1.5, 8)
"""How far away the means are that are bet on, in logarithms of the odds."""


def bets(x: Any, limit: Any, side: int) -> Any:
    """Give the logarithms of what a stake is multiplied by, for each mean that is bet on.

    Parameters
    ----------
    x : array of float
        Values from 0 to 1.
    limit : float or array of float
        The mean that is bet against; several of them as ``limits[:, None, None]``.
    side : {-1, 1}
        Whether lower means are bet on, or higher ones.

    Examples
    --------
    >>> bets([0, 1], 0.3, -1).shape, bool(bets(0, 0.3, -1).min() > 0 > bets(1, 0.3, -1).max())
    ((2, 8), True)
    """
    t, each = np.clip(limit, 1e-6, 0.999999), np.asarray(x, float)[..., None]
    q = 1 / (1 + (1 / t - 1) * np.exp(-side * _ODDS))
    return np.log1p((each - t) * (q - t) / (t * (1 - t)))


def needed(e: Any) -> Any:
    """Say what an e-value must reach to refute its claim, of some looked at together (e-BH).

    Examples
    --------
    >>> float(needed(np.array([50.0, 22, 1]))[0]), float(needed(np.array([61.0, 22, 1]))[0])
    (60.0, 60.0)
    >>> float(needed(np.array([61.0, 31, 1]))[0])
    30.0
    """
    many = np.arange(1, e.shape[-1] + 1)
    enough = -np.sort(-e) * many * ALPHA >= many[-1]
    return many[-1] / ALPHA / np.maximum((enough * many).max(-1, keepdims=True), 1)


def nightly(logs: Any) -> Any:
    """Replay nights one by one; see `watch`.

    Yields
    ------
    tuple of array
        The states, and for each claim how near the stake against it and that for it are to turning
        the alarm: 1 turns it; NaN for a stake that is not at play.
    """
    m = np.full_like(logs[:, 0], -np.inf)
    state = np.zeros(m.shape[1:-1], int)
    for n, night in enumerate(logs.swapaxes(0, 1), 1):
        m, span = np.logaddexp(m, 0) + night, max(YEAR, n)
        worse, better = np.exp(np.minimum(m, 99)).mean(-1)
        worse /= span * (needed((worse + span - n) / span) - 1) + n
        better /= np.where(state, MENDED, YEAR / ALPHA)
        near = np.where([state >= 0, state <= 0], [worse, better], np.nan)
        falls, rises = near >= 1
        rises &= ~falls
        m[0, rises] = m[1, falls] = -np.inf
        state[falls], state[rises] = -1, 1
        yield state.copy(), near


def watch(logs: Any) -> Any:
    """Replay nights: -1 where a claim is red, 1 where it is green, 0 where nothing is shown.

    Parameters
    ----------
    logs : array
        The `bets` of each night against each claim, and against its contrary:
        2 × nights × … × claims × 8.

    Returns
    -------
    array of int
        nights × … × claims.

    Examples
    --------
    >>> nights = [np.full((60, 1, 8), 50 * bets(0.5, 0.4, side)) for side in (-1, 1)]
    >>> watch(np.array(nights))[[0, -1], 0].tolist()
    [0, 1]
    """
    return np.array([state for state, _ in nightly(logs)])


def design_effect(n: Any, mean: Any, variance: Any) -> Any:
    """Say how much further nights lie apart from the night before than independent customers would.

    Neighbours are compared, so that a fault, which comes once, hardly counts; 1 where it is
    less than `SHARED`.

    Examples
    --------
    >>> float(design_effect(np.full(4, 100), np.array([0.3, 0.5, 0.3, 0.5]), 0.24).round(2))
    8.33
    """
    each, of = np.diff(mean, axis=0) ** 2, 1 / np.asarray(n)
    found = (each / (of[1:] + of[:-1])).sum(0) / np.maximum(variance * len(each), 1e-9)
    return np.where(found > SHARED, found, 1.0)


def replay(claims: Any) -> Any:
    """Look at some claims together, from the first night to the last.

    Parameters
    ----------
    claims : list
        Of each what `journeykit.numbers.nights.bounds` gives; the limit may be one for each night.

    Returns
    -------
    list of dict
        ``state`` as of `watch`, and its colour (red, green, amber); ``apart``, the `design_effect`;
        where it is red or green, the night it ``turned``, and the ``n`` that were counted from
        ``since``, when the data began to say so. Where it is amber, and would turn within a year
        if all nights were as those so far are on average: how many ``more`` of them, which colour
        it turns ``to``, the customers ``per`` night and their ``mean``. ``path``, where it ever was
        red: by night how many customers, the ``sum`` of their values, the ``limit``, the ``state``,
        and how near the stake against the claim (``worse``) and for it (``better``) is (`nightly`).

    Examples
    --------
    >>> from pandas import DataFrame, date_range
    >>> nights = DataFrame({0: 400, 1: 100}, index=date_range("2026-01-01", periods=20))
    >>> (alarm,) = replay([(nights, 0.3, -1)])
    >>> alarm["colour"], alarm["turned"], alarm["n"]
    ('red', '2026-01-01', 500)
    """
    logs, told = [], []
    for table, limit, side in claims:
        x, n, part = table.columns.to_numpy(float), table.sum(axis=1), table.attrs.get("part", 1)
        path = DataFrame({"n": n, "sum": table @ x, "limit": limit})
        apart = float(design_effect(n, path["sum"] / n, np.cov(x, fweights=table.sum())))
        at = np.asarray(path["limit"])[:, None, None]
        worth = np.concatenate([bets(x, at, way) for way in (side, -side)], -1)
        logs.append(DataFrame(np.einsum("nx,nxk->nk", table, worth) / apart, table.index))
        path["sum"] += (path["sum"] - n * path["limit"]) * (1 / part - 1)  # as shares, unweighed
        told.append(dict[str, Any](apart=apart, path=path))
    nights = concat(logs, axis=1, sort=True)
    nights = nights.fillna(0).where(nights.notna().cummax(), -np.inf)  # no stake before its first
    many = len(nights)
    against = nights.to_numpy().reshape(many, len(told), 2, -1).transpose(2, 0, 1, 3)
    begun = [nights.index.searchsorted(alarm["path"].index[0]) for alarm in told]  # each its own
    means = np.stack([against[:, at:, k].mean(1) for k, at in enumerate(begun)], 1)
    ahead = means[:, None].repeat(YEAR, 1)
    years, near = map(np.array, zip(*nightly(np.hstack([against, ahead]))))
    for k, (alarm, states) in enumerate(zip(told, years[:many].T)):
        state, path = int(states[-1]), alarm["path"]
        seen = DataFrame(near[:many, :, k], nights.index, ["worse", "better"]).assign(state=states)
        alarm.update(state=state, colour=COLOURS[state], path=[path.join(seen)] * (-1 in states))
        for at in np.flatnonzero(np.append(0, states) != state)[-1:]:
            won = against[int(state > 0), at::-1, k].cumsum(0)
            since, turned = nights.index[[at - won.argmax() // won.shape[1], at]]
            n = int(path["n"][since:turned].sum())
            alarm.update(turned=f"{turned:%Y-%m-%d}", since=f"{since:%Y-%m-%d}", n=n)
        n, turns = path["n"].sum(), np.flatnonzero(years[many:, k])
        if not state and turns.size and n >= SMALL:
            more, to = int(turns[0]) + 1, COLOURS[years[many + turns[0], k]]
            alarm.update(more=more, to=to, per=n / (many - begun[k]), mean=path["sum"].sum() / n)
    return told
