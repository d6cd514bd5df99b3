"""Pictures of the service that people get: waiting, solving, promises kept."""

from typing import Any

import pandas as pd

from journeykit.charts.drawing.marks import stack
from journeykit.charts.drawing.picture import Made, blank, each, footnote, picture, top
from journeykit.charts.drawing.rows import rows

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
    shown, left = top(frame, 12, "contacts")
    shown = shown.assign(who="All contacts" if by == "contacts" else shown[by])
    panels = list[Any]()
    for wait, axis in WAITS.items():
        middle = f"median_{wait}"
        part = shown[shown[middle].notna()] if middle in shown else shown[:0]
        if len(part):
            chart, _ = rows(
                part,
                part["who"],
                middle,
                axis,
                ends=(middle, f"q3_{wait}" if f"q3_{wait}" in part else middle),
                room=70,
                columns="" if panels else "contacts:int",
                panel=True,
            )
            panels.append(chart)
    part = shown[shown["solved_share"].notna()] if "solved_share" in shown else shown[:0]
    if len(part):
        chart, _ = rows(
            part,
            part["who"],
            "solved_share",
            "Share of contacts solved",
            mark="dot",
            room=70,
            scale={"domain": [0, 1]},
            columns=("" if panels else "contacts:int ") + "handovers",
            panel=True,
        )
        panels.append(chart)
    if not panels:
        return blank("No waiting time and no outcome is known of these contacts.")
    said = "Bar: the contact in the middle; whisker: three of four had waited no longer."
    return stack(panels), f"{said} {footnote(shown, left=left, rest='more channels')}"


@picture("What we promise, and what customers get", "No promise has been made yet.")
def promises(frame: pd.DataFrame) -> Made:
    """Draw for each promise the share of cases that kept it, its target and the verdict.

    As `numbers.promises` gives it.
    """
    return rows(
        frame,
        frame["text" if "text" in frame else "promise"].astype(str),
        "share",
        "Share of cases in which the promise was kept",
        mark="dot",
        above=True,
        most=15,
        rest="more promises",
        room=16,
        said="Black tick: the share promised. A verdict needs the whole interval on one side of it.",
        scale={"domain": [0, 1]},
        columns={"Kept for": None, "Promised": "target:share", "Verdict": "verdict", "Cases": "n"},
        against="target",
    )


@picture("At which hours a promise is broken", "No promise has enough cases with a time of day.")
def promise_hours(frame: pd.DataFrame) -> Made:
    """Draw how much less often each promise is kept within its worst hours than at other hours.

    As `numbers.promise_hours` gives it.
    """
    sure = frame["significant"].map({True: "● differs", False: "○ may be chance"})
    return rows(
        frame,
        frame["text"].astype(str),
        "difference",
        "Share kept within these hours, less that at other hours (points)",
        mark="dot",
        above=True,
        ends=("diff_low", "diff_high"),
        most=15,
        rest="more promises",
        room=16,
        said="",
        columns={
            "Hours": each("{}–{} o'clock".format, frame["from_hour"], frame["to_hour"]),
            "Kept then": "share",
            "Else": "other_share:share",
            "Sure?": sure,
            "Cases then": "n",
        },
        against=0,
    )
