"""Sticky notes into a workshop folder: what says its stage and lane becomes a card, the rest waits.

Each note becomes a record of a round, as those that a team gathers, and remembers its card. Its id
is made of the tool's own, or of frame and text: a second import finds it and makes nothing twice.
"""

import datetime as dt
import secrets
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256

from journeykit.declared import beside
from journeykit.errors import Refused, UnknownName
from journeykit.model import Data, Names, free_name, new_id, slug
from journeykit.store import Desk
from journeykit.tables.names import squash

from .read import Board, Sticky

_LANES: Names = beside(__file__)
_Asked = tuple[str, str, Data]
"""What is asked of the desk: kind, document, data."""


def bring(desk: Desk, board: Board, persona: str, lane: str = "") -> Data:
    """Bring the notes of a board into the folder of a desk, all of them or none.

    Parameters
    ----------
    desk : Desk
        Takes the operations.
    board : Board
        What was read.
    persona : str
        On whose map as it is they go.
    lane : str
        The lane, by name or id, of notes that say none.

    Returns
    -------
    dict
        ``map``, its name; as ``count`` how many notes were ``placed``, say what a card there says
        (``joined``), were ``here`` (of which as many read otherwise by now: ``changed``), and wait
        for ``no_lane``, ``no_stage`` or ``no_frame``; the ``strange`` frames; ``stages`` of a map
        that was blank, and those that are ``gone``.

    Raises
    ------
    UnknownName
        For a lane that the map does not have.
    Refused
        Where the workshop takes no such change.
    """
    with desk.together():
        workshop, main = desk.get("workshop"), desk.folder.journey_of(persona)
        lanes = _LANES | _known(workshop.lane_names())
        if lane and not _first(lanes, lane):
            known = ", ".join(workshop.lane_names())
            raise UnknownName(f"the map has no lane {lane!r}; it has: {known}")
        doc = f"journeys/{main.id if main else free_name(persona, desk.folder.journey_ids())}"
        names, asked = _stages(desk, board, lanes)
        head = {"name": f"Journey of {desk.get(f'personas/{persona}').name}", "persona": persona}
        if asked and board.tool == "Mermaid":
            asked.append(("set", doc, {"name": board.title or head["name"]}))
        _take(desk, ("begin", doc, head), *asked)
        told = _sorted(desk, board, persona, doc, _known(names), lanes, lane)
        bare = [s for s in workshop.stages if s.id not in names and {*s.plain()} <= {"id", "name"}]
        for stage in bare:
            with suppress(Refused):  # a promise or a step of the funnel names it: it stays
                _take(desk, ("stage.remove", "workshop", {"id": stage.id}))
        now = desk.get("workshop").stage_names()
        return told | {
            "map": desk.get(doc).name,
            "stages": [*now.values()] if asked else [],
            "gone": [stage.name for stage in bare if stage.id not in now],
        }


def _sorted(
    desk: Desk, board: Board, persona: str, doc: str, stages: Names, lanes: Names, lane: str
) -> Data:
    """Put each note on the map, or let it wait; count what became of them."""
    title = " ".join(f"{board.tool} {board.title}".split())
    round = f"import-{slug(title)[:40].strip('-')}-{_mark(persona, title)[:6]}"
    own = {"persona": persona, "date": dt.date.today().isoformat(), "topic": round}
    there = {(card.stage, card.lane, card.text): card.id for card in desk.get(doc).cards}
    count, strange, dots = Counter[str](), list[str](), dict[str, int]()
    cards, notes = list[Data](), list[_Asked]()
    for id, note in _named(board, persona):
        old = desk.get(where := f"records/notes/{id}")
        text = old.text if old else note.text
        words: Data = {"text": text, "author": note.author}
        count.update(here=old is not None, changed=text != note.text)
        dots |= {id: note.votes} if note.votes else {}
        if old and old.card:
            continue
        stage = _first(stages, *note.frames, *note.tags)
        felt = lane if note.feeling is None else "emotions"
        named = (*note.tags, *note.frames, board.legend.get(note.colour, ""), felt)
        data: Data = {"stage": stage} if stage else {}
        if stage and (row := _first(lanes, *named)):
            data["card"] = card = there.get((stage, row, text), id)
            count["joined" if card != id else "placed"] += 1
            said = [title, *(tag for tag in note.tags if not _first(lanes | stages, tag))]
            said += [f"{note.votes} votes"][: note.votes]
            more = {"order": len(there) + len(cards) + 1, "source": ", ".join(said)}
            put = {"id": card, "stage": stage, "lane": row, "emotion": note.feeling}
            cards.append(words | put | more)
        else:
            count["no_lane" if stage else "no_stage" if note.frames else "no_frame"] += 1
            strange += note.frames[: not stage]
        if not old:
            data |= own | words | {"revealed": True}
            data |= {"x-tags": [*note.tags]} if note.tags else {}
        notes.append(("set", where, data))
    if dots:
        votes = f"records/votes/{round}"
        dots = {**getattr(desk.get(votes), "dots", {}), **dots}
        notes.append(("set", votes, {**own, "author": board.tool, "dots": dots}))
    head = {"topic": title, "step": "result" if dots else "group", "reveals": 1}
    begin = ("begin", f"records/rounds/{round}", own | head)
    _take(desk, *[begin][: len(notes)], ("cards.add", doc, {"cards": cards}), *notes)
    return {"count": count, "strange": strange}


def _stages(desk: Desk, board: Board, lanes: Names) -> tuple[Names, list[_Asked]]:
    """The stages, and how to get there: on a blank map frames become its stages.

    It is blank without a card, and without a note that waits in a stage. More than 20 frames are
    no stages of a journey.
    """
    now = desk.get("workshop").stage_names()
    known = _known(now)
    held = [[f for f in note.frames if _key(f) not in lanes] for note in board.notes]
    # What holds other frames, and no note of its own, is the board.
    outer = {f for each in held for f in each[1:]} - {each[0] for each in held if each}
    frames = {_key(name): " ".join(name.split()) for name in board.frames if name not in outer}
    called = {key: frames[key] for key in frames if key and key not in lanes}
    if (
        any(journey.cards for journey in desk.journeys())
        or any(note.stage for note in desk.records("notes"))
        or not 1 < len(called) <= 20
        or called.keys() <= known.keys()
    ):
        return now, []
    new: Names = {}
    for key, name in called.items():
        id = known.get(key) or new_id(name, now | new, "stage")
        new[id] = now.get(id, name)
    put: list[_Asked] = [
        ("stage.put", "workshop", {"id": id, "name": n, "before": ""}) for id, n in new.items()
    ]
    return new, put


def _named(board: Board, persona: str) -> Iterable[tuple[str, Sticky]]:
    """Each note with its id; one that says the same in the same frame again is the second."""
    seen = Counter[tuple[str, ...]]()
    for note in board.notes:
        said = (note.id,) if note.id else (board.title, *note.frames, note.text)
        seen[said] += 1
        mark = _mark(persona, board.tool, *said, str(seen[said]))
        yield f"{slug(board.tool)}-{mark}", note


def _mark(*said: str) -> str:
    return sha256("\0".join(said).encode("utf-8", "replace")).hexdigest()[:14]


def _key(name: str) -> str:
    return squash(name).rstrip("s")


def _known(names: Names) -> Names:
    """What an id or a name is written like, to the id."""
    return {key: id for id, name in names.items() for said in (id, name) if (key := _key(said))}


def _first(known: Names, *said: str) -> str:
    """The id that the first of some words names, if any does."""
    return next((known[key] for word in said if (key := _key(word)) in known), "")


def _take(desk: Desk, *asked: _Asked) -> None:
    """Ask the desk for all of it, or raise why it refuses."""
    mark = secrets.token_hex(8)
    given = (
        {"id": f"{mark}-{n}", "kind": kind, "doc": doc, "data": data, "by": "import"}
        for n, (kind, doc, data) in enumerate(asked)
    )
    if why := next(filter(None, desk.take(*given)), None):
        raise Refused(f"nothing was brought in: {why}")
