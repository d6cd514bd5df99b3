"""Kernels that start warm: forked, one process per notebook, from a server that has imported.

An ordinary kernel pays for a new interpreter and for importing pandas, altair and the rest before
it looks at the first cell. Here a ``multiprocessing`` fork server imports them once
(:mod:`journeykit.run.warm`) and each notebook's kernel is forked from it: a process of its own,
ready in a moment. Jupyter is told through a kernel provisioner that is registered here, so that
nothing has to be installed as a kernelspec. Where there is no fork, an ordinary kernel of this
same interpreter is started.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import traceback
from importlib.metadata import EntryPoint
from multiprocessing.process import BaseProcess
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client import AsyncKernelClient, AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

from journeykit.run import forks

__all__ = ["ForkProvisioner", "WarmManager", "kernel_manager", "kill_all"]

PROVISIONER = "journeykit-fork"
_LAUNCHER = [
    sys.executable,
    "-c",
    "from journeykit.later import put_off; put_off(); "
    "from ipykernel import kernelapp; kernelapp.launch_new_instance()",
]
_ARGUMENTS = ["-f", "{connection_file}", "--HistoryManager.enabled=False", "--log-level=40"]

_live: set[ForkedKernel] = set()


def _kernel_main(arguments: list[str], cwd: str | None, env: dict[str, str]) -> None:
    """Become a kernel: the whole life of a forked child."""
    os.setsid()  # a Ctrl-C in the terminal is for the parent, which then ends its children
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.environ.clear()
    os.environ.update(env)
    if cwd:
        os.chdir(cwd)
    sys.argv = ["journeykit-kernel", *arguments]
    # What is written past Python goes into the notebook; the terminal shows the progress.
    terminal, nothing = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    try:
        import numpy
        from ipykernel.kernelapp import IPKernelApp

        numpy.random.seed()  # forked twins would draw the same numbers
        # A parent handle of 1 keeps ipykernel from polling for a parent that it does not have.
        IPKernelApp.launch_instance(argv=[*arguments, "--IPKernelApp.parent_handle=1"])
    except Exception:
        os.write(terminal, traceback.format_exc().encode())
        raise


def _end_with_parent() -> None:
    forks.wait_for_parent()
    os.killpg(0, signal.SIGKILL)


class ForkedKernel:
    """A kernel process as `subprocess.Popen` would show it, for jupyter_client."""

    stdin = stdout = stderr = None

    def __init__(self, process: BaseProcess) -> None:
        self.process = process
        self.pid = process.pid or 0
        _live.add(self)

    def poll(self) -> int | None:
        if self.process.exitcode is not None:
            _live.discard(self)
        return self.process.exitcode

    def wait(self, timeout: float | None = None) -> int | None:
        self.process.join(timeout)
        return self.poll()

    def send_signal(self, signum: int) -> None:
        if self.poll() is None:
            try:
                os.killpg(self.pid, signum)
            except ProcessLookupError:  # it has no group of its own yet
                os.kill(self.pid, signum)

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.send_signal(signal.SIGTERM)


class ForkProvisioner(LocalProvisioner):
    """Gives jupyter_client a kernel forked from the warm server in place of a new interpreter."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Fork a kernel; `cmd` is what would have started an ordinary one."""
        arguments = cmd[len(_LAUNCHER) :]
        env = dict(kwargs.get("env") or os.environ)
        context = multiprocessing.get_context("forkserver")
        process = forks.start_process(context, _kernel_main, arguments, kwargs.get("cwd"), env)
        self.process: Any = ForkedKernel(process)
        self.pid = process.pid
        # The heartbeat is bound last. Who connects before that waits a tenth of a second to try
        # again, and misses the first words of the kernel.
        bound = Path(f"{self.connection_info['ip']}-{self.connection_info['hb_port']}")
        for _ in range(12_000):  # a minute; then `wait_for_ready` complains
            if bound.exists() or await self.poll() is not None:
                break
            await asyncio.sleep(0.005)
        return self.connection_info

    async def kill(self, restart: bool = False) -> None:
        """Kill the kernel and whatever it has started."""
        if self.process:
            self.process.kill()
            self.process.wait(5)  # it is over at once; waiting here spares a round of polling


def kill_all() -> None:
    """Kill the kernels of this process; safe in a signal handler."""
    for kernel in list(_live):
        kernel.kill()


class WarmClient(AsyncKernelClient):
    """A client that knows a ready kernel when it sees one."""

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until shell and iopub both answer to one question.

        The usual client then listens for another fifth of a second whether something else comes;
        here the iopub channel is done when it has reported that the kernel is idle again.

        Parameters
        ----------
        timeout : float, optional
            Seconds.

        Raises
        ------
        RuntimeError
            The kernel died or did not answer in time.
        """
        manager: Any = self.parent
        pause, waited = 0.25, 0.0
        while timeout is None or waited < timeout:
            asked = self.kernel_info()
            with contextlib.suppress(Empty):
                await self._answer(asked, pause)
                return
            waited += pause
            if await manager.provisioner.poll() is not None:
                raise RuntimeError("The kernel died before it was ready.")
            pause = min(2.0, pause * 2)
        raise RuntimeError(f"The kernel was not ready after {timeout:.0f} seconds.")

    async def _answer(self, asked: str, pause: float) -> None:
        while True:
            reply = await self.get_shell_msg(timeout=pause)
            if reply["parent_header"].get("msg_id") == asked:
                self._handle_kernel_info_reply(reply)
                self.language_info = reply["content"]["language_info"]
                break
        while True:
            message = await self.get_iopub_msg(timeout=pause)
            idle = message["content"].get("execution_state") == "idle"
            if idle and message["parent_header"].get("msg_id") == asked:
                return


class WarmManager(AsyncKernelManager):
    """A manager of one kernel of this interpreter, whatever kernelspecs the user has."""

    spec = KernelSpec(argv=[*_LAUNCHER, *_ARGUMENTS], display_name="journeykit", language="python")

    @property
    def kernel_spec(self) -> KernelSpec:
        """How such a kernel starts."""
        return self.spec


class ForkManager(WarmManager):
    """A manager of one forked kernel; talks through sockets in the file system, not ports."""

    spec = KernelSpec(
        argv=[*_LAUNCHER, *_ARGUMENTS],
        display_name="journeykit",
        language="python",
        metadata={"kernel_provisioner": {"provisioner_name": PROVISIONER}},
    )


def kernel_manager(fork: bool, folder: Path, name: str) -> WarmManager:
    """A manager for a kernel that is not started yet.

    Parameters
    ----------
    fork : bool
        Fork it from the warm server; otherwise an ordinary kernel.
    folder : Path
        A private folder for the connection file (and sockets); its path must be short.
    name : str
        Of the connection file, without its ending.
    """
    options: dict[str, Any] = {"connection_file": str(folder / f"{name}.json")}
    if not fork:
        return WarmManager(client_factory=WarmClient, **options)
    factory = KernelProvisionerFactory.instance()
    factory.provisioners[PROVISIONER] = EntryPoint(
        PROVISIONER, f"{__name__}:ForkProvisioner", KernelProvisionerFactory.GROUP_NAME
    )
    return ForkManager(client_factory=WarmClient, transport="ipc", **options)
