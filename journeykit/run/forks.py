"""Processes from a warm fork server: the heavy imports are paid once for a whole run.

Workers and kernels are both forked from one ``multiprocessing`` fork server that has imported
:mod:`journeykit.run.warm`. It starts no thread, so that a fork of it is safe.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
import sys
import threading
import types
from collections.abc import Callable, Iterator
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from typing import Any

__all__ = ["can_fork", "process_context", "share_server", "start_process", "wait_for_parent"]

PRELOAD = ["journeykit.run.warm"]


def can_fork() -> bool:
    """Whether this system has a fork server (Windows has none)."""
    return "forkserver" in multiprocessing.get_all_start_methods()


def process_context(fork: bool) -> BaseContext:
    """The way to start processes; with `fork`, the server begins to import at once.

    Parameters
    ----------
    fork : bool
        Whether to use the warm fork server.
    """
    if not fork:
        return multiprocessing.get_context("spawn")
    from multiprocessing import forkserver

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOAD)
    with _no_main(), _no_interrupt():
        forkserver.ensure_running()
    return context


@contextlib.contextmanager
def _no_main() -> Iterator[None]:
    # A child process runs its parent's script once more, as `__mp_main__`. Nothing here needs
    # that, and a script that calls `run_workshop` without a guard would start a second run.
    main = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


@contextlib.contextmanager
def _no_interrupt() -> Iterator[None]:
    # The server inherits this: a Ctrl-C in the terminal is for the parent alone.
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)


def start_process(context: BaseContext, target: Callable[..., None], *args: Any) -> BaseProcess:
    """Start `target(*args)` in a process of its own."""
    process = context.Process(target=target, args=args)  # type: ignore[attr-defined]
    with _no_main():
        process.start()
    return process


def share_server() -> None:
    """Let a process that came from the fork server fork from the same server.

    Left alone, `multiprocessing` would start a second server here, and import everything again.
    From Python 3.14 a server asks for a key that its children do not have: they get their own.
    """
    from multiprocessing import forkserver

    server: Any = forkserver._forkserver  # type: ignore[attr-defined]
    if server._forkserver_address and getattr(server, "_forkserver_authkey", True):
        server.ensure_running = lambda: None


def wait_for_parent() -> None:
    """Return when the process that started this one is over, however it ended."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
