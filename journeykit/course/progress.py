"""How far somebody is: a small file beside the notebooks, whole at any time."""

import json
import os
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import Any

from IPython.display import display

from journeykit.errors import ExerciseError, FileProblem
from journeykit.model import Data, ProgressFile, free_name
from journeykit.store import read_json, write_atomic

from .outcome import PEN, SIGNS, Box, State
from .plain import encode, plain, write_down

FILE = ".journeykit-progress.json"
Kept = dict[str, dict[str, Data]]


class Progress:
    """What was tried in one exercise, question by question, kept beside that of the others.

    The file is named by ``JOURNEYKIT_PROGRESS``; without it, it is a hidden one in the present
    folder. Where it cannot be written, progress lasts as long as the kernel. Without questions (a
    graded copy, a question on its own) nothing is kept.
    """

    def __init__(self, exercise: str = "", questions: Collection[str] = ()) -> None:
        self.exercise, self.questions = exercise, questions
        self.path = Path(os.environ.get("JOURNEYKIT_PROGRESS") or Path.cwd() / FILE)
        self._kept: Kept = {}

    def read(self) -> Kept:
        """Exercise to question to its entry; a file that cannot be read is put aside, and told."""
        try:
            self._kept = read_json(self.path, ProgressFile)["exercises"]
        except FileProblem:
            if self.path.exists():
                self._put_aside()
        return self._kept

    def _put_aside(self) -> None:
        folder = self.path.parent
        with suppress(OSError):  # where nothing can be renamed, nothing is written over either
            there = {path.name for path in folder.iterdir()}
            aside = folder / free_name(f"{self.path.name}.unreadable", there)
            self.path.rename(aside)
            display(Box(f"! Your progress so far could not be read. Its file is kept as {aside}."))

    def hand_in(self, question: str, answer: Any) -> bool:
        """While work is graded, write the answer down, to be checked later; tell whether it was.

        ``JOURNEYKIT_ANSWERS`` names the file to write to then.
        """
        if not (target := os.environ.get("JOURNEYKIT_ANSWERS")):
            return False
        try:
            entry = encode(plain(answer))
        except ExerciseError:
            entry = ""  # whoever marks it says so
        write_down(target, {"question": question, "answer": entry})
        return True

    def note(self, question: str, state: State | None = None, **done: int) -> str:
        """Keep an attempt with its state, a hint or a look at the solution; says how far one is.

        A right answer stays right.
        """
        if not self.questions:
            return ""
        entry = self.entry(question)
        if state not in (None, State.UNTRIED):
            done["tries"] = 1
            if entry["state"] != State.RIGHT:
                entry["state"] = state
        entry |= {what: entry.get(what, 0) + times for what, times in done.items()}
        # A folder that cannot be written to is no reason to stop somebody who learns.
        with suppress(OSError):
            write_atomic(self.path, json.dumps({"exercises": self._kept}, indent=1, sort_keys=True))
        return f"{self.done()} of {len(self.questions)} questions of this exercise done"

    def entry(self, question: str) -> Data:
        """What was kept of a question, to be read or changed in place."""
        mine = self.read().setdefault(self.exercise, {})
        return mine.setdefault(question, {"state": State.UNTRIED})

    def done(self) -> int:
        """How many questions are right, or answered in sentences."""
        good = (State.RIGHT, State.OPEN)
        return sum(self.entry(name)["state"] in good for name in self.questions)

    def line(self, question: str, asks: str) -> str:
        """How a question stands, in a line: sign, state, tries, and what help was asked for."""
        entry = self.entry(question)
        state, tries, hints = entry["state"], entry.get("tries", 0), entry.get("hints")
        parts = {
            state: True,
            f"{tries} tries" if tries > 1 else "1 try": tries,
            f"hints: {hints}": hints,
            "saw the solution": entry.get("solution"),
        }
        said = ", ".join(part for part, there in parts.items() if there)
        return f"{SIGNS.get(state, PEN)} {question} {asks}: {said}"

    def bar(self) -> str:
        """Draw how much is done.

        Examples
        --------
        >>> Progress("none", ["q1", "q2"]).bar()
        '░░░░░░░░░░░░░░░░░░░░ 0 of 2'
        """
        done, of = self.done(), len(self.questions)
        return f"{'█' * round(20 * done / of):░<20} {done} of {of}"
