"""What a cell draws is never dropped: panels, pictures of one's own, and a word on what cannot come along."""

from __future__ import annotations

import json
from typing import Any

import altair as alt
import nbformat
import pandas as pd
import pytest

from journeykit.charts import renderer
from journeykit.run.panels import MIME, panels

V4 = nbformat.v4
PNG = "iVBORw0KGgo="


def cell(*shown: dict[str, Any], tags: tuple[str, ...] = ()) -> Any:
    outputs = [V4.new_output("display_data", data) for data in shown]
    return V4.new_code_cell("...", outputs=outputs, metadata={"tags": list(tags)})


def gathered(*cells: Any) -> list[dict[str, Any]]:
    notebook = V4.new_notebook(cells=[V4.new_markdown_cell("# Why"), *cells])
    return panels(notebook, "03_weak_spots")


def kit(id: str, **picture: Any) -> dict[str, Any]:
    return {MIME: {"id": id, "phase": "weak-spots", "title": id}, "text/plain": "", **picture}


def test_a_panel_comes_with_its_picture_and_the_html_around_it_is_nobodys() -> None:
    frame = "<table><thead><tr><td>1</td></tr></thead></table>"
    picture = {renderer.MIME: {"mark": "bar"}, "image/svg+xml": "<svg/>"}
    found = gathered(cell({"text/html": "<h3>"}, kit("funnel", **picture), {"text/html": frame}))
    assert [(p["id"], p["svg"], p["spec"]) for p in found] == [
        ("funnel", "<svg/>", {"mark": "bar"})
    ]
    assert not found[0].get("own")


def test_a_panel_that_a_notebook_holds_as_text_is_read() -> None:
    shown = {MIME: json.dumps({"id": "a", "phase": "ux-analysis", "title": "T"}), "text/plain": ""}
    assert [p["id"] for p in gathered(cell(shown))] == ["a"]


def test_a_chart_of_ones_own_becomes_a_panel_with_its_own_title() -> None:
    frame = pd.DataFrame({"a": [1]})
    chart = alt.Chart(frame, title="Orders <by> day").mark_bar().encode(x="a")
    found = gathered(cell(kit("funnel")), cell(), cell(renderer.bundle(chart, "Orders <by> day")))
    own = found[1]
    assert (own["title"], own["phase"], own["own"]) == ("Orders <by> day", "weak-spots", True)
    assert own["spec"]["mark"] == {"type": "bar"}
    assert own["svg"].startswith("<svg")
    assert "Cell 3 of 03_weak_spots" in own["sentence"]
    assert "w.show(chart, title=…, say=…)" in own["sentence"]


def test_the_cell_of_the_runs_own_parameters_is_not_counted() -> None:
    injected = cell(tags=("injected-parameters",))
    found = gathered(cell(tags=("parameters",)), injected, cell({"image/png": PNG}))
    assert [p["title"] for p in found] == ["A picture of your own, cell 2"]


@pytest.mark.parametrize(
    ("data", "source"),
    [
        ({"image/png": PNG}, f"data:image/png;base64,{PNG}"),
        ({"image/jpeg": PNG}, f"data:image/jpeg;base64,{PNG}"),
        ({"image/svg+xml": "<svg><script/></svg>"}, "data:image/svg+xml;base64,PHN2Zz48"),
    ],
)
def test_other_pictures_stand_as_images_that_run_nothing(data: dict[str, str], source: str) -> None:
    (own,) = gathered(cell({"text/plain": "<Figure>", **data}))
    assert source in own["html"]
    assert "script" not in own["html"]
    assert own["phase"] == "03_weak_spots", "no panel of the kit stands in that notebook"


def test_what_is_shown_before_the_first_panel_stands_beside_it() -> None:
    own, panel = gathered(cell({"image/png": PNG}), cell(kit("funnel")))
    assert own["phase"] == panel["phase"] == "weak-spots"


def test_two_pictures_of_one_cell_are_two_panels() -> None:
    found = gathered(cell({"image/png": PNG}, {"image/png": PNG}))
    assert len({p["id"] for p in found}) == 2


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (
            {"text/html": pd.DataFrame({"a": [1]}).to_html()},
            "shows a table that is not in this report; `w.show(frame)` puts it in.",
        ),
        (
            {"text/html": "<div id='altair-viz-1'></div>"},
            "shows a chart that is not in this report; `w.show(chart)` puts it in.",
        ),
        (
            {"application/vnd.plotly.v1+json": {}, "text/html": "<div>"},
            "shows a chart that is not in this report; `w.show(chart)` puts it in.",
        ),
    ],
)
def test_what_cannot_come_along_is_told_in_one_line(data: dict[str, Any], said: str) -> None:
    (own,) = gathered(cell(data))
    assert own["sentence"] == f"Cell 1 of 03_weak_spots {said}"


def test_text_and_the_kits_own_html_are_not_told_of() -> None:
    plain = V4.new_output("stream", text="said")
    still = {"text/html": "<div class='jk-still'><table></table></div>"}
    assert gathered(V4.new_code_cell("print()", outputs=[plain]), cell(still)) == []
