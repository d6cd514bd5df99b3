"""The copies of an exercise: for students, with solutions, for the lecturer; and graded ones.

Notebooks are written without outputs and always in the same way, so that a copy in git can be
held against its source byte by byte.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from journeykit.course.draw import draw
from journeykit.course.lesson import Exercise, load, shipped
from journeykit.course.plain import shown
from journeykit.course.question import OpenQuestion, Question
from journeykit.course.source import Source, read_source
from journeykit.errors import ExerciseError, did_you_mean

__all__ = ["build", "build_graded", "copies", "skeleton", "sources"]

DRAWS = 20
KINDS = ("student", "solution", "notes")
_HELP = (
    "Run the cells from the top with Shift and Enter, and put your answers in place of the dots. Stuck? Type "
    "`ex.q1.hint()` into an empty cell, as often as you like; `ex.q1.solution()` shows one way to do it. Asking "
    "costs nothing."
)
_HAND_IN = "Run all cells once more, save, and hand in this notebook under the name that it has."
_KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def sources(folder: Path, names: Iterable[str] = ()) -> list[Source]:
    """Read the exercises of a folder, all of them or those named."""
    there = {path.stem: path for path in sorted(folder.glob("*.md")) if path.stem != "README"}
    if not there:
        raise ExerciseError(
            f"{folder} holds no exercise; `journeykit exercises new NAME` makes one"
        )
    for name in names:
        if name not in there:
            raise ExerciseError(
                f"there is no exercise {name!r} in {folder}. {did_you_mean(name, there, show=20)}"
            )
    return [read_source(there[name]) for name in list(names) or there]


def copies(source: Source) -> dict[str, str]:
    """Make the three copies of an exercise: path below ``exercises/`` to text."""
    lesson = load(source, shipped("sample_data") / source.about["data"])
    opening = f'ex = jk.open_exercise("{source.id}")'
    student = _notebook(source, opening, "student", lesson)
    solution = _notebook(source, opening, "solution", lesson)
    return {
        f"student/{source.id}.ipynb": student,
        f"solution/{source.id}.ipynb": solution,
        f"notes/{source.id}.md": _notes(source, lesson),
    }


def build(folder: Path, out: Path, names: Iterable[str] = (), *, check: bool = False) -> list[str]:
    """Write the copies of all exercises; with `check` only say which would change.

    Parameters
    ----------
    folder : Path
        The sources.
    out : Path
        Gets ``student/``, ``solution/`` and ``notes/``.
    names : iterable of str
        Only these; without it all, and copies without a source are then removed.
    check : bool
        Write nothing.

    Returns
    -------
    list of str
        The copies that were, or are, not current.
    """
    names = list(names)
    made = {
        path: text for source in sources(folder, names) for path, text in copies(source).items()
    }
    stale = [path for path, text in made.items() if not _same(out / path, text)]
    there = [
        path
        for kind in KINDS
        for path in sorted((out / kind).glob("*"))
        if path.suffix in (".ipynb", ".md")
    ]
    left = [] if names else [path for path in there if path.relative_to(out).as_posix() not in made]
    if not check:
        _write(out, {path: made[path] for path in stale})
        for path in left:
            path.unlink()
    return sorted([*stale, *(path.relative_to(out).as_posix() for path in left)])


def build_graded(
    folder: Path, out: Path, names: Iterable[str] = (), *, salt: str = ""
) -> list[Source]:
    """Write copies that know no answers, and beside them the key that the lecturer keeps.

    ``out/student`` is handed out: notebooks and the tables that they use. ``out/key`` stays: the
    sources, and the same tables. With a `salt` each table is a draw of nine in ten customers, so
    that another class, or another year, has other numbers; where a mistake would happen to give
    the right answer it is drawn again, in the same way for the same word.

    Parameters
    ----------
    folder : Path
        The sources.
    out : Path
        A new folder.
    names : iterable of str
        Only these.
    salt : str
        A word of your own.
    """
    if out.exists() and any(out.iterdir()):
        raise ExerciseError(f"{out} is there already and not empty; choose another folder")
    chosen = sources(folder, names)
    for industry in sorted({source.about["data"] for source in chosen}):
        kept = out / "key" / "data" / industry
        _draw(kept, salt, [source for source in chosen if source.about["data"] == industry])
        shutil.copytree(kept, out / "student" / "data" / industry)
    for source in chosen:
        mark = hashlib.sha256(f"{salt or secrets.token_hex()} {source.id}".encode()).hexdigest()[:8]
        opening = f'ex = jk.open_exercise("{source.id}-{mark}", graded="{source.about["data"]}")'
        lesson = load(source, out / "key" / "data" / source.about["data"])
        _write(
            out / "student", {f"{source.id}.ipynb": _notebook(source, opening, "graded", lesson)}
        )
        shutil.copy2(folder / source.file, out / "key" / source.file)
    return chosen


def _draw(kept: Path, salt: str, chosen: Iterable[Source]) -> None:
    """Draw until every question tells its mistakes from the right answer."""
    for again in range(DRAWS):
        draw(shipped("sample_data") / kept.name, kept, f"{again} {salt}" if again else salt)
        found = next(_clashes(chosen, kept), "") if salt else ""
        if not found:
            return
        shutil.rmtree(kept)
    raise ExerciseError(
        f"No draw of {DRAWS} will do: {found}. Choose another word, or change the question."
    )


def _clashes(chosen: Iterable[Source], data: Path) -> Iterator[str]:
    for source in chosen:
        for name, question in load(source, data).questions.items():
            try:
                found = question.clashes() if isinstance(question, Question) else []
            except Exception as problem:  # with these customers the mistake cannot even be made
                found = [f"{type(problem).__name__}: {problem}"]
            yield from (f"{source.file}, {name}: {each}" for each in found)


def skeleton(name: str) -> str:
    """Return a source to begin with; the name must do as a file name and as an id."""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        raise ExerciseError(
            f"{name!r} is no id: small letters, digits and single hyphens, as in 15-my-shop"
        )
    return (Path(__file__).parent / "skeleton.md").read_text("utf-8")


def _same(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text("utf-8") == text


def _write(out: Path, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_text(text, "utf-8", newline="\n")


def _notebook(source: Source, opening: str, kind: str, lesson: Exercise) -> str:
    cells = [
        _markdown(_head(source, kind)),
        _code(
            f"import journeykit as jk\n\n{opening}\n{'ex' if kind == 'student' else ''}".rstrip()
        ),
    ]
    for block in source.blocks:
        if block.kind == "text":
            cells.append(_markdown(block.text))
        elif block.kind == "code":
            cells.append(_code(block.solution if kind == "solution" else block.student))
            whys = [_why(lesson, name) for name in block.questions] if kind == "solution" else []
            cells += [_markdown(why) for why in whys if why]
    cells += [_markdown(_HAND_IN)] if kind == "graded" else [_code("ex.progress()")]
    for place, cell in enumerate(cells):
        cell["id"] = f"cell-{place:02d}"
    metadata = {"kernelspec": _KERNEL, "language_info": {"name": "python"}}
    return (
        str(nbformat.writes(new_notebook(cells=cells, metadata=metadata), indent=1)).rstrip() + "\n"
    )


def _markdown(text: str) -> Any:
    return new_markdown_cell(text)


def _code(text: str) -> Any:
    return new_code_cell(text)


def _head(source: Source, kind: str) -> str:
    about = source.about
    title = f"# {about['title']}" + (" (solution)" if kind == "solution" else "")
    facts = (
        f"**Minutes:** {about['minutes']} · **Phase:** {about['phase']} · "
        f"**Data:** {' or '.join(source.data if kind == 'student' else source.data[:1])}, invented"
    )
    parts = [
        title,
        f"**You learn to** {about['goal']}.",
        f"**You know already:** {about['before']}.",
        facts,
    ]
    return "\n\n".join([*parts, _HELP] if kind == "student" else parts)


def _why(lesson: Exercise, name: str) -> str:
    question = lesson.questions[name]
    if isinstance(question, OpenQuestion):
        points = "\n".join(f"- {points} p. {says}" for points, says in question.rubric)
        return f"**What gives points.**\n\n{points}"
    return f"**Why.** {question.why}" if question.why else ""


def _notes(source: Source, lesson: Exercise) -> str:
    """What the lecturer reads: what is right, what goes wrong and by which number one sees it."""
    about = source.about
    total = sum(question.points for question in lesson.questions.values())
    parts = [
        f"# {about['title']}: notes for the lecturer",
        f"Goal: {about['goal']}. Needs: {about['before']}. {about['minutes']} minutes, {total} points, data: "
        f"{about['data']}.",
    ]
    parts += [block.text for block in source.blocks if block.kind == "notes"]
    for name, question in lesson.questions.items():
        parts.append(f"## {name}. {question.asks} ({question.points} p.)")
        if isinstance(question, OpenQuestion):
            parts.append("\n".join(f"- {points} p. {says}" for points, says in question.rubric))
            parts.append(f"A sample: {question.sample}")
        else:
            rows = [("right", shown(question.right, 80), question.why)]
            rows += [
                (known.name, shown(known.wrong, 80), known.says) for known in question.mistakes
            ]
            parts.append(_rows(("What", "Answer", "What it says"), rows))
        parts.append(
            "Hints: " + " ".join(f"({n}) {hint}" for n, hint in enumerate(question.hints, 1))
        )
    return "\n\n".join(parts) + "\n"


def _rows(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    plain = [[re.sub(r"\s+", " ", cell).replace("|", "\\|") for cell in line] for line in lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in plain)
