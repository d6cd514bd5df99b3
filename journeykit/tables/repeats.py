"""Events that came twice: the second row of an event id."""

from .findings import REPEATED
from .raw import ROW
from .reading import Reading


def set_aside_repeats(reading: Reading, sure: bool) -> None:
    """Use only the first row of an event id; `sure` where somebody said that it is one."""
    if not (sure or _tells_repeats(reading)):
        said = "as what tells a repeat: rows that share one differ in customer, event or time"
        reading.raw.notes.append(f"did not take '{reading.columns['event_id']}' {said}")
        return
    store, key = reading.raw.store, reading.casts.pop("event_id")
    if not store.here:  # rows have no number by which they could be found again
        order = f"{reading.casts['timestamp']}, {reading.order}"
        turn = f"row_number() OVER (PARTITION BY {key} ORDER BY {order}) AS jk_nth"
        reading.tables["raw"] = store.view(f"SELECT *, {turn} FROM {{raw}}", **reading.tables)
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
