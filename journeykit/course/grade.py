"""``journeykit grade``: a folder of submissions in, a table of points and pages of feedback out."""

import math
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from journeykit.course import feedback
from journeykit.course.lesson import Exercise, load
from journeykit.course.marks import Mark, marks_of
from journeykit.course.sandbox import Limits, execute, wall
from journeykit.course.source import sources
from journeykit.errors import ExerciseError, did_you_mean
from journeykit.store import asset, write_atomic

LARGEST_FOLDER = 200 * 1024 * 1024
Say = Callable[[str], None]


class Task(NamedTuple):
    """An exercise of a student, with the notebook, where it was handed in."""

    student: str
    exercise: Exercise
    notebook: Path | None


def grade_folder(
    folder: Path,
    out: Path,
    *,
    key: Path | None = None,
    limits: Limits = Limits(),  # noqa: B008  # frozen
    workers: int = 2,
    say: Say = print,
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
    pages, about_class = out.parent / "feedback", out.parent / "class.html"
    hide = [path.resolve() for path in (folder, key, pages, out, about_class) if path]
    _refuse(folder, key, hide)
    say(f"This runs what students wrote. {wall().says}")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        say("! You are root. Grade as an ordinary user: the wall is thinner for root.")
    tasks, given = _tasks(folder, key, say), feedback.by_hand(out)
    marks: list[Mark] = []
    for count, (task, (log, ended)) in enumerate(
        zip(tasks, _run_all(tasks, hide, limits, workers)), 1
    ):
        if ended and task.notebook:
            say(f"! {task.student}/{task.exercise.id}: {ended}")
        if count % 10 == 0:
            say(f"{count} of {len(tasks)} notebooks are done.")
        marks += marks_of(task.student, task.exercise, log, ended)
    _keep_points(marks, given, say)
    write_atomic(out, feedback.table(marks))
    students = feedback.by(marks, "student")
    for student, mine in students.items():
        write_atomic(pages / f"{student}.html", feedback.student_page(student, mine))
    write_atomic(about_class, feedback.class_page(marks))
    waiting = sum(mark.points is None for mark in marks)
    people = f"{len(students)} student{'s' * (len(students) != 1)}"
    say(f"{people}, {len(marks)} answers; for a person to read: {waiting}.")
    for count, where, name in feedback.stumbles(marks)[:5]:
        say(f"  {count} x {name} ({where})")
    say(f"{out}; the class: {about_class}; to hand out: {pages}")
    return marks


def _refuse(folder: Path, key: Path | None, hide: Sequence[Path]) -> None:
    for path in (folder, key):
        if path and not path.is_dir():
            raise ExerciseError(f"there is no folder {path}")
    for path in hide:
        if any(Path(kit).resolve().is_relative_to(path) for kit in (sys.prefix, __file__)):
            raise ExerciseError(
                f"{path} holds the kit itself; put submissions and key into a folder apart"
            )


def _key(folder: Path | None) -> dict[str, Exercise]:
    """Open the exercises of a key, or those that ship with the kit."""
    own = folder and folder / "data"
    data = own if own and own.is_dir() else asset("sample_data")
    found = sources(folder or asset("exercises") / "raw")
    return {source.id: load(source, data / source.about["data"]) for source in found}


def _tasks(folder: Path, key: Path | None, say: Say) -> list[Task]:
    """Who should have handed in what; notebooks that are not in the key are told."""
    exercises, there = _key(key), {}
    students = [
        path
        for path in sorted(folder.iterdir())
        if path.is_dir() and not path.is_symlink() and not path.name.startswith(".")
    ]
    if not students:
        raise ExerciseError(f"{folder} holds no folder; there must be one for each student")
    for student in students:
        for path in sorted(student.glob("*.ipynb")):
            if path.stem in exercises and path.is_file() and not path.is_symlink():
                there[student.name, path.stem] = path
            else:
                near = did_you_mean(path.stem, exercises)
                say(f"! {student.name}/{path.name} is no exercise of the key. {near}")
    given = {name for _, name in there}  # of the kit's exercises those count that somebody did
    return [
        Task(student.name, exercise, there.get((student.name, name)))
        for student in students
        for name, exercise in exercises.items()
        if key or name in given
    ]


def _run_all(
    tasks: Iterable[Task], hide: Sequence[Path], limits: Limits, workers: int
) -> Iterator[tuple[str | None, str]]:
    """Run each notebook in a folder of its own: what it wrote down, and why it was ended early."""
    with tempfile.TemporaryDirectory(prefix="jk-grade-") as base:

        def run(task: Task) -> tuple[str | None, str]:
            if not task.notebook:
                return None, "It was not handed in."
            own = Path(tempfile.mkdtemp(dir=base)).resolve()
            try:
                _copy(task.notebook, own, task.exercise.data)
                return execute(own, task.notebook.name, hide, limits)
            except OSError as problem:  # a folder that cannot be copied is its student's trouble
                return "", f"It could not be run: {problem}"
            finally:
                shutil.rmtree(own, ignore_errors=True)

        pool = ThreadPoolExecutor(workers)
        try:
            yield from pool.map(run, tasks)
        finally:
            pool.shutdown(cancel_futures=True)  # a Ctrl-C waits for those that run, not the rest


def _copy(notebook: Path, own: Path, data: Path) -> None:
    """Copy a student's folder without links, and put the key's tables where the notebook looks."""
    student, tables = notebook.parent, own / "data" / data.name
    if sum(path.lstat().st_size for path in student.rglob("*")) > LARGEST_FOLDER:
        shutil.copyfile(notebook, own / notebook.name)
    else:
        shutil.copytree(student, own, dirs_exist_ok=True, ignore=_odd)
    shutil.rmtree(tables, ignore_errors=True)
    shutil.copytree(data, tables)


def _odd(folder: str, names: list[str]) -> list[str]:
    """What is not copied: links, pipes and the like, and answers of an earlier run."""
    return [
        name
        for name in names
        if name == "answers.jsonl"
        or stat.S_IFMT(Path(folder, name).lstat().st_mode) not in (stat.S_IFREG, stat.S_IFDIR)
    ]


def _keep_points(marks: list[Mark], given: Mapping[tuple[str, str, str], float], say: Say) -> None:
    """Keep the points that a person gave for open answers."""
    kept = 0
    for place, mark in enumerate(marks):
        points = given.get((mark.student, mark.exercise, mark.question), math.nan)
        if mark.points is not None or math.isnan(points):
            continue
        if 0 <= points <= mark.max_points:
            marks[place] = mark._replace(points=points)
            kept += 1
        else:
            where = f"{mark.student}/{mark.exercise}, {mark.question}"
            say(f"! {where}: {points:g} points were not kept, 0 to {mark.max_points} can be given.")
    if kept:
        say(
            f"Kept {kept} points that a person gave for open answers; read them again where the "
            "answer changed."
        )
