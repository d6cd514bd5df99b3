"""The journey map: nothing overflows, nothing is lost, nothing foreign gets in."""

from __future__ import annotations

import re
import runpy
import shutil
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import pandas as pd
import pytest

from journeykit.charts import (
    compare_sheets,
    compare_text,
    journey_compare,
    journey_map,
    journey_sheets,
    journey_text,
)
from journeykit.charts.drawing.theme import clean, is_rtl, text_width, wrap
from journeykit.errors import UnknownName
from journeykit.model import LANES, Journey, Persona, Workshop

maya = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("map_fixture.py"))))
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE, drawn, hostile, big = maya.HOSTILE, maya.drawn, maya.hostile, maya.big


def words_of(svg: str) -> str:
    """All that can be read in the picture, titles left out."""
    root = ElementTree.fromstring(svg)
    return " ".join("".join(node.itertext()) for node in root.iter(f"{SVG}text"))


@pytest.mark.parametrize("text", [*HOSTILE, "scrolls in the tram and taps an ad"])
@pytest.mark.parametrize("width", [60, 97.3, 190])
@pytest.mark.parametrize("bold", [False, True])
def test_no_line_is_wider_than_its_room(text: str, width: float, bold: bool) -> None:
    lines = wrap(text, width, 12, bold)
    assert lines
    # A family of emoji is one sign of 25 letters; what is joined cannot be cut.
    assert all(text_width(line, 12, bold) <= width + 1e-9 or "\u200d" in line for line in lines)
    assert "".join("".join(lines).split()) == "".join(clean(text).split()), "wrapping lost a letter"


def test_a_cut_text_says_so_and_still_fits() -> None:
    lines = wrap("one two three four five six seven", 60, 12, False, 2)
    assert len(lines) == 2
    assert lines[-1].endswith("…")
    assert all(text_width(line, 12) <= 60 for line in lines)
    assert wrap("", 60, 12) == ()


def test_direction_and_cleaning() -> None:
    assert is_rtl("1. שלום")
    assert not is_rtl("hello שלום")
    assert clean("a\u202eb\x00c\r\n d\ud800") == "a b c\nd"


@pytest.mark.parametrize("format", ["", "a3", "a4"])
def test_hostile_words_stay_words(format: str) -> None:
    workshop = maya.WORKSHOP.with_(
        name=HOSTILE[0],
        stages=[
            {**stage.plain(), "name": text, "goal": text}
            for stage, text in zip(maya.WORKSHOP.stages, HOSTILE)
        ],
    )
    persona = Persona(
        id="mobile-maya",
        name=HOSTILE[0],
        quote=HOSTILE[8],
        tagline=HOSTILE[3],
        segment={"<b>": ["<i>"]},
    )
    if format:
        sheets = journey_sheets(workshop, persona, hostile(), **maya.NUMBERS, format=format)
        svg = "".join(["<a>", *sheets, "</a>"])
    else:
        svg = journey_map(workshop, persona, hostile(), **maya.NUMBERS)
    root = ElementTree.fromstring(svg)  # well-formed, or this raises
    tags = {node.tag.removeprefix(SVG) for node in root.iter()}
    assert tags - {"a"} <= {
        "svg",
        "g",
        "title",
        "desc",
        "rect",
        "circle",
        "line",
        "path",
        "text",
        "tspan",
    }
    assert not [
        key for node in root.iter() for key in node.attrib if key.lower().startswith(("on", "href"))
    ]
    assert "\u202e" not in svg
    assert "alert('x')" in "".join(root.itertext()), "the text itself must be there"


def test_lanes_are_those_with_cards_or_those_asked_for() -> None:
    def lanes(svg: str) -> list[str]:
        titles = [t.text or "" for t in ElementTree.fromstring(svg).iter(f"{SVG}title")]
        return [t.removeprefix("Lane: ") for t in titles if t.startswith("Lane: ")]

    used = {card.lane for card in maya.journey().cards} - {"emotions"}
    assert lanes(drawn()) == [LANES[lane] for lane in LANES if lane in used]
    assert "Emotion curve: team's feeling and survey" in "".join(
        ElementTree.fromstring(drawn()).itertext()
    )
    assert lanes(drawn(lanes="all")) == [LANES[lane] for lane in LANES if lane != "emotions"]
    assert lanes(drawn(lanes=["owners", "goals"])) == ["Owner", "Goals"]
    with pytest.raises(UnknownName, match="Did you mean 'goals'"):
        drawn(lanes=["gaols"])
    with pytest.raises(UnknownName, match="no format 'a5'"):
        maya.sheets(format="a5")


def test_evidence_is_a_shape_and_a_word() -> None:
    svg = drawn()
    seen = words_of(svg)
    for kind in ("assumed", "heard", "measured"):
        count = sum(card.evidence == kind for card in maya.journey().cards)
        assert seen.split().count(kind) >= count, kind
        assert f"{kind}: " in seen, "the legend explains it"
    assert svg.count('stroke-dasharray="4 3"') == sum(
        c.evidence == "assumed" for c in maya.journey().cards
    )


def test_numbers_stand_under_the_stages_in_plain_words() -> None:
    seen = " ".join(words_of(drawn()).split())
    assert "994 of 2,731 go on · 63.6% lost" in seen
    assert "(61.8% to 65.4%)" in seen, (
        "95% interval of the loss, from the interval of those who go on"
    )
    assert "most lost: 1,737 (−63.6%)" in seen
    assert seen.count("few customers: read with care") == 1
    assert "3,310 of 7,999 customers · 41.4% (40.3% to 42.5%)" in seen
    assert "survey −0.7" in seen
    assert "n 21, few" in seen
    assert "team −1.4" in seen
    assert "broken: held in 61.0%" in seen
    assert "kept: held in 91.0%" in seen, "a promise that no card names still gets its verdict"


def test_a_stage_without_users_and_a_frame_with_gaps() -> None:
    drop = maya.DROP_OFF.drop(index=[2]).assign(low=None)
    seen = " ".join(words_of(drawn(drop_off=drop)).split())
    assert "not seen in the data" in seen
    more = pd.DataFrame({"stage": ["awareness", "consideration"], "users": [10, 40]})
    assert "more than here" in " ".join(words_of(drawn(drop_off=more)).split())
    assert "What the data says" not in words_of(drawn(drop_off=None))


def test_every_card_says_all_of_itself_on_hover() -> None:
    cards = [g for g in ElementTree.fromstring(drawn()).iter(f"{SVG}g") if g.get("class") == "card"]
    by_id = {g.get("data-card"): g.findtext(f"{SVG}title", "") for g in cards}
    for card in maya.journey().cards:
        assert card.text in by_id[card.id]
        assert (card.owner or card.department) in by_id[card.id]
    assert "Moment that matters" in by_id["purchase-actions-1"]


def test_title_description_and_determinism() -> None:
    svg = drawn()
    root = ElementTree.fromstring(svg)
    assert root.get("role") == "img"
    assert (
        root.findtext(f"{SVG}title")
        == "Journey map of Mobile Maya: From the feed to the parcel (as-is)"
    )
    assert "Most customers are lost after Consideration" in root.findtext(f"{SVG}desc", "")
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", svg), "nothing is fetched"
    shuffled = Journey.model_validate(
        {
            **maya.journey().plain(),
            "cards": [card.plain() for card in reversed(maya.journey().cards)],
        }
    )
    assert svg == drawn() == drawn(shuffled)
    assert maya.sheets() == maya.sheets()


def test_an_empty_map_is_a_canvas_to_fill_in() -> None:
    blank = Journey(id="b", name="New", persona="mobile-maya")
    bare = Workshop(name="W", stages=[{"id": "only", "name": "Only"}])
    svg = journey_map(bare, Persona(id="p", name=""), blank)
    seen = words_of(svg)
    assert "Pain points" in seen
    assert "No number of the data stands under the stages" in seen
    assert svg.count('stroke-dasharray="4 4"') == 6, (
        "a slot to write in for each lane but the curve"
    )
    assert journey_text(bare, Persona(id="p", name="P"), blank) == []


def test_cards_on_unknown_places_are_told() -> None:
    lost = (
        maya.journey()
        .add("Nowhere", stage="limbo", lane="goals")
        .add("Own lane", stage="purchase", lane="mood")
    )
    seen = words_of(drawn(lost))
    assert "Not drawn: 1 notes on stages that the workshop does not have (limbo)" in seen
    assert "mood" in seen
    assert journey_text(maya.WORKSHOP, maya.MAYA, lost)[-1]["stage"] == "limbo"


def test_two_hundred_cards_are_laid_out_without_breaking_every_text_at_every_size() -> None:
    journey = big()
    for draw in (drawn, maya.sheets):
        wrap.cache_clear()
        assert len("".join(draw(journey))) < 500_000
        assert wrap.cache_info().misses < 20 * len(journey.cards)


def test_text_alternative_has_every_card() -> None:
    rows = journey_text(maya.WORKSHOP, maya.MAYA, maya.journey())
    assert len(rows) == len(maya.journey().cards)
    first = "Spot a small treat that fits what I already own"
    assert rows[0] == {
        "stage": "Awareness",
        "lane": "Goals",
        "card": first,
        "evidence": "assumed",
        "owner": "",
        "moment": "",
    }
    assert sum(row["moment"] == "yes" for row in rows) == 4


def test_comparison_marks_what_changes() -> None:
    as_is, to_be = maya.journey(), maya.to_be()
    rows = compare_text(maya.WORKSHOP, as_is, to_be)
    told = {
        kind: [row for row in rows if row["change"] == kind]
        for kind in ("added", "removed", "moved", "changed")
    }
    assert {kind: len(found) for kind, found in told.items()} == {
        "added": 3,
        "removed": 3,
        "moved": 1,
        "changed": 3,
    }
    assert told["moved"][0]["what"] == "from Advocacy"
    assert any("was: “Fills in the address" in row["what"] for row in told["changed"])
    svg = journey_compare(maya.WORKSHOP, maya.MAYA, as_is, to_be)
    assert svg.count('class="card"') == 10
    assert svg.count("line-through") == 3
    assert "3 added, 3 removed, 1 moved, 3 changed" in words_of(svg)
    assert "to-be +1.0" in words_of(svg)
    (same,) = compare_sheets(maya.WORKSHOP, maya.MAYA, as_is, as_is)
    assert same.count('class="card"') == 0
    renamed = as_is.with_cards([card.with_(id=f"new-{card.id}") for card in as_is.cards])
    assert compare_text(maya.WORKSHOP, as_is, renamed) == [], "without ids, lane and text join them"


OVERFLOW = """() => {
  const bad = [], svg = document.querySelector('svg'), sheet = svg.getBoundingClientRect();
  for (const text of svg.querySelectorAll('text')) {
    const b = text.getBoundingClientRect();
    if (b.left < sheet.left - 0.5 || b.top < sheet.top - 0.5 ||
        b.right > sheet.right + 0.5 || b.bottom > sheet.bottom + 0.5)
      bad.push('off the sheet: ' + text.textContent);
  }
  for (const card of svg.querySelectorAll('g.card')) {
    const r = card.querySelectorAll('rect')[1].getBBox();
    for (const text of card.querySelectorAll('text')) {
      const b = text.getBBox();
      if (b.x < r.x - 0.5 || b.x + b.width > r.x + r.width + 0.5 ||
          b.y < r.y - 1 || b.y + b.height > r.y + r.height + 1)
        bad.push(text.textContent.slice(0, 60) + ' ' + [b.x - r.x, b.x + b.width - r.x - r.width, b.y - r.y,
                 b.y + b.height - r.y - r.height].map(v => v.toFixed(1)));
    }
  }
  const lines = [...svg.querySelectorAll('text')].flatMap(text => {
    const spans = text.querySelectorAll('tspan');
    return (spans.length ? [...spans] : [text]).map(n => [n.textContent, n.getBoundingClientRect()]);
  }).sort((a, b) => a[1].top - b[1].top);
  lines.forEach(([one, a], i) => {
    for (const [two, b] of lines.slice(i + 1)) {
      if (b.top > a.bottom - 0.35 * a.height) break;  // letters reach less far than their boxes
      if (b.left < a.right - 1 && a.left < b.right - 1) bad.push('one over the other: ' + one + ' / ' + two);
    }
  });
  return [svg.querySelectorAll('g.card text').length, bad];
}"""


@pytest.mark.all
@pytest.mark.browser
def test_nothing_overflows_in_a_real_browser(tmp_path: Path) -> None:
    chromium = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if not chromium:
        pytest.skip("Debian's chromium is not installed")
    from playwright.sync_api import sync_playwright

    pictures = {
        "map": drawn(),
        "big": drawn(big()),
        "hostile": drawn(hostile()),
        "compare": journey_compare(maya.WORKSHOP, maya.MAYA, maya.journey(), maya.to_be()),
    }
    flags = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--font-render-hinting=none",  # A window's widths: the shell alone rounds each letter.
    ]
    for name, of in (("map", maya.journey()), ("big", big()), ("hostile", hostile())):
        for format in ("a3", "a4"):
            for number, sheet in enumerate(maya.sheets(of, format)):
                pictures[f"{name}-{format}-{number}"] = sheet
    *who, every = maya.everything()
    for number, sheet in enumerate(journey_sheets(*who, every)):
        pictures[f"everything-{number}"] = sheet
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=flags)
        page = browser.new_page()
        for name, svg in pictures.items():
            for font in ("Liberation Sans", "DejaVu Sans"):
                set_in = re.sub(r'font-family="[^"]*"', f"font-family=\"'{font}'\"", svg, count=1)
                file = tmp_path / "map.html"
                file.write_text(
                    f'<meta charset="utf-8"><body style="margin:0">{set_in}', encoding="utf-8"
                )
                page.goto(file.as_uri())
                texts, bad = page.evaluate(OVERFLOW)
                assert texts or "a4" in name, name
                assert not bad, (name, font, bad[:5])
        browser.close()
