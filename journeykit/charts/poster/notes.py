"""Sticky notes: what is said about a card (the verdict on it, what changed, whose it is), how large
it is, and how the cards of a cell lie.
"""

from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from journeykit.claims.cards import card_changes
from journeykit.model import Card, Journey, Workshop
from journeykit.store import linked, picture

from ..drawing.theme import GREY, text_width, wrap
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
    foot: str
    width: float
    height: float
    indent: int


def _laid(note: Note, width: float, rules: Rules, lines: int = 0) -> Laid:
    """Wrap a card's words to a width; its foot shares the last line where it has room."""
    card, room = note.card, width - 2 * _SIDE
    # Room that the signs before the text need.
    indent = 12 * (not rules.words) + 20 * (card.emotion is not None)
    most = 4 if rules.lines > 5 else 1
    words = Block(card.text, room - indent, rules.text, rules.lead, most=lines or rules.lines)
    more = "\n".join((details(card), note.change_words, note.picture[1]))
    extra = Block(more, room, SMALL, 12.5, most=most, fill=GREY)
    said = note.verdict_words if note.verdict else ""
    verdict = Block(said, room - 14, SMALL, 12.5, bold=True, most=most)
    foot = joined(note.mark if rules.words else "", note.small)
    foot = "".join(wrap(foot, room - 13 * rules.words, SMALL, False, 1))
    last = 14 + verdict.last if said else extra.last or words.last + indent
    below = bool(foot) and last + text_width(foot, SMALL) + 10 + 13 * rules.words > room
    if below and rules.lines < 5 and not rules.words:  # a tight sheet has no line for owners
        below, foot = False, ""
    height = 2 * rules.pad + max(words.height, rules.lead) + extra.height + verdict.height
    height += rules.picture * bool(note.picture[0])
    return Laid(note, words, extra, verdict, foot, width, height + 13 * below, indent)


Placed = list[tuple[Laid, float, float]]


def _cell(notes: Sequence[Note], width: float, rules: Rules) -> tuple[Placed, float]:
    """Lay cards in rows: several abreast where all of them stay short, else one by one.

    Returns the cards with their places, and the height of the cell.
    """
    placed: Placed = []
    shown, y = list(notes[: rules.cards]), 0.0
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
    row, most = notes[:count], 2 if each < 130 else 5
    if len(row) < count or each < 88:
        return []
    for note in row:
        long = text_width(note.card.text, rules.text) > most * (each - 2 * _SIDE)
        if long or (note.verdict and each < 135):
            return []
    beside = [_laid(note, each, rules, 14) for note in row]
    below = sum(_laid(note, width, rules, 14).height for note in row) + rules.gap * (count - 1)
    cut = any(len(laid.words.lines) > most or laid.foot.endswith("…") for laid in beside)
    return [] if cut or max(laid.height for laid in beside) >= 0.8 * below else beside


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
    rules, cells, height = grid.rules, [], blank
    for stage in grid.stages:
        every = [note for note in notes if note.card.stage == stage]
        shown = [note for note in every if note.change or not compared]
        placed, depth = _cell(shown, grid.inner, rules)
        left, stay = len(shown) - len(placed), len(every) - len(shown)
        words = joined(
            f"+ {left} more, see the table of the map" if left else "",
            f"{stay} as before" if stay else "",
        )
        cells.append((placed, depth, words))
        height = max(height, depth + 14 * bool(words))
    height += rules.air
    if not bare:
        height = max(height, 1.4 * rules.name + grid.name(grid.names.get(lane, lane)).height)
    return Band(height, partial(pen(__file__).lane, grid, cells, lane, bare, blank), 1.0)
