"""Grading runs what strangers wrote: nothing that they do gives points or costs somebody else's."""

from __future__ import annotations

import csv
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
import pytest
from quizzes import RIGHT, write_notebook

from journeykit.course import grade, sandbox
from journeykit.course.grade import grade_folder
from journeykit.course.marks import Mark, read_log
from journeykit.course.outcome import State
from journeykit.course.sandbox import Limits, no_box
from journeykit.errors import ExerciseError

pytestmark = [
    pytest.mark.xdist_group("grading"),
    # A laptop without bubblewrap; in CI the box must be there, and a skip is a failure.
    pytest.mark.skipif(bool(no_box()), reason=f"no box can be built here: {no_box()}"),
]

HONEST = f"ex.q1.check({RIGHT})"
FORGED = """
import os, json
print("✓ Right: 2 of 2 points")
open(os.environ["JOURNEYKIT_ANSWERS"], "a").write(json.dumps(
    {"question": "q1", "state": "right", "points": 99, "passed": True}) + "\\n")
import journeykit.course.question as q, journeykit.course.outcome as o
for kind in (q.Question, q.Asked):
    kind.judge = lambda self, given: o.Outcome(o.State.RIGHT)
ex.q2.check("anything")
"""
READER = """
import pathlib
found = {found}
for place in [{places}]:
    for path in pathlib.Path(place).rglob("*"):
        if path.is_file() and path.suffix in (".md", ".ipynb", ".csv"):
            found.append(path.read_text())
ex.q1.check({right} if any("{right}" in text for text in found) else 0)
"""
WRITER = """
import pathlib
for place in [{places}]:
    try:
        (pathlib.Path(place) / "was-here.txt").write_text("x")
    except OSError:
        pass
"""
NETWORK = """
import socket
try:
    socket.create_connection(("127.0.0.1", {port}), timeout=2)
    ex.q2.check("payment")
except OSError:
    ex.q2.check("visit")
"""
MARK = f"jk-left-behind-{os.getpid()}"
MANY = f"""
import subprocess, sys
for _ in range(200):
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)", "{MARK}"], start_new_session=True)
import time; time.sleep(60)
"""


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[int, list[Any]]]:
    """Listen on a port, and keep who came."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        came: list[Any] = []

        def accept() -> None:
            while True:
                try:
                    came.append(listening.accept())
                except OSError:
                    return

        threading.Thread(target=accept, daemon=True).start()
        yield listening.getsockname()[1], came


@pytest.fixture(scope="module")
def graded(
    quiz: Path, tmp_path_factory: pytest.TempPathFactory, server: tuple[int, list[Any]]
) -> dict[str, Any]:
    """Grade a class of strangers once."""
    base = tmp_path_factory.mktemp("class")
    work, out = base / "work", base / "out" / "grades.csv"
    places = ", ".join(repr(str(path)) for path in (quiz, work, base / "out"))

    def write(who: str, *cells: str) -> None:
        write_notebook(work / who / "quiz.ipynb", *cells)

    write(
        "ada",
        HONEST,
        'ex.q2.check("Payment")',
        'ex.q3.check("Many looked at it, and few of them bought anything.")',
    )
    write("bob", "ex.q1.check(77921)", 'ex.q2.check("purchase")', "ex.q3.check('Yes.')")
    write("crash", HONEST, "import os; os._exit(9)", 'ex.q2.check("payment")')
    write("error", "ex.q1.check(nothing)", 'ex.q2.check("payment")', "raise SystemExit")
    write("fault", HONEST, "import ctypes; ctypes.string_at(0)")
    write("forger", FORGED)
    write(
        "hog",
        'ex.q2.check("payment")',
        "import numpy; kept = numpy.ones(400_000_000); ex.q1.check(1)",
    )
    write("loop", HONEST, "while True: pass\nex.q2.check('payment')")
    write("many", MANY)
    write("net", NETWORK.format(port=server[0]))
    write(
        "odd",
        "ex.q1.check(object())",
        "x = [];\nfor _ in range(900): x = [x]\nex.q2.check(x)",
        "ex.q3.check(10**9000)",
    )
    write("reader", READER.format(places=places, right=RIGHT, found=[]))
    write("untouched", "ex.q1.check(...)", "ex.q2.check(...)", 'ex.q3.check("""\n\n""")')
    write("writer", WRITER.format(places=f"{places}, {str(Path.home())!r}, '/tmp'"))
    write("=cmd()", HONEST)
    write(
        "<b>eve",
        "",
        'ex.q3.check("<script>alert(1)</script> " * 9)',
        'ex.q2.check("<img src=x onerror=alert(2)>")',
    )
    write("blocked", HONEST)
    (work / "blocked" / "data").write_text("a file where the tables belong")
    (work / "broken").mkdir()
    (work / "broken" / "quiz.ipynb").write_text("{no json")
    (work / "late").mkdir()
    write_notebook(work / "late" / "quizz.ipynb", HONEST)
    (work / "link").mkdir()
    (work / "link" / "quiz.ipynb").symlink_to(work / "ada" / "quiz.ipynb")
    said: list[str] = []
    limits = Limits(seconds=30, megabytes=900)
    marks = grade_folder(work, out, key=quiz, limits=limits, say=said.append)
    return {"marks": marks, "out": out, "said": said, "work": work, "key": quiz, "limits": limits}


def of(graded: dict[str, Any], student: str) -> dict[str, Mark]:
    return {mark.question: mark for mark in graded["marks"] if mark.student == student}


def points(graded: dict[str, Any], student: str) -> list[float | None]:
    return [mark.points for mark in of(graded, student).values()]


def test_right_and_wrong_answers_get_their_points(graded: dict[str, Any]) -> None:
    assert points(graded, "ada") == [2, 1, None]
    assert points(graded, "bob") == [0, 0, 0]
    assert of(graded, "bob")["q1"].outcome.mistake == "counted events, not users"
    assert points(graded, "untouched") == [0, 0, 0]
    assert {mark.outcome.state for mark in of(graded, "untouched").values()} == {State.UNTRIED}


def test_the_table_has_the_five_columns_and_every_student(graded: dict[str, Any]) -> None:
    with graded["out"].open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert list(rows[0]) == ["student", "exercise", "question", "points", "max_points"]
    assert len(rows) == 3 * len({mark.student for mark in graded["marks"]})
    assert [row["points"] for row in rows if row["student"] == "ada"] == ["2", "1", ""]
    assert [row["max_points"] for row in rows if row["student"] == "ada"] == ["2", "1", "3"]
    assert "'=cmd()" in {row["student"] for row in rows}, "a spreadsheet must not run it"


def test_a_forged_pass_does_not_count(graded: dict[str, Any]) -> None:
    assert points(graded, "forger") == [0, 0, 0]


@pytest.mark.parametrize(
    ("student", "wanted", "says"),
    [
        ("loop", [2, 0, 0], "ended after 30 seconds"),
        ("hog", [0, 1, 0], "more than 900 MB"),
        ("crash", [2, 0, 0], "ended by itself"),
        ("fault", [2, 0, 0], "ended by itself"),
        ("many", [0, 0, 0], "more than 64 processes"),
        ("broken", [0, 0, 0], "is no notebook"),
        ("blocked", [0, 0, 0], "could not be run"),
    ],
)
def test_what_ends_badly_costs_its_own_later_questions_only(
    graded: dict[str, Any], student: str, wanted: list[float], says: str
) -> None:
    assert points(graded, student) == wanted
    broken = [
        mark.outcome for mark in of(graded, student).values() if mark.outcome.state is State.BROKEN
    ]
    assert broken
    assert says in broken[0].says
    assert any(line.startswith(f"! {student}/quiz") and says in line for line in graded["said"])


def test_an_error_costs_its_own_question_only(graded: dict[str, Any]) -> None:
    assert points(graded, "error") == [0, 1, 0]
    assert "NameError" in of(graded, "error")["q1"].outcome.says
    assert of(graded, "error")["q3"].outcome.state is State.UNTRIED


def test_odd_answers_cannot_be_read_and_harm_nobody(graded: dict[str, Any]) -> None:
    assert points(graded, "odd") == [0, 0, 0]
    assert {mark.outcome.state for mark in of(graded, "odd").values()} == {State.BROKEN}


def test_no_process_is_left_behind(graded: dict[str, Any]) -> None:
    left = [
        each.pid
        for each in psutil.process_iter(["cmdline"])
        if MARK in (each.info["cmdline"] or [])
    ]
    assert left == []


def test_neither_key_nor_other_peoples_work_can_be_read(graded: dict[str, Any]) -> None:
    assert points(graded, "reader") == [0, 0, 0]
    assert of(graded, "reader")["q1"].outcome.answer == "0"


def test_nothing_is_written_outside_of_its_own_folder(graded: dict[str, Any]) -> None:
    for place in (graded["work"], graded["key"], graded["out"].parent, Path.home(), Path("/tmp")):
        assert not (place / "was-here.txt").exists()


def test_there_is_no_network(graded: dict[str, Any], server: tuple[int, list[Any]]) -> None:
    assert of(graded, "net")["q2"].outcome.answer == "visit"
    assert server[1] == []


def test_links_and_other_names_are_not_graded_and_that_is_said(graded: dict[str, Any]) -> None:
    assert points(graded, "link") == points(graded, "late") == [0, 0, 0]
    assert "It was not handed in." in of(graded, "late")["q1"].outcome.says
    assert any(
        "late/quizz.ipynb" in line and "Did you mean 'quiz'" in line for line in graded["said"]
    )
    assert any("link/quiz.ipynb" in line for line in graded["said"])


def test_the_lecturer_is_told_what_this_is_and_what_stands_around_it(
    graded: dict[str, Any],
) -> None:
    assert graded["said"][0].startswith(
        "This runs what students wrote. Each notebook runs in a box"
    )


def test_feedback_is_a_page_that_loads_nothing_and_holds_no_answer(graded: dict[str, Any]) -> None:
    pages = graded["out"].parent / "feedback"
    assert len(list(pages.glob("*.html"))) == len({mark.student for mark in graded["marks"]})
    bob = (pages / "bob.html").read_text("utf-8")
    assert "✗ Not yet: counted events, not users" in bob
    assert "0 of 6 points" in bob
    assert str(RIGHT) not in bob
    assert f"{RIGHT:,}" not in bob
    assert "default-src 'none'" in bob
    eve = (pages / "<b>eve.html").read_text("utf-8")
    assert "<script" not in eve
    assert "<img" not in eve
    assert "&lt;script&gt;alert(1)" in eve
    assert "3 p. " not in bob
    ada = (pages / "ada.html").read_text("utf-8")
    assert "3 of 6 points</b>, and 1 answer that a person still reads" in ada
    klass = (graded["out"].parent / "class.html").read_text("utf-8")
    assert "<td>1</td><td>quiz q1</td><td>counted events, not users</td>" in klass
    assert "<b>eve" not in klass


HEAD = "student,exercise,question,points,max_points\n"


def points_in(table: Path) -> dict[tuple[str, str], str]:
    with table.open(encoding="utf-8", newline="") as lines:
        return {(row["student"], row["question"]): row["points"] for row in csv.DictReader(lines)}


def test_points_that_a_person_gave_are_kept(quiz: Path, tmp_path: Path) -> None:
    notebook = tmp_path / "work" / "ada" / "quiz.ipynb"
    sentence = 'ex.q3.check("Many looked at it, and few of them bought a thing.")'
    write_notebook(notebook, "ex.q1.check(5)", 'ex.q2.check("payment")', sentence)
    out, said = tmp_path / "grades.csv", []

    def again() -> list[float | None]:
        said.clear()
        return [m.points for m in grade_folder(tmp_path / "work", out, key=quiz, say=said.append)]

    assert again() == [0, 1, None]
    out.write_text(out.read_text().replace("q1,0,2", "q1,1.5,2").replace("q3,,3", "q3,2.5,3"))
    for _ in range(2):  # also when the table is already one in which they were kept
        assert again() == [1.5, 1, 2.5]
        assert list(points_in(out).values()) == ["1.5", "1", "2.5"]
        assert "ada/quiz, q1: 1.5 points that a person gave stay; the check gives 0." in said
        assert "ada/quiz, q3: 2.5 points that a person gave stay." in said
        assert not any("changed since" in line for line in said)
        page = (tmp_path / "feedback" / "ada.html").read_text("utf-8")
        assert "✎ Points given by a person, where the check gives 0: ✗ Not yet" in page
        assert "(1.5 of 2 p.)" in page
        assert "5 of 6 points" in page
        assert "5 of 6 ✎" in (tmp_path / "class.html").read_text("utf-8")
    write_notebook(notebook, f"ex.q1.check({RIGHT})", 'ex.q2.check("visit")', sentence)
    assert again() == [1.5, 0, 2.5], "what nobody changed by hand follows the check"
    assert "! ada/quiz, q1: the answer changed since 1.5 points were given; read it again." in said
    assert not any("q3: the answer changed" in line for line in said)
    out.write_text(out.read_text().replace("q1,1.5,2", "q1,,2"))
    assert again() == [2, 0, 2.5], "an empty cell gives them back to the check"


def test_points_by_hand_are_neither_invented_nor_lost(quiz: Path, tmp_path: Path) -> None:
    write_notebook(tmp_path / "work" / "ada" / "quiz.ipynb", HONEST)
    out, said = tmp_path / "grades.csv", []
    out.write_text(f"{HEAD}ada,quiz,q1,1,2\nada,quiz,q3,25,3\n")  # of a version that kept no more
    marks = grade_folder(tmp_path / "work", out, key=quiz, say=said.append)
    assert [mark.points for mark in marks] == [1, 0, 0]
    assert "! ada/quiz, q3: 25 points were not kept, 0 to 3 can be given." in said
    for text in ("ada;quiz;q3;2.5;3\n", f"{HEAD}ada,quiz,q3,two,3\n"):
        out.write_text(text)
        with pytest.raises(ExerciseError, match="is no table of points"):
            grade_folder(tmp_path / "work", out, key=quiz)
        assert out.read_text("utf-8") == text, "points that a person gave were overwritten"
    text = f"{HEAD}bob,quiz,q3,2,3\n"
    out.write_text(text)
    with pytest.raises(ExerciseError, match="has points for bob/quiz, q3, which was not handed in"):
        grade_folder(tmp_path / "work", out, key=quiz)
    assert out.read_text("utf-8") == text


def test_a_folder_that_is_not_there_or_empty_is_refused(quiz: Path, tmp_path: Path) -> None:
    with pytest.raises(ExerciseError, match="there is no folder"):
        grade_folder(tmp_path / "nowhere", tmp_path / "grades.csv")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ExerciseError, match="holds no folder"):
        grade_folder(tmp_path / "empty", tmp_path / "grades.csv")


@pytest.fixture
def boxless(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that builds no box."""
    monkeypatch.setattr(sandbox, "no_box", lambda: "bubblewrap is not installed")
    monkeypatch.setattr(grade, "no_box", sandbox.no_box)


@pytest.mark.usefixtures("boxless")
def test_without_a_box_nothing_is_run_unless_one_says_so(quiz: Path, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    write_notebook(tmp_path / "work" / "ada" / "quiz.ipynb", f"open({str(ran)!r}, 'w')")
    with pytest.raises(ExerciseError, match=r"bubblewrap is not installed\); install .* --unsafe"):
        grade_folder(tmp_path / "work", tmp_path / "grades.csv", key=quiz)
    assert not ran.exists()
    assert not (tmp_path / "grades.csv").exists()


def test_a_system_without_bubblewrap_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    no_box.cache_clear()
    try:
        assert no_box() == "bubblewrap is not installed"
    finally:
        no_box.cache_clear()


@pytest.mark.usefixtures("boxless")
def test_without_a_box_limits_hold_and_the_pages_say_what_does_not(
    quiz: Path, tmp_path: Path
) -> None:
    secret = tmp_path / "id_ed25519"
    secret.write_text("a-key-that-is-the-lecturers")
    read = f"import pathlib; seen = pathlib.Path({str(secret)!r}).read_text()"
    write_notebook(tmp_path / "work" / "ada" / "quiz.ipynb", HONEST, MANY, 'ex.q2.check("payment")')
    write_notebook(
        tmp_path / "work" / "eve" / "quiz.ipynb",
        f"{read}; ex.q1.check(seen)",
        "ex.q2.check(seen)",
        "ex.q3.check(' '.join([seen] * 9))",
    )
    said: list[str] = []
    out = tmp_path / "out" / "grades.csv"
    marks = grade_folder(tmp_path / "work", out, key=quiz, unsafe=True, say=said.append)
    assert [mark.points for mark in marks] == [2, 0, 0, 0, 0, None]
    assert "NO BOX" in said[0]
    pages = [path.read_text("utf-8") for path in (tmp_path / "out").rglob("*.html")]
    assert len(pages) == 3
    for page in pages:
        assert "This was graded without a box" in page
        assert "a-key-that" not in page
    left = [
        each.pid
        for each in psutil.process_iter(["cmdline"])
        if MARK in (each.info["cmdline"] or [])
    ]
    assert left == []


def running(name: str) -> list[psutil.Process]:
    return [
        each
        for each in psutil.process_iter(["cmdline"])
        if name in " ".join(each.info["cmdline"] or [])
    ]


@pytest.mark.parametrize("walled", [True, False])
def test_a_notebook_does_not_outlive_who_grades_it(tmp_path: Path, walled: bool) -> None:
    name = f"outlives-{os.getpid()}-{walled:d}.ipynb"
    own = tmp_path / "class" / "own"
    write_notebook(own / name, "while True: pass")
    grader = f"""
from pathlib import Path
from journeykit.course import sandbox
from journeykit.course.outcome import State
from journeykit.course.sandbox import Limits, execute
if not {walled}:
    sandbox.no_box = lambda: "switched off"
execute(Path({str(own)!r}), {name!r}, "data/retail", Limits(seconds=900))
"""
    process = subprocess.Popen([sys.executable, "-c", grader])
    try:
        wait_for(lambda: any(each.cpu_times().user > 1 for each in running(name)))
        process.kill()
        process.wait()
        wait_for(lambda: not running(name))
    finally:
        process.kill()
        for each in running(name):
            each.kill()


def test_a_notebook_ends_itself_when_its_time_is_over(tmp_path: Path) -> None:
    write_notebook(tmp_path / "late.ipynb", "while True: pass")
    env = {
        **os.environ,
        "JOURNEYKIT_SECONDS": "3",
        "JOURNEYKIT_ANSWERS": str(tmp_path / "answers.jsonl"),
    }
    command = [sys.executable, "-m", "journeykit.course.runner", "late.ipynb"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=env, stdin=subprocess.PIPE, start_new_session=True
    ) as process:
        assert process.wait(120) != 0


def wait_for(holds: Callable[[], Any]) -> None:
    """Wait until it holds; whoever waits for minutes will not see it."""
    until = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.1)


def test_lines_that_are_no_answers_are_passed_over() -> None:
    log = "\n".join(
        [
            "[1]",
            "{",
            "3",
            '{"question": 5}',
            '{"questions": "q1"}',
            '{"end": 1}',
            "[" * 90_000,
            os.sep,
        ]
    )
    assert read_log(log) == ({}, {}, False)


@pytest.mark.parametrize("name", ["x" * 255, "é" * 120, "a" * 201])
def test_the_page_of_a_student_with_a_long_name_is_written(
    quiz: Path, tmp_path: Path, name: str
) -> None:
    for who in (name, "ada"):
        (tmp_path / "work" / who).mkdir(parents=True)
    grade_folder(tmp_path / "work", tmp_path / "grades.csv", key=quiz, say=lambda _: None)
    pages = {path.name for path in (tmp_path / "feedback").iterdir()}
    assert len(pages) == 2
    (long,) = pages - {"ada.html"}
    assert f"feedback/{quote(long)}" in (tmp_path / "class.html").read_text("utf-8")
    assert name in (tmp_path / "feedback" / long).read_text("utf-8")
