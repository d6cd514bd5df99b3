"""What a session leaves beside the map, one small kind of record each."""

import datetime as dt
import re
from hashlib import pbkdf2_hmac, sha256
from typing import Annotated, Any, Self

from pydantic import (
    AwareDatetime,
    BeforeValidator,
    Field,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveInt,
)

from .base import Day, Feeling, Id, Model, Ref, Share, Silence, Text, Texts, one_of, rule, wrong
from .decisions import Decision, Parked, Record

_Moment = AwareDatetime | None
_Grades = dict[str, Annotated[int, Field(ge=1, le=5)]]


class Truth(Model):
    """What the data says, with its interval."""

    value: float
    low: float | None = None
    high: float | None = None


class Round(Record):
    """Something that a team does together: write or guess alone, reveal, look at it.

    ``reveals`` counts how often what was private has been shown; ``groups`` names groups of
    notes; ``truths`` holds what the data said when guesses were shown; ``skipped`` that it was
    shown without.
    """

    topic: Text
    step: Annotated[str, one_of("write", "group", "vote", "result")] = "write"
    reveals: NonNegativeInt = 0
    budget: Annotated[int, Field(ge=1, le=50)] = 5
    groups: dict[Id, Text] = {}
    truths: dict[Id, Truth] = {}
    skipped: bool = False


class Note(Record):
    """A loose note, not yet on the map; ``topic`` is the round in which it was written.

    Until it is ``revealed`` only its author has seen it, and ``author`` is the name that they
    gave themselves; after that it is everybody's and has none. ``card`` is its card on the map.
    """

    text: Text
    stage: Ref = None
    topic: Text = ""
    revealed: bool = False
    group: Ref = None
    card: Ref = None

    @rule
    def _has_words(self) -> Self:
        if not self.text:
            raise wrong("a note without words is no note: write something on it")
        return self


class Vote(Record):
    """Dots that one person gave: what was voted on to the number of dots, ``budget`` at most."""

    topic: Text
    dots: dict[str, NonNegativeInt] = {}
    budget: int | None = None

    @rule
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
    its author, unless it is ``signed``. One that was not ``covered`` was made by somebody who could
    know the number.
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
    covered: bool = True
    truth: float | None = None
    truth_low: float | None = None
    truth_high: float | None = None
    run_date: Day = None

    @rule
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
    felt: Feeling = None
    finding: Text = ""
    made: Ref = None

    @rule
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
    """The journey walked in the customer's shoes; one record per walker and session."""

    journey: Id
    session: PositiveInt = 1
    steps: tuple[WalkStep, ...] = ()


class Meeting(Record):
    """A session as it goes: which part of the agenda is on, and until when.

    All times are absolute, so that every browser shows the same clock and a new kernel goes on
    with it. ``ends`` is when the time of the part is up, ``since`` from when on it runs,
    ``paused`` since when the clock stands still; ``spent`` holds minutes by part, up to ``since``.
    """

    started: _Moment = None
    part: Text = ""
    since: _Moment = None
    paused: _Moment = None
    ends: _Moment = None
    finished: _Moment = None
    spent: dict[str, NonNegativeFloat] = {}


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
    answers: Ref = None
    form: Text = ""


class Idea(Record):
    """A change that somebody proposes, and the goal card that it serves."""

    text: Text
    stage: Ref = None
    serves: Ref = None
    silence: Silence = {}


def _read_counts(said: Any) -> Any:
    if not isinstance(said, str):
        return said
    groups = re.findall(r"([^:;]+): *(\d+) of (\d+)", said)
    if len(groups) <= said.count(";"):
        raise wrong(f"{said!r} cannot be read: write `control: 120 of 1000; new: 150 of 1010`")
    return {group.strip(): (int(n), int(did)) for group, did, n in groups}


class Experiment(Record):
    """A test of an idea: on which step, how large an effect, what would change our mind.

    ``counts`` holds, once it has run, each group's users and how many of them did it; control
    first. It is read as people write it, too: ``control: 120 of 1000; new: 150 of 1010``.
    """

    title: Text
    idea: Ref = None
    step: Text = ""
    lift: Share | None = None
    changes_our_mind: Text = ""
    results: Texts = ()
    counts: Annotated[dict[str, tuple[int, int]], BeforeValidator(_read_counts)] = {}


class Alarm(Record):
    """What a delivery of data, with its fingerprint, adds to the alarms of a persona.

    ``nights`` holds, by claim and the day on which customers came, the night on which their window
    was over, what their mean is held against, and how many had which value (0 to 1).
    """

    data: Text = ""
    nights: dict[str, dict[dt.date, tuple[dt.date, float, dict[str, NonNegativeInt]]]] = {}


class Quote(Record):
    """What a customer wrote, masked, as ``author`` saw it and released it on ``date``.

    ``id`` is made of the text, so that a release is of that text and of no other. ``customer``
    finds the one who wrote it and names nobody: a slow hash of the user id with ``id`` as its salt.
    Who has a list of all user ids can try them one by one, as with any such hash.
    """

    text: Text
    theme: Text = ""
    customer: Text = ""

    @classmethod
    def of(cls, text: str, user: str, theme: str = "") -> Self:
        """Make the quote of what a customer wrote, before anybody releases it."""
        made = cls(id=f"q-{sha256(text.encode()).hexdigest()[:12]}", text=text, theme=theme)
        return made.with_(customer=made._hash(user))

    def is_of(self, user: str) -> bool:
        """Tell whether this customer wrote it.

        Examples
        --------
        >>> quote = Quote.of("The parcel was late.", "u7")
        >>> quote.is_of("u7"), quote.is_of("u8")
        (True, False)
        """
        return self.customer == self._hash(user)

    def _hash(self, user: str) -> str:
        return pbkdf2_hmac("sha256", user.encode(), self.id.encode(), 50_000).hex()[:32]


RECORD_KINDS: dict[str, type[Record]] = {
    "alarms": Alarm,
    "blind-reviews": BlindReview,
    "competitors": Competitor,
    "content": Content,
    "decisions": Decision,
    "experiments": Experiment,
    "guesses": Guess,
    "heuristics": BlindReview,
    "ideas": Idea,
    "notes": Note,
    "parked": Parked,
    "quotes": Quote,
    "rounds": Round,
    "sessions": Meeting,
    "votes": Vote,
    "walks": Walk,
}
"""Folder under ``records/`` to what its files hold."""
