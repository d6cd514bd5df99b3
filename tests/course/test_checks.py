"""What a check says: lenient in form, strict in substance, in words, escaped, without giving away."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from quizzes import problems

import journeykit as jk
from journeykit.course.keys import (
    OpenQuestion,
    Question,
    Table,
    choice,
    mistake,
    names,
    need,
    number,
    numbers,
    ranking,
    table,
)
from journeykit.course.lesson import load
from journeykit.course.outcome import State
from journeykit.course.plain import decode, encode, plain, shown
from journeykit.course.source import parse
from journeykit.errors import ExerciseError

FRAME = pd.DataFrame({"device": ["mobile", "desktop"], "users": [40, 25], "share": [0.615, 0.385]})
RIGHT = plain(FRAME)


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (np.int64(3), 3),
        (np.float32(0.5), 0.5),
        (np.bool_(True), True),
        (np.array([1, 2]), [1, 2]),
        ({"b", "a"}, ["a", "b"]),
        (pd.Series([1, 2], index=["x", "y"]), {"x": 1, "y": 2}),
        (pd.Series([1, 2]), [1, 2]),
        (pd.Timestamp("2026-01-02"), "2026-01-02T00:00:00"),
        (dt.timedelta(minutes=2), 120.0),
        (pd.NaT, None),
        (pd.NA, None),
        (..., None),
        (FRAME.set_index("device"), RIGHT),
        (FRAME[FRAME["users"] > 30], Table(("device", "users", "share"), (("mobile", 40, 0.615),))),
    ],
)
def test_objects_become_plain_data(value: object, wanted: object) -> None:
    assert plain(value) == wanted
    assert decode(encode(plain(value))) == wanted


def test_a_log_is_handed_over_as_its_counts_and_never_as_its_rows() -> None:
    log = pd.DataFrame(
        {
            "who": ["ann", "ann", "ben"],
            "what": ["visit", "pay", "visit"],
            "device": "phone",
            "when": pd.date_range("2026-01-01", periods=3, freq="h"),
        }
    )
    events = jk.read_events(log, user_id="who", event="what", timestamp="when")
    found = plain({"events": events})["events"]
    assert (found["users"], found["events"], found["sessions"], found["rows"]) == (2, 3, 3, 3)
    assert found["by_event"] == {
        "visit": {"events": 2, "users": 2},
        "pay": {"events": 1, "users": 1},
    }
    assert (found["start"], found["columns"]) == ("2026-01-01T00:00:00", ["device"])
    assert decode(encode(found)) == found
    assert "ann" not in encode(found)


def test_whole_rows_of_data_functions_and_odd_objects_are_refused_in_words() -> None:
    with pytest.raises(ExerciseError, match=r"6,000 rows.*count, group or pick"):
        plain(pd.DataFrame({"user": range(6_000)}))
    with pytest.raises(ExerciseError, match="not called yet"):
        plain(len)
    with pytest.raises(ExerciseError, match="no answer that can be compared"):
        plain(object())
    endless: list[object] = []
    endless.append(endless)
    with pytest.raises(ExerciseError, match="without end"):
        plain(endless)


@pytest.mark.parametrize(
    "text", ["{", '{"x": 1, "y": 2}', '{"pickle": "x"}', '{"table": 3}', "[" * 100_000]
)
def test_only_what_the_kit_wrote_is_read(text: str) -> None:
    with pytest.raises(ExerciseError):
        decode(text)


@pytest.mark.parametrize(
    ("like", "answer", "right"),
    [
        (number(), 812.0, 812),
        (number(), np.int64(812), 812),
        (number(), pd.DataFrame({"n": [812]}), 812),
        (number(), 0.135, 0.1353),
        (number(within=2), 810, 812),
        (choice("add_to_cart", "payment"), "Add to cart", "add_to_cart"),
        (names(), {"b", "A"}, ["a", "b"]),
        (names(), pd.Series(["b", "a"]), ["a", "b"]),
        (ranking(), ["a", "b"], ["a", "b"]),
        (numbers(), pd.Series({"mobile": 0.2, "desktop": 0.1}), {"desktop": 0.1, "mobile": 0.2}),
        (numbers(), pd.DataFrame({"d": ["x", "y"], "n": [1, 2]}), {"y": 2, "x": 1}),
        (numbers(), (0.1, 0.2), [0.1, 0.2]),
        (table("device"), FRAME.iloc[::-1][["share", "users", "device"]].assign(more=1), RIGHT),
        (table("device"), FRAME.astype({"users": float}).set_index("device"), RIGHT),
    ],
)
def test_form_does_not_matter(like: object, answer: object, right: object) -> None:
    assert like.differ(plain(answer), plain(right)) == ""  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("like", "answer", "right", "says"),
    [
        (number(), 811, 812, "a little too low"),
        (number(), 9_000, 812, "too high"),
        (number(), 13.5, 0.1353, "looks like percent"),
        (number(), "812", 812, "take the quotes off"),
        (number(), True, 1, "One number is asked for"),
        (number(), float("nan"), 812, "not a number"),
        (number(), float("inf"), 812, "without end"),
        (number(), 10**400, 812, "without end"),
        (number(), [1, 2], 812, "One number"),
        (choice("payment", "shipping"), "paiment", "payment", "Did you mean 'payment'"),
        (choice(), "shipping", "payment", "another one"),
        (choice(), 3, "payment", "as a text in quotes"),
        (names(), ["a", "c"], ["a", "b"], "1 of your 2 does not belong there and 1 is missing"),
        (ranking(), ["b", "a"], ["a", "b"], "order is not: place 1"),
        (numbers(), {"x": 1}, {"x": 1, "y": 2}, "missing"),
        (numbers(), {"x": 1, "y": 3}, {"x": 1, "y": 2}, "1 of 2 differ. For example y"),
        (numbers(), 3, [0.1, 0.2], "2 numbers are asked for"),
        (table(), FRAME.drop(columns="share"), RIGHT, "The column 'share' is missing"),
        (table(), FRAME.head(1), RIGHT, "1 rows where 2 belong"),
        (table(), FRAME.assign(share=[0.615, 0.5]), RIGHT, "'share' differs in 1 of 2 rows"),
        (table(), 3, RIGHT, "A table is asked for"),
    ],
)
def test_what_differs_is_said(like: object, answer: object, right: object, says: str) -> None:
    said = like.differ(plain(answer), plain(right))  # type: ignore[attr-defined]
    assert says in said
    assert str(right) not in said or right in (1, "payment")


def question(**changed: object) -> Question:
    given = {
        "answer": lambda: 3,
        "hints": ["Think."],
        "mistakes": [
            mistake("counted events, not users", "One person clicks often.", gives=lambda: 7),
            mistake("window forgotten", "Too long a time.", gives=5),
        ],
    }
    return Question("How many?", **{**given, **changed})  # type: ignore[arg-type]


def test_four_outcomes_each_with_a_sign_and_a_word() -> None:
    asked = question(why="Each counts once.")
    assert [asked.judge(a).head for a in (3, 7, 4, ..., object())] == [
        "✓ Right",
        "✗ Not yet: counted events, not users",
        "✗ Not yet",
        "○ Not attempted",
        "! Could not run",
    ]
    assert asked.judge(3).says == "Each counts once."
    assert asked.judge(7).says == "One person clicks often."
    assert problems(asked) == []


def test_a_check_that_fails_is_not_a_wrong_answer() -> None:
    broken = question(answer=lambda: 1 / 0)
    assert broken.judge(3).state is State.BROKEN
    assert "ZeroDivisionError" in broken.judge(3).says


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"mistakes": []}, "knows 0 mistakes"),
        ({"hints": []}, "no hint"),
        ({"answer": 7}, "'counted events, not users' (7) is told as '✓ Right'"),
        (
            {"mistakes": [mistake("a", "x", gives=7), mistake("b", "y", gives=7)]},
            "told as '✗ Not yet: a'",
        ),
        ({"answer": None}, "its own answer is not attempted"),
    ],
)
def test_a_question_that_cannot_work_says_so(changed: dict[str, object], says: str) -> None:
    assert any(says in problem for problem in problems(question(**changed)))


def test_an_answer_may_be_held_against_needs() -> None:
    asked = question(
        answer={"cards": [{"evidence": "measured"}]},
        needs=[
            need("There is no card.", lambda map: map["cards"]),
            need(
                "None is measured.",
                lambda map: any(c["evidence"] == "measured" for c in map["cards"]),
            ),
        ],
        mistakes=[
            mistake(
                "everything assumed",
                "Look it up.",
                gives={"cards": [{"evidence": "assumed"}]},
                when=lambda map: all(c["evidence"] == "assumed" for c in map["cards"]),
            ),
            mistake(
                "an empty map",
                "Nothing yet.",
                gives={"cards": []},
                when=lambda map: not map["cards"],
            ),
        ],
    )
    found = [problem for problem in problems(asked) if "empty" in problem]
    assert found, "all() of nothing is true, so the first mistake takes the second one's answer"
    assert asked.judge({"cards": [{"evidence": "heard"}]}).says == "None is measured."
    assert asked.judge(3).state is State.BROKEN


def test_the_objects_of_a_workshop_folder_are_answers(tmp_path: Path) -> None:
    w = jk.open_workshop(tmp_path / "shop", "mobile-maya", template="retail")
    persona, journey = plain(w.persona), plain(w.journey)
    assert persona["name"] == "Mobile Maya"
    assert {card["evidence"] for card in journey["cards"]} >= {"assumed", "measured"}
    again = jk.open_workshop(tmp_path / "shop", "mobile-maya", template="retail")
    assert again.persona == w.persona, "a folder that is there is opened, not made again"


def test_an_open_question_shows_its_rubric_and_then_its_sample() -> None:
    asked = OpenQuestion(
        "Say it",
        rubric=[(1, "A number."), (2, "What is not known.")],
        hints=["To whom?"],
        sample="Of 6,000 customers 812 bought, which is 13.5%.",
    )
    assert asked.points == 3
    outcome = asked.judge("I think that there are quite a lot of them there.")
    assert outcome.state is State.OPEN
    assert outcome.more == ("1 p. A number.", "2 p. What is not known.")
    assert "812" not in str(outcome)
    assert "812" in asked._told()
    assert [asked.judge(a).state for a in ("\n\n", "Yes.", 5)] == [
        State.UNTRIED,
        State.WRONG,
        State.BROKEN,
    ]
    assert problems(asked) == []


def test_what_people_write_is_never_html() -> None:
    outcome = question(answer="x", like=choice()).judge("<img src=x onerror=alert(1)>")
    assert "<img" not in outcome.box()._repr_html_()
    assert "&lt;img" in outcome.box()._repr_html_()


SOURCE = """---
title: A quiz
minutes: 20
phase: 3
data: retail
goal: see
before: nothing
---
```python
### SOLUTION
n = 3
### END
ex.q1.check(n)
```
```python key
q1 = Question("How many?", answer=3, hints=["One.", "Two."], mistakes=[
    mistake("counted events, not users", "Often.", gives=7), mistake("window forgotten", "Long.", gives=5)])
```
"""


def test_check_hint_and_solution_show_and_keep_progress(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JOURNEYKIT_PROGRESS", raising=False)
    ex = load(parse(SOURCE, "quiz", "quiz.md"), tmp_path)
    ex.q1.check(...)
    ex.q1.check(7)
    ex.q1.hint()
    ex.q1.hint()
    ex.q1.hint()
    ex.q1.solution()
    ex.q1.check(3)
    ex.q1.check(4)
    said = capsys.readouterr().out
    for words in (
        "○ Not attempted",
        "counted events, not users",
        "Hint 2 of 2\nTwo.",
        "n = 3",
        "✓ Right",
    ):
        assert words in said
    assert said.count("Hint 1 of 2") == 2
    kept = json.loads((tmp_path / ".journeykit-progress.json").read_text("utf-8"))
    assert kept["exercises"]["quiz"]["q1"] == {
        "state": "right",
        "tries": 3,
        "hints": 3,
        "solution": True,
    }
    again = load(parse(SOURCE, "quiz", "quiz.md"), tmp_path)
    again.progress()
    said = capsys.readouterr().out
    assert "1 of 1" in said
    assert "✓ q1 How many?: right, 3 tries, hints: 3, saw the solution" in said
    (tmp_path / ".journeykit-progress.json").write_text("{half")
    load(parse(SOURCE, "quiz", "quiz.md"), tmp_path).progress()
    assert "0 of 1" in capsys.readouterr().out


@pytest.mark.parametrize("broken", [b"{half", b"[]", b"\xff", b'{"exercises": []}'])
def test_progress_that_cannot_be_read_is_kept_aside_and_told(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    broken: bytes,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JOURNEYKIT_PROGRESS", raising=False)
    file, aside = (tmp_path / f".journeykit-progress.json{end}" for end in ("", ".unreadable"))
    for place in (aside, aside.with_name(f"{aside.name}-2")):
        file.write_bytes(broken)
        load(parse(SOURCE, "quiz", "quiz.md"), tmp_path).q1.check(3)
        said = capsys.readouterr().out
        assert said.count("could not be read") == 1
        assert f"kept as {place}." in said
        assert "1 of 1" in said
        assert place.read_bytes() == broken
        assert json.loads(file.read_bytes())["exercises"]["quiz"]["q1"]["state"] == "right"


def test_a_folder_that_cannot_be_written_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("JOURNEYKIT_PROGRESS", str(tmp_path / "file" / "progress.json"))
    ex = load(parse(SOURCE, "quiz", "quiz.md"), tmp_path)
    ex.q1.check(3)
    ex.progress()
    assert "1 of 1" in capsys.readouterr().out


def test_numbers_are_shown_for_people() -> None:
    assert shown(plain({"a": 0.123456, "b": [1, 2]})) == "a: 0.1235; b: 1, 2"
    assert len(shown("x" * 1_000)) == 160
    assert shown(10**5_000) == "a number of very many digits"


def test_a_notebook_does_not_wait_for_what_only_builds_or_grades() -> None:
    told = "import sys, journeykit.course; print({'nbformat', 'psutil'} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"


def test_an_unknown_exercise_or_question_names_the_right_one() -> None:
    with pytest.raises(ExerciseError, match="Did you mean '01-first-funnel'"):
        jk.open_exercise("01-first-funel")
    with pytest.raises(AttributeError, match="no question 'q77'"):
        _ = jk.open_exercise("01-first-funnel").q77
