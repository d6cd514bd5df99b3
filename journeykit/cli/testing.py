"""``journeykit test``: the claims that must hold, and the walks, without any kernel."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from journeykit.claims import Evidence, JourneyTest, journey_tests, planned_tests
from journeykit.cli.check import sound_folder
from journeykit.errors import RunError
from journeykit.phases.session import Session
from journeykit.store import Folder, write_atomic

__all__ = ["junit", "run_tests"]

Say = Callable[[str], None]
MARKS = {"wrong": "✗ wrong", "red": "▼ red  ", "green": "▲ green", "amber": "◊ amber"}
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def run_tests(
    path: Path,
    personas: Sequence[str] | None,
    *,
    data: str | None = None,
    since: str | None = None,
    until: str | None = None,
    strict: bool = False,
    report: Path | None = None,
    say: Say,
) -> int:
    """Run the journey tests of a folder and say what they found, persona by persona.

    Returns
    -------
    int
        2 where a claim names what nobody in the data has (the others are held all the same), else 1
        where a test is red (``strict``: or amber), else 0.

    Raises
    ------
    JourneykitError
        Where they could not run: a file is wrong, a persona is not there, the data cannot be
        read, or no claim is marked ``must``.
    """
    folder = checked(path, personas)
    session = Session(folder, personas[0] if personas else None, data, since=since, until=until)
    _ = session.all_events  # data that cannot be read is no open question: nothing could run
    found = journey_tests(Evidence.of(session), personas)
    for persona in dict.fromkeys(test.persona for test in found):
        _say_persona(folder.persona(persona).name, [t for t in found if t.persona == persona], say)
    say(f"{counted(found)} in all; data: {session.data_name or 'none'}.")
    if report:
        write_atomic(report, junit(found, folder.workshop().name, strict=strict))
    colours = {test.colour for test in found}
    if "wrong" in colours:
        say("What is wrong could not be tested: nobody in the data has what the claim names.")
        return 2
    return int(bool(colours & ({"red", "amber"} if strict else {"red"})))


def checked(path: Path, personas: Sequence[str] | None) -> Folder:
    """Open a folder that can be tested; raises where a file is wrong or nothing would be tested."""
    folder = sound_folder(path)
    for persona in personas or ():
        folder.persona(persona)  # an unknown one is refused here
    if not any(test.card for test in planned_tests(folder, personas)):
        raise RunError(
            "there is nothing to test: no claim on these maps is marked `must: true`. "
            "Mark one in journeys/<id>.yaml or in notebook 05."
        )
    return folder


def counted(found: Sequence[JourneyTest]) -> str:
    """Count the colours: ``3 green, 1 red, 2 amber``."""
    colours = Counter(test.colour for test in found)
    order = ("green", "red", "amber", *(["wrong"] if colours["wrong"] else []))
    return ", ".join(f"{colours[colour]} {colour}" for colour in order)


def _say_persona(name: str, found: Sequence[JourneyTest], say: Say) -> None:
    say(f"{name}: {counted(found)}")
    for test in sorted(found, key=lambda test: list(MARKS).index(test.colour)):
        say(f"  {MARKS[test.colour]}  {test.name}")
        say(f"           {test.said}. {test.why}")
    say("")


def junit(found: Sequence[JourneyTest], name: str, *, strict: bool = False) -> str:
    """Write tests as JUnit XML: a suite per persona; red fails, amber is skipped (strict: fails), wrong is an error.

    Examples
    --------
    >>> test = JourneyTest("maya/pay", "maya", "Pay <fast>", "red", "47%, 812 customers", "Too low.")
    >>> print(junit([test], "Shop").splitlines()[3].strip())
    <testcase classname="maya" name="maya/pay: Pay &lt;fast&gt;" file="">
    """
    root = ET.Element("testsuites", name=_xml(name))
    for persona in dict.fromkeys(test.persona for test in found):
        mine = [test for test in found if test.persona == persona]
        suite = ET.SubElement(root, "testsuite", name=_xml(persona))
        failed = 0
        for test in mine:
            case = ET.SubElement(
                suite,
                "testcase",
                classname=_xml(persona),
                name=_xml(f"{test.id}: {test.name}"),
                file=_xml(test.file),
            )
            fails = test.colour == "red" or (strict and test.colour == "amber")
            failed += fails
            if test.colour != "green":
                what = "error" if test.colour == "wrong" else "failure" if fails else "skipped"
                ET.SubElement(case, what, message=_xml(test.why))
            ET.SubElement(case, "system-out").text = _xml(f"{test.colour}: {test.said}. {test.why}")
        skipped, errors = (
            sum(test.colour == colour for test in mine) for colour in ("amber", "wrong")
        )
        counts = {
            "tests": len(mine),
            "failures": failed,
            "errors": errors,
            "skipped": skipped * (not strict),
        }
        suite.attrib |= {key: str(number) for key, number in counts.items()}
    ET.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _xml(text: str) -> str:
    """Replace what XML cannot hold, such as control characters; the rest is escaped when written."""
    return _NOT_XML.sub("�", text)
