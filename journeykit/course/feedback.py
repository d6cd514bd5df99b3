"""What comes out of grading: the table of points, a page per student, a page about the class."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from operator import attrgetter
from zlib import crc32

import pandas as pd

from journeykit.declared import template

from .marks import Mark
from .outcome import Box, State

Marks = Sequence[Mark]
COLUMNS = "student exercise question points max_points".split()
UNSAFE = (
    "! This was graded without a box: the notebooks could have read the key, and what is the "
    "lecturer's. So nothing that they answered is repeated here."
)


def table(marks: Marks, columns: Sequence[str] = COLUMNS) -> str:
    """Write the points as CSV; a name that a spreadsheet would take for a formula is quoted."""
    frame = pd.DataFrame(marks, columns=Mark._fields)[[*columns]]
    frame["student"] = frame["student"].str.replace(r"^(?=[=+@\t\r-])", "'", regex=True)
    return frame.to_csv(index=False, float_format="%g", lineterminator="\n")


def _sums(marks: Marks) -> str:
    points = [mark.points or 0 for mark in marks]
    return f"{sum(points):g} of {sum(mark.max_points for mark in marks)}"


def by(marks: Marks, what: str) -> dict[str, list[Mark]]:
    """Sort marks, which come student by student, by ``student`` or ``exercise``."""
    return {name: [*mine] for name, mine in groupby(marks, attrgetter(what))}


def page_of(student: str) -> str:
    """Name a student's page; what is longer than the name of a file may be is cut off, and told
    apart by a number.
    """
    name = student.encode()
    # Half a letter at the cut goes; the number after it still tells the names apart.
    cut = name[:200].decode(errors="ignore")
    return f"{cut}{f'-{crc32(name):08x}' if len(name) > 200 else ''}.html"


def student_page(student: str, marks: Marks, note: str = "") -> str:
    """Draw the feedback of one student; it holds no right answers.

    With a note, only how each answer stands: a sentence could repeat it.
    """
    parts = [
        (exercise, _total(mine), [(mark, _box(mark, bare=bool(note))) for mark in mine])
        for exercise, mine in by(marks, "exercise").items()
    ]
    title = f"Feedback for {student}"
    return template(__file__).render(title=title, note=note, total=_total(marks), exercises=parts)


def _total(marks: Marks) -> tuple[str, str]:
    unread = sum(mark.points is None for mark in marks)
    answers = f"{unread} answer{'s' * (unread > 1)}"
    return f"{_sums(marks)} points", f", and {answers} that a person still reads" * bool(unread)


def _box(mark: Mark, bare: bool) -> Box:
    """Say what the check says; bare, only how it stands."""
    outcome = mark.outcome
    read = "✎ To be read" if mark.points is None else "✎ Read"
    state = read if outcome.state is State.OPEN else outcome.head
    if mark.overridden:
        state = f"✎ Points given by a person, where the check gives {mark.checked:g}: {state}"
    points = "up to" if mark.points is None else f"{mark.points:g} of"
    box = outcome.box(answered=True)
    head = f"{state} ({points} {mark.max_points} p.)"
    return replace(box, head=head, lines=() if bare else box.lines)


def stumbles(marks: Marks) -> list[tuple[int, str, str]]:
    """Count which named mistakes the class made: how many, where, which."""
    made = Counter(
        (f"{m.exercise} {m.question}", m.outcome.mistake) for m in marks if m.outcome.mistake
    )
    return [(count, where, name) for (where, name), count in made.most_common()]


def _cell(marks: Marks) -> str:
    broken = any(mark.outcome.state is State.BROKEN for mark in marks)
    return _sums(marks) + " !" * broken + " ✎" * any(mark.overridden for mark in marks)


def class_page(marks: Marks, note: str = "") -> str:
    """Draw the page for the lecturer: points per student, and what the class stumbled on."""
    students = [
        (student, page_of(student), [*map(_cell, by(mine, "exercise").values())])
        for student, mine in by(marks, "student").items()
    ]
    heads = ["student", *by(marks, "exercise")]
    return template(__file__).render(
        title="The class", note=note, heads=heads, made=stumbles(marks), students=students
    )
