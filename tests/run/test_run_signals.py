"""Interrupts and kills from outside; kernels that do not start; the two kinds of progress."""

from __future__ import annotations

import asyncio
import errno
import io
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import jupyter_client
import pytest

from journeykit.run import ProgressBar, Step, forks, kernels, run_workshop
from journeykit.run.notebook import ATTEMPTS, WarmNotebookClient

pytestmark = [
    pytest.mark.xdist_group("run"),
    pytest.mark.skipif(not forks.can_fork(), reason="this system has no fork server"),
]

# No `if __name__ == "__main__"` on purpose: a run must not run the script again in its children.
SCRIPT = """
import sys
from journeykit.run import run_workshop
result = run_workshop(sys.argv[1])
print(result.status, result.folder)
sys.exit(result.exit_code)
"""
SLOW = (
    "import os, pathlib, subprocess, time\n"
    "child = subprocess.Popen(['sleep', '120'])\n"
    "if persona != 'ann':\n"
    "    pids = f'{os.getpid()} {child.pid} {os.getppid()}'\n"
    "    part = pathlib.Path(workshop, 'part'); part.write_text(pids)\n"
    "    part.rename(pathlib.Path(workshop, 'pids'))\n"
    "    time.sleep(120)"
)


def ended(pid: int) -> bool:
    """Whether a process is over (a zombie that nobody has collected is)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def until(true: Callable[[], bool], seconds: float = 120) -> bool:
    """Wait for something to become true."""
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.05)
    return true()


@pytest.fixture
def slow_run(make_workshop: Callable[..., Path]) -> tuple[subprocess.Popen[str], Path, list[int]]:
    """A run in a terminal of its own that has come to a cell that takes two minutes."""
    workshop = make_workshop({"00_a": ["1 + 1"], "01_b": [SLOW]})
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(workshop)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert until((workshop / "pids").exists)
    assert until(lambda: any(workshop.glob("runs/*/ann/result.json")))
    return process, workshop, [int(pid) for pid in (workshop / "pids").read_text().split()]


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_the_children_and_marks_the_run(
    slow_run: tuple[subprocess.Popen[str], Path, list[int]], by: signal.Signals
) -> None:
    process, workshop, pids = slow_run
    if by == signal.SIGINT:
        os.killpg(process.pid, by)  # as a terminal does: to the whole group
    else:
        process.send_signal(by)  # as a scheduler does
    said, complained = process.communicate(timeout=60)
    assert (process.returncode, said.split()[0]) == (130, "interrupted")
    assert complained == ""
    assert until(lambda: all(ended(pid) for pid in pids), 10)
    (run,) = (workshop / "runs").iterdir()
    ann, bob = (json.loads((run / p / "result.json").read_text()) for p in ("ann", "bob"))
    assert (ann["status"], bob["status"]) == ("ok", "interrupted")
    assert [note["status"] for note in bob["notebooks"]] == ["ok", "interrupted"]
    files = sorted(path.name for path in (run / "bob").rglob("*") if path.is_file())
    assert files == ["00_a.ipynb", "result.json"]


def test_children_do_not_outlive_a_killed_parent(
    slow_run: tuple[subprocess.Popen[str], Path, list[int]],
) -> None:
    process, _, pids = slow_run
    process.kill()
    process.communicate(timeout=60)
    assert until(lambda: all(ended(pid) for pid in pids), 10)


async def ask(client: jupyter_client.AsyncKernelClient, code: str) -> str:
    """Run code in a kernel; returns the status of the reply."""
    asked = client.execute(code, stop_on_error=False)
    while True:
        reply = await client.get_shell_msg(timeout=20)
        if reply["parent_header"].get("msg_id") == asked:
            return reply["content"]["status"]


def test_a_forked_kernel_is_a_process_with_a_handle(tmp_path: Path) -> None:
    async def go() -> None:
        forks.start_server()
        manager = kernels.kernel_manager(True, tmp_path)
        await manager.start_kernel(cwd=str(tmp_path))
        client = manager.client()
        client.start_channels()
        await client.wait_for_ready(timeout=60)
        handle = manager.provisioner.process
        assert handle.exitcode is None
        assert await manager.is_alive()
        code = "import time; open('begun', 'w').close(); time.sleep(60)"
        sleeping = asyncio.create_task(ask(client, code))
        while not (tmp_path / "begun").exists():
            await asyncio.sleep(0.05)
        (tmp_path / "begun").unlink()
        await manager.interrupt_kernel()
        assert await sleeping == "error"
        assert await ask(client, "1 + 1") == "ok"
        client.stop_channels()
        await manager.shutdown_kernel(now=True)
        assert handle.exitcode == -signal.SIGKILL
        assert not await manager.is_alive()
        assert ended(handle.pid)
        assert list(tmp_path.iterdir()) == []

    asyncio.run(go())


def test_a_kernel_that_does_not_start_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    import nbformat
    from papermill.engines import NotebookExecutionManager

    class Stubborn(kernels.WarmManager):
        async def start_kernel(self, **_: object) -> None:
            made.append(self)
            if len(made) < needed:
                raise RuntimeError("Kernel died before replying")

    class Client(WarmNotebookClient):
        def start_new_kernel_client(self, **_: object) -> None:
            self.kc = object()

    def start() -> int:
        made.clear()
        manager = NotebookExecutionManager(nbformat.v4.new_notebook(), progress_bar=False)
        client = Client(manager)
        client.make_manager = Stubborn
        with client.setup_kernel(cleanup_kc=False):
            return len(set(made))

    made: list[Stubborn] = []

    needed = ATTEMPTS
    assert start() == ATTEMPTS
    needed = ATTEMPTS + 1
    with pytest.raises(RuntimeError, match="died"):
        start()


def test_a_cell_without_end_is_ended_and_the_others_run(make_workshop: Callable[..., Path]) -> None:
    root = make_workshop({"00_a": ["while True: pass"], "01_b": ["1 + 1"]}, ["ann"])
    run = run_workshop(root, timeout=4)
    assert run.exit_code == 1
    first, second = run.results[0]["notebooks"]
    assert first["error"] == (
        "CellTimeoutError: The notebook took longer than 4 seconds (--timeout)."
    )
    assert second["status"] == "ok"
    kernels_left = [p for p in multiprocessing.active_children() if p.name == forks.KERNEL]
    assert kernels_left == [], "what never ends goes on after it was ended"


def test_what_a_cell_may_show_has_a_bound_that_is_said(make_workshop: Callable[..., Path]) -> None:
    much = "for _ in range(30): print('x' * 1_000_000)\nprint('the end')"
    root = make_workshop({"00_a": [much, "1 + 1"]}, ["ann"])
    run = run_workshop(root)
    assert run.status == "ok"
    kept = (run.folder / "ann/notebooks/00_a.ipynb").read_text("utf-8")
    assert len(kept) < 12_000_000
    assert "journeykit: more than 10,000,000 letters; the rest is left out." in kept
    assert kept.count("the rest is left out") == 1


def test_a_cell_that_leaves_the_notebook_is_told(make_workshop: Callable[..., Path]) -> None:
    cells = ["1 + 1", "import sys; sys.exit(0)", "2 + 2", "3 + 3"]
    run = run_workshop(make_workshop({"00_a": cells, "01_b": ["1 + 1"]}, ["ann"]))
    assert run.exit_code == 1
    first, second = run.results[0]["notebooks"]
    assert first["error"] == "A cell ended the notebook (SystemExit); 2 cells did not run."
    assert second["status"] == "ok"


def test_a_full_disk_leaves_no_empty_run(
    make_workshop: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("journeykit.run.parent.write_result", full)
    root = make_workshop({"00_a": ["1 + 1"]}, ["ann"])
    with pytest.raises(OSError, match="No space left"):
        run_workshop(root)
    assert list((root / "runs").iterdir()) == []


def test_progress_is_plain_lines_where_there_is_no_terminal() -> None:
    told = io.StringIO()
    with ProgressBar(told) as bar:
        bar(Step("start", "ann", "03_weak_spots", 0, 4, 1.0))
        bar(Step("cell", "ann", "03_weak_spots", 0, 4, 2.0))
        bar(Step("end", "ann", "03_weak_spots", 1, 4, 62.0, 186.0, status="ok", seconds=61.2))
    assert told.getvalue() == ("1 of 4  ann · 03_weak_spots: ok, 61.2 s  (1:02 gone, 3:06 left)\n")
