"""``report.html``: what a run found for one persona, phase by phase."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from journeykit.model import PHASES
from journeykit.numbers import mask
from journeykit.report.page import day, page, panels_of
from journeykit.words import percent

__all__ = ["failure_of", "write_report"]

_IN_SHORT = (
    "funnel",
    "claims",
    "journey-tests",
    "weak-spots",
    "audience",
    "attribution",
    "order",
    "promises",
    "emotions",
    "surveys",
    "what-if",
    "basket",
    "campaigns",
    "overview",
    "steps",
)


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
    short = [p for p in ready if p["id"] in _IN_SHORT and p["sentence"]]
    name = result.get("persona_name") or result.get("persona") or "Compare personas"
    index = path.parent.parent / "index.html"
    return page(
        "report.html.j2",
        path,
        [panel["spec"] for panel in ready if panel["spec"]],
        title=f"{name} · {result['workshop']}",
        name=name,
        r={**result, "status": result["status"], "data": result.get("data") or {}},
        facts=_facts(result),
        phases=_phases(ready),
        summary=sorted(short, key=lambda p: _IN_SHORT.index(p["id"])),
        failure=failure_of(result),
        index="../index.html" if index.parent.exists() else "",
    )


def _phases(ready: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sort the panels into the phases; the map stands before all of them."""
    maps = [p for p in ready if p["map"] and p["phase"] == "start-here"]
    rest = [p for p in ready if p not in maps]
    found = [
        {
            "id": phase,
            "name": PHASES.get(phase, phase),
            "panels": [p for p in rest if p["phase"] == phase],
        }
        for phase in dict.fromkeys(panel["phase"] for panel in rest)
    ]
    return [*([{"id": "the-map", "name": "The map", "panels": maps}] if maps else []), *found]


def _facts(result: Mapping[str, Any]) -> list[tuple[str, str]]:
    data = result.get("data") or {}
    facts = [
        (f"{data[key]:,}", words)
        for key, words in (("users", "customers"), ("sessions", "sessions"), ("events", "events"))
        if data.get(key) is not None
    ]
    if data.get("converted") is not None:
        share = f" ({percent(data['converted'] / data['users'])})" if data.get("users") else ""
        facts.append(
            (f"{data['converted']:,}", f"customers reached {data.get('goal') or 'the goal'}{share}")
        )
    if data.get("from") and data.get("to"):
        facts.append((f"{day(data['from'])} – {day(data['to'])}", "the period"))
    return facts


def failure_of(result: Mapping[str, Any], folder: str = "") -> dict[str, Any] | None:
    """Return notebook, error and a link to the failing cell of a run that stopped."""
    for notebook in result.get("notebooks", []):
        if notebook.get("status") not in ("ok", None, "not run"):
            file = notebook.get("link") or notebook.get("file")
            return {
                "name": notebook["name"],
                "error": mask(str(notebook.get("error") or f"{notebook['status']}.")),
                "link": f"{folder}{file}" if file else "",
            }
    return None
