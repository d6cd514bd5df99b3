"""From lead to loyal customer: shares with intervals, and a share of anything by anything."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from journeykit.declared import Metric
from journeykit.errors import AnalysisError, UnknownName, did_you_mean
from journeykit.numbers.catalogue import number
from journeykit.numbers.claimed import Found, Of, from_row, rate, row_of
from journeykit.numbers.frames import each, need, say, tidy, yes
from journeykit.numbers.significance import homogeneity
from journeykit.numbers.stats import clustered_rows, small, wilson
from journeykit.words import people, percent

LEVELS = ("lead", "qualified", "customer", "loyal")
"""Each includes those that follow: a loyal customer was a customer, qualified, a lead."""


def _became(frame: pd.DataFrame, view: Any) -> str:
    if frame.attrs["asked"].get("by"):
        return _sources(frame, view)
    row = frame.iloc[-1]
    said = f"{percent(row['share_of_leads'])} of {people(frame.iloc[0]['people'], 'leads')}"
    return f"{said} became a {row['level'].removesuffix(' customer')} customer."


def _step(frame: pd.DataFrame, of: Of, stage: str, view: Any) -> Found:
    place = int(row_of(frame, "level", {"level": of[0]}).name)
    before = frame.iloc[max(place - 1, 0)]["people"]
    return rate(frame.iloc[place]["people"], before)


def _reached(frame: pd.DataFrame, of: Of, stage: str, view: Any) -> Found:
    row = row_of(frame, "level", {"level": of[0]})
    return from_row(row, "share_of_leads low high", frame.iloc[0]["people"])


_LEADS = "People in the lead table of this persona; each level counts those above it too"


@number(
    "From lead to loyal customer",
    id="leads",
    counts=_LEADS,
    columns="level people:int share_of_leads low high small_n",
    chart="rates",
    say=_became,
    result=lambda frame, view: {r.level: r.share_of_leads for r in frame.itertuples()},
    claims={
        "lead-rate": Metric("leads who become {of}", "share", _reached, "level", counts="leads"),
        "lead-step-rate": Metric(
            "leads of the level before who become {of}",
            "share",
            _step,
            "level",
            counts="leads of the level before",
        ),
    },
)
def rates(leads: pd.DataFrame, *, by: str | None = None) -> pd.DataFrame:
    """How many leads get qualified, become customers, stay loyal.

    Parameters
    ----------
    leads : DataFrame
        One row per lead: user_id (or lead_id), status (lead, qualified, customer, loyal); of
        several rows of one person the highest status counts.
    by : str, optional
        A column such as source or industry: the rates for each of its values.

    Returns
    -------
    DataFrame
        [by,] level, people (who reached it), share_of_leads, low, high (Wilson 1927),
        share_of_previous (level), small_n (fewer than 30 leads).

    Raises
    ------
    UnknownName
        A status that is none of the four.

    Examples
    --------
    >>> frame = pd.DataFrame({"user_id": list("abcd"),
    ...     "status": ["lead", "qualified", "customer", "lead"]})
    >>> rates(frame)[["level", "people", "share_of_leads"]].values.tolist()
    [['lead', 4, 1.0], ['qualified', 2, 0.5], ['customer', 1, 0.25], ['loyal', 0, 0.0]]
    """
    who = "user_id" if "user_id" in leads.columns else "lead_id"
    need(leads, "leads", who, "status", *([by] if by else []))
    status = leads["status"].astype("string").str.strip().str.lower()
    odd = leads.loc[~status.isin(LEVELS), "status"]
    if len(odd):
        raise UnknownName(
            f"{str(odd.iloc[0])!r} is no status of a lead ({say(len(odd), 'row')}). "
            f"{did_you_mean(str(odd.iloc[0]), LEVELS)}"
        )
    level = status.map({name: place for place, name in enumerate(LEVELS)}).astype(int)
    people = leads.assign(_level=level).sort_values("_level", kind="stable")
    several = int(people[who].dropna().duplicated().sum())
    one_each = people[~(people[who].duplicated(keep="last") & people[who].notna())]
    rows: list[dict[str, Any]] = []
    for value, piece in one_each.groupby(by, observed=True) if by else [("", one_each)]:
        n, before = len(piece), len(piece)
        for place, name in enumerate(LEVELS):
            k = int((piece["_level"] >= place).sum())
            # that every lead is a lead is no finding, so there is nothing uncertain about it
            low, high = wilson(k, n) if place else (1.0, 1.0)
            rows.append(
                dict.fromkeys([by] if by else [], value)
                | {
                    "level": name,
                    "people": k,
                    "share_of_leads": k / n if n else np.nan,
                    "low": low,
                    "high": high,
                    "share_of_previous": k / before if before else np.nan,
                    "small_n": small(n),
                }
            )
            before = k
    note = f"{say(several, 'row')} of people seen before: the highest status counts."
    columns = [by] if by else []
    columns += ["level", "people", "share_of_leads", "low", "high", "share_of_previous", "small_n"]
    return tidy(rows, "people", [note] if several else [], columns)


def _sources(frame: pd.DataFrame, view: Any) -> str:
    bought = frame[frame["level"] == "customer"].sort_values("share_of_leads", ascending=False)
    told = bought[~bought["small_n"].astype(bool)]
    if told.empty:
        return "All sources have fewer than 30 leads."
    ends = [told.iloc[0], told.iloc[-1]][: len(told)]
    said = (f"{r.iloc[0]}: {percent(r['share_of_leads'])} become customers" for r in ends)
    return f"{'; '.join(said)}."


@number(
    "Which source brings customers?",
    needs="source",
    id="leads-by-source",
    counts=_LEADS,
    columns="level people:int share_of_leads low high small_n",
    chart="rates",
    say=_sources,
    result=lambda frame, view: {
        r.source: r.share_of_leads
        for r in frame[frame["level"] == "customer"]
        .sort_values("share_of_leads", ascending=False)
        .itertuples()
    },
)
def leads_by_source(leads: pd.DataFrame) -> pd.DataFrame:
    """Tell how many leads of each source become customers.

    Parameters
    ----------
    leads : DataFrame
        Columns user_id, status, source.

    Returns
    -------
    DataFrame
        As `rates`, by source.

    Examples
    --------
    >>> frame = pd.DataFrame({"user_id": list("ab"), "status": ["customer", "lead"],
    ...     "source": ["mail", "web"]})
    >>> found = leads_by_source(frame)
    >>> found.loc[found["level"] == "customer", ["source", "people"]].values.tolist()
    [['mail', 1], ['web', 0]]
    """
    return rates(leads, by="source")


@number(
    "How often, by {by}?",
    counts="Rows of the table",
    columns="n hits:int share low high small_n",
    chart="rate_by",
)
def rate_by(
    frame: pd.DataFrame,
    outcome: str,
    by: str | None = None,
    *,
    user: str | None = None,
    once: bool = False,
) -> pd.DataFrame:
    """Share of rows with a yes in one column, for each value of another.

    Parameters
    ----------
    frame : DataFrame
        Any table.
    outcome : str
        A column of yes and no (true/false, 1/0, yes/no); rows where it is empty are left out.
    by : str, optional
        A column to break down by.
    user : str, optional
        A column of ids: with several rows per user the interval is clustered by user.
    once : bool
        The answer is one of the user, such as whether a customer left: each counts once, and those
        of whom some rows say yes and some no are set apart, not averaged. `by` is that of the
        first row.

    Returns
    -------
    DataFrame
        [by,] n (rows, with `once` users), hits, share, low, high (Wilson 1927; clustered:
        `stats.clustered`), small_n; with `once` also contradicting (users in no share), and
        with `user` a note counts them. ``attrs["p"]``: chance of such differences if all groups
        were alike (Pearson's
        chi-square; not given where rows of one user are not independent).

    Raises
    ------
    AnalysisError
        `once` without a `user`.

    Examples
    --------
    >>> frame = pd.DataFrame({"contract": ["month", "month", "year"], "churn": ["Yes", "No", "No"]})
    >>> rate_by(frame, "churn", "contract")[["contract", "n", "hits", "share"]].values.tolist()
    [['month', 2, 1, 0.5], ['year', 1, 0, 0.0]]
    """
    need(frame, "rows", outcome, *(name for name in (by, user) if name))
    hit = yes(frame[outcome])
    left = hit.isna() | (frame[user].isna() if user and once else False)
    known = frame.assign(_hit=hit, _torn=False)[~left]
    notes = (
        [f"{say(int(left.sum()), 'row')} with no answer in {outcome!r} left out."]
        if left.any()
        else []
    )
    if user:
        known["_torn"] = known.groupby(user)["_hit"].transform("nunique") > 1
        if torn := known.loc[known["_torn"], user].nunique():
            fix = (
                "they are in no share"
                if once
                else "if that contradicts itself, once=True sets them apart"
            )
            notes.append(f"{say(torn, 'user')} with both yes and no in {outcome!r}: {fix}.")
        known = known.drop_duplicates(user) if once else known
    elif once:
        raise AnalysisError(
            "once=True counts each user once: name the column of ids, user='user_id'."
        )

    def row(piece: pd.DataFrame) -> dict[str, Any]:
        sure = piece[~piece["_torn"]] if once else piece
        n, k = len(sure), int(sure["_hit"].sum())
        low, high = (
            clustered_rows(sure["_hit"], sure[user])[1:] if user and not once else wilson(k, n)
        )
        share = k / n if n else float("nan")
        found = {"n": n, "hits": k, "share": share, "low": low, "high": high, "small_n": small(n)}
        return found | ({"contradicting": len(piece) - n} if once else {})

    answer = tidy(each(known, by, row), "users" if once else "rows", notes)
    alone = once or not user
    answer.attrs["p"] = homogeneity(answer["hits"], answer["n"]) if by and alone else None
    return answer
