"""Records in records: their fields become columns, `properties.page`; and JSON, which has them."""

import json
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pandas import DataFrame

from journeykit.engine import Table, quote, reader, text
from journeykit.errors import DataError
from journeykit.model import TABLES

from .encoding import judged, rewritten
from .formats import Part
from .names import exactly, own_names

#: Keys become columns where so many rows have them; of so many rows JSON is looked for in texts.
_SHARE, _MOST = 0.01, 100
#: In turn: what is not among the first records is an error, and so are records above 16 MB.
_ALL, _WORD = ", sample_size=-1, maximum_object_size=100000000", re.compile(r"\S")
_WAYS = ("", _ALL, f"{_ALL}, maximum_depth=1", f"{_ALL}, format='unstructured'")
#: The events of a log in OCEL 2.0, each with every object that it is about.
_LOG = """
    WITH doc AS (FROM {document}),
    objects AS (
      SELECT unnest(from_json(json->'objects', '[{{"id": "VARCHAR", "type": "VARCHAR",
        "attributes": [{{"name": "VARCHAR", "value": "VARCHAR"}}]}}]')) AS o FROM doc
    ),
    events AS (
      SELECT unnest(from_json(json->'events', '[{{"id": "VARCHAR", "type": "VARCHAR",
        "time": "VARCHAR", "attributes": [{{"name": "VARCHAR", "value": "VARCHAR"}}],
        "relationships": [{{"objectId": "VARCHAR"}}]}}]')) AS e FROM doc
    ),
    listed AS (
      SELECT e, row_number() OVER () AS n,
        list_distinct(list_transform(e.relationships, lambda x: x.objectId)) AS ids FROM events
    ),
    related AS (SELECT e, n, unnest(if(len(ids) > 0, ids, [NULL])) AS id FROM listed)
    SELECT n, o.type AS kind, o.id AS "case:concept:name", e.type AS "concept:name",
      e.time AS "time:timestamp", e.id AS "ocel:eid",
      list_transform(e.attributes, lambda x: {{'key': x.name, 'value': x.value}}) AS event,
      list_transform(o.attributes, lambda x: {{'key': x.name, 'value': x.value}}) AS object
    FROM related LEFT JOIN objects ON o.id = related.id"""
#: Those of one type of objects; an event that is about none of them is kept as nobody's.
_OF_TYPE = """
    SELECT * EXCLUDE (n, kind)
      REPLACE (CASE WHEN kind = $1 THEN "case:concept:name" END AS "case:concept:name")
    FROM {log} QUALIFY kind = $1 OR row_number() OVER (PARTITION BY n ORDER BY kind = $1 DESC) = 1
      AND kind IS DISTINCT FROM $1 ORDER BY n"""


def leaves(rows: str, wanted: Iterable[str], notes: list[str]) -> dict[str, str]:
    """Each single value in the rows of a table or scan: its name, and SQL for it as it is.

    Parameters
    ----------
    rows, wanted, notes
        What stands behind FROM, keys that become columns however few rows have them, and what is
        added to where keys are left out.
    """
    store, found = reader(), []

    def add(name: str, cell: str, kind: Any) -> None:
        fields = dict(kind.children) if kind.id in ("struct", "list", "map") else {}
        if kind.id == "list" and fields["child"].id == "struct":
            fields = dict(fields["child"].children)
        if kind.id == "struct":
            for field, inner in fields.items():
                add(f"{name}.{field}", f"struct_extract({cell}, {text(field)})", inner)
        elif {"key", "value"} <= {*fields}:
            pairs = cell if kind.id == "list" else f"map_entries({cell})"
            keys = f"list_transform({pairs}, lambda jk_pair: jk_pair.key)"
            for key in _often(rows, f"list_distinct({keys})", name, wanted, notes):
                value = f"{pairs}[list_position({keys}, {text(key)})].value"
                inner = fields["value"]
                typed = dict(inner.children) if inner.id == "struct" else {}  # as GA4 has them
                texts = [
                    f"({_plain(f'{value}.{quote(field)}', kind)})::VARCHAR"
                    for field, kind in typed.items()
                    if field.endswith("_value")
                ]
                if texts:
                    found.append((f"{name}.{key}", f"coalesce({', '.join(texts)})"))
                else:
                    add(f"{name}.{key}", value, inner)
        else:
            found.append((name, _plain(cell, kind)))

    for name, kind in store.columns(rows).items():
        add(name, quote(name), store.connection.sqltype(kind))
    return dict(zip(own_names((name for name, _ in found), ()), (cell for _, cell in found)))


def _often(rows: str, keys: str, name: str, wanted: Iterable[str], notes: list[str]) -> list[Any]:
    """Keys that many rows have or that are asked for, by SQL for the list of a row; None first."""
    sql = f"""
        SELECT key, list_contains(?::VARCHAR[], {text(name + ".")} || key) AS asked,
          asked OR key IS NULL OR count(*) >= {_SHARE} * (SELECT count(*) FROM {rows})
        FROM (SELECT unnest({keys})::VARCHAR AS key FROM {rows})
        GROUP BY 1 ORDER BY key IS NOT NULL, asked DESC, count(*) DESC, 1"""
    known = reader().execute(sql, [[*wanted]])
    often = [key for key, _, keep in known if keep][:_MOST]
    if len(often) < len(known) and None not in often:
        said = f"took {len(often)} of {len(known)} keys of '{name}', those in most rows"
        notes.append(f"{said}: name another under columns")
    return often


def opened(table: Table, wanted: Iterable[str], notes: list[str]) -> Table:
    """The same rows, with texts that are a JSON object in each row taken apart like records."""
    store, records = reader(), []
    texts = {name: f"nullif(trim({quote(name)}::VARCHAR), '')" for name in table.columns}
    begin = ", ".join(f"bool_and({own} LIKE '{{%')" for own in texts.values())
    [begins] = store.execute(f"SELECT {begin} FROM (FROM {table.name} LIMIT {_MOST})")
    for (name, own), like in zip(texts.items(), begins):
        keys = f"""CASE WHEN {own} IS NULL THEN [] WHEN json_valid({own}) AND {own} LIKE '{{%'
            THEN json_keys({own}) ELSE [NULL] END"""
        fields = _often(table.name, keys, name, wanted, notes) if like else [None]
        if None not in fields and 0 < len({*map(str.lower, fields)}) == len(fields):
            kinds = text(json.dumps(dict.fromkeys(fields, "VARCHAR")))
            records.append(f"from_json({own}, {kinds}) AS {quote(name)}")
            notes.append(f"took '{name}' apart, JSON in every row: each key in 1 % of them or more")
    if not records:
        return table
    made = store.materialize(f"SELECT * REPLACE ({', '.join(records)}) FROM {table.name}")
    return opened(flat(made, wanted, notes), wanted, notes)


def _plain(cell: str, kind: Any) -> str:
    if str(kind) == "JSON":  # a number is its text, which need not be looked into
        own = f"({cell})::VARCHAR"
        return f"CASE WHEN {own} BETWEEN '-' AND ':' THEN {own} ELSE ({cell})->>'$' END"
    if kind.id in ("struct", "list", "array", "map"):
        return f"to_json({cell})::VARCHAR"
    if kind.id == "null":
        return "NULL::VARCHAR"  # DuckDB breaks down over such a field of a record in Parquet
    return f"{cell}::VARCHAR" if kind.id in ("union", "variant", "blob") else cell


def flat(rows: Any, wanted: Iterable[str], notes: list[str]) -> Table:
    """The rows of a table, frame or scan, each value in a column of its own."""
    store = reader()
    if isinstance(rows, DataFrame):  # which has no records in it
        return store.materialize("SELECT * FROM {rows}", rows=rows)
    name = getattr(rows, "name", rows)
    cells = {quote(ours): cell for ours, cell in leaves(name, wanted, notes).items()}
    if isinstance(rows, Table) and [*cells] == [*cells.values()]:
        return rows
    values = ", ".join(f"{cell} AS {ours}" for ours, cell in cells.items())
    return store.materialize(f"SELECT {values} FROM {name}")


def read_json(part: Part) -> Table:
    """Records as they are: one a line, in a list, one after the other, or in an envelope."""
    with part.file.open(encoding="utf-8", errors="replace") as stream:
        start = stream.read(1_000_000)
        stream.seek(max(stream.seek(0, 2) - 99, 0))
        end = stream.read().rstrip()
    head = start.lstrip("\ufeff \t\r\n")
    try:
        another = head[json.JSONDecoder().raw_decode(head)[1] :].strip()
    except ValueError:  # so large is no record
        another = ""
    try:
        if head.startswith("[") and end[-1:] != "]":  # DuckDB takes it for whole
            raise DataError("The list in it is cut off.")
        return _records(part) if another or head.startswith("[") else _document(part)
    except DataError as problem:
        plain = part.new_file()
        notes = rewritten(part.file, judged(part.file).encodings, plain)
        if notes or start[:1] == "\ufeff":
            part.notes += notes
            return read_json(replace(part, file=plain))
        raise DataError(_odd(plain) or str(problem)) from problem


def _odd(file: Path) -> str:
    """The first place of a text that is no JSON, in words; nothing where all of it is."""
    text, at = file.read_text("utf-8"), 0
    try:
        while word := _WORD.search(text, at):
            at = json.JSONDecoder().raw_decode(text, word.start())[1]
    except json.JSONDecodeError as problem:
        near = text[max(problem.pos - 20, 0) : problem.pos + 20]
        return (
            f"Line {problem.lineno} of it is no JSON at column {problem.colno}, near {near!r} "
            f"({problem.msg}). Mend it there, or have the file written once more."
        )
    return ""


def _records(part: Part) -> Table:
    """DuckDB takes types from the first records: then 1.5 is 2, a late text NULL, a UUID another.

    A record before the first one that has a text in each place keeps all values as they stand;
    a key that is not among the first ones is an error then, and all of them are looked at.
    """
    store, hinted = reader(), part.new_file()
    for more in _WAYS:
        options = f"hive_partitioning=false, compression='none'{more})"
        try:
            types = store.columns(f"read_json({exactly(part.file)}, {options}")
            if not [name for name in types if name != "json"]:
                raise DataError("It has no records.")
            kinds = {name: store.connection.sqltype(kind) for name, kind in types.items()}
            mark = "jk_" + "_" * len("".join(types))  # longer than any other
            with part.file.open("rb") as stream, hinted.open("wb") as out:
                start = stream.read(100).lstrip(b"\xef\xbb\xbf \t\r\n")
                hint = json.dumps({mark: "x"} | _texts(kinds)).encode()
                out.write(
                    b"[%s,%s" % (hint, start[1:]) if start[:1] == b"[" else hint + b"\n" + start
                )
                shutil.copyfileobj(stream, out, 2**20)
            rows: Any = (
                f"(SELECT * EXCLUDE ({mark}) FROM read_json({exactly(hinted)}, {options} "
                f"WHERE {mark} IS NULL)"
            )
            if re.search(r"\[\]|MAP", f"{types}"):  # in lists their keys are looked for first
                rows = store.materialize(f"FROM {rows}")
            return flat(rows, part.wanted, part.notes)
        except DataError as problem:
            failed = problem
    raise DataError(re.sub(r' in file "[^"]*",.* in (line|record/value) \d+', "", str(failed)))


def _texts(kinds: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _text(kind) for name, kind in kinds.items() if kind.id != "map"}


def _text(kind: Any) -> Any:
    if kind.id == "struct":
        return _texts(dict(kind.children))
    return [_text(kind.children[0][1])] if kind.id == "list" else "x"


def _document(part: Part) -> Table:
    """One object: a log of objects (OCEL 2.0), an envelope with a list in it, or one record."""
    store, size = reader(), part.file.stat().st_size + 1_000
    document = (
        f"read_json_objects({exactly(part.file)}, compression='none', maximum_object_size={size})"
    )
    lists = store.execute(
        "SELECT key, pointer FROM (SELECT json, unnest(json_keys(json)) AS key, "
        f"'/' || replace(replace(key, '~', '~0'), '/', '~1') AS pointer FROM {document}) "
        "WHERE json_type(json, pointer || '/0') = 'OBJECT'"
    )
    keys = dict(lists)
    if {"events", "objects"} <= {*keys} or not keys:
        return _object_log(part, document) if keys else _records(part)
    key = part.choose("list", [*keys])
    part.notes.append(f"read the list '{key}' of {part.name}")
    target = part.new_file()
    store.execute(
        f"COPY (SELECT unnest(json_extract(json, {text(keys[key])})::JSON[]) FROM {document}) "
        f"TO {text(str(target))} "
        "(FORMAT csv, COMPRESSION none, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01')"
    )
    return _records(replace(part, file=target))


def _object_log(part: Part, document: str) -> Table:
    """The events of each object of one type, which is the customer."""
    store = reader()
    log = store.materialize(_LOG.format(document=document))
    types = store.run("SELECT DISTINCT kind FROM {log} WHERE kind <> '' ORDER BY 1", log=log)
    names = types["kind"].tolist()
    known = [name for name in names if name.casefold() in TABLES["events"].columns[0].names]
    kind = part.choose("object type", known if len(known) == 1 and not part.inside else names)
    part.notes.append(f"took objects of type '{kind}' as customers (of {', '.join(names)})")
    return store.materialize(_OF_TYPE, [kind], log=log)
