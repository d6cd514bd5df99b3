"""A question of an exercise: its right answer, the mistakes that people make, hints, a solution.

A mistake is declared by the way to make it, as a function that counts events where users were
asked for, so that it is recognised in whatever data. What the right answer is, is computed when
it is first needed.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from journeykit.course.compare import Like, like_of
from journeykit.course.mistakes import Mistake, value_of
from journeykit.course.outcome import Outcome, State, box, rich_text, show
from journeykit.course.plain import blank, plain, shown
from journeykit.errors import ExerciseError

if TYPE_CHECKING:
    from journeykit.course.lesson import Exercise

__all__ = ["OpenQuestion", "Question"]

FEWEST_MISTAKES = 2
FEWEST_WORDS = 8


class _Asked:
    """What all questions have: an id, points, hints, and a place in an exercise."""

    id = ""
    lesson: Exercise | None = None

    def __init__(self, asks: str, points: int, hints: Sequence[str], why: str) -> None:
        self.asks, self.points, self.hints, self.why = asks, points, tuple(hints), why
        self._hinted = 0

    def __repr__(self) -> str:
        return f"<question {self.id or '?'}: {self.asks}>"

    def judge(self, answer: Any) -> Outcome:
        """Say what an answer is worth, without showing or keeping anything."""
        try:
            given = plain(answer)
        except ExerciseError as problem:
            return Outcome(State.BROKEN, str(problem))
        return self.judge_plain(given)

    def judge_plain(self, given: Any) -> Outcome:
        raise NotImplementedError

    def check(self, answer: Any = ...) -> None:
        """Check an answer, show what came out, and keep the progress.

        Parameters
        ----------
        answer : object
            The answer itself: a number, a name, a list, a table, a persona or a map.
        """
        if self.lesson is not None and self.lesson.hand_in(self.id, answer):
            return
        outcome = self.judge(answer)
        foot = self.lesson.note(self.id, outcome.state) if self.lesson else ""
        show(f"{outcome}\n{foot}".strip(), outcome.page(foot))

    def hint(self) -> None:
        """Show the next hint; after the last one the first again."""
        if not self.hints:
            show("There is no hint for this one.", box("There is no hint for this one.", ""))
            return
        place = self._hinted % len(self.hints)
        self._hinted += 1
        head = f"Hint {place + 1} of {len(self.hints)}"
        show(
            f"{head}: {self.hints[place]}", box(head, f"<div>{rich_text(self.hints[place])}</div>")
        )
        if self.lesson:
            self.lesson.note(self.id, None, hints=1)

    def solution(self) -> None:
        """Show a solution and why it is one."""
        code = self.lesson.solution_of(self.id) if self.lesson else ""
        says = self._told()
        page = (
            f"<pre style='white-space:pre-wrap;margin:.3em 0'>{html.escape(code)}</pre>"
            if code
            else ""
        )
        show(
            "\n\n".join(part for part in ("Solution", code, says) if part),
            box("A solution", f"{page}<div>{rich_text(says)}</div>"),
        )
        if self.lesson:
            self.lesson.note(self.id, None, solution=True)

    def _told(self) -> str:
        return self.why

    def problems(self) -> list[str]:
        """Say what is wrong with the question itself; empty where nothing is."""
        found = []
        if not self.hints:
            found.append("it has no hint")
        if self.points < 1:
            found.append("it gives no points")
        if self.judge(...).state is not State.UNTRIED:
            found.append("an untouched `...` does not count as not attempted")
        return found


class Question(_Asked):
    """A question that has a right answer.

    Parameters
    ----------
    asks : str
        What is asked, in a few words.
    answer : value or function without arguments
        The right answer; with `needs`, an answer that has all of it.
    points : int
    like : Like, optional
        How to compare (:mod:`journeykit.course.compare`); without it by the kind of answer.
    needs : sequence, optional
        What an answer must have (:func:`need`), where there is no one right answer.
    mistakes : sequence of Mistake
        At least two (:func:`mistake`).
    hints : sequence of str
        From a nudge to nearly the solution.
    why : str
        Shown with a right answer and with the solution.

    Examples
    --------
    >>> q = Question("How many customers?", answer=3, hints=["Each counts once."], mistakes=[
    ...     mistake("counted events, not users", "One person clicks often.", gives=lambda: 3 + 4)])
    >>> q.judge(3.0).head, q.judge(7).head, q.judge(...).head
    ('✓ Right', '✗ Not yet: counted events, not users', '○ Not attempted')
    """

    def __init__(
        self,
        asks: str,
        *,
        answer: Any,
        points: int = 1,
        like: Like | None = None,
        needs: Iterable[tuple[str, Callable[[Any], Any]]] = (),
        mistakes: Iterable[Mistake] = (),
        hints: Sequence[str] = (),
        why: str = "",
    ) -> None:
        super().__init__(asks, points, hints, why)
        self._answer, self._like = answer, like
        self.needs, self.mistakes = tuple(needs), tuple(mistakes)

    @cached_property
    def right(self) -> Any:
        """The right answer, as plain data."""
        return value_of(self._answer)

    @property
    def like(self) -> Like | None:
        """How answers are compared; None where they are held against needs."""
        return None if self.needs else self._like or like_of(self.right)

    def judge_plain(self, given: Any) -> Outcome:
        """Say what an answer is worth that is plain data already."""
        if blank(given):
            return Outcome(
                State.UNTRIED, "Put your answer in place of the dots and run the cell again."
            )
        answer = ""
        try:
            answer, differs = shown(given), self._differs(given)
        except Exception as problem:  # whatever it is, it must not look like a wrong answer
            what = f"{type(problem).__name__}: {problem}"
            return Outcome(
                State.BROKEN, f"The check could not read this answer. ({what[:200]})", answer=answer
            )
        if not differs:
            return Outcome(State.RIGHT, self.why, answer=answer)
        for known in self.mistakes:
            if known.fits(given, self.like):
                return Outcome(State.WRONG, known.says, known.name, answer)
        return Outcome(State.WRONG, differs, answer=answer)

    def _differs(self, given: Any) -> str:
        if self.like is not None:
            return self.like.differ(given, self.right)
        return next((says for says, holds in self.needs if not holds(given)), "")

    def problems(self) -> list[str]:
        """Say what is wrong with the question itself; empty where nothing is."""
        found = super().problems()
        if len(self.mistakes) < FEWEST_MISTAKES:
            found.append(
                f"it knows {len(self.mistakes)} mistakes, and {FEWEST_MISTAKES} are the least"
            )
        return found + self.clashes()

    def clashes(self) -> list[str]:
        """Say what cannot be told apart on this data: the right answer and each mistake."""
        found = []
        outcome = self.judge_plain(self.right)
        if outcome.state is not State.RIGHT:
            found.append(f"its own answer is {outcome.state}: {outcome.says}")
        for known in self.mistakes:
            outcome = self.judge_plain(known.wrong)
            if outcome.state is not State.WRONG or outcome.mistake != known.name:
                found.append(
                    f"the mistake {known.name!r} ({shown(known.wrong, 60)}) is told as {outcome.head!r}"
                )
        return found


class OpenQuestion(_Asked):
    """A question that is answered in sentences, and read by a person.

    Parameters
    ----------
    asks : str
    rubric : sequence of (int, str)
        What gives how many points.
    sample : str
        An answer that would get them all.
    hints : sequence of str
    """

    def __init__(
        self,
        asks: str,
        *,
        rubric: Sequence[tuple[int, str]],
        sample: str,
        hints: Sequence[str] = (),
    ) -> None:
        super().__init__(asks, sum(points for points, _ in rubric), hints, "")
        self.rubric, self.sample = tuple(rubric), " ".join(sample.split())

    @property
    def right(self) -> str:
        """The sample."""
        return self.sample

    def judge_plain(self, given: Any) -> Outcome:
        """Show the rubric; nothing but a person can tell whether sentences are right."""
        if blank(given):
            return Outcome(
                State.UNTRIED, "Write your answer between the quotes and run the cell again."
            )
        if not isinstance(given, str):
            return Outcome(
                State.BROKEN, f"Sentences are asked for, as a text; this is {shown(given, 60)}."
            )
        if len(given.split()) < FEWEST_WORDS:
            return Outcome(State.WRONG, "Write at least one whole sentence.", answer=shown(given))
        return Outcome(
            State.OPEN,
            f"Hold your answer against these points. `ex.{self.id}.solution()` shows a sample.",
            more=tuple(f"{points} p. {says}" for points, says in self.rubric),
        )

    def _told(self) -> str:
        points = "\n".join(f"{points} p. {says}" for points, says in self.rubric)
        return f"{self.sample}\n\nWhat gives points:\n{points}"

    def problems(self) -> list[str]:
        """Say what is wrong with the question itself; empty where nothing is."""
        found = super().problems()
        if self.judge(self.sample).state is not State.OPEN:
            found.append("its own sample is no answer")
        if len(self.rubric) < FEWEST_MISTAKES:
            found.append("its rubric has fewer than two points")
        return found
