"""A year of nights of the retail sample, with a fault that begins in July and is mended in October.

``python benchmarks/alarm_year.py`` plays the year, looks at it every night, and draws
docs/pictures/alarm.png as `journeykit` draws it in notebook 05.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))
USERS = 24_000
YEAR = datetime(2026, 1, 5), datetime(2027, 1, 4)
FAULT = datetime(2026, 7, 1), datetime(2026, 10, 1)


def year(folder: Path, users: int = USERS, fault: tuple[datetime, datetime] = FAULT) -> Path:
    """Write the retail workshop with a year of data to a folder; gives the folder."""
    from samples import life

    life.START, life.END = YEAR  # before the shop is imported: it takes the dates over by name
    life.DAYS = (YEAR[1] - YEAR[0]).days
    from samples import retail, retail_checkout

    retail.USERS, retail_checkout.FAULT = users, fault
    shutil.copytree(ROOT / "templates" / "retail", folder)
    (folder / "data").mkdir(exist_ok=True)
    retail.generate(folder / "data")
    return folder


def tested(folder: Path) -> list[Any]:
    """Hold the claims that must hold against the year."""
    from journeykit.claims import Evidence, journey_tests
    from journeykit.phases.session import Session
    from journeykit.store import open_folder

    return journey_tests(Evidence.of(Session(open_folder(folder))))


def main() -> None:
    """Play the year, say what each alarm said, and draw the one that the fault is about."""
    asked = argparse.ArgumentParser(description="A year of nights, as a picture.")
    asked.add_argument("--out", type=Path, default=ROOT / "docs" / "pictures" / "alarm.png")
    asked.add_argument("--users", type=int, default=USERS)
    options = asked.parse_args()

    from journeykit import charts

    with tempfile.TemporaryDirectory() as place:
        found = tested(year(Path(place) / "shop", options.users))
    for test in found:
        print(f"{test.id}: {test.colour}, {test.said}. Every night: {test.every_night}.")
        for path in test.path:
            turned = path["state"].diff().fillna(path["state"]).ne(0)
            for night, state in path["state"][turned].items():
                print(f"    {night:%Y-%m-%d} {('amber', 'green', 'red')[int(state)]}")
    test = next(each for each in found if each.id == "mobile-maya/phone-smooth")
    (nights,) = test.path
    nights.attrs = test.verdict.row()
    drawn = charts.svg(charts.alarm(nights), test.name, test.every_night)
    few = Image.open(BytesIO(charts.to_png(drawn, 2))).convert("RGB").quantize(64)
    few.save(options.out, optimize=True)
    print(f"{options.out.name}: {options.out.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
