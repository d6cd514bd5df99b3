"""``journeykit bisect``: the days between which the truth of a claim changed."""

from dataclasses import asdict
from typing import Annotated

from typer import Option

from .base import (
    HERE,
    Accept,
    Data,
    Folder,
    Personas,
    Since,
    Until,
    app,
    echo,
    say_gate,
    sound_folder,
)


@app.command()
def bisect(
    claim: Annotated[str, Option(help="The id of its card, or of map and card: MAP/CARD.")],
    folder: Folder = HERE,
    persona: Personas = None,
    data: Data = None,
    since: Since = None,
    until: Until = None,
    accept: Accept = False,
) -> None:
    """Name the days between which what a claim speaks of changed, or say that it did not."""
    from journeykit.claims import Evidence
    from journeykit.claims.changed import claim_of, since_when
    from journeykit.phases.session import Session

    opened = sound_folder(folder)
    test = claim_of(opened, claim, persona)
    session = Session(opened, test.persona, data, since=since, until=until)
    say_gate(asdict(session.gate))
    echo(*since_when(Evidence.of(session), test))
