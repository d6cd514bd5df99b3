"""Numbers on a table of Spark are those that DuckDB gives; in `make nightly` also those that take
long, and every one through Ibis (test_by_night.py).

The log is a part of the retail sample, with what is hard in it: names with quotes, backslashes and
other scripts, events at the same time, days around the change to summer time, missing values.
"""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import sqlglot

from journeykit import numbers as a
from journeykit import open_workshop
from journeykit.engine import DuckDB, foreign, is_name, run
from journeykit.engine.table import fill
from journeykit.errors import AnalysisError, DataError
from journeykit.store import create
from journeykit.tables import Events, read_events

ROOT = Path(__file__).resolve().parents[2]
STEPS = ["home", "product_view", "add_to_cart", "checkout_start", "purchase"]
GOAL = "purchase"
HOSTILE = 'it\'s \\ "odd"; -- ? {x} دفع 🛒'
pytestmark = [pytest.mark.all, pytest.mark.spark, pytest.mark.xdist_group("spark")]

#: Every function on events, asked in every way that has a query of its own.
ASKED = {
    "attribution": [
        *(
            lambda e, m=m: a.attribution(e, GOAL, model=m, lookback="30 days")
            for m in ("first", "last", "linear", "position", "time-decay", "markov", "shapley")
        ),
        lambda e: a.attribution(e, GOAL, model="markov", order=2),
    ],
    "channels": [lambda e: a.channels(e, GOAL)],
    "coverage": [
        lambda e: a.coverage(
            e, {"m": {"device": "mobile"}, "d": {"device": ["desktop"]}, "all": {}}
        )
    ],
    "differences": [lambda e: a.differences(e, GOAL)],
    "entry_points": [lambda e: a.entry_points(e, GOAL), lambda e: a.entry_points(e)],
    "friction": [lambda e: a.friction(e, GOAL)],
    "funnel": [
        lambda e: a.funnel(e, STEPS),
        lambda e: a.funnel(e, STEPS, within="2 days", by="channel"),
        lambda e: a.funnel(e, STEPS, order="strict"),
        lambda e: a.funnel(e, STEPS, order="any", within="1 day"),
        lambda e: a.funnel(e, STEPS, unit="session", by="device"),
        lambda e: a.funnel(e, STEPS, optional=[STEPS[1]], exclude="review_read"),
        lambda e: a.funnel(e, [{"event": "home", "device": "m*"}, HOSTILE, "*"]),
        lambda e: a.funnel(e.segment({"device": "mobile"}), STEPS),
    ],
    "funnel_change": [lambda e: a.funnel_change(e, STEPS, period="60 days")],
    "last_before_loss": [lambda e: a.last_before_loss(e, GOAL, after="home")],
    "order_conformance": [lambda e: a.order_conformance(e, STEPS)],
    "paths": [lambda e: a.paths(e, goal=GOAL), lambda e: a.paths(e, unit="user", first=4)],
    "reached": [lambda e: pd.DataFrame({"users": [a.reached(e, GOAL)]})],
    "retention": [
        lambda e: a.retention(e, "week"),
        lambda e: a.retention(e, "month", GOAL, rolling=True),
        lambda e: a.retention(e, "quarter"),
        lambda e: a.retention(e, "day"),
    ],
    "segment_profile": [lambda e: a.segment_profile(e, {"device": "mobile"})],
    "sessions": [lambda e: a.sessions(e), lambda e: a.sessions(e, "2h")],
    "stage_times": [lambda e: a.stage_times(e, STEPS)],
    "step_matrix": [lambda e: a.step_matrix(e, 6)],
    "stickiness": [lambda e: a.stickiness(e)],
    "transitions": [lambda e: a.transitions(e), lambda e: a.transitions(e, by="channel")],
    "weak_spots": [
        lambda e: a.weak_spots(e, STEPS),
        lambda e: a.weak_spots(e.segment({"device": "mobile"}), STEPS),
    ],
    "what_if": [lambda e: a.what_if(e, STEPS[2:], step="checkout_start", change="50%")],
}
#: One row for each session is what is asked for; weak spots look at a cell for each week and value.
LONG = {"sessions", "weak_spots"}
#: What takes Spark longest; funnels are in its smoke test (test_spark_smoke.py).
BY_NIGHT = {
    *("attribution", "funnel", "funnel_change", "paths", "retention", "segment_profile"),
    *("stage_times", "transitions", "weak_spots", "what_if"),
}


@pytest.fixture(scope="module")
def log() -> pd.DataFrame:
    frame = pd.read_csv(ROOT / "sample_data" / "retail" / "events.csv.gz", keep_default_na=False)
    frame = frame[frame["user_id"].isin(frame["user_id"].drop_duplicates().head(150))].copy()
    frame["timestamp"] = pd.to_datetime(frame["timestamp"])
    frame["value"] = pd.to_numeric(frame["value"])
    frame.loc[frame.index[::37], "event"] = HOSTILE
    frame.loc[frame.index[::41], "channel"] = ""
    frame.loc[frame.index[1::50], "timestamp"] = frame["timestamp"].to_numpy()[0::50][
        : len(frame.index[1::50])
    ]
    # An hour that the clocks of the session's zone leave out, and one that they have twice.
    frame.loc[frame.index[5], "timestamp"] = pd.Timestamp("2026-03-29 02:30")
    frame.loc[frame.index[6], "timestamp"] = pd.Timestamp("2025-10-26 02:30")
    frame["row"] = range(len(frame))
    return frame


@pytest.fixture(scope="module")
def here(log: pd.DataFrame) -> Events:
    return read_events(log, tie_break="row")


@pytest.fixture(scope="module")
def there(request: Any, log: pd.DataFrame, table_of: Any) -> Events:
    return read_events(table_of(request.param, log), tie_break="row")


def test_every_function_on_events_is_asked() -> None:
    takes_events = {
        name
        for name in a.__all__
        if next(iter(inspect.signature(getattr(a, name)).parameters)) == "events"
    }
    # Those that only choose from, or gather, what one of these has asked.
    built_on_others = {
        "attribution_models",
        "audience_share",
        "conversion",
        "devices",
        "funnel_by",
        "instead",
        "mend_steps",
        "time_between",
        "triggers",
        "typical_path",
    }
    assert takes_events - built_on_others == set(ASKED)


@pytest.mark.parametrize(
    ("there", "name"),
    [("spark", name) for name in ASKED if name not in BY_NIGHT],
    indirect=["there"],
)
def test_the_same_numbers(name: str, here: Events, there: Events) -> None:
    owner = there.journey.engine
    for ask in ASKED[name]:
        before, wanted, found = owner.rows_fetched, ask(here), ask(there)
        pd.testing.assert_frame_equal(found, wanted, rtol=1e-9)
        fetched = owner.rows_fetched - before
        assert fetched < here.count / 2 or name in LONG, "only small results leave the engine"


@pytest.mark.parametrize("dialect", ["snowflake", "databricks", "trino"])
def test_warehouses_are_written_to_without_a_complaint(
    dialect: str, here: Events, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is run here: sqlglot says of every query that it can be said in these words."""
    asked: list[str] = []
    run_here = DuckDB.run

    def note(self: DuckDB, sql: str, params: Any = (), **tables: Any) -> pd.DataFrame:
        asked.append(fill(sql, dict.fromkeys(tables, "log")))
        return run_here(self, sql, params, **tables)

    monkeypatch.setattr(DuckDB, "run", note)
    for ways in ASKED.values():
        for ask in ways:
            ask(here)
    assert len(asked) > 40
    for sql in asked:
        assert sqlglot.transpile(
            sql, read="duckdb", write=dialect, unsupported_level=sqlglot.ErrorLevel.RAISE
        )


@pytest.mark.parametrize("there", ["spark", "ibis"], indirect=True)
def test_what_the_contract_says(here: Events, there: Events) -> None:
    one, two = here.contract, there.contract
    for part in ("rows", "usable", "set_aside", "users", "events", "start", "end"):
        assert getattr(two, part) == getattr(one, part), part
    assert {f.code for f in two.findings} == {f.code for f in one.findings}
    assert (there.users, there.count, there.sessions_count) == (
        here.users,
        here.count,
        here.sessions_count,
    )
    assert there.names == here.names
    columns = ["user_id", "event", "timestamp", "channel", "device", "value"]
    pd.testing.assert_frame_equal(there.frame()[columns], here.frame()[columns])


def test_few_rows_leave_the_engine_however_many_there_are(table_of: Any) -> None:
    """Ten times the users, and not one row more for the main numbers."""
    fetched = []
    for users in (200, 2000):
        number = np.arange(users * 4)
        frame = pd.DataFrame(
            {
                "user_id": [f"u{n // 4}" for n in number],
                "event": np.array(["visit", "look", "cart", "pay"])[number % 4],
                "timestamp": pd.Timestamp("2026-01-01")
                + pd.to_timedelta(number % 4 + 60 * (number // 4 % 200), "min"),
                "device": np.array(["phone", "desk"])[number // 4 % 2],
            }
        )
        events = read_events(table_of("spark", frame))
        owner = events.journey.engine
        before = owner.rows_fetched
        a.funnel(events, ["visit", "cart", "pay"], by="device")
        a.transitions(events)
        a.paths(events)
        a.weak_spots(events, ["visit", "cart", "pay"])
        a.coverage(events, {"p": {"device": "phone"}})
        a.segment_profile(events, {"device": "phone"})
        fetched.append(owner.rows_fetched - before)
    assert fetched[1] == fetched[0]


def test_rows_that_cannot_be_used_are_counted(table_of: Any) -> None:
    frame = pd.DataFrame(
        {
            "user_id": ["NA", "007", " ", None, "007", "007"],
            "event": ["visit", "visit", "visit", "visit", None, "pay"],
            "timestamp": pd.to_datetime(
                ["2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04", "2026-01-05", None]
            ),
        }
    )
    here, there = read_events(frame), read_events(table_of("spark", frame))
    assert there.contract.rows == 6
    assert there.contract.set_aside == here.contract.set_aside == 4
    assert there.frame()["user_id"].tolist() == ["007", "NA"]


def test_start_and_complete_and_repeated_ids(table_of: Any) -> None:
    frame = pd.DataFrame(
        {
            "user_id": ["a", "a", "a", "b", "b", "b"],
            "event": ["scan", "scan", "talk", "scan", "scan", "scan"],
            "timestamp": pd.date_range("2026-01-01 10:00", periods=6, freq="7min"),
            "lifecycle": ["start", "complete", "complete", "start", "complete", "complete"],
            "event_id": ["1", "2", "3", "4", "5", "5"],
            "room": [None, "x", "y", "z", None, None],
        }
    )
    here = read_events(frame, event_id="event_id")
    there = read_events(table_of("spark", frame), event_id="event_id")
    columns = ["user_id", "event", "timestamp", "duration_seconds", "room"]
    sql = f"SELECT {', '.join(columns)} FROM {{j}} ORDER BY user_id, position"
    wanted, found = run(sql, j=here.journey), run(sql, j=there.journey)
    assert wanted["duration_seconds"].tolist()[0] == 420
    pd.testing.assert_frame_equal(found, wanted)


def test_sessions_of_the_source_a_period_and_instants(table_of: Any) -> None:
    frame = pd.DataFrame(
        {
            "user_id": list("aaaabb"),
            "event": list("xyzxyz"),
            "session_id": list("112134"),
            "timestamp": pd.date_range("2026-01-01 23:00", periods=6, freq="h"),
        }
    )
    table = table_of("spark", frame)
    how = {"sessions": "source", "since": "2026-01-02", "until": "2026-01-02 03:00"}
    here, there = read_events(frame, **how), read_events(table, **how)
    columns = ["user_id", "start", "end", "events"]
    pd.testing.assert_frame_equal(a.sessions(there)[columns], a.sessions(here)[columns])
    # 23:00 in Berlin, the zone of this Spark session, is 22:00 in UTC.
    instants = read_events(table.withColumn("timestamp", table["timestamp"].cast("timestamp")))
    assert str(instants.start) == "2026-01-01 22:00:00"
    assert "turned 'timestamp' to UTC" in instants.contract.assumptions


def test_a_table_of_another_kind_is_refused_with_the_way_out(table_of: Any) -> None:
    frame = pd.DataFrame({"user_id": ["a"], "event": ["x"], "timestamp": [1767225600]})
    with pytest.raises(DataError, match="holds numbers, not times"):
        read_events(table_of("spark", frame))
    empty = table_of("spark", frame.assign(timestamp=pd.Timestamp("2026-01-01"))).limit(0)
    with pytest.raises(DataError, match="column names and no rows"):
        read_events(empty)
    events = read_events(table_of("spark", frame.assign(timestamp=pd.Timestamp("2026-01-01"))))
    with pytest.raises(AnalysisError, match="live in one engine"):
        run("SELECT 1 FROM {a}, {b}", a=events.journey, b=read_events(frame).journey)


def test_names_lead_to_tables_of_other_engines(
    monkeypatch: pytest.MonkeyPatch, table_of: Any
) -> None:
    assert is_name("spark:web.events")
    assert not is_name("spark.csv")
    monkeypatch.delenv("JOURNEYKIT_IBIS", raising=False)
    with pytest.raises(DataError, match="JOURNEYKIT_IBIS"):
        foreign("ibis:events")
    frame = pd.DataFrame(
        {"user_id": ["a"], "event": ["x"], "timestamp": [pd.Timestamp("2026-01-01")]}
    )
    table_of("spark", frame).createOrReplaceTempView("named_events")
    assert read_events("spark:named_events").users == 1


def test_a_prepared_table_can_be_kept_in_a_schema(
    monkeypatch: pytest.MonkeyPatch, table_of: Any, tmp_path: Path
) -> None:
    frame = pd.DataFrame(
        {"user_id": ["a"], "event": ["x"], "timestamp": [pd.Timestamp("2026-01-01")]}
    )
    table = table_of("spark", frame)
    session = table.sparkSession
    session.sql(f"CREATE SCHEMA IF NOT EXISTS kept LOCATION '{tmp_path}'")
    try:
        monkeypatch.setenv("JOURNEYKIT_SCHEMA", "kept")
        first = read_events(table)
        names = [t.name for t in session.catalog.listTables("kept") if not t.isTemporary]
        assert names == [f"journeykit_{first.fingerprint}"]
        assert read_events(table).users == 1
        assert [t.name for t in session.catalog.listTables("kept") if not t.isTemporary] == names
    finally:
        session.sql("DROP SCHEMA kept CASCADE")


def test_a_workshop_on_spark(tmp_path: Path, table_of: Any, log: pd.DataFrame) -> None:
    """The panels of a phase, on a table that the run names."""
    root = create(tmp_path / "shop", "retail").root
    table_of("spark", log.drop(columns="row")).createOrReplaceTempView("shop_events")
    shop = open_workshop(root, persona="mobile-maya", data="spark:shop_events")
    assert shop.events is not None
    before = shop.events.journey.engine.rows_fetched
    panel = shop.weak_spots.funnel()
    assert len(panel.frame) >= 3
    assert shop.ux.surveys() is not None
    assert shop.events.journey.engine.rows_fetched - before < len(log) / 2
