"""Campaigns against their holdout, overlap, gaps; leads; experiments."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.stats import norm

from journeykit.errors import AnalysisError, UnknownName
from journeykit.numbers.campaigns import campaign_coverage, campaign_effect
from journeykit.numbers.experiment import read_ab, sample_size
from journeykit.numbers.frames import two_proportions
from journeykit.numbers.leads import rate_by, rates

START = pd.Timestamp("2026-01-01")


def sends(name, users, held=(), stage="buy", day=0, **more):
    both = [*users, *held]
    treatment = ["sent"] * len(users) + ["holdout"] * len(held)
    when = START + pd.Timedelta(days=day)
    return pd.DataFrame(
        {
            "campaign": name,
            "user_id": both,
            "timestamp": when,
            "stage": stage,
            "treatment": treatment,
            **more,
        }
    )


def buys(users, day=3):
    rows = pd.DataFrame({"user_id": [*users, "end"], "timestamp": START + pd.Timedelta(days=day)})
    rows.loc[len(rows) - 1, "timestamp"] = START + pd.Timedelta(days=100)
    return rows


def ids(start, stop):
    return [f"u{i}" for i in range(start, stop)]


def test_effect_against_the_holdout():
    frame = sends("mail", ids(0, 200), ids(200, 300), cost=0.5)
    row = campaign_effect(frame, buys(ids(0, 80) + ids(200, 220))).iloc[0]
    assert (row.sent, row.holdout) == (200, 100)
    assert (row.rate_sent, row.rate_holdout) == (0.4, 0.2)
    assert row.effect == pytest.approx(0.2)
    assert 0 < row.low < 0.2 < row.high
    assert (row.verdict, row.cost, row.redundant) == ("works", 150.0, False)


@pytest.mark.parametrize(("bought", "verdict"), [((10, 30), "undecided"), ((2, 60), "harms")])
def test_verdicts(bought, verdict):
    frame = sends("mail", ids(0, 100), ids(100, 300))
    found = campaign_effect(frame, buys(ids(0, bought[0]) + ids(100, 100 + bought[1])))
    assert found.loc[0, "verdict"] == verdict


def test_time_counts_only_after_the_send_and_within():
    frame = sends("mail", ids(0, 40), ids(40, 80), day=10)
    outcomes = pd.concat(
        [buys(ids(0, 10), day=9), buys(ids(10, 20), day=40), buys(ids(20, 25), day=12)]
    )
    assert campaign_effect(frame, outcomes).loc[0, "rate_sent"] == 5 / 40
    late = campaign_effect(sends("mail", ids(0, 4), day=95), outcomes).iloc[0]
    assert (late.sent, late.too_recent) == (0, 4)
    assert np.isnan(late.rate_sent)


def test_a_person_counts_once_and_by_the_first_send():
    frame = pd.concat(
        [
            sends("mail", ids(0, 50)),
            sends("mail", ids(0, 50), day=20),
            sends("mail", [], ids(0, 3), day=30),
        ]
    )
    found = campaign_effect(frame, buys(ids(0, 5)))
    assert found.loc[0, ["sent", "holdout", "verdict"]].tolist() == [50, 0, "no holdout"]
    assert np.isnan(found.loc[0, "effect"])
    assert "3 customers both sent and held back" in found.attrs["notes"][1]


def test_overlap_within_a_stage_makes_the_one_without_effect_redundant():
    dice = np.random.default_rng(1)
    users = ids(0, 1000)
    held = dice.random((2, 1000)) < 0.3
    bought = [u for u, h in zip(users, held[0], strict=True) if dice.random() < (0.1 if h else 0.3)]
    parts = [
        sends(
            name,
            [u for u, h in zip(users[:n], row[:n], strict=True) if not h],
            [u for u, h in zip(users[:n], row[:n], strict=True) if h],
        )
        for name, row, n in (("reminder", held[0], 1000), ("last-call", held[1], 930))
    ]
    frame = pd.concat([*parts, sends("hello", users, stage="start")])
    found = campaign_effect(frame, buys(bought)).set_index("campaign")
    assert found.loc["reminder", ["verdict", "redundant"]].tolist() == ["works", False]
    assert found.loc["last-call", ["overlap_with", "overlap_share", "redundant"]].tolist() == [
        "reminder",
        1.0,
        True,
    ]
    assert found.loc["reminder", "overlap_share"] == 0.93
    assert found.loc["hello", "overlap_with"] == ""


def test_effect_refuses_what_it_cannot_know():
    frame = sends("mail", ids(0, 10))
    with pytest.raises(UnknownName, match="Did you mean 'holdout'"):
        campaign_effect(frame.assign(treatment="hold-out"), buys(ids(0, 5)))
    with pytest.raises(AnalysisError, match="nobody reached the goal"):
        campaign_effect(frame, buys([]).iloc[:0])
    with pytest.raises(AnalysisError, match="no span of time"):
        campaign_effect(frame, buys(ids(0, 1)), within="later")


def test_effect_from_events(log):
    events = log(
        **{u: "visit@0 buy@60" if i < 30 else "visit@0 look@90" for i, u in enumerate(ids(0, 60))}
    )
    frame = sends("mail", ids(0, 40), ids(40, 60)).assign(
        timestamp=pd.Timestamp("2026-03-02 09:00")
    )
    found = campaign_effect(frame, events, "buy", within="2h")
    assert found.loc[0, ["rate_sent", "rate_holdout"]].tolist() == [0.75, 0.0]
    plain = campaign_effect(frame, events.frame(), ["buy"], within="2h")
    assert plain.loc[0, "effect"] == found.loc[0, "effect"]
    with pytest.raises(AnalysisError, match="events need a goal"):
        campaign_effect(frame, events)
    with pytest.raises(UnknownName, match="buuy"):
        campaign_effect(frame, events, "buuy")


def test_coverage_shows_gaps_and_foreign_stages():
    frame = pd.concat(
        [
            sends("a", ids(0, 3), ids(3, 5), opened=["true"] * 4 + ["false"]),
            sends("b", ids(0, 1), stage="byu"),
        ]
    )
    found = campaign_coverage(frame, ["start", "buy"])
    assert found[["stage", "campaigns", "sends", "gap"]].values.tolist() == [
        ["start", 0, 0, True],
        ["buy", 1, 3, False],
    ]
    assert found.loc[1, "opened_share"] == 1.0
    assert "'byu'" in found.attrs["notes"][0]


def test_rates_include_the_levels_above():
    status = ["lead", "Qualified", "customer", "loyal", "lead", "customer", "lead", "lead"]
    who = [*"abcdea", None, None]
    leads = pd.DataFrame({"user_id": who, "status": status, "source": list("xxxyyxyy")})
    found = rates(leads).set_index("level")
    assert found["people"].tolist() == [7, 4, 3, 1]
    assert found.loc["customer", "share_of_previous"] == 0.75
    assert found.loc["lead", ["low", "high"]].tolist() == [1, 1]
    assert rates(leads).attrs["notes"] == [
        "1 row of people seen before: the highest status counts."
    ]
    by = rates(leads, by="source").set_index(["source", "level"])
    assert by.loc[("y", "loyal"), "share_of_leads"] == 0.25
    with pytest.raises(UnknownName, match="Did you mean 'customer'"):
        rates(leads.assign(status="custmer"))


@pytest.mark.shared_data
def test_churn_by_contract_of_telco(shared_data):
    frame = pd.read_csv(shared_data("telco_churn_ibm/Telco-Customer-Churn.csv"))
    found = rate_by(frame, "Churn", "Contract").set_index("Contract")
    assert found.loc["Month-to-month", ["hits", "n"]].tolist() == [1655, 3875]
    assert found.loc["One year", ["hits", "n"]].tolist() == [166, 1473]
    assert found.loc["Two year", ["hits", "n"]].tolist() == [48, 1695]
    assert (100 * found["share"]).round(2).tolist() == [42.71, 11.27, 2.83]
    assert rate_by(frame, "Churn", "Contract").attrs["p"] < 1e-200
    assert rate_by(frame, "Churn").loc[0, ["hits", "n"]].tolist() == [1869, 7043]


def test_rate_by_clusters_by_user_and_leaves_out_unknown():
    frame = pd.DataFrame({"won": [1, 1, 1, 0, None], "who": list("aaabc")})
    found = rate_by(frame, "won", user="who")
    assert found.loc[0, ["n", "hits"]].tolist() == [4, 3]
    assert found.loc[0, "high"] - found.loc[0, "low"] > rate_by(frame, "won").eval("high - low")[0]
    assert "1 row with no answer" in found.attrs["notes"][0]


@pytest.mark.parametrize(
    ("base", "lift", "power"), [(0.1, 0.02, 0.8), (0.05, 0.01, 0.9), (0.5, -0.1, 0.8)]
)
def test_sample_size_solves_the_power_equation(base, lift, power):
    """The equation is that of R's power.prop.test, solved here by search."""
    p, q, z = base, base + lift, norm.ppf(0.975)

    def missing(n):
        reach = np.sqrt(n) * abs(lift) - z * np.sqrt((p + q) * (1 - (p + q) / 2))
        return norm.cdf(reach / np.sqrt(p * (1 - p) + q * (1 - q))) - power

    expected = int(np.ceil(brentq(missing, 2, 1e6)))
    assert sample_size(base, lift, power=power).loc[0, "n_per_arm"] == expected
    assert sample_size(0.1, 0.02).loc[0, "n_per_arm"] == 3841  # as R prints it


def test_sample_size_gives_the_power_it_promises():
    n = int(sample_size(0.2, 0.05).loc[0, "n_per_arm"])
    dice = np.random.default_rng(2)
    p = two_proportions(dice.binomial(n, 0.25, 4000), n, dice.binomial(n, 0.2, 4000), n)
    assert (p < 0.05).mean() == pytest.approx(0.8, abs=0.025)


def test_duration_is_in_whole_weeks_and_long_tests_are_told():
    plan = sample_size(0.1, 0.02, per_day=500)
    assert plan.loc[0, ["users", "days", "weeks"]].tolist() == [7682, 16, 3]
    assert len(sample_size(0.1, 0.001, per_day=500).attrs["notes"]) == 2
    assert sample_size(0.1, 0.02, arms=4).loc[0, "n_per_arm"] > 3841


@pytest.mark.parametrize(
    "arguments", [(10, 2), (0.1, 0.95), (0.1, -0.1), (0.1, 0.0), (0.1, 0.1, -5), (0.1, 0.1, 5, 1)]
)
def test_sample_size_refuses_nonsense(arguments):
    base, lift, per_day, arms = (
        (*arguments, None, 2)[:4] if len(arguments) == 2 else (*arguments, 2)[:4]
    )
    with pytest.raises(AnalysisError):
        sample_size(base, lift, per_day=per_day, arms=arms)


def test_reading_a_test():
    found = read_ab({"new": 5050, "old": 5000}, {"new": 600, "old": 500}, control="old")
    row = found.set_index("arm").loc["new"]
    assert row["difference"] == pytest.approx(600 / 5050 - 0.1)
    assert 0 < row["diff_low"] < row["difference"] < row["diff_high"]
    assert row["verdict"] == "better"
    worse = read_ab({"old": 5000, "new": 5050}, {"old": 600, "new": 500})
    assert worse["verdict"].tolist() == ["control", "worse"]
    arms = pd.DataFrame(
        {"arm": ["new"] * 50 + ["old"] * 40, "paid": [True] * 9 + [False] * 81}
    ).groupby("arm")["paid"]
    assert read_ab(arms.size(), arms.sum())[["users", "converted"]].values.tolist() == [
        [50, 9],
        [40, 0],
    ]
    assert read_ab({"a": 90, "b": 95}, {"a": 9, "b": 12})["verdict"].tolist() == [
        "control",
        "undecided",
    ]


def test_a_suspicious_split_is_not_read():
    found = read_ab({"old": 5000, "new": 4600}, {"old": 500, "new": 700})
    assert found["verdict"].tolist() == ["control", "do not read"]
    assert found.attrs["suspicious"]
    assert "split is suspicious" in found.attrs["notes"][0]
    planned = read_ab(
        {"old": 8000, "new": 2000}, {"old": 800, "new": 260}, split={"old": 4, "new": 1}
    )
    assert planned.attrs["srm_p"] == 1.0


def test_arms_are_checked():
    with pytest.raises(UnknownName, match="'neu' is no arm"):
        read_ab({"old": 5, "new": 5}, {"old": 1, "neu": 1})
    with pytest.raises(AnalysisError, match="two arms"):
        read_ab({"old": 5}, {"old": 1})
    with pytest.raises(AnalysisError, match="is no share"):
        read_ab({"old": 5, "new": 5}, {"old": 6, "new": 1})


@given(st.integers(50, 5000), st.integers(50, 5000), st.floats(0, 1), st.floats(0, 1))
def test_swapping_the_arms_swaps_the_sign(n, m, p, q):
    counts, hits = {"a": n, "b": m}, {"a": int(n * p), "b": int(m * q)}
    one, other = read_ab(counts, hits), read_ab(counts, hits, control="b")
    assert one.loc[1, "difference"] == -other.loc[0, "difference"]
    assert one.loc[1, "diff_low"] == pytest.approx(-other.loc[0, "diff_high"])
    assert one.attrs["srm_p"] == other.attrs["srm_p"]


def test_empty_tables_give_no_rows_but_all_columns():
    frame = sends("mail", ids(0, 5), opened="true")
    assert campaign_effect(frame.iloc[:0], buys(ids(0, 2))).columns.tolist() == (
        campaign_effect(frame, buys(ids(0, 2))).columns.tolist()
    )
    assert campaign_coverage(frame.iloc[:0], ["buy"])["gap"].tolist() == [True]
    leads = pd.DataFrame({"user_id": ["a"], "status": ["lead"], "source": ["x"]})
    assert rates(leads.iloc[:0])["people"].tolist() == [0, 0, 0, 0]
    assert (
        rates(leads.iloc[:0], by="source").columns.tolist()
        == rates(leads, by="source").columns.tolist()
    )
    assert rate_by(leads.iloc[:0].assign(won=1), "won", "source").columns.tolist()[:3] == [
        "source",
        "n",
        "hits",
    ]
