"""Files that are never half written, and a lock between two writers."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from journeykit.errors import FileProblem

__all__ = ["fingerprint", "hold", "locked", "stems", "sync_folder", "text_of", "write_atomic"]


def fingerprint(text: str) -> str:
    """Return a short hash of a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def write_atomic(path: Path, text: str) -> None:
    """Write a file whole or not at all: temporary file, fsync, rename."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the rename itself last through a power cut, where the system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep other processes of the kit out while one reads, merges and writes.

    Where the system has no ``flock`` the check of the file's fingerprint still guards.
    """
    try:
        import fcntl
    except ImportError:
        yield
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a") as handle:
        with contextlib.suppress(OSError):  # some network folders know no locks
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield  # closing the file lets go


def hold(handle: int) -> bool | None:
    """Lock an open file for as long as this process lives.

    True where that worked, False where another process holds it, None where nobody can lock here
    (some network folders).
    """
    try:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except ImportError:
        return _hold_on_windows(handle)
    except OSError as problem:
        return False if problem.errno in (errno.EAGAIN, errno.EACCES) else None
    return True


def _hold_on_windows(handle: int) -> bool | None:
    try:
        import msvcrt
    except ImportError:
        return None
    os.lseek(handle, 2**30, os.SEEK_SET)  # one byte far behind the end, so that all can read
    try:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
    except OSError:
        return False
    finally:
        os.lseek(handle, 0, os.SEEK_SET)
    return True


def stems(folder: Path) -> list[str]:
    """List the YAML files of a folder by name, without the ending."""
    return sorted(path.stem for path in folder.glob("*.yaml") if not path.name.startswith("."))


def text_of(path: Path, name: str) -> str:
    """Read a file as text; raises FileProblem with file and line."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as problem:
        line = path.read_bytes()[: problem.start].count(b"\n") + 1
        raise FileProblem("this is not UTF-8 text; save the file as UTF-8", name, line) from None
    except OSError as problem:
        raise FileProblem(f"the file cannot be read: {problem.strerror}", name) from None
