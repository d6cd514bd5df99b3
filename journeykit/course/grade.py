"""``journeykit grade``: a folder of submissions in, a table of points and pages of feedback out."""

from __future__ import annotations

import dataclasses
import os
import sys
from collections.abc import Callable
from pathlib import Path

from journeykit.course import feedback
from journeykit.course.marks import Mark, Submissions, grade_all, read_key
from journeykit.course.sandbox import Limits, wall
from journeykit.errors import ExerciseError

__all__ = ["grade_folder"]


def grade_folder(
    folder: Path,
    out: Path,
    *,
    key: Path | None = None,
    limits: Limits = Limits(),  # noqa: B008  # frozen
    workers: int = 2,
    say: Callable[[str], None] = print,
) -> list[Mark]:
    """Grade what was handed in.

    Parameters
    ----------
    folder : Path
        A folder per student, in it ``<exercise>.ipynb``.
    out : Path
        The table of points, CSV. Beside it come ``feedback/<student>.html`` and ``class.html``.
        Points that a person wrote into an earlier table for open answers are kept.
    key : Path, optional
        The key of graded copies; without it the exercises that ship with the kit.
    limits : Limits
        What one notebook may use.
    workers : int
        Notebooks at the same time.
    say : callable
        Told, sentence by sentence, what happens.

    Raises
    ------
    ExerciseError
        There is no such folder, or nothing in it, or the key cannot be read.
    """
    for path in (folder, key):
        if path is not None and not path.is_dir():
            raise ExerciseError(f"there is no folder {path}")
    pages = out.parent / "feedback"
    hide = [
        path.resolve() for path in (key, pages, out, out.parent / "class.html") if path is not None
    ]
    for path in (folder.resolve(), *hide):
        if any(Path(kit).resolve().is_relative_to(path) for kit in (sys.prefix, __file__)):
            raise ExerciseError(
                f"{path} holds the kit itself; put submissions and key into a folder apart"
            )
    say(f"This runs what students wrote. {wall().says}")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        say("! You are root. Grade as an ordinary user: the wall is thinner for root.")
    work = Submissions(folder, read_key(key), graded=key is not None)
    marks = _with_hand(grade_all(work, hide, limits, workers, say), out, say)
    pages.mkdir(parents=True, exist_ok=True)
    out.write_text(feedback.table(marks), "utf-8")
    for student in dict.fromkeys(mark.student for mark in marks):
        mine = [mark for mark in marks if mark.student == student]
        (pages / f"{student}.html").write_text(feedback.student_page(student, mine), "utf-8")
    (out.parent / "class.html").write_text(feedback.class_page(marks), "utf-8")
    return marks


def _with_hand(marks: list[Mark], out: Path, say: Callable[[str], None]) -> list[Mark]:
    given = feedback.by_hand(out)
    kept, count = [], 0
    for mark in marks:
        points = given.get((mark.student, mark.exercise, mark.question))
        if mark.points is None and points is not None and 0 <= points <= mark.max_points:
            mark, count = dataclasses.replace(mark, points=points), count + 1
        kept.append(mark)
    if count:
        say(
            f"Kept {count} points that a person gave for open answers; read them again where the answer changed."
        )
    return kept
