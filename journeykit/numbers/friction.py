"""Friction: going in circles, back, long ways, not on; and where they turned instead."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pandas import DataFrame

from journeykit.tables import Events
from journeykit.words import people, spoken

from .catalogue import number
from .claimed import Found, Of, Take, from_row, row_of
from .funnel import funnel
from .paths import transitions
from .steps import Condition, all_names, ask, condition, conditions, finish, rates, won

_KINDS = ("loop", "backtrack", "excess steps", "reached, never did")


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
        arg_min({back}, position) AS met_first
      FROM triple WHERE b <> a GROUP BY user_number, a, b)"""


def met(kind: str, a: str, b: str) -> tuple[str, str]:
    """Name a loop or a backtrack, and say what was done there."""
    if kind == "loop":
        return a, f"did {a} three times in a row"
    return f"{a} → {b} → {a}", f"went from {a} to {b} and straight back"


def in_words(frame: DataFrame, view: Any) -> DataFrame:
    """Write the names of events as words in the sentences of a frame."""
    told, names = {"what", "why", "place", "compared_with"} & set(frame), all_names(view.events)
    return frame.assign(**{name: [spoken(text, names) for text in frame[name]] for name in told})


def _circles(kind: str) -> Take:
    def taken(frame: DataFrame, of: Of) -> Found:
        name, _ = met(kind, *(of * 2)[:2])
        row = row_of(frame[frame["kind"] == kind], kind, {"event": name})
        return from_row(row, "share low high", row["of"])

    return taken


@number(show=in_words, claims={"loops": _circles("loop"), "backtracks": _circles("backtrack")})
def friction(
    events: Events, goal: Any, *, never: Iterable[tuple[Any, Any]] = (), least: int = 10
) -> DataFrame:
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
    ['1 of 2 customers who got to visit never did pay after it.']
    """
    target = condition(events, goal)
    circles, excess, stopped = _asked(events, target, least)
    rows = []
    for kind, a, b, n, of in circles.itertuples(index=False):
        name, did = met(kind, a, b)
        rows.append((kind, name, n, of, f"{n:,.0f} of {people(of)} {did}."))
    for row in excess.query("of > 0 and users >= @least").itertuples():
        what = (
            f"Customers who did {target.name} took {row.median:.0f} events to get there (median); "
            f"the shortest way took {row.shortest:.0f}. {row.users:,} of {row.of:,} took more than "
            "twice as many."
        )
        rows.append(("excess steps", target.name, row.users, row.of, what))
    few = stopped.query("users >= @least").itertuples()
    stops = [(row.event, target.name, row.users, row.of) for row in few]
    pairs = [funnel(events, pair) for pair in never]
    stops += [(*pair["step"], pair["lost"][1], pair["users"][0]) for pair in pairs]
    for event, then, n, of in stops:
        what = f"{n:,} of {people(of)} who got to {event} never did {then} after it."
        rows.append(("reached, never did", event, n, of, what))
    frame = DataFrame(rows, columns=["kind", "event", "users", "of", "what"])
    frame = rates(frame.astype({"users": int, "of": int}), "users", "of")
    frame["place"] = frame["kind"].map(_KINDS.index)
    frame = frame.sort_values(["place", "users", "event"], ascending=[True, False, True])
    return finish(
        frame,
        "users",
        "kind event users of share low high small_n what",
        sql=(circles, excess, stopped, *pairs),
    )


def _asked(events: Events, target: Condition, least: int) -> Iterator[DataFrame]:
    """Ask for circles, for excess steps, and for those who stopped after an event."""
    yield ask(
        events,
        f"{encounters_sql()}\nSELECT kind, a, b, sum(met) AS users, count(*) AS of FROM met "
        "GROUP BY kind, a, b HAVING sum(met) >= ?",
        [least],
    )
    yield ask(
        events,
        f"""
    WITH won AS ({won(target)}), shortest AS (SELECT min(position) AS least FROM won)
    SELECT count(*) AS of, count(*) FILTER (WHERE position > 2 * least) AS users,
      min(least) AS shortest, median(position) AS median FROM won, shortest""",
        target.params,
    )
    # What users first do after the goal (tracking an order) is not a place to lose them at.
    yield ask(
        events,
        f"""
    WITH won AS ({won(target)}),
    firsts AS (SELECT user_number, event, min(position) AS position FROM {{journey}}
      WHERE NOT {target.sql} GROUP BY user_number, event)
    SELECT event, count(*) AS of, count(*) FILTER (WHERE won.position IS NULL) AS users
    FROM firsts LEFT JOIN won ON firsts.user_number = won.user_number
    WHERE won.position IS NULL OR firsts.position < won.position GROUP BY event""",
        target.params * 2,
    )


@number()
def instead(events: Events, steps: Any) -> DataFrame:
    """List what customers did next who stood before the narrowest step of the funnel.

    Parameters
    ----------
    events : Events
    steps : list or mapping of steps
        The funnel.

    Returns
    -------
    pandas.DataFrame
        As of `transitions`, from the events of that step. ``attrs["step"]`` is its name.

    Examples
    --------
    >>> import pandas as pd, journeykit as jk
    >>> log = pd.DataFrame({"user_id": list("aaab"), "event": ["visit", "cart", "pay", "visit"],
    ...     "timestamp": pd.date_range("2026-01-01", periods=4, freq="min")})
    >>> instead(jk.read_events(log), ["visit", "pay"])[["from_event", "to_event"]].values.tolist()
    [['visit', 'cart']]
    """
    onward = funnel(events, steps)
    place = int(onward["of_previous"].iloc[1:].fillna(1).idxmin()) - 1
    step = conditions(events, steps)[place]
    here = ask(events, f"SELECT DISTINCT event FROM {{journey}} WHERE {step.sql}", step.params)
    moves = transitions(events)
    answer = moves[moves["from_event"].isin(here["event"])].reset_index(drop=True)
    answer.attrs["step"] = onward.loc[place, "step"]
    return answer


@number()
def triggers(events: Events, steps: Any) -> DataFrame:
    """List automatic messages, and how often the data says that each would have been sent.

    Parameters
    ----------
    events : Events
    steps : list or mapping of steps
        The funnel: a message for those who stopped before each step, and for those who finished.

    Returns
    -------
    pandas.DataFrame
        ``trigger, message, fired`` (customers), ``per_week``.

    Examples
    --------
    >>> import pandas as pd, journeykit as jk
    >>> log = pd.DataFrame({"user_id": list("aaab"), "event": ["visit", "cart", "pay", "visit"],
    ...     "timestamp": pd.date_range("2026-01-01", periods=4, freq="min")})
    >>> triggers(jk.read_events(log), ["visit", "pay"])[["trigger", "fired"]].values.tolist()
    [['Reached “visit” and never “pay”', 1], ['Reached “pay”', 1]]
    """
    onward = funnel(events, steps)
    names, users = onward["step"], onward["users"]
    rows = [
        (
            f"Reached “{before}” and never “{step}”",
            "A reminder with the one thing that is missing",
            n,
        )
        for before, step, n in zip(names, names[1:], -users.diff()[1:])
    ]
    rows.append((f"Reached “{names.iloc[-1]}”", "Thank-you, then a short survey", users.iloc[-1]))
    frame = DataFrame(rows, columns=["trigger", "message", "fired"]).astype({"fired": int})
    days = (events.end - events.start).days if events.start and events.end else 0
    frame["per_week"] = frame["fired"] / max(days / 7, 1)
    return finish(frame, "users", sql=[onward])
