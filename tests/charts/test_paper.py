"""The map on paper: every card in full, in type that can be read, in fonts that have its signs."""

from __future__ import annotations

import re
import runpy
import shutil
import subprocess
import unicodedata
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest

from journeykit import charts
from journeykit.charts import paper
from journeykit.charts.drawing.theme import clean, text_width, wrap
from journeykit.charts.map_page import compare_sheets, journey_sheets
from journeykit.charts.paper import to_pdf, to_png
from journeykit.model import Journey, Persona, Workshop
from journeykit.store import create

maya = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("map_fixture.py"))))
SVG = "{http://www.w3.org/2000/svg}"
PAPER = {"a3": (420, 297), "a4": (210, 297)}
SCRIPTS, everything = maya.SCRIPTS, maya.everything


def held_to_the_paper(sheets: list[str], format: str) -> None:
    """Each sheet has the size of the paper, type of 8 pt or more, and no word cut off."""
    wide, high = PAPER[format]
    for sheet in sheets:
        root = ElementTree.fromstring(sheet)
        width, height = map(float, root.attrib["viewBox"].split()[2:])
        assert (root.get("width"), root.get("height")) == (f"{wide}mm", f"{high}mm")
        assert width / height == pytest.approx(wide / high, rel=1e-3)
        sizes = [float(size) for size in re.findall(r'font-size="([\d.]+)"', sheet)]
        assert min(sizes) * (wide / 25.4 * 72) / width >= 7.99
        assert "…" not in sheet
        assert " more, see" not in sheet
        lows = [
            float(group.get("transform", "").split("(")[1].split()[1].strip(")"))
            for group in root
            if group.get("transform")
        ]
        assert max(lows) < height - 20, "nothing begins below the edge"


def plain(text: str) -> str:
    """What is left of a text where lines, ligatures and signs of direction are no difference."""
    kept = (c for c in unicodedata.normalize("NFKC", text) if not c.isspace())
    return "".join(c for c in kept if unicodedata.category(c) not in ("Cf", "Cc"))


def once(text: str) -> str:
    """Leave out what is said again at once: some fonts have a syllable for each of its signs."""
    return re.sub(r"(.{1,8}?)\1+", r"\1", text)


def read(pdf: bytes, *how: str) -> str:
    if not shutil.which("pdftotext"):
        pytest.skip("Debian's poppler-utils is not installed")
    return subprocess.run(
        ["pdftotext", *how, "-", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()


def missing(journey: Journey, pdf: bytes) -> list[str]:
    """Return the texts that are not in the PDF.

    Words from right to left, and of Devanagari, are looked for one by one, as are those of a card
    that goes on elsewhere.
    """
    seen = plain(read(pdf, "-raw"))
    short = once(seen)

    def there(text: str) -> bool:
        turned = any(
            unicodedata.bidirectional(c) in ("R", "AL") or "\u0900" <= c <= "\u097f" for c in text
        )
        words = [word.strip("%()") for word in text.split()]  # signs may stand on either side
        parts = words if turned or len(text) > 2000 else [text]
        return all(plain(part) in seen or once(plain(part)) in short for part in parts)

    return [card.text for card in journey.cards if not there(clean(card.text))]


@pytest.mark.parametrize("format", PAPER)
@pytest.mark.parametrize("make", [maya.journey, maya.big, maya.hostile])
def test_every_card_is_on_paper_in_type_of_eight_points(make, format: str) -> None:
    journey = make()
    sheets = maya.sheets(journey, format)
    held_to_the_paper(sheets, format)
    drawn = set(re.findall(r'data-card="([^"]+)"', "".join(sheets)))
    assert drawn >= {card.id for card in journey.cards}
    assert "promise-" in "".join(drawn), "and the promise that no card names"
    for number, sheet in enumerate(sheets, 1):
        assert f">Sheet {number} of {len(sheets)}<" in sheet


def test_a_small_map_is_one_sheet_and_a_large_one_goes_on_with_its_stages() -> None:
    small = maya.journey().with_cards(maya.journey().cards[::4])
    (sheet,) = maya.sheets(small)
    assert "Sheet 1" not in sheet
    first, *further = maya.sheets(maya.big())
    assert further
    for sheet in further:
        for stage in maya.WORKSHOP.stages:
            assert f">{stage.name}" in sheet
        assert "Mobile Maya · Juniper" in sheet
        assert "assumed: nobody has checked" in sheet
    cells = 'data-card="c'
    most = [sheet.count(cells) for sheet in (first, *further)]
    assert min(most) > max(most) / 4, "no sheet is nearly empty"


def test_a_booklet_has_all_stages_and_then_a_page_for_each() -> None:
    first, *pages = maya.sheets(format="a4")
    assert all(f">{stage.name}" in first for stage in maya.WORKSHOP.stages[:3])
    assert 'class="card"' not in first
    assert "Emotion curve" in first
    assert len(pages) == len(maya.WORKSHOP.stages)
    for page, stage in zip(pages, maya.WORKSHOP.stages):
        ids = set(re.findall(r'data-card="([^"]+)"', page))
        mine = {card.id for card in maya.journey().cards if card.stage == stage.id}
        assert mine <= ids
        assert not {c.id for c in maya.journey().cards if c.stage != stage.id} & ids


def test_what_is_lost_on_the_way_to_another_sheet_is_said() -> None:
    pages = maya.sheets(format="a4")
    assert "994 of 2,731 go on · 63.6% lost" in " ".join(re.sub("<[^>]+>", " ", pages[2]).split())


@pytest.mark.parametrize("format", ["a3", pytest.param("a4", marks=pytest.mark.all)])
def test_the_worst_map_is_all_in_the_pdf(format: str) -> None:
    workshop, persona, journey = everything()
    sheets = journey_sheets(workshop, persona, journey, format=format)
    held_to_the_paper(sheets, format)
    told: list[str] = []
    pdf = to_pdf(sheets, told.append)
    boxes = {sign for sign in "".join(told) if not sign.isascii()} - {"…"}
    assert not [text for text in missing(journey, pdf) if not boxes & {*text}]
    assert read(pdf).count("\f") == len(sheets)
    assert all("apt install fonts-" in sentence for sentence in told)


def test_with_the_fonts_of_debian_no_sign_is_missing() -> None:
    places = (Path("/usr/share/fonts"), Path.home() / ".fonts")
    there = {file.name for place in places for file in place.rglob("*.tt?")}
    if not {"NotoSansCJK-Regular.ttc", "NotoColorEmoji.ttf", "Lohit-Devanagari.ttf"} <= there:
        pytest.skip("Debian's fonts-lohit-deva, -noto-cjk and -noto-color-emoji are not installed")
    told: list[str] = []
    drawn = [line(text.replace("&", "and")) for text in SCRIPTS.values()]
    pdf = to_pdf(drawn, told.append)
    assert told == []
    cards = [
        {"id": f"c{i}", "stage": "s", "lane": "goals", "text": text.replace("&", "and")}
        for i, text in enumerate(SCRIPTS.values())
    ]
    said = {"id": "j", "name": "J", "persona": "p", "cards": cards}
    assert missing(Journey.model_validate(said), pdf) == []


def test_a_comparison_is_on_paper_too() -> None:
    to_be = maya.to_be()
    for format in PAPER:
        sheets = compare_sheets(maya.WORKSHOP, maya.MAYA, maya.journey(), to_be, format=format)
        held_to_the_paper(sheets, format)
        assert len(set(re.findall(r'data-card="([^"]+)"', "".join(sheets)))) == 10


def test_pages_have_their_sizes_and_their_fonts() -> None:
    pdf = to_pdf(
        [
            *maya.sheets(),
            *maya.sheets(format="a4"),
            '<svg xmlns="http://www.w3.org/2000/svg" width="96" height="48"/>',
        ]
    )
    boxes = [
        tuple(round(float(side)) for side in box)
        for box in re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", pdf)
    ]
    assert set(boxes) == {(1191, 842), (595, 842), (72, 36)}
    assert pdf.count(b"/FontFile") >= 2, "fonts are embedded"
    png = to_png(maya.sheets()[0])
    assert png[:4] == b"\x89PNG"
    assert abs(int.from_bytes(png[16:20]) - 1587) <= 1


def test_a_chart_becomes_a_page_with_its_words() -> None:
    frame = __import__("pandas").DataFrame(
        {"event": ["payment_error"], "users": [41], "share": [0.2]}
    )
    svg = charts.svg(charts.last_before_loss(frame), "Last step", "said")
    words = read(to_pdf(svg))
    assert "payment error" in words.lower()


def line(words: str, **look: str) -> str:
    """A picture of one line of text."""
    more = "".join(f' {name}="{value}"' for name, value in look.items())
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="900" height="60" viewBox="0 0 900 60">'
        f"<title>t</title><text x='20' y='40' font-family='DejaVu Sans'{more}>{words}</text></svg>"
    )


def test_from_right_to_left_lies_right() -> None:
    (sheet,) = journey_sheets(
        Workshop(name="W", stages=[{"id": "s", "name": "S"}]),
        Persona(id="p", name="P"),
        Journey(id="j", name="J", persona="p").add(
            "שלום עולם 41.4% בארנק", stage="s", lane="actions"
        ),
    )
    assert "\u2067שלום עולם 41.4% בארנק\u2069" in sheet
    found = re.findall(r'xMin="([\d.]+)"[^>]*>([^<]+)<', read(to_pdf([sheet]), "-bbox"))
    at = {plain(word): float(x) for x, word in found}
    at |= {word[::-1]: x for word, x in at.items()}  # as it may be told from left to right
    ours = [at[word] for word in ("שלום", "עולם", "41.4%", "בארנק")]
    assert ours == sorted(ours, reverse=True), "each word stands left of the one before"
    assert ours[0] > 1100, "and the first at the right edge of its card"


def test_what_no_font_has_is_told_with_the_package_that_brings_one() -> None:
    told: list[str] = []
    to_pdf(line("Signs \ue9f3\ue9f4 of one's own"), told.append)
    assert told == [
        "No font of this machine has \ue9f3\ue9f4 (Other): boxes stand in their place. On Debian "
        "`apt install fonts-noto-core` brings one."
    ]
    with pytest.warns(UserWarning, match="No font of this machine has \ue9f3"):
        to_png(line("\ue9f3"))


def test_the_package_of_a_script() -> None:
    packages = [re.findall(r"install (\S+)`", each)[0] for each in paper._missing("中あ한🚚क")]
    assert packages == ["fonts-noto-core", "fonts-noto-cjk", "fonts-noto-color-emoji"]


def test_words_are_data_and_never_markup() -> None:
    words = r"#panic[x] $y$ *b* \u{1} &lt;b&gt; `c` //"
    assert plain(words.replace("&lt;", "<").replace("&gt;", ">")) in plain(
        read(to_pdf(line(words)))
    )


def test_a_picture_turns_its_words_and_keeps_their_size() -> None:
    turned = line("Upwards", transform="translate(30,55) rotate(-90) scale(0.5)")
    found = re.findall(
        r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)"',
        read(to_pdf(turned), "-bbox"),
    )
    (left, top, right, bottom) = (float(side) for side in found[0])
    assert bottom - top > right - left, "it runs upwards"


def test_cjk_breaks_between_signs_but_not_before_a_full_stop() -> None:
    text = "App 打开后，她付款。然后等。"
    for width in range(40, 120, 7):
        lines = wrap(text, width, 12)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        assert not [row for row in lines if row[0] in "，。"]
        assert all(text_width(row, 12) <= width for row in lines if len(row) > 2)
    assert wrap(text, 70, 12)[0] != "App", "a line is filled"


def test_a_sign_of_devanagari_stays_whole() -> None:
    for row in wrap("हिन्दीक्षेत्रमें" * 3, 40, 12)[1:]:
        assert unicodedata.category(row[0])[0] != "M"


@pytest.mark.all
@pytest.mark.parametrize("template", ["retail", "saas", "healthcare"])
def test_every_card_of_the_samples_is_in_the_text_of_the_pdf(template: str, tmp_path: Path) -> None:
    folder = create(tmp_path / template, template)
    for name in folder.journey_ids():
        journey = folder.journey(name)
        persona = folder.persona(journey.persona)
        for format in PAPER:
            sheets = journey_sheets(folder.workshop(), persona, journey, format=format)
            held_to_the_paper(sheets, format)
            assert not missing(journey, to_pdf(sheets))
