"""A claim: what a card says about the data, written so that new data can prove it wrong."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from journeykit.declared import METRICS, Metric
from journeykit.errors import did_you_mean
from journeykit.model.base import Id, Text, Texts, Word, one_of
from journeykit.model.match import Segment

__all__ = ["COMPARATORS", "EVERYBODY", "Claim"]


EVERYBODY = "everybody"
"""The persona of a claim that speaks of all customers."""
COMPARATORS = {">=": "at least", "<=": "at most", ">": "above", "<": "below"}
_WORDS = ("at least", "at most", "above", "below", "between")
_NUMBER = re.compile(r"([+-]?\d+(?:[.,]\d+)?)\s*([^\d\s]*)")
_MINUTES = {"s": 1 / 60, "min": 1.0, "h": 60.0, "day": 1440.0, "days": 1440.0}
_PERIOD = re.compile(r"last (\d+) (day|week|month)s?")
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

    metric: Annotated[str, AfterValidator(one_of(of=METRICS))]
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
