"""pm4py: a user is a case."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pm4py
from shop import TOP_PATHS


def load(log: Path, cache: Path | None = None) -> Any:
    """Make a log of it, sorted by user and time."""
    frame = pd.read_parquet(log)
    return pm4py.format_dataframe(
        frame, case_id="user_id", activity_key="event", timestamp_key="timestamp"
    )


def _transitions(log: Any) -> Any:
    counts, _, _ = pm4py.discover_dfg(log)
    times, _, _ = pm4py.discover_performance_dfg(log, perf_aggregation_key="median")
    return counts, times


def _paths(log: Any) -> Any:
    return sorted(pm4py.get_variants(log).items(), key=lambda item: -item[1])[:TOP_PATHS]


#: Its variants are of users, not of sessions.
WAYS = {"transitions with medians": _transitions, "top paths": _paths}
