"""What looks wrong in a journey table, in plain sentences."""

from collections.abc import Iterator, Sequence

import pandas as pd

from journeykit import engine
from journeykit.engine import Table, quote

from .raw import Finding

#: Why the second row of an event id is set aside.
REPEATED = "the event id was there before"
#: The code of that.
REPEATS = "repeated"
#: The code of rows that are no data by what their vendor says.
NO_DATA = "no-data"
#: So many repeats are no accident of a few clicks.
MANY = 30
#: So few rows that are set aside may go together by chance.
_TOGETHER = 5
#: The most serious first: rows were lost, numbers may mislead, merely worth knowing.
LEVELS = ("error", "warning", "info")
Findings = Iterator[Finding]


def lost_rows(counts: dict[str, int], rows: int) -> Findings:
    """A sentence for every reason for which rows were set aside."""
    for reason, n in counts.items():
        level = "error" if n > 0.1 * rows and reason != REPEATED else "warning"
        code = reason.partition(":")[0].replace("_", "-").replace(" ", "-")
        message = f"{n:,} of {rows:,} rows were set aside: {reason}."
        yield Finding(level, REPEATS if reason == REPEATED else code, message, n / rows)


def together(rows: Table, unsplit: pd.DataFrame, aside: str, by: dict[str, str]) -> Findings:
    """Tell where rows that are set aside go together: with an event, a day, a file, a value.

    Parameters
    ----------
    rows : engine.Table
        All rows that could be split into columns.
    unsplit : pandas.DataFrame
        The lines that could not: their ``text`` is looked through for what is known of others.
    aside : str
        SQL for whether a row is set aside.
    by : dict
        What rows may go together by, in words, to its SQL over the rows.
    """
    for what, value in by.items():
        days = "regexp_extract(unsplit.text, '[0-9]{4}-[0-9]{2}-[0-9]{2}')"
        worst = engine.run(
            f"""
            WITH counted AS (
              SELECT ({value})::VARCHAR AS of, count(*) AS n, count(*) FILTER ({aside}) AS lost
              FROM {{rows}} GROUP BY 1
            ), named AS (
              SELECT coalesce(max_by(of, length(of)), {days if what == "day" else "''"}) AS of
              FROM {{unsplit}} AS unsplit
              LEFT JOIN counted ON of <> '' AND contains(unsplit.text, of)
              GROUP BY unsplit.file, unsplit.line, unsplit.text
            ), summed AS (
              SELECT of, sum(n) AS n, sum(lost) AS lost FROM (
                FROM counted UNION ALL SELECT of, count(*), count(*) FROM named GROUP BY 1
              ) GROUP BY 1
            ), compared AS (
              SELECT *, sum(n) OVER () - n AS others, sum(lost) OVER () - lost AS others_lost
              FROM summed
            )
            SELECT of, n::BIGINT, lost::BIGINT FROM compared
            WHERE of <> '' AND lost >= {_TOGETHER} AND lost > 0.1 * n
              AND lost * others > 3 * others_lost * n
            ORDER BY lost DESC, of LIMIT 1""",
            rows=rows,
            unsplit=unsplit,
        )
        for of, n, lost in worst.itertuples(index=False):
            yield Finding(
                "error",
                "set-aside-together",
                f"Rows set aside go together: {lost:,} of the {n:,} with {what} '{of}'. What is "
                "counted of it is too low.",
            )


def tomorrow() -> pd.Timestamp:
    """What lies after it lies in the future, in every time zone."""
    return pd.Timestamp.now("UTC").tz_localize(None) + pd.Timedelta("1D")


def findings_of(journey: Table, others: Sequence[str], time: str) -> Findings:
    """Look a prepared journey table over; `time` is SQL for the time by which days are told."""
    seen = engine.run(
        "SELECT count(*) AS events, count(*) FILTER (position = 1) AS users, "
        "max(position) AS busiest, count(*) FILTER (seconds_to_next = 0) AS ties, "
        "count(*) FILTER (timestamp > ?) AS future, max(timestamp) AS last FROM {j}",
        [tomorrow()],
        j=journey,
    ).iloc[0]
    yield from _names(journey, seen.events)
    share = seen.busiest / seen.events
    if seen.users == 1:
        yield Finding("warning", "one-user", "There is only one user: shares mean little.")
    elif seen.users >= 20 and share > 0.1:
        yield Finding(
            "warning",
            "busy-user",
            f"One user made {share:.0%} of all events: perhaps a robot, a test account, or an "
            "id that stands for 'unknown'.",
        )
    if seen.future:
        yield Finding(
            "warning",
            "future",
            f"{seen.future:,} events lie in the future (the last on {seen['last']:%Y-%m-%d}): "
            "check the unit and the zone of the times.",
        )
    yield from _gaps(journey, time)
    if seen.ties:  # rows that are the same in every column are among them
        yield from _repeats(journey, others, time)
    if seen.ties > 0.2 * seen.events:
        yield Finding(
            "info",
            "ties",
            f"{seen.ties / seen.events:.0%} of the events have the same time as the next of "
            "their user: there the order is the order of the file.",
        )


def _names(journey: Table, events: int) -> Findings:
    counts = engine.run(
        "SELECT event::VARCHAR AS event, count(*) AS n FROM {j} GROUP BY 1 ORDER BY n DESC, 1",
        j=journey,
    )
    top, share = counts["event"][0], counts["n"][0] / events
    if len(counts) == 1:
        yield Finding("warning", "one-event", f"There is only one event name: '{top}'.")
    elif share >= 0.9:
        yield Finding(
            "warning",
            "dominant-event",
            f"'{top}' makes up {share:.0%} of all events: transitions mostly show it. "
            "Leave it out if it is noise such as a heartbeat.",
        )
    folded = counts["event"].str.casefold().str.strip()
    alike = counts["event"][folded.duplicated(keep=False)].tolist()
    if alike:
        yield Finding(
            "warning",
            "spelling",
            f"{len(alike)} event names differ only in case or spaces: they are counted as "
            "different events.",
            example=alike[0],
        )


def _gaps(journey: Table, time: str) -> Findings:
    """Days without any event, where there are usually many a day."""
    days = engine.run(
        f"SELECT date_trunc('day', {time}) AS day, count(*) AS n FROM {{j}} GROUP BY 1 ORDER BY 1",
        j=journey,
    ).set_index("day")["n"]
    every = pd.date_range(days.index[0], days.index[-1])
    empty = every.difference(days.index)
    # With fewer than five events on a median day, a day without one says nothing.
    if len(empty) and days.median() >= 5:
        yield Finding(
            "warning",
            "gap-days",
            f"{len(empty)} of {len(every)} days have no event at all (the first is "
            f"{empty[0]:%Y-%m-%d}): perhaps data is missing.",
        )


def _repeats(journey: Table, others: Sequence[str], time: str) -> Findings:
    """Rows that are the same in every column; only ties of a user can be.

    A day of which half repeats the other half was delivered twice; where a day has few events, a
    week or a month tells.
    """
    named = ", ".join(quote(name) for name in ("event", "duration_seconds", *others))
    seen = engine.run(
        f"""
        WITH ties AS (
          SELECT DISTINCT user_number, timestamp FROM {{j}} WHERE seconds_to_next = 0
        ), grouped AS (
          SELECT min({time})::DATE AS jk_day, count(*) - 1 AS jk_n
          FROM {{j}} SEMI JOIN ties USING (user_number, timestamp)
          GROUP BY user_number, timestamp, {named}
        ), repeats AS (SELECT jk_day, sum(jk_n) AS n FROM grouped GROUP BY 1),
        days AS (SELECT {time}::DATE AS jk_day, count(*) AS events FROM {{j}} GROUP BY 1),
        spans AS (SELECT unnest(['day', 'week', 'month']) AS span),
        joined AS (SELECT span, date_trunc(span, jk_day)::DATE AS begin,
          sum(events)::BIGINT AS events, coalesce(sum(n), 0)::BIGINT AS n
          FROM days LEFT JOIN repeats USING (jk_day) CROSS JOIN spans GROUP BY ALL)
        SELECT *, (SELECT sum(n)::BIGINT FROM repeats) AS every FROM joined
        ORDER BY n >= {MANY} DESC, n / events DESC, span, begin LIMIT 1""",
        j=journey,
    )
    for span, day, events, n, every in seen[seen["n"] > 0].itertuples(index=False):
        worst = f" Worst is the {span} of {day:%Y-%m-%d}: {n:,} of its {events:,}." * (n >= MANY)
        yield Finding(
            "warning",
            "duplicates",
            f"{every:,} events repeat another one in every column. They are kept: "
            f"without an event id a repeat cannot be told from a second time.{worst}",
            n / events if n >= MANY else 0,
        )
