"""Of whom a claim speaks: the tables of one persona, narrowed; each number is asked once."""

from collections.abc import Callable, Mapping
from functools import cached_property, partial
from typing import Any, Self, TypeVar

from pandas import DataFrame, DateOffset, Timedelta, Timestamp

from journeykit.errors import DataError
from journeykit.model import EVERYBODY, Claim
from journeykit.numbers.steps import ask, condition
from journeykit.tables import Events

T = TypeVar("T")


class Once:
    """Makes each thing once."""

    @cached_property
    def _made(self) -> dict[Any, Any]:
        return {}

    def once(self, key: Any, make: Callable[[], T]) -> T:
        """Return what was made under this key before, or make it."""
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]


class Scope(Once):
    """An open workshop, narrowed to a segment or to those who entered a stage.

    Parameters
    ----------
    session : Session
        The open workshop of one persona and period.
    segment : mapping
        Columns to values, as a persona has them.
    stage : str
        Customers who did an event of this stage; of a table with a column ``stage`` its rows.
    """

    def __init__(
        self, session: Any, segment: Mapping[str, tuple[str, ...]] | None = None, stage: str = ""
    ) -> None:
        self.session, self.segment, self.stage = session, dict(segment or {}), stage

    def __getattr__(self, name: str) -> Any:
        """Ask the open workshop: steps, stages, goal, workshop, persona."""
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.session, name)

    @cached_property
    def events(self) -> Events:
        """The events of those that the claim speaks of; raises DataError where there is no log."""
        events = self.session.events
        if events is None:
            raise DataError(
                "the workshop has no events; name them in workshop.yaml under `data: events:`"
            )
        if self.segment:
            events = events.segment(self.segment)
        if not self.stage:
            return events
        if self.stage not in self.session.stages:
            raise DataError(f"the data sees no event of the stage {self.stage!r}; give it `events`")
        step = condition(events, self.session.stages[self.stage])
        return events.of_users(
            ask(events, f"SELECT DISTINCT user_id FROM {{journey}} WHERE {step.sql}", step.params)
        )

    def table(self, kind: str) -> DataFrame:
        """Return a table of those that the claim speaks of.

        Raises
        ------
        DataError
            Where the table is not there, or does not tell who is meant.
        """
        return self.once(("table", kind), lambda: self._table(kind))

    def _table(self, kind: str) -> DataFrame:
        frame = self.session.table(kind)
        if frame is None or frame.empty:
            raise DataError(
                f"the workshop has no {kind} of these customers; name them in workshop.yaml under "
                f"`data: {kind}:`"
            )
        everybody, told = self.session.all_events, "user_id" in frame.columns and self.segment
        ours = {
            c: v for c, v in self.segment.items() if told and everybody and c in everybody.columns
        }
        if ours:
            members = everybody.segment_users(ours, among=frame["user_id"].dropna())["user_id"]
            frame = frame[frame["user_id"].isin(set(members))]
        rest = {c: values for c, values in self.segment.items() if c not in ours}
        for column, values in {**rest, **({"stage": (self.stage,)} if self.stage else {})}.items():
            if column not in frame.columns:
                raise DataError(
                    f"the {kind} have no column 'stage', so a stage cannot be told in them"
                    if column == "stage"
                    else f"neither the events nor the {kind} have a column {column!r}"
                )
            frame = frame[frame[column].astype(str).isin(values)]
        return frame


class Evidence(Once):
    """What claims are held against: one open workshop, and the narrower views that claims need.

    Parameters
    ----------
    session : Session
        The open workshop; its data, its period.

    Examples
    --------
    >>> import tempfile, journeykit as jk
    >>> from journeykit.claims import Evidence, verdict
    >>> from journeykit.model import EVERYBODY, Claim
    >>> from journeykit.store import create
    >>> claim = Claim.model_validate({"metric": "conversion", "is": "at least", "threshold": "50%"})
    >>> with tempfile.TemporaryDirectory() as place:
    ...     evidence = Evidence(jk.open_workshop(create(f"{place}/shop", "retail").root))
    ...     verdict(evidence, claim).verdict
    'refuted'
    """

    def __init__(self, session: Any) -> None:
        self.session = session
        self.once((session.persona_id, session.since, session.until), lambda: session)

    @classmethod
    def of(cls, session: Any) -> Self:
        """Return the evidence of an open workshop, the same one each time."""
        return session.once("evidence", lambda: cls(session))

    def scope(self, claim: Claim | None = None) -> Scope:
        """Return the view of the data that a claim speaks of; without one, that of the persona."""
        if claim is None:
            return self.once("", lambda: Scope(self.session))
        since, until = self._period(claim)
        stage = "" if claim.about.about_stage else claim.stage or ""
        persona = claim.persona or self.session.persona_id
        key = (persona, since, until, stage, tuple(sorted(claim.segment.items())))
        return self.once(
            key, lambda: Scope(self.persona(persona, since, until), claim.segment, stage)
        )

    def persona(self, persona: str, since: str | None = None, until: str | None = None) -> Any:
        """Open the workshop for another persona or period; what is read already is shared."""
        first = self.session
        key = (persona, since or first.since, until or first.until)
        return self.once(key, lambda: self._opened(*key))

    def _opened(self, persona: str, since: str | None, until: str | None) -> Any:
        first = self.session
        all_of_them = persona == EVERYBODY and persona not in first.folder.persona_ids()
        who = first.persona_id if all_of_them else persona
        other = type(first)(first.folder, who, first.source, since=since, until=until)
        if (since, until) == (first.since, first.until):
            vars(other).update(all_events=first.all_events, _tables=first._tables, gate=first.gate)
        if all_of_them:
            everybody = partial(other.table, everybody=True)
            vars(other).update(events=other.all_events, table=everybody)
        return other

    def persona_name(self, persona: str) -> str:
        """The name of a persona, or ``everybody``."""
        known = self.session.folder.personas()
        return known[persona].name if persona in known else persona

    def _period(self, claim: Claim) -> tuple[str | None, str | None]:
        """The days between which the claim looks, within those that the workshop is opened for."""
        since, until, everybody = claim.since, claim.until, self.session.all_events
        if claim.last and everybody is not None and everybody.end:
            last = Timestamp(everybody.end).normalize() + Timedelta(days=1)
            number, unit = claim.last
            since = (last - DateOffset(**{unit: number})).date()
        starts = [str(day) for day in (self.session.since, since) if day]
        ends = [str(day) for day in (self.session.until, until) if day]
        return max(starts, default=None), min(ends, default=None)
