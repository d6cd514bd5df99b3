"""A person is taken out of a workshop folder, and it is said where else they stand."""

import gzip
import json
import re
import shutil
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from html import escape
from pathlib import Path
from typing import Any
from unicodedata import normalize as _normal

from journeykit.engine import cache_folder
from journeykit.errors import WorkshopError
from journeykit.model import slug

from .desk import Desk
from .files import JOURNALS, write_atomic
from .folder import DOCUMENTS, Folder, kind_of
from .git import _git

_Pattern = re.Pattern[str]
# One person's alone: they go whole. What the team shares stays, without the name.
_OWN = re.compile("records/(?:blind-reviews|guesses|heuristics|notes|votes|walks)/")
_PACKED = re.compile(
    r".*\.(?:parquet|xlsx?|pptx|pdf|zip|zst|bz2|xz|duckdb|db|sqlite|arrow|feather)"
)


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
    for path in filter(Path.is_file, (folder.root / JOURNALS).glob("*.*")):
        lines = path.read_text("utf-8", "backslashreplace").splitlines(keepends=True)
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
        # What a link leads to is not the folder's: nothing is removed there.
        if run.resolve() == run and any(_count(path, told) > 0 for path in run.rglob("*")):
            yield f"runs/{run.name}: removed, with its reports", partial(shutil.rmtree, run)
    if customer and (tables := cache_folder()).is_dir():
        said = f"{tables}, the prepared tables of all workshops: removed; what needs one makes it"
        yield said, partial(shutil.rmtree, tables)


def elsewhere(folder: Folder, who: str, *, customer: bool) -> Iterator[str]:
    """Say where they stand that the kit does not change: data, notebooks, comments, copies, git."""
    named, root = _pattern([who] if customer else [who, slug(who, who)], customer), folder.root
    for path in sorted({*root.rglob("*")} - {*root.glob(".git/**/*")}):
        name, count = path.relative_to(root).as_posix(), _count(path, named)
        if _PACKED.fullmatch(name) or count < 0 or (path.is_symlink() and path.is_dir()):
            yield f"{name}: not looked through, it is packed, damaged or not in the folder"
        elif count := count + len(named.findall(path.stem)):
            yield f"{name}: {count}"
    for table in folder.workshop().data.values():
        if not (root / str(table.source)).resolve().is_relative_to(root):
            yield f"{table.source}: not looked through, it is not in the folder"
    with suppress(WorkshopError):  # no git, no history
        asked = "log --all --no-textconv --no-ext-diff --format=%h".split() + ["-i"] * (
            not customer
        )
        if found := _git(root, *asked, f"-S{who}", "--", ".").split():
            yield f"git history: {len(found)} commits"


def _pattern(words: list[str], customer: bool) -> _Pattern:
    """Match words as files of all kinds spell them."""
    forms = {_normal(form, word) for word in words for form in ("NFC", "NFD")}
    spelled = {way(word) for word in forms for way in (str, escape, lambda w: json.dumps(w)[1:-1])}
    either = "|".join("".join(map(_sign, word)) for word in spelled)
    return re.compile(rf"(?<![\w-])(?:{either})(?![\w-])", 0 if customer else re.I)


def _sign(sign: str) -> str:
    """Match a sign in one piece or two, as in é; of a space, any number."""
    return r"\s+" if sign == " " else f"(?:{re.escape(sign)}|{re.escape(_normal('NFD', sign))})"


def _cleaned(value: Any, named: _Pattern, key: str = "") -> Any:
    if isinstance(value, str) and key != "id":
        alone = key in {"author", "owner"} and named.fullmatch(value)
        return named.sub("" if alone else "[somebody]", value)
    if isinstance(value, dict):
        return {name: _cleaned(each, named, name) for name, each in value.items()}
    return [_cleaned(each, named) for each in value] if isinstance(value, list) else value


def _count(path: Path, named: _Pattern) -> int:
    """Count in a file, in whatever encoding it names them; -1 where it cannot be read."""
    if not path.is_file():
        return 0
    opened: Any = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rb") as file:
            codes = ("utf-16-le", "utf-16-be") if b"\0" in file.read(4096) else ("utf-8", "cp1252")
        counts = []
        for code in codes:
            with opened(path, "rt", encoding=code, errors="replace") as file:
                counts.append(sum(len(named.findall(line)) for line in file))
        return max(counts)
    except (OSError, EOFError, zlib.error):
        return -1
