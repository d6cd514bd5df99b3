"""Events of a table that lives in another engine: the journey table is made and kept there.

What a file needs a long look for (which text is a time, which a number) an engine's table says by
its types, so there is little to guess. Only counts, a sample and the journey's names come out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from journeykit import engine
from journeykit.engine import Table, quote
from journeykit.errors import DataError
from journeykit.tables.columns import Column, lifecycle_word, own_names, recognise
from journeykit.tables.contract import Contract
from journeykit.tables.events import Events
from journeykit.tables.findings import REPEATED, findings_of, lost_rows, most_serious_first
from journeykit.tables.journey import JOURNEY_COLUMNS, extent
from journeykit.tables.pairs import paired
from journeykit.tables.periods import within
from journeykit.tables.sources import ROW

__all__ = ["read_foreign"]

_SAMPLE_ROWS = 1_000


@dataclass
class _Reading:
    """How the columns of the table are read."""

    columns: dict[str, str]
    assumptions: list[str]
    casts: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)


def read_foreign(
    owner: Any,
    source: Any,
    wanted: Sequence[Column],
    given: Mapping[str, str | None],
    *,
    period: tuple[str, str, str],
    gap: float | None,
    tie_break: str | None,
) -> Events:
    """Prepare the events of a table of another engine; see :func:`read_events`.

    Without `tie_break`, events of one user at the same time are ordered by their names: a table
    has no order of its own.
    """
    raw = owner.table(source)
    reading = _read(owner, source, raw, wanted, given, tie_break)
    if gap is None and "session_id" not in reading.casts:
        raise DataError("sessions='source' needs a column session_id, and none was found.")
    typed, counts, rows = _typed(raw, reading)
    lost = sum(counts.values())
    own = {"user_id", "event", "timestamp", ROW} | ({"event_id"} & set(reading.columns))
    others = [name for name in reading.casts if name not in own]
    typed, pairs = paired(typed, others, "lifecycle" in reading.columns)
    typed, outside = within(typed, period, "The table")
    journey, fingerprint = _keep(typed, _journey_sql(others, gap, typed), rows, counts, reading)
    contract = Contract(
        source=f"a table of {type(owner).__name__}",
        rows=rows,
        usable=rows - lost,
        set_aside=lost,
        **extent(journey),
        columns=reading.columns,
        assumptions=reading.assumptions,
        findings=most_serious_first(
            [*lost_rows(counts, rows), *pairs, *outside, *findings_of(journey, others)]
        ),
    )
    return Events(journey, contract, fingerprint)


def _keep(
    typed: Table, sql: str, rows: int, counts: dict[str, int], reading: _Reading
) -> tuple[Table, str]:
    """The journey table, and a name that changes with what is in it."""
    # Its counts stand for its content, which nobody hashes in another engine.
    ends = engine.run("SELECT min(timestamp) AS first, max(timestamp) AS last FROM {t}", t=typed)
    named = (rows, counts, str(ends.iloc[0].tolist()), reading.casts, sql)
    fingerprint = hashlib.sha256(repr(named).encode()).hexdigest()[:16]
    return typed.engine.keep(f"journeykit_{fingerprint}", sql, t=typed), fingerprint


def _read(
    owner: Any,
    source: Any,
    raw: Table,
    wanted: Sequence[Column],
    given: Mapping[str, str | None],
    tie_break: str | None,
) -> _Reading:
    kinds = {name: kind for name, kind in owner.kinds(source).items() if kind != "other"}
    left_out = [name for name in owner.kinds(source) if name not in kinds]
    texts = ", ".join(f"CAST({quote(name)} AS VARCHAR) AS {quote(name)}" for name in kinds)
    sample = engine.run(f"SELECT {texts} FROM {{raw}} LIMIT {_SAMPLE_ROWS}", raw=raw)
    mapped = recognise(sample, wanted, given)
    reading = _Reading(dict(mapped.columns), list(mapped.assumptions))
    if left_out:
        reading.assumptions.append(
            f"left out columns that hold no single values: {', '.join(left_out)}"
        )
    meaning = {column.name: column for column in wanted}
    for ours, theirs in mapped.columns.items():
        column = meaning.get(ours, Column(ours))
        if column.kind == "time":
            reading.casts[ours] = _time(owner, theirs, kinds[theirs], reading)
        elif column.kind == "id" or column.required:
            reading.casts[ours] = _identity(theirs, sample[theirs])
        elif column.kind == "number":
            reading.casts[ours] = f"TRY_CAST({quote(theirs)} AS DOUBLE)"
        else:
            reading.casts[ours] = _plain(owner, theirs, kinds[theirs], reading)
        if column.required:
            blank = f"trim(CAST({quote(theirs)} AS VARCHAR)) = ''"
            reading.reasons[f"no {ours}"] = f"coalesce({blank}, true)"
    rest = (name for name in kinds if name not in mapped.columns.values())
    for theirs, ours in own_names(rest, (*reading.casts, *JOURNEY_COLUMNS, ROW)):
        if ours != theirs:
            reading.columns[ours] = theirs
        reading.casts[ours] = _plain(owner, theirs, kinds[theirs], reading)
    if tie_break is not None and tie_break not in kinds:
        raise DataError(
            f"tie_break={tie_break!r} is no column of the table. It has {', '.join(kinds)}."
        )
    reading.casts[ROW] = quote(tie_break) if tie_break else reading.casts["event"]
    if not tie_break:
        reading.assumptions.append(
            "ordered events of one user at the same time by name: say tie_break=…"
        )
    return reading


def _time(owner: Any, name: str, kind: str, reading: _Reading) -> str:
    cell = quote(name)
    if kind == "time":
        reading.assumptions.append(f"turned '{name}' to UTC")
        return str(owner.utc(cell))
    if kind in ("plain time", "day"):
        return f"CAST({cell} AS TIMESTAMP)"
    raise DataError(
        f"The column {name!r} holds {kind}s, not times. Turn it into a timestamp in the engine first, "
        "where its unit and zone are known."
    )


def _identity(name: str, sample: Any) -> str:
    """Ids are texts; whole numbers that are stored as fractions lose their `.0`."""
    cells = sample.dropna()
    if len(cells) and cells.str.fullmatch(r"\d+\.0").all():
        return f"CAST(CAST({quote(name)} AS BIGINT) AS VARCHAR)"
    return f"CAST({quote(name)} AS VARCHAR)"


def _plain(owner: Any, name: str, kind: str, reading: _Reading) -> str:
    if kind == "text":
        return f"CASE WHEN trim({quote(name)}) <> '' THEN {quote(name)} END"
    return (
        _time(owner, name, kind, reading) if kind in ("time", "plain time", "day") else quote(name)
    )


def _typed(raw: Table, reading: _Reading) -> tuple[Table, dict[str, int], int]:
    """The usable rows with their types, why the others are not, and how many rows there are."""
    owner, reasons = raw.engine, dict(reading.reasons)
    if "lifecycle" in reading.columns:
        words = engine.run(
            f"SELECT DISTINCT {reading.casts['lifecycle']} AS word FROM {{raw}}", raw=raw
        )
        fine = [word for word in words["word"].dropna() if lifecycle_word(word)]
        listed = ", ".join("'" + word.replace("'", "''") + "'" for word in fine) or "''"
        reason = f"coalesce({reading.casts['lifecycle']} NOT IN ({listed}), true)"
        reasons["lifecycle is neither start nor complete"] = reason
    cases = " ".join(f"WHEN {sql} THEN '{words}'" for words, sql in reasons.items())
    named = ", ".join(f"{sql} AS {quote(ours)}" for ours, sql in reading.casts.items())
    nth = "1"
    if "event_id" in reading.columns:  # only the first row of an event id is used
        key, order = (
            reading.casts["event_id"],
            f"{reading.casts['timestamp']}, {reading.casts[ROW]}",
        )
        turn = f"row_number() OVER (PARTITION BY {key} ORDER BY {order})"
        nth = f"CASE WHEN {key} IS NULL THEN 1 ELSE {turn} END"
    judged = (
        f"(SELECT *, CASE WHEN jk_reason IS NULL AND jk_nth > 1 THEN '{REPEATED}' ELSE jk_reason END AS jk_why "
        f"FROM (SELECT {named}, CASE {cases} END AS jk_reason, {nth} AS jk_nth FROM {{raw}}) AS read) AS judged"
    )
    seen = engine.run(f"SELECT jk_why, count(*) AS n FROM {judged} GROUP BY jk_why", raw=raw)
    rows = int(seen["n"].sum())
    lost = seen[seen["jk_why"].notna()]
    counts = {str(why): int(n) for why, n in zip(lost["jk_why"], lost["n"], strict=True)}
    if sum(counts.values()) == rows:
        listed = "; ".join(f"{words}: {n:,} rows" for words, n in counts.items())
        raise DataError(f"No row of the table can be used ({listed or 'it has none'}).")
    left_out = {"event_id"} & set(reading.columns)
    kept = ", ".join(quote(ours) for ours in reading.casts if ours not in left_out)
    return owner.view(f"SELECT {kept} FROM {judged} WHERE jk_why IS NULL", raw=raw), counts, rows


def _journey_sql(others: Sequence[str], gap: float | None, typed: Table) -> str:
    """The journey table with windows per user: an engine spreads users over its machines."""
    kept = "".join(f", {quote(name)}" for name in others)
    seconds = typed.engine.seconds
    session = "CAST(session_id AS VARCHAR)"
    if gap is not None:
        opens = f"jk_before IS NULL OR {seconds('jk_before', 'timestamp')} > {gap!r}"
        session = (
            f"CAST(sum(CASE WHEN {opens} THEN 1 ELSE 0 END) OVER (PARTITION BY user_id ORDER BY position "
            "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS VARCHAR)"
        )
    return f"""
    WITH numbered AS (
      SELECT *, row_number() OVER seen AS position, lead(event) OVER seen AS next_event,
        lead(timestamp) OVER seen AS jk_after, lag(timestamp) OVER seen AS jk_before
      FROM {{t}} WINDOW seen AS (PARTITION BY user_id ORDER BY timestamp, {ROW})
    ), opened AS (SELECT *, {session} AS jk_session FROM numbered)
    SELECT user_id, user_id AS user_number, position, event, timestamp, next_event,
      {seconds("timestamp", "jk_after")} AS seconds_to_next,
      concat(user_id, ' ', coalesce(jk_session, '')) AS session,
      row_number() OVER (PARTITION BY user_id, jk_session ORDER BY position) AS session_position,
      lead(position) OVER (PARTITION BY user_id, jk_session ORDER BY position) IS NULL AS last_in_session,
      duration_seconds{kept}
    FROM opened"""
