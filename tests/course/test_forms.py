"""A right answer is right in whatever form it comes; a number is read at the digits that it has."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest
from test_course import QUESTIONS, lesson

from journeykit.course.compare import choice, names, number, numbers
from journeykit.course.forms import digits_of
from journeykit.course.keys import Question, mistake, parts
from journeykit.course.lesson import load
from journeykit.course.marks import marks_of
from journeykit.course.outcome import State
from journeykit.course.plain import encode, plain
from journeykit.course.source import parse


def numbers_as(value: float) -> Iterator[Any]:
    yield from (value, float(value), np.float64(value), np.array(value), np.array([value]))
    yield from (Decimal(str(value)), Fraction(value), (value,), [value], {"n": value})
    yield from (pd.Series([value]), pd.Series({"n": value}), pd.DataFrame({"n": [value]}))
    yield from (pl.Series([value]), pl.DataFrame({"n": [value]}))
    yield duckdb.sql(f"select {value!r}::double as n")


def names_as(given: list[str], options: tuple[str, ...]) -> Iterator[Any]:
    yield from (given, given[::-1], tuple(given), set(given), np.array(given), pd.Series(given))
    yield from (pd.Index(given), pd.DataFrame({"n": given}), pl.Series(given))
    yield from ([name.upper() for name in given], dict.fromkeys(given, 1))
    yield duckdb.from_df(pd.DataFrame({"n": given}))
    if options:
        mask = {name: name in given for name in options}
        yield from (mask, pd.Series(mask), pd.DataFrame({"n": mask.keys(), "is": mask.values()}))
    if all(name[:4].isdigit() for name in given):
        days = pd.to_datetime(given)
        yield from (days, pd.Series(days), days.to_numpy(), [day.date() for day in days])


def several_as(given: Any) -> Iterator[Any]:
    if isinstance(given, dict):
        turned = dict(reversed(given.items()))
        frame = pd.DataFrame({"name": given.keys(), "n": given.values()})
        yield from (given, turned, pd.Series(turned), frame, frame[::-1], pl.from_pandas(frame))
        yield from (duckdb.from_df(frame), {name: Decimal(str(n)) for name, n in given.items()})
    else:
        yield from (given, tuple(given), np.array(given), pd.Series(given), pl.Series(given))
        yield {"low": given[0], "high": given[1]}


def forms(question: Question) -> Iterator[Any]:
    right, how = question.right, question.how
    match how:
        case names():
            yield from names_as(right, how.options)
        case choice():
            yield from (right, right.upper(), np.str_(right), [right], pd.Series([right]))
            yield {name: name == right for name in (right, *how.options)}
        case numbers():
            yield from several_as(right)
        case number():
            yield from numbers_as(right)


@pytest.mark.parametrize(("id", "name"), QUESTIONS)
def test_every_right_answer_is_right_in_every_form(id: str, name: str) -> None:
    question = lesson(id).questions[name]
    if not isinstance(question, Question) or question.how is None:
        return
    tried = 0
    for each in forms(question):
        outcome = question.judge(each)
        assert outcome.state is State.RIGHT, (type(each), each, outcome)
        tried += 1
    assert tried > 5


@pytest.mark.parametrize(
    ("answer", "right", "digits"),
    [
        (0.1353, 0.13533, 4),
        (0.14, 0.1353, 2),
        (0.5, 0.4996, 3),
        (0.1, 0.1353, 1),
        (0.1359, 0.1353, 0),
        (0.13, 0.1353, 0),
        (546, 548.3, 0),
        (550, 548.3, 2),
        (-0.0025, -0.0025, 15),
        (0, 0.0025, 0),
        (0.0, 0, 15),
    ],
)
def test_a_number_is_read_at_the_digits_that_it_has(
    answer: float, right: float, digits: int
) -> None:
    assert digits_of(answer, right) == digits


@pytest.mark.parametrize(
    ("answer", "right", "says"),
    [
        (0.1, 0.1353, "It was rounded"),
        (810, 812, "It was rounded: a count has all its digits."),
        (0.1359, 0.1353, "It is a little too high."),
        (0.128, 0.1353, "too low"),
        (0.0, -0.0025, "too high"),
        (0.05, -0.0025, "too high"),
        (0.25, 0.0, "too high"),
        (14, 0.1353, "looks like percent"),
        (-0.25, -0.0025, "looks like percent"),
        (81_200, 812, "too high"),
    ],
)
def test_rounded_and_percent_are_said_only_where_they_are(
    answer: float, right: float, says: str
) -> None:
    said = number().differ(answer, right)
    assert says in said
    assert ("percent" in said) is ("percent" in says)
    assert ("rounded" in said) is ("rounded" in says)


def share(**changed: Any) -> Question:
    given = {
        "answer": 0.1353,
        "hints": ["Think."],
        "mistakes": [
            mistake("counted events, not users", "Often.", gives=0.1668),
            mistake("all customers", "Few.", gives=0.1449),
        ],
        "made_of": parts(
            lambda above, below: above / below,
            above={"buyers": 1353, "purchases": 1668},
            below={"customers": 10_000, "visits": 20_000, "lookers": 9_700},
        ),
    }
    return Question("A share", **(given | changed))


def test_two_digits_are_enough_unless_a_known_mistake_lies_that_near() -> None:
    alone = share(mistakes=share().mistakes[:1], made_of=None)
    assert [alone.judge(a).head for a in (0.14, 0.135, 0.17)] == [
        "✓ Right",
        "✓ Right",
        "✗ Not yet: counted events, not users",
    ]
    near_a_mistake = share(made_of=None).judge(0.14)  # 0.1449 is 0.14, too
    assert near_a_mistake.state is State.WRONG
    assert not near_a_mistake.mistake
    assert "give more of them" in near_a_mistake.says
    near_a_neighbour = share(mistakes=share().mistakes[:1]).judge(0.14)  # 1353 of 9,700 is
    assert "give more of them" in near_a_neighbour.says


def test_a_neighbour_that_passes_or_is_told_as_another_mistake_is_a_fault() -> None:
    assert [*share().clashes()] == []
    made = {each.made: each.answer for each in share().neighbours}
    assert made["below: visits"] == 1353 / 20_000
    assert made["above: purchases, below: visits"] == 1668 / 20_000
    assert made["the complement"] == 1 - 0.1353
    lookers = share(like=number(within=0.01)).judge(1353 / 9_700)
    assert lookers.says == "It lies near the right number, and is another one."
    loose = share(like=number(within=0.1))
    assert any("'odds'" in clash and "Right" in clash for clash in loose.clashes())
    other = parts(lambda above: above, above={"all": 0.2, "some": 0.3})
    assert any("its ingredients make 0.2" in clash for clash in share(made_of=other).clashes())


QUIZ = """---
title: A quiz
minutes: 20
phase: 3
data: retail
goal: see
before: nothing
---
```python
### SOLUTION
a = 0.1353
### END
ex.q1.check(a)
```
```python
### SOLUTION
b = 0.25
### END
ex.q2.check(b)
```
```python key
q1 = Question("A share?", answer=0.1353, hints=["One."], mistakes=[
    mistake("x", "X.", gives=0.7), mistake("y", "Y.", gives=0.6)])
q2 = Question("Another?", answer=0.25, hints=["One."], mistakes=[
    mistake("x", "X.", gives=0.7), mistake("y", "Y.", gives=0.6)])
```
"""


def test_percent_for_a_share_counts_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JOURNEYKIT_PROGRESS", raising=False)
    ex = load(parse(QUIZ, "quiz", "quiz.md"), tmp_path)
    for question, answer, state, says in (
        (
            ex.q1,
            13.53,
            "✓ Right",
            "looks like percent; a share from 0 to 1 is asked for. This once",
        ),
        (ex.q1, 13.53, "✓ Right", "This once it counts"),
        (ex.q2, 25, "✗ Not yet", "It counted once; now it does not."),
        (ex.q2, 0.25, "✓ Right", "2 of 2"),
    ):
        question.check(answer)
        said = capsys.readouterr().out
        assert state in said
        assert says in said
    lines = [
        json.dumps({"question": name, "answer": encode(plain(answer))})
        for name, answer in (("q1", 13.53), ("q2", 25))
    ]
    log = "\n".join([*lines, json.dumps({"end": True})])
    assert [mark.points for mark in marks_of("ada", ex, log, "")] == [1, 0]


def test_a_mask_is_read_for_what_it_is() -> None:
    assert (
        names("a", "b").differ({"a": True, "b": True}, ["a"])
        == "1 of your 2 does not belong there."
    )
    assert "has no names in it" in names("a", "b").differ([True, False], ["a"])
    assert choice("a", "b").differ({"a": False, "b": True}, "b") == ""
