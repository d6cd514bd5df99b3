"""Processes from a warm fork server: the heavy imports are paid once for a whole run.

Kernels are forked from one ``multiprocessing`` fork server that has imported
:mod:`journeykit.run.warm`. It starts no thread, so that a fork of it is safe.
"""

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import types
from collections.abc import Callable, Iterator
from multiprocessing.process import BaseProcess
from typing import Any

KERNEL = "journeykit-kernel"
_starting = threading.Lock()


def can_fork() -> bool:
    """Whether this system has a fork server (Windows has none)."""
    return "forkserver" in multiprocessing.get_all_start_methods()


def start_server() -> None:
    """Start the fork server; it begins to import at once."""
    from multiprocessing import forkserver

    forkserver.set_forkserver_preload(["journeykit.run.warm"])
    with _no_main():
        forkserver.ensure_running()


@contextlib.contextmanager
def _no_main() -> Iterator[None]:
    # A child process runs its parent's script once more, as `__mp_main__`. Nothing here needs
    # that, and a script that calls `run_workshop` without a guard would start a second run.
    # The server would look for its modules in the folder it is started in first, which may be a
    # stranger's.
    with _starting:
        main, safe = sys.modules["__main__"], os.environ.get("PYTHONSAFEPATH", "")
        sys.modules["__main__"] = types.ModuleType("__main__")
        os.environ["PYTHONSAFEPATH"] = "1"
        try:
            yield
        finally:
            sys.modules["__main__"] = main
            os.environ["PYTHONSAFEPATH"] = safe  # empty, it says nothing


def fork(target: Callable[..., None], *args: Any) -> BaseProcess:
    """Start `target(*args)` in a process of its own, forked from the server."""
    context = multiprocessing.get_context("forkserver")
    process = context.Process(target=target, args=args, name=KERNEL)
    with _no_main():
        process.start()
    return process


@contextlib.contextmanager
def interrupted_by_sigterm() -> Iterator[None]:
    """Who ends a run politely finds it as after Ctrl-C: told, and in whole files."""
    if threading.current_thread() is not threading.main_thread():
        yield  # signals are the main thread's
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
