"""A student's notebook in a process of its own: limits, no network, no way to the key.

On Linux, where the system lets an ordinary user make namespaces (``unshare``), the process sees no
network, none of the folders named in `hide`, no other student's work, and can write into its own
folder only; and it cannot undo that, since it runs in a second user namespace without rights over
the first. Elsewhere the limits of time and memory still hold, and :func:`wall` says what does not.

Memory is watched as what is resident, since a limit of the address space ends the chart renderer,
which reserves much more than it uses.
"""

import os
import shlex
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import psutil

LARGEST_LOG = 20 * 1024 * 1024
POLL = 0.1
GRACE = 10
"""Seconds after which a notebook ends itself, where nobody did so at its limit."""
_NO_NETWORK = shlex.split("unshare --map-root-user --net")
_OUTER = [*_NO_NETWORK, *shlex.split("--mount --pid --fork --kill-child --mount-proc sh -c")]
# Everything that is mounted is made read-only, but for the notebook's own folder; /proc is needed
# to give the last rights away, and devices are not written to by their files.
_READ_ONLY = (
    "while read -r _ place kind _; do case $kind:$place in proc:*|devpts:*|*:{stage}) ;; "
    '*) mount -o remount,bind,ro "$(printf %b "$place")" 2>/dev/null || true ;; esac; done '
    "< /proc/self/mounts"
)
_INNER = "exec unshare --user --map-current-user -- "
_PASSED = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SYSTEMROOT", "TZ")


class Limits(NamedTuple):
    """What one notebook may use: seconds, megabytes of resident memory, processes."""

    seconds: float = 120
    megabytes: float = 2048
    processes: int = 64


class Wall(NamedTuple):
    """What stands around a notebook here: are files hidden, is the network off; and in words."""

    files: bool
    network: bool

    @property
    def says(self) -> str:
        """One sentence for the lecturer."""
        if self.files:
            return (
                "Each notebook runs without network, cannot see the key or anybody else's work, "
                "and writes into a folder of its own."
            )
        if self.network:
            return (
                "Each notebook runs without network, but THIS SYSTEM DOES NOT HIDE FILES FROM IT: "
                "it could read the key and the work of others. Grade in a container."
            )
        return (
            "THIS SYSTEM HAS NO WALL AROUND A NOTEBOOK: it runs with your rights, can use the "
            "network and read your files, the key among them. Grade in a container without network."
        )


@cache
def wall() -> Wall:
    """Try what this system allows; nothing is changed by it."""
    with tempfile.TemporaryDirectory() as folder:
        own = Path(folder)
        if _works([*_OUTER, _script(own, own, [], ["true"])]):
            return Wall(files=True, network=True)
    return Wall(files=False, network=_works([*_NO_NETWORK, "true"]))


def _works(command: Sequence[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=20).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _script(own: Path, stage: Path, hide: Sequence[Path], command: Sequence[str]) -> str:
    """The shell lines that build the wall and then run the command inside of it."""
    place = shlex.quote(str(stage))
    lines = [f"mount --bind {shlex.quote(str(own))} {place}"]
    for path in hide:
        how = "-t tmpfs -o size=4k,mode=755 none" if path.is_dir() else "--bind /dev/null"
        lines.append(f"mount {how} {shlex.quote(str(path))}")
    lines += [_READ_ONLY.format(stage=place), f"cd {place}", _INNER + shlex.join(command)]
    return " && ".join(lines)


def execute(own: Path, notebook: str, hide: Sequence[Path], limits: Limits) -> tuple[str, str]:
    """Run a notebook of a folder that was made for it.

    Parameters
    ----------
    own : Path
        The folder, one of several in a folder of their own, which is hidden from it.
    notebook : str
        The name of the notebook in it.
    hide : sequence of Path
        Folders and files that the process must not see.
    limits : Limits

    Returns
    -------
    (str, str)
        What it wrote down, line by line, and why it was ended early: empty where it was not.
    """
    command = [sys.executable, "-m", "journeykit.course.runner", notebook]
    with tempfile.TemporaryDirectory(prefix="jk-stage-") as place:
        stage = Path(place).resolve() if wall().files else own
        if wall().files:
            hidden = [path for path in (own.parent, *hide) if path.exists()]
            command = [*_OUTER, _script(own, stage, hidden, command)]
        elif wall().network:
            command = [*_NO_NETWORK, *command]
        with subprocess.Popen(
            command,
            cwd=own,
            env=_environment(stage, limits),
            start_new_session=True,
            stdin=subprocess.PIPE,  # open, it says to the notebook that somebody is there
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            with suppress(OSError):  # where memory runs out, the system ends this one first
                Path(f"/proc/{process.pid}/oom_score_adj").write_text("1000")
            ended = _watch(process, limits)
    return _log(own / "answers.jsonl"), ended


def _environment(stage: Path, limits: Limits) -> dict[str, str]:
    """A small environment: no secrets of the lecturer's, and a home of its own."""
    return {
        **{name: os.environ[name] for name in _PASSED if name in os.environ},
        **dict.fromkeys(("HOME", "TMPDIR", "XDG_CACHE_HOME", "IPYTHONDIR"), str(stage)),
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
        "PYTHONDONTWRITEBYTECODE": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "JOURNEYKIT_ANSWERS": str(stage / "answers.jsonl"),
        "JOURNEYKIT_LIVE": "0",
        "JOURNEYKIT_SECONDS": str(limits.seconds + GRACE),
    }


def _watch(process: subprocess.Popen[bytes], limits: Limits) -> str:
    """Wait until it ends, or end it; returns why."""
    until = time.monotonic() + limits.seconds
    said = ""
    try:
        while process.poll() is None and not said:
            with suppress(subprocess.TimeoutExpired):
                process.wait(POLL)
            family = _family(process.pid)
            used = sum(_each(family, lambda each: each.memory_info().rss))
            if time.monotonic() > until:
                said = f"It was ended after {limits.seconds:.0f} seconds."
            elif len(family) > limits.processes:  # before the memory, which many of them fill, too
                said = f"It was ended when it had started more than {limits.processes} processes."
            elif used > limits.megabytes * 2**20:
                said = f"It was ended when it used more than {limits.megabytes:,.0f} MB of memory."
    finally:
        _end(process)
    if not said and process.returncode:
        said = "The process ended by itself before its last cell: it crashed, or it is no notebook."
    return said


def _family(pid: int) -> list[psutil.Process]:
    with suppress(psutil.Error):
        head = psutil.Process(pid)
        return [head, *head.children(recursive=True)]
    return []


def _each(family: Sequence[psutil.Process], does: Callable[[psutil.Process], Any]) -> list[Any]:
    """Do something with every process that is still there."""
    done = []
    for process in family:
        with suppress(psutil.Error):
            done.append(does(process))
    return done


def _end(process: subprocess.Popen[bytes]) -> None:
    family: list[psutil.Process] = []
    # All are stopped before the first is killed: a child whose parent is gone is not found again.
    while len(now := _family(process.pid)) > len(family):
        family = now
        _each(family, psutil.Process.suspend)
    _each(family, psutil.Process.kill)
    with suppress(OSError, AttributeError):
        os.killpg(process.pid, signal.SIGKILL)  # who left the family but not the session
    process.wait()


def _log(path: Path) -> str:
    """Read what was written down. It is the student's file: no link, no pipe, nothing endless."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    with suppress(OSError), os.fdopen(os.open(path, flags), "rb") as lines:
        if stat.S_ISREG(os.fstat(lines.fileno()).st_mode):
            return lines.read(LARGEST_LOG).decode("utf-8", "replace")
    return ""
