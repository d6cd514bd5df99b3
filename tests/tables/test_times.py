"""Times in every spelling."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from journeykit.errors import DataError
from journeykit.tables import read_events


def read(values, **options):
    log = pd.DataFrame(
        {"user_id": [f"u{i}" for i in range(len(values))], "event": "x", "timestamp": values}
    )
    return read_events(log, **options)


def times(values, **options):
    return (
        read(values, **options)
        .frame()["timestamp"]
        .dt.strftime("%Y-%m-%dT%H:%M:%S.%f")
        .str.rstrip("0")
        .tolist()
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-03-13 10:21:14", "2026-03-13T10:21:14."),
        ("2026-03-13T10:21:14.5", "2026-03-13T10:21:14.5"),
        ("2026-03-13 10:21:14,25", "2026-03-13T10:21:14.25"),
        ("2026/03/13 10:21", "2026-03-13T10:21:00."),
        (" 2026-03-13 10:21 ", "2026-03-13T10:21:00."),
        ("2026-03-13T10:21:14Z", "2026-03-13T10:21:14."),
        ("2026-03-13 10:21:14 UTC", "2026-03-13T10:21:14."),
        ("2026-03-13T10:21:14+02:00", "2026-03-13T08:21:14."),
        ("2026-03-13T10:21:14-0530", "2026-03-13T15:51:14."),
        ("2026-03-13 10:21:14 Europe/Berlin", "2026-03-13T09:21:14."),
        ("1773397274", "2026-03-13T10:21:14."),
        ("1773397274.5", "2026-03-13T10:21:14.5"),
        ("1773397274123", "2026-03-13T10:21:14.123"),
        ("1773397274123456", "2026-03-13T10:21:14.123456"),
        ("20260313", "2026-03-13T00:00:00."),
        ("20260313102114", "2026-03-13T10:21:14."),
        ("13 Mar 2026 10:21", "2026-03-13T10:21:00."),
        ("Mar 13, 2026", "2026-03-13T00:00:00."),
        ("13.03.2026 10:21", "2026-03-13T10:21:00."),
        ("3/13/2026 10:21:14 PM", "2026-03-13T22:21:14."),
        ("13/03/26 10:21", "2026-03-13T10:21:00."),
        (1773397274, "2026-03-13T10:21:14."),
        (1773397274123, "2026-03-13T10:21:14.123"),
        (1773397274.25, "2026-03-13T10:21:14.25"),
        (dt.date(2026, 3, 13), "2026-03-13T00:00:00."),
        (pd.Timestamp("2026-03-13 10:21", tz="Asia/Tokyo"), "2026-03-13T01:21:00."),
        (pd.Timestamp("2026-03-13 10:21"), "2026-03-13T10:21:00."),
    ],
)
def test_spellings(value, expected):
    assert times([value]) == [expected]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (1773397274, "as seconds since 1970"),
        (1773397274123, "as milliseconds since 1970"),
        (1773397274123456, "as microseconds since 1970"),
        ("2026-03-13T10:21:14+02:00", "turned 'timestamp' to UTC"),
        ("13/03/2026", "with the day first"),
        ("03/13/2026", "with the month first"),
        ("20260313", "dates spelled in digits"),
    ],
)
def test_what_was_assumed_is_told(value, told):
    assert any(told in words for words in read([value]).contract.assumptions)


def test_zones_and_none_do_not_mix():
    values = ["2026-03-13T10:00:00Z", "2026-03-13T11:00:00+01:00", "2026-03-13T10:00:00"]
    with pytest.raises(DataError) as problem:
        read(values)
    assert "with a zone (2, such as '2026-03-13T10:00:00Z')" in str(problem.value)
    assert "without (1, such as '2026-03-13T10:00:00')" in str(problem.value)
    events = read(values[:2])
    assert events.frame()["timestamp"].nunique() == 1
    assert "mixed-zones" in {finding.code for finding in events.contract.findings}


def test_units_do_not_mix():
    with pytest.raises(DataError, match="1 like seconds and 1 like milliseconds"):
        read([1773397274, 1773397274123])


def test_day_or_month_first_is_asked_for_where_it_cannot_be_told():
    with pytest.raises(DataError, match="day_first=True or day_first=False"):
        read(["03/04/2026"])
    assert times(["03/04/2026"], day_first=True) == ["2026-04-03T00:00:00."]
    assert times(["03/04/2026"], day_first=False) == ["2026-03-04T00:00:00."]
    assert times(["03/04/2026", "13/04/2026"])[0] == "2026-04-03T00:00:00."
    with pytest.raises(DataError, match="mixes dates with the day first and with the month first"):
        read(["13/04/2026", "04/13/2026"])


def test_cells_that_are_no_time_are_set_aside():
    contract = read(["2026-03-13 10:00", "soon", None, "2026-02-30 10:00"]).contract
    assert (contract.usable, contract.set_aside) == (1, 3)
    assert sorted(contract.set_aside_rows["reason"]) == [
        "no timestamp",
        "timestamp is not a time",
        "timestamp is not a time",
    ]


def test_days_without_a_time_of_day_are_told():
    codes = {finding.code for finding in read(["2026-03-13", "2026-03-14"]).contract.findings}
    assert "days-only" in codes
