"""DuckDB, inside this process."""

import itertools
import os
import re
import threading
import warnings
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from pandas import DataFrame

from journeykit.errors import AnalysisError, DataError

from .connect import connect, plain_errors
from .table import Columns, Hooks, Named, Params, Table, fill, plain_value, quote, text

_QUOTED = re.compile(r"""(["'])(?:(?!\1).|\1\1)*\1""", re.S)
_THERE = (
    "SELECT sql FROM duckdb_tables() WHERE (database_name, schema_name, table_name) = (?, ?, ?)"
)


class DuckDB(Hooks):
    """DuckDB in this process: one connection, opened at first use and again after a fork.

    Parameters
    ----------
    folder : path, optional
        The only folder in which it can open a file, and its settings cannot be changed: what all
        queries get. Without it a reader, which opens whatever it is told to.
    """

    here = True

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._lock = threading.RLock()
        self._names = itertools.count(1)
        self._pid = 0
        self._connection: Any = None
        self._attached: dict[str, str] = {}
        self._unused: deque[Callable[[], Any]] = deque()
        self._of_parents: list[Any] = []

    @property
    def connection(self) -> Any:
        """The connection of this process (a fork gets one of its own)."""
        with self._lock:
            if self._pid != os.getpid():
                # Closing the parent's connection would wait for threads that a forked child lacks.
                self._of_parents.append(self._connection)
                self._connection, self._attached = connect(self._folder), {}
                self._unused = deque()
                self._pid = os.getpid()
            return self._connection

    def execute(self, sql: str, params: Params = ()) -> list[tuple[Any, ...]]:
        """Run one statement as it stands; its rows as tuples."""
        with self._lock, plain_errors():
            return self.connection.execute(sql, [*map(plain_value, params)]).fetchall()

    def run(self, sql: str, params: Params = (), **tables: Any) -> DataFrame:
        """Run a query; see :func:`run`."""
        with self._filled(sql, tables) as filled, plain_errors():
            result = self.connection.execute(filled, [*map(plain_value, params)])
            huge = [column[0] for column in result.description if column[1] == "HUGEINT"]
            # DuckDB itself uses an argument that pandas has given up.
            with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
                frame = result.df()
        frame = _plain_types(frame, huge)
        frame.attrs["sql"] = filled
        return frame

    @contextmanager
    def _filled(self, sql: str, tables: Named) -> Iterator[str]:
        """The SQL with every `{name}` replaced; frames are registered as long as it runs."""
        with self._lock:
            connection, names = self.connection, {}
            self.sweep()
            with ExitStack() as ended:
                for key, table in tables.items():
                    if isinstance(table, Table):
                        names[key] = self._reference(table)
                    else:
                        name = self._register(table)
                        ended.callback(connection.unregister, name)
                        names[key] = quote(name)
                yield fill(sql, names)

    def sweep(self) -> None:
        """Drop what nobody holds any more; else the next query does."""
        with self._lock:
            while self._unused:
                self._unused.popleft()()

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

    def register(self, frame: DataFrame) -> Table:
        """A frame as a table, without a copy; it goes when the handle is garbage."""
        name = self._register(frame)
        return self._handle(quote(name), partial(self.connection.unregister, name))

    def _register(self, frame: DataFrame) -> str:
        import duckdb

        name = f"frame_{next(self._names)}"
        with self._lock, plain_errors():
            try:
                self.connection.register(name, frame)
            except duckdb.Error:  # it cannot read an array backwards, as in frame[::-1]
                self.connection.register(name, frame.copy())
        return name

    def _keep(self, sql: str, params: Params, tables: Named, kind: str) -> Table:
        name = quote("temp", f"kept_{next(self._names)}")
        with self._filled(sql, tables) as filled:
            self.execute(f"CREATE TEMP {kind} {name} AS {filled}", params)
        handle = self._handle(name, partial(self.execute, f"DROP {kind} IF EXISTS {name}"))
        if kind == "VIEW":
            handle.needs = tuple(table for table in tables.values() if isinstance(table, Table))
        return handle

    def _handle(self, name: str, drop: Callable[[], Any]) -> Table:
        handle = self._table(name)
        # Garbage is collected at any moment, even within a query: the drop waits for the next one.
        weakref.finalize(handle, self._unused.append, drop)
        return handle

    def _table(self, name: str) -> Table:
        return Table(self, name, tuple(self.columns(name)))

    def save(self, name: str, sql: str, params: Params = (), **tables: Any) -> Table:
        """Write the result of a query as a table of a database that is being written."""
        with self._filled(sql, tables) as filled:
            self.execute(f"CREATE TABLE {name} AS {filled}", params)
        return self._table(name)

    @contextmanager
    def any_order(self) -> Iterator[None]:
        """Tables written meanwhile need not keep the order of their query, so that all cores
        write.
        """
        if self._folder:  # it reads frames, and its settings are locked
            yield
            return
        with self._lock:
            self.execute("SET preserve_insertion_order = false")
            try:
                yield
            finally:
                self.execute("SET preserve_insertion_order = true")

    def columns(self, name: str) -> Columns:
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

    def stored(self, file: Path, table: str, schema: str = "main") -> Table:
        """A table of a database file, attached read-only.

        Raises
        ------
        DataError
            The file is no database, or what goes by that name is no table of plain rows: a view
            or a computed column could show something else each time.
        """
        alias = self.attach(file)
        there = self.execute(_THERE, (alias, schema, table))
        if not there or "GENERATED" in _QUOTED.sub("", there[0][0]):  # a column is computed
            raise DataError(f"{file} holds no table {table!r} that the kit has written.")
        handle = self._table(quote(alias, schema, table))
        handle.file = (file.absolute(), alias)
        return handle

    def forget(self, file: Path) -> None:
        """Let go of a database file, so that another may take its place."""
        with self._lock:
            _ = self.connection
            if alias := self._attached.pop(str(file.absolute()), ""):
                self.execute(f"DETACH {quote(alias)}")

    def copied(self, file: Path, *table: str) -> Table:
        """A table of a database file as a temporary one of this process; the file may then go."""
        with self._lock:
            kept = self.materialize("SELECT * FROM {there}", there=self.stored(file, *table))
            self.forget(file)
        return kept

    @contextmanager
    def writing(self, file: Path) -> Iterator[str]:
        """A new database file to write tables to: whole at the end, or not there at all."""
        alias = f"writing_{next(self._names)}"
        with _whole(file) as part, self._lock:
            self.execute(f"ATTACH {text(str(part))} AS {quote(alias)}")
            try:
                yield alias
            finally:
                self.execute(f"DETACH {quote(alias)}")

    def write_csv(self, file: Path, sql: str, **tables: Any) -> None:
        """Write the result of a query as a CSV file: whole, or not at all."""
        with _whole(file) as part, self._filled(sql, tables) as filled:
            self.execute(f"COPY ({filled}) TO {text(str(part))} (FORMAT csv, HEADER)")

    def utc(self, cell: str) -> str:
        """See :class:`Hooks`."""
        return f"make_timestamp(epoch_us({cell}))"

    def path(self, value: str, order: str, separator: str = " → ") -> str:
        """See :meth:`Hooks.path`; an ordered list is twice as quick as an ordered text."""
        return f"array_to_string(list({value} ORDER BY {order})::VARCHAR[], {text(separator)})"

    def path_mark(self, value: str, order: str) -> str:
        """See :meth:`Hooks.path_mark`; a sum of hashes needs no sort.

        It has 64 bits: among ten million different paths, the chance that one of the 20 most
        frequent shares its mark with another is one in a hundred thousand millions.
        """
        mark = f"hash(xor(hash({value}), CAST({order} AS UBIGINT)))"
        return f"sum(CASE WHEN {value} IS NOT NULL THEN {mark} END)"


@contextmanager
def _whole(file: Path) -> Iterator[Path]:
    """A file beside the one that is wanted, moved there once it is written."""
    part = file.with_name(f".{file.stem}.{os.getpid()}-{threading.get_ident()}.part")
    try:
        yield part
        part.replace(file)
    finally:
        for left in (part, part.with_name(f"{part.name}.wal")):
            left.unlink(missing_ok=True)


def _plain_types(frame: DataFrame, huge: list[str]) -> DataFrame:
    """Sums of counts as integers and dictionary-encoded texts as texts."""
    if huge:  # to ask pandas for no change at all takes as long as a small query
        frame = frame.astype({name: "int64" for name in huge if frame[name].notna().all()})
    for name in [name for name, kind in frame.dtypes.items() if kind.name == "category"]:
        # Each text is made once, not once a row.
        words = (cells := frame[name]).cat.categories.astype("str").array
        frame[name] = words.take(cells.cat.codes.to_numpy(), allow_fill=True)
    return frame
