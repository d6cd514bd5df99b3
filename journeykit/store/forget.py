"""A person is taken out of a workshop folder, and it is said where else they stand."""

import gzip
import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

from journeykit.engine import cache_folder
from journeykit.errors import WorkshopError

from .desk import Desk
from .files import JOURNALS, write_atomic
from .folder import DOCUMENTS, Folder, kind_of
from .git import _git

# One person's alone: they go whole. What the team shares stays, without the name.
_OWN = re.compile("records/(?:blind-reviews|guesses|heuristics|notes|votes|walks)/")
_PACKED = re.compile(r".*\.(?:parquet|xlsx?|zip|zst|bz2|xz|duckdb|db|sqlite|arrow|feather)")


def traces(folder: Folder, who: str, *, customer: bool) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Find a person in what the kit keeps: what would be done, and the deed.

    What waits in the journal is saved first.

    Parameters
    ----------
    folder : Folder
        The workshop.
    who : str
        A customer's id, written as in the data, or a participant's name, in any capitals.
    customer : bool
        Which of the two it is.

    Raises
    ------
    WorkshopError
        Where another process holds words of theirs that are not in the files yet.
    """
    named, quotes = _pattern([who], customer), [who]
    Desk(folder.root).close()
    for path in (folder.root / JOURNALS).glob("*.*"):
        lines = path.read_text("utf-8").splitlines(keepends=True)
        kept = [line for line in lines if not named.search(line)]
        if kept != lines and path.suffix == ".jsonl":
            raise WorkshopError(
                f"{path} holds what another process has not saved yet: close JupyterLab and every "
                "other command on this folder, and try again"
            )
        if kept != lines:
            yield f"{path}: their lines removed", partial(write_atomic, path, "".join(kept))
    for doc in (doc for where in DOCUMENTS for doc in folder.docs(where)):
        was: Any = folder.read(doc)
        now: Any
        now, said = kind_of(doc).model_validate(_cleaned(was.plain(), named)), "without them"
        if "/quotes/" in doc and was.is_of(who):
            quotes.append(was.text)
            now, said = None, "removed"
        elif not customer and _OWN.match(doc) and named.fullmatch(was.author):
            now, said = None, "removed"
        if now != was:
            yield f"{doc}.yaml: {said}", partial(folder.put, doc, was, now, strict=True)
    told = _pattern(quotes, customer)
    for run in folder.runs.glob("*/"):
        if any(_count(path, told) for path in run.rglob("*")):
            yield f"runs/{run.name}: removed, with its reports", partial(shutil.rmtree, run)
    if customer and (tables := cache_folder()).is_dir():
        said = f"{tables}, the prepared tables of all workshops: removed; what needs one makes it"
        yield said, partial(shutil.rmtree, tables)


def elsewhere(folder: Folder, who: str, *, customer: bool) -> Iterator[str]:
    """Say where they stand that the kit does not change: data, notebooks, comments, copies, git."""
    named, root = _pattern([who], customer), folder.root
    for path in sorted({*root.rglob("*")} - {*root.glob(".git/**/*")}):
        name = path.relative_to(root).as_posix()
        if _PACKED.fullmatch(name):
            yield f"{name}: not looked through, it is packed"
        elif count := _count(path, named) + len(named.findall(path.stem)):
            yield f"{name}: {count}"
    for table in folder.workshop().data.values():
        if not (root / str(table.source)).resolve().is_relative_to(root):
            yield f"{table.source}: not looked through, it is not in the folder"
    with suppress(WorkshopError):  # no git, no history
        if found := _git(root, "log", "--all", "--format=%h", f"-S{who}", "--", ".").split():
            yield f"git history: {len(found)} commits"


def _pattern(words: list[str], customer: bool) -> re.Pattern[str]:
    """Match words as files of all kinds spell them."""
    spelled = {way(word) for word in words for way in (str, escape, lambda w: json.dumps(w)[1:-1])}
    either = "|".join(map(re.escape, spelled))
    return re.compile(rf"(?<![\w-])(?:{either})(?![\w-])", 0 if customer else re.I)


def _cleaned(value: Any, named: re.Pattern[str], key: str = "") -> Any:
    if isinstance(value, str) and key != "id":
        alone = key in {"author", "owner"} and named.fullmatch(value)
        return named.sub("" if alone else "[somebody]", value)
    if isinstance(value, dict):
        return {name: _cleaned(each, named, name) for name, each in value.items()}
    return [_cleaned(each, named) for each in value] if isinstance(value, list) else value


def _count(path: Path, named: re.Pattern[str]) -> int:
    if not path.is_file():
        return 0
    opened: Any = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8", errors="replace") as file:
        return sum(len(named.findall(line)) for line in file)
