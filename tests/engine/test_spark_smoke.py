"""The one test of `make test` on a real Spark: its numbers are those that DuckDB gives."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from journeykit import numbers
from journeykit.tables import read_events

pytestmark = [pytest.mark.spark, pytest.mark.xdist_group("spark")]


def test_funnel_and_transitions_on_spark_are_those_of_duckdb(table_of: Any) -> None:
    users = {"it's": "visit cart pay", "007": "visit cart visit", "NA": "cart visit pay"}
    rows = [(user, event) for user, words in users.items() for event in words.split()]
    log = pd.DataFrame(rows, columns=["user_id", "event"])
    # An hour that the clocks of the session's zone leave out lies within.
    log["timestamp"] = pd.date_range("2026-03-29 00:50", periods=len(log), freq="20min")
    here, there = read_events(log), read_events(table_of("spark", log))
    for ask in (
        lambda events: numbers.funnel(events, ["visit", "cart", "pay"], within="1 hour"),
        numbers.transitions,
    ):
        wanted, found = ask(here), ask(there)
        assert len(wanted) >= 3
        pd.testing.assert_frame_equal(found, wanted, rtol=1e-9)
