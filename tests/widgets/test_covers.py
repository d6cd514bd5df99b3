"""A guess comes first: what it asks for is nowhere in a live notebook until the team has guessed."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from journeykit.numbers import belief_score, funnel
from journeykit.phases.guessed import GUESSES
from journeykit.words import percent
from tests.uncovered import skip

pytestmark = pytest.mark.xdist_group("rounds")


def told(panel: Any) -> str:
    """All that a panel would send to a browser."""
    drawn = panel.chart.to_dict() if panel.chart is not None else ""
    more = [told(each) for each in panel.more]
    return json.dumps([panel.data(), panel.svg, drawn, more], default=str)


def shown(w: Any) -> dict[str, str]:
    """What the notebooks show of what a team guesses."""
    board = w.start.board()
    return {
        "map": told(w.start.map()),
        "board": json.dumps([dict(board.facts), dict(board.state), board.still()], default=str),
        "funnel": told(w.weak_spots.funnel()),
        "by": told(w.weak_spots.funnel_by("device")),
        "before": told(w.weak_spots.funnel_change()),
        "last": told(w.weak_spots.last_before_loss()),
        "ranking": told(w.weak_spots.ranking()),
        "claims": told(w.test.claims()),
        "tests": told(w.test.journey_tests()),
        "what if": told(w.test.what_if()),
        "plan": told(w.test.plan()),
        "trend": told(w.after.trend()),
        "emotions": told(w.ux.emotions()),
        "scores": told(w.ux.surveys()),
        "touchpoints": told(w.ux.touchpoints()),
        "objectives": told(w.objectives.baselines()),
        "advocacy": told(w.after.advocacy()),
    }


def secrets(w: Any) -> set[str]:
    """What is guessed, as the kit writes it: the share of each step, and what is lost there."""
    steps = funnel(w.events, w.steps)["of_previous"].astype(float)[1:]
    return {percent(share) for share in steps} | {percent(1 - share) for share in steps}


def test_a_number_is_nowhere_before_it_is_guessed(live: Any, browser: Any) -> None:
    hidden, before = secrets(live), shown(live)
    found = {name: [s for s in hidden if s in text] for name, text in before.items()}
    assert {name: seen for name, seen in found.items() if seen} == {}
    nps = live.ux.guess()._measure()["nps"][0]
    assert not [name for name, text in before.items() if f"{nps:.1f}" in text]
    for name in ("map", "board", "funnel", "by", "ranking", "emotions", "scores", "plan"):
        assert "Covered until you have guessed" in before[name], name
    assert not str(live.start.map().sheets).count("lost")

    room = browser(live.weak_spots.guess())
    doc = f"records/guesses/{room.widget._head['id']}-1-lost-1-p1"
    asked = {"question": "lost-1", "number": 1, "guess": 40, "author": "Ann"}
    assert room.ask(("set", doc, asked), ("reveal", room.widget.doc, {"number": 1})) == []
    after = shown(live)
    for name in ("map", "board", "funnel", "by"):
        assert [s for s in hidden if s in after[name]], name
    assert "Covered until" in after["emotions"], "which is another guess"
    assert room.ask(("set", room.widget.doc, {"step": "write"})) == []
    assert "Covered until" in told(live.weak_spots.funnel()), "a new round covers again"


def test_what_is_covered_is_neither_undecided_nor_unmeasured(live: Any) -> None:
    rows = live.test.claims().numbers["rows"]
    counts = Counter(row["verdict"] for row in rows)
    said = ", ".join(f"{counts[word]} {word}" for word in ("supported", "refuted", "undecided"))
    sentence = live.test.claims().sentence
    assert f"{said}. {counts['covered']} covered until you have guessed." in sentence
    assert {row["metric"] for row in rows if row["verdict"] == "covered"} >= {
        "step-rate",
        "emotion",
    }
    assert all(
        row["why"].startswith("Covered until") for row in rows if row["verdict"] == "covered"
    )
    found = live.objectives.baselines()
    verdicts = {id: each["verdict"] for id, each in found.numbers.items()}
    assert verdicts["basket-to-checkout"] == "covered", "a step, which is guessed"
    assert verdicts["more-buyers"] == "short", "the conversion as a whole, which nobody guesses"
    assert "0 cannot be measured yet. 1 covered until you have guessed." in found.sentence
    assert "claim covered: until you have guessed" in json.dumps(
        live.start.board().facts["numbers"]
    )
    skip(live)
    assert "covered" not in live.test.claims().sentence + live.objectives.baselines().sentence


def test_who_skips_a_guess_sees_the_numbers(live: Any) -> None:
    skip(live)
    assert not [name for name, text in shown(live).items() if "Covered" in text]


def test_a_batch_run_covers_nothing(live: Any, batch: Any) -> None:
    w = batch(live)
    assert w.covered == {}
    assert [s for s in secrets(w) if s in told(w.start.map())]


def test_where_there_is_nothing_to_guess_nothing_is_covered(live: Any) -> None:
    file = live.folder.root / "workshop.yaml"
    file.write_text(file.read_text("utf-8").replace("surveys:", "x-surveys:"), "utf-8")
    (live.folder.root / "data" / "events.csv.gz").write_bytes(b"no table")
    again = type(live)(live.folder, "mobile-maya")
    assert again.covered == {}
    assert "Not measured" in again.weak_spots.funnel().sentence


def test_only_guesses_under_cover_are_scored(live: Any, browser: Any) -> None:
    room = browser(live.weak_spots.guess())

    def guess(number: int, question: str, who: str) -> None:
        asked = {"question": question, "number": number, "guess": 40, "author": who}
        doc = f"records/guesses/{room.widget._head['id']}-{number}-{question}-{who}"
        assert room.ask(("set", doc, asked)) == []

    guess(1, "lost-1", "ann")
    assert room.ask(("set", room.widget.doc, {"skipped": True})) == []
    guess(1, "lost-2", "ben")
    assert room.ask(("reveal", room.widget.doc, {"number": 1})) == []
    score = belief_score(live.desk.records("guesses"))
    assert score["guesses"].tolist() == [1]
    assert any("had been shown" in note and "(1)" in note for note in score.attrs["notes"])
    assert any("had been shown" in note for note in live.test.beliefs().notes)
    # Once more on the same data: everybody knows by now.
    assert room.ask(("set", room.widget.doc, {"step": "write", "skipped": False})) == []
    guess(2, "lost-1", "ann")
    assert room.ask(("reveal", room.widget.doc, {"number": 2})) == []
    assert belief_score(live.desk.records("guesses"))["guesses"].tolist() == [1]


def test_what_is_hidden_is_the_name_of_something(live: Any) -> None:
    from journeykit.declared import METRICS
    from journeykit.numbers.catalogue import CATALOGUE
    from journeykit.phases.panel import _DECLARED

    asked = {f"{phase}.{name}" for phase, told in _DECLARED.items() for name in told}
    known = {*CATALOGUE, *METRICS, *asked, "stages"}
    for told_ in GUESSES.values():
        assert {*told_["hides"].split()} <= known
        assert live.round_of(told_["phase"], told_["topic"]).startswith(told_["phase"])
