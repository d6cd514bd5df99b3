"""Rows with meaning: typed columns, and a reason for every row that cannot be used."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from journeykit import engine
from journeykit.engine import Table, quote
from journeykit.errors import DataError
from journeykit.tables.casts import cast, cast_other
from journeykit.tables.columns import Column, Mapped, own_names
from journeykit.tables.contract import Finding
from journeykit.tables.sources import ROW, Cast, Raw

__all__ = ["Reading", "nothing_usable", "read_columns"]

#: So many rows set aside are kept in memory where there is no file to write them to.
_KEPT_ROWS = 100_000


@dataclass
class Reading:
    """A source whose columns have a meaning.

    Parameters
    ----------
    raw : Raw
        The rows as they came.
    casts : dict
        Our column to how it is read, in order.
    assumptions, findings : list
        What was decided and what looks wrong.
    reasons : list of tuple
        An SQL condition over the raw rows and, in words, why such a row is set aside.
    tables : dict
        Tables that the conditions name.
    tie_break : str
        Our column that orders events at the same time; empty for the order of the source.
    """

    raw: Raw
    casts: dict[str, Cast]
    columns: dict[str, str]
    assumptions: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    reasons: list[tuple[str, str]] = field(default_factory=list)
    tables: dict[str, Table] = field(default_factory=dict)
    tie_break: str = ""

    @property
    def _reason(self) -> str:
        cases = " ".join(f"WHEN {condition} THEN '{words}'" for condition, words in self.reasons)
        return f"CASE {cases} END" if cases else "NULL"

    def typed(self, *, any_set_aside: bool, leave_out: tuple[str, ...] = ()) -> Table:
        """The usable rows with typed columns, as a view; and `row_in_source`."""
        named = ", ".join(
            f"{read.sql} AS {quote(ours)}"
            for ours, read in self.casts.items()
            if ours not in leave_out
        )
        sql = f"SELECT {named}, {ROW} FROM {{raw}}"
        if any_set_aside:
            sql += f" WHERE ({self._reason}) IS NULL"
        if self.tie_break:
            order = f"row_number() OVER (ORDER BY {quote(self.tie_break)}, {ROW})"
            sql = f"SELECT * REPLACE ({order} AS {ROW}) FROM ({sql})"
        return engine.default().view(sql, raw=self.raw.table, **self.tables)

    def count(self) -> dict[str, int]:
        """Why rows are set aside, and how many for each reason."""
        frame = engine.run(
            f"SELECT reason, count(*) AS n FROM (SELECT {self._reason} AS reason FROM {{raw}}) "
            "WHERE reason IS NOT NULL GROUP BY 1 ORDER BY n DESC, 1",
            (),
            raw=self.raw.table,
            **self.tables,
        )
        counts = dict(zip(frame["reason"], frame["n"].astype(int), strict=True))
        if len(self.raw.unreadable):
            counts["the line does not split into the columns"] = len(self.raw.unreadable)
        return counts

    def set_aside(self, file: Path | None) -> pd.DataFrame | None:
        """Write the rows that cannot be used, with their reasons, to a file or keep them."""
        ours = {"reason", "row", "text"}
        theirs = ", ".join(
            f"{quote(name)}" + (f" AS {quote(f'source_{name}')}" if name.lower() in ours else "")
            for name in self.raw.columns
        )
        sql = (
            f"SELECT {self._reason} AS reason, {ROW} + 1 AS row, {theirs} FROM {{raw}} "
            f"WHERE ({self._reason}) IS NOT NULL"
        )
        tables: dict[str, Any] = {"raw": self.raw.table, **self.tables}
        if len(self.raw.unreadable):
            sql += (
                " UNION ALL BY NAME SELECT 'the line does not split into the columns: ' || reason "
                "AS reason, line AS row, text FROM {unreadable}"
            )
            tables["unreadable"] = self.raw.unreadable
        if file is None:
            return engine.run(f"SELECT * FROM ({sql}) LIMIT {_KEPT_ROWS}", (), **tables)
        part = file.with_name(f".{file.name}.{os.getpid()}.part")
        engine.default().write_csv(part, sql, **tables)
        part.replace(file)
        return None


def read_columns(
    raw: Raw,
    wanted: tuple[Column, ...],
    mapped: Mapped,
    *,
    reserved: tuple[str, ...] = (),
    day_first: bool | None = None,
) -> Reading:
    """Decide how every column is read, and which rows cannot be used.

    Parameters
    ----------
    raw : Raw
        The rows as they came.
    wanted : tuple of Column
        The columns that mean something to the kit.
    mapped : Mapped
        Ours to theirs.
    reserved : tuple of str
        Names that other columns of the source cannot keep.
    day_first : bool, optional
        How to read 03/04/2024.
    """
    kinds = {column.name: column for column in wanted}
    reading = Reading(raw, {}, dict(mapped.columns), [*raw.notes, *mapped.assumptions])
    for ours, theirs in mapped.columns.items():
        column = kinds.get(ours, Column(ours))
        read = cast(raw, column, theirs, day_first) if ours in kinds else cast_other(raw, theirs)
        if column.required:
            # Rows without it are set aside, so that none of its cells is merely taken as empty.
            left = [finding for finding in read.findings if finding.code != "unreadable-cells"]
            read = Cast(read.sql, read.notes, left)
            _require(reading, column, theirs, read.sql)
        _add(reading, ours, read)
    rest = (name for name in raw.columns if name not in mapped.columns.values())
    for theirs, ours in own_names(rest, (*reading.casts, *reserved, ROW)):
        if ours != theirs:
            reading.assumptions.append(f"kept column '{theirs}' as {ours}: the name is taken")
            reading.columns[ours] = theirs
        _add(reading, ours, cast_other(raw, theirs))
    return reading


def _add(reading: Reading, ours: str, read: Cast) -> None:
    reading.casts[ours] = read
    reading.assumptions += read.notes
    reading.findings += read.findings


def _require(reading: Reading, column: Column, theirs: str, sql: str) -> None:
    blank = reading.raw.is_blank(theirs)
    if blank != "false":
        reading.reasons.append((blank, f"no {column.name}"))
    words = {"time": "a time", "number": "a number", "answer": "a number", "flag": "yes or no"}
    if column.kind in words:
        reading.reasons.append((f"({sql}) IS NULL", f"{column.name} is not {words[column.kind]}"))


def nothing_usable(label: str, reading: Reading, counts: dict[str, int]) -> DataError:
    """The error for a source of which no row can be used."""
    if not counts:
        return DataError(f"{label} has column names and no rows.")
    listed = "; ".join(f"{words}: {n:,} rows" for words, n in counts.items())
    mapped = ", ".join(f"{ours} = '{theirs}'" for ours, theirs in reading.columns.items())
    return DataError(
        f"No row of {label} can be used ({listed}). The columns were taken as {mapped}. "
        'If that is wrong, say which they are, as in user_id="…".'
    )
