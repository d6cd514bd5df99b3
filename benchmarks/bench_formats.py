"""What a million rows of CSV, JSON and a spreadsheet take, beside the read of the library itself.

Each ratio is the kit's best of three over the other's best of three; memory is the most that a
process held which did nothing but import the kit and read the file once, the one way or the other.
What the kit does beside it: no value changes its text, records become columns, whole numbers and
dates are typed, rows are numbered.
"""

import argparse
import csv
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import duckdb
from bench_one import peak
from python_calamine import CalamineWorkbook

from journeykit import engine
from journeykit.tables.sources import find_source

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKED = "http://schemas.openxmlformats.org/package/2006/relationships"
BOOK = {
    "[Content_Types].xml": "<Types/>",
    "_rels/.rels": f'<Relationships xmlns="{PACKED}"><Relationship Id="r1" '
    f'Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>'
    '<sheet name="Log" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKED}"><Relationship Id="r1" '
    f'Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" '
    f'Type="{RELATIONS}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><cellXfs count="2"><xf numFmtId="0"/>'
    '<xf numFmtId="22" applyNumberFormat="1"/></cellXfs></styleSheet>',
}


def make_json(file: Path, rows: int) -> None:
    with file.open("w") as out:
        for n in range(rows):
            properties = {"page": f"/p/{n % 100}", "device": random.choice(["phone", "desk"])}
            event = random.choice(["visit", "view", "cart", "buy"])
            when = f"2026-03-{1 + n % 28:02d}T{n % 24:02d}:{n % 60:02d}:00Z"
            row = {"user_id": f"u{n % 50_000}", "event": event, "timestamp": when}
            out.write(json.dumps(row | {"value": n % 997 / 10, "properties": properties}) + "\n")


def make_csv(file: Path, rows: int) -> None:
    with file.open("w", newline="") as out:
        quoting = csv.QUOTE_ALL if file.stem == "quoted" else csv.QUOTE_MINIMAL
        writer = csv.writer(out, quoting=quoting)
        writer.writerow(["user_id", "event", "timestamp", "channel", "page"])
        for n in range(rows):
            event = random.choice(["visit", "view", "cart", "buy"])
            when = f"2026-03-{1 + n % 28:02d} {n % 24:02d}:{n % 60:02d}:00"
            writer.writerow([f"u{n % 50_000}", event, when, "paid search", f"/shop/{n % 1000}"])


def make_book(file: Path, rows: int) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in BOOK.items():
            archive.writestr(name, text)
        with archive.open("xl/worksheets/sheet1.xml", "w") as out:
            names = ("user_id", "event", "timestamp", "value")
            words = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in names)
            out.write(f'<worksheet xmlns="{MAIN}"><sheetData><row>{words}</row>'.encode())
            for n in range(rows):
                event = random.choice(["visit", "view", "cart", "buy"])
                out.write(
                    f"<row><c><v>{n % 50_000}</v></c><c t='inlineStr'><is><t>{event}</t></is></c>"
                    f'<c s="1"><v>{46_000 + n / 86_400}</v></c><c><v>{n % 997 / 10}</v></c></row>'.encode()
                )
            out.write(b"</sheetData></worksheet>")


def best(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(3):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)


def with_duckdb(file: Path) -> None:
    reader = "read_json" if file.suffix == ".ndjson" else "read_csv"
    with duckdb.connect() as store:
        store.execute(f"CREATE TEMP TABLE rows AS FROM {reader}('{file}')")


def with_calamine(file: Path) -> None:
    CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python()


def with_the_kit(file: Path) -> None:
    assert find_source(file).load(engine.default()).rows
    engine.reader().sweep()


def held(way: Callable[[Path], None], file: Path) -> float:
    """The most megabytes that a process of its own held which read the file."""
    command = [sys.executable, __file__, "--one", way.__name__, str(file)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--one", nargs=2, metavar=("WAY", "FILE"), help="read once, print the MB")
    asked = parser.parse_args()
    if asked.one:
        globals()[asked.one[0]](Path(asked.one[1]))
        # A process that it began (a spreadsheet has one of its own) counts as well.
        print(peak() + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3)
        return
    rows = asked.rows
    random.seed(14)
    with tempfile.TemporaryDirectory() as place:
        for name, make, peer in (
            ("plain.csv", make_csv, with_duckdb),
            ("quoted.csv", make_csv, with_duckdb),
            ("e.ndjson", make_json, with_duckdb),
            ("e.xlsx", make_book, with_calamine),
        ):
            file = Path(place, name)
            make(file, rows)
            theirs, ours = best(lambda: peer(file)), best(lambda: with_the_kit(file))  # noqa: B023
            print(f"{name}: {peer.__name__} {theirs:.2f} s, kit {ours:.2f} s, {ours / theirs:.2f}x")
            theirs, ours = held(peer, file), held(with_the_kit, file)
            print(f"{name}: {theirs:,.0f} MB, kit {ours:,.0f} MB, {ours / theirs:.2f}x", flush=True)


if __name__ == "__main__":
    main()
