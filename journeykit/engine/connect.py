"""How DuckDB is opened, and what it says when something is wrong."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from journeykit.errors import AnalysisError, DataError

from .table import text


def connect(folder: Path | None) -> Any:
    """Open a connection: to one folder and locked, or with none to everything."""
    import duckdb

    limit = os.environ.get("JOURNEYKIT_MEMORY_LIMIT")
    if not limit and hasattr(os, "sysconf"):
        # Half of the machine's memory, at most 4 GB: several personas run side by side.
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        limit = f"{min(4_000, memory // 2_000_000)}MB"
    connection = duckdb.connect(
        config={
            "autoinstall_known_extensions": False,  # nothing is ever asked of the internet
            "TimeZone": "UTC",
            # A table is what was given, not a variable's name.
            "python_enable_replacements": False,
            # DuckDB makes this folder only once a query outgrows the memory limit.
            "temp_directory": f"{folder or tempfile.gettempdir()}/journeykit-spill-{os.getpid()}",
            **({"memory_limit": limit} if limit else {}),
        }
    )
    if folder:
        connection.execute(
            f"SET allowed_directories = [{text(str(folder))}]; "
            "SET enable_external_access = false; SET lock_configuration = true"
        )
    return connection


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn what a user can cause and mend into the kit's errors; bugs stay as they are."""
    import duckdb

    try:
        yield
    except duckdb.OutOfMemoryException as problem:
        raise AnalysisError(
            "The query needs more memory than it may use. Set JOURNEYKIT_MEMORY_LIMIT=8GB and "
            "try again."
        ) from problem
    except duckdb.Error as problem:
        theirs = (
            duckdb.IOException,
            duckdb.InvalidInputException,
            duckdb.ConversionException,
            duckdb.NotImplementedException,
        )
        # Over damaged files DuckDB often says no more than that there was an error.
        if not isinstance(problem, theirs) and type(problem) is not duckdb.Error:
            raise
        raise DataError(f"DuckDB says: {str(problem).splitlines()[0]}") from problem
