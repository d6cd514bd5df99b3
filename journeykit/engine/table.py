"""Names in SQL, and the handle of a table that lives in an engine."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from journeykit.errors import AnalysisError

#: The values of a query, in order.
Params = Sequence[Any]
#: Its tables, or values, by the names that it has for them.
Named = dict[str, Any]
#: Columns by their names: to their types, their names in the source, or the SQL that reads them.
Columns = dict[str, str]
# A placeholder; quoted names and texts are stepped over, whatever they contain.
_PLACEHOLDER = re.compile(r""""(?:[^"]|"")*"|'(?:[^']|'')*'|\{([A-Za-z_]\w*)\}""")


def quote(*names: str) -> str:
    """Quote an identifier, or a dotted path of them, for use in SQL.

    Examples
    --------
    >>> quote("cache", 'odd"name')
    '"cache"."odd""name"'
    """
    return ".".join('"' + str(name).replace('"', '""') + '"' for name in names)


def text(value: str) -> str:
    """A text as an SQL literal, for the few statements that cannot bind values."""
    return "'" + value.replace("'", "''") + "'"


def fill(sql: str, names: Mapping[str, str]) -> str:
    r"""Put the names of tables in place of ``{name}``.

    Raises
    ------
    AnalysisError
        The query asks for a table that was not given.

    Examples
    --------
    >>> fill("SELECT '{a}' FROM {a}", {"a": '"temp"."kept_1"'})
    'SELECT \'{a}\' FROM "temp"."kept_1"'
    """

    def name(found: re.Match[str]) -> str:
        if not found[1]:
            return found[0]
        if found[1] not in names:
            raise AnalysisError(f"The query asks for a table {found[1]!r} that was not given.")
        return names[found[1]]

    return _PLACEHOLDER.sub(name, sql)


def plain_value(value: Any) -> Any:
    """A value that every engine can bind: NumPy's numbers are not among them."""
    return value.item() if hasattr(value, "item") else value


class Hooks:
    """What is kept in an engine, and the few pieces of SQL that are worth a name of their own.

    Every engine says for itself: ``utc(cell)``, an instant as a plain timestamp in UTC, and
    ``_keep(sql, params, tables, kind)``, a query kept as a ``TABLE`` or a ``VIEW``.
    """

    #: Whether it runs inside this process, on tables that the kit itself has read.
    here = False
    _keep: Any

    def materialize(self, sql: str, params: Params = (), **tables: Any) -> Table:
        """Keep the result of a query in the engine, as long as the handle is held."""
        return self._keep(sql, params, tables, "TABLE")  # type: ignore[no-any-return]

    def view(self, sql: str, **tables: Any) -> Table:
        """Name a query over tables; nothing is computed until it is used."""
        return self._keep(sql, (), tables, "VIEW")  # type: ignore[no-any-return]

    def seconds(self, start: str, end: str) -> str:
        """SQL for the seconds from one timestamp to another, with fractions."""
        return f"date_diff('microseconds', {start}, {end}) / 1e6"

    def local(self, cell: str, zone: str) -> str:
        """SQL for a plain timestamp in UTC as a clock in a zone shows it; itself without one."""
        return cell if not zone else f"(({cell} AT TIME ZONE 'UTC') AT TIME ZONE {text(zone)})"

    def path(self, value: str, order: str, separator: str = " → ") -> str:
        """SQL for the values of a group in order, as one text."""
        return f"string_agg(CAST({value} AS VARCHAR), {text(separator)} ORDER BY {order})"

    def path_mark(self, value: str, order: str) -> str:
        """SQL for something that is equal where the paths of two groups are, and cheap to
        compare.
        """
        return self.path(value, order)


@dataclass(eq=False)
class Table:
    """A table that lives in an engine: what number functions query instead of a frame.

    Parameters
    ----------
    engine : Hooks
        The engine that it lives in.
    name : str
        How SQL refers to it, already quoted.
    columns : tuple of str
        Its column names in order.
    needs : tuple of Table
        What a view reads from, kept alive with it.
    file : tuple or None
        Where it is stored, and that file's name in SQL.
    """

    engine: Any
    name: str
    columns: tuple[str, ...]
    needs: tuple[Table, ...] = ()
    file: tuple[Path, str] | None = None
    pid: int = field(default_factory=os.getpid)
