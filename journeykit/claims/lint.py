"""The lint of the map: what a second reader would ask about, with a code, a place and a fix."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from pandas import DataFrame

from journeykit.errors import JourneykitError
from journeykit.model import Workshop
from journeykit.numbers.campaigns import campaign_effect
from journeykit.numbers.friction import friction
from journeykit.numbers.steps import ask

from . import lint_map
from .findings import Finding, Place, silenced
from .lint_map import Map
from .scope import Evidence, Scope

_LONG = 0.5
"""Where surely more than this share take a long way, the way is long."""
_WORTH_A_STAGE = 0.01
"""An event that fewer do is noise of the log, not a step of the journey."""


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
    workshop = folder.workshop()
    every = _maps(folder, session, today or workshop.now().date())
    maps = [each for each in every if each.journey.persona in wanted]
    ideas = [idea for idea in folder.records("ideas") if idea.persona in (None, *wanted)]
    written = [*_held(folder, maps, ideas)]
    found = [*lint_map.campaigns(workshop, every), *lint_map.stages(workshop)]
    found += [each for word, place in written for each in lint_map.leftovers(word, place)]
    found += [each for one in maps for each in lint_map.of_map(one)]
    found += lint_map.ideas(ideas, every)
    with_data = session is not None and session.all_events is not None
    if with_data:
        found += _everybody(session)
        for persona in wanted:
            found += _of_persona(Evidence.of(session).persona(persona))
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
    sent = _sent_stages(session) if session is not None else frozenset()
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
            folder.root,
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


def _everybody(session: Any) -> Iterator[Finding]:
    """Compare stages and events: what is in the data and on no stage, and the other way round."""
    events, workshop = session.all_events, session.workshop
    known = events.names
    for n, stage in enumerate(workshop.stages):
        place = Place("workshop.yaml", ("stages", n))
        missing = [match for match in stage.events if not match.names(known)]
        if not stage.events:
            yield Finding("JK202", f"The stage “{stage.name}” names no events.", place)
        so = ", so the data cannot see it" if len(missing) == len(stage.events) else ""
        for match in missing:
            said = f"The stage “{stage.name}”: no event in the data is {match}{so}."
            yield Finding("JK202", said, place)
    mapped = _mapped(session, workshop, known)
    counts = ask(
        events,
        "SELECT event::VARCHAR AS event, count(DISTINCT user_id) AS n FROM {journey} "
        "GROUP BY 1 ORDER BY n DESC, event",
    )
    for row in counts.itertuples():
        if row.event not in mapped and row.n >= _WORTH_A_STAGE * events.users:
            said = f"{row.n:,} of {events.users:,} customers did {row.event!r}"
            place = Place("workshop.yaml", ("stages",))
            yield Finding("JK201", f"{said}; it is on no stage and no card.", place)


def _mapped(session: Any, workshop: Workshop, known: list[str]) -> set[str]:
    """The events that a stage, a step, the goal or a card names."""
    maps = map(session.folder.journey, session.folder.journey_ids())
    cards = (card for journey in maps for card in journey.cards)
    named = [m for each in (*workshop.stages, *workshop.funnel, *cards) for m in each.events]
    named += workshop.goal
    return {name for match in named if match.root.get("event") for name in match.names(known)}


def _of_persona(session: Any) -> Iterator[Finding]:
    """Look at one persona's ways and campaigns."""
    journey = session.folder.journey_of(session.persona_id)
    file = f"journeys/{journey.id}.yaml" if journey else f"personas/{session.persona_id}.yaml"
    place = Place(file, (), "", session.persona_id)  # a silence at the top of the map holds for it
    scope = Scope(session)
    for rule in (_excess, _redundant):
        try:
            yield from rule(scope, place)
        except JourneykitError:
            continue  # a table is missing: there is nothing to hold the map against


def _excess(scope: Scope, place: Place) -> Iterator[Finding]:
    frame = friction(scope.events, scope.goal)
    for row in frame[(frame["kind"] == "excess steps") & (frame["low"] > _LONG)].itertuples():
        said = f"{row.users:,} of {row.of:,} who reach the goal take more than twice the shortest"
        yield Finding("JK204", f"{said} way. (95%: {row.low:.0%} to {row.high:.0%})", place)


def _redundant(scope: Scope, place: Place) -> Iterator[Finding]:
    frame = campaign_effect(scope.table("campaigns"), scope.events, scope.goal)
    works = dict(zip(frame["campaign"], frame["verdict"], strict=True))
    for row in frame[frame["redundant"].astype(bool)].itertuples():
        if works.get(row.overlap_with) == "works":
            said = f"The campaign {row.campaign!r} shows no effect of its own"
            both = f"{row.overlap_share:.0%} of its people get {row.overlap_with!r}, which works."
            yield Finding("JK203", f"{said}, and {both}", place)


def _sent_stages(session: Any) -> frozenset[str]:
    """Return the stages in which the table of campaigns has sent something."""
    sends: DataFrame | None = session.table("campaigns", everybody=True)
    if sends is None or "stage" not in sends:
        return frozenset()
    return frozenset(sends["stage"].dropna().astype(str))
