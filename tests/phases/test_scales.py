"""A scale that the workshop declares is the one on which all that surveys say is told."""

from collections.abc import Callable
from pathlib import Path

import pytest

from journeykit.phases import OpenWorkshop
from journeykit.store import create

ANSWERS = "\n".join(["score,measure,stage"] + ["1,csat,use"] * 30 + ["0,csat,use"] * 6)


def _asked(place: Path, scale: str) -> Path:
    """Give a workshop whose customers all answered with 1, and some with 0."""
    root = create(place / "asked", "blank").root
    (root / "data").mkdir(exist_ok=True)
    (root / "data/answers.csv").write_text(ANSWERS)
    (root / "workshop.yaml").write_text(
        "schema: 2\nname: Asked\nstages: [{id: use, name: Use}]\n"
        f"data: {{surveys: {{source: data/answers.csv, scales: {{csat: '{scale}'}}}}}}\n"
    )
    for map_ in (root / "journeys").iterdir():
        map_.write_text(f"name: Mine\npersona: {next((root / 'personas').iterdir()).stem}\n")
    return root


@pytest.mark.parametrize(
    ("scale", "feels"), [("5-1 without 0", 2.0), ("1-5, 0 = not applicable", -2.0)]
)
def test_the_feeling_on_the_map_is_on_the_scale_of_the_form(
    tmp_path: Path, open_as: Callable[..., OpenWorkshop], scale: str, feels: float
) -> None:
    w = open_as(_asked(tmp_path, scale))
    frame = w.ux.emotions().frame
    assert frame is not None
    assert frame["measured"].tolist() == [feels]
    assert frame["n"].tolist() == [30]
    assert not [note for note in w.start.map().notes if "Not on the map" in note]


def test_answers_that_cannot_be_read_do_not_take_the_map_away(
    tmp_path: Path, open_as: Callable[..., OpenWorkshop]
) -> None:
    found = open_as(_asked(tmp_path, "1-5")).start.map()
    assert found.svg
    assert [n for n in found.notes if n.startswith("Not on the map: 0 is outside the scale 1-5")]
    assert [each["kind"] for each in found.numbers["journeys"]] == ["as-is"]


@pytest.mark.parametrize(("scale", "worst"), [("5-1", "“Buy”"), ("1-5", "“Use”")])
def test_a_weak_spot_is_where_they_are_unhappy_on_the_scale_of_the_form(
    tmp_path: Path, open_as: Callable[..., OpenWorkshop], scale: str, worst: str
) -> None:
    root = _asked(tmp_path, scale)
    rows = [f"c{n},{5 * (n % 2) or 1},csat,{'buy' if n % 2 else 'use'}" for n in range(80)]
    (root / "data/answers.csv").write_text("\n".join(["user_id,score,measure,stage", *rows]))
    did = [
        f"c{n},{what},2026-01-0{at}" for n in range(80) for at, what in ((1, "come"), (2, "buy"))
    ]
    (root / "data/log.csv").write_text("\n".join(["user_id,event,timestamp", *did]))
    asked = root / "workshop.yaml"
    stages = "name: Use, events: come}, {id: buy, name: Buy, events: buy}"
    text = asked.read_text().replace("name: Use}", stages)
    asked.write_text(text.replace("data: {", "data: {events: {source: data/log.csv}, "))
    found = open_as(root).weak_spots.ranking().frame
    assert found is not None
    unhappy = found[found["kind"] == "feedback"]
    assert [worst in what for what in unhappy["what"]] == [True]
