"""Prepared once, shared by all."""

from __future__ import annotations

import multiprocessing
import os
import shutil

import pandas as pd
import pytest

from journeykit.engine import run
from journeykit.errors import DataError
from journeykit.tables import read, read_events


def write(path, n=50, first="visit"):
    pd.DataFrame(
        {
            "user_id": [f"u{i % 7}" for i in range(n)],
            "event": [first, *(["look", "buy"][i % 2] for i in range(n - 1))],
            "timestamp": pd.date_range("2026-03-02", periods=n, freq="min"),
            "channel": "email",
        }
    ).to_csv(path, index=False)
    return path


def test_a_second_reading_prepares_nothing(tmp_path, monkeypatch):
    source, cache = write(tmp_path / "e.csv"), tmp_path / "cache"
    first = read_events(source, cache=cache)
    assert first.prepared_now
    assert [path.name for path in cache.iterdir()] == [f"events-{first.fingerprint}.duckdb"]
    monkeypatch.setattr(read, "_read", lambda *_: pytest.fail("it was read again"))
    second = read_events(source, cache=cache)
    assert not second.prepared_now
    assert second.fingerprint == first.fingerprint
    assert second.contract == first.contract
    pd.testing.assert_frame_equal(second.frame(), first.frame())
    assert second.columns == first.columns


def test_anything_that_matters_prepares_anew(tmp_path):
    source, cache = write(tmp_path / "e.csv"), tmp_path / "cache"
    seen = {read_events(source, cache=cache).fingerprint}
    for options in (
        {"since": "2026-03-02 00:10"},
        {"until": "2026-03-02 00:10"},
        {"sessions": "5min"},
        {"channel": None},
        {"event": "event"},
        {"day_first": True},
    ):
        events = read_events(source, cache=cache, **options)
        assert events.prepared_now
        seen.add(events.fingerprint)
    assert len(seen) == 7
    assert read_events(source, cache=cache, since="2026-03-02 00:10").prepared_now is False
    write(source, first="hello")  # as many bytes, other words
    assert read_events(source, cache=cache).names[-1] == "hello"


def test_a_touched_file_is_still_the_same(tmp_path):
    source = write(tmp_path / "e.csv")
    first = read_events(source, cache=tmp_path / "c")
    os.utime(source, (1, 1))
    assert read_events(source, cache=tmp_path / "c").fingerprint == first.fingerprint


def test_frames_are_cached_by_content(tmp_path):
    frame = pd.read_csv(write(tmp_path / "e.csv"))
    assert read_events(frame, cache=tmp_path / "c").prepared_now
    assert not read_events(frame.copy(), cache=tmp_path / "c").prepared_now
    frame.loc[3, "event"] = "other"
    assert read_events(frame, cache=tmp_path / "c").prepared_now


def test_a_broken_cache_file_is_made_again(tmp_path):
    source, cache = write(tmp_path / "e.csv"), tmp_path / "c"
    cache.mkdir()
    name = f"events-{read_events(source).fingerprint}.duckdb"
    (cache / name).write_bytes(b"half a file" * 1000)
    events = read_events(source, cache=cache)
    assert events.prepared_now
    assert events.count == 50


def test_a_failure_leaves_nothing_behind(tmp_path, monkeypatch):
    source, cache = write(tmp_path / "e.csv"), tmp_path / "c"

    def fail(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(read, "findings_of", fail)
    with pytest.raises(KeyboardInterrupt):
        read_events(source, cache=cache)
    assert list(cache.iterdir()) == []
    monkeypatch.undo()
    assert read_events(source, cache=cache).count == 50


def test_the_cache_may_be_deleted_while_it_is_used(tmp_path):
    source, cache = write(tmp_path / "e.csv"), tmp_path / "c"
    events = read_events(source, cache=cache)
    shutil.rmtree(cache)
    assert read_events(source, cache=cache).count == 50
    assert run("SELECT count(*) AS n FROM {j}", j=events.journey)["n"][0] == 50


def test_a_cache_that_cannot_be_made(tmp_path):
    source = write(tmp_path / "e.csv")
    with pytest.raises(DataError, match="cache folder"):
        read_events(source, cache=source / "c")


def _read(source, cache):
    events = read_events(source, cache=cache)
    part = events.segment({"channel": "email"})
    return events.count, part.users, events.fingerprint


def test_many_processes_at_once(tmp_path):
    source, cache = write(tmp_path / "e.csv", 20_000), tmp_path / "c"
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        results = pool.starmap(_read, [(source, cache)] * 6)
    assert {result[:2] for result in results} == {(20_000, 7)}
    assert [path.name for path in cache.iterdir()] == [f"events-{results[0][2]}.duckdb"]
