"""Which of their columns is which of ours."""

from __future__ import annotations

import contextlib

import numpy as np
import pandas as pd
import pytest

from journeykit.errors import DataError, UnknownName
from journeykit.tables import read_events
from journeykit.tables.names import own_names, renamed

TIMES = ["2026-01-05 10:00", "2026-01-05 10:01", "2026-01-06 09:00", "2026-01-06 09:30"]


def frame(user, event, time, **others):
    return pd.DataFrame(
        {user: ["a", "a", "b", "b"], event: ["x", "y", "x", "y"], time: TIMES} | others
    )


@pytest.mark.parametrize(
    "names",
    [
        ("user_id", "event", "timestamp"),
        ("userId", "eventName", "createdAt"),
        ("Customer ID", "Activity", "Timestamp"),
        ("case:concept:name", "concept:name", "time:timestamp"),
        ("patient", "handling", "time"),
        ("visitor-id", "ACTION", "Date/Time"),
        ("distinct_id", "event", "time"),
        ("Kundennummer", "Aktivität", "Zeitpunkt"),
    ],
)
def test_known_names(names):
    events = read_events(frame(*names))
    assert (events.users, events.names) == (2, ["x", "y"])
    assert events.contract.columns | {} == dict(
        zip(["user_id", "event", "timestamp"], names, strict=True)
    )
    for ours, theirs in events.contract.columns.items():
        said = f"took column '{theirs}' as {ours}" in events.contract.assumptions
        assert said == (ours != theirs)


def test_other_columns_get_our_names_and_the_rest_keeps_its_own():
    events = read_events(
        frame(
            "user_id",
            "event",
            "timestamp",
            utm_medium="email",
            deviceCategory="mobile",
            colour="red",
        )
    )
    assert events.columns == ["channel", "device", "colour"]
    assert events.frame()["channel"].tolist() == ["email"] * 4


def test_what_is_given_is_taken():
    log = frame(
        "user_id", "event", "timestamp", medium="email", shop=["p", "q", "p", "q"], channel="web"
    )
    events = read_events(log, user_id="shop", channel="medium", colour="event", event="event")
    assert sorted(set(events.frame()["user_id"])) == ["p", "q"]
    assert events.frame()["channel"].unique().tolist() == ["email"]
    assert "source_user_id" in events.columns
    assert "source_channel" in events.columns


def test_none_says_that_there_is_no_such_column():
    log = frame("user_id", "event", "timestamp", medium="email")
    assert read_events(log, channel=None).columns == ["medium"]


def test_a_column_that_is_not_there():
    with pytest.raises(
        UnknownName, match=r"no column 'costumer' to be user_id. Did you mean 'customer'\?"
    ):
        read_events(frame("customer", "event", "timestamp"), user_id="costumer")
    assert read_events(frame("customer", "event", "timestamp"), user_id="Customer").users == 2
    with pytest.raises(DataError, match="column the kit makes itself"):
        read_events(frame("user_id", "event", "timestamp", x=1), position="x")


def test_a_user_column_that_is_mostly_empty_gives_way():
    log = frame("user_id", "event_name", "event_timestamp", user_pseudo_id=["p", "p", "q", "r"])
    log["user_id"] = ["a", None, None, None]
    events = read_events(log)
    assert events.users == 3
    assert (
        "the columns look like an export of Google Analytics 4 (BigQuery export)"
        in events.contract.assumptions
    )
    [told] = [found for found in events.contract.findings if found.code == "identity"]
    assert told.message.startswith("'user_id' is not in all rows")


def content_log(rows=400):
    random = np.random.default_rng(3)
    users = random.integers(0, 60, rows)
    return pd.DataFrame(
        {
            "c1": [f"k{user}" for user in users],
            "c2": random.choice(["open", "search", "read", "pay", "leave"], rows),
            "c3": pd.Timestamp("2026-01-01")
            + pd.to_timedelta(random.integers(0, 10**6, rows), unit="s"),
            "c4": [["web", "shop"][user % 2] for user in users],
            "c5": random.random(rows).round(3),
        }
    )


def test_columns_without_telling_names_are_known_by_content():
    events = read_events(content_log())
    assert events.contract.columns == {"user_id": "c1", "event": "c2", "timestamp": "c3"}
    assert events.columns == ["c4", "c5"]
    assert any(
        "took column 'c2' as event: 5 different texts" in words
        for words in events.contract.assumptions
    )


def test_columns_in_doubt_are_asked_for():
    log = content_log().assign(c6=content_log()["c2"].to_numpy()[::-1])
    with pytest.raises(DataError) as problem:
        read_events(log)
    said = str(problem.value)
    assert "Which column is event (what happened)?" in said
    assert "'c1', 'c2', 'c3'" in said
    assert 'event="…"' in said
    assert "--column event=THEIRS" in said
    assert read_events(log, event="c6").columns == ["c2", "c4", "c5"]


def test_all_is_asked_for_where_nothing_fits():
    with pytest.raises(
        DataError,
        match=r"column is user_id \(who\) and which is event \(what happened\) and which is timestamp",
    ):
        read_events(pd.DataFrame({"p": [1.5, 2.5], "q": [3.5, 4.5]}))


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("name", "vendor", "columns"),
    [
        ("amplitude_event_data.csv", "Amplitude (events)", ("user_id", "event_type", "event_time")),
        ("mixpanel_event.csv", "Mixpanel (flat export)", ("distinct_id", "name", "time")),
        ("ga4_flat_event.csv", "Google Analytics 4 (flat table)", ("user_id", "name", "timestamp")),
    ],
)
def test_exports_of_vendors(shared_data, name, vendor, columns):
    contract = read_events(shared_data("fivetran_export_shapes") / name).contract
    assert f"the columns look like an export of {vendor}" in contract.assumptions
    assert tuple(contract.columns[ours] for ours in ("user_id", "event", "timestamp")) == columns


@pytest.mark.parametrize(
    ("name", "ours"), [(" ", "column"), ("\t\n", "column"), ("\0", "column"), ("pl\0an", "plan")]
)
@pytest.mark.parametrize("how", ["frame", "parquet"])
def test_a_column_without_a_name_of_its_own_is_read(name, ours, how, tmp_path):
    log = frame("user_id", "event", "timestamp", **{name: ["p", "q", "p", "q"]})
    if how == "parquet":
        log.to_parquet(tmp_path / "log.parquet")
    events = read_events(log if how == "frame" else tmp_path / "log.parquet")
    assert events.frame()[ours].tolist() == ["p", "q", "p", "q"]


def test_a_file_whose_name_is_no_text_is_read_or_refused_in_a_sentence(tmp_path):
    path = tmp_path / "log\udcff.csv"
    frame("user_id", "event", "timestamp").to_csv(path, index=False)
    with contextlib.suppress(DataError):
        assert read_events(path).users == 2


def test_a_column_without_a_name_is_said_to_have_none():
    said = renamed(own_names(["", "a\0b", "row", " "], ["row"]))
    assert said == [
        "kept column '' as column: it has no name",
        "kept column 'a\0b' as ab: it has no name",
        "kept column 'row' as source_row: the name is taken",
        "kept column ' ' as source_column: it has no name",
    ]
