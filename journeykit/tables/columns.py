"""Which of their columns is which of ours: told, known by name, or seen in the content."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from journeykit.errors import DataError, UnknownName, did_you_mean
from journeykit.tables.content import find_by_content
from journeykit.tables.words import VENDORS, WORDS

__all__ = ["Column", "Mapped", "own_names", "recognise"]

#: A column by a known name is passed over for a later one if fewer of its cells are filled.
_FILLED = 0.95
_NUMBER = r"\s*[-+$€£¥ ]*\d[\d.,eE+-]*[ $€£¥%]*"


@dataclass(frozen=True)
class Column:
    """A column of ours.

    Parameters
    ----------
    name : str
        Our name for it.
    kind : str
        ``"id"``, ``"text"``, ``"time"``, ``"number"``, ``"flag"`` (yes or no) or ``"answer"`` (a
        number, or the words of a scale).
    required : bool
        Rows without it are set aside, and without the column nothing can be read.
    words : str
        Further names it goes by, most likely first, beside those in `words.WORDS`.
    """

    name: str
    kind: str = "text"
    required: bool = False
    words: str = ""

    def names(self) -> list[str]:
        """All names it goes by, squashed, its own first."""
        return [squash(self.name), *self.words.split(), *WORDS.get(self.name, "").split()]


@dataclass(frozen=True)
class Mapped:
    """Our columns, each with theirs, and what was assumed to get there."""

    columns: dict[str, str]
    assumptions: list[str]


def squash(name: str) -> str:
    """A name without case, accents and separators: `Customer ID`, `customerId` → `customerid`."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in plain if letter.isalnum())


def recognise(
    sample: pd.DataFrame, wanted: Sequence[Column], given: Mapping[str, str | None]
) -> Mapped:
    """Find the wanted columns in a source.

    Parameters
    ----------
    sample : pandas.DataFrame
        Some rows of the source, as text.
    wanted : sequence of Column
        What to look for.
    given : dict
        Our name to theirs, as the user said; None says that there is no such column. A name
        that is not wanted is a new name for a column of theirs.

    Raises
    ------
    UnknownName
        A column the user named is not there.
    DataError
        A required column cannot be found.
    """
    found = {ours: _existing(ours, theirs, sample) for ours, theirs in given.items() if theirs}
    assumptions: list[str] = []
    vendor, vendor_words = _vendor(sample)
    for column in wanted:
        if column.name in given:
            continue
        names = [*vendor_words.get(column.name, "").split(), *column.names()]
        theirs, why = _by_name(column, names, sample, taken=set(found.values()))
        if theirs:
            found[column.name] = theirs
            if theirs != column.name:
                assumptions.append(f"took column '{theirs}' as {column.name}{why}")
    if vendor and assumptions:
        assumptions.insert(0, f"the columns look like an export of {vendor}")
    missing = [c for c in wanted if c.required and c.name not in found]
    for ours, theirs, why in find_by_content(sample, [c.name for c in missing], found):
        found[ours] = theirs
        assumptions.append(f"took column '{theirs}' as {ours}: {why}")
    _check(missing, found, sample)
    return Mapped(found, assumptions)


def _existing(ours: str, theirs: str, sample: pd.DataFrame) -> str:
    if theirs in sample.columns:
        return theirs
    alike = [name for name in sample.columns if squash(name) == squash(theirs)]
    if len(alike) == 1:
        return alike[0]
    raise UnknownName(
        f"There is no column {theirs!r} to be {ours}. {did_you_mean(theirs, sample.columns)}"
    )


def _vendor(sample: pd.DataFrame) -> tuple[str, dict[str, str]]:
    present = {squash(name) for name in sample.columns}
    for vendor, (signature, words) in VENDORS.items():
        if set(signature.split()) <= present:
            return vendor, words
    return "", {}


def _by_name(
    column: Column, names: list[str], sample: pd.DataFrame, taken: set[str]
) -> tuple[str | None, str]:
    """The first column by a known name that is well filled, or else the best filled one."""
    squashed: dict[str, str] = {}
    for theirs in sample.columns:
        squashed.setdefault(squash(theirs), theirs)
    candidates = [squashed[n] for n in dict.fromkeys(names) if n in squashed]
    candidates = [c for c in candidates if c not in taken and _may_be(column, sample[c])]
    if not candidates:
        return None, ""
    filled = {c: _share_filled(sample[c]) for c in candidates}
    good = [c for c in candidates if filled[c] >= _FILLED]
    best = good[0] if good else max(candidates, key=lambda c: filled[c])
    if column.required and best != candidates[0]:
        empty = 1 - filled[candidates[0]]
        return best, f": '{candidates[0]}' is empty in {empty:.0%} of the rows looked at"
    return best, ""


def _share_filled(cells: pd.Series) -> float:
    return float((cells.fillna("").str.strip() != "").mean()) if len(cells) else 1.0


def _may_be(column: Column, cells: pd.Series) -> bool:
    """Guard against names that mean something else here, for columns nobody asked for."""
    values = cells.dropna().str.strip()
    values = values[values != ""]
    if not column.required and values.empty and len(cells):
        return False
    if column.name == "lifecycle":
        return {"start", "complete"} <= set(values.map(lifecycle_word).dropna())
    if column.name == "event_id" and squash(str(cells.name)) == "eventid":
        # Some sources give every kind of event an id; that one must not be taken for a repeat.
        return bool(values.nunique() > 0.9 * len(values))
    if column.kind == "number" and len(values):
        return mostly_numbers(values)
    return True


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


def lifecycle_word(value: str) -> str | None:
    """`start` or `complete`, whatever the source calls it; None for anything else."""
    word = squash(str(value))
    if word in ("start", "started", "begin", "began", "open", "opened"):
        return "start"
    if word in ("complete", "completed", "end", "ended", "finish", "finished", "close", "closed"):
        return "complete"
    return None


def _check(missing: list[Column], found: dict[str, str], sample: pd.DataFrame) -> None:
    still = [column.name for column in missing if column.name not in found]
    if not still:
        return
    listed = ", ".join(repr(name) for name in sample.columns[:40])
    more = f" and {len(sample.columns) - 40} more" if len(sample.columns) > 40 else ""
    code = ", ".join(f'{name}="…"' for name in still)
    typed = " ".join(f"--column {name}=THEIRS" for name in still)
    raise DataError(
        f"Which column is {' and which is '.join(still)}? The columns are {listed}{more}. "
        f"Say it with {code} (on the command line: {typed})."
    )
