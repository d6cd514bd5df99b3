"""What the changes of a to-be map would bring: a range, its money, its plan, and how it is read."""

from itertools import pairwise
from typing import Any

from pandas import DataFrame, Series

from journeykit.errors import AnalysisError, JourneykitError, did_you_mean
from journeykit.model import Change, Journey
from journeykit.numbers.claimed import Measured, measure
from journeykit.numbers.conversion import reached
from journeykit.numbers.experiment import experiment_results, sample_size
from journeykit.numbers.frames import Row
from journeykit.numbers.funnel import funnel
from journeykit.numbers.stats import newcombe, small
from journeykit.numbers.steps import Condition, Sql, ask, condition, finish
from journeykit.numbers.timing import time_between
from journeykit.numbers.what_if import what_if

from .scope import Evidence, Scope
from .verdict import verdict
from .words import tell

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
    return tell("change", change, names or {})


def planned_changes(
    evidence: Evidence, planned: Journey, as_is: Journey | None = None
) -> DataFrame:
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
    goals = {c.id: c.text for j in (as_is, planned) if j for c in j.at(lane="goals")}
    serves = {idea.id: idea.serves for idea in session.folder.records("ideas")}
    try:
        value = measure(evidence.scope(), "order-value")
    except JourneykitError:
        nan = float("nan")
        value = Measured(nan, nan, nan, 0)
    rows, texts = [], []
    for change in planned.changes:
        who = ", ".join(f"{column} {' or '.join(vs)}" for column, vs in change.segment.items())
        row: Row = {
            "change": change_words(change, session.stage_names),
            "who": who or "everybody of this persona",
            "serves": goals.get(change.serves or serves.get(change.idea) or "", ""),
            "small_n": False,
        }
        try:
            scope = Scope(session, change.segment)
            found = _EFFECTS[change.what](scope, change)
            texts.append(found.pop("sql"))
            row |= {**found, **_brings(evidence, scope, found, value), **_plan(session, found)}
            if value.value == value.value:
                row["assumptions"] += (
                    f" Revenue: customers more × mean order ({value.value:,.2f}; "
                    f"95%: {value.low:,.2f} to {value.high:,.2f})."
                )
        except JourneykitError as problem:
            row["assumptions"] = f"Not computed: {problem}"
        row["read"] = _read(evidence, change, planned, row.get("per_group", 0))
        rows.append(row)
    frame = DataFrame(rows, columns=_COLUMNS)
    return finish(
        frame,
        "users",
        notes=["A range over the scenarios, if nothing else changes: no forecast."],
        sql=texts,
    )


def _brings(evidence: Evidence, scope: Scope, found: Row, value: Measured) -> Row:
    """Turn the difference among those whom it is for into one of the persona, customers and
    money.
    """
    start = next(iter(scope.steps.values()))
    of, mine = reached(evidence.session.events, start), reached(scope.events, start)
    part = mine / of if of else float("nan")
    today = float(_funnel(evidence.scope()).iloc[-1]["of_start"])
    told: Row = {"today": today, "difference": found["difference"] * part}
    for side in ("low", "high"):
        told[f"diff_{side}"] = found[f"diff_{side}"] * part
        told[f"then_{side}"] = min(max(today + told[f"diff_{side}"], 0), 1)
        told[f"users_{side}"] = found[f"diff_{side}"] * mine
    # The lower end of a loss is the larger order, too: the widest range of the four products.
    ends = (told["users_low"], told["users_high"])
    money = [end * one for end in ends for one in (value.low, value.high)]
    return {**told, "revenue_low": min(money), "revenue_high": max(money), "small_n": small(mine)}


def _plan(session: Any, found: Row) -> Row:
    """Size an experiment that would find the effect where the change is made."""
    if not (0 < found["base"] < 1 and 0 < found["lift"] < 1 - found["base"]):
        return {"per_group": float("nan"), "days": float("nan")}
    per_day = found["arriving"] / session.days
    plan = sample_size(found["base"], found["lift"], per_day=per_day or None).iloc[0]
    return {"per_group": plan["n_per_arm"], "days": plan["days"]}


# --- what each kind of change does ----------------------------------------------------------------


def _lost(scope: Scope, change: Change) -> Row:
    """Fewer are lost before a step."""
    by = change.by if change.by.endswith("%") else change.share
    found = what_if(scope.events, scope.steps, step=change.step, change=by)
    best = found.iloc[1]
    told = _between_ends(scope, change, best, found.iloc[2])
    return {
        **told,
        "assumptions": f"At most: {best['assumptions']} At least: they go on half as well.",
        "lift": change.share * (1 - told["base"]) if by == change.by else change.share,
        "sql": found,
    }


def _removed(scope: Scope, change: Change) -> Row:
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
    every, half = (
        what_if(scope.events, scope.steps, step=change.step, change=by) for by in ("100%", "50%")
    )
    told = _between_ends(scope, change, every.iloc[1], half.iloc[2])
    lost = 1 - told["base"]
    return {
        **told,
        "lift": lost / 2,
        "assumptions": f"At most: all {lost:.1%} that are lost before “{change.step}” go on "
        "like the others. "
        "At least: half of them do, and half as well. Nothing else changes.",
        "sql": half,
    }


def _between_ends(scope: Scope, change: Change, best: Series, worst: Series) -> Row:
    """The range from the worst to the best case; what goes on to the step today, and how many
    arrive before it.
    """
    funnel = _funnel(scope).set_index("step")
    place = funnel.index.get_loc(change.step)
    return {
        "difference": (best["difference"] + worst["difference"]) / 2,
        "diff_low": worst["diff_low"],
        "diff_high": best["diff_high"],
        "base": float(funnel["of_previous"].iloc[place]),
        "arriving": int(funnel["users"].iloc[place - 1]),
    }


def _wait(scope: Scope, change: Change) -> Row:
    """Those who would wait no longer than the median reach the goal as those do who did not."""
    first, then = _between(scope, change)
    median = time_between(scope.events, first, then).iloc[0]["median_hours"] * 3600
    start = reached(scope.events, next(iter(scope.steps.values())))
    found = ask(scope.events, *_waits(scope, first, then, median, 1 - change.share))
    short, long_, won, late, moved = map(int, found.iloc[0])
    if min(short, long_) < 30:
        raise AnalysisError(
            f"{min(short, long_)} customers waited on one side of the median: 30 are the least."
        )
    gain, low, high = newcombe(won, short, late, long_)
    part = moved / start
    return {
        "difference": part * gain * 0.75,
        "diff_low": part * (low / 2 if low > 0 else low),
        "diff_high": part * high,
        "base": (won + late) / (short + long_),
        "lift": gain * moved / (short + long_),
        "arriving": short + long_,
        "assumptions": f"{moved} of {long_} who waited longer than the median would not any more, "
        f"and reach the goal like those who waited less ({won / short:.1%} against "
        f"{late / long_:.1%} of the others). Those who wait may differ in other ways; at least: "
        "half of it.",
        "sql": found,
    }


_EFFECTS = {"drop-off": _lost, "step-removed": _removed, "wait": _wait}


def _funnel(scope: Scope) -> DataFrame:
    return scope.once("funnel", lambda: funnel(scope.events, scope.steps))


def _between(scope: Scope, change: Change) -> tuple[Condition, Condition]:
    places = scope.steps if change.step else scope.stages
    name = change.step or change.stage
    for pair in pairwise(places.items()):
        if pair[1 if change.step else 0][0] == name:
            first, then = (condition(scope.events, each) for each in pair)
            return first, then
    raise AnalysisError(
        f"the data sees no way {'to' if change.step else 'on from'} {name!r}: it is the "
        f"{'first' if change.step else 'last'}, or has no events. Choose another."
    )


def _waits(scope: Scope, first: Condition, then: Condition, median: float, left: float) -> Sql:
    """Give the query for who waited how long from one to the other, and reached the goal after
    it.
    """
    goal = condition(scope.events, scope.goal)
    wait = scope.events.seconds("a.jk_t", "b.jk_t")
    sql = f"""
    WITH a AS (SELECT user_number, min(position) AS jk_p, min(timestamp) AS jk_t FROM {{journey}}
        WHERE {first.sql} GROUP BY user_number),
    b AS (SELECT j.user_number, min(j.position) AS jk_p, min(j.timestamp) AS jk_t
      FROM {{journey}} AS j
        JOIN a ON a.user_number = j.user_number WHERE {then.sql} AND j.position > a.jk_p
        GROUP BY j.user_number),
    g AS (SELECT user_number, max(position) AS jk_p FROM {{journey}} WHERE {goal.sql}
      GROUP BY user_number),
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
    folder, named = evidence.session.folder, change.experiment
    record = folder.record("experiments", named) if named else None
    found = experiment_results([record] if record else [])
    told, least = found[found["verdict"] != "control"], found["users"].min()
    held = [
        verdict(evidence, card.claim, card, planned.id)
        for card in planned.cards
        if card.id == change.card and card.claim
    ]
    return tell("read", told.itertuples(), record, held, least, wanted)
