"""Where only deliveries of the data are there: what the alarms need of each is kept.

A customer counts once: by the day on which they came, in the first delivery in which that day's
window is over. A day that is known is not counted again, however deliveries overlap.
"""

from collections.abc import Iterator, Sequence
from fnmatch import filter
from hashlib import sha256
from itertools import chain, groupby
from typing import Any

from pandas import DataFrame, DatetimeIndex

from journeykit.model import Alarm

from .scope import Evidence

_SAID = {"must", "because", "note", "period"}
"""What of a claim does not change what is asked night by night."""


def delivered(evidence: Evidence, tests: Sequence[Any], nights_of: Any) -> Iterator[Any]:
    """Give each test its nights of all deliveries; those that are new are written down.

    Parameters
    ----------
    evidence : Evidence
    tests : sequence of JourneyTest
        Of several personas, one after the other.
    nights_of : function
        Of a verdict, what `journeykit.numbers.nights.bounds` gives.

    Yields
    ------
    tuple of (JourneyTest, (DataFrame, Series, int))
    """
    known, claims = dict[str, Any](), [test for test in tests if test.verdict]
    for record in evidence.session.folder.records("alarms"):
        for asked, days in record.nights.items():
            known[asked] = known.get(asked, {}) | days
    for persona, mine in groupby(claims, key=lambda test: test.persona):
        session, new = evidence.persona(persona), dict[str, Any]()
        for test in mine:
            now = {side: dict(_days(*held)) for *held, side in nights_of(test.verdict)}
            for side in (-1, 1):
                asked = _asked(session, test.verdict, side)
                days = known.get(asked, {})
                if more := {day: n for day, n in now.get(side, {}).items() if day not in days}:
                    new[asked] = more
                if days or more:
                    yield test, (*_table(days | more), side)
        if new and not (session.since or session.until):  # a view is no delivery
            log, at = session.all_events, session.workshop.now()
            kept = Alarm(
                id=f"{persona}-{at:%Y-%m-%d}-{_hash(new)}",
                persona=persona,
                date=at.date(),
                data=log.fingerprint if log else "",
                nights=new,
            )
            session.folder.save(kept, "alarms")


def know(events: Any, workshop: Any) -> Any:
    """Add to the names what the workshop names: nobody did it tonight, and it is no slip."""
    if workshop.sources.deliveries:
        for each in chain(
            workshop.goal, *(part.events for part in (*workshop.stages, *workshop.funnel))
        ):
            for name in each.root.get("event", ()):
                if not filter(events.names, name):
                    events.names.append(name)
    return events


def _asked(session: Any, found: Any, side: int) -> str:
    """Name what is asked; another question begins anew."""
    who = Evidence.of(session).scope(found.claim).persona.segment
    promised = [each for each in session.promises if each.id in found.claim.of]
    w = session.workshop  # whatever of it tonight's part lacks
    parts = (
        found.claim.model_dump_json(exclude=_SAID),
        found.stage,
        session.scales,
        who,
        promised,
        w.steps(),
        [each.events for each in w.stages],
        w.goal,
    )
    return f"{found.id}/{'below' if side < 0 else 'above'}/{_hash(parts)}"


def _hash(what: Any) -> str:
    return sha256(repr(what).encode()).hexdigest()[:12]


def _days(table: DataFrame, limit: float) -> Iterator[Any]:
    """Write the nights of a delivery, each under the day on which its customers came."""
    for night, row in table.iterrows():
        counts = {str(x): int(n) for x, n in row.items() if n}
        yield (night - table.attrs["wide"]).date(), (night.date(), limit, counts)


def _table(days: Any) -> tuple[DataFrame, Any]:
    """Put days together as `replay` takes them; those of one night add up."""
    nights, limits, counts = zip(*days.values())
    rows = DataFrame([*counts], DatetimeIndex(nights, dtype="datetime64[us]"))
    grouped = rows.rename(columns=float).assign(limit=limits).groupby(level=0)
    return grouped.sum().drop(columns="limit"), grouped["limit"].mean()
