"""What a funnel leads to: where people turned instead of going on, and what could run by itself."""

from typing import Any

from pandas import DataFrame

from journeykit.tables import Events
from journeykit.words import label, percent

from .catalogue import number
from .funnel import funnel
from .paths import MOVES, transitions
from .steps import ask, conditions, finish


@number(
    "What did they choose instead?",
    "Moves from one event to the next; intervals are clustered by customer",
    MOVES,
    chart="transitions",
    say=lambda frame: "Right after “{}” most go to {}.".format(
        frame.attrs["step"],
        ", ".join(f"“{label(r.to_event)}” ({percent(r.share)})" for r in frame[:3].itertuples()),
    ),
    names="from_event=event to_event=next_event",
)
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
    answer.attrs = {**moves.attrs, "step": onward.loc[place, "step"]}
    return answer


def _oftenest(frame: DataFrame) -> str:
    top = frame.iloc[frame["fired"].iloc[:-1].argmax()]
    return f"Most often: {top['trigger']}, {top['fired']:,} times ({top['per_week']:.0f} a week)."


@number(
    "What could run by itself?",
    "Customers of this persona for whom it would have fired, over the whole period",
    "trigger message fired:int per_week",
    chart="",
    say=_oftenest,
    result=lambda frame: dict(zip(frame["trigger"], frame["fired"])),
)
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
