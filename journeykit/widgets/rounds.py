"""What is written alone, counted for all, and revealed together.

Before the reveal a browser knows what was written in it and the kernel what is in the folder;
the state that all browsers share holds names and counts. One operation reveals everything.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from journeykit.errors import JourneykitError, Refused, first_line
from journeykit.model import Record, Round
from journeykit.store import Desk
from journeykit.widgets.live import Live


class Rounds(Live):
    """A round of a team on the desk of a workshop folder.

    Parameters
    ----------
    desk : Desk
        Takes the operations.
    head : mapping
        What a new round begins with: ``id``, ``topic``, ``persona``.
    docs, facts, still
        As for :class:`Live`, beside the round and what is written in it.
    """

    kind: ClassVar[str]
    """Records that are private until they are revealed."""

    def __init__(
        self,
        desk: Desk,
        head: Mapping[str, Any],
        docs: Sequence[str],
        facts: Mapping[str, Any],
        still: Callable[[], str],
    ) -> None:
        self._head, self.doc = dict(head), f"records/rounds/{head['id']}"
        self._known: dict[str, dict[str, Any]] = {}
        given = {"doc": self.doc, "round": head["id"], "topic": head["topic"]}
        docs = [self.doc, f"records/{self.kind}", *docs]
        super().__init__(desk, docs, {**given, **facts}, still)

    @property
    def round(self) -> Round:
        """The round as it is now."""
        found: Any = self.desk.word(self.doc)
        return found or Round.model_validate(self._head)

    def records(self, kind: str = "") -> list[Any]:
        """Records of this round, by id. Hundreds of files are read once, then what has changed."""
        kind = kind or self.kind
        with self._lock:
            if kind not in self._known:
                self._known[kind] = {f"records/{kind}/{r.id}": r for r in self.desk.records(kind)}
            known = [*filter(None, self._known[kind].values())]
        mine = (record for record in known if record.topic == self._head["id"])
        return sorted(mine, key=lambda record: record.id)

    def hidden(self) -> list[Any]:
        """What was written and not revealed yet."""
        return [record for record in self.records() if not record.revealed]

    def _changed(self, docs: set[str]) -> None:
        with self._lock:
            for doc in docs:
                kind = doc.removeprefix("records/").partition("/")[0]
                if doc == f"records/{kind}":  # somebody has come, who should see all as it is now
                    self._known.pop(kind, None)
                elif kind in self._known:
                    self._known[kind][doc] = self.desk.word(doc)
        super()._changed(docs)

    # --- what a browser asks ------------------------------------------------------------------

    def take(self, operations: Iterable[dict[str, Any]]) -> list[str | None]:
        """Hand operations to the desk, completed with what the browser does not know."""
        reasons: list[str | None] = []
        for asked in operations:
            operation = {"doc": "", "kind": "", **asked}
            try:
                operation["data"] = data = dict(asked.get("data") or {})
                if operation["kind"] == "reveal":
                    parts = self._reveal(operation["id"], int(data["number"]))
                else:
                    self.complete(operation["kind"], str(operation["doc"]), data)
                    parts = [operation]
            except (JourneykitError, ValueError, TypeError, KeyError) as problem:
                reasons.append(first_line(problem))
            else:
                reasons.append(next(filter(None, self.desk.take(*parts)), None))
        return reasons

    def complete(self, kind: str, doc: str, data: dict[str, Any]) -> None:
        """Complete the data of what a browser asks, in place, or refuse it."""
        if doc == self.doc:
            self._begin()
            if kind == "set":  # what else the round knows, it learns by the reveal
                for key in data.keys() - {"step", "budget"}:
                    del data[key]

    def own(self) -> dict[str, Any]:
        """What every record of this round holds."""
        topic, persona = self._head["id"], self._head.get("persona")
        return {"topic": topic, "persona": persona, "date": dt.date.today().isoformat()}

    def learnt(self) -> dict[str, dict[str, Any]]:
        """Say what the round and each record learn when they are revealed, ``""`` for the round."""
        raise NotImplementedError

    def _begin(self) -> None:
        self.begin(self.doc, {"date": dt.date.today().isoformat(), **self._head})

    def _reveal(self, id: str, number: int) -> list[dict[str, Any]]:
        """Reveal everything at once. The number of the reveal makes a resend harmless."""
        now = self.round.reveals
        if number <= now:
            return []
        with self._lock:
            self._known.clear()
        hidden = self.hidden()
        if not hidden:
            raise Refused("there is nothing to reveal yet.")
        learnt = self.learnt()
        self._begin()
        told = {**learnt.get("", {}), "reveals": now + 1}
        return [
            {"id": id, "kind": "set", "doc": self.doc, "data": told},
            *(
                {
                    "id": f"{id}-{record.id}",
                    "kind": "reveal",
                    "doc": f"records/{self.kind}/{record.id}",
                    "data": learnt.get(record.id, {}),
                }
                for record in hidden
            ),
        ]


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
    return sorted(map(list, found.items()), key=lambda told: (told[0].casefold(), told[0]))
