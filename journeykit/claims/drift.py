"""Drift: did channels, devices and events change since the last run, tested by customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from journeykit.engine import quote
from journeykit.numbers.channels import channels
from journeykit.numbers.frames import tidy
from journeykit.numbers.significance import benjamini_hochberg, two_proportions
from journeykit.numbers.stats import SMALL, newcombe
from journeykit.numbers.steps import ask
from journeykit.tables import Events

COLUMNS = ("channel", "device")
"""Columns whose first value a customer is counted by."""
_MOST = 200
"""So many values of a column are kept for the next run; the rest is one value."""


def user_shares(events: Events, columns: Sequence[str] = COLUMNS) -> list[dict[str, Any]]:
    """Count customers by channel and device of their first event, and those who did each event.

    This is what a run leaves for the next one: counts only, of nobody in particular.

    Parameters
    ----------
    events : Events
    columns : sequence of str
        Those of them that the events have.

    Returns
    -------
    list of dict
        ``kind`` (the column, or ``event``), ``value``, ``users``, ``of`` (customers in all).
    """
    parts = [
        f"SELECT '{name}' AS kind, coalesce(CAST({quote(name)} AS VARCHAR), '(none)') AS value, "
        "count(*) AS users "
        f"FROM {{journey}} WHERE position = 1 GROUP BY 2"
        for name in columns
        if name in events.columns
    ]
    parts.append(
        "SELECT 'event' AS kind, CAST(event AS VARCHAR) AS value, count(DISTINCT user_id) AS users "
        "FROM {journey} GROUP BY 2"
    )
    frame = ask(events, f"{' UNION ALL '.join(parts)} ORDER BY kind, users DESC, value")
    rows: list[dict[str, Any]] = []
    for kind, group in frame.groupby("kind", sort=False):
        for row in group.head(_MOST).itertuples():
            rows.append(
                {"kind": kind, "value": row.value, "users": int(row.users), "of": events.users}
            )
    return rows


def share_drift(
    before: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]
) -> pd.DataFrame:
    """Test which shares of customers changed between two runs.

    Two-sample test of each share (Fisher's where few are expected), q over all of them (Benjamini
    & Hochberg, 1995). The two runs are taken as different customers; where they share some, the
    test is on the safe side.

    Parameters
    ----------
    before, now : sequence of mapping
        What `user_shares` gave in each run.

    Returns
    -------
    DataFrame
        kind, value, users_before, before, users, now (shares, 0..1), difference, low, high
        (Newcombe, 1998), p, q, moved (q < 0.05), small_n; the surest first.

    Examples
    --------
    >>> old = [{"kind": "device", "value": "phone", "users": 300, "of": 1000}]
    >>> new = [{"kind": "device", "value": "phone", "users": 450, "of": 1000}]
    >>> share_drift(old, new)[["value", "moved"]].values.tolist()
    [['phone', True]]
    """
    columns = ["kind", "value", "users", "of"]
    keys = ["kind", "value"]
    sides = [pd.DataFrame(list(side), columns=columns).set_index(keys) for side in (before, now)]
    kinds = set(sides[0].index.get_level_values(0)) & set(sides[1].index.get_level_values(0))
    both = sides[0].join(sides[1], how="outer", lsuffix="_before").reset_index()
    both = both[both["kind"].isin(kinds)].reset_index(
        drop=True
    )  # a column that one of them lacks cannot move
    of = [side["of"].max() if len(side) else 0 for side in sides]
    k_old, k_new = (both[name].fillna(0).to_numpy(float) for name in ("users_before", "users"))
    frame = both[keys].assign(users_before=k_old.astype(int), users=k_new.astype(int))
    if len(frame):
        frame["before"], frame["now"] = k_old / of[0], k_new / of[1]
        frame["difference"], frame["low"], frame["high"] = newcombe(k_new, of[1], k_old, of[0])
        frame["p"] = two_proportions(k_new, of[1], k_old, of[0])
    else:
        frame[["before", "now", "difference", "low", "high", "p"]] = float("nan")
    frame["q"] = benjamini_hochberg(frame["p"].to_numpy(float))
    frame["small_n"] = min(of) < SMALL
    frame["moved"] = (frame["q"] < 0.05) & ~frame["small_n"]
    order = [
        "kind",
        "value",
        "users_before",
        "before",
        "users",
        "now",
        "difference",
        "low",
        "high",
        "p",
        "q",
        "moved",
        "small_n",
    ]
    frame = frame.sort_values(["q", "p", "kind", "value"])[order].reset_index(drop=True)
    return tidy(frame, "users", ["Tested for all shares together (Benjamini and Hochberg)."])


def room_to_grow(events: Events, goal: Any, columns: Sequence[str] = COLUMNS) -> pd.DataFrame:
    """Compare customers of each channel and device with all others: who reaches the goal more
    often.

    A channel that brings few and of whom many reach the goal has room to grow. It need not be the
    cause: other people come by it.

    Parameters
    ----------
    events : Events
    goal : step
    columns : sequence of str
        Those of them that the events have.

    Returns
    -------
    DataFrame
        kind (the column), value, users, share (of all customers), converted, conversion, low, high
        (Wilson), difference (from all others), diff_low, diff_high, p, q, grow (surely more often),
        small_n; the most promising first.
    """
    parts = []
    for name in [column for column in columns if column in events.columns]:
        found = channels(events, goal, by=name)
        rest_k, rest_n = (found[c].sum() - found[c].to_numpy(float) for c in ("converted", "users"))
        k, n = (found[c].to_numpy(float) for c in ("converted", "users"))
        gaps = newcombe(k, n, rest_k, rest_n)
        parts.append(
            found.rename(columns={"channel": "value"})
            .drop(columns="sessions")
            .assign(
                kind=name,
                share=n / n.sum(),
                difference=gaps[0],
                diff_low=gaps[1],
                diff_high=gaps[2],
                p=two_proportions(k, n, rest_k, rest_n),
            )
        )
    order = [
        "kind",
        "value",
        "users",
        "share",
        "converted",
        "conversion",
        "low",
        "high",
        "difference",
        "diff_low",
        "diff_high",
        "p",
        "q",
        "grow",
        "small_n",
    ]
    if not parts:
        return tidy(pd.DataFrame(columns=order), "users")
    frame = pd.concat(parts, ignore_index=True)
    frame["q"] = benjamini_hochberg(frame["p"].to_numpy(float))
    frame["grow"] = (frame["q"] < 0.05) & (frame["difference"] > 0) & ~frame["small_n"].astype(bool)
    frame = frame.sort_values(["grow", "conversion", "value"], ascending=[False, False, True])
    return tidy(frame[order], "users", ["Coming by a channel need not be the cause."])
