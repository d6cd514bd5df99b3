"""The walk in the kernel: the script, one record per walker, findings that become cards."""

from __future__ import annotations

from typing import Any

import pytest

from journeykit.phases import OpenWorkshop
from journeykit.store import Desk
from journeykit.widgets import FELT, JourneyWalk, walk_html

pytestmark = pytest.mark.xdist_group("forms")

MAP, WALK = "journeys/mobile-maya", "records/walks/mobile-maya-ben"
HOSTILE = "<svg onload=alert(1)> & “so”"


@pytest.fixture
def walk(desk: Desk) -> JourneyWalk:
    return JourneyWalk(desk, "mobile-maya", "mobile-maya")


def begin(walk: JourneyWalk, send: Any) -> list[dict[str, Any]]:
    send(
        walk,
        "set",
        WALK,
        author="Ben",
        persona="mobile-maya",
        journey="mobile-maya",
        date="2026-06-30",
    )
    script: list[dict[str, Any]] = walk.view()["script"]
    return script


def test_the_script_goes_stage_by_stage_and_says_what_the_customer_wants(
    walk: JourneyWalk, desk: Desk
) -> None:
    script = walk.view()["script"]
    stages = [stage.id for stage in desk.get("workshop").stages]  # type: ignore[union-attr]
    places = [stages.index(step["stage"]) for step in script]
    assert places == sorted(places)
    cards = {
        card.id
        for card in desk.journey("mobile-maya").cards
        if card.lane in ("touchpoints", "actions")
    }
    assert {step["id"] for step in script} == cards
    first = script[0]
    assert (first["kind"], first["goal"]) == (
        "Touchpoint",
        "Spot something pretty on the way to work",
    )
    assert first["thought"]
    assert walk.view()["who"]["device"] == "mobile"


def test_each_walker_has_a_record_and_all_of_them_are_shown(
    walk: JourneyWalk, desk: Desk, send: Any
) -> None:
    first, second, *_ = begin(walk, send)
    send(walk, "walk.step", WALK, card=first["id"], seen=True, felt=1)
    send(walk, "walk.step", WALK, card=second["id"], why="not-possible", finding=HOSTILE)
    walks = walk.view()["walks"]
    assert set(walks) == {"irma-buys-on-line-nine", "mobile-maya-ben"}
    assert walks["mobile-maya-ben"]["steps"][second["id"]]["why"] == "not-possible"
    desk.save()
    kept = desk.folder.record("walks", "mobile-maya-ben")
    assert kept.steps[1].finding == HOSTILE
    assert not desk.folder.problems()


def test_walks_begin_anew_in_the_next_session_and_those_of_before_stand_apart(
    walk: JourneyWalk, desk: Desk, send: Any
) -> None:
    first, *_ = begin(walk, send)
    send(walk, "walk.step", WALK, card=first["id"], seen=True, finding=HOSTILE)
    send(walk, "set", "workshop", session=2)
    view = walk.view()
    assert (view["session"], view["walks"]) == (2, {})
    assert HOSTILE in [step["finding"] for each in view["earlier"] for step in each["steps"]]
    anew = WALK.replace("walks/", "walks/s2-")
    send(walk, "set", anew, author="Ben", journey="mobile-maya", session=2)
    assert {*walk.view()["walks"]} == {"s2-mobile-maya-ben"}
    desk.save()
    told = OpenWorkshop(desk.folder, "mobile-maya").test.walk()
    assert "walked by 1 walker" in told.sentence
    assert any("In earlier sessions: " in note and HOSTILE in note for note in told.notes)


def test_a_walk_of_another_persona_is_not_shown(walk: JourneyWalk, send: Any) -> None:
    send(walk, "set", "records/walks/other", author="O", persona="loyal-lena", journey="loyal-lena")
    assert "other" not in walk.view()["walks"]


def test_a_finding_becomes_a_card_that_the_step_remembers(
    walk: JourneyWalk, desk: Desk, send: Any
) -> None:
    first, *_ = begin(walk, send)
    card = {
        "id": "found-1",
        "stage": first["stage"],
        "lane": "pain-points",
        "text": HOSTILE,
        "evidence": "heard",
        "source": "mobile-maya-ben",
        "author": "Ben",
    }
    assert send(walk, "card.add", MAP, **card) == []
    assert send(walk, "walk.step", WALK, card=first["id"], finding=HOSTILE, made="found-1") == []
    assert walk.view()["cards"] == {"found-1": {"lane": "pain-points", "text": HOSTILE}}
    made = desk.journey("mobile-maya").card("found-1")
    assert (made.evidence, made.source, made.stage) == ("heard", "mobile-maya-ben", first["stage"])
    send(walk, "card.remove", MAP, id="found-1")
    assert walk.view()["cards"] == {}


def test_the_still_picture_is_a_sheet_to_fill_in_and_then_what_was_found(
    walk: JourneyWalk, send: Any
) -> None:
    view = walk.view()
    blank = walk_html({**view, "walks": {}})
    assert blank.count("☐") == len(view["script"])
    first, second, *_ = begin(walk, send)
    send(walk, "set", WALK, author=HOSTILE)
    send(walk, "walk.step", WALK, card=first["id"], seen=True, felt=-2, finding=HOSTILE)
    send(walk, "walk.step", WALK, card=second["id"], why="skipped")
    drawn = walk._picture()["text/html"]
    assert "<svg" not in drawn
    for words in (
        FELT[-2].lower(),
        "● seen",
        "↷ skipped",
        "&lt;svg",
        view["script"][0]["stage_name"],
    ):
        assert words in drawn
    assert "nothing to walk" in walk_html({"script": [], "walks": {}})


def test_a_persona_without_a_map_has_nothing_to_walk(desk: Desk) -> None:
    assert JourneyWalk(desk, "nobody", "mobile-maya").view()["script"] == []
    assert JourneyWalk(desk, "nobody", "nobody").view()["script"] == []


def test_a_feeling_without_words_is_told_and_words_without_a_feeling(walk: JourneyWalk) -> None:
    assert [grade for grade, _ in walk.view().get("felt", FELT.items())] == [-2, -1, 0, 1, 2]
    script = [
        {"id": name, "text": name, "stage_name": "Visit", "goal": ""} for name in ("a", "b", "c")
    ]
    steps = {
        "a": {"seen": True, "felt": -1},
        "b": {"seen": True, "finding": "too small"},
        "c": {"seen": True},
    }
    drawn = walk_html({"script": script, "walks": {"w": {"author": "Ben", "steps": steps}}})
    assert "Ben (annoyed): –" in drawn
    assert "Ben: too small" in drawn
    assert drawn.count("Ben") == 2, "who only saw it found nothing"
    places = [drawn.index(f"<td>{number}</td>") for number in (1, 2, 3)]
    assert places == sorted(places)
