"""Notes: private until they are revealed together, then grouped, voted on, and put on the map."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journeykit.phases import open_workshop
from journeykit.store import create

pytestmark = pytest.mark.xdist_group("rounds")

SECRET = "xq7secret"
DOC = "records/rounds/weak-spots-mobile-maya-what-hurts"


def note(name, text, author="Ann"):
    return ("set", f"records/notes/{name}", {"text": text, "author": author})


def reveal(number=1):
    return ("reveal", DOC, {"number": number})


@pytest.fixture
def room(live, browser):
    return browser(live.weak_spots.gather())


def test_others_see_counts_and_nothing_else(room, live):
    assert (
        room.ask(
            note("n1", f"{SECRET} one"), note("n2", f"{SECRET} two"), note("n3", SECRET, "Ben")
        )
        == []
    )
    state = room.widget.state
    assert (state["hidden"], state["notes"], state["step"]) == (
        [["Ann", 2], ["Ben", 1]],
        {},
        "write",
    )
    assert SECRET not in room.heard()
    assert (
        "n1" not in room.heard()
    )  # a name of a note that came with a count would tell whose it is
    saved = live.desk.records("notes")
    assert [(n.author, n.revealed, n.topic) for n in saved] == [
        ("Ann", False, DOC.rpartition("/")[2]),
        ("Ann", False, DOC.rpartition("/")[2]),
        ("Ben", False, DOC.rpartition("/")[2]),
    ]


def test_all_are_revealed_by_one_operation_and_lose_their_author(room, live):
    room.ask(note("n1", "slow"), note("n2", "dear", "Ben"))
    before = len([m for m in room.sent if "patch" in m.get("content", {})])
    assert room.ask(reveal()) == []
    patches = [m["content"]["patch"] for m in room.sent if "patch" in m.get("content", {})][before:]
    assert len(patches) == 1, "everybody sees all of it at the same moment"
    assert room.widget.state["step"] == "group"
    assert {n["text"] for n in room.widget.state["notes"].values()} == {"slow", "dear"}
    assert room.widget.state["hidden"] == []
    assert {n.author for n in live.desk.records("notes")} == {""}
    live.desk.save()
    assert "Ann" not in "".join(
        p.read_text() for p in (live.folder.root / "records/notes").glob("*")
    )


def test_a_reveal_that_is_sent_again_reveals_nothing_that_was_written_since(room):
    room.ask(note("n1", "slow"))
    room.ask(reveal(), ids=["r1"])
    room.ask(note("n2", SECRET))
    room.ask(reveal(), ids=["r1"])  # the answer got lost
    room.ask(reveal(), ids=["r2"])  # two pressed it at once
    assert list(room.widget.state["notes"]) == ["n1"]
    assert SECRET not in room.heard()
    assert room.ask(reveal(2)) == []
    assert set(room.widget.state["notes"]) == {"n1", "n2"}


def test_nothing_to_reveal_is_said(room):
    assert room.ask(reveal()) == ["there is nothing to reveal yet."]


def test_a_browser_cannot_reveal_by_other_means(room):
    room.ask(note("n1", SECRET))
    room.ask(("set", "records/notes/n1", {"revealed": True, "text": SECRET}))
    room.ask(("set", DOC, {"reveals": 5, "step": "result", "groups": {"g": "x"}}))
    assert room.widget.state["notes"] == {}
    assert room.widget.state["reveals"] == 0
    assert SECRET not in room.heard()
    room.widget.set_state({"state": {"notes": {"n1": {"text": "forged"}}}})
    assert "forged" not in json.dumps(room.widget.state)


def test_a_note_for_all_to_see_has_no_author(room):
    room.ask(note("n1", "slow"), reveal())
    room.ask(("set", "records/notes/n2", {"text": "open", "author": "Ann", "revealed": True}))
    assert room.widget.state["notes"]["n2"]["text"] == "open"
    assert "Ann" not in json.dumps(room.widget.state)


def test_own_notes_are_changed_removed_and_taken_back(room, live):
    room.ask(note("n1", "slow"), note("n2", "dear"))
    room.ask(("set", "records/notes/n1", {"text": "slower"}), ("remove", "records/notes/n2", {}))
    assert [n.text for n in live.desk.records("notes")] == ["slower"]
    room.ask(("undo", "records/notes/n2", {}), ("undo", "records/notes/n1", {}))
    assert [n.text for n in live.desk.records("notes")] == ["slow", "dear"]
    assert "write something" in room.ask(note("n3", "  "))[0]
    assert room.ask(("set", "records/notes/gone", {"group": "g"})) == [
        "this note is gone: somebody has removed it."
    ]


def test_groups_votes_and_ties(room):
    room.ask(*(note(f"n{i}", f"text {i}") for i in range(4)), reveal())
    room.ask(
        ("set", "records/notes/n0", {"group": "g1"}),
        ("set", "records/notes/n1", {"group": "g1"}),
        ("group.name", DOC, {"group": "g1", "name": "Both"}),
        ("set", "records/votes/r-p1", {"author": "Ann", "dots": {"g1": 2, "n2": 2}}),
        ("set", "records/votes/r-p2", {"author": "Ben", "dots": {"n0": 1, "n3": 3}}),
    )
    state = room.widget.state
    assert state["given"] == [["Ann", 4], ["Ben", 4]]
    assert "ranking" not in state, "how the dots fell is told with the result"
    room.ask(("set", DOC, {"step": "result"}))
    state = room.widget.state
    told = [(r["rank"], r["name"], r["dots"], r["voters"]) for r in state["ranking"]]
    assert told == [(1, "Both", 3, 2), (1, "text 3", 3, 1), (3, "text 2", 2, 1)]
    assert state["ties"] == ["A tie at 3 dots: “Both” and “text 3”."]


def test_the_budget_holds_whatever_a_browser_says(room):
    room.ask(note("n1", "slow"), reveal())
    vote = "records/votes/r-p1"
    assert room.ask(("set", vote, {"author": "Ann", "dots": {"n1": 5}})) == []
    refused = room.ask(("set", vote, {"author": "Ann", "dots": {"n1": 6}, "budget": 99}))
    assert "6 dots are more than the 5" in refused[0]
    assert room.widget.state["given"] == [["Ann", 5]]
    assert (
        room.ask(("set", DOC, {"budget": 6}), ("set", vote, {"author": "Ann", "dots": {"n1": 6}}))
        == []
    )
    assert "less than or equal to 50" in room.ask(("set", DOC, {"budget": 1000}))[0]


def test_a_winner_becomes_a_card_and_remembers_it(room, live):
    room.ask(note("n1", "Costs at the end"), reveal())
    card = {"id": "c1", "stage": "purchase", "lane": "pain-points", "text": "Costs at the end"}
    room.ask(
        ("card.add", "journeys/mobile-maya", card), ("set", "records/notes/n1", {"card": "c1"})
    )
    assert room.widget.state["cards"] == {"c1": "Purchase · Pain points"}
    assert live.desk.journey("mobile-maya").card("c1").evidence == "assumed"
    room.ask(("card.remove", "journeys/mobile-maya", {"id": "c1"}))
    assert room.widget.state["cards"] == {}
    assert (
        "no stage"
        in room.ask(("card.add", "journeys/mobile-maya", {**card, "id": "c2", "stage": "moon"}))[0]
    )


def test_a_persona_without_a_map_gets_one_with_the_first_card(live, browser):
    (live.folder.root / "journeys" / "mobile-maya.yaml").unlink()
    room = browser(live.weak_spots.gather())
    room.ask(note("n1", "slow"), reveal())
    card = {"id": "c1", "stage": "purchase", "lane": "pain-points", "text": "slow"}
    assert room.ask(("card.add", "journeys/mobile-maya", card)) == []
    made = live.desk.journey("mobile-maya")
    assert (made.persona, made.name, len(made.cards)) == (
        "mobile-maya",
        "Journey of Mobile Maya",
        1,
    )


def test_two_topics_do_not_meet(live, browser):
    one, other = browser(live.weak_spots.gather()), browser(live.test.gather("What could we try?"))
    one.ask(note("n1", "slow"), reveal())
    assert other.widget.state["notes"] == {}
    assert one.widget.doc != other.widget.doc


def test_a_note_that_somebody_writes_in_the_folder_is_found(room, live):
    room.ask(note("n1", "slow"), reveal())
    live.desk.save()
    made = live.folder.root / "records/notes/n9.yaml"
    made.write_text(f"text: from an editor\ntopic: {DOC.rpartition('/')[2]}\nrevealed: true\n")
    live.desk.look(room.widget.docs)
    assert room.widget._sent["notes"]["n9"]["text"] == "from an editor"


def test_the_picture_and_the_batch_run_show_what_is_revealed_and_count_the_rest(room, live, batch):
    hostile = "<img src=x onerror=alert(1)> & “so”"
    room.ask(note("n1", hostile), note("n2", "dear"), reveal())
    room.ask(note("n3", SECRET), note("n4", f"{SECRET} too", "Ben"))
    room.ask(("set", "records/votes/r-p1", {"author": "Ann", "dots": {"n1": 2}}))
    picture = room.widget.still()
    assert "&lt;img src=x" in picture
    assert "<img" not in picture
    assert "2 notes of 2 people are not revealed yet." in picture
    panel = batch(live).weak_spots.gather()
    said = json.dumps(panel.data(), ensure_ascii=False)
    assert "2 notes of 2 people are not revealed yet." in panel.notes
    assert "Most dots: “<img" in panel.sentence
    assert panel.frame["dots"].tolist() == [2, 0]
    assert SECRET not in said + picture
    assert "Ann" not in said


def test_before_the_reveal_a_batch_run_only_counts(room, live, batch):
    room.ask(note("n1", SECRET))
    panel = batch(live).weak_spots.gather()
    assert panel.sentence == "1 note of 1 person is not revealed yet."
    assert panel.frame is None


OPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "edit", "remove", "undo", "reveal", "step", "vote", "group"]),
        st.integers(0, 3),
        st.integers(0, 1),
    ),
    max_size=14,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(OPS)
def test_no_order_of_operations_tells_a_private_word(tmp_path_factory, monkeypatch, browser, asked):
    """Whatever is asked in whatever order: a text is known to others only when it is revealed."""
    monkeypatch.setenv("JOURNEYKIT_LIVE", "1")
    w = open_workshop(create(tmp_path_factory.mktemp("fuzz") / "shop", "blank").root)
    room, desk = browser(w.weak_spots.gather()), w.desk
    room.sent.clear()
    reveals = 0
    for texts, (kind, n, who) in enumerate(asked, 1):
        doc = f"records/notes/n{n}"
        change = {
            "add": ("set", doc, {"text": f"{SECRET}{texts}", "author": "Ann"}),
            "edit": ("set", doc, {"text": f"{SECRET}{texts}", "revealed": bool(n % 2)}),
            "remove": ("remove", doc, {}),
            "undo": ("undo", doc, {}),
            "reveal": ("reveal", room.widget.doc, {"number": reveals + 1}),
            "step": (
                "set",
                room.widget.doc,
                {"step": ["write", "group", "vote", "result"][n], "reveals": 9},
            ),
            "vote": ("set", f"records/votes/t-p{who}", {"author": "Ann", "dots": {f"n{n}": 1}}),
            "group": ("set", doc, {"group": "g"}),
        }[kind]
        private = {r.text for r in desk.records("notes") if not r.revealed}
        room.ask(change, by=f"p{who}")
        reveals = room.widget.round.reveals
        private &= {r.text for r in desk.records("notes") if not r.revealed}
        told = room.heard()
        assert not [text for text in private if re.search(rf"{text}(?!\d)", told)]
    desk.close()
