"""The desk of a workshop folder: the one authority that takes operations from widgets.

::

    browser --operation--> desk: apply, journal (fsync), acknowledge, tell all widgets
                             └-- within a second: YAML, joined with what others wrote

All widgets of one process on one folder share one desk. Another process has a desk of its own;
they meet in the YAML files, which each looks at again before it applies anything.
"""

import atexit
import json
import logging
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from journeykit.errors import JourneykitError, Refused, WorkshopError, first_line
from journeykit.model import (
    Data,
    Doc,
    Facts,
    History,
    Journey,
    Operation,
    Workshop,
    apply,
    difference,
)

from .documents import DocumentStore
from .files import there
from .folder import Folder
from .joined import kind_of

_desks = dict[Path, "Desk"]()
_opening = threading.Lock()
_log = logging.getLogger(__name__)

Reasons = list[str | None]
"""Why each operation was refused; None where it was carried out (or had been before)."""


def desk_of(folder: Folder) -> "Desk":
    """Return the desk of a folder in this process; opens it where it is the first."""
    with _opening:
        desk = _desks.get(folder.root)
        if desk is None or not desk.is_open:
            desk = _desks[folder.root] = Desk(folder.root)
            atexit.register(desk.close)
        return desk


def _after_fork() -> None:
    """Leave the desks to the parent: the child opens its own, with a journal of its own."""
    global _opening
    for desk in _desks.values():
        desk.leave()
    _desks.clear()
    _opening = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


class Desk(DocumentStore):
    """Takes operations for the documents of one folder, and tells who shows them.

    See :class:`~journeykit.store.documents.DocumentStore` for how a document is named, and for
    what cannot be saved.
    """

    def __init__(self, root: Path) -> None:
        self._history = History()
        self._watching = list[Callable[[set[str]], None]]()
        self._entries: list[Data] | None = None  # what is taken together, until it is on the disk
        super().__init__(root)

    # --- taking operations -----------------------------------------------------------------

    def take(self, *operations: Facts) -> Reasons:
        """Carry out operations; when it returns, those without a reason are on the disk.

        Parameters
        ----------
        *operations : mapping
            See :class:`~journeykit.model.Operation`. ``undo`` and ``redo`` are kinds, too: they
            take back, or do again, the last operation of the same ``by`` on the same document.

        Returns
        -------
        Reasons

        Raises
        ------
        WorkshopError
            Where the disk did not take them, or the folder is gone: nothing was changed, and they
            may be sent again.
        """
        reasons = Reasons()
        with self.together() as entries:
            for given in operations:
                try:
                    # A browser makes half characters when it cuts a text: no file can hold them.
                    whole = json.loads(
                        json.dumps(given, ensure_ascii=False).encode("utf-8", "replace")
                    )
                    entries += self._carry_out(Operation.model_validate(whole))
                    reasons.append(None)
                except Exception as problem:  # what came before it must reach the journal
                    if not isinstance(problem, JourneykitError | ValueError | TypeError):
                        # Without its words: a log is read by others than the team.
                        where = f"{given.get('kind')} {given.get('doc')}/{given.get('at')}"
                        _log.error("not carried out, %s: %s", type(problem).__name__, where)
                    reasons.append(first_line(problem))
        return reasons

    @contextmanager
    def together(self) -> Iterator[list[Data]]:
        """Put all that is taken within on the disk in one go; see :meth:`take` for what it raises.

        Nothing of it is on the disk before the end, so that nobody may be told of it before that.
        """
        with self._lock:
            if self._entries is not None:  # a part of what is taken together
                yield self._entries
                return
            if not self.is_open:
                raise WorkshopError(
                    "this workshop was closed, or is another process's: open it anew."
                )
            there(self.folder.root)
            before = dict(self._waiting), self._history
            self._entries = entries = list[Data]()
            try:
                yield entries
                if entries:
                    self._journal.write(entries)
                    self.trouble.pop("", None)  # the disk takes again
            except BaseException as problem:  # also where it was interrupted
                self._waiting, self._history = before
                for entry in entries:
                    del self._seen[entry["id"]]
                if not isinstance(problem, OSError):
                    raise
                raise WorkshopError(
                    f"the last change is not on the disk, and was not made: {problem}"
                ) from None
            finally:
                self._entries = None
        self._tell({entry["doc"] for entry in entries if entry["parts"]})

    def _carry_out(self, operation: Operation) -> list[Data]:
        if operation.id in self._seen:
            return []
        doc, which = operation.doc, operation.kind
        kind = kind_of(doc)
        self._replay(doc)
        old, history = self.get(doc), self._history.copy()
        try:
            if which in ("undo", "redo"):
                new = history.step(which, operation.by, doc, old, kind)
                changes = difference(old, new)
            else:
                new = apply(old, operation, kind)
                changes = difference(old, new)
                history.note(operation.by, doc, changes)
        except Refused:
            self._history = history  # what cannot be taken back any more is forgotten
            raise
        if doc == "workshop" and new is None:
            raise Refused("the workshop itself cannot be removed.")
        self._check(new, changes)
        self._history = history
        if changes:
            self._wish(doc, new)
        self._seen[operation.id] = None
        return [{"id": operation.id, "doc": doc, "parts": changes}]

    def _check(self, new: Doc, changes: Facts) -> None:
        """Refuse a card on a stage or lane that the workshop does not have, or taking one away."""
        workshop = self.get("workshop")
        if isinstance(new, Journey):
            if "persona" in changes and self.get(f"personas/{new.persona}") is None:
                raise Refused(f"there is no persona {new.persona!r}.")
            for (where, at, *_), sentence in workshop.problems_of(new):
                if where == "cards" and f"cards/{new.cards[int(at)].id}" in changes:
                    raise Refused(sentence)
        elif isinstance(new, Workshop) and "stages" in changes:
            gone = {stage.id: stage.name for stage in workshop.stages}
            for stage in new.stages:
                gone.pop(stage.id, None)
            for doc in self._named("journeys"):
                for card in self.get(doc).cards if self.get(doc) else ():
                    if card.stage in gone:
                        raise Refused(f"notes stand on “{gone[card.stage]}”: move them first.")

    # --- telling ---------------------------------------------------------------------------

    def watch(self, call: Callable[[set[str]], None]) -> Callable[[], None]:
        """Call with the names of documents that changed; returns how to stop that."""
        self._watching.append(call)

        def stop() -> None:
            with suppress(ValueError):
                self._watching.remove(call)

        return stop

    def _tell(self, docs: set[str]) -> None:
        for call in list(self._watching) if docs else ():
            try:
                call(docs)
            except Exception:  # one that cannot be drawn must not undo what was acknowledged
                said = ", ".join(sorted(docs))
                _log.exception("a widget could not show what changed in %s", said)

    def look(self, docs: Iterable[str]) -> None:
        """See whether files changed on the disk, and tell those who watch; a folder's name means
        all in it.
        """
        with self._lock:
            shown = {one for name in docs for one in (name, *self._named(name))}
            for doc in shown:
                with suppress(JourneykitError):  # half-typed: look again later
                    self._replay(doc)
                    self.get(doc)
            # One widget's reading must not hide from another that a file says something else.
            changed = self._unheard & shown
            self._unheard -= changed
        self._tell(changed)

    def close(self) -> None:
        """Save, and let go of the journal."""
        super().close()
        atexit.unregister(self.close)
