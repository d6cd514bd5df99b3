"""The rows of a source as they came, and what a table was found to be: counted, with what was
assumed and what looks wrong.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from pandas import DataFrame, isna

from journeykit.engine import Columns, Table, quote, run


def moment(time: Any) -> datetime | None:
    """A time of pandas as Python's own; None where there is none."""
    return None if isna(time) else time.to_pydatetime()


@dataclass(frozen=True)
class Finding:
    """One thing about the data that a person should know.

    Parameters
    ----------
    level : str
        ``"error"`` (rows were lost to it), ``"warning"`` (numbers may mislead) or ``"info"``.
    code : str
        A short name that does not change: ``"no-user"``, ``"future"``, ``"gap-days"`` …
    message : str
        A plain sentence. It never holds a user id, nor a cell that may be one customer's.
    share : float
        How large a share of the rows it is about (of `duplicates`: of those of the worst day),
        where a limit can be set to it; 0 elsewhere.
    about : str
        The column that it is about, of `drift`.
    example : str
        A cell that shows what is meant, for those who look at the data; it does not go out.
    """

    level: str
    code: str
    message: str
    share: float = 0
    about: str = ""
    example: str = ""

    @property
    def told(self) -> str:
        """The sentence with the example."""
        return f"{self.message} One is '{self.example}'." if self.example else self.message


@dataclass(frozen=True)
class Contract:
    """What was read, what was assumed, what was set aside.

    Parameters
    ----------
    source : str
        What was read, in words.
    rows, usable, set_aside : int
        Rows in the source, rows that can be used, rows set aside; the first is the sum of the
        others.
    users, events : int
        Distinct users; events after start and complete were paired and those outside `since`
        and `until` were left out (rows for other tables).
    start, end : datetime or None
        First and last time in the usable rows, in UTC where the source had zones.
    columns : dict
        Our column name to the name in the source.
    assumptions : list of str
        What was decided without being told.
    findings : list of Finding
        What looks wrong or worth knowing, most serious first.
    types : dict
        The columns of the source to their types.
    timezone : str
        Whose clock tells the days and hours of the events, where that is not UTC and their times
        have a zone; start and end are told by it.
    labels : dict
        What was asked in a column of the source, where the file says so.
    set_aside_path : str or None
        The file with the rows set aside and the reason for each, where a cache was given.
    set_aside_rows : pandas.DataFrame or None
        The rows themselves (at most 100,000), where no cache was given.
    """

    source: str
    rows: int
    usable: int
    set_aside: int
    users: int
    events: int
    start: datetime | None
    end: datetime | None
    columns: Columns = field(default_factory=dict)
    assumptions: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    set_aside_path: str | None = None
    types: Columns = field(default_factory=dict)
    timezone: str = ""
    labels: Columns = field(default_factory=dict)
    set_aside_rows: DataFrame | None = field(default=None, compare=False, repr=False)

    def __deepcopy__(self, memo: dict[int, Any]) -> Contract:
        # pandas copies attrs with every operation; what never changes need not be.
        return self

    def to_json(self) -> str:
        """The contract as text, to be stored beside the data."""
        plain = replace(self, set_aside_rows=None)
        return json.dumps(asdict(plain), default=str, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Contract:
        """The contract from its text."""
        data = json.loads(text)
        for key in ("start", "end"):
            data[key] = datetime.fromisoformat(data[key]) if data[key] else None
        data["findings"] = [Finding(**finding) for finding in data["findings"]]
        return cls(**data)

    def describe(self) -> str:
        """The contract as plain lines of text."""
        users = f"{self.users:,} users, " if self.users else ""
        counted = "events" if "event" in self.columns else "rows"
        period = f", from {self.start:%Y-%m-%d} to {self.end:%Y-%m-%d}" if self.end else ""
        used = f"{self.rows:,} rows, {self.usable:,} used, {self.set_aside:,} set aside."
        return "\n".join(
            line.replace("\n", "\\n")  # of a name
            for line in [
                f"{self.source}: {used}",
                f"{users}{self.events:,} {counted}{period}.",
                *(f"Assumed: {assumption}" for assumption in self.assumptions),
                *(f"{found.level.capitalize()}: {found.told}" for found in self.findings),
            ]
        )


#: The column that remembers the order of the source.
ROW = "jk_row"
_SAMPLE_ROWS, _SAMPLE_THERE = 5_000, 1_000
#: Types whose cells can be blank without being missing; a pandas category is an ENUM.
_TEXTS = ("VARCHAR", "ENUM", "JSON")


@dataclass
class Raw:
    """The rows as they came, before any column has a meaning.

    Parameters
    ----------
    table : engine.Table
        The columns under their own names, and ``jk_row`` (not in another engine's).
    types : dict
        Column name to DuckDB type; everything from a CSV is VARCHAR.
    unreadable : pandas.DataFrame
        Lines that could not be split into columns: ``line``, ``text``, ``reason``, ``file``.
    notes : list of str
        What had to be assumed to read it.
    label : str
        The source in words.
    findings : list of Finding
        What a person should know about its cells.
    files : list of str
        The names of the files it is made of, in the order of their rows.
    kinds : sequence of dict
        The columns of each of them, with their types.
    timezone : str
        Whose clock days and hours are told by, for times with a zone; UTC where it is empty.
    aware : set of str
        The columns whose times have a zone.
    left : engine.Table or None
        Of an export whose vendor is known all rows, with why each is no data in ``jk_left``.
    labels : dict
        What was asked in a column, where the file says so.
    """

    table: Table
    types: Columns
    unreadable: DataFrame = field(
        default_factory=lambda: DataFrame(columns=["line", "text", "reason", "file"], dtype="str")
    )
    notes: list[str] = field(default_factory=list)
    label: str = ""
    findings: list[Finding] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    kinds: Sequence[Columns] = ()
    timezone: str = ""
    aware: set[str] = field(default_factory=set)
    left: Table | None = None
    labels: Columns = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.store: Any = self.table.engine
        self.here: bool = self.store.here
        self.rows = int(self.look("SELECT count(*) AS n FROM {raw}").n)

    def find(self, level: str, code: str, message: str, share: float = 0, **more: str) -> None:
        """Note something that a person should know; see `Finding`."""
        self.findings.append(Finding(level, code, message, share, **more))

    @cached_property
    def no_data(self) -> dict[str, int]:
        """Why rows are no data by what their vendor says, and how many for each reason."""
        sql = (
            "SELECT jk_left AS why, count(*) AS n FROM {left} WHERE jk_left IS NOT NULL GROUP BY 1"
        )
        counted = run(f"{sql} ORDER BY n DESC, 1", left=self.left) if self.left else DataFrame()
        return {} if counted.empty else {why: int(n) for why, n in counted.to_numpy()}

    def drift(self) -> None:
        """Tell which columns some files do not have, or have of another type."""
        every = range(len(self.files))
        for name in dict.fromkeys(name for kinds in self.kinds for name in kinds):
            there = [n for n in every if name in self.kinds[n]]
            said = dict.fromkeys(self.kinds[n][name] for n in there)
            if len(there) < len(every):
                of = f"in {len(there):,} of {len(every):,} files, from {self.files[there[0]]} on"
                self.find("info", "drift", f"The column '{name}' is {of}.", about=name)
            if len(said) > 1:
                of = f"{' and '.join(said)} in different files, and read as text"
                self.find("warning", "drift", f"The column '{name}' is {of}.", about=name)

    def look(self, sql: str) -> Any:
        """The one row that answers a question about ``{raw}``."""
        return run(sql, raw=self.table).iloc[0]

    @cached_property
    def sample(self) -> DataFrame:
        """Some rows as text, spread over the source: enough to tell what a column holds."""
        texts = ", ".join(f"{quote(name)}::VARCHAR AS {quote(name)}" for name in self.types)
        fifth, spread = _SAMPLE_ROWS // 5, max(self.rows // 5, 1)
        parts = [f"{ROW} BETWEEN {n * spread} AND {n * spread + fifth - 1}" for n in range(5)]
        if len(self.files) > 1:  # the rows of each are counted from its own first
            each = max(_SAMPLE_ROWS // len(self.files), 1)
            parts = [f"{ROW} & ((1::BIGINT << 40) - 1) < {each}"]
        where = f"WHERE {' OR '.join(parts)}" if self.rows > _SAMPLE_ROWS else ""
        spread_out = f"{where} ORDER BY {ROW} LIMIT {_SAMPLE_ROWS}"
        some = spread_out if self.here else f"LIMIT {_SAMPLE_THERE}"
        return run(f"SELECT {texts} FROM {{raw}} {some}", raw=self.table)

    def text(self, column: str) -> str:
        """SQL for a column's cells as text, without the blanks around them if there are any.

        Trimming is dear, and hardly ever needed.
        """
        cell = quote(column) if self.types[column] == "VARCHAR" else f"{quote(column)}::VARCHAR"
        cells = self.sample[column].dropna()
        return f"trim({cell})" if (cells != cells.str.strip()).any() else cell

    def is_blank(self, column: str) -> str:
        """SQL for whether a cell is missing or has nothing but blanks in it."""
        cell = quote(column)
        blank = f"trim({cell}::VARCHAR) = ''"
        if not self.here:
            return f"coalesce({blank}, true)"
        whole, solid = self._blanks[column]
        if not solid:
            return f"coalesce(CASE WHEN {cell}::VARCHAR >= '!' THEN false ELSE {blank} END, true)"
        return "false" if whole else f"{cell} IS NULL"

    @cached_property
    def _blanks(self) -> dict[str, tuple[bool, bool]]:
        """Whether all cells of a column are there, and none of them begins with a blank."""
        # Looked up first: a Parquet file's own statistics know it, and blanks sort before '!'.
        asked = []
        for cell, kind in zip(map(quote, self.types), self.types.values()):
            least = f"min({cell}::VARCHAR)" if kind.startswith(_TEXTS) else "NULL"
            asked.append(f"count({cell}) = {self.rows}, coalesce({least} >= '!', true)")
        seen = self.look(f"SELECT {', '.join(asked)} FROM {{raw}}")
        return dict(zip(self.types, zip(seen[::2], seen[1::2])))


def mixed(kinds: Iterable[Columns]) -> set[str]:
    """The columns whose type is not the same everywhere."""
    pairs = {pair for each in kinds for pair in each.items()}
    return {name for name, n in Counter(name for name, _ in pairs).items() if n > 1}
