"""What the numbers cost: the kit beside hand-written SQL, pandas, retentioneering and pm4py.

    python benchmarks/bench_analysis.py [--millions 1 10] [--peers PYTHON] [--minutes 15]

Every figure is from this machine and this run. Every contender is one process, which loads the log
and then answers all questions in turn, as a notebook does; it may take so many minutes, and what it
has not answered by then stands in the table as not answered. The logs are made once from their seed
and kept in the folder for temporary files (`--folder`).
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from measure import Cost, measure
from results import machine, table, write_part
from shop import OPERATIONS

HERE = Path(__file__).parent
KIT, COLD, CACHED = "journeykit", "journeykit, into a cache file", "journeykit, prepared before"
SQL, RAW = "SQL by hand, one table first", "SQL by hand, from the file"
PANDAS, RETE, PM4PY = "pandas", "retentioneering 5", "pm4py"
_ALL = OPERATIONS[1:]
#: The peers: their module, and what they can answer.
PEERS = {
    PANDAS: ("pandas", _ALL),
    RETE: (
        "retentioneering",
        ("sessions", "funnel", "transitions with medians", "step matrix", "last before loss"),
    ),
    PM4PY: ("pm4py", ("transitions with medians", "top paths")),
}
_WORDS = """Generated logs of a shop, about ten events a user, text ids. Each column is one process,
which answers all questions in turn, for at most {minutes:g} minutes. The two ways of SQL, and pandas,
count what the kit counts and leave out its intervals, quartiles, checks of the data and the order of
events at the same instant. The fair measure is the SQL that makes a table first, as the kit does; the
SQL that asks the file anew each time is shown beside it."""


def compare(log: Path, peers: str | None, minutes: float) -> dict[str, Cost]:
    """Measure all contenders on one log."""
    with log.open("rb") as file:  # into the system's own cache, for all alike
        while file.read(2**24):
            pass
    costs = {KIT: measure("kit", log, _ALL, minutes=minutes)}
    with tempfile.TemporaryDirectory(prefix="jk-bench-") as cache:
        for name in (COLD, CACHED):
            costs[name] = measure("kit", log, _ALL, cache=Path(cache), minutes=minutes)
    costs[SQL] = measure("sql_table", log, _ALL, minutes=minutes)
    costs[RAW] = measure("sql", log, _ALL, minutes=minutes)
    for name, (way, able) in PEERS.items() if peers else ():
        costs[name] = measure(way, log, able, python=str(peers), minutes=minutes)
    return costs


def cell(cost: Cost, name: str) -> str:
    """Seconds and megabytes; or why there are none, a dash where it cannot do that."""
    if name not in cost.seconds:
        return cost.missing.get(name, "–")
    return f"{cost.seconds[name]:.2f} ({cost.megabytes[name]:,.0f})"


def report(events: int, costs: dict[str, Cost]) -> str:
    """The table of one size, and what became of the aims."""
    rows = [[name, *(cell(cost, name) for cost in costs.values())] for name in OPERATIONS]
    whole = [f"**{cost.total(_ALL):.2f}** ({cost.peak:,.0f})" for cost in costs.values()]
    rows.append(["**all that it answered**", *whole])
    return (
        f"### {events:,} events\n\nSeconds (the most megabytes held meanwhile).\n\n"
        + table(["", *costs], rows)
        + "\n\n"
        + "\n".join(aims(costs))
    )


def aims(costs: dict[str, Cost]) -> list[str]:
    """Each aim of the whole set with its figure, reached or not."""
    ours, said = costs[KIT], []
    for peer in (RETE, PM4PY):
        if peer in costs:
            said.append(_against(peer, ours, costs[peer]))
    if PANDAS in costs and costs[PANDAS].able(_ALL):
        times = costs[PANDAS].total(_ALL) / ours.total(costs[PANDAS].able(_ALL))
        said.append(f"- {times:.1f} times as fast as pandas (no aim).")
    times = _times(ours, costs[SQL])
    said.append(
        verdict(f"{times:.2f} times the time of the SQL by hand", "at most 1.3", times <= 1.3)
    )
    said.append(
        f"- {_times(ours, costs[RAW]):.2f} times the time of the SQL that asks the file each time (no aim)."
    )
    peaks = [costs[name].peak for name in (KIT, COLD, CACHED)]
    most = f"{max(peaks):,.0f} MB at the most (in memory {peaks[0]:,.0f}, into a cache file {peaks[1]:,.0f}, "
    said.append(
        verdict(f"{most}prepared before {peaks[2]:,.0f})", "under 1,500", max(peaks) < 1500)
    )
    whole, complete = costs[CACHED].total(_ALL), len(costs[CACHED].able(_ALL)) == len(_ALL)
    said.append(
        verdict(f"{whole:.1f} s for all, prepared before", "at most 4", complete and whole <= 4)
    )
    return said


def _times(ours: Cost, theirs: Cost) -> float:
    """How many times as long ours takes, on what theirs answered."""
    return ours.total(theirs.able(_ALL)) / theirs.total(_ALL) if theirs.able(_ALL) else float("inf")


def _against(peer: str, ours: Cost, theirs: Cost) -> str:
    """The ratio on what the peer answered; with what it was cut off at, a ratio it is worse than."""
    able, seconds, more = theirs.able(_ALL), theirs.total(_ALL), ""
    if theirs.cut and theirs.cut[0] in ours.seconds:
        able, seconds, more = [*able, theirs.cut[0]], seconds + theirs.cut[1], "more than "
    if not set(able) - {"load"}:
        return f"- No ratio for {peer}: it answered nothing ({'; '.join(sorted(set(theirs.missing.values())))})."
    times = seconds / ours.total([name for name in able if name != "load"])
    words = f"{more}{times:.1f} times as fast as {peer} on what that can do ({len(able)} of "
    return verdict(f"{words}{len(PEERS[peer][1])} questions)", "10", times >= 10)


def verdict(figure: str, aim: str, reached: bool) -> str:
    """One line of the report."""
    return f"- {figure}; the aim is {aim}: {'reached' if reached else '**not reached**'}."


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
    asked.add_argument("--peers", type=Path, help="the Python that has the peers")
    asked.add_argument(
        "--minutes", type=float, default=15, help="the most that one contender may take"
    )
    asked.add_argument(
        "--folder", type=Path, default=Path(tempfile.gettempdir()) / "journeykit-bench"
    )
    options = asked.parse_args()
    peers = str(options.peers.absolute()) if options.peers and options.peers.exists() else None
    sizes = " ".join(f"{millions:g}" for millions in options.millions)
    command = (
        f"`python benchmarks/bench_analysis.py --millions {sizes} --minutes {options.minutes:g}`"
    )
    parts = [f"{command}; {machine()}.", _WORDS.format(minutes=options.minutes).replace("\n", " ")]
    if not peers:
        parts.append(
            "The peers could not be installed, so that pandas, retentioneering and pm4py are missing."
        )
    for millions in options.millions:
        print(f"{millions:g} million events", flush=True)
        costs = compare(make_log(millions, options.folder), peers, options.minutes)
        parts.append(report(round(millions * 1e6), costs))
        print("\n".join(aims(costs)), flush=True)
    write_part("The cost of the numbers", "\n\n".join(parts))


if __name__ == "__main__":
    main()
