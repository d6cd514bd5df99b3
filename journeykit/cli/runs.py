"""``journeykit run``: every persona, the reports, the index."""

import sys
from pathlib import Path
from typing import Annotated, Any

from typer import Context, Option, echo

from journeykit.errors import DataError, RunError, UnknownName

from .base import (
    HERE,
    SEVERAL,
    Accept,
    Data,
    Folder,
    Personas,
    Since,
    Until,
    Words,
    app,
    pairs,
    say_gate,
    several,
    sound_folder,
)


@app.command(context_settings=SEVERAL)
def run(
    context: Context,
    folder: Folder = HERE,
    persona: Personas = None,
    data: Data = None,
    since: Since = None,
    until: Until = None,
    workers: Annotated[int | None, Option(min=1, help="Notebooks at the same time.")] = None,
    output: Annotated[
        Path | None, Option("--out", help="Where the run goes; without it runs/ of the folder.")
    ] = None,
    timeout: Annotated[float, Option(min=1, help="Seconds that a notebook may take.")] = 1800,
    accept: Accept = False,
    parameter: Annotated[
        Words, Option("--parameter", "-p", help="name=value for a parameter of your own notebooks.")
    ] = None,
) -> None:
    """Run the guided notebooks for every persona and write the reports."""
    from journeykit.report import write_index, write_report
    from journeykit.run import ProgressBar, run_workshop

    personas = several(persona, context, "--persona")
    own = pairs(parameter, "--parameter")
    root = sound_folder(folder).root
    with ProgressBar() as progress:
        result = run_workshop(
            root,
            personas,
            data=data,
            since=since,
            until=until,
            workers=workers,
            out=output,
            timeout=timeout,
            parameters=own,
            progress=progress,
            prepare=_prepare,
            on_persona=lambda found, panels, place: write_report(
                found, panels, place / "report.html"
            ),
            on_finished=lambda run: write_index(run.folder),
        )
    if gate := result.results[0]["data"].get("gate"):
        say_gate(gate)
    for each in result.results:
        if each["status"] != "ok":
            echo(f"{each['persona']}: {each['status']}", err=True)
    echo(result.folder / "index.html")
    sys.exit(result.exit_code)


def _prepare(workshop: Path, *, personas: Any, **asked: Any) -> dict[str, Any]:
    """Prepare the journey table once, and refuse data that cannot be read, before any kernel."""
    from journeykit.phases import OpenWorkshop
    from journeykit.store import open_folder

    folder = open_folder(workshop)
    whole = OpenWorkshop(folder, personas[0], **asked)
    events, facts = whole.all_events, dict[str, Any]()
    for kind in whole.kinds:
        whole.table(kind, everybody=True)
    gate = whole.gate
    for persona in personas if events and not gate.broken else ():
        session = OpenWorkshop(folder, persona, **asked)
        try:
            mine = session.events
        except UnknownName as problem:
            raise RunError(f"personas/{persona}.yaml: {problem}") from None
        if mine is not None and not mine.users:
            said = f"no customer in the data is {persona!r}: its segment is "
            echo(f"{said}{dict(session.persona.segment)}, and its panels say so", err=True)
    if events:
        facts = {"source": whole.data_name, "fingerprint": events.fingerprint}
    elif asked["data"]:
        raise DataError(f"the data {asked['data']!r} holds no events")
    facts["gate"] = gate.row()
    names = {id: persona.name for id, persona in folder.personas().items()}
    known = [
        {name: getattr(journey, name) for name in ("id", "name", "kind", "persona")}
        for journey in map(folder.journey, folder.journey_ids())
    ]
    told = {"workshop": folder.workshop().name, "names": names, "journeys": known}
    return {**told, "data": facts, "shut": gate.shut}
