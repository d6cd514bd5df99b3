"""Pictures of who comes, from where and for how long: channels, attribution, personas, sessions."""

from typing import Any

import altair as alt
from pandas import DataFrame, Series, cut

from journeykit.words import label, span

from .drawing.marks import by_group, curve, dots, shapes, stack
from .drawing.picture import Made, delta, each, footnote, intervals, names, picture, top
from .drawing.rows import bars, rows
from .drawing.theme import BLUE, GREY, WIDTH, Spec


@picture
def entry_points(frame: DataFrame, **look: Any) -> Made:
    """Draw the ways in by how many take them, with the share that reached the goal.

    As `numbers.entry_points` gives it; 15 are drawn.
    """
    name = names(frame["event"])
    if "channel" in frame:
        name = each("{} · {}".format, name, frame["channel"])
    return bars(frame, name, **look)


@picture
def channels(frame: DataFrame, **look: Any) -> Made:
    """Draw the share of users who reached the goal per channel, or per another first column.

    As `numbers.channels` gives it; 15 are drawn.
    """
    count = "accounts" if "accounts" in frame else "users"
    if count == "accounts":
        look["columns"] = {"Reached it": "converted:int", "Accounts": count}
    shown, left = top(frame, 15, count)
    return rows(shown, names(shown.iloc[:, 0]), left=left, **look)


@picture
def attribution(frame: DataFrame, models: dict[str, str]) -> Made:
    """Draw the share of conversions that each model credits to a channel.

    As `numbers.attribution` gives it; rows of several models one after the other.
    """
    by = str(frame.columns[0])
    mean = frame.groupby(by, observed=True)["share"].mean().sort_values(ascending=False)
    kept = mean.index[:15]
    shown = frame.set_index(by, drop=False).loc[kept]
    share = shown.groupby(level=0)["share"]
    chart = dots(
        shown.assign(low=share.transform("min"), high=share.transform("max")),
        "Share of all conversions",
        by,
        [models.get(m, label(m)) for m in shown["model"]],
        "share",
        "conversions",
        "conversions",
    )
    left = footnote(shown.iloc[:0], left=len(mean) - len(kept), rest="smaller channels")
    return chart, f"A wide grey bar: the models disagree. Credit is a convention, no cause. {left}"


attribution_from_paths = attribution


@picture
def coverage(frame: DataFrame, **look: Any) -> Made:
    """Draw the share of users that each persona covers, and that none does.

    As `numbers.coverage` gives it.
    """
    return bars(
        frame,
        words={
            "colour": frame["persona"]
            .astype(str)
            .str.startswith("(")
            .map({True: GREY, False: BLUE})
        },
        **look,
    )


@picture
def segment_profile(frame: DataFrame, **look: Any) -> Made:
    """Draw the shares in a segment beside those of everybody.

    As `numbers.segment_profile` gives it; 16 are drawn.
    """
    return rows(
        frame, each(lambda c, v: f"{label(c)}: {v}", frame["column"], frame["value"]), **look
    )


@picture
def rates(frame: DataFrame, **look: Any) -> Made:
    """Draw how many leads got how far.

    As `numbers.rates` gives it.
    """
    if frame.columns[0] != "level":
        return by_group(frame, "level", look["value"], "people", look["axis"], "leads")
    return bars(frame, **look)


@picture
def rate_by(frame: DataFrame, x: Spec, y: Spec, **look: Any) -> Made:
    """Draw the share of rows with a yes, for each value of a column.

    As `numbers.rate_by` gives it; 15 are drawn. Dates (2026-03-09) stand in their order, up to 50.
    """
    first = str(frame.columns[0])
    if first != "n" and frame[first].astype(str).str.fullmatch(r"\d{4}-\d\d-\d\d").all():
        shown, left = top(frame, 50, "n")
        note = footnote(shown, left=left, rest="smaller groups", counts="rows")
        return _dates(shown.sort_values(first), first, x, y | {"title": look["axis"]}), (
            f"Band: 95% interval; dashed: all rows together. {note}"
        )
    return rows(frame, first if first != "n" else ["All rows"], **look)


def _dates(shown: DataFrame, first: str, x: Spec, y: Spec) -> Any:
    """The share date by date, and a dashed line at that of all rows together."""
    every = alt.InlineData(values=[{"value": shown["hits"].sum() / shown["n"].sum()}])
    return curve(
        shown.rename(columns={first: "x", "share": "value"}),
        x | {"title": label(first)},
        y,
        {"x": label(first), "hits": "Yes", "n": "Rows"},
        under=shapes(alt.Chart(every).encode(y=alt.Y("value:Q", **y)), "dashed"),
    ).properties(width=WIDTH, height=240)


@picture
def differences(frame: DataFrame, **look: Any) -> Made:
    """Draw per event the share of those who reached the goal and of those who did not.

    As `numbers.differences` gives it; 12 are drawn.
    """
    both = frame[["lost", "converted"]]
    return rows(
        frame.assign(low=both.min(axis=1), high=both.max(axis=1), size=frame["effect"].abs()),
        columns={"95% interval, points": intervals(frame, delta)},
        words={"text": frame["effect"].map(delta), "lost": frame["lost"]},
        **look,
    )


@picture
def compare_personas(frame: DataFrame, **look: Any) -> Made:
    """Draw how many of each persona get to the end, with intervals.

    Frame: persona, share (0..1), low, high, users, and if known small_n.
    """
    return rows(frame, **look)


@picture
def sessions(frame: DataFrame, events: dict[str, float], seconds: dict[str, float]) -> Made:
    """Draw how many events a session has and how long it lasts, in classes.

    One row per session: events (count), seconds; as `numbers.sessions` gives it.
    """
    both = [
        _classes(frame["events"], events, "Events in the session"),
        _classes(frame["seconds"], seconds, "Time from first to last event"),
    ]
    middle = f"{frame['events'].median():.0f} events, {span(frame['seconds'].median())}"
    return stack(both), f"{len(frame):,} sessions; the one in the middle has {middle}."


def _classes(values: Series, classes: dict[str, float], title: str) -> Any:
    share = (
        cut(values, [-1.0, *classes.values()], labels=list(classes))
        .value_counts(normalize=True, sort=False)
        .to_frame("share")
    )
    return bars(share, list(classes), "share", f"{title} (share of sessions)", panel=True)[0]
