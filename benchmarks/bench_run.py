"""What a run costs: `papermill` called for each notebook and persona in turn, against the kit.

    python benchmarks/bench_run.py WORKSHOP [--data SOURCE] [--persona ID ...] [--repeat N]

Both ways execute the same notebooks of the same workshop, each from a new command (so its own
start counts), in turn within one run of this script; the medians of their ratios are printed.

How the cost outside the cells is defined. Papermill notes how long each cell took. Their sum is
the work; a first cell that only imports is not work, it is part of the cost. The cost outside the
cells is

    workers x wall seconds  -  summed seconds of the cells

with one worker for the plain commands. For the kit this charges everything: the import of the
libraries, the start of processes and kernels, their end, and also a core that has nothing to do,
as while the libraries are imported and while the last notebook runs alone. Libraries that a cell
imports on the way count as work of that cell, which is in favour of the plain commands. One run
of each before the clock starts fills caches (bytecode, the prepared journey table).
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from journeykit.run.plan import Plan, make_plan

KIT = """
import sys
from journeykit.run import run_workshop
workshop, out, data, workers, *personas = sys.argv[1:]
result = run_workshop(workshop, personas, data=data or None, workers=int(workers), out=out)
sys.exit(result.exit_code)
"""


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description="Compare plain papermill commands with the kit.")
    asked.add_argument("workshop", type=Path)
    asked.add_argument("--data")
    asked.add_argument("--persona", action="append")
    asked.add_argument("--workers", type=int)
    asked.add_argument("--repeat", type=int, default=1)
    options = asked.parse_args()
    plan = make_plan(options.workshop, options.persona, data=options.data, workers=options.workers)
    notebooks = len(plan.personas) * len(plan.each) + len(plan.once)
    print(f"{len(plan.personas)} personas, {notebooks} notebooks, {plan.workers} workers")
    with tempfile.TemporaryDirectory(prefix="jk-bench-") as name:
        folder = Path(name)
        kit(plan, folder / "warm")
        papermill(plan, folder / "warm-plain", first_only=True)
        rounds = [one_round(plan, folder / str(number)) for number in range(options.repeat)]
    print(f"whole run:         {middle(rounds, 'wall'):.1f} times faster (aim 4)")
    print(f"outside the cells: {middle(rounds, 'cost'):.1f} times less (aim 5)")


def one_round(plan: Plan, folder: Path) -> dict[str, float]:
    """Measure both ways once and print what they took; returns the two ratios."""
    shown = {}
    for name, run, workers in (("papermill in turn", papermill, 1), ("run_workshop", kit, None)):
        began = time.perf_counter()
        run(plan, folder / run.__name__)
        wall = time.perf_counter() - began
        cells = cell_seconds(folder / run.__name__)
        cost = wall * (workers or plan.workers) - cells
        shown[run.__name__] = {"wall": wall, "cost": cost}
        print(f"{name:18} wall {wall:7.2f} s   cells {cells:7.2f} s   outside {cost:7.2f} s")
    return {key: shown["papermill"][key] / shown["kit"][key] for key in ("wall", "cost")}


def middle(rounds: list[dict[str, float]], key: str) -> float:
    """The median of one ratio."""
    return statistics.median(each[key] for each in rounds)


def environment() -> dict[str, str]:
    """With bytecode caching on: without it imports cost twice, which would flatter the kit."""
    return {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}


def papermill(plan: Plan, folder: Path, first_only: bool = False) -> None:
    """Call the `papermill` command for each notebook and persona in turn."""
    command = shutil.which("papermill", path=str(Path(sys.executable).parent)) or "papermill"
    for persona in plan.personas:
        for notebook in plan.each:
            values = notebook.choose({**plan.values, "persona": persona})
            one_command(command, notebook.path, folder / persona, values)
            if first_only:
                return
    for notebook in plan.once:  # reads results, which only the kit writes: those of the warm run
        results = next((folder.parents[int(folder.parent.name.isdigit())] / "warm").iterdir())
        values = notebook.choose({**plan.values, "results": str(results)})
        one_command(command, notebook.path, folder / "compare", values)


def one_command(command: str, source: Path, folder: Path, values: dict[str, Any]) -> None:
    """Run one notebook with the command that papermill installs."""
    folder.mkdir(parents=True, exist_ok=True)
    given = [part for name, value in values.items() for part in ("-r", name, str(value))]
    kernel = ["-k", "python3", "--language", "python", "--cwd", str(source.parent)]
    call = [command, str(source), str(folder / source.name), "--no-progress-bar", *kernel, *given]
    quiet = subprocess.DEVNULL
    subprocess.run(call, check=True, env=environment(), stdout=quiet, stderr=quiet)


def kit(plan: Plan, folder: Path) -> None:
    """Run the workshop the kit's way, from a new interpreter."""
    data, workers = plan.values["data"] or "", str(plan.workers)
    arguments = [str(plan.workshop), str(folder), data, workers, *plan.personas]
    subprocess.run([sys.executable, "-c", KIT, *arguments], check=True, env=environment())


def cell_seconds(folder: Path) -> float:
    """The summed seconds of the executed cells, without first cells that only import."""
    total = 0.0
    for path in folder.rglob("*.ipynb"):
        cells = [c for c in json.loads(path.read_text())["cells"] if c["cell_type"] == "code"]
        tagged = {"parameters", "injected-parameters"}
        own = [cell for cell in cells if not tagged & set(cell["metadata"].get("tags", []))]
        if own and only_imports("".join(own[0]["source"])):
            cells.remove(own[0])
        total += sum(cell["metadata"]["papermill"]["duration"] or 0 for cell in cells)
    return total


def only_imports(source: str) -> bool:
    """Whether a cell does nothing but import."""
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return False
    return bool(body) and all(isinstance(node, ast.Import | ast.ImportFrom) for node in body)


if __name__ == "__main__":
    main()
