"""The spine, end to end, by the command line: a folder, a run per persona, results and pages."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest

pytestmark = [pytest.mark.xdist_group("run")]

PERSONAS = ("gift-giving-george", "loyal-lena", "mobile-maya")


def result(run: Path, persona: str) -> dict[str, Any]:
    return json.loads((run / persona / "result.json").read_text("utf-8"))


def notebooks_only(root: Path, *keep: str) -> None:
    """Leave only some notebooks in a workshop, so that a run is quick."""
    for path in (root / "notebooks").glob("*.ipynb"):
        if path.stem not in keep:
            path.unlink()


@pytest.fixture
def shop(tmp_path: Path, command: Any) -> Path:
    assert command("new", tmp_path / "shop", "--template", "retail").returncode == 0
    notebooks_only(tmp_path / "shop", "00_start_here", "03_weak_spots", "07_compare_personas")
    return tmp_path / "shop"


def test_result_has_the_keys_of_the_contract(retail_run: Path) -> None:
    for persona in PERSONAS:
        found = result(retail_run, persona)
        assert (found["status"], found["persona"], found["schema_version"]) == ("ok", persona, 1)
        assert {"workshop", "run_id", "kit_version", "notebooks", "weak_spots", "funnel"} <= set(
            found
        )
        data = found["data"]
        assert data["all"]["events"] == data["rows"] == 77_921
        assert 0 < data["users"] < data["all"]["users"] == 6_000
        assert data["sessions"] > data["users"]
        assert data["from"] < data["to"]
        assert [
            set(step) >= {"step", "users", "of_start", "of_previous", "low", "high"}
            for step in found["funnel"]
        ] == [True] * 6
        users = [step["users"] for step in found["funnel"]]
        assert users == sorted(users, reverse=True)
        assert found["weak_spots"][0]["rank"] == 1
        assert [n["status"] for n in found["notebooks"]] == ["ok"] * 7
        assert all(n["seconds"] > 0 for n in found["notebooks"])


def test_personas_are_compared_once_and_last(retail_run: Path) -> None:
    compared = json.loads((retail_run / "compare/result.json").read_text("utf-8"))
    assert [n["name"] for n in compared["notebooks"]] == ["07_compare_personas"]
    assert compared["started"] >= max(result(retail_run, p)["finished"] for p in PERSONAS)
    assert set(compared["phases"]["compare-personas"]["overview"]) == {
        "Gift-giving George",
        "Loyal Lena",
        "Mobile Maya",
    }


def test_index_shows_everybody(retail_run: Path) -> None:
    index = (retail_run / "index.html").read_text("utf-8")
    for words in (
        "6,000",
        "13,497",
        "77,921",
        "812",
        "Gift-giving George",
        "Loyal Lena",
        "Mobile Maya",
    ):
        assert words in index
    assert "green" in index
    assert "0 wrong" not in index, "where nothing is wrong it is not spoken of"
    assert "0 covered" not in index, "in a run nothing is covered"
    for persona in PERSONAS:
        assert f'href="{persona}/report.html"' in index
        assert (retail_run / persona / "report.html").stat().st_size < 5_000_000


def test_executed_notebooks_hold_pictures_and_no_forms(retail_run: Path) -> None:
    notebook = nbformat.read(retail_run / "mobile-maya/notebooks/03_weak_spots.ipynb", 4)
    shown = [o.get("data", {}) for c in notebook.cells for o in c.get("outputs", [])]
    assert sum("image/svg+xml" in data for data in shown) >= 7
    assert not any("application/vnd.jupyter.widget-view+json" in data for data in shown)
    assert not any(o.output_type == "error" for c in notebook.cells for o in c.get("outputs", []))


def test_no_customer_can_be_read_from_a_page(retail_run: Path) -> None:
    data = retail_run.parents[1] / "data"
    ids = set(pd.read_csv(data / "events.csv.gz", dtype=str, usecols=["user_id"])["user_id"])
    said = pd.concat(
        pd.read_csv(data / f"{kind}.csv.gz", dtype=str)["comment"]
        for kind in ("surveys", "support")
    ).dropna()
    mails = {m for text in said for m in re.findall(r"[\w.+-]+@[\w.-]+\.\w+", text)}
    phones = {m for text in said for m in re.findall(r"\+?\d[\d /()-]{7,}\d", text)}
    assert mails, "the sample plants addresses, or this test shows nothing"
    assert phones
    for page in [
        *retail_run.glob("*/report.html"),
        *retail_run.glob("*/result.json"),
        retail_run / "index.html",
    ]:
        text = page.read_text("utf-8")
        assert not ids & set(re.findall(r"\bu\d{5}\b", text)), page
        assert not [word for word in mails | phones if word in text], page


def test_refused_before_anything_starts(shop: Path, command: Any) -> None:
    ran = command("run", shop, "--persona", "mobile-mya")  # the other refusals: test_commands.py
    assert ran.returncode == 2
    assert "Did you mean 'mobile-maya'?" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert not (shop / "runs").exists()


def test_failing_cell_stops_its_persona_only(shop: Path, command: Any) -> None:
    notebooks_only(shop, "03_weak_spots", "04_ux_analysis")
    path = shop / "notebooks/03_weak_spots.ipynb"
    notebook = nbformat.read(path, 4)
    notebook.cells.append(
        nbformat.v4.new_code_cell("assert w.persona_id != 'loyal-lena', 'not for this one'")
    )
    nbformat.write(notebook, path)
    ran = command("run", shop)
    assert ran.returncode == 1
    run = Path(ran.stdout.splitlines()[-1]).parent
    assert [result(run, p)["status"] for p in PERSONAS] == ["ok", "failed", "ok"]
    index = (run / "index.html").read_text("utf-8")
    assert "not for this one" in index
    (link,) = set(re.findall(r'href="(loyal-lena/[^"]+)#failed-cell"', index))
    assert re.search("id=.failed-cell", (run / link).read_text("utf-8"))
    assert (run / "loyal-lena/notebooks/03_weak_spots.ipynb").is_file()
    assert not (run / "loyal-lena/notebooks/04_ux_analysis.ipynb").exists()


@pytest.mark.all
def test_a_cell_of_ones_own_stands_in_the_report_and_the_index(shop: Path, command: Any) -> None:
    notebooks_only(shop, "03_weak_spots")
    path = shop / "notebooks/03_weak_spots.ipynb"
    notebook = nbformat.read(path, 4)
    own = [
        "import journeykit as jk\njk.charts.funnel(jk.funnel(w.events, w.steps, within='7 days'))",
        "w.events.frame().head(2)",
        "w.show(jk.funnel(w.events, w.steps, within='1 day'), title='Agenda', say='A day is short.')",
        "w.weak_spots.funnel()",
    ]
    number = len([cell for cell in notebook.cells if cell.cell_type == "code"])
    notebook.cells += map(nbformat.v4.new_code_cell, own)
    nbformat.write(notebook, path)
    ran = command("run", shop, "--persona", "mobile-maya")
    assert ran.returncode == 0, ran.stderr
    run = Path(ran.stdout.splitlines()[-1]).parent
    report = (run / "mobile-maya/report.html").read_text("utf-8")
    index = (run / "index.html").read_text("utf-8")
    (told,) = [n["own"] for n in result(run, "mobile-maya")["notebooks"]]
    titles = ["Where people are lost on the way", "A table of your own, cell", "Agenda"]
    assert len(told) == 3
    for (anchor, title), begins in zip(told.items(), titles, strict=True):
        assert title.startswith(begins)
        assert f'id="{anchor}"' in report
        assert f'<a href="mobile-maya/report.html#{anchor}">{title}</a>' in index
    assert f"Cell {number + 1} of 03_weak_spots shows it without `w.show`" in report
    assert f"Cell {number + 2} of 03_weak_spots shows a table that is not in this report" in report
    assert f'id="spec-{next(iter(told))}"' in report, "it is drawn live"
    assert len(result(run, "mobile-maya")["funnel"]) == 6, "the kit's numbers stay"


@pytest.mark.nightly
def test_data_can_be_narrowed_and_replaced(shop: Path, command: Any, tmp_path: Path) -> None:
    notebooks_only(shop, "00_start_here")
    ran = command(
        "run", shop, "--persona", "mobile-maya", "--since", "2026-03-01", "--until", "2026-03-31"
    )
    assert ran.returncode == 0, ran.stderr
    march = result(Path(ran.stdout.splitlines()[-1]).parent, "mobile-maya")["data"]
    assert (march["from"][:7], march["to"][:10]) == ("2026-03", "2026-03-31")
    events = pd.read_csv(shop / "data/events.csv.gz", dtype=str)
    events[events["timestamp"] < "2026-02-01"].to_csv(tmp_path / "january.csv", index=False)
    ran = command("run", shop, "--persona", "mobile-maya", "--data", tmp_path / "january.csv")
    assert ran.returncode == 0, ran.stderr
    assert (
        result(Path(ran.stdout.splitlines()[-1]).parent, "mobile-maya")["data"]["to"] < "2026-02-01"
    )


@pytest.mark.all
@pytest.mark.shared_data
def test_own_shop_log_in_one_go(shared_data: Any, command: Any, tmp_path: Path) -> None:
    log = shared_data("retentioneering_ecom/ecom.csv.gz")
    made = command("new", tmp_path / "ecom", "--events", log)
    assert made.returncode == 0, made.stderr
    assert command("check", tmp_path / "ecom").returncode == 0
    ran = command("run", tmp_path / "ecom", "--persona", "desktop-customer")
    assert ran.returncode == 0, ran.stderr
    run = Path(ran.stdout.splitlines()[-1]).parent
    everybody = result(run, "desktop-customer")["data"]["all"]
    assert everybody == {"events": 31_106, "users": 600, "sessions": 3_605, "converted": 328}
    index = (run / "index.html").read_text("utf-8")
    assert all(words in index for words in ("31,106", "600", "3,605", "328"))


@pytest.mark.nightly
@pytest.mark.shared_data
def test_own_hospital_log_in_one_go(shared_data: Any, command: Any, tmp_path: Path) -> None:
    log = shared_data("eventdataR_patients/patients.csv")
    columns = ["--column", "lifecycle=registration_type", "--column", "instance=handling_id"]
    made = command("new", tmp_path / "ward", "--events", log, *columns)
    assert made.returncode == 0, made.stderr
    ran = command("run", tmp_path / "ward")
    assert ran.returncode == 0, ran.stderr
    found = result(Path(ran.stdout.splitlines()[-1]).parent, "everyone")
    assert found["status"] == "ok"
    data = found["data"]
    assert (data["rows"], data["events"], data["users"]) == (5_442, 2_721, 500)
    assert len(found["funnel"]) >= 3


@pytest.mark.all
@pytest.mark.xdist_group("papermill")
def test_bare_papermill(shop: Path, command: Any, tmp_path: Path) -> None:
    kit = Path(__file__).resolve().parents[2]
    for here, env in ((shop, {}), (kit, {"XDG_CACHE_HOME": str(tmp_path / "cache")})):
        out = tmp_path / f"{here.name}.ipynb"
        ran = subprocess.run(
            [
                str(Path(sys.executable).with_name("papermill")),
                "notebooks/03_weak_spots.ipynb",
                str(out),
                "-p",
                "persona",
                "mobile-maya",
                "--no-progress-bar",
            ],
            cwd=here,
            capture_output=True,
            text=True,
            timeout=300,
            env={**os.environ, **env},
        )
        assert ran.returncode == 0, ran.stderr[-2000:]
        assert "Mobile Maya" in out.read_text("utf-8")
