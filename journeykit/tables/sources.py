"""Where rows come from: CSV, gzip, Parquet, globs of them, pandas frames, tables of an engine."""

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
from journeykit.engine import Table, quote, text
from journeykit.errors import DataError
from journeykit.tables.contract import Finding

#: The column that remembers the order of the source.
ROW = "row_in_source"
_SAMPLE_ROWS, _SAMPLE_THERE = 5_000, 1_000
#: Files up to this size are known by their content, larger ones by size and time.
_HASHED_BYTES = 16_000_000
#: Rows of several files are numbered one file after the other, with room for so many in each.
_FILE_ROWS = 2**40
_PARQUET = (".parquet", ".pq")
#: Types whose cells can be blank without being missing; a pandas category is an ENUM.
_TEXTS = ("VARCHAR", "ENUM", "JSON")
_scans = itertools.count(1)


@dataclass
class Raw:
    """The rows as they came, before any column has a meaning.

    Parameters
    ----------
    table : engine.Table
        The columns under their own names, and ``row_in_source`` (not in another engine's).
    types : dict
        TableColumn name to DuckDB type; everything from a CSV is VARCHAR.
    unreadable : pandas.DataFrame
        Lines that the CSV reader could not split into columns: ``line``, ``text``, ``reason``.
    notes : list of str
        What had to be assumed to read it.
    """

    table: Table
    types: dict[str, str]
    unreadable: pd.DataFrame = field(default_factory=pd.DataFrame)
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.here: bool = self.table.engine.here
        self.rows = int(self.look("SELECT count(*) AS n FROM {raw}").n)

    def look(self, sql: str) -> Any:
        """The one row that answers a question about ``{raw}``."""
        return engine.run(sql, raw=self.table).iloc[0]

    @cached_property
    def sample(self) -> pd.DataFrame:
        """Some rows as text, spread over the source: enough to tell what a column holds."""
        texts = ", ".join(f"{quote(name)}::VARCHAR AS {quote(name)}" for name in self.types)
        fifth, spread = _SAMPLE_ROWS // 5, max(self.rows // 5, 1)
        parts = [f"{ROW} BETWEEN {n * spread} AND {n * spread + fifth - 1}" for n in range(5)]
        some = f"WHERE {' OR '.join(parts)}" if self.rows > _SAMPLE_ROWS else ""
        some = f"{some} ORDER BY {ROW} LIMIT {_SAMPLE_ROWS}"
        if not self.here:
            some = f"LIMIT {_SAMPLE_THERE}"
        return engine.run(f"SELECT {texts} FROM {{raw}} {some}", raw=self.table)

    def text(self, column: str) -> str:
        """SQL for a column's cells as text, without the blanks around them if there are any.

        Trimming is dear, and hardly ever needed.
        """
        cell = quote(column) if self.types[column] == "VARCHAR" else f"{quote(column)}::VARCHAR"
        cells = self.sample[column].dropna()
        return f"trim({cell})" if (cells != cells.str.strip()).any() else cell

    @cached_property
    def _whole(self) -> Any:
        """Whether every cell of column i is filled (fi), and none of its texts may be blank (bi)."""
        # A Parquet file's own statistics know it, so that nothing of such a file is read.
        looks = []
        for i, (name, kind) in enumerate(self.types.items()):
            looks.append(f"count({quote(name)}) = {self.rows} AS f{i}")
            if kind.startswith(_TEXTS):  # blanks sort before '!'
                looks.append(f"coalesce(min({quote(name)}::VARCHAR) >= '!', true) AS b{i}")
        return self.look(f"SELECT {', '.join(looks)} FROM {{raw}}")

    def is_blank(self, column: str) -> str:
        """SQL for whether a cell is missing or has nothing but blanks in it."""
        cell = quote(column)
        blank = f"trim({cell}::VARCHAR) = ''"
        if not self.here:
            return f"coalesce({blank}, true)"
        number = list(self.types).index(column)
        if not self._whole.get(f"b{number}", True):
            return f"coalesce(CASE WHEN {cell}::VARCHAR >= '!' THEN false ELSE {blank} END, true)"
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
                return _raw(_frame(self.frame))
            if self.files[0].suffix.lower() in _PARQUET:
                return _raw(_parquet(self.files))
            return _csv([file for file in self.files if file.stat().st_size])
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
        names = pd.Index([str(name).strip() for name in source.columns])
        if names.has_duplicates:
            doubled = names[names.duplicated()].min()
            raise DataError(f"The frame has column {doubled!r} twice. Rename one of them.")
        return Source(f"a frame of {len(source):,} rows", frame=source)
    if not isinstance(source, str | Path):
        raise DataError(
            f"Events cannot be read from a {type(source).__name__}. "
            "Give a path, a glob such as 'data/*.parquet', or a pandas frame."
        )
    path = Path(source).expanduser()
    if path.is_dir():
        raise DataError(f"{source} is a folder. Give a glob, such as '{source}/*.csv'.")
    found = [path] if path.is_file() else map(Path, glob.glob(str(path)))
    files = tuple(sorted(file.absolute() for file in found if file.is_file()))
    if not files:
        raise DataError(f"There is no file {str(source)!r}. Check the path (from {Path.cwd()}).")
    if len({file.suffix.lower() in _PARQUET for file in files}) > 1:
        raise DataError(f"{source!r} matches Parquet and other files. Give a glob for one kind.")
    for file in files:
        if file.suffix.lower() in (".xlsx", ".xls", ".json"):
            raise DataError(
                f"{file.name}: save it as CSV or Parquet first, or give a pandas frame."
            )
    return Source(files[0].name if len(files) == 1 else f"{len(files)} files ({source})", files)


def raw_there(owner: Any, source: Any) -> Raw:
    """The rows of a table of another engine: they stay where they are."""
    types = owner.types(source)
    plain = {name: kind for name, kind in types.items() if kind}
    nested = ", ".join(name for name in types if name not in plain)
    notes = [f"left out columns that hold no single values: {nested}"] if nested else []
    return Raw(owner.table(source), plain, notes=notes)


def _object_columns(frame: pd.DataFrame) -> list[Any]:
    return [name for name, kind in frame.dtypes.items() if pd.api.types.is_object_dtype(kind)]


def _frame(frame: pd.DataFrame) -> Table:
    plain = frame.copy(deep=False)
    for name in _object_columns(frame):  # a column of mixed things is read as their texts
        plain[name] = plain[name].map(str, na_action="ignore").astype("str")
    plain.columns = [str(name).strip() for name in frame.columns]
    plain[ROW] = range(len(plain))
    return engine.default().register(plain)


def _parquet(files: tuple[Path, ...]) -> Table:
    listed, row = _listed(files), "file_row_number"
    if len(files) > 1:
        row = f"(list_position({listed}, filename) - 1) * {_FILE_ROWS} + file_row_number"
    return engine.default().view(
        f"SELECT * EXCLUDE (filename, file_row_number), ({row})::BIGINT AS {ROW} FROM "
        f"read_parquet({listed}, union_by_name=true, filename=true, file_row_number=true)"
    )


def _csv(files: list[Path]) -> Raw:
    if not files:
        raise DataError("It is empty: not even a line with column names.")
    encoding = _encoding(files[0])
    notes = [] if encoding == "utf-8" else [f"read the text as {encoding}: it is not UTF-8"]
    parts, queries, unreadable = {}, [], []
    for number, file in enumerate(files):
        lines, rejected = _lines(file, encoding)
        named = ", ".join(f"{quote(name)} AS {quote(name.strip())}" for name in lines.columns)
        row = f"rowid + {number * _FILE_ROWS} AS {ROW}"
        queries.append(f"SELECT {named}, {row} FROM {{part_{number}}}")
        parts[f"part_{number}"] = lines
        unreadable.append(rejected)
    table = engine.default().view(" UNION ALL BY NAME ".join(queries), **parts)
    return _raw(table, pd.concat(unreadable), notes)


def _lines(file: Path, encoding: str) -> tuple[Table, pd.DataFrame]:
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
    store.execute(f"DROP TABLE rejects_{number}; DROP TABLE scans_{number}")
    return lines, unreadable


def _raw(table: Table, *unreadable_and_notes: Any) -> Raw:
    # pandas writes its index into Parquet files as a column of this name.
    types = {
        name: kind
        for name, kind in table.engine.columns(table.name).items()
        if name != ROW and not name.startswith("__index_level_")
    }
    return Raw(table, types, *unreadable_and_notes)


def _listed(files: tuple[Path, ...]) -> str:
    return f"[{', '.join(text(str(file)) for file in files)}]"


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
