"""Channels and attribution: by hand and on real data; worked out anew in ../properties."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from journeykit.errors import AnalysisError, DataError, UnknownName
from journeykit.numbers.attribution import MODELS, attribution, attribution_from_paths
from journeykit.numbers.conversion import channels
from journeykit.numbers.touches import markov, shapley
from journeykit.tables import read_events


def credit(frame):
    return {r.channel: pytest.approx(r.conversions) for r in frame.itertuples()}


@pytest.fixture
def shop(log):
    """a: ads, mail, seo and bought; b: ads and bought, twice; c: ads and mail, not."""
    return log(
        a="visit@0/ads visit@100/mail visit@200/seo buy@210/mail visit@300/ads",
        b="visit@0/ads buy@5/ads visit@90/mail buy@95/mail",
        c="visit@0/ads visit@100/mail",
    )


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("first", {"ads": 2, "mail": 0, "seo": 0}),
        ("last", {"ads": 1, "mail": 0, "seo": 1}),
        ("linear", {"ads": 4 / 3, "mail": 1 / 3, "seo": 1 / 3}),
        ("position", {"ads": 1.4, "mail": 0.2, "seo": 0.4}),
        ("shapley", {"ads": 4 / 3, "mail": 1 / 3, "seo": 1 / 3}),
    ],
)
def test_models_by_hand(shop, model, expected):
    frame = attribution(shop, "buy", model=model)
    assert credit(frame) == expected
    assert frame["share"].sum() == pytest.approx(1)
    assert frame.attrs["counts"] == "users who did buy"


def test_time_decay_halves_with_the_half_life(shop):
    frame = attribution(shop, "buy", model="time-decay", half_life="100min")
    weights = np.array([0.25, 0.5, 1.0])
    assert credit(frame) == {"ads": 1 + weights[0] / 1.75, "mail": 0.5 / 1.75, "seo": 1 / 1.75}
    tiny = attribution(shop, "buy", model="time-decay", half_life="1s")
    assert tiny["conversions"].sum() == pytest.approx(2)


def test_lookback_keeps_the_converting_session(shop):
    frame = attribution(shop, "buy", model="linear", lookback="1min")
    assert credit(frame) == {"seo": 1, "ads": 1, "mail": 0}
    assert credit(attribution(shop, "buy", model="linear", lookback="2h"))["mail"] == 0.5


def removed(paths, order=1):
    """Credit paths by removal effect."""
    table = pd.DataFrame(paths, columns=["path", "won", "lost"])
    told = {"path": "path", "conversions": "won", "nulls": "lost", "order": order}
    frame = attribution_from_paths(table, **told)
    return dict(zip(frame["channel"], frame["conversions"], strict=True))


def test_markov_by_hand():
    # start → ads (1); ads → won 0.4, → mail 0.4, → end 0.2; mail → won 0.5, → end 0.5
    paths = [(("ads",), 4, 2), (("ads", "mail"), 2, 2)]
    found = removed(paths, 1)
    # all of it goes without ads; without mail 0.4 of 0.6 is left
    assert found == {
        "ads": pytest.approx(6 * 1 / (1 + 1 / 3)),
        "mail": pytest.approx(6 * (1 / 3) / (4 / 3)),
    }


def test_markov_remembers_what_it_is_told_to():
    paths = [(("a", "b", "a"), 5, 0), (("b", "a"), 0, 5), (("c", "b"), 1, 4)]
    assert removed(paths, 1) != pytest.approx(removed(paths, 2))


def simulated(paths, rng, n=60_000):
    """Removal effects of the same chain by walking it."""
    index = {name: i for i, name in enumerate(sorted({c for p, _, _ in paths for c in p}))}
    k = len(index)
    counts = np.zeros((k + 1, k + 2))
    for path, won, lost in paths:
        spots = [index[c] for c in path]
        for before, here in zip([k, *spots], spots, strict=False):
            counts[before, here] += won + lost
        counts[spots[-1], k] += won
        counts[spots[-1], k + 1] += lost
    chance = np.cumsum(counts / counts.sum(axis=1, keepdims=True), axis=1)

    def converts(removed):
        state, won = np.full(n, k), 0
        while len(state):
            step = (rng.random(len(state))[:, None] > chance[state]).sum(axis=1)
            won += (step == k).sum()
            state = step[(step < k) & (step != removed)]
        return won / n

    base = converts(-1)
    return {name: 1 - converts(i) / base for name, i in index.items()}


def test_markov_agrees_with_walking_the_chain():
    paths = [
        (("ads", "mail"), 8, 20),
        (("seo", "ads", "seo"), 5, 9),
        (("mail",), 7, 30),
        (("seo",), 2, 40),
    ]
    effects = simulated(paths, np.random.default_rng(1))
    found, whole = removed(paths, 1), sum(effects.values())
    assert found == {
        name: pytest.approx(22 * effect / whole, abs=0.4) for name, effect in effects.items()
    }


def test_shapley_shares_a_conversion_among_those_who_were_there():
    found = shapley({frozenset("ab"): 4.0, frozenset("a"): 1.0, frozenset("c"): 3.0})
    assert found == {"a": pytest.approx(3), "b": pytest.approx(2), "c": pytest.approx(3)}
    many = shapley({frozenset(f"c{i}" for i in range(300)): 30.0, frozenset(["c7"]): 1.0})
    assert (many["c7"], many["c8"], sum(many.values())) == pytest.approx((1.1, 0.1, 31))


def test_channels_count_users_and_sessions_apart(shop):
    by_user = channels(shop, "buy").set_index("channel")
    assert by_user.loc["ads", ["users", "sessions", "converted"]].tolist() == [3, 8, 2]
    by_session = channels(shop, "buy", unit="session").set_index("channel")
    assert by_session["sessions"].to_dict() == {"ads": 4, "mail": 3, "seo": 1}
    assert by_session["converted"].to_dict() == {"ads": 1, "mail": 1, "seo": 1}
    assert by_session.loc["ads", "conversion"] == 0.25


def test_real_channels_are_not_mixed_up_with_sessions(shared_data):
    source = shared_data("retentioneering_ecom/ecom.csv.gz")
    events = read_events(source, channel="acquisition_channel", device="platform")
    users = channels(events, "purchase").set_index("channel")
    counted = users[["converted", "users"]].apply(tuple, axis=1).to_dict()
    assert counted["paid_search"] == (105, 169)
    assert counted["email"] == (51, 95)
    assert users["converted"].sum() == 328
    visits = channels(events, "purchase", unit="session").set_index("channel")
    counted = visits[["converted", "sessions"]].apply(tuple, axis=1).to_dict()
    assert counted["paid_search"] == (161, 1023)
    assert counted["organic"] == (161, 1289)
    assert (visits["converted"].sum(), visits["sessions"].sum()) == (470, 3605)
    for model in MODELS:
        assert attribution(events, "purchase", model=model)["conversions"].sum() == pytest.approx(
            328
        )


def test_bad_input_names_the_value_and_the_fix(shop, log):
    with pytest.raises(AnalysisError, match="Did you mean 'markov'"):
        attribution(shop, "buy", model="markow")
    with pytest.raises(AnalysisError, match="1 or 2 touches"):
        attribution(shop, "buy", order=3)
    with pytest.raises(UnknownName, match="no column 'chanel'"):
        attribution(shop, "buy", by="chanel")
    with pytest.raises(AnalysisError, match="Nobody did 'buy'"):
        attribution(shop.of_users(["c"]), "buy")
    table = pd.DataFrame({"path": ["a > b", "a >"], "won": [1, 2]})
    with pytest.raises(AnalysisError, match="needs the time of every touch"):
        attribution_from_paths(table, path="path", conversions="won", model="time-decay")
    with pytest.raises(DataError, match="Row 1"):
        attribution_from_paths(table, path="path", conversions="won")
    with pytest.raises(UnknownName, match="Did you mean 'path'"):
        attribution_from_paths(table, path="paths", conversions="won")
    with pytest.raises(AnalysisError, match="sums to 0"):
        attribution_from_paths(table.head(1).assign(won=0), path="path", conversions="won")


def test_the_lookback_and_the_half_life_are_stated(log):
    events = log(a="visit/ads pay", b="visit/mail")
    said = " ".join(
        attribution(events, "pay", model="time-decay", lookback="30 days").attrs["notes"]
    )
    assert "at most 30 days before the conversion" in said
    assert "half as much every 7 days" in said
    assert "however long before" in " ".join(
        attribution(events, "pay", model="first").attrs["notes"]
    )


CHAIN = np.array(
    [  # from start, ads, mail, seo to: ads, mail, seo, buy, leave
        [0.5, 0.2, 0.3, 0, 0],
        [0.1, 0.3, 0.1, 0.1, 0.4],
        [0.1, 0.1, 0.1, 0.3, 0.4],
        [0.1, 0.1, 0.2, 0.2, 0.4],
    ]
)


def walked(users, rng):
    rows = []
    for user in range(users):
        here, hour = 0, 0
        while (step := int(np.searchsorted(CHAIN[here].cumsum(), rng.random()))) < 3:
            here, hour = step + 1, hour + 1
            rows.append((f"{user:04}", "visit", ("ads", "mail", "seo")[step], hour))
        if step == 3:
            rows.append((f"{user:04}", "buy", "seo", hour))
    frame = pd.DataFrame(rows, columns=["user_id", "event", "channel", "timestamp"])
    frame["timestamp"] = pd.Timestamp("2026-01-01", tz="UTC") + pd.to_timedelta(
        frame["timestamp"], unit="h"
    )
    return read_events(frame)


def test_the_interval_of_the_removal_effect_holds_what_is_true():
    names = [None, ("ads",), ("mail",), ("seo",)]
    visits = CHAIN[0, :3] @ np.linalg.inv(np.eye(3) - CHAIN[1:, :3])  # so often is a person there
    n = np.r_[1, visits]
    edges = []
    for before, to in itertools.product(range(4), range(1, 4)):
        moves = n[before] * CHAIN[before, to - 1]
        edges.append((names[before], names[to], moves, moves * CHAIN[to, 3], moves * CHAIN[to, 4]))
    credit = markov(edges)
    true = {channel: value / sum(credit.values()) for channel, value in credit.items()}
    rng, held, wide = np.random.default_rng(7), [], []
    for _ in range(25):
        found = attribution(walked(400, rng), "buy").set_index("channel")
        held += [found.loc[c, "low"] <= share <= found.loc[c, "high"] for c, share in true.items()]
        wide += (found["high"] - found["low"]).tolist()
    assert np.mean(held) > 0.9
    assert 0.05 < np.mean(wide) < 0.25, "it says something"


def test_a_share_whose_interval_cannot_be_known_has_none(log):
    found = attribution(log(a="visit@0/ads buy@5/ads", b="visit@0/mail"), "buy")
    assert found[["low", "high"]].isna().all(axis=None)


def test_a_worth_that_is_no_number_counts_as_none():
    """One cell with NaN or infinity does not take the revenue of every channel away."""
    paid = pd.DataFrame({"user_id": list("abcd"), "event": "pay", "timestamp": "2026-01-01"})
    for worth in ("NaN", "inf"):
        valued = paid.assign(channel="ad", worth=[worth, "3", "4", "5"])
        found = attribution(read_events(valued), "pay", value="worth")
        assert found["revenue"].tolist() == [pytest.approx(12)]
        assert "1 conversion without a value count as 0." in found.attrs["notes"][-1]
