"""The guided notebooks as pages of a workbook: why, minutes, ask, look, decide, what we leave with."""

from __future__ import annotations

import ast
import re
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import nbformat
import pytest

from journeykit.phases import OpenWorkshop
from journeykit.phases.phase import Phase

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
NAMES = (
    "00_start_here", "01_define_objectives", "02_buyer_goals", "03_weak_spots", "04_ux_analysis",
    "05_test_the_journey", "06_after_the_purchase", "07_compare_personas",
)
PHASES = ("start", "objectives", "buyer_goals", "weak_spots", "ux", "test", "after", "compare")
CALL = re.compile(r"\bw\.(\w+)\.(\w+)\(")


@cache
def notebook(name: str) -> Any:
    return nbformat.read(FOLDER / f"{name}.ipynb", 4)


def cells(name: str, kind: str) -> list[Any]:
    return [cell for cell in notebook(name).cells if cell.cell_type == kind]


def questions(phase: str) -> set[str]:
    kind = getattr(OpenWorkshop, phase).func
    own = {name for name in dir(kind) if not hasattr(Phase, name) and not name.startswith("_")}
    listed = {each.partition("=")[0] for each in kind.numbers.split()}
    return (own | listed) - {"id"}


def test_these_notebooks_ship_with_the_kit() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.ipynb")) == list(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_page_says_why_how_long_and_what_we_leave_with(name: str) -> None:
    nbformat.validate(notebook(name))
    first, *_, last = [cell.source for cell in cells(name, "markdown")]
    assert first.startswith("# ")
    assert "**Why.**" in first
    if name != "07_compare_personas":
        assert re.search(r"\*\*Minutes:\*\* \d+", first)
    words = "\n".join(cell.source for cell in cells(name, "markdown"))
    assert re.search(r"[Ww]e leave with", words)
    assert "Look" in words
    if name[:2] not in ("00", "07"):
        assert "Ask" in words or name.startswith("06")
        assert "Decide" in words or "decide" in words
        assert "What do we decide?" in last


@pytest.mark.parametrize("name", NAMES)
def test_code_is_folded_short_and_without_output(name: str) -> None:
    parameters, opening, *rest = cells(name, "code")
    assert parameters.metadata["tags"] == ["parameters"]
    given = {
        line.targets[0].id: line.value.value  # type: ignore[attr-defined]
        for line in ast.parse(parameters.source).body
        if isinstance(line, ast.Assign)
    }
    assert list(given)[:5] == ["workshop", "persona", "data", "since", "until"]
    assert set(given.values()) == {""}, "plain strings, empty"
    assert ("results" in given) == name.startswith("07")
    assert "jk.open_workshop(workshop, persona, data" in opening.source
    for cell in (parameters, opening, *rest):
        assert cell.metadata["jupyter"]["source_hidden"] is True
        assert cell.outputs == []
        assert cell.execution_count is None
    for cell in rest:
        assert len(cell.source.splitlines()) <= 5
        assert CALL.search(cell.source)


@pytest.mark.parametrize("name", NAMES)
def test_every_picture_and_form_has_a_word_before_it(name: str) -> None:
    ordered = notebook(name).cells
    for before, cell in pairwise(ordered):
        if cell.cell_type == "code" and before.cell_type == "code" and CALL.search(cell.source):
            earlier = [c for c in ordered[: ordered.index(cell)] if c.cell_type == "markdown"]
            assert earlier[-1].source.strip()


def test_every_question_is_asked_in_a_notebook_and_none_that_is_not_there() -> None:
    asked: dict[str, set[str]] = {phase: set() for phase in PHASES}
    for name in NAMES:
        for cell in cells(name, "code"):
            for phase, question in CALL.findall(cell.source):
                asked[phase].add(question)
    for phase in PHASES:
        there = questions(phase)
        assert asked[phase] - {"decide", "gather", "timer"} == there, phase
    for phase in PHASES[1:7]:
        assert {"decide", "timer"} <= asked[phase], phase


@pytest.mark.parametrize(("name", "phase"), list(zip(NAMES, PHASES, strict=True)))
def test_a_notebook_keeps_to_its_phase(name: str, phase: str) -> None:
    used = {found for cell in cells(name, "code") for found, _ in CALL.findall(cell.source)}
    assert phase in used
    assert used - {phase} <= {"start"}, "only the map of the start is shown again"
