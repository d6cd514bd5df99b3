"""``report.html``: what a run found for one persona, phase by phase."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from journeykit.model import PHASES
from journeykit.report.page import WORDS, page, panels_of

__all__ = ["failure_of", "write_report"]

_IN_SHORT = ("funnel", "weak-spots", "audience", "attribution", "order", "promises", "emotions", "surveys",
             "what-if", "basket", "campaigns", "overview", "steps")  # fmt: skip


def write_report(result: Mapping[str, Any], panels: Iterable[Mapping[str, Any]], path: str | Path) -> Path:
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
    phases = [
        {"id": phase, "name": PHASES.get(phase, phase), "panels": [p for p in ready if p["phase"] == phase]}
        for phase in dict.fromkeys(panel["phase"] for panel in ready)
    ]
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
        phases=phases,
        summary=[p for p in ready if p["id"] in _IN_SHORT and p["sentence"]],
        failure=failure_of(result),
        index="../index.html" if index.parent.exists() else "",
        states=WORDS,
    )


def _facts(result: Mapping[str, Any]) -> list[tuple[str, str]]:
    data = result.get("data") or {}
    facts = [
        (f"{data[key]:,}", words)
        for key, words in (("users", "customers"), ("sessions", "sessions"), ("events", "events"))
        if data.get(key) is not None
    ]
    if data.get("converted") is not None:
        facts.append((f"{data['converted']:,}", f"reached the goal ({data.get('goal', '')})"))
    if data.get("from") and data.get("to"):
        facts.append((f"{str(data['from'])[:10]} – {str(data['to'])[:10]}", "the period"))
    return facts


def failure_of(result: Mapping[str, Any], folder: str = "") -> dict[str, Any] | None:
    """Return notebook, error and a link to the failing cell of a run that stopped."""
    for notebook in result.get("notebooks", []):
        if notebook.get("status") not in ("ok", None, "not run"):
            file = notebook.get("file")
            link = f"{folder}{file}" + (f"#{notebook['anchor']}" if notebook.get("anchor") else "")
            return {
                "name": notebook["name"],
                "error": str(notebook.get("error") or notebook["status"]),
                "link": link if file else "",
            }
    return None
