"""Run the cells of one notebook; it is started in a process of its own, and trusts nobody.

``python -m journeykit.grade.runner NOTEBOOK`` runs every code cell, also after one that failed.
What the checks are handed is written, line by line, to the file that ``JOURNEYKIT_ANSWERS``
names, so that a process that is ended later has kept what came before.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

__all__ = ["main"]

BIGGEST_FILE = 500 * 1024 * 1024
_CHECKED = re.compile(r"\.(q\w*\d+)\.check\(")


def main(notebook: Path, log: Path) -> None:
    """Run a notebook from top to bottom."""
    _limits()
    sources = list(_cells(notebook))
    from IPython.core.interactiveshell import InteractiveShell

    shell: Any = InteractiveShell.instance()
    shell.display_formatter.active_types = ["text/plain"]  # nobody looks: draw no pictures
    for source in sources:
        result = shell.run_cell(source, store_history=False)
        problem = result.error_before_exec or result.error_in_exec
        if problem is not None:
            said = f"{type(problem).__name__}: {problem}"[:500]
            _say(log, {"error": said, "questions": _CHECKED.findall(source)})
    _say(log, {"end": True})


def _limits() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (BIGGEST_FILE, BIGGEST_FILE))


def _cells(notebook: Path) -> Iterator[str]:
    """The code cells; a file that is no notebook ends the process, which is one student's result."""
    for cell in json.loads(notebook.read_text("utf-8"))["cells"]:
        if cell.get("cell_type") == "code":
            yield "".join(cell.get("source", []))


def _say(log: Path, entry: dict[str, Any]) -> None:
    with open(log, "a", encoding="utf-8") as out:
        out.write(json.dumps(entry) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(os.environ["JOURNEYKIT_ANSWERS"]))
