"""Pictures of what people say: scores, emotions, themes."""

import re
from typing import Any

import altair as alt
import numpy as np
from pandas import DataFrame, Series, notna, to_numeric

from journeykit.words import label, number, percent
from journeykit.words import score as said

from .drawing.marks import base, curve, inline, shapes, stack
from .drawing.picture import (
    LINES,
    ONCE,
    SAID,
    Made,
    delta,
    each,
    few,
    footnote,
    intervals,
    names,
    picture,
)
from .drawing.rows import bars, rows
from .drawing.theme import BLUE, FEELINGS, LINE, PURPLE, WIDTH, Spec


def _scales(frame: DataFrame) -> DataFrame:
    """Each row's scale, its ends in words; CES on the scale of the form."""
    found, known = [], SAID["measures"]
    for row in frame.to_dict("records"):
        measure = str(row["measure"]).lower()
        scale = {"name": label(measure)} | known["other"] | known.get(measure, {})
        ends = re.findall(r"\d+", str(row.get("scale", "")))
        if measure == "ces" and len(ends) == 2:
            scale |= zip(("least", "most"), map(float, ends))
        least, most = (f"{number(scale[end])}{scale['unit']}" for end in ("least", "most"))
        words = {"worst": f"{least} {scale['worst']}", "best": f"{scale['best']} {most}"}
        found.append(scale | words)
    return DataFrame(found, frame.index)


@picture
def scores(frame: DataFrame) -> Made:
    """Draw one or more survey scores, each with its interval on its own scale.

    Frame: measure, score, low, high, n, and if known scale, small_n; from `numbers.nps`, `csat`,
    `ces`, `sus`, one under the other. An NPS alone also shows how its answers split.
    """
    return _scores(frame)


nps = scores
csat = scores
ces = scores
sus = scores


def _scores(frame: DataFrame) -> Made:
    known = frame[frame["score"].notna()] if frame["score"].notna().any() else frame
    scales = _scales(known)
    score = known.reindex(columns=["score", "low", "high"]).apply(to_numeric)
    placed = score.sub(scales["least"], axis=0).div(scales["most"] - scales["least"], axis=0)
    star = few(known).map({True: " *", False: ""})
    chart, note = rows(
        known.assign(**placed),
        scales["name"] + " " + score["score"].map(said) + scales["unit"] + star,
        "score",
        "",
        words={
            "line2": [""] * len(known),
            "worst": scales["worst"],
            "best": scales["best"],
            "sure": each("{} ({} answers)".format, intervals(score, said), known["n"].map(number)),
        },
        **SAID["score"],
    )
    if len(known) == 1 and "promoters" in known:
        chart = alt.layer(chart, *_split(known.iloc[0])).properties(height=128)
    return chart, note


def _split(row: Series) -> list[alt.Chart]:
    """A bar of promoters, passives and detractors, for an NPS."""
    kinds = SAID["answers"]
    data = DataFrame({"kind": map(label, kinds), "colour": kinds.values(), "row": 1})
    data["n"] = [row[kind] for kind in kinds]
    share = data["n"] / max(row["n"], 1)
    data["to"] = share.cumsum()
    data["from"], data["middle"] = data["to"] - share, data["to"] - share / 2
    data["text"] = (data["kind"] + " " + share.map(percent)).where(share > 0.14, "")
    parts = base({"kind": "Answers", "n": "How many"}, y="row:O").properties(data=inline(data))
    return shapes(parts, "split") + shapes(alt.Chart(inline(data[:1])), "split_title")


@picture
def survey_by(frame: DataFrame, **look: Any) -> Made | None:
    """Draw survey scores per stage, channel or device, a panel for each measure.

    As `numbers.survey_by` gives it: the column, measure, score, low, high, n, small_n.
    """
    column = str(frame.columns[0])
    if column == "measure":
        return _scores(frame)
    known = frame[frame["score"].notna()]
    panels, parts = [], list(known.groupby("measure", sort=False))
    for _, part in parts:
        scale = _scales(part).iloc[0]
        panel, _ = rows(
            part,
            column,
            axis=f"{scale['name']} ({scale['worst']}, {scale['best']})",
            scale={"domain": [scale["least"], scale["most"]], "nice": False, "zero": False},
            panel=len(parts) > 1,
            words={"text": part["score"].map(said) + scale["unit"]},
            **look,
        )
        panels.append(panel)
    return (stack(panels), f"{LINES} {footnote(known)}") if panels else None


@picture
def emotion(frame: DataFrame, x: Spec, y: Spec) -> Made:
    """Draw the team's emotion curve beside what surveys measured.

    Frame: stage, team (-2..2), measured, low, high, and if known n, small_n; a frame of
    `numbers.emotion_by_stage` (emotion instead of measured, no team) will do.
    """
    frame = frame.rename(columns={"emotion": "measured"}).assign(x=names(frame["stage"]))
    # A stage without a feeling has no point, and its n of 0 says so.
    felt = frame.reindex(columns=["team", "measured"]).apply(to_numeric, errors="coerce")
    ours, theirs = felt["team"], felt["measured"]
    bare = frame.assign(low=np.nan, high=np.nan, small_n=False)
    lines = {
        "team": (bare, PURPLE, "square", ~(ours < theirs)),
        "measured": (frame, BLUE, "circle", theirs > ours),
    }
    layers = [alt.Chart(ONCE).mark_rule(color=LINE).encode(y=alt.datum(0))]
    for column, (shown, colour, shape, up) in lines.items():
        told = shown.assign(value=felt[column])[felt[column].notna()]
        if len(told):
            look = {"colour": colour, "shape": shape, "dy": up.map({True: -15, False: 16})}
            layers.append(_felt(told, list(frame["x"]), x, y, band=colour, **look))
    counts = frame.assign(small_n=few(frame) & theirs.notna())
    said = "■ The team thinks, ● Customers say." if "team" in frame else "● Customers say."
    chart = alt.layer(*layers).properties(width=WIDTH, height=260)
    return chart, f"{said} {LINES} {footnote(counts, counts='answers')}"


def _felt(told: DataFrame, stages: list[str], x: Spec, y: Spec, **look: Any) -> Any:
    """One curve of feelings over the stages."""
    words = {str(v): f"{'+' * (v > 0)}{number(v)} {word}" for v, word in FEELINGS.items()}
    under = x | {"labelLimit": {"expr": f"max(40, width / {len(stages)} - 4)"}}
    beside = y["axis"] | {"labelExpr": f"{words}[datum.value]"}
    return curve(
        told,
        {"sort": stages, "scale": {"domain": stages}, "axis": under},
        y | {"axis": beside},
        {"x": "Stage"},
        said=lambda v: delta(v / 100),
        say="all",
        **look,
    )


emotions = emotion
emotion_by_stage = emotion


@picture
def themes(frame: DataFrame, **look: Any) -> Made:
    """Draw the themes of comments, with a quote where there is one to show.

    As `numbers.themes` gives it; 10 are drawn.
    """
    return bars(
        frame,
        each(lambda terms, theme: label(terms or theme), frame["terms"], frame["theme"]),
        words={"line2": [f"“{q}”" if q and notna(q) else "" for q in frame["quote"]]},
        **look,
    )
