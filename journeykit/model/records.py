"""What a session leaves beside the map, one small kind of record each."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Self

from pydantic import AfterValidator, AwareDatetime, Field, model_validator
from pydantic_core import PydanticCustomError

from journeykit.model.base import Id, Text, Texts, Word, one_of

__all__ = ["RECORD_KINDS", "Meeting", "Record", "Walk", "WalkStep"]


class Record(Word):
    """What every record has: who left it and when."""

    id: Id
    author: Text = ""
    department: Text = ""
    date: dt.date | None = None
    persona: Id | None = None


class Decision(Record):
    """What the team decided at the end of a phase; ``id`` is the phase."""

    text: Text = ""
    owner: Text = ""
    due: dt.date | None = None
    done: bool = False


class Note(Record):
    """A loose note, not yet on the map."""

    text: Text
    stage: Id | None = None


class Vote(Record):
    """Dots that one person gave: what was voted on to the number of dots."""

    topic: Text
    dots: dict[str, int] = {}


class Guess(Record):
    """A number guessed before the data was shown."""

    what: Text
    guess: float
    low: float | None = None
    high: float | None = None


class WalkStep(Word):
    """One step of a walk: was it seen, what was found, how it felt (-2 to 2).

    ``why`` says why it was not seen; ``made`` is the card on the map that the finding became.
    """

    card: Id
    seen: bool = False
    why: Annotated[str, AfterValidator(one_of("not-possible", "skipped"))] | None = None
    felt: Annotated[float, Field(ge=-2, le=2)] | None = None
    finding: Text = ""
    made: Id | None = None

    @model_validator(mode="after")
    def _seen_or_not(self) -> Self:
        if self.seen and self.why:
            raise PydanticCustomError(
                "seen", "the step '{card}' was seen, so that it has no 'why': take one of them away",
                {"card": self.card},
            )  # fmt: skip
        return self


class Walk(Record):
    """The journey walked in the customer's shoes; one record per walker."""

    journey: Id
    steps: tuple[WalkStep, ...] = ()


class Meeting(Record):
    """A session as it goes: which part of the agenda is on, and until when.

    All times are absolute, so that every browser shows the same clock and a new kernel goes on
    with it. ``ends`` is when the time of the part is up, ``since`` from when on it runs,
    ``paused`` since when the clock stands still; ``spent`` holds minutes by part, up to ``since``.
    """

    started: AwareDatetime | None = None
    part: Text = ""
    since: AwareDatetime | None = None
    paused: AwareDatetime | None = None
    ends: AwareDatetime | None = None
    finished: AwareDatetime | None = None
    spent: dict[str, Annotated[float, Field(ge=0)]] = {}


class BlindReview(Record):
    """Somebody from outside looks at the same journey: stage to a grade from 1 to 5."""

    grades: dict[str, Annotated[int, Field(ge=1, le=5)]] = {}
    text: Text = ""


class Competitor(Record):
    """A competitor, graded 1 to 5 criterion by criterion; ``ours`` marks ourselves."""

    name: Text
    ours: bool = False
    grades: dict[str, Annotated[int, Field(ge=1, le=5)]] = {}


class Content(Record):
    """A piece of content and the need (a card) that it answers."""

    title: Text
    stage: Id
    answers: Id | None = None
    form: Text = ""


class Idea(Record):
    """A change that somebody proposes, and the goal card that it serves."""

    text: Text
    stage: Id | None = None
    serves: Id | None = None


class Experiment(Record):
    """A test of an idea: on which step, how large an effect, what would change our mind.

    ``counts`` holds, once it has run, each group's users and how many of them did it; control first.
    """

    title: Text
    idea: Id | None = None
    step: Text = ""
    lift: float | None = None
    changes_our_mind: Text = ""
    results: Texts = ()
    counts: dict[str, tuple[int, int]] = {}


RECORD_KINDS: dict[str, type[Record]] = {
    "blind-reviews": BlindReview,
    "competitors": Competitor,
    "content": Content,
    "decisions": Decision,
    "experiments": Experiment,
    "guesses": Guess,
    "heuristics": BlindReview,
    "ideas": Idea,
    "notes": Note,
    "sessions": Meeting,
    "votes": Vote,
    "walks": Walk,
}
"""Folder under ``records/`` to what its files hold."""
