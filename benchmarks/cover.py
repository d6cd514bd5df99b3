"""How often the kit's 95 % intervals hold the truth: one simulation for each kind of interval.

Each function draws cases as they are met (few and many people, small and large shares, people who differ
and who answer or come several times), asks the kit for the interval, and says for each whether it held
the truth that it was drawn from. `runs` is the number of intervals.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from journeykit.errors import AnalysisError
from journeykit.numbers.basket import basket
from journeykit.numbers.compare import Cells, gaps
from journeykit.numbers.experiment import read_ab
from journeykit.numbers.means import mean_interval, median_interval
from journeykit.numbers.scores import ces, csat, nps
from journeykit.numbers.stats import Z, clustered, clustered_rows, difference, newcombe, wilson
from journeykit.numbers.sus import sus
from journeykit.numbers.what_if import what_if
from journeykit.tables import read_events

Held = np.ndarray[Any, Any]

# Answers per person: most give one, some give several.
SEVERAL = 0.55
PEOPLE = (20, 40, 80, 200, 500)


def _held(found: Any, truth: Any) -> Held:
    low, high = np.asarray(found, dtype=float).T
    return (low <= truth + 1e-9) & (truth - 1e-9 <= high)


def _shares(rng: np.random.Generator, runs: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw true shares from 2 to 98 % and numbers from 20 to 2,000."""
    return rng.uniform(0.02, 0.98, runs), np.exp(
        rng.uniform(np.log(20), np.log(2000), runs)
    ).astype(int)


def share_of_users(rng: np.random.Generator, runs: int) -> Held:
    """Wilson: funnel, retention, entry points, conformance, next product, themes."""
    p, n = _shares(rng, runs)
    return _held(np.transpose(wilson(rng.binomial(n, p), n)), p)


def difference_of_shares(rng: np.random.Generator, runs: int) -> Held:
    """Newcombe: what converted and lost users did, campaigns against a control group."""
    (p, n), (q, m) = _shares(rng, runs), _shares(rng, runs)
    _, low, high = newcombe(rng.binomial(n, p), n, rng.binomial(m, q), m)
    return _held(np.transpose([low, high]), p - q)


def experiment(rng: np.random.Generator, runs: int) -> Held:
    """Newcombe: an A/B test as it is planned, conversion 2 to 30 %, a lift of up to a fifth."""
    held = []
    for _ in range(runs):
        n, base = int(rng.integers(300, 5000)), rng.uniform(0.02, 0.3)
        other = base * rng.uniform(0.8, 1.2)
        hits = {"old": rng.binomial(n, base), "new": rng.binomial(n, other)}
        row = read_ab({"old": n, "new": n}, hits).iloc[1]
        held.append(row["diff_low"] <= other - base <= row["diff_high"])
    return np.array(held)


def _sessions(
    rng: np.random.Generator, users: int, base: float, alike: float
) -> tuple[np.ndarray, np.ndarray]:
    """Draw sessions per person, and how many of them did it: each person has an own inclination."""
    m = rng.geometric(rng.uniform(0.25, 0.8), users)
    return rng.binomial(m, rng.beta(base * alike, (1 - base) * alike, users)), m


def _clustered(rng: np.random.Generator) -> tuple[float, np.ndarray, np.ndarray]:
    base, alike = rng.uniform(0.05, 0.95), rng.choice([1.0, 2.0, 5.0, 20.0, 100.0])
    return base, *_sessions(rng, int(rng.choice(PEOPLE)), base, alike)


def share_of_sessions(rng: np.random.Generator, runs: int) -> Held:
    """Clustered by user: sessions, transitions, paths, contacts, promises."""
    drawn = [_clustered(rng) for _ in range(runs)]
    sums = [
        [y.sum(), m.sum(), (y * y).sum(), (y * m).sum(), (m * m).sum(), len(m)] for _, y, m in drawn
    ]
    low, high = clustered(*np.transpose(sums))
    return _held(np.transpose([low, high]), np.array([base for base, _, _ in drawn]))


def difference_of_clustered(rng: np.random.Generator, runs: int) -> Held:
    """Square-and-add of two clustered shares: feedback of one stage against others."""
    held = []
    for _ in range(runs):
        sides = []
        for base, y, m in (_clustered(rng), _clustered(rng)):
            who = np.repeat(np.arange(len(m)), m)
            hit = np.concatenate([np.r_[np.ones(k), np.zeros(n - k)] for k, n in zip(y, m)])
            sides.append((base, clustered_rows(hit, who)))
        _, low, high = difference(*sides[0][1], *sides[1][1])
        held.append(low <= sides[0][0] - sides[1][0] <= high)
    return np.array(held)


def _crowd(
    rng: np.random.Generator, steps: int, several: bool
) -> tuple[np.ndarray, np.ndarray, float]:
    """Answers of people who differ, who gave them, and the mean chance of each answer in all the world.

    Two kinds of people, each with its own distribution of answers; a kind is drawn per person.
    """
    people = int(rng.choice(PEOPLE))
    kinds = rng.dirichlet(np.linspace(0.5, rng.uniform(0.5, 4), steps), 2)
    part = rng.uniform(0.2, 0.8)
    times = rng.geometric(SEVERAL, people) if several else np.ones(people, int)
    kind = np.repeat(rng.random(people) < part, times).astype(int)
    draw = rng.random(len(kind))
    answers = (draw[:, None] > kinds.cumsum(axis=1)[kind][:, :-1]).sum(axis=1)
    return answers, np.repeat(np.arange(people), times), (1 - part) * kinds[0] + part * kinds[1]


def _survey(
    rng: np.random.Generator,
    runs: int,
    steps: int,
    several: bool,
    truth: Callable[[Any], float],
    measure: Callable[[Any, Any], Any],
) -> Held:
    held = []
    for _ in range(runs):
        answers, who, chances = _crowd(rng, steps, several)
        low, high = measure(answers, who if several else None)
        held.append(low - 1e-9 <= truth(chances) <= high + 1e-9)
    return np.array(held)


def _row(frame: pd.DataFrame) -> tuple[float, float]:
    return frame.loc[0, "low"], frame.loc[0, "high"]


def _nps(chances: Any) -> float:
    return 100 * (chances[9:].sum() - chances[:7].sum())


def net_promoters(rng: np.random.Generator, runs: int) -> Held:
    """NPS, one answer a person."""
    return _survey(rng, runs, 11, False, _nps, lambda x, who: _row(nps(x, users=who)))


def net_promoters_again(rng: np.random.Generator, runs: int) -> Held:
    """NPS, people who answered several times."""
    return _survey(rng, runs, 11, True, _nps, lambda x, who: _row(nps(x, users=who)))


def satisfied(rng: np.random.Generator, runs: int) -> Held:
    """CSAT, one answer a person."""
    return _survey(
        rng, runs, 5, False, lambda p: 100 * p[3:].sum(), lambda x, who: _row(csat(x + 1))
    )


def satisfied_again(rng: np.random.Generator, runs: int) -> Held:
    """CSAT, people who answered several times."""

    def measure(x: Any, who: Any) -> tuple[float, float]:
        return _row(csat(x + 1, users=who))

    return _survey(rng, runs, 5, True, lambda p: 100 * p[3:].sum(), measure)


def effort(rng: np.random.Generator, runs: int) -> Held:
    """CES, one answer a person: mean on a scale."""
    return _survey(
        rng, runs, 7, False, lambda p: p @ np.arange(1, 8), lambda x, who: _row(ces(x + 1))
    )


def effort_again(rng: np.random.Generator, runs: int) -> Held:
    """CES, people who answered several times."""

    def measure(x: Any, who: Any) -> tuple[float, float]:
        return _row(ces(x + 1, users=who))

    return _survey(rng, runs, 7, True, lambda p: p @ np.arange(1, 8), measure)


def emotion(rng: np.random.Generator, runs: int) -> Held:
    """Emotion of a stage, -2 to 2."""

    def measure(x: Any, who: Any) -> tuple[float, float]:
        return mean_interval(x - 2, -2, 2)[1:]

    return _survey(rng, runs, 5, False, lambda p: p @ np.arange(-2, 3), measure)


def usability(rng: np.random.Generator, runs: int) -> Held:
    """SUS: ten answers of one person hang together."""
    held, world = [], np.random.default_rng(11)
    for level in (0.55, 0.7, 0.85):
        truth = _sus(world, 400_000, level).mean()
        for _ in range(runs // 3 + 1):
            found = sus(_sus(rng, int(rng.choice([8, 15, 30, 100])), level), scale="0-100")
            held.append(found.loc[0, "low"] <= truth <= found.loc[0, "high"])
    return np.array(held)


def _sus(rng: np.random.Generator, n: int, level: float) -> np.ndarray:
    mood = rng.beta(6 * level, 6 * (1 - level), n)
    return 2.5 * rng.binomial(4, np.repeat(mood[:, None], 10, axis=1)).sum(axis=1)


def median(rng: np.random.Generator, runs: int) -> Held:
    """Medians of waiting times (lognormal), 10 to 400 of them."""
    numbers = np.exp(rng.uniform(np.log(10), np.log(400), runs)).astype(int)
    return _held([median_interval(np.exp(rng.normal(0, 1, n)))[1:] for n in numbers], 1.0)


def fair_comparison(rng: np.random.Generator, runs: int) -> Held:
    """Mantel-Haenszel difference of a weak spot, mix and level differing by stratum."""
    held: list[bool] = []
    while len(held) < runs:
        effect, base = rng.choice([0.0, 0.04, 0.08, 0.2]), rng.uniform(0.35, 0.93, (4, 6))
        n = rng.poisson(rng.choice([4, 10, 40]) * rng.uniform(0.3, 1.7, (2, 4, 6)))
        hits = rng.binomial(n, np.stack([base - effect, base]))
        frame = pd.DataFrame(
            [
                {
                    "place": 1,
                    "d0": f"{side}",
                    "d1": f"{other}",
                    "bucket": 4 * month,
                    "mine": True,
                    "n": n[side, other, month],
                    "hits": hits[side, other, month],
                }
                for side in range(2)
                for other in range(4)
                for month in range(6)
                if n[side, other, month]
            ]
        )
        gap = next(
            (g for g in gaps(Cells(frame, ["d0", "d1"]), windows=False) if g.value == "0"), None
        )
        if gap is not None:
            held.append(gap.effect - Z * gap.error <= effect <= gap.effect + Z * gap.error)
    return np.array(held)


def worst_weeks(rng: np.random.Generator, runs: int) -> Held:
    """The worst window of all, found by looking; true is what its weeks lose beyond the others, planted or not."""
    held: list[bool] = []
    while len(held) < runs:
        weeks, base, effect = 24, rng.uniform(0.35, 0.93), rng.choice([0.0, 0.0, 0.08, 0.2])
        first = rng.integers(0, weeks - 6)
        bad = np.isin(np.arange(weeks), np.arange(first, first + rng.integers(3, 7)))
        n = rng.poisson(rng.choice([10, 40, 100]), weeks)
        frame = pd.DataFrame(
            {
                "place": 1,
                "bucket": np.arange(weeks),
                "mine": True,
                "n": n,
                "hits": rng.binomial(n, base - effect * bad),
            }
        )
        for gap in gaps(Cells(frame, [])):
            inside, others = n * gap.inside, n * gap.others
            truth = effect * (inside @ bad / inside.sum() - others @ bad / others.sum())
            held.append(gap.effect - Z * gap.error <= truth <= gap.effect + Z * gap.error)
    return np.array(held)


def what_follows(rng: np.random.Generator, runs: int) -> Held:
    """What-if: the difference that a change of one step makes."""
    held: list[bool] = []
    steps = ["visit", "basket", "pay", "done"]
    while len(held) < runs:
        users, onward = int(rng.choice([200, 500, 1500])), rng.uniform(0.35, 0.85, 3)
        far = 1 + (rng.random((users, 3)) < onward).cumprod(axis=1).sum(axis=1)
        who = np.repeat(np.arange(users), far)
        place = np.arange(len(who)) - np.repeat(np.cumsum(far) - far, far)
        log = pd.DataFrame({"user_id": who, "event": np.array(steps)[place]})
        log["timestamp"] = pd.Timestamp("2026-01-05") + pd.to_timedelta(place, unit="min")
        events = read_events(log)
        for k, step in enumerate(steps[1:], 1):
            try:
                row = what_if(events, steps, step=step, change=0.01).iloc[1]
            except AnalysisError:  # too few are lost to keep one in a hundred
                continue
            truth = onward[: k - 1].prod() * 0.01 * onward[k:].prod()
            held.append(row["diff_low"] <= truth <= row["diff_high"])
    return np.array(held)


def lift(rng: np.random.Generator, runs: int) -> Held:
    """Lift of two products, by customers of two kinds with several orders each."""
    held: list[bool] = []
    while len(held) < runs:
        people, part = int(rng.choice([200, 500, 1500])), rng.uniform(0.2, 0.8)
        kinds = np.array([rng.dirichlet(np.array([14, 1.5, 1.5, 3]) * 3) for _ in range(2)])
        who = np.repeat(np.arange(people), rng.geometric(0.6, people))
        kind = (rng.random(people) < part).astype(int)[who]
        has = (rng.random(len(who))[:, None] > kinds.cumsum(axis=1)[kind][:, :-1]).sum(axis=1)
        p = (1 - part) * kinds[0] + part * kinds[1]
        truth = p[3] / ((p[1] + p[3]) * (p[2] + p[3]))
        order = np.concatenate(
            [np.flatnonzero(np.isin(has, some)) for some in ([0], [1, 3], [2, 3])]
        )
        sizes = [int(np.isin(has, some).sum()) for some in ([0], [1, 3], [2, 3])]
        lines = pd.DataFrame(
            {"order_id": order, "product": np.repeat(list("cab"), sizes), "user_id": who[order]}
        )
        found = basket(lines)
        if len(found):
            held.append(found["low"].iloc[0] <= truth <= found["high"].iloc[0])
    return np.array(held)


KINDS: dict[str, Callable[[np.random.Generator, int], Held]] = {
    "share of users (Wilson)": share_of_users,
    "difference of shares (Newcombe)": difference_of_shares,
    "A/B test, difference (Newcombe)": experiment,
    "share of sessions, clustered by user": share_of_sessions,
    "difference of clustered shares": difference_of_clustered,
    "NPS": net_promoters,
    "NPS, several answers a person": net_promoters_again,
    "CSAT": satisfied,
    "CSAT, several answers a person": satisfied_again,
    "CES": effort,
    "CES, several answers a person": effort_again,
    "emotion of a stage": emotion,
    "SUS": usability,
    "median": median,
    "weak spot (Mantel-Haenszel)": fair_comparison,
    "weak spot, worst window of weeks": worst_weeks,
    "what-if, difference": what_follows,
    "lift of two products": lift,
}
