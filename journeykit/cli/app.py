"""The commands. Exit codes: 0 fine, 1 something failed or is wrong, 2 refused before it began."""

import errno
import io
import os
import sys
import traceback
from pathlib import Path
from typing import Annotated

from typer import Argument, BadParameter, Option, echo

# The commands, in the order in which the help lists them.
from . import make, check, runs, testing, diff, forget, lab  # noqa: F401 isort:skip
from journeykit.errors import JourneykitError
from journeykit.later import put_off
from journeykit.version import __version__

from .base import Words, app
from .exercises import exercises

app.add_typer(exercises, name="exercises")


_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM)
"""A full disk, or a place where nobody may write: not the kit's fault."""


def main() -> None:
    """Run the command line; an error of the user's is a sentence, not a traceback."""
    if sys.getfilesystemencoding() == "ascii":  # names of files could be neither read nor said
        os.execve(sys.executable, sys.orig_argv, {**os.environ, "PYTHONUTF8": "1"})
    put_off()
    for stream in (sys.stdout, sys.stderr):  # an arrow is no reason to fail on an old terminal
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except Exception as problem:  # each is said, and ends with 2
        if isinstance(problem, JourneykitError) or getattr(problem, "errno", None) in _DISK:
            echo(f"journeykit: {problem}", err=True)
        else:  # a fault of the kit is no red test and no failed notebook, which are 1
            traceback.print_exc()
            echo("journeykit: this is a fault of the kit, please report the lines above.", err=True)
    sys.exit(2)


@app.command(hidden=True)
def merge_driver(
    files: Annotated[Words, Argument(help="%O %A %B %P, as git gives them.")] = None,
    install: Annotated[
        Path | None, Option(help="Tell git about it in this folder's clone.")
    ] = None,
) -> None:
    """Join two people's changes of one file for git; exit 1 where somebody must choose."""
    from journeykit.store import install_merge, merge_files

    if install:
        install_merge(install)
        echo(f"git merges the maps of {install} card by card now, in this clone.")
        return
    if not files or len(files) != 4:
        raise BadParameter("git gives four: %O %A %B %P. To set it up: merge-driver --install DIR")
    base, ours, theirs = map(Path, files[:3])
    conflicts = merge_files(base, ours, theirs, files[3])
    for sentence in conflicts:
        echo(sentence, err=True)
    sys.exit(int(bool(conflicts)))


@app.command()
def grade(
    folder: Annotated[Path, Argument(help="A folder per student, in it <exercise>.ipynb.")],
    output: Annotated[
        Path, Option("--out", help="The table of points; pages come beside it.")
    ] = Path("grades.csv"),
    key: Annotated[
        Path | None, Option(help="The key of graded copies; without it the kit's exercises.")
    ] = None,
    seconds: Annotated[float, Option(min=1, help="What one notebook may take.")] = 120,
    megabytes: Annotated[float, Option(min=100, help="Memory that one notebook may use.")] = 2048,
    workers: Annotated[int, Option(min=1, help="Notebooks at the same time.")] = 2,
    unsafe: Annotated[
        bool, Option("--unsafe", help="Grade also where this system has no box: see the docs.")
    ] = False,
) -> None:
    """Grade exercises that were handed in. It runs what students wrote: see docs/teaching.md."""
    from journeykit.course.grade import grade_folder
    from journeykit.course.sandbox import Limits

    limits = Limits(seconds, megabytes)
    grade_folder(folder, output, key=key, limits=limits, workers=workers, unsafe=unsafe, say=echo)


@app.command()
def version() -> None:
    """Print the version."""
    echo(__version__)
