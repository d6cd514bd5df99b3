"""What a check found, in words, with a sign and a colour (never by colour alone), and how far
somebody is: a small file beside the notebooks, whole at any time.
"""

import html
import json
import os
import re
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

from IPython.display import display

from journeykit.declared import beside, template
from journeykit.errors import ExerciseError, FileProblem
from journeykit.model import Data, ProgressFile, free_name
from journeykit.store import read_json, write_atomic

from .compare import PERCENT
from .plain import encode, plain, write_down


class State(StrEnum):
    """How a question stands; the value is what a person reads."""

    RIGHT = "right"
    WRONG = "not yet"
    UNTRIED = "not attempted"
    BROKEN = "could not run"
    OPEN = "compare it yourself"
    HANDED_IN = "handed in"


SIGNS, _COLOURS = beside(__file__).values()
"""Sign and colour of a state."""
PEN = "✎"
"""The sign of other states: a person reads it."""
_MARKED = re.compile(
    r"`(?P<code>[^`\n]+)`|\*\*(?P<b>\S[^*\n]*)\*\*|(?<![\w*])\*(?P<em>[^\s*][^*\n]*)\*(?![\w*])"
)
GREY = "#5f6368"


class Outcome(NamedTuple):
    """What became of one answer.

    Parameters
    ----------
    state : State
    says : str
        Why, in a sentence that teaches.
    mistake : str
        The name of the common mistake that this is, where it is one.
    answer : str
        What was answered, for a person to read.
    more : tuple of str
        Points to hold an open answer against.
    looks : tuple of str
        What is worth a second look; no points hang on it.
    percent : bool
        It is right but for being in percent, which is accepted once in an exercise.
    """

    state: State
    says: str = ""
    mistake: str = ""
    answer: str = ""
    more: tuple[str, ...] = ()
    looks: tuple[str, ...] = ()
    percent: bool = False

    def refused(self) -> "Outcome":
        """The same, where percent was accepted before."""
        return Outcome(
            State.WRONG, f"{PERCENT} It counted once; now it does not.", answer=self.answer
        )

    @property
    def head(self) -> str:
        """Sign, state and the name of the mistake."""
        named = f": {self.mistake}" if self.mistake else ""
        return f"{SIGNS.get(self.state, PEN)} {self.state.capitalize()}{named}"

    def box(self, foot: str = "", answered: bool = False) -> "Box":
        """Put it into a box; what was answered stands there where it is not right, or always."""
        lines = [self.says, *(f"• {point}" for point in self.more)]
        lines += [f"Look again: {each}" for each in self.looks]
        if self.answer and (answered or self.state is not State.RIGHT):
            lines.append(f"Your answer: {self.answer}")
        return Box(self.head, [*lines, foot], _COLOURS.get(self.state, GREY))


class Box(NamedTuple):
    """What people read: a head, lines of text and perhaps code, as a box or as plain text.

    The first line is what is said; those after it, about it, are paler.
    """

    head: str
    lines: Sequence[str] = ()
    colour: str = GREY
    code: str = ""

    def __repr__(self) -> str:
        return "\n".join(filter(None, (self.head, self.code, *self.lines)))

    def _repr_html_(self) -> str:
        return template(__file__).render(box=self, rich=rich_text)


def rich_text(text: str) -> str:
    """Escape a text; backticks make code, stars make it bold or slanted.

    Examples
    --------
    >>> rich_text("`a<b` & c")
    '<code>a&lt;b</code> &amp; c'
    >>> rich_text("**d** says *more*, 2 * 3 and `a * b * c`")
    '<b>d</b> says <em>more</em>, 2 * 3 and <code>a * b * c</code>'
    """
    return _MARKED.sub(
        lambda found: f"<{found.lastgroup}>{found[found.lastindex or 0]}</{found.lastgroup}>",
        html.escape(text, quote=False),
    )


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

    def allow(self, question: str, outcome: Outcome) -> Outcome:
        """Accept percent for a share once, whichever question it was."""
        there = self.read().get(self.exercise, {}) if outcome.percent and self.questions else {}
        if any(entry.get("percent") for name, entry in there.items() if name != question):
            return outcome.refused()
        return outcome

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
        untried = {"state": State.UNTRIED}
        return self.read().setdefault(self.exercise, {}).setdefault(question, untried)

    def done(self) -> int:
        """How many questions are right, or answered openly and held against the sample."""
        entries = map(self.entry, self.questions)
        return sum(
            each["state"] == State.RIGHT or (each["state"] == State.OPEN and "solution" in each)
            for each in entries
        )

    def shown(self, questions: Mapping[str, Any]) -> str:
        """Draw how much is done, and a line for each question: sign, state, tries, help asked for.

        Examples
        --------
        >>> from types import SimpleNamespace
        >>> print(Progress("none", ["q1"]).shown({"q1": SimpleNamespace(asks="How many?")}))
        ░░░░░░░░░░░░░░░░░░░░ 0 of 1
        ○ q1 How many?: not attempted
        """
        return template(__file__, "txt").render(
            progress=self, questions=questions, signs=SIGNS, pen=PEN
        )
