"""A real PostgreSQL, which the test starts and ends: its rows are read, and nothing is written."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from journeykit import read_events
from journeykit.errors import DataError

pytest.importorskip("adbc_driver_postgresql")
pytestmark = [pytest.mark.all, pytest.mark.xdist_group("postgres")]
BINARIES = [*Path("/usr/lib/postgresql").glob("*/bin"), Path(shutil.which("initdb") or "/").parent]
SECRET = "a secret: of 7 words/@"
TABLE = """
CREATE TABLE log (user_id NUMERIC, event TEXT, "timestamp" TIMESTAMPTZ, "odd ""name" JSONB,
  filename UUID DEFAULT gen_random_uuid(), rowid INT, value NUMERIC(9, 2));
INSERT INTO log VALUES
  (1001.000, 'visit', '2026-01-05 10:00+01', '{"a": 1}', DEFAULT, 1, 19.90),
  (1001.000, 'buy', '2026-01-05 10:30:00.5+01', NULL, DEFAULT, 2, NULL),
  (12345678901234567890123, 'visit', '2026-01-06 10:00+01', NULL, DEFAULT, 3, 5);
CREATE TABLE users AS SELECT 1 AS id;
CREATE SCHEMA shop; CREATE TABLE shop.events AS SELECT * FROM log WHERE rowid < 3;
"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Start a server of its own, reached by a socket and a password."""
    there = [folder for folder in BINARIES if (folder / "initdb").is_file()]
    if not there:
        pytest.skip("PostgreSQL is not installed")
    folder = Path(tempfile.mkdtemp(prefix="jk-pg-"))
    (folder / "password").write_text(SECRET)
    plain: list[str] = []
    if os.geteuid() == 0:  # it refuses to be run by root
        subprocess.run(["chown", "-R", "nobody", folder], check=True)
        plain = ["setpriv", "--reuid=nobody", "--clear-groups"]

    def run(*words: object) -> None:
        command = [*plain, *map(str, words)]
        subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL, timeout=100)

    data, control = folder / "data", there[0] / "pg_ctl"
    run(there[0] / "initdb", "-D", data, "-U", "team", "-A", "scram-sha-256", "-E", "UTF8",
        f"--pwfile={folder}/password")  # fmt: skip
    options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
    run(control, "-D", data, "-o", options, "-l", folder / "log", "-w", "start")
    os.environ["PGPASSWORD"] = SECRET
    try:
        subprocess.run(
            ["psql", "-q", "-h", folder, "-U", "team", "postgres"],
            input=TABLE,
            text=True,
            check=True,
        )
        yield f"postgresql://team@/postgres?host={folder}"
    finally:
        del os.environ["PGPASSWORD"]
        run(control, "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("what", "users", "count"),
    [
        ("log", 2, 3),
        ("shop.events", 1, 2),
        ("SELECT * FROM log WHERE event = 'visit';", 2, 2),
        ("with few as (select * from log limit 1) select * from few", 1, 1),
    ],
)
def test_a_table_or_a_query_is_read(address: str, what: str, users: int, count: int) -> None:
    events = read_events(f"{address}::{what}")
    assert (events.users, events.count) == (users, count)
    frame = events.frame()
    assert frame["user_id"].iloc[0].startswith("1001")
    assert str(frame["timestamp"].iloc[0]) == "2026-01-05 09:00:00"
    assert frame["value"].iloc[0] == 19.9
    assert SECRET not in events.contract.to_json()


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("", "It has public.log, public.users, shop.events"),
        ("nothing", "does not answer it"),
        ("select * from (delete from log returning *) as gone", "does not answer it"),
        ("with gone as (delete from log returning *) select * from gone", "does not answer it"),
        ("select set_config('transaction_read_only', 'off', false), lo_create(0)", "not answer it"),
        ("log; drop table users", "does not answer it"),
    ],
)
def test_nothing_is_written_and_what_fails_is_said(address: str, what: str, said: str) -> None:
    with pytest.raises(DataError, match=said) as refused:
        read_events(f"{address}::{what}")
    assert SECRET not in str(refused.value)
    assert read_events(f"{address}::log").count == 3


def test_a_password_has_no_place_in_an_address() -> None:
    with pytest.raises(DataError, match="PGPASSWORD") as refused:
        read_events("postgresql://team:hunter2@db.example/shop::log")
    assert "hunter2" not in str(refused.value)


def test_rows_that_changed_are_read_anew(address: str, tmp_path: Path) -> None:
    source = f"{address}::select *, {{}} as more from log"
    first = read_events(source.format(1), cache=tmp_path)
    assert first.prepared_now
    assert not read_events(source.format(1), cache=tmp_path).prepared_now
    assert read_events(source.format(2), cache=tmp_path).prepared_now
