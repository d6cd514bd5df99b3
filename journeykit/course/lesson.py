"""An open exercise: its questions, its data, and how far somebody is."""

from __future__ import annotations

import html
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from journeykit.course import compare, plain
from journeykit.course.mistakes import mistake, need
from journeykit.course.outcome import Outcome, State, box, show
from journeykit.course.progress import Progress, bar, state_of
from journeykit.course.question import OpenQuestion, Question, _Asked
from journeykit.course.source import Source, read_source
from journeykit.errors import ExerciseError, did_you_mean

__all__ = ["ANSWERS", "Exercise", "HandIn", "load", "open_exercise", "shipped"]

ANSWERS = "JOURNEYKIT_ANSWERS"
"""Names a file while work is graded: answers are written there, and checked elsewhere."""
_PACKAGE = Path(__file__).resolve().parents[1]
_TOOLBOX = {
    **{name: getattr(compare, name) for name in compare.__all__},
    **{word.__name__: word for word in (OpenQuestion, Question, plain.Table, mistake, need)},
}


def shipped(name: str) -> Path:
    """Return a folder of the kit, beside the package in a checkout and inside of it in a wheel."""
    for root in (_PACKAGE / "assets", _PACKAGE.parent):
        if (root / name).is_dir():
            return root / name
    raise ExerciseError(f"this installation lacks its folder {name!r}; install journeykit again")


class HandIn(_Asked):
    """A question of a graded copy: it takes an answer, and knows nothing about it."""

    def __init__(self, id: str, lesson: Exercise) -> None:
        super().__init__("it is checked when your work is graded", 1, (), "")
        self.id, self.lesson = id, lesson

    def judge_plain(self, given: Any) -> Outcome:
        """Say that an answer was read."""
        if plain.blank(given):
            return Outcome(
                State.UNTRIED, "Put your answer in place of the dots and run the cell again."
            )
        says = f"Your answer is {plain.shown(given)}. It is checked when your work is graded."
        return Outcome(State.HANDED_IN, says)

    def hint(self) -> None:
        """Say that a graded copy has no hints."""
        show("A graded copy has no hints.", box("A graded copy has no hints.", ""))

    def solution(self) -> None:
        """Say where the solution is."""
        said = "The solutions of a graded copy stay with the lecturer."
        show(said, box(said, ""))


class Exercise:
    """An exercise; its questions are ``ex.q1``, ``ex.q2`` and so on.

    Attributes
    ----------
    data : Path
        The folder with the tables of the exercise, ``events.csv.gz`` and others.
    questions : dict
        Id to question, in their order; empty in a graded copy.
    """

    def __init__(
        self,
        id: str,
        data: Path,
        questions: Mapping[str, Question | OpenQuestion],
        source: Source | None,
    ) -> None:
        self.id, self.data, self.questions, self._source = id, data, dict(questions), source
        self._progress = Progress()
        for name, each in self.questions.items():
            each.id, each.lesson = name, self

    @property
    def title(self) -> str:
        """What it is called."""
        return self._source.about["title"] if self._source else self.id

    def __getattr__(self, name: str) -> Any:
        questions = self.__dict__.get("questions", {})
        if name in questions:
            return questions[name]
        if not questions and re.fullmatch(r"q\w*\d+", name):
            return HandIn(name, self)
        raise AttributeError(
            f"this exercise has no question {name!r}. {did_you_mean(name, questions)}"
        )

    def __dir__(self) -> list[str]:
        return ["data", "progress", "title", *self.questions]

    def __repr__(self) -> str:
        return f"<exercise {self.id}>"

    def _repr_html_(self) -> str:
        return self._page()[1]

    def solution_of(self, name: str) -> str:
        """The code that solves a question."""
        return self._source.solution_of(name) if self._source else ""

    def hand_in(self, name: str, answer: Any) -> bool:
        """While work is graded, write the answer down instead of checking it; tell whether it was."""
        target = os.environ.get(ANSWERS)
        if not target:
            return False
        try:
            entry = {"question": name, "answer": plain.encode(plain.plain(answer))}
        except ExerciseError as problem:
            entry = {"question": name, "problem": str(problem)}
        with open(target, "a", encoding="utf-8") as out:
            out.write(json.dumps(entry) + "\n")
        return True

    def note(
        self, name: str, state: State | None, *, hints: int = 0, solution: bool = False
    ) -> str:
        """Keep what was done with a question, and say how far one is."""
        if not self.questions:
            return ""
        self._progress.note(self.id, name, state, hints=hints, solution=solution)
        return f"{self._done()} of {len(self.questions)} questions of this exercise done"

    def _entries(self) -> dict[str, dict[str, Any]]:
        return self._progress.read().get(self.id, {})

    def _done(self) -> int:
        states = [state_of(self._entries().get(name, {})) for name in self.questions]
        return sum(state in (State.RIGHT, State.OPEN) for state in states)

    def progress(self) -> None:
        """Show how far you are: this exercise question by question, and the others you began."""
        show(*self._page())

    def _page(self) -> tuple[str, str]:
        if not self.questions:
            said = f"{self.title}: run every cell, save, and hand the notebook in."
            return said, box(said, "")
        entries, lines, rows = self._entries(), [], []
        for name, each in self.questions.items():
            entry = entries.get(name, {})
            state = state_of(entry)
            tries = entry.get("tries", 0)
            used = [f"{tries} tries" if tries > 1 else "1 try"] if tries else []
            used += [f"hints: {entry['hints']}"] if entry.get("hints") else []
            used += ["saw the solution"] if entry.get("solution") else []
            said = ", ".join([state, *used])
            lines.append(f"  {state.sign} {name} {each.asks}: {said}")
            rows.append(
                f"<div style='padding-left:1.4em;text-indent:-1.4em;margin:.2em 0'>{state.sign} <b>{name}</b> "
                f"{html.escape(each.asks)} <span style='opacity:.75'>· {html.escape(said)}</span></div>"
            )
        text, drawn = bar(self._done(), len(self.questions))
        others = [other for other in sorted(self._progress.read()) if other != self.id]
        also = f"Also begun: {', '.join(others)}." if others else ""
        page = f"<div>{drawn}</div>{''.join(rows)}<small>{html.escape(also)}</small>"
        return "\n".join(each for each in (self.title, text, *lines, also) if each), box(
            self.title, page
        )


def load(source: Source, data: Path) -> Exercise:
    """Make an exercise of its source, with the data that its answers are computed from."""
    names: dict[str, Any] = {**_TOOLBOX, "DATA": data, "__name__": f"exercise {source.id}"}
    exec(compile(source.key, source.file, "exec", dont_inherit=True), names)
    asked = {
        name: each for name, each in names.items() if isinstance(each, Question | OpenQuestion)
    }
    unchecked = sorted(set(asked) ^ set(source.checked))
    if unchecked:
        raise ExerciseError(
            f"{source.file}: the question {unchecked[0]!r} must be made once in ```python key and checked "
            f"once, as in ex.{unchecked[0]}.check(answer)"
        )
    return Exercise(source.id, data, {name: asked[name] for name in source.checked}, source)


def _find(name: str) -> Path:
    own = [Path(name), Path(f"{name}.md"), Path.cwd().parent / "raw" / f"{name}.md"]
    for path in own:
        if path.suffix == ".md" and path.is_file():
            return path
    folder = shipped("exercises") / "raw"
    there = {path.stem: path for path in sorted(folder.glob("[0-9]*.md"))}
    if name not in there:
        raise ExerciseError(f"there is no exercise {name!r}. {did_you_mean(name, there, show=20)}")
    return there[name]


def _data(industry: str) -> Path:
    """The tables of an industry: those beside the notebook, or else the kit's sample."""
    beside = Path.cwd() / "data" / industry
    return beside if beside.is_dir() else shipped("sample_data") / industry


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
        There is no such exercise, or it is written wrong.

    Examples
    --------
    >>> import journeykit as jk
    >>> ex = jk.open_exercise("01-first-funnel")
    >>> ex.q1
    <question q1: Customers in the log>
    """
    if graded:
        return Exercise(name, _data(graded), {}, None)
    source = read_source(_find(name))
    data = data or source.data[0]
    if data not in source.data:
        raise ExerciseError(
            f"{name} has no data {data!r}. {did_you_mean(data, source.data, show=3)}"
        )
    lesson = load(source, _data(data))
    lesson.id = " on ".join([source.id, data][: 1 + (data != source.data[0])])  # its own progress
    return lesson
