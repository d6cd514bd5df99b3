"""The guided notebooks as pages of a workbook: why, minutes, ask, look, decide, what we leave with."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import nbformat
import pytest

from journeykit.phases import OpenWorkshop
from journeykit.phases.phase import Phase
from journeykit.store import open_folder

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "notebooks"
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


def at_more(name: str) -> int:
    return [cell.source.splitlines()[0] for cell in notebook(name).cells].index("## More")


def for_the_room(name: str) -> Iterator[tuple[str, int, str]]:
    """Give what the room sees before *More*: the question, its minutes, the cell right below."""
    for words, cell in pairwise(notebook(name).cells[: at_more(name)]):
        if marked := re.match(r"## (.+) · (\d+) min\n\n", words.source):
            assert cell.cell_type == "code", words.source
            yield marked[1], int(marked[2]), cell.source


def questions(phase: str) -> set[str]:
    kind = getattr(OpenWorkshop, phase).func
    own = {name for name in dir(kind) if not hasattr(Phase, name) and not name.startswith("_")}
    listed = {each.partition("=")[0] for each in kind.numbers.split()}
    return (own | listed) - {"id", "choices", "mark"}  # the presenter's view asks these two


def test_these_notebooks_ship_with_the_kit() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.ipynb")) == list(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_page_says_why_how_long_and_what_we_leave_with(name: str) -> None:
    nbformat.validate(notebook(name))
    first, *_ = [cell.source for cell in cells(name, "markdown")]
    assert first.startswith("# ")
    assert "**Why.**" in first
    words = "\n".join(cell.source for cell in cells(name, "markdown"))
    assert re.search(r"[Ww]e leave with", words)
    assert "Look" in words
    if name[:2] not in ("00", "07"):
        assert "Ask" in words or name.startswith("06")
        assert "Decide" in words or "decide" in words
        assert list(for_the_room(name))[-1][0] == "What do we decide?"


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


def phase_of(name: str) -> str:
    return getattr(OpenWorkshop, PHASES[NAMES.index(name)]).func.id


def minutes_of(name: str) -> int:
    return int(re.search(r"\*\*Minutes:\*\* (\d+)", notebook(name).cells[0].source)[1])


@pytest.mark.parametrize("name", NAMES)
def test_three_to_five_cells_are_for_the_room_and_the_rest_is_folded(name: str) -> None:
    room = list(for_the_room(name))
    assert 3 <= len(room) <= 5
    assert sum(minutes for _, minutes, _ in room) == minutes_of(name)
    before, below = notebook(name).cells[: at_more(name)], notebook(name).cells[at_more(name) :]
    aside = ("parameters", "open", "clock")
    for cell in before:
        if cell.cell_type == "code" and not {*aside} & {*cell.metadata.get("tags", ())}:
            assert cell.source in {source for *_, source in room}, "what stands above *More* has minutes"
    first, *folded, last = below
    assert first.metadata["jp-MarkdownHeadingCollapsed"] is True
    assert folded
    assert not [c.source for c in folded if re.match("##? ", c.source)], "it would stand unfolded"
    # The last cell is in front after *Run All*: under *More* it would unfold it each time.
    assert last.source.startswith("## ")
    assert last.cell_type == "markdown"


def test_the_same_tags_in_every_notebook() -> None:
    for name, phase in zip(NAMES, PHASES, strict=True):
        tagged = [
            (tag, c.source)
            for c in cells(name, "code")
            for tag in c.metadata.get("tags", ())
            if tag != "ask-first"
        ]
        assert [tag for tag, _ in tagged] == ["parameters", "open", "clock", "phones"]
        assert [source for _, source in tagged[2:]] == [f"w.{phase}.timer()", f"w.{phase}.room()"]


def test_what_is_guessed_on_paper_is_asked_a_screen_before_it_is_shown() -> None:
    asked = 0
    for name in NAMES:
        above = ""
        for cell in notebook(name).cells[: at_more(name)]:
            if cell.cell_type == "code" and re.search(r"\*\*Guess\*\*", above):
                asked += 1
                assert "ask-first" in cell.metadata.get("tags", ()), cell.source
            above = cell.source if cell.cell_type == "markdown" else ""
    assert asked == 3


@pytest.mark.parametrize("template", ["blank", "healthcare", "lead-generation", "retail", "saas"])
def test_the_room_fits_the_agenda_of_each_template(template: str) -> None:
    agenda = open_folder(ROOT / "templates" / template).workshop().agenda
    assert sum(part.minutes for part in agenda) <= 180
    for name in NAMES:
        planned = sum(part.minutes for part in agenda if part.phase == phase_of(name))
        assert minutes_of(name) <= planned, f"{name} takes longer than its part of the agenda"


def test_the_guide_has_the_agenda_of_the_retail_template() -> None:
    text = (ROOT / "docs" / "facilitator.md").read_text("utf-8")
    rows = re.findall(r"^\| (\d):(\d\d) \| (\d+) \| [^|]+ \| (?:`(\w+)`)? ?\|$", text, re.M)
    told = [(60 * int(h) + int(m), int(took), name) for h, m, took, name in rows]
    starts, asked = 0, []
    for part in open_folder(ROOT / "templates" / "retail").workshop().agenda:
        name = next((each for each in NAMES if phase_of(each) == part.phase), "")
        asked.append((starts, part.minutes, name))
        starts += part.minutes
    assert told == asked
    assert starts == 180
    for *_, took, name in told:
        assert not name or minutes_of(name) == took


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
        assert asked[phase] - {"decide", "gather", "timer", "room", "bring", "take_home"} == there, phase
        assert {"timer", "room"} <= asked[phase], phase
    for phase in PHASES[1:]:
        assert "decide" in asked[phase], phase


@pytest.mark.parametrize(("name", "phase"), list(zip(NAMES, PHASES, strict=True)))
def test_a_notebook_keeps_to_its_phase(name: str, phase: str) -> None:
    used = {found for cell in cells(name, "code") for found, _ in CALL.findall(cell.source)}
    assert phase in used
    assert used - {phase} <= {"start"}, "only the map of the start is shown again"
