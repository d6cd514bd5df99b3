"""``result.json``: what a run found for one persona, in one file that is whole or not there.

The index of a run, the comparison of personas and whatever comes later read these files and
nothing else.
"""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from journeykit.model import Data, Facts
from journeykit.store import write_atomic
from journeykit.version import __version__

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
    "source fingerprint rows set_aside events users sessions from to all converted goal"
).split()


def now() -> str:
    """The time as ISO 8601 in UTC, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def build_result(head: Facts, outcomes: Iterable[Facts], data: Facts) -> Data:
    """Gather what the notebooks of one persona have shown.

    The numbers of panel ``data`` go to ``data``, what the map knows of each journey to
    ``journeys`` (until then: which there are), the rows of the panels in `LISTS` to the lists
    named there, and the numbers of every other panel to ``phases[phase][id]``.

    Parameters
    ----------
    head : mapping
        What is known about the run: persona, run id, status, ...
    outcomes : iterable of mapping
        How each notebook went, with its ``panels``.
    data : mapping
        What was known about the data before the first notebook.

    Returns
    -------
    dict
        The content of ``result.json``.
    """
    result: Data = {
        "schema_version": SCHEMA_VERSION,
        "kit_version": __version__,
        "journeys": [],
        **head,
        "data": {**dict.fromkeys(_DATA), **data},
        **{name: [] for name in LISTS.values()},
        "phases": {},
        "notebooks": [],
    }
    for outcome in outcomes:
        result["notebooks"].append({k: v for k, v in outcome.items() if k != "panels"})
        for panel in outcome.get("panels", ()):
            _take(result, str(panel.get("id")), panel.get("numbers"), str(panel.get("phase")))
    return result


def _take(result: Data, name: str, numbers: Any, phase: str) -> None:
    if not numbers:
        return
    if name == "data":
        result["data"].update(numbers)
    elif name in LISTS:
        rows = numbers if isinstance(numbers, list) else numbers.get("rows", [])
        result[LISTS[name]] = rows or result[LISTS[name]]
    else:
        if name == "map":
            numbers = {**numbers}
            result["journeys"] = numbers.pop("journeys", result["journeys"])
        result["phases"].setdefault(phase, {})[name] = numbers


def write_result(folder: Path, result: Facts) -> None:
    """Write ``result.json`` into `folder`, whole; what JSON does not have (NaN) becomes null."""
    plain = json.loads(json.dumps(result, default=str), parse_constant=lambda _: None)
    text = json.dumps(plain, indent=1, ensure_ascii=False)
    write_atomic(folder / "result.json", f"{text}\n")
