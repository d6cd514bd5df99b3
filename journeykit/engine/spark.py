"""Spark, in this process or on a cluster."""

from typing import Any

import pandas as pd

from journeykit.engine.other import Foreign

_TYPES = {
    "timestamp": "TIMESTAMP WITH TIME ZONE",
    "timestamp_ntz": "TIMESTAMP",
    "date": "DATE",
    "string": "VARCHAR",
}
_NUMBERS = ("tinyint", "smallint", "int", "bigint", "float", "double", "decimal")


class Spark(Foreign):
    """A Spark session, of this process or of a cluster (Spark 4; Spark Connect as well)."""

    dialect = "spark"

    def _rules(self, tree: Any, values: dict[str, Any]) -> Any:
        return for_spark(tree)

    def _query(self, sql: str, values: dict[str, Any]) -> Any:
        return self.session.sql(sql, args=values or None)

    def _fetch(self, sql: str, values: dict[str, Any]) -> Any:
        return self._query(sql, values).toArrow().to_pandas()

    def _show(self, name: str, source: Any, *, keep: bool) -> Any:
        if isinstance(source, pd.DataFrame):
            import pyarrow as pa

            arrow = pa.Table.from_pandas(source, preserve_index=False)
            source = self.session.createDataFrame(arrow)
        if keep:
            source = source.persist()
        source.createOrReplaceTempView(name)
        return source

    def _save(self, schema: str, name: str, sql: str, values: dict[str, Any]) -> Any:
        full = f"{schema}.{name}"
        if not self.session.catalog.tableExists(full):
            self._query(sql, values).write.saveAsTable(full)
        return self.session.table(full)

    def _drop(self, name: str, shown: Any) -> None:
        self.session.catalog.dropTempView(name)
        shown.unpersist()

    def types(self, table: Any) -> dict[str, str]:
        """See :class:`Foreign`."""
        return {
            name: _TYPES.get(kind) or ("BIGINT" if kind.startswith(_NUMBERS) else "")
            for name, kind in table.dtypes
        }

    def utc(self, cell: str) -> str:
        """See :meth:`Hooks.utc`."""
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
            end, start = node.this.sql("spark"), node.expression.sql("spark")
            gap = f"CAST(({end}) - ({start}) AS INTERVAL SECOND)"
            seconds = f"CAST(CAST({gap} AS DECIMAL(18, 6)) AS DOUBLE)"
            node.replace(exp.paren(sqlglot.parse_one(f"{seconds} * 1e6", read="spark")))
    for node in list(tree.find_all(exp.TimestampTrunc, exp.DateTrunc)):
        node.replace(exp.cast(node.copy(), "TIMESTAMPNTZ"))  # Spark makes an instant of it
    return tree
