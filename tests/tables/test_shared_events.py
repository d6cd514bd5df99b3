"""Real logs, with the numbers that are known about them."""

from __future__ import annotations

import pytest

from journeykit.engine import cache_folder, run
from journeykit.tables import read_events

pytestmark = pytest.mark.shared_data


@pytest.fixture(scope="module")
def ecom(shared_data):
    return read_events(shared_data("retentioneering_ecom/ecom.csv.gz"), cache=cache_folder())


def test_a_shop(ecom):
    assert (ecom.count, ecom.users, ecom.sessions_count) == (31_106, 600, 3_605)
    assert ecom.contract.set_aside == 0
    assert {"channel", "device", "session_id"} <= set(ecom.columns)
    buyers = run(
        "SELECT count(DISTINCT user_id) AS users, count(DISTINCT session) AS sessions "
        "FROM {j} WHERE event = 'purchase'",
        j=ecom.journey,
    ).iloc[0]
    assert (buyers["users"], buyers["sessions"]) == (328, 470)


def test_the_sessions_of_the_shop_are_those_of_a_pause(ecom, shared_data):
    theirs = read_events(shared_data("retentioneering_ecom/ecom.csv.gz"), sessions="source")
    both = run(
        "SELECT count(*) AS n FROM {ours} AS o JOIN {theirs} AS t USING (user_id, position) "
        "WHERE o.session <> t.session OR o.session_position <> t.session_position",
        ours=ecom.journey,
        theirs=theirs.journey,
    )
    assert both["n"][0] == 0


def test_a_segment_of_the_shop(ecom):
    parts = [
        ecom.segment({"channel": channel}).users
        for channel in ("paid_search", "email", "organic", "direct", "social")
    ]
    assert sum(parts) == 600


def test_a_hospital(shared_data):
    path = shared_data("eventdataR_patients/patients.csv")
    told = read_events(path, lifecycle="registration_type", instance="handling_id")
    assert (told.contract.rows, told.contract.usable, told.count, told.users) == (
        5_442,
        5_442,
        2_721,
        500,
    )
    counts = run("SELECT event, count(*) AS n FROM {j} GROUP BY 1", j=told.journey).set_index(
        "event"
    )["n"]
    assert counts.to_dict() == {
        "Registration": 500,
        "Triage and Assessment": 500,
        "Discuss Results": 495,
        "Check-out": 492,
        "X-Ray": 261,
        "Blood test": 237,
        "MRI SCAN": 236,
    }
    durations = run(
        "SELECT count(duration_seconds) AS n, min(duration_seconds) AS least FROM {j}",
        j=told.journey,
    )
    assert durations["n"][0] == 2_721
    assert durations["least"][0] > 0
    guessed = read_events(path)
    assert guessed.count == 2_721
    assert "took column 'patient' as user_id" in guessed.contract.assumptions


def test_web_events_with_repeats(shared_data):
    events = read_events(shared_data("snowplow_web_events/snowplow_web_events.csv"))
    contract = events.contract
    assert (contract.rows, contract.set_aside, events.count) == (160, 4, 156)
    assert "the columns look like an export of Snowplow (atomic events)" in contract.assumptions
    assert sorted(contract.set_aside_rows["reason"]) == [
        "no user_id",
        *["the event id was there before"] * 3,
    ]
    views = run(
        "SELECT count(*) AS n, count(DISTINCT session_id) AS sessions FROM {j} WHERE event = 'page_view'",
        j=events.journey,
    ).iloc[0]
    assert (views["n"], views["sessions"]) == (48, 16)
    assert contract.columns["session_id"] == "domain_sessionid"
