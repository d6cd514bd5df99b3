"""Pictures of what a team believed before it saw the numbers."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from journeykit.charts import theme
from journeykit.charts.marks import inline, rows, stack, table
from journeykit.charts.parts import (
    Made,
    between,
    footnote,
    names,
    number,
    percent,
    picture,
    sentence,
)
from journeykit.charts.theme import AMBER, BLUE, GREY, INK, PAPER, VERMILLION

SURE = 0.8
"""How often a range of 80 % should hold the truth."""
HEAD, EACH = 26, 14
"""Pixels for the words above the guesses of a number, and for each guess."""


@picture("What we believed, and what is so", "Nobody has guessed yet.")
def beliefs(frame: pd.DataFrame) -> Made:
    """Draw each guess with its range beside the truth: a tick, with its interval as a band.

    As `numbers.beliefs` gives it; a panel for each unit.
    """
    panels = [_panel(mine.copy(), unit) for unit, mine in frame.groupby("unit", sort=False)]
    said = "Tick and band: what the data says, with its 95% interval. Circle: a guess whose range held it; "
    return stack(
        panels
    ), f"{said}triangle: it did not; square: without a range. Lines: the range (80% sure)."


def _panel(mine: pd.DataFrame, unit: str) -> Any:
    """Guesses of one unit: a block of rows for each number, its words above."""
    mine["sign"] = ["none" if pd.isna(h) else "held" if h else "missed" for h in mine["held"]]
    mine["text"] = [f"{number(g)}{unit}" for g in mine["guess"]]
    mine["range"] = [between(a, b, number) for a, b in zip(mine["guess_low"], mine["guess_high"])]
    for end in ("truth_low", "truth_high"):
        mine[end] = mine[end].fillna(mine["truth"])
    together = mine.groupby("what", sort=False)
    tall = HEAD + EACH * (together.size() + 1)
    ends = tall.cumsum()
    mine["y"] = mine["what"].map(ends - tall + HEAD) + EACH * (together.cumcount() + 1)
    heads = mine.drop_duplicates("what").assign(
        bottom=ends.to_numpy(), block=(ends - tall).to_numpy()
    )
    heads["said"] = [
        f"{_once(what)}: {number(truth)}{unit}"
        + (f" ({between(low, high, number)})" if low < high else "")
        for what, truth, low, high in zip(
            heads["what"], heads["truth"], heads["truth_low"], heads["truth_high"]
        )
    ]
    heads["top"], heads["bottom"] = heads["block"] + HEAD, heads["bottom"] - 4
    title = "Per cent" if unit == "%" else unit or None
    x = alt.X(
        "guess:Q", title=title, scale=alt.Scale(nice=True, zero=False), axis=alt.Axis(tickCount=5)
    )
    whole = alt.Scale(domain=[0, int(ends.iloc[-1])], reverse=True, nice=False, zero=False)
    y: dict[str, Any] = {"axis": None, "scale": whole}
    tips = [alt.Tooltip(f"{c}:N", title=t) for c, t in (("text", "Guess"), ("range", "Range"))]
    guess = alt.Chart(
        inline(mine[["y", "guess", "guess_low", "guess_high", "sign", "text", "range"]])
    )
    told = alt.Chart(
        inline(heads[["said", "block", "top", "bottom", "truth", "truth_low", "truth_high"]])
    )
    paint = alt.Scale(domain=["held", "missed", "none"], range=[BLUE, VERMILLION, GREY])
    forms = alt.Scale(domain=["held", "missed", "none"], range=["circle", "triangle-up", "square"])
    colour = alt.Color("sign:N", scale=paint, legend=None)
    layers = [
        told.mark_rect(color=AMBER, opacity=0.35).encode(
            x=alt.X("truth_low:Q"), x2="truth_high:Q", y=alt.Y("top:Q", **y), y2="bottom:Q"
        ),
        told.mark_rule(color=INK, strokeWidth=2.5).encode(
            x=alt.X("truth:Q"), y=alt.Y("top:Q", **y), y2="bottom:Q"
        ),
        guess.mark_rule(strokeWidth=2, opacity=0.7).encode(
            x=alt.X("guess_low:Q"), x2="guess_high:Q", y=alt.Y("y:Q", **y), color=colour
        ),
        guess.mark_point(size=80, opacity=1, filled=True, stroke=PAPER, strokeWidth=1).encode(
            x=x,
            y=alt.Y("y:Q", **y),
            color=colour,
            shape=alt.Shape("sign:N", scale=forms, legend=None),
            tooltip=tips,
        ),
        told.mark_text(align="left", baseline="top", x=0, dy=4, fontWeight=600).encode(
            y=alt.Y("block:Q", **y), text="said:N"
        ),
    ]
    return alt.layer(*layers).properties(width=theme.WIDTH, height=int(ends.iloc[-1]))


def _once(text: str) -> str:
    """Words for ids, and no quotes within quotes."""
    return sentence(text).replace("““", "“").replace("””", "”")


@picture("How well we knew", "Nobody has guessed yet.")
def belief_score(frame: pd.DataFrame) -> Made:
    """Draw how many ranges held the truth, group by group; the tick is where 80 % lies.

    As `numbers.belief_score` gives it.
    """
    frame = frame[frame["ranges"] > 0]
    group = str(frame.columns[0])
    units = [f", {unit}" if unit and frame["unit"].nunique() > 1 else "" for unit in frame["unit"]]
    data = table(
        frame,
        [f"{name}{unit}" for name, unit in zip(names(frame[group]), units, strict=True)],
        frame["share"],
        text=[percent(share) for share in frame["share"]],
        ranges=frame["ranges"].map(number),
        bias=[_signed(*off) for off in zip(frame["bias"], frame["unit"], strict=True)],
        line2=[
            f"{number(held)} of {number(of)} ranges"
            for held, of in zip(frame["held"], frame["ranges"])
        ],
    )
    chart = rows(
        data,
        "Share of ranges that held the truth",
        mark="dot",
        above=True,
        against=SURE,
        scale={"domain": [0, 1]},
        columns=[("bias", "Off on average", 110), ("ranges", "Ranges", 70)],
    )
    return (
        chart,
        f"Tick: 80%, as sure as we said we were. Lines: 95% interval. {footnote(frame, counts='ranges')}",
    )


def _signed(value: float, unit: str) -> str:
    if pd.isna(value):
        return "–"
    return f"{'+' if value > 0 else ''}{number(value)} {'points' if unit == '%' else unit}".rstrip()


__all__ = ["belief_score", "beliefs"]
