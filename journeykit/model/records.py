"""What a session leaves beside the map, one small kind of record each."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import Field

from journeykit.model.base import Id, Text, Texts, Word

__all__ = ["RECORD_KINDS", "Record"]


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
    """One touchpoint of a walk: was it seen, and what was found."""

    card: Id
    seen: bool = False
    finding: Text = ""


class Walk(Record):
    """The journey walked in the customer's shoes."""

    journey: Id
    steps: tuple[WalkStep, ...] = ()


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
    "votes": Vote,
    "walks": Walk,
}
"""Folder under ``records/`` to what its files hold."""
