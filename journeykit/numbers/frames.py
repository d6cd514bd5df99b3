"""What the functions on plain tables share: their columns checked, their answers finished."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pandas as pd

from journeykit.errors import DataError, UnknownName, did_you_mean
from journeykit.numbers.stats import SMALL

YES = {"true", "t", "yes", "y", "1", "1.0", "solved", "ja", "sim", "oui", "si", "sí"}
NO = {"false", "f", "no", "n", "0", "0.0", "unsolved", "nein", "não", "nao", "non"}


def need(frame: pd.DataFrame, kind: str, *columns: str) -> None:
    """Refuse a table that lacks a column, naming the column and the nearest one it has."""
    for column in columns:
        if column not in frame.columns:
            raise UnknownName(
                f"the {kind} have no column {column!r}. {did_you_mean(column, frame.columns)} "
                f"Name it when the table is read: read_table({kind!r}, …, {column}='THEIRS')."
            )


def yes(column: pd.Series) -> pd.Series:
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
            "Write true or false, 1 or 0, yes or no; leave it empty where it is not known."
        )
    return known.astype(float)


def each(
    frame: pd.DataFrame, by: str | None, row: Callable[[pd.DataFrame], dict[str, Any]]
) -> pd.DataFrame:
    """Make one row for each value of a column, or one for all; no rows keep their columns."""
    pieces = frame.groupby(by, observed=True) if by else [("", frame)]
    rows = [({by: value} if by else {}) | row(piece) for value, piece in pieces]
    return pd.DataFrame(rows) if rows else pd.DataFrame(columns=[by, *row(frame)])


def tidy(
    rows: Iterable[dict[str, Any]] | pd.DataFrame,
    counts: str,
    notes: Iterable[str] = (),
    columns: list[str] | None = None,
) -> pd.DataFrame:
    """Finish an answer: fresh index, what it counts, what a reader should know."""
    frame = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(list(rows), columns=columns)
    frame = frame.reset_index(drop=True)
    if "small_n" in frame.columns:
        frame["small_n"] = frame["small_n"].astype(bool)  # also where there is no row
    frame.attrs = {"counts": counts, "notes": [note for note in notes if note]}
    return frame


def one_row(found: tuple[float, float, float], n: int, counts: str, **more: Any) -> pd.DataFrame:
    """Finish an answer of one number: value, its interval, on how many it rests."""
    value, low, high = found
    row = {**more, "value": value, "low": low, "high": high, "n": n, "small_n": n < SMALL}
    return tidy([row], counts)


def say(count: int, one: str, many: str | None = None) -> str:
    """Write a count and its noun, as in '1 answer', '1,287 answers'."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
