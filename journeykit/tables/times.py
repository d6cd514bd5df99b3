"""Times, however a source writes them, as one plain timestamp: in UTC, or as they stand.

How a column is spelled is told from all of its cells: with every digit taken for a zero a handful
of shapes is left, and each is understood or it is not. What is known of them is in `times.toml`.
"""

import re
from zoneinfo import available_timezones

import pandas as pd

from journeykit.declared import beside
from journeykit.engine import quote, run
from journeykit.engine import text as literal
from journeykit.errors import DataError

from .raw import Raw

_REWRITES, _FORMS, _ZONES, _UNITS = beside(__file__).values()
_ISO = r"^\d{4}[-/]\d{1,2}[-/]\d{1,2}"
_SHORT = r"^(\d{1,2})[./-](\d{1,2})[./-](\d{2,4})"
_CLOCK = r"[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?"
_PLAIN, _INSTANT = rf"{_ISO}(?:{_CLOCK})?$", rf"{_ISO}{_CLOCK}(Z|[+-](?:0\d|1[0-4]):[0-5]\d)$"
#: A date and time of day, and what is left: a zone, which only follows a time of day.
_PARTS = rf"^(?:(.*?{_CLOCK}(?: [AaPp][Mm]\b)?) ?([^\d\s:.].*)?|.*)$"
#: A format, and what tells its family: the number of a month, its name, or neither.
_FORM = r"(?=.*%([m1bB]))(?=.*%[Yy])(?!.*%d.*%d)(?:%\w|[-/., :T])+"
#: Days of a spreadsheet from 1982 to 2091.
_SERIAL = r"[3-6]\d{4}(\.\d+)?"
_OFFSET = r"(?:UTC|GMT|Z)? ?([+-])(0?\d|1[0-4]):?([0-5]\d)?(?::00)?(?: ?[\[(].*[\])]| [A-Z]{2,5})?"
#: Up to this share of cells (one in so many) is odd; more is a mix, and a mix is an error.
_ODD = 20
_SHAPES = 2_000
_YEAR_1980, _YEAR_2100 = 315_532_800, 4_102_444_800


def checked_zone(name: str) -> str:
    """The name of a time zone, or nothing; an error where there is no such zone."""
    if name and name not in available_timezones():
        raise DataError(f"{name!r} is no time zone. Write one such as 'Europe/Berlin'.")
    return name


def share_of_times(cells: pd.Series) -> float:
    """The share of cells that look like times, 0 to 1."""
    texts = cells.astype("str").str.strip()
    dated = texts.str.contains(_ISO) | texts.str.match(_SHORT)
    numbers = pd.to_numeric(texts.where(texts.str.fullmatch(r"\d{10,19}(\.\d+)?")), "coerce")
    for size in _UNITS.values():
        dated |= numbers.between(_YEAR_1980 * size, _YEAR_2100 * size)
    return dated.mean() if len(texts) else 0.0


def time_of(raw: Raw, column: str, day_first: bool | None = None) -> str:
    """SQL for a column of times, decided from all of its cells; those with a zone are in UTC.

    Raises
    ------
    DataError
        Many cells have a zone and many have none, or one that is not understood; some are
        day-first and some month-first, or which of the two they are cannot be told; in another
        engine, they are no times.
    """
    kind, cell = raw.types[column], quote(column)
    if kind.startswith(("TIMESTAMP WITH", "TIMESTAMPTZ")):  # pandas has nanoseconds
        return _utc(raw, column, raw.store.utc(f"{cell}::TIMESTAMPTZ"))
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
        SELECT count(*) AS n, max(length(v)) AS longest,
          count(*) FILTER (regexp_matches(v, '{_PLAIN}')) AS plain,
          count(*) FILTER (regexp_matches(v, '{_INSTANT}')) AS instants,
          count(DISTINCT regexp_extract(v, '{_INSTANT}', 1))
            FILTER (v[-1] = 'Z' OR v[-6] IN ('+', '-')) AS zones,
          count(*) FILTER (regexp_full_match(v, '\\d{{8,19}}(\\.\\d+)?')) AS digits,
          count(*) FILTER (regexp_full_match(v, '{_SERIAL}')) AS serials
        FROM (SELECT {text} AS v FROM {{raw}}) WHERE v <> ''"""
    )
    if not seen.n:
        return "NULL::TIMESTAMP"
    if seen.digits > seen.n / 2:
        return _epoch(raw, column, text)
    if seen.serials > seen.n / 2:
        raw.notes.append(f"read '{column}' as the days since 1900 that a spreadsheet counts")
        days = f"CASE WHEN regexp_full_match({text}, '{_SERIAL}') THEN {text}::DOUBLE END"
        return f"TIMESTAMP '1899-12-30' + to_seconds(round({days} * 86400))"
    if seen.plain == seen.n:
        _days_only(raw, column, seen.longest <= 10)
        return f"try_cast({text} AS TIMESTAMP)"
    if seen.instants == seen.n:
        return _utc(raw, column, raw.store.utc(f"try_cast({text} AS TIMESTAMPTZ)"), int(seen.zones))
    spelled = _spelled(raw, column, text, day_first)
    if seen.digits * _ODD > seen.n:  # some files count since 1970
        return f"coalesce({spelled}, {_epoch(raw, column, text)})"
    return spelled


def _utc(raw: Raw, column: str, sql: str, zones: int = 1) -> str:
    raw.notes.append(f"turned '{column}' to {raw.timezone or 'UTC'}")
    raw.aware.add(column)
    if zones > 1:
        said = f"'{column}' has times in {zones} time zones; all were turned to "
        raw.find("info", "mixed-zones", f"{said}{raw.timezone or 'UTC, so hours are UTC hours'}.")
    return sql


def _days_only(raw: Raw, column: str, only: bool) -> None:
    """Warn of a column that has room for days only."""
    if only:
        said = (
            f"'{column}' has days without a time of day: within a day the order is the order of "
            "the file, and times between steps are whole days."
        )
        raw.find("warning", "days-only", said)


def _spelled(raw: Raw, column: str, text: str, day_first: bool | None) -> str:
    """Texts of one family of dates, with a zone, or without; what is of another is no time."""
    shapes = run(
        f"SELECT translate(v, '123456789', '000000000') AS shape, count(*) AS n "
        f"FROM (SELECT {text} AS v FROM {{raw}}) WHERE v <> '' "
        f"GROUP BY 1 ORDER BY n DESC, 1 LIMIT {_SHAPES}",
        raw=raw.table,
    )
    value = text
    for pattern, new in _REWRITES:
        changed = shapes["shape"].str.replace(pattern, new, regex=True)
        if (changed != shapes["shape"]).any():
            value = f"regexp_replace({value}, '{pattern}', '{new}', 'g')"
            shapes["shape"] = changed
    forms = [(n, *_form(shape)) for shape, n in shapes.itertuples(index=False)]
    found = pd.DataFrame(forms, columns=["n", "family", "form", "tail"])
    if not found["family"].any():
        return "NULL::TIMESTAMP"
    family = found.groupby("family")["n"].sum().idxmax()
    found = found[found["family"] == family]
    # Two digits of a year are tried first: four would be read from them, too.
    spelled = str(sorted(found["form"].unique(), key=lambda form: "%Y" in form))
    digits = family in "m1" and "%p" not in spelled
    plain = digits and family == "m"
    head, tail = value, f"regexp_extract({value}, '{_PARTS}', 2)"
    if (zoned := found["tail"].any()) and digits:  # from the front alone, which is quicker
        head = f"regexp_extract({value}, '^[\\d./-]+(?:{_CLOCK}|$)')"
        tail = f"ltrim(replace({value}, {head}, ''))"
    elif zoned:
        head = f"rtrim(left({value}, length({value}) - length({tail})))"
    elif plain:  # as a timestamp, whatever follows a time would be passed over
        head = f"CASE WHEN regexp_matches({value}, '{_PLAIN}') THEN {value} END"
    _days_only(raw, column, ":" not in spelled)
    if family == "1":
        first = _day_first(raw, column, head) if day_first is None else day_first
        for number, sign in zip("12", "dm" if first else "md", strict=True):
            spelled = spelled.replace(f"%{number}", f"%{sign}")
    local = f"try_cast({head} AS TIMESTAMP)" if plain else f"try_strptime({head}, {spelled})"
    return _zoned(raw, column, text, local, tail) if zoned else local


def _form(shape: str) -> tuple[str | None, str, str]:
    """The family, the format and the zone of a shape; no family where it is not understood."""
    found = re.match(_PARTS, shape)
    form, tail = (found[1] or shape, found[2] or "") if found else ("", "")
    for pattern, new in _FORMS:
        form = re.sub(pattern, new, form)
    known = re.fullmatch(_FORM, form)
    return known and known[1].lower(), form, tail


def _zoned(raw: Raw, column: str, text: str, local: str, tail: str) -> str:
    """Local times and the zones that stand behind them, as UTC."""
    seen = run(
        f"SELECT {tail} AS tail, count(*) AS n, min({text}) AS example FROM {{raw}} "
        f"WHERE {local} IS NOT NULL GROUP BY 1 ORDER BY n DESC, 1 LIMIT {_SHAPES}",
        raw=raw.table,
    )
    zones = {word: sql for word in seen["tail"] if (sql := _zone(word))}
    unknown = seen["tail"].where(seen["tail"] == "", "with an unknown zone")
    kinds = unknown.mask(seen["tail"].isin(zones), "with a zone").replace("", "without")
    counts = seen.groupby(kinds).agg({"n": "sum", "example": "min"})
    most = counts["n"].idxmax()
    said = " and ".join(
        f"{kind} ({n:,}, such as '{example}')" for kind, n, example in counts.itertuples()
    )
    if most == "with an unknown zone" or counts["n"].drop(most).sum() > counts["n"].sum() / _ODD:
        raise DataError(
            f"'{column}' mixes times {said}. Write all of them with a zone, or none: an offset "
            "such as +01:00, for words such as IST and CST stand for several."
        )
    if len(counts) > 1:
        said = " and ".join(f"{kind} ({n:,})" for kind, n in counts["n"].items())
        said = f"'{column}' has times {said}: only those {most} are read."
        raw.find("warning", "odd-zones", said, example=counts["example"].drop(most).iloc[0])
    if most == "without":
        return f"CASE WHEN {tail} = '' THEN {local} END"
    known = {word: _ZONES.get(word.upper()) for word in zones}
    if words := [f"{word} as UTC{hours:+}" for word, hours in known.items() if hours]:
        raw.notes.append(f"read the zones in '{column}': {', '.join(words)}")
    cases = " ".join(f"WHEN {literal(w)} THEN {sql.format(local)}" for w, sql in zones.items())
    return _utc(raw, column, f"CASE {tail} {cases} END", len({*zones.values()}))


def _zone(tail: str) -> str | None:
    """SQL that turns a local time to UTC; None where the zone is not known."""
    word = tail.strip("[]() ")
    if "/" in word and word in available_timezones():
        return f"make_timestamp(epoch_us(timezone('{word}', {{}})))"
    ahead = _ZONES.get(word.upper())
    if found := re.fullmatch(_OFFSET, tail):
        sign, hours, minutes = found.groups("0")
        ahead = float(f"{sign}1") * (int(hours) + int(minutes) / 60)
    return None if ahead is None else f"{{}} - to_minutes({round(ahead * 60)})"


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
    if sorted(seen[unit] for unit in _UNITS)[-2] * _ODD > seen[best]:
        raise DataError(
            f"'{column}' mixes units of time since 1970: {' and '.join(mixed)}. "
            "Bring them to one unit."
        )
    size = _UNITS[best]
    micros = f"{number} * {10**6 // size}" if size <= 10**6 else f"{number} / {size // 10**6}"
    raw.notes.append(f"read '{column}' as {best} since 1970, UTC")
    time = f"CASE WHEN {inside[best]} THEN make_timestamp(({micros})::BIGINT) END"
    return _utc(raw, column, time) if raw.timezone else time


def _day_first(raw: Raw, column: str, value: str) -> bool:
    """Whether the day comes first in 13/03/2024, told from the numbers above twelve."""
    seen = raw.look(
        f"""
        SELECT count(*) FILTER (part[1]::INTEGER > 12) AS days, min(v) AS example,
          count(*) FILTER (part[2]::INTEGER > 12) AS months
        FROM (SELECT v, regexp_extract_all(regexp_extract(v, '{_SHORT}'), '\\d+') AS part
              FROM (SELECT {value} AS v FROM {{raw}}) WHERE regexp_matches(v, '{_SHORT}'))"""
    )
    if not seen.days and not seen.months:
        raise DataError(
            f"'{column}' has dates such as '{seen.example}', where day and month cannot be told "
            "apart. Say day_first=True or day_first=False."
        )
    if min(seen.days, seen.months) * _ODD > seen.days + seen.months:
        raise DataError(
            f"'{column}' mixes dates with the day first and with the month first (such as "
            f"'{seen.example}'). Write all of them one way, best as 2024-03-13."
        )
    day_first = bool(seen.days > seen.months)
    raw.notes.append(f"read '{column}' with the {'day' if day_first else 'month'} first")
    return day_first
