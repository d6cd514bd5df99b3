"""Weak spots, what-if and the audience: what is planted is found, what is not there is not."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from journeykit.errors import AnalysisError, UnknownName
from journeykit.model import Promise
from journeykit.numbers.audience import coverage, segment_profile
from journeykit.numbers.compare import Cells, gaps
from journeykit.numbers.weak_spots import weak_spots
from journeykit.numbers.what_if import what_if
from journeykit.tables import read_events

STEPS = ["visit", "view", "cart", "pay"]
sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
try:
    from stories import Journey, Plant, story
finally:
    sys.path.pop(0)
SAMPLES = Path(__file__).parents[2] / "sample_data"


def shop(seed, plant=None, users=2000):
    """Tell a story of users who differ from one another, as `make truth` does."""
    return read_events(
        story(seed, Journey("short", tuple(STEPS), (0.7, 0.6, 0.6)), plant, users)[0]
    )


@pytest.mark.parametrize(("step", "seed"), [(0, 1), (1, 2), (2, 3)])
def test_a_planted_loss_comes_first(step, seed):
    frame = weak_spots(shop(seed, Plant(step, points=0.2)), STEPS)
    first = frame.iloc[0]
    assert (first["kind"], first["place"]) == ("loss", f"{STEPS[step]} → {STEPS[step + 1]}")
    assert first["significant"]
    assert "device phone" in first["what"]
    assert 0.1 < first["effect"] < 0.3
    assert first["low"] < first["effect"] < first["high"]


def test_a_fault_in_a_window_is_dated():
    frame = weak_spots(shop(4, Plant(1, weeks=(8, 13), points=0.35)), STEPS)
    first = frame.iloc[0]
    assert "device phone from 2 March to" in first["what"]
    assert first["compared_with"].startswith("the same at other times")
    # the same fault is not told again from other sides
    told = frame[frame["significant"] & (frame["place"] == first["place"])]
    assert len(told) == 1


def test_without_a_story_hardly_anything_is_significant():
    found = [weak_spots(shop(seed), STEPS) for seed in range(100, 105)]
    assert sum(frame["significant"].any() for frame in found) <= 1
    assert all(frame.attrs["looked_at"] > 30 for frame in found)


def cells(rows):
    frame = pd.DataFrame(rows, columns=["d0", "d1", "bucket", "mine", "n", "hits"])
    return Cells(frame.assign(place=2), ["d0", "d1"])


def test_the_mix_is_adjusted_for():
    """Mobile looks worse only because it comes by the bad channel."""
    found = gaps(
        cells(
            [
                ("mobile", "ads", 0, True, 900, 270),
                ("mobile", "mail", 0, True, 100, 70),
                ("desktop", "ads", 0, True, 100, 30),
                ("desktop", "mail", 0, True, 900, 630),
            ]
        )
    )
    by = {(gap.column, gap.value): gap for gap in found}
    assert by["d0", "mobile"].lost == pytest.approx(0.66)
    assert by["d0", "mobile"].effect == pytest.approx(0, abs=1e-12)
    assert by["d1", "ads"].effect == pytest.approx(0.4)


def test_mantel_haenszel_by_hand():
    """One stratum: the plain difference, and Cochran's test is nearly Pearson's."""
    found = gaps(cells([("m", "x", 0, True, 100, 50), ("d", "x", 0, True, 100, 70)]))
    gap = next(gap for gap in found if gap.value == "m")
    assert gap.effect == pytest.approx(0.2)
    assert gap.error == pytest.approx(np.sqrt(0.5 * 0.5 / 100 + 0.7 * 0.3 / 100), rel=0.01)
    assert gap.p == pytest.approx(0.0039, abs=5e-4)


def test_a_persona_is_compared_with_all_others():
    events = shop(5, Plant(1, points=0.2))
    frame = weak_spots(events.segment({"device": "phone"}), STEPS)
    first = frame.iloc[0]
    assert first["what"].startswith(
        f"{first['what'].split(' ')[0]} of these customers who got to “view”"
    )
    assert first["compared_with"] == "all other customers, at the same step"


def test_revenue_shows_its_formula():
    events = shop(6, Plant(2, points=0.25))
    orders = pd.DataFrame({"order_id": [1, 1, 2], "user_id": "u1", "amount": [20.0, 30.0, 150.0]})
    first = weak_spots(events, STEPS, orders=orders).iloc[0]
    assert first["revenue_at_risk"] == pytest.approx(first["score"] * 100)
    assert "× 100.00 mean order" in first["why"]
    assert f"{first['n']:,} cases" in first["why"]


def test_feedback_and_promises_are_in_the_ranking():
    surveys = pd.DataFrame(
        {
            "measure": "csat",
            "score": [1] * 60 + [5] * 20 + [5] * 90 + [1] * 10,
            "stage": ["pay"] * 80 + ["look"] * 100,
            "user_id": [f"u{i}" for i in range(180)],
        }
    )
    support = pd.DataFrame({"first_answer_minutes": [9.0] * 60 + [1.0] * 40})
    promise = Promise(
        id="fast",
        text="We answer at once",
        stage="look",
        measure="first_answer_minutes",
        limit=2,
        share=0.8,
    )
    frame = weak_spots(shop(7), STEPS, surveys=surveys, support=support, promises=[promise])
    kinds = frame.set_index("kind")
    assert kinds.loc["feedback", "stage"] == "pay"
    assert kinds.loc["feedback", "effect"] == pytest.approx(0.75 - 0.1)
    said = "“We answer at once” was kept in 40.0% of 100 cases; promised are 80.0%."
    assert kinds.loc["promise", "what"] == said
    for row in frame[frame["kind"] != "loss"].itertuples():  # all of whom it is true, at a fifth
        trust = max(1 - row.q, 0.05 * (1 - row.p))
        assert row.score == pytest.approx(0.2 * row.n * row.effect * trust)
    assert frame["q"].between(0, 1).all()


def test_a_log_of_one_user_has_no_weak_spots(log):
    frame = weak_spots(log(a="visit view"), ["visit", "view"])
    assert frame.empty
    assert {"rank", "what", "why"} <= set(frame.columns)


def test_the_retail_sample_shows_its_fault_in_its_window():
    if not (SAMPLES / "retail" / "events.csv.gz").exists():
        pytest.skip("the sample data is not there")
    events = read_events(SAMPLES / "retail" / "events.csv.gz")
    steps = {
        "visit": ["landing_page", "home"],
        "look": "product_view",
        "basket": "add_to_cart",
        "checkout": "checkout_start",
        "payment": "payment",
        "purchase": "purchase",
    }
    frame = weak_spots(events, steps)
    fault = frame[frame["what"].str.contains("device mobile from ") & frame["significant"]].iloc[0]
    assert fault["rank"] <= 3
    assert fault["place"] == "payment → purchase"
    assert "from 6 April to 10 May" in fault["what"]  # planted: 9 April to 8 May
    assert fault["effect"] == pytest.approx(0.36, abs=0.06)
    maya = {
        "device": "mobile",
        "channel": ["social", "paid_search", "organic_search", "direct", "referral"],
    }
    first = weak_spots(events.segment(maya), steps).iloc[0]
    assert (first["place"], "from 6 April" in first["what"]) == ("payment → purchase", True)


# -- what if --------------------------------------------------------------------------------


def crowd(**groups):
    """Users by the way they went: n users for each text."""
    users = {f"{name}{i}": way for name, (n, way) in groups.items() for i in range(n)}
    rows = [
        (user, event, pd.Timestamp("2026-01-01") + pd.Timedelta(minutes=place))
        for user, way in users.items()
        for place, event in enumerate(way.split())
    ]
    return read_events(pd.DataFrame(rows, columns=["user_id", "event", "timestamp"]))


def test_what_if_by_hand():
    events = crowd(a=(40, "visit"), b=(30, "visit cart"), c=(30, "visit cart pay"))
    frame = what_if(events, ["visit", "cart", "pay"], step="cart", change=0.1)
    assert frame["conversion"].tolist() == pytest.approx(
        [0.3, float("nan"), float("nan")], nan_ok=True
    )
    assert frame["difference"].tolist() == pytest.approx([0, 0.05, 0.025])
    assert frame["users"].tolist() == [0, 5, 2]
    assert (frame["diff_low"] <= frame["difference"]).all()
    assert (frame["diff_high"] >= frame["difference"]).all()
    half = what_if(events, ["visit", "cart", "pay"], step="cart", change="25%")
    assert half["difference"].tolist() == pytest.approx(frame["difference"].tolist())


def test_what_if_refuses_what_it_cannot_know():
    steps = ["visit", "cart", "pay"]
    # who comes to the cart straight away never pays, who found another way always does
    events = crowd(
        a=(50, "visit cart"), b=(50, "visit chat cart pay"), c=(60, "visit offer cart pay")
    )
    with pytest.raises(AnalysisError, match="cannot be trusted"):
        what_if(events, ["visit", ["offer", "chat"], "cart", "pay"], step="cart", change="50%")
    fine = crowd(a=(40, "visit"), b=(30, "visit cart"), c=(30, "visit cart pay"))
    with pytest.raises(AnalysisError, match=r"between 0 and 0\.400 can be kept"):
        what_if(fine, steps, step="cart", change=0.5)
    with pytest.raises(UnknownName, match="Did you mean 'cart'"):
        what_if(fine, steps, step="card", change=0.1)


# -- audience -------------------------------------------------------------------------------


def test_coverage_counts_overlap_and_those_left_out(log):
    events = log(a="x/ad x/ad", b="x/mail", c="x/shop", d="x/ad y/mail")
    personas = {"ads": {"channel": "ad"}, "letters": {"channel": ["mail", "ad"]}}
    frame = coverage(events, personas)
    assert frame[["persona", "users"]].values.tolist() == [
        ["ads", 2],
        ["letters", 3],
        ["(no persona)", 1],
    ]
    assert frame.attrs["overlap"].values.tolist() == [["ads", "letters", 2, 1.0]]


def test_a_segment_is_profiled_against_everybody():
    events = shop(8, users=400)
    frame = segment_profile(events, {"device": "phone"})
    rows = frame.set_index(["column", "value"])
    assert rows.loc[("device", "phone"), "share"] == 1
    assert rows.loc[("device", "desktop"), "users"] == 0
    assert rows.loc["channel"]["share"].sum() == pytest.approx(1)
    assert rows.loc[("channel", "mail"), "share_all"] == pytest.approx(0.2, abs=0.07)
    assert (frame["low"] <= frame["share"]).all()
