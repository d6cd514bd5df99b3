"""``journeykit new``: a workshop folder from a template or from an event log; ``exercises``: take
the course, make its copies, begin an exercise of your own.
"""

import shlex
import shutil
import sys
from pathlib import Path
from typing import Annotated, Any

from typer import Argument, BadParameter, Context, Exit, Option, Typer, prompt

from journeykit.declared import beside
from journeykit.errors import DataError, ExerciseError, WhichColumn

from .base import SEVERAL, Words, app, echo, pairs, several, show

COPY_UP_TO = 100 * 1024 * 1024


@app.command(context_settings=SEVERAL)
def new(
    context: Context,
    folder: Annotated[Path, Argument(help="The folder to make.")],
    template: Annotated[
        str | None, Option(help="retail, saas, healthcare, lead-generation or blank.")
    ] = None,
    events: Annotated[str | None, Option(help="Your own event log: CSV, gzip or Parquet.")] = None,
    column: Annotated[
        Words,
        Option(
            help="What a column is called in your log, as in user_id=customer. May be repeated."
        ),
    ] = None,
    day_first: Annotated[bool, Option(help="Dates such as 03/04/2026 begin with the day.")] = False,
    whole: Annotated[
        Path | None, Option("--from", help="A whole workshop, as `export --to json` writes it.")
    ] = None,
) -> None:
    """Make a workshop folder: from a template, your own event log, or one that was exported."""
    columns = pairs(several(column, context, "--column"), "--column")
    if len([*filter(None, (events, template, whole))]) > 1:
        raise BadParameter("give --template, --events or --from, one of them")
    if not events and (columns or day_first):
        raise BadParameter("--column and --day-first belong to --events")
    if events:
        _from_events(folder, events, columns, day_first)
    elif whole:
        from journeykit.export import unpack

        show(__file__, folder=folder, template=whole.name, made=unpack(whole, folder))
    else:
        asked = sys.stdin.isatty() and not template
        told = {key: prompt(*words) for key, words in beside(__file__).items() if asked}
        _from_template(folder, template or "blank", told)
    place = shlex.quote(str(folder))  # to be pasted
    echo(f"Next: journeykit run {place}   or   journeykit lab {place}")


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


def _from_events(folder: Path, events: str, columns: dict[str, str], day_first: bool) -> None:
    """Make a folder that `journeykit run` runs at once."""
    from journeykit.propose import propose
    from journeykit.store import Folder, create, empty_folder, finish

    kind, read = _read(events, columns, day_first)  # else nothing is made
    echo(*read.describe().split("\n"))
    asked = {"columns": columns, "day_first": day_first}
    table = {name: value for name, value in asked.items() if value}
    if kind == "leads":
        made = create(folder)
        table["source"] = _bring(events, made.root)
        made.save(made.workshop().with_(data={"leads": table}))
        echo("No funnel is proposed: the file has leads, and nothing that they did one by one.")
        return
    name = folder.resolve().name.replace("-", " ").replace("_", " ").capitalize()
    workshop, personas, journeys = propose(read, name)
    root = empty_folder(folder)
    table["source"] = _bring(events, root)
    finish(root)
    workshop = workshop.with_(data={"events": table})
    for part in (workshop, *personas, *journeys):
        Folder(root).save(part)
    show(__file__, made=workshop, personas=personas)


def _read(events: str, columns: dict[str, str], day_first: bool) -> tuple[str, Any]:
    """The log, or what was found of the leads that it holds; in a terminal, what is unclear is
    asked for.
    """
    from journeykit.tables import leads_of, read_events

    while True:
        try:
            return "events", read_events(events, columns=columns, day_first=day_first or None)
        except WhichColumn as problem:
            if leads := leads_of(events, columns=columns, day_first=day_first or None):
                return "leads", leads
            if not sys.stdin.isatty():
                raise
            echo(problem)
            columns |= pairs([prompt("--column")], "--column")


def _bring(events: str, root: Path) -> str:
    """Copy a small log into the folder; a large one or a glob stays where it is."""
    from journeykit.engine import is_name
    from journeykit.tables import divided

    path, inside = divided(events)
    source, part = Path(path), inside and f"::{inside}"
    if is_name(events):
        return events
    if not source.is_file():
        if not any(mark in events for mark in "*?["):
            raise DataError(f"there is no file {events!r}")
        return f"{source.absolute()}{part}"
    if source.stat().st_size > COPY_UP_TO:
        return f"{source.resolve()}{part}"
    (root / "data").mkdir(exist_ok=True)
    shutil.copyfile(source, root / "data" / source.name)
    return f"data/{source.name}{part}"


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
