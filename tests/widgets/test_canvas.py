"""The persona canvas in the kernel: what it shows, what it takes, and how it looks still."""

from __future__ import annotations

from typing import Any

import pytest
from ruamel.yaml import YAML

from journeykit.model import Persona
from journeykit.store import Desk
from journeykit.widgets import CANVAS, PersonaCanvas, canvas_html

pytestmark = pytest.mark.xdist_group("forms")

DOC = "personas/mobile-maya"
HOSTILE = "<img src=x onerror=alert(1)> & “so”"
ROW = {
    "trait": f"Region: {HOSTILE}",
    "share": 0.41,
    "low": 0.39,
    "high": 0.44,
    "all": 0.24,
    "small": True,
}


@pytest.fixture
def canvas(desk: Desk) -> PersonaCanvas:
    return PersonaCanvas(desk, "mobile-maya", {"rows": [ROW], "counts": "12 customers"})


def test_every_field_of_the_canvas_is_there(canvas: PersonaCanvas) -> None:
    from journeykit.model import Canvas

    assert set(CANVAS) == set(Canvas.model_fields)
    view = canvas.view()
    assert set(view["fields"]) == set(CANVAS)
    assert view["head"]["name"] == "Mobile Maya"
    assert len(view["fields"]["goals"]) == 3


def test_what_is_written_is_in_the_file_and_the_rest_stays(
    canvas: PersonaCanvas, desk: Desk, send: Any
) -> None:
    was = canvas.view()["fields"]["fears"]
    items = [was[1], "That it does not fit", HOSTILE]
    assert send(canvas, "canvas.set", DOC, field="fears", items=items, was=was) == []
    assert canvas.view()["fields"]["fears"] == items
    desk.save()
    text = (desk.folder.root / f"{DOC}.yaml").read_text("utf-8")
    kept = YAML(typ="safe", pure=True).load(text)
    assert kept["canvas"]["fears"] == items
    assert len(kept["canvas"]["goals"]) == 3
    assert kept["segment"]["device"] in ("mobile", ["mobile"])
    assert "# A persona: who this customer is" in text, "the comments stay"


def test_two_canvases_see_each_other(canvas: PersonaCanvas, desk: Desk, send: Any) -> None:
    other = PersonaCanvas(desk, "mobile-maya", {"rows": []})
    was = canvas.view()["fields"]["needs"]
    send(canvas, "canvas.set", DOC, field="needs", items=[*was, "mine"], was=was)
    send(other, "canvas.set", DOC, field="needs", items=["yours", *was], was=was)
    assert canvas.view() == other.view()
    assert canvas.view()["fields"]["needs"] == ["yours", *was, "mine"]


def test_a_persona_without_a_name_is_refused(canvas: PersonaCanvas, send: Any) -> None:
    (why,) = send(canvas, "set", DOC, name="")
    assert "name" in why
    assert send(canvas, "set", DOC, quote="I buy before my stop.") == []
    assert canvas.view()["head"]["quote"] == "I buy before my stop."
    assert canvas.view()["head"]["name"] == "Mobile Maya"


def test_one_takes_back_ones_own_change(canvas: PersonaCanvas, send: Any) -> None:
    before = canvas.view()
    send(canvas, "canvas.set", DOC, by="me", field="goals", items=[], was=before["fields"]["goals"])
    assert "nothing of yours" in send(canvas, "undo", DOC, by="you")[0]
    assert send(canvas, "undo", DOC, by="me") == []
    assert canvas.view() == before


def test_the_still_picture_says_the_same_and_escapes_it(canvas: PersonaCanvas, send: Any) -> None:
    send(canvas, "canvas.set", DOC, field="goals", items=[HOSTILE])
    send(canvas, "set", DOC, tagline=HOSTILE, quote=HOSTILE)
    still = canvas._picture()["text/html"]
    assert "<img" not in still
    assert still.count("&lt;img") == 4
    assert "⚠ few" in still
    assert "12 customers" in still
    for label, _ in CANVAS.values():
        assert label in still
    empty = canvas_html(Persona(id="x", name="X"), {"rows": [], "said": "No events."})
    assert empty.count("Nothing yet") == len(CANVAS)
    assert "No events." in empty


def test_a_share_stands_before_its_interval_from_low_to_high() -> None:
    row = {"trait": "Phone", "share": 0.5, "low": 0.4, "high": 0.62, "all": 0.3, "small": False}
    still = canvas_html(Persona(id="x", name="X"), {"rows": [row], "counts": "12 customers"})
    assert "<b>50.0%</b> (40.0% to 62.0%)</td><td>30.0%</td>" in still
