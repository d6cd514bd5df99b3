"""Where rows come from: CSV, gzip, Parquet, globs of them, pandas frames."""

from __future__ import annotations

import codecs
import glob
import gzip
import hashlib
import itertools
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from journeykit import engine
from journeykit.engine import Table, quote
from journeykit.errors import DataError
from journeykit.tables.contract import Finding

__all__ = ["ROW", "Cast", "Raw", "Source", "find_source"]

#: The column that remembers the order of the source.
ROW = "row_in_source"
_SAMPLE_ROWS = 5_000
#: Files up to this size are known by their content, larger ones by size and time.
_HASHED_BYTES = 16_000_000
#: Rows of several files are numbered one file after the other, with room for so many in each.
_FILE_ROWS = 2**40
_PARQUET = (".parquet", ".pq")
#: Types whose cells can be blank without being missing; a pandas category is an ENUM.
_TEXTS = ("VARCHAR", "ENUM", "JSON")
_scans = itertools.count(1)


@dataclass(frozen=True)
class Raw:
    """The rows as they came, before any column has a meaning.

    Parameters
    ----------
    table : engine.Table
        The columns under their own names, and ``row_in_source``.
    types : dict
        Column name to DuckDB type; everything from a CSV is VARCHAR.
    rows : int
        Rows in the table.
    unreadable : pandas.DataFrame
        Lines that the CSV reader could not split into columns: ``line``, ``text``, ``reason``.
    notes : list of str
        What had to be assumed to read it.
    """

    table: Table
    types: dict[str, str]
    rows: int
    unreadable: pd.DataFrame = field(default_factory=pd.DataFrame)
    notes: list[str] = field(default_factory=list)

    @property
    def columns(self) -> list[str]:
        """The names of the source's columns."""
        return list(self.types)

    @cached_property
    def sample(self) -> pd.DataFrame:
        """Some rows as text, spread over the source: enough to tell what a column holds."""
        rows = _SAMPLE_ROWS
        fifth, spread = rows // 5, max(self.rows // 5, 1)
        where = " OR ".join(
            f"{ROW} BETWEEN {part * spread} AND {part * spread + fifth - 1}" for part in range(5)
        )
        some = f"WHERE {where}" if self.rows > rows else ""
        texts = ", ".join(f"{quote(name)}::VARCHAR AS {quote(name)}" for name in self.columns)
        return engine.run(
            f"SELECT {texts} FROM {{raw}} {some} ORDER BY {ROW} LIMIT {rows}", raw=self.table
        )

    def text(self, column: str) -> str:
        """SQL for a column's cells as text, without the blanks around them if there are any.

        Trimming is dear, and hardly ever needed.
        """
        cell = quote(column) if self.types[column] == "VARCHAR" else f"{quote(column)}::VARCHAR"
        cells = self.sample[column].dropna()
        return f"trim({cell})" if (cells != cells.str.strip()).any() else cell

    @cached_property
    def _whole(self) -> pd.Series:
        """Whether every cell of column i is filled (fi), and none of its texts may be blank (bi)."""
        # A Parquet file's own statistics know it, so that nothing of such a file is read.
        looks = [
            f"count({quote(name)}) = {self.rows} AS f{i}" for i, name in enumerate(self.columns)
        ]
        looks += [
            f"coalesce(min({quote(name)}::VARCHAR) >= '!', true) AS b{i}"  # blanks sort before '!'
            for i, name in enumerate(self.columns)
            if self.types[name].startswith(_TEXTS)
        ]
        return engine.run(f"SELECT {', '.join(looks)} FROM {{raw}}", raw=self.table).iloc[0]

    def is_blank(self, column: str) -> str:
        """SQL for whether a cell is missing or has nothing but blanks in it."""
        cell, number = quote(column), self.columns.index(column)
        if not self._whole.get(f"b{number}", True):
            text = f"{cell}::VARCHAR"
            return f"coalesce(CASE WHEN {text} >= '!' THEN false ELSE trim({text}) = '' END, true)"
        return "false" if self._whole[f"f{number}"] else f"{cell} IS NULL"


@dataclass(frozen=True)
class Cast:
    """How to read one column.

    Parameters
    ----------
    sql : str
        An expression over the raw rows; NULL where a cell cannot be read.
    notes : list of str
        What was assumed.
    findings : list of Finding
        What a person should know about its cells.
    """

    sql: str
    notes: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True)
class Source:
    """A source that exists; nothing of it has been read into memory yet.

    Parameters
    ----------
    label : str
        The source in words.
    files : tuple of pathlib.Path
        The files, sorted; empty for a frame.
    frame : pandas.DataFrame or None
        The frame.
    """

    label: str
    files: tuple[Path, ...] = ()
    frame: pd.DataFrame | None = None

    def fingerprint(self, *parts: object) -> str:
        """A short name that changes with the data and with how it is read."""
        digest = hashlib.sha256()
        for file in self.files:
            stat = file.stat()
            digest.update(f"{file}|{stat.st_size}|".encode())
            small = stat.st_size <= _HASHED_BYTES
            digest.update(file.read_bytes() if small else str(stat.st_mtime_ns).encode())
        if self.frame is not None:
            digest.update(repr(list(self.frame.columns)).encode())
            plain = self.frame.astype(dict.fromkeys(_object_columns(self.frame), "str"))
            digest.update(pd.util.hash_pandas_object(plain, index=False).to_numpy().tobytes())
        for part in parts:
            digest.update(repr(part).encode())
        return digest.hexdigest()[:16]

    def load(self) -> Raw:
        """Read the rows (Parquet and frames stay where they are and are only named)."""
        try:
            if self.frame is not None:
                return _load_frame(self.frame)
            if self.files[0].suffix.lower() in _PARQUET:
                return _load_parquet(self.files)
            return _load_csv(self.files)
        except DataError as problem:
            raise DataError(f"{self.label} cannot be read. {problem}") from problem


def find_source(source: Any) -> Source:
    """Find what a path, a glob or a frame stands for.

    Raises
    ------
    DataError
        Nothing is there, or it is of a kind that cannot be read.
    """
    if isinstance(source, pd.DataFrame):
        names = [str(name).strip() for name in source.columns]
        doubled = sorted({name for name in names if names.count(name) > 1})
        if doubled:
            raise DataError(f"The frame has column {doubled[0]!r} twice. Rename one of them.")
        return Source(f"a frame of {len(source):,} rows", frame=source)
    if not isinstance(source, str | Path):
        raise DataError(
            f"Events cannot be read from a {type(source).__name__}. "
            "Give a path, a glob such as 'data/*.parquet', or a pandas frame."
        )
    path = Path(source).expanduser()
    if path.is_dir():
        raise DataError(f"{source} is a folder. Give a glob, such as '{source}/*.csv'.")
    found = [path] if path.is_file() else [Path(name) for name in glob.glob(str(path))]
    files = tuple(sorted(file.absolute() for file in found if file.is_file()))
    if not files:
        raise DataError(f"There is no file {str(source)!r}. Check the path (from {Path.cwd()}).")
    kinds = {file.suffix.lower() in _PARQUET for file in files}
    if len(kinds) > 1:
        raise DataError(f"{source!r} matches Parquet and other files. Give a glob for one kind.")
    other = next((f for f in files if f.suffix.lower() in (".xlsx", ".xls", ".json")), None)
    if other:
        raise DataError(f"{other.name}: save it as CSV or Parquet first, or give a pandas frame.")
    label = files[0].name if len(files) == 1 else f"{len(files)} files ({source})"
    return Source(label, files)


def _object_columns(frame: pd.DataFrame) -> list[Any]:
    return [name for name, kind in frame.dtypes.items() if pd.api.types.is_object_dtype(kind)]


def _load_frame(frame: pd.DataFrame) -> Raw:
    plain = frame.copy(deep=False)
    for name in _object_columns(frame):  # a column of mixed things is read as their texts
        plain[name] = plain[name].map(str, na_action="ignore").astype("str")
    plain.columns = [str(name).strip() for name in frame.columns]
    plain[ROW] = range(len(plain))
    return _raw(engine.default().register(plain))


def _load_parquet(files: tuple[Path, ...]) -> Raw:
    listed = _listed(files)
    row = "file_row_number"
    if len(files) > 1:
        row = f"(list_position({listed}, filename) - 1) * {_FILE_ROWS} + file_row_number"
    table = engine.default().view(
        f"SELECT * EXCLUDE (filename, file_row_number), ({row})::BIGINT AS {ROW} FROM "
        f"read_parquet({listed}, union_by_name=true, filename=true, file_row_number=true)"
    )
    return _raw(table)


def _load_csv(files: tuple[Path, ...]) -> Raw:
    filled = [file for file in files if file.stat().st_size]
    if not filled:
        raise DataError("It is empty: not even a line with column names.")
    encoding = _encoding(filled[0])
    notes = [] if encoding == "utf-8" else [f"read the text as {encoding}: it is not UTF-8"]
    parts = [_read_csv(file, encoding) for file in filled]
    queries = []
    for number, (lines, _) in enumerate(parts):
        named = ", ".join(f"{quote(name)} AS {quote(name.strip())}" for name in lines.columns)
        row = f"rowid + {number * _FILE_ROWS} AS {ROW}"
        queries.append(f"SELECT {named}, {row} FROM {{part_{number}}}")
    table = engine.default().view(
        " UNION ALL BY NAME ".join(queries),
        **{f"part_{number}": lines for number, (lines, _) in enumerate(parts)},
    )
    return _raw(table, pd.concat([unreadable for _, unreadable in parts]), notes)


def _read_csv(file: Path, encoding: str) -> tuple[Table, pd.DataFrame]:
    """The lines of one file as text, and those that do not split into its columns."""
    store, number = engine.default(), next(_scans)
    lines = store.materialize(
        f"SELECT * FROM read_csv({_listed((file,))}, all_varchar=true, header=true, "
        f"encoding='{encoding}', store_rejects=true, rejects_limit=0, "
        f"rejects_table='rejects_{number}', rejects_scan='scans_{number}')"
    )
    unreadable = store.run(
        f"SELECT line, any_value(csv_line) AS text, any_value(error_message) AS reason "
        f"FROM rejects_{number} GROUP BY line ORDER BY line"
    )
    store.execute(f"DROP TABLE rejects_{number}")
    store.execute(f"DROP TABLE scans_{number}")
    return lines, unreadable


def _raw(
    table: Table, unreadable: pd.DataFrame | None = None, notes: list[str] | None = None
) -> Raw:
    # pandas writes its index into Parquet files as a column of this name.
    types = {
        name: kind
        for name, kind in table.engine.columns(table.name).items()
        if name != ROW and not name.startswith("__index_level_")
    }
    rows = int(engine.run("SELECT count(*) AS n FROM {t}", t=table)["n"][0])
    return Raw(
        table, types, rows, pd.DataFrame() if unreadable is None else unreadable, notes or []
    )


def _listed(files: tuple[Path, ...]) -> str:
    return "[" + ", ".join("'" + str(file).replace("'", "''") + "'" for file in files) + "]"


def _encoding(file: Path) -> str:
    """UTF-8 where the first megabyte is; UTF-16 by its mark; Latin-1 otherwise."""
    opened: Any = gzip.open if file.suffix.lower() == ".gz" else open
    try:
        with opened(file, "rb") as stream:
            head = stream.read(1_000_000)
    except (OSError, EOFError) as problem:
        raise DataError(f"{file.name} is damaged: {problem}") from problem
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"
