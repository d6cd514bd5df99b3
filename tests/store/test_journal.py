"""The journal: what it holds outlives the process that wrote it, whatever happened meanwhile."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from journeykit.store import Folder, create, files, journal
from journeykit.store.documents import DocumentStore
from journeykit.store.journal import Journal, orphans
from journeykit.store.unread import unread

MAYA = "journeys/maya"


def line(number: int, before: object, after: object, doc: str = MAYA, part: str = "name") -> dict:
    return {"id": str(number), "doc": doc, "parts": {part: [before, after]}}


def left(folder: Path) -> tuple[list[str], dict]:
    """What a process that opens the folder now finds: ids, and documents with all that they were."""
    seen, chains = [], {}
    for _, ids, found in orphans(folder):
        seen += ids
        chains.update(found)
    return list(dict.fromkeys(seen)), chains


def elsewhere(folder: Path, code: str) -> subprocess.Popen[str]:
    """Run code with a journal in a process of its own."""
    script = f"from journeykit.store.journal import Journal\nj = Journal(__import__('pathlib').Path({str(folder)!r}))\n"
    return subprocess.Popen(
        [sys.executable, "-c", script + textwrap.dedent(code)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_all_that_a_document_was_is_there_in_order(tmp_path):
    kept = Journal(tmp_path)
    kept.write([line(1, "A", "B"), line(2, "x", "y", "journeys/ben")])
    kept.write([line(3, "B", "C")])
    kept.close()
    assert left(tmp_path) == (
        ["1", "2", "3"],
        {MAYA: {"name": ["A", "B", "C"]}, "journeys/ben": {"name": ["x", "y"]}},
    )


def test_nothing_is_written_where_nothing_happened(tmp_path):
    Journal(tmp_path / "journal").finish()
    assert not (tmp_path / "journal").exists()


def test_a_line_that_was_cut_off_is_left_out_and_the_others_stand(tmp_path):
    kept = Journal(tmp_path)
    kept.write([line(1, "A", "B")])
    kept.write([line(2, "B", "C" * 50)])
    kept.close()
    whole = kept.path.read_bytes()
    for end in range(whole.index(b"\n") + 1, len(whole) - 1):
        kept.path.write_bytes(whole[:end])
        assert left(tmp_path) == (["1"], {MAYA: {"name": ["A", "B"]}})


def test_what_is_saved_is_not_put_there_again(tmp_path):
    kept = Journal(tmp_path)
    kept.write([line(1, "A", "B"), line(2, "x", "y", "journeys/ben")])
    kept.saved(MAYA)
    kept.write([line(3, "B", "C")])
    kept.close()
    assert left(tmp_path) == (
        ["1", "2", "3"],
        {MAYA: {"name": ["B", "C"]}, "journeys/ben": {"name": ["x", "y"]}},
    )


def test_a_large_one_begins_anew_and_keeps_what_is_not_saved(tmp_path, monkeypatch):
    monkeypatch.setattr(journal, "_LARGE", 4_000)
    monkeypatch.setattr(journal, "_REMEMBERED", 20)
    kept = Journal(tmp_path)
    kept.write([line(-1, "x", "y", "journeys/ben")])
    for number in range(200):
        kept.write([line(number, number, number + 1)])
        kept.saved(MAYA)
    assert kept.path.stat().st_size < 6_000
    assert [path.name for path in tmp_path.glob("*.jsonl*")] == [kept.path.name]
    kept.close()
    seen, chains = left(tmp_path)
    assert seen[-20:] == [str(number) for number in range(180, 200)]
    assert chains == {"journeys/ben": {"name": ["x", "y"]}}


def test_ids_stay_when_it_is_done_with(tmp_path):
    kept = Journal(tmp_path)
    kept.write([line(1, "A", "B")])
    kept.saved(MAYA)
    kept.finish()
    assert left(tmp_path) == (["1"], {})


def test_a_living_process_keeps_its_own_and_a_dead_one_does_not(tmp_path):
    alive = elsewhere(
        tmp_path,
        "j.write([{'id': '1', 'doc': 'd', 'parts': {}}]); print('ok', flush=True); input()",
    )
    assert alive.stdout.readline() == "ok\n"
    assert left(tmp_path) == ([], {})
    alive.kill()
    alive.wait(20)
    assert left(tmp_path) == (["1"], {})


def test_a_full_disk_leaves_it_as_it_was(tmp_path):
    """A limit on the size of a file stops a write in the middle, as a full disk does."""
    ran = elsewhere(
        tmp_path,
        """
        import resource, signal
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        j.write([{"id": "1", "doc": "d", "parts": {"name": ["A", "B"]}}])
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.setrlimit(resource.RLIMIT_FSIZE, (120, hard))
        try:
            j.write([{"id": "2", "doc": "d", "parts": {"name": ["B", "C" * 200]}}])
        except OSError as problem:
            print("refused", flush=True)
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        j.write([{"id": "3", "doc": "d", "parts": {"name": ["B", "D"]}}])
        """,
    )
    said, _ = ran.communicate(timeout=30)
    assert (ran.returncode, said) == (0, "refused\n")
    assert left(tmp_path) == (["1", "3"], {"d": {"name": ["A", "B", "D"]}})
    assert b"CCC" not in next(tmp_path.glob("*.jsonl")).read_bytes()


def test_a_disk_that_fails_to_sync_refuses(tmp_path, monkeypatch):
    kept = Journal(tmp_path)
    kept.write([line(1, "A", "B")])
    with monkeypatch.context() as patch:
        patch.setattr(
            os, "fsync", lambda handle: (_ for _ in ()).throw(OSError(5, "Input/output error"))
        )
        with pytest.raises(OSError, match="output error"):
            kept.write([line(2, "B", "C")])
    kept.write([line(3, "B", "D")])
    kept.close()
    assert left(tmp_path) == (["1", "3"], {MAYA: {"name": ["A", "B", "D"]}})


def test_who_cleans_the_cache_loses_nothing_that_is_not_saved(tmp_path):
    kept = Journal(tmp_path / "journal")
    kept.write([line(1, "A", "B")])
    shutil.rmtree(tmp_path / "journal")
    kept.write([line(2, "B", "C")])
    kept.close()
    assert left(tmp_path / "journal") == (["1", "2"], {MAYA: {"name": ["A", "B", "C"]}})


def test_where_nobody_can_lock_all_others_count_as_dead(tmp_path, monkeypatch):
    def no_locks(*_: object, **__: object) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(files.FileLock, "acquire", no_locks)
    kept = Journal(tmp_path)
    kept.write([line(1, "A", "B")])
    assert left(tmp_path) == (["1"], {MAYA: {"name": ["A", "B"]}})


def test_of_one_that_is_taken_over_nothing_is_left(tmp_path):
    kept = Journal(tmp_path)
    kept.write([line(1, "A", "B")])
    kept.close()
    for path, _, _ in orphans(tmp_path):
        path.unlink()
    assert list(tmp_path.iterdir()) == []


def test_half_characters_and_odd_lines_do_not_stop_anybody(tmp_path):
    kept = Journal(tmp_path)
    kept.write([line(1, "A", "\ud83d half \u2028 \x00")])
    kept.close()
    with kept.path.open("ab") as file:
        file.write(b'\n[]\n5\nnull\n{"seen": ["9"]}\n')
    assert left(tmp_path) == (["1", "9"], {MAYA: {"name": ["A", "\ud83d half \u2028 \x00"]}})


@pytest.mark.parametrize(
    "odd",
    [
        '{"id": "1", "doc": "journeys/maya", "parts": {"name": []}}',
        '{"id": "1", "doc": "journeys/maya", "parts": {"name": "AB"}}',
        '{"seen": [{"a": 1}, null]}',
        '{"id": "1", "parts": {"name": ["A", "B"]}}',
    ],
)
def test_a_line_that_no_journal_has_is_told_and_its_journal_left_alone(tmp_path, odd):
    (tmp_path / "away-1-a.jsonl").write_text(f"{odd}\n")
    said: list[str] = []
    assert [*orphans(tmp_path, said.append)] == []
    assert "newer journeykit" in said[0]
    assert (tmp_path / "away-1-a.jsonl").exists()


@pytest.mark.parametrize("odd", [b"{half a li", b"\0\0\0", b"[]", b"\xff"])
def test_a_damaged_line_is_told_and_the_others_stand(tmp_path, odd):
    shop = create(tmp_path / "shop", "retail").root
    first, last = (json.dumps(line(n, n, n + 1)).encode() for n in (1, 2))
    path = shop / "journal" / "away-1-a.jsonl"
    path.parent.mkdir()
    path.write_bytes(b"\n".join([first, odd, last, b"torn, and never acknowledged"]))
    where = "journal/away-1-a.jsonl:2: this line is damaged"
    assert [str(each)[: len(where)] for each in unread(Folder(shop))] == [where]
    assert left(shop / "journal") == (["1", "2"], {MAYA: {"name": [1, 2, 3]}})
    store = DocumentStore(shop)
    assert where in store.notices[0]
    store.close()
    assert not path.exists()
    [told] = unread(Folder(shop))  # and still after it was taken over
    assert (told.file, told.line) == ("journal/away-1-a.damaged", 2)


def test_a_line_without_end_is_passed_over(tmp_path):
    deep = f'{{"id": {"[" * 5000}\n'
    kept = '{"id": "2", "doc": "journeys/maya", "parts": {"name": ["A", "B"]}}\n'
    (tmp_path / "away-1-a.jsonl").write_text(deep + kept)
    assert left(tmp_path) == (["2"], {MAYA: {"name": ["A", "B"]}})


def test_a_journal_of_much_that_is_not_saved_is_not_written_anew_at_each_save(
    tmp_path, monkeypatch
):
    begun = []
    begin = Journal._begin
    monkeypatch.setattr(Journal, "_begin", lambda self: (begun.append(1), begin(self))[1])
    journal = Journal(tmp_path)
    for n in range(400):
        parts = {"text": [None, "x" * 1000]}
        journal.write([{"id": f"{n}", "doc": f"records/notes/n{n}", "parts": parts}])
    for n in range(100):
        journal.saved(f"records/notes/n{n}")
    journal.close()
    assert len(begun) <= 3
    ((_, _, chains),) = orphans(tmp_path)
    assert len(chains) == 300
