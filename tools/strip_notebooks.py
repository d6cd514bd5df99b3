"""Take outputs, counts and traces of a run out of notebooks, so that git keeps what people wrote.

    python tools/strip_notebooks.py [--check] NOTEBOOK ...

With ``--check`` nothing is written; exit code 1 tells that a notebook would change.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

OF_A_CELL = ("execution", "papermill", "collapsed", "scrolled", "ExecuteTime")
OF_A_NOTEBOOK = ("papermill", "widgets", "signature")


def strip(notebook: dict[str, Any]) -> bool:
    """Strip a notebook in place; return whether anything was there to strip."""
    before = json.dumps(notebook)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
        for key in OF_A_CELL:
            cell.get("metadata", {}).pop(key, None)
    for key in OF_A_NOTEBOOK:
        notebook.get("metadata", {}).pop(key, None)
    return json.dumps(notebook) != before


def main(arguments: Sequence[str] | None = None) -> int:
    """Strip the notebooks given; return 1 where one changed or, with --check, would."""
    parser = argparse.ArgumentParser(description="Strip outputs from notebooks.")
    parser.add_argument("notebooks", nargs="+", type=Path)
    parser.add_argument("--check", action="store_true", help="write nothing, only tell")
    given = parser.parse_args(arguments)
    changed = 0
    for path in given.notebooks:
        notebook = json.loads(path.read_text("utf-8"))
        if strip(notebook):
            changed += 1
            print(f"{path}: {'carries outputs' if given.check else 'stripped'}")
            if not given.check:
                text = json.dumps(notebook, indent=1, ensure_ascii=False)
                path.write_text(f"{text}\n", "utf-8")
    return 1 if changed else 0


if __name__ == "__main__":
    raise SystemExit(main())
