"""The commands of docs/analyst.md, "Where the data comes from", as they stand there."""

from __future__ import annotations

import gzip
import re
import shlex
import shutil
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from journeykit.cli.app import app
from journeykit.phases.session import Session
from journeykit.store import Folder

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "analyst.md").read_text("utf-8")
SECTION = PAGE.partition("\n## Where the data comes from\n")[2].partition("\n## ")[0]
COMMANDS = re.findall(r"^journeykit (.+)$", SECTION, re.M)
QUICK = "from-sheet"


def lay_out(folder: Path) -> None:
    """Put the files there that the page names."""
    shutil.copytree(ROOT / "tests" / "tables" / "files", folder, dirs_exist_ok=True)
    import sqlite3

    import duckdb
    import pandas as pd

    with sqlite3.connect(folder / "events.sqlite") as store:
        log = pd.read_sql_query("SELECT * FROM events", store)
    text = log.to_csv(index=False).encode()
    (folder / "log.csv.gz").write_bytes(gzip.compress(text))
    with zipfile.ZipFile(folder / "export.zip", "w") as archive:
        archive.writestr("events.csv", text)
        archive.writestr("users.csv", "id\n1\n")
    with duckdb.connect(str(folder / "log.duckdb")) as store:
        store.register("log", log)
        store.execute("CREATE TABLE events AS FROM log; CREATE TABLE users AS SELECT 1 AS id")


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(each, marks=() if QUICK in each else pytest.mark.all)
        for each in COMMANDS
        if "postgresql" not in each  # which tests/tables/test_postgres.py reads from
    ],
)
def test_a_command_of_the_page_makes_a_workshop(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_out(tmp_path)
    monkeypatch.chdir(tmp_path)
    words = shlex.split(command)
    said = CliRunner().invoke(app, words)
    assert said.exit_code == 0, said.output
    folder = Folder(tmp_path / words[1])
    inside = words[3].partition("::")[2]
    assert folder.workshop().data["events"].source.endswith(inside and f"::{inside}")
    for file in tmp_path.iterdir():  # the workshop has a copy of what it needs
        if file.is_file():
            file.unlink()
    events = Session(folder).all_events
    assert (events.users, events.count) == (12, 45)


def test_the_page_has_a_command_for_each_kind() -> None:
    assert len(COMMANDS) == 10
