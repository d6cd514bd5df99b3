"""Ask when each customer came and when they went on: what nights are made of, in SQL."""

from typing import Any

from .claimed import step_before
from .funnel_sql import FunnelQuery
from .steps import Sql, column, condition, conditions


def waits(view: Any, about: Any, of: Any, steps: list[Any]) -> Sql:
    """Give the query for ``opened`` and ``done`` of each customer, by what a metric is counted by.

    Of sessions and moves it has a row for each, with its user_number, when it was (``done``), when
    the first was, and whether it counts (``y``).

    Parameters
    ----------
    view : Scope
    about : Metric
    of : tuple of str
    steps : list
        The steps or the goal that it asks for, where it does not take those of the view.
    """
    events, how, opened, done = view.events, about.nights, 1, 2
    if how == "turns":
        return _turns(view, about, of)
    if how == "circles":
        a, b = (*of, *of)[:2]
        return _CIRCLES.format(could="TRUE" if a == b else "onto"), [a, b, a]
    if how in ("goal", "channel", "from"):
        came = f"position = 1 AND CAST({about.of} AS VARCHAR) = ?"
        if about.of == "channel":
            column(events, "channel")  # a part may lack it
        reached, asked = came, of
        if how != "channel":
            goal = condition(events, steps[0] if steps else view.goal)
            reached, asked = goal.sql, goal.params
        sql = f"""SELECT min(timestamp) AS opened,
      min(CASE WHEN {reached} THEN timestamp END) AS done FROM {{journey}} GROUP BY user_number"""
        if how == "from":
            return f"{sql} HAVING bool_or({came})", [*asked, *of]
        return sql, [*asked]
    if not steps:
        steps = view.steps
        step_before(steps, of[0])  # a part may lack it
        done = [*steps].index(of[0]) + 1
        if how != "first":
            opened = done - 1
    sql, params = FunnelQuery(events, conditions(events, steps)).picked()
    return f"{sql} SELECT t{opened} AS opened, t{done} AS done FROM picked WHERE r{opened}", params


_CIRCLES = """SELECT min(timestamp) AS opened,
      min(CASE WHEN onto AND back THEN timestamp END) AS done
    FROM (SELECT user_number, timestamp, CAST(event AS VARCHAR) = ? AS here,
        lead(CAST(event AS VARCHAR)) OVER way = ? AS onto,
        lead(CAST(event AS VARCHAR), 2) OVER way = ? AS back
      FROM {{journey}} WINDOW way AS (PARTITION BY session ORDER BY position)) AS each
    WHERE here AND {could} GROUP BY user_number"""


def _turns(view: Any, about: Any, of: Any) -> Sql:
    """Ask for each session by a channel, or each move from one event."""
    each, params = (
        """SELECT user_number, timestamp AS done,
        CASE WHEN CAST(next_event AS VARCHAR) = ? THEN 1 ELSE 0 END AS y FROM {journey}
      WHERE CAST(event AS VARCHAR) = ? AND next_event IS NOT NULL""",
        [*of[::-1]],
    )
    if about.of == "channel":
        column(view.events, "channel")
        goal = condition(view.events, view.goal)
        each = f"""SELECT user_number, min(timestamp) AS done,
        max(CASE WHEN {goal.sql} THEN 1 ELSE 0 END) AS y FROM {{journey}}
      GROUP BY user_number, session HAVING max(CASE WHEN session_position = 1
        THEN coalesce(CAST(channel AS VARCHAR), '(none)') END) = ?"""
        params = [*goal.params, *of]
    return (
        f"SELECT *, min(done) OVER (PARTITION BY user_number) AS opened FROM ({each}) AS each",
        params,
    )
