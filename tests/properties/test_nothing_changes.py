"""What must change nothing: the order of rows, and users who have nothing to do with it."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeykit import numbers as a
from journeykit.numbers.attribution import MODELS
from journeykit.tables import read_events

sys.path.insert(0, str(Path(__file__).parent))
from plain import frame_of, logs, read

STEPS = ["A", "B", "C"]
ASKED = {
    "sessions": lambda e: a.sessions(e),
    "funnel": lambda e: a.funnel(e, STEPS),
    "funnel within": lambda e: a.funnel(e, STEPS, within="5min", by="channel"),
    "funnel by sessions": lambda e: a.funnel(e, STEPS, order="strict", unit="session"),
    "transitions": lambda e: a.transitions(e),
    "step_matrix": lambda e: a.step_matrix(e, 5),
    "paths": lambda e: a.paths(e),
    "last_before_loss": lambda e: a.last_before_loss(e, "C"),
    "entry_points": lambda e: a.entry_points(e, "C"),
    "differences": lambda e: a.differences(e, "C", least=1),
    "stage_times": lambda e: a.stage_times(e, STEPS),
    "order_conformance": lambda e: a.order_conformance(e, STEPS),
    "friction": lambda e: a.friction(e, "C", least=1),
    "channels": lambda e: a.channels(e, "C", unit="session"),
    "attribution markov": lambda e: a.attribution(e, "C", model="markov", order=2),
    "attribution position": lambda e: a.attribution(e, "C", model="position"),
    "retention": lambda e: a.retention(e, "day"),
    "stickiness": lambda e: a.stickiness(e),
}
# What users who never did a step leave alone; shares of all users they do change.
APART = ["funnel", "funnel within", "funnel by sessions", "stage_times", "order_conformance"]
NO_TIES = logs(names="ABCX", waits=(1, 2, 31))
SOME = settings(max_examples=max(1, settings().max_examples // 25))


@pytest.mark.parametrize("asked", ASKED)
@SOME
@given(NO_TIES, st.randoms(use_true_random=False))
def test_the_order_of_rows(asked, log, random):
    frame = frame_of(log)
    order = list(range(len(frame)))
    random.shuffle(order)
    shuffled = read_events(frame.iloc[order].reset_index(drop=True))
    pd.testing.assert_frame_equal(ASKED[asked](read_events(frame)), ASKED[asked](shuffled))


@SOME
@given(logs(waits=(0, 0, 3)), st.randoms(use_true_random=False))
def test_of_events_at_one_time_only_their_order(log, random):
    """Events at one instant may change places among themselves, so what has no order stays."""
    frame = frame_of(log)
    order = list(range(len(frame)))
    random.shuffle(order)
    events, shuffled = read_events(frame), read_events(frame.iloc[order].reset_index(drop=True))
    for asked in (lambda e: a.funnel(e, STEPS, order="any"), lambda e: a.reached(e, "C")):
        one, other = asked(events), asked(shuffled)
        assert one == other if isinstance(one, int) else one.equals(other)


@pytest.mark.parametrize("asked", ASKED)
@SOME
@given(NO_TIES)
def test_a_user_without_events(asked, log):
    events, users = read(log)
    kept, ghost = events.of_users(list(users)), events.of_users([*users, "nobody"])
    pd.testing.assert_frame_equal(ASKED[asked](kept), ASKED[asked](ghost))


@pytest.mark.parametrize("asked", APART)
@SOME
@given(NO_TIES)
def test_a_user_with_none_of_the_steps(asked, log):
    one, _ = read(log)
    other, _ = read([*log, [("X", 1, "mail"), ("X", 1, None)]])
    pd.testing.assert_frame_equal(ASKED[asked](one), ASKED[asked](other))


@SOME
@given(NO_TIES, st.sampled_from(MODELS))
def test_a_user_who_never_converts_takes_no_credit(log, model):
    one, _ = read(log)
    other, _ = read([*log, [("X", 1, "mail"), ("X", 40, "ads")]])
    before, after = (
        a.attribution(e, "C", model=model, nulls=False).set_index("channel")["conversions"]
        for e in (one, other)
    )
    pd.testing.assert_series_equal(before[before > 0].sort_index(), after[after > 0].sort_index())
