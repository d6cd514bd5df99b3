"""The bench's contenders answer the same questions: on a small log, with the same numbers."""

from __future__ import annotations

import importlib
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import pytest

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks"
WAYS = ("kit", "sql", "sql_table", "pandas")
CHANNELS = ("organic", "paid search", "email", "social", "direct", "referral", "display")


@pytest.fixture(scope="module")
def bench():
    """Import the bench's modules, which lie beside each other and not in a package."""
    sys.path.insert(0, str(FOLDER))
    try:
        names = ("generate", "shop", "measure", "peers_agree", "bench_analysis", "bench_large")
        names = (*names, *(f"ways_{way}" for way in WAYS))
        yield {name: importlib.import_module(name) for name in names}
    finally:
        sys.path.remove(str(FOLDER))


@pytest.fixture(scope="module")
def answers(bench, tmp_path_factory):
    """Answer every question in four ways."""
    pytest.importorskip("pyarrow", reason="pandas reads Parquet with pyarrow, a tool of the bench")
    log = bench["generate"].log_file(6_000, tmp_path_factory.mktemp("log"), seed=3)
    made = {}
    for way in WAYS:
        module = bench[f"ways_{way}"]
        data = module.load(log)
        made[way] = {name: ask(data) for name, ask in module.WAYS.items()}
    return made


def test_every_question_has_an_answer(bench):
    asked = set(bench["shop"].OPERATIONS) - {"load"}
    for way in WAYS:
        assert set(bench[f"ways_{way}"].WAYS) == asked


def test_sessions(answers):
    kit, sql, own, frame = (answers[way]["sessions"] for way in WAYS)
    names = ["user_id", "start", "end", "events", "channel", "device", "first_event", "last_event"]
    texts = dict.fromkeys(("channel", "device", "first_event", "last_event"), "str")
    kit, sql, own, frame = (
        table[names].astype({"events": "int64", **texts}) for table in (kit, sql, own, frame)
    )
    own = own.sort_values(["user_id", "start"])  # its users are numbered as they come
    for other in (sql, own, frame):
        pd.testing.assert_frame_equal(kit, other.reset_index(drop=True), check_dtype=False)


@pytest.mark.parametrize("name", ["funnel", "funnel by channel"])
def test_funnel(answers, name):
    kit, sql, own, frame = (answers[way][name] for way in WAYS)
    own = own.sort_values("value", key=lambda values: values.astype("str"))
    groups = [group for _, group in kit.groupby("channel")] if "channel" in kit else [kit]
    for place, group in enumerate(groups):
        users = group["users"].tolist()
        medians = group["median_seconds"].to_numpy()[1:]
        assert users == [frame[k].iloc[place] for k in range(1, 7)]
        for table in (sql, own):
            assert users == [table[f"n{k}"].iloc[place] for k in range(1, 7)]
            assert np.allclose(medians, [table[f"m{k}"].iloc[place] for k in range(2, 7)])
        assert np.allclose(medians, [frame[f"median {k}"].iloc[place] for k in range(2, 7)])


def test_transitions(answers):
    kit, sql, own, frame = (answers[way]["transitions with medians"] for way in WAYS)
    frame = frame.rename(columns={"event": "from_event", "next_event": "to_event"})
    names = ["from_event", "to_event", "transitions", "users", "median_seconds"]
    tables = [
        table[names]
        .astype({"from_event": "str", "to_event": "str"})
        .sort_values(names[:2], ignore_index=True)
        for table in (kit, sql, own, frame)
    ]
    for other in tables[1:]:
        pd.testing.assert_frame_equal(tables[0], other, check_dtype=False)


def test_step_matrix(answers):
    kit, sql, own, frame = (answers[way]["step matrix"] for way in WAYS)
    kit = kit[kit["event"] != "(ended)"]
    counted = {(row.step, row.event): row.users for row in kit.itertuples()}
    for table in (sql, own):
        assert counted == {(row.step, row.event): row.users for row in table.itertuples()}
    assert counted == {key: n for key, n in frame.stack().items() if n}


def test_paths_and_losses(answers):
    kit, sql, own, frame = (answers[way]["top paths"] for way in WAYS)
    assert kit["path"].tolist() == sql["path"].tolist() == own["path"].tolist()
    assert (
        kit["sessions"].tolist()
        == sql["sessions"].tolist()
        == own["sessions"].tolist()
        == frame.tolist()
    )
    kit, sql, own, frame = (answers[way]["last before loss"] for way in WAYS)
    assert kit[["event", "users"]].values.tolist() == sql.values.tolist()
    assert dict(kit[["event", "users"]].values.tolist()) == dict(own.values.tolist())
    assert dict(zip(kit["event"], kit["users"], strict=True)) == {
        name: n for name, n in frame.items() if n
    }


def test_markov(answers):
    kit = answers["kit"]["markov"].set_index("channel")["conversions"].sort_index()
    assert set(kit.index) == set(CHANNELS)
    for way in WAYS[1:]:
        credit = answers[way]["markov"].sort_index()
        assert np.allclose(kit.to_numpy(), credit.to_numpy())


def test_the_log_is_the_same_each_time(bench, tmp_path):
    first, second, other = (bench["generate"].log(50, seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first, second)
    assert not first.equals(other)
    assert first.groupby("user_id").size().mean() == pytest.approx(10, abs=4)


def test_peers_that_disagree_are_told(bench):
    agree = bench["peers_agree"]
    assert agree.exact("moves", "a peer", {"a": 1}, {"a": 1}).agrees
    for theirs in ({"a": 2}, {"a": 1, "b": 1}, {}):
        assert not agree.exact("moves", "a peer", {"a": 1}, theirs).agrees
    ours = pd.Series({"ads": 60.0, "mail": 40.0})
    runs = [{"ads": 60.3, "mail": 39.7}, {"ads": 59.8, "mail": 40.2}, {"ads": 60.1, "mail": 39.9}]
    assert agree.simulated(1, ours, runs).agrees
    assert not agree.simulated(1, pd.Series({"ads": 70.0, "mail": 30.0}), runs).agrees
    assert not agree.simulated(1, pd.Series({"ads": 60.0, "mail": 35.0, "web": 5.0}), runs).agrees


def test_paths_of_channels_make_the_same_markov(bench, tmp_path):
    import journeykit as jk

    agree, shop = bench["peers_agree"], bench["shop"]
    events = jk.read_events(bench["generate"].log_file(3_000, tmp_path))
    paths = agree.channel_paths(events, shop.GOAL)
    assert paths[["conversions", "nulls"]].to_numpy().sum() == events.users
    counted = {
        "transitions": [],
        "sessions": {},
        "funnel": [],
        "markov": {"1": [{}] * 2, "2": [{}] * 2},
    }
    found = agree.checks(events, paths, shop.STEPS, shop.GOAL, counted)
    assert [check.agrees for check in found] == [False] * 5


def test_one_measurement_and_its_report(bench, tmp_path):
    made, shop = bench["bench_analysis"], bench["shop"]
    log = bench["generate"].log_file(2_000, tmp_path)
    ours = made.measure("kit", log, shop.OPERATIONS[1:], cache=tmp_path / "cache")
    assert set(ours.seconds) == set(ours.megabytes) == set(shop.OPERATIONS)
    assert ours.peak > 50
    for factor, times, reached in (
        (2, "0.50 times", "reached"),
        (0.5, "2.00 times", "**not reached**"),
    ):
        other = made.Cost(
            {name: factor * cost for name, cost in ours.seconds.items()}, ours.megabytes
        )
        costs = {
            made.KIT: ours,
            made.COLD: ours,
            made.CACHED: ours,
            made.SQL: other,
            made.RAW: ours,
        }
        text = made.report(2_000, costs)
        assert f"{times} the time of the SQL by hand; the aim is at most 1.3: {reached}" in text
        assert "1.00 times the time of the SQL that asks the file each time" in text


def test_a_part_of_the_results_replaces_its_older_self(bench, tmp_path):
    write = importlib.import_module("results").write_part
    file = tmp_path / "RESULTS.md"
    for heading, text in (("First", "one"), ("Second", "two"), ("First", "three")):
        write(heading, text, file)
    lines = [line for line in file.read_text("utf-8").splitlines() if line]
    assert lines[-4:] == ["## First", "three", "## Second", "two"]


def test_what_does_not_come_to_its_end_stands_in_the_table(bench, tmp_path):
    made, log = bench["bench_analysis"], bench["generate"].log_file(1_000, tmp_path)
    cost = made.measure("sql", log, ["no such question", "funnel"])
    assert set(cost.seconds) == {"load", "funnel"}
    assert made.cell(cost, "no such question") == "failed (KeyError)"
    assert made.cell(cost, "markov") == "–"
    late = made.measure("sql", log, ["funnel"], minutes=0.001)
    assert made.cell(late, "load") == "did not end within 0.001 min"
    assert made.cell(late, "funnel") == "not reached"
    assert late.cut[0] == "load"


def test_a_process_that_hangs_is_ended_with_what_it_started(bench, tmp_path, monkeypatch):
    hanging = tmp_path / "hang.py"
    hanging.write_text(
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        'print(\'{"operation": "load", "seconds": 0.5, "megabytes": 7}\', flush=True)\n'
        f"open({str(tmp_path / 'pid')!r}, 'w').write(str(child.pid))\n"
        "time.sleep(600)\n"
    )
    monkeypatch.setattr(bench["measure"], "_ONE", hanging)
    cost = bench["measure"].measure("kit", tmp_path / "log", ["funnel", "markov"], minutes=0.1)
    assert cost.seconds == {"load": 0.5}
    assert cost.missing == {"funnel": "did not end within 0.1 min", "markov": "not reached"}
    child = int((tmp_path / "pid").read_text())

    def lives():
        return psutil.pid_exists(child) and psutil.Process(child).status() != psutil.STATUS_ZOMBIE

    until = time.monotonic() + 20  # it was killed; when it is gone the system decides
    while lives() and time.monotonic() < until:
        time.sleep(0.05)
    assert not lives()


def test_ratios_of_peers_that_did_not_end(bench):
    made, operations = bench["bench_analysis"], bench["shop"].OPERATIONS
    ours = made.Cost(dict.fromkeys(operations, 1.0), {"load": 1.0})
    costs = {made.KIT: ours, made.COLD: ours, made.CACHED: ours, made.SQL: ours, made.RAW: ours}
    peer = made.Cost({"load": 30.0, "funnel": 10.0}, {"load": 1.0})
    told = made.aims({**costs, made.RETE: peer})
    assert told[0].startswith(
        "- 20.0 times as fast as retentioneering 5 on what that can do (1 of 5"
    )
    cut = made.Cost({"load": 10.0, "funnel": 2.0}, cut=("step matrix", 48.0))
    assert made.aims({**costs, made.RETE: cut})[0].startswith("- more than 20.0 times as fast")
    dead = made.Cost(missing={"load": "ran out of memory", "top paths": "not reached"})
    assert made.aims({**costs, made.PM4PY: dead})[0].startswith("- No ratio for pm4py")


def test_the_large_log_says_what_it_falls_short_of(bench):
    large = bench["bench_large"]
    names = ("load", *large.ASKED)
    few = large.Cost(dict.fromkeys(names, 1.0), dict.fromkeys(names, 1000.0))
    many = large.Cost(dict.fromkeys(names, 12.0), dict.fromkeys(names, 4000.0))
    assert "not reached" not in large.report({10: few, 100: many})
    many.tree, many.missing = 4200.0, {"markov": "ran out of memory"}
    del many.seconds["markov"]
    told = large.report({10: few, 100: many})
    assert told.count("**not reached**") == 3
    assert "| markov | 1.00 (1,000) | ran out of memory | – |" in told
