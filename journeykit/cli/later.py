"""``journeykit next``: the next session from this one; ``restore``: back to a kept copy."""

import shlex
from typing import Annotated

from typer import Option

from journeykit.errors import WorkshopError

from .base import HERE, Folder, app, show, sound_folder


@app.command("next")
def next_session(folder: Folder = HERE) -> None:
    """Prepare the next session: its agenda from what is open, and fresh rounds."""
    from journeykit.claims.agenda import of_folder
    from journeykit.store.files import hold
    from journeykit.store.kept import keep

    opened = sound_folder(folder)
    mine = hold(opened.root / "journal/next", 0)  # until the session is written
    if not mine:
        raise WorkshopError(
            "somebody else is beginning a session of this folder just now: look at the agenda in "
            "notebook 00, and begin one more only where that is meant"
        )
    try:
        kept, was = keep(opened, "next"), opened.workshop()
        agenda, left = of_folder(opened)
        parts = [row | {"notes": row.pop("why")} for row in (item.row() for item in agenda)]
        now = was.with_(session=was.session + 1, agenda=parts or was.plain().get("agenda", []))
        show(
            __file__,
            made=opened.save(now).session,
            kept=kept,
            agenda=agenda,
            left=left,
            hidden=sum(
                not n.revealed for kind in ("notes", "guesses") for n in opened.records(kind)
            ),
            place=shlex.quote(str(folder)),
        )
    finally:
        mine.release()


@app.command()
def restore(
    folder: Folder = HERE,
    to: Annotated[str, Option(help="The copy to go back to, as the list names it.")] = "",
) -> None:
    """List the copies of the folder's texts that are kept, or go back to one (--to)."""
    from journeykit.store import Folder, kept, open_folder

    opened = Folder(folder.resolve())
    if not kept.copies(opened):  # one whose workshop.yaml is gone goes back, too
        open_folder(folder)
    before = kept.restore(opened, to) if to else ""
    show(__file__, to=to, before=before, copies=kept.copies(opened))
