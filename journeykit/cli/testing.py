"""``journeykit run``: every persona, reports, index; ``test``: claims and walks without kernels;
``bisect``: the days between which the truth of a claim changed.
"""

import re
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from itertools import chain, groupby
from pathlib import Path
from typing import Annotated, Any

from typer import Context, Option

from journeykit.declared import template
from journeykit.errors import DataError, RunError, UnknownName
from journeykit.words import people

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
    echo,
    pairs,
    say_gate,
    several,
    show,
    sound_folder,
)

_NOT_XML = "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"


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
    timeout: Annotated[float, Option(min=1, max=1e6, help="Seconds for a notebook.")] = 1800,
    accept: Accept = False,
    parameter: Annotated[
        Words, Option("--parameter", "-p", help="name=value for a parameter of your own notebooks.")
    ] = None,
) -> None:
    """Run the guided notebooks for every persona and write the reports."""
    # jsonschema, and so Papermill, would build 38 grammars for addresses that nobody checks here.
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
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
    from journeykit.report import listed
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
    facts["gate"] = asdict(gate)
    names = {id: persona.name for id, persona in folder.personas().items()}
    known = [
        {name: getattr(journey, name) for name in ("id", "name", "kind", "persona")}
        for journey in map(folder.journey, folder.journey_ids())
    ]
    told = {"workshop": folder.workshop().name, "names": names, "journeys": known}
    return {**told, **listed(folder), "data": facts, "shut": gate.shut}


@app.command("test", context_settings=SEVERAL)
def hold(
    context: Context,
    folder: Folder = HERE,
    persona: Personas = None,
    data: Data = None,
    since: Since = None,
    until: Until = None,
    strict: Annotated[
        bool, Option(help="Fail on amber, too: what is not proven either way.")
    ] = False,
    nightly: Annotated[
        bool, Option(help="A claim that has an alarm fails by it alone: for every night.")
    ] = False,
    accept: Accept = False,
    junit: Annotated[Path | None, Option(help="Write the tests as JUnit XML to this file.")] = None,
) -> None:
    """Hold the claims marked `must` against the data: exit 0, 1 (any red), 2 (could not run)."""
    from journeykit.claims import Evidence, journey_tests
    from journeykit.phases.session import Session
    from journeykit.store import write_atomic

    personas = several(persona, context, "--persona") or None
    opened = testable(folder, personas)
    session = Session(opened, personas and personas[0], data, since=since, until=until)
    _ = session.all_events  # data that cannot be read is no open question: nothing could run
    found = journey_tests(Evidence.of(session), personas)
    say_gate(asdict(session.gate))
    if session.gate.shut:  # neither green nor red, and for who reads the XML no success
        found = [replace(test, colour="wrong") if test.verdict else test for test in found]
    else:
        show(
            __file__,
            suites=[(opened.persona(of).name, mine) for of, mine in _suites(found)],
            found=found,
            journeys=chain(*map(opened.journeys_of, personas or opened.persona_ids())),
            data=session.data_name,
            people=people,
        )
        if nightly:
            found = [*map(_by_alarm, found)]
    if junit:
        write_atomic(junit, as_junit(found, opened.workshop().name, strict=strict))
    colours = {test.worst for test in found}
    if session.gate.shut:
        sys.exit(2)
    if "wrong" in colours:
        echo("What is wrong could not be tested: nobody in the data has what the claim names.")
        sys.exit(2)
    sys.exit(int("red" in colours or (strict and "amber" in colours)))


def _by_alarm(test: Any) -> Any:
    """What its alarm makes of a claim that has one."""
    if test.colour == "wrong" or not (test.verdict and test.verdict.claim.about.nights):
        return test
    why = f"Every night: {test.every_night}."
    return replace(test, colour=test.alarm.get("colour", "amber"), why=why)


def testable(path: Path, personas: Sequence[str] | None) -> Any:
    """Open a folder that can be tested; raises where a file is wrong or nothing would be tested."""
    from journeykit.claims import planned_tests

    folder = sound_folder(path)
    if not any(test.card for test in planned_tests(folder, personas)):
        raise RunError(
            "there is nothing to test: no claim on these maps is marked `must: true`. "
            "Mark one in journeys/<id>.yaml or in notebook 05."
        )
    return folder


def _suites(found: Sequence[Any]) -> list[tuple[str, list[Any]]]:
    return [(of, [*mine]) for of, mine in groupby(found, key=lambda test: test.persona)]


def as_junit(found: Sequence[Any], name: str, *, strict: bool = False) -> str:
    """Write tests as JUnit XML, a suite per persona.

    Red fails, amber is skipped (strict: fails), wrong is an error.

    Examples
    --------
    >>> from journeykit.claims import JourneyTest
    >>> said = "47%, 812 customers"
    >>> test = JourneyTest("maya/pay", "maya", "Pay <fast>", "red", said, "Too low.")
    >>> print(as_junit([test], "Shop").splitlines()[3].strip())
    <testcase classname="maya" name="maya/pay: Pay &lt;fast&gt;" file="">
    """
    text = template(__file__).render(name=name, suites=_suites(found), strict=strict)
    # What XML cannot hold, such as control characters, is replaced; the rest is escaped by now.
    return re.sub(_NOT_XML, "�", f"{text}\n")


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
    from journeykit.claims.trend import claim_of, since_when
    from journeykit.phases.session import Session

    opened = sound_folder(folder)
    test = claim_of(opened, claim, persona)
    session = Session(opened, test.persona, data, since=since, until=until)
    say_gate(asdict(session.gate))
    echo(*since_when(Evidence.of(session), test))
