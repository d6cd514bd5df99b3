"""A folder of exports: what each is, which are one table, whom they share, and what is written."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from journeykit.propose import Export, bring, join, one_of_each, sort_folder, written
from journeykit.tables import read_events

from .exports import team


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return team(tmp_path_factory.mktemp("team"))


def log(path: Path, users: int = 6, **more: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [(f"u{n}", step, f"2026-02-01 1{n}:00") for n in range(users) for step in ("in", "out")]
    frame = pd.DataFrame(rows, columns=["user_id", "event", "timestamp"]).assign(**more)
    frame.to_parquet(path) if path.suffix == ".parquet" else frame.to_csv(path, index=False)
    return path


def test_nine_exports_are_six_tables(folder: Path) -> None:
    found, passed = sort_folder(folder, {}, None)
    assert {each.found.kind: len(each.files) for each in found} == {
        "events": 3, "surveys": 1, "support": 1, "campaigns": 1, "orders": 2, "leads": 1
    }  # fmt: skip
    assert not any(each.problem or each.found.others for each in found)
    assert passed == {
        ".DS_Store": "hidden, or of the system",
        "README.txt": "a text or a picture",
        "logo.png": "a text or a picture",
    }
    join(found)
    rows = {each.found.kind: each.row for each in found}
    assert rows["surveys"]["rows used"] == "48 of 50"
    assert [rows[kind]["in common"] for kind in ("events", "surveys", "support")] == [
        "",
        "48",
        "40",
    ]


def test_ids_that_do_not_meet_give_way_to_a_column_that_does(folder: Path) -> None:
    found, _ = sort_folder(folder, {}, None)
    join(found)
    orders = next(each for each in found if each.found.kind == "orders")
    assert orders.found.contract is not None
    assert orders.found.contract.columns["user_id"] == "E-mail of buyer"
    assert orders.common == orders.found.contract.users == 29
    assert orders.said == [
        "took 'E-mail of buyer' as user_id: 29 of its values are customers of the events, "
        "none of 'Customer no.'"
    ]


def test_tables_that_share_nobody_say_so_and_keep_their_column(tmp_path: Path) -> None:
    log(tmp_path / "events.csv")
    frame = pd.DataFrame({"order_id": range(6), "customer_id": [f"c{n}" for n in range(6)]})
    frame["date"], frame["quantity"] = "2026-02-01", [0, 1, 2, 3, 4, 5]
    frame.to_csv(tmp_path / "orders.csv", index=False)
    found, _ = sort_folder(tmp_path, {}, None)
    join(found)
    orders = found[1]
    assert (orders.common, orders.columns) == (0, {})
    assert "no customer in common" in orders.met


def test_what_is_no_export_is_passed_over_and_said(tmp_path: Path) -> None:
    here = tmp_path / "in"
    first = log(here / "events.csv")
    shutil.copy(first, here / "events (1).csv")
    (here / "nothing.csv").touch()
    (here / ".git").mkdir()
    (here / ".git" / "orders.csv").write_text("order_id\n", "utf-8")
    (here / "loop.csv").symlink_to(log(tmp_path / "elsewhere.csv", 3))
    (here / "junk.csv").write_text("hello\nworld\n", "utf-8")
    found, passed = sort_folder(here, {}, None)
    assert [(each.name, each.found.kind) for each in found] == [
        ("events (1).csv", "events"),
        ("junk.csv", ""),
    ]
    assert "junk.csv" in found[1].problem
    assert passed == {
        ".git/orders.csv": "hidden, or of the system",
        "events.csv": "the same as events (1).csv",
        "loop.csv": "a link that leads out of the folder",
        "nothing.csv": "empty",
    }


def test_parts_in_folders_are_one_table(tmp_path: Path) -> None:
    for day in ("2026-02-01", "2026-02-02"):
        for part in ("part-0.parquet", "part-1.parquet"):
            log(tmp_path / "in" / f"dt={day}" / part, of=part + day)
    (each,), passed = sort_folder(tmp_path / "in", {}, None)
    assert (each.found.kind, len(each.files), passed) == ("events", 4, {})
    assert each.notes == ["dt in the names of folders is no column"]
    (root := tmp_path / "w").mkdir()
    told = written([each], root)
    assert told == {"events": {"source": "data/events/*.parquet"}}
    assert read_events(root / told["events"]["source"]).count == 48


def test_files_of_one_name_and_other_columns_are_not_read_together(tmp_path: Path) -> None:
    for n, ours in enumerate((["NPS", "Email", "Date"], ["Score", "Question", "Stage", "When"])):
        frame = pd.DataFrame({name: [n + 1, n + 2] for name in ours}).assign(survey="nps")
        frame.to_csv(tmp_path / f"survey_{n}.csv", index=False)
    found, _ = sort_folder(tmp_path, {}, None)
    assert [each.found.kind for each in found] == ["surveys", "surveys"]
    one_of_each(found)
    assert [each.used for each in found] == [True, False]
    assert "surveys are read from survey_0.csv" in found[1].left


def test_a_new_column_does_not_part_a_table(tmp_path: Path) -> None:
    log(tmp_path / "log_1.csv")
    log(tmp_path / "log_2.csv", device="phone")
    (each,), _ = sort_folder(tmp_path, {}, None)
    assert each.found.contract is not None
    assert any(finding.code == "drift" for finding in each.found.contract.findings)


def test_what_is_brought_keeps_apart_what_has_one_name(tmp_path: Path) -> None:
    (root := tmp_path / "w").mkdir()
    log(tmp_path / "a" / "x[1].csv")
    (tmp_path / "b").mkdir()
    frame = pd.DataFrame({"order_id": [1], "user_id": ["u1"], "date": ["2026-02-01"]})
    frame.to_csv(tmp_path / "b" / "x[1].csv", index=False)
    both = [Export("a", str(tmp_path / "a/x[1].csv"), "events"),
            Export("b", str(tmp_path / "b/x[1].csv"), "orders", day_first=True)]  # fmt: skip
    told = written(both, root)
    assert told == {
        "events": {"source": "data/x[1].csv"},
        "orders": {"source": "data/x[1]-2.csv", "day_first": True},
    }
    assert read_events(root / told["events"]["source"]).count == 12
    again = [Export("a", str(root / "data/x[1].csv"), "events")]
    assert written(again, root)["events"]["source"] == "data/x[1].csv", "it is there already"
    assert len([*(root / "data").iterdir()]) == 2


def test_what_is_large_stays_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bring, "COPY_UP_TO", 10)
    (root := tmp_path / "w").mkdir()
    one = log(tmp_path / "one" / "log.csv")
    parts = [str(log(tmp_path / "several" / f"log_{n}.csv", of=n)) for n in (1, 2)]
    assert written([Export("", str(one), "events")], root)["events"]["source"] == str(one)
    source = written([Export("", parts, "events")], root)["events"]["source"]
    assert source == str(tmp_path / "several" / "log_*.csv")
    log(tmp_path / "several" / "log_old.csv")
    source = written([Export("", parts, "events")], root)["events"]["source"]
    assert source == "data/events/*.csv", "a glob outside would mean another file as well"
    assert read_events(root / source).count == 24


def test_a_column_that_a_person_named_stands_where_another_meets(folder: Path) -> None:
    told = {"orders": {"user_id": "Customer no."}}
    found, _ = sort_folder(folder, told, None)
    join(found)
    orders = next(each for each in found if each.found.kind == "orders")
    assert orders.columns == told
    assert "no customer in common" in orders.met
