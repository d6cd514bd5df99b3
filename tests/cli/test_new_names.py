"""What `new` proposes: names and ids that stay apart, and steps that a person would choose."""

from __future__ import annotations

import random
from pathlib import Path

import pandas as pd
import pytest
from pydantic import ValidationError

import journeykit as jk
from journeykit.model import Workshop, slug
from journeykit.propose import propose
from journeykit.store import create, open_folder

START = pd.Timestamp("2026-01-01 09:00")


def events(
    journeys: list[list[str]], channels: list[str] | None = None, apart: str = "1min"
) -> jk.Events:
    rows = [
        (
            f"u{user}",
            event,
            START + pd.Timedelta(days=user % 300) + minute * pd.Timedelta(apart),
            user,
        )
        for user, journey in enumerate(journeys)
        for minute, event in enumerate(journey)
    ]
    log = pd.DataFrame(rows, columns=["user_id", "event", "timestamp", "channel"])
    log["channel"] = (
        log["channel"].map(lambda user: channels[user % len(channels)]) if channels else "x"
    )
    return jk.read_events(log)


def halving(names: list[str], users: int = 64, apart: str = "1min") -> jk.Events:
    """Everybody does the first, half of them the second, and so on."""
    did = [[n for k, n in enumerate(names) if user < users >> k] for user in range(users)]
    return events(did, apart=apart)


@pytest.mark.parametrize("apart", ["1min", "2h", "1D", "7D"])
def test_steps_that_lie_apart_are_steps_all_the_same(apart: str) -> None:
    read = halving(["visit", "look", "cart", "checkout", "purchase"], 128, apart=apart)
    top, _, _ = propose(read, "Shop")
    assert [step.name for step in top.funnel] == ["Visit", "Look", "Cart", "Checkout", "Purchase"]


def test_a_branch_that_few_take_on_their_way_is_no_step() -> None:
    ways = [["arrive", "triage", *(["scan"] if n % 4 == 0 else []), "check-out"] for n in range(80)]
    top, _, _ = propose(events(ways, apart="2h"), "Clinic")
    assert [step.name for step in top.funnel] == ["Arrive", "Triage", "Check out"]


@pytest.mark.parametrize(
    "names",
    [
        ["visit", "A+", "A-", "A*"],
        ["pay", "pay ", "Pay", "PAY"],
        ["访问", "加入购物车", "支付", "完成"],
        ["👀", "🛒", "💳", "🎉"],
        ["[x]", "(x)", "?x", "x"],
    ],
)
def test_steps_of_nearly_the_same_name_stay_apart(names: list[str]) -> None:
    read = halving(names)
    top, _, journeys = propose(read, "Shop")
    assert len({step.name for step in top.funnel}) == 4
    counted = jk.funnel(read, {step.name: list(step.events) for step in top.funnel})
    assert counted["users"].tolist() == [64, 32, 16, 8]
    cards = journeys[0].cards
    assert len({card.id for card in cards}) == len({card.text for card in cards}) == 4


@pytest.mark.parametrize(
    "channels",
    [
        ["微信", "百度", "抖音"],
        ["paid search", "paid-search", "Paid_Search"],
        ["😀", "🎉", "..."],
        ["مرحبا", "أهلا", "CON"],
        ["con.", "Con", "CON"],
        ["x" * 80 + "1", "x" * 80 + "2", "x" * 80 + "3"],
    ],
)
def test_a_file_for_each_persona(tmp_path: Path, channels: list[str]) -> None:
    top, personas, journeys = propose(events([["visit", "pay"]] * 60, channels), "Shop")
    folder = create(tmp_path / "w")
    for old in [*(folder.root / "personas").glob("*"), *(folder.root / "journeys").glob("*")]:
        old.unlink()
    for part in (top, *personas, *journeys):
        folder.save(part)
    found = open_folder(folder.root).personas()
    assert len({id.lower() for id in found}) == len({p.name for p in found.values()}) == 3
    assert {p.segment["channel"][0] for p in found.values()} == set(channels)
    assert len([*(folder.root / "journeys").glob("*.yaml")]) == 3


@pytest.mark.parametrize("name", ["CON", "con.", "nul", "Com1", "LPT9", "aux"])
def test_no_id_is_a_name_that_windows_keeps(name: str) -> None:
    assert slug(name) == f"{name.strip('.').lower()}-item"


def test_a_funnel_of_300_names_begins_with_what_people_begin_with() -> None:
    dice = random.Random(1)
    names = [f"screen_{n:03}" for n in range(298)]
    journeys = [
        [*(["app_open"] if user % 10 else []), *dice.choices(names, k=dice.randint(1, 12))]
        + ["purchase"] * (dice.random() < 0.2)
        for user in range(600)
    ]
    top, _, _ = propose(events(journeys), "Shop")
    first, *_, last = top.funnel
    assert [str(match) for match in first.events] == ["app_open"]
    assert [str(match) for match in last.events] == ["purchase"]
    assert all(len(step.events) <= 3 for step in top.funnel)


def test_few_names() -> None:
    top, _, _ = propose(halving(["visit", "pay"]), "Shop")
    assert [step.name for step in top.funnel] == ["Visit", "Pay"]
    top, _, _ = propose(halving(["visit", "error"]), "Shop")
    assert top.funnel == (), "an error is no step, and one step is no funnel"


@pytest.mark.parametrize(
    ("kind", "key"), [("stages", "id"), ("stages", "name"), ("funnel", "name")]
)
def test_two_of_one_name_are_refused_in_a_file(kind: str, key: str) -> None:
    plain = {"name": "Shop", "stages": [{"id": f"s{n}", "name": f"S{n}"} for n in range(2)]}
    plain["funnel"] = [{"name": f"F{n}", "events": f"e{n}"} for n in range(2)]
    assert Workshop.model_validate(plain).name == "Shop"
    plain[kind][1][key] = plain[kind][0][key]
    with pytest.raises(ValidationError, match=f"two {kind} have the {key}"):
        Workshop.model_validate(plain)


def test_leads_are_leads(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from journeykit.cli.make import app

    days = [f"2026-02-{n % 28 + 1:02}" for n in range(400)]
    frame = pd.DataFrame({"lead_ref": [f"L{n}" for n in range(400)], "first_contact_date": days})
    frame["landing_page_id"] = [f"lp{n % 60}" for n in range(400)]
    frame["origin"] = [["paid_search", "organic_search"][n % 2] for n in range(400)]
    frame.to_csv(tmp_path / "leads.csv", index=False)
    run = CliRunner().invoke(app, ["new", str(tmp_path / "w"), "--events",
                                   str(tmp_path / "leads.csv")])  # fmt: skip
    assert run.exit_code == 0, run.output
    assert "400 users" in run.output
    assert "No funnel is proposed" in run.output
    assert "search" not in run.output
    w = jk.open_workshop(tmp_path / "w")
    assert len(w.table("leads")) == 400


def competing(path: Path) -> Path:
    rows = [
        (f"c{n % 7}", f"m{n // 2}", ["visit", "pay"][n % 2], f"2026-02-01 10:{n:02}")
        for n in range(40)
    ]
    frame = pd.DataFrame(rows, columns=["customer_id", "member_id", "event", "timestamp"])
    frame.to_csv(path, index=False)
    return path


@pytest.mark.parametrize("terminal", [True, False])
def test_what_is_unclear_is_asked_in_a_terminal_and_refused_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, terminal: bool
) -> None:
    from types import SimpleNamespace

    from typer.testing import CliRunner

    from journeykit.cli.make import app

    stdin = SimpleNamespace(isatty=lambda: terminal)
    monkeypatch.setattr("journeykit.cli.exports.sys", SimpleNamespace(stdin=stdin))
    words = ["new", str(tmp_path / "w"), "--events", str(competing(tmp_path / "log.csv"))]
    run = CliRunner().invoke(app, words, input="user_id=member_id\n")
    if terminal:
        assert run.exit_code == 0, run.output
        assert "20 users" in run.output
        assert "user_id: member_id" in (tmp_path / "w" / "workshop.yaml").read_text("utf-8")
    else:
        assert "--column user_id=member_id" in str(run.exception)
        assert not (tmp_path / "w").exists()


def test_nothing_is_proposed_that_names_what_few_did() -> None:
    journeys = [["visit", "cart", "buy"][: 1 + user % 3] for user in range(60)]
    journeys[7] = ["call from Ada Byron", *journeys[7]]
    journeys[8] = [*journeys[8], "mail to ada@home.example"]
    top, _, maps = propose(events(journeys), "Shop")
    assert [str(event) for stage in top.stages for event in stage.events] == [
        "visit",
        "cart",
        "buy",
    ]
    assert "ada" not in f"{top.plain()} {[map_.plain() for map_ in maps]}".casefold()


@pytest.mark.parametrize(
    ("channels", "names"),
    [
        (["search"] * 30 + ["mail"] * 26 + ["Ada Byron"] * 4, ["Search customer", "Mail customer"]),
        (["search"] * 56 + ["Ada Byron"] * 4, ["Everyone"]),
        ([f"Ada {n}" for n in range(30)], ["Everyone"]),
    ],
)
def test_no_persona_is_a_group_of_few(channels: list[str], names: list[str]) -> None:
    journeys = [["visit", "cart", "buy"][: 1 + user % 3] for user in range(60)]
    _, personas, _ = propose(events(journeys, channels), "Shop")
    assert [persona.name for persona in personas] == names


def test_of_a_log_of_few_customers_all_is_proposed() -> None:
    top, _, _ = propose(events([["visit", "pay"], ["visit"], ["visit", "pay"]]), "Shop")
    assert [step.name for step in top.funnel] == ["Visit", "Pay"]


def test_a_goal_that_fewer_than_five_reach_is_not_proposed() -> None:
    read = events([["visit", "look", "cart"]] * 60 + [["visit", "look", "purchase"]] * 4)
    top, _, _ = propose(read, "Shop")
    assert "cart" in str(top.goal)
    assert "purchase" not in str([top.funnel, top.stages])
