"""Surveys, support contacts and campaign sends: the rows that all industries note alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from samples.dice import Dice
from samples.life import Life, Person, World
from samples.voice import Voice

SCALES = {"csat": (1, 5, 0.95), "ces": (1, 7, 1.3), "nps": (0, 10, 2.1)}
"""Lowest and highest answer and the spread between people, per measure."""


@dataclass(frozen=True)
class About:
    """What an answer is about: the stage, and the themes for a low and a high score."""

    stage: str
    bad: Sequence[str]
    good: Sequence[str]


def ask(
    life: Life,
    when: datetime,
    measure: str,
    mean: float,
    about: About,
    voice: Voice,
    *,
    channel: str = "",
    device: str = "",
) -> None:
    """Note one answer to a survey question, perhaps with a comment."""
    dice, person = life.world.talk, life.person
    low, high, spread = SCALES[measure]
    mood = person.memory.setdefault("mood", dice.normal(0, 0.3))
    score = dice.score(mean + mood * spread, low, high, spread)
    place = (score - low) / (high - low)
    comment = ""
    if dice.chance(0.62 if place < 0.4 else 0.18):
        themes = about.bad if place < 0.5 or (place < 0.65 and dice.chance(0.5)) else about.good
        comment = voice.say(dice, dice.one(list(themes)))
    life.world.note(
        "surveys",
        when + timedelta(minutes=dice.around(12, 1.2)),
        response_id=f"{person.id}-{measure}-{when.isoformat()}",
        user_id=person.id,
        measure=measure,
        question=None,
        score=score,
        stage=about.stage,
        channel=channel or person.channel,
        device=device or person.device,
        comment=comment,
    )


def sus_round(
    world: World,
    when: datetime,
    asked: Sequence[Person],
    level: Callable[[Person], float],
    stage: str,
) -> None:
    """Note a System Usability Scale round: ten answers from 1 to 5 per person.

    ``level`` is the SUS score (0 to 100) around which a person's answers lie; the even
    questions are worded the other way round, as in the real questionnaire.
    """
    dice = world.talk
    for person in asked:
        at = when + timedelta(hours=dice.between(0, 120))
        wanted = 4 * min(1.0, max(0.0, dice.normal(level(person), 13) / 100))
        for question in range(1, 11):
            points = dice.score(wanted, 0, 4, 0.7)
            world.note(
                "surveys",
                at,
                response_id=f"{person.id}-sus",
                user_id=person.id,
                measure="sus",
                question=question,
                score=1 + points if question % 2 else 5 - points,
                stage=stage,
                channel=person.channel,
                device=person.device,
                comment="",
            )


@dataclass(frozen=True)
class Desk:
    """How one support channel works, and when it is slow."""

    first_answer: float | None
    """Median minutes to the first answer (None: picked up or held on the line)."""
    hold: float | None
    """Median minutes on hold (None: there is no line to hold)."""
    spread: float
    resolution: float
    """Median hours until it is settled."""
    solved: float
    handovers: float
    slow_hours: Callable[[datetime], bool] | None = None
    slow_factor: float = 1.0
    slow_spread: float = 0.7

    def is_slow(self, when: datetime) -> bool:
        """Tell whether ``when`` lies in the hours in which this desk cannot keep up."""
        return self.slow_hours is not None and self.slow_hours(when)

    def minutes(self, dice: Dice, median: float | None, slow: bool) -> float | None:
        """Draw a waiting time around ``median``, longer in the slow hours."""
        if median is None:
            return None
        spread = self.slow_spread if slow else self.spread
        return round(dice.around(median * (self.slow_factor if slow else 1.0), spread), 1)


def contact(
    world: World,
    when: datetime,
    channel: str,
    desk: Desk,
    topic: str,
    voice: Voice,
    themes: Sequence[str],
    user_id: str | None,
) -> None:
    """Note one contact with the support; ``themes`` are what is said after a bad, a good one."""
    dice, slow = world.talk, desk.is_slow(when)
    solved = dice.chance(desk.solved - (0.12 if slow else 0))
    rating = 4.1 - (1.4 if slow else 0) - (0 if solved else 1.1)
    answered = dice.chance(0.45)
    satisfaction = dice.score(rating, 1, 5, 0.9)
    says = answered and dice.chance(0.7 if satisfaction <= 3 else 0.2)
    bad, good = themes
    world.note(
        "support",
        when,
        contact_id=f"{user_id or dice.whole(0, 10**9)}-{when.isoformat()}",
        user_id=user_id,
        channel=channel,
        topic=topic,
        first_answer_minutes=desk.minutes(dice, desk.first_answer, slow),
        hold_minutes=desk.minutes(dice, desk.hold, slow),
        resolution_hours=round(dice.around(desk.resolution, 0.9), 1),
        handovers=min(4, int(dice.rng.poisson(desk.handovers + (0.4 if slow else 0)))),
        solved="true" if solved else "false",
        satisfaction=satisfaction if answered else None,
        comment=voice.say(dice, bad if satisfaction <= 3 else good) if says else "",
    )


@dataclass(frozen=True)
class Campaign:
    """A campaign: where it goes out, what a send costs and who is left out on purpose."""

    name: str
    stage: str
    channel: str
    cost: float
    opened: float
    clicked: float
    holdout: float = 0.0


def send(world: World, when: datetime, campaign: Campaign, user_id: str) -> tuple[bool, bool]:
    """Note a send (or a place in the holdout) and return (was sent, was clicked)."""
    dice = world.dice
    sent = not dice.chance(campaign.holdout)
    opened = sent and dice.chance(campaign.opened)
    clicked = opened and dice.chance(campaign.clicked / campaign.opened)
    world.note(
        "campaigns",
        when,
        campaign=campaign.name,
        user_id=user_id,
        stage=campaign.stage,
        channel=campaign.channel,
        opened="true" if opened else "false",
        clicked="true" if clicked else "false",
        cost=campaign.cost if sent else 0.0,
        treatment="sent" if sent else "holdout",
    )
    return sent, clicked
