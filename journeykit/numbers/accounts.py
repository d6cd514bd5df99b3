"""Events with the account as the customer: what several people of one firm do is one journey."""

from dataclasses import replace

from journeykit.engine import quote
from journeykit.errors import UnknownName
from journeykit.tables import Events
from journeykit.tables.names import stem

from .frames import noted
from .steps import UNITS, ask, one_of

_CALLED = (
    "account company organization organisation org firm business employer tenant workspace "
    "household team group"
).split()


def account_column(events: Events) -> str:
    """Name the column that tells the account: mapped as `account`, or else called like one."""
    called = {stem(name): name for name in reversed([*events.columns, "user_id"])}
    source = events.contract.columns.get("user_id", "")
    called.setdefault(stem(source), "user_id")  # where the account is all that the data tells
    found = next((called[word] for word in _CALLED if word in called), "")
    if found := "account" if "account" in events.columns else found:
        return found
    raise UnknownName(
        "unit='account' needs a column that tells the account, and none is called so. Name it when "
        "the events are read, as in account='company' (in workshop.yaml: data: events: columns: "
        f"{{account: company}}). There are: {', '.join(events.columns) or 'no others'}."
    )


def counted(events: Events, unit: str) -> tuple[Events, list[str]]:
    """Give the events by what is counted; by account all people's of those it has people of.

    An event without an account is of its person's only one; else it is left out, and counted.

    Returns
    -------
    Events
        ``user_number`` is the account, ``jk_person`` who of it did the event.
    list of str
        What a reader should know.
    """
    one_of("unit", unit, UNITS)
    if unit != "account":
        return events, []
    name, store = account_column(events), events.journey.engine
    rest = "".join(f", {quote(column)}" for column in events.columns)
    kept = f"event, timestamp, session, session_position, last_in_session, duration_seconds{rest}"
    own = "PARTITION BY jk_person"
    whole, seen = (
        events.whole or events,
        "PARTITION BY user_id ORDER BY timestamp, jk_person, jk_nth",
    )
    told = f"""SELECT *, coalesce(jk_told, CASE WHEN min(jk_told) OVER ({own}) =
        max(jk_told) OVER ({own}) THEN min(jk_told) OVER ({own}) END) AS user_id
      FROM (SELECT nullif(CAST({quote(name)} AS VARCHAR), '') AS jk_told, user_number AS jk_person,
        position AS jk_nth, {kept} FROM {{journey}}) AS seen"""
    rows = store.materialize(told, journey=whole.journey)
    mine = ""
    if events.whole:  # a persona's accounts, with the people of it that are no such persona
        mine = """AND user_id IN (SELECT user_id FROM {rows} WHERE jk_person IN
          (SELECT user_number FROM {mine}))"""
    journey = store.materialize(
        f"""SELECT user_id, dense_rank() OVER (ORDER BY user_id) AS user_number,
      row_number() OVER ({seen}) AS position, lead(event) OVER ({seen}) AS next_event,
      {store.seconds("timestamp", f"lead(timestamp) OVER ({seen})")} AS seconds_to_next,
      jk_person, {kept} FROM {{rows}} WHERE user_id IS NOT NULL {mine}""",
        rows=rows,
        mine=events.journey,
    )
    without = ask(
        replace(events, journey=rows), "SELECT count(*) AS n FROM {journey} WHERE user_id IS NULL"
    )
    notes = [
        f"Accounts by the column “{name}”, with the events of all their people.",
        noted(without["n"].iloc[0], "events", "of people without an account are not in it."),
    ]
    return replace(events, journey=journey, whole=replace(whole, journey=rows)), notes
