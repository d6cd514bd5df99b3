"""A claim: what a card says about the data, written so that new data can prove it wrong."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, NamedTuple, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from journeykit.errors import did_you_mean
from journeykit.model.base import Id, Text, Texts, Word, one_of
from journeykit.model.match import Segment

__all__ = ["COMPARATORS", "EVERYBODY", "METRICS", "Claim", "Metric"]


class Metric(NamedTuple):
    """What a metric is, in words.

    ``words`` names it, with ``{of}`` for what it is of and ``{stage}`` for its stage; ``kind`` is
    the unit: ``share`` (0..1), ``points`` (a difference of shares), ``percent`` (0..100),
    ``score``, ``minutes``, ``hours`` or ``number``; ``of`` says what ``of`` names, with ``?``
    where it may be left out; ``ends`` are the ends of its scale; ``about_stage`` marks one that
    is of a stage.
    """

    words: str
    kind: str
    of: str = ""
    table: str = "events"
    ends: tuple[float, float] | None = None
    about_stage: bool = False

    @property
    def parts(self) -> int:
        """How many names ``of`` takes, at most; 0 for two and more."""
        return _HOW_MANY.get(self.of, 1)


def _credit(words: str) -> Metric:
    return Metric(f"conversions credited to {{of}} by {words}", "share", "channel")


METRICS: dict[str, Metric] = {
    "conversion": Metric("customers who reach the goal", "share"),
    "reach": Metric("customers who get as far as {of}", "share", "step"),
    "did": Metric("customers who do {of}", "share", "event"),
    "step-rate": Metric("customers who go on to {of}", "share", "step"),
    "drop-off": Metric("customers lost before {of}", "share", "step"),
    "step-change": Metric(
        "change, against the period before, of those who go on to {of}", "points", "step"
    ),
    "step-time": Metric("median time to {of} from the step before", "hours", "step"),
    "reach-time": Metric("median time to {of} from the first step", "hours", "step"),
    "stage-rate": Metric(
        "customers who go on from {stage} to the next stage", "share", about_stage=True
    ),
    "stage-time": Metric("median time from {stage} to the next stage", "hours", about_stage=True),
    "order-conformance": Metric("customers who take the stages in the designed order", "share"),
    "stage-order": Metric(
        "customers of {stage} with all earlier stages before it", "share", about_stage=True
    ),
    "transition-share": Metric("moves from {of}", "share", "two events"),
    "transition-time": Metric("median time from {of}", "hours", "two events"),
    "entry-share": Metric("customers who begin with {of}", "share", "event"),
    "entry-conversion": Metric(
        "customers who begin with {of} and reach the goal", "share", "event"
    ),
    "position-share": Metric("customers who do {of}", "share", "event and place"),
    "last-before-loss": Metric("lost customers who leave at {of}", "share", "event"),
    "path-share": Metric("sessions that are {of} and nothing else", "share", "path"),
    "loops": Metric("customers who do {of} three times in a row", "share", "event"),
    "backtracks": Metric("customers who go from {of} and straight back", "share", "two events"),
    "excess-steps": Metric(
        "customers who reach the goal on more than twice the shortest way", "share"
    ),
    "weak-spot": Metric("extra share lost at {of}, in fair comparison", "points", "place"),
    "association": Metric(
        "how much more often those who reach the goal did {of}", "points", "event"
    ),
    "channel-share": Metric("customers who first come by {of}", "share", "channel"),
    "channel-conversion": Metric(
        "customers who come by {of} and reach the goal", "share", "channel"
    ),
    "session-conversion": Metric(
        "sessions by {of} in which the goal is reached", "share", "channel"
    ),
    "attribution-first": _credit("first touch"),
    "attribution-last": _credit("last touch"),
    "attribution-linear": _credit("equal parts"),
    "attribution-position": _credit("position"),
    "attribution-time-decay": _credit("time decay"),
    "attribution-markov": _credit("removal effect"),
    "attribution-shapley": _credit("Shapley value"),
    "persona-share": Metric("customers who are this persona", "share"),
    "uncovered-share": Metric("customers whom no persona describes", "share"),
    "segment-share": Metric("customers with {of}", "share", "column and value"),
    "retention": Metric(
        "customers who are back {of} months after they first came", "share", "months"
    ),
    "stickiness": Metric("of a month's customers, those here on a day of it", "share"),
    "repeat-purchase": Metric("customers who order again", "share", table="orders"),
    "orders-per-customer": Metric("orders of a customer", "number", table="orders"),
    "reorder-time": Metric(
        "median time from the first order to the second", "hours", table="orders"
    ),
    "order-value": Metric("mean amount of an order", "number", table="orders"),
    "delivery-time": Metric("median time until an order is there", "hours", table="orders"),
    "basket-share": Metric("orders with {of}", "share", "two products", "orders"),
    "basket-lift": Metric("lift of {of} in one order", "number", "two products", "orders"),
    "next-product": Metric(
        "customers whose order after that with {of}", "share", "two products", "orders"
    ),
    "campaign-effect": Metric(
        "effect of {of} against those held back", "points", "campaign", "campaigns"
    ),
    "campaign-conversion": Metric(
        "customers sent {of} who reach the goal", "share", "campaign", "campaigns"
    ),
    "experiment-effect": Metric("difference that {of} made", "points", "experiment", "experiments"),
    "opened-share": Metric(
        "sends in {stage} that are opened", "share", "", "campaigns", None, True
    ),
    "clicked-share": Metric(
        "sends in {stage} that are clicked", "share", "", "campaigns", None, True
    ),
    "lead-rate": Metric("leads who become {of}", "share", "level", "leads"),
    "lead-step-rate": Metric(
        "leads of the level before who become {of}", "share", "level", "leads"
    ),
    "nps": Metric("NPS", "score", "", "surveys", (-100, 100)),
    "csat": Metric("satisfied answers (CSAT)", "percent", "", "surveys", (0, 100)),
    "ces": Metric("ease (CES)", "score", "", "surveys"),
    "sus": Metric("usability (SUS)", "score", "", "surveys", (0, 100)),
    "emotion": Metric("measured feeling in {stage}", "score", "", "surveys", (-2, 2), True),
    "promise": Metric("{of} is kept", "share", "promise", "support or orders"),
    "promise-hours": Metric("{of} is kept", "share", "promise and hours", "support or orders"),
    "contact-share": Metric("contacts that come by {of}", "share", "contact channel", "support"),
    "first-answer": Metric(
        "median time to a first answer by {of}", "minutes", "channel?", "support"
    ),
    "hold": Metric("median time on hold by {of}", "minutes", "channel?", "support"),
    "resolution": Metric("median time until it is solved by {of}", "hours", "channel?", "support"),
    "solved": Metric("contacts solved by {of}", "share", "channel?", "support"),
    "handovers": Metric("hand-overs per contact by {of}", "number", "channel?", "support"),
    "contact-satisfaction": Metric(
        "satisfaction with contacts by {of}", "score", "channel?", "support"
    ),
}
"""What can be claimed."""

EVERYBODY = "everybody"
"""The persona of a claim that speaks of all customers."""
COMPARATORS = {">=": "at least", "<=": "at most", ">": "above", "<": "below"}
_WORDS = ("at least", "at most", "above", "below", "between")
_NUMBER = re.compile(r"([+-]?\d+(?:[.,]\d+)?)\s*([^\d\s]*)")
_MINUTES = {"s": 1 / 60, "min": 1.0, "h": 60.0, "day": 1440.0, "days": 1440.0}
_PERIOD = re.compile(r"last (\d+) (day|week|month)s?")
_HOW_MANY = {
    "two events": 2,
    "two products": 2,
    "path": 0,
    "event and place": 2,
    "column and value": 2,
    "promise and hours": 2,
}
_FORMS = {
    "months": (r"[1-9]\d?", "number of months: write 1, 2, 3 …"),
    "event and place": (r"[1-9]\d?", "place in the order: write 1, 2, 3 …"),
    "promise and hours": (r"(1?\d|2[0-4]) to (1?\d|2[0-4])", "hours of the day: write 18 to 22"),
}
"""What the last name of `of` has to look like."""


def _wrong(place: str, sentence: str) -> PydanticCustomError:
    """Make the error of a claim; ``place`` is the key that is wrong, for its line in the file."""
    return PydanticCustomError("claim", "{sentence}", {"sentence": sentence, "place": place})


def _limit(text: str, name: str) -> float:
    """Read one threshold in the unit of its metric."""
    metric, found = METRICS[name], _NUMBER.fullmatch(text)
    if not found:
        raise _wrong(
            "threshold", f"{text!r} is no number: write a threshold such as {_example(metric)}"
        )
    value, unit = float(found[1].replace(",", ".")), found[2]
    share = metric.kind in ("share", "points")
    if metric.kind in ("minutes", "hours") and unit in _MINUTES:
        return value * _MINUTES[unit] / (60 if metric.kind == "hours" else 1)
    if unit and not (unit == "%" and (share or metric.kind == "percent")):
        raise _wrong(
            "threshold",
            f"{text!r}: {name} is given as {_unit(metric)}, so write {_example(metric)}",
        )
    if share:
        value = value / 100 if unit == "%" else value
        if not (-1 if metric.kind == "points" else 0) <= value <= 1:
            raise _wrong("threshold", _no_share(text, found[1], unit, name))
    elif metric.kind == "percent" and not unit and 0 < value <= 1:
        raise _wrong(
            "threshold", f"{text} would be {text} in a hundred: for {name} write {100 * value:g}%"
        )
    if metric.ends and not metric.ends[0] <= value <= metric.ends[1]:
        low, high = metric.ends
        raise _wrong("threshold", f"{text} cannot be reached: {name} runs from {low:g} to {high:g}")
    return value


def _no_share(text: str, number: str, unit: str, name: str) -> str:
    """Explain percent against fraction."""
    value = float(number.replace(",", "."))
    if unit or not 1 < abs(value) <= 100 or (value < 0 and METRICS[name].kind == "share"):
        lowest = "-100%" if METRICS[name].kind == "points" else "0%"
        return f"{text} is no share: {name} lies between {lowest} and 100%"
    return (
        f"{text} would be {100 * value:,.0f}%, for {name} is a share from 0 to 1: "
        f"write {value:g}% or {value / 100:g}"
    )


def _unit(metric: Metric) -> str:
    return {
        "share": "a share",
        "points": "a difference of shares",
        "percent": "percent",
        "number": "a number",
    }.get(metric.kind, metric.kind)


def _example(metric: Metric) -> str:
    return {
        "share": "20% or 0.2",
        "points": "5% or 0.05",
        "percent": "80%",
        "minutes": "5 or 5 min",
        "hours": "48 or 2 days",
    }.get(metric.kind, "1.5")


class Claim(Word):
    """What a card says about the data: a metric, for whom, how it compares, with what.

    ``of`` says of what the metric is (a step of the funnel, a promise, a channel, two events …);
    ``stage``, ``segment`` (columns to values), ``since`` and ``until`` or ``period``
    (``last 90 days`` of the data) and ``persona`` (an id, or ``everybody``) say of whom: without
    them, of the journey's persona over all data. ``is`` compares, ``threshold`` holds a number in the metric's unit, a
    share as ``20%`` or ``0.2``, and two of them for ``between``. ``must`` makes it a journey test.
    """

    elsewhere = {"comparator": "Did you mean 'is'?", "target": "Did you mean 'threshold'?"}

    metric: Annotated[str, AfterValidator(one_of(*METRICS))]
    of: Texts = ()
    comparator: Annotated[str, AfterValidator(one_of(*_WORDS, *COMPARATORS)), Field(alias="is")]
    threshold: Texts
    stage: Id | None = None
    segment: Segment = {}
    since: date | None = None
    until: date | None = None
    period: Text = ""
    persona: Id | None = None
    must: bool = False
    because: Text = ""
    note: Text = ""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        self._check_of()
        if self.period and not _PERIOD.fullmatch(self.period):
            raise _wrong(
                "period", f"{self.period!r} is no period: write 'last 90 days', weeks or months"
            )
        if self.period and (self.since or self.until):
            raise _wrong("period", "give a period or since and until, not both")
        if self.since and self.until and self.until < self.since:
            raise _wrong("until", f"{self.until} lies before since, {self.since}")
        few, limits = 1 + (self.comparison == "between"), self.limits
        if len(limits) != few:
            wanted = "two numbers, as in [20%, 30%]" if few == 2 else "one number"
            raise _wrong("threshold", f"found {len(limits)}; '{self.comparator}' takes {wanted}")
        if few == 2 and limits[0] > limits[1]:
            raise _wrong(
                "threshold", f"write the lower one first: {self.threshold[-1]}, {self.threshold[0]}"
            )
        return self

    def _check_of(self) -> None:
        what, found = self.about.of, len(self.of)
        if not what and found:
            hint = " Name the stage at `stage`." if self.about.about_stage else ""
            raise _wrong("of", f"{self.metric} is of nothing: take `of` away.{hint}")
        if what and not found and not what.endswith("?"):
            raise _wrong("metric", f"{self.metric} needs `of`: name the {what} that it is of")
        wanted = self.about.parts
        if what and found and (found < 2 if wanted == 0 else found != wanted):
            said = (
                "two events or more"
                if wanted == 0
                else what
                if wanted == 2
                else f"one {what.strip('?')}"
            )
            raise _wrong("of", f"found {found} at `of`; {self.metric} takes {said}")
        form, words = _FORMS.get(what, ("", ""))
        if form and not re.fullmatch(form, self.of[-1]):
            raise _wrong("of", f"{self.of[-1]!r} is no {words}")

    @property
    def about(self) -> Metric:
        """The metric, in words."""
        return METRICS[self.metric]

    @property
    def comparison(self) -> str:
        """The comparator as a word: at least, at most, above, below or between."""
        return COMPARATORS.get(self.comparator, self.comparator)

    @property
    def limits(self) -> tuple[float, ...]:
        """The threshold as one number in the metric's unit, or two for ``between``.

        Examples
        --------
        >>> Claim.model_validate({"metric": "conversion", "is": "at least", "threshold": "20%"}).limits
        (0.2,)
        """
        texts = [part for text in self.threshold for part in re.split(r"\s+to\s+", text)]
        return tuple(_limit(text, self.metric) for text in texts)

    @property
    def last(self) -> tuple[int, str] | None:
        """The period as a number and ``days``, ``weeks`` or ``months``; None where there is none."""
        found = _PERIOD.fullmatch(self.period)
        return (int(found[1]), f"{found[2]}s") if found else None

    def problems(
        self, steps: list[str], stages: list[str], promises: list[str], personas: list[str]
    ) -> list[tuple[str, str]]:
        """List what the claim names and the workshop does not have, as (key, sentence)."""
        of = {"step": steps, "promise": promises, "promise and hours": promises}.get(self.about.of)
        looked = [("of", self.about.of.partition(" and ")[0], self.of[0] if self.of else None, of)]
        people = [*personas, EVERYBODY] if personas else []
        looked += [
            ("stage", "stage", self.stage, stages),
            ("persona", "persona", self.persona, people),
        ]
        return [
            (key, f"there is no {what} {value!r}. {did_you_mean(value, known, show=20)}")
            for key, what, value, known in looked
            if value is not None and known and value not in known
        ]
