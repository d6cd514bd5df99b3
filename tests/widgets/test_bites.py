"""Widgets where a small slip tells the wrong person the wrong thing, and looks right to the right one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from journeykit.phases import OpenWorkshop, open_workshop
from journeykit.phases.board import board
from journeykit.store import create, desk_of, open_folder

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
