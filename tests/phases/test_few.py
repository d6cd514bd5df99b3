"""Groups of few customers are joined in what goes out; the team itself sees them all."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from ruamel.yaml import YAML

import journeykit as jk
from journeykit.claims import Evidence, verdict
from journeykit.model import Claim
from journeykit.numbers.few import masked
from journeykit.phases import Panel, open_workshop
from tests.uncovered import skip

PLANS = {"basic": 40, "plus": 20, "vip Anna Petrova": 1, "vip Jo Hill": 3}


def log(plans: dict[str, int], **more: str) -> pd.DataFrame:
    """Everybody visits; every second one pays; one writes a mail."""
    rows = []
    for user, plan in enumerate(each for each, n in plans.items() for _ in range(n)):
        names = ["visit", "pay"] if user % 2 else ["visit"]
        names += ["mail to anna.1@mail.example"] if user == 3 else []
        rows += [(f"u{user:03d}", e, f"own{user // 2}@mail.example", plan) for e in names]
    made = pd.DataFrame(rows, columns=["user_id", "event", "owner_mail", "plan"])
    made["timestamp"] = pd.date_range("2026-01-01", periods=len(made), freq="h")
    return made.assign(channel=made["plan"], device="phone", **more)


@pytest.fixture
def few_shop(tmp_path: Path) -> Callable[..., Path]:
    """Make a workshop of 64 customers: ``few_shop(plans, smallest_group=5)``."""

    def made(plans: dict[str, int] = PLANS, **privacy: int) -> Path:
        told = {
            "schema": 2,
            "name": "Shop",
            "stages": [{"id": "buy", "name": "Buy", "events": "pay"}],
            "funnel": [{"name": "visit", "events": "visit"}, {"name": "pay", "events": "pay"}],
            "privacy": privacy,
            "data": {"events": {"source": "data/events.csv"}},
        }
        for folder in ("data", "personas", "journeys"):
            (tmp_path / folder).mkdir()
        with (tmp_path / "workshop.yaml").open("w") as file:
            YAML().dump(told, file)
        (tmp_path / "personas" / "all.yaml").write_text("id: all\nname: All\n")
        log(plans).to_csv(tmp_path / "data" / "events.csv", index=False)
        return tmp_path

    return made


def users(panel: Panel) -> dict[str, int]:
    frame = panel.frame
    return frame[frame["step"] == "visit"].set_index(frame.columns[0])["users"].to_dict()


def test_groups_of_few_become_others_with_the_right_numbers(few_shop, monkeypatch):
    monkeypatch.setenv("JOURNEYKIT_LIVE", "0")
    panel = open_workshop(few_shop()).weak_spots.funnel(by="plan")
    assert users(panel) == {"basic": 40, "plus": 20, "others": 4}
    # as if the two had always been one
    one = log(PLANS).replace({"plan": {"vip Anna Petrova": "others", "vip Jo Hill": "others"}})
    wanted = jk.funnel(jk.read_events(one), {"visit": "visit", "pay": "pay"}, by="plan")
    shown = panel.frame.set_index(["plan", "step"]).sort_index()
    pd.testing.assert_frame_equal(
        shown, wanted.set_index(["plan", "step"]).sort_index(), check_dtype=False
    )
    out = json.dumps([panel.data(), panel.chart.to_dict()], default=str)
    assert "Petrova" not in out
    assert "Hill" not in out


def test_one_alone_takes_the_next_smallest_along(few_shop, monkeypatch):
    monkeypatch.setenv("JOURNEYKIT_LIVE", "0")
    panel = open_workshop(few_shop({"a": 40, "b": 20, "Anna": 1})).weak_spots.funnel(by="plan")
    assert users(panel) == {"a": 40, "others": 21}


def test_the_team_sees_all_and_one_switches_it_off(few_shop, monkeypatch):
    plans = {"basic": 40, "solo": 1, "trio": 3}
    root = few_shop(plans, smallest_group=1)
    for live in "01":
        monkeypatch.setenv("JOURNEYKIT_LIVE", live)
        w = open_workshop(root)
        if live == "1":
            skip(w)
        assert users(w.weak_spots.funnel(by="plan")) == plans
    notes = w.start.data().notes
    assert any("smallest_group" in note for note in notes)


def test_addresses_are_joined_or_masked(few_shop, monkeypatch):
    monkeypatch.setenv("JOURNEYKIT_LIVE", "0")
    root = few_shop(smallest_group=2)
    w = open_workshop(root)
    panels = [w.weak_spots.funnel(by="owner_mail"), w.weak_spots.last_before_loss(), w.start.data()]
    out = json.dumps([panel.data() for panel in panels], default=str)
    assert "@" not in out
    assert set(panels[0].frame["owner_mail"]) == {"[e-mail]"}
    assert users(panels[0]) == {"[e-mail]": 64}
    monkeypatch.setenv("JOURNEYKIT_LIVE", "1")
    assert (
        skip(open_workshop(root)).weak_spots.funnel(by="owner_mail").frame["owner_mail"].nunique()
        > 30
    )


def test_what_a_team_named_in_a_step_stays(few_shop, monkeypatch):
    monkeypatch.setenv("JOURNEYKIT_LIVE", "0")
    w = open_workshop(few_shop({"basic": 40, "Anna": 3}))
    matrix = w.weak_spots.step_matrix().frame
    third = matrix[matrix["step"] == 3].set_index("event")["users"].to_dict()
    assert third == {"(ended)": 42, "others": 1}  # the mail of one customer
    assert "pay" in set(matrix[matrix["step"] == 2]["event"])


def test_every_number_goes_out_without_few(few_shop, monkeypatch):
    monkeypatch.setenv("JOURNEYKIT_LIVE", "0")
    w = open_workshop(few_shop())
    asked = [
        w.weak_spots.channels(),
        w.weak_spots.attribution(),
        w.weak_spots.attribution_models(),
        w.weak_spots.entry_points(),
        w.weak_spots.transitions(by="plan"),
        w.weak_spots.paths(),
        w.weak_spots.differences(least=1),
        w.weak_spots.segment_profile(),
        w.weak_spots.instead(),
        w.weak_spots.ranking(comparisons=["plan"]),
        w.weak_spots.friction(least=1),
    ]
    out = json.dumps([panel.data() for panel in asked], default=str)
    for said in ("Petrova", "Hill", "@"):
        assert said not in out
    assert not any(panel.sentence.startswith("Not measured") for panel in asked), asked
    channels = asked[0].frame.set_index("channel")["users"].to_dict()
    assert channels == {"basic": 40, "plus": 20, "others": 4}


def test_a_table_of_ones_own_names_no_few(few_shop, monkeypatch):
    root = few_shop()
    for live, told in (("0", {"basic", "plus", "others"}), ("1", {*PLANS})):
        monkeypatch.setenv("JOURNEYKIT_LIVE", live)
        w = open_workshop(root)
        assert set(w.show(jk.funnel(w.events, w.steps, by="plan")).frame["plan"]) == told


def test_a_claim_on_few_says_so_and_not_how_many(few_shop, monkeypatch):
    root = few_shop()
    told = {"metric": "conversion", "is": "at least", "threshold": "50%"}
    claim = Claim.model_validate({**told, "segment": {"plan": ["vip Jo Hill"]}})
    monkeypatch.setenv("JOURNEYKIT_LIVE", "0")
    found = verdict(Evidence(open_workshop(root)), claim)
    assert (found.verdict, found.value, found.n) == ("undecided", None, 0)
    assert found.why == "Fewer than 5 customers: too few to be told in what goes out."
    monkeypatch.setenv("JOURNEYKIT_LIVE", "1")
    assert verdict(Evidence(open_workshop(root)), claim).n == 3


@pytest.mark.parametrize(
    "label",
    ["spring-2026", "SKU12345", "/product/998877", "checkout_step_2", "18-24", "1.5", "微信"],
)
def test_codes_are_no_persons(label):
    assert masked(label) == label


def test_what_the_kit_writes_is_no_telephone():
    for said in ("Feb 2026 (104)", "Jan 2026 (1,307)", "12.5% of 4,000 (95%: 11.0% to 13.5%)"):
        assert masked(said, prose=True) == said
    for said in ("Ask bo.b@mail.example", "call +49 171 2345678"):
        assert re.search(r"\[(?:e-mail|phone)\]$", masked(said, prose=True))


def test_a_column_called_like_a_person_is_masked_in_sentences():
    said = "took column 'notes of Petra Schmidt' as page"
    assert masked(said, prose=True) == "took column 'notes of [name]' as page"
    said = "took column 'anna_schmidt' as user_id, and the team's 'plan'"
    assert masked(said, prose=True) == "took column '[name]' as user_id, and the team's 'plan'"
    # What the team wrote itself stays.
    assert masked("Petra Schmidt's idea", prose=True) == "Petra Schmidt's idea"
