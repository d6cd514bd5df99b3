"""Write the table of columns in docs/analyst.md from the declarations of the tables.

    python tools/make_table_docs.py [--check]

With ``--check`` nothing is written; exit code 1 tells that the page would change.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from journeykit.model import TABLES

PAGE = Path(__file__).resolve().parents[1] / "docs" / "analyst.md"
HEAD = "| Table | Rows | Required | Also understood |\n|---|---|---|---|\n"


def row(kind: str) -> str:
    """Return what the guide says of a kind of table."""
    table = TABLES[kind]
    cells = (
        ", ".join(f"`{c.name}`" + (f" ({c.about})" if c.about else "") for c in columns)
        for columns in (table.required, table.also)
    )
    return f"| `{kind}` | {table.rows} | {' | '.join(cells)} |\n"


def page() -> str:
    """Return the guide, with the table as it is declared."""
    found = HEAD + "".join(map(row, TABLES))
    said = PAGE.read_text("utf-8")
    return re.sub(r"^\| Table \|.*\n(\|.*\n)+", lambda _: found, said, count=1, flags=re.M)


if __name__ == "__main__":
    made = page()
    if "--check" in sys.argv:
        sys.exit(made != PAGE.read_text("utf-8"))
    PAGE.write_text(made, "utf-8")
