"""Bad logs to every function that asks events: a right number, or an error that helps.

Warnings are errors here: a number made by dividing by nothing is no number. The same for tables
of orders, answers and so on is in test_bad_tables.py.
"""

from __future__ import annotations

from functools import cache
from inspect import signature

import numpy as np
import pandas as pd
import pytest

from journeykit import numbers as a
from journeykit.errors import DataError, JourneykitError, UnknownName
from journeykit.numbers.attribution import MODELS
from journeykit.numbers.catalogue import CATALOGUE
from journeykit.tables import read_events

pytestmark = pytest.mark.filterwarnings("error")

START = pd.Timestamp("2026-03-02 10:00")
PLAIN, ODD = ("visit", "cart", "pay"), ("visit 🙂", "עגלה", "دفع 💳")


def alike(users, names=PLAIN, channel="ads", minutes=1):
    """Every user does the three events in their order."""
    rows = [
        (user, name, START + pd.Timedelta(minutes=minutes * place), channel, "pc")
        for user in users
        for place, name in enumerate(names)
    ]
    return pd.DataFrame(rows, columns=["user_id", "event", "timestamp", "channel", "device"])


def many(names=50_000, users=500):
    frame = pd.DataFrame({"number": range(names)})
    return frame.assign(
        user_id=frame["number"].mod(users).map("u{}".format),
        event=frame["number"].map("page {}".format),
        timestamp=START + pd.to_timedelta(frame["number"], unit="s"),
        channel=frame["number"].mod(7).map("c{}".format),
        device="pc",
    ).drop(columns="number")


# name: the log, the three steps that are asked for, users, seconds from step to step
ALIKE = {
    "one user": (alike(["a"]), PLAIN, 1, 60),
    "one instant": (alike(["a", "b", "c"], minutes=0), PLAIN, 3, 0),
    "ids that look empty or like numbers": (
        alike(["NA", "null", "007", "7", "nan", "None", "1e3"]),
        PLAIN,
        7,
        60,
    ),
    "emoji and right-to-left names": (
        alike(["ü🙂", "مستخدم"], ODD, channel="קמפיין 📣"),
        ODD,
        2,
        60,
    ),
}
LOGS = {
    **{name: (log, steps) for name, (log, steps, _, _) in ALIKE.items()},
    "one event": (alike(["a"], PLAIN[:1]), ("visit", "visit", "visit")),
    "nobody": (alike(["a"]), PLAIN),
    "nobody came to the first step": (alike(["a"]), ("pay", "cart", "visit")),
    "50,000 event names": (many(), ("page 0", "page 500", "page 1000")),
}


@cache
def events_of(name):
    events = read_events(LOGS[name][0])
    return events.of_users([]) if name == "nobody" else events


SENT = pd.DataFrame(
    {
        "campaign": "c",
        "user_id": ["a", "007"],
        "timestamp": START - pd.Timedelta("1h"),
        "treatment": ["sent", "holdout"],
    }
)

# "function, variant": what is asked of events, given the first, the middle and the last step
ASKED = {
    "sessions": lambda e, f, m, t: a.sessions(e),
    "sessions, 5 minutes": lambda e, f, m, t: a.sessions(e, "5min"),
    "funnel": lambda e, f, m, t: a.funnel(e, [f, m, t]),
    "funnel, strict": lambda e, f, m, t: a.funnel(e, [f, m, t], order="strict"),
    "funnel, any": lambda e, f, m, t: a.funnel(e, [f, m, t], order="any"),
    "funnel, within": lambda e, f, m, t: a.funnel(e, [f, t], within="1h"),
    "funnel, sessions": lambda e, f, m, t: a.funnel(e, [f, t], unit="session", within="1h"),
    "funnel, by": lambda e, f, m, t: a.funnel(e, [f, t], by="channel", unit="session"),
    "funnel, exclude": lambda e, f, m, t: a.funnel(e, [f, t], exclude=m),
    "funnel_change": lambda e, f, m, t: a.funnel_change(e, [f, t], period="1min"),
    "reached": lambda e, f, m, t: a.reached(e, t),
    "transitions": lambda e, f, m, t: a.transitions(e),
    "transitions, by": lambda e, f, m, t: a.transitions(e, "channel"),
    "step_matrix": lambda e, f, m, t: a.step_matrix(e, 4),
    "paths": lambda e, f, m, t: a.paths(e, goal=t),
    "paths, users": lambda e, f, m, t: a.paths(e, unit="user", first=2),
    "last_before_loss": lambda e, f, m, t: a.last_before_loss(e, t),
    "last_before_loss, after": lambda e, f, m, t: a.last_before_loss(e, t, after=f),
    "entry_points": lambda e, f, m, t: a.entry_points(e, t),
    "differences": lambda e, f, m, t: a.differences(e, t, least=1),
    "stage_times": lambda e, f, m, t: a.stage_times(e, [f, m, t]),
    "order_conformance": lambda e, f, m, t: a.order_conformance(e, [f, m, t]),
    "friction": lambda e, f, m, t: a.friction(e, t, never=[(f, t)], least=1),
    "channels": lambda e, f, m, t: a.channels(e, t),
    "channels, sessions": lambda e, f, m, t: a.channels(e, t, unit="session"),
    **{
        f"attribution, {model}": lambda e, f, m, t, model=model: a.attribution(e, t, model=model)
        for model in MODELS
    },
    "attribution, order 2": lambda e, f, m, t: a.attribution(e, t, order=2, nulls=False),
    "retention": lambda e, f, m, t: a.retention(e),
    "retention, rolling": lambda e, f, m, t: a.retention(e, "day", t, rolling=True),
    "stickiness": lambda e, f, m, t: a.stickiness(e),
    "weak_spots": lambda e, f, m, t: a.weak_spots(e, [f, m, t]),
    "what_if": lambda e, f, m, t: a.what_if(e, [f, t], step=t, change="50%"),
    "segment_profile": lambda e, f, m, t: a.segment_profile(e, e),
    "coverage": lambda e, f, m, t: a.coverage(e, {"pc": {"device": "pc"}, "all": {}}),
    "campaign_effect": lambda e, f, m, t: a.campaign_effect(SENT, e, t, within="1s"),
}


def test_every_function_that_asks_events_is_asked():
    takes_events = {
        name for name in a.__all__ if "events" in signature(getattr(a, name)).parameters
    }
    # Of these two the events are a plain table; what came with the catalogue is asked in
    # test_catalogue.py, with every other number.
    asked = {name.split(",")[0] for name in ASKED} | {"promise_hours", "promises"}
    assert takes_events - asked <= set(CATALOGUE)
    assert {"funnel", "transitions", "attribution", "weak_spots"} <= asked


def sound(frame):
    """Counts are counts, shares are shares, and an interval has its value in it."""
    assert frame.attrs["counts"]
    numbers = frame.select_dtypes("number")
    assert not np.isinf(numbers.to_numpy(float)).any()
    counts = numbers[[c for c in numbers if numbers[c].dtype.kind in "iu"]]
    assert (counts.to_numpy() >= 0).all()
    shares = {"share": "", "of_previous": "", "of_start": "of_start_", "conversion": "conversion_"}
    for name, prefix in shares.items():
        low, high = (
            (f"{prefix}low", f"{prefix}high") if f"{prefix}low" in frame else ("low", "high")
        )
        if name in frame and low in frame and "of_previous_before" not in frame:
            known = frame[frame[low].notna()]
            assert known[name].between(0, 1).all()
            assert (known[low] <= known[name] + 1e-12).all()
            assert (known[name] <= known[high] + 1e-12).all()


def helps(error):
    """A message is a sentence or more, and shows no bare NaN of our own making."""
    text = str(error)
    assert len(text) > 30
    assert text.endswith((".", "?"))
    assert "nan" not in text


@pytest.mark.parametrize("log", LOGS)
@pytest.mark.parametrize("asked", ASKED)
def test_a_sound_number_or_an_error_that_helps(asked, log):
    try:
        answer = ASKED[asked](events_of(log), *LOGS[log][1])
    except JourneykitError as error:
        helps(error)
        refused = asked.split(",")[0]
    else:
        refused = ""
    if refused:
        assert refused in ("what_if", "attribution", "campaign_effect", "funnel_change")
        return
    if asked == "reached":
        assert answer == (
            0 if log == "nobody" else len({*LOGS[log][0]["user_id"]} if log in ALIKE else "1")
        )
        return
    sound(answer)
    if log == "nobody":
        people = [c for c in ("users", "sessions", "transitions", "active") if c in answer]
        assert answer[people].sum().sum() == 0


def column(name):
    return lambda frame, n, seconds: frame[name].tolist()


# What the functions say of n users who all do the three events, some seconds apart
RIGHT = {
    "sessions": (column("events"), lambda n, s: [3] * n),
    "funnel": (column("users"), lambda n, s: [n, n, n]),
    "funnel, strict": (
        column("median_seconds"),
        lambda n, s: [pytest.approx(np.nan, nan_ok=True), s, s],
    ),
    "funnel, any": (column("users"), lambda n, s: [n, n, n]),
    # These logs end before the hour of anybody is over: nobody is counted yet, all are told apart.
    "funnel, within": (column("censored"), lambda n, s: [n, n]),
    "funnel, sessions": (column("sessions"), lambda n, s: [0, 0]),
    "funnel, by": (column("sessions"), lambda n, s: [n, n]),
    "funnel, exclude": (column("users"), lambda n, s: [n, 0]),
    "transitions": (column("transitions"), lambda n, s: [n, n]),
    "step_matrix": (column("share"), lambda n, s: [1, 1, 1, 1]),
    "paths": (column("sessions"), lambda n, s: [n]),
    "last_before_loss": (column("users"), lambda n, s: []),
    "entry_points": (column("converted"), lambda n, s: [n]),
    "differences": (column("users"), lambda n, s: [n, n]),
    "stage_times": (column("median_hours"), lambda n, s: pytest.approx([s / 3600] * 2)),
    "order_conformance": (column("in_order"), lambda n, s: [n, n, n]),
    "friction": (column("users"), lambda n, s: [0]),
    "channels": (column("converted"), lambda n, s: [n]),
    **{
        f"attribution, {model}": (column("conversions"), lambda n, s: pytest.approx([n]))
        for model in MODELS
    },
    "retention": (column("active"), lambda n, s: [n]),
    "stickiness": (column("stickiness"), lambda n, s: [1]),
    "coverage": (column("users"), lambda n, s: [n, n, 0]),
}


@pytest.mark.parametrize("log", ALIKE)
@pytest.mark.parametrize("asked", RIGHT)
def test_the_right_number(asked, log):
    _, steps, n, seconds = ALIKE[log]
    read, expected = RIGHT[asked]
    assert read(ASKED[asked](events_of(log), *steps), n, seconds) == expected(n, seconds)


def test_ids_are_kept_as_they_are_written():
    log, _, _, _ = ALIKE["ids that look empty or like numbers"]
    assert set(a.sessions(events_of("ids that look empty or like numbers"))["user_id"]) == {
        *log["user_id"]
    }


def test_fifty_thousand_names_are_counted_one_by_one():
    events = events_of("50,000 event names")
    assert len(events.names) == 50_000
    assert a.transitions(events)["transitions"].tolist() == [1] * 49_500
    assert a.step_matrix(events, 3).groupby("step")["users"].sum().tolist() == [500] * 3
    assert a.last_before_loss(events, "page 0")["users"].sum() == 499


NO_STEP = ("sessions", "transitions", "step_matrix", "stickiness", "segment_profile", "coverage")
FIRST = ("funnel", "stage_times", "order_conformance", "friction", "weak_spots", "what_if")
NAMED = [
    name
    for name in ASKED
    if not name.startswith(NO_STEP) and name not in ("retention", "paths, users")
]


@pytest.mark.parametrize("asked", NAMED)
def test_a_step_that_is_not_there_names_the_nearest(asked):
    with pytest.raises(UnknownName, match="Did you mean 'pay'"):
        ASKED[asked](events_of("one user"), "visit", "cart", "pya")
    if asked.startswith(FIRST) or asked == "last_before_loss, after":
        with pytest.raises(UnknownName, match="Did you mean 'visit'"):
            ASKED[asked](events_of("one user"), "vist", "cart", "pay")


@pytest.mark.parametrize(
    "call",
    [
        lambda e: a.funnel(e, ["visit", "pay"], by="chanel"),
        lambda e: a.transitions(e, "chanel"),
        lambda e: a.channels(e, "pay", by="chanel"),
        lambda e: a.attribution(e, "pay", by="chanel"),
        lambda e: a.segment_profile(e, {"chanel": "ads"}),
        lambda e: a.coverage(e, {"p": {"chanel": "ads"}}),
    ],
)
def test_a_column_that_is_not_there_names_the_nearest(call):
    with pytest.raises(UnknownName, match="Did you mean 'channel'"):
        call(events_of("one user"))


def test_negative_amounts_make_no_revenue_at_risk():
    log = pd.concat(
        [
            alike([f"p{i}" for i in range(99)], PLAIN[:1]).assign(device="phone"),
            alike([f"q{i}" for i in range(99)]),
        ]
    )
    log["timestamp"] += pd.to_timedelta(log["user_id"].str[1:].astype(int), unit="h")
    for amounts, worth in (([5.0, -5.0, -2.0], 5.0), ([-5.0, -2.0], np.nan)):
        rows = pd.DataFrame({"order_id": range(len(amounts)), "amount": amounts})
        spots = a.weak_spots(read_events(log), ["visit", "pay"], orders=rows)
        loss = spots[spots["kind"] == "loss"].iloc[0]
        assert loss["revenue_at_risk"] / loss["score"] == pytest.approx(worth, nan_ok=True)


@pytest.mark.parametrize("rows", [0, 1])
def test_an_empty_log_is_refused_when_it_is_read(rows):
    frame = alike(["a"]).head(rows).assign(timestamp="never")
    with pytest.raises(DataError) as caught:
        read_events(frame)
    helps(caught.value)
