"""Canvas, clock and walk as a person uses them: by mouse, keyboard and finger, in a real JupyterLab."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
import runpy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ruamel.yaml import YAML

from journeykit.store import open_folder
from journeykit.widgets.joined import STATIC, joined
from tests.pictures import picture

pytestmark = [pytest.mark.all, pytest.mark.browser, pytest.mark.xdist_group("lab")]

looks = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("looks.py"))))
OPEN = "import journeykit as jk\nw = jk.open_workshop(persona='mobile-maya')"
SOON = (
    30  # seconds at most until what was acknowledged is in the YAML, on a machine with much to do
)
HOSTILE = "<img src=x onerror=\"window.pwned='yes'\"> & {{ 7*7 }}"
FITS = "(selector) => [...document.querySelectorAll(selector)].every(el => el.scrollWidth <= el.clientWidth + 1)"
PASTE = """([selector, text]) => {
  const data = new DataTransfer();
  data.setData('text/plain', text);
  const how = {clipboardData: data, bubbles: true, cancelable: true};
  document.querySelector(selector).dispatchEvent(new ClipboardEvent('paste', how));
}"""


def canvas_of(root: Path) -> dict[str, Any]:
    kept = YAML(typ="safe", pure=True).load(
        (root / "personas" / "mobile-maya.yaml").read_text("utf-8")
    )
    return {**kept["canvas"], "quote": kept["quote"]}


def shown(page: Any, field: str) -> list[str]:
    areas = page.locator(f".jk-canvas [data-field={field}] textarea")
    return [areas.nth(place).input_value() for place in range(areas.count())]


def opened(lab: Any, cell: str, selector: str, **how: Any) -> Any:
    name = lab.write(f"{re.sub(r'[^a-z]', '', cell)}.ipynb", OPEN, cell)
    nb = lab.open(name, **how)
    nb.run_all()
    nb.only_notebook()
    nb.page.locator(selector).first.wait_for()
    return nb


# --- the canvas ---------------------------------------------------------------------------------


def test_what_is_written_on_the_canvas_is_in_the_file_and_comes_back(lab: Any) -> None:
    nb = opened(lab, "w.objectives.ask_persona()", ".jk-canvas")
    page, keys = nb.page, nb.page.keyboard
    cells = len(nb.cells())
    page.locator("button[aria-label='Add to What they fear']").click()
    keys.type("dd aa bb xx")  # JupyterLab would delete, add and cut cells
    keys.press("Enter")
    keys.type(HOSTILE)
    keys.press("Enter")
    page.evaluate(
        PASTE, [".jk-canvas [data-field=fears] li:last-child textarea", "- one\n• two\n\n  three "]
    )
    wanted = ["dd aa bb xx", HOSTILE, "one", "two", "three"]
    assert lab.within(SOON, lambda: canvas_of(lab.root)["fears"][3:] == wanted)
    assert page.evaluate("() => document.activeElement.value") == "three"
    assert len(nb.cells()) == cells
    assert page.evaluate(looks.PWNED) is None

    for key in ("name", "tagline"):
        page.locator(f".jk-canvas [data-key={key}]").fill(HOSTILE)
        keys.press("Enter")
    page.locator(".jk-canvas [data-key=quote]").fill("I buy before my stop.")
    keys.press("Enter")
    assert lab.within(SOON, lambda: canvas_of(lab.root)["quote"] == "I buy before my stop.")
    for again in (nb.run_all, nb.reload, nb.restart):
        again()
        nb.run_all()
        page.locator(".jk-canvas").wait_for()
        assert shown(page, "fears")[3:] == wanted
        assert page.locator(".jk-canvas [data-key=quote]").input_value() == "I buy before my stop."
    nb.save()
    stored = json.loads((lab.root / "wobjectivesaskpersona.ipynb").read_text("utf-8"))
    still = str(stored["cells"][1]["outputs"])
    assert "&lt;img src=x" in still
    assert "I buy before my stop." in still
    assert "<img" not in still
    assert page.evaluate(looks.PWNED) is None
    assert nb.seen.outside == []


def test_the_canvas_by_keyboard_alone(lab: Any) -> None:
    nb = opened(lab, "w.objectives.ask_persona()", ".jk-canvas")
    page, keys = nb.page, nb.page.keyboard
    was = canvas_of(lab.root)
    page.locator(".jk-canvas [data-field=goals] textarea").first.focus()
    keys.press("Alt+ArrowDown")
    keys.press("Alt+ArrowDown")
    moved = [*was["goals"][1:], was["goals"][0]]
    assert lab.within(SOON, lambda: canvas_of(lab.root)["goals"] == moved)
    assert page.evaluate("() => document.activeElement.value") == was["goals"][0]
    keys.press("Shift+Tab")  # its handle
    keys.press("ArrowRight")  # into the next field
    assert lab.within(SOON, lambda: canvas_of(lab.root)["triggers"][-1] == was["goals"][0])
    assert lab.within(SOON, lambda: canvas_of(lab.root)["goals"] == moved[:2])
    keys.press("Tab")
    keys.press("Control+a")
    keys.press("Backspace")
    keys.press("Backspace")  # an empty one goes, and the one above is next
    assert lab.within(SOON, lambda: canvas_of(lab.root)["triggers"] == was["triggers"])
    assert page.evaluate("() => document.activeElement.value") == was["triggers"][-1]
    keys.press("Home")
    keys.type("Now: ")
    assert lab.within(
        SOON, lambda: canvas_of(lab.root)["triggers"][-1] == f"Now: {was['triggers'][-1]}"
    )
    page.locator(".jk-canvas button", has_text="Undo").focus()
    keys.press("Enter")
    assert lab.within(SOON, lambda: canvas_of(lab.root)["triggers"] == was["triggers"])
    assert shown(page, "triggers") == was["triggers"]


@pytest.mark.parametrize("touch", [False, True])
def test_an_item_is_dragged_with_a_mouse_or_a_finger(lab: Any, touch: bool) -> None:
    nb = opened(lab, "w.objectives.ask_persona()", ".jk-canvas", touch=touch)
    page = nb.page
    was = canvas_of(lab.root)
    grip = page.locator(".jk-canvas [data-field=goals] .jk-grip").first
    target = page.locator(".jk-canvas [data-field=triggers] li").nth(1)
    grip.scroll_into_view_if_needed()
    start, end = grip.bounding_box(), target.bounding_box()
    here = (start["x"] + 5, start["y"] + 5)
    there = (end["x"] + 30, end["y"] + 4)
    if touch:
        finger = page.context.new_cdp_session(page)
        for kind, points in (("touchStart", [here]), ("touchMove", [there]), ("touchEnd", [])):
            points = [{"x": x, "y": y} for x, y in points]
            finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    else:
        page.mouse.move(*here)
        page.mouse.down()
        page.mouse.move(*there, steps=6)
        page.mouse.up()
    wanted = [was["triggers"][0], was["goals"][0], *was["triggers"][1:]]
    assert lab.within(SOON, lambda: canvas_of(lab.root)["triggers"] == wanted)
    assert lab.within(SOON, lambda: canvas_of(lab.root)["goals"] == was["goals"][1:])
    assert shown(page, "triggers") == wanted


@pytest.mark.nightly
def test_two_browsers_write_on_one_canvas_and_nobody_is_disturbed(lab: Any) -> None:
    one = opened(lab, "w.objectives.ask_persona()", ".jk-canvas")
    one.save()
    other = lab.open("wobjectivesaskpersona.ipynb")
    other.page.locator(".jk-canvas").wait_for()
    other.page.locator("button[aria-label='Add to Goals']").click()
    other.page.keyboard.type("half a sen")
    one.page.locator("button[aria-label='Add to Goals']").click()
    one.page.keyboard.type("mine")
    one.page.keyboard.press("Enter")
    assert lab.within(SOON, lambda: "mine" in shown(other.page, "goals"))
    other.page.keyboard.type("tence")
    assert other.page.evaluate("() => document.activeElement.value") == "half a sentence"
    other.page.keyboard.press("Enter")
    assert lab.within(
        SOON, lambda: {"mine", "half a sentence"} <= set(canvas_of(lab.root)["goals"])
    )
    assert len(canvas_of(lab.root)["goals"]) == 5


def test_what_was_typed_when_the_page_was_closed_is_not_lost(lab: Any) -> None:
    nb = opened(lab, "w.objectives.ask_persona()", ".jk-canvas")
    nb.page.locator("button[aria-label='Add to What they need']").click()
    nb.save()
    nb.page.keyboard.type("a word")
    nb.page.evaluate("() => { window.stop(); location.reload(); }")
    nb.page.wait_for_function("document.readyState === 'complete'")
    nb.page.locator(".jk-canvas").wait_for()
    assert lab.within(SOON, lambda: canvas_of(lab.root)["needs"][-1] == "a word")
    assert shown(nb.page, "needs").count("a word") == 1


# --- the clock ----------------------------------------------------------------------------------


def left(page: Any) -> float:
    # What is scrolled out of sight has no inner text in JupyterLab, and its clock goes on.
    words = re.fullmatch(
        r"(\+?)(\d+):(\d\d)", page.locator(".jk-timer .jk-left").first.text_content() or ""
    )
    if words is None:  # it is being drawn
        return math.nan
    over, minutes, seconds = words.groups()
    return (-1 if over else 1) * (int(minutes) * 60 + int(seconds))


def session_of(root: Path) -> Any:
    sessions = open_folder(root).records("sessions")
    assert len(sessions) <= 1
    return sessions[0] if sessions else None


def is_right(root: Path, page: Any) -> bool:
    """Tell whether a page shows the time that is left by the file, and by the clock of this machine."""
    session = session_of(root)
    if session is None or session.ends is None:
        return False
    return (
        abs(
            left(page)
            - (session.ends - (session.paused or dt.datetime.now(dt.UTC))).total_seconds()
        )
        <= 2
    )


def press(page: Any, words: str) -> None:
    page.locator(".jk-timer button", has_text=words).first.click()


def test_the_clock_outlives_cell_page_and_kernel_and_is_the_same_everywhere(lab: Any) -> None:
    nb = opened(lab, "w.start.agenda()", ".jk-timer")
    page = nb.page
    assert left(page) == 600
    press(page, "Start")
    page.locator(".jk-timer .jk-main", has_text="Pause").wait_for()
    press(page, "Next")
    page.locator(".jk-part", has_text="Objectives and the three customers").wait_for()
    press(page, "+1 min")
    assert lab.within(SOON, lambda: 1800 < left(page) <= 1860)

    def minutes() -> float:
        session = session_of(lab.root)
        return (
            (session.ends - session.since).total_seconds() / 60 if session and session.since else 0
        )

    assert lab.within(SOON, lambda: minutes() == 31)
    for again in (nb.run_all, nb.reload, nb.restart):
        again()
        nb.run_all()
        page.locator(".jk-timer .jk-main", has_text="Pause").wait_for()
        assert lab.within(SOON, lambda: is_right(lab.root, page))

    slim = lab.open("01_define_objectives.ipynb")  # another kernel
    slim.run_all()
    slim.page.locator(".jk-slim .jk-part", has_text="Objectives and the three customers").wait_for()
    assert lab.within(SOON, lambda: is_right(lab.root, slim.page))
    assert lab.within(SOON, lambda: is_right(lab.root, page))
    press(slim.page, "Pause")
    for each in (page, slim.page):
        each.locator(".jk-state", has_text="The clock stands").wait_for()
    assert lab.within(SOON, lambda: session_of(lab.root).paused)
    assert left(slim.page) == left(page)
    assert is_right(lab.root, page)


def test_a_browser_whose_clock_is_wrong_shows_the_right_minutes(lab: Any) -> None:
    nb = opened(lab, "w.start.agenda()", ".jk-timer")
    page = nb.page
    page.add_init_script("const right = Date.now; Date.now = () => right() + 3_600_000;")
    nb.save()
    nb.reload()
    page.locator(".jk-timer").wait_for()
    press(page, "Start")
    page.locator(".jk-timer .jk-main", has_text="Pause").wait_for()
    assert page.evaluate("Date.now()") / 1000 - dt.datetime.now().timestamp() > 3000
    assert lab.within(SOON, lambda: is_right(lab.root, page))
    began = session_of(lab.root).started
    assert abs((dt.datetime.now(dt.UTC) - began).total_seconds()) < 1800, (
        "the hour is not in the file"
    )
    press(page, "Pause")
    page.locator(".jk-timer .jk-main", has_text="Go on").wait_for()
    assert lab.within(SOON, lambda: session_of(lab.root).paused)
    assert is_right(lab.root, page)
    assert 0 < left(page) <= 600


def test_the_clock_by_keyboard_alone(lab: Any) -> None:
    nb = opened(lab, "w.start.agenda()", ".jk-timer")
    page, keys, cells = nb.page, nb.page.keyboard, len(nb.cells())
    page.locator(".jk-timer .jk-main", has_text="Start").focus()
    keys.press("Enter")
    page.locator(".jk-timer .jk-main:focus", has_text="Pause").wait_for()
    for key, words in (("Tab", "−1 min"), ("Tab", "+1 min"), ("Tab", "Next ›")):
        keys.press(key)
        assert page.evaluate("() => document.activeElement.textContent") == words
    keys.press("Space")
    page.locator(".jk-part", has_text="Objectives and the three customers").first.wait_for()
    keys.press("Shift+Tab")
    keys.press("Enter")
    assert lab.within(SOON, lambda: 1800 < left(page) <= 1860)

    def part() -> str:
        session = session_of(lab.root)  # the page is ahead of the file
        return session.part if session else ""

    assert lab.within(SOON, lambda: part() == "objectives-and-the-three-customers"), part()
    assert len(nb.cells()) == cells


@pytest.mark.nightly
def test_when_time_is_up_it_is_said_once_and_nothing_is_blocked(lab: Any) -> None:
    nb = opened(lab, "w.start.agenda()", ".jk-timer")
    page = nb.page
    press(page, "Start")
    assert lab.within(SOON, lambda: session_of(lab.root) and session_of(lab.root).ends)
    file = lab.root / "records" / "sessions" / f"{session_of(lab.root).id}.yaml"
    told = page.locator(".jk-timer [role=status].jk-hidden")
    assert told.inner_text() == ""
    for seconds, words, state in (
        (
            310,
            "5 minutes left: Welcome",
            "soon",
        ),  # so long that a slow page sees it before it passes
        (10, "Time is up: Welcome", "over"),
    ):
        ends = (dt.datetime.now(dt.UTC) + dt.timedelta(seconds=seconds)).strftime(
            "%Y-%m-%dT%H:%M:%SZ"
        )
        file.write_text(re.sub("ends: .*", f"ends: {ends}", file.read_text("utf-8")), "utf-8")
        told.filter(has_text=words).wait_for(state="attached")
        assert page.locator(f".jk-timer[data-state={state}]").count() == 1
    assert page.locator(".jk-state", has_text="Time is up").is_visible()
    press(page, "Notes")
    assert page.locator(".jk-notes").first.is_visible()
    press(page, "Full screen")
    assert not page.locator(".jk-notes").first.is_visible(), "the notes are not for the projector"
    assert page.locator(".jk-left").bounding_box()["height"] > 250
    page.keyboard.press("Escape")
    page.locator(".jk-timer:not([data-big])").wait_for()
    press(page, "End the session")
    press(page, "Really?")
    page.locator(".jk-timer .jk-main", has_text="Start").wait_for()
    assert lab.within(SOON, lambda: session_of(lab.root).finished)


# --- the walk -----------------------------------------------------------------------------------


def walk_of(root: Path, name: str = "mobile-maya-ben") -> Any:
    return open_folder(root).record("walks", name)


def steps_of(root: Path, name: str = "mobile-maya-ben") -> dict[str, Any]:
    walk = walk_of(root, name)
    return {step.card: step for step in walk.steps} if walk else {}


def test_a_walk_by_keyboard_alone_from_name_to_the_map(lab: Any) -> None:
    nb = opened(lab, "w.test.ask_walk()", ".jk-walk")
    page, keys = nb.page, nb.page.keyboard
    cells = len(nb.cells())
    page.locator(".jk-walk input").focus()
    keys.type("Ben")
    keys.press("Enter")
    page.locator(".jk-walk h3:focus", has_text="Landing page behind the post").wait_for()
    keys.press("1")
    assert lab.within(SOON, lambda: steps_of(lab.root).get("landing-from-post"))
    keys.press("ArrowRight")
    page.locator(".jk-walk h3:focus", has_text="Taps a post").wait_for()
    keys.press("2")
    for _ in range(3 + 1 + 1):  # three answers, the feeling, the finding
        keys.press("Tab")
    keys.press("Shift+Tab")
    keys.press("Space")  # the first feeling
    keys.press("ArrowRight")
    keys.press("Tab")
    assert page.evaluate("() => document.activeElement.tagName") == "TEXTAREA"
    keys.type(f"x dd {HOSTILE}")
    keys.press("Tab")
    assert "pain point" in page.evaluate("() => document.activeElement.getAttribute('aria-label')")
    keys.press("Enter")
    assert lab.within(SOON, lambda: getattr(steps_of(lab.root).get("taps-a-post"), "made", None))
    step = steps_of(lab.root)["taps-a-post"]
    assert (step.seen, step.why, step.felt, step.finding) == (
        False,
        "not-possible",
        -1,
        f"x dd {HOSTILE}",
    )
    assert lab.within(
        SOON,
        lambda: step.made in {c.id for c in open_folder(lab.root).journey("mobile-maya").cards},
    )
    card = open_folder(lab.root).journey("mobile-maya").card(step.made)
    assert (card.lane, card.stage, card.evidence, card.source) == (
        "pain-points",
        "awareness",
        "heard",
        "mobile-maya-ben",
    )
    page.locator(".jk-map", has_text="On the map as a pain point").wait_for()
    assert "Next" in page.evaluate("() => document.activeElement.textContent"), (
        "the focus is not lost"
    )
    keys.press("Enter")
    page.locator(".jk-walk h3:focus", has_text="Product page").wait_for()
    keys.press("3")
    assert lab.within(
        SOON, lambda: getattr(steps_of(lab.root).get("product-page-phone"), "why", "") == "skipped"
    )

    for again in (nb.run_all, nb.reload, nb.restart):  # it goes on where it was
        again()
        nb.run_all()
        page.locator(".jk-walk h3", has_text="Product page").wait_for()
        assert page.locator(".jk-how [aria-pressed=true]").inner_text() == "↷ Skipped"
    page.locator(".jk-walk button", has_text="What was missed").click()
    ended = page.locator(".jk-walk")
    ended.get_by_text("Ben has seen 1 of 10 steps").wait_for()
    ended.get_by_text("All walkers together: 4 of 10.").wait_for()
    assert ended.locator("li", has_text="✗ Not possible: Awareness: Taps a post").count() == 1
    assert ended.locator("button[aria-label^='Walk it']").count() == 9
    assert ended.get_by_text("Five pictures, none of them worn").count() == 1  # what Irma found
    assert len(nb.cells()) == cells
    assert page.evaluate(looks.PWNED) is None
    assert nb.seen.outside == []


@pytest.mark.nightly
def test_two_walkers_by_touch_have_a_walk_each(lab: Any) -> None:
    hostile = "<img src=x onerror='window.pwned=1'>"
    one = opened(lab, "w.test.ask_walk()", ".jk-walk", touch=True, width=390, height=844)
    one.save()
    other = lab.open("wtestaskwalk.ipynb", touch=True, width=390, height=844)
    for nb, name in ((one, hostile), (other, "日本")):
        nb.only_notebook()
        nb.page.locator(".jk-walk input").fill(name)
        nb.page.locator(".jk-walk form button").tap()
        nb.page.locator(".jk-how [data-how=seen]").tap()
        nb.page.locator(".jk-felt input").nth(4).tap()
        nb.page.locator(".jk-walk textarea").fill(f"found by {name}")
        nb.page.locator(".jk-map button", has_text="opportunity").tap()
        nb.page.locator(".jk-map", has_text="On the map as an opportunity").wait_for()
        assert nb.page.evaluate(FITS, ".jk-walk")
        assert nb.page.evaluate(looks.PWNED) is None

    def authors() -> dict[str, tuple[bool, float, str]]:
        first = [
            (w.author, step) for w in open_folder(lab.root).records("walks") for step in w.steps[:1]
        ]
        return {
            author: (step.seen, step.felt, step.finding)
            for author, step in first
            if step.card == "landing-from-post" and step.made
        }

    wanted = {hostile: (True, 2, f"found by {hostile}"), "日本": (True, 2, "found by 日本")}
    assert lab.within(SOON, lambda: authors() == wanted)

    def found() -> set[str]:
        cards = open_folder(lab.root).journey("mobile-maya").cards
        return {card.text for card in cards if card.id.startswith("found-")}

    assert lab.within(SOON, lambda: found() == {f"found by {hostile}", "found by 日本"})
    third = lab.open("wtestaskwalk.ipynb")
    third.run_all()
    third.page.locator(".jk-walk li", has_text=hostile).first.wait_for()
    assert third.page.evaluate(looks.PWNED) is None


# --- how they look, and what they compute -------------------------------------------------------


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("cell", "selector", "name"),
    [
        ("w.objectives.ask_persona()", ".jk-canvas", "canvas"),
        ("w.start.agenda()", ".jk-timer", "timer"),
        ("w.test.ask_walk()", ".jk-walk", "walk"),
    ],
)
def test_it_can_be_read_by_everybody_in_the_light_in_the_dark_and_on_a_phone(
    lab: Any, axe: Any, pictures: Any, cell: str, selector: str, name: str
) -> None:
    nb = opened(lab, cell, selector)
    page = nb.page
    if name == "timer":
        press(page, "Start")
        press(page, "Notes")
    if name == "walk":
        page.locator(".jk-walk input").fill("Ben")
        page.keyboard.press("Enter")
        page.keyboard.press("1")
    for theme in ("Light", "Dark"):
        nb.theme(theme)
        page.wait_for_timeout(300)
        assert axe(page, selector) == []
        texts = f"{selector} :is(h3,h4,p,b,li,label,legend,button:not(:disabled),textarea,.jk-left,.jk-state)"
        found = page.evaluate(looks.CONTRASTS, texts)
        assert found
        assert found[0][0] >= 4.5, (theme, found[:3])
    taken = pictures(nb, name, selector)
    assert len(taken) == 4
    if name == "canvas":
        picture(taken[0], "canvas")
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_timeout(400)
    assert page.evaluate(FITS, f"{selector}, {selector} *:not(button, textarea, .jk-hidden)")


def test_the_clock_and_the_coverage_compute_in_the_browser_what_they_should(visit: Any) -> None:
    page = visit("about:blank").page
    sources = {name: joined(STATIC / f"{name}.js") for name in ("timer", "walk_state", "common")}
    told = page.evaluate(
        """async (sources) => {
          const load = (name) => import(URL.createObjectURL(new Blob([sources[name]], { type: 'text/javascript' })));
          const { figures, spelled } = await load('timer');
          const { coverage, overlaid } = await load('walk_state');
          const { slug } = await load('common');
          const parts = [{ id: 'a', what: 'A', minutes: 10 }, { id: 'b', what: 'B', minutes: 20 }];
          const at = (minutes) => new Date(minutes * 60000).toISOString();
          const clock = { part: 'a', started: at(0), since: at(0), ends: at(10), spent: {} };
          const run = (more, minute) => { const f = figures({ clock: { ...clock, ...more }, parts }, minute * 60000);
            return [f.state, f.left, f.late, f.place, f.part && f.real(f.part)]; };
          const walks = [{ steps: { x: { seen: true }, y: { seen: false, why: 'skipped' } } },
            { steps: { z: { seen: true } } }];
          return {
            runs: [run({}, 4), run({}, 6), run({}, 13), run({ paused: at(4), since: null, spent: { a: 4 } }, 7),
              run({ part: 'b', since: at(12), ends: at(32), spent: { a: 12 } }, 20)],
            off: figures({ clock: {}, parts }, 0).state,
            spelled: [754, 59.2, 0, -75, -0.5].map(spelled),
            coverage: coverage([{ id: 'x' }, { id: 'y' }, { id: 'z' }], walks),
            ids: ['Zoë B.', '日本', 'a'.repeat(80)].map((text) => slug(text)),
            overlaid: [overlaid({ why: 'skipped', finding: 'f' }, [{ seen: true }]),
              overlaid({ seen: true }, [{ why: 'skipped' }])],
          };
        }""",
        sources,
    )
    assert told["runs"] == [
        ["calm", 360, 0, 0, 4],
        ["soon", 240, 0, 0, 6],
        ["over", -180, 3, 0, 13],
        ["calm", 360, 3, 0, 4],
        ["calm", 720, 2, 1, 8],
    ]
    assert told["off"] == "off"
    assert told["spelled"] == ["12:34", "1:00", "0:00", "+1:15", "0:00"]
    assert told["coverage"] == {"seen": 2, "of": 3, "missed": [{"id": "y"}]}
    assert told["ids"] == ["zoe-b", "", "a" * 60]
    assert told["overlaid"] == [
        {"seen": True, "why": None, "finding": "f"},
        {"seen": False, "why": "skipped"},
    ]
