"""A full disk, a folder that nobody may write to or that moves away, a clock that goes back, sizes.

Each ends in the right result or in one sentence.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from journeykit.errors import WorkshopError
from journeykit.run.plan import new_folder
from journeykit.store import Desk, create, files, open_folder, write_atomic
from journeykit.store.journal import Journal


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return create(tmp_path / "shop", "blank").root


def note(number: int, text: str) -> dict:
    doc = f"records/notes/n{number}"
    return {"id": f"o{number}", "kind": "begin", "doc": doc, "by": "ada", "data": {"text": text}}


def texts(root: Path) -> list[str]:
    return sorted(one.text for one in open_folder(root).records("notes"))


def no_space(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def inside(place: Path, *more: str) -> list[str]:
    """Give the words before a command that sees a place as the disk that ``more`` makes of it."""
    found = shutil.which("bwrap")
    words = [str(found), "--dev-bind", "/", "/", *more, str(place)]
    if not found or subprocess.run([*words, "true"], capture_output=True).returncode:
        pytest.skip("no bubblewrap, or no user namespaces: no disk of its own can be made")
    return words


# --- a full disk, a folder that nobody may write to -----------------------------------------------


JOURNEYKIT = str(Path(sys.executable).with_name("journeykit"))


def one_sentence(words: list[str]) -> str:
    """Run a command that must refuse; return the sentence."""
    ran = subprocess.run(words, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 2, ran
    (said,) = ran.stderr.splitlines()
    return said


def test_a_workshop_that_does_not_fit_on_the_disk_is_told_and_nothing_of_it_is_left(tmp_path):
    full = inside(tmp_path, "--size", "300000", "--tmpfs")
    line = '"$1" new "$0/shop" --template retail || { ls -A "$0"; exit 2; }'
    assert "No space left" in one_sentence([*full, "sh", "-c", line, str(tmp_path), JOURNEYKIT])


def test_a_workshop_where_nobody_may_write_is_told(tmp_path):
    read_only = inside(tmp_path, "--ro-bind", str(tmp_path))
    said = one_sentence([*read_only, JOURNEYKIT, "new", str(tmp_path / "shop")])
    assert "Read-only" in said
    assert "shop" in said


def test_a_folder_that_nobody_may_write_to_can_be_read_and_says_why_it_takes_nothing(root):
    write_atomic(root / "records/notes/n0.yaml", "text: here\n")
    code = f"""
from journeykit.store import Desk, open_folder
from journeykit.errors import JourneykitError
folder = open_folder({str(root)!r})
print(folder.problems(), [n.text for n in folder.records("notes")])
desk = Desk(folder.root)
try:
    desk.take({note(1, "new")!r})
except JourneykitError as problem:
    print(problem)
print(desk.records("notes")[0].text, len(desk.records("notes")))
desk.close()
"""
    words = [*inside(root, "--ro-bind", str(root)), sys.executable, "-c", code]
    ran = subprocess.run(words, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stderr
    read, refused, still = ran.stdout.splitlines()
    assert read == "[] ['here']"
    assert "Read-only" in refused
    assert "was not made" in refused
    assert still == "here 1"


def test_a_full_disk_does_not_keep_a_workshop_from_being_opened(root, monkeypatch):
    dead = Desk(root)
    dead.take(note(1, "acknowledged"))
    dead.leave()
    with monkeypatch.context() as patch:
        patch.setattr(files, "write_atomic", no_space)
        patch.setattr("journeykit.store.journal.write_atomic", no_space)
        desk = Desk(root)
        assert ["not taken over yet" in one for one in desk.notices] == [True]
        assert desk.records("notes") == []
        desk.close()
    Desk(root).close()
    assert texts(root) == ["acknowledged"]


# --- a clock that goes back -----------------------------------------------------------------------


def test_a_file_of_tomorrow_is_read_anew_when_it_changes(root):
    path, tomorrow = root / "records/notes/n1.yaml", 4_000_000_000
    folder = open_folder(root)
    for text in ("first", "other"):  # as long as each other, at the same time by their clock
        write_atomic(path, f"text: {text}\n")
        os.utime(path, (tomorrow, tomorrow))
        assert [one.text for one in folder.records("notes")] == [text]
    with open(path, "r+", encoding="utf-8") as file:
        file.write("text: third\n")
    os.utime(path, (tomorrow, tomorrow))
    assert [one.text for one in folder.records("notes")] == ["third"]


def test_what_is_acknowledged_while_the_clock_goes_back_is_saved_in_order(root, monkeypatch):
    desk = Desk(root)
    for number in range(3):
        monkeypatch.setattr("time.time", lambda now=10_000.0 - 1_000 * number: now)
        monkeypatch.setattr("time.time_ns", lambda now=10**13 - 10**12 * number: now)
        what = {"id": f"s{number}", "kind": "set", "doc": "workshop", "by": "ada"}
        assert desk.take({**what, "data": {"owner": f"Ada {number}"}}) == [None]
        desk.save()
    desk.close()
    assert open_folder(root).workshop().owner == "Ada 2"


def test_the_newest_run_is_the_last_by_name_also_where_the_clock_was_put_back(tmp_path):
    runs = tmp_path / "runs"
    (runs / "2999-10-25T02-59-10").mkdir(parents=True)
    (runs / "zz-of-our-own").mkdir()
    made = [new_folder(runs).name for _ in range(12)]
    assert made == sorted(made)
    assert made[0] > "2999-10-25T02-59-10"


# --- a folder that moves away ---------------------------------------------------------------------


def test_a_folder_that_is_renamed_while_it_is_open_loses_nothing_and_says_so(root):
    desk, new = Desk(root), root.with_name("renamed")
    desk.take(note(1, "before"))
    os.rename(root, new)
    with pytest.raises(WorkshopError, match=r"not there any more.*open the workshop where it is"):
        desk.take(note(2, "after"))
    desk.save()
    assert "not there any more" in desk.trouble["records/notes/n1"]
    desk.close()
    assert not root.exists(), "nothing is made in the old place"
    Desk(new).close()
    assert texts(new) == ["before"]


def test_a_folder_that_comes_back_takes_what_was_typed(root):
    desk, away = Desk(root), root.with_name("away")
    desk.take(note(1, "before"))
    os.rename(root, away)
    desk.save()
    os.rename(away, root)
    assert desk.take(note(2, "after")) == [None]
    desk.close()
    assert texts(root) == ["after", "before"]
    assert desk.trouble == {}


# --- a journal of a newer version -----------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        {"version": 9},
        {"id": "1", "doc": "records/notes/a", "parts": {"text": [None, "x"]}, "clock": [1, 2]},
        {"id": "1", "doc": "records/notes/a", "parts": [["text", "x"]]},
        {"id": "1", "parts": {"text": [None, "x"]}},
        {"id": "1", "doc": "records/notes/a", "parts": {"text": "x"}},
    ],
)
def test_a_journal_of_a_newer_version_is_told_and_kept(root, line):
    path = root / "journal/other-host-1.jsonl"
    whole = "".join(f"{json.dumps(one)}\n" for one in ({"seen": ["0"]}, line))
    write_atomic(path, whole)
    for _ in range(2):
        desk = Desk(root)
        (said,) = desk.notices
        assert "newer journeykit" in said
        assert path.name in said
        assert desk.take(note(len(texts(root)), "new")) == [None]
        desk.close()
        assert path.read_text("utf-8") == whole


def test_what_a_newer_version_wrote_of_records_that_are_unknown_here_is_kept(root):
    later = Journal(root / "journal")
    parts = {"text": [None, "x"]}
    later.write([{"id": "1", "doc": "records/dreams/a", "parts": parts}])
    later.close()
    Desk(root).close()
    (path,) = (root / "journal").glob("*.jsonl")
    entries = map(json.loads, path.read_text("utf-8").splitlines())
    assert parts in [entry.get("parts") for entry in entries]


# --- sizes ----------------------------------------------------------------------------------------


@pytest.mark.all
def test_ten_thousand_cards_and_two_thousand_notes(root):
    line = "  - {{id: c{0}, stage: purchase, lane: actions, text: card {0}}}\n"
    cards = "".join(line.format(number) for number in range(10_000))
    write_atomic(root / "journeys/big.yaml", f"name: Big\npersona: customer\ncards:\n{cards}")
    for number in range(2_000):
        write_atomic(root / f"records/notes/n{number}.yaml", f"text: note {number}\n")
    desk, card = Desk(root), {"stage": "purchase", "lane": "actions", "text": "new"}
    asked = {"id": "1", "kind": "card.add", "doc": "journeys/big", "by": "ada"}
    assert desk.take({**asked, "data": {"id": "new", **card}}, note(2_000, "last")) == [None, None]
    desk.close()
    folder = open_folder(root)
    texts = {card.text for card in folder.journey("big").cards}
    assert texts == {"new", *(f"card {number}" for number in range(10_000))}
    assert len(folder.records("notes")) == 2_001
    assert folder.problems() == []
