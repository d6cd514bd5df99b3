"""Ordinary forms that save themselves: what is typed is in the folder half a second later."""

import datetime as dt
import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ipywidgets as ipw

from journeykit.errors import JourneykitError, first_line
from journeykit.model import Data, Facts

from .live import running_loop

Save = Callable[[list[Data]], str | None]
PAUSE = 0.5
STYLE = (Path(__file__).parent / "forms.css").read_text("utf-8")


@dataclass(frozen=True)
class Field:
    """One question of a form.

    ``kind`` is ``text``, ``long``, ``lines`` (a list, one a line), ``choice``, ``number``,
    ``scale`` (a slider of whole numbers from ``options[0]`` to ``options[1]``), ``date`` or
    ``check``.
    """

    key: str
    label: str
    kind: str = "text"
    options: Sequence[Any] = ()
    help: str = ""


def _widget(field: Field, value: Any) -> Any:
    more = {"layout": ipw.Layout(width="auto"), "style": {"description_width": "initial"}}
    written = {"placeholder": field.help, **more}
    match field.kind:
        case "long":
            return ipw.Textarea(value=str(value or ""), rows=2, **written)
        case "lines":
            return ipw.Textarea(value="\n".join(value or ()), rows=3, **written)
        case "choice":
            # Pairs throughout: in a mixed list ipywidgets takes the pairs for words, too.
            options = [("–", ""), *(o if isinstance(o, tuple) else (o, o) for o in field.options)]
            return ipw.Dropdown(
                options=options, value=value if value in dict(options).values() else "", **more
            )
        case "number":
            return ipw.Text(value="" if value is None else f"{value:g}", **written)
        case "scale":  # it begins at “–”: what nobody has touched is no answer
            low, high = field.options
            near = "" if value is None else min(max(low, round(value)), high)
            options = [("–", ""), *((f"{mark}", mark) for mark in range(low, high + 1))]
            return ipw.SelectionSlider(options=options, value=near, continuous_update=False, **more)
        case "date":
            return ipw.DatePicker(value=value, **more)
        case "check":
            return ipw.Checkbox(value=bool(value), indent=False, description=field.help, **more)
    return ipw.Text(value=str(value or ""), **written)


def _value(field: Field, widget: Any) -> Any:
    value = widget.value
    if field.kind == "lines":
        return [line.strip() for line in value.splitlines() if line.strip()]
    if field.kind == "number":
        return value.strip().replace(",", ".") or None
    return None if value == "" and field.kind in ("choice", "scale") else value


class _Row:
    """The widgets of one row, and what was last saved of it.

    Only what has changed since is handed on: two people may have the same form open, and
    neither must put back what the other has changed.
    """

    def __init__(self, fields: Sequence[Field], values: Any, fixed: Sequence[str]) -> None:
        self.fixed = {key: values.get(key) for key in fixed}
        self.cells = [(field, _widget(field, values.get(field.key))) for field in fields]
        self.saved = self.now()

    def now(self) -> Data:
        return {field.key: _value(field, widget) for field, widget in self.cells}

    def changed(self) -> Data:
        """The fixed keys and what differs from what was saved; empty where nothing does."""
        told = {key: value for key, value in self.now().items() if value != self.saved[key]}
        return {**self.fixed, **told} if told else {}

    def keep(self, row: Data) -> None:
        """Take note that a row was saved; a new one that got no id yet is sent again, whole."""
        self.fixed |= {key: row[key] for key in self.fixed if key in row}
        if None not in [*self.fixed.values()][:1]:
            self.saved |= {key: row[key] for key in self.saved if key in row}


class _Form:
    """Rows that wait until the typing pauses, are saved, and say so (or why not)."""

    _timer: Any = None

    def __init__(self, save: Save) -> None:
        self._save, self.rows, self.body = save, list[_Row](), ipw.VBox()
        self.status = ipw.HTML("<small>Everything you type is saved by itself.</small>")

    def add(self, row: _Row) -> None:
        cells = []
        for field, widget in row.cells:
            widget.observe(self.later, "value")
            if field.kind != "check":
                widget.tooltip = field.label  # the field's name for a screen reader
            label = ipw.HTML(f"<b>{html.escape(field.label)}</b>")
            cells.append(box(field.kind, [label, widget]))
        self.rows.append(row)
        self.body.children += (box("line", cells),)

    def later(self, _: object) -> None:
        loop = running_loop()
        if loop is None:  # as in a test: save at once
            return self.now()
        if self._timer:
            self._timer.cancel()
        self.status.value = "<small>…</small>"
        self._timer = loop.call_later(PAUSE, self.now)

    def now(self) -> None:
        told = [(row, changed) for row in self.rows if (changed := row.changed())]
        try:
            back = self._save([changed for _, changed in told]) if told else None
        except (JourneykitError, ValueError, OSError) as problem:
            labels = {field.key: field.label for row in self.rows for field, _ in row.cells}
            why = html.escape(first_line(problem, labels))
            said = f"<b role='alert'>✗ Not saved yet: {why}</b>"
        else:
            for row, changed in told:
                row.keep(changed)
            back = f" {html.escape(back)}" if back else ""
            said = f"<small role='status'>✓ Saved {dt.datetime.now():%H:%M:%S}.{back}</small>"
        self.status.value = said


def rows_form(
    title: str,
    fields: Sequence[Field],
    rows: Sequence[Facts],
    save: Save,
    *,
    add: str | None = "Add a row",
    fixed: Sequence[str] = (),
) -> ipw.Widget:
    """Draw a form of many rows; ``save`` is called with the rows that have changed.

    Each row holds its ``fixed`` keys, which are carried along and not shown (an id), and the
    values that changed. ``save`` writes the id of a new row into it; what it returns is said beside
    "Saved". ``add=None`` leaves the number of rows as it is.

    What ``save`` refuses (a JourneykitError, a ValueError) is shown under the form, and the text
    stays in it.
    """
    made = _Form(save)
    for values in rows:
        made.add(_Row(fields, values, fixed))
    head = ipw.HTML(f"<style>{STYLE}</style><h4>{html.escape(title)}</h4>")
    button = ipw.Button(description=add or "", icon="plus")
    button.on_click(lambda _: made.add(_Row(fields, {}, fixed)))
    return box("form", [head, made.body, *[button] * bool(add), made.status])


def stacked(*widgets: ipw.Widget) -> ipw.Widget:
    """Put one form below the other."""
    return ipw.VBox(widgets)


def box(name: str, parts: Sequence[ipw.Widget]) -> ipw.Widget:
    """Put parts into a box that ``forms.css`` has a style for."""
    box = (ipw.HBox if name == "line" else ipw.VBox)(parts)
    box.add_class(f"journeykit-{name}")
    return box
