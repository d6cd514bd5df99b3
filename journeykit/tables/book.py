"""Opens a spreadsheet in a process of its own, as one far cell asks for all memory there is.

Hands on each sheet's name, height and first rows; told a sheet and a row, all rows from there.
"""

import pickle
import sys
from contextlib import suppress
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

#: So many rows fill the pipe, so that both sides work at once; the names of a sheet's columns are
#: among the first ones.
ROWS, FIRST = 12_000, 100
#: A sheet may take so many gigabytes.
MOST = 4


def main(file: str, wanted: str) -> None:
    """Hand on what the file holds."""
    with suppress(ImportError, ValueError, OSError):  # Windows has no such limit.
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST << 30, MOST << 30))
    # By its content, not by its ending.
    book = CalamineWorkbook.from_filelike(BytesIO(Path(file).read_bytes()))
    names = {wanted} & {*book.sheet_names} or book.sheet_names
    sheets = [book.get_sheet_by_name(name) for name in names]
    _say([(sheet.name, sheet.height, [*islice(sheet.iter_rows(), FIRST)]) for sheet in sheets])
    rows = islice(sheets[int(input())].iter_rows(), int(input()), None)
    while _say([*zip(*islice(rows, ROWS))]):
        pass


def _say(what: Any) -> Any:
    pickle.dump(what, sys.stdout.buffer, pickle.HIGHEST_PROTOCOL)
    sys.stdout.buffer.flush()
    return what


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except BaseException as problem:  # Also a panic of a library in Rust.
        _say(str(problem))
