"""A quiz as a key for the grading tests, and notebooks made of a few lines."""

from __future__ import annotations

import json
from pathlib import Path

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
