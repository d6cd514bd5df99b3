"""Logs at their edges, each a frame with what differs of the workshop: case to a maker."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

START = pd.Timestamp("2026-03-02 10:00")
Case = Callable[[], tuple[pd.DataFrame, dict[str, Any]]]
CASES: dict[str, Case] = {}
STEPS = ("visit", "cart", "pay")


def case(name: str) -> Callable[[Callable[[], Any]], None]:
    """Register a log, alone or with what the workshop says otherwise."""

    def keep(make: Callable[[], Any]) -> None:
        def made() -> tuple[pd.DataFrame, dict[str, Any]]:
            found = make()
            return found if isinstance(found, tuple) else (found, {})

        CASES[name] = made

    return keep


def log(users: int, reach: Callable[[int], int], steps: tuple[str, ...] = STEPS) -> pd.DataFrame:
    """User i does the first ``reach(i)`` steps, a minute apart, on a day of its own."""
    rows = [
        (f"u{i}", step, START + pd.Timedelta(days=i % 28, minutes=at))
        for i in range(users)
        for at, step in enumerate(steps[: reach(i)])
    ]
    frame = pd.DataFrame(rows, columns=["user_id", "event", "timestamp"])
    who = frame["user_id"].str[1:].astype(int)
    return frame.assign(
        channel=who.map(lambda i: ("ad", "mail")[i % 2]),
        device=who.map(lambda i: ("phone", "pc")[i // 2 % 2]),
    )


def usual(users: int = 120) -> pd.DataFrame:
    return log(users, lambda i: 1 + i % 3)


@case("nobody lost")
def _() -> Any:
    return log(80, lambda i: 3)


@case("nobody arrives")
def _() -> Any:
    frame = log(80, lambda i: 1)
    late = [("z", "pay", START), ("y", "cart", START), ("y", "pay", START - pd.Timedelta(days=1))]
    more = pd.DataFrame(late, columns=["user_id", "event", "timestamp"])
    return pd.concat([frame, more.assign(channel="ad", device="pc")])


@case("one user")
def _() -> Any:
    return log(1, lambda i: 3)


@case("one event")
def _() -> Any:
    return log(1, lambda i: 1)


@case("one name")
def _() -> Any:
    return usual().assign(event="visit")


@case("one instant")
def _() -> Any:
    return usual().assign(timestamp=START)


@case("one day")
def _() -> Any:
    return usual().assign(timestamp=lambda f: f["timestamp"].dt.normalize().min())


@case("one minute each")
def _() -> Any:
    return log(90, lambda i: 3).assign(
        timestamp=lambda f: f.groupby("user_id")["timestamp"].transform("min")
    )


@case("a persona of nobody")
def _() -> Any:  # one who came once by mail and twice by ads: the value is there, no customer is it
    frame = usual()
    frame.loc[frame["channel"] == "mail", "channel"] = "ad"
    return pd.concat([frame, frame[frame["user_id"] == "u2"].tail(1).assign(channel="fax")]), {
        "segment": {"channel": "fax"}
    }


@case("a persona of one")
def _() -> Any:
    frame = usual()
    frame.loc[frame["user_id"] == "u2", "channel"] = "fax"
    return frame, {"segment": {"channel": "fax"}}


@case("all convert at once")
def _() -> Any:
    return log(80, lambda i: 1, ("pay",)), {"funnel": ["pay", "visit"]}


@case("a goal that nobody has")
def _() -> Any:
    return usual(), {"goal": "refund"}


@case("a goal that one has")
def _() -> Any:
    frame = log(200, lambda i: 1 + i % 2)
    return pd.concat([frame, frame.tail(1).assign(event="pay")])


@case("no stage in the data")
def _() -> Any:
    return usual().assign(event=lambda f: "x-" + f["event"])


@case("one stage in the data")
def _() -> Any:
    return usual().assign(event=lambda f: f["event"].where(f["event"] == "visit", "other"))


@case("300 names")
def _() -> Any:
    return log(300, lambda i: 1 + i % 250, tuple(f"event {i}" for i in range(300))), {
        "funnel": ["event 0", "event 7", "event 100"]
    }


@case("50,000 names")
def _() -> Any:
    frame = log(25_000, lambda i: 2)
    return frame.assign(event=[f"page {i}" for i in range(len(frame))]), {
        "funnel": ["page 0", "page 1"]
    }


@case("only days to come")
def _() -> Any:
    return usual().assign(timestamp=lambda f: f["timestamp"] + pd.DateOffset(years=60))


@case("only days long gone")
def _() -> Any:
    return usual().assign(timestamp=lambda f: f["timestamp"] - pd.DateOffset(years=120))


@case("over twenty years")
def _() -> Any:
    frame = usual(240)
    months = frame["user_id"].str[1:].astype(int)
    shift = [pd.DateOffset(months=int(month)) for month in months]
    return frame.assign(
        timestamp=[t - pd.DateOffset(years=20) + by for t, by in zip(frame["timestamp"], shift)]
    )


@case("three columns")
def _() -> Any:
    return usual()[["user_id", "event", "timestamp"]]


@case("empty columns")
def _() -> Any:
    return usual().assign(channel=None, device=None, value=None)


@case("a value of its own in every row")
def _() -> Any:
    frame = usual()
    return frame.assign(channel=[f"c{i}" for i in range(len(frame))], device=lambda f: f["channel"])


@case("one who does everything")
def _() -> Any:
    rows = [("u0", STEPS[i % 3], START + pd.Timedelta(seconds=i)) for i in range(5_000)]
    frame = pd.DataFrame(rows, columns=["user_id", "event", "timestamp"])
    return frame.assign(channel="ad", device="pc")


@case("backwards")
def _() -> Any:
    return log(90, lambda i: 3, STEPS[::-1])


@case("every row a hundred times")
def _() -> Any:
    return pd.concat([log(20, lambda i: 1 + i % 3)] * 100)


@case("amounts that are none")
def _() -> Any:
    frame = usual()
    return frame.assign(value=[(-1.0, 0.0, 1e308, None)[i % 4] for i in range(len(frame))])


@case("names of every kind")
def _() -> Any:
    names = {"visit": "<b>{0}%s</b>", "cart": "دفع\u202e", "pay": "🛒" * 60}
    return usual().assign(event=lambda f: f["event"].map(names)), {"funnel": [*names.values()]}
