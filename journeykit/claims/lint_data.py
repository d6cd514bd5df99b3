"""Rules that hold the map against the log and the campaigns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from journeykit.claims.findings import Finding, Place
from journeykit.claims.scope import Scope
from journeykit.errors import JourneykitError
from journeykit.model import Workshop
from journeykit.numbers.campaigns import campaign_effect
from journeykit.numbers.friction import friction
from journeykit.numbers.steps import ask

DATA_CODES = ("JK201", "JK202", "JK203", "JK204")
_LONG = 0.5
"""Where surely more than this share take a long way, the way is long."""
_WORTH_A_STAGE = 0.01
"""An event that fewer do is noise of the log, not a step of the journey."""


def everybody(session: Any) -> Iterator[Finding]:
    """Compare stages and events: what is in the data and on no stage, and the other way round."""
    events, workshop = session.all_events, session.workshop
    if events is None:
        return
    known = events.names
    for n, stage in enumerate(workshop.stages):
        place = Place("workshop.yaml", ("stages", n))
        missing = [match for match in stage.events if not match.names(known)]
        if not stage.events:
            yield Finding("JK202", f"The stage “{stage.name}” names no events.", place)
        for match in missing:
            all_ = len(missing) == len(stage.events)
            said = (
                f"no event in the data is {match}{', so the data cannot see it' if all_ else ''}."
            )
            yield Finding("JK202", f"The stage “{stage.name}”: {said}", place)
    mapped = _mapped(session, workshop, known)
    counts = ask(
        events,
        "SELECT event::VARCHAR AS event, count(DISTINCT user_id) AS n FROM {journey} "
        "GROUP BY 1 ORDER BY n DESC, event",
    )
    for row in counts.itertuples():
        if row.event not in mapped and row.n >= _WORTH_A_STAGE * events.users:
            said = (
                f"{row.n:,} of {events.users:,} customers did {row.event!r}; it is on no "
                "stage and no card."
            )
            yield Finding("JK201", said, Place("workshop.yaml", ("stages",)))


def _mapped(session: Any, workshop: Workshop, known: list[str]) -> set[str]:
    """The events that a stage, a step, the goal or a card names."""
    named = [m for stage in workshop.stages for m in stage.events]
    named += [m for step in workshop.funnel for m in step.events] + list(workshop.goal)
    for journey_id in session.folder.journey_ids():
        named += [m for card in session.folder.journey(journey_id).cards for m in card.events]
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
        said = (
            f"{row.users:,} of {row.of:,} who reach the goal take more than twice the shortest way."
        )
        yield Finding("JK204", f"{said} (95%: {row.low:.0%} to {row.high:.0%})", place)


def _redundant(scope: Scope, place: Place) -> Iterator[Finding]:
    frame = campaign_effect(scope.table("campaigns"), scope.events, scope.goal)
    works = dict(zip(frame["campaign"], frame["verdict"], strict=True))
    for row in frame[frame["redundant"].astype(bool)].itertuples():
        if works.get(row.overlap_with) == "works":
            said = (
                f"The campaign {row.campaign!r} shows no effect of its own, and "
                f"{row.overlap_share:.0%} of "
            )
            yield Finding(
                "JK203", f"{said}its people get {row.overlap_with!r}, which works.", place
            )


def sent_stages(session: Any) -> frozenset[str]:
    """Return the stages in which the table of campaigns has sent something."""
    sends: pd.DataFrame | None = session.table("campaigns", everybody=True)
    if sends is None or "stage" not in sends:
        return frozenset()
    return frozenset(sends["stage"].dropna().astype(str))
