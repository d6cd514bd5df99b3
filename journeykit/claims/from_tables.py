"""Metrics of the other tables: orders, campaigns, leads, surveys, support, promises."""

from __future__ import annotations

from typing import Any

import pandas as pd

from journeykit import numbers
from journeykit.claims.measured import EVERY, Measure, Measured, rate, row_of, taken
from journeykit.claims.scope import Scope
from journeykit.errors import AnalysisError, UnknownName, did_you_mean
from journeykit.numbers.frames import yes
from journeykit.numbers.means import median_interval, plain_mean
from journeykit.numbers.service import promise_cases
from journeykit.numbers.stats import clustered_rows

__all__ = ["TABLES", "order_value"]


# --- orders, campaigns, leads -----------------------------------------------------------------


def _repeat(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    frame = s.once("repeat", lambda: numbers.repeat_purchase(s.table("orders")))
    row = frame.iloc[0]
    return taken(row, "share", row["customers"], "customers who bought", frame=frame)


def _per_customer(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    on = _repeat(s, of, stage)
    assert on.frame is not None
    return taken(
        on.frame.iloc[0], "orders_per_customer", on.n, on.counts, "orders_low orders_high", on.frame
    )


def _reorder(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    frame = _repeat(s, of, stage).frame
    assert frame is not None
    row = frame.iloc[0]
    value, low, high = (24 * float(row[name]) for name in ("median_days", "days_low", "days_high"))
    return Measured(value, low, high, int(row["repeat"]), "customers who ordered again", frame)


def order_value(s: Scope) -> Measured:
    """Measure the mean amount of an order; orders of one customer are not taken as independent."""
    orders = s.table("orders", "amount")
    lines = orders.assign(amount=pd.to_numeric(orders["amount"], errors="coerce"))
    totals = lines.groupby("order_id").agg(amount=("amount", "sum"), user=("user_id", "first"))
    return Measured(*plain_mean(totals["amount"], totals["user"]), len(totals), "orders")


def _delivery(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    orders = s.table("orders", "delivered_days").drop_duplicates("order_id")
    hours = 24 * pd.to_numeric(orders["delivered_days"], errors="coerce").dropna()
    return Measured(*median_interval(hours), len(hours), "orders that are there")


def _basket(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    frame = s.once("basket", lambda: numbers.basket(s.table("orders", "product"), EVERY))
    pair = frame[(frame["product_a"] == of[1]) & (frame["product_b"] == of[0])]
    first, second = of if pair.empty else of[::-1]
    row = row_of(frame, "pair with", {"product_a": first, "product_b": second})
    return taken(row, "lift", row["orders_a"], "orders with the rarer one", frame=frame)


def _basket_share(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    frame = s.once("basket", lambda: numbers.basket(s.table("orders", "product"), EVERY))
    turned = not ((frame["product_a"] == of[0]) & (frame["product_b"] == of[1])).any()
    first, second = of[::-1] if turned else of
    row = row_of(frame, "pair with", {"product_a": first, "product_b": second})
    return rate(
        row["orders"], row["orders_b" if turned else "orders_a"], "orders with the first one", frame
    )


def _next_product(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    frame = s.once("next", lambda: numbers.next_product(s.table("orders", "product"), EVERY))
    row = row_of(frame, "next product", {"product": of[0], "next_product": of[1]})
    return taken(row, "share", row["of_users"], "customers who ordered again", frame=frame)


def _campaign(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    frame = s.once(
        "campaigns", lambda: numbers.campaign_effect(s.table("campaigns"), s.events, s.goal)
    )
    row = row_of(frame, "campaign", {"campaign": of[0]})
    if not row["holdout"]:
        raise AnalysisError(f"nobody was held back from {of[0]!r}: its effect cannot be known")
    return taken(
        row,
        "effect",
        min(row["sent"], row["holdout"]),
        "customers in the smaller group",
        frame=frame,
    )


def _sent(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    frame = s.once(
        "campaigns", lambda: numbers.campaign_effect(s.table("campaigns"), s.events, s.goal)
    )
    row = row_of(frame, "campaign", {"campaign": of[0]})
    reached = round(row["rate_sent"] * row["sent"]) if row["sent"] else 0
    return rate(reached, row["sent"], "customers it was sent to", frame)


def _experiment(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    record = next((each for each in s.folder.records("experiments") if each.id == of[0]), None)
    if record is None or len(record.counts) != 2:
        raise AnalysisError(
            f"the experiment {of[0]!r} has no counts of two groups yet; write them in its file"
        )
    (users, hits) = ({arm: pair[at] for arm, pair in record.counts.items()} for at in (0, 1))
    frame = numbers.read_ab(users, hits)
    row = frame[frame["verdict"] != "control"].iloc[0]
    return taken(
        row,
        "difference",
        min(users.values()),
        "customers in the smaller group",
        "diff_low diff_high",
        frame,
    )


def _clicked(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    sends = s.table("campaigns", "stage", "clicked")
    return _yes(sends[sends["stage"] == stage], "clicked", "sends")


def _opened(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    sends = s.table("campaigns", "stage", "opened")
    frame = numbers.campaign_coverage(sends, [stage])
    row = frame.iloc[0]
    tracked = sends[(sends["stage"] == stage) & sends["opened"].notna()]
    return taken(row, "opened_share", min(len(tracked), row["sends"]), "sends", frame=frame)


def _leads(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    frame = s.once("leads", lambda: numbers.rates(s.table("leads")))
    row = row_of(frame, "level", {"level": of[0]})
    return taken(row, "share_of_leads", frame.iloc[0]["people"], "leads", frame=frame)


def _lead_step(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    frame = s.once("leads", lambda: numbers.rates(s.table("leads")))
    place = list(frame["level"]).index(row_of(frame, "level", {"level": of[0]})["level"])
    before = frame.iloc[max(place - 1, 0)]["people"]
    return rate(frame.iloc[place]["people"], before, "leads of the level before", frame)


# --- what people say, what was promised ---------------------------------------------------------


def _survey(measure: str) -> Measure:
    def found(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
        answers = s.table("surveys", "measure")
        asked = answers["measure"].astype("string").str.strip().str.lower() == measure
        if not asked.any():
            raise AnalysisError(f"nobody was asked for {measure}")
        frame = numbers.survey_by(answers[asked], measure=measure, scales=_scales(s))
        row = frame.iloc[0]
        return taken(row, "score", row["n"], "answers", frame=frame)

    return found


def _scales(s: Scope) -> dict[str, str]:
    told = s.workshop.data.get("surveys")
    return dict(told.scales) if told else {}


def _emotion(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    frame = s.once(
        "emotion",
        lambda: numbers.emotion_by_stage(s.table("surveys", "stage", "measure"), scales=_scales(s)),
    )
    row = row_of(frame, "answer in the stage", {"stage": stage})
    return taken(row, "emotion", row["n"], "answers", frame=frame)


def _promise(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    promise, given = _promised(s, of[0])
    frame = numbers.promises([promise], **given)
    row = frame.iloc[0]
    if not row["n"]:
        raise AnalysisError(
            " ".join(frame.attrs["notes"]) or f"no case of {of[0]!r} is in the data"
        )
    return taken(row, "share", row["n"], "cases", frame=frame)


def _promised(s: Scope, name: str) -> tuple[Any, dict[str, pd.DataFrame | None]]:
    known = {promise.id: promise for promise in s.workshop.promises}
    if name not in known:
        raise UnknownName(f"there is no promise {name!r}. {did_you_mean(name, known)}")
    tables = {kind: s.session.table(kind) for kind in ("support", "orders")}
    # A table that is there is asked through the view, so that a segment narrows it too.
    return known[name], {
        kind: s.table(kind) for kind, frame in tables.items() if frame is not None and len(frame)
    }


def _promise_hours(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    promise, given = _promised(s, of[0])
    cases = promise_cases(promise, given) if promise.measure else None
    if cases is None or "timestamp" not in cases.columns:
        raise AnalysisError(f"no case of {of[0]!r} with its time is in the data")
    first, end = (int(hour) for hour in of[1].split(" to "))
    hours = pd.to_datetime(cases["timestamp"]).dt.hour
    inside = hours.between(first, end - 1) if first < end else (hours >= first) | (hours < end)
    return _yes(cases[inside], "kept", "cases in these hours")


def _contact_share(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    contacts = s.table("support", "channel")
    row_of(contacts, "contact by", {"channel": of[0]})
    return _yes(contacts.assign(mine=contacts["channel"].astype(str) == of[0]), "mine", "contacts")


def _contacts(s: Scope, of: tuple[str, ...], column: str) -> pd.DataFrame:
    """The contacts of a channel, or all, whose column is known."""
    contacts = s.table("support", column)
    if of:
        row_of(contacts, "contact by", {"channel": of[0]})
        contacts = contacts[contacts["channel"].astype(str) == of[0]]
    return contacts[contacts[column].notna()]


def _who(contacts: pd.DataFrame) -> pd.Series | None:
    return contacts["user_id"] if "user_id" in contacts.columns else None


def _wait(column: str) -> Measure:
    def found(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
        known = _contacts(s, of, column)
        times = pd.to_numeric(known[column])
        return Measured(*median_interval(times[times >= 0]), int((times >= 0).sum()), "contacts")

    return found


def _mean(column: str) -> Measure:
    def found(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
        known = _contacts(s, of, column)
        return Measured(
            *plain_mean(pd.to_numeric(known[column]), _who(known)), len(known), "contacts"
        )

    return found


def _solved(s: Scope, of: tuple[str, ...], stage: str) -> Measured:
    return _yes(_contacts(s, of, "solved"), "solved", "contacts")


def _yes(rows: pd.DataFrame, column: str, counts: str) -> Measured:
    """Measure the share of rows with a yes, clustered by user where they have one."""
    hit = yes(rows[column])
    known, who = hit.notna(), _who(rows)
    users = who[known] if who is not None else [None] * int(known.sum())
    return Measured(*clustered_rows(hit[known], users), int(known.sum()), counts)


TABLES: dict[str, Measure] = {
    "repeat-purchase": _repeat,
    "orders-per-customer": _per_customer,
    "reorder-time": _reorder,
    "order-value": lambda s, of, stage: order_value(s),
    "delivery-time": _delivery,
    "campaign-conversion": _sent,
    "experiment-effect": _experiment,
    "clicked-share": _clicked,
    "lead-step-rate": _lead_step,
    "promise-hours": _promise_hours,
    "contact-share": _contact_share,
    "basket-share": _basket_share,
    "basket-lift": _basket,
    "next-product": _next_product,
    "campaign-effect": _campaign,
    "opened-share": _opened,
    "lead-rate": _leads,
    "emotion": _emotion,
    "promise": _promise,
    "solved": _solved,
    **{name: _survey(name) for name in ("nps", "csat", "ces", "sus")},
    "first-answer": _wait("first_answer_minutes"),
    "hold": _wait("hold_minutes"),
    "resolution": _wait("resolution_hours"),
    "handovers": _mean("handovers"),
    "contact-satisfaction": _mean("satisfaction"),
}
"""Metrics of the other tables."""
