"""Spark, in this process or on a cluster."""

from __future__ import annotations

from typing import Any

import pandas as pd

from journeykit.engine.other import Foreign

__all__ = ["Spark", "for_spark", "utc"]


class Spark(Foreign):
    """A Spark session, of this process or of a cluster (Spark 4; Spark Connect as well)."""

    dialect = "spark"

    def _rules(self, tree: Any, values: dict[str, Any]) -> Any:
        return for_spark(tree)

    def _query(self, sql: str, values: dict[str, Any]) -> Any:
        return self.session.sql(sql, args=values or None)

    def _fetch(self, sql: str, values: dict[str, Any]) -> pd.DataFrame:
        return self._query(sql, values).toArrow().to_pandas()

    def _show(self, name: str, source: Any, *, keep: bool) -> Any:
        if isinstance(source, pd.DataFrame):
            import pyarrow as pa

            source = self.session.createDataFrame(
                pa.Table.from_pandas(source, preserve_index=False)
            )
        if keep:
            source = source.persist()
        source.createOrReplaceTempView(name)
        return source

    def _save(self, schema: str, name: str, sql: str, values: dict[str, Any]) -> Any:
        if not self.session.catalog.tableExists(f"{schema}.{name}"):
            self._query(sql, values).write.saveAsTable(f"{schema}.{name}")
        return self.session.table(f"{schema}.{name}")

    def _drop(self, name: str, shown: Any) -> None:
        self.session.catalog.dropTempView(name)
        shown.unpersist()

    def kinds(self, table: Any) -> dict[str, str]:
        """See :meth:`Foreign.kinds`."""
        words = {
            "timestamp": "time",
            "timestamp_ntz": "plain time",
            "date": "day",
            "string": "text",
        }
        numbers = ("tinyint", "smallint", "int", "bigint", "float", "double", "decimal")
        return {
            name: words.get(kind) or ("number" if kind.startswith(numbers) else "other")
            for name, kind in table.dtypes
        }

    def utc(self, cell: str) -> str:
        """See :meth:`Foreign.utc`."""
        return utc(cell)


def utc(cell: str) -> str:
    """SQL for an instant of Spark as a plain timestamp in UTC."""
    return f"convert_timezone(current_timezone(), 'UTC', CAST({cell} AS TIMESTAMP))"


def for_spark(tree: Any) -> Any:
    """Mend what sqlglot leaves as DuckDB writes it, or Spark understands in another way."""
    import sqlglot
    from sqlglot import exp

    for node in list(tree.find_all(exp.PercentileCont)):
        node.replace(exp.Anonymous(this="percentile", expressions=[node.this, node.expression]))
    for node in list(tree.find_all(exp.DateDiff)):
        if str(node.args.get("unit", "")).upper() == "MICROSECONDS":
            # Spark's own difference passes through the zone of the session, and its summer time.
            gap = f"CAST(({node.this.sql('spark')}) - ({node.expression.sql('spark')}) AS INTERVAL SECOND)"
            seconds = f"CAST(CAST({gap} AS DECIMAL(18, 6)) AS DOUBLE)"
            node.replace(exp.paren(sqlglot.parse_one(f"{seconds} * 1e6", read="spark")))
    for node in list(tree.find_all(exp.TimestampTrunc, exp.DateTrunc)):
        node.replace(exp.cast(node.copy(), "TIMESTAMPNTZ"))  # Spark makes an instant of it
    return tree
