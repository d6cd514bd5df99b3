"""The deck, read back: every card a shape that can be changed, charts with their data, notes."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest
from pptx import Presentation

from journeykit.cli.gather import gather
from journeykit.errors import RunError
from journeykit.export import made
from journeykit.export.slides import Slides
from journeykit.model import Journey

from .conftest import cards

TEMPLATE = Path(__file__).resolve().parents[2] / "tools" / "make_deck_template.py"


def decks(told, **options) -> dict:
    files = made(told, "pptx", **options)
    return {persona: Presentation(io.BytesIO(content)) for persona, _, content in files}


def words(deck) -> list[str]:
    return [
        re.sub(r"^(★ )?([◐●] )?", "", " ".join(shape.text_frame.text.split()))
        for slide in deck.slides
        for shape in slide.shapes
        if shape.has_text_frame
    ]


def overlaps(deck) -> list[tuple[str, str]]:
    """Boxes that lie over one another, or out of their slide; lines may cross."""
    found = []
    for slide in deck.slides:
        boxes = [
            (s.left, s.top, s.left + s.width, s.top + s.height, s.text_frame.text)
            for s in slide.shapes
            if s.has_text_frame and s.text_frame.text
        ]
        for left, top, right, bottom, text in boxes:
            if left < 0 or top < 0 or right > deck.slide_width + 9 or bottom > deck.slide_height:
                found.append((text, "out"))
        for a, b in combinations(boxes, 2):
            across, down = (min(a[n + 2], b[n + 2]) - max(a[n], b[n]) for n in (0, 1))
            if across > 12_700 and down > 12_700:
                found.append((a[4], b[4]))
    return found


def sizes(deck) -> set[float]:
    """How high words are that do not leave it to the template."""
    return {
        run.font.size.pt
        for slide in deck.slides
        for shape in slide.shapes
        if shape.has_text_frame
        for line in shape.text_frame.paragraphs
        for run in line.runs
        if run.font.size
    }


def test_every_card_is_a_shape_and_nothing_lies_over_anything(told) -> None:
    found: Counter[str] = Counter()
    for deck in decks(told).values():
        found += Counter(words(deck))
        assert round(deck.slide_width / deck.slide_height, 3) == 1.778
        assert not overlaps(deck)
        assert min(sizes(deck)) >= 10
    wanted = Counter(cards(told))
    assert {text: found[text] for text in wanted if found[text] < wanted[text]} == {}


def test_a_map_that_is_too_large_goes_on_with_its_stages(workshops) -> None:
    told = gather(workshops["retail"], ["loyal-lena"], [])
    journey: Journey = told.journeys[0]
    for n in range(60):
        journey = journey.add(f"note number {n} " * 4, stage="purchase", lane="actions")
    journey = journey.add("a long story " * 400, stage="purchase", lane="actions")
    told = told._replace(journeys=[journey])
    [deck] = decks(told).values()
    found = Counter(words(deck))
    for n in range(60):
        assert found[f"note number {n} " * 3 + f"note number {n}"] == 1
    assert " ".join(words(deck)).split().count("story") == 400
    maps = [s for s in deck.slides if s.shapes.title.text.startswith(journey.name)]
    assert len(maps) > 3
    for slide in maps:
        there = {shape.text_frame.text for shape in slide.shapes if shape.has_text_frame}
        assert {stage.name for stage in told.workshop.stages} <= there
    assert not overlaps(deck)


def test_many_stages_are_shared_out(workshops) -> None:
    told = gather(workshops["hostile"], [], [])
    stages = [{"id": f"s{n}", "name": f"Stage {n}"} for n in range(16)]
    journey = told.journeys[0].with_cards([])
    for n in range(16):
        journey = journey.add(f"card {n}", stage=f"s{n}", lane="actions")
    told = told._replace(workshop=type(told.workshop)(name="x", stages=stages), journeys=[journey])
    [deck] = decks(told).values()
    assert {*cards(told)} <= {*words(deck)}
    assert not overlaps(deck)


def test_findings_are_charts_with_their_data_and_notes_say_how(ran) -> None:
    deck = decks(ran)["mobile-maya"]
    assert 8 <= len(deck.slides) <= 12
    charts = [(slide, s.chart) for slide in deck.slides for s in slide.shapes if s.has_chart]
    assert len(charts) == 3
    slide, funnel = charts[0]
    panel = next(p for p in ran.panels["mobile-maya"] if p["id"] == "funnel")
    assert slide.shapes.title.text == panel["sentence"]
    assert [*funnel.plots[0].series[0].values] == [row[2] for row in panel["table"]["rows"]]
    assert next(iter(funnel.plots[0].categories)) == "Visit"
    assert funnel.part.chart_workbook.xlsx_part is not None
    notes = slide.notes_slide.notes_text_frame.text
    assert f"Counted: {panel['counts']}" in notes
    assert panel["sql"].split()[0] in notes
    assert "SELECT" in notes
    tables = [s.table for slide in deck.slides for s in slide.shapes if s.has_table]
    rows = [[cell.text for cell in row.cells] for table in tables for row in table.rows]
    claims = Counter(each["verdict"] for each in ran.results["mobile-maya"]["claims"])
    shown = Counter(row[2].partition(" ")[2] for row in rows if len(row) > 2)
    assert all(shown[verdict] == claims[verdict] > 2 for verdict in ("refuted", "undecided"))
    assert any(row[0] == "The rest is in the report and in the workbook." for row in rows)
    said = [slide.shapes.title.text for slide in deck.slides]
    assert any(text.startswith("What to mend first: 3 weak spots") for text in said)
    names = [text for _, chart in charts for text in chart.plots[0].categories]
    assert any("(promised for 80.0%: broken, 57 of 94)" in text for text in names)
    assert ran.said[0] in words(deck)


def test_without_a_run_it_says_what_is_missing(workshops) -> None:
    [deck] = decks(gather(workshops["blank"], [], [])).values()
    assert any("There is no run yet" in text for text in words(deck))
    [deck] = decks(gather(workshops["hostile"], [], [])).values()
    tables = [s.table for slide in deck.slides for s in slide.shapes if s.has_table]
    assert [cell.text for cell in tables[0].rows[1].cells] == [
        "=1+1, call [e-mail]", "@Bob", "1 Feb 2026", "open, late",
    ]  # fmt: skip


def test_a_template_of_ones_own(workshops, tmp_path) -> None:
    theirs = Presentation()  # 4 by 3, with eleven layouts
    theirs.slides.add_slide(theirs.slide_layouts[1]).shapes.title.text = "by way of example"
    theirs.save(tmp_path / "theirs.pptx")
    told = gather(workshops["retail"], ["loyal-lena"], [])
    [deck] = decks(told, template=tmp_path / "theirs.pptx").values()
    assert deck.slide_width == theirs.slide_width
    assert deck.slides[0].slide_layout.name == "Title Slide"
    assert {slide.slide_layout.name for slide in [*deck.slides][1:]} == {"Title Only"}
    assert "by way of example" not in words(deck)
    assert {*cards(told)} <= {*words(deck)}
    assert not overlaps(deck)


def test_a_template_that_does_not_fit_is_told(tmp_path) -> None:
    bare = Presentation()
    for layout in [*bare.slide_layouts]:
        if layout.name != "Blank":
            bare.slide_layouts.remove(layout)
    bare.save(tmp_path / "bare.pptx")
    with pytest.raises(RunError, match="no layout with a title in its upper part"):
        Slides(tmp_path / "bare.pptx")
    (tmp_path / "none.pptx").write_text("none")
    with pytest.raises(RunError, match="no PowerPoint file"):
        Slides(tmp_path / "none.pptx")


def test_the_template_is_the_one_that_the_tool_makes(tmp_path, monkeypatch) -> None:
    import runpy
    import zipfile

    parts = runpy.run_path(str(TEMPLATE))["parts"]()
    with zipfile.ZipFile(TEMPLATE.parents[1] / "journeykit/export/plain.pptx") as file:
        assert {name: file.read(name).decode() for name in file.namelist()} == parts


@pytest.mark.all
def test_libreoffice_draws_every_card(ran, tmp_path) -> None:
    if not shutil.which("soffice"):
        pytest.skip("LibreOffice is not on this machine")
    for persona, _, content in made(ran, "pptx"):
        (tmp_path / f"{persona}.pptx").write_bytes(content)
    home = f"-env:UserInstallation={(tmp_path / 'home').as_uri()}"
    order = ["soffice", home, "--headless", "--convert-to", "pdf", "--outdir", tmp_path]
    subprocess.run([*order, *tmp_path.glob("*.pptx")], check=True, capture_output=True, timeout=300)
    for persona in ran.personas:
        order = ["pdftotext", "-layout", tmp_path / f"{persona}.pdf", "-"]
        drawn = subprocess.run(order, check=True, capture_output=True, text=True).stdout
        letters = Counter(re.findall(r"\w+", drawn))
        wanted = Counter(
            word
            for each in ran.maps(persona)
            for c in each.cards
            for word in re.findall(r"\w+", c.text)
        )
        assert {word: n for word, n in wanted.items() if letters[word] < n} == {}
