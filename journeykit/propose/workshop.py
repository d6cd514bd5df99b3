"""A first workshop from an event log: stages, funnel and personas that the data suggests.

It is a proposal for a team to change, not an analysis: stages come from the order in which
events first happen, personas from the largest groups of a device or channel column.
"""

import re
from collections import Counter
from collections.abc import Iterable
from glob import escape  # a name, as a pattern that means itself

from pandas import DataFrame, Series, concat

from journeykit.declared import beside
from journeykit.engine import quote, run
from journeykit.errors import DataError
from journeykit.model import Data, Journey, Persona, Privacy, Workshop, free_name, new_id, slug
from journeykit.tables import Events

(
    _GOALS,
    _NOT_GOALS,
    _TROUBLE,
    _SEGMENTS,
    _MOST_PERSONAS,
    _MOST_STEPS,
    _AFTER,
    _SPREAD,
    _BEGINNING,
    _AGENDA,
) = beside(__file__).values()
_FEWEST = Privacy().smallest_group
"""So many customers an event or a group must have to be proposed: the report will name it."""


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
    # Per event: users, and the place in the order of first events (0 early to 1 late).
    facts = run(
        """
        WITH first AS (
            SELECT user_id, CAST(event AS VARCHAR) AS event, min(position) AS place
            FROM {journey} GROUP BY user_id, event
        ), ranked AS (
            SELECT user_id, event, place,
                   percent_rank() OVER (PARTITION BY user_id ORDER BY place) AS rank
            FROM first
        )
        SELECT event, count(*) AS users, avg(rank) AS rank,
               count(CASE WHEN place = 1 THEN 1 END) AS begins
        FROM ranked GROUP BY event ORDER BY rank, users DESC, event
        """,
        journey=events.journey,
    )
    if len(facts) < 2:
        raise DataError(
            f"the log has a single event name, {facts['event'].iloc[0]!r}; a journey needs two or "
            "more. Name the column that tells what happened with --column event=THEIRS."
        )
    goal = _goal(facts)
    # What few did may name one of them; the team can still put it on the map.
    many = facts[(facts["users"] >= _FEWEST) | (facts["event"] == goal)]
    facts = _around(events, many if len(many) > 1 else facts, goal)
    stages, said = _stages(facts, goal), _told_apart(facts["event"])
    workshop = Workshop.model_validate(
        {
            "name": name,
            "description": "Proposed from the event log. Rename, move and merge as you see fit.",
            "stages": stages,
            "goal": [escape(goal)],
            "funnel": _funnel(facts, stages, goal, said),
            "agenda": _AGENDA,
        }
    )
    personas = _personas(events)
    return workshop, personas, [_journey(workshop, persona, said) for persona in personas]


def _goal(facts: DataFrame) -> str:
    """The event that means success: by its name, or else the latest that a tenth reach.

    What fewer than the smallest group reach is none, where anything else is there.
    """
    many = facts[facts["users"] >= _FEWEST]
    facts = many if len(many) else facts
    good = facts[~facts["event"].str.contains(_NOT_GOALS)]
    candidates = [good[good["event"].str.contains(pattern)] for pattern in _GOALS]
    candidates += [each[each["users"] >= 0.1 * facts["users"].max()] for each in (good, facts)]
    named = next(found for found in candidates if len(found))
    return named.sort_values("rank")["event"].iloc[-1]


def _around(events: Events, facts: DataFrame, goal: str) -> DataFrame:
    """Add how near an event is to the goal, whether it comes after it, and how common a step is.

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
               avg(CASE WHEN place > ever.first_goal THEN 1.0
                        WHEN ever.first_goal IS NOT NULL THEN 0.0 END) AS after,
               count(DISTINCT CASE WHEN ever.first_goal IS NOT NULL THEN seen.user_id END) AS passed
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
    is_goal = facts["event"] == goal
    before = facts["near"][~facts["after"] & ~is_goal]
    if before.max() - before.min() < _SPREAD:
        # Where each comes once, what only some pass on their way to the goal is a branch.
        facts["near"], facts["common"] = facts["rank"], 0.5
        facts["after"] = facts["rank"] > facts["rank"][is_goal].iloc[0]
    else:
        facts["passed"] = facts["users"]
    return facts.sort_values(["near", "rank"], ignore_index=True)


def _errors_where_they_happen(events: Events, facts: DataFrame) -> DataFrame:
    """Put an error beside the event that it follows most often; few go on after it."""
    wrong = facts["event"][facts["event"].str.contains(_TROUBLE)]
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
    by_event = facts.set_index("event")
    pairs, placed = pairs.drop_duplicates("trouble"), ["near", "rank", "after"]
    beside = by_event.loc[pairs["from_event"], placed]
    by_event.loc[pairs["trouble"], placed] = beside.to_numpy()
    return by_event.reset_index()


def _stages(facts: DataFrame, goal: str) -> list[Data]:
    """Put the events before the goal into up to three stages, the goal and the rest after."""
    others = facts[facts["event"] != goal]
    before = others[~others["after"]]
    late = before["near"] >= before["near"].max() / 2
    if late.all():  # all are alike near to the goal: the last third in order
        late = Series(range(len(before)), before.index) >= len(before) * 2 // 3
    early = before["event"][~late]
    half = -(-len(early) // 2)
    listed = {
        "Awareness": early[:half],
        "Consideration": early[half:],
        "Decision": before["event"][late],
        "Purchase" if re.search(_GOALS[0], goal) else "Goal": [goal],
        "Afterwards": others["event"][others["after"]],
    }
    return [
        {"id": slug(name), "name": name, "events": [*map(escape, found)]}
        for name, found in listed.items()
        if len(found)
    ]


def _funnel(facts: DataFrame, stages: list[Data], goal: str, said: dict[str, str]) -> list[Data]:
    """Choose the steps: what people begin with, the common events on the way in order, the goal.

    A path of one step is none.
    """
    stage_of = {event: stage["id"] for stage in stages for event in stage["events"]}
    facts = facts.assign(stage=facts["event"].map(escape).map(stage_of))
    way = facts[~facts["after"] & ~facts["event"].str.contains(_TROUBLE) & (facts["event"] != goal)]
    # Where nobody begins with most of them, the most common beginning alone.
    first = way.nlargest(3, "begins")
    often = first["begins"] >= _BEGINNING * facts["begins"].sum()
    first = first[often] if often.any() else first[:1]
    # A step that hardly anybody takes is no step of a common path.
    common = way["passed"] >= way["common"] * facts["passed"].max()
    way = way[common & (way["rank"] > first["rank"].min()) & ~way["event"].isin(first["event"])]
    late = way["stage"] == "decision"
    kept = concat(
        [way[~late].nlargest(1, "users"), way[late].nlargest(_MOST_STEPS - 3, "users")]
    ).sort_values(["near", "rank"])
    steps = [
        {
            "name": " or ".join(said[event] for event in events),
            "stage": stage_of[escape(events[0])],
            "events": [*map(escape, events)],
        }
        for events in filter(None, ([*first["event"]], *kept["event"].map(lambda e: [e]), [goal]))
    ]
    return steps if len(steps) > 1 else []


def _personas(events: Events) -> list[Persona]:
    """Make a persona of each of the largest groups of a device or channel column."""
    columns = {name.casefold(): name for name in reversed(events.columns)}
    for column in filter(None, map(columns.get, _SEGMENTS)):
        groups = run(
            f"""
            SELECT CAST({quote(column)} AS VARCHAR) AS group_value,
              count(DISTINCT user_id) AS group_users
            FROM {{journey}} WHERE {quote(column)} IS NOT NULL
            GROUP BY 1 ORDER BY group_users DESC, group_value
            """,
            journey=events.journey,
        )
        many = groups["group_value"][groups["group_users"] >= _FEWEST]
        if len(many) > 1 and len(groups) <= 50:
            personas = dict[str, Persona]()
            for value, said in _told_apart(many.head(_MOST_PERSONAS)).items():
                id = new_id(f"{value} customer", personas, "persona")
                personas[id] = Persona(
                    id=id,
                    name=f"{said} customer",
                    tagline=f"Customers whose {column.replace('_', ' ')} is mostly {value}",
                    segment={column: (value,)},
                )
            return [*personas.values()]
    return [Persona(id="everyone", name="Everyone", tagline="All customers in the data")]


def _journey(workshop: Workshop, persona: Persona, said: dict[str, str]) -> Journey:
    """Begin the map with one touchpoint per event, to be filled by the team."""
    journey = Journey(id=persona.id, name=f"Journey of {persona.name}", persona=persona.id)
    by_pattern = {escape(event): words for event, words in said.items()}
    for stage in workshop.stages:
        for match in stage.events[:4]:
            journey = journey.add(
                by_pattern[str(match)],
                stage=stage.id,
                lane="touchpoints",
                evidence="measured",
                source="event log",
                events=[match.model_dump()],
            )
    return journey


def _told_apart(values: Iterable[str]) -> dict[str, str]:
    """Each value in words; as it stands where another has the same words, and numbered at last."""
    values, said = [*values], dict[str, str]()
    often = Counter(map(_words, values))
    for value in values:
        words = _words(value)
        said[value] = free_name(words if often[words] == 1 else value.strip(), said.values())
    return said


def _words(name: str) -> str:
    text = re.sub(r"[\W_]+", " ", name).strip()
    return (text[:1].upper() + text[1:]) or name
