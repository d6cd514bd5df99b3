"""Sticky notes: how large a card is, how the cards of a cell lie, and how they are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from journeykit.charts import map_svg as pen
from journeykit.charts import theme
from journeykit.charts.map_data import Numbers, range_words
from journeykit.charts.map_sheet import SMALL, Band, Grid, Rules, ground, lane_head, lane_height
from journeykit.charts.map_text import text_width, wrap
from journeykit.model import EVIDENCE, Card, Promise, Workshop

__all__ = ["Note", "cards_band", "note_of", "promise_words"]

_SIDE = 9.0


@dataclass(frozen=True, eq=False)
class Note:
    """A card with what else must be said about it: the verdict on its claim or promise, or what changed."""

    card: Card
    verdict: str = ""
    verdict_words: str = ""
    change: str = ""
    change_words: str = ""

    @property
    def mark(self) -> str:
        """The word at the foot of the card."""
        return self.change or self.card.evidence

    @property
    def small(self) -> str:
        """The small print: by which channel, and whose it is."""
        return " · ".join(
            filter(None, (self.card.channel, self.card.owner or self.card.department))
        )

    def title(self, workshop: Workshop) -> str:
        """Say everything about the card in words, for hovering and for screen readers."""
        card = self.card
        names = {stage.id: stage.name for stage in workshop.stages}
        where = f"{workshop.lane_names().get(card.lane, card.lane)}, {names.get(card.stage, card.stage)}"
        more = [
            "Moment that matters" if card.moment else "",
            f"Feeling: {pen.feeling(card.emotion)} ({card.emotion:+g})"
            if card.emotion is not None
            else "",
            EVIDENCE[card.evidence],
            *(
                f"{label}: {value}"
                for label, value in (
                    ("Channel", card.channel),
                    ("Owner", card.owner),
                    ("Department", card.department),
                    ("From", card.author),
                    ("Source", card.source),
                    ("Reviewed", card.reviewed),
                )
                if value
            ),
            self.verdict_words
            if card.claim
            else f"Promise {self.verdict_words}"
            if self.verdict
            else "",
            self.change_words,
        ]
        return f"{where}: {card.text}. " + ". ".join(filter(None, more))


def promise_words(row: dict[str, Any]) -> str:
    """Write a promise's verdict as in "broken: held in 61% of 540 (57–65%)"."""
    verdict = str(row.get("verdict", "not measured"))
    if "share" not in row or not row.get("n"):
        return verdict
    span = range_words(row.get("low"), row.get("high"))
    few = "few cases" if row.get("small_n", row["n"] < 30) else ""
    more = ", ".join(filter(None, (span, few)))
    words = f"{verdict}: held in {100 * row['share']:.0f}% of {int(row['n']):,}"
    return f"{words} ({more})" if more else words


def note_of(card: Card, numbers: Numbers, promises: Sequence[Promise] = ()) -> Note:
    """Join a card with the verdict on its claim, else on the promise that it names."""
    if card.id in numbers.claims:
        verdict, words = numbers.claims[card.id]
        return Note(card, verdict=verdict, verdict_words=words)
    names = [card.promise, *(p.text for p in promises if p.id == card.promise)]
    row = next((numbers.promises[n] for n in names if n and n in numbers.promises), None)
    if row is None:
        return Note(card)
    return Note(
        card, verdict=str(row.get("verdict", "not measured")), verdict_words=promise_words(row)
    )


def _details(card: Card) -> str:
    grades = {
        "importance": card.importance,
        "satisfied": card.satisfaction,
        "opportunity": card.opportunity,
    }
    return " · ".join(f"{name} {grade}" for name, grade in grades.items() if grade is not None)


class Laid(NamedTuple):
    """A note with its words wrapped for a width."""

    note: Note
    lines: tuple[str, ...]
    extra: tuple[str, ...]
    verdict: tuple[str, ...]
    small: str
    inline: bool
    width: float
    height: float


def _foot_width(note: Note, rules: Rules) -> float:
    """Room that the small print and, where it is written out, the evidence need."""
    words = [text_width(note.small, SMALL)] if note.small else []
    words += [13 + text_width(note.mark, SMALL)] if rules.words else []
    return sum(words) + 12 * (len(words) - 1) if words else 0.0


def _indent(note: Note, rules: Rules) -> float:
    """Room that the signs before the text need."""
    return (0 if rules.words else 12) + (20 if note.card.emotion is not None else 0)


def _beside_star(card: Card, rows: int) -> float:
    """Room that the star takes from the foot where that stands on the first line."""
    return 9.0 if card.moment and rows == 1 else 0.0


def _laid(note: Note, width: float, rules: Rules, lines: int | None = None) -> Laid:
    """Wrap a card's words to a width; the mark shares the last line where it has room."""
    card, room, indent = note.card, width - 2 * _SIDE, _indent(note, rules)
    rows = wrap(
        card.text,
        room - indent - (8 if card.moment else 0),
        rules.text,
        False,
        lines or rules.lines,
    )
    most = 4 if rules.lines > 5 else 1
    extra = wrap("\n".join((_details(card), note.change_words)), room, SMALL, False, most)
    verdict = wrap(note.verdict_words, room - 14, SMALL, True, most) if note.verdict else ()
    last = (
        text_width(rows[-1], rules.text) + indent + _beside_star(card, len(rows)) if rows else 0.0
    )
    if verdict:
        last = 14 + text_width(verdict[-1], SMALL, True)
    elif extra:
        last = text_width(extra[-1], SMALL)
    small, foot = note.small, _foot_width(note, rules)
    inline = not foot or last + 10 + foot <= room
    if rules.lines < 5 and not inline and not rules.words:  # a tight sheet has no line for owners
        small, inline = "", True
    height = 2 * rules.pad + rules.lead * max(len(rows), 1) + 12.5 * (len(extra) + len(verdict))
    return Laid(note, rows, extra, verdict, small, inline, width, height + (0 if inline else 13))


Placed = list[tuple[Laid, float, float]]


def _cell(notes: Sequence[Note], width: float, rules: Rules) -> tuple[Placed, float, int]:
    """Lay cards in rows: several abreast where all of them stay short, else one by one.

    Returns the cards with their places, the height of the cell, and how many did not fit.
    """
    shown = list(notes[: rules.cards])
    placed: Placed = []
    y = 0.0
    while shown:
        row = _abreast(shown, 3, width, rules) or _abreast(shown, 2, width, rules)
        row = row or [_laid(shown[0], width, rules)]
        shown = shown[len(row) :]
        tallest = max(laid.height for laid in row)
        for i, laid in enumerate(row):
            placed.append((laid._replace(height=tallest), i * (laid.width + rules.gap), y))
        y += tallest + rules.gap
    return placed, max(y - rules.gap, 0.0), len(notes) - len(placed)


def _abreast(notes: Sequence[Note], count: int, width: float, rules: Rules) -> list[Laid]:
    """Lay the first cards side by side if that is lower and cuts nothing short; else nothing."""
    each = (width - rules.gap * (count - 1)) / count
    row, room, most = notes[:count], each - 2 * _SIDE, 2 if each < 130 else 5
    if len(row) < count or each < 88:
        return []
    if any(_foot_width(note, rules) > room or (note.verdict and each < 135) for note in row):
        return []
    if any(text_width(note.card.text, rules.text) > most * room for note in row):
        return []
    beside = [_laid(note, each, rules, 14) for note in row]
    below = sum(_laid(note, width, rules, 14).height for note in row) + rules.gap * (count - 1)
    fits = all(len(laid.lines) <= most for laid in beside)
    return beside if fits and max(laid.height for laid in beside) < 0.8 * below else []


def cards_band(
    grid: Grid,
    workshop: Workshop,
    lane: str,
    columns: Sequence[Sequence[Note]],
    rules: Rules,
    *,
    bare: bool = False,
    blank: float = 0.0,
    more: Sequence[str] = (),
) -> Band:
    """Lay out one lane; ``bare`` without its label, ``blank`` with a height for empty cells.

    ``more`` is a line below the cards of each cell.
    """
    cells = [_cell(notes, grid.inner, rules) for notes in columns]
    name = workshop.lane_names().get(lane, lane)
    colour = pen.LANE_LOOKS.get(lane, (theme.GREY, ""))[0]
    below = [f"+ {left} more, see the table of the map" if left else "" for _, _, left in cells]
    below = [
        " · ".join(filter(None, words))
        for words in zip(below, more or [""] * len(cells), strict=True)
    ]
    depths = [
        depth + (14 if words else 0) for (_, depth, _), words in zip(cells, below, strict=True)
    ]
    height = max(*depths, blank) + rules.air
    if not bare:
        height = max(height, lane_height(grid, name, rules.name))

    def paint(y: float, height: float) -> str:
        parts = (
            []
            if bare
            else [ground(grid, y, height, colour), lane_head(grid, y, lane, name, rules.name)]
        )
        top = y + rules.air / 2
        for i, (notes, depth, _) in enumerate(cells):
            parts += [
                _draw(n, workshop, colour, grid.x(i) + dx, top + dy, rules) for n, dx, dy in notes
            ]
            words = wrap(below[i], grid.inner, SMALL, False, 1)
            parts.append(pen.text(words, grid.x(i), top + depth + 12, SMALL, fill=theme.GREY))
            if blank and not notes:
                parts.append(
                    pen.box(
                        grid.x(i),
                        top,
                        grid.inner,
                        height - rules.air,
                        rx=4,
                        fill="#fff",
                        stroke=pen.mix(colour, "#ffffff", 0.4),
                        stroke_dasharray="4 4",
                    )
                )
        return pen.group(*parts, title="" if bare else f"Lane: {name}")

    return Band(height, paint, 1.0)


def _paper(laid: Laid, colour: str, x: float, y: float) -> str:
    """Draw the card itself: the outline tells the evidence, or what changed."""
    fill, edge, thick, dashes = (
        pen.mix(colour, "#ffffff", 0.17),
        pen.mix(colour, "#ffffff", 0.75),
        1.0,
        None,
    )
    change, evidence = laid.note.change, laid.note.card.evidence
    if change:
        tint, gone = pen.CHANGES[change][1], change == "removed"
        fill, edge, thick = pen.mix(tint, "#ffffff", 0.06 if gone else 0.16), pen.dark(tint), 1.4
        dashes = "5 3" if gone else None
    elif evidence == "assumed":
        fill, dashes = "#ffffff", "4 3"
    elif evidence == "measured":
        fill, edge, thick = pen.mix(colour, "#ffffff", 0.26), pen.dark(colour), 1.5
    shape = (laid.width, laid.height)
    shade = pen.box(x + 1, y + 2, *shape, rx=4, fill=theme.INK, fill_opacity=0.08)
    look: dict[str, Any] = {
        "fill": fill,
        "stroke": edge,
        "stroke_width": thick,
        "stroke_dasharray": dashes,
    }
    return shade + pen.box(x, y, *shape, rx=4, **look)


def _draw(laid: Laid, workshop: Workshop, colour: str, x: float, y: float, rules: Rules) -> str:
    """Draw one card with all its signs."""
    note, left, room = laid.note, x + _SIDE, laid.width - 2 * _SIDE
    card, indent = note.card, _indent(note, rules)
    at = y + rules.pad + rules.text * 0.94
    parts = [_paper(laid, colour, x, y)]
    if not rules.words:
        parts.append(_sign(note, left - 2, at))
    if card.emotion is not None:
        parts.append(pen.face(card.emotion, left + indent - 13, at - 4, min(7.5, rules.lead / 2)))
    parts.append(
        pen.text(
            laid.lines,
            left + indent,
            at,
            rules.text,
            width=room - indent,
            leading=rules.lead / rules.text,
            text_decoration="line-through" if note.change == "removed" else None,
        )
    )
    at += rules.lead * max(len(laid.lines), 1) - 1
    parts.append(pen.text(laid.extra, left, at, SMALL, fill=theme.GREY, width=room))
    at += 12.5 * len(laid.extra)
    if laid.verdict:
        parts.append(pen.verdict_mark(note.verdict, left + 4, at - 3.5))
        parts.append(pen.text(laid.verdict, left + 14, at, SMALL, bold=True, width=room - 14))
    foot = y + laid.height - rules.pad - rules.lead + rules.text * 0.94
    beside = _beside_star(card, len(laid.lines)) if laid.inline else 0.0
    parts.append(_foot(laid, left, foot, room - beside, rules))
    if card.moment:
        parts.append(pen.star(x + laid.width - 8, y + 3, 9))
    return pen.group(*parts, title=note.title(workshop), class_="card", data_card=card.id)


def _sign(note: Note, x: float, y: float) -> str:
    if note.change:
        return pen.change_mark(note.change, x, y - 3.5)
    return pen.evidence_mark(note.card.evidence, x + 4, y - 3.5)


def _foot(laid: Laid, x: float, y: float, room: float, rules: Rules) -> str:
    """Draw the mark and its word at the lower right, and the small print beside them."""
    right, mark = x + room, laid.note.mark
    if not rules.words:
        return pen.text(laid.small, right, y, SMALL, fill=theme.GREY, text_anchor="end")
    # Words end at the right edge, so the sign is put before the letters of the wider font.
    start = right - text_width(mark, SMALL) - 11
    space = start - 10 - x
    small = wrap(laid.small, space, SMALL, False, 1) if laid.small and space > 24 else ()
    parts = _sign(laid.note, start, y) + pen.text(mark, right, y, SMALL, text_anchor="end")
    if laid.inline:
        return parts + pen.text(small, start - 8, y, SMALL, fill=theme.GREY, text_anchor="end")
    return parts + pen.text(small, x, y, SMALL, fill=theme.GREY, width=space)
