"""What the sample data hold of each planted story, computed with plain pandas."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

HOME = Path(__file__).resolve().parents[2]
Pair = tuple[str, str]
Hours = Callable[..., pd.Series]
SAMPLES = ("retail", "saas", "healthcare")
GOALS = {"retail": "purchase", "saas": "subscribe", "healthcare": "follow_up_visit"}


@cache
def load(sample: str, table: str) -> pd.DataFrame:
    frame = pd.read_csv(
        HOME / "sample_data" / sample / f"{table}.csv.gz",
        keep_default_na=False,
        na_values=[""],
        parse_dates=["timestamp"],
    )
    if table != "events":
        return frame
    frame = frame.sort_values(["user_id", "timestamp"], kind="stable", ignore_index=True)
    gap = frame.groupby("user_id")["timestamp"].diff()
    return frame.assign(session=(gap.isna() | (gap > pd.Timedelta("30min"))).cumsum())


@cache
def stated(sample: str) -> dict[str, float]:
    """The last column of the tables in STORIES.md: key to the number that stands there."""
    text = (HOME / "sample_data" / "STORIES.md").read_text(encoding="utf-8")
    part = text.split(f"\n## {sample}\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `([a-z0-9-]+)` \|.*\| *([-+\d.,]+)[^|]*\|$", part, re.M)
    return {key: float(number.replace(",", "")) for key, number in rows}


def percent(hits: pd.Series) -> float:
    return 100 * float(hits.mean())


def users_of(sample: str, event: str) -> set[str]:
    events = load(sample, "events")
    return set(events.loc[events["event"] == event, "user_id"])


def goal_sessions(sample: str) -> pd.Series:
    """User to the session of the first goal event."""
    events = load(sample, "events")
    return events[events["event"] == GOALS[sample]].groupby("user_id")["session"].first()


def touches(sample: str) -> dict[str, pd.Series]:
    """Shares of conversions in percent by channel: first touch, last touch, Markov removal."""
    events, goals = load(sample, "events"), goal_sessions(sample)
    rows = events.drop_duplicates("session")[["user_id", "session", "channel"]]
    rows = rows[rows["session"] <= rows["user_id"].map(goals).fillna(np.inf)]
    paths = rows.groupby("user_id")["channel"].agg(list)
    won = paths[paths.index.isin(goals.index)]
    names = sorted(rows["channel"].unique())
    at = {name: i for i, name in enumerate(names)}
    start, size = len(names), len(names)
    moves = np.zeros((size + 1, size + 2))
    for path, bought in zip(paths, paths.index.isin(goals.index), strict=True):
        for here, there in zip([start, *map(at.get, path)], map(at.get, path), strict=False):
            moves[here, there] += 1
        moves[at[path[-1]], size if bought else size + 1] += 1
    chain = moves / moves.sum(axis=1, keepdims=True)

    def rate(without: int | None) -> float:
        kept = chain.copy()
        if without is not None:
            kept[:, without] = 0
        inner = np.hstack([kept[:, :size], np.zeros((size + 1, 1))])
        return float(np.linalg.solve(np.eye(size + 1) - inner, kept[:, size])[start])

    lost = pd.Series({name: 1 - rate(i) / rate(None) for name, i in at.items()})
    share = {"first": won.str[0], "last": won.str[-1]}
    found = {kind: 100 * s.value_counts(normalize=True) for kind, s in share.items()}
    return {**found, "markov": 100 * lost / lost.sum()}


def effect(sample: str, campaign: str) -> float:
    """Percentage points that the goal after a send lies above that of the holdout."""
    events, sends = load(sample, "events"), load(sample, "campaigns")
    last = events[events["event"] == GOALS[sample]].groupby("user_id")["timestamp"].max()
    sends = sends[sends["campaign"] == campaign]
    hit = sends["user_id"].map(last) > sends["timestamp"]
    rates = hit.groupby(sends["treatment"]).mean()
    return 100 * float(rates["sent"] - rates["holdout"])


def overlap(sample: str, first: str, second: str) -> float:
    sends = load(sample, "campaigns")
    a, b = (set(sends.loc[sends["campaign"] == name, "user_id"]) for name in (first, second))
    return 100 * len(a & b) / len(a | b)


def pair(sample: str, a: str, b: str) -> dict[str, float]:
    baskets = load(sample, "orders").groupby("order_id")["product"].agg(set)
    has_a, has_b = (baskets.map(lambda s, x=x: x in s) for x in (a, b))
    both = (has_a & has_b).sum()
    lift = both * len(baskets) / has_a.sum() / has_b.sum()
    return {"pair-orders": int(both), "pair-lift": float(lift)}


def csat(sample: str, stage: str) -> float:
    answers = load(sample, "surveys")
    rows = (answers["measure"] == "csat") & (answers["stage"] == stage)
    return float(answers.loc[rows, "score"].mean())


def common(sample: str, mails: Pair, things: Pair, stages: Pair) -> dict[str, float]:
    """What is planted alike in all three samples."""
    events = load(sample, "events")
    users = events["user_id"].nunique()
    return {
        "events": len(events),
        "users": users,
        "conversion": 100 * len(users_of(sample, GOALS[sample])) / users,
        "campaign-overlap": overlap(sample, *mails),
        "campaign-first": effect(sample, mails[0]),
        "campaign-second": effect(sample, mails[1]),
        **pair(sample, *things),
        "feeling-low": csat(sample, stages[0]),
        "feeling-good": csat(sample, stages[1]),
    }


def promise(sample: str, channel: str, column: str, limit: float, slow: Hours) -> dict[str, float]:
    contacts = load(sample, "support")
    contacts = contacts[contacts["channel"] == channel]
    kept, late = contacts[column] <= limit, slow(contacts["timestamp"].dt)
    return {
        "promise": percent(kept),
        "promise-slow": percent(kept[late]),
        "promise-else": percent(kept[~late]),
    }


def touch_shares(sample: str, loud: str, quiet: str) -> dict[str, float]:
    shares = touches(sample)
    keys = {"touch-loud": loud, "touch-quiet": quiet}
    return {f"{key}-{kind}": float(s[ch]) for key, ch in keys.items() for kind, s in shares.items()}


def nobody(sample: str, ids: pd.Index) -> dict[str, float]:
    everyone = load(sample, "events")["user_id"].unique()
    won = users_of(sample, GOALS[sample])
    sends = load(sample, "campaigns")
    spent = sends["cost"].sum()
    return {
        "nobody": 100 * len(ids) / len(everyone),
        "nobody-spend": 100 * float(sends.loc[sends["user_id"].isin(ids), "cost"].sum() / spent),
        "nobody-conversion": percent(ids.to_series().isin(won)),
    }


def main_value(sample: str, column: str) -> pd.Series:
    """User to the most frequent value over their events."""
    events = load(sample, "events")
    counts = events.groupby(["user_id", column], sort=False).size().reset_index(name="n")
    counts = counts.sort_values(["user_id", "n"], ascending=[True, False], kind="stable")
    return counts.drop_duplicates("user_id").set_index("user_id")[column]


def retail() -> dict[str, float]:
    events = load("retail", "events")
    pays = events[events["event"].isin(["payment", "payment_error", "purchase"])]
    paid = pays.groupby("session").agg(
        device=("device", "first"),
        at=("timestamp", "first"),
        bought=("event", lambda e: "purchase" in set(e)),
        failed=("event", lambda e: "payment_error" in set(e)),
    )
    inside = (paid["at"] >= "2026-04-09") & (paid["at"] < "2026-05-09")
    mobile = paid["device"] == "mobile"
    mails = events[(events["channel"] == "email") & (events["timestamp"] >= "2026-02-23")]
    visits = mails.groupby("session").agg(
        campaign=("campaign", "first"), events=("event", lambda e: "add_to_cart" in set(e))
    )
    visits = visits[visits["campaign"].isin(["newsletter", "spring-lookbook"])]
    on_scarf = visits["campaign"] == "spring-lookbook"
    channel = main_value("retail", "channel")
    return {
        **common(
            "retail",
            ("cart-reminder", "last-chance-basket"),
            ("silk-scarf-poppy", "scarf-ring-brass"),
            ("purchase", "advocacy"),
        ),
        "fault-inside": percent(paid.loc[mobile & inside, "bought"]),
        "fault-outside": percent(paid.loc[mobile & ~inside, "bought"]),
        "fault-others": percent(paid.loc[~mobile & inside, "bought"]),
        "fault-errors": percent(paid.loc[mobile & inside, "failed"]),
        **promise(
            "retail", "chat", "first_answer_minutes", 2, lambda t: (t.hour >= 18) & (t.hour < 23)
        ),
        "dead-end-share": percent(on_scarf),
        "dead-end": percent(visits.loc[on_scarf, "events"]),
        "dead-end-else": percent(visits.loc[~on_scarf, "events"]),
        **touch_shares("retail", "direct", "social"),
        **nobody("retail", channel.index[channel == "affiliate"]),
    }


def saas() -> dict[str, float]:
    events = load("saas", "events")
    first = events[events["event"] == "signup"].groupby("user_id").first()
    inside = (first["timestamp"] >= "2026-02-16") & (first["timestamp"] < "2026-03-16")
    admin = first["role"] == "it_admin"
    went_on = first.index.to_series().isin(users_of("saas", "create_project"))
    role = main_value("saas", "role")
    tried = role[role.index.isin(users_of("saas", "integration_connect"))]
    later = events[events["event"] == "integration_connect"].groupby("user_id")["session"].last()
    last = events.groupby("session")["event"].last()
    stuck = later.map(last).isin(["integration_connect", "docs_view", "support_contact"])
    stuck &= ~later.index.isin(users_of("saas", "subscribe"))
    return {
        **common(
            "saas",
            ("trial-ending", "upgrade-last-call"),
            ("single-sign-on", "audit-log"),
            ("onboarding", "decision"),
        ),
        "fault-inside": percent(went_on[admin & inside]),
        "fault-outside": percent(went_on[admin & ~inside]),
        "fault-others": percent(went_on[~admin & inside]),
        **promise(
            "saas",
            "ticket",
            "first_answer_minutes",
            240,
            lambda t: (t.hour >= 15) | (t.day_of_week > 4),
        ),
        "dead-end": percent(stuck[tried == "analyst"]),
        "dead-end-else": percent(stuck[tried != "analyst"]),
        **touch_shares("saas", "paid_search", "webinar"),
        **nobody("saas", role.index[role == "student"]),
    }


def healthcare() -> dict[str, float]:
    events = load("healthcare", "events")
    due = events[events["event"].isin(["check_in", "no_show"])]
    missed, app = due["event"] == "no_show", due["channel"] == "app"
    inside = (due["timestamp"] >= "2026-03-16") & (due["timestamp"] < "2026-04-13")
    age, channel = main_value("healthcare", "age_group"), main_value("healthcare", "channel")
    ready = age[age.index.isin(users_of("healthcare", "results_ready"))]
    unseen = ~ready.index.to_series().isin(users_of("healthcare", "results_viewed"))
    return {
        **common(
            "healthcare",
            ("follow-up-invitation", "follow-up-letter"),
            ("blood-panel", "nutrition-advice"),
            ("tests-and-results", "visit"),
        ),
        "fault-inside": percent(missed[app & inside]),
        "fault-outside": percent(missed[app & ~inside]),
        "fault-others": percent(missed[~app & inside]),
        **promise(
            "healthcare",
            "phone",
            "hold_minutes",
            5,
            lambda t: (t.hour < 10) | ((t.day_of_week == 0) & (t.hour < 12)),
        ),
        "dead-end": percent(unseen[ready == "65+"]),
        "dead-end-else": percent(unseen[ready != "65+"]),
        **touch_shares("healthcare", "phone", "app"),
        **nobody("healthcare", channel.index[(channel == "phone") & (age != "65+")]),
    }


MEASURED: dict[str, Callable[[], dict[str, float]]] = {
    "retail": cache(retail),
    "saas": cache(saas),
    "healthcare": cache(healthcare),
}
