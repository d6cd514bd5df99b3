"""Solutions are right in all questions, untouched copies not attempted in all."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from journeykit.course.grade import grade_folder
from journeykit.course.marks import Mark
from journeykit.course.outcome import State
from journeykit.course.sandbox import Limits

ROOT = Path(__file__).resolve().parents[2]
EXERCISES = ROOT / "exercises"
IDS = sorted(path.stem for path in (EXERCISES / "raw").glob("*.md") if path.stem != "README")

BY_DAY = IDS[::4]
"""Whose untouched copies are graded: one builder makes them all."""

pytestmark = [pytest.mark.all, pytest.mark.xdist_group("copies")]


@pytest.fixture(scope="module")
def marks(tmp_path_factory: pytest.TempPathFactory) -> list[Mark]:
    """Hand in the solution copies as one student, the untouched ones as another, and grade them."""
    base = tmp_path_factory.mktemp("course")
    shutil.copytree(EXERCISES / "solution", base / "work/solved")
    shutil.copytree(EXERCISES / "student", base / "work/untouched")
    for path in (base / "work/untouched").glob("*.ipynb"):
        if path.stem not in BY_DAY:
            path.unlink()
    return grade_folder(base / "work", base / "grades.csv", limits=Limits(seconds=300))


@pytest.mark.parametrize("id", IDS)
def test_a_solution_is_right_in_every_question(id: str, marks: list[Mark]) -> None:
    mine = [mark for mark in marks if (mark.student, mark.exercise) == ("solved", id)]
    assert mine
    wrong = {
        m.question: str(m.outcome) for m in mine if m.outcome.state not in (State.RIGHT, State.OPEN)
    }
    assert wrong == {}


@pytest.mark.parametrize("id", BY_DAY)
def test_an_untouched_copy_runs_and_nothing_is_attempted(id: str, marks: list[Mark]) -> None:
    mine = [mark for mark in marks if (mark.student, mark.exercise) == ("untouched", id)]
    other = {m.question: str(m.outcome) for m in mine if m.outcome.state is not State.UNTRIED}
    assert other == {}
