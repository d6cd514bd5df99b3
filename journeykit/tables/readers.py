"""Spreadsheets, databases and event logs in XES: what DuckDB does not read by itself."""

import pickle
import shutil
import sqlite3
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from typing import Any
from xml.etree.ElementTree import Element, iterparse
from zipfile import BadZipFile, ZipFile, is_zipfile

from pandas import DataFrame, Series, read_sql_query
from zstandard import ZstdError

from journeykit.engine import Table, quote, reader
from journeykit.errors import DataError

from . import book
from .encoding import bounded
from .formats import Part
from .names import TIME, own_names
from .nested import read_json


def _book(part: Part) -> Iterator[DataFrame]:
    """A sheet: the one with rows, below what stands above its column names."""
    if is_zipfile(part.file):
        with ZipFile(part.file) as packed:
            bounded(part.file, sum(each.file_size for each in packed.infolist()))
    command = [sys.executable, book.__file__, str(part.file), part.inside]
    pipes: Any = {"stdin": PIPE, "stdout": PIPE, "stderr": DEVNULL, "pipesize": 1 << 20}
    with Popen(command, **pipes) as child:
        asks: Any = child.stdin
        heads = [(*sheet, _header(sheet[-1])) for sheet in _told(child)]
        sheets = {h[0]: n for n, h in enumerate(heads) if 0 <= h[-1] < h[1] - 1}
        name = part.choose("sheet", [*sheets])
        *_, first, header = heads[sheets[name]]
        head = first[header]
        if found := not any(map(_is_time, head)):
            part.notes.append(f"took row {header + 1} of sheet '{name}' as the column names")
        else:
            part.notes.append(
                f"found no row of column names in sheet '{name}', and gave them numbers"
            )
            head = [""] * len(head)
        names = [str(cell).strip() or f"column_{n}" for n, cell in enumerate(head, 1)]
        asks.write(f"{sheets[name]}\n{header + found}\n".encode())
        asks.flush()
        while columns := _told(child):
            yield DataFrame(dict(zip(own_names(names, ()), map(_column, columns))), copy=False)


def _told(child: Any) -> Any:
    try:
        said = pickle.load(child.stdout)
    except EOFError:
        raise DataError(
            f"A sheet takes more than {book.MOST} GB of memory, as one does with a cell far from "
            "all others: delete that cell, or save the sheet as CSV."
        ) from None
    if isinstance(said, str):
        raise ValueError(said)
    return said


def _header(rows: list[list[Any]]) -> int:
    """The first row that is more than half as wide as the widest and holds nothing but texts."""
    filled = [[cell for cell in row if cell != ""] for row in rows]
    least = max(map(len, filled), default=0) / 2
    wide = [n for n, row in enumerate(filled) if len(row) > max(least, 1)]
    words = [all(isinstance(cell, str) and not _is_time(cell) for cell in row) for row in filled]
    return next((n for n in wide if words[n]), [*wide, -1][0])


def _is_time(cell: Any) -> bool:
    return isinstance(cell, date) or bool(TIME.fullmatch(str(cell)))


def _column(cells: Any) -> Series:
    """The cells of a sheet's column: whole numbers are whole, a day is its midnight."""
    found = Series([None if cell == "" else cell for cell in cells] if "" in cells else [*cells])
    if found.dtype == object:
        days = (datetime(*c.timetuple()[:3]) if type(c) is date else c for c in found)
        found = Series([*days])
    mixed = found.dtype == object or found.dtype.kind == "m"
    if found.dtype == float and (found.dropna() % 1 == 0).all() and found.abs().max() < 2**53:
        return found.astype("Int64")
    return found.map(str, na_action="ignore").astype("str") if mixed else found


def _sqlite(part: Part) -> Iterator[DataFrame]:
    """A table of SQLite: opened so that nothing is written, not even beside it."""
    file, log = part.file, Path(f"{part.file}-wal")
    if log.exists():  # what was written last is in there
        file = part.new_file()
        shutil.copyfile(part.file, file)
        shutil.copyfile(log, f"{file}-wal")
    mode = "ro" if log.exists() else "ro&immutable=1"
    store = sqlite3.connect(f"{file.as_uri()}?mode={mode}", uri=True)
    store.text_factory = lambda text: text.decode(errors="replace")
    tables = store.execute(
        "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE TABLE%' ORDER BY name"
    )
    table = quote(part.choose("table", [name for (name,) in tables]))
    names = [quote(column[1]) for column in store.execute(f"PRAGMA table_info({table})")]
    texts = ", ".join(f"CAST({name} AS TEXT) AS {name}" for name in names)
    yield from read_sql_query(
        f"SELECT {texts} FROM {table}", store, chunksize=book.ROWS, dtype="str"
    )
    store.close()


def _duckdb(part: Part) -> Iterator[Table]:
    """A table of DuckDB, copied: a view in it could show anything, and never runs."""
    store = reader()
    try:
        alias = store.attach(part.file, str(part.file))
        tables = store.execute(
            "SELECT if(schema_name = 'main', '', schema_name || '.') || table_name, table_name, "
            "schema_name FROM duckdb_tables() WHERE database_name = ? ORDER BY 1",
            [alias],
        )
        paths = {name: path for name, *path in tables}
        yield store.copied(part.file, *paths[part.choose("table", [*paths])])
    finally:
        store.forget(part.file)


def _xes(part: Part) -> Iterator[DataFrame]:
    """The events of all traces; what is said of a trace holds for each of its events."""
    rows: list[dict[str, str]] = []
    steps = iterparse(part.file, ("start", "end"))
    root = next(steps)[1]
    for moment, node in steps:
        if moment == "end" and node.tag.endswith("trace"):
            trace = _values(node)
            for event in node:
                if event.tag.endswith("event"):
                    own = _values(event)
                    case = {
                        f"case:{k}" if k in own or k == "concept:name" else k: v
                        for k, v in trace.items()
                    }
                    rows.append(case | own)
            root.clear()
        if len(rows) > book.ROWS or (rows and node is root):
            yield DataFrame(rows, dtype="str")
            rows = []


def _values(node: Element) -> dict[str, str]:
    return {
        each.attrib["key"]: each.attrib["value"]
        for each in node
        if {"key", "value"} <= {*each.attrib}
    }


READERS: dict[str, Callable[[Part], Iterable[Any]]] = {
    "json": lambda part: [read_json(part)],
    "book": _book,
    "sqlite": _sqlite,
    "duckdb": _duckdb,
    "xes": _xes,
}
"""Who reads what: each hands on frames or tables, which are one after the other."""

DAMAGE = (
    OSError,
    EOFError,
    ValueError,
    RuntimeError,
    SyntaxError,
    BadZipFile,
    zlib.error,
    sqlite3.Error,
    ZstdError,
)
"""What is raised over bytes that are not what they should be; an XML error is a SyntaxError."""
