"""Pictures to decide with: what to mend first, what it would bring, how to find out."""

from typing import Any

from pandas import DataFrame

from journeykit.words import label, number, points, spoken

from .drawing.marks import heat
from .drawing.picture import LINES, Made, counted, delta, each, picture, with_ends
from .drawing.rows import bars, rows
from .drawing.theme import WIDTH, wrap


@picture
def weak_spots(frame: DataFrame, **look: Any) -> Made:
    """Draw the weak spots in their order: how much more is lost there than in fair comparison.

    As `numbers.weak_spots` gives it; 12 are drawn.
    """
    sure = frame["significant"].map({True: "stands out", False: "may be chance"})
    at_risk = " revenue_at_risk" * bool(frame["revenue_at_risk"].notna().any())
    return bars(
        frame.assign(verdict=sure),
        each("{}. {}".format, frame["rank"], frame["what"].map(spoken)),
        columns="verdict users" + at_risk,
        words={
            "line2": each(
                lambda kind, other: (
                    f"{label(kind)} · compared with "
                    f"{other if ' ' in other else label(other).lower()}"
                ),
                frame["kind"],
                frame["compared_with"],
            )
        },
        **look,
    )


@picture
def what_if(frame: DataFrame, **look: Any) -> Made:
    """Draw what a change would do to the share that reaches the end, in percentage points.

    As `numbers.what_if` gives it; rows of several scenarios may follow each other.
    """
    frame = frame.drop_duplicates(["scenario", "difference"])
    changed = frame[frame["difference"].notna() & (frame["difference"] != 0)]
    today = "".join(
        f"Today {words}. " for words in with_ends(frame.drop(changed.index)[:1], "conversion")
    )
    shown = changed if len(changed) else frame
    return rows(
        shown,
        [label(spoken(words)) for words in shown["scenario"]],
        said=f"{today}{LINES} If nothing else changes.",
        **look,
    )


@picture
def funnel_change(frame: DataFrame, **look: Any) -> Made:
    """Draw how many more or fewer go on at each step than in the period before it.

    As `numbers.funnel_change` gives it.
    """
    count, word = counted(frame)
    first, before = frame[[count, f"{count}_before"]].iloc[0]
    shown = frame.assign(
        verdict=frame["difference"]
        .gt(0)
        .map({True: "better", False: "worse"})
        .where(frame["q"] < 0.05, "undecided")
    )
    return rows(
        shown[shown["step_number"] > 1],
        said=f"{word.capitalize()} at the start: {number(before)} before, {number(first)} now. "
        f"{LINES}",
        **look,
    )


@picture
def sample_size(frame: DataFrame, **look: Any) -> Made:
    """Draw how many customers an experiment needs, a bar for each difference to be seen.

    As `numbers.sample_size` gives it; rows of several plans may follow each other.
    """
    return bars(frame, [f"To see {points(lift)}" for lift in frame["lift"]], **look)


@picture
def experiment(frame: DataFrame, **look: Any) -> Made:
    """Draw the share that reached the goal in each group of an experiment.

    As `numbers.read_ab` gives it.
    """
    return rows(
        frame.assign(against=with_ends(frame, "difference", delta, ("diff_low", "diff_high"))),
        **look,
    )


read_ab = experiment


@picture
def competitors(frame: DataFrame, ours: str = "", **look: Any) -> Made:
    """Draw the grades of ourselves and others, criterion by criterion.

    Frame: criterion, and a column of grades (1..5) for each company; `ours` is which of them is us.
    """
    long = frame.melt("criterion", var_name="who").dropna(subset="value")
    companies = sorted(long["who"].unique(), key=lambda who: who != ours)
    room = (WIDTH - 200) / len(companies)
    said = {  # cut, two names may read alike: each keeps a column of its own
        who: "\n".join(wrap(f"{who}{' (us)' * (who == ours)}", room, 12, lines=3)) + "\u200b" * n
        for n, who in enumerate(companies)
    }
    data = DataFrame(
        {
            "x": long["who"].map(said),
            "y": long["criterion"].astype(str),
            "value": long["value"].astype(float),
            "text": long["value"].map(number),
        }
    )
    return heat(
        data,
        order=list(frame["criterion"].astype(str)),
        across=list(said.values()),
        labelPadding=6 + 15 * max(words.count("\n") for words in said.values()),
        **look,
    ), ""


@picture
def goals(frame: DataFrame, **look: Any) -> Made:
    """Draw the opportunity of each goal: important to customers, and badly served.

    Frame: goal, stage, importance, satisfaction (1..10), opportunity (2..20); 15 are drawn.
    """
    return bars(frame, **look)
