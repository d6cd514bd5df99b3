"""The workbook, read back: every table and card, with formats, and no formula of anybody's."""

from __future__ import annotations

import io
import zipfile
from collections import Counter

from python_calamine import CalamineWorkbook

from journeykit.export import made

from .conftest import HOSTILE, cards


def read(content: bytes) -> dict[str, list[list]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_every_card_is_in_a_sheet_of_its_map(told) -> None:
    found: Counter[str] = Counter()
    for persona, _, content in made(told, "xlsx"):
        book = read(content)
        assert len(book) == len({name.lower() for name in book})
        assert all(len(name) <= 31 for name in book)
        assert [row[0] for row in book["Contents"] if str(row[0])[:1].isdigit()] == [*book][1:]
        maps = [
            rows for name, rows in book.items() if rows and rows[0][:3] == ["Stage", "Lane", "Note"]
        ]
        assert len(maps) == len(told.maps(persona))
        found += Counter(" ".join(str(row[2]).split()) for rows in maps for row in rows[1:])
    assert found == Counter(cards(told))


def test_no_text_is_a_formula_or_a_link(workshops) -> None:
    from journeykit.cli.gather import gather

    [(_, _, content)] = made(gather(workshops["hostile"], [], []), "xlsx")
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        sheets = "".join(file.read(n).decode() for n in file.namelist() if "worksheets/" in n)
        everything = "".join(file.read(n).decode() for n in file.namelist())
    assert "<f>" not in sheets
    assert "http://x.example" not in sheets
    assert "ann@mail" not in everything
    found = {cell for rows in read(content).values() for row in rows for cell in row}
    assert {*HOSTILE} <= found


def test_every_table_of_the_run_has_its_sheet(ran) -> None:
    files = {persona: content for persona, _, content in made(ran, "xlsx")}
    assert [*files] == [*ran.personas]
    book = read(files["mobile-maya"])
    tables = [
        p for p in ran.shown("mobile-maya") if p["table"] and p["table"]["rows"] and not p["map"]
    ]
    sheets = [rows for name, rows in book.items() if name != "Contents"]
    for panel in tables:
        heads = [column["label"] for column in panel["table"]["columns"]]
        same = [
            rows
            for rows in sheets
            if [head.split(" (")[0] for head in rows[0]] == [head.split(" (")[0] for head in heads]
            and len(rows) == len(panel["table"]["rows"]) + 1
        ]
        assert same, panel["title"]
    told = [row for row in book["Contents"] if row[1] == "How do they move from step to step?"]
    assert told[0][4].startswith("The first 60 of ")
    assert ran.said[0] in [row[1] for row in book["Contents"]]


def test_numbers_have_formats_and_heads_stay(ran) -> None:
    content = next(content for persona, _, content in made(ran, "xlsx") if persona == "mobile-maya")
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        styles, sheet = (file.read(f"xl/{n}.xml").decode() for n in ("styles", "worksheets/sheet2"))
    assert 'formatCode="0.0%"' in styles or 'numFmtId="10"' in styles
    assert 'formatCode="yyyy-mm-dd"' in styles
    assert 'state="frozen"' in sheet
    book = read(content)
    funnel = next(rows for rows in book.values() if rows and rows[0][:2] == ["Step", "Customers"])
    assert funnel[1][:2] == ["Visit", 2647]
    assert 0 < funnel[2][2] < 1
    data = next(rows for name, rows in book.items() if "The data and its gate" in name)
    assert ["Source", "events.csv.gz"] in data
    assert any(
        (row[0] == "said" and "156 days old" in str(row[1])) or "days old" in str(row[1])
        for row in data
    )
