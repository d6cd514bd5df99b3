"""Graded copies know nothing: not in the file, and not in anything that a person can print."""

from __future__ import annotations

import filecmp
import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from quizzes import RIGHT

from journeykit.errors import ExerciseError
from journeykit.exercise import OpenQuestion, load, read_source, shipped
from journeykit.grade import build_graded

RAW = Path(__file__).resolve().parents[2] / "exercises" / "raw"
# Everything that can be reached from the exercise and its questions, written out.
PRINT_ALL = """
import gc, types, sys
import journeykit as jk
ex = jk.open_exercise("quiz-0", graded="retail")
for name in ("q1", "q2", "q3"):
    q = getattr(ex, name)
    q.check(3); q.hint(); q.solution(); print(repr(q), vars(q), dir(q), str(q.judge(7)))
print(ex, vars(ex), dir(ex), ex._repr_html_()); ex.progress()
seen, todo = set(), [ex, ex.q1]
while todo and len(seen) < 200_000:
    each = todo.pop()
    if id(each) in seen or isinstance(each, (types.ModuleType, type)):
        continue
    seen.add(id(each))
    if isinstance(each, (str, int, float)):
        print(repr(each)[:300])
    if not isinstance(each, types.FunctionType):
        todo += gc.get_referents(each)
print("reached", len(seen))
"""


def test_the_shipped_exercises_leave_nothing_in_a_graded_copy(tmp_path: Path) -> None:
    out = tmp_path / "exam"
    for source in build_graded(RAW, out):
        text = (out / "student" / f"{source.id}.ipynb").read_text("utf-8")
        cells = json.loads(text)["cells"]
        lines = {line.strip() for cell in cells for line in "".join(cell["source"]).splitlines()}
        for block in source.blocks:
            hidden = set(block.solution.splitlines()) - set(block.student.splitlines())
            if block.kind in ("key", "notes"):
                hidden |= set(block.text.splitlines())
            long = {line.strip() for line in hidden if len(line.strip()) > 20} - {"import journeykit as jk"}
            assert long.isdisjoint(lines)
        assert not any(cell.get("outputs") for cell in cells)
        assert any('graded="' in "".join(cell["source"]) for cell in cells)
        assert f'"{source.id}"' not in text, "its name in the copy is not the one that ships"
    assert not list((out / "student").rglob("*.md"))
    assert {path.name for path in (out / "key").glob("*.md")} == {
        path.name for path in RAW.glob("*.md") if path.name != "README.md"
    }


def test_no_object_of_a_graded_copy_holds_an_answer(quiz: Path, tmp_path: Path) -> None:
    build_graded(quiz, tmp_path / "exam")
    notebook = (tmp_path / "exam" / "student" / "quiz.ipynb").read_text("utf-8")
    ran = subprocess.run(
        [sys.executable, "-c", PRINT_ALL], cwd=tmp_path / "exam" / "student", capture_output=True, text=True,
        timeout=120, env={**os.environ, "JOURNEYKIT_PROGRESS": str(tmp_path / "p.json")},
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert "reached" in ran.stdout
    assert "It is checked when your work is graded" in ran.stdout
    for secret in (str(RIGHT), f"{RIGHT:,}", "So it is.", "counted events", "only few of them bought"):
        assert secret not in ran.stdout + notebook, secret
    assert "The solutions of a graded copy stay with the lecturer" in ran.stdout
    assert not (tmp_path / "p.json").exists()


def test_an_exercise_of_ones_own_cannot_be_opened_without_its_key(quiz: Path, tmp_path: Path) -> None:
    import journeykit as jk

    build_graded(quiz, tmp_path / "exam")
    with pytest.raises(ExerciseError, match="no exercise 'quiz'"):
        jk.open_exercise("quiz")


def test_a_word_draws_other_customers_and_the_same_word_the_same(tmp_path: Path) -> None:
    name, rights = "01-first-funnel", {}
    for folder, salt in (("a", "spring"), ("b", "spring"), ("c", "autumn"), ("d", "")):
        build_graded(RAW, tmp_path / folder, [name], salt=salt)
        for side in ("student", "key"):
            data = tmp_path / folder / side / "data" / "retail"
            assert filecmp.cmp(
                data / "events.csv.gz", tmp_path / folder / "key/data/retail/events.csv.gz", False
            )
        lesson = load(read_source(RAW / f"{name}.md"), tmp_path / folder / "key" / "data" / "retail")
        rights[folder] = [q.right for q in lesson.questions.values() if not isinstance(q, OpenQuestion)]
        problems = [problem for q in lesson.questions.values() for problem in q.problems()]
        assert problems == [], "the mistakes are told apart on any draw"
    assert rights["a"] == rights["b"]
    assert rights["a"] != rights["c"]
    assert rights["a"] != rights["d"]
    assert 5_200 < rights["a"][0] < 5_600, "nine in ten of 6,000"
    with gzip.open(shipped("sample_data") / "retail" / "events.csv.gz") as whole:
        assert whole.read() == gzip.decompress((tmp_path / "d/key/data/retail/events.csv.gz").read_bytes())


def test_a_folder_that_is_there_is_not_overwritten(quiz: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(ExerciseError, match="not empty"):
        build_graded(quiz, tmp_path)
