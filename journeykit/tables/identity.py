"""Rows of one person, and rows of one event: anonymous ids stitched to known ones, repeats."""

from journeykit.errors import DataError

from .casts import cast
from .columns import existing
from .findings import REPEATED
from .raw import ROW
from .reading import Reading

# A device is its last known person before, or else the next one after: rows between two known ones
# are the first's. One that is never known stays a customer of its own.
_STITCHED = """
SELECT *, coalesce(jk_known, CASE WHEN jk_device IS NOT NULL THEN coalesce(
    last_value(jk_known IGNORE NULLS) OVER (seen ROWS UNBOUNDED PRECEDING),
    first_value(jk_known IGNORE NULLS) OVER (seen ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING),
    jk_device) END) AS jk_person
FROM (
  SELECT {row}, {device} AS jk_device, {time} AS jk_time, {order} AS jk_order,
    CASE WHEN {time} IS NOT NULL THEN {known} END AS jk_known FROM {{raw}})
WINDOW seen AS (PARTITION BY jk_device ORDER BY jk_time, jk_order)"""
_COUNTED = """
SELECT count(DISTINCT jk_device) AS devices,
  count(DISTINCT CASE WHEN jk_person <> jk_device THEN jk_device END) AS stitched,
  count(DISTINCT CASE WHEN jk_person <> jk_device THEN jk_person END) AS people,
  count(CASE WHEN jk_known IS NULL AND jk_person <> jk_device THEN 1 END) AS gained
FROM {stitched}"""


def stitch(reading: Reading, anonymous: str) -> None:
    """Give each row the known id of its device, where it has none of its own; and count them.

    Parameters
    ----------
    reading : Reading
        The rows, with the known ids as ``user_id``.
    anonymous : str
        Their column of the anonymous ids.
    """
    raw, casts = reading.raw, reading.casts
    if not raw.here:
        raise DataError("identity reads files and frames: stitch the ids of a table where it lies.")
    device = existing("anonymous", anonymous, raw.sample)
    known = reading.columns["user_id"]
    sql = _STITCHED.format(
        row=ROW,
        device=cast(raw, "id", device, False, None),
        known=cast(raw, "id", known, False, None),
        time=casts["timestamp"],
        order=reading.order,
    )
    stitched = raw.store.materialize(sql, **reading.tables)
    seen = reading.ask(_COUNTED, stitched=stitched).iloc[0]
    raw.notes.append(
        f"stitched {seen.stitched:,} of {seen.devices:,} ids in '{device}' to {seen.people:,} in "
        f"'{known}', with {seen.gained:,} rows that had none"
    )
    reading.tables["raw"] = raw.store.view(
        f"SELECT * FROM {{raw}} JOIN {{stitched}} AS stitched USING ({ROW})",
        **reading.tables,
        stitched=stitched,
    )
    casts["user_id"], reading.reasons["no user_id"] = "jk_person", "jk_person IS NULL"


def set_aside_repeats(reading: Reading, sure: bool) -> None:
    """Use only the first row of an event id; `sure` where somebody said that it is one."""
    if not (sure or _tells_repeats(reading)):
        said = "as what tells a repeat: rows that share one differ in customer, event or time"
        reading.raw.notes.append(f"did not take '{reading.columns['event_id']}' {said}")
        return
    store, key = reading.raw.store, reading.casts.pop("event_id")
    if not store.here:  # rows have no number by which they could be found again
        reading.tables["raw"] = store.view(
            f"""SELECT *, row_number() OVER (PARTITION BY {key}
              ORDER BY {reading.casts["timestamp"]}, {reading.order}) AS jk_nth FROM {{raw}}""",
            **reading.tables,
        )
        reading.reasons[REPEATED] = f"{key} IS NOT NULL AND jk_nth > 1"
        return
    repeats = store.materialize(
        f"""
        WITH numbered AS (SELECT {key} AS id, {ROW} FROM {{raw}}),
        repeated AS (
          SELECT id, min({ROW}) AS first FROM numbered
          WHERE id IS NOT NULL GROUP BY id HAVING count(*) > 1
        )
        SELECT {ROW} FROM numbered JOIN repeated USING (id) WHERE {ROW} > first""",
        **reading.tables,
    )
    reading.tables["repeats"] = repeats
    if reading.ask("SELECT count(*) AS n FROM {repeats}")["n"][0]:
        reading.reasons[REPEATED] = f"{ROW} IN (SELECT {ROW} FROM {{repeats}})"


def _tells_repeats(reading: Reading) -> bool:
    """Whether an id is of one event: it is in few rows more than once, or those are the same."""
    same = " AND ".join(
        f"min({sql}) = max({sql})"
        for sql in map(reading.casts.__getitem__, ("user_id", "event", "timestamp"))
    )
    repeats, alike = reading.ask(
        f"""
        SELECT coalesce(sum(n), 0) AS n, coalesce(sum(CASE WHEN alike THEN n END), 0) AS alike
        FROM (SELECT {reading.casts["event_id"]} AS id, count(*) - 1 AS n, {same} AS alike
          FROM {{raw}} GROUP BY 1) AS ids WHERE id IS NOT NULL
        """
    ).iloc[0]
    return bool(repeats < 0.1 * reading.rows or alike >= 0.9 * repeats)
