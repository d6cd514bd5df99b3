"""A run whose every text tries to become code, or to turn the page around."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

TAG = "<script>window.pwned='tag'</script>"
CLOSING = "</script><script>window.pwned='closing'</script>"
HANDLER = "\" onload=\"window.pwned='handler'\" '><img src=x onerror=\"window.pwned='img'\">"
RIGHT_TO_LEFT = "\u202emaya\u202c \u05e9\u05dc\u05d5\u05dd & {{ 7 * 7 }}"
ALL = f"{TAG} {CLOSING} {HANDLER} {RIGHT_TO_LEFT}"
LONG = "Donaudampfschifffahrtsgesellschaftskapitaensmuetzenabzeichen" * 3

SPEC = {
    "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
    "title": {"text": [ALL], "subtitle": [RIGHT_TO_LEFT]},
    "data": {
        "values": [
            {"name": TAG, "value": 3},
            {"name": CLOSING, "value": 2},
            {"name": HANDLER, "value": 1},
        ]
    },
    "mark": {"type": "bar", "href": "javascript:window.pwned='href'"},
    "encoding": {
        "x": {"field": "value", "type": "quantitative", "title": TAG},
        "y": {"field": "name", "type": "nominal", "title": HANDLER},
        "tooltip": [{"field": "name", "title": TAG}],
    },
}
OUTSIDE = {
    **SPEC,
    "data": {"url": "https://example.invalid/numbers.json"},
    "layer": [
        {"mark": {"type": "image", "url": "https://example.invalid/pixel.png"}},
        {"mark": {"type": "bar"}},
    ],
}
OUTSIDE.pop("mark")
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10" onload="window.pwned=\'svg\'">'
    "<script>window.pwned='svg script'</script><image href='https://example.invalid/x.png'/>"
    "<text>still</text></svg>"
)


def panel(phase: str, id: str, spec: dict[str, Any] | None = SPEC) -> dict[str, Any]:
    columns = [
        {"key": key, "label": ALL, "unit": unit}
        for key, unit in (("a", "text"), ("b", ""), ("c", "name"))
    ]
    return {
        "id": id,
        "phase": phase,
        "title": ALL,
        "sentence": ALL,
        "counts": ALL,
        "notes": [ALL, LONG],
        "table": {"columns": columns, "rows": [[ALL, LONG, ALL]], "total": 5},
        "sql": ALL,
        "numbers": {},
        "spec": spec,
        "svg": SVG if spec else None,
    }


def result(folder: Path) -> dict[str, Any]:
    """Write and return a result in which whatever can be a text is one."""
    step = {"of_previous": 1.0, "low": 1.0, "high": 1.0}
    made = {
        "schema_version": 1,
        "kit_version": ALL,
        "kind": "persona",
        "workshop": ALL,
        "persona": "x",
        "persona_name": ALL,
        "run_id": ALL,
        "status": "failed",
        "data": {
            "source": ALL,
            "fingerprint": CLOSING,
            "users": 3,
            "sessions": 4,
            "events": 5,
            "converted": 1,
            "goal": ALL,
            "from": ALL,
            "to": ALL,
            "all": {"users": 3, "sessions": 4, "events": 5, "converted": 1},
        },
        "funnel": [
            {"step": ALL, "users": 3, "of_start": 1.0, **step},
            {"step": LONG, "users": 1, "of_start": 1 / 3, **step},
        ],
        "weak_spots": [{"what": ALL, "significant": True}],
        "promises": [{"promise": ALL, "text": ALL, "verdict": ALL}],
        "surveys": [{"measure": ALL}],
        "claims": [{"id": ALL, "sentence": ALL, "verdict": ALL}],
        "phases": {"start-here": {"progress": {"states": {ALL: "○ open"}}}},
        "notebooks": [{"name": ALL, "status": "failed", "error": ALL, "file": ALL, "seconds": 1.0}],
    }
    folder.mkdir(parents=True)
    (folder / "result.json").write_text(json.dumps(made))
    return made
