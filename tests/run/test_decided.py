"""What was decided and parked: on top of the index, in the report, as a calendar and as a table."""

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from journeykit.model import RECORD_KINDS
from journeykit.report import decided, listed, write_index, write_report
from journeykit.store import create

ROW = {"id": "mend", "text": "Mend it", "state": "open", "due": "2026-03-01", "owner": "Ann"}


def unfolded(text: str) -> list[str]:
    """The lines of a calendar as RFC 5545 has them read."""
    assert text.endswith("\r\n")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "\n" not in text.replace("\r\n", "")
    return text.replace("\r\n ", "").split("\r\n")


def values(text: str, name: str) -> list[str]:
    return [line.partition(":")[2] for line in unfolded(text) if re.match(f"{name}[;:]", line)]


def test_a_day_is_an_event_of_that_day_with_the_same_uid_in_every_run() -> None:
    made = decided.ics([ROW], "Corner Shop")
    assert values(made, "UID") == values(decided.ics([{**ROW, "text": "x"}], "Corner Shop"), "UID")
    assert values(made, "UID") != values(decided.ics([ROW], "Other shop"), "UID")
    assert "DTSTART;VALUE=DATE:20260301" in unfolded(made)
    assert values(made, "SUMMARY") == ["Mend it (Ann)"]
    assert re.fullmatch(r"\d{8}T\d{6}Z", values(made, "DTSTAMP")[0])
    assert unfolded(made)[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
    assert unfolded(made)[-2:] == ["END:VCALENDAR", ""]


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("a, b; c\\d", "a\\, b\\; c\\\\d"),
        ("first\nBEGIN:VALARM\r\nsecond", "first\\nBEGIN:VALARM\\nsecond"),
        ("<b>&amp; “so”</b>", "<b>&amp\\; “so”</b>"),
        ("tab\tand\x07bell\x1b[2J", "tab and bell [2J"),
        ("line\u2028separator\x85next", "line\\nseparator\\nnext"),
        ("ż" * 200, "ż" * 200),
        ("🛒" * 60, "🛒" * 60),
    ],
)
def test_text_is_escaped_and_long_lines_are_folded_between_characters(
    words: str, kept: str
) -> None:
    made = decided.ics([{**ROW, "text": words, "owner": ""}], "Shop")
    assert values(made, "SUMMARY") == [kept]
    assert unfolded(made).count("BEGIN:VEVENT") == 1
    assert "BEGIN:VALARM" not in unfolded(made)


def test_what_is_done_or_dropped_says_so_and_what_has_no_day_is_no_event() -> None:
    rows = [{**ROW, "state": state} for state in ("open", "done", "dropped")]
    made = decided.ics([*rows, {**ROW, "due": None}], "Shop")
    assert values(made, "STATUS") == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert values(made, "SUMMARY")[1] == "✓ Mend it (Ann)"
    assert decided.ics([{**ROW, "due": None}], "Shop") == ""


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "＝1"])
def test_no_cell_is_a_formula(text: str) -> None:
    made = decided.csv([{**ROW, "text": text, "owner": text, "finding": 'a "b", c\nd'}])
    assert made.startswith("\ufeff")
    (row,) = csv.DictReader(io.StringIO(made.removeprefix("\ufeff")))
    assert row["text"] == row["owner"] == f"'{text}"
    assert row["finding"] == 'a "b", c\nd'
    assert (row["due"], row["state"]) == ("2026-03-01", "open")


def test_what_is_open_comes_first_by_its_day_and_addresses_are_masked(tmp_path: Path) -> None:
    folder = create(tmp_path / "shop", "retail")
    for kind, told in [
        ("decisions", {"id": "a", "text": "Later", "due": "2999-01-01"}),
        ("decisions", {"id": "b", "text": "Done", "state": "done", "due": "2020-01-01"}),
        ("decisions", {"id": "c", "text": "Write to ann@shop.example", "due": "2020-02-01"}),
        ("decisions", {"id": "d", "text": "Some day", "persona": "mobile-maya"}),
        ("decisions", {"id": "e", "owner": "Tom"}),
        ("parked", {"id": "a", "text": "Spain", "phase": "weak-spots"}),
    ]:
        folder.save(RECORD_KINDS[kind].model_validate(told), kind)
    made = listed(folder)
    assert [row["text"] for row in made["decisions"]] == [
        "Write to [e-mail]",
        "Later",
        "Some day",
        "Done",
    ]
    assert [row["late"] for row in made["decisions"]] == [True, False, False, False]
    assert made["decisions"][2]["who"] == "Mobile Maya"
    assert [row["phase_name"] for row in made["parked"]] == ["Weak spots"]
    json.dumps({**made, "decisions": [{**row, "closed": None} for row in made["decisions"]]})


def result(**more: Any) -> dict[str, Any]:
    empty = "funnel weak_spots promises surveys claims notebooks journeys".split()
    head = {"kind": "persona", "workshop": "Shop", "run_id": "1", "status": "ok", "persona": "ann"}
    head |= {"data": {"source": "", "fingerprint": ""}, "kit_version": "1"}
    return {**head, **{k: [] for k in empty}, "phases": {}, **more}


def test_they_stand_on_top_of_the_index_and_in_the_report_of_their_persona(tmp_path: Path) -> None:
    rows = [{**ROW, "persona": None}, {**ROW, "id": "b", "text": "<i>Bo's</i>", "persona": "bo"}]
    told = result(
        decisions=rows, parked=[{"id": "p", "text": "Spain", "state": "open", "persona": None}]
    )
    (tmp_path / "1/ann").mkdir(parents=True)
    (tmp_path / "1/ann/result.json").write_text(json.dumps(told))
    page = write_index(tmp_path / "1").read_text()
    assert page.index("Mend it") < page.index("Spain") < page.index(">Personas<")
    assert "&lt;i&gt;Bo" in page
    assert "<i>Bo" not in page
    assert 'href="decisions.ics"' in page
    assert 'href="decisions.csv"' in page
    assert (tmp_path / "1/decisions.ics").read_bytes().count(b"BEGIN:VEVENT\r\n") == 2
    report = write_report(told, [], tmp_path / "report.html").read_text()
    assert "Mend it" in report
    assert "Bo's" not in report


def test_a_run_without_decisions_or_of_before_has_no_such_part(tmp_path: Path) -> None:
    (tmp_path / "1/ann").mkdir(parents=True)
    (tmp_path / "1/ann/result.json").write_text(json.dumps(result()))
    assert "What we decided" not in write_index(tmp_path / "1").read_text()
    assert not [*(tmp_path / "1").glob("decisions.*")]
