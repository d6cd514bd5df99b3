"""What comes out of grading: the table of points, a page per student, a page about the class."""

from __future__ import annotations

import csv
import html
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import quote

from journeykit.course.marks import Mark
from journeykit.course.outcome import State, rich_text

__all__ = ["COLUMNS", "by_hand", "class_page", "student_page", "stumbles", "table"]

COLUMNS = ("student", "exercise", "question", "points", "max_points")
_STYLE = (
    ":root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:50rem;margin:2rem auto;"
    "padding:0 1rem}section{border-left:4px solid #5f6368;padding:.2rem .9rem;margin:1rem 0;"
    "overflow-wrap:anywhere}section.right{border-color:#2e7d32}section.wrong{border-color:#b3261e}"
    "table{border-collapse:collapse}td,th{padding:.25rem .7rem;text-align:left;border-bottom:1px solid #8886}"
    ".answer{opacity:.8;white-space:pre-wrap}h3{margin:.3rem 0;font-size:1rem}"
)
_SECURITY = "default-src 'none'; style-src 'unsafe-inline'"


def table(marks: Iterable[Mark]) -> str:
    """Write the points as CSV; a name that a spreadsheet would take for a formula is quoted for it."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(COLUMNS)
    for mark in marks:
        points = "" if mark.points is None else f"{mark.points:g}"
        rows.writerow([_tame(mark.student), mark.exercise, mark.question, points, mark.max_points])
    return out.getvalue()


def _tame(name: str) -> str:
    return f"'{name}" if name[:1] in tuple("=+-@\t\r") else name


def by_hand(path: Path) -> dict[tuple[str, str, str], float]:
    """Read the points of an earlier table, so that those that a person gave are not lost."""
    found = {}
    if path.is_file():
        with path.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                try:
                    found[row["student"].lstrip("'"), row["exercise"], row["question"]] = float(
                        row["points"]
                    )
                except (KeyError, ValueError, TypeError, AttributeError):
                    continue
    return found


def _page(title: str, body: str) -> str:
    return (
        "<!doctype html><html lang='en'><meta charset='utf-8'>"
        f'<meta http-equiv="Content-Security-Policy" content="{_SECURITY}">'
        "<meta name='viewport' content='width=device-width,initial-scale=1'>"
        f"<title>{html.escape(title)}</title><style>{_STYLE}</style><h1>{html.escape(title)}</h1>{body}</html>\n"
    )


def student_page(student: str, marks: Sequence[Mark]) -> str:
    """Draw the feedback of one student; it holds no right answers."""
    parts = [f"<p>{_total(marks)}</p>"]
    exercises = list(dict.fromkeys(mark.exercise for mark in marks))
    for exercise in exercises:
        mine = [mark for mark in marks if mark.exercise == exercise]
        parts.append(
            f"<h2>{html.escape(exercise)}</h2>{f'<p>{_total(mine)}</p>' if exercises[1:] else ''}"
        )
        parts += [_section(mark) for mark in mine]
    return _page(f"Feedback for {student}", "".join(parts))


def _total(marks: Sequence[Mark]) -> str:
    got = sum(mark.points or 0 for mark in marks)
    open_ = sum(mark.points is None for mark in marks)
    waiting = (
        f", and {open_} {'answer' if open_ == 1 else 'answers'} that a person still reads"
        if open_
        else ""
    )
    return f"<b>{got:g} of {sum(mark.max_points for mark in marks)} points</b>{waiting}."


def _section(mark: Mark) -> str:
    outcome = mark.outcome
    points = (
        f"up to {mark.max_points} p."
        if mark.points is None
        else f"{mark.points:g} of {mark.max_points} p."
    )
    state = "To be read" if outcome.state is State.OPEN else outcome.state.capitalize()
    named = f": {html.escape(outcome.mistake)}" if outcome.mistake else ""
    answer = (
        f"<div class='answer'>Your answer: {html.escape(outcome.answer)}</div>"
        if outcome.answer
        else ""
    )
    more = "".join(f"<li>{rich_text(point)}</li>" for point in outcome.more)
    kind = {State.RIGHT: "right", State.WRONG: "wrong"}.get(outcome.state, "other")
    return (
        f"<section class='{kind}'><h3>{html.escape(mark.question)}. {html.escape(mark.asks)}</h3>"
        f"<div><b>{outcome.state.sign} {state}{named}</b> ({points})</div>"
        f"<div>{rich_text(outcome.says)}</div>{f'<ul>{more}</ul>' if more else ''}{answer}</section>"
    )


def stumbles(marks: Iterable[Mark]) -> list[tuple[int, str, str]]:
    """Count which named mistakes the class made: how many, where, which."""
    made = Counter(
        (f"{m.exercise} {m.question}", m.outcome.mistake) for m in marks if m.outcome.mistake
    )
    return [(count, where, name) for (where, name), count in made.most_common()]


def class_page(marks: Sequence[Mark]) -> str:
    """Draw the page for the lecturer: points per student and exercise, and what the class stumbled on."""
    exercises = list(dict.fromkeys(mark.exercise for mark in marks))
    rows = []
    for student in dict.fromkeys(mark.student for mark in marks):
        cells = [f"<td><a href='feedback/{quote(student)}.html'>{html.escape(student)}</a></td>"]
        for name in exercises:
            mine = [m for m in marks if (m.student, m.exercise) == (student, name)]
            ill = "!" if any(m.outcome.state is State.BROKEN for m in mine) else ""
            got, of = sum(m.points or 0 for m in mine), sum(m.max_points for m in mine)
            cells.append(f"<td>{got:g} of {of}{f' {ill}' if ill else ''}</td>")
        rows.append("".join(cells))
    head = "".join(f"<th>{html.escape(name)}</th>" for name in ("student", *exercises))
    made = "".join(
        f"<tr><td>{count}</td><td>{html.escape(where)}</td><td>{html.escape(name)}</td></tr>"
        for count, where, name in stumbles(marks)
    )
    table = f"<table><tr><th>students</th><th>where</th><th>mistake</th></tr>{made}</table>"
    return _page(
        "The class",
        f"<div style='overflow-x:auto'><table><tr>{head}</tr><tr>{'</tr><tr>'.join(rows)}</tr></table></div>"
        "<p>! means that something could not run. "
        "Open answers give points when a person has read them.</p><h2>What the class stumbled on</h2>"
        + (table if made else "<p>Nothing that has a name.</p>"),
    )
