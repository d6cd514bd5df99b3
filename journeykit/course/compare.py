"""How an answer is held against the right one: lenient in form, strict in what was asked.

Each function here returns a :class:`Like`. Its ``differ(answer, right)`` is empty where the two
say the same, else a sentence on what differs that does not give the right answer away. Order of
rows and columns, the index, int or float and capital letters do not matter; what is counted does.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from journeykit.course.plain import Table, blank, shown
from journeykit.errors import did_you_mean

__all__ = ["Like", "choice", "like_of", "names", "number", "numbers", "ranking", "table"]

ROUNDING = 0.005
"""Numbers with a fraction may differ by half a percent, which is rounding."""


@dataclass(frozen=True)
class Like:
    """A way to compare: what an answer should be, in words, and what differs."""

    words: str
    differ: Callable[[Any, Any], str]


def number(within: float | None = None) -> Like:
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
    return Like("one number", lambda answer, right: _number(_alone(answer), right, within))


def choice(*options: str) -> Like:
    """Compare one name, such as the step that loses most; spelling of spaces and case is free.

    Parameters
    ----------
    *options : str
        The names that there are, so that a wrong spelling can be told from a wrong choice.
    """

    def differ(answer: Any, right: Any) -> str:
        answer = _alone(answer)
        if not isinstance(answer, str):
            return f"A name is asked for, as a text in quotes; this is {shown(answer)}."
        if _fold(answer) == _fold(right):
            return ""
        if options and _fold(answer) not in map(_fold, options):
            return f"{answer!r} is none of the names. {did_you_mean(answer, options)}"
        return "It is another one."

    return Like("one name, in quotes", differ)


def names(*options: str) -> Like:
    """Compare a set of names, in any order."""
    return Like(
        "a list of names, in any order", lambda answer, right: _names(answer, right, options)
    )


def ranking(*options: str) -> Like:
    """Compare a list of names whose order is the answer."""

    def differ(answer: Any, right: Any) -> str:
        wrong = _names(answer, right, options)
        if wrong:
            return wrong
        same = [_fold(a) == _fold(b) for a, b in zip(_list(answer), _list(right), strict=True)]
        if all(same):
            return ""
        return f"The names are right, their order is not: place {same.index(False) + 1} is another one's."

    return Like("a list of names in order", differ)


def numbers(within: float | None = None) -> Like:
    """Compare several numbers: by name (a dict, a Series, a table of two columns) or by place (a list).

    Parameters
    ----------
    within : float, optional
        As in :func:`number`, for each.
    """
    return Like("a number for each name", lambda answer, right: _numbers(answer, right, within))


def table(*keys: str, within: float | None = None) -> Like:
    """Compare a table, row by row.

    Parameters
    ----------
    *keys : str
        The columns that say which row is which; without them, those that hold no fractions.
    within : float, optional
        As in :func:`number`, for each number.
    """
    return Like("a table", lambda answer, right: _table(answer, right, keys, within))


def like_of(right: Any) -> Like:
    """The way to compare that suits a right answer."""
    if isinstance(right, Table):
        return table()
    if isinstance(right, dict) or (
        isinstance(right, list) and not isinstance((right or [""])[0], str)
    ):
        return numbers()
    if isinstance(right, list):
        return names()
    return choice() if isinstance(right, str) else number()


def _fold(text: Any) -> str:
    return " ".join(str(text).casefold().replace("_", " ").replace("-", " ").split())


def _alone(value: Any) -> Any:
    """A list, Series or table of one value is that value."""
    while True:
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        elif isinstance(value, dict) and len(value) == 1:
            value = next(iter(value.values()))
        elif isinstance(value, Table) and len(value.rows) == 1 and len(value.columns) == 1:
            value = value.rows[0][0]
        else:
            return value


def _number(answer: Any, right: Any, within: float | None) -> str:
    if isinstance(right, bool) and isinstance(answer, bool):
        return "" if answer is right else "It is the other one."
    if isinstance(right, bool):
        return f"True or False is asked for; this is {shown(answer, 60)}."
    if isinstance(answer, bool) or not isinstance(answer, int | float):
        return _no(answer)
    if abs(answer) > 1e300 or math.isinf(answer):
        return "This number is without end: something was divided by nothing."
    if math.isnan(answer):
        return "The result is not a number (NaN): a value is missing, or nothing was divided by nothing."
    whole = isinstance(right, int) or float(right).is_integer()
    room = within if within is not None else 1e-9 if whole else ROUNDING * abs(right)
    off = abs(answer - right)
    if off <= room + 1e-12:
        return ""
    if abs(right) <= 1 and abs(answer - 100 * right) <= 100 * room + 0.06:
        return "That looks like percent; a share from 0 to 1 is asked for."
    if off <= 0.05 * abs(right):
        return f"Close, but a little too {'high' if answer > right else 'low'}. Was it rounded on the way?"
    return f"It is too {'high' if answer > right else 'low'}."


def _no(answer: Any) -> str:
    if isinstance(answer, str) and answer.strip().replace(".", "", 1).isdigit():
        return "This is a text that looks like a number: take the quotes off."
    return f"One number is asked for; this is {shown(answer, 60)}."


def _list(value: Any) -> list[Any]:
    if isinstance(value, Table):
        return [row[0] for row in value.rows]
    if isinstance(value, dict):
        return list(value)
    return value if isinstance(value, list) else [value]


def _names(answer: Any, right: Any, options: Sequence[str]) -> str:
    given, wanted = {_fold(each) for each in _list(answer)}, {_fold(each) for each in _list(right)}
    unknown = given - {_fold(each) for each in options} if options else set()
    if unknown:
        return f"{min(unknown)!r} is none of the names. {did_you_mean(min(unknown), options)}"
    extra, missing = len(given - wanted), len(wanted - given)
    if not extra and not missing:
        return ""
    parts = [
        f"{extra} of your {len(given)} does not belong there"
        if extra == 1
        else f"{extra} of your {len(given)} do not belong there"
        if extra
        else "",
        f"{missing} is missing" if missing == 1 else f"{missing} are missing" if missing else "",
    ]
    return f"{' and '.join(part for part in parts if part)}.".capitalize()


def _mapping(value: Any) -> Any:
    if isinstance(value, Table) and len(value.columns) == 2:
        return {str(key): inner for key, inner in value.rows}
    return value


def _numbers(answer: Any, right: Any, within: float | None) -> str:
    answer, right = _mapping(answer), _mapping(right)
    if isinstance(right, list):
        if isinstance(answer, dict | Table):
            answer = list(answer.values()) if isinstance(answer, dict) else list(answer.rows[:1][0])
        if not isinstance(answer, list) or len(answer) != len(right):
            return f"{len(right)} numbers are asked for, in a list."
        pairs = [
            (f"number {place}", a, b)
            for place, (a, b) in enumerate(zip(answer, right, strict=True), 1)
        ]
    else:
        if not isinstance(answer, dict):
            return (
                "A number for each name is asked for: a dict, a Series, or a table of two columns."
            )
        wrong = _names(list(answer), list(right), ())
        if wrong:
            return f"The names: {wrong[0].lower()}{wrong[1:]}"
        folded = {_fold(key): value for key, value in answer.items()}
        pairs = [(str(key), folded[_fold(key)], value) for key, value in right.items()]
    said = [(name, _number(a, b, within)) for name, a, b in pairs]
    off = [(name, sentence) for name, sentence in said if sentence]
    if not off:
        return ""
    return f"{len(off)} of {len(pairs)} differ. For example {off[0][0]}: {off[0][1][0].lower()}{off[0][1][1:]}"


def _table(answer: Any, right: Any, keys: Sequence[str], within: float | None) -> str:
    if not isinstance(answer, Table):
        return f"A table is asked for; this is {shown(answer, 60)}."
    missing = [name for name in right.columns if name not in answer.columns]
    if missing:
        return f"The column {missing[0]!r} is missing. {did_you_mean(missing[0], answer.columns)}"
    if len(answer.rows) != len(right.rows):
        return f"It has {len(answer.rows)} rows where {len(right.rows)} belong."
    keys = keys or [name for name in right.columns if not _fractions(right.column(name))]
    ours, theirs = (_sorted(each, right.columns, keys) for each in (answer, right))
    for name in (*keys, *(each for each in right.columns if each not in keys)):
        place = right.columns.index(name)
        off = [
            said
            for a, b in zip(ours, theirs, strict=True)
            if (said := _cell(a[place], b[place], within))
        ]
        if off:
            return f"The column {name!r} differs in {len(off)} of {len(theirs)} rows. {off[0]}"
    return ""


def _fractions(values: Sequence[Any]) -> bool:
    return any(isinstance(value, float) and not value.is_integer() for value in values)


def _sorted(each: Table, columns: Sequence[str], keys: Sequence[str]) -> list[tuple[Any, ...]]:
    places = [each.columns.index(name) for name in columns]
    rows = [tuple(row[place] for place in places) for row in each.rows]
    marks = [list(columns).index(name) for name in keys]
    return sorted(rows, key=lambda row: [_mark(row[mark]) for mark in marks])


def _mark(value: Any) -> str:
    return f"{value:020.6f}" if isinstance(value, int | float) else _fold(value)


def _cell(answer: Any, right: Any, within: float | None) -> str:
    if blank(right) or blank(answer):
        return "" if blank(right) and blank(answer) else "A value is missing, or should be."
    if isinstance(right, int | float):
        return _number(answer, right, within)
    return "" if _fold(answer) == _fold(right) else "A name is another one."
