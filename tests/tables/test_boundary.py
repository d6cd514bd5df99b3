"""What a file can be called, what its columns can be called, and what a stored table may be."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pytest

from journeykit import engine
from journeykit.engine import text
from journeykit.errors import AnalysisError, DataError, JourneykitError
from journeykit.phases import open_workshop
from journeykit.store import create
from journeykit.tables import read_events, read_table

LOG = pd.DataFrame(
    {
        "user_id": list("aabb"),
        "event": ["visit", "pay"] * 2,
        "timestamp": pd.date_range("2026-03-01", periods=4, freq="min"),
    }
)


def write(frame: pd.DataFrame, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as con:
        con.register("log", frame)
        con.execute(f"COPY log TO {text(str(path))} (FORMAT {path.suffix[1:]})")
    return path


# --- names of files ---------------------------------------------------------------------------

NAMES = ["a*", "a?", "[1]", "a[!b]", "**", "{a,b}", "a'b", "a b", "x=1", "ä"]


@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize("name", NAMES)
def test_a_path_that_exists_is_that_file(tmp_path, name, ending):
    named = write(LOG, tmp_path / f"{name}.{ending}")
    for beside in ("ab", "1", "ac", "a", "b"):
        write(LOG.assign(event="other"), tmp_path / f"{beside}.{ending}")
    assert set(read_events(named).names) == {"visit", "pay"}
    below = write(LOG, tmp_path / name / f"log.{ending}")
    write(LOG.assign(event="other"), tmp_path / "ab" / f"log.{ending}")
    events = read_events(str(below))
    assert (set(events.names), events.columns) == ({"visit", "pay"}, [])


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_glob_finds_files_whose_names_look_like_one(tmp_path, ending):
    for number, name in enumerate(("a*", "ab", "[1]")):
        write(LOG.assign(event=f"e{number}"), tmp_path / f"{name}.{ending}")
    events = read_events(f"{tmp_path}/*.{ending}")
    assert (events.count, sorted(events.names)) == (12, ["e0", "e1", "e2"])


# --- names of columns -------------------------------------------------------------------------

COLUMNS = (
    "rowid RowID filename FileName file_row_number file_index row_in_source __index__ jk_row JK_Row "
    "jk_n jk_nth jk_before position user_number Next_Event raw typed users steps n first rank choice "
    "reason row text line kept_1 part_0 temp lines source_rowid select"
).split()


@pytest.mark.parametrize("column", COLUMNS)
def test_a_column_can_be_called_anything(tmp_path, column):
    frame = LOG.assign(**{column: ["k", "l", "k", "l"]})
    table = LOG.assign(**{column: ["k", "l", "k", "l"]}).assign(order_id=range(4))
    for ending in ("csv", "parquet"):
        for source, rows in ((frame, 4), (write(frame, tmp_path / f"{column}.{ending}"), 4)):
            events = read_events(source)
            assert (events.count, events.users, len(events.columns)) == (rows, 2, 1)
            (ours,) = events.columns
            assert events.frame()[ours].tolist() == ["k", "l", "k", "l"]
            assert events.segment({ours: "k"}).users == 2
            if ours != column:
                said = f"kept column '{column}' as {ours}: the name is taken"
                assert said in events.contract.assumptions
        orders = read_table("orders", write(table, tmp_path / f"table.{ending}"), channel=None)
        (name,) = set(orders) - {"order_id", "user_id", "event", "timestamp"}
        assert orders[name].tolist() == ["k", "l", "k", "l"]


@pytest.mark.parametrize("column", ["rowid", "filename", "file_row_number", "position"])
@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_column_of_such_a_name_can_be_said_to_be_one_of_ours(tmp_path, column, ending):
    events = read_events(
        write(LOG.rename(columns={"user_id": column}), tmp_path / f"e.{ending}"), user_id=column
    )
    assert (events.users, events.columns) == (2, [])


@pytest.mark.parametrize("column", ["rowid", "filename"])
@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_several_files_with_such_a_column_keep_their_order(tmp_path, column, ending):
    for number in range(3):
        same = LOG.assign(timestamp=pd.Timestamp("2026-03-01"), user_id="a")
        same["event"] = [f"{number}{nth}" for nth in range(4)]
        write(same.assign(**{column: "x"}), tmp_path / f"{number}.{ending}")
    frame = read_events(f"{tmp_path}/*.{ending}").frame()
    assert frame["event"].tolist() == [f"{n}{nth}" for n in range(3) for nth in range(4)]


@pytest.mark.parametrize(
    "column", "cache since until source day_first sessions tie_break columns gap kind path".split()
)
def test_no_column_of_a_workshop_is_an_argument(tmp_path, column):
    log = LOG.rename(columns={"event": column, "user_id": "who", "timestamp": "at"})
    orders = log.assign(order_id=range(4), amount=1.0)
    root = create(tmp_path / "shop", "blank").root
    (root / "workshop.yaml").write_text(
        "schema: 2\nname: Shop\nstages: [{id: see, name: See}]\ndata:\n"
        f"  events: {{source: data/e.csv, columns: {{event: {column}, user_id: who, "
        f"timestamp: at, {column}: {column}}}}}\n"
        f"  orders: {{source: data/o.csv, columns: {{{column}: {column}, user_id: who}}}}\n"
    )
    write(log, root / "data" / "e.csv")
    write(orders, root / "data" / "o.csv")
    w = open_workshop(root)
    assert w.all_events.columns == [column]
    assert w.table("orders", everybody=True)[column].tolist() == ["visit", "pay"] * 2


@pytest.mark.parametrize("name", ["session", "Position", "rowid", "jk_n"])
def test_a_name_that_the_kit_makes_itself_is_refused(name):
    with pytest.raises(JourneykitError, match=r"the kit makes itself\. Choose another name"):
        read_events(LOG.assign(x=1), columns={name: "x"})


# --- stored tables ----------------------------------------------------------------------------

SECRET = "the other file's text"


def planted(tmp_path: Path, sql: str) -> tuple[Path, Path]:
    """A cache whose prepared table was changed by somebody else; the log that it is of."""
    log, cache = write(LOG, tmp_path / "log.csv"), tmp_path / "cache"
    cache.mkdir()
    read_events(log, cache=tmp_path / "first")
    (made,) = (tmp_path / "first").glob("*.duckdb")
    file = Path(shutil.copy(made, cache))
    (tmp_path / "secret.txt").write_text(SECRET)
    with duckdb.connect() as con:
        con.execute(f"ATTACH '{file}' AS c; USE c; ALTER TABLE journey RENAME TO was")
        con.execute(sql.format(secret=tmp_path / "secret.txt"))
        con.execute("USE memory; DETACH c")
    return log, cache


READ = "(SELECT content FROM read_text('{secret}'))"


@pytest.mark.parametrize(
    "sql",
    [
        f"CREATE VIEW journey AS SELECT * REPLACE ({READ} AS event) FROM was",
        f"CREATE MACRO journey() AS TABLE SELECT * REPLACE ({READ} AS event) FROM was",
        "CREATE VIEW journey AS SELECT * REPLACE (current_setting('home_directory') AS event) FROM was",
        "CREATE SCHEMA s; CREATE TABLE s.journey AS FROM was",
        "CREATE VIEW journey AS FROM was; CREATE SCHEMA s; CREATE TABLE s.journey AS FROM was",
        "CREATE TABLE journey(user_id VARCHAR, event VARCHAR AS (current_setting('TimeZone')))",
        "CREATE SCHEMA journey",
        "DROP TABLE contract; ALTER TABLE was RENAME TO journey",
        "UPDATE contract SET json = '[]'; ALTER TABLE was RENAME TO journey",
    ],
)
def test_a_stored_table_that_is_none_is_not_believed(tmp_path, sql):
    log, cache = planted(tmp_path, sql)
    events = read_events(log, cache=cache)
    assert events.prepared_now
    assert set(events.names) == {"visit", "pay"}
    assert not read_events(log, cache=cache).prepared_now


def test_a_workshop_carries_no_table_that_is_believed(tmp_path):
    root = create(tmp_path / "shop", "retail").root
    told = open_workshop(root).all_events
    (root / ".cache").mkdir()
    (root / ".cache" / f"events-{told.fingerprint}.duckdb").write_bytes(b"planted")
    for file in engine.cache_folder().glob(f"events-{told.fingerprint}*"):
        file.rename(root / ".cache" / file.name)
    assert open_workshop(root).all_events.prepared_now
    assert [path.name for path in root.iterdir() if path.name.startswith(".c")] == [".cache"]


def test_what_nobody_used_for_long_goes(tmp_path):
    cache = tmp_path / "c"
    log = write(LOG, tmp_path / "log.csv")
    read_events(log, cache=cache)
    long_ago = time.time() - 40 * 86_400
    for name in ("events-0.duckdb", "set-aside-0.csv", ".events-0.1-2.part", "mine.csv"):
        (cache / name).write_text("old")
        os.utime(cache / name, (long_ago, long_ago))
    (kept,) = cache.glob("events-????????????????.duckdb")
    os.utime(kept, (long_ago, long_ago))
    assert not read_events(log, cache=cache).prepared_now
    read_events(log, cache=cache, since="2026-03-01 00:01")
    left = {path.name for path in cache.iterdir()}
    assert {"mine.csv", kept.name} <= left
    assert not left & {"events-0.duckdb", "set-aside-0.csv", ".events-0.1-2.part"}


# --- two connections --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_text('{secret}')",
        "SELECT * FROM read_csv('{secret}')",
        "SELECT * FROM glob('{secret}*')",
        "SELECT * FROM '{secret}'",
        "ATTACH '{secret}.duckdb'",
        "COPY (SELECT 1) TO '{secret}.csv'",
        "EXPORT DATABASE '{secret}.d'",
        "SET enable_external_access = true",
        "SET allowed_directories = ['/']",
        "SET lock_configuration = false",
        "INSTALL httpfs",
        "LOAD '{secret}'",
    ],
)
def test_a_query_reaches_no_file(tmp_path, sql):
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    with pytest.raises((duckdb.Error, JourneykitError)):
        engine.default().execute(sql.format(secret=secret))
    assert [path.name for path in tmp_path.iterdir()] == ["secret.txt"]


def test_a_query_may_spill_into_the_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("JOURNEYKIT_MEMORY_LIMIT", "60MB")
    store = engine.DuckDB(tmp_path)
    sorted_ = store.run(
        "SELECT count(*) AS n FROM (SELECT hash(range)::VARCHAR AS h FROM range(3000000) ORDER BY h "
        "LIMIT 2000000)"
    )
    assert sorted_["n"][0] == 2_000_000
    monkeypatch.setenv("JOURNEYKIT_MEMORY_LIMIT", "20MB")
    with pytest.raises(AnalysisError, match="JOURNEYKIT_MEMORY_LIMIT"):
        engine.DuckDB(tmp_path / "c").run("SELECT list(r) AS all FROM range(20000000) AS t(r)")


def test_only_tables_opens_files():
    package = Path(engine.__file__).parents[1]
    users = {
        path.parent.name
        for path in package.rglob("*.py")
        if "reader()" in path.read_text("utf-8") and path.parent.name != "engine"
    }
    assert users == {"tables"}


def test_the_raw_rows_do_not_stay_in_memory(tmp_path, monkeypatch):
    monkeypatch.setenv("JOURNEYKIT_CACHE", str(tmp_path / "own"))  # others read at the same time
    read_events(write(LOG, tmp_path / "log.csv"))
    left = "SELECT count(*) FROM duckdb_tables() WHERE NOT internal"
    assert engine.reader().execute(left) == [(0,)]
    assert not list(engine.cache_folder().glob("events-*/"))


def test_a_cache_that_cannot_be_made_names_the_variable(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("JOURNEYKIT_CACHE", str(tmp_path / "file"))
    log = write(LOG, tmp_path / "log.csv")
    with pytest.raises(JourneykitError, match="JOURNEYKIT_CACHE"):
        read_events(log)
    assert read_events(LOG).count == 4
    monkeypatch.setenv("JOURNEYKIT_CACHE", str(tmp_path / "own"))
    assert read_events(log).count == 4
    assert (tmp_path / "own" / "tables").stat().st_mode & 0o077 == 0


def test_an_event_may_be_called_as_a_computed_column_is(tmp_path):
    log = write(LOG.assign(event=['GENERATED ALWAYS AS ("x")', "'", '"', "''"]), tmp_path / "e.csv")
    assert read_events(log, cache=tmp_path / "c").count == 4
    assert not read_events(log, cache=tmp_path / "c").prepared_now


def test_blanks_around_an_id_make_no_second_customer(tmp_path):
    lines = ["user_id|event|timestamp", "ann|visit|2026-03-01 10:00", "ann |buy|2026-03-01 10:05"]
    (tmp_path / "log.csv").write_text("\n".join([*lines, " 007|visit|2026-03-02 10:00"]), "utf-8")
    events = read_events(tmp_path / "log.csv")
    assert {*events.frame()["user_id"]} == {"ann", "007"}
    assert "read the ids in 'user_id' without the blanks around them" in events.describe()


def test_a_folder_that_looks_like_a_glob_is_that_folder(tmp_path):
    for folder, user in (("d[1]", "ann"), ("d1", "ben")):
        (tmp_path / folder).mkdir()
        lines = f"user_id,event,timestamp\n{user},visit,2026-03-01 10:00\n"
        (tmp_path / folder / "day-1.csv").write_text(lines, "utf-8")
    events = read_events(f"{tmp_path}/d[1]/day-*.csv")
    assert {*events.frame()["user_id"]} == {"ann"}
    assert read_events(f"{tmp_path}/d?/day-*.csv").users == 1


def test_an_index_with_a_name_is_a_column() -> None:
    log = pd.DataFrame(
        {"user_id": [*"aab"], "event": [*"xyx"], "timestamp": pd.Timestamp("2026-01-05")}
    )
    for index in ("user_id", "timestamp", ["user_id", "event"]):
        assert read_events(log.set_index(index)).users == 2
    for same in (log.set_index("user_id", drop=False), log[::-1], log.rename_axis("row")):
        assert read_events(same).users == 2


def test_what_another_library_cannot_hand_on_is_a_sentence() -> None:
    cells = {"user_id": ["a"], "x": pl.Series([object()], dtype=pl.Object)}
    for source in (pl.DataFrame(cells), pl.DataFrame(cells).lazy().select("nix"), {1}, None):
        with pytest.raises(DataError, match="Rows cannot be read from a"):
            read_events(source)
