"""The one door to the query engine."""

from __future__ import annotations

import gc
import multiprocessing
import os

import numpy as np
import pandas as pd
import pytest

from journeykit import engine
from journeykit.engine import DuckDB, Table, quote, run
from journeykit.errors import AnalysisError, DataError

LOG = pd.DataFrame({"user_id": ["a", "a", "b"], "event": ["visit", "buy", "visit"], "n": [1, 2, 3]})


def test_names_are_filled_and_values_bound():
    frame = run("SELECT user_id FROM {log} WHERE event = ? AND n < ?", ["visit", 3], log=LOG)
    assert frame["user_id"].tolist() == ["a"]
    assert "{log}" not in frame.attrs["sql"]
    assert frame.attrs["sql"].startswith("SELECT user_id FROM")


def test_a_value_is_never_read_as_sql():
    evil = "visit'; DROP TABLE x; --"
    assert run("SELECT count(*) AS n FROM {log} WHERE event = ?", [evil], log=LOG)["n"][0] == 0


@pytest.mark.parametrize("name", ["a b", 'q"uote', "semi;colon", "{log}", "sélect", "🛒", "order"])
def test_quoted_names_survive(name):
    frame = LOG.rename(columns={"event": name})
    got = run(f"SELECT {quote(name)} AS x FROM {{log}} ORDER BY n", log=frame)
    assert got["x"].tolist() == ["visit", "buy", "visit"]


def test_quote_of_a_path():
    assert quote("db", 'a"b') == '"db"."a""b"'


def test_braces_in_texts_are_no_placeholders():
    assert run("SELECT '{nobody}' AS x FROM {log} LIMIT 1", log=LOG)["x"][0] == "{nobody}"


def test_a_table_that_was_not_given():
    with pytest.raises(AnalysisError, match="'events' that was not given"):
        run("SELECT * FROM {events}", log=LOG)


def test_types_are_plain():
    frame = run(
        "SELECT event::ENUM('visit', 'buy') AS event, sum(n::BIGINT) AS total FROM {log} "
        "GROUP BY 1 ORDER BY 1",
        log=LOG,
    )
    assert frame["event"].tolist() == ["visit", "buy"]
    assert not isinstance(frame["event"].dtype, pd.CategoricalDtype)
    assert frame["total"].dtype == "int64"
    assert frame["total"].tolist() == [4, 2]


def test_values_from_numpy():
    assert run("SELECT ? + ? AS x", [np.int64(3), np.float64(0.5)])["x"][0] == 3.5


def test_materialized_tables_go_with_their_handle():
    store = DuckDB()
    kept = store.materialize("SELECT * FROM {log} WHERE n > ?", [1], log=LOG)
    assert kept.columns == ("user_id", "event", "n")
    assert run("SELECT count(*) AS n FROM {kept}", kept=kept)["n"][0] == 2
    name = kept.name
    del kept
    gc.collect()
    store.run("SELECT 1 AS one")
    assert (
        store.execute(
            "SELECT count(*) FROM duckdb_tables() WHERE table_name = ?", [name.split('"')[3]]
        )[0][0]
        == 0
    )


def test_a_view_keeps_its_tables_alive():
    store = DuckDB()
    view = store.view(
        "SELECT event FROM {kept}", kept=store.materialize("SELECT * FROM {log}", log=LOG)
    )
    gc.collect()
    store.run("SELECT 1 AS one")
    assert len(run("SELECT * FROM {view}", view=view)) == 3


def test_registered_frames_are_not_copied_and_go():
    store = DuckDB()
    handle = store.register(LOG)
    assert len(run("SELECT * FROM {log}", log=handle)) == 3
    del handle
    gc.collect()
    store.run("SELECT 1 AS one")
    assert store.execute("SELECT count(*) FROM duckdb_views() WHERE NOT internal")[0][0] == 0


def test_tables_of_two_engines_do_not_mix():
    one, two = DuckDB().register(LOG), DuckDB().register(LOG)
    with pytest.raises(AnalysisError, match="one engine"):
        run("SELECT * FROM {one} JOIN {two} USING (n)", one=one, two=two)


def test_the_hooks_give_sql():
    store = engine.default()
    times = pd.DataFrame(
        {
            "a": pd.to_datetime(["2026-01-01 00:00:00"]),
            "b": pd.to_datetime(["2026-01-01 00:00:01.5"]),
        }
    )
    assert run(f"SELECT {store.seconds('a', 'b')} AS s FROM {{t}}", t=times)["s"][0] == 1.5
    path = run(f"SELECT {store.path('event', 'n')} AS p FROM {{log}} WHERE user_id = 'a'", log=LOG)
    assert path["p"][0] == "visit → buy"


def test_a_file_is_written_and_read(tmp_path):
    store, file = DuckDB(), tmp_path / "kept.duckdb"
    with store.writing(file) as alias:
        store.save(quote(alias, "log"), "SELECT * FROM {log}", log=LOG)
    table = store.stored(file, "log")
    assert run("SELECT sum(n) AS n FROM {t}", t=table)["n"][0] == 6
    assert [path.name for path in tmp_path.iterdir()] == ["kept.duckdb"]
    other = DuckDB()
    other.attach(file)  # a second reader at the same time
    with pytest.raises(Exception, match=r"(?i)read-only"):
        other.execute(f"INSERT INTO {quote('kept', 'log')} VALUES ('x', 'y', 1)")


def test_two_files_of_one_name(tmp_path):
    store, tables = DuckDB(), []
    for folder, limit in (("one", 1), ("two", 2)):
        (tmp_path / folder).mkdir()
        file = tmp_path / folder / "kept.duckdb"
        with store.writing(file) as alias:
            store.save(quote(alias, "log"), "SELECT * FROM {log} LIMIT ?", [limit], log=LOG)
        tables.append(store.stored(file, "log"))
    assert [len(run("SELECT * FROM {t}", t=table)) for table in tables] == [1, 2]


def test_what_is_no_database_is_a_data_error(tmp_path):
    file = tmp_path / "broken.duckdb"
    file.write_bytes(b"this is no database" * 100)
    with pytest.raises(DataError):
        DuckDB().attach(file)


def _in_child(queue, stored: Table, kept: Table) -> None:
    try:
        found = [int(run("SELECT sum(n) AS n FROM {t}", t=stored)["n"][0])]
        try:
            run("SELECT * FROM {t}", t=kept)
        except AnalysisError as problem:
            found.append(str(problem))
        queue.put(found)
    finally:
        queue.close()
        queue.join_thread()
        os._exit(0)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")
@pytest.mark.filterwarnings("ignore:.*fork.*")
def test_a_forked_process_gets_its_own_connection(tmp_path):
    store, file = engine.within(tmp_path), tmp_path / "forked.duckdb"
    with store.writing(file) as alias:
        store.save(quote(alias, "log"), "SELECT * FROM {log}", log=LOG)
    stored, kept = store.stored(file, "log"), store.materialize("SELECT * FROM {log}", log=LOG)
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    child = context.Process(target=_in_child, args=(queue, stored, kept))
    child.start()
    total, problem = queue.get(timeout=30)
    child.join(timeout=30)
    assert total == 6
    assert "another process" in problem
    assert len(run("SELECT * FROM {t}", t=kept)) == 3  # and the parent goes on


def test_out_of_memory_names_the_setting(monkeypatch):
    monkeypatch.setenv("JOURNEYKIT_MEMORY_LIMIT", "20MB")
    with pytest.raises(AnalysisError, match="JOURNEYKIT_MEMORY_LIMIT"):
        DuckDB().run("SELECT list(r) AS everything FROM range(20000000) AS t(r)")


def test_nothing_is_left_in_the_working_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    DuckDB().run("SELECT count(*) AS n FROM range(1000)")
    assert list(tmp_path.iterdir()) == []
