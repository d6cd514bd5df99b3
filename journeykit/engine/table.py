"""Names in SQL, and the handle of a table that lives in an engine."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from journeykit.engine.duck import DuckDB

__all__ = ["Table", "quote", "text"]


def quote(*names: str) -> str:
    """Quote an identifier, or a dotted path of them, for use in SQL.

    Examples
    --------
    >>> quote("cache", 'odd"name')
    '"cache"."odd""name"'
    """
    return ".".join('"' + str(name).replace('"', '""') + '"' for name in names)


def text(value: str) -> str:
    """A text as an SQL literal, for the few statements that cannot bind values."""
    return "'" + value.replace("'", "''") + "'"


class Table:
    """A table that lives in an engine: what number functions query instead of a frame.

    `name` is how SQL refers to it, already quoted; `columns` are its column names in order.
    """

    def __init__(self, engine: DuckDB, name: str, columns: Iterable[str]) -> None:
        self.engine, self.name, self.columns = engine, name, tuple(columns)
        self.pid = os.getpid()
        self.file: tuple[Path, str] | None = None  # where it is stored, and that file's name in SQL
        self.needs: tuple[Table, ...] = ()  # what a view reads from, kept alive with it
