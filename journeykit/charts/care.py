"""Pictures of the service that people get: waiting, solving, promises kept."""

from __future__ import annotations

import pandas as pd

from journeykit.charts import theme
from journeykit.charts.marks import rows, signed, stack, table
from journeykit.charts.parts import (
    Made,
    blank,
    footnote,
    names,
    number,
    percent,
    picture,
    points,
    top,
)
from journeykit.charts.theme import GREY

WAITS = {
    "first_answer_minutes": "Minutes to the first answer",
    "hold_minutes": "Minutes on hold",
    "resolution_hours": "Hours until solved",
}


@picture("How quickly and how well we help", "No contact to show.")
def service(frame: pd.DataFrame) -> Made:
    """Draw the wait for a first answer and the share solved, per channel of service.

    As `numbers.service` gives it: minutes, hours, shares.
    """
    by = str(frame.columns[0])
    shown, left = top(frame, 12, by="contacts")
    who = pd.Series(names(shown[by]) if by != "contacts" else ["All contacts"], shown.index)
    columns, panels = [("contacts", "Contacts", 80)], []
    for wait, axis in WAITS.items():
        part = (
            shown[shown[f"median_{wait}"].notna()] if f"median_{wait}" in shown else shown.iloc[:0]
        )
        if part.empty:
            continue
        middle = part[f"median_{wait}"]
        data = table(
            part.assign(low=middle, high=part.get(f"q3_{wait}", middle)),
            who[part.index],
            middle,
            contacts=part["contacts"].map(number),
            text=[f"{number(v)} {axis.split()[0].lower()[:3].replace('hou', 'h')}" for v in middle],
        )
        panels.append(
            rows(data, axis, panel=True, room=70, columns=columns, ticks={"format": ",~f"})
        )
        columns = []
    part = shown[shown["solved_share"].notna()] if "solved_share" in shown else shown.iloc[:0]
    if len(part):
        hands = part.get("handovers", pd.Series(float("nan"), index=part.index))
        data = table(
            part,
            who[part.index],
            part["solved_share"],
            hands=hands.map(number),
            contacts=part["contacts"].map(number),
        )
        columns.append(("hands", "Hand-overs", 80))
        panels.append(
            rows(
                data,
                "Share of contacts solved",
                mark="dot",
                panel=True,
                room=70,
                scale={"domain": [0, 1]},
                columns=columns,
            )
        )
    if not panels:
        return blank("No waiting time and no outcome is known of these contacts.")
    said = "Bar: the contact in the middle; whisker: three of four had waited no longer."
    return stack(panels), f"{said} {footnote(shown, left_out=left, what='more channels')}"


@picture("What we promise, and what customers get", "No promise has been made yet.")
def promises(frame: pd.DataFrame) -> Made:
    """Draw for each promise the share of cases that kept it, its target and the verdict.

    As `numbers.promises` gives it.
    """
    shown, left = top(frame, 15)
    signs = [theme.SYMBOLS.get(str(v), ("◊", GREY)) for v in shown["verdict"]]
    words = shown["text" if "text" in shown else "promise"].astype(str)
    data = table(
        shown,
        words,
        shown["share"],
        target=shown["target"],
        colour=[colour for _, colour in signs],
        n=shown["n"].map(number),
        word=[f"{sign} {v}" for (sign, _), v in zip(signs, shown["verdict"], strict=True)],
        word_colour=[colour for _, colour in signs],
        aim=[f"{percent(t)}" for t in shown["target"]],
    )
    chart = rows(
        data,
        "Share of cases in which the promise was kept",
        mark="dot",
        above=True,
        room=16,
        scale={"domain": [0, 1]},
        against="target",
        columns=[
            ("text", "Kept for", 66),
            ("aim", "Promised", 76),
            ("word", "Verdict", 106),
            ("n", "Cases", 56),
        ],
    )
    said = "Black tick: the share promised. A verdict needs the whole interval on one side of it."
    return chart, f"{said} {footnote(shown, left_out=left, what='more promises')}"


@picture("At which hours a promise is broken", "No promise has enough cases with a time of day.")
def promise_hours(frame: pd.DataFrame) -> Made:
    """Draw how much less often each promise is kept within its worst hours than at other hours.

    As `numbers.promise_hours` gives it.
    """
    shown, left = top(frame, 15)
    hours = [f"{a}–{b} o'clock" for a, b in zip(shown["from_hour"], shown["to_hour"], strict=True)]
    told = ["● differs" if sure else "○ may be chance" for sure in shown["significant"]]
    data = table(
        shown.drop(columns=["low", "high"], errors="ignore").rename(
            columns={"diff_low": "low", "diff_high": "high"}
        ),
        shown["text"].astype(str),
        shown["difference"],
        hours=hours,
        told=told,
        inside=[percent(v) for v in shown["share"]],
        outside=[percent(v) for v in shown["other_share"]],
        n=shown["n"].map(number),
        text=[points(v) for v in shown["difference"]],
    )
    chart = rows(
        data,
        "Share kept within these hours, less that at other hours (points)",
        mark="dot",
        above=True,
        room=16,
        ticks=signed("+.0%"),
        against=0,
        columns=[
            ("hours", "Hours", 110),
            ("inside", "Kept then", 80),
            ("outside", "Else", 56),
            ("told", "Sure?", 110),
            ("n", "Cases then", 76),
        ],
    )
    return chart, footnote(shown, left_out=left, what="more promises")


__all__ = ["promise_hours", "promises", "service"]
