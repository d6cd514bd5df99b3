"""A workbook: every table of a run with its formats, the maps, what was decided, the data."""

import datetime as dt
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

from journeykit.declared import beside
from journeykit.model import Data
from journeykit.words import label

from .told import Told

_FORMATS, _BEHIND, _HEADS = beside(__file__).values()
_WIDEST = 420
"""Pixels that a column takes at most; what is longer goes on in the next line of its cell."""
Heads = Sequence[tuple[str, str]]
"""The names of columns, and their units."""


class _Book:
    """A workbook while it is written: its first sheet lists the others."""

    def __init__(self, file: io.BytesIO) -> None:
        from xlsxwriter import Workbook

        text = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        self.file, top = Workbook(file, {**text, "in_memory": True}), {"valign": "top"}
        self.looks = {
            unit: self.file.add_format({**top, "num_format": form})
            for unit, form in _FORMATS.items()
        }
        self.words = self.file.add_format({**top, "text_wrap": True})
        self.head = self.file.add_format(
            {**top, "bold": True, "text_wrap": True, "bg_color": "#eef1f4", "bottom": 1}
        )
        self.list: list[tuple[str, ...]] = []
        self.contents = self.file.add_worksheet("Contents")

    def sheet(self, title: str, heads: Heads, rows: Iterable[Sequence[Any]], *said: str) -> None:
        """Add a sheet with a table, and tell of it on the first one."""
        named = re.sub(r"[^\w ,.()–-]+", " ", title)
        name = f"{len(self.list) + 1} {named}"[:31].strip()
        self.fill(self.file.add_worksheet(name), 0, heads, rows)
        self.list.append((name, title, *said))

    def fill(self, sheet: Any, top: int, heads: Heads, rows: Iterable[Sequence[Any]]) -> None:
        """Write a table; a text is written as one, whatever it begins with."""
        for at, (name, unit) in enumerate(heads):
            behind = f" ({_BEHIND[unit]})" if unit in _BEHIND else ""
            sheet.write_string(top, at, f"{name}{behind}", self.head)
        for line, row in enumerate(rows, top + 1):
            for at, (value, (_, unit)) in enumerate(zip(row, heads)):
                value = _plain(value, unit)
                if isinstance(value, str):
                    cut = f"{value[:32_700]} … (cut: a cell takes no more)"
                    sheet.write_string(line, at, value if len(value) < 32_768 else cut, self.words)
                else:
                    sheet.write(line, at, value, self.looks.get(unit, self.looks["number"]))
            # Some programs do not look how high wrapped words are.
            sheet.set_row(line, 15 * max((len(str(value)) // 60 + 1 for value in row), default=1))
        sheet.freeze_panes(top + 1, 0)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.autofit(_WIDEST)


def _plain(value: Any, unit: str) -> Any:
    """Make a value one that a cell takes; a share of points is shown as one of 100."""
    if isinstance(value, bool) or unit == "flag":
        return "yes" if value else ""
    if unit == "points" and isinstance(value, float):
        return 100 * value
    if unit == "day" and isinstance(value, str):
        try:
            return dt.datetime.fromisoformat(value[:10])
        except ValueError:
            return value
    if isinstance(value, str):
        return label(value) if unit == "name" else value
    return ", ".join(map(str, value)) if isinstance(value, list) else value


def workbook(told: Told, persona: str) -> bytes:
    """Write the workbook of a persona; ``told`` as `made` has it."""
    file = io.BytesIO()
    book = _Book(file)
    stages, lanes = told.workshop.stage_names(), told.workshop.lane_names()
    for journey in told.maps(persona):
        rows = [
            {**dict(card), "stage": stages.get(card.stage, card.stage)}
            | {"lane": lanes.get(card.lane, card.lane), "reviewed": str(card.reviewed or "")}
            for card in told.workshop.in_order(journey)
        ]
        kind = "To be" if journey.kind == "to-be" else "Map"
        _listed(book, f"{kind} {journey.name}", "cards", rows, f"{len(rows)} notes")
    _listed(book, "What we decided", "decisions", told.decisions)
    _listed(book, "Parked", "decisions", told.parked)
    for panel in told.shown(persona):
        table = panel["table"]
        if table and table["rows"] and not panel["map"]:
            left = table["total"] - len(table["rows"])
            more = f"The first {len(table['rows'])} of {table['total']} rows." if left else ""
            heads = [(column["label"], column["unit"]) for column in table["columns"]]
            told_of = (panel["sentence"], panel["counts"], more)
            book.sheet(panel["title"], heads, table["rows"], *told_of)
    _data(book, told, persona)
    for line, sentence in enumerate((told.workshop.name, *told.said)):
        book.contents.write_string(line, 1, sentence)
    heads = [(name, "") for name in ("Sheet", "Question", "What was found", "Counted", "Note")]
    book.fill(book.contents, top := len(told.said) + 2, heads, book.list)
    for line, (name, *_) in enumerate(book.list, top + 1):
        book.contents.write_url(line, 0, f"internal:'{name}'!A1", string=name)
    book.file.close()
    return file.getvalue()


def _listed(book: _Book, title: str, kind: str, rows: Sequence[Data], *said: str) -> None:
    heads = _HEADS[kind]
    table = [[row.get(key) for key in heads] for row in rows]
    book.sheet(title, [(name, "day" * (key == "due")) for key, name in heads.items()], table, *said)


def _data(book: _Book, told: Told, persona: str) -> None:
    """Say of which data the numbers are, and what its gate says."""
    data = told.results.get(persona, {}).get("data", {})
    gate = told.gate or {}
    rows: list[tuple[str, Any]] = [
        (label(key), value) for key, value in data.items() if not isinstance(value, dict)
    ]
    rows += [(what, said) for what in ("broken", "said") for said in gate.get(what, ())]
    rows += [*gate.get("counts", {}).items()]
    book.sheet("The data and its gate", [("What", ""), ("Value", "int")], rows, *told.said[:1])
