"""Transitions, steps, paths, sessions and losses against a plain reading of the rules."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from journeykit.numbers import (
    entry_points,
    last_before_loss,
    order_conformance,
    paths,
    sessions,
    step_matrix,
    transitions,
)

sys.path.insert(0, str(Path(__file__).parent))
from plain import START, logs, moves_of, read, sessions_of

SOME = settings(max_examples=settings().max_examples // 4)


def counted(frame, names, number="users"):
    return {
        tuple(row[:-1]): row[-1]
        for row in frame[[*names, number]].itertuples(index=False, name=None)
    }


@SOME
@given(logs(), st.booleans())
def test_transitions(log, by):
    events, users = read(log)
    frame = transitions(events, "channel" if by else None)
    expected, leaving = {}, Counter()
    for (channel, a, b), moves in moves_of(users).items():
        expected.setdefault((channel, a, b) if by else (a, b), []).extend(moves)
    for key, moves in expected.items():
        leaving[key[:-1]] += len(moves)
    names = [*(["channel"] if by else []), "from_event", "to_event"]
    assert counted(frame, names, "transitions") == {
        key: len(moves) for key, moves in expected.items()
    }
    assert counted(frame, names) == {
        key: len({user for user, _ in moves}) for key, moves in expected.items()
    }
    medians = {key: np.median([seconds for _, seconds in moves]) for key, moves in expected.items()}
    assert counted(frame, names, "median_seconds") == medians
    shares = counted(frame, names, "share")
    assert all(
        np.isclose(share, len(expected[key]) / leaving[key[:-1]]) for key, share in shares.items()
    )
    assert frame["transitions"].sum() == events.count - events.users
    assert (
        (frame["low"] <= frame["share"] + 1e-9) & (frame["share"] <= frame["high"] + 1e-9)
    ).all()


@SOME
@given(logs(), st.integers(1, 12))
def test_every_step_of_the_matrix_has_all_users(log, steps):
    events, users = read(log)
    frame = step_matrix(events, steps)
    expected = Counter(
        (step, entries[step - 1].name if step <= len(entries) else "(ended)")
        for entries in users.values()
        for step in range(1, steps + 1)
    )
    assert counted(frame, ["step", "event"]) == expected
    np.testing.assert_allclose(frame.groupby("step")["share"].sum(), 1)


@SOME
@given(logs(), st.sampled_from(["session", "user"]), st.sampled_from([None, 1, 3]))
def test_paths(log, unit, first):
    events, users = read(log)
    units = sessions_of(users) if unit == "session" else users.values()
    expected, hits = Counter(), Counter()
    for entries in units:
        way = " → ".join(event.name for event in entries[:first])
        expected[way] += 1
        hits[way] += any(event.name == "C" for event in entries)
    frame = paths(events, 1000, unit, first=first, goal="C")
    assert counted(frame, ["path"], f"{unit}s") == {(way,): n for way, n in expected.items()}
    assert counted(frame, ["path"], "converted") == {
        (way,): hits[way] / n for way, n in expected.items()
    }
    np.testing.assert_allclose(frame["share"].sum(), 1)


@SOME
@given(logs(), st.sampled_from([1, 4, 30, 35, 100]))
def test_sessions(log, gap):
    _, users = read(log)
    events, _ = read(log)
    expected = []
    for user, entries in sorted(users.items()):
        cuts = [
            i for i, e in enumerate(entries) if i == 0 or e.minute - entries[i - 1].minute > gap
        ]
        for start, stop in zip(cuts, [*cuts[1:], len(entries)], strict=True):
            part = entries[start:stop]
            seconds = 60 * (part[-1].minute - part[0].minute)
            when = START + pd.Timedelta(minutes=part[0].minute)
            expected.append((user, when, len(part), seconds, part[0].name, part[-1].name))
    frame = sessions(events, f"{gap}min")
    columns = ["user_id", "start", "events", "seconds", "first_event", "last_event"]
    assert list(frame[columns].itertuples(index=False, name=None)) == expected
    assert frame["session"].is_unique


@SOME
@given(logs(), st.sampled_from([None, "B"]))
def test_both_ends(log, after):
    events, users = read(log)
    lost = Counter(
        (entries[-1].name,)
        for entries in users.values()
        if "C" not in {e.name for e in entries}
        and (after is None or after in {e.name for e in entries})
    )
    assert counted(last_before_loss(events, "C", after=after), ["event"]) == lost
    came, converted = Counter(), Counter()
    for entries in users.values():
        key = (entries[0].name, entries[0].channel)
        came[key] += 1
        converted[key] += "C" in {event.name for event in entries}
    frame = entry_points(events, "C")
    assert counted(frame, ["event", "channel"]) == came
    assert counted(frame, ["event", "channel"], "converted") == {
        key: converted[key] for key in came
    }


@SOME
@given(logs())
def test_order_conformance(log):
    events, users = read(log)
    firsts = [{e.name: e.position for e in reversed(entries)} for entries in users.values()]
    frame = order_conformance(events, ["A", "B", "C"]).set_index("stage")
    for stage, later in (("A", "BC"), ("B", "C"), ("C", "")):
        there = [first for first in firsts if stage in first]
        kept = [
            first for first in there if all(first.get(name, 99) > first[stage] for name in later)
        ]
        assert frame.loc[stage, ["users", "in_order"]].tolist() == [len(there), len(kept)]
