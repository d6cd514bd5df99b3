"""What the phases say where a table, a column or the goal is missing: nothing raises."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from journeykit.errors import AnalysisError
from journeykit.model import WAITS
from journeykit.phases import OpenWorkshop, Panel, after
from journeykit.store import create

pytestmark = pytest.mark.xdist_group("missing")

TABLES = ("events", "surveys", "support", "campaigns", "orders", "leads")
OTHERS = TABLES[1:]
Edit = Callable[[pd.DataFrame], pd.DataFrame]
Ask = Callable[..., dict[str, Panel]]

NEEDS = {  # the table without which a question has no answer
    "events": [
        "start.data",
        "objectives.profile",
        "objectives.audience",
        "buyer_goals.how_they_came",
        "buyer_goals.typical_path",
        "buyer_goals.channels",
        "buyer_goals.attribution",
        "weak_spots.funnel",
        "weak_spots.funnel_by",
        "weak_spots.last_before_loss",
        "weak_spots.instead",
        "weak_spots.friction",
        "weak_spots.ranking",
        "ux.order",
        "ux.transitions",
        "ux.stage_times",
        "ux.devices",
        "test.what_if",
        "after.retention",
        "after.stickiness",
        "after.triggers",
        "weak_spots.funnel_change",
        "after.drift",
        "after.grow",
        "test.plan",
    ],
    "surveys": ["ux.surveys", "ux.touchpoints"],
    "support": ["ux.service"],
    "orders": ["after.repeat", "after.basket", "after.next_product"],
    "campaigns": ["after.campaigns"],
    "leads": ["objectives.leads", "buyer_goals.leads"],
}


def unmeasured(panels: dict[str, Panel]) -> set[str]:
    return {name for name, panel in panels.items() if panel.sentence.startswith("Not measured")}


def test_with_events_alone_the_rest_says_what_it_would_need(
    shop: Callable[..., Path], ask_all: Ask
) -> None:
    panels = ask_all(shop(("events",)), "mobile-maya")
    wanted = {name for kind in OTHERS for name in NEEDS[kind]}
    assert unmeasured(panels) == wanted | {"weak_spots.themes"}
    for kind in OTHERS:
        for name in NEEDS[kind]:
            said = panels[name].sentence
            assert f"has no {kind}" in said
            assert f"`data: {kind}:`" in said
            assert panels[name].numbers == {"missing": kind}
    assert "mobile" in panels["weak_spots.funnel_by"].sentence.lower()
    assert {"surveys", "orders"} <= {
        row[2] for row in panels["objectives.unknowns"].table()["rows"]
    }  # type: ignore[index]


def test_without_any_data_the_workshop_still_works(shop: Callable[..., Path], ask_all: Ask) -> None:
    panels = ask_all(shop(()), "mobile-maya")
    wanted = {name for names in NEEDS.values() for name in names}
    waits = {name for name, panel in panels.items() if panel.sentence == WAITS}
    assert unmeasured(panels) == set(), "one sentence says it once"
    assert waits == (wanted | {"weak_spots.themes", "after.trend"}) - {"start.data"}
    assert "There is no data yet" in panels["start.data"].sentence
    assert panels["start.map"].svg
    assert "emotions" in panels["ux.emotions"].id
    assert panels["ux.emotions"].frame["team"].notna().any()  # type: ignore[index]
    assert panels["buyer_goals.ranking"].numbers["goals"] > 0
    verdicts = panels["objectives.baselines"].numbers
    assert {row["verdict"] for row in verdicts.values()} == {"not measured"}


@pytest.mark.parametrize(
    "missing",
    ["surveys", *(pytest.param(t, marks=pytest.mark.nightly) for t in TABLES if t != "surveys")],
)
def test_one_missing_table_takes_its_own_questions_only(
    shop: Callable[..., Path], ask_all: Ask, missing: str
) -> None:
    panels = ask_all(shop(tuple(kind for kind in TABLES if kind != missing)), "mobile-maya")
    wanted = set(NEEDS[missing]) | ({"after.campaigns"} if missing == "events" else set())
    # The small shop has fewer than ten comments without the answers to the surveys.
    assert unmeasured(panels) - {"weak_spots.themes"} == wanted


def test_tables_without_ids_are_filtered_by_what_they_have_or_shown_for_all(
    shop: Callable[..., Path], ask_all: Ask
) -> None:
    root = shop(
        surveys=lambda table: table.drop(columns=["user_id", "channel", "device"]),
        support=lambda table: table.drop(columns=["user_id"]),
    )
    maya, everybody = ask_all(root, "mobile-maya"), ask_all(root, "everybody")
    said = maya["ux.surveys"].sentence
    assert said.endswith("Shown for everybody: the answers name no customer.")
    assert said.startswith(everybody["ux.surveys"].sentence)
    # Contacts have a channel of their own (chat, phone), and none of them is hers: said, not shown.
    assert maya["ux.service"].sentence != everybody["ux.service"].sentence


def test_a_log_of_three_columns_is_enough(shop: Callable[..., Path], ask_all: Ask) -> None:
    root = shop(("events",), events=lambda log: log[["user_id", "event", "timestamp"]])
    for persona in (root / "personas").glob("*.yaml"):
        if persona.stem != "everybody":
            persona.unlink()
    for journey in (root / "journeys").glob("*.yaml"):
        journey.unlink()
    panels = ask_all(root, "everybody")
    for name in (
        "buyer_goals.channels",
        "buyer_goals.attribution",
        "weak_spots.funnel_by",
        "ux.devices",
    ):
        assert panels[name].sentence.startswith("Not measured")
        assert "column" in panels[name].sentence
    assert panels["weak_spots.funnel"].chart is not None


@pytest.mark.parametrize("template", ["blank", "lead-generation"])
def test_templates_without_data_can_be_gone_through(
    tmp_path: Path, ask_all: Ask, template: str
) -> None:
    create(tmp_path / template, template)
    panels = ask_all(tmp_path / template)
    assert sum(panel.sentence == WAITS for panel in panels.values()) > 20
    assert unmeasured(panels) == set(), "one sentence in notebook 00 says why they wait"


BENT: dict[str, tuple[dict[str, Edit], str | None]] = {
    "nobody reached the goal": (
        {"events": lambda log: log[log["event"] != "purchase"]},
        "mobile-maya",
    ),
    "the log speaks other words": (
        {"events": lambda log: log.assign(event="x" + log["event"])},
        "mobile-maya",
    ),
    "a single event": ({"events": lambda log: log.head(1)}, "everybody"),
    "one customer": (
        {"events": lambda log: log[log["user_id"] == log["user_id"].iloc[0]]},
        "everybody",
    ),
    "no device and no channel": (
        {"events": lambda log: log.drop(columns=["device", "channel"])},
        "everybody",
    ),
    "nobody wrote a comment": (
        {kind: lambda table: table.assign(comment="") for kind in ("surveys", "support")},
        "mobile-maya",
    ),
}


BY_DAY = ("a single event", "no device and no channel")


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, marks=pytest.mark.all if case in BY_DAY else pytest.mark.nightly)
        for case in BENT
    ],
)
def test_odd_data_stops_no_phase(shop: Callable[..., Path], ask_all: Ask, case: str) -> None:
    edits, persona = BENT[case]
    panels = ask_all(shop(**edits), persona)
    if case == "nobody wrote a comment":
        assert unmeasured(panels) == {"weak_spots.themes"}
    elif case != "no device and no channel":
        goal = {"buyer_goals.channels", "buyer_goals.attribution", "ux.devices", "after.campaigns"}
        assert all("goal" in panels[name].sentence for name in goal)


@pytest.mark.nightly
@pytest.mark.parametrize(("since", "until"), [("2026-06-25", None), (None, "2026-01-08")])
def test_a_few_days_of_data_stop_no_phase(
    shop: Callable[..., Path], ask_all: Ask, since: str | None, until: str | None
) -> None:
    panels = ask_all(shop(), "everybody", since=since, until=until)
    assert (
        "from 2026-06-2" in panels["start.data"].sentence
        or "to 2026-01-0" in panels["start.data"].sentence
    )


def test_results_of_an_experiment_are_read_where_counts_are_written_down(
    shop: Callable[..., Path], open_as: Callable[..., OpenWorkshop]
) -> None:
    root = shop()

    def results() -> Panel:
        return open_as(root, "mobile-maya").test.results()

    said = results().sentence
    assert "form of experiments in notebook 05" in said
    (file,) = (root / "records" / "experiments").glob("*.yaml")
    text = file.read_text("utf-8")
    file.write_text(f"{text}counts:\n  old form: [5000, 500]\n  wallet: [5050, 600]\n", "utf-8")
    panel = results()
    assert (
        panel.sentence == "Wallet payment on the phone, for half of the visitors, “wallet”: better."
    )
    assert panel.chart is not None
    file.write_text(f"{text}counts:\n  old form: [5000, 500]\n  wallet: [4500, 600]\n", "utf-8")
    panel = results()
    assert panel.sentence.endswith("“wallet”: do not read.")
    assert "The split is suspicious" in panel.notes[0]


def test_the_newest_run_is_compared_by_its_personas_alone(
    shop: Callable[..., Path], ask_all: Ask
) -> None:
    root = shop(())
    for name, persona in (("mobile-maya", "mobile-maya"), ("compare", None)):
        place = root / "runs" / "r1" / name
        place.mkdir(parents=True)
        lists = {key: [] for key in ("funnel", "promises", "surveys", "claims", "notebooks")}
        head = {"kind": "persona", "status": "ok", "persona": persona, "workshop": "W"}
        spots = [{"rank": 1, "what": "pay"}]
        result = {**head, **lists, "run_id": "r1", "data": {}, "phases": {}, "weak_spots": spots}
        (place / "result.json").write_text(json.dumps(result), "utf-8")
    panels = ask_all(root, "mobile-maya")
    assert list(panels["compare.overview"].frame["persona"]) == ["Mobile Maya"]
    assert panels["compare.shared_spots"].sentence == "The first weak spots of 1 persona."


def test_what_the_trend_leaves_out_is_told(
    shop: Callable[..., Path], open_as: Callable[..., OpenWorkshop], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = shop(("events", "surveys"))
    place = root / "runs" / "r1" / "mobile-maya"
    place.mkdir(parents=True)
    (place / "result.json").write_text('{"status": "ok", ', "utf-8")

    def refuse(*_: Any) -> None:
        raise AnalysisError("nobody got anywhere")

    monkeypatch.setattr(after, "reached", refuse)
    assert open_as(root, "mobile-maya").after.trend().notes[:2] == [
        "The run r1 is left out: r1/mobile-maya/result.json:1: this is not JSON that can be read: "
        "Expecting property name enclosed in double quotes: line 1 column 18 (char 17).",
        "The way to the goal is not compared: nobody got anywhere",
    ]
