"""The rows of a source as they came."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pandas import DataFrame

from journeykit.engine import Columns, Table, quote, run

from .contract import Finding

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

    def __post_init__(self) -> None:
        self.store: Any = self.table.engine
        self.here: bool = self.store.here
        self.rows = int(self.look("SELECT count(*) AS n FROM {raw}").n)

    def find(self, level: str, code: str, message: str, share: float = 0, **more: str) -> None:
        """Note something that a person should know; see `Finding`."""
        self.findings.append(Finding(level, code, message, share, **more))

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
