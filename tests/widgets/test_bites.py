"""Widgets where a small slip tells the wrong person the wrong thing, and looks right to the right one."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from journeykit.model import Journey, Workshop
from journeykit.phases import OpenWorkshop, open_workshop
from journeykit.phases.board import board
from journeykit.store import create, desk_of, open_folder
from journeykit.widgets import Board, forms
from journeykit.widgets import live as of_live
from journeykit.widgets.forms import Field, _Form, _value
from journeykit.widgets.live import LONGEST, LOOK, PAUSE, Live

pytestmark = pytest.mark.xdist_group("rounds")

DOC = "records/rounds/weak-spots-mobile-maya-what-hurts"
NAME = "Xq7Ann"


def written(live: OpenWorkshop) -> str:
    live.desk.save()
    folder = live.folder.root / "records" / "notes"
    return "".join(path.read_text("utf-8") for path in folder.glob("*.yaml"))


def test_a_note_that_is_written_openly_has_no_author_anywhere(
    live: OpenWorkshop, browser: Any
) -> None:
    room = browser(live.weak_spots.gather())
    room.ask(
        ("set", "records/notes/n1", {"text": "slow", "author": NAME}),
        ("reveal", DOC, {"number": 1}),
    )
    open_ = {"text": "open", "author": NAME, "revealed": True}
    assert room.ask(("set", "records/notes/n2", open_)) == []
    assert {(note.id, note.author) for note in live.desk.records("notes")} == {
        ("n1", ""),
        ("n2", ""),
    }
    assert NAME not in written(live)
    assert NAME not in json.dumps(room.widget.state)


def test_a_hidden_note_is_in_no_message_state_or_picture_until_it_is_revealed(
    live: OpenWorkshop, browser: Any
) -> None:
    room = browser(live.weak_spots.gather())
    first = {"text": "xq7first", "author": NAME}
    assert room.ask(("set", "records/notes/n1", first)) == []
    assert "xq7first" not in room.heard()
    assert room.ask(("reveal", DOC, {"number": 1})) == []
    assert "xq7first" in room.heard()
    late = {"text": "xq7late", "author": NAME}
    assert room.ask(("set", "records/notes/n2", late)) == []
    assert "xq7late" not in room.heard(), "what was written since waits for the next reveal"
    assert [note.revealed for note in live.desk.records("notes")] == [True, False]


def test_what_is_refused_is_told_of_the_operation_that_was_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, browser: Any
) -> None:
    """The board begins a map with an operation of its own, of which the browser knows nothing."""
    monkeypatch.setenv("JOURNEYKIT_LIVE", "1")
    root = create(tmp_path / "shop", "retail").root
    (root / "personas" / "nora.yaml").write_text("name: Nora\n", "utf-8")
    w = open_workshop(root, "nora")
    room = browser(board(w.start, "board", "The board"))
    doc = f"journeys/{w.journey.id}"

    def add(id: str, stage: str) -> tuple[str, str, dict[str, Any]]:
        return ("card.add", doc, {"id": id, "stage": stage, "lane": "actions", "text": "pays"})

    asked = [add("one", "no-such-stage"), add("two", "purchase"), add("three", "purchase")]
    assert len(room.ask(*asked, ids=["o1", "o2", "o3"])) == 1
    (told,) = [m["content"] for m in room.sent if "done" in m.get("content", {})]
    assert told["done"] == ["o2", "o3"]
    assert [refused["id"] for refused in told["refused"]] == ["o1"]
    assert "no-such-stage" in told["refused"][0]["why"]
    assert set(room.widget.view()[doc]) == {"two", "three"}
    desk_of(open_folder(root)).close()


# --- what waits, and what is told ------------------------------------------------------------


class Waiting:
    """A live widget of which only the waiting is real: what is put off, told and drawn."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, now: float = 100.0, **more: Any) -> None:
        self.put_off: list[tuple[float, Any]] = []
        self.looked: list[Any] = []
        self.drawn: list[str] = []
        self.comm, self._main, self._lock = "a comm", "a loop", threading.RLock()
        self._seq, self._sent, self.state, self._shown = 7, {"a": 1}, None, False
        self._patched, self._waiting, self._still_id, self._views = now, now, "still-1", 1
        self.docs = ("workshop",)
        self.desk = SimpleNamespace(trouble={}, notices=[], look=self.looked.append)
        self.__dict__.update(more)
        monkeypatch.setattr(of_live, "time", SimpleNamespace(monotonic=lambda: now))
        monkeypatch.setattr(
            of_live, "update_display", lambda what, display_id, raw: self.drawn.append(display_id)
        )

    _sync, _look, _said, _heard = Live._sync, Live._look, Live._said, Live._heard

    def _later(self, seconds: float, act: Any) -> None:
        self.put_off.append((seconds, act.__name__))

    def _picture(self) -> dict[str, str]:
        return {}


@pytest.mark.parametrize(
    ("patched", "waiting", "rest"),
    [
        (100.0, 100.0, PAUSE),  # somebody is at it right now
        (99.8, 99.0, PAUSE - 0.2),
        (100.0, 99.8 - LONGEST, None),  # and has been for too long
        (99.0, 98.0, None),  # a second of quiet
    ],
)
def test_the_whole_state_waits_for_a_pause_and_not_for_ever(
    monkeypatch: pytest.MonkeyPatch, patched: float, waiting: float, rest: float | None
) -> None:
    made = Waiting(monkeypatch, _patched=patched, _waiting=waiting)
    made._sync()
    if rest is None:
        assert (made.state, made.put_off, made._waiting) == ({"seq": 7, "a": 1}, [], 0)
    else:
        ((seconds, act),) = made.put_off
        assert (seconds, act, made.state) == (pytest.approx(rest), "_sync", None)


@pytest.mark.parametrize(("shown", "drawn"), [(True, ["still-1"]), (False, [])])
def test_a_picture_is_drawn_anew_where_there_is_one(
    monkeypatch: pytest.MonkeyPatch, shown: bool, drawn: list[str]
) -> None:
    made = Waiting(monkeypatch, _shown=shown, _patched=0.0, _waiting=0.0)
    made._sync()
    assert made.drawn == drawn


@pytest.mark.parametrize("views", [0, 2])
def test_it_looks_again_and_again_at_files_while_somebody_looks_on(
    monkeypatch: pytest.MonkeyPatch, views: int
) -> None:
    made = Waiting(monkeypatch, _views=views)
    made._look()
    assert made.put_off == [(LOOK, "_look")]
    assert made.looked == [("workshop",)] * bool(views)
    closed = Waiting(monkeypatch, comm=None)
    closed._look()
    assert (closed.put_off, closed.looked) == ([], [])


def test_of_what_did_not_stand_the_last_is_said_behind_what_is_not_saved(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = SimpleNamespace(trouble={"a": "full"}, notices=["one", "two", "three"])
    assert Waiting(monkeypatch, desk=desk)._said() == ["full", "three"]


def test_a_browser_gets_state_and_facts() -> None:
    synced = {name for name, trait in Live.class_traits().items() if trait.metadata.get("sync")}
    assert {"state", "facts"} <= synced


@pytest.mark.parametrize(("views", "left"), [(2, 1), (1, 0), (0, 0)])
def test_who_leaves_is_one_less_who_looks_on(
    monkeypatch: pytest.MonkeyPatch, views: int, left: int
) -> None:
    made = Waiting(monkeypatch, _views=views)
    made._heard(None, {"bye": True}, None)
    assert made._views == left


def test_what_is_put_off_is_done_by_the_kernels_loop_and_without_one_at_once_or_never() -> None:
    asked: list[Any] = []
    loop = SimpleNamespace(
        call_later="call_later",
        call_soon_threadsafe=lambda *words, **more: asked.append((words, more)),
    )
    done: list[str] = []
    made: Any = SimpleNamespace(_main=loop, _context="context", _sync=lambda: done.append("state"))
    Live._later(made, 0.5, made._sync)
    assert asked == [(("call_later", 0.5, made._sync), {"context": "context"})]
    made._main = None
    Live._later(made, 0.5, made._sync)
    Live._later(made, 0.5, lambda: done.append("look"))
    assert done == ["state"]


def test_on_the_page_stands_the_picture_and_behind_it_the_widget_without_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown: list[Any] = []
    monkeypatch.setattr(of_live, "display", lambda what, **more: shown.append((what, more)))
    made: Any = SimpleNamespace(_shown=False, _still_id="still-1", _picture=lambda: {"a": "b"})
    for bundle, data, metadata in (
        (({"view": 1, "text/plain": "Board()"}, {"m": 2}), {"view": 1, "text/plain": ""}, {"m": 2}),
        (None, {"text/plain": ""}, {}),
    ):
        shown.clear()
        made._repr_mimebundle_ = lambda bundle=bundle: bundle
        Live._ipython_display_(made)
        assert made._shown
        assert shown == [
            ({"a": "b"}, {"raw": True, "display_id": "still-1"}),
            (data, {"metadata": metadata, "raw": True}),
        ]


# --- maps in pairs ---------------------------------------------------------------------------


def journey(name: str, **more: Any) -> Journey:
    card = {"id": f"{name}-card", "stage": "buy", "lane": "actions", "text": name}
    told = {"id": name, "name": f"{name}, today", "persona": "maya", "cards": [card], **more}
    return Journey.model_validate(told)


class Pairs:
    """A board of two pairs of maps, without a folder."""

    def __init__(self, *journeys: Journey) -> None:
        shop = Workshop.model_validate({"name": "Shop", "stages": [{"id": "buy", "name": "Buy"}]})
        docs: dict[str, Any] = {f"journeys/{each.id}": each for each in journeys}
        self.desk = SimpleNamespace(
            get=({"workshop": shop} | docs).get,
            journeys=lambda: [*journeys],
            folder=SimpleNamespace(root=Path()),
        )
        self.persona, self.as_is = SimpleNamespace(id="maya", name="Maya"), "journeys/now"
        self.pairs = [("journeys/now", "journeys/then"), ("journeys/back", "journeys/back-then")]

    def kept(self, kind: str) -> list[Any]:
        return []

    view, _pair, _beginning, _tray = Board.view, Board._pair, Board._beginning, Board._tray


def test_a_plan_begins_with_the_cards_of_the_map_that_it_is_paired_with() -> None:
    made = Pairs(journey("now"), journey("back"))
    for doc, base in (("journeys/then", "now"), ("journeys/back-then", "back")):
        begun = made._beginning(doc)
        assert (begun["based_on"], begun["name"]) == (base, f"{base}, as it is meant to be")
        assert [card["id"] for card in begun["cards"]] == [f"{base}-card"]
    assert made._beginning("journeys/now") == {"name": "Journey of Maya", "persona": "maya"}


def test_a_map_that_comes_is_paired_with_its_plan_and_a_plan_with_its_map() -> None:
    made = Pairs()
    maps = {
        "journeys/gift": journey("gift"),
        "journeys/label": journey("label", kind="to-be", based_on="back"),
        "journeys/bare": journey("bare", kind="to-be"),
        "journeys/other": journey("other", persona="bob"),
        "journeys/now": journey("now"),
    }
    made._pair(maps)
    assert made.pairs[2:] == [
        ("journeys/gift", "journeys/gift-to-be"),
        ("journeys/back", "journeys/label"),
        ("journeys/now", "journeys/bare"),
    ]


def test_changes_are_those_of_pairs_of_which_both_maps_are_there() -> None:
    plan = journey("then", kind="to-be", based_on="now")
    changes = Pairs(journey("now"), plan).view()["changes"]
    marks = {name: row["mark"] for name, row in changes.pop("journeys/then").items()}
    assert marks == {"then-card": "added", "now-card": "removed"}
    assert changes == {}, "the second pair has no map yet"


# --- forms -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        ("text", "", ""),
        ("long", "", ""),
        ("choice", "", None),
        ("scale", "", None),
        ("scale", 0, 0),
        ("number", " ", None),
        ("number", " 2,5", "2.5"),
        ("check", False, False),
    ],
)
def test_what_is_empty_is_no_answer_of_a_choice_and_an_empty_text(
    kind: str, typed: Any, value: Any
) -> None:
    assert _value(Field("a", "A", kind), SimpleNamespace(value=typed)) == value


def test_what_is_typed_is_saved_half_a_second_later(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float] = []
    gone: list[str] = []
    timer = SimpleNamespace(cancel=lambda: gone.append("before"))
    loop = SimpleNamespace(call_later=lambda seconds, act: asked.append(seconds) or timer)
    monkeypatch.setattr(forms, "running_loop", lambda: loop)
    form = _Form(lambda rows: None)
    form.later(None)
    form.later(None)
    assert (asked, gone) == ([0.5, 0.5], ["before"]), "the pause begins anew with each letter"
