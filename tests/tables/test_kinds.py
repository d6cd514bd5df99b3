"""Which kind of table a file is, told by its name and its columns."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from journeykit.errors import WhichColumn
from journeykit.model import TABLES
from journeykit.tables.kinds import sort_out

SAMPLES = Path(__file__).parents[2] / "sample_data"


def written(path: Path, **columns: object) -> Path:
    pd.DataFrame(columns).to_csv(path, index=False)
    return path


@pytest.mark.parametrize("kind", TABLES)
def test_a_table_of_each_kind_is_told_by_its_columns_alone(kind: str, tmp_path: Path) -> None:
    file = tmp_path / "x7.csv"
    pd.read_csv(SAMPLES / f"saas/{kind}.csv.gz", nrows=200, dtype="str").to_csv(file, index=False)
    found = sort_out(file)
    assert (found.kind, [*found.others], found.problem) == (kind, [], None)
    assert found.contract is not None
    assert found.contract.rows == 200


def test_a_list_of_customers_is_no_log(tmp_path: Path) -> None:
    mails = [f"kim.{n}@shop.example" for n in range(30)]
    days = [f"2026-02-{n % 28 + 1:02}" for n in range(30)]
    names = [f"Kim {n}" for n in range(30)]
    found = sort_out(written(tmp_path / "x.csv", id=range(30), name=names, email=mails, date=days))
    assert found.kind == ""
    assert "do not tell what x.csv is: id, name, email, date" in str(found.problem)


def test_a_log_is_told_by_its_cells_where_its_columns_have_no_known_name(tmp_path: Path) -> None:
    found = sort_out(
        written(
            tmp_path / "x.csv",
            wer=[f"k{n // 4}" for n in range(80)],
            was=["sehen", "legen", "zahlen", "gehen"] * 20,
            wann=[f"2026-02-01 10:{n // 2:02}" for n in range(80)],
        )
    )
    assert (found.kind, found.problem) == ("events", None)


def both(path: Path) -> Path:
    rows = range(40)
    return written(
        path,
        user_id=[f"k{n % 9}" for n in rows],
        timestamp=[f"2026-02-01 10:{n:02}" for n in rows],
        event=["a", "b"] * 20,
        campaign=["spring", "spring", "summer", "summer"] * 10,
        opened=["yes", "no"] * 20,
    )


def test_what_two_kinds_fit_is_said_and_the_name_of_a_file_decides(tmp_path: Path) -> None:
    found = sort_out(both(tmp_path / "x.csv"))
    assert {found.kind, *found.others} == {"events", "campaigns"}
    assert found.others
    for name, kind in {"mailing 2026.csv": "campaigns", "Web_Events-03.csv": "events"}.items():
        found = sort_out(both(tmp_path / name))
        assert (found.kind, [*found.others]) == (kind, []), name


def test_a_name_does_not_make_a_log_of_orders(tmp_path: Path) -> None:
    orders = tmp_path / "events.csv"
    pd.read_csv(SAMPLES / "saas/orders.csv.gz", nrows=99, dtype="str").to_csv(orders, index=False)
    assert sort_out(orders).kind == "orders"


def test_a_column_that_is_needed_is_asked_of_the_kind_that_it_is_most_clearly(
    tmp_path: Path,
) -> None:
    file = written(
        tmp_path / "x.csv",
        order_number=range(9),
        quantity=1,
        unit_price=2.5,
        bought_by=[f"k{n % 4}" for n in range(9)],
        paid_by=[f"k{n % 5}" for n in range(9)],
        order_date="2026-01-01",
    )
    found = sort_out(file)
    assert found.kind == "orders"
    assert isinstance(found.problem, WhichColumn)
    assert "user_id (who)" in str(found.problem)
    found = sort_out(file, {"orders": {"user_id": "bought_by"}})
    assert (found.problem, found.contract and found.contract.users) == (None, 4)


def test_what_is_told_is_not_guessed(tmp_path: Path) -> None:
    found = sort_out(both(tmp_path / "mailing.csv"), kind="events")
    assert (found.kind, [*found.others]) == ("events", [])


@pytest.mark.parametrize("text", [b"", b"\x89PNG\r\n\x1a\n123", b"nothing\n"])
def test_what_is_no_table_has_no_kind_and_a_sentence(text: bytes, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(text)
    found = sort_out(tmp_path / "x.csv")
    assert (found.kind, found.table) == ("", None)
    assert "x.csv" in str(found.problem)


def test_a_form_is_told_by_its_questions_and_a_device_is_nobody(tmp_path: Path) -> None:
    form = pd.DataFrame({"Number": [1, 2], "Would you recommend us?": [9, 3], "Why?": ["a", "b"]})
    form.to_csv(tmp_path / "form.csv", index=False)
    found = sort_out(tmp_path / "form.csv")
    assert (found.kind, list(found.table["measure"])) == ("surveys", ["nps", "nps"])
    visits = pd.DataFrame({"device": ["desktop", "mobile"] * 4, "event": ["view", "buy"] * 4})
    visits["created_at"] = pd.date_range("2026-01-05", periods=8).astype("str")
    visits.to_csv(tmp_path / "visits.csv", index=False)
    assert "user_id (who)" in str(sort_out(tmp_path / "visits.csv").problem)
