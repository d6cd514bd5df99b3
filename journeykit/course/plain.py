"""Answers as plain data: what a check compares, and what a graded copy hands in.

An answer is a number, a text, a list, a mapping or a table, whatever object it came in: a frame
of pandas, a scalar of numpy, a persona or a map of the workshop folder. Nothing is ever pickled
or evaluated, so that reading an answer runs no code of the person who wrote it.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Set
from dataclasses import dataclass
from enum import Enum
from typing import Any

from journeykit.errors import ExerciseError

__all__ = ["Table", "blank", "decode", "encode", "plain", "shown"]

MOST_ROWS = 5_000
DEEPEST = 20


@dataclass(frozen=True)
class Table:
    """Columns by name, and rows."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    def column(self, name: str) -> list[Any]:
        """The values of one column."""
        place = self.columns.index(name)
        return [row[place] for row in self.rows]


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
    if value is None or value is ...:
        return None
    if isinstance(value, Enum):
        return plain(value.value, depth + 1)
    if isinstance(value, bool | int | float | str):
        return value if isinstance(value, bool) else _bare(value)
    if isinstance(value, dt.date | dt.time):  # a pandas Timestamp is one, too
        return None if value != value else value.isoformat()
    if isinstance(value, dt.timedelta):
        return value.total_seconds()
    if isinstance(value, Table):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(inner, depth + 1) for key, inner in value.items()}
    return _object(value, depth)


def _bare(value: Any) -> Any:
    """Strip subclasses (a numpy float is a float, a str enum a str) down to the built-in type."""
    for kind in (int, float, str):
        if isinstance(value, kind):
            return kind(value)
    return value


def _object(value: Any, depth: int) -> Any:
    if hasattr(value, "model_dump"):  # a persona, a card, a map
        return plain(value.model_dump(mode="json"), depth + 1)
    if callable(getattr(value, "facts", None)):  # a log of events says what it is, not every row
        return plain(value.facts(), depth + 1)
    if hasattr(value, "columns") and hasattr(value, "itertuples"):
        return _table(value, depth)
    if hasattr(value, "to_frame") and hasattr(value, "index"):
        return _series(value, depth)
    inner = getattr(value, "frame", None)
    if hasattr(inner, "itertuples"):  # a panel: the table behind its picture
        return plain(inner, depth + 1)
    if hasattr(value, "tolist"):  # a scalar, array or index
        return plain(value.tolist(), depth + 1)
    if isinstance(value, Set):
        return sorted((plain(inner, depth + 1) for inner in value), key=str)
    if isinstance(value, list | tuple):
        return [plain(inner, depth + 1) for inner in value]
    name = type(value).__name__
    if callable(value):
        raise ExerciseError(f"This is {name} that was not called yet. Add its brackets: ().")
    if name.startswith("NA"):
        return None
    raise ExerciseError(
        f"A {name} is no answer that can be compared. Give a number, a text, a list or a table."
    )


def _table(frame: Any, depth: int) -> Table:
    if len(frame) > MOST_ROWS:
        raise ExerciseError(
            f"This table has {len(frame):,} rows, and an answer has at most {MOST_ROWS:,}. "
            "It is the data still: count, group or pick first."
        )
    index = frame.index
    counted = getattr(index, "nlevels", 1) == 1 and index.name is None and index.dtype.kind in "iu"
    kept = frame if counted else frame.reset_index()
    rows = tuple(
        tuple(plain(cell, depth + 1) for cell in row)
        for row in kept.itertuples(index=False, name=None)
    )
    return Table(tuple(str(name) for name in kept.columns), rows)


def _series(series: Any, depth: int) -> Any:
    if getattr(series.index, "nlevels", 1) > 1:
        return _table(series.to_frame(), depth)
    if type(series.index).__name__ == "RangeIndex":
        return plain(series.tolist(), depth + 1)
    keys = [str(plain(key)) for key in series.index.tolist()]
    return {key: plain(inner, depth + 1) for key, inner in zip(keys, series.tolist(), strict=True)}


def blank(value: Any) -> bool:
    """Tell whether plain data says nothing: None, an empty text, or a list of only such.

    Examples
    --------
    >>> blank(plain([..., ...])), blank(0)
    (True, False)
    """
    if isinstance(value, str):
        return value.strip() in ("", "...", "…")
    if isinstance(value, dict):
        return bool(value) and all(blank(inner) for inner in value.values())
    return value is None or (isinstance(value, list) and bool(value) and all(map(blank, value)))


def encode(value: Any) -> str:
    """Write plain data as JSON, so that :func:`decode` gives the same back.

    Examples
    --------
    >>> decode(encode({"a": Table(("x",), ((1,),))}))
    {'a': Table(columns=('x',), rows=((1,),))}
    """
    return json.dumps(_tagged(value))


def _tagged(value: Any) -> Any:
    if isinstance(value, Table):
        return {"table": [list(value.columns), [list(map(_tagged, row)) for row in value.rows]]}
    if isinstance(value, dict):
        return {"mapping": {key: _tagged(inner) for key, inner in value.items()}}
    return list(map(_tagged, value)) if isinstance(value, list) else value


def decode(text: str) -> Any:
    """Read what :func:`encode` wrote; anything else is an ExerciseError."""
    try:
        return _untagged(json.loads(text))
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise ExerciseError("The answer is not written as this kit writes answers.") from None


def _untagged(value: Any) -> Any:
    if isinstance(value, list):
        return list(map(_untagged, value))
    if not isinstance(value, dict):
        return value
    ((kind, inner),) = value.items()
    if kind == "mapping":
        return {key: _untagged(each) for key, each in inner.items()}
    columns, rows = inner
    if kind != "table" or any(len(row) != len(columns) for row in rows):
        raise ValueError(kind)
    return Table(tuple(map(str, columns)), tuple(tuple(map(_untagged, row)) for row in rows))


def shown(value: Any, most: int = 160) -> str:
    """Write plain data for a person, in at most so many characters.

    Examples
    --------
    >>> shown(0.13533), shown(77921), shown(Table(("a", "b"), ()))
    ('0.1353', '77,921', 'a table of 0 rows (a, b)')
    """
    if isinstance(value, Table):
        count = "1 row" if len(value.rows) == 1 else f"{len(value.rows):,} rows"
        text = f"a table of {count} ({', '.join(value.columns)})"
    elif isinstance(value, bool) or value is None:
        text = {True: "True", False: "False", None: "nothing"}[value]
    elif isinstance(value, int):
        text = f"{value:,}" if abs(value) < 10**15 else "a number of very many digits"
    elif isinstance(value, float):
        text = f"{value:.4g}" if abs(value) < 10_000 else f"{value:,.0f}"
    elif isinstance(value, list):
        text = ", ".join(shown(inner, most) for inner in value[:40])
    elif isinstance(value, dict):
        large = {key for key, inner in value.items() if isinstance(inner, dict) and len(inner) > 3}
        few = list(value.items())[:40]
        text = "; ".join(
            f"{key}: {'…' if key in large else shown(inner, most)}" for key, inner in few
        )
    else:
        text = str(value)
    return text if len(text) <= most else f"{text[: most - 1]}…"
