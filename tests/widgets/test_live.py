"""What all live widgets share, without a browser."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from journeykit.store.journal import Journal
from journeykit.widgets import Board
from journeykit.widgets.live import patch_between
from tests.uncovered import skip

NOW = "journeys/mobile-maya"


def patched(state: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    """Do in Python what ``patched`` in common.js does in each browser."""
    now = dict(state)
    for key, told in patch.items():
        if "is" in told:
            now[key] = told["is"]
        else:
            now[key] = {
                k: v for k, v in {**now[key], **told["put"]}.items() if k not in told["drop"]
            }
    return now


def test_a_patch_makes_the_new_state_of_the_old_one() -> None:
    old = {"cards": {"a": {"text": "x"}, "b": {"text": "y"}}, "order": ["a", "b"], "then": None}
    new = {"cards": {"b": {"text": "z"}, "c": {"text": "y"}}, "order": ["b", "c"], "then": {"a": 1}}
    assert patched(old, patch_between(old, new)) == new
    assert patch_between(new, new) == {}


def test_two_browsers_that_are_heard_at_the_same_time_see_every_change(
    live: Any, browser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # JupyterLab has a thread of the kernel for each browser; a look takes a moment: they meet.
    view = Board.view

    def slowly(self: Board) -> dict[str, Any]:
        found = view(self)
        time.sleep(0.002)
        return found

    monkeypatch.setattr(Board, "view", slowly)
    board = live.start.board()
    assert isinstance(board, Board)
    looks_on = browser(board)
    begun = dict(board._sent)
    first, ready = len(looks_on.sent), threading.Barrier(2)

    def work(name: str) -> None:
        ready.wait()
        for n in range(40):
            data = {
                "id": f"{name}-{n}",
                "stage": "purchase",
                "lane": "thoughts",
                "text": f"{name} {n}",
            }
            board._heard(
                None,
                {"ops": [{"id": f"{name}{n}", "kind": "card.add", "doc": NOW, "data": data}]},
                None,
            )

    threads = [threading.Thread(target=work, args=(name,)) for name in ("ann", "ben")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = [message.get("content", {}) for message in looks_on.sent[first:]]
    patches = [content for content in told if "patch" in content]
    numbers = [content["seq"] for content in patches]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers))), (
        "in order, each number once"
    )
    dropped = [
        gone for content in patches for gone in content["patch"].get(NOW, {}).get("drop", [])
    ]
    assert dropped == [], "no note goes away again for a moment"
    seen = begun
    for content in patches:
        seen = patched(seen, content["patch"])
    assert seen == board.view()
    assert {f"{name}-{n}" for name in ("ann", "ben") for n in range(40)} <= set(seen[NOW])
    assert [name for content in told for name in content.get("refused", [])] == []


def test_what_could_not_be_saved_and_what_did_not_stand_is_said_to_who_looks_on(
    live: Any, browser: Any
) -> None:
    board = live.start.board()
    browser(board)
    assert "said" not in board.state
    file = live.folder.root / f"{NOW}.yaml"
    whole = file.read_text("utf-8")
    data = {"id": "new", "stage": "purchase", "lane": "actions", "text": "Pays"}
    board.take([{"id": "o1", "kind": "card.add", "doc": NOW, "by": "p1", "data": data}])
    file.write_text(f"{whole}\n: [", "utf-8")
    live.desk.save()
    board._look()
    assert "could not be saved yet" in board.state["said"][0]
    file.write_text(whole, "utf-8")
    live.desk.save()
    board._look()
    assert not board.state.get("said")
    live.desk.notices.append("journeys/x, name: changed twice.")
    board._look()
    assert board.state["said"] == ["journeys/x, name: changed twice."]


def test_the_map_of_a_run_says_where_displaced_words_are_kept(live: Any) -> None:
    assert skip(live).start.map().notes == []
    live.desk.take({"id": "o1", "kind": "set", "doc": "records/notes/n", "data": {"text": "a"}})
    (live.folder.root / "journal" / "displaced.txt").write_text("journeys/x, name: ours\n")
    assert "journal/displaced.txt" in live.start.map().notes[0]


def test_a_disk_that_takes_nothing_is_told_and_what_was_asked_is_sent_again(
    live: Any, browser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    board = live.start.board()
    looks_on = browser(board)
    data = {"id": "new", "stage": "purchase", "lane": "actions", "text": "new"}
    asked = [{"id": "1", "kind": "card.add", "doc": NOW, "by": "ada", "data": data}]
    with monkeypatch.context() as patch:
        patch.setattr(Journal, "_append", full)
        board._heard(None, {"ops": asked}, None)
    answers = [told["content"] for told in looks_on.sent if "content" in told]
    assert not [told for told in answers if "done" in told], "the browser keeps it"
    assert "No space left on device" in board._sent["said"][0]
    board._heard(None, {"ops": asked}, None)
    assert {"done": ["1"], "refused": []} in [told.get("content") for told in looks_on.sent]
    assert "said" not in board._sent
