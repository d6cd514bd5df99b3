"""What is written alone, counted for all, and revealed together.

Before the reveal a browser knows what was written in it and the kernel what is in the folder;
the state that all browsers share holds names and counts. One operation reveals everything.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from journeykit.errors import JourneykitError, Refused, first_line
from journeykit.model import Record, Round
from journeykit.store import Desk
from journeykit.widgets.live import Live

__all__ = ["Rounds", "counted"]

Parts = list[dict[str, Any]]


class Rounds(Live):
    """A round of a team on the desk of a workshop folder.

    Parameters
    ----------
    desk : Desk
        Takes the operations.
    head : mapping
        What a new round begins with: ``id``, ``topic``, ``persona``.
    docs, facts
        As for :class:`Live`, beside the round and what is written in it.
    """

    kind: ClassVar[str]
    """Records that are private until they are revealed."""

    def __init__(
        self, desk: Desk, head: Mapping[str, Any], docs: Sequence[str], facts: Mapping[str, Any]
    ) -> None:
        self._head, self.doc = dict(head), f"records/rounds/{head['id']}"
        self._known: dict[str, dict[str, Any]] = {}
        given = {
            "workshop": hashlib.sha256(str(desk.folder.root).encode()).hexdigest()[:10],
            "doc": self.doc,
            "round": head["id"],
            "topic": head["topic"],
        }
        super().__init__(desk, [self.doc, f"records/{self.kind}", *docs], {**given, **facts})

    @property
    def round(self) -> Round:
        """The round as it is now."""
        found = self.desk.word(self.doc)
        return found if isinstance(found, Round) else Round.model_validate(self._head)

    def records(self, kind: str | None = None) -> list[Any]:
        """Records of this round, by id. Hundreds of files are read once, then what has changed."""
        kind = kind or self.kind
        with self._lock:
            if kind not in self._known:
                self._known[kind] = {f"records/{kind}/{r.id}": r for r in self.desk.records(kind)}
            known = list(self._known[kind].values())
        mine = (r for r in known if r is not None and r.topic == self._head["id"])
        return sorted(mine, key=lambda record: record.id)

    def _changed(self, docs: set[str]) -> None:
        with self._lock:
            for doc in docs:
                kind = doc.removeprefix("records/").partition("/")[0]
                if doc == f"records/{kind}":  # somebody has come, who should see all as it is now
                    self._known.pop(kind, None)
                elif kind in self._known:
                    self._known[kind][doc] = self.desk.word(doc)
        super()._changed(docs)

    def hidden(self) -> list[Any]:
        """What was written and not revealed yet."""
        return [record for record in self.records() if not record.revealed]

    def files(self) -> Iterable[str]:
        """Name every file that is shown, those of records that others made included."""
        for doc in self.docs:
            if doc.count("/") == 1 and doc.startswith("records/"):
                folder = self.desk.folder.root / doc
                yield from (f"{doc}/{path.stem}" for path in folder.glob("[!.]*.yaml"))
            else:
                yield doc

    def take(self, operations: Iterable[dict[str, Any]]) -> list[str | None]:
        """Hand operations to the desk, completed with what the browser does not know."""
        reasons: list[str | None] = []
        for asked in operations:
            try:
                operation = {**asked, "data": dict(asked.get("data") or {})}
                reveals = operation.get("kind") == "reveal"
                parts = self._reveal(operation) if reveals else self.complete(operation)
            except (JourneykitError, ValueError, TypeError, KeyError) as problem:
                reasons.append(first_line(problem))
                continue
            reasons.append(next(filter(None, self.desk.take(*parts)), None))
        return reasons

    def complete(self, operation: dict[str, Any]) -> Parts:
        """Say what is to be done for an operation of a browser."""
        if operation.get("doc") != self.doc:
            return [operation]
        if operation.get("kind") == "set":  # what else the round knows, it learns by the reveal
            data = operation["data"]
            operation["data"] = {key: data[key] for key in ("step", "budget") if key in data}
        return [*self._begun(operation), operation]

    def shown(self) -> dict[str, Any]:
        """Say what the round and each record learn when they are revealed, ``""`` for the round."""
        raise NotImplementedError

    def _begun(self, operation: Mapping[str, Any]) -> Parts:
        """Begin the round where it is not in the folder yet."""
        if self.desk.word(self.doc) is not None:
            return []
        data = {"date": dt.date.today().isoformat(), **self._head}
        return [{"id": f"{operation['id']}-round", "kind": "set", "doc": self.doc, "data": data}]

    def _reveal(self, operation: Mapping[str, Any]) -> Parts:
        """Reveal everything at once. The number of the reveal makes a resend harmless."""
        number, now = int(operation["data"]["number"]), self.round.reveals
        if number <= now:
            return []
        with self._lock:
            self._known.clear()
        hidden = self.hidden()
        if not hidden:
            raise Refused("there is nothing to reveal yet.")
        learnt = self.shown()
        parts = self._begun(operation)
        data = {**learnt.get("", {}), "reveals": now + 1}
        parts.append({"id": operation["id"], "kind": "set", "doc": self.doc, "data": data})
        for record in hidden:
            doc = f"records/{self.kind}/{record.id}"
            more = learnt.get(record.id, {})
            parts.append(
                {"id": f"{operation['id']}-{record.id}", "kind": "reveal", "doc": doc, "data": more}
            )
        return parts


def counted(records: Iterable[Record], each: Callable[[Any], int] = lambda _: 1) -> list[list[Any]]:
    """Count by the name that people gave themselves.

    Examples
    --------
    >>> from journeykit.model import Note
    >>> counted([Note(id="a", text="x", author="Ann"), Note(id="b", text="y", author="Ann")])
    [['Ann', 2]]
    """
    found: Counter[str] = Counter()
    for record in records:
        found[record.author or "somebody"] += each(record)
    return [
        [name, n]
        for name, n in sorted(found.items(), key=lambda pair: (pair[0].casefold(), pair[0]))
    ]
