"""Gather, reveal, group, vote: notes that are private first and the team's after that."""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Mapping, Sequence
from typing import Any

from journeykit.errors import Refused
from journeykit.model import Journey, Note, grouped, ranking, ties
from journeykit.store import Desk
from journeykit.widgets.rounds import Parts, Rounds, counted

__all__ = ["Gather", "gathered_html", "waiting"]


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

    def __init__(
        self, desk: Desk, head: Mapping[str, Any], journey: Journey, places: Mapping[str, Any]
    ) -> None:
        self._journey = journey
        self._stages, self._lanes = dict(places["stages"]), dict(places["lanes"])
        doc = f"journeys/{journey.id}"
        facts = {
            "journey": doc,
            "stages": list(places["stages"]),
            "lanes": list(places["lanes"]),
            "lane": places["lane"],
        }
        docs = ["records/votes", doc]
        super().__init__(desk, head, docs, facts)

    def view(self) -> dict[str, Any]:
        """Return what everybody may see: revealed notes, and counts of the others."""
        now, notes, votes = self.round, self.records(), self.records("votes")
        shown = [note for note in notes if note.revealed]
        state: dict[str, Any] = {
            "step": now.step if shown else "write",
            "reveals": now.reveals,
            "budget": now.budget,
            "groups": now.groups,
            "notes": {n.id: {"text": n.text, "group": n.group, "card": n.card} for n in shown},
            "hidden": counted(note for note in notes if not note.revealed),
            "given": counted(votes, lambda vote: sum(vote.dots.values())),
            "cards": self.places(shown),
        }
        if state["step"] == "result":
            rows = ranking(shown, votes, now.groups)
            state["ranking"] = [
                {**row, "notes": [note.id for note in row["notes"]]} for row in rows
            ]
            state["ties"] = ties(rows)
        return state

    def places(self, notes: Sequence[Note]) -> dict[str, str]:
        """Say where on the map the notes' cards are: card to words."""
        wanted = {note.card for note in notes if note.card}
        journey = self.desk.word(f"journeys/{self._journey.id}") if wanted else None
        cards = journey.cards if isinstance(journey, Journey) else ()
        return {
            card.id: f"{self._stages.get(card.stage, card.stage)} · {self._lanes.get(card.lane, card.lane)}"
            for card in cards
            if card.id in wanted
        }

    def shown(self) -> dict[str, Any]:
        """After the first reveal the team groups."""
        return {"": {"step": "group"}}

    def complete(self, operation: dict[str, Any]) -> Parts:
        """Say what is to be done: notes and votes belong to this round, and only a reveal reveals."""
        doc, data, kind = str(operation.get("doc")), operation["data"], operation.get("kind")
        mine = {"topic": self._head["id"], "persona": self._head.get("persona")}
        today = {"date": dt.date.today().isoformat()}
        if kind == "set" and doc.startswith("records/notes/"):
            open_ = data.pop("revealed", False) is True
            if self.desk.word(doc) is None:
                if "text" not in data:
                    raise Refused("this note is gone: somebody has removed it.")
                # Written after the reveal, for all to see: then it has no author, like the others.
                author = {"author": ""} if open_ else {}
                data |= {**mine, **today, **author, "revealed": open_}
        elif kind == "set" and doc.startswith("records/votes/"):
            data |= {**mine, **today, "budget": self.round.budget}
        elif doc.startswith("journeys/") and self.desk.word(doc) is None:
            new = {"name": self._journey.name, "persona": self._journey.persona}
            first = {"id": f"{operation['id']}-map", "kind": "set", "doc": doc, "data": new}
            return [first, operation]
        return super().complete(operation)

    def still(self) -> str:
        """Draw what is revealed as HTML."""
        notes = self.records()
        return gathered_html(
            self._head["topic"], notes, self.records("votes"), self.round.groups, self.places(notes)
        )


def waiting(hidden: Sequence[Note]) -> str:
    """Say how many notes are not revealed yet; nothing of what they say.

    Examples
    --------
    >>> waiting([Note(id="a", text="secret", author="Ann"), Note(id="b", text="x", author="Ben")])
    '2 notes of 2 people are not revealed yet.'
    """
    if not hidden:
        return ""
    n, of = len(hidden), len({note.author for note in hidden})
    one = n == 1
    return (
        f"{n} note{'s' * (not one)} of {of} {'person' if of == 1 else 'people'} "
        f"{'is' if one else 'are'} not revealed yet."
    )


def gathered_html(
    topic: str,
    notes: Sequence[Note],
    votes: Sequence[Any],
    names: Mapping[str, str],
    places: Mapping[str, str],
) -> str:
    """Draw notes in their groups with their dots; of private ones only how many there are."""
    shown = [note for note in notes if note.revealed]
    late = waiting([note for note in notes if not note.revealed])
    voted = any(sum(vote.dots.values()) for vote in votes)
    rows = ranking(shown, votes, names) if voted else list(grouped(shown, names).values())
    cards = [_card(row, voted, places) for row in rows]
    grid = "display:grid;grid-template-columns:repeat(auto-fill,minmax(14em,1fr));gap:.6em;align-items:start"
    body = (
        f"<div style='{grid}'>{''.join(cards)}</div>"
        if cards
        else "<p>No note has been revealed yet.</p>"
    )
    return f"<h4>{_e(topic)}</h4>{body}" + (f"<p>{_e(late)}</p>" if late else "")


def _card(row: Mapping[str, Any], voted: bool, places: Mapping[str, str]) -> str:
    """Draw one group, or a note that is in none."""
    texts = [
        note.text for note in row["notes"] if len(row["notes"]) > 1 or note.text != row["name"]
    ]
    listed = "".join(f"<li>{_e(text)}</li>" for text in texts)
    at = next((places[note.card] for note in row["notes"] if note.card in places), "")
    head = f"{row['rank']}. {row['name']}" if voted else row["name"]
    parts = [f"<b>{_e(head)}</b>"]
    if voted:
        dots = "● " * min(row["dots"], 20)
        parts.append(f"<div>{dots}<b>{row['dots']}</b> dots, voters: {row['voters']}</div>")
    if listed:
        parts.append(f"<ul style='margin:.2em 0;padding-left:1.2em'>{listed}</ul>")
    if at:
        parts.append(f"<small>On the map: {_e(at)}</small>")
    return (
        "<div style='border:1px solid #999;border-left:5px solid #e69f00;border-radius:4px;"
        f"padding:.4em .7em;break-inside:avoid;overflow-wrap:anywhere'>{''.join(parts)}</div>"
    )


def _e(text: object) -> str:
    return html.escape(str(text))
