"""``journeykit diff``: what changed between two folders, two revisions of one, or two runs."""

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

from typer import Argument, Option

from journeykit.errors import WorkshopError

from .base import app, echo


@app.command()
def diff(
    before: Annotated[
        str, Argument(help="A folder, DIR@REVISION, a run, or with --in a revision.")
    ],
    after: Annotated[str | None, Argument(help="The same; without it the folder as it is.")] = None,
    inside: Annotated[Path | None, Option("--in", help="The folder of revisions or runs.")] = None,
    form: Annotated[str, Option("--format", help="text, md or json.")] = "text",
) -> None:
    """Say what changed between two folders, two git revisions of one, or two runs."""
    from journeykit.claims.diff import diff_folders, diff_results
    from journeykit.store import open_folder

    from .differences import FORMS

    if form not in FORMS:
        raise WorkshopError(f"{form!r} is no format; choose {', '.join(FORMS)}")
    with ExitStack() as opened:
        first = _side(before, inside, opened)
        root = inside or Path(before.rpartition("@")[0] or ".")
        second = _side(after, inside, opened) if after else open_folder(root)
        runs = isinstance(first, list)
        if runs != isinstance(second, list):
            raise WorkshopError(
                f"{before!r} and {after or str(root)!r} are a map and a run: give two folders, two "
                "revisions or two runs"
            )
        compare: Any = diff_results if runs else diff_folders
        found = compare(first, second)
    echo(*FORMS[form](found))


def _side(name: str, inside: Path | None, opened: ExitStack) -> Any:
    """Find out what is meant: a folder, or the results of a run.

    A workshop folder, ``DIR@REVISION``, a run (its folder or its id) or a ``result.json``; with
    ``inside`` also a revision, or the id of a run, of that folder.
    """
    from journeykit.model import Result
    from journeykit.store import at_revision, open_folder, read_json

    path = Path(name).expanduser()
    for place in (path, inside / name, inside / "runs" / name) if inside else (path,):
        if (place / "workshop.yaml").is_file():
            return open_folder(place)
        whole = place.name == "result.json" and place.is_file()
        if results := [place] if whole else sorted(place.glob("*/result.json")):
            return [read_json(file, Result) for file in results]
    folder, at, revision = name.rpartition("@")
    if not at or not (Path(folder) / "workshop.yaml").is_file():
        if not inside:
            raise WorkshopError(
                f"{name!r} is no workshop folder and no run. Give a folder, DIR@REVISION, "
                "runs/ID, or a revision with --in DIR"
            )
        folder, revision = f"{inside}", name
    return opened.enter_context(at_revision(open_folder(folder).root, revision))
