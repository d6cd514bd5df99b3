"""A facilitator's day: the whole retail workshop in a browser, and the report of what the team did."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from journeykit.store import open_folder

pytestmark = [pytest.mark.nightly, pytest.mark.browser, pytest.mark.xdist_group("lab")]

PERSONA = "mobile-maya"
# The collapsed cell at the top, as the facilitator's guide says.
CHOOSE = """(persona) => {
  const cells = [...jupyterapp.shell.currentWidget.content.model.cells].map((cell) => cell.sharedModel);
  const top = cells.find((cell) => cell.source.includes('persona = ""'));
  top.setSource(top.source.replace('persona = ""', `persona = "${persona}"`));
}"""
SOON = 20  # seconds at most until what was typed is in the folder, on a machine with much to do
FEAR = "That it is a shop that is gone tomorrow"
THOUGHT = "Will it fit me at all?"
GOAL = "Buy it before the train comes"
NOTE = "Costs show up at the very end"
OTHER = "Nobody answers in the chat"
FINDING = "The button lies under the cookie notice"
BECAUSE = "We lose the hasty ones"
IDEA = "Say what shipping costs on the product page"


class Day:
    """One workshop, one browser, one notebook after the other."""

    def __init__(self, lab: Any) -> None:
        self.lab, self.root = lab, lab.root

    def open(self, notebook: str) -> None:
        self.nb = self.lab.open(notebook)
        self.page, self.keys = self.nb.page, self.nb.page.keyboard
        self.page.set_default_timeout(30_000)
        self.nb.only_notebook()
        self.page.evaluate(CHOOSE, PERSONA)
        self.nb.run_all()

    def row(self, call: str, title: str, add: str) -> tuple[Any, Any]:
        """Add a row to a form that has some already; gives the form, and the row once it is drawn."""
        form = self.nb.form(call, title)
        rows = form.locator(".journeykit-line")
        rows.first.wait_for()
        before = self.still(rows.count)
        self.nb.scroll(call)  # it was lower before its rows were drawn
        form.get_by_role("button", name=add).click()
        assert self.lab.within(SOON, lambda: rows.count() == before + 1)
        return form, rows.nth(before)

    def still(self, count: Callable[[], int]) -> int:
        """Wait until a number stays the same for a second."""
        now = -1
        while now != (now := count()):
            self.page.wait_for_timeout(1000)
        return now

    def kept(self, holds: Callable[[], Any]) -> None:
        assert self.lab.within(SOON, holds)

    def journey(self, kind: str = "as-is") -> Any:
        return open_folder(self.root).journey_of(PERSONA, kind)

    def records(self, kind: str) -> list[Any]:
        return list(open_folder(self.root).records(kind))

    def decide(self, phase: str, words: str) -> None:
        """End a phase with its decision, and close the notebook."""
        form = self.nb.form(".decide()", "What we decide")
        form.get_by_title("What do we decide?").fill(words)
        form.get_by_title("Who sees to it?").fill("Ann")
        form.get_by_text("✓ Saved").wait_for()
        self.kept(
            lambda: any(
                d.phase == phase and d.owner == "Ann" and d.text == words
                for d in self.records("decisions")
            )
        )
        assert self.nb.seen.outside == []
        self.page.close()

    def name(self, widget: Any, alias: str) -> None:
        """Take a name, where this browser has none yet for the session."""
        widget.locator(":is(.jk-gate, .jk-me):visible").first.wait_for()
        if widget.get_by_text(f"You are {alias}").is_visible():
            return
        widget.locator(".jk-alias").fill(alias)
        widget.get_by_role("button", name="Begin").click()
        widget.locator(".jk-me").wait_for()


def test_from_persona_to_tested_journey_and_the_report_of_it(lab: Any) -> None:
    day = Day(lab)
    start(day)
    objectives(day)
    buyer_goals(day)
    weak_spots(day)
    ux(day)
    walk_and_claim(day)
    after(day)
    lab.end()
    the_report_holds_it(day)


def start(day: Day) -> None:
    day.open("00_start_here.ipynb")
    clock = day.nb.at("agenda()", ".jk-timer")
    clock.locator(".jk-main").click()
    clock.get_by_text("Pause").wait_for()
    day.kept(lambda: day.records("sessions"))
    board = day.nb.at("board()", ".jk-board")
    board.locator(".jk-cell[data-lane=thoughts][data-stage=purchase] .jk-add").click()
    day.keys.type(THOUGHT)
    day.keys.press("Enter")
    day.keys.press("Escape")
    day.kept(lambda: any(card.text == THOUGHT for card in day.journey().cards))
    day.page.close()


def objectives(day: Day) -> None:
    day.open("01_define_objectives.ipynb")
    canvas = day.nb.at("ask_persona()", ".jk-canvas")
    canvas.get_by_role("button", name="Add to What they fear").click()
    day.keys.type(FEAR)
    day.keys.press("Enter")
    day.kept(lambda: FEAR in open_folder(day.root).persona(PERSONA).canvas.fears)
    day.decide("define-objectives", "We mend the purchase on the phone")


def buyer_goals(day: Day) -> None:
    day.open("02_buyer_goals.ipynb")
    form, row = day.row("ask_goals()", "Goals and how well they are served", "Add a goal")
    row.get_by_title("Goal", exact=True).fill(GOAL)
    form.get_by_text("✓ Saved").wait_for()
    day.kept(lambda: any(card.text == GOAL for card in day.journey().at(lane="goals")))
    day.decide("buyer-goals", "Speed comes before choice")


def weak_spots(day: Day) -> None:
    day.open("03_weak_spots.ipynb")
    beliefs = day.nb.at("guess()", ".jk-beliefs")
    day.name(beliefs, "Ann")
    guess = beliefs.get_by_label(re.compile("“visit”.*: your guess")).nth(1)
    guess.fill("40")
    guess.press("Enter")
    beliefs.get_by_text("✓ Saved").wait_for()
    beliefs.get_by_role("button", name=re.compile("^Reveal")).click()
    beliefs.get_by_role("button", name="Reveal now").click()
    beliefs.get_by_text(re.compile(r"1 of 1 ranges? held|0 of 1 ranges? held")).first.wait_for()

    gather = day.nb.at("gather()", ".jk-gather")
    for alias, words in (("Ann", NOTE), ("Ben", OTHER)):  # one laptop goes round
        day.name(gather, alias)
        gather.locator(".jk-draft").fill(words)
        gather.locator(".jk-draft").press("Enter")
        gather.get_by_text("✓ Saved").wait_for()
        if alias == "Ann":
            gather.get_by_role("button", name="Pass the laptop on").click()
    gather.get_by_role("button", name=re.compile("^Reveal all")).click()
    gather.get_by_role("button", name="Reveal now").click()
    gather.get_by_role("button", name="3 Vote").click()
    gather.get_by_role("button", name=f"Give a dot to {NOTE}").click()
    gather.get_by_role("button", name="4 Result").click()
    row = gather.locator("tbody tr", has_text=NOTE)
    row.get_by_label("Stage").select_option("purchase")
    row.get_by_role("button").click()
    gather.get_by_text("✓ Purchase · Pain points").wait_for()
    day.kept(lambda: any(card.text == NOTE for card in day.journey().at("purchase", "pain-points")))
    day.decide("weak-spots", "The purchase comes first")


def ux(day: Day) -> None:
    day.open("04_ux_analysis.ipynb")
    board = day.nb.at("ask_emotions()", ".jk-board")
    handle = board.get_by_role("slider", name="What they feel, Purchase")
    handle.focus()
    for _ in range(3):
        day.keys.press("ArrowDown")
    felt = float(handle.get_attribute("aria-valuenow"))
    day.kept(lambda: day.journey().emotions()["purchase"] == felt)
    day.decide("ux-analysis", "The purchase feels worst, and the data agrees")


def walk_and_claim(day: Day) -> None:
    day.open("05_test_the_journey.ipynb")
    walk = day.nb.at("ask_walk()", ".jk-walk")
    walk.locator("input").fill("Ben")
    day.keys.press("Enter")
    walk.get_by_role("button", name="✓ Seen").wait_for()
    while walk.get_by_role("button", name="✓ Seen").count():
        walk.get_by_role("button", name="✓ Seen").click()
        if walk.get_by_text("step 1 of").count():
            walk.get_by_label("What did you find?").fill(FINDING)
        walk.locator(".jk-nav .jk-main").click()
    walk.get_by_text(re.compile(r"Ben has seen (\d+) of \1 steps")).wait_for()

    _, row = day.row("ask_claims()", "What do our notes claim?", "Add a claim")
    row.get_by_title("Which note claims it?").select_option(label=f"Purchase: {THOUGHT}")
    row.get_by_title("What is claimed?").select_option(label="Customers who go on to …")
    row.get_by_title("Of which step, promise, channel …").fill("look at a product")
    row.get_by_title("Is", exact=True).select_option(label="at least")
    row.get_by_title("Threshold").fill("95%")
    row.get_by_title("Why we claim it").fill(BECAUSE)
    row.get_by_role("checkbox").check()
    day.kept(
        lambda: any(c.text == THOUGHT and c.claim and c.claim.must for c in day.journey().cards)
    )

    both = day.nb.at("ask_to_be()", ".jk-board")
    both.locator(
        "[data-map=to_be] .jk-cell[data-lane=touchpoints][data-stage=purchase] .jk-add"
    ).click()
    day.keys.type(IDEA)
    day.keys.press("Enter")
    day.keys.press("Escape")
    day.kept(lambda: any(card.text == IDEA for card in day.journey("to-be").cards))
    day.decide("test-the-journey", "We try it with half of the visitors")


def after(day: Day) -> None:
    day.open("06_after_the_purchase.ipynb")
    day.decide("after-the-purchase", "A mail a week after the parcel")


def the_report_holds_it(day: Day) -> None:
    """Run the workshop as an analyst does at night, and find all that the team did."""
    run = journeykit("run", day.root)
    assert run.returncode == 0, run.stdout + run.stderr
    report = next((day.root / "runs").rglob(f"{PERSONA}/report.html")).read_text("utf-8")
    for words in (FEAR, THOUGHT, GOAL, NOTE, FINDING, IDEA, "We try it with half of the visitors"):
        assert words in report, words
    result = json.loads(
        next((day.root / "runs").rglob(f"{PERSONA}/result.json")).read_text("utf-8")
    )
    card = next(card.id for card in day.journey().cards if card.text == THOUGHT)
    claim = next(claim for claim in result["claims"] if claim["card"] == card)
    assert (claim["verdict"], claim["high"] < 0.95) == ("refuted", True)
    tested = journeykit("test", day.root)
    assert tested.returncode == 1, "a claim that must hold does not"
    assert re.search(f"▼ red .*{re.escape(THOUGHT)}", tested.stdout), tested.stdout


def journeykit(command: str, root: Path) -> subprocess.CompletedProcess[str]:
    """Call the command beside the browser, in a process of its own."""
    line = [sys.executable, "-c", "from journeykit.cli import main; main()", command, str(root)]
    return subprocess.run(
        [*line, "--persona", PERSONA], capture_output=True, text=True, timeout=300
    )
