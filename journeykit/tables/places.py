"""Where a source is: files by their path or a glob, a database, or an object of another library."""

import glob
import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from journeykit.engine import quote
from journeykit.errors import DataError

#: Files up to this size are known by their content, larger ones by size and time.
_HASHED_BYTES = 16_000_000
#: What a database has, in words of its own.
_TABLES = """
    SELECT DISTINCT table_schema || '.' || table_name FROM information_schema.tables
    WHERE table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1"""
#: Whatever a query says, it changes nothing, and times are texts of one form.
_SETTINGS = ("TRANSACTION READ ONLY", "LOCAL TimeZone = 'UTC'", "LOCAL DateStyle = 'ISO'")


def divided(source: str | Path) -> tuple[str, str]:
    """A path, and which sheet, table or file in it: ``book.xlsx::Sheet 1``.

    Examples
    --------
    >>> divided("shop/log.sqlite::events")
    ('shop/log.sqlite', 'events')
    """
    whole = os.path.expanduser(source)
    path, _, inside = whole.partition("::")
    return (whole, "") if os.path.exists(whole) else (path, inside)


def files_at(path: str) -> tuple[Path, ...]:
    """The files of a path or a glob, sorted; a path that exists is that file."""
    if os.path.isdir(path):
        raise DataError(f"{path} is a folder. Give a glob, such as '{path}/*.csv'.")
    folder, name = os.path.split(path)
    exact = glob.escape(folder) if os.path.isdir(folder) else folder
    found = [path] if os.path.isfile(path) else glob.glob(os.path.join(exact, name))
    files = tuple(sorted(Path(file).absolute() for file in found if os.path.isfile(file)))
    if not files:
        raise DataError(f"There is no file {path!r}. Check the path (from {Path.cwd()}).")
    return files


def content(file: Path) -> bytes:
    """What tells the content of a file: all of it, or of a large one its size and times."""
    log = Path(f"{file}-wal")  # of SQLite: what was written last
    seen = [(file, file.stat()), *([(log, log.stat())] if log.exists() else [])]
    if seen[0][1].st_size <= _HASHED_BYTES and not log.exists():
        return f"|{file.name, seen[0][1].st_size}|".encode() + file.read_bytes()
    # Who packs an archive cannot set the time of a change.
    return repr([(f, s.st_size, s.st_mtime_ns, s.st_ctime_ns) for f, s in seen]).encode()


def saved(source: Any, file: Path) -> str:
    """Save a table of Polars, Arrow or DuckDB, or what a database answers, as Parquet.

    Parameters
    ----------
    source : object or str
        A table, or ``postgresql://user@host/database::table``, or a query in place of the table.
        Nothing is written there. The password is in the environment variable PGPASSWORD.
    file : pathlib.Path
        Where to save it.

    Returns
    -------
    str
        What to call it.
    """
    if isinstance(source, str):
        return _answered(source, file)
    try:
        table = source.collect() if hasattr(source, "collect") else source
        if hasattr(table, "write_parquet"):
            table.write_parquet(str(file))
        else:
            import pyarrow
            from pyarrow import parquet

            parquet.write_table(pyarrow.RecordBatchReader.from_stream(table).read_all(), file)
    # Each library has errors of its own; all of them are told in the one sentence below.
    except Exception as problem:
        raise DataError(
            f"Rows cannot be read from a {type(source).__name__} ({problem}). Give a path, a glob "
            "such as 'data/*.parquet', a list of paths to files of one kind, or a frame."
        ) from problem
    return f"a table of {type(source).__module__.partition('.')[0]}"


def _answered(address: str, file: Path) -> str:
    where, _, what = address.partition("::")
    parts = urlsplit(where)
    if parts.scheme not in ("postgresql", "postgres"):
        raise DataError(
            f"The kit opens no {parts.scheme}:// addresses. Fetch the file first ('aws s3 cp', "
            "'gcloud storage cp' or 'curl -O') and give its path."
        )
    if parts.password is not None:
        raise DataError(
            "An address is written down in many places: leave the password out of it, and put it "
            "into the environment variable PGPASSWORD."
        )
    try:
        from adbc_driver_postgresql import dbapi
        from pyarrow import parquet
    except ImportError as problem:
        raise DataError("PostgreSQL needs: pip install 'journeykit[postgres]'") from problem
    rows = quote(*what.split("."))  # a table, or one of a schema
    if what.lower().startswith(("select", "with")):
        rows = f"({what.rstrip('; ')})"
    try:
        with dbapi.connect(where) as connection, connection.cursor() as cursor:
            for setting in _SETTINGS:
                cursor.execute(f"SET {setting}")
            if not what:
                cursor.execute(_TABLES)
                tables = ", ".join(name for (name,) in cursor.fetchall())
                raise DataError(f"Say which table, as in '{where}::TABLE'. It has {tables}.")
            cursor.execute(f"SELECT * FROM {rows} AS rows LIMIT 0")
            names = [quote(column[0]) for column in cursor.description]
            texts = ", ".join(f"{name}::text AS {name}" for name in names)
            cursor.execute(f"SELECT {texts} FROM {rows} AS rows")
            parquet.write_table(cursor.fetch_arrow_table(), file)
    except dbapi.Error as problem:
        raise DataError(f"{where} does not answer it: {problem}") from problem
    return address
