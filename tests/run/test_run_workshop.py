"""Whole runs over tiny workshops: real Papermill, real kernels, forked from the warm server."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from journeykit.run import RunResult, Step, forks, run_workshop

# One process for all tests with kernels, so that they share one warm server.
pytestmark = pytest.mark.xdist_group("run")

MakeWorkshop = Callable[..., Path]
MIME = "application/vnd.journeykit.panel+json"


def show(panel: dict[str, Any]) -> str:
    """The source of a cell that displays `panel`; its numbers may use the notebook's names."""
    numbers = panel.pop("numbers", "{}")
    return (
        "from IPython.display import display\n"
        f"panel = {json.dumps(panel | {'title': panel['id']})}\npanel['numbers'] = {numbers}\n"
        f"display({{{MIME!r}: panel, 'text/plain': panel['id']}}, raw=True)"
    )


ME = show(
    {
        "id": "me",
        "phase": "0",
        "numbers": "{'persona': persona, 'workshop': workshop, 'cwd': os.getcwd(), "
        "'pid': os.getpid(), 'marked': hasattr(math, 'marked'), 'threads': threads, "
        "'drawn': float(np.random.rand()), 'blas': os.environ.get('OPENBLAS_NUM_THREADS')}",
    }
)
LOOK = (
    "import math, os, numpy as np\n"
    "server = open(f'/proc/{os.getppid()}/status').read()\n"
    "threads = int(server.split('Threads:')[1].split()[0])"
)
FUNNEL = show({"id": "funnel", "phase": "3", "numbers": "[{'step': 'visit', 'users': 9}]"})
DATA = show({"id": "data", "phase": "0", "numbers": "{'events': 12, 'users': 9, 'sessions': 10}"})
READ = (
    "import json, pathlib\n"
    "files = pathlib.Path(results).glob('*/result.json')\n"
    "found = {file.parent.name: json.loads(file.read_text()) for file in files}"
)
COMPARED = show(
    {"id": "compared", "phase": "7", "numbers": "{k: v['status'] for k, v in found.items()}"}
)


def me(result: dict[str, Any], phase: str = "0") -> dict[str, Any]:
    """What the panel `ME` showed in the first notebook that had it."""
    return result["phases"][phase]["me"]


class Watch:
    """Keeps what a run calls back."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.reports: list[tuple[str | None, list[str], Path]] = []
        self.prepared: list[dict[str, Any]] = []
        self.finished: list[RunResult] = []

    def prepare(self, workshop: Path, **asked: Any) -> dict[str, Any]:
        self.prepared.append({"workshop": workshop, **asked})
        return {"workshop": "The shop", "data": {"source": "events.csv", "fingerprint": "abc"}}

    def report(self, result: dict[str, Any], panels: list[dict[str, Any]], folder: Path) -> None:
        assert json.loads((folder / "result.json").read_text()) == result
        self.reports.append((result["persona"], [panel["id"] for panel in panels], folder))


@pytest.fixture(scope="module")
def good(
    tmp_path_factory: pytest.TempPathFactory, write_workshop: MakeWorkshop
) -> tuple[RunResult, Watch, Path]:
    """One good run of three personas on two workers, looked at by many tests."""
    workshop = write_workshop(
        tmp_path_factory.mktemp("good") / "a shop {1}",
        ("ann", "bob", "cyd"),
        {
            "00_start": [LOOK, ME, "math.marked = True", DATA],
            "1_next": [LOOK, ME.replace('"phase": "0"', '"phase": "1"'), FUNNEL],
            "10_compare": [READ, COMPARED],
            "scratch": ["raise SystemError"],
        },
    )
    watch = Watch()
    result = run_workshop(
        workshop,
        workers=2,
        progress=watch.steps.append,
        prepare=watch.prepare,
        on_persona=watch.report,
        on_finished=watch.finished.append,
    )
    return result, watch, workshop


def test_every_persona_gets_a_whole_result(good: tuple[RunResult, Watch, Path]) -> None:
    result, _, workshop = good
    assert (result.status, result.exit_code) == ("ok", 0)
    assert result.folder.parent == workshop / "runs"
    for persona, found in zip(("ann", "bob", "cyd"), result.results, strict=True):
        on_disk = json.loads((result.folder / persona / "result.json").read_text())
        assert on_disk == found
        assert (found["persona"], found["status"], found["run_id"]) == (
            persona,
            "ok",
            result.folder.name,
        )
        assert found["workshop"] == "The shop"
        assert found["data"]["source"] == "events.csv"
        assert (found["data"]["events"], found["data"]["users"]) == (12, 9)
        assert found["funnel"] == [{"step": "visit", "users": 9}]
        assert found["weak_spots"] == []
        assert [note["name"] for note in found["notebooks"]] == ["00_start", "1_next"]
        for note in found["notebooks"]:
            assert note["status"] == "ok"
            assert note["seconds"] > 0
            executed = json.loads((result.folder / persona / note["file"]).read_text())
            assert executed["metadata"]["papermill"]["parameters"]["persona"] == persona


def test_notebooks_run_in_their_own_folder_with_absolute_paths(
    good: tuple[RunResult, Watch, Path],
) -> None:
    result, _, workshop = good
    for found in result.results:
        assert me(found)["persona"] == found["persona"]
        assert me(found)["cwd"] == str(workshop / "notebooks")
        assert me(found)["workshop"] == str(workshop)


def test_every_notebook_has_a_fresh_process(good: tuple[RunResult, Watch, Path]) -> None:
    result, _, _ = good
    shown = [me(found, phase) for found in result.results for phase in ("0", "1")]
    assert len({numbers["pid"] for numbers in shown}) == 6
    assert not any(numbers["marked"] for numbers in shown)
    assert len({numbers["drawn"] for numbers in shown}) == 6, "forked twins draw alike"


@pytest.mark.skipif(not forks.can_fork(), reason="this system has no fork server")
def test_the_server_is_forked_without_threads(good: tuple[RunResult, Watch, Path]) -> None:
    result, _, _ = good
    assert me(result.results[0])["threads"] == 1
    assert me(result.results[0])["blas"] == os.environ.get("OPENBLAS_NUM_THREADS")


def test_the_comparison_runs_once_last_from_the_results(
    good: tuple[RunResult, Watch, Path],
) -> None:
    result, watch, _ = good
    assert result.compare is not None
    assert result.compare["kind"] == "compare"
    assert result.compare["persona"] is None
    assert result.compare["phases"]["7"]["compared"] == {"ann": "ok", "bob": "ok", "cyd": "ok"}
    assert watch.steps[-1].notebook == "10_compare"
    assert (result.folder / "compare" / "notebooks" / "10_compare.ipynb").is_file()


def test_personas_take_turns_so_that_no_worker_waits(good: tuple[RunResult, Watch, Path]) -> None:
    _, watch, _ = good
    began = [(step.persona, step.notebook) for step in watch.steps if step.kind == "start"]
    assert [notebook for _, notebook in began[:3]] == ["00_start"] * 3
    running = 0
    for step in watch.steps:
        running += {"start": 1, "end": -1}.get(step.kind, 0)
        assert running <= 2


def test_progress_counts_up_to_the_end(good: tuple[RunResult, Watch, Path]) -> None:
    _, watch, _ = good
    ends = [step for step in watch.steps if step.kind == "end"]
    assert [step.done for step in ends] == list(range(1, 8))
    assert {step.total for step in watch.steps} == {7}
    assert ends[-1].left == pytest.approx(0)
    assert any(step.kind == "cell" for step in watch.steps)


def test_the_reports_get_results_and_panels(good: tuple[RunResult, Watch, Path]) -> None:
    result, watch, workshop = good
    assert watch.prepared == [
        {
            "workshop": workshop,
            "data": None,
            "since": None,
            "until": None,
            "personas": ("ann", "bob", "cyd"),
        }
    ]
    reported = {persona: ids for persona, ids, _ in watch.reports}
    assert reported.keys() == {"ann", "bob", "cyd", None}
    assert reported["ann"] == ["me", "data", "me", "funnel"]
    assert watch.finished == [result]


def test_nothing_is_left_behind(good: tuple[RunResult, Watch, Path]) -> None:
    result, _, _ = good
    assert not [path for path in result.folder.rglob("*") if path.name.endswith(".part")]
    assert not list(result.folder.rglob("*.html"))


def test_a_failing_cell_stops_its_notebook_only(make_workshop: MakeWorkshop) -> None:
    workshop = make_workshop(
        {
            "00_a": ["1 + 1"],
            "01_b": ["print('a')", "if persona == 'ann':\n    raise ValueError('no <basket>')"],
            "02_c": ["1 + 1"],
            "03_compare": [READ, COMPARED],
        }
    )
    result = run_workshop(workshop)
    assert (result.status, result.exit_code) == ("failed", 1)
    ann, bob = result.results
    assert (ann["status"], bob["status"]) == ("failed", "ok")
    assert [note["status"] for note in ann["notebooks"]] == ["ok", "failed", "ok"]
    failed = ann["notebooks"][1]
    assert failed["error"] == "ValueError: no <basket>"
    executed = json.loads((result.folder / "ann" / failed["file"]).read_text())
    cell = executed["cells"][failed["cell"]]
    assert "raise ValueError" in "".join(cell["source"])
    assert cell["outputs"][0]["output_type"] == "error"
    assert any("papermill-error-cell" in "".join(other["source"]) for other in executed["cells"])
    page, anchor = failed["link"].split("#")
    text = (result.folder / "ann" / page).read_text()
    assert f"id='{anchor}'" in text
    assert "no &lt;basket&gt;" in text.split(f"id='{anchor}'")[1]
    assert result.compare is not None
    assert result.compare["phases"]["7"]["compared"]["ann"] == "failed"


def test_a_killed_kernel_still_leaves_a_whole_result(make_workshop: MakeWorkshop) -> None:
    sleep = (
        "import os, pathlib, time\n"
        "if persona == 'ann':\n"
        "    pathlib.Path(workshop, 'pid').write_text(f'{os.getpid()}.')\n"
        "    time.sleep(60)"
    )
    workshop = make_workshop(
        {
            "00_a": ["1 + 1"],
            "01_b": [sleep],
            "02_c": ["import os\nif persona == 'cyd':\n    os.kill(os.getpid(), 9)"],
        },
        ("ann", "bob", "cyd"),
    )

    def kill(_: Step) -> None:
        pid = workshop / "pid"
        if pid.exists() and (said := pid.read_text()).endswith("."):
            pid.unlink()
            os.kill(int(said[:-1]), 9)

    result = run_workshop(workshop, progress=kill, workers=3)
    assert [found["status"] for found in result.results] == ["failed", "ok", "failed"]
    ann = json.loads((result.folder / "ann" / "result.json").read_text())
    assert [note["status"] for note in ann["notebooks"]] == ["ok", "failed", "ok"]
    assert "kernel ended" in ann["notebooks"][1]["error"]
    assert ann["funnel"] == []
    assert ann["data"]["events"] is None
    # A kernel that died is the failure of a cell: its notebook is kept up to there.
    cyd = result.results[2]["notebooks"][2]
    assert cyd["error"].startswith("DeadKernelError")
    executed = json.loads((result.folder / "cyd" / cyd["file"]).read_text())
    assert "os.kill" in "".join(executed["cells"][cyd["cell"]]["source"])


def test_a_run_is_never_overwritten_and_parameters_stay_text(
    make_workshop: MakeWorkshop, write_notebook: Callable[..., None]
) -> None:
    numbers = show({"id": "p", "phase": "0", "numbers": "{'code': code, 'top': top, 'data': data}"})
    workshop = make_workshop(personas=["ann"])
    path = workshop / "notebooks" / "00_start.ipynb"
    write_notebook(path, [numbers], "code = 'x'\ntop: int = 3")
    (workshop / "mine.csv").touch()
    given = {"code": "007", "top": "20"}
    first = run_workshop(workshop, parameters=given, data="mine.csv", out=workshop / "elsewhere")
    shown = first.results[0]["phases"]["0"]["p"]
    assert shown == {"code": "007", "top": 20, "data": str(workshop / "mine.csv")}
    assert first.results[0]["parameters"]["code"] == "007"
    before = {path: path.read_bytes() for path in first.folder.rglob("*") if path.is_file()}
    second = run_workshop(workshop, out=workshop / "elsewhere")
    assert second.folder != first.folder
    assert {path: path.read_bytes() for path in before} == before


def test_without_fork_ordinary_kernels_do_the_same(
    make_workshop: MakeWorkshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = "{'pid': os.getpid(), 'cwd': os.getcwd()}"
    cell = show({"id": "me", "phase": "0", "numbers": numbers})
    workshop = make_workshop({"00_a": ["import os", cell]}, ["ann"])
    monkeypatch.setattr(forks, "can_fork", lambda: False)
    monkeypatch.setenv("JUPYTER_PATH", str(workshop))  # no kernelspec of the user is looked at
    result = run_workshop(workshop)
    assert result.status == "ok"
    shown = me(result.results[0])
    assert shown["cwd"] == str(workshop / "notebooks")
