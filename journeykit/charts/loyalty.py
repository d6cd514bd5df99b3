"""Pictures of what happens after the purchase: who stays, who buys again, and what with what."""

from __future__ import annotations

import datetime as dt
from typing import Any

import altair as alt
import pandas as pd

from journeykit.charts import theme
from journeykit.charts.marks import heat, inline, rows, table
from journeykit.charts.parts import (
    Made,
    between,
    blank,
    each,
    footnote,
    names,
    number,
    percent,
    picture,
    top,
)
from journeykit.charts.theme import BLUE
from journeykit.numbers.stats import wilson


@picture("Who comes back", "Nobody can have come back yet.")
def retention(frame: pd.DataFrame) -> Made:
    """Draw the share of each cohort that was active again, and all cohorts together.

    As `numbers.retention` gives it; the last 15 cohorts and first 12 periods are drawn.
    """
    unit = _unit(frame["cohort"])
    cohorts = each(lambda c, n: f"{_month(c)} ({number(n)})", frame["cohort"], frame["users"])
    every = frame.assign(y=cohorts, x=frame["period"].astype(int))
    every = every[every["x"].between(1, 12)]
    if every.empty:
        return blank("Nobody can have come back yet.")
    order = list(dict.fromkeys(every["y"]))[-15:]
    shown = every[every["y"].isin(order)]
    done = shown.get("complete", pd.Series(True, index=shown.index)).astype(bool)
    few = each(
        lambda flag, over: (" *" if flag else "") + ("" if over else " …"), shown["small_n"], done
    )
    data = shown[["x", "y"]].assign(
        value=shown["share"].round(4),
        text=each("{:.0%}{}".format, shown["share"], few),
        sure=each(between, shown["low"], shown["high"]),
        count=each(lambda a, n: f"{number(a)} of {number(n)}", shown["active"], shown["users"]),
    )
    x = alt.X("x:O", title=f"{unit}s after the first", axis=alt.Axis(labelAngle=0, orient="top"))
    grid = heat(
        data,
        x,
        alt.Y("y:N", sort=order, title=None, axis=alt.Axis(minExtent=110, maxExtent=110)),
        [
            ("y", "Cohort"),
            ("x", f"{unit}s after"),
            ("text", "Active"),
            ("sure", "95% interval"),
            ("count", "Users"),
        ],
    )
    left = footnote(shown, left_out=len(set(every["y"])) - len(order), what="older cohorts")
    said = (
        f"Row: users by the {unit.lower()} of their first, and how many. Below: all of them. {left}"
    )
    said += "" if done.all() else " …: not over yet, can only grow."
    periods = sorted(set(shown["x"]))
    whole = every[every["complete"].astype(bool)] if "complete" in every else every
    return alt.vconcat(grid.properties(width=theme.WIDTH - 140), _curve(whole, unit, periods)), said


def _unit(cohorts: pd.Series) -> str:
    """How far the cohorts are apart, as a word."""
    days = pd.to_datetime(pd.Series(cohorts.unique()), errors="coerce").sort_values().diff().min()
    known = {1: "Day", 7: "Week", 28: "Month", 89: "Quarter"}
    return next(
        (word for least, word in reversed(known.items()) if days >= pd.Timedelta(days=least)),
        "Period",
    )


def _month(value: object) -> str:
    if not isinstance(value, pd.Timestamp | dt.date):
        return str(value)
    return f"{value:%b %Y}" if value.day == 1 else f"{value:%d %b %Y}"


def _curve(every: pd.DataFrame, unit: str, periods: list[int]) -> Any:
    """Share of all who can be looked at so far, with its interval."""
    whole = every.groupby("x", as_index=False)[["active", "users"]].sum()
    whole["low"], whole["high"] = wilson(whole["active"], whole["users"])
    whole["share"] = whole["active"] / whole["users"]
    whole["text"] = whole["share"].map(percent)
    whole["sure"] = each(between, whole["low"], whole["high"])
    tips = [("x", f"{unit}s after"), ("text", "Active"), ("sure", "95% interval")]
    base = alt.Chart().encode(
        x=alt.X("x:O", title=f"{unit}s after the first").axis(labelAngle=0).scale(domain=periods),
        tooltip=[alt.Tooltip(f"{column}:N", title=title) for column, title in tips],
    )
    y = alt.Y(
        "share:Q",
        title="Share of users active",
        scale=alt.Scale(zero=True),
        axis=alt.Axis(format="%", tickCount=4, minExtent=90, maxExtent=90),
    )
    layers = [
        base.mark_area(color=BLUE, opacity=0.18).encode(y=alt.Y("low:Q"), y2=alt.Y2("high:Q")),
        base.mark_line(color=BLUE, point={"size": 60, "filled": True, "color": BLUE}).encode(y=y),
        base.mark_text(dy=-16).encode(y=y, text="text:N"),
    ]
    chart: Any = alt.layer(*layers, data=inline(whole.round(4)))
    return chart.properties(width=theme.WIDTH - 140, height=150)


@picture("Who buys again", "Nobody has bought yet.")
def repeat_purchase(frame: pd.DataFrame) -> Made:
    """Draw the share of customers who bought more than once.

    As `numbers.repeat_purchase` gives it; a first column of words makes groups.
    """
    first = str(frame.columns[0])
    name = (
        names(frame[first])
        if first not in ("customers", "repeat")
        else ["All customers"] * len(frame)
    )
    data = table(
        frame,
        name,
        frame["share"],
        customers=frame["customers"].map(number),
        again=frame["repeat"].map(number),
    )
    chart = rows(
        data,
        "Share of customers who bought again",
        mark="dot",
        scale={"zero": True},
        columns=[("again", "Bought again", 96), ("customers", "Customers", 84)],
    )
    return chart, f"Line: 95% interval. {footnote(frame, counts='customers')}"


@picture("What is bought together", "No two products were bought together.")
def basket(frame: pd.DataFrame) -> Made:
    """Draw pairs of products by lift: how much more often together than by chance.

    As `numbers.basket` gives it; 12 are drawn.
    """
    shown, left = top(frame, 12)
    pairs = each("{} + {}".format, names(shown["product_a"]), names(shown["product_b"]))
    data = table(
        shown,
        pairs,
        shown["lift"],
        text=[f"{number(v)} ×" for v in shown["lift"]],
        confidence=shown["confidence"].map(percent),
        orders=shown["orders"].map(number),
    )
    chart = rows(
        data,
        "Lift: times as often together as by chance (1 = chance)",
        above=True,
        mark="dot",
        scale={"zero": True},
        ticks={"format": ".1f"},
        against=1,
        columns=[("confidence", "Buy the second too", 126), ("orders", "Orders", 64)],
    )
    said = footnote(shown, left_out=left, what="more pairs", counts="orders")
    return chart, f"Lines: 95% interval. {said}"


@picture("What is bought next", "No product is followed by another.")
def next_product(frame: pd.DataFrame) -> Made:
    """Draw steps from a product to the next: the share who made them, beside all orders.

    As `numbers.next_product` gives it; 12 are drawn.
    """
    shown, left = top(frame, 12)
    steps = each("{} → {}".format, names(shown["product"]), names(shown["next_product"]))
    data = table(
        shown,
        steps,
        shown["share"],
        base=shown["base_share"],
        lift=[f"{number(v)} ×" for v in shown["lift"]],
        users=shown["users"].map(number),
        chance=["▲ stands out" if q < 0.05 else "◊ may be chance" for q in shown["q"]],
    )
    chart = rows(
        data,
        "Share of the customers whose next order has it",
        above=True,
        mark="dot",
        scale={"zero": True},
        against="base",
        columns=[
            ("chance", "Against chance", 118),
            ("lift", "Lift", 60),
            ("users", "Customers", 76),
        ],
    )
    said = "Black tick: the share of all orders that followed one. Lines: 95% interval."
    return chart, f"{said} {footnote(shown, left_out=left, what='more steps', counts='customers')}"


@picture("How regularly they come", "Nobody was active.")
def stickiness(frame: pd.DataFrame) -> Made:
    """Draw month by month the share of the active users who are there on a day of it.

    As `numbers.stickiness` gives it; the last 18 months are drawn.
    """
    shown = frame.tail(18)
    data = table(
        shown,
        shown["month"].map(_month),
        shown["stickiness"],
        users=shown["users"].map(number),
        days=[
            f"{a:.1f} of {d:.0f}" for a, d in zip(shown["active_days"], shown["days"], strict=True)
        ],
    )
    chart = rows(
        data,
        "Share of the month's users who are active on a day of it",
        mark="dot",
        scale={"zero": True},
        columns=[("days", "Active days", 100), ("users", "Users", 70)],
    )
    return (
        chart,
        f"Lines: 95% interval. {footnote(shown, left_out=len(frame) - len(shown), what='months')}",
    )


__all__ = ["basket", "next_product", "repeat_purchase", "retention", "stickiness"]
