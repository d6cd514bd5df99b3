"""One measurement, in a process of its own: prints seconds and the peak of memory as JSON.

    python benchmarks/bench_one.py kit LOG.parquet sessions funnel [--cache FOLDER]

`load` is always done first and timed apart; the operations follow in turn. The peak is that of
the whole process, libraries included.
"""

from __future__ import annotations

import argparse
import importlib
import json
import resource
import sys
import time
from pathlib import Path


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser()
    asked.add_argument("way")
    asked.add_argument("log", type=Path)
    asked.add_argument("operations", nargs="*")
    asked.add_argument("--cache", type=Path)
    options = asked.parse_args()
    way = importlib.import_module(f"ways_{options.way}")
    began = time.perf_counter()
    data = way.load(options.log, options.cache)
    seconds = {"load": time.perf_counter() - began}
    for operation in options.operations:
        began = time.perf_counter()
        answer = way.WAYS[operation](data)
        seconds[operation] = time.perf_counter() - began
        del answer
    unit = 1e6 if sys.platform == "darwin" else 1e3
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    print(json.dumps({"seconds": seconds, "megabytes": peak}))


if __name__ == "__main__":
    main()
