"""Numbers at their edges: reversed scales, five orders, an uneven split, the value of conversions."""

from __future__ import annotations

import pandas as pd
import pytest

from journeykit.errors import AnalysisError, DataError, UnknownName
from journeykit.numbers.attribution import attribution, attribution_from_paths
from journeykit.numbers.basket import basket
from journeykit.numbers.experiment import read_ab
from journeykit.numbers.feedback import feedback_rows
from journeykit.numbers.likert import numbers, read_scale
from journeykit.numbers.scores import ces, csat, nps
from journeykit.numbers.survey import emotion_by_stage, survey_by
from journeykit.numbers.sus import sus
from journeykit.tables import read_events, read_table

# -- a scale on which 1 is the best; a code that is no answer ----------------------------------


def test_where_one_is_the_best():
    frame = csat([1, 1, 2, 5], scale="5-1")
    assert frame.loc[0, ["score", "satisfied", "mean"]].tolist() == [75, 3, 3.75]
    assert frame.attrs["notes"][0] == "1 is the best answer of the form: it counts as 5."
    assert csat([1, 1, 2, 5], scale=(5, 1)).loc[0, "score"] == 75
    assert ces([1, 2, 7], scale="7-1").loc[0, "score"] == pytest.approx(14 / 3)
    assert nps([0, 1, 10], scale="10-0").loc[0, ["promoters", "detractors"]].tolist() == [2, 1]
    best = [[1, 5] * 5]  # of the ten questions the odd ones are praise, the even ones blame
    assert sus(best, scale="5-1").loc[0, "score"] == 100
    # Words say themselves what is good, a number in front of them is turned.
    assert numbers(["very satisfied", "1 - very satisfied", "5"], "5-1", "x").tolist() == [5, 5, 1]


@pytest.mark.parametrize(
    ("scale", "answers"),
    [
        ("1-5 without 0", [5, 4, 0, 0, 1]),
        ("1-5, 0 = not applicable", [5, 4, 0, "", 1]),
        ("1-5 (0 = n/a)", ["5", "4", "0", "n/a", "1"]),
        ("1-5; without 0, 9", [5, 4, 9, 0, 1]),
        ("1-5 except 99", [5, 4, 99, None, 1]),
        ("5-1 without 0", [1, 2, 0, 0, 5]),
        ("1-5", [5, 4, "not applicable", "N/A", 1]),
    ],
)
def test_what_is_no_answer_is_not_averaged_in(scale, answers):
    frame = csat(answers, scale=scale)
    assert frame.loc[0, ["n", "satisfied", "mean"]].tolist() == [3, 2, pytest.approx(10 / 3)]
    assert any("2 empty or incomplete answers left out" in note for note in frame.attrs["notes"])


def test_a_code_outside_is_refused_with_both_ways_out():
    with pytest.raises(DataError, match=r"scale='0-5'; or that these are none: '1-5 without 0'"):
        csat([5, 4, 0, 0, 1])
    for bad in ("5", "1-5 without", "best is 1", "3-3", "", "1-5 and more"):
        with pytest.raises(DataError, match="is no scale"):
            csat([1], scale=bad)
    assert read_scale("-2..2") == (-2, 2, False, set())


def test_scales_of_the_workshop_reach_every_number_of_surveys(tmp_path):
    rows = [("csat", score, stage) for score in (1, 1, 2, 0) for stage in ("buy", "use")] * 10
    answers = pd.DataFrame(rows, columns=["measure", "score", "stage"])
    answers.loc[answers["stage"] == "use", "score"] = 5
    scales = {"csat": "5-1 without 0"}
    frame = read_table("surveys", answers, scales=scales)
    assert "scale" not in {finding.code for finding in frame.attrs["contract"].findings}
    by = survey_by(frame, "stage", scales=scales).set_index("stage")
    assert by["score"].tolist() == [100, 0]
    assert by["n"].tolist() == [30, 40]
    felt = emotion_by_stage(frame, scales=scales).set_index("stage")["emotion"]
    assert felt["buy"] == pytest.approx(5 / 3)
    assert felt["use"] == -2
    unhappy = {row["stage"]: row["effect"] for row in feedback_rows(frame, [], scales, {})}
    assert unhappy == {"buy": -1, "use": 1}


# -- the lift of few orders ----------------------------------------------------------------------


def orders_of(b, a, both, n):
    lines = [(i, "b") for i in range(b)] + [(i, "a") for i in range(both)]
    lines += [(b + i, "a") for i in range(a - both)] + [(i, "z") for i in range(b + a, n)]
    frame = pd.DataFrame(lines, columns=["order_id", "product"])
    return frame.assign(user_id=frame["order_id"])


def test_five_of_five_orders_are_no_certainty():
    row = basket(orders_of(100, 5, 5, 1005)).iloc[0]
    most = 1000 / 100  # every order with a holds b
    assert row["lift"] == pytest.approx(most)
    assert row["high"] == pytest.approx(most)
    assert row["low"] == pytest.approx(0.5655 * most, rel=1e-3)  # Wilson of 5 of 5
    assert row["small_n"]


@pytest.mark.parametrize(("b", "a", "both"), [(50, 8, 8), (50, 9, 7), (300, 40, 38), (200, 60, 30)])
def test_no_interval_passes_what_can_be(b, a, both):
    row = basket(orders_of(b, a, both, 1000)).iloc[0]
    n = orders_of(b, a, both, 1000)["order_id"].nunique()
    assert row["low"] <= row["lift"] <= row["high"] <= n / max(a, b) + 1e-9


# -- an uneven split -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("users", "said", "verdict"),
    [
        ((6000, 5650), "uneven (p = 0.0012)", "worse"),
        ((6000, 5780), "uneven (p = 0.043)", "worse"),
        ((6000, 5950), "", "worse"),
        ((6000, 5500), "suspicious", "do not read"),
    ],
)
def test_an_uneven_split_is_told_before_it_is_refused(users, said, verdict):
    frame = read_ab(dict(zip(("30", "40"), users)), {"30": 900, "40": 600})
    assert frame["verdict"].tolist() == ["control", verdict]
    notes = " ".join(frame.attrs["notes"])
    assert (said in notes) if said else (notes == "")


# -- attribution with what each conversion is worth ------------------------------------------------


@pytest.fixture
def valued():
    """a: ads, mail, 30; b: ads, 10, then mail and 5 more; c: mail, 55; d: ads, nothing."""
    rows = [
        ("a", 0, "visit", "ads", None), ("a", 100, "visit", "mail", None),
        ("a", 101, "buy", "mail", 30), ("b", 0, "buy", "ads", 10), ("b", 200, "buy", "mail", 5),
        ("c", 0, "visit", "mail", None), ("c", 1, "buy", "mail", 55), ("d", 0, "visit", "ads", None),
    ]  # fmt: skip
    log = pd.DataFrame(rows, columns=["user_id", "minute", "event", "channel", "value"])
    start = pd.Timestamp("2026-03-02 10:00")
    return log.assign(timestamp=start + pd.to_timedelta(log.pop("minute"), unit="min"))


@pytest.mark.parametrize(
    ("model", "ads", "mail"),
    [
        ("first", 45, 55),
        ("last", 15, 85),
        ("linear", 30, 70),
        ("position", 30, 70),
        ("shapley", 30, 70),
        ("markov", None, None),
        ("time-decay", None, None),
    ],
)
def test_revenue_is_shared_out_by_every_model(valued, model, ads, mail):
    frame = attribution(read_events(valued), "buy", model=model, value="value")
    revenue = frame.set_index("channel")["revenue"]
    assert revenue.sum() == pytest.approx(100)
    assert frame["conversions"].sum() == pytest.approx(3)
    if ads:
        assert revenue[["ads", "mail"]].tolist() == pytest.approx([ads, mail])
    assert "after the first of a customer" in frame.attrs["notes"][-1]
    plain = attribution(read_events(valued), "buy", model=model)
    assert "revenue" not in plain.columns
    assert plain["conversions"].tolist() == frame["conversions"].tolist()


def test_markov_weighs_what_conversions_are_worth(valued):
    """Where each is worth the same, revenue goes as conversions do; else to those worth more."""
    log = valued[valued["timestamp"] < "2026-03-02 13:20"].copy()
    frame = attribution(read_events(log.assign(value=7)), "buy", value="value")
    assert frame["revenue"].tolist() == pytest.approx((7 * frame["conversions"]).tolist())
    frame = attribution(read_events(log), "buy", value="value").set_index("channel")
    assert frame.loc["mail", "revenue"] / 95 > frame.loc["mail", "share"]


def test_a_conversion_without_a_value_counts_as_nothing_and_is_said(valued):
    valued.loc[valued["user_id"] == "c", "value"] = None
    frame = attribution(read_events(valued), "buy", value="value", model="last")
    assert frame["revenue"].sum() == 45
    assert "1 conversion without a value count as 0" in frame.attrs["notes"][-1]
    with pytest.raises(AnalysisError, match="no revenue"):
        attribution(read_events(valued.assign(value="many")), "buy", value="value")
    with pytest.raises(UnknownName, match="no column 'worth'"):
        attribution(read_events(valued), "buy", value="worth")


@pytest.mark.parametrize("model", ["first", "last", "linear", "position", "markov", "shapley"])
def test_revenue_of_a_table_of_paths(model):
    table = pd.DataFrame(
        {"path": ["ads > mail", "mail", "ads"], "won": [3, 1, 2], "lost": [1, 5, 0],
         "eur": [90.0, 10, 44]}
    )  # fmt: skip
    names = {"path": "path", "conversions": "won", "nulls": "lost", "value": "eur"}
    frame = attribution_from_paths(table, **names, model=model)
    assert frame["revenue"].sum() == pytest.approx(144)
    if model == "last":
        assert frame.set_index("channel")["revenue"].to_dict() == {"mail": 100, "ads": 44}
