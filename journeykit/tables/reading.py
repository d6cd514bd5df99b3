"""Rows with meaning: typed columns, and a reason for every row that cannot be used."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from pandas import DataFrame

from journeykit.engine import Columns, Table, quote, run, text
from journeykit.errors import DataError
from journeykit.model import Facts, TableKind

from .casts import cast
from .columns import Given, recognise
from .findings import LEVELS, NO_DATA, REPEATED, lost_rows, together
from .names import own_names, renamed
from .periods import strays
from .raw import ROW, Contract, Finding, Raw
from .vendors import Export

#: So many rows set aside are kept in memory where there is no file to write them to.
_KEPT_ROWS = 100_000
#: A column of so few values is one that rows set aside may go together by.
_FEW_VALUES = 50
_NO_SPLIT = "the line does not split into the columns"
_WORDS = {"time": "a time", "number": "a number", "answer": "a number", "flag": "yes or no"}


@dataclass
class Reading:
    """A source whose columns have a meaning.

    Parameters
    ----------
    raw : Raw
        The rows as they came.
    columns : dict
        Our column to theirs, where that was told, recognised or changed.
    casts : dict
        Our column to the SQL that reads it, in order.
    reasons : dict
        Why a row is set aside, in words, to the SQL condition over the raw rows.
    tables : dict
        The tables that casts and conditions name: ``{raw}`` is the rows as they came.
    order : str
        SQL for what orders events of a user at the same time.
    """

    raw: Raw
    columns: Columns
    tables: dict[str, Any]
    casts: Columns = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    order: str = ROW

    def ask(self, sql: str, **more: Any) -> DataFrame:
        """Ask ``{raw}``, the rows as they came."""
        return run(sql, (), **self.tables, **more)

    @property
    def _reason(self) -> str:
        cases = " ".join(
            f"WHEN {condition} THEN '{why}'" for why, condition in self.reasons.items()
        )
        return f"CASE WHEN false THEN '' {cases} END"

    @property
    def rows(self) -> int:
        """How many rows the source has."""
        return self.raw.rows + len(self.raw.unreadable) + sum(self.raw.no_data.values())

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
        counts: dict[str, int] = frame.set_index("reason")["n"].to_dict()
        left = self.raw.no_data
        if len(self.raw.unreadable):
            counts[_NO_SPLIT] = len(self.raw.unreadable)
        if not self.rows:
            raise DataError(f"{self.raw.label} has column names and no rows.")
        if sum(counts.values()) + sum(left.values()) == self.rows:
            listed = "; ".join(f"{words}: {n:,} rows" for words, n in (counts | left).items())
            mapped = ", ".join(f"{ours} = '{theirs}'" for ours, theirs in self.columns.items())
            seen = ""
            if "timestamp is not a time" in counts:
                seen = (
                    f" One of its times is “{self.raw.sample[self.columns['timestamp']].iloc[0]}”."
                )
            raise DataError(
                f"No row of {self.raw.label} can be used ({listed}).{seen} The columns were taken "
                f'as {mapped}. If that is wrong, say which they are, as in user_id="…".'
            )
        return counts

    def typed(self) -> Table:
        """The usable rows with typed columns, as a view; and `jk_row`."""
        named = ", ".join(f"{sql} AS {quote(ours)}" for ours, sql in self.casts.items())
        some = f"WHERE ({self._reason}) IS NULL" if self.lost else ""
        sql = f"SELECT {named}, {self.order} AS {ROW} FROM {{raw}} {some}"
        return self.raw.store.view(sql, **self.tables)

    def fingerprint(self, *how: object) -> str:
        """A name that changes with what is in a table of another engine.

        Its counts stand for its content, which nobody hashes there.
        """
        ends = run(
            "SELECT min(timestamp) AS first, max(timestamp) AS last FROM {t}", t=self.typed()
        )
        named = (self.rows, self.lost, ends.to_csv(), self.casts, self.order, *how)
        return hashlib.sha256(repr(named).encode()).hexdigest()[:16]

    def contract(self, aside: Path | None, counted: Facts) -> Contract:
        """What was found; the rows that cannot be used are written to a file, or kept."""
        left, rows = self.raw.no_data, self.rows
        lost = sum((*self.lost.values(), *left.values()))
        found = [*lost_rows(self.lost, rows), *self._together(), *self.raw.findings]
        found += [
            Finding("info", NO_DATA, f"{n:,} of {rows:,} rows were left out: {why}.", n / rows)
            for why, n in left.items()
        ]
        return Contract(
            source=self.raw.label,
            rows=rows,
            usable=rows - lost,
            set_aside=lost,
            **counted,
            columns=self.columns,
            types={name: kind.partition("(")[0] for name, kind in self.raw.types.items()},
            assumptions=self.raw.notes,
            labels=self.raw.labels,
            findings=sorted(found, key=lambda finding: LEVELS.index(finding.level)),
            set_aside_path=str(aside) if lost and aside else None,
            set_aside_rows=self._set_aside(aside) if lost and self.raw.here else None,
        )

    def _together(self) -> Iterable[Finding]:
        """Where rows that cannot be used go together, they are not lost by chance."""
        raw, losing = self.raw, {w: sql for w, sql in self.reasons.items() if w != REPEATED}
        if not (raw.here and self.lost.keys() - {REPEATED}):
            return ()
        people = self.columns.get("user_id")  # nobody is named in a finding
        few = [name for name, cells in raw.sample.items() if cells.nunique() <= _FEW_VALUES]
        # A cell for which a row is set aside does not also tell what it goes together with.
        judged = {t for o, t in self.columns.items() if any(w.startswith(f"{o} ") for w in losing)}
        by = {f"{name}": quote(name) for name in few if name not in (people, *judged)}
        if theirs := self.columns.get("timestamp"):
            wrong = [sql for why, sql in self.reasons.items() if why.startswith("timestamp ")]
            day = f"left({raw.text(theirs)}, 10)"
            by["day"] = f"CASE WHEN {' OR '.join(['false', *wrong])} THEN '' ELSE {day} END"
        if theirs := self.columns.get("event"):
            by = {"event": quote(theirs)} | by
        if len(raw.files) > 1:
            named = ", ".join(map(text, raw.files))
            by["file"] = f"([{named}])[({ROW} >> 40) + 1]"
        return together(
            self.tables["raw"], raw.unreadable, " OR ".join(["false", *losing.values()]), by
        )

    def _set_aside(self, file: Path | None) -> DataFrame | None:
        free = own_names(self.raw.types, ("reason", "row", "text"))
        theirs = ", ".join(f"{quote(name)} AS {quote(ours)}" for ours, name in free.items())
        sql = (
            f"SELECT {self._reason} AS reason, {ROW} + 1 AS row, {theirs} FROM {{raw}} "
            f"WHERE ({self._reason}) IS NOT NULL"
        )
        sql += (
            f" UNION ALL BY NAME SELECT '{_NO_SPLIT}: ' || reason AS reason, line AS row, text "
            "FROM {unreadable}"
        )
        more = {"unreadable": self.raw.unreadable}
        if self.raw.left:
            more["left"] = self.raw.left
            sql += (
                f" UNION ALL BY NAME SELECT jk_left AS reason, {ROW} + 1 AS row, {theirs} "
                "FROM {left} WHERE jk_left IS NOT NULL"
            )
        if file is None:
            return self.ask(f"SELECT * FROM ({sql}) LIMIT {_KEPT_ROWS}", **more)
        self.raw.store.write_csv(file, sql, **self.tables, **more)
        return None


def read_columns(
    raw: Raw,
    kind: TableKind,
    given: Given,
    export: Export | None = None,
    *,
    reserved: Sequence[str] = (),
    day_first: bool | None = None,
) -> Reading:
    """Decide which column is which, how each is read, and which rows cannot be used.

    Parameters
    ----------
    raw : Raw
        The rows as they came; what is assumed on the way is noted there.
    kind : TableKind
        The columns that mean something to the kit.
    given : dict
        Our name to theirs, as the user said.
    export : vendors.Export, optional
        Whose export it is.
    reserved : sequence of str
        Names that other columns of the source cannot keep.
    day_first : bool, optional
        How to read 03/04/2024.
    """
    # Queries call what they make for themselves jk_…, and every table of DuckDB has a rowid.
    taken = {
        *reserved,
        "rowid",
        *(n for n in map(str.lower, (*given, *raw.types)) if n[:3] == "jk_"),
    }
    own = {column.name for column in kind.columns}
    for ours in given:
        if ours not in own and ours.lower() in taken:
            raise DataError(f"{ours!r} is a column the kit makes itself. Choose another name.")
    found = recognise(raw, kind, given, export)
    reading = Reading(raw, dict(found), {"raw": raw.table})
    meaning = {column.name: column for column in kind.columns if column.name in found}
    left = [name for name in raw.types if name not in found.values()]
    rest = own_names(left, (*found, *given, *taken))
    raw.notes += renamed(rest)
    for ours, theirs in (found | rest).items():
        if ours in rest and ours != theirs:
            reading.columns[ours] = theirs
        column = meaning.get(ours)
        what, required = column.kind if column else "any", column in kind.required
        reading.casts[ours] = sql = cast(raw, what, theirs, required, day_first)
        # What events are ordered by stays in UTC, where every hour is there once.
        if theirs in raw.aware and ours not in reserved:
            reading.casts[ours] = raw.store.local(sql, raw.timezone)
        if required:
            if (blank := raw.is_blank(theirs)) != "false":
                reading.reasons[f"no {ours}"] = blank
            if what in _WORDS:
                reading.reasons[f"{ours} is not {_WORDS[what]}"] = f"({sql}) IS NULL"
        if what == "time" and raw.here and (stray := strays(raw, sql)):
            reading.reasons[f"{ours} lies far from all others"] = stray
    if raw.timezone and not raw.aware:
        raw.notes.append(f"no time has a zone: all are taken for those of {raw.timezone}")
    return reading
