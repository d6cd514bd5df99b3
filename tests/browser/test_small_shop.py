"""The owner of a small shop, who has no data: four questions in a terminal, then a browser only."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from journeykit.store import open_folder
from tests.pictures import picture

pytestmark = [pytest.mark.all, pytest.mark.browser, pytest.mark.xdist_group("lab")]

SOON = 20  # seconds at most until what was typed is in the folder, on a machine with much to do
STAGES = ["Hears of us", "Comes in", "Chooses", "Pays", "Cares at home"]
ANSWERS = ["Rosa's Flowers", "Regular Rita", ", ".join(STAGES), "More people come back"]
AIM = "Every second customer is back within a month"
WISH = "A bunch that lasts a week"
ACTIONS = ["Looks at the window", "Asks what is fresh", "Tells us whom it is for"]
PAIN = "Nobody says how to care for it"
GUESS = "The pot was too small all along"
DECISION = "A card with each bunch: how it lasts"
LAST = "Rosa prints fifty cards"
TYPED = [*STAGES, AIM, WISH, *ACTIONS, PAIN, DECISION, LAST]
NOBODYS = re.compile(
    r"(?i:Not measured)|Replace me|waits for data|Traceback|jk\.open_workshop|w\.\w+\.\w+\(\)"
    r"|\b(?:Maya|Lena|Paul|Acme)\b|retail"
)
"""What no page of hers may say: placeholders, code, faults, and words of another company's sample."""


class Shop:
    """Her folder, and the notebook that she has open."""

    def __init__(self, root: Path, url: str, token: str, notebook: Callable[..., Any]) -> None:
        self.root, self.url, self.token, self.notebook = root, url, token, notebook

    def open(self, name: str) -> Any:
        """Open a notebook as the link in the one before does, and run it; nothing may hurt."""
        at = f"{self.url}/lab/tree/notebooks/{name}.ipynb?token={self.token}&reset"
        self.nb = self.notebook(at, width=1366, height=768)
        self.page, self.keys = self.nb.page, self.nb.page.keyboard
        self.nb.only_notebook()
        self.nb.run_all()
        return self.page

    def kept(self, words: str, where: str) -> None:
        """Wait until it stands in her files."""

        def stands() -> bool:
            told = (path.read_text("utf-8") for path in self.root.glob(where))
            return any(words in each for each in told)

        assert any(stands() or self.page.wait_for_timeout(100) for _ in range(SOON * 10)), words

    def decide(self, words: str, add: str = "") -> None:
        form = self.nb.form(".decide()", "What we decide")
        rows = form.locator(".journeykit-line")
        rows.first.wait_for()
        if add:
            form.get_by_role("button", name=add).click()
            rows.nth(1).wait_for()
        rows.last.get_by_title("What do we decide?").fill(words)
        rows.last.get_by_title("Who sees to it?").fill("Rosa")
        form.get_by_text("✓ Saved").wait_for()
        self.kept(words, "records/decisions/*.yaml")

    def leave(self) -> None:
        """Close the notebook; nothing was asked of the world."""
        assert self.nb.seen.outside == []
        self.page.close()


def test_from_four_answers_to_a_report_of_her_own(
    tmp_path: Path, serving: Any, notebook: Any, visit: Any
) -> None:
    root = tmp_path / "shop"
    terminal, hers = pty.openpty()
    os.write(terminal, "".join(f"{answer}\n" for answer in ANSWERS).encode())
    journeykit("new", str(root), stdin=hers)
    os.close(terminal), os.close(hers)
    with serving(root, tmp_path) as (url, token):
        shop = Shop(root, url, token, notebook)
        the_map(shop)
        the_aim_and_the_customer(shop)
        what_hurts(shop)
        who_does_what(shop)
    assert open_folder(root).problems() == []
    journeykit("run", str(root))
    the_report_is_hers(root, visit)


def the_map(shop: Shop) -> None:
    page = shop.open("00_start_here")
    shop.nb.scroll("jk.open_workshop(")
    page.get_by_text("Rosa's Flowers, for Regular Rita").wait_for()
    board = shop.nb.at("w.start.board()", ".jk-board")
    board.locator(".jk-cell[data-lane=actions][data-stage=comes-in] .jk-add").click()
    for words in ACTIONS:  # Enter goes on to the next note
        shop.keys.type(words)
        shop.keys.press("Enter")
    shop.keys.press("Escape")
    board.locator(".jk-cell[data-lane=pain-points][data-stage=cares-at-home] .jk-add").click()
    shop.keys.type(PAIN)
    shop.keys.press("Enter")
    shop.keys.press("Escape")
    for words in (*ACTIONS, PAIN):
        shop.kept(words, "journeys/*.yaml")
    shop.leave()


def the_aim_and_the_customer(shop: Shop) -> None:
    shop.open("01_define_objectives")
    form = shop.nb.form("ask_objectives()", "Our objectives")
    form.get_by_role("button", name="Add a row").click()
    form.get_by_title("What do we want to reach?").fill(AIM)
    form.get_by_text("Not saved yet: Measured by: to be filled in").wait_for()
    form.get_by_title("Measured by").select_option(label="Repeat\u00a0purchase")
    form.get_by_title("Target").fill("50%")
    form.get_by_text("✓ Saved").wait_for()
    shop.kept(AIM, "workshop.yaml")
    canvas = shop.nb.at("ask_persona()", ".jk-canvas")
    canvas.get_by_role("button", name="Add to Goals").click()
    shop.keys.type(WISH)
    shop.keys.press("Enter")
    shop.kept(WISH, "personas/*.yaml")
    shop.leave()


def what_hurts(shop: Shop) -> None:
    """No data, so there is nothing to guess, and it says so; a note is written and never revealed."""
    page = shop.open("03_weak_spots")
    shop.nb.scroll("w.weak_spots.guess()")
    page.get_by_text("There is nothing to guess").wait_for()
    gather = shop.nb.at("gather()", ".jk-gather")
    gather.locator(".jk-alias").fill("Rosa")
    gather.get_by_role("button", name="Begin").click()
    gather.locator(".jk-draft").fill(GUESS)
    gather.locator(".jk-draft").press("Enter")
    gather.get_by_text("✓ Saved").wait_for()
    shop.decide(DECISION)
    shop.leave()


def who_does_what(shop: Shop) -> None:
    """The last notebook has what was decided before, and room for one more."""
    page = shop.open("07_compare_personas")
    shop.nb.scroll(".decide()")
    field = page.get_by_title("What do we decide?").first
    field.wait_for()
    assert field.input_value() == DECISION
    shop.decide(LAST, "Add a decision")
    shop.leave()


def the_report_is_hers(root: Path, visit: Any) -> None:
    (index,) = root.glob("runs/*/index.html")
    (report,) = root.glob("runs/*/customer/report.html")
    for path in (index, report, *root.glob("runs/*/compare/report.html")):
        seen = visit(path)
        told = words_of(seen.page)
        assert NOBODYS.findall(told) == [], path
        assert (seen.outside, seen.problems) == ([], []), path
        if path is index:
            assert [each for each in (*ANSWERS[:2], DECISION, LAST) if each not in told] == []
        if path is report:
            assert [each for each in TYPED if each not in told] == []
            assert GUESS not in told, "nobody revealed it"
            assert [
                each for each in (*STAGES, *ACTIONS, PAIN) if each not in on_the_map(seen)
            ] == []
            picture(seen.page, "small-shop-report")


def words_of(page: Any) -> str:
    """All that can be read on a page, with what is folded unfolded, on one line."""
    page.evaluate(
        "() => document.querySelectorAll('details').forEach((one) => { one.open = true; })"
    )
    return " ".join(str(page.locator("body").inner_text()).split())


def on_the_map(seen: Any) -> str:
    svg = seen.page.locator("svg", has_text=STAGES[0]).first
    return " ".join(str(svg.text_content()).split())


def journeykit(*line: str, stdin: int = subprocess.DEVNULL) -> None:
    """Call the command, in a process of its own."""
    code = "from journeykit.cli import main; main()"
    told = subprocess.run(
        [sys.executable, "-c", code, *line],
        stdin=stdin,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert told.returncode == 0, told.stdout + told.stderr
