"""Write docs/api.md, one line for each function, and the metrics of docs/analyst.md.

    python tools/make_api_docs.py [--check]

Both follow from the catalogue of numbers and from docstrings. With ``--check`` nothing is written;
exit code 1 tells that a page would change.
"""

from __future__ import annotations

import argparse
import inspect
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import journeykit as jk
from journeykit import numbers
from journeykit.declared import METRICS
from journeykit.numbers.catalogue import CATALOGUE, Number

ROOT = Path(__file__).resolve().parents[1]
API, GUIDE = ROOT / "docs" / "api.md", ROOT / "docs" / "analyst.md"
HEAD = """# Every function, a line each

Written by `tools/make_api_docs.py` from the catalogue of numbers and the docstrings;
`help(function)` has the parameters, every column with its unit, the formula with its source, and an
example that runs.

Every number comes as a tidy table. `attrs["counts"]` says what its numbers count, `attrs["notes"]`
what to know when reading it, and `attrs["sql"]` holds the query where it came from the events.
`low` and `high` are the ends of the 95 % interval, `small_n` flags what rests on fewer than 30.

## The door

`import journeykit as jk`, then `jk.…`; every number of the second table stands here, too.

| Name | What it does |
|---|---|
"""
NUMBERS = """
## Numbers

`jk.…` or `from journeykit import numbers`, then `numbers.…`. Any of them is shown on any phase:
`w.weak_spots.funnel(within="7 days")`. Where a chart is named, `jk.charts.…` draws the table.

| Name | What it does | Its question | Counts | Chart | Claims |
|---|---|---|---|---|---|
"""
TOOLS = """
## Beside them

`from journeykit import numbers`, then `numbers.…`.

| Name | What it does |
|---|---|
"""
UNITS = {"minutes": "time", "hours": "time"}
TABLE = """
| Metric | What it says | `of` | Unit | Counted over | Table |
|---|---|---|---|---|---|
"""
START, END = "<!-- metrics -->\n", "\n<!-- end of metrics -->"


def row(cells: Iterable[str]) -> str:
    """A row of a table."""
    return f"| {' | '.join(cell or '–' for cell in cells)} |\n"


def line(name: str, found: Any, *more: str) -> str:
    """A function as a row of the table."""
    said = ""
    if inspect.isfunction(found):
        signature = inspect.signature(found)
        bare = [
            part.replace(annotation=inspect.Parameter.empty)
            for part in signature.parameters.values()
        ]
        said = f"`{signature.replace(parameters=bare, return_annotation=inspect.Signature.empty)}`"
    file = (
        Path(inspect.getsourcefile(inspect.unwrap(found)) or "")
        .resolve()
        .relative_to(ROOT)
        .as_posix()
    )
    first = (inspect.getdoc(found) or "").split("\n\n")[0].replace("\n", " ")
    return row([f"[`{name}`](../{file}){said}", first, *more])


def number_line(made: Number) -> str:
    """A number as a row of the table."""
    counts = made.counts if isinstance(made.counts, str) else "its sentence says it"
    ask = made.ask.replace("{by}", "…").replace("{persona}", "this persona")
    chart = f"`{made.chart}`" if made.chart else ""
    return line(
        made.name, made.function, ask, counts, chart, ", ".join(f"`{name}`" for name in made.claims)
    )


def api() -> str:
    """The page of all functions."""
    door = [n for n in jk.__all__ if callable(getattr(jk, n)) and n not in CATALOGUE]
    tools = [n for n in numbers.__all__ if n not in CATALOGUE and callable(getattr(numbers, n))]
    made = HEAD + "".join(line(name, getattr(jk, name)) for name in door)
    made += NUMBERS + "".join(number_line(CATALOGUE[name]) for name in sorted(CATALOGUE))
    return made + TOOLS + "".join(line(name, getattr(numbers, name)) for name in tools)


def metrics() -> str:
    """The table of what a claim can name."""
    rows = []
    for name, metric in METRICS.items():
        said = metric.words.replace("{of}", "…").replace("{stage}", "the stage")
        unit = UNITS.get(metric.kind, metric.kind)
        unit += f", {metric.ends[0]:g} to {metric.ends[1]:g}" if metric.ends else ""
        of = metric.of.replace("?", ", or without") or ("the stage" if metric.about_stage else "")
        rows.append(row([f"`{name}`", said, of, unit, metric.counts, metric.table]))
    return TABLE + "".join(rows)


def guide() -> str:
    """The analyst's guide with its table of metrics made anew."""
    before, _, rest = GUIDE.read_text("utf-8").partition(START)
    return before + START + metrics() + END + rest.partition(END)[2]


def main() -> int:
    """Write the pages, or with --check tell whether one would change."""
    parser = argparse.ArgumentParser(description="Write docs/api.md and the table of metrics.")
    parser.add_argument("--check", action="store_true", help="write nothing, only tell")
    made = {API: api(), GUIDE: guide()}
    if parser.parse_args().check:
        return int(any(page.read_text("utf-8") != text for page, text in made.items()))
    for page, text in made.items():
        page.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
