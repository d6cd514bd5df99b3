"""Sticky notes: what is said about a card (the verdict on it, what changed, whose it is), how large
it is, and how the cards of a cell lie.
"""

import math
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from journeykit.claims.cards import card_changes
from journeykit.model import Card, Journey, Workshop
from journeykit.store import linked, picture

from ..drawing.theme import GREY, text_width
from .data import Numbers
from .svg import SMALL, Band, Block, Grid, Rules, pen


class Note(NamedTuple):
    """A card and what else is said about it: the verdict on its claim or promise, or a change."""

    card: Card
    verdict: str = ""
    verdict_words: str = ""
    change: str = ""
    change_words: str = ""
    picture: tuple[str, str] = ("", "")
    """Its picture as a ``data:`` address, and why there is none."""
    leads: tuple[str, str] = ("", "")
    """Where its link leads from a report, and why it does not."""

    @property
    def mark(self) -> str:
        """The word at the foot of the card."""
        return self.change or self.card.evidence

    @property
    def small(self) -> str:
        """The small print: by which channel, and whose it is."""
        return joined(
            (self.card.channel or "").replace("_", " "), self.card.owner or self.card.department
        )


def joined(*words: str) -> str:
    """Put words that are there beside each other."""
    return " · ".join(filter(None, words))


def with_pictures(notes: Iterable[Note], folder: Path | None) -> list[Note]:
    """Give notes what lies in a workshop folder: their pictures, and where their links lead."""
    return [
        note._replace(
            picture=picture(folder, note.card.image), leads=linked(folder, note.card.link)
        )
        for note in notes
    ]


def notes_of(workshop: Workshop, as_is: Journey, to_be: Journey) -> list[Note]:
    """Make a note of every card of either journey; ``change`` is empty where nothing changed."""
    return [
        Note(each.card, change=each.change, change_words=each.words)
        for each in card_changes(as_is, to_be, workshop.names())
    ]


def note_of(card: Card, numbers: Numbers) -> Note:
    """Join a card with the verdict on its claim, else on the promise that it names."""
    if card.id in numbers.claims:
        return Note(card, *numbers.claims[card.id])
    if row := numbers.promises.get(card.promise or ""):
        return Note(card, str(row.get("verdict", "not measured")), pen(__file__).promised(row))
    return Note(card)


def details(card: Card) -> str:
    """Write the grades of a card."""
    grades = {
        "importance": card.importance,
        "satisfied": card.satisfaction,
        "opportunity": card.opportunity,
    }
    return joined(*(f"{name} {grade}" for name, grade in grades.items() if grade is not None))


_SIDE = 9.0


class Laid(NamedTuple):
    """A note with its words wrapped for a width."""

    note: Note
    words: Block
    extra: Block
    verdict: Block
    foot: Block
    width: float
    height: float
    indent: int


def _laid(note: Note, width: float, rules: Rules) -> Laid:
    """Wrap a card's words to a width; its foot shares the last line where it has room."""
    card, room = note.card, width - 2 * _SIDE
    # Room that the signs before the text need.
    indent = 12 * (not rules.words) + 20 * (card.emotion is not None)
    words = Block(card.text, room - indent, rules.text, rules.lead)
    more = "\n".join((details(card), note.change_words, note.picture[1]))
    extra = Block(more, room, SMALL, 12.5, fill=GREY)
    said = note.verdict_words if note.verdict else ""
    verdict = Block(said, room - 14, SMALL, 12.5, bold=True)
    signed = 13 * rules.words
    foot = Block(joined(note.mark if rules.words else "", note.small), room - signed, SMALL, 12.5)
    last = 14 + verdict.last if said else extra.last or words.last + indent
    beside = len(foot.lines) < 2 and last + foot.last + 10 + signed <= room
    height = 2 * rules.pad + max(words.height, rules.lead) + extra.height + verdict.height
    height += rules.picture * bool(note.picture[0]) + foot.height * (not beside)
    return Laid(note, words, extra, verdict, foot, width, height, indent)


def _parts(note: Note, width: float, rules: Rules) -> list[Note]:
    """Part a card that no sheet is high enough for, between two of its lines."""
    laid = _laid(note, width, rules)
    if laid.height <= rules.tallest:
        return [note]
    if laid.extra.height > rules.tallest / 2:
        longer = note.card.with_(text=f"{note.card.text}\n{note.change_words}")
        return _parts(note._replace(card=longer, change_words=""), width, rules)
    over = laid.height - rules.tallest
    most = max(len(laid.words.lines) - math.ceil(over / rules.lead), 5)
    head, tail = ("\n".join(part) for part in (laid.words.lines[:most], laid.words.lines[most:]))
    rest = note._replace(card=note.card.with_(text=tail), picture=("", ""))
    return [note._replace(card=note.card.with_(text=head)), *_parts(rest, width, rules)]


Placed = list[tuple[Laid, float, float]]


def _cell(notes: Sequence[Note], width: float, rules: Rules) -> tuple[Placed, float]:
    """Lay cards in rows: several abreast where all of them stay short, else one by one.

    Returns the cards with their places, and the height of the cell.
    """
    shown = [part for note in notes for part in _parts(note, width, rules)]
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
    """Lay the first cards side by side if that is lower and all stay short; else nothing."""
    each = (width - rules.gap * (count - 1)) / count
    row, most = notes[:count], 2 if each < 130 else 5
    if len(row) < count or each < 88:
        return []
    for note in row:
        long = text_width(note.card.text, rules.text) > most * (each - 2 * _SIDE)
        if long or (note.verdict and each < 135):
            return []
    beside = [_laid(note, each, rules) for note in row]
    below = sum(_laid(note, width, rules).height for note in row) + rules.gap * (count - 1)
    long = any(len(laid.words.lines) > most or len(laid.foot.lines) > 1 for laid in beside)
    return [] if long or max(laid.height for laid in beside) >= 0.8 * below else beside


Cell = tuple[Placed, float, str]
"""The cards of a lane in one stage with their places, how high they are, and what stands below."""


def cards_band(
    grid: Grid,
    lane: str,
    notes: Sequence[Note],
    compared: bool,
    *,
    bare: bool = False,
    blank: float = 0.0,
) -> Band:
    """Lay out one lane; ``bare`` without its label, ``blank`` with a height for empty cells.

    Compared, only the cards that change are drawn, and the others counted.
    """
    cells = list[Cell]()
    for stage in grid.stages:
        every = [note for note in notes if note.card.stage == stage]
        shown = [note for note in every if note.change or not compared]
        stay = len(every) - len(shown)
        cells.append((*_cell(shown, grid.inner, grid.rules), f"{stay} as before" if stay else ""))
    return _band(grid, lane, cells, bare, blank)


def _band(
    grid: Grid, lane: str, cells: list[Cell], bare: bool, blank: float = 0.0, more: str = ""
) -> Band:
    height = max(blank, *(depth + 14 * bool(words) for _, depth, words in cells)) + grid.rules.air
    if not bare:
        name, below = grid.name(grid.names.get(lane, lane)), 12.5 * bool(more)
        height = max(height, 1.4 * grid.rules.name + name.height + below)
    paint = partial(pen(__file__).lane, grid, cells, lane, bare, blank, more)
    return Band(height, paint, 1.0, partial(_cut, grid, lane, cells, bare, more))


def _cut(
    grid: Grid, lane: str, cells: list[Cell], bare: bool, more: str, room: float
) -> tuple[Band, Band] | None:
    """Part a lane: the cards that end within the room, and those that go on on the next sheet."""
    first, rest, room = list[Cell](), list[Cell](), room - grid.rules.air
    for placed, depth, words in cells:
        here = [each for each in placed if each[2] + each[0].height <= room]
        left = placed[len(here) :]
        top = left[0][2] if left else depth
        after = words if left or depth + 14 > room else ""
        end = max((y + laid.height for laid, _, y in here), default=0.0)
        first.append((here, end, "" if after else words))
        rest.append(([(laid, x, y - top) for laid, x, y in left], depth - top, after))
    band = _band(grid, lane, first, bare, more=more)
    if band.height > room + grid.rules.air or not any(cell[0] for cell in first):
        return None
    return band, _band(grid, lane, rest, False, more="goes on")
