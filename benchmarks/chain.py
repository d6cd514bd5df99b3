"""The removal effect of a Markov chain of first order, written without the kit, to check it."""

from __future__ import annotations

import numpy as np
import pandas as pd


def removal_effect(moves: pd.DataFrame) -> pd.Series:
    """Conversions credited to each channel.

    `moves` counts what follows what: `source` (a channel or "(start)"), `target` (a channel,
    "(conversion)" or "(null)"), `n`.
    """
    counts = moves.pivot_table(
        index="source", columns="target", values="n", aggfunc="sum", fill_value=0.0
    )
    shares = counts.div(counts.sum(axis=1), axis=0)
    channels = [name for name in shares.index if name != "(start)"]
    whole = _converting(shares, channels, None)
    effect = pd.Series({name: 1 - _converting(shares, channels, name) / whole for name in channels})
    return effect / effect.sum() * moves.loc[moves["target"] == "(conversion)", "n"].sum()


def _converting(shares: pd.DataFrame, channels: list[str], removed: str | None) -> float:
    """The chance to reach the conversion from the start; a removed channel leads nowhere."""
    kept = [name for name in channels if name != removed]
    table = shares.reindex(columns=[*channels, "(conversion)"], fill_value=0.0)
    among = np.eye(len(kept)) - table.loc[kept, kept].to_numpy()
    reached = np.linalg.solve(among, table.loc[kept, "(conversion)"].to_numpy())
    return float(table.loc["(start)", kept].to_numpy() @ reached)
