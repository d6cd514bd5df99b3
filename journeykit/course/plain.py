"""Answers as plain data: what a check compares, and what a graded copy hands in.

An answer is a number, a text, a list, a mapping or a table, whatever object it came in: a frame
of pandas, a scalar of numpy, a persona or a map of the workshop folder. Nothing is ever pickled
or evaluated, so that reading an answer runs no code of the person who wrote it.
"""

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import partial
from pathlib import Path
from types import EllipsisType
from typing import Any

from journeykit.errors import ExerciseError

MOST_ROWS = 5_000
DEEPEST = 20
_TABLE = "a table, as journeykit writes it"
Inner = Callable[[Any], Any]


@dataclass(frozen=True)
class Table:
    """Columns by name, and rows."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    def column(self, name: str) -> list[Any]:
        """The values of one column."""
        return [row[self.columns.index(name)] for row in self.rows]


def plain(value: Any, depth: int = 0) -> Any:
    """Turn an answer into plain data.

    Parameters
    ----------
    value : object
        What a student hands to ``check``.
    depth : int
        How deep inside of another value it lies.

    Returns
    -------
    None, bool, int, float, str, list, dict or Table
        ``...`` and None are None: nothing was answered yet.

    Raises
    ------
    ExerciseError
        The object is no answer; the message says what would be.

    Examples
    --------
    >>> plain({"mobile": 3, "desktop": (1, 2.5)})
    {'mobile': 3, 'desktop': [1, 2.5]}
    """
    if depth > DEEPEST:
        raise ExerciseError(
            "This answer holds things in things without end. Give the values themselves."
        )
    inner = partial(plain, depth=depth + 1)
    match value:
        case None | EllipsisType():
            return None
        case Enum():
            return inner(value.value)
        case bool() | Table():
            return value
        case int() | float() | str():  # a numpy float becomes a float, a text of a subclass a str
            return next(kind(value) for kind in (int, float, str) if isinstance(value, kind))
        case dt.date() | dt.time():  # a pandas Timestamp is one, too
            return None if value != value else value.isoformat()
        case dt.timedelta():
            return value.total_seconds()
        case Decimal() | Fraction():
            return int(value) if value == int(value) else float(value)
        case Mapping():
            return {str(key): inner(each) for key, each in value.items()}
        case Set():
            return sorted(map(inner, value), key=str)
        case list() | tuple():
            return list(map(inner, value))
    return _object(value, inner)


def value_of(given: Any) -> Any:
    """Plain data of a value, or of what a function without arguments gives."""
    return plain(given() if callable(given) else given)


def _object(value: Any, inner: Inner) -> Any:
    if hasattr(value, "itertuples"):
        return _table(value, inner)
    if hasattr(value, "iloc"):
        return _series(value, inner)
    if type(value).__module__ == "numpy" and value.dtype.kind in "mM":  # times, whatever their unit
        return inner(value.astype(f"{value.dtype.kind}8[us]").tolist())
    for method in ("fetchall", "iter_rows"):  # a relation of DuckDB, a table of Polars
        if callable(getattr(value, method, None)):
            return _rows(value.columns, getattr(value, method)(), inner)
    # A word of the folder (a persona, a card, a map); a log of events, which says what it is and
    # not every row; what numpy and pandas have besides.
    for method in ("model_dump", "facts", "tolist", "to_list"):
        if callable(getattr(value, method, None)):
            return inner(getattr(value, method)())
    frame = getattr(value, "frame", None)
    if hasattr(frame, "itertuples"):  # a panel: the table behind its picture
        return inner(frame)
    name = type(value).__name__
    if callable(value):
        raise ExerciseError(f"This is {name} that was not called yet. Add its brackets: ().")
    if name.startswith("NA"):
        return None
    raise ExerciseError(
        f"A {name} is no answer that can be compared. Give a number, a text, a list or a table."
    )


def _table(frame: Any, inner: Inner) -> Table:
    if frame.index.name is not None or frame.index.dtype.kind not in "iu":
        frame = frame.reset_index()
    return _rows(frame.columns, frame.itertuples(index=False, name=None), inner)


def _rows(columns: Iterable[Any], rows: Iterable[Any], inner: Inner) -> Table:
    taken = [tuple(row) for row in rows]
    if len(taken) > MOST_ROWS:
        raise ExerciseError(
            f"This table has {len(taken):,} rows, and an answer has at most {MOST_ROWS:,}. "
            "It is the data still: count, group or pick first."
        )
    return Table(tuple(map(str, columns)), tuple(tuple(map(inner, row)) for row in taken))


def _series(series: Any, inner: Inner) -> Any:
    if series.index.nlevels > 1:
        return _table(series.to_frame(), inner)
    if type(series.index).__name__ == "RangeIndex":
        return inner(series.tolist())
    return {str(plain(key)): inner(each) for key, each in series.items()}


def blank(value: Any) -> bool:
    """Tell whether plain data says nothing: None, an empty text, or a list of only such.

    Examples
    --------
    >>> blank(plain([..., ...])), blank(0)
    (True, False)
    """
    match value:
        case str():
            return value.strip() in ("", "...", "…")
        case dict() | list():
            each = value.values() if isinstance(value, dict) else value
            return bool(value) and all(map(blank, each))
    return value is None


def encode(value: Any) -> str:
    """Write plain data as JSON, so that :func:`decode` gives the same back.

    Examples
    --------
    >>> decode(encode({"a": Table(("x",), ((1,),))}))
    {'a': Table(columns=('x',), rows=((1,),))}
    """
    return json.dumps(
        {"answer": value}, default=lambda table: {_TABLE: [table.columns, table.rows]}
    )


def write_down(log: str | Path, entry: Mapping[str, Any]) -> None:
    """Add a line to what a notebook writes down while it is graded."""
    with open(log, "a", encoding="utf-8") as out:
        out.write(json.dumps(entry) + "\n")


def decode(text: str) -> Any:
    """Read what :func:`encode` wrote; anything else is an ExerciseError."""
    try:
        return json.loads(text, object_hook=_untagged)["answer"]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise ExerciseError("The answer is not written as this kit writes answers.") from None


def _untagged(found: dict[str, Any]) -> Any:
    if _TABLE not in found:
        return found
    columns, rows = found[_TABLE]
    if any(len(row) != len(columns) for row in rows):
        raise ValueError
    return Table(tuple(map(str, columns)), tuple(map(tuple, rows)))


def shown(value: Any, most: int = 160) -> str:
    """Write plain data for a person, in at most so many characters.

    Examples
    --------
    >>> shown(0.13533), shown(77921), shown(Table(("a", "b"), ()))
    ('0.1353', '77,921', 'a table of 0 rows (a, b)')
    """
    match value:
        case Table():
            rows = f"{len(value.rows):,} row{'s' * (len(value.rows) != 1)}"
            text = f"a table of {rows} ({', '.join(value.columns)})"
        case None:
            text = "nothing"
        case bool():
            text = str(value)
        case int():
            text = f"{value:,}" if abs(value) < 10**15 else "a number of very many digits"
        case float():
            text = f"{value:.4g}" if abs(value) < 10_000 else f"{value:,.0f}"
        case list():
            text = ", ".join(shown(each, most) for each in value[:40])
        case dict():
            said = {
                key: "…" if isinstance(each, dict) and len(each) > 3 else shown(each, most)
                for key, each in list(value.items())[:40]
            }
            text = "; ".join(f"{key}: {each}" for key, each in said.items())
        case _:
            text = str(value)
    return text if len(text) <= most else f"{text[: most - 1]}…"
