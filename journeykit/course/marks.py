"""From a folder of submissions to points: run, then check again what was answered.

What a notebook says about itself counts for nothing. Its answers come out as plain data, and are
checked here, in the lecturer's process, against a key that the notebook's process cannot see.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from journeykit.course.build import sources
from journeykit.course.lesson import Exercise, load, shipped
from journeykit.course.outcome import Outcome, State
from journeykit.course.plain import decode
from journeykit.course.question import OpenQuestion
from journeykit.course.sandbox import Limits, execute
from journeykit.errors import ExerciseError, did_you_mean

__all__ = ["Mark", "Submissions", "grade_all", "read_key"]

LARGEST_FOLDER = 200 * 1024 * 1024
LONGEST_ANSWER = 2 * 1024 * 1024
Say = Callable[[str], None]


@dataclass(frozen=True)
class Mark:
    """One question of one student; `points` is None where a person has to read the answer."""

    student: str
    exercise: str
    question: str
    asks: str
    points: float | None
    max_points: int
    outcome: Outcome


@dataclass(frozen=True)
class Submissions:
    """What was handed in: a folder per student, in it notebooks by the id of their exercise."""

    root: Path
    key: Mapping[str, Exercise]
    graded: bool

    def students(self) -> list[Path]:
        """The folders of the students."""
        found = [
            path
            for path in sorted(self.root.iterdir())
            if path.is_dir() and not path.is_symlink() and not path.name.startswith(".")
        ]
        if not found:
            raise ExerciseError(f"{self.root} holds no folder; there must be one for each student")
        return found

    def notebooks(self, student: Path) -> Iterator[Path]:
        """The notebooks of a student that are in the key."""
        for path in sorted(student.glob("*.ipynb")):
            if path.stem in self.key and path.is_file() and not path.is_symlink():
                yield path

    def strangers(self, student: Path) -> Iterator[str]:
        """Sentences about notebooks that are not in the key."""
        for path in sorted(student.glob("*.ipynb")):
            if path.stem not in self.key or path.is_symlink():
                yield f"{student.name}/{path.name} is no exercise of the key. {did_you_mean(path.stem, self.key)}"

    def exercises(self) -> list[str]:
        """The exercises to give points for: all of a graded key, else those that anybody handed in."""
        if self.graded:
            return list(self.key)
        there = {path.stem for student in self.students() for path in self.notebooks(student)}
        return [name for name in self.key if name in there]


def read_key(folder: Path | None) -> dict[str, Exercise]:
    """Open the exercises of a key, or those that ship with the kit."""
    found = sources(folder or shipped("exercises") / "raw")
    root = folder / "data" if folder and (folder / "data").is_dir() else shipped("sample_data")
    return {source.id: load(source, root / source.about["data"]) for source in found}


def grade_all(
    work: Submissions, hide: Sequence[Path], limits: Limits, workers: int, say: Say
) -> list[Mark]:
    """Run and mark everything that was handed in.

    Parameters
    ----------
    work : Submissions
    hide : sequence of Path
        What no notebook may see, beside the submissions themselves.
    limits : Limits
    workers : int
        Notebooks at the same time.
    say : callable
        Told, sentence by sentence, what happens.
    """
    students = work.students()
    for student in students:
        for sentence in work.strangers(student):
            say(f"! {sentence}")
    with tempfile.TemporaryDirectory(prefix="jk-grade-") as place:
        base = Path(place).resolve()
        tasks = [(student, path) for student in students for path in work.notebooks(student)]
        run = partial(
            _run, base=base, hide=[work.root.resolve(), *hide], limits=limits, key=work.key
        )
        ran = dict(zip(tasks, _at_once(run, tasks, workers, say), strict=True))
    marks: list[Mark] = []
    for student in students:
        for name in work.exercises():
            log, ended = ran.get(
                (student, student / f"{name}.ipynb"), (None, "It was not handed in.")
            )
            if ended and log is not None:
                say(f"! {student.name}/{name}: {ended}")
            marks += _marks(student.name, work.key[name], log, ended)
    return marks


def _at_once(
    run: Callable[..., tuple[str, str]], tasks: Sequence[tuple[Path, Path]], workers: int, say: Say
) -> list[tuple[str, str]]:
    pool, done = ThreadPoolExecutor(workers), []
    try:
        for outcome in pool.map(lambda task: run(*task), tasks):
            done.append(outcome)
            if len(done) % 10 == 0:
                say(f"{len(done)} of {len(tasks)} notebooks have run.")
    finally:
        pool.shutdown(cancel_futures=True)  # a Ctrl-C waits for those that run, not for the rest
    return done


def _run(
    student: Path,
    notebook: Path,
    *,
    base: Path,
    hide: Sequence[Path],
    limits: Limits,
    key: Mapping[str, Exercise],
) -> tuple[str, str]:
    own = Path(tempfile.mkdtemp(dir=base))
    _copy(student, notebook, own, key[notebook.stem].data)
    try:
        return execute(own, notebook.name, hide, limits)
    finally:
        shutil.rmtree(own, ignore_errors=True)


def _copy(student: Path, notebook: Path, own: Path, data: Path) -> None:
    """Copy a student's folder without links, and put the key's tables where the notebook looks."""
    size = sum(
        path.stat().st_size
        for path in student.rglob("*")
        if path.is_file() and not path.is_symlink()
    )
    if size > LARGEST_FOLDER:
        shutil.copyfile(notebook, own / notebook.name)
    else:
        shutil.copytree(
            student,
            own,
            dirs_exist_ok=True,
            ignore=lambda folder, names: [n for n in names if _odd(Path(folder) / n)],
        )
    tables = own / "data" / data.name
    shutil.rmtree(tables, ignore_errors=True)
    shutil.copytree(data, tables)


def _odd(path: Path) -> bool:
    return (
        path.is_symlink() or not (path.is_file() or path.is_dir()) or path.name == "answers.jsonl"
    )


def _marks(student: str, exercise: Exercise, log: str | None, ended: str) -> Iterator[Mark]:
    answers, errors, finished = _read(log or "")
    for name, question in exercise.questions.items():
        if log is None:
            outcome = Outcome(State.UNTRIED, ended)
        elif name in answers:
            outcome = _judge(question, answers[name])
        elif name in errors or not finished:
            outcome = Outcome(
                State.BROKEN, errors.get(name) or ended or "It ended before this cell."
            )
        else:
            outcome = Outcome(State.UNTRIED, "No answer was checked in this notebook.")
        points: float | None = question.points if outcome.state is State.RIGHT else 0
        if outcome.state is State.OPEN:
            points = None
        yield Mark(student, exercise.id, name, question.asks, points, question.points, outcome)


def _judge(question: Any, entry: Mapping[str, Any]) -> Outcome:
    try:
        given = decode(str(entry["answer"]))
    except KeyError:
        return Outcome(State.BROKEN, str(entry.get("problem", "There is no answer."))[:500])
    except ExerciseError as problem:
        return Outcome(State.BROKEN, str(problem))
    outcome: Outcome = question.judge_plain(given)
    if isinstance(question, OpenQuestion) and outcome.state is State.OPEN:
        return Outcome(
            State.OPEN, "A person reads this answer.", answer=given[:5_000], more=outcome.more
        )
    return outcome


def _read(log: str) -> tuple[dict[str, dict[str, Any]], dict[str, str], bool]:
    """Read what a notebook wrote down: the last answer per question, errors, and whether it got through."""
    answers: dict[str, dict[str, Any]] = {}
    errors: dict[str, str] = {}
    finished = False
    for line in log.splitlines():
        try:
            entry = json.loads(line) if len(line) < LONGEST_ANSWER else None
        except (ValueError, RecursionError):
            continue
        if not isinstance(entry, dict):
            continue
        if isinstance(entry.get("question"), str):
            answers[entry["question"]] = entry
        elif isinstance(entry.get("questions"), list):
            errors |= {
                str(name): f"The cell stopped: {entry.get('error')}"[:600]
                for name in entry["questions"]
            }
        finished = finished or entry.get("end") is True
    return answers, errors, finished
