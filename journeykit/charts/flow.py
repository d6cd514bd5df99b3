"""Pictures of how people move: funnel, transitions, paths, time, order, friction."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from journeykit.charts import theme
from journeykit.charts.marks import beside, dots, heat, inline, rows, table
from journeykit.charts.parts import (
    ENDED,
    MOST,
    Made,
    between,
    counted,
    duration,
    each,
    footnote,
    names,
    number,
    percent,
    picture,
    sentence,
    top,
)
from journeykit.charts.theme import AMBER, BLUE, PURPLE, VERMILLION, label

WHISKERS = "Whiskers: 95% interval."


@picture("Where people are lost on the way", "No step was reached by anybody.")
def funnel(frame: pd.DataFrame) -> Made:
    """Draw who reached each step, and between the steps who was lost.

    As `numbers.funnel` gives it. A column before step_number (from ``by=``) makes groups: then
    the share that went on is compared, step by step.
    """
    first = str(frame.columns[0])
    if first not in ("step_number", "step"):
        return _funnel_by(frame, first)
    count, word = counted(frame)
    ratio = (frame[count] / frame["of_previous"]).fillna(0)
    later = pd.Series(range(len(frame)), index=frame.index) > 0
    ends = {end: (frame[end] * ratio).where(later) for end in ("low", "high")}
    lost = each(
        lambda d, n: f"▼ {percent(d)} lost here ({number(n)})", frame["drop_off"], frame["lost"]
    )
    data = table(
        frame.assign(**ends),
        names(frame["step"]),
        frame[count],
        text=frame[count].map(number),
        start=frame["of_start"].map(percent),
        previous=frame["of_previous"].map(percent).where(later, ""),
        sure=pd.Series(each(between, frame["low"], frame["high"]), frame.index).where(later, ""),
        lost=pd.Series(lost, frame.index).where(later, ""),
    )
    gap = alt.Chart().mark_text(align="left", x=4, dy=-28, color=VERMILLION)
    chart = rows(
        data,
        f"{word.capitalize()} who reached the step",
        step=56,
        ticks={"format": ",.0f"},
        columns=[("previous", "Went on", 70), ("start", "Of the start", 84)],
        more=[gap.encode(y=alt.Y("name:N", sort=None), text="lost:N")],
    )
    return chart, f"{WHISKERS[:-1]} of those who went on from the step before. {footnote(frame)}"


def _funnel_by(frame: pd.DataFrame, by: str) -> Made:
    count, word = counted(frame)
    start = frame[frame["step_number"] == frame["step_number"].min()].set_index(by)[count]
    order = list(start.sort_values(ascending=False).index[:6])
    said = dict(zip(order, names(order), strict=True))
    shown = frame[frame[by].isin(order) & (frame["step_number"] > frame["step_number"].min())]
    data = (
        shown[["low", "high"]]
        .assign(
            name=names(shown["step"]),
            group=shown[by].map(said),
            value=shown["of_previous"],
            small=shown["small_n"],
            text=each(
                lambda v, n: f"{percent(v)} ({number(n)} {word})",
                shown["of_previous"],
                shown[count],
            ),
        )
        .round(4)
    )
    chart = dots(data, "Share that went on from the step before", list(said.values()), "Step")
    at = ", ".join(f"{said[g]} {number(start[g])}" for g in order)
    left = footnote(shown, left_out=len(start) - len(order), what="smaller groups")
    return chart, f"{word.capitalize()} at the start: {at}. Lines: 95% interval. {left}"


@picture("What people do next", "Nobody took a second step.")
def transitions(frame: pd.DataFrame) -> Made:
    """Draw from where to where people go: of those at an event (row), the share per next one.

    As `numbers.transitions` gives it, without groups. The 15 most frequent events are drawn,
    ordered so that going forward lies right of the diagonal. Moves from three events or fewer are
    ranked bars.
    """
    if frame["from_event"].nunique() <= 3:
        return _moves(frame)
    every = frame.assign(y=names(frame["from_event"]), x=names(frame["to_event"]))
    weight = every.groupby("y")["transitions"].sum().sort_values(ascending=False)
    order = _forward(every, list(weight.index[:15]))
    across = order + [ENDED] * bool((every["x"] == ENDED).any())
    shown = every[every["y"].isin(order) & every["x"].isin(across) & (every["share"] >= 0.005)]
    data = shown[["x", "y"]].assign(
        value=shown["share"].round(4),
        text=[f"{v:.0%}" if v >= 0.015 else "" for v in shown["share"]],
        full=each(
            lambda s, a, b: f"{percent(s)} ({between(a, b)})",
            shown["share"],
            shown["low"],
            shown["high"],
        ),
        users=shown["users"].map(number),
    )
    chart = heat(
        data,
        alt.X(
            "x:N",
            sort=across,
            title="… to this event (share of those who were there)",
            axis=alt.Axis(orient="top", labelAngle=-40),
        ),
        alt.Y("y:N", sort=order, title="From this event …", axis=beside(order)),
        [("y", "From"), ("x", "To"), ("full", "Share and interval"), ("users", "Users")],
    )
    rest = footnote(data, left_out=len(weight) - len(order), what="rarer events")
    return chart, f"Right of the diagonal is forward, left of it is back. {rest}"


def _moves(frame: pd.DataFrame) -> Made:
    """Ranked bars, where only few events are left from."""
    shown, left = top(frame, 12, by="transitions")
    pairs = each("{} → {}".format, names(shown["from_event"]), names(shown["to_event"]))
    data = table(shown, pairs, shown["share"], users=shown["users"].map(number))
    chart = rows(
        data,
        "Share of those who were at the first of the two",
        above=True,
        columns=[("users", "Users", 70)],
    )
    return chart, f"{WHISKERS} {footnote(shown, left_out=left, what='rarer moves', counts='users')}"


def _forward(frame: pd.DataFrame, kept: list[str]) -> list[str]:
    """Order events along the way: places on a line that fit the net movement of each pair best.

    Weighted least squares (X. Jiang et al., Statistical ranking and combinatorial Hodge theory,
    2011), each pair weighing what moves between the two.
    """
    grid = frame.pivot_table(index="y", columns="x", values="transitions", aggfunc="sum")
    moves = grid.reindex(index=kept, columns=kept).fillna(0.0).to_numpy()
    both = moves + moves.T
    lean = np.divide(moves - moves.T, both, out=np.zeros_like(both), where=both > 0)
    laplacian = np.diag(both.sum(axis=1)) - both
    place = np.linalg.lstsq(laplacian, (both * -lean).sum(axis=1), rcond=None)[0]
    return [kept[i] for i in np.argsort(place, kind="stable")]


@picture("What people do at each step of their journey", "No events to count.")
def step_matrix(frame: pd.DataFrame) -> Made:
    """Draw the share of users at each event, step by step, and who has ended.

    As `numbers.step_matrix` gives it; the 14 most frequent events are drawn.
    """
    every = frame.assign(y=names(frame["event"]), moment=frame["step"] * frame["share"])
    sums = every.groupby("y")[["share", "moment"]].sum().sort_values("share", ascending=False)
    kept = sums.drop(ENDED, errors="ignore").head(14)
    order = list((kept["moment"] / kept["share"]).sort_values().index)
    order += [ENDED] * (ENDED in sums.index)
    shown = every[every["y"].isin(order) & (every["share"] >= 0.005)]
    data = shown[["y"]].assign(
        x=shown["step"].astype(int),
        value=shown["share"].round(4),
        text=[f"{v:.0%}" if v >= 0.015 else "" for v in shown["share"]],
        full=each(
            lambda s, a, b: f"{percent(s)} ({between(a, b)})",
            shown["share"],
            shown["low"],
            shown["high"],
        ),
    )
    axis = "Step of the journey, counted from each user's first event"
    chart = heat(
        data,
        alt.X("x:O", title=axis, axis=alt.Axis(labelAngle=0)),
        alt.Y("y:N", sort=order, title=None, axis=beside(order)),
        [("y", "Event"), ("x", "Step"), ("full", "Share and interval")],
    )
    rest = footnote(data, left_out=len(sums) - len(order), what="rarer events")
    return chart, f"Share of users; each column adds up to all of them. {rest}"


@picture("The routes that people take most", "No route to show.")
def paths(frame: pd.DataFrame) -> Made:
    """Draw the most frequent routes as ranked bars.

    As `numbers.paths` gives it; twelve are drawn.
    """
    count, word = counted(frame)
    shown, left = top(frame, 12)
    routes = [" → ".join(names(str(path).split(" → "))) for path in shown["path"]]
    data = table(shown, routes, shown["share"], count=shown[count].map(number))
    chart = rows(
        data, f"Share of all {word}", above=True, columns=[("count", word.capitalize(), 80)]
    )
    return chart, f"{WHISKERS} {footnote(shown, left_out=left, what='more routes')}"


@picture("How long a session is", "No session to show.")
def sessions(frame: pd.DataFrame) -> Made:
    """Draw how many events a session has and how long it lasts, in classes.

    One row per session: events (count), seconds; as `numbers.sessions` gives it.
    """
    last = float("inf")
    sizes = {"1 event": 1, "2": 2, "3": 3, "4–5": 5, "6–10": 10, "11–20": 20, "over 20": last}
    times = {
        "under 10 s": 10,
        "10–60 s": 60,
        "1–3 min": 180,
        "3–10 min": 600,
        "10–30 min": 1800,
        "30–60 min": 3600,
        "over 1 h": last,
    }
    both = alt.vconcat(
        _classes(frame["events"], sizes, "Events in the session"),
        _classes(frame["seconds"], times, "Time from first to last event"),
    )
    middle = f"{frame['events'].median():.0f} events, {duration(frame['seconds'].median() / 3600)}"
    return both, f"{len(frame):,} sessions; the one in the middle has {middle}."


def _classes(values: pd.Series, classes: dict[str, float], title: str) -> Any:
    order = list(classes)
    groups = pd.cut(values, [-1.0, *classes.values()], labels=order)
    share = groups.value_counts(normalize=True, sort=False).round(4)
    data = pd.DataFrame({"name": order, "value": share.to_numpy(), "text": share.map(percent)})
    base = alt.Chart().encode(
        x=alt.X("name:N", sort=order, title=title, axis=alt.Axis(labelAngle=0)),
        y=alt.Y("value:Q", title="Share of sessions", axis=alt.Axis(format="%", tickCount=3)),
    )
    words = base.mark_text(dy=-8).encode(text="text:N")
    whole = alt.layer(base.mark_bar(color=BLUE, size=46), words, data=inline(data))
    return whole.properties(width=theme.WIDTH - 70, height=130)


@picture("What people did last before they left", "Everybody reached the goal.")
def last_before_loss(frame: pd.DataFrame) -> Made:
    """Draw the last event of the users who never reached the goal, as ranked bars.

    As `numbers.last_before_loss` gives it; 15 are drawn.
    """
    shown, left = top(frame, 15)
    data = table(
        shown,
        names(shown["event"]),
        shown["share"],
        colour=VERMILLION,
        users=shown["users"].map(number),
    )
    chart = rows(
        data, "Share of the users who never reached the goal", columns=[("users", "Users", 70)]
    )
    return chart, f"{WHISKERS} {footnote(shown, left_out=left, what='rarer events')}"


TICKS = {
    1 / 360: "10 s",
    1 / 60: "1 min",
    1 / 6: "10 min",
    1: "1 h",
    6: "6 h",
    24: "1 day",
    72: "3 days",
    168: "1 week",
    720: "1 month",
    4320: "6 months",
}


@picture("How long it takes from stage to stage", "Nobody went from one stage to the next.")
def stage_times(frame: pd.DataFrame) -> Made:
    """Draw the median time between stages, and the span of the middle half.

    As `numbers.stage_times` gives it; hours.
    """
    pairs = each("{} → {}".format, names(frame["from_stage"]), names(frame["to_stage"]))
    hours = {c: frame[f"{c}_hours"].clip(lower=1 / 360) for c in ("q1", "median", "q3")}
    data = table(
        frame.assign(low=hours["q1"], high=hours["q3"]),
        pairs,
        hours["median"],
        text=frame["median_hours"].map(duration),
        users=frame["users"].map(number),
        half=each(lambda a, b: between(a, b, duration), frame["q1_hours"], frame["q3_hours"]),
    )
    least, most = data["low"].min(), data["high"].max()
    ticks = [t for t in TICKS if least * 0.8 <= t <= most * 1.25] or [1]
    words = " : ".join(f"abs(datum.value / {t} - 1) < 0.1 ? '{w}'" for t, w in TICKS.items())
    chart = rows(
        data,
        "Time (each mark is several times the one before)",
        mark="dot",
        above=True,
        scale={"type": "log", "nice": False, "domain": [min(least, *ticks), max(most, *ticks)]},
        ticks={"values": ticks, "labelExpr": f"{words} : ''", "format": ""},
        columns=[("half", "Half of them take", 140), ("users", "Users", 66)],
    )
    return chart, f"Dot: the user in the middle. Line: the middle half of them. {footnote(frame)}"


@picture("Who goes through the stages in the designed order", "No stage was reached.")
def order_conformance(frame: pd.DataFrame) -> Made:
    """Draw per stage the share of users who came to it in the order of the map.

    As `numbers.order_conformance` gives it.
    """
    data = table(frame, names(frame["stage"]), frame["share"], users=frame["users"].map(number))
    columns = [("users", "Users", 60)]
    if "broken_by" in frame:
        data["broken"] = ["" if pd.isna(b) else label(b) for b in frame["broken_by"]]
        columns = [("broken", "Came before it", 130), *columns]
    chart = rows(
        data,
        "Share who came in the designed order",
        mark="dot",
        scale={"domain": [0, 1]},
        columns=columns,
    )
    overall = frame.attrs.get("overall") or {}
    said = f"Whole journey in order: {percent(overall['share'])}. " if "share" in overall else ""
    return chart, f"{said}Lines: 95% interval. {footnote(frame)}"


KINDS = {"loop": PURPLE, "backtrack": AMBER, "excess": BLUE}


@picture("Where the way is harder than it need be", "No loops, detours or dead ends were found.")
def friction(frame: pd.DataFrame) -> Made:
    """Draw loops, backtracking, excess steps and dead ends, ranked by the users they meet.

    As `numbers.friction` gives it; the first four of each kind are drawn.
    """
    shown = frame.groupby("kind", sort=False).head(4)[:MOST]  # the first of each kind
    left = len(frame) - len(shown)
    shown.attrs = frame.attrs
    head = each("{}: {}".format, shown["kind"].map(label), names(shown["event"]))
    colour = [KINDS.get(str(kind).split(" ")[0], VERMILLION) for kind in shown["kind"]]
    data = table(
        shown,
        head,
        shown["share"],
        colour=colour,
        line2=shown["what"].map(sentence),
        users=shown["users"].map(number),
    )
    chart = rows(data, "Share of users", above=True, columns=[("users", "Users", 70)])
    return chart, f"{WHISKERS} {footnote(shown, left_out=left, what='more findings')}"


__all__ = [
    "friction",
    "funnel",
    "last_before_loss",
    "order_conformance",
    "paths",
    "sessions",
    "stage_times",
    "step_matrix",
    "transitions",
]
