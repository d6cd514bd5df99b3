"""Rows with meaning: typed columns, and a reason for every row that cannot be used."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from journeykit import engine
from journeykit.engine import Table, quote
from journeykit.errors import DataError
from journeykit.model import TableColumn, TableKind
from journeykit.tables.casts import cast
from journeykit.tables.columns import own_names, recognise
from journeykit.tables.contract import Contract, Finding
from journeykit.tables.findings import lost_rows, most_serious_first
from journeykit.tables.sources import ROW, Cast, Raw

#: So many rows set aside are kept in memory where there is no file to write them to.
_KEPT_ROWS = 100_000
_NO_SPLIT = "the line does not split into the columns"
_WORDS = {"time": "a time", "number": "a number", "answer": "a number", "flag": "yes or no"}


@dataclass
class Reading:
    """A source whose columns have a meaning.

    Parameters
    ----------
    label : str
        The source in words.
    raw : Raw
        The rows as they came.
    columns : dict
        Our column to theirs, where that was told, recognised or changed.
    assumptions, findings : list
        What was decided and what looks wrong.
    casts : dict
        Our column to how it is read, in order.
    reasons : dict
        Why a row is set aside, in words, to the SQL condition over the raw rows.
    tables : dict
        Tables that the conditions name.
    order : str
        SQL for what orders events of a user at the same time.
    """

    label: str
    raw: Raw
    columns: dict[str, str]
    assumptions: list[str]
    findings: list[Finding] = field(default_factory=list)
    casts: dict[str, Cast] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    order: str = ROW

    def add(self, ours: str, read: Cast) -> None:
        """Read one more column."""
        self.casts[ours] = read
        self.assumptions += read.notes
        self.findings += read.findings

    def ask(self, sql: str) -> pd.DataFrame:
        """Ask ``{raw}``, the rows as they came."""
        return engine.run(sql, (), raw=self.raw.table, **self.tables)

    @property
    def _reason(self) -> str:
        cases = " ".join(
            f"WHEN {condition} THEN '{why}'" for why, condition in self.reasons.items()
        )
        return f"CASE WHEN false THEN '' {cases} END"

    @property
    def rows(self) -> int:
        """How many rows the source has."""
        return self.raw.rows + len(self.raw.unreadable)

    @cached_property
    def lost(self) -> dict[str, int]:
        """Why rows are set aside, and how many for each reason.

        Raises
        ------
        DataError
            No row is left.
        """
        frame = self.ask(
            f"SELECT reason, count(*) AS n FROM (SELECT {self._reason} AS reason FROM {{raw}}) "
            "AS judged WHERE reason IS NOT NULL GROUP BY 1 ORDER BY n DESC, 1"
        )
        counts = dict(zip(frame["reason"], frame["n"].astype(int), strict=True))
        if len(self.raw.unreadable):
            counts[_NO_SPLIT] = len(self.raw.unreadable)
        if not self.rows:
            raise DataError(f"{self.label} has column names and no rows.")
        if sum(counts.values()) == self.rows:
            listed = "; ".join(f"{words}: {n:,} rows" for words, n in counts.items())
            mapped = ", ".join(f"{ours} = '{theirs}'" for ours, theirs in self.columns.items())
            raise DataError(
                f"No row of {self.label} can be used ({listed}). The columns were taken as "
                f'{mapped}. If that is wrong, say which they are, as in user_id="…".'
            )
        return counts

    def typed(self, leave_out: Collection[str] = ()) -> Table:
        """The usable rows with typed columns, as a view; and `row_in_source`."""
        casts = {ours: read.sql for ours, read in self.casts.items() if ours not in leave_out}
        named = ", ".join(f"{sql} AS {quote(ours)}" for ours, sql in casts.items())
        some = f"WHERE ({self._reason}) IS NULL" if self.lost else ""
        sql = f"SELECT {named}, {self.order} AS {ROW} FROM {{raw}} {some}"
        made: Table = self.raw.table.engine.view(sql, raw=self.raw.table, **self.tables)
        return made

    def fingerprint(self, *how: object) -> str:
        """A name that changes with what is in a table of another engine.

        Its counts stand for its content, which nobody hashes there.
        """
        ends = engine.run(
            "SELECT min(timestamp) AS first, max(timestamp) AS last FROM {t}", t=self.typed()
        )
        casts = {ours: read.sql for ours, read in self.casts.items()}
        named = (self.rows, self.lost, str(ends.iloc[0].tolist()), casts, self.order, *how)
        return hashlib.sha256(repr(named).encode()).hexdigest()[:16]

    def contract(
        self, found: Iterable[Finding], aside: Path | None, counted: Mapping[str, Any]
    ) -> Contract:
        """What was found; the rows that cannot be used are written to a file, or kept."""
        lost = sum(self.lost.values())
        return Contract(
            source=self.label,
            rows=self.rows,
            usable=self.rows - lost,
            set_aside=lost,
            **counted,
            columns=self.columns,
            assumptions=self.assumptions,
            findings=most_serious_first(*lost_rows(self.lost, self.rows), *found),
            set_aside_path=str(aside) if lost and aside else None,
            set_aside_rows=self._set_aside(aside) if lost and self.raw.here else None,
        )

    def _set_aside(self, file: Path | None) -> pd.DataFrame | None:
        ours = ("reason", "row", "text")
        theirs = ", ".join(
            quote(name) + (f" AS {quote(f'source_{name}')}" if name.lower() in ours else "")
            for name in self.raw.types
        )
        sql = (
            f"SELECT {self._reason} AS reason, {ROW} + 1 AS row, {theirs} FROM {{raw}} "
            f"WHERE ({self._reason}) IS NOT NULL"
        )
        tables: dict[str, Any] = {"raw": self.raw.table, **self.tables}
        if len(self.raw.unreadable):
            tables["unreadable"] = self.raw.unreadable
            sql += (
                f" UNION ALL BY NAME SELECT '{_NO_SPLIT}: ' || reason AS reason, line AS row, text "
                "FROM {unreadable}"
            )
        if file is None:
            return engine.run(f"SELECT * FROM ({sql}) LIMIT {_KEPT_ROWS}", (), **tables)
        self.raw.table.engine.write_csv(file, sql, **tables)
        return None


def read_columns(
    label: str,
    raw: Raw,
    kind: TableKind,
    given: Mapping[str, str | None],
    *,
    reserved: Sequence[str] = (),
    day_first: bool | None = None,
) -> Reading:
    """Decide which column is which, how each is read, and which rows cannot be used.

    Parameters
    ----------
    label : str
        The source in words.
    raw : Raw
        The rows as they came.
    kind : TableKind
        The columns that mean something to the kit.
    given : dict
        Our name to theirs, as the user said.
    reserved : sequence of str
        Names that other columns of the source cannot keep.
    day_first : bool, optional
        How to read 03/04/2024.
    """
    found, assumptions = recognise(raw.sample, kind, given)
    reading = Reading(label, raw, found, [*raw.notes, *assumptions])
    kinds = {column.name: column for column in kind.columns}
    for ours, theirs in list(found.items()):
        column = kinds.get(ours, TableColumn(ours, "any"))
        required = column in kind.required
        read = cast(raw, column, theirs, required=required, day_first=day_first)
        if required:
            # Rows without it are set aside, so that none of its cells is merely taken as empty.
            left = [finding for finding in read.findings if finding.code != "unreadable-cells"]
            read = Cast(read.sql, read.notes, left)
            if (blank := raw.is_blank(theirs)) != "false":
                reading.reasons[f"no {ours}"] = blank
            if column.kind in _WORDS:
                reading.reasons[f"{ours} is not {_WORDS[column.kind]}"] = f"({read.sql}) IS NULL"
        reading.add(ours, read)
    rest = [name for name in raw.types if name not in found.values()]
    for theirs, ours in own_names(rest, (*reading.casts, *reserved, ROW)):
        if ours != theirs:
            reading.assumptions.append(f"kept column '{theirs}' as {ours}: the name is taken")
            reading.columns[ours] = theirs
        reading.add(ours, cast(raw, TableColumn(ours, "any"), theirs))
    return reading
