"""What comes out of grading: the table of points, a page per student, a page about the class."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from html import escape
from itertools import groupby
from operator import attrgetter
from urllib.parse import quote
from zlib import crc32

import pandas as pd

from .marks import Mark
from .outcome import State

Marks = Sequence[Mark]
COLUMNS = "student exercise question points max_points".split()
_STYLE = (
    ":root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:50rem;"
    "margin:2rem auto;padding:0 1rem}table{border-collapse:collapse}"
    "td,th{padding:.25rem .7rem;text-align:left;border-bottom:1px solid #8886}"
    "h3{margin:1rem 0 .3rem;font-size:1rem}"
)
_SECURITY = "default-src 'none'; style-src 'unsafe-inline'"


UNSAFE = (
    "<p>! This was graded without a box: the notebooks could have read the key, and what is the "
    "lecturer's. So nothing that they answered is repeated here.</p>"
)


def table(marks: Marks, columns: Sequence[str] = COLUMNS) -> str:
    """Write the points as CSV; a name that a spreadsheet would take for a formula is quoted."""
    frame = pd.DataFrame(marks, columns=Mark._fields)[[*columns]]
    frame["student"] = frame["student"].str.replace(r"^(?=[=+@\t\r-])", "'", regex=True)
    return frame.to_csv(index=False, float_format="%g", lineterminator="\n")


def _page(title: str, *parts: str) -> str:
    return (
        "<!doctype html><html lang='en'><meta charset='utf-8'>"
        f'<meta http-equiv="Content-Security-Policy" content="{_SECURITY}">'
        "<meta name='viewport' content='width=device-width,initial-scale=1'>"
        f"<title>{escape(title)}</title><style>{_STYLE}</style><h1>{escape(title)}</h1>"
        f"{''.join(parts)}</html>\n"
    )


def _grid(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Draw a table; what it is given is HTML already."""
    lines = "".join(f"<tr><td>{'</td><td>'.join(row)}</td></tr>" for row in rows)
    heads = "</th><th>".join(head)
    return f"<div style='overflow-x:auto'><table><tr><th>{heads}</th></tr>{lines}</table></div>"


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
    cut = name[:200].decode(errors="ignore")
    return f"{cut}{f'-{crc32(name):08x}' if len(name) > 200 else ''}.html"


def student_page(student: str, marks: Marks, note: str = "") -> str:
    """Draw the feedback of one student; it holds no right answers."""
    parts, exercises = [note, _total(marks)], by(marks, "exercise")
    for exercise, mine in exercises.items():
        parts += [f"<h2>{escape(exercise)}</h2>", _total(mine) * (len(exercises) > 1)]
        parts += [_section(mark, bare=bool(note)) for mark in mine]
    return _page(f"Feedback for {student}", *parts)


def _total(marks: Marks) -> str:
    unread = sum(mark.points is None for mark in marks)
    answers = f"{unread} answer{'s' * (unread > 1)}"
    waiting = f", and {answers} that a person still reads" if unread else ""
    return f"<p><b>{_sums(marks)} points</b>{waiting}.</p>"


def _section(mark: Mark, bare: bool) -> str:
    """Draw what the check says; bare, only how it stands: a sentence could repeat the answer."""
    outcome = mark.outcome
    read = "✎ To be read" if mark.points is None else "✎ Read"
    state = read if outcome.state is State.OPEN else outcome.head
    if mark.overridden:
        state = f"✎ Points given by a person, where the check gives {mark.checked:g}: {state}"
    points = "up to" if mark.points is None else f"{mark.points:g} of"
    box = outcome.box(answered=True)
    box = replace(
        box, head=f"{state} ({points} {mark.max_points} p.)", lines=() if bare else box.lines
    )
    return f"<h3>{escape(mark.question)}. {escape(mark.asks)}</h3>{box._repr_html_()}"


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
    rows = [
        [
            f"<a href='feedback/{quote(page_of(student))}'>{escape(student)}</a>",
            *map(_cell, by(mine, "exercise").values()),
        ]
        for student, mine in by(marks, "student").items()
    ]
    heads = ["student", *map(escape, by(marks, "exercise"))]
    made = [map(escape, map(str, each)) for each in stumbles(marks)]
    return _page(
        "The class",
        note,
        _grid(heads, rows),
        "<p>! means that something could not run, ✎ that a person changed points. Open answers "
        "give points when a person has read them.</p><h2>What the class stumbled on</h2>",
        _grid(("students", "where", "mistake"), made)
        if made
        else "<p>Nothing that has a name.</p>",
    )
