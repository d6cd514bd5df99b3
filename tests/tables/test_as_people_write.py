"""Amounts and ids as people write them: read right, or said."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pandas as pd
import pytest

from journeykit import read_events, read_table

TIMES = pd.date_range("2026-01-05", periods=200, freq="min")


def amounts(folder: Path, *cells: str) -> pd.DataFrame:
    """Read orders whose amounts are written like this."""
    numbers = range(len(cells))
    orders = {"order_id": [f"o{n}" for n in numbers], "customer_id": [f"c{n}" for n in numbers]}
    frame = pd.DataFrame(orders | {"timestamp": "2026-01-05 10:00", "revenue": cells})
    frame.to_csv(folder / "orders.csv", sep=";", index=False)
    return read_table("orders", folder / "orders.csv")


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["1 234,50", "12,00", "3,99"], [1234.5, 12, 3.99]),
        (["1\u202f234\u202f567,50 €", "12,00 €", "3,99\u00a0€"], [1234567.5, 12, 3.99]),
        (["1'234.50", "12.00", "3.99"], [1234.5, 12, 3.99]),
        (["CHF 1’234’567.50", "CHF 12.00", "CHF 3"], [1234567.5, 12, 3]),
        (["1.234,50", "12", "2.500"], [1234.5, 12, 2500]),
        (["1.234.567", "2.500", "12"], [1234567, 2500, 12]),
        (["1,234.50", "1,23,456.00", "3.99"], [1234.5, 123456, 3.99]),
        (["1 234", "2 345 678", "17"], [1234, 2345678, 17]),
        (["12,-", "12,50", "1"], [12, 12.5, 1]),
        (["(12.00)", "12.00-", "−3"], [-12, -12, -3]),
        (["-$12.50", "$ -3", "US$ 4"], [-12.5, -3, 4]),
        (["12.50 EUR", "EUR 3.00", "1"], [12.5, 3, 1]),
        (["R$ 1.234,50", "kr 12,50", "12,50 kr"], [1234.5, 12.5, 12.5]),
    ],
)
def test_amounts_are_read_as_people_write_them(
    tmp_path: Path, cells: list[str], values: list[float]
) -> None:
    assert amounts(tmp_path, *cells)["amount"].tolist() == values


def test_an_amount_that_can_be_two_numbers_is_said(tmp_path: Path) -> None:
    found = amounts(tmp_path, "1.234", "2.500", "12").attrs["contract"].findings
    assert [f.code for f in found] == ["thousands"]
    assert not amounts(tmp_path, "1.234", "2.5", "12").attrs["contract"].findings
    # Written both ways, what does not fit the way of most is counted.
    both = amounts(tmp_path, "1.234,50", "1,234.50", "2,000.00")
    assert both["amount"].isna().tolist() == [True, False, False]
    assert [f.code for f in both.attrs["contract"].findings] == ["unreadable-cells"]


def test_several_currencies_are_not_added_in_silence(tmp_path: Path) -> None:
    orders = amounts(tmp_path, "EUR 12.00", "12.00 USD", "1")
    assert orders["amount"].sum() == 25
    (found,) = orders.attrs["contract"].findings
    assert (found.code, found.level) == ("currencies", "warning")
    assert "EUR" in found.message
    assert "USD" in found.message


def test_a_column_called_like_an_amount_that_holds_none_is_said(tmp_path: Path) -> None:
    orders = amounts(tmp_path, "12.5k", "3k", "1k")
    assert "amount" not in orders
    said = orders.attrs["contract"].assumptions
    assert "'revenue' is called like amount, and holds no numbers" in said


@pytest.mark.parametrize("packed", ["frame", "csv"])
def test_one_id_in_two_spellings_of_unicode_is_one_customer(tmp_path: Path, packed: str) -> None:
    spelled = [unicodedata.normalize(form, "Zoë") for form in ("NFC", "NFD")]
    ids = [*spelled, "Bo", "Bo\u00a0"]
    log = pd.DataFrame({"user_id": ids, "event": ["a", "b"] * 2, "timestamp": TIMES[:4]})
    log.to_csv(tmp_path / "e.csv", index=False)
    events = read_events(log if packed == "frame" else tmp_path / "e.csv")
    assert (events.users, events.count) == (2, 4)
    assert "letters with their accents as one" in events.describe()


def test_zeros_in_front_of_an_id_tell_customers_apart(tmp_path: Path) -> None:
    log = pd.DataFrame({"user_id": ["007", "7", "8"], "event": "a", "timestamp": TIMES[:3]})
    log.to_csv(tmp_path / "e.csv", index=False)
    assert read_events(log).users == read_events(tmp_path / "e.csv").users == 3
    log.to_parquet(tmp_path / "p1.parquet")
    # Whole numbers in one file, and fractions in another, because one of its ids is empty.
    log.assign(user_id=[7, 8, 9]).to_parquet(tmp_path / "p2.parquet")
    log.assign(user_id=[7.0, 8, None]).to_parquet(tmp_path / "p3.parquet")
    events = read_events(tmp_path / "p*.parquet")
    assert sorted(events.frame()["user_id"].unique()) == ["007", "7", "8", "9"]
    assert any(finding.code == "drift" for finding in events.contract.findings)


@pytest.mark.parametrize("ids", [["person", "user_id"], ["userId", "person"]])
def test_the_exact_name_wins_over_person_and_the_other_is_said(ids: list[str]) -> None:
    many = {"person": 20}
    log = {name: [f"{name}{n * 7 % many.get(name, 50)}" for n in range(200)] for name in ids}
    events = read_events(pd.DataFrame({**log, "event": ["a", "b"] * 100, "timestamp": TIMES}))
    assert events.users == 50
    assert "did not take column 'person' as user_id" in "\n".join(events.contract.assumptions)


def test_words_for_no_id_are_ids_and_it_is_said(tmp_path: Path) -> None:
    """“NA” and “null” can be ids; that many rows may mean nobody is told."""
    words = ["NULL", r"\N", "N/A", "nan", "None", "(not set)"]
    log = pd.DataFrame({"user_id": [*"abc", *words], "event": "visit", "timestamp": TIMES[:9]})
    log.to_csv(tmp_path / "e.csv", index=False)
    for source in (log, tmp_path / "e.csv"):
        events = read_events(source)
        assert (events.users, events.count, events.contract.set_aside) == (9, 9, 0)
        assert "6 ids in 'user_id' say NULL or the like: each such word" in events.describe()
    assert "NULL" not in read_events(log[:3]).describe()
