"""A service blueprint on the board, and notes with a picture and a link."""

from __future__ import annotations

from typing import Any

import pytest
from PIL import Image

from journeykit.store import open_folder
from tests.pictures import picture

pytestmark = [pytest.mark.all, pytest.mark.browser, pytest.mark.xdist_group("lab")]

OPEN = "import journeykit as jk\nw = jk.open_workshop(persona='mobile-maya')"
ROWS = """() => [...document.querySelectorAll('.jk-board .jk-lane-row, .jk-board .jk-sight')]
  .map((row) => row.querySelector('.jk-lane-name, b').textContent)"""


def board(lab: Any) -> Any:
    nb = lab.open(lab.write("board.ipynb", OPEN, "w.start.board()"))
    nb.only_notebook()
    nb.run_all()
    nb.page.locator(".jk-board .jk-note").first.wait_for()
    nb.scroll("board()")
    return nb


@pytest.mark.nightly
def test_the_rows_of_a_blueprint_come_in_one_step(lab, axe, pictures):
    nb = board(lab)
    page = nb.page
    assert "Line of visibility" not in page.evaluate(ROWS)
    page.get_by_role("button", name="Filter by owner").click()
    page.get_by_label("Show another lane").select_option("blueprint")
    assert page.evaluate(ROWS)[-4:] == [
        "Front stage",
        "Line of visibility",
        "Back stage",
        "Support process",
    ]
    page.locator(".jk-cell[data-lane=back-stage][data-stage=purchase] .jk-add").click()
    page.keyboard.type("Somebody packs the parcel")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")

    def packed() -> bool:
        cards = open_folder(lab.root).journey("mobile-maya").cards
        return any((c.lane, c.stage) == ("back-stage", "purchase") for c in cards)

    assert lab.within(5, packed)
    page.locator(".jk-sight").scroll_into_view_if_needed()
    assert axe(page, ".jk-board") == []
    picture(pictures(nb, "blueprint", ".jk-board")[0], "blueprint")


def test_a_note_gets_a_picture_and_a_link(lab, axe, pictures):
    (lab.root / "pictures").mkdir()
    Image.new("RGB", (1200, 800), "#0072b2").save(lab.root / "pictures" / "till.png")
    nb = board(lab)
    page = nb.page
    note = page.locator("[data-doc='journeys/mobile-maya'][data-id='landing-from-post']")
    note.locator(".jk-more").click()

    def write(label: str, words: str) -> None:
        page.get_by_label(label).fill(words)
        page.get_by_label(label).press("Tab")

    write("Picture: the name", "pictures/till.png")
    write("Link: an address", "https://shop.example/till")
    page.get_by_role("button", name="Done").click()
    shown = note.locator("img")
    shown.wait_for()
    assert shown.get_attribute("alt") == note.locator(".jk-text").inner_text()
    assert shown.evaluate("(img) => [img.naturalWidth, img.naturalHeight]") == [480, 320]
    link = note.get_by_role("link")
    assert link.get_attribute("href") == "https://shop.example/till"
    assert link.get_attribute("rel") == "noopener noreferrer"
    pictures(nb, "picture", ".jk-board")
    assert axe(page, ".jk-board") == []

    (lab.root / "files").mkdir()
    (lab.root / "files" / "the slip.html").write_text("<script>parent.pwned = 1</script>")
    note.locator(".jk-more").click()
    write("Link: an address", "files/the slip.html")
    page.get_by_role("button", name="Done").click()
    with page.expect_download() as saved:
        note.get_by_role("button", name="the slip.html").click()
    assert saved.value.suggested_filename == "the slip.html"
    (lab.root / "files" / "the slip.html").unlink()
    note.get_by_role("button", name="the slip.html").click()
    note.get_by_text("Its link is left out: no such file").wait_for()
    note.locator(".jk-more").click()
    write("Link: an address", "https://shop.example/till")
    page.get_by_role("button", name="Done").click()

    note.locator(".jk-more").click()
    write("Link: an address", "javascript:window.pwned=1")
    write("Picture: the name", "../../etc/passwd")
    page.get_by_role("button", name="Done").click()
    note.get_by_text("outside of the workshop folder").wait_for()
    assert note.locator("img").count() == 0
    assert link.get_attribute("href") == "https://shop.example/till", "refused: it stays as it was"
    page.get_by_text("is no link").first.wait_for()
