"""The desk: what it acknowledged is there, once, whatever happens; and nobody else's words are lost."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from journeykit.errors import FileProblem, Refused, WorkshopError
from journeykit.model import Journey, Operation, apply
from journeykit.store import Desk, desk_of, documents, open_folder, write_atomic
from journeykit.store.journal import Journal

MAYA = "journeys/maya"
WORKSHOP = """\
schema: 2
name: Shop
stages: [{id: see, name: See}, {id: buy, name: Buy}]
"""
JOURNEY = """\
# drawn by hand
name: Map
persona: maya
cards:
  - {id: one, stage: see, lane: actions, text: looks}  # the first
  - {id: two, stage: buy, lane: actions, text: pays}
"""


def build(root: Path) -> Path:
    write_atomic(root / "workshop.yaml", WORKSHOP)
    write_atomic(root / "personas/maya.yaml", "name: Maya\n")
    write_atomic(root / f"{MAYA}.yaml", JOURNEY)
    return root


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setattr(documents, "PAUSE", 3_600)  # the tests save when they want to
    return build(tmp_path)


@pytest.fixture
def desk(root):
    made = Desk(root)
    yield made
    made.close()


def op(number: object, kind: str, by: str = "", doc: str = MAYA, **data: object) -> dict:
    return {"id": str(number), "kind": kind, "doc": doc, "by": by, "data": data}


def add(number: object, card: str, **data: object) -> dict:
    return op(
        number, "card.add", **{"id": card, "stage": "see", "lane": "actions", "text": card, **data}
    )


def on_disk(root: Path) -> dict[str, str]:
    return {card.id: card.text for card in open_folder(root).journey("maya").cards}


def edit(root: Path, old: str, new: str, file: str = f"{MAYA}.yaml") -> None:
    """Change a file as an editor does."""
    text = (root / file).read_text("utf-8")
    assert old in text
    (root / file).write_text(text.replace(old, new), "utf-8")


def crash(desk: Desk) -> None:
    """Die: nothing is saved any more, the lock on the journal goes."""
    desk.leave()
    if desk._timer:
        desk._timer.cancel()


# --- acknowledged once, and there ---------------------------------------------------------------


def test_an_operation_is_told_saved_and_kept_in_yaml(desk, root):
    heard = []
    stop = desk.watch(heard.append)
    assert desk.take(add(1, "new")) == [None]
    assert desk.journey("maya").card("new").text == "new"
    assert "new" not in on_disk(root)
    stop()
    desk.save()
    assert on_disk(root) == {"one": "looks", "two": "pays", "new": "new"}
    text = (root / f"{MAYA}.yaml").read_text("utf-8")
    assert "# drawn by hand" in text
    assert "# the first" in text
    assert heard == [{MAYA}]


def test_the_yaml_says_it_within_a_second_by_itself(tmp_path):
    desk = Desk(build(tmp_path))
    desk.take(add(1, "new"))
    until = time.monotonic() + 10
    while "new" not in on_disk(tmp_path) and time.monotonic() < until:
        time.sleep(0.02)
    assert "new" in on_disk(tmp_path)
    desk.close()


def test_what_arrives_while_it_saves_is_saved_as_well(root, monkeypatch):
    desk = Desk(root)
    monkeypatch.setattr(documents, "PAUSE", 0.01)
    put = desk.folder.put

    def slowly(*given: object) -> object:
        time.sleep(0.02)
        return put(*given)

    monkeypatch.setattr(desk.folder, "put", slowly)
    for number in range(30):
        desk.take(add(number, f"n{number}"))
        time.sleep(random.random() * 0.03)
    until = time.monotonic() + 20
    while len(on_disk(root)) < 32 and time.monotonic() < until:
        time.sleep(0.02)
    assert len(on_disk(root)) == 32
    desk.close()


def test_sent_twice_counts_once_also_after_a_restart(desk, root):
    def take_twice(desk: Desk, number: str) -> None:
        desk.take(add(number, "new"))
        desk.take(op("gone", "card.remove", id="new"))
        assert desk.take(add(number, "new")) == [None]
        assert "new" not in {card.id for card in desk.journey("maya").cards}

    take_twice(desk, "1")
    desk.save()
    crash(desk)
    second = Desk(root)
    take_twice(second, "1")
    second.close()
    third = Desk(root)  # after an ordinary end, too
    take_twice(third, "1")
    assert third.take(op(7, "undo")) == [
        "there is nothing of yours to take back."
    ]  # undo is of this sitting
    third.close()


def test_a_refusal_says_why_and_the_others_of_the_batch_are_carried_out(desk):
    reasons = desk.take(
        add(1, "a"),
        add(2, "b", stage="sea"),
        op(3, "card.change", id="nobody", text="x"),
        {"id": "4"},
        op(5, "card.dance"),
        op(6, "card.change", id="a", text=" "),
        add(7, "c", colour="red"),
        add(8, "d"),
    )
    assert [reason is None for reason in reasons] == [
        True,
        False,
        False,
        False,
        False,
        False,
        False,
        True,
    ]
    assert "see" in reasons[1]
    assert "gone" in reasons[2]
    assert "Allowed" in reasons[4] or "mean" in reasons[4]
    assert {card.id for card in desk.journey("maya").cards} == {"one", "two", "a", "d"}


@pytest.mark.parametrize(
    "doc",
    [
        "../journeys/maya",
        "journeys/../../etc/passwd",
        "/etc/passwd",
        "journeys",
        "journeys/",
        "journeys/maya/x",
        "records/notes",
        "records/../notes/x",
        "records/nothing/x",
        "workshop/x",
        "data/events",
        "",
        ".",
        "journeys/.x",
        "journeys/ma\0ya",
        "journeys/mäya",
        "personas/maya.yaml",
        "records/notes/a b",
        "runs/x",
        "journeys\\maya",
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(desk, root, doc):

    def files() -> list[Path]:
        return sorted(path for path in root.rglob("*") if "journal" not in path.parts)

    before = files()
    assert desk.take(op(1, "set", doc=doc, text="x", name="x"))[0]
    with pytest.raises(Refused):
        desk.get(doc)
    desk.save()
    assert files() == before


@pytest.mark.parametrize(
    "text", ["\ud83d", "a\u2028b", "NO", "007", "- x: y # z", "\x07\x00", "<script>", " x ", "🙂"]
)
def test_odd_words_come_back_from_journal_and_file(root, text):
    desk = Desk(root)
    assert desk.take(add(1, "odd", text=text)) == [None]
    said = desk.journey("maya").card("odd").text
    crash(desk)
    desk = Desk(root)
    assert desk.journey("maya").card("odd").text == said
    desk.save()
    assert on_disk(root)["odd"] == said
    desk.close()


def test_records_come_with_what_waits_and_without_what_is_gone(desk, root):
    desk.take(
        op(1, "set", doc="records/notes/a", text="first"),
        op(2, "set", doc="records/notes/b", text="second"),
    )
    desk.save()
    desk.take(
        op(3, "set", doc="records/notes/c", text="third"), op(4, "remove", doc="records/notes/a")
    )
    write_atomic(root / "records/notes/half.yaml", "text: [")
    assert [note.id for note in desk.records("notes")] == ["b", "c"]
    (root / "records/notes/b.yaml").unlink()
    heard = []
    desk.watch(heard.append)
    desk.look(["records/notes"])
    assert "records/notes/b" in set().union(*heard)
    assert [note.id for note in desk.records("notes")] == ["c"]
    desk.save()
    assert not (root / "records/notes/a.yaml").exists()
    with pytest.raises(WorkshopError, match="Did you mean"):
        desk.records("nots")


def test_a_stage_with_notes_on_it_is_not_taken_away(desk):
    stages = [{"id": "see", "name": "See"}]
    assert desk.take(op(1, "set", doc="workshop", stages=stages)) == [
        "notes stand on “Buy”: move them first."
    ]
    desk.take(op(2, "card.remove", id="two"))
    assert desk.take(op(3, "set", doc="workshop", stages=stages)) == [None]
    assert (
        "there is no stage" in desk.take(op(4, "undo", doc=MAYA))[0]
    )  # the note would come back onto it


def test_undo_and_redo_belong_to_each_person(desk, root):
    desk.take(
        op(1, "card.change", "ada", id="one", text="Ada's"),
        op(2, "card.change", "bo", id="two", text="Bo's"),
        op(3, "undo", "ada"),
    )
    assert [card.text for card in desk.journey("maya").cards] == ["looks", "Bo's"]
    assert desk.take(op(4, "undo", "ada")) == ["there is nothing of yours to take back."]
    desk.take(op(5, "redo", "ada"), op(6, "undo", "bo"), op(6, "undo", "bo"))
    desk.save()
    assert on_disk(root) == {"one": "Ada's", "two": "pays"}


def test_an_undo_that_changes_nothing_is_refused_and_there_is_nothing_to_redo(desk):
    desk.take({**add(1, "x"), "by": "ada"}, op(2, "card.remove", "bo", id="x"))
    assert desk.take(op(3, "undo", "ada")) == [
        "somebody has changed it since, so that it stays as it is."
    ]
    assert desk.take(op(4, "redo", "ada")) == ["there is nothing to do again."]
    assert "x" not in {card.id for card in desk.journey("maya").cards}


def test_an_undo_of_what_is_so_already_is_refused_and_there_is_nothing_to_redo(desk, root):
    desk.take(op(1, "card.change", "ada", id="one", text="stares"))
    desk.save()
    edit(root, "text: stares", "text: looks")  # by hand it is as it was
    assert desk.take(op(2, "undo", "ada")) == ["it is so already: there is nothing to change."]
    assert desk.take(op(3, "redo", "ada")) == ["there is nothing to do again."]
    assert desk.journey("maya").card("one").text == "looks"


def test_undo_and_redo_never_take_away_the_same_card_of_somebody_else(desk):
    desk.take(
        {**add(1, "x"), "by": "ada"},
        op(2, "card.remove", "ada", id="x"),
        {**add(3, "x"), "by": "bo"},
    )
    for number, kind in enumerate(("undo", "redo", "undo", "undo", "redo")):
        assert desk.take(op(f"u{number}", kind, "ada")) != [None]
        assert "x" in {card.id for card in desk.journey("maya").cards}
    assert desk.take(op(9, "undo", "bo")) == [None]
    assert "x" not in {card.id for card in desk.journey("maya").cards}


def test_redo_brings_back_exactly_what_the_undo_took(desk):
    """Of two who move cards in one row, each takes back only what is still as they left it."""
    desk.take({**add(1, "x"), "by": "ada"}, {**add(2, "y"), "by": "bo"})
    for number, (by, card, before) in enumerate(
        [("ada", "y", "x"), ("bo", "one", ""), ("bo", "x", "y"), ("bo", "one", "x")]
    ):
        desk.take(op(f"m{number}", "card.move", by, id=card, stage="see", before=before))
    before = desk.journey("maya")
    if desk.take(op("u", "undo", "ada")) == [None]:
        assert desk.take(op("r", "redo", "ada")) == [None]
    assert desk.journey("maya") == before


# --- dying ----------------------------------------------------------------------------------------


def test_what_was_acknowledged_is_put_there_at_the_next_opening(desk, root):
    desk.take(add(1, "new"), op(2, "card.change", id="one", text="stares"))
    crash(desk)
    assert "new" not in on_disk(root)
    second = Desk(root)
    assert second.journey("maya").card("new").text == "new"
    second.save()
    assert on_disk(root) == {"one": "stares", "two": "pays", "new": "new"}
    second.close()


def test_a_journal_that_comes_once_more_brings_nothing_back(desk, root):
    desk.take(add(1, "new"))
    (old,) = [*(root / "journal").glob("*.jsonl")]
    copy = old.read_bytes()
    crash(desk)
    second = Desk(root)
    assert second.journey("maya").card("new").text == "new"
    second.take(op(9, "card.remove", id="new"))
    second.close()
    for again in range(2):  # a sync client brings what another machine still had
        (root / "journal" / f"away-{again}.jsonl").write_bytes(copy)
        third = Desk(root)
        third.close()
        assert on_disk(root) == {"one": "looks", "two": "pays"}


def test_dying_again_before_it_was_put_there_loses_nothing(desk, root):
    desk.take(add(1, "new"))
    crash(desk)
    for _ in range(3):
        crash(Desk(root))
    last = Desk(root)
    last.close()
    assert "new" in on_disk(root)


def test_dying_between_yaml_and_journal_changes_nothing_twice(desk, root, monkeypatch):
    monkeypatch.setattr(Journal, "saved", lambda self, doc: None)
    desk.take(add(1, "new"), op(2, "card.change", id="one", text="stares"))
    desk.save()
    crash(desk)
    monkeypatch.undo()
    edit(root, "stares", "stares long")  # and then somebody writes
    edit(root, "text: pays", "text: pays, owner: Bo")
    second = Desk(root)
    second.close()
    assert on_disk(root) == {"one": "stares long", "two": "pays", "new": "new"}
    assert "stares" in (root / "journal/displaced.txt").read_text("utf-8")
    assert open_folder(root).journey("maya").card("two").owner == "Bo"


def test_what_was_written_by_hand_since_the_death_stays(desk, root):
    desk.take(
        op(1, "card.change", id="one", text="stares"), op(2, "card.change", id="two", owner="Ada")
    )
    crash(desk)
    edit(root, "text: looks", "text: looks twice, owner: Bo")
    edit(root, "text: pays", "text: pays cash")
    second = Desk(root)
    second.close()
    one, two = open_folder(root).journey("maya").cards
    assert (one.text, one.owner, two.text, two.owner) == ("looks twice", "Bo", "pays cash", "Ada")
    assert second.notices
    assert "stares" in (root / "journal/displaced.txt").read_text("utf-8")


def test_a_file_that_cannot_be_read_at_the_opening_gets_it_later(desk, root):
    desk.take(add(1, "new"))
    crash(desk)
    edit(root, "name: Map", "name: [Map")
    second = Desk(root)
    with pytest.raises(FileProblem):
        second.get(MAYA)
    assert "not YAML" in second.take(add(2, "more"))[0]
    crash(second)
    third = Desk(root)
    edit(root, "name: [Map", "name: Plan")
    third.look([MAYA])
    assert third.journey("maya").card("new").text == "new"
    third.close()
    assert "new" in on_disk(root)
    assert open_folder(root).journey("maya").name == "Plan"


WRITER = """
import sys
from pathlib import Path
from journeykit.store import desk, documents
documents.PAUSE = 0.01
it = desk.desk_of(desk.Folder(Path(sys.argv[1])))
for number in range(int(sys.argv[3])):
    name = f"{sys.argv[2]}{number}"
    data = {"id": name, "stage": "see", "lane": "actions", "text": name}
    why, = it.take({"id": name, "kind": "card.add", "doc": "journeys/maya", "data": data})
    assert why is None, why
    print(name, flush=True)
"""


def writer(root: Path, start: str, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(root), start, str(count)],
        stdout=subprocess.PIPE,
        text=True,
    )


def test_killed_in_the_middle_it_loses_nothing_that_it_acknowledged(root):
    told: list[str] = []
    for life in range(4):
        started = writer(root, f"l{life}-", 100_000)
        for _ in range(random.randint(20, 120)):
            told.append(started.stdout.readline().strip())
        os.kill(started.pid, signal.SIGKILL)
        told += started.stdout.read().split()
        started.wait(20)
    desk = Desk(root)
    desk.close()
    there = [card.id for card in open_folder(root).journey("maya").cards]
    assert set(told) <= set(there)
    assert len(there) == len(set(there)) <= len(told) + 2 + 4  # at most one each was on its way


def test_two_processes_of_two_hundred_each_lose_and_double_nothing(root):
    both = [writer(root, start, 200) for start in ("a", "b")]
    for started in both:
        said, _ = started.communicate(timeout=120)
        assert started.returncode == 0
        assert len(said.split()) == 200
    wanted = [f"{start}{number}" for start in ("a", "b") for number in range(200)]
    assert sorted(on_disk(root)) == sorted(["one", "two", *wanted])
    assert not (root / "journal/displaced.txt").exists()


def test_two_threads_of_two_hundred_each_lose_and_double_nothing(root, monkeypatch):
    monkeypatch.setattr(documents, "PAUSE", 0.01)
    desk, heard = Desk(root), []
    desk.watch(heard.append)

    def work(start: str) -> None:
        for number in range(200):
            operation = add(f"{start}{number}", f"{start}{number}")
            assert desk.take(operation, operation) == [None, None]

    threads = [threading.Thread(target=work, args=(start,)) for start in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    there = [card.id for card in desk.journey("maya").cards]
    assert len(there) == len(set(there)) == 402
    assert len(heard) == 400
    desk.close()
    assert sorted(on_disk(root)) == sorted(there)


def test_a_fork_leaves_the_desk_to_its_parent(root):
    desk = desk_of(open_folder(root))
    desk.take(add(1, "parent"))
    read, write = os.pipe()
    child = os.fork()
    if child == 0:  # no assert in here: pytest would go on twice
        said = b""
        with contextlib.suppress(BaseException):
            try:
                desk.take(add(2, "stray"))
            except WorkshopError:
                said += b"refused "
            own = desk_of(open_folder(root))
            said += str([*own.take(add(3, "child"))]).encode()
            own.save()
        os.write(write, said)
        os._exit(0)
    os.waitpid(child, 0)
    os.close(write)
    assert os.read(read, 100) == b"refused [None]"
    os.close(read)
    assert desk.take(add(4, "later")) == [None]
    desk.close()
    assert {"parent", "child", "later"} <= set(on_disk(root))
    assert "stray" not in on_disk(root)


# --- others, and the disk ---------------------------------------------------------------------


def full(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


def test_a_hand_edit_meanwhile_is_kept_and_told(desk, root):
    desk.take(op(1, "card.change", id="one", text="stares"))
    edit(root, "text: looks", "text: looks, owner: Bo")
    edit(root, "text: pays", "text: pays cash")
    edit(root, "name: Map", "name: Plan")
    heard = []
    desk.watch(heard.append)
    desk.save()
    one, two = open_folder(root).journey("maya").cards
    assert (one.text, one.owner, two.text) == ("stares", "Bo", "pays cash")
    assert desk.journey("maya").name == "Plan"
    assert heard == [{MAYA}]
    assert desk.notices == []


def test_of_the_same_words_those_on_the_board_stand_and_the_others_are_kept(desk, root):
    desk.take(op(1, "card.change", id="one", text="stares"))
    edit(root, "text: looks", "text: gazes")
    edit(root, "text: pays", "text: pays cash")
    desk.save()
    assert on_disk(root) == {"one": "stares", "two": "pays cash"}
    assert "gazes" in (root / "journal/displaced.txt").read_text("utf-8")
    (said,) = desk.notices
    assert "cards/one/text" in said


def test_what_came_in_while_it_saved_is_not_overwritten_by_the_next_save(desk, root, monkeypatch):
    put = desk.folder.put

    def meanwhile(*given: object) -> object:
        monkeypatch.undo()
        desk.take(op(2, "card.change", id="one", owner="Ada"))
        return put(*given)

    desk.take(op(1, "card.change", id="one", text="stares"))
    edit(root, "text: pays", "text: pays cash")
    monkeypatch.setattr(desk.folder, "put", meanwhile)
    desk.save()
    desk.save()
    one, two = open_folder(root).journey("maya").cards
    assert (one.text, one.owner, two.text) == ("stares", "Ada", "pays cash")


def test_records_read_in_between_do_not_make_it_forget_what_it_began_with(desk, root):
    desk.take(op(1, "set", doc="records/notes/a", text="first", author="Ada"))
    desk.save()
    desk.take(op(2, "set", doc="records/notes/a", text="mine"))
    edit(root, "author: Ada", "author: Bo", "records/notes/a.yaml")
    assert desk.records("notes")[0].text == "mine"
    desk.save()
    note = open_folder(root).record("notes", "a")
    assert (note.text, note.author) == ("mine", "Bo")


def test_half_a_file_of_an_editor_stops_nobody(desk, root):
    desk.get(MAYA)
    edit(root, "name: Map", "name: [Map")
    half = (root / f"{MAYA}.yaml").read_text("utf-8")
    assert desk.take(add(1, "new")) == [None]
    desk.save()
    assert (root / f"{MAYA}.yaml").read_text("utf-8") == half  # it is the editor's
    assert "not YAML" in desk.trouble[MAYA]
    desk.look([MAYA])
    edit(root, "name: [Map", "name: Plan")
    desk.save()
    assert desk.trouble == {}
    assert "new" in on_disk(root)
    assert open_folder(root).journey("maya").name == "Plan"


@pytest.mark.parametrize("change", ["other words", "taken away", "there at last"])
def test_what_somebody_read_meanwhile_is_told_to_those_who_watch(desk, root, change):
    note, file = "records/notes/a", root / "records/notes/a.yaml"
    if change != "there at last":
        desk.take(op(1, "set", doc=note, text="first"))
        desk.save()
    desk.get(note)
    desk.look(["records/notes"])
    heard = []
    desk.watch(heard.append)
    desk.look(["records/notes"])
    assert heard == [], "nothing is new"
    if change == "taken away":
        file.unlink()
    else:
        write_atomic(file, "text: second\n")
    desk.records("notes")  # another widget, a picture that is drawn
    desk.look(["records/notes"])
    assert heard == [{note}]
    desk.look(["records/notes"])
    assert heard == [{note}], "it is told once"


def test_what_is_taken_together_is_on_the_disk_in_one_go(desk, root, monkeypatch):
    heard, synced = [], []
    desk.watch(heard.append)
    desk.take(add(0, "zero"))
    heard.clear()
    fsync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: (synced.append(handle), fsync(handle)))
    with desk.together():
        for n in range(30):
            assert desk.take(add(n + 1, f"c{n}")) == [None]
        assert (synced, heard) == ([], [])
    assert (len(synced), heard) == (1, [{MAYA}])
    monkeypatch.undo()
    crash(desk)
    other = Desk(root)
    assert {f"c{n}" for n in range(30)} <= {card.id for card in other.journey("maya").cards}
    other.close()


def test_what_is_taken_together_and_does_not_reach_the_disk_was_not_made(desk, monkeypatch):
    before = desk.journey("maya")

    def both(last: Callable[[], object]) -> None:
        with desk.together():
            desk.take(add(1, "a"))
            desk.take(add(2, "b"))
            last()

    with monkeypatch.context() as patch:
        patch.setattr(Journal, "_append", full)
        with pytest.raises(WorkshopError, match="was not made"):
            both(int)
    with pytest.raises(StopIteration):
        both(lambda: next(iter("")))
    assert desk.journey("maya") == before
    assert desk.take(add(1, "a"), add(2, "b")) == [None, None]
    assert {"a", "b"} <= {card.id for card in desk.journey("maya").cards}


def test_a_save_that_takes_long_is_not_begun_again_meanwhile(desk, monkeypatch):
    """Threads that wait for one another piled up where many write."""
    monkeypatch.setattr(documents, "PAUSE", 0.01)
    enter, go = threading.Event(), threading.Event()
    put = desk.folder.put
    monkeypatch.setattr(
        desk.folder, "put", lambda *given: (enter.set(), go.wait(30), put(*given))[2]
    )
    desk.take(add(1, "a"))
    assert enter.wait(30)
    before = threading.active_count()
    for n in range(20):
        desk.take(add(n + 2, f"b{n}"))
        time.sleep(0.02)
    assert threading.active_count() <= before
    go.set()
    until = time.monotonic() + 30
    while "b19" not in on_disk(desk.folder.root):
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_full_disk_changes_nothing_and_the_same_may_be_sent_again(desk, root, monkeypatch):
    desk.take(op(0, "card.change", "ada", id="one", text="stares"))
    before = desk.journey("maya")
    with monkeypatch.context() as patch:
        patch.setattr(Journal, "_append", full)
        with pytest.raises(WorkshopError, match="No space"):
            desk.take(add(1, "new"), op(2, "undo", "ada"))
        assert desk.journey("maya") is before
    assert desk.take(add(1, "new"), op(2, "undo", "ada")) == [None, None]
    desk.save()
    assert on_disk(root) == {"one": "looks", "two": "pays", "new": "new"}


def test_a_yaml_that_cannot_be_written_waits_in_the_journal(desk, root, monkeypatch):
    desk.take(add(1, "new"))
    with monkeypatch.context() as patch:
        patch.setattr("journeykit.store.joined.write_atomic", full)
        desk.save()
    assert "No space" in desk.trouble[MAYA]
    crash(desk)
    second = Desk(root)
    second.close()
    assert "new" in on_disk(root)


def test_a_map_removed_by_hand_while_somebody_writes_on_it_comes_back(desk, root):
    desk.take(op(1, "card.change", id="one", text="stares"))
    (root / f"{MAYA}.yaml").unlink()
    desk.save()
    assert on_disk(root) == {"one": "stares", "two": "pays"}


def test_a_widget_that_fails_to_draw_undoes_nothing(desk):
    def broken(docs: set[str]) -> None:
        raise RuntimeError("cannot draw")

    heard = []
    desk.watch(broken)
    desk.watch(heard.append)
    assert desk.take(add(1, "new")) == [None]
    assert heard == [{MAYA}]


def test_a_closed_desk_says_so_and_the_next_one_is_new(root):
    desk = desk_of(open_folder(root))
    desk.close()
    with pytest.raises(WorkshopError, match="closed"):
        desk.take(add(1, "new"))
    other = desk_of(open_folder(root))
    assert other is not desk
    other.close()


# --- any order ------------------------------------------------------------------------------------

CARDS, PEOPLE = ("one", "two", "x", "y"), ("ada", "bo")


class AnyOrder(RuleBasedStateMachine):
    """Whatever comes in whatever order, twice, and between deaths: it is as if each came once, in turn."""

    @initialize()
    def begin(self) -> None:
        import tempfile

        self.place = tempfile.TemporaryDirectory()
        self.root = build(Path(self.place.name))
        self.desk, self.sent = Desk(self.root), []
        self.model: Journey = self.desk.journey("maya")

    def send(self, kind: str, by: str, **data: object) -> None:
        asked = op(len(self.sent), kind, by, **data)
        self.sent.append(asked)
        (why,) = self.desk.take(asked)
        try:
            self.model, wrong = apply(self.model, Operation.model_validate(asked)), None
        except Refused as refused:
            wrong = str(refused)
            self.sent[-1] = None  # it may be carried out another time
        assert why == wrong

    @rule(
        card=st.sampled_from(CARDS),
        by=st.sampled_from(PEOPLE),
        stage=st.sampled_from(["see", "buy"]),
    )
    def add(self, card, by, stage):
        self.send("card.add", by, id=card, stage=stage, lane="actions", text=f"new {card}")

    @rule(
        card=st.sampled_from(CARDS),
        by=st.sampled_from(PEOPLE),
        text=st.sampled_from(["", "a", "NO", "🙂"]),
    )
    def reword(self, card, by, text):
        self.send("card.change", by, id=card, text=text)

    @rule(
        card=st.sampled_from(CARDS),
        by=st.sampled_from(PEOPLE),
        owner=st.sampled_from(["", "Ada", "007"]),
    )
    def give(self, card, by, owner):
        self.send("card.change", by, id=card, owner=owner)

    @rule(
        card=st.sampled_from(CARDS),
        other=st.sampled_from(CARDS),
        stage=st.sampled_from(["see", "buy"]),
    )
    def move(self, card, other, stage):
        self.send("card.move", "ada", id=card, stage=stage, before=other)

    @rule(card=st.sampled_from(CARDS), by=st.sampled_from(PEOPLE))
    def remove(self, card, by):
        self.send("card.remove", by, id=card)

    @rule(by=st.sampled_from(PEOPLE))
    def undo_and_redo(self, by):
        if self.desk.take(op(f"u{len(self.sent)}", "undo", by)) == [None]:
            self.sent.append(None)
            assert self.desk.take(op(f"r{len(self.sent)}", "redo", by)) == [None]

    @rule(data=st.data())
    def send_again(self, data):
        known = [asked for asked in self.sent if asked]
        if known:
            assert self.desk.take(data.draw(st.sampled_from(known))) == [None]

    @rule()
    def save(self):
        self.desk.save()

    @rule()
    def die(self):
        crash(self.desk)
        self.desk = Desk(self.root)

    @rule()
    def end(self):
        self.desk.close()
        self.desk = Desk(self.root)

    @rule(name=st.sampled_from(["Map", "Plan"]))
    def edit_by_hand(self, name):
        folder = open_folder(self.root)
        folder.save(folder.journey("maya").with_(name=name))
        self.model = self.model.with_(name=name)

    @invariant()
    def all_is_there_once(self):
        now = self.desk.journey("maya")
        assert {card.id: card.plain() for card in now.cards} == {
            c.id: c.plain() for c in self.model.cards
        }

    def teardown(self):
        if not hasattr(self, "desk"):
            return
        self.desk.close()
        there = open_folder(self.root).journey("maya")
        assert {card.id: card.plain() for card in there.cards} == {
            c.id: c.plain() for c in self.model.cards
        }
        assert there.name == self.model.name
        assert not (self.root / "journal/displaced.txt").exists()
        self.place.cleanup()


AnyOrder.TestCase.settings = settings(max_examples=settings().max_examples, stateful_step_count=25)
test_any_order = AnyOrder.TestCase


@pytest.mark.parametrize(
    ("kind", "doc", "at", "data"),
    [
        ("remove", "workshop", "", {}),
        ("remove", MAYA, "/", {}),
        ("set", MAYA, "cards", {"value": []}),
        ("set", MAYA, "", {"id": "other"}),
        ("set", MAYA, "id", {"value": "other"}),
        ("set", MAYA, "", {"persona": "nobody"}),
        ("set", MAYA, "cards/one", {"id": "y2"}),
        ("insert", MAYA, "cards/z", {"id": "q", "stage": "see", "lane": "actions", "text": "q"}),
        ("set", MAYA, "cards/one/text/foo", {"value": "x"}),
    ],
)
def test_what_would_break_the_folder_is_refused_and_what_came_before_it_stays(
    root, kind, doc, at, data
):
    desk = Desk(root)
    card = {"id": "new", "stage": "see", "lane": "actions", "text": "good"}
    good = {"id": "1", "kind": "insert", "doc": MAYA, "at": "cards/new", "data": card}
    bad = {"id": "2", "kind": kind, "doc": doc, "at": at, "data": data}
    fine, refused = desk.take(good, bad)
    assert fine is None
    assert refused
    desk.leave()
    again = Desk(root)
    assert [c.id for c in again.get(MAYA).cards] == ["one", "two", "new"]
    assert again.get("workshop") is not None
    again.close()
