"""Worker processes: started when needed, replaced when killed, ended with their kernels."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Self, cast

from journeykit.run import forks
from journeykit.run.lines import Line
from journeykit.run.worker import serve

__all__ = ["Pool"]


class Pool:
    """Worker processes that end, with their kernels, when the ``with`` block does.

    Parameters
    ----------
    context : BaseContext
        How to start processes, from `forks.process_context`.
    fork : bool
        Whether kernels are forked from the warm server.
    size : int
        How many notebooks may run at once.
    """

    def __init__(self, context: BaseContext, fork: bool, size: int) -> None:
        self.context, self.fork, self.size = context, fork, size
        self.busy: dict[Connection, tuple[BaseProcess, Line]] = {}
        self.idle: dict[Connection, BaseProcess] = {}

    def __enter__(self) -> Self:
        base = tempfile.gettempdir()
        # The path of a socket may have 100 characters, and some systems have long temp paths.
        short = "/tmp" if self.fork and len(base) > 50 and Path("/tmp").is_dir() else None
        self.sockets = Path(tempfile.mkdtemp(prefix="jk-", dir=short))
        return self

    def __exit__(self, *_: object) -> None:
        processes = [*self.idle.values(), *(process for process, _ in self.busy.values())]
        for process in processes:
            process.terminate()
        for process in processes:
            process.join(5)
            if process.is_alive():
                process.kill()
                process.join()
        for channel in [*self.idle, *self.busy]:
            channel.close()
        shutil.rmtree(self.sockets, ignore_errors=True)

    @property
    def free(self) -> bool:
        """Whether one more notebook could run now."""
        return len(self.busy) < self.size

    def give(self, line: Line) -> int | None:
        """Hand the next notebook of `line` to a worker; returns its process id."""
        if not self.idle:
            ours, theirs = self.context.Pipe()
            args = (theirs, self.fork, self.sockets, dict(os.environ))
            self.idle[ours] = forks.start_process(self.context, serve, *args)
            theirs.close()
        channel, process = self.idle.popitem()
        self.busy[channel] = (process, line)
        with contextlib.suppress(OSError):  # it died: `hear` finds out
            channel.send(line.task())
        return process.pid

    def hear(self, timeout: float | None) -> list[tuple[Line, str, list[Any]]]:
        """Wait for word from the workers.

        Parameters
        ----------
        timeout : float or None
            Seconds; None waits until there is some.

        Returns
        -------
        list of (Line, str, list)
            Whose word it is; ``cell`` with position and count, or ``done`` with the outcome.
        """
        heard: list[tuple[Line, str, list[Any]]] = []
        for channel in cast(list[Connection], wait(list(self.busy), timeout)):
            process, line = self.busy[channel]
            try:
                kind, *rest = channel.recv()
            except (EOFError, OSError):
                kind, rest = "done", [_lost(line, process)]
                del self.busy[channel]
                channel.close()
            else:
                if kind == "done":
                    del self.busy[channel]
                    self.idle[channel] = process
            heard.append((line, kind, rest))
        return heard


def _lost(line: Line, process: BaseProcess) -> dict[str, Any]:
    process.join(5)
    why = f"The process that ran it was ended from outside (exit code {process.exitcode})."
    empty: dict[str, Any] = {"seconds": None, "started": None, "file": None, "panels": []}
    return {"name": line.next.name, "status": "failed", "error": why, **empty}
