"""Funnels: by hand and on real data; against a plain reading of the rules in ../properties."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from journeykit.errors import AnalysisError, UnknownName
from journeykit.model import EventMatch, Step
from journeykit.numbers import stats
from journeykit.numbers.funnel import funnel
from journeykit.tables import read_events

START = pd.Timestamp("2026-03-02 10:00")
SAMPLE = Path(__file__).parents[2] / "sample_data/retail/events.csv.gz"


def users(frame):
    return frame["users"].tolist()


def test_each_step_comes_later_and_shares_have_intervals(log):
    events = log(a="visit cart purchase", b="visit purchase cart", c="cart visit", d="visit cart")
    frame = funnel(events, ["visit", "cart", "purchase"])
    assert users(frame) == [4, 3, 1]
    assert frame["of_start"].tolist() == [1, 0.75, 0.25]
    assert frame["of_previous"].tolist() == pytest.approx([1, 0.75, 1 / 3])
    assert frame["lost"].tolist() == [0, 1, 2]
    assert frame["drop_off"].tolist() == pytest.approx([0, 0.25, 2 / 3])
    # Wilson of 1 of 3 and of 1 of 4, from the formula
    assert frame.loc[2, ["low", "high"]].tolist() == pytest.approx([0.0615, 0.7923], abs=1e-4)
    assert frame.loc[2, ["of_start_low", "of_start_high"]].tolist() == pytest.approx(
        [0.0456, 0.6994], abs=1e-4
    )
    assert frame["small_n"].all()
    assert frame.attrs["counts"] == "users"
    assert "FROM" in frame.attrs["sql"]


def test_time_to_convert_has_quartiles_and_only_of_those_who_did(log):
    events = log(a="visit cart@2 pay@4", b="visit cart@4 pay@8", c="visit cart@6 pay@12", d="visit")
    row = funnel(events, ["visit", "cart", "pay"]).iloc[2]
    assert row[["q1_seconds", "median_seconds", "q3_seconds"]].tolist() == [180, 240, 300]
    times = ["from_start_q1_seconds", "from_start_seconds", "from_start_q3_seconds"]
    assert row[times].tolist() == [360, 480, 600]


def test_any_occurrence_of_the_first_step_may_open(log):
    events = log(a="visit@0 cart@50 visit@60 cart@61 pay@62 end@999", b="visit@0 pay@5 end@999")
    assert users(funnel(events, ["visit", "cart", "pay"], within="10min")) == [2, 1, 1]
    assert users(funnel(events, ["visit", "cart", "pay"])) == [2, 1, 1]
    assert users(funnel(events, ["visit", "cart", "pay"], within=30)) == [2, 0, 0]


def test_strict_allows_nothing_in_between(log):
    events = log(a="visit look cart visit cart", b="visit look cart", c="visit visit cart")
    assert users(funnel(events, ["visit", "cart"], order="strict")) == [3, 2]


def test_any_asks_for_so_many_in_whatever_order(log):
    events = log(a="cart visit", b="visit", c="look", d="pay cart visit")
    frame = funnel(events, ["visit", "cart", "pay"], order="any")
    assert users(frame) == [3, 2, 1]
    assert frame["step"].tolist() == ["at least 1 of 3", "at least 2 of 3", "at least 3 of 3"]
    late = log(a="cart@0 visit@90 cart@95 x@900")
    assert users(funnel(late, ["visit", "cart"], order="any", within="5min")) == [1, 1]
    assert users(funnel(late, ["visit", "cart"], order="any", within="4min")) == [1, 0]


def test_a_step_may_be_there_twice(log):
    events = log(a="visit visit pay", b="visit pay")
    frame = funnel(events, ["visit", "visit", "pay"])
    assert users(frame) == [2, 1, 1]
    assert frame["step"].tolist() == ["visit", "visit (2)", "pay"]
    assert users(funnel(events, ["visit", "visit"], order="any")) == [2, 1]


def test_open_windows_are_counted_apart(log):
    events = log(
        done="visit@0 pay@5",
        lost="visit@0 look@3",
        open="visit@95 look@100",
        late="visit@96 pay@97",
    )
    frame = funnel(events, ["visit", "pay"], within="10min")
    assert frame["users"].tolist() == [2, 1]  # late paid, and its ten minutes were not over
    assert frame["censored"].tolist() == [2, 1]
    assert frame.loc[1, ["lost", "of_start"]].tolist() == [1, 0.5]
    assert frame.attrs["notes"][0].startswith("2 customers began so late that their time was not")
    assert "nor the 1 of them who have finished" in frame.attrs["notes"][0]
    assert funnel(events, ["visit", "pay"]).loc[1, "censored"] == 0


def test_nothing_but_the_window_decides_who_counts(log):
    """Who finished, or can no more, is known sooner than the others: taking them in is a bias."""
    events = log(
        stopped="visit@95 quit@96", between="visit@95 look@96", done="visit@95 pay@96", end="x@100"
    )
    for how in ({"order": "strict"}, {"exclude": "quit"}, {"order": "any"}, {"unit": "session"}):
        frame = funnel(events, ["visit", "pay"], within="10min", **how)
        assert frame.iloc[:, 2].tolist() == [0, 0], how
        assert frame["censored"].tolist() == [3, 1], how


def test_of_several_attempts_those_count_whose_window_is_over(log):
    events = log(a="visit@0 look@50 visit@95 pay@96", b="visit@0 pay@200", c="visit@95 x@99")
    frame = funnel(events, ["visit", "pay"], within="150min")
    assert (frame["users"].tolist(), frame["censored"].tolist()) == ([2, 1], [1, 0])
    assert frame.loc[1, "median_seconds"] == 96 * 60
    frame = funnel(events, ["visit", "pay"], within="10min")  # a's second attempt is over, too
    assert (frame["users"].tolist(), frame["censored"].tolist()) == ([3, 1], [0, 0])


def test_the_sample_within_a_day():
    """635 of the 5,765 whose day was over; of 5,803 who began 640 finished within a day."""
    steps = ["product_view", "add_to_cart", "checkout_start", "payment", "purchase"]
    events = read_events(SAMPLE)
    frame = funnel(events, [["landing_page", "home"], *steps], within="1d")
    first, last = frame.iloc[0], frame.iloc[-1]
    assert [first["users"], first["censored"], last["users"]] == [5765, 38, 635]
    assert round(last["of_start"], 4) == 0.1101
    assert (frame["users"] + frame["lost"]).tolist()[1:] == frame["users"].tolist()[:-1]


def test_time_from_step_to_step(log):
    events = log(a="visit@0 cart@10 pay@11", b="visit@0 cart@20", c="visit@0 cart@60 pay@80")
    frame = funnel(events, ["visit", "cart", "pay"])
    assert frame["median_seconds"].tolist()[1:] == [1200, 630]
    assert frame["q1_seconds"].tolist()[1:] == [900, 345]
    assert frame["from_start_seconds"].tolist()[1:] == [1200, (660 + 4800) / 2]


def test_breakdown_takes_the_value_at_the_opening_event(log):
    events = log(
        a="visit/ad cart/mail", b="look/mail visit/mail cart/ad", c="visit/ad", z="end@99/ad"
    )
    for extra in ({}, {"within": "1h"}):
        frame = funnel(events, ["visit", "cart"], by="channel", **extra)
        assert frame[["channel", "users"]].values.tolist() == [
            ["ad", 2],
            ["ad", 1],
            ["mail", 1],
            ["mail", 1],
        ]
    assert set(frame.attrs["difference"]) == {"cart"}


def test_excluded_events_end_an_attempt(log):
    events = log(a="visit error pay", b="visit pay error", c="visit error visit pay")
    assert users(funnel(events, ["visit", "pay"], exclude="error")) == [3, 2]
    assert users(funnel(events, ["visit", "pay"], exclude="error", order="any")) == [3, 2]


def test_optional_steps_are_reported_and_not_required(log):
    events = log(a="visit coupon pay", b="visit pay coupon", c="visit coupon", d="visit")
    frame = funnel(events, ["visit", "coupon", "pay"], optional=["coupon"])
    assert users(frame) == [4, 2, 2]
    assert frame["of_previous"].tolist() == [1, 0.5, 0.5]
    with pytest.raises(AnalysisError, match="cannot be optional"):
        funnel(events, ["visit", "coupon", "pay"], optional=["pay"])


def test_steps_are_names_patterns_lists_conditions_and_words_of_the_model(log):
    events = log(a="home/x product_1/x buy/x", b="landing/y product_2/x buy/y")
    steps = [("arrive", ["home", "landing"]), "product_*", {"event": "buy", "channel": "[!z]"}]
    assert users(funnel(events, steps)) == [2, 2, 2]
    mapped = {"arrive": ["home", "landing"], "buy": {"event": "b?y", "channel": "x"}}
    assert users(funnel(events, mapped)) == [2, 1]
    named = [Step(name="in", events=["home"]), Step(name="out", events=["buy"])]
    assert funnel(events, named)["step"].tolist() == ["in", "out"]
    assert users(funnel(events, [EventMatch.model_validate("home"), "buy"])) == [1, 1]


def test_sessions_as_unit_are_clustered_by_user(log):
    events = log(a="visit@0 pay@1 visit@100 visit@200 pay@201", b="visit@0 visit@100 pay@200")
    frame = funnel(events, ["visit", "pay"], unit="session")
    assert frame["sessions"].tolist() == [5, 2]
    by_hand = stats.clustered(2, 5, 4, 6, 13, 2)
    assert frame.loc[1, ["low", "high"]].tolist() == pytest.approx(by_hand)


def test_a_persona_without_the_event_has_nobody_there(log):
    events = log(a="visit pay", b="visit").of_users(["b"])
    assert users(funnel(events, ["visit", "pay"])) == [1, 0]


@pytest.mark.parametrize(
    ("steps", "options", "error", "words"),
    [
        (["visit", "purchse"], {}, UnknownName, "Did you mean 'purchase'"),
        (["visit", {"event": "purchase", "chanel": "x"}], {}, UnknownName, "chanel"),
        (["visit"], {}, AnalysisError, "at least 2"),
        ("visit", {}, AnalysisError, "must be a list"),
        (["visit", []], {}, AnalysisError, "names no event"),
        (["visit", None], {}, AnalysisError, "no step"),
        (["visit", "purchase"], {"order": "stric"}, AnalysisError, "Did you mean 'strict'"),
        (["visit", "purchase"], {"unit": "visitor"}, AnalysisError, "unit='visitor'"),
        (["visit", "purchase"], {"within": "soon"}, AnalysisError, "no span of time"),
        (["visit", "purchase"], {"within": -5}, AnalysisError, "no span of time"),
        (["visit", "purchase"], {"by": "devise"}, UnknownName, "devise"),
    ],
)
def test_bad_input_names_the_value_and_the_fix(log, steps, options, error, words):
    events = log(a="visit/x purchase/x")
    with pytest.raises(error, match=words.replace("(", r"\(")):
        funnel(events, steps, **options)


def test_odd_names_and_ids_are_kept():
    frame = pd.DataFrame(
        {
            "user_id": ["NA", "NA", "007", "7", "null"],
            "event": ["🛒", "שלום", "🛒", "🛒", "a[1]*"],
            "timestamp": [START] * 5,
        }
    )
    events = read_events(frame)
    assert users(funnel(events, ["🛒", "שלום"])) == [3, 1]
    assert users(funnel(events, ["a[1]*", "🛒"])) == [1, 0]


# -- real data ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ecom(shared_data):
    source = shared_data("retentioneering_ecom/ecom.csv.gz")
    return read_events(source, channel="acquisition_channel", device="platform")


def test_users_and_sessions_are_two_units(ecom):
    """The source's own notebook prints 58.7 %: all sessions of buyers, not sessions that bought."""
    everyone = [("came", "*"), "purchase"]
    by_user = funnel(ecom, everyone, by="channel", order="any")
    by_session = funnel(ecom, everyone, by="channel", order="any", unit="session")

    def table(frame, unit):
        wide = frame.pivot(index="channel", columns="step_number", values=unit)
        return {channel: (int(row[2]), int(row[1])) for channel, row in wide.iterrows()}

    assert table(by_user, "users") == {
        "paid_search": (105, 169),
        "email": (51, 95),
        "organic": (115, 219),
        "direct": (15, 30),
        "social": (42, 87),
    }
    assert table(by_session, "sessions") == {
        "paid_search": (161, 1023),
        "email": (75, 583),
        "organic": (161, 1289),
        "direct": (18, 156),
        "social": (55, 554),
    }
