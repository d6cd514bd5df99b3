"""The System Usability Scale, from ten questions to a score with its interval."""

from bisect import bisect
from typing import Any

import numpy as np
from pandas import DataFrame, Series, to_numeric

from journeykit.errors import DataError
from journeykit.words import people

from .frames import three
from .likert import Labels, Scale, numbers, parse_scale
from .means import mean_interval
from .scores import answered, result

# J. Sauro & J. R. Lewis, Quantifying the User Experience (2016), curved grading scale
GRADES = "F D C- C C+ B- B B+ A- A A+".split()
_LEAST = (51.7, 62.7, 65.0, 71.1, 72.6, 74.1, 77.2, 78.9, 80.8, 84.1)  # of all but F


def sus_scores(answers: Any, *, scale: Scale = "1-5", labels: Labels = None) -> Series:
    """System Usability Scale of each respondent, 0..100.

    J. Brooke (1996): ``2.5·(Σ(odd answers - 1) + Σ(5 - even answers))``.

    Parameters
    ----------
    answers : DataFrame or 2-D sequence
        Wide: ten columns, the questions in their order, a row per respondent. Long: columns
        response_id, question (1..10) and score. Numbers 1..5 or labels ("Strongly agree").
    scale : str or (int, int)
        1-5, or 0-4 where the form counted from nought.
    labels : sequence of str, optional
        The form's labels from "strongly disagree" to "strongly agree", where they are others.

    Returns
    -------
    Series of float
        NaN where an answer is missing.

    Examples
    --------
    >>> sus_scores([[5, 1, 5, 1, 5, 1, 5, 1, 5, 2]]).tolist()
    [97.5]
    """
    ends = parse_scale(scale)
    if ends[1] - ends[0] != 4:
        raise DataError(f"SUS has five answers (1-5), the scale {ends[0]}-{ends[1]} has not.")
    frame = answers if isinstance(answers, DataFrame) else DataFrame(answers)
    if {"response_id", "question", "score"} <= set(frame.columns):
        frame = _wide(frame)
    if frame.shape[1] != 10:
        raise DataError(
            f"SUS has ten questions, found {frame.shape[1]} columns: give the ten in their order, "
            "without ids, or rows with response_id, question (1..10) and score."
        )
    x = (
        numbers(frame.to_numpy(dtype=object).ravel(), scale, "sus", labels).reshape(frame.shape)
        - ends[0]
    )
    total = x[:, 0::2].sum(axis=1) + (4 - x[:, 1::2]).sum(axis=1)
    return Series(2.5 * total, index=frame.index, name="sus")


def sus(answers: Any, *, scale: Scale = "1-5", labels: Labels = None) -> DataFrame:
    """System Usability Scale: mean of the respondents' scores, 0..100.

    Scores after J. Brooke (1996); interval: `means.mean_interval`; grade: the curved scale of J.
    Sauro & J. R. Lewis (Quantifying the User Experience, 2016, ch. 8; the mean of 446 studies is
    68).

    Parameters
    ----------
    answers : DataFrame or 2-D sequence
        As `sus_scores` takes them; with ``scale="0-100"`` one finished score per respondent.
    scale, labels
        As for `sus_scores`.

    Returns
    -------
    DataFrame
        One row: measure, score (0..100), low, high, n (respondents), small_n, scale, unit,
        median, q1, q3, grade (A+ to F).

    Examples
    --------
    >>> sus([[5, 1, 5, 1, 5, 1, 5, 1, 5, 2], [4, 2, 4, 2, 4, 2, 4, 2, 4, 2]])[
    ...     ["score", "median", "n", "grade"]].values.tolist()
    [[86.25, 86.25, 2, 'A+']]
    """
    ends = parse_scale(scale)
    if ends == (0, 100):
        totals = numbers(np.ravel(np.asarray(answers, dtype=object)), scale, "sus")
    else:
        totals = sus_scores(answers, scale=scale, labels=labels).to_numpy()
    known, _, notes = answered(totals, None, "respondents")
    found, n = mean_interval(known, 0, 100), len(known)
    more = three("median q1 q3", Series(known).quantile([0.5, 0.25, 0.75]))
    more["grade"] = GRADES[bisect(_LEAST, found[0])] if n else None
    return result("sus", found, n, ends, "points", notes, "respondents", **more)


def _wide(long: DataFrame) -> DataFrame:
    """Turn a row per question into a row per respondent, questions 1 to 10 in order."""
    question = to_numeric(long["question"], errors="coerce")
    odd = long.loc[~question.isin(range(1, 11)), "question"]
    if len(odd):
        raise DataError(
            f"{odd.iloc[0]!r} is no question of the SUS: number them 1 to 10.", odd.iloc[0]
        )
    rows = long.assign(question=question.astype(int))
    twice = rows[rows.duplicated(["response_id", "question"])]
    if len(twice):
        first = twice.iloc[0]
        raise DataError(
            f"a respondent answered SUS question {first['question']} twice "
            f"({people(len(twice), 'such answers')}). Keep one, or give each filled-in form its "
            "own response_id."
        )
    return rows.pivot(index="response_id", columns="question", values="score").reindex(
        columns=range(1, 11)
    )
