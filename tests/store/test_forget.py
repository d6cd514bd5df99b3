"""A person who asks to be forgotten is, and what the kit cannot change is named."""

import gzip
import html
import json
import os
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from journeykit.cli.app import app
from journeykit.engine import cache_folder
from journeykit.errors import RunError
from journeykit.model import Quote
from journeykit.store import Desk, create, open_folder

IRMA = "Irma"


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """A workshop in which Irma took part, and a run that quotes customer u-77."""
    monkeypatch.setenv("JOURNEYKIT_CACHE", str(tmp_path / "cache"))
    root = create(tmp_path / "shop", "retail").root
    (root / "records/votes").mkdir(parents=True, exist_ok=True)
    (root / "records/votes/v1.yaml").write_text("author: Irma\ntopic: what first\ndots: {a: 2}\n")
    (root / "records/decisions").mkdir(parents=True, exist_ok=True)
    (root / "records/decisions/weak-spots.yaml").write_text(
        "text: Irma calls u-77 back, Irmasi does not\nowner: irma\n"
    )
    for run, words in {"2026-01-01": "user u-77 left", "2026-01-02": "user u-771 left"}.items():
        (root / "runs" / run / "maya").mkdir(parents=True)
        (root / "runs" / run / "maya/report.html").write_text(words)
    (root / "data").mkdir(exist_ok=True)
    with gzip.open(root / "data/more.csv.gz", "wt") as file:
        file.write("user_id,event\nu-77,view\nu-77,buy\nu-771,buy\n")
    open_folder(root).workshop()
    return root


def forget(root, *words, answer=None):
    return CliRunner().invoke(app, ["forget", str(root), *words], input=answer)


def everything(root):
    return {p: p.read_bytes() for p in root.rglob("*") if p.is_file() and "journal" not in p.parts}


def test_without_yes_nothing_is_changed_and_it_is_listed(shop):
    before = everything(shop)
    told = forget(shop, "--participant", IRMA)
    assert isinstance(told.exception, RunError)  # 2, as `main` says it
    assert "records/votes/v1.yaml: removed" in told.output
    assert "records/decisions/weak-spots.yaml: without them" in told.output
    assert "say --yes" in str(told.exception)
    assert everything(shop) == before


def test_a_participant_leaves_no_name_in_what_the_kit_keeps(shop):
    told = forget(shop, "--participant", IRMA, "--yes")
    assert not (shop / "records/votes/v1.yaml").exists()
    decision = open_folder(shop).record("decisions", "weak-spots")
    assert (decision.text, decision.owner) == ("[somebody] calls u-77 back, Irmasi does not", "")
    for path in [*shop.glob("records/*/*.yaml"), *shop.glob("journeys/*.yaml")]:
        kept = [line for line in path.read_text().splitlines() if not line.startswith("#")]
        assert not [line for line in kept if "Irma" in line.replace("Irmasi", "")], path
    assert open_folder(shop).problems() == []
    again = forget(shop, "--participant", IRMA, "--yes")
    assert "Nothing that the kit keeps names them." in again.output
    assert again.exit_code == told.exit_code


def test_a_customer_leaves_records_runs_and_tables_and_data_is_named(shop):
    cache = cache_folder()
    cache.mkdir(parents=True)
    (cache / "events-1.duckdb").write_text("prepared")
    told = forget(shop, "--customer", "u-77", "--yes")
    assert told.exit_code == 1, told.output
    assert "still there: data/more.csv.gz: 2" in told.output
    assert "runs/2026-01-01: removed" in told.output
    assert [path.name for path in (shop / "runs").iterdir()] == ["2026-01-02"]
    assert not (cache / "events-1.duckdb").exists()
    assert "[somebody] back" in open_folder(shop).record("decisions", "weak-spots").text


def test_nobody_is_found_where_nobody_is(shop):
    told = forget(shop, "--customer", "u-9999", "--yes")
    assert told.output.startswith("Nothing that the kit keeps names them.")
    assert told.exit_code == 0
    assert "u-77" in open_folder(shop).record("decisions", "weak-spots").text
    assert len(list((shop / "runs").iterdir())) == 2


def test_what_waits_in_a_journal_is_saved_and_forgotten(shop):
    waiting = {"id": "1", "doc": "records/decisions/personas",
               "parts": {"text": [None, "ask u-77"], "id": [None, "personas"]}}  # fmt: skip
    (shop / "journal").mkdir(exist_ok=True)
    (shop / "journal/old-7-ab.jsonl").write_text(json.dumps(waiting) + "\n")
    (shop / "journal/displaced.txt").write_text("a, text: u-77\nb, text: u-8\n")
    forget(shop, "--customer", "u-77", "--yes")
    assert "u-77" not in "".join(p.read_text() for p in (shop / "journal").glob("*.*"))
    assert (shop / "journal/displaced.txt").read_text() == "b, text: u-8\n"


def test_words_that_another_process_holds_are_refused(shop):
    desk = Desk(shop)
    try:
        desk.folder  # noqa: B018  (opened)
        (shop / "journal").mkdir(exist_ok=True)
        asked = {"id": "7", "kind": "set", "doc": "records/decisions/solutions", "at": "",
                 "data": {"text": "ask u-77"}, "by": "x"}  # fmt: skip
        assert desk.take(asked) == [None]
        code = (
            "import sys; from typer.testing import CliRunner; from journeykit.cli.app import main; "
            f"sys.argv = ['journeykit', 'forget', {str(shop)!r}, '--customer', 'u-77', '--yes']; main()"
        )
        told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    finally:
        desk.close()
    assert told.returncode == 2, told.stdout + told.stderr
    assert "close JupyterLab" in told.stderr


def test_git_history_is_named(shop):
    git = ["git", "-C", str(shop), "-c", "user.name=a", "-c", "user.email=a@b.example"]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "one"]):
        subprocess.run([*git, *words], check=True)
    assert (
        "still there: git history: 1 commits" in forget(shop, "--customer", "u-77", "--yes").output
    )


@pytest.mark.parametrize("words", [[], ["--customer", "a", "--participant", "b"]])
def test_who_is_said_once(shop, words):
    assert forget(shop, *words).exit_code == 2


def test_a_released_quote_goes_with_its_customer_and_with_the_runs_that_quote_it(shop):
    folder, said = (
        open_folder(shop),
        {"u-77": "The parcel <was> unpunctual & wet.", "u-8": "All fine."},
    )
    for user, text in said.items():
        folder.save(Quote.of(text, user).with_(author="Bo"))
        page = shop / "runs" / f"of-{user}" / "maya" / "report.html"
        page.parent.mkdir(parents=True)
        page.write_text(f"<blockquote>{html.escape(text)}</blockquote>")
    told = forget(shop, "--customer", "u-77", "--yes")
    gone, kept = (Quote.of(text, user).id for user, text in said.items())
    assert f"records/quotes/{gone}.yaml: removed" in told.output
    assert "runs/of-u-77: removed" in told.output
    assert not (shop / f"records/quotes/{gone}.yaml").exists()
    assert (shop / f"records/quotes/{kept}.yaml").exists()
    assert (shop / "runs/of-u-8").exists()
    assert not [p for p in shop.rglob("*.*") if p.is_file() and b"unpunctual" in p.read_bytes()]
    again = forget(shop, "--customer", "u-77")
    assert again.output.startswith("Nothing that the kit keeps names them.")


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal is made by the pty module")
@pytest.mark.parametrize(("answer", "code"), [("n", 2), ("", 2), ("y", 1)])
def test_in_a_terminal_it_asks(shop, answer, code):
    import pty

    master, terminal = pty.openpty()
    command = ["-c", "from journeykit.cli import main; main()", "forget", str(shop)]
    try:
        os.write(master, f"{answer}\n".encode())
        done = subprocess.run(
            [sys.executable, *command, "--customer", "u-77"],
            stdin=terminal,
            capture_output=True,
            text=True,
            timeout=120,
        )
    finally:
        os.close(master)
        os.close(terminal)
    assert done.returncode == code, done.stderr
    assert "Do it? [y/N]" in done.stdout
    assert ("nothing was changed" in done.stderr) is (code == 2)
    assert (shop / "runs/2026-01-01").exists() is (code == 2)


def test_what_a_link_leads_to_is_not_removed(shop, tmp_path):
    (tmp_path / "mine/1").mkdir(parents=True)
    (tmp_path / "mine/1/diary.txt").write_text("u-77")
    (shop / "runs/linked").symlink_to(tmp_path / "mine/1")
    told = forget(shop, "--customer", "u-77", "--yes")
    assert "still there: runs/linked: not looked through" in told.output
    (shop / "runs").rename(tmp_path / "old-runs")
    (shop / "runs").symlink_to(tmp_path / "mine")
    forget(shop, "--customer", "u-77", "--yes")
    assert (tmp_path / "mine/1/diary.txt").exists()


@pytest.mark.parametrize("code", ["utf-16", "utf-16-le", "cp1252", "utf-8"])
def test_they_are_found_in_any_encoding(shop, code):
    (shop / "data/guests.csv").write_text("seat,guest\n1,Zoë Müller\n", encoding=code)
    told = forget(shop, "--participant", "zoë müller", "--yes")
    assert "still there: data/guests.csv: 1" in told.output


def test_what_cannot_be_read_is_named(shop):
    (shop / "data/cut.csv.gz").write_bytes(gzip.compress(b"u-77\n" * 999)[:30])
    (shop / "data/none.csv.gz").write_text("u-77")
    (shop / "journal/odd.d").mkdir(parents=True)
    (shop / "journal/displaced.txt").write_bytes("ä u-77".encode("latin-1"))
    told = forget(shop, "--customer", "u-77", "--yes")
    assert told.exit_code == 1
    for name in ("cut", "none"):
        assert f"still there: data/{name}.csv.gz: not looked through" in told.output
    assert (shop / "journal/displaced.txt").read_text() == ""


def test_a_name_is_found_however_its_signs_and_spaces_are_stored(shop):
    (shop / "records/ideas/zoe-muller.yaml").write_text(
        "text: a ring\nauthor: Zoe\N{COMBINING DIAERESIS}  Müller\n"
    )
    told = forget(shop, "--participant", "Zoë Müller", "--yes")
    assert open_folder(shop).record("ideas", "zoe-muller").author == ""
    assert "still there: records/ideas/zoe-muller.yaml: 1" in told.output  # its name
