"""Rows in time: the options of `read_events` that are periods, times far from all others, files
that begin at their end, and start and complete rows of one activity, paired into one event.
"""

from datetime import datetime
from typing import Any

from pandas import DataFrame, Timedelta, Timestamp

from journeykit.engine import Table, quote, run
from journeykit.errors import DataError

from .columns import lifecycle_word
from .findings import tomorrow
from .raw import ROW, Raw

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


def strays(raw: Raw, time: str) -> str:
    """SQL for whether a time lies far outside of the period of the others; empty where none does.

    A missing time is often written as 1970, 1900 or 9999, and one clock of a thousand is wrong:
    few that lie ahead of today, or few, of 1979 and before fewer than half, with ten years of
    nothing in between.
    """
    seen = raw.look(
        f"""
        WITH months AS (
          SELECT date_trunc('month', t) AS m, year(t) * 12 + month(t) AS nth, count(*) AS n
          FROM (SELECT {time} AS t FROM {{raw}}) WHERE isfinite(t) GROUP BY ALL
        ), sums AS (
          SELECT *, nth - lag(nth) OVER up AS gap, lag(m) OVER up AS earlier,
            sum(n) OVER up - n AS before, sum(n) OVER () AS whole, whole - before AS after
          FROM months WINDOW up AS (ORDER BY nth)
        )
        SELECT
          coalesce(max(m) FILTER (
            gap >= 120 AND before < whole / 2
            AND (earlier < '1980-01-01' OR before <= whole / 20)
          )::VARCHAR, '-infinity') AS first,
          coalesce(min(m) FILTER (
            gap > 1 AND m > '{tomorrow()}' AND after < whole / 2
            AND (gap >= 120 OR after <= greatest(whole / 20, 1))
          )::VARCHAR, 'infinity') AS later
        FROM sums"""
    )
    outside = f"{time} < TIMESTAMP '{seen['first']}' OR {time} >= TIMESTAMP '{seen.later}'"
    return "" if (seen["first"], seen.later) == ("-infinity", "infinity") else outside


def from_the_end(raw: Raw, time: str, user: str) -> str:
    """SQL for the order of rows at the same time: files in descending order are read backwards.

    A file descends where its rows do, all in all or, sorted by user, those of each user.
    """
    seen = raw.look(
        f"""
        WITH pairs AS (
          SELECT *, lag(file) OVER () AS f1, lag(t) OVER () AS t1, lag(u) OVER () AS u1
          FROM (SELECT {ROW} >> 40 AS file, {time} AS t, {user} AS u FROM {{raw}})
        ), files AS (
          SELECT file, count(*) FILTER (t < t1) AS falls, count(*) FILTER (t > t1) AS climbs,
            count(*) FILTER (u = u1 AND t < t1) AS own_falls,
            count(*) FILTER (u = u1 AND t > t1) AS own_climbs, 2 * count(*) FILTER (u = u1) AS own,
            falls > 0 AND (climbs * 100 <= falls
              OR own_climbs * 100 <= own_falls AND own > count(*)) AS turned
          FROM pairs WHERE file = f1 GROUP BY 1
        )
        SELECT count(*) FILTER (turned) AS turned, count(*) AS files,
          string_agg(file, ', ') FILTER (turned) AS listed FROM files"""
    )
    if not seen.turned:
        return ROW
    said = f"rows are in descending order of time ({seen.turned} of {seen.files} files)"
    raw.notes.append(f"{said}: events of one user at the same time are read from the end")
    backwards = f"2 * (({ROW} >> 40) << 40) + (1::BIGINT << 40) - {ROW}"
    return f"CASE WHEN {ROW} >> 40 IN ({seen.listed}) THEN {backwards} ELSE {ROW} END"


def paired(typed: Table, others: list[str], raw: Raw) -> Table:
    """Start and complete of one activity as one event at the start, with its duration.

    They belong together by user, event and `instance`; without an instance the first start
    goes with the first complete of the same event, and so on. An event with only one of the
    two stands at that time and has no duration. How many there are is noted in `raw`.
    ``lifecycle`` is taken out of `others`.
    """
    others.remove("lifecycle")
    words = run("SELECT DISTINCT CAST(lifecycle AS VARCHAR) AS jk_word FROM {typed}", typed=typed)
    words["jk_stage"] = words["jk_word"].map(lifecycle_word)
    instance = "CAST(instance AS VARCHAR)" if "instance" in others else "''"
    # A pair has at most two rows: what the start does not say, the complete does.
    kept = "".join(
        f", coalesce(max(CASE WHEN jk_nth = 1 THEN {name} END), max({name})) AS {name}"
        for name in map(quote, others)
    )
    named = "".join(f", {quote(name)}" for name in others)
    key = "user_id, event, jk_instance_key"
    made = raw.store.materialize(
        f"""
        WITH staged AS (
          SELECT user_id, event, timestamp, {ROW}{named}, jk_stage, {instance} AS jk_instance_key
          FROM {{typed}} AS typed JOIN {{words}} AS words ON CAST(lifecycle AS VARCHAR) = jk_word
        ), counted AS (
          SELECT *, row_number() OVER (PARTITION BY {key}, jk_stage ORDER BY timestamp, {ROW})
            AS jk_turn
          FROM staged
        ), ordered AS (
          SELECT *, row_number() OVER (PARTITION BY {key}, jk_turn
            ORDER BY CASE WHEN jk_stage = 'start' THEN 0 ELSE 1 END, {ROW}) AS jk_nth
          FROM counted
        ), paired AS (
          SELECT user_id, event, min({ROW}) AS {ROW},
            min(CASE WHEN jk_stage = 'start' THEN timestamp END) AS jk_started,
            min(CASE WHEN jk_stage = 'complete' THEN timestamp END) AS jk_completed{kept}
          FROM ordered GROUP BY {key}, jk_turn
        )
        SELECT user_id, event, {ROW}{named}, coalesce(jk_started, jk_completed) AS timestamp,
          CASE WHEN jk_completed >= jk_started
            THEN {raw.store.seconds("jk_started", "jk_completed")} END AS duration_seconds,
          (jk_started IS NULL) AS jk_no_start, (jk_completed IS NULL) AS jk_no_complete,
          coalesce(jk_completed < jk_started, false) AS jk_backwards
        FROM paired""",
        typed=typed,
        words=words.astype("str"),
    )
    _tell(made, raw)
    return made


HALVES = {
    "jk_no_start": "have a complete and no start",
    "jk_no_complete": "have a start and no complete",
    "jk_backwards": "end before they start",
}


def _tell(made: Table, raw: Raw) -> None:
    """Note how many events were paired, and how many of them have no duration."""
    counts = ", ".join(f"count(*) FILTER (WHERE {half}) AS {half}" for half in HALVES)
    seen = run(f"SELECT count(*) AS n, {counts} FROM {{p}}", p=made).iloc[0]
    raw.find("info", "paired", f"Start and complete were paired into {seen.n:,} events.")
    for half, what in HALVES.items():
        if seen[half]:
            said = f"{seen[half]:,} of {seen.n:,} events {what}: they have no duration."
            raw.find("warning", "unpaired", said)
