"""Drift: did channels, devices and events change since the last run, tested by customer."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from journeykit.engine import quote
from journeykit.numbers.channels import channels
from journeykit.numbers.frames import Row, tidy
from journeykit.numbers.significance import benjamini_hochberg, two_proportions
from journeykit.numbers.stats import SMALL, newcombe
from journeykit.numbers.steps import ask, finish
from journeykit.tables import Events

from .numbers import Result

COLUMNS = ("channel", "device")
"""Columns whose first value a customer is counted by."""
_MOST = 200
"""So many values of a column are kept for the next run; the rest is one value."""


def user_shares(events: Events, columns: Sequence[str] = COLUMNS) -> list[Row]:
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
    return (
        ask(events, f"{' UNION ALL '.join(parts)} ORDER BY kind, users DESC, value")
        .groupby("kind", sort=False)
        .head(_MOST)
        .assign(of=events.users)
        .to_dict("records")
    )


def share_drift(before: Sequence[Result], now: Sequence[Result]) -> pd.DataFrame:
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
    keys = ["kind", "value"]
    old, new = (pd.DataFrame([*side], columns=[*keys, "users", "of"]) for side in (before, now))
    frame = old.merge(new, "outer", keys, suffixes=("_before", ""))
    # A column that one of them lacks cannot move.
    frame = frame[frame["kind"].isin({*old["kind"]} & {*new["kind"]})].reset_index(drop=True)
    for name in ("users_before", "users"):
        frame[name] = frame[name].fillna(0).astype(int)
    if len(frame):
        k_old, k_new, was, of = (
            frame["users_before"],
            frame["users"],
            old["of"].max(),
            new["of"].max(),
        )
        frame["before"], frame["now"] = k_old / was, k_new / of
        frame["difference"], frame["low"], frame["high"] = newcombe(k_new, of, k_old, was)
        frame["p"] = two_proportions(k_new, of, k_old, was)
        frame["small_n"] = min(was, of) < SMALL
    else:
        frame[["before", "now", "difference", "low", "high", "p"]] = float("nan")
        frame["small_n"] = True
    frame["q"] = benjamini_hochberg(frame["p"].to_numpy(float))
    frame["moved"] = (frame["q"] < 0.05) & ~frame["small_n"]
    return finish(
        frame.sort_values(["q", "p", "kind", "value"]),
        "users",
        "kind value users_before before users now difference low high p q moved small_n",
        ["Tested for all shares together (Benjamini and Hochberg)."],
    )


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
        found = channels(events, goal, by=name).rename(columns={"channel": "value"})
        k, n = (found[c].to_numpy(float) for c in ("converted", "users"))
        others = (k.sum() - k, n.sum() - n)
        gaps = dict(zip(("difference", "diff_low", "diff_high"), newcombe(k, n, *others)))
        parts.append(
            found.assign(kind=name, share=n / n.sum(), **gaps, p=two_proportions(k, n, *others))
        )
    order = (
        "kind value users share converted conversion low high difference diff_low diff_high p q "
        "grow small_n"
    )
    if not parts:
        return tidy([], "users", columns=order.split())
    frame = pd.concat(parts, ignore_index=True)
    frame["q"] = benjamini_hochberg(frame["p"].to_numpy(float))
    frame["grow"] = (frame["q"] < 0.05) & (frame["difference"] > 0) & ~frame["small_n"].astype(bool)
    frame = frame.sort_values(["grow", "conversion", "value"], ascending=[False, False, True])
    return finish(frame, "users", order, ["Coming by a channel need not be the cause."])
