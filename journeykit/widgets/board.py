"""The journey board: stages as columns, lanes as rows, cards as sticky notes."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from journeykit.charts.poster.notes import notes_of
from journeykit.charts.poster.svg import LANE_LOOKS
from journeykit.errors import UnknownName, did_you_mean
from journeykit.model import BLUEPRINT, Data, Journey, Persona, free_name
from journeykit.store import LINKED, Desk, Reasons, linked, picture

from .live import Live
from .take_home import KINDS, exported

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
    further : sequence of (str, str), optional
        More such pairs, which can be chosen on the board.
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
    ...     maya = folder.persona("mobile-maya")
    ...     board = Board(desk_of(folder), maya, "mobile-maya", "maya-to-be")
    ...     board.state["journeys/mobile-maya"]["find-a-treat"]["lane"]
    'goals'
    """

    name = "board"

    def __init__(
        self,
        desk: Desk,
        persona: Persona,
        as_is: str,
        to_be: str,
        *,
        further: Sequence[tuple[str, str]] = (),
        numbers: Data | None = None,
        lanes: Sequence[str] = (),
        show: str = "as-is",
        data: bool = True,
        title: str = "",
    ) -> None:
        workshop = desk.get("workshop")
        for words, allowed in ((lanes, workshop.lane_names()), ([show], SHOWS)):
            for word in words:
                if word not in allowed:
                    raise UnknownName(
                        f"a board knows no {word!r}. {did_you_mean(word, allowed, show=20)}"
                    )
        self.persona = persona
        self.pairs = [
            (f"journeys/{now}", f"journeys/{then}") for now, then in ((as_is, to_be), *further)
        ]
        self.as_is, self.to_be = self.pairs[0]
        facts = {
            "doc": ":".join(["board", as_is, show, *lanes]),
            "title": title or f"The journey of {persona.name}",
            "looks": LANE_LOOKS,
            "lanes": [*lanes],
            "blueprint": [*BLUEPRINT],
            "show": show,
            "data": data,
            "numbers": numbers or {},
            "order": [*workshop.stage_names()],
            "take_home": KINDS,
        }
        docs = "workshop journeys records/notes records/rounds records/votes".split()
        super().__init__(desk, docs, facts)

    def view(self) -> Data:
        """Return stages, lanes, the cards of each map, what changes between those of a pair, where
        each journey stands (``maps``, of other personas, too), and the notes that wait: ``tray``.
        """
        workshop, root = self.desk.get("workshop"), self.desk.folder.root
        shown = {"id", "name", "goal", "owner"}
        maps = {f"journeys/{each.id}": each for each in self.desk.journeys()}
        self._pair(maps)
        own = {doc: maps[doc].cards for pair in self.pairs for doc in pair if doc in maps}
        cards = [card for cards in own.values() for card in cards]
        images = {card.image for card in cards if card.image}
        return {
            "stages": [stage.model_dump(include=shown) for stage in workshop.stages],
            "pairs": [*self.pairs],
            "lanes": [{"id": lane, "name": name} for lane, name in workshop.lane_names().items()],
            "maps": {
                doc: {"name": m.name, "of": m.persona, "up": m.parent and m.parent.plain()}
                for doc, m in maps.items()
            },
            "pictures": {image: [*picture(root, image)] for image in images},
            "links": {card.link: linked(root, card.link)[1] for card in cards if card.link},
            "changes": {
                then: {
                    n.card.id: {"mark": n.change, "words": n.change_words}
                    for n in notes_of(workshop, maps[now], maps[then])
                    if n.change
                }
                for now, then in self.pairs
                if {now, then} <= {*own}
            },
            "tray": self._tray({card.id for card in cards}),
            **{doc: {card.id: card.plain() for card in cards} for doc, cards in own.items()},
        }

    def _tray(self, used: Collection[str]) -> Data:
        """Notes that all may see and that are on none of the maps, with their dots once these are
        all given; where a card was taken away, its note waits again.
        """
        rounds, dots = {each.id: each for each in self.kept("rounds")}, Counter[str]()
        for vote in self.kept("votes"):
            if (of := rounds.get(vote.topic)) and of.step == "result":
                dots.update(vote.dots)
        return {
            n.id: n.model_dump(include={"text", "stage", "author"})
            | {"of": getattr(rounds.get(n.topic), "topic", ""), "dots": dots[n.id]}
            for n in self.kept("notes")
            if n.revealed and n.persona in (None, self.persona.id) and n.card not in used
        }

    def _pair(self, maps: Mapping[str, Journey]) -> None:
        """Take in maps of this persona that came while the board was open."""
        for doc, new in maps.items():
            if new.persona == self.persona.id and not any(doc in pair for pair in self.pairs):
                now = f"journeys/{new.based_on}" if new.based_on else self.as_is
                plan = free_name(f"{doc}-to-be", maps)
                self.pairs.append((doc, plan) if new.kind == "as-is" else (now, doc))

    def _heard(self, _: Any, content: Any, __: Any) -> None:
        """Hand out a file to which a card leads, and make those to take home, beside the rest."""
        if isinstance(content, dict) and "file" in content:
            self._changed({*self.docs})  # where it is gone since, this says why
            path = self.desk.folder.root / (link := str(content["file"]))
            if linked(self.desk.folder.root, link)[0].startswith(LINKED):
                self.send({"file": link, "name": path.name}, [path.read_bytes()])
        elif isinstance(content, dict) and content.get("save") in KINDS.values():
            self.send({"saved": content["save"], "said": exported(self.desk, content["save"])})
        super()._heard(_, content, __)

    def take(self, operations: list[Data]) -> Reasons:
        """Hand operations to the desk, all with one write; a map that is not there is begun."""
        if any(asked.get("doc") == self.as_is for asked in operations):
            self.begin(self.as_is, self._beginning(self.as_is))
        for asked in operations:
            if asked.get("kind") == "begin":
                asked["data"] = self._beginning(asked.get("doc"))
        return super().take(operations)

    def _beginning(self, doc: str | None) -> Data:
        """What a map holds at first: the as-is map nothing, the to-be map all of the as-is map."""
        head = {"name": f"Journey of {self.persona.name}", "persona": self.persona.id}
        now = self.desk.get(next((now for now, then in self.pairs if then == doc), self.as_is))
        if doc == self.as_is:
            return head
        if now is None:
            return {**head, "kind": "to-be"}
        return {
            "name": f"{now.name.partition(',')[0]}, as it is meant to be",
            "persona": now.persona,
            "kind": "to-be",
            "based_on": now.id,
            "cards": [
                {k: v for k, v in card.plain().items() if k != "comments"} for card in now.cards
            ],
        }
