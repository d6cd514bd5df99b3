"""What can go wrong, as one family.

::

    JourneykitError
    ├── WorkshopError      the workshop folder or one of its files is wrong
    │   ├── FileProblem    a YAML file: carries file, line, key
    │   ├── MergeConflict  two people changed the same card
    │   └── Refused        a change that somebody asked for cannot be made
    ├── DataError          the data is missing, unreadable or breaks its contract
    │   ├── NoTable        a question is about a table that the workshop does not have
    │   ├── WhichColumn    a column that is needed cannot be told from the others
    │   └── UnknownName    an event, column, step or value that the data does not have
    ├── AnalysisError      the numbers asked for cannot be had from this data
    ├── Covered            a number that the team has still to guess
    ├── ExerciseError      an exercise is written wrong, or an answer cannot be read
    └── RunError           a run was refused before it began

Every message names the value, the rule and the fix, so that a person can go on without
reading code.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any


class JourneykitError(Exception):
    """The root of the family: catch this one to catch them all.

    Examples
    --------
    >>> import journeykit as jk
    >>> try:
    ...     jk.nps([11])
    ... except jk.JourneykitError as problem:
    ...     type(problem).__name__
    'DataError'
    """

    cell = ""

    def __str__(self) -> str:
        return _shorter(super().__str__())

    def told(self, view: Any) -> str:
        """Say it: in what goes out, and not to the team itself, without a cell of the data."""
        return str(self) if view.live else str(self).replace(repr(self.cell), "a value")


class WorkshopError(JourneykitError):
    """The workshop folder or one of its files is wrong."""


class FileProblem(WorkshopError):
    """A YAML file says something it must not.

    Parameters
    ----------
    message : str
        The problem in a sentence.
    file : str, optional
        The file, relative to the workshop folder.
    line : int, optional
        Its line, counted from 1.
    key : str, optional
        The key, dotted from the top of the file (``stages.purchase.name``).
    """

    def __init__(
        self, message: str, file: str | None = None, line: int | None = None, key: str | None = None
    ) -> None:
        message, key = _shorter(message), key and _shorter(key)
        self.message, self.file, self.line, self.key = message, file, line, key
        place = ":".join(str(part) for part in (file, line) if part is not None)
        where = ", ".join(filter(None, (place, key and f"at `{key}`")))
        super().__init__(f"{where}: {message}" if where else message)


def _shorter(text: str) -> str:
    """Leave out the middle of a long text: its ends hold the value and the fix."""
    return text if len(text) <= 1200 else f"{text[:600]} … {text[-600:]}"


class MergeConflict(WorkshopError):
    """Two people changed the same thing; nothing was written."""


class Refused(WorkshopError):
    """A change that somebody asked for cannot be made; nothing was changed."""


class DataError(JourneykitError):
    """The data is missing, unreadable or breaks its contract.

    Parameters
    ----------
    message : str
        The problem in a sentence.
    cell : str, optional
        A cell of the data that the sentence names: one customer's, perhaps.
    """

    def __init__(self, message: str, cell: object = "") -> None:
        super().__init__(message)
        self.cell = str(cell)


class NoTable(DataError):
    """A question is about a table that the workshop does not have.

    Parameters
    ----------
    table : str
        Its kind: events, surveys and so on.
    columns : str
        What it would need to have.
    """

    def __init__(self, table: str, columns: str) -> None:
        self.table = table
        super().__init__(
            f"the workshop has no {table}. This question would need a table with {columns}. "
            f"Name it in workshop.yaml under `data: {table}:`."
        )


class WhichColumn(DataError):
    """A column that is needed cannot be told from the others: a person has to say which it is."""


class UnknownName(DataError):
    """An event, column, step or value that the data does not have."""


class AnalysisError(JourneykitError):
    """The numbers asked for cannot be had from this data."""


class Covered(JourneykitError):
    """A number that the team has still to guess, or to skip."""


class ExerciseError(JourneykitError):
    """An exercise is written wrong, or an answer cannot be read."""


class RunError(JourneykitError):
    """A run was refused before it began."""


def did_you_mean(value: object, choices: Iterable[object], *, show: int = 8) -> str:
    """Say what the nearest right word is, or what the choices are.

    Parameters
    ----------
    value : object
        What was given.
    choices : iterable
        What is allowed.
    show : int
        How many choices to list where none is near; 0 for none.

    Returns
    -------
    str
        A sentence to end an error message with; empty where there are no choices.

    Examples
    --------
    >>> did_you_mean("purchse", ["visit", "purchase"])
    "Did you mean 'purchase'?"
    >>> did_you_mean("=>", [">", "<", ">=", "<="])
    "Did you mean '>='?"
    >>> did_you_mean("xyz", ["visit", "purchase"])
    "Allowed: 'visit', 'purchase'."
    """
    words = [*map(str, choices)]
    folded = {word.casefold(): word for word in reversed(words)}
    given = str(value).casefold()
    # '=>' is nearer to '>=' than to '>'
    turned = [word for word in folded if sorted(word) == sorted(given)]
    near = turned or difflib.get_close_matches(given, folded, 1)
    if near:
        return f"Did you mean {folded[near[0]]!r}?"
    if not words or not show:
        return ""
    listed = ", ".join(map(repr, words[:show]))
    more = f" and {len(words) - show} more" if len(words) > show else ""
    return f"Allowed: {listed}{more}."


def first_line(problem: Exception, labels: Mapping[Any, str] = {}) -> str:
    r"""Write a problem in one line; of a model's many complaints the first, with its field.

    ``labels`` says how a form calls its fields.

    Examples
    --------
    >>> first_line(WorkshopError("there is no stage 'buy'.\nMore about it."))
    "there is no stage 'buy'."
    """
    errors = getattr(problem, "errors", None)
    if callable(errors):  # pydantic: name the field and the rule
        first = errors()[0]
        field = " ".join(labels.get(part, str(part)) for part in first["loc"])
        said = "to be filled in" if first["type"] == "missing" else first["msg"]
        return f"{field}: {said}".removeprefix(": ")
    return str(problem).splitlines()[0] if str(problem) else type(problem).__name__
