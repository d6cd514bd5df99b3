"""What the changes of a to-be map would bring: a range, its money, its plan, and how it is read."""

from __future__ import annotations

from typing import Any

import pandas as pd

from journeykit.claims.scope import Evidence, Scope
from journeykit.claims.verdict import verdict
from journeykit.errors import AnalysisError, JourneykitError, did_you_mean
from journeykit.model import Card, Change, Journey
from journeykit.numbers.claimed import measure
from journeykit.numbers.experiment import read_ab, sample_size
from journeykit.numbers.funnel import funnel, reached
from journeykit.numbers.stats import newcombe, small
from journeykit.numbers.steps import Condition, ask, condition, finish
from journeykit.numbers.timing import time_between
from journeykit.numbers.what_if import what_if

KEPT = (
    "change diff_low diff_high today then_low then_high users_low users_high revenue_low "
    "revenue_high per_group days read"
).split()
"""What a run keeps of each change."""
_COLUMNS = [*KEPT, *"who serves base lift difference assumptions small_n".split()]


def change_words(change: Change, names: dict[str, str] | None = None) -> str:
    """Say a change in a few words.

    Examples
    --------
    >>> change_words(Change.model_validate({"what": "drop-off", "step": "pay", "by": "50%"}))
    '50% fewer are lost before “pay”'
    """
    place = f"“{change.step or (names or {}).get(change.stage or '', change.stage)}”"
    if change.what == "step-removed":
        return f"{place} is taken out"
    if change.what == "wait":
        return f"The wait {'for' if change.step else 'after'} {place} is {change.by} shorter"
    if change.by.endswith("%"):
        return f"{change.by} fewer are lost before {place}"
    return f"{100 * change.share:.1f} points more go on to {place}"


def planned_changes(
    evidence: Evidence, planned: Journey, as_is: Journey | None = None
) -> pd.DataFrame:
    """Say for each change of a to-be map what it would bring, and how to find out.

    Parameters
    ----------
    evidence : Evidence
        The open workshop.
    planned : Journey
        The to-be map with its ``changes``.
    as_is : Journey, optional
        The map of today, for the goals that the changes serve.

    Returns
    -------
    DataFrame
        change, who, serves (words); base (0..1, today's share that the change should move), lift
        (what to look for, 0..1), per_group, days (of the experiment); difference, diff_low,
        diff_high (of the persona's share that reaches the end, -1..1); today, then_low, then_high
        (that share now, and with the change); users_low, users_high,
        revenue_low, revenue_high (over the days of the data); assumptions, read (what is known by
        now), small_n. A change that cannot be computed says why in ``assumptions``.
    """
    session = evidence.session
    names = {stage.id: stage.name for stage in session.workshop.stages}
    goals = {c.id: c.text for j in (as_is, planned) if j for c in j.at(lane="goals")}
    ideas = {idea.id: idea for idea in session.folder.records("ideas")}
    value = _order_value(evidence)
    rows, texts = [], []
    for change in planned.changes:
        idea = ideas.get(change.idea or "")
        who = ", ".join(f"{column} {' or '.join(vs)}" for column, vs in change.segment.items())
        row: dict[str, Any] = {
            "change": change_words(change, names),
            "who": who or "everybody of this persona",
            "serves": goals.get(change.serves or (idea.serves if idea else "") or "", ""),
            "small_n": False,
        }
        try:
            scope = Scope(session, change.segment)
            found = _EFFECTS[change.what](scope, change)
            texts.append(found.pop("sql"))
            row |= {**found, **_brings(evidence, scope, found, value), **_plan(session, found)}
            row["assumptions"] += _money(value)
        except JourneykitError as problem:
            row["assumptions"] = f"Not computed: {problem}"
        row["read"] = _read(evidence, change, planned, row.get("per_group", 0))
        rows.append(row)
    frame = pd.DataFrame(rows, columns=_COLUMNS)
    note = "A range over the scenarios, if nothing else changes: no forecast."
    return finish(frame, "users", notes=[note], sql=texts)


def _order_value(evidence: Evidence) -> tuple[float, float, float]:
    """Mean of an order's amount with its interval; NaN where the workshop has no amounts."""
    try:
        found = measure(evidence.scope(), "order-value")
    except JourneykitError:
        return (float("nan"),) * 3
    return found.value, found.low, found.high


def _money(value: tuple[float, float, float]) -> str:
    if value[0] != value[0]:
        return ""
    return (
        f" Revenue: customers more × mean order ({value[0]:,.2f}; 95%: {value[1]:,.2f} to "
        f"{value[2]:,.2f})."
    )


def _brings(
    evidence: Evidence, scope: Scope, found: dict[str, Any], value: tuple[float, float, float]
) -> dict[str, Any]:
    """Turn the difference among those whom it is for into one of the persona, customers and
    money.
    """
    start = next(iter(scope.steps.values()))
    of = reached(evidence.session.events, start)
    mine = reached(scope.events, start)
    part = mine / of if of else float("nan")
    shares = {name: found[name] * part for name in ("difference", "diff_low", "diff_high")}
    today = float(_funnel(evidence.scope()).iloc[-1]["of_start"])
    ends = {f"users_{side}": found[f"diff_{side}"] * mine for side in ("low", "high")}
    # The lower end of a loss is the larger order, too: the widest range of the four products.
    money = [ends[f"users_{side}"] * one for side in ("low", "high") for one in value[1:]]
    return {
        **shares,
        **ends,
        "today": today,
        **{
            f"then_{side}": min(max(today + shares[f"diff_{side}"], 0), 1)
            for side in ("low", "high")
        },
        "revenue_low": min(money),
        "revenue_high": max(money),
        "small_n": small(mine),
    }


def _plan(session: Any, found: dict[str, Any]) -> dict[str, Any]:
    """Size an experiment that would find the effect where the change is made."""
    if not (0 < found["base"] < 1 and 0 < found["lift"] < 1 - found["base"]):
        return {"per_group": float("nan"), "days": float("nan")}
    per_day = found["arriving"] / session.days
    plan = sample_size(found["base"], found["lift"], per_day=per_day or None).iloc[0]
    return {"per_group": plan["n_per_arm"], "days": plan["days"]}


# --- what each kind of change does ----------------------------------------------------------------


def _lost(scope: Scope, change: Change) -> dict[str, Any]:
    """Fewer are lost before a step."""
    by = change.by if change.by.endswith("%") else change.share
    found = what_if(scope.events, scope.steps, step=change.step, change=by)
    best, worst = found.iloc[1], found.iloc[2]
    base, lost, arriving = _step(scope, change.step)
    points = change.share * lost if change.by.endswith("%") else change.share
    return {
        "difference": (best["difference"] + worst["difference"]) / 2,
        "diff_low": worst["diff_low"],
        "diff_high": best["diff_high"],
        "base": base,
        "lift": points,
        "arriving": arriving,
        "assumptions": f"At most: {best['assumptions']} At least: they go on half as well.",
        "sql": found.attrs["sql"],
    }


def _removed(scope: Scope, change: Change) -> dict[str, Any]:
    """Nobody can be lost at a step that is gone; how many of them go on is what nobody knows."""
    names = list(scope.steps)
    if change.step not in names:
        raise AnalysisError(
            f"the data has nobody at the step {change.step!r}. {did_you_mean(change.step, names)}"
        )
    if change.step in (names[0], names[-1]):
        raise AnalysisError(
            f"{change.step!r} is the {'first' if change.step == names[0] else 'last'} step: "
            "without it there is nothing to count. Choose one between."
        )
    every = what_if(scope.events, scope.steps, step=change.step, change="100%").iloc[1]
    half = what_if(scope.events, scope.steps, step=change.step, change="50%")
    base, lost, arriving = _step(scope, change.step)
    return {
        "difference": (every["difference"] + half.iloc[2]["difference"]) / 2,
        "diff_low": half.iloc[2]["diff_low"],
        "diff_high": every["diff_high"],
        "base": base,
        "lift": lost / 2,
        "arriving": arriving,
        "sql": half.attrs["sql"],
        "assumptions": f"At most: all {lost:.1%} that are lost before “{change.step}” go on like "
        "the others. "
        "At least: half of them do, and half as well. Nothing else changes.",
    }


def _wait(scope: Scope, change: Change) -> dict[str, Any]:
    """Those who would wait no longer than the median reach the goal as those do who did not."""
    first, then = _between(scope, change)
    median = time_between(scope.events, first, then).iloc[0]["median_hours"] * 3600
    start = reached(scope.events, next(iter(scope.steps.values())))
    found = ask(scope.events, *_waits(scope, first, then, median, 1 - change.share))
    counts = found.iloc[0]
    short, long_ = int(counts["short"]), int(counts["long"])
    if min(short, long_) < 30:
        raise AnalysisError(
            f"{min(short, long_)} customers waited on one side of the median: 30 are the least."
        )
    gain, low, high = newcombe(counts["short_won"], short, counts["long_won"], long_)
    part, moved = counts["moved"] / start, counts["moved"] / long_
    said = (
        f"{counts['moved']:.0f} of {long_} who waited longer than the median would not any more, "
        "and reach "
        f"the goal like those who waited less ({counts['short_won'] / short:.1%} against "
        f"{counts['long_won'] / long_:.1%} of the others). Those who wait may differ in other "
        "ways; at "
        "least: half of it."
    )
    return {
        "difference": part * gain * 0.75,
        "diff_low": part * (low / 2 if low > 0 else low),
        "diff_high": part * high,
        "base": (counts["short_won"] + counts["long_won"]) / (short + long_),
        "lift": gain * moved * long_ / (short + long_),
        "arriving": short + long_,
        "assumptions": said,
        "sql": found.attrs["sql"],
    }


_EFFECTS = {"drop-off": _lost, "step-removed": _removed, "wait": _wait}


def _funnel(scope: Scope) -> pd.DataFrame:
    return scope.once("funnel", lambda: funnel(scope.events, scope.steps))


def _step(scope: Scope, name: str) -> tuple[float, float, int]:
    """Today's share that goes on to a step, the share that is lost, and how many arrive before
    it.
    """
    funnel = _funnel(scope)
    row = funnel[funnel["step"] == name].iloc[0]
    before = funnel[funnel["step_number"] == row["step_number"] - 1].iloc[0]
    return float(row["of_previous"]), 1 - float(row["of_previous"]), int(before["users"])


def _between(scope: Scope, change: Change) -> tuple[Condition, Condition]:
    places = scope.steps if change.step else scope.stages
    names, name = list(places), change.step or change.stage or ""
    place = names.index(name) if name in names else -1
    pair = (place - 1, place) if change.step else (place, place + 1)
    if place < 0 or pair[0] < 0 or pair[1] >= len(names):
        raise AnalysisError(
            f"the data sees no way {'to' if change.step else 'on from'} {name!r}: it is the "
            f"{'first' if change.step else 'last'}, or has no events. Choose another."
        )
    first, then = (condition(scope.events, (names[i], places[names[i]])) for i in pair)
    return first, then


def _waits(
    scope: Scope, first: Condition, then: Condition, median: float, left: float
) -> tuple[str, list[Any]]:
    """Give the query for who waited how long from one to the other, and reached the goal after
    it.
    """
    goal = condition(scope.events, scope.goal)
    wait = scope.events.journey.engine.seconds("a.jk_t", "b.jk_t")
    sql = f"""
    WITH a AS (SELECT user_number, min(position) AS jk_p, min(timestamp) AS jk_t FROM {{journey}}
        WHERE {first.sql} GROUP BY user_number),
    b AS (SELECT j.user_number, min(j.position) AS jk_p, min(j.timestamp) AS jk_t FROM {{journey}} AS j
        JOIN a ON a.user_number = j.user_number WHERE {then.sql} AND j.position > a.jk_p
        GROUP BY j.user_number),
    g AS (SELECT user_number, max(position) AS jk_p FROM {{journey}} WHERE {goal.sql} GROUP BY user_number),
    waits AS (SELECT {wait} AS wait, coalesce(g.jk_p > b.jk_p, FALSE) AS won
        FROM b JOIN a ON a.user_number = b.user_number LEFT JOIN g ON g.user_number = b.user_number)
    SELECT count(*) FILTER (WHERE wait <= ?) AS short, count(*) FILTER (WHERE wait > ?) AS long,
      count(*) FILTER (WHERE wait <= ? AND won) AS short_won,
      count(*) FILTER (WHERE wait > ? AND won) AS long_won,
      count(*) FILTER (WHERE wait > ? AND wait * ? <= ?) AS moved FROM waits"""
    return sql, [*first.params, *then.params, *goal.params, *[median] * 5, left, median]


# --- after new data has come ----------------------------------------------------------------------


def _read(evidence: Evidence, change: Change, planned: Journey, wanted: float) -> str:
    """Say what is known by now: of the experiment, beside its plan, and of the claim that
    decides.
    """
    records = {record.id: record for record in evidence.session.folder.records("experiments")}
    record, said = records.get(change.experiment or ""), []
    if record is not None and record.counts:
        counts = record.counts.items()
        found = read_ab({k: n for k, (n, _) in counts}, {k: hits for k, (_, hits) in counts})
        told = found[found["verdict"] != "control"]
        least = min(n for n, _ in record.counts.values())
        early = f" (too early: {least:,} of {wanted:,.0f} in each group)" if least < wanted else ""
        said = [f"experiment, “{r.arm}”: {r.verdict}{early}" for r in told.itertuples()]
    elif record is not None:
        said = ["experiment planned"]
    card: Card | None = next((c for c in planned.cards if c.id == change.card), None)
    if card is not None and card.claim:
        found_ = verdict(evidence, card.claim, card, planned.id)
        said.append(f"claim {found_.verdict}: {found_.value_words}")
    return "; ".join(said) or "nothing yet"
