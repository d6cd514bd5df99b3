"""The course, a wing with a door of its own: exercises that check themselves, copies, grading.

An answer comes in as whatever object it is and is turned into plain data; a check compares plain
data; a mistake that people make is declared by the way to make it: right, wrong with a reason that
teaches, not attempted, could not run. The course itself is written in ``exercises/raw``. The rest
of the kit never enters this room.
"""

from __future__ import annotations

from journeykit.course.build import build as build_copies
from journeykit.course.build import build_graded, copies, skeleton, sources
from journeykit.course.compare import Like, choice, names, number, numbers, ranking, table
from journeykit.course.grade import grade_folder
from journeykit.course.lesson import ANSWERS, Exercise, load, open_exercise, shipped
from journeykit.course.marks import Mark
from journeykit.course.mistakes import Mistake, mistake, need
from journeykit.course.outcome import Outcome, State, rich_text
from journeykit.course.plain import Table, decode, encode, plain, shown
from journeykit.course.question import OpenQuestion, Question
from journeykit.course.sandbox import Limits, wall
from journeykit.course.source import KEYS, Block, Source, parse, read_source

__all__ = [
    "ANSWERS",
    "KEYS",
    "Block",
    "Exercise",
    "Like",
    "Limits",
    "Mark",
    "Mistake",
    "OpenQuestion",
    "Outcome",
    "Question",
    "Source",
    "State",
    "Table",
    "build_copies",
    "build_graded",
    "choice",
    "copies",
    "decode",
    "encode",
    "grade_folder",
    "load",
    "mistake",
    "names",
    "need",
    "number",
    "numbers",
    "open_exercise",
    "parse",
    "plain",
    "ranking",
    "read_source",
    "rich_text",
    "shipped",
    "shown",
    "skeleton",
    "sources",
    "table",
    "wall",
]
