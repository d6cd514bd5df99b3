"""The journey board as a team uses it: by mouse, by finger, by keyboard alone, at every size."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from journeykit.store import open_folder
from journeykit.widgets.joined import STATIC, joined
from tests.pictures import picture
from tests.uncovered import skip_in

pytestmark = [pytest.mark.all, pytest.mark.browser, pytest.mark.xdist_group("lab")]

looks = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("looks.py"))))

OPEN = "import journeykit as jk\nw = jk.open_workshop(persona='mobile-maya')"
NOTE = "[data-doc='journeys/mobile-maya'][data-id='{}']"
BACK = """() => {
  const kernel = jupyterapp.shell.currentWidget.context.sessionContext.session.kernel;
  let gone = false;
  kernel.statusChanged.connect((_, status) => {
    gone ||= status.includes('restarting');
    window.back = gone && status === 'idle';
  });
}"""
HOSTILE = (
    "<img src=x onerror=\"window.pwned='img'\"><script>window.pwned=1</script> ${7*7} \u202eabc"
)


def note(page: Any, card: str) -> Any:
    return page.locator(NOTE.format(card))


def cell(page: Any, lane: str, stage: str) -> Any:
    return page.locator(f"[data-map=as_is] .jk-cell[data-lane='{lane}'][data-stage='{stage}']")


def cards(lab: Any, journey: str = "mobile-maya") -> dict[str, Any]:
    return {card.id: card for card in open_folder(lab.root).journey(journey).cards}


def by_text(lab: Any, text: str) -> Any:
    return next((card for card in cards(lab).values() if card.text == text), None)


def board(lab: Any, call: str = "w.start.board()", **how: Any) -> Any:
    nb = lab.open(lab.write("board.ipynb", OPEN, call), **how)
    nb.only_notebook()
    nb.run_all()
    nb.page.locator(".jk-board .jk-note").first.wait_for()
    nb.scroll(call)
    return nb


def middle(place: Any) -> tuple[float, float]:
    place.scroll_into_view_if_needed()
    box = place.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + min(box["height"] / 2, 24)


def drag(page: Any, what: Any, to: Any) -> None:
    """Drag a note to a cell, as straight across as the cell allows."""
    start, box = middle(what), to.bounding_box()
    end = (
        box["x"] + box["width"] / 2,
        min(max(start[1], box["y"] + 12), box["y"] + box["height"] - 12),
    )
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + 8, start[1] + 8, steps=2)
    page.mouse.move(*end, steps=8)
    page.mouse.up()


def test_by_mouse_a_note_is_written_moved_and_taken_back(lab):
    nb = board(lab)
    page, lane = nb.page, "thoughts"
    cell(page, lane, "purchase").locator(".jk-add").click()
    page.keyboard.type("dd aa is it safe?")
    page.keyboard.press("Enter")
    page.keyboard.type(HOSTILE)
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    assert lab.within(5, lambda: by_text(lab, HOSTILE) and by_text(lab, "dd aa is it safe?"))
    made = by_text(lab, "dd aa is it safe?")
    assert (made.lane, made.stage, made.evidence) == (lane, "purchase", "assumed")
    assert page.evaluate(looks.PWNED) is None
    assert page.locator(".jk-board img").count() == 0
    assert len(nb.cells()) == 2, "typing dd and a did nothing to the notebook"

    drag(page, note(page, made.id), cell(page, lane, "advocacy"))
    assert lab.within(5, lambda: cards(lab)[made.id].stage == "advocacy")
    page.get_by_role("button", name="Undo my last change").click()
    assert lab.within(5, lambda: cards(lab)[made.id].stage == "purchase")
    page.get_by_role("button", name="Do it again").click()
    assert lab.within(5, lambda: cards(lab)[made.id].stage == "advocacy")
    assert cell(page, lane, "advocacy").locator(f"[data-id='{made.id}']").count() == 1

    note(page, made.id).dblclick()
    page.keyboard.press("Control+A")
    page.keyboard.type("half a thought")
    nb.reload()
    nb.run_all()
    nb.scroll("board()")
    area = page.locator(".jk-board .jk-note textarea")
    area.wait_for()
    assert area.input_value() == "half a thought", "what was not handed in yet is still in the note"
    area.press("Enter")
    assert lab.within(5, lambda: cards(lab)[made.id].text == "half a thought")
    assert nb.seen.outside == []


def test_no_field_of_the_board_runs_what_is_typed_into_it(lab):
    nb = board(lab)
    page, at = nb.page, nb.page.locator(".jk-board")
    at.get_by_role("button", name="Your name and department").click()
    for field in ("Your name", "Your department"):
        page.get_by_label(field, exact=True).fill(HOSTILE)
        page.keyboard.press("Tab")
    page.get_by_label("Find a note").fill(HOSTILE)
    page.get_by_label("Find a note").fill("")
    first = at.locator(".jk-note").first
    card = first.get_attribute("data-id")
    first.focus()
    page.keyboard.press("o")
    about = page.get_by_role("dialog", name="The note")
    about.wait_for()
    for field in (
        "Owner",
        "Department",
        "Written by",
        "Channel",
        "Source: who said it, where was it counted",
        "Text",
        "A comment",
    ):
        about.get_by_label(field, exact=True).fill(HOSTILE)
        page.keyboard.press("Enter" if field == "A comment" else "Tab")
    assert lab.within(5, lambda: cards(lab)[card].comments)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="+ Stage").click()
    stage = page.get_by_role("dialog", name="The stage")
    for field in ("Name", "What shall be reached here", "Owner"):
        stage.get_by_label(field, exact=True).fill(HOSTILE)
    stage.get_by_role("button", name="Add the stage").click()
    head = page.get_by_role("columnheader", name="<img src=x")
    head.wait_for()
    kept = cards(lab)[card]
    assert (kept.text, kept.owner, kept.channel, kept.comments[0].text) == (HOSTILE,) * 4
    at.get_by_role("button", name="Filter by owner").click()
    assert HOSTILE in page.get_by_label("All owners").locator("option").all_inner_texts()
    for again in (nb.save, nb.run_all):
        again()
        head.wait_for()
        assert page.evaluate(looks.PWNED) is None
        assert page.locator(".jk-board :is(img, script)").count() == 0
    assert nb.seen.outside == []


@pytest.mark.nightly
def test_an_order_within_a_cell_is_kept(lab):
    nb = board(lab)
    page, place = nb.page, cell(nb.page, "thoughts", "advocacy")
    place.locator(".jk-add").click()
    for words in ("one", "two", "three"):
        page.keyboard.type(words)
        page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    place.locator(".jk-note").nth(2).wait_for()
    texts = lambda: place.locator(".jk-text").all_inner_texts()  # noqa: E731
    assert texts() == ["one", "two", "three"]
    last = place.locator(".jk-note").nth(2)
    x, y = middle(last)
    first = place.locator(".jk-note").first.bounding_box()
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 10, steps=2)
    page.mouse.move(first["x"] + 20, first["y"] + 3, steps=8)
    page.mouse.up()
    assert texts() == ["three", "one", "two"]
    in_file = lambda: [  # noqa: E731
        c.text
        for c in sorted(
            open_folder(lab.root).journey("mobile-maya").at("advocacy", "thoughts"),
            key=lambda c: (c.order, c.id),
        )
    ]
    assert lab.within(5, lambda: in_file() == ["three", "one", "two"])


def test_by_keyboard_alone(lab):
    nb = board(lab)
    page = nb.page
    # From the search field, the last thing before the board, Tab leads to one note and not to all.
    page.get_by_label("Find a note").focus()
    stops = 0
    while not page.evaluate("document.activeElement.matches('.jk-note, .jk-lane-row .jk-add')"):
        page.keyboard.press("Tab")
        stops += 1
        assert stops < 40
    focused = lambda key: page.evaluate(f"document.activeElement.dataset.{key} ?? ''")  # noqa: E731
    first = focused("id")
    assert first
    page.keyboard.press("ArrowRight")
    assert focused("id") not in ("", first)
    page.keyboard.press("Home")
    assert focused("id") == first
    page.keyboard.press("Enter")
    page.keyboard.press("Control+A")
    page.keyboard.type("dd written by keys")
    page.keyboard.press("Enter")
    assert lab.within(5, lambda: cards(lab)[first].text == "dd written by keys")
    assert focused("id") == first, "and goes on from there"

    page.keyboard.press("m")
    page.get_by_role("dialog", name="Move the note").wait_for()
    page.keyboard.press("ArrowDown")  # the next stage
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")  # the next lane
    was = cards(lab)[first]
    page.keyboard.press("Enter")
    stages = [stage.id for stage in open_folder(lab.root).workshop().stages]
    moved = lambda: cards(lab)[first]  # noqa: E731
    assert lab.within(5, lambda: stages.index(moved().stage) == stages.index(was.stage) + 1)
    assert moved().lane != was.lane
    assert focused("id") == first

    page.keyboard.press("Alt+ArrowLeft")
    assert lab.within(5, lambda: moved().stage == was.stage)
    page.keyboard.press("Control+z")
    assert lab.within(5, lambda: moved().stage != was.stage)
    page.keyboard.press("Control+y")
    assert lab.within(5, lambda: moved().stage == was.stage)

    page.keyboard.press("o")
    about = page.get_by_role("dialog", name="The note")
    about.wait_for()
    about.get_by_label("measured: the data shows it").check()
    about.get_by_label("Owner", exact=True).fill("Web developer")
    comment = about.get_by_label("A comment")
    comment.fill("ask support, a")
    comment.press("Enter")
    assert lab.within(5, lambda: moved().comments and moved().owner == "Web developer")
    assert moved().evidence == "measured"
    page.keyboard.press("Escape")
    about.wait_for(state="hidden")
    assert focused("id") == first
    page.keyboard.press("Delete")
    assert lab.within(5, lambda: first not in cards(lab))
    page.keyboard.press("Control+z")
    assert lab.within(5, lambda: first in cards(lab))
    assert len(nb.cells()) == 2


@pytest.mark.nightly
def test_by_touch_on_a_phone(lab):
    nb = board(lab, width=390, height=800, touch=True)
    page = nb.page
    assert page.evaluate("matchMedia('(pointer: coarse)').matches")
    box = page.locator(".jk-board").bounding_box()
    assert box["x"] + box["width"] <= 390
    card = cell(page, "goals", "awareness").locator(".jk-note").first
    card.scroll_into_view_if_needed()
    moving = card.get_attribute("data-id")
    target = cell(page, "needs", "awareness")
    grip, to = card.locator(".jk-grip"), target
    finger = page.context.new_cdp_session(page)
    start, end = grip.bounding_box(), to.bounding_box()
    at = [start["x"] + 12, start["y"] + 12]

    def touch(kind: str) -> None:
        points = [] if kind == "touchEnd" else [{"x": at[0], "y": at[1]}]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart")
    for step in range(1, 9):
        at = [
            start["x"] + 12 + (end["x"] + 30 - start["x"]) * step / 8,
            start["y"] + 12 + (end["y"] + 14 - start["y"]) * step / 8,
        ]
        touch("touchMove")
    touch("touchEnd")
    assert lab.within(5, lambda: cards(lab)[moving].lane == "needs")
    target.locator(".jk-add").tap()
    page.keyboard.type("by thumb")
    page.keyboard.press("Enter")
    assert lab.within(5, lambda: by_text(lab, "by thumb"))


@pytest.mark.nightly
def test_the_curve_is_drawn_by_mouse_and_by_keys(lab):
    skip_in(lab.root, "mobile-maya")
    nb = board(lab, "w.ux.ask_emotions()")
    page = nb.page
    handle = page.get_by_role("slider", name="What they feel, Purchase")
    feels = lambda: round(open_folder(lab.root).journey("mobile-maya").emotions()["purchase"], 1)  # noqa: E731
    assert page.locator(".jk-diamond:visible").count() == 0, "the team guesses first"
    x, y = middle(handle)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 60, steps=6)
    page.mouse.up()
    shown = float(handle.get_attribute("aria-valuenow"))
    assert shown < 0
    assert lab.within(5, lambda: feels() == shown)
    handle.focus()
    for _ in range(3):
        page.keyboard.press("ArrowUp")
    page.keyboard.press("PageUp")
    wanted = round(min(2, shown + 0.8), 1)
    assert lab.within(5, lambda: feels() == wanted)
    assert str(wanted).replace("-", "−") in handle.get_attribute("aria-valuetext")
    page.get_by_role("button", name="Show data").click()
    assert page.locator(".jk-diamond:visible").count() == 5
    assert "n 259" in page.locator(".jk-told").nth(2).inner_text()


def test_reload_rerun_and_a_new_kernel_lose_nothing(lab):
    nb = board(lab)
    page = nb.page
    page.get_by_role("button", name="Your name and department").click()
    page.get_by_label("Your name", exact=True).fill("Nadia")
    page.get_by_label("Your department", exact=True).fill("legal")
    cell(page, "goals", "advocacy").locator(".jk-add").click()
    page.keyboard.type("stay out of court")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    assert lab.within(5, lambda: by_text(lab, "stay out of court"))
    made = by_text(lab, "stay out of court")
    assert (made.author, made.department) == ("Nadia", "legal")
    for again in ("rerun", "reload", "restart"):
        if again == "reload":
            nb.save()
            nb.reload()
        elif again == "restart":
            nb.restart()
        nb.run_all()
        nb.scroll("board()")
        note(page, made.id).wait_for()
        assert note(page, made.id).locator(".jk-author").inner_text() == "Nadia, legal", again
        assert (
            page.get_by_role("button", name="Your name and department").inner_text()
            == "✎ Nadia, legal"
        )
    page.get_by_role("button", name="Filter by owner").click()
    page.get_by_label("All departments").select_option("legal")
    assert page.locator(".jk-note:visible").count() == 1
    page.get_by_role("button", name="Take the filter away").click()
    page.get_by_role("button", name="A row for each department").click()
    rows = page.locator(".jk-lane-row", has=page.locator(".jk-which", has_text="legal"))
    assert rows.count() == 1
    assert rows.locator(".jk-note").count() == 1


def test_an_answer_that_the_kernel_never_heard_is_sent_to_the_next_one(lab):
    nb = board(lab)
    page = nb.page
    page.evaluate(BACK)
    kill = nb.freeze()
    cell(page, "goals", "advocacy").locator(".jk-add").click()
    page.keyboard.type("said to nobody")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.get_by_text("said to nobody").first.wait_for()
    kill()
    page.wait_for_function("window.back")
    nb.run_all()
    assert lab.within(10, lambda: by_text(lab, "said to nobody"))
    assert sum(card.text == "said to nobody" for card in cards(lab).values()) == 1


@pytest.mark.nightly
def test_the_map_to_be_beside_the_map_as_it_is(lab):
    nb = board(lab, "w.test.ask_to_be()", width=1600)
    page = nb.page
    then = page.locator("[data-doc='journeys/mobile-maya-to-be']")
    assert then.count() == len(cards(lab, "mobile-maya-to-be"))
    assert page.locator(".jk-change", has_text="+ added").count() > 0
    kept = then.and_(page.locator("[data-id='taps-a-post']"))
    kept.scroll_into_view_if_needed()
    kept.focus()
    page.keyboard.press("Delete")
    assert lab.within(5, lambda: "taps-a-post" not in cards(lab, "mobile-maya-to-be"))
    gone = note(page, "taps-a-post")
    gone.locator(".jk-change", has_text="− removed").wait_for()
    gone.focus()
    page.keyboard.press("o")
    page.get_by_role("button", name="Bring it back").click()
    assert lab.within(5, lambda: "taps-a-post" in cards(lab, "mobile-maya-to-be"))
    assert "taps-a-post" in cards(lab)


@pytest.mark.nightly
def test_a_map_to_be_is_started_and_a_stage_added(lab):
    skip_in(lab.root, "loyal-lena")
    nb = board(lab, "w2 = jk.open_workshop(persona='loyal-lena')\nw2.start.board()")
    page = nb.page
    page.get_by_role("button", name="Copy the map as it is").click()
    assert lab.within(5, lambda: open_folder(lab.root).journey_of("loyal-lena", "to-be"))
    page.locator("[data-map=to_be] .jk-note").first.wait_for()
    page.get_by_role("button", name="+ Stage").click()
    stage = page.get_by_role("dialog", name="The stage")
    stage.get_by_label("Name").fill("The gift")
    stage.get_by_label("Place").select_option(label="before “Advocacy”")
    stage.get_by_role("button", name="Add the stage").click()
    page.get_by_role("columnheader", name="The gift").wait_for()
    names = lambda: [s.name for s in open_folder(lab.root).workshop().stages]  # noqa: E731
    assert lab.within(5, lambda: names()[-2:] == ["The gift", "Advocacy"])
    columns = page.locator(".jk-heads b").all_inner_texts()
    assert columns == names()
    page.get_by_text("The stages have changed").first.wait_for()
    page.get_by_role("button", name="Change the stage Purchase").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove the stage").click()
    page.get_by_text("✗ Not done: ").wait_for()
    assert "Purchase" in names()


def test_what_is_taken_home_is_saved_from_the_board(lab, axe, pictures):
    nb = board(lab)
    nb.page.get_by_role("button", name="Take home").click()
    nb.page.get_by_role("button", name="Save: Text (Markdown)").click()
    nb.page.locator(".jk-exported", has_text="take-home").wait_for()
    (made,) = (lab.root / "take-home").glob("*.md")
    told = made.read_text("utf-8")
    assert all(card.text.split("\n")[0][:12] in told for card in cards(lab).values())
    assert axe(nb.page, ".jk-board") == []
    pictures(nb, "take-home", ".jk-tools")


BOARDS = {
    "board": "w.start.board()",
    "to-be": "w.test.ask_to_be()",
    "emotions": "w.ux.ask_emotions()",
    "pains": "w.weak_spots.ask_pains()",
}


def test_each_board_can_be_read_by_everybody_in_the_light_and_in_the_dark(lab, axe, pictures):
    nb = lab.open(lab.write("boards.ipynb", OPEN, *BOARDS.values()))
    page = nb.page
    nb.only_notebook()
    nb.run_all()
    marked = """([call, name]) => jupyterapp.shell.currentWidget.content.widgets
      .find((cell) => cell.model.sharedModel.source === call).node.querySelector('.jk-board').classList.add(name)"""
    for name, call in BOARDS.items():
        nb.scroll(call)
        page.wait_for_timeout(300)
        page.evaluate(marked, [call, f"at-{name}"])
    page.locator(".at-emotions").get_by_role("button", name="Show data").click()
    for theme in ("Light", "Dark"):
        nb.theme(theme)
        for name, call in BOARDS.items():
            nb.scroll(call)
            page.wait_for_timeout(300)
            assert axe(page, f".at-{name}") == [], (theme, name)
            found = page.evaluate(
                looks.CONTRASTS, f".at-{name} :is(.jk-text, small, span, b, button, input, h3)"
            )
            assert found[0][0] >= 4.5, (theme, name, found[:3])
    taken = {name: pictures(nb, name, f".at-{name}") for name in BOARDS}
    assert [len(four) for four in taken.values()] == [4] * len(BOARDS)
    light, dark, phone, _ = taken["board"]
    picture(light, "board")
    picture(dark, "board-dark")
    picture(phone, "board-phone")
    picture(taken["to-be"][1], "to-be-dark")
    picture(taken["emotions"][0], "emotions")
    assert nb.seen.outside == []


def test_on_the_projector_it_can_be_read_from_the_last_row(lab):
    nb = board(lab, width=1920, height=1080)
    page = nb.page
    page.get_by_role("button", name="Full screen, with large").click()
    page.wait_for_function("document.querySelector('.jk-board').classList.contains('jk-full')")
    size = page.evaluate(
        "parseFloat(getComputedStyle(document.querySelector('.jk-board .jk-text')).fontSize)"
    )
    assert size >= 18
    picture(page, "board-projector")
    page.get_by_role("button", name="Zoom so that everything").click()
    fits = page.evaluate("""() => { const s = document.querySelector('.jk-board .jk-scroller');
      return [s.scrollHeight - s.clientHeight, s.scrollWidth - s.clientWidth]; }""")
    assert max(fits) <= 2
    page.get_by_role("button", name="Full screen, with large").click()
    page.wait_for_function("!document.querySelector('.jk-board').classList.contains('jk-full')")


@pytest.mark.nightly
def test_two_hundred_notes(lab, record_property):
    folder = open_folder(lab.root)
    journey, stages = folder.journey("mobile-maya"), [s.id for s in folder.workshop().stages]
    lanes = ("actions", "touchpoints", "thoughts", "pain-points", "opportunities")
    for n in range(200 - len(journey.cards)):
        journey = journey.add(
            f"Note {n} says something of a usual length",
            stage=stages[n % 5],
            lane=lanes[n // 5 % 5],
        )
    folder.save(journey)
    nb = board(lab)
    page = nb.page
    assert page.locator(".jk-board .jk-note").count() == 200
    first = float(page.locator(".jk-board").get_attribute("data-drawn"))
    times = page.evaluate(
        """async () => {
          const text = document.querySelector('.jk-board input[type=search]'), out = [];
          for (let i = 0; i < 10; i++) {
            const began = performance.now();
            text.value = i % 2 ? '' : 'usual'; text.dispatchEvent(new Event('input'));
            document.querySelector('.jk-grid').getBoundingClientRect();
            out.push(performance.now() - began);
            await new Promise(requestAnimationFrame);
          }
          return out.sort((a, b) => a - b);
        }"""
    )
    record_property("board of 200 notes drawn, ms", first)
    record_property("board of 200 notes filtered, ms, median", times[5])
    print(f"200 notes: drawn in {first} ms, filtered in {times[5]:.1f} ms (median of 10)")
    last = cell(page, "opportunities", "advocacy").locator(".jk-note").last
    moving = last.get_attribute("data-id")
    drag(page, last, cell(page, "opportunities", "post-purchase"))
    assert lab.within(5, lambda: cards(lab)[moving].stage == "post-purchase")


# --- what the browser computes ----------------------------------------------------------------


@pytest.fixture
def computes(visit):
    """Call a function of the board's own script on an empty page."""
    page = visit("about:blank").page
    script = joined(STATIC / "board_state.js")
    page.evaluate(
        """async (script) => {
          window.made = await import(URL.createObjectURL(new Blob([script], { type: 'text/javascript' })));
        }""",
        script,
    )
    return lambda call, *given: page.evaluate(f"(given) => made.{call}(...given)", list(given))


def test_what_is_asked_is_foreseen_as_the_kernel_will_do_it(computes):
    from journeykit.model import Journey, Operation, apply

    journey = Journey(id="maya", name="Maya", persona="maya")
    asked = [
        ("card.add", {"id": "a", "stage": "see", "lane": "actions", "text": "looks"}),
        ("card.add", {"id": "b", "stage": "see", "lane": "actions", "text": "reads"}),
        ("card.add", {"id": "c", "stage": "buy", "lane": "actions", "text": "pays"}),
        ("card.move", {"id": "c", "stage": "see", "lane": "actions", "before": "b"}),
        ("card.change", {"id": "a", "owner": "Nadia", "text": "stares"}),
        ("card.change", {"id": "a", "owner": None}),
        ("card.comment", {"id": "b", "comment": {"id": "d", "text": "why?"}}),
        ("card.comment", {"id": "b", "comment": {"id": "d", "text": "why?"}}),
        ("card.move", {"id": "a", "stage": "buy"}),
        ("card.remove", {"id": "c"}),
        ("card.change", {"id": "c", "text": "too late"}),
    ]
    operations = []
    for kind, data in asked:
        operation = {
            "id": f"o{len(operations)}",
            "kind": kind,
            "doc": "journeys/maya",
            "data": data,
        }
        operations.append(operation)
        if kind != "card.change" or data["id"] != "c":
            journey = apply(journey, Operation.model_validate(operation), Journey)
        seen = computes("foreseen", {}, operations, "journeys/maya")
        assert seen == {card.id: json.loads(json.dumps(card.plain())) for card in journey.cards}


def test_arrows_lead_through_cells_and_stop_at_the_edges(computes):
    rows = [[["a", "b", "+"], ["+"]], [["c", "+"], ["d", "+"]]]
    step = lambda at, key: computes("stepFrom", rows, at, key)  # noqa: E731
    assert step([0, 0, 0], "ArrowDown") == [0, 0, 1]
    assert step([0, 0, 2], "ArrowDown") == [1, 0, 0]
    assert step([1, 1, 0], "ArrowUp") == [0, 1, 0]
    assert step([0, 0, 1], "ArrowRight") == [0, 1, 0]
    assert step([0, 0, 0], "ArrowLeft") is None
    assert step([1, 1, 1], "ArrowDown") is None
    assert step([1, 1, 1], "Home") == [1, 0, 0]


def test_a_filter_looks_everywhere_on_a_note(computes):
    card = {
        "text": "Pays by card",
        "owner": "Nadia",
        "department": "sales",
        "comments": [{"id": "c", "text": "Really fast?"}],
    }
    passes = lambda **filter: computes("passes", card, filter)  # noqa: E731
    assert passes()
    assert passes(text="really PAYS")
    assert not passes(text="slow")
    assert passes(owner="Nadia", department="sales")
    assert not passes(department="support")


def test_the_curve_never_swings_past_a_point(computes):
    path = computes("smooth", [[0, 50], [10, 10], [20, 10], [30, 90]])
    numbers = [float(part) for part in path.replace("M", " ").replace("C", " ").split()]
    assert min(numbers[1::2]) >= 10
    assert max(numbers[1::2]) <= 90
    assert computes("smooth", [[1, 2]]) == ""


def test_an_id_can_be_read_in_the_file(computes):
    first, second = (computes("namedId", "Größe & Café: 2 Wege!") for _ in range(2))
    assert first.startswith("grosse-cafe-2-wege-")
    assert first != second
    assert computes("namedId", "日本").startswith("note-")


PLACES = """() => [document.querySelector('.jk-scroller').scrollTop,
  document.querySelector('.jp-WindowedPanel-outer').scrollTop]"""


@pytest.mark.nightly
def test_who_scrolls_past_is_not_caught_in_the_board(lab: Any) -> None:
    nb = lab.open(
        lab.write("board.ipynb", OPEN, "w.start.board()", "w.start.map()"), width=1366, height=768
    )
    nb.run_all()
    nb.scroll("w.start.board()")
    page, board = nb.page, nb.page.locator(".jk-scroller")
    board.hover(position={"x": 300, "y": 60})
    inside, before = page.evaluate(PLACES)
    page.mouse.wheel(0, 300)
    assert lab.within(5, lambda: page.evaluate(PLACES)[1] > before)
    assert page.evaluate(PLACES)[0] == inside == 0
    cell(page, "goals", "advocacy").click(position={"x": 60, "y": 90})  # now somebody is in it
    page.wait_for_timeout(1000)  # a wheel that goes on keeps moving what it moved
    page.mouse.wheel(0, 200)
    assert lab.within(5, lambda: page.evaluate(PLACES)[0] > 0)
