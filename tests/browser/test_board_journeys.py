"""One board for all journeys of a persona: choose one, go down into it and up again."""

from __future__ import annotations

import runpy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from journeykit.store import open_folder

pytestmark = [pytest.mark.all, pytest.mark.browser, pytest.mark.xdist_group("lab")]

looks = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("looks.py"))))

OPEN = "import journeykit as jk\nw = jk.open_workshop(persona='mobile-maya')"
MUTE = """() => document.querySelector('.jk-compose')
  .addEventListener('blur', (event) => event.stopImmediatePropagation(), true)"""
JOURNEYS = {
    "maya-returns": """\
name: Maya sends it <back>
persona: mobile-maya
parent: {journey: mobile-maya, stage: post-purchase}
cards:
  - {id: asks, stage: post-purchase, lane: actions, text: Asks for a label}
""",
    "a-label-in-the-box": """\
name: A label lies in the box
persona: mobile-maya
kind: to-be
based_on: maya-returns
cards:
  - {id: asks, stage: post-purchase, lane: actions, text: Takes the label}
""",
    "lena-helps": """\
name: Lena helps a friend to buy
persona: loyal-lena
parent: {journey: mobile-maya, stage: consideration}
cards: []
""",
}


def board(lab: Any, *more: str, **how: Any) -> Any:
    for name, text in JOURNEYS.items():
        (lab.root / f"journeys/{name}.yaml").write_text(text, "utf-8")
    nb = lab.open(lab.write("board.ipynb", OPEN, "w.start.board()", *more), **how)
    nb.only_notebook()
    nb.run_all()
    nb.page.locator(".jk-board .jk-note").first.wait_for()
    nb.scroll("start.board()")
    field(nb.page).wait_for()
    return nb


def texts(lab: Any, journey: str) -> list[str]:
    return [card.text for card in open_folder(lab.root).journey(journey).cards]


def field(page: Any) -> Any:
    return page.get_by_label("Journey", exact=True).first


def chosen(page: Any) -> str:
    return str(field(page).evaluate("select => select.selectedOptions[0].textContent"))


def add(page: Any, words: str, stage: str = "post-purchase") -> None:
    place = f".jk-cell[data-lane='actions'][data-stage='{stage}'] .jk-add"
    page.locator(f"[data-map=as_is] {place}").first.click()
    page.keyboard.type(words)


def test_each_journey_is_chosen_changed_and_taken_back_by_itself(lab):
    nb = board(lab)
    page, main = nb.page, texts(lab, "mobile-maya")
    names = field(page).locator("option").all_inner_texts()
    assert names == [
        "Maya buys in the tram, as it is today",
        "Maya buys in the tram, as we want it (to be)",
        "Maya sends it <back>",
        "A label lies in the box (to be)",
    ]
    field(page).select_option(label="Maya sends it <back>")
    notes = page.locator(".jk-board .jk-note")
    assert notes.locator(".jk-text").all_inner_texts() == ["Asks for a label"]
    add(page, "Looks for tape")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    assert lab.within(15, lambda: "Looks for tape" in texts(lab, "maya-returns"))
    assert texts(lab, "mobile-maya") == main

    # What was done in the other journey is not what Undo takes back here, and Redo is kept apart.
    field(page).select_option(label=names[0])
    add(page, "Shows it to a friend")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    assert lab.within(15, lambda: "Shows it to a friend" in texts(lab, "mobile-maya"))
    field(page).select_option(label="Maya sends it <back>")
    page.get_by_role("button", name="Undo my last change").click()
    assert lab.within(15, lambda: texts(lab, "maya-returns") == ["Asks for a label"])
    assert "Shows it to a friend" in texts(lab, "mobile-maya")
    field(page).select_option(label=names[0])
    assert page.get_by_role("button", name="Do it again").is_disabled()
    page.get_by_role("button", name="Undo my last change").click()
    assert lab.within(15, lambda: texts(lab, "mobile-maya") == main)
    field(page).select_option(label="Maya sends it <back>")
    page.get_by_role("button", name="Do it again").click()
    assert lab.within(15, lambda: "Looks for tape" in texts(lab, "maya-returns"))

    field(page).select_option(label="A label lies in the box (to be)")
    assert notes.locator(".jk-text").all_inner_texts() == ["Takes the label"]
    assert page.locator(".jk-change", has_text="~ changed").count() == 1
    page.get_by_role("button", name="Both", exact=True).click()
    assert notes.count() == 3
    notes.locator(".jk-text", has_text="Takes the label").dblclick()
    page.keyboard.press("Control+A")
    page.keyboard.type("Finds the label")
    page.keyboard.press("Enter")
    assert lab.within(15, lambda: texts(lab, "a-label-in-the-box") == ["Finds the label"])
    assert open_folder(lab.root).problems() == []
    assert nb.seen.outside == []


def test_what_is_half_written_is_kept_when_another_journey_is_chosen(lab):
    nb = board(lab)
    page = nb.page
    first = page.locator(".jk-board .jk-note").first
    card, was = first.get_attribute("data-id"), texts(lab, "mobile-maya")
    first.dblclick()
    page.keyboard.press("End")
    page.keyboard.type(" and more")
    field(page).focus()
    page.keyboard.press("End")
    assert chosen(page) == "A label lies in the box (to be)"
    assert lab.within(
        5,
        lambda: open_folder(lab.root).journey("mobile-maya").card(card).text.endswith(" and more"),
    )
    field(page).select_option(label="Maya sends it <back>")
    add(page, "half a thought")
    # The field loses its words to no event: it is taken off the page half written.
    page.evaluate(MUTE)
    field(page).select_option(label="Maya buys in the tram, as it is today")
    assert page.locator(".jk-compose").count() == 0
    assert "half a thought" not in texts(lab, "mobile-maya")
    field(page).select_option(label="Maya sends it <back>")
    if "half a thought" not in texts(lab, "maya-returns"):
        page.locator(".jk-compose").wait_for()
        assert page.locator(".jk-compose").input_value() == "half a thought"
        page.locator(".jk-compose").press("Enter")
    assert lab.within(15, lambda: "half a thought" in texts(lab, "maya-returns"))
    assert len(texts(lab, "mobile-maya")) == len(was)

    nb.reload()
    nb.run_all()
    nb.scroll("start.board()")
    field(page).wait_for()
    assert chosen(page) == "Maya sends it <back>", "who loads the page again is where they were"


def test_from_a_stage_down_and_up_again_by_keys(lab):
    nb = board(lab)
    page = nb.page
    head = page.get_by_role("columnheader", name="After the purchase")
    down = head.get_by_role("button", name="↳ Maya sends it <back>")
    other = page.get_by_role("columnheader", name="Consideration")
    assert "↳ Lena helps a friend to buy (loyal-lena)" in other.inner_text()
    assert other.get_by_role("button", name="Lena").count() == 0
    down.focus()
    page.keyboard.press("Enter")
    assert chosen(page) == "Maya sends it <back>"
    assert field(page).evaluate("select => select === document.activeElement")
    stands = page.locator(".jk-stands")
    assert stands.inner_text().replace("\n", " ") == (
        "Stands under “After the purchase” of ↑ Maya buys in the tram, as it is today"
    )
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert chosen(page) == "Maya buys in the tram, as it is today"
    assert stands.inner_text() == ""
    down.wait_for()
    # A journey that another program puts there meanwhile stands on the board by itself.
    file = lab.root / "journeys/maya-returns.yaml"
    file.write_text(file.read_text().replace("stage: post-purchase}\n", "stage: purchase}\n", 1))
    page.get_by_role("columnheader", name="Purchase", exact=False).first.wait_for()
    moved = page.locator(".jk-head", has_text="Maya sends it <back>")
    assert lab.within(15, lambda: "Purchase" in (moved.first.inner_text() or ""))
    assert page.evaluate(looks.PWNED) is None


def test_on_a_phone_it_is_chosen_by_thumb(lab):
    nb = board(lab, width=390, height=800, touch=True)
    page = nb.page
    for place in (field(page), page.locator(".jk-board")):
        box = place.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
    assert field(page).bounding_box()["height"] >= 32
    field(page).select_option(label="Maya sends it <back>")
    up = page.locator(".jk-stands .jk-level")
    up.scroll_into_view_if_needed()
    box = up.bounding_box()
    assert box["x"] + box["width"] <= 390
    up.tap()
    down = page.locator(".jk-head .jk-level")
    down.scroll_into_view_if_needed()
    down.tap()
    assert chosen(page) == "Maya sends it <back>"
    page.locator("[data-lane='goals'][data-stage='post-purchase'] .jk-add").tap()
    page.keyboard.type("by thumb")
    page.keyboard.press("Enter")
    assert lab.within(15, lambda: "by thumb" in texts(lab, "maya-returns"))


@pytest.mark.nightly
def test_a_map_to_be_is_started_for_the_journey_that_was_chosen(lab):
    nb = board(lab)
    page = nb.page
    (lab.root / "journeys/a-label-in-the-box.yaml").unlink()
    nb.run_all()
    nb.scroll("start.board()")
    field(page).wait_for()
    field(page).select_option(label="Maya sends it <back>")
    page.get_by_role("button", name="Copy the map as it is").click()

    def planned() -> Any:
        return open_folder(lab.root).journeys_of("mobile-maya", "to-be")

    assert lab.within(15, lambda: [j.based_on for j in planned()][1:] == ["maya-returns"])
    made = planned()[1]
    assert [card.text for card in made.cards] == ["Asks for a label"]
    assert f"{made.name} (to be)" in field(page).locator("option").all_inner_texts()


def test_a_small_board_asks_of_each_journey_as_it_is(lab):
    nb = board(lab, "w.ux.ask_emotions()")
    page = nb.page
    nb.scroll("ask_emotions")
    small = page.locator(".jk-board", has=page.get_by_role("slider")).last
    choose = small.get_by_label("Journey", exact=True)
    choose.wait_for()
    assert choose.locator("option").all_inner_texts() == [
        "Maya buys in the tram, as it is today",
        "Maya sends it <back>",
    ]
    choose.select_option(label="Maya sends it <back>")
    small.get_by_role("slider", name="What they feel, Purchase").focus()
    page.keyboard.press("ArrowUp")
    assert lab.within(15, lambda: open_folder(lab.root).journey("maya-returns").emotions())


@pytest.mark.nightly
def test_it_can_be_read_by_everybody_in_the_light_and_in_the_dark(lab, axe, pictures):
    nb = board(lab)
    for theme in ("Light", "Dark"):
        nb.theme(theme)
        for name in ("Maya sends it <back>", "Maya buys in the tram, as it is today"):
            field(nb.page).select_option(label=name)
            assert axe(nb.page, ".jk-board") == [], (theme, name)
            found = nb.page.evaluate(looks.CONTRASTS, ".jk-board :is(button, select, small, label)")
            assert found[0][0] >= 4.5, (theme, name, found[:3])
    assert len(pictures(nb, "journeys", ".jk-board")) == 4
    field(nb.page).select_option(label="Maya sends it <back>")
    assert len(pictures(nb, "journeys-below", ".jk-board")) == 4


def test_a_map_that_a_colleague_brings_is_offered_at_once(lab):
    nb = board(lab)
    file = lab.root / "journeys" / "maya-asks.yaml"
    file.write_text(
        "id: maya-asks\nname: Maya asks\npersona: mobile-maya\n"
        "cards: [{id: ask, stage: purchase, lane: actions, text: Asks in the chat}]\n"
    )
    field(nb.page).locator("option", has_text="Maya asks").wait_for(state="attached")
    field(nb.page).select_option(label="Maya asks")
    notes = nb.page.locator(".jk-board .jk-note .jk-text")
    assert notes.all_inner_texts() == ["Asks in the chat"]
