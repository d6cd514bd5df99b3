"""`read_events`: from a file, a glob, a frame or a table elsewhere to events with a contract."""

import os
import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from journeykit import engine
from journeykit.engine import Table, quote, text
from journeykit.errors import DataError, UnknownName, did_you_mean
from journeykit.model import TABLES

from .columns import Given, lifecycle_word
from .events import Events
from .findings import findings_of
from .identity import set_aside_repeats, stitch
from .journey import JOURNEY_COLUMNS, Keep, extent, filled, prepare
from .periods import Period, from_the_end, paired, pause, period_of, within
from .raw import ROW, Contract, Raw
from .reading import Reading, read_columns
from .sources import find_source, raw_there
from .times import checked_zone
from .vendors import dressed

#: Counted up whenever a prepared table of an older kit can no longer be used.
_CACHE_VERSION = 6
#: How the names of what is prepared begin, and of the rows set aside beside it.
_OURS = ("events-", "set-aside-", "journeykit-spill-")
#: Seconds after which a prepared table that nobody used is removed.
_KEPT = 30 * 86_400


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
    timezone: str = "",
    sessions: str = "30min",
    tie_break: str | None = None,
    identity: Mapping[str, str] | None = None,
    columns: Given | None = None,
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
        A folder of your own to keep the prepared table in, for this and other processes; in
        memory without it. Of no use to a table of another engine.
    day_first : bool, optional
        Whether 03/04/2024 is 3 April; needed only where the data does not show it.
    timezone : str
        Whose clock tells days, weeks, months and hours, such as ``"Europe/Berlin"``, where times
        have a zone; UTC without it. Times without a zone stay as they are.
    sessions : str
        The pause that ends a session (``"30min"``), or ``"source"`` for the sessions of the
        column ``session_id``.
    tie_break : str, optional
        The source's column that orders events of one user at the same time; without it the
        order of the file does, and in a table of another engine the event's name.
    identity : dict, optional
        ``{"anonymous": "anonymous_id", "known": "user_id"}``: the source's columns of two ids, for
        who logs in. A row without a known id gets the last one of its device before, else the next
        one after; what is never known stays as it is. Takes the place of `user_id`.
    **other_columns : str
        Our name to the source's (``channel="utm_medium"``); ``channel=None`` says that there
        is none. ``lifecycle`` and ``instance`` pair start and complete rows into one event.
    columns : dict, optional
        The same as a mapping, for names that this function uses itself, such as ``source``.

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
    gap, period = pause(sessions), period_of(since, until, checked_zone(timezone))
    own = {"user_id": user_id, "event": event, "timestamp": timestamp}
    given = {ours: theirs for ours, theirs in own.items() if theirs} | other_columns
    given |= columns or {}
    how = (given, day_first, gap, tie_break, identity, timezone)
    if elsewhere := engine.foreign(source):
        owner = elsewhere[0]
        reading = _read(raw_there(*elsewhere), *how)
        fingerprint = reading.fingerprint(_CACHE_VERSION, period, gap)
        keep = partial(owner.keep, f"journeykit_{fingerprint}")
        return Events(*_build(reading, period=period, gap=gap, keep=keep), fingerprint)
    found = find_source(source)
    fingerprint = found.fingerprint(_CACHE_VERSION, sorted(given.items()), period, *how[1:])
    file = cache_file(cache, f"events-{fingerprint}.duckdb")
    if file and file.exists() and (stored := _stored(file, fingerprint)):
        return stored
    home, build = home_of(file), partial(_build, period=period, gap=gap)
    load = partial(found.load, home, given.values(), "events")
    if file:
        _tidy(file.parent)
        _write(file, _read(load(), *how), partial(build, aside=_beside(file)))
        engine.reader().sweep()
        if events := _stored(file, fingerprint, True):
            return events
        raise DataError(f"{file} was written and cannot be read again. Is the disk full?")
    if not found.files:  # nothing has to be opened
        return Events(*build(_read(load(), *how), keep=home.materialize), fingerprint)
    with TemporaryDirectory(prefix=_OURS[0], dir=_made(engine.cache_folder())) as place:
        file = Path(place, "events.duckdb")
        contract = _write(file, _read(load(), *how), build)
        engine.reader().sweep()
        return Events(home.copied(file, "journey"), contract, fingerprint)


def _write(file: Path, reading: Reading, build: Any) -> Contract:
    """Write a journey table into a file, for an engine that opens no other."""
    store = reading.raw.store
    with store.writing(file) as alias:
        _, contract = build(reading, keep=partial(store.save, quote(alias, "journey")))
        store.save(quote(alias, "contract"), "SELECT ?::VARCHAR AS json", [contract.to_json()])
    return contract


def _beside(file: Path) -> Path:
    return file.with_name(f"{file.stem.replace(*_OURS[:2])}.csv")


def home_of(file: Path | None) -> engine.DuckDB:
    """The engine for what is kept in a file of a cache folder, or in memory."""
    return engine.within(file.parent) if file else engine.default()


def cache_file(cache: str | Path | None, name: str) -> Path | None:
    """A file of the cache folder, which is made; None without a cache."""
    return None if cache is None else _made(Path(os.path.abspath(cache))) / name


def _made(folder: Path) -> Path:
    """The folder, there and for its owner alone."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        raise DataError(
            f"The cache folder {folder} cannot be made ({problem}). Name another one in the "
            "environment variable JOURNEYKIT_CACHE."
        ) from problem
    return folder


def _tidy(folder: Path) -> None:
    """Remove what nobody has used for long, and what was left behind."""
    for old in folder.iterdir():
        with suppress(OSError):
            ours = old.name.lstrip(".").startswith(_OURS)
            if ours and time.time() - old.stat().st_mtime > _KEPT:
                shutil.rmtree(old) if old.is_dir() else old.unlink()


def _stored(file: Path, fingerprint: str, prepared_now: bool = False) -> Events | None:
    """The events of a cache file; None where the file cannot be used."""
    store = engine.within(file.parent)
    try:
        json = store.run("SELECT json FROM {c}", c=store.stored(file, "contract"))["json"][0]
        contract, journey = Contract.from_json(json), store.stored(file, "journey")
        for used in (file, _beside(file)):
            with suppress(OSError):
                os.utime(used)
        return Events(journey, contract, fingerprint, prepared_now)
    except (DataError, TypeError, ValueError, KeyError):
        store.forget(file)
        return None


def _read(
    raw: Raw,
    given: Given,
    day_first: bool | None,
    gap: float | None,
    tie_break: str | None,
    identity: Mapping[str, str] | None,
    timezone: str,
) -> Reading:
    """What the columns of a log mean, and which of its rows are no events."""
    raw.timezone = timezone
    if identity:
        if {*identity} != {"anonymous", "known"}:
            raise DataError(f"identity={identity!r} must name two columns: anonymous and known.")
        given = {**given, "user_id": identity["known"]}
    raw, export = dressed(raw, "events", given)
    reading = read_columns(
        raw, TABLES["events"], given, export, reserved=JOURNEY_COLUMNS, day_first=day_first
    )
    if gap is None and "session_id" not in reading.casts:
        raise DataError("sessions='source' needs a column session_id, and none was found.")
    if tie_break is not None:
        if tie_break not in raw.types:
            raise UnknownName(
                f"There is no column {tie_break!r}. {did_you_mean(tie_break, raw.types)}"
            )
        theirs = {theirs: ours for ours, theirs in reading.columns.items()}
        order = reading.casts[theirs.get(tie_break, tie_break)]
        reading.order = f"row_number() OVER (ORDER BY {order}, {ROW})" if raw.here else order
    elif not raw.here:  # a table of another engine has no order of its own
        reading.order = reading.casts["event"]
        raw.notes.append("ordered events of one user at the same time by name: say tie_break=…")
    else:
        reading.order = from_the_end(raw, reading.casts["timestamp"], reading.casts["user_id"])
    if "lifecycle" in reading.columns:
        lifecycle = reading.casts["lifecycle"]
        words = reading.ask(f"SELECT DISTINCT {lifecycle} AS word FROM {{raw}}")["word"].dropna()
        known = ", ".join(["''", *(text(word) for word in words if lifecycle_word(word))])
        condition = f"coalesce({lifecycle} NOT IN ({known}), true)"
        reading.reasons["lifecycle is neither start nor complete"] = condition
    else:  # only pairs of rows have one
        reading.casts["duration_seconds"] = "NULL::DOUBLE"
    if identity:
        stitch(reading, identity["anonymous"])
    if "event_id" in reading.columns:
        set_aside_repeats(reading, sure="event_id" in given)
    return reading


def _build(
    reading: Reading, *, period: Period, gap: float | None, keep: Keep, aside: Path | None = None
) -> tuple[Table, Contract]:
    """Prepare the journey table and write down what was found."""
    raw, typed = reading.raw, reading.typed()
    counts = filled(typed)
    others = [name for name, count in counts.items() if count and name != "event"]
    if empty := [name for name, count in counts.items() if not count]:
        listed = ", ".join(map(repr, empty[:5])) + (" …" if len(empty) > 5 else "")
        said = f"{len(empty)} columns are empty and were left out ({listed})."
        raw.find("info", "empty-columns", said)
        reading.columns = {o: t for o, t in reading.columns.items() if o not in empty}
    if "lifecycle" in reading.columns:
        typed = paired(typed, others, raw)
    zone = raw.timezone if reading.columns["timestamp"] in raw.aware else ""
    time = raw.store.local("timestamp", zone)
    journey = prepare(within(typed, period, raw, time), others, counts, keep, gap)
    counted = extent(journey, zone)
    del counted["sessions"]
    raw.findings += findings_of(journey, others, time)
    return journey, reading.contract(aside, counted | {"timezone": zone})
