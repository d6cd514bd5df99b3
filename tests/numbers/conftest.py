"""Small logs, written as text: `log(a="visit cart@5 purchase@6")`."""

from __future__ import annotations

from functools import partial

import pandas as pd
import pytest

from journeykit.tables import read_events

START = pd.Timestamp("2026-03-02 10:00")


def make_log(users, table=None, **columns):
    """Events from {user: "event event@minute event@minute/column-value"}, a minute apart unless said."""
    rows = []
    for user, text in users.items():
        minute = -1.0
        for word in text.split():
            word, _, value = word.partition("/")
            event, _, at = word.partition("@")
            minute = float(at) if at else minute + 1
            when = START + pd.Timedelta(minutes=minute)
            rows.append(
                {"user_id": user, "event": event, "timestamp": when, "channel": value or None}
            )
    frame = pd.DataFrame(rows, columns=["user_id", "event", "timestamp", "channel"])
    if frame["channel"].isna().all():
        frame = frame.drop(columns="channel")
    frame = frame.assign(**columns)
    if table is None:
        return read_events(frame)
    return read_events(table(frame.assign(row=range(len(frame)))), tie_break="row")


_SPARK = [pytest.mark.nightly, pytest.mark.spark, pytest.mark.xdist_group("spark")]


@pytest.fixture(params=["duckdb", pytest.param("spark", marks=_SPARK)])
def log(request):
    """Give a maker of small logs, here or on Spark: every test that uses it runs on both."""
    table = None
    if request.param == "spark":
        table = partial(request.getfixturevalue("table_of"), "spark")
    return lambda **users: make_log(users, table)
