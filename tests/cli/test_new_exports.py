"""`journeykit new` of a folder of exports, and of files that are named: one command."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

import journeykit as jk
from journeykit.cli.make import app

from ..propose.exports import team


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return team(tmp_path_factory.mktemp("team"))


def new(*words: object, typed: str = "") -> Result:
    return CliRunner().invoke(app, ["new", *map(str, words)], input=typed)


def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = SimpleNamespace(isatty=lambda: True)
    monkeypatch.setattr("journeykit.cli.exports.sys", SimpleNamespace(stdin=stdin))


def other_orders(path: Path) -> Path:
    """Orders of another shape than the folder's."""
    frame = pd.DataFrame({"invoice": range(7), "client": [f"c{n}" for n in range(7)]})
    frame.assign(date="2026-02-03", qty=1).to_csv(path, index=False)
    return path


def test_a_folder_becomes_a_workshop_in_one_command(folder: Path, tmp_path: Path) -> None:
    run = new(tmp_path / "w", "--from", folder)
    assert run.exit_code == 0, run.output
    lines = [re.split(r"  +", line.strip()) for line in run.output.splitlines()]
    period = "2026-01-07 to 2026-03-27"
    assert ["responses.xlsx", "surveys", period, "48 of 50", "48", "48"] in lines
    for said in (
        "Warning: 2 of 50 rows were set aside: no score.",
        "took 'E-mail of buyer' as user_id",
        "Passed over, a text or a picture: README.txt, logo.png.",
        "Proposed funnel: Visit → Product → Cart → Checkout → Purchase.",
    ):
        assert said in run.output
    w = jk.open_workshop(tmp_path / "w")
    assert w.all_events.users == 120
    assert {kind: len(w.table(kind, everybody=True)) for kind in w.kinds} == {
        "surveys": 48, "support": 40, "campaigns": 80, "orders": 29, "leads": 60
    }  # fmt: skip
    told = (tmp_path / "w/workshop.yaml").read_text("utf-8")
    assert told[told.index("\ndata:") :] == (
        "\ndata:\n"
        "  events:\n    source: data/events/*.csv\n"
        "  surveys:\n    source: data/responses.xlsx\n"
        "  support:\n    source: data/export-2026-03-30.csv\n"
        "  campaigns:\n    source: data/mailing.csv\n"
        "  orders:\n    source: data/orders/*.csv\n    columns:\n      user_id: E-mail of buyer\n"
        "  leads:\n    source: data/leads.parquet\n    columns:\n      user_id: Contact\n"
    )


def test_what_is_open_is_refused_with_the_line_to_type_and_can_be_typed(
    folder: Path, tmp_path: Path
) -> None:
    shutil.copytree(folder, here := tmp_path / "in")
    other = other_orders(here / "old sales.csv")
    run = new(tmp_path / "w", "--from", here)
    assert run.exit_code != 0
    said = str(run.exception)
    assert "several files are orders, each with other columns" in said
    assert not (tmp_path / "w").exists()
    typed = re.search(r"--orders '(.+?)'", said)
    assert typed
    run = new(tmp_path / "w", "--from", here, "--orders", other)
    assert run.exit_code == 0, run.output
    assert "orders are read from" in run.output
    assert len(jk.open_workshop(tmp_path / "w").table("orders", everybody=True)) == 7


def test_yes_takes_the_first_and_says_so(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, here := tmp_path / "in")
    other_orders(here / "old sales.csv")
    nobody = pd.DataFrame({"order_no": [1], "quantity": 1, "a": "x", "b": "y", "price": 2})
    nobody.to_csv(here / "zz orders.csv", index=False)
    run = new(tmp_path / "w", "--from", here, "--yes")
    assert run.exit_code == 0, run.output
    assert re.search(r"old sales.csv\n    orders are read from Orders north.csv … ", run.output)
    assert re.search(r"zz orders.csv\n    Which column is user_id .*orders.user_id=", run.output)
    assert len(jk.open_workshop(tmp_path / "w").table("orders", everybody=True)) == 29


def test_in_a_terminal_it_asks(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(folder, here := tmp_path / "in")
    other_orders(here / "old sales.csv")
    rows = range(40)
    frame = pd.DataFrame({"user_id": [f"k{n % 9}" for n in rows], "event": ["a", "b"] * 20})
    frame["timestamp"], frame["campaign"] = "2026-02-01", ["x", "x", "y", "y"] * 10
    frame.assign(opened="yes").to_csv(here / "unclear.csv", index=False)
    scores = pd.DataFrame({"NPS": [9, 8], "When": ["2026-02-01", "2026-02-02"]})
    scores.to_csv(here / "answers.csv", index=False)
    terminal(monkeypatch)
    answers = ["measure=nps", "what?", "campaigns", "answers.csv", "unclear.csv", "old sales.csv"]
    run = new(tmp_path / "w", "--from", here, typed="\n".join(answers) + "\n")
    assert run.exit_code == 0, run.output
    w = jk.open_workshop(tmp_path / "w")
    rows_of = {kind: len(w.table(kind, everybody=True)) for kind in w.kinds}
    assert (w.all_events.users, rows_of) == (
        120, {"surveys": 2, "support": 40, "campaigns": 40, "orders": 7, "leads": 60}
    )  # fmt: skip
    assert w.workshop.data["surveys"].columns == {"measure": "nps"}


def test_enter_leaves_a_file_out(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(folder, here := tmp_path / "in")
    pd.DataFrame({"NPS": [9, 8], "When": "2026-02-01"}).to_csv(here / "nps.csv", index=False)
    terminal(monkeypatch)
    run = new(tmp_path / "w", "--from", here, typed="\n")
    assert run.exit_code == 0, run.output
    assert "--column surveys.measure=nps" in run.output
    assert re.search(r"^nps.csv +left out", run.output, re.M)


def test_a_column_of_a_table_is_said_with_its_kind(folder: Path, tmp_path: Path) -> None:
    frame = pd.DataFrame({"Q1": [9, 2, 7], "Q2": [1, 1, 1], "who": ["a", "b", "c"]})
    frame.to_csv(tmp_path / "form.csv", index=False)
    told = ["--column", "surveys.score=Q1", "--column", "surveys.measure=nps"]
    run = new(tmp_path / "w", "--surveys", tmp_path / "form.csv", *told)
    assert run.exit_code == 0, run.output
    assert "No funnel is proposed" in run.output
    w = jk.open_workshop(tmp_path / "w")
    assert w.table("surveys")["score"].tolist() == [9, 2, 7]
    assert w.workshop.data["surveys"].columns == {"score": "Q1", "measure": "nps"}


def test_files_that_are_named_and_parts_of_a_log(folder: Path, tmp_path: Path) -> None:
    words: list[object] = ["--support", folder / "export-2026-03-30.csv"]
    for month in (1, 2):
        words += ["--events", folder / f"events_2026-0{month}.csv"]
    run = new(tmp_path / "w", *words)
    assert run.exit_code == 0, run.output
    w = jk.open_workshop(tmp_path / "w")
    months = [pd.read_csv(folder / f"events_2026-0{month}.csv") for month in (1, 2)]
    assert w.all_events.count == sum(map(len, months))
    assert [*w.workshop.data.keys()] == ["events", "support"]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--orders", "nowhere.csv"], "nowhere.csv"),
        (["--orders", "nowhere.csv", "--yes"], "nowhere.csv"),
        (["--from", "EMPTY"], "no file could be placed"),
        (["--from", "FOLDER", "--template", "retail"], "one of them"),
        (["--orders", "FOLDER/mailing.csv"], "order_id"),
        (["--from", "FOLDER", "--column", "orders.user_id=nobody"], "no column 'nobody'"),
    ],
)
def test_it_refuses_and_makes_nothing(
    words: list[str], complaint: str, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    given = [
        w.replace("FOLDER", str(folder)).replace("EMPTY", str(tmp_path / "empty")) for w in words
    ]
    run = new(tmp_path / "w", *given)
    assert run.exit_code != 0
    assert complaint in f"{run.output} {run.exception}"
    assert not (tmp_path / "w").exists()


def test_hostile_names_are_text(folder: Path, tmp_path: Path) -> None:
    (here := tmp_path / "in").mkdir()
    for n, name in enumerate(["ev\x1b[31m.csv", "-rf.csv", "a\nb.csv", "ev::x.csv"]):
        shutil.copy(folder / f"events_2026-0{1 + n % 3}.csv", here / name)
    run = new(tmp_path / "w", "--from", here)
    assert run.exit_code == 0, run.output
    assert "\x1b" not in run.output
    assert jk.open_workshop(tmp_path / "w").all_events.users == 120


@pytest.mark.nightly
def test_a_run_of_nine_exports_gives_an_index(folder: Path, tmp_path: Path) -> None:
    assert new(tmp_path / "w", "--from", folder).exit_code == 0
    run = CliRunner().invoke(app, ["run", str(tmp_path / "w")])
    assert run.exit_code == 0, run.output
    index = Path(run.output.splitlines()[-1]).read_text("utf-8")
    assert all(words in index for words in ("120", "Mobile customer", "Desktop customer"))
