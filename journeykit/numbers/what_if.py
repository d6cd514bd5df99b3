"""What if: what a fix at one step would do to the final conversion, and what that assumes."""

from typing import Any

import numpy as np
from pandas import DataFrame

from journeykit.errors import AnalysisError, UnknownName, did_you_mean
from journeykit.tables import Events
from journeykit.words import between, percent, points

from .catalogue import number
from .funnel import funnel
from .stats import Z, small, wilson
from .steps import Condition, ask, conditions, finish, highest, tagged


@number()
def what_if(events: Events, steps: Any, *, step: str, change: float | str) -> DataFrame:
    """Say what follows when fewer users are lost before one step.

    An absorbing chain: a user's state is the furthest step so far, the last step and "gone" absorb.
    `change` moves users from "gone" to `step`. Steps may be left out on the way. Before the chain
    is
    believed, it must give the observed conversion within its interval, of all who began and of
    those who came to `step` from the step before: a chain knows no past, people may.

    Parameters
    ----------
    events : Events
    steps : list or mapping of steps
        The funnel, each step once.
    step : str
        The name of the step that more users would reach from the step before.
    change : float or str
        Points of the share that goes on (0.05: from 60 % to 65 %), or the part of the lost who
        would be kept ("50%").

    Returns
    -------
    pandas.DataFrame
        ``scenario, conversion, low, high`` (users of the first step who later reach the last one,
        by
        whatever way; observed, so only in the first row), ``difference, diff_low, diff_high`` (95
        %,
        from the counts), ``users`` (more at the goal, in this data), ``assumptions, small_n``. The
        truth is rather a range from the second scenario to the third: those who are kept may be
        less
        willing than those who went on by themselves.

    Raises
    ------
    AnalysisError
        The chain misses the observed conversion, or more would be kept than are lost.
    UnknownName
        `step` is not one of the steps, or the first one.

    Examples
    --------
    >>> import pandas as pd, journeykit as jk
    >>> log = pd.DataFrame({"user_id": list("aaab"), "event": ["visit", "cart", "pay", "visit"],
    ...     "timestamp": pd.date_range("2026-01-01", periods=4, freq="min")})
    >>> found = what_if(jk.read_events(log), ["visit", "pay"], step="pay", change="50%")
    >>> found[["scenario", "difference"]].values.tolist()[1]
    ['kept users go on like the others', 0.25]
    """
    found = conditions(events, steps, least=2)
    names = [one.name for one in found]
    if step not in names[1:]:
        raise UnknownName(f"No step {step!r} to change. {did_you_mean(step, names[1:])}")
    moves, won, sql = _moves(events, found)
    chain = moves / np.maximum(moves.sum(axis=1, keepdims=True), 1)
    k, last = names.index(step), len(names) - 1
    before = names[k - 1]
    if not moves[k - 1, k]:
        raise AnalysisError(
            f"Nobody went from {before!r} to {step!r} in these events, so nothing tells how those "
            "who are kept would go on. Choose steps that customers pass one after the other."
        )
    # the chance to get to the end from each step, where the chain alone decides
    inner = np.eye(last) - chain[:last, :last]
    onward = np.append(np.linalg.solve(inner, chain[:last, last]), 1.0)
    start, reached = (int(n) for n in funnel(events, [found[0], found[-1]])["users"])
    came = won[k - 1, k], moves[k - 1, k], f"those who came from {before!r} to {step!r}"
    _believe(onward[0], reached, start, f"all who began with {names[0]!r}")
    _believe(onward[k], *came)
    points = _points(change, float(chain[k - 1, -1]), before, step)
    here = moves[k - 1].sum() / start
    effect = here * points * onward[k]
    # Two shares estimated from counts: their relative errors add up in squares.
    shares = ((here, start), (onward[k], moves[k].sum()))
    around = np.exp(Z * np.sqrt(sum((1 - p) / max(n * p, 1) for p, n in shares)))
    rows = [("as it is", 0.0, "Nothing changes.")]
    for part, scenario in (
        (1.0, "kept users go on like the others"),
        (0.5, "kept users go on half as well"),
    ):
        assumed = (
            f"{percent(points)} more of those at “{before}” reach “{step}”; from there "
            f"{percent(part * onward[k])} get to “{names[-1]}”, against {percent(onward[k])} of "
            "the others; nothing else changes."
        )
        rows.append((scenario, part * effect, assumed))
    frame = DataFrame(rows, columns=["scenario", "difference", "assumptions"])
    # What is kept is a forecast, which this is not: only today has a conversion.
    frame.loc[0, ["conversion", "low", "high"]] = reached / start, *wilson(reached, start)
    frame["diff_low"] = frame["difference"] / around
    frame["diff_high"] = frame["difference"] * around
    frame["users"] = (frame["difference"] * start).round().astype(int)
    frame["small_n"] = small(moves[k - 1].sum())
    note = "Only the difference is to be read, as a range over the scenarios: it is not a forecast."
    keep = "scenario conversion low high difference diff_low diff_high users assumptions small_n"
    return finish(frame, "users", keep, [note], [sql])


def _believe(chain: float, reached: float, of: float, who: str) -> None:
    low, high = wilson(reached, of)
    if not low <= chain <= high:
        raise AnalysisError(
            f"The chain gives a conversion of {percent(chain)} for {who}, but "
            f"{percent(reached / max(of, 1))} ({between(low, high)}) was observed: what follows "
            "from it cannot be trusted. Choose steps that customers pass one after the other."
        )


def _moves(events: Events, steps: list[Condition]) -> tuple[np.ndarray, np.ndarray, str]:
    """How often the furthest step went from one to another, and of these who reached the last.

    The last column is "gone".
    """
    sql, params = tagged(steps)
    level = highest(steps)
    sql = f"""
    WITH tagged AS (SELECT user_number, position, {level} AS level FROM ({sql}) AS found),
    opened AS (SELECT user_number, min(position) AS position FROM tagged WHERE level = 1
      GROUP BY user_number),
    far AS (SELECT t.user_number, t.position,
        max(level) OVER (PARTITION BY t.user_number ORDER BY t.position
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS level
      FROM tagged AS t JOIN opened AS o ON t.user_number = o.user_number
      WHERE t.position >= o.position),
    states AS (SELECT user_number, level FROM far GROUP BY user_number, level),
    moves AS (SELECT level, lead(level) OVER (PARTITION BY user_number ORDER BY level) AS next,
        max(level) OVER (PARTITION BY user_number) AS furthest FROM states)
    SELECT level, coalesce(next, {len(steps) + 1}) AS next, count(*) AS n,
      count(*) FILTER (WHERE furthest = {len(steps)}) AS won FROM moves GROUP BY 1, 2"""
    frame = ask(events, sql, params)
    moves, won = np.zeros((2, len(steps), len(steps) + 1))
    place = frame["level"].to_numpy(int) - 1, frame["next"].to_numpy(int) - 1
    moves[place], won[place] = frame["n"].to_numpy(float), frame["won"].to_numpy(float)
    return moves, won, str(frame.attrs["sql"])


def _points(change: float | str, lost: float, before: str, step: str) -> float:
    """Read the change as points of the share that goes on."""
    way, text = f"between {before!r} and {step!r}", str(change).strip()
    if not lost:
        raise AnalysisError(f"Nobody is lost {way}: there is nothing to keep. Choose another step.")
    try:
        points = float(text[:-1]) / 100 * lost if text.endswith("%") else float(text)
    except ValueError:
        points = np.nan
    if not 0 < points <= lost + 1e-12:
        raise AnalysisError(
            f"{change=} cannot be: {percent(lost)} are lost {way}, so between 0 and {lost:.3f} can "
            "be kept. Write a number (0.05 for 5 points) or a part of the lost ('50%')."
        )
    return points


@number(
    show=lambda frame: frame[frame["difference"] != 0],
    result=lambda frame: {r.scenario: [r.diff_low, r.diff_high] for r in frame.itertuples()},
)
def mend_steps(events: Events, steps: Any, change: float | str = "50%") -> DataFrame:
    """Say, for every step that can be mended, what it would do to the share that gets to the end.

    Parameters
    ----------
    events : Events
    steps : list or mapping of steps
        The funnel, each step once.
    change : float or str
        As for `what_if`.

    Returns
    -------
    pandas.DataFrame
        As of `what_if`: first as it is, then a row a step; its range is that over the scenarios.

    Raises
    ------
    AnalysisError
        No step can be mended; the reason is that of the last.

    Examples
    --------
    >>> import pandas as pd, journeykit as jk
    >>> log = pd.DataFrame({"user_id": list("aaab"), "event": ["visit", "cart", "pay", "visit"],
    ...     "timestamp": pd.date_range("2026-01-01", periods=4, freq="min")})
    >>> mend_steps(jk.read_events(log), ["visit", "pay"])["difference"].tolist()
    [0.0, 0.1875]
    """
    rows: list[Any] = []
    found, refused = None, None
    for step in conditions(events, steps)[1:]:
        try:
            found = what_if(events, steps, step=step.name, change=change)
        except AnalysisError as problem:
            refused = problem
            continue
        today, best, worst = found.to_dict("records")
        kept = "Half" if change == "50%" else change
        mended = f"{kept} of those lost before “{step.name}” stay"
        if not str(change).endswith("%"):
            mended = f"{points(float(change))} go on to “{step.name}”"
        middle = (best["difference"] + worst["difference"]) / 2
        best |= {"scenario": mended, "difference": middle, "diff_low": worst["diff_low"]}
        rows += [best] if rows else [today, best]
    if found is None:
        raise refused or AnalysisError("No step loses anybody.")
    frame = DataFrame(rows)
    notes = ["A range over the scenarios, if nothing else changes: no forecast."]
    return finish(frame, "users", notes=notes, sql=[found], drawn=frame)
