"""Events: a log of who did what when, read once and asked many times."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

import pandas as pd

from journeykit import engine
from journeykit.engine import Table, quote
from journeykit.errors import UnknownName, did_you_mean
from journeykit.tables.contract import Contract
from journeykit.tables.journey import JOURNEY_COLUMNS

__all__ = ["Events"]

#: Up to this many events, the events of a persona are copied into memory once; above it,
#: every query joins them anew.
_COPY_EVENTS = 5_000_000


@dataclass(frozen=True)
class Events:
    """The events of some users, prepared as a journey table.

    Parameters
    ----------
    journey : engine.Table
        One row per event: ``user_id``, ``user_number`` (the same as a number, for quick
        grouping), ``position`` (1, 2, … per user), ``event``, ``timestamp``, ``next_event``,
        ``seconds_to_next``, ``session`` (a number over all users), ``session_position``,
        ``last_in_session``, ``duration_seconds``, then the other columns.
    contract : Contract
        What was read, assumed and set aside: always of the whole source.
    fingerprint : str
        Changes with the source, the mapping and the period.
    prepared_now : bool
        False where an earlier preparation was found in the cache.
    whole : Events or None
        The events these were filtered from.

    Examples
    --------
    >>> import pandas as pd, journeykit as jk
    >>> log = pd.DataFrame({"user_id": list("aab"), "event": ["visit", "pay", "visit"],
    ...     "timestamp": pd.date_range("2026-01-01", periods=3, freq="min"), "device": ["pc", "pc", "phone"]})
    >>> events = jk.read_events(log)
    >>> events.users, events.count, events.names, events.segment({"device": "pc"}).users
    (2, 3, ['visit', 'pay'], 1)
    """

    journey: Table
    contract: Contract
    fingerprint: str
    prepared_now: bool = True
    whole: Events | None = None

    @property
    def columns(self) -> list[str]:
        """The columns beside user, event and timestamp: what can be segmented or compared."""
        return [name for name in self.journey.columns if name not in JOURNEY_COLUMNS]

    @cached_property
    def _counts(self) -> Any:
        return engine.run(
            "SELECT count(*) FILTER (WHERE position = 1) AS users, count(*) AS events, "
            "count(*) FILTER (WHERE session_position = 1) AS sessions, min(timestamp) AS first, "
            "max(timestamp) AS last FROM {journey}",
            journey=self.journey,
        ).iloc[0]

    @property
    def users(self) -> int:
        """How many users."""
        return int(self._counts.users)

    @property
    def count(self) -> int:
        """How many events."""
        return int(self._counts.events)

    @property
    def sessions_count(self) -> int:
        """How many sessions (a pause of more than 30 minutes begins a new one)."""
        return int(self._counts.sessions)

    @property
    def start(self) -> datetime | None:
        """The first time; None without events."""
        return None if pd.isna(self._counts["first"]) else self._counts["first"].to_pydatetime()

    @property
    def end(self) -> datetime | None:
        """The last time; None without events."""
        return None if pd.isna(self._counts["last"]) else self._counts["last"].to_pydatetime()

    @cached_property
    def names(self) -> list[str]:
        """The event names, the most frequent first."""
        return engine.run(
            "SELECT event FROM {journey} GROUP BY event ORDER BY count(*) DESC, event::VARCHAR",
            journey=self.journey,
        )["event"].tolist()

    def frame(self, limit: int | None = None) -> pd.DataFrame:
        """The events as a frame: user_id, event, timestamp and the other columns.

        Parameters
        ----------
        limit : int, optional
            At most so many, from the first user on.
        """
        names = ", ".join(quote(name) for name in ["user_id", "event", "timestamp", *self.columns])
        some = f" LIMIT {int(limit)}" if limit is not None else ""
        return engine.run(
            f"SELECT {names} FROM {{journey}} ORDER BY user_id, position{some}",
            journey=self.journey,
        )

    def describe(self) -> str:
        """What these events are, in plain lines."""
        own = f"{self.users:,} users, {self.count:,} events, {self.sessions_count:,} sessions."
        return f"{own}\n{self.contract.describe()}"

    def facts(self) -> dict[str, Any]:
        """What these events are, in plain numbers: what an exercise is handed instead of the log.

        Returns
        -------
        dict
            ``users, events, sessions, start, end, columns``, ``rows`` and ``set_aside`` of the source,
            and ``by_event``: per event name its ``events`` and ``users`` (the 300 most frequent).
        """
        by_event = engine.run(
            "SELECT event::VARCHAR AS event, count(*) AS events, count(DISTINCT user_number) AS users "
            "FROM {journey} GROUP BY event ORDER BY count(*) DESC, event::VARCHAR LIMIT 300",
            journey=self.journey,
        ).set_index("event")
        return {
            "users": self.users,
            "events": self.count,
            "sessions": self.sessions_count,
            "start": self.start,
            "end": self.end,
            "columns": self.columns,
            "rows": self.contract.rows,
            "set_aside": self.contract.set_aside,
            "by_event": by_event.to_dict("index"),
        }

    def of_users(self, users: Iterable[object] | pd.DataFrame | Table) -> Events:
        """The events of some users only; positions and sessions stay as they are.

        Parameters
        ----------
        users : iterable of ids, pandas.DataFrame or engine.Table
            The ids, or a table with a column ``user_id``.
        """
        if not isinstance(users, Table):
            ids = users["user_id"] if isinstance(users, pd.DataFrame) else users
            users = self.journey.engine.materialize("SELECT user_id FROM {ids}", ids=_ids(ids))
        numbers = self.journey.engine.materialize(
            "SELECT user_number FROM {journey} SEMI JOIN {ids} AS ids USING (user_id) WHERE position = 1",
            journey=self.journey,
            ids=users,
        )
        return self._of_numbers(numbers)

    def segment(self, mapping: Mapping[str, Any]) -> Events:
        """The events of the users of a segment; see :meth:`segment_users`."""
        return self._of_numbers(self.members(mapping))

    def _of_numbers(self, numbers: Table) -> Events:
        whole = self.whole or self
        keep = (
            self.journey.engine.materialize
            if whole.count <= _COPY_EVENTS
            else self.journey.engine.view
        )
        sql = "SELECT * FROM {journey} SEMI JOIN {numbers} AS numbers USING (user_number)"
        return replace(self, journey=keep(sql, journey=self.journey, numbers=numbers), whole=whole)

    def segment_users(
        self, mapping: Mapping[str, Any], among: Iterable[object] | None = None
    ) -> pd.DataFrame:
        """The users whose most frequent value of every column is one of those named.

        Parameters
        ----------
        mapping : dict
            Column to a value or a list of values; compared as text, case-sensitive. Among
            equally frequent values the one that came first counts.
        among : iterable of ids, optional
            Look among these users only (who answered a survey): so few ids leave the engine.

        Returns
        -------
        pandas.DataFrame
            ``user_id``, sorted.

        Raises
        ------
        UnknownName
            A column or a value that the data does not have.
        """
        tables: dict[str, Any] = {"journey": self.journey, "members": self.members(mapping)}
        some = ""
        if among is not None:
            some = "SEMI JOIN {among} AS among USING (user_id)"
            tables["among"] = _ids(among)
        return engine.run(
            f"SELECT user_id FROM {{journey}} SEMI JOIN {{members}} AS members USING (user_number) {some} "
            "WHERE position = 1 ORDER BY user_id",
            **tables,
        )

    def members(self, mapping: Mapping[str, Any]) -> Table:
        """The numbers of the users of a segment, as a table in the engine: ``user_number``."""
        store = self.journey.engine
        members = store.view("SELECT user_number FROM {j} WHERE position = 1", j=self.journey)
        for column, wanted in mapping.items():
            name = self._segment_column(column)
            values = self._known_values(name, wanted)
            members = store.materialize(
                f"""
                WITH counted AS (
                  SELECT user_number, {quote(name)} AS choice, count(*) AS n, min(position) AS first
                  FROM {{journey}} WHERE {quote(name)} IS NOT NULL GROUP BY user_number, {quote(name)}
                ), ranked AS (
                  SELECT user_number, choice::VARCHAR AS choice,
                    row_number() OVER (PARTITION BY user_number ORDER BY n DESC, first) AS rank
                  FROM counted
                )
                SELECT user_number FROM ranked
                SEMI JOIN {{wanted}} AS wanted USING (choice)
                SEMI JOIN {{members}} AS members USING (user_number)
                WHERE rank = 1""",
                journey=self.journey,
                wanted=pd.DataFrame({"choice": values}, dtype="str"),
                members=members,
            )
        return members

    def _segment_column(self, column: str) -> str:
        theirs = {source: ours for ours, source in self.contract.columns.items()}
        name = column if column in self.columns else theirs.get(column, column)
        if name not in self.columns:
            raise UnknownName(
                f"There is no column {column!r} to segment by. {did_you_mean(column, self.columns)}"
            )
        return name

    def _known_values(self, name: str, wanted: Any) -> list[str]:
        """The texts to look for; every one of them occurs in the column."""
        listed = wanted if isinstance(wanted, list | tuple | set | frozenset) else [wanted]
        # YAML's true is "True" or "TRUE" in some exports.
        spelled = {
            value: {
                str(value),
                *([str(value).lower(), str(value).upper()] if isinstance(value, bool) else []),
            }
            for value in listed
        }
        # The outer query keeps the name apart from a column of the data that is called so.
        column = f"SELECT value FROM (SELECT DISTINCT {quote(name)}::VARCHAR AS value FROM {{journey}}) AS seen"
        texts = pd.DataFrame({"value": sorted(set().union(*spelled.values()))}, dtype="str")
        journey = (self.whole or self).journey
        found = engine.run(
            f"{column} SEMI JOIN {{texts}} AS texts USING (value)", journey=journey, texts=texts
        )
        known = set(found["value"])
        for value, spellings in spelled.items():
            if not known & spellings:
                some = engine.run(
                    f"{column} WHERE value IS NOT NULL ORDER BY 1 LIMIT 10000", journey=journey
                )
                raise UnknownName(
                    f"No event has {str(value)!r} in column {name!r}. {did_you_mean(value, some['value'])}"
                )
        return sorted(known)


def _ids(users: Iterable[object]) -> pd.DataFrame:
    """Distinct ids as texts."""
    return pd.DataFrame({"user_id": pd.Series(list(dict.fromkeys(map(str, users))), dtype="str")})
