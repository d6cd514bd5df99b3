"""``journeykit exercises``: take the course, make its copies, begin an exercise of your own."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from journeykit.errors import ExerciseError

__all__ = ["exercises"]

exercises = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="The course: take it, make its copies, write your own.",
)
Names = Annotated[list[str] | None, typer.Argument(help="Ids of exercises; without them all.")]
Source = Annotated[
    Path | None,
    typer.Option(help="The folder of the sources; without it exercises/raw, or the kit's own."),
]
Check = Annotated[
    bool, typer.Option("--check", help="Write nothing; exit 1 where a copy is not current.")
]
Graded = Annotated[
    bool, typer.Option("--graded", help="Copies without answers, and the key apart.")
]
Out = Annotated[Path | None, typer.Option("--out", help="Where the copies go.")]
Salt = Annotated[
    str, typer.Option(help="A word of your own: graded copies then use a draw of the customers.")
]
Target = Annotated[Path, typer.Argument(help="The folder to make.")]
Name = Annotated[str, typer.Argument(help="The id of the new exercise, such as 15-my-shop.")]
Into = Annotated[Path, typer.Option(help="The folder of your sources.")]
RAW = Path("exercises") / "raw"


@exercises.command("start")
def start(folder: Target) -> None:
    """Copy the notebooks of the course into a folder, to work on them there."""
    from journeykit.cli.app import _say
    from journeykit.course import shipped
    from journeykit.store import empty_folder

    root = empty_folder(folder)
    notebooks = sorted((shipped("exercises") / "student").glob("*.ipynb"))
    for notebook in notebooks:
        shutil.copy2(notebook, root / notebook.name)
    _say(f"Copied {len(notebooks)} exercises. Next: journeykit lab {folder}")


@exercises.command("build")
def build(
    names: Names = None,
    source: Source = None,
    out: Out = None,
    check: Check = False,
    graded: Graded = False,
    salt: Salt = "",
) -> None:
    """Make the copies of exercises from their sources."""
    from journeykit.cli.app import _say
    from journeykit.course import build_copies, build_graded

    folder = source or _raw()
    if graded:
        if out is None or check:
            raise typer.BadParameter(
                "--graded needs --out DIR, a new folder, and goes without --check"
            )
        made = build_graded(folder, out, names or [], salt=salt)
        _say(
            f"Made {len(made)} graded copies. Hand out {out / 'student'}; keep {out / 'key'} to yourself."
        )
        _say(f"Later: journeykit grade SUBMISSIONS --key {out / 'key'} --out grades.csv")
        return
    if salt:
        raise typer.BadParameter("--salt belongs to --graded")
    stale = build_copies(folder, out or folder.parent, names or [], check=check)
    for path in stale:
        _say(f"{'not current' if check else 'written'}: {path}")
    _say("All copies are current." if not stale else f"{len(stale)} copies.")
    sys.exit(1 if check and stale else 0)


@exercises.command("new")
def new(name: Name, into: Into = RAW) -> None:
    """Begin an exercise of your own: a source to change."""
    from journeykit.cli.app import _say
    from journeykit.course import skeleton

    path = into / f"{name}.md"
    if path.exists():
        raise ExerciseError(f"{path} is there already; choose another name")
    text = skeleton(name)
    into.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    _say(f"Made {path}. Change it, then: journeykit exercises build --source {into}")


def _raw() -> Path:
    from journeykit.course import shipped

    return RAW if RAW.is_dir() else shipped("exercises") / "raw"
