"""``journeykit forget``: a customer or a participant is taken out of the folder."""

import sys
from typing import Annotated

from typer import BadParameter, Option, confirm, echo

from journeykit.errors import RunError

from .base import Folder, app, sound_folder


@app.command()
def forget(
    folder: Folder,
    customer: Annotated[str, Option(help="The id of a customer, as the data writes it.")] = "",
    participant: Annotated[str, Option(help="The name of somebody who took part.")] = "",
    yes: Annotated[bool, Option("--yes", help="Do it without a question.")] = False,
) -> None:
    """Take a customer or a participant out of the folder; say where else they stand (exit 1)."""
    from journeykit.store.forget import elsewhere, traces

    if bool(customer.strip()) is bool(participant.strip()):
        raise BadParameter("say who: --customer ID or --participant NAME")
    opened, who = sound_folder(folder), (customer or participant).strip()
    found = list(traces(opened, who, customer=bool(customer)))
    echo("\n".join(said for said, _ in found) or "Nothing that the kit keeps names them.")
    if found and not (yes or (sys.stdin.isatty() and confirm("Do it?"))):
        raise RunError("nothing was changed; say --yes to do it")
    for _, deed in found:
        deed()
    left = list(elsewhere(opened, who, customer=bool(customer)))
    echo("".join(f"still there: {said}\n" for said in left), nl=False)
    sys.exit(int(bool(left)))
