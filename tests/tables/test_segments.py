"""Some users of all: ids and segments."""

from __future__ import annotations

import pandas as pd
import pytest

from journeykit.engine import run
from journeykit.errors import UnknownName
from journeykit.tables import events as events_module
from journeykit.tables import read_events

START = pd.Timestamp("2026-03-02 10:00")
ROWS = [
    # user, device, channel
    ("ann", "mobile", "email"),
    ("ann", "mobile", "email"),
    ("ann", "desktop", "social"),
    ("ben", "desktop", "social"),
    ("ben", "mobile", "email"),  # a tie: the first counts
    ("cem", None, "email"),
    ("cem", "mobile", "email"),
    ("cem", None, "email"),
    ("dora", None, "social"),
]


@pytest.fixture(params=["memory", "cache"])
def events(request, tmp_path):
    frame = pd.DataFrame(ROWS, columns=["user_id", "device", "channel"])
    frame["event"] = "visit"
    frame["timestamp"] = [START + pd.Timedelta(minutes=40 * i) for i in range(len(frame))]
    frame["tier"] = ["007"] * 5 + ["7"] * 4
    frame["is_new"] = [True, True, True, False, False, True, True, True, False]
    return read_events(frame, cache=tmp_path if request.param == "cache" else None)


@pytest.mark.parametrize(
    ("mapping", "users"),
    [
        ({"device": "mobile"}, ["ann", "cem"]),
        ({"device": ["mobile", "desktop"]}, ["ann", "ben", "cem"]),
        ({"device": "desktop"}, ["ben"]),
        ({"channel": "email"}, ["ann", "cem"]),
        ({"device": "mobile", "channel": "email", "tier": "007"}, ["ann"]),
        ({"device": "desktop", "channel": "email"}, []),
        ({"tier": "007"}, ["ann", "ben"]),
        ({"tier": 7}, ["cem", "dora"]),
        ({"is_new": True}, ["ann", "cem"]),
        ({}, ["ann", "ben", "cem", "dora"]),
    ],
)
def test_a_user_belongs_by_the_most_frequent_value(events, mapping, users):
    assert events.segment_users(mapping)["user_id"].tolist() == users
    part = events.segment(mapping)
    assert part.users == len(users)
    assert part.count == sum(row[0] in users for row in ROWS)


def test_the_whole_journey_of_a_user_is_kept(events):
    part = events.segment({"device": "mobile"})
    table = run("SELECT * FROM {j} ORDER BY user_id, position", j=part.journey)
    whole = run("SELECT * FROM {j} ORDER BY user_id, position", j=events.journey)
    expected = whole[whole["user_id"].isin(["ann", "cem"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(table, expected)
    assert (part.count, part.sessions_count, part.names) == (6, 6, ["visit"])
    assert part.contract is events.contract
    assert part.whole is events
    assert events.count == len(ROWS)


def test_ids_in_any_form(events):
    for users in (["ann"], ("ann", "nobody"), {"ann"}, pd.DataFrame({"user_id": ["ann", "ann"]})):
        assert events.of_users(users).count == 3
    table = events.journey.engine.materialize("SELECT 'ann' AS user_id")
    assert events.of_users(table).users == 1
    nobody = events.of_users([])
    assert (nobody.users, nobody.count, nobody.names, nobody.start, nobody.end) == (
        0,
        0,
        [],
        None,
        None,
    )
    assert len(nobody.frame()) == 0


def test_a_segment_of_a_segment(events):
    part = events.segment({"channel": "email"}).segment({"tier": "7"})
    assert part.frame()["user_id"].unique().tolist() == ["cem"]
    assert part.whole is events


def test_large_logs_are_joined_instead_of_copied(events, monkeypatch):
    monkeypatch.setattr(events_module, "_COPY_EVENTS", 0)
    part = events.segment({"device": "mobile"}).of_users(["ann"])
    assert part.count == 3
    assert run("SELECT count(*) AS n FROM {j}", j=part.journey)["n"][0] == 3


def test_unknown_columns_and_values(events):
    with pytest.raises(
        UnknownName, match=r"no column 'devise' to segment by. Did you mean 'device'\?"
    ):
        events.segment({"devise": "mobile"})
    with pytest.raises(
        UnknownName, match=r"No event has 'mobil' in column 'device'. Did you mean 'mobile'\?"
    ):
        events.segment({"device": ["desktop", "mobil"]})
    with pytest.raises(UnknownName, match="Mobile"):
        events.segment({"device": "Mobile"})  # the case counts


def test_the_name_of_the_source_is_understood():
    frame = pd.DataFrame(
        {"user_id": ["a"], "event": ["x"], "timestamp": [START], "utm_medium": ["email"]}
    )
    assert read_events(frame).segment({"utm_medium": "email"}).users == 1


def test_the_frame_and_its_limit(events):
    assert events.frame(2)["user_id"].tolist() == ["ann", "ann"]
    assert list(events.frame(1)) == ["user_id", "event", "timestamp", *events.columns]
    assert len(events.frame(0)) == 0
