"""An open exercise: its questions, its data, and how far somebody is."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from traceback import extract_tb
from typing import Any

from IPython.display import display

from journeykit.errors import ExerciseError, did_you_mean
from journeykit.store import asset

from . import keys
from .outcome import Box, Progress
from .question import Asked
from .source import Source, read_source, sources
from .unjudged import HandIn

GRADED = 1
"""The time stamp of packed tables that were drawn for graded copies; what is not drawn has none."""


class Exercise:
    """An exercise; its questions are ``ex.q1``, ``ex.q2`` and so on.

    Attributes
    ----------
    data : Path
        The folder with the tables of the exercise, ``events.csv.gz`` and others.
    title : str
        What it is called.
    questions : dict
        Id to question, in their order; empty in a graded copy.
    """

    def __init__(self, id: str, data: Path, title: str, questions: Mapping[str, Any]) -> None:
        self.id, self.data, self.title, self.questions = id, data, title, questions
        self._progress = Progress(id, questions)
        for name, each in questions.items():
            each.id, each.progress = name, self._progress
            setattr(self, name, each)

    def __getattr__(self, name: str) -> Any:
        questions = self.__dict__.get("questions", {})
        if not questions and re.fullmatch(r"q\w*\d+", name):
            taken = HandIn(
                "it is checked when your work is graded",
                hints=["There are no hints in a graded copy."],
                why="The solutions of a graded copy stay with the lecturer.",
            )
            taken.id = name
            return taken
        raise AttributeError(
            f"this exercise has no question {name!r}. {did_you_mean(name, questions)}"
        )

    def __repr__(self) -> str:
        return f"<exercise {self.id}>"

    def _repr_html_(self) -> str:
        return self._page()._repr_html_()

    def progress(self) -> None:
        """Show how far you are: this exercise question by question, and the others you began."""
        display(self._page())  # type: ignore[no-untyped-call]

    def _page(self) -> Box:
        if not self.questions:
            return Box(f"{self.title}: run every cell, save, and hand the notebook in.")
        kept = self._progress
        others = ", ".join(sorted(kept.read().keys() - {self.id}))
        also = others and f"Also begun: {others}."
        return Box(self.title, [kept.shown(self.questions), also])


def load(source: Source, data: Path, id: str = "") -> Exercise:
    """Make an exercise of its source, with the data that its answers are computed from."""
    names = {**vars(keys), "DATA": data, "__name__": f"exercise {source.id}"}
    try:
        exec(compile(source.key, source.file, "exec", dont_inherit=True), names)
    except Exception as problem:  # the key is a lecturer's code
        there = [
            at.lineno for at in extract_tb(problem.__traceback__) if at.filename == source.file
        ]
        line = [getattr(problem, "lineno", 1), *there][-1]
        raise ExerciseError(
            f"{source.file}:{line}: the key does not run. {type(problem).__name__}: {problem}"
        ) from problem
    made = {name: each for name, each in names.items() if isinstance(each, Asked)}
    unchecked = sorted(made.keys() ^ source.solutions.keys())
    if unchecked:
        raise ExerciseError(
            f"{source.file}: the question {unchecked[0]!r} must be made once in ```python key and "
            f"checked once, as in ex.{unchecked[0]}.check(answer)"
        )
    for name, code in source.solutions.items():
        made[name].code = code
    questions = {name: made[name] for name in source.solutions}
    return Exercise(id or source.id, data, source.about["title"], questions)


def _find(name: str) -> Source:
    """The source: your own, by its path or beside the notebook, or one of the kit's."""
    for path in (Path(name), Path(f"{name}.md"), Path.cwd().parent / "raw" / f"{name}.md"):
        if path.suffix == ".md" and path.is_file():
            return read_source(path)
    return sources(asset("exercises") / "raw", [name])[0]


def _data(industry: str, graded: bool = False) -> Path:
    """The tables of an industry: for practice the kit's own, in graded copies those beside them.

    A check on the tables of a graded copy would give its answers away, wherever they were copied.
    """
    beside, sample = Path.cwd() / "data" / industry, asset("sample_data") / industry
    if graded:
        return beside if beside.is_dir() else sample
    if beside.is_dir() or any(path.read_bytes()[4] == GRADED for path in sample.glob("*.gz")):
        raise ExerciseError(
            f"the tables in {beside if beside.is_dir() else sample} are those of a graded copy, "
            "which nothing checks before it is handed in; open it by the line that it came with, "
            "and practise in another folder, which `journeykit exercises start` makes"
        )
    return sample


def open_exercise(name: str, *, data: str = "", graded: str = "") -> Exercise:
    """Open an exercise of the course, with its questions and its data.

    Parameters
    ----------
    name : str
        The id of the exercise, such as ``01-first-funnel``, or the path of your own.
    data : str
        Another business, where the exercise offers one: a class can split.
    graded : str
        Written into graded copies: the data that they use. Answers are then taken and not
        checked, since what is right stays with the lecturer.

    Returns
    -------
    Exercise
        ``ex.q1.check(answer)``, ``ex.q1.hint()``, ``ex.q1.solution()``, ``ex.progress()``;
        ``ex.data`` is the folder of its tables.

    Raises
    ------
    ExerciseError
        There is no such exercise, it is written wrong, or the tables here are of a graded copy.

    Examples
    --------
    >>> import journeykit as jk
    >>> ex = jk.open_exercise("01-first-funnel")
    >>> ex.q1
    <question q1: Customers in the log>
    """
    if tables := os.environ.get("JOURNEYKIT_TABLES"):  # it is being graded, whatever it says
        return Exercise(name, Path(tables), name, {})
    if graded:
        return Exercise(name, _data(graded, graded=True), name, {})
    source = _find(name)
    usual, *others = source.data
    if data in ("", usual):
        return load(source, _data(usual))
    if data not in others:
        raise ExerciseError(
            f"{name} has no data {data!r}. {did_you_mean(data, source.data, show=3)}"
        )
    return load(source, _data(data), f"{source.id} on {data}")  # with a progress of its own
