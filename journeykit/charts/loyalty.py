"""Pictures of what keeps customers: what they buy again, service, promises, campaigns."""

import datetime as dt
from typing import Any

import altair as alt
from pandas import DataFrame, Series, Timedelta, Timestamp, notna, to_datetime

from journeykit.numbers.stats import wilson
from journeykit.words import number, percent, write

from .drawing.marks import curve, heat, stack
from .drawing.picture import SAID, Made, blank, cell, each, footnote, picture, told, top, with_ends
from .drawing.rows import bars, rows
from .drawing.theme import WIDTH, Spec


@picture
def retention(frame: DataFrame, y: Spec) -> Made | None:
    """Draw the share of each cohort that was active again, and all cohorts together.

    As `numbers.retention` gives it; the last 15 cohorts and first 12 periods are drawn.
    """
    unit = _unit(frame["cohort"])
    every = frame.assign(
        y=each(lambda c, n: f"{_month(c)} ({number(n)})", frame["cohort"], frame["users"]),
        x=frame["period"].astype(int),
    )
    every = every[every["x"].between(1, 12)]
    if every.empty:
        return None
    order = list(dict.fromkeys(every["y"]))[-15:]
    shown = every[every["y"].isin(order)]
    few, going = shown["small_n"].map({True: " *"}), shown["complete"].map({False: " …"})
    data = shown[["x", "y"]].assign(
        value=shown["share"],
        text=shown["share"].map(cell) + few.fillna("") + going.fillna(""),
        full=with_ends(shown),
        count=told(shown, "{active:,.0f} of {users:,.0f}"),
    )
    title, side = f"{unit}s after the first", {"minExtent": 110, "maxExtent": 110}
    tips = {"y": "Cohort", "x": f"{unit}s after", "full": "Active", "count": "Customers"}
    grid = heat(data, title, order, tips, side=side)
    left = footnote(shown, left=every["y"].nunique() - len(order), rest="older cohorts")
    said = (
        f"Row: customers by the {unit.lower()} of their first, and how many. Below: all of "
        f"them. {left}"
    )
    said += "" if shown["complete"].all() else " …: not over yet, can only grow."
    both = [grid, _together(every[every["complete"]], title, sorted(set(shown["x"])), y)]
    return alt.vconcat(*[chart.properties(width=WIDTH - 140) for chart in both]), said


def _unit(cohorts: Series) -> str:
    """How far the cohorts are apart, as a word."""
    # What is no date is no distance; its label is drawn as it stands.
    days = to_datetime(Series(cohorts.unique()), errors="coerce").sort_values().diff().min()
    return next(
        (word for word, least in SAID["spans"].items() if days >= Timedelta(days=least)), "Period"
    )


def _month(value: object) -> str:
    if not isinstance(value, Timestamp | dt.date):
        return str(value)
    return f"{value:%b %Y}" if value.day == 1 else f"{value:%d %b %Y}"


def _together(every: DataFrame, title: str, periods: list[int], y: Spec) -> Any:
    """Share of all who can be looked at so far, with its interval."""
    whole = every.groupby("x", as_index=False)[["active", "users"]].sum()
    whole["low"], whole["high"] = wilson(whole["active"], whole["users"])
    return curve(
        whole.assign(value=whole["active"] / whole["users"]),
        {"title": title, "axis": {"labelAngle": 0}, "scale": {"domain": periods}},
        y,
        {"x": title},
        say="all",
        dy=-10,
    ).properties(height=150)


@picture
def repeat_purchase(frame: DataFrame, **look: Any) -> Made:
    """Draw the share of customers who bought more than once.

    As `numbers.repeat_purchase` gives it; a first column of words makes groups.
    """
    first = str(frame.columns[0])
    return rows(
        frame,
        first if first not in ("customers", "repeat") else ["All customers"] * len(frame),
        **look,
    )


@picture
def basket(frame: DataFrame, **look: Any) -> Made:
    """Draw pairs of products by lift: how much more often together than by chance.

    As `numbers.basket` gives it; 12 are drawn.
    """
    return rows(frame, **look)


@picture
def next_product(frame: DataFrame, **look: Any) -> Made:
    """Draw steps from a product to the next: the share who made them, beside all orders.

    As `numbers.next_product` gives it; 12 are drawn.
    """
    return rows(
        frame.assign(
            sure=frame["q"].lt(0.05).map({True: "▲ stands out", False: "◊ may be chance"})
        ),
        **look,
    )


@picture
def stickiness(frame: DataFrame, **look: Any) -> Made:
    """Draw month by month the share of the active users who are there on a day of it.

    As `numbers.stickiness` gives it; the last 18 months are drawn.
    """
    shown = frame.tail(18)
    return rows(shown, shown["month"].map(_month), left=len(frame) - len(shown), **look)


@picture
def service(frame: DataFrame, panels: dict[str, Spec]) -> Made:
    """Draw the wait for a first answer and the share solved, per channel of service.

    As `numbers.service` gives it: minutes, hours, shares.
    """
    by = str(frame.columns[0])
    shown, left = top(frame, 12, "contacts")
    name = ["All contacts"] if by == "contacts" else by
    drawn = [
        rows(part, name, value, **look, panel=True)[0]
        for value, look in panels.items()
        if len(part := shown.dropna(subset=value))
    ]
    if not drawn:
        return blank("No waiting time and no outcome is known of these contacts.")
    said = "Bar: the contact in the middle; whisker: three of four had waited no longer."
    return stack(drawn), f"{said} {footnote(shown, left=left, rest='more channels')}"


@picture
def promises(frame: DataFrame, **look: Any) -> Made:
    """Draw for each promise the share of cases that kept it, its target and the verdict.

    As `numbers.promises` gives it.
    """
    return rows(frame, **look)


@picture
def promise_hours(frame: DataFrame, **look: Any) -> Made:
    """Draw how much less often each promise is kept within its worst hours than at other hours.

    As `numbers.promise_hours` gives it.
    """
    return rows(
        frame.assign(sure=frame["significant"].map({True: "● differs", False: "○ may be chance"})),
        **look,
    )


@picture
def campaign_coverage(frame: DataFrame, **look: Any) -> Made:
    """Draw stage by stage how many users campaigns were sent to, and the share that was opened.

    As `numbers.campaign_coverage` gives it.
    """
    return bars(
        frame.assign(
            small_n=frame["small_n"] & ~frame["gap"], opened=with_ends(frame, "opened_share")
        ),
        words={"text": frame["users"].map(number).mask(frame["gap"], "○ no campaign")},
        **look,
    )


@picture
def campaign_effect(frame: DataFrame, **look: Any) -> Made:
    """Draw what a campaign changed against those held back, in percentage points.

    As `numbers.campaign_effect` gives it; 12 are drawn.
    """
    return rows(
        frame, words={"line2": [_campaign(row) for row in frame.to_dict("records")]}, **look
    )


def _campaign(row: Spec) -> str:
    units = {"stage": "name", "channel": ""}
    parts = [write(row[c], unit) for c, unit in units.items() if notna(row.get(c))]
    other = row.get("overlap_with")
    if isinstance(other, str) and other and row["overlap_share"] >= 0.01:
        parts.append(f"{percent(row['overlap_share'])} also got {other}")
    return " · ".join(parts)
