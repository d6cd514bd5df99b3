"""Where only deliveries are there: alarms that remember what they have counted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from journeykit.claims import Evidence, journey_tests
from journeykit.phases.session import Session
from journeykit.store import open_folder, write_atomic

DAY = pd.Timestamp(2026, 1, 1)
FAULT = 40


@pytest.fixture(scope="module")
def log() -> pd.DataFrame:
    """Sixty days of 50 customers; from day 40 on 2 instead of 6 of 10 pay, within two days."""
    dice = np.random.default_rng(7)
    day = np.repeat(np.arange(60), 50)
    users = np.array([f"u{i}" for i in range(len(day))])
    at = DAY + pd.to_timedelta(day * 86400 + dice.integers(0, 80000, len(day)), unit="s")
    pays = dice.random(len(day)) < np.where(day >= FAULT, 0.2, 0.6)
    wait = pd.to_timedelta(dice.choice([1, 30], len(day)), unit="h")
    visits = pd.DataFrame({"user_id": users, "event": "visit", "timestamp": at})
    return pd.concat([visits, visits.assign(event="pay", timestamp=at + wait)[pays]])


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    write_atomic(
        tmp_path / "workshop.yaml",
        "schema: 2\nname: Shop\ngoal: pay\nstages:\n  - {id: look, name: Look, events: visit}\n"
        "  - {id: buy, name: Buy, events: pay}\nfunnel:\n  - {name: visit, events: visit}\n"
        "  - {name: pay, events: pay}\ndata:\n  deliveries: true\n"
        "  events: {source: data/events.csv}\n",
    )
    write_atomic(tmp_path / "personas/maya.yaml", "name: Maya\n")
    write_atomic(
        tmp_path / "journeys/maya.yaml",
        "name: Map\npersona: maya\ncards:\n  - id: pays\n    stage: look\n    lane: metrics\n"
        "    text: They pay\n    claim: {metric: step-rate, of: pay, is: at least, "
        "threshold: 40%, must: true}\n",
    )
    assert open_folder(tmp_path).problems() == []
    return tmp_path


def night(shop: Path, rows: pd.DataFrame) -> Any:
    """What `journeykit test` finds in one delivery: the test, and what was kept."""
    (shop / "data").mkdir(exist_ok=True)
    rows.to_csv(shop / "data/events.csv", index=False)
    session = Session(open_folder(shop), "maya")
    (test,) = (t for t in journey_tests(Evidence.of(session)) if t.kind == "claim")
    kept = open_folder(shop).records("alarms")
    return test, [row for record in kept for row in record.nights.get(key(kept), {}).items()]


def key(kept: list[Any]) -> str:
    return next(iter(kept[0].nights), "") if kept else ""


def of_days(log: pd.DataFrame, first: int, last: int) -> pd.DataFrame:
    start, end = (DAY + pd.Timedelta(days=d) for d in (first, last))
    return log[log["timestamp"].between(start, end, inclusive="left")]


def test_nightly_deliveries_see_a_fault_that_none_of_them_could(
    shop: Path, log: pd.DataFrame
) -> None:
    """Of one night of 50, some more or less is no news; of a few nights it is."""
    came = log.groupby("user_id")["timestamp"].transform("min")  # who pays at once is seen
    log = log.assign(timestamp=came + pd.to_timedelta(log["event"].eq("pay").astype(int), unit="s"))
    seen = [night(shop, of_days(log, d, d + 1))[0] for d in range(52)]
    colours = [test.alarm.get("colour") for test in seen]
    assert "red" not in colours[:FAULT]
    turned = pd.Timestamp(seen[-1].alarm["turned"])
    assert 0 <= (turned - DAY).days - FAULT <= 8
    assert seen[-1].every_night.startswith(f"red since the night of {turned:%Y-%m-%d}, on ")


def test_windows_that_overlap_count_each_day_once(shop: Path, log: pd.DataFrame) -> None:
    """Ten days each night: the alarm of the whole log, as if it had been there."""
    for end in range(10, 61):
        test, rows = night(shop, of_days(log, end - 10, end))
        days = [day for day, _ in rows]
        assert len(days) == len(set(days))
    whole = {d: (log["timestamp"].between(d, d + pd.Timedelta(days=1), inclusive="left")
                 & (log["event"] == "visit")).sum() for d in pd.date_range(DAY, periods=57)}  # fmt: skip
    counted = {pd.Timestamp(day): sum(n.values()) for day, (_, _, n) in rows}
    assert {day: counted[day] for day in whole} == whole
    assert test.alarm["colour"] == "red"
    alone = shop.parent / "whole"
    alone.mkdir(exist_ok=True)
    for file in ("workshop.yaml", "personas/maya.yaml", "journeys/maya.yaml"):
        text = (shop / file).read_text("utf-8").replace("  deliveries: true\n", "")
        write_atomic(alone / file, text)
    once, none = night(alone, log)
    assert none == []
    assert abs((pd.Timestamp(once.alarm["turned"]) - pd.Timestamp(test.alarm["turned"])).days) <= 1


def test_the_same_delivery_twice_changes_nothing(shop: Path, log: pd.DataFrame) -> None:
    first, rows = night(shop, of_days(log, 36, 50))
    files = {f.name: f.read_bytes() for f in (shop / "records/alarms").iterdir()}
    again, same = night(shop, of_days(log, 36, 50).sample(frac=1, random_state=1))
    assert (again.alarm, same) == (first.alarm, rows)
    assert {f.name: f.read_bytes() for f in (shop / "records/alarms").iterdir()} == files


def test_what_was_delivered_is_only_added_to(shop: Path, log: pd.DataFrame) -> None:
    night(shop, of_days(log, 0, 10))
    (old,) = (shop / "records/alarms").iterdir()
    text = old.read_bytes()
    night(shop, of_days(log, 5, 20))
    assert old.read_bytes() == text
    assert len([*(shop / "records/alarms").iterdir()]) == 2
    assert "u1" not in old.read_text("utf-8"), "no customer is named"


def test_an_alarm_stands_on_a_night_without_any_customer_of_it(
    shop: Path, log: pd.DataFrame
) -> None:
    night(shop, of_days(log, 30, 50))
    quiet = pd.DataFrame(
        {"user_id": ["x"], "event": ["help"], "timestamp": [DAY + pd.Timedelta(days=50)]}
    )
    test, _ = night(shop, pd.concat([quiet, of_days(log, 50, 51).head(1)]))
    assert test.alarm["colour"] == "red"


def test_another_question_begins_anew(shop: Path, log: pd.DataFrame) -> None:
    night(shop, of_days(log, 36, 50))
    path = shop / "journeys/maya.yaml"
    write_atomic(path, path.read_text("utf-8").replace("40%", "10%"))
    test, _ = night(shop, of_days(log, 50, 51))
    assert test.alarm["colour"] != "red"


def test_nothing_is_kept_where_the_gate_is_shut(shop: Path, log: pd.DataFrame) -> None:
    rows = of_days(log, 0, 10).astype({"timestamp": str})
    rows.loc[rows.index[::3], "timestamp"] = "soon"
    test, kept = night(shop, rows)
    assert (test.colour, test.alarm, kept) == ("amber", {}, [])


def test_what_nobody_did_tonight_is_none_of_them_and_no_slip_of_the_pen(
    shop: Path, log: pd.DataFrame
) -> None:
    """Nobody could pay at all: the event, the step and the goal are not in these deliveries."""
    for day in range(30, FAULT):
        night(shop, of_days(log, day, day + 1))
    down = log[log["event"] == "visit"]
    seen = [night(shop, of_days(down, day, day + 1))[0] for day in range(FAULT, FAULT + 4)]
    assert seen[-1].colour == "red"
    assert seen[-1].said.startswith("0.0% (")
    assert seen[-1].alarm["colour"] == "red"


def test_a_channel_by_which_nobody_came_counts_against_its_share(
    shop: Path, log: pd.DataFrame
) -> None:
    """Also where it has so few that a run does not tell how many."""
    path = shop / "journeys/maya.yaml"
    said = path.read_text("utf-8")
    write_atomic(path, said.replace("step-rate, of: pay", "channel-share, of: ads"))
    for ads in (25, 3, 0):
        rows = of_days(log[log["event"] == "visit"], ads, ads + 1).reset_index(drop=True)
        _, kept = night(shop, rows.assign(channel=np.where(rows.index < ads, "ads", "mail")))
    assert [n for _, (_, _, n) in sorted(kept)] == [
        {"0": 50},
        {"0": 47, "1": 3},
        {"0": 25, "1": 25},
    ]


def test_contacts_that_come_in_parts_are_kept(shop: Path, log: pd.DataFrame) -> None:
    """Whether each took longer is kept as a number, and read again."""
    text = (shop / "workshop.yaml").read_text("utf-8")
    write_atomic(shop / "workshop.yaml", f"{text}  support: {{source: data/support.csv}}\n")
    said = (shop / "journeys/maya.yaml").read_text("utf-8")
    claim = "first-answer, is: at most, threshold: 2 min"
    said = said.replace("step-rate, of: pay, is: at least, threshold: 40%", claim)
    write_atomic(shop / "journeys/maya.yaml", said)
    write_atomic(shop / "data/support.csv", "")
    for day in (3, 4):
        rows = of_days(log[log["event"] == "visit"], day, day + 1)
        told = rows.assign(channel="chat", first_answer_minutes=[1, 2, 3, None, 5] * 10)
        told.drop(columns="event").to_csv(shop / "data/support.csv", index=False)
        test, kept = night(shop, rows)
    assert [n for _, (_, _, n) in kept] == [{"0.0": 20, "1.0": 20}] * 2
    assert test.alarm["colour"] == "amber"


def test_a_view_of_a_delivery_leaves_nothing(shop: Path, log: pd.DataFrame) -> None:
    """Who came before its first day would count by the day on which they were back."""
    (shop / "data").mkdir(exist_ok=True)
    of_days(log, 20, 40).to_csv(shop / "data/events.csv", index=False)
    session = Session(open_folder(shop), "maya", since="2026-01-25", until="2026-01-30")
    journey_tests(Evidence.of(session))
    assert open_folder(shop).records("alarms") == []


def test_another_limit_of_a_promise_is_another_question_and_another_owner_is_not(
    shop: Path, log: pd.DataFrame
) -> None:
    text = (shop / "workshop.yaml").read_text("utf-8")
    support = "  support: {source: data/support.csv}\n"
    promise = (
        "promises:\n  - {id: chat, text: Soon, stage: look, measure: first_answer_minutes, "
        "limit: 2}\n"
    )
    write_atomic(shop / "workshop.yaml", f"{promise}{text}{support}")
    said = (shop / "journeys/maya.yaml").read_text("utf-8")
    write_atomic(
        shop / "journeys/maya.yaml", said.replace("step-rate, of: pay", "promise, of: chat")
    )
    rows = of_days(log[log["event"] == "visit"], 3, 4)
    write_atomic(shop / "data/support.csv", "")
    told = rows.assign(channel="chat", first_answer_minutes=3).drop(columns="event")
    told.to_csv(shop / "data/support.csv", index=False)
    asked = []
    for change in ("name: Look", "name: Look, owner: Ada"), ("limit: 2", "limit: 4"):
        night(shop, rows)
        asked.append({a for r in open_folder(shop).records("alarms") for a in r.nights})
        text = (shop / "workshop.yaml").read_text("utf-8").replace(*change)
        write_atomic(shop / "workshop.yaml", text)
    night(shop, rows)
    asked.append({a for r in open_folder(shop).records("alarms") for a in r.nights})
    assert [len(each) for each in asked] == [1, 1, 2]


def test_a_part_without_a_channel_or_a_table_without_a_column_is_not_counted(
    shop: Path, log: pd.DataFrame
) -> None:
    path = shop / "journeys/maya.yaml"
    said = path.read_text("utf-8")
    write_atomic(path, said.replace("step-rate, of: pay", "channel-share, of: ads"))
    test, kept = night(shop, of_days(log, 3, 4))
    assert (test.every_night, kept) == ("not measured", [])
    text = (shop / "workshop.yaml").read_text("utf-8")
    write_atomic(shop / "workshop.yaml", f"{text}  support: {{source: data/support.csv}}\n")
    write_atomic(path, said.replace("step-rate, of: pay", "solved"))
    rows = of_days(log, 3, 4).assign(channel="chat").drop(columns="event")
    rows.to_csv(shop / "data/support.csv", index=False)
    test, kept = night(shop, of_days(log, 3, 4))
    assert (test.every_night, kept) == ("not measured", [])


def test_a_part_that_lacks_a_column_leaves_the_alarm_as_it_stands(
    shop: Path, log: pd.DataFrame
) -> None:
    """A step may be told by a column, and by several events of which tonight has one."""
    path = shop / "workshop.yaml"
    told = "{name: pay, events: {event: [pay, bill], plan: pro}}"
    text = path.read_text("utf-8").replace("{name: pay, events: pay}", told)
    write_atomic(path, text)
    seen, _ = night(shop, of_days(log, 36, 50).assign(plan="pro"))
    assert seen.alarm["colour"] == "red"
    without, _ = night(shop, of_days(log, 50, 52))
    assert (without.alarm["colour"], without.said) == ("red", "not measured")
    assert len([*(shop / "records/alarms").iterdir()]) == 1, "it leaves nothing"
