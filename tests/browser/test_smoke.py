"""The one test of `make test` in a real browser: a team writes on the board in JupyterLab."""

from __future__ import annotations

from typing import Any

import pytest

from journeykit.store import open_folder

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("lab")]

OPEN = "import journeykit as jk\nw = jk.open_workshop(persona='mobile-maya')"


def test_a_note_written_in_jupyterlab_is_in_the_folder(lab: Any) -> None:
    def written() -> list[tuple[str, str]]:
        cards = open_folder(lab.root).journey("mobile-maya").cards
        return [(card.stage, card.lane) for card in cards if card.text == "is it safe?"]

    nb = lab.open(lab.write("board.ipynb", OPEN, "w.start.board()", "w.buyer_goals.channels()"))
    cells = nb.run_all()
    assert "image/svg+xml" in cells[2]["kinds"]
    page = nb.page
    page.locator(".jk-board .jk-note").first.wait_for()
    nb.scroll("board()")
    place = "[data-map=as_is] .jk-cell[data-lane='thoughts'][data-stage='purchase']"
    page.locator(f"{place} .jk-add").click()
    page.keyboard.type("is it safe?")
    page.keyboard.press("Enter")
    assert lab.within(10, written)
    assert written() == [("purchase", "thoughts")]
    assert page.locator(place).get_by_text("is it safe?").count() == 1
    assert nb.seen.outside == [], "nothing is asked of the internet"
    assert [said for said in nb.seen.problems if "jk-" in said or "journeykit" in said] == []
