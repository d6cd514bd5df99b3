"""Cells read as what they are: ids stay texts, numbers become numbers."""

from __future__ import annotations

import re

import pandas as pd

from journeykit.engine import quote
from journeykit.model import TableColumn
from journeykit.tables.columns import mostly_numbers
from journeykit.tables.contract import Finding
from journeykit.tables.sources import Cast, Raw
from journeykit.tables.times import plan_time

_NO_NUMBER = "('', 'na', 'n/a', 'nan', 'null', 'none', '-')"
# A number that keeps its look: no zeros in front, and not so long that it must be an id.
_PLAIN_NUMBER = r"-?(0|[1-9]\d{0,14})(\.\d+)?"
_WHOLE = r"\d+\.0"
_ID_NAME = re.compile(r"(?i:(^|[_\W])(id|key|code|zip|phone|uuid)$)|[a-z]I[dD]$")
_TRUE = "('true', 't', 'yes', 'y', '1', '1.0', 'solved', 'resolved', 'closed', 'ja', 'si', 'sim')"
_FALSE = "('false', 'f', 'no', 'n', '0', '0.0', 'unsolved', 'unresolved', 'open', 'nein', 'nao')"
_WHOLES = "U?(TINYINT|SMALLINT|INTEGER)|BIGINT"
_FRACTIONS = r"FLOAT|DOUBLE|U?HUGEINT|UBIGINT|DECIMAL.*"


def cast(
    raw: Raw,
    column: TableColumn,
    theirs: str,
    *,
    required: bool = False,
    day_first: bool | None = None,
) -> Cast:
    """How to read a column as an id, a text, a time, a number, a flag, or as what it looks like."""
    kind, cell, wanted = raw.types[theirs], quote(theirs), column.kind
    if wanted == "time" or (wanted == "any" and kind.startswith(("TIMESTAMP", "DATE"))):
        return plan_time(raw, theirs, day_first)
    if wanted == "number" or (wanted == "answer" and mostly_numbers(raw.sample[theirs])):
        return _number(raw, theirs)
    if wanted == "flag":
        return _flag(raw, theirs)
    if wanted == "id" and (whole := _whole_numbers(raw, theirs)):
        return whole
    if wanted == "any":
        if re.fullmatch(_FRACTIONS, kind):
            return Cast(_finite(f"{cell}::DOUBLE"))
        if re.fullmatch(f"{_WHOLES}|BOOLEAN", kind):
            return Cast(cell)
        if target := raw.here and _looks_like(raw, theirs):
            return Cast(f"try_cast({raw.text(theirs)} AS {target})")
    # Rows without a required text are set aside anyway.
    blank = "false" if required else raw.is_blank(theirs)
    filled = f"CASE WHEN NOT {blank} THEN {cell}::VARCHAR END"
    return Cast(filled if blank.startswith("coalesce") else f"{cell}::VARCHAR")


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


def _whole_numbers(raw: Raw, theirs: str) -> Cast | None:
    """Ids that are whole numbers stored as fractions lose their `.0`; others are texts."""
    cells = raw.sample[theirs].dropna()
    if not len(cells) or not cells.str.fullmatch(_WHOLE).all():
        return None
    notes = [f"read the ids in '{theirs}' without their '.0'"]
    if not raw.here:
        return Cast(f"{quote(theirs)}::BIGINT::VARCHAR", notes)
    text = raw.text(theirs)
    seen = raw.look(
        f"SELECT count(*) AS n FROM {{raw}} "
        f"WHERE NOT {raw.is_blank(theirs)} AND NOT regexp_full_match({text}, '{_WHOLE}|nan')"
    )
    return None if seen.n else Cast(f"nullif(regexp_extract({text}, '^(\\d+)', 1), '')", notes)


def _number(raw: Raw, theirs: str) -> Cast:
    """Numbers with a point, a comma, thousands or a currency sign."""
    cell = quote(theirs)
    if not raw.here:
        return Cast(f"try_cast({cell} AS DOUBLE)")
    if re.fullmatch(f"{_FRACTIONS}|{_WHOLES}", raw.types[theirs]):
        return Cast(_finite(f"{cell}::DOUBLE"))
    text, notes = f"regexp_replace(trim({cell}::VARCHAR), '^[$€£¥] ?| ?[$€£¥%]$', '', 'g')", []
    seen = raw.look(
        f"""
        SELECT
          count(*) FILTER (regexp_full_match(v, '-?\\d{{1,3}}(,\\d{{3}})+(\\.\\d+)?')) AS thousands,
          count(*) FILTER (regexp_full_match(v, '-?\\d+(\\.\\d{{3}})*,\\d+')) AS commas
        FROM (SELECT {text} AS v FROM {{raw}}) WHERE contains(v, ',')"""
    )
    if seen.commas > seen.thousands:
        text = f"replace(replace({text}, '.', ''), ',', '.')"
        notes = [f"read the comma in '{theirs}' as the decimal point"]
    elif seen.thousands:
        text = f"replace({text}, ',', '')"
        notes = [f"read the comma in '{theirs}' as parting thousands"]
    sql = _finite(f"try_cast({text} AS DOUBLE)")
    return Cast(sql, notes, _unreadable(raw, theirs, sql, "a number"))


def _flag(raw: Raw, theirs: str) -> Cast:
    if raw.types[theirs] == "BOOLEAN":
        return Cast(quote(theirs))
    word = f"lower(trim({quote(theirs)}::VARCHAR))"
    sql = f"CASE WHEN {word} IN {_TRUE} THEN true WHEN {word} IN {_FALSE} THEN false END"
    return Cast(sql, [], _unreadable(raw, theirs, sql, "yes or no"))


def _unreadable(raw: Raw, theirs: str, sql: str, what: str) -> list[Finding]:
    cell = f"trim({quote(theirs)}::VARCHAR)"
    seen = raw.look(
        f"SELECT count(*) AS n, min({cell}) AS example FROM {{raw}} "
        f"WHERE lower({cell}) NOT IN {_NO_NUMBER} AND ({sql}) IS NULL"
    )
    said = f"{seen.n:,} cells of '{theirs}' are not {what} (such as '{seen.example}')"
    return [Finding("warning", "unreadable-cells", f"{said}: taken as empty.")] if seen.n else []
