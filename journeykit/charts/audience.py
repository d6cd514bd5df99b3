"""Pictures of who comes and from where: channels, attribution, personas, campaigns."""

from __future__ import annotations

import altair as alt
import pandas as pd

from journeykit.charts import theme
from journeykit.charts.marks import beside, dots, groups, inline, rows, signed, stack, table
from journeykit.charts.parts import (
    Made,
    between,
    each,
    footnote,
    names,
    number,
    percent,
    picture,
    points,
    top,
)
from journeykit.charts.runs import by_date
from journeykit.charts.theme import BLUE, GREY, LINE, SYMBOLS, VERMILLION, label

LINES = "Lines: 95% interval."
USERS = ("users", "Users", 66)


@picture("Where people come in", "Nobody came in.")
def entry_points(frame: pd.DataFrame) -> Made:
    """Draw the ways in by how many take them, with the share that reached the goal.

    As `numbers.entry_points` gives it; 15 are drawn.
    """
    shown, left = top(frame, 15, by="users")
    name = names(shown["event"])
    if "channel" in shown:
        name = each("{} · {}".format, name, names(shown["channel"]))
    by_users = shown.drop(columns=["low", "high"], errors="ignore")
    columns = []
    if "conversion" in shown:
        by_users = by_users.assign(goal=shown["conversion"].map(percent))
        columns = [("goal", "Reach the goal", 100)]
    data = table(
        by_users,
        name,
        shown["users"],
        text=shown["users"].map(number),
        goal=by_users.get("goal", ""),
    )
    chart = rows(data, "Users who began here", ticks={"format": ",.0f"}, columns=columns)
    return chart, footnote(shown, left_out=left, what="rarer ways in")


@picture("Who reaches the goal", "No group to show.")
def channels(frame: pd.DataFrame) -> Made:
    """Draw the share of users who reached the goal per channel, or per another first column.

    As `numbers.channels` gives it; 15 are drawn.
    """
    shown, left = top(frame.sort_values("users", ascending=False), 15)
    shown = shown.sort_values("conversion", ascending=False)
    data = table(
        shown,
        names(shown.iloc[:, 0]),
        shown["conversion"],
        users=shown["users"].map(number),
        done=shown["converted"].map(number),
    )
    chart = rows(
        data,
        "Share of users who reached the goal",
        mark="dot",
        room=64,
        scale={"zero": True},
        columns=[("done", "Reached it", 84), USERS],
    )
    return chart, f"{LINES} {footnote(shown, left_out=left, what='smaller groups')}"


MODELS = {
    "first": "First touch",
    "last": "Last touch",
    "linear": "Linear",
    "position": "Position",
    "time-decay": "Time decay",
    "time_decay": "Time decay",
    "markov": "Markov (removal effect)",
}


@picture("Which channel gets the credit, model by model", "No conversion to credit.")
def attribution(frame: pd.DataFrame) -> Made:
    """Draw the share of conversions that each model credits to a channel.

    As `numbers.attribution` gives it; rows of several models one after the other.
    """
    by = str(frame.columns[0])
    mean = frame.groupby(by, observed=True)["share"].mean().sort_values(ascending=False)
    kept = list(mean.index[:15])
    shown = frame[frame[by].isin(kept)]
    said = dict(zip(kept, names(kept), strict=True))
    order = [MODELS.get(str(m), label(m)) for m in dict.fromkeys(shown["model"])]
    data = pd.DataFrame(
        {
            "name": shown[by].map(said),
            "value": shown["share"].round(4),
            "group": [MODELS.get(str(m), label(m)) for m in shown["model"]],
            "text": each(
                lambda s, n: f"{percent(s)} ({number(n)} conversions)",
                shown["share"],
                shown["conversions"],
            ),
        }
    )
    span = data.groupby("name")["value"].agg(low="min", high="max").reset_index()
    y = alt.Y("name:N", sort=list(said.values()), title=None, axis=beside(said.values()))
    tips = [("name", "Channel"), ("group", "Model"), ("text", "Credit")]
    rule = alt.Chart(inline(span)).mark_rule(strokeWidth=5, color=LINE)
    dot = alt.Chart(inline(data)).mark_point(size=95, strokeWidth=2.5, opacity=1, fill="white")
    axis = alt.Axis(format="%", tickCount=5)
    chart = alt.layer(
        rule.encode(y=y, x=alt.X("low:Q"), x2=alt.X2("high:Q")),
        dot.encode(
            y=y,
            x=alt.X("value:Q", title="Share of all conversions", axis=axis),
            tooltip=[alt.Tooltip(f"{column}:N", title=title) for column, title in tips],
            **groups("group:N", order),
        ),
    )
    left = footnote(shown.iloc[:0], left_out=len(mean) - len(kept), what="smaller channels")
    chart = chart.properties(width=theme.WIDTH, height=36 * len(kept))
    return chart, f"A wide grey bar: the models disagree. Credit is a convention, no cause. {left}"


@picture("How many customers each persona covers", "No persona to show.")
def coverage(frame: pd.DataFrame) -> Made:
    """Draw the share of users that each persona covers, and that none does.

    As `numbers.coverage` gives it.
    """
    none = frame["persona"].astype(str).str.startswith("(")
    data = table(
        frame,
        names(frame["persona"]),
        frame["share"],
        users=frame["users"].map(number),
        colour=[GREY if n else BLUE for n in none],
    )
    chart = rows(data, "Share of all users", columns=[USERS])
    return chart, f"Personas may overlap. Whiskers: 95% interval. {footnote(frame)}"


@picture("What sets these customers apart", "Nothing sets them apart.")
def segment_profile(frame: pd.DataFrame) -> Made:
    """Draw the shares in a segment beside those of everybody.

    As `numbers.segment_profile` gives it; 16 are drawn.
    """
    shown, left = top(frame, 16)
    trait = each(lambda c, v: f"{label(c)}: {label(v)}", shown["column"], shown["value"])
    data = table(
        shown,
        trait,
        shown["share"],
        all=shown["share_all"],
        everybody=shown["share_all"].map(percent),
    )
    chart = rows(
        data,
        "Share of the users of this segment",
        mark="dot",
        scale={"zero": True},
        room=16,
        columns=[("text", "Here", 60), ("everybody", "Everybody", 80)],
        against="all",
    )
    said = "Dot: this segment, with its 95% interval. Black tick: everybody."
    return chart, f"{said} {footnote(shown, left_out=left, what='more traits')}"


@picture("From lead to loyal customer", "No lead to count.")
def rates(frame: pd.DataFrame) -> Made:
    """Draw how many leads got how far.

    As `numbers.rates` gives it.
    """
    by = str(frame.columns[0])
    if by != "level":
        start, later = (
            frame[(frame["level"] == frame["level"].iloc[0]) == first] for first in (True, False)
        )
        order = names(start.sort_values("people", ascending=False, kind="stable")[by])
        data = (
            later[["low", "high"]]
            .assign(
                name=names(later["level"]),
                group=names(later[by]),
                value=later["share_of_leads"],
                small=later["small_n"],
                text=later["share_of_leads"].map(percent),
            )
            .round(4)
        )
        shown = data[data["group"].isin(order[:6])]
        left = footnote(
            later, left_out=max(0, len(order) - 6), what="smaller groups", counts="leads"
        )
        return dots(shown, "Share of all leads", order[:6], "Level"), f"{LINES} {left}"
    data = table(
        frame, names(frame["level"]), frame["share_of_leads"], people=frame["people"].map(number)
    )
    chart = rows(data, "Share of all leads", columns=[("people", "People", 66)])
    said = f"Each level counts those above it too. Whiskers: 95% interval. {footnote(frame, counts='leads')}"
    return chart, said


@picture("Who says yes, group by group", "No answer to count.")
def rate_by(frame: pd.DataFrame) -> Made:
    """Draw the share of rows with a yes, for each value of a column.

    As `numbers.rate_by` gives it; 15 are drawn. Dates (2026-03-09) stand in their order, up to 50.
    """
    first = str(frame.columns[0])
    dated = first != "n" and bool(frame[first].astype(str).str.fullmatch(r"\d{4}-\d\d-\d\d").all())
    shown, left = top(frame, 50 if dated else 15, by="n")
    name = names(shown[first]) if first != "n" else ["All rows"]
    data = table(
        shown, name, shown["share"], hits=shown["hits"].map(number), n=shown["n"].map(number)
    )
    if dated:
        data["all"] = shown["hits"].sum() / shown["n"].sum()
        chart, said = by_date(data, label(first)), f"{LINES[:-1]}; dashed: all rows together."
    else:
        chart, said = (
            rows(
                data,
                "Share of rows with a yes",
                mark="dot",
                scale={"zero": True},
                columns=[("hits", "Yes", 60), ("n", "Rows", 66)],
            ),
            LINES,
        )
    return chart, f"{said} {footnote(shown, left_out=left, what='smaller groups', counts='rows')}"


@picture("Where campaigns speak to customers", "No stage to look at.")
def campaign_coverage(frame: pd.DataFrame) -> Made:
    """Draw stage by stage how many users campaigns were sent to, and the share that was opened.

    As `numbers.campaign_coverage` gives it.
    """
    opened = each(
        lambda s, a, b: f"{percent(s)} ({between(a, b)})" if s == s else "–",
        frame["opened_share"],
        frame["low"],
        frame["high"],
    )
    sends = frame.drop(columns=["low", "high"]).assign(small_n=frame["small_n"] & ~frame["gap"])
    data = table(
        sends,
        names(frame["stage"]),
        frame["users"],
        opened=opened,
        text=[
            "○ no campaign" if gap else number(n)
            for gap, n in zip(frame["gap"], frame["users"], strict=True)
        ],
        campaigns=frame["campaigns"].map(number),
    )
    chart = rows(
        data,
        "Users who were sent something",
        ticks={"format": ",.0f"},
        room=110,
        columns=[("opened", "Opened (95% interval)", 150), ("campaigns", "Campaigns", 80)],
    )
    return chart, footnote(sends, counts="sends")


@picture("What each campaign changed", "No campaign to show.")
def campaign_effect(frame: pd.DataFrame) -> Made:
    """Draw what a campaign changed against those held back, in percentage points.

    As `numbers.campaign_effect` gives it; 12 are drawn.
    """
    shown, left = top(frame, 12, by="effect")
    words = [str(word) for word in shown["verdict"]]
    signs = [SYMBOLS.get(word, SYMBOLS["undecided"]) for word in words]
    data = table(
        shown.assign(low=shown["low"] * 100, high=shown["high"] * 100),
        names(shown["campaign"]),
        shown["effect"] * 100,
        text=shown["effect"].map(points),
        sent=shown["sent"].map(number),
        line2=[_campaign(row) for _, row in shown.iterrows()],
        colour=[colour for _, colour in signs],
        word_colour=[colour for _, colour in signs],
        word=[f"{sign} {word}" for (sign, _), word in zip(signs, words, strict=True)],
    )
    chart = rows(
        data,
        "Change in the share that reached the goal (percentage points)",
        mark="dot",
        above=True,
        ticks=signed("+.0f"),
        columns=[("word", "Against no campaign", 124), ("sent", "Sent", 60)],
        against=0,
    )
    return chart, f"{LINES} {footnote(shown, left_out=left, what='more campaigns')}"


def _campaign(row: pd.Series) -> str:
    parts = [label(row[c]) for c in ("stage", "channel") if c in row and pd.notna(row[c])]
    if (
        isinstance(row.get("overlap_with"), str)
        and row["overlap_with"]
        and row["overlap_share"] >= 0.01
    ):
        parts.append(f"{percent(row['overlap_share'])} also got {label(row['overlap_with'])}")
    return " · ".join(parts)


@picture("What those who reached the goal did differently", "No event tells them apart.")
def differences(frame: pd.DataFrame) -> Made:
    """Draw per event the share of those who reached the goal and of those who did not.

    As `numbers.differences` gives it; 12 are drawn.
    """
    order = frame["effect"].abs().sort_values(ascending=False, kind="stable").index
    shown, left = top(frame.loc[order], 12)
    ends = shown[["lost", "converted"]]
    data = table(
        shown.assign(low=ends.min(axis=1), high=ends.max(axis=1)),
        names(shown["event"]),
        shown["converted"],
        text=shown["effect"].map(points),
        lost=shown["lost"],
        sure=each(lambda a, b: between(a, b, points), shown["low"], shown["high"]),
    )
    other = alt.Chart().mark_square(size=110, color=VERMILLION, opacity=1)
    other = other.encode(x=alt.X("lost:Q"), y=alt.Y("name:N", sort=None))
    chart = rows(
        data,
        "Share of users who did it",
        mark="dot",
        scale={"zero": True},
        columns=[("sure", "95% interval, points", 130)],
        more=[other],
    )
    said = "● reached the goal, ■ did not; the number is the difference in percentage points."
    return chart, f"{said} {footnote(shown, left_out=left, what='more events')}"


@picture("The personas side by side", "No persona to compare.")
def compare_personas(frame: pd.DataFrame) -> Made:
    """Draw personas against each other, measure by measure, with intervals.

    Frame: persona, share (0..1) or value, low, high; if known measure (in words: a panel for
    each), unit ("%" where value is a share), n or users, small_n.
    """
    amount = "value" if "value" in frame else "share"
    if "measure" not in frame:
        frame = frame.assign(measure="Share of users who get to the end")
    frame = frame.assign(**{amount: pd.to_numeric(frame[amount], errors="coerce")})
    count = next((c for c in ("n", "users") if c in frame), None)
    parts = list(frame.groupby("measure", sort=False))
    panels = []
    for measure, part in parts:
        unit = (
            part["unit"].iloc[0] if "unit" in part else "%" if part[amount].abs().max() <= 1 else ""
        )
        share = unit == "%"
        data = table(
            part,
            names(part["persona"]),
            part[amount],
            text=part[amount].map(percent if share else number),
            count=part[count].map(number) if count else "",
        )
        panels.append(
            rows(
                data,
                label(measure) + (f" ({unit})" if unit and not share else ""),
                mark="dot",
                columns=[("count", "Based on", 70)] if count else [],
                panel=len(parts) > 1,
                scale={"zero": share},
                ticks={"format": "%" if share else ",~f"},
            )
        )
    return stack(panels), f"{LINES} {footnote(frame)}"


__all__ = [
    "attribution",
    "campaign_coverage",
    "campaign_effect",
    "channels",
    "compare_personas",
    "coverage",
    "differences",
    "entry_points",
    "rate_by",
    "rates",
    "segment_profile",
]
