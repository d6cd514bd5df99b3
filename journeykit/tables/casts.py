"""Cells read as what they are: ids stay texts, numbers become numbers."""

import re

import pandas as pd

from journeykit.engine import quote

from .columns import MONEY, mostly_numbers
from .raw import Raw
from .times import time_of

_NO_NUMBER = "('', 'na', 'n/a', 'nan', 'null', 'none', '-')"
# What programs may write where there is no id; it can be one, so it is said.
_NOBODY = (
    "('NULL', 'Null', 'null', '\\N', 'N/A', 'n/a', '#N/A', 'NaN', 'nan', 'None', 'none', 'nil', "
    "'undefined', '(null)', '<null>', '(not set)')"
)
# A number that keeps its look: no zeros in front, and not so long that it must be an id.
_PLAIN_NUMBER = r"-?(0|[1-9]\d{0,14})(\.\d+)?"
# What parts thousands (in India, too), where the point or the comma is before the fraction.
_THOUSANDS = r"[-+]?\d{1,3}((,\d{2,3})*,|([ \x27]\d{3})*[ \x27])\d{3}(\.\d+)?"
_COMMA = r"[-+]?(\d{1,3}([. \x27]\d{3})+(,\d+)?|\d+,\d+)"
_SURE_COMMA = r"[-+]?(\d+([. \x27]\d{3})*,\d+|\d{1,3}(\.\d{3}){2,})"
# What stands around a number: a sign and a currency, or none of the smaller unit (12,-).
_BEFORE = rf"^([-(+]?) ?(?:{MONEY})? ?"
_BEHIND = rf" ?(?:{MONEY}|%|[.,][-–]+)(\)?)$"
_WHOLE = r"-?\d+\.0+"
_ROUNDED = r"\s*-?\d([.,]\d+)?E\+\d+\s*"
_ID_NAME = re.compile(r"(?i:(^|[_\W])(id|key|code|zip|phone|uuid)$)|[a-z]I[dD]$")
_TRUE = "('true', 't', 'yes', 'y', '1', '1.0', 'solved', 'resolved', 'closed', 'ja', 'si', 'sim')"
_FALSE = "('false', 'f', 'no', 'n', '0', '0.0', 'unsolved', 'unresolved', 'open', 'nein', 'nao')"
_WHOLES = "U?(TINYINT|SMALLINT|INTEGER)|BIGINT"
_FRACTIONS = r"FLOAT|DOUBLE|U?HUGEINT|UBIGINT|DECIMAL.*"


def cast(raw: Raw, wanted: str, theirs: str, required: bool, day_first: bool | None) -> str:
    """SQL for a column as an id, a text, a time, a number, a flag, or what it looks like.

    It gives NULL where a cell cannot be read. What was assumed, and what a person should know about
    the cells, is noted in `raw`.
    """
    kind, cell = raw.types[theirs], quote(theirs)
    if wanted == "time" or (wanted == "any" and kind.startswith(("TIMESTAMP", "DATE"))):
        time = time_of(raw, theirs, day_first)
        return _told(raw, theirs, time, "a time", required) if raw.here else time
    if wanted == "number" or (wanted == "answer" and mostly_numbers(raw.sample[theirs])):
        return _number(raw, theirs, required)
    if wanted == "flag":
        return _flag(raw, theirs, required)
    if wanted == "id":
        cell = _id(raw, theirs, required)
    if wanted == "any":
        if re.fullmatch(_FRACTIONS, kind):
            return _finite(f"{cell}::DOUBLE")
        if re.fullmatch(f"{_WHOLES}|BOOLEAN", kind):
            return cell
        if target := raw.here and _looks_like(raw, theirs):
            return f"try_cast({raw.text(theirs)} AS {target})"
    # Rows without a required text are set aside anyway.
    blank = "false" if required else raw.is_blank(theirs)
    filled = f"CASE WHEN NOT {blank} THEN {cell}::VARCHAR END"
    return filled if blank.startswith("coalesce") else f"{cell}::VARCHAR"


def _finite(number: str) -> str:
    return f"CASE WHEN isfinite({number}) THEN {number} END"


def _looks_like(raw: Raw, theirs: str) -> str:
    """The type of a number, where all cells are numbers; names of ids speak against it."""
    cells = raw.sample[theirs].dropna()
    cells = cells[cells != ""]
    if _ID_NAME.search(theirs) or not len(cells) or pd.to_numeric(cells, "coerce").isna().any():
        return ""
    seen = raw.look(
        f"""
        SELECT count(*) FILTER (NOT regexp_full_match(v, '{_PLAIN_NUMBER}')) AS others,
          count(*) FILTER (contains(v, '.')) AS fractions
        FROM (SELECT {raw.text(theirs)} AS v FROM {{raw}}) WHERE v <> ''"""
    )
    return "" if seen.others else "DOUBLE" if seen.fractions else "BIGINT"


def _id(raw: Raw, theirs: str, required: bool) -> str:
    """Ids as texts: what was done to them on their way is undone, and said."""
    cell = f"{quote(theirs)}::VARCHAR"
    looked = raw.sample[theirs].dropna().str.fullmatch(_WHOLE)
    whole = len(looked) and looked.all()
    if raw.here:
        bare = "nfc_normalize(trim({}, ' \t\r\n\u00a0\u200b\ufeff'))"
        rounded = f"(contains(v, '+') AND regexp_full_match(upper(v), '{_ROUNDED}'))"
        seen = raw.look(
            f"""
            SELECT count(*) FILTER {rounded} AS rounded, min(v) FILTER {rounded} AS example,
              count(*) FILTER (regexp_matches(v, '[^!-~]') AND v <> {bare.format("v")}) AS odd,
              count(*) FILTER (v IN {_NOBODY}) AS nobody,
              count(*) FILTER ({whole} AND trim(v) <> ''
                AND NOT regexp_full_match(trim(v), '{_WHOLE}|nan')) AS others
            FROM (SELECT {cell} AS v FROM {{raw}})"""
        )
        if seen.rounded:
            said = f"{seen.rounded:,} ids in '{theirs}' are rounded, as spreadsheets do: different "
            said += "ones look the same. Export the column as text."
            level = "error" if required else "warning"
            raw.find(level, "rounded-ids", said, example=seen.example)
        if seen.odd:
            said = f"read the ids in '{theirs}' without the blanks around them"
            raw.notes.append(f"{said}, and letters with their accents as one (é)")
            cell = bare.format(cell)
        if seen.nobody:
            said = (
                f"{seen.nobody:,} ids in '{theirs}' say NULL or the like: each such word is taken "
            )
            raw.notes.append(f"{said}for one customer; where it means nobody, leave the cell empty")
        whole = whole and not seen.others
    if whole:
        raw.notes.append(f"read the ids in '{theirs}' without their '.0'")
        number = f"nullif(regexp_extract({cell}, '^ *(-?\\d+)', 1), '')"
        return number if raw.here else f"{quote(theirs)}::BIGINT::VARCHAR"
    return cell


def _number(raw: Raw, theirs: str, required: bool) -> str:
    """Numbers with a point, a comma, thousands or a currency sign."""
    cell = quote(theirs)
    if not raw.here:
        return f"try_cast({cell} AS DOUBLE)"
    if re.fullmatch(f"{_FRACTIONS}|{_WHOLES}", raw.types[theirs]):
        return _finite(f"{cell}::DOUBLE")
    plain = f"trim(translate({cell}::VARCHAR, '\u00a0\u202f\u2009’−', '   ''-'))"
    bare = f"regexp_replace(regexp_replace({plain}, '{_BEFORE}', '\\1'), '{_BEHIND}', '\\1')"
    bare = f"regexp_replace({bare}, '^(?:\\((.+)\\)|(.+)-)$', '-\\1\\2')"
    odd, text = f"try_cast({cell}::VARCHAR AS DOUBLE) IS NULL", cell
    seen = raw.look(
        f"""
        SELECT count(*) FILTER (jk_odd AND v <> '') AS n,
          string_agg(DISTINCT sign, ', ') AS signs, count(DISTINCT sign) AS currencies,
          count(*) FILTER (contains(v, ',') AND regexp_full_match(v, '{_THOUSANDS}')) AS thousands,
          count(*) FILTER (regexp_full_match(v, '{_SURE_COMMA}')) AS commas,
          coalesce(bool_and(regexp_full_match(v, '-?[1-9]\\d{{0,2}}\\.\\d{{3}}'))
            FILTER (contains(v, '.')), false) AS tripled
        FROM (
          SELECT {odd} AS jk_odd, CASE WHEN jk_odd THEN {bare} ELSE {cell}::VARCHAR END AS v,
            CASE WHEN jk_odd THEN nullif(regexp_extract({plain}, '{MONEY}'), '') END AS sign
          FROM {{raw}})"""
    )
    if seen.currencies > 1:
        said = f"'{theirs}' has several currencies ({seen.signs}), and is added as it stands, "
        raw.find("warning", "currencies", said + "without a rate. Bring them to one.")
    if seen.commas > seen.thousands:
        text = f"""CASE WHEN regexp_full_match({bare}, '{_COMMA}')
          THEN translate({bare}, ',. ''', '.') ELSE {bare} END"""
        raw.notes.append(f"read the comma in '{theirs}' as the decimal point")
    elif seen.n:
        text = f"""CASE WHEN regexp_full_match({bare}, '{_THOUSANDS}')
          THEN translate({bare}, ', ''', '') ELSE {bare} END"""
        if seen.thousands:
            raw.notes.append(f"read the comma in '{theirs}' as parting thousands")
    if text == cell and seen.tripled:
        said = f"'{theirs}' has three digits behind each point, which was read as the decimal one."
        raw.find("warning", "thousands", f"{said} If it parts thousands, leave it out.")
    return _told(raw, theirs, _finite(f"try_cast({text} AS DOUBLE)"), "a number", required)


def _flag(raw: Raw, theirs: str, required: bool) -> str:
    if raw.types[theirs] == "BOOLEAN":
        return quote(theirs)
    word = f"lower(trim({quote(theirs)}::VARCHAR))"
    sql = f"CASE WHEN {word} IN {_TRUE} THEN true WHEN {word} IN {_FALSE} THEN false END"
    return _told(raw, theirs, sql, "yes or no", required)


def _told(raw: Raw, theirs: str, sql: str, what: str, required: bool) -> str:
    """The same SQL, with a word about the cells that it cannot read."""
    if required:  # rows without it are set aside
        return sql
    odd = f"(WHERE jk_read IS NULL AND lower(v) NOT IN {_NO_NUMBER})"
    seen = raw.look(
        f"SELECT count(*) FILTER {odd} AS n, min(v) FILTER {odd} AS example, "
        "count(jk_read) AS fine "
        f"FROM (SELECT trim({quote(theirs)}::VARCHAR) AS v, {sql} AS jk_read FROM {{raw}})"
    )
    if seen.n:
        said = f"{seen.n:,} cells of '{theirs}' are not {what}: taken as empty."
        level = "warning" if seen.fine else "error"
        raw.find(level, "unreadable-cells", said, example=seen.example)
    return sql
