"""What is written alone, counted for all, and revealed together.

Before the reveal a browser knows what was written in it and the kernel what is in the folder;
the state that all browsers share holds names and counts. One operation reveals everything.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from typing import Any, ClassVar

from journeykit.errors import JourneykitError, Refused, first_line
from journeykit.model import Data, Round
from journeykit.store import Desk, Reasons

from .live import Live


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

    def __init__(self, desk: Desk, head: Data, docs: list[str], facts: Data) -> None:
        self._head = {"date": dt.date.today().isoformat(), **head}
        self.doc = f"records/rounds/{head['id']}"
        docs = [self.doc, f"records/{self.kind}", *docs]
        given = {"doc": self.doc, "round": head["id"], "topic": head["topic"], **facts}
        super().__init__(desk, docs, given)

    @property
    def round(self) -> Round:
        """The round as it is now."""
        return self.desk.get(self.doc) or Round.model_validate(self._head)

    def records(self, kind: str = "") -> list[Any]:
        """Records of this round, by id."""
        mine = [r for r in self.kept(kind or self.kind) if r.topic == self._head["id"]]
        return sorted(mine, key=lambda record: record.id)

    def hidden(self) -> list[Any]:
        """What was written and not revealed yet."""
        return [record for record in self.records() if not record.revealed]

    # --- what a browser asks ------------------------------------------------------------------

    def take(self, operations: list[Data]) -> Reasons:
        """Hand operations to the desk, completed with what the browser does not know."""
        reasons = Reasons()
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
                reasons += [*filter(None, self.desk.take(*parts)), None][:1]
        return reasons

    def complete(self, kind: str, doc: str, data: Data) -> None:
        """Complete the data of what a browser asks, in place, or refuse it."""
        if doc == self.doc:
            self.begin(self.doc, self._head)
            if kind == "set":  # what else the round knows, it learns by the reveal
                for key in data.keys() - {"step", "budget", "skipped"}:
                    del data[key]

    def own(self) -> Data:
        """What every record of this round holds."""
        topic, persona = self._head["id"], self._head.get("persona")
        return {"topic": topic, "persona": persona, "date": dt.date.today().isoformat()}

    def learnt(self) -> dict[str, Data]:
        """Say what the round and each record learn when they are revealed, ``""`` for the round."""
        raise NotImplementedError

    def _reveal(self, id: str, number: int) -> list[Data]:
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
        self.begin(self.doc, self._head)
        return [
            {
                "id": id,
                "kind": "set",
                "doc": self.doc,
                "data": {**learnt.get("", {}), "reveals": now + 1},
            },
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


class Sheet(Live):
    """Grades from 1 to 5 on the one kind of records that is its document, one for each person.

    Its facts are ``doc`` (that document), ``topic``, ``items`` (pairs of id and name), and as
    ``own`` what each record holds besides.
    """

    name = "sheet"

    def view(self) -> Data:
        """Say who has graded how much, and no grade."""
        records = self.desk.records(self.docs[0].removeprefix("records/"))
        return {"given": counted((each.author, len(each.grades)) for each in records)}


def counted(given: Iterable[tuple[str, int]]) -> list[list[Any]]:
    """Sum up by the name that people gave themselves.

    Examples
    --------
    >>> counted([("Ben", 1), ("Ann", 1), ("", 2), ("Ann", 1)])
    [['Ann', 2], ['Ben', 1], ['somebody', 2]]
    """
    found = Counter[str]()
    for author, n in given:
        found[author or "somebody"] += n
    return [[who, found[who]] for who in sorted(found, key=lambda who: (who.casefold(), who))]
