"""Pictures of what happens after the purchase: who stays, who buys again, and what with what."""

import datetime as dt
from typing import Any

import altair as alt
import pandas as pd
from pandas import DataFrame

from journeykit.numbers.stats import wilson
from journeykit.words import number

from .drawing.marks import curve, heat
from .drawing.picture import LINES, Made, blank, cell, each, footnote, picture, with_ends
from .drawing.rows import rows
from .drawing.theme import WIDTH

TIMES = "{:.1f} ×".format
NOBODY = "Nobody can have come back yet."


@picture("Who comes back", NOBODY)
def retention(frame: DataFrame) -> Made:
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
        return blank(NOBODY)
    order = list(dict.fromkeys(every["y"]))[-15:]
    shown = every[every["y"].isin(order)]
    few, going = shown["small_n"].map({True: " *"}), shown["complete"].map({False: " …"})
    data = shown[["x", "y"]].assign(
        value=shown["share"],
        text=shown["share"].map(cell) + few.fillna("") + going.fillna(""),
        full=with_ends(shown),
        count=each(lambda a, n: f"{number(a)} of {number(n)}", shown["active"], shown["users"]),
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
    both = [grid, _together(every[every["complete"]], title, sorted(set(shown["x"])))]
    return alt.vconcat(*[chart.properties(width=WIDTH - 140) for chart in both]), said


def _unit(cohorts: pd.Series) -> str:
    """How far the cohorts are apart, as a word."""
    days = pd.to_datetime(pd.Series(cohorts.unique()), errors="coerce").sort_values().diff().min()
    known = {89: "Quarter", 28: "Month", 7: "Week", 1: "Day"}
    return next(
        (word for least, word in known.items() if days >= pd.Timedelta(days=least)), "Period"
    )


def _month(value: object) -> str:
    if not isinstance(value, pd.Timestamp | dt.date):
        return str(value)
    return f"{value:%b %Y}" if value.day == 1 else f"{value:%d %b %Y}"


def _together(every: DataFrame, title: str, periods: list[int]) -> Any:
    """Share of all who can be looked at so far, with its interval."""
    whole = every.groupby("x", as_index=False)[["active", "users"]].sum()
    whole["low"], whole["high"] = wilson(whole["active"], whole["users"])
    return curve(
        whole.assign(value=whole["active"] / whole["users"]),
        alt.X("x:O", title=title, axis={"labelAngle": 0}, scale={"domain": periods}),
        alt.Y(
            "value:Q",
            title="Share of customers active",
            scale={"zero": True},
            axis={"format": "%", "tickCount": 4, "minExtent": 90, "maxExtent": 90},
        ),
        {"x": title},
        say="all",
        dy=-10,
    ).properties(height=150)


@picture("Who buys again", "Nobody has bought yet.")
def repeat_purchase(frame: DataFrame) -> Made:
    """Draw the share of customers who bought more than once.

    As `numbers.repeat_purchase` gives it; a first column of words makes groups.
    """
    first = str(frame.columns[0])
    return rows(
        frame,
        first if first not in ("customers", "repeat") else ["All customers"] * len(frame),
        "share",
        "Share of customers who bought again",
        counts="customers",
        columns={"Bought again": "repeat:int", "Customers": "customers:int"},
    )


@picture("What is bought together", "No two products were bought together.")
def basket(frame: DataFrame) -> Made:
    """Draw pairs of products by lift: how much more often together than by chance.

    As `numbers.basket` gives it; 12 are drawn.
    """
    return rows(
        frame,
        "{product_a} + {product_b}",
        "lift",
        "Lift: times as often together as by chance (1 = chance)",
        above=True,
        most=12,
        rest="more pairs",
        counts="orders",
        columns="confidence orders:int",
        against=1,
        words={"text": frame["lift"].map(TIMES)},
    )


@picture("What is bought next", "No product is followed by another.")
def next_product(frame: DataFrame) -> Made:
    """Draw steps from a product to the next: the share who made them, beside all orders.

    As `numbers.next_product` gives it; 12 are drawn.
    """
    return rows(
        frame,
        "{product} → {next_product}",
        "share",
        "Share of the customers whose next order has it",
        above=True,
        most=12,
        rest="more steps",
        counts="customers",
        said=f"Black tick: the share of all orders that followed one. {LINES}",
        columns={
            "Against chance": frame["q"]
            .lt(0.05)
            .map({True: "▲ stands out", False: "◊ may be chance"}),
            "Lift": frame["lift"].map(TIMES),
            "Customers": "users",
        },
        against="base_share",
    )


@picture("How regularly they come", "Nobody was active.")
def stickiness(frame: DataFrame) -> Made:
    """Draw month by month the share of the active users who are there on a day of it.

    As `numbers.stickiness` gives it; the last 18 months are drawn.
    """
    shown = frame.tail(18)
    return rows(
        shown,
        shown["month"].map(_month),
        "stickiness",
        "Share of the month's customers who are active on a day of it",
        left=len(frame) - len(shown),
        rest="months",
        columns={"Active days": "{active_days:.1f} of {days:.0f}", "Customers": "users"},
    )
