"""The one door to a query engine.

Every number of the kit is one SQL text in DuckDB's dialect. :func:`run` fills in the names of
tables, binds the values and hands back a frame that remembers its SQL. DuckDB runs it inside
the process; for a table of Spark or of an Ibis connection the same text is translated
(:mod:`journeykit.engine.foreign`).
"""

import os
from functools import cache
from pathlib import Path
from typing import Any

from pandas import DataFrame
from platformdirs import user_cache_path

from journeykit.errors import AnalysisError

from .duck import DuckDB
from .foreign import foreign, is_name
from .table import Columns, Params, Table, quote, text

_READER = DuckDB()


def cache_folder() -> Path:
    """Where prepared tables and stored answers lie: in the user's own cache.

    A workshop folder carries none, so that nobody can send one along. ``JOURNEYKIT_CACHE`` names
    another place.
    """
    named = os.environ.get("JOURNEYKIT_CACHE")
    return Path(named or user_cache_path("journeykit", False)).expanduser().absolute() / "tables"


def default() -> DuckDB:
    """The engine that answers queries: it opens no file but those of :func:`cache_folder`."""
    return within(cache_folder())


@cache
def within(folder: Path) -> DuckDB:
    """The engine that answers queries and opens no file but those of a folder."""
    return DuckDB(folder)


def reader() -> DuckDB:
    """The engine that opens any file: for `tables/` alone, which hands on what it has read."""
    return _READER


def run(sql: str, params: Params = (), **tables: Any) -> DataFrame:
    """Run a query where its tables live.

    Parameters
    ----------
    sql : str
        A query in DuckDB's dialect: ``{name}`` is a table given by that name, ``?`` a value.
    params : sequence
        The values, in order.
    **tables : Table or pandas.DataFrame
        The tables, by the names the query uses.

    Returns
    -------
    pandas.DataFrame
        The rows; ``attrs["sql"]`` is the text that ran.

    Raises
    ------
    AnalysisError
        A table was not given, or the query outgrew the memory it may use.

    Examples
    --------
    >>> frame = DataFrame({"event": ["visit", "visit", "purchase"]})
    >>> run("SELECT event, count(*) AS n FROM {log} GROUP BY 1 ORDER BY n", log=frame)["n"].tolist()
    [1, 2]
    """
    engines = {table.engine for table in tables.values() if isinstance(table, Table)}
    if len(engines) > 1:
        raise AnalysisError("The tables of one query must live in one engine.")
    return (engines.pop() if engines else default()).run(sql, params, **tables)
