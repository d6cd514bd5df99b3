"""Where rows come from: CSV, gzip, Parquet, globs of them, pandas frames, tables of an engine."""

import hashlib
import itertools
import json
import os
import weakref
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pandas as pd
from pandas import DataFrame, Series

from journeykit import engine
from journeykit.engine import Columns, Table, quote, text
from journeykit.errors import DataError

from .delimited import read_lines
from .formats import Part, content, divided, files_at, parts_of, saved
from .names import exactly, named, own_names, renamed
from .nested import flat, leaves, opened
from .raw import ROW, Raw, mixed
from .readers import DAMAGE, READERS

#: Rows of several files are numbered one file after the other, with room for so many in each.
_FILE_ROWS = 2**40


class Source(NamedTuple):
    """A source that exists; nothing of it has been read into memory yet.

    Parameters
    ----------
    label : str
        The source in words.
    files : tuple of pathlib.Path
        The files, sorted; empty for a frame.
    frame : pandas.DataFrame or None
        The frame.
    inside : str
        Which sheet, table or file in each of them.
    place : tempfile.TemporaryDirectory or None
        Where the files are, if they are the kit's own.
    """

    label: str
    files: tuple[Path, ...] = ()
    frame: DataFrame | None = None
    inside: str = ""
    place: Any = None

    def fingerprint(self, *parts: object) -> str:
        """A short name that changes with the data and with how it is read."""
        digest = hashlib.sha256()
        add = digest.update
        add(os.fsencode(self.label))
        for file in self.files:
            add(content(file))
        if self.frame is not None:
            add(repr(list(self.frame.columns)).encode())
            add(pd.util.hash_pandas_object(self.frame, index=False).to_numpy().tobytes())
        add("".join(map(repr, parts)).encode())
        return digest.hexdigest()[:16]

    def load(self, home: engine.DuckDB, wanted: Iterable[object] = (), kind: str = "") -> Raw:
        """Read the rows (Parquet and frames stay where they are and are only named).

        Parameters
        ----------
        home : engine.DuckDB
            Takes the frame; files are opened by the reader.
        wanted : iterable of str
            Columns that are asked for: keys of parameters that hardly any row has are passed over.
        kind : str
            What it is read as: of several tables in a file the one that is called so.
        """
        try:
            there = self.frame is not None
            raw = _frame(self.frame, home) if there else self._read([*map(str, wanted)], kind)
        except DataError as problem:
            raise DataError(f"{self.label} cannot be read. {problem}") from problem
        except BaseException as problem:
            # Where a library in Rust breaks down over damage, that is no Exception.
            if not (isinstance(problem, DAMAGE) or "Panic" in type(problem).__name__):
                raise
            said = str(problem) or type(problem).__name__
            raise DataError(f"{self.label} is damaged: {said}. Get it once more.") from problem
        raw.label = self.label
        return raw

    def _read(self, wanted: list[str], kind: str) -> Raw:
        files = [file for file in self.files if file.stat().st_size] or self.files[:1]
        place, notes = TemporaryDirectory(prefix="journeykit-spill-"), list[str]()
        parts, reader = parts_of(
            Part(file, file.name, self.inside, Path(place.name), notes, wanted=wanted, kind=kind)
            for file in files
        )
        paths, names = [part.file for part in parts], [part.name for part in parts]
        if reader == "parquet":
            raw = _parquet(paths, wanted, notes)
        elif reader == "text":
            raw = _csv(paths)
        else:
            read = READERS[reader]
            tables = [
                (flat(rows, wanted, notes), part.name) for part in parts for rows in read(part)
            ]
            if not tables:
                raise DataError("It has no rows.")
            names = [name for _, name in tables]
            raw = _union(table for table, _ in tables)
        table = opened(raw.table, wanted, notes)
        raw = replace(raw, table=table, types=_types(table))
        weakref.finalize(table, place.cleanup)
        raw.files = names
        raw.drift()
        notes += [f"passed over {f.name}: it is empty" for f in self.files if f not in files]
        raw.notes[:0] = dict.fromkeys(notes)
        return raw


def find_source(source: Any) -> Source:
    """Find what a path, a glob, an address, a frame or a list of paths stands for.

    Raises
    ------
    DataError
        Nothing is there, or it is of a kind that cannot be read.
    """
    if isinstance(source, DataFrame):
        return Source(f"a frame of {len(source):,} rows", frame=_plain_frame(source))
    if isinstance(source, list | tuple):
        found = [find_source(each) for each in source]
        files = tuple(file for each in found for file in each.files)
        if len({each.inside for each in found if each.files}) == 1:
            return Source(f"{len(files)} files", files, inside=found[0].inside, place=found)
    if not isinstance(source, str | Path) or "://" in str(source):
        place = TemporaryDirectory(prefix="journeykit-spill-")
        file = Path(place.name, "rows.parquet")
        return Source(saved(source, file), (file,), place=place)
    path, inside = divided(source)
    files = files_at(path)
    label = files[0].name if len(files) == 1 else f"{len(files)} files ({path})"
    return Source(f"{label}::{inside}" if inside else label, files, inside=inside)


def raw_there(owner: Any, source: Any) -> Raw:
    """The rows of a table of another engine: they stay where they are."""
    types = owner.types(source)
    plain = {name: kind for name, kind in types.items() if kind}
    nested = ", ".join(name for name in types if name not in plain)
    notes = [f"left out columns that hold no single values: {nested}"] if nested else []
    return Raw(owner.table(source), plain, notes=notes, label=f"a table of {type(owner).__name__}")


def _frame(frame: DataFrame, home: engine.DuckDB) -> Raw:
    free = own_names(map(str, frame.columns), [ROW])
    # All at once: a wide frame is slow to add a column to.
    cells = zip([*free, ROW], [*(cells for _, cells in frame.items()), range(len(frame))])
    return _raw(home.register(DataFrame(dict(cells), copy=False)), [free])


def _parquet(files: list[Path], wanted: list[str], notes: list[str]) -> Raw:
    options = "union_by_name=true, hive_partitioning=false"
    scan = f"read_parquet([{', '.join(map(exactly, files))}], {options}"
    store = engine.reader()
    cells = leaves(f"{scan})", wanted, notes)
    free = own_names(cells, [ROW])
    each = [f"read_parquet({exactly(file)}, {options})" for file in files]
    kinds = [store.columns(file) for file in each]
    if mixed(kinds) or {"filename", "file_row_number"} & {theirs.lower() for theirs in cells}:
        # By these names DuckDB would tell where a row comes from.
        return _union(flat(file, wanted, notes) for file in each)
    row = "file_row_number"
    if len(files) > 1:
        listed = ", ".join(text(str(file)) for file in files)
        row += f" + (list_position([{listed}], filename) - 1) * {_FILE_ROWS}"
    scan += ", filename=true, file_row_number=true)"
    values = ", ".join(f"{cells[theirs]} AS {quote(ours)}" for ours, theirs in free.items())
    raw = _raw(store.view(f"SELECT {values}, ({row})::BIGINT AS {ROW} FROM {scan}"), [free])
    raw.kinds = kinds
    return raw


def _csv(files: Iterable[Path]) -> Raw:
    tables, unreadable, notes = zip(*map(read_lines, files))
    raw = _union(tables, pd.concat(unreadable))
    raw.notes[:0] = itertools.chain(*notes)
    return raw


def _union(tables: Iterable[Table], *unreadable: DataFrame) -> Raw:
    """Tables that were read in, one after the other, with a number for each row."""
    store, frees, tables = engine.reader(), [], [*tables]
    kinds, parts = [store.columns(table.name) for table in tables], dict[str, Any]()
    texts = mixed(kinds)
    for table in tables:
        free = own_names(table.columns, [ROW])
        # A column of that name hides DuckDB's own, which is quicker.
        hidden = "rowid" in map(str.lower, table.columns)
        row = "row_number() OVER () - 1" if hidden else "rowid"
        row += f" + {len(parts) * _FILE_ROWS} AS {ROW}"
        sql = f"SELECT {named(free, texts)}, {row} FROM {{lines}}"
        parts[f"part_{len(parts)}"] = store.view(sql, lines=table)
        frees.append(free)
    union = " UNION ALL BY NAME ".join(f"SELECT * FROM {{{name}}}" for name in parts)
    # A plan over so many tables takes longer than their rows.
    make = store.materialize if len(parts) > 50 else store.view
    raw = _raw(make(union, **parts), frees, *unreadable)
    raw.kinds = kinds
    return raw


def _raw(table: Table, names: Iterable[Columns], *unreadable: DataFrame) -> Raw:
    raw = Raw(table, _types(table), *unreadable)
    raw.notes += dict.fromkeys(note for free in names for note in renamed(free))
    return raw


def _types(table: Table) -> Columns:
    # pandas writes its index into Parquet files as a column of this name.
    return {
        name: kind
        for name, kind in table.engine.columns(table.name).items()
        if name != ROW and not name.startswith("__index_level_")
    }


def _plain_frame(frame: DataFrame) -> DataFrame:
    """A frame of single values, each of a kind that DuckDB knows; all else as its text."""
    # An index with a name of its own is a column.
    frame = frame.reset_index(drop=not {None, *frame.columns}.isdisjoint(frame.index.names))
    names = pd.Index([str(name).strip() for name in frame.columns])
    if names.has_duplicates:
        doubled = names[names.duplicated()].min()
        raise DataError(f"The frame has column {doubled!r} twice. Rename one of them.")
    found: dict[Any, Series] = {}
    for name, cells in frame.items():
        first = next(iter(cells.dropna()), None) if cells.dtype == object else None
        if isinstance(first, dict):
            wide = pd.json_normalize([each if isinstance(each, dict) else {} for each in cells])
            found |= {f"{name}.{inner}": _cells(wide[inner]) for inner in wide}
        else:
            found[name] = _cells(cells)
    return DataFrame(found, copy=False)


def _cells(cells: Series) -> Series:
    kind = cells.dtype
    if isinstance(kind, pd.SparseDtype):
        return cells.sparse.to_dense()
    words = isinstance(kind, pd.CategoricalDtype) and kind.categories.dtype == "str"
    if not words and isinstance(kind, pd.ArrowDtype | pd.CategoricalDtype):
        cells = cells.astype(object).infer_objects()
    if words or cells.dtype == "str" or cells.dtype.kind in "biufmM":
        return cells
    return cells.map(_written, na_action="ignore").astype("str")


def _written(value: Any) -> str:
    value = value.tolist() if hasattr(value, "tolist") else value
    nested = isinstance(value, list | tuple | dict)
    return json.dumps(value, default=str, ensure_ascii=False) if nested else str(value)
