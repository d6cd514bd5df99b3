"""Columns told by what is in them, where their names say nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from journeykit.tables.times import share_of_times

__all__ = ["find_by_content"]

#: An event column is texts that come back: at most this share of rows is a new one.
_REPEATING = 0.2

_FRACTION = r"-?\d+[.,]\d+"


def find_by_content(
    sample: pd.DataFrame, missing: Sequence[str], found: Mapping[str, str]
) -> Iterator[tuple[str, str, str]]:
    """Find `timestamp`, `user_id` and `event` among the columns that are left.

    Yields
    ------
    tuple
        Our name, theirs and the reason in words; only where the content leaves no doubt.
    """
    if not missing or not len(sample):
        return
    left = {
        name: sample[name].fillna("")
        for name in sample.columns
        if name not in found.values() and (sample[name].fillna("").str.strip() != "").mean() > 0.9
    }
    times = {name: share_of_times(cells) for name, cells in left.items()}
    times = {name: share for name, share in times.items() if share >= 0.9}
    if "timestamp" in missing and times:
        # Of several times the one with the most different values says most about the order.
        best = max(times, key=lambda name: left[name].nunique())
        yield "timestamp", best, f"{times[best]:.0%} of its cells are times"
    left = {name: cells for name, cells in left.items() if name not in times}
    user = found.get("user_id")
    if "user_id" in missing:
        user = _user(left)
        if user:
            yield "user_id", user, f"{left[user].nunique():,} different values that come back"
            del left[user]
    if "event" in missing and user:
        event = _event(left, sample[user])
        if event:
            yield "event", event, f"{left[event].nunique():,} different texts within the users"


def _numbers(cells: pd.Series) -> bool:
    return bool(pd.to_numeric(cells, errors="coerce").notna().mean() > 0.5)


def _user(left: dict[str, pd.Series]) -> str | None:
    """The column with the most different values that still come back in most rows."""
    counts = {
        name: cells.nunique()
        for name, cells in left.items()
        if 2 <= cells.nunique() <= 0.7 * len(cells) and not cells.str.fullmatch(_FRACTION).all()
    }
    ranked = sorted(counts, key=lambda name: -counts[name])
    clear = len(ranked) == 1 or (len(ranked) > 1 and counts[ranked[0]] >= 2 * counts[ranked[1]])
    return ranked[0] if clear else None


def _event(left: dict[str, pd.Series], users: pd.Series) -> str | None:
    """The column of few texts that changes most from row to row of the same user."""
    changes = {}
    for name, cells in left.items():
        few = 2 <= cells.nunique() <= max(2, _REPEATING * len(cells))
        if few and not _numbers(cells):
            changes[name] = cells.groupby(users).nunique().mean()
    ranked = sorted(changes, key=lambda name: -changes[name])
    if not ranked:
        return None
    # A channel or a device rarely changes within a user; two that change alike leave doubt.
    clear = len(ranked) == 1 or changes[ranked[0]] >= 1.5 * changes[ranked[1]]
    return ranked[0] if clear else None
