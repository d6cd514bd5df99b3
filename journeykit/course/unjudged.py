"""Questions that no check judges: those that a person reads, and those of a graded copy."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from .outcome import Outcome, State
from .plain import shown, value_of
from .prose import remarks, too_short
from .question import Asked, need


@dataclass(repr=False, kw_only=True)
class OpenQuestion(Asked):
    """A question without a single right answer, which a person reads.

    Parameters
    ----------
    asks : str
    rubric : sequence of (int, str)
        What gives how many points.
    sample : str or other value
        An answer that would get them all: sentences, or a persona, a map, a claim.
    looks : sequence of need
        What is worth a second look where it does not hold; no points hang on it.
    hints : sequence of str
    """

    points: int = field(init=False)
    rubric: Sequence[tuple[int, str]]
    sample: Any
    looks: Sequence[need] = ()
    because = "**What gives points.**\n\n"
    untried = "Write your answer and run the cell again."

    def __post_init__(self) -> None:
        self.points = sum(points for points, _ in self.rubric)
        if isinstance(self.sample, str):
            self.sample = " ".join(self.sample.split())
        self.criteria = tuple(f"{points} p. {says}" for points, says in self.rubric)
        self.why = "\n".join(f"- {points}" for points in self.criteria)

    @cached_property
    def right(self) -> Any:
        """The sample, as plain data."""
        return value_of(self.sample)

    def _judge(self, given: Any, answer: str) -> Outcome:
        """Show the rubric; nothing but a person can tell whether it is good."""
        written = isinstance(self.right, str)
        if written is not isinstance(given, str):
            what = "Sentences are asked for, as a text" if written else "No text is asked for"
            return Outcome(State.BROKEN, f"{what}; this is {shown(given, 60)}.")
        if written and (says := too_short(given)):
            return Outcome(State.WRONG, says, answer=answer)
        looks = [says for says, holds in self.looks if not holds(given)]
        if written:
            looks += remarks(given, self.right, self.why)
        says = f"Hold your answer against these points. `ex.{self.id}.solution()` shows a sample."
        return Outcome(State.OPEN, says, "", answer, self.criteria, tuple(looks))

    def _told(self) -> str:
        return f"{shown(self.right, 2_000)}\n\nWhat gives points:\n{self.why}"


class HandIn(Asked):
    """A question of a graded copy: it takes an answer, and knows nothing about it."""

    def _judge(self, given: Any, answer: str) -> Outcome:
        says = f"Your answer is {answer}. It is checked when your work is graded."
        return Outcome(State.HANDED_IN, says)
