"""Journals: what was acknowledged and is not in the YAML yet, one line each, on the disk.

A journal belongs to one process, which holds a lock on it as long as it lives. One that nobody
holds was left by a process that died; its lines are taken over when the workshop is opened next.
Lines: ``{"id", "doc", "parts": {part: [before, after]}}`` for an operation, ``{"saved": doc}``
once the YAML says all that came before, ``{"seen": [ids]}`` for operations of old.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import secrets
from collections.abc import Iterable, Iterator
from io import FileIO
from pathlib import Path
from typing import Any

from journeykit.store.files import hold, sync_folder

__all__ = ["Journal", "orphans"]

_REMEMBERED = 2_000
_LARGE = 256 * 1024

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
        self._open: dict[str, list[bytes]] = {}  # lines whose document is not saved, by document
        self._seen: dict[str, None] = {}
        self.path = folder / f"{os.getpid()}-{secrets.token_hex(4)}.jsonl"
        self._file: FileIO | None = None  # made with the first line
        self._size = 0

    def write(self, entries: Iterable[dict[str, Any]]) -> None:
        """Put entries on the disk; when this returns they outlive a power cut.

        Raises
        ------
        OSError
            Where the disk did not take them; the journal is then as it was before.
        """
        lines = [(entry, _line(entry)) for entry in entries]
        if (
            self._file is None or os.fstat(self._file.fileno()).st_nlink == 0
        ):  # or the cache was cleaned
            self._file = self._anew()
        self._append(self._file, b"".join(line for _, line in lines))
        for entry, line in lines:
            self._seen.update(dict.fromkeys(_ids(entry)))
            if entry.get("parts"):
                self._open.setdefault(entry["doc"], []).append(line)

    def saved(self, doc: str) -> None:
        """Say that the YAML holds all that was written about a document."""
        self._open.pop(doc, None)
        if self._file is None or self._file.closed:
            return
        # Without the line the document is put there again, which changes nothing.
        with contextlib.suppress(OSError):
            self._append(self._file, _line({"saved": doc}), sync=False)
            if self._size > _LARGE:
                self._file = self._anew()

    def close(self) -> None:
        """Let go of the file; what is in it waits for the next opening."""
        if self._file is not None:
            self._file.close()

    def finish(self) -> None:
        """Close a journal that is done with: only the ids of its operations stay."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file = self._anew()
        self.close()

    def _append(self, file: FileIO, content: bytes, sync: bool = True) -> None:
        try:
            file.seek(self._size)  # over what a write that failed may have left
            if file.write(content) != len(content):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            if sync:
                os.fsync(file.fileno())
        except OSError:
            with contextlib.suppress(OSError):
                file.truncate(self._size)
            raise
        self._size += len(content)

    def _anew(self) -> FileIO:
        """Write the file once more, small; the old one stands until the new one does."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._seen = dict.fromkeys(list(self._seen)[-_REMEMBERED:])
        lines = [_line({"seen": list(self._seen)})] if self._seen else []
        content = b"".join([*lines, *(line for doc in self._open.values() for line in doc)])
        new = self.path.with_suffix(".new")
        file = FileIO(new, "w")  # open, and locked, as long as the process lives
        try:
            hold(file.fileno())
            if file.write(content) != len(content):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(file.fileno())
            os.replace(new, self.path)
        except OSError:
            file.close()
            new.unlink(missing_ok=True)
            raise
        sync_folder(self.path.parent)
        if self._file is not None:
            self._file.close()
        self._size = len(content)
        return file


def orphans(folder: Path) -> Iterator[tuple[Path, list[str], Chains]]:
    """Give the journals that no living process holds.

    Each with the ids of operations that were carried out, and for each part of a document all
    that it was, the last one being what must be there. The file may be removed once that is so.
    A last line that was cut off was never acknowledged and is left out.
    """
    for path in sorted(folder.glob("*.jsonl")):
        with contextlib.suppress(OSError), open(path, "r+b") as file:
            # Where nobody can lock (None), all count as dead: to take over what a living process
            # is about to save anyway does no harm, and it writes a lost file anew.
            if hold(file.fileno()) is False:
                continue
            seen: list[str] = []
            chains: Chains = {}
            for entry in _entries(file.read()):
                seen += _ids(entry)
                chains.pop(entry.get("saved", ""), None)
                for part, values in entry.get("parts", {}).items():
                    chain = chains.setdefault(entry["doc"], {}).setdefault(part, values[:1])
                    chain.extend(values[1:])
            yield path, seen, chains


def _ids(entry: dict[str, Any]) -> list[str]:
    return [*entry.get("seen", []), *([entry["id"]] if "id" in entry else [])]


def _line(entry: dict[str, Any]) -> bytes:
    return json.dumps(entry, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n"


def _entries(content: bytes) -> Iterator[dict[str, Any]]:
    for line in content.split(b"\n"):
        with contextlib.suppress(ValueError):
            entry = json.loads(line.decode("utf-8", "surrogatepass"))
            if isinstance(entry, dict):
                yield entry
