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

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from journeykit.errors import ExerciseError, did_you_mean

__all__ = ["KEYS", "Block", "Source", "parse", "read_source"]

KEYS = ("title", "minutes", "phase", "data", "goal", "before")
"""What the head of a source says, all of it on one line each; `also` names further data, where there is."""
STUB = "...  # your answer"
_FENCE = re.compile(r"^(`{3,}|~{3,})\s*([\w-]*)\s*(.*?)\s*$")
_MARKER = re.compile(r"^\s*#{2,}\s*((?:begin|end)?\s*(?:student|solution|end))\b.*$", re.I)
_MARKERS = ("### STUDENT", "### SOLUTION", "### END")
_CHECK = re.compile(r"\bex\.(\w+)\.check\(")


@dataclass(frozen=True)
class Block:
    """A stretch of the source: ``text``, ``code``, ``key`` or ``notes``, and its line."""

    kind: str
    text: str
    line: int
    student: str = ""
    solution: str = ""

    @property
    def questions(self) -> list[str]:
        """The questions that this code checks."""
        return _CHECK.findall(self.solution)


@dataclass(frozen=True)
class Source:
    """A parsed exercise."""

    id: str
    file: str
    about: dict[str, str]
    blocks: tuple[Block, ...]

    @cached_property
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
        return [
            self.about["data"],
            *filter(None, map(str.strip, self.about.get("also", "").split(","))),
        ]

    @property
    def checked(self) -> list[str]:
        """The questions, in the order in which the notebook checks them."""
        return [question for block in self.blocks for question in block.questions]

    def solution_of(self, question: str) -> str:
        """The solution of a question: what stands in SOLUTION from the last check to its own."""
        found: list[str] = []
        for block in self.blocks:
            if block.kind == "code":
                found += [_between(block.text)] if "### SOLUTION" in block.text else []
                if question in block.questions:
                    return "\n".join(part for part in found if part)
                if block.questions:
                    found = []
        return ""


def _between(text: str) -> str:
    kept, inside = [], False
    for line in text.splitlines():
        inside = line.strip() == "### SOLUTION" or (inside and line.strip() != "### END")
        if inside and line.strip() != "### SOLUTION":
            kept.append(line)
    return "\n".join(kept)


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


def parse(text: str, id: str, file: str) -> Source:
    """Parse the text of an exercise."""
    lines = text.splitlines()
    about, start = _head(lines, file)
    blocks, prose, place = [], [], start
    prose_line = start
    while place < len(lines):
        fence = _FENCE.match(lines[place])
        kind = _kind(fence) if fence else ""
        if not fence:
            if _MARKER.match(lines[place]):
                raise ExerciseError(
                    f"{file}:{place + 1}: {lines[place].strip()!r} stands outside of ```python"
                )
            prose.append(lines[place])
            place += 1
            continue
        end = _closing(lines, place, fence, file)
        if kind:
            blocks += _text(prose, prose_line)
            blocks.append(_block(kind, lines[place + 1 : end], place + 1, file))
            prose, prose_line = [], end + 1
        else:
            prose += lines[place : end + 1]
        place = end + 1
    blocks += _text(prose, prose_line)
    source = Source(id, file, about, tuple(blocks))
    twice = [q for q in source.checked if source.checked.count(q) > 1]
    if twice:
        raise ExerciseError(
            f"{file}: the question {twice[0]!r} is checked twice; give each its own id"
        )
    return source


def _kind(fence: re.Match[str]) -> str:
    language, rest = fence[2], fence[3]
    if language == "notes" and not rest:
        return "notes"
    return {"": "code", "key": "key"}.get(rest, "") if language == "python" else ""


def _closing(lines: list[str], place: int, fence: re.Match[str], file: str) -> int:
    for end in range(place + 1, len(lines)):
        closing = lines[end].rstrip()
        if closing.startswith(fence[1]) and not closing.strip(fence[1][0]):
            return end
    raise ExerciseError(f"{file}:{place + 1}: the block {lines[place].strip()!r} is never closed")


def _head(lines: list[str], file: str) -> tuple[dict[str, str], int]:
    if not lines or lines[0].strip() != "---" or "---" not in [line.strip() for line in lines[1:]]:
        raise ExerciseError(f"{file}:1: an exercise begins with its head between two lines of ---")
    end = [line.strip() for line in lines].index("---", 1)
    about = {}
    for number, line in enumerate(lines[1:end], 2):
        key, colon, value = line.partition(":")
        if not line.strip():
            continue
        if key.strip() not in (*KEYS, "also") or not colon:
            raise ExerciseError(
                f"{file}:{number}: {key.strip()!r} is no key of the head. {did_you_mean(key, KEYS)}"
            )
        about[key.strip()] = value.strip()
    missing = [key for key in KEYS if not about.get(key)]
    if missing:
        raise ExerciseError(f"{file}:1: the head lacks {missing[0]!r}; it has {', '.join(KEYS)}")
    if not about["minutes"].isdigit():
        raise ExerciseError(
            f"{file}: minutes is {about['minutes']!r}, and a whole number belongs there"
        )
    return about, end + 1


def _text(prose: list[str], line: int) -> list[Block]:
    text = "\n".join(prose).strip("\n")
    return [Block("text", text, line + 1)] if text.strip() else []


def _block(kind: str, lines: list[str], line: int, file: str) -> Block:
    text = "\n".join(lines)
    if kind != "code":
        return Block(kind, text, line)
    student, solution = _sides(lines, line, file)
    return Block(kind, text, line, student, solution)


def _sides(lines: list[str], first: int, file: str) -> tuple[str, str]:
    """Split code into the student's and the solution's; what stands outside of markers is in both."""
    sides: dict[str, list[str]] = {"student": [], "solution": []}
    part, opened, stub = "both", 0, False
    for number, line in enumerate(lines, first + 1):
        marker = line.strip()
        near = _MARKER.match(line)
        if near and marker not in _MARKERS:
            raise ExerciseError(
                f"{file}:{number}: {marker!r} is no marker. {did_you_mean(marker.upper(), _MARKERS)}"
            )
        if marker == "### STUDENT" and part == "both":
            part, opened, stub = "student", number, True
        elif marker == "### SOLUTION" and part in ("both", "student"):
            opened = number if part == "both" else opened
            if not stub:
                sides["student"].append(line[: len(line) - len(line.lstrip())] + STUB)
            part = "solution"
        elif marker == "### END" and part == "solution":
            part, stub = "both", False
        elif marker in _MARKERS:
            where = (
                f"inside of the block from line {opened}"
                if part != "both"
                else "where no block is open"
            )
            raise ExerciseError(
                f"{file}:{number}: {marker} {where}. The order is STUDENT (may be left out), SOLUTION, END."
            )
        else:
            for side in sides if part == "both" else [part]:
                sides[side].append(line)
    if part != "both":
        raise ExerciseError(f"{file}:{opened}: this block of markers has no ### END")
    return "\n".join(sides["student"]), "\n".join(sides["solution"])
