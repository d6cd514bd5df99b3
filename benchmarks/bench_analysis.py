"""What the numbers cost: the kit beside hand-written SQL, pandas, retentioneering and pm4py.

    python benchmarks/bench_analysis.py [--millions 1 10] [--peers PYTHON]
    python benchmarks/bench_analysis.py --large 100

Every figure is from this machine and this run, and every measurement is a process of its own: the
libraries are imported, the log is loaded (or found prepared), the clock runs for one question. The
kit's seconds are of one process that answers all questions in turn, as a notebook does; it prepares
into a cache folder that is empty at first, and finds the table there the second time. The logs are
made once from their seed and kept in the folder for temporary files (`--folder`).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from results import machine, table, write_part
from shop import OPERATIONS

HERE = Path(__file__).parent
COLD, CACHED = "journeykit", "journeykit, prepared before"
SQL, PANDAS, RETE, PM4PY = "SQL by hand", "pandas", "retentioneering 5", "pm4py"
#: What a contender can answer; none of the peers has the rest.
ABLE = {
    RETE: ("sessions", "funnel", "transitions with medians", "step matrix", "last before loss"),
    PM4PY: ("transitions with medians", "top paths"),
}
_ALL = OPERATIONS[1:]


@dataclass
class Cost:
    """Seconds and peak megabytes by operation; `peak` is that of the process with the most."""

    seconds: dict[str, float] = field(default_factory=dict)
    megabytes: dict[str, float] = field(default_factory=dict)

    @property
    def peak(self) -> float:
        """The most that any of the processes held."""
        return max(self.megabytes.values(), default=0.0)

    def total(self, operations: Sequence[str] = _ALL) -> float:
        """Loading once and these operations."""
        return sum(self.seconds[name] for name in self.able(("load", *operations)))

    def able(self, operations: Sequence[str] = _ALL) -> list[str]:
        """Those of the operations that were measured."""
        return [name for name in operations if name in self.seconds]


def measure(
    way: str, log: Path, operations: Sequence[str], python: str = sys.executable, cache: Path | None = None,
    limit: str = "",
) -> tuple[dict[str, float], float]:  # fmt: skip
    """Run one process; its seconds by operation and its peak of memory in MB."""
    command = [python, str(HERE / "bench_one.py"), way, str(log), *operations]
    command += ["--cache", str(cache)] if cache else []
    surroundings = {**os.environ, "RETENTIONEERING_NO_TRACK": "1", "PYTHONWARNINGS": "ignore"}
    if limit:
        surroundings["JOURNEYKIT_MEMORY_LIMIT"] = limit
    done = subprocess.run(command, capture_output=True, text=True, env=surroundings)
    if done.returncode:
        raise RuntimeError(f"{way} failed at {', '.join(operations)}: {done.stderr.strip()[-500:]}")
    told = json.loads(done.stdout.strip().splitlines()[-1])
    return told["seconds"], told["megabytes"]


def apart(
    way: str, log: Path, operations: Sequence[str], python: str = sys.executable, cache: Path | None = None
) -> Cost:
    """Measure each operation in a process of its own; what a process does not survive is left out."""
    cost = Cost()
    for operation in (None, *operations):
        name = operation or "load"
        try:
            seconds, peak = measure(way, log, [operation] if operation else [], python, cache)
        except RuntimeError as problem:
            print(f"  {problem}", flush=True)
            continue
        cost.seconds[name], cost.megabytes[name] = seconds[name], peak
        print(f"  {way:16} {name:26} {seconds[name]:8.2f} s {peak:8,.0f} MB", flush=True)
    return cost


def together(log: Path, cache: Path, operations: Sequence[str] = _ALL, limit: str = "") -> Cost:
    """Measure the kit in one process: preparation, then all operations in turn."""
    seconds, peak = measure("kit", log, operations, cache=cache, limit=limit)
    print(f"  kit, all in one  {sum(seconds.values()):35.2f} s {peak:8,.0f} MB", flush=True)
    return Cost(seconds, {"whole": peak})


def compare(log: Path, folder: Path, peers: str | None) -> dict[str, Cost]:
    """Measure all contenders on one log."""
    log.read_bytes()  # into the system's own cache, for all alike
    cache = folder / "prepared"
    shutil.rmtree(cache, ignore_errors=True)
    costs = {COLD: together(log, cache)}
    prepared = together(log, cache)
    memory = apart("kit", log, _ALL, cache=cache).megabytes
    costs[CACHED] = Cost(prepared.seconds, {**memory, **prepared.megabytes})
    shutil.rmtree(cache)
    costs[SQL] = apart("sql", log, _ALL)
    if peers:
        costs[PANDAS] = apart("pandas", log, _ALL, peers)
        costs[RETE] = apart("retentioneering", log, ABLE[RETE], peers)
        costs[PM4PY] = apart("pm4py", log, ABLE[PM4PY], peers)
    return costs


def cell(cost: Cost, name: str) -> str:
    """Seconds and megabytes, or a dash: it cannot do that, or did not come to its end."""
    if name not in cost.seconds:
        return "–"
    memory = f" ({cost.megabytes[name]:,.0f})" if name in cost.megabytes else ""
    return f"{cost.seconds[name]:.2f}{memory}"


def report(events: int, costs: dict[str, Cost]) -> str:
    """The table of one size, and what became of the aims."""
    rows = [[name, *(cell(cost, name) for cost in costs.values())] for name in OPERATIONS]
    whole = [f"**{cost.total():.2f}** ({cost.peak:,.0f})" for cost in costs.values()]
    rows.append(["**all it can do**", *whole])
    return (
        f"### {events:,} events\n\nSeconds (peak MB of the process).\n\n"
        + table(["", *costs], rows)
        + "\n\n"
        + "\n".join(aims(costs))
    )


def aims(costs: dict[str, Cost]) -> list[str]:
    """Each aim of the whole set with its figure, reached or not."""
    ours, said = costs[COLD], []
    for peer in (RETE, PM4PY):
        if peer in costs and costs[peer].able():
            times = costs[peer].total() / ours.total(costs[peer].able())
            said.append(
                verdict(f"{times:.1f} times as fast as {peer} on what that can do", "10", times >= 10)
            )
    if PANDAS in costs:
        times = costs[PANDAS].total() / ours.total(costs[PANDAS].able())
        said.append(f"- {times:.1f} times as fast as pandas (no aim).")
    times = ours.total(costs[SQL].able()) / costs[SQL].total()
    said.append(verdict(f"{times:.2f} times the time of the SQL by hand", "at most 1.3", times <= 1.3))
    said.append(verdict(f"{ours.peak:,.0f} MB at the peak", "under 1,500", ours.peak < 1500))
    whole = costs[CACHED].total()
    said.append(verdict(f"{whole:.1f} s for all with the prepared table cached", "at most 4", whole <= 4))
    return said


def verdict(figure: str, aim: str, reached: bool) -> str:
    """One line of the report."""
    return f"- {figure}; the aim is {aim}: {'reached' if reached else '**not reached**'}."


def large(millions: int, folder: Path) -> str:
    """A log that does not fit: prepared into a cache file and asked, within 4 GB, against 10 million."""
    operations = [name for name in _ALL if name != "sessions"]
    costs = {}
    for size in (10, millions):
        log, cache = make_log(size, folder), folder / "prepared"
        shutil.rmtree(cache, ignore_errors=True)
        costs[size] = together(log, cache, operations, limit="4GB")
        shutil.rmtree(cache)
    rows = [
        [name, *(f"{cost.seconds[name]:.1f}" for cost in costs.values()),
         f"{costs[millions].seconds[name] / costs[10].seconds[name]:.1f}"]
        for name in ("load", *operations)
    ]  # fmt: skip
    totals = {size: cost.total(operations) for size, cost in costs.items()}
    factor, linear = totals[millions] / totals[10], millions / 10
    rows.append(["**all**", *(f"**{total:.1f}**" for total in totals.values()), f"**{factor:.1f}**"])
    peaks = " and ".join(f"{cost.peak:,.0f} MB" for cost in costs.values())
    fits = verdict(f"{factor / linear:.2f} times linear", "at most 1.3", factor <= 1.3 * linear)
    return (
        f"The kit alone, `JOURNEYKIT_MEMORY_LIMIT=4GB`, preparation written to a cache file; seconds "
        f"({machine()}).\n\n{table(['', '10 million', f'{millions} million', 'times'], rows)}\n\n{fits}\n"
        f"- Peak memory of the processes, libraries included: {peaks}.\n- `sessions` is left out: it lists "
        "every session, which is millions of rows for pandas; how many there are, `events.sessions_count` says."
    )  # fmt: skip


def make_log(millions: float, folder: Path) -> Path:
    """The log, made in a process of its own where it is not there yet."""
    make = "import sys; from pathlib import Path; from generate import log_file; "
    make += "print(log_file(int(sys.argv[1]), Path(sys.argv[2])))"
    command = [sys.executable, "-c", make, str(round(millions * 1e6)), str(folder)]
    done = subprocess.run(command, cwd=HERE, check=True, capture_output=True, text=True)
    return Path(done.stdout.strip().splitlines()[-1])


def main() -> None:
    """Measure, print, and write the results."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--millions", type=float, nargs="*", default=[1, 10])
    asked.add_argument("--large", type=int)
    asked.add_argument("--peers", type=Path)
    asked.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "journeykit-bench")
    options = asked.parse_args()
    if options.large:
        write_part(f"{options.large} million events", large(options.large, options.folder))
        return
    peers = str(options.peers.absolute()) if options.peers and options.peers.exists() else None
    parts = [f"Generated logs of a shop, about ten events a user, text ids; {machine()}."]
    if not peers:
        parts.append(
            "The peers could not be installed, so that pandas, retentioneering and pm4py are missing."
        )
    for millions in options.millions:
        print(f"{millions:g} million events", flush=True)
        costs = compare(make_log(millions, options.folder), options.folder, peers)
        parts.append(report(round(millions * 1e6), costs))
        print("\n".join(aims(costs)), flush=True)
    write_part("The cost of the numbers", "\n\n".join(parts))


if __name__ == "__main__":
    main()
