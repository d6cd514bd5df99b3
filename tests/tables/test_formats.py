"""What a file is, is told from its bytes; what is in it is read whole, or refused in a sentence."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import shutil
import sqlite3
import zipfile
from pathlib import Path

import pandas as pd
import pytest
import zstandard

from journeykit import engine, read_events, read_table
from journeykit.errors import DataError

FILES = Path(__file__).with_name("files")
FIRST, LAST = pd.Timestamp("2026-03-02 08:00:00"), pd.Timestamp("2026-03-06 18:06:18")
GA4 = {"channel": "traffic_source.medium", "device": "device.category"}
AMPLITUDE = {"user_id": "amplitude_id", "channel": "user_properties.utm_medium"}
SHEET = {"user_id": "Customer no.", "event": "Step", "timestamp": "When"}
ROWS = [{"user_id": "a", "event": "visit", "timestamp": "2026-01-05 10:00:00"}]
ROWS += [{"user_id": "b", "event": "buy", "timestamp": "2026-01-06 11:30:00"}]
CSV = "user_id,event,timestamp\na,visit,2026-01-05 10:00:00\nb,buy,2026-01-06 11:30:00\n"
LINES = [json.dumps(row) for row in ROWS]


def rows(events: object) -> list[tuple[str, str, str]]:
    """Give user, event and time of every event, as texts."""
    frame = events.frame()[["user_id", "event", "timestamp"]]
    return sorted(tuple(map(str, row)) for row in frame.itertuples(index=False))


PLAIN = [("a", "visit", "2026-01-05 10:00:00"), ("b", "buy", "2026-01-06 11:30:00")]


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("ga4.ndjson", GA4),
        ("ga4.parquet", GA4),
        ("512345_2026-03-02_8#1.json.gz", AMPLITUDE),
        ("export.zip", AMPLITUDE),
        ("log.xes", {}),
        ("log.xes.gz", {}),
        ("ocel.json", {}),
        ("contact_log.xlsx", SHEET),
        ("contact_log.xlsx::Export", SHEET),
        ("events.sqlite::events", {}),
    ],
)
def test_native_exports_are_read(name: str, columns: dict[str, str]) -> None:
    events = read_events(str(FILES / name), **columns)
    assert (events.users, events.count) == (12, 45)
    first, last = pd.Timestamp(events.start), pd.Timestamp(events.end)
    assert (first.floor("s"), last.floor("s")) == (FIRST, LAST)
    if "channel" in columns:
        found = events.frame()["channel"].dropna().unique()
        assert set(found) >= {"organic", "email"}


def test_a_raw_log_of_segment_and_tickets_of_zendesk() -> None:
    events = read_events(FILES / "segment.json.gz", event="event")
    assert (events.users, events.count, events.contract.set_aside) == (11, 33, 20)
    assert events.contract.columns["channel"] == "context.campaign.medium"
    tickets = read_table("support", FILES / "tickets.json", contact_id="id", channel="via.channel")
    assert (len(tickets), tickets["user_id"].nunique()) == (30, 18)
    assert tickets["first_answer_minutes"].notna().any()


def test_keys_of_parameters_are_columns() -> None:
    for name in ("ga4.ndjson", "ga4.parquet"):
        frame = read_events(FILES / name).frame()
        sessions = frame["session_id"]
        assert sessions.notna().all()
        assert sessions.str.fullmatch(r"\d{10}").all()
        assert "event_params" not in frame


def test_a_rare_key_is_a_column_where_it_is_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "e.ndjson"
    lines = [
        {**ROWS[0], "user_id": str(n), "params": [{"key": "page", "value": f"/{n}"}]}
        for n in range(300)
    ]
    lines[7]["params"].append({"key": "coupon", "value": "X1"})
    file.write_text("\n".join(map(json.dumps, lines)))
    frame = read_events(file).frame()
    assert "params.page" in frame
    assert "params.coupon" not in frame
    assert read_events(file, voucher="params.coupon").frame()["voucher"].dropna().tolist() == ["X1"]


def with_texts(n: int) -> list[dict[str, object]]:
    """Rows with texts that are JSON: in each row, in all but one, broken, and a list."""
    made = []
    for i in range(n):
        inner = {"page": f"/{i % 7}", "price": 1.5, "deep": {"x": {"y": "ü"}}, "a/b~c": None}
        inner |= {"rare": "R1"} if i == 5 else {}
        partly = json.dumps({"lang": "de"}) if i != n - 1 else "none"
        texts = {"p": json.dumps(inner) if i % 9 else None, "partly": partly}
        texts |= {"broken": "{x" if i % 2 else '{"x": 1}', "list": '["a"]', "p.page": "mine"}
        made.append({**ROWS[0], "user_id": f"u{i % 9}", **texts, "same": '{"A": 1, "a": 2}'})
    return made


@pytest.mark.parametrize("kind", ["csv", "parquet", "sqlite", "ndjson", "parts"])
def test_texts_that_are_json_in_every_row_are_taken_apart(tmp_path: Path, kind: str) -> None:
    file, frame = tmp_path / f"e.{kind}", pd.DataFrame(with_texts(600))
    if kind == "sqlite":
        with sqlite3.connect(file) as store:
            frame.to_sql("log", store, index=False)
        store.close()
    elif kind == "ndjson":
        frame.to_json(file, orient="records", lines=True)
    elif kind == "parquet":
        pytest.importorskip("pyarrow")
        frame.to_parquet(file)
    else:
        for n, part in enumerate((frame[:300], frame[300:]) if kind == "parts" else (frame,)):
            part.to_csv(tmp_path / f"{n}.csv", index=False)
        file = str(tmp_path / "*.csv")
    events = read_events(file)
    read = events.frame()
    assert {"source_p.page", "p.page", "p.price", "p.deep.x.y", "partly"} <= {*read}
    assert not {"p", "p.rare", "p.deep", "partly.lang", "broken.x", "same.A"} & {*read}
    fields = ["p.price", "p.deep.x.y"]
    assert read[fields].dropna().drop_duplicates().to_numpy().tolist() == [[1.5, "ü"]]
    assert read["p.price"].isna().sum() == len(range(0, 600, 9))
    assert set(read["partly"]) == {'{"lang": "de"}', "none"}
    assert set(read["same"]) == {'{"A": 1, "a": 2}'}
    said = [note for note in events.contract.assumptions if "apart, JSON in every row" in note]
    assert len(said) == 3
    assert read_events(file, voucher="p.rare").frame()["voucher"].dropna().tolist() == ["R1"]


def test_json_keeps_every_value_as_it_stands(tmp_path: Path) -> None:
    """Types are not taken from the first rows: DuckDB's own reader makes 1.5 a 2 and drops texts."""
    file = tmp_path / "e.ndjson"
    first = {**ROWS[0], "n": 1, "late": None, "id": "6D92078A-8246-4BA4-AE5B-76104861E7DC"}
    last = {**ROWS[1], "n": 1.5, "late": "word", "id": 12345678901234567890123, "new": {"x": 1}}
    file.write_text("\n".join(map(json.dumps, [first] * 30_000 + [last])))
    frame = read_events(file).frame()
    assert set(frame["n"]) == {1, 1.5}
    assert frame["late"].tolist()[-1] == "word"
    assert frame["new.x"].dropna().tolist() == ["1"]
    assert set(frame["id"]) == {first["id"], str(last["id"])}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(ROWS),
        json.dumps(ROWS, indent=2),
        "\n".join(map(json.dumps, ROWS)),
        "\r\n".join(json.dumps(row, indent=1) for row in ROWS),
        json.dumps({"size": 2, "data": ROWS, "next": None}),
        "\ufeff" + json.dumps({"page": {"n": 1}, "odd 'key\"": ROWS}, indent=1),
    ],
    ids=["list", "indented", "lines", "one after the other", "envelope", "mark"],
)
@pytest.mark.parametrize("name", ["e.json", "e.json.gz", "e.txt", "e.json.bz2", "e.ndjson.zst"])
def test_json_of_every_shape(tmp_path: Path, text: str, name: str) -> None:
    data = text.encode()
    ways = {"gz": gzip.compress, "bz2": bz2.compress, "zst": zstandard.compress}
    packed = ways.get(name.split(".")[-1], bytes)(data)
    (tmp_path / name).write_bytes(packed)
    events = read_events(tmp_path / name)
    assert rows(events) == PLAIN
    assert (f"{name} is JSON" in events.contract.assumptions) == (name == "e.txt")


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, zstandard.compress])
def test_what_was_packed_in_parts_is_read_to_the_end(tmp_path: Path, pack: object) -> None:
    for name, lines in [("e.csv", CSV.splitlines(True)), ("e.json", [f"{x}\n" for x in LINES])]:
        (tmp_path / name).write_bytes(b"".join(pack(line.encode()) for line in lines))
        assert rows(read_events(tmp_path / name)) == PLAIN


@pytest.mark.parametrize("text", ["[]", "{}", "[{}]", '{"a": []}', '{"a": 1}', "[1, 2]"])
def test_json_without_a_table_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "e.json").write_text(text)
    with pytest.raises(DataError):
        read_events(tmp_path / "e.json")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\n".join(LINES)[:-10], r"Line 2 .* column 47, near .*\(Unterminated string"),
        (f"[{LINES[0]},\n{LINES[1]},]", r"Line 2 .* column 70, near .*\},\]"),
        ("\n".join([*LINES, '{"user_id" "a"}', *LINES]), "Line 3 .* column 12, .*Expecting ':'"),
        ("\n".join(map(str, ROWS)), "Line 1 .* column 2, .*in double quotes"),
        ("\n".join([*LINES, "hello"]), "Line 3 of it is no JSON at column 1"),
        ('{"data": [' + LINES[0] + ",}", "Line 1 of it is no JSON at column 82"),
        (f'{{"user_id": "b", {LINES[0][1:]}\n{LINES[1]}', 'has duplicate key "user_id"'),
    ],
    ids=["cut", "list", "middle", "quotes", "words", "envelope", "twice"],
)
def test_what_is_no_json_is_told_once_and_where(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "e.json").write_text(text)
    with pytest.raises(DataError, match=said) as refused:
        read_events(tmp_path / "e.json")
    told = str(refused.value)
    assert told.count("read") == 1
    assert "spill" not in told


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "cp1252", "utf-8-sig"])
@pytest.mark.parametrize("shape", ["lines", "list", "envelope"])
def test_json_in_other_encodings(tmp_path: Path, encoding: str, shape: str) -> None:
    words = [{**row, "word": "Größe €"} for row in ROWS * 40]
    listed = json.dumps(words, ensure_ascii=False)
    lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in words)
    text = {"lines": lines, "list": listed, "envelope": f'{{"rows": {listed}}}'}[shape]
    (tmp_path / "e.json").write_bytes(text.encode(encoding))
    events = read_events(tmp_path / "e.json")
    assert set(events.frame()["word"]) == {"Größe €"}
    said = [note for note in events.contract.assumptions if "judged from all of it" in note]
    assert len(said) == (encoding != "utf-8-sig")


@pytest.mark.all
def test_a_record_of_many_megabytes(tmp_path: Path) -> None:
    text = "\n".join(json.dumps({**row, "n": "y" * n}) for row, n in zip(ROWS, (5, 20_000_000)))
    (tmp_path / "e.json").write_text(text)
    assert rows(read_events(tmp_path / "e.json")) == PLAIN


def test_names_that_mean_something_to_others(tmp_path: Path) -> None:
    odd = {"rowid": 7, "filename": "f", "jk_row": 3, "file_row_number": 1, "a.b": 1, "a": {"b": 2}}
    odd |= {"userId": "x", "userid": "y", 'Größe "x"': 1, "select": {"from": 5}}
    lines = [{**row, **odd} for row in ROWS]
    (tmp_path / "e.ndjson").write_text("\n".join(map(json.dumps, lines)))
    events = read_events(tmp_path / "e.ndjson", user_id="user_id")
    assert rows(events) == PLAIN
    frame = events.frame()
    assert {"select.from", "a.b", "source_a.b", 'Größe "x"'} <= {*frame}
    twice = [{**row, "p": {"A": 1, "a": 2}} for row in ROWS]
    (tmp_path / "t.ndjson").write_text("\n".join(map(json.dumps, twice)))
    assert json.loads(read_events(tmp_path / "t.ndjson").frame()["p"][0]) == {"A": 1, "a": 2}


def test_what_a_file_is_counts_and_not_how_it_is_called(tmp_path: Path) -> None:
    frame = pd.DataFrame(ROWS)
    table = engine.reader().register(frame)
    engine.reader().execute(f"COPY (FROM {table.name}) TO '{tmp_path}/x.csv' (FORMAT parquet)")
    (tmp_path / "x.parquet").write_text(CSV)
    (tmp_path / "x.json").write_bytes(gzip.compress(CSV.encode()))
    for name, what in [
        ("x.csv", "Parquet"),
        ("x.parquet", "delimited text"),
        ("x.json", "delimited text"),
    ]:
        events = read_events(tmp_path / name)
        assert rows(events) == PLAIN
        assert f"{name} is {what}" in events.contract.assumptions


@pytest.mark.parametrize(
    ("begins", "said"),
    [
        (b"%PDF-1.7\n%", "is PDF"),
        (b"\x89PNG\r\n\x1a\n", "is a picture"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "is a picture"),
        (b"\x80\x04\x95\x10\x00", "is a Python pickle"),
        (b"Obj\x01\x04\x14avro.codec", "is Avro"),
        (b"ORC\x08\x03", "is ORC"),
        (b"ARROW1\x00\x00", "is Arrow or Feather"),
        (b"7z\xbc\xaf\x27\x1c", "is a packed archive"),
        (b"<!DOCTYPE html><html><table><tr>", "is a web page"),
        (b"<?xml version='1.0'?><orders/>", "is XML"),
        (b"\x89HDF\r\n\x1a\n", "is a file of a statistics program"),
    ],
)
def test_what_cannot_be_read_is_refused_for_what_it_is(
    tmp_path: Path, begins: bytes, said: str
) -> None:
    (tmp_path / "export.csv").write_bytes(begins + b"user_id,event,timestamp\n" * 3)
    (tmp_path / "export.csv.gz").write_bytes(gzip.compress((tmp_path / "export.csv").read_bytes()))
    for name in ("export.csv", "export.csv.gz"):
        with pytest.raises(DataError, match=said) as refused:
            read_events(tmp_path / name)
        assert len(str(refused.value)) < 300


@pytest.mark.parametrize("address", ["s3://b/e.parquet", "https://key@x.example/e.csv?sig=1"])
def test_addresses_are_refused_with_the_way_to_do_it(address: str) -> None:
    with pytest.raises(DataError, match="Fetch the file first") as refused:
        read_events(address)
    assert "sig" not in str(refused.value)
    assert "key@" not in str(refused.value)


def test_a_glob_of_several_kinds_is_refused(tmp_path: Path) -> None:
    (tmp_path / "e1.csv").write_text(CSV)
    (tmp_path / "e2.json").write_text(json.dumps(ROWS))
    with pytest.raises(DataError, match=r"e1.csv is delimited text, e2.json is JSON"):
        read_events(str(tmp_path / "e*"))
    (tmp_path / "e3.dat").write_text(json.dumps(ROWS))
    assert read_events(str(tmp_path / "e[23]*")).count == 4
    assert read_events([tmp_path / "e2.json", tmp_path / "e3.dat"]).count == 4


def zipped(file: Path, members: dict[str, bytes], **more: int) -> Path:
    """Write a zip."""
    with zipfile.ZipFile(file, "w", **more) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file


def test_a_zip_holds_one_table_or_parts_of_one(tmp_path: Path) -> None:
    one = zipped(tmp_path / "one.zip", {"a/e.csv": CSV.encode(), "__MACOSX/._e.csv": b"\0"})
    assert rows(read_events(one)) == PLAIN
    lines = [json.dumps(row).encode() for row in ROWS]
    parts = {f"7/7_2026-01-0{n}_{n}#1.json.gz": gzip.compress(x) for n, x in enumerate(lines)}
    events = read_events(zipped(tmp_path / "parts.zip", parts))
    assert rows(events) == PLAIN
    assert "read 2 files of parts.zip together" in events.contract.assumptions
    several = zipped(tmp_path / "two.zip", {"log.csv": CSV.encode(), "users.csv": b"id\n1\n"})
    with pytest.raises(DataError, match=r"has 2 files.*two.zip::NAME.*'log.csv', 'users.csv'"):
        read_events(several)
    assert rows(read_events(f"{several}::log.csv")) == PLAIN
    book = zipped(tmp_path / "b.zip", {"b.xlsx": (FILES / "contact_log.xlsx").read_bytes()})
    assert read_events(f"{book}::b.xlsx::Export", **SHEET).count == 45


def test_a_zip_leads_nowhere_and_has_an_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = zipped(tmp_path / "out.zip", {"../../evil.csv": CSV.encode()})
    assert rows(read_events(outside)) == PLAIN
    assert not list(tmp_path.parent.rglob("evil.csv"))
    monkeypatch.setattr("journeykit.tables.encoding._SMALL", 1_000_000)
    bomb = b"0" * 20_000_000
    packed = [zipped(tmp_path / "b.zip", {"e.csv": bomb}, compression=zipfile.ZIP_DEFLATED)]
    packed += [tmp_path / "b.json.gz", tmp_path / "b.xlsx"]
    packed[1].write_bytes(gzip.compress(b'{"a": 1}' + bomb))
    shutil.copy(FILES / "contact_log.xlsx", packed[2])
    with zipfile.ZipFile(packed[2], "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/bomb.bin", bomb)
    for file in packed:
        with pytest.raises(DataError, match="unfolds to more than"):
            read_events(file)


def test_an_xml_bomb_is_refused(tmp_path: Path) -> None:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "x"}">' for n in range(12))
    text = f'<?xml version="1.0"?><!DOCTYPE log [{entities}]><log><trace>&a11;</trace></log>'
    (tmp_path / "bomb.xes").write_text(text)
    (tmp_path / "wide.xes").write_text(text.replace("<!DOCTYPE", f"<!--{' ' * 70_000}--><!DOCTYPE"))
    for name in ("bomb.xes", "wide.xes"):
        with pytest.raises(DataError):
            read_events(tmp_path / name)


def test_a_log_in_xes_has_lifecycles_and_what_is_said_of_its_traces(tmp_path: Path) -> None:
    event = (
        '<event><string key="concept:name" value="pack"/><string key="lifecycle:transition" '
        'value="{}"/><string key="concept:instance" value="1"/>'
        '<date key="time:timestamp" value="2026-01-05T10:0{}:00+01:00"/>{}</event>'
    )
    own = '<string key="channel" value="own"/>'
    events = event.format("start", 0, "") + event.format("complete", 5, own)
    events += '<event><date key="time:timestamp" value="2026-01-05T11:00:00+01:00"/></event>'
    said = '<string key="concept:name" value="c1"/><string key="channel" value="mail"/>'
    (tmp_path / "e.xes").write_text(f"<log><trace>{said}{events}</trace><trace/></log>")
    read = read_events(tmp_path / "e.xes")
    assert rows(read) == [("c1", "pack", "2026-01-05 09:00:00")]
    assert read.frame()["channel"].tolist() == ["mail"]
    assert "Start and complete were paired into 1 events." in read.describe()
    assert read.contract.set_aside == 1  # it has no name, and does not get that of its trace
    (tmp_path / "cut.xes").write_text("<log><trace><event>")
    with pytest.raises(DataError, match=r"cut.xes is damaged"):
        read_events(tmp_path / "cut.xes")
    (tmp_path / "none.xes").write_text("<log></log>")
    with pytest.raises(DataError, match="no rows"):
        read_events(tmp_path / "none.xes")


def test_an_object_log_is_read_by_the_type_that_is_the_customer(tmp_path: Path) -> None:
    log = json.loads((FILES / "ocel.json").read_text())
    events = read_events(FILES / "ocel.json")
    assert "took objects of type 'customer' as customers (of customer, order)" in (
        events.contract.assumptions
    )
    assert "object.channel" in events.columns
    assert read_events(f"{FILES / 'ocel.json'}::order").users == 8
    for each in (*log["objectTypes"], *log["objects"]):
        each["name"] = each["type"] = (each.get("type") or each["name"]) + " no."
    log["events"][0]["relationships"] = []
    (tmp_path / "log.json").write_text(json.dumps(log))
    with pytest.raises(DataError, match=r"2 object types.*'customer no.', 'order no.'"):
        read_events(tmp_path / "log.json")
    read = read_events(f"{tmp_path}/log.json::customer no.")
    assert (read.count, read.contract.set_aside) == (44, 1)


def test_sqlite_is_not_written_to_and_what_was_written_last_is_read(tmp_path: Path) -> None:
    file = tmp_path / "live.sqlite"
    store = sqlite3.connect(file)
    store.execute("PRAGMA journal_mode = WAL")
    store.execute('CREATE TABLE "odd name" (user_id, event, timestamp, rowid, "a""b" BLOB)')
    for row in ROWS:
        store.execute('INSERT INTO "odd name" VALUES (?, ?, ?, 1, ?)', [*row.values(), b"\xff"])
    store.execute("CREATE VIEW shown AS SELECT * FROM users")
    store.commit()
    before = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    events = read_events(file)
    assert rows(events) == PLAIN
    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before
    store.close()
    with pytest.raises(DataError, match=r"has 2 tables.*events.sqlite::NAME.*'events', 'users'"):
        read_table("orders", FILES / "events.sqlite")
    told = read_events(FILES / "events.sqlite").contract.assumptions
    assert "took table 'events' of events.sqlite, of 2" in told
    with pytest.raises(DataError, match=r"no table 'event'. .*Did you mean 'events'"):
        read_events(f"{FILES}/events.sqlite::event")
    (tmp_path / "cut.db").write_bytes((FILES / "events.sqlite").read_bytes()[:5000])
    with pytest.raises(DataError):
        read_events(f"{tmp_path}/cut.db::events")


def test_duckdb_files_and_a_view_in_one_never_runs(tmp_path: Path) -> None:
    import duckdb

    secret = tmp_path / "secret.csv"
    secret.write_text("user_id,event,timestamp\nx,secret,2026-01-01\n")
    file = tmp_path / "e.duckdb"
    with duckdb.connect(str(file)) as store:
        store.execute(f"CREATE VIEW events AS FROM read_csv('{secret}')")
        store.execute("CREATE TABLE log (user_id VARCHAR, event VARCHAR, timestamp TIMESTAMP)")
        for row in ROWS:
            store.execute("INSERT INTO log VALUES (?, ?, ?)", [*row.values()])
        store.execute("ALTER TABLE log ADD COLUMN p STRUCT(page VARCHAR, tags VARCHAR[])")
    events = read_events(file)
    assert rows(events) == PLAIN
    assert "secret" not in events.names
    with pytest.raises(DataError, match="no table 'events'"):
        read_events(f"{file}::events")
    with duckdb.connect(str(file)) as store:  # nobody holds it
        store.execute("CREATE TABLE users AS SELECT 1 AS id")
    with pytest.raises(DataError, match=r"has 2 tables.*'log', 'users'"):
        read_events(file)
    assert rows(read_events(f"{file}::log")) == PLAIN
    with duckdb.connect(str(file)) as store:
        store.execute("CREATE SCHEMA web; CREATE TABLE web.log AS FROM log LIMIT 1")
        store.execute("CREATE VIEW web.shown AS FROM log")
    with pytest.raises(DataError, match=r"has 3 tables.*'web.log'"):
        read_events(file)
    assert rows(read_events(f"{file}::web.log")) == PLAIN[:1]
    assert rows(read_events(f"{file}::log")) == PLAIN
    with pytest.raises(DataError, match=r"no table 'web\.shown'"):
        read_events(f"{file}::web.shown")
    (tmp_path / "cut.duckdb").write_bytes(file.read_bytes()[:9000])
    with pytest.raises(DataError):
        read_events(tmp_path / "cut.duckdb")


def book(file: Path, sheets: dict[str, list[list[object]]]) -> Path:
    """Write a spreadsheet (ODS: it is one file that is told from its first bytes)."""

    def cell(value: object) -> str:
        if value is None:
            return "<table:table-cell/>"
        if isinstance(value, float):
            return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
        if isinstance(value, pd.Timestamp):
            when = value.isoformat()
            return f'<table:table-cell office:value-type="date" office:date-value="{when}"/>'
        text = f"<text:p>{value}</text:p>"
        return f'<table:table-cell office:value-type="string">{text}</table:table-cell>'

    tables = "".join(
        f'<table:table table:name="{name}">'
        + "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in lines)
        + "</table:table>"
        for name, lines in sheets.items()
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    names = "".join(
        f' xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
        for short, long in {"office": "office", "table": "table", "text": "text"}.items()
    )
    content = f"<office:document-content{names}><office:body><office:spreadsheet>{tables}"
    content += "</office:spreadsheet></office:body></office:document-content>"
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        "</manifest:manifest>"
    )
    return zipped(
        file, {"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest}
    )


def test_a_sheet_with_a_title_above_and_dates_and_whole_numbers(tmp_path: Path) -> None:
    midnight, later = pd.Timestamp("2026-01-05"), pd.Timestamp("2026-01-05 10:30")
    table = [
        ["Report of the year", None, None, None],
        [None] * 4,
        ["user_id", "event", "timestamp", "value"],
        [10400.0, "visit", midnight, None],
        [10400.0, "buy", later, 19.9],
    ]
    events = read_events(book(tmp_path / "e.ods", {"Notes": [["Nothing"]], "Log": table}))
    assert rows(events) == [
        ("10400", "buy", "2026-01-05 10:30:00"),
        ("10400", "visit", "2026-01-05 00:00:00"),
    ]
    assert events.frame()["value"].dropna().tolist() == [19.9]
    assert "took row 3 of sheet 'Log' as the column names" in events.contract.assumptions
    two = book(tmp_path / "two.xlsx", {"Log": table, "Old log": table})
    with pytest.raises(DataError, match=r"has 2 sheets.*'Log', 'Old log'"):
        read_events(two)
    assert read_events(f"{two}::Old log").count == 2
    with pytest.raises(DataError, match="damaged"):
        read_events(io_cut(tmp_path / "cut.xlsx"))


@pytest.mark.parametrize("names", [[], [["user_id", "event", "timestamp", 2026.0]]])
@pytest.mark.parametrize("when", [str, pd.Timestamp])
def test_no_row_of_a_sheet_is_taken_for_its_column_names(tmp_path: Path, names, when) -> None:
    table = [
        [f"u{n % 40}", "buy" if n > 39 else "visit", when(f"2026-03-01 10:{n % 60:02d}"), None]
        for n in range(80)
    ]
    table[5][3] = 7.0
    events = read_events(book(tmp_path / "e.ods", {"Log": names + table}))
    assert (events.users, events.count, events.contract.set_aside) == (40, 80, 0)
    assert ("no row of column names in sheet 'Log'" in events.describe()) == (not names)


def test_old_spreadsheets_and_those_with_macros(tmp_path: Path) -> None:
    """`old.xls` counts its days from 1900, `old-1904.xls` as old Macs do."""
    events = read_events(FILES / "old.xls", **SHEET)
    assert (events.users, events.count, events.names[0]) == (4, 12, "buy")
    first, last = pd.Timestamp("2026-03-02 08:00"), pd.Timestamp("2026-03-02 19:00")
    assert (events.start, events.end) == (first, last)
    assert events.frame()["Paid"].dropna().tolist() == [21.5, 24.5, 27.5, 30.5]
    assert "took row 4 of sheet 'Log' as the column names" in events.contract.assumptions
    events = read_events(FILES / "old-1904.xls")
    assert (events.count, events.start) == (4, first)
    (tmp_path / "cut.xls").write_bytes((FILES / "old-1904.xls").read_bytes()[:3983])
    with pytest.raises(DataError, match=r"cut\.xls is damaged: .*Get it once more"):
        read_events(tmp_path / "cut.xls")
    with zipfile.ZipFile(FILES / "contact_log.xlsx") as book:
        members = {name: book.read(name) for name in book.namelist()}
    macros = zipped(tmp_path / "m.xlsm", members | {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"})
    assert read_events(macros, **SHEET).count == 45
    locked = tmp_path / "locked.xlsx"
    locked.write_bytes(b"\xd0\xcf\x11\xe0" + b"\0" * 900 + "EncryptedPackage".encode("utf-16-le"))
    with pytest.raises(DataError, match=r"with a password\. Open it, save it without"):
        read_events(locked)


def test_a_cell_far_from_all_others_does_not_take_all_memory(tmp_path: Path) -> None:
    """Its rectangle has 17 billion cells; the reader of spreadsheets would end the process."""
    with zipfile.ZipFile(FILES / "contact_log.xlsx") as packed:
        members = {name: packed.read(name) for name in packed.namelist()}
    end = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    for name, member in members.items():
        members[name] = member.replace(b"</sheetData>", end)
    with pytest.raises(DataError, match=r"more than 4 GB of memory.*delete that cell"):
        read_events(zipped(tmp_path / "far.xlsx", members))


def test_hundreds_of_columns(tmp_path: Path) -> None:
    """An export of all fields of a shop; 400 were more than the memory held (9 rows)."""

    def wide(n: int) -> Path:
        frame = pd.DataFrame({f"field_{k}": ["a", "b", ""] for k in range(n)})
        frame.insert(0, "timestamp", pd.date_range("2026-03-01", periods=3))
        frame.insert(0, "event", ["visit", "look", "buy"])
        frame.insert(0, "user_id", ["u1", "u1", "u2"])
        frame.to_csv(file := tmp_path / "wide.csv", index=False)
        return file

    events = read_events(wide(400))
    assert events.count == 3
    assert events.frame()["field_399"].dropna().tolist() == ["a", "b"]
    with pytest.raises(DataError, match=r"has 2,503 columns, and 2,000 can be read"):
        read_events(wide(2_500))


def test_keys_that_are_left_out_are_said(tmp_path: Path) -> None:
    """Of 130 keys 100 become columns; one that is asked for is among them, however late it is."""
    row = json.dumps({f"key_{k:03}": k for k in range(130)})
    frame = pd.DataFrame({"user_id": ["u1", "u2"], "event": "buy", "timestamp": "2026-03-01"})
    frame.assign(properties=row).to_csv(file := tmp_path / "keys.csv", index=False)
    events = read_events(file)
    assert "took 100 of 130 keys of 'properties'" in events.describe()
    assert "properties.key_129" not in events.frame().columns
    asked = read_events(file, value="properties.key_129")
    assert asked.frame()["value"].tolist() == [129, 129]


def test_days_as_a_spreadsheet_counts_them(tmp_path: Path) -> None:
    days = [46083.3333333333, 46083.375, 46083.4166666667, 46084]
    frame = pd.DataFrame({"user_id": list("aabb"), "event": list("vbvb"), "timestamp": days})
    frame.to_csv(tmp_path / "days.csv", index=False)
    for source in (frame, tmp_path / "days.csv"):
        events = read_events(source)
        times = events.frame()["timestamp"].dt.strftime("%d %H:%M:%S").tolist()
        assert times == ["02 08:00:00", "02 09:00:00", "02 10:00:00", "03 00:00:00"]
        assert "that a spreadsheet counts" in events.describe()


def io_cut(file: Path) -> Path:
    """Write half of a spreadsheet."""
    data = (FILES / "contact_log.xlsx").read_bytes()
    file.write_bytes(data[: len(data) // 2])
    return file


def test_the_fingerprint_knows_the_sheet_and_the_rows(tmp_path: Path) -> None:
    cache, file = tmp_path / "cache", tmp_path / "e.sqlite"
    shutil.copy(FILES / "events.sqlite", file)
    with sqlite3.connect(file) as store:
        store.execute("CREATE TABLE fewer AS SELECT * FROM events LIMIT 10")
    store.close()
    counts = [read_events(f"{file}::{name}", cache=cache).count for name in ("events", "fewer")]
    assert counts == [45, 10]
    assert not read_events(f"{file}::fewer", cache=cache).prepared_now


def test_frames_of_odd_kinds_are_read() -> None:
    frame = pd.DataFrame(ROWS)
    frame["period"] = pd.period_range("2026-01", periods=2, freq="M")
    frame["interval"] = pd.cut(pd.Series([1, 5]), [0, 3, 9])
    frame["plain interval"] = pd.arrays.IntervalArray.from_breaks([0, 1, 2])
    frame["sparse"] = pd.arrays.SparseArray([0, 7])
    frame["complex"] = [1 + 2j, 3j]
    frame["list"] = [[1, "ü"], None]
    frame["dict"] = [{"page": "/", "deep": {"n": 1}}, None]
    frame["half"] = pd.Series([1.5, 2], dtype="float16")
    frame["span"] = pd.to_timedelta([1, 2], unit="h")
    frame["bytes"] = [b"x", b"y"]
    frame["arrow"] = pd.Series([[1], [2]], dtype="object")
    frame["word"] = frame["event"].astype("category")
    frame.index = [7, 7]  # which means nothing
    read = read_events(frame).frame()
    assert rows(read_events(frame)) == PLAIN
    first = read[read["user_id"] == "a"].iloc[0]
    assert (first["period"], first["interval"], first["list"]) == ("2026-01", "(0, 3]", '[1, "ü"]')
    assert (first["dict.page"], first["dict.deep.n"]) == ("/", 1)
    assert first["complex"] == "(1+2j)"


def test_tables_of_other_libraries_are_read(tmp_path: Path) -> None:
    import duckdb

    polars = pytest.importorskip("polars")
    pyarrow = pytest.importorskip("pyarrow")
    nested = [{**row, "p": {"page": "/x"}, "tags": ["a"]} for row in ROWS]
    arrow = pyarrow.Table.from_pylist(nested)
    relation = duckdb.connect().from_arrow(arrow)
    for table in (polars.DataFrame(nested), polars.DataFrame(nested).lazy(), arrow, relation):
        events = read_events(table)
        assert rows(events) == PLAIN
        assert events.frame()["p.page"].tolist() == ["/x", "/x"]
        assert read_events(table, cache=tmp_path).count == 2
        assert not read_events(table, cache=tmp_path).prepared_now
    zoned = arrow.set_column(
        2, "timestamp", pyarrow.array([0, 1], pyarrow.timestamp("ns", "Europe/Berlin"))
    )
    assert read_events(zoned.to_pandas(types_mapper=pd.ArrowDtype)).count == 2
    for wrong in (42, object(), [], [42]):
        with pytest.raises(DataError, match="cannot be read from a"):
            read_events(wrong)


def test_buffers_are_refused() -> None:
    with pytest.raises(DataError, match="Give a path"):
        read_events(io.BytesIO(b"x"))


def xlsb(file: Path, rows: list[list[str]]) -> None:
    """Write a sheet of texts as Excel's binary workbooks have it: records of type and length."""

    def record(kind: int, data: bytes = b"") -> bytes:
        numbers = (kind,) if kind < 128 else (kind & 127 | 128, kind >> 7)
        return bytes([*numbers, len(data)]) + data

    def wide(said: str) -> bytes:
        return len(said).to_bytes(4, "little") + said.encode("utf-16-le")

    def four(*numbers: int) -> bytes:
        return b"".join(number.to_bytes(4, "little") for number in numbers)

    named = four(0, 1) + wide("rId1") + wide("Log")
    book = record(0x99, four(0, 0, 0)) + record(0x9C, named) + record(0x90) + record(0x9D)
    sheet = record(0x94, four(0, len(rows) - 1, 0, len(rows[0]) - 1)) + record(0x91)
    for number, cells in enumerate(rows):
        sheet += record(0, four(number, 0, 0, 0))
        sheet += b"".join(record(6, four(n, 0) + wide(cell)) for n, cell in enumerate(cells))
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr("xl/workbook.bin", book)
        packed.writestr(
            "xl/_rels/workbook.bin.rels",
            f'<Relationships xmlns="{package}"><Relationship Id="rId1" '
            f'Type="{office}/worksheet" Target="worksheets/sheet1.bin"/></Relationships>',
        )
        packed.writestr("xl/worksheets/sheet1.bin", sheet + record(0x92))


def test_a_binary_workbook_is_read(tmp_path: Path) -> None:
    xlsb(tmp_path / "log.xlsb", [[*ROWS[0]], *([*map(str, row.values())] for row in ROWS)])
    assert rows(read_events(tmp_path / "log.xlsb")) == PLAIN
    assert rows(read_events(f"{tmp_path / 'log.xlsb'}::Log")) == PLAIN


@pytest.mark.parametrize("mark", ["", "+/v8-"])
def test_utf7_is_refused_in_a_sentence(tmp_path: Path, mark: str) -> None:
    said = CSV.replace("a,visit", "Käthe,visit").encode("utf-7")
    (tmp_path / "e.csv").write_bytes(mark.encode() + said)
    with pytest.raises(DataError, match=r"is text in UTF-7\. Save it as UTF-8"):
        read_events(tmp_path / "e.csv")
    (tmp_path / "e.csv").write_text(CSV.replace("visit", "a+b-c +ANY-1"))
    assert read_events(tmp_path / "e.csv").count == 2


@pytest.mark.parametrize("end", [",", ",\n", ", ]", ""])
def test_a_list_that_was_cut_off_is_not_taken_for_all_of_it(tmp_path: Path, end: str) -> None:
    (tmp_path / "e.json").write_text(f"[{', '.join(LINES)}{end}")
    with pytest.raises(DataError, match=r"Line \d of it is no JSON"):
        read_events(tmp_path / "e.json")
