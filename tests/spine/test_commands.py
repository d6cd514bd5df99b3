"""The command line where it is quick: folders made, checked and refused; what is said, exit codes."""

from __future__ import annotations

import gzip
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from journeykit.cli import main
from journeykit.store import create, open_folder

# The refusals come after the fork server was asked for; one process has one.
pytestmark = pytest.mark.xdist_group("run")

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Call the command line in this process: exit code, what it said, what it complained about."""

    def called(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["journeykit", *map(str, words)])
        try:
            main()
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        return code, *capsys.readouterr()

    return called


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return create(tmp_path / "shop", "retail").root


def log(path: Path, **columns: Any) -> Path:
    """A log with its own column names: 60 customers who look, put in and sometimes buy."""
    rows = [
        {
            "Customer": f"k{user}",
            "Action": action,
            "When": f"2026-03-{1 + user % 28:02d} 10:{minute:02d}:00",
        }
        | {name: value(user) for name, value in columns.items()}
        for user in range(60)
        for minute, action in enumerate(["Open page", "Look", "Put in", "Buy"][: 2 + user % 3])
    ]
    pd.DataFrame(rows).to_csv(path, index=False)
    return path


# --- new -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("template", ["retail", "saas", "healthcare", "lead-generation", "blank"])
def test_new_makes_a_folder_that_is_in_order(call: Call, tmp_path: Path, template: str) -> None:
    code, said, _ = call("new", tmp_path / "w", "--template", template)
    assert code == 0
    assert f"journeykit run {tmp_path / 'w'}" in said
    for name in open_folder(tmp_path / "w").personas().values():
        assert name.name in said
    assert len(list((tmp_path / "w" / "notebooks").glob("0*.ipynb"))) == 8
    ignored = (tmp_path / "w" / ".gitignore").read_text("utf-8").split()
    assert {"data/", ".cache/", "runs/"} <= set(ignored)
    code, said, _ = call("check", tmp_path / "w")
    assert code == 0, said
    assert "0 errors" in said


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--template", "retial"], "Did you mean 'retail'"),
        (["--template", "retail", "--events", "a.csv"], "one of them"),
        (["--column", "user_id=Customer"], "belong to --events"),
        (["--events", "nowhere.csv"], "nowhere.csv"),
        (["--events", "LOG", "--column", "user_id"], "name=value"),
        (["--events", "LOG", "--column", "user_id=Custommer"], "Did you mean 'Customer'"),
    ],
)
def test_new_refuses_and_makes_nothing(
    call: Call, tmp_path: Path, words: list[str], complaint: str
) -> None:
    own = log(tmp_path / "log.csv")
    code, _, complained = call(
        "new", tmp_path / "w", *[str(own) if word == "LOG" else word for word in words]
    )
    assert code == 2
    assert complaint in complained
    assert "Traceback" not in complained
    assert not (tmp_path / "w").exists()


def test_new_never_writes_into_a_folder_that_holds_something(call: Call, tmp_path: Path) -> None:
    (tmp_path / "w").mkdir()
    (tmp_path / "w" / "mine.txt").write_text("mine", encoding="utf-8")
    for words in (["--template", "retail"], ["--events", log(tmp_path / "log.csv")]):
        code, _, complained = call("new", tmp_path / "w", *words)
        assert code == 2
        assert "not empty" in complained
        assert [path.name for path in (tmp_path / "w").iterdir()] == ["mine.txt"]


def test_own_events_make_stages_a_funnel_and_personas(call: Call, tmp_path: Path) -> None:
    own = log(tmp_path / "log.csv", platform=lambda user: ["phone", "laptop"][user % 5 == 0])
    code, said, complained = call("new", tmp_path / "w", "--events", own)
    assert code == 0, complained
    assert "60 users" in said
    assert "took column 'Customer' as user_id" in said
    folder = open_folder(tmp_path / "w")
    top = folder.workshop()
    named = [name for stage in top.stages for match in stage.events for name in match.root["event"]]
    assert sorted(named) == ["Buy", "Look", "Open page", "Put in"], "each event is in one stage"
    assert [str(match) for match in top.goal] == ["Buy"]
    steps = list(top.steps())
    assert steps[-1] == "Buy"
    assert len(steps) >= 3
    assert [dict(p.segment) for p in folder.personas().values()] == [
        {"device": ("laptop",)},
        {"device": ("phone",)},
    ]
    assert all(folder.journey_of(persona) for persona in folder.persona_ids())
    assert (tmp_path / "w" / "data" / "log.csv").is_file(), "a small log comes along"
    code, said, _ = call("check", tmp_path / "w")
    assert (code, "0 errors" in said) == (0, True)


def test_without_a_column_to_segment_by_there_is_everyone(call: Call, tmp_path: Path) -> None:
    code, said, _ = call("new", tmp_path / "w", "--events", log(tmp_path / "log.csv"))
    assert code == 0
    assert open_folder(tmp_path / "w").persona_ids() == ["everyone"]
    assert "Everyone" in said


def test_columns_are_kept_for_every_later_run(call: Call, tmp_path: Path) -> None:
    own = log(tmp_path / "log.csv")
    frame = pd.read_csv(own).rename(columns={"Customer": "a", "Action": "b", "When": "c"})
    frame["c"] = pd.to_datetime(frame["c"]).dt.strftime("%d/%m/%Y %H:%M")
    frame.to_csv(own, index=False)
    columns = [
        word for pair in ("user_id=a", "event=b", "timestamp=c") for word in ("--column", pair)
    ]
    code, said, complained = call("new", tmp_path / "w", "--events", own, *columns, "--day-first")
    assert code == 0, complained
    table = open_folder(tmp_path / "w").workshop().data["events"]
    assert (table.columns, table.day_first) == (
        {"user_id": "a", "event": "b", "timestamp": "c"},
        True,
    )
    code, said, _ = call("check", tmp_path / "w")
    assert code == 0
    assert "from 2026-03-01 to 2026-03-28" in said


# --- check -----------------------------------------------------------------------------------------


def broken_key(root: Path) -> None:
    path = root / "workshop.yaml"
    path.write_text(
        path.read_text("utf-8").replace("\nobjectives:", "\nobjectivs:", 1), encoding="utf-8"
    )


def nobody(root: Path) -> None:
    (root / "personas" / "ghost.yaml").write_text(
        "name: Ghost\nsegment: {channel: telex}\n", encoding="utf-8"
    )


def no_such_stage(root: Path) -> None:
    path = root / "journeys" / "mobile-maya.yaml"
    path.write_text(
        path.read_text("utf-8").replace("stage: purchase", "stage: purchse", 1), encoding="utf-8"
    )


def broken_table(root: Path) -> None:
    (root / "data" / "surveys.csv.gz").write_bytes(b"\x00not gzip")


def no_rows(root: Path) -> None:
    (root / "data" / "orders.csv.gz").write_bytes(
        gzip.compress(b"order_id,user_id,timestamp,product\n")
    )


WRONG = {
    "broken key": (broken_key, ["workshop.yaml", "objectivs", "objectives"]),
    "nobody": (nobody, ["ghost", "telex"]),
    "no such stage": (no_such_stage, ["journeys/mobile-maya.yaml", "purchse", "purchase"]),
    "broken table": (broken_table, ["surveys.csv.gz"]),
    "no rows": (no_rows, ["orders.csv.gz", "no rows"]),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_check_tells_what_is_wrong_and_run_refuses(call: Call, shop: Path, wrong: str) -> None:
    change, words = WRONG[wrong]
    change(shop)
    code, said, _ = call("check", shop)
    assert code == (2 if wrong in ("broken table", "no rows") else 1)
    assert "error" in said
    assert "1 error," in said
    assert [word for word in words if word not in said] == []
    code, _, complained = call("run", shop)
    assert code == 2, "run refuses what check calls an error"
    assert [word for word in words if word not in complained] == []
    assert "Traceback" not in complained
    assert not (shop / "runs").exists()


def test_check_warns_of_a_map_that_the_data_does_not_know(call: Call, shop: Path) -> None:
    events = pd.read_csv(shop / "data" / "events.csv.gz", dtype=str)
    events[events["event"] != "shipping"].to_csv(shop / "data" / "events.csv.gz", index=False)
    code, said, _ = call("check", shop)
    assert code == 0
    assert "shipping" in said
    assert re.search(r"[1-9]\d* findings? \(", said)


# --- run: refused before anything starts ---------------------------------------------------------------


def junk(folder: Path) -> list[object]:
    (folder / "junk.csv").write_bytes(os.urandom(3000))
    return ["--data", folder / "junk.csv"]


def no_user(folder: Path) -> list[object]:
    (folder / "two.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    return ["--data", folder / "two.csv"]


def no_parquet(folder: Path) -> list[object]:
    (folder / "bad.parquet").write_bytes(b"PAR1" + bytes(range(99)))
    return ["--data", folder / "bad.parquet"]


def empty_folder(folder: Path) -> list[object]:
    (folder / "empty").mkdir()
    return ["--data", folder / "empty"]


REFUSED: dict[str, tuple[Callable[[Path], list[object]], str]] = {
    "a person unknown": (lambda _: ["--persona", "mobile-mya"], "Did you mean 'mobile-maya'"),
    "a parameter unknown": (lambda _: ["-p", "top=3"], "no notebook has a parameter 'top'"),
    "a parameter of the run's own": (
        lambda _: ["-p", "persona=x"],
        "'persona' is filled in by the run",
    ),
    "not a pair": (lambda _: ["-p", "top"], "name=value"),
    "not a date": (lambda _: ["--since", "31.1.2026"], "Write it as 2026-01-31"),
    "dates turned round": (
        lambda _: ["--since", "2026-05-01", "--until", "2026-04-01"],
        "Turn them round",
    ),
    "a time without data": (lambda _: ["--since", "2027-01-01"], "2026-06-28"),
    "no workers": (lambda _: ["--workers", "0"], "--workers"),
    "no such data": (lambda _: ["--data", "evnts.csv"], "evnts.csv"),
    "not text": (junk, "junk.csv cannot be read"),
    "no column of users": (no_user, "user_id"),
    "not Parquet": (no_parquet, "bad.parquet cannot be read"),
    "a folder without events": (empty_folder, "holds no events.csv"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_run_refuses_before_anything_starts(
    call: Call, shop: Path, tmp_path: Path, case: str
) -> None:
    words, complaint = REFUSED[case]
    code, said, complained = call("run", shop, *words(tmp_path))
    assert code == 2
    assert complaint.lower() in complained.lower()
    assert "Traceback" not in complained
    assert not said.strip()
    assert not (shop / "runs").exists()


def test_a_folder_that_is_no_workshop_is_told(call: Call, tmp_path: Path) -> None:
    for verb in ("run", "check", "lab"):
        code, _, complained = call(verb, tmp_path)
        assert code == 2
        assert "workshop.yaml" in complained
