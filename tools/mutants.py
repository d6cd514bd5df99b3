"""Does a test notice? Small changes of meaning, one at a time, in a copy of the package.

Which tests run a line is measured once (with coverage); of a change only they are run, the quick
ones first, until one fails. A change that none notices has survived: a test is missing, or the
change means the same (then it stands with its reason in tests/mutants_survivors.md).

    python tools/mutants.py                      # the whole lot
    python tools/mutants.py --room numbers       # of one room
    python tools/mutants.py --only 17 --diff     # one of the lot, by number or id
"""

import argparse
import difflib
import hashlib
import json
import os
import queue
import re
import shutil
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from mutation.kinds import Change, changes_of, chosen, told
from mutation.named import NAMED
from mutation.warm import Warm

ROOT = Path(__file__).resolve().parents[1]
NOTES = ROOT / "build" / "mutants"
SURVIVORS = ROOT / "tests" / "mutants_survivors.md"
COPIED = (
    "journeykit", "tests", "templates", "notebooks", "sample_data", "exercises", "docs", "tools",
    "benchmarks", "pyproject.toml", "constraints.txt", "README.md",
)  # fmt: skip
#: Room to how many changes of it, and where its tests are: folders or files.
ROOMS = {
    "numbers": (
        80,
        "numbers properties phases/test_few.py claims/test_measuring.py \
 claims/test_alarms.py claims/test_beside.py claims/test_bisect.py claims/test_deliveries.py \
 claims/test_young_logs.py",
    ),
    "boards": (20, "boards"),
    "claims": (50, "claims cli/test_gate.py"),
    "store": (45, "store claims/test_merge_driver.py claims/test_diff.py"),
    "run": (30, "run"),
    "widgets": (40, "widgets phases/test_live_forms.py phases/test_forms_keep.py"),
}
GOAL = 0.85
SECONDS = 60.0  # of tests for one change, as they took when the lines were noted
ROUGH = "-q -n0 -x -p no:cacheprovider -p mutation.plugin --no-header --tb=no -W ignore --tier test".split()


def copy_of(place: Path) -> Path:
    """Copy what the tests need; nothing is ever changed in the checkout itself."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, place / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.exists():
            shutil.copy2(source, place / name)
    return place


def state(room: str) -> str:
    """Name package and tests of a room as they are."""
    seen = hashlib.sha256()
    for folder in ("journeykit", *(f"tests/{name}" for name in ROOMS[room][1].split()), "tools"):
        place = ROOT / folder
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            seen.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return seen.hexdigest()[:16]


def noted(room: str, warm: Warm) -> dict:
    """Say which test of a room runs which line, and how long it takes; kept until a file changes."""
    kept = NOTES / f"{room}-{state(room)}.json"
    if not kept.exists():
        print(f"{room}: the tests are run once to see which lines they run …", flush=True)
        NOTES.mkdir(parents=True, exist_ok=True)
        for old in NOTES.glob(f"{room}-*.json"):
            old.unlink()
        part = kept.with_suffix(".part")
        folders = [f"tests/{name}" for name in ROOMS[room][1].split()]
        words = [*ROUGH, "--maxfail=1000", "--continue-on-collection-errors", *folders]
        code, said = warm.pytest(words, MUTANTS_NOTE=str(part))
        if code not in (0, 1, 2) or not part.exists():
            sys.exit(f"The tests of {room} do not run:\n{said[-3000:]}")
        if code:
            print(f"{room}: some tests fail as it is, and are left out:\n{said[-1500:]}")
        part.rename(kept)
    return json.loads(kept.read_text("utf-8"))


def tests_for(change: Change, notes: dict) -> list[str]:
    """Choose the tests that run the lines of a change, the quickest first, within a bound."""
    lines = {int(line): tests for line, tests in notes["lines"].get(change.file, {}).items()}

    def within(span: tuple[int, int]) -> set[str]:
        return {t for n in range(span[0], span[1] + 1) for t in lines.get(n, ())}

    found = within((change.line, change.last))
    if not found and change.at_import:  # run when the file is imported: by whoever uses it then
        found = within(change.around)
    seconds = notes["seconds"]
    ordered = sorted((t for t in found if t in seconds), key=lambda t: (seconds[t], t))
    total, taken = 0.0, []
    for test in ordered:
        total += seconds[test]
        if taken and total > SECONDS:
            break
        taken.append(test)
    return taken


def try_out(
    change: Change, warm: Warm, notes: dict | None, all_tests: bool = False
) -> tuple[str, str]:
    """Make a change in a copy and run its tests: how it went, and which test noticed."""
    if change.tests:
        tests, files, limit, env = change.tests, [*change.tests], 300.0, {}
    else:
        took = notes["seconds"]
        tests = sorted(took, key=took.get) if all_tests else tests_for(change, notes)
        files = sorted({test.partition("::")[0] for test in tests})
        limit = 60 + 3 * sum(took[test] for test in tests)
        env = {"MUTANTS_RUN": str(warm.copy / ".tests.json")}
        (warm.copy / ".tests.json").write_text(json.dumps(tests), "utf-8")
    if not tests:
        return "survived", "no test runs this line"
    path = warm.copy / change.file
    before = path.read_text("utf-8")
    path.write_text(change.apply(before), "utf-8")
    try:
        code, said = warm.pytest([*ROUGH, *files], limit, **env)
    finally:
        path.write_text(before, "utf-8")
    if code is None:
        return "killed", "the time was up"
    if code in (0, 5):
        return "survived", f"of {len(tests)} tests or files"
    failed = re.search(r"^(?:FAILED|ERROR) (\S+)", said, re.M)
    return "killed", failed[1] if failed else said.strip().splitlines()[-1][:120]


@cache
def reasons() -> dict[str, str]:
    """Read which changes mean the same, with the reason: rows `| id | where | what | reason |`."""
    text = SURVIVORS.read_text("utf-8") if SURVIVORS.exists() else ""
    return {row[1]: row[2] for row in re.finditer(r"^\| `(\w+)` \|.*\| ([^|]+) \|$", text, re.M)}


def lot(rooms: list[str], seed: int, share: float) -> list[Change]:
    """Draw the changes of all rooms; the same seed draws the same."""
    drawn: list[Change] = []
    for room in rooms:
        offered = [
            change
            for path in sorted((ROOT / "journeykit" / room).rglob("*.py"))
            for change in changes_of(ROOT, path, seed)
        ]
        drawn += chosen(offered, round(ROOMS[room][0] * share))
    return drawn


def by_hand(rooms: list[str] | None) -> list[Change]:
    """Make changes of the list in `mutation/named.py`; a text that is gone is an error."""
    made, gone = [], []
    for named in NAMED:
        room = named.file.split("/")[1]
        path = ROOT / named.file
        text = path.read_text("utf-8") if path.exists() else ""
        if text.count(named.old) != 1:
            gone.append(f"{named.file}: {named.name}: {named.old!r} stands there "
                        f"{text.count(named.old)} times, not once")  # fmt: skip
            continue
        start = text.index(named.old)
        line = text.count("\n", 0, start) + 1
        last = line + named.old.count("\n")
        key = hashlib.sha256(named.name.encode()).hexdigest()
        if not rooms or room in rooms:
            made.append(
                Change(room, named.file, line, last, named.name, start, start + len(named.old),
                       named.old, named.new, key, told(named.old, named.new), (line, last),
                       tests=tuple(named.tests.split()))
            )  # fmt: skip
    if gone:
        sys.exit("The list in tools/mutation/named.py is out of date:\n" + "\n".join(gone))
    return made


def show(change: Change) -> str:
    before = (ROOT / change.file).read_text("utf-8")
    lines = [text.splitlines() for text in (before, change.apply(before))]
    return "\n".join(difflib.unified_diff(*lines, change.file, change.file, lineterm="", n=2))


def asked() -> argparse.Namespace:
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--room", action="append", choices=ROOMS, help="only this room")
    words.add_argument("--only", action="append", default=[], help="only this number or id")
    words.add_argument("--named", action="store_true", help="only the list written by hand")
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--share", type=float, default=1.0, help="of the lot of each room")
    words.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    words.add_argument("--all-tests", action="store_true", help="all tests of the room for each")
    words.add_argument("--diff", action="store_true", help="show what was changed")
    words.add_argument("--list", action="store_true", help="name the lot and stop")
    return words.parse_args()


def report(outcomes: list[tuple[Change, str, str]]) -> bool:
    """Say how many were noticed in each room; whether that is enough."""
    rooms: dict[str, list[int]] = {}
    for change, how, _ in outcomes:
        count = rooms.setdefault(change.room, [0, 0])
        count[how == "killed"] += 1
    survivors = [(change, why) for change, how, why in outcomes if how == "survived"]
    print("\nSurvived:" if survivors else "\nNone survived.")
    for change, why in survivors:
        print(f"  `{change.id}` {change.file}:{change.line} {change.words}")
        print(f"      {reasons().get(change.id) or f'NO REASON YET; {why}'}")
    print(f"\n{'room':10}{'killed':>8}{'survived':>10}{'share':>8}")
    total = [sum(column) for column in zip(*rooms.values(), strict=True)]
    for room, (left, killed) in [*rooms.items(), ("all", total)]:
        print(f"{room:10}{killed:8}{left:10}{killed / (killed + left):8.0%}")
    enough = all(killed >= GOAL * (killed + left) for left, killed in rooms.values())
    told = all(change.id in reasons() for change, _ in survivors)
    return enough and told and not any(change.tests for change, _ in survivors)


def main() -> None:
    args = asked()
    rooms = args.room or [room for room in ROOMS if (ROOT / "journeykit" / room).exists()]
    changes = by_hand(args.room) + ([] if args.named else lot(rooms, args.seed, args.share))
    numbered = list(enumerate(changes, 1))
    if args.only:
        numbered = [(n, c) for n, c in numbered if str(n) in args.only or c.id in args.only]
    if args.list or args.diff:
        for number, change in numbered:
            print(f"{number:4} `{change.id}` {change.file}:{change.line} {change.words}")
            print(show(change) if args.diff else "", end="\n" if args.diff else "")
    if args.list or not numbered:
        return
    began, outcomes = time.monotonic(), {}
    with tempfile.TemporaryDirectory(prefix="mutants-") as place:
        idle: queue.Queue[Warm] = queue.Queue()
        for job in range(args.jobs):
            idle.put(Warm(copy_of(Path(place) / str(job))))
        first: Warm = idle.queue[0]
        files = sorted({file for _, change in numbered for file in change.tests})
        code, said = first.pytest([*ROUGH, *files]) if files else (0, "")
        if code:
            sys.exit(f"These tests are red as it is:\n{said[-3000:]}")
        drawn = {change.room for _, change in numbered if not change.tests}
        notes = {room: noted(room, first) for room in sorted(drawn)}

        def work(one: tuple[int, Change]) -> None:
            number, change = one
            warm = idle.get()
            try:
                how, why = try_out(change, warm, notes.get(change.room), args.all_tests)
            finally:
                idle.put(warm)
            outcomes[number] = (change, how, why)
            print(
                f"{number:4} {how:9}{change.file}:{change.line} {change.words} [{why}]", flush=True
            )

        with ThreadPoolExecutor(args.jobs) as pool:
            list(pool.map(work, numbered))
        while not idle.empty():
            idle.get().close()
    enough = report([outcomes[number] for number, _ in numbered])
    print(f"{len(numbered)} changes in {time.monotonic() - began:.0f} s")
    sys.exit(0 if enough else 1)


if __name__ == "__main__":
    main()
