"""Whose table is this? The engines that someone else runs, found by what they are given.

Neither Spark nor Ibis is imported by the kit before it sees one of their tables.
"""

from __future__ import annotations

import os
from functools import lru_cache
from typing import Any

from journeykit.engine.other import Foreign
from journeykit.engine.spark import Spark
from journeykit.engine.warehouse import Ibis
from journeykit.errors import DataError


def foreign(source: Any) -> tuple[Foreign, Any] | None:
    """Tell whose table this is: its engine and the table; None for what is no such table.

    Parameters
    ----------
    source : object
        A Spark DataFrame, an Ibis table, or the name of one: ``"spark:NAME"`` for the session that
        Spark's own settings lead to (``SPARK_REMOTE``, ``spark-defaults.conf``), ``"ibis:NAME"`` for
        the connection whose address is in ``JOURNEYKIT_IBIS``. No secret is in a name.

    Examples
    --------
    >>> foreign("events.csv") is None
    True
    """
    if is_name(source):
        source = _open(*str(source).split(":", 1))
    room = type(source).__module__.partition(".")[0]
    if room == "pyspark" and hasattr(source, "sparkSession"):
        return _owner(Spark, source.sparkSession), source
    if room == "ibis" and hasattr(source, "get_backend"):
        return _owner(Ibis, source.get_backend()), source
    return None


def is_name(source: object) -> bool:
    """Tell whether this names a table of another engine, and no file.

    Examples
    --------
    >>> is_name("spark:web.events"), is_name("events.csv")
    (True, False)
    """
    return isinstance(source, str) and source.startswith(("spark:", "ibis:"))


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
