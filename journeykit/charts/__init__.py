"""Tidy frames in, pictures out: one chart function per table of `journeykit.numbers`.

Importing this room is free; Altair is loaded when the first chart is asked for.

Examples
--------
>>> import pandas as pd
>>> from journeykit import charts
>>> frame = pd.DataFrame({"event": ["payment_error"], "users": [41], "share": [0.2]})
>>> picture = charts.last_before_loss(frame)
>>> charts.svg(picture, "Last step before the loss").startswith("<svg")
True
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_ROOMS = {
    "audience": "attribution campaign_coverage campaign_effect channels compare_personas coverage "
    "differences entry_points rate_by rates segment_profile",
    "believed": "belief_score beliefs",
    "care": "promise_hours promises service",
    "claimed": "claims",
    "decide": "competitors experiment funnel_change goals sample_size weak_spots what_if",
    "flow": "friction funnel last_before_loss order_conformance paths sessions stage_times "
    "step_matrix transitions",
    "map_page": "journey_map journey_text to_pdf to_png",
    "loyalty": "basket next_product repeat_purchase retention stickiness",
    "map_compare": "compare_text journey_compare",
    "renderer": "bundle javascript spec svg warm_up",
    "runs": "trend",
    "theme": "label",
    "voice": "emotion scores survey_by themes",
}
_ALIASES = {
    **dict.fromkeys(("ces", "csat", "nps", "sus"), "scores"),
    **dict.fromkeys(("emotions", "emotion_by_stage"), "emotion"),
    "attribution_from_paths": "attribution",
    "read_ab": "experiment",
}
"""Tables that are drawn alike."""
_HOME = {name: room for room, names in _ROOMS.items() for name in names.split()}

__all__ = sorted([*_HOME, *_ALIASES])


def __getattr__(name: str) -> Any:
    """Load a chart function when it is first asked for (PEP 562)."""
    real = _ALIASES.get(name, name)
    if real not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_HOME[real]}"), real)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return __all__
