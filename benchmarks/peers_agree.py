"""Peers agree: the kit's numbers against those of other people's packages, on the same events.

    python benchmarks/peers_agree.py --peers PYTHON [--data FOLDER]

Transitions against pm4py's directly-follows graph, sessions and funnel against retentioneering 5:
equal, to the last user. Markov against ChannelAttribution, which simulates: within what its own
runs differ. Exits with 1 where they do not agree.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from generate import log_file
from results import table, write_part
from shop import GOAL, STEPS

import journeykit as jk

HERE = Path(__file__).parent
_EVENTS = 100_000
#: The real log that may lie beside the project, and a funnel of its events.
_ECOM = Path("retentioneering_ecom", "ecom.csv.gz")
_ECOM_STEPS = ("catalog", "product_view", "add_to_cart", "cart", "shipping_details", "purchase")
#: A simulated credit may be off by so many times what one run differs from the next, and by this
#: share of all conversions more: a simulated path is cut off where the longest real one ends.
_SPREADS, _BIAS = 4.0, 0.005


@dataclass(frozen=True)
class Check:
    """One comparison: `numbers` were compared, `off` says by how much the worst of them differs."""

    what: str
    peer: str
    numbers: int
    off: str
    agrees: bool


def compare(log: Any, steps: tuple[str, ...], goal: str, python: str) -> list[Check]:
    """Ask the kit and the peers the same about one log."""
    events = jk.read_events(log)
    with tempfile.TemporaryDirectory(prefix="jk-peers-") as name:
        file, ways = Path(name, "log.parquet"), Path(name, "paths.csv")
        told_all = jk.engine.run(
            "SELECT user_id, event::VARCHAR AS event, timestamp FROM {j} ORDER BY user_id, position",
            j=events.journey,
        )
        told_all.to_parquet(file, index=False)
        paths = channel_paths(events, goal)
        paths.to_csv(ways, index=False)
        command = [python, str(HERE / "peers_answers.py"), str(file), str(ways), *steps]
        told = subprocess.run(
            command,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONWARNINGS": "ignore"},
            timeout=900,
        )
    if told.returncode:
        raise RuntimeError(f"The peers failed: {told.stderr.strip()[-500:]}")
    return checks(events, paths, steps, goal, json.loads(told.stdout.strip().splitlines()[-1]))


def checks(
    events: jk.Events,
    paths: pd.DataFrame,
    steps: tuple[str, ...],
    goal: str,
    theirs: dict[str, Any],
) -> list[Check]:
    """Compare the kit's answers with those of the peers."""
    moves = {
        (row.from_event, row.to_event): int(row.transitions)
        for row in jk.transitions(events).itertuples()
    }
    follows = {(before, after): n for before, after, n in theirs["transitions"]}
    sessions = jk.sessions(events).groupby("user_id").size().to_dict()
    users = dict(enumerate(jk.funnel(events, list(steps))["users"]))
    found = [
        exact("transitions", "pm4py, directly-follows graph", moves, follows),
        exact("sessions of each user", "retentioneering 5", sessions, theirs["sessions"]),
        exact(
            "funnel, users at each step",
            "retentioneering 5",
            users,
            dict(enumerate(theirs["funnel"])),
        ),
    ]
    for order in (1, 2):
        frame = jk.attribution(events, goal, model="markov", order=order)
        same = jk.attribution_from_paths(
            paths, path="path", conversions="conversions", nulls="nulls", order=order
        )
        ours, again = (t.set_index("channel")["conversions"].sort_index() for t in (frame, same))
        if not np.allclose(ours, again):
            raise RuntimeError("Markov from events and from their own paths differ.")
        found.append(simulated(order, ours, theirs["markov"][str(order)]))
    return found


def exact(what: str, peer: str, ours: dict[Any, Any], theirs: dict[Any, Any]) -> Check:
    """Numbers that must be the same."""
    wrong = [key for key in {*ours, *theirs} if ours.get(key) != theirs.get(key)]
    off = f"{len(wrong):,} differ" if wrong else "none differs"
    return Check(what, peer, len(ours), off, not wrong)


def simulated(order: int, ours: pd.Series, runs: list[dict[str, float]]) -> Check:
    """Credits that may differ by as much as the peer's runs differ from each other."""
    theirs = pd.DataFrame(runs).reindex(columns=ours.index).fillna(0.0)
    off = (ours - theirs.mean()).abs()
    allowed = _SPREADS * theirs.std() + _BIAS * ours.sum()
    worst = (off / ours).max()
    words = f"at most {worst:.2%} of a channel's credit (its own runs: {(theirs.std() / ours).max():.2%})"
    return Check(
        f"Markov, order {order}",
        "ChannelAttribution",
        len(ours),
        words,
        bool((off <= allowed).all()),
    )


def channel_paths(events: jk.Events, goal: str) -> pd.DataFrame:
    """The channels of each user's sessions up to the one with the goal, counted."""
    frame = jk.sessions(events)[["user_id", "session", "start", "channel"]]
    log = events.frame()
    first = log[log["event"] == goal].groupby("user_id")["timestamp"].min()
    frame["won"] = frame["user_id"].map(first)
    frame = frame[frame["won"].isna() | (frame["start"] <= frame["won"])]
    ways = frame.groupby("user_id").agg(path=("channel", " > ".join), won=("won", "first"))
    won = ways["won"].notna()
    counted = ways.assign(conversions=won.astype(int), nulls=(~won).astype(int))
    return counted.groupby("path", as_index=False)[["conversions", "nulls"]].sum()


def main() -> None:
    """Compare, print, write the results."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--peers", type=Path, required=True)
    asked.add_argument("--data", type=Path, default=HERE.parent.parent / "shared" / "data")
    asked.add_argument(
        "--folder", type=Path, default=Path(tempfile.gettempdir()) / "journeykit-bench"
    )
    options = asked.parse_args()
    if not options.peers.exists():
        write_part("Peers agree", "Not compared in this run: the peers could not be installed.")
        return
    python = str(options.peers.absolute())
    logs: dict[str, tuple[Any, tuple[str, ...]]] = {
        f"a generated log of {_EVENTS:,} events": (log_file(_EVENTS, options.folder), STEPS)
    }
    if (options.data / _ECOM).exists():
        logs["the log of retentioneering's own shop"] = (options.data / _ECOM, _ECOM_STEPS)
    rows, agreed = [], True
    for name, (log, steps) in logs.items():
        for check in compare(log, steps, GOAL, python):
            rows.append(
                [
                    check.what,
                    check.peer,
                    name,
                    f"{check.numbers:,}",
                    check.off,
                    "yes" if check.agrees else "**no**",
                ]
            )
            agreed &= check.agrees
            print(" | ".join(rows[-1]), flush=True)
    head = ["what", "against", "on", "numbers", "difference", "agrees"]
    write_part("Peers agree", table(head, rows))
    sys.exit(0 if agreed else 1)


if __name__ == "__main__":
    main()
