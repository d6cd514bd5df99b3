"""Write the tables of columns and of tools in docs/analyst.md from their declarations.

    python tools/make_table_docs.py [--check]

With ``--check`` nothing is written; exit code 1 tells that the page would change.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from journeykit.model import TABLES
from journeykit.tables.vendors import exports

PAGE = Path(__file__).resolve().parents[1] / "docs" / "analyst.md"
TOOLS = "| Tool | What of it | How to export it | Where its form was found |\n|---|---|---|---|\n"
HEAD = "| Table | Rows | Required | Also understood |\n|---|---|---|---|\n"


def row(kind: str) -> str:
    """Return what the guide says of a kind of table."""
    table = TABLES[kind]
    cells = (
        ", ".join(f"`{c.name}`" + (f" ({c.about})" if c.about else "") for c in columns)
        for columns in (table.required, table.also)
    )
    return f"| `{kind}` | {table.rows} | {' | '.join(cells)} |\n"


def tools() -> str:
    """Return what the guide says of the tools whose exports are known."""
    lines = dict[str, list[str]]()
    for export in exports():
        kind = f"{export.name}: `{export.kind}`" if export.kind else f"{export.name}: refused"
        lines.setdefault(export.vendor, [export.how, export.seen, export.wild]).append(kind)
    return TOOLS + "".join(
        f"| {vendor} | {'; '.join(kinds)} | {how} | {seen}{'' if wild else ' *(not seen in the wild)*'} |\n"
        for vendor, (how, seen, wild, *kinds) in lines.items()
    )


def page() -> str:
    """Return the guide, with the tables as they are declared."""
    said = PAGE.read_text("utf-8")
    for head, found in (("Table", HEAD + "".join(map(row, TABLES))), ("Tool", tools())):
        said = re.sub(
            rf"^\| {head} \|.*\n(\|.*\n)+", lambda _, found=found: found, said, count=1, flags=re.M
        )
    return said


if __name__ == "__main__":
    made = page()
    if "--check" in sys.argv:
        sys.exit(made != PAGE.read_text("utf-8"))
    PAGE.write_text(made, "utf-8")
