"""Idiomatic pandas: sorted once, then groupby, shift and merge."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from chain import removal_effect
from shop import GOAL, MATRIX_STEPS, SESSION_SECONDS, STEPS, TOP_PATHS


def load(log: Path, cache: Path | None = None) -> pd.DataFrame:
    """Read the file, in the order of users and times, with categories for the few texts."""
    frame = pd.read_parquet(log).sort_values(
        ["user_id", "timestamp"], kind="stable", ignore_index=True
    )
    return frame.astype(dict.fromkeys(["event", "channel", "device"], "category"))


def _with_sessions(log: pd.DataFrame) -> pd.DataFrame:
    pause = log.groupby("user_id", sort=False)["timestamp"].diff().dt.total_seconds()
    return log.assign(session=(~(pause <= SESSION_SECONDS)).cumsum())


def _sessions(log: pd.DataFrame) -> pd.DataFrame:
    return (
        _with_sessions(log)
        .groupby("session")
        .agg(
            user_id=("user_id", "first"),
            start=("timestamp", "min"),
            end=("timestamp", "max"),
            events=("event", "size"),
            channel=("channel", "first"),
            device=("device", "first"),
            first_event=("event", "first"),
            last_event=("event", "last"),
        )
    )


def _funnel(log: pd.DataFrame, by: str | None = None) -> pd.DataFrame:
    log = log.assign(position=log.index)
    reached = log[log["event"] == STEPS[0]].drop_duplicates("user_id").set_index("user_id")
    value = reached[by] if by else pd.Series("", index=reached.index)
    table = {1: value.value_counts()}
    for k, step in enumerate(STEPS[1:], 2):
        events = log[log["event"] == step]
        events = events.join(
            reached[["position", "timestamp"]], on="user_id", how="inner", rsuffix="_before"
        )
        events = events[events["position"] > events["position_before"]].drop_duplicates("user_id")
        reached = events.set_index("user_id")
        groups = value.reindex(reached.index)
        seconds = (reached["timestamp"] - reached["timestamp_before"]).dt.total_seconds()
        table[k] = groups.value_counts()
        table[f"median {k}"] = seconds.groupby(groups, observed=True).median()
    return pd.DataFrame(table).sort_index()


def _transitions(log: pd.DataFrame) -> pd.DataFrame:
    groups = log.groupby("user_id", sort=False)
    moves = log.assign(
        next_event=groups["event"].shift(-1),
        seconds=(groups["timestamp"].shift(-1) - log["timestamp"]).dt.total_seconds(),
    ).dropna(subset="next_event")
    return (
        moves.groupby(["event", "next_event"], observed=True)
        .agg(
            transitions=("user_id", "size"),
            users=("user_id", "nunique"),
            median_seconds=("seconds", "median"),
        )
        .reset_index()
    )


def _matrix(log: pd.DataFrame) -> pd.DataFrame:
    step = log.groupby("user_id", sort=False).cumcount() + 1
    return pd.crosstab(step[step <= MATRIX_STEPS], log["event"])


def _paths(log: pd.DataFrame) -> pd.Series:
    texts = _with_sessions(log).astype({"event": "str"})
    each = texts.groupby("session", sort=False)["event"].agg(" → ".join)
    return each.value_counts().head(TOP_PATHS)


def _last(log: pd.DataFrame) -> pd.Series:
    won = log.loc[log["event"] == GOAL, "user_id"].unique()
    lasts = log.drop_duplicates("user_id", keep="last")
    return lasts.loc[~lasts["user_id"].isin(won), "event"].value_counts()


def _markov(log: pd.DataFrame) -> pd.Series:
    log = _with_sessions(log).astype({"channel": "str"})
    hit = (log["event"] == GOAL).groupby(log["session"]).any()
    touches = (
        log.drop_duplicates("session").set_index("session")[["user_id", "channel"]].assign(hit=hit)
    )
    touches["session"] = touches.index
    won = touches[touches["hit"]].groupby("user_id")["session"].min()
    touches["won"] = touches["user_id"].map(won)
    touches = touches[touches["won"].isna() | (touches["session"] <= touches["won"])]
    groups = touches.groupby("user_id", sort=False)["channel"]
    before, after = groups.shift(1).fillna("(start)"), groups.shift(-1)
    ends = touches[after.isna()]
    end = ends["won"].isna().map({True: "(null)", False: "(conversion)"})
    steps = pd.DataFrame({"source": before, "target": touches["channel"]})
    steps = pd.concat([steps, pd.DataFrame({"source": ends["channel"], "target": end})])
    return removal_effect(steps.value_counts().rename("n").reset_index())


WAYS = {
    "sessions": _sessions,
    "funnel": _funnel,
    "funnel by channel": lambda log: _funnel(log, "channel"),
    "transitions with medians": _transitions,
    "step matrix": _matrix,
    "top paths": _paths,
    "last before loss": _last,
    "markov": _markov,
}
