"""Notes of another tool on the board: they wait in the tray and go onto the map by hand and key."""

from __future__ import annotations

import runpy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from journeykit.cli.app import app
from journeykit.store import open_folder

pytestmark = [pytest.mark.all, pytest.mark.browser, pytest.mark.xdist_group("lab")]

board = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("test_board.py"))))

ROWS = """Text,Area,BG Color,Created by,Votes
Who packs my parcel?,Purchase,#fff,Nadia,3
%s,Purchase,#fff,Tom,
The app forgets my size,Ideas,#fff,Tom,1
Add a size guide,Awareness,#fff,Nadia,
Ask the bank,,#fff,Tom,
"""


def notes(lab: Any) -> dict[str, Any]:
    return {note.text: note for note in open_folder(lab.root).records("notes")}


def test_notes_wait_in_the_tray_and_go_onto_the_map_by_mouse_and_by_keys(lab, axe, pictures):
    hostile = '"' + board.HOSTILE.replace('"', '""') + '"'
    path = lab.root / "mural.csv"
    path.write_text(ROWS % hostile, "utf-8")
    told = CliRunner().invoke(app, ["import", str(lab.root), str(path), "--persona", "mobile-maya"])
    assert "5 notes wait in the tray of the board" in told.output, told.output
    nb = board.board(lab)
    page = nb.page
    tray = page.locator(".jk-tray")
    assert tray.locator("summary").inner_text() == "Not on the map yet: 5 notes"
    assert tray.locator(".jk-note").count() == 0, "a closed tray draws nothing"
    tray.locator("summary").click()
    assert [each.split(":")[0] for each in tray.locator("h5").all_inner_texts()] == [
        "Awareness",
        "Purchase",
        "No stage yet",
    ]
    assert page.evaluate("window.pwned") is None
    assert axe(page, ".jk-tray") == []
    pictures(nb, "tray", ".jk-board")
    nb.theme("Light")

    by_hand = tray.locator(".jk-note", has_text="Who packs my parcel?")
    assert "● 3" in by_hand.inner_text()
    cell = board.cell(page, "goals", "awareness")
    board.drag(page, by_hand, cell)
    cell.locator(".jk-note", has_text="Who packs my parcel?").wait_for()
    assert tray.locator("summary").inner_text() == "Not on the map yet: 4 notes"

    tray.locator(".jk-note", has_text="Ask the bank").get_by_role("button", name="Put on").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Put the note on the map")
    dialog.locator("select").nth(1).select_option("pain-points")
    dialog.locator("select").nth(0).select_option("purchase")
    page.keyboard.press("Enter")
    board.cell(page, "pain-points", "purchase").locator(
        ".jk-note", has_text="Ask the bank"
    ).wait_for()

    tray.locator(".jk-note", has_text="Add a size guide").get_by_role(
        "button", name="Remove"
    ).click()
    tray.locator("summary", has_text="2 notes").wait_for()
    for _ in range(2):
        page.get_by_role("button", name="Undo my last change").click()
    tray.locator("summary", has_text="4 notes").wait_for()  # the note, and what came off the map
    for _ in range(100):  # into the YAML within a second
        if board.by_text(lab, "Ask the bank") is None and "Add a size guide" in notes(lab):
            break
        page.wait_for_timeout(100)
    made = board.by_text(lab, "Who packs my parcel?")
    assert (made.stage, made.lane, made.author) == ("awareness", "goals", "Nadia")
    assert notes(lab)["Who packs my parcel?"].card == made.id
    assert board.by_text(lab, "Ask the bank") is None
    assert "Add a size guide" in notes(lab)
    assert page.evaluate("window.pwned") is None
