"""Where nobody is: a funnel by a column of no customer, and times between stages of nobody."""

from __future__ import annotations

import json

import pandas as pd

from journeykit import charts
from journeykit.charts import renderer
from journeykit.numbers.funnel import funnel
from journeykit.numbers.timing import stage_times
from journeykit.tables import read_events

LOG = pd.DataFrame(
    {
        "user_id": list("aab"),
        "event": ["pay", "visit", "visit"],
        "timestamp": pd.date_range("2026-03-02", periods=3),
        "device": ["pc", "pc", "phone"],
    }
)


def test_times_between_stages_of_nobody_are_a_picture():
    frame = stage_times(read_events(LOG), {"visit": "visit", "pay": "pay"})
    assert frame[["users", "not_yet"]].values.tolist() == [[0, 2]]
    picture = charts.stage_times(frame)
    json.dumps(renderer.spec(picture), allow_nan=False)
    assert "<svg" in renderer.svg(picture, "Times")


def test_a_funnel_by_a_column_that_nobody_has_a_value_of():
    events = read_events(LOG)
    nobody = events.of_users([])
    for how in ({}, {"within": "1d"}, {"unit": "session"}):
        assert funnel(nobody, ["visit", "pay"], by="device", **how).empty
        assert funnel(nobody, ["visit", "pay"], **how).iloc[:, 2].tolist() == [0, 0]
