"""Periods of the tables, to the day and to the minute."""

from __future__ import annotations

import pandas as pd
import pytest

from journeykit.tables import read_events


@pytest.mark.parametrize(
    ("since", "until", "kept"),
    [
        ("2026-03-02", "2026-03-02", ["b", "c", "d"]),
        ("2026-03-02 10:00", "2026-03-02 10:00", ["c"]),
        ("2026-03-02", "2026-03-03", ["b", "c", "d", "e"]),
        (None, "2026-03-01", ["a"]),
        ("2026-03-03", None, ["e"]),
    ],
)
def test_a_day_is_all_of_it_and_a_period_may_be_one_day(
    since: str | None, until: str | None, kept: list[str]
) -> None:
    times = [
        "2026-03-01 23:59:59",
        "2026-03-02",
        "2026-03-02 10:00",
        "2026-03-02 23:59:59",
        "2026-03-03",
    ]
    frame = pd.DataFrame(
        {
            "user_id": "u",
            "event": list("abcde"),
            "timestamp": pd.to_datetime(times, format="ISO8601"),
        }
    )
    assert sorted(read_events(frame, since=since, until=until).names) == kept
