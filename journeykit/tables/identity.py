"""Anonymous ids stitched to the known ones of the same person."""

from journeykit.errors import DataError

from .casts import cast
from .columns import existing
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
