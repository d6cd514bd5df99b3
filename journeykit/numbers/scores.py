"""Survey measures with intervals: NPS, CSAT, CES.

The scale is stated and checked, never guessed: 0-10 is not 1-11. Answers may be numbers or the
labels of the form. Each function returns one row:

measure, score, low, high (in the measure's own unit), n (answers), small_n (n < 30), scale
(lowest and highest answer of the form), unit, and what belongs to the measure.

`users` says who gave each answer. Where people answered more than once, the interval rests on
the effective number of answers (`means.effective_n`), not on their plain count.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from pandas import DataFrame

from journeykit.errors import DataError

from .frames import noted, three, tidy
from .likert import Ends, Labels, Scale, numbers, parse_scale, turned
from .means import effective_n, mean_interval
from .stats import Z, small, wilson

Scales = Mapping[str, Scale] | None
"""Measure to the scale of its form, where that is another than usual."""

SCALES: dict[str, Scale] = {
    "nps": "0-10",
    "csat": "1-5",
    "ces": "1-7",
    "sus": "1-5",
    "emotion": "-2..2",
}
"""Lowest and highest answer of each measure, unless said otherwise."""


def nps(
    scores: Iterable[Any], *, scale: Scale = "0-10", labels: Labels = None, users: Any = None
) -> DataFrame:
    """Net Promoter Score: share of promoters (9-10) less share of detractors (0-6), times 100.

    The interval is the adjusted Wald of B. Rocks (The American Statistician 70, 2016; also J.
    Sauro & J. R. Lewis): ¾ of a promoter, ¾ of a detractor and 3 answers are added, then
    ``(p - d) ± 1.96·sqrt((p + d - (p - d)²)/n)``.

    Parameters
    ----------
    scores : iterable
        One answer per response, "how likely are you to recommend us"; empty ones are left out.
    scale : str or (int, int)
        What the form allowed. Eleven steps, or it is no NPS; a form that counted from 1 to 11
        is read as such when ``scale="1-11"`` says so.
    labels : sequence of str, optional
        The form's labels from low to high, where the answers are words.
    users : sequence, optional
        Who gave each answer.

    Returns
    -------
    DataFrame
        One row: measure, score (-100..100), low, high, n, small_n, scale, unit, promoters,
        passives, detractors (answers).

    Raises
    ------
    DataError
        Answers outside the scale, between its steps, or a scale without eleven steps.

    Examples
    --------
    >>> nps([10, 9, 9, 8, 3])[["score", "promoters", "passives", "detractors", "n"]].values.tolist()
    [[40.0, 3.0, 1.0, 1.0, 5.0]]
    """
    low, high = parse_scale(scale)
    if high - low != 10:
        raise DataError(
            f"the scale {low}-{high} has {high - low + 1} steps, an NPS question has eleven (0-10)."
            " Promoters and detractors are defined on those alone: report csat() instead."
        )
    known, who, notes = answered(numbers(scores, scale, "nps", labels) - low, users, scale=scale)
    broken = known[known != np.round(known)]
    if len(broken):
        raise DataError(
            f"{broken[0] + low:g} is no answer to an NPS question: it has whole steps. "
            "Averages of several answers make no NPS; give the answers themselves."
        )
    n = len(known)
    promoters, detractors = int((known >= 9).sum()), int((known <= 6).sum())
    if n >= 10 and known.max() <= 5:
        notes.append(f"No answer is above {known.max() + low:g}: was this a 0-10 question?")
    score = 100 * (promoters - detractors) / n if n else np.nan
    worth, _ = effective_n(np.where(known >= 9, 1, np.where(known <= 6, -1, 0)), who)
    counts = ((promoters, 0.75), (detractors, 0.75), (n, 3))
    more, less, of = (count / max(n, 1) * worth + added for count, added in counts)
    p, d = more / of, less / of
    half = Z * np.sqrt((p + d - (p - d) ** 2) / of)
    # with very few answers the shifted centre may leave the score itself outside
    least = min(score, max(-100.0, 100 * (p - d - half)))
    most = max(score, min(100.0, 100 * (p - d + half)))
    return result(
        "nps",
        (score, least, most),
        n,
        (low, high),
        "points",
        notes,
        promoters=promoters,
        passives=n - promoters - detractors,
        detractors=detractors,
    )


def csat(
    scores: Iterable[Any],
    *,
    scale: Scale = "1-5",
    satisfied_from: float | None = None,
    labels: Labels = None,
    users: Any = None,
) -> DataFrame:
    """Customer satisfaction: share of answers in the two highest boxes, in percent.

    ``score = 100·satisfied/n`` with Wilson's interval (1927).

    Parameters
    ----------
    scores : iterable
        One answer per response, numbers or labels ("very satisfied").
    scale : str or (int, int)
        What the form allowed; ``"5-1"`` where 1 is the best, ``"1-5 without 0"`` where 0 means
        that the question did not apply.
    satisfied_from : float, optional
        Lowest answer that counts as satisfied; by default the second highest (4 on 1-5).
    labels : sequence of str, optional
        The form's labels from low to high, where they are others.

    Returns
    -------
    DataFrame
        One row: measure, score (percent), low, high, n, small_n, scale, unit, satisfied
        (answers), mean (on the scale).

    Examples
    --------
    >>> csat([5, 4, 4, 2, "very satisfied"])[["score", "satisfied", "n"]].values.tolist()
    [[80.0, 4.0, 5.0]]
    """
    ends = parse_scale(scale)
    known, who, notes = answered(numbers(scores, scale, "csat", labels), users, scale=scale)
    least = ends[1] - 1 if satisfied_from is None else satisfied_from
    hits, n = int((known >= least).sum()), len(known)
    worth, _ = effective_n(known >= least, who)
    found = 100 * np.array([hits / n if n else np.nan, *wilson(hits / max(n, 1) * worth, worth)])
    notes.append(f"Satisfied means an answer of {least:g} or more.")
    return result(
        "csat",
        found,
        n,
        ends,
        "%",
        notes,
        satisfied=hits,
        mean=float(known.mean()) if n else np.nan,
    )


def ces(
    scores: Iterable[Any], *, scale: Scale = "1-7", labels: Labels = None, users: Any = None
) -> DataFrame:
    """Customer effort: mean answer to "it was easy", highest is easiest (CES 2.0).

    Interval: `means.mean_interval`.

    Parameters
    ----------
    scores : iterable
        One answer per response, numbers or labels ("somewhat agree").
    scale : str or (int, int)
        What the form allowed.
    labels : sequence of str, optional
        The form's labels from low to high, where they are others.
    users : iterable, optional
        Who answered; several answers of one person count as less than as many people.

    Returns
    -------
    DataFrame
        One row: measure, score (on the scale), low, high, n, small_n, scale, unit, easy
        (answers above the middle of the scale).

    Examples
    --------
    >>> ces([7, 6, 6, 3, "somewhat agree"])[["score", "easy", "n"]].values.tolist()
    [[5.4, 4.0, 5.0]]
    """
    ends = parse_scale(scale)
    known, who, notes = answered(numbers(scores, scale, "ces", labels), users, scale=scale)
    found = mean_interval(known, *ends, who)
    notes.append(f"Highest is easiest: {ends[1]} means that it took no effort.")
    return result(
        "ces", found, len(known), ends, "points", notes, easy=int((known > sum(ends) / 2).sum())
    )


def answered(
    x: np.ndarray, users: Any = None, what: str = "answers", scale: Scale = "0-1"
) -> tuple[np.ndarray, Any, list[str]]:
    """Give what was answered, by whom, and a note on what was not."""
    there = ~np.isnan(x)
    who = None if users is None else np.asarray(users, dtype=object)[there]
    empty = noted((~there).sum(), f"empty or incomplete {what}", "left out.")
    return x[there], who, [note for note in (turned(scale), empty) if note]


def result(
    measure: str,
    found: Iterable[float],
    n: int,
    ends: Ends,
    unit: str,
    notes: list[str],
    counts: str = "answers",
    **more: Any,
) -> DataFrame:
    """Finish the one row that each measure gives."""
    scale = f"{ends[0]}{'..' if ends[0] < 0 else '-'}{ends[1]}"
    row = {"measure": measure, **three("score low high", found), "n": n, "small_n": small(n)}
    return tidy([{**row, "scale": scale, "unit": unit, **more}], counts, notes)
