"""``journeykit new``: a workshop folder from a template or from an event log."""

import shlex
import shutil
import sys
from pathlib import Path
from typing import Annotated, Any

from typer import Argument, BadParameter, Context, Option, prompt

from journeykit.errors import DataError, WhichColumn

from .base import SEVERAL, Words, app, echo, pairs, several

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
) -> None:
    """Make a workshop folder: from a template, or from your own event log."""
    columns = pairs(several(column, context, "--column"), "--column")
    if events and template:
        raise BadParameter("give --template or --events, not both")
    if not events and (columns or day_first):
        raise BadParameter("--column and --day-first belong to --events")
    if events:
        _from_events(folder, events, columns, day_first)
    else:
        _from_template(folder, template or "blank")
    place = shlex.quote(str(folder))  # to be pasted
    echo(f"Next: journeykit run {place}   or   journeykit lab {place}")


def _from_template(folder: Path, template: str) -> None:
    from journeykit.store import create

    made = create(folder, template)
    names = ", ".join(persona.name for persona in made.personas().values())
    echo(f"Made {folder} from the template {template!r}: personas {names}.")
    if not made.workshop().data:
        echo("It has no data yet; put a log into data/ and name it in workshop.yaml under `data:`.")


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
    echo(f"Proposed stages: {', '.join(stage.name for stage in workshop.stages)}.")
    funnel = " → ".join(step.name for step in workshop.funnel)
    few = "none, for it would have a single step; write one into workshop.yaml"
    echo(f"Proposed funnel: {funnel or few}.")
    echo(f"Proposed personas: {', '.join(persona.name for persona in personas)}.")


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
