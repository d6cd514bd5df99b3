"""Small logs, written as text: `log(a="visit cart@5 purchase@6")`."""

from __future__ import annotations

import pandas as pd
import pytest

from journeykit.tables import read_events

START = pd.Timestamp("2026-03-02 10:00")


def make_log(users, **columns):
    """Events from {user: "event event@minute event@minute/column-value"}, a minute apart unless said."""
    rows = []
    for user, text in users.items():
        minute = -1.0
        for word in text.split():
            word, _, value = word.partition("/")
            event, _, at = word.partition("@")
            minute = float(at) if at else minute + 1
            when = START + pd.Timedelta(minutes=minute)
            rows.append({"user_id": user, "event": event, "timestamp": when, "channel": value or None})
    frame = pd.DataFrame(rows, columns=["user_id", "event", "timestamp", "channel"])
    if frame["channel"].isna().all():
        frame = frame.drop(columns="channel")
    return read_events(frame.assign(**columns))


@pytest.fixture(scope="session")
def log():
    return lambda **users: make_log(users)
