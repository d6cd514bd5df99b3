"""Warehouses, by the connection of Ibis that a team has already."""

from typing import Any

import pandas as pd

from journeykit.engine import spark
from journeykit.engine.other import Foreign


class Ibis(Foreign):
    """What an Ibis connection reaches: a warehouse, or Spark again."""

    def __init__(self, session: Any) -> None:
        from sqlglot.dialects import Spark

        super().__init__(session)
        self.dialect = session.dialect
        self._is_spark = issubclass(session.dialect, Spark)

    def _rules(self, tree: Any, values: dict[str, Any]) -> Any:
        from sqlglot import exp

        # Ibis binds nothing: sqlglot writes the literals and their escapes.
        for node in list(tree.find_all(exp.Placeholder)):
            node.replace(exp.convert(values[node.name]))
        return spark.for_spark(tree) if self._is_spark else tree

    def _query(self, sql: str, values: dict[str, Any]) -> Any:
        return self.session.sql(sql)

    def _fetch(self, sql: str, values: dict[str, Any]) -> Any:
        return self.session.sql(sql).to_pandas()

    def _show(self, name: str, source: Any, *, keep: bool) -> Any:
        import ibis

        shown = ibis.memtable(source) if isinstance(source, pd.DataFrame) else source
        shown = shown.cache() if keep else shown
        self.session.create_view(name, shown)
        return shown

    def _save(self, schema: str, name: str, sql: str, values: dict[str, Any]) -> Any:
        if name not in self.session.list_tables(database=schema):
            self.session.create_table(name, self.session.sql(sql), database=schema)
        return self.session.table(name, database=schema)

    def _drop(self, name: str, shown: Any) -> None:
        self.session.raw_sql(f"DROP VIEW IF EXISTS {name}")

    def types(self, table: Any) -> dict[str, str]:
        """See :class:`Foreign`."""
        return {name: _type(kind) for name, kind in table.schema().items()}

    def utc(self, cell: str) -> str:
        """See :meth:`Hooks.utc`."""
        return spark.utc(cell) if self._is_spark else super().utc(cell)


def _type(kind: Any) -> str:
    if kind.is_timestamp():
        return "TIMESTAMP WITH TIME ZONE" if kind.timezone else "TIMESTAMP"
    if kind.is_date():
        return "DATE"
    return "VARCHAR" if kind.is_string() else "BIGINT" if kind.is_numeric() else ""
