"""``journeykit formats``: the list of what is read, and what a file is."""

from __future__ import annotations

from pathlib import Path

import pytest

from journeykit.tables.vendors import exports

FILES = Path(__file__).parents[1] / "tables" / "files"


def test_the_list_names_each_tool_with_how_to_export_it(command) -> None:
    told = command("formats")
    assert told.returncode == 0, told.stderr
    assert all(each.vendor in told.stdout and each.how in told.stdout for each in exports())
    assert "Parquet: .parquet, .pq" in told.stdout


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("qualtrics.csv", ["qualtrics.csv is surveys.", "28 rows, 24 used", "--surveys", "Q3_1: How"]),
        ("segment.json.gz", ["is events.", "8 of 53 rows were left out", "new DIR --events"]),
        ("stripe.csv", ["is orders.", "5 of 25 rows were left out", "amount is in EUR"]),
    ],
)  # fmt: skip
def test_a_file_is_told_with_what_would_be_done(command, file: str, said: list[str]) -> None:
    told = command("formats", FILES / file)
    assert told.returncode == 0, told.stderr
    assert all(each in told.stdout for each in said), told.stdout


def test_a_file_of_which_nothing_can_be_read_is_refused_with_the_next_step(command) -> None:
    told = command("formats", FILES / "adyen.csv")
    assert told.returncode == 1
    assert "Export the orders of your shop" in told.stdout
