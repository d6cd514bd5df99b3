"""The copies of an exercise: for students, with solutions, for the lecturer; and graded ones.

Notebooks are written without outputs and always in the same way, so that a copy in git can be
held against its source byte by byte.
"""

import hashlib
import re
import secrets
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

import nbformat
import pandas as pd
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from journeykit.declared import beside, template
from journeykit.errors import ExerciseError
from journeykit.store import asset, empty_folder, write_atomic

from .lesson import GRADED, Exercise, load
from .plain import shown
from .source import Source, sources

DRAWS, KEPT = 20, 0.9
"""How often a draw of the customers is tried, and the share of them that is in one."""
_HELP, _LAST, _NOTEBOOK = beside(__file__).values()


def copies(source: Source) -> dict[str, str]:
    """Make the three copies of an exercise: path below ``exercises/`` to text."""
    lesson = load(source, asset("sample_data") / source.about["data"])
    opening = f'ex = jk.open_exercise("{source.id}")'
    return {
        f"student/{source.id}.ipynb": _notebook(source, lesson, "student", opening),
        f"solution/{source.id}.ipynb": _notebook(source, lesson, "solution", opening),
        f"notes/{source.id}.md": template(__file__).render(
            about=source.about,
            blocks=source.blocks,
            questions=lesson.questions,
            shown=shown,
            flat=_flat,
        ),
    }


def build(folder: Path, out: Path, names: Sequence[str] = (), *, check: bool = False) -> list[str]:
    """Write the copies of all exercises; with `check` only say which would change.

    Parameters
    ----------
    folder : Path
        The sources.
    out : Path
        Gets ``student/``, ``solution/`` and ``notes/``.
    names : sequence of str
        Only these; without it all, and copies without a source are then removed.
    check : bool
        Write nothing.

    Returns
    -------
    list of str
        The copies that were, or are, not current.
    """
    made = {
        path: text for source in sources(folder, names) for path, text in copies(source).items()
    }
    there = {
        path.relative_to(out).as_posix(): path.read_text("utf-8")
        for kind in ("student/*.ipynb", "solution/*.ipynb", "notes/*.md")
        for path in out.glob(kind)
    }
    stale = [path for path, text in made.items() if there.get(path) != text]
    left = set() if names else there.keys() - made.keys()
    if not check:
        for path in stale:
            write_atomic(out / path, made[path])
        for path in left:
            (out / path).unlink()
    return sorted([*stale, *left])


def build_graded(
    folder: Path, out: Path, names: Sequence[str] = (), *, salt: str = ""
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
    names : sequence of str
        Only these.
    salt : str
        A word of your own.
    """
    chosen, root = sources(folder, names), empty_folder(out)
    key, student = root / "key", root / "student"
    for industry in sorted({source.about["data"] for source in chosen}):
        data = key / "data" / industry
        mine = [source for source in chosen if source.about["data"] == industry]
        _draw_apart(data, salt, mine)
        shutil.copytree(data, student / "data" / industry)
        for source in mine:
            secret = f"{salt or secrets.token_hex()} {source.id}".encode()
            mark = hashlib.sha256(secret).hexdigest()[:8]
            opening = f'ex = jk.open_exercise("{source.id}-{mark}", graded="{industry}")'
            notebook = _notebook(source, load(source, data), "graded", opening)
            write_atomic(student / f"{source.id}.ipynb", notebook)
            shutil.copy2(folder / source.file, key)
    return chosen


def _draw_apart(kept: Path, salt: str, chosen: Iterable[Source]) -> None:
    """Draw until every question tells its mistakes from the right answer."""
    for again in range(DRAWS):
        draw(asset("sample_data") / kept.name, kept, f"{again} {salt}" if again else salt)
        clashes = (
            f"{source.file}, {name}: {clash}"
            for source in chosen
            for name, question in load(source, kept).questions.items()
            for clash in question.clashes(every=False)
        )
        found = next(clashes, "") if salt else ""
        if not found:
            return
        shutil.rmtree(kept)
    raise ExerciseError(
        f"No draw of {DRAWS} will do: {found}. Choose another word, or change the question."
    )


def draw(source: Path, target: Path, salt: str) -> None:
    """Copy the tables of a sample, with nine in ten of its customers.

    A customer is in all tables or in none, and rows of nobody stay. The planted stories stay, too:
    they are about many.

    Parameters
    ----------
    source, target : Path
        Folders with ``*.csv.gz``.
    salt : str
        Decides who is drawn; empty keeps everybody.
    """
    target.mkdir(parents=True)
    for path in sorted(source.glob("*.csv.gz")):
        if not salt:
            shutil.copy2(path, target / path.name)
            continue
        rows = pd.read_csv(path, dtype=str, keep_default_na=False)
        if "user_id" in rows:
            drawn = {user: not user or _drawn(user, salt) for user in rows["user_id"].unique()}
            rows = rows[rows["user_id"].map(drawn)]
        # The same word, the same bytes: as its time stamp it says that it was drawn.
        packed = {"method": "gzip", "mtime": GRADED}
        rows.to_csv(target / path.name, index=False, lineterminator="\n", compression=packed)


def _drawn(user: str, salt: str) -> bool:
    number = hashlib.blake2b(user.encode(), key=salt.encode()[:64], digest_size=4).digest()
    return int.from_bytes(number, "big") < KEPT * 2**32


def skeleton(name: str) -> str:
    """Return a source to begin with; the name must do as a file name and as an id."""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        raise ExerciseError(
            f"{name!r} is no id: small letters, digits and single hyphens, as in 15-my-shop"
        )
    return Path(__file__).with_name("skeleton.md").read_text("utf-8")


def _notebook(source: Source, lesson: Exercise, kind: str, opening: str) -> str:
    """The notebook of a ``student``, of the ``solution`` or ``graded``."""
    last = new_code_cell("ex.progress()")
    if kind == "graded":
        last = new_markdown_cell(_LAST)
    begin = f"import journeykit as jk\n\n{opening}" + "\nex" * (kind == "student")
    head = template(__file__, "txt").render(source=source, kind=kind, help=_HELP)
    cells = [new_markdown_cell(head), new_code_cell(begin)]
    for block in source.blocks:
        if block.kind == "text":
            cells.append(new_markdown_cell(block.text))
        elif block.kind == "code" and kind != "solution":
            cells.append(new_code_cell(block.student))
        elif block.kind == "code":
            asked = [lesson.questions[name] for name in block.questions]
            whys = [new_markdown_cell(each.because + each.why) for each in asked if each.why]
            cells += [new_code_cell(block.solution), *whys]
    cells.append(last)
    for place, cell in enumerate(cells):
        cell["id"] = f"cell-{place:02d}"
    notebook = new_notebook(cells=cells, metadata=_NOTEBOOK)
    return str(nbformat.writes(notebook, indent=1)).rstrip() + "\n"


def _flat(text: str) -> str:
    """A text as it can stand in a cell of a table."""
    return re.sub(r"\s+", " ", text).replace("|", r"\|")
