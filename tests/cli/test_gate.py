"""The gate before every verdict: what the data must be like, and where it is said that it is not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from journeykit.claims import ACCEPT, Gate
from journeykit.claims.gate import gate_of
from journeykit.cli import main
from journeykit.phases import OpenWorkshop
from journeykit.report import write_index, write_report
from journeykit.store import create, open_folder, write_atomic

WORKSHOP = """\
schema: 2
name: Shop
stages: [{id: buy, name: Buy, events: ["*"]}]
funnel: [{name: visit, events: visit}, {name: pay, events: pay}]
promises:
  - {id: csat, text: They like it, stage: buy, measure: satisfaction, limit: 3}
data:
  events:
    source: data/*.csv
"""
MAP = """\
persona: ann
name: Map
cards:
  - id: half
    stage: buy
    lane: metrics
    text: Half of them pay
    claim: {metric: conversion, is: at least, threshold: 30%, must: true}
"""
FIRST = pd.Timestamp("2026-10-05")  # a Monday


def days(n: int = 20, of: int = 60, seed: int = 1) -> list[pd.DataFrame]:
    """A log of so many days: every day so many customers, of whom half pay."""
    rng, made = np.random.default_rng(seed), []
    for day in range(n):
        visit = FIRST + pd.to_timedelta(rng.integers(0, 80_000, of), "s") + pd.Timedelta(days=day)
        visits = pd.DataFrame(
            {"user_id": [f"u{day}-{k}" for k in range(of)], "event": "visit", "timestamp": visit}
        )
        pays = visits[::2].assign(event="pay", timestamp=visit[::2] + pd.Timedelta(minutes=5))
        made.append(pd.concat([visits, pays]).assign(device="phone", plan="free"))
    return made


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Make a workshop on files of days: ``shop(frames, more_of_workshop_yaml)``."""
    monkeypatch.setenv(ACCEPT, "")

    def made(frames: list[pd.DataFrame], more: str = "", ending: str = "csv") -> Path:
        root = tmp_path / "shop"
        write_atomic(root / "workshop.yaml", WORKSHOP.replace("*.csv", f"*.{ending}") + more)
        write_atomic(root / "personas/ann.yaml", "name: Ann\n")
        write_atomic(root / "journeys/ann.yaml", MAP)
        (root / "data").mkdir(exist_ok=True)
        for old in (root / "data").iterdir():
            old.unlink()
        for n, frame in enumerate(frames):
            path = root / f"data/{n:03}.{ending}"
            frame.to_parquet(path) if ending == "parquet" else frame.to_csv(path, index=False)
        return root

    return made


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Call the command line in this process: exit code, and what was said."""

    def called(*words: object) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["journeykit", *map(str, words)])
        with pytest.raises(SystemExit) as end:
            main()
        said = capsys.readouterr()
        return int(end.value.code or 0), said.out + said.err

    return called


def gate(root: Path, now: str = "2026-10-25", **how: Any) -> Gate:
    return gate_of(OpenWorkshop(open_folder(root), **how), pd.Timestamp(now))


def test_a_sound_log_passes_and_its_age_is_said(shop: Any, call: Any) -> None:
    found = gate(shop(days()))
    assert (found.broken, found.shut) == ((), ())
    assert found.said == ("events: the newest is 1 day old, of 24 Oct 2026.",)
    code, said = call("test", shop(days()))
    assert code == 0
    assert "1 green, 0 red" in said
    assert "days old, of 24 Oct 2026." in said


@pytest.mark.parametrize("of", [60, 600])  # 1,800 rows and 18,000: the reader looks at 5,000
@pytest.mark.parametrize(
    ("other", "why"),
    [
        ("who", "events: 95.0% of the rows are set aside, at most 5.0% may be"),
        ("visitor_id", "events: Rows set aside go together"),
    ],
)
def test_rows_without_a_customer_are_neither_green_nor_red(
    shop: Any, call: Any, other: str, why: str, of: int
) -> None:
    frames = [
        frame.rename(columns={"user_id": other}) if day else frame
        for day, frame in enumerate(days(of=of))
    ]
    root = shop(frames, ending="parquet")
    code, said = call("test", root)
    assert code == 2
    assert why in said
    assert "green" not in said
    assert "red" not in said.replace("reduced", "")
    assert call("check", root)[0] == 2
    session = OpenWorkshop(open_folder(root))
    assert session.gate.shut


def test_what_is_set_aside_may_be_more_where_the_folder_says_so(shop: Any, call: Any) -> None:
    frames = days()
    frames[2] = frames[2].assign(user_id=None)
    root = shop(frames, "  limits:\n    set_aside: 3.0%\n")
    (broken, *_) = gate(root).broken
    assert "at most 3.0% may be (`data: limits: set_aside:`)" in broken
    # Who allows more still hears that the rows go together: that is an error of its own.
    root = shop(frames, "  limits: {set_aside: 60 %}\n")
    assert [each for each in gate(root).broken if "at most" in each] == []
    assert any("go together" in each for each in gate(root).broken)


@pytest.mark.parametrize("written", ["60 %", "60%", "0.6", "0,6", "60.0 %", "60"])
def test_a_limit_is_a_share_as_people_write_it(shop: Any, written: str) -> None:
    root = shop(days(1), f"  limits: {{set_aside: '{written}'}}\n")
    assert open_folder(root).workshop().sources.limits.set_aside == 0.6


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("  limits: {set_aside: 700}\n", "set_aside"),
        ("  limits: {set_aside: many}\n", "set_aside"),
        ("  limits: {set_asid: 7%}\n", "Did you mean 'set_aside'?"),
        ("  expected: dayly\n", "Did you mean 'daily'?"),
        ("  expectd: daily\n", "Did you mean 'expected'?"),
    ],
)
def test_a_slip_in_the_limits_is_told_with_its_line(
    shop: Any, call: Any, more: str, said: str
) -> None:
    code, told = call("check", shop(days(1), more), "--no-data")
    assert code == 1
    assert said in told
    assert "workshop.yaml:10" in told


def test_a_day_delivered_twice_is_told(shop: Any, call: Any) -> None:
    frames = days()
    root = shop([*frames, frames[7]])
    code, said = call("test", root)
    assert code == 2
    assert "90 events repeat another one in every column" in said
    assert "Worst is the day of 2026-10-12: 90 of its 180" in said
    assert gate(shop([*frames, frames[7]], "  limits: {repeats: 60%}\n")).broken == ()
    # With ids a repeat is known as one and set aside: nothing is counted twice.
    numbered = [
        f.assign(event_id=[f"{n}-{k}" for k in range(len(f))]) for n, f in enumerate(days())
    ]
    assert gate(shop([*numbered, numbered[7]])).broken == ()
    few = days(of=19)
    assert gate(shop([*few, few[7]])).broken == (), "some double clicks are no delivery"
    assert "Worst is the" in str(gate(shop(few * 2)).broken), "all of them are one"
    busy, calm = days(2, of=2000), days(3)[2]
    found = gate(shop([*busy, busy[0][:400], calm, calm])).broken
    assert "90 of its 180" in str(found), "what a busy day repeats does not hide a calm one"


@pytest.mark.parametrize(
    ("expected", "now", "old"),
    [
        ("daily", "2026-10-26", False),
        ("daily", "2026-10-27", True),
        ("weekly", "2026-11-01", False),
        ("weekly", "2026-11-02", True),
        ("monthly", "2026-11-28", False),
        ("monthly", "2026-11-29", True),
    ],
)
def test_age_is_a_limit_where_data_is_expected(
    shop: Any, expected: str, now: str, old: bool
) -> None:
    root = shop(days(), f"  expected: {expected}\n")
    assert any("days old" in each for each in gate(root, now).broken) is old
    assert gate(root, now, until="2026-10-20").broken == (), "who looks back knows that it is old"
    assert gate(shop(days()), now).broken == ()
    assert gate(shop(days(), "  limits: {age: 0}\n"), now).broken


def test_a_stray_future_event_makes_no_log_new(shop: Any) -> None:
    frames = days()
    frames[3].iloc[0, frames[3].columns.get_loc("timestamp")] = pd.Timestamp("2026-12-05")
    root = shop(frames, "  expected: daily\n")
    assert any("the newest is 17 days old" in each for each in gate(root, "2026-11-10").broken)


def test_volume_is_held_against_the_days_before(shop: Any) -> None:
    frames = days(28)
    frames[-1] = frames[-1][:20]
    root = shop(frames, "  expected: daily\n")
    (said,) = gate(root, "2026-11-02").broken
    assert said == "events: 20 in 1 day until 1 Nov 2026, usually 90 (`data: limits: volume:`)."
    # A day that is not over says nothing, and Sundays are held against Sundays.
    assert gate(root, "2026-11-01 12:00").broken == ()
    quiet = [f[:20] if day % 7 == 6 else f for day, f in enumerate(days(28))]
    assert gate(shop(quiet, "  expected: daily\n"), "2026-11-02").broken == ()
    weeks = [f[:10] if day >= 21 else f for day, f in enumerate(days(28))]
    assert any(
        "in 7 days until" in each
        for each in gate(shop(weeks, "  expected: weekly\n"), "2026-11-02").broken
    )


def test_days_without_data_are_told(shop: Any) -> None:
    frames = [frame for day, frame in enumerate(days(28)) if day not in (9, 10)]
    root = shop(frames, "  expected: daily\n")
    (said,) = gate(root, "2026-11-02").broken
    assert "2 of the last 28 days have none, the first is 14 Oct 2026" in said
    root = shop(frames, "  expected: daily\n  limits: {gap_days: 2}\n")
    assert gate(root, "2026-11-02").broken == ()


def ran(root: Path, name: str = "2026-10-20T00-00-00", status: str = "ok") -> None:
    """A run of before, as it is kept."""
    found = gate(root)
    result = {
        "kind": "persona",
        "workshop": "Shop",
        "run_id": name,
        "status": status,
        "persona": "ann",
        "data": {"source": "*.csv", "gate": asdict(found)},
        **{key: [] for key in ("funnel", "weak_spots", "promises", "surveys", "claims")},
        "notebooks": [],
        "phases": {},
    }
    write_atomic(root / f"runs/{name}/ann/result.json", json.dumps(result))


def test_columns_and_rows_are_held_against_the_last_run(shop: Any) -> None:
    root = shop(days())
    ran(root)
    assert gate(root).broken == ()
    shop([frame.drop(columns="plan") for frame in days()])
    assert gate(root).broken == ()
    assert any("'plan' is gone, and was there in the run 2026-10-20" in s for s in gate(root).said)
    shop([frame.drop(columns="device") for frame in days()])
    assert any("'device' is gone, and was there" in each for each in gate(root).broken)
    some = [f.drop(columns="device") if day > 15 else f for day, f in enumerate(days())]
    shop(some)
    assert any("'device' is mixed and was VARCHAR" in each for each in gate(root).broken)
    shop(days(9))
    said, *more = gate(root).broken
    assert "810 rows, and 1,800 in the run 2026-10-20T00-00-00" in said
    assert ["days" in more[1], "“pay”" in more[2]] == [True, True]
    # A run that drew no verdict is none to compare with.
    ran(shop(days(9)), "2026-10-21T00-00-00", "closed")
    assert gate(root).broken[0] == said
    ran(root, "2026-10-22T00-00-00")
    assert gate(root).broken == (), "the last run is what is usual"


def test_events_and_customers_are_held_against_the_last_run(shop: Any) -> None:
    root = shop(days())
    ran(root)
    few = [pd.concat([f[f["event"] == "visit"], f[f["event"] == "pay"][:5]]) for f in days()]
    shop(few)
    assert any("100 events “pay”, and 600 in the run" in each for each in gate(root).broken)
    shop([f.replace({"event": {"pay": "paid"}}) for f in days()])
    assert any("0 events “pay”, and 600 in the run" in each for each in gate(root).broken)
    shop([f.assign(user_id="one") for f in days()])
    assert any("1 customers, and 1,200 in the run" in each for each in gate(root).broken)
    every = [f.assign(user_id=[f"x{n}-{k}" for k in range(len(f))]) for n, f in enumerate(days())]
    shop([pd.concat([f, f.assign(user_id=f["user_id"] + "b")]) for f in every])
    assert gate(root).broken == (), "one and a half events each are not twice as many as one"
    shop([f.assign(timestamp="2026-10-20 10:00:00") for f in days()])
    assert any("1 days, and 20 in the run" in each for each in gate(root).broken)
    assert gate(root, since="2026-10-20").broken == (), "another period than that of the run"


@pytest.mark.parametrize("word", ["n/a", "soon", "2027-10-10 10:00:00"])
def test_a_few_unreadable_cells_do_not_go_together_with_themselves(shop: Any, word: str) -> None:
    frames = [f.astype({"timestamp": "str"}) for f in days()]
    for f in frames:
        f.iloc[[3, 40], f.columns.get_loc("timestamp")] = word
    found = gate(shop(frames))
    assert found.broken == ()
    assert any("40 of 1,800 rows were set aside" in each for each in found.said)


def test_days_without_a_time_may_repeat(shop: Any) -> None:
    frames = [f.assign(timestamp=f["timestamp"].dt.strftime("%Y-%m-%d")) for f in days()]
    assert gate(shop([pd.concat([f, f[f["event"] == "visit"]]) for f in frames])).broken == ()


def test_a_table_delivered_twice_is_told(shop: Any, tmp_path: Path) -> None:
    answers = pd.DataFrame(
        {"score": [9, 3, 7, 10] * 20, "timestamp": pd.date_range(FIRST, periods=80, freq="h")}
    )
    for times, told in ((1, False), (2, True)):
        root = shop(days(), "  surveys: {source: answers.csv, columns: {measure: nps}}\n")
        pd.concat([answers] * times).to_csv(root / "answers.csv", index=False)
        assert any("surveys: 80 rows repeat" in each for each in gate(root).broken) is told


def test_one_answer_off_the_scale_is_one_answer(shop: Any) -> None:
    root = shop(days(), "  surveys: {source: answers.csv, columns: {measure: nps}}\n")
    for wrong, told in ((1, False), (20, True)):
        scores = [*range(11)] * 9 + [99] * wrong
        pd.DataFrame({"score": scores}).to_csv(root / "answers.csv", index=False)
        assert any("lie outside 0 to 10" in each for each in gate(root).broken) is told


def test_a_glob_is_looked_for_where_one_stands(
    shop: Any, call: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = shop(days(1))
    (tmp_path / "tonight").mkdir()
    for n, frame in enumerate(days(9)):
        frame.to_csv(tmp_path / f"tonight/{n}.csv", index=False)
    monkeypatch.chdir(tmp_path)
    code, said = call("test", root, "--data", "tonight/*.csv")
    assert code == 0
    assert "540 customers" in said


def desk(per: list[int], weeks: int = 8) -> pd.DataFrame:
    """Contacts of so many weeks until Sunday 1 November: ``per`` day of the week so many."""
    at = [
        pd.Timestamp("2026-11-01") - pd.Timedelta(days=7 * weeks - 1 - day, minutes=-n)
        for day in range(7 * weeks)
        for n in range(per[day % 7])
    ]
    return pd.DataFrame({"timestamp": at, "channel": "mail"})


NOW = "2026-11-02 03:00"
SUPPORT = "  expected: daily\n  support: {source: desk.csv%s}\n"


def of_support(shop: Any, contacts: pd.DataFrame, more: str = "", now: str = NOW) -> list[str]:
    root = shop(days(28), SUPPORT % more)
    contacts.to_csv(root / "desk.csv", index=False)
    return [each for each in gate(root, now).broken if each.startswith("support")]


def test_the_days_of_other_tables_are_looked_at_as_well(shop: Any) -> None:
    week = [40] * 5 + [3, 0]  # closed on Sundays, and nearly so on Saturdays
    whole = desk(week)
    assert of_support(shop, whole) == []
    day = whole["timestamp"].dt.strftime("%Y-%m-%d")
    (said,) = of_support(shop, whole[day != "2026-10-14"])
    assert said == (
        "support: 1 of the last 28 days have none, the first is 14 Oct 2026 (`data: limits: "
        "gap_days:`, `data: support: expected:`)."
    )
    assert of_support(shop, whole[day != "2026-10-17"]) == [], "a Saturday says nothing"
    late = whole["timestamp"].dt.hour * 60 + whole["timestamp"].dt.minute
    (said,) = of_support(shop, whole[(day != "2026-10-30") | (late < 9)])
    assert "support: 9 in 1 day until 30 Oct 2026, usually 40" in said
    (said,) = of_support(shop, whole[day < "2026-10-28"])  # Wednesday to Friday are missing
    assert "support: the newest is 6 days old, of 27 Oct 2026; at most 2 days" in said
    assert of_support(shop, whole[day < "2026-10-30"]) == [], "Friday may come on Monday"
    assert of_support(shop, whole[day < "2026-10-28"], ", expected: never") == []
    assert of_support(shop, whole[day < "2026-10-28"], ", expected: weekly") == []
    assert of_support(shop, whole, now="2026-12-24"), "it stopped long ago"
    first = pd.DataFrame({"timestamp": [pd.Timestamp("2024-01-01")], "channel": "mail"})
    assert of_support(shop, pd.concat([first, whole[day < "2026-10-28"]])), "it began long ago"


def test_a_small_table_and_a_finished_study_say_nothing(shop: Any) -> None:
    assert of_support(shop, desk([4] * 7), now="2026-11-20") == []
    assert of_support(shop, desk([200] * 7, weeks=2), now="2026-11-20") == []
    assert of_support(shop, desk([0, 500, 0, 0, 0, 0, 0])) == [], "a letter on Tuesdays"
    (said,) = of_support(shop, desk([4] * 7), ", expected: daily", "2026-11-20")
    assert "support: the newest is 19 days old" in said, "who writes it asks for it"
    root = shop(days(28), "  support: {source: desk.csv}\n")
    desk([40] * 7).to_csv(root / "desk.csv", index=False)
    assert gate(root, "2027-06-01").broken == (), "nobody expects it"


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        ("surveys", {"score": 9, "measure": "nps"}),
        ("campaigns", {"campaign": "spring", "user_id": "u"}),
        ("orders", {"order_id": "o", "user_id": "u"}),
        ("leads", {"lead_id": "l"}),
    ],
)
def test_every_kind_of_table_has_its_days(shop: Any, kind: str, row: dict[str, Any]) -> None:
    more = "expected: daily" if kind == "campaigns" else ""  # which the team sends as it likes
    root = shop(days(28), f"  expected: daily\n  {kind}: {{source: more.csv, {more}}}\n")
    table = desk([40] * 7).drop(columns="channel").assign(**row)
    table["lead_id"] = table["order_id"] = [f"n{n}" for n in range(len(table))]
    for upto, told in (("2026-11-02", 0), ("2026-10-25", 1)):
        table[table["timestamp"] < upto].to_csv(root / "more.csv", index=False)
        broken = gate(root, NOW).broken
        assert len(broken) == told, broken
        assert all(each.startswith(f"{kind}: the newest is 9 days old") for each in broken)


def test_a_letter_that_the_team_leaves_out_shuts_no_gate(shop: Any) -> None:
    root = shop(days(28), "  expected: daily\n  campaigns: {source: more.csv}\n")
    letters = desk([0, 0, 0, 0, 500, 0, 0]).drop(columns="channel")
    letters = letters.assign(campaign="news", user_id="u")
    letters[letters["timestamp"] < "2026-10-25"].to_csv(root / "more.csv", index=False)
    assert gate(root, NOW).broken == ()


def test_columns_of_other_tables_are_held_against_the_last_run(shop: Any) -> None:
    root = shop(days(), "  support: {source: desk.csv}\n")
    desk([40] * 7).assign(note="x", hold_minutes=2).to_csv(root / "desk.csv", index=False)
    ran(root)
    desk([40] * 7).assign(hold_minutes=2.5).to_csv(root / "desk.csv", index=False)
    found = gate(root)
    assert found.broken == (), "nothing is asked of a note"
    assert any("the column 'note' is gone, and was there in the run" in s for s in found.said)
    desk([40] * 7).to_csv(root / "desk.csv", index=False)
    (said,) = gate(root).broken
    assert said == (
        "support in desk.csv: the column 'hold_minutes' is gone, and was there in the run "
        "2026-10-20T00-00-00."
    )
    desk([40] * 7).to_csv(root / "new.csv", index=False)
    shop(days(), "  support: {source: new.csv}\n")
    assert gate(root).broken == (), "another source"


@pytest.mark.parametrize(("more", "shut"), [("", 1), ("  deliveries: true\n", 0)])
def test_a_part_without_any_contact_is_a_quiet_day(shop: Any, more: str, shut: int) -> None:
    root = shop(days(), f"{more}  support: {{source: desk.csv}}\n")
    desk([40] * 7)[:0].to_csv(root / "desk.csv", index=False)
    found = gate(root)
    assert len(found.broken) == shut
    assert any("desk.csv has column names and no rows" in s for s in (*found.broken, *found.said))


def test_rows_of_other_tables_are_held_against_the_last_run(shop: Any, tmp_path: Path) -> None:
    more = "  support: {source: desk.csv}\n"
    root = shop(days(), more)
    desk([40] * 7).to_csv(root / "desk.csv", index=False)
    ran(root)
    assert gate(root).broken == ()
    desk([40] * 7, weeks=3).to_csv(root / "desk.csv", index=False)
    (said,) = gate(root).broken
    assert said == (
        "data: 840 rows of support in desk.csv, and 2,240 in the run 2026-10-20T00-00-00 "
        "(`data: limits: volume:`)."
    )
    (root / "desk.csv").rename(root / "other.csv")
    shop(days(), more.replace("desk", "other"))
    assert gate(root).broken == (), "another source"
    shop(days())
    assert gate(root).broken == (), "the team took it out"
    shop(days(), more)
    (root / "other.csv").rename(root / "desk.csv")
    shop(days(), f"  expected: daily\n  limits: {{age: 99}}\n{more}")
    ran(root, "2026-10-21T00-00-00")
    tonight = tmp_path / "tonight"
    tonight.mkdir()
    pd.concat(days()).to_csv(tonight / "events.csv", index=False)
    assert any("0 rows of support" in each for each in gate(root, data=str(tonight)).broken)


def test_other_data_is_compared_only_where_data_is_expected(shop: Any, tmp_path: Path) -> None:
    root = shop(days())
    ran(root)
    days(5)[0].to_csv(tmp_path / "other.csv", index=False)
    other = str(tmp_path / "other.csv")
    assert gate(root, data=other).broken == ()
    root = shop(days(), "  expected: daily\n  limits: {age: 99}\n")
    assert any("90 rows, and 1,800" in each for each in gate(root, data=other).broken)


def test_a_table_that_cannot_be_read_shuts_it(shop: Any) -> None:
    root = shop(days(), "  surveys: {source: data/none.csv}\n")
    assert any(each.startswith("surveys: ") for each in gate(root).broken)


def test_accepted_data_is_said_and_kept(shop: Any, call: Any) -> None:
    frames = days()
    root = shop([*frames, frames[7]])
    code, said = call("test", root, "--accept-data")
    assert code == 0
    assert "1 green" in said
    assert "The data does not keep its limits: accepted." in said
    assert os.environ[ACCEPT] == "1"
    found = gate(root)
    assert (bool(found.broken), found.shut, found.accepted) == (True, (), True)


def test_junit_has_errors_and_no_success(shop: Any, call: Any, tmp_path: Path) -> None:
    frames = days()
    root = shop([*frames, frames[7]])
    assert call("test", root, "--junit", tmp_path / "j.xml")[0] == 2
    suite = ET.parse(tmp_path / "j.xml").getroot()[0]
    assert (suite.get("tests"), suite.get("errors")) == ("1", "1")
    assert "No verdict: events: 90 events repeat" in ET.tostring(suite, "unicode")


def test_the_plugin_of_pytest_fails_each_test_with_the_sentence(shop: Any) -> None:
    frames = days()
    root = shop([*frames, frames[7]])
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", root / "workshop.yaml"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "No verdict: events: 90 events repeat another one in every column" in done.stdout


def test_index_and_report_say_it_on_top(tmp_path: Path) -> None:
    shut = Gate(("events: 95.0% of the rows are set aside <b>.",), ("events: old.",))
    result = {
        "kind": "persona",
        "workshop": "Shop",
        "run_id": "r",
        "status": "closed",
        "persona": "ann",
        "data": {"gate": asdict(shut), "source": None, "fingerprint": None},
        **{key: [] for key in ("funnel", "weak_spots", "promises", "surveys", "claims")},
        "notebooks": [],
        "phases": {},
        "kit_version": "1",
    }
    write_atomic(tmp_path / "ann/result.json", json.dumps(result))
    for page in (write_index(tmp_path), write_report(result, [], tmp_path / "ann/report.html")):
        html = page.read_text("utf-8")
        top = html[html.index('<main id="main"') :].strip()
        assert top.index("No verdict: the data does not allow one") < 400
        assert "95.0% of the rows are set aside &lt;b&gt;." in top
        assert "no verdict</span>" in html


def test_who_cannot_be_told_is_not_replaced_by_what_many_share(tmp_path: Path) -> None:
    from journeykit import read_events

    frame = pd.concat(days(3)).reset_index(drop=True)
    frame.loc[frame.index % 10 != 0, "user_id"] = None
    frame.to_csv(tmp_path / "log.csv", index=False)
    read = read_events(str(tmp_path / "log.csv"))
    assert (read.contract.columns["user_id"], read.contract.set_aside) == ("user_id", 243)


@pytest.mark.nightly
def test_a_run_on_such_data_draws_no_verdict_and_says_so(tmp_path: Path, monkeypatch: Any) -> None:
    root = create(tmp_path / "shop", "retail").root
    for path in (root / "notebooks").glob("*.ipynb"):
        if path.stem[:2] not in ("04", "05"):  # promises and claims
            path.unlink()
    log = pd.read_csv(root / "data/events.csv.gz", dtype=str)
    log.loc[log.index % 10 != 0, "user_id"] = None
    log.to_csv(tmp_path / "bad.csv", index=False)
    start = "from journeykit.cli import main; main()"
    command = [sys.executable, "-c", start, "run", root, "--persona", "mobile-maya"]
    for more, code in (("", 2), ("--accept-data", 0)):
        done = subprocess.run(
            [*command, "--data", tmp_path / "bad.csv", *more.split()],
            capture_output=True,
            text=True,
            check=False,
        )
        run = sorted((root / "runs").iterdir())[-1]
        result = json.loads((run / "mobile-maya/result.json").read_text("utf-8"))
        wrong = [each.get("error") for each in result["notebooks"] if each["status"] != "ok"]
        assert (done.returncode, wrong) == (code, []), done.stderr
        assert result["status"] == ("closed" if code else "ok")
        assert result["data"]["gate"]["accepted"] is not bool(code)
        verdicts = {each["verdict"] for each in (*result["claims"], *result["promises"])}
        words = (run / "index.html").read_text("utf-8")
        if code:
            assert verdicts <= {"undecided", "not measured"}
            assert "No verdict: the data does not allow one" in words
        else:
            assert verdicts & {"supported", "refuted", "kept", "broken"}
            assert "This data is taken as it is" in words


def test_check_says_each_thing_once(shop: Any, call: Any) -> None:
    frames = days()
    frames[3] = frames[3].assign(user_id=[None, None, *frames[3]["user_id"][2:]])
    _, said = call("check", shop(frames))
    lines = [line for line in said.splitlines() if "rows were set aside: no user_id" in line]
    assert [line[:9] for line in lines] == ["Warning: ", "! warning"], "of the contract, of check"
