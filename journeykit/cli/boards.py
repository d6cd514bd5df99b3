"""``journeykit import``: what a team wrote on a whiteboard of another tool."""

import shlex
from contextlib import closing
from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from journeykit.errors import RunError

from .base import Folder, app, show, sound_folder


@app.command("import")
def import_board(
    folder: Folder,
    file: Annotated[
        Path, Argument(help="CSV or JSON of Miro or FigJam, CSV of Mural, a journey of Mermaid.")
    ],
    persona: Annotated[str, Option(help="Whose map it is; without it, who is opened.")] = "",
    lane: Annotated[str, Option(help="Where notes go that say no lane.")] = "",
    only: Annotated[str, Option(help="Of several journeys the one with this title.")] = "",
) -> None:
    """Bring in the sticky notes of another tool; a second time makes nothing twice."""
    from journeykit.boards import bring, read_board
    from journeykit.store import desk_of

    opened = sound_folder(folder)
    board = read_board(file, only)
    who = persona or opened.workshop().persona or next(iter(opened.persona_ids()), "")
    opened.persona(who)  # refused where there is none
    with closing(desk_of(opened)) as desk:
        brought = bring(desk, board, who, lane)
    for trouble in desk.trouble.values():
        raise RunError(trouble)
    show(
        __file__, board=board, to=brought, lane=lane, name=file.name, place=shlex.quote(str(folder))
    )
