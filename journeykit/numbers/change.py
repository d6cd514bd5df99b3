"""A funnel against itself: the last period beside the one of the same length before it."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
from pandas import DataFrame, Timedelta, Timestamp

from journeykit.engine import Table, quote
from journeykit.errors import AnalysisError
from journeykit.tables import Events
from journeykit.tables.periods import period_of

from .catalogue import number
from .claimed import of_step
from .frames import add_q, two_proportions
from .funnel import funnel
from .stats import difference
from .steps import condition, conditions, finish, seconds

_DAY, _MOMENT = Timedelta(days=1), Timedelta(microseconds=1)
_AHEAD = ("next_event", "seconds_to_next")


@number(
    result=lambda frame: {"changed": frame.loc[frame["q"] < 0.05, "step"].tolist()},
    claims={
        "step-change": of_step(
            "difference low high",
            lambda rows, before, step: rows.loc[before, ["users", "users_before"]].min(),
        )
    },
)
def funnel_change(
    events: Events,
    steps: Any,
    *,
    period: Any = None,
    until: Any = None,
    order: str = "ordered",
    within: Any = None,
    unit: str = "user",
    exclude: Any = None,
    optional: Iterable[str] = (),
) -> DataFrame:
    """Compare a funnel with the same funnel in the period of the same length before it.

    Both periods are treated alike: of each, only its own events count. An attempt belongs to the
    period in which it opens; what is not done by the end of that period is not done, and with
    `within` it is censored, as at the end of the data. So both had the same time to finish. A user
    with attempts in both counts in each; the interval takes them as two people, which makes it
    rather too wide than too narrow.

    Parameters
    ----------
    events : Events
    steps : list or mapping of steps
    period : str, timedelta or number of seconds, optional
        How long; half of the time that the data covers, in whole weeks where it has two.
    until : str or datetime, optional
        Where the later period ends; the end of the data. A bare date means the whole day.
    order, within, unit, exclude, optional
        As for `funnel`.

    Returns
    -------
    pandas.DataFrame
        ``step_number, step, users|sessions|accounts, …_before, of_previous,
        of_previous_before`` (shares 0..1), ``difference`` (now - before, -1..1), ``low, high``
        (95 %; R. G. Newcombe, Statistics in Medicine 17, 1998, method 10), ``p, q``
        (Benjamini-Hochberg over the steps; not for sessions, which are not independent),
        ``censored, censored_before, small_n`` (either). ``attrs["periods"]`` has the three times
        at which they begin and end.

    Raises
    ------
    AnalysisError
        The data does not reach back far enough for a period before.

    Examples
    --------
    >>> import pandas as pd, journeykit as jk
    >>> days = [1, 1, 2, 2, 3, 11, 11, 12, 12, 13, 14]
    >>> log = pd.DataFrame({"user_id": list("aabcdeeffgg"), "timestamp": pd.to_datetime(
    ...     [f"2026-01-{day:02}" for day in days]), "event": "visit"})
    >>> log.loc[[1, 6, 8, 10], "event"] = "pay"
    >>> found = funnel_change(jk.read_events(log), ["visit", "pay"], period="7 days")
    >>> found[["step", "users", "users_before", "difference"]].round(2).values.tolist()
    [['visit', 3, 4, nan], ['pay', 3, 1, 0.75]]
    """
    found = conditions(events, steps, least=2)
    ends = None if exclude is None else condition(events, exclude)
    edges = _edges(events, period, until)
    options = {"order": order, "within": within, "unit": unit, "optional": optional}
    sides, texts = [], []
    for start, end in pairwise(edges):
        part, cut = _between(events, start, end)
        sides.append(funnel(part, found, exclude=ends, **options))
        texts.append(str(sides[-1].attrs["sql"]).replace(part.journey.name, cut))
    before, now = sides
    count = f"{unit}s"
    frame = now.join(before.add_suffix("_before"))
    shares = [side[["of_previous", "low", "high"]].T.to_numpy() for side in (now, before)]
    frame["difference"], frame["low"], frame["high"] = difference(*shares[0], *shares[1])
    hits = (n for side in (now, before) for n in (side[count], side[count] + side["lost"]))
    frame["p"] = np.nan if unit == "session" else two_proportions(*hits)
    frame.loc[0, ["difference", "low", "high", "p"]] = np.nan
    add_q(frame)
    frame["small_n"] = now["small_n"] | before["small_n"]
    length, last = edges[2] - edges[1], edges[2] - _MOMENT
    span = f"{length / _DAY:.0f} days" if length >= 2 * _DAY else str(length.round("s"))
    notes = [f"The {span} to {last:%Y-%m-%d} against the {span} before them.", *now.attrs["notes"]]
    return finish(
        frame,
        count,
        f"step_number step {count} {count}_before of_previous of_previous_before difference low "
        "high p q censored censored_before small_n",
        notes,
        texts,
        periods=[*map(str, edges)],
    )


def _edges(events: Events, period: Any, until: Any) -> list[Timestamp]:
    """Where the earlier period begins, the later one begins, and it ends; an end is outside."""
    whole = events.whole or events
    start, end = Timestamp(str(whole.start)), Timestamp(str(whole.end)) + _MOMENT
    if until is not None:
        _, sign, text = period_of(None, until, events.contract.timezone)
        end = Timestamp(text) + _MOMENT * int(sign == "<=")
    if period is None:
        half = (end - start) / 2
        length = half // (7 * _DAY) * (7 * _DAY) or half
    else:
        length = Timedelta(seconds=seconds(period, "period"))
    edges = [end - 2 * length, end - length, end]
    # Days without hours, and a first day on which nobody came early, are no lack of data.
    if not start - edges[0] <= max(length / 20, min(length / 7, _DAY)):
        raise AnalysisError(
            f"The data begins at {start:%Y-%m-%d %H:%M}; the period to compare with would begin at "
            f"{edges[0]:%Y-%m-%d %H:%M}. Give a shorter period than {period=}, or a later until."
        )
    return edges


def _between(events: Events, start: Timestamp, end: Timestamp) -> tuple[Events, str]:
    """The events of one period, and their query; positions and sessions stay as they are."""
    time = events.local()
    first, last = (f"CAST('{edge}' AS TIMESTAMP)" for edge in (start, end))
    # What comes after the period is not known in it, as at the end of the data.
    left = events.seconds(time, last)
    columns = ", ".join(
        f"CASE WHEN seconds_to_next < {left} THEN {name} END AS {name}"
        if name in _AHEAD
        else quote(name)
        for name in events.journey.columns
    )
    sql = f"SELECT {columns} FROM {{journey}} WHERE {time} >= {first} AND {time} < {last}"

    def cut(journey: Table) -> Table:
        return journey.engine.view(sql, journey=journey)

    part = replace(
        events,
        journey=cut(events.journey),
        whole=replace(events.whole, journey=cut(events.whole.journey)) if events.whole else None,
    )
    return part, f"({sql.replace('{journey}', events.journey.name)})"
