"""Pictures to decide with: what to mend first, what it would bring, how to find out."""

from __future__ import annotations

import altair as alt
import pandas as pd

from journeykit.charts.marks import heat, rows, signed, table
from journeykit.charts.parts import (
    Made,
    between,
    counted,
    each,
    footnote,
    names,
    number,
    percent,
    picture,
    points,
    sentence,
    top,
)
from journeykit.charts.theme import BLUE, GREY, SYMBOLS, VERMILLION, label

LINES = "Lines: 95% interval."


@picture("What to mend first", "Nothing stands out beyond chance.")
def weak_spots(frame: pd.DataFrame) -> Made:
    """Draw the weak spots in their order: how much more is lost there than in fair comparison.

    As `numbers.weak_spots` gives it; 12 are drawn.
    """
    shown, left = top(frame, 12)
    sure = shown.get("significant", pd.Series(True, index=shown.index)).fillna(False).astype(bool)
    against = shown.get("compared_with", pd.Series("", index=shown.index))
    paint = [VERMILLION if s else GREY for s in sure]
    data = table(
        shown.assign(low=shown["low"] * 100, high=shown["high"] * 100),
        each("{}. {}".format, shown["rank"], shown["what"].map(sentence)),
        shown["effect"] * 100,
        text=shown["effect"].map(points),
        colour=paint,
        word_colour=paint,
        word=["▲ stands out" if s else "◊ may be chance" for s in sure],
        line2=[
            label(k) + (f" · compared with {_other(a)}" if isinstance(a, str) and a else "")
            for k, a in zip(shown["kind"], against, strict=True)
        ],
        users=shown["users"].map(number),
        money=shown.get("revenue_at_risk", shown["effect"] * float("nan")).map(_short),
    )
    columns = [("word", "Against chance", 112), ("users", "Users", 60)]
    columns += [("money", "Revenue at risk", 106)] * bool((data["money"] != "–").any())
    chart = rows(
        data,
        "Lost more than in the comparison (percentage points)",
        above=True,
        columns=columns,
        ticks=signed("+.0f"),
        against=0,
    )
    said = "Whiskers: 95% interval. Chance allows for everything that was looked at."
    return chart, f"{said} {footnote(shown, left_out=left, what='more')}"


def _other(name: str) -> str:
    return name if " " in name else label(name).lower()


def _short(value: float) -> str:
    return (
        "–" if pd.isna(value) else f"{value:,.0f}" if abs(value) < 1e5 else f"{value / 1000:,.0f} k"
    )


@picture("What mending a step would bring", "No step to mend.")
def what_if(frame: pd.DataFrame) -> Made:
    """Draw what a change would do to the share that reaches the end, in percentage points.

    As `numbers.what_if` gives it; rows of several scenarios may follow each other.
    """
    frame = frame.drop_duplicates(["scenario", "difference"])
    changed = frame[frame["difference"].notna() & (frame["difference"] != 0)]
    today = frame.drop(changed.index).head(1)
    shown, left = top(changed if len(changed) else frame, 12, by="difference")
    ends = shown[["diff_low", "diff_high"]] * 100
    data = table(
        shown.assign(low=ends["diff_low"], high=ends["diff_high"]),
        [label(sentence(words)) for words in shown["scenario"]],
        shown["difference"] * 100,
        text=shown["difference"].map(points),
    )
    chart = rows(
        data,
        "Change in the share that reaches the end (percentage points)",
        mark="dot",
        above=True,
        ticks=signed("+.1f"),
        against=0,
    )
    now = "".join(
        f"Today {percent(row['conversion'])} ({between(row['low'], row['high'])}). "
        for _, row in today.iterrows()
    )
    return (
        chart,
        f"{now}{LINES} If nothing else changes. {footnote(shown, left_out=left, what='more')}",
    )


@picture("What changed against the period before", "No step to compare.")
def funnel_change(frame: pd.DataFrame) -> Made:
    """Draw how many more or fewer go on at each step than in the period before it.

    As `numbers.funnel_change` gives it.
    """
    count, word = counted(frame)
    shown = frame[frame["step_number"] > 1]
    shown.attrs = frame.attrs
    words = [
        "undecided" if not q < 0.05 else "better" if d > 0 else "worse"
        for q, d in zip(shown["q"], shown["difference"], strict=True)
    ]
    signs = [SYMBOLS[word] for word in words]
    data = table(
        shown.assign(low=shown["low"] * 100, high=shown["high"] * 100),
        names(shown["step"]),
        shown["difference"] * 100,
        text=shown["difference"].map(points),
        before=shown["of_previous_before"].map(percent),
        now=shown["of_previous"].map(percent),
        colour=[colour for _, colour in signs],
        word_colour=[colour for _, colour in signs],
        word=[f"{sign} {said}" for (sign, _), said in zip(signs, words, strict=True)],
    )
    chart = rows(
        data,
        "Change in the share that goes on (percentage points)",
        mark="dot",
        above=True,
        ticks=signed("+.0f"),
        against=0,
        columns=[("before", "Before", 64), ("now", "Now", 60), ("word", "Verdict", 100)],
    )
    first = frame.iloc[0]
    began = f"{word.capitalize()} at the start: {number(first[f'{count}_before'])} before, {number(first[count])} now."
    return chart, f"{began} {LINES} {footnote(shown)}"


@picture("How many it takes to find out", "No experiment is planned yet.")
def sample_size(frame: pd.DataFrame) -> Made:
    """Draw how many customers an experiment needs, a bar for each plan.

    As `numbers.sample_size` gives it; a first column of words, or `lift`, names the plans.
    """
    shown, left = top(frame, 12)
    first = str(shown.columns[0])
    if "lift" in shown:
        name = [f"To see {points(v)} points" for v in shown["lift"]]
    elif first not in ("arms", "n_per_arm"):
        name = names(shown[first])
    else:
        name = [
            f"Plan {i}" if len(shown) > 1 else "This experiment" for i in range(1, len(shown) + 1)
        ]
    days = shown.get("days", shown["n_per_arm"] * float("nan"))
    data = table(
        shown,
        name,
        shown["n_per_arm"],
        text=shown["n_per_arm"].map(number),
        arms=shown["arms"].map(number) if "arms" in shown else "2",
        days=[number(d, 0) for d in days],
    )
    chart = rows(
        data,
        "Users needed in each group",
        above=True,
        ticks={"format": ",.0f"},
        columns=[("arms", "Groups", 70), ("days", "Days", 60)],
    )
    return chart, footnote(shown.iloc[:0], left_out=left, what="more plans")


@picture("What the experiment says", "No result yet.")
def experiment(frame: pd.DataFrame) -> Made:
    """Draw the share that reached the goal in each group of an experiment.

    As `numbers.read_ab` gives it.
    """
    signs = [SYMBOLS.get(str(word), ("", GREY)) for word in frame["verdict"]]
    paint = [colour if sign else BLUE for sign, colour in signs]
    effect = each(
        lambda d, a, b: "" if pd.isna(d) else f"{points(d)} ({between(a, b, points)})",
        frame["difference"],
        frame["diff_low"],
        frame["diff_high"],
    )
    data = table(
        frame,
        names(frame["arm"]),
        frame["conversion"],
        users=frame["users"].map(number),
        effect=effect,
        colour=paint,
        word_colour=paint,
        word=[
            f"{sign} {word}".strip()
            for (sign, _), word in zip(signs, frame["verdict"], strict=True)
        ],
    )
    chart = rows(
        data,
        "Share of users who reached the goal",
        mark="dot",
        scale={"zero": False},
        above=True,
        columns=[
            ("effect", "Against control, points", 150),
            ("word", "Verdict", 100),
            ("users", "Users", 60),
        ],
    )
    return chart, f"{LINES} {footnote(frame)}"


@picture("How our grades compare", "Nobody has been graded yet.")
def competitors(frame: pd.DataFrame, ours: str = "") -> Made:
    """Draw the grades of ourselves and others, criterion by criterion.

    Frame: Parameters ---------- frame : DataFrame criterion, and a column of grades (1..5) for
    each company. ours : str Which of them is us.
    """
    long = frame.melt("criterion", var_name="who", value_name="value").dropna(subset="value")
    companies = sorted(long["who"].unique(), key=lambda who: who != ours)
    said = {who: f"{who} (us)" if who == ours else str(who) for who in companies}
    data = pd.DataFrame(
        {
            "x": long["who"].map(said),
            "y": long["criterion"].astype(str),
            "value": long["value"].astype(float),
            "text": long["value"].map(number),
        }
    )
    order = list(frame["criterion"].astype(str))
    chart = heat(
        data,
        alt.X(
            "x:N",
            sort=list(said.values()),
            title="Grade, 1 (poor) to 5 (excellent)",
            axis=alt.Axis(orient="top", labelAngle=0),
        ),
        alt.Y("y:N", sort=order, title=None),
        [("y", "Criterion"), ("x", "Who"), ("text", "Grade")],
        most=5,
    )
    return chart, ""


@picture("Which goals are served worst", "No goal has been rated yet.")
def goals(frame: pd.DataFrame) -> Made:
    """Draw the opportunity of each goal: important to customers, and badly served.

    Frame: goal, stage, importance, satisfaction (1..10), opportunity (2..20); 15 are drawn.
    """
    shown, left = top(frame, 15, by="opportunity")
    data = table(
        shown,
        shown["goal"].astype(str),
        shown["opportunity"],
        text=shown["opportunity"].map(number),
        line2=shown["stage"].map(label),
        importance=shown["importance"].map(number),
        satisfaction=shown["satisfaction"].map(number),
    )
    chart = rows(
        data,
        "Opportunity (2 to 20): importance plus what satisfaction lacks of it",
        above=True,
        scale={"domain": [0, 20]},
        ticks={"format": ".0f"},
        room=40,
        columns=[("importance", "Importance", 84), ("satisfaction", "Satisfaction", 84)],
    )
    return chart, footnote(shown, left_out=left, what="more goals")


__all__ = [
    "competitors",
    "experiment",
    "funnel_change",
    "goals",
    "sample_size",
    "weak_spots",
    "what_if",
]
