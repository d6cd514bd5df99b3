"""`read_table`: surveys, support contacts, campaigns, orders and leads."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pandas import DataFrame, Series

from journeykit.engine import quote, run
from journeykit.errors import DataError, did_you_mean
from journeykit.model import TABLES, Facts, TableColumn, TableKind

from .columns import Given
from .findings import MANY, tomorrow
from .names import squash, stem
from .questions import scored
from .raw import ROW, Contract, Raw, moment
from .read import cache_file, home_of
from .reading import read_columns
from .sources import find_source
from .times import checked_zone
from .vendors import dressed

_CURRENCY = re.compile("(order|presentment|payment|deal)?currency(code|ofvalue)?")
#: What a status says of an order that came to nothing.
_UNDONE = r"(?i)refunded|failed|voided?|cancell?ed|declined|expired|unpaid|chargeback|test|draft"
_DTYPES = {"number": "float64", "flag": "boolean", "id": "str", "text": "str"}


def read_table(
    kind: str,
    source: str | Path | DataFrame,
    *,
    cache: str | Path | None = None,
    day_first: bool | None = None,
    timezone: str = "",
    scales: Mapping[str, str] | None = None,
    columns: Given | None = None,
    **other_columns: str | None,
) -> DataFrame:
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
    timezone : str
        Whose clock times with a zone are told by, such as ``"Europe/Berlin"``; UTC without it.
    scales : dict, optional
        Of surveys, the measures whose scale is told elsewhere and not looked at here.
    **other_columns : str
        Our name to the source's; recognised by name where not given. For surveys,
        ``measure="nps"`` (or csat, ces, sus, emotion) where the file does not say it.
    columns : dict, optional
        The same as a mapping, for names that this function uses itself, such as ``source``.

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
    found, columns = find_source(source), {**other_columns, **(columns or {})}
    fingerprint = found.fingerprint(kind, sorted(columns.items()))
    aside = cache_file(cache, f"set-aside-{kind}-{fingerprint}.csv")
    raw = found.load(home_of(aside), columns.values(), kind)
    raw.timezone = checked_zone(timezone)
    raw, export = dressed(raw, kind, columns)
    if any(column.scales for column in table.also) and not (export and "score" in export.columns):
        columns = scored(raw, table, columns)
    said = {  # what all rows measure, where that is no column of the source
        c.name: columns[c.name]
        for c in table.also
        if columns.get(c.name) in c.scales and columns[c.name] not in raw.types
    }
    given = columns | dict.fromkeys(said)
    reading = read_columns(raw, table, given, export, day_first=day_first)
    # That days have no time of day matters to the order of events only.
    raw.findings = [finding for finding in raw.findings if finding.code != "days-only"]
    kinds = {column.name: column.kind for column in table.columns if column.name in reading.columns}
    order, typed = ", ".join(map(quote, {**kinds, **reading.casts})), reading.typed()
    frame = run(f"SELECT {order} FROM {{typed}} ORDER BY {ROW}", typed=typed)
    # In one piece, to which columns are added quickly.
    frame = frame.astype(
        {name: _DTYPES[kind] for name, kind in kinds.items() if kind in _DTYPES}
    ).copy()
    for column in table.columns:
        if column.scales:
            _measure(frame, raw, column, table.columns[0].name, said.get(column.name), scales or {})
    _finish(frame, raw, table, columns)
    _money(frame, raw, kind)
    frame.attrs["contract"] = reading.contract(aside, _counted(frame))
    return frame


def _counted(frame: DataFrame) -> Facts:
    times = frame.get("timestamp", Series(dtype="datetime64[us]"))
    return {
        "users": frame["user_id"].nunique() if "user_id" in frame else 0,
        "events": len(frame),
        "start": moment(times.min()),
        "end": moment(times.max()),
    }


def leads_of(source: str, **options: Any) -> Contract | None:
    """What a file of leads holds; None where its rows are not called leads, each another one."""
    column = TABLES["leads"].required[0]
    try:
        contract = read_table("leads", source, **options).attrs["contract"]
    except DataError:
        return None
    called = stem(contract.columns["user_id"]) in map(stem, column.words.split())
    return contract if called and contract.users == contract.usable else None


def _measure(
    frame: DataFrame,
    raw: Raw,
    column: TableColumn,
    answers: str,
    said: str | None,
    told: Mapping[str, str],
) -> None:
    """Say what each row measures, told by the caller or by a column, and whether its scale fits."""
    name = column.name
    if said:
        frame.insert(1, name, Series(said, index=frame.index, dtype="str"))
    elif name in frame:
        frame[name] = frame[name].str.strip().str.lower()
    else:
        first, *rest = column.scales
        raise DataError(
            f"What do the {answers}s {name}? The source has no column for it: say "
            f'{name}="{first}" (or {", ".join(rest)}).'
        )
    for word, cells in frame.groupby(name)[answers]:
        scale = column.scales.get(str(word))
        if scale is None:
            said = f"{len(cells):,} rows have a {name} that the kit does not know."
            hint = did_you_mean(word, column.scales)
            raw.find("warning", f"unknown-{name}", f"{said} {hint}", example=str(word))
        elif word not in told and cells.dtype == float and (n := (~cells.between(*scale)).sum()):
            outside = f"{n:,} of {len(cells):,} {answers}s of {word} lie outside"
            fit = f"{outside} {scale[0]:g} to {scale[1]:g}: is the scale right?"
            raw.find("error", "scale", fit, n / len(cells))


def _money(frame: DataFrame, raw: Raw, kind: str) -> None:
    """Say the currency, and which orders came to nothing; several currencies are not added."""
    amount = next((name for name in ("amount", "value") if name in frame), "")
    for theirs in frame.select_dtypes("str"):
        cells, name = frame[theirs].dropna().str.strip(), squash(theirs)
        if amount and _CURRENCY.fullmatch(name) and (cells != "").any():
            counted = cells[cells != ""].str.upper().value_counts()
            listed = ", ".join(f"{code} ({n:,} rows)" for code, n in counted[:5].items())
            if len(counted) > 1 and kind == "orders":
                raise DataError(
                    f"{raw.label} has amounts in {listed}: they cannot be added. Give a file of "
                    f"one currency, or leave the money out: `{amount}: null` under `columns:` in "
                    f"workshop.yaml, {amount}=None in Python."
                )
            raw.notes.append(f"{amount} is in {listed}")
        undone = cells[cells.str.fullmatch(_UNDONE)]
        if kind == "orders" and name.endswith(("status", "state")) and len(undone):
            said = f"{len(undone):,} rows are counted whose '{theirs}' says {undone.iloc[0]!r}"
            raw.find("warning", "undone", f"{said} or the like: leave them out of the file.")


def _finish(frame: DataFrame, raw: Raw, table: TableKind, given: Given) -> None:
    """Reckon what the source has only the factors of, and say what is worth knowing."""
    for column in table.columns:
        numbers = frame.select_dtypes("number")
        name, factors = column.name, [factor for factor in column.product if factor in numbers]
        reckoned = name not in frame and name not in given and factors
        if reckoned and factors[-1] == column.product[-1]:
            product = frame[factors].prod(axis=1, skipna=False)
            frame.insert(list(frame).index(factors[-1]), name, product)
            raw.notes.append(f"reckoned {name} as {' times '.join(factors)}")
        numbers = frame.select_dtypes("number")
        if column.negative and name in numbers and (n := (numbers[name] < 0).sum()):
            said = f"{n:,} lines have a negative {name} ({column.negative}); kept."
            raw.find("info", f"negative-{name}", said)
    known = any(c.name.endswith(("_id", "stamp")) and c.name in frame for c in table.columns)
    if known and (n := frame.duplicated().sum()):
        said = f"{n:,} rows repeat another one in every column; they are kept."
        raw.find("warning", "duplicates", said, n / len(frame) if n >= MANY else 0)
    if "timestamp" in frame and (n := (frame["timestamp"] > tomorrow()).sum()):
        said = f"{n:,} rows lie in the future: check the unit and the zone of the times."
        raw.find("warning", "future", said)
