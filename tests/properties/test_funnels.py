"""Funnels against a plain reading of the rules, and what must hold of every funnel."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from journeykit.numbers.funnel import funnel

sys.path.insert(0, str(Path(__file__).parent))
from plain import funnel_of, logs, read

STEPS = st.lists(st.sampled_from(["A", "B", "C", "[AB]"]), min_size=2, max_size=4)
ORDERS = st.sampled_from(["ordered", "strict", "any"])
WITHIN = st.sampled_from([None, 2, 5, 35])
UNITS = st.sampled_from(["user", "session"])
EXCLUDE = st.sampled_from([None, None, "X", "C"])


def minutes(within):
    return None if within is None else f"{within}min"


def asked(
    log, steps, order="ordered", within=None, unit="user", by=False, exclude=None, optional=()
):
    """The kit's funnel and the plain one, group by group and step by step."""
    events, users = read(log)
    names = [
        f"{step} ({steps[:k].count(step) + 1})" if step in steps[:k] else step
        for k, step in enumerate(steps)
    ]
    frame = funnel(
        events,
        steps,
        order=order,
        within=minutes(within),
        unit=unit,
        by="channel" if by else None,
        exclude=exclude,
        optional=[names[k - 1] for k in optional],
    )
    rules = {"order": order, "within": within, "exclude": exclude, "optional": frozenset(optional)}
    return frame, funnel_of(users, steps, unit=unit, by=by, **rules)


def agree(frame, expected, unit, by, timed):
    groups = dict(iter(frame.groupby("channel", sort=False))) if by else {"": frame}
    assert set(groups) == set(expected)
    for value, rows in expected.items():
        found = groups[value]
        assert found[f"{unit}s"].tolist() == [row["n"] for row in rows]
        assert found["censored"].tolist() == [row["censored"] for row in rows]
        for name in ("of_previous", "of_start"):
            np.testing.assert_allclose(found[name].tolist(), [row[name] for row in rows])
        if timed:
            np.testing.assert_allclose(
                found["median_seconds"].tolist(), [row["median"] for row in rows]
            )


ALL = [(name, 1, "ads") for name in "ABCX"]
OVER = [[("A", 0, None)], [("X", 32, None)], ALL]  # a pause of 32 minutes: that session is over
BROKEN = [[("A", 0, None), ("X", 1, None)], ALL]  # something in between: that attempt is over
ENDED = [[("A", 0, None), ("X", 1, None), ("B", 1, None)], ALL]


@given(logs(), STEPS, ORDERS, WITHIN, UNITS, st.booleans(), EXCLUDE)
@example(OVER, ["A", "B"], "ordered", 35, "session", False, None)
@example(BROKEN, ["A", "B"], "strict", 5, "user", False, None)
@example(ENDED, ["A", "B"], "ordered", 5, "user", False, "X")
def test_a_funnel_is_what_the_rules_say(log, steps, order, within, unit, by, exclude):
    frame, expected = asked(log, steps, order, within, unit, by, exclude)
    agree(frame, expected, unit, by, order != "any")


@settings(max_examples=settings().max_examples // 2)
@given(logs(), STEPS.filter(lambda steps: len(steps) > 2), WITHIN, UNITS, EXCLUDE, st.data())
def test_optional_steps_are_what_the_rules_say(log, steps, within, unit, exclude, data):
    inner = range(2, len(steps))
    optional = data.draw(st.sets(st.sampled_from(list(inner)), min_size=1))
    frame, expected = asked(log, steps, "ordered", within, unit, False, exclude, sorted(optional))
    agree(frame, expected, unit, False, True)


@settings(max_examples=settings().max_examples // 5)
@given(logs(), STEPS, UNITS, EXCLUDE, st.sampled_from([1, 4, 35]))
def test_what_holds_of_every_funnel(log, steps, unit, exclude, within):
    events, _ = read(log)
    rules = {"unit": unit, "exclude": exclude}
    got = {
        order: funnel(events, steps, order=order, **rules) for order in ("any", "ordered", "strict")
    }
    short = {
        order: funnel(events, steps, order=order, within=minutes(within), **rules) for order in got
    }
    for frame in (*got.values(), *short.values()):
        counts = frame[f"{unit}s"].tolist()
        assert counts == sorted(counts, reverse=True)
        assert (frame["of_start"].dropna().diff().dropna() <= 1e-12).all()
        known = frame[frame["of_previous"].notna()]
        assert (known["low"] <= known["of_previous"] + 1e-12).all()
        assert (known["of_previous"] <= known["high"] + 1e-12).all()
    for frames in (got, short):
        for more, less in (("any", "ordered"), ("ordered", "strict")):
            pairs = zip(frames[more][f"{unit}s"], frames[less][f"{unit}s"], strict=True)
            assert all(a >= b for a, b in pairs)
    for order, frame in got.items():
        assert all(a >= b for a, b in zip(frame[f"{unit}s"], short[order][f"{unit}s"], strict=True))


@settings(max_examples=settings().max_examples // 5)
@given(logs(), STEPS, WITHIN)
def test_a_breakdown_sums_to_the_whole(log, steps, within):
    events, _ = read(log)
    whole = funnel(events, steps, within=minutes(within))
    parts = funnel(events, steps, within=minutes(within), by="channel")
    for name in ("users", "censored", "lost"):
        assert parts.groupby("step_number")[name].sum().tolist() == whole[name].tolist()
