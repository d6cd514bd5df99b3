"""Run the cells of one notebook; it is started in a process of its own, and trusts nobody.

``python -P -m journeykit.course.runner NOTEBOOK`` runs every code cell, also after one that failed,
in the present folder, into which it takes what lies beside the notebook. Modules are found there,
too, but after all libraries: a file that is named like one does not take its place.
What the checks are handed is written, line by line, to the file that ``JOURNEYKIT_ANSWERS``
names, so that a process that is ended later has kept what came before.

It does not outlive whoever grades: it ends itself when its standard input is closed, which the
death of the grading process does, and after ``JOURNEYKIT_SECONDS`` in any case.
"""

import ctypes
import json
import os
import re
import shutil
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from .plain import write_down

BIGGEST_FILE = 200 * 1024 * 1024


def main(notebook: Path, log: Path) -> None:
    """Run a notebook from top to bottom."""
    desk = Path.cwd()
    if notebook.parent != desk:
        _leave_keys()
        shutil.copytree(notebook.parent, desk, dirs_exist_ok=True, copy_function=shutil.copyfile)
    sys.path.append(str(desk))
    seconds = float(os.environ.pop("JOURNEYKIT_SECONDS"))
    _end_with_the_grader(seconds)
    _limits(seconds)
    sources = _cells(notebook)
    from IPython.core.interactiveshell import InteractiveShell

    shell: Any = InteractiveShell.instance()
    shell.display_formatter.active_types = ["text/plain"]  # nobody looks: draw no pictures
    for source in sources:
        result = shell.run_cell(source, store_history=False)
        if problem := result.error_before_exec or result.error_in_exec:
            names = re.findall(r"\.(q\w*\d+)\.check\(", source)
            write_down(log, {"error": type(problem).__name__, "questions": names})
    write_down(log, {"end": True})


def _leave_keys() -> None:
    """Begin a key ring of its own: a session's, in the kernel, goes on through every wall."""
    if number := {"x86_64": 250, "aarch64": 219}.get(os.uname().machine):
        ctypes.CDLL(None).syscall(number, 1, None)  # keyctl, KEYCTL_JOIN_SESSION_KEYRING


def _end_with_the_grader(seconds: float) -> None:
    """Watch for the end of who started this, and of the time; cells read from nothing."""
    lifeline = os.dup(0)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)

    def watch() -> None:
        while os.read(lifeline, 1):
            pass
        _end()

    for thread in (threading.Thread(target=watch), threading.Timer(seconds, _end)):
        thread.daemon = True
        thread.start()


def _end() -> None:
    """End this process and those that a cell started."""
    # A group 0 is that of the wall around it.
    if hasattr(os, "killpg") and os.getpgrp() in (0, os.getpid()):
        with suppress(OSError):
            os.killpg(os.getpgrp(), signal.SIGKILL)
    os._exit(1)


def _limits(seconds: float) -> None:
    with suppress(ImportError, ValueError, OSError):
        import resource

        # A cell that never lets a thread run uses up the processor: the system ends it.
        processor = int(seconds * (os.cpu_count() or 1)) + 1
        for name, most in {"CORE": 0, "FSIZE": BIGGEST_FILE, "CPU": processor}.items():
            resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (most, most))


def _cells(notebook: Path) -> list[str]:
    """The code cells; a file that is no notebook ends the process: one student's result."""
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    return ["".join(each.get("source", "")) for each in cells if each.get("cell_type") == "code"]


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(os.environ["JOURNEYKIT_ANSWERS"]))
