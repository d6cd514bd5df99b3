"""What tools export, each declared once, in ``exports/``: how a file is recognised, which columns
are ours, which rows are no data, and what is reckoned on the way.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from journeykit.engine import quote, run, text
from journeykit.errors import DataError
from journeykit.model import TABLES

from .names import own_names, squash
from .raw import ROW, Raw

#: A row of a file by its place in it: rows of several files are numbered one file after the other.
_PLACE = f"({ROW} & ((1::BIGINT << 40) - 1))"


#: What queries make for themselves: a column of theirs that is called so has another name.
_OURS = ("jk_left", "jk_item", "jk_place")


@dataclass(frozen=True)
class Export:
    """One export of one tool.

    Parameters
    ----------
    vendor, kind, name, how, seen : str
        The tool, the kind of table, what the export is called, how a person gets it, and where its
        form was found.
    wild : bool
        Whether files that people exported were seen, or readers of such.
    signature : frozenset of str
        Squashed names of columns that give it away.
    columns : dict
        Our column to theirs, the best first; none means that there is none, whatever is called so.
    login : str
        An id that is known after a login: it is the customer only where all rows have it.
    names : tuple of str
        What its columns are, where the file has no line of names.
    labels : int
        So many rows below the names are no data, if they have no time; the first says what was
        asked.
    same, fill : str, tuple of str
        Columns that stand only in the first row of all that have the same value in `same`.
    each : str
        The column with a list of records: each of them is a row.
    leave : tuple of dict
        Rows that are no data, by the values of a column, and why.
    refuse : str
        Why nothing can be read from it, and what to give in its place.
    """

    vendor: str
    kind: str
    name: str
    how: str
    seen: str
    wild: bool = False
    signature: frozenset[str] = frozenset()
    columns: Mapping[str, list[Any]] = field(default_factory=dict)
    login: str = ""
    names: tuple[str, ...] = ()
    labels: int = 0
    same: str = ""
    fill: tuple[str, ...] = ()
    each: str = ""
    leave: tuple[Mapping[str, Any], ...] = ()
    refuse: str = ""

    @property
    def told(self) -> str:
        """The tool and its export, in words."""
        return f"{self.vendor} ({self.name})"


@cache
def exports() -> tuple[Export, ...]:
    """All that are declared, one file a tool."""
    found = []
    for file in sorted(Path(__file__).with_name("exports").glob("*.toml")):
        declared = tomllib.loads(file.read_text("utf-8"))
        for each in declared.pop("export"):
            each["signature"] = frozenset(map(squash, each.get("signature", ())))
            found.append(Export(**declared | each))
    return tuple(found)


def known(raw: Raw, kind: str | None = None) -> Export | None:
    """The export that a source is by its columns: of those that fit the one that says most.

    What it is read as goes first; two columns are too few to say that it is something else.
    """
    names, bare = {*map(squash, raw.types)}, {*map(_number, raw.types)}
    fit = [
        each
        for each in exports()
        if (each.signature <= names if each.signature else bare == {*range(len(each.names))})
    ]
    fit = [each for each in fit if kind in (None, each.kind) or len(each.signature) != 2]
    return max(fit, key=lambda each: (each.kind == kind, len(each.signature)), default=None)


def told(raw: Raw, export: Export) -> Export:
    """The same export; raises DataError where nothing can be read from it, with what to give."""
    if export.refuse:
        raise DataError(f"{raw.label} looks like {export.told}. {export.refuse}")
    return export


def _number(column: str) -> int:
    """Which column of a file without names it is, or comes from: JSON in one is taken apart."""
    number = column.partition(".")[0].removeprefix("column")
    return int(number) if column.startswith("column") and number.isdecimal() else -1


def dressed(raw: Raw, kind: str, given: Mapping[str, Any]) -> tuple[Raw, Export | None]:
    """The same source without the rows that are no data, with what its vendor's columns give.

    Parameters
    ----------
    raw : Raw
        The rows as they came.
    kind : str
        What it is read as.
    given : dict
        Our name to theirs, as the user said.

    Raises
    ------
    DataError
        It is an export of which nothing can be read.
    """
    export = known(raw, kind)
    if not export:
        return raw, None
    if not {c.name for c in TABLES[kind].required} <= given.keys():
        told(raw, export)
    if export.kind != kind:
        of = f"whose table is '{export.kind}' ({TABLES[export.kind].rows})" if export.kind else ""
        raw.find("warning", "vendor", f"It looks like {export.told}, {of}: read as {kind}.")
        return raw, None
    raw.notes.append(f"the columns look like an export of {export.told}")
    if not raw.here:
        if export.leave:
            said = "are not left out in a table of another engine: leave them out there."
            raw.find("warning", "vendor", f"Rows of {export.vendor} that are no data {said}")
        return raw, export
    return _made(raw, export), export


def _made(raw: Raw, export: Export) -> Raw:
    """The rows with what the declaration reckons, without those that it leaves out."""
    raw = _apart(raw, export) if export.each else raw
    theirs = {name: name for name in raw.types}
    if export.names:  # "column58.data" is a part of the 59th
        theirs = {n: "".join((export.names[_number(n)], *n.partition(".")[1:])) for n in theirs}
    known = {squash(name): cell for cell, name in reversed(theirs.items())}
    cells = {name: quote(cell) for cell, name in theirs.items()}
    if of := known.get(squash(export.same)):
        for name in export.fill:
            if cell := known.get(squash(name)):
                cells[theirs[cell]] = (
                    f"arg_min({_filled(cell)}, {ROW}) OVER (PARTITION BY {quote(of)})"
                )
    for entry in _entries(export):
        if sql := _reckoned(entry, known):
            cells[called(entry)] = sql
    why = " ".join(
        f"WHEN {sql} THEN {text(said)}"
        for sql, said in _left(export, {squash(n): n for n in cells if n not in _OURS})
    )
    store = raw.store
    free = own_names(cells, _OURS).items()
    values = ", ".join(f"{cells[name]} AS {quote(ours)}" for ours, name in free)
    label = "false"
    if export.labels and (timed := known.get(squash(export.columns["timestamp"][0]))):
        # Whoever has removed the lines of labels loses no answer.
        no_time = f"coalesce({_filled(timed)} NOT SIMILAR TO '.*\\d.*', true)"
        label = f"{_PLACE} < {export.labels} AND {no_time}"
    whole = store.view(f"SELECT {values}, {ROW} FROM {{raw}} WHERE NOT ({label})", raw=raw.table)
    marked = store.view(
        f"SELECT *, CASE WHEN false THEN '' {why} END AS jk_left FROM {{whole}}", whole=whole
    )
    kept = store.view(
        "SELECT * EXCLUDE (jk_left) FROM {marked} WHERE jk_left IS NULL", marked=marked
    )
    types = {name: kind for name, kind in store.columns(kept.name).items() if name != ROW}
    made = replace(raw, table=kept, types=types)
    made.left = marked if export.leave else None
    said = run(f"SELECT * EXCLUDE ({ROW}) FROM {{raw}} WHERE {label} ORDER BY {ROW}", raw=raw.table)
    if len(said):
        asked = {theirs[n]: f"{cell}" for n, cell in said.iloc[0].dropna().items() if n in theirs}
        made.labels = {name: max(name, cell, key=len) for name, cell in asked.items()}
        made.notes.append(f"took {len(said)} rows below the column names as labels")
    if len(said) and not len(said) < raw.rows:
        raise DataError(f"{raw.label or 'It'} has lines of questions, and no answers.")
    return made


def _apart(raw: Raw, export: Export) -> Raw:
    """A row for each record of a list: what the declaration names of it becomes columns."""
    theirs = {squash(name): name for name in raw.types}[squash(export.each)]
    begin = f"{export.each}."
    listed = {
        name
        for names in export.columns.values()
        for each in names
        for name in ([each] if isinstance(each, str) else each.get("first", [each.get("of")]))
        if name.startswith(begin)
    }
    fields = ", ".join(
        f"json_extract_string(jk_item, {text('$.' + quote(name[len(begin) :]))}) AS {quote(name)}"
        for name in sorted(listed)
    )
    store, cell = raw.store, f"{quote(theirs)}::VARCHAR"
    there = f"CASE WHEN json_valid({cell}) THEN json_type({cell}) = 'ARRAY' ELSE false END"
    items = f"CASE WHEN {there} THEN from_json({cell}, '[\"JSON\"]') ELSE [] END"
    own = ", ".join(
        f"{quote(name)} AS {quote(ours)}" for ours, name in own_names(raw.types, _OURS).items()
    )
    long = store.view(
        f"SELECT {own}, {ROW}, unnest({items}) AS jk_item, "
        f"generate_subscripts({items}, 1) AS jk_place FROM {{raw}}",
        raw=raw.table,
    )
    none = raw.look(f"SELECT count(*) FILTER (coalesce(len({items}), 0) = 0) AS n FROM {{raw}}").n
    if none:
        said = (
            f"{none:,} of {raw.rows:,} rows have no record in '{theirs}': nothing is read of them."
        )
        raw.find("warning", "no-records", said)
    table = store.materialize(
        f"SELECT * EXCLUDE (jk_item, jk_place, {quote(theirs)}, {ROW}), {fields}, "
        f"row_number() OVER (ORDER BY {ROW}, jk_place) - 1 AS {ROW} FROM {{long}}",
        long=long,
    )
    raw.notes.append(f"took each record of '{theirs}' as a row")
    types = {name: kind for name, kind in store.columns(table.name).items() if name != ROW}
    return replace(raw, table=table, types=types, files=[])


def _entries(export: Export) -> Iterator[Mapping[str, Any]]:
    for entry in (each for names in export.columns.values() for each in names):
        if not isinstance(entry, str):
            yield entry


def called(entry: str | Mapping[str, Any]) -> str:
    """What a column is called that a declaration names, or makes."""
    if isinstance(entry, str):
        return entry
    if "first" in entry:
        return ", else ".join(entry["first"])
    return f"{entry['of']} ({entry['as']})"


def _reckoned(entry: Mapping[str, Any], known: Mapping[str, str]) -> str:
    """SQL for a column that is made of theirs; nothing where the source does not have them."""
    if "first" in entry:
        there = [known[squash(name)] for name in entry["first"] if squash(name) in known]
        return f"coalesce({', '.join(map(_filled, there))})" if there else ""
    if not (theirs := known.get(squash(entry["of"]))):
        return ""
    cell = _filled(theirs)
    if words := entry.get("words"):
        cases = " ".join(f"WHEN {text(word)} THEN {value!r}" for word, value in words.items())
        other = (
            f" ELSE CASE WHEN {cell} IS NOT NULL THEN {entry['other']!r} END"
            if "other" in entry
            else ""
        )
        return f"CASE lower({cell}) {cases}{other} END"
    number = (
        f"epoch(try_cast({cell} AS INTERVAL))"
        if entry.get("clock")
        else f"try_cast({cell} AS DOUBLE)"
    )
    return f"{number} / {entry['by']}"


def _filled(theirs: str) -> str:
    return f"nullif(trim({quote(theirs)}::VARCHAR), '')"


def _left(export: Export, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """SQL for each kind of rows that are no data, and what they are."""
    for each in export.leave:
        if theirs := names.get(squash(each["column"])):
            listed = ", ".join(text(value.lower()) for value in each.get("is", each.get("not", ())))
            cell = f"lower({_filled(theirs)})"
            yield (
                f"coalesce({cell} {'NOT ' if 'not' in each else ''}IN ({listed}), false)",
                each["why"],
            )
