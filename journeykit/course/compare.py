"""How an answer is held against the right one: lenient in form, strict in what was asked.

Each way to compare is a :class:`Like`. Its ``differ(answer, right)`` is empty where the two say the
same, else a sentence on what differs that does not give the right answer away. Order of rows and
columns, the index, int or float and capital letters do not matter; what is counted does.
"""

import math
import re
from collections.abc import Iterable
from typing import Any

from journeykit.errors import did_you_mean

from .plain import Table, blank, shown

ROUNDING = 0.005
"""Numbers with a fraction may differ by half a percent, which is rounding."""


class Like:
    """A way to compare."""

    def differ(self, answer: Any, right: Any) -> str:
        """Say in a sentence what differs; empty where nothing does."""
        raise NotImplementedError


class number(Like):
    """Compare one number.

    Parameters
    ----------
    within : float, optional
        How far off it may be. Without it whole numbers must be exact, and others within half a
        percent of the right one.

    Examples
    --------
    >>> number().differ(812.0, 812), number().differ(13.5, 0.1353)
    ('', 'That looks like percent; a share from 0 to 1 is asked for.')
    """

    def __init__(self, within: float | None = None) -> None:
        self.within = within

    def differ(self, answer: Any, right: Any) -> str:
        """Say in a sentence what differs."""
        answer = _alone(answer)
        if isinstance(right, bool):
            if isinstance(answer, bool):
                return "" if answer is right else "It is the other one."
            return f"True or False is asked for; this is {shown(answer, 60)}."
        if isinstance(answer, str) and answer.strip().replace(".", "", 1).isdigit():
            return "This is a text that looks like a number: take the quotes off."
        if isinstance(answer, bool) or not isinstance(answer, int | float):
            return f"One number is asked for; this is {shown(answer, 60)}."
        if abs(answer) > 1e300:
            return "This number is without end: something was divided by nothing."
        if math.isnan(answer):
            return (
                "The result is not a number (NaN): a value is missing, or nothing was divided by "
                "nothing."
            )
        exact = 1e-9 if float(right).is_integer() else ROUNDING * abs(right)
        room = exact if self.within is None else self.within
        off, way = abs(answer - right), "high" if answer > right else "low"
        if off <= room + 1e-12:
            return ""
        if abs(right) <= 1 and abs(answer - 100 * right) <= 100 * room + 0.06:
            return "That looks like percent; a share from 0 to 1 is asked for."
        if off <= 0.05 * abs(right):
            return f"Close, but a little too {way}. Was it rounded on the way?"
        return f"It is too {way}."


class numbers(number):
    """Compare numbers: by name (a dict, a Series, a table of two columns) or by place (a list).

    Parameters
    ----------
    within : float, optional
        As in :class:`number`, for each.
    """

    def differ(self, answer: Any, right: Any) -> str:
        """Say in a sentence what differs."""
        answer, right = _by_name(answer), _by_name(right)
        if isinstance(right, list):
            if isinstance(answer, dict):
                answer = list(answer.values())
            elif isinstance(answer, Table):
                answer = list(answer.rows[0])
            if not isinstance(answer, list) or len(answer) != len(right):
                return f"{len(right)} numbers are asked for, in a list."
            answer, right = (
                {f"number {place}": each for place, each in enumerate(side, 1)}
                for side in (answer, right)
            )
        elif not isinstance(answer, dict):
            return (
                "A number for each name is asked for: a dict, a Series, or a table of two columns."
            )
        elif wrong := names().differ(answer, right):
            return f"The names: {wrong}"
        given = {_fold(key): value for key, value in answer.items()}
        off = [
            f"{key}: {said[0].lower()}{said[1:]}"
            for key in right
            if (said := super(numbers, self).differ(given[_fold(key)], right[key]))
        ]
        return f"{len(off)} of {len(right)} differ. For example {off[0]}" if off else ""


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
        answer = _alone(answer)
        if not isinstance(answer, str):
            return f"A name is asked for, as a text in quotes; this is {shown(answer)}."
        if _fold(answer) == _fold(right):
            return ""
        return self._unknown([answer]) or "It is another one."

    def _unknown(self, given: Iterable[Any]) -> str:
        """Say which name there is not, where it is known which there are."""
        known = set(map(_fold, self.options))
        for name in given:
            if known and _fold(name) not in known:
                return f"{name!r} is none of the names. {did_you_mean(name, self.options)}"
        return ""


class names(choice):
    """Compare a set of names, in any order."""

    def differ(self, answer: Any, right: Any) -> str:
        """Say in a sentence what differs."""
        if unknown := self._unknown(_listed(answer)):
            return unknown
        given, wanted = (set(map(_fold, _listed(each))) for each in (answer, right))
        extra, missing = len(given - wanted), len(wanted - given)
        does, are = "does" if extra == 1 else "do", "is" if missing == 1 else "are"
        said = [f"{extra} of your {len(given)} {does} not belong there"] if extra else []
        said += [f"{missing} {are} missing"] if missing else []
        return " and ".join(said) + "." * bool(said)


class ranking(names):
    """Compare a list of names whose order is the answer."""

    def differ(self, answer: Any, right: Any) -> str:
        """Say in a sentence what differs."""
        if wrong := super().differ(answer, right):
            return wrong
        pairs = zip(_listed(answer), _listed(right), strict=True)
        for place, (given, wanted) in enumerate(pairs, 1):
            if _fold(given) != _fold(wanted):
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
                key=lambda row: [_mark(row[key]) for key in keys],
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
        return "" if _fold(answer) == _fold(right) else "A name is another one."


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


def _fold(text: Any) -> str:
    return " ".join(re.split(r"[\s_-]+", str(text).casefold())).strip()


def _alone(value: Any) -> Any:
    """A list, Series or table of one value is that value."""
    match value:
        case [inner] | Table(columns=[_], rows=[[inner]]):
            return _alone(inner)
        case dict() if len(value) == 1:
            return _alone(*value.values())
    return value


def _listed(value: Any) -> list[Any]:
    if isinstance(value, Table):
        return [row[0] for row in value.rows]
    return list(value) if isinstance(value, list | dict) else [value]


def _by_name(value: Any) -> Any:
    if isinstance(value, Table) and len(value.columns) == 2:
        return {str(key): inner for key, inner in value.rows}
    return value


def _mark(value: Any) -> str:
    return f"{value:020.6f}" if isinstance(value, int | float) else _fold(value)
