"""What a run must not mix up or give away: whose notebook it is, and where the folders lie."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest

from journeykit.run import kernels, run_workshop, warm
from journeykit.run.notebook import keep
from journeykit.run.plan import make_plan
from journeykit.run.progress import make_lines
from journeykit.run.results import _take

pytestmark = pytest.mark.xdist_group("run")


def test_no_result_says_where_on_this_machine_the_folders_lie(
    make_workshop: Callable[..., Path], tmp_path: Path
) -> None:
    workshop = make_workshop(
        {
            "00_start": ["1 + 1"],
            "01_wrong": ["if persona == 'bob':\n    1 / 0"],
            "02_compare": ["2"],
        }
    )
    (tmp_path / "mine.csv").write_text("user_id,event,timestamp\n", "utf-8")
    ran = run_workshop(workshop, data=str(tmp_path / "mine.csv"), out=tmp_path / "elsewhere")
    results = sorted(ran.folder.rglob("result.json"))
    assert [path.parent.name for path in results] == ["ann", "bob", "compare"]
    for path in results:
        text = path.read_text("utf-8")
        assert str(tmp_path) not in text, path
        assert str(Path.home()) not in text, path
        assert json.loads(text)["parameters"]["data"] == "mine.csv", "but which data it was"


def test_each_persona_has_its_own_notebooks_values_and_folder(
    make_workshop: Callable[..., Path], tmp_path: Path
) -> None:
    workshop = make_workshop({"00_start": ["1"], "01_next": ["1"]}, ("ann", "bob", "cyd"))
    lines, last = make_lines(make_plan(workshop, ["cyd", "ann"]), tmp_path / "run")
    assert last is None
    assert [line.name for line in lines] == ["cyd", "ann"]
    for line in lines:
        assert line.values["persona"] == line.name
        assert line.folder == tmp_path / "run" / line.name
        assert line.next.path == workshop / "notebooks" / "00_start.ipynb"


def test_a_run_of_one_day_is_a_run(
    make_workshop: Callable[..., Path], write_notebook: Callable[..., None]
) -> None:
    workshop = make_workshop({"00_start": ["1"]})
    write_notebook(workshop / "notebooks" / "00_start.ipynb", ["1"], "since = until = ''")
    plan = make_plan(workshop, since="2026-03-02", until="2026-03-02")
    assert (plan.values["since"], plan.values["until"]) == ("2026-03-02", "2026-03-02")


@pytest.mark.parametrize("folder", ["/shop/notebooks", None])
def test_a_forked_kernel_begins_in_its_folder_with_its_own_surroundings(
    monkeypatch: pytest.MonkeyPatch, folder: str | None
) -> None:
    """What a child does that no test can see, done here by somebody who only notes it."""
    done: list[tuple[object, ...]] = []

    def noted(name: str, back: int = 0) -> Callable[..., int]:
        return lambda *words: done.append((name, *words)) or back

    class Over(Exception):
        pass

    def begin(**more: object) -> None:
        done.append(("kernel", more["argv"]))
        raise Over

    environ = {"OLD": "1"}
    calls = {name: noted(name, 9) for name in ("setsid", "chdir", "dup", "dup2", "open", "write")}
    monkeypatch.setattr(
        kernels, "os", SimpleNamespace(environ=environ, devnull="/dev/null", O_WRONLY=1, **calls)
    )
    thread = SimpleNamespace(Thread=lambda **more: SimpleNamespace(start=noted("watched")))
    monkeypatch.setattr(kernels, "threading", thread)
    told = SimpleNamespace(argv=["pytest"], path=["lib"])
    monkeypatch.setattr(kernels, "sys", told)
    monkeypatch.setattr("ipykernel.kernelapp.IPKernelApp.launch_instance", begin)
    monkeypatch.setattr("numpy.random.seed", noted("seed"))
    with pytest.raises(Over):
        kernels._kernel_main(["-f", "/shop/kernel.json"], folder, {"NEW": "2"})
    assert environ == {"NEW": "2"}
    assert told.argv[1:] == ["-f", "/shop/kernel.json"]
    assert told.path == ["lib", ""]
    assert [words for words in done if words[0] == "chdir"] == [("chdir", folder)] * bool(folder)
    assert ("dup2", 9, 1) in done
    assert ("dup2", 9, 2) in done
    assert done.index(("setsid",)) < done.index(("seed",)) < len(done)
    assert ("kernel", ["-f", "/shop/kernel.json", "--IPKernelApp.parent_handle=1"]) in done


def test_nobodys_address_is_kept_in_a_notebook_or_in_what_it_failed_by(tmp_path: Path) -> None:
    """Whatever a notebook shows goes out; so does the sentence of its error."""
    said = "no order of ann@mail.example"
    shown = nbformat.v4.new_output("stream", text=said)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1", outputs=[shown])])
    notebook.metadata.papermill = {}
    outcome = {"id": "00", "status": "ok", "error": said}
    keep(tmp_path / "00_start.ipynb", tmp_path / "run/ann/00_start.ipynb", outcome, notebook)
    assert outcome["error"] == "no order of [e-mail]"
    assert (outcome["id"], outcome["file"]) == ("00", "ann/00_start.ipynb")
    kept = (tmp_path / "run/ann/00_start.ipynb").read_text("utf-8")
    assert "no order of [e-mail]" in kept
    assert "mail.example" not in kept


def test_a_kernel_ends_when_its_parent_is_over_and_takes_its_folder_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done: list[object] = []
    parent = SimpleNamespace(join=lambda: done.append("the parent is over"))
    monkeypatch.setattr(kernels, "multiprocessing", SimpleNamespace(parent_process=lambda: parent))
    monkeypatch.setattr(
        kernels, "shutil", SimpleNamespace(rmtree=lambda path, **_: done.append(path))
    )
    monkeypatch.setattr(kernels, "_send", lambda pid, signum: done.append((pid, int(signum))))
    monkeypatch.setattr(kernels, "os", SimpleNamespace(getpid=lambda: 77))
    kernels._end_with_parent(Path("sockets"))
    assert done == ["the parent is over", Path("sockets"), (77, 9)]


def test_only_kernels_are_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    killed: list[tuple[int, int]] = []
    told = [(kernels.forks.KERNEL, 5), ("another child", 6), (kernels.forks.KERNEL, None)]
    children = [SimpleNamespace(name=name, pid=pid) for name, pid in told]
    monkeypatch.setattr(
        kernels, "multiprocessing", SimpleNamespace(active_children=lambda: children)
    )
    monkeypatch.setattr(kernels, "_send", lambda pid, signum: killed.append((pid, int(signum))))
    kernels.kill_all()
    assert killed == [(5, 9)]


def test_what_is_imported_before_kernels_are_forked(monkeypatch: pytest.MonkeyPatch) -> None:
    """No threads, no debugger, no room that no notebook asks for; then the collector lets it be."""
    done: list[str] = []
    told = SimpleNamespace(modules={}, orig_argv=[])
    environ: dict[str, str] = {}

    def noted(name: str) -> None:
        done.append(name)
        assert ("debugpy" in told.modules) is (name == "ipykernel.debugger")

    calls = ("disable", "collect", "freeze", "enable")
    collector = {name: lambda name=name: done.append(f"gc {name}") for name in calls}
    at_end: list[object] = []
    monkeypatch.setattr(warm, "sys", told)
    monkeypatch.setattr(warm, "os", SimpleNamespace(environ=environ))
    monkeypatch.setattr(warm, "gc", SimpleNamespace(unfreeze="unfreeze", **collector))
    monkeypatch.setattr(warm, "atexit", SimpleNamespace(register=at_end.append))
    monkeypatch.setattr(warm, "_import", noted)
    warm._preload()
    assert environ["OPENBLAS_NUM_THREADS"] == "1"
    assert environ["JE_ARROW_MALLOC_CONF"] == "background_thread:false"
    assert done[:2] == ["gc disable", "ipykernel.debugger"]
    assert done[-3:] == ["gc collect", "gc freeze", "gc enable"]
    assert at_end == ["unfreeze"]
    assert {*warm.LIBRARIES, "journeykit.numbers.few", "journeykit.phases"} <= {*done}
    assert not [name for name in done if {"cli", "server", "pytest_plugin"} & {*name.split(".")}]


def test_a_server_without_its_parent_imports_nothing_and_one_with_it_goes_on_after_a_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Gone(Exception):
        pass

    def leave(code: int) -> None:
        raise Gone(code)

    def told(parent: int) -> SimpleNamespace:
        return SimpleNamespace(getppid=lambda: parent, _exit=leave)

    imported: list[str] = []
    fake = SimpleNamespace(import_module=lambda name: imported.append(name) or 1 / 0)
    monkeypatch.setattr(warm, "importlib", fake)
    monkeypatch.setattr(warm, "os", told(warm._parent))
    warm._import("pandas")
    assert imported == ["pandas"]
    monkeypatch.setattr(warm, "os", told(warm._parent + 1))
    with pytest.raises(Gone, match="0"):
        warm._import("scipy")
    assert imported == ["pandas"]


def test_each_number_of_a_notebook_has_its_place_in_the_result() -> None:
    result = {"data": {"name": "a"}, "journeys": ["old"], "phases": {}, "funnel": ["was"]}
    _take(result, "data", {"rows": 3}, "start")
    _take(result, "map", {"stages": 2, "journeys": ["new"]}, "start")
    _take(result, "map", {"stages": 4}, "test")
    _take(result, "empty", {}, "start")
    assert result["data"] == {"name": "a", "rows": 3}
    assert result["journeys"] == ["new"], "and stays where none are told"
    assert result["phases"] == {"start": {"map": {"stages": 2}}, "test": {"map": {"stages": 4}}}
