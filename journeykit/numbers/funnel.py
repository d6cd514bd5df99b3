"""Funnels: how many get from step to step, where they stop, and how long it takes."""

from collections.abc import Iterable
from itertools import chain
from typing import Any

from pandas import DataFrame

from journeykit.tables import Events
from journeykit.words import label

from .accounts import counted
from .catalogue import number
from .claimed import Found, Of, of_step
from .frames import homogeneity, noted, of_group
from .funnel_sql import FunnelQuery, may_skip
from .stats import small
from .steps import (
    ask,
    clustered_rates,
    column,
    condition,
    conditions,
    finish,
    one_of,
    rates,
    seconds,
)

_ENDS = "of_start of_previous low high of_start_low of_start_high".split()
_TIMES = (
    "median_seconds q1_seconds q3_seconds from_start_seconds from_start_q1_seconds "
    "from_start_q3_seconds"
).split()
_SUMS = "y m yy ym mm g".split()


def _unit(frame: DataFrame) -> str:
    """Name the column that counts."""
    return next(name for name in ("users", "sessions", "accounts") if name in frame.columns)


_went_on = of_step(
    "of_previous low high", lambda rows, before, step: rows.loc[step, ["users", "lost"]].sum()
)
_got_there = of_step(
    "of_start of_start_low of_start_high", lambda rows, before, step: rows["users"].iloc[0]
)


def _dropped(frame: DataFrame, of: Of) -> Found:
    share, low, high, n = _went_on(frame, of)
    return 1 - share, 1 - high, 1 - low, n


@number(
    result=lambda frame: {"rows": frame[["step", _unit(frame), *_ENDS]].to_dict("records")},
    claims={"step-rate": _went_on, "drop-off": _dropped, "reach": _got_there},
)
def funnel(
    events: Events,
    steps: Any,
    *,
    order: str = "ordered",
    within: Any = None,
    by: str | None = None,
    unit: str = "user",
    exclude: Any = None,
    optional: Iterable[str] = (),
) -> DataFrame:
    """Count who gets from step to step.

    Any occurrence of the first step may open an attempt, each next step comes later in
    position; of several attempts the one that gets furthest counts, of equals the earliest.

    Parameters
    ----------
    events : Events
    steps : list or mapping of steps
        At least two; see :mod:`journeykit.numbers.steps`. A step may be there twice: the
        second time it must come later.
    order : {"ordered", "strict", "any"}
        ``strict``: nothing in between. ``any``: row k counts who did at least k of the steps,
        in whatever order; it has no times.
    within : str, timedelta or number of seconds, optional
        Every step lies within this of the opening one. Only attempts whose window was over
        before the data ends count, finished or not; who has no other is counted apart, in
        ``censored``.
    by : str, optional
        A column; its value at the event that opened the attempt.
    unit : {"user", "session", "account"}
        With ``session`` all steps lie in one session, and intervals are clustered by user. With
        ``account`` its people walk together: one may do a step and another the next.
    exclude : step, optional
        Events that end an attempt.
    optional : names of steps
        Reported, but need not be done. Not the first or last.

    Returns
    -------
    pandas.DataFrame
        ``[by,] step_number, step, users|sessions|accounts[, people]``, shares (0..1)
        ``of_start, of_previous, low, high`` (95 % of `of_previous`), ``of_start_low,
        of_start_high, lost, drop_off`` (1 - of_previous), ``censored`` (got to this step, window
        still open: not among `users`),
        ``median_seconds, q1_seconds, q3_seconds`` (from the step before) and
        ``from_start_seconds, from_start_q1_seconds, from_start_q3_seconds`` (from the first): of
        those who did the step; who did not has no time. ``small_n, optional``. With `by`,
        ``attrs["difference"]`` has, per step, the p that all groups go on alike.

    Raises
    ------
    UnknownName
        A step or column that the data does not have.
    AnalysisError
        Fewer than two steps, or an order or unit that does not exist.

    Examples
    --------
    >>> import pandas as pd, journeykit as jk
    >>> log = pd.DataFrame({"user_id": list("aaab"), "event": ["visit", "cart", "pay", "visit"],
    ...     "timestamp": pd.date_range("2026-01-01", periods=4, freq="min")})
    >>> funnel(jk.read_events(log), ["visit", "pay"])[["step", "users", "of_start"]].values.tolist()
    [['visit', 2, 1.0], ['pay', 1, 0.5]]
    """
    one_of("order", order, ("ordered", "strict", "any"))
    found, counts = conditions(events, steps, least=2), counted(events, unit)
    query = FunnelQuery(
        counts[0],
        found,
        order,
        unit,
        by=None if by is None else column(events, by),
        span=None if within is None else seconds(within, "within"),
        out=None if exclude is None else condition(events, exclude),
        skip=may_skip([step.name for step in found], optional, order),
    )
    sql, params = query.picked()
    wide = ask(counts[0], sql + query.counts(), params)
    sums = ask(events, sql + query.clusters(), params) if unit == "session" else None
    return _answer(query, wide, sums, counts[1])


def _answer(
    query: FunnelQuery, wide: DataFrame, sums: DataFrame | None, said: list[str]
) -> DataFrame:
    """From one wide row per group to one row per group and step, with intervals."""
    people = ["people"] * (query.unit == "account")
    whole, sql, counts = ["n", "m", "b", "censored", *people], wide.attrs["sql"], f"{query.unit}s"
    parts = {side: [f"{side}_{part}" for part in _SUMS] for side in "mb"}
    if sums is not None:
        wide = wide.merge(sums, on="by_value", how="left")
    # Nobody began: a funnel of zeros. By a column there is no value to give it to.
    groups = wide.to_dict("records") or ([] if query.by else [{}])
    kept = [*whole, *_TIMES, *chain(*parts.values())]
    rows = [
        {"by_value": group.get("by_value"), "step_number": k, "step": query.name(k)}
        | {"optional": k in query.skip, **{name: group.get(f"{name}{k}") for name in kept}}
        for group in groups
        for k in query.numbers
    ]
    frame = DataFrame(rows, columns=["by_value", "step_number", "step", "optional", *kept])
    frame[whole] = frame[whole].fillna(0).astype(int)
    start = frame["step_number"] == 1
    for side, name, prefix in (("m", "of_previous", ""), ("b", "of_start", "of_start_")):
        if sums is None:
            frame = rates(frame, "n", side, name, prefix)
        else:
            frame = clustered_rates(frame, " ".join(parts[side]), name, prefix)
        frame.loc[start & (frame["n"] > 0), [f"{prefix}low", f"{prefix}high"]] = 1.0
    frame["lost"], frame["drop_off"] = frame["m"] - frame["n"], 1 - frame["of_previous"]
    frame["small_n"], frame[_TIMES] = small(frame["m"]), frame[_TIMES].astype(float).mask(start)
    shares = [*_ENDS, "lost", "drop_off", "censored"]
    keep = ["step_number", "step", counts, *people, *shares, *_TIMES, "small_n", "optional"]
    attrs = {}
    names = {"n": counts}
    if query.by:
        attrs = {"difference": _difference(query, frame)}
        names["by_value"] = of_group(query.by, keep)
        keep.insert(0, names["by_value"])
    frame = frame.rename(columns=names)
    ends = (frame["step_number"] == k for k in (1, len(query.steps)))
    open_still, done = (frame.loc[end, "censored"].sum() for end in ends)
    late = (
        "began so late that their time was not over when the data ends: they are not counted, nor "
        f"the {done:,} of them who have finished."
    )
    several = "A customer may have several sessions: intervals are clustered by customer."
    what = "customers" if query.unit == "user" else counts
    notes = [noted(open_still, what, late), "" if sums is None else several, *said]
    return finish(frame, counts, keep, notes, [sql], **attrs)


def _difference(query: FunnelQuery, frame: DataFrame) -> dict[str, float]:
    """Pearson's p per step; sessions of one user are not independent, so users only."""
    if query.unit == "session":
        return {}
    return {
        str(step): homogeneity(part["n"], part["m"])
        for step, part in frame[frame["step_number"] > 1].groupby("step", sort=False)
    }


def _all(frame: DataFrame, view: Any) -> str:
    own = frame.columns[0] in view.persona.segment
    who = _unit(frame).replace("users", "customers")
    who = f"All {who}" if own else f"{who.capitalize()} of this persona"
    return f"{who}, by the {label(frame.columns[0]).lower()} of the event that began the attempt"


@number(counts=_all)
def funnel_by(
    events: Events, everybody: Events, persona: Any, steps: Any, by: str = "device", **options: Any
) -> DataFrame:
    """Split the funnel by a column; of everybody where the persona is defined by that column.

    Such a persona has one value only, and a comparison needs two.

    Parameters
    ----------
    events, everybody, persona
        Events of the persona, and of all; the persona.
    steps, by, options
        As for `funnel`.

    Returns
    -------
    pandas.DataFrame
        As of `funnel`.

    Examples
    --------
    >>> import pandas as pd, journeykit as jk
    >>> from journeykit.model import Persona
    >>> log = pd.DataFrame({"user_id": list("aab"), "event": ["visit", "pay", "visit"],
    ...     "device": "phone", "timestamp": pd.date_range("2026-01-01", periods=3, freq="min")})
    >>> events, maya = jk.read_events(log), Persona(id="maya", name="Maya")
    >>> funnel_by(events, events, maya, ["visit", "pay"])[["device", "users"]].values.tolist()
    [['phone', 2], ['phone', 1]]
    """
    return funnel(everybody if by in persona.segment else events, steps, by=by, **options)
