"""What a team believed before it saw the numbers, and how well it knew."""

from collections.abc import Iterable
from typing import Any

from pandas import DataFrame, factorize, to_numeric

from journeykit.errors import DataError

from .frames import Row, each, need, noted, share_of, tidy

_COLUMNS = (
    "what unit department guess guess_low guess_high truth truth_low truth_high run_date covered"
).split()
_LATE = "Not scored, as the number had been shown when it was guessed: {}."
_SAME_TRUTH = (
    "Guesses of one number stand or fall together, and so do those of one person: with few of "
    "both, the interval is narrower than it should be."
)


def beliefs(guesses: DataFrame | Iterable[Any]) -> DataFrame:
    """Put guesses beside what the data said.

    Parameters
    ----------
    guesses : DataFrame or iterable of Guess
        Records of ``records/guesses``, or a table with their fields (what, guess, low, high,
        truth, and if known truth_low, truth_high, unit, department, run_date). What has not been
        revealed, or had no truth to be held against, is left out; so is what was not ``covered``
        when it was guessed, and a note says which.

    Returns
    -------
    DataFrame
        One row per guess, by what was asked and then by the guess: what, unit, department,
        guess, guess_low, guess_high (the range of 80 %), truth, truth_low, truth_high (95 %),
        run_date, error (guess - truth, in the unit), held (1.0 where the range holds the truth,
        NaN without a range).

    Examples
    --------
    >>> import pandas as pd
    >>> said = [{"what": "Lost at the basket", "guess": 40, "low": 30, "high": 50, "truth": 31}]
    >>> beliefs(pd.DataFrame(said))[["what", "error", "held"]].values.tolist()
    [['Lost at the basket', 9.0, 1.0]]
    """
    frame = _frame(guesses)
    said, numbers = ["unit", "department"], [c for c in _COLUMNS if "guess" in c or "truth" in c]
    frame[said] = frame[said].astype(object).fillna("").astype(str)
    read = frame[numbers].apply(to_numeric, errors="coerce").astype(float)  # what is not is told
    odd = (read.isna() & frame[numbers].notna() & (frame[numbers] != "")).any(axis=1).sum()
    frame[numbers] = read
    frame = frame.dropna(subset=["guess", "truth"])
    known = frame["covered"].eq(False)
    late = ", ".join(f"“{what}” ({n})" for what, n in frame["what"][known].value_counts().items())
    frame = frame[~known].drop(columns="covered")
    ranged = frame[["guess_low", "guess_high"]].notna().all(axis=1)
    held = frame["truth"].between(frame["guess_low"], frame["guess_high"])
    frame["error"] = frame["guess"] - frame["truth"]
    frame["held"] = held.astype(float).where(ranged)
    frame["_at"] = factorize(frame["what"])[0]
    frame = frame.sort_values(["_at", "guess"], kind="stable").drop(columns="_at")
    notes = [noted(odd, "rows", "of guesses with what is no number."), late and _LATE.format(late)]
    return tidy(frame, "guesses", notes)


def belief_score(guesses: DataFrame | Iterable[Any], by: str = "department") -> DataFrame:
    """Score how well a team knew its numbers before it saw them.

    A range that somebody is 80 % sure of should hold the truth in 8 of 10 cases. Fewer: we are
    surer than we may be. Measures of different units are never put together.

    Parameters
    ----------
    guesses : DataFrame or iterable of Guess
        As for `beliefs`.
    by : str
        department, what or run_date: whose guesses are put together.

    Returns
    -------
    DataFrame
        One row per group and unit: the group, unit, guesses, ranges (guesses with a range), held
        (how many ranges held the truth), share of them with low and high (Wilson 1927; NaN
        without a range), bias (mean of guess - truth, in the unit: above 0 is too high),
        mean_error (mean of the distance), small_n (fewer than 30 ranges). A group that nobody
        named is "(not said)".

    Examples
    --------
    >>> import pandas as pd
    >>> said = pd.DataFrame({"what": "Lost at the basket",
    ...     "department": ["sales", "sales", "support"],
    ...     "guess": [40, 60, 30], "low": [30, 50, 25], "high": [50, 70, 35], "truth": 31.0})
    >>> belief_score(said)[["department", "guesses", "held", "bias", "mean_error"]].values.tolist()
    [['sales', 2, 1, 19.0, 19.0], ['support', 1, 1, -1.0, 1.0]]
    """
    frame = beliefs(guesses)
    need(frame, "guesses", by)
    groups = frame[by].astype("string").fillna("").replace("", "(not said)")
    frame = frame.assign(**{by: groups, "group": groups + "\n" + frame["unit"]})

    def score(mine: DataFrame) -> Row:
        ranges, held = int(mine["held"].count()), int(mine["held"].sum())
        return {
            **{name: mine[name].iloc[0] if len(mine) else "" for name in (by, "unit")},
            "guesses": len(mine),
            "ranges": ranges,
            "held": held,
            **share_of(held, ranges),
            "bias": mine["error"].mean(),
            "mean_error": mine["error"].abs().mean(),
        }

    scored = each(frame, "group", score).drop(columns="group")
    notes = [*frame.attrs["notes"], *[_SAME_TRUTH] * bool(len(scored))]
    return tidy(scored, "guesses", notes)


def _frame(guesses: DataFrame | Iterable[Any]) -> DataFrame:
    """Read records or a table into one form, with the range beside the truth's own interval."""
    if isinstance(guesses, DataFrame):
        frame = guesses.copy()
    else:
        shown = [guess for guess in guesses if guess.revealed]
        frame = DataFrame(
            [guess.model_dump() for guess in shown],
            columns=[name.removeprefix("guess_") for name in _COLUMNS],
        )
    if "revealed" in frame.columns:
        frame = frame[frame["revealed"].astype(bool)]
    frame = frame.rename(columns={"low": "guess_low", "high": "guess_high"})
    for column in ("what", "guess", "truth"):
        if column not in frame:
            raise DataError(
                f"the guesses have no column {column!r}: each needs what was asked, the guess "
                "and the truth."
            )
    return frame.reindex(columns=_COLUMNS)
