"""The course: each exercise is whole, its questions tell right from wrong, its copies are current."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest
from quizzes import problems

import journeykit as jk
from journeykit.course import shipped
from journeykit.course.build import build
from journeykit.course.lesson import Exercise, load
from journeykit.course.outcome import State
from journeykit.course.source import read_source
from journeykit.course.unjudged import OpenQuestion
from journeykit.errors import ExerciseError

ROOT = Path(__file__).resolve().parents[2]
RAW = ROOT / "exercises" / "raw"
IDS = sorted(path.stem for path in RAW.glob("*.md") if path.stem != "README")


@cache
def lesson(id: str) -> Exercise:
    source = read_source(RAW / f"{id}.md")
    return load(source, shipped("sample_data") / source.about["data"])


QUESTIONS = [
    pytest.param(id, name, id=f"{id}-{name}") for id in IDS for name in lesson(id).questions
]


def test_the_pattern_is_there() -> None:
    assert "01-first-funnel" in IDS


@pytest.mark.parametrize(("id", "name"), QUESTIONS)
def test_right_answer_each_mistake_and_the_untouched_copy_are_told_apart(
    id: str, name: str
) -> None:
    assert problems(lesson(id).questions[name]) == []


@pytest.mark.parametrize(("id", "name"), QUESTIONS)
def test_a_wrong_answer_does_not_give_the_right_one_away(id: str, name: str) -> None:
    question = lesson(id).questions[name]
    if isinstance(question, OpenQuestion):
        return
    for known in question.mistakes:
        outcome = question.judge(known.wrong)
        assert outcome.state is State.WRONG
        if isinstance(question.right, int | float) and question.right > 9:
            assert f"{question.right:,}" not in outcome.says


@pytest.mark.parametrize("data", ["saas", "healthcare"])
def test_a_class_can_split_over_businesses(
    data: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    other = jk.open_exercise("05-channels", data=data)
    assert other.data.name == data
    own = [question.right for question in lesson("05-channels").questions.values()]
    for question, first in zip(other.questions.values(), own, strict=True):
        # a mistake that happens to give the right answer there does no harm
        assert [each for each in problems(question) if not each.endswith("'✓ Right'")] == []
        assert isinstance(question, OpenQuestion) or question.right != first
    other.q1.check(other.q1.right)
    assert list(jk.open_exercise("05-channels", data=data)._progress.read()) == [
        f"05-channels on {data}"
    ]
    with pytest.raises(ExerciseError, match="01-first-funnel has no data 'saas'"):
        jk.open_exercise("01-first-funnel", data="saas")


@pytest.mark.parametrize("id", IDS)
def test_an_exercise_is_whole(id: str) -> None:
    source = read_source(RAW / f"{id}.md")
    assert 20 <= int(source.about["minutes"]) <= 40 or id.startswith("14")
    assert set(source.data) <= {"retail", "saas", "healthcare"}
    text = "\n".join(block.text for block in source.blocks if block.kind == "text")
    assert "**To talk about.**" in text
    assert any(block.kind == "notes" for block in source.blocks)
    questions = lesson(id).questions.values()
    assert any(isinstance(question, OpenQuestion) for question in questions)
    assert sum(isinstance(question, OpenQuestion) for question in questions) < len(questions)
    for question in questions:
        assert len(question.hints) >= 2, question.id
        assert question.asks[0].isupper(), question.id


@pytest.mark.all
def test_the_copies_in_git_are_current() -> None:
    assert build(RAW, ROOT / "exercises", check=True) == [], "run `journeykit exercises build`"


@pytest.mark.parametrize("id", IDS)
def test_a_student_copy_holds_no_solution(id: str) -> None:
    source = read_source(RAW / f"{id}.md")
    student = json.loads((ROOT / "exercises" / "student" / f"{id}.ipynb").read_text("utf-8"))
    lines = {
        line.strip() for cell in student["cells"] for line in "".join(cell["source"]).splitlines()
    }
    for block in source.blocks:
        if block.kind == "code":
            hidden = set(block.solution.splitlines()) - set(block.student.splitlines())
            assert [
                line for line in hidden if len(line.strip()) > 3 and line.strip() in lines
            ] == []
        elif block.kind in ("key", "notes"):
            kept = [line.strip() for line in block.text.splitlines() if len(line.strip()) > 30]
            assert lines.isdisjoint(kept)


def test_the_front_page_lists_every_exercise_with_its_minutes() -> None:
    page = (ROOT / "exercises" / "README.md").read_text("utf-8")
    for id in IDS:
        about = read_source(RAW / f"{id}.md").about
        assert f"[{id[:2]} {about['title']}](student/{id}.ipynb) | {about['minutes']} | " in page, (
            id
        )
