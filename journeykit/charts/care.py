"""Pictures of what we do for customers: service, promises kept, campaigns."""

from typing import Any

import pandas as pd
from pandas import DataFrame

from journeykit.words import number, percent, write

from .drawing.marks import stack
from .drawing.picture import LINES, Made, blank, footnote, picture, top, with_ends
from .drawing.rows import bars, rows

KNOWN = {
    "median_first_answer_minutes": "Minutes to the first answer",
    "median_hold_minutes": "Minutes on hold",
    "median_resolution_hours": "Hours until solved",
    "solved_share": "Share of contacts solved",
}


@picture("How quickly and how well we help", "No contact to show.")
def service(frame: DataFrame) -> Made:
    """Draw the wait for a first answer and the share solved, per channel of service.

    As `numbers.service` gives it: minutes, hours, shares.
    """
    by = str(frame.columns[0])
    shown, left = top(frame, 12, "contacts")
    panels = list[Any]()
    for value, axis in KNOWN.items():
        part = shown.dropna(subset=value)
        if len(part):
            solved = value == "solved_share"
            panel, _ = rows(
                part,
                ["All contacts"] if by == "contacts" else by,
                value,
                axis,
                mark="dot" if solved else "bar",
                ends=("low", "high") if solved else (value, value.replace("median", "q3")),
                columns="contacts:int handovers" if solved else "contacts:int",
                panel=True,
            )
            panels.append(panel)
    if not panels:
        return blank("No waiting time and no outcome is known of these contacts.")
    said = "Bar: the contact in the middle; whisker: three of four had waited no longer."
    return stack(panels), f"{said} {footnote(shown, left=left, rest='more channels')}"


@picture("What we promise, and what customers get", "No promise has been made yet.")
def promises(frame: DataFrame) -> Made:
    """Draw for each promise the share of cases that kept it, its target and the verdict.

    As `numbers.promises` gives it.
    """
    return rows(
        frame,
        frame["text"],
        "share",
        "Share of cases in which the promise was kept",
        above=True,
        most=15,
        rest="more promises",
        bare=True,
        said="Black tick: the share promised. A verdict needs the whole interval on one side of "
        "it.",
        scale={"domain": [0, 1]},
        columns={"Kept for": None, "Promised": "target:share", "Verdict": "verdict", "Cases": "n"},
        against="target",
    )


@picture("At which hours a promise is broken", "No promise has enough cases with a time of day.")
def promise_hours(frame: DataFrame) -> Made:
    """Draw how much less often each promise is kept within its worst hours than at other hours.

    As `numbers.promise_hours` gives it.
    """
    return rows(
        frame,
        frame["text"],
        "difference",
        "Share kept within these hours, less that at other hours (points)",
        above=True,
        ends=("diff_low", "diff_high"),
        most=15,
        rest="more promises",
        bare=True,
        said="",
        columns={
            "Hours": "{from_hour}–{to_hour} o'clock",
            "Kept then": "share",
            "Else": "other_share:share",
            "Sure?": frame["significant"].map({True: "● differs", False: "○ may be chance"}),
            "Cases then": "n",
        },
        against=0,
    )


@picture("Where campaigns speak to customers", "No stage to look at.")
def campaign_coverage(frame: DataFrame) -> Made:
    """Draw stage by stage how many users campaigns were sent to, and the share that was opened.

    As `numbers.campaign_coverage` gives it.
    """
    return bars(
        frame.assign(small_n=frame["small_n"] & ~frame["gap"]),
        "stage",
        "users",
        "Customers who were sent something",
        ends=(),
        counts="sends",
        columns={
            "Opened (95% interval)": with_ends(frame, "opened_share"),
            "Campaigns": "campaigns:int",
        },
        words={"text": frame["users"].map(number).mask(frame["gap"], "○ no campaign")},
    )


@picture("What each campaign changed", "No campaign to show.")
def campaign_effect(frame: DataFrame) -> Made:
    """Draw what a campaign changed against those held back, in percentage points.

    As `numbers.campaign_effect` gives it; 12 are drawn.
    """
    return rows(
        frame,
        "campaign",
        "effect",
        "Change in the share that reached the goal (percentage points)",
        most=12,
        by="effect",
        rest="more campaigns",
        said=f"Against customers held back. {LINES}",
        columns="verdict sent:int",
        against=0,
        words={"line2": [_campaign(row) for row in frame.to_dict("records")]},
    )


def _campaign(row: dict[str, Any]) -> str:
    units = {"stage": "name", "channel": ""}
    parts = [write(row[c], unit) for c, unit in units.items() if pd.notna(row.get(c))]
    other = row.get("overlap_with")
    if isinstance(other, str) and other and row["overlap_share"] >= 0.01:
        parts.append(f"{percent(row['overlap_share'])} also got {other}")
    return " · ".join(parts)
