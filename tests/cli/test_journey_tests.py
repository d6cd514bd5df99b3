"""`journeykit test`: what it says, exit codes, JUnit; and the pytest plugin, in processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from journeykit.claims import JourneyTest
from journeykit.claims.testing import walk_test
from journeykit.cli import main
from journeykit.cli.testing import as_junit
from journeykit.errors import JourneykitError
from journeykit.model import RECORD_KINDS, Journey, Workshop
from journeykit.store import write_atomic
from journeykit.words import people

WORKSHOP = """\
schema: 2
name: "Shop <b>&"
goal: pay
stages: [{id: buy, name: Buy, events: ["*"]}]
funnel: [{name: visit, events: visit}, {name: pay, events: pay}]
data: {events: {source: data/events.csv}}
"""
CARD = """\
  - id: {id}
    stage: buy
    lane: metrics
    text: "{text}"
    claim: {{metric: {metric}, is: at least, threshold: {threshold}, must: true}}
"""
GREEN = {"id": "green", "metric": "conversion", "threshold": "30%", "text": "Half of them pay"}
RED = {
    "id": "red",
    "metric": "conversion",
    "threshold": "80%",
    "text": "Nearly all pay <script>]]>&\\x07",
}
AMBER = {"id": "amber", "metric": "conversion", "threshold": "50%", "text": "Exactly half pay"}
BLIND = {"id": "blind", "metric": "nps", "threshold": "10", "text": "They recommend us"}


@pytest.fixture
def shop(tmp_path: Path) -> Callable[..., Path]:
    """Make a shop of 200 customers, of whom half pay, with these claims: ``shop(GREEN, RED)``."""

    def made(
        *cards: dict[str, str], place: str = "shop", ben: tuple[dict[str, str], ...] = ()
    ) -> Path:
        root = tmp_path / place
        write_atomic(root / "workshop.yaml", WORKSHOP)
        for persona, claims in (("ann", cards), ("ben", ben)):
            if claims or persona == "ann":
                write_atomic(root / f"personas/{persona}.yaml", f"name: {persona.capitalize()}\n")
                body = "".join(CARD.format(**card) for card in claims)
                write_atomic(
                    root / f"journeys/{persona}.yaml",
                    f"persona: {persona}\nname: Map\n" + (f"cards:\n{body}" if body else ""),
                )
        (root / "data").mkdir(exist_ok=True)
        paying(100).to_csv(root / "data/events.csv", index=False)
        return root

    return made


def paying(pay: int) -> pd.DataFrame:
    rows = [(f"u{n}", event) for n in range(200) for event in ["visit", "pay"][: 1 + (n < pay)]]
    frame = pd.DataFrame(rows, columns=["user_id", "event"])
    return frame.assign(timestamp=pd.date_range("2026-01-01", periods=len(frame), freq="min"))


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Call the command line in this process: exit code, and what was said."""

    def called(*words: object) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["journeykit", "test", *map(str, words)])
        with pytest.raises(SystemExit) as end:
            main()
        said = capsys.readouterr()
        return int(end.value.code or 0), said.err + said.out

    return called


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize("stray", ["2106-02-07 06:28:15", "9999-12-31", "0001-01-01", "1970-01-01"])
def test_a_stray_date_leaves_a_red_test_red(shop: Any, call: Any, stray: str, kind: str) -> None:
    """A year in which all paid, then 90 days in which half did: the claim looks at these."""
    root = shop(RED)
    card = root / "journeys/ann.yaml"
    write_atomic(card, card.read_text().replace("must: true", "must: true, period: last 90 days"))
    old, new = paying(200).assign(timestamp="2025-01-05 10:00:00"), paying(100)
    old["user_id"] = "old-" + old["user_id"]
    log = pd.concat([old, new.astype({"timestamp": "str"})])
    log = pd.concat([log, pd.DataFrame([["u5", "visit", stray]], columns=log.columns)])
    if kind == "parquet":
        log["timestamp"] = log["timestamp"].astype("datetime64[us]")
        log.to_parquet(root / "data/events.parquet")
        write_atomic(root / "workshop.yaml", WORKSHOP.replace("events.csv", "events.parquet"))
    else:
        log.to_csv(root / "data/events.csv", index=False)
    code, said = call(root)
    assert code == 1, said
    assert "red" in said


@pytest.mark.parametrize(
    ("cards", "strict", "code"),
    [
        ((GREEN,), False, 0),
        ((GREEN,), True, 0),
        ((GREEN, AMBER), False, 0),
        ((GREEN, AMBER), True, 1),
        ((GREEN, BLIND), False, 0),
        ((GREEN, BLIND), True, 1),
        ((GREEN, RED), False, 1),
        ((RED, AMBER), True, 1),
        ((), False, 2),
    ],
)
def test_exit_codes(shop: Any, call: Any, cards: Any, strict: bool, code: int) -> None:
    assert call(shop(*cards), *["--strict"] * strict)[0] == code


def test_it_says_red_first_with_the_numbers_persona_by_persona(shop: Any, call: Any) -> None:
    code, said = call(shop(GREEN, RED, AMBER, ben=(BLIND,)))
    assert code == 1
    lines = said.splitlines()
    assert lines.pop(0).startswith("· data: events: the newest is ")
    assert lines[0] == "Ann: 1 green, 1 red, 1 amber"
    assert lines[1].startswith("  ▼ red    Nearly all pay")
    assert "50.0% (43.1% to 56.9%), 200 customers" in lines[2]
    assert "Ben: 0 green, 0 red, 1 amber" in lines
    assert "not measured. Not measured: the workshop has no surveys" in said
    assert lines[-1] == "1 green, 1 red, 2 amber in all; data: events.csv."


def test_what_only_the_alarm_calls_red_stands_with_the_reds(
    capsys: pytest.CaptureFixture[str],
) -> None:
    from journeykit.claims import JourneyTest
    from journeykit.cli import testing
    from journeykit.cli.base import show

    red = {"colour": "red", "state": -1}
    found = [
        JourneyTest(f"maya/{name}", "maya", name, colour, "", "", alarm=alarm)
        for name, colour, alarm in (
            ("holds", "green", {}),
            ("open", "amber", {}),
            ("rang", "amber", red),
            ("fell", "red", red),
        )
    ]
    told = {"journeys": (), "people": people}
    show(testing.__file__, suites=[("Maya", found)], found=found, **told)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Maya: 1 green, 1 red, 2 amber, 2 alarms"
    names = [line.split()[-1] for line in lines[1:] if line.startswith(("  ▲", "  ▼", "  ◊"))]
    assert names == ["rang", "fell", "holds", "open"]


def test_another_journey_of_a_persona_takes_no_test_away(
    shop: Any, call: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = shop(GREEN, AMBER)
    other = "persona: ann\nname: Returns\ncards:\n" + CARD.format(**RED)
    for name in ("a-returns", "z-returns"):  # before and after the main one, by its name
        write_atomic(root / f"journeys/{name}.yaml", other)
    code, said = call(root)
    assert (code, said.splitlines()[-1]) == (1, "1 green, 2 red, 1 amber in all; data: events.csv.")
    from journeykit.store import open_folder

    assert [j.id for j in open_folder(root).journeys_of("ann")] == ["ann", "a-returns", "z-returns"]
    assert open_folder(root).journey_of("ann").id == "ann"
    monkeypatch.setattr(sys, "argv", ["journeykit", "check", str(root), "--no-data"])
    with pytest.raises(SystemExit):
        main()
    assert "main journey" not in capsys.readouterr().out


def test_other_data_another_persona_and_a_period(shop: Any, call: Any) -> None:
    root = shop(GREEN, RED, ben=(GREEN,))
    assert call(root, "--persona", "ben")[0] == 0
    paying(190).to_csv(root / "data/tonight.csv", index=False)
    assert call(root, "--data", "data/tonight.csv")[0] == 0
    paying(10).to_csv(root / "data/tonight.csv", index=False)
    assert call(root, "--data", root / "data/tonight.csv", "--persona", "ben")[0] == 1
    assert call(root, "--persona", "ben", "--since", "2026-01-01", "--until", "2026-01-01")[0] == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--persona", "bean"), "no persona 'bean'"),
        (("--data", "nowhere.csv"), "nowhere.csv"),
        (("--since", "soon"), "not a date"),
    ],
)
def test_what_could_not_run_exits_2_with_a_sentence(
    shop: Any, call: Any, words: Any, said: str
) -> None:
    code, told = call(shop(GREEN, ben=(GREEN,)), *words)
    assert code == 2
    assert said in told
    assert "Traceback" not in told


def test_a_wrong_file_exits_2_with_its_line(shop: Any, call: Any, tmp_path: Path) -> None:
    root = shop({**GREEN, "metric": "conversoin"})
    code, said = call(root)
    assert code == 2
    assert "journeys/ann.yaml:8" in said
    assert "Did you mean 'conversion'?" in said
    assert call(tmp_path / "nowhere")[0] == 2


# --- names that nobody in the data has ---------------------------------------------------------

SLIPS = [
    (
        "metric: channel-share\nof: sozial\n",
        2,
        "no channel in the data is 'sozial'. Did you mean 'social'?",
    ),
    ("metric: entry-share\nof: vist\n", 2, "no event in the data is 'vist'. Did you mean 'visit'?"),
    (
        "metric: transition-share\nof: [visit, pey]\n",
        2,
        "no event in the data is 'pey'. Did you mean 'pay'?",
    ),
    ("metric: conversion\nsegment:\n  channel: [social, emial]\n", 3, "Did you mean 'email'?"),
    (
        "metric: conversion\nsegment: {chanel: social}\n",
        2,
        "the data has no column 'chanel'. Did you mean 'channel'?",
    ),
    (
        "metric: csat\nsegment: {channel: emial}\n",
        2,
        "no channel in the data is 'emial'. Did you mean 'email'?",
    ),
    ("metric: solved\nof: chatt\n", 2, "no channel in the data is 'chatt'. Did you mean 'chat'?"),
    (
        "metric: weak-spot\nof: visit → pai\n",
        2,
        "no step or event in the data is 'pai'. Did you mean 'pay'?",
    ),
    ("metric: lead-rate\nof: custommer\n", 2, "Did you mean 'customer'?"),
]


def claimed(root: Path, *claims: str) -> int:
    """Add journey tests to Ann's map, with channels and contacts in the data; the line of the last claim."""
    file = root / "journeys/ann.yaml"
    for n, claim in enumerate(claims):
        threshold = 'threshold: "0"' if "csat" in claim else "threshold: 0%"
        lines = f"{claim}is: at least\n{threshold}\nmust: true\n".splitlines()
        body = "".join(f"      {line}\n" for line in lines)
        card = (
            f"  - id: slip-{n}\n    stage: buy\n    lane: metrics\n    text: Slip {n}\n    claim:\n"
        )
        line = len(file.read_text("utf-8").splitlines()) + 5
        file.write_text(file.read_text("utf-8") + card + body, "utf-8")
    log = pd.read_csv(root / "data/events.csv")
    log["channel"] = log["user_id"].map(
        lambda user: ["social", "email", "direct"][int(user[1:]) % 3]
    )
    log.to_csv(root / "data/events.csv", index=False)
    people = {"user_id": [f"u{n}" for n in range(90)], "timestamp": "2026-01-01"}
    for kind, more in (
        ("support", {"channel": "chat", "solved": "yes"}),
        ("surveys", {"measure": "csat", "score": 5}),
        ("leads", {"status": "lead"}),
    ):
        pd.DataFrame({**people, **more}).to_csv(root / f"data/{kind}.csv", index=False)
    tables = "".join(
        f", {kind}: {{source: data/{kind}.csv}}" for kind in ("support", "surveys", "leads")
    )
    whole = WORKSHOP.replace("events.csv}}", f"events.csv}}{tables}}}")
    write_atomic(root / "workshop.yaml", whole)
    return line


@pytest.mark.parametrize(("claim", "line", "said"), SLIPS)
def test_a_name_that_nobody_has_is_told_with_file_and_line(
    shop: Any, call: Any, claim: str, line: int, said: str
) -> None:
    root = shop(GREEN)
    first = claimed(root, claim)
    code, told = call(root)
    assert code == 2
    assert said in told
    assert f"journeys/ann.yaml:{first + line}, at `cards.slip-0.claim" in told
    assert "✗ wrong  Slip 0" in told
    assert "▲ green  Half of them pay" in told, "every other claim is told"
    assert "1 green, 0 red, 0 amber, 1 wrong in all" in told


def test_a_wrong_name_outweighs_red_and_is_an_error_in_junit_pytest_and_check(
    shop: Any,
    call: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    root = shop(GREEN, RED)
    claimed(root, SLIPS[0][0])
    assert call(root, "--junit", tmp_path / "junit.xml")[0] == 2
    (suite,) = ET.parse(tmp_path / "junit.xml").getroot()
    assert (suite.get("failures"), suite.get("errors")) == ("1", "1")
    assert "Did you mean 'social'?" in suite.find("testcase/error").get("message")
    code, said = pytest_in(root, ".")
    assert (code, "2 failed, 1 passed" in said) == (1, True)
    assert "wrong: Slip 0" in said
    monkeypatch.setattr(sys, "argv", ["journeykit", "check", str(root)])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 1
    assert "✗ error: journeys/ann.yaml:" in capsys.readouterr().out


def test_what_only_a_persona_a_period_or_one_night_lacks_is_open_and_not_wrong(
    shop: Any, call: Any
) -> None:
    root = shop(GREEN)
    claimed(root, "metric: channel-share\nof: email\n", "metric: entry-share\nof: visit\n")
    (root / "personas/ann.yaml").write_text("name: Ann\nsegment: {channel: social}\n", "utf-8")
    code, said = call(root)
    assert (code, "◊ amber  Slip 0" in said) == (0, True)
    write_atomic(root / "personas/ann.yaml", "name: Ann\n")
    log = pd.read_csv(root / "data/events.csv")
    log.assign(channel="social", event="pay").to_csv(root / "data/tonight.csv", index=False)
    code, said = call(root, "--data", "data/tonight.csv")
    assert (code, "◊ amber  Slip 0" in said, "wrong" in said) == (0, True, False)
    log.loc[log["channel"] == "email", "timestamp"] = "2025-06-01"
    log.to_csv(root / "data/events.csv", index=False)
    code, said = call(root, "--since", "2026-01-01")
    assert (code, "◊ amber  Slip 0" in said) == (0, True)


@pytest.mark.parametrize("strict", [False, True])
def test_junit_is_valid_whatever_the_cards_say(
    shop: Any, call: Any, tmp_path: Path, strict: bool
) -> None:
    file = tmp_path / "reports" / "junit.xml"
    call(shop(GREEN, RED, AMBER, ben=(GREEN,)), "--junit", file, *["--strict"] * strict)
    root = ET.parse(file).getroot()
    assert (root.tag, root.get("name")) == ("testsuites", "Shop <b>&")
    ann, ben = root.findall("testsuite")
    counts = {"tests": "3", "failures": "2" if strict else "1", "skipped": "0" if strict else "1"}
    assert {key: ann.get(key) for key in counts} == counts
    assert (ben.get("name"), ben.get("failures")) == ("ben", "0")
    red = next(case for case in ann if case.get("name").startswith("ann/red"))
    assert "<script>]]>&" in red.get("name")
    assert "interval" in red.find("failure").get("message")
    assert red.get("file") == "journeys/ann.yaml"
    assert "\x07" not in file.read_text("utf-8")


def test_junit_of_every_kind_of_sign() -> None:
    text = "".join(map(chr, range(256))) + "\ud800\ufffe🙂"
    test = JourneyTest("a/b", "a", text, "red", text, text)
    case = ET.fromstring(as_junit([test], text)).find("testsuite/testcase")
    assert "🙂" in case.get("name")


def test_a_fault_of_the_kit_is_not_taken_for_red(
    shop: Any, call: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("journeykit.cli.testing.testable", lambda *_, **__: 1 / 0)
    code, said = call(shop(RED))
    assert code == 2
    assert "ZeroDivisionError" in said
    assert "a fault of the kit" in said


# --- walks -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("walked", "said"), [("ann", "1 of 1 steps seen"), ("ann-to-be", "Nobody has walked")]
)
def test_a_walk_counts_for_the_map_that_was_walked(
    shop: Any, call: Any, walked: str, said: str
) -> None:
    root = shop(GREEN)
    step = "  - {id: desk, stage: buy, lane: touchpoints, text: Desk}\n"
    mine = root / "journeys/ann.yaml"
    mine.write_text(mine.read_text("utf-8") + step, "utf-8")
    write_atomic(
        root / "journeys/ann-to-be.yaml",
        f"persona: ann\nname: Then\nkind: to-be\nbased_on: ann\ncards:\n{step}",
    )
    write_atomic(
        root / "records/walks/w.yaml",
        f"journey: {walked}\npersona: ann\ndate: 2026-06-01\n"
        "steps:\n  - {card: desk, seen: true}\n",
    )
    assert said in call(root)[1]


SHOP = Workshop.model_validate(
    {"name": "Shop", "stages": [{"id": "buy", "name": "Buy"}], "review_days": 90}
)
MAP = Journey(id="ann", name="Map", persona="ann")
MAP = MAP.add("Desk", stage="buy", lane="touchpoints", id="desk").add(
    "Pays", stage="buy", lane="actions", id="pays"
)


@pytest.mark.parametrize(
    ("steps", "date", "colour", "why"),
    [
        ([("desk", True, ""), ("pays", True, "")], "2026-06-01", "green", "Every step was seen"),
        (
            [("desk", True, ""), ("pays", False, "")],
            "2026-06-01",
            "amber",
            "1 of 2 steps were not seen",
        ),
        ([("desk", True, ""), ("pays", True, "Slow")], "2026-06-01", "amber", "1 thing was found"),
        (
            [("desk", True, ""), ("pays", True, "")],
            "2026-01-01",
            "amber",
            "181 days old, the review interval is 90",
        ),
        ([("desk", True, ""), ("pays", True, "")], None, "amber", "The walk has no date"),
        ([], None, "amber", "Nobody has walked it yet"),
        ([("gone", True, "Odd")], "2026-06-01", "amber", "Nobody has walked it yet"),
    ],
)
def test_a_walk_is_a_test(steps: Any, date: Any, colour: str, why: str) -> None:
    import datetime as dt

    walked = [{"card": card, "seen": seen, "finding": finding} for card, seen, finding in steps]
    walk = RECORD_KINDS["walks"].model_validate(
        {"id": "w", "journey": "ann", "date": date, "steps": walked}
    )
    found = walk_test(SHOP, MAP, [walk], "ann", today=dt.date(2026, 7, 1))
    assert found.colour == colour
    assert why in found.why


# --- pytest ------------------------------------------------------------------------------------


def pytest_in(place: Path, *words: object) -> tuple[int, str]:
    """Run pytest with the plugin in a process of its own."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "journeykit.pytest_plugin",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "-rA",
        *map(str, words),
    ]
    ran = subprocess.run(
        command,
        cwd=place,
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "PYTEST_ADDOPTS": ""},
    )
    return ran.returncode, ran.stdout + ran.stderr


def test_pytest_runs_one_test_for_each_claim_that_must_hold(shop: Any) -> None:
    root = shop(GREEN, RED, AMBER, ben=(GREEN,))
    code, said = pytest_in(root.parent, root)
    assert code == 1
    assert "1 failed, 2 passed, 1 xfailed" in said
    assert "red: Nearly all pay" in said
    assert "50.0% (43.1% to 56.9%), 200 customers" in said
    assert "Traceback" not in said
    assert "1 failed" in pytest_in(root, "workshop.yaml::ann/red")[1]
    assert "1 passed, 3 deselected" in pytest_in(root, ".", "-k", "ben")[1]


@pytest.mark.all
def test_pytest_with_amber_that_fails_and_other_data(shop: Any) -> None:
    root = shop(GREEN, AMBER)
    assert pytest_in(root, ".")[0] == 0
    assert "1 failed, 1 passed" in pytest_in(root, ".", "--journeykit-strict")[1]
    paying(10).to_csv(root / "data/tonight.csv", index=False)
    assert "2 failed" in pytest_in(root, ".", "--journeykit-data", "data/tonight.csv")[1]
    code, said = pytest_in(root, ".", "--journeykit-data", "nowhere.csv")
    assert code == 1
    assert "nowhere.csv" in said
    assert "Traceback" not in said


@pytest.mark.all
def test_pytest_collects_a_workshop_only_where_it_is_named_or_asked_for(shop: Any) -> None:
    root = shop(GREEN)
    above = root.parent
    write_atomic(above / "test_own.py", "def test_own(): pass\n")
    assert "1 passed in" in pytest_in(above)[1], "a workshop among the files is left alone"
    assert "1 passed in" in pytest_in(above, ".")[1]
    assert "2 passed in" in pytest_in(above, ".", "--journeykit")[1]
    assert "2 passed in" in pytest_in(above, "test_own.py", "shop")[1]
    write_atomic(above / "pytest.ini", "[pytest]\njourneykit = true\n")
    assert "2 passed in" in pytest_in(above)[1]


def test_pytest_says_what_is_wrong_with_a_file(shop: Any) -> None:
    code, said = pytest_in(shop({**GREEN, "threshold": "300"}), ".")
    assert code == 2
    assert "journeys/ann.yaml:8" in said
    assert "conversion lies between 0% and 100%" in said


def test_the_plugin_is_light_where_there_is_no_workshop(tmp_path: Path) -> None:
    write_atomic(
        tmp_path / "test_light.py",
        (
            "import sys\n"
            "def test_light():\n"
            "    heavy = {'pandas', 'duckdb', 'altair', 'scipy', 'pydantic', 'ruamel.yaml', 'papermill'}\n"
            "    assert not heavy & set(sys.modules)\n"
        ),
    )
    code, said = pytest_in(tmp_path, "-p", "no:hypothesispytest", "-p", "no:nbval")
    assert code == 0, said


def test_the_entry_point_is_the_plugin() -> None:
    import tomllib

    import journeykit.pytest_plugin as plugin

    text = (Path(__file__).resolve().parents[2] / "pyproject.toml").read_text("utf-8")
    points = tomllib.loads(text)["project"]["entry-points"]["pytest11"]
    assert points == {plugin.__name__: plugin.__name__}
    assert issubclass(plugin.Red, Exception)
    assert not issubclass(plugin.Red, JourneykitError)
