"""A log that does not fit into memory: prepared into a cache file and asked, within 4 GB.

    python benchmarks/bench_large.py [--millions 100] [--minutes 20]

The memory that counts is what the kit's process and its children hold, libraries included, looked
at every twentieth of a second. The same questions on 10 million events say how far the time is
from linear. The cache, and what DuckDB spills, lie in a folder for temporary files that is removed
at the end; so is a large log that was not there before (`--keep` leaves it for the next time).
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from bench_analysis import cell, make_log, verdict
from measure import Cost, measure
from results import machine, table, write_part
from shop import OPERATIONS

#: What DuckDB may hold; libraries, and what it holds without counting it, come on top.
LIMIT = "2500MB"
#: Listing every session is millions of rows for pandas; how many there are, `events.sessions_count` says.
ASKED = tuple(name for name in OPERATIONS[1:] if name != "sessions")


def within_limits(log: Path, minutes: float) -> Cost:
    """Prepare and ask, with everything that is written in a folder that goes again."""
    with tempfile.TemporaryDirectory(prefix="jk-bench-large-") as name:
        spill = Path(name) / "spill"
        spill.mkdir()
        surroundings = {"JOURNEYKIT_MEMORY_LIMIT": LIMIT, "TMPDIR": str(spill)}
        cache = Path(name) / "cache"
        return measure("kit", log, ASKED, cache=cache, minutes=minutes, surroundings=surroundings)


def report(costs: dict[float, Cost]) -> str:
    """The table of both sizes, and what became of the aims."""
    small, big = costs
    few, many = costs.values()
    rows = [
        [name, cell(few, name), cell(many, name), _times(few, many, [name])]
        for name in OPERATIONS
        if name != "sessions"
    ]
    both = [name for name in ("load", *ASKED) if name in few.seconds and name in many.seconds]
    totals = [f"**{sum(cost.seconds.values()):.1f}** ({cost.peak:,.0f})" for cost in costs.values()]
    rows.append(["**all**", *totals, _times(few, many, both)])
    complete = len(both) == len(ASKED) + 1
    lines = [verdict(f"{len(both)} of {len(ASKED) + 1} came to their end", "all of them", complete)]
    fits = many.peak <= 4096
    lines.append(
        verdict(f"{many.peak:,.0f} MB held at the most", "at most 4,096", complete and fits)
    )
    if both:
        factor = (
            sum(many.seconds[n] for n in both) / sum(few.seconds[n] for n in both) / (big / small)
        )
        lines.append(
            verdict(f"{factor:.2f} times linear", "at most 1.3", complete and factor <= 1.3)
        )
    head = ["", f"{small:g} million", f"{big:g} million", "times"]
    return f"{table(head, rows)}\n\n" + "\n".join(lines)


def _times(few: Cost, many: Cost, names: list[str]) -> str:
    if not names or not all(name in few.seconds and name in many.seconds for name in names):
        return "–"
    return f"{sum(many.seconds[name] for name in names) / sum(few.seconds[name] for name in names):.1f}"


def main() -> None:
    """Measure, print, and write the results."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--millions", type=float, default=100)
    asked.add_argument("--minutes", type=float, default=20, help="the most that one size may take")
    asked.add_argument(
        "--folder", type=Path, default=Path(tempfile.gettempdir()) / "journeykit-bench"
    )
    asked.add_argument("--keep", action="store_true", help="leave the large log for the next time")
    options = asked.parse_args()
    there, costs = set(options.folder.glob("log-*")), {}
    for millions in (options.millions / 10, options.millions):
        print(f"{millions:g} million events: the log", flush=True)
        log = make_log(millions, options.folder)
        try:
            costs[millions] = within_limits(log, options.minutes)
        finally:
            if log not in there and not options.keep:
                log.unlink()
    words = (
        f"`python benchmarks/bench_large.py --millions {options.millions:g}`; {machine()}.\n\nThe kit alone, "
        f"preparation written to a cache file, `JOURNEYKIT_MEMORY_LIMIT={LIMIT}` for DuckDB. Seconds (the most "
        "megabytes that the processes held meanwhile, libraries included). `sessions` is left out: it lists "
        "every session, which is millions of rows for pandas."
    )
    text = report(costs)
    print(text)
    write_part(f"{options.millions:g} million events within 4 GB", f"{words}\n\n{text}")


if __name__ == "__main__":
    main()
