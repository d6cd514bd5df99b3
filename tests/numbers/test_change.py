"""A funnel against the period before it: by hand, and against the two halves of the file read apart."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from journeykit.errors import AnalysisError, DataError, UnknownName
from journeykit.numbers import funnel, funnel_change, stats
from journeykit.tables import read_events

DAYS = pd.Timestamp("2026-01-01")
STEPS = ["visit", "cart", "pay"]


def log_of(rows: list[tuple[str, float, str]]) -> pd.DataFrame:
    """Events from user, day of January (1 is the first) and event."""
    frame = pd.DataFrame(rows, columns=["user_id", "day", "event"])
    return frame.assign(timestamp=DAYS + pd.to_timedelta(frame.pop("day") - 1, unit="D"))


def random_log(seed: int) -> pd.DataFrame:
    """Thirty users over two weeks, who do any of five things at any time."""
    rng = np.random.default_rng(seed)
    size = 400
    frame = pd.DataFrame(
        {
            "user_id": rng.integers(0, 30, size).astype(str),
            "event": rng.choice([*STEPS, "look", "help"], size, p=[0.3, 0.2, 0.15, 0.25, 0.1]),
            "timestamp": DAYS + pd.to_timedelta(rng.integers(0, 14 * 86400, size), unit="s"),
        }
    )
    return frame.sort_values("timestamp", ignore_index=True)


def test_an_attempt_belongs_to_the_period_in_which_it_opens() -> None:
    rows = [
        ("a", 1, "visit"),
        ("a", 2, "pay"),
        ("b", 6, "visit"),
        ("b", 9, "pay"),  # b straddles
        ("c", 8.5, "visit"),
        ("c", 10, "pay"),
        ("d", 13.9, "visit"),
        ("d", 14.2, "pay"),
        ("e", 14.9, "look"),
    ]
    frame = funnel_change(
        read_events(log_of(rows)), ["visit", "pay"], period="7 days", until="2026-01-14"
    )
    assert frame[["users_before", "users"]].values.tolist() == [[2, 2], [1, 2]]
    assert frame["of_previous_before"].tolist() == [1, 0.5]
    # what b did in the later period finishes nothing in it, and opens nothing
    assert frame.attrs["notes"][0] == "The 7 days to 2026-01-14 against the 7 days before them."
    assert frame.attrs["counts"] == "users"
    assert (
        frame.attrs["sql"].count("2026-01-08 00:00:00") >= 2
    )  # the end of one, the beginning of the other


def test_whose_window_is_open_at_the_end_of_a_period_is_censored_alike() -> None:
    rows = [
        ("a", 1, "visit"),
        ("b", 6.7, "visit"),
        ("b", 7.5, "pay"),
        ("c", 7.8, "visit"),
        ("d", 9, "visit"),
        ("e", 14.8, "visit"),
        ("f", 14.9, "look"),
    ]
    events = read_events(log_of(rows))
    frame = funnel_change(
        events, ["visit", "pay"], period="7 days", until="2026-01-14", within="1 day"
    )
    assert frame.loc[0, ["censored_before", "censored"]].tolist() == [1, 1]  # c and e, not d
    assert frame.loc[0, ["users_before", "users"]].tolist() == [2, 1]
    assert frame.loc[1, ["users_before", "users"]].tolist() == [1, 0]
    assert frame["of_previous_before"].tolist() == [1, 0.5]  # b of a and b; c still had time


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(
    "how",
    [
        {},
        {"within": "2 days"},
        {"order": "strict", "within": "2 days"},
        {"order": "any"},
        {"unit": "session"},
        {"optional": ["cart"]},
        {"exclude": "help", "within": "3 days"},
    ],
    ids=str,
)
def test_each_period_is_what_its_own_file_says(seed: int, how: dict[str, object]) -> None:
    log = random_log(seed)
    edge = log["timestamp"].max() + pd.Timedelta(microseconds=1) - pd.Timedelta(days=7)
    log = log[log["timestamp"] >= edge - pd.Timedelta(days=7)]
    found = funnel_change(read_events(log), STEPS, period="7 days", **how)  # type: ignore[arg-type]
    count = f"{how.get('unit', 'user')}s"
    sides = []
    for after, part in (
        ("_before", log[log["timestamp"] < edge]),
        ("", log[log["timestamp"] >= edge]),
    ):
        own = funnel(read_events(part), STEPS, **how)  # type: ignore[arg-type]
        assert found[f"{count}{after}"].tolist() == own[count].tolist()
        assert found[f"of_previous{after}"].tolist() == pytest.approx(
            own["of_previous"].tolist(), nan_ok=True
        )
        assert found[f"censored{after}"].tolist() == own["censored"].tolist()
        sides.append(own)
    if count == "users":
        k2, k1 = (side.loc[2, "users"] for side in sides)
        n2, n1 = (side.loc[2, "users"] + side.loc[2, "lost"] for side in sides)
        expected = stats.newcombe(k1, n1, k2, n2)
        assert found.loc[2, ["difference", "low", "high"]].tolist() == pytest.approx(
            expected, nan_ok=True
        )
        assert found.loc[1:, "q"].ge(found.loc[1:, "p"]).all()
    else:
        assert found["p"].isna().all()


def test_a_planted_change_is_found_for_a_persona_too() -> None:
    rows = []
    for i in range(600):
        day = 1 + 14 * i / 600
        rows += [(f"u{i}", day, "visit"), (f"u{i}", day + 0.001, "cart")]
        if i % 5 < (4 if i < 300 else 2):
            rows.append((f"u{i}", day + 0.002, "pay"))
    log = log_of(rows).assign(device="phone")
    log.loc[log["user_id"].str.endswith("0"), "device"] = "pc"
    events = read_events(log)
    for part in (events, events.segment({"device": "phone"})):
        frame = funnel_change(part, STEPS)
        assert frame["q"].lt(0.05).tolist() == [False, False, True]
        assert frame.loc[2, "low"] < -0.4 < frame.loc[2, "high"] < 0


def test_an_event_that_one_period_lacks_is_nobody_and_a_wrong_name_is_an_error() -> None:
    events = read_events(
        log_of(
            [
                ("a", 2, "visit"),
                ("b", 9, "visit"),
                ("b", 10, "pay"),
                ("c", 15, "visit"),
                ("d", 1, "x"),
            ]
        )
    )
    frame = funnel_change(events, ["visit", "pay"])
    assert frame[["users_before", "users"]].values.tolist() == [[1, 2], [0, 1]]
    assert frame["small_n"].all()
    with pytest.raises(UnknownName, match="Did you mean 'pay'"):
        funnel_change(events, ["visit", "payy"])


def test_the_period_is_half_of_the_data_in_whole_weeks_and_must_be_there() -> None:
    log = log_of([(f"u{day}", day, "visit") for day in range(1, 32)] + [("u31", 31.5, "pay")])
    frame = funnel_change(read_events(log), ["visit", "pay"])
    assert frame.attrs["notes"][0].startswith("The 14 days to 2026-01-31")
    assert frame.loc[0, ["users_before", "users"]].tolist() == [14, 14]
    with pytest.raises(
        AnalysisError, match="The data begins at 2026-01-01 00:00; the period to compare with"
    ):
        funnel_change(read_events(log), ["visit", "pay"], period="20 days")
    with pytest.raises(AnalysisError, match="no span of time"):
        funnel_change(read_events(log), ["visit", "pay"], period="soon")
    with pytest.raises(DataError, match="is not a date"):
        funnel_change(read_events(log), ["visit", "pay"], until="soon")
