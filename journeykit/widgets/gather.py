"""Gather, reveal, group, vote: notes that are private first and the team's after that."""

from collections.abc import Sequence

from journeykit.errors import Refused
from journeykit.model import Data, Journey, Note, ranking, ties
from journeykit.store import Desk
from journeykit.words import people

from .rounds import Rounds, counted


class Gather(Rounds):
    """Notes on one topic, from private to ranked.

    Parameters
    ----------
    desk : Desk
        Takes the operations.
    head : mapping
        What a new round begins with: ``id``, ``topic``, ``persona``, ``budget``.
    journey : Journey
        The map on which notes become cards.
    places : mapping
        ``stages`` and ``lanes`` (pairs of id and name) of that map, and the ``lane`` to begin with.
    """

    name = "gather"
    kind = "notes"

    def __init__(self, desk: Desk, head: Data, journey: Journey, places: Data) -> None:
        self._map, doc = journey, f"journeys/{journey.id}"
        self._stages, self._lanes = dict(places["stages"]), dict(places["lanes"])
        super().__init__(desk, head, ["records/votes", doc], {**places, "journey": doc})

    def view(self) -> Data:
        """Return what everybody may see: revealed notes, and counts of the others."""
        now, notes, votes = self.round, self.records(), self.records("votes")
        journey = self.desk.get(f"journeys/{self._map.id}")
        shown = [note for note in notes if note.revealed]
        used = {note.card for note in shown}
        state: Data = {
            "step": now.step if shown else "write",
            "reveals": now.reveals,
            "budget": now.budget,
            "groups": now.groups,
            "notes": {n.id: n.model_dump(include={"text", "group", "card"}) for n in shown},
            "hidden": counted((note.author, 1) for note in notes if not note.revealed),
            "given": counted((vote.author, sum(vote.dots.values())) for vote in votes),
            "cards": {
                card.id: f"{self._stages.get(card.stage, card.stage)} · {self._lanes[card.lane]}"
                for card in (journey.cards if journey else ())
                if card.id in used
            },
        }
        if state["step"] == "result":
            rows = ranking(shown, votes, now.groups)
            state["ties"] = ties(rows)
            state["ranking"] = [{**row, "notes": [n.id for n in row["notes"]]} for row in rows]
        return state

    def learnt(self) -> dict[str, Data]:
        """After the first reveal the team groups."""
        return {"": {"step": "group"}}

    def complete(self, kind: str, doc: str, data: Data) -> None:
        """Complete: notes and votes belong to this round, and only a reveal reveals."""
        if kind == "set" and doc.startswith("records/notes/"):
            open_ = data.pop("revealed", False) is True
            if self.desk.get(doc) is None:
                if "text" not in data:
                    raise Refused("this note is gone: somebody has removed it.")
                # Written after the reveal, for all to see: then it has no author, like the others.
                data |= {**self.own(), "revealed": open_, **({"author": ""} if open_ else {})}
        elif kind == "set" and doc.startswith("records/votes/"):
            data |= self.own() | {"budget": self.round.budget}
        elif doc.startswith("journeys/"):
            self.begin(doc, {"name": self._map.name, "persona": self._map.persona})
        super().complete(kind, doc, data)


def waiting(hidden: Sequence[Note]) -> str:
    """Say how many notes are not revealed yet; nothing of what they say.

    Examples
    --------
    >>> waiting([Note(id="a", text="secret", author="Ann"), Note(id="b", text="x", author="Ben")])
    '2 notes of 2 people are not revealed yet.'
    """
    n, of = len(hidden), len({note.author for note in hidden})
    who, are = "1 person" if of == 1 else f"{of} people", "is" if n == 1 else "are"
    return f"{people(n, 'notes')} of {who} {are} not revealed yet." if n else ""
