"""Names of files and columns: any may be used, and none means anything to the kit or DuckDB.

And whose id a column holds: candidates for the customer, ranked by name and by evidence.
"""

import glob
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from pandas import DataFrame

from journeykit.declared import beside
from journeykit.engine import Columns, quote, text
from journeykit.errors import DataError, WhichColumn

from .raw import Raw

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


_LATER, _ROWS, _ATTRIBUTES = beside(__file__).values()
_ENDS = re.compile("(id|key|uuid|guid|hash|ref|reference|code|number|num|no|nr|pk|sk)$")
# Two columns: how many values each has, and whether one changes within the other as at a login: it
# has a value of its own for each, and what changed does not come back (but for one in twenty).
_BESIDE = """
WITH spans AS (
  SELECT {0} AS jk_a, {1} AS jk_b, min({2}) AS jk_first, max({2}) AS jk_last
  FROM {{raw}} GROUP BY 1, 2
), woven AS (
  SELECT *, jk_first < max(jk_last) OVER (PARTITION BY jk_a ORDER BY jk_first, jk_last
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS jk_in_a,
    jk_first < max(jk_last) OVER (PARTITION BY jk_b ORDER BY jk_first, jk_last
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS jk_in_b FROM spans
), counted AS (
  SELECT count(*) AS pairs, count(DISTINCT jk_a) AS a, count(DISTINCT jk_b) AS b,
    20 * count(CASE WHEN jk_in_a THEN 1 END) AS in_a,
    20 * count(CASE WHEN jk_in_b THEN 1 END) AS in_b
  FROM woven WHERE jk_a IS NOT NULL AND jk_b IS NOT NULL
)
SELECT a, b, pairs = a AND pairs = b AS same, pairs = b AND a < b AND in_a <= pairs - a AS login,
  pairs = a AND b < a AND in_b <= pairs - b AS turned FROM counted"""


def stem(name: object) -> str:
    """What an id is of: `person_key` → `person`, `Customer No.` → `customer`."""
    return _ENDS.sub("", squash(name))


def tier(name: object) -> int:
    """0 for names of people, 1 of what changes for the same person, 2 of what many share."""
    return next((n for n, words in enumerate(_LATER, 1) if stem(name) in words.split()), 0)


def no_event(name: object) -> bool:
    """Whether a column by this name says where somebody comes from, not what they do."""
    return stem(name) in _ATTRIBUTES.split()


def unique_ids(sample: DataFrame) -> list[str]:
    """The columns called an id that are different in every row, and are no number of the row."""
    return [
        str(name)
        for name, cells in sample.items()
        if cells.is_unique and squash(name) != stem(name) not in _ROWS.split()
    ]


def weighed(raw: Raw, user: str, others: Iterable[str], time: str) -> Iterator[str]:
    """Hold the column that was taken as the customer against others that could be.

    Yields
    ------
    str
        Which was not taken, and what was seen.

    Raises
    ------
    WhichColumn
        Neither names nor evidence decide.
    """
    for other in others:
        seen = raw.look(_BESIDE.format(quote(user), quote(other), quote(time)))
        if seen.same:
            continue
        said = f"it has {seen.b:,} different values, '{user}' {seen.a:,}"
        known = squash(user) == "userid" or tier(other) > tier(user)
        # What itself changes as at a login is in doubt all the same, but for people on a device.
        doubtful = seen.turned and tier(user) >= min(tier(other), 1)
        if not (seen.login or (known and not doubtful)):
            raise WhichColumn(
                f"Which column is user_id (who)? '{user}' was taken, but '{other}' could be as "
                f"well: {said}. Say it with user_id={other!r} (on the command line: "
                f"--column user_id={other})."
            )
        why = ", and changes within one as at a login" if seen.login else ""
        yield f"did not take column '{other}' as user_id: {said}{why}"
