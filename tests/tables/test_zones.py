"""Zones: words are understood or refused, and no time is read as if nothing stood behind it."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeykit.errors import DataError, JourneykitError
from journeykit.tables import read_events, read_table


def read(values, **options):
    log = pd.DataFrame(
        {"user_id": [f"u{i}" for i in range(len(values))], "event": "x", "timestamp": values}
    )
    return read_events(log, **options)


def instants(values, **options):
    frame = read(values, **options).frame().sort_values("user_id", kind="stable")
    return frame["timestamp"].dt.strftime("%Y-%m-%d %H:%M:%S").tolist()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-07-13 02:50:00 CEST", "2026-07-13 00:50:00"),
        ("2026-03-13 02:50:00 CET", "2026-03-13 01:50:00"),
        ("2026-03-13 02:50 PST", "2026-03-13 10:50:00"),
        ("2026-07-13T02:50PDT", "2026-07-13 09:50:00"),
        ("2026-03-13 02:50:00 EST", "2026-03-13 07:50:00"),
        ("2026-07-13 02:50:00 EDT", "2026-07-13 06:50:00"),
        ("2026-07-13 02:50:00 MST", "2026-07-13 09:50:00"),
        ("2026-07-13 02:50:00 BST", "2026-07-13 01:50:00"),
        ("2026-07-13 02:50:00 GMT+1", "2026-07-13 01:50:00"),
        ("2026-07-13 02:50:00 UTC+01:00", "2026-07-13 01:50:00"),
        ("2026-07-13 02:50:00 UTC-5", "2026-07-13 07:50:00"),
        ("2026-07-13 02:50:00 +0530", "2026-07-12 21:20:00"),
        ("2026-07-13 02:50:00.25 -0530", "2026-07-13 08:20:00"),
        ("2026-07-13 02:50:00+05", "2026-07-12 21:50:00"),
        ("2026-07-13T02:50Z", "2026-07-13 02:50:00"),
        ("2026-07-13t02:50:00z", None),
        ("2026-07-13T02:50:00+02:00[Europe/Berlin]", "2026-07-13 00:50:00"),
        ("2026-07-13T02:50:00[Europe/Berlin]", "2026-07-13 00:50:00"),
        ("2026-07-13 02:50:00 America/Argentina/Buenos_Aires", "2026-07-13 05:50:00"),
        ("2026-07-13 02:50 PM GMT+1", "2026-07-13 13:50:00"),
        ("03/13/2026 9:21 PM PST", "2026-03-14 05:21:00"),
        ("03/13/2026 9:21 AM GMT+1", "2026-03-13 08:21:00"),
        ("13.03.2026 09:21 MEZ", "2026-03-13 08:21:00"),
        ("13 Mar 2026 10:21:14 CET", "2026-03-13 09:21:14"),
        ("March 13, 2026 at 9:21 PM EST", "2026-03-14 02:21:00"),
        ("Fri, 13 Mar 2026 10:21:14 +0100", "2026-03-13 09:21:14"),
        ("Fri Mar 13 10:21:14 CET 2026", "2026-03-13 09:21:14"),
        ("Friday, March 13, 2026 10:21:14 AM PDT", "2026-03-13 17:21:14"),
        ("13/Mar/2026:10:21:14 +0100", "2026-03-13 09:21:14"),
        (
            "Fri Mar 13 2026 10:21:14 GMT+0100 (Central European Standard Time)",
            "2026-03-13 09:21:14",
        ),
        ("20260313T102114Z", "2026-03-13 10:21:14"),
        ("2026-03-01T10:00:00.123456789Z", "2026-03-01 10:00:00"),
        ("2026-03-01T10:00:00,123456789Z", "2026-03-01 10:00:00"),
        ("2026-03-01T10:00:00.123456789", "2026-03-01 10:00:00"),
        ("2026-03-13 24:00:00", "2026-03-14 00:00:00"),
        ("2026-03-13 10:21 PM", "2026-03-13 22:21:00"),
        ("2026-03-13 10:21 p.m.", "2026-03-13 22:21:00"),
        ("3/13/26, 10:21\u202fPM", "2026-03-13 22:21:00"),
        ("3/13/26 10:21PM", "2026-03-13 22:21:00"),
        ("13-Mar-26 10:21", "2026-03-13 10:21:00"),
        ("13MAR2026 10:21", "2026-03-13 10:21:00"),
        ("13th March 2026", "2026-03-13 00:00:00"),
        ("2026-Mar-13", "2026-03-13 00:00:00"),
        ("2026-03-13 23:59:60", None),
        ("13 Mär 2026", "2026-03-13 00:00:00"),
        ("13 mars 2026", "2026-03-13 00:00:00"),
        ("2026-03-13 10:21:14 soon", None),
        ("2026-03-13 (BC)", None),
        ("2026-03-13 BC", None),
        ("infinity", None),
        ("2026-03-13 25:21 PM", None),
        ("2026-07-13 02:50:00 IST", None),
        ("2026-07-13 02:50:00 A", None),
        ("2026-07-13 02:50:00 XYZT", None),
        ("2026-07-13 02:50:00 Europe/Berlni", None),
        ("2026-07-13 02:50:00+99:00", None),
    ],
)
def test_zones(value, expected):
    if expected is None:
        with pytest.raises(DataError):
            read([value])
    else:
        assert instants([value]) == [expected]
        assert instants([value] * 3) == [expected] * 3


def test_autumn_is_a_quarter_of_an_hour():
    log = pd.DataFrame(
        {
            "user_id": "a",
            "event": ["visit", "buy"],
            "timestamp": ["2026-10-25 02:50:00 CEST", "2026-10-25 02:05:00 CET"],
        }
    )
    for zone in ("", "Europe/Berlin"):
        events = read_events(log, timezone=zone)
        journey = events._ask("SELECT event, seconds_to_next FROM {journey} ORDER BY position")
        assert journey["event"].tolist() == ["visit", "buy"]
        assert journey["seconds_to_next"][0] == 900
    assert events.frame()["timestamp"].dt.strftime("%H:%M").tolist() == ["02:50", "02:05"]


def test_what_words_were_taken_for_is_said():
    notes = read(["2026-07-13 02:50:00 CEST", "2026-03-13 02:50:00 CET"]).contract.assumptions
    assert "read the zones in 'timestamp': CEST as UTC+2, CET as UTC+1" in notes
    assert "turned 'timestamp' to UTC" in notes


@pytest.mark.parametrize("word", ["IST", "CST", "XYZ", "B"])
def test_a_zone_that_is_not_known_is_refused_with_the_fix(word):
    with pytest.raises(DataError, match=rf"{word}'\).*an offset such as \+01:00"):
        read([f"2026-07-13 02:50:00 {word}"] * 3)


PLAIN = [f"2026-03-13 10:{minute:02}:00" for minute in range(60)]


@pytest.mark.parametrize(
    ("others", "odd"),
    [
        (PLAIN, "31/12/2026"),
        (PLAIN, "n/a"),
        (PLAIN, "2026-03-13T10:00:00Z"),
        (PLAIN, "2026-03-13 10:00:00 IST"),
        (PLAIN, "13 Mar 2026 10:00"),
        (PLAIN, "1773397274"),
        ([f"{text} CET" for text in PLAIN], "2026-03-13 10:00:00"),
        ([f"{text} CET" for text in PLAIN], "2026-03-13 10:00:00 IST"),
        ([f"{text}Z" for text in PLAIN], "2026-03-13 10:00:00"),
        ([f"{text}Z" for text in PLAIN], "2026-03-13 10:00:00 soon"),
        ([f"13/03/2026 10:{m:02}" for m in range(60)], "03/13/2026 10:00"),
        ([f"13/03/2026 10:{m:02}" for m in range(60)], "2026-03-13 10:00"),
        ([str(1773397274 + m) for m in range(60)], "1773397274000"),
        ([str(1773397274 + m) for m in range(60)], "2026-03-13"),
        ([str(1773397274 + m) for m in range(60)], "0"),
    ],
)
def test_one_odd_cell_only_sets_its_row_aside(others, odd):
    contract = read([*others, odd]).contract
    assert (contract.usable, contract.set_aside) == (60, 1)
    assert "timestamp-is-not-a-time" in {finding.code for finding in contract.findings}


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Asia/Kathmandu"])
@pytest.mark.parametrize("arrow", [False, True])
def test_frames_and_parquet_with_a_zone(tmp_path, unit, zone, arrow):
    times = pd.to_datetime(["2026-07-01 10:00:00", "2026-10-25 01:30:00"], utc=True)
    stamps = pd.Series(times.tz_convert(zone).as_unit(unit))
    if arrow:
        stamps = stamps.astype(f"timestamp[{unit}, tz={zone}][pyarrow]")
    frame = pd.DataFrame({"user_id": ["a", "b"], "event": "x", "timestamp": stamps})
    frame.to_parquet(tmp_path / "log.parquet")
    for source in (frame, tmp_path / "log.parquet"):
        events = read_events(source)
        assert events.frame()["timestamp"].tolist() == [*times.tz_localize(None)]
        assert "turned 'timestamp' to UTC" in events.contract.assumptions


# --- whose day it is -----------------------------------------------------------------------


def in_berlin(**options):
    log = pd.DataFrame(
        {
            "user_id": ["early", "late", "late"],
            "event": ["visit", "visit", "pay"],
            # in Berlin: 31 January 23:30, 1 February 00:30, 1 March 00:10
            "timestamp": ["2026-01-31T22:30:00Z", "2026-01-31T23:30:00Z", "2026-02-28T23:10:00Z"],
        }
    )
    return read_events(log, timezone="Europe/Berlin", **options)


def test_months_and_bounds_are_those_of_the_zone():
    from journeykit.numbers.cohorts import retention, stickiness

    events = in_berlin()
    cohorts = retention(events, period="month").query("period == 0")
    assert cohorts["cohort"].dt.strftime("%Y-%m").tolist() == ["2026-01", "2026-02"]
    assert stickiness(events)["month"].dt.strftime("%m").tolist() == ["01", "02", "03"]
    february = in_berlin(since="2026-02-01", until="2026-02-28")
    assert february.frame()["user_id"].tolist() == ["late"]
    assert in_berlin(since="2026-02-01T00:00:00+01:00").count == 2
    assert in_berlin(until="2026-01-31").count == 1
    assert (events.start, events.end) == (
        dt.datetime(2026, 1, 31, 23, 30),
        dt.datetime(2026, 3, 1, 0, 10),
    )
    assert (events.contract.start, events.contract.end) == (events.start, events.end)
    assert "turned 'timestamp' to Europe/Berlin" in events.contract.assumptions
    assert events.contract.timezone == "Europe/Berlin"


def test_times_without_a_zone_stay_as_they_are():
    events = read(["2026-03-29 02:30:00", "2026-10-25 02:30:00"], timezone="Europe/Berlin")
    assert events.start == dt.datetime(2026, 3, 29, 2, 30)
    assert any("no time has a zone" in note for note in events.contract.assumptions)


def test_hours_and_days_of_other_tables(tmp_path):
    answers = pd.DataFrame(
        {"score": [9, 3], "timestamp": ["2026-01-31T23:30:00Z", "2026-07-01T23:30:00Z"]}
    )
    answers.to_csv(tmp_path / "a.csv", index=False)
    for source in (answers, tmp_path / "a.csv"):
        frame = read_table("surveys", source, measure="nps", timezone="Europe/Berlin")
        assert frame["timestamp"].dt.strftime("%m-%d %H").tolist() == ["02-01 00", "07-02 01"]


def test_an_unknown_zone_is_refused():
    for name in ("Europe/Berlni", "CEST", "Mars"):
        with pytest.raises(DataError, match="is no time zone"):
            read(PLAIN, timezone=name)


def test_the_cache_tells_zones_apart(tmp_path):
    assert in_berlin(cache=tmp_path).start == in_berlin(cache=tmp_path).start
    log = ["2026-01-31T22:30:00Z"]
    assert read(log, cache=tmp_path, timezone="Asia/Tokyo").start == dt.datetime(2026, 2, 1, 7, 30)
    assert read(log, cache=tmp_path).start == dt.datetime(2026, 1, 31, 22, 30)


# --- what stands for no time, and the order of a file -------------------------------------------


@pytest.mark.parametrize(
    "stray",
    [
        "1970-01-01 00:00:00", "1900-01-01", "1899-12-30 00:00:00", "0001-01-01",
        "2106-02-07 06:28:15", "9999-12-31", "2999-01-01", "2038-01-19 03:14:07",
    ],
)  # fmt: skip
def test_a_stray_time_moves_no_period(stray):
    days = pd.date_range("2026-01-01", periods=60).strftime("%Y-%m-%d %H:%M:%S").tolist()
    for some in (days, days[:2]):
        events = read([*some[:1], stray, *some[1:]])
        assert events.contract.set_aside == 1
        assert (events.start, events.end) == tuple(map(pd.Timestamp, (some[0], some[-1])))
        codes = {finding.code for finding in events.contract.findings}
        assert "timestamp-lies-far-from-all-others" in codes


def test_old_and_late_logs_are_no_strays():
    assert read(["1962-05-01", "1962-05-03", "1969-01-01"]).contract.set_aside == 0
    assert read(["2009-05-01", "2026-05-03", "2026-06-01"]).contract.set_aside == 0
    assert read(["2126-05-01", "2126-05-03", "2126-06-01"]).contract.set_aside == 0


@pytest.mark.parametrize("stray", ["1980-01-01", "2000-01-01 00:00:01", "2001-01-01"])
def test_a_clock_that_was_set_back_is_a_stray_among_many(stray):
    days = pd.date_range("2026-01-01", periods=60).strftime("%Y-%m-%d %H:%M:%S").tolist()
    events = read([*days[:30], stray, *days[30:]])
    assert (events.contract.set_aside, events.start) == (1, pd.Timestamp(days[0]))
    assert read(["2009-05-01"] * 10 + days).contract.set_aside == 0  # ten of 70 are a history


@pytest.mark.parametrize("stray", ["2106-02-07 06:28:15", "9999-12-31", "0001-01-01", "1970-01-01"])
@pytest.mark.parametrize("kind", ["surveys", "support", "orders", "campaigns", "leads"])
def test_a_stray_row_of_another_table_is_set_aside(tmp_path, kind, stray):
    days = pd.date_range("2026-01-01", periods=40).strftime("%Y-%m-%d %H:%M:%S").tolist()
    frame = pd.DataFrame({"timestamp": [*days, stray], "user_id": range(41)})
    frame = frame.assign(order_id=range(41), score=9, campaign="x", channel="chat", source="ad")
    frame.to_csv(tmp_path / "t.csv", index=False)
    said = {"measure": "nps"} if kind == "surveys" else {}
    for source in (frame, tmp_path / "t.csv"):
        table = read_table(kind, source, **said)
        assert table["timestamp"].max() == pd.Timestamp(days[-1])
        assert (len(table), table.attrs["contract"].set_aside) == (40, 1)


def falling(users=("a", "b"), by_user=False):
    """Visits, then a cart and a purchase in one second, the newest row first."""
    rows = [
        (user, event, pd.Timestamp("2026-03-01") + pd.Timedelta(days=n, seconds=second))
        for n, user in enumerate(users)
        for event, second in (("visit", 0), ("cart", 5), ("buy", 5), ("thanks", 9))
    ]
    log = pd.DataFrame(rows, columns=["user_id", "event", "timestamp"])[::-1]
    return log.sort_values("user_id", kind="stable") if by_user else log


STEPS = ["visit", "cart", "buy", "thanks"]


def orders(events):
    frame = events.frame()
    return [frame["event"][frame["user_id"] == user].tolist() for user in frame["user_id"].unique()]


@pytest.mark.parametrize("by_user", [False, True])
def test_a_file_in_descending_order_is_read_from_its_end(tmp_path, by_user):
    log = falling(by_user=by_user)
    log.to_csv(tmp_path / "log.csv", index=False)
    log.to_parquet(tmp_path / "log.parquet", index=False)
    for source in (log, tmp_path / "log.csv", tmp_path / "log.parquet"):
        events = read_events(source)
        assert orders(events) == [STEPS, STEPS]
        assert any("descending order" in note for note in events.contract.assumptions)


def test_each_file_of_a_glob_has_its_own_order(tmp_path):
    falling(["a", "b"]).to_csv(tmp_path / "1.csv", index=False)
    falling(["c", "d"])[::-1].to_csv(tmp_path / "2.csv", index=False)
    falling(["e"]).to_csv(tmp_path / "3.csv", index=False)
    events = read_events(str(tmp_path / "*.csv"))
    assert orders(events) == [STEPS] * 5
    assert any("2 of 3 files" in note for note in events.contract.assumptions)


def test_ascending_and_unsorted_files_are_as_they_were():
    log = falling()[::-1]
    mixed = pd.concat([log[4:], log[:4], falling(["c"])[::-1]])
    for frame in (log, mixed, log.sort_values("user_id", kind="stable")):
        events = read_events(frame)
        assert all(one == STEPS for one in orders(events))
        assert not any("descending" in note for note in events.contract.assumptions)


# --- other tables ------------------------------------------------------------------------------


def test_times_that_cannot_be_read_at_all_are_an_error():
    answers = pd.DataFrame({"score": [9, 3, 5], "timestamp": ["gestern", "heute", "morgen"]})
    contract = read_table("surveys", answers, measure="nps").attrs["contract"]
    found = [f for f in contract.findings if f.code == "unreadable-cells"]
    assert [f.level for f in found] == ["error"]
    assert "3 cells of 'timestamp' are not a time: taken as empty." in found[0].message
    assert found[0].example == "gestern"
    answers["timestamp"] = ["2026-03-01", "gestern", None]
    contract = read_table("surveys", answers, measure="nps").attrs["contract"]
    assert [f.level for f in contract.findings if f.code == "unreadable-cells"] == ["warning"]


def test_halves_of_a_day_with_a_zone_are_read_in_other_tables():
    answers = pd.DataFrame(
        {"score": [9, 3], "timestamp": ["03/13/2026 9:21 AM GMT+1", "03/13/2026 9:21 PM GMT+1"]}
    )
    frame = read_table("surveys", answers, measure="nps")
    assert frame["timestamp"].dt.strftime("%d %H:%M").tolist() == ["13 08:21", "13 20:21"]


# --- properties --------------------------------------------------------------------------------

FORMATS = [
    "%Y-%m-%d %H:%M:%S%z", "%Y-%m-%dT%H:%M:%S.%f%z", "%Y/%m/%d %H:%M:%S %z", "%d %b %Y %H:%M:%S %z",
    "%a, %d %b %Y %H:%M:%S %z", "%B %d, %Y %I:%M:%S %p %z", "%d.%m.%Y %H:%M:%S %z",
    "%Y-%m-%d %I:%M:%S %p GMT%z", "%d/%b/%Y:%H:%M:%S %z", "%Y%m%dT%H%M%S%z",
    "%a %b %d %Y %H:%M:%S GMT%z (there)", "%Y-%m-%d %H:%M:%S {key}", "%Y-%m-%dT%H:%M:%S%z[{key}]",
    "%d.%m.%y %H:%M:%S {key}",
]  # fmt: skip
ZONES = [
    "Europe/Berlin", "America/New_York", "America/St_Johns", "Asia/Kathmandu", "Asia/Tokyo",
    "Australia/Lord_Howe", "Pacific/Apia", "UTC", "America/Sao_Paulo", "Africa/Casablanca",
]  # fmt: skip
MOMENTS = st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2026, 1, 1)).map(
    lambda time: time.replace(microsecond=0, tzinfo=dt.UTC)
)


@given(
    st.sampled_from(FORMATS),
    st.lists(st.tuples(MOMENTS, st.sampled_from(ZONES)), min_size=1, max_size=8),
)
def test_what_python_writes_is_what_is_read(form, written):
    texts, expected = [], []
    for moment, name in written:
        zone = ZoneInfo(name if "{key}" not in form or "/" in name else "Europe/Berlin")
        local = moment.astimezone(zone)
        if form.endswith("{key}") and (
            local.fold or local.replace(fold=1).utcoffset() != local.utcoffset()
        ):
            continue  # such an hour is there twice, and nothing says which it is
        texts.append(local.strftime(form).replace("{key}", zone.key))
        expected.append(moment.strftime("%Y-%m-%d %H:%M:%S"))
    if texts:
        assert instants(texts, day_first=True) == expected
        for zone in ("Asia/Tokyo", "America/New_York"):
            events = read(texts, day_first=True, timezone=zone).frame().sort_values("user_id")
            there = [
                dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC).astimezone(ZoneInfo(zone))
                for text in expected
            ]
            assert events["timestamp"].tolist() == [time.replace(tzinfo=None) for time in there]


@given(st.lists(MOMENTS, min_size=2, max_size=30, unique=True), st.randoms())
def test_shuffled_rows_change_nothing(moments, chance):
    rows = [
        (f"u{n % 3}", f"e{n % 4}", f"{moment:%Y-%m-%d %H:%M:%S} CET")
        for n, moment in enumerate(moments)
    ]
    frames = []
    for _ in range(2):
        chance.shuffle(rows)
        frames.append(
            read_events(pd.DataFrame(rows, columns=["user_id", "event", "timestamp"])).frame()
        )
    pd.testing.assert_frame_equal(*frames)


CODE = """
from journeykit.tables import read_events
import pandas as pd
log = pd.DataFrame({"user_id": ["a"] * 3, "event": ["x", "y", "z"], "timestamp": %r})
events = read_events(log, timezone=%r)
print(events.frame().to_csv(), events.start, events.end, events.contract.findings)
"""


@pytest.mark.parametrize(
    "times",
    [
        ["2026-10-25 02:50:00 CEST", "2026-10-25 02:05:00 CET", "2026-03-29 02:30:00 CET"],
        ["2026-10-25 02:50:00", "2026-10-25 02:05:00", "2026-03-29 02:30:00"],
        ["1773397274", "1773397275", "1773397276"],
    ],
)
def test_the_zone_of_the_process_changes_nothing(times):
    told = {
        subprocess.run(
            [sys.executable, "-c", CODE % (times, zone)],
            env=os.environ | {"TZ": process},
            capture_output=True, text=True, check=True,
        ).stdout
        for process in ("Asia/Tokyo", "America/New_York")
        for zone in ("Europe/Berlin",)
    }  # fmt: skip
    assert len(told) == 1
    assert len(told.pop()) > 100


def test_a_workshop_says_whose_day_it_is(tmp_path):
    from journeykit import funnel, open_workshop

    (tmp_path / "personas").mkdir()
    (tmp_path / "personas" / "p.yaml").write_text("id: p\nname: P\n")
    top = "schema: 2\nname: x\ntimezone: Europe/Berlin\nstages: [{id: a, name: A}]\n"
    data = "data: {events: {source: e.csv}, surveys: {source: s.csv}}\n"
    (tmp_path / "workshop.yaml").write_text(top + data)
    in_berlin().frame().assign(
        timestamp=["2026-01-31T22:30:00Z", "2026-01-31T23:30:00Z", "2026-02-28T23:10:00Z"]
    ).to_csv(tmp_path / "e.csv", index=False)
    pd.DataFrame(
        {"score": [9, 3], "measure": "nps", "timestamp": ["2026-01-31T22:30Z", "2026-01-31T23:30Z"]}
    ).to_csv(tmp_path / "s.csv", index=False)
    workshop = open_workshop(tmp_path, persona="p", since="2026-02-01", until="2026-02-28")
    assert workshop.events.frame()["timestamp"].tolist() == [pd.Timestamp("2026-02-01 00:30")]
    assert workshop.table("surveys")["timestamp"].tolist() == [pd.Timestamp("2026-02-01 00:30")]
    fold = ["2026-10-25T02:50:00+02:00", "2026-10-25T02:05:00+01:00"]
    log = pd.DataFrame({"user_id": "a", "event": ["visit", "pay"], "timestamp": fold})
    events = read_events(log, timezone="Europe/Berlin")
    assert funnel(events, ["visit", "pay"])["users"].tolist() == [1, 1]
    (tmp_path / "workshop.yaml").write_text(top.replace("Berlin", "Berlni"))
    with pytest.raises(JourneykitError, match=r"Did you mean 'Europe/Berlin'\?"):
        open_workshop(tmp_path, persona="p").workshop  # noqa: B018
