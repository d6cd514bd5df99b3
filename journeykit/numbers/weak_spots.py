"""Weak spots: one ranking of where customers are lost, held up, unhappy or let down."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

import numpy as np
from pandas import DataFrame, to_numeric

from journeykit.model import Workshop
from journeykit.tables import Events
from journeykit.words import percent, span

from .catalogue import number, sentences
from .compare import Cells, Gap, gaps, without_echoes
from .feedback import feedback_rows, promise_rows
from .frames import Row, add_q, three
from .friction import in_words, met
from .scores import Scales
from .stats import Z, small
from .steps import Condition, ask, column, condition, conditions, finish
from .weak_cells import CellQuery

#: What one customer met by each kind counts for in the ranking, against one customer lost.
WEIGHTS = {"loss": 1.0, "friction": 0.2, "feedback": 0.2, "promise": 0.2}
_BY = ("device", "channel")
_COLUMNS = (
    "kind place stage what compared_with users n effect low high p q significant score "
    "revenue_at_risk why evidence small_n"
)


@number(show=in_words, result=lambda frame: {"rows": frame.head(10).to_dict("records")})
def weak_spots(
    events: Events,
    journey: Any,
    *,
    surveys: DataFrame | None = None,
    support: DataFrame | None = None,
    orders: DataFrame | None = None,
    goal: Any = None,
    promises: Any = None,
    comparisons: Sequence[str] = _BY,
    scales: Scales = None,
    top: int = 20,
) -> DataFrame:
    """Rank the weak spots of a journey, each held against a fair comparison.

    A loss is a group that goes on from a step less often than others *at the same step*: one
    device or channel against the others, these users against all other users of the data, or
    some weeks against the other weeks; adjusted for the mix of the other columns and of time.
    Going on counts within the time that nine in ten of those who go on need; who came too late
    in the data to have had that time is left out. Friction is compared in the same way, feedback
    with the other stages, promises with what was promised.

    Parameters
    ----------
    events : Events
        With a persona's events, the other users of the data are a comparison, too.
    journey : Workshop, or list or mapping of steps
        The funnel; of a Workshop its funnel, stages and promises.
    surveys, support, orders : DataFrame, optional
        For feedback, promises and the mean order.
    goal : step, optional
        What the journey leads to; by default the last step.
    promises : DataFrame of `promises`, or list of Promise, optional
    comparisons : sequence of str
        Columns to compare by; those that the data does not have are passed over.
    scales : mapping, optional
        Of the surveys, as for `survey_by`.
    top : int
        At most so many rows.

    Returns
    -------
    pandas.DataFrame
        ``rank, kind`` ("loss", "friction", "feedback", "promise"), ``place, stage, what`` (a
        sentence), ``compared_with, users`` (customers met beyond the comparison), ``n`` (who was
        there), ``effect`` (extra share, 0..1), ``low, high`` (95 %), ``p, q`` (Benjamini-Hochberg
        over all that was looked at), ``significant`` (q < 0.05), ``score`` (customers lost to the
        goal, discounted for chance), ``revenue_at_risk`` (losses; currency of the orders), ``why``
        (with the formula), ``evidence`` (the table that shows it), ``small_n``. Significant rows
        first, then by score. ``attrs["looked_at"]`` counts the comparisons.

    Examples
    --------
    A shop where phones lose half of the visitors and the others none:

    >>> import pandas as pd, journeykit as jk
    >>> phone = [[f"p{i}", "phone", e] for i in range(80) for e in ["visit", "pay"][: 1 + i % 2]]
    >>> other = [[f"o{i}", "pc", e] for i in range(80) for e in ["visit", "pay"]]
    >>> log = pd.DataFrame(phone + other, columns=["user_id", "device", "event"])
    >>> log["timestamp"] = pd.date_range("2026-01-01", periods=len(log), freq="min")
    >>> result = weak_spots(jk.read_events(log), ["visit", "pay"])
    >>> result[["place", "n", "effect"]].head(1).values.tolist()
    [['visit → pay', 80, 0.5]]
    """
    steps, stages, promised = _parts(journey, promises)
    found = conditions(events, steps, least=2)
    known = {*events.columns, *events.contract.columns.values()}
    dims = [column(events, name) for name in comparisons if name in known]
    query = CellQuery(events, found, condition(events, found[-1] if goal is None else goal), dims)
    called = {stage.id: stage.name for stage in stages}
    spots = _Spots(query, dims, stages, _order_value(events, found[-1], orders))
    rows = [*spots.losses(), *spots.friction(), *feedback_rows(surveys, dims, scales, called)]
    rows += promise_rows(promised, support, orders)
    frame = DataFrame(rows, columns=[*_COLUMNS.split(), "onward", "echo"])
    add_q(frame)
    frame["significant"], looked_at = frame["q"] < 0.05, len(frame)
    # What only repeats another, what is no loss, and what is nothing but chance is not shown.
    frame = frame[frame["echo"].isna() & (frame["effect"] > 0) & (frame["p"] < 0.2)]
    frame = spots.scored(frame.copy()).sort_values(
        ["significant", "score", "p"], ascending=[False, False, True], kind="stable"
    )
    frame["rank"] = range(1, len(frame) + 1)
    notes = [
        f"{looked_at:,} comparisons were looked at; chance allows for all of them.",
        "Friction, feedback and promises count a fifth of a lost customer each: an assumption.",
    ]
    keep, sql = f"rank {_COLUMNS}", query.sql
    return finish(frame.head(top), "users", keep, notes, sql, looked_at=looked_at)


def _parts(journey: Any, promises: Any) -> tuple[Any, list[Any], Any]:
    """Steps, stages and promises of a Workshop, or the steps alone."""
    if not isinstance(journey, Workshop):
        return journey, [], promises
    staged = [stage for stage in journey.stages if stage.events]
    return journey.funnel or staged, staged, journey.promises if promises is None else promises


def _order_value(events: Events, goal: Condition, orders: DataFrame | None) -> float:
    """The mean order; of the column `value` at the goal where there are no orders."""
    if orders is not None and {"order_id", "amount"} <= set(orders.columns):
        totals = to_numeric(orders["amount"]).groupby(orders["order_id"]).sum()
        return float(totals[totals > 0].mean())
    if "value" not in events.columns:
        return float("nan")
    return float(
        ask(
            events,
            f"SELECT avg(TRY_CAST(value AS DOUBLE)) AS value FROM {{journey}} WHERE {goal.sql}",
            goal.params,
        )["value"].iloc[0]
    )


class _Spots(NamedTuple):
    """The comparisons over events."""

    query: CellQuery
    dims: list[str]
    stages: list[Any]
    order_value: float

    def losses(self) -> Iterator[Row]:
        """Rows for groups that go on less often from a step."""
        table = self.query.steps_taken()
        ours = table[table["mine"].astype(bool)].groupby("place")[["seconds", "onward", "reached"]]
        sums, seconds = ours.sum(), ours.min()["seconds"]
        for place, gap in self._compared(table, windows=True):
            before, step, time = *self.query.steps[place - 2 : place], span(seconds[place])
            yield {
                "kind": "loss",
                "place": f"{before.name} → {step.name}",
                "stage": step.stage,
                "evidence": "funnel",
                "onward": sums.loc[place, "onward"] / max(sums.loc[place, "reached"], 1),
                **self._row(
                    gap,
                    f"who got to “{before.name}” did not go on to “{step.name}” within {time}",
                    "step",
                ),
            }

    def friction(self) -> Iterator[Row]:
        """Rows for groups that go in circles or back more often."""
        for place, gap in self._compared(self.query.circles(), windows=False):
            kind, a, b = place.split("\t")
            name, did = met(kind, a, b)
            here = (s.id for s in self.stages if any(m.matches({"event": a}) for m in s.events))
            about = {"kind": "friction", "place": name, "stage": next(here, "")}
            yield {**about, "evidence": "friction", **self._row(gap, did, "event")}

    def _compared(self, table: DataFrame, windows: bool) -> Iterator[tuple[Any, Gap]]:
        """Every comparison; an echo of another one does not stand for itself."""
        for place, part in table.groupby("place"):
            cells = Cells(part, self.query.names)
            found = gaps(cells, windows=windows)
            shown = without_echoes(cells, found)
            for at, gap in enumerate(found):
                yield place, shown.get(at, gap._replace(echo=True))

    def _who(self, gap: Gap) -> tuple[str, str]:
        """Who it is, and who they are held against, in words."""
        ours = ("these customers", "all other customers")
        who, others = ours if self.query.events.whole else ("customers", "")
        if gap.column:
            name = self.dims[self.query.names.index(gap.column)]
            who, others = f"those with {name} {gap.value}", f"those with another {name}"
        if gap.window:
            first, last = (
                self.query.start + timedelta(days=edge * self.query.width) for edge in gap.window
            )
            last = min(last - timedelta(days=1), self.query.end)
            who += f" from {first.day} {first:%B} to {last.day} {last:%B}"
            others = "the same at other times"
        return who, others

    def _row(self, gap: Gap, did: str, at: str) -> Row:
        who, others = self._who(gap)
        ends = np.clip(gap.effect + np.array([-Z, Z]) * gap.error, -1, 1)
        return {
            "what": f"{percent(gap.lost)} of {who} {did}; for {others} it is {percent(gap.base)}.",
            "compared_with": f"{others}, at the same {at}",
            "n": gap.n,
            "effect": gap.effect,
            **three("low high", ends),
            "p": gap.p,
            "echo": gap.echo or None,
        }

    def scored(self, frame: DataFrame) -> DataFrame:
        """Add how many it met, score, revenue and the reason."""
        n, effect = frame["n"].astype(float), frame["effect"].astype(float)
        frame["users"], frame["small_n"] = (n * effect).round().astype(int), small(n)
        # What is hardly more than chance keeps a small part, so that there is an order among it.
        frame["trust"] = np.maximum(1 - frame["q"], 0.05 * (1 - frame["p"])).astype(float)
        frame["onward"] = frame["onward"].astype(float).fillna(1.0)
        lost = n * effect * frame["trust"] * frame["onward"]
        frame["score"] = lost * frame["kind"].map(WEIGHTS).astype(float)
        frame["revenue_at_risk"] = (lost * self.order_value).where(frame["kind"] == "loss")
        told = sentences().why
        frame["why"] = [told(row, self, WEIGHTS) for row in frame.to_dict("records")]
        return frame
