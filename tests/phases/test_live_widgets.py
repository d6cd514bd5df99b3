"""Questions that are widgets: what is asked of them is in the folder, and nothing else is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from journeykit.phases import OpenWorkshop, Panel
from journeykit.widgets import JourneyWalk, Live, PersonaCanvas, Timer

pytestmark = pytest.mark.xdist_group("forms")

HOSTILE = "<script>alert('x')</script> & “so”: #1 {{ 7*7 }}"
PERSONA, MAP, WALK = "personas/mobile-maya", "journeys/mobile-maya", "records/walks/mobile-maya-ben"
Read = Callable[[str], Any]
Changes = list[tuple[str, str, dict[str, Any]]]


@pytest.fixture
def asked(live: OpenWorkshop) -> Iterator[Callable[[Changes], None]]:
    """Ask the desk for changes as the browser does, and wait until they are in the YAML."""

    def ask(changes: Changes) -> None:
        operations = [
            {"id": f"{len(changes)}-{place}-{kind}", "kind": kind, "doc": doc, "data": data}
            for place, (kind, doc, data) in enumerate(changes)
        ]
        assert live.desk.take(*operations) == [None] * len(changes)
        live.desk.save()

    yield ask
    live.desk.close()


def canvas(words: str) -> Changes:
    fears = {"field": "fears", "items": [words, "  A second delivery fee "]}
    return [("set", PERSONA, {"quote": words}), ("canvas.set", PERSONA, fears)]


def walk(words: str) -> Changes:
    head = {
        "author": "Ben",
        "persona": "mobile-maya",
        "journey": "mobile-maya",
        "date": "2026-06-30",
    }
    step = {
        "card": "landing-from-post",
        "seen": True,
        "felt": -1,
        "finding": words,
        "made": "found-1",
    }
    card = {
        "id": "found-1",
        "stage": "awareness",
        "lane": "pain-points",
        "text": words,
        "evidence": "heard",
    }
    return [("set", WALK, head), ("card.add", MAP, card), ("walk.step", WALK, step)]


ASKED: dict[str, tuple[type[Live], Callable[[str], Changes], set[str]]] = {
    "objectives.ask_persona": (PersonaCanvas, canvas, {f"{PERSONA}.yaml"}),
    "test.ask_walk": (JourneyWalk, walk, {f"{WALK}.yaml", f"{MAP}.yaml"}),
}


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize("words", ["That it does not fit", HOSTILE])
def test_what_is_asked_is_in_the_folder_and_nothing_else_changed(
    live: OpenWorkshop,
    questions: Callable[..., Any],
    contents: Callable[..., Any],
    asked: Any,
    name: str,
    words: str,
) -> None:
    kind, changes, files = ASKED[name]
    ask, before = questions(live)[name], contents(live.folder.root)
    assert isinstance(ask(), kind)
    assert contents(live.folder.root) == before, "to look at it changes nothing"
    asked(changes(words))
    after = contents(live.folder.root)
    assert {file for file in {*before, *after} if before.get(file) != after.get(file)} == files
    assert not live.folder.problems(), "the folder is still one that can be read"
    assert words in str(ask().view()), "it is there when it is opened again"
    assert "<script" not in ask()._picture()["text/html"]


def test_the_canvas_keeps_what_it_was_not_asked_for(
    live: OpenWorkshop, read: Read, asked: Any
) -> None:
    before = read(f"{PERSONA}.yaml")
    asked(canvas("I buy before my stop."))
    kept = read(f"{PERSONA}.yaml")
    assert kept["quote"] == "I buy before my stop."
    assert kept["canvas"]["fears"] == ["I buy before my stop.", "A second delivery fee"]
    assert {**kept, "quote": 0, "canvas": 0} == {**before, "quote": 0, "canvas": 0}
    assert {**kept["canvas"], "fears": 0} == {**before["canvas"], "fears": 0}


def test_a_walk_is_in_its_panel_and_its_finding_on_the_map(
    live: OpenWorkshop, open_as: Callable[..., OpenWorkshop], read: Read, asked: Any
) -> None:
    asked(walk("The banner hides the button"))
    made = read(f"{WALK}.yaml")
    assert (made["author"], made["journey"], str(made["date"])) == (
        "Ben",
        "mobile-maya",
        "2026-06-30",
    )
    assert made["steps"][0]["seen"] in (True, "true")
    panel = live.test.walk()
    assert panel.numbers == {"steps": 10, "seen": 4, "findings": 4, "walkers": 2, "on_the_map": 1}
    assert panel.frame is not None
    row = panel.frame.set_index("step").loc["Landing page behind the post"]
    assert (row["seen"], row["seen_by"], row["felt"]) == ("● seen", "Irma, Ben", "-1.0 (n = 1)")
    assert "Ben: The banner hides the button" in row["finding"]
    assert row["on_the_map"] == "Pain points"
    batch = open_as(live.folder.root, "mobile-maya")
    assert "The banner hides the button" in (batch.test.ask_walk().html or "")
    assert "The banner hides the button" in (batch.start.map().svg or "") + str(
        batch.start.map().data()
    )


def test_an_old_walk_is_told_to_be_old(live: OpenWorkshop, asked: Any) -> None:
    old = dt.date.today() - dt.timedelta(days=live.workshop.review_days + 1)
    head = {
        "author": "Ben",
        "persona": "mobile-maya",
        "journey": "mobile-maya",
        "date": old.isoformat(),
    }
    asked(
        [
            ("set", WALK, head),
            ("set", "records/walks/irma-buys-on-line-nine", {"date": "2020-01-01"}),
        ]
    )
    assert f"Last walk: {old}. That is longer ago" in live.test.walk().sentence
    asked([("set", WALK, {"date": dt.date.today().isoformat()})])
    assert "longer ago" not in live.test.walk().sentence


@pytest.mark.parametrize(
    "phase", ["objectives", "buyer_goals", "weak_spots", "ux", "test", "after"]
)
def test_each_notebook_has_the_clock_and_a_batch_run_says_the_minutes(
    live: OpenWorkshop, open_as: Callable[..., OpenWorkshop], phase: str
) -> None:
    assert isinstance(getattr(live, phase).timer(), Timer)
    assert isinstance(live.start.agenda(), Timer)
    batch = open_as(live.folder.root, "mobile-maya")
    assert "minutes in the agenda" in getattr(batch, phase).timer().data
    assert isinstance(batch.start.agenda(), Panel)


def test_a_batch_run_shows_the_canvas_as_a_picture_and_as_a_table(
    live: OpenWorkshop, open_as: Callable[..., OpenWorkshop], asked: Any
) -> None:
    asked(canvas(HOSTILE))
    panel = open_as(live.folder.root, "mobile-maya").objectives.ask_persona()
    table = panel.table()
    assert table is not None
    assert HOSTILE in str(table["rows"])
    assert "&lt;script" in (panel.html or "")
    assert "<script" not in (panel.html or "") + panel._head() + panel._foot()
    assert panel.data()["html"] == panel.html
