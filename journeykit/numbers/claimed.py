"""How a claim takes its value from the table of a number: a row, its columns, on how many it
rests.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from pandas import DataFrame, Series

from journeykit.errors import AnalysisError, UnknownName, did_you_mean
from journeykit.model import Facts

from .catalogue import HOME, told
from .stats import wilson

_EVENTS = ("event", "two events", "path", "event and place")
"""What a claim may be of that names events first."""
Of = tuple[str, ...]


@dataclass(frozen=True)
class Measured:
    """A number with its interval, what it counts, and the table that shows it."""

    value: float
    low: float
    high: float
    n: int
    counts: str = "customers"
    frame: DataFrame | None = field(default=None, repr=False, compare=False)

    @property
    def sql(self) -> str:
        """The query behind the table, where there is one."""
        return str(self.frame.attrs.get("sql", "")) if self.frame is not None else ""


Found = tuple[float, float, float, float]
"""Value, the ends of its interval, on how many it rests."""
Take = Callable[..., Found]
"""Of the number's frame, of what, in which stage, in which view: those that it names."""


def row_of(frame: DataFrame, what: str, where: Facts) -> Series:
    """Find the one row that a claim means, or say what there is instead."""
    said = frame[list(where)].astype(str)
    same = said.eq(Series(where).astype(str))
    found = frame[same.all(axis=1)]
    if found.empty:
        column = next((name for name in where if not same[name].any()), [*where][-1])
        seen = said.loc[frame[column].notna(), column].drop_duplicates()
        raise UnknownName(
            f"the data shows no {what} {where[column]!r} here. {did_you_mean(where[column], seen)}"
        )
    return found.iloc[0]


def from_row(row: Facts | Series, columns: str, n: float) -> Found:
    """Take value and interval from three columns of a row."""
    value, low, high = (row[column] for column in columns.split())
    return value, low, high, n


def known(view: Any, *names: str) -> None:
    """Refuse the name of an event that nobody in the data has."""
    seen = (view.events.whole or view.events).names
    for name in names:
        if name not in seen:
            raise UnknownName(f"no event of the data is {name!r}. {did_you_mean(name, seen)}")


def rate(k: float, n: float) -> Found:
    """Measure a share of people, each of them once."""
    return (k / n if n else float("nan"), *wilson(k, n), n)


def take(
    value: str,
    n: str | Callable[..., float],
    *,
    where: str = "",
    at_stage: str = "",
    what: str = "",
    ends: str = "low high",
    only: Facts | None = None,
    at: int = 0,
    times: float = 1,
) -> Take:
    """Declare that a metric is taken from a row of its number.

    Parameters
    ----------
    value : str
        The column of the value.
    n : str or function
        The column that says on how many it rests.
    where : str
        The columns that hold what the claim is ``of``, in its order; "" for the row ``at``.
    at_stage : str
        The column that holds the stage of the claim.
    what : str
        What such a row is called, for the error where there is none; as ``where`` is called.
    ends : str
        The columns of the interval.
    only : mapping
        Columns to values of the row, whatever the claim is of.
    at : int
        The row, where nothing tells which: the first, or -1 for the last.
    times : float
        What the value is multiplied by, as 24 for days that are said in hours.
    """

    def taken(frame: DataFrame, of: Of, stage: str, view: Any) -> Found:
        wanted = {**dict(zip(where.split(), of)), **(only or {})}
        wanted |= {at_stage: stage} if at_stage else {}
        if not wanted and frame.empty:
            raise AnalysisError("the data has none of these")
        row = row_of(frame, what or next(iter(wanted)), wanted) if wanted else frame.iloc[at]
        mid, low, high = (times * row[column] for column in (value, *ends.split()))
        return mid, low, high, row[n] if isinstance(n, str) else told(n, frame=frame, view=view)

    return taken


def measure(view: Any, metric: str, of: Of = (), stage: str = "") -> Measured:
    """Measure a metric in a view of the data.

    Parameters
    ----------
    view : Scope
        Whose data; see `journeykit.claims.scope`.
    metric : str
        A metric of the catalogue.
    of : tuple of str
        What it is of.
    stage : str
        For a metric that is of a stage.

    Raises
    ------
    JourneykitError
        Where the data lacks what it takes; the message says what.
    """

    def found() -> Measured:
        home = HOME[metric]
        about = home.claims[metric]
        given = {"of": of, "stage": stage, "view": view}
        if about.of in _EVENTS:
            known(view, *of[: 1 if " and " in about.of else None])
        options = {**(told(about.options, **given) or {}), **dict(zip(about.asks.split(), of))}
        frame = home.answer(view, **options)
        taken = about.take if callable(about.take) else take(**about.take)
        value, low, high, n = told(taken, frame=frame, **given)
        return Measured(float(value), float(low), float(high), int(n), about.counts, frame)

    return view.once((metric, of, stage), found)


def step_before(steps: Iterable[str], step: str) -> str:
    """Name the step before one; refuse the first, and what is no step."""
    names = list(steps)
    if step not in names:
        raise UnknownName(f"the data shows no step {step!r} here. {did_you_mean(step, names)}")
    if step == names[0]:
        raise AnalysisError(f"{step!r} is the first step of the funnel: there is none before it")
    return names[names.index(step) - 1]


def of_step(columns: str, n: Callable[[DataFrame, str, str], float]) -> Take:
    """Take three columns of a step that is not the first; n is told the step before and the
    step.
    """

    def taken(frame: DataFrame, of: Of) -> Found:
        before, rows = step_before(frame["step"], of[0]), frame.set_index("step")
        return from_row(rows.loc[of[0]], columns, n(rows, before, of[0]))

    return taken
