"""Names in SQL, the handle of a table that lives in an engine, and what the engines that someone
else runs have in common.

There the same SQL text is translated by sqlglot and runs where the table lives; only the rows of
the answer come here, and are counted in ``rows_fetched``.
"""

from __future__ import annotations

import itertools
import os
import re
import weakref
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from pandas import DataFrame

from journeykit.errors import AnalysisError

#: The values of a query, in order.
Params = Sequence[Any]
#: Its tables, or values, by the names that it has for them.
Named = dict[str, Any]
#: Columns by their names: to their types, their names in the source, or the SQL that reads them.
Columns = dict[str, str]
# A placeholder; quoted names and texts are stepped over, whatever they contain.
_PLACEHOLDER = re.compile(r""""(?:[^"]|"")*"|'(?:[^']|'')*'|\{([A-Za-z_]\w*)\}""")


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


def fill(sql: str, names: Mapping[str, str]) -> str:
    r"""Put the names of tables in place of ``{name}``.

    Raises
    ------
    AnalysisError
        The query asks for a table that was not given.

    Examples
    --------
    >>> fill("SELECT '{a}' FROM {a}", {"a": '"temp"."kept_1"'})
    'SELECT \'{a}\' FROM "temp"."kept_1"'
    """

    def name(found: re.Match[str]) -> str:
        if not found[1]:
            return found[0]
        if found[1] not in names:
            raise AnalysisError(f"The query asks for a table {found[1]!r} that was not given.")
        return names[found[1]]

    return _PLACEHOLDER.sub(name, sql)


def plain_value(value: Any) -> Any:
    """A value that every engine can bind: NumPy's numbers are not among them."""
    return value.item() if hasattr(value, "item") else value


class Hooks:
    """What is kept in an engine, and the few pieces of SQL that are worth a name of their own.

    Every engine says for itself: ``utc(cell)``, an instant as a plain timestamp in UTC, and
    ``_keep(sql, params, tables, kind)``, a query kept as a ``TABLE`` or a ``VIEW``.
    """

    #: Whether it runs inside this process, on tables that the kit itself has read.
    here = False
    _keep: Any

    def materialize(self, sql: str, params: Params = (), **tables: Any) -> Table:
        """Keep the result of a query in the engine, as long as the handle is held."""
        return self._keep(sql, params, tables, "TABLE")  # type: ignore[no-any-return]

    def view(self, sql: str, **tables: Any) -> Table:
        """Name a query over tables; nothing is computed until it is used."""
        return self._keep(sql, (), tables, "VIEW")  # type: ignore[no-any-return]

    def seconds(self, start: str, end: str) -> str:
        """SQL for the seconds from one timestamp to another, with fractions."""
        return f"date_diff('microseconds', {start}, {end}) / 1e6"

    def local(self, cell: str, zone: str) -> str:
        """SQL for a plain timestamp in UTC as a clock in a zone shows it; itself without one."""
        return cell if not zone else f"(({cell} AT TIME ZONE 'UTC') AT TIME ZONE {text(zone)})"

    def path(self, value: str, order: str, separator: str = " → ") -> str:
        """SQL for the values of a group in order, as one text."""
        return f"string_agg(CAST({value} AS VARCHAR), {text(separator)} ORDER BY {order})"

    def path_mark(self, value: str, order: str) -> str:
        """SQL for something that is equal where the paths of two groups are, and cheap to
        compare.
        """
        return self.path(value, order)


@dataclass(eq=False)
class Table:
    """A table that lives in an engine: what number functions query instead of a frame.

    Parameters
    ----------
    engine : Hooks
        The engine that it lives in.
    name : str
        How SQL refers to it, already quoted.
    columns : tuple of str
        Its column names in order.
    needs : tuple of Table
        What a view reads from, kept alive with it.
    file : tuple or None
        Where it is stored, and that file's name in SQL.
    """

    engine: Any
    name: str
    columns: tuple[str, ...]
    needs: tuple[Table, ...] = ()
    file: tuple[Path, str] | None = None
    pid: int = field(default_factory=os.getpid)


_names = itertools.count(1)
# A place for a value; quoted names and texts are stepped over.
_MARK = re.compile(r"""("(?:[^"]|"")*"|'(?:[^']|'')*')|\?""")


class Foreign(Hooks):
    """What engines have in common: a translated query, and names that are dropped when unused.

    Of an engine, a subclass says:

    - ``dialect``: what sqlglot calls its SQL;
    - ``_rules(tree, values)``: the parsed query, with what sqlglot leaves as DuckDB writes it
    mended;
    - ``_query(sql, values)``: its own handle of a query, not yet computed;
    - ``_rows(query)``: what it gives, as a frame;
    - ``_show(name, source, keep=)``: a table, query or frame given a name;
    - ``_save(schema, name, query)``: a query written as a table, if it is not there yet;
    - ``_drop(name, shown)``: the name taken away again;
    - ``types(table)``: column to DuckDB's word for its type, empty for what holds no single values.
    """

    dialect: Any
    _rules: Any
    _query: Any
    _rows: Any
    _show: Any
    _save: Any
    _drop: Any
    types: Any

    def __init__(self, session: Any) -> None:
        self.session = session
        self.rows_fetched = 0
        self._unused: deque[tuple[str, Any]] = deque()

    def run(self, sql: str, params: Params = (), **tables: Any) -> DataFrame:
        """Run a query; see :func:`journeykit.engine.run`."""
        kept, translated, query = self._prepared(sql, params, tables)
        frame = _plain(self._rows(query))
        del kept  # until here the frames among the tables were needed
        self.rows_fetched += len(frame)
        frame.attrs["sql"] = translated
        return frame

    def keep(self, name: str, sql: str, **tables: Any) -> Table:
        """Keep the result as a table of the schema in ``JOURNEYKIT_SCHEMA``, for later processes.

        A table that is there already is taken as it is: its name says what is in it. Without the
        variable nothing is written, and the result is kept as long as the session.
        """
        schema = os.environ.get("JOURNEYKIT_SCHEMA")
        if not schema:
            return self.materialize(sql, **tables)
        kept, _, query = self._prepared(sql, (), tables)
        shown = self._save(schema, name, query)
        del kept
        return Table(self, quote(*schema.split("."), name), tuple(shown.columns))

    def _keep(self, sql: str, params: Params, tables: Named, kind: str) -> Table:
        kept, _, query = self._prepared(sql, params, tables)
        return self.table(query, keep=kind == "TABLE", needs=tuple(kept))

    def table(self, source: Any, *, keep: bool = False, needs: tuple[Table, ...] = ()) -> Table:
        """Give a table or frame a name in the engine."""
        name = f"journeykit_{next(_names)}"
        shown = self._show(name, source, keep=keep)
        handle = Table(self, quote(name), tuple(shown.columns), needs)
        weakref.finalize(handle, self._unused.append, (name, shown)).atexit = False
        return handle

    def _prepared(self, sql: str, params: Params, tables: Named) -> tuple[list[Table], str, Any]:
        """The tables, the engine's own SQL, and its handle of the query."""
        # Garbage is collected at any moment, even within a query: what is unused is dropped here.
        while self._unused:
            self._drop(*self._unused.popleft())
        kept = [t if isinstance(t, Table) else self.table(t) for t in tables.values()]
        filled = fill(sql, {name: t.name for name, t in zip(tables, kept, strict=True)})
        numbers = itertools.count()
        named = _MARK.sub(lambda found: found[1] or f":v{next(numbers)}", filled)
        if next(numbers) != len(params):
            raise AnalysisError(
                "The query has another number of places for values than were given."
            )
        # Times are said as text.
        values = {
            f"v{number}": str(value) if isinstance(value, date) else plain_value(value)
            for number, value in enumerate(params)
        }
        translated = self._rules(_parsed(named).copy(), values).sql(dialect=self.dialect)
        return kept, translated, self._query(translated, values)


@lru_cache(maxsize=256)
def _parsed(sql: str) -> Any:
    import sqlglot

    return sqlglot.parse_one(sql, read="duckdb")


def _plain(frame: DataFrame) -> DataFrame:
    """The types that DuckDB gives: whole sums as integers, no decimals, microseconds."""
    for name, cells in frame.items():
        some = next((cell for cell in cells if cell is not None), None)
        if cells.dtype.kind == "M":
            frame[name] = cells.dt.as_unit("us")
        elif isinstance(some, Decimal):
            whole = some.as_tuple().exponent == 0 and cells.notna().all()
            frame[name] = cells.astype("int64" if whole else "float64")
    return frame
