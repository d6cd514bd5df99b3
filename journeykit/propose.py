"""A first workshop from an event log: stages, funnel and personas that the data suggests.

It is a proposal for a team to change, not an analysis: stages come from the order in which
events first happen, personas from the largest groups of a device or channel column.
"""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from journeykit.engine import quote, run
from journeykit.errors import DataError
from journeykit.model import Journey, Persona, Workshop, slug
from journeykit.tables import Events

__all__ = ["propose"]

# Endings that mean success in the trades we know, the surest first.
_GOALS = (
    r"purchase|order.?(placed|completed?|confirmed)|checkout.?(complete|success)|transaction",
    r"subscri",
    r"renew|paid|payment.?(success|complete)|convert|conversion|deal.?won|closed.?won",
    r"sign.?up|register|book|check.?out|discharge|submit|complete|finish|done",
)
_NOT_GOALS = re.compile(r"error|fail|bug|cancel|unsub|abandon|refund|return|start|begin|view", re.I)
_TROUBLE = re.compile(r"error|fail|bug|crash|exception", re.I)
_SEGMENTS = (
    "device",
    "platform",
    "device_category",
    "channel",
    "acquisition_channel",
    "source",
    "medium",
    "segment",
    "plan",
)
_BEFORE = ("Awareness", "Consideration", "Decision")
_MOST_PERSONAS, _MOST_STEPS = 3, 7
_AFTER, _SPREAD = 0.8, 0.15


def propose(events: Events, name: str) -> tuple[Workshop, list[Persona], list[Journey]]:
    """Propose a workshop, its personas and their maps from an event log.

    Parameters
    ----------
    events : Events
        The log.
    name : str
        What to call the workshop.

    Returns
    -------
    workshop, personas, journeys
        ``data`` of the workshop is left to the caller, who knows where the log lies.

    Raises
    ------
    DataError
        Where the log has one event name only, which makes no journey.
    """
    facts = _facts(events)
    if len(facts) < 2:
        raise DataError(
            f"the log has a single event name, {facts['event'].iloc[0]!r}; a journey needs two or "
            "more. Name the column that tells what happened with --column event=THEIRS."
        )
    goal = _goal(facts)
    facts = _around(events, facts, goal)
    stages = _stages(facts, goal)
    workshop = Workshop.model_validate(
        {
            "name": name,
            "description": "Proposed from the event log. Rename, move and merge as you see fit.",
            "stages": stages,
            "goal": [_exact(goal)],
            "funnel": _funnel(facts, stages, goal),
            "agenda": _AGENDA,
        }
    )
    personas = _personas(events)
    return workshop, personas, [_journey(workshop, persona) for persona in personas]


def _facts(events: Events) -> pd.DataFrame:
    """Per event: users, and the place in the order of first events (0 early to 1 late)."""
    return run(
        """
        WITH first AS (
            SELECT user_id, CAST(event AS VARCHAR) AS event, min(position) AS place
            FROM {journey} GROUP BY user_id, event
        ), ranked AS (
            SELECT user_id, event,
                   percent_rank() OVER (PARTITION BY user_id ORDER BY place) AS rank
            FROM first
        )
        SELECT event, count(*) AS users, avg(rank) AS rank
        FROM ranked GROUP BY event ORDER BY rank, users DESC, event
        """,
        journey=events.journey,
    )


def _around(events: Events, facts: pd.DataFrame, goal: str) -> pd.DataFrame:
    """Add how near an event is to the goal, and the share of it that comes after the goal.

    ``near`` is the share of the sessions with the event in which the goal comes later; it
    orders a shop's events well, where people come many times. Where it hardly differs (a
    hospital, one visit each) the place in the order of first events is taken.
    """
    found = run(
        """
        WITH goal AS (
            SELECT user_id, session, max(position) AS place_of_goal FROM {journey}
            WHERE CAST(event AS VARCHAR) = ? GROUP BY user_id, session
        ), ever AS (
            SELECT user_id, min(place_of_goal) AS first_goal FROM goal GROUP BY user_id
        ), seen AS (
            SELECT user_id, session, CAST(event AS VARCHAR) AS event, min(position) AS place
            FROM {journey} GROUP BY user_id, session, event
        )
        SELECT seen.event,
               avg(CASE WHEN goal.place_of_goal > place THEN 1.0 ELSE 0.0 END) AS near,
               avg(CASE WHEN place > ever.first_goal THEN 1.0 WHEN ever.first_goal IS NOT NULL THEN 0.0 END) AS after
        FROM seen
        LEFT JOIN goal ON seen.user_id = goal.user_id AND seen.session = goal.session
        LEFT JOIN ever ON seen.user_id = ever.user_id
        GROUP BY seen.event
        """,
        [goal],
        journey=events.journey,
    )
    facts = _errors_where_they_happen(events, facts.merge(found, on="event").fillna({"after": 0.0}))
    facts["after"], facts["common"] = facts["after"] > _AFTER, 0.1
    before = facts[~facts["after"] & (facts["event"] != goal)]
    if before["near"].max() - before["near"].min() < _SPREAD:
        # Where each comes once, what only some go through is a branch and no step for all.
        facts["near"], facts["common"] = facts["rank"], 0.5
        at = float(facts.loc[facts["event"] == goal, "rank"].iloc[0])
        facts["after"] = facts["rank"] > at
    return facts.sort_values(["near", "rank"], ignore_index=True)


def _errors_where_they_happen(events: Events, facts: pd.DataFrame) -> pd.DataFrame:
    """Put an error beside the event that it follows most often; few go on after it."""
    wrong = facts[facts["event"].str.contains(_TROUBLE)]["event"]
    if wrong.empty:
        return facts
    pairs = run(
        """
        SELECT CAST(next_event AS VARCHAR) AS trouble, CAST(event AS VARCHAR) AS from_event,
               count(*) AS times
        FROM {journey} WHERE next_event IS NOT NULL GROUP BY 1, 2 ORDER BY times DESC, 2
        """,
        journey=events.journey,
    )
    pairs = pairs[pairs["trouble"].isin(wrong) & ~pairs["from_event"].isin(wrong)]
    follows = pairs.drop_duplicates("trouble").set_index("trouble")["from_event"]
    by_event = facts.set_index("event")
    for trouble, event in follows.items():
        by_event.loc[trouble, ["near", "rank", "after"]] = by_event.loc[
            event, ["near", "rank", "after"]
        ]
    return by_event.reset_index()


def _goal(facts: pd.DataFrame) -> str:
    """The event that means success: by its name, or else the latest that a tenth reach."""
    good = facts[[not _NOT_GOALS.search(event) for event in facts["event"]]]
    for pattern in _GOALS:
        named = good[
            good["event"].str.contains(pattern.replace("(", "(?:"), case=False, regex=True)
        ]
        if len(named):
            return str(named.sort_values("rank").iloc[-1]["event"])
    often = facts[facts["users"] >= 0.1 * facts["users"].max()]
    return str(often.sort_values("rank").iloc[-1]["event"])


def _exact(event: str) -> str:
    """A name, as a pattern that means itself."""
    return re.sub(r"([*?\[])", r"[\1]", event)


def _stages(facts: pd.DataFrame, goal: str) -> list[dict[str, Any]]:
    """Put the events before the goal into up to three stages, the goal and the rest after."""
    others = facts[facts["event"] != goal]
    before, after = others[~others["after"]], others[others["after"]]
    late = before["near"] >= before["near"].max() / 2
    if late.all():  # all are alike near to the goal: the last third in order
        late = pd.Series(range(len(before)), before.index) >= len(before) * 2 // 3
    early = before[~late]
    half = -(-len(early) // 2)
    parts = [early.iloc[:half], early.iloc[half:], before[late]]
    listed = [(name, [*part["event"]]) for name, part in zip(_BEFORE, parts, strict=True)]
    listed.append(("Purchase" if re.search(_GOALS[0], goal, re.I) else "Goal", [goal]))
    listed.append(("Afterwards", [*after["event"]]))
    return [
        {"id": slug(name), "name": name, "events": [_exact(event) for event in found]}
        for name, found in listed
        if found
    ]


def _funnel(facts: pd.DataFrame, stages: list[dict[str, Any]], goal: str) -> list[dict[str, Any]]:
    """Choose the steps: being there at all, the common events on the way in order, the goal."""
    stage_of = {event: stage["id"] for stage in stages for event in stage["events"]}
    first = stages[0]
    way = facts[~facts["after"] & (facts["event"] != goal)]
    way = way[~way["event"].str.contains(_TROUBLE)]
    way = way.assign(stage=[stage_of[_exact(event)] for event in way["event"]])
    # A step that hardly anybody takes is no step of a common path.
    way = way[
        (way["stage"] != first["id"]) & (way["users"] >= way["common"] * facts["users"].max())
    ]
    late = way[way["stage"] == "decision"].nlargest(_MOST_STEPS - 3, "users")
    middle = way[way["stage"] != "decision"].nlargest(1, "users")
    kept = pd.concat([middle, late]).sort_values(["near", "rank"])
    steps = [{"name": first["name"], "stage": first["id"], "events": first["events"]}]
    if first["events"] == [_exact(goal)]:
        steps = []
    steps += [
        {"name": _words(event), "stage": stage_of[_exact(event)], "events": [_exact(event)]}
        for event in [*kept["event"], goal]
    ]
    return steps


def _personas(events: Events) -> list[Persona]:
    """Make a persona of each of the largest groups of a device or channel column."""
    for wanted in _SEGMENTS:
        column = next((name for name in events.columns if name.casefold() == wanted), None)
        if column is None:
            continue
        groups = run(
            f"""
            SELECT CAST({quote(column)} AS VARCHAR) AS group_value, count(DISTINCT user_id) AS group_users
            FROM {{journey}} WHERE {quote(column)} IS NOT NULL
            GROUP BY 1 ORDER BY group_users DESC, group_value
            """,
            journey=events.journey,
        )
        if 2 <= len(groups) <= 50:
            largest = groups["group_value"].head(_MOST_PERSONAS)
            return [_persona(column, str(value)) for value in largest]
    return [Persona(id="everyone", name="Everyone", tagline="All customers in the data")]


def _persona(column: str, value: str) -> Persona:
    return Persona(
        id=slug(f"{value} customer", "persona"),
        name=f"{_words(value)} customer",
        tagline=f"Customers whose {column.replace('_', ' ')} is mostly {value}",
        segment={column: (value,)},
    )


def _journey(workshop: Workshop, persona: Persona) -> Journey:
    """Begin the map with one touchpoint per event, to be filled by the team."""
    journey = Journey(id=persona.id, name=f"Journey of {persona.name}", persona=persona.id)
    for stage in workshop.stages:
        for match in stage.events[:4]:
            journey = journey.add(
                _words(str(match)),
                stage=stage.id,
                lane="touchpoints",
                evidence="measured",
                source="event log",
                events=[match.model_dump()],
            )
    return journey


def _words(name: str) -> str:
    text = re.sub(r"[\W_]+", " ", name).strip()
    return (text[:1].upper() + text[1:]) or name


_AGENDA = [
    {"what": "Start: the data and the map", "minutes": 10, "phase": "start-here"},
    {
        "what": "What do we want to reach, and for whom?",
        "minutes": 30,
        "phase": "define-objectives",
    },
    {"what": "What do buyers want?", "minutes": 30, "phase": "buyer-goals"},
    {"what": "Break", "minutes": 10},
    {"what": "Where do we lose them?", "minutes": 40, "phase": "weak-spots"},
    {"what": "How does it feel?", "minutes": 25, "phase": "ux-analysis"},
    {"what": "How do we find out?", "minutes": 20, "phase": "test-the-journey"},
    {"what": "What comes after?", "minutes": 10, "phase": "after-the-purchase"},
    {"what": "Who does what by when?", "minutes": 5, "phase": "compare-personas"},
]
