"""Pictures and links of cards, from the file of the map to the report that goes out."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from PIL import Image

from journeykit import open_workshop
from journeykit.charts import journey_map, journey_sheets, journey_text
from journeykit.charts.paper import to_pdf, to_png
from journeykit.model import Card
from journeykit.phases import OpenWorkshop, Panel
from journeykit.phases.board import board
from journeykit.report import write_report
from journeykit.run.notebook import without_addresses
from journeykit.run.results import build_result
from journeykit.store import carry, create, linked

SECRET = b"N 52.52 E 13.40, the kitchen of Anna"
CARDS = """\
  - id: till
    stage: purchase
    lane: touchpoints
    text: The <till> & "queue"
    image: Annas Handy/till-4711.jpg
    link: https://shop.example/till?a=1&b="2"
  - id: gone
    stage: purchase
    lane: touchpoints
    text: The receipt
    image: Annas Handy/none.png
    link: notes/call 3.pdf
  - id: ask
    stage: purchase
    lane: back-stage
    text: Ask the shop
    link: mailto:anna.berg@shop.example
  - id: slip
    stage: purchase
    lane: back-stage
    text: The slip
    link: files/the slip & co.pdf
  - id: log
    stage: purchase
    lane: back-stage
    text: The log
    link: data/events.csv.gz
"""
SVG = "{http://www.w3.org/2000/svg}"


def photo() -> bytes:
    """A picture as a phone takes it, with a place in it."""
    exif, out = Image.Exif(), io.BytesIO()
    exif[0x010E] = SECRET.decode()
    Image.new("RGB", (800, 600), "#d55e00").save(out, "JPEG", exif=exif, comment=SECRET)
    return out.getvalue()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = create(tmp_path_factory.mktemp("pictures") / "shop", "retail").root
    path = root / "journeys" / "mobile-maya.yaml"
    path.write_text(f"{path.read_text('utf-8').rstrip()}\n{CARDS}", "utf-8")
    (root / "Annas Handy").mkdir()
    (root / "Annas Handy" / "till-4711.jpg").write_bytes(photo())
    (root / "files").mkdir()
    (root / "files" / "the slip & co.pdf").write_bytes(b"%PDF-1.4 a slip")
    return root


@pytest.fixture(scope="module")
def w(place: Path) -> OpenWorkshop:
    return open_workshop(place, "mobile-maya")


def _all(panel: Panel) -> list[Panel]:
    return [panel, *panel.more]


@pytest.fixture(scope="module")
def report(w: OpenWorkshop, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The report with the map and the plan, as a run writes it."""
    shown = [panel for ask in (w.start.map, w.test.to_be) for panel in _all(ask())]
    told = [{**panel.data(), "spec": None, "svg": panel.svg} for panel in shown]
    head = {"kind": "persona", "workshop": "Shop", "run_id": "1", "status": "ok", "persona": "m"}
    there = {"journeys": [], "not_run": []}
    outcome = {"name": "00", "status": "ok", "file": "00.ipynb", "seconds": 1.0, "panels": told}
    result = build_result({**head, **there}, [outcome], {})
    file = write_report(result, told, tmp_path_factory.mktemp("run") / "report.html")
    return file.read_text("utf-8")


def pictures(text: str) -> list[bytes]:
    return [
        base64.b64decode(found) for found in re.findall(r"data:image/jpeg;base64,([\w+/=]+)", text)
    ]


def test_the_report_holds_the_picture_and_nothing_that_the_phone_wrote(report: str) -> None:
    shown = pictures(report)
    assert len(shown) >= 2, "on the map, and on its sheet of paper"
    for data in shown:
        image = Image.open(io.BytesIO(data))
        assert image.size == (480, 360)
        assert not image.getexif()
        assert SECRET not in data
        assert b"Exif" not in data
    assert "till-4711" not in report, "the name of the file stays at home"
    assert "Annas Handy" not in report
    assert 'aria-label="The &lt;till&gt; &amp; &quot;queue&quot;"' in report


def test_the_report_says_where_a_picture_is_not_shown(report: str) -> None:
    words = " ".join(re.sub(r"<[^>]+>", " ", report).split())
    assert "Its picture is not shown: no such file is in the workshop" in words
    assert "none.png" not in report


def test_links_lead_out_and_load_nothing(report: str) -> None:
    links = re.findall(r"<a ([^>]*rel=[^>]*)>", report)
    assert len(links) >= 4, "two cards, on the map and on its sheet"
    assert {re.findall(r'href="([^"]*)"', link)[0] for link in links} == {
        "https://shop.example/till?a=1&amp;b=&quot;2&quot;",
        "linked/files/the%20slip%20%26%20co.pdf",
    }
    assert all('rel="noopener noreferrer"' in link for link in links)
    policy = re.findall(r'Content-Security-Policy" content="([^"]*)"', unescape(report))[0]
    assert "default-src 'none'" in policy
    assert "img-src data:" in policy
    assert not re.findall(r'(?:src|xlink:href)="(?!data:)', report)


def test_the_words_of_a_link_are_masked(w: OpenWorkshop, report: str) -> None:
    frame = w.start.map().frame
    assert frame is not None
    assert {*frame["link"].dropna()} == {
        'https://shop.example/till?a=1&b="2"',
        "notes/call 3.pdf",
        "mailto:[e-mail]",
        "files/the slip & co.pdf",
        "data/events.csv.gz",
    }
    assert "anna.berg" not in report


def test_a_link_that_does_not_go_out_says_why(report: str) -> None:
    words = " ".join(re.sub(r"<[^>]+>", " ", report).split())
    for card, why in (
        ("Ask the shop", "it names a person."),
        ("The receipt", "no such file is in the workshop folder."),
        ("The log", "what is hidden, or in data, journal and runs, does not go out."),
    ):
        assert re.search(rf"{card}\. [^“]*?Its link is left out: {why}", words), card


@pytest.mark.parametrize(
    ("link", "out"),
    [
        ("https://shop.example/~ann?x=1", True),
        ("https://social.example/@shop/1", True),
        ("https://ann:secret@shop.example/", False),
        ("https://form.example/?to=ann%40mail.example", False),
        ("MAILTO:Ann@mail.example", False),
        ("files/the slip & co.pdf", True),
        ("files", False),
        ("files/.hidden", False),
        (".env", False),
        ("journal/displaced.txt", False),
        ("files/out.pdf", False),
        ("files/large.pdf", False),
        ("a" * 300, False),
    ],
)
def test_what_may_go_out(place: Path, link: str, out: bool, tmp_path: Path) -> None:
    for name in ("files/.hidden", ".env", "journal/displaced.txt"):
        (place / name).parent.mkdir(exist_ok=True)
        (place / name).write_text("secret")
    (tmp_path / "out.pdf").write_text("secret")
    if not (place / "files/out.pdf").is_symlink():
        (place / "files/out.pdf").symlink_to(tmp_path / "out.pdf")
    (place / "files/large.pdf").write_bytes(b"0" * 5_000_001)
    to, why = linked(place, Card(id="a", stage="b", lane="actions", text="c", link=link).link)
    assert (bool(to), bool(why)) == (out, not out), (to, why)


def test_a_file_goes_along_with_the_report(place: Path, report: str, tmp_path: Path) -> None:
    carry(place, report, tmp_path / "mobile-maya")
    (there,) = re.findall(r'href="(linked/[^"]*)"', report)[:1]
    copied = [f for f in tmp_path.rglob("*") if f.is_file()]
    assert copied == [tmp_path / "mobile-maya" / unquote(there)]
    assert copied[0].read_bytes() == b"%PDF-1.4 a slip"
    carry(place, '<a href="linked/..%2f..%2fetc/passwd"><a href="linked/data/x">', tmp_path / "no")
    assert not (tmp_path / "no").exists()


def test_a_run_masks_addresses_in_its_pictures(w: OpenWorkshop) -> None:
    svg = w.start.map().svg or ""
    told = without_addresses({"svg": svg.replace("Ask the shop", "Ask anna.berg@shop.example")})
    assert "anna.berg" not in told["svg"]
    assert "Ask [e-mail]" in told["svg"]


def test_a_picture_with_links_is_a_group_whose_links_are_heard(w: OpenWorkshop) -> None:
    root = ElementTree.fromstring(w.start.map().svg or "")
    assert root.get("role") == "group"
    bare = w.journey.with_cards(card for card in w.journey.cards if not card.link)
    svg = journey_map(w.workshop, w.persona, bare)
    assert ElementTree.fromstring(svg).get("role") == "img"


def test_a_map_without_links_has_no_column_for_them(w: OpenWorkshop) -> None:
    bare = w.journey.with_cards(card for card in w.journey.cards if not card.link)
    assert {*journey_text(w.workshop, w.persona, bare)[0]} == {
        *("stage", "lane", "card", "evidence", "owner", "moment")
    }


@pytest.mark.parametrize("sheet", [False, True])
def test_a_card_holds_its_picture_and_its_words(w: OpenWorkshop, sheet: bool) -> None:
    made = [card for card in w.journey.cards if card.id in ("till", "gone", "ask")]
    shown = w.journey.with_cards([*w.journey.cards[:9], *made])
    how = (w.workshop, w.persona, shown)
    drawn = (journey_sheets if sheet else journey_map)(*how, folder=w.folder.root)
    roots = map(ElementTree.fromstring, drawn if sheet else [drawn])
    nodes = [node for root in roots for node in root.iter(f"{SVG}g")]
    (card,) = [node for node in nodes if node.get("data-card") == "till"]
    (image,) = card.iter(f"{SVG}image")
    ground = [node for node in card if node.tag == f"{SVG}rect"][1]
    (link,) = card.iter(f"{SVG}a")
    text = link.find(f"{SVG}text")
    assert text is not None
    top, high = float(image.get("y", 0)), float(image.get("height", 0))
    assert top > 0
    assert top + high < float(text.get("y", 0)), "the words stand below it"
    assert float(text.get("y", 0)) < float(ground.get("height", 0)), "and in the card"
    assert float(image.get("x", 0)) + float(image.get("width", 0)) < float(ground.get("width", 0))


def test_pictures_are_there_when_the_map_becomes_a_file(w: OpenWorkshop) -> None:
    panel = w.start.map()
    with_it, without = panel.svg or "", re.sub(r"<image [^>]*/>", "", panel.svg or "")
    assert len(to_png(with_it)) != len(to_png(without))
    assert len(to_pdf(panel.sheets)) > 1000


def test_another_picture_is_no_change_of_the_plan(w: OpenWorkshop) -> None:
    then = w.journey.change("till", image="Annas Handy/till-4712.jpg")
    then = then.change("ask", link="https://shop.example")
    told = w.test._compared(then.with_(id="mobile-maya-to-be", kind="to-be"))["frame"]
    assert [*told["card"]] == ["Ask the shop"]
    assert "link was mailto:" in told["what"].item()


def test_the_board_gets_pictures_and_the_reason_where_there_is_none(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOURNEYKIT_LIVE", "1")
    made: Any = board(open_workshop(place, "mobile-maya").start, "board", "The board")
    shown = made.state["pictures"]
    assert shown["Annas Handy/till-4711.jpg"][0].startswith("data:image/jpeg;base64,")
    address, why = shown["Annas Handy/none.png"]
    assert (address, why[:25]) == ("", "Its picture is not shown:")
    assert made.state["links"]["files/the slip & co.pdf"] == ""
    assert "no such file" in made.state["links"]["notes/call 3.pdf"]
    sent: list[Any] = []
    monkeypatch.setattr(made, "send", lambda told, buffers=None: sent.append((told, buffers)))
    for link in ("files/the slip & co.pdf", "notes/call 3.pdf", "data/events.csv.gz", "../x", 3):
        made._heard(None, {"file": link}, [])
    slip = {"file": "files/the slip & co.pdf", "name": "the slip & co.pdf"}
    assert sent == [(slip, [b"%PDF-1.4 a slip"])]
    ask: Callable[..., list[str | None]] = made.take
    operation = {"id": "o1", "kind": "card.change", "doc": "journeys/mobile-maya", "by": "ada"}
    (why,) = ask([{**operation, "data": {"id": "till", "link": "javascript:alert(1)"}}])
    assert "is no link" in str(why)
    made.desk.close()
