"""The lint of the map: what a second reader would ask about, with a code, a place and a fix."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from . import lint_data, lint_map
from .findings import Finding, Place, silenced
from .lint_map import Map
from .scope import Evidence


def lint(
    folder: Any,
    session: Any | None = None,
    *,
    personas: Sequence[str] | None = None,
    today: dt.date | None = None,
) -> list[Finding]:
    """Read the maps of a workshop folder, and hold them against the data where there is some.

    Parameters
    ----------
    folder : Folder
        The workshop folder, whose files can be read.
    session : Session, optional
        The open workshop, for the rules that need its data; without it only the map is read.
    personas : sequence of str, optional
        Whose maps; all without it.
    today : date, optional
        The day against which evidence is stale.

    Returns
    -------
    list of Finding
        By file, line and code; what is silenced has its reason in ``because``.

    Examples
    --------
    >>> import tempfile
    >>> from journeykit.store import create
    >>> with tempfile.TemporaryDirectory() as place:
    ...     found = lint(create(f"{place}/shop", "blank"))
    ...     {"JK111", "JK113"} <= {each.code for each in found}
    True
    """
    wanted = list(personas or folder.persona_ids())
    every = _maps(folder, session, today or dt.date.today())
    maps = [each for each in every if each.journey.persona in wanted]
    ideas = [idea for idea in folder.records("ideas") if idea.persona in (None, *wanted)]
    workshop, written = folder.workshop(), [*_held(folder, maps, ideas)]
    found = [*lint_map.campaigns(workshop, every), *lint_map.stages(workshop)]
    found += [each for word, place in written for each in lint_map.leftovers(word, place)]
    found += [each for one in maps for each in lint_map.of_map(one)]
    found += lint_map.ideas(ideas, every)
    with_data = session is not None and session.all_events is not None
    if with_data:
        found += lint_data.everybody(session)
        for persona in wanted:
            found += lint_data.of_persona(Evidence.of(session).persona(persona))
    # A silence of the whole folder may be needed by the others.
    end = "" if personas else "JK3" if with_data else "JK2"
    silences = {
        (p.file, p.path): word.silence for word, p in written if getattr(word, "silence", None)
    }
    marked = silenced(found, silences, end)
    lined = [replace(f, line=folder.line(f.place.file, f.place.path)) for f in marked]
    return sorted(
        lined, key=lambda f: (f.place.file != "workshop.yaml", f.place.file, f.line or 0, f.code)
    )


def _maps(folder: Any, session: Any | None, today: dt.date) -> list[Map]:
    sent = lint_data.sent_stages(session) if session is not None else frozenset()
    workshop, ideas = folder.workshop(), folder.records("ideas")
    return [
        Map(
            workshop,
            journey,
            f"journeys/{journey.id}.yaml",
            folder.as_is_of(journey),
            ideas,
            sent,
            today,
        )
        for journey in map(folder.journey, folder.journey_ids())
    ]


def _held(folder: Any, maps: list[Map], ideas: list[Any]) -> Iterator[tuple[Any, Place]]:
    """Give all that a person writes and may silence, each with its place."""
    workshop = folder.workshop()
    yield workshop, Place("workshop.yaml")
    for n, stage in enumerate(workshop.stages):
        yield stage, Place("workshop.yaml", ("stages", n))
    for persona in folder.personas().values():
        yield persona, Place(f"personas/{persona.id}.yaml", (), "", persona.id)
    for idea in ideas:
        yield idea, Place(f"records/ideas/{idea.id}.yaml", (), "", idea.persona or "")
    for each in maps:
        yield each.journey, each.top()
        yield from ((card, each.at(card)) for card in each.journey.cards)
