"""``journeykit exercises``: take the course, make its copies, begin an exercise of your own."""

import shlex
import shutil
from pathlib import Path
from typing import Annotated

from typer import Argument, BadParameter, Exit, Option, Typer

from journeykit.errors import ExerciseError

from .base import echo

exercises = Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="The course: take it, make its copies, write your own.",
)
RAW = Path("exercises") / "raw"


@exercises.command()
def start(folder: Annotated[Path, Argument(help="The folder to make.")]) -> None:
    """Copy the notebooks of the course into a folder, to work on them there."""
    from journeykit.store import asset, empty_folder

    root = empty_folder(folder)
    notebooks = sorted((asset("exercises") / "student").glob("*.ipynb"))
    for notebook in notebooks:
        shutil.copy2(notebook, root)
    echo(f"Copied {len(notebooks)} exercises. Next: journeykit lab {shlex.quote(str(folder))}")


@exercises.command()
def build(
    names: Annotated[list[str] | None, Argument(help="Ids of exercises; without them all.")] = None,
    source: Annotated[
        Path | None,
        Option(help="The folder of the sources; without it exercises/raw, or the kit's own."),
    ] = None,
    out: Annotated[Path | None, Option(help="Where the copies go.")] = None,
    check: Annotated[
        bool, Option("--check", help="Write nothing; exit 1 where a copy is not current.")
    ] = False,
    graded: Annotated[
        bool, Option("--graded", help="Copies without answers, and the key apart.")
    ] = False,
    salt: Annotated[
        str, Option(help="A word of your own: graded copies then use a draw of the customers.")
    ] = "",
) -> None:
    """Make the copies of exercises from their sources."""
    from journeykit.course import build as copies
    from journeykit.store import asset

    folder = source or (RAW if RAW.is_dir() else asset("exercises") / "raw")
    if graded:
        if out is None or check:
            raise BadParameter("--graded needs --out DIR, a new folder, and goes without --check")
        made = copies.build_graded(folder, out, names or (), salt=salt)
        echo(
            f"Made {len(made)} graded copies. Hand out {out / 'student'}; keep {out / 'key'} to "
            "yourself.",
            f"Later: journeykit grade SUBMISSIONS --key {out / 'key'} --out grades.csv",
        )
        return
    if salt:
        raise BadParameter("--salt belongs to --graded")
    stale = copies.build(folder, out or folder.parent, names or (), check=check)
    for path in stale:
        echo(f"{'not current' if check else 'written'}: {path}")
    echo(f"{len(stale)} copies." if stale else "All copies are current.")
    raise Exit(check and bool(stale))


@exercises.command()
def new(
    name: Annotated[str, Argument(help="The id of the new exercise, such as 15-my-shop.")],
    into: Annotated[Path, Option(help="The folder of your sources.")] = RAW,
) -> None:
    """Begin an exercise of your own: a source to change."""
    from journeykit.course.build import skeleton
    from journeykit.store import write_atomic

    path = into / f"{name}.md"
    if path.exists():
        raise ExerciseError(f"{path} is there already; choose another name")
    write_atomic(path, skeleton(name))
    place = shlex.quote(str(into))
    echo(f"Made {path}. Change it, then: journeykit exercises build --source {place}")
