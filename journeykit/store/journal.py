"""Journals: what was acknowledged and is not in the YAML yet, one line each, on the disk.

A journal belongs to one process, which holds a lock on it as long as it lives. One that nobody
holds was left by a process that died; its lines are put into the folder when the workshop is
opened next.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

__all__ = ["Journal", "orphans"]

_REMEMBERED = 2_000

#: Document to part to all that it was, in order.
Chains = dict[str, dict[str, list[Any]]]


class Journal:
    """The journal of this process.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     journal = Journal(Path(place))
    ...     journal.write([{"id": "1", "doc": "journeys/maya", "parts": {}}])
    ...     journal.close()
    ...     [seen for _, seen, _ in orphans(Path(place))]
    [['1']]
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{os.getpid()}-{secrets.token_hex(4)}.jsonl"
        self._file = open(self.path, "ab")  # noqa: SIM115  # open as long as the process lives
        _hold(self._file.fileno())

    def write(self, entries: Iterable[dict[str, Any]]) -> None:
        """Put entries on the disk; when this returns they outlive a power cut."""
        lines = "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries)
        self._file.write(lines.encode())
        self._file.flush()
        os.fsync(self._file.fileno())

    def restart(self, seen: Iterable[str]) -> None:
        """Begin anew once everything is in the YAML; only the ids of operations stay."""
        if self.closed:  # a save that was already on its way when the desk closed
            return
        self._file.truncate(0)
        kept = list(seen)[-_REMEMBERED:]
        self.write([{"seen": kept}] if kept else [])

    @property
    def closed(self) -> bool:
        """Whether the file was let go of."""
        return self._file.closed

    def close(self) -> None:
        """Let go of the file; what is in it waits for the next opening."""
        self._file.close()


def orphans(folder: Path) -> Iterator[tuple[Path, list[str], Chains]]:
    """Give the journals that no living process holds.

    Each with the ids of operations that were carried out, and for each part of a document all
    that it was, the last one being what must be there. The file may be removed once that is so.
    A last line that was cut off was never acknowledged and is left out.
    """
    for path in sorted(folder.glob("*.jsonl")):
        with contextlib.suppress(OSError), open(path, "rb") as file:
            if not _hold(file.fileno()):
                continue
            seen: list[str] = []
            chains: Chains = {}
            for entry in _entries(file.read()):
                seen += [*entry.get("seen", []), *([entry["id"]] if "id" in entry else [])]
                for part, (before, after) in entry.get("parts", {}).items():
                    chains.setdefault(entry["doc"], {}).setdefault(part, [before]).append(after)
            yield path, seen, chains


def _entries(content: bytes) -> Iterator[dict[str, Any]]:
    for line in content.splitlines():
        with contextlib.suppress(ValueError):
            entry = json.loads(line)
            if isinstance(entry, dict):
                yield entry


def _hold(handle: int) -> bool:
    """Lock a file for this process; without ``flock`` (Windows) nobody counts as dead."""
    try:
        import fcntl
    except ImportError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
