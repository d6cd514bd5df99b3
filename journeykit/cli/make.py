"""``journeykit new``: a workshop folder from a template or from exports; ``exercises``: take
the course, make its copies, begin an exercise of your own.
"""

import shlex
import shutil
import sys
from pathlib import Path
from typing import Annotated

from typer import Argument, BadParameter, Context, Exit, Option, Typer, prompt

from journeykit.declared import beside
from journeykit.errors import ExerciseError
from journeykit.model import TABLES

from .base import SEVERAL, Words, app, echo, pairs, several, show

Table = Annotated[str | None, Option(help="A table of it: CSV, gzip, Parquet, Excel …")]
Column = Annotated[
    Words,
    Option(
        help="What a column is called in your log, as in user_id=customer, or in another table, "
        "as in surveys.score=Q1. May be repeated."
    ),
]
Whole = Annotated[
    Path | None,
    Option(
        "--from", help="A folder of exports, or a whole workshop, as `export --to json` writes it."
    ),
]


@app.command(context_settings=SEVERAL)
def new(
    context: Context,
    folder: Annotated[Path, Argument(help="The folder to make.")],
    template: Annotated[
        str | None, Option(help="retail, saas, healthcare, lead-generation or blank.")
    ] = None,
    events: Annotated[
        Words, Option(help="Your own event log: CSV, gzip, Parquet … Repeated, its parts.")
    ] = None,
    surveys: Table = None,
    support: Table = None,
    campaigns: Table = None,
    orders: Table = None,
    leads: Table = None,
    column: Column = None,
    day_first: Annotated[bool, Option(help="Dates such as 03/04/2026 begin with the day.")] = False,
    yes: Annotated[
        bool, Option("--yes", help="Where a folder leaves a choice, take the first, and say so.")
    ] = False,
    whole: Whole = None,
) -> None:
    """Make a workshop folder: from a template, what your tools export, or a whole workshop."""
    columns = pairs(several(column, context, "--column"), "--column")
    tables = [events, surveys, support, campaigns, orders, leads]
    named = {kind: source for kind, source in zip(TABLES, tables) if source}
    place = whole if whole and whole.is_dir() else None
    if bool(named or place) + bool(template) + bool(whole and not place) > 1:
        raise BadParameter("give --template, --from or tables such as --events, one of them")
    if not (named or place) and (columns or day_first):
        raise BadParameter("--column and --day-first belong to --events, or to another table")
    if named or place:
        from .exports import from_exports

        from_exports(folder, named, place, columns, day_first=day_first, yes=yes)
    elif whole:
        from journeykit.export import unpack

        show(__file__, folder=folder, template=whole.name, made=unpack(whole, folder))
    else:
        asked = sys.stdin.isatty() and not template
        told = {key: prompt(*words) for key, words in beside(__file__).items() if asked}
        _from_template(folder, template or "blank", told)
    made = shlex.quote(str(folder))  # to be pasted
    echo(f"Next: journeykit run {made}   or   journeykit lab {made}")


def _from_template(folder: Path, template: str, told: dict[str, str]) -> None:
    from journeykit.model import new_id
    from journeykit.store import create

    made = create(folder, template)
    if told:
        made.save(made.persona("customer").with_(name=told.pop("persona")))
        ids = dict[str, str]()
        for name in dict.fromkeys(map(str.strip, told.pop("stages").split(","))):
            ids |= {new_id(name, ids, "stage"): name} if name else {}
        stages = [{"id": id, "name": name} for id, name in ids.items()]
        made.save(made.workshop().with_(**told, stages=stages or [{"id": "use", "name": "Use"}]))
    show(__file__, folder=folder, template=template, made=made)


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


@exercises.command("new")
def begin(
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
