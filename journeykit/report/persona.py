"""``report.html``: what a run found for one persona, phase by phase."""

from collections.abc import Iterable, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from journeykit.model import PHASES
from journeykit.words import day

from .page import facts, failure_of, name_of, page, panels_of

_IN_SHORT = (
    "funnel claims journey-tests weak-spots audience attribution order promises emotions surveys "
    "what-if basket campaigns overview steps"
).split()


def write_report(
    result: Mapping[str, Any], panels: Iterable[Mapping[str, Any]], path: str | Path
) -> Path:
    """Write the report of one persona as one file that needs nothing else.

    Parameters
    ----------
    result : mapping
        The content of ``result.json``.
    panels : iterable of mapping
        The panels of the executed notebooks, in their order.
    path : path
        The file to write.

    Returns
    -------
    Path
        The file.
    """
    path = Path(path)
    ready = panels_of(panels)
    short = [panel for panel in ready if panel["id"] in _IN_SHORT and panel["sentence"]]
    name, data = name_of(result), {"gate": None, **(result.get("data") or {})}
    told = facts(data, data.get("goal"))
    if data.get("from") and data.get("to"):
        told.append((f"{day(data['from'])} – {day(data['to'])}", "the period"))
    return page(
        "report.html.j2",
        path,
        ready,
        title=f"{name} · {result['workshop']}",
        name=name,
        r={**result, "data": data},
        facts=told,
        phases=_phases(ready),
        summary=sorted(short, key=lambda panel: _IN_SHORT.index(panel["id"])),
        failure=failure_of(result),
    )


def _phases(ready: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sort the panels into the phases; the map stands before all of them."""
    maps = [panel for panel in ready if panel["map"] and panel["phase"] == "start-here"]
    rest = groupby((panel for panel in ready if panel not in maps), lambda panel: panel["phase"])
    found = [{"id": "the-map", "name": "The map", "panels": maps}] if maps else []
    for phase, mine in rest:
        found.append({"id": phase, "name": PHASES.get(phase, phase), "panels": list(mine)})
    return found
