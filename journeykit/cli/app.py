"""The commands. Exit codes: 0 fine, 1 something failed or is wrong, 2 refused before it began."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from journeykit.cli.exercises import exercises
from journeykit.errors import JourneykitError
from journeykit.later import put_off
from journeykit.version import __version__

__all__ = ["app", "main"]

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Customer journey workshops in Jupyter, held against your own data.",
)
app.add_typer(exercises, name="exercises")
out, err = (
    Console(highlight=False, soft_wrap=True),
    Console(stderr=True, highlight=False, soft_wrap=True),
)

Folder = Annotated[Path, typer.Argument(help="The workshop folder.")]
NewFolder = Annotated[Path, typer.Argument(help="The folder to make.")]
Data = Annotated[
    str | None,
    typer.Option(
        help="Other events than the workshop's: a file, a glob, or a folder with events.csv, "
        "surveys.csv and so on."
    ),
]
Template = Annotated[
    str | None, typer.Option(help="retail, saas, healthcare, lead-generation or blank.")
]
OwnEvents = Annotated[str | None, typer.Option(help="Your own event log: CSV, gzip or Parquet.")]
Columns = Annotated[
    list[str] | None,
    typer.Option(
        help="What a column is called in your log, as in user_id=customer. May be repeated."
    ),
]
DayFirst = Annotated[bool, typer.Option(help="Dates such as 03/04/2026 begin with the day.")]
Personas = Annotated[
    list[str] | None, typer.Option(help="A persona id; may be repeated. Without it: all.")
]
Since = Annotated[str | None, typer.Option(help="First day to look at, as in 2026-01-31.")]
Until = Annotated[str | None, typer.Option(help="Last day to look at.")]
Workers = Annotated[int | None, typer.Option(min=1, help="Notebooks at the same time.")]
Out = Annotated[
    Path | None, typer.Option("--out", help="Where the run goes; without it runs/ of the folder.")
]
Submissions = Annotated[Path, typer.Argument(help="A folder per student, in it <exercise>.ipynb.")]
GradesOut = Annotated[
    Path, typer.Option("--out", help="The table of points; pages come beside it.")
]
Key = Annotated[
    Path | None, typer.Option(help="The key of graded copies; without it the kit's exercises.")
]
Seconds = Annotated[float, typer.Option(min=1, help="What one notebook may take.")]
Megabytes = Annotated[float, typer.Option(min=100, help="Memory that one notebook may use.")]
Parameters = Annotated[
    list[str] | None,
    typer.Option("--parameter", "-p", help="name=value for a parameter of your own notebooks."),
]
NoData = Annotated[bool, typer.Option("--no-data", help="Read the files only, not the data.")]
FindingsFail = Annotated[
    bool, typer.Option("--strict", help="Exit 1 on a finding about the map, too.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Everything as JSON.")]
Strict = Annotated[bool, typer.Option(help="Fail on amber, too: what is not proven either way.")]
Junit = Annotated[Path | None, typer.Option(help="Write the tests as JUnit XML to this file.")]
Port = Annotated[int, typer.Option(help="Port on this machine.")]
Browser = Annotated[bool, typer.Option(help="Open a browser.")]


def main() -> None:
    """Run the command line; an error of the user's is a sentence, not a traceback."""
    put_off()
    try:
        app(standalone_mode=True)
    except JourneykitError as problem:
        err.print(f"journeykit: {problem}", markup=False)
        sys.exit(2)
    except Exception:  # a fault of the kit is no red test and no failed notebook, which are 1
        err.print_exception()
        err.print(
            "journeykit: this is a fault of the kit, please report the lines above.", markup=False
        )
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
def check(
    folder: Folder = Path("."),
    data: Data = None,
    no_data: NoData = False,
    fail_on_findings: FindingsFail = False,
    as_json: AsJson = False,
) -> None:
    """Tell what is wrong with the folder and its data, and what the map lacks; exit 1 on errors."""
    from journeykit.cli.check import check_folder

    code = check_folder(
        folder, data, say=_say, with_data=not no_data, strict=fail_on_findings, as_json=as_json
    )
    sys.exit(code)


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
        folder,
        persona,
        data=data,
        since=since,
        until=until,
        workers=workers,
        out=output,
        parameters=_pairs(parameter or [], "--parameter"),
        say=_say,
        console=err,
    )
    sys.exit(code)


@app.command("test", context_settings={"allow_extra_args": True})
def hold(
    context: typer.Context,
    folder: Folder = Path("."),
    persona: Personas = None,
    data: Data = None,
    since: Since = None,
    until: Until = None,
    strict: Strict = False,
    junit: Junit = None,
) -> None:
    """Hold the claims marked `must` against the data: exit 0, 1 (any red), 2 (could not run)."""
    from journeykit.cli.testing import run_tests

    persona = _and_more(persona, context, "--persona")
    code = run_tests(
        folder, persona, data=data, since=since, until=until, strict=strict, report=junit, say=_say
    )
    sys.exit(code)


@app.command()
def diff(
    before: Annotated[
        str, typer.Argument(help="A folder, DIR@REVISION, a run, or with --in a revision.")
    ],
    after: Annotated[
        str | None, typer.Argument(help="The same; without it the folder as it is.")
    ] = None,
    inside: Annotated[
        Path | None, typer.Option("--in", help="The folder of revisions or runs.")
    ] = None,
    form: Annotated[str, typer.Option("--format", help="text, md or json.")] = "text",
) -> None:
    """Say what changed between two folders, two git revisions of one, or two runs."""
    from journeykit.cli.diff import diff as said

    sys.exit(said(before, after, inside=inside, form=form, say=_say))


@app.command()
def lab(folder: Folder = Path("."), port: Port = 8888, browser: Browser = True) -> None:
    """Open JupyterLab on the folder; nothing is asked of the internet."""
    from journeykit.cli.lab import open_lab

    open_lab(folder, port=port, browser=browser, say=_say)


@app.command(hidden=True)
def merge_driver(
    files: Annotated[
        list[str] | None, typer.Argument(help="%O %A %B %P, as git gives them.")
    ] = None,
    install: Annotated[
        Path | None, typer.Option(help="Tell git about it in this folder's clone.")
    ] = None,
) -> None:
    """Join two people's changes of one file for git; exit 1 where somebody must choose."""
    from journeykit.store import install_merge, merge_files

    if install:
        install_merge(install)
        _say(f"git merges the maps of {install} card by card now, in this clone.")
        return
    if not files or len(files) != 4:
        raise typer.BadParameter(
            "git gives four: %O %A %B %P. To set it up: merge-driver --install DIR"
        )
    base, ours, theirs = map(Path, files[:3])
    conflicts = merge_files(base, ours, theirs, files[3])
    for sentence in conflicts:
        err.print(sentence, markup=False)
    sys.exit(int(bool(conflicts)))


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
    from journeykit.course.grade import grade_folder
    from journeykit.course.sandbox import Limits

    limits = Limits(seconds, megabytes)
    grade_folder(folder, output, key=key, limits=limits, workers=workers or 2, say=_say)


@app.command()
def version() -> None:
    """Print the version."""
    _say(__version__)


def _and_more(given: list[str] | None, context: typer.Context, option: str) -> list[str] | None:
    """Let one option take several words in a row, as in ``--persona maya george``."""
    if context.args and not given:
        raise typer.BadParameter(
            f"unexpected: {' '.join(context.args)!r}; only {option} takes several words"
        )
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
