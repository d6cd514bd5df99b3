"""What of a map the data decides: the claim of a card, and what changes of a plan would bring."""

import re
from collections.abc import Collection
from typing import Annotated, Self

from pydantic import Field

from journeykit.declared import METRICS, Metric, beside

from .base import (
    Day,
    Model,
    Problems,
    Ref,
    Text,
    Texts,
    one_of,
    read_share,
    rule,
    unknown,
    with_sign,
    wrong,
)
from .match import Segment

EVERYBODY = "everybody"
"""The persona of a claim that speaks of all customers."""
_NUMBER = re.compile(r"([+-]?(?:\d+(?:[.,]\d+)?|[.,]\d+))\s*([^\d\s]*)")
_PERIOD = re.compile(r"last ([1-9]\d*) (day|week|month)s?")
COMPARATORS, _UNITS, _FORMS, _MINUTES = beside(__file__).values()


def _limit(text: str, name: str) -> float:
    """Read one threshold in the unit of its metric."""
    metric, found = METRICS[name], _NUMBER.fullmatch(with_sign(text))
    kind, (unit, example) = metric.kind, _UNITS[metric.kind]
    if not found:
        raise wrong(f"{text!r} is no number: write a threshold such as {example}", "threshold")
    value, sign = float(found[1].replace(",", ".")), found[2]
    share = kind in ("share", "points")
    if kind in ("minutes", "hours") and sign in _MINUTES:
        return value * _MINUTES[sign] / (60 if kind == "hours" else 1)
    said = ""
    if sign and not (sign == "%" and (share or kind == "percent")):
        said = f"{text!r}: {name} is given as {unit}, so write {example}"
    elif share:
        value, lowest = read_share(text), -1 if kind == "points" else 0
        if not lowest <= value <= 1:
            said = f"{text} is no share: {name} lies between {lowest:.0%} and 100%"
    elif kind == "percent" and not sign and 0 < value <= 1:
        said = f"{text} would be {text} in a hundred: for {name} write {100 * value:g}%"
    elif metric.ends and not metric.ends[0] <= value <= metric.ends[1]:
        low, high = metric.ends
        said = f"{text} cannot be reached: {name} runs from {low:g} to {high:g}"
    if said:
        raise wrong(said, "threshold")
    return value


class Claim(Model):
    """What a card says about the data: a metric, for whom, how it compares, with what.

    ``of`` says of what the metric is (a step of the funnel, a promise, a channel, two events …);
    ``stage``, ``segment`` (columns to values), ``since`` and ``until`` or ``period``
    (``last 90 days`` of the data) and ``persona`` (an id, or ``everybody``) say of whom: without
    them, of the journey's persona over all data. ``is`` compares, ``threshold`` holds a number in
    the metric's unit, a
    share as ``20%``, ``20`` or ``0.2``, and two of them for ``between``. ``must`` makes it a
    journey test.
    """

    elsewhere = {"comparator": "Did you mean 'is'?", "target": "Did you mean 'threshold'?"}

    metric: Annotated[str, one_of(of=METRICS)]
    of: Texts = ()
    comparator: Annotated[
        str, one_of(*COMPARATORS.values(), "between", *COMPARATORS), Field(alias="is")
    ]
    threshold: Texts
    stage: Ref = None
    segment: Segment = {}
    since: Day = None
    until: Day = None
    period: Text = ""
    persona: Ref = None
    must: bool = False
    because: Text = ""
    note: Text = ""

    @rule
    def _fits_together(self) -> Self:
        self._check_of()
        if self.period and not self.last:
            raise wrong(
                f"{self.period!r} is no period: write 'last 90 days', weeks or months", "period"
            )
        if self.period and (self.since or self.until):
            raise wrong("give a period or since and until, not both", "period")
        if self.since and self.until and self.until < self.since:
            raise wrong(f"{self.until} lies before since, {self.since}", "until")
        two, limits = self.comparison == "between", self.limits
        if len(limits) != 1 + two:
            wanted = "two numbers, as in [20%, 30%]" if two else "one number"
            raise wrong(f"found {len(limits)}; '{self.comparator}' takes {wanted}", "threshold")
        if limits[0] > limits[-1]:
            raise wrong(
                f"write the lower one first: {self.threshold[-1]}, {self.threshold[0]}", "threshold"
            )
        return self

    def _check_of(self) -> None:
        what, found, wanted = self.about.of, len(self.of), self.about.parts
        if not what and found:
            hint = " Name the stage at `stage`." if self.about.about_stage else ""
            raise wrong(f"{self.metric} is of nothing: take `of` away.{hint}", "of")
        if what and not found and not what.endswith("?"):
            raise wrong(f"{self.metric} needs `of`: name the {what} that it is of", "metric")
        if what and found and (found < 2 if wanted == 0 else found != wanted):
            said = ("two events or more", f"one {what.strip('?')}", what)[wanted]
            raise wrong(f"found {found} at `of`; {self.metric} takes {said}", "of")
        form, words = _FORMS.get(what, ("", ""))
        if form and not re.fullmatch(form, self.of[-1]):
            raise wrong(f"{self.of[-1]!r} is no {words}", "of")

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
        >>> written = {"metric": "conversion", "is": "at least", "threshold": "20%"}
        >>> Claim.model_validate(written).limits
        (0.2,)
        """
        texts = [part for text in self.threshold for part in re.split(r"\s+to\s+", text)]
        return tuple(_limit(text, self.metric) for text in texts)

    @property
    def last(self) -> tuple[int, str] | None:
        """The period as a number and ``days``, ``weeks`` or ``months``; None where there is
        none.
        """
        found = _PERIOD.fullmatch(self.period)
        return (int(found[1]), f"{found[2]}s") if found else None

    def problems(
        self,
        steps: Collection[str],
        stages: Collection[str],
        promises: Collection[str],
        personas: Collection[str],
    ) -> Problems:
        """List what the claim names and the workshop does not have, as (key, sentence)."""
        what = self.about.of.partition(" and ")[0]
        known = {"step": steps, "promise": promises}.get(what, ())
        return unknown(
            [
                ("of", what, self.of[0] if self.of and known else None, known),
                ("stage", "stage", self.stage if stages else None, stages),
                *[("persona", "persona", self.persona, [*personas, EVERYBODY])] * bool(personas),
            ]
        )


class Change(Model):
    """One thing that the to-be map does differently, so that the data can say what it would bring.

    ``what`` is ``step-removed`` (a step of the funnel), ``drop-off`` (fewer lost before ``step``)
    or
    ``wait`` (less time before ``step``, or from ``stage`` to the next). ``by`` is the part of
    what is lost or waited, as ``50%``; a drop-off also takes points, as ``0.05``. ``segment``
    narrows it to some customers of the persona. ``serves`` names a goal card of the map, ``idea``
    and ``experiment`` a record, ``card`` the card of this map whose claim decides.

    Examples
    --------
    >>> Change.model_validate({"what": "drop-off", "step": "pay", "by": "50%"}).share
    0.5
    """

    elsewhere = {"of": "Did you mean 'step'?", "for": "Did you mean 'segment'?"}

    id: Ref = None
    what: Annotated[str, one_of("step-removed", "drop-off", "wait")]
    step: Text = ""
    stage: Ref = None
    by: Text = ""
    segment: Segment = {}
    serves: Ref = None
    idea: Ref = None
    experiment: Ref = None
    card: Ref = None
    note: Text = ""

    @rule
    def _fits_together(self) -> Self:
        what, by = self.what, self.by
        wait, whole = what == "wait", what == "step-removed"
        if bool(self.step) + bool(self.stage) != 1:
            raise wrong("name one `step`, or for a wait one `stage`", "what")
        if self.stage and not wait:
            raise wrong(f"{what} is of a `step` of the funnel, not of a stage", "stage")
        if by and whole:
            raise wrong("a step is removed whole: take `by` away", "by")
        if not by and not whole:
            raise wrong("say `by` how much, as in 50%", "what")
        if by and not 0 < self.share <= 1:
            raise wrong(f"{by!r} is no part: write 50%, or 0.05 for points", "by")
        if wait and not by.endswith("%"):
            raise wrong(f"a wait is shortened by a part: {by!r}", "by")
        return self

    @property
    def share(self) -> float:
        """How much, as a number: 0.5 for 50%; NaN where it is none."""
        try:
            number = float(self.by.removesuffix("%").replace(",", "."))
        except ValueError:
            return float("nan")
        return number / 100 if self.by.endswith("%") else number

    def problems(
        self, steps: Collection[str], stages: Collection[str], cards: Collection[str]
    ) -> Problems:
        """List what the change names and the workshop does not have, as (key, sentence)."""
        return unknown(
            [
                ("step", "step", self.step or None, steps),
                ("stage", "stage", self.stage, stages),
                ("card", "card", self.card, cards),
            ]
        )
