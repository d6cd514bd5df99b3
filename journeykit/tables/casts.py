"""Cells read as what they are: ids stay texts, numbers become numbers."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from journeykit import engine
from journeykit.engine import quote
from journeykit.tables.columns import Column, mostly_numbers
from journeykit.tables.contract import Finding
from journeykit.tables.sources import Cast, Raw
from journeykit.tables.times import plan_time

__all__ = ["cast", "cast_other"]

_NO_NUMBER = "('', 'na', 'n/a', 'nan', 'null', 'none', '-')"
# A number that keeps its look: no zeros in front, and not so long that it must be an id.
_PLAIN_NUMBER = r"-?(0|[1-9]\d{0,14})(\.\d+)?"
_WHOLE = r"\d+\.0"
_ID_NAME = re.compile(r"(?i:(^|[_\W])(id|key|code|zip|phone|uuid)$)|[a-z]I[dD]$")
_TRUE = "('true', 't', 'yes', 'y', '1', '1.0', 'solved', 'resolved', 'closed', 'ja', 'si', 'sim')"
_FALSE = "('false', 'f', 'no', 'n', '0', '0.0', 'unsolved', 'unresolved', 'open', 'nein', 'nao')"
_INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")
_WIDE = ("FLOAT", "DOUBLE", "HUGEINT", "UBIGINT", "UHUGEINT")
_KEPT = (*_INTEGERS, "DOUBLE", "BOOLEAN", "TIMESTAMP")


def cast(raw: Raw, column: Column, theirs: str, day_first: bool | None = None) -> Cast:
    """How to read a column as an id, a text, a time, a number or a flag."""
    if column.kind == "time":
        return plan_time(raw, theirs, day_first)
    if column.kind == "number" or (column.kind == "answer" and mostly_numbers(raw.sample[theirs])):
        return _number(raw, theirs)
    if column.kind == "flag":
        return _flag(raw, theirs)
    whole = _whole_numbers(raw, theirs) if column.kind == "id" else None
    if whole:
        return whole
    # Rows without a required text are set aside anyway.
    return Cast(f"{quote(theirs)}::VARCHAR") if column.required else _text(raw, theirs)


def _text(raw: Raw, theirs: str) -> Cast:
    cell, blank = f"{quote(theirs)}::VARCHAR", raw.is_blank(theirs)
    return Cast(f"CASE WHEN NOT {blank} THEN {cell} END" if blank.startswith("coalesce") else cell)


def cast_other(raw: Raw, theirs: str) -> Cast:
    """How to read a column that has no meaning of its own to the kit."""
    kind, cell = raw.types[theirs], quote(theirs)
    if kind in _KEPT:
        return Cast(f"CASE WHEN isfinite({cell}) THEN {cell} END" if kind == "DOUBLE" else cell)
    if kind in _WIDE or kind.startswith("DECIMAL"):
        return Cast(f"{cell}::DOUBLE")
    if kind.startswith(("TIMESTAMP", "DATE")):
        return plan_time(raw, theirs)
    if _looks_like_number(theirs, raw.sample):
        seen = _look(
            raw,
            f"""
            SELECT count(*) FILTER (NOT regexp_full_match(v, '{_PLAIN_NUMBER}')) AS others,
              count(*) FILTER (contains(v, '.')) AS fractions
            FROM (SELECT {raw.text(theirs)} AS v FROM {{raw}}) WHERE v <> ''""",
        )
        if not seen.others:
            target = "DOUBLE" if seen.fractions else "BIGINT"
            return Cast(f"try_cast({raw.text(theirs)} AS {target})")
    return _text(raw, theirs)


def _look(raw: Raw, sql: str) -> Any:
    return engine.run(sql, raw=raw.table).iloc[0]


def _whole_numbers(raw: Raw, theirs: str) -> Cast | None:
    """Ids that are whole numbers stored as fractions lose their `.0`; others are texts."""
    cells = raw.sample[theirs].dropna()
    if len(cells) and cells.str.fullmatch(_WHOLE).all():
        text = raw.text(theirs)
        seen = _look(
            raw,
            f"SELECT count(*) AS n FROM {{raw}} "
            f"WHERE NOT {raw.is_blank(theirs)} AND NOT regexp_full_match({text}, '{_WHOLE}|nan')",
        )
        if not seen.n:
            note = f"read the ids in '{theirs}' without their '.0'"
            return Cast(f"nullif(regexp_extract({text}, '^(\\d+)', 1), '')", [note])
    return None


def _number(raw: Raw, theirs: str) -> Cast:
    """Numbers with a point, a comma, thousands or a currency sign."""
    cell = quote(theirs)
    kind = raw.types[theirs]
    if kind in (*_INTEGERS, *_WIDE) or kind.startswith("DECIMAL"):
        return Cast(f"CASE WHEN isfinite({cell}::DOUBLE) THEN {cell}::DOUBLE END")
    text = f"regexp_replace(trim({cell}::VARCHAR), '^[$€£¥] ?| ?[$€£¥%]$', '', 'g')"
    seen = _look(
        raw,
        f"""
        SELECT count(*) FILTER (regexp_full_match(v, '-?\\d{{1,3}}(,\\d{{3}})+(\\.\\d+)?')) AS thousands,
          count(*) FILTER (regexp_full_match(v, '-?\\d+(\\.\\d{{3}})*,\\d+')) AS commas
        FROM (SELECT {text} AS v FROM {{raw}}) WHERE contains(v, ',')""",
    )
    notes = []
    if seen.commas > seen.thousands:
        text = f"replace(replace({text}, '.', ''), ',', '.')"
        notes.append(f"read the comma in '{theirs}' as the decimal point")
    elif seen.thousands:
        text = f"replace({text}, ',', '')"
        notes.append(f"read the comma in '{theirs}' as parting thousands")
    number = f"try_cast({text} AS DOUBLE)"
    sql = f"CASE WHEN isfinite({number}) THEN {number} END"
    return Cast(sql, notes, _unreadable(raw, theirs, sql, "a number"))


def _flag(raw: Raw, theirs: str) -> Cast:
    if raw.types[theirs] == "BOOLEAN":
        return Cast(quote(theirs))
    word = f"lower(trim({quote(theirs)}::VARCHAR))"
    sql = f"CASE WHEN {word} IN {_TRUE} THEN true WHEN {word} IN {_FALSE} THEN false END"
    return Cast(sql, [], _unreadable(raw, theirs, sql, "yes or no"))


def _unreadable(raw: Raw, theirs: str, sql: str, what: str) -> list[Finding]:
    cell = f"trim({quote(theirs)}::VARCHAR)"
    seen = _look(
        raw,
        f"SELECT count(*) AS n, min({cell}) AS example FROM {{raw}} "
        f"WHERE lower({cell}) NOT IN {_NO_NUMBER} AND ({sql}) IS NULL",
    )
    if not seen.n:
        return []
    return [
        Finding(
            "warning",
            "unreadable-cells",
            f"{seen.n:,} cells of '{theirs}' are not {what} (such as '{seen.example}'): taken as empty.",
        )
    ]


def _looks_like_number(theirs: str, sample: pd.DataFrame) -> bool:
    """Whether the sample speaks for a number; names of ids speak against it."""
    if _ID_NAME.search(theirs):
        return False
    cells = sample[theirs].dropna()
    cells = cells[cells != ""]
    return bool(len(cells)) and bool(pd.to_numeric(cells, errors="coerce").notna().all())
