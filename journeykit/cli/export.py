"""``journeykit export``: what a team takes home, from the folder and its last run."""

import sys
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from typer import BadParameter, Context, Option

from journeykit.errors import RunError

from .base import HERE, SEVERAL, Folder, Personas, Words, app, echo, several, sound_folder

Kind = StrEnum("Kind", "pptx xlsx pdf png svg md mermaid json")  # type: ignore[misc]


@app.command(context_settings=SEVERAL)
def export(
    context: Context,
    folder: Folder = HERE,
    to: Annotated[Kind, Option(help="What is made of it.")] = ...,  # type: ignore[assignment]
    persona: Personas = None,
    journey: Annotated[Words, Option(help="A map by its id; may be repeated.")] = None,
    output: Annotated[
        Path | None, Option("--out", help="The file, or a folder; without it take-home/ of DIR.")
    ] = None,
    template: Annotated[
        Path | None, Option(help="A PowerPoint file whose layouts and theme the deck takes.")
    ] = None,
    part: Annotated[
        str,
        Option(help="map, booklet (A4), summary (two pages, PDF), all, or a chart, as in funnel."),
    ] = "map",
) -> None:
    """Make a file to take home or to send, of the folder and its last run."""
    # jsonschema, and so nbformat, would build 38 grammars for addresses that nobody checks here.
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
    from journeykit.export import made, pack
    from journeykit.store import write_atomic

    from .gather import gather, say

    if template and to != "pptx":
        raise BadParameter("--template belongs to --to pptx")
    if part != "map" and to not in ("pdf", "png", "svg"):
        raise BadParameter("--part belongs to --to pdf, png or svg")
    opened, kind = sound_folder(folder), str(to)
    personas = several(persona, context, "--persona")
    if kind == "json":
        text, left = pack(opened)
        found: Any = [("", "json", text)]
        said = [say("left", what=", ".join(["data/", "runs/", *left]))]
    else:
        told = gather(opened, personas, journey or [])
        said, found = (
            told.said,
            made(told, kind, template=template, part=part, tell=partial(echo, err=True)),
        )
    if output and output.suffix and not output.is_dir() and len(found := [*found]) > 1:
        raise RunError(
            f"{len(found)} files are made, and {output} is one: give --out a folder, or --persona"
        )
    echo(*said, err=True)
    for name, ending, content in found:  # each is said as soon as it is there
        path = place(opened.root, output, name, ending)
        write_atomic(path, content)
        echo(path)


def place(root: Path, asked: Path | None, name: str, ending: str) -> Path:
    """Say where a file goes: never where one is."""
    from journeykit.model import free_name, slug
    from journeykit.store import write_atomic

    if asked and asked.suffix and not asked.is_dir():
        if asked.exists() or asked.is_symlink():
            raise RunError(f"{asked} is there already: give --out another name, or remove it")
        return asked
    folder = asked or root / "take-home"
    if not asked:  # what is in it has numbers of customers
        write_atomic(folder / ".gitignore", "*\n")
    there = {path.stem for path in folder.glob(f"*.{ending}")}
    stem = "-".join(filter(None, [slug(root.name, "workshop"), name]))
    return folder / f"{free_name(stem, there)}.{ending}"
