"""A service blueprint: three more lanes of a map, and the line of visibility between them."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest

from journeykit.charts import compare_text, journey_compare, journey_text
from journeykit.model import BEHIND, BLUEPRINT, LANES, Journey

maya = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("map_fixture.py"))))
SVG = "{http://www.w3.org/2000/svg}"
LINE = "Line of visibility · below it: what the customer does not see"


def blueprint(*lanes: str) -> Journey:
    """The map of the fixture with one card on each of these lanes."""
    made: Journey = maya.journey()
    for lane in lanes:
        made = made.add(f"Somebody packs ({lane})", stage="purchase", lane=lane, id=lane)
    return made


def rows(svg: str) -> list[str]:
    """The lanes and the line of visibility, from top to bottom."""
    titles = [node.text or "" for node in ElementTree.fromstring(svg).iter(f"{SVG}title")]
    return [t.removeprefix("Lane: ") for t in titles if t.startswith(("Lane: ", LINE))]


def test_a_map_without_a_card_there_stays_as_it_is() -> None:
    svg = maya.drawn()
    assert not {LINE, *(LANES[lane] for lane in BLUEPRINT)} & {*rows(svg)}
    assert "visibility" not in svg


@pytest.mark.parametrize("draw", [maya.drawn, lambda of: maya.sheets(of)[-1]])
def test_the_line_stands_between_front_and_back_in_words(draw: Callable[[Journey], str]) -> None:
    svg = draw(blueprint(*BLUEPRINT))
    assert rows(svg)[-4:] == ["Front stage", LINE, "Back stage", "Support process"]
    said = [
        "".join(node.itertext()).strip("\u2068\u2069")
        for node in ElementTree.fromstring(svg).iter(f"{SVG}text")
    ]
    assert LINE in said, "the line has its words, for those who see no dashes"


@pytest.mark.parametrize(
    ("lanes", "end"),
    [
        (["support-process"], [LINE, "Support process"]),
        (["front-stage", "support-process"], ["Front stage", LINE, "Support process"]),
        (["front-stage"], ["Metric", "Front stage"]),
    ],
)
def test_the_line_stands_once_above_what_is_behind(lanes: list[str], end: list[str]) -> None:
    assert rows(maya.drawn(blueprint(*lanes)))[-len(end) :] == end


def test_a_blank_blueprint_can_be_asked_for() -> None:
    assert rows(maya.drawn(lanes=["actions", *BLUEPRINT])) == [
        "Actions",
        "Front stage",
        LINE,
        "Back stage",
        "Support process",
    ]


def test_lanes_that_were_renamed_keep_their_side() -> None:
    workshop = maya.WORKSHOP.with_(lanes=[{"id": "back-stage", "name": "In the kitchen"}])
    (row,) = [
        row
        for row in journey_text(workshop, maya.MAYA, blueprint("back-stage"))
        if row["card"].startswith("Somebody")
    ]
    assert row["lane"] == "In the kitchen (below the line of visibility)"


def test_in_words_each_card_says_on_which_side_it_is() -> None:
    sides = {
        row["card"]: "below the line of visibility" in row["lane"]
        for row in journey_text(maya.WORKSHOP, maya.MAYA, blueprint(*BLUEPRINT))
    }
    assert {text for text, below in sides.items() if below} == {
        f"Somebody packs ({lane})" for lane in BEHIND
    }
    svg = maya.drawn(blueprint("back-stage"))
    assert "Back stage (below the line of visibility), Purchase: Somebody packs" in svg


def test_a_blueprint_that_changes_is_compared() -> None:
    now, then = blueprint("front-stage"), blueprint("front-stage", "back-stage")
    assert rows(journey_compare(maya.WORKSHOP, maya.MAYA, now, then)) == [LINE, "Back stage"]
    (row,) = compare_text(maya.WORKSHOP, now, then)
    assert (row["change"], row["lane"]) == ("added", "Back stage (below the line of visibility)")
