"""Attribution against each model worked out by hand, from events and from paths."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journeykit.numbers.attribution import MODELS, attribution, attribution_from_paths

sys.path.insert(0, str(Path(__file__).parent))
from plain import credit_by_markov, credit_by_place, credit_by_shapley, logs, read, touches_of

WAYS = logs(names=["A", "B", "C"], waits=(0, 2, 31, 45), most=5)
PATHS = st.lists(
    st.tuples(
        st.lists(st.sampled_from(["ads", "mail", "seo"]), min_size=1, max_size=5),
        st.integers(0, 9),
        st.integers(0, 9),
    ),
    min_size=1,
    max_size=6,
).filter(lambda paths: sum(won for _, won, _ in paths) > 0)


def expected(ways, model, order, nulls):
    if model == "markov":
        return credit_by_markov(ways, order, nulls)
    if model == "shapley":
        return credit_by_shapley(ways)
    return credit_by_place(ways, model, half_life=60)


def same(frame, credit):
    found = dict(zip(frame["channel"], frame["conversions"], strict=True))
    for channel in {*found, *credit}:
        assert found.get(channel, 0.0) == pytest.approx(credit.get(channel, 0.0), abs=1e-9), channel


@given(
    WAYS,
    st.sampled_from(MODELS),
    st.sampled_from([1, 2]),
    st.booleans(),
    st.sampled_from([None, 40]),
)
def test_from_events(log, model, order, nulls, lookback):
    events, users = read(log)
    far = None if lookback is None else f"{lookback}min"
    frame = attribution(
        events, "C", model=model, order=order, nulls=nulls, lookback=far, half_life="60min"
    )
    ways = touches_of(users, "C", lookback)
    same(frame, expected(ways, model, order, nulls))
    assert frame["conversions"].sum() == pytest.approx(sum(won for _, won in ways))
    assert frame["share"].sum() == pytest.approx(1)


@given(
    PATHS,
    st.sampled_from([m for m in MODELS if m != "time-decay"]),
    st.sampled_from([1, 2]),
    st.booleans(),
)
def test_from_paths(paths, model, order, nulls):
    table = pd.DataFrame(paths, columns=["way", "won", "lost"])
    frame = attribution_from_paths(
        table,
        path="way",
        conversions="won",
        nulls="lost" if nulls else None,
        model=model,
        order=order,
    )
    ways = []
    for way, won, lost in paths:
        told = [(channel, 0) for channel in way]
        ways += [(told, True)] * won + [(told, False)] * lost
    same(frame, expected(ways, model, order, nulls))
    assert frame["conversions"].sum() == pytest.approx(table["won"].sum())


@settings(max_examples=settings().max_examples // 4)
@given(WAYS, st.sampled_from(MODELS), st.sampled_from([1, 2]))
def test_what_comes_after_the_first_conversion_is_no_part_of_the_way_to_it(log, model, order):
    cut = [
        entries[: next((i + 1 for i, e in enumerate(entries) if e[0] == "C"), None)]
        for entries in log
    ]
    asked = {"model": model, "order": order}
    whole, short = (attribution(read(one)[0], "C", **asked) for one in (log, cut))
    columns = ["channel", "conversions"]
    credited = whole[whole["channel"].isin(short["channel"])]
    pd.testing.assert_frame_equal(credited[columns].reset_index(drop=True), short[columns])
    assert (whole.loc[~whole["channel"].isin(short["channel"]), "conversions"] == 0).all()
