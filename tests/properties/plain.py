"""The rules read aloud in plain Python, slow and without SQL, to hold the kit against."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise, permutations

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from journeykit.tables import read_events

START = pd.Timestamp("2026-03-02 10:00")
GAP = 30  # minutes of pause that a session survives
CHANNELS = ["ads", "mail", "seo", None]


@dataclass(frozen=True)
class Event:
    """One event: who, how manieth of the user, what, when (minutes), where from, and its session."""

    user: str
    position: int
    name: str
    minute: int
    channel: str
    session: int
    last: bool


def logs(names="ABCX", waits=(0, 1, 2, 5, 31, 40), most=4, longest=9):
    """Logs of a few users: lists of (event, minutes since the one before, channel)."""
    entry = st.tuples(st.sampled_from(names), st.sampled_from(waits), st.sampled_from(CHANNELS))
    users = st.lists(st.lists(entry, max_size=longest), min_size=1, max_size=most)
    # One user does everything once, so that every name and channel is known.
    return users.map(lambda log: [*log, [(name, 1, "ads") for name in names]])


def frame_of(log):
    rows = []
    for user, entries in enumerate(log):
        minute = 0
        for name, wait, channel in entries:
            minute += wait
            rows.append((f"u{user}", name, START + pd.Timedelta(minutes=minute), channel))
    return pd.DataFrame(rows, columns=["user_id", "event", "timestamp", "channel"])


def read(log):
    """The events as the kit has them, and the same as lists per user."""
    users, session = {}, 0
    for number, entries in enumerate(log):
        minute, listed = 0, []
        for place, (name, wait, channel) in enumerate(entries):
            minute += wait
            session += place == 0 or wait > GAP
            last = place == len(entries) - 1
            listed.append(
                Event(f"u{number}", place + 1, name, minute, channel or "(none)", session, last)
            )
        if listed:
            users[f"u{number}"] = listed
    return read_events(frame_of(log)), users


def sessions_of(users):
    found = defaultdict(list)
    for entries in users.values():
        for event in entries:
            found[event.session].append(event)
    return list(found.values())


def does(event, step):
    return event.name in step.strip("[]")


# -- funnel ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Attempt:
    """What a unit got to: step numbers to times, whether its window is open, the value it began with."""

    times: dict
    waits: bool
    value: str


def attempt_of(entries, steps, *, order, within, exclude, optional, end):
    """The attempt of one unit that counts, or None: of those whose window is over the furthest, of
    equals the earliest."""
    parts, part = [], 0
    for event in entries:
        part += exclude is not None and does(event, exclude)
        parts.append(part)
    best, furthest = None, (False, 0)
    for i, event in enumerate(entries):
        rest = [e for e, p in zip(entries, parts, strict=True) if p == parts[i]]
        limit = float("inf") if within is None else event.minute + within
        if order == "any":
            if not any(does(event, step) for step in steps):
                continue
            near = [e for e in rest if e.position >= event.position]
            if within is not None:
                near = [e for e in rest if event.minute <= e.minute <= limit]
            asked = Counter(steps)
            reach = sum(min(n, sum(does(e, s) for e in near)) for s, n in asked.items())
            times = dict.fromkeys(range(1, reach + 1))
        else:
            if not does(event, steps[0]):
                continue
            times = _follow(event, rest, steps, order, limit, optional)
            reach = sum(k not in optional for k in times)
        waits = within is not None and event.minute > end - within
        if (not waits, reach) > furthest:
            best, furthest = Attempt(times, waits, event.channel), (not waits, reach)
    return best


def _follow(opening, rest, steps, order, limit, optional):
    """From the opening event through the steps: {step: minute}."""
    times, here, skipped = {1: opening.minute}, opening, {}
    for k, step in enumerate(steps[1:], 2):
        later = [
            e for e in rest if e.position > here.position and does(e, step) and e.minute <= limit
        ]
        if order == "strict":
            later = [e for e in later if e.position == here.position + 1]
        if k in optional:
            skipped |= {k: later[0]} if later else {}
            continue
        if not later:
            break
        here = later[0]
        times |= {j: e.minute for j, e in skipped.items() if e.position < here.position} | {
            k: here.minute
        }
        skipped = {}
    times |= {j: e.minute for j, e in skipped.items()}
    return times


def funnel_of(users, steps, *, unit="user", by=False, optional=(), **rules):
    """Per value: for every step who is counted, who is censored, the shares and the median time."""
    units = list(users.values()) if unit == "user" else sessions_of(users)
    end = max(e.minute for entries in users.values() for e in entries)
    groups = defaultdict(list)
    for entries in units:
        found = attempt_of(entries, steps, optional=optional, end=end, **rules)
        if found:
            groups[found.value if by else ""].append(found)
    return {value: _counted(found, len(steps), optional) for value, found in groups.items()}


def _counted(attempts, last, optional):
    over = [a for a in attempts if not a.waits]
    rows, began = [], len(over)
    for k in range(1, last + 1):
        before = max((j for j in range(1, k) if j not in optional), default=1)
        done, left = sum(k in a.times for a in over), sum(before in a.times for a in over)
        gaps = [
            60 * (a.times[k] - a.times[before])
            for a in over
            if k > 1 and a.times.get(k) is not None
        ]
        rows.append(
            {
                "n": done,
                "censored": sum(a.waits and k in a.times for a in attempts),
                "of_previous": done / left if left else float("nan"),
                "of_start": done / began if began else float("nan"),
                "median": np.median(gaps) if gaps else float("nan"),
            }
        )
    return rows


# -- paths ----------------------------------------------------------------------------------


def moves_of(users):
    """Each move from an event to the next: (channel at it, from, to) to [(user, seconds)]."""
    found = defaultdict(list)
    for user, entries in users.items():
        for a, b in pairwise(entries):
            found[a.channel, a.name, b.name].append((user, 60 * (b.minute - a.minute)))
    return found


# -- attribution ----------------------------------------------------------------------------


def touches_of(users, goal, lookback=None):
    """Per user: [(channel, minutes before the conversion)], and whether there was one."""
    ways = []
    for entries in users.values():
        won = next((e for e in entries if e.name == goal), None)
        firsts = {e.session: e for e in reversed(entries)}
        way = []
        for session, first in sorted(firsts.items()):
            if won and first.position > won.position:
                break  # what comes after the first conversion is no part of the way to it
            ago = won.minute - first.minute if won else 0
            if lookback is None or not won or ago <= lookback or session == won.session:
                way.append((first.channel, ago))
        ways.append((way, won is not None))
    return ways


def credit_by_place(ways, model, half_life):
    credit = Counter()
    for way, won in ways:
        n = len(way)
        weigh = {
            "first": lambda i, ago: i == 0,
            "last": lambda i, ago, n=n: i == n - 1,
            "linear": lambda i, ago: 1,
            "position": lambda i, ago, n=n: (
                1 if n <= 2 else 0.4 if i in (0, n - 1) else 0.2 / (n - 2)
            ),
            "time-decay": lambda i, ago: 0.5 ** (ago / half_life),
        }[model]
        weights = [float(weigh(i, ago)) for i, (_, ago) in enumerate(way)]
        for (channel, _), weight in zip(way, weights, strict=True):
            credit[channel] += weight / sum(weights) if won else 0
    return credit


def credit_by_markov(ways, order, nulls):
    """Removal effects: the chain is solved anew without each channel, whose visitors are lost."""
    ways = [([channel for channel, _ in way], won) for way, won in ways if won or nulls]
    states = sorted({state for way, _ in ways for state in _states(way, order)}, key=repr)
    place = {state: i for i, state in enumerate(states)}
    counts = np.zeros(
        (len(states) + 1, len(states) + 2)
    )  # the first row is the start; then won, lost
    for way, won in ways:
        through = [0, *(place[state] + 1 for state in _states(way, order))]
        for before, here in pairwise(through):
            counts[before, here - 1] += 1
        counts[through[-1], -2 if won else -1] += 1
    chain = counts / counts.sum(axis=1, keepdims=True)

    def converts(without=None):
        keep = [i for i, state in enumerate(states) if state[-1] != without]
        inner = chain[np.ix_([i + 1 for i in keep], keep)]
        chance = np.linalg.solve(np.eye(len(keep)) - inner, chain[[i + 1 for i in keep], -2])
        return chain[0, keep] @ chance

    base = converts()
    effect = {c: 1 - converts(c) / base for c in {state[-1] for state in states}}
    conversions = sum(won for _, won in ways)
    return {c: conversions * value / sum(effect.values()) for c, value in effect.items()}


def _states(way, order):
    padded = [None] * (order - 1) + way
    return [tuple(padded[i : i + order]) for i in range(len(way))]


def credit_by_shapley(ways):
    """The mean marginal gain over every order in which the channels could have come."""
    sets = [({channel for channel, _ in way}, won) for way, won in ways]
    names = sorted(set().union(*(channels for channels, _ in sets)))

    def worth(members):
        return sum(won and channels <= set(members) for channels, won in sets)

    orders = list(permutations(names))
    return {
        name: np.mean([worth(o[: o.index(name) + 1]) - worth(o[: o.index(name)]) for o in orders])
        for name in names
    }
