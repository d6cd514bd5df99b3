"""Write docs/api.md, one line for each function, from the docstrings.

    python tools/make_api_docs.py [--check]

What a function counts is taken from the answer of its own example. With ``--check`` nothing is
written; exit code 1 tells that the page would change.
"""

from __future__ import annotations

import argparse
import doctest
import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import journeykit as jk
from journeykit import charts, numbers

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "api.md"
HEAD = """# Every function, a line each

Written by `tools/make_api_docs.py` from the docstrings; `help(function)` has the parameters, every
column with its unit, the formula with its source, and an example that runs.

Every number comes as a tidy table. `attrs["counts"]` says what its numbers count, `attrs["notes"]`
what to know when reading it, and `attrs["sql"]` holds the query where it came from the events.
`low` and `high` are the ends of the 95 % interval, `small_n` flags what rests on fewer than 30.

## The door

`import journeykit as jk`, then `jk.…`. What is marked with `jk` in the second table stands here, too.

| Name | What it does |
|---|---|
"""
ANALYSIS = """
## Analysis

`from journeykit import numbers`, then `numbers.…`. Where `charts` stands, `jk.charts.…` of the same
name draws the table.

| Name | What it does | Counts | Also |
|---|---|---|---|
"""


def counted(function: Callable[..., Any]) -> str:
    """Run the example of a function; what its first answer counts, or nothing."""
    seen: list[str] = []

    def watched(*given: Any, **named: Any) -> Any:
        answer = function(*given, **named)
        seen.append(getattr(answer, "attrs", {}).get("counts", ""))
        return answer

    (example,) = doctest.DocTestFinder(recurse=False).find(function, function.__name__)
    example.globs = {**example.globs, function.__name__: watched}
    doctest.DocTestRunner(verbose=False).run(example, out=lambda text: None)
    return seen[0] if seen else ""


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
    file = Path(inspect.getsourcefile(found) or "").resolve().relative_to(ROOT).as_posix()
    first = (inspect.getdoc(found) or "").split("\n\n")[0].replace("\n", " ")
    return f"| {' | '.join([f'[`{name}`](../{file}){said}', first, *(cell or '–' for cell in more)])} |\n"


def page() -> str:
    """The whole page."""
    door = [
        name for name in jk.__all__ if callable(getattr(jk, name)) and name not in numbers.__all__
    ]
    made = HEAD + "".join(line(name, getattr(jk, name)) for name in door) + ANALYSIS
    for name in numbers.__all__:
        found = getattr(numbers, name)
        signs = ["`jk`"] * (name in jk.__all__) + ["`charts`"] * (name in charts.__all__)
        made += line(name, found, counted(found), " ".join(signs))
    return made


def main() -> int:
    """Write the page, or with --check tell whether it would change."""
    parser = argparse.ArgumentParser(description="Write docs/api.md.")
    parser.add_argument("--check", action="store_true", help="write nothing, only tell")
    made = page()
    if parser.parse_args().check:
        return int(PAGE.read_text("utf-8") != made)
    PAGE.write_text(made, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
