"""DuckDB, inside this process."""

from __future__ import annotations

import itertools
import os
import tempfile
import threading
import warnings
import weakref
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from journeykit.engine.table import Hooks, Table, fill, quote, text
from journeykit.errors import AnalysisError, DataError

__all__ = ["DuckDB"]


class DuckDB(Hooks):
    """DuckDB in this process: one connection, opened at first use and again after a fork."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._names = itertools.count(1)
        self._pid = 0
        self._connection: Any = None
        self._attached: dict[str, str] = {}
        self._unused: deque[tuple[str, str]] = deque()
        self._foreign: list[Any] = []

    @property
    def connection(self) -> Any:
        """The connection of this process (a fork gets one of its own)."""
        with self._lock:
            if self._pid != os.getpid():
                # Closing the parent's connection would wait for threads that a forked child lacks.
                self._foreign.append(self._connection)
                self._connection, self._attached, self._unused = _connect(), {}, deque()
                self._pid = os.getpid()
            return self._connection

    def execute(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run one statement as it stands; its rows as tuples."""
        with self._lock, _plain_errors():
            return self.connection.execute(sql, _plain_values(params)).fetchall()

    def run(self, sql: str, params: Sequence[Any] = (), **tables: Any) -> pd.DataFrame:
        """Run a query; see :func:`run`."""
        with self._lock, self._filled(sql, tables) as filled, _plain_errors():
            result = self.connection.execute(filled, _plain_values(params))
            huge = [column[0] for column in result.description if column[1] == "HUGEINT"]
            with warnings.catch_warnings():  # DuckDB's own use of a deprecated pandas argument
                warnings.simplefilter("ignore", DeprecationWarning)
                frame = result.df()
        frame = _plain_types(frame, huge)
        frame.attrs["sql"] = filled
        return frame

    @contextmanager
    def _filled(self, sql: str, tables: dict[str, Any]) -> Iterator[str]:
        """The SQL with every `{name}` replaced; frames are registered as long as it runs."""
        connection, frames = self.connection, []
        references: dict[str, str] = {}
        while self._unused:
            drop, name = self._unused.popleft()
            connection.unregister(name) if drop == "FRAME" else self.execute(f"{drop} {name}")
        try:
            for name, table in tables.items():
                if isinstance(table, Table):
                    references[name] = self._reference(table)
                else:
                    frames.append(self._register(table))
                    references[name] = quote(frames[-1])
            yield fill(sql, references)
        finally:
            for name in frames:
                connection.unregister(name)

    def _reference(self, table: Table) -> str:
        if table.file is not None:
            self.attach(*table.file)
        elif table.pid != os.getpid():
            raise AnalysisError(
                "These events were prepared in another process and live in its memory. "
                "Read them again here, or give read_events a cache folder."
            )
        for needed in table.needs:
            self._reference(needed)
        return table.name

    def register(self, frame: pd.DataFrame) -> Table:
        """A frame as a table, without a copy; it goes when the handle is garbage."""
        name = self._register(frame)
        return self._handle(quote(name), "FRAME", name)

    def _register(self, frame: pd.DataFrame) -> str:
        import duckdb

        name = f"frame_{next(self._names)}"
        with self._lock, _plain_errors():
            try:
                self.connection.register(name, frame)
            except duckdb.Error:  # it cannot read an array backwards, as in frame[::-1]
                self.connection.register(name, frame.copy())
        return name

    def materialize(self, sql: str, params: Sequence[Any] = (), **tables: Any) -> Table:
        """Keep the result of a query as a temporary table of this process."""
        return self._create("TABLE", sql, params, tables)

    def view(self, sql: str, **tables: Any) -> Table:
        """Name a query over tables; nothing is computed until it is used."""
        return self._create("VIEW", sql, (), tables)

    def save(self, name: str, sql: str, params: Sequence[Any] = (), **tables: Any) -> Table:
        """Write the result of a query as a table of a database that is being written."""
        with self._lock, self._filled(sql, tables) as filled:
            self.execute(f"CREATE TABLE {name} AS {filled}", params)
        return Table(self, name, self.columns(name))

    @contextmanager
    def any_order(self) -> Iterator[None]:
        """Tables written meanwhile need not keep the order of their query, so that all cores write."""
        with self._lock:
            self.execute("SET preserve_insertion_order = false")
            try:
                yield
            finally:
                self.execute("SET preserve_insertion_order = true")

    def write_csv(self, file: Path, sql: str, **tables: Any) -> None:
        """Write the result of a query as a CSV file."""
        with self._lock, self._filled(sql, tables) as filled:
            self.execute(f"COPY ({filled}) TO {text(str(file))} (FORMAT csv, HEADER)")

    def _create(self, kind: str, sql: str, params: Sequence[Any], tables: dict[str, Any]) -> Table:
        name = quote("temp", f"kept_{next(self._names)}")
        with self._lock, self._filled(sql, tables) as filled:
            self.execute(f"CREATE TEMP {kind} {name} AS {filled}", params)
        handle = self._handle(name, kind)
        if kind == "VIEW":
            handle.needs = tuple(table for table in tables.values() if isinstance(table, Table))
        return handle

    def _handle(self, name: str, kind: str, bare: str = "") -> Table:
        handle = Table(self, name, self.columns(name))
        # Garbage is collected at any moment, even within a query: the drop waits for the next one.
        weakref.finalize(
            handle, self._unused.append, (kind if bare else f"DROP {kind} IF EXISTS", bare or name)
        )
        return handle

    def columns(self, name: str) -> dict[str, str]:
        """Column names and types of a table, a view or a query in brackets."""
        return {row[0]: str(row[1]) for row in self.execute(f"DESCRIBE SELECT * FROM {name}")}

    def attach(self, file: Path, alias: str = "") -> str:
        """Attach a database file read-only (once); the name it goes by."""
        path = str(file.absolute())
        with self._lock:
            _ = self.connection  # a fork starts with nothing attached
            if path not in self._attached:
                taken = file.stem in self._attached.values()
                alias = alias or (f"{file.stem}_{next(self._names)}" if taken else file.stem)
                self.execute(f"ATTACH {text(path)} AS {quote(alias)} (READ_ONLY)")
                self._attached[path] = alias
            return self._attached[path]

    def stored(self, file: Path, table: str) -> Table:
        """A table of a database file, attached read-only."""
        alias = self.attach(file)
        handle = Table(self, quote(alias, table), self.columns(quote(alias, table)))
        handle.file = (file.absolute(), alias)
        return handle

    @contextmanager
    def writing(self, file: Path) -> Iterator[str]:
        """A new database file to write tables to; closed again at the end."""
        alias = f"writing_{next(self._names)}"
        with self._lock:
            self.execute(f"ATTACH {text(str(file))} AS {quote(alias)}")
            try:
                yield alias
            finally:
                self.execute(f"DETACH {quote(alias)}")

    def path(self, value: str, order: str, separator: str = " → ") -> str:
        """See :meth:`Hooks.path`; an ordered list is twice as quick as an ordered text."""
        return f"array_to_string(list({value} ORDER BY {order})::VARCHAR[], {text(separator)})"

    def path_mark(self, value: str, order: str) -> str:
        """See :meth:`Hooks.path_mark`; a sum of hashes needs no sort.

        It has 64 bits: among ten million different paths, the chance that one of the 20 most
        frequent shares its mark with another is one in a hundred thousand millions.
        """
        return f"sum(CASE WHEN {value} IS NOT NULL THEN hash(xor(hash({value}), CAST({order} AS UBIGINT))) END)"


def _plain_values(values: Sequence[Any]) -> list[Any]:
    """Values that DuckDB can bind: NumPy's numbers are not among them."""
    return [value.item() if hasattr(value, "item") else value for value in values]


def _connect() -> Any:
    import duckdb

    # Nothing is ever asked of the internet.
    settings: dict[str, Any] = {"autoinstall_known_extensions": False, "TimeZone": "UTC"}
    settings["python_enable_replacements"] = (
        False  # a table is what was given, not a variable's name
    )
    # DuckDB makes this folder only once a query outgrows the memory limit.
    settings["temp_directory"] = str(
        Path(tempfile.gettempdir()) / f"journeykit-spill-{os.getpid()}"
    )
    if limit := os.environ.get("JOURNEYKIT_MEMORY_LIMIT"):
        settings["memory_limit"] = limit
    elif hasattr(os, "sysconf"):
        # Half of the machine's memory, at most 4 GB: several personas run side by side.
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        settings["memory_limit"] = f"{min(4_000, memory // 2_000_000)}MB"
    return duckdb.connect(config=settings)


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Turn what a user can cause and mend into the kit's errors; bugs stay as they are."""
    import duckdb

    try:
        yield
    except duckdb.OutOfMemoryException as problem:
        raise AnalysisError(
            "The query needs more memory than it may use. Set JOURNEYKIT_MEMORY_LIMIT=8GB and try again."
        ) from problem
    except (
        duckdb.IOException,
        duckdb.InvalidInputException,
        duckdb.ConversionException,
    ) as problem:
        raise DataError(f"The data could not be read: {str(problem).splitlines()[0]}") from problem


def _plain_types(frame: pd.DataFrame, huge: list[str]) -> pd.DataFrame:
    """Sums of counts as integers and dictionary-encoded texts as texts."""
    for column in (name for name in huge if frame[name].notna().all()):
        frame[column] = frame[column].astype("int64")
    for column in frame.columns[[isinstance(kind, pd.CategoricalDtype) for kind in frame.dtypes]]:
        # Each text is made once, not once a row.
        words = frame[column].cat.categories.astype("str").array
        codes = frame[column].cat.codes.to_numpy()
        frame[column] = pd.Series(words.take(codes, allow_fill=True), index=frame.index)
    return frame
