"""The commands. Exit codes: 0 fine, 1 something failed or is wrong, 2 refused before it began."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from journeykit.cli.exercises import exercises
from journeykit.errors import JourneykitError

__all__ = ["app", "main"]

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Customer journey workshops in Jupyter, held against your own data.",
)
app.add_typer(exercises, name="exercises")
out, err = Console(highlight=False, soft_wrap=True), Console(stderr=True, highlight=False, soft_wrap=True)

Folder = Annotated[Path, typer.Argument(help="The workshop folder.")]
NewFolder = Annotated[Path, typer.Argument(help="The folder to make.")]
Data = Annotated[
    str | None,
    typer.Option(
        help="Other events than the workshop's: a file, a glob, or a folder with events.csv, "
        "surveys.csv and so on."
    ),
]
Template = Annotated[str | None, typer.Option(help="retail, saas, healthcare, lead-generation or blank.")]
OwnEvents = Annotated[str | None, typer.Option(help="Your own event log: CSV, gzip or Parquet.")]
Columns = Annotated[
    list[str] | None,
    typer.Option(help="What a column is called in your log, as in user_id=customer. May be repeated."),
]
DayFirst = Annotated[bool, typer.Option(help="Dates such as 03/04/2026 begin with the day.")]
Personas = Annotated[list[str] | None, typer.Option(help="A persona id; may be repeated. Without it: all.")]
Since = Annotated[str | None, typer.Option(help="First day to look at, as in 2026-01-31.")]
Until = Annotated[str | None, typer.Option(help="Last day to look at.")]
Workers = Annotated[int | None, typer.Option(min=1, help="Notebooks at the same time.")]
Out = Annotated[
    Path | None, typer.Option("--out", help="Where the run goes; without it runs/ of the folder.")
]
Submissions = Annotated[Path, typer.Argument(help="A folder per student, in it <exercise>.ipynb.")]
GradesOut = Annotated[Path, typer.Option("--out", help="The table of points; pages come beside it.")]
Key = Annotated[Path | None, typer.Option(help="The key of graded copies; without it the kit's exercises.")]
Seconds = Annotated[float, typer.Option(min=1, help="What one notebook may take.")]
Megabytes = Annotated[float, typer.Option(min=100, help="Memory that one notebook may use.")]
Parameters = Annotated[
    list[str] | None,
    typer.Option("--parameter", "-p", help="name=value for a parameter of your own notebooks."),
]
Port = Annotated[int, typer.Option(help="Port on this machine.")]
Browser = Annotated[bool, typer.Option(help="Open a browser.")]


def main() -> None:
    """Run the command line; an error of the user's is a sentence, not a traceback."""
    try:
        app(standalone_mode=True)
    except JourneykitError as problem:
        err.print(f"journeykit: {problem}", markup=False)
        sys.exit(2)


@app.command(context_settings={"allow_extra_args": True})
def new(
    context: typer.Context,
    folder: NewFolder,
    template: Template = None,
    events: OwnEvents = None,
    column: Columns = None,
    day_first: DayFirst = False,
) -> None:
    """Make a workshop folder: from a template, or from your own event log."""
    from journeykit.cli.make import from_events, from_template

    column = _and_more(column, context, "--column")
    if events and template:
        raise typer.BadParameter("give --template or --events, not both")
    if not events and (column or day_first):
        raise typer.BadParameter("--column and --day-first belong to --events")
    if events:
        made = from_events(folder, events, column or [], day_first=day_first, say=_say)
    else:
        made = from_template(folder, template or "blank", say=_say)
    _say(f"Next: journeykit run {made}   or   journeykit lab {made}")


@app.command()
def check(folder: Folder = Path("."), data: Data = None) -> None:
    """Tell what is wrong with the folder and its data; exit 1 on errors."""
    from journeykit.cli.check import check_folder

    sys.exit(check_folder(folder, data, say=_say))


@app.command(context_settings={"allow_extra_args": True})
def run(
    context: typer.Context,
    folder: Folder = Path("."),
    persona: Personas = None,
    data: Data = None,
    since: Since = None,
    until: Until = None,
    workers: Workers = None,
    output: Out = None,
    parameter: Parameters = None,
) -> None:
    """Run the guided notebooks for every persona and write the reports."""
    from journeykit.cli.runs import run_folder

    persona = _and_more(persona, context, "--persona")
    code = run_folder(
        folder, persona, data=data, since=since, until=until, workers=workers, out=output,
        parameters=_pairs(parameter or [], "--parameter"), say=_say, console=err,
    )  # fmt: skip
    sys.exit(code)


@app.command()
def lab(folder: Folder = Path("."), port: Port = 8888, browser: Browser = True) -> None:
    """Open JupyterLab on the folder; nothing is asked of the internet."""
    from journeykit.cli.lab import open_lab

    sys.exit(open_lab(folder, port=port, browser=browser, say=_say))


@app.command()
def grade(
    folder: Submissions,
    output: GradesOut = Path("grades.csv"),
    key: Key = None,
    seconds: Seconds = 120,
    megabytes: Megabytes = 2048,
    workers: Workers = 2,
) -> None:
    """Grade exercises that were handed in. It runs what students wrote: see docs/teaching.md."""
    from journeykit.cli.grade import grade_submissions
    from journeykit.grade import Limits

    grade_submissions(folder, output, key, Limits(seconds, megabytes), workers or 2, _say)


@app.command()
def version() -> None:
    """Print the version."""
    from importlib.metadata import version as installed

    _say(installed("journeykit"))


def _and_more(given: list[str] | None, context: typer.Context, option: str) -> list[str] | None:
    """Let one option take several words in a row, as in ``--persona maya george``."""
    if context.args and not given:
        raise typer.BadParameter(f"unexpected: {' '.join(context.args)!r}; only {option} takes several words")
    return [*(given or []), *context.args] or None


def _say(text: str) -> None:
    out.print(text, markup=False)


def _pairs(given: list[str], option: str) -> dict[str, str]:
    """Read name=value pairs."""
    pairs = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise typer.BadParameter(f"{option} takes name=value; found {text!r}")
        pairs[name.strip()] = value.strip()
    return pairs
