"""How an answer is held against the right one: lenient in form, strict in what was asked.

Each way to compare is a :class:`Like`. Its ``differ(answer, right)`` is empty where the two say the
same, else a sentence on what differs that does not give the right answer away. Order of rows and
columns, the index, int or float and capital letters do not matter; what is counted does.

A number is read at the digits that it has: 0.14 and 0.135 are 0.1353, and 0.1359 is another number.
"""

from collections.abc import Iterable
from typing import Any

from journeykit.errors import did_you_mean

from .forms import (
    ALL_DIGITS,
    FEWEST_DIGITS,
    alone,
    digits_of,
    fold,
    listed,
    mark,
    names_differ,
    no_number,
    paired,
    picked,
)
from .plain import Table, blank, shown

PERCENT = "That looks like percent; a share from 0 to 1 is asked for."


class Like:
    """A way to compare."""

    def differ(self, answer: Any, right: Any) -> str:
        """Say in a sentence what differs; empty where nothing does."""
        raise NotImplementedError

    def digits(self, answer: Any, right: Any) -> int:
        """Tell at how many digits the two are the same; 0 where they are not."""
        return 0 if self.differ(answer, right) else ALL_DIGITS

    def percent(self, answer: Any, right: Any) -> bool:
        """Tell whether an answer is the right share, given in percent."""
        return False


class number(Like):
    """Compare one number.

    Parameters
    ----------
    within : float, optional
        How far off it may be. Without it what is counted (an int) must be exact, and what is
        computed (a float) the right one, rounded to two digits or more.

    Examples
    --------
    >>> number().differ(812.0, 812), number().differ(0.14, 0.1353), number().differ(13.5, 0.1353)
    ('', '', 'That looks like percent; a share from 0 to 1 is asked for.')
    """

    def __init__(self, within: float | None = None) -> None:
        self.within = within

    def differ(self, answer: Any, right: Any) -> str:
        """Say in a sentence what differs."""
        answer = alone(answer)
        if isinstance(right, bool):
            if isinstance(answer, bool):
                return "" if answer is right else "It is the other one."
            return f"True or False is asked for; this is {shown(answer, 60)}."
        if wrong := no_number(answer):
            return wrong
        digits, counted = digits_of(answer, right), isinstance(right, int)
        if digits >= (ALL_DIGITS if counted else FEWEST_DIGITS):
            return ""
        if self.within is not None and abs(answer - right) <= self.within + 1e-12:
            return ""
        if digits and answer:
            what = "a count has all its digits" if counted else "two digits are the least"
            return f"It was rounded: {what}."
        if self.percent(answer, right):
            return PERCENT
        close = "a little " * (abs(answer - right) <= 0.05 * abs(right))
        return f"It is {close}too {'high' if answer > right else 'low'}."

    def percent(self, answer: Any, right: Any) -> bool:
        """Tell whether an answer is the right share, given in percent."""
        answer = alone(answer)
        if isinstance(right, int) or not right or abs(right) > 1 or no_number(answer):
            return False
        return digits_of(answer / 100, right) >= FEWEST_DIGITS

    def digits(self, answer: Any, right: Any) -> int:
        """Tell at how many digits the two are the same; 0 where they are not."""
        answer = alone(answer)
        if isinstance(right, bool) or no_number(answer):
            return super().digits(answer, right)
        return digits_of(answer, right)


class numbers(number):
    """Compare numbers: by name (a dict, a Series, a table of two columns) or by place (a list).

    Parameters
    ----------
    within : float, optional
        As in :class:`number`, for each.
    """

    def differ(self, answer: Any, right: Any) -> str:
        """Say in a sentence what differs."""
        pairs = paired(answer, right)
        if isinstance(pairs, str):
            return pairs
        if self.percent(answer, right):
            return PERCENT
        off = [
            f"{key}: {said[0].lower()}{said[1:]}"
            for key, each in pairs.items()
            if (said := super(numbers, self).differ(*each))
        ]
        return f"{len(off)} of {len(pairs)} differ. For example {off[0]}" if off else ""

    def digits(self, answer: Any, right: Any) -> int:
        """Tell at how many digits all of them are the same; 0 where one is not."""
        pairs = paired(answer, right)
        if isinstance(pairs, str):
            return 0
        return min(super(numbers, self).digits(*each) for each in pairs.values())

    def percent(self, answer: Any, right: Any) -> bool:
        """Tell whether all of them are the right shares, given in percent."""
        pairs = paired(answer, right)
        return not isinstance(pairs, str) and all(
            super(numbers, self).percent(*each) for each in pairs.values()
        )


class choice(Like):
    """Compare one name, such as the step that loses most; spelling of spaces and case is free.

    Parameters
    ----------
    *options : str
        The names that there are, so that a wrong spelling can be told from a wrong choice.
    """

    def __init__(self, *options: str) -> None:
        self.options = options

    def differ(self, answer: Any, right: Any) -> str:
        """Say in a sentence what differs."""
        answer = alone(picked(answer))
        if not isinstance(answer, str):
            return f"A name is asked for, as a text in quotes; this is {shown(answer)}."
        if fold(answer) == fold(right):
            return ""
        return self._unknown([answer]) or "It is another one."

    def _unknown(self, given: Iterable[Any]) -> str:
        """Say which name there is not, where it is known which there are."""
        known = set(map(fold, self.options))
        for name in given:
            if known and fold(name) not in known:
                return f"{name!r} is none of the names. {did_you_mean(name, self.options)}"
        return ""


class names(choice):
    """Compare a set of names, in any order."""

    def differ(self, answer: Any, right: Any) -> str:
        """Say in a sentence what differs."""
        answer = picked(answer)
        if isinstance(answer, list) and any(isinstance(each, bool) for each in answer):
            return "A list of True and False has no names in it: give the names that it picks."
        if unknown := self._unknown(listed(answer)):
            return unknown
        return names_differ(answer, right)


class ranking(names):
    """Compare a list of names whose order is the answer."""

    def differ(self, answer: Any, right: Any) -> str:
        """Say in a sentence what differs."""
        if wrong := super().differ(answer, right):
            return wrong
        pairs = zip(listed(answer), listed(right), strict=True)
        for place, (given, wanted) in enumerate(pairs, 1):
            if fold(given) != fold(wanted):
                return f"The names are right, their order is not: place {place} is another one's."
        return ""


class table(number):
    """Compare a table, row by row.

    Parameters
    ----------
    *keys : str
        The columns that say which row is which; without them, those that hold no fractions.
    within : float, optional
        As in :class:`number`, for each number.
    """

    def __init__(self, *keys: str, within: float | None = None) -> None:
        super().__init__(within)
        self.keys = keys

    def differ(self, answer: Any, right: Any) -> str:
        """Say in a sentence what differs."""
        if not isinstance(answer, Table):
            return f"A table is asked for; this is {shown(answer, 60)}."
        for name in right.columns:
            if name not in answer.columns:
                return f"The column {name!r} is missing. {did_you_mean(name, answer.columns)}"
        if len(answer.rows) != len(right.rows):
            return f"It has {len(answer.rows)} rows where {len(right.rows)} belong."
        keys = self.keys or [
            name
            for name in right.columns
            if all(not isinstance(v, float) or v.is_integer() for v in right.column(name))
        ]
        ours, theirs = (
            sorted(
                (dict(zip(each.columns, row)) for row in each.rows),
                key=lambda row: [mark(row[key]) for key in keys],
            )
            for each in (answer, right)
        )
        for name in dict.fromkeys((*keys, *right.columns)):
            if off := [
                said for a, b in zip(ours, theirs) if (said := self._cell(a[name], b[name]))
            ]:
                return f"The column {name!r} differs in {len(off)} of {len(theirs)} rows. {off[0]}"
        return ""

    def _cell(self, answer: Any, right: Any) -> str:
        if blank(right) != blank(answer):
            return "A value is missing, or should be."
        if blank(right):
            return ""
        if isinstance(right, int | float):
            return super().differ(answer, right)
        return "" if fold(answer) == fold(right) else "A name is another one."


def like_of(right: Any) -> Like:
    """The way to compare that suits a right answer."""
    match right:
        case Table():
            return table()
        case [] | [str(), *_]:
            return names()
        case list() | dict():
            return numbers()
        case str():
            return choice()
    return number()
