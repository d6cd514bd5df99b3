"""What outlives a power cut: in which order bytes, names and folders are handed to the disk."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from journeykit.store import write_atomic
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
