"""Pictures of what is believed and claimed, held against the data, and of how it went on."""

import textwrap
from typing import Any

import altair as alt
from pandas import DataFrame, to_numeric

from journeykit.claims.words import value_words
from journeykit.words import between, number, percent, spoken

from .drawing.marks import base, curve, inline, layers, marked, paint, shapes, stack
from .drawing.picture import Made, each, footnote, intervals, picture, told
from .drawing.rows import rows
from .drawing.theme import GREY, WIDTH, Spec

HEAD, EACH = 26, 14
"""Pixels for the words above the guesses of a number, and for each guess."""


@picture
def beliefs(frame: DataFrame, **x: Any) -> Made:
    """Draw each guess with its range beside the truth: a tick, with its interval as a band.

    As `numbers.beliefs` gives it; a panel for each unit.
    """
    panels = [_panel(mine, unit, x) for unit, mine in frame.groupby("unit", sort=False)]
    return stack(panels), (
        "Tick and band: what the data says, with its 95% interval. Circle: a guess whose range "
        "held it; triangle: it did not; diamond: without a range. Lines: the range (80% sure)."
    )


def _panel(mine: DataFrame, unit: str, along: Spec) -> Any:
    """Guesses of one unit: a block of rows for each number, its words above."""
    guesses = mine.groupby("what", sort=False)
    tall = HEAD + EACH * (guesses.size() + 1)
    bottom = mine["what"].map(tall.cumsum())
    top = bottom - mine["what"].map(tall) + HEAD
    low, high = (mine[f"truth_{end}"].fillna(mine["truth"]) for end in ("low", "high"))
    data = marked(
        mine[["guess", "guess_low", "guess_high", "truth"]].assign(
            verdict=mine["held"].map({1: "held", 0: "missed"}).fillna("no range")
        )
    ).assign(
        low=low,
        high=high,
        text=[f"{number(g)}{unit}" for g in mine["guess"]],
        range=intervals(mine, number, ("guess_low", "guess_high")),
        said=[f"{spoken(what)}: {number(t)}{unit}" for what, t in zip(mine["what"], mine["truth"])],
        top=top,
        bottom=bottom - 4,
        y=top + EACH * (guesses.cumcount() + 1),
    )
    data["said"] += [f" ({between(a, b, number)})" if a < b else "" for a, b in zip(low, high)]
    height = int(bottom.max())
    down = {"domain": [0, height], "reverse": True, "nice": False, "zero": False}
    y, above = (alt.Y(f"{c}:Q", axis=None, scale=down) for c in ("y", "top"))
    x = alt.X("guess:Q", title="Per cent" if unit == "%" else unit or None, **along)
    truth = alt.Chart(inline(data[~mine["what"].duplicated()])).encode(y=above)
    tips = {"text": "Guess", "range": "Range"}
    guess = base(tips, x=x, y=y, **paint(color="verdict_colour"))
    return layers(
        data, height, *shapes(truth, "truth"), *shapes(guess, "guess"), *shapes(truth, "said")
    )


@picture
def belief_score(frame: DataFrame, **look: Any) -> Made:
    """Draw how many ranges held the truth, group by group; the tick is where 80 % lies.

    As `numbers.belief_score` gives it.
    """
    frame = frame[frame["ranges"] > 0]
    several = frame["unit"].nunique() > 1
    units = [f", {unit}" if unit and several else "" for unit in frame["unit"]]
    return rows(
        frame.assign(off=each(_off, frame["bias"], frame["unit"])),
        each("{}{}".format, frame.iloc[:, 0], units),
        **look,
    )


def _off(value: float, unit: str) -> str:
    sign = "+" if value > 0 else ""
    return (
        f"{sign}{number(value)} {'points' if unit == '%' else unit}".rstrip()
        if value == value
        else "–"
    )


_EDGE = 4.0
"""Where the picture ends, in half-widths of the interval."""


@picture
def claims(frame: DataFrame, **look: Any) -> Made:
    """Draw each claim's value and interval against its threshold, and the verdict.

    Frame: text, sentence, verdict, value, low, high, n, kind, is, threshold (list), as
    `Verdict.row` gives them. Claims have many units, so the axis counts in widths of the claim's
    own interval; right of the line is the side that is claimed. 20 are drawn.
    """
    return rows(
        DataFrame([_placed(row) for row in frame.to_dict("records")], frame.index).assign(
            **frame[["text", "sentence", "verdict", "n"]],
            small_n=(to_numeric(frame["n"]) < 30) & frame["value"].notna(),
        ),
        scale={"domain": [-_EDGE, _EDGE], "nice": False},
        words={
            "text": each(value_words, frame["value"], frame["kind"]),
            "line2": frame["sentence"].map(spoken),
        },
        **look,
    )


def _placed(row: Spec) -> dict[str, float]:
    """Where value and interval lie from the threshold, in half-widths of the interval."""
    value, low, high = (
        float("nan") if row[k] is None else row[k] for k in ("value", "low", "high")
    )
    limits, half = list(row["threshold"]), (high - low) / 2
    limit = min(limits, key=lambda t: abs(t - value))
    above = row["is"] in ("at least", "above") or (row["is"] == "between" and limit == limits[0])
    if not half > 0:
        half = abs(value - limit) or 1.0
    side = 1 if above else -1
    place = [side * (x - limit) / half for x in (value, *(low, high)[::side])]
    # What lies far off stays whole at the edge of the picture; the words tell its numbers.
    reach = max(0.0, max(place[2], -place[1]) - _EDGE)
    shift = -reach if place[0] > 0 else reach
    return dict(zip(("value", "low", "high"), (x + shift for x in place), strict=True))


_MOST = 10


@picture
def trend(frame: DataFrame, x: Spec, y: Spec) -> Made:
    """Draw each number over the runs, with its 95% interval; a verdict has its shape and colour.

    As `claims.trend` gives it; the first 10 numbers are drawn.
    """
    frame = frame.assign(x=told(frame, "{at}|{run_id}"))
    keys, days = list(dict.fromkeys(frame["key"])), sorted(set(frame["x"]))
    shown = keys[:_MOST]
    panels = [
        _line(frame[frame["key"] == key], days, x | {"labels": key == shown[-1]}, y)
        for key in shown
    ]
    kept = frame[frame["key"].isin(shown)]
    said = "Band: 95% interval. " + "▲ supported, ▼ refuted, ◊ undecided. " * any(kept["verdict"])
    left = footnote(kept, left=len(keys) - len(shown), rest="more numbers", counts="cases")
    return stack(panels).properties(usermeta={"fits": True}), said + left


def _line(mine: DataFrame, days: list[str], x: Spec, y: Spec) -> Any:
    """One number over the runs."""
    share = mine["kind"].iloc[0] == "share"
    form = "%" if share else ".0f" if mine[["low", "high"]].abs().max().max() > 10 else ".1f"
    return curve(
        mine,
        {"axis": x, "scale": {"domain": days}},
        y | {"axis": y["axis"] | {"format": form}},
        {"x": "Data until | run", "n": "Cases", "verdict": "Verdict"},
        said=percent if share else number,
        band=GREY,
        say="last",
    ).properties(
        width=WIDTH - 120,
        height=74,
        title={
            "text": textwrap.wrap(str(mine["label"].iloc[0]), 92),
            "fontSize": 12.5,
            "offset": 6,
        },
    )


@picture
def alarm(frame: DataFrame, said: Spec, **look: Any) -> Made:
    """Draw what looking at a claim every night has seen: the evidence, and the nights themselves.

    Frame: one of `JourneyTest.path`, by night; its ``attrs`` are `Verdict.row` of the claim, and
    how many customers are the ``least`` that is told of.
    """
    week = frame[["sum", "n"]].rolling(7, min_periods=1).sum()
    mean = (week["sum"] / week["n"]).where(week["n"] >= frame.attrs.get("least", 1))
    told = frame.drop(columns=[*week]).assign(at=frame.index.strftime("%Y/%m/%d"), mean=mean)
    data = inline(told).to_dict()
    today = [{"name": "today", "value": frame.attrs}]
    chart = alt.VConcatChart.from_dict({**look, "data": data, "params": today}, validate=False)
    return chart, str(said.get(frame.attrs.get("kind"), said["score"]))
