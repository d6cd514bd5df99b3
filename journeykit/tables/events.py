"""Events: a log of who did what when, read once and asked many times."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from pandas import DataFrame

from journeykit import engine
from journeykit.engine import Table, quote
from journeykit.errors import UnknownName, did_you_mean
from journeykit.model import Data, Facts

from .journey import JOURNEY_COLUMNS, extent
from .raw import Contract, moment

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
    part : bool
        Whether it is only a part of the data: a value of a segment that it lacks is no mistake.

    Examples
    --------
    >>> import pandas as pd, journeykit as jk
    >>> log = pd.DataFrame({"user_id": list("aab"), "event": ["visit", "pay", "visit"],
    ...     "timestamp": pd.date_range("2026-01-01", periods=3, freq="min"),
    ...     "device": ["pc", "pc", "phone"]})
    >>> events = jk.read_events(log)
    >>> events.users, events.count, events.names, events.segment({"device": "pc"}).users
    (2, 3, ['visit', 'pay'], 1)
    """

    journey: Table
    contract: Contract
    fingerprint: str
    prepared_now: bool = True
    whole: Events | None = None
    part: bool = False

    @property
    def columns(self) -> list[str]:
        """The columns beside user, event and timestamp: what can be segmented or compared."""
        return [name for name in self.journey.columns if name not in JOURNEY_COLUMNS]

    @cached_property
    def _extent(self) -> Data:
        return extent(self.journey, self.contract.timezone)

    @property
    def users(self) -> int:
        """How many users."""
        return self._extent["users"]

    @property
    def count(self) -> int:
        """How many events."""
        return self._extent["events"]

    @property
    def sessions_count(self) -> int:
        """How many sessions (a pause of more than 30 minutes begins a new one)."""
        return self._extent["sessions"]

    @property
    def start(self) -> datetime | None:
        """The first time; None without events."""
        return self._extent["start"]

    @property
    def end(self) -> datetime | None:
        """The last time; None without events."""
        return self._extent["end"]

    @cached_property
    def last(self) -> datetime | None:
        """The last time as the journey table has it, in UTC where times have a zone."""
        return moment(self._ask("SELECT max(timestamp) AS last FROM {journey}")["last"][0])

    def local(self, time: str = "timestamp") -> str:
        """SQL for a time of the journey table as the clock of the workshop's time zone shows it.

        The table itself is in UTC, where order and spans are right on every day of the year.
        """
        return self.journey.engine.local(time, self.contract.timezone)

    def seconds(self, start: str, end: str) -> str:
        """SQL for the seconds from one time to another."""
        return self.journey.engine.seconds(start, end)

    def _ask(self, sql: str, **tables: Any) -> DataFrame:
        return engine.run(sql, journey=self.journey, **tables)

    @cached_property
    def names(self) -> list[str]:
        """The event names, the most frequent first."""
        sql = "SELECT event FROM {journey} GROUP BY event ORDER BY count(*) DESC, event::VARCHAR"
        return self._ask(sql)["event"].tolist()

    def frame(self, limit: int | None = None) -> DataFrame:
        """The events as a frame: user_id, event, timestamp and the other columns.

        Parameters
        ----------
        limit : int, optional
            At most so many, from the first user on.
        """
        names = ", ".join(map(quote, self.columns))
        named = f"user_id, event, {self.local()} AS timestamp{names and f', {names}'}"
        some = f" LIMIT {int(limit)}" if limit is not None else ""
        return self._ask(f"SELECT {named} FROM {{journey}} ORDER BY user_id, position{some}")

    def describe(self) -> str:
        """What these events are, in plain lines."""
        own = f"{self.users:,} users, {self.count:,} events, {self.sessions_count:,} sessions."
        return f"{own}\n{self.contract.describe()}"

    def facts(self) -> Data:
        """What these events are, in plain numbers: what an exercise is handed instead of the log.

        Returns
        -------
        dict
            ``users, events, sessions, start, end, columns``, ``rows`` and ``set_aside`` of the
            source,
            and ``by_event``: per event name its ``events`` and ``users`` (the 300 most frequent).
        """
        by_event = self._ask(
            "SELECT event::VARCHAR AS event, count(*) AS events, "
            "count(DISTINCT user_number) AS users "
            "FROM {journey} GROUP BY event ORDER BY count(*) DESC, event::VARCHAR LIMIT 300"
        ).set_index("event")
        return {
            **self._extent,
            "columns": self.columns,
            "rows": self.contract.rows,
            "set_aside": self.contract.set_aside,
            "by_event": by_event.to_dict("index"),
        }

    def of_users(self, users: Iterable[object] | DataFrame | Table) -> Events:
        """The events of some users only; positions and sessions stay as they are.

        Parameters
        ----------
        users : iterable of ids, pandas.DataFrame or engine.Table
            The ids, or a table with a column ``user_id``.
        """
        ids = users if isinstance(users, Table) else _ids(users)
        sql = (
            "SELECT user_number FROM {j} SEMI JOIN {ids} AS ids USING (user_id) WHERE position = 1"
        )
        return self._of_numbers(self.journey.engine.materialize(sql, j=self.journey, ids=ids))

    def segment(self, mapping: Facts) -> Events:
        """The events of the users of a segment; see :meth:`segment_users`."""
        return self._of_numbers(self.members(mapping))

    def _of_numbers(self, numbers: Table) -> Events:
        whole, store = self.whole or self, self.journey.engine
        keep = store.materialize if whole.count <= _COPY_EVENTS else store.view
        sql = "SELECT * FROM {journey} SEMI JOIN {numbers} AS numbers USING (user_number)"
        return replace(self, journey=keep(sql, journey=self.journey, numbers=numbers), whole=whole)

    def segment_users(self, mapping: Facts, among: Iterable[object] | None = None) -> DataFrame:
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
        tables: Data = {"members": self.members(mapping)}
        some = ""
        if among is not None:
            some = "SEMI JOIN {among} AS among USING (user_id)"
            tables["among"] = _ids(among)
        return self._ask(
            "SELECT user_id FROM {journey} SEMI JOIN {members} AS members USING (user_number) "
            f"{some} WHERE position = 1 ORDER BY user_id",
            **tables,
        )

    def members(self, mapping: Facts) -> Table:
        """The numbers of the users of a segment, as a table in the engine: ``user_number``."""
        store = self.journey.engine
        theirs = {source: ours for ours, source in self.contract.columns.items()}
        members = store.view("SELECT user_number FROM {j} WHERE position = 1", j=self.journey)
        for column, wanted in mapping.items():
            name = column if column in self.columns else theirs.get(column)
            if name not in self.columns:
                raise UnknownName(
                    f"There is no column {column!r} to segment by. "
                    f"{did_you_mean(column, self.columns)}"
                )
            members = store.materialize(
                f"""
                WITH counted AS (
                  SELECT user_number, {quote(name)} AS choice, count(*) AS n,
                    min(position) AS first
                  FROM {{journey}} WHERE {quote(name)} IS NOT NULL
                  GROUP BY user_number, {quote(name)}
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
                wanted=self._choices(name, wanted),
                members=members,
            )
        return members

    def _choices(self, name: str, wanted: Any) -> DataFrame:
        """The texts to look for, as a column ``choice``; each value wanted occurs in the data."""
        listed = wanted if isinstance(wanted, list | tuple | set | frozenset) else [wanted]
        # YAML's true is "True" or "TRUE" in some exports.
        spelled = {
            value: {w := str(value), *((w.lower(), w.upper()) if isinstance(value, bool) else ())}
            for value in listed
        }
        # The outer query keeps the name apart from a column of the data that is called so.
        choices = (
            f"SELECT choice FROM (SELECT DISTINCT {quote(name)}::VARCHAR AS choice "
            "FROM {journey}) AS seen"
        )
        texts = DataFrame({"choice": sorted(set().union(*spelled.values()))}, dtype="str")
        ask = (self.whole or self)._ask
        known = ask(f"{choices} SEMI JOIN {{texts}} AS texts USING (choice)", texts=texts)["choice"]
        for value, spellings in spelled.items():
            if spellings.isdisjoint(known) and not self.part:
                some = ask(f"{choices} WHERE choice IS NOT NULL ORDER BY 1 LIMIT 10000")["choice"]
                raise UnknownName(
                    f"No event has {str(value)!r} in column {name!r}. {did_you_mean(value, some)}"
                )
        return texts


def _ids(users: Iterable[object] | DataFrame) -> DataFrame:
    """Distinct ids as texts."""
    ids = users["user_id"] if isinstance(users, DataFrame) else users
    return DataFrame({"user_id": list(dict.fromkeys(map(str, ids)))}, dtype="str")
