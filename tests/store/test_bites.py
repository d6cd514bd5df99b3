"""What outlives a power cut: in which order bytes, names and folders are handed to the disk."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from journeykit.store import LINKED, carry, open_folder, outside, write_atomic, yaml
from journeykit.store.journal import Journal


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Note what is synced and renamed, and of a file that is synced what is in it by then."""
    seen: list[tuple[str, str]] = []
    fsync, replace = os.fsync, os.replace

    def name_of(handle: int) -> Path:
        return Path(os.readlink(f"/proc/self/fd/{handle}"))

    def synced(handle: int) -> None:
        path = name_of(handle)
        seen.append(("folder", path.name) if path.is_dir() else ("file", path.read_text("utf-8")))
        fsync(handle)

    def renamed(source: Any, target: Any, **more: Any) -> None:
        replace(source, target, **more)
        seen.append(("renamed", Path(target).name))

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", renamed)
    return seen


def test_a_file_is_on_the_disk_before_it_gets_its_name_and_then_its_name(
    tmp_path: Path, told: list[tuple[str, str]]
) -> None:
    write_atomic(tmp_path / "maps" / "maya.yaml", "name: Maya\n")
    assert told == [("file", "name: Maya\n"), ("renamed", "maya.yaml"), ("folder", "maps")]


def test_what_a_journal_has_acknowledged_is_on_the_disk(
    tmp_path: Path, told: list[tuple[str, str]]
) -> None:
    kept = Journal(tmp_path / "journal")
    kept.write([{"id": "1", "doc": "journeys/maya", "parts": {"name": ["A", "B"]}}])
    assert [kind for kind, _ in told] == ["file", "renamed", "folder", "file"]
    assert '"B"' in told[-1][1], "the line is in the file when it is synced, and not only the first"
    told.clear()
    kept.write([{"id": "2", "doc": "journeys/maya", "parts": {"name": ["B", "C"]}}])
    assert [kind for kind, _ in told] == ["file"]
    assert '"C"' in told[-1][1]
    kept.close()


# --- writers that are not the kit -------------------------------------------------------------


@pytest.mark.parametrize(("age", "slept"), [(0.0, [0.05]), (0.02, [0.03]), (0.06, []), (-9.0, [])])
def test_a_file_that_was_just_written_is_given_a_moment_of_quiet(
    monkeypatch: pytest.MonkeyPatch, age: float, slept: list[float]
) -> None:
    clock = [1_000.0]
    seen: list[float] = []

    def sleep(seconds: float) -> None:
        seen.append(seconds)
        clock[0] += seconds + 0.001

    times = SimpleNamespace(time=lambda: clock[0], monotonic=lambda: clock[0], sleep=sleep)
    monkeypatch.setattr(outside, "time", times)
    stat = SimpleNamespace(st_mtime=1_000.0 - age)
    # Of what `stat` gives only the one time is looked at.
    outside.quiet(lambda: stat)  # type: ignore[arg-type, return-value]
    assert seen == pytest.approx(slept)


def test_a_file_that_was_gone_for_a_while_is_what_it_is_when_it_comes_again(tmp_path: Path) -> None:
    """Only what the kit itself has just saved is joined with it: git makes such a file anew."""
    write_atomic(tmp_path / "workshop.yaml", "name: A\nstages: [{id: see, name: See}]\n")
    file = tmp_path / "personas/maya.yaml"
    write_atomic(file, "name: Maya\nquote: Old\n")
    folder = open_folder(tmp_path)
    assert folder.read("personas/maya").quote == "Old"
    file.unlink()
    assert folder.read("personas/maya") is None
    assert folder._gone == {}, "nobody has saved it here"
    write_atomic(file, "name: Maya\n")
    assert folder.read("personas/maya").quote == ""


@pytest.mark.parametrize(("word", "letters"), [("a", 100), ("ab", 99)])
def test_a_long_text_goes_on_in_the_next_line_after_a_hundred_letters(
    word: str, letters: int
) -> None:
    """So that a file that is saved again does not differ in lines that nobody has changed."""
    written = yaml.dump({"t": " ".join([word] * 81)})
    assert len(written.splitlines()[0]) == letters
    assert written.split() == ["t:", *[word] * 81]


def test_only_files_that_a_map_leads_to_and_that_may_go_out_are_carried(tmp_path: Path) -> None:
    root, out = tmp_path / "shop", tmp_path / "out"
    for name in ("notes/deep/a b.pdf", "notes/c.pdf", "data/log.csv"):
        write_atomic(root / name, name)
    links = ("notes/deep/a%20b.pdf", "data/log.csv", "../away.pdf", "notes/deep/a%20b.pdf")
    carry(root, " ".join(f'<a href="{LINKED}{link}">x</a>' for link in links), out)
    (there,) = (path for path in out.rglob("*") if path.is_file())
    assert there.relative_to(out).as_posix() == f"{LINKED}notes/deep/a b.pdf"
    assert there.read_text("utf-8") == "notes/deep/a b.pdf"


# --- journeys under journeys ------------------------------------------------------------------


def test_a_journey_stands_under_another_and_never_under_itself(tmp_path: Path) -> None:
    write_atomic(tmp_path / "workshop.yaml", "schema: 2\nname: A\nstages: [{id: see, name: See}]\n")
    write_atomic(tmp_path / "personas/maya.yaml", "name: Maya\n")
    under = {"top": "", "kid": "top", "one": "two", "two": "one", "far": "one"}
    for name, up in under.items():
        parent = f"parent: {{journey: {up}, stage: see}}\n" if up else ""
        write_atomic(
            tmp_path / f"journeys/{name}.yaml", f"name: The {name}\npersona: maya\n{parent}"
        )
    folder = open_folder(tmp_path)
    assert folder.under(folder.journey("top")) == ""
    assert folder.under(folder.journey("kid")) == "under “See” of “The top”"
    workshop = folder.workshop()
    wrong = {name: [*folder._misplaced(folder.journey(name), workshop)] for name in under}
    assert {name: [said for _, said in told] for name, told in wrong.items()} == {
        "top": [],
        "kid": [],
        "one": ["it stands under itself: one under two under one"],
        "two": ["it stands under itself: two under one under two"],
        "far": [],
    }
