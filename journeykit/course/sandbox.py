"""A student's notebook in a box: what it may see is a list, and nothing else is there.

bubblewrap builds the box of an empty root, into which it mounts, to be read only, the interpreter
with its libraries, the kit without anything that holds an answer, and a copy of what the student
handed in; for writing there is a private temporary folder of limited size, and a file for answers.
There is no home, no file of anybody else and no network. Processes, host name and users are the
box's own; the notebook has no rights over any of it, can make no further namespaces, and ends with
whoever grades.

Where a system cannot build it nothing is run, unless the lecturer says so; then the limits of time
and memory hold, and nothing else does.

Memory is watched as what is resident, since a limit of the address space ends the chart renderer,
which reserves much more than it uses.
"""

import os
import signal
import site
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

from journeykit.store import asset

LARGEST_LOG = 20 * 1024 * 1024
POLL = 0.1
GRACE = 10
"""Seconds after which a notebook ends itself, where nobody did so at its limit."""
KIT, HANDED_IN, DESK, ANSWERS = map(Path, ("/kit", "/handed-in", "/tmp/desk", "/answers"))
"""In the box: the kit; the copy of a student's folder, and where it is worked on; the answers."""
# Bytes that fit into what can be written to. Where root grades, the files below /proc/sys would be
# the box's to change, and with them the machine: nothing stands there.
_WALLS = (
    "bwrap --unshare-all --unshare-user --disable-userns --uid 65534 --gid 65534 --hostname box "
    "--die-with-parent --cap-drop ALL --dev /dev --size 67108864 --tmpfs /dev/shm "
    f"--remount-ro /dev --proc /proc --size 4096 --tmpfs /proc/sys --size {2**29} --tmpfs /tmp"
)
_SYSTEM = (
    "/lib /lib64 /usr/lib /usr/lib64 /usr/share/zoneinfo /usr/share/fonts /etc/fonts "
    "/etc/alternatives /etc/ld.so.cache"
)
_PASSED = "PATH LANG LC_ALL LD_LIBRARY_PATH SYSTEMROOT TZ".split()


class Limits(NamedTuple):
    """What one notebook may use: seconds, megabytes of resident memory, processes."""

    seconds: float = 120
    megabytes: float = 2048
    processes: int = 64


@cache
def no_box() -> str:
    """Say why this system builds no box; empty where it does. The trial changes nothing."""
    with tempfile.TemporaryDirectory() as own:
        (log := Path(own, "log")).touch()
        command = [*_box(Path(own), log), sys.executable, "-P", "-c", "import journeykit.course"]
        env = _environment(KIT, DESK, ANSWERS, "", Limits())
        try:
            tried = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60)
        except FileNotFoundError:
            return "bubblewrap is not installed"
        except (OSError, subprocess.TimeoutExpired) as problem:
            return str(problem)
    return (tried.stderr.strip() or "it ended").splitlines()[-1] if tried.returncode else ""


def libraries() -> list[Path]:
    """What a box shows beside the kit: the interpreter, its packages, and what the system lends."""
    found = [*_SYSTEM.split(), sys.executable, os.path.realpath(sys.executable)]
    for prefix in (sys.base_prefix, sys.prefix):
        found += [os.path.join(prefix, name) for name in ("lib", "lib64", "pyvenv.cfg")]
    found += site.getsitepackages() + [site.getusersitepackages()] * bool(site.ENABLE_USER_SITE)
    return [Path(path) for path in found if os.path.exists(path)]


def _box(own: Path, log: Path) -> list[str]:
    """The words that build a box; what runs in it follows them.

    Of the kit there are the package, and what a workshop and its tables are made of. The wheel has
    the exercises inside of the package: they are hidden, also in a copy of it that does not grade.
    """
    package, samples = Path(__file__).resolve().parents[1], asset("sample_data")
    shown = [(path, path) for path in libraries()]
    kit = {asset(name): KIT / name for name in ("templates", "notebooks")}
    kit |= {path: KIT / samples.name / path.name for path in samples.iterdir() if path.is_dir()}
    words = _WALLS.split()
    for path, place in (*shown, *kit.items(), (package, KIT / package.name), (own, HANDED_IN)):
        words += ["--ro-bind", str(path), str(place)]
    for path, place in (*shown, (package.parent, KIT)):
        for inside in ("", "python*/*-packages/"):
            for found in path.glob(f"{inside}{package.name}/assets"):
                words += ["--size", "4096", "--tmpfs", str(place / found.relative_to(path))]
    words += ["--bind", str(log), str(ANSWERS), "--dir", str(DESK), "--chdir", str(DESK)]
    return [*words, "--remount-ro", "/", "--"]


def execute(own: Path, notebook: str, tables: str, limits: Limits) -> tuple[str, str]:
    """Run a notebook of a folder that was made for it, in a box where there can be one.

    Parameters
    ----------
    own : Path
        The folder.
    notebook : str
        The name of the notebook in it.
    tables : str
        Where its exercise has its tables in there.
    limits : Limits

    Returns
    -------
    (str, str)
        What it wrote down, line by line, and why it was ended early: empty where it was not.
    """
    with tempfile.TemporaryDirectory(prefix="jk-answers-") as place:
        path = Path(place, "answers.jsonl")
        walls, folder, places = [], own, (Path(__file__).resolve().parents[2], own, path)
        if not no_box():
            walls, folder, places = _box(own, path), HANDED_IN, (KIT, DESK, ANSWERS)
        with path.open("w+b") as log:
            with subprocess.Popen(
                [*walls, sys.executable, "-P", "-m", "journeykit.course.runner", folder / notebook],
                cwd=own,
                env=_environment(*places, tables, limits),
                start_new_session=True,
                stdin=subprocess.PIPE,  # open, it says to the notebook that somebody is there
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            ) as process:
                with suppress(OSError):  # where memory runs out, the system ends this one first
                    Path(f"/proc/{process.pid}/oom_score_adj").write_text("1000")
                ended = _watch(process, limits)
            return log.read(LARGEST_LOG).decode("utf-8", "replace"), ended


def _environment(kit: Path, desk: Path, log: Path, tables: str, limits: Limits) -> dict[str, str]:
    """A small environment: no secrets of the lecturer's, and a home of its own."""
    return {
        **{name: os.environ[name] for name in _PASSED if name in os.environ},
        **dict.fromkeys(("HOME", "TMPDIR", "XDG_CACHE_HOME", "IPYTHONDIR"), str(desk)),
        "PYTHONPATH": str(kit),
        "PYTHONUSERBASE": site.getuserbase(),
        "PYTHONDONTWRITEBYTECODE": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "JOURNEYKIT_ANSWERS": str(log),
        "JOURNEYKIT_TABLES": str(desk / tables),
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
