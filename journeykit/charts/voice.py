"""Pictures of what people say: scores, emotions, themes."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from journeykit.charts import theme
from journeykit.charts.marks import groups, inline, rows, stack, table
from journeykit.charts.parts import (
    Made,
    between,
    blank,
    footnote,
    names,
    number,
    percent,
    picture,
    points,
    top,
)
from journeykit.charts.theme import AMBER, BLUE, FAINT, GREEN, GREY, INK, LINE, PAPER, PURPLE, label

LINES = "Lines: 95% interval."
SCALES: dict[str, tuple[str, float, float, str, str, str]] = {
    "nps": ("NPS: would recommend us", -100, 100, "all detractors", "all promoters", ""),
    "csat": ("CSAT: satisfied", 0, 100, "nobody", "everybody", "%"),
    "ces": ("CES: it was easy", 1, 7, "very hard", "very easy", ""),
    "sus": ("SUS: usability", 0, 100, "worst", "best", ""),
    "emotion": ("How it felt", -2, 2, "angry", "delighted", ""),
}
"""Of each measure: words, ends of its scale, what the ends mean, unit."""


def _scale(row: pd.Series) -> tuple[str, float, float, str, str, str]:
    """The measure's own scale; CES on the scale of the form."""
    measure = str(row["measure"]).lower()
    known = SCALES.get(measure, (label(measure), 0, 100, "lowest", "highest", ""))
    ends = str(row.get("scale", "")).replace("..", " ").replace("-", " ").split()
    if measure == "ces" and len(ends) == 2:
        known = (known[0], float(ends[0]), float(ends[1]), *known[3:])
    return known


@picture("What customers say, with how sure we are", "Nobody has answered yet.")
def scores(frame: pd.DataFrame) -> Made:
    """Draw one or more survey scores, each with its interval on its own scale.

    Frame: measure, score, low, high, n, and if known scale, small_n; from `numbers.nps`, `csat`,
    `ces`, `sus`, one under the other. An NPS alone also shows how its answers split.
    """
    return _scores(frame)


def _scores(frame: pd.DataFrame) -> Made:
    known = frame[frame["score"].notna()]
    if known.empty:
        known = frame
    lines = [_score(row) for _, row in known.iterrows()]
    data = pd.DataFrame(lines).assign(**{"from": 0, "to": 1})
    few = known.get("small_n", pd.Series(False, index=known.index))
    data["fill"] = [PAPER if flag else BLUE for flag in few]
    split = _split(known.iloc[0]) if len(known) == 1 and "promoters" in known else []
    y = alt.Y("name:N", sort=None, axis=None)
    base = alt.Chart().encode(y=y, tooltip=[alt.Tooltip("head:N", title="Score")])
    span: dict[str, Any] = {"axis": None, "scale": alt.Scale(domain=[0, 1])}
    track = base.mark_rule(strokeWidth=6, color=LINE, strokeCap="round")
    rule = base.mark_rule(strokeWidth=4, color=BLUE)
    dot = base.mark_point(size=190, opacity=1, strokeWidth=3, stroke=BLUE)
    words: dict[str, Any] = {"align": "left", "x": 0}
    layers = [
        track.encode(x=alt.X("from:Q", **span), x2=alt.X2("to:Q")),
        rule.encode(x=alt.X("low:Q", **span), x2=alt.X2("high:Q")),
        dot.encode(x=alt.X("value:Q", **span), fill=alt.Fill("fill:N", scale=None, legend=None)),
        base.mark_text(**words, dy=-26, fontSize=13, fontWeight=600).encode(text="head:N"),
        base.mark_text(**words, dy=20, color=GREY).encode(text="worst:N"),
        base.mark_text(align="center", x={"expr": "width / 2"}, dy=20, color=GREY).encode(
            text="sure:N"
        ),
        base.mark_text(align="right", x="width", dy=20, color=GREY).encode(text="best:N"),
    ]
    chart = alt.layer(*layers, data=inline(data))
    if split:
        chart = alt.layer(chart, *split)
    tall = 84 * (len(data) + bool(split))
    return chart.properties(width=theme.WIDTH, height=tall), f"{LINES} {footnote(known)}"


def _score(row: pd.Series) -> dict[str, object]:
    """A score as words and places on its scale, 0 to 1."""
    name, least, most, worst, best, unit = _scale(row)
    places = {c: (row.get(c, float("nan")) - least) / (most - least) for c in ("low", "high")}
    star = " *" if bool(row.get("small_n", False)) else ""
    sure = between(row.get("low", float("nan")), row.get("high", float("nan")), number)
    head = f"{name} {number(row['score'])}{unit}{star}"
    sure = f"{sure} ({number(row['n'])} answers)"
    value = (row["score"] - least) / (most - least)
    return places | {
        "name": name,
        "head": head,
        "sure": sure,
        "value": value,
        "worst": f"{number(least)}{unit} {worst}",
        "best": f"{best} {number(most)}{unit}",
    }


def _split(row: pd.Series) -> list[alt.Chart]:
    """A bar of promoters, passives and detractors, for an NPS."""
    kinds = {"detractors": theme.VERMILLION, "passives": AMBER, "promoters": GREEN}
    whole, place, parts = max(float(row["n"]), 1.0), 0.0, []
    for kind, colour in kinds.items():
        share = row[kind] / whole
        text = f"{label(kind)} {percent(share)}" if share > 0.14 else ""
        parts.append(
            {
                "name": "split",
                "kind": label(kind),
                "from": place,
                "to": place + share,
                "middle": place + share / 2,
                "text": text,
                "colour": colour,
                "count": number(row[kind]),
            }
        )
        place += share
    tips = [alt.Tooltip("kind:N", title="Answers"), alt.Tooltip("count:N", title="How many")]
    base = alt.Chart(alt.InlineData(values=parts)).encode(
        y=alt.Y("name:N", sort=None), tooltip=tips
    )
    bar = base.mark_bar(height=26, stroke=PAPER, fillOpacity=0.45)
    bar = bar.encode(
        x=alt.X("from:Q"), x2=alt.X2("to:Q"), color=alt.Color("colour:N", scale=None, legend=None)
    )
    head = alt.Chart(alt.InlineData(values=[parts[0]])).encode(y=alt.Y("name:N", sort=None))
    head = head.mark_text(align="left", x=0, dy=-26, color=GREY, text="How the answers split")
    return [bar, base.mark_text().encode(x=alt.X("middle:Q"), text="text:N"), head]


@picture("The same question, group by group", "Nobody has answered yet.")
def survey_by(frame: pd.DataFrame) -> Made:
    """Draw survey scores per stage, channel or device, a panel for each measure.

    As `numbers.survey_by` gives it: the column, measure, score, low, high, n, small_n.
    """
    column = str(frame.columns[0])
    if column == "measure":
        return _scores(frame)
    known = frame[frame["score"].notna()]
    panels, parts = [], list(known.groupby("measure", sort=False))
    if not parts:
        return blank("Nobody has answered yet.")
    for _, part in parts:
        name, least, most, worst, best, unit = _scale(part.iloc[0])
        part, _ = top(part.sort_values("score", ascending=False), 12)
        data = table(
            part,
            names(part[column]),
            part["score"],
            text=[f"{number(v)}{unit}" for v in part["score"]],
            n=part["n"].map(number),
        )
        axis = f"{name} ({number(least)}{unit} {worst}, {number(most)}{unit} {best})"
        panels.append(
            rows(
                data,
                axis,
                mark="dot",
                columns=[("n", "Answers", 70)],
                panel=len(parts) > 1,
                scale={"domain": [least, most], "nice": False, "zero": False},
                ticks={"format": ",~f"},
            )
        )
    return stack(panels), f"{LINES} {footnote(known)}"


FEELINGS = {-2: "angry", -1: "annoyed", 0: "neutral", 1: "pleased", 2: "delighted"}


@picture("How it feels, stage by stage", "No stage has a feeling yet.")
def emotion(frame: pd.DataFrame) -> Made:
    """Draw the team's emotion curve beside what surveys measured.

    Frame: stage, team (-2..2), measured, low, high, and if known n, small_n; a frame of
    `numbers.emotion_by_stage` (emotion instead of measured, no team) will do.
    """
    frame = frame.rename(columns={"emotion": "measured"})
    stages = names(frame["stage"])
    parts = {"The team thinks": "team", "Customers say": "measured"}
    found = {name: column for name, column in parts.items() if column in frame}
    values = {c: pd.to_numeric(frame[c], errors="coerce") for c in found.values()}
    few = frame.get("small_n", pd.Series(False, index=frame.index)).astype(bool)
    lines = []
    for name, column in found.items():
        other = values.get("measured" if column == "team" else "team", values[column])
        up = (values[column] > other) | ((values[column] == other) & (column == "team"))
        paint = PURPLE if column == "team" else BLUE
        data = pd.DataFrame({"stage": stages, "group": name, "value": values[column], "up": up})
        hollow = few if column == "measured" else few & False
        data["fill"] = [PAPER if flag else paint for flag in hollow]
        data["text"] = [
            f"{points(v / 100)}{' *' * f}" for v, f in zip(data["value"], hollow, strict=True)
        ]
        for end in ("low", "high"):
            data[end] = frame[end].to_numpy() if column == "measured" else float("nan")
        lines.append(data[data["value"].notna()])
    chart = _curves(pd.concat(lines).round(3), stages, list(found))
    counts = frame.assign(small_n=few & values.get("measured", few).notna())
    return chart, f"{LINES} {footnote(counts, counts='answers')}"


def _curves(data: pd.DataFrame, stages: list[str], order: list[str]) -> Any:
    words = " : ".join(f"datum.value == {v} ? '{v:+d} {w}'" for v, w in FEELINGS.items())
    words = words.replace("+0 ", "0 ")
    axis = alt.Axis(
        values=list(FEELINGS),
        labelExpr=f"replace({words} : '', '-', '−')",
        grid=True,
        gridColor=FAINT,
    )
    x = alt.X(
        "stage:N",
        sort=stages,
        title=None,
        scale=alt.Scale(domain=stages),
        axis=alt.Axis(
            labelAngle=0,
            labelExpr="split(datum.label, ' ')",
            labelLimit=alt.expr(f"max(40, width / {len(stages)} - 4)"),
        ),
    )
    y = alt.Y(
        "value:Q",
        title="Feeling (−2 to +2)",
        axis=axis,
        scale=alt.Scale(domain=[-2.3, 2.3], nice=False),
    )
    paint = [PURPLE if name.startswith("The team") else BLUE for name in order]
    forms = ["square" if colour == PURPLE else "circle" for colour in paint]
    signs = groups("group:N", order, paint, forms)
    base = alt.Chart().encode(
        x=x,
        tooltip=[
            alt.Tooltip("stage:N", title="Stage"),
            alt.Tooltip("group:N", title="Who"),
            alt.Tooltip("text:N", title="Feeling"),
        ],
    )
    data = data.assign(
        dash=[[6, 4] if who.startswith("The team") else [1, 0] for who in data["group"]]
    )
    dash = alt.StrokeDash("dash:N", scale=None, legend=None)
    line = base.mark_line(strokeWidth=2, opacity=0.6)
    dot = base.mark_point(size=120, strokeWidth=2.5, opacity=1)
    stroke = signs["stroke"]
    layers = [
        alt.Chart().mark_rule(color=LINE).encode(y=alt.datum(0)),
        line.encode(y=y, stroke=stroke, strokeDash=dash),
        base.mark_rule(strokeWidth=2).encode(y=alt.Y("low:Q"), y2=alt.Y2("high:Q"), stroke=stroke),
        dot.encode(y=y, fill=alt.Fill("fill:N", scale=None, legend=None), **signs),
    ]
    for up, dy in (("datum.up", -15), ("!datum.up", 16)):
        text = base.transform_filter(up).mark_text(dy=dy, dx=16, color=INK)
        layers.append(text.encode(y=y, text="text:N"))
    return alt.layer(*layers, data=inline(data)).properties(width=theme.WIDTH, height=260)


@picture("What the comments are about", "No comments to group.")
def themes(frame: pd.DataFrame) -> Made:
    """Draw the themes of comments, with a masked quote for each.

    As `numbers.themes` gives it; 10 are drawn.
    """
    shown, left = top(frame, 10, by="comments")
    terms = [t if isinstance(t, str) else ", ".join(map(str, t)) for t in shown["terms"]]
    terms = [t or str(theme) for t, theme in zip(terms, shown["theme"], strict=True)]
    quotes = ["" if pd.isna(q) or not q else f"“{q}”" for q in shown["quote"]]
    data = table(
        shown, names(terms), shown["share"], line2=quotes, comments=shown["comments"].map(number)
    )
    chart = rows(data, "Share of comments", above=True, columns=[("comments", "Comments", 80)])
    return chart, f"Whiskers: 95% interval. {footnote(shown, left_out=left, what='smaller themes')}"


__all__ = ["emotion", "scores", "survey_by", "themes"]
