"""Alarms of sessions and moves, of which a customer has several; loops and ways back."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from journeykit.claims import Evidence, journey_tests
from journeykit.claims.trend import claim_of, since_when
from journeykit.model import Claim
from journeykit.numbers.alarm import replay
from journeykit.numbers.nights import bounds
from journeykit.phases.session import Session
from journeykit.store import open_folder, write_atomic
from journeykit.tables import read_events

DAY = pd.Timestamp(2026, 1, 1)
BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def log() -> pd.DataFrame:
    """Sixty days of 20 customers with up to nine sessions in some weeks; each looks, some pay."""
    dice = np.random.default_rng(1)
    day = np.repeat(np.arange(60), 20)
    many = np.minimum(dice.geometric(0.4, len(day)), 9)
    user = np.repeat(np.arange(len(day)), many)
    nth = np.arange(many.sum()) - np.repeat(many.cumsum() - many, many)
    at = day[user] + nth * 4 + dice.random(len(user)) * 0.9
    came = pd.DataFrame({"user_id": [f"u{i}" for i in user], "at": at, "day": at.astype(int)})
    came["channel"] = np.where(dice.random(len(user)) < 0.7, "mail", "web")
    came["pays"] = dice.random(len(user)) < 0.5 / np.sqrt(many[user])
    return came[came["at"] < 60].reset_index(drop=True)


def events(log: pd.DataFrame) -> Any:
    stamp = DAY + pd.to_timedelta((86400 * log["at"]).round(), unit="s")
    came = log[["user_id", "channel"]].assign(event="look", timestamp=stamp)
    then = np.where(log["pays"], "pay", "leave")
    went = came.assign(event=then, timestamp=stamp + pd.Timedelta(minutes=2))
    return read_events(pd.concat([came, went]))


def held(log: Any, metric: str, of: Any, limit: str, whole: bool = False) -> Any:
    view = SimpleNamespace(events=log, goal="pay", steps={})
    said = {"metric": metric, "of": of, "is": "at least", "threshold": limit}
    ((table, bar, _),) = bounds(view, Claim.model_validate(said), "", whole)
    return table, bar


@pytest.mark.parametrize("metric", ["session-conversion", "transition-share"])
def test_each_customer_counts_once_with_what_they_did_in_a_week(
    log: pd.DataFrame, metric: str
) -> None:
    ours = log[log["channel"] == "mail"] if metric == "session-conversion" else log
    of = "mail" if metric == "session-conversion" else ["look", "pay"]
    table, bar = held(events(log), metric, of, "30%")
    first = ours.groupby("user_id")["day"].transform("min")
    week = ours[ours["day"] - first <= 6].assign(opened=first)
    each = week.groupby("user_id").agg(
        n=("pays", "size"), went=("pays", "mean"), at=("opened", "min")
    )
    most = sorted(each["n"])[int(np.ceil(0.99 * len(each))) - 1]
    w = np.minimum(each["n"], most) / most
    every = ours.groupby("user_id")["pays"].agg(["size", "mean"])
    top = np.minimum(every["size"], sorted(every["size"])[int(np.ceil(0.99 * len(every))) - 1])
    near = (w * each["went"]).sum() / w.sum() / ((top * every["mean"]).sum() / top.sum())
    assert bar == pytest.approx(0.3 * near)
    x = w * (each["went"] - bar) + bar
    assert 0 <= x.min() < x.max() <= 1
    night = DAY + pd.to_timedelta(each["at"] + 6, unit="D")
    right = x.groupby(night).agg(["sum", "size"])[
        lambda rows: rows.index < DAY + pd.Timedelta(days=59)
    ]
    assert list(table.index) == list(right.index)
    assert table.sum(axis=1).tolist() == right["size"].tolist()
    assert (table @ table.columns.to_numpy(float)).to_numpy() == pytest.approx(right["sum"])


def test_the_mean_is_the_limit_where_the_share_is_and_is_told_as_a_share(log: pd.DataFrame) -> None:
    """However unequal customers are: here who comes often pays seldom."""
    share, every = log["pays"].mean(), events(log)
    table, bar = held(every, "transition-share", ["look", "pay"], f"{share:.6%}", whole=True)
    n = table.sum()
    mean = (n * table.columns.to_numpy(float)).sum() / n.sum()
    assert mean == pytest.approx(bar, abs=0.015)
    low, high = table.attrs["ends"]
    assert low + (high - low) * mean == pytest.approx(share, abs=0.01)
    (alarm,) = replay([(table, bar, -1)])
    assert alarm["colour"] == "amber"


def test_of_who_comes_thousand_times_the_others_are_not_drowned(log: pd.DataFrame) -> None:
    """A machine that never pays counts as one who comes often, and tells nothing of the others."""
    bot = pd.DataFrame({"user_id": "bot", "at": 5 + np.arange(2000) / 1000, "day": 5})
    more = pd.concat([log, bot.assign(channel="mail", pays=False)], ignore_index=True)
    table, bar = held(events(more), "transition-share", ["look", "pay"], "30%", whole=True)
    alone, was = held(events(log), "transition-share", ["look", "pay"], "30%", whole=True)
    assert table.columns.to_numpy(float).min() >= 0
    assert table.sum().sum() == alone.sum().sum() + 1
    assert bar == pytest.approx(was, abs=0.003)


def way(*names: str, user: str = "a", day: int = 0) -> pd.DataFrame:
    at = DAY + pd.to_timedelta(np.arange(len(names)) * 60 + 86400 * day, unit="s")
    return pd.DataFrame({"user_id": user, "event": names, "timestamp": at})


def test_loops_and_ways_back_count_when_they_first_could_have_been() -> None:
    rows = [
        *(way("home", "item", "home", user=f"back{i}", day=i % 20) for i in range(40)),
        *(way("home", "item", "item", "item", user=f"loop{i}", day=i % 20) for i in range(20)),
        *(way("home", "pay", user=f"on{i}", day=i % 20) for i in range(20)),
        # Another session is not the same loop.
        *(way("item", user="late", day=day) for day in (3, 4, 5)),
    ]
    log = read_events(pd.concat(rows))
    table, bar = held(log, "loops", "item", "20%", whole=True)
    assert (bar, table.sum().to_dict()) == (0.2, {0: 41, 1: 20})
    assert table.loc[DAY + pd.Timedelta(days=3)].to_dict() == {0: 3, 1: 1}
    table, _ = held(log, "backtracks", ["home", "item"], "20%", whole=True)
    assert table.sum().to_dict() == {0: 20, 1: 40}, "who went on to pay could not have"


def test_how_customers_begin_has_nights() -> None:
    rows = [way("home", "pay", user=f"h{i}", day=i % 20) for i in range(60)]
    rows += [way("item", "home", user=f"i{i}", day=i % 20) for i in range(40)]
    log = read_events(pd.concat(rows))
    table, bar = held(log, "entry-share", "home", "50%", whole=True)
    assert (bar, table.sum().to_dict()) == (0.5, {0: 40, 1: 60})
    table, _ = held(log, "entry-conversion", "item", "50%", whole=True)
    assert table.sum().to_dict() == {0: 40}


def test_the_days_of_a_fault_in_sessions_are_told_with_their_shares(tmp_path: Path) -> None:
    """Customers come up to nine times; of all sessions 44, and later 22 of 100 pay."""
    dice, day = np.random.default_rng(8), np.repeat(np.arange(120), 60)
    many = np.minimum(dice.geometric(0.4, len(day)), 9)
    user = np.repeat(np.arange(len(day)), many)
    nth = np.arange(many.sum()) - np.repeat(many.cumsum() - many, many)
    at = day[user] + nth * 0.6 + dice.random(len(user)) * 0.3
    pays = dice.random(len(user)) < (0.2 + 0.06 * many)[user] * np.where(at < 70, 1, 0.5)
    log = pd.DataFrame({"user_id": [f"u{i}" for i in user], "at": at, "pays": pays})
    log = log[log["at"] < 120].assign(channel="mail")
    shares = [log["pays"][log["at"] < 70].mean(), log["pays"][log["at"] >= 70].mean()]
    (tmp_path / "data").mkdir()
    events(log).frame().to_csv(tmp_path / "data/events.csv", index=False)
    write_atomic(
        tmp_path / "workshop.yaml",
        "schema: 2\nname: Shop\ngoal: pay\nstages: [{id: buy, name: Buy, events: ['*']}]\n"
        "data: {events: {source: data/events.csv}}\n",
    )
    write_atomic(tmp_path / "personas/maya.yaml", "name: Maya\n")
    write_atomic(
        tmp_path / "journeys/maya.yaml",
        "name: Map\npersona: maya\ncards:\n  - id: pays\n    stage: buy\n    lane: metrics\n"
        "    text: They pay\n    claim: {metric: session-conversion, of: mail, is: at least, "
        "threshold: 35%, must: true}\n",
    )
    folder = open_folder(tmp_path)
    evidence = Evidence.of(Session(folder, "maya"))
    said = "\n".join(since_when(evidence, claim_of(folder, "pays")))
    told = [
        float(each) / 100 for each in re.findall(r"([\d.]+)% (?:on|before)", said) if each != "95"
    ]
    assert told[0] == pytest.approx(shares[0], abs=0.04), said
    assert told[1] == pytest.approx(shares[1], abs=0.04), said
    assert "by the day on which the first of a customer was, with those of a week" in said
    (test,) = (test for test in journey_tests(evidence) if test.verdict)
    fault = DAY + pd.Timedelta(days=70)
    assert test.alarm["colour"] == "red"
    assert fault < pd.Timestamp(test.alarm["turned"]) < fault + pd.Timedelta(days=12)
    path = test.path[0]
    drawn = path["sum"] / path["n"]
    assert drawn[:fault].mean() == pytest.approx(shares[0], abs=0.05)
    assert drawn[fault + pd.Timedelta(days=12) :].mean() == pytest.approx(shares[1], abs=0.05)


@pytest.mark.nightly
def test_what_is_asked_of_sessions_and_moves_is_reached() -> None:
    sys.path.insert(0, str(BENCHMARKS))
    try:
        import alarms
    finally:
        sys.path.remove(str(BENCHMARKS))
    for said, per, found, asked, sign in alarms.clustered(np.random.default_rng(3), 12):
        assert found <= asked + 12 if sign == "most" else found >= asked - 15, (said, per)
