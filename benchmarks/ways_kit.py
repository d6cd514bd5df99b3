"""The kit's way: one prepared journey table, and a number function for each question."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from shop import GOAL, MATRIX_STEPS, STEPS, TOP_PATHS

import journeykit as jk

# The kit imports its rooms at first use; the clock is for the questions, in every way alike.
for _name in jk.__all__:
    getattr(jk, _name)


def load(log: Path, cache: Path | None = None) -> Any:
    """Prepare the journey table; with a cache folder, find it prepared there."""
    return jk.read_events(log, cache=cache)


WAYS = {
    "sessions": lambda events: jk.sessions(events),
    "funnel": lambda events: jk.funnel(events, list(STEPS)),
    "funnel by channel": lambda events: jk.funnel(events, list(STEPS), by="channel"),
    "transitions with medians": lambda events: jk.transitions(events),
    "step matrix": lambda events: jk.step_matrix(events, MATRIX_STEPS),
    "top paths": lambda events: jk.paths(events, TOP_PATHS),
    "last before loss": lambda events: jk.last_before_loss(events, GOAL),
    "markov": lambda events: jk.attribution(events, GOAL, model="markov"),
}
