"""What is said of sentences: hints in any language and script, never points."""

from __future__ import annotations

from pathlib import Path

import pytest

from journeykit.course.keys import OpenQuestion, need
from journeykit.course.lesson import load
from journeykit.course.outcome import State
from journeykit.course.source import parse

SAMPLE = "Of 6,000 customers 812 bought, which is 13.5%. Whom the magazine counts is not known."
RUBRIC = [(1, "Gives the number."), (2, "Says what is not known.")]
ASKED = OpenQuestion("Say it", rubric=RUBRIC, sample=SAMPLE, hints=["To whom?"])


@pytest.mark.parametrize(
    "text",
    [
        SAMPLE,
        "六千名顾客中有八百一十二人购买,占百分之 13.5。我们不知道杂志统计的是谁。",
        "Из 6000 клиентов купили 812, то есть 13,5%. Кого считает журнал, мы пока не знаем.",
        "من بين ٦٠٠٠ عميل اشترى ٨١٢ عميلا فقط. لا نعرف من الذين تحسبهم المجلة في هذا العدد.",
        "6000 में से 812 ग्राहकों ने कम से कम एक बार खरीदा। पत्रिका किसे गिनती है, यह हमें पता नहीं।",
    ],
)
def test_an_answer_is_read_in_any_script_and_gets_no_points_by_itself(text: str) -> None:
    outcome = ASKED.judge(text)
    assert outcome.state is State.OPEN
    assert outcome.more == ("1 p. Gives the number.", "2 p. Says what is not known.")
    copied = ("This is the sample. What would you say yourself?",)
    assert outcome.looks == (copied if text == SAMPLE else ())


@pytest.mark.parametrize(
    "text",
    [
        "I think that there are quite many there.",  # eight words
        "number number number number number number number number number number",
        "很多人",
        "…… ?!",
    ],
)
def test_a_few_words_are_no_answer(text: str) -> None:
    assert ASKED.judge(text).state is State.WRONG


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "Quite a lot of them bought something. I would ask the magazine whom it counts.",
            "no number",
        ),
        ("Of all the 6,000 customers who came to us only 812 bought something", "one sentence"),
        (
            " ".join(f"{says}" for _, says in RUBRIC) + " Says the number.",
            "words of what gives points",
        ),
    ],
)
def test_what_is_worth_a_second_look_is_said(text: str, says: str) -> None:
    assert any(says in each for each in ASKED.judge(text).looks)


def test_a_persona_or_a_map_is_an_open_answer_too() -> None:
    asked = OpenQuestion(
        "Cards",
        rubric=RUBRIC,
        sample=lambda: {"cards": [{"evidence": "measured"}]},
        looks=[need("No card has evidence.", lambda map: any(c["evidence"] for c in map["cards"]))],
        hints=["Which?"],
    )
    assert [
        asked.judge({"cards": [{"evidence": e, "title": "Pays"}]}).looks for e in ("heard", "")
    ] == [(), ("No card has evidence.",)]
    assert asked.judge("a text of many words, which is no map at all").state is State.BROKEN
    assert asked.judge({"other": 1}).state is State.BROKEN


QUIZ = f'''---
title: A quiz
minutes: 20
phase: 3
data: retail
goal: see
before: nothing
---
```python
### SOLUTION
a = "{SAMPLE}"
### END
ex.q1.check(a)
```
```python key
q1 = OpenQuestion("Say it", rubric=[(1, "A."), (1, "B.")], sample="{SAMPLE}", hints=["One."])
```
'''


def test_progress_counts_an_open_answer_once_it_was_held_against_the_sample(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JOURNEYKIT_PROGRESS", raising=False)
    ex = load(parse(QUIZ, "quiz", "quiz.md"), tmp_path)
    ex.q1.check(SAMPLE)
    assert "0 of 1" in capsys.readouterr().out
    ex.q1.solution()
    ex.progress()
    assert "1 of 1" in capsys.readouterr().out
