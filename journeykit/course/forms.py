"""Forms that an answer comes in, brought into one: a name, names, a number, numbers by name."""

import math
import re
from typing import Any

from .plain import Table, shown

NOISE = 1e-6
"""By how much of itself a number may be off that was computed in another order."""
FEWEST_DIGITS, ALL_DIGITS = 2, 15


def digits_of(answer: float, right: float) -> int:
    """Tell at how many digits an answer is the right one, rounded; 0 where it is at none.

    Examples
    --------
    >>> [digits_of(each, 0.13533) for each in (0.1, 0.14, 0.135, 0.1359)]
    [1, 2, 3, 0]
    """
    if math.isclose(answer, right, rel_tol=NOISE, abs_tol=1e-12):
        return ALL_DIGITS
    for digits in range(ALL_DIGITS - 1, 0, -1):
        if math.isclose(answer, float(f"{right:.{digits - 1}e}"), rel_tol=1e-12):
            return digits
    return 0


def no_number(answer: Any) -> str:
    """Say why an answer is no number to compare; empty where it is one."""
    if isinstance(answer, str) and answer.strip().replace(".", "", 1).isdigit():
        return "This is a text that looks like a number: take the quotes off."
    if isinstance(answer, bool) or not isinstance(answer, int | float):
        return f"One number is asked for; this is {shown(answer, 60)}."
    if abs(answer) > 1e300:
        return "This number is without end: something was divided by nothing."
    if math.isnan(answer):
        return "The result is not a number (NaN): a value is missing, or it is nothing by nothing."
    return ""


def paired(answer: Any, right: Any) -> dict[str, tuple[Any, Any]] | str:
    """Put each number beside the right one, or say why that cannot be."""
    answer, right = by_name(answer), by_name(right)
    if isinstance(right, list):
        if isinstance(answer, dict):
            answer = list(answer.values())
        elif isinstance(answer, Table):
            answer = list(answer.rows[0])
        if not isinstance(answer, list) or len(answer) != len(right):
            return f"{len(right)} numbers are asked for, in a list."
        return {f"number {n}": each for n, each in enumerate(zip(answer, right), 1)}
    if not isinstance(answer, dict):
        return "A number for each name is asked for: a dict, a Series, or a table of two columns."
    if wrong := names_differ(answer, right):
        return f"The names: {wrong}"
    given = {fold(key): value for key, value in answer.items()}
    return {key: (given[fold(key)], value) for key, value in right.items()}


def names_differ(answer: Any, right: Any) -> str:
    """Say how many names are too many, and how many are missing; empty where none is."""
    given, wanted = (set(map(fold, listed(each))) for each in (answer, right))
    extra, missing = len(given - wanted), len(wanted - given)
    does, are = "does" if extra == 1 else "do", "is" if missing == 1 else "are"
    said = [f"{extra} of your {len(given)} {does} not belong there"] if extra else []
    said += [f"{missing} {are} missing"] if missing else []
    return " and ".join(said) + "." * bool(said)


def picked(value: Any) -> Any:
    """Names with True and False beside them are the names that are True."""
    value = by_name(value)
    if isinstance(value, dict) and all(isinstance(each, bool) for each in value.values()):
        return [name for name, each in value.items() if each]
    return value


def fold(text: Any) -> str:
    """A name without what does not matter: case, and how its words are joined."""
    text = str(text).removesuffix("T00:00:00")  # a day, as an object of pandas has it
    return " ".join(re.split(r"[\s_-]+", str(text).casefold())).strip()


def alone(value: Any) -> Any:
    """A list, Series or table of one value is that value."""
    match value:
        case [inner] | Table(columns=[_], rows=[[inner]]):
            return alone(inner)
        case dict() if len(value) == 1:
            return alone(*value.values())
    return value


def listed(value: Any) -> list[Any]:
    """The names of a list, a dict or a table."""
    if isinstance(value, Table):
        return [row[0] for row in value.rows]
    return list(value) if isinstance(value, list | dict) else [value]


def by_name(value: Any) -> Any:
    """A table of two columns is names with their values."""
    if isinstance(value, Table) and len(value.columns) == 2:
        return {str(key): inner for key, inner in value.rows}
    return value


def mark(value: Any) -> str:
    """What rows are sorted by."""
    return f"{value:020.6f}" if isinstance(value, int | float) else fold(value)
