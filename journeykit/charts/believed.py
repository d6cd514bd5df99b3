"""Pictures of what a team believed before it saw the numbers."""

from typing import Any

import altair as alt
import pandas as pd

from journeykit.charts.drawing.marks import base, inline, paint, stack
from journeykit.charts.drawing.picture import LINES, Made, each, picture
from journeykit.charts.drawing.rows import rows
from journeykit.charts.drawing.theme import AMBER, BLUE, GREY, INK, PAPER, VERMILLION, WIDTH
from journeykit.words import between, number, spoken

SURE = 0.8
"""How often a range of 80 % should hold the truth."""
HEAD, EACH = 26, 14
"""Pixels for the words above the guesses of a number, and for each guess."""


@picture("What we believed, and what is so", "Nobody has guessed yet.")
def beliefs(frame: pd.DataFrame) -> Made:
    """Draw each guess with its range beside the truth: a tick, with its interval as a band.

    As `numbers.beliefs` gives it; a panel for each unit.
    """
    panels = [_panel(mine, unit) for unit, mine in frame.groupby("unit", sort=False)]
    return stack(panels), (
        "Tick and band: what the data says, with its 95% interval. Circle: a guess whose range "
        "held it; triangle: it did not; square: without a range. Lines: the range (80% sure)."
    )


def _panel(mine: pd.DataFrame, unit: str) -> Any:
    """Guesses of one unit: a block of rows for each number, its words above."""
    low, high = (mine[f"truth_{end}"].fillna(mine["truth"]) for end in ("low", "high"))
    together = mine.groupby("what", sort=False)
    tall = HEAD + EACH * (together.size() + 1)
    ends = tall.cumsum()
    top = mine["what"].map(ends - tall)
    looks = {1: (BLUE, "circle"), 0: (VERMILLION, "triangle-up"), -1: (GREY, "square")}
    held = mine["held"].astype(float).fillna(-1)
    said = each(
        lambda what, truth, a, b: (
            f"{spoken(what)}: {number(truth)}{unit}"
            + (f" ({between(a, b, number)})" if a < b else "")
        ),
        mine["what"],
        mine["truth"],
        low,
        high,
    )
    data = mine[["guess", "guess_low", "guess_high", "truth"]].assign(
        low=low,
        high=high,
        colour=[looks[h][0] for h in held],
        shape=[looks[h][1] for h in held],
        text=[f"{number(g)}{unit}" for g in mine["guess"]],
        range=each(lambda a, b: between(a, b, number), mine["guess_low"], mine["guess_high"]),
        block=top,
        top=top + HEAD,
        bottom=mine["what"].map(ends) - 4,
        y=top + HEAD + EACH * (together.cumcount() + 1),
        said=said,
    )
    whole = int(ends.iloc[-1])
    down = {"domain": [0, whole], "reverse": True, "nice": False, "zero": False}
    block, y, above = (alt.Y(f"{c}:Q", axis=None, scale=down) for c in ("block", "y", "top"))
    x = alt.X(
        "guess:Q",
        title="Per cent" if unit == "%" else unit or None,
        scale={"nice": True, "zero": False},
        axis={"tickCount": 5},
    )
    told = alt.Chart(inline(data[~mine["what"].duplicated()])).encode(y=above, y2="bottom:Q")
    guess = base({"text": "Guess", "range": "Range"}, y=y, **paint(color="colour"))
    point = guess.mark_point(size=80, opacity=1, filled=True, stroke=PAPER, strokeWidth=1)
    words = told.mark_text(align="left", baseline="top", x=0, dy=4, fontWeight=600)
    layers = [
        told.mark_rect(color=AMBER, opacity=0.35).encode(x="low:Q", x2="high:Q"),
        told.mark_rule(color=INK, strokeWidth=2.5).encode(x="truth:Q"),
        guess.mark_rule(strokeWidth=2, opacity=0.7).encode(x="guess_low:Q", x2="guess_high:Q"),
        point.encode(x=x, **paint(shape="shape")),
        words.encode(y=block, text="said:N"),
    ]
    return alt.layer(*layers, data=inline(data)).properties(width=WIDTH, height=whole)


@picture("How well we knew", "Nobody has guessed yet.")
def belief_score(frame: pd.DataFrame) -> Made:
    """Draw how many ranges held the truth, group by group; the tick is where 80 % lies.

    As `numbers.belief_score` gives it.
    """
    frame = frame[frame["ranges"] > 0]
    several = frame["unit"].nunique() > 1
    units = [f", {unit}" if unit and several else "" for unit in frame["unit"]]
    return rows(
        frame,
        each("{}{}".format, frame.iloc[:, 0], units),
        "share",
        "Share of ranges that held the truth",
        mark="dot",
        above=True,
        counts="ranges",
        said=f"Tick: 80%, as sure as we said we were. {LINES}",
        scale={"domain": [0, 1]},
        columns={
            "Off on average": each(_off, frame["bias"], frame["unit"]),
            "Ranges": "ranges:int",
        },
        against=SURE,
        words={"line2": each("{:.0f} of {:.0f} ranges".format, frame["held"], frame["ranges"])},
    )


def _off(value: float, unit: str) -> str:
    sign = "+" if value > 0 else ""
    return (
        f"{sign}{number(value)} {'points' if unit == '%' else unit}".rstrip()
        if value == value
        else "–"
    )
