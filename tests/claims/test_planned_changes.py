"""As it is, as it is meant to be, what if: ranges counted by hand, their plan, and what new data says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from journeykit import numbers
from journeykit.claims import Evidence
from journeykit.claims.changes import planned_changes
from journeykit.phases import OpenWorkshop
from journeykit.store import open_folder, write_atomic

WORKSHOP = """\
schema: 2
name: Shop
goal: pay
currency: EUR
stages:
  - {id: look, name: Look, events: [visit, cart]}
  - {id: buy, name: Buy, events: [form, pay]}
funnel:
  - {name: visit, stage: look, events: visit}
  - {name: basket, stage: look, events: cart}
  - {name: form, stage: buy, events: form}
  - {name: pay, stage: buy, events: pay}
data:
  events: {source: data/events.csv}
  orders: {source: data/orders.csv}
"""
TO_BE = """\
name: Then
persona: ann
kind: to-be
changes:
  - {what: drop-off, step: pay, by: 50%, serves: quick, experiment: wallet, card: most-pay}
  - {what: step-removed, step: form, serves: quick}
  - {what: wait, step: basket, by: 95%}
  - {what: drop-off, step: pay, by: 50%, segment: {device: desk}}
cards:
  - {id: quick, stage: buy, lane: goals, text: Pay in a minute}
  - id: most-pay
    stage: buy
    lane: metrics
    text: Most who fill in the form pay
    claim: {metric: step-rate, of: pay, is: at least, threshold: 60%}
"""


def log(paid: int = 80) -> pd.DataFrame:
    """400 visit, 200 fill a basket (half after 10 minutes, half after 100), 160 the form, some pay."""
    rows = []
    for user in range(400):
        quick = user % 4 == 0
        wait = 10 if quick else 100
        fills = (user % 2 == 0) + (user % 10 in (0, 2, 4, 6))  # none, the basket, the form, too
        at = [("visit", 0), *[("cart", wait), ("form", wait + 1)][:fills]]
        before = sum(n % 10 in (0, 2, 4, 6) for n in range(user))  # so many have filled in the form
        at += [("pay", wait + 2)] * (fills == 2 and before < paid)
        day = pd.Timestamp(2026, 1, 1 + user % 28)
        rows += [
            (
                f"u{user}",
                event,
                day + pd.Timedelta(minutes=m),
                "phone" if user // 10 % 2 else "desk",
            )
            for event, m in at
        ]
    return pd.DataFrame(rows, columns=["user_id", "event", "timestamp", "device"])


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    write_atomic(tmp_path / "workshop.yaml", WORKSHOP)
    write_atomic(tmp_path / "personas/ann.yaml", "name: Ann\n")
    write_atomic(tmp_path / "journeys/ann.yaml", "name: Now\npersona: ann\n")
    write_atomic(tmp_path / "journeys/ann-to-be.yaml", TO_BE)
    write_atomic(
        tmp_path / "records/experiments/wallet.yaml", "title: Wallet\nstep: pay\nlift: 0.1\n"
    )
    (tmp_path / "data").mkdir()
    log().to_csv(tmp_path / "data/events.csv", index=False)
    orders = pd.DataFrame(
        {
            "order_id": range(80),
            "user_id": range(80),
            "timestamp": "2026-01-05",
            "amount": [40, 60] * 40,
        }
    )
    orders.to_csv(tmp_path / "data/orders.csv", index=False)
    assert open_folder(tmp_path).problems() == []
    return tmp_path


def planned(root: Path, **more: Any) -> list[dict[str, Any]]:
    w = OpenWorkshop(open_folder(root), "ann", **more)
    assert w.to_be is not None
    return planned_changes(Evidence.of(w), w.to_be, w.journey).to_dict("records")


def test_a_change_becomes_a_range_of_the_end_and_of_money_with_its_assumptions(shop: Path) -> None:
    """80 of 160 are lost before they pay: half of them is 40 of 400 at most, and 20 at least."""
    half = planned(shop)[0]
    assert (half["today"], half["serves"], half["small_n"]) == (0.2, "Pay in a minute", False)
    assert half["difference"] == pytest.approx(0.075)
    assert half["diff_low"] < 0.05 < 0.1 < half["diff_high"]
    assert half["then_low"] == pytest.approx(0.2 + half["diff_low"])
    assert half["then_high"] == pytest.approx(0.2 + half["diff_high"])
    assert half["users_low"] == pytest.approx(400 * half["diff_low"])
    assert (
        half["revenue_low"]
        < 50 * half["users_low"]
        < 50 * half["users_high"]
        < half["revenue_high"]
    )
    for words in (
        "At most",
        "At least: they go on half as well",
        "nothing else changes",
        "mean order (50.00; 95%",
    ):
        assert words in half["assumptions"]


def test_each_change_has_a_plan_to_find_out(shop: Path) -> None:
    half = planned(shop)[0]
    wanted = numbers.sample_size(0.5, 0.25, per_day=160 / 27).iloc[0]
    assert (half["base"], half["lift"]) == (0.5, 0.25)
    assert (half["per_group"], half["days"]) == (wanted["n_per_arm"], wanted["days"])


def test_a_step_taken_out_a_wait_made_shorter_and_a_change_for_some(shop: Path) -> None:
    _, gone, wait, desk = planned(shop)
    assert gone["change"] == "“form” is taken out"
    assert 0 < gone["then_low"] - 0.2 < gone["then_high"] - 0.2 < 0.2
    assert wait["change"] == "The wait for “basket” is 95% shorter"
    assert "100 of 100 who waited longer than the median" in wait["assumptions"]
    assert wait["then_low"] < 0.2 < wait["then_high"], "those who wait less do not pay more often"
    assert desk["who"] == "device desk"
    assert desk["difference"] == pytest.approx(0.0375), "half of those who are lost sit at a desk"


def test_new_data_reads_the_plan_and_decides_the_claim(shop: Path) -> None:
    assert planned(shop)[0]["read"].startswith("experiment planned; claim refuted: 50.0%")
    log(140).to_csv(shop / "data/june.csv", index=False)
    assert "claim supported: 87.5%" in planned(shop, data="data/june.csv")[0]["read"]
    for users, early in ((40, True), (400, False)):
        write_atomic(
            shop / "records/experiments/wallet.yaml",
            f"title: Wallet\nstep: pay\nlift: 0.1\ncounts: {{now: [{users}, {users // 2}], "
            f"wallet: [{users}, {users * 9 // 10}]}}\n",
        )
        read = planned(shop)[0]["read"]
        assert read.startswith("experiment, “wallet”: better")
        assert (f"too early: {users} of 58 in each group" in read) is early
        assert "claim refuted" in read


def test_the_notebook_shows_range_money_plan_and_what_is_known(shop: Path) -> None:
    panel = OpenWorkshop(open_folder(shop), "ann").test.plan()
    first = panel.frame.iloc[0]
    assert first["reach the end"].startswith("20.0% → 2")
    assert "in each group" in first["to find out"]
    assert first["known by now"].startswith("experiment planned; claim refuted")
    assert "EUR" in panel.counts
    assert "2 of 4 serve no stated goal" in panel.sentence
    assert sum("Revenue: customers more × mean order" in note for note in panel.notes) >= 3
