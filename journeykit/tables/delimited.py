"""Delimited text: quotes are RFC 4180's, all else is judged over the whole file, and no line of it
is lost unsaid.
"""

import csv
import itertools
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from pandas import DataFrame

from journeykit import engine
from journeykit.engine import Table, text
from journeykit.errors import DataError

from .encoding import judged, rewritten
from .names import TIME, exactly, own_names, renamed

_DELIMITERS = ",;\t|^~"
#: Among so many lines the column names are looked for.
_HEAD = 20
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
#: DuckDB gives up on records that are longer, unless it is told.
_LONGEST = 4_000_000
_scans = itertools.count(1)


def read_lines(file: Path) -> tuple[Table, DataFrame, list[str]]:
    """Read a file of delimited text.

    Returns
    -------
    tuple
        The cells as text; the lines that do not split into the columns: ``line``, ``text``,
        ``reason``, ``file``; and what had to be assumed.

    Raises
    ------
    DataError
        It is empty or damaged, or a line of it would be lost.
    """
    seen, notes = judged(file), list[str]()
    with TemporaryDirectory(prefix="journeykit-spill-") as place:
        plain = file
        if not seen.plain:
            plain = Path(place, "text.csv")
            notes += rewritten(file, seen.encodings, plain)
            seen = judged(plain)
        above, delimiter = _shape(plain)
        above, head, over = _names(plain, above, delimiter)
        if above:
            notes.append(f"passed over {above} lines above the column names of {file.name}")
        if not over and head:
            notes.append(f"found no line of column names in {file.name}, and gave them numbers")
        theirs = [name.replace("\0", "").strip() or f"column{n}" for n, name in enumerate(head)]
        left = seen.lines - above - over
        if not theirs:
            raise DataError("It is empty: not even a line with column names.")
        free = own_names(theirs, [])
        table, unreadable = _scanned(
            plain, above + over, delimiter, free, max(seen.longest, _LONGEST)
        )
        unreadable["file"] = file.name
        if len(unreadable):
            # A quote that is not closed takes the lines below with it.
            lines = unreadable["text"].str.rstrip("\n").str.split("\n")
            unreadable = unreadable.assign(text=lines).explode("text")
        _all_there(plain, left - len(unreadable), table)
    return table, unreadable, notes + renamed(free)


def _scanned(
    file: Path, above: int, delimiter: str, names: Iterable[str], longest: int
) -> tuple[Table, DataFrame]:
    """Let DuckDB read a file of which nothing is left to be guessed."""
    store, number = engine.reader(), next(_scans)
    columns = ", ".join(f"{text(name)}: 'VARCHAR'" for name in names)
    table = store.materialize(
        f"SELECT * FROM read_csv({exactly(file)}, auto_detect=false, header=false, skip={above}, "
        f"delim={text(delimiter)}, quote='\"', escape='\"', columns={{{columns}}}, "
        f"max_line_size={2 * longest}, buffer_size={8 * longest}, hive_partitioning=false, "
        f"store_rejects=true, rejects_limit=0, rejects_table='rejects_{number}', "
        f"rejects_scan='scans_{number}')"
    )
    unreadable = store.run(
        "SELECT line, any_value(csv_line) AS text, any_value(error_message) AS reason "
        f"FROM rejects_{number} GROUP BY line ORDER BY line"
    )
    store.execute(f"DROP TABLE rejects_{number}; DROP TABLE scans_{number}")
    return table, unreadable


def _all_there(file: Path, left: int, table: Table) -> None:
    """Each line of a file is a row, part of a cell, set aside, or blank."""
    left -= table.engine.execute(f"SELECT count(*) FROM {table.name}")[0][0]
    if left:
        cells = "concat(*COLUMNS(*))"
        ends = f"sum(length({cells}) - length(replace({cells}, chr(10), ''))) AS n"
        left -= table.engine.run(f"SELECT {ends} FROM {{t}}", t=table)["n"].fillna(0)[0]
        with file.open("rb") as stream:
            blank = sum(not line.strip() for line in stream)
        if not 0 <= left <= blank:
            raise DataError(
                f"{abs(left):,.0f} lines of it are in no row, or in two. It was written to "
                "meanwhile, so that you try again; or its quotes are not closed, so that it has "
                "to be written anew where it comes from, best as Parquet."
            )


def _names(file: Path, above: int, delimiter: str) -> tuple[int, list[str], int]:
    """How many lines stand above the column names, these, and how many lines they take.

    What holds a time is a row. The names are then one line above, and one fewer, where each row
    begins with a number of its own or ends in a delimiter; else there are none.
    """
    with file.open(encoding="utf-8-sig", newline="") as stream:
        lines = itertools.islice(stream, max(above - 1, 0), None)
        names = next(csv.reader(itertools.islice(lines, min(above, 1)), delimiter=delimiter), [])
        reader = csv.reader(lines, delimiter=delimiter)
        head = next(reader, [])
        over = reader.line_num
    if not any(map(TIME.fullmatch, head)):
        return above, head, over
    if len(names) != len(head) - 1:
        return above, [""] * len(head), 0
    return above - 1, ["", *names] if head[-1] else [*names, ""], 1


def _shape(file: Path) -> tuple[int, str]:
    """How many lines stand above the column names, and what delimits the cells."""
    with file.open(encoding="utf-8-sig", errors="replace") as stream:
        head = [_QUOTED.sub("x", line) for line in itertools.islice(stream, _HEAD)]
    if head and re.fullmatch(r"sep=.\s*", head[0]):  # a spreadsheet's own way to say it
        return 1, head[0][4]
    filled = [n for n, line in enumerate(head) if line.strip()] or [0]
    there = [c for c in _DELIMITERS if c in head[filled[0]]] if head else []
    if len(there) == 1 and len({head[n].count(there[0]) for n in filled[:2]}) == 1:
        return filled[0], there[0]
    counts = {c: Counter[int]() for c in _DELIMITERS}
    with file.open(encoding="utf-8-sig", errors="replace") as stream:
        for line in stream:
            bare = _QUOTED.sub("", line) if '"' in line else line
            for c, counted in counts.items():
                counted[bare.count(c)] += 1
    fits = [
        (counts[c][head[row].count(c)], -row, c)
        for row in filled
        for c in _DELIMITERS
        if head and c in head[row]
    ]
    _, row, delimiter = max(fits, default=(0, -filled[0], ","))
    return -row, delimiter
