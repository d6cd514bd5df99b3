"""Bad tables to every function that takes one: a right number, or an error that helps."""

from __future__ import annotations

from inspect import signature

import numpy as np
import pandas as pd
import pytest

from journeykit import numbers as a
from journeykit.errors import DataError, JourneykitError
from journeykit.model import Promise
from journeykit.numbers.catalogue import CATALOGUE
from journeykit.tables import read_table

pytestmark = pytest.mark.filterwarnings("error")

START = pd.Timestamp("2026-03-02 10:00")

ORDER = ["order_id", "user_id", "timestamp", "product", "quantity", "amount"]


def orders(*rows):
    return pd.DataFrame(rows, columns=ORDER).astype({"timestamp": "datetime64[us]"})


def line(number, user="a", product="x", days=0, quantity=1, amount=5.0):
    return (str(number), user, START + pd.Timedelta(days=days), product, quantity, amount)


NEGATIVE = orders(
    line(1), line(2, days=2, quantity=-1, amount=-5), line(3, days=3, product="y", amount=-2.0)
)
ODD_IDS = orders(
    *(line(i, user, days=i) for i, user in enumerate(["NA", "null", "007", "7", "NA"]))
)
WAITS = pd.DataFrame(
    {
        "channel": ["📞", "📞", "שיחה"],
        "user_id": ["NA", "007", "7"],
        "first_answer_minutes": [-1.0, 9.0, 1.0],
        "solved": ["yes", "no", "yes"],
    }
)
PATH = {"path": "path", "conversions": "won", "nulls": "lost"}


def way(path, won, lost=1):
    return pd.DataFrame({"path": [path], "won": [won], "lost": [lost]})


SENT = pd.DataFrame(
    {
        "campaign": "c",
        "user_id": ["a", "007"],
        "timestamp": START - pd.Timedelta("1h"),
        "treatment": ["sent", "holdout"],
    }
)


def promise(measure="first_answer_minutes", limit=2):
    return Promise(id="fast", text="Fast", stage="help", measure=measure, limit=limit)


def answer(score=5, measure="csat", stage="use 🙂", user="NA"):
    return pd.DataFrame(
        {"score": [score], "measure": [measure], "stage": [stage], "user_id": [user]}
    )


def guess(value=0.4, truth=0.5, low=0.3, high=0.6, department="sales 🙂"):
    return pd.DataFrame(
        [
            {
                "topic": "t",
                "what": "w",
                "guess": value,
                "low": low,
                "high": high,
                "truth": truth,
                "truth_low": truth,
                "truth_high": truth,
                "department": department,
                "revealed": True,
            }
        ]
    )


NO = pd.DataFrame
TABLES = {
    "beliefs, none": (lambda: a.beliefs(NO()), "no column 'what'"),
    "beliefs, one": (lambda: a.beliefs(guess()), ("held", [1.0])),
    "beliefs, without a range": (lambda: a.beliefs(guess(low=None, high=None)), ("error", [-0.1])),
    "belief_score, none": (lambda: a.belief_score(NO()), "no column 'what'"),
    "belief_score, emoji": (lambda: a.belief_score(guess()), ("department", ["sales 🙂"])),
    "belief_score, negative": (lambda: a.belief_score(guess(value=-0.5)), ("bias", [-1.0])),
    "repeat_purchase, none": (lambda: a.repeat_purchase(orders()), ("customers", [0])),
    "repeat_purchase, negative": (lambda: a.repeat_purchase(NEGATIVE), ("orders", [1])),
    "repeat_purchase, odd ids": (lambda: a.repeat_purchase(ODD_IDS), ("customers", [4])),
    "repeat_purchase, one instant": (
        lambda: a.repeat_purchase(orders(line(1), line(2))),
        ("median_days", [0]),
    ),
    "basket, none": (lambda: a.basket(orders()), ("orders", [])),
    "basket, one": (lambda: a.basket(orders(line(1))), ("orders", [])),
    "basket, negative": (lambda: a.basket(NEGATIVE, min_orders=1), ("orders", [])),
    "basket, emoji": (
        lambda: a.basket(
            orders(line(1, product="🧣"), line(1, product="עגיל"), line(2)), min_orders=1
        ),
        ("lift", [2.0]),
    ),
    "next_product, none": (lambda: a.next_product(orders()), ("users", [])),
    "next_product, negative": (lambda: a.next_product(NEGATIVE, min_customers=1), ("users", [])),
    "next_product, odd ids": (
        lambda: a.next_product(
            orders(*(line(f"{u}{i}", u, p, i) for u in ("NA", "007") for i, p in enumerate("🧣y"))),
            min_customers=1,
        ),
        ("users", [2]),
    ),
    "nps, none": (lambda: a.nps([]), ("n", [0])),
    "nps, empty answers": (lambda: a.nps([None, "", np.nan]), ("n", [0])),
    "nps, one": (lambda: a.nps([9], users=["NA"]), ("score", [100])),
    "nps, negative": (lambda: a.nps([9, -1]), "-1 is outside the scale 0-10"),
    "nps, emoji": (lambda: a.nps(["🙂", "😡"]), "'🙂' is not understood|labels"),
    "csat, none": (lambda: a.csat([]), ("n", [0])),
    "csat, one": (lambda: a.csat([5]), ("score", [100])),
    "csat, negative": (lambda: a.csat([-2]), "-2 is outside the scale 1-5"),
    "csat, own labels": (
        lambda: a.csat(["🙂", "😡"], labels=["😡", "🙁", "😐", "😊", "🙂"]),
        ("score", [50]),
    ),
    "ces, none": (lambda: a.ces([]), ("n", [0])),
    "ces, one": (lambda: a.ces([7]), ("score", [7])),
    "ces, negative": (lambda: a.ces([-1]), "-1 is outside the scale 1-7"),
    "sus, none": (lambda: a.sus([]), "ten questions, found 0"),
    "sus, one": (lambda: a.sus([[3] * 10]), ("score", [50])),
    "sus, negative": (lambda: a.sus([[-3] * 10]), "outside the scale 1-5"),
    "themes, none": (lambda: a.themes([]), "too few for themes"),
    "themes, one": (lambda: a.themes(["late again"]), "too few for themes"),
    "themes, only emoji": (lambda: a.themes(["🙂🙂"] * 30), "too few for themes"),
    "themes, all alike": (lambda: a.themes(["late again"] * 30), ("comments", [30])),
    "themes, right to left": (
        lambda: a.themes(["المنتج متأخر جدا", "الخدمة ممتازة"] * 10, 2),
        ("comments", [10, 10]),
    ),
    "service, none": (
        lambda: a.service(NO(columns=["channel", "solved"]), None),
        ("contacts", [0]),
    ),
    "service, negative": (lambda: a.service(WAITS), ("median_first_answer_minutes", [9, 1])),
    "promises, none": (lambda: a.promises([promise()]), ("verdict", ["not measured"])),
    "promises, negative": (lambda: a.promises([promise()], WAITS), ("n", [2])),
    "promises, no limit": (lambda: a.promises([promise(limit=None)], WAITS), "give it limit"),
    "survey_by, none": (lambda: a.survey_by(answer().head(0)), ("n", [])),
    "survey_by, one": (lambda: a.survey_by(answer(), "stage"), ("stage", ["use 🙂"])),
    "survey_by, no measure": (lambda: a.survey_by(answer(measure="cssat")), "Did you mean 'csat'"),
    "emotion_by_stage, none": (lambda: a.emotion_by_stage(answer().head(0)), ("n", [])),
    "emotion_by_stage, one": (lambda: a.emotion_by_stage(answer()), ("emotion", [2])),
    "emotion_by_stage, negative": (
        lambda: a.emotion_by_stage(answer(-9)),
        "-9 is outside the scale 1-5",
    ),
    "campaign_effect, none": (lambda: a.campaign_effect(SENT.head(0), SENT), ("sent", [])),
    "campaign_effect, nobody bought": (
        lambda: a.campaign_effect(SENT, SENT.head(0)),
        "nobody reached",
    ),
    "campaign_effect, odd ids": (
        lambda: a.campaign_effect(
            SENT.assign(user_id=["NA", "007"]),
            pd.DataFrame(
                {"user_id": ["NA", "7"], "timestamp": [START, START + pd.Timedelta("60D")]}
            ),
        ),
        ("rate_sent", [1]),
    ),
    "campaign_coverage, none": (
        lambda: a.campaign_coverage(SENT.head(0).assign(stage=""), ["use"]),
        ("gap", [True]),
    ),
    "campaign_coverage, odd": (
        lambda: a.campaign_coverage(SENT.assign(treatment="sentt", stage="use"), ["use"]),
        "Did you mean 'sent'",
    ),
    "sample_size, no base": (
        lambda: a.sample_size(0, 0.1),
        "base is 0: it must lie between 0 and 1",
    ),
    "sample_size, percent": (lambda: a.sample_size(10, 2), "base is 10: it must lie"),
    "sample_size, no lift": (lambda: a.sample_size(0.1, 0), "needs a difference"),
    "read_ab, none": (lambda: a.read_ab({}, {}), "two arms or more"),
    "read_ab, one arm": (lambda: a.read_ab({"a": 9}, {"a": 1}), "two arms or more"),
    "read_ab, no users": (
        lambda: a.read_ab({"a": 0, "b": 0}, {"a": 0, "b": 0}),
        "the test some users",
    ),
    "read_ab, negative": (
        lambda: a.read_ab({"a": 9, "b": -9}, {"a": 1, "b": 1}),
        "each arm needs .*some users",
    ),
    "read_ab, more than all": (
        lambda: a.read_ab({"a": 9, "b": 9}, {"a": 1, "b": 10}),
        "10 of 9 is no share",
    ),
    "read_ab, odd names": (
        lambda: a.read_ab({"🅰️": 99, "ב": 99}, {"🅰️": 9, "ב": 9}),
        ("arm", ["🅰️", "ב"]),
    ),
    "attribution_from_paths, none": (lambda: paths_of(way("a", 1).head(0)), "sums to 0"),
    "attribution_from_paths, nobody": (lambda: paths_of(way("a", 0)), "sums to 0"),
    "attribution_from_paths, negative": (
        lambda: paths_of(way("a", -1)),
        "Row 0 of the paths .*counts of 0",
    ),
    "attribution_from_paths, no count": (lambda: paths_of(way("a", None)), "Row 0 of the paths"),
    "attribution_from_paths, words": (lambda: paths_of(way("a", "many")), "Row 0 of the paths"),
    "attribution_from_paths, no path": (lambda: paths_of(way(None, 1)), "Row 0 of the paths"),
    "attribution_from_paths, emoji": (
        lambda: paths_of(way("📧 > קמפיין > 📧", 3)),
        ("conversions", [2, 1]),
    ),
    "rates, none": (lambda: a.rates(NO(columns=["user_id", "status"])), ("people", [0] * 4)),
    "rates, one": (
        lambda: a.rates(NO({"user_id": ["NA"], "status": ["lead"]})),
        ("people", [1, 0, 0, 0]),
    ),
    "rates, no status": (
        lambda: a.rates(NO({"user_id": ["a"], "status": [None]})),
        "no status of a lead",
    ),
    "rate_by, none": (lambda: a.rate_by(NO({"won": []}), "won"), ("n", [0])),
    "rate_by, neither": (lambda: a.rate_by(NO({"won": ["perhaps"]}), "won"), "neither yes nor no"),
    "rate_by, column": (lambda: a.rate_by(NO({"won": [1]}), "wn"), "Did you mean 'won'"),
}


def paths_of(frame):
    return a.attribution_from_paths(frame, **PATH)


@pytest.mark.parametrize("asked", TABLES)
def test_a_right_number_or_an_error_that_helps(asked):
    call, expected = TABLES[asked]
    if isinstance(expected, str):
        with pytest.raises(JourneykitError, match=expected) as caught:
            call()
        assert str(caught.value).endswith((".", "?"))
        return
    name, values = expected
    found = call()
    assert not np.isinf(found.select_dtypes("number").to_numpy(float)).any()
    numbers = bool(values) and not isinstance(values[0], str)
    assert found[name].tolist() == (pytest.approx(values) if numbers else values)


def test_every_function_that_gives_numbers_of_tables_is_asked():
    takes_events = {
        name for name in a.__all__ if "events" in signature(getattr(a, name)).parameters
    }
    asked = {name.split(",")[0] for name in TABLES}
    # What came with the catalogue is asked in test_catalogue.py, with every other number.
    left = set(a.__all__) - asked - takes_events - set(CATALOGUE)
    assert left == {"mask", "wilson", "sus_scores"}
    assert {"basket", "service", "survey_by", "rates", "campaign_effect"} <= asked | takes_events


def test_left_out_amounts_are_told():
    assert a.repeat_purchase(NEGATIVE).attrs["notes"] == [
        "2 lines of cancellations and returns left out."
    ]
    assert a.service(WAITS).attrs["notes"] == [
        "1 row with a first_answer_minutes below 0 left out: no time is."
    ]


def test_many_products_are_paired_without_a_table_of_all_pairs():
    frame = orders(*(line(i // 2, f"u{i % 1000 // 2}", f"p{i}", i // 2) for i in range(20_000)))
    assert a.basket(frame, 5, min_orders=1)["lift"].tolist() == [10_000.0] * 5
    assert a.next_product(frame.head(2_000), 5, min_customers=1)["users"].tolist() == [1] * 5


@pytest.mark.parametrize("kind", ["surveys", "support", "campaigns", "orders", "leads"])
def test_an_empty_table_is_refused_when_it_is_read(kind):
    with pytest.raises(DataError) as caught:
        read_table(
            kind, pd.DataFrame(columns=["user_id", "timestamp", "channel", "score", "order_id"])
        )
    assert str(caught.value).endswith((".", "?"))
