"""Kernels that start warm: forked, one process per notebook, from a server that has imported.

An ordinary kernel pays for a new interpreter and for importing pandas, altair and the rest before
it looks at the first cell. Here a ``multiprocessing`` fork server imports them once
(:mod:`journeykit.run.warm`) and each notebook's kernel is forked from it: a process of its own,
ready in a moment. Jupyter is told through a kernel provisioner that is registered here, so that
nothing has to be installed as a kernelspec. Where there is no fork, an ordinary kernel of this
same interpreter is started.
"""

import contextlib
import multiprocessing
import os
import secrets
import shutil
import signal
import sys
import threading
import traceback
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

from journeykit.kernel import KERNEL

from . import forks

PROVISIONER = "journeykit-fork"
_LAUNCHER = [sys.executable, "-P", "-c", KERNEL]
_ARGUMENTS = ["-f", "{connection_file}", "--HistoryManager.enabled=False", "--log-level=40"]


def _kernel_main(arguments: list[str], cwd: str | None, env: dict[str, str]) -> None:
    """Become a kernel: the whole life of a forked child."""
    os.setsid()  # a Ctrl-C in the terminal is for the parent, which then ends its children
    folder = Path(arguments[1]).parent
    threading.Thread(target=_end_with_parent, args=(folder,), daemon=True).start()
    os.environ.clear()
    os.environ.update(env)
    if cwd:
        os.chdir(cwd)
    sys.argv = [forks.KERNEL, *arguments]
    sys.path.append("")  # as in `KERNEL`
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


def _end_with_parent(folder: Path) -> None:
    if parent := multiprocessing.parent_process():
        parent.join()  # it is over, however it ended
    shutil.rmtree(folder, ignore_errors=True)  # nobody else is left to do it
    _send(os.getpid(), signal.SIGKILL)


def _send(pid: int, signum: int) -> None:
    """Send a signal to a kernel and to all that it has started."""
    for send in (os.killpg, os.kill):  # it may have no group of its own yet
        with contextlib.suppress(ProcessLookupError):
            return send(pid, signum)


def kill_all() -> None:
    """Kill the forked kernels of this process."""
    for process in multiprocessing.active_children():
        if process.name == forks.KERNEL and process.pid:
            _send(process.pid, signal.SIGKILL)


class ForkProvisioner(LocalProvisioner):
    """Gives jupyter_client a kernel forked from the warm server in place of a new interpreter."""

    process: Any

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Fork a kernel; `cmd` is what would have started an ordinary one."""
        env = dict(kwargs.get("env") or os.environ)
        self.process = forks.fork(_kernel_main, cmd[len(_LAUNCHER) :], kwargs.get("cwd"), env)
        return self.connection_info

    async def poll(self) -> int | None:
        """Return the exit code, None while the kernel lives."""
        return self.process.exitcode if self.process else 0

    wait = poll  # who waits for a kernel asks again and again

    async def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel and to whatever it has started."""
        if await self.poll() is None:
            _send(self.process.pid, signum)

    async def kill(self, restart: bool = False) -> None:
        """Kill the kernel and whatever it has started."""
        await self.send_signal(signal.SIGKILL)
        self.process.join(5)  # it is over at once; waiting here spares a round of polling


class WarmManager(AsyncKernelManager):
    """A manager of one kernel of this interpreter, whatever kernelspecs the user has."""

    @property
    def kernel_spec(self) -> KernelSpec:
        """How such a kernel starts; a forked one talks through sockets in the file system."""
        return KernelSpec(
            argv=[*_LAUNCHER, *_ARGUMENTS],
            display_name="journeykit",
            language="python",
            metadata={"kernel_provisioner": {"provisioner_name": PROVISIONER}}
            if self.transport == "ipc"
            else {},
        )


def kernel_manager(fork: bool, folder: Path) -> WarmManager:
    """A manager for a kernel that is not started yet.

    Parameters
    ----------
    fork : bool
        Fork it from the warm server; otherwise an ordinary kernel.
    folder : Path
        A private folder for the connection file (and sockets); its path must be short.
    """
    factory = KernelProvisionerFactory.instance()
    factory.provisioners[PROVISIONER] = EntryPoint(
        PROVISIONER, f"{__name__}:ForkProvisioner", KernelProvisionerFactory.GROUP_NAME
    )
    return WarmManager(
        connection_file=str(folder / f"{secrets.token_hex(4)}.json"),
        transport="ipc" if fork else "tcp",
    )
