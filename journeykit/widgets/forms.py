"""Ordinary forms that save themselves: what is typed is in the folder half a second later."""

from __future__ import annotations

import asyncio
import datetime as dt
import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ipywidgets as ipw

from journeykit.errors import JourneykitError

__all__ = ["Field", "form", "rows_form"]

PAUSE = 0.5


@dataclass(frozen=True)
class Field:
    """One question of a form.

    ``kind`` is ``text``, ``long``, ``lines`` (a list, one item a line), ``choice``,
    ``number``, ``whole``, ``scale`` (a slider from ``options[0]`` to ``options[1]``),
    ``date`` or ``check``.
    """

    key: str
    label: str
    kind: str = "text"
    options: Sequence[Any] = ()
    help: str = ""


def _widget(field: Field, value: Any) -> ipw.Widget:
    wide = ipw.Layout(width="98%")
    style = {"description_width": "initial"}
    common = {"placeholder": field.help, "layout": wide, "style": style}
    if field.kind == "long":
        return ipw.Textarea(value=str(value or ""), rows=3, **common)
    if field.kind == "lines":
        return ipw.Textarea(value="\n".join(value or ()), rows=max(3, len(value or ())), **common)
    if field.kind == "choice":
        # Pairs throughout: in a mixed list ipywidgets takes the pairs for words, too.
        options = [("–", ""), *(o if isinstance(o, tuple) else (o, o) for o in field.options)]
        chosen = value if value in dict(options).values() else ""
        return ipw.Dropdown(options=options, value=chosen, layout=wide, style=style)
    if field.kind == "number":
        return ipw.Text(value="" if value is None else f"{value:g}", **common)
    if field.kind == "whole":
        return ipw.BoundedIntText(value=value or 0, min=0, max=10**9, layout=wide, style=style)
    if field.kind == "scale":
        low, high, *step = field.options
        kind = ipw.FloatSlider if step and step[0] % 1 else ipw.IntSlider
        middle = (low + high) // 2
        return kind(
            value=middle if value is None else value,
            min=low,
            max=high,
            step=step[0] if step else 1,
            continuous_update=False,
            layout=wide,
            style=style,
        )
    if field.kind == "date":
        return ipw.DatePicker(value=value, layout=wide, style=style)
    if field.kind == "check":
        return ipw.Checkbox(value=bool(value), indent=False, description=field.help, layout=wide)
    return ipw.Text(value=str(value or ""), **common)


def _value(field: Field, widget: Any) -> Any:
    value = widget.value
    if field.kind == "lines":
        return [line.strip() for line in value.splitlines() if line.strip()]
    if field.kind == "number":
        return value.strip().replace(",", ".") or None
    if field.kind == "choice":
        return value or None
    return value


class _Saver:
    """Waits until the typing pauses, saves, and says so (or why not)."""

    def __init__(self, save: Callable[[], None]) -> None:
        self._save = save
        self._timer: asyncio.TimerHandle | None = None
        self.status = ipw.HTML("<small>Everything you type is saved by itself.</small>")

    def later(self, _change: object = None) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # no event loop, as in a test: save at once
            self.now()
            return
        if self._timer is not None:
            self._timer.cancel()
        self.status.value = "<small>…</small>"
        self._timer = loop.call_later(PAUSE, self.now)

    def now(self) -> None:
        try:
            self._save()
        except (JourneykitError, ValueError, OSError) as problem:
            said = html.escape(_first_line(problem))
            self.status.value = f"<b role='alert'>✗ Not saved yet: {said}</b>"
        else:
            self.status.value = f"<small role='status'>✓ Saved {dt.datetime.now():%H:%M:%S}</small>"


def _first_line(problem: Exception) -> str:
    errors = getattr(problem, "errors", None)
    if callable(errors):  # pydantic: name the field and the rule
        first = errors()[0]
        return f"{' '.join(map(str, first['loc']))}: {first['msg']}"
    return str(problem).splitlines()[0] if str(problem) else type(problem).__name__


def _labelled(field: Field, widget: ipw.Widget, width: str = "100%") -> ipw.Widget:
    label = ipw.HTML(f"<b>{html.escape(field.label)}</b>")
    return ipw.VBox([label, widget], layout=ipw.Layout(width=width))


def form(
    title: str,
    fields: Sequence[Field],
    values: Mapping[str, Any],
    save: Callable[[dict[str, Any]], None],
) -> ipw.Widget:
    """Draw one form; ``save`` is called with all its values, key to value, after each pause.

    What ``save`` refuses (a JourneykitError, a ValueError) is shown under the form, and the
    text stays in it.
    """
    widgets = {field.key: _widget(field, values.get(field.key)) for field in fields}

    def save_all() -> None:
        save({field.key: _value(field, widgets[field.key]) for field in fields})

    saver = _Saver(save_all)
    for widget in widgets.values():
        widget.observe(saver.later, "value")
    rows = [_labelled(field, widgets[field.key]) for field in fields]
    box = ipw.VBox([ipw.HTML(f"<h4>{html.escape(title)}</h4>"), *rows, saver.status])
    box.add_class("journeykit-form")
    return box


def rows_form(
    title: str,
    fields: Sequence[Field],
    rows: Sequence[Mapping[str, Any]],
    save: Callable[[list[dict[str, Any]]], None],
    *,
    add: str | None = "Add a row",
    fixed: Sequence[str] = (),
) -> ipw.Widget:
    """Draw a form of many rows; ``save`` is called with all of them.

    ``fixed`` names keys that are carried along and not shown (an id). ``add=None`` leaves
    the number of rows as it is.
    """
    held: list[tuple[dict[str, Any], dict[str, Any]]] = []
    body = ipw.VBox([])

    def save_all() -> None:
        now = [{**kept, **{f.key: _value(f, ws[f.key]) for f in fields}} for kept, ws in held]
        save(now)
        for (kept, _), row in zip(held, now, strict=True):  # a new row has got its id
            kept.update({key: row[key] for key in fixed if key in row})

    saver = _Saver(save_all)

    def show_row(row: Mapping[str, Any]) -> None:
        widgets = {field.key: _widget(field, row.get(field.key)) for field in fields}
        held.append(({key: row.get(key) for key in fixed}, widgets))
        for widget in widgets.values():
            widget.observe(saver.later, "value")
        cells = [_labelled(field, widgets[field.key], "auto") for field in fields]
        for cell in cells:
            cell.layout.flex = "1 1 11em"
        line = ipw.HBox(cells, layout=ipw.Layout(flex_flow="row wrap", border_bottom="1px solid #8884"))
        body.children = (*body.children, line)

    for row in rows:
        show_row(row)
    parts: list[ipw.Widget] = [ipw.HTML(f"<h4>{html.escape(title)}</h4>"), body]
    if add:
        button = ipw.Button(description=add, icon="plus")
        button.on_click(lambda _: show_row({}))
        parts.append(button)
    box = ipw.VBox([*parts, saver.status])
    box.add_class("journeykit-form")
    return box
