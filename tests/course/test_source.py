"""One source: strict markers, errors that name file and line, copies that follow from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from journeykit.course.build import build, copies, skeleton
from journeykit.course.lesson import load
from journeykit.course.source import parse
from journeykit.errors import ExerciseError

HEAD = "---\ntitle: T\nminutes: 30\nphase: 3\ndata: retail\ngoal: see\nbefore: nothing\n---\n"


def code(*lines: str, after: str = "") -> str:
    return HEAD + "\n".join(["Prose.", "```python", *lines, "```", after])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (code("### SOLUTION", "a = 1"), "x.md:11: this block of markers has no ### END"),
        (code("### STUDENT", "a = ..."), "x.md:11: this block of markers has no ### END"),
        (
            code("### STUDENT", "a = ...", "### END"),
            "x.md:13: ### END inside of the block from line 11",
        ),
        (
            code("### SOLUTION", "### SOLUTION", "### END"),
            "x.md:12: ### SOLUTION inside of the block from line 11",
        ),
        (code("### SOLUTION", "### STUDENT", "### END"), "x.md:12: ### STUDENT inside"),
        (
            code("### STUDENT", "### STUDENT", "### SOLUTION", "### END"),
            "x.md:12: ### STUDENT inside",
        ),
        (code("a = 1", "### END"), "x.md:12: ### END where no block is open"),
        (
            code("### solution", "a = 1", "### END"),
            "x.md:11: '### solution' is no marker. Did you mean '### SOLUTION'",
        ),
        (code("## SOLUTION", "a = 1", "### END"), "x.md:11: '## SOLUTION' is no marker"),
        (
            code("### BEGIN SOLUTION", "a = 1", "### END SOLUTION"),
            "x.md:11: '### BEGIN SOLUTION' is no marker",
        ),
        (code("a = 1", after="### SOLUTION"), "x.md:13: '### SOLUTION' stands outside"),
        (HEAD + "```python\na = 1", "x.md:9: the block '```python' is never closed"),
        ("# no head", "x.md:1: an exercise begins with its head"),
        ("---\ntitel: T\n---\n", "x.md:2: 'titel' is no key of the head. Did you mean 'title'"),
        ("---\ntitle: T\n---\n", "x.md:1: the head lacks 'minutes'"),
        (HEAD.replace("30", "half an hour"), "a whole number belongs there"),
        (code("ex.q1.check(1)", "ex.q1.check(2)"), "'q1' is checked twice"),
    ],
)
def test_what_is_written_wrong_is_told_with_file_and_line(text: str, says: str) -> None:
    with pytest.raises(ExerciseError) as told:
        parse(text, "x", "x.md")
    assert says in str(told.value)


def test_sides_are_split_and_indents_kept() -> None:
    text = code(
        "def f():",
        "    ### SOLUTION",
        "    return 1",
        "    ### END",
        "### STUDENT",
        "a = ...",
        "### SOLUTION",
        "a = f()",
        "### END",
        "ex.q1.check(a)",
    )
    block = parse(text, "x", "x.md").blocks[1]
    assert block.student == "def f():\n    ...  # your answer\na = ...\nex.q1.check(a)"
    assert block.solution == "def f():\n    return 1\na = f()\nex.q1.check(a)"
    assert parse(text, "x", "x.md").solutions["q1"] == "    return 1\na = f()"


def test_other_fences_stay_in_the_prose() -> None:
    text = (
        HEAD
        + "A\n\n```text\nkept\n```\n\n~~~console\n$ ls\n~~~\n````notes\n```python\n1\n```\n````\nB"
    )
    kinds = [(block.kind, block.text) for block in parse(text, "x", "x.md").blocks]
    assert [kind for kind, _ in kinds] == ["text", "notes", "text"]
    assert "```text\nkept\n```" in kinds[0][1]
    assert kinds[1][1] == "```python\n1\n```"


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("", "'q1' must be made once"),
        ("q1 = q2 = Question('Q', answer=1)", "'q2' must be made once"),
    ],
)
def test_a_question_is_made_once_and_checked_once(key: str, says: str, tmp_path: Path) -> None:
    text = code("ex.q1.check(1)") + f"```python key\n{key}\n```\n"
    with pytest.raises(ExerciseError, match=says):
        load(parse(text, "x", "x.md"), tmp_path)


def test_an_error_in_a_key_block_names_the_line_of_the_source(tmp_path: Path) -> None:
    text = code("ex.q1.check(1)") + "```python key\n\nq1 = Qestion()\n```\n"
    line = text.splitlines().index("q1 = Qestion()") + 1
    with pytest.raises(ExerciseError, match=rf"^x\.md:{line}: the key does not run\. NameError"):
        load(parse(text, "x", "x.md"), tmp_path)
    for wrong in ("q1 = Question(", "q1 = '\x00'"):
        with pytest.raises(ExerciseError, match=r"^x\.md:\w+: the key does not run"):
            load(parse(text.replace("q1 = Qestion()", wrong), "x", "x.md"), tmp_path)


def test_the_skeleton_builds_and_what_it_asks_can_be_answered(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "15-my-shop.md").write_text(skeleton("15-my-shop"), "utf-8")
    written = build(raw, tmp_path)
    assert written == [
        "notes/15-my-shop.md",
        "solution/15-my-shop.ipynb",
        "student/15-my-shop.ipynb",
    ]
    assert build(raw, tmp_path, check=True) == []
    (tmp_path / "student" / "99-left.ipynb").write_text("{}")
    (tmp_path / "student" / "15-my-shop.ipynb").write_text("{}")
    stale = ["student/15-my-shop.ipynb", "student/99-left.ipynb"]
    assert build(raw, tmp_path, check=True) == stale
    assert build(raw, tmp_path) == stale
    assert not (tmp_path / "student" / "99-left.ipynb").exists()
    with pytest.raises(ExerciseError, match="is no id"):
        skeleton("My Shop/../x")


def test_copies_are_the_same_every_time() -> None:
    text = (
        code("ex.q1.check(1)") + "```python key\nq1 = Question('Q', answer=1, hints=['H'])\n```\n"
    )
    source = parse(text, "x", "x.md")
    assert copies(source) == copies(source)
