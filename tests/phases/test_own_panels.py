"""Questions of one's own: another view of a number, and `w.show`."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import altair as alt
import nbformat
import pandas as pd
import pytest

from journeykit.errors import AnalysisError, DataError, JourneykitError, UnknownName
from journeykit.numbers.basket import basket
from journeykit.numbers.funnel import funnel
from journeykit.phases import PANEL_MIME, OpenWorkshop
from journeykit.run.panels import panels

pytestmark = pytest.mark.xdist_group("panels-retail")
FRAME = pd.DataFrame({"found": [3, 4]})


@pytest.fixture(scope="module")
def w(sample_folder: Callable[[str], Path], open_as: Callable[..., OpenWorkshop]) -> OpenWorkshop:
    return open_as(sample_folder("retail"), "mobile-maya")


def test_another_view_of_a_number_stands_beside_it_and_says_what_differs(w: OpenWorkshop) -> None:
    plain, other = w.weak_spots.funnel(within=None), w.weak_spots.funnel(within="7 days")
    assert (plain.id, plain.title) == ("funnel", "Where do we lose them?")
    assert (other.id, other.title) == (
        "funnel-within-7-days",
        "Where do we lose them? (within 7 days)",
    )


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda w: w.weak_spots.funnel(witin="7 days"), "'witin'. Did you mean 'within'?"),
        (lambda w: w.weak_spots.funnel(within="7"), "'7' is no span of time above 0. Write a"),
        (lambda w: w.weak_spots.conversion("pay"), "'pay' has no place: conversion takes nothing"),
        (lambda w: w.weak_spots.funnel_by("device", "7 days"), "funnel_by takes only by without"),
        (lambda w: w.ux.what_if(), "what_if must be told step, as in what_if(step=…)."),
    ],
)
def test_a_question_that_cannot_be_asked_like_this_says_how_it_can(
    w: OpenWorkshop, ask: Callable[[OpenWorkshop], Any], said: str
) -> None:
    panel = ask(w)
    assert panel.sentence.startswith("Not measured: ")
    assert said in panel.sentence


def test_numbers_say_what_reads_the_tables_that_they_take() -> None:
    with pytest.raises(
        AnalysisError, match=r"a DataFrame is no event log: jk\.read_events reads it"
    ):
        funnel(FRAME, ["a", "b"])  # type: ignore[arg-type]  # a wrong kind, on purpose
    with pytest.raises(DataError, match=r"a str is no table of orders: jk.read_table\('orders'"):
        basket("orders.csv")  # type: ignore[arg-type]  # a wrong kind, on purpose


@pytest.mark.parametrize(
    ("thing", "heads", "rows"),
    [
        (FRAME.set_axis(["north", "south"]), ["row", "found"], [["north", 3], ["south", 4]]),
        (FRAME[FRAME["found"] > 3], ["found"], [[4]]),
        (pd.Series([1.5], ["a"], name="x"), ["row", "x"], [["a", 1.5]]),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), ["a", "a-2"], [[1, 2]]),
        (
            pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", "b"), ("a", "")])),
            ["a · b", "a"],
            [[1, 2]],
        ),
    ],
)
def test_a_table_is_shown_with_the_names_of_its_rows_and_each_column(
    w: OpenWorkshop, thing: Any, heads: list[str], rows: list[Any]
) -> None:
    table = w.show(thing, title="Ours").table()
    assert table is not None
    assert [column["key"] for column in table["columns"]] == heads
    assert table["rows"] == rows


@pytest.mark.parametrize(
    ("more", "kind", "said"),
    [
        ({"chart": "funnel"}, DataError, "chart='funnel' cannot be shown: give an Altair chart."),
        ({"numbers": [1]}, DataError, r"numbers=\[1\] cannot be shown: give a mapping"),
        ({"titel": "x"}, UnknownName, "show has no parameter 'titel'. Did you mean 'title'?"),
    ],
)
def test_what_cannot_be_shown_is_refused_at_once(
    w: OpenWorkshop, more: dict[str, Any], kind: type[JourneykitError], said: str
) -> None:
    with pytest.raises(kind, match=said):
        w.show(FRAME, **more)
    with pytest.raises(DataError, match=r"3 \(int\) cannot be shown"):
        w.show(3)


def test_two_of_the_same_title_both_stand_in_the_run(w: OpenWorkshop) -> None:
    cells = []
    for k in (1, 2, 3):
        shown = w.show(FRAME, numbers={"k": k}, chart=alt.Chart(FRAME).mark_bar()).data()
        output = nbformat.v4.new_output("display_data", {PANEL_MIME: json.dumps(shown)})
        cells.append(nbformat.v4.new_code_cell("w.show(…)", outputs=[output]))
    found = panels(nbformat.v4.new_notebook(cells=cells), "03_weak_spots")
    assert [(panel["id"], panel["numbers"]["k"]) for panel in found] == [
        ("own-our-own-question", 1),
        ("own-our-own-question-2", 2),
        ("own-our-own-question-3", 3),
    ]


def test_sessions_are_told_as_sessions(w: OpenWorkshop) -> None:
    for panel in (
        w.weak_spots.funnel(unit="session"),
        w.weak_spots.funnel_by("device", unit="session"),
        w.buyer_goals.channels(unit="session"),
    ):
        assert "customers" not in (panel.sentence + panel.counts).lower().partition("channel")[0]
        assert "essions" in panel.counts
        columns = [column["key"] for column in (panel.table() or {})["columns"]]
        assert "sessions" in columns


def test_another_table_is_another_question(w: OpenWorkshop) -> None:
    solved = pd.DataFrame({"solved": [True] * 100})
    half = solved.assign(solved=[True] * 50 + [False] * 50)
    assert "share 100.0%" in w.weak_spots.rate_by(solved, "solved").sentence
    assert "share 50.0%" in w.weak_spots.rate_by(half, "solved").sentence


def test_who_changes_the_goal_asks_another_question(
    sample_folder: Callable[[str], Path], open_as: Callable[..., OpenWorkshop], tmp_path: Path
) -> None:
    root = tmp_path / "shop"
    shutil.copytree(sample_folder("retail"), root)
    w, file = open_as(root, "mobile-maya"), root / "workshop.yaml"
    before = w.weak_spots.conversion().sentence
    text = file.read_text("utf-8")
    assert "goal: purchase" in text
    file.write_text(text.replace("goal: purchase", "goal: add_to_cart"), "utf-8")
    assert w.weak_spots.conversion().sentence != before
