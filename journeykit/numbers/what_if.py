"""What if: what a fix at one step would do to the final conversion, and what that assumes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from journeykit.errors import AnalysisError, UnknownName, did_you_mean
from journeykit.numbers.funnel import funnel
from journeykit.numbers.stats import Z, small, wilson
from journeykit.numbers.steps import Condition, ask, conditions, finish, tagged
from journeykit.tables import Events

__all__ = ["what_if"]


def what_if(events: Events, steps: Any, *, step: str, change: float | str) -> pd.DataFrame:
    """Say what follows when fewer users are lost before one step.

    An absorbing chain: a user's state is the furthest step so far, the last step and "gone" absorb.
    `change` moves users from "gone" to `step`. Steps may be left out on the way. Before the chain is
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
        ``scenario, conversion, low, high`` (users of the first step who later reach the last one, by
        whatever way; observed, so only in the first row), ``difference, diff_low, diff_high`` (95 %,
        from the counts), ``users`` (more at the goal, in this data), ``assumptions, small_n``. The
        truth is rather a range from the second scenario to the third: those who are kept may be less
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
    if not moves[k - 1, k]:
        raise AnalysisError(
            f"Nobody went from {names[k - 1]!r} to {step!r} in these events, so nothing tells how those who "
            "are kept would go on. Choose steps that users pass one after the other."
        )
    onward = _onward(chain, last)
    start, reached = (int(n) for n in funnel(events, [found[0], found[-1]])["users"])
    observed = wilson(reached, start)
    _believe(onward[0], reached, start, f"all who began with {names[0]!r}")
    _believe(
        onward[k],
        won[k - 1, k],
        moves[k - 1, k],
        f"those who came from {names[k - 1]!r} to {step!r}",
    )
    points = _points(change, float(chain[k - 1, -1]), names[k - 1], step)
    here = moves[k - 1].sum() / start
    effect = here * points * onward[k]
    # Two shares estimated from counts: their relative errors add up in squares.
    spread = (1 - here) / max(start * here, 1) + (1 - onward[k]) / max(
        moves[k].sum() * onward[k], 1
    )
    rows = [_row("as it is", reached / start, observed, 0.0, 0.0, start, "Nothing changes.")]
    for part, scenario in (
        (1.0, "kept users go on like the others"),
        (0.5, "kept users go on half as well"),
    ):
        assumed = (
            f"{points:.1%} more of those at “{names[k - 1]}” reach “{step}”; from there "
            f"{part * onward[k]:.1%} get to “{names[-1]}”, against {onward[k]:.1%} of the others; nothing "
            "else changes."
        )
        rows.append(
            _row(scenario, reached / start, observed, part * effect, spread, start, assumed)
        )
    frame = pd.DataFrame(rows).assign(small_n=small(moves[k - 1].sum()))
    frame.loc[1:, ["conversion", "low", "high"]] = np.nan  # a forecast, which this is not
    notes = [
        "Only the difference is to be read, as a range over the scenarios: it is not a forecast."
    ]
    return finish(frame, "users", sql, notes)


def _believe(chain: float, reached: float, of: float, who: str) -> None:
    low, high = wilson(reached, of)
    if not low <= chain <= high:
        raise AnalysisError(
            f"The chain gives a conversion of {chain:.1%} for {who}, but {reached / max(of, 1):.1%} "
            f"({low:.1%} to {high:.1%}) was observed: what follows from it cannot be trusted. "
            "Choose steps that users pass one after the other."
        )


def _row(
    scenario: str,
    base: float,
    interval: tuple[float, float],
    effect: float,
    spread: float,
    users: int,
    assumed: str,
) -> dict[str, Any]:
    around = np.exp(Z * np.sqrt(spread))
    return {
        "scenario": scenario,
        "conversion": base,
        "low": interval[0],
        "high": interval[1],
        "difference": effect,
        "diff_low": effect / around,
        "diff_high": effect * around,
        "users": round(effect * users),
        "assumptions": assumed,
    }


def _moves(
    events: Events, steps: list[Condition]
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any], str]:
    """How often the furthest step went from one to another, and of these who reached the last.

    The last column is "gone".
    """
    sql, params = tagged(steps)
    level = "CASE " + " ".join(f"WHEN s{k} THEN {k}" for k in range(len(steps), 0, -1)) + " END"
    sql = f"""
    WITH tagged AS (SELECT user_number, position, {level} AS level FROM ({sql}) AS found),
    opened AS (SELECT user_number, min(position) AS position FROM tagged WHERE level = 1 GROUP BY user_number),
    far AS (SELECT t.user_number, t.position, max(level) OVER (PARTITION BY t.user_number ORDER BY t.position
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS level
      FROM tagged AS t JOIN opened AS o ON t.user_number = o.user_number WHERE t.position >= o.position),
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


def _onward(chain: np.ndarray[Any, Any], last: int) -> np.ndarray[Any, Any]:
    """The chance to be absorbed in the last step, from each step."""
    inner = chain[:last, :last]
    return np.append(np.linalg.solve(np.eye(last) - inner, chain[:last, last]), 1.0)


def _points(change: float | str, lost: float, before: str, step: str) -> float:
    """Read the change as points of the share that goes on."""
    if not lost:
        raise AnalysisError(
            f"Nobody is lost between {before!r} and {step!r}: there is nothing to keep. Choose another step."
        )
    text = str(change).strip()
    try:
        points = float(text[:-1]) / 100 * lost if text.endswith("%") else float(text)
    except ValueError:
        points = float("nan")
    if not 0 < points <= lost + 1e-12:
        raise AnalysisError(
            f"change={change!r} cannot be: {lost:.1%} are lost between {before!r} and {step!r}, so between "
            f"0 and {lost:.3f} can be kept. Write a number (0.05 for 5 points) or a part of the lost ('50%')."
        )
    return points
