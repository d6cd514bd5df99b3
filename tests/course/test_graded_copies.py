"""Graded copies know nothing: not in the file, and not in anything that a person can print."""

from __future__ import annotations

import filecmp
import gzip
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from quizzes import RIGHT, problems

from journeykit.course import shipped
from journeykit.course.build import build_graded, draw
from journeykit.course.lesson import load
from journeykit.course.source import read_source
from journeykit.course.unjudged import OpenQuestion
from journeykit.errors import ExerciseError, WorkshopError

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
            long = {line.strip() for line in hidden if len(line.strip()) > 20} - {
                "import journeykit as jk"
            }
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
        [sys.executable, "-c", PRINT_ALL],
        cwd=tmp_path / "exam" / "student",
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "JOURNEYKIT_PROGRESS": str(tmp_path / "p.json")},
    )
    assert ran.returncode == 0, ran.stderr
    assert "reached" in ran.stdout
    assert "It is checked when your work is graded" in ran.stdout
    for secret in (
        str(RIGHT),
        f"{RIGHT:,}",
        "So it is.",
        "counted events",
        "only few of them bought",
    ):
        assert secret not in ran.stdout + notebook, secret
    assert "The solutions of a graded copy stay with the lecturer" in ran.stdout
    assert not (tmp_path / "p.json").exists()


def test_an_exercise_of_ones_own_cannot_be_opened_without_its_key(
    quiz: Path, tmp_path: Path
) -> None:
    import journeykit as jk

    build_graded(quiz, tmp_path / "exam")
    with pytest.raises(ExerciseError, match="no exercise 'quiz'"):
        jk.open_exercise("quiz")


@pytest.mark.all
def test_a_word_draws_other_customers_and_the_same_word_the_same(tmp_path: Path) -> None:
    name, rights = "01-first-funnel", {}
    for folder, salt in (("a", "spring"), ("b", "spring"), ("c", "autumn"), ("d", "")):
        build_graded(RAW, tmp_path / folder, [name], salt=salt)
        for side in ("student", "key"):
            data = tmp_path / folder / side / "data" / "retail"
            assert filecmp.cmp(
                data / "events.csv.gz", tmp_path / folder / "key/data/retail/events.csv.gz", False
            )
        lesson = load(
            read_source(RAW / f"{name}.md"), tmp_path / folder / "key" / "data" / "retail"
        )
        rights[folder] = [
            q.right for q in lesson.questions.values() if not isinstance(q, OpenQuestion)
        ]
        found = [problem for q in lesson.questions.values() for problem in problems(q, every=False)]
        assert found == [], "mistakes, and neighbours in one ingredient, are told apart on any draw"
    assert rights["a"] == rights["b"]
    assert rights["a"] != rights["c"]
    assert rights["a"] != rights["d"]
    assert 5_200 < rights["a"][0] < 5_600, "nine in ten of 6,000"
    with gzip.open(shipped("sample_data") / "retail" / "events.csv.gz") as whole:
        assert whole.read() == gzip.decompress(
            (tmp_path / "d/key/data/retail/events.csv.gz").read_bytes()
        )


def test_a_folder_that_is_there_is_not_overwritten(quiz: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(WorkshopError, match="not empty"):
        build_graded(quiz, tmp_path)


PARITY = """---
title: Odd or even
minutes: 20
phase: 3
data: saas
goal: see
before: nothing
---
```python
### SOLUTION
odd = 1
### END
ex.q1.check(odd)
```
```python key
import gzip


def rows():
    with gzip.open(DATA / "surveys.csv.gz") as lines:
        return sum(1 for line in lines)


q1 = Question("One or nought", answer=lambda: rows() % 2, hints=["Count."], mistakes=[
    mistake("even", "Count again.", gives=0), mistake("two", "No.", gives=2)])
```
"""


@pytest.mark.all
def test_a_draw_in_which_a_mistake_would_be_right_is_drawn_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "odd.md").write_text(PARITY, "utf-8")
    first = []
    for salt in ("a", "b", "c"):
        draw(shipped("sample_data") / "saas", tmp_path / f"first-{salt}", salt)
        made = [tmp_path / f"first-{salt}"]
        for again in ("one", "two")[: 1 + (salt == "a")]:
            build_graded(tmp_path / "raw", tmp_path / f"{again}-{salt}", salt=salt)
            made.append(tmp_path / f"{again}-{salt}" / "key" / "data" / "saas")
        counts = [
            gzip.decompress((data / "surveys.csv.gz").read_bytes()).count(b"\n") for data in made
        ]
        first.append(counts[0] % 2)
        assert [count % 2 for count in counts[1:]] == [1] * len(counts[1:])
        assert len(set(counts[1:])) == 1, "the same word draws the same"
    assert 0 in first, "at least one of these words was drawn again"
    (tmp_path / "raw" / "odd.md").write_text(PARITY.replace("rows() % 2", "0"), "utf-8")
    monkeypatch.setattr("journeykit.course.build.DRAWS", 2)
    with pytest.raises(
        ExerciseError, match=r"No draw of 2 will do: odd.md, q1: the mistake 'even'"
    ):
        build_graded(tmp_path / "raw", tmp_path / "never", salt="a")


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give graded tables of the shop, in a folder as it is handed out."""
    base = tmp_path_factory.mktemp("drawn")
    draw(shipped("sample_data") / "retail", base / "data" / "retail", "spring")
    return base


@pytest.mark.parametrize("way", ["by name", "by path", "beside", "other copies", "whole tables"])
def test_what_practises_does_not_open_on_graded_tables(
    drawn: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    import journeykit as jk

    name, tables = "01-first-funnel", drawn / "data" / "retail"
    shutil.copy2(RAW / f"{name}.md", tmp_path)
    if way == "whole tables":  # graded copies without a word of their own
        tables = shipped("sample_data") / "retail"
    if way == "other copies":  # over those that the kit brings
        sample = tmp_path / "sample_data" / "retail"
        monkeypatch.setattr("journeykit.course.lesson.asset", lambda what: tmp_path / what)
        (tmp_path / "exercises").symlink_to(RAW.parent)
    else:
        sample = tmp_path / "data" / "retail"
    shutil.copytree(tables, sample)
    monkeypatch.chdir(tmp_path)
    opened = {"by path": str(RAW / f"{name}.md"), "beside": f"{name}.md"}.get(way, name)
    with pytest.raises(ExerciseError, match="are those of a graded copy, which nothing checks"):
        jk.open_exercise(opened)
    handed = jk.open_exercise(f"{name}-cb1d04b3", graded="retail")
    assert handed.data == sample
    assert handed.questions == {}


def test_what_practises_checks_on_the_tables_of_the_kit_whatever_it_is_pointed_to(
    drawn: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import journeykit as jk

    monkeypatch.chdir(tmp_path)
    (tmp_path / "workshop.yaml").write_text(f"name: x\ndata: {{events: {drawn}/data/retail}}\n")
    ex = jk.open_exercise("01-first-funnel")
    assert ex.data == shipped("sample_data") / "retail"
    ex.data = drawn / "data" / "retail"
    users = read_events(ex.data)
    ex.q1.check(users)
    assert "✗ Not yet" in capsys.readouterr().out
    ex.q1.check(read_events(shipped("sample_data") / "retail"))
    assert "✓ Right" in capsys.readouterr().out


def read_events(folder: Path) -> int:
    import pandas as pd

    return int(pd.read_csv(folder / "events.csv.gz")["user_id"].nunique())
