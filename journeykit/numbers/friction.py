"""Friction: going in circles, going back, taking long ways, and not going on at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from journeykit.numbers.funnel import funnel
from journeykit.numbers.steps import ask, condition, finish, rates, won
from journeykit.tables import Events

__all__ = ["encounters_sql", "friction"]


def encounters_sql(more: Mapping[str, str] | None = None) -> str:
    """Give the query for loops and backtracks: user_number, kind, a, b, met, met_first, and `more`.

    One row for each user and event (loop: three times in a row in a session) or move from a to
    b (backtrack: straight back to a). `met` is 1 if it ever happened; `met_first`, and `more` (name
    to column), are of the first time that it could have, so that who comes often is not more
    likely to have met it.
    """
    carried = "".join(f", {source} AS {name}" for name, source in (more or {}).items())
    first = "".join(f", arg_min({name}, position) AS {name}" for name in more or {})
    loop = "CASE WHEN b = a AND c = a THEN 1 ELSE 0 END"
    back = "CASE WHEN c = a THEN 1 ELSE 0 END"
    return f"""
    WITH triple AS (SELECT user_number, position{carried}, event AS a, lead(event) OVER way AS b,
        lead(event, 2) OVER way AS c FROM {{journey}}
      WINDOW way AS (PARTITION BY session ORDER BY position)),
    met AS (SELECT user_number, 'loop' AS kind, a, a AS b{first}, max({loop}) AS met,
        arg_min({loop}, position) AS met_first FROM triple GROUP BY user_number, a
      UNION ALL
      SELECT user_number, 'backtrack' AS kind, a, b{first}, max({back}) AS met,
        arg_min({back}, position) AS met_first FROM triple WHERE b <> a GROUP BY user_number, a, b)"""


def friction(
    events: Events, goal: Any, *, never: Iterable[tuple[Any, Any]] = (), least: int = 10
) -> pd.DataFrame:
    """List where people go in circles, go back, take a long way or do not go on.

    Parameters
    ----------
    events : Events
    goal : step
        What a path should lead to.
    never : pairs of steps, optional
        Further "reached X, never did Y" to look at, as ``[("home", "contact")]``.
    least : int
        Rows with fewer users are left out.

    Returns
    -------
    pandas.DataFrame
        ``kind`` ("loop": the same event three times in a row in a session; "backtrack": from a to
        b and straight back; "excess steps": converted with more than twice the events of the
        shortest converting path; "reached, never did"), ``event, users`` (who met it), ``of``
        (who could have), ``share, low, high, small_n, what`` (a sentence). Most users first
        within a kind.

    Examples
    --------
    >>> import pandas as pd, journeykit as jk
    >>> log = pd.DataFrame({"user_id": list("aaab"), "event": ["visit", "cart", "pay", "visit"],
    ...     "timestamp": pd.date_range("2026-01-01", periods=4, freq="min")})
    >>> friction(jk.read_events(log), "pay", least=1)["what"].tolist()
    ['1 of 2 users who got to visit never did pay after it.']
    """
    target = condition(events, goal)
    sql = (
        f"{encounters_sql()}\nSELECT kind, a, b, sum(met) AS users, count(*) AS of FROM met "
        "GROUP BY kind, a, b HAVING sum(met) >= ?"
    )
    met = ask(events, sql, [least])
    texts = [met.attrs["sql"]]
    rows = [_met(row) for row in met.to_dict("records")]
    rows += _excess(events, target, texts, least) + _never(events, target, texts, least)
    for first, then in never:
        pair = funnel(events, [first, then])
        texts.append(pair.attrs["sql"])
        names, lost = pair["step"].tolist(), pair.loc[1, "lost"]
        rows.append(_stopped(names[0], names[1], int(lost), int(pair.loc[0, "users"])))
    frame = pd.DataFrame(rows, columns=["kind", "event", "users", "of", "what"])
    frame = rates(frame, "users", "of")
    kinds = {"loop": 0, "backtrack": 1, "excess steps": 2, "reached, never did": 3}
    frame["place"] = frame["kind"].map(kinds)
    frame = frame.sort_values(["place", "users", "event"], ascending=[True, False, True])
    keep = ["kind", "event", "users", "of", "share", "low", "high", "small_n", "what"]
    return finish(frame[keep], "users", texts)


def _met(row: dict[Any, Any]) -> dict[str, Any]:
    a, b, n = row["a"], row["b"], int(row["users"])
    loop = row["kind"] == "loop"
    what = (
        f"did {a} at least three times in a row"
        if loop
        else f"went from {a} to {b} and straight back"
    )
    name = a if loop else f"{a} → {b} → {a}"
    return {
        "kind": row["kind"],
        "event": name,
        "users": n,
        "of": int(row["of"]),
        "what": f"{n:,} of {int(row['of']):,} users {what}.",
    }


def _stopped(first: str, then: str, lost: int, of: int) -> dict[str, Any]:
    return {
        "kind": "reached, never did",
        "event": first,
        "users": lost,
        "of": of,
        "what": f"{lost:,} of {of:,} users who got to {first} never did {then} after it.",
    }


def _excess(events: Events, target: Any, texts: list[str], least: int) -> list[dict[str, Any]]:
    median = events.journey.engine.median("position")
    sql = f"""
    WITH won AS ({won(target)}), shortest AS (SELECT min(position) AS least FROM won)
    SELECT count(*) AS of, count(*) FILTER (WHERE position > 2 * least) AS users,
      min(least) AS shortest, {median} AS median FROM won, shortest"""
    frame = ask(events, sql, target.params)
    texts.append(frame.attrs["sql"])
    row = frame.to_dict("records")[0]
    if int(row["users"]) < least:
        return []
    what = (
        f"Users who did {target.name} took {row['median']:.0f} events to get there (median); the "
        f"shortest way took {int(row['shortest'])}. {int(row['users']):,} of {int(row['of']):,} took "
        "more than twice as many."
    )
    return [
        {
            "kind": "excess steps",
            "event": target.name,
            "users": int(row["users"]),
            "of": int(row["of"]),
            "what": what,
        }
    ]


def _never(events: Events, target: Any, texts: list[str], least: int) -> list[dict[str, Any]]:
    # What users first do after the goal (tracking an order) is not a place to lose them at.
    sql = f"""
    WITH won AS ({won(target)}),
    firsts AS (SELECT user_number, event, min(position) AS position FROM {{journey}} WHERE NOT {target.sql}
      GROUP BY user_number, event)
    SELECT event, count(*) AS of, count(*) FILTER (WHERE won.position IS NULL) AS users
    FROM firsts LEFT JOIN won ON firsts.user_number = won.user_number
    WHERE won.position IS NULL OR firsts.position < won.position GROUP BY event"""
    frame = ask(events, sql, [*target.params, *target.params])
    texts.append(frame.attrs["sql"])
    frame = frame[frame["users"] >= least]
    return [
        _stopped(row["event"], target.name, int(row["users"]), int(row["of"]))
        for row in frame.to_dict("records")
    ]
