"""How an answer is held against the right one: lenient in form, strict in what was asked.

Each public function here returns a :class:`Like`. Its ``differ(answer, right)`` is empty where the
two say the same, else a sentence on what differs that does not give the right answer away. Order of
rows and columns, the index, int or float and capital letters do not matter; what is counted does.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from journeykit.course.plain import Table, blank, shown
from journeykit.errors import did_you_mean

ROUNDING = 0.005
"""Numbers with a fraction may differ by half a percent, which is rounding."""


@dataclass(frozen=True)
class Like:
    """A way to compare: says in a sentence what differs, or nothing."""

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
    return Like(partial(_number, within=within))


def choice(*options: str) -> Like:
    """Compare one name, such as the step that loses most; spelling of spaces and case is free.

    Parameters
    ----------
    *options : str
        The names that there are, so that a wrong spelling can be told from a wrong choice.
    """
    return Like(partial(_choice, options=options))


def names(*options: str) -> Like:
    """Compare a set of names, in any order."""
    return Like(partial(_names, options=options))


def ranking(*options: str) -> Like:
    """Compare a list of names whose order is the answer."""
    return Like(partial(_ranking, options=options))


def numbers(within: float | None = None) -> Like:
    """Compare several numbers: by name (a dict, a Series, a table of two columns) or by place (a list).

    Parameters
    ----------
    within : float, optional
        As in :func:`number`, for each.
    """
    return Like(partial(_numbers, within=within))


def table(*keys: str, within: float | None = None) -> Like:
    """Compare a table, row by row.

    Parameters
    ----------
    *keys : str
        The columns that say which row is which; without them, those that hold no fractions.
    within : float, optional
        As in :func:`number`, for each number.
    """
    return Like(partial(_table, keys=keys, within=within))


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
    return " ".join(str(text).casefold().replace("_", " ").replace("-", " ").split())


def _alone(value: Any) -> Any:
    """A list, Series or table of one value is that value."""
    match value:
        case [inner] | Table(columns=[_], rows=[[inner]]):
            return _alone(inner)
        case dict() if len(value) == 1:
            return _alone(*value.values())
    return value


def _number(answer: Any, right: Any, within: float | None) -> str:
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
        return "The result is not a number (NaN): a value is missing, or nothing was divided by nothing."
    exact = 1e-9 if float(right).is_integer() else ROUNDING * abs(right)
    room = exact if within is None else within
    off, way = abs(answer - right), "high" if answer > right else "low"
    if off <= room + 1e-12:
        return ""
    if abs(right) <= 1 and abs(answer - 100 * right) <= 100 * room + 0.06:
        return "That looks like percent; a share from 0 to 1 is asked for."
    if off <= 0.05 * abs(right):
        return f"Close, but a little too {way}. Was it rounded on the way?"
    return f"It is too {way}."


def _unknown(given: Iterable[Any], options: Sequence[str]) -> str:
    """Say which name there is not, where it is known which there are."""
    known = {_fold(each) for each in options}
    strange = [each for each in given if known and _fold(each) not in known]
    if not strange:
        return ""
    return f"{strange[0]!r} is none of the names. {did_you_mean(strange[0], options)}"


def _choice(answer: Any, right: Any, options: Sequence[str]) -> str:
    answer = _alone(answer)
    if not isinstance(answer, str):
        return f"A name is asked for, as a text in quotes; this is {shown(answer)}."
    if _fold(answer) == _fold(right):
        return ""
    return _unknown([answer], options) or "It is another one."


def _listed(value: Any) -> list[Any]:
    if isinstance(value, Table):
        return [row[0] for row in value.rows]
    return list(value) if isinstance(value, list | dict) else [value]


def _names(answer: Any, right: Any, options: Sequence[str] = ()) -> str:
    if unknown := _unknown(_listed(answer), options):
        return unknown
    given, wanted = (set(map(_fold, _listed(each))) for each in (answer, right))
    extra, missing = len(given - wanted), len(wanted - given)
    does = "does" if extra == 1 else "do"
    said = [f"{extra} of your {len(given)} {does} not belong there"] if extra else []
    said += [f"{missing} {'is' if missing == 1 else 'are'} missing"] if missing else []
    return " and ".join(said) + "." * bool(said)


def _ranking(answer: Any, right: Any, options: Sequence[str]) -> str:
    if wrong := _names(answer, right, options):
        return wrong
    same = [_fold(a) == _fold(b) for a, b in zip(_listed(answer), _listed(right), strict=True)]
    if all(same):
        return ""
    place = same.index(False) + 1
    return f"The names are right, their order is not: place {place} is another one's."


def _by_name(value: Any) -> Any:
    if isinstance(value, Table) and len(value.columns) == 2:
        return {str(key): inner for key, inner in value.rows}
    return value


def _numbers(answer: Any, right: Any, within: float | None) -> str:
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
        return "A number for each name is asked for: a dict, a Series, or a table of two columns."
    elif wrong := _names(answer, right):
        return f"The names: {wrong}"
    folded = {_fold(key): value for key, value in answer.items()}
    said = {str(key): _number(folded[_fold(key)], value, within) for key, value in right.items()}
    off = [f"{key}: {each[0].lower()}{each[1:]}" for key, each in said.items() if each]
    return f"{len(off)} of {len(said)} differ. For example {off[0]}" if off else ""


def _table(answer: Any, right: Any, keys: Sequence[str], within: float | None) -> str:
    if not isinstance(answer, Table):
        return f"A table is asked for; this is {shown(answer, 60)}."
    for name in right.columns:
        if name not in answer.columns:
            return f"The column {name!r} is missing. {did_you_mean(name, answer.columns)}"
    if len(answer.rows) != len(right.rows):
        return f"It has {len(answer.rows)} rows where {len(right.rows)} belong."
    keys = keys or [name for name in right.columns if not any(map(_fraction, right.column(name)))]
    ours, theirs = (
        sorted(
            (dict(zip(each.columns, row)) for row in each.rows),
            key=lambda row: [_mark(row[key]) for key in keys],
        )
        for each in (answer, right)
    )
    for name in dict.fromkeys((*keys, *right.columns)):
        said = [_cell(a[name], b[name], within) for a, b in zip(ours, theirs)]
        off = [each for each in said if each]
        if off:
            return f"The column {name!r} differs in {len(off)} of {len(theirs)} rows. {off[0]}"
    return ""


def _fraction(value: Any) -> bool:
    return isinstance(value, float) and not value.is_integer()


def _mark(value: Any) -> str:
    return f"{value:020.6f}" if isinstance(value, int | float) else _fold(value)


def _cell(answer: Any, right: Any, within: float | None) -> str:
    if blank(right) or blank(answer):
        return "" if blank(right) and blank(answer) else "A value is missing, or should be."
    if isinstance(right, int | float):
        return _number(answer, right, within)
    return "" if _fold(answer) == _fold(right) else "A name is another one."
