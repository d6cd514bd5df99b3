"""The audience: who the people of a segment are, and whom the personas leave out."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import pandas as pd

from journeykit.engine import quote
from journeykit.numbers.significance import benjamini_hochberg, two_proportions
from journeykit.numbers.steps import ask, finish, rates
from journeykit.tables import Events

__all__ = ["coverage", "segment_profile"]


def segment_profile(
    events: Events, segment: Events | Mapping[str, Any], *, most: int = 20
) -> pd.DataFrame:
    """Compare the people of a segment with everybody, column by column.

    Parameters
    ----------
    events : Events
        Everybody.
    segment : Events or mapping
        The segment's events, or the mapping that names it.
    most : int
        Columns with more values than this (ids, pages) are left out.

    Returns
    -------
    pandas.DataFrame
        ``column, value`` (a user's most frequent one), ``users, share`` (of the segment),
        ``low, high, share_all`` (of everybody), ``lift`` (share / share_all), ``p, q`` (against
        those outside the segment; Benjamini-Hochberg over all rows), ``small_n``.

    Examples
    --------
    >>> import pandas as pd, journeykit as jk
    >>> log = pd.DataFrame({"user_id": list("abc"), "event": "visit", "device": ["phone", "phone", "pc"],
    ...     "timestamp": pd.Timestamp("2026-01-01")})
    >>> frame = segment_profile(jk.read_events(log), {"device": "pc"})
    >>> frame[["value", "share", "lift"]].values.tolist()
    [['pc', 1.0, 3.0], ['phone', 0.0, 0.0]]
    """
    inside = segment if isinstance(segment, Events) else events.segment(segment)
    parts = []
    counts = ", ".join(f"count(DISTINCT {quote(name)})" for name in events.columns)
    several = ask(events, f"SELECT {counts or 1} FROM {{journey}}").iloc[0].tolist()
    for name, values in zip(events.columns, several, strict=False):
        if not 1 < values <= most:
            continue
        sql = f"""
        WITH counted AS (SELECT user_id, CAST({quote(name)} AS VARCHAR) AS value, count(*) AS n,
            min(position) AS first FROM {{journey}} WHERE {quote(name)} IS NOT NULL GROUP BY 1, 2),
        ranked AS (SELECT user_id, value, row_number() OVER (PARTITION BY user_id
            ORDER BY n DESC, first) AS nth FROM counted),
        mine AS (SELECT DISTINCT user_id FROM {{mine}})
        SELECT value, count(*) AS everyone, count(mine.user_id) AS users
        FROM ranked LEFT JOIN mine ON ranked.user_id = mine.user_id WHERE nth = 1
        GROUP BY value ORDER BY users DESC, value"""
        part = ask(events, sql, mine=inside.journey)
        whole = {"all_n": part["everyone"].sum(), "n": part["users"].sum()}
        parts.append(part.assign(column=name, sql=part.attrs["sql"], **whole))
    names = ["column", "value", "users", "everyone", "n", "all_n", "sql"]
    frame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=names)
    frame = rates(frame, "users", "n")
    frame["share_all"] = frame["everyone"] / frame["all_n"]
    frame["lift"] = frame["share"] / frame["share_all"]
    k, n, all_k, all_n = (frame[c].to_numpy(float) for c in ("users", "n", "everyone", "all_n"))
    frame["p"] = two_proportions(k, n, all_k - k, all_n - n)
    frame["q"] = benjamini_hochberg(frame["p"].to_numpy())
    keep = [
        "column",
        "value",
        "users",
        "share",
        "low",
        "high",
        "share_all",
        "lift",
        "p",
        "q",
        "small_n",
    ]
    return finish(frame[keep], "users", frame["sql"].unique().tolist())


def coverage(events: Events, personas: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """Count whom each persona stands for, who is in several, and whom none of them covers.

    Parameters
    ----------
    events : Events
    personas : mapping of persona to segment
        An empty segment stands for everybody.

    Returns
    -------
    pandas.DataFrame
        ``persona, users, share`` (of all users), ``low, high, small_n``, last the row
        "(no persona)". ``attrs["overlap"]`` has persona_a, persona_b, users, share (of the
        smaller of the two).

    Examples
    --------
    >>> import pandas as pd, journeykit as jk
    >>> log = pd.DataFrame({"user_id": list("abc"), "event": "visit", "device": ["phone", "phone", "pc"],
    ...     "timestamp": pd.Timestamp("2026-01-01")})
    >>> coverage(jk.read_events(log), {"maya": {"device": "phone"}})[["persona", "users"]].values.tolist()
    [['maya', 2], ['(no persona)', 1]]
    """
    # Each user gets one number that says which personas they are: sums of powers of two.
    members = {f"p{i}": events.members(segment) for i, segment in enumerate(personas.values())}
    union = " UNION ALL ".join(
        f"SELECT user_number, {2**i} AS weight FROM {{{name}}}" for i, name in enumerate(members)
    )
    none = "SELECT user_number, 0 AS weight FROM {journey} WHERE FALSE"
    sql = (
        f"WITH each AS (SELECT user_number, sum(weight) AS mask FROM ({union or none}) AS members "
        "GROUP BY user_number) SELECT mask, count(*) AS users FROM each GROUP BY mask"
    )
    found = ask(events, sql, (), **members)
    users, mask = found["users"].to_numpy(int), found["mask"].to_numpy(int)
    sizes = {name: int(users[mask & 2**i > 0].sum()) for i, name in enumerate(personas)}
    rows = [{"persona": name, "users": size} for name, size in sizes.items()]
    rows.append({"persona": "(no persona)", "users": events.users - int(users.sum())})
    several = sum(sizes.values()) > users.sum()
    notes = ["Some users belong to several personas."] if several else []
    frame = finish(
        rates(pd.DataFrame(rows), "users", float(events.users)), "users", found.attrs["sql"], notes
    )
    shared = []
    for (i, a), (j, b) in combinations(enumerate(personas), 2):
        both = int(users[(mask & 2**i > 0) & (mask & 2**j > 0)].sum())
        shared.append((a, b, both, both / max(1, min(sizes[a], sizes[b]))))
    frame.attrs["overlap"] = pd.DataFrame(
        shared, columns=["persona_a", "persona_b", "users", "share"]
    )
    return frame
