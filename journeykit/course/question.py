"""A question of an exercise: its right answer, the mistakes that people make, hints, a solution.

A mistake is declared by the way to make it, as a function that counts events where users were
asked for, so that it is recognised in whatever data. What the right answer is, is computed when
it is first needed.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from IPython.display import display

from journeykit.errors import ExerciseError

from .compare import Like, like_of
from .outcome import Box, Outcome, Progress, State
from .plain import blank, plain, shown

FEWEST_WORDS = 8


def value_of(given: Any) -> Any:
    """Plain data of a value, or of what a function without arguments gives."""
    return plain(given() if callable(given) else given)


@dataclass(frozen=True)
class mistake:
    """A mistake that people make.

    Parameters
    ----------
    name : str
        What it is called in a few words: "counted events, not users".
    says : str
        Why it is one and what to think of, without the right answer.
    gives : value or function without arguments
        The answer that comes out of it.
    when : function of the answer, optional
        How to know it, where many answers make the same mistake; `gives` is then an example.
    """

    name: str
    says: str
    gives: Any
    when: Callable[[Any], Any] | None = None

    @cached_property
    def wrong(self) -> Any:
        """An answer that makes this mistake, as plain data."""
        return value_of(self.gives)

    def fits(self, answer: Any, like: Like | None) -> bool:
        """Tell whether an answer makes this mistake."""
        try:
            if self.when is not None:
                return bool(self.when(answer))
            return like is not None and not like.differ(answer, self.wrong)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            return False  # the answer has another form: it is some other mistake


class need(NamedTuple):
    """Something that an answer must have, where there is no one right answer.

    Parameters
    ----------
    says : str
        What is missing where it does not hold, as a sentence.
    holds : function of the answer
        Takes the answer as plain data.
    """

    says: str
    holds: Callable[[Any], Any]


@dataclass(repr=False, kw_only=True)
class Asked:
    """What all questions have; an exercise gives each its id, its solution and its progress."""

    asks: str = field(kw_only=False)
    points: int = 1
    hints: Sequence[str] = ()
    why: str = ""

    id, code, progress = "?", "", Progress()
    because = "**Why.** "
    untried = "Put your answer in place of the dots and run the cell again."
    _hinted = 0

    def __repr__(self) -> str:
        return f"<question {self.id}: {self.asks}>"

    def judge(self, answer: Any) -> Outcome:
        """Say what an answer is worth, without showing or keeping anything."""
        said = ""
        try:
            given = plain(answer)
            if blank(given):
                return Outcome(State.UNTRIED, self.untried)
            said = shown(given)
            return self._judge(given, said)
        except ExerciseError as problem:
            says = str(problem)
        except Exception as problem:  # whatever it is, it must not look like a wrong answer
            says = f"The check could not read this answer. ({type(problem).__name__})"
        return Outcome(State.BROKEN, says, answer=said)

    def _judge(self, given: Any, answer: str) -> Outcome:
        """Judge what is not blank; `answer` is the same in words."""
        raise NotImplementedError

    def check(self, answer: Any = ...) -> None:
        """Check an answer, show what came out, and keep the progress.

        Parameters
        ----------
        answer : object
            The answer itself: a number, a name, a list, a table, a persona or a map.
        """
        if self.progress.hand_in(self.id, answer):
            return
        outcome = self.judge(answer)
        display(outcome.box(self.progress.note(self.id, outcome.state)))

    def hint(self) -> None:
        """Show the next hint; after the last one the first again."""
        if not self.hints:
            return display(Box("There is no hint for this one."))
        place = self._hinted % len(self.hints)
        self._hinted += 1
        display(Box(f"Hint {place + 1} of {len(self.hints)}", [self.hints[place]]))
        self.progress.note(self.id, hints=1)

    def solution(self) -> None:
        """Show a solution and why it is one."""
        display(Box("A solution", [self._told()], code=self.code))
        self.progress.note(self.id, solution=1)

    def _told(self) -> str:
        return self.why

    def clashes(self) -> Iterable[str]:
        """Say what cannot be told apart on this data: the right answer and each mistake."""
        return ()


@dataclass(repr=False, kw_only=True)
class Question(Asked):
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
        What an answer must have (:class:`need`), where there is no one right answer.
    mistakes : sequence of mistake
        At least two.
    hints : sequence of str
        From a nudge to nearly the solution.
    why : str
        Shown with a right answer and with the solution.

    Examples
    --------
    >>> from journeykit.course.keys import Question, mistake
    >>> q = Question("How many customers?", answer=3, hints=["Each counts once."], mistakes=[
    ...     mistake("counted events, not users", "One person clicks often.", gives=lambda: 3 + 4)])
    >>> q.judge(3.0).head, q.judge(7).head, q.judge(...).head
    ('✓ Right', '✗ Not yet: counted events, not users', '○ Not attempted')
    """

    answer: Any
    like: Like | None = None
    needs: Sequence[need] = ()
    mistakes: Sequence[mistake] = ()

    @cached_property
    def right(self) -> Any:
        """The right answer, as plain data."""
        return value_of(self.answer)

    def _judge(self, given: Any, answer: str) -> Outcome:
        like = None if self.needs else self.like or like_of(self.right)
        if like:
            differs = like.differ(given, self.right)
        else:
            differs = next((says for says, holds in self.needs if not holds(given)), "")
        if not differs:
            return Outcome(State.RIGHT, self.why, answer=answer)
        for known in self.mistakes:
            if known.fits(given, like):
                return Outcome(State.WRONG, known.says, known.name, answer)
        return Outcome(State.WRONG, differs, answer=answer)

    def clashes(self) -> Iterator[str]:
        """Say what cannot be told apart on this data: the right answer and each mistake."""
        try:
            own = self.judge(self.right)
            if own.state is not State.RIGHT:
                yield f"its own answer is {own.state}: {own.says}"
            for known in self.mistakes:
                told = self.judge(known.wrong)
                if (told.state, told.mistake) != (State.WRONG, known.name):
                    made = f"{known.name!r} ({shown(known.wrong, 60)})"
                    yield f"the mistake {made} is told as {told.head!r}"
        except Exception as problem:  # with these customers one of them cannot even be made
            yield f"{type(problem).__name__}: {problem}"


@dataclass(repr=False, kw_only=True)
class OpenQuestion(Asked):
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

    points: int = field(init=False)
    rubric: Sequence[tuple[int, str]]
    sample: str
    because = "**What gives points.**\n\n"
    untried = "Write your answer between the quotes and run the cell again."

    def __post_init__(self) -> None:
        self.points = sum(points for points, _ in self.rubric)
        self.right = self.sample = " ".join(self.sample.split())
        self.criteria = tuple(f"{points} p. {says}" for points, says in self.rubric)
        self.why = "\n".join(f"- {points}" for points in self.criteria)

    def _judge(self, given: Any, answer: str) -> Outcome:
        """Show the rubric; nothing but a person can tell whether sentences are right."""
        if not isinstance(given, str):
            says = f"Sentences are asked for, as a text; this is {shown(given, 60)}."
            return Outcome(State.BROKEN, says)
        if len(given.split()) < FEWEST_WORDS:
            return Outcome(State.WRONG, "Write at least one whole sentence.", answer=answer)
        says = f"Hold your answer against these points. `ex.{self.id}.solution()` shows a sample."
        return Outcome(State.OPEN, says, more=self.criteria)

    def _told(self) -> str:
        return f"{self.sample}\n\nWhat gives points:\n{self.why}"


class HandIn(Asked):
    """A question of a graded copy: it takes an answer, and knows nothing about it."""

    def _judge(self, given: Any, answer: str) -> Outcome:
        says = f"Your answer is {answer}. It is checked when your work is graded."
        return Outcome(State.HANDED_IN, says)
