"""One contender, in a process of its own: prints a line of JSON for each operation as it ends.

    python benchmarks/bench_one.py kit LOG.parquet sessions funnel [--cache FOLDER]

`load` is always done first; the operations follow in turn, as in a notebook. `megabytes` is the
most that the process held during the operation, libraries and what was loaded before included.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_PROC = Path("/proc/self")


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser()
    asked.add_argument("way")
    asked.add_argument("log", type=Path)
    asked.add_argument("operations", nargs="*")
    asked.add_argument("--cache", type=Path)
    options = asked.parse_args()
    with contextlib.suppress(OSError):  # where memory runs out, this is the process to end
        (_PROC / "oom_score_adj").write_text("1000")
    way = importlib.import_module(f"ways_{options.way}")
    loaded: list[Any] = []
    if tell("load", lambda: loaded.append(way.load(options.log, options.cache))):
        for operation in options.operations:
            tell(operation, lambda name=operation: way.WAYS[name](loaded[0]))


def tell(operation: str, ask: Callable[[], Any]) -> bool:
    """Print what an operation took, or why it failed; whether it did not."""
    with contextlib.suppress(OSError):
        (_PROC / "clear_refs").write_text("5")  # Linux counts the peak anew from here
    told: dict[str, Any] = {"operation": operation}
    began = time.perf_counter()
    try:
        ask()
        told["seconds"] = time.perf_counter() - began
    except MemoryError:
        told["failed"] = "ran out of memory"
    except (
        Exception
    ) as problem:  # whatever a peer may raise: the table says so, and the next one is asked
        told["failed"] = f"failed ({type(problem).__name__})"
        print(problem, file=sys.stderr)
    print(json.dumps({**told, "megabytes": peak()}), flush=True)
    return "seconds" in told


def peak() -> float:
    """The most memory since it was counted anew, in MB; elsewhere than on Linux, since the start."""
    with contextlib.suppress(OSError):
        lines = (_PROC / "status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        1e6 if sys.platform == "darwin" else 1e3
    )


if __name__ == "__main__":
    main()
