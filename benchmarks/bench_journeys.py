"""How long `journeykit test` takes where many journeys make many claims.

    python benchmarks/bench_journeys.py [--events N] [--journeys N] [--claims N]

A generated log of a shop, three personas by device, and maps whose cards claim shares, times and
changes, for all of the persona, for a channel or for the last weeks. Every claim must hold, so each
is a test; no two of a journey are alike. The clock runs from the start of the command, first with
nothing prepared, then again.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from generate import CHANNELS, DEVICES, EVENTS, log_file
from results import machine, table, write_part
from ruamel.yaml import YAML
from shop import GOAL, STEPS

_AIM = 60


def workshop(folder: Path, log: Path, journeys: int, claims: int) -> None:
    """Write a workshop folder with so many journeys of so many claims."""
    chance = random.Random(1)
    stages = [{"id": step, "name": step, "events": [step]} for step in STEPS]
    _write(
        folder / "workshop.yaml",
        schema=2,
        name="Many journeys",
        stages=stages,
        goal=[GOAL],
        data={"events": {"source": str(log)}},
    )
    for device in DEVICES:
        _write(
            folder / f"personas/{device}.yaml", id=device, name=device, segment={"device": [device]}
        )
    for number in range(journeys):
        made = chance.sample(_claims(), claims)
        _write(
            folder / f"journeys/way-{number:03}.yaml",
            id=f"way-{number:03}",
            name=f"Way {number}",
            persona=DEVICES[number % len(DEVICES)],
            cards=[
                {
                    "id": f"card-{place}",
                    "stage": chance.choice(STEPS[:-1]),
                    "lane": "metrics",
                    "text": f"Card {place}",
                    "claim": {**claim, "must": True},
                }
                for place, claim in enumerate(made)
            ],
        )


def _claims() -> list[dict[str, object]]:
    """All that is claimed somewhere."""
    share = {"is": "at least", "threshold": "30%"}
    later = [{"metric": m, "of": s} for m in ("step-rate", "drop-off", "reach") for s in STEPS[1:]]
    plain = [
        *later,
        *({"metric": "did", "of": event} for event in EVENTS),
        *({"metric": "channel-share", "of": channel} for channel in CHANNELS),
        *({"metric": "channel-conversion", "of": channel} for channel in CHANNELS),
        {"metric": "conversion"},
        {"metric": "order-conformance"},
    ]
    narrowed: list[dict[str, object]] = [{"period": "last 30 days"}]
    narrowed += [{"segment": {"channel": [channel]}} for channel in CHANNELS]
    made: list[dict[str, object]] = [{**claim, **share} for claim in plain]
    made += [{**claim, **share, **more} for claim in later for more in narrowed]
    times = [{"metric": "step-time", "of": step} for step in STEPS[1:]]
    return made + [{**claim, "is": "at most", "threshold": "5 min"} for claim in times]


def _write(file: Path, **plain: object) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8") as out:
        YAML(typ="safe").dump(plain, out)


def timed(folder: Path, cache: Path) -> tuple[float, float, str]:
    """Run the command: seconds on the clock, seconds of the processor, and its last line."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", "from journeykit.cli import main; main()", "test", str(folder)],
        capture_output=True,
        text=True,
        env={**os.environ, "JOURNEYKIT_CACHE": str(cache)},
    )
    wall, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1):
        sys.exit(done.stdout[-2000:] + done.stderr)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, used, done.stdout.strip().splitlines()[-1]


def main() -> None:
    """Measure, print, write."""
    asked = argparse.ArgumentParser(description="Measure `journeykit test` on many journeys.")
    asked.add_argument("--events", type=int, default=1_000_000)
    asked.add_argument("--journeys", type=int, default=50)
    asked.add_argument("--claims", type=int, default=20)
    options = asked.parse_args()
    on, rows = machine(), []
    with tempfile.TemporaryDirectory(prefix="jk-journeys-") as name:
        place = Path(name)
        log = log_file(options.events, place / "log")
        workshop(place / "many", log, options.journeys, options.claims)
        for run in ("nothing prepared", "again"):
            wall, used, said = timed(place / "many", place / "cache")
            rows.append([run, f"{wall:.1f}", f"{used:.1f}", "yes" if wall < _AIM else "no"])
            print(*rows[-1], said)
    head = ["", "seconds", "seconds of the processor", f"under {_AIM} s"]
    write_part(
        "Many journeys",
        f"`python benchmarks/bench_journeys.py`; {on}.\n\n`journeykit test` on {options.journeys} "
        f"journeys of three personas, {options.claims} claims each, over {options.events:,} events: "
        f"every claim is a test. {said}\n\n{table(head, rows)}",
    )


if __name__ == "__main__":
    main()
