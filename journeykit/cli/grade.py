"""``journeykit grade``: says what it did, and what the class stumbled on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from journeykit.course import Limits, grade_folder
from journeykit.course.feedback import stumbles

__all__ = ["grade_submissions"]


def grade_submissions(
    folder: Path,
    out: Path,
    key: Path | None,
    limits: Limits,
    workers: int,
    say: Callable[[str], None],
) -> None:
    """Grade a folder and print the short of it."""
    marks = grade_folder(folder, out, key=key, limits=limits, workers=workers, say=say)
    students = {mark.student for mark in marks}
    waiting = sum(mark.points is None for mark in marks)
    people = "1 student" if len(students) == 1 else f"{len(students)} students"
    say(f"{people}, {len(marks)} answers; for a person to read: {waiting}.")
    for count, where, name in stumbles(marks)[:5]:
        say(f"  {count} x {name} ({where})")
    say(f"{out}; the class: {out.parent / 'class.html'}; to hand out: {out.parent / 'feedback'}")
