"""What campaigns do: effect against a holdout, overlap, and stages that none speaks to."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from pandas import DataFrame, Series, Timedelta, Timestamp, merge_asof

from journeykit.engine import run
from journeykit.errors import AnalysisError

from .catalogue import number
from .claimed import Found, Of, from_row, rate, row_of
from .frames import Row, clustered_share, each, need, noted, share_of, three, tidy, words_of, yes
from .stats import newcombe, small
from .steps import ask, condition, seconds

HELD_BACK = ("holdout", "control", "none")
WITHIN = "14 days"
ALIKE = 0.8  # two campaigns that reach this share of the same people say the same twice


def _added(frame: DataFrame, of: Of) -> Found:
    row = row_of(frame, "campaign", {"campaign": of[0]})
    if not row["holdout"]:
        raise AnalysisError(f"nobody was held back from {of[0]!r}: its effect cannot be known")
    return from_row(row, "effect low high", min(row["sent"], row["holdout"]))


def _followed(frame: DataFrame, of: Of) -> Found:
    row = row_of(frame, "campaign", {"campaign": of[0]})
    hits = round(row["rate_sent"] * row["sent"]) if row["sent"] else 0
    return rate(hits, row["sent"])


@number(
    result=lambda frame: frame.set_index("campaign")[["verdict", "effect"]].T.to_dict(),
    claims={"campaign-effect": _added, "campaign-conversion": _followed},
)
def campaign_effect(
    campaigns: DataFrame, outcomes: Any, goal: Any = None, *, within: Any = WITHIN
) -> DataFrame:
    """Effect of each campaign: those it was sent to against those held back at random.

    A person counts once per campaign, from its first send (or the moment in which the holdout
    would have had it), as converted when the goal follows within the time. The effect is the
    difference of the two rates with Newcombe's interval (1998). Opens and clicks prove nothing:
    who opens an e-mail was interested before.

    Parameters
    ----------
    campaigns : DataFrame
        One row per send: campaign, user_id, timestamp; treatment ("sent", "holdout"), stage,
        channel, cost, where there. Without treatment all were sent.
    outcomes : DataFrame or Events
        Orders, or any rows with user_id and timestamp; or events, with a goal.
    goal : step, optional
        The step of the events that counts, as in `funnel`; for a frame with a column event, its
        name or names.
    within : str or Timedelta
        Time after the send in which the goal counts. People whose time is not over by the end
        of the outcomes are left out.

    Returns
    -------
    DataFrame
        campaign, stage, channel, sent, holdout (users), rate_sent, rate_holdout (who reached the
        goal), effect, low, high (difference, -1..1), verdict ("works", "harms", "undecided", "no
        holdout"), overlap_with (the campaign of the same stage that aims at most of the same
        people, sent or held back), overlap_share (of those it aims at), redundant (80 % overlap
        and no effect shown), cost, too_recent (users left out), small_n (fewer than 30 on either
        side).

    Raises
    ------
    UnknownName
        A treatment that is neither sent nor held back.
    AnalysisError
        Events without a goal, or no outcome at all.

    Examples
    --------
    >>> import pandas as pd
    >>> sends = pd.DataFrame({"campaign": "hello", "user_id": range(100),
    ...     "timestamp": pd.Timestamp("2026-01-01"), "treatment": ["sent", "holdout"] * 50})
    >>> buys = pd.DataFrame({"user_id": [*range(0, 60, 2), 999], "timestamp":
    ...     [pd.Timestamp("2026-01-03")] * 30 + [pd.Timestamp("2026-03-01")]})
    >>> campaign_effect(sends, buys)[["rate_sent", "rate_holdout", "verdict"]].values.tolist()
    [[0.6, 0.0, 'works']]
    """
    rows, _, (twice, sql) = followed(campaigns, outcomes, goal, within)
    alike = _overlap(rows)
    found = each(rows, "campaign", lambda piece: _effect(piece, alike))
    notes = [f"The goal counts within {within} of the send."]
    notes.append(noted(twice, "customers", "both sent and held back: the first time counts."))
    return tidy(found, "users", notes, sql=sql)


def followed(
    campaigns: DataFrame, outcomes: Any, goal: Any, within: Any = WITHIN
) -> tuple[DataFrame, Timedelta, tuple[int, str]]:
    """Give the first send of each customer and campaign (``hit``: the goal followed in time;
    ``recent``: the time is not over), the time, and how many were on both sides, by which query.
    """
    need(campaigns, "campaigns", "campaign", "user_id", "timestamp")
    span = Timedelta(seconds=seconds(within, "within"))
    done, end = _outcomes(outcomes, goal)
    first, twice = _first_sends(campaigns)
    rows = merge_asof(
        first.sort_values("timestamp", kind="stable"),
        done,
        left_on="timestamp",
        right_on="done",
        by="user_id",
        direction="forward",
    )
    rows["hit"] = rows["done"] - rows["timestamp"] <= span
    rows["recent"] = rows["timestamp"] + span > end
    return rows, span, (twice, done.attrs.get("sql", ""))


def _outcomes(outcomes: Any, goal: Any) -> tuple[DataFrame, Timestamp]:
    """Give when each user reached the goal, and when the data ends."""
    if isinstance(outcomes, DataFrame):
        need(outcomes, "outcomes", "user_id", "timestamp")
        end = outcomes["timestamp"].max()
        if goal is not None:
            need(outcomes, "outcomes", "event")
            outcomes = outcomes[outcomes["event"].isin([goal] if isinstance(goal, str) else goal)]
        done = outcomes[["user_id", "timestamp"]].dropna()
    elif goal is None:
        raise AnalysisError("events need a goal: name the step that counts, goal='purchase'.")
    else:
        step = condition(outcomes, goal)
        done, end = (
            ask(
                outcomes,
                f"SELECT user_id, {outcomes.local()} AS timestamp FROM {{journey}} "
                f"WHERE {step.sql}",
                step.params,
            ),
            Timestamp(outcomes.end),
        )
    if not len(done):
        raise AnalysisError("nobody reached the goal in this data: there is no effect to measure.")
    done = done.rename(columns={"timestamp": "done"}).sort_values("done", kind="stable")
    return done.astype({"done": "datetime64[us]", "user_id": object}), end


def held_back(campaigns: DataFrame) -> Series:
    """Mark the rows of people who were held back; refuse a treatment that is neither."""
    if "treatment" not in campaigns.columns:
        return Series(False, index=campaigns.index)
    told = campaigns["treatment"].astype("string").fillna("sent")
    return words_of(told, ["sent", *HELD_BACK], "treatment").isin(HELD_BACK)


def _first_sends(campaigns: DataFrame) -> tuple[DataFrame, int]:
    """Give one row per campaign and user, and how many users were on both sides of one."""
    types = {"campaign": str, "user_id": object, "timestamp": "datetime64[us]"}
    more = {"stage": "", "channel": "", "cost": np.nan}
    rows = campaigns.assign(**{name: campaigns.get(name, none) for name, none in more.items()})
    rows = rows[[*types, *more]].astype(types).assign(sent=~held_back(campaigns))
    rows = rows.dropna(subset=["user_id", "timestamp"]).sort_values("timestamp", kind="stable")
    groups = rows.groupby(["campaign", "user_id"], sort=False)
    rows["total"] = groups["cost"].transform("sum", min_count=1)
    first = rows.drop_duplicates(["campaign", "user_id"])
    return first, int((groups["sent"].nunique() > 1).sum())


def _overlap(first: DataFrame) -> dict[str, tuple[str, float]]:
    """Give, for each campaign, the other of its stage that aims at most of the same people."""
    found = run(
        """
    WITH named AS (SELECT campaign, count(*) AS n,
        coalesce(first(stage ORDER BY timestamp)::VARCHAR, 'nan') AS stage
      FROM {first} GROUP BY campaign),
    aimed AS (SELECT campaign, user_id, named.stage, n FROM {first} JOIN named USING (campaign))
    SELECT a.campaign, b.campaign AS other, count(*) / any_value(a.n) AS share
    FROM aimed AS a JOIN aimed AS b USING (user_id, stage) WHERE a.campaign <> b.campaign
    GROUP BY ALL ORDER BY share, other""",  # the last is kept
        first=first,
    )
    return {name: (other, share) for name, other, share in found.itertuples(index=False)}


def _effect(piece: DataFrame, alike: dict[str, tuple[str, float]]) -> Row:
    """Compare the two sides of one campaign."""
    full = piece[~piece["recent"]]
    sent, held = full.loc[full["sent"], "hit"], full.loc[~full["sent"], "hit"]
    n, m = len(sent), len(held)
    effect = three("effect low high", newcombe(sent.sum(), n, held.sum(), m))
    verdict = "works" if effect["low"] > 0 else "harms" if effect["high"] < 0 else "undecided"
    verdict = verdict if n and m else "no holdout"
    stage, channel, name = (
        ("", "", "") if piece.empty else piece.iloc[0][["stage", "channel", "campaign"]]
    )
    other, share = alike.get(name, ("", 0.0))
    return {
        "stage": stage,
        "channel": channel,
        "sent": n,
        "holdout": m,
        "rate_sent": sent.mean(),
        "rate_holdout": held.mean(),
        **effect,
        "verdict": verdict,
        "overlap_with": other,
        "overlap_share": share,
        "redundant": share >= ALIKE and verdict in ("undecided", "harms"),
        "cost": piece["total"].sum(min_count=1),
        "too_recent": int(piece["recent"].sum()),
        "small_n": small(min(n, m)) if m else small(n),
    }


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
