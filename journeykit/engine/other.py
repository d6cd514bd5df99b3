"""What the engines that someone else runs have in common.

The same SQL text is translated by sqlglot and runs where the table lives; only the rows of the
answer come here, and are counted in ``rows_fetched``.
"""

from __future__ import annotations

import itertools
import os
import re
import weakref
from collections import deque
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

import pandas as pd

from journeykit.engine.table import Hooks, Table, fill, quote
from journeykit.errors import AnalysisError

__all__ = ["Foreign"]

_names = itertools.count(1)
# A place for a value; quoted names and texts are stepped over.
_MARK = re.compile(r"""("(?:[^"]|"")*"|'(?:[^']|'')*')|\?""")


class Foreign(Hooks):
    """What engines have in common: a translated query, and names that are dropped when unused."""

    #: What sqlglot calls the engine's SQL.
    dialect = ""

    def __init__(self, session: Any) -> None:
        self.session = session
        self.rows_fetched = 0
        self._unused: deque[tuple[str, Any]] = deque()

    def run(self, sql: str, params: Sequence[Any] = (), **tables: Any) -> pd.DataFrame:
        """Run a query; see :func:`journeykit.engine.run`."""
        kept, translated, values = self._prepared(sql, params, tables)
        frame = _plain(self._fetch(translated, values))
        del kept  # until here the frames among the tables were needed
        self.rows_fetched += len(frame)
        frame.attrs["sql"] = translated
        return frame

    def materialize(self, sql: str, params: Sequence[Any] = (), **tables: Any) -> Table:
        """Keep the result of a query in the engine."""
        return self._named(sql, params, tables, keep=True)

    def keep(self, name: str, sql: str, params: Sequence[Any] = (), **tables: Any) -> Table:
        """Keep the result as a table of the schema in ``JOURNEYKIT_SCHEMA``, for later processes.

        A table that is there already is taken as it is: its name says what is in it. Without the
        variable nothing is written, and the result is kept as long as the session.
        """
        schema = os.environ.get("JOURNEYKIT_SCHEMA")
        if not schema:
            return self.materialize(sql, params, **tables)
        kept, translated, values = self._prepared(sql, params, tables)
        shown = self._save(schema, name, translated, values)
        del kept
        return Table(self, quote(*schema.split("."), name), shown.columns)

    def view(self, sql: str, params: Sequence[Any] = (), **tables: Any) -> Table:
        """Name a query; nothing is computed until it is used."""
        return self._named(sql, params, tables, keep=False)

    def table(self, source: Any) -> Table:
        """Give a table or frame a name in the engine."""
        name = f"journeykit_{next(_names)}"
        return self._handle(name, self._show(name, source, keep=False))

    def _named(self, sql: str, params: Sequence[Any], tables: dict[str, Any], keep: bool) -> Table:
        kept, translated, values = self._prepared(sql, params, tables)
        name = f"journeykit_{next(_names)}"
        handle = self._handle(name, self._show(name, self._query(translated, values), keep=keep))
        handle.needs = tuple(kept.values())
        return handle

    def _prepared(
        self, sql: str, params: Sequence[Any], tables: dict[str, Any]
    ) -> tuple[dict[str, Table], str, dict[str, Any]]:
        # Garbage is collected at any moment, even within a query: what is unused is dropped here.
        while self._unused:
            self._drop(*self._unused.popleft())
        kept = {
            name: table if isinstance(table, Table) else self.table(table)
            for name, table in tables.items()
        }
        return kept, *self._translated(
            fill(sql, {name: table.name for name, table in kept.items()}), params
        )

    def _handle(self, name: str, shown: Any) -> Table:
        handle = Table(self, quote(name), shown.columns)
        weakref.finalize(handle, self._unused.append, (name, shown)).atexit = False
        return handle

    @lru_cache(maxsize=256)  # noqa: B019  # an engine lives as long as its session
    def _parsed(self, sql: str) -> Any:
        import sqlglot

        return sqlglot.parse_one(sql, read="duckdb")

    def _translated(self, sql: str, params: Sequence[Any]) -> tuple[str, dict[str, Any]]:
        """The engine's own SQL; each ``?`` becomes a value of the engine, by name or as a literal."""
        numbers = itertools.count()
        named = _MARK.sub(
            lambda found: found.group(0) if found.group(1) else f":v{next(numbers)}", sql
        )
        values = {f"v{number}": _value(value) for number, value in enumerate(params)}
        if next(numbers) != len(values):
            raise AnalysisError(
                "The query has another number of places for values than were given."
            )
        tree = self._rules(self._parsed(named).copy(), values)
        return tree.sql(dialect=self.dialect), values

    # Where engines differ.

    def _rules(self, tree: Any, values: dict[str, Any]) -> Any:
        """Mend what sqlglot leaves as DuckDB writes it."""
        return tree

    def _query(self, sql: str, values: dict[str, Any]) -> Any:
        raise NotImplementedError

    def _fetch(self, sql: str, values: dict[str, Any]) -> pd.DataFrame:
        raise NotImplementedError

    def _show(self, name: str, source: Any, *, keep: bool) -> Any:
        raise NotImplementedError

    def _save(self, schema: str, name: str, sql: str, values: dict[str, Any]) -> Any:
        raise NotImplementedError

    def _drop(self, name: str, shown: Any) -> None:
        raise NotImplementedError

    def kinds(self, table: Any) -> dict[str, str]:
        """Column to "time" (an instant), "plain time", "day", "text", "number" or "other"."""
        raise NotImplementedError

    def utc(self, cell: str) -> str:
        """SQL for an instant as a plain timestamp in UTC."""
        raise NotImplementedError


def _value(value: Any) -> Any:
    """A value that every engine takes: times as text, NumPy's numbers as Python's."""
    if isinstance(value, date):
        return str(value)
    return value.item() if hasattr(value, "item") else value


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """The types that DuckDB gives: whole sums as integers, no decimals, microseconds."""
    for name in frame.columns:
        some = next((cell for cell in frame[name] if cell is not None), None)
        if pd.api.types.is_datetime64_dtype(frame[name]):
            frame[name] = frame[name].dt.as_unit("us")
        elif isinstance(some, Decimal):
            whole = some.as_tuple().exponent == 0 and frame[name].notna().all()
            frame[name] = frame[name].astype("int64" if whole else "float64")
    return frame
