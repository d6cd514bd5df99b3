"""The desk of a workshop folder: the one authority that takes operations from widgets.

::

    browser --operation--> desk: apply, journal (fsync), acknowledge, tell all widgets
                             └-- within a second: YAML, joined with what others wrote

All widgets of one process on one folder share one desk. Another process has a desk of its own;
they meet in the YAML files, which each looks at again before it applies anything.
"""

from __future__ import annotations

import atexit
import contextlib
import logging
import os
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from journeykit.errors import JourneykitError, MergeConflict, Refused, WorkshopError, first_line
from journeykit.model import Journey, Operation, Word, Workshop, difference, put
from journeykit.model import apply as applied
from journeykit.store.folder import Folder, open_folder
from journeykit.store.journal import Journal, orphans

__all__ = ["Desk", "desk_of"]

#: Seconds until what was acknowledged is written to the YAML as well.
PAUSE = 0.4
_MOST_UNDONE = 200
_desks: dict[Path, Desk] = {}
_opening = threading.Lock()
_log = logging.getLogger(__name__)


def desk_of(folder: Folder) -> Desk:
    """Return the desk of a folder in this process; opens it where it is the first."""
    with _opening:
        desk = _desks.get(folder.root)
        if desk is None or desk.pid != os.getpid():
            desk = _desks[folder.root] = Desk(folder.root)
            atexit.register(desk.close)
        return desk


class Desk:
    """Takes operations for the documents of one folder.

    A document is named as its file is, without the ending: ``workshop``,
    ``personas/<id>``, ``journeys/<id>``, ``records/<kind>/<id>``.
    """

    def __init__(self, root: Path) -> None:
        self.folder, self.pid = open_folder(root), os.getpid()
        self.notices: list[str] = []
        # Whoever needs several takes them in this order: saving, lock, files.
        self._saving, self._lock, self._files = threading.Lock(), threading.RLock(), threading.Lock()
        self._words: dict[str, Word | None] = {}  # what is not in the YAML yet
        self._seen: dict[str, None] = {}
        self._done: list[tuple[str, str, dict[str, tuple[Any, Any]]]] = []  # for undo: by, doc, change
        self._undone: list[tuple[str, str, dict[str, tuple[Any, Any]]]] = []
        self._watching: list[Callable[[set[str]], None]] = []
        self._timer: threading.Timer | None = None
        self._recover()
        self._journal = Journal(self._journals)

    @property
    def _journals(self) -> Path:
        return self.folder.cache / "journal"

    # --- reading ---------------------------------------------------------------------------

    def word(self, doc: str) -> Word | None:
        """Return a document as it is now, what is not saved yet included; None without it."""
        with self._lock:
            return self._words[doc] if doc in self._words else self._read(doc)

    def journey(self, journey_id: str) -> Journey:
        """Return a journey as it is now."""
        found = self.word(f"journeys/{journey_id}")
        if not isinstance(found, Journey):
            raise WorkshopError(f"there is no journey {journey_id!r} here.")
        return found

    def records(self, kind: str) -> list[Any]:
        """Return the records of a kind as they are now, by id."""
        with self._lock:
            start = f"records/{kind}/"
            waiting = {doc: word for doc, word in self._words.items() if doc.startswith(start)}
            with self._files:
                there = {f"{start}{record.id}": record for record in self.folder.records(kind)}
        now: dict[str, Any] = {**there, **waiting}
        return [now[doc] for doc in sorted(now) if now[doc] is not None]

    def _read(self, doc: str) -> Word | None:
        kind, path = self.folder.place(doc)
        if not path.is_file():
            return None
        with self._files:
            return self.folder.read(kind, path)

    # --- taking operations -----------------------------------------------------------------

    def take(self, *operations: Mapping[str, Any]) -> list[str | None]:
        """Carry out operations; when it returns, those without a reason are on the disk.

        Parameters
        ----------
        *operations : mapping
            See :class:`~journeykit.model.Operation`. ``undo`` and ``redo`` are kinds, too: they
            take back, or do again, the last operation of the same ``by`` on the same document.

        Returns
        -------
        list of str or None
            For each, why it was refused; None where it was carried out (or had been before).
        """
        reasons: list[str | None] = []
        entries: list[dict[str, Any]] = []
        touched: set[str] = set()
        with self._lock:
            for given in operations:
                try:
                    entry = self._carry_out(Operation.model_validate(given))
                except (JourneykitError, ValueError, TypeError) as problem:
                    reasons.append(first_line(problem))
                    continue
                reasons.append(None)
                if entry:
                    entries.append(entry)
                    touched.add(entry["doc"])
            if entries:
                self._journal.write(entries)
                self._save_later()
        if touched:
            self._tell(touched)
        return reasons

    def _carry_out(self, operation: Operation) -> dict[str, Any] | None:
        if operation.id in self._seen:
            return None
        doc = operation.doc
        kind, _ = self.folder.place(doc)
        old = self.word(doc)
        if operation.kind in ("undo", "redo"):
            new, change = self._back(operation, old, kind)
        else:
            new = applied(old, operation, kind)
            change = difference(old, new)
            self._check(new, change)
            if change:
                self._done = [*self._done, (operation.by, doc, change)][-_MOST_UNDONE:]
                self._undone = [u for u in self._undone if u[:2] != (operation.by, doc)]
        self._seen[operation.id] = None
        if not change:
            return None
        self._words[doc] = new
        return {"id": operation.id, "doc": doc, "parts": {part: list(pair) for part, pair in change.items()}}

    def _check(self, new: Word | None, change: Mapping[str, Any]) -> None:
        """Refuse a card on a stage or lane that the workshop does not have, or taking one away."""
        workshop = self.word("workshop")
        assert isinstance(workshop, Workshop)
        if isinstance(new, Journey):
            for card_id, sentence in workshop.problems_of(new):
                if f"cards/{card_id}" in change:
                    raise Refused(sentence)
        elif isinstance(new, Workshop) and "stages" in change:
            gone = {stage.id: stage.name for stage in workshop.stages} | {s.id: "" for s in new.stages}
            docs = {f"journeys/{name}" for name in self.folder.journey_ids()} | set(self._words)
            maps = [word for doc in sorted(docs) if isinstance(word := self.word(doc), Journey)]
            for stage in (gone.get(card.stage) for map_ in maps for card in map_.cards):
                if stage:
                    raise Refused(f"notes stand on “{stage}”: move them first.")

    def _back(self, operation: Operation, old: Word | None, kind: type[Word]) -> tuple[Any, Any]:
        """Take back (or do again) somebody's last change, where nobody has changed it since."""
        undo = operation.kind == "undo"
        source, target = (self._done, self._undone) if undo else (self._undone, self._done)
        mine = [at for at, (by, doc, _) in enumerate(source) if (by, doc) == (operation.by, operation.doc)]
        if not mine:
            raise Refused(
                "there is nothing of yours to take back." if undo else "there is nothing to do again."
            )
        _, doc, change = source[mine[-1]]
        wanted = {
            part: (after, before) if undo else (before, after) for part, (before, after) in change.items()
        }
        now = difference(old, None)
        if any(now.get(part, (None,))[0] != expected for part, (expected, _) in wanted.items()):
            del source[mine[-1]]
            raise Refused("somebody has changed it since, so that it stays as it is.")
        new = put(old, {part: value for part, (_, value) in wanted.items()}, kind)
        self._check(new, wanted)
        del source[mine[-1]]
        target.append((operation.by, doc, change))
        return new, wanted

    # --- telling ---------------------------------------------------------------------------

    def watch(self, call: Callable[[set[str]], None]) -> Callable[[], None]:
        """Call with the names of documents that changed; returns how to stop that."""
        self._watching.append(call)

        def stop() -> None:
            with contextlib.suppress(ValueError):
                self._watching.remove(call)

        return stop

    def _tell(self, docs: set[str]) -> None:
        for call in list(self._watching):
            call(docs)

    def look(self, docs: Iterable[str]) -> None:
        """See whether files changed on the disk, and tell those who watch."""
        changed = set()
        for doc in docs:
            with contextlib.suppress(JourneykitError):  # half-typed in an editor: look again later
                _, path = self.folder.place(doc)
                if doc not in self._words and path.is_file() and self.folder.changed(path):
                    changed.add(doc)
        if changed:
            self._tell(changed)

    # --- saving ----------------------------------------------------------------------------

    def _save_later(self) -> None:
        if self._timer is None or not self._timer.is_alive():
            self._timer = threading.Timer(PAUSE, self.save)
            self._timer.daemon = True
            self._timer.start()

    def save(self) -> None:
        """Write what is not in the YAML yet; the journal begins anew."""
        with self._saving:
            with self._lock:
                waiting = dict(self._words)
            for doc, word in waiting.items():
                try:
                    with self._files:
                        self._write(doc, word)
                except (JourneykitError, OSError) as problem:
                    # It stays in the journal and is tried again with the next change.
                    _log.warning("%s could not be saved: %s", doc, problem)
                    self.notices.append(f"{doc} could not be saved yet: {problem}")
                    continue
                with self._lock:
                    if self._words.get(doc) is word:
                        del self._words[doc]
            with self._lock:
                if self._journal.closed:  # let go of while this waited
                    return
                if not self._words:
                    self._journal.restart(self._seen)
                elif self._timer is None or threading.current_thread() is self._timer:
                    self._timer = None
                    self._save_later()

    def _write(self, doc: str, word: Word | None) -> None:
        _, path = self.folder.place(doc)
        if word is None:
            path.unlink(missing_ok=True)
            return
        if isinstance(word, Journey):
            word = self.folder.in_order(word)
        try:
            self.folder.save(path, word)
        except MergeConflict as problem:
            # The same field, here and in a file that somebody edited: the board's word stands,
            # and what stood in the file is kept beside the journals.
            with open(self._journals / "displaced.txt", "a", encoding="utf-8") as kept:
                kept.write(f"--- {doc}: {problem}\n{path.read_text('utf-8')}\n")
            self.notices.append(f"{doc} was changed in the file at the same time. {problem}")
            self.folder.forget(path)
            self.folder.read(type(word), path)
            self.folder.save(path, word)

    def _recover(self) -> None:
        """Put what a process that died had acknowledged into the folder."""
        if not self._journals.is_dir():
            return
        for path, seen, chains in orphans(self._journals):
            self._seen.update(dict.fromkeys(seen))
            for doc, parts in chains.items():
                self._replay(doc, parts)
            path.unlink(missing_ok=True)

    def _replay(self, doc: str, parts: Mapping[str, list[Any]]) -> None:
        kind, _ = self.folder.place(doc)
        old = self._read(doc)
        now = difference(old, None)
        known = {part: pair[0] for part, pair in now.items()}
        # A part that is none of what the dead process ever saw was edited since: it stays.
        wanted = {part: chain[-1] for part, chain in parts.items() if known.get(part) in chain}
        new = put(old, wanted, kind)
        if difference(old, new):
            with self._files:
                self._write(doc, new)
        for part in set(parts) - set(wanted):
            self.notices.append(f"{doc}, {part}: it was changed in the file since, so that the file stands.")

    def close(self) -> None:
        """Save, and let go of the journal."""
        if self.pid != os.getpid() or self._journal.closed:
            return
        self.save()
        if self._timer is not None:
            self._timer.cancel()
        if not self._words:
            self._journal.path.unlink(missing_ok=True)
        self._journal.close()
        _desks.pop(self.folder.root, None)
