"""Claims and drift where a small slip would still look right: periods, personas, denominators."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from journeykit.claims import Evidence, verdict
from journeykit.claims.numbers import room_to_grow, share_drift, user_shares
from journeykit.claims.testing import planned_tests, walk_test
from journeykit.model import Claim, Journey, Workshop
from journeykit.numbers.stats import newcombe
from journeykit.phases.session import Session
from journeykit.store import open_folder, write_atomic
from journeykit.tables import read_events

WORKSHOP = """\
name: Shop
goal: pay
stages:
  - {id: look, name: Look, events: [visit]}
  - {id: buy, name: Buy, events: [pay]}
data:
  events: {source: data/events.csv}
"""


def row(kind: str, value: str, users: int, of: int) -> dict[str, object]:
    return {"kind": kind, "value": value, "users": users, "of": of}


def log(days: int = 40) -> pd.DataFrame:
    """One customer a day at noon, the last on 31 March; every second one pays and has a phone."""
    last = pd.Timestamp("2026-03-31 12:00")
    rows = []
    for n in range(days):
        when = last - pd.Timedelta(days=n)
        device = "phone" if n % 2 else "desk"
        rows.append((f"u{n}", "visit", when, device))
        if n % 2:
            rows.append((f"u{n}", "pay", when + pd.Timedelta(minutes=1), device))
    return pd.DataFrame(rows, columns=["user_id", "event", "timestamp", "device"])


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    place = tmp_path_factory.mktemp("bites") / "shop"
    write_atomic(place / "workshop.yaml", WORKSHOP)
    for name in ("desk", "phone"):
        write_atomic(
            place / f"personas/{name}.yaml", f"name: {name}\nsegment: {{device: {name}}}\n"
        )
    write_atomic(place / "personas/all.yaml", "name: All\n")
    (place / "data").mkdir()
    log().to_csv(place / "data/events.csv", index=False)
    return Evidence(Session(open_folder(place), "all"))


def held(evidence: Evidence, **more: object) -> tuple[float, int]:
    claim = {"metric": "conversion", "is": "at least", "threshold": "10%", **more}
    found = verdict(evidence, Claim.model_validate(claim))
    return found.value, found.n


@pytest.mark.parametrize("days", [2, 7, 30])
def test_the_last_days_are_so_many_and_end_with_the_last_day_of_the_data(
    evidence: Evidence, days: int
) -> None:
    _, n = held(evidence, period=f"last {days} days")
    assert n == days, "one customer came on each day"


def test_a_period_of_one_day_is_that_day(evidence: Evidence) -> None:
    assert held(evidence, since="2026-03-30", until="2026-03-30") == (1.0, 1)
    assert held(evidence, since="2026-03-30", until="2026-03-31") == (0.5, 2)


def test_a_claim_about_another_persona_is_held_against_that_ones_customers(
    evidence: Evidence,
) -> None:
    assert held(evidence) == (0.5, 40)
    assert held(evidence, persona="phone") == (1.0, 20)
    assert held(evidence, persona="desk") == (0.0, 20)


def test_the_workshops_own_period_bounds_that_of_a_claim(tmp_path: Path) -> None:
    write_atomic(tmp_path / "workshop.yaml", WORKSHOP)
    write_atomic(tmp_path / "personas/all.yaml", "name: All\n")
    (tmp_path / "data").mkdir()
    log().to_csv(tmp_path / "data/events.csv", index=False)
    march = Session(open_folder(tmp_path), "all", since="2026-03-11", until="2026-03-20")
    assert held(Evidence(march))[1] == 10
    assert held(Evidence(march), since="2026-03-16")[1] == 5
    assert held(Evidence(march), until="2026-03-12")[1] == 2
    assert held(Evidence(march), since="2026-01-01", until="2026-03-31")[1] == 10


def test_drift_divides_each_share_by_the_customers_of_its_own_run() -> None:
    before = [row("device", "phone", 300, 1000), row("device", "desk", 700, 1000)]
    now = [row("device", "phone", 200, 500), row("device", "desk", 300, 500)]
    found = share_drift(before, now).set_index("value")
    phone = found.loc["phone"]
    assert (phone["users_before"], phone["users"]) == (300, 200)
    assert (phone["before"], phone["now"]) == (0.3, 0.4)
    effect, low, high = newcombe(200, 500, 300, 1000)
    assert (phone["difference"], phone["low"], phone["high"]) == pytest.approx((effect, low, high))
    assert 0.04 < low < 0.1 < high < 0.16
    assert bool(phone["moved"])
    assert found.loc["desk", "difference"] == pytest.approx(-0.1)


def test_a_value_that_one_run_lacks_was_nobody_there_and_a_column_cannot_move() -> None:
    before = [row("device", "phone", 60, 100), row("channel", "mail", 100, 100)]
    now = [row("device", "phone", 60, 200), row("device", "watch", 140, 200)]
    found = share_drift(before, now).set_index("value")
    assert set(found.index) == {"phone", "watch"}
    assert (found.loc["watch", "before"], found.loc["watch", "now"]) == (0.0, 0.7)
    assert (found.loc["phone", "before"], found.loc["phone", "now"]) == (0.6, 0.3)


@pytest.mark.parametrize(("n", "few"), [(29, True), (30, False)])
def test_of_fewer_than_thirty_customers_nothing_is_said_to_have_moved(n: int, few: bool) -> None:
    (found,) = share_drift([row("device", "phone", 0, n)], [row("device", "phone", 500, 500)]).to_dict(
        "records"
    )  # fmt: skip
    assert (bool(found["small_n"]), bool(found["moved"])) == (few, not few)


def test_customers_are_counted_once_by_their_first_value_and_once_for_each_event() -> None:
    rows = [("a", "visit", 0, "mail"), ("a", "visit", 1, "ads"), ("b", "visit", 2, None),
            ("c", "pay", 3, "ads"), ("c", "visit", 4, "mail")]  # fmt: skip
    start = pd.Timestamp("2026-03-02")
    frame = pd.DataFrame(
        [(u, e, start + pd.Timedelta(minutes=m), c) for u, e, m, c in rows],
        columns=["user_id", "event", "timestamp", "channel"],
    )
    found = {
        (r["kind"], r["value"]): (r["users"], r["of"]) for r in user_shares(read_events(frame))
    }
    assert found == {
        ("channel", "mail"): (1, 3),
        ("channel", "ads"): (1, 3),
        ("channel", "(none)"): (1, 3),
        ("event", "visit"): (3, 3),
        ("event", "pay"): (1, 3),
    }


def test_room_to_grow_compares_a_channel_with_all_the_others() -> None:
    start = pd.Timestamp("2026-03-02")
    rows = []
    for n in range(200):
        channel = "mail" if n < 40 else "ads"
        rows.append((f"u{n}", "visit", start, channel))
        if n < 30 or n >= 180:  # 30 of 40 by mail, 20 of 160 by ads
            rows.append((f"u{n}", "pay", start + pd.Timedelta(minutes=1), channel))
    events = read_events(pd.DataFrame(rows, columns=["user_id", "event", "timestamp", "channel"]))
    found = room_to_grow(events, "pay").set_index("value")
    assert found.index.tolist() == ["mail", "ads"]
    mail, ads = found.loc["mail"], found.loc["ads"]
    assert (mail["users"], mail["share"], mail["conversion"]) == (40, 0.2, 0.75)
    assert (ads["users"], ads["share"], ads["conversion"]) == (160, 0.8, 0.125)
    assert mail["difference"] == pytest.approx(0.625)
    expected = newcombe(30, 40, 20, 160)
    assert (mail["difference"], mail["diff_low"], mail["diff_high"]) == pytest.approx(expected)
    assert ads["difference"] == pytest.approx(-0.625)
    assert (bool(mail["grow"]), bool(ads["grow"])) == (True, False)


# --- a map that was walked --------------------------------------------------------------------

STAGES = [{"id": "look", "name": "Look"}]
CARDS = [("ad", "touchpoints"), ("asks", "actions"), ("hopes", "thoughts")]


def mapped(
    name: str = "m", lanes: tuple[str, ...] = ("touchpoints", "actions", "thoughts")
) -> Journey:
    cards = [{"id": card, "stage": "look", "lane": lane, "text": card}
             for card, lane in CARDS if lane in lanes]  # fmt: skip
    return Journey.model_validate({"id": name, "name": "Map", "persona": "p", "cards": cards})


def walked(day: str | None, **steps: tuple[bool, str]) -> Any:
    """A walk on a day: of each card whether it was seen, and what was found."""
    told = [SimpleNamespace(card=card, seen=seen, finding=found)
            for card, (seen, found) in steps.items()]  # fmt: skip
    return SimpleNamespace(date=day and dt.date.fromisoformat(day), steps=told)


WHOLE = {"ad": (True, ""), "asks": (True, "")}


@pytest.mark.parametrize(
    ("walks", "colour", "said", "why"),
    [
        ([walked("2026-03-01", **WHOLE)], "green", "2 of 2 steps seen, 0 found, on 2026-03-01",
         "Every step was seen and nothing was found."),
        ([], "amber", "0 of 2 steps seen, 0 found", "Nobody has walked it yet."),
        ([walked("2026-03-01", ad=(True, "slow"))], "amber",
         "1 of 2 steps seen, 1 found, on 2026-03-01",
         "1 of 2 steps were not seen; 1 thing was found."),
        ([walked("2026-01-01", ad=(True, "slow")), walked("2026-03-01", asks=(True, "long"))],
         "amber", "2 of 2 steps seen, 2 found, on 2026-03-01", "2 things were found."),
        ([walked("2026-03-01", **WHOLE), walked("2026-01-01", hopes=(True, "no step"))], "green",
         "2 of 2 steps seen, 0 found, on 2026-03-01", "Every step was seen and nothing was found."),
        ([walked(None, **WHOLE)], "amber", "2 of 2 steps seen, 0 found", "The walk has no date."),
        ([walked("2026-02-28", ad=(False, ""), asks=(True, ""))], "amber",
         "1 of 2 steps seen, 0 found, on 2026-02-28",
         "1 of 2 steps were not seen; the last walk is 31 days old, the review interval is 30 days."),
    ],
)  # fmt: skip
def test_a_walk_is_green_where_all_was_seen_nothing_found_and_it_is_young(
    walks: list[Any], colour: str, said: str, why: str
) -> None:
    shop = Workshop.model_validate({"name": "Shop", "review_days": 30, "stages": STAGES})
    found = walk_test(shop, mapped(), walks, "p", dt.date(2026, 3, 31))
    assert (found.colour, found.said, found.why) == (colour, said, why)


def test_only_a_map_with_steps_is_walked_and_only_musts_are_tested() -> None:
    maps = [mapped("a"), mapped("b", ("thoughts",)), mapped("c", ("actions",))]
    claim = {"metric": "conversion", "is": "at least", "threshold": "10%"}
    kept = [
        {"id": f"k{must:d}", "stage": "look", "lane": "metrics", "text": "k",
         "claim": {**claim, "must": must}}
        for must in (True, False)
    ]  # fmt: skip
    maps.append(Journey.model_validate({"id": "d", "name": "D", "persona": "p", "cards": kept}))
    folder = SimpleNamespace(
        persona_ids=lambda: ["p"],
        persona=lambda name: SimpleNamespace(id=name),
        journeys_of=lambda name: maps if name == "p" else [],
    )
    assert [test.id for test in planned_tests(folder)] == ["a/walk", "c/walk", "d/k1"]
    assert [test.id for test in planned_tests(folder, every=True)][2:] == ["d/k1", "d/k0"]
    assert planned_tests(folder, ["q"]) == []
