"""The engines that someone else runs: Spark, and what a connection of Ibis reaches.

Neither Spark nor Ibis is imported by the kit before it sees one of their tables.
"""

import os
from functools import lru_cache
from typing import Any

from pandas import DataFrame

from journeykit.declared import beside
from journeykit.errors import DataError

from .table import Columns, Foreign, Named

_SPARK_NUMBERS, _SPARK_TYPES = beside(__file__).values()
_SPARK_UTC = "convert_timezone(current_timezone(), 'UTC', CAST({} AS TIMESTAMP))"


class Spark(Foreign):
    """A Spark session, of this process or of a cluster (Spark 4; Spark Connect as well)."""

    dialect = "spark"

    def _rules(self, tree: Any, values: Named) -> Any:
        return _for_spark(tree)

    def _query(self, sql: str, values: Named) -> Any:
        return self.session.sql(sql, args=values or None)

    def _rows(self, query: Any) -> Any:
        return query.toArrow().to_pandas()

    def _show(self, name: str, source: Any, *, keep: bool) -> Any:
        if isinstance(source, DataFrame):
            import pyarrow as pa

            arrow = pa.Table.from_pandas(source, preserve_index=False)
            source = self.session.createDataFrame(arrow)
        if keep:
            source = source.persist()
        source.createOrReplaceTempView(name)
        return source

    def _save(self, schema: str, name: str, query: Any) -> Any:
        full = f"{schema}.{name}"
        if not self.session.catalog.tableExists(full):
            query.write.saveAsTable(full)
        return self.session.table(full)

    def _drop(self, name: str, shown: Any) -> None:
        self.session.catalog.dropTempView(name)
        shown.unpersist()

    def types(self, table: Any) -> Columns:
        """See :class:`Foreign`."""
        return {
            name: _SPARK_TYPES.get(kind)
            or ("BIGINT" if kind.startswith(tuple(_SPARK_NUMBERS)) else "")
            for name, kind in table.dtypes
        }

    def utc(self, cell: str) -> str:
        """See :class:`Hooks`."""
        return _SPARK_UTC.format(cell)


def _for_spark(tree: Any) -> Any:
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


class Ibis(Foreign):
    """What an Ibis connection reaches: a warehouse, or Spark again."""

    def __init__(self, session: Any) -> None:
        from sqlglot.dialects import Spark as SparkDialect

        super().__init__(session)
        self.dialect = session.dialect
        self._is_spark = issubclass(session.dialect, SparkDialect)

    def _rules(self, tree: Any, values: Named) -> Any:
        from sqlglot import exp

        # Ibis binds nothing: sqlglot writes the literals and their escapes.
        for node in list(tree.find_all(exp.Placeholder)):
            node.replace(exp.convert(values[node.name]))
        return _for_spark(tree) if self._is_spark else tree

    def _query(self, sql: str, values: Named) -> Any:
        return self.session.sql(sql)

    def _rows(self, query: Any) -> Any:
        return query.to_pandas()

    def _show(self, name: str, source: Any, *, keep: bool) -> Any:
        import ibis

        shown = ibis.memtable(source) if isinstance(source, DataFrame) else source
        shown = shown.cache() if keep else shown
        self.session.create_view(name, shown)
        return shown

    def _save(self, schema: str, name: str, query: Any) -> Any:
        if name not in self.session.list_tables(database=schema):
            self.session.create_table(name, query, database=schema)
        return self.session.table(name, database=schema)

    def _drop(self, name: str, shown: Any) -> None:
        self.session.raw_sql(f"DROP VIEW IF EXISTS {name}")

    def types(self, table: Any) -> Columns:
        """See :class:`Foreign`."""
        return {name: _type(kind) for name, kind in table.schema().items()}

    def utc(self, cell: str) -> str:
        """See :class:`Hooks`."""
        return _SPARK_UTC.format(cell) if self._is_spark else f"({cell} AT TIME ZONE 'UTC')"


def _type(kind: Any) -> str:
    if kind.is_timestamp():
        return "TIMESTAMP WITH TIME ZONE" if kind.timezone else "TIMESTAMP"
    if kind.is_date():
        return "DATE"
    return "VARCHAR" if kind.is_string() else "BIGINT" if kind.is_numeric() else ""


def foreign(source: Any) -> tuple[Foreign, Any] | None:
    """Tell whose table this is: its engine and the table; None for what is no such table.

    Parameters
    ----------
    source : object
        A Spark DataFrame, an Ibis table, or the name of one: ``"spark:NAME"`` for the session that
        Spark's own settings lead to (``SPARK_REMOTE``, ``spark-defaults.conf``), ``"ibis:NAME"``
        for
        the connection whose address is in ``JOURNEYKIT_IBIS``. No secret is in a name.

    Examples
    --------
    >>> foreign("events.csv") is None
    True
    """
    if is_name(source) and "://" not in source:
        source = _open(*str(source).split(":", 1))
    room = type(source).__module__.partition(".")[0]
    if room == "pyspark" and hasattr(source, "sparkSession"):
        return _owner(Spark, source.sparkSession), source
    if room == "ibis" and hasattr(source, "get_backend"):
        return _owner(Ibis, source.get_backend()), source
    return None


def is_name(source: object) -> bool:
    """Tell whether this names a table of another engine or an address, and no file.

    Examples
    --------
    >>> is_name("spark:web.events"), is_name("events.csv")
    (True, False)
    """
    return isinstance(source, str) and (source.startswith(("spark:", "ibis:")) or "://" in source)


def _open(engine: str, name: str) -> Any:
    """The table of that name, where the settings of this machine lead to."""
    try:
        if engine == "spark":
            from pyspark.sql import SparkSession

            return SparkSession.builder.getOrCreate().table(name)
        import ibis
    except ImportError as problem:
        raise DataError(
            f"{engine}:{name} needs {engine}. Run: pip install 'journeykit[{engine}]'"
        ) from problem
    address = os.environ.get("JOURNEYKIT_IBIS")
    if address is None:
        raise DataError(
            f"ibis:{name} needs the address of the connection in the environment variable "
            "JOURNEYKIT_IBIS."
        )
    return ibis.connect(address).table(name)


@lru_cache(maxsize=16)
def _owner(kind: type[Foreign], session: Any) -> Foreign:
    if kind is Spark and int(session.version.partition(".")[0]) < 4:
        raise DataError(
            f"Spark {session.version} is too old for the kit. It needs Spark 4.0 or newer."
        )
    return kind(session)
