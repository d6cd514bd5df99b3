"""Alarms of a log that is hardly longer than its customers think: it only knows the quick ones."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from journeykit.errors import AnalysisError
from journeykit.model import Claim
from journeykit.numbers.alarm import replay
from journeykit.numbers.nights import bounds
from journeykit.tables import read_events

DAY = pd.Timestamp(2026, 1, 1)


def held(days: int, metric: str, sign: str, limit: str, each: int = 400) -> list[Any]:
    """A third of the customers of each day pay, after 10 days on average (the median is 7)."""
    dice = np.random.default_rng(16)
    came = np.repeat(np.arange(days), each)
    went = np.tile(np.arange(each) % 3 == 0, days)
    at = DAY + pd.to_timedelta(came + dice.random(len(came)), unit="D").floor("s")
    users = [f"u{i}" for i in range(len(came))]
    log = pd.DataFrame({"user_id": users, "event": "visit", "timestamp": at})
    think = pd.to_timedelta(dice.exponential(10, len(came)), unit="D").floor("s")
    log = pd.concat([log, log.assign(event="pay", timestamp=at + think)[went]])
    events = read_events(log[log["timestamp"] < DAY + pd.Timedelta(days=days)])
    steps = {"visit": "visit", "pay": "pay"}
    view = SimpleNamespace(events=events, steps=steps, stages=steps, goal="pay")
    said = {"metric": metric, "is": sign, "threshold": [limit]}
    of = {} if metric == "conversion" else {"of": "pay"}
    try:
        return bounds(view, Claim.model_validate(said | of), "")
    except AnalysisError as problem:  # no night counts yet
        # Not `raises`: of the same metric a longer log answers.
        assert "the data must be three times as long" in str(problem)  # noqa: PT017
        return []


@pytest.mark.parametrize("metric", ["step-rate", "conversion"])
@pytest.mark.parametrize("days", [4, 9, 14, 40])
def test_a_young_shop_where_people_think_for_weeks_is_not_red(metric: str, days: int) -> None:
    """33 % pay in the end, and hardly anybody has yet."""
    found = held(days, metric, "at least", "30%")
    assert all(alarm["colour"] != "red" for alarm in (replay(found) if found else ()))


@pytest.mark.parametrize("days", [6, 20, 60, 160])
def test_the_quick_ones_of_the_first_days_are_no_fault(days: int) -> None:
    found = held(days, "step-time", "at least", "5 days", 60)
    assert all(alarm["colour"] != "red" for alarm in (replay(found) if found else ()))


@pytest.mark.parametrize("days", [6, 20, 60, 160])
def test_nor_do_they_make_a_slow_shop_green(days: int) -> None:
    found = held(days, "step-time", "at most", "5 days", 60)
    assert all(alarm["colour"] != "green" for alarm in (replay(found) if found else ()))


def test_an_old_log_has_its_alarm() -> None:
    ((table, limit, _),) = found = held(160, "step-rate", "at least", "30%", 100)
    assert table.index[0] >= DAY + pd.Timedelta(days=20)
    assert limit == pytest.approx(0.297, abs=0.001)
    assert replay(found)[0]["colour"] != "red"
    ((times, _, _),) = held(160, "step-time", "at least", "5 days", 60)
    assert times.index[0] >= DAY + pd.Timedelta(days=20)
    assert times.index[-1] < DAY + pd.Timedelta(days=159)
