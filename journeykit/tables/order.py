"""The rows of a source in time: those far from all others, and files that begin at their end."""

from .findings import tomorrow
from .raw import ROW, Raw


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
