"""The lint of the map: what a second reader would ask about, with a code, a place and a fix."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from . import lint_data, lint_map
from .findings import Finding, Place, Silences, silenced
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
    ...     {"JK110", "JK111"} <= {each.code for each in found}
    True
    """
    wanted = list(personas or folder.persona_ids())
    every = _maps(folder, session, today or dt.date.today())
    maps = [each for each in every if each.journey.persona in wanted]
    ideas = [idea for idea in folder.records("ideas") if idea.persona in (None, *wanted)]
    found = [*lint_map.campaigns(folder.workshop(), every), *_map_findings(folder, maps)]
    found += lint_map.ideas(ideas, every)
    held = session is not None and session.all_events is not None
    if held:
        found += lint_data.everybody(session)
        for persona in wanted:
            found += lint_data.of_persona(Evidence.of(session).persona(persona))
    # A silence of the whole folder may be needed by the others.
    end = "" if personas else "JK3" if held else "JK2"
    marked = silenced(found, _silences(folder, maps, ideas), end)
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
            folder.journey_of(journey.persona),
            ideas,
            sent,
            today,
        )
        for journey in map(folder.journey, folder.journey_ids())
    ]


def _map_findings(folder: Any, maps: list[Map]) -> Iterator[Finding]:
    workshop = folder.workshop()
    yield from lint_map.stages(workshop)
    yield from lint_map.leftovers(workshop, Place("workshop.yaml"), f"“{workshop.name}”")
    for n, stage in enumerate(workshop.stages):
        place = Place("workshop.yaml", ("stages", n))
        yield from lint_map.leftovers(stage, place, f"“{stage.name}”")
    for persona in folder.personas().values():
        place = Place(f"personas/{persona.id}.yaml", (), "", persona.id)
        yield from lint_map.leftovers(persona, place, f"“{persona.name}”")
    for each in maps:
        yield from lint_map.of_map(each)


def _silences(folder: Any, maps: list[Map], ideas: list[Any]) -> Silences:
    workshop = folder.workshop()
    held: list[tuple[str, str, Any, Sequence[Any]]] = [
        ("workshop.yaml", "stages", workshop, workshop.stages),
        *((f"records/ideas/{idea.id}.yaml", "", idea, ()) for idea in ideas),
        *((each.file, "cards", each.journey, each.journey.cards) for each in maps),
    ]
    found: dict[Any, Mapping[str, str]] = {}
    for file, key, whole, parts in held:
        found[file, ()] = whole.silence
        found |= {(file, (key, n)): part.silence for n, part in enumerate(parts)}
    return {place: codes for place, codes in found.items() if codes}
