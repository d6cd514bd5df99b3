"""A service blueprint on the board: how its rows come, and the line of visibility among them."""

from __future__ import annotations

from typing import Any

import pytest

from journeykit.store import open_folder

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
    pictures(nb, "blueprint", ".jk-board")
