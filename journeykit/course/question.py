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

from .compare import PERCENT, Like, like_of, number
from .forms import ALL_DIGITS, FEWEST_DIGITS
from .near import Neighbour, parts, usual
from .outcome import Box, Outcome, Progress, State
from .plain import blank, plain, shown, value_of


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

    def fits(self, answer: Any, like: Like | None) -> int:
        """Tell at how many digits an answer makes this mistake; 0 where it does not."""
        try:
            if self.when is not None:
                return ALL_DIGITS if self.when(answer) else 0
            return like.digits(answer, self.wrong) if like else 0
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            return 0  # the answer has another form: it is some other mistake


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
        outcome = self.progress.allow(self.id, self.judge(answer))
        done = {"percent": 1} if outcome.percent else {}
        display(outcome.box(self.progress.note(self.id, outcome.state, **done)))

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

    def clashes(self, every: bool = True) -> Iterable[str]:
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
    made_of : parts, optional
        What the right answer is made of (:class:`journeykit.course.near.parts`), so that wrong ones
        can be made.
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
    made_of: parts | None = None

    @cached_property
    def right(self) -> Any:
        """The right answer, as plain data."""
        return value_of(self.answer)

    @cached_property
    def how(self) -> Like | None:
        """The way to compare; None where an answer is held against needs."""
        return None if self.needs else self.like or like_of(self.right)

    def _judge(self, given: Any, answer: str) -> Outcome:
        like = self.how
        if like is None:
            differs = next((says for says, holds in self.needs if not holds(given)), "")
        else:
            differs = like.differ(given, self.right)
        fits = [(known.fits(given, like), known) for known in self.mistakes]
        best = max((digits for digits, _ in fits), default=0)
        made = [known for digits, known in fits if digits == best >= FEWEST_DIGITS]
        if not differs and (best < ALL_DIGITS or like is None or self._exact(given, like)):
            if like and (says := self._as_near(given, like, best)):
                return Outcome(State.WRONG, says, answer=answer)
            return Outcome(State.RIGHT, self.why, answer=answer)
        if made and (best == ALL_DIGITS or len(made) == 1):
            return Outcome(State.WRONG, made[0].says, made[0].name, answer)
        if differs == PERCENT:
            says = f"{PERCENT} This once it counts. {self.why}"
            return Outcome(State.RIGHT, says, answer=answer, percent=True)
        return Outcome(State.WRONG, differs, answer=answer)

    def _exact(self, given: Any, like: Like) -> bool:
        return like.digits(given, self.right) == ALL_DIGITS

    def _as_near(self, given: Any, like: Like, best: int) -> str:
        """Say that a mistake is this answer just as well, at the digits that it has."""
        if self._exact(given, like):
            return ""
        if best < FEWEST_DIGITS and self.made_of:
            best = max(
                (like.digits(given, each.answer) for each in self.made_of.nearest), default=0
            )
        if best == ALL_DIGITS:
            return "It lies near the right number, and is another one."
        few = "With so few digits it may be right, or a common mistake: give more of them."
        return few if best >= FEWEST_DIGITS else ""

    @cached_property
    def neighbours(self) -> list[Neighbour]:
        """Wrong answers near the right one.

        Another way may well lead to the same name; another number that is the right one shows that
        this data cannot tell the two apart.
        """
        if self.how is None:
            return []
        made = self.made_of.neighbours if self.made_of else ()
        # Twice nothing is nothing, and one turned round is one: these are no wrong answers.
        other = [each for each in usual(self.right, self.how) if each.answer != self.right]
        return self._wrong([*made, *other])

    def _wrong(self, made: list[Neighbour]) -> list[Neighbour]:
        if self.how is None or isinstance(self.how, number):
            return made
        return [each for each in made if self.how.differ(each.answer, self.right)]

    def clashes(self, every: bool = True) -> Iterator[str]:
        """Say what cannot be told apart on this data: the right answer, mistakes, neighbours.

        Without `every` of the neighbours only those that differ in one ingredient.
        """
        try:
            own = self.judge(self.right)
            if own.state is not State.RIGHT:
                yield f"its own answer is {own.state}: {own.says}"
            if self.made_of and self.how and self.how.differ(self.made_of.right, self.right):
                yield f"its ingredients make {shown(self.made_of.right, 60)}"
            for known in self.mistakes:
                told = self.judge(known.wrong)
                if (told.state, told.mistake) != (State.WRONG, known.name):
                    made = f"{known.name!r} ({shown(known.wrong, 60)})"
                    yield f"the mistake {made} is told as {told.head!r}"
            near = self.made_of.nearest if self.made_of else []
            looked = self.neighbours if every else self._wrong(near)
            yield from filter(None, map(self._mistold, looked))
        except Exception as problem:  # with these customers one of them cannot even be made
            yield f"{type(problem).__name__}: {problem}"

    def _mistold(self, each: Neighbour) -> str:
        """Say that a neighbour passes, or is told as a mistake that it is not."""
        told = self.judge(each.answer)
        known = next((known for known in self.mistakes if known.name == told.mistake), None)
        if told.state is State.WRONG and (
            known is None or known.fits(each.answer, self.how) == ALL_DIGITS
        ):
            return ""
        return f"the neighbour {each.made!r} ({shown(each.answer, 60)}) is told as {told.head!r}"
