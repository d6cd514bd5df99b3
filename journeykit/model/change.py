"""What a to-be map would change: a step, a loss or a wait, for whom, and by how much."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Annotated, Self

from pydantic import AfterValidator, model_validator
from pydantic_core import PydanticCustomError

from journeykit.errors import did_you_mean
from journeykit.model.base import Id, Text, Word, one_of
from journeykit.model.match import Segment

__all__ = ["CHANGES", "Change"]

CHANGES = {
    "step-removed": "the step is taken out",
    "drop-off": "fewer are lost before the step",
    "wait": "the wait is shorter",
}
"""What can change, in words."""


class Change(Word):
    """One thing that the to-be map does differently, so that the data can say what it would bring.

    ``what`` is ``step-removed`` (a step of the funnel), ``drop-off`` (fewer lost before ``step``) or
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

    what: Annotated[str, AfterValidator(one_of(*CHANGES))]
    step: Text = ""
    stage: Id | None = None
    by: Text = ""
    segment: Segment = {}
    serves: Id | None = None
    idea: Id | None = None
    experiment: Id | None = None
    card: Id | None = None
    note: Text = ""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        wait = self.what == "wait"
        for wrong, place, sentence in (
            (
                bool(self.step) + bool(self.stage) != 1,
                "what",
                "name one `step`, or for a wait one `stage`",
            ),
            (
                self.stage and not wait,
                "stage",
                f"{self.what} is of a `step` of the funnel, not of a stage",
            ),
            (
                self.by and self.what == "step-removed",
                "by",
                "a step is removed whole: take `by` away",
            ),
            (not self.by and self.what != "step-removed", "what", "say `by` how much, as in 50%"),
            (
                self.by and not 0 < self.share <= 1,
                "by",
                f"{self.by!r} is no part: write 50%, or 0.05 for points",
            ),
            (
                wait and self.by and not self.by.endswith("%"),
                "by",
                f"a wait is shortened by a part: {self.by!r}",
            ),
        ):
            if wrong:
                raise PydanticCustomError("change", "{said}", {"said": sentence, "place": place})
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
        self, steps: Collection[str], stages: Collection[str], cards: Iterable[str]
    ) -> list[tuple[str, str]]:
        """List what the change names and the workshop does not have, as (key, sentence)."""
        known: tuple[tuple[str, str | None, Collection[str]], ...] = (
            ("step", self.step or None, steps),
            ("stage", self.stage, stages),
            ("card", self.card, [*cards]),
        )
        return [
            (key, f"there is no {key} {value!r}. {did_you_mean(value, words, show=20)}")
            for key, value, words in known
            if value is not None and value not in words
        ]
