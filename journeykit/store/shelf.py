"""The documents of a folder as they are now, safe at once in a journal and within a second in the YAML."""

from __future__ import annotations

import contextlib
import json
import logging
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from journeykit.errors import FileProblem, JourneykitError, WorkshopError, first_line
from journeykit.model import Journey, Word, difference, join, settle
from journeykit.store.folder import open_folder
from journeykit.store.journal import Journal, orphans

__all__ = ["Shelf"]

#: Seconds until what was acknowledged is written to the YAML as well, and until it is tried again.
PAUSE, AGAIN = 0.4, 2.0
_log = logging.getLogger(__name__)


class Shelf:
    """What the files say, and what waits to be written to them.

    A document is named as its file is, without the ending: ``workshop``,
    ``personas/<id>``, ``journeys/<id>``, ``records/<kind>/<id>``.

    Attributes
    ----------
    trouble : dict
        Document to a sentence: what is safe in the journal and cannot be put into the YAML yet.
    notices : list of str
        What somebody should know, such as words that did not stand; each is said once.
    is_open : bool
        Whether it still takes anything.
    """

    def __init__(self, root: Path) -> None:
        # One to read, under the lock, and one to write, while saving: nobody waits for a file.
        self.folder, self._writer = open_folder(root), open_folder(root)
        self.notices: list[str] = []
        self.trouble: dict[str, str] = {}
        # Whoever needs both takes saving first; neither is held while somebody is told.
        self._saving, self._lock = threading.Lock(), threading.RLock()
        # What is not in the YAML yet: what the file said before, and what it shall say.
        self._waiting: dict[str, tuple[Word | None, Word | None]] = {}
        self._last: dict[str, Word | None] = {}  # what a file said when it could last be read
        self._unheard: set[str] = set()  # read anew, and nobody who shows it was told
        self._signs: dict[str, Any] = {}  # by which a file is known to say that still
        self._seen: dict[str, None] = {}
        self._left: dict[str, Any] = {}  # of a process that died, for files that cannot be read
        self._timer: threading.Timer | None = None
        self.is_open = True
        self._journals = self.folder.cache / "journal"
        self._journal = Journal(self._journals)
        self._recover()

    def _tell(self, docs: set[str]) -> None:
        """Tell whoever shows these documents that they changed."""

    # --- reading ---------------------------------------------------------------------------

    def word(self, doc: str) -> Word | None:
        """Return a document as it is now, what is not saved yet included; None without it.

        A file that is half-typed in an editor counts as what it said before.
        """
        with self._lock:
            return self._waiting[doc][1] if doc in self._waiting else self._read(doc)

    def journey(self, journey_id: str) -> Journey:
        """Return a journey as it is now."""
        found = self.word(f"journeys/{journey_id}")
        if not isinstance(found, Journey):
            raise WorkshopError(f"there is no journey {journey_id!r} here.")
        return found

    def records(self, kind: str) -> list[Any]:
        """Return the records of a kind as they are now, by id; a file that cannot be read is left out."""
        self.folder.place(f"records/{kind}/any")  # an unknown kind is refused here
        with self._lock:
            found = []
            for doc in sorted(set(self._named(f"records/{kind}"))):
                with contextlib.suppress(JourneykitError):
                    found.append(self.word(doc))
            return [record for record in found if record is not None]

    def _named(self, start: str) -> Iterator[str]:
        """Name the documents of a folder: those with a file, waiting for one, or known to have had one."""
        yield from (
            f"{start}/{path.stem}" for path in (self.folder.root / start).glob("[!.]*.yaml")
        )
        yield from (doc for doc in (*self._waiting, *self._last) if doc.startswith(f"{start}/"))

    def _read(self, doc: str) -> Word | None:
        kind, path = self.folder.place(doc)
        sign = _sign(path)
        if sign is not None and self._signs.get(doc) == sign:
            return self._last[doc]
        try:
            found = self.folder.read(kind, path) if path.is_file() else None
        except FileProblem:
            if self._last.get(doc) is None:
                raise
            return self._last[doc]
        if found != self._last.get(doc):
            self._unheard.add(doc)
        self._last[doc], self._signs[doc] = found, sign
        return found

    # --- saving ----------------------------------------------------------------------------

    def _save_later(self, again: bool = False) -> None:
        if self._timer is None:
            self._timer = threading.Timer(AGAIN if again else PAUSE, self._due)
            self._timer.daemon = True
            self._timer.start()

    def _due(self) -> None:
        with self._lock:
            self._timer = None  # what comes from now on needs another one
        if self.is_open:
            self.save()

    def save(self) -> None:
        """Write what is not in the YAML yet, joined with what others wrote there."""
        with self._saving:
            with self._lock:
                waiting = dict(self._waiting)
            joined = {doc for doc, (base, word) in waiting.items() if self._save(doc, base, word)}
            with self._lock:
                if self._waiting and self.is_open:
                    self._save_later(again=bool(self.trouble))
        self._tell(joined)

    def _save(self, doc: str, base: Word | None, word: Word | None) -> bool:
        """Save one document; tells whether something of others came in."""
        kind, path = self.folder.place(doc)
        try:
            now, lost = self._writer.put(kind, path, base, word)
        except Exception as problem:  # whatever it is: the journal holds it, and it is tried again
            if doc not in self.trouble:
                _log.warning("%s could not be saved: %s", doc, problem)
            self.trouble[doc] = f"{doc} could not be saved yet: {first_line(problem)}"
            return False
        self._put_aside(doc, lost, "what stood in the file")
        with self._lock:
            self.trouble.pop(doc, None)
            self.folder.learn(path, self._writer)
            self._last[doc], self._signs[doc] = now, None
            newer = self._waiting[doc][1]
            if newer is word:
                del self._waiting[doc]
                self._journal.saved(doc)
            else:
                self._waiting[doc] = (now, join(word, newer, now, kind)[0])
        return bool(difference(word, now))

    def _put_aside(self, doc: str, lost: Mapping[str, Any], what: str) -> None:
        """Keep, beside the journals, what two people wrote over one another."""
        if not lost:
            return
        path = self._journals / "displaced.txt"
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            with open(path, "a", encoding="utf-8") as kept:
                for part, value in lost.items():
                    kept.write(f"{doc}, {part}, {what}: {json.dumps(value, ensure_ascii=False)}\n")
        self.notices.append(f"{doc}, {', '.join(lost)}: changed twice; {what} is kept in {path}.")

    # --- beginning and end -----------------------------------------------------------------

    def _recover(self) -> None:
        """Take over what processes that died had acknowledged."""
        for path, seen, chains in orphans(self._journals):
            entries = [{"doc": doc, "parts": parts} for doc, parts in chains.items()]
            self._journal.write([{"seen": seen}, *entries])
            self._seen.update(dict.fromkeys(seen))
            with contextlib.suppress(
                OSError
            ):  # Windows removes no file that is open, but empties it
                path.write_bytes(b"")
                path.unlink()
            for doc, parts in chains.items():
                self._left[doc] = parts
                with contextlib.suppress(JourneykitError):  # the file cannot be read: later
                    self._replay(doc)

    def _replay(self, doc: str) -> None:
        """Put what a process that died had acknowledged where nobody changed it since."""
        if doc not in self._left:
            return
        kind, _ = self.folder.place(doc)
        old, parts = self.word(doc), self._left[doc]
        try:
            new, lost = settle(old, parts, kind, win=False)
        except ValueError:  # the file was taken away since, or it no longer fits
            new, lost = old, {part: chain[-1] for part, chain in parts.items()}
        del self._left[doc]
        self._put_aside(doc, lost, "what was not saved when the kernel died")
        if difference(old, new):
            self._waiting[doc] = (self._last.get(doc), new)
            self._save_later()
        elif doc not in self._waiting:
            self._journal.saved(doc)

    def close(self) -> None:
        """Save, and let go of the journal."""
        with self._lock:
            was_open, self.is_open = self.is_open, False
        if not was_open:
            return
        self.save()
        with self._lock:
            if self._waiting or self._left:
                self._journal.close()  # the next opening puts it into the files
            else:
                self._journal.finish()

    def leave(self) -> None:
        """Let go of everything without a word: it is the parent process's."""
        self.is_open, self._lock = False, threading.RLock()
        self._journal.close()


def _sign(path: Path) -> tuple[int, int, int] | None:
    """Say by what a file that was read is known again; None where it is too young to be sure."""
    try:
        now = path.stat()
    except OSError:
        return None
    young = time.time_ns() - now.st_mtime_ns < 50_000_000
    return None if young else (now.st_mtime_ns, now.st_size, now.st_ino)
