"""Paths, sessions, time, order, friction: by hand; against a plain reading in ../properties."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from journeykit.errors import AnalysisError, UnknownName
from journeykit.numbers import stats
from journeykit.numbers.cohorts import retention, stickiness
from journeykit.numbers.conversion import sessions
from journeykit.numbers.ends import differences, entry_points, last_before_loss
from journeykit.numbers.friction import friction
from journeykit.numbers.paths import paths, step_matrix, transitions
from journeykit.numbers.timing import order_conformance, stage_times
from journeykit.tables import read_events

START = pd.Timestamp("2026-03-02 10:00")


# -- transitions ----------------------------------------------------------------------------


def test_transitions_by_hand(log):
    frame = transitions(log(a="x@0 y@2 x@3 y@7", b="x@0 z@1"))
    found = {(r.from_event, r.to_event): r for r in frame.itertuples()}
    assert {pair: (r.transitions, r.users) for pair, r in found.items()} == {
        ("x", "y"): (2, 1),
        ("y", "x"): (1, 1),
        ("x", "z"): (1, 1),
    }
    assert found["x", "y"].share == pytest.approx(2 / 3)
    assert found["x", "y"].median_seconds == 180
    assert (found["x", "y"].low, found["x", "y"].high) == pytest.approx(
        stats.clustered(2, 3, 4, 4, 5, 2)
    )
    assert frame.attrs["counts"] == "transitions"


def test_transitions_by_a_column_sum_to_all_of_them(log):
    events = log(a="x/ad y/ad x", b="x/mail y/ad")
    frame = transitions(events, by="channel")
    assert frame["transitions"].sum() == 3
    assert frame[["channel", "from_event", "to_event"]].values.tolist() == [
        ["ad", "x", "y"],
        ["ad", "y", "x"],
        ["mail", "x", "y"],
    ]
    quick = transitions(events, intervals=False)
    assert quick["low"].isna().all()
    assert quick["transitions"].sum() == 3


# -- step matrix, paths, sessions -----------------------------------------------------------


def test_paths_of_users_and_their_beginnings(log):
    events = log(a="x@0 y@1 z@90", b="x@0 y@1")
    assert paths(events, unit="user")["path"].tolist() == ["x → y", "x → y → z"]
    assert paths(events, unit="user", first=2)["users"].tolist() == [2]
    with pytest.raises(AnalysisError, match="unit='visit'"):
        paths(events, unit="visit")
    with pytest.raises(AnalysisError, match="top=0"):
        paths(events, top=0)


def test_sessions_break_at_the_gap(log):
    events = log(a="x@0/ad y@30/mail z@61/mail", b="x@0")
    frame = sessions(events)
    assert frame[["user_id", "events", "seconds", "first_event", "last_event"]].values.tolist() == [
        ["a", 2, 1800, "x", "y"],
        ["a", 1, 0, "z", "z"],
        ["b", 1, 0, "x", "x"],
    ]
    assert frame["channel"].tolist()[:2] == ["ad", "mail"]
    assert sessions(events, gap="29min")["events"].tolist() == [1, 1, 1, 1]
    assert sessions(events, gap="2h")["events"].tolist() == [3, 1]
    assert sessions(events, gap="2h")["session"].is_unique


def test_last_before_loss_and_entry_points(log):
    events = log(
        a="home/ad cart/ad pay/ad", b="home/ad cart/ad help/ad", c="home/mail", d="cart/mail"
    )
    lost = last_before_loss(events, "pay")
    assert lost[["event", "users"]].values.tolist() == [["cart", 1], ["help", 1], ["home", 1]]
    assert lost["share"].tolist() == pytest.approx([1 / 3] * 3)
    assert last_before_loss(events, "pay", after="cart")["event"].tolist() == ["cart", "help"]
    ways = entry_points(events, "pay")
    assert ways[["event", "channel", "users", "converted"]].values.tolist() == [
        ["home", "ad", 2, 1],
        ["cart", "mail", 1, 0],
        ["home", "mail", 1, 0],
    ]
    assert ways["conversion"].tolist() == [0.5, 0, 0]


def test_differences_look_only_before_the_goal(log):
    users = {f"w{i}": "video pay thanks" for i in range(12)} | {
        f"l{i}": "video faq" for i in range(12)
    }
    users |= {f"m{i}": "faq" for i in range(12)}
    frame = differences(log(**users), "pay").set_index("event")
    assert frame.loc["video", ["converted", "lost"]].tolist() == [1, 0.5]
    assert frame.loc["faq", "effect"] == -1
    assert frame.loc["faq", "q"] < 0.001
    assert "thanks" not in frame.index  # it comes after
    assert "pay" not in frame.index


def test_differences_leave_out_the_way_to_the_goal(log):
    users = {f"w{i}": "video cart pay" for i in range(12)} | {f"l{i}": "faq" for i in range(12)}
    events = log(**users)
    assert set(differences(events, "pay")["event"]) == {"video", "cart", "faq"}
    frame = differences(events, "pay", without={"basket": ["cart", "pay"]})
    assert set(frame["event"]) == {"video", "faq"}
    assert frame.set_index("event")["converted"].to_dict() == {"video": 1, "faq": 0}


# -- time and order -------------------------------------------------------------------------


def test_stage_times_begin_at_the_first_event_of_a_stage(log):
    events = log(
        a="visit@0 visit@30 buy@60 buy@90", b="visit@0 buy@180", c="visit@0", d="buy@0 visit@5"
    )
    frame = stage_times(events, {"look": "visit", "order": "buy"})
    assert (
        frame["share"].tolist() == (frame["users"] / (frame["users"] + frame["not_yet"])).tolist()
    )
    assert (frame["low"] < frame["share"]).all()
    row = frame.iloc[0]
    assert row[["from_stage", "to_stage", "users", "not_yet"]].tolist() == ["look", "order", 2, 2]
    assert (row["median_hours"], row["q1_hours"], row["q3_hours"]) == pytest.approx((2, 1.5, 2.5))


def test_order_conformance_says_who_breaks_it(log):
    events = log(a="see try buy", b="try see buy", c="see buy", d="buy", e="buy try")
    frame = order_conformance(events, ["see", "try", "buy"]).set_index("stage")
    assert frame["users"].tolist() == [3, 3, 5]
    assert frame["in_order"].tolist() == [2, 2, 5]
    assert frame.loc["see", "broken_by"] == "try"
    assert frame.loc["try", ["broken_by", "broken"]].tolist() == ["buy", 1]
    overall = order_conformance(events, ["see", "try", "buy"]).attrs["overall"]
    assert (overall["users"], overall["in_order"], overall["share"]) == (4, 2, 0.5)


# -- friction -------------------------------------------------------------------------------


def test_friction_by_hand(log):
    events = log(
        a="look look look pay",
        b="look help look pay",
        c="look look pay",
        d="look help",
        e="look@0 look@1 look@99 help@100 look@200",
        f="pay",
    )
    frame = friction(events, "pay", never=[("look", "help")], least=1)
    found = {(r.kind, r.event): (r.users, r.of) for r in frame.itertuples()}
    assert found["loop", "look"] == (1, 5)  # e's third look is in another session
    assert found["backtrack", "look → help → look"] == (1, 3)
    assert found["reached, never did", "look"] == (2, 5)
    assert found["excess steps", "pay"] == (3, 4)  # the shortest way has one event
    assert (
        frame.set_index("kind").loc["excess steps", "what"].startswith("Customers who did pay took")
    )


# -- retention ------------------------------------------------------------------------------


def test_retention_bounded_rolling_and_of_a_goal():
    rows = [
        ("a", "visit", "2026-01-05"),
        ("a", "buy", "2026-03-02"),
        ("b", "visit", "2026-01-20"),
        ("b", "visit", "2026-02-03"),
        ("c", "visit", "2026-02-10"),
        ("c", "buy", "2026-03-15"),
    ]
    frame = pd.DataFrame(rows, columns=["user_id", "event", "timestamp"])
    events = read_events(frame.assign(timestamp=pd.to_datetime(frame["timestamp"])))
    keep = ["period", "users", "active", "complete"]
    found = retention(events)
    assert found[keep].values.tolist() == [
        [0, 2, 2, True],
        [1, 2, 1, True],
        [2, 2, 1, False],
        [0, 1, 1, True],
        [1, 1, 1, False],
    ]
    assert retention(events, rolling=True)["active"].tolist() == [2, 2, 1, 1, 1]
    assert retention(events, goal="buy")["active"].tolist() == [0, 0, 1, 0, 1]
    with pytest.raises(AnalysisError, match="Did you mean 'month'"):
        retention(events, "months")
    sticky = stickiness(events)
    assert sticky[["users", "days"]].values.tolist() == [[2, 27], [2, 28], [2, 15]]
    assert sticky["stickiness"].tolist() == pytest.approx([1 / 27, 1 / 28, 1 / 15])
    assert sticky["small_n"].all()


def test_stickiness_has_the_interval_of_days_clustered_by_user():
    rng, parts = np.random.default_rng(4), []
    for month in pd.date_range("2000-01-01", periods=200, freq="MS"):
        chance = rng.beta(3, 7, 60)  # people differ: some come nearly daily
        there = rng.random((60, month.days_in_month)) < chance[:, None]
        there[np.flatnonzero(~there.any(axis=1)), 0] = True
        user, day = np.nonzero(there)
        times = month + pd.to_timedelta(day, unit="D")
        parts.append(
            pd.DataFrame({"user_id": [f"{month:%Y%m}-{u}" for u in user], "timestamp": times})
        )
    frame = stickiness(read_events(pd.concat(parts).assign(event="x")))
    assert len(frame) == 200
    covered = (frame["low"] <= 0.3) & (frame["high"] >= 0.3)
    assert 0.91 <= covered.mean() <= 0.985


# -- one user, one event, one instant -------------------------------------------------------


def test_the_smallest_log_gives_numbers(log):
    events = log(a="x")
    assert transitions(events).empty
    assert step_matrix(events, 2)["event"].tolist() == ["x", "(ended)"]
    assert paths(events)["path"].tolist() == ["x"]
    assert len(sessions(events)) == 1
    assert last_before_loss(events, "x").empty
    assert friction(events, "x").empty
    assert retention(events)["active"].tolist() == [1]


def test_all_at_one_instant_keeps_the_order_of_the_source():
    frame = pd.DataFrame({"user_id": "a", "event": list("xyz"), "timestamp": START})
    assert paths(read_events(frame))["path"].tolist() == ["x → y → z"]


def test_unknown_names_say_what_is_near(log):
    events = log(a="visit pay")
    for call in (last_before_loss, differences, friction, entry_points):
        with pytest.raises(UnknownName, match="Did you mean 'pay'"):
            call(events, "pai")
    with pytest.raises(UnknownName, match="no column 'chanel'"):
        transitions(events, by="chanel")


def test_fifty_thousand_event_names():
    frame = pd.DataFrame(
        {
            "user_id": [str(i % 500) for i in range(50_000)],
            "event": [f"page {i}" for i in range(50_000)],
            "timestamp": START,
        }
    )
    events = read_events(frame)
    assert transitions(events)["transitions"].sum() == 49_500
    assert step_matrix(events, 3)["users"].sum() == 1_500
