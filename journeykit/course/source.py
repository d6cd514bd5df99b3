"""The one source of an exercise: a Markdown file from which all its copies are made.

::

    ---
    title: Users are not events
    ...
    ---
    Prose, as students read it.

    ```python
    ### STUDENT
    buyers = ...
    ### SOLUTION
    buyers = log.loc[log["event"] == "purchase", "user_id"].nunique()
    ### END
    ex.q1.check(buyers)
    ```

    ```python key
    q1 = Question(...)      # in no copy; the check reads it
    ```

    ```notes
    For the lecturer alone.
    ```

What stands between ``### STUDENT`` and ``### SOLUTION`` is in the student's copy only, what stands
between ``### SOLUTION`` and ``### END`` in the solution only. Other fences belong to the prose.
"""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from journeykit.declared import beside
from journeykit.errors import ExerciseError, did_you_mean

KEYS = "title minutes phase data goal before".split()
"""What the head of a source says, a line each; `also` names further data, where there is."""
STUB = "...  # your answer"
_FENCED = re.compile(
    r"^((`|~)\2{2,})(?!\2)[ \t]*([\w-]*)[ \t]*(.*?)[ \t]*\n((?:.*\n)*?)\1\2*[ \t]*$", re.M
)
_KINDS = {("python", ""): "code", ("python", "key"): "key", ("notes", ""): "notes"}
_MARKER = re.compile(r"^\s*#{2,}\s*((?:begin|end)?\s*(?:student|solution|end))\b.*$", re.I)
_SIDES, _MARKERS = beside(__file__).values()


class Block(NamedTuple):
    """A stretch of the source: ``text``, ``code``, ``key`` or ``notes``, and the line of its fence.

    Code has three sides: the student's, the solution's, and what is in the solution alone.
    """

    kind: str
    text: str
    line: int = 0
    student: str = ""
    solution: str = ""
    hidden: str = ""

    @property
    def questions(self) -> list[str]:
        """The questions that this code checks."""
        return re.findall(r"\bex\.(\w+)\.check\(", self.solution)


class Source(NamedTuple):
    """A parsed exercise; `solutions` has the questions in the order in which it checks them."""

    id: str
    file: str
    about: dict[str, str]
    blocks: tuple[Block, ...]
    solutions: dict[str, str]

    @property
    def key(self) -> str:
        """The code that makes the questions, at the lines that it has in the file."""
        lines: list[str] = []
        for block in self.blocks:
            if block.kind == "key":
                lines += [""] * (block.line - len(lines)) + block.text.splitlines()
        return "\n".join(lines) + "\n"

    @property
    def data(self) -> list[str]:
        """The businesses on whose data it can be done, the first one unless said otherwise."""
        also = self.about.get("also", "").split(",")
        return [self.about["data"], *filter(None, map(str.strip, also))]


def read_source(path: Path) -> Source:
    """Read an exercise.

    Parameters
    ----------
    path : Path
        A Markdown file; its name without the ending is the id.

    Raises
    ------
    ExerciseError
        The file is not there, or is written wrong: the message says file, line and rule.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise ExerciseError(f"{path}: cannot be read ({problem})") from None
    return parse(text, path.stem, path.name)


def sources(folder: Path, names: Sequence[str] = ()) -> list[Source]:
    """Read the exercises of a folder, all of them or those named."""
    there = {path.stem: path for path in sorted(folder.glob("*.md")) if path.stem != "README"}
    if not there:
        raise ExerciseError(
            f"{folder} holds no exercise; `journeykit exercises new NAME` makes one"
        )
    for name in names:
        if name not in there:
            raise ExerciseError(
                f"there is no exercise {name!r}. {did_you_mean(name, there, show=20)}"
            )
    return [read_source(there[name]) for name in names or there]


def parse(text: str, id: str, file: str) -> Source:
    """Parse the text of an exercise; `file` is its name in messages."""
    about, begun = _head(text, file)
    prose = _FENCED.sub(lambda fenced: "\n" * fenced[0].count("\n"), text)
    for number, line in enumerate(prose.splitlines(), 1):
        if line.startswith(("```", "~~~")):
            raise ExerciseError(f"{file}:{number}: the block {line.strip()!r} is never closed")
        if _MARKER.match(line):
            raise ExerciseError(f"{file}:{number}: {line.strip()!r} stands outside of ```python")
    blocks = []
    for fenced in _FENCED.finditer(text, begun):
        if kind := _KINDS.get((fenced[3], fenced[4])):
            blocks.append(Block("text", text[begun : fenced.start()].strip("\n")))
            place, begun = text[: fenced.start()].count("\n") + 1, fenced.end()
            code = fenced[5].removesuffix("\n")
            sides = _sides(code, place, file) if kind == "code" else ()
            blocks.append(Block(kind, code, place, *sides))
    blocks.append(Block("text", text[begun:].strip("\n")))
    blocks = [block for block in blocks if block.text.strip() or block.kind != "text"]
    return Source(id, file, about, tuple(blocks), _solutions(blocks, file))


def _head(text: str, file: str) -> tuple[dict[str, str], int]:
    """What the head says, and where it ends."""
    head = re.match(r"---[ \t]*\n((?:.*\n)*?)---[ \t]*\n", text)
    if not head:
        raise ExerciseError(f"{file}:1: an exercise begins with its head between two lines of ---")
    about = {}
    for number, line in enumerate(head[1].splitlines(), 2):
        key, colon, value = map(str.strip, line.partition(":"))
        if line.strip() and (key not in (*KEYS, "also") or not colon):
            raise ExerciseError(
                f"{file}:{number}: {key!r} is no key of the head. {did_you_mean(key, KEYS)}"
            )
        about[key] = value
    for key in KEYS:
        if not about.get(key):
            raise ExerciseError(f"{file}:1: the head lacks {key!r}; it has {', '.join(KEYS)}")
    if not about["minutes"].isdigit():
        raise ExerciseError(
            f"{file}: minutes is {about['minutes']!r}, and a whole number belongs there"
        )
    return about, head.end()


def _sides(code: str, first: int, file: str) -> list[str]:
    """Split code into its sides; what stands outside of markers is in both copies."""
    parts, part, opened = [], "both", 0
    for number, line in enumerate(code.splitlines(), first + 1):
        marker = line.strip()
        if marker in _MARKERS:
            following, may_follow = _MARKERS[marker]
            if part not in may_follow:
                inside = f"inside of the block from line {opened}"
                where = "where no block is open" if part == "both" else inside
                raise ExerciseError(
                    f"{file}:{number}: {marker} {where}. "
                    "The order is STUDENT (may be left out), SOLUTION, END."
                )
            if part == "both":
                opened = number
                if following == "solution":
                    parts.append(("student", line.rstrip().replace(marker, STUB)))
            part = following
        elif _MARKER.match(line):
            near = did_you_mean(marker.upper(), _MARKERS)
            raise ExerciseError(f"{file}:{number}: {marker!r} is no marker. {near}")
        else:
            parts.append((part, line))
    if part != "both":
        raise ExerciseError(f"{file}:{opened}: this block of markers has no ### END")
    return ["\n".join(line for part, line in parts if part in side) for side in _SIDES]


def _solutions(blocks: Iterable[Block], file: str) -> dict[str, str]:
    """What stands in SOLUTION from the last check of a question to its own."""
    found, parts = {}, []
    for block in blocks:
        parts.append(block.hidden)
        for question in block.questions:
            if question in found:
                raise ExerciseError(
                    f"{file}: the question {question!r} is checked twice; give each its own id"
                )
            found[question] = "\n".join(filter(None, parts))
        parts = [] if block.questions else parts
    return found
