"""Small damage, drawn by a seed, and the one rule: an answer, or an error of the kit's family."""

from __future__ import annotations

import copy
import json
import signal
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

from journeykit.errors import JourneykitError

SECONDS = 20
"""What one mutant may take, with other work beside it."""
LONG = "x" * 3000
VALUES: list[Any] = [
    *(None, True, False, 0, -1, 2, 0.5, 1e308, float("inf"), float("nan"), 10**15, "9" * 400),
    *("", " ", "~", "null", "NO", "007", "1e999", "-.inf", ".nan", "12:30", "0x1f", "1_000", "½"),
    *("2026-13-45", "0000-00-00", "0001-01-01", "9999-12-31", "10000-01-01", "2026-02-30T99:00"),
    *("last 99999999 days", "last 0 weeks", "last 30000 months", "100000%", "-5%", "20% to 10%"),
    *("*", "[", "[!", "[z-a]", "**a*a*a*a*a*a*a*a*b", "?" * 300, "'", '"', "%", "a.b", "../../etc"),
    *("\x00", "a\x00b", "\ufeff", "\u2028", "\u202e", "\ud7ff", "🙂" * 50, "é", "&a", "*a", "!!x"),
    *(LONG, [], {}, [[]], [{}], [None], {"": ""}, {"a": {"b": {"c": []}}}, [1, "a", None, {}]),
    *(
        {"event": []},
        {"event": None},
        {"event": [[]]},
        {"id": "a"},
        {"x-own": {"y": [1]}},
        "workshop",
    ),
]
DEEP = (40, 200, 400)
BYTES = [
    *(
        b"\x00",
        b"\xff",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\xc3",
        b"\r",
        b"\r\n",
        b"\n\n",
        b"\t",
        b'"',
        b"'",
    ),
    *(
        b",",
        b";",
        b"|",
        b"{",
        b"}",
        b"[",
        b"]",
        b":",
        b": ",
        b"- ",
        b"#",
        b"---\n",
        b"...\n",
        b"&a ",
        b"*a ",
    ),
    *(
        b"<<: *a\n",
        b"!!python/object ",
        b"!t ",
        b"|\n",
        b">\n",
        b"? ",
        b"%YAML 1.1\n---\n",
        b"\xe2\x80\xa8",
    ),
    *(
        b"\x1a",
        b"\x85",
        b"NaN",
        b"1e999",
        b"-Infinity",
        b"9" * 400,
        b"1970-01-01",
        b"9999-12-31",
        b"x" * 5000,
    ),
]


class Hang(BaseException):
    """Nothing of the kit catches it."""


def damaged_bytes(data: bytes, rng: Random) -> bytes:
    """Cut, double, swap, overwrite: what editors, disks, and tools do to a file."""
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        lines = data.splitlines(keepends=True) or [b""]
        at, to = sorted((rng.randint(0, len(data)), rng.randint(0, len(data))))
        line = rng.randrange(len(lines))
        match rng.randrange(12):
            case 0:
                data = data[:at]
            case 1:
                data = data[:at] + data[min(to, at + rng.choice((1, 5, 50))) :]
            case 2 | 3 | 4:
                data = data[:at] + rng.choice(BYTES) + data[at + rng.choice((0, 0, 1)) :]
            case 5:
                data = b"".join(lines[:line] + lines[line + 1 :])
            case 6:
                data = b"".join(
                    [*lines[:line], lines[line] * rng.choice((2, 50)), *lines[line + 1 :]]
                )
            case 7:
                rng.shuffle(lines)
                data = b"".join(lines)
            case 8:
                lines[line] = b" " * rng.choice((1, 2, 7)) + lines[line]
                data = b"".join(lines)
            case 9:
                key, colon, _ = lines[line].partition(b":")
                value = str(rng.choice(VALUES)).encode("utf-8", "replace")
                lines[line] = key + colon + b" " + value + b"\n"
                data = b"".join(lines)
            case 10:
                data = data.replace(
                    *(rng.choice([b"a", b"e", b"1", b"-", b" ", b":", b",", b"\n"]) for _ in "ab")
                )
            case 11:
                codec = rng.choice(["utf-16", "utf-16-be", "utf-8-sig", "latin-1", "cp037"])
                data = data.decode("utf-8", "replace").encode(codec, "replace")
    return data


def damaged_tree(tree: Any, rng: Random) -> Any:
    """Other types, missing keys, doubled items, deep nesting: what a program or a person writes."""
    tree = copy.deepcopy(tree)
    for _ in range(rng.choice((1, 1, 2, 5))):
        places = [*_places(tree)]
        if not places:
            return rng.choice(VALUES)
        parent, key = rng.choice(places)
        old = parent[key]
        match rng.randrange(8):
            case 0 if isinstance(parent, dict):
                del parent[key]
            case 1 if isinstance(parent, list):
                parent += [old] * rng.choice((1, 40))
            case 2:
                parent[key] = copy.deepcopy(rng.choice(places)[0])  # something from elsewhere
            case 3 if isinstance(parent, dict):
                parent[str(rng.choice(VALUES))[:60]] = old
            case 4:
                parent[key] = [old]
            case 5 if rng.random() < 0.2:
                for _ in range(rng.choice(DEEP)):
                    old = [old]
                parent[key] = old
                break
            case _:
                parent[key] = copy.deepcopy(rng.choice(VALUES))
    return tree


def _places(tree: Any) -> Any:
    """Every place of a tree, as the thing that holds it and its key there; never too deep."""
    left = [tree]
    for node in left:
        keys = (
            node if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
        )
        for key in keys:
            yield node, key
            left.append(node[key])
        if len(left) > 5_000:
            return


def as_json(tree: Any) -> bytes:
    """JSON, which is YAML as well; nested too deep for Python's writer it is written by hand."""
    try:
        return json.dumps(tree, ensure_ascii=False).encode("utf-8", "replace")
    except RecursionError:
        return b"[" * 5_000 + b"]" * 5_000


def hold(
    kind: str,
    make: Callable[[Random], Any],
    try_one: Callable[[Any], object],
    numbers: Sequence[int],
) -> None:
    """Try mutants; whatever is not of the kit's family of errors, or takes too long, fails.

    One that fails is made again by `make(Random(f"{kind} {number}"))`.
    """
    found: dict[str, tuple[int, str]] = {}
    refused, began, slowest = 0, time.monotonic(), 0.0
    before = signal.signal(signal.SIGALRM, _hang)
    try:
        for number in numbers:
            mutant = make(Random(f"{kind} {number}"))
            start = time.monotonic()
            signal.setitimer(signal.ITIMER_REAL, SECONDS)
            try:
                try_one(mutant)
            except JourneykitError as problem:
                refused += 1
                said = str(problem)
                if not said.strip() or "Traceback" in said or len(said) > 4_000:
                    found.setdefault(f"no sentence: {said[:80]!r}…", (number, ""))
            except (Exception, Hang) as problem:
                where = [
                    f
                    for f in traceback.extract_tb(problem.__traceback__)
                    if "/journeykit/" in f.filename
                ]
                place = (
                    f"{Path(where[-1].filename).name}:{where[-1].lineno}" if where else "the test"
                )
                told = f"{type(problem).__name__} at {place}"
                found.setdefault(told, (number, str(problem)[:200]))
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
                slowest = max(slowest, time.monotonic() - start)
    finally:
        signal.signal(signal.SIGALRM, before)
    took = time.monotonic() - began
    print(
        f"{kind}: {len(numbers):,} mutants, {refused:,} refused, {len(found)} faults, "
        f"{took:.1f} s, slowest {slowest:.2f} s"
    )
    listed = "\n".join(
        f"  {told}, mutant {number}: {said}" for told, (number, said) in found.items()
    )
    assert not found, f"{len(found)} ways out of the family of errors ({kind}):\n{listed}"


def _hang(*_: Any) -> None:
    raise Hang(f"more than {SECONDS} s")
