"""Small things of the folder that nobody sees until they go wrong."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from journeykit.errors import FileProblem, MergeConflict
from journeykit.model import RECORD_KINDS, Persona, Workshop
from journeykit.store import create, desk_of, open_folder, yaml
from journeykit.store.files import hold
from journeykit.store.git import merge_files
from journeykit.store.merge import kind_at, merge_texts


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return create(tmp_path / "shop", "blank").root


def test_a_file_that_changed_in_the_same_moment_is_read_anew(root: Path) -> None:
    folder, path = open_folder(root), root / "workshop.yaml"
    path.write_text("schema: 2\nname: AAAA\nstages: [{id: a, name: A}]\n", "utf-8")
    assert folder.workshop().name == "AAAA"
    moment = path.stat().st_mtime_ns
    with open(path, "r+", encoding="utf-8") as file:  # the same file, as long, in the same moment
        file.write("schema: 2\nname: BBBB")
    os.utime(path, ns=(moment, moment))
    assert folder.workshop().name == "BBBB"


def test_what_a_save_would_overwrite_is_refused_with_both_values(root: Path) -> None:
    folder = open_folder(root)
    workshop = folder.workshop()
    open_folder(root).save(workshop.model_copy(update={"owner": "Ada"}))
    with pytest.raises(MergeConflict, match=r"owner.*'Ada'"):
        folder.save(workshop.model_copy(update={"owner": "Bo"}))
    assert open_folder(root).workshop().owner == "Ada"


def test_a_workshop_is_made_in_a_folder_that_is_there_and_empty(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    assert create(tmp_path / "shop", "blank").workshop().stages


def test_a_lock_that_one_thread_took_another_gives_back(tmp_path: Path) -> None:
    taken = []
    thread = threading.Thread(target=lambda: taken.append(hold(tmp_path / "lock")))
    thread.start()
    thread.join()
    assert hold(tmp_path / "lock", timeout=0) is None
    taken[0].release()
    free = hold(tmp_path / "lock", timeout=0)
    assert free is not None
    free.release()


def test_who_waits_for_a_lock_waits_until_it_is_free(tmp_path: Path) -> None:
    taken, held = [], threading.Event()

    def first() -> None:
        taken.append(hold(tmp_path / "lock"))
        held.set()
        time.sleep(1.2)
        taken.pop().release()

    threading.Thread(target=first).start()
    held.wait()
    second = hold(tmp_path / "lock")
    assert second is not None
    assert not taken, "the first one has let go of it by then"
    second.release()


def test_a_value_that_is_left_empty_is_nothing() -> None:
    text = "owner:\ngoal: ~\nname: ''\nsteps: [null, 0]\n"
    found = yaml.plain(yaml.read(text, "x.yaml"), "x.yaml")
    assert found == {"owner": None, "goal": None, "name": "", "steps": [None, "0"]}


def test_a_problem_of_a_whole_file_is_told_of_its_first_line() -> None:
    with pytest.raises(FileProblem) as told:
        yaml.parse(Workshop, "\n\nowner: Ada\n", "workshop.yaml")
    assert told.value.line == 1
    assert yaml.place(yaml.read("a: 1\nb: 2\n", "x.yaml"), []) == (1, "")


def test_a_list_that_grows_keeps_the_comments_of_what_was_there() -> None:
    tree = yaml.read("tags:\n  - one # why\n  - two\n", "x.yaml")
    text = yaml.dump(yaml.update(tree, {"tags": ["one", "two", "three"]}))
    assert text == "tags:\n  - one # why\n  - two\n  - three\n"


def test_what_was_left_to_the_parent_process_is_opened_anew(root: Path) -> None:
    desk = desk_of(open_folder(root))
    desk.leave()
    assert not desk.is_open
    again = desk_of(open_folder(root))
    assert again is not desk
    assert again.is_open
    again.close()


def test_what_is_taken_away_and_gone_already_is_gone(root: Path) -> None:
    folder = open_folder(root)
    folder.save(RECORD_KINDS["ideas"](id="one", text="One"), "ideas")
    known = folder.read("records/ideas/one")
    (root / "records/ideas/one.yaml").unlink()
    assert folder.put("records/ideas/one", known, None) == (None, {})


def test_where_git_joins_two_changes_all_comments_stay(tmp_path: Path) -> None:
    texts = {
        "base": "name: A\n\ngoal: a\n\n\nowner: Ada\n",
        "ours": "name: A\n\ngoal: a\n\n\nowner: Bo  # new\n",
        "theirs": "# our session\nname: B\n\ngoal: a\n\n\nowner: Ada\n",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, "utf-8")
    found = merge_files(tmp_path / "base", tmp_path / "ours", tmp_path / "theirs", "x.yaml")
    assert found == []
    joined = "# our session\nname: B\n\ngoal: a\n\n\nowner: Bo  # new\n"
    assert (tmp_path / "ours").read_text("utf-8") == joined


def test_a_side_with_signs_that_nobody_sees_is_kept_as_it_is() -> None:
    broken = "name: [\x07\n"
    merged = merge_texts("name: A\n", "name: B\n", broken, "x.yaml")
    kept = yaml.plain(yaml.read(merged.text, "x.yaml"), "x.yaml")
    assert kept == {"name": "B", "x-conflict-file": broken}


def test_the_end_of_a_path_says_what_a_file_holds() -> None:
    assert kind_at("workshop.yaml") is kind_at("shop/workshop.yaml") is Workshop
    assert kind_at("shop/personas/maya.yaml") is Persona
    assert kind_at("records/ideas/one.yaml") is RECORD_KINDS["ideas"]
    assert kind_at("shop/notes.yaml") is None


@pytest.mark.parametrize("name", ["workshop.yaml", "journal", "journal/lock", "journal/a.jsonl"])
def test_no_link_of_a_folder_is_followed_out_of_it(root: Path, tmp_path: Path, name: str) -> None:
    there = tmp_path / "elsewhere"
    if name == "journal":
        there.mkdir()
    else:
        there.write_bytes((root / "workshop.yaml").read_bytes())
    (root / name).parent.mkdir(exist_ok=True)
    (root / name).unlink(missing_ok=True)
    (root / name).symlink_to(there)
    with pytest.raises(FileProblem, match=rf"{name}: no path leaves its folder"):
        open_folder(root)
    assert [*there.iterdir()] == [] if there.is_dir() else there.stat().st_size


def test_a_persona_that_is_a_link_out_of_its_folder_is_told_and_not_read(
    root: Path, tmp_path: Path
) -> None:
    folder = open_folder(root)
    (tmp_path / "her.yaml").write_text("name: A secret of somebody\n")
    (root / "personas" / "her.yaml").symlink_to(tmp_path / "her.yaml")
    said = [str(each) for each in folder.problems() if each.file == "personas/her.yaml"]
    assert said == [
        "personas/her.yaml: no path leaves its folder, and a link here does: put a copy here"
    ]
    with pytest.raises(FileProblem, match="no path leaves"):
        folder.persona("her")


def test_nothing_is_written_through_a_link_out_of_the_folder(root: Path, tmp_path: Path) -> None:
    folder, there = open_folder(root), tmp_path / "elsewhere"
    there.mkdir()
    (root / "records").mkdir(exist_ok=True)
    (root / "records" / "notes").symlink_to(there)
    with pytest.raises(FileProblem, match="no path leaves"):
        folder.put("records/notes/a", None, RECORD_KINDS["notes"](id="a", text="Ours."))
    assert [*there.iterdir()] == []


def test_a_workshop_behind_a_link_is_opened_and_so_is_a_link_within_it(
    root: Path, tmp_path: Path
) -> None:
    (tmp_path / "link").symlink_to(root)
    ours = next((root / "personas").glob("*.yaml"))
    ours.rename(root / "kept.yaml")
    ours.symlink_to(root / "kept.yaml")
    folder = open_folder(tmp_path / "link")
    assert folder.persona(ours.stem).id == ours.stem
    folder.save(folder.persona(ours.stem).with_(name="Another"))
