"""What a run costs: `papermill` called for each notebook and persona in turn, against the kit.

    python benchmarks/bench_run.py WORKSHOP [--data SOURCE] [--persona ID ...] [--repeat N]

Both ways execute the same notebooks of the same workshop, each from a new command (so its own
start counts), in turn within one run of this script; the medians of their ratios are printed.

How the cost outside the cells is defined. Papermill notes how long each cell took. In the kit's
kernels the libraries are loaded before the first cell, so there the sum is the work and nothing
else; in a plain kernel a cell that uses a library first also imports it. So the work of the plain
commands is taken from a run of the kit with one worker, in the same session:

    plain:  wall seconds  -  seconds of the cells in a kernel that has the libraries loaded
    kit:    workers x wall seconds  -  seconds of its own cells

For the kit this charges everything: the import of the libraries, the start of processes and
kernels, their end, and a core that has nothing to do, as while the last notebook runs alone. One
run of each before the clock starts fills caches (bytecode, the prepared journey table).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from results import machine, write_part

from journeykit.run.plan import Plan, make_plan

#: Seconds after which a command is taken to hang.
LONGEST = 900
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
    told = [
        f"{len(plan.personas)} personas, {notebooks} notebooks, {plan.workers} workers; {machine()}.\n"
    ]
    told += [f"- {line}" for each in rounds for line in each["told"]]
    told.append(f"- Whole run: {middle(rounds, 'wall'):.1f} times faster (aim 4).")
    told.append(f"- Outside the cells: {middle(rounds, 'cost'):.1f} times less (aim 5).")
    print("\n".join(told[-2:]))
    write_part("A run against papermill's command", "\n".join(told))


def one_round(plan: Plan, folder: Path) -> dict[str, Any]:
    """Measure both ways once and print what they took; returns the two ratios."""
    kit(plan, folder / "work", workers=1)
    work = cell_seconds(folder / "work")
    plain = clock(papermill, plan, folder / "plain")
    ours = clock(kit, plan, folder / "kit")
    busy = cell_seconds(folder / "kit")
    cost = {"plain": plain - work, "kit": ours * plan.workers - busy}
    told = [
        f"papermill in turn: wall {plain:.2f} s, cells {work:.2f} s, outside {cost['plain']:.2f} s",
        f"journeykit run: wall {ours:.2f} s, cells {busy:.2f} s, outside {cost['kit']:.2f} s",
    ]
    print("\n".join(told), flush=True)
    return {"wall": plain / ours, "cost": cost["plain"] / cost["kit"], "told": told}


def clock(run: Callable[[Plan, Path], None], plan: Plan, folder: Path) -> float:
    """Seconds that one way takes."""
    began = time.perf_counter()
    run(plan, folder)
    return time.perf_counter() - began


def middle(rounds: list[dict[str, Any]], key: str) -> float:
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
    subprocess.run(call, check=True, env=environment(), stdout=quiet, stderr=quiet, timeout=LONGEST)


def kit(plan: Plan, folder: Path, workers: int | None = None) -> None:
    """Run the workshop the kit's way, from a new interpreter."""
    data = plan.values["data"] or ""
    arguments = [
        str(plan.workshop),
        str(folder),
        data,
        str(workers or plan.workers),
        *plan.personas,
    ]
    subprocess.run(
        [sys.executable, "-c", KIT, *arguments], check=True, env=environment(), timeout=LONGEST
    )


def cell_seconds(folder: Path) -> float:
    """The summed seconds of the executed cells."""
    cells = [
        c for path in folder.rglob("*.ipynb") for c in json.loads(path.read_text("utf-8"))["cells"]
    ]
    return sum(
        c["metadata"]["papermill"]["duration"] or 0 for c in cells if c["cell_type"] == "code"
    )


if __name__ == "__main__":
    main()
