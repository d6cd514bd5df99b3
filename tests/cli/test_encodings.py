"""Every command speaks on every terminal: its encoding is never a reason to fail."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from journeykit.cli.base import echo
from journeykit.store import create

Speak = Callable[..., subprocess.CompletedProcess[str]]
WAYS = ("out", "err")
TERMINALS = {
    "cp1252": {"PYTHONIOENCODING": "cp1252"},
    "C": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "ascii": {"PYTHONIOENCODING": "ascii"},
    "C, ascii": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"},
    "cp437": {"PYTHONIOENCODING": "cp437"},
    "strict": {"PYTHONIOENCODING": "latin-1:strict"},
}
COMMANDS = {
    "help": ("--help",),
    "check": ("check", "{shop}"),
    "check --json": ("check", "{shop}", "--json"),
    "test": ("test", "{shop}"),
    "diff": ("diff", "{shop}", "{other}"),
    "diff md": ("diff", "{shop}", "{other}", "--format", "md"),
    "diff json": ("diff", "{shop}", "{other}", "--format", "json"),
    "refused": ("run", "{shop}", "--persona", "日本"),
    "no folder": ("check", "größe → 日本"),
    "exercises": ("exercises", "start", "{place}/course"),
    "new": ("new", "{place}/neu-é→", "--template", "blank"),
    "new from größe": ("new", "{place}/log", "--events", "{place}/größe.csv"),
    "new from a log": ("new", "{place}/log", "--events", "{place}/log.csv"),
}
# One interpreter for each terminal, forked for each command: what is imported is imported once.
# The streams are those that Python makes for the terminal, and each command has a copy of its own.
FORKS = """
import json, os, sys
import duckdb, pandas, sqlglot.dialects.duckdb
import journeykit.claims, journeykit.numbers.few, journeykit.phases
from journeykit.cli import main
journeykit.numbers.few.masked("Anna, 07")
for line in sys.stdin:
    script, out, *words = (os.fsdecode(word.encode()) for word in json.loads(line))
    child = os.fork()
    if not child:
        for number, name in enumerate(("in", "out", "err")):
            here = out + "." + name if number else os.devnull
            os.dup2(os.open(here, os.O_RDWR | os.O_CREAT | os.O_TRUNC), number)
        sys.argv = [script, *words]
        sys.orig_argv = [sys.executable, *sys.argv]  # where Python must begin anew
        sys.exit(main())
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), file=sys.__stderr__, flush=True)
"""


@pytest.fixture(scope="module")
def speak(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Speak]:
    """Give the command line on a terminal: ``speak("cp437", "check", folder)``."""
    begun: dict[str, subprocess.Popen[str]] = {}
    out = tmp_path_factory.mktemp("said") / "said"
    script = str(Path(sys.executable).with_name("journeykit"))

    def called(terminal: str, *words: str) -> subprocess.CompletedProcess[str]:
        if terminal not in begun:
            env = {**os.environ, "OPENBLAS_NUM_THREADS": "1", **TERMINALS[terminal]}
            env["JE_ARROW_MALLOC_CONF"] = "background_thread:false"  # no thread before a fork
            begun[terminal] = subprocess.Popen(
                [sys.executable, "-c", FORKS], env=env, text=True,
                stdin=subprocess.PIPE, stderr=subprocess.PIPE,
            )  # fmt: skip
        here = begun[terminal]
        assert here.stdin
        assert here.stderr
        here.stdin.write(json.dumps([script, str(out), *words]) + "\n")
        here.stdin.flush()
        code = int(here.stderr.readline())
        texts = [Path(f"{out}.{name}").read_bytes().decode("utf-8", "replace") for name in WAYS]
        return subprocess.CompletedProcess([*words], code, *texts)

    yield called
    for each in begun.values():
        each.communicate(timeout=60)


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    place = tmp_path_factory.mktemp("terminals")
    shop = create(place / "shop", "saas").root
    other = create(place / "other", "saas")
    persona = other.persona("it-manager-ivan")
    other.save(persona.with_(name="Iván → 日本 🙂", tagline="größer"))
    (place / "log.csv").write_text(
        "user_id,event,timestamp\na,öffnet → 日本,2026-01-05 10:00\na,zahlt,2026-01-05 10:05\n",
        "utf-8",
    )
    shutil.copy(place / "log.csv", place / "größe.csv")
    return {"place": place, "shop": shop, "other": other.root}


def said(name: str, terminal: str, places: dict[str, Path], speak: Speak) -> Any:
    for made in ("neu-é→", "log", "course"):
        shutil.rmtree(places["place"] / made, ignore_errors=True)
    words = [word.format(**places) for word in COMMANDS[name]]
    done = speak(terminal, *words)
    assert "Traceback" not in done.stderr, done.stderr
    assert "fault of the kit" not in done.stderr
    assert done.stdout or done.stderr
    return done


@pytest.mark.parametrize("terminal", TERMINALS)
def test_new_makes_a_folder_on_an_old_terminal(terminal: str, places: Any, speak: Speak) -> None:
    done = said("new from größe", terminal, places, speak)
    assert done.returncode == 0, done.stderr
    made = (places["place"] / "log" / "workshop.yaml").read_text("utf-8")
    assert "data/größe.csv" in made


@pytest.mark.nightly
@pytest.mark.parametrize("terminal", TERMINALS)
@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_speaks_on_every_terminal(
    name: str, terminal: str, places: Any, speak: Speak
) -> None:
    done = said(name, terminal, places, speak)
    if "json" in name:
        json.loads(done.stdout)


LONG = "x" * 300


@pytest.mark.parametrize(
    "words",
    [
        f"check {LONG}",
        f"new {LONG}",
        f"diff {LONG} {LONG}",
        f"grade {LONG}",
        f"lab {LONG}",
        "check ~nobody/shop",
        "merge-driver a b c d",
        "grade {shop} --seconds inf",
        "run {shop} --timeout 1e400",
    ],
)
def test_a_place_that_cannot_be_is_one_sentence(
    words: str, places: dict[str, Path], monkeypatch: pytest.MonkeyPatch, speak: Speak
) -> None:
    monkeypatch.setitem(COMMANDS, "nowhere", words.split())
    done = said("nowhere", next(iter(TERMINALS)), places, speak)
    assert done.returncode == 2


def test_signs_that_a_terminal_obeys_are_shown_and_do_nothing(command: Any, tmp_path: Path) -> None:
    odd = "red\x1b[31m\x9b2J\x07"
    log = tmp_path / f"{odd}\nlog.csv"
    rows = "".join(f"{who},{what},2026-01-0{who} 10:00\n" for who in range(1, 7) for what in "ab")
    log.write_text("user_id,event,timestamp\n" + rows, "utf-8")
    shop = tmp_path / f"shop{odd}\nnew"
    done = command("new", str(shop), "--events", str(log))
    assert done.returncode == 0, done.stderr
    checked = command("check", str(shop))
    gone = command("check", str(tmp_path / f"{odd}\nnone"))
    for text in (done.stdout, checked.stdout, gone.stderr):
        assert not {"\x1b", "\x9b", "\x07"} & {*text}
        assert r"red\x1b[31m\x9b2J\x07" in text
        assert not [
            line for line in text.splitlines() if line.startswith(("log.csv", "new", "none"))
        ]
    assert r"\nnone" in gone.stderr


def test_lines_stay_lines(capsys: Any) -> None:
    echo("a\tb", "c\nd\r\x7f\u202e", err=True)
    assert capsys.readouterr().err == "a\tb\nc\\nd\\r\\x7f\\u202e\n"
