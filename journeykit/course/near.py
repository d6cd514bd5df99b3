"""Wrong answers that lie near the right one, made of its ingredients and computed on the data.

Whoever builds a copy sees how each of them is told: by the name of the mistake that it is, or
neutrally; never as another mistake, and never as right.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from itertools import combinations, product
from typing import Any, NamedTuple

from .compare import Like, choice, names, number, numbers
from .plain import blank, value_of

_MANY = 12
MOST_CHANGED = 2
"""In how many ingredients a neighbour differs at most."""


class Neighbour(NamedTuple):
    """A wrong answer: how it is made, in a few words, and what comes out."""

    made: str
    answer: Any


class parts:
    """The ingredients of a right answer, each with what it could be taken for.

    Parameters
    ----------
    form : function
        Makes an answer of one option for each ingredient; None where these make no answer.
    **parts : dict of str to value or function without arguments
        Ingredient to its options, by what they are in a few words; the first one is right.

    Examples
    --------
    >>> who, of = {"buyers": 2, "purchases": 3}, {"users": 8, "visits": 9}
    >>> made = parts(lambda who, of: who / of, who=who, of=of)
    >>> made.right, [each.made for each in made.neighbours]
    (0.25, ['who: purchases', 'of: visits', 'who: purchases, of: visits'])
    """

    def __init__(self, form: Callable[..., Any], **parts: Mapping[str, Any]) -> None:
        self.form, self.parts = form, parts

    @cached_property
    def right(self) -> Any:
        """The right answer, made of the first of all options."""
        return self._made({name: next(iter(options)) for name, options in self.parts.items()})

    @cached_property
    def neighbours(self) -> list[Neighbour]:
        """All that differ in one ingredient or two, those in one first."""
        return [*self._changed(1), *self._changed(MOST_CHANGED)]

    @cached_property
    def nearest(self) -> list[Neighbour]:
        """Those that differ in one ingredient."""
        return [*self._changed(1)]

    def _changed(self, count: int) -> Iterator[Neighbour]:
        first = {name: next(iter(options)) for name, options in self.parts.items()}
        for chosen in combinations(self.parts, count):
            for other in product(*([*self.parts[name]][1:] for name in chosen)):
                changed = dict(zip(chosen, other))
                answer = self._made(first | changed)
                if not blank(answer):
                    made = ", ".join(f"{name}: {option}" for name, option in changed.items())
                    yield Neighbour(made, answer)

    def _made(self, picked: Mapping[str, str]) -> Any:
        options = {name: self.parts[name][option] for name, option in picked.items()}
        given = {name: each() if callable(each) else each for name, each in options.items()}
        try:
            return value_of(self.form(**given))
        except ArithmeticError:  # nothing by nothing is no answer
            return None


def usual(right: Any, like: Like | None) -> Iterator[Neighbour]:
    """Make the neighbours that every answer of its kind has, whatever is asked."""
    if isinstance(like, names):
        options = [*(like.options or right)]
        for name in options:
            if name in right:
                yield Neighbour(f"without {name}", [each for each in right if each != name])
            else:
                yield Neighbour(f"{name} added", [*right, name])
                for left in right if len(options) < _MANY else right[:1]:
                    made = [name if each == left else each for each in right]
                    yield Neighbour(f"{name} for {left}", made)
            yield Neighbour(f"{name} alone", [name])
        yield Neighbour("all of them", [*options])
        yield Neighbour("the others", [each for each in options if each not in right])
    elif isinstance(like, choice):
        for name in like.options:
            if name == right:
                continue
            yield Neighbour(f"{name} instead", name)
            yield Neighbour(f"{name}, misspelt", f"{name[:-1]}x{name[-1]}")
            yield Neighbour(f"both, {name} first", [name, right])
            yield Neighbour(f"both, {name} last", [right, name])
        yield Neighbour("its place, not its name", 1)
    elif isinstance(like, numbers) and isinstance(right, list | dict):
        yield from _several(right)
    elif isinstance(like, number) and not isinstance(right, bool):
        yield from _changed_number(right)
        if isinstance(right, int) and like.within is None:
            yield Neighbour("one less", right - 1)
            yield Neighbour("one more", right + 1)


def _changed_number(right: float) -> Iterator[Neighbour]:
    yield Neighbour("the other sign", -right)
    yield Neighbour("ten times", right * 10)
    yield Neighbour("a tenth", right / 10)
    yield Neighbour("double", right * 2)
    yield Neighbour("half", right / 2)
    yield Neighbour("per thousand", right * 1000)
    yield Neighbour("the complement", 1 - right)
    if right:
        yield Neighbour("turned round", 1 / right)
    if right != 1 and abs(right) > 0.01:  # those of a small share are the share
        yield Neighbour("odds", right / (1 - right))


def _several(right: list[float] | dict[str, float]) -> Iterator[Neighbour]:
    pairs = dict(enumerate(right)) if isinstance(right, list) else right
    back = (lambda made: [*made.values()]) if isinstance(right, list) else dict
    turned = dict(zip(pairs, reversed(pairs.values())))
    yield Neighbour("the wrong way round", back(turned))
    for name, value in pairs.items():
        left = {other: each for other, each in pairs.items() if other != name}
        yield Neighbour(f"without {name}", back(left))
        for changed in _changed_number(value):
            yield Neighbour(f"{name}: {changed.made}", back(pairs | {name: changed.answer}))
