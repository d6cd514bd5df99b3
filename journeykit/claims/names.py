"""Names that a claim takes from the data and that nobody there has: a slip of the pen, not few
customers.
"""

from collections.abc import Iterator
from typing import Any

from pandas import Series

from journeykit.declared import beside
from journeykit.engine import quote
from journeykit.errors import FileProblem, JourneykitError, did_you_mean
from journeykit.model import Claim, Keys
from journeykit.numbers.leads import LEVELS
from journeykit.numbers.steps import ask
from journeykit.numbers.steps import column as ours

from .scope import Evidence

_OF = beside(__file__)
"""What `of` names, to the column and the table that have it."""


def mistake_in(
    evidence: Evidence, claim: Claim, journey: str = "", card: str = ""
) -> FileProblem | None:
    """Find the first name of a claim that nobody has, whichever the persona and the period.

    Where other data was given, the workshop's own is asked, too: what one night lacks is no
    mistake.

    Parameters
    ----------
    evidence : Evidence
    claim : Claim
    journey, card : str
        Where it stands, for file and line.
    """
    for path, column, value, tables in _named(claim):
        known: dict[str, None] = {}
        for session in _sessions(evidence):
            found = [_values(evidence, session, table, column) for table in tables]
            known |= {name: None for names in found for name in names or ()}
            if not known or value in known or (not column and None in found):
                break  # it is there, or it is the table that is missing
        else:
            lacks = f"no {column} in the data is" if column else "the data has no column"
            said = f"{lacks} {value!r}. {did_you_mean(value, known)}"
            if not card:
                return FileProblem(said)
            folder, file = evidence.session.folder, f"journeys/{journey}.yaml"
            place = [each.id for each in folder.journey(journey).cards].index(card)
            line = folder.line(file, ("cards", place, "claim", *path))
            return FileProblem(said, file, line, f"cards.{card}.claim.{path[0]}")
    return None


def mistakes(session: Any) -> Iterator[FileProblem]:
    """Find such names in all claims of all maps of an open workshop."""
    for name in session.folder.journey_ids():
        for card in session.folder.journey(name).cards:
            claim, evidence = card.claim, Evidence.of(session)
            if claim and (found := mistake_in(evidence, claim, name, card.id)):
                yield found


def _named(claim: Claim) -> Iterator[tuple[Keys, str, str, list[str]]]:
    """Give each name: its path in the claim, the column that has it ('' for a column), and the
    tables.
    """
    tables = ["events", *(table for table in claim.about.table.split(" or ") if table != "events")]
    for column, values in claim.segment.items():
        yield ("segment", column), "", column, tables
        yield from ((("segment", column), column, value, tables) for value in values)
    kind, (column, table) = claim.about.of, _OF.get(claim.about.of, ("", ""))
    if kind == "column and value":
        yield ("of", 1), claim.of[0], claim.of[1], [table]
    for n, value in enumerate(claim.of[: 1 if " and " in kind else None] if table else ()):
        parts = value.partition(" with ")[0].split(" → ") if kind == "place" else [value]
        yield from ((("of", n), column, part, [table]) for part in parts)


def _sessions(evidence: Evidence) -> Iterator[Any]:
    """Give the data that was opened; then, for what it lacks, all of its days, and the workshop's
    own.
    """
    first, once = evidence.session, evidence.scope().once
    yield first
    if first.since or first.until:
        yield once("all days", lambda: type(first)(first.folder, first.persona_id, first.source))
    if first.source:
        yield once("own data", lambda: type(first)(first.folder, first.persona_id))


def _values(evidence: Evidence, session: Any, table: str, column: str) -> dict[str, None] | None:
    """List what a column of everybody's table holds ('' for its columns); None where the table is
    missing.
    """

    def seen() -> dict[str, None] | None:
        if column in ("level", "experiment"):
            ids = (record.id for record in session.folder.records("experiments"))
            return dict.fromkeys(LEVELS if column == "level" else ids)
        if table == "events":
            found = None if session.all_events is None else _of_events(session, column)
        else:
            try:
                found = session.table(table, everybody=True)
            except JourneykitError:
                return None
            if found is not None:
                found = found.get(column, Series()).dropna() if column else found.columns
        return None if found is None else dict.fromkeys(map(str, found))

    key = (session.source, session.since, session.until, table, column)
    return evidence.scope().once(key, seen)


def _of_events(session: Any, column: str) -> Any:
    events, workshop = session.all_events, session.workshop
    if not column:
        return [*events.columns, *events.contract.columns.values()]
    if column in ("event", "step or event"):
        places = [*workshop.steps(), *(p.id for p in (*workshop.stages, *workshop.promises))]
        return [*events.names, *(places if column != "event" else ())]
    try:
        name = quote(ours(events, column))
    except JourneykitError:
        return ()
    return ask(
        events, f"SELECT DISTINCT coalesce({name}::VARCHAR, '(none)') AS value FROM {{journey}}"
    )["value"]
