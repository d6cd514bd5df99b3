"""`journeykit bisect`: the days between which the truth of a claim changed, from planted faults."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from journeykit.cli import main
from journeykit.numbers.change_points import change_points, gains
from journeykit.store import write_atomic

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
DAY = pd.Timestamp(2026, 1, 1)
FAULT, MENDED, DAYS = 80, 120, 160


# --- the statistics ---------------------------------------------------------------------------


def test_the_gain_is_the_likelihood_ratio_of_two_means() -> None:
    n, hits = np.array([100, 200, 50]), np.array([30, 90, 10])
    rest = [(np.array([30, 100]), np.array([100, 250])), (np.array([120, 10]), np.array([300, 50]))]
    for found, (went, of) in zip(gains(n, hits), rest):
        assert found == pytest.approx((of * (went / of - 130 / 350) ** 2).sum())


def nights(*parts: tuple[int, float], per: int = 500, seed: int = 1) -> Any:
    """So many nights with such a share, one part after the other."""
    dice, share = np.random.default_rng(seed), np.concatenate([[p] * many for many, p in parts])
    n = dice.poisson(per, len(share))
    return np.c_[n, dice.binomial(n, share)]


def test_a_planted_change_is_named_and_lies_within_its_interval() -> None:
    ((low, first, high),) = change_points(nights((60, 0.31), (30, 0.23)), 0.2)
    assert low <= 60 <= high
    assert abs(first - 60) <= 2
    assert high - low <= 4


def test_a_fault_and_its_mending_are_both_named_in_order() -> None:
    found = change_points(nights((90, 0.31), (40, 0.23), (70, 0.31)), 0.2)
    assert [abs(first - at) <= 2 for first, at in zip(found[:, 1], (90, 130), strict=True)]


def test_a_short_fault_in_a_long_year_is_placed_between_its_neighbours() -> None:
    """One change alone would lie elsewhere: the other one pulls it."""
    for seed in range(6):
        log = nights((100, 0.31), (40, 0.23), (225, 0.31), seed=seed)
        found = change_points(log, 0.2)
        assert [abs(first - at) <= 2 for first, at in zip(found[:, 1], (100, 140))] == [True] * 2


def test_fewer_people_take_a_wider_interval() -> None:
    few, many = (change_points(nights((90, 0.5), (90, 0.3), per=per), 0.24) for per in (30, 1000))
    assert few[0, 2] - few[0, 0] > many[0, 2] - many[0, 0]


@pytest.mark.parametrize("many", [1, 13, 14, 15, 200])
def test_the_same_every_night_is_no_change(many: int) -> None:
    for went in (0, 30, 100):
        assert not len(change_points(np.array([[100, went]] * many).reshape(-1, 2), 0.2))


def test_weeks_are_no_change_though_weekends_differ() -> None:
    week = [(5, 0.34), (2, 0.22)] * 30
    assert not len(change_points(nights(*week), 0.21))


def test_it_is_the_same_each_time() -> None:
    log = nights((40, 0.31), (30, 0.27), per=60)
    assert (change_points(log, 0.2) == change_points(log, 0.2)).all()


# --- from a log to a sentence -----------------------------------------------------------------

CLAIMS = {
    "goes": "metric: step-rate\n      of: pay\n      is: at least\n      threshold: 50%",
    "lost": "metric: drop-off\n      of: pay\n      is: at most\n      threshold: 50%",
    "band": "metric: conversion\n      is: between\n      threshold: [40%, 90%]",
    "quick": "metric: step-time\n      of: pay\n      is: at most\n      threshold: 6 h",
    "nps": "metric: nps\n      is: at least\n      threshold: 20",
    "ces": "metric: ces\n      is: at least\n      threshold: 4",
    "begin": "metric: excess-steps\n      is: at least\n      threshold: 10",
    "csat": "metric: csat\n      is: at least\n      threshold: 50%",
}


def written(root: Path, *, fault: float, wait: int = 0, days: int = DAYS) -> Path:
    """Make a shop of which fewer pay, slower and say so, from day 80 to day 120."""
    (root / "data").mkdir(parents=True)
    dice, day = np.random.default_rng(5), np.repeat(np.arange(days), 150)
    bad = (day >= FAULT) & (day < MENDED)
    at = DAY + pd.to_timedelta(day * 86400 + dice.integers(0, 80000, len(day)), unit="s")
    took = pd.to_timedelta(dice.exponential(np.where(bad, 4 + 40 * fault, 4)) + 24 * wait, unit="h")
    pays = dice.random(len(day)) < np.where(bad, 0.6 - fault, 0.6)
    users = np.array([f"u{i}" for i in range(len(day))])
    visits = pd.DataFrame({"user_id": users, "event": "visit", "timestamp": at})
    paid = visits.assign(event="pay", timestamp=at + took)[pays]
    log = pd.concat([visits, paid])
    log = log[log["timestamp"] < DAY + pd.Timedelta(days=days)]
    log.to_csv(root / "data/events.csv", index=False)
    says = dice.random(len(day)) < np.where(bad, 0.7 - fault, 0.7)
    answers = [
        visits.drop(columns="event").assign(measure=measure, score=np.where(says, good, poor))
        for measure, good, poor in (("nps", 10, 3), ("ces", 6, 2))
    ]
    pd.concat(answers).to_csv(root / "data/surveys.csv", index=False)
    write_atomic(
        root / "workshop.yaml",
        "schema: 2\nname: Shop\ngoal: pay\nstages: [{id: buy, name: Buy, events: ['*']}]\n"
        "funnel: [{name: visit, events: visit}, {name: pay, events: pay}]\n"
        "data: {events: {source: data/events.csv}, surveys: {source: data/surveys.csv}}\n",
    )
    cards = "".join(
        f"  - id: {name}\n    stage: buy\n    lane: metrics\n    text: Paying works.\n"
        f"    claim:\n      {claim}\n"
        for name, claim in CLAIMS.items()
    )
    for persona in ("maya", "george"):
        write_atomic(root / f"personas/{persona}.yaml", f"name: {persona}\n")
    write_atomic(root / "journeys/maya.yaml", f"name: Map\npersona: maya\ncards:\n{cards}")
    write_atomic(
        root / "journeys/george.yaml",
        f"name: Map\npersona: george\ncards:\n{cards[: cards.index('  - id: lost')]}",
    )
    return root


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("bisect") / "shop", fault=0.2)


@pytest.fixture
def bisect(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Call the command; give what it says and its exit code."""

    def call(*words: Any) -> tuple[str, int]:
        monkeypatch.setattr(sys, "argv", ["journeykit", "bisect", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        told = capsys.readouterr()
        return told.out + told.err, int(ended.value.code or 0)

    return call


def spans(said: str) -> list[list[pd.Timestamp]]:
    """The days of each change that is told."""
    lines = [line for line in said.splitlines() if line.startswith("  changed ")]
    days = [re.findall(r"[A-Z][a-z]{2} (\d+ [A-Z][a-z]{2} \d{4})", line) for line in lines]
    return [[pd.Timestamp(day) for day in each] for each in days]


@pytest.mark.parametrize("claim", ["maya/goes", "lost", "band", "quick", "nps", "ces"])
def test_the_planted_days_are_named(shop: Path, bisect: Any, claim: str) -> None:
    said, code = bisect(shop, "--claim", claim)
    assert code == 0
    found = spans(said)
    assert len(found) == 2, said
    for days, planted in zip(found, (FAULT, MENDED)):
        day = DAY + pd.Timedelta(days=planted)
        near = pd.Timedelta(days=2)
        assert days[0] - near <= day <= days[-1] + near
        assert days[-1] - days[0] <= pd.Timedelta(days=6)
    assert said.startswith("Paying works: ")


def test_it_says_how_much_before_and_after_and_of_whom(shop: Path, bisect: Any) -> None:
    said = bisect(shop, "--claim", "maya/goes")[0]
    before, after = re.findall(r"(\d+\.\d)% on ([\d,]+)", said)[:2]
    assert abs(float(before[0]) - 60) < 3
    assert abs(float(after[0]) - 40) < 3
    assert abs(int(before[1].replace(",", "")) - 150 * FAULT) <= 150 * 2
    assert abs(int(after[1].replace(",", "")) - 150 * (MENDED - FAULT)) <= 150 * 3
    assert "customers at the step before, by the day on which they came" in said


def test_a_score_is_told_on_its_own_scale(shop: Path, bisect: Any) -> None:
    value = re.findall(r"(−?[\d.]+) on ", bisect(shop, "--claim", "nps")[0])
    assert abs(float(value[0]) - 40) < 6, "70 % of 10 and 30 % of 3"
    assert re.search(
        r"4\.\d\d on .* by the day on which they answered",
        bisect(shop, "--claim", "ces")[0].replace("\n", " "),
    )


def test_days_are_those_on_which_they_came_however_long_they_think(
    tmp_path: Path, bisect: Any
) -> None:
    root = written(tmp_path / "slow", fault=0.25, wait=6)
    said = bisect(root, "--claim", "maya/goes")[0]
    assert re.search(r"their window was over [678] days later", said)
    for days, planted in zip(spans(said), (FAULT, MENDED), strict=True):
        assert abs((days[0] - DAY).days - planted) <= 2


def test_nothing_planted_nothing_named(tmp_path: Path, bisect: Any) -> None:
    root = written(tmp_path / "calm", fault=0)
    for claim in ("maya/goes", "quick", "nps"):
        said, code = bisect(root, "--claim", claim)
        assert "no change that is beyond luck in 1" in said
        assert code == 0


def test_before_the_fault_there_is_none(shop: Path, bisect: Any) -> None:
    until = f"{DAY + pd.Timedelta(days=FAULT - 1):%Y-%m-%d}"
    said = bisect(shop, "--claim", "maya/goes", "--until", until)[0]
    assert "no change that is beyond luck in 78 nights, 1 Jan 2026 to 19 Mar 2026: " in said


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--claim", "goess"], "no card with a claim has the id 'goess'. Did you mean 'goes'?"),
        (["--claim", "goes"], "say which: george/goes, maya/goes"),
        (["--claim", "lost", "--persona", "georg"], "Did you mean 'george'?"),
        (["--claim", "begin"], "'excess-steps' is not counted night by night"),
        (["--claim", "lost", "--until", "2026-01-09"], "fewer than 14 nights are over"),
        (["--claim", "csat"], "Not measured"),
    ],
)
def test_what_cannot_be_told_says_why(
    shop: Path, bisect: Any, words: list[str], reason: str
) -> None:
    said, code = bisect(shop, *words)
    assert reason in said
    assert code == 2


def test_a_persona_tells_which_of_two_is_meant(shop: Path, bisect: Any) -> None:
    assert bisect(shop, "--claim", "goes", "--persona", "george")[1] == 0
    assert "george/goes" in bisect(shop, "--claim", "goes")[0]


# --- a small `make truth` ---------------------------------------------------------------------


@pytest.mark.nightly
def test_what_is_asked_of_bisect_is_reached() -> None:
    """With room for what twenty logs can differ by chance; days like the day before fall short."""
    sys.path.insert(0, str(BENCHMARKS))
    try:
        import bisecting
    finally:
        sys.path.remove(str(BENCHMARKS))
    rows = [
        row for row in bisecting.measured(20, seed=3) if row[4] and "like the one" not in row[0]
    ]
    assert len(rows) > 30
    for said, per, found, asked, _ in rows:
        assert found >= asked - 13, (said, per)
