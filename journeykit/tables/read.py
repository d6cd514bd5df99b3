"""`read_events`: from a file, a glob or a frame to events with a contract."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from journeykit import engine
from journeykit.engine import Table, quote
from journeykit.errors import DataError, UnknownName, did_you_mean
from journeykit.tables.columns import Column, lifecycle_word, recognise
from journeykit.tables.contract import Contract, Finding
from journeykit.tables.events import Events
from journeykit.tables.findings import REPEATED, findings_of, lost_rows, most_serious_first
from journeykit.tables.foreign import read_foreign
from journeykit.tables.journey import JOURNEY_COLUMNS, Keep, extent, filled, prepare
from journeykit.tables.pairs import paired
from journeykit.tables.periods import pause, period_of, within
from journeykit.tables.reading import Reading, nothing_usable, read_columns
from journeykit.tables.sources import ROW, Source, find_source

__all__ = ["read_events"]

#: Counted up whenever a prepared table of an older kit can no longer be used.
_CACHE_VERSION = 2

#: What the columns of events mean to the kit; all others keep their own names.
EVENT_COLUMNS = (
    Column("user_id", "id", required=True),
    Column("event", required=True),
    Column("timestamp", "time", required=True),
    Column("session_id", "id"),
    Column("channel"),
    Column("device"),
    Column("campaign"),
    Column("page"),
    Column("value", "number"),
    Column("product", "id"),
    Column("lifecycle"),
    Column("instance", "id"),
    Column("event_id", "id"),
)


def read_events(
    source: Any,
    *,
    user_id: str | None = None,
    event: str | None = None,
    timestamp: str | None = None,
    since: str | datetime | None = None,
    until: str | datetime | None = None,
    cache: str | Path | None = None,
    day_first: bool | None = None,
    sessions: str = "30min",
    tie_break: str | None = None,
    **other_columns: str | None,
) -> Events:
    """Read a log of events and prepare its journey table.

    Parameters
    ----------
    source : path, glob, pandas.DataFrame, or a table of another engine
        CSV (also ``.gz``), Parquet, or a frame. A Spark DataFrame, ``"spark:TABLE"`` or an Ibis
        table stays where it is: its journey table is made and kept there, and only small results
        come back.
    user_id, event, timestamp : str, optional
        The source's names of these columns; recognised by name and content where not given.
    since, until : str or datetime, optional
        Leave out events before and after; a day as ``until`` is included.
    cache : path, optional
        A folder to keep the prepared table in, for this and other processes; in memory
        without it. Of no use to a table of another engine.
    day_first : bool, optional
        Whether 03/04/2024 is 3 April; needed only where the data does not show it.
    sessions : str
        The pause that ends a session (``"30min"``), or ``"source"`` for the sessions of the
        column ``session_id``.
    tie_break : str, optional
        The source's column that orders events of one user at the same time; without it the
        order of the file does, and in a table of another engine the event's name.
    **other_columns : str
        Our name to the source's (``channel="utm_medium"``); ``channel=None`` says that there
        is none. ``lifecycle`` and ``instance`` pair start and complete rows into one event.

    Returns
    -------
    Events
        Its ``contract`` says what was assumed, what was set aside and what looks wrong.

    Raises
    ------
    DataError
        Nothing is there, a required column cannot be found, or no row can be used.
    UnknownName
        A column that was named is not in the source.

    Examples
    --------
    >>> import pandas as pd
    >>> log = pd.DataFrame({
    ...     "customer": ["ann", "ann", "ben"],
    ...     "action": ["visit", "purchase", "visit"],
    ...     "time": ["2026-01-05 10:00", "2026-01-05 10:02", "2026-01-06 09:00"],
    ... })
    >>> events = read_events(log)
    >>> events.users, events.count, events.sessions_count
    (2, 3, 2)
    >>> events.contract.assumptions[0]
    "took column 'customer' as user_id"
    """
    gap, period = pause(sessions), period_of(since, until)
    own = {"user_id": user_id, "event": event, "timestamp": timestamp}
    given = {**{ours: theirs for ours, theirs in own.items() if theirs}, **other_columns}
    for ours in set(given) & set(JOURNEY_COLUMNS) - set(own):
        raise DataError(f"{ours!r} is a column the kit makes itself. Choose another name.")
    elsewhere = engine.foreign(source)
    if elsewhere:
        return read_foreign(
            *elsewhere, EVENT_COLUMNS, given, period=period, gap=gap, tie_break=tie_break
        )
    found = find_source(source)
    how = (sorted(given.items()), period, day_first, sessions, tie_break)
    fingerprint = found.fingerprint(_CACHE_VERSION, *how)
    file = _cache_file(cache, f"events-{fingerprint}.duckdb")
    if file is not None and file.exists():
        events = _stored(file, fingerprint, prepared_now=False)
        if events is not None:
            return events
    reading = _read(found, given, day_first, gap, tie_break)
    if file is None:
        journey, contract = _build(found, reading, period, gap, None, _in_memory)
        return Events(journey, contract, fingerprint)
    part = file.with_name(f".{file.stem}.{os.getpid()}-{threading.get_ident()}.part")
    try:
        with engine.default().writing(part) as alias:
            aside = file.with_name(f"set-aside-{fingerprint}.csv")
            _, contract = _build(found, reading, period, gap, aside, _into(alias))
            name = quote(alias, "contract")
            engine.default().save(name, "SELECT ?::VARCHAR AS json", [contract.to_json()])
        part.replace(file)
    finally:
        for left in (part, part.with_name(f"{part.name}.wal")):
            left.unlink(missing_ok=True)
    events = _stored(file, fingerprint, prepared_now=True)
    if events is None:
        raise DataError(f"{file} was written and cannot be read again. Is the disk full?")
    return events


def _in_memory(sql: str, params: list[Any], **tables: Any) -> Table:
    return engine.default().materialize(sql, params, **tables)


def _into(alias: str) -> Keep:
    def keep(sql: str, params: list[Any], **tables: Any) -> Table:
        return engine.default().save(quote(alias, "journey"), sql, params, **tables)

    return keep


def _cache_file(cache: str | Path | None, name: str) -> Path | None:
    if cache is None:
        return None
    folder = Path(cache).absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise DataError(f"The cache folder {folder} cannot be made: {problem}") from problem
    return folder / name


def _stored(file: Path, fingerprint: str, *, prepared_now: bool) -> Events | None:
    """The events of a cache file; None where the file cannot be used."""
    store = engine.default()
    try:
        text = store.run("SELECT json FROM {c}", c=store.stored(file, "contract"))["json"][0]
        return Events(
            store.stored(file, "journey"), Contract.from_json(text), fingerprint, prepared_now
        )
    except DataError:
        return None


def _read(
    found: Source,
    given: Mapping[str, str | None],
    day_first: bool | None,
    gap: float | None,
    tie_break: str | None,
) -> Reading:
    raw = found.load()
    mapped = recognise(raw.sample, EVENT_COLUMNS, given)
    reading = read_columns(
        raw, EVENT_COLUMNS, mapped, reserved=JOURNEY_COLUMNS, day_first=day_first
    )
    if gap is None and "session_id" not in reading.casts:
        raise DataError("sessions='source' needs a column session_id, and none was found.")
    if tie_break is not None:
        if tie_break not in raw.columns:
            raise UnknownName(
                f"There is no column {tie_break!r}. {did_you_mean(tie_break, raw.columns)}"
            )
        ours = {theirs: name for name, theirs in reading.columns.items()}
        reading.tie_break = ours.get(tie_break, tie_break)
    if "lifecycle" in reading.columns:
        _set_aside_lifecycle(reading)
    if "event_id" in reading.columns:
        _set_aside_repeats(reading)
    return reading


def _set_aside_lifecycle(reading: Reading) -> None:
    sql = reading.casts["lifecycle"].sql
    words = engine.run(f"SELECT DISTINCT {sql} AS word FROM {{raw}}", raw=reading.raw.table)
    known = [word for word in words["word"].dropna() if lifecycle_word(word)]
    listed = ", ".join("'" + word.replace("'", "''") + "'" for word in known) or "''"
    condition = f"coalesce({sql} NOT IN ({listed}), true)"
    reading.reasons.append((condition, "lifecycle is neither start nor complete"))


def _set_aside_repeats(reading: Reading) -> None:
    """Only the first row of an event id is used."""
    sql = reading.casts["event_id"].sql
    repeats = engine.default().materialize(
        f"""
        WITH numbered AS (SELECT {sql} AS id, {ROW} FROM {{raw}}),
        repeated AS (
          SELECT id, min({ROW}) AS first FROM numbered
          WHERE id IS NOT NULL GROUP BY id HAVING count(*) > 1
        )
        SELECT {ROW} FROM numbered JOIN repeated USING (id) WHERE {ROW} > first""",
        raw=reading.raw.table,
    )
    if engine.run("SELECT count(*) AS n FROM {r}", r=repeats)["n"][0]:
        reading.tables["repeats"] = repeats
        condition = f"{ROW} IN (SELECT {ROW} FROM {{repeats}})"
        reading.reasons.append((condition, REPEATED))


def _build(
    found: Source,
    reading: Reading,
    period: tuple[str, str, str],
    gap: float | None,
    aside: Path | None,
    keep: Keep,
) -> tuple[Table, Contract]:
    """Prepare the journey table and write down what was found."""
    counts = reading.count()
    lost, rows = sum(counts.values()), reading.raw.rows + len(reading.raw.unreadable)
    if lost == rows:
        raise nothing_usable(found.label, reading, counts)
    kept_rows = reading.set_aside(aside) if lost else None
    findings = [*lost_rows(counts, rows), *reading.findings]
    ids = ("event_id",) if "event_id" in reading.columns else ()
    typed = reading.typed(any_set_aside=bool(lost), leave_out=ids)
    others, empty, texts = filled(typed)
    if empty:
        listed = ", ".join(empty[:5]) + (" …" if len(empty) > 5 else "")
        words = f"{len(empty)} columns are empty and were left out ({listed})."
        findings.append(Finding("info", "empty-columns", words))
    typed, pairs = paired(typed, others, "lifecycle" in reading.columns)
    typed, outside = within(typed, period, found.label)
    journey = prepare(typed, others, texts, keep, gap)
    findings += [*pairs, *outside, *findings_of(journey, others)]
    return journey, Contract(
        source=found.label,
        rows=rows,
        usable=rows - lost,
        set_aside=lost,
        **extent(journey),
        columns={ours: theirs for ours, theirs in reading.columns.items() if ours not in empty},
        assumptions=reading.assumptions,
        findings=most_serious_first(findings),
        set_aside_path=str(aside) if lost and aside else None,
        set_aside_rows=kept_rows,
    )
