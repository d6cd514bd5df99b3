"""Metrics of the event log: the way to the goal, moves, friction, channels, coming back.

All numbers come from :mod:`journeykit.numbers` with their intervals; here only a row is chosen.
Each table is asked once for each view of the data, however many claims read it.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from journeykit import numbers
from journeykit.claims.measured import EVERY, Measure, Measured, rate, row_of, taken
from journeykit.claims.scope import Scope
from journeykit.errors import AnalysisError, UnknownName, did_you_mean
from journeykit.numbers.steps import ask
from journeykit.numbers.timing import time_between

__all__ = ["EVENTS"]


# --- the way to the goal --------------------------------------------------------------------


def _conversion(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    return rate(numbers.reached(s.events, s.goal), s.events.users)


def _funnel(s: Scope) -> pd.DataFrame:
    return s.once("funnel", lambda: numbers.funnel(s.events, s.steps))


def _step(frame: pd.DataFrame, name: str) -> tuple[pd.Series, int]:
    row = row_of(frame, "step", {"step": name})
    if row["step_number"] == 1:
        raise AnalysisError(f"{name!r} is the first step of the funnel: there is none before it")
    return row, int(row["users"] + row["lost"]) if "lost" in row else 0


def _step_rate(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    row, n = _step(_funnel(s), of[0])
    return taken(row, "of_previous", n, "customers at the step before", frame=_funnel(s))


def _drop_off(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    on = _step_rate(s, of, stage)
    return Measured(1 - on.value, 1 - on.high, 1 - on.low, on.n, on.counts, on.frame)


def _reach(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    frame = _funnel(s)
    row, _ = _step(frame, of[0])
    began = int(frame.iloc[0]["users"]) - int(frame["censored"].sum())
    return taken(row, "of_start", began, "customers who began", "of_start_low of_start_high", frame)


def _did(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    return rate(numbers.reached(s.events, _event(s, of[0])), s.events.users)


def _step_change(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    frame = s.once("change", lambda: numbers.funnel_change(s.events, s.steps))
    row, _ = _step(frame, of[0])
    before = frame[frame["step_number"] == row["step_number"] - 1].iloc[0]
    least = min(before["users"], before["users_before"])
    return taken(row, "difference", least, "customers in the smaller period", frame=frame)


def _between(s: Scope, places: dict[str, Any], then: str, first: str) -> Measured:
    frame = time_between(s.events, (first, places[first]), (then, places[then]))
    row = frame.iloc[0]
    return taken(row, "median_hours", row["users"], "customers who went on", frame=frame)


def _step_time(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    _step(_funnel(s), of[0])
    names = list(s.steps)
    return _between(s, s.steps, of[0], names[names.index(of[0]) - 1])


def _reach_time(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    _step(_funnel(s), of[0])
    return _between(s, s.steps, of[0], next(iter(s.steps)))


def _next_stage(s: Scope, stage: str) -> str:
    seen = list(s.stages)
    if stage not in seen or stage == seen[-1]:
        raise AnalysisError(
            f"from {stage!r} the data sees no way on: the stages that have events are {', '.join(seen)}"
        )
    return seen[seen.index(stage) + 1]


def _stage_time(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    return _between(s, s.stages, _next_stage(s, stage), stage)


def _stage_rate(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    _next_stage(s, stage)
    frame = s.once("stage times", lambda: numbers.stage_times(s.events, s.stages))
    row = row_of(frame, "stage", {"from_stage": stage})
    return taken(row, "share", row["users"] + row["not_yet"], "customers in the stage", frame=frame)


def _order(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    frame = s.once("order", lambda: numbers.order_conformance(s.events, s.stages))
    whole = frame.attrs["overall"]
    return taken(whole, "share", whole["users"], "customers of two stages or more", frame=frame)


def _stage_order(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    frame = s.once("order", lambda: numbers.order_conformance(s.events, s.stages))
    row = row_of(frame, "stage", {"stage": stage})
    return taken(row, "share", row["users"], "customers in the stage", frame=frame)


# --- moves and friction -----------------------------------------------------------------------


def _event(s: Scope, name: str) -> str:
    known = (s.events.whole or s.events).names
    if name not in known:
        raise UnknownName(f"no event of the data is {name!r}. {did_you_mean(name, known)}")
    return name


def _transition(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    first, then = (_event(s, name) for name in of)
    frame = s.once("transitions", lambda: numbers.transitions(s.events))
    from_it = frame[frame["from_event"] == first]
    n = s.once(("leaving", first), lambda: _leaving(s, first))
    if not (from_it["to_event"] == then).any():
        return rate(0, n, "customers who go on from it", frame)
    row = row_of(from_it, "event", {"to_event": then})
    return taken(row, "share", n, "customers who go on from it", frame=frame)


def _leaving(s: Scope, event: str) -> int:
    sql = "SELECT count(DISTINCT user_id) AS n FROM {journey} WHERE event = ? AND next_event IS NOT NULL"
    return int(ask(s.events, sql, [event])["n"].iloc[0])


def _transition_time(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    return _between(s, {name: _event(s, name) for name in of}, of[1], of[0])


def _position(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    """Who did it as the n-th event; as the first, without a number."""
    place = int(of[1]) if of[1:] else 1
    frame = s.once(("matrix", place), lambda: numbers.step_matrix(s.events, place))
    mine = frame[(frame["event"] == _event(s, of[0])) & (frame["step"] == place)]["users"]
    return rate(float(mine.sum()), s.events.users, frame=frame)


def _entry_conversion(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    frame = s.once("entries", lambda: numbers.entry_points(s.events, s.goal))
    mine = frame[frame["event"] == _event(s, of[0])]
    return rate(
        float(mine["converted"].sum()), float(mine["users"].sum()), "customers who begin so", frame
    )


def _last(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    frame = s.once("last", lambda: numbers.last_before_loss(s.events, s.goal))
    mine = frame[frame["event"] == _event(s, of[0])]["users"]
    return rate(float(mine.sum()), float(frame["users"].sum()), "lost customers", frame)


def _path(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    path = " → ".join(_event(s, name) for name in of)
    frame = s.once("paths", lambda: numbers.paths(s.events, 1000))
    if not (frame["path"] == path).any():
        raise AnalysisError(f"{path!r} is not among the thousand most frequent paths of a session")
    row = row_of(frame, "path", {"path": path})
    return taken(row, "share", s.events.users, frame=frame)


def _friction(kind: str) -> Measure:
    def found(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
        frame = s.once("friction", lambda: numbers.friction(s.events, s.goal, least=0))
        names = [_event(s, name) for name in of]
        mine = frame[frame["kind"] == kind]
        where = (
            {"event": " → ".join([*names, names[0]] if len(names) == 2 else names)} if names else {}
        )
        row = row_of(mine, kind, where) if where else mine.iloc[0]
        return taken(row, "share", row["of"], "customers who could have", frame=mine)

    return found


def _weak_spot(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    frame = s.once("weak spots", lambda: _weak_spots(s))
    row = row_of(frame, "weak spot at", {"place": of[0]})
    return taken(row, "effect", row["n"], "customers there", frame=frame)


def _weak_spots(s: Scope) -> pd.DataFrame:
    extra = {kind: s.session.table(kind) for kind in ("surveys", "support", "orders")}
    return numbers.weak_spots(s.events, s.workshop, **extra, goal=s.goal, top=EVERY)


def _association(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    frame = s.once("differences", lambda: numbers.differences(s.events, s.goal, least=1))
    row = row_of(frame, "event", {"event": _event(s, of[0])})
    return taken(row, "effect", row["users"], "customers who did it", frame=frame)


# --- channels, personas, coming back ----------------------------------------------------------


def _channels(s: Scope) -> pd.DataFrame:
    return s.once("channels", lambda: numbers.channels(s.events, s.goal))


def _channel_share(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    frame = _channels(s)
    row = row_of(frame, "channel", {"channel": of[0]})
    return rate(float(row["users"]), float(frame["users"].sum()), frame=frame)


def _channel_conversion(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    row = row_of(_channels(s), "channel", {"channel": of[0]})
    return taken(row, "conversion", row["users"], frame=_channels(s))


def _session_conversion(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    frame = s.once("by session", lambda: numbers.channels(s.events, s.goal, unit="session"))
    row = row_of(frame, "channel", {"channel": of[0]})
    return taken(row, "conversion", row["sessions"], "sessions", frame=frame)


def _attribution(model: str) -> Measure:
    def found(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
        frame = s.once(
            ("attribution", model), lambda: numbers.attribution(s.events, s.goal, model=model)
        )
        row = row_of(frame, "channel", {"channel": of[0]})
        return taken(row, "share", round(frame["conversions"].sum()), "conversions", frame=frame)

    return found


def _persona_share(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    everybody = s.session.all_events
    if everybody is None:
        raise AnalysisError("the workshop has no events")
    return rate(s.events.users, everybody.users, "customers of all")


def _uncovered(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    events, personas = s.session.all_events, s.folder.personas()
    if events is None:
        raise AnalysisError("the workshop has no events")
    frame = s.once(
        "coverage", lambda: numbers.coverage(events, {i: p.segment for i, p in personas.items()})
    )
    return taken(frame.iloc[-1], "share", events.users, "customers of all", frame=frame)


def _segment_share(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    return rate(s.events.segment({of[0]: of[1]}).users, s.events.users)


def _retention(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    frame = s.once("retention", lambda: numbers.retention(s.events))
    mine = frame[(frame["period"] == int(of[0])) & frame["complete"]]
    if mine.empty:
        raise AnalysisError(f"no month's customers have been there for {of[0]} whole months more")
    return rate(float(mine["active"].sum()), float(mine["users"].sum()), frame=frame)


def _stickiness(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    frame = s.once("stickiness", lambda: numbers.stickiness(s.events))
    row = frame.iloc[-1]
    return taken(row, "stickiness", row["users"], "customers of the last month", frame=frame)


EVENTS: dict[str, Measure] = {
    "conversion": _conversion,
    "did": _did,
    "reach": _reach,
    "reach-time": _reach_time,
    "step-rate": _step_rate,
    "drop-off": _drop_off,
    "step-change": _step_change,
    "step-time": _step_time,
    "stage-rate": _stage_rate,
    "stage-time": _stage_time,
    "order-conformance": _order,
    "stage-order": _stage_order,
    "transition-share": _transition,
    "transition-time": _transition_time,
    "entry-share": _position,
    "position-share": _position,
    "entry-conversion": _entry_conversion,
    "last-before-loss": _last,
    "path-share": _path,
    "loops": _friction("loop"),
    "backtracks": _friction("backtrack"),
    "excess-steps": _friction("excess steps"),
    "weak-spot": _weak_spot,
    "association": _association,
    "channel-share": _channel_share,
    "channel-conversion": _channel_conversion,
    "session-conversion": _session_conversion,
    "uncovered-share": _uncovered,
    "segment-share": _segment_share,
    "persona-share": _persona_share,
    "retention": _retention,
    "stickiness": _stickiness,
    **{
        f"attribution-{model}": _attribution(model)
        for model in ("first", "last", "linear", "position", "time-decay", "markov", "shapley")
    },
}
"""Metrics of the log."""
