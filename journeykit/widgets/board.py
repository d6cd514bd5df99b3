"""The journey board: stages as columns, lanes as rows, cards as sticky notes."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from journeykit.charts.map_compare import notes_of
from journeykit.charts.map_svg import LANE_LOOKS
from journeykit.errors import UnknownName, did_you_mean
from journeykit.model import Journey, Persona, Workshop
from journeykit.store import Desk
from journeykit.widgets.live import Live

__all__ = ["Board"]

SHOWS = ("as-is", "to-be", "both")


class Board(Live):
    """The map of a persona as sticky notes: as it is, as it is meant to be, or both.

    Parameters
    ----------
    desk : Desk
        The desk of the workshop folder.
    persona : Persona
        Whose map it is.
    as_is, to_be : str
        Ids of the two journeys; one that is not there is made when it is begun.
    numbers : mapping, optional
        What the data says: ``stages`` (id to ``users``, ``words``, ``lost``, ``worst``,
        ``small``), ``measured`` (stage id to ``value``, ``low``, ``high``, ``n``, ``small``),
        ``cards`` (journey id to card id to ``words`` and ``small``) and ``counts``.
    lanes : sequence of str, optional
        Only these lanes, for a small board that asks one thing.
    show : str
        What is shown first: ``as-is``, ``to-be`` or ``both``.
    data : bool
        Whether the numbers are shown from the beginning; else a button shows them.
    title : str
        The heading; without it, whose journey it is.
    still : callable, optional
        Draws the same as a picture.

    Raises
    ------
    UnknownName
        For an unknown lane or show.

    Examples
    --------
    >>> import tempfile
    >>> from journeykit.store import create, desk_of
    >>> with tempfile.TemporaryDirectory() as place:
    ...     folder = create(f"{place}/shop", "retail")
    ...     board = Board(desk_of(folder), folder.persona("mobile-maya"), "mobile-maya", "maya-to-be")
    ...     board.state["as_is"]["find-a-treat"]["lane"]
    'goals'
    """

    name: ClassVar[str] = "board"

    def __init__(
        self,
        desk: Desk,
        persona: Persona,
        as_is: str,
        to_be: str,
        *,
        numbers: Mapping[str, Any] | None = None,
        lanes: Sequence[str] | None = None,
        show: str = "as-is",
        data: bool = True,
        title: str = "",
        still: Callable[[], str] | None = None,
    ) -> None:
        workshop = _workshop(desk)
        known = workshop.lane_names()
        for word, allowed in (*((lane, known) for lane in lanes or ()), (show, SHOWS)):
            if word not in allowed:
                raise UnknownName(
                    f"a board knows no {word!r}. {did_you_mean(word, allowed, show=20)}"
                )
        self.persona = persona
        self.maps = {"as_is": f"journeys/{as_is}", "to_be": f"journeys/{to_be}"}
        facts = {
            "workshop": workshop.name,
            "doc": ":".join(["board", as_is, show, *(lanes or ())]),
            "docs": self.maps,
            "title": title or f"The journey of {persona.name}",
            "looks": {
                lane: {"colour": look[0], "icon": look[1]} for lane, look in LANE_LOOKS.items()
            },
            "lanes": list(lanes or ()),
            "show": show,
            "data": data,
            "numbers": dict(numbers or {}),
            "order": [stage.id for stage in workshop.stages],
        }
        self._still = still
        super().__init__(desk, ["workshop", *self.maps.values()], facts)

    def view(self) -> dict[str, Any]:
        """Return stages, lanes, the cards of both maps, and what changes between them."""
        workshop = _workshop(self.desk)
        now, then = (self.desk.word(doc) for doc in self.maps.values())
        changes: dict[str, Any] = {}
        if isinstance(now, Journey) and isinstance(then, Journey):
            for note in notes_of(workshop, now, then):
                if note.change:
                    changes[note.card.id] = {"mark": note.change, "words": note.change_words}
        return {
            "stages": [
                {"id": s.id, "name": s.name, "goal": s.goal, "owner": s.owner}
                for s in workshop.stages
            ],
            "lanes": [{"id": lane, "name": name} for lane, name in workshop.lane_names().items()],
            "as_is": _cards(now) or {},
            "to_be": _cards(then),
            "changes": changes,
        }

    def still(self) -> str:
        """Draw the map as the phase draws it."""
        return self._still() if self._still else ""

    def take(self, operations: Iterable[dict[str, Any]]) -> list[str | None]:
        """Hand operations to the desk; a map that is not there yet is begun first."""
        asked: list[dict[str, Any]] = []
        own: list[int] = []  # where those of the browser stand among them
        missing = self.desk.word(self.maps["as_is"]) is None
        for operation in operations:
            doc = str(operation.get("doc"))
            if operation.get("kind") == "begin" and doc in self.maps.values():
                operation = {**operation, "data": self._beginning(doc)}
            elif doc == self.maps["as_is"] and missing:
                begin = {"id": secrets.token_hex(9), "kind": "begin", "doc": doc}
                asked.append({**begin, "data": self._beginning(doc)})
                missing = False
            own.append(len(asked))
            asked.append(operation)
        reasons = self.desk.take(*asked)  # all with one write to the disk
        return [reasons[place] for place in own]

    def _beginning(self, doc: str) -> dict[str, Any]:
        """What a map holds at first: the as-is map nothing, the to-be map all of the as-is map."""
        head = {"name": f"Journey of {self.persona.name}", "persona": self.persona.id}
        now = self.desk.word(self.maps["as_is"])
        if doc == self.maps["as_is"] or not isinstance(now, Journey):
            return head | ({"kind": "to-be"} if doc == self.maps["to_be"] else {})
        cards = [{k: v for k, v in card.plain().items() if k != "comments"} for card in now.cards]
        return {
            "name": f"{self.persona.name}, as it is meant to be",
            "persona": now.persona,
            "kind": "to-be",
            "based_on": now.id,
            "cards": cards,
        }


def _workshop(desk: Desk) -> Workshop:
    found = desk.word("workshop")
    assert isinstance(found, Workshop)
    return found


def _cards(journey: Any) -> dict[str, Any] | None:
    return (
        {card.id: card.plain() for card in journey.cards} if isinstance(journey, Journey) else None
    )
