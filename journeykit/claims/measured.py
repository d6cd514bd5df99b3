"""A measured number, and the ways to take one from a table of `analysis`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from journeykit.claims.scope import Scope
from journeykit.errors import UnknownName, did_you_mean
from journeykit.numbers import wilson

__all__ = ["EVERY", "Measure", "Measured", "rate", "row_of", "taken"]

EVERY = 1_000_000
"""Rows of a ranking: all of them."""


@dataclass(frozen=True)
class Measured:
    """A number with its interval, what it counts, and the table that shows it."""

    value: float
    low: float
    high: float
    n: int
    counts: str = "customers"
    frame: pd.DataFrame | None = field(default=None, repr=False, compare=False)

    @property
    def sql(self) -> str:
        """The query behind the table, where there is one."""
        return str(self.frame.attrs.get("sql", "")) if self.frame is not None else ""


Measure = Callable[[Scope, tuple[str, ...], str], Measured]
"""How a metric is measured: in which view of the data, of what, in which stage."""


def row_of(frame: pd.DataFrame, what: str, where: Mapping[str, Any]) -> pd.Series:
    """Find the one row that a claim means, or say what there is instead."""
    found = frame
    for column, value in where.items():
        found = found[found[column].astype(str) == str(value)]
    if found.empty:
        column, value = next(iter(where.items()))
        several = len(where) > 1 and bool((frame[column].astype(str) == str(value)).any())
        if several:
            column, value = list(where.items())[-1]
        seen = frame[column].dropna().astype(str).drop_duplicates()
        raise UnknownName(f"the data shows no {what} {value!r} here. {did_you_mean(value, seen)}")
    return found.iloc[0]


def taken(
    row: Mapping[str, Any],
    value: str,
    n: Any,
    counts: str = "customers",
    ends: str = "low high",
    frame: pd.DataFrame | None = None,
) -> Measured:
    """Take value and interval from the columns of a row."""
    low, high = ends.split()
    return Measured(float(row[value]), float(row[low]), float(row[high]), int(n), counts, frame)


def rate(
    k: float, n: float, counts: str = "customers", frame: pd.DataFrame | None = None
) -> Measured:
    """Measure a share of people, each of them once."""
    low, high = wilson(k, n)
    return Measured(k / n if n else float("nan"), low, high, int(n), counts, frame)
