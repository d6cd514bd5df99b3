"""Hours at which promises are broken: found where planted, silent where nothing is."""

from __future__ import annotations

import numpy as np
import pandas as pd

from journeykit.model import Promise
from journeykit.numbers import promise_hours

CHAT = Promise(id="chat", text="Quick", stage="help", measure="first_answer_minutes", limit=2)


def contacts(slow_hours: range, rate: float, seed: int, n: int = 600) -> pd.DataFrame:
    chance = np.random.default_rng(seed)
    times = pd.Timestamp("2026-01-05") + pd.to_timedelta(chance.integers(0, 60 * 24, n), unit="h")
    late = chance.random(n) < np.where(np.isin(times.hour, [h % 24 for h in slow_hours]), rate, 0.2)
    return pd.DataFrame({"timestamp": times, "first_answer_minutes": np.where(late, 9.0, 1.0)})


def test_a_window_over_midnight_is_found():
    row = promise_hours([CHAT], contacts(range(22, 27), 0.9, 1)).iloc[0]
    assert (row.from_hour, row.to_hour) == (22, 3)
    assert row.significant
    assert row.n + row.other_n == 600
    assert row.diff_low < row.difference < row.diff_high < 0


def test_nothing_planted_nothing_found_in_nearly_all_tries():
    found = [
        promise_hours([CHAT], contacts(range(0), 0.2, seed)).iloc[0].significant
        for seed in range(60)
    ]
    assert sum(found) <= 3


def test_without_times_or_with_few_cases_there_is_no_row():
    table = contacts(range(18, 22), 0.9, 2)
    assert promise_hours([CHAT], table.drop(columns="timestamp")).empty
    assert promise_hours([CHAT], table.head(12)).empty
    nothing = promise_hours([CHAT])
    assert list(nothing[nothing["significant"]].columns) == list(nothing.columns)
