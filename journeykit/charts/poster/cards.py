"""Sticky notes: how large a card is, how the cards of a cell lie, and how they are drawn."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from journeykit.charts.drawing.text import text_width, wrap
from journeykit.charts.drawing.theme import GREY, INK
from journeykit.charts.poster.notes import Note, details, joined
from journeykit.charts.poster.sheet import SMALL, Band, Grid, Rules, ground, lane_head, lane_height
from journeykit.charts.poster.svg import (
    CHANGES,
    LANE_LOOKS,
    Block,
    at,
    box,
    dark,
    face,
    group,
    sign,
    star,
    text,
    tint,
)

_SIDE = 9.0
LOOKS: dict[str, tuple[float, float, str | None]] = {
    "assumed": (0, 1, "4 3"),
    "heard": (0.17, 1, None),
    "measured": (0.26, 1.5, None),
    "removed": (0.06, 1.4, "5 3"),
    **dict.fromkeys(("added", "moved", "changed"), (0.16, 1.4, None)),
}
"""How much colour a card has, how thick its outline is, and its dashes."""


class Laid(NamedTuple):
    """A note with its words wrapped for a width."""

    note: Note
    words: Block
    extra: Block
    verdict: Block
    small: str
    inline: bool
    star_room: float
    width: float
    height: float


def _foot_width(note: Note, rules: Rules) -> float:
    """Room that the small print and, where it is written out, the evidence need."""
    words = [text_width(note.small, SMALL)] * bool(note.small)
    words += [13 + text_width(note.mark, SMALL)] * rules.words
    return sum(words) + 12 * (len(words) - 1) if words else 0.0


def _indent(note: Note, rules: Rules) -> float:
    """Room that the signs before the text need."""
    return (0 if rules.words else 12) + (20 if note.card.emotion is not None else 0)


def _laid(note: Note, width: float, rules: Rules, lines: int = 0) -> Laid:
    """Wrap a card's words to a width; the mark shares the last line where it has room."""
    card, room, indent = note.card, width - 2 * _SIDE, _indent(note, rules)
    beside = room - indent - (8 if card.moment else 0)
    words = Block(card.text, beside, rules.text, rules.lead, most=lines or rules.lines)
    # Where the foot stands on the first line, it gives way to the star.
    star_room = 9.0 if card.moment and len(words.lines) == 1 else 0.0
    most = 4 if rules.lines > 5 else 1
    more = "\n".join((details(card), note.change_words))
    extra = Block(more, room, SMALL, 12.5, most=most, fill=GREY)
    said = note.verdict_words if note.verdict else ""
    verdict = Block(said, room - 14, SMALL, 12.5, bold=True, most=most)
    last = 0.0
    if verdict.lines:
        last = 14 + text_width(verdict.lines[-1], SMALL, True)
    elif extra.lines:
        last = text_width(extra.lines[-1], SMALL)
    elif words.lines:
        last = text_width(words.lines[-1], rules.text) + indent + star_room
    small, foot = note.small, _foot_width(note, rules)
    inline = not foot or last + 10 + foot <= room
    if rules.lines < 5 and not inline and not rules.words:  # a tight sheet has no line for owners
        small, inline = "", True
    height = 2 * rules.pad + max(words.height, rules.lead) + extra.height + verdict.height
    height += 0 if inline else 13
    return Laid(note, words, extra, verdict, small, inline, star_room * inline, width, height)


Placed = list[tuple[Laid, float, float]]


def _cell(notes: Sequence[Note], width: float, rules: Rules) -> tuple[Placed, float]:
    """Lay cards in rows: several abreast where all of them stay short, else one by one.

    Returns the cards with their places, and the height of the cell.
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
    return placed, max(y - rules.gap, 0.0)


def _abreast(notes: Sequence[Note], count: int, width: float, rules: Rules) -> list[Laid]:
    """Lay the first cards side by side if that is lower and cuts nothing short; else nothing."""
    each = (width - rules.gap * (count - 1)) / count
    row, room, most = notes[:count], each - 2 * _SIDE, 2 if each < 130 else 5
    if len(row) < count or each < 88:
        return []
    for note in row:
        if (
            _foot_width(note, rules) > room
            or (note.verdict and each < 135)
            or text_width(note.card.text, rules.text) > most * room
        ):
            return []
    beside = [_laid(note, each, rules, 14) for note in row]
    below = sum(_laid(note, width, rules, 14).height for note in row) + rules.gap * (count - 1)
    fits = all(len(laid.words.lines) <= most for laid in beside)
    return beside if fits and max(laid.height for laid in beside) < 0.8 * below else []


def cards_band(
    grid: Grid,
    lane: str,
    columns: Sequence[Sequence[Note]],
    *,
    bare: bool = False,
    blank: float = 0.0,
    more: Sequence[str] = (),
) -> Band:
    """Lay out one lane; ``bare`` without its label, ``blank`` with a height for empty cells.

    ``more`` is a line below the cards of each cell.
    """
    rules, name = grid.rules, grid.names.get(lane, lane)
    cells = [_cell(notes, grid.inner, rules) for notes in columns]
    colour = LANE_LOOKS.get(lane, (GREY, ""))[0]
    below = []
    for (placed, _), notes, words in zip(cells, columns, more or [""] * len(cells), strict=True):
        left = len(notes) - len(placed)
        below.append(joined(f"+ {left} more, see the table of the map" if left else "", words))
    depths = [depth + 14 * bool(words) for (_, depth), words in zip(cells, below, strict=True)]
    height = max(*depths, blank) + rules.air
    if not bare:
        height = max(height, lane_height(grid, name))

    def paint(height: float) -> str:
        parts = []
        if not bare:
            parts = [ground(grid, height, colour), lane_head(grid, lane, name)]
        for i, (placed, depth) in enumerate(cells):
            words = wrap(below[i], grid.inner, SMALL, False, 1)
            cell = [_draw(laid, grid, colour, x, y) for laid, x, y in placed]
            cell.append(text(words, 0, depth + 12, SMALL, fill=GREY))
            if blank and not placed:
                look = {"fill": "#fff", "stroke": tint(colour, 0.4), "stroke_dasharray": "4 4"}
                cell.append(box(0, 0, grid.inner, height - rules.air, rx=4, **look))
            parts.append(at(grid.x(i) + 8, rules.air / 2, *cell))
        return group(*parts, title="" if bare else f"Lane: {name}")

    return Band(height, paint, 1.0)


def _paper(laid: Laid, colour: str) -> str:
    """Draw the card itself: the outline tells the evidence, or what changed."""
    share, thick, dashes = LOOKS[laid.note.mark]
    if laid.note.change:
        colour = CHANGES[laid.note.change][1]
    shape, edge = (laid.width, laid.height), dark(colour) if thick > 1 else tint(colour, 0.75)
    look: dict[str, Any] = {"stroke": edge, "stroke_width": thick, "stroke_dasharray": dashes}
    shade = box(1, 2, *shape, rx=4, fill=INK, fill_opacity=0.08)
    return shade + box(0, 0, *shape, rx=4, fill=tint(colour, share), **look)


def _draw(laid: Laid, grid: Grid, colour: str, x: float, y: float) -> str:
    """Draw one card with all its signs."""
    note, left, room, rules = laid.note, _SIDE, laid.width - 2 * _SIDE, grid.rules
    card, indent = note.card, _indent(note, rules)
    line = rules.pad + rules.text * 0.94
    foot = laid.height - 2 * rules.pad - rules.lead + line
    parts = [_paper(laid, colour)]
    if not rules.words:
        parts.append(sign(note.mark, left - 2, line - 3.5, 4))
    if card.emotion is not None:
        parts.append(face(card.emotion, left + indent - 13, line - 4, min(7.5, rules.lead / 2)))
    laid.words.look |= {"width": room - indent}
    if note.change == "removed":
        laid.words.look |= {"text_decoration": "line-through"}
    parts.append(laid.words.at(left + indent, line))
    line += max(laid.words.height, rules.lead) - 1
    parts.append(laid.extra.at(left, line))
    line += laid.extra.height
    if laid.verdict.lines:
        parts.append(sign(note.verdict, left, line - 3.5))
        parts.append(laid.verdict.at(left + 14, line))
    parts.append(_foot(laid, left, foot, room - laid.star_room, rules))
    if card.moment:
        parts.append(star(laid.width - 8, 3, 9))
    return at(x, y, *parts, title=note.title(grid), class_="card", data_card=card.id)


def _foot(laid: Laid, x: float, y: float, room: float, rules: Rules) -> str:
    """Draw the mark and its word at the lower right, and the small print beside them."""
    right, mark = x + room, laid.note.mark
    if not rules.words:
        return text(laid.small, right, y, SMALL, fill=GREY, text_anchor="end")
    # Words end at the right edge, so the sign is put before the letters of the wider font.
    start = right - text_width(mark, SMALL) - 11
    space = start - 10 - x
    small = wrap(laid.small, space, SMALL, False, 1) if space > 24 else ()
    parts = sign(mark, start, y - 3.5, 4) + text(mark, right, y, SMALL, text_anchor="end")
    if laid.inline:
        return parts + text(small, start - 8, y, SMALL, fill=GREY, text_anchor="end")
    return parts + text(small, x, y, SMALL, fill=GREY, width=space)
