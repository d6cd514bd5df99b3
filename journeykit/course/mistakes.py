"""Known ways to go wrong, declared by the way to make them; and what an answer needs."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from journeykit.course.compare import Like
from journeykit.course.plain import plain


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
