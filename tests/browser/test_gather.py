"""Notes and guesses as a team uses them: two browsers, one laptop for all, mouse, finger, keyboard."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from journeykit.store import open_folder

pytestmark = [pytest.mark.all, pytest.mark.browser, pytest.mark.xdist_group("lab")]

looks = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("looks.py"))))

OPEN = "import journeykit as jk\nw = jk.open_workshop(persona='mobile-maya')"
GATHER, GUESS = "w.weak_spots.gather()", "w.weak_spots.guess()"
HOSTILE = (
    "<img src=x onerror=\"window.pwned='img'\"><script>window.pwned='tag'</script> “so” & {{ 7*7 }}"
)
PASTE = """(text) => {
  const data = new DataTransfer();
  data.setData('text/plain', text);
  document.querySelector('.jk-draft').dispatchEvent(
    new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
}"""
DRAWN = "(n) => document.querySelectorAll('.jk-gather .jk-items .jk-note').length === n"
FITS = "() => [...document.querySelectorAll('.jk-live')].every(w => w.scrollWidth <= w.clientWidth + 1)"


class Room:
    """One person at one browser."""

    def __init__(self, nb: Any, alias: str = "", widget: str = "gather") -> None:
        self.nb, self.page, self.at = nb, nb.page, nb.page.locator(f".jk-{widget}")
        self.page.set_default_timeout(20_000)
        self.at.locator(":is(.jk-gate, .jk-me):visible").first.wait_for()
        if alias:
            self.enter(alias)

    def enter(self, alias: str) -> None:
        self.at.locator(".jk-alias").fill(alias)
        self.press("Begin")
        self.at.locator(".jk-me").wait_for()

    def press(self, name: str | re.Pattern[str]) -> None:
        self.at.get_by_role("button", name=name).first.click()

    def write(self, *texts: str) -> None:
        draft = self.at.locator(".jk-draft")
        for text in texts:
            draft.fill(text)
            draft.press("Enter")
        self.saved()

    def saved(self) -> None:
        self.at.get_by_text("✓ Saved").wait_for()

    def reveal(self, what: str = "all") -> None:
        self.press(re.compile(f"^Reveal {what}"))
        self.press("Reveal now")

    def note(self, text: str) -> Any:
        return self.at.locator(".jk-items .jk-note", has_text=text)

    def notes(self) -> list[str]:
        return sorted(self.at.locator(".jk-items .jk-text").all_inner_texts())


def texts(lab: Any) -> dict[str, Any]:
    return {note.text: note for note in open_folder(lab.root).records("notes")}


@pytest.fixture
def shown(lab: Any) -> Any:
    """Open the widget, run and saved, so that a second browser finds it."""

    def made(*cells: str, **how: Any) -> Any:
        nb = lab.open(lab.write("round.ipynb", OPEN, *(cells or (GATHER,))), **how)
        nb.run_all()
        nb.only_notebook()
        nb.save()
        return nb

    return made


def test_two_browsers_write_alone_and_see_all_at_once(
    lab: Any, shown: Any, axe: Any, pictures: Any
) -> None:
    first = shown()
    ann, ben = Room(first, "Ann"), Room(lab.open("round.ipynb"), "Ben")
    ben.nb.only_notebook()
    ann.write("Costs come at the end", "Nobody says when it arrives")
    ben.write("The size guide does not help")
    for room, theirs in ((ann, "size guide"), (ben, "Costs come")):
        room.at.get_by_text("3 notes (Ann 2, Ben 1)").wait_for()
        assert theirs not in room.page.content()
        assert theirs not in room.page.evaluate("() => JSON.stringify(localStorage)")
    assert axe(ann.page, ".jk-gather") == []
    pictures(ann.nb, "gather-write", ".jk-gather")
    ann.page.set_viewport_size({"width": 1280, "height": 900})
    ben.reveal()
    for room in (ann, ben):
        room.page.wait_for_function(DRAWN, arg=3)
        assert room.notes() == sorted(
            ["Costs come at the end", "Nobody says when it arrives", "The size guide does not help"]
        )
        assert room.page.evaluate(looks.PWNED) is None
        assert room.nb.seen.outside == []
    assert lab.within(3, lambda: all(n.revealed and not n.author for n in texts(lab).values()))

    assert axe(ann.page, ".jk-gather") == []
    # Ann groups by mouse, Ben sees it, and what he is typing stays under his fingers.
    ben.at.locator(".jk-draft").press_sequentially("half a th")
    box, to = ann.note("Costs").bounding_box(), ann.note("size guide").bounding_box()
    ann.page.mouse.move(box["x"] + 40, box["y"] + 20)
    ann.page.mouse.down()
    ann.page.mouse.move(box["x"] + 60, box["y"] + 30, steps=3)
    ann.page.mouse.move(to["x"] + 40, to["y"] + 20, steps=5)
    ann.page.mouse.up()
    ben.at.locator(".jk-group .jk-note").nth(1).wait_for()
    assert ben.page.evaluate("() => document.activeElement.value") == "half a th"
    name = ann.at.locator("input.jk-name:visible")
    name.fill("No surprises")
    name.press("Enter")
    named = "() => [...document.querySelectorAll('input.jk-name')].some((box) => box.value === 'No surprises')"
    ben.page.wait_for_function(named)
    ann.press("Undo")
    ann.press("Undo")
    ben.at.locator(".jk-group").wait_for(state="detached")
    ann.saved()
    assert lab.within(3, lambda: not any(n.group for n in texts(lab).values()))

    # Dots, with a budget; the result in both, with its tie.
    ann.press("Vote on 3 things")
    for room, what in ((ann, "Costs"), (ben, "size guide")):
        give = room.at.locator(".jk-item", has_text=what).get_by_role(
            "button", name=re.compile("^Give")
        )
        give.wait_for()
        for _ in range(5):
            give.click()
        room.at.get_by_text("You have 0 of 5 dots left").wait_for()
        give.click(force=True)
        room.at.get_by_text("All 5 dots are given: take one back first.").wait_for()
    ann.at.get_by_text("Given: Ann 5 of 5, Ben 5 of 5.").wait_for()
    assert axe(ann.page, ".jk-gather") == []
    ben.press("Show the result")
    ann.at.get_by_text("A tie at 5 dots").wait_for()
    row = ann.at.locator("tbody tr", has_text="Costs come")
    row.get_by_label("Stage").select_option("purchase")
    row.get_by_role("button").click()
    ben.at.get_by_text("✓ Purchase · Pain points").wait_for()
    assert axe(ann.page, ".jk-gather") == []
    pictures(ann.nb, "gather-result", ".jk-gather")
    cards = lambda: [c.text for c in open_folder(lab.root).journey("mobile-maya").cards]  # noqa: E731
    assert lab.within(3, lambda: "Costs come at the end" in cards())
    assert texts(lab)["Costs come at the end"].card
    assert sorted(v.dots.popitem()[1] for v in open_folder(lab.root).records("votes")) == [5, 5]


def test_who_leads_reveals_and_goes_on_without_a_name(lab: Any, shown: Any, axe: Any) -> None:
    nb = shown(GATHER, GUESS)
    notes, guesses = Room(nb), Room(nb, widget="beliefs")
    notes.at.get_by_text("No note waits to be revealed.").wait_for()
    guesses.at.get_by_text("Nobody has guessed yet.").wait_for()
    for private in (".jk-draft", ".jk-mine", ".jk-questions", ".jk-sign"):
        assert not nb.page.locator(f"{private}:visible").count(), private
    ann = Room(lab.open("round.ipynb"), "Ann")
    ann.nb.only_notebook()
    ann.write("Costs come at the end", "No guide")
    Room(ann.nb, widget="beliefs").at.get_by_role("slider").first.press("ArrowRight")
    notes.at.get_by_text("2 notes (Ann 2)").wait_for()
    guesses.at.get_by_text("Guessed: Ann 1 of 5.").wait_for()
    assert "No guide" not in nb.page.content()
    notes.press(re.compile("^Reveal all"))
    notes.at.get_by_text("Is everybody ready?").wait_for()
    notes.press("Reveal now")
    nb.page.wait_for_function(DRAWN, arg=2)
    assert axe(nb.page, ".jk-gather") == []
    pick = notes.note("Costs").locator("select")
    pick.focus()
    pick.select_option(label="No guide")
    name = notes.at.locator("input.jk-name:visible")
    name.fill("Late")
    name.press("Enter")
    ann.at.locator(".jk-group").wait_for()
    notes.press("3 Vote")
    assert not notes.at.locator(".jk-votes:visible, .jk-budget:visible").count(), "dots have a name"
    ann.at.get_by_role("button", name="Give a dot to Late").click()
    notes.at.get_by_text("Given: Ann 1 of 5.").wait_for()
    notes.press("Show the result")
    notes.at.locator(".jk-ranking b").get_by_text("Late").wait_for()
    assert axe(nb.page, ".jk-beliefs") == []
    guesses.reveal("the numbers")
    guesses.at.get_by_text("20.1%").wait_for()
    assert lab.within(
        5, lambda: [g.author for g in open_folder(lab.root).records("guesses")] == [""]
    )


def test_one_laptop_goes_round(lab: Any, shown: Any) -> None:
    room = Room(shown(), "Ann")
    room.write("Ann's secret")
    room.at.locator(".jk-draft").fill("not added yet")
    room.press("Pass the laptop on")
    room.at.get_by_role("heading", name="Pass the laptop on").wait_for()
    for words in ("Ann's secret", "not added yet"):
        assert words not in room.page.content()
    assert "Ann's secret" not in room.page.evaluate("() => JSON.stringify(localStorage)")
    assert room.page.evaluate("() => document.activeElement.classList.contains('jk-alias')")
    room.enter("Ben")
    assert room.at.locator(".jk-mine .jk-note").count() == 0
    room.write("Ben's secret")
    room.at.get_by_text("3 notes (Ann 2, Ben 1)").wait_for()
    room.press("Pass the laptop on")
    room.press("I am Ann again")
    room.at.get_by_text("You are Ann").wait_for()
    assert "Ben's secret" not in room.page.content()
    room.reveal()
    room.page.wait_for_function(DRAWN, arg=3)
    assert room.notes() == ["Ann's secret", "Ben's secret", "not added yet"]


def test_no_name_is_offered_or_taken_twice(lab: Any, shown: Any) -> None:
    """Chance that always falls the same way offers another name to the next one (case C9)."""
    nb = shown()
    room = Room(nb)
    room.page.evaluate(
        """() => { const real = crypto.getRandomValues.bind(crypto);
        crypto.getRandomValues = (into) => into.BYTES_PER_ELEMENT === 2 ? into.fill(0) : real(into); }"""
    )
    room.press("Begin")
    room.press("Pass the laptop on")
    room.press(re.compile("^I am .* again"))
    room.press("Pass the laptop on")
    offered = []
    for _ in range(3):
        room.press("Begin")
        room.at.locator(".jk-me").wait_for()
        offered.append(room.at.locator(".jk-who b").inner_text())
        room.write(f"by {offered[-1]}")
        room.press("Pass the laptop on")
        room.at.get_by_role("heading", name="Pass the laptop on").wait_for()
    assert len({*offered}) == 3
    room.at.locator(".jk-alias").fill(offered[1].upper())
    room.press("Begin")
    assert "is taken in this round" in room.page.evaluate(
        "() => document.querySelector('.jk-alias').validationMessage"
    )
    assert room.at.locator(".jk-me").is_hidden()
    other = lab.open("round.ipynb")
    other.only_notebook()
    there = Room(other)
    there.at.locator(".jk-alias").fill(offered[0])
    there.press("Begin")
    assert there.at.locator(".jk-me").is_hidden(), "nor by another browser"
    there.enter("Somebody else")


@pytest.mark.nightly
def test_who_skips_a_guess_is_told_and_sees_the_numbers(lab: Any, shown: Any) -> None:
    nb = shown(GUESS, "w.weak_spots.funnel()", "w.start.board()")
    said = "Covered until you have guessed: Weak spots, “How many do we lose?”"
    assert nb.page.get_by_text(said).count() == 2
    lost = "69.1% of 2,114 are lost there"
    assert lost not in nb.page.content()
    room = Room(nb, "Ann", "beliefs")
    room.press("Skip the guess")
    room.press("Skip now")
    room.at.get_by_text("Skipped: the numbers are no longer covered.").wait_for()
    nb.run_all()
    nb.page.get_by_text("go on to").first.wait_for()
    nb.page.get_by_text(said).first.wait_for(state="detached")
    nb.page.get_by_text(lost).first.wait_for()


def test_a_list_is_pasted_drafts_outlive_a_reload_and_a_dead_kernel(lab: Any, shown: Any) -> None:
    nb = shown()
    room = Room(nb, "Ann")
    room.page.evaluate(PASTE, "- one\n• two\n\n3. three\r\n  four")
    room.saved()
    own = room.at.locator(".jk-mine textarea")
    assert [own.nth(at).input_value() for at in range(4)] == ["one", "two", "three", "four"]
    own.nth(1).fill("two and a half")
    room.at.locator(".jk-draft").fill("a draft")
    nb.page.reload()
    nb.page.wait_for_function(
        "window.jupyterapp?.shell.currentWidget?.context?.sessionContext?.session?.kernel?.status === 'idle'"
    )
    nb.only_notebook()
    room.at.locator(".jk-mine textarea").nth(3).wait_for()
    assert room.at.locator(".jk-draft").input_value() == "a draft"
    assert own.nth(1).input_value() == "two and a half"
    assert lab.within(4, lambda: set(texts(lab)) == {"one", "two and a half", "three", "four"})
    room.press("Remove this note")
    room.saved()
    assert lab.within(3, lambda: len(texts(lab)) == 3)
    room.press("Undo")
    room.saved()
    assert lab.within(3, lambda: len(texts(lab)) == 4)
    nb.restart()
    nb.run_all()
    room.at.get_by_text("4 notes (Ann 4)").wait_for()
    assert own.count() == 4
    assert not {n.author for n in texts(lab).values()} - {"Ann"}


def test_by_keyboard_alone(lab: Any, shown: Any) -> None:
    room = Room(shown())
    keys = room.page.keyboard
    cells = room.page.locator(".jp-Notebook-cell").count()
    room.at.locator(".jk-alias").focus()
    keys.press("Control+a")
    keys.type("Ann")
    keys.press("Enter")
    room.page.wait_for_function("() => document.activeElement.classList.contains('jk-draft')")
    for text in ("add this", "bad", "dd"):  # keys that are JupyterLab's, too
        keys.type(text)
        keys.press("Enter")
    room.saved()
    room.at.get_by_role("button", name=re.compile("^Reveal all 3")).focus()
    keys.press("Enter")
    assert room.page.evaluate("() => document.activeElement.textContent") == "Reveal now"
    keys.press("Enter")
    room.page.wait_for_function(DRAWN, arg=3)
    pick = room.note("bad").locator("select")
    pick.focus()
    keys.press("ArrowDown")
    keys.press("Enter")
    room.at.locator(".jk-group .jk-note").nth(1).wait_for()
    assert room.page.evaluate(
        "() => document.activeElement.closest('.jk-note')?.textContent.includes('bad')"
    )
    pick.focus()
    assert "– on its own –" in pick.locator("option").all_inner_texts()
    keys.press("ArrowDown")
    keys.press("Enter")
    room.at.locator(".jk-group").wait_for(state="detached")
    room.at.get_by_role("button", name="3 Vote").focus()
    keys.press("Enter")
    give = room.at.get_by_role("button", name="Give a dot to dd")
    give.focus()
    keys.press("Space")
    keys.press("Space")
    room.at.get_by_text("You have 3 of 5 dots left").wait_for()
    assert (
        room.page.evaluate("() => document.activeElement.getAttribute('aria-label')")
        == "Give a dot to dd"
    )
    assert room.page.locator(".jp-Notebook-cell").count() == cells


def test_by_finger_on_a_phone_and_in_the_dark(lab: Any, shown: Any) -> None:
    nb = shown(GATHER, width=390, height=800, touch=True)
    nb.theme("Dark")
    room = Room(nb, "Ann")
    room.write("one", "two")
    room.reveal()
    room.page.wait_for_function(DRAWN, arg=2)
    room.note("one").scroll_into_view_if_needed()
    grip, to = room.note("one").locator(".jk-grip").bounding_box(), room.note("two").bounding_box()
    finger = room.page.context.new_cdp_session(room.page)

    def touch(kind: str, x: float, y: float) -> None:
        points = [] if kind == "touchEnd" else [{"x": x, "y": y}]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    x, y = grip["x"] + 6, grip["y"] + 8
    touch("touchStart", x, y)
    for step in range(1, 9):
        touch("touchMove", x + (to["x"] + 60 - x) * step / 8, y + (to["y"] + 15 - y) * step / 8)
    touch("touchEnd", 0, 0)
    room.at.locator(".jk-group .jk-note").nth(1).wait_for()
    assert room.page.evaluate(FITS)
    for step in ("3 Vote", "4 Result"):
        room.press(step)
        room.page.wait_for_function(
            "(step) => document.querySelector('[aria-current]').textContent === step", arg=step
        )
        assert room.page.evaluate(FITS)
        found = room.page.evaluate(
            looks.CONTRASTS, ".jk-live :is(h4,p,b,span,td,th,button,label,li,input,select)"
        )
        assert found[0][0] >= 4.5, found[:3]


def test_guessing_by_keyboard_alone(lab: Any, shown: Any) -> None:
    room = Room(shown(GUESS), widget="beliefs")
    page, keys = room.page, room.page.keyboard
    cells = page.locator(".jp-Notebook-cell").count()
    room.at.locator(".jk-alias").focus()
    keys.press("Control+a")
    keys.type("Ann")
    keys.press("Enter")
    page.wait_for_function("() => document.activeElement.type === 'range'")
    keys.press("ArrowRight")
    room.at.get_by_text("Guessed: Ann 1 of 5.").wait_for()
    keys.press("Tab")  # the number itself
    keys.press("Control+a")
    keys.type("30")
    keys.press("Tab")  # surely not under
    keys.press("Control+a")
    keys.type("25")
    keys.press("Enter")
    room.saved()
    for name in (re.compile("^Reveal the numbers"), "Reveal now"):
        room.at.get_by_role("button", name=name).focus()
        keys.press("Enter")
    room.at.get_by_text("20.1%").wait_for()

    def kept() -> list[tuple[float, float, float]]:
        return [(g.guess, g.low, g.high) for g in open_folder(lab.root).records("guesses")]

    assert lab.within(5, lambda: kept() == [(30, 25, 40)]), kept()
    assert page.locator(".jp-Notebook-cell").count() == cells


@pytest.mark.nightly
def test_no_field_of_a_round_runs_what_is_typed_into_it(lab: Any, shown: Any) -> None:
    name = "<img src=x onerror='window.pwned=1'>"
    nb = shown(GATHER, GUESS)
    notes, guesses = Room(nb, name), Room(nb, widget="beliefs")  # one person at one browser
    notes.write(HOSTILE, "two", "three")
    notes.reveal()
    nb.page.wait_for_function(DRAWN, arg=3)
    pick = notes.note("two").locator("select")
    pick.focus()
    pick.select_option(label=pick.locator("option", has_text="three").inner_text())
    group = notes.at.locator("input.jk-name:visible")
    group.fill(HOSTILE)
    group.press("Enter")
    notes.press("Vote on 2 things")
    notes.at.get_by_role("button", name=re.compile("^Give a dot to <img")).first.click()
    notes.at.get_by_text(f"Given: {name} 1 of 5.").wait_for()
    notes.press("Show the result")
    notes.at.locator("tbody tr", has_text="<img").first.get_by_role("button").click()
    notes.at.get_by_text("✓ Awareness").wait_for()
    guesses.at.get_by_label("My department").fill(HOSTILE[:40])
    guesses.at.get_by_label("Show my name").check()
    guesses.at.get_by_role("slider").first.press("ArrowRight")
    guesses.at.get_by_text(f"Guessed: {name} 1 of 5.").wait_for()
    guesses.reveal("the numbers")
    guesses.at.locator(".jk-answers", has_text=name).wait_for()
    guesses.at.locator("tbody", has_text=HOSTILE[:40]).wait_for()
    other = lab.open("round.ipynb")
    Room(other, "Ben").at.locator("tbody", has_text=HOSTILE).wait_for()
    for seen in (nb, other):
        assert seen.page.evaluate(looks.PWNED) is None
        assert seen.page.locator(".jk-live :is(img, script)").count() == 0
        assert seen.seen.outside == []


def test_two_hundred_notes_stay_fluid(lab: Any, shown: Any) -> None:
    room = Room(shown(), "Ann")
    room.page.evaluate(PASTE, "\n".join(f"note {n}" for n in range(200)))
    room.at.get_by_text("200 notes (Ann 200)").wait_for()
    room.reveal()
    room.page.wait_for_function(DRAWN, arg=200)
    assert len(texts(lab)) == 200 or lab.within(5, lambda: len(texts(lab)) == 200)
    kept = "() => { window.kept = document.querySelectorAll('.jk-gather .jk-items .jk-note'); return kept.length; }"
    assert room.page.evaluate(kept) == 200
    pick = room.note("note 7").first.locator("select")
    pick.focus()
    pick.select_option(index=5)
    room.at.locator(".jk-group .jk-note").nth(1).wait_for()
    # What has not changed is not drawn anew.
    assert (
        room.page.evaluate("() => [...window.kept].filter((note) => note.isConnected).length")
        == 200
    )


def test_guesses_come_before_the_numbers(lab: Any, shown: Any, axe: Any, pictures: Any) -> None:
    nb = shown(GUESS)
    second = lab.open("round.ipynb")
    second.only_notebook()
    ann, ben = Room(nb, "Ann", "beliefs"), Room(second, "Ben", "beliefs")
    for room, value in ((ann, "20"), (ben, "70")):
        field = room.at.get_by_label(re.compile("“visit”.*: your guess")).nth(1)
        field.fill(value)
        field.press("Enter")
    ben.at.get_by_label("Show my name").check()
    slider = ann.at.get_by_role("slider", name=re.compile("look at a product”: how many"))
    slider.focus()
    slider.press("ArrowRight")
    ann.at.get_by_text("Guessed: Ann 2 of 5, Ben 1 of 5.").wait_for()
    for room in (ann, ben):
        assert "20.1%" not in room.page.content(), "the number of the data"
        assert "20.1" not in room.page.evaluate("() => JSON.stringify(localStorage)")
    low = ann.at.get_by_label(re.compile("“visit”.*surely not under"))
    low.fill("15")
    low.press("Tab")
    ann.saved()
    nb.page.reload()
    ann.at.get_by_text("Guessed: Ann 2 of 5").wait_for()
    assert ann.at.get_by_label(re.compile("“visit”.*: your guess")).nth(1).input_value() == "20"
    assert low.input_value() == "15"
    assert axe(ann.page, ".jk-beliefs") == []
    pictures(nb, "beliefs-guess", ".jk-beliefs")
    ben.reveal("the numbers")
    for room in (ann, ben):
        room.at.get_by_text("20.1%").wait_for()
        room.at.get_by_text(
            re.compile("^[01] of 3 ranges held the truth|^[23] of 3 ranges held the truth")
        ).wait_for()
    assert ben.at.locator(".jk-answer").first.locator(".jk-dot").count() == 2
    assert "Ben" in ann.at.locator(".jk-answer").first.inner_text()
    assert "Ann" not in ben.at.locator(".jk-answers").inner_text()
    guesses = open_folder(lab.root).records("guesses")
    assert lab.within(3, lambda: all(g.revealed for g in open_folder(lab.root).records("guesses")))
    assert {(g.author, g.low) for g in guesses if g.guess == 20} <= {("", 15), ("Ann", 15)}
    assert axe(ann.page, ".jk-beliefs") == []
    pictures(nb, "beliefs-result", ".jk-beliefs")
    for name in ("Light", "Dark"):
        nb.theme(name)
        found = ann.page.evaluate(looks.CONTRASTS, ".jk-live :is(h4,h5,p,b,td,th,button,label)")
        assert found[0][0] >= 4.5, (name, found[:3])
    ann.page.set_viewport_size({"width": 390, "height": 800})
    assert ann.page.evaluate(FITS)
    assert nb.seen.outside == []
