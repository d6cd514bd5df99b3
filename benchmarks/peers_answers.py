"""What the peers answer about a log, as JSON; runs where they are installed.

    python benchmarks/peers_answers.py LOG.parquet PATHS.csv STEP STEP …

The log has `user_id, event, timestamp`; the paths have `path, conversions, nulls`.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

os.environ["RETENTIONEERING_NO_TRACK"] = "1"

import ChannelAttribution
import pandas as pd
import pm4py
import retentioneering as rete

#: The package simulates: so many runs say how far its own answers lie apart.
_SEEDS = 8


def main() -> None:
    """Answer and print."""
    log, paths, *steps = sys.argv[1:]
    frame = pd.read_parquet(log)[["user_id", "event", "timestamp"]]
    made = pm4py.format_dataframe(
        frame, case_id="user_id", activity_key="event", timestamp_key="timestamp"
    )
    counts, _, _ = pm4py.discover_dfg(made)
    stream = rete.Eventstream(frame)
    split = stream.split_sessions(timeout="30m").to_dataframe()
    sessions = split.groupby("user_id")["session_id"].nunique()
    answers = {
        "transitions": [[before, after, int(n)] for (before, after), n in counts.items()],
        "sessions": {str(user): int(n) for user, n in sessions.items()},
        "funnel": [int(row["unique_paths"]) for row in stream.funnel_data(steps=steps)["steps"]],
        "markov": {order: markov(pd.read_csv(paths), order) for order in (1, 2)},
    }
    print(json.dumps(answers))


def markov(paths: pd.DataFrame, order: int) -> list[dict[str, Any]]:
    """Conversions by channel, once for each seed."""
    credits = []
    for seed in range(1, _SEEDS + 1):
        found = ChannelAttribution.markov_model(
            paths,
            "path",
            "conversions",
            var_null="nulls",
            order=order,
            seed=seed,
            nsim_start=200_000,
            conv_par=0.01,
            verbose=False,
            flg_pro=False,
        )
        credits.append(dict(zip(found["channel_name"], found["total_conversions"], strict=True)))
    return credits


if __name__ == "__main__":
    main()
