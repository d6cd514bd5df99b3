"""Journals: what was acknowledged and is not in the YAML yet, one line each, on the disk.

A journal belongs to one process, which holds its lock as long as it lives. One that nobody
holds was left by a process that died; its lines are taken over when the workshop is opened next.
Lines: ``{"id", "doc", "parts": {part: [before, after]}}`` for an operation, ``{"saved": doc}``
once the YAML says all that came before, ``{"seen": [ids]}`` for operations of old.
"""

import errno
import json
import os
import platform
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import Any

from filelock import FileLock

from journeykit.errors import FileProblem
from journeykit.model import Data, slug

from .files import hold, write_atomic

_REMEMBERED = 2_000
_LARGE = 256 * 1024

_KEYS = {"id": str, "doc": str, "parts": dict, "saved": str, "seen": list}
"""What a line may say."""

#: Document to part to all that it was, in order.
Chains = dict[str, dict[str, list[Any]]]


class Journal:
    """The journal of this process.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     journal = Journal(Path(place))
    ...     journal.write([{"id": "1", "doc": "journeys/maya", "parts": {"name": ["A", "B"]}}])
    ...     journal.close()
    ...     [(seen, chains) for _, seen, chains in orphans(Path(place))]
    [(['1'], {'journeys/maya': {'name': ['A', 'B']}})]
    """

    def __init__(self, folder: Path) -> None:
        self._open = dict[str, list[str]]()  # lines whose document is not saved, by document
        self._seen = dict[str, None]()
        host = slug(platform.node(), "host")
        self.path = folder / f"{host}-{os.getpid()}-{secrets.token_hex(4)}.jsonl"
        self._file: FileIO | None = None  # made, and its lock taken, with the first line
        self._lock: FileLock | None = None
        self._size = self._begun = 0  # now, and when it was last written anew

    def write(self, entries: Iterable[Data]) -> None:
        """Put entries on the disk; when this returns they outlive a power cut.

        Raises
        ------
        OSError
            Where the disk did not take them; the journal is then as it was before.
        """
        lines = [(entry, _line(entry)) for entry in entries]
        if self._file is None or os.fstat(self._file.fileno()).st_nlink == 0:  # or it was removed
            self._begin()
        self._append("".join(line for _, line in lines))
        for entry, line in lines:
            self._seen.update(dict.fromkeys(_ids(entry)))
            if entry.get("parts"):
                self._open.setdefault(entry["doc"], []).append(line)

    def saved(self, doc: str) -> None:
        """Say that the YAML holds all that was written about a document."""
        self._open.pop(doc, None)
        if self._file is not None:
            # Without the line the document is put there again, which changes nothing.
            with suppress(OSError):
                self._append(_line({"saved": doc}), sync=False)
                if self._size > max(_LARGE, 2 * self._begun):  # a long one is not written at each
                    self._begin()

    def close(self) -> None:
        """Let go of the file; what is in it waits for the next opening."""
        if self._file is not None:
            self._file.close()
            self._file = None
        if self._lock is not None:
            self._lock.release()

    def finish(self) -> None:
        """Close a journal that is done with: only the ids of its operations stay."""
        if self._file is not None:
            with suppress(OSError):
                self._begin()
        self.close()

    def _append(self, lines: str, sync: bool = True) -> None:
        file, content = self._file, lines.encode()
        assert file is not None
        try:
            file.seek(self._size)  # over what a write that failed may have left
            if file.write(content) != len(content):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            if sync:
                os.fsync(file.fileno())
        except OSError:
            with suppress(OSError):
                file.truncate(self._size)
            raise
        self._size += len(content)

    def _begin(self) -> None:
        """Write the file anew, small; the old one stands until the new one does."""
        self.close()
        self._lock = hold(_lock_of(self.path), 0)
        self._seen = dict.fromkeys([*self._seen][-_REMEMBERED:])
        lines = [_line({"seen": [*self._seen]})] if self._seen else []
        content = "".join([*lines, *(line for doc in self._open.values() for line in doc)])
        write_atomic(self.path, content)
        self._file = FileIO(self.path, "r+")
        self._size = self._begun = len(content)


def orphans(
    folder: Path, say: Callable[[str], None] = print
) -> Iterator[tuple[Path, list[str], Chains]]:
    """Give the journals that no living process holds.

    Each with the ids of operations that were carried out, and for each part of a document all
    that it was, the last one being what must be there. The file may be removed once that is so.
    A damaged line is told to ``say`` and passed over, and a copy of its journal kept. One with a
    line that this version does not know is told, too, and left as it is.
    """
    for path in sorted(folder.glob("*.jsonl")):
        # Where nobody can lock, all count as dead: to take over what a living process is about to
        # save anyway does no harm, and it writes a lost file anew.
        with suppress(OSError), open(path, "r+b"):
            lock = hold(_lock_of(path), 0)
            if lock is None:
                continue
            seen = list[str]()
            chains = Chains()
            entries, damaged = _read(path)
            if not all(map(_is_known, entries)):
                say(
                    f"{path} was written by a newer journeykit and holds what is not in the files "
                    "yet: install that, as with `pip install -U journeykit`, and open the workshop"
                )
                lock.release()
                continue
            for problem in damaged:
                say(str(problem))
            if damaged:
                shutil.copy(path, path.with_suffix(".damaged"))
            done = _done(folder, path)
            for entry in entries:
                seen += _ids(entry)
                chains.pop(entry.get("saved", ""), None)
                if entry.get("id") in done:
                    continue
                for part, values in entry.get("parts", {}).items():
                    chain = chains.setdefault(entry["doc"], {}).setdefault(part, values[:1])
                    chain += values[1:]
            yield path, seen, chains
            lock.release()
            if not path.exists():
                _lock_of(path).unlink()


def _done(folder: Path, but: Path) -> set[str]:
    """Ids that other journals say were carried out: a copy of a journal may come once more."""
    done = set[str]()
    for path in {*folder.glob("*.jsonl")} - {but}:
        with suppress(OSError):
            known = filter(_is_known, _read(path)[0])
            done.update(*(entry.get("seen", ()) for entry in known))
    return done


def _lock_of(path: Path) -> Path:
    return path.with_suffix(".lock")


def _is_known(entry: Data) -> bool:
    if not all(isinstance(value, _KEYS.get(key, ())) for key, value in entry.items()):
        return False
    parts = entry.get("parts", {})
    chains = all(isinstance(chain, list) and chain for chain in parts.values())
    return chains and (not parts or "doc" in entry) and all(isinstance(i, str) for i in _ids(entry))


def _ids(entry: Data) -> list[str]:
    return [*entry.get("seen", []), *([entry["id"]] if "id" in entry else [])]


def _line(entry: Data) -> str:
    return json.dumps(entry) + "\n"


def damaged_lines(folder: Path) -> Iterator[FileProblem]:
    """Name the lines of journals, and of the copies kept of them, that cannot be read."""
    for path in sorted(folder.glob("*.*")):
        if path.suffix in (".jsonl", ".damaged"):
            yield from _read(path)[1]


def _read(path: Path) -> tuple[list[Data], list[FileProblem]]:
    """Read the lines of a journal; a last one that was cut off was never acknowledged."""
    entries = list[Data]()
    damaged = list[FileProblem]()
    lines = path.read_bytes().split(b"\n")
    for number, line in enumerate(lines, 1):
        entry = None
        with suppress(ValueError, RecursionError):
            entry = json.loads(line)
        if isinstance(entry, dict):
            entries.append(entry)
        elif line.strip() and number < len(lines):
            what = "this line is damaged and was passed over: a change that it held may be lost"
            fix = f"Look for it in {path.stem}.damaged, then remove that file"
            file = f"{path.parent.name}/{path.name}"
            damaged.append(FileProblem(f"{what}. {fix}", file, number))
    return entries, damaged
