"""A worker process: it is handed one notebook after the other and runs each through Papermill.

Workers are processes and not threads, because Papermill changes the folder of its whole process:
with threads, notebooks ran in each other's folders.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from journeykit.run import forks, kernels
from journeykit.run.failure import ANCHOR, page
from journeykit.run.results import now, write_whole

__all__ = ["MIME", "Task", "serve"]

MIME = "application/vnd.journeykit.panel+json"
SPEC, SVG = "application/vnd.vegalite.v6+json", "image/svg+xml"


@dataclass(frozen=True)
class Task:
    """One notebook to run: where it is, what goes in, where the executed one goes."""

    source: Path
    target: Path
    parameters: dict[str, Any]


def serve(channel: Connection, fork: bool, sockets: Path, env: dict[str, str]) -> None:
    """Run the tasks that come through `channel` until it closes.

    Sends ``("cell", position, count)`` as cells begin and ``("done", outcome)`` at the end.

    Parameters
    ----------
    channel : Connection
        To the parent.
    fork : bool
        Whether kernels are forked from the warm server.
    sockets : Path
        A private folder for connection files, with a short path.
    env : dict
        The parent's environment, which the fork server may not have.
    """
    os.environ.clear()
    os.environ.update(env)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears it and decides
    signal.signal(signal.SIGTERM, lambda *_: _end())
    threading.Thread(target=_end_with_parent, args=(sockets,), daemon=True).start()
    logging.getLogger("papermill").setLevel(logging.ERROR)
    if fork:
        forks.share_server()
    if sys.platform == "win32":
        asyncio.set_event_loop_policy(asyncio.WindowsSelectorEventLoopPolicy())
    with contextlib.suppress(EOFError, BrokenPipeError):
        while (task := channel.recv()) is not None:

            def on_cell(position: int, count: int) -> None:
                channel.send(("cell", position, count))

            channel.send(("done", _run(task, fork, sockets, on_cell)))


def _end() -> None:
    kernels.kill_all()
    os._exit(143)


def _end_with_parent(sockets: Path) -> None:
    forks.wait_for_parent()
    shutil.rmtree(sockets, ignore_errors=True)  # nobody else is left to do it
    _end()


def _run(
    task: Task, fork: bool, sockets: Path, on_cell: Callable[[int, int], None]
) -> dict[str, Any]:
    """Run one notebook and say how it went; the executed notebook is in place when it returns."""
    import papermill
    from papermill.exceptions import PapermillExecutionError
    from papermill.iorw import load_notebook_node

    from journeykit.run.engine import ENGINE

    executed: list[Any] = []
    name, began = task.source.stem, time.monotonic()
    outcome: dict[str, Any] = {"name": name, "status": "ok", "started": now(), "file": None}
    try:
        papermill.execute_notebook(
            load_notebook_node(str(task.source)),
            None,
            parameters=task.parameters,
            engine_name=ENGINE,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            cwd=str(task.source.parent),
            new_manager=lambda attempt: kernels.kernel_manager(
                fork, sockets, f"{os.getpid()}-{time.monotonic_ns() % 10**9}-{attempt}"
            ),
            on_cell=on_cell,
            on_start=executed.append,
        )
    except PapermillExecutionError as problem:
        outcome |= {"status": "failed", "error": _sentence(problem.ename, problem.evalue)}
    except Exception as problem:  # whatever it is, the others can still run
        outcome |= {"status": "failed", "error": _sentence(type(problem).__name__, str(problem))}
    outcome["seconds"] = round(time.monotonic() - began, 3)
    if executed:
        _keep(executed[0], task, outcome)
    outcome["panels"] = _panels(executed[0]) if executed else []
    return outcome


def _sentence(name: str, value: str) -> str:
    first = (value.strip().splitlines() or [""])[0]
    return f"{name}: {first}"[:300] if first else name


def _keep(notebook: Any, task: Task, outcome: dict[str, Any]) -> None:
    """Put the executed notebook in its place, and for a failed one a page beside it."""
    import nbformat

    notebook.metadata.papermill["input_path"] = str(task.source)
    notebook.metadata.papermill["output_path"] = str(task.target)
    write_whole(task.target, nbformat.writes(notebook))
    outcome["file"] = f"{task.target.parent.name}/{task.target.name}"
    if outcome["status"] == "ok":
        return
    failed = [
        position
        for position, cell in enumerate(notebook.cells)
        if cell.metadata.get("papermill", {}).get("exception") is True
    ]
    outcome["cell"] = failed[0] if failed else None
    title = f"{task.source.stem}: stopped at a failing cell"
    beside = task.target.with_suffix(".html")
    write_whole(beside, page(notebook, outcome["cell"], title))
    outcome["link"] = f"{beside.parent.name}/{beside.name}#{ANCHOR}"


def _panels(notebook: Any) -> list[dict[str, Any]]:
    found = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            shown = output.get("data", {})
            panel = shown.get(MIME)
            if panel is not None:
                panel = json.loads(panel) if isinstance(panel, str) else dict(panel)
                # The picture stands beside the panel, not in it, so that it is stored once.
                found.append({**panel, "spec": shown.get(SPEC), "svg": shown.get(SVG)})
    return found
