"""``journeykit grade``: a folder of submissions in, a table of points and pages of feedback out."""

import errno
import os
import re
import shutil
import stat
import sys
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.machinery import PathFinder
from pathlib import Path
from typing import NamedTuple

from journeykit.errors import ExerciseError, did_you_mean
from journeykit.store import asset, write_atomic
from journeykit.words import people

from .lesson import Exercise, load
from .marks import (
    COLUMNS,
    UNSAFE,
    Mark,
    Say,
    by,
    checks_of,
    class_page,
    given_by_hand,
    keep,
    marks_of,
    page_of,
    student_page,
    stumbles,
    table,
)
from .sandbox import Limits, execute, no_box
from .source import sources

LARGEST_FOLDER = 200 * 1024 * 1024
_BOXED = (
    "Each notebook runs in a box without network that holds the kit and what its student handed in."
)
_BARE = (
    "THERE IS NO BOX AROUND A NOTEBOOK: it runs with your rights, can use the network and read "
    "your files, the key among them."
)
_AGAIN = re.compile(r"([ _-]+copy ?\d*| *\(\d+\))$", re.I)
"""What is added to a name when a browser saves something twice, or somebody copies it."""


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
    unsafe: bool = False,
    say: Say = print,
) -> list[Mark]:
    """Grade what was handed in.

    Parameters
    ----------
    folder : Path
        A folder per student, in it ``<exercise>.ipynb``.
    out : Path
        The table of points, CSV. Beside it come ``feedback/<student>.html``, ``class.html`` and
        what the checks gave. Points that a person wrote into an earlier table are kept.
    key : Path, optional
        The key of graded copies; without it the exercises that ship with the kit.
    limits : Limits
        What one notebook may use.
    workers : int
        Notebooks at the same time.
    unsafe : bool
        Run them also where this system has no box for them; the pages then say so.
    say : callable
        Told, sentence by sentence, what happens.

    Raises
    ------
    ExerciseError
        There is no such folder, or nothing in it, or the key cannot be read; this system has no
        box; or points that a person gave would be lost.
    """
    for path in filter(None, (folder, key)):
        if not path.is_dir():
            raise ExerciseError(f"there is no folder {path}")
    note = _walls(unsafe, say)
    tasks, given = _tasks(folder, key, say), given_by_hand(out)
    there = {(task.student, task.exercise.id) for task in tasks}
    for student, exercise, question in given:
        if (student, exercise) not in there:
            raise ExerciseError(
                f"{out} has points for {student}/{exercise}, {question}, which was not handed in; "
                "they would be lost: take that line out, or give another --out"
            )
    marks: list[Mark] = []
    for count, (task, (log, ended)) in enumerate(zip(tasks, _run_all(tasks, limits, workers)), 1):
        if ended and task.notebook:
            say(f"! {task.student}/{task.exercise.id}: {ended}")
        if count % 10 == 0:
            say(f"{count} of {len(tasks)} notebooks are done.")
        for mark in marks_of(task.student, task.exercise, log, ended):
            marks.append(keep(mark, given, say))
    _write(marks, out, note)
    waiting = sum(mark.points is None for mark in marks)
    students = people(len(by(marks, "student")), "students")
    say(f"{students}, {len(marks)} answers; for a person to read: {waiting}.")
    for count, where, name in stumbles(marks)[:5]:
        say(f"  {count} x {name} ({where})")
    say(f"{out}; the class: {out.parent / 'class.html'}; to hand out: {out.parent / 'feedback'}")
    return marks


def _write(marks: Sequence[Mark], out: Path, note: str) -> None:
    """Write the table, what the checks gave, and the pages."""
    checks = [mark._replace(points=None if mark.by_hand else mark.points) for mark in marks]
    write_atomic(out, table(marks))
    write_atomic(checks_of(out), table(checks, (*COLUMNS, "answer")))
    for student, mine in by(marks, "student").items():
        page = student_page(student, mine, note)
        write_atomic(out.parent / "feedback" / page_of(student), page)
    write_atomic(out.parent / "class.html", class_page(marks, note))


def _walls(unsafe: bool, say: Say) -> str:
    """Say what stands around a notebook, or refuse; returns what the pages have to say of it."""
    why = no_box()
    if why and not unsafe:
        raise ExerciseError(
            f"what students wrote runs in a box, which this system cannot build ({why}); install "
            "bubblewrap 0.8 or newer (Linux), or grade with --unsafe in a container without "
            "network that holds nothing but the kit, the submissions and the key"
        )
    say(f"This runs what students wrote. {_BARE if why else _BOXED}")
    if not why and not os.geteuid():
        say("! You are root. Grade as an ordinary user: the walls are thinner for root.")
    return UNSAFE * bool(why)


def _key(folder: Path | None) -> dict[str, Exercise]:
    """Open the exercises of a key, or those that ship with the kit."""
    own = folder and folder / "data"
    data = own if own and own.is_dir() else asset("sample_data")
    return {
        source.id: load(source, data / source.about["data"])
        for source in sources(folder or asset("exercises") / "raw")
    }


def _tasks(folder: Path, key: Path | None, say: Say) -> list[Task]:
    """Who should have handed in what; notebooks that are not in the key are told."""
    exercises = _key(key)
    there: dict[tuple[str, str], Path] = {}
    students = [
        path
        for path in sorted(folder.iterdir())
        if path.is_dir() and not path.is_symlink() and not path.name.startswith(".")
    ]
    if not students:
        raise ExerciseError(f"{folder} holds no folder; there must be one for each student")
    for student in students:
        _left_out(student, say)
        for path in sorted(student.glob("*.ipynb"), key=lambda path: len(path.name)):
            name = unicodedata.normalize("NFC", _name(path).removesuffix(path.suffix))
            name = name if name in exercises else _AGAIN.sub("", name)
            where = f"! {_name(student)}/{_name(path)}"
            if name not in exercises or _odd(path):
                say(f"{where} is no exercise of the key. {did_you_mean(name, exercises)}")
            elif taken := there.get((student.name, name)):
                say(f"{where} was left aside, since {_name(taken)} is there, too; hand in one.")
            else:
                there[student.name, name] = path
    given = {name for _, name in there}  # of the kit's exercises those count that somebody did
    return [
        Task(_name(student), exercise, there.get((student.name, name)))
        for student in students
        for name, exercise in exercises.items()
        if key or name in given
    ]


def _name(path: Path) -> str:
    """A name as text, whatever bytes another system has put into it."""
    return os.fsencode(path.name).decode("utf-8", "backslashreplace")


def _left_out(student: Path, say: Say) -> None:
    """Tell what will not be there when notebooks run, or not be what they import."""
    for path in student.rglob("*"):
        if _odd(path):
            say(f"! {_name(student)}/{_name(path)} is a link or no file, and was left out.")
    for path in student.glob("*.py"):
        if path.stem in sys.stdlib_module_names or PathFinder.find_spec(path.stem):
            say(f"! {_name(student)}/{_name(path)}: the library of this name is imported instead.")


def _run_all(
    tasks: Iterable[Task], limits: Limits, workers: int
) -> Iterator[tuple[str | None, str]]:
    """Run each notebook in a folder of its own: what it wrote down, and why it was ended early."""
    with tempfile.TemporaryDirectory(prefix="jk-grade-") as base:

        def run(task: Task) -> tuple[str | None, str]:
            if not task.notebook:
                return None, "It was not handed in."
            own = Path(tempfile.mkdtemp(dir=base)).resolve()
            tables = f"data/{task.exercise.data.name}"
            try:
                _copy(task.notebook, own, task.exercise.data, own / tables)
                return execute(own, task.notebook.name, tables, limits)
            except OSError as problem:  # a folder that cannot be copied is its student's trouble
                return "", f"It could not be run: {problem.strerror or 'it cannot be copied'}."
            finally:
                shutil.rmtree(own, ignore_errors=True)

        pool = ThreadPoolExecutor(workers)
        try:
            yield from pool.map(run, tasks)
        finally:
            pool.shutdown(cancel_futures=True)  # a Ctrl-C waits for those that run, not the rest


def _copy(notebook: Path, own: Path, data: Path, tables: Path) -> None:
    """Copy a student's folder without links, and put the key's tables where the notebook looks."""
    if sum(path.lstat().st_size for path in notebook.parent.rglob("*")) > LARGEST_FOLDER:
        raise OSError(errno.EFBIG, f"its folder holds more than {LARGEST_FOLDER >> 20} MB")
    shutil.copytree(
        notebook.parent,
        own,
        dirs_exist_ok=True,
        ignore=lambda folder, names: [name for name in names if _odd(Path(folder, name))],
        copy_function=shutil.copyfile,
    )
    shutil.rmtree(tables, ignore_errors=True)
    shutil.copytree(data, tables)


def _odd(path: Path) -> bool:
    """Tell what is not copied: links, also those that look like a file of their own, and pipes."""
    found = path.lstat()
    if stat.S_ISREG(found.st_mode):
        return found.st_nlink > 1
    return not stat.S_ISDIR(found.st_mode)
