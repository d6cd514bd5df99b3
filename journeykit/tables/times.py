"""Times, however a source writes them, as one plain UTC or local timestamp."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from journeykit import engine
from journeykit.engine import quote
from journeykit.errors import DataError
from journeykit.tables.contract import Finding
from journeykit.tables.sources import Cast, Raw

__all__ = ["plan_time", "share_of_times"]

_ISO = r"^\d{4}[-/]\d{1,2}[-/]\d{1,2}"
_SHORT = r"^(\d{1,2})[./-](\d{1,2})[./-](\d{2,4})"
# A zone only follows a time of day: the end of a bare date looks like an offset.
_ZONE = r":\d{2}([.,]\d+)? ?(Z|z|UTC|GMT|[+-]\d{2}(:?\d{2})?|[A-Z][A-Za-z]+/\w+)$"
_CLOCKS = ("", " %H:%M:%S", " %H:%M", " %H:%M:%S.%f", " %I:%M:%S %p", " %I:%M %p")
_WORDED = ("%d %b %Y", "%d-%b-%Y", "%b %d %Y", "%d %B %Y", "%B %d %Y", "%d. %B %Y")
#: Unit of an epoch to what a number of it is divided by to give seconds.
_UNITS = {"seconds": 1, "milliseconds": 1_000, "microseconds": 10**6, "nanoseconds": 10**9}
_YEAR_1980, _YEAR_2100 = 315_532_800, 4_102_444_800


def share_of_times(cells: pd.Series) -> float:
    """The share of cells that look like times, 0 to 1."""
    texts = cells.astype("str").str.strip()
    dated = texts.str.contains(_ISO, regex=True) | texts.str.match(_SHORT)
    numbers = pd.to_numeric(texts.where(texts.str.fullmatch(r"\d{10,19}(\.\d+)?")), errors="coerce")
    epoch = pd.concat(
        [numbers.between(_YEAR_1980 * size, _YEAR_2100 * size) for size in _UNITS.values()], axis=1
    ).any(axis=1)
    return float((dated | epoch).mean()) if len(texts) else 0.0


def plan_time(raw: Raw, column: str, day_first: bool | None = None) -> Cast:
    """Decide how to read a column of times, from all of its cells.

    Raises
    ------
    DataError
        Some cells have a zone and some have none, some are day-first and some month-first,
        or which of the two they are cannot be told.
    """
    kind, cell = raw.types[column], quote(column)
    if kind == "TIMESTAMP WITH TIME ZONE":
        return Cast(f"make_timestamp(epoch_us({cell}))", [f"turned '{column}' to UTC"])
    if kind.startswith("TIMESTAMP"):
        return Cast(f"{cell}::TIMESTAMP")
    if kind == "DATE":
        return Cast(f"{cell}::TIMESTAMP", [], [_days_only(column)])
    text = raw.text(column)
    if kind in ("FLOAT", "DOUBLE"):
        text = f"try_cast({cell} AS DECIMAL(28, 6))::VARCHAR"
    seen = _look(
        raw,
        f"""
        SELECT count(*) AS n,
          count(*) FILTER (regexp_matches(v, '{_ISO}')) AS iso,
          count(*) FILTER (regexp_full_match(v, '\\d{{8,19}}(\\.\\d+)?')) AS digits
        FROM (SELECT {text} AS v FROM {{raw}}) WHERE v <> ''""",
    )
    if not seen.n:
        return Cast("NULL::TIMESTAMP")
    plan: Callable[[Raw, str, str], Cast] = _plan_iso
    if seen.digits > max(seen.iso, seen.n / 2):
        plan = _plan_epoch
    elif seen.iso < seen.n / 2:
        return _plan_short(raw, column, text, day_first)
    return plan(raw, column, text)


def _look(raw: Raw, sql: str) -> Any:
    return engine.run(sql, raw=raw.table).iloc[0]


def _days_only(column: str) -> Finding:
    return Finding(
        "warning",
        "days-only",
        f"'{column}' has days without a time of day: within a day the order is the order of the "
        "file, and times between steps are whole days.",
    )


def _plan_iso(raw: Raw, column: str, text: str) -> Cast:
    """ISO 8601 with or without a zone, never both."""
    seen = _look(
        raw,
        f"""
        SELECT count(*) FILTER (zoned) AS zoned, count(*) FILTER (NOT zoned) AS plain,
          min(v) FILTER (zoned) AS zoned_example, min(v) FILTER (NOT zoned) AS plain_example,
          count(DISTINCT regexp_extract(v, '{_ZONE}', 2)) FILTER (zoned) AS zones,
          count(*) FILTER (contains(v, ',')) AS commas, max(length(v)) AS longest
        FROM (SELECT v, regexp_matches(v, '{_ZONE}') AS zoned
              FROM (SELECT {text} AS v FROM {{raw}}) WHERE regexp_matches(v, '{_ISO}'))""",
    )
    if seen.zoned and seen.plain:
        raise DataError(
            f"'{column}' mixes times with a zone ({seen.zoned:,}, such as "
            f"'{seen.zoned_example}') and without ({seen.plain:,}, such as "
            f"'{seen.plain_example}'). They cannot be put in one order: write all of them with a "
            "zone, or none."
        )
    value = f"replace({text}, ',', '.')" if seen.commas else text
    sql = f"try_cast({value} AS TIMESTAMP)"
    if seen.zoned:  # as a plain timestamp, an offset would be passed over
        value = f"regexp_replace({value}, ' ?([+-]\\d{{2}}):?(\\d{{2}})$', '\\1:\\2')"
        sql = f"make_timestamp(epoch_us(try_cast({value} AS TIMESTAMPTZ)))"
    notes = [f"turned '{column}' to UTC"] if seen.zoned else []
    findings = [_days_only(column)] if seen.longest <= 10 else []
    if seen.zones > 1:
        findings.append(
            Finding(
                "info",
                "mixed-zones",
                f"'{column}' has times in {seen.zones} time zones; all were turned to UTC, so "
                "hours of the day are UTC hours.",
            )
        )
    return Cast(sql, notes, findings)


def _plan_epoch(raw: Raw, column: str, text: str) -> Cast:
    """Numbers: seconds to nanoseconds since 1970, or digits that spell a date."""
    number = f"try_cast({text} AS DECIMAL(28, 6))"
    spelled = f"try_strptime({text}, ['%Y%m%d%H%M%S', '%Y%m%d%H%M', '%Y%m%d'])"
    is_spelled = f"regexp_full_match({text}, '(19|20)\\d{{6}}|(19|20)\\d{{10}}|(19|20)\\d{{12}}')"
    units = ", ".join(
        f"count(*) FILTER ({number} BETWEEN {_YEAR_1980 * size} AND {_YEAR_2100 * size}) AS {unit}"
        for unit, size in _UNITS.items()
    )
    seen = _look(
        raw,
        f"SELECT count(*) FILTER ({is_spelled} AND {spelled} IS NOT NULL) AS spelled, "
        f"max(length({text})) AS longest, {units} FROM {{raw}}",
    )
    counts = {unit: int(seen[unit]) for unit in _UNITS}
    best = max(counts, key=lambda unit: counts[unit])
    if seen.spelled > counts[best]:
        findings = [_days_only(column)] if seen.longest <= 8 else []
        note = f"read '{column}' as dates spelled in digits (20240131)"
        return Cast(f"CASE WHEN {is_spelled} THEN {spelled} END", [note], findings)
    mixed = [f"{counts[unit]:,} like {unit}" for unit in _UNITS if counts[unit]]
    if len(mixed) > 1:
        raise DataError(
            f"'{column}' mixes units of time since 1970: {' and '.join(mixed)}. Bring them to one unit."
        )
    size = _UNITS[best]
    inside = f"{number} BETWEEN {_YEAR_1980 * size} AND {_YEAR_2100 * size}"
    micros = f"{number} * {10**6 // size}" if size <= 10**6 else f"{number} / {size // 10**6}"
    note = f"read '{column}' as {best} since 1970, UTC"
    return Cast(f"CASE WHEN {inside} THEN make_timestamp(({micros})::BIGINT) END", [note])


def _plan_short(raw: Raw, column: str, text: str, day_first: bool | None) -> Cast:
    """Dates as people write them: 13/03/2024, 3/13/24 9:21 PM, 13 Mar 2024."""
    value = f"replace(regexp_replace({text}, '{_SHORT}', '\\1/\\2/\\3'), ',', '')"
    seen = _look(
        raw,
        f"""
        SELECT count(*) AS n, max(try_cast(part[1] AS INTEGER)) AS first,
          max(try_cast(part[2] AS INTEGER)) AS second, min(v) AS example,
          count(*) FILTER (contains(v, '.')) AS dots, max(length(v)) AS longest
        FROM (SELECT v, string_split(regexp_extract(v, '{_SHORT}'), '/') AS part FROM
                (SELECT regexp_replace({text}, '{_SHORT}', '\\1/\\2/\\3') AS v FROM {{raw}})
              WHERE regexp_matches(v, '{_SHORT}'))""",
    )
    if not seen.n:
        formats = [date + clock for date in _WORDED for clock in _CLOCKS]
        return Cast(f"try_strptime({value}, {formats!r})")
    notes = []
    if day_first is None:
        day_first = _day_first(column, seen)
        notes = [f"read '{column}' with the {'day' if day_first else 'month'} first"]
    order = "%d/%m" if day_first else "%m/%d"
    # Two digits of a year are tried first: four would be read from them, too.
    formats = [f"{order}/{year}{clock}" for year in ("%y", "%Y") for clock in _CLOCKS]
    findings = [_days_only(column)] if seen.longest <= 10 else []
    return Cast(f"try_strptime({value}, {formats!r})", notes, findings)


def _day_first(column: str, seen: Any) -> bool:
    if seen["first"] > 12 and seen.second > 12:
        raise DataError(
            f"'{column}' mixes dates with the day first and with the month first (such as "
            f"'{seen.example}'). Write all of them one way, best as 2024-03-13."
        )
    if seen["first"] <= 12 and seen.second <= 12:
        raise DataError(
            f"'{column}' has dates such as '{seen.example}', where day and month cannot be told "
            "apart. Say day_first=True or day_first=False."
        )
    return bool(seen["first"] > 12)
