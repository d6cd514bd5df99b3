"""Maps and charts as pictures, with every card, and with the numbers of the run that is named."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter

import pytest

from journeykit.cli.gather import gather
from journeykit.errors import RunError
from journeykit.export import made

from .conftest import cards


def asked(told, to, part="map"):
    return [*made(told, to, part=part, tell=lambda _: None)]


def words(svg: str) -> str:
    # Each card stands in full in a title; what is drawn of it is broken into lines.
    return " ".join(
        re.sub(r"<[^>]*>", " ", svg).replace("&#x27;", "'").replace("&#39;", "'").split()
    )


def test_every_card_is_in_the_picture_of_its_map(told) -> None:
    files = asked(told, "svg")
    assert [name for name, _, _ in files] == [journey.id for journey in told.journeys]
    for journey, (_, _, svg) in zip(told.journeys, files):
        letters = Counter(re.findall(r"\w+", words(svg)))
        wanted = Counter(word for card in journey.cards for word in re.findall(r"\w+", card.text))
        assert {word for word, n in wanted.items() if letters[word] < n} == set()


def test_pdf_and_png_are_what_they_say(workshops) -> None:
    told = gather(workshops["hostile"], [], [])
    [(name, _, pdf)] = asked(told, "pdf")
    assert (name, pdf[:5]) == ("map", b"%PDF-")
    [(_, _, png)] = asked(told, "png")
    assert png[:4] == b"\x89PNG"


def test_a_chart_by_its_name_and_a_map_with_the_numbers_of_the_run(ran) -> None:
    files = {name: svg for name, _, svg in asked(ran, "svg", "funnel")}
    assert [*files] == [f"{persona}-funnel" for persona in ran.personas]
    assert all(svg.startswith("<svg") for svg in files.values())
    maps = {name: svg for name, _, svg in asked(ran, "svg")}
    assert "lost" in words(maps["mobile-maya"])
    with pytest.raises(RunError, match=r"there is no picture 'funel' in the last run.*funnel"):
        asked(ran, "svg", "funel")


def test_a_map_that_was_changed_is_drawn_anew_without_its_numbers(ran) -> None:
    journey = ran.journeys[0].add("a new note", stage="purchase", lane="actions")
    told = ran._replace(journeys=[journey], changed=True)
    [(_, _, svg)] = asked(told, "svg")
    assert "a new note" in words(svg)
    assert "% lost" not in words(svg)
    assert Counter(cards(told))["a new note"] == 1


LONG = [
    {"text": f"Decision {n}: " + "say what it costs before the basket, " * 9, "persona": None,
     "owner": "Ada", "due": "2026-02-01", "state": "open", "late": True, "result": None}
    for n in range(12)
]  # fmt: skip


def summary(told, part="summary", **front) -> str:
    fronts = {id: {**each, **front} for id, each in told.fronts.items()}
    [(name, _, pdf)] = asked(told._replace(fronts=fronts), "pdf", part)
    assert name == part
    return read(pdf)


def test_a_summary_has_two_pages_for_each_persona(told) -> None:
    for front in ({}, {"decisions": LONG}):
        assert summary(told, **front).count("\f") == 2 * len(told.personas)


def test_a_summary_tells_what_the_report_begins_with(ran) -> None:
    text = summary(ran, decisions=LONG)
    assert text.count("\f") == 2 * len(ran.personas)
    text, front = " ".join(text.split()), ran.fronts["mobile-maya"]
    found = [each["title"] for each in front["findings"]] + [
        c["sentence"] for c in front["refuted"]
    ]
    assert len(found) > 3
    said = ["Decision 7: say", "by 1 Feb 2026, late", "and 4 more in the report", "First to mend: "]
    data = "The data: events.csv.gz, 77,921 rows; gate: open."
    assert [each for each in [*found, *said, data] if each not in text] == []
    assert summary(ran, "all").count("\f") > 2 * len(ran.personas) + len(ran.journeys)
    with pytest.raises(RunError, match="a summary is a PDF: --to pdf --part summary"):
        asked(ran, "png", "summary")


def read(pdf: bytes) -> str:
    if not shutil.which("pdftotext"):
        pytest.skip("Debian's poppler-utils is not installed")
    order = ["pdftotext", "-raw", "-", "-"]
    return subprocess.run(order, input=pdf, capture_output=True, check=True).stdout.decode()
