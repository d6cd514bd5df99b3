"""The commands. Exit codes: 0 fine, 1 something failed or is wrong, 2 refused before it began."""

import io
import os
import sys
import traceback
from pathlib import Path
from typing import Annotated

from typer import Argument, BadParameter, Option, confirm

# The commands, in the order in which the help lists them.
from . import make, boards, formats, check, testing, diff, later, export  # noqa: F401 isort:skip
from journeykit.errors import JourneykitError, RunError
from journeykit.version import __version__

from .base import HERE, Folder, Words, app, echo, sound_folder
from .make import exercises

app.add_typer(exercises, name="exercises")


SETTINGS = Path(__file__).parent / "lab_settings"
"""Defaults of this JupyterLab: it does not even ask whether it may fetch news."""
PRESENTER = Path(__file__).parent / "lab_extension"
"""What this JupyterLab loads beside its own: the presenter's view."""


def main() -> None:
    """Run the command line; an error of the user's is a sentence, not a traceback."""
    if sys.getfilesystemencoding() == "ascii":  # names of files could be neither read nor said
        os.execve(sys.executable, sys.orig_argv, {**os.environ, "PYTHONUTF8": "1"})
    for stream in (sys.stdout, sys.stderr):  # an arrow is no reason to fail on an old terminal
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except Exception as problem:  # each is said, and ends with 2
        if isinstance(problem, JourneykitError | OSError):  # of the disk: full, shut, not there
            echo(f"journeykit: {problem}", err=True)
        else:  # a fault of the kit is no red test and no failed notebook, which are 1
            echo(*traceback.format_exc().splitlines(), err=True)
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
def forget(
    folder: Folder,
    customer: Annotated[str, Option(help="The id of a customer, as the data writes it.")] = "",
    participant: Annotated[str, Option(help="The name of somebody who took part.")] = "",
    yes: Annotated[bool, Option("--yes", help="Do it without a question.")] = False,
) -> None:
    """Take a customer or a participant out of the folder; say where else they stand (exit 1)."""
    from journeykit.store.forget import elsewhere, traces

    if bool(customer.strip()) is bool(participant.strip()):
        raise BadParameter("say who: --customer ID or --participant NAME")
    opened, who = sound_folder(folder), (customer or participant).strip()
    found = list(traces(opened, who, customer=bool(customer)))
    echo(*[said for said, _ in found] or ["Nothing that the kit keeps names them."])
    if found and not (yes or (sys.stdin.isatty() and confirm("Do it?"))):
        raise RunError("nothing was changed; say --yes to do it")
    for _, deed in found:
        deed()
    left = list(elsewhere(opened, who, customer=bool(customer)))
    echo(*(f"still there: {said}" for said in left))
    sys.exit(int(bool(left)))


def lab_options(root: Path, port: int, browser: bool, view: str = "lab") -> list[str]:
    """Return Jupyter's options: loopback only, no news, no update check, no extension shop.

    The view is ``lab`` or ``doc``: a notebook alone, which is the presenter's.
    """
    first = root / "notebooks/00_start_here.ipynb"
    if not first.is_file():
        first = min(root.glob("*.ipynb"), default=first)
    options = [
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        f"--ServerApp.root_dir={root}",
        "--ServerApp.allow_root=True",  # as in a container
        "--ServerApp.kernel_websocket_connection_class=journeykit.server.SendAtOnce",
        "--ServerApp.kernel_spec_manager_class=journeykit.server.Kernels",
        "--Application.log_level=WARN",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
        f"--LabApp.app_settings_dir={SETTINGS}",
        f"--LabApp.extra_labextensions_path={PRESENTER}",
    ]
    if first.is_file():
        options.append(f"--LabApp.default_url=/{view}/tree/{first.relative_to(root).as_posix()}")
    return options if browser else [*options, "--no-browser"]


Port = Annotated[int, Option(help="Port on this machine.")]
Browser = Annotated[bool, Option(help="Open a browser.")]


@app.command()
def lab(folder: Folder = HERE, port: Port = 8888, browser: Browser = True) -> None:
    """Open JupyterLab on the folder; nothing is asked of the internet."""
    _open(folder, port, browser, "lab")


@app.command()
def present(folder: Folder = HERE, port: Port = 8888, browser: Browser = True) -> None:
    """Open the presenter's view: one thing at a time, the next by one key; JupyterLab, too."""
    _open(folder, port, browser, "doc")


def _open(folder: Path, port: int, browser: bool, view: str) -> None:
    from journeykit.store import open_folder

    bare = not (folder / "workshop.yaml").exists() and any(folder.glob("*.ipynb"))
    root = folder.resolve() if bare else open_folder(folder).root  # exercises, or a workshop
    if not bare:
        os.environ["JOURNEYKIT_WORKSHOP"] = str(root)
    start(lab_options(root, port, browser, view))


def start(options: list[str]) -> None:
    """Become JupyterLab, which hears Ctrl-C and SIGTERM itself; say where it is, with its token."""
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]  # as in `KERNEL`
    from jupyterlab.labapp import LabApp

    server = LabApp.initialize_server(options)
    echo(f"Open {server.local_url} in a browser; Ctrl-C, pressed twice, stops it.")
    server.identity_provider.token_generated = False  # or Jupyter says it again, in seven lines
    server.start()


@app.command()
def room(
    folder: Folder = HERE,
    network: Annotated[
        str, Option(help="Open it to this network: an address that this machine has in it.")
    ] = "",
    persona: Annotated[str, Option(help="Whose journey it is about.")] = "",
) -> None:
    """Open a room that phones join by a code, on a listener of its own; stop it with Ctrl-C."""
    import asyncio

    from journeykit.room import Hall, addresses, serve
    from journeykit.store import open_folder
    from journeykit.store.files import hold
    from journeykit.widgets.room import kept_of

    opened = open_folder(folder)
    if persona:
        opened.persona(persona)  # refused where there is none
    if network not in ("", *(known := addresses())):
        raise RunError(f"this machine has no address {network}. It has: {', '.join(known)}")
    kept = kept_of(opened.root)
    kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not (lock := hold(kept.with_suffix(".lock"), 1)):
        raise RunError("a room of this folder is open already: close it in notebook 00 first")
    hall = Hall(opened)
    own = hall.kept
    own |= {"network": network or own["network"], "persona": persona or own["persona"]}
    asyncio.run(serve(hall))
    lock.release()


@app.command()
def grade(
    folder: Annotated[Path, Argument(help="A folder per student, in it <exercise>.ipynb.")],
    output: Annotated[
        Path, Option("--out", help="The table of points; pages come beside it.")
    ] = Path("grades.csv"),
    key: Annotated[
        Path | None, Option(help="The key of graded copies; without it the kit's exercises.")
    ] = None,
    seconds: Annotated[float, Option(min=1, max=10**6, help="What one notebook may take.")] = 120,
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
