"""From lead to loyal customer: shares with intervals, and a share of anything by anything."""

import numpy as np
from pandas import DataFrame

from journeykit.errors import AnalysisError

from .catalogue import number
from .claimed import Found, Of, rate, row_of, take
from .frames import (
    Row,
    each,
    homogeneity,
    need,
    noted,
    of_group,
    share_of,
    three,
    tidy,
    words_of,
    yes,
)
from .stats import clustered_rows

LEVELS = ("lead", "qualified", "customer", "loyal")
"""Each includes those that follow: a loyal customer was a customer, qualified, a lead."""


def _step(frame: DataFrame, of: Of) -> Found:
    place = int(row_of(frame, "level", {"level": of[0]}).name)
    before = frame.iloc[max(place - 1, 0)]["people"]
    return rate(frame.iloc[place]["people"], before)


@number(
    claims={
        "lead-rate": take("share_of_leads", lambda frame: frame["people"].iloc[0], where="level"),
        "lead-step-rate": _step,
    }
)
def rates(leads: DataFrame, *, by: str | None = None) -> DataFrame:
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
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"user_id": list("abcd"),
    ...     "status": ["lead", "qualified", "customer", "lead"]})
    >>> rates(frame)[["level", "people", "share_of_leads"]].values.tolist()
    [['lead', 4, 1.0], ['qualified', 2, 0.5], ['customer', 1, 0.25], ['loyal', 0, 0.0]]
    """
    who = "user_id" if "user_id" in leads.columns else "lead_id"
    columns = "level people share_of_leads low high share_of_previous small_n".split()
    need(leads, "leads", who, "status", by)
    keys = [of_group(by, columns)] if by else []
    status = words_of(leads["status"], LEVELS, "status of a lead")
    highest = leads.assign(_level=status.map({name: place for place, name in enumerate(LEVELS)}))
    highest = highest.sort_values("_level", kind="stable")
    seen = highest[who].duplicated(keep="last") & highest[who].notna()
    one_each, rows = highest[~seen], list[Row]()
    for value, piece in one_each.groupby(by, observed=True) if by else [("", one_each)]:
        reached = [int((piece["_level"] >= place).sum()) for place in range(len(LEVELS))]
        rows += [
            {
                **dict.fromkeys(keys, value),
                "level": level,
                "people": k,
                **share_of(k, len(piece), "share_of_leads"),
                "share_of_previous": k / before if before else np.nan,
            }
            for level, k, before in zip(LEVELS, reached, [len(piece), *reached])
        ]
    note = noted(seen.sum(), "rows", "of people seen before: the highest status counts.")
    frame = tidy(rows, "people", [note], [*keys, *columns])
    # that every lead is a lead is no finding, so there is nothing uncertain about it
    frame.loc[frame["level"] == LEVELS[0], ["low", "high"]] = 1.0
    return frame


@number(
    result=lambda frame: (
        frame[frame["level"] == "customer"]
        .sort_values("share_of_leads", ascending=False)
        .set_index("source")["share_of_leads"]
        .to_dict()
    )
)
def leads_by_source(leads: DataFrame) -> DataFrame:
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
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"user_id": list("ab"), "status": ["customer", "lead"],
    ...     "source": ["mail", "web"]})
    >>> found = leads_by_source(frame)
    >>> found.loc[found["level"] == "customer", ["source", "people"]].values.tolist()
    [['mail', 1], ['web', 0]]
    """
    return rates(leads, by="source")


@number()
def rate_by(
    frame: DataFrame,
    outcome: str,
    by: str | None = None,
    *,
    user: str | None = None,
    once: bool = False,
) -> DataFrame:
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
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"contract": ["month", "month", "year"], "churn": ["Yes", "No", "No"]})
    >>> rate_by(frame, "churn", "contract")[["contract", "n", "hits", "share"]].values.tolist()
    [['month', 2, 1, 0.5], ['year', 1, 0, 0.0]]
    """
    need(frame, "rows", outcome, by, user)
    if once and not user:
        raise AnalysisError(
            "once=True counts each user once: name the column of ids, user='user_id'."
        )
    hit = yes(frame[outcome])
    left = hit.isna() | (frame[user].isna() if once else False)
    known = frame.assign(_hit=hit, _torn=False)[~left]
    notes = [noted(left.sum(), "rows", f"with no answer in {outcome!r} left out.")]
    if user:
        known["_torn"] = known.groupby(user)["_hit"].transform("nunique") > 1
        torn = known.loc[known["_torn"], user].nunique()
        fix = (
            "they are in no share"
            if once
            else "if that contradicts itself, once=True sets them apart"
        )
        notes.append(noted(torn, "customers", f"with both yes and no in {outcome!r}: {fix}."))
        known = known.drop_duplicates(user) if once else known
    several = user and not once

    def row(piece: DataFrame) -> Row:
        sure = piece[~piece["_torn"]] if once else piece
        n, k = len(sure), int(sure["_hit"].sum())
        found = {"n": n, "hits": k, **share_of(k, n)}
        if several:
            found |= three("share low high", clustered_rows(sure["_hit"], sure[user]))
        return found | ({"contradicting": len(piece) - n} if once else {})

    answer = tidy(each(known, by, row), "users" if once else "rows", notes)
    alike = homogeneity(answer["hits"], answer["n"]) if by and not several else None
    answer.attrs["p"] = alike
    return answer
