"""Journeys of people who are all different, with a known story in them; shared by `truth.py` and the tests.

Journeys. The shares that go on from a step are rounded from the kit's own samples, for a person of middling
taste. CLINIC has those of the clinic (82, 86, 77 and 67 %, without its consultation, to which all go on), SHOP
those of the shop (80, 30, 74, 90 and 84 %). BOOKING is put together from both: the first two of the clinic, the
last two of the shop's checkout (82, 86, 90 and 84 %). It was put together with the question in mind how many must
reach a step for 8 points to be seen at all, so it is the kind case of the three, and the other two stand beside it.

People. A person has a taste (normal, standard deviation 0.6 on the log-odds of going on at every
step and visit, so people who fail once are likelier to fail again), a pace (times differ by a factor), a
restlessness (how often a step is repeated, or the one before it is looked at again), a usual device
(phone 50 %, desktop 40 %, tablet 10 %; of those from social media 70 % phones) and a usual channel (search
45 %, social 25 %, mail 15 %, direct 15 %). They come once, and half as often again (Poisson), eight days apart
on average, one visit in ten on another device and three in ten by another channel. First visits
spread over 24 weeks and grow by half in that time. Without a plant, no device, channel or week differs.

Plants. Whoever stands at one step in the planted group (a device, a channel, a window of weeks) goes on with a
chance that is `points` lower than it would have been, at every visit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

START = pd.Timestamp("2026-01-05")
WEEKS = 24
CHANNELS = {"search": 0.45, "social": 0.25, "mail": 0.15, "direct": 0.15}
DEVICES = {"phone": 0.5, "desktop": 0.4, "tablet": 0.1}
ON_SOCIAL = (0.7, 0.22, 0.08)
ON_OTHERS = tuple(
    (whole - 0.25 * social) / 0.75 for whole, social in zip(DEVICES.values(), ON_SOCIAL)
)


@dataclass(frozen=True)
class Journey:
    """Steps, and the share that goes on from each but the last."""

    name: str
    steps: tuple[str, ...]
    onward: tuple[float, ...]


BOOKING = Journey(
    "booking", ("look", "date", "details", "pay", "confirmed"), (0.82, 0.86, 0.90, 0.84)
)
CLINIC = Journey(
    "clinic", ("look", "book", "check in", "results", "follow-up"), (0.82, 0.86, 0.77, 0.67)
)
SHOP = Journey(
    "shop",
    ("visit", "product", "basket", "checkout", "payment", "purchase"),
    (0.80, 0.30, 0.74, 0.90, 0.84),
)


@dataclass(frozen=True)
class Plant:
    """An extra loss of `points` between step `step` and the next, for one value, some weeks (time), or both."""

    step: int
    column: str = "device"
    value: str = "phone"
    weeks: tuple[float, float] | None = None
    points: float = 0.08

    def holds(self, visits: pd.DataFrame) -> np.ndarray:
        """Mark the visits with the fault."""
        held = (
            np.ones(len(visits), bool)
            if self.column == "time"
            else (visits[self.column] == self.value).to_numpy()
        )
        if self.weeks is not None:
            days = [7 * week for week in self.weeks]
            held = held & visits["start"].between(*days, inclusive="left").to_numpy()
        return held


def visits_of(rng: np.random.Generator, users: int) -> pd.DataFrame:
    """Draw people and their visits: one row per visit, in the order of each person's visits."""
    channel = rng.choice(len(CHANNELS), users, p=list(CHANNELS.values()))
    draw, social = rng.random(users), channel == 1
    edges = np.where(social[:, None], np.cumsum(ON_SOCIAL), np.cumsum(ON_OTHERS))
    device = (draw[:, None] > edges[:, :2]).sum(axis=1)
    taste, pace = rng.normal(0, 0.6, users), np.exp(rng.normal(0, 0.5, users))
    restless = rng.gamma(2, 0.15, users)
    # density of first visits 1 + x/2 over the time, by inverting its distribution function
    day = 7 * WEEKS * (np.sqrt(4 + 5 * rng.random(users)) - 2)
    who = np.repeat(np.arange(users), 1 + rng.poisson(0.5, users))
    again = np.r_[False, who[1:] == who[:-1]]
    wait = pd.Series(np.where(again, 0.1 + rng.exponential(8, len(who)), 0)).groupby(who).cumsum()
    other = rng.random((2, len(who))) < [[0.3], [0.1]]
    channel = np.where(
        other[0], rng.choice(len(CHANNELS), len(who), p=list(CHANNELS.values())), channel[who]
    )
    device = np.where(
        other[1], rng.choice(len(DEVICES), len(who), p=list(DEVICES.values())), device[who]
    )
    return pd.DataFrame(
        {
            "user": who,
            "start": day[who] + wait.to_numpy(),
            "taste": taste[who],
            "pace": pace[who],
            "restless": restless[who],
            "device": np.array(list(DEVICES))[device],
            "channel": np.array(list(CHANNELS))[channel],
        }
    )


def story(
    seed: int, journey: Journey, plant: Plant | None = None, users: int = 2000
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Tell one story.

    Returns
    -------
    events, stood : DataFrame
        The log (user_id, event, timestamp, device, channel); and who stood at which step in which visit (user,
        step from 0, start, device, channel, went), which no analyst would have: for the ideal test.
    """
    rng = np.random.default_rng(seed)
    visits = visits_of(rng, users)
    faulty = plant.holds(visits) if plant else np.zeros(len(visits), bool)
    here, done, stood = np.arange(len(visits)), [], []
    for place, name in enumerate(journey.steps):
        people = visits.iloc[here]
        before = journey.steps[place - 1] if place else name
        done += _wander(rng, here, people["restless"].to_numpy(), place, before, name)
        if place == len(journey.onward):
            break
        odds = (
            np.log(journey.onward[place] / (1 - journey.onward[place])) + people["taste"].to_numpy()
        )
        chance = 1 / (1 + np.exp(-odds))
        if plant and place == plant.step:
            chance = np.where(faulty[here], chance - plant.points, chance)
        went = rng.random(len(here)) < chance
        stood.append(people[["user", "start", "device", "channel"]].assign(step=place, went=went))
        here = here[went]
    return _log(rng, visits, done), pd.concat(stood, ignore_index=True)


def _wander(
    rng: np.random.Generator,
    here: np.ndarray,
    restless: np.ndarray,
    place: int,
    before: str,
    name: str,
) -> list[tuple[np.ndarray, np.ndarray, str]]:
    """Do a step, perhaps again, perhaps after another look at the one before: visits, order, event."""
    repeats = rng.poisson(restless)
    back = np.flatnonzero(rng.random(len(here)) < 0.3 * restless) if place else np.empty(0, int)
    last = np.repeat(np.arange(len(here)), repeats)
    nth = np.arange(len(last)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    return [
        (here, np.full(len(here), place * 100.0), name),
        (here[back], np.full(len(back), place * 100.0 + 1), before),
        (here[back], np.full(len(back), place * 100.0 + 2), name),
        (here[last], place * 100.0 + 3 + nth, name),
    ]


def _log(
    rng: np.random.Generator, visits: pd.DataFrame, done: list[tuple[np.ndarray, np.ndarray, str]]
) -> pd.DataFrame:
    """Put what was done in order and give it times: a minute a step, by the person's pace."""
    visit = np.concatenate([part[0] for part in done])
    event = np.concatenate([np.full(len(part[0]), part[2], dtype=object) for part in done])
    order = np.lexsort((np.concatenate([part[1] for part in done]), visit))
    visit, event = visit[order], event[order]
    known = visits.iloc[visit]
    gap = np.ceil(rng.exponential(60, len(visit)) * known["pace"].to_numpy())
    since = pd.Series(gap).groupby(visit).cumsum().to_numpy() - gap[np.searchsorted(visit, visit)]
    seconds = np.round(known["start"].to_numpy() * 86400) + since
    return pd.DataFrame(
        {
            "user_id": "u" + known["user"].astype(str).to_numpy(),
            "event": event,
            "timestamp": START + pd.to_timedelta(seconds, unit="s"),
            "device": known["device"].to_numpy(),
            "channel": known["channel"].to_numpy(),
        }
    )
