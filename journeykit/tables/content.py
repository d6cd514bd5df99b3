"""Columns told by what is in them, where their names say nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from journeykit.tables.times import share_of_times

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
    if not missing:
        return
    texts = sample.fillna("")
    left = {name: texts[name] for name in texts if name not in found.values()}
    left = {n: cells for n, cells in left.items() if (cells.str.strip() != "").mean() > 0.9}
    shares = {name: share_of_times(cells) for name, cells in left.items()}
    times = {name: left.pop(name) for name, share in shares.items() if share >= 0.9}
    if "timestamp" in missing and times:
        # Of several times the one with the most different values says most about the order.
        best = max(times, key=lambda name: times[name].nunique())
        yield "timestamp", best, f"{shares[best]:.0%} of its cells are times"
    user = found.get("user_id")
    if "user_id" in missing and (user := _user(left)):
        yield "user_id", user, f"{left.pop(user).nunique():,} different values that come back"
    if "event" in missing and user and (event := _event(left, texts[user])):
        yield "event", event, f"{left[event].nunique():,} different texts within the users"


def _user(left: dict[str, pd.Series]) -> str | None:
    """The column with the most different values that still come back in most rows."""
    counts = {
        name: cells.nunique()
        for name, cells in left.items()
        if 2 <= cells.nunique() <= 0.7 * len(cells) and not cells.str.fullmatch(_FRACTION).all()
    }
    return _clearly_first(counts, 2)


def _event(left: dict[str, pd.Series], users: pd.Series) -> str | None:
    """The column of few texts that changes most from row to row of the same user."""
    changes = {
        name: cells.groupby(users).nunique().mean()
        for name, cells in left.items()
        if 2 <= cells.nunique() <= max(2, _REPEATING * len(cells))
        and pd.to_numeric(cells, errors="coerce").notna().mean() <= 0.5
    }
    # A channel or a device rarely changes within a user; two that change alike leave doubt.
    return _clearly_first(changes, 1.5)


def _clearly_first(scores: dict[str, float], lead: float) -> str | None:
    """The name with the highest score, where the second is so many times lower."""
    first, second, *_ = [*sorted(scores, key=lambda name: -scores[name]), None, None]
    clear = second is None or scores[str(first)] >= lead * scores[second]
    return first if clear else None
