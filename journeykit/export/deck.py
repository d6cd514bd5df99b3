"""A deck for a client: decisions, the maps as shapes, findings as charts, claims, what next."""

import io
from collections.abc import Sequence
from itertools import pairwise
from math import ceil
from pathlib import Path
from typing import Any

from journeykit.charts.drawing.theme import BLUE, GREEN, GREY, INK, PAPER, VERMILLION, wrap
from journeykit.charts.poster.svg import LANE_LOOKS, feeling, tint
from journeykit.declared import beside, phrase
from journeykit.model import Card, Data, Journey
from journeykit.words import day, label, people, percent

from .slides import EMU, Slides, place
from .told import Told

_CHARTS, _TABLES, _WORDS = beside(__file__).values()
_MOST, _LABEL, _HEAD, _FELT = 7, 100.0, 30.0, 66.0
"""Stages on a slide; in points the names of lanes, those of stages, the curve."""
_KNOWN = {"heard": "◐ ", "measured": "● "}
_SIZE, _LEAD, _PAD = 10, 12.2, 8.0
"""The words of a card, a line of them, and the air around it."""
Cell = list[tuple[Card, str, int]]
"""Cards, their words, and how many lines these take."""


def _say(what: str, **known: Any) -> str:
    return str(phrase(_WORDS[what])(people=people, **known))


def deck(told: Told, persona: str, template: Path | None = None) -> bytes:
    """Make the deck of a persona; ``told`` as `made` has it."""
    slides, said = Slides(template), "\n".join(told.said)
    slides.add(f"{told.workshop.name}: {told.personas[persona].name}", said, said)
    rows = [
        [each["text"], each["owner"] or "", day(each["due"] or ""), _say("state", each=each)]
        for each in (*told.decisions, *({**parked, "state": "parked"} for parked in told.parked))
    ]
    title, heads = _say("decided", rows=told.decisions), ["What", "Who", "By when", "State"]
    slides.table(title, heads, rows or [[_say("undecided"), *"–––"]], (6, 2, 2, 1), said)
    for journey in told.maps(persona):
        _map(slides, told, journey)
    panels, drawn = {each["id"]: each for each in told.shown(persona)}, 0
    found = [each["id"] for each in told.fronts[persona]["findings"]]  # those of the report
    for id in dict.fromkeys(["funnel", *found, *_CHARTS]):
        drawn += drawn < 3 and id in panels and id in _CHARTS and _chart(slides, panels[id])
    for id, shares in _TABLES.items():
        if id in panels and panels[id]["table"]:
            _table(slides, panels[id], shares)
    if not told.results:
        slides.table(_say("next"), ["What"], [[sentence] for sentence in told.said], (1,), said)
    slides.deck.save(file := io.BytesIO())
    return file.getvalue()


def _table(slides: Slides, panel: Data, shares: dict[str, float]) -> None:
    """Write a finding as a table, what the data says no to first."""
    at = {column["key"]: n for n, column in enumerate(panel["table"]["columns"])}
    heads = [panel["table"]["columns"][at[key]]["label"] for key in shares]
    rows = [[str(row[at[key]]) for key in shares] for row in panel["table"]["rows"]]
    rows.sort(key=lambda row: next((1 - 2 * (t[0] == "▼") for t in row if t[:1] in {*"▼▲"}), 0))
    most = _WEAKEST if panel["id"] == "weak-spots" else len(rows)
    title, note = _say("titled", panel=panel), _say("note", panel=panel)
    slides.table(title, heads, rows[:most], [*shares.values()], note, _say("rest"))


def _chart(slides: Slides, panel: Data) -> bool:
    """Draw a finding on a slide of its own, where it has two rows or more."""
    table = panel["table"] or {"columns": [], "rows": []}
    names, *keys = _CHARTS[panel["id"]]
    columns = {column["key"]: column for column in table["columns"]}
    rows = [dict(zip(columns, row)) for row in table["rows"][:_ROWS]]
    if len(rows) < 2 or not {names, *keys} <= columns.keys():
        return False
    slides.add(panel["sentence"], _say("note", panel=panel))
    series = {columns[key]["label"]: [row[key] for row in rows] for key in keys}
    share, told = columns[keys[0]]["unit"] == "share", panel["id"] in _WORDS
    texts = [
        _say(panel["id"], row=row, percent=percent) if told else label(row[names]) for row in rows
    ]
    slides.chart(texts, series, "0.0%" if share else "0.0")
    counted = _say("counted", panel=panel, more=table["total"] - len(rows))
    slides.box((slides.left, slides.tall - 60, slides.wide, 30), counted, GREY)
    return True


_ROWS, _WEAKEST = 12, 5


# --- the map --------------------------------------------------------------------------------------


def _map(slides: Slides, told: Told, journey: Journey) -> None:
    """Lay a map on as many slides as it takes, the names of its stages on each of them."""
    stages = [*told.cells(journey)]
    wide = ceil(len(stages) / ceil(len(stages) / _MOST))
    pages = [
        (group, page, number)
        for group in (stages[at : at + wide] for at in range(0, len(stages), wide))
        for number, page in enumerate(_pages(slides, told, group))
    ]
    measured = sum(card.evidence == "measured" for card in journey.cards)
    for at, (group, page, number) in enumerate(pages, 1):
        known = {"journey": journey, "measured": measured, "page": at, "pages": len(pages)}
        slides.add(_say("map", **known))
        _heads(slides, group, bool(number))
        y = slides.top + _HEAD + _FELT * (not number and bool(_feelings(group)))
        column = (slides.wide - _LABEL) / len(group)
        for lane, high, cells in page:
            slides.box((slides.left, y, _LABEL - 6, high), lane, INK, bold=True)
            for n, cell in enumerate(cells):
                top, x = y, slides.left + _LABEL + n * column
                for card, text, lines in cell:
                    tall = lines * _LEAD + _PAD
                    colour = LANE_LOOKS.get(card.lane, [GREY])[0]
                    area = (x + 3, top, column - 6, tall - 3)
                    slides.box(area, text, INK, tint(colour, 0.14), colour)
                    top += tall
            y += high


def _pages(slides: Slides, told: Told, group: Sequence[Any]) -> list[list[Any]]:
    """Share out the cards: each lane a row, which goes on on the next slide where it must."""
    column, full = (slides.wide - _LABEL) / len(group) - 22, slides.high - _HEAD
    most = int((full - _PAD) / _LEAD)
    left, pages = full - _FELT * bool(_feelings(group)), list[list[Any]]([[]])
    there = [lane for _, lanes in group for lane, _ in lanes]
    for lane in sorted({*there}, key=[*told.workshop.lane_names().values(), *there].index):
        waiting: list[Cell] = []
        for _, lanes in group:
            waiting.append([])
            for card in dict(lanes).get(lane, ()):
                text = f"{'★ ' * card.moment}{_KNOWN.get(card.evidence, '')}{card.text}"
                lines = wrap(text, column, _SIZE)
                for n in range(0, len(lines), most):
                    part = lines[n : n + most]
                    whole = len(part) == len(lines)
                    waiting[-1].append((card, text if whole else " ".join(part), len(part)))
        while any(waiting):
            if left < max(map(_tall, waiting)) <= full:  # together on the next one
                pages.append([])
                left = full
            taken = [_fitting(cell, left) for cell in waiting]
            if high := max(map(_tall, taken)):
                pages[-1].append((lane, high, taken))
            waiting = [cell[len(some) :] for cell, some in zip(waiting, taken)]
            left -= high
            if any(waiting):
                pages.append([])
                left = full
    return pages


def _tall(cell: Cell) -> float:
    return sum(lines * _LEAD + _PAD for *_, lines in cell)


def _fitting(cell: Cell, room: float) -> Cell:
    return cell[: next((n for n in range(len(cell)) if _tall(cell[: n + 1]) > room), len(cell))]


def _feelings(group: Sequence[Any]) -> dict[int, float]:
    """Give what the team feels, by the place of the stage."""
    found = {
        n: [c.emotion for _, cards in lanes for c in cards if c.emotion is not None]
        for n, (_, lanes) in enumerate(group)
    }
    return {n: sum(felt) / len(felt) for n, felt in found.items() if felt}


def _heads(slides: Slides, group: Sequence[Any], further: bool) -> None:
    """Draw the stages and, on the first slide, the curve of what is felt in them."""
    column, x = (slides.wide - _LABEL) / len(group), slides.left + _LABEL
    for n, (stage, _) in enumerate(group):
        area = (x + n * column + 3, slides.top, column - 6, _HEAD - 6)
        slides.box(area, stage, PAPER, BLUE, BLUE, bold=True)
    felt, middle = _feelings(group), slides.top + _HEAD + _FELT / 2 + 4
    if further or not felt:
        return
    spots = [(x + (n + 0.5) * column, middle - v * (_FELT / 4 - 11), v) for n, v in felt.items()]
    slides.box((slides.left, middle - 10, _LABEL - 6, 20), "How it feels", INK, bold=True)
    for (x0, y0, _), (x1, y1, _) in pairwise(spots):
        ends = place(x0, y0, x1, y1)
        slides.slide.shapes.add_connector(1, *ends).line.width = 2 * EMU
    for x0, y0, value in spots:
        colour = VERMILLION if value < 0 else GREEN
        slides.box((x0 - 5, y0 - 5, 10, 10), "", INK, colour, colour, 9)
        slides.box((x0 - 35, y0 - 21, 70, 16), feeling(value), INK, align=2)
