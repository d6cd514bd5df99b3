"""``journeykit check``: what is wrong with the folder and its data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from journeykit.errors import JourneykitError
from journeykit.phases import OpenWorkshop
from journeykit.store import Folder, open_folder

__all__ = ["check_folder"]

Say = Callable[[str], None]
_MARKS = {"error": "✗ error", "warning": "! warning", "info": "· note"}


def check_folder(path: Path, data: str | None, *, say: Say) -> int:
    """Say everything that is wrong; returns 1 where there are errors, else 0."""
    folder = open_folder(path)
    found = [("error", str(problem)) for problem in folder.problems()]
    if not found:  # the data needs a workshop that can be read
        found += _data(folder, data, say)
    for level in ("error", "warning", "info"):
        for mark, sentence in found:
            if mark == level:
                say(f"{_MARKS[level]}: {sentence}")
    errors = sum(level == "error" for level, _ in found)
    warnings = sum(level == "warning" for level, _ in found)
    say(f"{_count(errors, 'error')}, {_count(warnings, 'warning')} in {path}")
    return 1 if errors else 0


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _data(folder: Folder, data: str | None, say: Say) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    session = OpenWorkshop(folder, data=data)
    try:
        events = session.all_events
    except JourneykitError as problem:
        return [("error", f"events: {problem}")]
    if events is None:
        found.append(("warning", "there is no event log; name one in workshop.yaml under `data: events:`"))
    else:
        say(events.describe())
        found += [(f.level, f"events: {f.message}") for f in events.contract.findings]
        found += _segments(folder, session)
    for kind in ("surveys", "support", "campaigns", "orders", "leads"):
        try:
            frame = session.table(kind, everybody=True)
        except JourneykitError as problem:
            found.append(("error", f"{kind}: {problem}"))
            continue
        if frame is not None:
            found += [(f.level, f"{kind}: {f.message}") for f in frame.attrs["contract"].findings]
    return found


def _segments(folder: Folder, session: OpenWorkshop) -> list[tuple[str, str]]:
    """Personas that nobody is, and events of the map that the data does not have."""
    events, found = session.all_events, []
    assert events is not None
    for persona in folder.personas().values():
        try:
            mine = events.segment(persona.segment) if persona.segment else events
        except JourneykitError as problem:
            found.append(("error", f"personas/{persona.id}.yaml: {problem}"))
            continue
        if not mine.users:
            found.append(("error", f"personas/{persona.id}.yaml: no customer in the data is this segment"))
    known = events.names
    for stage in session.workshop.stages:
        for match in stage.events:
            if not match.names(known):
                found.append(("warning", f"stage {stage.id!r}: no event in the data is {match}"))
    found += [("warning", sentence) for sentence in session.blind_steps]
    return found
