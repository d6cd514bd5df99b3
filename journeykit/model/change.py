"""What a to-be map would change: a step, a loss or a wait, for whom, and by how much."""

from collections.abc import Collection
from typing import Annotated, Self

from .base import Id, Model, Text, one_of, rule, unknown, wrong
from .match import Segment

CHANGES = {
    "step-removed": "the step is taken out",
    "drop-off": "fewer are lost before the step",
    "wait": "the wait is shorter",
}
"""What can change, in words."""


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

    what: Annotated[str, one_of(*CHANGES)]
    step: Text = ""
    stage: Id | None = None
    by: Text = ""
    segment: Segment = {}
    serves: Id | None = None
    idea: Id | None = None
    experiment: Id | None = None
    card: Id | None = None
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
    ) -> list[tuple[str, str]]:
        """List what the change names and the workshop does not have, as (key, sentence)."""
        return unknown(
            [
                ("step", "step", self.step or None, steps),
                ("stage", "stage", self.stage, stages),
                ("card", "card", self.card, cards),
            ]
        )
