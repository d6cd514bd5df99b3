"""The journey table: positions, next events, sessions, pairs, and whatever the input is like."""

from __future__ import annotations

import gzip
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from journeykit import engine
from journeykit.engine import run
from journeykit.errors import DataError
from journeykit.tables import read_events

START = pd.Timestamp("2026-03-02 10:00")


def journey(events):
    return run("SELECT * FROM {j} ORDER BY user_id, position", j=events.journey)


def log(rows, **columns):
    """Rows of (user, event, minute)."""
    frame = pd.DataFrame(rows, columns=["user_id", "event", "timestamp"])
    frame["timestamp"] = START + pd.to_timedelta(frame["timestamp"], unit="min")
    return frame.assign(**columns)


def test_positions_next_events_and_sessions():
    events = read_events(
        log([("b", "x", 0), ("a", "buy", 45), ("a", "visit", 0), ("a", "look", 14.5)])
    )
    table = journey(events)
    assert table["user_id"].tolist() == ["a", "a", "a", "b"]
    assert table["position"].tolist() == [1, 2, 3, 1]
    assert table["event"].tolist() == ["visit", "look", "buy", "x"]
    assert table["next_event"].tolist()[:2] == ["look", "buy"]
    assert table["next_event"].isna().tolist() == [False, False, True, True]
    assert table["seconds_to_next"].tolist()[:2] == [870, 1830]
    assert table["session"].tolist() == [1, 1, 2, 3]
    assert table["session_position"].tolist() == [1, 2, 1, 1]
    assert table["duration_seconds"].isna().all()
    assert (events.users, events.count, events.sessions_count) == (2, 4, 3)
    assert (events.start, events.end) == (
        START.to_pydatetime(),
        (START + pd.Timedelta("45min")).to_pydatetime(),
    )


def test_a_pause_of_exactly_the_gap_is_the_same_session():
    frame = log([("a", "x", 0), ("a", "y", 30), ("a", "z", 60.01)])
    assert journey(read_events(frame))["session"].tolist() == [1, 1, 2]
    assert journey(read_events(frame, sessions="29min"))["session"].tolist() == [1, 2, 3]
    for wrong in ("soon", "1800"):
        with pytest.raises(DataError, match="is no pause"):
            read_events(frame, sessions=wrong)


def test_sessions_of_the_source_even_where_they_overlap():
    frame = log(
        [("a", "x", 0), ("a", "y", 1), ("a", "z", 2), ("b", "x", 0)],
        session_id=["s2", "s1", "s2", "s1"],
    )
    table = journey(read_events(frame, sessions="source"))
    assert table["session"].tolist() == [1, 2, 1, 3]
    assert table["session_position"].tolist() == [1, 1, 2, 1]
    assert journey(read_events(frame))["session"].tolist() == [1, 1, 1, 2]
    with pytest.raises(DataError, match="needs a column session_id"):
        read_events(frame.drop(columns="session_id"), sessions="source")


def test_ties_keep_the_order_of_the_source():
    names = [f"e{number:03}" for number in range(300)]
    frame = log([("a", name, 0) for name in names])
    assert journey(read_events(frame))["event"].tolist() == names
    assert journey(read_events(frame[::-1]))["event"].tolist() == names[::-1]


def test_ties_over_several_files(tmp_path):
    for number, name in enumerate(["p1", "p0", "p2"]):
        log([("a", f"{name}-{i}", 0) for i in range(3)]).to_csv(
            tmp_path / f"{number}.csv", index=False
        )
        log([("a", f"{name}-{i}", 0) for i in range(3)]).iloc[:, ::-1].to_csv(
            tmp_path / f"part{number}.csv.gz", index=False
        )
    expected = [f"{name}-{i}" for name in ("p1", "p0", "p2") for i in range(3)]
    assert journey(read_events(tmp_path / "[0-9].csv"))["event"].tolist() == expected
    assert journey(read_events(str(tmp_path / "part*.csv.gz")))["event"].tolist() == expected


def descends(frame):
    """Whether its rows, all in all or those of each of its sorted users, go back in time."""
    rows = list(frame[["user_id", "timestamp"]].itertuples(index=False, name=None))
    steps = [(a == b, late - early) for (a, early), (b, late) in pairwise(rows)]
    own = [step for same, step in steps if same]
    zero = pd.Timedelta(0)
    falls, climbs = sum(s < zero for _, s in steps), sum(s > zero for _, s in steps)
    own_falls, own_climbs = sum(s < zero for s in own), sum(s > zero for s in own)
    by_user = own_climbs * 100 <= own_falls and 2 * len(own) > len(steps)
    return falls > 0 and (climbs * 100 <= falls or by_user)


def expected_journey(frame):
    """The same in pandas, row by row; a file that descends is read from its end."""
    frame = frame[::-1] if descends(frame) else frame
    frame = frame.assign(user_id=frame["user_id"].astype(str)).sort_values(
        ["user_id", "timestamp"], kind="stable"
    )
    rows, session = [], 0
    for _, own in frame.groupby("user_id", sort=True):
        times, names = own["timestamp"].tolist(), own["event"].tolist()
        for i, (time, name) in enumerate(zip(times, names, strict=True)):
            opens = i == 0 or time - times[i - 1] > pd.Timedelta("30min")
            session, place = (session + 1, 1) if opens else (session, place + 1)  # noqa: F821
            last = i + 1 == len(times)
            rows.append(
                (
                    i + 1,
                    name,
                    None if last else names[i + 1],
                    None if last else (times[i + 1] - time).total_seconds(),
                    session,
                    place,
                )
            )
    return rows


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["u1", "u2", "ü3", "NA"]), st.sampled_from("abc"), st.integers(0, 200)
    ),
    min_size=1,
    max_size=40,
)


@given(ROWS)
@example([("u1", "a", 1), ("u1", "a", 0), ("u1", "b", 0)])  # descends: the tie is read backwards
def test_it_equals_a_plain_walk_over_the_rows(rows):
    frame = log(rows)
    table = journey(read_events(frame, user_id="user_id", event="event", timestamp="timestamp"))
    columns = ["position", "event", "next_event", "seconds_to_next", "session", "session_position"]
    got = table[columns].astype(object).where(table[columns].notna(), None)
    assert list(got.itertuples(index=False, name=None)) == expected_journey(frame)


@pytest.mark.parametrize("piece", [1_000_000, 70_000])
def test_it_equals_a_plain_walk_over_many_rows(tmp_path, monkeypatch, piece):
    """More rows than one block of the engine, so that order over blocks counts; and in pieces."""
    monkeypatch.setattr("journeykit.tables.journey._PIECE_EVENTS", piece)
    random = np.random.default_rng(7)
    n = 300_000
    frame = pd.DataFrame(
        {
            "user_id": random.integers(0, 5_000, n).astype(str),
            "event": random.choice(list("abcdef"), n),
            "timestamp": START + pd.to_timedelta(random.integers(0, 100_000, n), unit="s"),
        }
    )
    frame.to_csv(tmp_path / "events.csv", index=False)
    table = journey(read_events(tmp_path / "events.csv", cache=tmp_path / "cache"))
    ordered = frame.sort_values(["user_id", "timestamp"], kind="stable").reset_index(drop=True)
    assert table["event"].tolist() == ordered["event"].tolist()
    own = ordered.groupby("user_id")
    assert (table["position"] == own.cumcount() + 1).all()
    assert table["next_event"].fillna("-").tolist() == own["event"].shift(-1).fillna("-").tolist()
    gap = own["timestamp"].diff()
    opens = gap.isna() | (gap > pd.Timedelta("30min"))
    # Only within a piece are they numbered without a gap.
    assert table["session"].is_monotonic_increasing
    assert (table["session"].rank(method="dense") == opens.cumsum()).all()
    assert (table["session"].nunique() == table["session"].max()) == (piece > n)
    assert (table["session_position"] == ordered.groupby(opens.cumsum()).cumcount() + 1).all()
    assert (
        table["seconds_to_next"].dropna().to_numpy() == gap.dropna().dt.total_seconds().to_numpy()
    ).all()


PAIRS = pd.DataFrame(
    [
        ("p1", "x-ray", "start", "i1", "2026-01-01 10:00"),
        ("p1", "x-ray", "complete", "i1", "2026-01-01 10:20"),
        ("p1", "x-ray", "start", "i2", "2026-01-01 10:10"),
        ("p1", "x-ray", "complete", "i2", "2026-01-01 10:15"),
        ("p1", "talk", "complete", "i3", "2026-01-01 12:00"),
        ("p2", "talk", "start", "i4", "2026-01-01 09:00"),
        ("p2", "talk", "scheduled", "i4", "2026-01-01 08:00"),
        ("p2", "x-ray", "complete", "i5", "2026-01-01 08:00"),
        ("p2", "x-ray", "start", "i5", "2026-01-01 08:30"),
    ],
    columns=["patient", "handling", "registration_type", "handling_id", "time"],
)


def test_start_and_complete_become_one_event():
    events = read_events(PAIRS, lifecycle="registration_type", instance="handling_id")
    table = journey(events)
    assert list(
        zip(table["user_id"], table["event"], table["timestamp"].dt.strftime("%H:%M"), strict=True)
    ) == [
        ("p1", "x-ray", "10:00"),
        ("p1", "x-ray", "10:10"),
        ("p1", "talk", "12:00"),
        ("p2", "x-ray", "08:30"),
        ("p2", "talk", "09:00"),
    ]
    assert table["duration_seconds"].fillna(-1).tolist() == [1200, 300, -1, -1, -1]
    contract = events.contract
    assert (contract.rows, contract.usable, contract.set_aside, contract.events) == (9, 8, 1, 5)
    told = " ".join(finding.message for finding in contract.findings)
    assert "1 of 9 rows were set aside: lifecycle is neither start nor complete" in told
    assert "1 of 5 events have a complete and no start" in told
    assert "1 of 5 events have a start and no complete" in told
    assert "1 of 5 events end before they start" in told


def test_without_an_instance_the_first_start_goes_with_the_first_complete():
    table = journey(read_events(PAIRS.drop(columns="handling_id").iloc[:4]))
    assert table["duration_seconds"].tolist() == [900, 600]


def test_a_column_called_lifecycle_that_means_something_else_stays_a_column():
    events = read_events(log([("a", "x", 0), ("b", "y", 1)], lifecycle=["new", "returning"]))
    assert events.columns == ["lifecycle"]
    assert events.count == 2


def test_since_and_until():
    frame = log([("a", "x", 0), ("a", "y", 60 * 24), ("b", "z", 60 * 48)])
    assert read_events(frame, until="2026-03-03").names == ["x", "y"]
    assert read_events(frame, until="2026-03-03 09:00").names == ["x"]
    assert read_events(frame, until="2026-03-03 10:00").names == ["x", "y"]
    events = read_events(frame, since="2026-03-03")
    assert events.names == ["y", "z"]
    assert "1 of 3 events lie outside the period asked for." in events.describe()
    with pytest.raises(DataError, match=r"no event in the period.*2026-03-02 to 2026-03-04"):
        read_events(frame, since="2027-01-01")
    with pytest.raises(DataError, match="is later than until"):
        read_events(frame, since="2026-03-03", until="2026-03-02")
    with pytest.raises(DataError, match="is not a date"):
        read_events(frame, since="last week")


def test_ids_that_look_like_nothing_are_ids(tmp_path):
    text = "user_id,event,timestamp\n" + "".join(
        f"{user},visit,2026-01-0{day} 10:00\n"
        for day, user in enumerate(["NA", "null", "007", "7", "nan", "None", "true"], 1)
    )
    (tmp_path / "ids.csv").write_text(text)
    events = read_events(tmp_path / "ids.csv")
    assert set(journey(events)["user_id"]) == {"NA", "null", "007", "7", "nan", "None", "true"}
    assert events.contract.set_aside == 0
    assert events.of_users(["007"]).count == 1
    frame = pd.DataFrame({"user_id": ["NA", "007", None], "event": "x", "timestamp": START})
    assert set(journey(read_events(frame))["user_id"]) == {"NA", "007"}


def test_ids_stored_as_fractions_are_whole_numbers(tmp_path):
    frame = pd.DataFrame({"user_id": [17850.0, 12.0, None], "event": "x", "timestamp": START})
    frame.to_csv(tmp_path / "e.csv", index=False)
    for events in (read_events(frame), read_events(tmp_path / "e.csv")):
        assert set(journey(events)["user_id"]) == {"17850", "12"}
        assert "read the ids in 'user_id' without their '.0'" in events.contract.assumptions
        assert events.contract.set_aside == 1
    mixed = pd.DataFrame({"user_id": ["1.0", "1", "x.0"], "event": "x", "timestamp": START})
    assert set(journey(read_events(mixed))["user_id"]) == {"1.0", "1", "x.0"}


@pytest.mark.parametrize(
    "names",
    [["🛒 Kauf", "👀"], ["שלום", "مرحبا"], ["it's", 'say "hi"'], ["a;b", "a,b"], ["x\ny", "z"]],
)
def test_any_event_name(tmp_path, names):
    frame = log([("a", names[0], 0), ("a", names[1], 1)])
    frame.to_csv(tmp_path / "e.csv", index=False)
    for events in (read_events(frame), read_events(tmp_path / "e.csv")):
        assert sorted(events.names) == sorted(names)
        assert journey(events)["next_event"].tolist()[0] == names[1]


@pytest.mark.parametrize("count", [50_000, 70_000])
def test_very_many_event_names(count, tmp_path):
    frame = pd.DataFrame(
        {
            "user_id": [f"u{i % 100}" for i in range(count)],
            "event": [f"event {i}" for i in range(count)],
            "timestamp": START + pd.to_timedelta(np.arange(count), unit="s"),
        }
    )
    events = read_events(frame, cache=tmp_path, user_id="user_id")
    assert len(events.names) == count
    assert (
        run("SELECT count(*) AS n FROM {j} WHERE event = 'event 49999'", j=events.journey)["n"][0]
        == 1
    )


def test_one_user_one_event_one_row():
    events = read_events(log([("a", "x", 0)]))
    assert (events.users, events.count, events.sessions_count, events.names) == (1, 1, 1, ["x"])
    assert {finding.code for finding in events.contract.findings} >= {"one-user", "one-event"}


HARD_NAMES = [
    "n",
    "value",
    "rank",
    "first",
    "opened",
    "seconds_to_next",
    "position",
    "stage",
    "turn",
    "reason",
    "row",
    "v",
    "user",
    "choice",
    "Select",
    "c0",
    "Next_Event",
    "{j}",
    "",
    "events",
    "journey",
    "typed",
    "raw",
]


def test_other_columns_may_be_called_anything(tmp_path):
    frame = log([("a", "x", 0), ("a", "x", 0), ("b", None, 1)])
    for name in HARD_NAMES:
        frame[name] = "q"
    frame[" spaced "] = "q"
    events = read_events(frame, user_id="user_id", cache=tmp_path)
    assert "source_seconds_to_next" in events.columns
    assert "source_position" in events.columns
    assert "source_Next_Event" in events.columns
    assert "spaced" in events.columns
    assert events.count == 2
    assert events.segment({"rank": "q", "choice": "q"}).count == 2
    assert any(finding.code == "duplicates" for finding in events.contract.findings)
    paired = frame.assign(lifecycle=["start", "complete", "start"])
    assert read_events(paired, user_id="user_id").count == 1


def test_numbers_become_numbers_and_codes_stay_texts(tmp_path):
    text = (
        "user_id,event,timestamp,price,visits,zip_code,plan,amount_paid,promo_id\n"
        "a,x,2026-01-01,9.50,3,01234,NA,12,7\n"
        "a,y,2026-01-02,10,,99999,basic,,8\n"
    )
    (tmp_path / "e.csv").write_text(text)
    frame = read_events(tmp_path / "e.csv", value="price").frame()
    assert frame["value"].tolist() == [9.5, 10.0]
    assert frame["visits"].tolist()[0] == 3
    assert frame["zip_code"].tolist() == ["01234", "99999"]
    assert frame["plan"].tolist() == ["NA", "basic"]
    assert frame["promo_id"].tolist() == ["7", "8"]
    assert frame["amount_paid"].isna().tolist() == [False, True]


def test_nested_columns_become_texts():
    frame = log([("a", "x", 0)], params=[{"k": 1}], tags=[["p", "q"]])
    read = read_events(frame).frame()
    assert (read["tags"].tolist(), read["params.k"].tolist()) == (['["p", "q"]'], [1])


def test_parquet_with_nested_columns_and_zones(tmp_path):
    path = tmp_path / "e.parquet"
    engine.reader().execute(
        f"COPY (SELECT 7 AS user_id, 'x' AS event, TIMESTAMPTZ '2026-01-01 10:00+02' AS timestamp, "
        f"{{'a': 1}} AS props, 1.25::DECIMAL(9, 2) AS price) TO '{path}'"
    )
    events = read_events(path, value="price")
    row = events.frame().iloc[0]
    assert (row["user_id"], row["value"], row["props.a"]) == ("7", 1.25, 1)
    assert row["timestamp"] == pd.Timestamp("2026-01-01 08:00")


def test_gzip_latin_and_utf16(tmp_path):
    text = "Kunde;Ereignis;Zeit\n1;Größe gewählt;2026-01-01 10:00\n2;Kauf;2026-01-02 10:00\n"
    (tmp_path / "latin.csv").write_bytes(text.encode("latin-1"))
    (tmp_path / "utf16.csv").write_bytes(text.encode("utf-16"))
    (tmp_path / "zipped.csv.gz").write_bytes(gzip.compress(text.encode("utf-8-sig")))
    for name in ("latin.csv", "utf16.csv", "zipped.csv.gz"):
        assert sorted(read_events(tmp_path / name).names) == ["Größe gewählt", "Kauf"]
