"""The audience: who the people of a segment are, and whom the personas leave out."""

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np
from pandas import DataFrame, concat

from journeykit.engine import quote
from journeykit.model import Data, Facts
from journeykit.tables import Events
from journeykit.words import label, people

from .catalogue import number
from .claimed import take
from .frames import add_q, two_proportions
from .steps import ask, finish, rates


def _traits(frame: DataFrame, view: Any) -> DataFrame:
    """In what this persona differs most from everybody; what it is defined by says nothing new."""
    told = frame.assign(trait=frame["column"].map(label) + ": " + frame["value"].astype(str))
    told = told[~frame["column"].isin(list(view.persona.segment))]
    apart = (told["share"] - told["share_all"]).abs()
    return told.loc[apart.sort_values(ascending=False).index].head(12)


@number(
    counts=lambda view: (
        f"{people(view.events.users)} of this persona against all {view.all_events.users:,}"
    ),
    show=_traits,
)
def segment_profile(events: Events, segment: Events | Facts, *, most: int = 20) -> DataFrame:
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
    >>> log = pd.DataFrame({"user_id": list("abc"), "event": "visit",
    ...     "device": ["phone", "phone", "pc"],
    ...     "timestamp": pd.Timestamp("2026-01-01")})
    >>> frame = segment_profile(jk.read_events(log), {"device": "pc"})
    >>> frame[["value", "share", "lift"]].values.tolist()
    [['pc', 1.0, 3.0], ['phone', 0.0, 0.0]]
    """
    inside = segment if isinstance(segment, Events) else events.segment(segment)
    parts = []
    counts = ", ".join(f"count(DISTINCT {quote(name)})" for name in events.columns)
    several = ask(events, f"SELECT {counts or 1} FROM {{journey}}")
    for name, values in zip(events.columns, several.iloc[0]):
        if not 1 < values <= most:
            continue
        part = ask(
            events,
            f"""
        WITH counted AS (SELECT user_id, CAST({quote(name)} AS VARCHAR) AS value, count(*) AS n,
            min(position) AS first FROM {{journey}} WHERE {quote(name)} IS NOT NULL GROUP BY 1, 2),
        ranked AS (SELECT user_id, value, row_number() OVER (PARTITION BY user_id
            ORDER BY n DESC, first) AS nth FROM counted),
        mine AS (SELECT DISTINCT user_id FROM {{mine}})
        SELECT value, count(*) AS everyone, count(mine.user_id) AS users
        FROM ranked LEFT JOIN mine ON ranked.user_id = mine.user_id WHERE nth = 1
        GROUP BY value ORDER BY users DESC, value""",
            mine=inside.journey,
        )
        all_n, n = part["everyone"].sum(), part["users"].sum()
        parts.append(part.assign(column=name, n=n, all_n=all_n, sql=part.attrs["sql"]))
    names = "column value users everyone n all_n sql".split()
    frame = concat(parts, ignore_index=True) if parts else DataFrame(columns=names)
    frame = rates(frame, "users", "n")
    frame["share_all"] = frame["everyone"] / frame["all_n"]
    frame["lift"] = frame["share"] / frame["share_all"]
    k, n, all_k, all_n = (frame[c].astype(float) for c in ("users", "n", "everyone", "all_n"))
    frame["p"] = two_proportions(k, n, all_k - k, all_n - n)
    add_q(frame)
    return finish(
        frame,
        "users",
        "column value users share low high share_all lift p q small_n",
        sql=[*frame["sql"].unique()] or [several],
    )


def _outside(frame: DataFrame, view: Any) -> Data:
    """Count whom no persona matches, and what was spent on them."""
    everybody, sends = view.all_events, view.table("campaigns", everybody=True)
    outside = frame.iloc[-1]
    told = {"users_outside": outside["users"], "share_outside": outside["share"]}
    if sends is not None and "cost" in sends.columns and sends["cost"].sum() > 0:
        asked = sends["user_id"].dropna()
        ours = (everybody.segment_users(s, among=asked) for s in view.segments.values())
        known = {user for users in ours for user in users["user_id"]}
        lost = sends.loc[~sends["user_id"].isin(known), "cost"].sum()
        told["spend_outside"] = lost / sends["cost"].sum()
    return told


@number(
    result=_outside,
    claims={
        "uncovered-share": {
            "take": take("share", lambda view: view.all_events.users, at=-1),
            "options": lambda view: {
                "personas": {id: each.segment for id, each in view.folder.personas().items()}
            },
        }
    },
)
def coverage(events: Events, personas: Mapping[str, Facts]) -> DataFrame:
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
    >>> log = pd.DataFrame({"user_id": list("abc"), "event": "visit",
    ...     "device": ["phone", "phone", "pc"],
    ...     "timestamp": pd.Timestamp("2026-01-01")})
    >>> result = coverage(jk.read_events(log), {"maya": {"device": "phone"}})
    >>> result[["persona", "users"]].values.tolist()
    [['maya', 2], ['(no persona)', 1]]
    """
    # Each user gets one number that says which personas they are: sums of powers of two.
    members = {f"p{i}": events.members(segment) for i, segment in enumerate(personas.values())}
    union = " UNION ALL ".join(
        f"SELECT user_number, {2**i} AS weight FROM {{{name}}}" for i, name in enumerate(members)
    )
    none = "SELECT user_number, 0 AS weight FROM {journey} WHERE FALSE"
    found = ask(
        events,
        f"""
    WITH each AS (SELECT user_number, sum(weight) AS mask FROM ({union or none}) AS members
      GROUP BY user_number)
    SELECT mask, count(*) AS users FROM each GROUP BY mask""",
        (),
        **members,
    )
    users, mask = found["users"].to_numpy(int), found["mask"].to_numpy(int)
    inside = mask[:, None] >> np.arange(len(members)) & 1
    both = inside.T * users @ inside  # how many are in two personas; on the diagonal in each
    sizes = both.diagonal()
    several = "Some customers belong to several personas."
    notes = [several] if sizes.sum() > users.sum() else []
    shared = [
        (a, b, both[i, j], both[i, j] / max(1, min(sizes[i], sizes[j])))
        for (i, a), (j, b) in combinations(enumerate(personas), 2)
    ]
    overlap = DataFrame(shared, columns="persona_a persona_b users share".split())
    rows = {"persona": [*personas, "(no persona)"], "users": [*sizes, events.users - users.sum()]}
    frame = rates(DataFrame(rows), "users", float(events.users))
    return finish(frame, "users", "", notes, [found], overlap=overlap)


@number(claims={"segment-share": {"options": lambda of: {"segment": {of[0]: of[1]}}}})
def audience_share(events: Events, everybody: Events, segment: Facts | None = None) -> DataFrame:
    """Count customers, of everybody; or, with a segment, those of them who are in it.

    Parameters
    ----------
    events, everybody : Events
        Those of a persona, and of all.
    segment : mapping, optional
        Columns to values, as a persona has them.

    Returns
    -------
    pandas.DataFrame
        One row: ``users, of`` (everybody, or with a segment the customers of `events`), ``share,
        low, high, small_n``.

    Examples
    --------
    >>> import pandas as pd, journeykit as jk
    >>> log = pd.DataFrame({"user_id": list("abc"), "event": "visit",
    ...     "device": ["phone", "phone", "pc"],
    ...     "timestamp": pd.Timestamp("2026-01-01")})
    >>> events = jk.read_events(log)
    >>> audience_share(events, events, {"device": "phone"})[["users", "of"]].values.tolist()
    [[2, 3]]
    """
    part, whole = (events.segment(segment), events) if segment else (events, everybody)
    frame = rates(
        ask(
            whole,
            """
    SELECT (SELECT count(DISTINCT user_number) FROM {mine}) AS users,
      count(DISTINCT user_number) AS of FROM {journey}""",
            mine=part.journey,
        ),
        "users",
        "of",
    )
    return finish(frame, "users", "users of share low high small_n")
