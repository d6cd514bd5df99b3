"""What is said about a card beside its words: the verdict on it, what changed, whose it is."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from journeykit.claims.cards import card_changes
from journeykit.model import EVIDENCE, Card, Journey, Workshop
from journeykit.store import picture
from journeykit.words import between, label, percent

from .data import Numbers, Row
from .svg import Grid, feeling, place

TOLD = "channel owner department author source reviewed".split()


@dataclass(frozen=True, eq=False)
class Note:
    """A card and what else is said about it: the verdict on its claim or promise, or a change."""

    card: Card
    verdict: str = ""
    verdict_words: str = ""
    change: str = ""
    change_words: str = ""
    picture: tuple[str, str] = ("", "")
    """Its picture as a ``data:`` address, and why there is none."""

    @property
    def mark(self) -> str:
        """The word at the foot of the card."""
        return self.change or self.card.evidence

    @property
    def small(self) -> str:
        """The small print: by which channel, and whose it is."""
        return joined(self.card.channel, self.card.owner or self.card.department)

    def title(self, grid: Grid) -> str:
        """Say everything about the card in words, for hovering and for screen readers."""
        card = self.card
        felt, told = card.emotion, {name: getattr(card, name) for name in TOLD}
        more = [
            "{lane}, {stage}: {card}".format_map(place(grid.workshop, card)),
            "Moment that matters" if card.moment else "",
            "" if felt is None else f"Feeling: {feeling(felt)} ({felt:+g})",
            EVIDENCE[card.evidence],
            *(f"{label(name)}: {value}" for name, value in told.items() if value),
            ("" if card.claim else "Promise ") + self.verdict_words if self.verdict else "",
            self.change_words,
            self.picture[1],
        ]
        return ". ".join(filter(None, more))


def joined(*words: str) -> str:
    """Put words that are there beside each other."""
    return " · ".join(filter(None, words))


def with_pictures(notes: Iterable[Note], folder: Path | None) -> list[Note]:
    """Give notes the pictures that lie in a workshop folder; without one they stay as they are."""
    return [
        replace(note, picture=picture(folder, note.card.image))
        if folder and note.card.image
        else note
        for note in notes
    ]


def notes_of(workshop: Workshop, as_is: Journey, to_be: Journey) -> list[Note]:
    """Make a note of every card of either journey; ``change`` is empty where nothing changed."""
    return [
        Note(each.card, change=each.change, change_words=each.words)
        for each in card_changes(as_is, to_be, workshop.names())
    ]


def promise_words(row: Row) -> str:
    """Write a promise's verdict: "broken: held in 61.0% of 540 (57.0% to 65.0%)"."""
    verdict = str(row.get("verdict", "not measured"))
    if "share" not in row or not row.get("n"):
        return verdict
    few = ["few cases"] if row.get("small_n", row["n"] < 30) else []
    more = [between(row["low"], row["high"])] if {"low", "high"} <= row.keys() else []
    words = f"{verdict}: held in {percent(row['share'])} of {int(row['n']):,}"
    return words + (f" ({', '.join(more + few)})" if more or few else "")


def note_of(card: Card, numbers: Numbers) -> Note:
    """Join a card with the verdict on its claim, else on the promise that it names."""
    if card.id in numbers.claims:
        return Note(card, *numbers.claims[card.id])
    if row := numbers.promises.get(card.promise or ""):
        return Note(card, str(row.get("verdict", "not measured")), promise_words(row))
    return Note(card)


def details(card: Card) -> str:
    """Write the grades of a card."""
    grades = {
        "importance": card.importance,
        "satisfied": card.satisfaction,
        "opportunity": card.opportunity,
    }
    return joined(*(f"{name} {grade}" for name, grade in grades.items() if grade is not None))
