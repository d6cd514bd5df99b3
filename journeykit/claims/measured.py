"""How a metric is measured that is not declared yet."""

from collections.abc import Callable
from typing import Any

from journeykit.numbers.claimed import EVERY, Measured, rate, row_of

Measure = Callable[[Any, tuple[str, ...], str], Measured]


def taken(
    row: Any,
    value: str,
    n: Any,
    counts: str = "customers",
    ends: str = "low high",
    frame: Any = None,
) -> Measured:
    """Take value and interval from the columns of a row."""
    low, high = ends.split()
    return Measured(float(row[value]), float(row[low]), float(row[high]), int(n), counts, frame)


__all__ = ["EVERY", "Measure", "Measured", "rate", "row_of", "taken"]
