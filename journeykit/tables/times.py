"""Times, however a source writes them, as one plain UTC or local timestamp."""

from typing import Any

import pandas as pd

from journeykit.engine import quote
from journeykit.errors import DataError
from journeykit.tables.sources import Raw

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
    dated = texts.str.contains(_ISO) | texts.str.match(_SHORT)
    numbers = pd.to_numeric(texts.where(texts.str.fullmatch(r"\d{10,19}(\.\d+)?")), "coerce")
    for size in _UNITS.values():
        dated |= numbers.between(_YEAR_1980 * size, _YEAR_2100 * size)
    return dated.mean() if len(texts) else 0.0


def time_of(raw: Raw, column: str, day_first: bool | None = None) -> str:
    """SQL for a column of times, decided from all of its cells.

    Raises
    ------
    DataError
        Some cells have a zone and some have none, some are day-first and some month-first,
        or which of the two they are cannot be told; in another engine, they are no times.
    """
    kind, cell = raw.types[column], quote(column)
    if kind == "TIMESTAMP WITH TIME ZONE":
        return _utc(raw, column, cell)
    if kind.startswith(("TIMESTAMP", "DATE")):
        _days_only(raw, column, kind == "DATE")
        return f"{cell}::TIMESTAMP"
    if not raw.here:
        raise DataError(
            f"The column {column!r} holds {'texts' if kind == 'VARCHAR' else 'numbers'}, not "
            "times. "
            "Turn it into a timestamp in the engine first, where its unit and zone are known."
        )
    text = raw.text(column)
    if kind in ("FLOAT", "DOUBLE"):
        text = f"try_cast({cell} AS DECIMAL(28, 6))::VARCHAR"
    seen = raw.look(
        f"""
        SELECT count(*) AS n,
          count(*) FILTER (regexp_matches(v, '{_ISO}')) AS iso,
          count(*) FILTER (regexp_full_match(v, '\\d{{8,19}}(\\.\\d+)?')) AS digits
        FROM (SELECT {text} AS v FROM {{raw}}) WHERE v <> ''"""
    )
    if not seen.n:
        return "NULL::TIMESTAMP"
    if seen.digits > max(seen.iso, seen.n / 2):
        return _epoch(raw, column, text)
    return (
        _iso(raw, column, text) if seen.iso >= seen.n / 2 else _short(raw, column, text, day_first)
    )


def _utc(raw: Raw, column: str, instant: str) -> str:
    raw.notes.append(f"turned '{column}' to UTC")
    return raw.store.utc(instant)


def _days_only(raw: Raw, column: str, only: bool) -> None:
    """Warn of a column that has room for days only."""
    if only:
        said = (
            f"'{column}' has days without a time of day: within a day the order is the order of "
            "the file, and times between steps are whole days."
        )
        raw.find("warning", "days-only", said)


def _iso(raw: Raw, column: str, text: str) -> str:
    """ISO 8601 with or without a zone, never both."""
    seen = raw.look(
        f"""
        SELECT count(*) FILTER (zoned) AS zoned, count(*) FILTER (NOT zoned) AS plain,
          min(v) FILTER (zoned) AS zoned_example, min(v) FILTER (NOT zoned) AS plain_example,
          count(DISTINCT regexp_extract(v, '{_ZONE}', 2)) FILTER (zoned) AS zones,
          count(*) FILTER (contains(v, ',')) AS commas, max(length(v)) AS longest
        FROM (SELECT v, regexp_matches(v, '{_ZONE}') AS zoned
              FROM (SELECT {text} AS v FROM {{raw}}) WHERE regexp_matches(v, '{_ISO}'))"""
    )
    if seen.zoned and seen.plain:
        raise DataError(
            f"'{column}' mixes times with a zone ({seen.zoned:,}, such as "
            f"'{seen.zoned_example}') and without ({seen.plain:,}, such as "
            f"'{seen.plain_example}'). They cannot be put in one order: write all of them with a "
            "zone, or none."
        )
    value = f"replace({text}, ',', '.')" if seen.commas else text
    _days_only(raw, column, seen.longest <= 10)
    if not seen.zoned:
        return f"try_cast({value} AS TIMESTAMP)"
    if seen.zones > 1:
        said = (
            f"'{column}' has times in {seen.zones} time zones; all were turned to UTC, so "
            "hours of the day are UTC hours."
        )
        raw.find("info", "mixed-zones", said)
    # As a plain timestamp, an offset would be passed over.
    value = f"regexp_replace({value}, ' ?([+-]\\d{{2}}):?(\\d{{2}})$', '\\1:\\2')"
    return _utc(raw, column, f"try_cast({value} AS TIMESTAMPTZ)")


def _epoch(raw: Raw, column: str, text: str) -> str:
    """Numbers: seconds to nanoseconds since 1970, or digits that spell a date."""
    number = f"try_cast({text} AS DECIMAL(28, 6))"
    spelled = f"try_strptime({text}, ['%Y%m%d%H%M%S', '%Y%m%d%H%M', '%Y%m%d'])"
    is_spelled = f"regexp_full_match({text}, '(19|20)\\d{{6}}|(19|20)\\d{{10}}|(19|20)\\d{{12}}')"
    inside = {
        unit: f"{number} BETWEEN {_YEAR_1980 * size} AND {_YEAR_2100 * size}"
        for unit, size in _UNITS.items()
    }
    units = ", ".join(f"count(*) FILTER ({fits}) AS {unit}" for unit, fits in inside.items())
    seen = raw.look(
        f"SELECT count(*) FILTER ({is_spelled} AND {spelled} IS NOT NULL) AS spelled, "
        f"max(length({text})) AS longest, {units} FROM {{raw}}"
    )
    best = max(_UNITS, key=lambda unit: seen[unit])
    if seen.spelled > seen[best]:
        raw.notes.append(f"read '{column}' as dates spelled in digits (20240131)")
        _days_only(raw, column, seen.longest <= 8)
        return f"CASE WHEN {is_spelled} THEN {spelled} END"
    mixed = [f"{seen[unit]:,} like {unit}" for unit in _UNITS if seen[unit]]
    if len(mixed) > 1:
        raise DataError(
            f"'{column}' mixes units of time since 1970: {' and '.join(mixed)}. "
            "Bring them to one unit."
        )
    size = _UNITS[best]
    micros = f"{number} * {10**6 // size}" if size <= 10**6 else f"{number} / {size // 10**6}"
    raw.notes.append(f"read '{column}' as {best} since 1970, UTC")
    return f"CASE WHEN {inside[best]} THEN make_timestamp(({micros})::BIGINT) END"


def _short(raw: Raw, column: str, text: str, day_first: bool | None) -> str:
    """Dates as people write them: 13/03/2024, 3/13/24 9:21 PM, 13 Mar 2024."""
    slashed = f"regexp_replace({text}, '{_SHORT}', '\\1/\\2/\\3')"
    value = f"replace({slashed}, ',', '')"
    seen = raw.look(
        f"""
        SELECT count(*) AS n, max(try_cast(part[1] AS INTEGER)) AS first,
          max(try_cast(part[2] AS INTEGER)) AS second, min(v) AS example, max(length(v)) AS longest
        FROM (SELECT v, string_split(regexp_extract(v, '{_SHORT}'), '/') AS part
              FROM (SELECT {slashed} AS v FROM {{raw}}) WHERE regexp_matches(v, '{_SHORT}'))"""
    )
    formats = [date + clock for date in _WORDED for clock in _CLOCKS]
    if seen.n:
        if day_first is None:
            day_first = _day_first(column, seen)
            first = "day" if day_first else "month"
            raw.notes.append(f"read '{column}' with the {first} first")
        order = "%d/%m" if day_first else "%m/%d"
        # Two digits of a year are tried first: four would be read from them, too.
        formats = [f"{order}/{year}{clock}" for year in ("%y", "%Y") for clock in _CLOCKS]
        _days_only(raw, column, seen.longest <= 10)
    return f"try_strptime({value}, {formats!r})"


def _day_first(column: str, seen: Any) -> bool:
    over = bool(seen["first"] > 12), bool(seen.second > 12)
    if all(over):
        raise DataError(
            f"'{column}' mixes dates with the day first and with the month first (such as "
            f"'{seen.example}'). Write all of them one way, best as 2024-03-13."
        )
    if not any(over):
        raise DataError(
            f"'{column}' has dates such as '{seen.example}', where day and month cannot be told "
            "apart. Say day_first=True or day_first=False."
        )
    return over[0]
