"""``journeykit new``: a workshop folder from a template or from an event log."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from journeykit.errors import DataError
from journeykit.store import Folder, create, empty_folder, finish

__all__ = ["from_events", "from_template"]

COPY_UP_TO = 100 * 1024 * 1024
Say = Callable[[str], None]


def from_template(folder: Path, template: str, *, say: Say) -> Path:
    """Make a folder from a template and say what is in it."""
    made = create(folder, template)
    names = ", ".join(p.name for p in made.personas().values())
    say(f"Made {folder} from the template {template!r}: personas {names}.")
    if not made.workshop().data:
        say("It has no data yet; put a log into data/ and name it in workshop.yaml under `data:`.")
    return folder


def from_events(
    folder: Path, events: str, columns: list[str], *, day_first: bool, say: Say
) -> Path:
    """Make a folder that `journeykit run` runs at once, from an event log."""
    from journeykit.cli.app import _pairs
    from journeykit.propose import propose
    from journeykit.tables import read_events

    mapping = _pairs(columns, "--column")
    options: dict[str, Any] = {**mapping, **({"day_first": True} if day_first else {})}
    read = read_events(events, **options)  # refused before anything is made
    say(read.describe())
    name = folder.resolve().name.replace("-", " ").replace("_", " ").capitalize()
    workshop, personas, journeys = propose(read, name)
    root = empty_folder(folder)
    table = {"source": _bring(events, root), "columns": mapping, "day_first": day_first}
    finish(root)
    made = Folder(root)
    made.save_workshop(workshop.with_(data={"events": {k: v for k, v in table.items() if v}}))
    for persona in personas:
        made.save_persona(persona)
    for journey in journeys:
        made.save_journey(journey)
    say(f"Proposed stages: {', '.join(stage.name for stage in workshop.stages)}.")
    say(f"Proposed funnel: {' → '.join(workshop.steps())}.")
    say(f"Proposed personas: {', '.join(persona.name for persona in personas)}.")
    return folder


def _bring(events: str, root: Path) -> str:
    """Copy a small log into the folder; a large one or a glob stays where it is."""
    source = Path(events).expanduser()
    if not source.is_file():
        if not any(mark in events for mark in "*?["):
            raise DataError(f"there is no file {events!r}")
        return str(source.absolute())
    if source.stat().st_size > COPY_UP_TO:
        return str(source.resolve())
    (root / "data").mkdir(exist_ok=True)
    shutil.copyfile(source, root / "data" / source.name)
    return f"data/{source.name}"
