"""Phones in a room, as people have them: Chromium at 390 px; and its host at a notebook."""

from __future__ import annotations

import re
import secrets
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from journeykit import words
from journeykit.phases.asking import FORMS
from journeykit.phases.guessed import GUESSES
from journeykit.phases.phase import Phase
from journeykit.phases.ux import HEURISTICS, UxAnalysis
from journeykit.phases.weak import WeakSpots
from journeykit.room.hall import DECLARED
from journeykit.store import write_atomic
from journeykit.widgets.joined import STATIC
from journeykit.widgets.room import ask_room
from tests.room import conftest as shared
from tests.room.conftest import Room

pytestmark = [pytest.mark.all, pytest.mark.browser]

HOSTILE = (
    "<img src=x onerror=\"window.pwned='img'\"><script>window.pwned='tag'</script> “so” {{ 7*7 }}"
)
OPEN = "import journeykit as jk\nw = jk.open_workshop(persona='mobile-maya')"
FITS = "() => document.documentElement.scrollWidth <= innerWidth + 1"
PHONE = Path(words.__file__).parents[1] / "room/static"
SCRIPTS = "common gather gather_result beliefs walk sheet".split()
Phone = Callable[..., Any]


room = shared.room


@pytest.fixture
def phone(room: Room, visit: Any) -> Phone:
    """Open the room on a phone; nothing of it comes from elsewhere, and nothing complains."""

    def go(**how: Any) -> Any:
        seen = visit(room.do()["url"], **{"width": 390, "height": 844, "touch": True, **how})
        seen.page.set_default_timeout(20_000)
        return seen

    return go


def write(page: Any, text: str) -> None:
    page.locator(".jk-draft").fill(text)
    page.keyboard.press("Enter")
    page.locator(".jk-status").get_by_text("✓").wait_for()


def reveal(room: Room) -> None:
    time.sleep(0.5)
    now = room.do()["now"]
    op = {
        "id": secrets.token_hex(6),
        "kind": "reveal",
        "doc": now["doc"],
        "data": {"number": now["reveals"] + 1},
    }
    assert room.do(ops=[op])["refused"] == ""


def step(room: Room, to: str) -> None:
    op = {"id": to, "kind": "set", "doc": room.do()["now"]["doc"], "data": {"step": to}}
    assert room.do(ops=[op])["refused"] == ""


def test_notes_dots_and_guesses_at_a_phone(room: Room, phone: Phone) -> None:
    ann, ben = phone(), phone()
    ann.page.locator(".map img").wait_for()
    room.begin("hurts")
    write(ann.page, HOSTILE)
    write(ben.page, "Nobody answers")
    assert "Nobody answers" not in ann.page.content()
    reveal(room)
    ann.page.get_by_text("Nobody answers").wait_for()
    ben.page.get_by_text("window.pwned='tag'").wait_for()
    assert not ann.page.locator(".jk-lead:visible, .jk-steps:visible, .jk-pick:visible").count()
    step(room, "vote")
    ann.page.get_by_role("button", name="Give a dot to Nobody answers").click()
    ann.page.get_by_text("You have 4 of 5 dots left").wait_for()
    step(room, "result")
    ben.page.locator(".jk-ranking tr b").first.get_by_text("Nobody answers").wait_for()
    room.begin("lost")
    field = ann.page.locator("input[type=number]").first
    field.fill("40")
    field.press("Tab")
    ann.page.locator(".jk-status").get_by_text("✓").wait_for()
    reveal(room)
    ann.page.locator(".jk-truth").first.wait_for()
    for each in (ann, ben):
        assert each.page.evaluate("window.pwned") is None
        assert (each.outside, each.problems) == ([], [])


def test_a_phone_comes_back_where_it_was(room: Room, phone: Phone) -> None:
    room.begin("hurts")
    ann = phone()
    write(ann.page, "First")
    name = ann.page.locator("#name").inner_text()
    ann.page.locator(".jk-draft").fill("half a thou")
    room.kill()
    ann.page.get_by_text("Not connected").wait_for()
    ann.page.locator(".jk-draft").fill("while it was away")
    ann.page.keyboard.press("Enter")
    ann.page.locator(".jk-draft").fill("half a thou")
    room.start()
    ann.page.locator(".jk-status").get_by_text("✓").wait_for()
    assert ann.page.locator(".jk-draft").input_value() == "half a thou"
    time.sleep(0.5)
    assert room.do()["now"]["hidden"] == [[name.removeprefix("You are "), 2]]
    ann.page.reload()
    ann.page.locator(".jk-draft").wait_for()
    assert ann.page.locator("#name").inner_text() == name
    assert ann.page.locator(".jk-draft").input_value() == "half a thou"
    assert ann.page.locator(".jk-mine li").count() == 2
    write(ann.page, "Third")
    room.end()
    assert len([*(room.root / "records/notes").glob("*.yaml")]) == 3


def test_who_has_no_code_is_asked_for_it(room: Room, visit: Any) -> None:
    seen = visit(room.url(), width=390, height=844)
    field = seen.page.get_by_label("The code on the wall")
    field.fill("aaaaaaaa")
    seen.page.get_by_role("button", name="Join").click()
    seen.page.get_by_text("not the one of this room").wait_for()
    seen.page.get_by_label("The code on the wall").fill(room.kept["code"].lower())
    seen.page.get_by_role("button", name="Join").click()
    seen.page.locator(".map").wait_for()


@pytest.mark.parametrize(
    ("locale", "add"), [("de-AT", "Hinzufügen"), ("ar", "إضافة"), ("nl", "Add")]
)
def test_a_phone_speaks_the_language_of_its_browser(
    room: Room, chromium: Any, locale: str, add: str
) -> None:
    room.begin("hurts")
    context = chromium.new_context(viewport={"width": 390, "height": 844}, locale=locale)
    page = context.new_page()
    page.goto(room.do()["url"])
    page.get_by_role("button", name=add).wait_for()
    assert page.evaluate("document.documentElement.dir") == (
        "rtl" if locale == "ar" else "ltr" if locale == "de-AT" else ""
    )
    assert page.evaluate(FITS)
    context.close()


@pytest.mark.parametrize(
    ("locale", "rule", "felt", "decided"),
    [
        ("de", "Es bewahrt vor Fehlern", "von -2 (wütend) bis 2", "Was wir beschlossen haben"),
        ("ar", "يقي الناس من الأخطاء", "«Purchase»", "ما قرّرناه"),
    ],
)
def test_what_the_kit_asks_is_asked_in_the_language_of_the_phone(
    room: Room, chromium: Any, locale: str, rule: str, felt: str, decided: str
) -> None:
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, locale=locale, color_scheme="dark"
    )
    page = context.new_page()
    page.goto(room.do()["url"])
    for activity, shown in [("heuristics", rule), ("stages", felt), ("decided", decided)]:
        room.begin(activity)
        page.get_by_text(shown).first.wait_for()
        assert page.evaluate(FITS), activity
    context.close()


def test_what_the_wifi_drops_is_asked_for_again(room: Room, chromium: Any) -> None:
    context = chromium.new_context(locale="ar")
    page, dropped = context.new_page(), set[str]()

    def drop(route: Any) -> None:
        first = route.request.url not in dropped
        dropped.add(route.request.url)
        route.abort() if first else route.continue_()

    page.route(re.compile(r"/(ar\.toml|sheet\.js)$"), drop)
    room.begin("heuristics")
    page.goto(room.do()["url"])
    page.get_by_text("يقي الناس من الأخطاء").first.wait_for()
    assert len(dropped) == 2
    context.close()


def test_the_last_page_can_be_kept_when_the_session_is_over(
    room: Room, phone: Phone, axe: Any, tmp_path: Path
) -> None:
    write_atomic(
        room.root / "records/decisions/d1.yaml",
        "text: '<b onclick=pwn()>Returns</b> are free'\nowner: Lea\nauthor: Secret\ndue: 2027-01-15\n",
    )
    ann = phone()
    ann.page.locator(".map img").wait_for()
    room.do(close=True)
    ann.page.get_by_text("<b onclick=pwn()>Returns</b> are free").wait_for()
    ann.page.get_by_text("Lea · by January 15, 2027").wait_for()
    ann.page.get_by_text("The session is over.").wait_for()
    assert room.process
    room.process.wait(60)
    time.sleep(1)
    assert not ann.page.get_by_text("Not connected").count()
    assert axe(ann.page, "body") == []
    with ann.page.expect_download() as kept:
        ann.page.get_by_role("button", name="Keep this page").click()
    kept.value.save_as(tmp_path / "kept.html")
    told = (tmp_path / "kept.html").read_text("utf-8")
    assert "&lt;b onclick=pwn()&gt;Returns&lt;/b&gt; are free" in told
    assert "Secret" not in told + ann.page.content()
    assert (ann.outside, ann.problems) == ([], [])


def test_who_wants_no_name_presses_a_button(room: Room, phone: Phone, axe: Any) -> None:
    room.begin("hurts")
    ann = phone()
    write(ann.page, "First")
    ann.page.get_by_role("button", name="Without a name").click()
    ann.page.get_by_text("You have no name here").wait_for()
    assert not ann.page.get_by_role("button", name="Without a name").count()
    assert ann.page.locator(".jk-mine li").count() == 1
    write(ann.page, "Second")
    assert axe(ann.page, "body") == []
    hidden = {}
    for _ in range(100):  # the sign of the first note still stands
        if len(hidden := dict(room.do()["now"]["hidden"])) == 2:
            break
        time.sleep(0.1)
    assert hidden.pop("Somebody") == 1, "what stood before has the name that it had"
    assert [*hidden.values()] == [1]


def test_the_way_in_is_read_from_the_last_row(room: Room, visit: Any) -> None:
    room.do(network=room.do()["addresses"][0])
    host = visit(f"{room.url('/host.html')}#{room.kept['key']}", width=1920, height=1080)
    host.page.locator(".jk-in").get_by_role("button", name="Full screen").click()
    host.page.wait_for_function("document.fullscreenElement !== null")
    qr = host.page.locator(".jk-qr").bounding_box()
    assert qr
    assert qr["width"] == qr["height"] >= 0.8 * 1080  # of a picture 1.1 m high that is 88 cm
    assert (
        host.page.locator(".jk-code").evaluate("e => parseFloat(getComputedStyle(e).fontSize)") > 80
    )


def test_every_language_has_every_label() -> None:
    folder = Path(words.__file__).parent / "phones"
    told = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in folder.glob("*.toml")}
    assert {*told} == {"en", "de", "fr", "es", "pt", "ar"}
    for language, labels in told.items():
        assert labels.keys() == told["en"].keys(), language
        assert all(isinstance(each, str) and each for each in labels.values()), language


def test_every_label_of_a_phone_is_in_the_files_of_languages() -> None:
    told = tomllib.loads((Path(words.__file__).parent / "phones/en.toml").read_text("utf-8"))
    scripts = [PHONE / "phone.js", PHONE / "kept.js", *(STATIC / f"{name}.js" for name in SCRIPTS)]
    labels = {
        label
        for path in scripts
        for label in re.findall(
            r'\bt\((?:[^()"]*(?:\(\w*\))?[^()"]*\? )?"((?:[^"\\]|\\.)+)"', path.read_text("utf-8")
        )
    }
    assert len(labels) > 60
    assert labels - {*told} == set()


def test_what_the_kit_asks_is_in_the_files_of_languages() -> None:
    told = tomllib.loads((Path(words.__file__).parent / "phones/en.toml").read_text("utf-8"))
    topics = {each.topic for each in (Phase, *Phase.__subclasses__(), UxAnalysis, WeakSpots)}
    asked = {each["with"].get("topic") for each in DECLARED["activities"].values() if each["ask"]}
    guessed = {each["topic"] for each in GUESSES.values()}
    forms = {FORMS[kind]["title"] for kind in ("heuristics", "blind-reviews")}
    assert topics | guessed | forms | {*HEURISTICS.values()} | asked - {None} <= {*told}


def test_a_walk_and_a_review_at_a_phone(room: Room, phone: Phone) -> None:
    room.begin("walk")
    ann = phone()
    ann.page.get_by_role("button", name="Start walking").click()
    ann.page.get_by_role("button", name="✓ Seen").click()
    ann.page.get_by_label("What did you find?").fill("The way back is hidden")
    assert not ann.page.get_by_text("Put it on the map").count()
    ann.page.get_by_role("button", name="Next step").click()
    ann.page.locator(".jk-status").get_by_text("✓").wait_for()
    room.begin("heuristics")
    there = ann.page.get_by_role("group", name="There is a way back and a way out")
    there.get_by_label("2").check()
    ann.page.locator(".jk-status").get_by_text("✓").wait_for()
    ann.page.reload()
    assert there.get_by_label("2").is_checked()
    room.end()
    (walk,) = (
        path.read_text("utf-8")
        for path in (room.root / "records/walks").glob("*.yaml")
        if "The way back is hidden" in path.read_text("utf-8")
    )
    assert "seen: true" in walk
    (review,) = (room.root / "records/heuristics").glob("p*.yaml")
    assert "control: 2" in review.read_text("utf-8")
    assert (ann.outside, ann.problems) == ([], [])


def test_what_a_room_is_asked_can_be_printed(room: Room, visit: Any) -> None:
    host = visit(f"{room.url('/host.html')}#{room.kept['key']}", width=1280)
    room.begin("lost")
    with host.context.expect_page() as opened:
        host.page.get_by_role("link", name="On paper").click()
    opened.value.get_by_text("Of 100 who “visit”").wait_for()
    assert opened.value.locator("td").count() >= 16


@pytest.mark.parametrize("dark", [False, True])
def test_a_phone_is_for_everybody(room: Room, phone: Phone, axe: Any, dark: bool) -> None:
    ann = phone(dark=dark)
    ann.page.locator(".map img").wait_for()
    assert axe(ann.page, "body") == []
    for activity, shown in [
        ("hurts", ".jk-draft"),
        ("lost", ".jk-question"),
        ("heuristics", ".jk-grades"),
        ("walk", ".jk-walk"),
    ]:
        room.begin(activity)
        ann.page.locator(shown).first.wait_for()
        assert axe(ann.page, "body") == [], activity
        ann.page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert ann.page.evaluate(FITS), activity
        ann.page.evaluate("document.documentElement.style.fontSize = ''")
    room.begin("hurts")
    write(ann.page, "It is slow")
    reveal(room)
    step(room, "vote")
    ann.page.locator(".jk-votes").first.wait_for()
    assert axe(ann.page, "body") == []


def test_its_host_holds_it_from_a_page(room: Room, phone: Phone, visit: Any, axe: Any) -> None:
    host = visit(f"{room.url('/host.html')}#{room.kept['key']}", width=1280)
    ann = phone()
    # No phone could come by a picture of this machine alone: it says what to press instead.
    host.page.get_by_text("Only this computer reaches it.").wait_for()
    hidden = (".jk-qr", ".jk-code", ".jk-url", "label", ".jk-in button:has-text('Full screen')")
    for each in hidden:
        assert not host.page.locator(f".jk-in {each}:visible").count(), each
    assert axe(host.page, "body") == []
    with host.context.expect_page() as tried:
        host.page.get_by_role("link", name="Join in a tab of this computer").click()
    tried.value.locator(".map img").wait_for()
    tried.value.close()
    host.page.get_by_role("button", name=re.compile("^Open to (this|the) network")).first.click()
    host.page.get_by_text(room.kept["code"]).wait_for()
    assert host.page.locator(".jk-qr").is_visible()
    assert (
        host.page.locator(".jk-url").inner_text()
        == f"http://{room.kept['network']}:{room.kept['port']}/"
    )
    host.page.locator(".jk-in select:focus").wait_for()
    host.page.get_by_label("Open to").select_option("")
    host.page.get_by_text("Only this computer reaches it.").wait_for()
    host.page.get_by_label("Activity").select_option("hurts")
    host.page.get_by_role("button", name="Begin").click()
    write(ann.page, "It is slow")
    host.page.get_by_role("button", name="Reveal 1 note").click()
    host.page.get_by_role("button", name="Reveal now").click()
    ann.page.locator(".jk-items").get_by_text("It is slow").wait_for()
    host.page.get_by_role("button", name="Vote", exact=True).click()
    ann.page.locator(".jk-votes").wait_for()
    assert axe(host.page, "body") == []
    host.page.get_by_label("Activity").select_option("ideas")
    host.page.get_by_role("button", name="Begin").click()
    ann.page.get_by_role("heading", name="What could we try?").wait_for()
    write(ann.page, "A size guide")
    write(ann.page, "Free returns")
    host.page.get_by_role("button", name="Show the map").click()
    ann.page.locator(".map").wait_for()
    # Nobody closes it without being told what nobody has seen.
    host.page.get_by_role("button", name="Close the room").click()
    waits = host.page.get_by_text("Not revealed yet: 2 notes in “What could we try?”.")
    waits.wait_for()
    assert axe(host.page, "body") == []
    host.page.get_by_role("button", name="Not yet").last.click()
    host.page.get_by_label("Activity").select_option("ideas")
    host.page.get_by_role("button", name="Begin").click()
    host.page.get_by_role("button", name="Reveal 2 notes").click()
    host.page.get_by_role("button", name="Reveal now").click()
    ann.page.locator(".jk-items").get_by_text("Free returns").wait_for()
    host.page.get_by_role("button", name="Close the room").click()
    host.page.get_by_text("Not revealed yet").wait_for(state="hidden")
    host.page.get_by_role("button", name="Close now").click()
    host.page.get_by_role("button", name="Open a room").wait_for()
    assert room.process
    room.process.wait(10)
    assert (host.outside, ann.outside) == ([], [])


def test_the_first_key_comes_soon_on_a_slow_phone(room: Room, visit: Any) -> None:
    """Measure from opening the address to the first key; `pytest -s` shows it."""
    room.begin("hurts")
    seen = visit("about:blank", width=390, height=844, touch=True)
    seen.context.new_cdp_session(seen.page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
    began = time.monotonic()
    seen.page.goto(room.do()["url"])
    seen.page.locator(".jk-draft").click()
    seen.page.keyboard.type("I")
    print(f"from the address to the first key: {time.monotonic() - began:.2f} s, slowed four times")
    assert seen.page.locator(".jk-draft").input_value() == "I"


@pytest.mark.xdist_group("lab")
def test_a_notebook_opens_a_room_that_outlives_its_kernel(lab: Any, visit: Any) -> None:
    nb = lab.open(
        lab.write(
            "room.ipynb",
            "import journeykit as jk\nw = jk.open_workshop(persona='mobile-maya')",
            "w.start.room()",
        )
    )
    nb.run_all()
    root = lab.root.resolve()
    try:
        at = nb.page.locator(".jk-room")
        at.get_by_role("button", name="Open a room").click()
        at.locator(".jk-alone:visible").wait_for()
        told = ask_room(root, {})
        assert at.locator(".jk-code").text_content() == told["code"]
        ann = visit(told["url"], width=390, height=844)
        ann.page.locator(".map").wait_for()
        at.get_by_role("button", name="Begin").click()
        write(ann.page, "It is slow")
        nb.restart()
        write(ann.page, "The kernel is gone")
        nb.run_all()
        at.get_by_role("button", name="Reveal 2 notes").click()
        at.get_by_role("button", name="Reveal now").click()
        ann.page.locator(".jk-items").get_by_text("The kernel is gone").wait_for()
    finally:
        ask_room(root, {"close": True})


def test_a_note_written_while_a_phone_slept_is_kept_and_sent_though_it_is_over(
    room: Room, phone: Phone, axe: Any
) -> None:
    room.begin("hurts")
    ann = phone()
    page = ann.page
    write(page, "First")
    room.kill()
    page.get_by_text("Not connected").wait_for()
    page.locator(".jk-draft").fill("while it slept")
    page.keyboard.press("Enter")
    page.locator(".jk-draft").fill("half a thou")
    page.goto("about:blank")
    room.start()
    reveal(room)
    room.begin("lost")
    page.goto(room.do()["url"])
    page.locator(".jk-question").first.wait_for()
    kept = page.locator("#kept")
    kept.locator("li").get_by_text("half a thou").wait_for()
    page.wait_for_function("document.querySelectorAll('#kept li').length === 1")  # one was taken
    assert page.locator(".jk-status").inner_text() == "Not all is saved: see below."
    assert axe(page, "body") == []
    assert page.evaluate(FITS)
    room.begin("hurts")
    page.wait_for_function("document.getElementById('kept').hidden")
    time.sleep(0.5)
    assert sum(n for _, n in room.do()["now"]["hidden"]) == 1
    # A room that was killed since knows the earlier activity no more: the text stays to be copied.
    page.goto("about:blank")
    page.goto(room.url("/phone.css"))
    doc, own = room.do()["now"]["doc"], "localStorage.getItem('journeykit:room')"
    page.evaluate(
        f"""doc => localStorage.setItem(`journeykit:outbox:${{JSON.parse({own}).workshop}}:gather:${{doc}}`,
        JSON.stringify(['n8', 'n9'].map((id) => ({{ id, kind: 'set', doc: `records/notes/${{id}}`,
        by: '', data: {{ text: id === 'n8' ? 'late' : 'x'.repeat(9000) }} }}))))""",
        doc,
    )
    room.begin("lost")
    room.kill()
    room.start()
    page.goto(room.do()["url"])
    page.locator(".jk-question").first.wait_for()
    time.sleep(0.5)
    shown = [each[:11] for each in kept.locator("li").all_inner_texts()]
    assert shown == ["late", "x" * 11, "half a thou"]
    room.begin("hurts")
    kept.get_by_text("This is too long.").wait_for()
    assert kept.locator("li").count() == 1
    time.sleep(0.5)
    assert sum(n for _, n in room.do()["now"]["hidden"]) == 2
    assert page.locator(".jk-draft").input_value() == "half a thou"
    page.once("dialog", lambda asked: asked.accept())
    kept.get_by_role("button", name="Remove them").click()
    page.locator(".jk-status").get_by_text("✓ Saved").wait_for()
    assert (ann.outside, ann.problems) == ([], [])
