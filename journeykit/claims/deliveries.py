"""Where only deliveries of the data are there: what the alarms need of each is kept.

A customer counts once: by the day on which they came, in the first delivery in which that day's
window is over. A day that is known is not counted again, however deliveries overlap.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches
from fnmatch import filter
from hashlib import sha256
from itertools import chain, groupby
from typing import Any

from pandas import DataFrame, DatetimeIndex

from journeykit.errors import WorkshopError
from journeykit.model import Alarm
from journeykit.tables import Finding

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
        Of a test, what `journeykit.numbers.nights.bounds` gives.

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
            now = {side: (dict(_days(*held)), held[0].attrs) for *held, side in nights_of(test)}
            for side in (-1, 1):
                asked = _asked(session, test.verdict, side)
                days, (read, attrs) = known.get(asked, {}), now.get(side, ({}, {}))
                if more := {day: n for day, n in read.items() if day not in days}:
                    new[asked] = more
                if days or more:
                    yield test, (*_table(days | more, attrs), side)
        if new and not (session.since or session.until):  # a view is no delivery
            log, at = session.all_events, session.workshop.now()
            kept = Alarm(
                id=f"{persona}-{at:%Y-%m-%d}-{_hash(new)}",
                persona=persona,
                date=at.date(),
                data=log.fingerprint if log else "",
                nights=new,
            )
            try:
                session.folder.save(kept, "alarms")
            except OSError as problem:
                raise WorkshopError(
                    f"The nights of this delivery cannot be kept in records/alarms: "
                    f"{problem.strerror}. Let journeykit write there, or copy the folder, and test "
                    "again: what is not kept never counts."
                ) from None


def know(events: Any, workshop: Any) -> Any:
    """Add to the names what the workshop names: nobody did it tonight, and it is no slip.

    Where one that somebody did is nearly the same, that is said.
    """
    if workshop.sources.deliveries:
        events = replace(events, part=True)
        parts = (part.events for part in (*workshop.stages, *workshop.funnel))
        named = [*chain(*(m.root.get("event", ()) for m in chain(workshop.goal, *parts)))]
        seen = [*events.names]
        for name in named:
            if not filter(events.names, name):
                events.names.append(name)
                for near in get_close_matches(name, seen, 1, 0.84):
                    said = f"the workshop names {name!r}, which nobody did in this delivery. "
                    said += f"Did you mean {near!r}?"
                    events.contract.findings.append(Finding("warning", "nobody", said))
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


def _table(days: Any, attrs: Any) -> tuple[DataFrame, Any]:
    """Put days together as `replay` takes them; those of one night add up."""
    nights, limits, counts = zip(*days.values())
    rows = DataFrame([*counts], DatetimeIndex(nights, dtype="datetime64[us]"))
    grouped = rows.rename(columns=float).assign(limit=limits).groupby(level=0)
    table = grouped.sum().drop(columns="limit")
    table.attrs = attrs
    return table, grouped["limit"].mean()
