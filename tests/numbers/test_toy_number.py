"""A number that is declared, and nothing else, is found everywhere: the recipe of CONTRIBUTING.md."""

from __future__ import annotations

import json
import runpy
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

import journeykit as jk
from journeykit.claims import Evidence, claim_words, verdict
from journeykit.declared import METRICS as KNOWN
from journeykit.model import Claim, Workshop
from journeykit.numbers.catalogue import CATALOGUE, HOME, METRICS, number
from journeykit.numbers.steps import ask, finish, rates
from journeykit.phases import OpenWorkshop, open_workshop
from journeykit.store import create, open_folder
from journeykit.tables import Events, read_events
from journeykit.words import percent


@pytest.fixture(autouse=True)
def toy() -> Iterator[None]:
    """Declare a number as a file in ``journeykit/numbers`` would, and forget it afterwards."""

    @number(
        "Who comes in the morning?",
        "Customers, by whether their first event lies before noon",
        "half:name users share low high small_n",
        chart="coverage",
        say=lambda frame: f"{percent(frame['share'].iloc[0])} begin before noon.",
        show=lambda frame: frame.assign(persona=frame["half"]),
        result=lambda frame: dict(zip(frame["half"], frame["users"], strict=True)),
        claims={
            "toy-share": {
                "words": "customers who begin in the {of}",
                "take": {"value": "share", "n": "of", "where": "half"},
                "of": "half of the day",
                "counts": "customers who began",
            }
        },
    )
    def toy(events: Events, noon: int = 12) -> pd.DataFrame:
        """Count who begins before noon."""
        sql = f"""
        SELECT CASE WHEN extract(hour FROM timestamp) < {int(noon)} THEN 'morning' ELSE 'evening' END
          AS half, count(*) AS users FROM {{journey}} WHERE position = 1 GROUP BY 1 ORDER BY 1 DESC"""
        frame = ask(events, sql)
        frame["of"] = frame["users"].sum()
        return finish(rates(frame, "users", "of"), "users")

    yield
    del CATALOGUE["toy"], METRICS["toy-share"], HOME["toy-share"]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OpenWorkshop:
    """Open a workshop of forty customers in the morning and ten in the evening."""
    monkeypatch.setenv("JOURNEYKIT_LIVE", "0")
    folder = open_folder(create(tmp_path / "shop", "blank").root)
    stage = {"id": "all", "name": "All", "events": ["visit"]}
    folder.save(Workshop.model_validate({"name": "Shop", "stages": [stage]}))
    hours = [9] * 40 + [20] * 10
    log = pd.DataFrame({"user_id": [f"u{i}" for i in range(50)], "event": "visit"})
    log["timestamp"] = [pd.Timestamp(2026, 1, 1, hour) for hour in hours]
    w = open_workshop(folder.root)
    vars(w).update(all_events=read_events(log), events=read_events(log))
    return w


def test_it_is_found_at_the_door(shop: OpenWorkshop) -> None:
    assert "toy" in jk.__all__
    assert "toy" in dir(jk)
    frame = jk.toy(shop.events)
    assert frame[["half", "users"]].values.tolist() == [["morning", 40], ["evening", 10]]
    assert "SELECT" in frame.attrs["sql"]


def test_it_is_shown_in_a_panel_of_any_phase(shop: OpenWorkshop) -> None:
    panel = shop.weak_spots.toy()
    assert (panel.id, panel.phase) == ("toy", "weak-spots")
    assert panel.title == "Who comes in the morning?"
    assert panel.sentence == "80.0% begin before noon."
    assert panel.counts == "Customers, by whether their first event lies before noon"
    assert [column["label"] for column in panel.table()["columns"]][:2] == ["Half", "Customers"]
    assert panel.table()["rows"][0][:3] == ["morning", 40, 0.8]
    assert panel.chart.to_dict()["$schema"]
    assert "SELECT" in panel.sql
    late = shop.after.toy(noon=6)
    assert (late.phase, late.numbers) == ("after-the-purchase", {"evening": 50})
    assert shop.ux.toy(6).numbers == late.numbers, "in the order of its parameters, too"


def test_it_stands_in_the_result_of_a_run(shop: OpenWorkshop) -> None:
    told = shop.weak_spots.toy().data()
    assert json.loads(json.dumps(told))["numbers"] == {"morning": 40, "evening": 10}


def test_without_events_it_says_what_it_would_need(
    shop: OpenWorkshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    vars(shop).update(all_events=None, events=None)
    monkeypatch.setattr("journeykit.phases.panel.unmeasured", lambda view: False)
    panel = shop.weak_spots.toy()
    assert panel.sentence.startswith(
        "Not measured: the workshop has no events. This question would"
    )
    assert panel.numbers == {"missing": "events"}


def test_it_can_be_claimed(shop: OpenWorkshop) -> None:
    assert "toy-share" in KNOWN
    told = {"metric": "toy-share", "of": "morning", "is": "at least", "threshold": "50%"}
    claim = Claim.model_validate(told)
    found = verdict(Evidence.of(shop), claim)
    assert (found.verdict, found.n, found.counts) == ("supported", 50, "customers who began")
    assert found.value == pytest.approx(0.8)
    assert claim_words(claim, shop.workshop).startswith("Customers who begin in the “morning”: ")
    near = verdict(Evidence.of(shop), Claim.model_validate(told | {"of": "mourning"}))
    assert "Did you mean 'morning'?" in near.why


def test_the_pages_follow(shop: OpenWorkshop) -> None:
    tool = runpy.run_path(str(Path(__file__).parents[2] / "tools" / "make_api_docs.py"))
    line = tool["number_line"](CATALOGUE["toy"])
    assert (
        "(events, noon=12)` | Count who begins before noon. | Who comes in the morning? |" in line
    )
    assert line.endswith("| `coverage` | `toy-share` |\n")
    cells = (
        "customers who begin in the …",
        "half of the day",
        "share",
        "customers who began",
        "events",
    )
    assert f"| `toy-share` | {' | '.join(cells)} |\n" in tool["metrics"]()
