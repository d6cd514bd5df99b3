"""What numbers share: the columns of plain tables checked, differences tested (each test with its
source) and corrected for how many there are, answers finished.
"""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from journeykit.errors import AnalysisError, DataError, UnknownName, did_you_mean
from journeykit.tables.names import own_names
from journeykit.words import people

from .stats import QUIET, Interval, Number, Z, answer, clustered_rows, floats, small, wilson

Row = dict[str, Any]
"""A row of a table: column to value."""
YES = "true t yes y 1 1.0 solved ja sim oui si sí".split()
NO = "false f no n 0 0.0 unsolved nein não nao non".split()


def need(frame: DataFrame, kind: str, *columns: str | None) -> None:
    """Refuse a table that lacks a column, naming the column and the nearest one it has."""
    if not hasattr(frame, "columns"):
        read = f"jk.read_table({kind!r}, …) reads it."
        raise DataError(f"a {type(frame).__name__} is no table of {kind}: {read}")
    for column in filter(None, columns):
        if column not in frame.columns:
            raise UnknownName(
                f"the {kind} have no column {column!r}. {did_you_mean(column, frame.columns)} "
                f"Name it when the table is read: read_table({kind!r}, …, {column}='THEIRS')."
            )


def whole(value: Any, what: str) -> int:
    """Refuse what counts nothing: a number of things is 1 or more."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        raise AnalysisError(f"{what}={value!r} must be a whole number of at least 1.")
    return int(value)


def yes(column: Series) -> Series:
    """Read a column of yes and no as 1.0 and 0.0, unknown as NaN; any number above 0 is a yes."""
    if pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
        number = column.astype("Float64").astype(float)
        return number.where(number.isna(), (number > 0).astype(float))
    words = column.astype("string").str.strip().str.casefold()
    known = words.map({**dict.fromkeys(YES, 1.0), **dict.fromkeys(NO, 0.0)})
    odd = words[known.isna() & words.notna() & (words != "")]
    if len(odd):
        raise DataError(
            f"{odd.iloc[0]!r} in {column.name!r} is neither yes nor no. "
            "Write true or false, 1 or 0, yes or no; leave it empty where it is not known.",
            odd.iloc[0],
        )
    return known.astype(float)


def folded(column: Series) -> Series:
    """Write words alike: in small letters, without blanks around them."""
    return column.astype("string").str.strip().str.lower()


def words_of(column: Series, known: Iterable[str], what: str) -> Series:
    """Read a column of words in small letters; refuse one that is none of those known."""
    said = folded(column)
    odd = column[~said.isin(known)].astype(str)
    if len(odd):
        said = f"{odd.iloc[0]!r} is no {what} ({people(len(odd), 'rows')})."
        raise UnknownName(f"{said} {did_you_mean(odd.iloc[0], known)}", odd.iloc[0])
    return said


def of_group(by: str, taken: Iterable[str]) -> str:
    """Name the column of a group in an answer: ``source_…`` where one of that name is there."""
    return next(iter(own_names([by], taken)))


def each(frame: DataFrame, by: Any, row: Callable[[DataFrame], Row]) -> DataFrame:
    """Make one row for each value of a column (or of a series), or one for all.

    No rows keep their columns.
    """
    if by is None:
        return DataFrame([row(frame)])
    groups = [*frame.groupby(by, observed=True)]
    rows = [row(piece) for _, piece in groups]
    found = DataFrame(rows) if rows else DataFrame(columns=[*row(frame)])
    found.insert(0, of_group(getattr(by, "name", by), found), [value for value, _ in groups])
    return found


def tidy(
    rows: Iterable[Row] | DataFrame,
    counts: str,
    notes: Iterable[str] = (),
    columns: str | list[str] = "",
    **attrs: Any,
) -> DataFrame:
    """Finish an answer: fresh index, what it counts, what a reader should know."""
    keep = columns.split() if isinstance(columns, str) else columns
    if not isinstance(rows, DataFrame):
        rows = DataFrame(list(rows), columns=keep or None)
    frame = (rows[keep] if keep else rows).reset_index(drop=True)
    if "small_n" in frame.columns:
        frame["small_n"] = frame["small_n"].astype(bool)  # also where there is no row
    frame.attrs = {"counts": counts, "notes": [note for note in notes if note], **attrs}
    return frame


def noted(count: float, what: str, rest: str) -> str:
    """Note how many of something there are, as in '3 rows left out.'; nothing of none."""
    return f"{people(count, what)} {rest}" if count else ""


def no_times(odd: Series, measure: str) -> str:
    """Note the rows whose time is below 0, which are left out."""
    return noted(odd.sum(), "rows", f"with a {measure} below 0 left out: no time is.")


def users_of(rows: DataFrame) -> Series:
    """Give the user of each row; without ids each row is one of its own."""
    return rows.get("user_id", Series(None, rows.index, object))


def clustered_share(rows: DataFrame, hit: Series) -> Interval:
    """Share of yes among the known, clustered by user where there are ids."""
    known = hit.notna()
    return clustered_rows(hit[known], users_of(rows)[known])


def three(columns: str, found: Iterable[float]) -> Row:
    """Name a value and the ends of its interval, or the ends alone."""
    return dict(zip(columns.split(), found, strict=True))


def share_of(k: float, n: float, name: str = "share") -> Row:
    """Name the share that k is of n, its Wilson interval, and whether it rests on few."""
    low, high = wilson(k, n)
    return {name: k / n if n else np.nan, "low": low, "high": high, "small_n": small(n)}


def ranked(frame: DataFrame, column: str) -> DataFrame:
    """Give the rows that do not rest on few, the highest first."""
    return frame[~frame["small_n"].astype(bool)].sort_values(column, ascending=False)


def one_row(
    found: Interval, n: int, counts: str, notes: Iterable[str] = (), **more: Any
) -> DataFrame:
    """Finish an answer of one number: value, its interval, on how many it rests."""
    row = {**more, **three("value low high", found), "n": n, "small_n": small(n)}
    return tidy([row], counts, notes)


@QUIET
def two_sided(effect: Number, error: Number) -> Any:
    """Give the two-sided p of an effect by the normal curve; 1 where it has no error."""
    from scipy.special import ndtr

    return np.where(error > 0, 2 * ndtr(-np.abs(effect) / error), 1.0)


@QUIET
def two_proportions(k1: Number, n1: Number, k2: Number, n2: Number) -> Any:
    """Two-sided p of "the two shares are the same".

    Pooled z test (K. Pearson's chi-square of the 2x2 table); where a cell expects fewer than 5,
    Fisher's exact test instead (W. G. Cochran's rule, 1954).

    Returns
    -------
    p : float or ndarray
        NaN where a side has nobody; 1 where all or none of both did it.

    Examples
    --------
    >>> round(two_proportions(56, 70, 48, 80), 4)
    0.008
    """
    k1, n1, k2, n2 = floats(k1, n1, k2, n2)
    pooled = (k1 + k2) / (n1 + n2)
    error = np.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
    p = two_sided(k1 / n1 - k2 / n2, error)
    thin = np.minimum(n1, n2) * np.minimum(pooled, 1 - pooled) < 5
    known = (n1 > 0) & (n2 > 0)
    p = np.atleast_1d(np.where(known, p, np.nan))
    places = np.flatnonzero(np.atleast_1d(known & thin & (error > 0)))
    if len(places):  # scipy.stats is slow to import, and seldom needed
        from scipy.stats import fisher_exact

        # Among thousands of rare events most have the same counts: each table is tested once.
        counts = np.stack([np.atleast_1d(v).flat[places] for v in (k1, n1, k2, n2)], axis=1)
        tables, which = np.unique(counts, axis=0, return_inverse=True)
        exact = [fisher_exact(np.array([[a, m - a], [b, n - b]]))[1] for a, m, b, n in tables]
        p.flat[places] = np.array(exact)[which.ravel()]
    return answer(p.reshape(k1.shape))[0]


def p_of_interval(effect: float, low: float, high: float) -> float:
    """How often chance alone would move it so far: from the side of the interval that faces 0."""
    half = effect - low if effect > 0 else high - effect
    if not half > 0:
        return float("nan") if half != half else float(effect == 0)
    return float(two_sided(effect, half / Z))


def homogeneity(k: Any, n: Any) -> float:
    """Give p of "all groups have the same share" (Pearson's chi-square, groups - 1 df).

    Examples
    --------
    >>> round(homogeneity([105, 51, 115], [169, 95, 219]), 3)
    0.145
    """
    from scipy.special import chdtrc

    hits, of = np.asarray(k, dtype=float), np.asarray(n, dtype=float)
    hits, of = hits[of > 0], of[of > 0]
    if len(of) < 2:
        return float("nan")
    share = hits.sum() / of.sum()
    if share in (0.0, 1.0):
        return 1.0
    return float(chdtrc(len(of) - 1, ((hits - of * share) ** 2 / (of * share * (1 - share))).sum()))


def benjamini_hochberg(p: Any, looked_at: int = 0) -> np.ndarray:
    """Adjust p values for how many were looked at (false discovery rate).

    Step-up procedure of Y. Benjamini & Y. Hochberg, JRSS B 57, 1995:
    ``q(i) = min over j ≥ i of p(j)·m/j``. NaN stays NaN and is not counted in m; where more were
    `looked_at` than are given (the others had p = 1), m is that number.

    Returns
    -------
    q : ndarray
        In the order given; what is below 0.05 holds at a false discovery rate of 5 %.

    Examples
    --------
    >>> benjamini_hochberg([0.01, 0.04, 0.03, 0.5]).round(3).tolist()
    [0.04, 0.053, 0.053, 0.5]
    """
    given = np.asarray(p, dtype=float)
    q = np.full(given.shape, np.nan)
    known = np.flatnonzero(~np.isnan(given))
    order = known[np.argsort(given[known], kind="stable")]
    if len(order):
        m = max(len(order), looked_at)
        steps = given[order] * m / np.arange(1, len(order) + 1)
        q[order] = np.minimum(np.minimum.accumulate(steps[::-1])[::-1], 1.0)
    return q


def add_q(frame: DataFrame) -> None:
    """Add ``q`` to a frame: its p values, adjusted for how many there are.

    Examples
    --------
    >>> frame = DataFrame({"p": [0.01, 0.04]})
    >>> add_q(frame)
    >>> frame["q"].tolist()
    [0.02, 0.04]
    """
    frame["q"] = benjamini_hochberg(frame["p"].to_numpy(float))
