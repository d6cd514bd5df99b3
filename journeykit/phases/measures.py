"""The value of an objective's measure in the data of one persona."""

from __future__ import annotations

from typing import Any

import pandas as pd

from journeykit import analysis
from journeykit.errors import JourneykitError
from journeykit.model import Objective
from journeykit.phases.labels import percent
from journeykit.phases.session import Session

__all__ = ["baseline", "promise_table", "score_of", "worst_hours"]

_RATES = ("conversion", "repeat-purchase", "promise", "step")
_NOTHING = {"value": None, "low": None, "high": None, "n": 0, "of_what": ""}


def baseline(session: Session, objective: Objective) -> dict[str, Any]:
    """Measure an objective: value, low, high, n, what n counts, and a verdict in words.

    The verdict is ``reached`` where the whole interval is on the good side of the target,
    ``short`` where all of it is on the other, else ``undecided``; ``not measured`` where the
    data lacks what it takes.
    """
    try:
        found = _measured(session, objective)
    except JourneykitError as problem:
        found = {**_NOTHING, "why": str(problem)}
    value, low, high = found["value"], found["low"], found["high"]
    if value is None or value != value:
        verdict = "not measured"
    elif low is not None and low >= objective.target:
        verdict = "reached"
    elif high is not None and high < objective.target:
        verdict = "short"
    else:
        verdict = "undecided"
    return {**found, "verdict": verdict, "rate": objective.measure in _RATES}


def _measured(session: Session, objective: Objective) -> dict[str, Any]:
    kind = objective.measure
    if kind in ("nps", "csat", "ces", "sus"):
        return score_of(session, kind)
    if kind == "repeat-purchase":
        orders = session.table("orders")
        if orders is None or orders.empty:
            return dict(_NOTHING)
        row = analysis.repeat_purchase(orders).iloc[0]
        return _row(row, row["share"], row["customers"], "customers who bought")
    if kind == "promise":
        frame = promise_table(session)
        mine = frame[frame["promise"] == objective.of] if frame is not None else pd.DataFrame()
        if mine.empty:
            return dict(_NOTHING)
        row = mine.iloc[0]
        return _row(row, row["share"], row["n"], "cases")
    return _funnel_rate(session, objective)


def _funnel_rate(session: Session, objective: Objective) -> dict[str, Any]:
    if session.events is None:
        return dict(_NOTHING)
    if objective.measure == "conversion":
        reached = analysis.reached(session.events, session.goal)
        low, high = analysis.wilson(reached, session.events.users)
        share = reached / session.events.users if session.events.users else None
        return {"value": share, "low": low, "high": high, "n": session.events.users,
                "of_what": "customers"}  # fmt: skip
    frame = analysis.funnel(session.events, session.steps)
    mine = frame[frame["step"] == objective.of]
    if mine.empty:
        return dict(_NOTHING)
    row = mine.iloc[0]
    before = frame.loc[frame["step_number"] == row["step_number"] - 1, "users"]
    return _row(row, row["of_previous"], int(before.iloc[0]) if len(before) else 0,
                "customers at the step before")  # fmt: skip


def score_of(session: Session, measure: str) -> dict[str, Any]:
    """Return the score of a survey measure, with its interval."""
    surveys = session.table("surveys")
    if surveys is None or "measure" not in surveys.columns:
        return dict(_NOTHING)
    mine = surveys[surveys["measure"].astype(str).str.lower() == measure]
    if mine.empty:
        return dict(_NOTHING)
    row = score_frame(session, measure, mine).iloc[0]
    return _row(row, row["score"], row["n"], "answers")


def score_frame(session: Session, measure: str, answers: pd.DataFrame) -> pd.DataFrame:
    """Score the answers of one measure, on the scale that the workshop states."""
    table = session.workshop.data.get("surveys")
    scale = table.scales.get(measure) if table else None
    given = {"scale": scale} if scale else {}
    return getattr(analysis, measure)(answers if measure == "sus" else answers["score"], **given)


def promise_table(session: Session) -> pd.DataFrame | None:
    """Hold every promise against the data; None where the workshop makes no promise."""
    promises = session.workshop.promises
    if not promises:
        return None
    return analysis.promises(promises, support=session.table("support"), orders=session.table("orders"))


def worst_hours(session: Session) -> str:
    """Say at which hours of the day promises are kept least, where that is beyond chance."""
    tables = {kind: session.table(kind) for kind in ("support", "orders")}
    frame = analysis.promise_hours(session.workshop.promises, **tables)
    told = frame[frame["significant"]].sort_values("difference")
    return "".join(
        f" From {r.from_hour} to {r.to_hour} o'clock “{r.text}” is kept in {percent(r.share)} of "
        f"{r.n:,} cases, at other hours in {percent(r.other_share)}."
        for r in told.head(2).itertuples()
    )


def _row(row: Any, value: Any, n: Any, of_what: str) -> dict[str, Any]:
    return {"value": value, "low": row["low"], "high": row["high"], "n": n, "of_what": of_what}
