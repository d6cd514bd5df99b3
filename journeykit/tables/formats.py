"""Where a source is: files by their path or a glob, a database, an object of another library; and
what a file is, told from its bytes: what is packed is unpacked into a folder of its own.
"""

import glob
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zipfile import ZipFile

from journeykit.declared import beside
from journeykit.engine import quote
from journeykit.errors import DataError, did_you_mean

from .encoding import bounded, unpacked

_FORMATS = beside(__file__)["format"]


@dataclass
class Part:
    """One file to be read, as it lies there or unpacked.

    Parameters
    ----------
    file : pathlib.Path
        Where its bytes are.
    name : str
        What a person knows it by.
    inside : str
        The sheet, table, key or file in it that was asked for.
    place : pathlib.Path
        A folder for what is unpacked.
    notes : list of str
        What had to be assumed to read it.
    format : dict
        What it is: see formats.toml.
    wanted : sequence of str
        Columns that are asked for, however few of its rows have them.
    kind : str
        What it is read as: of several tables in it the one that is called so.
    """

    file: Path
    name: str
    inside: str
    place: Path
    notes: list[str]
    format: Any = None
    wanted: Sequence[str] = ()
    kind: str = ""

    def choose(self, what: str, names: Sequence[str]) -> str:
        """The one that was asked for, the only one, or that is called so; else it is asked."""
        if self.inside in names or (names and not self.inside and not names[1:]):
            return self.inside or names[0]
        called = [name for name in names if self.kind and Path(name).stem.lower() == self.kind]
        if len(called) == 1 and not self.inside:
            self.notes.append(f"took {what} '{called[0]}' of {self.name}, of {len(names)}")
            return called[0]
        said = f"no {what} {self.inside!r}" if self.inside else f"{len(names)} {what}s with rows"
        raise DataError(
            f"It has {said}. Say which, as in '{self.name}::NAME'. "
            f"{did_you_mean(self.inside, names)}"
        )

    def new_file(self) -> Path:
        """A name for a file in the folder for what is unpacked."""
        folder = self.place / str(len([*self.place.iterdir()]))
        folder.mkdir()
        return folder / re.sub(r"[^\w.-]", "_", self.name)[-100:]


def parts_of(files: Iterable[Part]) -> tuple[list[Part], str]:
    """What is to be read of files, themselves or what is packed in them; and who reads it."""
    parts = [part for file in files for part in _parts(file)]
    kinds = {part.format["reader"]: part for part in parts}
    if len(kinds) > 1:
        listed = ", ".join(f"{part.name} is {part.format['name']}" for part in kinds.values())
        raise DataError(f"It is of several kinds: {listed}. Give those of one kind.")
    return parts, next(iter(kinds))


def _parts(part: Part) -> list[Part]:
    with part.file.open("rb") as stream:
        part.format = found = _format(stream)
    if found.get("reader") == "packed":
        with unpacked(part.file) as stream:
            part.format = found = _format(stream)
        if found.get("reader") != "text":  # which is read as it lies there
            with unpacked(part.file) as stream:
                return _parts(_unpacked(part, stream))
    if found.get("reader") == "zip":
        return _members(part)
    if "remedy" in found:
        raise DataError(f"{part.name} is {found['name']}. {found['remedy']}")
    ending = Path(re.sub(r"\.(gz|bz2|zstd?)$", "", part.name.lower())).suffix[1:]
    said = [each["reader"] for each in _FORMATS if ending in each.get("endings", "").split()]
    if said and found["reader"] not in said:
        part.notes.append(f"{part.name} is {found['name']}")
    return [part]


def _format(stream: Any) -> Any:
    letters = stream.read(65_536).decode("latin-1")
    return next(each for each in _FORMATS if re.match(each["begins"], letters, re.S))


def _unpacked(part: Part, stream: Any) -> Part:
    target = part.new_file()
    with target.open("wb") as out:
        while block := stream.read(2**20):
            out.write(block)
            bounded(part.file, out.tell())
    return replace(part, file=target)


def _members(part: Part) -> list[Part]:
    """The files of a zip: the one asked for, the only one, or all parts of one export."""
    with ZipFile(part.file) as archive:
        names = sorted(
            n for n in archive.namelist() if not re.search(r"/$|(^|/)(__MACOSX/|\.\w)", n)
        )
        member, _, inside = part.inside.partition("::")
        if member or len({re.sub(r"\d+", "", name) for name in names}) != 1:
            names = [replace(part, inside=member).choose("file", names)]
        elif names[1:]:
            part.notes.append(f"read {len(names)} files of {part.name} together")
        found = []
        for name in names:
            with archive.open(name) as stream:  # never by its name, which may lead anywhere
                file = _unpacked(replace(part, name=Path(name).name, inside=inside), stream)
            found += _parts(file)
        return found


def file_formats() -> list[tuple[str, str]]:
    """What files can be of, and the endings of their names.

    Examples
    --------
    >>> dict(file_formats())["Parquet"]
    'parquet pq'
    """
    return [(each["name"], each["endings"]) for each in _FORMATS if "reader" in each]


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
