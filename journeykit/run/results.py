"""``result.json``: what a run found for one persona, in one file that is whole or not there.

The index of a run, the comparison of personas and whatever comes later read these files and
nothing else. They are written by the parent process, so that there is one even for a persona
whose process was killed.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from journeykit.version import __version__

__all__ = ["LISTS", "SCHEMA_VERSION", "build_result", "now", "write_result", "write_whole"]

SCHEMA_VERSION = 1

LISTS = {
    "funnel": "funnel",
    "weak-spots": "weak_spots",
    "promises": "promises",
    "surveys": "surveys",
    "claims": "claims",
}
"""Panels whose numbers are rows, and the key of the result they go to."""

_DATA = (
    "source",
    "fingerprint",
    "rows",
    "set_aside",
    "events",
    "users",
    "sessions",
    "from",
    "to",
    "all",
    "converted",
    "goal",
)


def now() -> str:
    """The time as ISO 8601 in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def write_whole(path: Path, text: str) -> None:
    """Write a file so that nobody ever sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with open(part, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def build_result(
    head: Mapping[str, Any], outcomes: Iterable[Mapping[str, Any]], data: Mapping[str, Any]
) -> dict[str, Any]:
    """Gather what the notebooks of one persona have shown.

    The numbers of panel ``data`` go to ``data``, the rows of the panels in `LISTS` to the lists
    named there, and the numbers of every other panel to ``phases[phase][id]``.

    Parameters
    ----------
    head : mapping
        What is known about the run: persona, run id, status, ...
    outcomes : iterable of mapping
        What the workers said, one for each notebook, with ``panels``.
    data : mapping
        What was known about the data before the first notebook.

    Returns
    -------
    dict
        The content of ``result.json``.
    """
    result: dict[str, Any] = {"schema_version": SCHEMA_VERSION, "kit_version": __version__, **head}
    result["data"] = {**dict.fromkeys(_DATA), **data}
    result |= {name: [] for name in LISTS.values()}
    result |= {"phases": {}, "notebooks": []}
    for outcome in outcomes:
        result["notebooks"].append({k: v for k, v in outcome.items() if k != "panels"})
        for panel in outcome.get("panels", ()):
            _take(result, panel)
    return result


def _take(result: dict[str, Any], panel: Mapping[str, Any]) -> None:
    name, numbers = str(panel.get("id")), panel.get("numbers")
    if not numbers:
        return
    if name == "data":
        result["data"].update(numbers)
    elif name in LISTS:
        rows = numbers if isinstance(numbers, list) else numbers.get("rows", [])
        result[LISTS[name]] = rows or result[LISTS[name]]
    else:
        result["phases"].setdefault(str(panel.get("phase")), {})[name] = numbers


def write_result(folder: Path, result: Mapping[str, Any]) -> Path:
    """Write ``result.json`` into `folder`, whole.

    Returns
    -------
    Path
        The file.
    """
    path = folder / "result.json"
    text = json.dumps(_plain(result), indent=1, ensure_ascii=False, allow_nan=False, default=str)
    write_whole(path, text + "\n")
    return path


def _plain(value: Any) -> Any:
    """The value with what JSON does not have (NaN, infinity) as null."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
