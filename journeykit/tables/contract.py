"""What a table was found to be: counted, with what was assumed and what looks wrong."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pandas as pd

from journeykit.engine import Columns


def moment(time: Any) -> datetime | None:
    """A time of pandas as Python's own; None where there is none."""
    return None if pd.isna(time) else time.to_pydatetime()


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
    set_aside_rows: pd.DataFrame | None = field(default=None, compare=False, repr=False)

    def __deepcopy__(self, memo: dict[int, Any]) -> Contract:
        # pandas copies attrs with every operation; what never changes need not be.
        return self

    def to_json(self) -> str:
        """The contract as text, to be stored beside the data."""
        plain = dataclasses.replace(self, set_aside_rows=None)
        return json.dumps(dataclasses.asdict(plain), default=str, ensure_ascii=False)

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
