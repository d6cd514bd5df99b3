"""Names of files and columns: any may be used, and none means anything to the kit or DuckDB."""

import glob
import re
import unicodedata
from collections.abc import Collection, Iterable
from pathlib import Path

from journeykit.engine import Columns, quote, text
from journeykit.errors import DataError

#: What stands in a row, and in no line of column names.
TIME = re.compile(r"\s*(\d{9,}|\d{4}-\d\d-\d\d|\d+[-./]\d+[-./]\d+[T ]+\d+:\d\d.*)\s*")
#: The time that columns take grows with the square of their number.
_MOST = 2_000


def squash(name: object) -> str:
    """A name without case, accents and separators: `Customer ID`, `customerId` → `customerid`."""
    plain = unicodedata.normalize("NFKD", str(name).casefold())
    return "".join(letter for letter in plain if letter.isalnum())


def own_names(theirs: Iterable[str], taken: Iterable[str]) -> Columns:
    """A free name for each of their columns: ``source_…`` where its own is taken."""
    if len(theirs := [*theirs]) > _MOST:
        raise DataError(f"It has {len(theirs):,} columns, and {_MOST:,} can be read. Save fewer.")
    free: Columns = {}
    used = {name.lower() for name in taken}
    for name in theirs:
        ours = name.replace("\0", "").strip() or "column"
        while ours.lower() in used:
            ours = f"source_{ours}"
        used.add(ours.lower())
        free[ours] = name
    return free


def named(free: Columns, texts: Collection[str] = ()) -> str:
    """SQL for all columns, each by its free name; some of them as text."""
    # Whole numbers of a file in which some are empty are fractions there: 7.0.
    whole = "regexp_replace({0}::VARCHAR, if(typeof({0}) = 'DOUBLE', '\\.0$', '$'), '')"
    kind = dict.fromkeys(texts, whole)
    return ", ".join(
        f"{kind.get(n, '{0}').format(quote(n))} AS {quote(ours)}" for ours, n in free.items()
    )


def renamed(free: Columns) -> list[str]:
    """Say which columns could not keep their names."""
    return [
        f"kept column '{theirs}' as {ours}: "
        + ("the name is taken" if theirs.strip() and "\0" not in theirs else "it has no name")
        for ours, theirs in free.items()
        if ours != theirs.strip()
    ]


def exactly(file: Path) -> str:
    """A path as SQL that means this file alone, whatever signs are in its name."""
    return text(glob.escape(str(file)))
