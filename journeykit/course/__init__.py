"""The course, a wing with a door of its own: exercises that check themselves, copies, grading.

An answer comes in as whatever object it is and is turned into plain data; a check compares plain
data; a mistake that people make is declared by the way to make it: right, wrong with a reason that
teaches, not attempted, could not run. The course itself is written in ``exercises/raw``. The rest
of the kit never enters this room. Its files, from the first to the last that needs the others::

    plain       answers as plain data
    compare     how one is held against the right one
    mistakes    known ways to go wrong
    outcome     what a check found, and how it is shown
    progress    what was tried, or handed in
    question    all of that together: judge, check, hint, solution
    source      the Markdown that an exercise is written in
    lesson      an open exercise: what a notebook calls ``ex``
    draw, build                          the copies, and those that are graded
    runner, sandbox, marks, feedback, grade   what was handed in

This door has what notebooks and keys of exercises use. Commands enter by `build` and `grade`, so
that a notebook does not wait for what only they need.
"""

from journeykit.course.compare import Like, choice, names, number, numbers, ranking, table
from journeykit.course.lesson import Exercise, load, open_exercise
from journeykit.course.mistakes import mistake, need
from journeykit.course.outcome import Outcome, State
from journeykit.course.plain import Table, plain
from journeykit.course.question import OpenQuestion, Question
from journeykit.course.source import read_source
from journeykit.store import asset as shipped

__all__ = [
    "Exercise",
    "Like",
    "OpenQuestion",
    "Outcome",
    "Question",
    "State",
    "Table",
    "choice",
    "load",
    "mistake",
    "names",
    "need",
    "number",
    "numbers",
    "open_exercise",
    "plain",
    "ranking",
    "read_source",
    "shipped",
    "table",
]
