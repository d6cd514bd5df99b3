"""A whole session: one facilitator, eight phones, every activity, a dead kernel, a dead room, the next session.

What is typed is unique (``note 5.1``), so that the files can be asked at the end whether each stands
in them once. With ``JOURNEYKIT_PICTURES=DIR`` every screen is kept there; see ``tests/pictures.py``.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote

import psutil
import pytest

import journeykit as jk
from journeykit.store import open_folder
from journeykit.widgets.room import ask_room
from tests.pictures import PICTURES, picture

pytestmark = [pytest.mark.all, pytest.mark.browser, pytest.mark.xdist_group("lab")]

PERSONA, SOON = "mobile-maya", 30
GERMAN, ARABIC = {"locale": "de-AT"}, {"locale": "ar", "dark": True}
HOW: list[dict[str, Any]] = [GERMAN, ARABIC, {"dark": True}, *[{}] * 5]
"""How each phone is: one speaks German, one Arabic, two are dark."""
SLEEPER = 4
COVERED = re.compile(r"69\.0[67]|69\.1 ?%|0\.3093|0\.6906")
"""What the guess asks for, in all ways in which it is written; see ``test_the_session``."""
WALL = {"width": 1920, "height": 1080}
SETTLED = """document.documentElement.dataset.jkpReady === 'yes'
  && !/^(Computing|Going)/.test(document.querySelector('.jkp-note').textContent)"""


class Phone:
    """One phone in the room; nothing here depends on its language."""

    def __init__(self, number: int, seen: Any) -> None:
        self.number, self.seen, self.page = number, seen, seen.page
        self.page.set_default_timeout(SOON * 1000)
        self.line = seen.context.new_cdp_session(self.page)

    def saved(self) -> None:
        self.page.locator(".jk-status").get_by_text("✓").wait_for()

    def write(self, text: str) -> None:
        self.page.locator(".jk-draft").fill(text)
        self.page.keyboard.press("Enter")
        self.saved()

    def guess(self, *values: float) -> None:
        """Guess one number after the other, each with a range."""
        for place, value in enumerate(values):
            fields = self.page.locator(".jk-question").nth(place).locator("input[type=number]")
            for n, each in enumerate((value, value - 1, value + 1)):
                fields.nth(n).fill(f"{each:g}")
                fields.nth(n).press("Tab")
        self.page.wait_for_timeout(400)
        self.saved()

    def grade(self, value: int) -> None:
        self.page.locator(f".jk-grades input[value='{value}']").first.check()
        self.saved()

    def walk(self, finding: str) -> None:
        self.page.locator(".jk-walk form button").click()
        self.page.locator(".jk-walk [data-how=seen]").first.click()
        self.page.locator(".jk-walk textarea").fill(finding)
        self.page.locator(".jk-nav .jk-main").click()
        self.saved()

    def dots(self, what: str, n: int) -> None:
        for _ in range(n):
            self.page.locator(".jk-item", has_text=what).locator(".jk-votes button").last.click()
        self.saved()

    def sleep(self, on: bool) -> None:
        state = "frozen" if on else "active"
        self.line.send("Page.setWebLifecycleState", {"state": state})


class Session:
    """A workshop, its facilitator's browser with two tabs, and the phones."""

    def __init__(self, lab: Any, visit: Any) -> None:
        self.lab, self.root, self.visit = lab, lab.root.resolve(), visit
        self.phones: list[Phone] = []
        self.typed: list[str] = []
        self.mapped: list[str] = []
        """What was put on the map besides."""
        self.heard: list[str] = []
        """What phones and the facilitator's browser were told, word by word."""
        workshop = self.root / "workshop.yaml"
        short = re.sub(r"(?m)^    minutes: \d+$", "    minutes: 1", workshop.read_text("utf-8"))
        workshop.write_text(short, "utf-8")  # 180 minutes are ten here
        self.start = lab.open("00_start_here.ipynb", width=1366, height=768)
        self.listen(self.start.page)
        self.start.only_notebook()

    def listen(self, page: Any) -> None:
        def hear(socket: Any) -> None:
            socket.on("framereceived", lambda told: self.heard.append(str(told)))

        page.on("websocket", hear)

    def text(self, kind: str, number: int) -> str:
        """Make up a text that stands nowhere else."""
        made = f"{kind} {number}.{sum(each.startswith(f'{kind} ') for each in self.typed)}"
        self.typed.append(made)
        return made

    def join(self) -> None:
        told = ask_room(self.root, {})
        for number, how in enumerate(HOW, 1):
            seen = self.visit("about:blank", **{"width": 390, "height": 844, "touch": True, **how})
            self.listen(seen.page)
            seen.page.goto(told["url"])
            self.phones.append(Phone(number, seen))
        for phone in self.phones:
            phone.page.locator(".map img").wait_for()

    # --- the facilitator --------------------------------------------------------------------

    @property
    def room(self) -> Any:
        return self.start.at("w.start.room()", ".jk-room")

    def press(self, name: str, exact: bool = True) -> None:
        self.room.get_by_role("button", name=name, exact=exact).first.click()

    def begin(self, label: str, shown: str, topic: str = "") -> None:
        """Begin an activity; wait until every phone shows it."""
        self.room.get_by_label("Activity").select_option(label=label)
        if topic:
            self.room.get_by_label("Another question, if you like").fill(topic)
        self.press("Begin")
        for phone in self.phones:
            phone.page.locator(shown).first.wait_for()

    def reveal(self, what: str) -> None:
        self.press(f"Reveal {what}", exact=False)
        self.press("Reveal now")

    def open(self, notebook: str, *calls: str) -> Any:
        """Open a notebook in a second tab of the same browser, and run its head and some cells."""
        page = self.start.page.context.new_page()
        self.listen(page)
        page.goto(self.lab.url(notebook))
        made = type(self.start)(SimpleNamespace(page=page, context=page.context))
        made.only_notebook()
        self.run(made, *calls)
        return made

    def present(self, notebook: str) -> Any:
        """Open a notebook in the presenter's view, in a tab of the same browser."""
        page = self.start.page.context.new_page()
        page.set_viewport_size(WALL)
        page.set_default_timeout(SOON * 2000)
        self.listen(page)
        page.goto(self.lab.url(notebook, "doc"))
        page.wait_for_function(SETTLED)
        return page

    def turn(self, wall: Any, key: str) -> str:
        """Press a key; gives what the next screen says."""
        wall.keyboard.press(key)
        wall.wait_for_timeout(100)
        wall.wait_for_function(SETTLED)
        return str(wall.locator("body").inner_text())

    def run(self, nb: Any, *calls: str) -> None:
        sources = [cell["source"] for cell in nb.cells()]
        for call in ("persona = ", "jk.open_workshop(", *calls):
            assert any(call in source for source in sources), call
            nb.scroll(call)
            nb.page.evaluate("() => jupyterapp.commands.execute('notebook:run-cell').then(() => 0)")
        assert not [cell for cell in nb.cells() if "error" in cell["kinds"]]

    def decide(self, nb: Any, title: str, label: str, text: str, add: str = "") -> None:
        nb.scroll(".decide()")
        form = nb.page.locator(".journeykit-form", has=nb.page.get_by_role("heading", name=title))
        rows = form.locator(".journeykit-line")
        rows.first.wait_for()
        if add:
            before = rows.count()
            form.get_by_role("button", name=add).click()
            rows.nth(before).wait_for()
        rows.last.get_by_title(label).fill(text)
        form.get_by_text("✓ Saved").wait_for()
        self.kept(lambda: self.places()[text])

    # --- what is in the files ------------------------------------------------------------------

    def kept(self, holds: Callable[[], Any]) -> None:
        assert self.lab.within(SOON, holds)

    def files(self) -> Iterator[Path]:
        yield self.root / "workshop.yaml"
        for kind in ("personas", "journeys", "records", "journal"):
            yield from (path for path in (self.root / kind).rglob("*") if path.is_file())

    def places(self) -> Counter[str]:
        """Count how often each text that was typed stands in the files of the folder."""
        whole = "\n".join(path.read_text("utf-8") for path in self.files())
        return Counter(
            re.findall("|".join(rf"\b{re.escape(each)}\b" for each in self.typed), whole)
        )

    def shown(self) -> str:
        """What phones and tabs show, what they were told, and what notebooks have saved."""
        self.start.save()
        pages = [each.page for each in self.phones] + self.start.page.context.pages
        saved = [path.read_text("utf-8") for path in (self.root / "notebooks").glob("*.ipynb")]
        return "\n".join([*(page.content() for page in pages), *self.heard, *saved])


@pytest.mark.nightly
def test_the_session(lab: Any, visit: Any) -> None:
    own = jk.open_workshop(lab.root, persona=PERSONA)  # as an analyst, who may reckon it
    lost = 100 * (1 - jk.funnel(own.events, own.steps)["of_previous"].astype(float))
    assert COVERED.fullmatch(f"{max(lost):.1f}%")
    assert COVERED.fullmatch(f"{max(lost):.2f}")
    session = Session(lab, visit)
    try:
        welcome(session)
        guess_what_is_lost(session)
        weak_spots = notes(session)
        feelings_and_other_eyes(session)
        walk(session)
        decide(session, weak_spots)
        session.press("Close the room")
        session.press("Close now")
        session.room.get_by_role("button", name="Open a room").wait_for()
    finally:
        ask_room(session.root, {"close": True})
    lab.end()
    everything_is_kept_once(session)
    the_report_has_it(session)
    the_next_session(session)


def welcome(session: Session) -> None:
    """Notebook 00: the clock begins, the room opens, eight phones come."""
    nb = session.start
    nb.run_all()
    clock = nb.at("w.start.agenda()", ".jk-timer:not(.jk-slim)")
    clock.locator(".jk-main", has_text="Start").click()
    clock.locator(".jk-main", has_text="Pause").wait_for()
    clock.get_by_role("button", name="Next ›").click()
    clock.locator(".jk-part", has_text="Objectives and the three customers").wait_for()
    picture(nb.page, "clock-laptop")
    if PICTURES:
        nb.page.set_viewport_size(WALL)
        picture(nb.page, "timer-projector", clock)
        nb.page.set_viewport_size({"width": 1366, "height": 768})
    session.press("Open a room")
    session.room.locator(".jk-alone:visible").wait_for()
    session.join()
    session.room.get_by_text("In the room: 8 of 8").wait_for()
    picture(nb.page, "room-laptop")
    if PICTURES:
        nb.theme("Dark")
        picture(nb.page, "room-host-dark", session.room)
        nb.theme("Light")
    picture(session.phones[0].page, "phone-map")


def guess_what_is_lost(session: Session) -> None:
    """03 on the wall, by keyboard: all guess first; the number is nowhere until then, there after."""
    wall = session.present("03_weak_spots.ipynb")
    assert "Take a name for this session" in session.turn(wall, "PageDown")
    assert "Covered until you have guessed" in session.turn(wall, "PageDown")
    picture(wall, "present-covered")
    session.begin("Guess: how many do we lose?", ".jk-question")
    for phone in session.phones:
        phone.guess(10 + phone.number, 20 + phone.number)
    picture(session.phones[2].page, "phone-guess-dark")
    session.kept(lambda: len(open_folder(session.root).records("guesses")) == 16)
    told = unquote(session.shown())  # a map is an address, too
    assert [told[at.start() - 80 : at.end() + 30] for at in COVERED.finditer(told)] == []
    session.reveal("the numbers")
    for phone in session.phones:
        phone.page.locator(".jk-truth").first.wait_for()
        assert COVERED.search(phone.page.locator("body").inner_text())
    picture(session.phones[2].page, "guesses-dark")
    assert "How many do we lose?" in session.turn(wall, "PageUp")
    assert "69.1%" in session.turn(wall, "PageDown")
    picture(wall, "present-funnel")
    if PICTURES:
        list_in_the_dark(session, wall)
    wall.close()


def list_in_the_dark(session: Session, wall: Any) -> None:
    """L opens the agenda with the way through, in the theme that the facilitator chose."""
    nb = type(session.start)(SimpleNamespace(page=wall, context=wall.context))
    nb.theme("Dark")
    wall.keyboard.press("l")
    wall.get_by_role("dialog", name="Agenda").get_by_text("Where we lose them").wait_for()
    picture(wall, "present-agenda-dark")
    wall.keyboard.press("Escape")
    nb.theme("Light")


def notes(session: Session) -> Any:
    """Notes are written while the kernel dies, then revealed, grouped, voted on, ranked."""
    session.begin("Write notes: what hurts?", ".jk-draft")
    nb = session.open("03_weak_spots.ipynb", "w.weak_spots.gather()")
    for phone in session.phones[:4]:
        phone.write(session.text("note", phone.number))
    kernel = int(nb.execute("import os; print(os.getpid())"))
    os.kill(kernel, signal.SIGKILL)
    for phone in session.phones:
        phone.write(session.text("note", phone.number))
    nb.page.get_by_role("button", name="Ok", exact=True).click()
    session.run(nb, "w.weak_spots.gather()")
    for phone in session.phones:  # each sees their own and no other's
        seen = phone.page.content()
        assert not [t for t in session.typed if t in seen and f" {phone.number}." not in t]
    picture(session.phones[1].page, "room-write-arabic")
    picture(session.phones[4].page, "gather-write")
    session.reveal("12 notes")
    for phone in session.phones:
        phone.page.locator(".jk-items .jk-note").nth(11).wait_for()
    gather = nb.at("w.weak_spots.gather()", ".jk-gather")
    gather.locator(".jk-alias").fill("Facilitator")
    gather.get_by_role("button", name="Begin").click()
    one, other = session.typed[-12:-10]
    pick = gather.locator(".jk-items .jk-note", has_text=one).locator("select")
    pick.focus()
    pick.select_option(label=other)
    gather.locator("input.jk-name:visible").fill(group := session.text("group", 0))
    nb.page.keyboard.press("Enter")
    session.phones[0].page.locator("b.jk-name", has_text=group).wait_for()
    picture(nb.page, "group-laptop")
    session.press("Vote")
    for phone in session.phones:
        phone.dots(group if phone.number < 5 else session.typed[5], 2)
    picture(session.phones[0].page, "phone-vote-german")
    session.press("Result")
    for phone in session.phones:
        phone.page.locator(".jk-ranking tr b").first.get_by_text(group).wait_for()
    row = nb.at("w.weak_spots.gather()", ".jk-gather").locator("tbody tr", has_text=group)
    row.get_by_label("Stage").select_option("purchase")
    row.get_by_role("button").click()
    gather.get_by_text("✓ Purchase · Pain points").wait_for()
    session.mapped += [one, other, group]
    picture(nb.page, "ranking-laptop")
    picture(session.phones[4].page, "gather-phone")
    return nb


def feelings_and_other_eyes(session: Session) -> None:
    """Notebook 04: feelings under cover, an outsider's grades, ten rules."""
    session.begin("Guess: how does it feel, stage by stage?", ".jk-question")
    for phone in session.phones:
        phone.guess(phone.number / 10)
    session.reveal("the numbers")
    for phone in session.phones:
        phone.page.locator(".jk-truth").first.wait_for()
    session.begin("Grade the stages, blind", ".jk-sheet")
    for phone in session.phones:
        phone.grade(phone.number % 5 + 1)
    picture(session.phones[3].page, "phone-outsider")
    the_room_dies(session)
    session.begin("Review by ten rules, blind", ".jk-sheet fieldset:nth-of-type(10)")
    for phone in session.phones:
        phone.grade(phone.number % 5 + 1)


def the_room_dies(session: Session) -> None:
    """A phone sleeps, the room is killed, people go on writing; what they wrote is there after."""
    session.begin("Write notes: where does it feel bad, and why?", ".jk-draft")
    sleeper = session.phones[SLEEPER - 1]
    asleep = session.text("note", SLEEPER)
    sleeper.page.locator(".jk-draft").fill(asleep)
    sleeper.sleep(True)
    awake = [phone for phone in session.phones if phone is not sleeper]
    for phone in awake[:3]:
        phone.write(session.text("note", phone.number))
    own = {"room", str(session.root)}
    running = ((each, each.info["cmdline"] or ()) for each in psutil.process_iter(["cmdline"]))
    (room,) = (each for each, words in running if own <= {*words})  # without words: just gone
    room.kill()
    for phone in awake:
        phone.page.locator("#line:not(:empty)").wait_for()
        phone.page.locator(".jk-draft").fill(session.text("note", phone.number))
        phone.page.keyboard.press("Enter")
    session.press("Open a room")
    for phone in awake:
        phone.page.locator("#line:empty").wait_for(state="attached")
        phone.saved()
    sleeper.sleep(False)
    sleeper.page.locator("#line:empty").wait_for(state="attached")
    assert sleeper.page.locator(".jk-draft").input_value() == asleep
    sleeper.write(asleep)
    session.reveal("11 notes")
    for phone in session.phones:
        phone.page.locator(".jk-items .jk-note").nth(10).wait_for()


def walk(session: Session) -> None:
    """Everybody walks the journey; then ideas, and a question that somebody had."""
    session.begin("Walk the journey", ".jk-walk form button")
    for phone in session.phones:
        phone.walk(session.text("finding", phone.number))
    picture(session.phones[0].page, "room-walk-german")
    picture(session.phones[4].page, "walk-phone")
    session.begin("Write notes: what could we try?", ".jk-draft")
    for phone in session.phones:
        phone.write(session.text("idea", phone.number))
    session.reveal("8 notes")
    topic = "What did we learn today?"
    session.begin(
        "Write notes on another question", f".jk-live:has-text('{topic}') .jk-draft", topic
    )
    for phone in session.phones[:2]:
        phone.write(session.text("learnt", phone.number))
    session.reveal("2 notes")


def decide(session: Session, nb: Any) -> None:
    """A note on the board, decisions and something for later by form, all in one list at the end."""
    board = session.start.at("w.start.board()", ".jk-board")
    board.locator(".jk-cell[data-lane=thoughts][data-stage=purchase] .jk-add").click()
    session.start.page.keyboard.type(session.text("card", 0))
    session.start.page.keyboard.press("Enter")
    session.start.page.keyboard.press("Escape")
    session.run(nb, "w.weak_spots.decide()")
    told = "What we decide", "What do we decide?"
    first, second = session.text("decision", 0), session.text("decision", 0)
    session.decide(nb, *told, first)
    session.decide(nb, *told, second, "Add a decision")
    session.decide(
        nb, "Parking lot: good, but not now", "What do we park?", session.text("parked", 0)
    )
    last = session.open("07_compare_personas.ipynb", "w.compare.decide()")
    last.scroll(".decide()")
    fields = last.page.get_by_title("What do we decide?")
    fields.nth(1).wait_for()
    assert {first, second} <= {each.input_value() for each in fields.all()}
    session.decide(last, *told, session.text("decision", 0), "Add a decision")
    picture(last.page, "decisions-laptop")


def everything_is_kept_once(session: Session) -> None:
    """What went on the map stands there as well, as it should; nothing waits in the journal."""
    wanted = Counter(session.typed + session.mapped)
    session.lab.within(SOON, lambda: session.places() == wanted)
    assert session.places() == wanted
    folder = open_folder(session.root)
    kinds = "votes walks heuristics blind-reviews".split()
    people = {kind: len({each.author for each in folder.records(kind)}) for kind in kinds}
    # One walk and one review are the template's.
    assert people == {"votes": 8, "walks": 9, "heuristics": 8, "blind-reviews": 9}
    guessed = Counter(each.guess for each in folder.records("guesses"))
    numbers = [each for n in range(1, 9) for each in (10 + n, 20 + n, n / 10)]
    assert guessed == Counter(numbers)


def the_report_has_it(session: Session) -> None:
    journeykit("run", str(session.root), "--persona", PERSONA)
    (report,) = (session.root / "runs").rglob(f"{PERSONA}/report.html")
    (index,) = (session.root / "runs").rglob("index.html")
    told = report.read_text("utf-8")
    assert [each for each in session.typed if each not in told] == []
    told = index.read_text("utf-8")
    assert [
        e for e in session.typed if e.startswith(("decision", "parked")) and e not in told
    ] == []


def the_next_session(session: Session) -> None:
    """Open decisions come first, and rounds begin anew."""
    journeykit("next", str(session.root))
    workshop = open_folder(session.root).workshop()
    assert workshop.session == 2
    assert "decision 0.0" in f"{workshop.agenda[0]}"
    again = jk.open_workshop(session.root, persona=PERSONA)
    assert "Nobody has written a note yet" in again.weak_spots.gather().sentence


def journeykit(*line: str) -> str:
    """Call the command, in a process of its own."""
    code = "from journeykit.cli import main; main()"
    told = subprocess.run(
        [sys.executable, "-c", code, *line], capture_output=True, text=True, timeout=300
    )
    assert told.returncode == 0, told.stdout + told.stderr
    return told.stdout
