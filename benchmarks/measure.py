"""A contender's process, watched: seconds and memory by operation, and never longer than it may take."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

__all__ = ["Cost", "measure"]

_ONE = Path(__file__).with_name("bench_one.py")


@dataclass
class Cost:
    """What one contender took: seconds and peak megabytes by operation, and why others have none."""

    seconds: dict[str, float] = field(default_factory=dict)
    megabytes: dict[str, float] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    tree: float = 0.0  # the most that the process and its children held, as seen from outside
    cut: tuple[str, float] | None = (
        None  # where time was up: the operation, and the seconds it had had
    )

    @property
    def peak(self) -> float:
        """The most that was held at any time."""
        return max(self.tree, *self.megabytes.values(), 0.0)

    def total(self, operations: Sequence[str]) -> float:
        """Loading once and these operations."""
        return sum(self.seconds[name] for name in self.able(("load", *operations)))

    def able(self, operations: Sequence[str]) -> list[str]:
        """Those of the operations that came to their end."""
        return [name for name in operations if name in self.seconds]


def measure(
    way: str,
    log: Path,
    operations: Sequence[str],
    *,
    python: str = sys.executable,
    cache: Path | None = None,
    minutes: float = 15,
    surroundings: dict[str, str] | None = None,
) -> Cost:
    """Run one contender through its operations in one process, for at most so many minutes."""
    cost, left = Cost(), ["load", *operations]
    command = [
        python,
        str(_ONE),
        way,
        str(log),
        *operations,
        *(["--cache", str(cache)] if cache else []),
    ]
    quiet = {"RETENTIONEERING_NO_TRACK": "1", "PYTHONWARNINGS": "ignore"}
    began = before = time.monotonic()
    with tempfile.TemporaryFile("w+") as complaints:
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
            start_new_session=True,
            env={**os.environ, **quiet, **(surroundings or {})},
        )
        with _watched(process, cost, minutes * 60) as late:
            assert process.stdout
            for line in process.stdout:
                if line.startswith('{"operation"'):  # a peer may print as well
                    before = time.monotonic()
                    left.remove(_note(cost, way, json.loads(line)))
        complaints.seek(0)
        if process.returncode and not late.is_set():
            print(f"  {way}: {complaints.read().strip()[-500:]}", flush=True)
    if left:
        _give_up(cost, left, process.returncode, minutes if late.is_set() else None)
        cost.cut = (left[0], time.monotonic() - before) if late.is_set() else None
        print(f"  {way:16} {left[0]:26} {cost.missing[left[0]]}", flush=True)
    print(
        f"  {way:16} {'the process':26} {time.monotonic() - began:8.2f} s {cost.peak:8,.0f} MB",
        flush=True,
    )
    return cost


def _note(cost: Cost, way: str, told: dict[str, Any]) -> str:
    """Write down one operation and say so; its name."""
    name = str(told["operation"])
    cost.megabytes[name] = told["megabytes"]
    if "seconds" in told:
        cost.seconds[name] = told["seconds"]
    else:
        cost.missing[name] = told["failed"]
    figure = f"{told['seconds']:8.2f} s" if "seconds" in told else told["failed"]
    print(f"  {way:16} {name:26} {figure} {told['megabytes']:8,.0f} MB", flush=True)
    return name


def _give_up(cost: Cost, left: list[str], code: int, minutes: float | None) -> None:
    """Say why the operation at hand has no figure; those behind it were never asked."""
    cost.missing.update(dict.fromkeys(left, "not reached"))
    if minutes is not None:
        cost.missing[left[0]] = f"did not end within {minutes:g} min"
    elif code == -signal.SIGKILL:
        cost.missing[left[0]] = "killed by the system: out of memory"
    elif "load" not in cost.missing or left[0] == "load":
        cost.missing[left[0]] = f"the process ended with {code}"


@contextlib.contextmanager
def _watched(
    process: subprocess.Popen[str], cost: Cost, seconds: float
) -> Iterator[threading.Event]:
    """Look at the memory of a process and its children, and end them all when time is up."""
    late, done = threading.Event(), threading.Event()

    def watch() -> None:
        until = time.monotonic() + seconds
        while not done.wait(0.05):
            cost.tree = max(cost.tree, _held(process.pid))
            if time.monotonic() > until:
                late.set()
                _end(process)
                return

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield late
        process.wait()
    finally:
        done.set()
        watcher.join()
        if process.poll() is None:
            _end(process)
            process.wait()


def _end(process: subprocess.Popen[str]) -> None:
    """End the process and what it started: they are a group of their own."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _held(pid: int) -> float:
    """Megabytes resident in a process and its children."""
    with contextlib.suppress(psutil.Error):
        root = psutil.Process(pid)
        return sum(_resident(each) for each in (root, *root.children(recursive=True))) / 2**20
    return 0.0


def _resident(process: psutil.Process) -> int:
    with contextlib.suppress(psutil.Error):
        return int(process.memory_info().rss)
    return 0
