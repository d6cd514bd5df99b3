"""Copies of a folder's texts, kept before something changes many of them at once."""

import datetime as dt
from pathlib import Path

from journeykit.errors import WorkshopError, did_you_mean
from journeykit.model import free_name

from .desk import Desk
from .files import locked, within, write_atomic
from .folder import DOCUMENTS, WORKSHOP, Folder

COPIES = "kept"
"""The folder of the copies; git leaves it alone."""


def texts(root: Path) -> dict[str, bytes]:
    """Read what a workshop is made of: file to content, also where the content is wrong."""
    folder = Folder(root)
    files = (f"{doc}.yaml" for where in DOCUMENTS for doc in folder.docs(where))
    return {file: path.read_bytes() for file in files if (path := within(root, file)).exists()}


def keep(folder: Folder, why: str) -> str:
    """Keep a copy of the texts of a folder, and name it; what waits in the journal is in it."""
    Desk(folder.root).close()
    with locked(folder.root):
        return _copy(folder, why)


def _copy(folder: Folder, why: str) -> str:
    place, found = within(folder.root, COPIES), texts(folder.root)
    place.mkdir(exist_ok=True)
    (place / ".gitignore").write_text("*\n", "utf-8")
    name = free_name(f"{dt.datetime.now():%Y-%m-%dT%H-%M-%S}-{why}", copies(folder))
    half = place / f".{name}"
    _write(half, found)
    half.rename(place / name)  # whole, or not at all
    return name


def copies(folder: Folder) -> list[str]:
    """List the copies, the oldest first."""
    place = within(folder.root, COPIES)
    return sorted(path.name for path in place.glob("[!.]*/"))


def restore(folder: Folder, name: str) -> str:
    """Bring the texts of a copy back, and name the copy of what was there until now.

    Raises
    ------
    WorkshopError
        Where there is no such copy.
    """
    known = copies(folder)
    if name not in known:
        raise WorkshopError(f"there is no copy {name!r}. {did_you_mean(name, known)}")
    root, then = folder.root, texts(within(folder.root, f"{COPIES}/{name}"))
    if (root / WORKSHOP).exists():  # without it, no desk saves what waits in the journal
        Desk(root).close()
    with locked(root):
        before = _copy(folder, "restore")
        for file in texts(root).keys() - then:
            (root / file).unlink()
        _write(root, then)
    return before


def _write(root: Path, found: dict[str, bytes]) -> None:
    for file, content in found.items():
        write_atomic(root / file, content)
