"""What a session leaves beside the map, one small kind of record each."""

import datetime as dt
from typing import Annotated, Any, Self

from pydantic import AwareDatetime, Field, model_validator

from journeykit.model.base import Id, Model, Silence, Text, Texts, one_of, wrong

_Grades = dict[str, Annotated[int, Field(ge=1, le=5)]]
_Date = dt.date | None


class Record(Model):
    """What every record has: who left it and when."""

    id: Id
    author: Text = ""
    department: Text = ""
    date: _Date = None
    persona: Id | None = None


class Decision(Record):
    """What the team decided at the end of a phase; ``id`` is the phase."""

    text: Text = ""
    owner: Text = ""
    due: _Date = None
    done: bool = False


class Truth(Model):
    """What the data says, with its interval."""

    value: float
    low: float | None = None
    high: float | None = None


class Round(Record):
    """Something that a team does together: write or guess alone, reveal, look at it.

    ``reveals`` counts how often what was private has been shown; ``groups`` names groups of
    notes; ``truths`` holds what the data said when guesses were shown.
    """

    topic: Text
    step: Annotated[str, one_of("write", "group", "vote", "result")] = "write"
    reveals: Annotated[int, Field(ge=0)] = 0
    budget: Annotated[int, Field(ge=1, le=50)] = 5
    groups: dict[Id, Text] = {}
    truths: dict[Id, Truth] = {}


class Note(Record):
    """A loose note, not yet on the map; ``topic`` is the round in which it was written.

    Until it is ``revealed`` only its author has seen it, and ``author`` is the name that they
    gave themselves; after that it is everybody's and has none. ``card`` is its card on the map.
    """

    text: Text
    stage: Id | None = None
    topic: Text = ""
    revealed: bool = False
    group: Id | None = None
    card: Id | None = None

    @model_validator(mode="after")
    def _has_words(self) -> Self:
        if not self.text:
            raise wrong("a note without words is no note: write something on it")
        return self


class Vote(Record):
    """Dots that one person gave: what was voted on to the number of dots, ``budget`` at most."""

    topic: Text
    dots: dict[str, Annotated[int, Field(ge=0)]] = {}
    budget: int | None = None

    @model_validator(mode="after")
    def _within_budget(self) -> Self:
        given = sum(self.dots.values())
        if self.budget is not None and given > self.budget:
            raise wrong(
                f"{given} dots are more than the {self.budget} that each person has: "
                "take one back first"
            )
        return self


class Guess(Record):
    """A number guessed before the data was shown.

    ``low`` and ``high`` are the range that holds the truth in 80 of 100 such guesses. ``topic``
    is the round, ``question`` what was asked in it, ``number`` how often it had been revealed
    before, plus 1. When it is ``revealed`` it learns the truth with its interval, and it loses
    its author, unless it is ``signed``.
    """

    what: Text
    guess: float
    low: float | None = None
    high: float | None = None
    unit: Text = ""
    topic: Text = ""
    question: Text = ""
    number: int = 1
    signed: bool = False
    revealed: bool = False
    truth: float | None = None
    truth_low: float | None = None
    truth_high: float | None = None
    run_date: _Date = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        low, high = (self.guess if end is None else end for end in (self.low, self.high))
        if not low <= self.guess <= high:
            raise wrong(
                f"the range from {low} to {high} does not hold the guess {self.guess}: widen it"
            )
        return self


class WalkStep(Model):
    """One step of a walk: was it seen, what was found, how it felt (-2 to 2).

    ``why`` says why it was not seen; ``made`` is the card on the map that the finding became.
    """

    card: Id
    seen: bool = False
    why: Annotated[str, one_of("not-possible", "skipped")] | None = None
    felt: Annotated[float, Field(ge=-2, le=2)] | None = None
    finding: Text = ""
    made: Id | None = None

    @model_validator(mode="after")
    def _seen_or_not(self) -> Self:
        if self.seen and self.why:
            raise wrong(
                f"the step '{self.card}' was seen, so that it has no 'why': take one of them away"
            )
        return self

    def with_(self, **changes: Any) -> Self:
        """Return a checked copy; who has seen a step has no reason why not, and the other way."""
        if changes.get("seen"):
            changes["why"] = None
        elif changes.get("why"):
            changes["seen"] = False
        return super().with_(**changes)


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

    grades: _Grades = {}
    text: Text = ""


class Competitor(Record):
    """A competitor, graded 1 to 5 criterion by criterion; ``ours`` marks ourselves."""

    name: Text
    ours: bool = False
    grades: _Grades = {}


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
    silence: Silence = {}


class Experiment(Record):
    """A test of an idea: on which step, how large an effect, what would change our mind.

    ``counts`` holds, once it has run, each group's users and how many of them did it; control
    first.
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
    "rounds": Round,
    "sessions": Meeting,
    "votes": Vote,
    "walks": Walk,
}
"""Folder under ``records/`` to what its files hold."""
