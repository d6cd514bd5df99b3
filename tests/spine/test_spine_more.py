"""What a run leaves alone and what it can do without: the same numbers twice, other data, no data."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest

from journeykit.engine import cache_folder
from journeykit.store import create

pytestmark = [pytest.mark.xdist_group("run")]

NUMBERS = ("data", "funnel", "weak_spots", "promises", "surveys")


def result(run: Path, persona: str) -> dict[str, Any]:
    return json.loads((run / persona / "result.json").read_text("utf-8"))


def contents(root: Path, *without: str) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*")
        if path.is_file() and not {*without} & {*path.relative_to(root).parts}
    }


def keep_notebooks(root: Path, *names: str) -> None:
    for path in (root / "notebooks").glob("*.ipynb"):
        if path.stem not in names:
            path.unlink()


def test_a_batch_run_leaves_the_folder_as_it_was(retail_run: Path, tmp_path: Path) -> None:
    shop = retail_run.parents[1]
    fresh = create(tmp_path / "fresh", "retail").root
    assert contents(shop, "runs") == contents(fresh)
    assert {path.name for path in shop.iterdir()} - {path.name for path in fresh.iterdir()} == {
        "runs"
    }


def prepared() -> set[tuple[str, int]]:
    """The prepared tables: the whole log, and the period of each claim that has one."""
    return {(path.name, path.stat().st_ino) for path in cache_folder().glob("*.duckdb")}


@pytest.mark.nightly
def test_a_second_run_gives_the_same_numbers(retail_run: Path, command: Any) -> None:
    shop = retail_run.parents[1]
    before = contents(retail_run)
    assert (was := prepared())
    ran = command("run", shop, "--persona", "loyal-lena")
    assert ran.returncode == 0, ran.stderr
    again = Path(ran.stdout.splitlines()[-1]).parent
    assert again.parent == retail_run.parent
    assert prepared() >= was, "nothing is prepared again"
    assert contents(retail_run) == before, "an earlier run is never written to"
    assert f"../{retail_run.name}/index.html" in (again / "index.html").read_text("utf-8")
    one, two = result(retail_run, "loyal-lena"), result(again, "loyal-lena")
    for key in NUMBERS:
        assert one[key] == two[key], key
    changed = two["phases"]["after-the-purchase"].pop("drift")
    one["phases"]["after-the-purchase"].pop("drift", None)
    assert changed["since"] == retail_run.name
    assert "moved" not in changed, "the same data cannot have moved"
    assert one["phases"] == two["phases"]


def test_every_phase_left_its_numbers(retail_run: Path) -> None:
    for persona in ("gift-giving-george", "loyal-lena", "mobile-maya"):
        found = result(retail_run, persona)
        assert list(found["phases"]) == [
            "start-here",
            "define-objectives",
            "buyer-goals",
            "weak-spots",
            "ux-analysis",
            "test-the-journey",
            "after-the-purchase",
        ]
        assert len(found["data"]["fingerprint"]) >= 16
        assert [row["step"] for row in found["funnel"]][-1] == "purchase"
        assert all(row["low"] <= row["of_previous"] <= row["high"] for row in found["funnel"][1:])
        assert {row["verdict"] for row in found["promises"]} <= {
            "kept",
            "broken",
            "undecided",
            "not measured",
        }
        assert {row["measure"] for row in found["surveys"]} == {"nps", "csat", "ces", "sus"}
        assert found["phases"]["define-objectives"]["audience"]["share_outside"] == pytest.approx(
            0.0658, abs=1e-3
        )
        assert all(
            set(note) >= {"name", "status", "seconds", "file"} for note in found["notebooks"]
        )


def test_executed_notebooks_hold_no_customer_and_stay_folded(retail_run: Path) -> None:
    data = retail_run.parents[1] / "data"
    ids = set(pd.read_csv(data / "events.csv.gz", dtype=str, usecols=["user_id"])["user_id"])
    notebooks = sorted(retail_run.glob("*/notebooks/*.ipynb"))
    assert len(notebooks) == 22
    for path in notebooks:
        notebook = nbformat.read(path, 4)
        shown = json.dumps([cell.get("outputs", []) for cell in notebook.cells])
        assert not ids & set(re.findall(r"\bu\d{5}\b", shown)), path
        asked = [
            c for c in notebook.cells if c.cell_type == "code" and "injected" not in str(c.metadata)
        ]
        assert all(cell.metadata.get("jupyter", {}).get("source_hidden") for cell in asked), path


@pytest.mark.all
def test_a_folder_of_other_data_and_another_place_for_the_run(
    tmp_path: Path, command: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = create(tmp_path / "shop", "retail").root
    keep_notebooks(shop, "00_start_here", "06_after_the_purchase", "07_compare_personas")
    (tmp_path / "theirs").mkdir()
    events = pd.read_csv(shop / "data" / "events.csv.gz", dtype=str)
    some = sorted(events["user_id"].unique())[:300]
    events[events["user_id"].isin(some)].to_csv(tmp_path / "theirs" / "events.csv", index=False)
    orders = pd.read_csv(shop / "data" / "orders.csv.gz", dtype=str)
    orders[orders["user_id"].isin(some)].to_csv(tmp_path / "theirs" / "orders.csv", index=False)
    ran = command(
        "run",
        shop,
        "--persona",
        "mobile-maya",
        "--data",
        "theirs",
        "--until",
        "2026-05-31",
        "--out",
        tmp_path / "elsewhere",
        cwd=tmp_path,
    )
    assert ran.returncode == 0, ran.stderr
    run = Path(ran.stdout.splitlines()[-1]).parent
    assert run.parent == tmp_path / "elsewhere"
    assert not (shop / "runs").exists()
    found = result(run, "mobile-maya")
    assert found["data"]["source"] == "events.csv"
    assert found["data"]["all"]["users"] <= 300
    assert found["data"]["to"] < "2026-06-01"
    assert found["phases"]["after-the-purchase"]["campaigns"] == {"missing": "campaigns"}
    assert found["phases"]["after-the-purchase"]["repeat"]["n"] > 0
    page = (run / "mobile-maya" / "report.html").read_text("utf-8")
    assert "has no campaigns" in page
    assert found["parameters"]["until"] == "2026-05-31"


def test_a_workshop_without_any_data_runs_to_an_index(tmp_path: Path, command: Any) -> None:
    root = tmp_path / "Klinik für alle"
    assert command("new", root, "--template", "lead-generation").returncode == 0
    ran = command(
        "run", root, "--persona", sorted(p.stem for p in (root / "personas").iterdir())[0]
    )
    assert ran.returncode == 0, ran.stderr
    run = Path(ran.stdout.splitlines()[-1]).parent
    (file,) = [path for path in run.glob("*/result.json") if path.parent.name != "compare"]
    found = json.loads(file.read_text("utf-8"))
    assert found["status"] == "ok"
    assert (found["data"]["events"], found["funnel"], found["weak_spots"]) == (None, [], [])
    assert [note["status"] for note in found["notebooks"]] == ["ok"] * 7
    assert "Not measured" in (file.parent / "report.html").read_text("utf-8")
    assert "Without an event log" in (run / "index.html").read_text("utf-8")


@pytest.mark.all
@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is told otherwise there")
def test_ctrl_c_ends_with_130_and_an_index_that_says_so(tmp_path: Path) -> None:
    shop = create(tmp_path / "shop", "retail").root
    keep_notebooks(shop, "00_start_here")
    path = shop / "notebooks" / "00_start_here.ipynb"
    notebook = nbformat.read(path, 4)
    wait = (
        f"import pathlib, time\npathlib.Path({str(tmp_path / 'here')!r}).touch()\ntime.sleep(300)"
    )
    notebook.cells.append(nbformat.v4.new_code_cell(wait))
    nbformat.write(notebook, path)
    process = subprocess.Popen(
        [
            str(Path(sys.executable).with_name("journeykit")),
            "run",
            str(shop),
            "--persona",
            "loyal-lena",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ},
    )
    try:
        end = time.monotonic() + 240
        while (
            not (tmp_path / "here").exists() and time.monotonic() < end and process.poll() is None
        ):
            time.sleep(0.1)
        assert (tmp_path / "here").exists(), process.poll()
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does
        said, complained = process.communicate(timeout=60)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode == 130, complained
    assert "Traceback" not in complained
    run = Path(said.splitlines()[-1]).parent
    assert result(run, "loyal-lena")["status"] == "interrupted"
    assert "interrupted" in (run / "index.html").read_text("utf-8")
    assert not [path for path in run.rglob("*") if path.name.endswith(".part")]
