"""``journeykit run``: every persona, the reports, the index."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from rich.console import Console

from journeykit.cli.check import sound_folder
from journeykit.errors import DataError, RunError, UnknownName
from journeykit.phases import OpenWorkshop
from journeykit.report import write_index, write_report
from journeykit.run import ProgressBar, RunResult, run_workshop
from journeykit.store import open_folder

__all__ = ["run_folder"]


def run_folder(
    path: Path,
    personas: list[str] | None,
    *,
    data: str | None,
    since: str | None,
    until: str | None,
    workers: int | None,
    out: Path | None,
    parameters: Mapping[str, str],
    say: Callable[[str], None],
    console: Console,
) -> int:
    """Run a workshop folder and say where the index is; returns the exit code."""
    folder = sound_folder(path)
    with ProgressBar() as progress:
        result = run_workshop(
            folder.root,
            personas,
            data=data,
            since=since,
            until=until,
            workers=workers,
            out=out,
            parameters=parameters,
            progress=progress,
            prepare=prepare,
            on_persona=_report,
            on_finished=_index,
        )
    for each in result.results:
        if each["status"] != "ok":
            console.print(f"{each['persona']}: {each['status']}", markup=False)
    say(str(result.folder / "index.html"))
    return result.exit_code


def prepare(
    workshop: Path, *, data: str | None, since: str | None, until: str | None, personas: Any
) -> dict[str, Any]:
    """Prepare the journey table once, and refuse data that cannot be read, before any kernel."""
    folder = open_folder(workshop)
    facts: dict[str, Any] = {}
    for persona in personas:
        session = OpenWorkshop(folder, persona, data, since=since, until=until)
        events = session.all_events
        if events is None:
            break
        try:
            mine = session.events
        except UnknownName as problem:
            raise RunError(f"personas/{persona}.yaml: {problem}") from None
        if mine is not None and not mine.users:
            raise RunError(
                f"no customer in the data is {persona!r}: its segment is "
                f"{dict(session.persona.segment)}. `journeykit check` tells more."
            )
        facts = {"source": session.data_name, "fingerprint": events.fingerprint}
    if data and not facts:
        raise DataError(f"the data {data!r} holds no events")
    session = OpenWorkshop(folder, None, data, since=since, until=until)
    for kind in session.kinds:
        session.table(kind, everybody=True)
    names = {persona.id: persona.name for persona in folder.personas().values()}
    return {"workshop": folder.workshop().name, "names": names, "data": facts}


def _report(result: dict[str, Any], panels: list[dict[str, Any]], folder: Path) -> None:
    write_report(result, panels, folder / "report.html")


def _index(result: RunResult) -> None:
    write_index(result.folder)
