"""Exercises that check themselves: right, wrong with a reason that teaches, not attempted, could not run.

The room knows nothing of the rest of the kit. An answer comes in as whatever object it is and is
turned into plain data; a check compares plain data; a mistake that people make is declared by the
way to make it. The course itself is written in ``exercises/raw``.
"""

from __future__ import annotations

from journeykit.exercise.compare import Like, choice, names, number, numbers, ranking, table
from journeykit.exercise.lesson import ANSWERS, Exercise, load, open_exercise, shipped
from journeykit.exercise.mistakes import Mistake, mistake, need
from journeykit.exercise.outcome import Outcome, State, rich_text
from journeykit.exercise.plain import Table, decode, encode, plain, shown
from journeykit.exercise.question import OpenQuestion, Question
from journeykit.exercise.source import KEYS, Block, Source, parse, read_source

__all__ = [
    "ANSWERS", "KEYS", "Block", "Exercise", "Like", "Mistake", "OpenQuestion", "Outcome", "Question",
    "Source", "State", "Table", "choice", "decode", "encode", "load", "mistake", "names", "need", "number",
    "numbers", "open_exercise", "parse", "plain", "ranking", "read_source", "rich_text", "shipped", "shown",
    "table",
]  # fmt: skip
