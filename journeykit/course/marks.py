"""From what a notebook wrote down to points, and what comes out: table, pages, page of the class.

Every answer is checked again here.

Points that a person gave are found in an earlier table, kept in the new one, and said.

What a notebook says about itself counts for nothing. Its answers come out as plain data, and are
checked in the lecturer's process, against a key that the notebook's process cannot see.
"""

import builtins
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from itertools import groupby
from math import nan
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

import pandas as pd

from journeykit.declared import template
from journeykit.errors import ExerciseError
from journeykit.words import cell

from .lesson import Exercise
from .outcome import Box, Outcome, State
from .plain import MOST_ROWS, decode, shown
from .question import Asked

Say = Callable[[str], None]
Place = tuple[str, str, str]
Points = dict[Place, tuple[float, str]]
"""Student, exercise and question to their points and a sign of the answer, where it is known."""
LONGEST_ANSWER = 2 * 1024 * 1024
NO_ANSWER = (
    f"The answer is no number, text, list or table that can be read; a table has at most "
    f"{MOST_ROWS:,} rows."
)
COLUMNS = "student exercise question points max_points".split()
UNSAFE = (
    "! This was graded without a box: the notebooks could have read the key, and what is the "
    "lecturer's. So nothing that they answered is repeated here."
)


class Mark(NamedTuple):
    """One question of one student; `points` is None where a person has to read the answer.

    `answer` is the same wherever the answer is; `by_hand` says that a person gave the points.
    """

    student: str
    exercise: str
    question: str
    asks: str
    points: float | None
    max_points: int
    outcome: Outcome
    answer: str = ""
    by_hand: bool = False

    @property
    def overridden(self) -> bool:
        """Tell whether a person gave other points than the check does."""
        return self.by_hand and self.checked not in (None, self.points)

    @property
    def checked(self) -> float | None:
        """The points that the check gives, whatever a person gave."""
        return {State.RIGHT: self.max_points, State.OPEN: None}.get(self.outcome.state, 0)


Marks = Sequence[Mark]


def marks_of(student: str, exercise: Exercise, log: str | None, ended: str) -> Iterator[Mark]:
    """Mark every question of an exercise.

    Parameters
    ----------
    student : str
    exercise : Exercise
        The key.
    log : str, optional
        What the notebook wrote down; None where it was not handed in.
    ended : str
        Why it was ended early, or is not there.
    """
    answers, errors, finished = read_log(log or "")
    percent = False  # for a share it counts once
    for name, asked in exercise.questions.items():
        if log is None:
            outcome = Outcome(State.UNTRIED, ended)
        elif name in answers:
            outcome = _judged(asked, answers[name])
            outcome, percent = (
                outcome.refused() if outcome.percent and percent else outcome,
                percent or outcome.percent,
            )
        elif name in errors or not finished:
            says = errors.get(name) or ended or "It ended before this cell."
            outcome = Outcome(State.BROKEN, says)
        else:
            outcome = Outcome(State.UNTRIED, "No answer was checked in this notebook.")
        given = hashlib.sha256(str(answers.get(name)).encode()).hexdigest()[:16]
        mark = Mark(student, exercise.id, name, asked.asks, None, asked.points, outcome, given)
        yield mark._replace(points=mark.checked)


def _judged(asked: Asked, entry: Mapping[str, Any]) -> Outcome:
    try:
        given = decode(str(entry.get("answer")))
    except ExerciseError:
        return Outcome(State.BROKEN, NO_ANSWER)
    outcome = asked.judge(given)
    if outcome.state is State.OPEN:
        return outcome._replace(says="A person reads this answer.", answer=shown(given, 5_000))
    return outcome


def _stopped(error: Any) -> str:
    """Say how a cell ended, in no word of whoever wrote it: it could be anything that it read."""
    known = isinstance(getattr(builtins, str(error), None), type)
    return f"The cell stopped ({error if known else 'an error'}); run it to see why."


def read_log(log: str) -> tuple[dict[str, Any], dict[str, str], bool]:
    """Read a notebook's log: the last answer per question, errors, and whether it got through."""
    errors: dict[str, str] = {}
    answers, finished = {}, False
    for line in log.splitlines():
        with suppress(ValueError, RecursionError):
            match json.loads(line[:LONGEST_ANSWER]):  # what is cut off is no JSON
                case {"question": str(name), **rest}:
                    answers[name] = rest
                case {"questions": [*names], "error": error}:
                    errors |= {str(name): _stopped(error) for name in names}
                case {"end": True}:
                    finished = True
    return answers, errors, finished


def checks_of(out: Path) -> Path:
    """Where it is kept what the checks gave, so that one sees what a person changed."""
    return out.with_suffix(".checks.csv")


def given_by_hand(out: Path) -> Points:
    """Read the points that are not those of the checks; without these, every point."""
    checks, unknown = _read(checks_of(out)), (nan, "")
    return {
        place: (points, checks.get(place, unknown)[1])
        for place, (points, _) in _read(out).items()
        if points == points and points != checks.get(place, unknown)[0]
    }


def _read(path: Path) -> Points:
    if not path.exists():
        return {}
    try:
        rows = pd.read_csv(path, dtype=str, keep_default_na=False)
        students = rows["student"].str.replace(r"^'(?=[=+@\t\r-])", "", regex=True)
        points = pd.to_numeric(rows["points"])
        answers = rows.get("answer", rows["points"])
        return dict(zip(zip(students, rows["exercise"], rows["question"]), zip(points, answers)))
    except (OSError, ValueError, KeyError) as problem:
        raise ExerciseError(
            f"{path} is there already and is no table of points ({problem}). Points that a person "
            "gave would be lost: mend it, move it away, or give another --out."
        ) from None


def keep(mark: Mark, given: Points, say: Say) -> Mark:
    """Keep the points that a person gave, and say where they are not those of the check."""
    points, answer = given.get(mark[:3], (mark.points, ""))
    if points is None or (points == mark.points and not answer):
        return mark
    where = f"{mark.student}/{mark.exercise}, {mark.question}"
    if not 0 <= points <= mark.max_points:
        say(f"! {where}: {points:g} points were not kept, 0 to {mark.max_points} can be given.")
        return mark
    kept = mark._replace(points=points, by_hand=True)
    checked = f"; the check gives {mark.checked:g}" if kept.overridden else ""
    say(f"{where}: {points:g} points that a person gave stay{checked}.")
    if answer and answer != mark.answer:
        say(f"! {where}: the answer changed since {points:g} points were given; read it again.")
    return kept


def table(marks: Marks, columns: Sequence[str] = COLUMNS) -> str:
    """Write the points as CSV; a name that a spreadsheet would take for a formula is quoted."""
    frame = pd.DataFrame(marks, columns=Mark._fields)[[*columns]]
    frame["student"] = frame["student"].map(cell)
    return frame.to_csv(index=False, float_format="%g", lineterminator="\n")


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
    return template(__file__).render(
        title=f"Feedback for {student}",
        note=note,
        marks=marks,
        exercises=by(marks, "exercise"),
        box=partial(_box, bare=bool(note)),
    )


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
    return box._replace(head=head, lines=() if bare else box.lines)


def stumbles(marks: Marks) -> list[tuple[int, str, str]]:
    """Count which named mistakes the class made: how many, where, which."""
    made = Counter(
        (f"{m.exercise} {m.question}", m.outcome.mistake) for m in marks if m.outcome.mistake
    )
    return [(count, where, name) for (where, name), count in made.most_common()]


def class_page(marks: Marks, note: str = "") -> str:
    """Draw the page for the lecturer: points per student, and what the class stumbled on."""
    return template(__file__).render(
        title="The class",
        note=note,
        heads=["student", *by(marks, "exercise")],
        made=stumbles(marks),
        students=by(marks, "student"),
        by=by,
        page_of=page_of,
        broken=State.BROKEN,
    )
