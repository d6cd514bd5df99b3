"""Stages that campaigns speak to, and those that none does."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from pandas import DataFrame, Series

from .campaigns import held_back
from .catalogue import number
from .frames import Row, clustered_share, need, share_of, three, tidy, yes
from .stats import small


@number(
    claims={
        f"{did}-share": {"options": lambda stage: {"stages": [stage]}}
        for did in ("opened", "clicked")
    }
)
def campaign_coverage(campaigns: DataFrame, stages: Sequence[Any]) -> DataFrame:
    """Which stages campaigns speak to, and which none does.

    Parameters
    ----------
    campaigns : DataFrame
        One row per send: campaign, user_id, stage; opened, clicked (yes/no), treatment, cost,
        where there. Rows held back are not counted.
    stages : sequence of str or Stage
        The stages of the map, in order.

    Returns
    -------
    DataFrame
        stage, campaigns, sends, users, opened_share, low, high, opened_n (of sends that could be
        tracked, Wilson 1927), clicked_share, clicked_low, clicked_high, clicked_n (clustered by
        user), cost, gap (no send at all), small_n. ``attrs["notes"]`` tells stages that the map
        does not have.

    Examples
    --------
    >>> sends = DataFrame({"campaign": ["a", "a"], "user_id": [1, 2], "stage": "trial"})
    >>> campaign_coverage(sends, ["trial", "renewal"])[["stage", "sends", "gap"]].values.tolist()
    [['trial', 2, False], ['renewal', 0, True]]
    """
    need(campaigns, "campaigns", "campaign", "user_id", "stage")
    sends = campaigns[~held_back(campaigns)]
    ids = [str(getattr(stage, "id", stage)) for stage in stages]

    def row(stage: str) -> Row:
        here = sends[sends["stage"] == stage]
        none = Series(np.nan, here.index)
        opened, clicked = (yes(here.get(name, none)) for name in ("opened", "clicked"))
        clicks = clustered_share(here, clicked)
        return {
            "stage": stage,
            "campaigns": here["campaign"].nunique(),
            "sends": len(here),
            "users": here["user_id"].nunique(),
            **share_of(opened.sum(), opened.count(), "opened_share"),
            "opened_n": opened.count(),
            **three("clicked_share clicked_low clicked_high", clicks),
            "clicked_n": clicked.count(),
            "cost": here["cost"].sum() if "cost" in here else np.nan,
            "gap": here.empty,
            "small_n": small(len(here)),
        }

    other = sorted(set(sends["stage"].dropna()) - set(ids))
    note = f"Campaigns also name stages that are not on the map: {', '.join(map(repr, other))}."
    return tidy(map(row, ids), "sends", [note] if other else [])
