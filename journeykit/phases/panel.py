"""A panel: one finding, in words, as a picture and as a table.

Every guided cell returns one. In a notebook it shows itself; a report is built from the
panels that the executed notebooks hold (mime ``application/vnd.journeykit.panel+json``).
"""

import base64
import functools
import html
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

import pandas as pd

from journeykit import words
from journeykit.declared import beside, phrase, template
from journeykit.errors import Covered, JourneykitError, NoTable
from journeykit.model import WAITS
from journeykit.numbers.few import masked
from journeykit.words import Column, column_of, table_of, written

PANEL_MIME = "application/vnd.journeykit.panel+json"

Found = dict[str, Any]


@dataclass(frozen=True)
class Panel:
    """What one cell of a guided notebook found.

    Parameters
    ----------
    id, phase : str
        Where it belongs; the pair is unique within a run.
    title : str
        What was asked.
    sentence : str
        The finding in words, with its numbers.
    counts : str
        What the numbers count and over what.
    frame : DataFrame, optional
        The table behind the picture; at most 60 rows are kept.
    columns : sequence of str, optional
        Which columns of the frame to show, in which order.
    chart : altair chart, optional
        The picture.
    svg : str, optional
        The picture, where it is no chart.
    html : str, optional
        The picture as HTML, where it is a page to read; user text in it is escaped.
    sheets, booklet : sequence of str
        The same picture laid out for sheets of A3, and as a booklet of A4, for printing.
    notes : sequence of str
        What to know when reading it.
    numbers : mapping
        The main numbers, for ``result.json``.
    own : bool
        Whether the team made it (`w.show`): the index names it.
    more : sequence of Panel
        Panels that are shown below it.
    """

    id: str
    phase: str
    title: str
    sentence: str = ""
    counts: str = ""
    frame: pd.DataFrame | None = None
    columns: Sequence[str] | None = None
    chart: Any = None
    svg: str | None = None
    html: str | None = None
    sheets: Sequence[str] = ()
    booklet: Sequence[str] = ()
    notes: Sequence[str] = ()
    numbers: Mapping[str, Any] = field(default_factory=dict)
    sql: str = ""
    own: bool = False
    more: Sequence["Panel"] = ()

    def outgoing(self) -> Self:
        """Mask how to reach somebody in its words, and leave out whose row each is."""
        told: Found = {
            name: _masked(getattr(self, name))
            for name in ("title", "sentence", "counts", "notes", "numbers")
        }
        if self.frame is not None:
            frame = self.frame.drop(columns="user_id", errors="ignore")  # where it has one
            words = frame.select_dtypes(["object", "string"]).map(_masked)
            told["frame"] = frame.assign(**words) if len(words.columns) else frame
            told["frame"].attrs = self.frame.attrs
        if self.chart is not None:
            drawn = json.loads(self.chart.to_json(validate=False))
            if (hidden := _masked(drawn)) != drawn:
                told["chart"] = type(self.chart).from_dict(hidden, validate=False)
        return replace(self, **told)

    def table(self, **most: Any) -> Found | None:
        """Return the table as plain data: columns with key, label and unit, and rows (60; see
        `table_of`).
        """
        if self.frame is None:
            return None
        shown = [
            column if isinstance(column, Column) else column_of(column)
            for column in self.columns or self.frame.columns
        ]
        made = table_of(self.frame, shown, **most)
        return {**made, "rows": plain(made["rows"])}

    def data(self) -> Found:
        """Return the panel as plain data, without the picture."""
        own = "id phase title sentence counts sql html own".split()
        return {
            **{name: getattr(self, name) for name in own},
            "table": self.table(),
            "sheets": list(self.sheets),
            "booklet": list(self.booklet),
            "notes": list(self.notes),
            "numbers": plain(dict(self.numbers)),
        }

    def _ipython_display_(self) -> None:
        from IPython.display import display

        from journeykit.charts import renderer

        parts: list[Found] = [
            {"text/html": self._head(), "text/plain": f"{self.title}: {self.sentence}"}
        ]
        if self.svg is not None:
            parts.append({"image/svg+xml": self.svg, "text/plain": self.title})
        elif self.chart is not None:
            parts.append(renderer.bundle(self.chart, self.title, self.sentence))
        elif self.html is not None:
            parts.append({"text/html": self.html, "text/plain": self.title})
        parts[-1][PANEL_MIME] = self.data()
        if (self.frame is not None and len(self.frame)) or self.notes:
            parts.append({"text/html": self._foot(), "text/plain": ""})
        for part in parts:
            display(part, raw=True)
        for panel in self.more:
            display(panel)

    def page(self) -> str:
        """Draw all of it as one piece of HTML, as the still of a widget."""
        picture = self.html or ""
        if self.svg:  # pages that show foreign notebooks take SVG only as an image
            shown = base64.b64encode(self.svg.encode()).decode()
            source = f"data:image/svg+xml;base64,{shown}"
            picture = f"<img alt='{html.escape(self.title)}' src='{source}' width='100%'>"
        return self._head() + picture + self._foot(most=None)

    def _head(self) -> str:
        return str(template(__file__).module.head(self))

    def _foot(self, **most: Any) -> str:
        table = self.table(**most)
        drawn = written(table) if table and table["rows"] else None
        return str(template(__file__).module.foot(self, drawn))


_DECLARED = beside(__file__)
NOT_YET = "Not answered yet. Open this notebook in JupyterLab to do it."


def says(sentence: str, **more: Any) -> Found:
    """Answer a question: the finding in words, and what else a `Panel` takes."""
    return {"sentence": sentence, **more}


def unmeasured(view: Any) -> bool:
    """Tell whether there is no data at all: then each question of numbers waits."""
    return not (view.workshop.data or view.source)


def not_measured(problem: JourneykitError, view: Any) -> Found:
    """Say why there is no number, and which table is missing where it is a table."""
    missing = {"missing": problem.table} if isinstance(problem, NoTable) else {}
    if unmeasured(view):
        return says(WAITS, numbers=missing)
    said = f"{'' if isinstance(problem, Covered) else 'Not measured: '}{problem.told(view)}"
    return says(said, numbers=missing)


def asks(method: Callable[..., Any]) -> Callable[..., Any]:
    """Declare a question of a phase; `panel.toml` says its title, and how a finding is said.

    With ``each`` it is asked of every as-is map of the persona, which the method takes: the answer
    for the first is the panel, those for further ones stand below it. The method answers with a
    sentence, with what a `Panel` takes and what its words are made of, or with a widget. What the
    kit refuses to compute is a panel with the reason, and the phase goes on.
    """
    phase, name = method.__qualname__.split(".")
    declared = {**_DECLARED[phase][name]}
    title, id = declared.pop("title"), declared.pop("id", name.replace("_", "-"))
    each = declared.pop("each", False)

    @functools.wraps(method)
    def asked(self: Any, *given: Any, **options: Any) -> Any:
        if not each:
            return answered(self, id, "", *given, **options)
        maps = self.w.journeys or [self.w.journey]
        several = len(maps) > 1
        first, *more = (
            answered(self, id + f"-{one.id}" * bool(n), f" ({one.name})" * several, one)
            for n, one in enumerate(maps)
        )
        return replace(first, more=more)

    def answered(self: Any, id: str, of: str, *given: Any, **options: Any) -> Any:
        more = declared
        try:
            self.w.cover(method.__qualname__)
            found = method(self, *given, **options)
        except JourneykitError as problem:
            found, more = not_measured(problem, self.w), {}
        if isinstance(found, str):
            found, more = says(found), {}
        if not isinstance(found, dict):
            return found
        named = title.format(persona=self.w.persona.name) + of
        return self.panel(id, **{"title": named, **_worded(more, found, self.w)})

    return asked


def _worded(declared: Found, found: Found, w: Any) -> Found:
    """Say what was found in the words that are declared, where it has none of its own."""
    known, write = {**found, "w": w}, vars(words)

    def made(texts: Found, **more: Any) -> Found:
        values = {key: phrase(text, True)(write, **known, **more) for key, text in texts.items()}
        return {key: value for key, value in values.items() if type(value).__name__ != "Undefined"}

    def said(text: Any) -> Any:
        if isinstance(text, str):
            return phrase(text)(write, **known)
        return [*filter(None, map(said, text))]

    own = {**declared}
    cells, numbers = own.pop("cells", {}), own.pop("numbers", {})
    if "rows" in found:
        rows = [made(cells, row=row) for row in found["rows"]]
        known["frame"] = pd.DataFrame(rows, columns=None if rows else [*cells])
    known = {"numbers": made(numbers), **known}
    own = {key: said(text) for key, text in own.items()}
    notes = [*found.get("notes", ()), *own.get("notes", ())]
    shown = {**own, **known, "notes": notes}
    return {key: value for key, value in shown.items() if key in Panel.__dataclass_fields__}


def plain(value: Any) -> Any:
    """Turn numpy and pandas values into what JSON can hold; not-a-number becomes None."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set):
        return [plain(item) for item in value]
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, str | int | float | bool) else str(value)


def _masked(value: Any) -> Any:
    """Mask how to reach somebody, however deep."""
    if isinstance(value, Mapping):
        return {_masked(key): _masked(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(map(_masked, value))
    return masked(value, prose=True) if isinstance(value, str) else value
