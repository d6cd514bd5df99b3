"""Rules that hold the map against the log and the campaigns."""

from collections.abc import Iterator
from typing import Any

from pandas import DataFrame

from journeykit.errors import JourneykitError
from journeykit.model import Workshop
from journeykit.numbers.campaigns import campaign_effect
from journeykit.numbers.friction import friction
from journeykit.numbers.steps import ask

from .findings import Finding, Place
from .scope import Scope

_LONG = 0.5
"""Where surely more than this share take a long way, the way is long."""
_WORTH_A_STAGE = 0.01
"""An event that fewer do is noise of the log, not a step of the journey."""


def everybody(session: Any) -> Iterator[Finding]:
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


def of_persona(session: Any) -> Iterator[Finding]:
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


def sent_stages(session: Any) -> frozenset[str]:
    """Return the stages in which the table of campaigns has sent something."""
    sends: DataFrame | None = session.table("campaigns", everybody=True)
    if sends is None or "stage" not in sends:
        return frozenset()
    return frozenset(sends["stage"].dropna().astype(str))
