"""The simulator: people whose visits follow one another through the calendar.

A :class:`World` holds what is written down (events and the rows of the other tables), a
:class:`Life` is one person's agenda of visits to come, a :class:`Visit` writes events one
after the other. The industries say what people do; nothing here knows a shop from a clinic.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from samples.dice import Dice

START = datetime(2026, 1, 5)
END = datetime(2026, 6, 29)
"""The data run from START up to, and without, END."""

DAYS = (END - START).days
APART = timedelta(minutes=50)
"""Two visits of one person never come closer than this, so a 30 minute gap parts them."""


@dataclass(frozen=True)
class Rhythm:
    """When people are active: weights of the 24 hours and of the days Monday to Sunday."""

    hours: Sequence[float]
    weekdays: Sequence[float]

    def clock(self, dice: Dice, day: date) -> datetime:
        """Return a moment on ``day``, drawn from the hours."""
        hour = int(dice.pick({str(h): w for h, w in enumerate(self.hours)}))
        return datetime(day.year, day.month, day.day, hour) + timedelta(seconds=dice.whole(0, 3599))

    def near(self, dice: Dice, moment: datetime) -> datetime:
        """Return a moment soon after ``moment`` that fits weekday and hour."""
        for _ in range(7):
            if dice.chance(self.weekdays[moment.weekday()] / max(self.weekdays)):
                break
            moment += timedelta(days=dice.whole(1, 3))
        return self.clock(dice, moment.date())


@dataclass
class Person:
    """Someone with an id, fixed traits and a memory that the industry fills."""

    id: str
    channel: str
    device: str
    traits: dict[str, str]
    leaning: float
    """How inclined to go on, normal with mean 0: people differ, and stay different."""
    other_device: str = ""
    memory: dict[str, Any] = field(default_factory=dict)


class World:
    """What the simulation writes down, as rows per table."""

    def __init__(self, seed: int, rhythm: Rhythm) -> None:
        self.dice = Dice(seed)
        self.talk = Dice(seed, 1)  # what people say never changes what they do
        self.rhythm = rhythm
        self.rows: dict[str, list[dict[str, Any]]] = {}
        self.people: list[Person] = []

    def note(self, table: str, when: datetime, **row: Any) -> bool:
        """Write a row down and say so; what happens outside the period leaves no trace."""
        if not START <= when < END:
            return False
        stamp = when.replace(microsecond=0)
        self.rows.setdefault(table, []).append({"timestamp": stamp, **row})
        return True

    def first_days(self, count: int, weight: Callable[[date], float]) -> list[datetime]:
        """Draw ``count`` moments of arrival, days weighted by ``weight`` and weekday."""
        days = [START + timedelta(days=i) for i in range(DAYS)]
        week = self.rhythm.weekdays
        weights = {str(i): weight(d.date()) * week[d.weekday()] for i, d in enumerate(days)}
        return [
            self.rhythm.clock(self.dice, days[int(self.dice.pick(weights))].date())
            for _ in range(count)
        ]


class Life:
    """The agenda of one person: acts at planned times, run in order, never overlapping."""

    def __init__(self, world: World, person: Person, home: Callable[..., None]) -> None:
        self.home = home  # the ordinary visit, which other acts may plan again
        self.world = world
        self.person = person
        self.dice = world.dice
        self.free = START
        self._agenda: list[tuple[datetime, int, Callable[..., None], tuple[Any, ...]]] = []
        self._planned = 0

    def plan(self, when: datetime, act: Callable[..., None], *args: Any) -> None:
        """Put ``act(life, when, *args)`` on the agenda."""
        self._planned += 1
        heapq.heappush(self._agenda, (when, self._planned, act, args))

    def later(self, when: datetime, days: float, act: Callable[..., None], *args: Any) -> None:
        """Plan an act some days on, at an hour that fits the rhythm."""
        moment = self.world.rhythm.near(self.dice, when + timedelta(days=max(days, 0.3)))
        self.plan(max(moment, when + APART), act, *args)

    def live(self) -> None:
        """Run the agenda to the end of the data."""
        while self._agenda:
            when, _, act, args = heapq.heappop(self._agenda)
            if when < END:
                act(self, max(when, self.free), *args)


class Visit:
    """One sitting: events one after the other through one channel on one device."""

    def __init__(
        self, life: Life, when: datetime, channel: str, campaign: str = "", device: str = ""
    ) -> None:
        person, dice = life.person, life.dice
        switches = person.other_device and dice.chance(0.35)
        self.life, self.now, self.channel, self.campaign = life, when, channel, campaign
        self.device = device or (person.other_device if switches else person.device)
        self.seen: list[str] = []

    def do(
        self, event: str, page: str = "", value: float | None = None, seconds: float = 40
    ) -> bool:
        """Write an event, then let about ``seconds`` pass; False after the end of the data."""
        life = self.life
        kept = life.world.note(
            "events",
            self.now,
            user_id=life.person.id,
            event=event,
            channel=self.channel,
            device=self.device,
            campaign=self.campaign,
            page=page,
            plan=life.person.memory.get("plan", ""),
            value=value,
        )
        self.seen.append(event)
        self.now += timedelta(seconds=2 + min(int(life.dice.around(seconds, 0.7)), 1500))
        life.free = self.now + APART
        return kept


def people(
    world: World,
    count: int,
    prefix: str,
    channels: Mapping[str, float],
    device: Callable[[str], Mapping[str, float]],
    traits: Callable[[str], dict[str, str]],
    switchers: float,
) -> list[Person]:
    """Make ``count`` people: a channel first, then device and traits that go with it."""
    dice = world.dice
    for number in range(1, count + 1):
        channel = dice.pick(channels)
        first = dice.pick(device(channel))
        other = ("desktop" if first == "mobile" else "mobile") if dice.chance(switchers) else ""
        world.people.append(
            Person(
                id=f"{prefix}{number:05d}",
                channel=channel,
                device=first,
                traits=traits(channel),
                leaning=dice.normal(),
                other_device=other,
            )
        )
    return world.people
