"""The app of the command line, and what several of its commands share."""

import os
import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from typer import Argument, BadParameter, Context, Option, Typer

from journeykit.declared import template
from journeykit.errors import RunError

app = Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Customer journey workshops in Jupyter, held against your own data.",
)
HERE = Path(".")
_COMMANDS = re.compile("[\0-\x08\n-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""Signs that a terminal obeys; a name of a file or a value may hold them."""
SEVERAL = {"allow_extra_args": True}
"""Of a command one of whose options takes several words in a row."""

Words = list[str] | None
"""What may be given several times, or not at all."""
Folder = Annotated[Path, Argument(help="The workshop folder.")]
Data = Annotated[
    str | None,
    Option(
        help="Other events than the workshop's: a file, a glob, or a folder with events.csv, "
        "surveys.csv and so on."
    ),
]
Personas = Annotated[Words, Option(help="A persona id; may be repeated. Without it: all.")]


def _accept(given: bool) -> bool:
    from journeykit.claims import ACCEPT

    if given:  # for the kernels of a run as well
        os.environ[ACCEPT] = "1"
    return given


Accept = Annotated[
    bool,
    Option(
        "--accept-data",
        callback=_accept,
        help="Draw verdicts also from data that does not keep its limits; it is recorded.",
    ),
]
Since = Annotated[str | None, Option(help="First day to look at, as in 2026-01-31.")]
Until = Annotated[str | None, Option(help="Last day to look at.")]


def echo(*lines: object, err: bool = False) -> None:
    """Print lines, each as one; signs that a terminal would obey are shown escaped."""
    for line in lines:
        typer.echo(_COMMANDS.sub(lambda sign: repr(sign[0])[1:-1], f"{line}"), err=err)


def show(module: str, **told: object) -> None:
    """Say the lines of the template beside a module; give ``__file__``."""
    echo(*template(module, "txt").render(told).split("\n"))


def several(given: Words, context: Context, option: str) -> list[str]:
    """Let one option take several words in a row, as in ``--persona maya george``."""
    if context.args and not given:
        raise BadParameter(
            f"unexpected: {' '.join(context.args)!r}; only {option} takes several words"
        )
    return [*(given or ()), *context.args]


def pairs(given: Words, option: str) -> dict[str, str]:
    """Read name=value pairs."""
    found = {}
    for text in given or ():
        name, _, value = map(str.strip, text.partition("="))
        if not name or not value:
            raise BadParameter(f"{option} takes name=value; found {text!r}")
        found[name] = value
    return found


def say_gate(gate: Mapping[str, Any]) -> None:
    """Say on the error stream what the data does not keep, and why there is no verdict."""
    for sign, told in ("✗", "broken"), ("·", "said"):
        for sentence in gate[told]:
            echo(f"{sign} data: {sentence}", err=True)
    if gate["broken"]:
        said = "accepted" if gate["accepted"] else "no verdict; --accept-data takes it as it is"
        echo(f"The data does not keep its limits: {said}.", err=True)


def sound_folder(path: Path) -> Any:
    """Open a folder in whose files nothing is wrong; raises RunError with the first sentence.

    A file that nobody reads is told, and stops nothing.
    """
    from journeykit.store import open_folder
    from journeykit.store.unread import unread

    folder = open_folder(path)
    for problem in unread(folder):
        echo(f"! {problem}", err=True)
    if wrong := folder.problems():
        rest = (
            f" (and {len(wrong) - 1} more; `journeykit check {shlex.quote(str(path))}` lists them)"
        )
        raise RunError(f"{wrong[0]}{rest * (len(wrong) > 1)}")
    return folder
