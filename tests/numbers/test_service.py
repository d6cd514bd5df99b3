"""Service by channel, and promises against what was measured."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeykit.errors import AnalysisError, DataError, UnknownName
from journeykit.model import Promise
from journeykit.numbers.promises import promises
from journeykit.numbers.service import service


def promise(measure="first_answer_minutes", limit=5, **more):
    return Promise(id="p", text="Soon", stage="help", measure=measure, limit=limit, **more)


def verdict(minutes, **more):
    frame = pd.DataFrame({"first_answer_minutes": minutes})
    return promises([promise(**more)], frame).iloc[0]


def test_service_per_channel():
    support = pd.DataFrame(
        {
            "channel": ["chat"] * 4 + ["mail"],
            "first_answer_minutes": [1, 2, 3, 40, 600.0],
            "solved": ["true", "no", "YES", "", "0"],
            "handovers": [0, 1, 1, 2, 0],
            "user_id": list("aabcd"),
        }
    )
    found = service(support).set_index("channel")
    assert found.loc["chat", ["contacts", "median_first_answer_minutes", "handovers"]].tolist() == [
        4,
        2.5,
        1,
    ]
    assert found.loc["chat", "solved_share"] == pytest.approx(2 / 3)
    assert found.loc["chat", "low"] < 2 / 3 < found.loc["chat", "high"]
    assert found["median_hold_minutes"].isna().all()
    assert list(found.index) == ["chat", "mail"]
    notes = service(support).attrs["notes"]
    assert notes == ["1 contact of 5 have no known outcome."]


def test_service_of_all_and_of_nothing():
    support = pd.DataFrame({"topic": ["a", "b"], "hold_minutes": [1.0, 3.0]})
    assert service(support, by=None)["median_hold_minutes"].tolist() == [2.0]
    assert service(support, by=None).attrs["notes"] == []
    with pytest.raises(UnknownName, match="no column 'channel'"):
        service(support)
    with pytest.raises(DataError, match="'maybe' in 'solved' is neither yes nor no"):
        service(support.assign(solved="maybe"), by="topic")


def test_verdicts_follow_the_interval_not_the_share():
    assert verdict([1.0] * 95 + [9.0] * 5)["verdict"] == "kept"
    assert verdict([1.0] * 82 + [9.0] * 18)["verdict"] == "undecided"
    assert verdict([1.0] * 60 + [9.0] * 40)["verdict"] == "broken"
    assert verdict([1.0] * 60 + [9.0] * 40, share=0.5)["verdict"] == "kept"
    few = verdict([1.0] * 3)
    assert (few["verdict"], few.small_n, few.kept, few.n) == ("undecided", True, 3, 3)
    assert few.unit == "minutes"


@given(st.lists(st.floats(0, 60), min_size=1, max_size=60), st.floats(0, 60))
def test_a_wider_limit_never_keeps_fewer(minutes, limit):
    narrow, wide = verdict(minutes, limit=limit), verdict(minutes, limit=limit + 1)
    assert narrow.kept <= wide.kept
    assert narrow.kept == sum(x <= limit for x in minutes)
    assert 0 <= narrow.low <= narrow.share <= narrow.high <= 1


def test_a_missing_measure_is_not_measured_and_says_what_it_needs():
    rows = promises(
        [promise("hold_minutes"), promise(None, None)], pd.DataFrame({"channel": ["chat"]})
    )
    assert rows["verdict"].tolist() == ["not measured"] * 2
    assert rows["n"].tolist() == [0, 0]
    assert "no table has a column “hold_minutes”" in rows.attrs["notes"][0]
    assert promises([promise()])["verdict"].tolist() == ["not measured"]


def test_limits_are_asked_for():
    frame = pd.DataFrame({"first_answer_minutes": [1.0], "promised_minutes": [2.0]})
    with pytest.raises(AnalysisError, match="has no limit"):
        promises([promise(limit=None)], frame)
    with pytest.raises(UnknownName, match="Did you mean 'promised_minutes'"):
        promises([promise(limit=None, limit_column="promised_minute")], frame)
    own = promises([promise(limit=None, limit_column="promised_minutes")], frame).iloc[0]
    assert own.kept == 1


def test_channel_filters_and_more_is_better_for_satisfaction():
    support = pd.DataFrame(
        {"channel": ["chat", "mail"], "first_answer_minutes": [1.0, 99.0], "satisfaction": [5, 2]}
    )
    assert promises([promise(channel="chat")], support).loc[0, ["kept", "n"]].tolist() == [1, 1]
    assert promises([promise("satisfaction", 4)], support).loc[0, ["kept", "n"]].tolist() == [1, 2]


def orders(days, missing=0):
    """One order a day from the first of March, all promised within 3 days."""
    rows = [
        {
            "order_id": i,
            "user_id": i,
            "timestamp": pd.Timestamp("2026-03-01") + pd.Timedelta(days=i),
            "promised_days": 3,
            "delivered_days": d,
        }
        for i, d in enumerate([*days, *[np.nan] * missing])
    ]
    return pd.DataFrame(rows)


ON_TIME = promise("delivered_days", None, limit_column="promised_days", share=0.9)


def test_deliveries_count_per_order_by_the_slowest_line():
    lines = orders([2] * 40)
    more = lines.head(10).assign(delivered_days=9)
    row = promises([ON_TIME], orders=pd.concat([lines, more])).iloc[0]
    assert (row.n, row.kept, row["verdict"]) == (37, 27, "broken")


def test_what_has_not_arrived_when_due_is_late_and_recent_orders_wait():
    row = promises([ON_TIME], orders=orders([2] * 40, missing=6))
    assert row.loc[0, ["n", "kept"]].tolist() == [43, 40]
    assert row.attrs["notes"] == ["3 orders had not arrived when due: late."]


def test_deliveries_that_nobody_wrote_down_are_not_late():
    frame = orders([2] * 40)
    frame.loc[::2, "delivered_days"] = np.nan
    row = promises([ON_TIME], orders=frame)
    assert row.loc[0, "kept"] == row.loc[0, "n"]
    assert "without a delivery on record" in row.attrs["notes"][0]


def test_one_customer_with_many_contacts_decides_nothing():
    frame = pd.DataFrame(
        {
            "first_answer_minutes": [1.0] * 90 + [9.0] * 10,
            "user_id": ["a"] * 90 + list("bcdefghijk"),
        }
    )
    row = promises([promise(share=0.8)], frame).iloc[0]
    assert row["verdict"] == "undecided"
    assert (
        promises([promise(share=0.8)], frame.drop(columns="user_id")).iloc[0]["verdict"] == "kept"
    )


def test_empty_tables_give_no_rows_but_all_columns():
    filled = pd.DataFrame({"channel": ["chat"], "hold_minutes": [1.0]})
    assert list(service(filled.iloc[:0]).columns) == list(service(filled).columns)
    assert promises([promise("hold_minutes")], filled.iloc[:0])["verdict"].tolist() == [
        "not measured"
    ]


def test_a_column_of_words_where_numbers_are_meant_is_left_out_and_told():
    contacts = pd.DataFrame({"channel": ["chat"], "hold_minutes": ["long"], "handovers": [2]})
    found = service(contacts)
    assert found[["contacts", "handovers"]].values.tolist() == [[1, 2]]
    assert found.attrs["notes"] == ["hold_minutes is left out: its cells are no numbers."]
