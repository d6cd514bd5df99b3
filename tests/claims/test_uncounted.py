"""What is not counted by an alarm is said, with its reason."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from journeykit.claims import Evidence, JourneyTest, journey_tests
from journeykit.cli.base import app
from journeykit.cli.testing import _prepare
from journeykit.errors import WorkshopError
from journeykit.phases.session import Session
from journeykit.store import open_folder, write_atomic
from journeykit.store.folder import Folder

DAY = pd.Timestamp(2026, 1, 1)
STEP = "metric: step-rate, of: pay, is: at least, threshold: 40%"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Thirty days of 40 customers, half of whom pay, within hours; all of them answer."""
    write_atomic(
        tmp_path / "workshop.yaml",
        "schema: 2\nname: Shop\ngoal: pay\nstages:\n  - {id: look, name: Look, events: visit}\n"
        "  - {id: buy, name: Buy, events: pay}\nfunnel:\n  - {name: visit, events: visit}\n"
        "  - {name: pay, events: pay}\ndata:\n  events: {source: data/events.csv}\n"
        "  surveys: {source: data/surveys.csv}\n",
    )
    write_atomic(tmp_path / "personas/maya.yaml", "name: Maya\nsegment: {device: phone}\n")
    claims(tmp_path, STEP)
    day = np.repeat(np.arange(30), 40)
    rows = pd.DataFrame({"user_id": [f"u{i}" for i in range(len(day))], "event": "visit"})
    rows["timestamp"] = DAY + pd.to_timedelta(day * 24 + np.arange(len(day)) % 20, unit="h")
    rows["device"] = "phone"
    paid = rows[::2].assign(event="pay", timestamp=rows["timestamp"] + pd.Timedelta(minutes=9))
    told = rows.assign(measure="csat", score=5).drop(columns=["event", "device"])
    told.to_csv(tmp_path / "surveys.all.csv", index=False)
    pd.concat([rows, paid]).to_csv(tmp_path / "events.all.csv", index=False)
    deliver(tmp_path)
    assert open_folder(tmp_path).problems() == []
    return tmp_path


def claims(shop: Path, claim: str) -> None:
    write_atomic(
        shop / "journeys/maya.yaml",
        "name: Map\npersona: maya\ncards:\n  - id: pays\n    stage: look\n    lane: metrics\n"
        f"    text: They pay\n    claim: {{{claim}, must: true}}\n",
    )


def deliver(shop: Path, first: int = 0, last: int = 30, **columns: Any) -> None:
    (shop / "data").mkdir(exist_ok=True)
    for table in ("events", "surveys"):
        rows = pd.read_csv(shop / f"{table}.all.csv", parse_dates=["timestamp"])
        ours = rows["timestamp"].between(
            *(DAY + pd.Timedelta(days=d) for d in (first, last)), "left"
        )
        kept = rows[ours].assign(**columns if table == "events" else {})
        kept.to_csv(shop / f"data/{table}.csv", index=False)


def parts(shop: Path) -> None:
    text = (shop / "workshop.yaml").read_text("utf-8")
    write_atomic(shop / "workshop.yaml", text.replace("data:\n", "data:\n  deliveries: true\n"))


def looked(shop: Path) -> Any:
    session = Session(open_folder(shop), "maya")
    (test,) = (t for t in journey_tests(Evidence.of(session)) if t.kind == "claim")
    return test


def test_answers_without_times_name_the_column(shop: Path) -> None:
    claims(shop, "metric: csat, is: at least, threshold: 50%")
    assert looked(shop).alarm["colour"] == "green"
    rows = pd.read_csv(shop / "data/surveys.csv").drop(columns="timestamp")
    rows.to_csv(shop / "data/surveys.csv", index=False)
    said = looked(shop).every_night
    assert said.startswith("amber; no night counts yet: the surveys have no column 'timestamp'.")


def test_a_log_that_is_too_young_says_how_old_it_must_be(shop: Path) -> None:
    rows = pd.read_csv(shop / "events.all.csv", parse_dates=["timestamp"])
    late = pd.to_timedelta(12 * rows["event"].eq("pay"), unit="D")
    rows.assign(timestamp=rows["timestamp"] + late).to_csv(shop / "data/events.csv", index=False)
    assert looked(shop).every_night == (
        "amber; no night counts yet: each counts after 12 days, and the data must be three times as "
        "long, its last day over"
    )


def test_a_part_that_lacks_a_column_is_said_beside_the_alarm_that_stands(shop: Path) -> None:
    parts(shop)
    claims(shop, "metric: channel-share, of: mail, is: at least, threshold: 40%")
    deliver(shop, 0, 20, channel="mail")
    first = looked(shop)
    assert (first.alarm["colour"], first.late) == ("green", [])
    deliver(shop, 20, 21)
    said = looked(shop).every_night
    assert said.startswith(
        f"green since the night of {first.alarm['turned']}; what was read last is"
    )
    assert "is not counted: The events have no column 'channel'." in said


def test_nights_that_cannot_be_kept_are_an_error_that_says_what_to_do(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts(shop)

    def shut(*_: Any) -> None:
        raise OSError(30, "Read-only file system", "records/alarms/x.yaml")

    monkeypatch.setattr(Folder, "save", shut)
    with pytest.raises(WorkshopError) as found:
        looked(shop)
    assert str(found.value) == (
        "The nights of this delivery cannot be kept in records/alarms: Read-only file system. Let "
        "journeykit write there, or copy the folder, and test again: what is not kept never counts."
    )


def test_a_slip_of_the_pen_is_told_from_a_quiet_night(shop: Path) -> None:
    parts(shop)
    text = (shop / "workshop.yaml").read_text("utf-8")
    write_atomic(shop / "workshop.yaml", text.replace("events: pay}", "events: paay}"))
    said = "the workshop names 'paay', which nobody did in this delivery. Did you mean 'pay'?"
    made = CliRunner().invoke(app, ["check", str(shop)])
    assert said in made.output
    assert f"events: {said}" in Session(open_folder(shop), "maya").gate.said
    for quiet in ("visit", "[visit, help]", "[visit, pay_by_bill]"):
        now = text.replace("events: visit}", f"events: {quiet}}}")
        write_atomic(shop / "workshop.yaml", now)
        assert "nobody did" not in CliRunner().invoke(app, ["check", str(shop)]).output


def test_nobody_of_a_persona_tonight_stops_nothing(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parts(shop)
    deliver(shop, 0, 20)
    assert looked(shop).alarm["colour"] == "green"
    deliver(shop, 20, 21, device="desktop")
    test = looked(shop)
    assert (test.alarm["colour"], test.said) == ("green", "not measured")
    assert "what was read last is not counted: " in test.every_night
    told = _prepare(shop, personas=["maya"], data=None, since=None, until=None)
    assert told["shut"] == ()
    assert "no customer in the data is 'maya'" in capsys.readouterr().err
    made = CliRunner().invoke(app, ["check", str(shop)])
    said = "warning: personas/maya.yaml: no customer in the data is this segment"
    assert (made.exit_code, said in made.output) == (0, True)
    session = Session(open_folder(shop), "maya")
    assert session.events is not None
    assert session.events.users == len(session.table("surveys")) == 0


def test_an_alarm_of_fewer_than_the_smallest_group_does_not_say_on_how_many(shop: Path) -> None:
    deliver(shop, 0, 28)
    rows = pd.read_csv(shop / "data/events.csv", parse_dates=["timestamp"])
    rows = rows[~(rows["event"].eq("pay") & (rows["timestamp"] > DAY + pd.Timedelta(days=20)))]
    rows.to_csv(shop / "data/events.csv", index=False)
    red = looked(shop)
    assert red.every_night.endswith(f"on {red.alarm['n']} from {red.alarm['since']} on")
    text = (shop / "workshop.yaml").read_text("utf-8")
    most = f"privacy: {{smallest_group: {red.alarm['n'] + 1}}}\n"
    write_atomic(shop / "workshop.yaml", text.replace("goal: pay\n", f"goal: pay\n{most}"))
    few = looked(shop)
    assert "n" not in few.alarm
    assert few.every_night == (
        f"red since the night of {red.alarm['turned']}, from {red.alarm['since']} on"
    )
    assert few.light == f"▼ alarm red since {red.alarm['turned']}"
    assert JourneyTest("a/b", "a", "b", "amber", "", "").every_night == "not sequential"


@pytest.mark.parametrize(
    "claim", ["session-conversion, of: mail", "transition-share, of: [visit, pay]"]
)
def test_sessions_and_moves_that_come_in_parts_are_kept(shop: Path, claim: str) -> None:
    """Half of the sessions pay, also of the customers who come on several days."""
    parts(shop)
    claims(shop, f"metric: {claim}, is: at least, threshold: 40%")
    rows = pd.read_csv(shop / "events.all.csv").assign(channel="mail")
    number = rows["user_id"].str[1:].astype(int)
    rows["user_id"] = "u" + (number % 400).astype(str)
    rows.to_csv(shop / "events.all.csv", index=False)
    seen = []
    for last in (15, 16, 24, 30):
        deliver(shop, max(last - 10, 0), last)
        seen.append(looked(shop))
    assert [test.late for test in seen] == [[]] * 4
    kept = [record.nights for record in open_folder(shop).records("alarms")]
    days = [day for nights in kept for each in nights.values() for day in each]
    assert len(days) == len(set(days)) > 15
    assert all(
        0 <= float(x) <= 1 for n in kept for e in n.values() for *_, c in e.values() for x in c
    )
    assert seen[-1].alarm["colour"] in ("amber", "green")
