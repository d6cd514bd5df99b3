"""Which kind of table a file is: told by who made it, by its name and by its columns."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from journeykit.declared import beside
from journeykit.engine import default
from journeykit.errors import DataError, JourneykitError
from journeykit.model import TABLES, TableKind

from .columns import Given, recognise
from .names import squash, stem
from .others import read_table
from .questions import questions
from .raw import Contract, Raw
from .read import read_events
from .sources import find_source
from .vendors import Export, known, told

Source = str | Path | list[str]
_NAMED = beside(__file__)["named"]
#: A file is of a kind where it has so many columns that no other kind knows (one that two know
#: counts half), and of another as well where that has so large a part of them.
_ENOUGH, _NEARLY = 1.0, 0.75
#: In so many rows and more names of events come back and those of leads do not: at most, and at
#: least, this share of them is a new one.
_ROWS, _NEW = 20, 0.5


@dataclass(frozen=True)
class Sorted:
    """What a source is, and what was read of it.

    Parameters
    ----------
    kind : str
        The kind of table; empty where it cannot be told.
    others : sequence of str
        Kinds that it could be as well.
    table : Events or pandas.DataFrame or None
        What was read; None where it could not be.
    contract : Contract or None
        What was used, set aside, assumed and found.
    problem : JourneykitError or None
        Why it could not be placed, or not be read as this kind.
    columns : sequence of str
        The columns of the source, as far as it could be opened.
    shapes : sequence of set of str
        Of several files, the columns of each.
    """

    kind: str = ""
    others: Sequence[str] = ()
    table: Any = None
    contract: Contract | None = None
    problem: JourneykitError | None = None
    columns: Sequence[str] = ()
    shapes: Sequence[set[str]] = ()


def sort_out(
    source: Source,
    columns: Mapping[str, Given] = {},
    day_first: bool | None = None,
    timezone: str = "",
    kind: str = "",
) -> Sorted:
    """Tell which kind of table a source is, and read it.

    Parameters
    ----------
    source : path, glob or list of paths
        A file, or the parts of one table.
    columns : dict
        Kind to our names to theirs, as the user said.
    day_first : bool, optional
        Whether 03/04/2024 is 3 April.
    timezone : str
        Whose clock times with a zone are told by.
    kind : str
        What it is, where that is known.

    Examples
    --------
    >>> str(sort_out("no-such-file.csv").problem).partition(".csv")[0]
    "There is no file 'no-such-file"
    """
    there: Sequence[str] = ()
    shapes: Sequence[set[str]] = ()
    others: Sequence[str] = ()
    table: Any = None
    try:
        raw = find_source(source).load(default(), kind=kind or "events")
        there, shapes = [*raw.types], [{*kinds} for kinds in raw.kinds]
        export = known(raw)
        # Two columns are too few to say what a file is, where anything else speaks for another.
        if not kind and export and len(export.signature) != 2:
            kind = told(raw, export).kind
        if not kind:
            kind, *others = _likely(raw, source, columns, export)
        how: Any = {"columns": columns.get(kind), "day_first": day_first, "timezone": timezone}
        read: Any = read_events if kind == "events" else partial(read_table, kind)
        table = read(source, **how)
    except JourneykitError as problem:
        return Sorted(kind, others, problem=problem, columns=there, shapes=shapes)
    contract = table.contract if kind == "events" else table.attrs["contract"]
    return Sorted(kind, others, table, contract, columns=there, shapes=shapes)


def _likely(
    raw: Raw, source: Source, columns: Mapping[str, Given], export: Export | None
) -> list[str]:
    """The kind that it is most clearly, then those that it could be as well."""
    known = {name: _known(raw, table) for name, table in TABLES.items()}
    shared = Counter(chain(*({*chain(*each.values())} for each in known.values())))
    file = Path(source[0] if isinstance(source, list) else source).name.lower()
    words = {*re.split(r"[\W\d_]+", file)}
    named = {name for name, each in _NAMED.items() if words & {*each.split()}}
    clear = dict[str, float]()
    for name, each in known.items():
        own = sum(max(1 / shared[theirs] for theirs in found) for found in each.values())
        clear[name] = 2 * own + 1 if name in named else own
    fits = {name: _fits(raw, name, columns.get(name) or {}) for name in TABLES}
    ranked = sorted(clear, key=lambda name: -clear[name])
    ranked = [n for n in ranked if fits[n] is not None and clear[n] >= _ENOUGH]
    if not (ranked and fits[ranked[0]]) and (export or any(questions(raw))):
        return [export.kind if export else "surveys"]
    if not ranked and fits["events"]:  # told by its cells alone
        return ["events"]
    if not ranked:
        raise DataError(f"Its columns do not tell what {raw.label} is: {', '.join(raw.types)}.")
    near = [n for n in ranked if clear[n] >= _NEARLY * clear[ranked[0]] or n in named]
    return [n for n in near if fits[n]] or ranked[:1]


def _known(raw: Raw, table: TableKind) -> dict[str, list[str]]:
    """Our columns to those of the source that go by one of their names."""
    names = {name: column.name for column in table.columns[::-1] for name in column.names}
    who = {stem(name) for name, ours in names.items() if ours == "user_id"}
    found = dict[str, list[str]]()
    for theirs in raw.types:
        if ours := names.get(squash(theirs)) or "user_id" * (stem(theirs) in who):
            found.setdefault(ours, []).append(theirs)
    return found


def _fits(raw: Raw, kind: str, given: Given) -> bool | None:
    """Whether the columns that it needs are there; None where their cells speak against it."""
    try:
        found = recognise(raw, TABLES[kind], given)
    except JourneykitError:
        return False
    new = {"events": "event", "leads": "user_id"}.get(kind)
    if new and len(cells := raw.sample[found[new]].dropna()) >= _ROWS:
        few = cells.nunique() <= _NEW * len(cells)
        return few is (kind == "events") or None
    return True
