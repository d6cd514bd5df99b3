"""Files that are never half written, and a lock between two writers."""

import ctypes
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from filelock import FileLock, Timeout

from journeykit.errors import FileProblem, WorkshopError

JOURNALS = "journal"
"""Where a workshop folder keeps what is acknowledged and not in its files yet, and its lock."""

_HERE, _EXCHANGE = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of Linux' rename(2)


def write_atomic(path: Path, text: str | bytes, *, keep: bool = False) -> BinaryIO | None:
    """Write a file whole or not at all: temporary file, fsync, rename.

    With ``keep``, the file that was there is returned, open and without a name, where the system
    can swap two names: whatever it was at that very moment, and what is still written into it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(text if isinstance(text, bytes) else text.encode())
            out.flush()
            os.fsync(out.fileno())
        os.chmod(temporary, path.stat().st_mode & 0o777 if path.exists() else 0o644)
        if keep and _swapped(temporary, path):
            old = open(temporary, "rb")  # noqa: SIM115 - it is the caller's
            os.unlink(temporary)
        else:
            old = None
            os.replace(temporary, path)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(temporary)
        raise
    # The rename itself shall last through a power cut, too, where the system can.
    with suppress(OSError):
        handle = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    return old


def _swapped(one: str, other: Path) -> bool:
    """Swap the names of two files at once (Linux); False where that is not possible."""
    rename = getattr(ctypes.CDLL(None), "renameat2", None) if sys.platform == "linux" else None
    return rename is not None and not rename(
        _HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE
    )


def there(root: Path) -> None:
    """Raise WorkshopError where a folder was renamed or removed while it was open."""
    if not root.is_dir():
        raise WorkshopError(
            f"the folder {root} is not there any more: it was renamed or removed. "
            "Restart the kernel and open the workshop where it is now"
        )


def hold(path: Path, timeout: float = -1) -> FileLock | None:
    """Take the lock at a path; None where another process holds it for longer than `timeout`.

    Some network folders know no locks; there it counts as taken.
    """
    path.parent.mkdir(exist_ok=True)
    lock = FileLock(path, timeout, poll_interval=0.005, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        return None
    except (OSError, NotImplementedError):
        pass
    return lock


@contextmanager
def locked(root: Path) -> Iterator[None]:
    """Keep other processes of the kit out of a folder while one reads, merges and writes.

    Raises
    ------
    WorkshopError
        Where the folder is gone: nothing is made in its old place.
    """
    there(root)
    lock = hold(root / JOURNALS / "lock")
    try:
        yield
    finally:
        if lock:
            lock.release()


CONFLICT = re.compile(
    "(?i:[ck]onfli[ckt]|онфликт|競合|冲突|衝突|충돌|تعارض|çakışan|ristirii|modstrid)"
    "|^[a-z0-9]+(?:-[a-z0-9]+)*-(?=[a-z0-9]*[A-Z])"
)
"""How sync clients mark a copy of what two people changed, in many a language; OneDrive by the name
of a computer, as in ``maya-LAPTOP.yaml``."""


def copy_of(path: Path) -> str:
    """Name, without the ending, of what a file is a copy, as sync clients and people make them.

    Such as ``maya (1).yaml``, ``maya - Copy.yaml``, ``maya.sync-conflict-20260102.yaml``; ''
    where it is none.
    """
    words = re.findall("[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*", path.name)
    if re.fullmatch(r"[A-Za-z0-9-]+\.yaml", path.name):
        words = [path.stem[: at.start()] for at in re.finditer("-(?=.*[A-Z].*yaml)", path.name)]
    there = [word for word in words if path.with_name(f"{word}.yaml").is_file()]
    return (there or words[: bool(CONFLICT.search(path.name))] or [""])[0]


def stems(folder: Path) -> list[str]:
    """List the YAML files of a folder by name, without the ending; copies are none of it."""
    return sorted(path.stem for path in folder.glob("[!.]*.yaml") if not copy_of(path))


def within(root: Path, name: str) -> Path:
    """Give a path of a folder; raises FileProblem where it is a link out of it."""
    path = root / name
    if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(root)):
        raise FileProblem("no path leaves its folder, and a link here does: put a copy here", name)
    return path


def text_of(root: Path, name: str) -> str:
    """Read a file of a folder as text; raises FileProblem with file and line."""
    path = within(root, name)
    if path.exists() and not path.is_file():
        raise FileProblem("this is a folder or a pipe, and a file is needed", name)
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as problem:
        line = path.read_bytes()[: problem.start].count(b"\n") + 1
        raise FileProblem("this is not UTF-8 text; save the file as UTF-8", name, line) from None
    except OSError as problem:
        raise FileProblem(f"the file cannot be read: {problem.strerror}", name) from None
