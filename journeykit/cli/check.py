"""``journeykit check``: what is wrong with the folder and its data, and what the map lacks."""

import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from typing import Annotated, Any

from typer import Option

from journeykit.errors import JourneykitError

from .base import HERE, Data, Folder, app, echo, show

Said = tuple[str, str]


@app.command()
def check(
    folder: Folder = HERE,
    data: Data = None,
    no_data: Annotated[
        bool, Option("--no-data", help="Read the files only, not the data.")
    ] = False,
    strict: Annotated[
        bool,
        Option(
            "--strict", help="Exit 1 on a finding about the map, or a file that nobody reads, too."
        ),
    ] = False,
    as_json: Annotated[bool, Option("--json", help="Everything as JSON.")] = False,
) -> None:
    """Tell what is wrong with the folder and its data, and what the map lacks; exit 1 on errors."""
    from journeykit.claims import lint
    from journeykit.phases import OpenWorkshop
    from journeykit.store import open_folder
    from journeykit.store.unread import nowhere, unread

    opened = open_folder(folder)
    wrong = opened.problems()
    told = defaultdict[str, list[str]](list)  # level to sentences
    left = [*unread(opened), *(() if wrong else nowhere(opened))]
    told["warning"] += map(str, left)
    told["error"] += map(str, wrong)
    findings = []
    if not wrong:  # the data needs a workshop that can be read
        session = None if no_data else OpenWorkshop(opened, data=data)
        if session:
            for level, said in _data(session, quiet=as_json):
                if level == "gate" or not any(said in each for each in told.values()):
                    told[level].append(said)
        findings = lint(opened, None if told["error"] else session)
    if as_json:
        files = [
            {"file": p.file, "line": p.line, "key": p.key, "sentence": p.message} for p in wrong
        ]
        plain = {
            "gate": told["gate"],
            "errors": files or [{"sentence": said} for said in told["error"]],
            "warnings": told["warning"],
            "findings": [finding.row() for finding in findings],
        }
        echo(*json.dumps(plain, indent=1).split("\n"))
    else:
        show(__file__, told=told, findings=findings, path=folder)
    heard = strict and (bool(left) or any(not finding.because for finding in findings))
    sys.exit(2 if told["gate"] else int(heard or bool(told["error"])))


def _data(session: Any, quiet: bool) -> Iterator[Said]:
    """Read all tables, and say what is wrong with them and with what the folder says of them."""
    from journeykit.claims.names import mistakes

    try:
        events = session.all_events
    except JourneykitError as problem:
        yield "error", f"events: {problem}"
        yield "gate", "the events cannot be read"
        return
    if events is None:
        yield "warning", "there is no event log; name one in workshop.yaml under `data: events:`"
    else:
        if not quiet:
            echo(*events.describe().split("\n"))
        yield from _found("events", events.contract)
        yield from _segments(session, events)
    for kind in session.kinds:
        try:
            frame = session.table(kind, everybody=True)
        except JourneykitError as problem:
            yield "error", f"{kind}: {problem}"
            continue
        if frame is not None:
            yield from _found(kind, frame.attrs["contract"])
    for mistake in mistakes(session):
        yield "error", str(mistake)
    yield from (("gate", said) for said in session.gate.broken)
    yield from (("info", said) for said in session.gate.said)


def _found(kind: str, contract: Any) -> Iterator[Said]:
    return ((finding.level, f"{kind}: {finding.told}") for finding in contract.findings)


def _segments(session: Any, events: Any) -> Iterator[Said]:
    """Personas that nobody is, and steps of the funnel that the data does not have."""
    for persona in session.folder.personas().values():
        wrong = ""
        try:
            mine = events.segment(persona.segment) if persona.segment else events
            if not mine.users:
                wrong = "no customer in the data is this segment"
        except JourneykitError as problem:
            wrong = str(problem)
        if wrong:
            level = "warning" if events.part else "error"  # they may come another night
            yield level, f"personas/{persona.id}.yaml: {wrong}"
    for sentence in session.blind_steps:
        yield "warning", sentence
