"""Pictures of how people move: funnel, transitions, paths, time, order, friction."""

from typing import Any

import numpy as np
from pandas import DataFrame, Series

from journeykit.words import label, number, percent, spoken

from .drawing.marks import by_group, heat
from .drawing.picture import (
    ENDED,
    LINES,
    WHISKERS,
    Made,
    cell,
    counted,
    each,
    footnote,
    names,
    picture,
    told,
    with_ends,
)
from .drawing.rows import bars, rows
from .drawing.theme import VERMILLION


@picture
def funnel(frame: DataFrame) -> Made:
    """Draw who reached each step, and between the steps who was lost.

    As `numbers.funnel` gives it. A column before step_number (from ``by=``) makes groups: then
    the share that went on is compared, step by step.
    """
    count, word = counted(frame)
    if frame.columns[0] not in ("step_number", "step"):
        return by_group(
            frame, "step", "of_previous", count, "Share that went on from the step before", word
        )
    later = Series(range(len(frame)), frame.index) > 0
    before = (frame[count] / frame["of_previous"]).fillna(0).where(later)
    lost = each(
        "▼ {} lost here ({})".format, frame["drop_off"].map(percent), frame["lost"].map(number)
    )
    return bars(
        frame.assign(low=frame["low"] * before, high=frame["high"] * before),
        "step",
        f"{count}:int",
        f"{word.capitalize()} who reached the step",
        step=56,
        said=f"{WHISKERS[:-1]} of those who went on from the step before.",
        columns={
            "Went on": frame["of_previous"].map(percent).where(later, ""),
            "Of the start": "of_start",
        },
        words={"lost": Series(lost, frame.index).where(later, "")},
        under="lost",
    )


@picture
def transitions(frame: DataFrame, few: dict[str, Any], **look: Any) -> Made:
    """Draw from where to where people go: of those at an event (row), the share per next one.

    As `numbers.transitions` gives it, without groups. The 15 most frequent events are drawn,
    ordered so that going forward lies right of the diagonal. Moves from three events or fewer are
    ranked bars.
    """
    y, x = names(frame["from_event"]), names(frame["to_event"])
    if frame["from_event"].nunique() <= 3:
        return bars(frame, each("{} → {}".format, y, x), **few)
    every = frame.assign(y=y, x=x)
    weight = every.groupby("y")["transitions"].sum().sort_values(ascending=False)
    order = _forward(every, list(weight.index[:15]))
    across = order + [ENDED] * (ENDED in x)
    every = every[every["x"].isin(across)]
    return _shares(every, order, len(weight), across=across, **look)


def _shares(every: DataFrame, order: list[str], count: int, said: str, **look: Any) -> Made:
    """A heat map of the shares of some events, but for those that are next to nothing."""
    shown = every[every["y"].isin(order) & (every["share"] >= 0.005)]
    rest = footnote(shown[:0], left=count - len(order), rest="rarer events")
    data = shown[["x", "y", "users"]].assign(
        value=shown["share"], text=shown["share"].map(cell), full=with_ends(shown)
    )
    return heat(data, order=order, **look), f"{said} {rest}"


def _forward(frame: DataFrame, kept: list[str]) -> list[str]:
    """Order events along the way: places on a line that fit the net movement of each pair best.

    Weighted least squares (X. Jiang et al., Statistical ranking and combinatorial Hodge theory,
    2011), each pair weighing what moves between the two.
    """
    moves = (
        frame.pivot_table(index="y", columns="x", values="transitions", aggfunc="sum")
        .reindex(index=kept, columns=kept)
        .fillna(0.0)
        .to_numpy()
    )
    both = moves + moves.T
    laplacian = np.diag(both.sum(axis=1)) - both
    place = np.linalg.lstsq(laplacian, (moves.T - moves).sum(axis=1), rcond=None)[0]
    return [kept[i] for i in np.argsort(place, kind="stable")]


@picture
def step_matrix(frame: DataFrame, **look: Any) -> Made:
    """Draw the share of users at each event, step by step, and who has ended.

    As `numbers.step_matrix` gives it; the 14 most frequent events are drawn.
    """
    every = frame.assign(y=names(frame["event"]), x=frame["step"].astype(int))
    sums = every.groupby("y")["share"].sum().sort_values(ascending=False)
    kept = list(sums.drop(ENDED, errors="ignore").index[:14])
    middle = (every["x"] * every["share"]).groupby(every["y"]).sum() / sums
    order = [*middle[kept].sort_values().index, *[ENDED] * (ENDED in sums)]
    return _shares(every, order, len(sums), **look)


@picture
def paths(frame: DataFrame, **look: Any) -> Made:
    """Draw the most frequent routes as ranked bars.

    As `numbers.paths` gives it; twelve are drawn.
    """
    count, word = counted(frame)
    return bars(
        frame,
        [" → ".join(names(str(path).split(" → "))) for path in frame["path"]],
        axis=f"Share of all {word}",
        columns={word.capitalize(): f"{count}:int"},
        **look,
    )


@picture
def last_before_loss(frame: DataFrame, **look: Any) -> Made:
    """Draw the last event of the users who never reached the goal, as ranked bars.

    As `numbers.last_before_loss` gives it; 15 are drawn.
    """
    return bars(frame, words={"colour": [VERMILLION] * len(frame)}, **look)


@picture
def stage_times(frame: DataFrame, marks: dict[str, int], **look: Any) -> Made:
    """Draw the median time between stages, and the span of the middle half.

    As `numbers.stage_times` gives it; hours.
    """
    ends = ["q1_hours", "q3_hours"]
    hours = [seconds / 3600 for seconds in marks.values()]
    spans = frame[["median_hours", *ends]].clip(lower=hours[0])
    least, most = spans["q1_hours"].min(), spans["q3_hours"].max()
    if spans["q1_hours"].isna().all():  # nobody arrives anywhere: an axis without a dot
        least, most = hours[0], hours[-1]
    ticks = [t for t in hours if least * 0.8 <= t <= most * 1.25] or [1]
    words = {seconds // 10: word for word, seconds in marks.items()}
    return rows(
        frame.assign(**spans, half=each("{} to {}".format, *(told(frame, e) for e in ends))),
        each("{} → {}".format, names(frame["from_stage"]), names(frame["to_stage"])),
        ticks={"values": ticks, "labelExpr": f"{words}[round(datum.value * 360)]"},
        ends=ends,
        scale={"type": "log", "nice": False, "domain": [min(least, *ticks), max(most, *ticks)]},
        **look,
    )


@picture
def order_conformance(frame: DataFrame, **look: Any) -> Made:
    """Draw per stage the share of users who came to it in the order of the map.

    As `numbers.order_conformance` gives it.
    """
    overall = frame.attrs.get("overall") or {}
    said = f"Whole journey in order: {percent(overall['share'])}. " if "share" in overall else ""
    return rows(
        frame.assign(before=names(frame["broken_by"].fillna("–"))), said=said + LINES, **look
    )


@picture
def friction(frame: DataFrame, kinds: dict[str, str], **look: Any) -> Made:
    """Draw loops, backtracking, excess steps and dead ends, ranked by the users they meet.

    As `numbers.friction` gives it; the first four of each kind are drawn.
    """
    shown = frame.groupby("kind", sort=False).head(4)
    return bars(
        shown,
        each("{}: {}".format, shown["kind"].map(label), names(shown["event"])),
        left=len(frame) - len(shown),
        words={
            "line2": shown["what"].map(spoken),
            "colour": [kinds.get(str(kind).split(" ")[0], VERMILLION) for kind in shown["kind"]],
        },
        **look,
    )
