"""Delimited text: however a file is written, the same rows come out, and none is lost unsaid."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import random

import duckdb
import pandas as pd
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from journeykit import funnel
from journeykit.errors import DataError
from journeykit.tables import delimited, read_events, read_table

HEAD = ["user_id", "event", "timestamp", "note"]
PACKED = {"": bytes, ".gz": gzip.compress, ".bz2": bz2.compress, ".zst": zstandard.compress}


def written(rows, delimiter=",", end="\n", quoting=csv.QUOTE_MINIMAL, head=HEAD):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerows([head, *rows])
    return out.getvalue()


def put(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def rows_of(path, **how):
    events = read_events(path, **how)
    assert events.contract.set_aside == 0, events.contract.describe()
    frame = events.frame()
    frame["note"] = frame["note"].fillna("") if "note" in frame else ""
    frame["timestamp"] = frame["timestamp"].astype("str")
    return sorted(
        map(tuple, frame[["user_id", "event", "timestamp", "note"]].astype("str").to_numpy())
    )


def log(n=200, note=lambda i: f"n{i}"):
    return [
        [
            f"u{i % 40}",
            ("visit", "buy")[i % 2],
            f"2026-03-{1 + i % 28:02d} 10:00:{i % 60:02d}",
            note(i),
        ]
        for i in range(n)
    ]


def errors(events):
    return [f.code for f in events.contract.findings if f.level == "error"]


# --- quotes -----------------------------------------------------------------------------------


def late_quotes(visits=20_000):
    plain = [f"u{i},visit,2026-03-01 10:00:{i % 60:02d},tea" for i in range(visits)]
    late = [f'u{i},buy,2026-03-02 10:00:{i % 60:02d},"tea, green"' for i in range(visits // 2)]
    return [",".join(HEAD), *plain, *late]


@pytest.mark.parametrize("packed", PACKED)
def test_quotes_that_come_late_are_quotes(tmp_path, packed):
    head, *lines = late_quotes()
    path = put(tmp_path / f"log.csv{packed}", PACKED[packed]("\n".join([head, *lines]).encode()))
    found = funnel(read_events(path), ["visit", "buy"])
    assert found["users"].tolist() == [20_000, 10_000]
    random.Random(1).shuffle(lines)
    put(path, PACKED[packed]("\n".join([head, *lines]).encode()))
    again = read_events(path)
    assert again.contract.set_aside == 0
    assert funnel(again, ["visit", "buy"])["users"].tolist() == [20_000, 10_000]


def test_a_quote_within_a_cell_is_a_sign_like_any_other(tmp_path):
    notes = ['5" pipe', 'so "called"', "it's", "a\nb", 'he said ""', "", "'x'", "\\", 'a"']
    rows = log(len(notes), lambda i: notes[i])
    path = put(tmp_path / "log.csv", written(rows))
    assert sorted(row[3] for row in rows_of(path)) == sorted(notes)
    bare = 'user_id,event,timestamp,note\na,visit,2026-01-01,5" pipe\nb,visit,2026-01-01,6" x\n'
    assert [row[3] for row in rows_of(put(tmp_path / "bare.csv", bare))] == ['5" pipe', '6" x']


def test_a_quote_that_is_never_closed_is_told(tmp_path):
    lines = written(log()).splitlines()
    lines[100] = lines[100].rsplit(",", 1)[0] + ',"open'
    path = put(tmp_path / "log.csv", "\n".join(lines))
    events = read_events(path)
    assert events.contract.rows == 200
    assert events.contract.set_aside >= 100
    assert events.contract.findings[0].level == "error"


def test_a_file_that_grows_while_it_is_read_is_told(tmp_path, monkeypatch):
    path, judged = put(tmp_path / "log.csv", written(log())), delimited.judged

    def grown(file):
        seen = judged(file)
        put(path, path.read_text() + "u1,buy,2026-03-09 10:00:00,late\n")
        return seen

    monkeypatch.setattr(delimited, "judged", grown)
    with pytest.raises(DataError, match=r"1 lines of it .* written to meanwhile"):
        read_events(path)


# --- rows set aside ---------------------------------------------------------------------------


def broken(lines, which, how):
    return "\n".join([lines[0], *(how(line) if which(line) else line for line in lines[1:])])


@pytest.mark.parametrize(
    ("which", "how", "said"),
    [
        (
            lambda line: ",buy," in line and "10:00:0" in line,
            lambda line: line + ",more",
            "event 'buy'",
        ),
        (lambda line: "2026-03-05" in line, lambda line: line + ",more", "day '2026-03-05'"),
        (
            lambda line: "2026-03-05" in line,
            lambda line: line[line.index(",") :],  # nobody is left
            "day '2026-03-05'",
        ),
    ],
)
def test_rows_set_aside_that_go_together_are_an_error(tmp_path, which, how, said):
    lines = written(log(2_000)).splitlines()
    events = read_events(put(tmp_path / "log.csv", broken(lines, which, how)))
    assert 0 < events.contract.set_aside < 0.1 * 2_000
    together = [f for f in events.contract.findings if f.code == "set-aside-together"]
    assert together, events.contract.describe()
    assert together[0].level == "error"
    assert any(said in f.message for f in together), together


def test_a_file_of_many_whose_rows_are_set_aside_is_named(tmp_path):
    for day in range(1, 21):
        rows = [[f"u{i}", "visit", f"2026-03-{day:02d} 10:00:00", ""] for i in range(50)]
        rows = rows if day != 7 else [["", *row[1:]] for row in rows]
        put(tmp_path / f"day-{day:02d}.csv", written(rows))
    said = [
        f.message for f in read_events(f"{tmp_path}/*.csv").contract.findings if f.level == "error"
    ]
    assert any("file 'day-07.csv'" in message for message in said), said


def daily(place, ending, last):
    """Four files, of which the last is changed."""
    for day in range(1, 5):
        frame = pd.DataFrame(log(60), columns=HEAD)
        frame["timestamp"] = pd.date_range(f"2026-03-0{day} 10:00", periods=60, freq="min")
        frame = last(frame) if day == 4 else frame
        with duckdb.connect() as con:
            con.register("frame", frame)
            con.execute(f"COPY frame TO '{place}/d{day}.{ending}'")
    return f"{place}/*.{ending}"


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_files_that_differ_are_told(tmp_path, ending):
    def found(last):
        events = read_events(daily(tmp_path, ending, last))
        return events, {f.message for f in events.contract.findings}

    events, said = found(lambda f: f.assign(plan="a"))
    assert f"The column 'plan' is in 1 of 4 files, from d4.{ending} on." in said
    epochs = lambda f: f.assign(timestamp=f["timestamp"].astype("int64") // 10**6)  # noqa: E731
    events, said = found(epochs)
    assert (events.count, f"{events.end:%F %T}") == (240, "2026-03-04 10:59:00")
    types = "The column 'timestamp' is TIMESTAMP and BIGINT in different files, and read as text."
    assert (types in said) == (ending == "parquet")
    events, said = found(lambda f: f.assign(user_id=range(60)))
    assert events.users == 40 + 60
    events, said = found(lambda f: f.rename(columns={"user_id": "visitor_id"}))
    assert any("set aside go together" in message for message in said)


def test_rows_set_aside_by_chance_are_a_warning(tmp_path):
    lines = written(log(2_000)).splitlines()
    for n in random.Random(3).sample(range(1, 2_000), 20):
        lines[n] += ",more"
    events = read_events(put(tmp_path / "log.csv", "\n".join(lines)))
    assert (events.contract.set_aside, errors(events)) == (20, [])


# --- delimiters, line ends, what stands above -------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(tmp_path, delimiter, end):
    rows = log(note=lambda i: "a,b;c|d\te")
    path = put(tmp_path / "log.csv", written(rows, delimiter, end))
    assert rows_of(path) == sorted(map(tuple, rows))


def test_all_cells_quoted_and_tabs_between_them(tmp_path):
    rows = log(note=lambda i: "a\nb")
    path = put(tmp_path / "log.tsv", written(rows, "\t", quoting=csv.QUOTE_ALL))
    assert rows_of(path) == sorted(map(tuple, rows))


def test_line_ends_in_any_mix(tmp_path):
    lines = written(log()).splitlines()
    ends = [("\r\n", "\n", "\r")[n % 3] for n in range(len(lines))]
    path = put(tmp_path / "log.csv", "".join(map(str.__add__, lines, ends)))
    assert len(rows_of(path)) == 200


def test_a_spreadsheets_own_way_to_name_the_delimiter(tmp_path):
    path = put(tmp_path / "log.csv", "sep=;\r\n" + written(log(), ";", "\r\n"))
    assert rows_of(path) == sorted(map(tuple, log()))


def test_commas_in_the_column_names_of_a_file_with_semicolons(tmp_path):
    head = ["user_id", "event", "timestamp", "note, if any"]
    rows = log(note=lambda i: f"{i},50")
    text = written(rows, ";", head=head, quoting=csv.QUOTE_NONE)
    events = read_events(put(tmp_path / "log.csv", text))
    assert (events.count, events.columns) == (200, ["note, if any"])


def test_lines_above_the_column_names_are_passed_over_and_said(tmp_path):
    path = put(tmp_path / "log.csv", "Report, spring\n\n" + written(log(), ";"))
    events = read_events(path)
    assert events.count == 200
    assert "passed over 2 lines above the column names of log.csv" in events.contract.assumptions


def test_blank_lines_and_cells_of_megabytes(tmp_path):
    rows = log(6, lambda i: "x" * 3_000_000 if i == 3 else "line\n" * (i == 4) * 700_000)
    path = put(tmp_path / "log.csv", written(rows).replace("\nu1", "\n\nu1") + "\n\n")
    assert rows_of(path) == sorted(map(tuple, rows))


def test_column_names_that_are_empty_doubled_or_words_of_sql(tmp_path):
    head = ["user_id", "event", "timestamp", "", "a", "A", "select", "a\0b", 'x"y', "row_in_source"]
    rows = [[f"u{i}", "visit", f"2026-01-01 10:00:0{i}", *"0123456"] for i in range(3)]
    events = read_events(put(tmp_path / "log.csv", written(rows, head=head)))
    assert events.count == 3
    assert events.frame()["row_in_source"].tolist() == [6] * 3
    assert "kept column 'A' as source_A: the name is taken" in events.contract.assumptions


def test_a_column_of_the_files_order_has_no_meaning(tmp_path):
    rows = [["a", "visit", "2026-01-01", "2"], ["a", "buy", "2026-01-01", "1"]]
    head = ["user_id", "event", "timestamp", "row_in_source"]
    events = read_events(put(tmp_path / "log.csv", written(rows, head=head)))
    assert funnel(events, ["visit", "buy"])["users"].tolist() == [1, 1]


@pytest.mark.parametrize("names", ["", "user_id,event,timestamp\n"])
@pytest.mark.parametrize("row", ["{n},{cells}", "{cells},", "{cells}"])
def test_the_first_row_is_never_taken_for_the_column_names(tmp_path, row, names):
    rows = [
        f"u{n % 40},{'buy' if n > 39 else 'visit'},2026-03-01 10:{n % 60:02d}:00" for n in range(80)
    ]
    lines = [row.format(n=n, cells=cells) for n, cells in enumerate(rows, 1)]
    events = read_events(put(tmp_path / "log.csv", names + "\n".join(lines)))
    assert (events.users, events.count, events.contract.set_aside) == (40, 80, 0)
    assert ("no line of column names in log.csv" in events.describe()) == (not names)


# --- encodings --------------------------------------------------------------------------------

WORDS = {
    "utf-8": "Größe 購入 ✓",
    "utf-8-sig": "Größe 購入 ✓",
    "utf-16": "Größe 購入",
    "utf-16-le": "Größe €",
    "utf-16-be": "Größe €",
    "cp1252": "Preis € “geprüft” – größer",
    "latin-1": "café payé",
    "cp932": "購入しました。商品をカートに入れる",
    "euc_jp": "購入しました。商品をカートに入れる",
    "gb18030": "购买商品，加入购物车",
    "big5": "購買商品加入購物車",
    "cp949": "장바구니에 상품을 담기",
    "cp1251": "покупка товара корзина",
    "cp1253": "αγορά προϊόντος καλάθι",
}


#: So few different words as the events of a log have.
FEW = {
    "utf-32": "größer kaufen",
    "cp1252": "größer café Münze señal não città læse 5_€ l’œuvre",
    "iso8859-15": "Münze coût_5_€ œuvre größer",
    "mac_roman": "Münze coût œuvre Ärger größer café",
    "cp850": "Münze Größe coût",
    "cp1250": "zamówienie łódź koszyk płatność źle",
    "iso8859-2": "objednávka košík zobrazení platba zpět ťuk",
    "cp1254": "sipariş ödeme görüntüleme İptal",
    "cp1257": "užsakymas krepšelis apmokėjimas",
    "cp1251": "заказ корзина просмотр оплата",
    "koi8_r": "заказ корзина просмотр оплата",
    "cp866": "заказ корзина просмотр оплата",
    "iso8859-5": "заказ корзина просмотр оплата",
    "cp1253": "παραγγελία καλάθι πληρωμή",
    "cp1255": "הזמנה עגלה תשלום",
    "cp1256": "طلب سلة دفع",
    "cp874": "สั่งซื้อ ตะกร้า ชำระเงิน",
    "cp932": "訪問 カート 購入 商品を見る",
    "euc_jp": "訪問 カート 購入 商品を見る",
    "gb18030": "访问 购物车 购买",
    "big5": "訪問 購物車 購買",
    "cp949": "방문 장바구니 구매",
}


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("encoding", FEW)
def test_a_few_words_tell_their_encoding(tmp_path, encoding, late):
    words = FEW[encoding].split()
    rows = log(600, lambda i: words[i % len(words)] if i > 580 or not late else "visit")
    events = read_events(put(tmp_path / "log.csv", written(rows).encode(encoding)))
    assert {*events.frame()["note"]} == {*words, *["visit"] * late}
    assert f"read the text of log.csv as {encoding}," in events.describe()


#: Letters that are rare, capitals, signs and one foreign name, as lists of names and goods have.
GOODS = [
    ("cp1252", "£5.00|£12.99|20°C"),
    ("cp1252", "Þórður|Guðrún|Jón Ægir"),
    ("cp1252", "ÉTÉ 2026|PAYÉ|FORÊT"),
    ("cp1252", "Zoë|François|Muñoz|Jürgen|Søren"),
    ("cp1252", "½ cup|¼|3 × 4|±2"),
    ("mac_roman", "€ 5,00|€12.99"),
    ("cp850", "Bjørn|Åse|Håkon Sørensen"),
    ("cp1250", "Erdős|Szűcs|tükör|Kőszeg"),
    ("cp852", "Wałęsa"),
    ("cp857", "İstanbul|Çağlar|Şahin"),
    ("cp1251", "Щукин|съезд|ул. Ленина, 5|Иван"),
    ("cp1251", "iPhone 15 чёрный|USB-кабель|ООО «Ромашка»"),
    ("koi8_r", "Иван"),
    ("koi8_u", "Київ|їжа|Олексій"),
    ("iso8859-5", "Београд|Ђорђе|њега"),
    ("cp737", "Αθήνα|Γιώργος|πόλη"),
    ("cp1255", "שלום|תל אביב"),
    ("iso8859-6", "محمد|القاهرة|شراء"),
    ("cp932", "カート|コーヒー"),
    ("gb18030", "王"),
    ("cp949", "구매|김철수|서울특별시"),
]


@pytest.mark.parametrize(("encoding", "words"), GOODS)
def test_names_and_goods_keep_their_letters(tmp_path, encoding, words):
    of = words.split("|")
    rows = log(60, lambda i: of[i % len(of)] if i % 3 == 0 or len(of) > 1 else "plain")
    events = read_events(put(tmp_path / "log.csv", written(rows).encode(encoding)))
    assert {*events.frame()["note"]} - {"plain"} == {*of}


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("encoding", WORDS)
def test_an_encoding_is_judged_over_the_whole_file_and_said(tmp_path, encoding, late):
    plain = 50_000 if late else 0  # more than a megabyte of ASCII first
    rows = log(plain + 60, lambda i: "" if i < plain else WORDS[encoding])
    path = put(tmp_path / "log.csv", written(rows).encode(encoding))
    events = read_events(path)
    assert events.contract.set_aside == 0
    assert set(events.frame()["note"].dropna()) - {""} == {WORDS[encoding]}
    said = [a for a in events.contract.assumptions if a.startswith("read the text of log.csv as")]
    assert len(said) == (not encoding.startswith("utf-8"))


def test_each_file_of_a_glob_has_an_encoding_of_its_own(tmp_path):
    for name, encoding in (("a", "utf-8"), ("b", "utf-8"), ("c", "latin-1"), ("d", "utf-16")):
        put(tmp_path / f"{name}.csv", written(log(50, lambda i: "café")).encode(encoding))
    events = read_events(f"{tmp_path}/*.csv")
    assert (events.count, events.contract.set_aside) == (200, 0)
    assert set(events.frame()["note"]) == {"café"}


def test_some_cut_letters_do_not_spoil_the_others(tmp_path):
    text = written(log(note=lambda i: "größer")).encode()
    cut = text.replace("ö".encode(), "ö".encode()[:1], 1)
    events = read_events(put(tmp_path / "log.csv", cut))
    notes = events.frame()["note"].value_counts()
    assert (notes["größer"], len(notes)) == (199, 2)
    assert any("utf-8 with broken letters" in said for said in events.contract.assumptions)


# --- files that are none ----------------------------------------------------------------------


def test_damaged_and_empty_files_are_one_sentence(tmp_path):
    whole = written(log()).encode()
    cases = {"none.csv": b"", "blank.csv": b"\n\n"}
    cases |= {f"half.csv{end}": pack(whole)[:-20] for end, pack in PACKED.items() if end}
    for name, content in cases.items():
        with pytest.raises(DataError, match=r"damaged|empty|column"):
            read_events(put(tmp_path / name, content))


def test_a_packed_file_as_large_as_what_is_in_it_is_unpacked(tmp_path):
    first, second = log(2)
    letters = "".join(map(chr, range(97, 123)))
    texts = [
        written([first, [*second[:3], letters[: n % 26] + "~" * (n // 26)]]).encode()
        for n in range(120)
    ]
    alike = [text for text in texts if len(gzip.compress(text)) == len(text)]
    assert alike
    for text in alike:
        assert len(rows_of(put(tmp_path / "log.csv.gz", gzip.compress(text)))) == 2


def test_a_bomb_is_not_unpacked_to_its_end(tmp_path, monkeypatch):
    from journeykit.tables import encoding

    monkeypatch.setattr(encoding, "_SMALL", 5_000_000)
    bomb = put(tmp_path / "log.csv.gz", gzip.compress(b"a,b\n" + b"0" * 50_000_000))
    with pytest.raises(DataError, match="unfolds to more than 100 times its size"):
        read_events(bomb)


def test_an_empty_file_among_others_is_said(tmp_path):
    put(tmp_path / "a.csv", written(log()))
    put(tmp_path / "b.csv", "")
    assumed = read_events(f"{tmp_path}/*.csv").contract.assumptions
    assert "passed over b.csv: it is empty" in assumed


# --- any file ---------------------------------------------------------------------------------

cells = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], include_characters='\n"'),
    max_size=12,
).map(str.strip)


@given(
    notes=st.lists(cells, min_size=2, max_size=30),
    delimiter=st.sampled_from(",;\t|"),
    end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    packed=st.sampled_from([*PACKED]),
    seed=st.integers(0, 99),
)
def test_any_way_of_writing_gives_the_same_rows(
    tmp_path_factory, notes, delimiter, end, quoting, packed, seed
):
    place = tmp_path_factory.mktemp("any")
    rows = log(len(notes), lambda i: notes[i] and f"{notes[i]}~")  # never a number
    want = sorted(map(tuple, rows))
    ends = end if packed else "\n"
    random.Random(seed).shuffle(rows)
    whole = put(
        place / f"w.csv{packed}", PACKED[packed](written(rows, delimiter, ends, quoting).encode())
    )
    assert rows_of(whole) == want
    half = len(rows) // 2
    for n, part in enumerate((rows[:half], rows[half:])):
        put(place / f"part{n}.tsv", written(part, delimiter, "\n", quoting))
    assert rows_of(f"{place}/part*.tsv") == want


def test_tables_are_read_alike(tmp_path):
    rows = [[f"{i % 11}", f"2026-03-01 10:00:{i:02d}", "“gut”, " + "ü" * 3] for i in range(40)]
    text = written(rows, ";", head=["score", "timestamp", "comment"])
    answers = read_table("surveys", put(tmp_path / "s.csv", text.encode("cp1252")), measure="nps")
    assert len(answers) == 40
    assert answers["comment"].unique().tolist() == ["“gut”, üüü"]
    assert pd.api.types.is_datetime64_any_dtype(answers["timestamp"])


@pytest.mark.parametrize("delimiter", ["^", "~"])
def test_rare_delimiters(tmp_path, delimiter):
    lines = ["user_id,event,timestamp", "u1,visit,2026-01-05 10:00", '"u,2",buy,2026-01-05 10:01']
    file = tmp_path / "e.csv"
    file.write_text("\n".join(line.replace(",", delimiter) for line in lines))
    events = read_events(file)
    assert events.frame()["user_id"].tolist() == ["u1", f"u{delimiter}2"]
    # In a file with commas they are letters.
    file.write_text("\n".join([*lines[:2], "u^3~x,buy,2026-01-05 10:02"]))
    assert read_events(file).frame()["user_id"].tolist() == ["u1", "u^3~x"]
