"""What is said about the data, and what is set aside."""

from __future__ import annotations

import pandas as pd
import pytest

from journeykit.errors import DataError
from journeykit.tables import Contract, Finding, read_events

START = pd.Timestamp("2026-03-02 10:00")


def log(n=100, users=25, **columns):
    frame = pd.DataFrame(
        {
            "user_id": [f"u{i % users}" for i in range(n)],
            "event": [["visit", "look", "buy"][i % 3] for i in range(n)],
            "timestamp": [START + pd.Timedelta(minutes=i) for i in range(n)],
        }
    )
    return frame.assign(**columns)


def codes(events):
    return {finding.code: finding.message for finding in events.contract.findings}


def test_a_clean_log_has_nothing_to_find():
    events = read_events(log())
    assert events.contract.findings == []
    assert events.contract.assumptions == []
    assert events.describe().splitlines() == [
        "25 users, 100 events, 25 sessions.",
        "a frame of 100 rows: 100 rows, 100 used, 0 set aside.",
        "25 users, 100 events, from 2026-03-02 to 2026-03-02.",
    ]


def bad_log():
    frame = log(10)
    frame.loc[0, "user_id"] = None
    frame.loc[1, "user_id"] = "  "
    frame.loc[2, "event"] = ""
    frame.loc[3, "timestamp"] = None
    return frame.assign(reason="theirs")


def test_bad_rows_are_counted_and_written_to_a_file(tmp_path):
    frame = bad_log()
    contract = read_events(frame, cache=tmp_path).contract
    assert (contract.rows, contract.usable, contract.set_aside) == (10, 6, 4)
    aside = pd.read_csv(contract.set_aside_path)
    assert contract.set_aside_path.startswith(str(tmp_path / "set-aside-"))
    assert aside["reason"].tolist() == ["no user_id", "no user_id", "no event", "no timestamp"]
    assert aside["row"].tolist() == [1, 2, 3, 4]
    assert aside["event"].fillna("").tolist() == ["visit", "look", "", "visit"]
    assert aside["source_reason"].unique().tolist() == ["theirs"]
    levels = {finding.code: finding.level for finding in contract.findings}
    assert levels["no-user-id"] == "error"
    assert levels["no-event"] == "warning"
    assert not list(tmp_path.glob(".*"))


def test_bad_rows_are_kept_in_memory_without_a_cache():
    contract = read_events(bad_log()).contract
    assert contract.set_aside_path is None
    assert len(contract.set_aside_rows) == 4


def test_lines_that_do_not_split_are_set_aside(tmp_path):
    lines = [
        "user_id,event,timestamp",
        "a,x,2026-01-01",
        "a,y",
        "b,x,2026-01-02,more",
        "b,y,2026-01-03",
    ]
    (tmp_path / "e.csv").write_text("\n".join(lines) + "\n")
    events = read_events(tmp_path / "e.csv", cache=tmp_path / "c")
    assert (events.contract.rows, events.contract.set_aside, events.count) == (4, 2, 2)
    aside = pd.read_csv(events.contract.set_aside_path)
    assert aside["text"].tolist() == ["a,y", "b,x,2026-01-02,more"]
    assert aside["row"].tolist() == [3, 4]
    assert aside["reason"].str.startswith("the line does not split into the columns").all()


def test_repeats_of_an_event_id_are_set_aside():
    frame = log(30, event_id=[f"e{i}" for i in range(30)])
    frame = pd.concat([frame, frame.iloc[[3, 4]]], ignore_index=True)
    events = read_events(frame)
    assert events.count == 30
    assert events.contract.set_aside == 2
    assert "2 of 32 rows were set aside: the event id was there before." in events.describe()
    assert "event_id" not in events.columns


def test_the_id_of_a_kind_of_event_is_not_the_id_of_an_event():
    events = read_events(log(30, event_id=[f"kind{i % 3}" for i in range(30)]))
    assert events.count == 30
    assert events.columns == ["event_id"]
    assert (
        read_events(
            log(30, event_id=[f"kind{i % 3}" for i in range(30)]), event_id="event_id"
        ).count
        == 3
    )


def test_repeats_of_whole_rows_are_told_and_kept():
    frame = pd.concat([log(), log().iloc[:7]], ignore_index=True)
    events = read_events(frame)
    assert events.count == 107
    assert codes(events)["duplicates"].startswith("7 events repeat another one in every column.")
    assert "duplicates" not in codes(read_events(frame.assign(page=range(107))))


def test_times_in_the_future():
    frame = log()
    frame.loc[90:, "timestamp"] = pd.Timestamp.now() + pd.Timedelta(days=400)
    assert codes(read_events(frame))["future"].startswith("10 events lie in the future")
    frame = log()
    frame.loc[5, "timestamp"] = pd.Timestamp.now() + pd.Timedelta(days=400)
    stray = codes(read_events(frame))["timestamp-lies-far-from-all-others"]
    assert stray.startswith("1 of 100 rows were set aside")


def test_days_without_data():
    frame = pd.concat(
        [log(50), log(50).assign(timestamp=lambda t: t["timestamp"] + pd.Timedelta(days=4))]
    )
    assert codes(read_events(frame))["gap-days"].startswith(
        "3 of 5 days have no event at all (the first is 2026-03-03)"
    )
    few = frame.iloc[[0, 1, 60, 61]]
    assert "gap-days" not in codes(read_events(few))


def test_one_event_that_is_nearly_everything():
    frame = log()
    frame["event"] = ["heartbeat"] * 95 + ["visit"] * 5
    assert "'heartbeat' makes up 95% of all events" in codes(read_events(frame))["dominant-event"]


def test_one_user_that_is_much():
    frame = log()
    frame.loc[:30, "user_id"] = "robot"
    message = codes(read_events(frame))["busy-user"]
    assert message.startswith("One user made 31% of all events")
    assert "'robot'" not in message  # ids of customers stay out of what is shown


def test_spelling_ties_and_empty_columns():
    frame = log(nothing=None, blank="")
    frame["timestamp"] = START
    frame.loc[0, "event"] = "Visit"
    found = codes(read_events(frame))
    assert "2 event names differ only in case" in found["spelling"]
    assert "75% of the events have the same time" in found["ties"]
    assert found["empty-columns"] == "2 columns are empty and were left out ('nothing', 'blank')."


def test_findings_come_with_the_most_serious_first():
    frame = bad_log()
    frame["event"] = "x"
    levels = [finding.level for finding in read_events(frame).contract.findings]
    assert levels == sorted(levels, key=["error", "warning", "info"].index)
    assert len(set(levels)) > 1


def test_nothing_usable(tmp_path):
    with pytest.raises(
        DataError, match=r"No row of a frame of 3 rows can be used \(no user_id: 3 rows\)"
    ):
        read_events(log(3, user_id=None), user_id="user_id")
    with pytest.raises(DataError, match="column names and no rows"):
        read_events(log(0))
    (tmp_path / "e.csv").write_text("user_id,event,timestamp\n")
    with pytest.raises(DataError, match=r"e\.csv has column names and no rows"):
        read_events(tmp_path / "e.csv")


def test_where_no_time_is_one_the_first_is_shown(tmp_path):
    (tmp_path / "e.csv").write_text("user_id,event,timestamp\nu1,a,2026-W03-2\nu2,b,2026-W04-1\n")
    with pytest.raises(DataError, match=r"timestamp is not a time: 2 rows.*“2026-W03-2”"):
        read_events(tmp_path / "e.csv")


def test_nothing_there(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("empty.csv", "empty.parquet"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "noise.parquet").write_bytes(b"no parquet at all" * 10)
    (tmp_path / "cut.csv.gz").write_bytes(b"\x1f\x8b\x08\x00broken")
    (tmp_path / "x.xlsx").write_bytes(b"PK")
    for source, said in [
        ("nowhere.csv", "There is no file 'nowhere.csv'"),
        ("*.tsv", "There is no file"),
        (tmp_path, "is a folder. Give a glob"),
        ("empty.csv", "empty.csv cannot be read. It is empty"),
        ("noise.parquet", "Which column is user_id"),
        ("empty.parquet", "empty.parquet cannot be read"),
        ("cut.csv.gz", "cut.csv.gz"),
        ("x.xlsx", "Which column is user_id"),
        ("e*", "cannot be read"),
        (42, "cannot be read from a int"),
    ]:
        with pytest.raises(DataError, match=said.replace("*", r"\*") if source != "e*" else said):
            read_events(source)
    with pytest.raises(DataError, match="'a' twice"):
        read_events(pd.DataFrame([[1, 2]], columns=["a", "a"]))


def test_a_contract_survives_being_stored():
    contract = Contract(
        "x.csv",
        3,
        2,
        1,
        2,
        2,
        START.to_pydatetime(),
        None,
        {"user_id": "Größe"},
        ["took …"],
        [Finding("warning", "future", "1 event …")],
        "/somewhere/x.csv",
    )
    assert Contract.from_json(contract.to_json()) == contract


@pytest.mark.parametrize("kind", ["parquet", "category", "csv"])
def test_cells_of_blanks_are_missing_cells(tmp_path, kind):
    frame = pd.DataFrame(
        {
            "user_id": ["a", " ", "b", "b", None],
            "event": ["x", "x", "y", "z", "x"],
            "timestamp": pd.to_datetime(["2026-01-01"] * 5),
            "channel": ["ad", "ad", "", "ad", "ad"],
        }
    )
    source = frame.astype({"user_id": "category", "channel": "category"})
    if kind != "category":
        source = tmp_path / f"events.{kind}"
        frame.to_csv(source, index=False) if kind == "csv" else frame.to_parquet(source)
    events = read_events(source)
    assert (events.contract.set_aside, events.users) == (2, 2)
    assert "2 of 5 rows were set aside: no user_id." in [
        f.message for f in events.contract.findings
    ]
    assert events.frame()["channel"].isna().tolist() == [False, True, False]
