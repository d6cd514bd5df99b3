"""Pictures of what we do for customers: service, promises kept, campaigns."""

from typing import Any

import pandas as pd
from pandas import DataFrame

from journeykit.words import number, percent, write

from .drawing.marks import stack
from .drawing.picture import Made, blank, footnote, picture, top, with_ends
from .drawing.rows import bars, rows


@picture
def service(frame: DataFrame, axes: dict[str, str]) -> Made:
    """Draw the wait for a first answer and the share solved, per channel of service.

    As `numbers.service` gives it: minutes, hours, shares.
    """
    by = str(frame.columns[0])
    shown, left = top(frame, 12, "contacts")
    panels = list[Any]()
    for value, axis in axes.items():
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


@picture
def promises(frame: DataFrame, **look: Any) -> Made:
    """Draw for each promise the share of cases that kept it, its target and the verdict.

    As `numbers.promises` gives it.
    """
    return rows(
        frame,
        frame["text"],
        columns={"Kept for": None, "Promised": "target:share", "Verdict": "verdict", "Cases": "n"},
        **look,
    )


@picture
def promise_hours(frame: DataFrame, **look: Any) -> Made:
    """Draw how much less often each promise is kept within its worst hours than at other hours.

    As `numbers.promise_hours` gives it.
    """
    return rows(
        frame,
        frame["text"],
        columns={
            "Hours": "{from_hour}–{to_hour} o'clock",
            "Kept then": "share",
            "Else": "other_share:share",
            "Sure?": frame["significant"].map({True: "● differs", False: "○ may be chance"}),
            "Cases then": "n",
        },
        **look,
    )


@picture
def campaign_coverage(frame: DataFrame, **look: Any) -> Made:
    """Draw stage by stage how many users campaigns were sent to, and the share that was opened.

    As `numbers.campaign_coverage` gives it.
    """
    return bars(
        frame.assign(small_n=frame["small_n"] & ~frame["gap"]),
        columns={
            "Opened (95% interval)": with_ends(frame, "opened_share"),
            "Campaigns": "campaigns:int",
        },
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


def _campaign(row: dict[str, Any]) -> str:
    units = {"stage": "name", "channel": ""}
    parts = [write(row[c], unit) for c, unit in units.items() if pd.notna(row.get(c))]
    other = row.get("overlap_with")
    if isinstance(other, str) and other and row["overlap_share"] >= 0.01:
        parts.append(f"{percent(row['overlap_share'])} also got {other}")
    return " · ".join(parts)
