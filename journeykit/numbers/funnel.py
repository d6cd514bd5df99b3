"""Funnels: how many get from step to step, where they stop, and how long it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pandas as pd

from journeykit.declared import Metric
from journeykit.errors import AnalysisError, did_you_mean
from journeykit.numbers.catalogue import number
from journeykit.numbers.claimed import Measured, Of, Take, take
from journeykit.numbers.funnel_sql import FunnelQuery
from journeykit.numbers.significance import homogeneity
from journeykit.numbers.stats import clustered, small, wilson
from journeykit.numbers.steps import ask, column, condition, conditions, finish, seconds
from journeykit.tables import Events
from journeykit.words import between, label, people, percent

_SHOWN = "step users of_start of_previous low high median_seconds small_n"
_KEPT = ["step", "users", "of_start", "of_previous", "low", "high", "of_start_low", "of_start_high"]


def _narrowest(frame: pd.DataFrame, view: Any) -> str:
    """Say how many arrive, and where most are lost; of several groups, the best and the worst."""
    if frame.attrs["asked"].get("by"):
        return _apart(frame, view)
    first, last, later = frame.iloc[0], frame.iloc[-1], frame.iloc[1:]
    worst = later.loc[later["of_previous"].idxmin()]
    before = frame.loc[frame["step_number"] == worst["step_number"] - 1].iloc[0]
    return (
        f"{percent(last['of_start'])} of {people(first['users'])} get from “{first['step']}” to "
        f"“{last['step']}”. The narrowest step is “{worst['step']}”: {percent(worst['drop_off'])} "
        f"of {before['users']:,.0f} are lost there "
        f"(95%: {between(1 - worst['high'], 1 - worst['low'])})."
    )


def _apart(frame: pd.DataFrame, view: Any) -> str:
    column = frame.columns[0]
    last = frame[(frame["step_number"] == frame["step_number"].max()) & ~frame["small_n"]]
    if len(last) < 2:
        return "Only one group has 30 customers or more."
    told = last.sort_values("of_start", ascending=False)
    best, worst = told.iloc[0], told.iloc[-1]
    return (
        f"{best[column]}: {percent(best['of_start'])} get to the end; "
        f"{worst[column]}: {percent(worst['of_start'])}."
    )


def _step(value: str, n: Callable[[pd.Series], Any], counts: str, **more: Any) -> Take:
    """Take a column of a step that is not the first."""
    row = take(value, n, counts, where="step", **more)

    def taken(frame: pd.DataFrame, of: Of, stage: str, view: Any) -> Measured:
        if len(frame) and of[0] == frame["step"].iloc[0]:
            raise AnalysisError(
                f"{of[0]!r} is the first step of the funnel: there is none before it"
            )
        return row(frame, of, stage, view)

    return taken


def _began(frame: pd.DataFrame, of: Of, stage: str, view: Any) -> Measured:
    began = int(frame.iloc[0]["users"]) - int(frame["censored"].sum())
    ends = "of_start_low of_start_high"
    return _step("of_start", lambda row: began, "customers who began", ends=ends)(
        frame, of, stage, view
    )


_BEFORE = (lambda row: row["users"] + row["lost"], "customers at the step before")


@number(
    "Where do we lose them?",
    counts="Customers, by the attempt in which they got furthest; intervals are Wilson's",
    columns=_SHOWN,
    chart="funnel",
    say=_narrowest,
    result=lambda frame, view: {"rows": frame[_KEPT].to_dict("records")},
    claims={
        "step-rate": Metric(
            "customers who go on to {of}", "share", _step("of_previous", *_BEFORE), "step"
        ),
        "drop-off": Metric(
            "customers lost before {of}", "share", _step("of_previous", *_BEFORE, flip=True), "step"
        ),
        "reach": Metric("customers who get as far as {of}", "share", _began, "step"),
    },
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
) -> pd.DataFrame:
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
        Every step lies within this of the opening one. Who has not finished and whose window
        is still open at the end of the data is counted in ``censored``, not in the rates.
    by : str, optional
        A column; its value at the event that opened the attempt.
    unit : {"user", "session"}
        With ``session`` all steps lie in one session, and intervals are clustered by user.
    exclude : step, optional
        Events that end an attempt.
    optional : names of steps
        Reported, but need not be done. Not the first or last.

    Returns
    -------
    pandas.DataFrame
        ``[by,] step_number, step, users|sessions, of_start, of_previous`` (shares 0..1),
        ``low, high`` (95 % of `of_previous`), ``of_start_low, of_start_high, lost, drop_off``
        (1 - of_previous), ``censored`` (stopped before this step, with time left),
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
    for what, value, allowed in (
        ("order", order, ("ordered", "strict", "any")),
        ("unit", unit, ("user", "session")),
    ):
        if value not in allowed:
            raise AnalysisError(f"{what}={value!r} is not known. {did_you_mean(value, allowed)}")
    found = conditions(events, steps, least=2)
    query = FunnelQuery(
        events,
        found,
        order,
        unit,
        by=None if by is None else column(events, by),
        span=None if within is None else seconds(within, "within"),
        out=None if exclude is None else condition(events, exclude),
        skip=_optional([step.name for step in found], optional, order),
    )
    sql, params = query.picked()
    wide = ask(events, sql + query.counts(), params)
    sums = ask(events, sql + query.clusters(), params) if unit == "session" else None
    return _answer(query, wide, sums)


def _optional(names: list[str], optional: Iterable[str], order: str) -> frozenset[int]:
    inner = names[1:-1] if order == "ordered" else []
    for name in optional:
        if name not in inner:
            raise AnalysisError(
                f"The step {name!r} cannot be optional: only a step between the first and the last "
                f"of an ordered funnel can. {did_you_mean(name, inner)}"
            )
    return frozenset(names.index(name) + 1 for name in optional)


def _answer(query: FunnelQuery, wide: pd.DataFrame, sums: pd.DataFrame | None) -> pd.DataFrame:
    """From one wide row per group to one row per group and step, with intervals."""
    # Nobody began: a funnel of zeros. By a column there is no value to give it to.
    groups = wide.to_dict("records") or ([] if query.by else [{"by_value": ""}])
    rows = [row for group in groups for row in _rows(query, dict(group))]
    frame = pd.DataFrame(rows, columns=list(_rows(query, {})[0]))
    done, first = frame["n"], frame["n"].where(frame["step_number"] == 1).ffill()
    first = first - frame.pop("away")
    from_here = frame["of"] - frame["censored"]
    frame["of_start"], frame["of_previous"] = done / first, done / from_here
    start = frame["step_number"] == 1
    if sums is None or sums.empty:
        frame["low"], frame["high"] = wilson(done.to_numpy(), from_here.to_numpy())
        frame["of_start_low"], frame["of_start_high"] = wilson(done.to_numpy(), first.to_numpy())
    else:
        _clustered(frame, sums)
    frame.loc[start & (done > 0), ["low", "high", "of_start_low", "of_start_high"]] = 1.0
    frame["lost"], frame["drop_off"] = from_here - done, 1 - frame["of_previous"]
    frame["small_n"] = small(from_here)
    counts = f"{query.unit}s"
    frame = frame.rename(columns={"n": counts, "by_value": query.by or "by_value"})
    shares = ["of_start", "of_previous", "low", "high", "of_start_low", "of_start_high"]
    kinds = ("median", "q1", "q3", "from_start", "from_start_q1", "from_start_q3")
    times = [f"{kind}_seconds" for kind in kinds]
    frame[times] = frame[times].astype(float)
    keep = ["step_number", "step", counts, *shares, "lost", "drop_off", "censored", *times]
    head = [query.by] if query.by else []
    sql = str(wide.attrs["sql"])
    answer = finish(frame[[*head, *keep, "small_n", "optional"]], counts, sql, _notes(query, frame))
    if query.by:
        answer.attrs["difference"] = _difference(query, frame, from_here)
    return answer


def _rows(query: FunnelQuery, group: dict[Any, Any]) -> list[dict[str, Any]]:
    rows, away = [], 0
    for k, step in enumerate(query.steps, 1):
        waiting = group.get(f"c{k}", 0)
        rows.append(
            {
                "by_value": group.get("by_value"),
                "step_number": k,
                "step": f"at least {k} of {len(query.steps)}"
                if query.order == "any"
                else step.name,
                "n": group.get(f"n{k}", 0),
                "of": group.get(f"n{query.before(k) if k > 1 else 1}", 0),
                "away": away + waiting,
                "censored": waiting,
                "median_seconds": group.get(f"m{k}"),
                "q1_seconds": group.get(f"low{k}"),
                "q3_seconds": group.get(f"high{k}"),
                "from_start_seconds": group.get(f"f{k}"),
                "from_start_q1_seconds": group.get(f"early{k}"),
                "from_start_q3_seconds": group.get(f"late{k}"),
                "optional": k in query.skip,
            }
        )
        away += 0 if k in query.skip else waiting
    return rows


def _clustered(frame: pd.DataFrame, sums: pd.DataFrame) -> None:
    table = sums.set_index("by_value")
    for side, low, high in (("m", "low", "high"), ("b", "of_start_low", "of_start_high")):
        for k in range(2, int(frame["step_number"].max() or 1) + 1):
            here = frame["step_number"] == k
            values, sums_of = (
                table.loc[frame.loc[here, "by_value"]],
                ("y", "m", "yy", "ym", "mm", "g"),
            )
            parts = [values[f"{side}{k}_{part}"].to_numpy(float) for part in sums_of]
            frame.loc[here, low], frame.loc[here, high] = clustered(*parts)


def _notes(query: FunnelQuery, frame: pd.DataFrame) -> list[str]:
    waiting = int(frame["censored"].sum())
    what = query.unit if waiting == 1 else f"{query.unit}s"
    return [
        f"{waiting:,} {what} had not finished and still had time when the data ends: not in the rates."
        if waiting
        else "",
        "A user may have several sessions: intervals are clustered by user."
        if query.unit == "session"
        else "",
    ]


def _difference(query: FunnelQuery, frame: pd.DataFrame, of: pd.Series) -> dict[str, float]:
    """Pearson's p per step; sessions of one user are not independent, so users only."""
    if query.unit == "session":
        return {}
    return {
        str(step): homogeneity(part[f"{query.unit}s"].to_numpy(), of[part.index].to_numpy())
        for step, part in frame[frame["step_number"] > 1].groupby("step", sort=False)
    }


def _all(frame: pd.DataFrame, view: Any) -> str:
    own = frame.columns[0] in view.persona.segment
    who = "All customers" if own else "Customers of this persona"
    return f"{who}, by the {label(frame.columns[0]).lower()} of the event that began the attempt"


@number(
    "Is it the same for every {by}?",
    id="funnel-by-{by}",
    counts=_all,
    columns=_SHOWN,
    chart="funnel",
    say=_apart,
)
def funnel_by(
    events: Events, everybody: Events, persona: Any, steps: Any, by: str = "device", **options: Any
) -> pd.DataFrame:
    """Split the funnel by a column; of everybody where the persona is defined by that column.

    Such a persona has one value only, and a comparison needs two.

    Parameters
    ----------
    events, everybody : Events
        Those of the persona, and of all.
    persona : Persona
    steps, by, options
        As for `funnel`.

    Returns
    -------
    pandas.DataFrame
        As of `funnel`.
    """
    return funnel(everybody if by in persona.segment else events, steps, by=by, **options)


def reached(events: Events, goal: Any) -> int:
    """Count the users who ever did the goal, in whatever order.

    Parameters
    ----------
    events : Events
    goal : step, or list of them
        Any of these counts.

    Returns
    -------
    int
        Users.

    Examples
    --------
    >>> import pandas as pd, journeykit as jk
    >>> log = pd.DataFrame({"user_id": list("aab"), "event": ["visit", "pay", "visit"],
    ...     "timestamp": pd.date_range("2026-01-01", periods=3, freq="min")})
    >>> reached(jk.read_events(log), "pay")
    1
    """
    wanted = condition(events, goal)
    sql = f"SELECT count(DISTINCT user_number) AS users FROM {{journey}} WHERE {wanted.sql}"
    return int(ask(events, sql, wanted.params)["users"].iloc[0])
