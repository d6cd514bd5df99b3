"""The options of `read_events` that are periods of time."""

from datetime import datetime
from typing import Any

from pandas import DataFrame, Timedelta, Timestamp

from journeykit.engine import Table, run
from journeykit.errors import DataError

from .raw import Raw

#: `since`, the sign that compares with `until`, and `until`; empty where not given.
Period = tuple[str, str, str]


def pause(sessions: str) -> float | None:
    """Seconds of pause that end a session; None where the source's own sessions are wanted."""
    if sessions == "source":
        return None
    try:
        # A number alone would be nanoseconds.
        seconds = 0.0 if sessions.strip().isdigit() else Timedelta(sessions).total_seconds()
    except ValueError:
        seconds = 0.0
    if seconds > 0:
        return seconds
    raise DataError(
        f"sessions={sessions!r} is no pause. Write one as '30min' or '2h', or 'source' for the "
        "sessions of the column session_id."
    )


def period_of(since: Any, until: Any, zone: str = "") -> Period:
    """`since`, the sign that compares with `until`, and `until`; empty where not given."""
    first, last, sign = _moment("since", since, zone), _moment("until", until, zone), "<="
    if first and last and last < first:
        raise DataError(f"since {since!r} is later than until {until!r}. Turn them round.")
    if last and last == last.normalize():
        last, sign = last + Timedelta(days=1), "<"
    return str(first or ""), sign, str(last or "")


def _moment(name: str, value: Any, zone: str) -> Timestamp | None:
    if value is None or value == "":
        return None
    try:
        moment = Timestamp(datetime.fromisoformat(value) if isinstance(value, str) else value)
    except ValueError as problem:
        raise DataError(
            f"{name} {value!r} is not a date. Write it as 2026-01-31, or 2026-01-31 18:00."
        ) from problem
    return moment.tz_convert(zone or "UTC").tz_localize(None) if moment.tzinfo else moment


def within(typed: Table, period: Period, raw: Raw, time: str) -> Table:
    """The events of a period by `time`; of those outside of it a word is noted in `raw`."""
    since, sign, until = period
    bounds = ((">=", since), (sign, until))
    inside = " AND ".join(f"{time} {s} TIMESTAMP '{bound}'" for s, bound in bounds if bound)
    if not inside:
        return typed
    seen = run(
        f"SELECT count(*) AS n, count(*) FILTER (WHERE NOT ({inside})) AS outside, "
        f"min({time}) AS first, max({time}) AS last FROM {{t}}",
        t=typed,
    ).iloc[0]
    if seen.n == seen.outside:
        raise DataError(
            f"{raw.label} has no event in the period asked for: its events are from "
            f"{seen['first']:%Y-%m-%d} to {seen['last']:%Y-%m-%d}."
        )
    said = f"{seen.outside:,} of {seen.n:,} events lie outside the period asked for."
    raw.find("info", "period", said)
    return raw.store.view(f"SELECT * FROM {{t}} WHERE {inside}", t=typed)


def rows_within(frame: DataFrame, since: str | None, until: str | None) -> DataFrame:
    """The rows of a period, of a table with times; of one without all."""
    first, sign, last = period_of(since, until)
    if "timestamp" not in frame:
        return frame
    asked = [f"timestamp >= '{first}'"] * bool(first) + [f"timestamp {sign} '{last}'"] * bool(last)
    return frame.query(" and ".join(asked)) if asked else frame
