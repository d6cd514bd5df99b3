"""A folder of the first version is taken over when it is opened, with a copy kept, said once."""

import json
import os
import shutil
from pathlib import Path

import pytest

from journeykit.errors import FileProblem
from journeykit.model import SCHEMA
from journeykit.store import Desk, create, open_folder, takeover, template_names

OLD = Path(__file__).parent / "first_version"
KEPT = "before-schema-2"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A folder as the first version left it: no schema, an operation in `.cache` that waits."""
    root = Path(shutil.copytree(OLD, tmp_path / "old"))
    waiting = {"id": "1", "doc": "journeys/maya", "parts": {"owner": [None, "Ada"]}}
    (root / ".cache/journal").mkdir(parents=True)
    (root / ".cache/journal/7-ab.jsonl").write_text(json.dumps(waiting) + "\n")
    (root / ".cache/journal/displaced.txt").write_text("journeys/maya, name\n")
    (root / ".cache/events-1.duckdb").write_text("prepared")
    return root


def files(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }


def test_an_old_folder_is_taken_over_and_what_changed_is_kept(old, caplog):
    before = files(old)
    folder = open_folder(old)
    assert folder.problems() == []
    after = files(old)
    changed = {name for name in before if after.get(name) != before[name]}
    assert changed == {
        "workshop.yaml",
        "records/decisions/weak-spots.yaml",
        ".gitignore",
        ".cache/journal/7-ab.jsonl",
        ".cache/journal/displaced.txt",
    }
    assert {name: after[f"{KEPT}/{name}"] for name in changed} == {n: before[n] for n in changed}
    assert after["workshop.yaml"].decode() == before["workshop.yaml"].decode().replace(
        "name: Old shop", "schema: 2\nname: Old shop"
    )
    assert after[".gitignore"] == before[".gitignore"] + b"journal/\n"
    assert after["journal/displaced.txt"] == before[".cache/journal/displaced.txt"]
    assert KEPT in caplog.text


def test_what_the_first_version_acknowledged_and_did_not_save_is_there(old):
    desk = Desk(old)
    assert desk.journey("maya").owner == "Ada"
    desk.close()
    assert open_folder(old).journey("maya").owner == "Ada"


def test_it_is_said_and_done_once(old, caplog):
    open_folder(old)
    caplog.clear()
    before = files(old)
    open_folder(old)
    assert caplog.text == ""
    assert files(old) == before


@pytest.mark.parametrize("line", ["schema: 1\n", "schema: '1'\n"])
def test_one_that_says_the_first_version_is_taken_over_too(old, line):
    path = old / "workshop.yaml"
    path.write_text(path.read_text().replace("name: Old", f"{line}name: Old"))
    open_folder(old)
    assert path.read_text().count("schema") == 1
    assert "schema: 2\n" in path.read_text()


def test_one_in_braces_is_taken_over_once(old, caplog):
    path = old / "workshop.yaml"
    path.write_text("{name: Old shop, stages: [{id: see, name: See}, {id: buy, name: Buy}]}\n")
    assert open_folder(old).workshop().name == "Old shop"
    assert path.read_text().startswith("{schema: 2, name: Old shop")
    caplog.clear()
    open_folder(old)
    assert caplog.text == ""


def test_a_folder_that_nobody_may_write_to_is_read_as_it_is(old, monkeypatch, caplog):
    def read_only(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    before = files(old)
    for module, name in ((os, "replace"), (os, "mkdir"), (shutil, "copy2")):
        monkeypatch.setattr(module, name, read_only)
    folder = open_folder(old)
    assert folder.workshop().name == "Old shop"
    assert folder.journey("maya").cards
    assert folder.problems() == []
    assert files(old) == before
    assert caplog.text == ""


def test_a_step_that_is_interrupted_begins_again(old, monkeypatch):
    def power_cut(root: Path) -> None:
        raise OSError("gone")

    moved, *_, named = takeover.STEPS
    monkeypatch.setattr(takeover, "STEPS", (moved, power_cut, named))
    open_folder(old)
    assert "schema" not in (old / "workshop.yaml").read_text()
    monkeypatch.undo()
    open_folder(old)
    assert "schema: 2" in (old / "workshop.yaml").read_text()
    desk = Desk(old)
    assert desk.journey("maya").owner == "Ada"
    desk.close()


def test_a_workshop_that_is_no_yaml_waits_until_it_is(old):
    path = old / "workshop.yaml"
    whole = path.read_text()
    path.write_text(whole.replace("name: Old shop", "name: [Old shop"))
    with pytest.raises(FileProblem, match="not YAML"):
        open_folder(old).workshop()
    path.write_text(whole)
    assert open_folder(old).workshop().name == "Old shop"
    assert "schema: 2" in path.read_text()


def test_a_folder_of_a_newer_version_is_refused_in_one_sentence(old):
    path = old / "workshop.yaml"
    path.write_text(f"# ours\nschema: {SCHEMA + 1}\n{path.read_text()}")
    before = files(old)
    with pytest.raises(FileProblem, match=r"version 3, and this journeykit reads up to 2") as told:
        open_folder(old)
    assert (told.value.file, told.value.line, told.value.key) == ("workshop.yaml", 2, "schema")
    assert files(old) == before


@pytest.mark.parametrize("template", template_names())
def test_what_the_kit_makes_is_of_the_version_that_it_writes(tmp_path, template, caplog):
    folder = create(tmp_path / "w", template)
    assert f"\nschema: {SCHEMA}\n" in (folder.root / "workshop.yaml").read_text()
    assert not (folder.root / KEPT).exists()
    assert caplog.text == ""


@pytest.mark.parametrize("line", ['"schema": 3', "schema : 3", "\ufeffschema: 3"])
def test_a_newer_version_is_seen_however_it_is_written(old, line):
    path = old / "workshop.yaml"
    path.write_text(f"{line}\n{path.read_text('utf-8')}", "utf-8")
    with pytest.raises(FileProblem, match="version 3"):
        takeover.take_over(old)


def test_a_version_is_no_line_of_a_text_and_no_word(old):
    path = old / "workshop.yaml"
    text = path.read_text("utf-8")
    path.write_text(f"schema: two\n{text}", "utf-8")
    takeover.take_over(old)
    assert path.read_text("utf-8") == f"schema: two\n{text}"
    path.write_text(f'{text}\ngoal: "one\nschema: 7\ntwo"\n', "utf-8")
    takeover.take_over(old)
    assert "schema: 2\n" in path.read_text("utf-8")


def test_a_second_time_keeps_what_the_first_kept_and_line_ends(old):
    path = old / "workshop.yaml"
    first = path.read_bytes()
    (old / "journal").mkdir()
    (old / "journal/7-ab.jsonl").write_text("mine")
    takeover.take_over(old)
    assert (old / "journal/7-ab.jsonl").read_text() == "mine"
    assert (old / "journal/7-ab-2.jsonl").exists()
    second = first.replace(b"\n", b"\r\n")
    path.write_bytes(second)
    takeover.take_over(old)
    assert (old / KEPT / "workshop.yaml").read_bytes() == first
    assert (old / KEPT / "workshop-2.yaml").read_bytes() == second
    after = path.read_bytes()
    assert after.count(b"\n") == after.count(b"\r\n") == second.count(b"\n") + 1


@pytest.mark.parametrize(("said", "state"), [("true", "done"), ("false", "open"), (None, "open")])
def test_the_one_decision_of_a_phase_becomes_one_of_a_list(old, said, state):
    path = old / "records/decisions/weak-spots.yaml"
    before = "# the first\ntext: Mend the checkout  # now\nowner: Bo\n"
    path.write_text(before + (f"done: {said}\n" if said else ""))
    (decision,) = open_folder(old).records("decisions")
    assert (decision.phase, decision.text, decision.owner) == (
        "weak-spots",
        "Mend the checkout",
        "Bo",
    )
    assert decision.state == state
    text = path.read_text()
    assert "done:" not in text
    assert "phase: weak-spots" in text
    assert "# the first\ntext: Mend the checkout  # now" in text
    assert (old / KEPT / "records/decisions/weak-spots.yaml").read_text().startswith(before)


def test_a_decision_of_before_is_read_in_a_folder_of_today(tmp_path):
    folder = create(tmp_path / "shop")
    path = folder.root / "records/decisions/buyer-goals.yaml"
    path.parent.mkdir(parents=True)
    path.write_text("text: Speed\ndue: 2026-03-01\ndone: true\n")
    (decision,) = open_folder(folder.root).records("decisions")
    assert (decision.phase, decision.state, decision.id) == ("buyer-goals", "done", "buyer-goals")
    assert folder.problems() == []
    path.write_text("text: Speed\ndone: perhaps\n")
    assert "done" in str(folder.problems()[0])
