"""A quiz as a key for the grading tests, and notebooks made of a few lines."""

from __future__ import annotations

import json
from pathlib import Path

from journeykit.course.outcome import State
from journeykit.course.question import Asked, Question
from journeykit.course.unjudged import OpenQuestion

RIGHT = 48_151
QUIZ = f"""---
title: A quiz
minutes: 20
phase: 3
data: retail
goal: see
before: nothing
---
```python
### SOLUTION
first = {RIGHT}
### END
ex.q1.check(first)
```
```python
### SOLUTION
second = "payment"
### END
ex.q2.check(second)
```
```python
### SOLUTION
third = "It says that many looked and that only few of them bought."
### END
ex.q3.check(third)
```
```python key
q1 = Question("A number", points=2, answer={RIGHT}, hints=["One.", "Two."], why="So it is.", mistakes=[
    mistake("counted events, not users", "One person clicks often.", gives=77921),
    mistake("window forgotten", "Too long a time.", gives=5)])
q2 = Question("A step", answer="payment", hints=["One.", "Two."], mistakes=[
    mistake("took the last step", "Look again.", gives="purchase"), mistake("the first", "No.", gives="visit")])
q3 = OpenQuestion("Say it", rubric=[(1, "Looked."), (2, "Bought.")], hints=["Whom?"],
    sample="It says that many looked and that only few of them bought.")
```
"""
OPENING = 'import journeykit as jk\nex = jk.open_exercise("quiz", graded="retail")'


def write_notebook(path: Path, *cells: str) -> None:
    """Write a notebook of code cells, the opening one first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    made = [
        {
            "cell_type": "code",
            "source": text,
            "outputs": [],
            "execution_count": None,
            "metadata": {},
        }
        for text in (OPENING, *cells)
    ]
    path.write_text(
        json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}), "utf-8"
    )


def problems(asked: Asked, every: bool = True) -> list[str]:
    """Say what is wrong with a question itself; empty where nothing is."""
    ills = {
        "it has no hint": not asked.hints,
        "it gives no points": asked.points < 1,
        "an untouched `...` does not count as not attempted": asked.judge(...).state
        is not State.UNTRIED,
    }
    if isinstance(asked, OpenQuestion):
        read = asked.judge(asked.right).state
        ills["its own sample is no answer"] = read is not State.OPEN
        ills["its rubric has fewer than two points"] = len(asked.rubric) < 2
    elif isinstance(asked, Question):
        known = len(asked.mistakes)
        ills[f"it knows {known} mistakes, and 2 are the least"] = known < 2
    return [*(says for says, ill in ills.items() if ill), *asked.clashes(every)]
