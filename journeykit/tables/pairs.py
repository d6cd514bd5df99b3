"""Start and complete rows of one activity, paired into one event with a duration."""

from journeykit.engine import Table, quote, run

from .columns import lifecycle_word
from .raw import ROW, Raw


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
