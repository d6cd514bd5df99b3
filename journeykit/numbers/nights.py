"""The nights of a claim: on which night each customer counts, and as what.

The catalogue says of a metric where its nights come from: ``step``, ``lost`` and ``first`` are of
the funnel (from the step before, those who do not go on, from the first), ``goal`` is from a
customer's first event, ``channel`` whether that came by the channel, ``from`` the goal of those who
came by it, ``circles`` from when they could have turned back, ``turns`` several of each customer,
``answers`` are of a survey, ``contacts`` of the support, ``sends`` of a campaign; all else are the
two steps that the metric, or the one that is named, asks for.

A share counts a customer on the night on which their window closes: after as many days as 99 % of
those need who go on. The limit is made smaller by the part of them who need longer (of loops and
ways back all who need more than a week). What a log that is less than three times as long tells of
this is too little: then no night counts yet. A median is the sign test: on the night on which it
was over, whether it took longer than the limit; half of them may. Its nights begin when those who
need long are among them. An answer counts on its night, the first of each customer, and so do a
contact and a case of a promise; a delivery counts on the day for which it was promised, a send when
its time was over.

Of sessions and moves a customer has n, of which k count. Each customer counts once, with those of
a week from the first one on, as ``x = t + w·(k/n - t)``, w being n as a part of what 99 % do not
pass, at most 1: x is from 0 to 1 and its mean is t where the share is t, however unequal the
customers. The limit t is made larger or smaller as the share of these is than that of all, where
no customer counts more than 99 % do either.

The effect of a campaign is a mean as well: of those who reach the goal who was sent it counts 1 and
who was held back 0, and all others count π, the share to whom it was sent. As that is drawn by lot,
the mean is π + π(1-π) times the effect.
"""

from contextlib import suppress
from typing import Any

import numpy as np
from pandas import DataFrame, Timedelta, to_numeric, to_timedelta

from journeykit.errors import AnalysisError, DataError
from journeykit.words import people

from .campaigns import followed
from .catalogue import METRICS, told
from .frames import need, yes
from .likert import numbers, parse_scale
from .promises import promise_cases
from .scores import SCALES
from .steps import ask
from .survey import measured, nearest
from .sus import sus_scores
from .waits import waits

_WEEK = 6
"""So many days after the first of several a customer counts, or earlier: a week."""
_TURNS = """everything AS (SELECT count(*) AS n, avg(y) AS went FROM days GROUP BY user_number),
    top AS (SELECT quantile_disc(n, 0.99) AS top FROM everything),
    every AS (SELECT sum(least(n, top) * went) / sum(least(n, top)) AS every FROM everything, top),
    parts AS (SELECT opened, wide, count(*) AS n, avg(y) AS went FROM days, spans
      WHERE lag <= wide GROUP BY user_number, opened, wide),
    most AS (SELECT least(quantile_disc(n, 0.99), 30) AS most FROM parts),
    weighed AS (SELECT opened, wide, CASE WHEN n > 30 THEN round(60 * went) / 60 ELSE went END
      AS went, least(n, most) / most AS w FROM parts, most),
    held AS (SELECT avg(w) AS part,
      coalesce(sum(w * went) / sum(w) / nullif(max(every), 0), 1) AS near
      FROM weighed, every),
    nights AS (SELECT opened + to_days(wide) AS night, w * (went - bar) + bar AS x, bar, wide,
      part, near FROM (SELECT *, least({limit!r} * near, 1) AS bar FROM weighed, held) AS bars)"""
"""What of several of each customer is made; see above. Not more than 30 of them count as more, and
their share is rounded, so that there are some hundred values of x and not a hundred thousand."""


def bounds(view: Any, claim: Any, stage: str, whole: bool = False) -> Any:
    """Give what is held against each limit of a claim.

    Parameters
    ----------
    view : Scope
        Whose data; see `journeykit.claims.scope`.
    claim : Claim
    stage : str
        For a metric that is of a stage.
    whole : bool
        Whether the last day of the events is over.

    Returns
    -------
    list of (DataFrame, float, int)
        How many had which value (columns, 0 to 1) by night; the limit; whether lower (-1) or higher
        means (1) are wrong. The table's ``attrs`` say how long
        the night is after the customer came (``wide``), what 0 and 1 stand for (``ends``), and of
        sessions and moves how much a customer weighs on average (``part``).

    Raises
    ------
    JourneykitError
        Where there is no night; says why.
    """
    about, of = claim.about, claim.of
    asked = METRICS.get(about.nights, about)
    options = told(asked.options, of=of, stage=stage, view=view) or dict(
        zip(asked.asks.split(), of)
    )
    if about.nights == "answers" and not options:
        options = {"stage": stage}
    sides, found = (1,) if claim.comparison in ("at most", "below") else (-1, 1), []
    for limit, side in zip(claim.limits, sides):
        rows = _rows(view, about, of, options, limit, side, whole)
        if rows.size:
            table = rows.pivot(index="night", columns="x", values="n").fillna(0)
            table.attrs = {"ends": (0, 1), "wide": Timedelta(days=rows["wide"][0])} | rows.attrs
            found.append((table, rows["bar"][0], side))
    if not found:
        raise AnalysisError("there is none of them with its time")
    return found


def _rows(
    view: Any, about: Any, of: Any, options: Any, limit: float, side: int, whole: bool
) -> DataFrame:
    """Count by night and x; the bar is what their mean is held against."""
    how = about.nights
    if how == "answers":
        return _answers(view, about, limit, **options)
    if how == "cases":
        return _cases(view, limit, *of)
    if how == "contacts":
        return _contacts(view, about, limit, side, *of, **options)
    if how == "sends":
        return _sends(view, about, limit, *of)
    sql, params = waits(view, about, of, [*options.values()])
    rows = ask(view.events, _nights(view.events, about, sql, limit, side, whole), params)
    if rows.size and not rows["past"].any():
        raise AnalysisError(
            f"each counts after {people(rows['days'][0], 'days')}, and the data must be three "
            "times as long, its last day over"
        )
    if rows.size and how == "turns":
        part, near = rows.loc[0, ["part", "near"]]
        low = limit - limit / part
        rows.attrs |= {"part": part, "ends": (low, low + 1 / part / (near or 1))}
    return rows[rows["past"].astype(bool)].reset_index(drop=True)


def _nights(events: Any, about: Any, sql: str, limit: float, side: int, whole: bool) -> str:
    """Ask how many had which x on which night; ``past`` where it is known."""
    turns, days = about.nights == "turns", "coalesce(quantile_disc(lag, 0.99), 0)"
    first, last = (f"date_trunc('day', {events.local(at)})" for at in ("opened", "done"))
    went, bar = "coalesce(lag <= wide, FALSE)", f"{limit!r} * soon"
    if about.nights == "lost":
        went, bar = f"NOT {went}", f"1 - {1 - limit!r} * soon"
    made = f"""parts AS (SELECT coalesce(avg((lag <= wide)::INTEGER), 1) AS soon FROM days, spans),
    nights AS (SELECT opened + to_days(wide) AS night, ({went})::INTEGER AS x,
      {bar} AS bar, wide FROM days, spans, parts)"""
    if turns or about.nights == "circles":  # they come again for months
        days = f"least({days}, {_WEEK})"
    if turns:
        made = _TURNS.format(limit=limit)
    if about.kind == "hours":
        took = events.journey.engine.seconds("opened", "done")
        made += f""", times AS (SELECT {last} AS night, 0.5 AS bar, 0 AS wide,
      ({took} {">" if side > 0 else ">="} {3600 * limit!r})::INTEGER AS x
      FROM waits WHERE done IS NOT NULL)"""
    # Today may not be over; and a log that is hardly longer than they think knows the quick ones.
    over = """night >= began + to_days(spans.wide) AND night < today
      AND began + to_days(3 * spans.wide) <= today"""
    return f"""WITH waits AS ({sql}),
    days AS (SELECT {first} AS opened, date_diff('day', {first}, {last}) AS lag
      {", user_number, y" * turns} FROM waits),
    spans AS (SELECT {days}::INTEGER AS wide, quantile_disc(opened, 0.01) AS began,
      max(opened) AS today FROM days), {made},
    counted AS (SELECT each.*, {"night <= today" if whole else over} AS past, spans.wide AS days
      FROM {"times" if about.kind == "hours" else "nights"} AS each, spans)
    SELECT *, count(*) AS n FROM counted GROUP BY ALL"""


def _answers(
    view: Any, about: Any, limit: float, measure: str | None = None, stage: str = ""
) -> DataFrame:
    """Count the answers to a question, or about a stage."""
    rows = measured(view.table("surveys"), measure, None)[0]
    if measure is None:
        rows, measure = nearest(rows, stage)
    rows = rows[rows["measure"] == measure]
    need(rows, "surveys", "timestamp")
    if rows.empty:
        return rows
    scale, asked = view.scales.get(measure, SCALES[measure]), rows.get("question")
    if measure == "sus" and asked is not None and asked.notna().any():
        score = sus_scores(rows, scale=scale)
        rows = rows.groupby("response_id").last().assign(score=score)
    if measure == "sus":
        scale = "0-100"
    low, high = parse_scale(scale)
    given, (least, most) = numbers(rows["score"], scale, measure), about.ends or (low, high)
    x = (given - low) / (high - low)
    if not stage and measure in ("nps", "csat"):
        x = np.where(np.isnan(given), np.nan, given >= high - 1)
        if measure == "nps":
            x = (x + (given >= high - 3)) / 2
    found = _firsts(rows, rows["timestamp"], x, (limit - least) / (most - least))
    found.attrs["ends"] = least, most
    return found


def _cases(view: Any, limit: float, promise: str) -> DataFrame:
    """Count what a promise was kept for, a delivery on the day it was due."""
    tables = dict[str, DataFrame]()
    for kind in ("support", "orders"):
        with suppress(DataError):  # the promise is measured in the other one
            tables[kind] = view.table(kind)
    [told] = [each for each in view.promises if each.id == promise]
    cases = promise_cases(told, tables, [])
    if cases is None:
        return DataFrame()
    need(cases, "orders or contacts", "timestamp")
    due = cases["limit"] if told.measure == "delivered_days" else 0
    return _firsts(cases, cases["timestamp"] + to_timedelta(due, "D"), cases["kept"], limit)


def _contacts(
    view: Any, about: Any, limit: float, side: int, channel: str = "", *, measure: str
) -> DataFrame:
    """Count contacts: whether each was solved, or whether it took longer than the limit."""
    rows = view.table("support")
    need(rows, "support", "timestamp", measure, channel and "channel")
    if channel:
        rows = rows[rows["channel"].astype(str) == channel]
    told, at = rows[measure], rows["timestamp"]
    if measure == "solved":
        return _firsts(rows, at, yes(told), limit)
    took = to_numeric(told)
    x = (took > limit if side > 0 else took >= limit).where(took >= 0)
    return _firsts(rows, at, x, 0.5)


def _sends(view: Any, about: Any, limit: float, campaign: str) -> DataFrame:
    """Count those to whom a campaign was sent, or these and those who were held back."""
    rows, span, _ = followed(view.table("campaigns"), view.events, view.goal)
    rows = rows[(rows["campaign"] == campaign) & ~rows["recent"]]
    if about.kind == "share":
        rows = rows[rows["sent"]]
        return _firsts(rows, rows["timestamp"] + span, rows["hit"], limit)
    part = rows["sent"].mean()
    x = rows["sent"].where(rows["hit"], part)
    found = _firsts(rows, rows["timestamp"] + span, x, part + limit * part * (1 - part))
    found.attrs["ends"] = -1 / (1 - part), 1 / part
    return found


def _firsts(rows: DataFrame, at: Any, x: Any, bar: float) -> DataFrame:
    """Count by night and x, of each customer the first."""
    told = DataFrame({"user": rows.get("user_id"), "at": at, "x": x}, rows.index)
    told = told.dropna(subset=["at", "x"]).astype({"x": float}).sort_values("at", kind="stable")
    told = told[told["user"].isna() | ~told["user"].duplicated()]
    night = told["at"].astype("datetime64[us]").dt.normalize().rename("night")
    found = told.groupby([night, "x"]).size().reset_index(name="n")
    return found.assign(bar=bar, wide=0)
