"""Which of their columns is which of ours: told, known by name, or seen in the content."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping

import pandas as pd

from journeykit.errors import DataError, UnknownName, did_you_mean
from journeykit.model import TableColumn, TableKind
from journeykit.tables.content import find_by_content
from journeykit.tables.vendors import VENDORS

#: A column by a known name is passed over for a later one if fewer of its cells are filled.
_FILLED = 0.95
_NUMBER = r"\s*[-+$€£¥ ]*\d[\d.,eE+-]*[ $€£¥%]*"
_LIFECYCLE = {
    word: stage
    for stage, words in {
        "start": "start started begin began open opened",
        "complete": "complete completed end ended finish finished close closed",
    }.items()
    for word in words.split()
}


def squash(name: object) -> str:
    """A name without case, accents and separators: `Customer ID`, `customerId` → `customerid`."""
    plain = unicodedata.normalize("NFKD", str(name).casefold())
    return "".join(letter for letter in plain if letter.isalnum())


def lifecycle_word(value: object) -> str | None:
    """`start` or `complete`, whatever the source calls it; None for anything else."""
    return _LIFECYCLE.get(squash(value))


def recognise(
    sample: pd.DataFrame, kind: TableKind, given: Mapping[str, str | None]
) -> tuple[dict[str, str], list[str]]:
    """Find the columns of a kind of table in a source.

    Parameters
    ----------
    sample : pandas.DataFrame
        Some rows of the source, as text.
    kind : TableKind
        What to look for.
    given : dict
        Our name to theirs, as the user said; None says that there is no such column. A name
        that is not of the kind is a new name for a column of theirs.

    Returns
    -------
    dict, list of str
        Our columns, each with theirs, and what was assumed to get there.

    Raises
    ------
    UnknownName
        A column the user named is not there.
    DataError
        A required column cannot be found.
    """
    found = {ours: _existing(ours, theirs, sample) for ours, theirs in given.items() if theirs}
    squashed: dict[str, str] = {}
    for theirs in sample.columns:
        squashed.setdefault(squash(theirs), theirs)
    vendor, words = next(
        (
            (vendor, words)
            for vendor, (signature, words) in VENDORS.items()
            if set(signature.split()) <= set(squashed)
        ),
        ("", {}),
    )
    assumptions: list[str] = []
    for column in kind.columns:
        if column.name in given:
            continue
        names = dict.fromkeys([*words.get(column.name, "").split(), *column.names])
        named = [squashed[n] for n in names if squashed.get(n) not in (None, *found.values())]
        theirs, why = _by_name(column, column in kind.required, sample[named])
        if theirs:
            found[column.name] = theirs
            if theirs != column.name:
                assumptions.append(f"took column '{theirs}' as {column.name}{why}")
    if vendor and assumptions:
        assumptions.insert(0, f"the columns look like an export of {vendor}")
    missing = [column for column in kind.required if column.name not in found]
    for ours, theirs, why in find_by_content(sample, [c.name for c in missing], found):
        found[ours] = theirs
        assumptions.append(f"took column '{theirs}' as {ours}: {why}")
    if still := [column for column in missing if column.name not in found]:
        raise _which(still, sample)
    return found, assumptions


def _existing(ours: str, theirs: str, sample: pd.DataFrame) -> str:
    alike = [name for name in sample.columns if squash(name) == squash(theirs)]
    if theirs not in sample.columns and len(alike) != 1:
        raise UnknownName(
            f"There is no column {theirs!r} to be {ours}. {did_you_mean(theirs, sample.columns)}"
        )
    return theirs if theirs in sample.columns else alike[0]


def _by_name(column: TableColumn, required: bool, named: pd.DataFrame) -> tuple[str | None, str]:
    """The first column by a known name that is well filled, or else the best filled one."""
    filled = {}
    for theirs in named:
        cells = named[theirs].dropna().str.strip()
        cells = cells[cells != ""]
        if _may_be(column, squash(theirs), cells, empty_is_fine=required or not len(named)):
            filled[theirs] = len(cells) / len(named) if len(named) else 1.0
    if not filled:
        return None, ""
    first, fullest = next(iter(filled)), max(filled, key=lambda name: filled[name])
    best = next((name for name, share in filled.items() if share >= _FILLED), fullest)
    if required and best != first:
        return best, f": '{first}' is empty in {1 - filled[first]:.0%} of the rows looked at"
    return best, ""


def _may_be(column: TableColumn, squashed: str, cells: pd.Series, *, empty_is_fine: bool) -> bool:
    """Guard against names that mean something else here, for columns nobody asked for."""
    if cells.empty:
        return empty_is_fine and column.name not in ("lifecycle", "event_id")
    if column.name == "lifecycle":
        return {"start", "complete"} <= set(cells.map(lifecycle_word))
    if column.name == "event_id" and squashed == "eventid":
        # Some sources give every kind of event an id; that one must not be taken for a repeat.
        return bool(cells.nunique() > 0.9 * len(cells))
    return column.kind != "number" or mostly_numbers(cells)


def mostly_numbers(cells: pd.Series) -> bool:
    """Whether cells are numbers, be it with commas or a currency sign."""
    return bool(cells.dropna().str.fullmatch(_NUMBER).mean() > 0.5)


def own_names(theirs: Iterable[str], taken: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Pair the names of columns with names that are still free: ``source_…`` where one is taken."""
    used = {name.lower() for name in taken}
    for name in theirs:
        ours = name
        while ours.lower() in used:
            ours = f"source_{ours}"
        used.add(ours.lower())
        yield name, ours


def _which(still: list[TableColumn], sample: pd.DataFrame) -> DataError:
    listed = ", ".join(repr(name) for name in sample.columns[:40])
    more = f" and {len(sample.columns) - 40} more" if len(sample.columns) > 40 else ""
    asked = " and which is ".join(f"{column.name} ({column.about})" for column in still)
    code = ", ".join(f'{column.name}="…"' for column in still)
    typed = " ".join(f"--column {column.name}=THEIRS" for column in still)
    return DataError(
        f"Which column is {asked}? The columns are {listed}{more}. "
        f"Say it with {code} (on the command line: {typed})."
    )
