"""A desk and a program that is not the kit write the same map at full speed: who loses what.

The program reads the file, adds a card at its end, checks that the file is as it was when read,
and writes: by a renamed copy, in place, or truncated first and then written. It takes no lock.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from journeykit.store import Desk, open_folder

MANNERS = ("rename", "in place", "truncate")
CARD = "  - {{id: {0}, stage: see, lane: actions, text: They ask where to find {0} in the shop}}\n"
BYTES_OF_A_CARD = 86


class Outcome(NamedTuple):
    """What one race came to; all are counts of cards, but for the sizes and the seconds."""

    manner: str
    kilobytes: float
    kilobytes_then: float
    ours: int
    theirs: int
    lost: int
    doubled: int
    seconds: float


def outsider(path: Path, manner: str, count: int) -> None:
    """Add cards to a file, as a program does that has never heard of the kit."""
    done, beside = 0, path.with_name(f".{path.name}.outside")
    while done < count:
        before = path.stat()
        text = path.read_bytes()
        new = text.rstrip() + b"\n" + CARD.format(f"t{done}").encode()
        now = path.stat()
        if (now.st_ino, now.st_mtime_ns) != (before.st_ino, before.st_mtime_ns):
            continue
        if manner == "rename":
            beside.write_bytes(new)
            os.replace(beside, path)
        else:
            with open(path, "r+b" if manner == "in place" else "wb") as file:
                file.write(new)
                file.truncate()
        done += 1
        time.sleep(0.03)


def race(root: Path, manner: str, count: int, kilobytes: float) -> Outcome:
    """Let both add `count` cards to a map of a size, and count what is there in the end."""
    head = "schema: 2\nname: Shop\nstages:\n  - {id: see, name: See}\n"
    names = [f"c{i}" for i in range(int(kilobytes * 1000 / BYTES_OF_A_CARD))]
    for file, text in {
        "workshop.yaml": head,
        "personas/maya.yaml": "name: Maya\n",
        "journeys/maya.yaml": "name: Maya buys\npersona: maya\ncards:\n"
        + "".join(map(CARD.format, names)),
    }.items():
        (root / file).parent.mkdir(exist_ok=True)
        (root / file).write_text(text, "utf-8")
    path, desk = root / "journeys/maya.yaml", Desk(root)
    size, began = path.stat().st_size, time.monotonic()
    command = [sys.executable, __file__, "--outsider", str(path), manner, str(count)]
    with subprocess.Popen(command) as other:
        for number in range(count):
            data = {"id": f"m{number}", "stage": "see", "lane": "actions", "text": f"m{number}"}
            one = {"id": f"m{number}", "kind": "card.add", "doc": "journeys/maya", "data": data}
            refused = desk.take(one)[0]
            assert refused is None, refused
            time.sleep(0.03)
        other.wait(600)
    desk.close()
    took, found = (
        time.monotonic() - began,
        Counter(c.id for c in open_folder(root).journey("maya").cards),
    )
    wanted = {*names, *(f"{who}{number}" for who in "mt" for number in range(count))}
    doubled = sum(each > 1 for each in found.values())
    now = path.stat().st_size / 1000
    return Outcome(manner, size / 1000, now, count, count, len(wanted - {*found}), doubled, took)


def main() -> None:
    """Run the races and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1_000, help="cards of either side")
    parser.add_argument("--kilobytes", type=float, nargs="*", default=[13, 156])
    parser.add_argument("--outsider", nargs=3, metavar=("FILE", "MANNER", "COUNT"))
    given = parser.parse_args()
    if given.outsider:
        file, manner, count = given.outsider
        return outsider(Path(file), manner, int(count))
    print(
        "| the program writes | map, kB | in the end | cards of ours | of theirs | lost | doubled | s |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    for kilobytes in given.kilobytes:
        for manner in MANNERS:
            with tempfile.TemporaryDirectory() as place:
                end = race(Path(place), manner, given.count, kilobytes)
            print(
                "|",
                " | ".join([end.manner, *(f"{value:,.0f}" for value in end[1:])]),
                "|",
                flush=True,
            )


if __name__ == "__main__":
    main()
