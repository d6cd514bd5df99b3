"""retentioneering 5; it sends nothing home here, whatever its default is."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

os.environ["RETENTIONEERING_NO_TRACK"] = "1"

import pandas as pd
import retentioneering as rete
from shop import GOAL, MATRIX_STEPS, STEPS


def load(log: Path, cache: Path | None = None) -> Any:
    """Make an event stream."""
    schema = {
        "path_cols": ["user_id"],
        "event_col": "event",
        "timestamp_col": "timestamp",
        "segment_cols": ["channel", "device"],
    }
    return rete.Eventstream(pd.read_parquet(log), schema=schema)


def _last(stream: Any) -> Any:
    without = {"op": "=", "metric": "has_event", "metric_args": {"event": GOAL}, "value": 0}
    lost = stream.filter_paths(without)
    return lost.transition_graph_data(edge_weight="count")["path_end"]


def _transitions(stream: Any) -> Any:
    weights = ("count", "unique_paths", "time_median")
    return [stream.transition_graph_data(edge_weight=weight) for weight in weights]


#: It has no funnel by a column, no whole paths and no attribution.
WAYS = {
    "sessions": lambda stream: stream.split_sessions(timeout="30m"),
    "funnel": lambda stream: stream.funnel_data(steps=list(STEPS)),
    "transitions with medians": _transitions,
    "step matrix": lambda stream: stream.step_matrix_data(max_steps=MATRIX_STEPS),
    "last before loss": _last,
}
