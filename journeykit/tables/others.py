"""`read_table`: surveys, support contacts, campaigns, orders and leads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from journeykit import engine
from journeykit.engine import quote
from journeykit.errors import DataError, did_you_mean
from journeykit.model import TABLES, TableColumn, TableKind
from journeykit.tables.contract import Finding
from journeykit.tables.findings import tomorrow
from journeykit.tables.read import cache_file
from journeykit.tables.reading import Reading, read_columns
from journeykit.tables.sources import ROW, find_source

_DTYPES = {"number": "float64", "flag": "boolean", "id": "str", "text": "str"}


def read_table(
    kind: str,
    source: str | Path | pd.DataFrame,
    *,
    cache: str | Path | None = None,
    day_first: bool | None = None,
    **columns: str | None,
) -> pd.DataFrame:
    """Read one of the tables beside the events.

    Parameters
    ----------
    kind : str
        ``"surveys"``, ``"support"``, ``"campaigns"``, ``"orders"`` or ``"leads"``.
    source : path, glob or pandas.DataFrame
        CSV (also ``.gz``), Parquet, or a frame.
    cache : path, optional
        A folder for the file of rows that cannot be used.
    day_first : bool, optional
        Whether 03/04/2024 is 3 April; needed only where the data does not show it.
    **columns : str
        Our name to the source's; recognised by name where not given. For surveys,
        ``measure="nps"`` (or csat, ces, sus, emotion) where the file does not say it.

    Returns
    -------
    pandas.DataFrame
        One row per usable row of the source, columns of the kind first (those that the source
        has), then all others; ids and texts ``str``, numbers ``float64``, flags ``boolean``,
        times ``datetime64``. ``attrs["contract"]`` is its `Contract`.

    Raises
    ------
    DataError
        The kind is unknown, a required column cannot be found, or no row can be used.

    Examples
    --------
    >>> import pandas as pd
    >>> answers = pd.DataFrame({"Rating": [9, 3, None], "Verbatim": ["fast", "late", "-"]})
    >>> surveys = read_table("surveys", answers, measure="nps")
    >>> surveys["score"].tolist()
    [9.0, 3.0]
    >>> surveys.attrs["contract"].set_aside
    1
    """
    table = TABLES.get(kind)
    if table is None or kind == "events":
        others = [name for name in TABLES if name != "events"]
        raise DataError(f"There is no kind of table {kind!r}. {did_you_mean(kind, others)}")
    found = find_source(source)
    raw, given = found.load(), dict(columns)
    said = {
        column.name: str(given.pop(column.name))
        for column in table.also
        if given.get(column.name) in column.scales and given[column.name] not in raw.types
    }
    reading = read_columns(found.label, raw, table, given, day_first=day_first)
    fingerprint = found.fingerprint(kind, sorted(columns.items()))
    aside = cache_file(cache, f"set-aside-{kind}-{fingerprint}.csv")
    frame = _frame(reading, table)
    for column in table.columns:
        if column.product:
            _reckon(frame, reading, column)
        if column.scales:
            reading.findings += _measured(frame, table, column, said.get(column.name))
    # That days have no time of day matters to the order of events only.
    findings = [finding for finding in reading.findings if finding.code != "days-only"]
    findings += _look_over(frame, table)
    times = frame["timestamp"].dropna() if "timestamp" in frame else pd.Series()
    counted = {
        "users": frame["user_id"].nunique() if "user_id" in frame else 0,
        "events": len(frame),
        "start": times.min().to_pydatetime() if len(times) else None,
        "end": times.max().to_pydatetime() if len(times) else None,
    }
    frame.attrs["contract"] = reading.contract(findings, aside, counted)
    return frame


def _frame(reading: Reading, table: TableKind) -> pd.DataFrame:
    kinds = {column.name: column.kind for column in table.columns if column.name in reading.columns}
    order = ", ".join(map(quote, {**kinds, **reading.casts}))
    typed = reading.typed()
    frame = engine.run(f"SELECT {order} FROM {{typed}} ORDER BY {ROW}", typed=typed)
    return frame.astype({name: _DTYPES[kind] for name, kind in kinds.items() if kind in _DTYPES})


def _reckon(frame: pd.DataFrame, reading: Reading, column: TableColumn) -> None:
    """A number that the source has only the factors of."""
    factors = [name for name in column.product if name in frame]
    if column.name not in frame and column.product[-1] in factors:
        place = list(frame).index(factors[-1])
        frame.insert(place, column.name, frame[factors].prod(axis=1, skipna=False))
        reading.assumptions.append(f"reckoned {column.name} as {' times '.join(factors)}")


def _measured(
    frame: pd.DataFrame, table: TableKind, column: TableColumn, said: str | None
) -> Iterator[Finding]:
    """What each row measures, told by the caller or by a column, and whether its scale fits."""
    name, answers = column.name, table.columns[0].name
    if said:
        frame.insert(1, name, pd.Series(said, index=frame.index, dtype="str"))
    elif name not in frame:
        first, *rest = column.scales
        raise DataError(
            f"What do the {answers}s {name}? The source has no column for it: say "
            f'{name}="{first}" (or {", ".join(rest)}).'
        )
    else:
        frame[name] = frame[name].str.strip().str.lower()
    for word, cells in frame.groupby(name)[answers]:
        low, high = column.scales.get(str(word), (None, None))
        if low is None:
            words = f"'{word}' is no {name} the kit knows. {did_you_mean(word, column.scales)}"
            yield Finding("warning", f"unknown-{name}", words)
        elif pd.api.types.is_numeric_dtype(cells) and (n := (~cells.between(low, high)).sum()):
            words = f"{n:,} of {len(cells):,} {answers}s of {word} lie outside {low:g} to {high:g}"
            yield Finding("error", "scale", f"{words}: is the scale right?")


def _look_over(frame: pd.DataFrame, table: TableKind) -> Iterator[Finding]:
    """What is worth knowing about any table."""
    for name, what in ((c.name, c.negative) for c in table.columns if c.negative):
        if name in frame and (n := (frame[name] < 0).sum()):
            words = f"{n:,} lines have a negative {name} ({what}); kept."
            yield Finding("info", f"negative-{name}", words)
    known = any(c.name.endswith("_id") and c.name in frame for c in table.columns)
    if known and (n := frame.duplicated().sum()):
        words = f"{n:,} rows repeat another one in every column; they are kept."
        yield Finding("warning", "duplicates", words)
    if "timestamp" in frame and (n := (frame["timestamp"] > tomorrow()).sum()):
        words = f"{n:,} rows lie in the future: check the unit and the zone of the times."
        yield Finding("warning", "future", words)
