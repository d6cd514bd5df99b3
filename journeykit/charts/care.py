"""Pictures of the service that people get: waiting, solving, promises kept."""

from typing import Any

import pandas as pd

from journeykit.charts.drawing.marks import stack
from journeykit.charts.drawing.picture import Made, blank, each, footnote, picture, top
from journeykit.charts.drawing.rows import FORMS, rows
from journeykit.charts.drawing.words import names, number

WAITS = {
    "first_answer_minutes": ("Minutes to the first answer", "min"),
    "hold_minutes": ("Minutes on hold", "min"),
    "resolution_hours": ("Hours until solved", "h"),
}


@picture("How quickly and how well we help", "No contact to show.")
def service(frame: pd.DataFrame) -> Made:
    """Draw the wait for a first answer and the share solved, per channel of service.

    As `numbers.service` gives it: minutes, hours, shares.
    """
    by = str(frame.columns[0])
    shown, left = top(frame, 12, "contacts")
    shown = shown.assign(who=names(shown[by]) if by != "contacts" else "All contacts")
    panels = list[Any]()
    for wait, (axis, unit) in WAITS.items():
        middle = f"median_{wait}"
        part = shown[shown[middle].notna()] if middle in shown else shown[:0]
        if len(part):
            chart, _ = rows(
                part,
                part["who"],
                middle,
                axis,
                form=(lambda v, unit=unit: f"{number(v)} {unit}", FORMS["number"][1]),
                ends=(middle, f"q3_{wait}" if f"q3_{wait}" in part else middle),
                room=70,
                columns={} if panels else {"Contacts": "contacts"},
                panel=True,
            )
            panels.append(chart)
    part = shown[shown["solved_share"].notna()] if "solved_share" in shown else shown[:0]
    if len(part):
        contacts = {} if panels else {"Contacts": "contacts"}
        chart, _ = rows(
            part,
            part["who"],
            "solved_share",
            "Share of contacts solved",
            mark="dot",
            room=70,
            scale={"domain": [0, 1]},
            columns={**contacts, "Hand-overs": "handovers"},
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
        columns={"Kept for": None, "Promised": "target", "Verdict": "verdict", "Cases": "n"},
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
        form="points",
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
            "Else": "other_share",
            "Sure?": sure,
            "Cases then": "n",
        },
        against=0,
    )
