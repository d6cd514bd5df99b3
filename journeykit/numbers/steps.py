"""What a step is: a name, a pattern, a list, a condition on columns; and its SQL.

Every function of this room that takes a step takes all of these:

- ``"purchase"``, an event name, or ``"product_*"``, a pattern of :mod:`fnmatch`;
- ``["landing_page", "home"]``, any of these;
- ``{"event": "page_view", "page": "/checkout*"}``, a condition on columns;
- ``model.EventMatch``, ``model.Step``, ``model.Stage``;
- ``("visit", ["landing_page", "home"])``, one of the above with a name of its own.

A list of steps may also be a mapping of name to step.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from fnmatch import fnmatchcase
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from pandas import DataFrame, Timedelta

from journeykit.engine import quote, run
from journeykit.errors import AnalysisError, UnknownName, did_you_mean
from journeykit.model import EventMatch
from journeykit.tables import Events

from .frames import tidy
from .stats import QUIET, clustered, floats, small, wilson

Sql = tuple[str, list[Any]]
"""A part of a query, and the values that are bound to it."""
_WILD = re.compile(r"(\*+|\?|\[!?\]?[^\]]*\])")

_MOST = 100
"""So many steps can be asked at once: engines give up where conditions stand too deep in others."""


class Condition(NamedTuple):
    """A step as SQL on the journey table: `sql` with one ``?`` for each of `params`."""

    name: str
    sql: str
    params: tuple[Any, ...]
    stage: str = ""


def conditions(events: Events, steps: Any, *, least: int = 1) -> list[Condition]:
    """Turn a list (or mapping) of steps into conditions; equal names get a number.

    Raises
    ------
    UnknownName
        A step that is no event of the data, or a column that the data does not have.
    AnalysisError
        Fewer than `least` steps, or more than 100.
    """
    if isinstance(steps, str | EventMatch):
        raise AnalysisError(
            f"The steps must be a list; found {str(steps)!r}. Write [{str(steps)!r}]."
        )
    found: list[Condition] = []
    for item in steps.items() if isinstance(steps, Mapping) else steps:
        made = condition(events, item)
        times = sum(made.name == re.sub(r" \(\d+\)$", "", other.name) for other in found)
        found.append(made._replace(name=f"{made.name} ({times + 1})") if times else made)
    if not least <= len(found) <= _MOST:
        said = f"{len(found)} steps were given; at least {least} are needed, and at most {_MOST}."
        raise AnalysisError(f"{said} Each step names events, and may name several.")
    return found


def condition(events: Events, step: Any, none: str = "") -> Condition:
    """Turn one step into its condition; see `conditions`. Where it may lack, `none` is the SQL."""
    if step is None and none:
        return Condition("", none, ())
    if isinstance(step, Condition):
        return step
    name, stage = "", ""
    if hasattr(step, "events") and hasattr(step, "name"):
        stage = str(getattr(step, "stage", None) or getattr(step, "id", ""))
        name, step = step.name, step.events
    elif isinstance(step, tuple) and len(step) == 2 and isinstance(step[0], str):
        name, step = step
    several = isinstance(step, list | tuple | set | frozenset)
    matches = [_match(part) for part in (step if several else [step])]
    if not matches:
        raise AnalysisError(
            f"The step {name or 'without a name'!r} names no event. Give it at least one."
        )
    parts, params = zip(*(_match_sql(events, match) for match in matches))
    sql = " OR ".join(f"({part})" for part in parts)
    return Condition(name or " or ".join(map(str, matches)), f"({sql})", (*chain(*params),), stage)


def _match(part: Any) -> EventMatch:
    if isinstance(part, EventMatch):
        return part
    try:
        return EventMatch.model_validate(part)
    except ValueError as problem:
        raise AnalysisError(
            f"{part!r} is no step: write an event name, a pattern such as 'product_*', a list of "
            "these, or a mapping such as {'event': 'page_view', 'page': '/checkout*'}."
        ) from problem


def _match_sql(events: Events, match: EventMatch) -> Sql:
    """One EventMatch: names are looked up in the data, other columns compared as text."""
    parts, params = zip(
        *(
            _names_sql(events, patterns)
            if name == "event"
            else _column_sql(column(events, name), patterns)
            for name, patterns in match.root.items()
        )
    )
    return " AND ".join(parts), [*chain(*params)]


def _names_sql(events: Events, patterns: Iterable[str]) -> Sql:
    known, chosen = all_names(events), dict[str, None]()
    for pattern in patterns:
        names = [pattern] if pattern in known else [n for n in known if fnmatchcase(n, pattern)]
        if not names:
            raise UnknownName(
                f"No event of the data is {pattern!r}. {did_you_mean(pattern, known)}"
            )
        chosen |= dict.fromkeys(names)
    if len(chosen) == len(known):
        return "event IS NOT NULL", []
    return f"event IN ({', '.join('?' * len(chosen))})", list(chosen)


def all_names(events: Events) -> list[str]:
    """The events of the data: a persona may lack one that others have, which is 0, not wrong."""
    _is_log(events)
    return (events.whole or events).names


def _column_sql(name: str, patterns: Iterable[str]) -> Sql:
    text, given = f"CAST({quote(name)} AS VARCHAR)", list(patterns)
    wild = [_regex(pattern) for pattern in given if _WILD.search(pattern)]
    parts = [f"{text} = ?"] * len(given) + [f"regexp_matches({text}, ?)"] * len(wild)
    return f"coalesce({' OR '.join(parts)}, FALSE)", given + wild


def _regex(pattern: str) -> str:
    """Write an fnmatch pattern as a regular expression that RE2 and Java both read."""

    def part(text: str) -> str:
        if text.startswith("*") or text == "?":
            return ".*" if text != "?" else "."
        if not text.startswith("[") or len(text) < 3:
            return re.escape(text)
        inside = text[1:-1].replace("\\", r"\\").replace("[", r"\[")
        inside = "^" + inside[1:] if inside.startswith("!") else inside.replace("^", r"\^", 1)
        return "[" + re.sub(r"^(\^?)\]", r"\1\\]", inside) + "]"

    return rf"(?s)^{''.join(map(part, _WILD.split(pattern)))}\z"


def column(events: Events, name: str) -> str:
    """Return our name of a column, given ours or the source's; raises UnknownName."""
    theirs = {source: ours for ours, source in events.contract.columns.items()}
    found = name if name in events.columns else theirs.get(name, name)
    if found not in events.columns:
        raise UnknownName(
            f"The events have no column {name!r}. {did_you_mean(name, events.columns)}"
        )
    return found


UNITS = {"user": ("user_number", "position"), "session": ("session", "session_position")}
UNITS["account"] = UNITS["user"]  # of the events by account
"""What may be counted, with its column and that of the place in it."""


def one_of(what: str, value: Any, allowed: Iterable[Any]) -> None:
    """Refuse a value of an option that is none of the allowed ones."""
    if value not in allowed:
        raise AnalysisError(f"{what}={value!r} is not known. {did_you_mean(value, allowed)}")


def seconds(span: Any, what: str) -> float:
    """Read a span of time ("30min", "7 days", a timedelta, seconds as a number) as seconds."""
    try:
        number = isinstance(span, int | float) and not isinstance(span, bool)
        if isinstance(span, str) and span.strip().replace(".", "", 1).isdigit():
            raise ValueError  # pandas would take nanoseconds
        value = float(span) if number else Timedelta(span).total_seconds()
    except (ValueError, TypeError):
        value = 0.0
    if not 0 < value < np.inf:
        raise AnalysisError(
            f"{what}={span!r} is no span of time above 0. Write a number and its unit, as in "
            "'90s', '30min', '12h' or '7 days' (a month or a year has no fixed length), or "
            f"{timedelta(days=7)!r}; a plain number is seconds."
        )
    return value


def numbered(text: str, numbers: Iterable[int], joiner: str = ", ") -> str:
    """Write a piece of SQL for every number, `#` being the number."""
    return joiner.join(text.replace("#", str(number)) for number in numbers)


def tagged(steps: list[Condition], *, more: str = "") -> Sql:
    """Give the query for the events of any step: keys, `more` columns, and s1, s2, … as
    booleans.
    """
    flags = ", ".join(f"{step.sql} AS s{k}" for k, step in enumerate(steps, 1))
    some = numbered("s#", range(1, len(steps) + 1), " OR ")
    return (
        f"""SELECT * FROM (SELECT user_number, session, position, timestamp, next_event{more},
        {flags} FROM {{journey}}) AS flagged WHERE {some}""",
        [*chain(*(step.params for step in steps))],
    )


def highest(steps: list[Condition]) -> str:
    """Give the SQL for the number of the last of some steps that a tagged event is."""
    return f"CASE {numbered('WHEN s# THEN #', range(len(steps), 0, -1), ' ')} END"


def won(goal: Condition) -> str:
    """Give the query for who reached the goal, and when first: user_number, position, timestamp."""
    return f"""SELECT user_number, min(position) AS position, min(timestamp) AS timestamp
      FROM {{journey}} WHERE {goal.sql} GROUP BY user_number"""


def _is_log(events: Any) -> None:
    """Refuse a frame or a path in place of events, and say how they are read."""
    if not hasattr(events, "journey"):
        raise AnalysisError(f"a {type(events).__name__} is no event log: jk.read_events reads it.")


def ask(events: Events, sql: str, params: Iterable[Any] = (), **tables: Any) -> DataFrame:
    """Run SQL on the journey table of these events, ``{journey}``."""
    _is_log(events)
    return run(sql, list(params), journey=events.journey, **tables)


@QUIET
def rates(
    frame: DataFrame, part: str, whole: str | float, name: str = "share", prefix: str = ""
) -> DataFrame:
    """Add the share that column `part` is of `whole`, its Wilson interval and `small_n`."""
    k, n = floats(frame[part], frame[whole] if isinstance(whole, str) else whole)
    frame[name] = k / n
    frame[f"{prefix}low"], frame[f"{prefix}high"] = wilson(k, n)
    frame["small_n"] = small(n)
    return frame


@QUIET
def clustered_rates(
    frame: DataFrame, sums: str = "y m yy ym mm g", name: str = "share", prefix: str = ""
) -> DataFrame:
    """Add a share of what users have several of, and its interval, from the sums of `clustered`."""
    y, m, *more = (frame[column].to_numpy(float) for column in sums.split())
    frame[name] = y / m
    frame[f"{prefix}low"], frame[f"{prefix}high"] = clustered(y, m, *more)
    frame["small_n"] = small(more[-1])
    return frame


def finish(
    frame: DataFrame,
    counts: str,
    columns: str | list[str] = "",
    notes: Iterable[str] = (),
    sql: Iterable[str | DataFrame] = (),
    **attrs: Any,
) -> DataFrame:
    """Finish an answer: columns, what it counts, what a reader should know, the SQL behind it.

    ``sql`` are texts, or the frames that were asked for with them; without it, of this frame.
    """
    asked = [*sql] or [frame]
    texts = [each if isinstance(each, str) else each.attrs.get("sql", "") for each in asked]
    return tidy(frame, counts, notes, columns, sql=";\n\n".join(texts), **attrs)
