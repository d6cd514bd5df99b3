"""A team at work: the guided notebooks in a real JupyterLab that can reach nothing outside."""

from __future__ import annotations

import runpy
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from journeykit.store import open_folder
from tests.uncovered import skip_in

pytestmark = [pytest.mark.all, pytest.mark.browser, pytest.mark.xdist_group("lab")]

looks = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("looks.py"))))

PICTURES = """() => [...document.querySelectorAll('.jp-RenderedSVG :is(svg, img)')]
  .map(p => p.naturalWidth ?? p.getBoundingClientRect().width)"""
GOAL = "textarea[title='What do we want to reach?']"


def shown(page: Any) -> float:
    """Wait for the pictures in view; the width of the smallest, 0 for one that is broken."""
    page.locator(".jp-RenderedSVG :is(svg, img)").first.wait_for()
    return float(min(page.evaluate(PICTURES)))


def test_what_a_team_types_is_in_the_folder_and_comes_back(lab):
    root = lab.root
    nb = lab.open("01_define_objectives.ipynb")
    page = nb.page
    cells = nb.run_all()
    # A team sees questions and pictures; an analyst opens the code.
    assert all(cell["hidden"] for cell in cells)
    assert page.locator(".jp-CodeCell .cm-content:visible").count() == 0
    asked = [cell for cell in cells if "application/vnd.jupyter.widget-view+json" in cell["kinds"]]
    assert len(asked) == 5  # the clock, objectives, persona, decision, the room
    assert sum("image/svg+xml" in cell["kinds"] for cell in cells) >= 3
    assert page.get_by_text("get notified about official").count() == 0  # nothing is even asked

    nb.scroll("ask_objectives")
    field = page.locator(GOAL).first
    field.click()
    field.press("Control+End")
    field.press_sequentially(" in half a year, #1: “truly”")
    words = field.input_value()
    assert words.endswith("#1: “truly”")
    file = root / "workshop.yaml"
    assert lab.within(2, lambda: "truly" in file.read_text(encoding="utf-8"))
    assert open_folder(root).workshop().objectives[0].goal == words
    page.get_by_text("✓ Saved").first.wait_for(timeout=5_000)

    nb.run_all()
    nb.scroll("ask_objectives")
    assert page.locator(GOAL).first.input_value() == words
    nb.save()
    nb.reload()
    nb.run_all()
    nb.scroll("ask_objectives")
    assert page.locator(GOAL).first.input_value() == words
    assert open_folder(root).workshop().objectives[0].goal == words
    assert nb.seen.outside == []


def test_it_can_be_read_in_the_light_and_in_the_dark(lab):
    nb = lab.open("01_define_objectives.ipynb")
    page = nb.page
    nb.run_all()
    for theme in ("Light", "Dark"):
        nb.theme(theme)
        for place in ("ask_objectives", "baselines", "ask_persona", "profile()"):
            nb.scroll(place)
            page.wait_for_timeout(300)
            found = page.evaluate(
                looks.CONTRASTS, ".jp-OutputArea :is(h3,h4,p,td,th,b,small,textarea,input,select)"
            )
            assert found
            assert found[0][0] >= 4.5, (theme, place, found[:3])
        assert shown(page) > 400
        forms = "[...document.querySelectorAll('.journeykit-form')].every(f => f.scrollWidth <= f.clientWidth + 1)"
        nb.scroll("ask_persona")
        assert page.evaluate(forms)
    nb.only_notebook()
    page.set_viewport_size({"width": 390, "height": 800})
    nb.scroll("ask_persona")
    page.wait_for_timeout(500)
    assert page.evaluate(forms)


@pytest.mark.nightly
def test_a_saved_notebook_shows_its_pictures_to_whoever_opens_it(lab):
    made = "import journeykit as jk\nw = jk.open_workshop(persona='mobile-maya')"
    nb = lab.open(lab.write("saved.ipynb", made, "w.start.board()", "w.objectives.ask_persona()"))
    nb.run_all()
    nb.page.locator(".jk-canvas").wait_for()
    nb.save()
    lab.end()
    # It comes from somebody else, so that JupyterLab does not trust it, and no cell is run.
    file = lab.root / "saved.ipynb"
    file.write_text(
        file.read_text("utf-8").replace("ask_persona()", "ask_persona()  # theirs"), "utf-8"
    )
    other = lab.open("saved.ipynb")
    page = other.page
    page.wait_for_function("document.querySelector('.jp-RenderedHTML img')?.naturalWidth > 500")
    assert page.locator(".jp-RenderedHTML summary", has_text="The map in words").count() == 1
    other.scroll("ask_persona")
    page.locator(".jp-RenderedHTML li", has_text="Spend little time and no regret").wait_for()
    page.wait_for_timeout(1000)
    assert page.get_by_text("isplaying widget").locator("visible=true").count() == 0


FOLDED = """() => jupyterapp.shell.currentWidget.content.widgets
  .filter((cell) => cell.isHidden).map((cell) => cell.model.sharedModel.source)"""


def test_more_stays_folded_until_somebody_wants_it(lab):
    nb = lab.open("06_after_the_purchase.ipynb")
    page = nb.page
    cells = nb.run_all()  # what is folded runs, too
    folded = page.evaluate(FOLDED)
    assert [cell["source"] for cell in cells if cell["source"] not in folded][3:] == [
        "w.after.retention()",
        "w.after.playbook()",
        "w.after.decide()",
    ]
    nb.save()
    nb.reload()
    page.get_by_text("cells hidden").wait_for()
    assert page.evaluate(FOLDED) == folded
    nb.scroll("## More")
    page.locator(".jp-collapseHeadingButton.jp-mod-collapsed").click()
    page.get_by_role("heading", name="Buying again").wait_for()
    assert page.evaluate(FOLDED) == []
    assert nb.seen.outside == []


def test_run_all_never_waits_for_anybody(lab):
    skip_in(lab.root, "mobile-maya")
    nb = lab.open("03_weak_spots.ipynb")
    began = time.monotonic()
    cells = nb.run_all()
    assert time.monotonic() - began < 60
    assert len(cells) >= 10
    assert sum("image/svg+xml" in cell["kinds"] for cell in cells) >= 5
    nb.scroll("funnel()")
    assert shown(nb.page) > 400
    assert nb.seen.outside == []
