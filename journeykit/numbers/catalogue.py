"""A number, declared once: what it is, what it takes, how it is said, drawn and claimed.

From a declaration follow the name at the kit's door, what happens where its table is missing, the
panel of a phase, the metrics that a claim can name, the entry in ``result.json``, the lines in the
docs, and the tests that every number passes.

A number is a function of tables; what else it takes (steps, goal, stages, the map) it names as a
parameter, and a *view* of an open workshop hands it in: one persona's session, or what a claim
narrows that to.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, TypeVar

from pandas import DataFrame, Series

from journeykit import words
from journeykit.declared import Metric as Metric
from journeykit.declared import beside, template
from journeykit.errors import AnalysisError, DataError, NoTable, UnknownName, did_you_mean
from journeykit.model import TABLES, Data, Facts, Model
from journeykit.words import Column, column_of, label, write

from .frames import ranked

CATALOGUE: dict[str, Number] = {}
"""Every number by its name."""
METRICS: dict[str, Metric] = {}
"""Every metric of the catalogue by its name."""
HOME: dict[str, Number] = {}
"""Metric to the number that it is taken from."""
_DECLARED = beside(__file__)
"""Number to what ``catalogue.toml`` says of it."""
_VIEW, _LOGS, _FEW = map(_DECLARED.pop, ("parameters", "logs", "least"))
"""What gives a parameter, which of them are event logs, and how many are needed of some."""
F = TypeVar("F", bound=Callable[..., DataFrame])


@dataclass(frozen=True)
class Number:
    """A number of the catalogue; made by `number`, whose parameters are its fields."""

    name: str
    function: Callable[..., DataFrame]
    ask: str
    counts: str | Callable[..., str]
    columns: tuple[Column, ...]
    claims: Mapping[str, Metric]
    needs: tuple[str, ...]
    id: str
    chart: str
    say: str | Callable[..., str] = ""
    show: Callable[..., DataFrame] | None = None
    result: Callable[..., Facts] | None = None
    notes: tuple[str, ...] = ()
    given: Mapping[str, str] = field(default_factory=dict)
    nothing: str = "The data has none of these."
    names: str = ""
    few: str = ""

    @cached_property
    def parameters(self) -> Mapping[str, inspect.Parameter]:
        """The parameters of the function."""
        return inspect.signature(self.function).parameters

    @cached_property
    def supplied(self) -> Mapping[str, str]:
        """The parameters that a view hands in, each with what it is of the view."""
        asked = {name: self.given.get(name, name) for name in self.parameters}
        return {name: source for name, source in asked.items() if source in (*_VIEW, *TABLES)}

    def differs(self, options: Facts) -> str:
        """Say in which parameters a question is another one than the kit's: "within 7 days"."""
        defaults = {name: asked.default for name, asked in self.parameters.items()}
        return ", ".join(
            f"{label(name).lower()} {'' if hasattr(value, 'columns') else write(value)}".strip()
            for name, value in options.items()
            if f"{{{name}}}" not in self.id
            and value is not None
            and repr(value) != repr(defaults.get(name))
        )

    @cached_property
    def table(self) -> str:
        """The kind of table that it needs, its first; "" for a number of the map."""
        kinds = (_LOGS.get(source, source) for source in self.supplied.values())
        return next((kind for kind in kinds if kind in TABLES), "")

    @cached_property
    def free(self) -> list[str]:
        """The parameters that a person may give without their names."""
        return [
            name
            for name, each in self.parameters.items()
            if name not in self.supplied and each.kind is each.POSITIONAL_OR_KEYWORD
        ]

    def answer(self, view: Any, *more: Any, **options: Any) -> DataFrame:
        """Ask the number of a view, with what the view has; the same question is asked once.

        ``more`` is what was given without a name and has no place: it is refused.
        """
        self._fits(more, options)
        given = {
            name: self._given(
                view, source, self.parameters[name].default is inspect.Parameter.empty
            )
            for name, source in self.supplied.items()
            if name not in options
        }

        def ask() -> DataFrame:
            frame = self.function(**given, **options)
            if "verdict" in frame and view.gate.shut:
                frame["verdict"] = "undecided"
            frame.attrs["asked"] = options
            return frame

        # Tables are told apart by what they are, all else by what it says: a long frame does not
        # say all that it holds, and who edits the workshop asks another question.
        key = [(k, _told_apart(v)) for k, v in sorted({**given, **options}.items())]
        # What was given is kept with the answer, so that no other table gets its place in memory.
        return view.once((self.name, *key), lambda: (ask(), given, options))[0]

    def _fits(self, more: tuple[Any, ...], options: Facts) -> None:
        """Refuse a parameter that there is not, and a question without what it must be given."""
        if more:
            takes = f"only {', '.join(self.free)}" if self.free else "nothing"
            given = f"{more[0]!r:.40} has no place: {self.name} takes {takes} without a name"
            raise AnalysisError(f"{given}. Write it as name=value.")
        free = {k: p for k, p in self.parameters.items() if k not in self.supplied}
        if any(each.kind is each.VAR_KEYWORD for each in free.values()):
            return
        for odd in (name for name in options if name not in self.parameters):
            raise UnknownName(f"{self.name} has no parameter {odd!r}. {did_you_mean(odd, [*free])}")
        for name, each in free.items():
            if each.default is each.empty and name not in options:
                raise AnalysisError(
                    f"{self.name} must be told {name}, as in {self.name}({name}=…)."
                )

    def sentence(self, frame: DataFrame, view: Any) -> str:
        """Say what was found; without words of its own, the first row."""
        if frame.empty:
            return self.nothing
        if self.say:
            return str(told(self.say, frame=frame, view=view))
        if said := getattr(sentences(), self.name, None):
            return said(frame, view) or self.nothing
        seen = [c for c in self.columns if c.key in frame.columns and c.unit != "flag"][:5]
        row = ", ".join(f"{c.label.lower()} {write(frame[c.key].iloc[0], c.unit)}" for c in seen)
        return f"{row[0].upper()}{row[1:]}{f'; {len(frame) - 1:,} more' if len(frame) > 1 else ''}."

    def _given(self, view: Any, name: str, required: bool) -> Any:
        """Get what the view has for a parameter; refuse a required table that is not there."""
        given, kind = supply(view, name, required), _LOGS.get(name, name)
        needs = self.needs if kind == self.table else ()
        if not required:
            return given
        least, what = _FEW.get(name, (0, ""))
        if least and len(given) < least:
            raise DataError(f"this question would need {what}.")
        if kind in TABLES and (given is None or (kind != "events" and given.empty)):
            raise NoTable(kind, ", ".join(needs or (c.name for c in TABLES[kind].required)))
        for column in needs:
            empty = isinstance(given, DataFrame) and given.get(column, Series()).isna().all()
            if column not in given.columns or empty:
                raise DataError(f"the {kind} have no column {column!r}.")
        return given


@cache
def sentences() -> Any:
    """The sentences of the kit's own numbers, which lie beside this file."""
    return template(__file__, "txt").make_module(
        vars(words) | {"ranked": ranked, "CATALOGUE": CATALOGUE}
    )


def told(part: Any, **offered: Any) -> Any:
    """Give a part of a declaration: as it stands, or what its function makes of what it names."""
    if not callable(part):
        return part
    return part(*(offered[name] for name in inspect.signature(part).parameters))


def _told_apart(value: Any) -> Any:
    """Name a value so that no other has the same name while it lives."""
    plain = isinstance(value, str | int | float | list | tuple | dict | Model | None)
    return repr(value) if plain else (type(value).__name__, id(value))


def supply(view: Any, parameter: str, required: bool = False) -> Any:
    """Give what a number names as a parameter; a table that is missing is None, unless required."""
    if parameter in _VIEW:
        return getattr(view, _VIEW[parameter])
    try:
        return view.table(parameter)
    except DataError:
        if required:
            raise
        return None


def number(*words: str, **own: Any) -> Callable[[F], F]:
    """Declare a number: decorate the function that computes it.

    The words of the kit's own stand together in ``catalogue.toml``, under their names, and their
    sentences in ``catalogue.txt.j2``; a number may also be told all of them here, the first three
    without their names. The functions of a declaration take what they name of ``frame`` (the
    answer) and ``view``; those of a metric also ``of`` and ``stage``.

    Parameters
    ----------
    ask : str
        The question that it answers, as the title of its panel.
    counts : str or function
        What is counted, and over what.
    columns : str
        The columns that people see, in their order; ``name:unit`` where the unit is another one
        than that of :mod:`journeykit.words.columns`.
    claims : mapping, optional
        What a claim can name of it: a metric to its fields, or to its ``take``.
    needs : str
        Columns without which it cannot be asked.
    chart : str
        A chart of :mod:`journeykit.charts`, by its name; without it the one that has the name of
        the number, with ``""`` none. Numbers never import charts.
    say : function
        The sentence of the finding.
    show : function
        The frame as the panel shows it, where that is not the answer itself; ``say``, ``counts``,
        ``chart`` and ``result`` get this one, with the names of stages in place of their ids.
    result : function
        What ``result.json`` holds of it; in ``catalogue.toml``: the columns of keys and values.
    notes : tuple of str
        What to know when reading it.
    given : mapping of str to str
        Parameter to what of the view it gets, where that is not of its name; "" for nothing.
    nothing : str
        The sentence where the answer has no row.
    id : str
        Its id in ``result.json``; without it the name, with dashes.
    names : str
        The columns whose values come from the data and name the rows; ``ours=theirs`` where the
        table's is called otherwise. A parameter stands for the column that it is given. In what
        goes out, values of few customers are joined (:mod:`journeykit.numbers.few`).
    few : str
        Of a ranking, the column that counts a row's customers: rows of few do not go out.

    Examples
    --------
    >>> @number("How many are there?", "customers", "users")
    ... def how_many(events):
    ...     return pd.DataFrame({"users": [events.users]})
    >>> CATALOGUE.pop("how_many").table
    'events'
    """

    def declare(function: F) -> F:
        name = function.__name__
        said = _DECLARED.get(name, {})
        told: Data = {"id": name.replace("_", "-"), "chart": name, **said}
        told |= {**dict(zip(("ask", "counts", "columns"), words)), **own}
        told["columns"] = tuple(map(column_of, told["columns"].split()))
        if pair := said.get("result"):
            told["result"] = lambda frame: dict(zip(*(frame[c] for c in pair.split())))
        told["needs"] = tuple(told.get("needs", "").split())
        told["claims"] = _metrics(said.get("claims", {}), own.get("claims", {}))
        made = Number(name, function, **told)
        CATALOGUE[name] = made
        for metric, about in made.claims.items():
            METRICS[metric] = about if about.table else about._replace(table=made.table)
            HOME[metric] = made
        return function

    return declare


def _metrics(declared: Facts, more: Facts) -> dict[str, Metric]:
    """Make the metrics of a number: what the file says of each, and what takes a function."""
    fields = {name: {"take": own} if callable(own) else own for name, own in more.items()}
    return {
        name: Metric(**{**declared.get(name, {}), **fields.get(name, {})})
        for name in {**declared, **fields}
    }
