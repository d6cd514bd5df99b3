"""Cells read as what they are: ids stay texts, numbers become numbers."""

from __future__ import annotations

from typing import Any

from .. import engine
from ..engine import quote
from .contract import Finding
from .sources import Cast, Raw
from .times import plan_time

__all__ = ["cast", "cast_other"]

_NO_NUMBER = "('', 'na', 'n/a', 'nan', 'null', 'none', '-')"
# A number that keeps its look: no zeros in front, and not so long that it must be an id.
_PLAIN_NUMBER = r"-?(0|[1-9]\d{0,14})(\.\d+)?"
_TRUE = "('true', 't', 'yes', 'y', '1', '1.0', 'solved', 'resolved', 'closed', 'ja', 'si', 'sim')"
_FALSE = "('false', 'f', 'no', 'n', '0', '0.0', 'unsolved', 'unresolved', 'open', 'nein', 'nao')"
_INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")
_WIDE = ("FLOAT", "DOUBLE", "HUGEINT", "UBIGINT", "UHUGEINT")
_KEPT = (*_INTEGERS, "DOUBLE", "BOOLEAN", "TIMESTAMP")


def cast(raw: Raw, kind: str, theirs: str, day_first: bool | None = None) -> Cast:
    """How to read a column as an id, a text, a time, a number or a flag."""
    if kind == "id":
        return _id(raw, theirs)
    if kind == "time":
        return plan_time(raw, theirs, day_first)
    if kind == "number":
        return _number(raw, theirs)
    if kind == "flag":
        return _flag(raw, theirs)
    text = f"{quote(theirs)}::VARCHAR"
    return Cast(f"CASE WHEN trim({text}) <> '' THEN {text} END")


def cast_other(raw: Raw, theirs: str, looks_like_number: bool) -> Cast:
    """How to read a column that has no meaning of its own to the kit."""
    kind, cell = raw.types[theirs], quote(theirs)
    if kind in _KEPT:
        return Cast(f"CASE WHEN isfinite({cell}) THEN {cell} END" if kind == "DOUBLE" else cell)
    if kind in _WIDE or kind.startswith("DECIMAL"):
        return Cast(f"{cell}::DOUBLE")
    if kind.startswith(("TIMESTAMP", "DATE")):
        return plan_time(raw, theirs)
    if looks_like_number:
        seen = _look(
            raw,
            f"""
            SELECT count(*) FILTER (NOT regexp_full_match(v, '{_PLAIN_NUMBER}')) AS others,
              count(*) FILTER (contains(v, '.')) AS fractions
            FROM (SELECT trim({cell}::VARCHAR) AS v FROM {{raw}}) WHERE v <> ''""",
        )
        if not seen.others:
            target = "DOUBLE" if seen.fractions else "BIGINT"
            return Cast(f"try_cast(trim({cell}::VARCHAR) AS {target})")
    return cast(raw, "text", theirs)


def _look(raw: Raw, sql: str) -> Any:
    return engine.run(sql, raw=raw.table).iloc[0]


def _id(raw: Raw, theirs: str) -> Cast:
    """Texts as they stand; whole numbers that were stored as fractions lose their `.0`."""
    text = f"trim({quote(theirs)}::VARCHAR)"
    if raw.types[theirs] in ("VARCHAR", "FLOAT", "DOUBLE"):
        seen = _look(
            raw,
            f"SELECT count(*) AS n, count(*) FILTER (ends_with(v, '.0')) AS whole "
            f"FROM (SELECT {text} AS v FROM {{raw}}) WHERE v <> '' AND lower(v) <> 'nan'",
        )
        if seen.n and seen.n == seen.whole:
            return Cast(
                f"regexp_extract({text}, '^(\\d+)\\.0$', 1)"
                if raw.types[theirs] == "VARCHAR"
                else f"{quote(theirs)}::BIGINT::VARCHAR",
                [f"read the ids in '{theirs}' without their '.0'"],
            )
    text = f"{quote(theirs)}::VARCHAR"
    return Cast(f"CASE WHEN trim({text}) <> '' THEN {text} END")


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
            f"{seen.n:,} cells of '{theirs}' are not {what} (such as '{seen.example}'): "
            "taken as empty.",
        )
    ]
