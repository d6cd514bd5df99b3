"""A kind of table is declared once: reader, workshop, check and guide follow from it."""

from __future__ import annotations

import runpy
from pathlib import Path

import pandas as pd
import pytest
from pydantic import ValidationError

from journeykit import open_workshop
from journeykit.cli.check import check
from journeykit.errors import DataError, UnknownName
from journeykit.model import TABLES, Stage, TableColumn, TableKind, Workshop
from journeykit.numbers.catalogue import supply
from journeykit.store import create
from journeykit.tables import read_table

ROOT = Path(__file__).resolve().parents[2]
PARCELS = TableKind(
    "one row per parcel",
    (
        TableColumn("parcel_id", "id", "which parcel", "trackingnumber"),
        TableColumn("timestamp", "time", "when it came"),
    ),
    (
        TableColumn("user_id", "id", "who"),
        TableColumn("weight", "number", "in kilograms", "kg", negative="returns"),
        TableColumn("price_per_kilogram", "number"),
        TableColumn("cost", "number", product=("weight", "price_per_kilogram")),
        TableColumn("damaged", "flag", words="broken"),
    ),
)
ROWS = pd.DataFrame(
    {
        "Tracking number": ["007", "008", "009", "009", ""],
        "delivered at": ["2026-01-05 10:00", "2026-01-06", "soon", "2026-01-07", "2026-01-08"],
        "Kunde": ["a", "b", "c", "c", "d"],
        "kg": ["1,5", "-2", "1", "1", "1"],
        "price_per_kilogram": ["2", "3", "4", "4", "4"],
        "broken": ["yes", "no", "no", "no", "no"],
        "colour": "red",
    }
)


@pytest.fixture(autouse=True)
def parcels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TABLES, "parcels", PARCELS)


def test_it_is_read_with_its_columns_types_and_findings() -> None:
    frame = read_table("parcels", ROWS, timestamp="delivered at")
    assert frame.to_dict("list") == {
        "parcel_id": ["007", "008", "009"],
        "timestamp": [pd.Timestamp(f"2026-01-0{day}") for day in ("5 10:00", 6, 7)],
        "user_id": ["a", "b", "c"],
        "weight": [1.5, -2.0, 1.0],
        "cost": [3.0, -6.0, 4.0],
        "price_per_kilogram": [2.0, 3.0, 4.0],
        "damaged": [True, False, False],
        "colour": ["red", "red", "red"],
    }
    told = frame.attrs["contract"]
    assert (told.rows, told.set_aside, told.users) == (5, 2, 3)
    assert "took column 'Tracking number' as parcel_id" in told.assumptions
    assert "reckoned cost as weight times price_per_kilogram" in told.assumptions
    said = told.describe()
    assert "1 of 5 rows were set aside: no parcel_id." in said
    assert "1 of 5 rows were set aside: timestamp is not a time." in said
    assert "1 lines have a negative weight (returns); kept." in said


def test_what_is_wrong_is_said_in_its_words() -> None:
    with pytest.raises(DataError, match=r"Did you mean 'parcels'\?"):
        read_table("parcel", ROWS)
    with pytest.raises(DataError, match=r"Which column is timestamp \(when it came\)\?"):
        read_table("parcels", ROWS.drop(columns="delivered at"))
    with pytest.raises(UnknownName, match=r"no column 'kgs' to be weight. Did you mean 'kg'\?"):
        read_table("parcels", ROWS, timestamp="delivered at", weight="kgs")


def test_a_workshop_may_have_it() -> None:
    stages = (Stage(id="visit", name="Visit"),)
    workshop = {"name": "x", "stages": stages, "data": {"parcels": {"source": "p.csv"}}}
    assert Workshop.model_validate(workshop).data["parcels"].source == "p.csv"
    with pytest.raises(ValidationError, match=r"Did you mean 'parcels'\?"):
        Workshop.model_validate({**workshop, "data": {"parcel": {"source": "p.csv"}}})


def test_a_session_reads_it_and_check_tells_of_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = create(tmp_path / "shop", "blank").root
    ROWS.to_csv(root / "parcels.csv", index=False)
    told = "data:\n  parcels:\n    source: parcels.csv\n    columns: {timestamp: delivered at}\n"
    file = root / "workshop.yaml"
    file.write_text(file.read_text("utf-8") + told, "utf-8")
    shop = open_workshop(root)
    assert "parcels" in shop.kinds
    read = shop.table("parcels", everybody=True)
    assert read is not None
    assert read["parcel_id"].tolist() == ["007", "008", "009"]
    assert supply(shop, "parcels") is not None, "a number may name it as a parameter"
    with pytest.raises(SystemExit):
        check(root, as_json=True)
    assert "parcels: 1 of 5 rows were set aside: no parcel_id." in capsys.readouterr().out


def test_the_guide_is_written_from_it() -> None:
    tool = runpy.run_path(str(ROOT / "tools" / "make_table_docs.py"))
    told = (
        "| `parcels` | one row per parcel | `parcel_id` (which parcel), `timestamp` (when it came) "
        "| `user_id` (who), `weight` (in kilograms), `price_per_kilogram`, `cost`, `damaged` |\n"
    )
    assert tool["row"]("parcels") == told
    assert told in tool["page"]()
