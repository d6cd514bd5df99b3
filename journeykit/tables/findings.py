"""What looks wrong in a journey table, in plain sentences."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd

from journeykit import engine
from journeykit.engine import Table, quote
from journeykit.tables.contract import Finding

__all__ = ["REPEATED", "findings_of", "lost_rows", "most_serious_first"]

#: Why the second row of an event id is set aside.
REPEATED = "the event id was there before"
_LEVELS = {"error": 0, "warning": 1, "info": 2}


def most_serious_first(findings: list[Finding]) -> list[Finding]:
    """Errors, then warnings, then what is merely worth knowing."""
    return sorted(findings, key=lambda finding: _LEVELS[finding.level])


def lost_rows(counts: dict[str, int], rows: int) -> list[Finding]:
    """A sentence for every reason for which rows were set aside."""
    return [
        Finding(
            "error" if n > 0.1 * rows and reason != REPEATED else "warning",
            reason.split(":")[0].replace("_", "-").replace(" ", "-"),
            f"{n:,} of {rows:,} rows were set aside: {reason}.",
        )
        for reason, n in counts.items()
    ]


def findings_of(journey: Table, others: Sequence[str]) -> list[Finding]:
    """Look a prepared journey table over."""
    seen: Any = engine.run(
        "SELECT count(*) AS events, count(*) FILTER (position = 1) AS users, "
        "max(position) AS busiest, count(*) FILTER (seconds_to_next = 0) AS ties, "
        "count(*) FILTER (timestamp > ?) AS future, max(timestamp) AS last FROM {j}",
        [datetime.now(UTC).replace(tzinfo=None) + timedelta(days=1)],
        j=journey,
    ).iloc[0]
    return [
        *_names(journey, seen),
        *_users(seen),
        *_future(seen),
        *_gaps(journey),
        *_duplicates(journey, others, seen),
    ]


def _names(journey: Table, seen: Any) -> list[Finding]:
    counts = engine.run(
        "SELECT event::VARCHAR AS event, count(*) AS n FROM {j} GROUP BY 1 ORDER BY n DESC, 1",
        j=journey,
    )
    found, top = [], counts.iloc[0]
    if len(counts) == 1:
        found.append(
            Finding("warning", "one-event", f"There is only one event name: '{top.event}'.")
        )
    elif top.n >= 0.9 * seen.events:
        share = top.n / seen.events
        found.append(
            Finding(
                "warning",
                "dominant-event",
                f"'{top.event}' makes up {share:.0%} of all events: transitions mostly show it. "
                "Leave it out if it is noise such as a heartbeat.",
            )
        )
    folded = counts["event"].str.casefold().str.strip()
    alike = counts["event"][folded.duplicated(keep=False)].tolist()
    if alike:
        found.append(
            Finding(
                "warning",
                "spelling",
                f"{len(alike)} event names differ only in case or spaces (such as '{alike[0]}'): "
                "they are counted as different events.",
            )
        )
    return found


def _users(seen: Any) -> list[Finding]:
    if seen.users == 1:
        return [Finding("warning", "one-user", "There is only one user: shares mean little.")]
    share = seen.busiest / seen.events
    if seen.users >= 20 and share > 0.1:
        return [
            Finding(
                "warning",
                "busy-user",
                f"One user made {share:.0%} of all events: perhaps a robot, a test account, or an "
                "id that stands for 'unknown'.",
            )
        ]
    return []


def _future(seen: Any) -> list[Finding]:
    if not seen.future:
        return []
    return [
        Finding(
            "warning",
            "future",
            f"{int(seen.future):,} events lie in the future (the last on {seen['last']:%Y-%m-%d}): "
            "check the unit and the zone of the times.",
        )
    ]


def _gaps(journey: Table) -> list[Finding]:
    """Days without any event, where there are usually many a day."""
    days = engine.run(
        "SELECT date_trunc('day', timestamp) AS day, count(*) AS n FROM {j} GROUP BY 1 ORDER BY 1",
        j=journey,
    )
    stamps = pd.DatetimeIndex(days["day"])
    period = (stamps[-1] - stamps[0]).days + 1
    empty = period - len(days)
    # With fewer than five events on a median day, a day without one says nothing.
    if not empty or days["n"].median() < 5:
        return []
    first = stamps[:-1][(stamps[1:] - stamps[:-1]).days > 1][0] + timedelta(days=1)
    return [
        Finding(
            "warning",
            "gap-days",
            f"{empty} of {period} days have no event at all (the first is {first:%Y-%m-%d}): "
            "perhaps data is missing.",
        )
    ]


def _duplicates(journey: Table, others: Sequence[str], seen: Any) -> list[Finding]:
    """Rows that are the same in every column; only ties of a user can be."""
    if not seen.ties:
        return []
    named = ", ".join(quote(name) for name in ("event", "duration_seconds", *others))
    repeated: Any = engine.run(
        f"""
        WITH ties AS (
          SELECT DISTINCT user_number, timestamp FROM {{j}} WHERE seconds_to_next = 0
        ), grouped AS (
          SELECT count(*) AS jk_n FROM {{j}} SEMI JOIN ties USING (user_number, timestamp)
          GROUP BY user_number, timestamp, {named}
        )
        SELECT coalesce(sum(jk_n - 1), 0) AS n FROM grouped""",
        j=journey,
    ).iloc[0]
    found = []
    if repeated.n:
        found.append(
            Finding(
                "warning",
                "duplicates",
                f"{int(repeated.n):,} events repeat another one in every column. They are kept: "
                "without an event id a repeat cannot be told from a second time.",
            )
        )
    if seen.ties > 0.2 * seen.events:
        found.append(
            Finding(
                "info",
                "ties",
                f"{seen.ties / seen.events:.0%} of the events have the same time as the next of "
                "their user: there the order is the order of the file.",
            )
        )
    return found
