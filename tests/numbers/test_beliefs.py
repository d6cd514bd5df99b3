"""How well a team knew: held against a count by hand, whatever order or units guesses come in."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeykit.errors import DataError, UnknownName
from journeykit.model import Guess
from journeykit.numbers import belief_score, beliefs, wilson

GUESSES = pd.DataFrame(
    {
        "what": ["basket", "basket", "basket", "feeling", "basket"],
        "unit": ["%", "%", "%", "", "%"],
        "department": ["sales", "sales", None, "sales", "support"],
        "guess": [40, 60, 31, 1.0, 10],
        "low": [30, 50, None, 0.5, 31],
        "high": [50, 70, None, 1.5, 40],
        "truth": [31, 31, 31, 0.2, None],
    }
)


def test_scored_by_hand():
    scored = belief_score(GUESSES).set_index(["department", "unit"])
    sales = scored.loc[("sales", "%")]
    assert (sales["guesses"], sales["ranges"], sales["held"], sales["share"]) == (2, 2, 1, 0.5)
    assert (sales["bias"], sales["mean_error"]) == ((9 + 29) / 2, (9 + 29) / 2)
    assert (sales["low"], sales["high"]) == wilson(1, 2)
    assert sales["small_n"]
    unsaid = scored.loc[("(not said)", "%")]
    assert (unsaid["guesses"], unsaid["ranges"], unsaid["bias"]) == (1, 0, 0)
    assert math.isnan(unsaid["share"])
    assert math.isnan(unsaid["low"])
    feeling = scored.loc[("sales", "")]
    assert feeling["bias"] == pytest.approx(0.8)  # never put together with per cent
    assert feeling["held"] == 0
    assert len(scored) == 3, "without a truth there is nothing to score"


def test_a_guess_that_is_no_number_is_told():
    odd = GUESSES.assign(guess=["forty", 60, 31, 1.0, 10])
    assert beliefs(GUESSES).attrs["notes"] == []
    assert beliefs(odd).attrs["notes"] == ["1 row of guesses with what is no number."]
    assert len(beliefs(odd)) == len(beliefs(GUESSES)) - 1


def test_a_range_holds_the_truth_at_its_ends():
    ends = pd.DataFrame(
        {"what": "x", "guess": 5, "low": [1, 5, 5.1], "high": [5, 9, 9], "truth": 5}
    )
    assert beliefs(ends)["held"].tolist() == [1, 1, 0]


def test_records_and_tables_score_alike_and_private_guesses_are_left_out():
    records = [
        Guess(
            id="a",
            what="basket",
            guess=40,
            low=30,
            high=50,
            unit="%",
            department="sales",
            revealed=True,
            truth=31,
        ),
        Guess(id="b", what="basket", guess=99, unit="%", department="sales", truth=31),
    ]
    table = pd.DataFrame([record.model_dump() for record in records])
    pd.testing.assert_frame_equal(belief_score(records), belief_score(table))
    assert belief_score(records)["guesses"].tolist() == [1]
    assert belief_score([]).empty
    assert list(belief_score([]).columns) == list(belief_score(records).columns)


def test_over_time_and_by_question():
    dated = GUESSES.assign(run_date=["2026-01-01", "2026-02-01", "2026-02-01", None, None])
    assert belief_score(dated, by="run_date")["run_date"].tolist() == [
        "(not said)",
        "2026-01-01",
        "2026-02-01",
    ]
    assert belief_score(GUESSES, by="what")["guesses"].tolist() == [3, 1]


def test_what_is_missing_is_named():
    with pytest.raises(DataError, match="no column 'truth'"):
        beliefs(GUESSES.drop(columns="truth"))
    with pytest.raises(UnknownName, match="Did you mean 'department'"):
        belief_score(GUESSES, by="departement")


NUMBER = st.integers(0, 100)


@settings(max_examples=settings().max_examples * 2)
@given(
    st.lists(
        st.tuples(NUMBER, NUMBER, NUMBER, NUMBER, st.sampled_from(["a", "b"])),
        min_size=1,
        max_size=20,
    ),
    st.randoms(),
)
def test_the_order_of_guesses_does_not_matter(rows, dice):
    frame = pd.DataFrame(
        [
            {
                "what": d,
                "guess": g,
                "low": min(a, b),
                "high": max(a, b),
                "truth": t,
                "department": d,
            }
            for g, a, b, t, d in rows
        ]
    )
    mixed = frame.sample(frac=1, random_state=dice.randrange(2**32))
    one, other = belief_score(frame), belief_score(mixed)
    pd.testing.assert_frame_equal(one, other)
    assert one["held"].sum() == sum(min(a, b) <= t <= max(a, b) for _, a, b, t, _ in rows)
    assert (one["mean_error"] >= one["bias"].abs() - 1e-9).all()
    assert one["share"].between(one["low"], one["high"]).all()
