"""The documents of a folder as they are now: safe at once in a journal, within a second in the
YAML.
"""

import json
import logging
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from journeykit.errors import FileProblem, JourneykitError, WorkshopError, first_line
from journeykit.model import Data, Doc, Facts, Journey, difference, join, settle

from .files import JOURNALS
from .folder import open_folder
from .joined import kind_of
from .journal import Journal, orphans

#: Seconds until what was acknowledged is written to the YAML as well, and until it is tried again.
PAUSE, AGAIN = 0.4, 2.0
_log = logging.getLogger(__name__)


class DocumentStore:
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
        self.folder = open_folder(root)
        self.notices = list[str]()
        self.trouble = dict[str, str]()
        # Whoever needs both takes saving first; neither is held while somebody is told.
        self._saving, self._lock = threading.Lock(), threading.RLock()
        # What is not in the YAML yet: what the file said before, and what it shall say.
        self._waiting = dict[str, tuple[Doc, Doc]]()
        self._unheard = set[str]()  # read anew, and nobody who shows it was told
        self._seen = dict[str, None]()
        self._left: Data = {}  # of a process that died, for files that cannot be read
        self._timer: threading.Timer | None = None
        self.is_open = True
        self._journals = self.folder.root / JOURNALS
        self._journal = Journal(self._journals)
        self._recover()

    def _tell(self, docs: set[str]) -> None:
        """Tell whoever shows these documents that they changed."""

    # --- reading ---------------------------------------------------------------------------

    def get(self, doc: str) -> Any:
        """Return a document as it is now, what is not saved yet included; None without it.

        A file that is half-typed in an editor counts as what it said before.
        """
        with self._lock:
            kind_of(doc)
            if doc in self._waiting:
                return self._waiting[doc][1]
            last = self.folder.last(doc)
            try:
                found = self.folder.read(doc)
            except FileProblem:
                if last is None:
                    raise
                return last
            if found != last:
                self._unheard.add(doc)
            self._owe(doc)
            return found

    def _owe(self, doc: str) -> None:
        """Save again what somebody wrote over."""
        known = self.folder.known[doc]
        if known.model != known.said:
            self._wish(doc, known.model)
            try:
                self._journal.write([{"doc": doc, "parts": difference(known.said, known.model)}])
            except OSError as problem:
                self.trouble[doc] = f"{doc} could not be saved yet: {first_line(problem)}"

    def journey(self, journey_id: str) -> Journey:
        """Return a journey as it is now."""
        found = self.get(f"journeys/{journey_id}")
        if not isinstance(found, Journey):
            raise WorkshopError(f"there is no journey {journey_id!r} here.")
        return found

    def records(self, kind: str) -> list[Any]:
        """Return the records of a kind as they are now; a file that cannot be read is left out."""
        kind_of(f"records/{kind}/any")  # an unknown kind is refused here
        return self._all(f"records/{kind}")

    def journeys(self) -> list[Journey]:
        """Return all journeys as they are now; a file that cannot be read is left out."""
        return self._all("journeys")

    def _all(self, where: str) -> list[Any]:
        found = []
        with self._lock:
            for doc in self._named(where):
                with suppress(JourneykitError):
                    found.append(self.get(doc))
        return [record for record in found if record is not None]

    def _named(self, where: str) -> list[str]:
        """Name the documents of a place: those with a file, waiting for one, or that had one."""
        docs = {*self.folder.docs(where), *self._waiting, *self.folder.known}
        return sorted(doc for doc in docs if doc.startswith(f"{where}/"))

    # --- saving ----------------------------------------------------------------------------

    def _save_later(self, again: bool = False) -> None:
        if self._timer is None:
            self._timer = threading.Timer(AGAIN if again else PAUSE, self._due)
            self._timer.daemon = True
            self._timer.start()

    def _due(self) -> None:
        if self.is_open:
            self.save()

    def save(self) -> None:
        """Write what is not in the YAML yet, joined with what others wrote there."""
        with self._saving:
            try:
                with self._lock:
                    for doc in self.folder.lately():
                        with suppress(JourneykitError):  # half-typed: look again later
                            self.get(doc)
                    waiting = dict(self._waiting)
                joined = {
                    doc for doc, (base, wish) in waiting.items() if self._save(doc, base, wish)
                }
            finally:
                with self._lock:
                    self._timer = None  # one at a time, however long it takes
                    if (self._waiting or self.folder.lately()) and self.is_open:
                        self._save_later(again=bool(self.trouble) or not self._waiting)
        self._tell(joined)

    def _save(self, doc: str, base: Doc, wish: Doc) -> bool:
        """Save one document; tells whether something of others came in."""
        try:
            now, lost = self.folder.put(doc, base, wish)
        except Exception as problem:  # whatever it is: the journal holds it, and it is tried again
            if doc not in self.trouble:
                _log.warning("%s could not be saved: %s", doc, problem)
            self.trouble[doc] = f"{doc} could not be saved yet: {first_line(problem)}"
            return False
        self._put_aside(doc, lost, "what stood in the file")
        with self._lock:
            self.trouble.pop(doc, None)
            newer = self._waiting[doc][1]
            if newer is wish:
                del self._waiting[doc]
                self._journal.saved(doc)
            else:
                self._waiting[doc] = now, join(wish, newer, now, kind_of(doc))[0]
        return bool(difference(wish, now))

    def _put_aside(self, doc: str, lost: Facts, what: str) -> None:
        """Keep, beside the journals, what two people wrote over one another."""
        if not lost:
            return
        path = self._journals / "displaced.txt"
        with suppress(OSError), open(path, "a", encoding="utf-8") as kept:
            for place, value in lost.items():
                kept.write(f"{doc}, {place}, {what}: {json.dumps(value, ensure_ascii=False)}\n")
        self.notices.append(f"{doc}, {', '.join(lost)}: changed twice; {what} is kept in {path}.")

    # --- beginning and end -----------------------------------------------------------------

    def _recover(self) -> None:
        """Take over what processes that died had acknowledged."""
        for path, seen, chains in orphans(self._journals, self.notices.append):
            entries = [{"doc": doc, "parts": parts} for doc, parts in chains.items()]
            try:
                self._journal.write([{"seen": seen}, *entries])
            except OSError as problem:  # it stays where it is, for the next opening
                self.notices.append(f"{path} is not taken over yet: {problem}")
                continue
            self._seen.update(dict.fromkeys(seen))
            with suppress(OSError):  # Windows removes no open file, but empties it
                path.write_bytes(b"")
                path.unlink()
            for doc, parts in chains.items():
                self._left[doc] = parts
                with suppress(JourneykitError):  # the file cannot be read: later
                    self._replay(doc)

    def _replay(self, doc: str) -> None:
        """Put what a process that died had acknowledged where nobody changed it since."""
        if doc not in self._left:
            return
        old, parts = self.get(doc), self._left[doc]
        try:
            new, lost = settle(old, parts, kind_of(doc), win=False)
        except ValueError:  # the file was taken away since, or it no longer fits
            new, lost = old, {part: chain[-1] for part, chain in parts.items()}
        del self._left[doc]
        self._put_aside(doc, lost, "what was not saved when the kernel died")
        if difference(old, new):
            self._wish(doc, new)
        elif doc not in self._waiting:
            self._journal.saved(doc)

    def _wish(self, doc: str, new: Doc) -> None:
        """Say what a document shall be; it is saved soon."""
        base = self._waiting[doc][0] if doc in self._waiting else self.folder.last(doc)
        self._waiting[doc] = base, new
        self._save_later()

    def close(self) -> None:
        """Save, and let go of the journal."""
        with self._lock:
            was_open, self.is_open = self.is_open, False
        if was_open:
            self.save()
            with self._lock:  # what is left the next opening puts into the files
                (self._journal.close if self._waiting or self._left else self._journal.finish)()

    def leave(self) -> None:
        """Let go of everything without a word: it is the parent process's."""
        self.is_open, self._lock = False, threading.RLock()
        self._journal.close()
