"""What the engines that someone else runs have in common.

The same SQL text is translated by sqlglot and runs where the table lives; only the rows of the
answer come here, and are counted in ``rows_fetched``.
"""

import itertools
import os
import re
import weakref
from collections import deque
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from pandas import DataFrame

from journeykit.errors import AnalysisError

from .table import Hooks, Named, Params, Table, fill, plain_value, quote

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
