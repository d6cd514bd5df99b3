"""The presenter's view: one thing at a time, the next by one key, in a real JupyterLab."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from journeykit.cli.app import PRESENTER
from journeykit.store import open_folder

pytestmark = [pytest.mark.all, pytest.mark.browser, pytest.mark.xdist_group("lab")]

WALL = {"width": 1920, "height": 1080}
READY = "document.documentElement.dataset.jkpReady === 'yes'"
DONE = "!/^(Computing|Going)/.test(document.querySelector('.jkp-note')?.textContent ?? 'Going')"
# Texts that are smaller than 24 pixels, but for a map and a board, which are shown whole.
SMALL = """() => {
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  while (walk.nextNode()) {
    const text = walk.currentNode.textContent.trim(), of = walk.currentNode.parentElement;
    if (!text || of.closest('style, script, .jk-board, .jk-hidden, .jkp-heard')) continue;
    if (!of.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const area = document.createRange();
    area.selectNodeContents(walk.currentNode);
    const { width, height } = area.getBoundingClientRect();
    const size = parseFloat(getComputedStyle(of).fontSize);
    if (width && height && size < 23.95) found.push(`${text.slice(0, 40)}: ${size}`);
  }
  for (const image of document.querySelectorAll('.jkp-on .jp-RenderedSVG img:not([data-sheet])')) {
    const scale = image.clientWidth / image.naturalWidth;
    for (const [, size] of decodeURIComponent(image.src).matchAll(/font-size[=:]\\s*["']?\\s*(\\d+(?:\\.\\d+)?)/g))
      if (size * scale < 23.5) found.push(`picture: ${size * scale}`);
  }
  return found;
}"""
CHROME = ", ".join(
    f"{one}:visible"
    for one in (
        ".cm-content",
        ".jp-InputPrompt",
        ".jp-OutputPrompt",
        ".jp-Toolbar",
        "#jp-top-panel",
    )
)


class Wall:
    """What the room sees."""

    def __init__(self, nb: Any) -> None:
        self.nb, self.page = nb, nb.page
        self.page.wait_for_function(READY)

    def press(self, *keys: str) -> None:
        """Press keys one after the other, and wait until the screen is computed."""
        for key in keys:
            self.page.keyboard.press(key)
            self.settle()

    def settle(self) -> None:
        self.page.wait_for_timeout(50)
        self.page.wait_for_function(READY)
        self.page.wait_for_function(DONE)

    @property
    def heard(self) -> str:
        """What a screen reader is told: which screen it is."""
        return str(self.page.locator(".jkp-heard").text_content())

    @property
    def words(self) -> str:
        """All that can be read."""
        return str(self.page.locator("body").inner_text())

    def counts(self) -> list[Any]:
        return [cell["count"] for cell in self.nb.cells()]

    def turn_to(self, words: str) -> None:
        """Go on by the clicker's key until a screen has these words."""
        for _ in range(20):
            if words in self.words:
                return
            self.press("PageDown")
        raise AssertionError(f"no screen has {words!r}")


def marked(lab: Any, name: str, *cells: tuple[str, str]) -> str:
    """Write a notebook of cells with a tag each; "text" is no code."""
    made = nbformat.v4.new_notebook(
        metadata={"kernelspec": {"name": "python3", "display_name": "P", "language": "python"}},
        cells=[
            nbformat.v4.new_markdown_cell(source)
            if tag == "text"
            else nbformat.v4.new_code_cell(source, metadata={"tags": tag.split()})
            for tag, source in cells
        ],
    )
    nbformat.write(made, lab.root / "notebooks" / name)
    return name


SETUP = (
    ("text", "# Ours\n\n**Why.** To try it."),
    ("parameters", 'workshop = persona = journey = ""'),
    (
        "open",
        "import journeykit as jk\nw = jk.open_workshop(workshop, persona, journey=journey)\nw",
    ),
    ("clock", "w.weak_spots.timer()"),
)


@pytest.mark.parametrize("name", ["00_start_here.ipynb", "03_weak_spots.ipynb"])
def test_a_notebook_is_walked_through_by_one_key(lab, axe, name):
    wall = Wall(lab.present(name, **WALL))
    assert wall.counts() == [None] * len(wall.counts())  # nobody pressed a key yet
    assert wall.nb.execute("print('w' in globals())").strip() == "False"
    heading = re.search(r"# (.+)", (lab.root / "notebooks" / name).read_text("utf-8"))
    assert heading
    assert wall.page.locator(".jkp-on h1").inner_text() == heading[1].split("\\n")[0]
    last = int(wall.page.locator(".jkp-count").inner_text().split()[-1])
    assert last > 4
    for screen in range(1, last + 1):
        assert f"screen {screen} of {last}" in wall.heard
        assert wall.page.locator(".jkp-count").inner_text() == f"{screen} of {last}"
        assert wall.page.locator(CHROME).count() == 0
        assert not re.search(r"\.yaml|\.ipynb|\bJK\d|\[\d+\]:|Traceback", wall.words)
        assert wall.page.evaluate(SMALL) == []
        assert axe(wall.page, "body") == []
        wide = "document.querySelector('.jp-WindowedPanel-outer')"
        assert wall.page.evaluate(f"{wide}.scrollWidth <= {wide}.clientWidth")
        wall.press("PageDown" if screen % 2 else "ArrowRight")
    follows = {"00": "01", "03": "04"}[name[:2]]
    wall.page.wait_for_url(f"**/doc/tree/**/notebooks/{follows}_*.ipynb")
    wall.settle()
    assert "screen 1 of" in wall.heard
    wall.press("PageUp")
    wall.page.wait_for_url(f"**/doc/tree/**/notebooks/{name}")
    assert wall.nb.seen.outside == []


def test_what_is_covered_comes_after_the_round_and_outputs_come_back_after_a_reload(lab):
    wall = Wall(lab.present("03_weak_spots.ipynb", **WALL))
    page = wall.page
    wall.turn_to("Take a name for this session")
    guess = wall.heard
    wall.turn_to("Covered until you have guessed")
    assert page.locator(".jkp-on .jp-RenderedSVG").count() == 0
    covered = wall.heard
    while wall.heard != guess:
        wall.press("PageUp")
    page.get_by_role("button", name="Skip the guess").click()  # who presents needs no name for it
    page.locator(".jk-sure .jk-bar button.jk-main:visible").click()
    page.get_by_text("Skipped: the numbers are no longer covered").wait_for()
    wall.press("PageDown")  # with the focus where it was pressed
    assert wall.heard == covered
    page.locator(".jkp-on .jp-RenderedSVG img").wait_for()
    assert "Covered until" not in wall.words
    before = wall.counts()
    page.wait_for_function("!jupyterapp.shell.currentWidget.context.model.dirty")
    page.reload()
    wall.settle()
    assert wall.heard == covered
    page.locator(".jkp-on .jp-RenderedSVG img").wait_for()
    wall.press("PageUp", "PageDown")
    assert wall.counts() == before  # shown again, run no more


def test_keys_belong_to_who_types_and_to_nobody_elses_commands(lab):
    name = marked(lab, "50_keys.ipynb", *SETUP, ("text", "## One"), ("", "w.objectives.ask_objectives()"),
                  ("text", "## Two"), ("", "1 + 1"))  # fmt: skip
    wall = Wall(lab.present(name))
    page = wall.page
    wall.press("PageDown")
    assert "One" in wall.heard
    field = page.locator("textarea:visible").first
    field.click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" l dd x r p")
    wall.press("ArrowRight", "PageDown")
    assert field.input_value().endswith(" l dd x r p")
    assert "One" in wall.heard
    assert "You are typing" in wall.words
    wall.press("Escape", "PageDown")
    assert "Two" in wall.heard
    cells = len(wall.nb.cells())
    page.locator(".jkp-on .jp-OutputArea-output").click()
    for key in ("d", "d", "x", "a", "b", "Enter", "y", "m", "0", "0", "Control+s", "Shift+Enter"):
        page.keyboard.press(key)
    page.locator(".jkp-on h2").dblclick()
    assert "Two" in wall.heard
    assert len(wall.nb.cells()) == cells
    assert page.locator(CHROME).count() == 0
    assert page.locator(".jp-Dialog").count() == 0
    wall.press("PageUp")
    assert page.locator("textarea:visible").first.input_value().endswith(" l dd x r p")


@pytest.mark.nightly
def test_the_persona_that_is_chosen_holds_in_the_next_notebook(lab):
    cells = (*SETUP, ("text", "## Who"), ("", "print(w.persona.name)"))
    names = [marked(lab, name, *cells) for name in ("51_one.ipynb", "52_two.ipynb")]
    was = (lab.root / "notebooks" / names[1]).read_text("utf-8")
    wall = Wall(lab.present(names[0]))
    page = wall.page
    wall.press("PageDown")
    assert "Mobile Maya" in wall.words
    wall.press("l")
    dialog = page.get_by_role("dialog", name="Agenda")
    dialog.get_by_role("button", name="Loyal Lena").first.click()
    wall.settle()
    page.locator(".jkp-on", has_text="Loyal Lena").wait_for()
    wall.press("PageDown")
    page.wait_for_url("**/52_two.ipynb")
    wall.settle()
    wall.press("PageDown")
    page.locator(".jkp-on", has_text="Loyal Lena").wait_for()
    now = (lab.root / "notebooks" / names[1]).read_text("utf-8")
    sources = [[c["source"] for c in nbformat.reads(text, 4)["cells"]] for text in (was, now)]
    assert sources[0] == sources[1]
    wall.press("PageUp", "PageUp")  # back in the first one, whose kernel knows her, too
    page.wait_for_url("**/51_one.ipynb")


def test_what_is_folded_is_chosen_from_the_list_and_phones_have_a_key(lab, axe):
    name = marked(lab, "53_more.ipynb", *SETUP, ("text", "## One"), ("", "1"), ("text", "## Two"), ("", "2"),
                  ("text", "## More"), ("text", "### Phones"), ("phones", "w.start.room()"),
                  ("text", "### Aside"), ("", "print('aside')"))  # fmt: skip
    wall = Wall(lab.present(name, **WALL))
    page = wall.page
    assert page.locator(".jkp-count").inner_text() == "1 of 3"
    wall.press("PageDown")
    page.locator(".jkp-clock .jk-timer").wait_for()
    wall.press("p")
    assert wall.heard == "Phones, more"
    page.get_by_role("button", name="Open a room").wait_for()
    wall.press("p")
    assert wall.heard == "One, screen 2 of 3"
    wall.press("l")
    dialog = page.get_by_role("dialog", name="Agenda")
    dialog.get_by_text("Where we lose them").wait_for()
    assert axe(page, ".jkp-agenda") == []
    assert page.evaluate(SMALL) == []
    dialog.get_by_text("More", exact=True).click()
    dialog.get_by_role("button", name="Aside").click()
    wall.settle()
    assert wall.heard == "Aside, more"
    page.locator(".jp-CodeCell.jkp-on", has_text="aside").wait_for()
    wall.press("PageDown")
    assert wall.heard == "Two, screen 3 of 3"
    wall.press("l", "Escape")
    assert page.get_by_role("dialog").count() == 0


def test_a_key_starts_and_pauses_the_clock_also_before_anything_ran(lab):
    name = marked(
        lab, "64_clock.ipynb", *SETUP, ("text", "## One"), ("", "w.objectives.ask_objectives()")
    )
    wall = Wall(lab.present(name, **WALL))
    page, clock = wall.page, wall.page.locator(".jkp-clock .jk-timer")

    def records():
        return [each.paused for each in open_folder(lab.root).records("sessions")]

    wall.press("t")
    clock.get_by_text(re.compile(r"^of \d+ min, until")).wait_for()
    assert wall.heard == "Ours, screen 1 of 2"
    assert lab.within(5, lambda: records() == [None])
    wall.press("T")
    clock.get_by_text("The clock stands").wait_for()
    assert lab.within(5, lambda: records()[0] is not None)
    wall.press("PageDown")
    field = page.locator("textarea:visible").first
    field.click()
    page.keyboard.type("t")
    assert "t" in field.input_value()
    clock.get_by_text("The clock stands").wait_for()
    wall.press("Escape", "t")
    clock.get_by_text(re.compile(r"^of \d+ min, until")).wait_for()
    wall.press("l")
    page.get_by_role("dialog").get_by_text("start or pause the clock").wait_for()


def test_every_key_is_listed_where_keys_are_listed():
    """The presenter's list and the guide have each letter that does something."""
    static = PRESENTER / "journeykit/static"
    keys = re.search(r"KEYS = \{(.+?)\};", (static / "page.js").read_text("utf-8"), re.DOTALL)
    assert keys
    letters = {key.upper() for key in re.findall(r"\b([a-z]): \"", keys[1])}
    assert letters == {"L", "P", "R", "T", "F"}
    listed = {*re.findall(r'\["([A-Z])", ', (static / "agenda.js").read_text("utf-8"))}
    guide = (Path(__file__).parents[2] / "docs/facilitator.md").read_text("utf-8")
    assert letters == listed == {*re.findall(r"^\| ([A-Z]) \|", guide, re.MULTILINE)}


def test_a_notebook_without_a_clock_says_so(lab):
    wall = Wall(lab.present(marked(lab, "65_none.ipynb", ("text", "# Ours"), ("", "1"))))
    wall.press("t")
    assert "This notebook has no clock." in wall.words


def test_a_copy_without_marks_works_and_a_fault_is_said(lab):
    name = marked(lab, "54_old.ipynb", ("text", "# Old\n\nA team's own."), ("", "print('first')"),
                  ("text", "## Broken"), ("", "raise ValueError('the <b>basket</b> is empty')"))  # fmt: skip
    wall = Wall(lab.present(name))
    assert wall.page.locator(".jkp-count").inner_text() == "1 of 3"
    wall.press(" ")
    assert "first" in wall.words
    wall.press(" ")
    said = wall.page.locator(".jkp-note")
    assert "cannot be shown" in said.inner_text()
    assert "the <b>basket</b> is empty" in said.inner_text()
    wall.press("Shift+Space")
    assert said.inner_text() == ""


def test_the_clock_of_the_lab_leads_here_and_the_list_leads_back(lab):
    nb = lab.open(marked(lab, "55_way.ipynb", *SETUP[:3], ("", "w.start.agenda()")))
    nb.run_all()
    nb.page.get_by_role("button", name="Present").click()
    nb.page.wait_for_url("**/doc/tree/**/55_way.ipynb")
    wall = Wall(nb)
    wall.press("PageDown")
    assert nb.page.locator(".jk-timer button:visible", has_text="Present").count() == 0
    wall.press("l")
    nb.page.get_by_role("button", name="Leave").click()
    nb.page.wait_for_url("**/lab/tree/**/55_way.ipynb")


@pytest.mark.nightly
def test_what_the_folder_says_now_is_computed_and_a_new_kernel_begins_anew(lab):
    name = marked(lab, "56_now.ipynb", *SETUP, ("text", "## One"), ("", "1"),
                  ("text", "## Name"), ("", "print(w.workshop.name)"))  # fmt: skip
    wall = Wall(lab.present(name))
    wall.press("PageDown", "PageDown")
    shown = wall.page.locator(".jp-CodeCell.jkp-on")
    file = lab.root / "workshop.yaml"
    was = re.search(r"^name: (.+)$", file.read_text("utf-8"), re.M)
    assert was
    assert was[1].strip("\"'") in shown.inner_text()
    wall.press("PageUp")
    file.write_text(file.read_text("utf-8").replace(was[0], "name: Another name"), "utf-8")
    wall.press("PageDown")
    assert "Another name" in shown.inner_text()
    wall.press("PageUp", "PageDown")
    counts = wall.counts()
    wall.press("PageUp", "PageDown")
    assert wall.counts() == counts  # nothing changed, nothing ran
    wall.press("r")
    assert wall.counts() != counts
    wall.nb.restart()
    wall.press("PageUp")
    assert wall.counts()[:4] == [1, 2, 3, 4]  # what comes before, and the screen itself
    wall.page.locator(".jkp-clock .jk-timer").wait_for()


def test_a_notebook_without_a_screen_says_so_and_is_passed(lab):
    for name, cells in (
        ("57_one.ipynb", (("text", "## One"), ("", "1"))),
        ("58_none.ipynb", ()),
        ("59_end.ipynb", (("", "2"),)),
    ):
        marked(lab, name, *cells)
    wall = Wall(lab.present("58_none.ipynb"))
    assert "This notebook has nothing to show yet" in wall.words
    wall.press("l", "Escape", "PageDown")
    wall.page.wait_for_url("**/59_end.ipynb")
    assert [said for said in wall.nb.seen.problems if "undefined" in said] == []


def test_a_notebook_that_is_come_to_begins_with_its_question_and_a_guess_before_its_answer(lab):
    names = ("60_a.ipynb", "61_b.ipynb")
    marked(lab, names[0], ("text", "# A"), ("", "'a' * 3"))
    marked(
        lab,
        names[1],
        ("text", "# B"),
        ("text", "## How many?"),
        ("ask-first", "6 * 7"),
        ("text", "## End"),
        ("", "'end'"),
    )
    wall = Wall(lab.present(names[1]))
    wall.press("PageDown")
    assert (wall.heard, "42" in wall.words) == ("How many?, screen 2 of 4", False)
    wall.press("PageDown")
    assert (wall.heard, "42" in wall.words) == ("How many?, screen 3 of 4", True)
    wall.press("PageDown")
    wall.page.goto(wall.page.url.replace(names[1], names[0]))
    wall.settle()
    wall.press("PageDown", "PageDown")
    wall.page.wait_for_url(f"**/{names[1]}")
    wall.settle()
    assert wall.heard == "B, screen 1 of 4"


@pytest.mark.nightly
def test_a_persona_who_is_gone_is_not_asked_for_again(lab):
    wall = Wall(
        lab.present(
            marked(lab, "62_gone.ipynb", *SETUP, ("text", "## Who"), ("", "print(w.persona.name)"))
        )
    )
    wall.press("PageDown", "l")
    wall.page.get_by_role("dialog").get_by_role("button", name="Loyal Lena").first.click()
    wall.settle()
    wall.page.locator(".jkp-on", has_text="Loyal Lena").wait_for()
    for file in lab.root.glob("*/loyal-lena*.yaml"):
        file.unlink()
    wall.nb.restart()
    wall.press("r")
    assert "is not in the folder any more" in wall.words
    wall.page.locator(".jp-CodeCell.jkp-on", has_text="Mobile Maya").wait_for()


def test_a_notebook_that_was_saved_elsewhere_is_not_asked_about_on_the_wall(lab):
    name = marked(lab, "63_twice.ipynb", ("text", "# A"), ("", "'one'"), ("", "'two'"))
    walls = [Wall(lab.present(name)) for _ in range(2)]
    walls[0].press("PageDown")
    walls[0].page.wait_for_function("!jupyterapp.shell.currentWidget.context.model.dirty")
    walls[1].press("PageDown")
    assert "saved elsewhere" in walls[1].words
    assert walls[1].page.locator(".jp-Dialog").count() == 0
    walls[1].press("PageDown")
    assert "two" in walls[1].words
